"""Lesson 1: its two turns and who writes them, its measures, and what it says of Keras and does not show."""

import re

import numpy as np
import pytest

from course_utils.language import L
from tools.course import ROOT, notebook_path, read_notebook

LESSON = "01_fully_connected_gan"


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


def code_cells(language="en"):
    """Return the code of the lesson's cells, without the setup cell."""
    cells = read_notebook(notebook_path(ROOT, language, LESSON)).cells
    return [cell.source for cell in cells if cell.cell_type == "code"][1:]


# --- The turns, as learners write them


D_TURN = """
def discriminator_turn(generator, discriminator, real, noise):
    fake = generator({noise}, training={training})
    on_real = learn({network}, real, {one})
    on_fake = learn({network}, fake, {zero})
    return on_real, on_fake


discriminator_turn = q2.use(discriminator_turn)
"""
G_TURN = """
def generator_turn(gan, discriminator, noise):
    with frozen({referee}):
        return learn({player}, {noise}, {one})


generator_turn = q3.use(generator_turn)
"""
D_RIGHT = {"noise": "noise", "training": "True", "network": "discriminator", "one": "1.0", "zero": "0.0"}
G_RIGHT = {"referee": "discriminator", "player": "gan", "noise": "noise", "one": "1.0"}


def written(code, lesson):
    """Return the name of the function that a cell of the lesson defines, and the function that it goes on with."""
    from course_utils.questions import lesson_1 as questions

    names = {"learn": lesson.learn, "frozen": lesson.frozen, "q2": questions.q2, "q3": questions.q3}
    names |= {"keras": lesson.keras}
    exec(code, names)
    name = re.search(r"def (\w+)", code)[1]
    return name, names[name]


@pytest.mark.parametrize(
    "code",
    [
        D_TURN.format(**D_RIGHT),
        D_TURN.format(**D_RIGHT | {"one": "1", "zero": "0"}),
        D_TURN.format(**D_RIGHT).replace("fake, 0.0)", "fake, label=0.0)"),
        G_TURN.format(**G_RIGHT),
        G_TURN.format(**G_RIGHT | {"one": "1"}),
    ],
)
def test_who_writes_nothing_wrong_never_meets_the_course_s_version(code, lesson, language, capsys):
    name, function = written(code, lesson)
    said = capsys.readouterr().out
    assert said.startswith("✔") and said.count("\n") == 1
    assert function is not getattr(lesson, name) and function.__code__.co_filename == "<string>"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (D_TURN.format(**D_RIGHT | {"one": "0.0", "zero": "1.0"}), "swapped"),
        (D_TURN.format(**D_RIGHT | {"zero": "1.0"}), "all real"),
        (D_TURN.format(**D_RIGHT | {"one": "0.0"}), "all fake"),
        (D_TURN.format(**D_RIGHT | {"training": "False"}), "inference"),
        (D_TURN.format(**D_RIGHT | {"noise": "keras.random.normal((4, 3))"}), "other noise"),
        (D_TURN.format(**D_RIGHT).replace("learn(discriminator, fake", "learn(discriminator, real"), "only real"),
        (G_TURN.format(**G_RIGHT | {"referee": "gan"}), "nobody moves"),
        (G_TURN.format(**G_RIGHT | {"one": "0.0"}), "label 0"),
        (G_TURN.format(**G_RIGHT | {"noise": "keras.random.normal((4, 3))"}), "other noise"),
        (G_TURN.format(**G_RIGHT).replace("with frozen(discriminator):", "if True:"), "rival moves"),
    ],
)
def test_a_typical_wrong_turn_is_explained_and_the_course_goes_on(code, why, lesson, language, capsys):
    from course_utils.questions import lesson_1 as questions

    name, function = written(code, lesson)
    said, then = capsys.readouterr().out.splitlines()
    question = questions.q2 if name == "discriminator_turn" else questions.q3
    assert said == "✘ " + question.says(why)
    assert then == L("Mientras tanto, seguimos con la versión del curso.", question.says("meanwhile"))
    assert function is getattr(lesson, name)


@pytest.mark.parametrize("blank", ("noise", "training", "network", "one", "zero"))
def test_each_blank_of_d_s_turn_counts(blank, lesson, capsys):
    assert written(D_TURN.format(**D_RIGHT | {blank: "..."}), lesson)[1] is lesson.discriminator_turn
    assert capsys.readouterr().out.startswith("…")


def test_a_step_gives_each_network_one_turn(lesson):
    """In D's turn D moves and G does not; in G's, the other way round; and a step reports seven numbers."""
    generator, discriminator = lesson.toy_generator(), lesson.toy_discriminator()
    gan = lesson.compile_gan(generator, discriminator, 1e-3, 1e-3)
    noise = lesson.keras.random.normal((8, 2))

    def moved(turn):
        before = [model.get_weights() for model in (discriminator, generator)]
        turn()
        now = [model.get_weights() for model in (discriminator, generator)]
        return [not all(map(np.array_equal, *pair)) for pair in zip(before, now, strict=True)]

    d_turn = lambda: lesson.discriminator_turn(generator, discriminator, lesson.real_points(8), noise)  # noqa: E731
    assert moved(d_turn) == [True, False]
    assert moved(lambda: lesson.generator_turn(gan, discriminator, noise)) == [False, True]
    step = lesson.make_train_step(generator, discriminator, gan)(lesson.real_points(8))
    assert len(step) == 7 and all(np.isfinite(float(value)) for value in step.values())
    assert discriminator.trainable and len(discriminator.trainable_variables) == 6


def test_the_numbers_of_a_step_are_measured_at_three_moments(lesson):
    """D on real from before anything has moved; D on generated after D has studied the real; GAN after both."""
    generator, discriminator = lesson.toy_generator(), lesson.toy_discriminator()
    gan = lesson.compile_gan(generator, discriminator, 1e-3, 0.05)
    real, noise = lesson.real_points(64), lesson.keras.random.normal((64, 2))
    fake = generator(noise, training=True)
    copy = lesson.toy_discriminator()
    copy.set_weights(discriminator.get_weights())
    lesson.compile_gan(generator, copy, 1e-3, 0.05)
    expected = [float(np.mean(copy(real)))]
    lesson.learn(copy, real, 1.0)
    expected.append(float(np.mean(copy(fake))))
    lesson.learn(copy, fake, 0.0)
    expected.append(float(np.mean(copy(fake))))
    on_real, on_fake = lesson.discriminator_turn(generator, discriminator, real, noise)
    on_gan = lesson.generator_turn(gan, discriminator, noise)
    found = [float(report["mean_output"]) for report in (on_real, on_fake, on_gan)]
    assert np.allclose(found, expected, atol=1e-4) and min(np.abs(np.diff(expected))) > 1e-3


def test_the_two_measures_are_the_course_s(lesson):
    from course_utils.experiments import toy

    names = {"np": np}
    exec(next(source for source in code_cells() if "def coverage(" in source), names)
    spot = np.full((300, 2), [0.7, 0.0]) + np.random.default_rng(1).normal(0, 0.01, (300, 2))
    for points in (lesson.real_points(300), spot, np.random.default_rng(2).normal(size=(300, 2))):
        assert np.isclose(names["distance"](points), toy.distance(points))
        assert np.isclose(names["coverage"](points), toy.coverage(points))
    assert names["coverage"](spot) < 0.1


# --- What it says of Keras and TensorFlow


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


def test_line_d_a_shared_optimizer_is_an_error_once_both_networks_train(keras):
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
