"""Lesson 3: its losses, its training step, and what it says of Keras."""

import warnings

import numpy as np
import pytest

from tools.course import ROOT, notebook_path, read_notebook

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.fixture
def lesson(tensorflow):
    import keras

    from course_utils.lessons import lesson_3

    keras.utils.set_random_seed(1)
    return lesson_3


@pytest.fixture
def tiny(lesson):
    import keras

    networks = lesson.make_generator(10, 8, (8, 8)), lesson.make_discriminator((8, 8))
    state = lesson.make_state(*networks, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    return state, lesson.make_train_step(state, 16)


def images(count=16):
    return np.random.default_rng(1).uniform(-1, 1, (count, 28, 28, 1)).astype("float32")


def test_the_losses_agree_with_the_formula(lesson):
    import tensorflow as tf

    real, fake = (np.random.default_rng(seed).normal(0, 5, (64, 1)).astype("float32") for seed in (1, 2))
    d_loss = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    assert np.isclose(lesson.discriminator_loss(tf.constant(real), tf.constant(fake)), d_loss)
    assert np.isclose(lesson.generator_loss(tf.constant(fake)), np.logaddexp(0, -fake).mean())


def test_a_step_says_what_happened_and_is_traced_once(tiny):
    state, train_step = tiny
    for _ in range(3):
        step = {name: float(value) for name, value in train_step(images()).items()}
    assert int(state.step) == 3
    assert train_step.experimental_get_tracing_count() == 1
    assert all(np.isfinite(value) for value in step.values())
    assert 0 <= step["d_fake"] <= 1 and 0 <= step["d_real"] <= 1


def test_both_networks_learn_from_the_weights_before_the_step(lesson, tiny):
    """The gradients of a step are those of both losses at its start, computed here one network at a time."""
    import tensorflow as tf

    state, _ = tiny
    generator, discriminator = state.generator, state.discriminator
    dropout = [layer for layer in discriminator.layers if type(layer).__name__ == "Dropout"]
    for layer in dropout:
        layer.rate = 0
    train_step = lesson.make_train_step(state, 16)
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


@pytest.mark.stress  # it said False once, beside other work: see what it says every week
def test_on_a_gpu_the_proof_asks_for_a_fixed_order(lesson, tmp_path, monkeypatch, capsys):
    """Here the GPU is pretended: nothing of the lesson's step may be refused once the order is fixed."""
    import tensorflow as tf
    from tensorflow.python.framework import config

    from course_utils import checkpoints

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [] if kind == "CPU" else ["a GPU"])
    cells = [cell.source for cell in read_notebook(notebook_path(ROOT, "en", "03_dcgan_gradient_tape")).cells]
    (tiny,) = [source for source in cells if "def tiny_game(" in source]
    (proof,) = [source for source in cells if "enable_op_determinism()" in source]
    names = vars(lesson) | {"checkpoints": checkpoints, "dataset": lesson.data.load("digits"), "out": tmp_path}
    try:
        exec(tiny, names)
        exec(proof.replace("k = 10", "k = 2").replace("(False, True)", "(False,)"), names)
        assert config.is_op_determinism_enabled()
    finally:
        config.disable_op_determinism()
    assert "True" in capsys.readouterr().out.splitlines()
