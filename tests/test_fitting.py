"""The learner's own pictures in lessons 2, 3 and 7: grey or in colour, 28 or 32 pixels, by one word."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from PIL import Image

from course_utils import data, fitting, setup
from course_utils.language import CourseError
from tests.helpers.learner import Learner

WORDS = 'data.load("mnist")'
SIZES = ((28, False), (28, True), (32, False), (32, True))
LESSONS = (
    ("02_dcgan_train_on_batch", "es"),
    ("03_dcgan_gradient_tape", "en"),
    ("07_gan_in_a_minute", "es"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Discs on bright ground, in three subfolders; the last has only four pictures, and there is a file of no use.

    It is called like the digits that come with the course.
    """
    path, rng = tmp_path_factory.mktemp("photos") / "digits", np.random.default_rng(1)
    path.mkdir()
    rows, columns = np.mgrid[:48, :48]
    for number in range(154):
        label = "abc"[number % 2 if number < 150 else 2]
        (path / label).mkdir(exist_ok=True)
        ground, disc = rng.integers(0, 256, (2, 3))
        centre, radius = rng.integers(12, 36, 2), rng.integers(6, 20)
        inside = (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 < radius**2
        picture = np.where(inside[..., None], disc, ground // 2 + 128).astype("uint8")
        Image.fromarray(picture).save(path / label / f"{number:03}.png")
    (path / "a" / "broken.png").write_bytes(b"no picture")
    return path


@pytest.fixture(scope="module")
def lessons():
    setup.start("en", "07_gan_in_a_minute")
    from course_utils.lessons import lesson_2, lesson_3, lesson_7

    return lesson_2, lesson_3, lesson_7


def of_shape(*shape):
    """A data set of such images."""
    images = np.zeros((4, *shape), "uint8")
    return data.Dataset("fotos", images, np.zeros(4, "uint8"), images, np.zeros(4, "uint8"), "here")


# --- The networks


def test_for_mnist_they_are_the_same_functions(lessons):
    makers = lessons[0].make_generator, lessons[0].make_discriminator
    assert fitting.fit_to(data.load("digits"), *makers) == list(makers)


@pytest.mark.parametrize("shape", ((28, 28, 3), (32, 32), (32, 32, 3)))
def test_they_draw_and_take_images_of_that_shape(lessons, shape):
    lesson_2, lesson_3, lesson_7 = lessons
    whole = (*shape, 1)[:3]
    makers = (lesson_2.make_generator, lesson_2.make_discriminator, lesson_2.make_watchful_discriminator)
    makers += (lesson_3.make_generator, lesson_3.make_discriminator)
    for maker, fitted in zip(makers, fitting.fit_to(of_shape(*shape), *makers), strict=True):
        model = fitted()
        before = maker()
        assert whole in (model.input_shape[1:], model.output_shape[1:])
        assert [type(layer) for layer in model.layers] == [type(layer) for layer in before.layers]
        model(np.zeros((2, *model.input_shape[1:]), "float32"), training=True)
    (make_networks,) = fitting.fit_to(of_shape(*shape), lesson_7.make_networks)
    generator, discriminator = make_networks(lesson_7.Settings(), 30)
    noise, label = keras.ops.zeros((2, 32)), keras.ops.eye(30)[:2]
    assert discriminator([generator([noise, label]), label]).shape == (2, 1)
    assert generator.output_shape[1:] == whole


def test_what_the_learner_asks_of_them_is_kept(lessons):
    (maker,) = fitting.fit_to(of_shape(32, 32, 3), lessons[1].make_generator)
    model = maker(8, base=16, filters=(24, 12), momentum=0.8, slope=0.1)
    assert model.input_shape == (None, 8) and model.layers[0].units == 8 * 8 * 16
    assert [layer.filters for layer in model.layers if hasattr(layer, "filters")] == [24, 12, 3]
    assert model.layers[1].momentum == 0.8 and model.layers[2].negative_slope == pytest.approx(0.1)
    assert not model.layers[0].use_bias and model.layers[-1].activation is keras.activations.tanh
    assert maker.__name__ == "make_generator"


def test_fitting_again_begins_with_the_lesson_s_networks(lessons):
    """A learner changes the data set, and runs the cell again."""
    lesson_2 = lessons[0]
    once = fitting.fit_to(of_shape(32, 32, 3), lesson_2.make_generator)
    assert fitting.fit_to(of_shape(28, 28, 3), *once)[0]().output_shape == (None, 28, 28, 3)
    assert fitting.fit_to(data.load("digits"), *once) == [lesson_2.make_generator]


def test_a_network_that_cannot_be_fitted_is_named(lessons, language):
    def dense():
        return keras.Sequential(
            [keras.Input((5,)), keras.layers.Dense(784), keras.layers.Reshape((28, 28, 1))], name="flat"
        )

    def odd():  # 3×3 → 28×28 by a convolution without padding: nothing leads to 32×32
        up = keras.layers.Conv2DTranspose(1, 10, strides=9)
        return keras.Sequential(
            [keras.Input((5,)), keras.layers.Dense(9), keras.layers.Reshape((3, 3, 1)), up], name="odd"
        )

    def flat_d():
        return keras.Sequential(
            [keras.Input((28, 28, 1)), keras.layers.Reshape((784,)), keras.layers.Dense(1)], name="flat_d"
        )

    def no_input():
        return keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)], name="no_input")

    def concatenating():
        return lessons[2].make_concatenating_discriminator()

    assert odd().output_shape == (None, 28, 28, 1)
    for maker in (dense, odd, flat_d, no_input, concatenating):
        (fitted,) = fitting.fit_to(of_shape(32, 32), maker)
        with pytest.raises(CourseError, match=f"{maker().name}.*32×32×1"):
            fitted()


def test_a_block_whose_channels_follow_from_the_rest_and_a_list_of_networks(lessons):
    up = keras.layers.Conv2DTranspose(1, 4, strides=4)

    def both():
        block = [keras.Input((5,)), keras.layers.Dense(7 * 7 * 6), keras.layers.Reshape((7, 7, -1)), up]
        return [keras.Sequential(block), lessons[0].make_discriminator()]

    generator, discriminator = fitting.fit_to(of_shape(32, 32, 3), both)[0]()
    assert generator.output_shape == discriminator.input_shape == (None, 32, 32, 3)
    assert generator.layers[0].units == 8 * 8 * 6


def test_labels_may_leave_out_some_numbers(lessons):
    lesson_7 = lessons[2]
    images = np.random.default_rng(1).integers(0, 256, (30, 28, 28), "uint8")
    training = lesson_7.Training(images, [3, 7, 7] * 10, 1, lesson_7.Settings(width=2, steps=1, batch_size=4))
    training.prepare()
    training.run(0.0)
    assert training.finish()([np.zeros((8, 33), "float32"), np.eye(8, dtype="float32")]).shape == (8, 28, 28, 1)


def test_a_class_may_be_smaller_than_its_groups(lessons):
    """Lesson 7 makes ten groups of each class, here of one with three images, in colour."""
    lesson_7 = lessons[2]
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (43, 32, 32, 3), "uint8"), np.array([0] * 40 + [1] * 3, "uint8")
    dataset = data.Dataset("fotos", images, labels, images, labels, "here")
    (make_networks,) = fitting.fit_to(dataset, lesson_7.make_networks)
    settings = lesson_7.Settings(width=2, steps=1, batch_size=4)
    training = lesson_7.Training(images, labels, 1, settings, networks=make_networks)
    training.prepare()
    training.run(0.0)
    drawer = training.finish()
    assert training.digits == 2 and training.classes == 20
    drawn = drawer([rng.normal(size=(2, 33)).astype("float32"), np.eye(2, dtype="float32")])
    assert drawn.shape == (2, 32, 32, 3)


# --- The lessons


def run_on(course, lesson, language, folder, side, colour):
    """Run a lesson as a learner who writes `from_folder`, and return all that it said."""
    kind = (f", side={side}" if side != 28 else "") + (", colour=True" if colour else "")
    with Learner(course, lesson, language) as learner:
        (place,) = [number for number, cell in enumerate(learner.cells) if WORDS in cell.source][-1:]
        learner.cells[place].source = learner.cells[place].source.replace(
            WORDS, f"data.from_folder({str(folder)!r}{kind})"
        )
        texts = []
        for cell in learner.cells:
            outcome = learner.run(cell.source)
            assert outcome.error is None, f"{cell.source[:200]}\n{outcome.message[-3000:]}"
            texts.append(outcome.text)
        shape = learner.run("print(np.asarray(images).shape, np.ptp(images) > 0)").text
    assert f"{side}, {side}, {3 if colour else 1}) True" in shape, shape
    return "\n".join(texts)


def check(course, lesson, language, folder, side, colour):
    said = run_on(course, lesson, language, folder, side, colour)
    assert "broken.png" in said
    assert "Warning" not in said and "Traceback" not in said
    if not lesson.startswith("03"):
        assert ("El juez solo sabe leer dígitos" if language == "es" else "The judge can read digits only") in said


@pytest.mark.parametrize(("lesson", "language"), LESSONS)
def test_a_lesson_runs_on_pictures_in_colour(course, lesson, language, folder):
    check(course, lesson, language, folder, 32, True)


@pytest.mark.stress
@pytest.mark.parametrize(("lesson", "language"), LESSONS)
@pytest.mark.parametrize(("side", "colour"), SIZES[:3])
def test_a_lesson_runs_on_pictures_of_every_kind(course, lesson, language, folder, side, colour):
    check(course, lesson, language, folder, side, colour)
