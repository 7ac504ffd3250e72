"""Images as arrays: scaled, laid out in a grid, written and read."""

import re

import numpy as np
import pytest
from PIL import Image

from course_utils import data, pixels
from course_utils.language import CourseError, L

DIGITS = data.load("digits")
GREY = DIGITS.x_train[:20]
FLOATS = GREY.astype("float32") / 127.5 - 1.0
WHO = {
    "bytes": lambda images: pixels.check_images(images, side=None, floats="none"),
    "picture": pixels.to_uint8,
    "judge": pixels.check_images,
}


def test_to_uint8_maps_the_ends_and_the_middle():
    image = np.array([-1.0, 0.0, 1.0, -3.0, 3.0]).reshape(1, 1, 5, 1)
    assert pixels.to_uint8(image).tolist() == [[[0, 128, 255, 0, 255]]]


def test_to_uint8_undoes_the_scaling_of_the_lessons():
    grey = np.arange(256, dtype="uint8").reshape(1, 16, 16)
    assert np.array_equal(pixels.to_uint8(grey[..., None].astype("float32") / 127.5 - 1.0), grey)
    assert np.shares_memory(pixels.to_uint8(grey), grey)


@pytest.mark.parametrize("shape", [(28, 28), (2, 28, 28, 2), (3,), (1, 2, 28, 28, 1)])
def test_to_uint8_refuses_what_are_no_images(shape, language):
    with pytest.raises(CourseError, match=L("Se esperaban imágenes", "Expected images")):
        pixels.to_uint8(np.zeros(shape))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_to_uint8_says_when_training_has_broken_down(bad):
    with pytest.raises(CourseError, match="lower the learning rate"):
        pixels.to_uint8(np.full((1, 28, 28, 1), bad))


def refusal(who, images) -> str:
    with pytest.raises(CourseError) as error:
        WHO[who](images)
    return str(error.value)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    ("images", "words"),
    [
        (GREY / 255.0, ["from 0 to 1"]),
        (GREY.astype("float32"), ["from 0 to 255"]),
        (GREY.astype(int), ["int64"]),
        (GREY[:, np.newaxis], ["that shape"]),  # channels first
        (GREY[..., np.newaxis, np.newaxis], ["that shape"]),
        (GREY[np.newaxis], ["that shape"]),
        (GREY.reshape(20, 784), ["that shape"]),
        (GREY.reshape(20, 784, 1), ["that shape"]),
        (GREY[0], ["that shape"]),
        (GREY[0, ..., np.newaxis], ["that shape"]),
        (GREY.reshape(20, 784) / 255.0, ["that shape", "from 0 to 1"]),
    ],
)
def test_usual_mistakes_are_named_one_after_the_other_and_the_cures_lead_to_the_images(who, images, words):
    for word in words:
        message = refusal(who, images)
        assert word in message
        images = eval(re.search(r": ((images|np).*)[.]$", message)[1], {"np": np, "images": images})
    WHO[who](images)
    assert np.array_equal(pixels.to_uint8(images), GREY[: len(images)])


COLOUR = np.stack([GREY, GREY[::-1], GREY // 2], axis=-1)


@pytest.mark.parametrize("who", ["bytes", "judge"])
@pytest.mark.parametrize(
    ("images", "words"),
    [
        (COLOUR, ["in colour"]),
        (np.moveaxis(COLOUR, -1, 1), ["in colour"]),
        (COLOUR[0], ["in colour", "that shape"]),
    ],
)
def test_where_grey_is_needed_colour_is_named_and_the_cures_make_it_grey(who, images, words):
    for word in words:
        message = refusal(who, images)
        assert word in message
        images = eval(re.search(r": ((images|np).*)[.]$", message)[1], {"np": np, "images": images})
    assert WHO[who](images).shape[1:] == (28, 28, 1)


@pytest.mark.parametrize(
    ("images", "word"),
    [
        (np.moveaxis(COLOUR, -1, 1), "come last"),
        (np.concatenate([COLOUR, COLOUR[..., :1]], axis=-1), "are three"),
        (COLOUR[0], "a single one"),
    ],
)
def test_pictures_may_be_in_colour_and_what_is_wrong_with_theirs_is_named(images, word):
    message = refusal("picture", images)
    assert word in message
    cured = eval(re.search(r": ((images|np).*)[.]$", message)[1], {"np": np, "images": images})
    assert np.array_equal(pixels.to_uint8(cured), COLOUR[: len(cured)])


def test_a_grid_in_colour_comes_back_as_it_was_written(tmp_path):
    pixels.save_grid(COLOUR, tmp_path / "grid.png", columns=5)
    assert pixels.tile(COLOUR, 5).shape == (4 * 29 - 1, 5 * 29 - 1, 3)
    assert np.array_equal(pixels.read_grid(tmp_path / "grid.png"), COLOUR)
    floats = COLOUR.astype("float32") / 127.5 - 1
    assert np.array_equal(pixels.tile(floats, 5), pixels.tile(COLOUR, 5))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    ("images", "words"),
    [
        (GREY.astype(object), "got ndarray (object)"),
        (DIGITS, "got Dataset"),
        ([GREY[0], GREY[1, :20]], "all of one size"),
        (None, "got NoneType"),
        ("digits.png", "got str"),
        (DIGITS.y_train, "not labels"),
        (np.eye(10)[DIGITS.y_train], "not labels"),
        (GREY[DIGITS.y_train[:20] == "3"], "labels == 3"),
        (GREY[False], "labels == 3"),
        ([], "labels == 3"),
        (np.where(GREY == 0, np.inf, FLOATS), "20 of the 20 images hold NaN or infinity"),
    ],
)
def test_what_are_no_images_is_named(who, images, words):
    assert words in refusal(who, images)


def test_what_is_scaled_already_is_said_where_bytes_are_needed():
    assert "already: pixels.to_uint8(images)" in refusal("bytes", FLOATS)
    assert np.array_equal(pixels.to_uint8(FLOATS), GREY)


@pytest.mark.parametrize("dtype", ["uint8", "bool", "int16"])
def test_black_and_white_images_of_0_and_1_are_refused(dtype):
    images = (GREY > 127).astype(dtype)
    code = re.search(r"from 0 to 1: (np.*)[.]$", refusal("bytes", images))[1]
    assert np.array_equal(WHO["bytes"](eval(code, {"np": np, "images": images}))[..., 0] > 127, GREY > 127)


def test_what_is_right_goes_through_uncopied():
    for who, images in (("bytes", GREY), ("bytes", GREY[..., np.newaxis]), ("judge", FLOATS), ("picture", GREY[:1])):
        checked = WHO[who](images)
        assert np.shares_memory(checked, images) and checked.dtype == images.dtype
    assert WHO["bytes"](np.zeros((3, 64, 48), "uint8")).shape == (3, 64, 48, 1)
    assert np.array_equal(pixels.as_floats(GREY), FLOATS[..., np.newaxis])
    assert not pixels.to_uint8(np.full((2, 28, 28, 1), -1.0)).any()


@pytest.mark.parametrize("images", [np.linspace(0, 3, 784), np.linspace(0.2, 1, 784), np.linspace(-9, 9, 784)])
def test_a_generator_without_tanh_does_not_stop_a_training_that_draws_it(images):
    assert pixels.tile(images.reshape(1, 28, 28)).max() == 255


@pytest.mark.parametrize("columns", [0, -2, 2.5, "4", None])
def test_columns_that_cannot_be_are_refused(columns, language):
    with pytest.raises(CourseError, match=L("columns debe ser un número entero", "columns must be a whole number")):
        pixels.tile(GREY, columns)


def test_tile_lays_images_out_row_by_row():
    images = np.stack([np.full((2, 3), value, "uint8") for value in (10, 20, 30)])
    picture = pixels.tile(images, columns=2)
    assert picture.shape == (5, 7)
    assert picture[0, 0] == 10 and picture[0, 4] == 20 and picture[3, 0] == 30
    assert (picture[:, 3] == 255).all() and (picture[3:, 4:] == 255).all()


@pytest.mark.parametrize("shape", ((28, 28), (32, 32), (32, 32, 3), (16, 16)))
def test_a_grid_is_read_as_it_was_written(tmp_path, shape):
    images = np.random.default_rng(1).integers(0, 256, (6, *shape), dtype="uint8")
    pixels.save_grid(images, tmp_path / "grid.png", columns=3)
    assert np.array_equal(pixels.read_grid(tmp_path / "grid.png"), images)


def test_save_grid_writes_what_tile_shows(tmp_path):
    images = np.random.default_rng(1).uniform(-1, 1, (7, 28, 28, 1))
    pixels.save_grid(images, tmp_path / "grid.png", columns=4)
    with Image.open(tmp_path / "grid.png") as saved:
        assert np.array_equal(np.asarray(saved), pixels.tile(images, 4))
