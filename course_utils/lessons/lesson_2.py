"""The code of lesson 2 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/02_dcgan_train_on_batch.py; § names the section of the lesson that explains it.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import turns
from course_utils.language import L
from course_utils.lessons.lesson_1 import learn


# Lesson 2, § Exercise 3: the missing layers
def make_generator(latent_dim=50, filters=64, base=128, momentum=0.99):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * base),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, base)),
            layers.BatchNormalization(momentum=momentum),
            layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.BatchNormalization(momentum=momentum),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


# Lesson 2, § Exercise 4: the other player
def make_discriminator(filters=(64, 64), dropout=0.4):
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


# Lesson 2, § The idiom that we keep
def weights_of(model):
    return [weight.numpy() for weight in model.weights]


# Lesson 2, § The idiom that we keep
def has_moved(model, before):
    pairs = zip(weights_of(model), before, strict=True)
    return any(not np.array_equal(now, old) for now, old in pairs)


# Lesson 2, § Training
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


# Lesson 2, § Training
def compile_gan(generator, discriminator, g_optimizer, d_optimizer):
    assert g_optimizer is not d_optimizer, L("un Adam por red: crea dos", "one Adam each: make two")
    discriminator.compile(d_optimizer, "binary_crossentropy", metrics=[mean_output], jit_compile=False)
    gan = keras.Sequential([keras.Input(generator.input_shape[1:]), generator, discriminator], name="gan")
    gan.compile(g_optimizer, "binary_crossentropy", jit_compile=False)
    return gan


# Lesson 2, § Training
def make_train_step(generator, discriminator, gan, batch_size):
    shape = batch_size, *generator.input_shape[1:]
    noise = tf.function(lambda: keras.random.normal(shape))
    draw = tf.function(lambda: generator(noise(), training=True))

    def train_step(real_images):
        fake_images = draw()
        with turns.turn(discriminator, rival=generator):
            on_real = learn(discriminator, real_images, 1.0)
            on_fake = learn(discriminator, fake_images, 0.0)
        with turns.turn(generator, rival=discriminator):
            on_gan = learn(gan, noise(), 1.0)
        d_loss = (on_real["loss"] + on_fake["loss"]) / 2
        answers = {"d_real": on_real["mean_output"], "d_fake": on_fake["mean_output"]}
        return {"d_loss": d_loss, "g_loss": on_gan["loss"], **answers}

    return train_step


# Lesson 2, § A D that looks at the whole batch
class MinibatchDeviation(layers.Layer):
    def call(self, inputs):
        deviation = keras.ops.sqrt(keras.ops.var(inputs, axis=0) + 1e-8)
        channel = keras.ops.full_like(inputs[..., :1], keras.ops.mean(deviation))
        return keras.ops.concatenate([inputs, channel], axis=-1)


# Lesson 2, § A D that looks at the whole batch
def make_watchful_discriminator(filters=(16, 32, 64)):
    model = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels in filters:
        model.add(layers.Conv2D(channels, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(MinibatchDeviation())
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model
