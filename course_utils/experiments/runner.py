"""The runner of the experiment of lesson 4: trains a network with a seed, measures it on the way, can be stopped.

Lesson 4 explains all of it. The published results, `notebooks/results/experiment.json`, were made by `make experiment`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf

from course_utils import backend, checkpoints, data, evaluation, pixels
from course_utils.experiments.rivals import (
    ALL_MOMENTS,
    BATCH_SIZE,
    BETA_1,
    LADDER,
    RATE,
    STEPS_PER_EPOCH,
    make_networks,
)
from course_utils.folders import write_atomically
from course_utils.language import CourseError
from course_utils.lessons import lesson_3


def make_state(make: Callable, seed: int, settings: dict | None = None):
    """Return the state of a training that is about to begin (see `lesson_3.make_state`).

    Args:
        make: function without arguments that returns generator and discriminator.
        seed: of weights, dropout and noise.
        settings: what makes this training what it is.
    """
    keras.utils.set_random_seed(seed)
    generator, discriminator = make()
    optimizers = [keras.optimizers.Adam(RATE, beta_1=BETA_1) for _ in range(2)]
    return lesson_3.make_state(generator, discriminator, *optimizers, settings=settings, seed=seed)


class Plan(NamedTuple):
    """How long a training is, and when what is done on the way.

    Attributes:
        batch_size: images of a step.
        seed: of the order of the images.
        steps: of the whole training.
        moments: steps after which to measure; the last step always is one.
        saves: further steps after which to save a checkpoint.
        pictures: those of the moments whose grid is kept, as `step-<number>.png`.
        judged: those of the moments at which the other judges measure too.
    """

    batch_size: int
    seed: int
    steps: int
    moments: Collection[int]
    saves: Collection[int] = ()
    pictures: Collection[int] = ()
    judged: Collection[int] = ()


def run(
    network: str,
    seed: int,
    epochs: int,
    dataset: data.Dataset,
    judge: evaluation.Judge,
    folder: Path,
    moments: Collection[int] = ALL_MOMENTS,
    say: Callable[[str], None] = print,
    others: Sequence[evaluation.Judge] = (),
) -> dict:
    """Train one network of the ladder with one seed and measure it at every moment (see `train`).

    Args:
        network: its name in `LADDER`.
        seed: of weights, dropout, noise and the order of the images.
        epochs: train for so many; more than last time is possible.
        dataset, judge, folder, say, others: as for `train`.
        moments: steps after which to measure.
    """
    settings = {"network": network, "seed": seed, "data": dataset.name, "judge": judge.fingerprint}
    state = make_state(lambda: make_networks(**LADDER[network]), seed, settings)
    train_step = lesson_3.make_train_step(state, BATCH_SIZE)
    plan = Plan(BATCH_SIZE, seed, epochs * STEPS_PER_EPOCH, moments, judged=ALL_MOMENTS[-2:])
    return train(state, train_step, settings, plan, dataset, judge, folder, say, others)


def train(
    state,
    train_step: Callable,
    settings: dict,
    plan: Plan,
    dataset: data.Dataset,
    judge: evaluation.Judge,
    folder: Path,
    say: Callable[[str], None] = print,
    others: Sequence[evaluation.Judge] = (),
) -> dict:
    """Train, measure at every moment, and return the record.

    It can be stopped at any time. Called again, it goes on from its newest checkpoint, and the record is the same.
    Where there is a GPU, the step is compiled as a whole, which saves most of its time.

    Args:
        state: from `make_state`, new.
        train_step: from `lesson_3.make_train_step`, of this state.
        settings: what makes this run what it is; the record begins with it.
        plan: how long, and when what is done.
        dataset: from `data.load`.
        judge: from `evaluation.load_judge`.
        folder: of this run alone. `record.json` and `grid.png`, 64 images with fixed noise, go there too.
        say: function that is told about each measurement.
        others: further judges.

    Returns:
        `settings`, the versions, the `devices` on which it ran, and `measured`: a row for each moment with its `step`,
        the `seconds` that training took since the moment before, the measures, and, where further judges measured,
        `others`: fingerprint of the judge -> its measures.

    Raises:
        CourseError: if the folder holds a run with another judge or other settings.
    """
    path, steps_per_epoch = folder / "record.json", len(dataset.x_train) // plan.batch_size
    record = _record_of(path, settings)
    folder.mkdir(parents=True, exist_ok=True)
    manager = checkpoints.make_manager(state, folder)
    first = checkpoints.restore(state, folder, plan.steps, steps_per_epoch)
    record["measured"] = [row for row in record["measured"] if row["step"] <= first]
    real_images = evaluation.real_images(dataset)[0]
    real, *real_of_others = (one.look(real_images) for one in (judge, *others))
    if backend.gpus():
        tf.config.experimental.enable_op_determinism()
        train_step = tf.function(train_step.python_function, jit_compile=True)

    def rounded(measures: dict[str, float]) -> dict[str, float]:
        return {name: round(value, 5) for name, value in measures.items()}

    def measure(step: int, seconds: float) -> None:
        drawn = evaluation.draw(state.generator, len(real.features))
        measures = rounded(evaluation.measure(judge.look(drawn), real))
        row = {"step": step, "seconds": round(seconds, 1)} | measures
        if others and step in plan.judged:
            row["others"] = {
                other.fingerprint: rounded(evaluation.measure(other.look(drawn), seen_in_real))
                for other, seen_in_real in zip(others, real_of_others, strict=True)
            }
        record["measured"].append(row)
        record["versions"] = backend.versions()
        record["devices"] = sorted({*record.get("devices", ()), backend.device()})
        pixels.save_grid(drawn[:64], folder / "grid.png", columns=8)
        if step in plan.pictures:
            pixels.save_grid(drawn[:64], folder / f"step-{step}.png", columns=8)
        epochs, names = step / steps_per_epoch, [str(settings[name]) for name in ("network", "seed")]
        say(f"{' '.join(names)}: {epochs:.2f} epochs, Fréchet {measures['frechet']:.2f}, {seconds:.0f} s")

    if first == 0 and 0 in plan.moments and not record["measured"]:
        measure(0, 0.0)
    batches = data.make_batches(dataset.x_train, plan.batch_size, seed=plan.seed, start=first)
    began = time.perf_counter() - record.pop("since", 0.0)
    for step, batch in enumerate(batches.take(max(0, plan.steps - first)), start=first + 1):
        train_step(batch)
        is_moment = step in plan.moments or step == plan.steps
        if not is_moment and step not in plan.saves:
            continue
        seconds = time.perf_counter() - began
        if is_moment:
            measure(step, seconds)
            began, seconds = time.perf_counter(), 0.0
        write_atomically(path, json.dumps(record if is_moment else record | {"since": round(seconds, 1)}))
        checkpoints.save(manager)
    return record


def _record_of(path: Path, settings: dict) -> dict:
    """Return the record of a run that is to go on, or a new one."""
    try:
        record = json.loads(path.read_text("utf-8")) if path.is_file() else settings | {"measured": []}
    except ValueError:
        record = {}
    if {name: record.get(name) for name in settings} != settings:
        raise CourseError(
            f"{path} es de otro juez o de otra ejecución, o está dañado. Borra su carpeta o elige otra.",
            f"{path} belongs to another judge or another run, or is damaged. Delete its folder or choose another.",
        )
    return record
