"""Lesson 2's training loop against tutorial C's and against a tape: `python -m benchmarks.lesson_2`.

All three train tutorial C's network with batches of 128. The tutorial's loop is made to run on Keras 3 and to train
both networks (its article's idiom: toggle inside the loop), and is otherwise as it was: fakes drawn by calling the
generator, one batch of fake and real images for D, and then the GAN. The lesson's loop and the tape
step, that of lesson 3, are the lessons' own (`course_utils.lessons`), not copies.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from benchmarks.timing import Ratio, in_turns, ratio, run
from course_utils import setup

LESSON = "02_dcgan_train_on_batch"
BATCH = 128


def adam():
    import keras

    return keras.optimizers.Adam(2e-4, beta_1=0.5)


def tutorial_step(lesson: ModuleType) -> Callable:
    """Return one step of tutorial C's loop, made to run today."""
    import keras
    import tensorflow as tf

    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    discriminator.compile(loss="binary_crossentropy", optimizer=adam())
    gan = keras.Sequential([keras.Input((50,)), generator, discriminator])
    gan.compile(loss="binary_crossentropy", optimizer=adam())

    def step(real_images):
        fake_images = generator(tf.random.normal((BATCH, 50)))
        images = tf.concat([fake_images, real_images], axis=0)
        labels = tf.constant([[0.0]] * BATCH + [[1.0]] * BATCH)
        discriminator.trainable = True
        discriminator.train_on_batch(images, labels)
        discriminator.trainable = False
        gan.train_on_batch(tf.random.normal((BATCH, 50)), tf.constant([[1.0]] * BATCH))

    return step


def lesson_step(lesson: ModuleType) -> Callable:
    """Return one step of the lesson's loop."""
    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    gan = lesson.compile_gan(generator, discriminator, adam(), adam())
    return lesson.make_train_step(generator, discriminator, gan, BATCH)


def tape_step(lesson: ModuleType) -> Callable:
    """Return lesson 3's step with the same networks: D ends in a logit, learns once, and sees two batches of three."""
    import keras

    from course_utils.lessons import lesson_3

    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    discriminator.layers[-1].activation = keras.activations.linear
    return lesson_3.make_train_step(lesson_3.make_state(generator, discriminator, adam(), adam()), BATCH)


def compare(steps: int = 15, rounds: int = 7) -> list[Ratio]:
    """Time the three loops in turns and return the two ratios."""
    setup.start("en", LESSON)
    import tensorflow as tf

    from course_utils.lessons import lesson_2 as lesson

    real = tf.random.uniform((BATCH, 28, 28, 1), -1, 1, seed=22)
    made = {"tutorial C": tutorial_step(lesson), "lesson 2": lesson_step(lesson), "tape": tape_step(lesson)}
    times = in_turns({name: lambda step=step: step(real) for name, step in made.items()}, steps, rounds)
    return [ratio(times, "tutorial C", "lesson 2"), ratio(times, "lesson 2", "tape")]


if __name__ == "__main__":
    run(compare, "benchmarks.lesson_2", __doc__, steps=15)
