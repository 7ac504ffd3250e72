"""The code of lesson 6 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/06_tricks_on_trial.py; § names the section of the lesson that explains it.
"""

import keras
from keras import layers


# Lesson 6, § Tutorial B: clothes
def make_generator_b():
    generator = keras.Sequential([keras.Input((100,))], name="generator")
    generator.add(layers.Dense(7 * 7 * 128))
    generator.add(layers.Reshape((7, 7, 128)))
    generator.add(layers.BatchNormalization())
    generator.add(layers.Conv2DTranspose(64, 5, 2, "same", activation="selu"))
    generator.add(layers.BatchNormalization())
    generator.add(layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh"))
    return generator


# Lesson 6, § Tutorial B: clothes
def make_discriminator_b():
    discriminator = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels in (64, 128):
        discriminator.add(layers.Conv2D(channels, 5, strides=2, padding="same"))
        discriminator.add(layers.LeakyReLU(negative_slope=0.2))
        discriminator.add(layers.Dropout(0.4))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1, activation="sigmoid"))
    return discriminator


# Lesson 6, § Tutorial B: clothes
def make_networks_b():
    return make_generator_b(), make_discriminator_b()


# Lesson 6, § Tutorial E: a BN that freezes
def make_generator_e():
    generator = keras.Sequential([keras.Input((100,))], name="generator")
    generator.add(layers.Dense(7 * 7 * 256))
    generator.add(layers.Reshape((7, 7, 256)))
    generator.add(layers.Conv2DTranspose(128, 3, strides=2, padding="same"))
    generator.add(layers.BatchNormalization())
    generator.add(layers.LeakyReLU(negative_slope=0.01))
    generator.add(layers.Conv2DTranspose(1, 3, strides=2, padding="same"))
    generator.add(layers.Activation("tanh"))
    return generator


# Lesson 6, § Tutorial E: a BN that freezes
def make_discriminator_e():
    discriminator = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels, norms in ((32, 0), (64, 1), (128, 2)):
        discriminator.add(layers.Conv2D(channels, 3, strides=2, padding="same"))
        for _ in range(norms):
            discriminator.add(layers.BatchNormalization())
        discriminator.add(layers.LeakyReLU(negative_slope=0.01))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1, activation="sigmoid"))
    return discriminator


# Lesson 6, § Tutorial E: a BN that freezes
def make_networks_e():
    return make_generator_e(), make_discriminator_e()
