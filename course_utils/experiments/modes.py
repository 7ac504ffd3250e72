"""How many of the thousand modes of stacked MNIST a generator draws: a small DCGAN, and remedies against collapse.

Lesson 8 explains them. All rungs have the same time, a minute of two cores: each makes as many steps as fit whole into
it by what a step costs (`minute.costs`). `make modes` runs them, `notebooks/results/modes.json` keeps what came of it.

The second half is the protocol that PacGAN published, for as long as one can afford: a step of it is some hundred times
the work of a step of the rungs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import backend, evaluation, pixels
from course_utils.data import Dataset
from course_utils.experiments.minute import Trick
from course_utils.lessons import lesson_8
from course_utils.lessons.lesson_8 import (
    ColourTraining,
    Pairs,
    count_modes,
    networks_of,
    packing,
    read_triples,
    relativistic_r1_r2,
)

SEEDS = tuple(range(1, 11))  # twice as many as elsewhere: no other measure of the course differs so much among seeds
DRAWN = SEEDS[:5]  # those whose drawings the lesson shows
SAMPLES = 26_000
LATENT = 100
SHOWN = ("plain", "d_as_wide")  # whose seeds the lesson shows, all with the same noise

# D's first convolution has two filters for the three colours, and G is twelve times as wide.
PLAIN = Trick(lesson_8.PLAIN, labels=False, networks=networks_of(2), kind=ColourTraining)
WIDE = PLAIN._replace(networks=networks_of(24))
RECIPE = WIDE.but(g_rate=2e-3, d_rate=2e-3, last_rate=0.05, half_life=600)

RUNGS = {
    "plain": PLAIN,
    # One remedy each.
    "packing": PLAIN._replace(networks=networks_of(2, channels=6), gradients=packing(2), kind=Pairs),
    "deviation": PLAIN._replace(networks=networks_of(2, deviation=True)),
    "relativistic_r1_r2": PLAIN._replace(gradients=relativistic_r1_r2),
    "average": PLAIN.but(half_life=600),
    "d_quarter": PLAIN._replace(networks=networks_of(6)),
    "d_as_wide": WIDE,
    # Several: lesson 7's falling rate and averaged weights; then BN in D as well, or the loss of R3GAN.
    "recipe": RECIPE,
    "recipe_norm": RECIPE._replace(networks=networks_of(24, norm=True)),
    "recipe_r1_r2": RECIPE._replace(gradients=relativistic_r1_r2),
}


def run(
    rung: Trick, steps: int, seed: int, dataset: Dataset, judge: evaluation.Judge, drawings: Path | None = None
) -> dict:
    """Train for so many steps, and return what was counted (see `measure`), the steps and the device.

    Args:
        rung: one of `RUNGS`.
        steps: from `minute.steps_of`.
        seed: of weights, noise and triples.
        dataset: MNIST.
        judge: from `records.frozen_judge`.
        drawings: where ten drawings of it are kept (see `shown_noise`), as a PNG.
    """
    training = rung.start(dataset.x_train, None, seed)
    training.prepare()
    calls = steps // rung.settings.steps
    for call in range(calls):
        training.run(call / calls)
    generator = training.finish()
    if drawings:
        pixels.save_grid(generator(shown_noise(), training=False), drawings)
    return {"seed": seed, "steps": steps, "device": backend.device(), "measures": measure(generator, judge)}


def shown_noise() -> np.ndarray:
    """Return the noise of the ten drawings that the lesson shows of each seed, float32 (10, 100)."""
    return np.random.default_rng(42).standard_normal((10, LATENT)).astype("float32")


def measure(
    generator, judge: evaluation.Judge, count: int = SAMPLES, noise=np.random.Generator.standard_normal
) -> dict:
    """Return what is counted of a generator's images.

    Args:
        generator: model from noise to images (n, 28, 28, 3) in [-1, 1].
        judge: from `records.frozen_judge`.
        count: how many images.
        noise: function of a NumPy random generator and a shape.

    Returns:
        `modes` and the reverse divergence `kl`, in nats, by the digit that the judge thinks likeliest in each channel;
        the same of only those images in which it is confident of all three, `sure_modes` and `sure_kl` (None if there
        are none), the share of these, `sure`; the share of channels in which it is confident, `confident`; and the
        share of pairs of channels with the same digit, `alike`, by chance a tenth.
    """
    rng, seen = np.random.default_rng(7), []
    for start in range(0, count, 1000):
        numbers = noise(rng, (min(1000, count - start), generator.input_shape[1])).astype("float32")
        seen.append(read_triples(judge, np.clip(generator(numbers, training=False), -1, 1)))
    return counts_of(np.concatenate(seen))


def counts_of(probabilities: np.ndarray) -> dict:
    """Return what `measure` returns.

    Args:
        probabilities: of the digits, in [0, 1], array (n, 3, 10).
    """
    digits, confident = probabilities.argmax(axis=2), probabilities.max(axis=2) > evaluation.CONFIDENT
    sure = confident.all(axis=1)
    modes, kl = count_modes(digits)
    sure_modes, sure_kl = count_modes(digits[sure]) if sure.any() else (0, None)
    return {
        "modes": int(modes),
        "kl": float(kl),
        "sure_modes": int(sure_modes),
        "sure_kl": None if sure_kl is None else float(sure_kl),
        "sure": float(sure.mean()),
        "confident": float(confident.mean()),
        "alike": float((digits == np.roll(digits, 1, axis=1)).mean()),
    }


# --- The protocol that PacGAN published (Lin et al. 2018, arXiv:1712.04086; it takes VEEGAN's)

TRIPLES, BATCH = 128_000, 64
STEPS_AN_EPOCH = TRIPLES // BATCH
LOOKS = STEPS_AN_EPOCH // 4  # it is counted four times an epoch
KEEPS = 50  # steps after which the training is kept


def published_networks(images: int):
    """Return its generator and its discriminator, which sees so many images at once.

    Four convolutions each, of 5×5 and stride 2, 64 to 512 channels wide, with batch normalization.
    """
    normal = keras.initializers.RandomNormal(stddev=0.02)

    def normalized(x):
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    noise = keras.Input((LATENT,))
    x = layers.Dense(2 * 2 * 512, kernel_initializer=normal)(noise)
    x = layers.ReLU()(normalized(layers.Reshape((2, 2, 512))(x)))
    for channels, side in ((256, 4), (128, 7), (64, 14)):
        x = layers.Conv2DTranspose(channels, 5, strides=2, padding="same", kernel_initializer=normal)(x)
        x = layers.ReLU()(normalized(x[:, :side, :side]))
    x = layers.Conv2DTranspose(3, 5, strides=2, padding="same", activation="tanh", kernel_initializer=normal)(x)
    generator = keras.Model(noise, x)

    pictures = keras.Input((28, 28, 3 * images))
    x = pictures
    for channels in (64, 128, 256, 512):
        x = layers.Conv2D(channels, 5, strides=2, padding="same", kernel_initializer=normal)(x)
        x = layers.LeakyReLU(0.2)(normalized(x) if channels > 64 else x)
    x = layers.Dense(1, kernel_initializer=normal)(layers.Flatten()(x))
    return generator, keras.Model(pictures, x)


def published(
    images: int, epochs: float, folder: Path, dataset: Dataset, judge: evaluation.Judge, look: int = LOOKS
) -> Iterator[dict]:
    """Train by the published protocol, and go on where it was; yield what was counted, four times an epoch.

    128,000 triples of all 70,000 images, in the same order each epoch; the real ones go from 0 to 1, as in the
    published code, though G draws from -1 to 1; batches of 64 packs; noise uniform from -1 to 1; Adam with 0.0002 and
    beta_1 0.5; one step of D, then two of G with the same noise.

    Args:
        images: that a pack has; 1 is DCGAN.
        epochs: until where; the protocol has 50.
        folder: where it is kept, to go on.
        dataset: MNIST.
        judge: from `records.frozen_judge`.
        look: steps between two counts.

    Yields:
        `epoch` and the measures (see `measure`).
    """
    keras.utils.set_random_seed(images)
    generator, discriminator = published_networks(images)
    g_optimizer, d_optimizer = (keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2))
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    rng = np.random.default_rng(images)
    digits = np.concatenate([dataset.x_train, dataset.x_test])
    triples = rng.integers(len(digits), size=(TRIPLES, 3))
    packs = rng.integers(TRIPLES, size=(TRIPLES, images))
    source = tf.random.Generator.from_seed(images)
    step = tf.Variable(0, dtype=tf.int64)
    parts = {"generator": generator, "discriminator": discriminator, "g": g_optimizer, "d": d_optimizer}
    state = tf.train.Checkpoint(**parts, source=source, step=step)
    manager = tf.train.CheckpointManager(state, str(folder), max_to_keep=2)
    state.restore(manager.latest_checkpoint)

    def apply(optimizer, tape, loss, network):
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)

    def packed_fakes(noise):
        return lesson_8.pack(generator(noise, training=True), images)

    @tf.function
    def train_step(real_packs):
        noise = source.uniform((images * BATCH, LATENT), -1, 1)
        with tf.GradientTape() as tape:
            real = discriminator(real_packs, training=True)
            fake = discriminator(packed_fakes(noise), training=True)
            loss = tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))
        apply(d_optimizer, tape, loss, discriminator)
        for _ in range(2):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.softplus(-discriminator(packed_fakes(noise), training=True)))
            apply(g_optimizer, tape, loss, generator)

    while int(step) < round(epochs * STEPS_AN_EPOCH):
        first = int(step) % STEPS_AN_EPOCH * BATCH
        chosen = triples[packs[first : first + BATCH]].reshape(BATCH, -1)
        real_packs = digits[chosen].transpose(0, 2, 3, 1).astype("float32") / 255
        train_step(real_packs)
        step.assign_add(1)
        if int(step) % look == 0:
            counted = measure(generator, judge, noise=lambda rng, shape: rng.uniform(-1, 1, shape))
            yield {"epoch": int(step) / STEPS_AN_EPOCH} | counted
        if int(step) % KEEPS == 0:
            manager.save()
