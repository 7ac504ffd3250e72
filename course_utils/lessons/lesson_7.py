"""The code of lesson 7 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/07_gan_in_a_minute.py; § names the section of the lesson that explains it.
"""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers


# Lesson 7, § A network of the right size
def make_generator(width=12, latent_dim=32, classes=0):
    inputs = [keras.Input((latent_dim,), name="noise")]
    if classes:
        inputs.append(keras.Input((classes,), name="label"))
    x = layers.Concatenate()(inputs) if classes else inputs[0]
    x = layers.Dense(7 * 7 * 2 * width, use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Reshape((7, 7, 2 * width))(x)
    x = layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model(inputs if classes else inputs[0], x, name="generator")


# Lesson 7, § A network of the right size
def make_discriminator(width=12, classes=0):
    inputs = [keras.Input((28, 28, 1), name="image")]
    x = inputs[0]
    for channels in (width, 2 * width):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 4, strides=2, padding="same")(x))
    x = layers.Flatten()(x)
    logit = layers.Dense(1)(x)
    if classes:
        inputs.append(keras.Input((classes,), name="label"))
        logit += layers.Dot(1)([layers.Dense(classes, use_bias=False)(x), inputs[1]])
    return keras.Model(inputs if classes else inputs[0], logit, name="discriminator")


# Lesson 7, § The step
def beside(inputs, label):
    return inputs if label is None else [inputs, label]


# Lesson 7, § The step
def non_saturating(generator, discriminator, real_images, label, noise):
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fake_images = generator(beside(noise, label), training=True)
        real_logits = discriminator(beside(real_images, label), training=True)
        fake_logits = discriminator(beside(fake_images, label), training=True)
        g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
        d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    return g_gradients, d_gradients


# Lesson 7, § Long steps at first, fine ones at the end
def falling(rate, part, last=0.05):
    return rate * (last + (1 - last) * (1 + np.cos(np.pi * min(part, 1))) / 2)


# Lesson 7, § Exercise 3: write the average
def update_average(average, variables, decay):
    for mean, variable in zip(average, variables, strict=True):
        mean.assign(decay * mean + (1 - decay) * variable)
    return average


# Lesson 7, § And where does D get it?
def make_concatenating_discriminator(width=12, classes=10):
    image, label = keras.Input((28, 28, 1), name="image"), keras.Input((classes,), name="label")
    channel = layers.Reshape((28, 28, 1))(layers.Dense(28 * 28)(label))
    x = layers.Concatenate()([image, channel])
    for channels in (width, 2 * width):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 4, strides=2, padding="same")(x))
    return keras.Model([image, label], layers.Dense(1)(layers.Flatten()(x)), name="discriminator")


# Lesson 7, § Ten ways to write each digit
def split(images, groups, seed, rounds=10):
    count, half = len(images), images.shape[1] // 2
    small = images.reshape(count, half, 2, half, 2, -1).mean(axis=(2, 4), dtype="float32").reshape(count, -1)
    centres = small[np.random.default_rng(seed).choice(count, groups, replace=count < groups)]
    for _ in range(rounds):
        # The square of the distance to each centre, less |image|², which is the same for all.
        nearest = np.argmin(np.sum(centres**2, axis=1) - 2 * small @ centres.T, axis=1)
        members = np.eye(groups, dtype="float32")[nearest]
        counts = members.sum(axis=0)[:, None]
        centres = np.where(counts > 0, members.T @ small / np.maximum(counts, 1), centres)
    return nearest.astype("int32")


# Lesson 7, § Ten ways to write each digit
def make_drawer(generator, groups=1, digits=10):
    if groups == 1:
        return generator
    noise = keras.Input((generator.inputs[0].shape[1] + 1,), name="noise")
    # Turns the last number of the noise, which is normal, into one between 0 and 1, all equally likely.
    chance = 0.5 + 0.5 * keras.ops.erf(noise[:, -1:] / 2**0.5)
    digit = keras.Input((digits,), name="label") if digits else keras.ops.ones_like(chance)
    # Where each group begins between 0 and 1. The last one that lies below is chosen.
    edges = layers.Dense(groups, use_bias=False, trainable=False, name="edges")(digit)
    below = keras.ops.cast(chance >= edges, "float32")
    # A one at the chosen group, zeros elsewhere.
    group = below - keras.ops.pad(below[:, 1:], ((0, 0), (0, 1)))
    label = layers.Flatten()(digit[:, :, None] * group[:, None, :])
    inputs = [noise, digit] if digits else noise
    return keras.Model(inputs, generator([noise[:, :-1], label]), name="drawer")


# Lesson 7, § All together
class Settings(NamedTuple):
    latent_dim: int = 32
    width: int = 12
    batch_size: int = 32
    g_rate: float = 3e-3
    d_rate: float = 3e-3
    last_rate: float = 0.05
    beta_1: float = 0.5
    beta_2: float = 0.99
    half_life: int = 600
    groups: int = 10
    steps: int = 20


# Lesson 7, § All together
def make_networks(settings, classes):
    generator = make_generator(settings.width, settings.latent_dim, classes)
    return generator, make_discriminator(settings.width, classes)


# Lesson 7, § All together
class Training:
    def __init__(self, images, labels=None, seed=1, settings=None, gradients=non_saturating, networks=None):
        keras.utils.set_random_seed(seed)
        self.settings = settings = settings or Settings()
        self.images, self.seed, self.gradients = images, seed, gradients
        self.labels = None if labels is None else np.asarray(labels)
        self.digits = 0 if labels is None else 1 + int(self.labels.max())
        classes = settings.groups * max(1, self.digits)
        self.classes = classes if classes > 1 else 0
        self.generator, self.discriminator = (networks or make_networks)(settings, self.classes)
        self.g_optimizer = keras.optimizers.Adam(settings.g_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
        self.d_optimizer = keras.optimizers.Adam(settings.d_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.average = [tf.Variable(variable) for variable in self.generator.variables]
        self.source, self.done, self.decay = tf.random.Generator.from_seed(seed), tf.Variable(0), tf.Variable(0.0)
        pixels = images.reshape(*images.shape[:3], -1)
        with tf.device("CPU"):
            self.pixels = tf.Variable(pixels, trainable=False, shape=(None, *pixels.shape[1:]))
        self.class_of = tf.Variable(tf.zeros(len(images), tf.int64))
        self.train_steps = tf.function(self.many_steps)

    @property
    def variables(self):
        parts = (self.generator, self.discriminator, self.g_optimizer, self.d_optimizer)
        own = [*self.average, self.source.state, self.done, self.decay, self.class_of]
        return [variable for part in parts for variable in part.variables] + own

    def prepare(self):
        groups, class_of = self.settings.groups, np.zeros(len(self.images), "int64")
        for digit in range(max(1, self.digits)):
            chosen = self.labels == digit if self.digits else slice(None)
            members = self.images[chosen]
            if len(members):
                class_of[chosen] = digit * groups + (split(members, groups, self.seed) if groups > 1 else 0)
        self.class_of.assign(class_of)

    def many_steps(self):
        size = self.settings.batch_size
        for _ in tf.range(self.settings.steps):
            chosen = self.source.uniform((size,), maxval=len(self.images), dtype=tf.int32)
            noise = self.source.normal((size, self.settings.latent_dim))
            with tf.device("CPU"):
                pixels_of_images = tf.gather(self.pixels, chosen)
            real_images = tf.cast(pixels_of_images, tf.float32) / 127.5 - 1
            label = tf.one_hot(tf.gather(self.class_of, chosen), self.classes) if self.classes else None
            g_gradients, d_gradients = self.gradients(self.generator, self.discriminator, real_images, label, noise)
            self.g_optimizer.apply(g_gradients, self.generator.trainable_variables)
            self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)
            update_average(self.average, self.generator.variables, self.decay)

    def run(self, part):
        settings = self.settings
        self.g_optimizer.learning_rate.assign(falling(settings.g_rate, part, settings.last_rate))
        self.d_optimizer.learning_rate.assign(falling(settings.d_rate, part, settings.last_rate))
        half_life = min(settings.half_life, 1 + int(self.done) / 4)
        self.decay.assign(0.5 ** (1 / half_life) if half_life else 0.0)
        self.train_steps()
        self.done.assign_add(settings.steps)

    def finish(self):
        # It is over: makes room in memory.
        self.pixels.assign(self.pixels[:0])
        for variable, mean in zip(self.generator.variables, self.average, strict=True):
            variable.assign(mean)
        groups = self.settings.groups
        drawer = make_drawer(self.generator, groups, self.digits)
        if groups > 1:
            counts = np.bincount(self.class_of.numpy(), minlength=self.classes).reshape(-1, groups)
            shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
            drawer.get_layer("edges").set_weights([np.cumsum(shares, axis=1) - shares])
        return drawer
