"""Images as arrays: scaled, laid out in a grid, written and read."""

import numpy as np
import pytest
from PIL import Image

from course_utils import pixels
from course_utils.language import CourseError, L


def test_to_uint8_maps_the_ends_and_the_middle():
    image = np.array([-1.0, 0.0, 1.0, -3.0, 3.0]).reshape(1, 1, 5, 1)
    assert pixels.to_uint8(image).tolist() == [[[0, 128, 255, 0, 255]]]


def test_to_uint8_undoes_the_scaling_of_the_lessons():
    grey = np.arange(256, dtype="uint8").reshape(1, 16, 16)
    assert np.array_equal(pixels.to_uint8(grey[..., None].astype("float32") / 127.5 - 1.0), grey)
    assert pixels.to_uint8(grey) is grey


@pytest.mark.parametrize("shape", [(28, 28), (2, 28, 28, 3), (3,), (1, 2, 28, 28, 1)])
def test_to_uint8_refuses_what_are_no_images(shape, language):
    with pytest.raises(CourseError, match=L("Se esperaban imágenes", "Expected images")):
        pixels.to_uint8(np.zeros(shape))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_to_uint8_says_when_training_has_broken_down(bad):
    with pytest.raises(CourseError, match="lower the learning rate"):
        pixels.to_uint8(np.full((1, 28, 28, 1), bad))


def test_tile_lays_images_out_row_by_row():
    images = np.stack([np.full((2, 3), value, "uint8") for value in (10, 20, 30)])
    picture = pixels.tile(images, columns=2)
    assert picture.shape == (5, 7)
    assert picture[0, 0] == 10 and picture[0, 4] == 20 and picture[3, 0] == 30
    assert (picture[:, 3] == 255).all() and (picture[3:, 4:] == 255).all()


def test_a_grid_is_read_as_it_was_written(tmp_path):
    images = np.random.default_rng(1).integers(0, 256, (6, 28, 28), dtype="uint8")
    pixels.save_grid(images, tmp_path / "grid.png", columns=3)
    assert np.array_equal(pixels.read_grid(tmp_path / "grid.png"), images)


def test_save_grid_writes_what_tile_shows(tmp_path):
    images = np.random.default_rng(1).uniform(-1, 1, (7, 28, 28, 1))
    pixels.save_grid(images, tmp_path / "grid.png", columns=4)
    with Image.open(tmp_path / "grid.png") as saved:
        assert np.array_equal(np.asarray(saved), pixels.tile(images, 4))
