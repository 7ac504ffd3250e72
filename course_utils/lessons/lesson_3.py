"""The code of lesson 3 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/03_dcgan_gradient_tape.py; § names the section of the lesson that explains it.
"""

import json
import secrets

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import animation, checkpoints, data
from course_utils.lessons.lesson_2 import MinibatchDeviation
from course_utils.monitor import Monitor


# Lesson 3, § The two networks
def make_generator(latent_dim=100, base=256, filters=(128, 64), momentum=0.99):
    options = dict(padding="same", use_bias=False)
    stack = [keras.Input((latent_dim,)), layers.Dense(7 * 7 * base, use_bias=False)]
    stack += [layers.BatchNormalization(momentum=momentum), layers.LeakyReLU()]
    stack.append(layers.Reshape((7, 7, base)))
    for channels, stride in zip(filters, (1, 2), strict=True):
        stack.append(layers.Conv2DTranspose(channels, 5, stride, **options))
        stack += [layers.BatchNormalization(momentum=momentum), layers.LeakyReLU()]
    stack.append(layers.Conv2DTranspose(1, 5, 2, activation="tanh", **options))
    return keras.Sequential(stack, name="generator")


# Lesson 3, § The two networks
def make_discriminator(filters=(64, 128), dropout=0.3, watchful=False):
    stack = [keras.Input((28, 28, 1))]
    for channels in filters:
        stack.append(layers.Conv2D(channels, 5, strides=2, padding="same"))
        stack += [layers.LeakyReLU(), layers.Dropout(dropout)]
    stack += [MinibatchDeviation()] if watchful else []
    stack += [layers.Flatten(), layers.Dense(1)]
    return keras.Sequential(stack, name="discriminator")


# Lesson 3, § The two networks
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


# Lesson 3, § Exercise 1: the two losses
def discriminator_loss(real_logits, fake_logits):
    real_loss = cross_entropy(tf.ones_like(real_logits), real_logits)
    fake_loss = cross_entropy(tf.zeros_like(fake_logits), fake_logits)
    return real_loss + fake_loss


# Lesson 3, § Exercise 1: the two losses
def generator_loss(fake_logits):
    return cross_entropy(tf.ones_like(fake_logits), fake_logits)


# Lesson 3, § Exercise 2: two questions
def make_train_step(state, batch_size):
    generator, discriminator = state.generator, state.discriminator

    @tf.function
    def train_step(real_images):
        noise = state.noise_source.normal((batch_size, *generator.input_shape[1:]))
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(real_images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            g_loss = generator_loss(fake_logits)
            d_loss = discriminator_loss(real_logits, fake_logits)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        state.g_optimizer.apply(g_gradients, generator.trainable_variables)
        state.d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        state.step.assign_add(1)
        d_real = tf.reduce_mean(tf.sigmoid(real_logits))
        d_fake = tf.reduce_mean(tf.sigmoid(fake_logits))
        return dict(d_loss=d_loss, g_loss=g_loss, d_real=d_real, d_fake=d_fake)

    return train_step


# Lesson 3, § Exercise 5: one piece missing
def make_state(generator, discriminator, g_optimizer, d_optimizer, settings=None, seed=42):
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    return tf.train.Checkpoint(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=g_optimizer,
        d_optimizer=d_optimizer,
        step=tf.Variable(0, dtype=tf.int64),
        noise_source=tf.random.Generator.from_seed(seed),
        dropout_seeds=[v for v in discriminator.variables if "seed_generator" in v.path],
        history=tf.Variable(np.zeros((0, 4), "float32"), shape=(None, 4)),
        settings=tf.Variable(json.dumps(settings or {}, sort_keys=True)),
        run=tf.Variable(secrets.token_hex(4)),
    )


# Lesson 3, § An average of the weights
def with_average(train_step, state, average, half_life):
    average.set_weights(state.generator.get_weights())
    state.average = average

    @tf.function
    def step_and_average(real_images):
        losses = train_step(real_images)
        now = tf.cast(state.step, tf.float32)
        keep = 0.5 ** (1 / tf.minimum(float(half_life), now / 10))
        for mean, weight in zip(average.variables, state.generator.variables, strict=True):
            mean.assign(keep * mean + (1 - keep) * weight)
        return losses

    return step_and_average


# Lesson 3, § An average of the weights
NAMES = ("d_loss", "g_loss", "d_real", "d_fake")


# Lesson 3, § An average of the weights
def train(state, train_step, images, batch_size, steps, folder, save_every, noise):
    first = int(state.step)
    manager = checkpoints.make_manager(state, folder)
    batches = data.make_batches(images, batch_size, start=first)
    past = dict(zip(NAMES, state.history.numpy().T.tolist(), strict=True))
    networks = getattr(state, "average", state.generator), noise, state.discriminator
    monitor = Monitor(steps, *networks, next(iter(batches)), history=past)
    try:
        with monitor:
            if first == 0:
                animation.save_frame(monitor.samples(), folder, state)
            for real_images in batches.take(steps - first):
                monitor.update(**train_step(real_images))
                if monitor.step % save_every == 0 or monitor.step == steps:
                    animation.save_frame(monitor.samples(), folder, state)
                    curves = [monitor.history[name] for name in NAMES]
                    state.history.assign(np.transpose(curves))
                    checkpoints.save(manager)
    except KeyboardInterrupt:
        pass
    return monitor
