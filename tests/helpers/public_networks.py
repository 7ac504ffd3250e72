# ruff: noqa: E501  (the lines are as long as they are found)
"""Kinds of generators and discriminators as they are found in tutorials and repositories of 2016 to 2025.

Written for this test; what is typical of each kind is kept: names, imports, parameters, habits, mistakes.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Kind(NamedTuple):
    """A text, parts of what is said about it in Spanish and English, and what has to change besides the lines quoted.

    Where nothing is said, it trains as it is; without `trains` it never does.
    """

    text: str
    says: tuple[tuple[str, str], ...] = ()
    mends: tuple[tuple[str, str], ...] = ()
    trains: bool = True


def follow(text: str, said: str) -> str:
    """Return a text after each line of it that is quoted has been changed as told, to the letter."""
    lines = text.splitlines()
    quoted = r"^    (?:line|línea) (\d+): .*(?:\n    .*)*\n  → (.*(?:\n    (?!line|línea).*)*)"
    for number, new in re.findall(quoted, said, re.MULTILINE):
        old = lines[int(number) - 1]
        indent = old[: len(old) - len(old.lstrip())]
        lines[int(number) - 1] = "\n".join(indent + line for line in new.replace("\n    ", "\n").split("\n"))
    return "\n".join(lines)


NO_SIGMOID = ("una probabilidad", "a probability")
NEGATIVE = ("el negro es -1", "black is -1")

KINDS = {}

KINDS["the course's own request"] = Kind(
    """
import keras
from keras import layers

def make_generator():
    return keras.Sequential([
        keras.Input((64,)),
        layers.Dense(7 * 7 * 8),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Reshape((7, 7, 8)),
        layers.Conv2DTranspose(8, 4, strides=2, padding="same", activation="relu"),
        layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
    ])

def make_discriminator():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(8, 4, strides=2, padding="same"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Flatten(),
        layers.Dense(1),
    ])
"""
)

KINDS["a class of 2017 with everything in it"] = Kind(
    """
from keras.datasets import mnist
from keras.layers import Input, Dense, Reshape, Flatten, Dropout
from keras.layers import BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.models import Sequential, Model
from keras.optimizers import Adam
import matplotlib.pyplot as plt
import sys
import numpy as np

class GAN():
    def __init__(self):
        self.img_rows = 28
        self.img_cols = 28
        self.channels = 1
        self.img_shape = (self.img_rows, self.img_cols, self.channels)
        self.latent_dim = 100
        optimizer = Adam(0.0002, 0.5)
        self.discriminator = self.build_discriminator()
        self.discriminator.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
        self.generator = self.build_generator()
        z = Input(shape=(self.latent_dim,))
        img = self.generator(z)
        self.discriminator.trainable = False
        validity = self.discriminator(img)
        self.combined = Model(z, validity)
        self.combined.compile(loss="binary_crossentropy", optimizer=optimizer)

    def build_generator(self):
        model = Sequential()
        model.add(Dense(32, input_dim=self.latent_dim))
        model.add(LeakyReLU(alpha=0.2))
        model.add(BatchNormalization(momentum=0.8))
        model.add(Dense(np.prod(self.img_shape), activation="tanh"))
        model.add(Reshape(self.img_shape))
        model.summary()
        noise = Input(shape=(self.latent_dim,))
        img = model(noise)
        return Model(noise, img)

    def build_discriminator(self):
        model = Sequential()
        model.add(Flatten(input_shape=self.img_shape))
        model.add(Dense(32))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dense(1, activation="sigmoid"))
        model.summary()
        img = Input(shape=self.img_shape)
        validity = model(img)
        return Model(img, validity)

    def train(self, epochs, batch_size=128, sample_interval=50):
        (X_train, _), (_, _) = mnist.load_data()

if __name__ == "__main__":
    gan = GAN()
    gan.train(epochs=30000, batch_size=32, sample_interval=200)
""",
    (NO_SIGMOID,),
)

KINDS["define_… with compile and the old learning rate"] = Kind(
    """
from numpy import expand_dims, zeros, ones
from numpy.random import randn, randint
from keras.datasets.mnist import load_data
from keras.optimizers import Adam
from keras.models import Sequential
from keras.layers import Dense, Reshape, Flatten, Conv2D, Conv2DTranspose, LeakyReLU, Dropout
from matplotlib import pyplot

def define_discriminator(in_shape=(28,28,1)):
    model = Sequential()
    model.add(Conv2D(8, (3,3), strides=(2, 2), padding='same', input_shape=in_shape))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Dropout(0.4))
    model.add(Flatten())
    model.add(Dense(1, activation='sigmoid'))
    opt = Adam(lr=0.0002, beta_1=0.5)
    model.compile(loss='binary_crossentropy', optimizer=opt, metrics=['accuracy'])
    return model

def define_generator(latent_dim):
    model = Sequential()
    n_nodes = 8 * 7 * 7
    model.add(Dense(n_nodes, input_dim=latent_dim))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Reshape((7, 7, 8)))
    model.add(Conv2DTranspose(4, (4,4), strides=(4,4), padding='same'))
    model.add(Conv2D(1, (7,7), activation='sigmoid', padding='same'))
    return model

def define_gan(g_model, d_model):
    d_model.trainable = False
    model = Sequential()
    model.add(g_model)
    model.add(d_model)
    return model

def generate_latent_points(latent_dim, n_samples):
    return randn(latent_dim * n_samples).reshape(n_samples, latent_dim)

latent_dim = 100
d_model = define_discriminator()
g_model = define_generator(latent_dim)
gan_model = define_gan(g_model, d_model)
""",
    (NO_SIGMOID, NEGATIVE),
)

KINDS["the DCGAN of the TensorFlow tutorial, with its asserts"] = Kind(
    """
import tensorflow as tf
from tensorflow.keras import layers

def make_generator_model():
    model = tf.keras.Sequential()
    model.add(layers.Dense(7*7*16, use_bias=False, input_shape=(100,)))
    model.add(layers.BatchNormalization())
    model.add(layers.LeakyReLU())
    model.add(layers.Reshape((7, 7, 16)))
    assert model.output_shape == (None, 7, 7, 16)
    model.add(layers.Conv2DTranspose(8, (5, 5), strides=(2, 2), padding='same', use_bias=False))
    assert model.output_shape == (None, 14, 14, 8)
    model.add(layers.Conv2DTranspose(1, (5, 5), strides=(2, 2), padding='same', use_bias=False, activation='tanh'))
    return model

generator = make_generator_model()
noise = tf.random.normal([1, 100])
generated_image = generator(noise, training=False)

def make_discriminator_model():
    model = tf.keras.Sequential()
    model.add(layers.Conv2D(8, (5, 5), strides=(2, 2), padding='same', input_shape=[28, 28, 1]))
    model.add(layers.LeakyReLU())
    model.add(layers.Dropout(0.3))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model

discriminator = make_discriminator_model()
decision = discriminator(generated_image)
cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)

def discriminator_loss(real_output, fake_output):
    return cross_entropy(tf.ones_like(real_output), real_output) + cross_entropy(tf.zeros_like(fake_output), fake_output)

def generator_loss(fake_output):
    return cross_entropy(tf.ones_like(fake_output), fake_output)
"""
)

KINDS["bare models of 784 numbers, with an initializer made once"] = Kind(
    """
from keras.models import Sequential, Model
from keras.layers.core import Dense, Dropout
from keras.layers.advanced_activations import LeakyReLU
from keras.layers import Input
from keras.optimizers import Adam
from keras import initializers
from keras.datasets import mnist
import numpy as np

randomDim = 100
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = (X_train.astype(np.float32) - 127.5) / 127.5
adam = Adam(lr=0.0002, beta_1=0.5)
normal = initializers.RandomNormal(stddev=0.02)

generator = Sequential()
generator.add(Dense(32, input_dim=randomDim, kernel_initializer=normal))
generator.add(LeakyReLU(0.2))
generator.add(Dense(784, activation='tanh'))
generator.compile(loss='binary_crossentropy', optimizer=adam)

discriminator = Sequential()
discriminator.add(Dense(32, input_dim=784, kernel_initializer=normal))
discriminator.add(LeakyReLU(0.2))
discriminator.add(Dropout(0.3))
discriminator.add(Dense(1, activation='sigmoid'))
discriminator.compile(loss='binary_crossentropy', optimizer=adam)

discriminator.trainable = False
ganInput = Input(shape=(randomDim,))
ganOutput = discriminator(generator(ganInput))
gan = Model(inputs=ganInput, outputs=ganOutput)
""",
    (("Reshape((28, 28, 1))", "Reshape((28, 28, 1))"), ("layers.Flatten()", "layers.Flatten()"), NO_SIGMOID),
)

KINDS["parameters without defaults"] = Kind(
    """
from tensorflow.keras.layers import Dense, Flatten, Reshape, LeakyReLU
from tensorflow.keras.models import Sequential

img_rows, img_cols, channels = 28, 28, 1
img_shape = (img_rows, img_cols, channels)
z_dim = 100

def build_generator(img_shape, z_dim):
    model = Sequential()
    model.add(Dense(16, input_dim=z_dim))
    model.add(LeakyReLU(alpha=0.01))
    model.add(Dense(28 * 28 * 1, activation='tanh'))
    model.add(Reshape(img_shape))
    return model

def build_discriminator(img_shape):
    model = Sequential()
    model.add(Flatten(input_shape=img_shape))
    model.add(Dense(16))
    model.add(LeakyReLU(alpha=0.01))
    model.add(Dense(1, activation='sigmoid'))
    return model
""",
    (NO_SIGMOID,),
)

KINDS["subclasses of Model"] = Kind(
    """
import tensorflow as tf
from tensorflow.keras import layers

class Generator(tf.keras.Model):
    def __init__(self):
        super(Generator, self).__init__()
        self.fc = layers.Dense(7 * 7 * 8, use_bias=False)
        self.bn = layers.BatchNormalization()
        self.up = layers.Conv2DTranspose(8, 5, strides=2, padding="same")
        self.out = layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh")

    def call(self, z, training=False):
        x = tf.nn.leaky_relu(self.bn(self.fc(z), training=training))
        x = tf.reshape(x, (-1, 7, 7, 8))
        return self.out(tf.nn.leaky_relu(self.up(x)))

class Discriminator(tf.keras.Model):
    def __init__(self):
        super(Discriminator, self).__init__()
        self.conv = layers.Conv2D(8, 5, strides=2, padding="same")
        self.flat = layers.Flatten()
        self.fc = layers.Dense(1)

    def call(self, x, training=False):
        return self.fc(self.flat(tf.nn.leaky_relu(self.conv(x))))

generator = Generator()
discriminator = Discriminator()
"""
)

KINDS["two functions without imports"] = Kind(
    """
def build_generator():
    model = Sequential()
    model.add(Dense(16, input_dim=latent_dim, activation="relu"))
    model.add(Dense(28 * 28, activation="tanh"))
    model.add(Reshape((28, 28, 1)))
    return model

def build_discriminator():
    model = Sequential()
    model.add(Flatten(input_shape=img_shape))
    model.add(Dense(16, activation="relu"))
    model.add(Dense(1))
    return model
"""
)

KINDS["methods without their class"] = Kind(
    """
    def build_generator(self):
        model = Sequential()
        model.add(Dense(16, activation="relu", input_dim=self.z_dim))
        model.add(Dense(28 * 28, activation="tanh"))
        model.add(Reshape(self.img_shape))
        return model

    def build_discriminator(self):
        model = Sequential()
        model.add(Flatten(input_shape=self.img_shape))
        model.add(Dense(16, activation="relu"))
        model.add(Dense(1))
        return model
"""
)

KINDS["inputs as arguments, tensors as results"] = Kind(
    """
from tensorflow.keras.layers import Activation, Dense, Input, Conv2D, Flatten, Reshape, Conv2DTranspose, LeakyReLU, BatchNormalization
from tensorflow.keras.models import Model

def build_generator(inputs, image_size):
    image_resize = image_size // 4
    kernel_size = 5
    layer_filters = [8, 4, 1]
    x = Dense(image_resize * image_resize * layer_filters[0])(inputs)
    x = Reshape((image_resize, image_resize, layer_filters[0]))(x)
    for filters in layer_filters:
        strides = 2 if filters > layer_filters[-2] - 1 else 1
        x = BatchNormalization()(x)
        x = Activation('relu')(x)
        x = Conv2DTranspose(filters=filters, kernel_size=kernel_size, strides=strides, padding='same')(x)
    x = Activation('sigmoid')(x)
    return Model(inputs, x, name='generator')

def build_discriminator(inputs):
    x = inputs
    for filters in [4, 8]:
        x = LeakyReLU(alpha=0.2)(x)
        x = Conv2D(filters=filters, kernel_size=5, strides=2, padding='same')(x)
    x = Flatten()(x)
    x = Dense(1)(x)
    x = Activation('sigmoid')(x)
    return Model(inputs, x, name='discriminator')
""",
    (NO_SIGMOID, NEGATIVE),
)

KINDS["spectral normalization and a critic with a clip"] = Kind(
    """
from keras import backend as K
from keras.constraints import Constraint
from keras.initializers import RandomNormal
from keras.layers import Dense, Reshape, Flatten, Conv2D, Conv2DTranspose, LeakyReLU, BatchNormalization
from keras.models import Sequential

class ClipConstraint(Constraint):
    def __init__(self, clip_value):
        self.clip_value = clip_value
    def __call__(self, weights):
        return K.clip(weights, -self.clip_value, self.clip_value)
    def get_config(self):
        return {'clip_value': self.clip_value}

const = ClipConstraint(0.01)

def define_critic(in_shape=(28,28,1)):
    init = RandomNormal(stddev=0.02)
    model = Sequential()
    model.add(Conv2D(8, (4,4), strides=(2,2), padding='same', kernel_initializer=init, kernel_constraint=const, input_shape=in_shape))
    model.add(BatchNormalization())
    model.add(LeakyReLU(alpha=0.2))
    model.add(Flatten())
    model.add(Dense(1))
    return model

def define_generator(latent_dim):
    init = RandomNormal(stddev=0.02)
    model = Sequential()
    model.add(Dense(8 * 7 * 7, kernel_initializer=init, input_dim=latent_dim))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Reshape((7, 7, 8)))
    model.add(Conv2DTranspose(4, (4,4), strides=(4,4), padding='same', kernel_initializer=init))
    model.add(Conv2D(1, (7,7), activation='tanh', padding='same', kernel_initializer=init))
    return model
""",
)

KINDS["PyTorch"] = Kind(
    """
import torch
import torch.nn as nn

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(100, 128), nn.ReLU(), nn.Linear(128, 784), nn.Tanh())
    def forward(self, z):
        return self.net(z).view(-1, 1, 28, 28)

class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 1), nn.Sigmoid())
    def forward(self, x):
        return self.net(x.view(-1, 784))
""",
    (("PyTorch", "PyTorch"),),
    trains=False,
)

KINDS["TensorFlow 1"] = Kind(
    """
import tensorflow as tf

def generator(z, reuse=None):
    with tf.variable_scope("gen", reuse=reuse):
        hidden = tf.layers.dense(inputs=z, units=128, activation=tf.nn.leaky_relu)
        return tf.layers.dense(inputs=hidden, units=784, activation=tf.nn.tanh)

def discriminator(X, reuse=None):
    with tf.variable_scope("dis", reuse=reuse):
        hidden = tf.layers.dense(inputs=X, units=128, activation=tf.nn.leaky_relu)
        logits = tf.layers.dense(hidden, units=1)
        return tf.sigmoid(logits), logits
""",
    (("TensorFlow 1", "TensorFlow 1"),),
    trains=False,
)

KINDS["generator() and discriminator() with two sigmoids"] = Kind(
    """
import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Flatten, Reshape
from tensorflow.keras.optimizers import Adam

(x_train, _), (_, _) = mnist.load_data()

def generator():
    model = Sequential()
    model.add(Dense(16, activation='relu', input_dim=100))
    model.add(Dense(784, activation='sigmoid'))
    model.add(Reshape((28, 28, 1)))
    return model

def discriminator():
    model = Sequential()
    model.add(Flatten(input_shape=(28, 28, 1)))
    model.add(Dense(16, activation='relu'))
    model.add(Dense(1, activation='sigmoid'))
    return model

def gan(generator, discriminator):
    discriminator.trainable = False
    return Sequential([generator, discriminator])
""",
    (NO_SIGMOID, NEGATIVE),
)

KINDS["models of a book, 28 by 28 without a channel"] = Kind(
    """
from tensorflow import keras
import tensorflow as tf

codings_size = 30

generator = keras.models.Sequential([
    keras.layers.Dense(20, activation="selu", input_shape=[codings_size]),
    keras.layers.Dense(28 * 28, activation="sigmoid"),
    keras.layers.Reshape([28, 28])
])
discriminator = keras.models.Sequential([
    keras.layers.Flatten(input_shape=[28, 28]),
    keras.layers.Dense(20, activation="selu"),
    keras.layers.Dense(1, activation="sigmoid")
])
gan = keras.models.Sequential([generator, discriminator])
discriminator.compile(loss="binary_crossentropy", optimizer="rmsprop")
discriminator.trainable = False
gan.compile(loss="binary_crossentropy", optimizer="rmsprop")
""",
    (("(28, 28)", "(28, 28)"), NO_SIGMOID, NEGATIVE),
)

KINDS["imports from tensorflow.python"] = Kind(
    """
from tensorflow.python.keras.models import Sequential
from tensorflow.python.keras.layers import Conv2D, Dense, Flatten, Reshape, LeakyReLU, Dropout, UpSampling2D

def build_generator():
    model = Sequential()
    model.add(Dense(7*7*8, input_dim=128))
    model.add(LeakyReLU(0.2))
    model.add(Reshape((7,7,8)))
    model.add(UpSampling2D(4))
    model.add(Conv2D(1, 4, padding='same', activation='sigmoid'))
    return model

def build_discriminator():
    model = Sequential()
    model.add(Conv2D(4, 5, strides=2, input_shape=(28, 28, 1)))
    model.add(Dropout(0.4))
    model.add(Flatten())
    model.add(Dense(1, activation='sigmoid'))
    return model
""",
    (NO_SIGMOID, NEGATIVE),
)

KINDS["a list for 784 pixels"] = Kind(
    """
import keras
from keras import layers

def make_generator():
    return keras.Sequential([
        keras.Input((100,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(784, activation="tanh"),
        layers.Reshape((28, 28, 1)),
    ])

def make_discriminator():
    return keras.Sequential([
        keras.Input((784,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ])
""",
    (("`keras.Input((28, 28, 1)), layers.Flatten()`", "`keras.Input((28, 28, 1)), layers.Flatten()`"),),
)

KINDS["InputLayer and activations that are layers"] = Kind(
    """
import keras
from keras import layers

def make_generator():
  model = keras.models.Sequential()
  model.add(layers.InputLayer(input_shape=(100,)))
  model.add(layers.Dense(16, activation=layers.LeakyReLU(alpha=0.2)))
  model.add(layers.Dense(784, activation='sigmoid'))
  return model

def make_discriminator():
  model = keras.models.Sequential()
  model.add(layers.InputLayer(input_shape=(784,)))
  model.add(layers.Dropout(0.3))
  model.add(layers.Dense(16, activation=layers.LeakyReLU(alpha=0.2)))
  model.add(layers.Dense(1, activation='sigmoid'))
  return model
""",
    (("Reshape((28, 28, 1))", "Reshape((28, 28, 1))"), ("layers.Flatten()", "layers.Flatten()"), NO_SIGMOID, NEGATIVE),
)

KINDS["Keras 1"] = Kind(
    """
from keras.models import Sequential
from keras.layers import Dense, Reshape
from keras.layers.core import Activation, Flatten
from keras.layers.normalization import BatchNormalization
from keras.layers.convolutional import UpSampling2D, Convolution2D, MaxPooling2D

def generator_model():
    model = Sequential()
    model.add(Dense(input_dim=100, output_dim=7*7*4))
    model.add(BatchNormalization(mode=2))
    model.add(Activation('tanh'))
    model.add(Reshape((7, 7, 4), input_shape=(7*7*4,)))
    model.add(UpSampling2D(size=(4, 4)))
    model.add(Convolution2D(1, 5, 5, border_mode='same'))
    model.add(Activation('tanh'))
    return model

def discriminator_model():
    model = Sequential()
    model.add(Convolution2D(4, 5, 5, border_mode='same', input_shape=(28, 28, 1)))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Flatten())
    model.add(Dense(1))
    model.add(Activation('sigmoid'))
    return model
""",
    (NO_SIGMOID,),
)

KINDS["with labels"] = Kind(
    """
from keras.layers import Input, Dense, Embedding, Flatten, Reshape, Concatenate, Conv2D, LeakyReLU, multiply
from keras.models import Model

def define_generator(latent_dim, n_classes=10):
    in_label = Input(shape=(1,))
    li = Reshape((50,))(Embedding(n_classes, 50)(in_label))
    in_lat = Input(shape=(latent_dim,))
    merge = Concatenate()([in_lat, li])
    out = Reshape((28, 28, 1))(Dense(784, activation='tanh')(merge))
    return Model([in_lat, in_label], out)

def define_discriminator(in_shape=(28,28,1), n_classes=10):
    in_label = Input(shape=(1,))
    li = Reshape((28, 28, 1))(Dense(784)(Flatten()(Embedding(n_classes, 50)(in_label))))
    in_image = Input(shape=in_shape)
    merge = Concatenate()([in_image, li])
    out = Dense(1)(Flatten()(Conv2D(4, 3, strides=2)(merge)))
    return Model([in_image, in_label], out)
""",
    (("GAN con etiquetas", "GANs with labels"),),
    trains=False,
)

KINDS["two answers of the discriminator"] = Kind(
    """
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model

def build_generator(latent_dim=100):
    z = Input((latent_dim,))
    x = Dense(784, activation="tanh")(z)
    return Model(z, Reshape((28, 28, 1))(x))

def build_discriminator():
    img = Input(shape=(28, 28, 1))
    features = Flatten()(img)
    features = Dense(16, activation="relu")(features)
    validity = Dense(1)(features)
    label = Dense(10, activation="softmax")(features)
    return Model(img, [validity, label])
""",
    (("solo la primera salida", "the first output alone"),),
)

KINDS["32 by 32 in colour"] = Kind(
    """
from keras.models import Sequential
from keras.layers import Dense, Reshape, Conv2D, Conv2DTranspose, Flatten, LeakyReLU

def define_discriminator(in_shape=(32,32,3)):
    model = Sequential()
    model.add(Conv2D(8, (3,3), strides=(2,2), padding='same', input_shape=in_shape))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Flatten())
    model.add(Dense(1))
    return model

def define_generator(latent_dim=100):
    model = Sequential()
    model.add(Dense(8 * 8 * 8, input_dim=latent_dim))
    model.add(Reshape((8, 8, 8)))
    model.add(Conv2DTranspose(8, (4,4), strides=(4,4), padding='same'))
    model.add(Conv2D(3, (3,3), activation='tanh', padding='same'))
    return model
""",
    (("1 filtro", "1 filter"), ("7 → 14 → 28", "7 → 14 → 28"), ("layers.Resizing(32, 32)", "layers.Resizing(32, 32)")),
)

KINDS["fully convolutional, 64 by 64"] = Kind(
    """
import tensorflow as tf
from tensorflow.keras import layers
nz, ngf, ndf, nc = 100, 4, 4, 1

def make_generator():
    return tf.keras.Sequential([
        layers.Input(shape=(1, 1, nz)),
        layers.Conv2DTranspose(ngf * 4, 4, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(ngf * 2, 4, strides=4, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(nc, 4, strides=4, padding="same", activation="tanh"),
    ])

def make_discriminator():
    return tf.keras.Sequential([
        layers.Input(shape=(64, 64, nc)),
        layers.Conv2D(ndf, 4, strides=4, padding="same"),
        layers.LeakyReLU(0.2),
        layers.Conv2D(ndf * 2, 4, strides=4, padding="same"),
        layers.LeakyReLU(0.2),
        layers.Conv2D(1, 4, activation="sigmoid"),
    ])
""",
    (
        ("el ruido es un vector", "noise is a vector"),
        ("layers.Resizing(28, 28)", "layers.Resizing(28, 28)"),
        ("layers.Resizing(64, 64)", "layers.Resizing(64, 64)"),
        ("layers.Flatten()", "layers.Flatten()"),
        NO_SIGMOID,
    ),
)

KINDS["padded and cropped, with helpers"] = Kind(
    """
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

IMG_SHAPE = (28, 28, 1)
noise_dim = 128

def conv_block(x, filters, activation, kernel_size=(3, 3), strides=(1, 1), padding="same", use_bias=True, use_bn=False, use_dropout=False, drop_value=0.5):
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=use_bias)(x)
    if use_bn:
        x = layers.BatchNormalization()(x)
    x = activation(x)
    if use_dropout:
        x = layers.Dropout(drop_value)(x)
    return x

def get_discriminator_model():
    img_input = layers.Input(shape=IMG_SHAPE)
    x = layers.ZeroPadding2D((2, 2))(img_input)
    x = conv_block(x, 4, kernel_size=(5, 5), strides=(2, 2), activation=layers.LeakyReLU(0.2))
    x = conv_block(x, 8, kernel_size=(5, 5), strides=(2, 2), activation=layers.LeakyReLU(0.2), use_dropout=True)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Dense(1)(x)
    return keras.models.Model(img_input, x, name="discriminator")

d_model = get_discriminator_model()
d_model.summary()

def upsample_block(x, filters, activation, up_size=(2, 2), use_bn=False):
    x = layers.UpSampling2D(up_size)(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    if use_bn:
        x = layers.BatchNormalization()(x)
    return activation(x)

def get_generator_model():
    noise = layers.Input(shape=(noise_dim,))
    x = layers.Dense(4 * 4 * 8, use_bias=False)(noise)
    x = layers.Reshape((4, 4, 8))(x)
    x = upsample_block(x, 8, layers.LeakyReLU(0.2), use_bn=True)
    x = upsample_block(x, 4, layers.LeakyReLU(0.2), use_bn=True)
    x = upsample_block(x, 1, layers.Activation("tanh"))
    x = layers.Cropping2D((2, 2))(x)
    return keras.models.Model(noise, x, name="generator")

class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator

    def train_step(self, real_images):
        return {}
"""
)

KINDS["a class whose methods keep what they build"] = Kind(
    """
from tensorflow.keras.layers import Input, Conv2D, Flatten, Dense, Conv2DTranspose, Reshape, Activation, BatchNormalization, LeakyReLU, Dropout, UpSampling2D
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam, RMSprop
from tensorflow.keras.utils import plot_model
from tensorflow.keras.initializers import RandomNormal
import numpy as np, os, pickle

class GAN():
    def __init__(self, input_dim, discriminator_conv_filters, generator_initial_dense_layer_size, z_dim):
        self.name = 'gan'
        self.input_dim = input_dim
        self.discriminator_conv_filters = discriminator_conv_filters
        self.generator_initial_dense_layer_size = generator_initial_dense_layer_size
        self.z_dim = z_dim
        self.weight_init = RandomNormal(mean=0., stddev=0.02)
        self.d_losses = []
        self._build_discriminator()
        self._build_generator()
        self._build_adversarial()

    def _build_discriminator(self):
        discriminator_input = Input(shape=self.input_dim, name='discriminator_input')
        x = discriminator_input
        for i, filters in enumerate(self.discriminator_conv_filters):
            x = Conv2D(filters=filters, kernel_size=5, strides=2, padding='same', name='discriminator_conv_' + str(i), kernel_initializer=self.weight_init)(x)
            x = self.get_activation('leaky_relu')(x)
        x = Flatten()(x)
        discriminator_output = Dense(1, activation='sigmoid', kernel_initializer=self.weight_init)(x)
        self.discriminator = Model(discriminator_input, discriminator_output)

    def get_activation(self, activation):
        if activation == 'leaky_relu':
            return LeakyReLU(alpha=0.2)
        return Activation(activation)

    def _build_generator(self):
        generator_input = Input(shape=(self.z_dim,), name='generator_input')
        x = Dense(np.prod(self.generator_initial_dense_layer_size), kernel_initializer=self.weight_init)(generator_input)
        x = Reshape(self.generator_initial_dense_layer_size)(x)
        x = UpSampling2D(4)(x)
        x = Conv2D(1, 5, padding='same')(x)
        generator_output = Activation('tanh')(x)
        self.generator = Model(generator_input, generator_output)

gan = GAN(input_dim=(28, 28, 1), discriminator_conv_filters=[4, 8], generator_initial_dense_layer_size=(7, 7, 8), z_dim=100)
""",
    (NO_SIGMOID,),
)

KINDS["layers of TensorFlow Addons"] = Kind(
    """
import tensorflow as tf
import tensorflow_addons as tfa
from tensorflow_addons.layers import SpectralNormalization, InstanceNormalization
from tensorflow.keras import Sequential, layers

def create_generator(latent_dim):
    return Sequential([
        layers.Dense(7 * 7 * 8, input_dim=latent_dim),
        layers.Reshape((7, 7, 8)),
        InstanceNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(4, 4, 2, padding="same"),
        InstanceNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(1, 4, 2, padding="same", activation="tanh"),
    ])

def create_discriminator():
    return Sequential([
        layers.Input((28, 28, 1)),
        SpectralNormalization(layers.Conv2D(4, 4, 2, padding="same")),
        layers.LeakyReLU(0.2),
        layers.Flatten(),
        SpectralNormalization(layers.Dense(1)),
    ])
"""
)

KINDS["rows read by an LSTM"] = Kind(
    """
from keras.models import Sequential
from keras.layers import Dense, LSTM, Bidirectional, Reshape, RepeatVector, TimeDistributed

def build_generator():
    model = Sequential()
    model.add(Dense(16, input_shape=(50,), activation='relu'))
    model.add(RepeatVector(7))
    model.add(LSTM(4, return_sequences=True))
    model.add(TimeDistributed(Dense(112, activation='tanh')))
    model.add(Reshape((28, 28, 1)))
    return model

def build_discriminator():
    model = Sequential()
    model.add(Reshape((7, 112), input_shape=(28, 28, 1)))
    model.add(LSTM(4))
    model.add(Dense(1))
    return model
"""
)

KINDS["an answer full of prose, fences and curly quotes"] = Kind(
    """```python
import tensorflow as tf
from tensorflow.keras import layers

def build_generator(latent_dim: int = 100) -> tf.keras.Model:
    \"\"\"Builds the generator.\"\"\"
    return tf.keras.Sequential(
        [
            layers.Input(shape=(latent_dim,)),
            layers.Dense(16, activation=“relu”),
            layers.Dense(28 * 28, activation=‘tanh’),
            layers.Reshape((28, 28, 1)),
        ],
        name=“generator”,
    )

def build_discriminator(image_shape: tuple[int, int, int] = (28, 28, 1)) -> tf.keras.Model:
    return tf.keras.Sequential([layers.Input(image_shape), layers.Flatten(), layers.Dense(16), layers.Dense(1)])
```
"""
)

KINDS["in Spanish"] = Kind(
    """
from tensorflow.keras import layers, models

dim_ruido = 100

def crear_generador(dim_ruido):
    modelo = models.Sequential()
    modelo.add(layers.Dense(16, input_dim=dim_ruido))
    modelo.add(layers.LeakyReLU(0.2))
    modelo.add(layers.Dense(784, activation='tanh'))
    modelo.add(layers.Reshape((28, 28, 1)))
    return modelo

def crear_discriminador():
    modelo = models.Sequential()
    modelo.add(layers.Flatten(input_shape=(28, 28, 1)))
    modelo.add(layers.Dense(16))
    modelo.add(layers.LeakyReLU(0.2))
    modelo.add(layers.Dense(1, activation='sigmoid'))
    return modelo
""",
    (NO_SIGMOID,),
)

KINDS["the same seed everywhere"] = Kind(
    """
import tensorflow as tf
from tensorflow.keras import layers

def make_generator():
    tf.random.set_seed(42)
    init = tf.keras.initializers.RandomNormal(stddev=0.02, seed=42)
    return tf.keras.Sequential([
        layers.Input((100,)),
        layers.Dense(784, activation="tanh", kernel_initializer=init),
        layers.Reshape((28, 28, 1)),
    ])

def make_discriminator():
    return tf.keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(1)])
""",
    (("los mismos pesos", "the same weights"),),
    (("    tf.random.set_seed(42)\n", ""), (", seed=42", "")),
)

KINDS["rescaled after its tanh"] = Kind(
    """
import keras
from keras import layers

def make_generator():
    return keras.Sequential([
        keras.Input((100,)),
        layers.Dense(784, activation="tanh"),
        layers.Reshape((28, 28, 1)),
        layers.Rescaling(0.5, offset=0.5),
    ])

def make_discriminator():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(2, activation="softmax"),
    ])
""",
    (("tras la tanh", "after its tanh"), ("Dense(1)", "Dense(1)")),
    (("        layers.Rescaling(0.5, offset=0.5),\n", ""),),
)

KINDS["channels first"] = Kind(
    """
from keras.models import Sequential
from keras.layers import Dense, Reshape, Flatten, LeakyReLU
from keras import backend as K
K.set_image_data_format('channels_first')

def build_generator():
    model = Sequential()
    model.add(Dense(16, input_dim=100))
    model.add(LeakyReLU(0.2))
    model.add(Dense(784, activation='tanh'))
    model.add(Reshape((1, 28, 28)))
    return model

def build_discriminator():
    model = Sequential()
    model.add(Flatten(input_shape=(1, 28, 28)))
    model.add(Dense(16))
    model.add(LeakyReLU(0.2))
    model.add(Dense(1))
    return model
""",
    (("El canal va al final", "The channel goes last"), ("layers.Reshape((1, 28, 28))", "layers.Reshape((1, 28, 28))")),
)

KINDS["no input and no limit"] = Kind(
    """
from tensorflow import keras
from tensorflow.keras.layers import Dense, Flatten, LeakyReLU, Reshape

generator = keras.Sequential([
    Dense(16),
    LeakyReLU(alpha=0.2),
    Dense(784),
    Reshape([28, 28, 1]),
])
discriminator = keras.Sequential([
    Flatten(),
    Dense(16),
    LeakyReLU(alpha=0.2),
    Dense(1),
])
""",
    (("no tienen límite", "have no limit"),),
)

KINDS["a tuple is returned"] = Kind(
    """
import keras
from keras import layers

def build_generator(z_size=64):
    inputs = keras.Input((z_size,))
    x = layers.Dense(784, activation="tanh")(inputs)
    outputs = layers.Reshape((28, 28, 1))(x)
    return keras.Model(inputs, outputs), outputs

def build_discriminator():
    inputs = keras.Input((28, 28, 1))
    x = layers.Flatten()(inputs)
    logits = layers.Dense(1)(x)
    return keras.Model(inputs, logits), logits
"""
)

KINDS["a class for each network, not of Keras"] = Kind(
    """
import sys
import numpy as np
from keras.layers import Dense, Reshape, Flatten, Dropout, BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.models import Sequential
from keras.optimizers import Adam

class Generator(object):
    def __init__(self, width=28, height=28, channels=1, latent_size=100):
        self.W = width
        self.H = height
        self.C = channels
        self.OPTIMIZER = Adam(lr=0.0002, decay=8e-9)
        self.LATENT_SPACE_SIZE = latent_size
        self.latent_space = np.random.normal(0, 1, (self.LATENT_SPACE_SIZE,))
        self.Generator = self.model()
        self.Generator.compile(loss='binary_crossentropy', optimizer=self.OPTIMIZER)
        self.Generator.summary()

    def model(self, block_starting_size=16, num_blocks=2):
        model = Sequential()
        block_size = block_starting_size
        model.add(Dense(block_size, input_shape=(self.LATENT_SPACE_SIZE,)))
        model.add(LeakyReLU(alpha=0.2))
        for i in range(num_blocks - 1):
            block_size = block_size * 2
            model.add(Dense(block_size))
            model.add(BatchNormalization(momentum=0.8))
        model.add(Dense(self.W * self.H * self.C, activation='tanh'))
        model.add(Reshape((self.W, self.H, self.C)))
        return model

class Discriminator(object):
    def __init__(self, width=28, height=28, channels=1, latent_size=100):
        self.CAPACITY = width * height * channels
        self.SHAPE = (width, height, channels)
        self.OPTIMIZER = Adam(lr=0.0002, decay=8e-9)
        self.Discriminator = self.model()
        self.Discriminator.compile(loss='binary_crossentropy', optimizer=self.OPTIMIZER, metrics=['accuracy'])

    def model(self):
        model = Sequential()
        model.add(Flatten(input_shape=self.SHAPE))
        model.add(Dense(16, input_shape=self.SHAPE))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dense(1, activation='sigmoid'))
        return model
""",
    (NO_SIGMOID,),
)

KINDS["subclasses of Sequential and of Layer"] = Kind(
    """
import tensorflow as tf
from tensorflow.keras import layers

class Generator(tf.keras.models.Sequential):
    def __init__(self, latent_size=100, *args, **kwargs):
        super().__init__(*args, **kwargs)
        w_init = tf.random_normal_initializer(mean=0., stddev=.02)
        self.add(layers.Input(shape=(latent_size,)))
        self.add(layers.Dense(16, use_bias=False, kernel_initializer=w_init))
        self.add(layers.LeakyReLU())
        self.add(layers.Dense(784, activation="tanh"))
        self.add(layers.Reshape((28, 28, 1)))

class Discriminator(layers.Layer):
    def __init__(self):
        super(Discriminator, self).__init__()
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(16, activation=tf.nn.leaky_relu)
        self.logit = layers.Dense(1)

    def call(self, images):
        return self.logit(self.hidden(self.flatten(images)))
"""
)

KINDS["both from one function"] = Kind(
    """
import keras
from keras import layers

def my_networks():
    generator = keras.Sequential([
        keras.Input((50,)),
        layers.Dense(784, activation="tanh"),
        layers.Reshape((28, 28, 1)),
    ])
    discriminator = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(1)])
    return generator, discriminator
"""
)

KINDS["functional, at the top, two networks with one x"] = Kind(
    """
import keras
from keras import layers
import numpy as np

latent_dim = 32
height = 28
width = 28
channels = 1

generator_input = keras.Input(shape=(latent_dim,))
x = layers.Dense(7 * 7 * 8)(generator_input)
x = layers.LeakyReLU()(x)
x = layers.Reshape((7, 7, 8))(x)
x = layers.Conv2DTranspose(8, 4, strides=4, padding='same')(x)
x = layers.Conv2D(channels, 7, activation='sigmoid', padding='same')(x)
generator = keras.models.Model(generator_input, x)
generator.summary()

discriminator_input = layers.Input(shape=(height, width, channels))
x = layers.Conv2D(4, 3, strides=2)(discriminator_input)
x = layers.Flatten()(x)
x = layers.Dropout(0.4)(x)
x = layers.Dense(1, activation='sigmoid')(x)
discriminator = keras.models.Model(discriminator_input, x)
discriminator_optimizer = keras.optimizers.RMSprop(lr=0.0008, clipvalue=1.0, decay=1e-8)
discriminator.compile(optimizer=discriminator_optimizer, loss='binary_crossentropy')
discriminator.trainable = False
""",
    (NO_SIGMOID, NEGATIVE),
)

KINDS["a word that is spelt wrong, and a sigmoid"] = Kind(
    """
from tensorflow import keras

def build_generator():
    return keras.models.Sequential([
        keras.layers.Dense(16, activation="selu", input_shape=[30]),
        keras.layers.Dense(28 * 28, activation="tanh"),
        keras.layers.Reshape([28, 28, 1]),
    ])

def build_discriminator():
    return keras.models.Sequential([
        keras.layers.Flatten(input_shape=[28, 28, 1]),
        keras.layers.Dense(16, activaiton="selu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
""",
    (("¿Está bien escrito?", "Is it spelt right?"), NO_SIGMOID),
    (("activaiton", "activation"),),
)

KINDS["under if __name__, all in one"] = Kind(
    """
import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.python.keras import Sequential, Input
from tensorflow.python.keras.layers import Dense, LeakyReLU, Dropout
from tensorflow.python.keras.models import Model

if __name__ == '__main__':
    (X_train, _), (_, _) = mnist.load_data()
    X_train = X_train.reshape(60000, 784)
    randomDim = 10
    generator = Sequential(name='generator')
    generator.add(Dense(16, input_dim=randomDim))
    generator.add(LeakyReLU(0.2))
    generator.add(Dense(784, activation='tanh'))

    discriminator = Sequential(name='discriminator')
    discriminator.add(Dense(16, input_dim=784))
    discriminator.add(LeakyReLU(0.2))
    discriminator.add(Dropout(0.3))
    discriminator.add(Dense(1, activation='sigmoid'))

    discriminator.trainable = False
    gan = Model(inputs=Input(shape=(randomDim,)), outputs=discriminator(generator(Input(shape=(randomDim,)))))
    gan.compile(loss='binary_crossentropy', optimizer='adam')
""",
    (("Reshape((28, 28, 1))", "Reshape((28, 28, 1))"), ("layers.Flatten()", "layers.Flatten()"), NO_SIGMOID),
)

KINDS["subclasses for 784 pixels, each with a sigmoid"] = Kind(
    """
import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras.models import *

class Generator(Model):
    def __init__(self, z_dim=100):
        super().__init__()
        self.model = Sequential([
            Dense(16, activation='relu', input_shape=(z_dim,)),
            Dense(784, activation='sigmoid'),
        ])

    def call(self, z):
        return self.model(z)

class Discriminator(Model):
    def __init__(self):
        super().__init__()
        self.d1 = Dense(16, activation='relu')
        self.d2 = Dense(1, activation='sigmoid')

    def call(self, x):
        x = self.d1(x)
        return self.d2(x)
""",
    (
        ("Reshape((28, 28, 1))", "Reshape((28, 28, 1))"),
        ("def call(self, x):", "def call(self, x):"),
        NO_SIGMOID,
        NEGATIVE,
    ),
)

KINDS["a dataclass for the settings"] = Kind(
    """
from dataclasses import dataclass
import tensorflow as tf
from tensorflow.keras import layers, Model

@dataclass
class Config:
    latent_dim: int = 128
    image_size: int = 28

cfg = Config()

class GANTrainer:
    def __init__(self, config: Config):
        self.config = config
        self.generator = self._make_generator()
        self.discriminator = self._make_discriminator()

    def _make_generator(self) -> Model:
        return tf.keras.Sequential([
            layers.Input(shape=(self.config.latent_dim,)),
            layers.Dense(7 * 7 * 8), layers.Reshape((7, 7, 8)),
            layers.Conv2DTranspose(4, 4, 2, 'same', activation='gelu'),
            layers.Conv2DTranspose(1, 4, 2, 'same', activation='tanh'),
        ], name="G")

    def _make_discriminator(self) -> Model:
        return tf.keras.Sequential([
            layers.Input(shape=(self.config.image_size, self.config.image_size, 1)),
            layers.Conv2D(4, 4, 2, 'same'), layers.LeakyReLU(0.2),
            layers.Flatten(), layers.Dense(1),
        ], name="D")

trainer = GANTrainer(cfg)
"""
)

KINDS["layers of one's own, and functions for activations"] = Kind(
    """
import keras
from keras import layers
import tensorflow as tf

class PixelShuffle(layers.Layer):
    def call(self, x):
        return tf.nn.depth_to_space(x, 2)

class MinibatchStd(layers.Layer):
    def call(self, x):
        mean = tf.reduce_mean(tf.math.reduce_std(x, axis=0, keepdims=True))
        shape = tf.shape(x)
        return tf.concat([x, tf.fill([shape[0], shape[1], shape[2], 1], mean)], -1)

def res_block(x, f):
    return layers.Add()([x, layers.PReLU(shared_axes=[1, 2])(layers.Conv2D(f, 3, padding="same")(x))])

def generator(noise_dim=100):
    i = keras.Input((noise_dim,))
    x = layers.Reshape((7, 7, 8))(layers.Dense(7 * 7 * 8)(i))
    x = res_block(x, 8)
    x = PixelShuffle()(layers.Conv2D(16, 3, padding="same")(x))
    x = PixelShuffle()(layers.Conv2D(4, 3, padding="same")(x))
    return keras.Model(i, tf.keras.activations.tanh(x))

def discriminator(shape=(28, 28, 1)):
    i = keras.Input(shape)
    x = layers.GaussianNoise(0.1)(i)
    x = MinibatchStd()(layers.Conv2D(4, 3, strides=2, padding="same")(x))
    x = layers.Dense(1)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(i, keras.ops.sigmoid(x))
""",
    (NO_SIGMOID,),
)

KINDS["functional, for 32 by 32 in colour"] = Kind(
    """
import keras
from keras import layers

latent_dim = 32
height = 32
width = 32
channels = 3

generator_input = keras.Input(shape=(latent_dim,))
x = layers.Dense(4 * 16 * 16)(generator_input)
x = layers.LeakyReLU()(x)
x = layers.Reshape((16, 16, 4))(x)
x = layers.Conv2DTranspose(4, 4, strides=2, padding='same')(x)
x = layers.Conv2D(channels, 7, activation='tanh', padding='same')(x)
generator = keras.models.Model(generator_input, x)

discriminator_input = layers.Input(shape=(height, width, channels))
x = layers.Conv2D(4, 4, strides=2)(discriminator_input)
x = layers.Flatten()(x)
x = layers.Dense(1)(x)
discriminator = keras.models.Model(discriminator_input, x)
""",
    (
        ("1 filtro", "1 filter"),
        ("layers.Resizing(28, 28)", "layers.Resizing(28, 28)"),
        ("Model(start, x)", "Model(start, x)"),
    ),
)

KINDS["lists of layers, called in a tf.function"] = Kind(
    """
import tensorflow as tf

class Generator(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.stack = [
            tf.keras.layers.Dense(784, activation="tanh"),
            tf.keras.layers.BatchNormalization(),
            tf.keras.layers.Reshape((28, 28, 1)),
            tf.keras.layers.Activation("tanh"),
        ]

    @tf.function
    def call(self, x, training=False):
        for layer in self.stack:
            x = layer(x, training) if isinstance(layer, tf.keras.layers.BatchNormalization) else layer(x)
        return x

class Critic(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.stack = [tf.keras.layers.Flatten(), tf.keras.layers.Dropout(0.3), tf.keras.layers.Dense(1)]

    @tf.function
    def call(self, x, training=False):
        for layer in self.stack:
            x = layer(x, training) if isinstance(layer, tf.keras.layers.Dropout) else layer(x)
        return x
"""
)

KINDS["classes that fill self.model"] = Kind(
    """
from keras import Sequential
from keras.layers import Dense
from helpers import Batches

class Generator():
    def __init__(self):
        self.model = Sequential()
        self.model.add(Dense(16, activation='relu', input_dim=100))
        self.model.add(Dense(784, activation='sigmoid'))

class Discriminator():
    def __init__(self):
        self.model = Sequential()
        self.model.add(Dense(16, activation='relu', input_dim=784))
        self.model.add(Dense(1, activation='sigmoid'))

class Both():
    def __init__(self):
        self.generator = Generator()
        self.discriminator = Discriminator()
        self.batches = Batches(16)
""",
    (
        ("self.model.add(layers.Reshape(", "self.model.add(layers.Reshape("),
        ("layers.Flatten()",) * 2,
        NO_SIGMOID,
        NEGATIVE,
    ),
)

KINDS["settings in an object that is not there"] = Kind(
    """
from keras.layers import Input, Dense, Dropout, Flatten, LeakyReLU, Reshape
from keras.models import Model

class GAN(object):
    def __init__(self, config, weights_path=None):
        self.config = config
        self.generator = self.build_generator()
        self.discriminator = self.build_discriminator()

    def build_generator(self):
        noise = Input(shape=self.config.generator_input_dim)
        x = Dense(28 * 28 * self.config.discriminator_input_dim[2], activation='tanh')(noise)
        return Model(noise, Reshape((28, 28, 1))(x))

    def build_discriminator(self):
        image = Input(shape=self.config.discriminator_input_dim)
        x = Dense(self.config['hidden_units'])(Flatten()(image))
        x = Dropout(self.config.dropout_prob)(LeakyReLU(self.config.LeakyReLU_alpha)(x))
        return Model(image, Dense(1)(x))
"""
)

KINDS["three answers, and a sigmoid for the first"] = Kind(
    """
from keras.layers import Input, Dense, Flatten, Lambda, Reshape
from keras.models import Model, Sequential
import keras.backend as backend_of_keras

class InfoGAN():
    def build_generator(self):
        return Sequential([Dense(784, activation='tanh', input_dim=74), Reshape((28, 28, 1))])

    def build_discriminator(self):
        img = Input(shape=(28, 28, 1))
        features = Flatten()(img)
        validity = Dense(1, activation='sigmoid')(features)
        label = Dense(10, activation='softmax')(features)
        spread = Lambda(lambda x: backend_of_keras.maximum(x, -16), output_shape=lambda shape: shape)(Dense(1)(features))
        return Model(img, [validity, label, spread])
""",
    (("solo la primera salida", "the first output alone"), NO_SIGMOID),
)

KINDS["two of each, with common layers"] = Kind(
    """
from keras.layers import Input, Dense, Flatten, Reshape
from keras.models import Model

class CoGAN():
    def build_generators(self):
        noise = Input(shape=(100,))
        hidden = Dense(16, activation='relu')(noise)
        img1 = Reshape((28, 28, 1))(Dense(784, activation='tanh')(hidden))
        img2 = Reshape((28, 28, 1))(Dense(784, activation='tanh')(hidden))
        return Model(noise, img1), Model(noise, img2)

    def build_discriminators(self):
        img1, img2 = Input(shape=(28, 28, 1)), Input(shape=(28, 28, 1))
        common = Dense(16, activation='sigmoid')
        validity1 = Dense(1, activation='sigmoid')(common(Flatten()(img1)))
        validity2 = Dense(1, activation='sigmoid')(common(Flatten()(img2)))
        return Model(img1, validity1), Model(img2, validity2)
""",
    (NO_SIGMOID,),
)

KINDS["a number for a shape, and a variable that is called layers"] = Kind(
    """
import tensorflow as tf

def gan_build_generator(latent_dimension=100, img_side=28):
    layer_input = tf.keras.Input(latent_dimension)
    layers = tf.keras.layers.Dense(img_side ** 2)(layer_input)
    layers = tf.keras.layers.Reshape((img_side, img_side))(layers)
    return tf.keras.models.Model(inputs=[layer_input], outputs=[layers])

def gan_build_discriminator(img_shape=(28, 28)):
    layer_input = tf.keras.Input(input_shape=img_shape)
    layers = tf.keras.layers.Flatten()(layer_input)
    layers = tf.keras.layers.Dense(1)(layers)
    return tf.keras.models.Model([layer_input], [layers])
""",
    (("keras.layers.Reshape((28, 28, 1))",) * 2, ("no tienen límite", "have no limit"), ("(28, 28)", "(28, 28)")),
)

KINDS["private methods, and sizes that are divided"] = Kind(
    """
from tensorflow.keras.layers import Conv2D, Dense, Flatten, LeakyReLU, Reshape
from tensorflow.keras.models import Sequential

class MnistGAN:
    def __init__(self, width, height, channels):
        self.width, self.height, self.channels = width, height, channels
        self.g_model = self.__generator()
        self.d_model = self.__discriminator()

    def __generator(self):
        model = Sequential()
        model.add(Dense(self.width * self.height / 49, input_shape=(100,)))
        model.add(Dense(self.width * self.height * self.channels, activation='tanh'))
        model.add(Reshape((self.width, self.height, self.channels)))
        return model

    def __discriminator(self):
        model = Sequential()
        model.add(Conv2D(4, 3, strides=2))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Flatten())
        model.add(Dense(1))
        model.build()
        return model
"""
)

KINDS["both made in the __init__ of one class"] = Kind(
    """
import tensorflow as tf

class DCGAN(tf.keras.Model):
    def __init__(self, latent_dim=32, image_shape=(28, 28, 1)):
        super().__init__()
        self.generator = tf.keras.Sequential([
            tf.keras.layers.InputLayer(input_shape=latent_dim),
            tf.keras.layers.Dense(784, activation="sigmoid"),
            tf.keras.layers.Reshape(image_shape),
        ])
        self.discriminator = tf.keras.Sequential()
        self.discriminator.add(tf.keras.layers.Flatten(input_shape=image_shape))
        self.discriminator.add(tf.keras.layers.Dense(1, activation="sigmoid"))
        self.dataset = load_the_images()

    def train_step(self, images):
        return {}
""",
    (NO_SIGMOID, NEGATIVE),
)

KINDS["both returned by one function, layer by layer"] = Kind(
    """
from keras.layers import Dense
from keras.models import Model, Sequential

def mnist_gan(weights=None):
    g = Sequential()
    g.add(Dense(16, input_dim=100, weights=weights))
    g.add(Dense(784, activation='tanh'))
    d = Sequential()
    d.add(Dense(16, input_dim=784, weights=weights))
    d.add(Dense(1, activation='sigmoid'))
    return g, d, Sequential([g, d])
""",
    (("g.add(layers.Reshape(", "g.add(layers.Reshape("), ("d.add(layers.Flatten())",) * 2, NO_SIGMOID),
)

KINDS["one argument to a line, and two classes"] = Kind(
    """
import tensorflow as tf

def construct_generator(input_size=10, output_activation="tanh"):
    inputs = tf.keras.Input(shape=(input_size,))
    x = tf.keras.layers.Dense(
        units=784,
        activation="sigmoid",
    )(inputs)
    return tf.keras.Model(inputs, tf.keras.layers.Reshape((28, 28, 1))(x))

def construct_discriminator():
    inputs = tf.keras.Input(shape=(28, 28, 1))
    x = tf.keras.layers.Flatten()(inputs)
    x = tf.keras.layers.Dense(
        units=2,
        use_bias=True,
        activation=tf.keras.activations.softmax,
    )(x)
    return tf.keras.Model(inputs, x)
""",
    (("units=1", "units=1"), ("activation=None", "activation=None"), NEGATIVE),
)
