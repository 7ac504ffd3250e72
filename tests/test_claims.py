"""What lesson 1 says of Keras and TensorFlow, and does not show, is so on the versions that are installed."""

import numpy as np
import pytest

from course_utils import setup


@pytest.fixture(scope="module")
def keras():
    setup.start("en", "01")
    import keras

    return keras


def networks(keras):
    layers = keras.layers
    generator = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    discriminator = keras.Sequential([keras.Input((3,)), layers.Dense(1, activation="sigmoid")])
    return generator, discriminator, keras.Sequential([keras.Input((4,)), generator, discriminator])


def test_line_b_the_first_argument_of_batch_normalization_is_the_axis(keras):
    assert keras.layers.BatchNormalization(0.8).momentum == 0.99
    with pytest.raises(ValueError):
        keras.Sequential([keras.Input((5,)), keras.layers.BatchNormalization(0.8)])


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_line_e_frozen_once_means_frozen_for_ever(keras):
    _, discriminator, gan = networks(keras)
    discriminator.compile(loss="binary_crossentropy", optimizer="adam")
    discriminator.trainable = False
    gan.compile(loss="binary_crossentropy", optimizer="adam")
    before = discriminator.get_weights()
    for _ in range(5):
        discriminator.train_on_batch(np.ones((8, 3)), np.ones((8, 1)))
        gan.train_on_batch(np.ones((8, 4)), np.ones((8, 1)))
    assert all(map(np.array_equal, before, discriminator.get_weights()))


def test_line_f_a_shared_optimizer_is_an_error_once_both_networks_train(keras):
    _, discriminator, gan = networks(keras)
    adam = keras.optimizers.Adam(2e-4, beta_1=0.5)
    discriminator.compile(loss="binary_crossentropy", optimizer=adam)
    discriminator.train_on_batch(np.ones((8, 3)), np.ones((8, 1)))
    discriminator.trainable = False
    gan.compile(loss="binary_crossentropy", optimizer=adam)
    with pytest.raises(ValueError, match="Unknown variable"):
        gan.train_on_batch(np.ones((8, 4)), np.ones((8, 1)))


def test_shuffle_of_zero_is_an_error(keras):
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError, match="buffer_size"):
        tf.data.Dataset.range(3).batch(256).shuffle(3 // 256)


def test_what_the_tutorial_calls_is_gone(keras):
    assert not hasattr(np, "float")
    assert not hasattr(keras.metrics.BinaryAccuracy(), "reset_states")


def test_the_number_of_one_batch_needs_a_reset(keras):
    """`learn` resets the metrics first: what it returns is this batch's loss on every version of Keras 3."""
    _, discriminator, _ = networks(keras)
    discriminator.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(0.0))
    x = np.random.default_rng(1).normal(size=(8, 3)).astype("float32")
    alone = discriminator.train_on_batch(x, np.ones((8, 1)), return_dict=True)["loss"]
    discriminator.train_on_batch(x, np.zeros((8, 1)))
    discriminator.reset_metrics()
    again = discriminator.train_on_batch(x, np.ones((8, 1)), return_dict=True)["loss"]
    assert again == pytest.approx(alone)
