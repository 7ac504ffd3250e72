"""The code of lesson 1 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/01_fully_connected_gan.py; § names the section of the lesson that explains it.
"""

from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import pixels

# Lesson 1, § The points and the two networks
rng = np.random.default_rng(22)


# Lesson 1, § The points and the two networks
def real_points(count):
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = rng.normal(0.7, 0.03, count)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points.astype("float32")


# Lesson 1, § The points and the two networks
def toy_generator():
    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)], name="generator")


# Lesson 1, § The points and the two networks
def toy_discriminator():
    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")], name="discriminator")


# Lesson 1, § Two optimizers
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


# Lesson 1, § Two optimizers
def compile_gan(generator, discriminator, g_rate, d_rate):
    noise = keras.Input(generator.input_shape[1:])
    gan = keras.Sequential([noise, generator, discriminator], name="gan")
    for model, rate in ((discriminator, d_rate), (gan, g_rate)):
        adam = keras.optimizers.Adam(rate, beta_1=0.5)
        # Without XLA, which on a GPU takes seconds to compile each model, however small.
        model.compile(adam, "binary_crossentropy", metrics=["accuracy", mean_output], jit_compile=False)
    return gan


# Lesson 1, § Two optimizers
def learn(model, inputs, label):
    labels = tf.fill((len(inputs), 1), label)
    # Without this, some versions of Keras return the mean since the beginning and not that of this batch.
    model.reset_metrics()
    return model.train_on_batch(inputs, labels, return_dict=True)


# Lesson 1, § Exercise 2: D's turn
def discriminator_turn(generator, discriminator, real, noise):
    fake = generator(noise, training=True)
    on_real = learn(discriminator, real, 1.0)
    on_fake = learn(discriminator, fake, 0.0)
    return on_real, on_fake


# Lesson 1, § Exercise 3: G's turn
@contextmanager
def frozen(model):
    model.trainable = False
    try:
        yield
    finally:
        model.trainable = True


# Lesson 1, § Exercise 3: G's turn
def generator_turn(gan, discriminator, noise):
    with frozen(discriminator):
        return learn(gan, noise, 1.0)


# Lesson 1, § Exercise 3: G's turn
def summary(on_real, on_fake, on_gan):
    return {
        "d_loss": (on_real["loss"] + on_fake["loss"]) / 2,
        "g_loss": on_gan["loss"],
        "d_real": on_real["mean_output"],
        "d_fake": on_fake["mean_output"],
        "accuracy_real": on_real["accuracy"],
        "accuracy_fake": on_fake["accuracy"],
        "accuracy_gan": on_gan["accuracy"],
    }


# Lesson 1, § Exercise 3: G's turn
def make_train_step(generator, discriminator, gan):
    # The same generator, compiled by TensorFlow: it draws faster.
    draw = tf.function(generator)
    latent_dim = generator.input_shape[1]

    def train_step(real):
        noise = keras.random.normal((len(real), latent_dim))
        on_real, on_fake = discriminator_turn(draw, discriminator, real, noise)
        noise = keras.random.normal((len(real), latent_dim))
        return summary(on_real, on_fake, generator_turn(gan, discriminator, noise))

    return train_step


# Lesson 1, § The two networks
latent_dim = 100


# Lesson 1, § The two networks
def make_generator():
    model = keras.Sequential([keras.Input((latent_dim,))], name="generator")
    for units in (256, 512, 1024):
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Dense(28 * 28, activation="tanh"))
    model.add(layers.Reshape((28, 28, 1)))
    return model


# Lesson 1, § The two networks
def make_discriminator():
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()], name="discriminator")
    for units in (512, 256):
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


# Lesson 1, § The dust, measured
def lonely_share(images):
    bright = pixels.to_uint8(images) > 127
    padded = np.pad(bright, ((0, 0), (1, 1), (1, 1))).astype("uint8")
    neighbours = sum(
        padded[:, 1 + dy : 29 + dy, 1 + dx : 29 + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
    )
    return (bright & (neighbours == 0)).sum() / bright.sum()
