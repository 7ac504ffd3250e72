"""Lesson 1's training loop against the tutorial's: `python -m benchmarks.lesson_1`.

Both train the same network with the same batches, in turns of a few seconds each in one process, so that a machine that
slows down slows both. The tutorial's loop is made to run on Keras 3 and to train both networks, and is otherwise as it
was: three `train_on_batch` a step, and three accuracies measured by calling the models eagerly once more.
The lesson's loop is the lesson's own (`course_utils.lessons`), not a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

from benchmarks.timing import Ratio, in_turns, ratio, run
from course_utils import setup

LESSON = "01_fully_connected_gan"


def tutorial_step(lesson: ModuleType) -> Callable:
    """Return one step of tutorial A's loop, made to run today, on new models of the lesson's network."""
    import keras
    import tensorflow as tf

    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    # One optimizer each: sharing one is an error on Keras 3.
    discriminator.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5))
    gan = keras.Sequential([keras.Input((100,)), generator, discriminator])
    gan.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5))
    accuracies = [keras.metrics.BinaryAccuracy() for _ in range(3)]

    def step(real):
        ones, zeros = np.ones((len(real), 1)), np.zeros((len(real), 1))
        noise = tf.random.normal((len(real), 100))
        fake = generator(noise)
        discriminator.trainable = True
        discriminator.train_on_batch(real, ones)
        discriminator.train_on_batch(fake, zeros)
        discriminator.trainable = False
        gan.train_on_batch(tf.random.normal((len(real), 100)), ones)
        accuracies[0].update_state(ones, discriminator(real))
        accuracies[1].update_state(zeros, discriminator(fake))
        accuracies[2].update_state(ones, gan(noise))
        return [float(accuracy.result()) for accuracy in accuracies]

    return step


def lesson_step(lesson: ModuleType) -> Callable:
    """Return one step of the lesson's loop on new models."""
    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    gan = lesson.compile_gan(generator, discriminator, g_rate=2e-4, d_rate=2e-4)
    return lesson.make_train_step(generator, discriminator, gan)


def compare(steps: int = 60, rounds: int = 7, batch_size: int = 256) -> list[Ratio]:
    """Time both loops in turns, print a table and return how many times as fast the lesson's is.

    Args:
        steps: training steps in each turn.
        rounds: turns that count, after one that warms up.
        batch_size: images in a batch.
    """
    setup.start("en", LESSON)
    import tensorflow as tf

    from course_utils.lessons import lesson_1 as lesson

    real = tf.random.uniform((batch_size, 28, 28, 1), -1, 1, seed=22)
    loops = {"tutorial A": tutorial_step(lesson), "lesson 1": lesson_step(lesson)}
    times = in_turns({name: lambda step=step: step(real) for name, step in loops.items()}, steps, rounds)
    return [ratio(times, "tutorial A", "lesson 1")]


if __name__ == "__main__":
    run(compare, "benchmarks.lesson_1", __doc__, steps=60)
