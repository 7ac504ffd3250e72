"""The monitor says nothing about the lessons' own networks, at the rates of their lessons, in their first 600 steps."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils import data
from course_utils.monitor import Monitor

pytestmark = pytest.mark.stress

STEPS = 600  # by then all that is wild is over


def watch(generator, discriminator, train_step, batch, latent_dim):
    """Train under the monitor and return what it said."""
    import keras

    batches = data.make_batches(data.load("mnist").x_train, batch)
    noise = keras.random.normal((64, latent_dim), seed=42)
    monitor = Monitor(STEPS, generator, noise, discriminator, next(iter(batches)), show="nothing")
    with monitor:
        for images in batches.take(STEPS):
            monitor.update(**train_step(images))
    return monitor.diagnoses


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_points_of_lesson_1(tensorflow, monkeypatch, seed):
    from course_utils.lessons import lesson_1 as lesson

    monkeypatch.setattr(lesson, "rng", np.random.default_rng(seed))
    lesson.keras.utils.set_random_seed(seed)
    generator, discriminator = lesson.toy_generator(), lesson.toy_discriminator()
    step = lesson.make_train_step(generator, discriminator, lesson.compile_gan(generator, discriminator, 1e-3, 2e-3))
    noise = lesson.keras.random.normal((150, 2), seed=42)
    monitor = Monitor(STEPS, generator, noise, discriminator, lesson.real_points(150), show="nothing")
    with monitor:
        for _ in range(STEPS):
            monitor.update(**step(lesson.real_points(256)))
    assert monitor.diagnoses == []


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_images_of_lesson_1(tensorflow, seed):
    from course_utils.lessons import lesson_1 as lesson

    lesson.keras.utils.set_random_seed(seed)
    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    gan = lesson.compile_gan(generator, discriminator, 2e-4, 2e-4)
    assert watch(generator, discriminator, lesson.make_train_step(generator, discriminator, gan), 256, 100) == []


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_lesson_2(tensorflow, seed):
    from course_utils.lessons import lesson_2 as lesson

    lesson.keras.utils.set_random_seed(seed)
    generator = lesson.make_generator(latent_dim=8, filters=32, base=32, momentum=0.9)
    discriminator = lesson.make_discriminator((32, 64), dropout=0.0)
    adams = [lesson.keras.optimizers.Adam(rate, beta_1=0.5) for rate in (2e-3, 4e-3)]
    gan = lesson.compile_gan(generator, discriminator, *adams)
    step = lesson.make_train_step(generator, discriminator, gan, 32)
    assert watch(generator, discriminator, step, 32, 8) == []


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_lesson_3(tensorflow, seed):
    """The monitor looks at the generator with the averaged weights."""
    from course_utils.lessons import lesson_3 as lesson

    lesson.keras.utils.set_random_seed(seed)
    shape = dict(latent_dim=8, base=32, filters=(32, 32), momentum=0.9)
    generator, average = lesson.make_generator(**shape), lesson.make_generator(**shape)
    discriminator = lesson.make_discriminator((32, 48), dropout=0.0)
    adams = [lesson.keras.optimizers.Adam(rate, beta_1=0.5) for rate in (2e-3, 4e-3)]
    state = lesson.make_state(generator, discriminator, *adams, seed=seed)
    step = lesson.with_average(lesson.make_train_step(state, 32), state, average, half_life=500)
    assert watch(average, discriminator, step, 32, 8) == []
