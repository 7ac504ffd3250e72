"""What a minute of two cores buys, one trick at a time: from tutorial D's settings to the record, and around it.

Lesson 7 explains the tricks. A step costs what this file measures on a machine with two cores; a run then makes as many
steps as fit whole into the minute. They may be made on a faster machine, where they draw equally well. `make minute`
runs it, `notebooks/results/minute.json` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import backend, evaluation
from course_utils.data import Dataset
from course_utils.experiments import records
from course_utils.lessons import lesson_3, lesson_7
from course_utils.lessons.lesson_2 import MinibatchDeviation
from course_utils.lessons.lesson_7 import Settings, Training, beside, make_networks, non_saturating
from course_utils.lessons.lesson_8 import relativistic_r1_r2

SEEDS = records.SEEDS


class Trick(NamedTuple):
    """A training with something changed.

    Attributes:
        settings: of `lesson_7.Training`.
        labels: whether it sees them.
        gradients: function of both networks, real images, their label or None, and noise; it returns the gradients of
            the generator and of the discriminator.
        networks: function of the settings and of the number of classes that returns both networks.
        kind: of training.
        seconds: of two cores.
    """

    settings: Settings = Settings()
    labels: bool = True
    gradients: Callable = non_saturating
    networks: Callable = make_networks
    kind: type[Training] = Training
    seconds: float = records.SECONDS

    def but(self, **settings) -> Trick:
        """Return the same with other settings."""
        return self._replace(settings=self.settings._replace(**settings))

    def start(self, images, labels, seed: int) -> Training:
        """Return a training that has not begun."""
        return self.kind(images, labels if self.labels else None, seed, self.settings, self.gradients, self.networks)


# --- Networks with something changed


def _tutorial_d(settings: Settings, classes: int):
    return lesson_3.make_generator(settings.latent_dim), lesson_3.make_discriminator()


def _concatenating(settings: Settings, classes: int):
    generator = lesson_7.make_generator(settings.width, settings.latent_dim, classes)
    return generator, lesson_7.make_concatenating_discriminator(settings.width, classes)


def _changed(generator: dict | None = None, discriminator: dict | None = None) -> Callable:
    """Return a function that makes lesson 7's networks, with layers replaced.

    Args:
        generator, discriminator: for each, class of a layer -> function of such a layer that returns another.
    """

    def clone(model, replaced):
        def one(layer):
            return replaced.get(type(layer), lambda same: same.from_config(same.get_config()))(layer)

        return keras.models.clone_model(model, clone_function=one)

    def networks(settings: Settings, classes: int):
        return (
            clone(lesson_7.make_generator(settings.width, settings.latent_dim, classes), generator or {}),
            clone(lesson_7.make_discriminator(settings.width, classes), discriminator or {}),
        )

    return networks


def _with_bias(layer):
    return layer.from_config(layer.get_config() | {"use_bias": True})


class DepthToSpace(layers.Layer):
    """Turns four channels into a square of 2×2 pixels (Shi et al. 2016, arXiv:1609.05158)."""

    def call(self, inputs):
        return tf.nn.depth_to_space(inputs, 2)


def _by_depth_to_space(layer):
    enlarge = layers.Conv2D(4 * layer.filters, 3, padding="same", use_bias=layer.use_bias, activation=layer.activation)
    return keras.Sequential([enlarge, DepthToSpace()])


class Nothing(layers.Layer):
    """Stands where batch normalization stood."""

    def call(self, inputs, mask=None):
        return inputs


# --- Other losses


def _of_losses(losses: Callable) -> Callable:
    """Return a function of gradients, as `lesson_7.non_saturating` is one.

    Args:
        losses: function of the logits of real and fake images that returns the losses of G and of D.
    """

    def gradients(generator, discriminator, real_images, label, noise):
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(beside(noise, label), training=True)
            real_logits = discriminator(beside(real_images, label), training=True)
            fake_logits = discriminator(beside(fake_images, label), training=True)
            g_loss, d_loss = losses(real_logits, fake_logits)
        return (
            g_tape.gradient(g_loss, generator.trainable_variables),
            d_tape.gradient(d_loss, discriminator.trainable_variables),
        )

    return gradients


def one_pass(generator, discriminator, real_images, label, noise):
    """The same gradients as `non_saturating`, but going backward through D once for the fake images, not twice.

    With x the logit of a fake image, D's loss log(1 + e^x) has the derivative σ(x), and G's loss log(1 + e^-x) has
    -σ(-x) = -e^-x σ(x). So the slope of G's loss at an image is that of D's loss times -e^-x.
    """
    with tf.GradientTape() as g_tape:
        fake_images = generator(beside(noise, label), training=True)
    with tf.GradientTape() as d_tape:
        d_tape.watch(fake_images)
        images = tf.concat([real_images, fake_images], axis=0)
        labels = None if label is None else tf.concat([label, label], axis=0)
        real_logits, fake_logits = tf.split(discriminator(beside(images, labels), training=True), 2)
        d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
    d_gradients, slope = d_tape.gradient(d_loss, (discriminator.trainable_variables, fake_images))
    turned = -tf.exp(-tf.maximum(fake_logits, -80.0))[..., None, None] * slope  # e^88 is too large
    g_gradients = g_tape.gradient(fake_images, generator.trainable_variables, output_gradients=turned)
    return g_gradients, d_gradients


@_of_losses
def hinge(real_logits, fake_logits):
    """Lim and Ye 2017, arXiv:1705.02894."""
    d_loss = tf.reduce_mean(tf.nn.relu(1 - real_logits)) + tf.reduce_mean(tf.nn.relu(1 + fake_logits))
    return -tf.reduce_mean(fake_logits), d_loss


@_of_losses
def relativistic(real_logits, fake_logits):
    """Each fake against a real one (Jolicoeur-Martineau 2018, arXiv:1807.00734)."""
    ahead = real_logits - fake_logits
    return tf.reduce_mean(tf.nn.softplus(ahead)), tf.reduce_mean(tf.nn.softplus(-ahead))


class OwnStatistics(Training):
    """Weights are averaged, but batch normalization's statistics are the last ones."""

    def finish(self):
        for variable, mean in zip(self.generator.variables, self.average, strict=True):
            if not variable.trainable:
                mean.assign(variable)
        return super().finish()


# --- The ladder: each rung is the one before with one change

PLAIN = Settings(
    latent_dim=100,
    batch_size=256,
    g_rate=1e-4,
    d_rate=1e-4,
    last_rate=1.0,
    beta_1=0.9,
    beta_2=0.999,
    half_life=0,
    groups=1,
    steps=1,
)


def _ladder() -> dict[str, Trick]:
    rungs = {"tutorial_d": Trick(PLAIN, labels=False, networks=_tutorial_d)}
    last = rungs["tutorial_d"]
    for name, changed, settings in (
        ("batch_32", {}, {"batch_size": 32}),
        ("right_size", {"networks": make_networks}, {}),
        ("many_steps", {}, {"steps": 20}),
        ("rate", {}, {"g_rate": 3e-3, "d_rate": 3e-3, "beta_1": 0.5}),
        ("beta_2", {}, {"beta_2": 0.99}),
        ("fall", {}, {"last_rate": 0.05}),
        ("average", {}, {"half_life": 600}),
        ("noise_32", {}, {"latent_dim": 32}),
        ("concatenation", {"labels": True, "networks": _concatenating}, {}),
        ("projection", {"networks": make_networks}, {}),
        ("groups", {}, {"groups": 10}),
    ):
        last = rungs[name] = last._replace(**changed).but(**settings)
    assert last == Trick()
    return rungs


LADDER = _ladder()
RECORD = LADDER["groups"]
UNLABELLED = RECORD._replace(labels=False).but(groups=100)

# --- The record with one change

BN, DENSE, ENLARGE = layers.BatchNormalization, layers.Dense, layers.Conv2DTranspose
CHANGES = {
    "batch_16": RECORD.but(batch_size=16),
    "batch_64": RECORD.but(batch_size=64),
    "rate_third": RECORD.but(g_rate=1e-3, d_rate=1e-3),
    "rate_half_more": RECORD.but(g_rate=4.5e-3, d_rate=4.5e-3),
    "two_rates": RECORD.but(d_rate=6e-3),
    "beta_1_0": RECORD.but(beta_1=0.0),
    "beta_2_0.999": RECORD.but(beta_2=0.999),
    "no_fall": RECORD.but(last_rate=1.0),
    "no_average": RECORD.but(half_life=0),
    "own_statistics": RECORD._replace(kind=OwnStatistics),
    "noise_8": RECORD.but(latent_dim=8),
    "noise_100": RECORD.but(latent_dim=100),
    "width_8": RECORD.but(width=8),
    "width_24": RECORD.but(width=24),
    "one_pass": RECORD._replace(gradients=one_pass),
    "hinge": RECORD._replace(gradients=hinge),
    "relativistic": RECORD._replace(gradients=relativistic),
    "relativistic_r1_r2": RECORD._replace(gradients=relativistic_r1_r2),
    "deviation": RECORD._replace(
        networks=_changed(
            discriminator={layers.Flatten: lambda _: keras.Sequential([MinibatchDeviation(), layers.Flatten()])}
        )
    ),
    "dropout": RECORD._replace(
        networks=_changed(
            discriminator={layers.LeakyReLU: lambda _: keras.Sequential([layers.LeakyReLU(0.2), layers.Dropout(0.3)])}
        )
    ),
    "spectral": RECORD._replace(
        networks=_changed(
            discriminator={
                kind: lambda layer: layers.SpectralNormalization(layer.from_config(layer.get_config()))
                for kind in (layers.Conv2D, DENSE)
            }
        )
    ),
    "bn_in_d": RECORD._replace(
        networks=_changed(
            discriminator={layers.LeakyReLU: lambda _: keras.Sequential([BN(momentum=0.9), layers.LeakyReLU(0.2)])}
        ),
    ),
    "no_bn": RECORD._replace(networks=_changed({BN: lambda _: Nothing(), DENSE: _with_bias, ENLARGE: _with_bias})),
    "depth_to_space": RECORD._replace(networks=_changed({ENLARGE: _by_depth_to_space})),
    "groups_30": RECORD.but(groups=30),
    "unlabelled": UNLABELLED,
}

# --- More time and less

LENGTHS = {
    f"{name}_{seconds}": trick._replace(seconds=seconds)
    for seconds in (5, 10, 20, 30, 120)
    for name, trick in (("record", RECORD), ("unlabelled", UNLABELLED))
}
TRICKS = LADDER | CHANGES | LENGTHS

# What a step computes depends on no other settings than these.
COMPUTED = ("latent_dim", "width", "batch_size", "groups", "steps")


def costs_as(name: str) -> str:
    """Return the first of `TRICKS` whose steps compute the same as this one's: its costs are those of both."""

    def computed(trick: Trick) -> tuple:
        settings = [getattr(trick.settings, one) for one in COMPUTED]
        return trick.labels, trick.gradients, trick.networks, *settings

    return next(other for other, trick in TRICKS.items() if computed(trick) == computed(TRICKS[name]))


class Cost(NamedTuple):
    """What a trick's training costs on a machine, in seconds.

    Attributes:
        wall: what a step takes by the clock.
        core: what it takes of all cores together.
        prepare: what is done once, before the first step: the larger of the clock and half the work.
        parameters: of both networks.
    """

    wall: float
    core: float
    prepare: float
    parameters: int

    @property
    def step(self) -> float:
        """What a step takes of the time, by the rule of `records.Clock`."""
        return max(self.wall, self.core / records.CORES)


def costs(
    names: Sequence[str],
    dataset: Dataset,
    say: Callable[[str], None] = print,
    turns: int = 5,
    tricks: Mapping[str, Trick] | None = None,
    first: Trick | None = None,
) -> dict[str, Cost]:
    """Return the cost of tricks on this machine.

    Each is timed in turns with the record, so that a machine that slows down slows both; what counts is the median of
    the ratios, times the median of all that the record took.

    Args:
        names: of tricks.
        dataset: from `data.load`.
        say: told about each.
        turns: how often each is timed, for half a second at least.
        tricks: name -> trick; `TRICKS` if left out.
        first: what they are timed in turns with; the record if left out.
    """
    tricks = tricks or TRICKS
    record, found, of_record = _started(first or RECORD, dataset), {}, []
    for name in names:
        training = _started(tricks[name], dataset)
        with records.Clock() as clock:
            training.prepare()
        prepare = max(clock.wall, clock.core / records.CORES)
        ratios = []
        for _ in range(turns):
            theirs, ours = _a_step(training), _a_step(record)
            ratios.append(theirs / ours)
            of_record.append(ours)
        parameters = training.generator.count_params() + training.discriminator.count_params()
        found[name] = np.median(ratios, axis=0), prepare, parameters
        say(f"{name}: {found[name][0].round(2)} of {np.median(of_record, axis=0).round(5)}")
    usual = np.median(of_record, axis=0)
    return {
        name: Cost(*(ratio * usual).round(6).tolist(), round(prepare, 3), parameters)
        for name, (ratio, prepare, parameters) in found.items()
    }


def _started(trick: Trick, dataset: Dataset) -> Training:
    training = trick.start(dataset.x_train, dataset.y_train, seed=0)
    records.warm_up(training)
    return training


def _a_step(training: Training, seconds: float = 0.5) -> np.ndarray:
    """Return the seconds that a step takes now: by the clock, and of all cores."""
    calls = 0
    with records.Clock() as clock:
        while calls == 0 or clock.wall < seconds:
            training.run(0.0)
            calls += 1
            clock.read()
    return np.array([clock.wall, clock.core]) / (calls * training.settings.steps)


def steps_of(trick: Trick, cost: Cost) -> int:
    """Return how many steps fit into its time, in whole calls.

    Args:
        trick: one of `TRICKS`.
        cost: from `costs`.
    """
    calls = (trick.seconds - cost.prepare) / (cost.step * trick.settings.steps)
    return max(1, int(calls)) * trick.settings.steps


def run(trick: Trick, steps: int, seed: int, dataset: Dataset, judge: evaluation.Judge, real: evaluation.Look) -> dict:
    """Train with a trick for so many steps, and return the measures (see `records.measure`), steps and device.

    Where there is a GPU, the steps are compiled as a whole.

    Args:
        trick: one of `TRICKS`.
        steps: from `steps_of`.
        seed: of weights, noise, order of the images and groups.
        dataset: MNIST.
        judge: from `records.frozen_judge`.
        real: what it sees in real images.
    """
    training = trick.start(dataset.x_train, dataset.y_train, seed)
    if backend.gpus():
        tf.config.experimental.enable_tensor_float_32_execution(False)  # as exact as on a CPU
        training.train_steps = tf.function(training.many_steps, jit_compile=True)
    training.prepare()
    calls = steps // trick.settings.steps
    for call in range(calls):
        training.run(call / calls)
    measures = records.measure(training.finish(), judge, real)
    return {"seed": seed, "steps": steps, "device": backend.device(), "measures": measures}
