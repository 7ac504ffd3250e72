"""The tricks of lesson 6 on trial: a small DCGAN (without BN in D), and the same with one thing changed.

Each trial is trained from five seeds, and the baseline from sixteen. Five against five would not do: of the 252 ways to
deal ten values out, two part them as far as can be, so that no p-value is less than 2 / 252, and times the 29 tricks
that is 0.23. With five against sixteen the smallest is one in 20,349, and all those ways can be tried. `make trials`
runs all; `notebooks/results/trials.json` keeps it; `judgements` says what follows from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import evaluation
from course_utils.data import Dataset

SEEDS = (1, 2, 3, 4, 5)
BASELINE_SEEDS = (*SEEDS, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
STEPS, STEPS_A_CALL = 1000, 20
BATCH, LATENT = 32, 32
RATE = 2e-3


# --- What D is told: functions of a shape that return the labels of real and of generated images, float32


def hard(shape):
    """Return ones and zeros."""
    return tf.ones(shape), tf.zeros(shape)


def smoothed(shape):
    """Return 0.9 and zeros: one-sided smoothing (Salimans et al. 2016, arXiv:1606.03498)."""
    return tf.fill(shape, 0.9), tf.zeros(shape)


def smoothed_on_both_sides(shape):
    """Return 0.9 and 0.1."""
    return tf.fill(shape, 0.9), tf.fill(shape, 0.1)


def noisy(shape):
    """Return random numbers from 0.7 to 1.2 and from 0 to 0.3, as the list has them."""
    return tf.random.uniform(shape, 0.7, 1.2), tf.random.uniform(shape, 0.0, 0.3)


def flipped(shape, share=0.05):
    """Return ones and zeros, of which a twentieth are swapped."""
    ones, zeros = hard(shape)
    return (tf.where(tf.random.uniform(shape) < share, 1 - labels, labels) for labels in (ones, zeros))


class Trial(NamedTuple):
    """A training: how it is done unless something is changed.

    Attributes:
        labels: what D is told, a function of a shape.
        saturating: whether G makes log(1 - D) small, and not -log D.
        output: of G: "tanh", "sigmoid" (the real images are then from 0 to 1) or "linear".
        uniform: whether the noise is uniform from -1 to 1, and not Gaussian.
        kernel: side of the kernels of all convolutions, whose stride is 2.
        g_norm: batch normalization of G "before" the activation, "after" it, or "none".
        g_slope: of its activation for negative numbers: 0 for ReLU.
        g_dropout: share of G's values that are dropped after each activation, in training and in drawing.
        d_slope: of D's activation.
        d_norm: whether D has batch normalization, before its second activation.
        d_dropout: share of D's values that are dropped after each activation.
        d_noise: standard deviation of the noise on all images that D sees, at first; it falls to 0.
        pooling: whether D shrinks images by max pooling, and not by the stride.
        mixed: whether D sees real and generated images in one batch.
        frozen: whether D answers in inference mode when G learns, as a frozen network does in Keras.
        others: whether D learns from other images than G, drawn in inference mode.
        d_updates: how often D learns while G does once.
        d_sgd: rate of plain gradient descent for D, and not Adam; 0 for Adam.
        beta_1: of Adam, in both networks.
    """

    labels: Callable = hard
    saturating: bool = False
    output: str = "tanh"
    uniform: bool = False
    kernel: int = 4
    g_norm: str = "before"
    g_slope: float = 0.0
    g_dropout: float = 0.0
    d_slope: float = 0.2
    d_norm: bool = False
    d_dropout: float = 0.0
    d_noise: float = 0.0
    pooling: bool = False
    mixed: bool = False
    frozen: bool = False
    others: bool = False
    d_updates: int = 1
    d_sgd: float = 0.0
    beta_1: float = 0.5


BASELINE = Trial()
TRIALS = {
    "baseline": BASELINE,
    "smoothed": Trial(labels=smoothed),
    "smoothed_both": Trial(labels=smoothed_on_both_sides),
    "noisy": Trial(labels=noisy),
    "flipped": Trial(labels=flipped),
    "saturating": Trial(saturating=True),
    "g_norm_after": Trial(g_norm="after"),
    "g_norm_none": Trial(g_norm="none"),
    "d_norm": Trial(d_norm=True),
    "d_norm_frozen": Trial(d_norm=True, frozen=True),
    "d_norm_mixed": Trial(d_norm=True, mixed=True),
    "others": Trial(others=True),
    "d_dropout": Trial(d_dropout=0.3),
    "g_dropout": Trial(g_dropout=0.3),
    "g_dropout_half": Trial(g_dropout=0.5),
    "d_noise": Trial(d_noise=0.3),
    "uniform": Trial(uniform=True),
    "kernel_3": Trial(kernel=3),
    "kernel_5": Trial(kernel=5),
    "pooling": Trial(pooling=True),
    "sigmoid": Trial(output="sigmoid"),
    "linear": Trial(output="linear"),
    "d_relu": Trial(d_slope=0.0),
    "d_slope_0.01": Trial(d_slope=0.01),
    "d_slope_0.3": Trial(d_slope=0.3),
    "g_leaky": Trial(g_slope=0.2),
    "sgd_0.01": Trial(d_sgd=0.01),
    "sgd_0.1": Trial(d_sgd=0.1),
    "beta_1_0.9": Trial(beta_1=0.9),
    "two_updates": Trial(d_updates=2),
}


def seeds_of(name: str) -> tuple[int, ...]:
    """Return the seeds with which a trial is trained."""
    return BASELINE_SEEDS if name == "baseline" else SEEDS


# --- Networks


class Uniform(layers.Layer):
    """Turns Gaussian noise into noise that is uniform from -1 to 1."""

    def call(self, noise):
        return tf.math.erf(noise / 2**0.5)


class LastingDropout(layers.Dropout):
    """Drops values in drawing as in training."""

    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


def make_generator(trial: Trial = BASELINE):
    """Return G: from Gaussian noise (n, 32) to images (n, 28, 28, 1)."""
    norm = [layers.BatchNormalization(momentum=0.9) for _ in range(2)] if trial.g_norm != "none" else [None] * 2
    bias = trial.g_norm != "before"  # batch normalization would take it away again

    def after_a_layer(norm):
        activation = layers.ReLU(negative_slope=trial.g_slope)
        ordered = [activation, norm] if trial.g_norm == "after" else [norm, activation]
        return [*(layer for layer in ordered if layer), *_dropout(LastingDropout, trial.g_dropout)]

    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            *([Uniform()] if trial.uniform else []),
            layers.Dense(7 * 7 * 32, use_bias=bias),
            *after_a_layer(norm[0]),
            layers.Reshape((7, 7, 32)),
            layers.Conv2DTranspose(16, trial.kernel, strides=2, padding="same", use_bias=bias),
            *after_a_layer(norm[1]),
            layers.Conv2DTranspose(1, trial.kernel, strides=2, padding="same", activation=trial.output),
        ],
        name="generator",
    )


def make_discriminator(trial: Trial = BASELINE):
    """Return D: from images (n, 28, 28, 1) to logits (n, 1)."""
    network = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for number, channels in enumerate((16, 32)):
        network.add(layers.Conv2D(channels, trial.kernel, strides=1 if trial.pooling else 2, padding="same"))
        if trial.d_norm and number:
            network.add(layers.BatchNormalization(momentum=0.9))
        network.add(layers.ReLU(negative_slope=trial.d_slope))
        if trial.pooling:
            network.add(layers.MaxPooling2D())
        for layer in _dropout(layers.Dropout, trial.d_dropout):
            network.add(layer)
    network.add(layers.Flatten())
    network.add(layers.Dense(1))
    return network


def _dropout(kind, share: float) -> list:
    return [kind(share)] if share else []


# --- Training


class Training:
    """A training that has not begun.

    Args:
        trial: what is changed.
        images: uint8 array (n, 28, 28) of real ones.
        seed: of weights, noise and the choice of images.
    """

    def __init__(self, trial: Trial, images: np.ndarray, seed: int) -> None:
        keras.utils.set_random_seed(seed)
        self.trial = trial
        self.generator, self.discriminator = make_generator(trial), make_discriminator(trial)
        adam = {"learning_rate": RATE, "beta_1": trial.beta_1}
        self.g_optimizer = keras.optimizers.Adam(**adam)
        self.d_optimizer = keras.optimizers.SGD(trial.d_sgd) if trial.d_sgd else keras.optimizers.Adam(**adam)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.source, self.left = tf.random.Generator.from_seed(seed), tf.Variable(1.0)
        self.count = len(images)
        with tf.device("CPU"):
            self.images = tf.Variable(images[..., np.newaxis], trainable=False, shape=(None, 28, 28, 1))
        self.train_steps = tf.function(self.many_steps)

    def run(self, part: float, steps: int = STEPS_A_CALL) -> None:
        """Make some steps.

        Args:
            part: of the training that is over, from 0 to 1.
            steps: how many.
        """
        self.left.assign(1 - part)
        self.train_steps(tf.constant(steps))

    def many_steps(self, count):
        for _ in tf.range(count):
            for _ in range(self.trial.d_updates - 1):
                self.update(self.real(), self.noise(), only_d=True)
            self.update(self.real(), self.noise())

    def real(self):
        """Return a batch of real images, in the range in which G draws."""
        chosen = self.source.uniform((BATCH,), maxval=self.count, dtype=tf.int32)
        with tf.device("CPU"):
            pixels = tf.gather(self.images, chosen)
        scaled = tf.cast(pixels, tf.float32) / 255
        return scaled if self.trial.output == "sigmoid" else 2 * scaled - 1

    def noise(self):
        """Return a batch of noise."""
        return self.source.normal((BATCH, LATENT))

    def logits(self, images, training: bool = True):
        """Return what D answers to images."""
        if self.trial.d_noise:
            images += self.trial.d_noise * self.left * self.source.normal(tf.shape(images))
        return self.discriminator(images, training=training)

    def update(self, real_images, noise, only_d: bool = False) -> None:
        """Make a step: both networks learn from the same answers, or only D."""
        trial, cross_entropy = self.trial, tf.nn.sigmoid_cross_entropy_with_logits
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = self.generator(noise, training=True)
            shown = self.generator(self.noise(), training=False) if trial.others else fake_images
            if trial.mixed:
                real_logits, fake_logits = tf.split(self.logits(tf.concat([real_images, shown], axis=0)), 2)
            else:
                real_logits, fake_logits = self.logits(real_images), self.logits(shown)
            again = trial.frozen or trial.others
            of_g = self.logits(fake_images, training=not trial.frozen) if again else fake_logits
            g_loss = -tf.nn.softplus(of_g) if trial.saturating else tf.nn.softplus(-of_g)
            on_real, on_fake = trial.labels((BATCH, 1))
            d_loss = cross_entropy(on_real, real_logits) + cross_entropy(on_fake, fake_logits)
            g_loss, d_loss = tf.reduce_mean(g_loss), tf.reduce_mean(d_loss)
        d_gradients = d_tape.gradient(d_loss, self.discriminator.trainable_variables)
        if not only_d:
            g_gradients = g_tape.gradient(g_loss, self.generator.trainable_variables)
            self.g_optimizer.apply(g_gradients, self.generator.trainable_variables)
        self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)

    def finish(self):
        """Make room in memory, and return G as a model whose images are from -1 to 1, whatever its output layer."""
        self.images.assign(self.images[:0])
        if self.trial.output == "tanh":
            return self.generator
        last = layers.Rescaling(2.0, -1.0) if self.trial.output == "sigmoid" else layers.Activation(_within)
        return keras.Sequential([keras.Input((LATENT,)), self.generator, last])


def _within(images):
    return keras.ops.clip(images, -1, 1)


def train(
    trial: Trial, images: np.ndarray, steps: int = STEPS, seed: int = 1, turn: Callable[[int], object] | None = None
):
    """Train, and return the generator as a Keras model, and how many milliseconds of all cores a step has taken.

    The milliseconds leave out tracing and the first call.

    Args:
        trial: what is changed: `BASELINE._replace(...)`.
        images: uint8 array (n, 28, 28) of real ones.
        steps: how many.
        seed: of weights, noise and the choice of images.
        turn: called after each 20 steps with how many have been made.
    """
    training, done = Training(trial, images, seed), 0
    began = time.process_time()
    while done < steps:
        count = min(STEPS_A_CALL, steps - done)
        training.run(done / steps, count)
        if done == 0:
            first, began = count, time.process_time()
        done += count
        if turn:
            turn(done)
    worked = time.process_time() - began
    return training.finish(), 1000 * worked / max(1, steps - first)


def measure(drawer, judge: evaluation.Judge, real: evaluation.Look) -> dict[str, float]:
    """Return three of the measures of `evaluation.measure`: `frechet`, `confident` and `rarest`.

    Args:
        drawer: from `train`.
        judge: who looks.
        real: what it sees in real images; as many are drawn.
    """
    # A training whose numbers have become too large draws what is no number: it counts as grey.
    drawn = np.nan_to_num(evaluation.draw(drawer, len(real.features)))
    seen = judge.look(drawn)
    return {
        "frechet": evaluation.frechet_distance(real.features, seen.features),
        "confident": evaluation.confident_share(seen.probabilities),
        "rarest": float(evaluation.class_shares(seen.probabilities).min()),
    }


def run(trial: Trial, steps: int, seed: int, dataset: Dataset, judge: evaluation.Judge, real: evaluation.Look) -> dict:
    """Train and measure; return the seed, the steps, the milliseconds of all cores that one took, and the measures.

    Args:
        trial: what is changed.
        steps, seed: as for `train`.
        dataset: from `data.load`.
        judge: from `records.frozen_judge`.
        real: what it sees in real images.
    """
    drawer, milliseconds = train(trial, dataset.x_train, steps, seed)
    measures = {name: round(value, 5) for name, value in measure(drawer, judge, real).items()}
    return {"seed": seed, "steps": steps, "ms": round(milliseconds, 3), "measures": measures}
