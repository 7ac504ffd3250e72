"""Lesson 3's training step against tutorial D's loop and against PyTorch: `python -m benchmarks.lesson_3`.

All three train tutorial D's network with batches of 256 on the CPU. The lesson's step is taken from its notebook.
Tutorial D's loop is as it was, `tf.function` and all. PyTorch's is the same network and the same loop (one batch of
fake images, both losses, both gradients, both steps of Adam). PyTorch is no dependency of the course:
`pip install "torch==2.13.0+cpu"`, or whatever version there is for this machine; without it that comparison is
left out.

The last lines say which share of the machine's matrix-product rate, measured in the same run, each loop reaches. The
operations are counted as plain convolutions take them; the lesson's wide ones (`course_utils.fast_convolution`) need
far fewer, so that it may reach more than 100 %.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.timing import Ratio, in_turns, ratio, run
from course_utils import machine, setup
from tools.excerpt import names_of

LESSON = "03_dcgan_gradient_tape"
BATCH = 256
NAMES = ("make_generator", "make_discriminator", "cross_entropy", "discriminator_loss", "generator_loss", "make_state")


def lesson_step(lesson: dict, real) -> Callable[[], object]:
    """Return one step of the lesson's loop, with the numbers that the monitor asks for."""
    import keras

    from course_utils import fast_convolution

    optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)
    state = lesson["make_state"](lesson["make_generator"](), lesson["make_discriminator"](), *optimizers)
    fast_convolution.use_in(state.generator, state.discriminator)
    train_step = lesson["make_train_step"](state, BATCH)
    return lambda: {name: float(value) for name, value in train_step(real).items()}


def tutorial_step(lesson: dict, real) -> Callable[[], object]:
    """Return one step of tutorial D's loop on the same network."""
    import keras
    import tensorflow as tf

    generator, discriminator = lesson["make_generator"](), lesson["make_discriminator"]()
    g_optimizer, d_optimizer = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)

    @tf.function
    def step(images):
        noise = tf.random.normal([BATCH, 100])
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            g_loss = lesson["generator_loss"](fake_logits)
            d_loss = lesson["discriminator_loss"](real_logits, fake_logits)
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


def operations_of_a_step() -> float:
    """Return the multiplications and additions of one step of tutorial D's network, in units of 10⁹.

    Only dense and convolutional layers are counted. A pass forward costs 2 per weight and place; the gradient with
    respect to the weights costs the same again, and so does that with respect to the layer's input.
    """
    places = {"up1": 7 * 7, "up2": 7 * 7, "up3": 14 * 14, "down1": 14 * 14, "down2": 7 * 7}
    kernel = 5 * 5
    g_first, g_rest = 100 * 7 * 7 * 256, kernel * (256 * 128 * places["up1"] + 128 * 64 * places["up2"])
    g_rest += kernel * 64 * places["up3"]
    d_first, d_rest = kernel * 64 * places["down1"], kernel * 64 * 128 * places["down2"] + 7 * 7 * 128
    generator = 2 * g_first + 3 * g_rest  # nobody asks for the gradient with respect to the noise
    real = 2 * d_first + 3 * d_rest
    fake = 3 * d_first + 4 * d_rest  # two gradients pass through D: its own, and on to G
    return 2 * BATCH * (generator + real + fake) / 1e9


def matrix_rate(size: int = 2048, tries: int = 10) -> float:
    """Return the machine's matrix-product rate in 10⁹ operations a second: the best of some tries."""
    import tensorflow as tf

    a, b = tf.random.normal((size, size)), tf.random.normal((size, size))
    product = tf.function(tf.matmul)
    product(a, b)
    best = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        product(a, b).numpy()
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best / 1e9


def compare(steps: int = 5, rounds: int = 7) -> list[Ratio]:
    """Time the loops in turns and return the ratios."""
    setup.start("en", LESSON)
    lesson = names_of(LESSON, *NAMES, "make_train_step")
    real = np.random.default_rng(22).uniform(-1, 1, (BATCH, 28, 28, 1)).astype("float32")
    import tensorflow as tf

    as_tensor = tf.constant(real)
    loops = {"tutorial D": tutorial_step(lesson, as_tensor), "lesson 3": lesson_step(lesson, as_tensor)}
    if step := torch_step(real):
        loops["PyTorch"] = step
    times = in_turns(loops, steps, rounds)
    ratios = [ratio(times, name, "lesson 3") for name in ("tutorial D", "PyTorch") if name in loops]
    rate = matrix_rate()
    print(f"This machine multiplies matrices at {rate:.0f} · 10⁹ operations a second.")
    for name, milliseconds in times.items():
        reached = operations_of_a_step() / (np.median(milliseconds) / 1000)
        print(f"{name:16} reaches {reached:4.0f} · 10⁹, {100 * reached / rate:3.0f} % of that")
    return ratios


if __name__ == "__main__":
    run(compare, "benchmarks.lesson_3", __doc__, steps=5)
