"""The networks, losses and training step of lesson 3, and what the lesson says about them."""

import warnings

import numpy as np
import pytest

from course_utils import setup
from tools.build import ROOT
from tools.excerpt import definitions, names_of

LESSON = "03_dcgan_gradient_tape"


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", LESSON)


@pytest.fixture
def tiny():
    import keras

    from course_utils import training

    keras.utils.set_random_seed(1)
    networks = training.make_generator(10, 8, (8, 8)), training.make_discriminator((8, 8))
    state = training.make_state(*networks, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    return state, training.make_train_step(state, 16)


def images(count=16):
    return np.random.default_rng(1).uniform(-1, 1, (count, 28, 28, 1)).astype("float32")


def test_the_package_holds_what_the_lesson_teaches():
    from course_utils import training

    lesson = definitions(ROOT / "notebooks" / "source" / f"{LESSON}.py")
    package = definitions(ROOT / "course_utils" / "training.py")
    assert len(package) >= 7
    for name, source in package.items():
        assert source == lesson[name], f"{name} differs between lesson 3 and course_utils.training"
    values = names_of(LESSON, "NAMES", "cross_entropy")
    assert values["NAMES"] == training.NAMES
    assert values["cross_entropy"].get_config() == training.cross_entropy.get_config()


def test_the_networks_are_tutorial_d_s():
    from course_utils import training

    generator, discriminator = training.make_generator(), training.make_discriminator()
    assert [(type(layer).__name__, layer.output.shape[1:]) for layer in generator.layers] == [
        ("Dense", (12544,)),
        ("BatchNormalization", (12544,)),
        ("LeakyReLU", (12544,)),
        ("Reshape", (7, 7, 256)),
        ("Conv2DTranspose", (7, 7, 128)),
        ("BatchNormalization", (7, 7, 128)),
        ("LeakyReLU", (7, 7, 128)),
        ("Conv2DTranspose", (14, 14, 64)),
        ("BatchNormalization", (14, 14, 64)),
        ("LeakyReLU", (14, 14, 64)),
        ("Conv2DTranspose", (28, 28, 1)),
    ]
    assert not any(layer.use_bias for layer in generator.layers if hasattr(layer, "use_bias"))
    assert [(type(layer).__name__, layer.output.shape[1:]) for layer in discriminator.layers] == [
        ("Conv2D", (14, 14, 64)),
        ("LeakyReLU", (14, 14, 64)),
        ("Dropout", (14, 14, 64)),
        ("Conv2D", (7, 7, 128)),
        ("LeakyReLU", (7, 7, 128)),
        ("Dropout", (7, 7, 128)),
        ("Flatten", (6272,)),
        ("Dense", (1,)),
    ]
    assert (generator.count_params(), discriminator.count_params()) == (2_330_944, 212_865)


def test_the_losses_agree_with_the_formula():
    import tensorflow as tf

    from course_utils import training

    real, fake = (np.random.default_rng(seed).normal(0, 5, (64, 1)).astype("float32") for seed in (1, 2))
    d_loss = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    assert np.isclose(training.discriminator_loss(tf.constant(real), tf.constant(fake)), d_loss)
    assert np.isclose(training.generator_loss(tf.constant(fake)), np.logaddexp(0, -fake).mean())


def test_a_step_says_what_happened_and_is_traced_once(tiny):
    state, train_step = tiny
    for _ in range(3):
        step = {name: float(value) for name, value in train_step(images()).items()}
    assert int(state.step) == 3
    assert train_step.experimental_get_tracing_count() == 1
    assert all(np.isfinite(value) for value in step.values())
    assert 0 <= step["d_fake"] <= 1 and 0 <= step["d_real"] <= 1


def test_both_networks_learn_from_the_weights_before_the_step(tiny):
    """The gradients of a step are those of both losses at its start, computed here one network at a time."""
    import tensorflow as tf

    from course_utils import training

    state, _ = tiny
    generator, discriminator = state.generator, state.discriminator
    dropout = [layer for layer in discriminator.layers if type(layer).__name__ == "Dropout"]
    for layer in dropout:
        layer.rate = 0
    train_step = training.make_train_step(state, 16)
    noise = tf.random.Generator.from_seed(42).normal((16, 10))
    expected = {}
    for model in (generator, discriminator):
        with tf.GradientTape() as tape:
            fake = discriminator(generator(noise, training=True), training=True)
            if model is generator:
                loss = tf.reduce_mean(tf.nn.softplus(-fake))
            else:
                real = discriminator(images(), training=True)
                loss = tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))
        expected[model.name] = tape.gradient(loss, model.trainable_variables)
    train_step(images())
    for model, optimizer in ((generator, state.g_optimizer), (discriminator, state.d_optimizer)):
        # After one step Adam's first memory is 0.1 of the gradient.
        remembered = [value.numpy() for value in optimizer.variables if "momentum" in value.path]
        assert len(remembered) == len(model.trainable_variables)
        for memory, gradient in zip(remembered, expected[model.name], strict=True):
            assert np.allclose(memory, 0.1 * gradient, atol=1e-5)


# --- What the lesson says of Keras


def test_keras_recovers_the_logit_behind_a_sigmoid_layer_and_says_so():
    import keras

    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    network.set_weights([np.ones((1, 1)), np.zeros(1)])
    wrong, logits = np.zeros((1, 1), "float32"), np.full((1, 1), 40, "float32")
    assert np.isclose(keras.losses.BinaryCrossentropy()(wrong, network(logits)), 40)
    with pytest.warns(UserWarning, match="from_logits=True"):
        loss = keras.losses.BinaryCrossentropy(from_logits=True)(wrong, network(logits))
    assert np.isclose(loss, 40)
    network.compile(loss="binary_crossentropy")
    assert np.isclose(network.train_on_batch(logits, wrong), 40)


def test_with_anything_in_between_the_sigmoid_is_applied_twice_in_silence():
    import keras
    import tensorflow as tf

    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    network.add(keras.layers.Reshape((1,)))
    network.set_weights([np.ones((1, 1)), np.zeros(1)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss = keras.losses.BinaryCrossentropy(from_logits=True)(np.ones((1, 1), "float32"), network(tf.zeros((1, 1))))
    assert np.isclose(loss, np.logaddexp(0, -0.5))
