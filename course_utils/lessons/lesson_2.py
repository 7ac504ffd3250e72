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
from course_utils.monitor import Monitor


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


# Lesson 2, § The trap
def adam():
    return keras.optimizers.Adam(0.01)


# Lesson 2, § The trap
def tiny_game(g_optimizer, d_optimizer, freeze=False):
    generator = keras.Sequential([keras.Input((4,)), layers.Dense(8, "relu"), layers.Dense(3)], name="G")
    discriminator = keras.Sequential([keras.Input((3,)), layers.Dense(8), layers.Dense(1, "sigmoid")], name="D")
    gan = keras.Sequential([keras.Input((4,)), generator, discriminator])
    # Without XLA, which on a GPU takes seconds to compile each model, however small.
    discriminator.compile(d_optimizer, "binary_crossentropy", jit_compile=False)
    discriminator.trainable = not freeze
    gan.compile(g_optimizer, "binary_crossentropy", jit_compile=False)
    return generator, discriminator, gan


# Lesson 2, § The trap
def train_once(model, batch_size=8):
    inputs = keras.random.normal((batch_size, *model.input_shape[1:]))
    model.train_on_batch(inputs, tf.ones((batch_size, 1)))


# Lesson 2, § The trap
def weights_of(model):
    return [weight.numpy() for weight in model.weights]


# Lesson 2, § The trap
def has_moved(model, before):
    return any(not np.array_equal(now, old) for now, old in zip(weights_of(model), before, strict=True))


# Lesson 2, § The trap
def who_moves(play, discriminator, generator):
    before = weights_of(discriminator), weights_of(generator)
    play()
    moved = has_moved(discriminator, before[0]), has_moved(generator, before[1])
    return L(" y ", " and ").join(name for name, one in zip("DG", moved, strict=True) if one) or "—"


# Lesson 2, § Training
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


# Lesson 2, § Training
def compile_gan(generator, discriminator, g_optimizer, d_optimizer):
    assert g_optimizer is not d_optimizer, L(
        "Cada red necesita su propio optimizador: crea dos.", "Each network needs an optimizer of its own: make two."
    )
    discriminator.compile(d_optimizer, "binary_crossentropy", metrics=[mean_output], jit_compile=False)
    gan = keras.Sequential([keras.Input(generator.input_shape[1:]), generator, discriminator], name="gan")
    gan.compile(g_optimizer, "binary_crossentropy", jit_compile=False)
    return gan


# Lesson 2, § Training
def make_train_step(generator, discriminator, gan, batch_size, real_label=1.0, turn=turns.turn):
    shape = batch_size, *generator.input_shape[1:]
    noise = tf.function(lambda: keras.random.normal(shape))
    draw = tf.function(lambda: generator(noise(), training=True))

    def train_step(real_images):
        fake_images = draw()
        with turn(discriminator, rival=generator):
            on_real = learn(discriminator, real_images, real_label)
            on_fake = learn(discriminator, fake_images, 0.0)
        with turn(generator, rival=discriminator):
            on_gan = learn(gan, noise(), 1.0)
        d_loss = (on_real["loss"] + on_fake["loss"]) / 2
        answers = {"d_real": on_real["mean_output"], "d_fake": on_fake["mean_output"]}
        return {"d_loss": d_loss, "g_loss": on_gan["loss"], **answers}

    return train_step


# Lesson 2, § Training
def small_game(g_rate=1e-3, d_rate=1e-3, beta_1=0.5, dropout=0.4, momentum=0.9, make_d=make_discriminator, **options):
    generator = make_generator(filters=16, base=32, momentum=momentum)
    discriminator = make_d(filters=(16, 16), dropout=dropout)
    optimizers = [keras.optimizers.Adam(rate, beta_1=beta_1) for rate in (g_rate, d_rate)]
    gan = compile_gan(generator, discriminator, *optimizers)
    return generator, discriminator, make_train_step(generator, discriminator, gan, 32, **options)


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
    for layer in (MinibatchDeviation(), layers.Flatten(), layers.Dense(1, activation="sigmoid")):
        model.add(layer)
    return model


# Lesson 2, § Now train
def train(generator, discriminator, train_step, batches, steps, noise):
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
        # The monitor has said so; the check further down will not let a half-trained network pass.
        pass
    return monitor, album
