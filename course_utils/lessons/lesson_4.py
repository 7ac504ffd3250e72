"""The code of lesson 4 that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/04_chatgpt_vs_handmade.py; § names the section of the lesson that explains it.
"""

from itertools import combinations

import keras
import numpy as np
from keras import layers


# Lesson 4, § The two rivals
def chatgpt_networks():
    generator = keras.Sequential(
        [
            keras.Input((50,)),
            layers.Dense(7 * 7 * 64),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, 64)),
            layers.Conv2DTranspose(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


# Lesson 4, § The two rivals
def handmade_networks():
    generator = keras.Sequential(
        [
            keras.Input((50,)),
            layers.Dense(7 * 7 * 128),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, 128)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


# Lesson 4, § Chance, part two: deal again
def split_gaps(a, b):
    together = np.concatenate([a, b])
    gaps = []
    for chosen in combinations(range(len(together)), len(a)):
        gaps.append(np.mean(together[list(chosen)]) - np.mean(np.delete(together, chosen)))
    return np.array(gaps)
