"""The code of lesson 8 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/08_a_thousand_modes.py; § names the section of the lesson that explains it.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils.lessons import lesson_7
from course_utils.lessons.lesson_2 import MinibatchDeviation


# Lesson 8, § Exercise 1: stack three digits
def stack(images, chosen):
    return np.stack([images[chosen[:, channel]] for channel in range(3)], axis=-1)


# Lesson 8, § What changes in the networks
def make_generator(width=24, latent_dim=100):
    noise = x = keras.Input((latent_dim,))
    x = layers.Dense(7 * 7 * 2 * width, use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Reshape((7, 7, 2 * width))(x)
    x = layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model(noise, x, name="generator")


# Lesson 8, § What changes in the networks
def make_discriminator(width=24, channels=3, deviation=False, norm=False):
    images = x = keras.Input((28, 28, channels))
    x = layers.LeakyReLU(0.2)(layers.Conv2D(width, 4, strides=2, padding="same")(x))
    x = layers.Conv2D(2 * width, 4, strides=2, padding="same")(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if norm else x)
    if deviation:
        x = MinibatchDeviation()(x)
    return keras.Model(images, layers.Dense(1)(layers.Flatten()(x)), name="discriminator")


# Lesson 8, § What is counted
def read_triples(judge, triples):
    greys = np.moveaxis(np.asarray(triples), 3, 1).reshape(-1, 28, 28)
    return judge.look(greys).probabilities.reshape(-1, 3, 10)


# Lesson 8, § Exercise 3: count the modes
def count_modes(digits):
    modes = digits @ [100, 10, 1]
    counts = np.bincount(modes, minlength=1000)
    shares = counts[counts > 0] / len(modes)
    return np.count_nonzero(counts), np.sum(shares * np.log(1000 * shares))


# Lesson 8, § Exercise 5: what will it miss?
PLAIN = lesson_7.Settings(latent_dim=100, width=24, g_rate=1e-3, d_rate=1e-3, last_rate=1.0, half_life=0, groups=1)


# Lesson 8, § Exercise 5: what will it miss?
class ColourTraining(lesson_7.Training):
    images_per_look = 1

    def choose(self, size):
        return self.source.uniform((size, 3), maxval=len(self.images), dtype=tf.int32)

    def many_steps(self):
        settings, size = self.settings, self.settings.batch_size * self.images_per_look
        for _ in tf.range(settings.steps):
            chosen = self.choose(size)
            noise = self.source.normal((size, settings.latent_dim))
            with tf.device("CPU"):
                pixels_of_images = tf.gather(self.pixels, chosen)[..., 0]
            real_images = tf.cast(tf.transpose(pixels_of_images, (0, 2, 3, 1)), tf.float32) / 127.5 - 1
            g_gradients, d_gradients = self.gradients(self.generator, self.discriminator, real_images, None, noise)
            self.g_optimizer.apply(g_gradients, self.generator.trainable_variables)
            self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)
            lesson_7.update_average(self.average, self.generator.variables, self.decay)


# Lesson 8, § Exercise 5: what will it miss?
def networks_of(d_width, **d_settings):
    def networks(settings, classes):
        generator = make_generator(settings.width, settings.latent_dim)
        return generator, make_discriminator(d_width, **d_settings)

    return networks


# Lesson 8, § Exercise 6: make the packs
def pack(images, count):
    return tf.concat(tf.split(images, count), axis=-1)


# Lesson 8, § Exercise 6: make the packs
def packing(count):
    def gradients(generator, discriminator, real_images, label, noise):
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(pack(real_images, count), training=True)
            fake_logits = discriminator(pack(fake_images, count), training=True)
            g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
            d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        return g_gradients, d_tape.gradient(d_loss, discriminator.trainable_variables)

    return gradients


# Lesson 8, § Exercise 6: make the packs
class Pairs(ColourTraining):
    images_per_look = 2


# Lesson 8, § Relativistic, with R1 and R2
def relativistic_r1_r2(generator, discriminator, real_images, label, noise, gamma=1.0):
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fake_images = generator(lesson_7.beside(noise, label), training=True)
        with tf.GradientTape(persistent=True) as slope_tape:
            slope_tape.watch((real_images, fake_images))
            real_logits = discriminator(lesson_7.beside(real_images, label), training=True)
            fake_logits = discriminator(lesson_7.beside(fake_images, label), training=True)
        ahead = real_logits - fake_logits
        g_loss, d_loss = tf.reduce_mean(tf.nn.softplus(ahead)), tf.reduce_mean(tf.nn.softplus(-ahead))
        for images, logits in ((real_images, real_logits), (fake_images, fake_logits)):
            slope = slope_tape.gradient(logits, images)
            d_loss += gamma / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=(1, 2, 3)))
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    return g_gradients, d_tape.gradient(d_loss, discriminator.trainable_variables)
