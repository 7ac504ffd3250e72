"""Lesson 1: its two turns, its measure of dust, and what it says of Keras and does not show."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def keras(tensorflow):
    import keras

    return keras


@pytest.fixture(scope="module")
def lesson(tensorflow):
    from course_utils.lessons import lesson_1

    return lesson_1


def test_a_network_is_thawed_even_if_its_rival_s_turn_fails(lesson):
    discriminator = lesson.toy_discriminator()
    with pytest.raises(KeyboardInterrupt), lesson.frozen(discriminator):
        assert not discriminator.trainable_variables
        raise KeyboardInterrupt
    assert len(discriminator.trainable_variables) == 6


def test_dust_are_the_bright_pixels_without_a_bright_neighbour(lesson):
    images = np.full((2, 28, 28, 1), -1.0, "float32")
    images[0, 0, 0] = images[0, 27, 27] = 1.0  # alone, in two corners that do not touch
    images[1, 5, 5] = images[1, 6, 6] = 1.0  # neighbours across a corner
    images[1, 6, 5] = -0.1  # too dark to be one
    assert lesson.lonely_share(images) == 0.5


# What it says of Keras and TensorFlow


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
