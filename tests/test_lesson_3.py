"""Lesson 3: its losses, its training step, and what it says of Keras."""

import re
import warnings

import numpy as np
import pytest

from tools.course import ROOT, notebook_path, read_notebook

LESSON = "03_dcgan_gradient_tape"
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


def test_the_networks_are_tutorial_d_s(lesson):
    generator, discriminator = lesson.make_generator(), lesson.make_discriminator()
    assert (generator.count_params(), discriminator.count_params()) == (2_330_944, 212_865)
    assert generator.output_shape == (None, 28, 28, 1) and discriminator.output_shape == (None, 1)
    kernels = [layer for layer in generator.layers if type(layer).__name__ == "Conv2DTranspose"]
    assert [(layer.filters, layer.strides, layer.use_bias) for layer in kernels] == [
        (128, (1, 1), False),
        (64, (2, 2), False),
        (1, (2, 2), False),
    ]


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


def test_logits_do_not_cure_a_loss_that_flattens_out():
    """The saturating loss of G, log(1 - D), has no slope where D is sure, whether it is written with logits or not."""
    import tensorflow as tf

    from course_utils.lessons.lesson_3 import cross_entropy

    logit = tf.Variable([[-40.0]])
    with tf.GradientTape(persistent=True) as tape:
        saturating, ours = -cross_entropy(tf.zeros((1, 1)), logit), cross_entropy(tf.ones((1, 1)), logit)
    assert abs(tape.gradient(saturating, logit)) < 1e-12 and tape.gradient(ours, logit) == -1


# --- The suitcase


PIECES = ("generator", "discriminator", "g_optimizer", "d_optimizer", "step", "noise_source", "dropout_seeds")


def cells_of(*words: str, language: str = "en") -> list[str]:
    """Return the code cells of the lesson that hold these words, one for each."""
    cells = [cell.source for cell in read_notebook(notebook_path(ROOT, language, LESSON)).cells]
    return [next(source for source in cells if word in source) for word in words]


@pytest.fixture
def suitcase(lesson, tmp_path):
    """What the cells around `resume_with` define, the networks being trained for 2 steps and then 2 more."""
    from types import SimpleNamespace

    names = vars(lesson) | {"SimpleNamespace": SimpleNamespace, "out_folder": lambda: tmp_path}
    names["dataset"] = lesson.data.load("digits")
    for source in cells_of("def tiny_game(", "enable_op_determinism()", "def arrays(", "def resume_with("):
        exec(source.replace("out_folder(), 10", "out_folder(), 2"), names)
    return names


@pytest.mark.parametrize("missing", range(2, 7))
def test_without_any_one_piece_the_training_becomes_another(suitcase, missing):
    assert any(suitcase["resume_with"](*PIECES[:missing], *PIECES[missing + 1 :]).values())


def test_with_all_of_them_it_is_the_same_to_the_last_bit(suitcase):
    assert suitcase["resume_with"](*PIECES) == {"G": 0, "D": 0, "Adam": 0}


def test_make_state_holds_every_piece(lesson, tiny):
    state, _ = tiny
    assert all(hasattr(state, name) for name in PIECES)


@pytest.mark.stress  # it said False once, beside other work: see what it says every week
def test_on_a_gpu_the_proof_asks_for_a_fixed_order(lesson, suitcase, monkeypatch):
    """Here the GPU is pretended: nothing of the lesson's step may be refused once the order is fixed."""
    import tensorflow as tf
    from tensorflow.python.framework import config

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [] if kind == "CPU" else ["a GPU"])
    try:
        for source in cells_of("enable_op_determinism()"):
            exec(source.replace("out_folder(), 10", "out_folder(), 2"), suitcase)
        assert config.is_op_determinism_enabled()
        assert suitcase["resume_with"](*PIECES) == {"G": 0, "D": 0, "Adam": 0}
    finally:
        config.disable_op_determinism()


# --- The average of the weights


def test_the_average_follows_the_generator_with_its_half_life(lesson, tiny):
    state, train_step = tiny
    average = lesson.make_generator(10, 8, (8, 8))
    averaging_step = lesson.with_average(train_step, state, average, half_life=4)
    expected = [weight.numpy() for weight in state.generator.variables]
    assert all(map(np.array_equal, expected, [weight.numpy() for weight in average.variables]))
    for step in range(1, 61):
        averaging_step(images())
        keep = 0.5 ** (1 / min(4, step / 10))
        now = [weight.numpy() for weight in state.generator.variables]
        expected = [keep * mean + (1 - keep) * weight for mean, weight in zip(expected, now, strict=True)]
    for mean, weight in zip(average.variables, expected, strict=True):
        assert np.allclose(mean.numpy(), weight, atol=1e-4)
    assert averaging_step.experimental_get_tracing_count() == 1


def test_a_training_with_an_average_is_resumed_with_it(lesson, tmp_path, capsys):
    """And it is the average that draws: the frames are its pictures."""
    import keras

    from course_utils import animation, checkpoints, pixels

    def new():
        keras.utils.set_random_seed(1)
        networks = lesson.make_generator(10, 8, (8, 8)), lesson.make_discriminator((8, 8))
        state = lesson.make_state(*networks, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
        step = lesson.make_train_step(state, 16)
        return state, lesson.with_average(step, state, lesson.make_generator(10, 8, (8, 8)), half_life=2)

    def train(folder, *ends):
        for end in ends:
            state, train_step = new()
            checkpoints.restore(state, folder, 4, 4)
            lesson.train(state, train_step, data, 16, end, folder, 2, noise)
        return state

    data, noise = lesson.data.load("digits").x_train, np.random.default_rng(1).normal(size=(4, 10)).astype("float32")
    whole, resumed = train(tmp_path / "whole", 4), train(tmp_path / "resumed", 2, 4)
    for one, other in ((whole.average, resumed.average), (whole.generator, resumed.generator)):
        assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))
    last = pixels.read_grid(animation.frames_of(tmp_path / "whole", whole)[-1])
    assert np.array_equal(last, pixels.to_uint8(whole.average(noise, training=False)))
    assert not np.array_equal(last, pixels.to_uint8(whole.generator(noise, training=False)))


# --- What the text says in numbers


@pytest.mark.parametrize("language", ("es", "en"))
def test_the_table_of_the_settings_says_what_the_cell_says(language):
    names: dict = {}
    (cell,) = cells_of("workshop = dict(", language=language)
    exec(cell, names)
    notebook = read_notebook(notebook_path(ROOT, language, LESSON))
    (table,) = [cell.source for cell in notebook.cells if "`beta_1`" in cell.source and cell.cell_type == "markdown"]
    for column, of in ((2, names["tutorial_d"]), (3, names["workshop"])):
        cells = [line.split("|")[column] for line in table.splitlines() if line.startswith("|")][2:]
        numbers = [[float(n) for n in re.findall(r"\d+(?:\.\d+)?", cell.replace(",", ""))] for cell in cells]
        rates = [of["g_rate"]] if of["g_rate"] == of["d_rate"] else [of["g_rate"], of["d_rate"]]
        stated = [[of["latent_dim"]], [of["base"], *of["filters"]], [*of["d_filters"]], [], [of["dropout"]]]
        stated += [[of["batch_size"]], rates, [of["beta_1"]], [of["momentum"]]]
        assert numbers[:9] == stated
        assert numbers[9] == ([of["half_life"]] if of["half_life"] else [])
