"""A small training of lesson 3 that kills itself: `python -m tests.helpers.train_and_die FOLDER [MOMENT SEED]`.

MOMENT is "step" (inside a training step), "save" (inside a save) or "between"; SEED decides when. `train_to_the_end`
returns a fingerprint of all weights and of the state of both optimizers.
"""

import hashlib
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

STEPS, SAVE_EVERY, BATCH = 60, 4, 16


def new_state():
    import keras

    from course_utils.lessons import lesson_3

    keras.utils.set_random_seed(5)
    generator = lesson_3.make_generator(latent_dim=10, base=16, filters=(16, 8))
    discriminator = lesson_3.make_discriminator(filters=(8, 16))
    optimizers = keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3)
    return lesson_3.make_state(generator, discriminator, *optimizers, settings={"batch_size": BATCH})


def fingerprint(state) -> str:
    parts = (state.generator, state.discriminator, state.g_optimizer, state.d_optimizer)
    arrays = [variable.numpy() for part in parts for variable in part.variables]
    arrays += [state.history.numpy(), state.noise_source.state.numpy()]
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def die(after: float) -> None:
    time.sleep(after)
    os.kill(os.getpid(), signal.SIGKILL)


def die_in(function, call: int, after: float):
    """Return `function`, which at its `call`-th call starts the clock of a bomb."""
    calls = [0]

    def deadly(*args, **options):
        calls[0] += 1
        if calls[0] == call:
            threading.Thread(target=die, args=(after,), daemon=True).start()
        return function(*args, **options)

    return deadly


def train_to_the_end(folder: Path, moment: str = "", seed: str = "") -> str:
    from course_utils import setup

    setup.start("en", "03_dcgan_gradient_tape")
    import numpy as np

    from course_utils import checkpoints, data
    from course_utils.lessons import lesson_3

    state = new_state()
    first = checkpoints.restore(state, folder, STEPS, 7)
    train_step = lesson_3.make_train_step(state, BATCH)
    chance = random.Random(seed)
    # Early ones of what is left, so that many deaths fit into one training.
    if moment == "step":
        train_step = die_in(train_step, chance.randint(2, 6), chance.uniform(0, 0.02))
    elif moment == "save":
        checkpoints.save = die_in(checkpoints.save, chance.randint(1, 2), chance.uniform(0, 0.06))
    elif moment == "between":
        train_step = die_in(train_step, chance.choice([k for k in range(2, 9) if (first + k) % SAVE_EVERY == 1]), 0)
    noise = np.random.default_rng(1).normal(size=(16, 10)).astype("float32")
    lesson_3.train(state, train_step, data.load("digits").x_train, BATCH, STEPS, folder, SAVE_EVERY, noise)
    if moment and int(state.step) == STEPS:
        time.sleep(0.2)  # a bomb that ticks still goes off
    return fingerprint(state)


if __name__ == "__main__":
    train_to_the_end(Path(sys.argv[1]), *sys.argv[2:])
