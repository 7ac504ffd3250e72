"""The convolutions by Fourier transform: the same numbers and gradients as Keras's, only where they gain."""

import numpy as np
import pytest

from course_utils import setup
from tests.helpers import train_and_die


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", "03_dcgan_gradient_tape")


def kind(transposed):
    import keras

    return keras.layers.Conv2DTranspose if transposed else keras.layers.Conv2D


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("transposed", (False, True))
@pytest.mark.parametrize("stride", (1, 2))
@pytest.mark.parametrize("size", (4, 7, 8))
def test_it_computes_what_keras_computes_and_the_same_gradients(size, stride, transposed):
    import tensorflow as tf

    from course_utils.fast_convolution import convolve

    size = size * (1 if transposed else stride)
    images, kernel = tf.constant(normal(3, size, size, 5)), normal(5, 5, *((6, 5) if transposed else (5, 6)), seed=1)
    layer = kind(transposed)(6, 5, strides=stride, padding="same", use_bias=False)
    layer.build(images.shape)
    layer.set_weights([kernel])
    results = []
    for function in (layer, lambda images: convolve(images, tf.convert_to_tensor(layer.kernel), stride, transposed)):
        with tf.GradientTape() as tape:
            tape.watch(images)
            made = function(images)
            loss = tf.reduce_sum(made * normal(*made.shape, seed=2))
        results.append([made, *tape.gradient(loss, [images, layer.kernel.value])])
    for expected, found in zip(*results, strict=True):
        assert np.allclose(expected, found, atol=1e-5 * float(tf.reduce_max(tf.abs(expected))))


def changed(model):
    """Return the numbers of the layers that `faster` replaces."""
    from course_utils import fast_convolution

    quick = fast_convolution.faster(model)
    assert [layer.name for layer in quick.layers] == [layer.name for layer in model.layers]
    assert quick.name == model.name
    return [i for i, (a, b) in enumerate(zip(model.layers, quick.layers, strict=True)) if a is not b]


@pytest.fixture
def networks():
    import keras

    from course_utils.lessons import lesson_3

    keras.utils.set_random_seed(3)
    return lesson_3.make_generator(), lesson_3.make_discriminator()


def test_tutorial_d_s_wide_layers_gain_and_no_other(networks):
    from course_utils import fast_convolution
    from course_utils.lessons import lesson_3

    generator, discriminator = networks
    assert changed(generator) == [4, 7]
    assert changed(discriminator) == [3]
    narrow = lesson_3.make_generator(20, 32, (32, 32)), lesson_3.make_discriminator((32, 64))
    assert all(fast_convolution.faster(model) is model for model in narrow)


@pytest.mark.parametrize(
    "options",
    (
        {"kernel_size": 3},
        {"padding": "valid"},
        {"strides": 4},
        {"dilation_rate": 2},
        {"groups": 2},
        {"dtype": "mixed_bfloat16"},
        {"filters": 63},
    ),
)
def test_layers_that_it_does_not_know_are_left_alone(options):
    import keras

    from course_utils import fast_convolution

    options = {"filters": 64, "kernel_size": 5, "padding": "same"} | options
    model = keras.Sequential([keras.Input((8, 8, 64)), keras.layers.Conv2D(**options)])
    assert fast_convolution.faster(model) is model


@pytest.mark.parametrize("shape", ((18, 18, 64), (8, 6, 64), (None, None, 64)))
def test_images_too_large_or_not_square_are_left_alone(shape):
    import keras

    from course_utils import fast_convolution

    model = keras.Sequential([keras.Input(shape), keras.layers.Conv2D(64, 5, strides=2, padding="same")])
    assert fast_convolution.faster(model) is model


def test_with_a_gpu_nothing_is_touched(networks, monkeypatch):
    import tensorflow as tf

    from course_utils import fast_convolution

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [kind])
    assert all(fast_convolution.faster(model) is model for model in networks)


def test_a_network_draws_the_same_in_a_function_of_any_batch_and_is_saved_as_it_was(networks, tmp_path):
    import keras
    import tensorflow as tf

    from course_utils import fast_convolution
    from course_utils.lessons import lesson_3

    generator, _ = networks
    noise = normal(6, 100)
    before = generator(noise, training=False)
    generator = fast_convolution.faster(generator)
    assert np.array_equal(generator(noise, training=False), before)  # drawn eagerly: Keras's own way
    quick = tf.function(generator, input_signature=[tf.TensorSpec((None, 100))])
    assert np.allclose(quick(noise), before, atol=1e-5)
    assert not np.array_equal(quick(noise), before)  # or it was not used at all
    fast_convolution.plain(generator).save(tmp_path / "g.keras")
    kinds = [type(layer) for layer in keras.models.load_model(tmp_path / "g.keras").layers]
    assert kinds == [type(layer) for layer in lesson_3.make_generator().layers]
    assert np.array_equal(keras.models.load_model(tmp_path / "g.keras")(noise, training=False), before)


def test_a_training_step_learns_the_same():
    import keras

    from course_utils import fast_convolution
    from course_utils.lessons import lesson_3

    states = []
    for fast in (False, True):
        keras.utils.set_random_seed(3)
        generator = lesson_3.make_generator(10, 64, (64, 64))
        discriminator = lesson_3.make_discriminator((64, 64))
        if fast:
            assert changed(generator) == [4, 7] and changed(discriminator) == [3]
            generator, discriminator = fast_convolution.faster(generator), fast_convolution.faster(discriminator)
        optimizers = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1)
        state = lesson_3.make_state(generator, discriminator, *optimizers)
        step = lesson_3.make_train_step(state, 8)(normal(8, 28, 28, 1))
        states.append((state, step))
    (slow, slow_step), (quick, quick_step) = states
    for name, value in slow_step.items():
        assert np.isclose(value, quick_step[name], rtol=1e-4)
    for model in ("generator", "discriminator"):
        for a, b in zip(getattr(slow, model).weights, getattr(quick, model).weights, strict=True):
            assert np.allclose(a.numpy(), b.numpy(), atol=1e-4), a.path


@pytest.mark.stress
def test_a_resumed_training_still_ends_with_the_same_bits(tmp_path):
    import keras

    from course_utils import checkpoints, fast_convolution
    from course_utils.lessons import lesson_3

    def new():
        keras.utils.set_random_seed(3)
        networks = lesson_3.make_generator(10, 64, (64, 64)), lesson_3.make_discriminator((64, 64))
        networks = [fast_convolution.faster(model) for model in networks]
        state = lesson_3.make_state(*networks, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
        return state, lesson_3.make_train_step(state, 8)

    images = [normal(8, 28, 28, 1, seed=step) for step in range(6)]
    whole, train_step = new()
    for batch in images:
        train_step(batch)
    first, train_step = new()
    for batch in images[:3]:
        train_step(batch)
    checkpoints.save(checkpoints.make_manager(first, tmp_path))
    second, train_step = new()
    checkpoints.restore(second, tmp_path, 6, 6)
    for batch in images[3:]:
        train_step(batch)
    assert train_and_die.fingerprint(second) == train_and_die.fingerprint(whole)
