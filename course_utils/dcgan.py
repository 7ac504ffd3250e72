"""The DCGAN of lesson 2: tutorial C's networks and the training step that checks each turn.

Lesson 2 writes these functions and explains them; they are the same here, so that other lessons can import them.
"""

from __future__ import annotations

from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils.monitor import Monitor
from course_utils.setup import L


def make_generator(latent_dim=50, filters=64, base=128, momentum=0.99, norm_first=False):
    """Return tutorial C's generator: noise (n, latent_dim) to images (n, 28, 28, 1) in [-1, 1].

    Args:
        latent_dim: numbers of noise.
        filters: channels at 14×14; the article has 64, its notebook 128.
        base: channels at 7×7.
        momentum: of the batch normalization's moving averages.
        norm_first: batch normalization before the activation of the layer in the middle, instead of after it.
    """
    activation = [layers.LeakyReLU(negative_slope=0.2), layers.BatchNormalization(momentum=momentum)]
    if norm_first:
        activation.reverse()
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * base),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, base)),
            layers.BatchNormalization(momentum=momentum),
            layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
            *activation,
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


def make_discriminator(filters=(64, 64), dropout=0.4):
    """Return tutorial C's discriminator: images (n, 28, 28, 1) to probabilities (n, 1).

    Args:
        filters: channels at 14×14 and at 7×7.
        dropout: share of values in [0, 1) that each dropout layer switches off.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(filters[0], 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(dropout),
            layers.Conv2D(filters[1], 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(dropout),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )


@tf.function
def fingerprint(*networks):
    """Return for each list of weight arrays one vector, which changes when any bit of them does."""
    bits = [[tf.cast(tf.bitcast(weight, tf.int32), tf.int64) for weight in weights] for weights in networks]
    return [tf.stack([tf.reduce_sum(bit) for bit in network]) for network in bits]


@contextmanager
def turn(player, rival):
    """Let `player` learn inside the block, with `rival` frozen, and check that it was so.

    Raises:
        AssertionError: if no trainable weight of the player has moved, or any of the rival has.
    """
    player.trainable = rival.trainable = True
    networks = [[weight.value for weight in model.trainable_variables] for model in (player, rival)]
    mine_before, theirs_before = fingerprint(*networks)
    rival.trainable = False
    try:
        yield
    finally:
        rival.trainable = True
    mine_now, theirs_now = fingerprint(*networks)
    assert not np.array_equal(mine_now, mine_before), L(
        f"{player.name}: no ha aprendido en su propio turno. Su paso se trazó cuando estaba congelado, o su tasa de "
        "aprendizaje es 0. Vuelve a compilarlo y entrénalo solo dentro de turn().",
        f"{player.name}: it has not learnt in its own turn. Its step was traced while it was frozen, or its learning "
        "rate is 0. Compile it again, and train it only inside turn().",
    )
    assert np.array_equal(theirs_now, theirs_before), L(
        f"{rival.name}: se ha movido en el turno de su rival. El paso se trazó cuando no estaba congelado. Vuelve a "
        "compilar la GAN y entrénala solo dentro de turn().",
        f"{rival.name}: it has moved in its rival's turn. The step was traced while it was not frozen. Compile the GAN "
        "again, and train it only inside turn().",
    )


class KeepImages(layers.Layer):
    """Layer that lets images through and keeps the last batch in `images`, a variable (batch_size, *shape)."""

    def __init__(self, batch_size, shape):
        super().__init__()
        self.images = self.add_weight(shape=(batch_size, *shape), initializer="zeros", trainable=False)

    def call(self, images):
        self.images.assign(images)
        return images


def mean_output(labels, outputs):
    """Return the mean of the outputs: as a metric of a discriminator, D(x) or D(G(z))."""
    return keras.ops.mean(outputs)


def accuracy(labels, outputs):
    """Return the share of outputs on the right side of 0.5: the answers of a discriminator that are right."""
    return keras.ops.mean(keras.ops.equal(outputs > 0.5, labels > 0.5))


def compile_gan(generator, discriminator, g_optimizer, d_optimizer, batch_size):
    """Compile the discriminator and return the compiled GAN: generator, `KeepImages`, discriminator.

    Raises:
        AssertionError: if both optimizers are the same object.
    """
    assert g_optimizer is not d_optimizer, L(
        "Cada red necesita su propio optimizador: crea dos.", "Each network needs an optimizer of its own: make two."
    )
    discriminator.compile(loss="binary_crossentropy", optimizer=d_optimizer, metrics=[accuracy, mean_output])
    keep = KeepImages(batch_size, generator.output_shape[1:])
    gan = keras.Sequential([keras.Input(generator.input_shape[1:]), generator, keep, discriminator], name="gan")
    gan.compile(loss="binary_crossentropy", optimizer=g_optimizer)
    return gan


def learn(model, inputs, labels):
    """Take one training step and return its loss and metrics, of this batch only, by name."""
    # Without this, some versions of Keras return the mean since the beginning and not that of this batch.
    model.reset_metrics()
    results = model.train_on_batch(inputs, labels, return_dict=True)
    return {name: float(value) for name, value in results.items()}


def make_train_step(generator, discriminator, gan, batch_size, real_label=1.0, redraw=False, turn=turn):
    """Return a function that takes one training step, G's turn and D's, and returns what happened as numbers by name.

    Args:
        gan: from `compile_gan`.
        batch_size: images in each batch that the function will be given.
        real_label: label of real images; 0.9 is one-sided label smoothing.
        redraw: let D see images drawn anew in inference mode, as the tutorials do, instead of those of G's turn.
        turn: context manager of (player, rival) in which each turn is played.
    """
    keep = gan.layers[1]
    ones, zeros = tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))
    real_labels = tf.fill((batch_size, 1), real_label)

    def train_step(real_images):
        noise = keras.random.normal((batch_size, *generator.input_shape[1:]))
        with turn(generator, rival=discriminator):
            on_gan = learn(gan, noise, ones)
        fake_images = generator(noise) if redraw else tf.convert_to_tensor(keep.images.value)
        with turn(discriminator, rival=generator):
            on_real = learn(discriminator, real_images, real_labels)
            on_fake = learn(discriminator, fake_images, zeros)
        return {
            "d_loss": (on_real["loss"] + on_fake["loss"]) / 2,
            "g_loss": on_gan["loss"],
            "d_real": on_real["mean_output"],
            "d_fake": on_fake["mean_output"],
            "d_accuracy": (on_real["accuracy"] + on_fake["accuracy"]) / 2,
        }

    return train_step


def small_game(g_rate=1e-3, d_rate=1e-3, beta_1=0.5, dropout=0.4, momentum=0.9, make_d=make_discriminator, **options):
    """Return generator, discriminator and training step of a narrow network that takes 300 steps in seconds.

    Args:
        g_rate, d_rate, beta_1: of the two Adam optimizers.
        dropout: of the discriminator.
        make_d: function of filters and dropout that makes the discriminator.
        momentum: of the generator's batch normalization.
        options: of `make_train_step`.
    """
    generator = make_generator(filters=16, base=32, momentum=momentum)
    discriminator = make_d(filters=(16, 16), dropout=dropout)
    optimizers = [keras.optimizers.Adam(rate, beta_1=beta_1) for rate in (g_rate, d_rate)]
    gan = compile_gan(generator, discriminator, *optimizers, batch_size=32)
    return generator, discriminator, make_train_step(generator, discriminator, gan, 32, **options)


def train(generator, discriminator, train_step, batches, steps, noise):
    """Train under the eyes of a monitor.

    Args:
        train_step: function of a batch of real images, from `make_train_step`.
        batches: endless tf.data.Dataset of real images.
        steps: how many steps.
        noise: array (n, latent_dim) with n of at least 64, the same for every picture.

    Returns:
        the monitor, and a dict from four steps, the first 0, to the images drawn from `noise` at that step.
    """
    moments = sorted({max(1, steps // 16), steps // 4, steps})
    album = {0: generator(noise, training=False)}
    real_images = next(iter(batches))
    try:
        with Monitor(steps, generator, noise[:64], discriminator, real_images) as monitor:
            for step, real_images in enumerate(batches.take(steps), start=1):
                monitor.update(**train_step(real_images))
                if step in moments:
                    album[step] = generator(noise, training=False)
    except KeyboardInterrupt:
        # The monitor has said so; check_training will not let a half-trained network pass.
        pass
    return monitor, album
