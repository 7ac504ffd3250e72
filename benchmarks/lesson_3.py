"""Lesson 3's training step against tutorial D's loop and against PyTorch: `python -m benchmarks.lesson_3`.

All three train tutorial D's network with batches of 256 on the CPU. The lesson's step is its own, not a copy.
Tutorial D's loop is as it was, `tf.function` and all. PyTorch's is the same network and the same loop (one batch of
fake images, both losses, both gradients, both steps of Adam). PyTorch is no dependency of the course:
`pip install "torch==2.13.0+cpu"`, or whatever version there is for this machine; without it that comparison is
left out.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

from benchmarks.timing import Ratio, in_turns, ratio, run
from course_utils import machine, setup

LESSON = "03_dcgan_gradient_tape"
BATCH = 256


def lesson_step(lesson: ModuleType, real) -> Callable[[], object]:
    """Return one step of the lesson's loop, with the numbers that the monitor asks for."""
    import keras

    from course_utils import fast_convolution

    optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)
    networks = fast_convolution.faster(lesson.make_generator()), fast_convolution.faster(lesson.make_discriminator())
    state = lesson.make_state(*networks, *optimizers)
    train_step = lesson.make_train_step(state, BATCH)
    return lambda: {name: float(value) for name, value in train_step(real).items()}


def tutorial_step(lesson: ModuleType, real) -> Callable[[], object]:
    """Return one step of tutorial D's loop on the same network."""
    import keras
    import tensorflow as tf

    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    g_optimizer, d_optimizer = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)

    @tf.function
    def step(images):
        noise = tf.random.normal([BATCH, 100])
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            g_loss = lesson.generator_loss(fake_logits)
            d_loss = lesson.discriminator_loss(real_logits, fake_logits)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        g_optimizer.apply_gradients(zip(g_gradients, generator.trainable_variables, strict=True))
        d_optimizer.apply_gradients(zip(d_gradients, discriminator.trainable_variables, strict=True))

    return lambda: step(real)


def torch_step(real: np.ndarray) -> Callable[[], object] | None:
    """Return one step of the same network and loop in PyTorch, or None where it is not installed."""
    try:
        import torch
        from torch import nn
    except ImportError:
        print("PyTorch is not installed: that comparison is left out.")
        return None
    torch.set_num_threads(machine.cores())
    up, leaky = nn.ConvTranspose2d, lambda: nn.LeakyReLU(0.3)
    generator = nn.Sequential(
        *(nn.Linear(100, 7 * 7 * 256, bias=False), nn.BatchNorm1d(7 * 7 * 256), leaky(), nn.Unflatten(1, (256, 7, 7))),
        *(up(256, 128, 5, 1, padding=2, bias=False), nn.BatchNorm2d(128), leaky()),
        *(up(128, 64, 5, 2, padding=2, output_padding=1, bias=False), nn.BatchNorm2d(64), leaky()),
        *(up(64, 1, 5, 2, padding=2, output_padding=1, bias=False), nn.Tanh()),
    )
    discriminator = nn.Sequential(
        *(nn.Conv2d(1, 64, 5, 2, padding=2), leaky(), nn.Dropout(0.3)),
        *(nn.Conv2d(64, 128, 5, 2, padding=2), leaky(), nn.Dropout(0.3)),
        *(nn.Flatten(), nn.Linear(7 * 7 * 128, 1)),
    )
    g_weights, d_weights = list(generator.parameters()), list(discriminator.parameters())
    g_optimizer, d_optimizer = torch.optim.Adam(g_weights, 1e-4), torch.optim.Adam(d_weights, 1e-4)
    cross_entropy = nn.BCEWithLogitsLoss()
    images = torch.from_numpy(np.ascontiguousarray(real.transpose(0, 3, 1, 2)))
    ones, zeros = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)

    def step():
        fake_images = generator(torch.randn(BATCH, 100))
        real_logits, fake_logits = discriminator(images), discriminator(fake_images)
        g_loss = cross_entropy(fake_logits, ones)
        d_loss = cross_entropy(real_logits, ones) + cross_entropy(fake_logits, zeros)
        g_gradients = torch.autograd.grad(g_loss, g_weights, retain_graph=True)
        d_gradients = torch.autograd.grad(d_loss, d_weights)
        for optimizer, weights, gradients in (
            (g_optimizer, g_weights, g_gradients),
            (d_optimizer, d_weights, d_gradients),
        ):
            for weight, gradient in zip(weights, gradients, strict=True):
                weight.grad = gradient
            optimizer.step()
        return g_loss.item(), d_loss.item()

    return step


def compare(steps: int = 5, rounds: int = 7) -> list[Ratio]:
    """Time the loops in turns and return the ratios."""
    setup.start("en", LESSON)
    import tensorflow as tf

    from course_utils.lessons import lesson_3 as lesson

    real = np.random.default_rng(22).uniform(-1, 1, (BATCH, 28, 28, 1)).astype("float32")
    as_tensor = tf.constant(real)
    loops = {"tutorial D": tutorial_step(lesson, as_tensor), "lesson 3": lesson_step(lesson, as_tensor)}
    if step := torch_step(real):
        loops["PyTorch"] = step
    times = in_turns(loops, steps, rounds)
    ratios = [ratio(times, name, "lesson 3") for name in ("tutorial D", "PyTorch") if name in loops]
    return ratios


if __name__ == "__main__":
    run(compare, "benchmarks.lesson_3", __doc__, steps=5)
