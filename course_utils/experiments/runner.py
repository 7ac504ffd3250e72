"""The runner of the experiment of lesson 4: trains a network with a seed, measures it on the way, can be stopped.

Lesson 4 explains all of it. The published results, `notebooks/results/experiment.json`, were made by `make experiment`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from course_utils import checkpoints, data, evaluation, pixels
from course_utils.backend import versions
from course_utils.experiments.rivals import BATCH_SIZE, BETA_1, LADDER, MOMENTS, RATE, STEPS_PER_EPOCH, make_networks
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


def run(
    network: str,
    seed: int,
    epochs: int,
    dataset: data.Dataset,
    judge: evaluation.Judge,
    folder: Path,
    moments: Sequence[int] = MOMENTS,
    say: Callable[[str], None] = print,
) -> dict:
    """Train one network of the ladder with one seed, measure it at every moment, and return its record.

    It can be stopped at any time. Called again, it goes on from its newest checkpoint, and the record is the same.

    Args:
        network: its name in `LADDER`.
        seed: of weights, dropout, noise and the order of the images.
        epochs: train for so many; more than last time is possible.
        dataset: from `data.load`.
        judge: from `evaluation.load_judge`.
        folder: of this run alone. `record.json` and `grid.png`, 64 images with fixed noise, go there too.
        moments: steps after which to measure.
        say: function that is told about each measurement.

    Returns:
        what makes the run what it is, the versions, and `measured`: a row for each moment with its `step`, the
        `seconds` that training took since the moment before, and the measures.

    Raises:
        CourseError: if the folder holds a run with another judge or other settings.
    """
    path = folder / "record.json"
    settings = {"network": network, "seed": seed, "data": dataset.name, "judge": judge.fingerprint}
    try:
        record = json.loads(path.read_text("utf-8")) if path.is_file() else settings | {"measured": []}
    except ValueError:
        record = {}
    if {name: record.get(name) for name in settings} != settings:
        raise CourseError(
            f"{path} es de otro juez o de otra ejecución, o está dañado. Borra su carpeta o elige otra.",
            f"{path} belongs to another judge or another run, or is damaged. Delete its folder or choose another.",
        )
    steps = epochs * STEPS_PER_EPOCH
    folder.mkdir(parents=True, exist_ok=True)
    state = make_state(lambda: make_networks(**LADDER[network]), seed, settings)
    manager = checkpoints.make_manager(state, folder)
    first = checkpoints.restore(state, folder, steps, STEPS_PER_EPOCH)
    train_step = lesson_3.make_train_step(state, BATCH_SIZE)
    real = judge.look(evaluation.real_images(dataset)[0])
    batches = data.make_batches(dataset.x_train, BATCH_SIZE, seed=seed, start=first)
    began = time.perf_counter()
    for step, batch in enumerate(batches.take(max(0, steps - first)), start=first + 1):
        train_step(batch)
        if step not in moments and step != steps:
            continue
        seconds = round(time.perf_counter() - began, 1)
        drawn = evaluation.draw(state.generator, len(real.features))
        measures = {name: round(value, 5) for name, value in evaluation.measure(judge.look(drawn), real).items()}
        measured = [row for row in record["measured"] if row["step"] < step]
        record["measured"] = [*measured, {"step": step, "seconds": seconds} | measures]
        record["versions"] = versions()
        pixels.save_grid(drawn[:64], folder / "grid.png", columns=8)
        write_atomically(path, json.dumps(record))
        checkpoints.save(manager)
        say(
            f"{network} {seed}: {step / STEPS_PER_EPOCH:.2f} epochs, Fréchet {measures['frechet']:.2f}, {seconds:.0f} s"
        )
        began = time.perf_counter()
    return record
