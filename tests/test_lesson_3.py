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


@pytest.mark.parametrize("slope", (None, 0.2))
def test_both_networks_have_the_slope_that_is_asked_for(lesson, slope):
    given = {} if slope is None else {"slope": slope}
    networks = lesson.make_generator(10, 8, (8, 8), **given), lesson.make_discriminator((8, 8), **given)
    for network in networks:
        slopes = [layer.negative_slope for layer in network.layers if type(layer).__name__ == "LeakyReLU"]
        assert slopes == [slope or 0.3] * len(slopes) and len(slopes) >= 2


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
    (bag,) = cells_of("def make_bag(")
    exec(bag[: bag.index("\n\n\n")], names)  # not the training that follows
    for source in cells_of("def tiny_game(", "enable_op_determinism()", "def resume_with("):
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


# --- The loop


def test_a_training_that_is_stopped_goes_on_where_it_was(lesson, tmp_path, capsys):
    """The weights, the curves and the frames are those of a training in one go."""
    import keras

    from course_utils import animation, checkpoints, pixels

    def train(folder, *ends):
        for end in ends:
            keras.utils.set_random_seed(1)
            networks = lesson.make_generator(10, 8, (8, 8)), lesson.make_discriminator((8, 8))
            state = lesson.make_state(*networks, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
            checkpoints.restore(state, folder, 4, 4)
            lesson.train(state, lesson.make_train_step(state, 16), data, 16, end, folder, 2, noise)
        return state

    data, noise = lesson.data.load("digits").x_train, np.random.default_rng(1).normal(size=(4, 10)).astype("float32")
    whole, resumed = train(tmp_path / "whole", 4), train(tmp_path / "resumed", 2, 4)
    assert checkpoints.count_different(resumed, whole) == {"G": 0, "D": 0, "Adam": 0}
    curves = whole.history.numpy()
    assert curves.shape == (4, 4) and np.array_equal(curves, resumed.history.numpy())
    last = pixels.read_grid(animation.frames_of(tmp_path / "whole", whole)[-1])
    assert np.array_equal(last, pixels.to_uint8(whole.generator(noise, training=False)))
    checkpoints.check_finished(whole, 4)
    with pytest.raises(AssertionError, match=r"Training has not finished|El entrenamiento no ha terminado"):
        checkpoints.check_finished(whole, 5)
    whole.history.assign(np.full((4, 4), np.nan, "float32"))
    with pytest.raises(AssertionError, match=r"not numbers|no son números"):
        checkpoints.check_finished(whole, 4)


def test_how_far_a_step_moves_each_network(tiny):
    from course_utils import turns

    state, train_step = tiny
    state.g_optimizer.learning_rate = 0.0
    before = [weight.numpy() for weight in state.discriminator.trainable_variables]
    moved = turns.how_far(train_step, images(), G=state.generator, D=state.discriminator)
    after = [weight.numpy() for weight in state.discriminator.trainable_variables]
    assert int(state.step) == 1 and moved["G"] == 0
    assert np.isclose(moved["D"], sum(np.abs(a - b).sum() for a, b in zip(after, before, strict=True)))


def test_arrays_are_compared_to_the_last_bit(lesson, tiny):
    import keras

    from course_utils import checkpoints

    state, _ = tiny
    networks = lesson.make_generator(10, 8, (8, 8)), lesson.make_discriminator((8, 8))
    other = lesson.make_state(*networks, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    for network in networks:
        network.set_weights(getattr(state, network.name).get_weights())
    assert checkpoints.count_different(state, other) == {"G": 0, "D": 0, "Adam": 0}
    kernel = networks[1].trainable_variables[0]
    changed = kernel.numpy()
    changed.flat[0] = np.nextafter(changed.flat[0], np.float32(9))
    kernel.assign(changed)
    assert checkpoints.count_different(state, other) == {"G": 0, "D": 1, "Adam": 0}


# --- What the curves say


@pytest.mark.parametrize(
    ("d_loss", "words"),
    [
        ([1.0] * 300, ("from step 0 on", "desde el paso 0.")),
        ([1.5] * 100 + [1.0] * 200, ("from step 10", "desde el paso 10")),
        ([1.0] * 299 + [9.0], ("not winning", "no va ganando")),
        ([1.0] * 299 + [float("nan")], ("from step 0 on", "desde el paso 0.")),
        ([float("nan")] * 300, ("not winning", "no va ganando")),
    ],
)
def test_who_is_winning(d_loss, words, language):
    from course_utils.language import L
    from course_utils.monitor import who_is_winning

    assert L(*reversed(words)) in who_is_winning(d_loss, draw=2 * np.log(2))


def test_the_stretches_of_the_curves(monkeypatch):
    from course_utils import plots

    shown = []
    monkeypatch.setattr(plots, "show_table", lambda headings, rows: shown.append((headings, rows)))
    plots.show_stretches({"a": np.arange(1000), "b": [2.0] * 1000}, {"a": "A", "b": "B"}, count=2)
    ((headings, rows),) = shown
    assert headings[1:] == ["A", "B"] and [row[0].replace(",", "") for row in rows] == ["500", "1000"]
    assert [row[1:] for row in rows] == [["249.50", "2.00"], ["749.50", "2.00"]]


def test_the_walks_are_measured_point_by_point(monkeypatch):
    """A generator whose images are its noise: on a straight line between opposite ends nothing varies in the middle."""
    from types import SimpleNamespace

    from course_utils import plots
    from course_utils.experiments import figures, records

    drawn = []

    def predict(noise, **_):
        drawn.append(noise)
        return np.tile(noise[:, :1, np.newaxis, np.newaxis], (1, 28, 28, 1))

    look = SimpleNamespace(probabilities=np.array([[0.99, 0.01], [0.5, 0.5]]))
    shown = []
    monkeypatch.setattr(records, "frozen_judge", lambda: SimpleNamespace(look=lambda images: look))
    monkeypatch.setattr(plots, "show_table", lambda headings, rows: shown.append((headings, rows)))
    ends = np.array([[[1.0], [-1.0]], [[-1.0], [1.0]]])
    paths = {"line": lambda a, b, t: (1 - t) * a + t * b, "stay": lambda a, b, t: a}
    variety = figures.show_walks(SimpleNamespace(predict=predict), paths, ends, count=3)
    assert variety == {"line": [1.0, 0.5, 0.0], "stay": [1.0, 1.0, 1.0]}
    ((headings, rows),) = shown
    assert len(headings) == 5 and [row[0] for row in rows] == ["0", "0.25", "0.5"]
    assert rows[1][2] == "0.500" and rows[1][1].startswith("50") and len(drawn) == 6


def test_another_process_draws_the_same(lesson, tmp_path):
    from course_utils.experiments import pretrained

    generator, noise = lesson.make_generator(4, 4, (4, 4)), np.ones((2, 4), "float32")
    generator.save(tmp_path / "generator.keras")
    drawn = pretrained.draw_in_another_process(tmp_path / "generator.keras", noise)
    assert np.allclose(drawn, generator(noise, training=False), atol=1e-6)
    (tmp_path / "generator.keras").write_bytes(b"damaged")
    with pytest.raises(RuntimeError, match="Error"):
        pretrained.draw_in_another_process(tmp_path / "generator.keras", noise)


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
        stated = [[of["latent_dim"]], [of["base"], *of["filters"]], [*of["d_filters"]], [], [of["slope"]]]
        stated += [[of["dropout"]], [of["batch_size"]], rates, [of["beta_1"]], [of["momentum"]]]
        assert numbers[:10] == stated
