"""The five tutorials that the course grows from: their own networks, trained for as long as they ask, and measured.

Networks, optimizers, batch sizes and lengths are theirs. The step is lesson 3's, so that each network learns in its own
turn; it computes with logits, and the sigmoid at the end of their discriminators is in its loss. `make tutorials`
trains them and keeps `notebooks/results/tutorials.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf

from course_utils import data, evaluation
from course_utils.experiments import runner
from course_utils.fast_convolution import faster
from course_utils.lessons import lesson_1, lesson_2, lesson_3, lesson_6

SEED = 1  # for all: it was chosen before anything was trained
# Sixtieths of the way: at which the images are measured, kept, and a checkpoint is saved.
MEASURED = (0, 1, 2, 4, 6, 10, 15, 20, 30, 40, 50, 60)
PICTURED = (0, 6, 20, 60)
SAVED = range(1, 61)


class Tutorial(NamedTuple):
    """What a tutorial trains.

    Attributes:
        make_networks: function without arguments that returns generator and discriminator.
        make_optimizer: called once for each network.
        data: name of its data set.
        batch_size: images of a step.
        epochs: that it asks for; of the one that counts steps, None.
        steps: of the whole training.
        frozen: in G's turn, D's batch normalization uses what it has gathered, as Keras does in a frozen network since
            TensorFlow 2; else the statistics of the batch.
    """

    make_networks: Callable
    make_optimizer: Callable
    data: str
    batch_size: int
    epochs: int | None
    steps: int
    frozen: bool = False


def _in_epochs(make_networks: Callable, make_optimizer: Callable, name: str, batch_size: int, epochs: int) -> Tutorial:
    return Tutorial(make_networks, make_optimizer, name, batch_size, epochs, epochs * (60_000 // batch_size))


def _adam(rate: float, beta_1: float = 0.9) -> Callable:
    return lambda: keras.optimizers.Adam(rate, beta_1=beta_1)


def _networks_of(lesson) -> Callable:
    return lambda: (lesson.make_generator(), lesson.make_discriminator())


E = Tutorial(lesson_6.make_networks_e, keras.optimizers.Adam, "mnist", 128, None, 20_000)
TUTORIALS = {
    "A": _in_epochs(_networks_of(lesson_1), _adam(2e-4, 0.5), "mnist", 256, 20),
    "B": _in_epochs(lesson_6.make_networks_b, keras.optimizers.RMSprop, "fashion_mnist", 32, 50),
    "C": _in_epochs(_networks_of(lesson_2), _adam(2e-4, 0.5), "mnist", 128, 30),
    "D": _in_epochs(_networks_of(lesson_3), _adam(1e-4), "mnist", 256, 50),
    "E": E,
    "E_frozen": E._replace(frozen=True),
}


def run(
    name: str, dataset: data.Dataset, judge: evaluation.Judge, folder: Path, say: Callable = print, steps: int = 0
) -> dict:
    """Train the networks of one tutorial and measure them on the way; see `runner.train`, which it goes on with.

    Args:
        name: in `TUTORIALS`.
        dataset, judge, folder, say: as for `runner.train`.
        steps: train for so many only, to try it out.
    """
    tutorial = TUTORIALS[name]
    steps = steps or tutorial.steps
    settings = {"network": name, "seed": SEED, "data": dataset.name, "judge": judge.fingerprint, "steps": steps}
    keras.utils.set_random_seed(SEED)
    generator, discriminator = tutorial.make_networks()
    networks = faster(generator), faster(_with_logits(discriminator))
    optimizers = tutorial.make_optimizer(), tutorial.make_optimizer()
    state = lesson_3.make_state(*networks, *optimizers, settings=settings, seed=SEED)
    make_train_step = make_frozen_step if tutorial.frozen else lesson_3.make_train_step
    measured, saved, pictured = ({steps * part // 60 for part in parts} for parts in (MEASURED, SAVED, PICTURED))
    plan = runner.Plan(tutorial.batch_size, SEED, steps, measured, saved, pictured)
    return runner.train(state, make_train_step(state, plan.batch_size), settings, plan, dataset, judge, folder, say)


def _with_logits(discriminator):
    """Return a discriminator without the sigmoid at its end."""
    discriminator.layers[-1].activation = keras.activations.linear
    return discriminator


def make_frozen_step(state, batch_size: int) -> Callable:
    """Return a step like `lesson_3.make_train_step`, but that G learns from a D frozen as Keras freezes it today.

    Its batch normalization uses the averages that it has gathered in D's own turn, in which it uses the batch.
    """
    generator, discriminator = state.generator, state.discriminator
    noise_shape = (batch_size, *generator.input_shape[1:])

    @tf.function
    def train_step(real_images):
        noise = state.noise_source.normal(noise_shape)
        with tf.GradientTape() as g_tape:
            fake_images = generator(noise, training=True)
            g_loss = lesson_3.generator_loss(discriminator(fake_images, training=False))
        with tf.GradientTape() as d_tape:
            real_logits = discriminator(real_images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            d_loss = lesson_3.discriminator_loss(real_logits, fake_logits)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        state.g_optimizer.apply(g_gradients, generator.trainable_variables)
        state.d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        state.step.assign_add(1)

    return train_step
