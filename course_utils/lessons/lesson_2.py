"""The code of lesson 2 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/02_dcgan_train_on_batch.py; § names the section of the lesson that explains it.
"""

from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils.language import L
from course_utils.monitor import Monitor


# Lesson 2, § The network of tutorial C
def make_generator(latent_dim=50, filters=64, base=128, momentum=0.99, norm_first=False):
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


# Lesson 2, § The network of tutorial C
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
def tiny_game(g_optimizer, d_optimizer, freeze=False):
    generator = keras.Sequential(name="generator")
    generator.add(keras.Input((4,)))
    generator.add(layers.Dense(8, activation="relu"))
    generator.add(layers.Dense(3))
    discriminator = keras.Sequential(name="discriminator")
    discriminator.add(keras.Input((3,)))
    discriminator.add(layers.Dense(8))
    discriminator.add(layers.Dense(1, activation="sigmoid"))
    gan = keras.Sequential([keras.Input((4,)), generator, discriminator])
    # Without XLA, which on a GPU takes seconds to compile each model, however small.
    discriminator.compile(loss="binary_crossentropy", optimizer=d_optimizer, jit_compile=False)
    discriminator.trainable = not freeze
    gan.compile(loss="binary_crossentropy", optimizer=g_optimizer, jit_compile=False)
    return generator, discriminator, gan


# Lesson 2, § The trap
def train_once(model, batch_size=8):
    inputs = keras.random.normal((batch_size, *model.input_shape[1:]))
    model.train_on_batch(inputs, tf.ones((batch_size, 1)))


# Lesson 2, § The trap
def largest_change(before, after):
    return max(np.abs(new - old).max() for old, new in zip(before, after, strict=True))


# Lesson 2, § The trap
def movements(discriminator, generator, action):
    before = discriminator.get_weights(), generator.get_weights()
    action()
    after = discriminator.get_weights(), generator.get_weights()
    return [f"{largest_change(*pair):.2f}" for pair in zip(before, after, strict=True)]


# Lesson 2, § The trap
def adam():
    return keras.optimizers.Adam(0.01)


# Lesson 2, § The idiom that we keep
@tf.function
def fingerprint(*networks):
    bits = [[tf.cast(tf.bitcast(weight, tf.int32), tf.int64) for weight in weights] for weights in networks]
    return [tf.stack([tf.reduce_sum(bit) for bit in network]) for network in bits]


# Lesson 2, § The idiom that we keep
@contextmanager
def turn(player, rival):
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


# Lesson 2, § The idiom that we keep
class KeepImages(layers.Layer):
    def __init__(self, batch_size, shape):
        super().__init__()
        self.images = self.add_weight(shape=(batch_size, *shape), initializer="zeros", trainable=False)

    def call(self, images):
        self.images.assign(images)
        return images


# Lesson 2, § The idiom that we keep
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


# Lesson 2, § The idiom that we keep
def accuracy(labels, outputs):
    return keras.ops.mean(keras.ops.equal(outputs > 0.5, labels > 0.5))


# Lesson 2, § The idiom that we keep
def compile_gan(generator, discriminator, g_optimizer, d_optimizer, batch_size):
    assert g_optimizer is not d_optimizer, L(
        "Cada red necesita su propio optimizador: crea dos.", "Each network needs an optimizer of its own: make two."
    )
    metrics = [accuracy, mean_output]
    discriminator.compile(loss="binary_crossentropy", optimizer=d_optimizer, metrics=metrics, jit_compile=False)
    keep = KeepImages(batch_size, generator.output_shape[1:])
    gan = keras.Sequential([keras.Input(generator.input_shape[1:]), generator, keep, discriminator], name="gan")
    gan.compile(loss="binary_crossentropy", optimizer=g_optimizer, jit_compile=False)
    return gan


# Lesson 2, § The idiom that we keep
def learn(model, inputs, labels):
    # Without this, some versions of Keras return the mean since the beginning and not that of this batch.
    model.reset_metrics()
    results = model.train_on_batch(inputs, labels, return_dict=True)
    return {name: float(value) for name, value in results.items()}


# Lesson 2, § The idiom that we keep
def make_train_step(generator, discriminator, gan, batch_size, real_label=1.0, redraw=False, turn=turn):
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


# Lesson 2, § The other trap, a quieter one
def small_game(g_rate=1e-3, d_rate=1e-3, beta_1=0.5, dropout=0.4, momentum=0.9, make_d=make_discriminator, **options):
    generator = make_generator(filters=16, base=32, momentum=momentum)
    discriminator = make_d(filters=(16, 16), dropout=dropout)
    optimizers = [keras.optimizers.Adam(rate, beta_1=beta_1) for rate in (g_rate, d_rate)]
    gan = compile_gan(generator, discriminator, *optimizers, batch_size=32)
    return generator, discriminator, make_train_step(generator, discriminator, gan, 32, **options)


# Lesson 2, § Training
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
        # The monitor has said so; check_training will not let a half-trained network pass.
        pass
    return monitor, album


# Lesson 2, § What `train_on_batch` costs
def make_tape_step(generator, discriminator, g_optimizer, d_optimizer, batch_size):
    cross_entropy = keras.losses.BinaryCrossentropy()
    ones, zeros = tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))

    @tf.function
    def tape_step(real_images):
        noise = tf.random.normal((batch_size, *generator.input_shape[1:]))
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            on_fake = discriminator(generator(noise, training=True), training=True)
            on_real = discriminator(real_images, training=True)
            g_loss = cross_entropy(ones, on_fake)
            d_loss = (cross_entropy(ones, on_real) + cross_entropy(zeros, on_fake)) / 2
        g_weights, d_weights = generator.trainable_variables, discriminator.trainable_variables
        g_optimizer.apply(g_tape.gradient(g_loss, g_weights), g_weights)
        d_optimizer.apply(d_tape.gradient(d_loss, d_weights), d_weights)

    return tape_step


# Lesson 2, § Two more networks, by changing one cell
def make_networks_b():
    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 128),
            layers.Reshape((7, 7, 128)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(64, 5, strides=2, padding="same", activation="selu"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )
    assert (generator.count_params(), discriminator.count_params()) == (840_705, 212_865)
    return generator, discriminator


# Lesson 2, § Two more networks, by changing one cell
def make_networks_e():
    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 256),
            layers.Reshape((7, 7, 256)),
            layers.Conv2DTranspose(128, 3, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same"),
            layers.Activation("tanh"),
        ],
        name="generator",
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Conv2D(128, 3, strides=2, padding="same"),
            # Twice, as in the tutorial's code: a slip that changes hardly anything.
            layers.BatchNormalization(),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )
    assert (generator.count_params(), discriminator.count_params()) == (1_563_649, 96_001)
    return generator, discriminator
