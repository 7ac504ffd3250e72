"""Train the generator for the walk of lesson 3, with 100 noise numbers: `python -m tools.walker`.

It takes one core some minutes. The step is the lesson's own, without labels, with few channels and averaged weights.
What it writes comes with the course: `notebooks/generators/walk.npz`, whose matrices are whole numbers of 8 bits, and
its card, `walk.json`, with what it was measured to be.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
import time
from pathlib import Path

from tools.course import ROOT, write_atomically
from tools.generators import facts_of, pack

STEPS = 8_000
A_CALL = 20  # steps in one call of TensorFlow
SETTINGS = {"batch_size": 32, "rate": 2e-3, "beta_1": 0.5, "half_life": 600, "seed": 3}
ARGUMENTS = {"latent_dim": 100, "base": 24, "filters": [16, 16], "momentum": 0.9}  # of lesson 3's make_generator
D_ARGUMENTS = {"filters": [16, 32], "dropout": 0.0}


def train(images, steps: int = STEPS, arguments: dict = ARGUMENTS):
    """Return the averaged generator.

    Args:
        images: uint8 array (n, 28, 28).
        steps: a multiple of `A_CALL`.
        arguments: of lesson 3's `make_generator`.
    """
    import keras
    import tensorflow as tf

    from course_utils import data
    from course_utils.lessons import lesson_3

    keras.utils.set_random_seed(SETTINGS["seed"])
    generator, discriminator = lesson_3.make_generator(**arguments), lesson_3.make_discriminator(**D_ARGUMENTS)
    fall = keras.optimizers.schedules.CosineDecay(SETTINGS["rate"], steps, alpha=0.05)
    optimizers = [keras.optimizers.Adam(fall, beta_1=SETTINGS["beta_1"]) for _ in range(2)]
    state = lesson_3.make_state(generator, discriminator, *optimizers, seed=SETTINGS["seed"])
    train_step = lesson_3.make_train_step(state, SETTINGS["batch_size"])
    average = lesson_3.make_generator(**arguments)
    train_step = with_average(train_step, state, average, SETTINGS["half_life"])

    @tf.function
    def many_steps(batches):
        for real_images in batches:
            train_step(real_images)

    batches = data.make_batches(images, SETTINGS["batch_size"], seed=SETTINGS["seed"]).batch(A_CALL)
    start = time.process_time()
    for call, some in enumerate(batches.take(steps // A_CALL), 1):
        many_steps(some)
        if call * A_CALL % 1000 == 0:
            print(f"step {call * A_CALL}/{steps}, {time.process_time() - start:.0f} s of work", flush=True)
    return average


def with_average(train_step, state, average, half_life: float):
    """Return a step that trains and then moves `average` a little towards the generator.

    Args:
        train_step: of lesson 3's `make_train_step`.
        state: that it trains.
        average: a generator like that of `state`, whose weights it takes over at first.
        half_life: steps after which an old weight counts half as much; at first it is a tenth of the steps taken.
    """
    import tensorflow as tf

    average.set_weights(state.generator.get_weights())

    @tf.function
    def step_and_average(real_images):
        losses = train_step(real_images)
        now = tf.cast(state.step, tf.float32)
        keep = 0.5 ** (1 / tf.minimum(float(half_life), now / 10))
        for mean, weight in zip(average.variables, state.generator.variables, strict=True):
            mean.assign(keep * mean + (1 - keep) * weight)
        return losses

    return step_and_average


def keep(generator, steps: int, seconds: float, folder: Path) -> Path:
    """Write the generator and its card; return its file.

    It is measured as written, by the frozen judge.
    """
    from course_utils import backend, data, evaluation
    from course_utils.experiments import pretrained, records

    content = pack(generator.get_weights(), quantize=True)
    generator.set_weights(pretrained.read_weights(content))
    dataset, judge = data.load("mnist"), records.frozen_judge()
    measures = records.measure(generator, judge, judge.look(evaluation.real_images(dataset, 10_000)[0]))
    target = folder / "walk.npz"
    write_atomically(target, content)
    card = {
        **facts_of(generator, target, content, quantized=True),
        "arguments": ARGUMENTS,
        "settings": SETTINGS | {"discriminator": D_ARGUMENTS},
        "steps": steps,
        "dataset": dataset.name,
        "seconds": round(seconds, 1),
        "device": backend.device(),
        "versions": backend.versions(),
        "date": datetime.date.today().isoformat(),
        "judge": judge.fingerprint,
        "measures": {name: round(value, 4) for name, value in measures.items()},
    }
    write_atomically(folder / pretrained.WALKER, json.dumps(card, indent=1) + "\n")
    return target


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.walker", description="Train the generator for the walk.")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"a multiple of {A_CALL}; default: %(default)s")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # one core: others may work on this machine
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    from course_utils import data, setup

    setup.start("en", "03_dcgan_gradient_tape")
    dataset = data.load("mnist")
    if dataset.name != "mnist":
        print("MNIST is needed: it cannot be downloaded here; name a folder with mnist.npz in COURSE_DATA")
        return 2
    start = time.process_time()
    generator = train(dataset.x_train, options.steps)
    target = keep(generator, options.steps, time.process_time() - start, root / "notebooks" / "generators")
    print(f"{target.relative_to(root).as_posix()}: {target.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
