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

    from course_utils.experiments import clinic

    batches = data.make_batches(data.load("mnist").x_train, batch)
    noise = keras.random.normal((64, latent_dim), seed=42)
    return clinic.watch((generator, discriminator, train_step), iter(batches), STEPS, noise).diagnoses


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_points_of_lesson_1(tensorflow, monkeypatch, seed):
    from course_utils.lessons import lesson_1

    monkeypatch.setattr(lesson_1, "rng", np.random.default_rng(seed))
    lesson_1.keras.utils.set_random_seed(seed)
    generator, discriminator = lesson_1.toy_generator(), lesson_1.toy_discriminator()
    step = lesson_1.make_train_step(
        generator, discriminator, lesson_1.compile_gan(generator, discriminator, 1e-3, 2e-3)
    )
    noise = lesson_1.keras.random.normal((150, 2), seed=42)
    monitor = Monitor(STEPS, generator, noise, discriminator, lesson_1.real_points(150), show="nothing")
    with monitor:
        for _ in range(STEPS):
            monitor.update(**step(lesson_1.real_points(256)))
    assert monitor.diagnoses == []


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_images_of_lesson_1(tensorflow, seed):
    from course_utils.lessons import lesson_1

    lesson_1.keras.utils.set_random_seed(seed)
    generator, discriminator = lesson_1.make_generator(), lesson_1.make_discriminator()
    gan = lesson_1.compile_gan(generator, discriminator, 2e-4, 2e-4)
    assert watch(generator, discriminator, lesson_1.make_train_step(generator, discriminator, gan), 256, 100) == []


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_lesson_2(tensorflow, seed):
    from course_utils.lessons import lesson_2

    lesson_2.keras.utils.set_random_seed(seed)
    generator = lesson_2.make_generator(latent_dim=8, filters=16, base=32, momentum=0.9)
    discriminator = lesson_2.make_watchful_discriminator((16, 32, 64))
    adams = [lesson_2.keras.optimizers.Adam(rate, beta_1=0.5) for rate in (3e-3, 2e-3)]
    gan = lesson_2.compile_gan(generator, discriminator, *adams)
    step = lesson_2.make_train_step(generator, discriminator, gan, 32)
    assert watch(generator, discriminator, step, 32, 8) == []


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_lesson_3(tensorflow, seed):
    from course_utils.lessons import lesson_3

    lesson_3.keras.utils.set_random_seed(seed)
    generator = lesson_3.make_generator(latent_dim=10, base=32, filters=(32, 16), momentum=0.9, slope=0.2)
    discriminator = lesson_3.make_discriminator((16, 32, 64), dropout=0.0, watchful=True, slope=0.2)
    adams = [lesson_3.keras.optimizers.Adam(rate, beta_1=0.5) for rate in (3e-3, 2e-3)]
    state = lesson_3.make_state(generator, discriminator, *adams, seed=seed)
    assert watch(generator, discriminator, lesson_3.make_train_step(state, 32), 32, 10) == []
