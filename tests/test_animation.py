"""The frames of a run and the GIF of them."""

import types
import warnings
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image

from course_utils import animation
from course_utils.language import CourseError

pytestmark = pytest.mark.usefixtures("language")


class Value:
    """Stands for a variable of TensorFlow's."""

    def __init__(self, value):
        self.value = value

    def numpy(self):
        return self.value

    def __int__(self):
        return self.value


def state(run="a1", step=0):
    return types.SimpleNamespace(run=Value(run.encode()), step=Value(step))


def images(grey=0.0, count=16):
    return np.full((count, 28, 28, 1), grey, "float32")


def frames(folder, run="a1", steps=range(5)):
    for step in steps:
        animation.save_frame(images(step / 50 - 1), folder, state(run, step))
    return animation.frames_of(folder, state(run, max(steps)))


def test_frames_come_in_the_order_of_their_steps(tmp_path):
    found = frames(tmp_path, steps=[900, 20, 1000, 3])
    assert [int(path.stem.split("_")[1]) for path in found] == [3, 20, 900, 1000]


def test_the_frames_of_another_run_stay_out(tmp_path):
    frames(tmp_path, "old", range(0, 100, 7))
    assert len(frames(tmp_path, "new", range(0, 50, 10))) == 5


def test_frames_after_the_present_step_stay_out(tmp_path):
    frames(tmp_path, steps=range(10))
    assert len(animation.frames_of(tmp_path, state(step=4))) == 5


def test_a_frame_that_was_never_finished_stays_out(tmp_path):
    frames(tmp_path, steps=[1])
    (tmp_path / "frames" / ".a1_0000002.png.99.part").write_bytes(b"half")
    assert len(animation.frames_of(tmp_path, state(step=9))) == 1


def test_the_gif_plays_for_ever_at_the_right_speed(tmp_path):
    gif = tmp_path / "training.gif"
    animation.make_film(frames(tmp_path, steps=range(0, 100, 20)), gif, milliseconds=150, last=1000)
    with Image.open(gif) as film:
        assert film.n_frames == 5 and film.info["loop"] == 0
        durations = []
        for frame in range(film.n_frames):
            film.seek(frame)
            durations.append(film.info["duration"])
    assert durations == [150, 150, 150, 150, 1000]


def test_a_film_may_be_of_32_pixels_and_in_colour(tmp_path):
    for step in (0, 10):
        animation.save_frame(np.full((6, 32, 32, 3), step / 20, "float32"), tmp_path, state("a1", step))
    gif = tmp_path / "training.gif"
    animation.make_film(animation.frames_of(tmp_path, state("a1", 10)), gif, count=4)
    with Image.open(gif) as film:
        assert film.n_frames == 2 and film.width >= 2 * 33


def test_a_long_training_keeps_its_ends(tmp_path):
    gif = tmp_path / "training.gif"
    animation.make_film(frames(tmp_path, steps=range(100)), gif, most=10)
    with Image.open(gif) as film:
        assert film.n_frames == 10
        ends = []
        for frame in (0, 9):
            film.seek(frame)
            ends.append(int(np.median(film.convert("L"))))
    assert ends == [0, 252]  # eight greys


def test_without_frames_it_says_what_to_do(tmp_path, language):
    with pytest.raises(CourseError, match={"es": "entrena primero", "en": "train first"}[language]):
        animation.make_film([], tmp_path / "training.gif")
    assert not list(tmp_path.iterdir())


def test_an_old_gif_stays_until_the_new_one_is_complete(tmp_path, monkeypatch):
    gif = tmp_path / "training.gif"
    gif.write_bytes(b"old")

    found = frames(tmp_path)

    def fails(path, content):
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(OSError):
        animation.make_film(found, gif)
    assert gif.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 2


def test_a_frame_that_cannot_be_written_is_said_plainly(tmp_path, language):
    (tmp_path / "frames").write_text("a file where the folder should be")
    with pytest.raises(CourseError, match={"es": "fotograma", "en": "frame"}[language]):
        animation.save_frame(images(), tmp_path, state())


def test_what_imageio_does_a_duration_in_seconds_becomes_zero_and_the_film_plays_once(tmp_path):
    pictures = np.stack([np.full((8, 8), value, "uint8") for value in (0, 100, 200)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        iio.imwrite(tmp_path / "film.gif", pictures, duration=0.2)
    with Image.open(tmp_path / "film.gif") as film:
        assert film.info.get("duration", 0) == 0
        assert "loop" not in film.info  # 0 would mean for ever


def test_a_frame_of_the_film_has_nine_large_digits_and_the_number_of_its_step(tmp_path, language):
    """Two steps differ in their strips alone; the digits are the first nine of the frame."""
    grey = np.concatenate([images(0.8, 9), images(-0.8, 7)])
    for step in (100, 12_300):
        animation.save_frame(grey, tmp_path, state(step=step))
    animation.make_film(animation.frames_of(tmp_path, state(step=20_000)), tmp_path / "film.gif", count=9, zoom=4)
    with Image.open(tmp_path / "film.gif") as film:
        frames = []
        for number in range(2):
            film.seek(number)
            frames.append(np.asarray(film.convert("L")))
    assert frames[0].shape == (4 * (3 * 28 + 2) + 36, 4 * (3 * 28 + 2))
    squares, strips = zip(*((frame[:-36], frame[-36:]) for frame in frames), strict=True)
    assert np.array_equal(*squares) and squares[0].min() > 200
    assert not np.array_equal(*strips) and min(strip.min() for strip in strips) < 50


@pytest.mark.parametrize("frames", [1, 2])
def test_a_film_may_be_in_colour_and_of_a_single_frame(frames, tmp_path):
    """The first image is red, the second green."""
    images = np.full((9, 28, 28, 3), -1.0)
    images[0, ..., 0] = images[1, ..., 1] = 1.0
    for step in range(frames):
        animation.save_frame(images, tmp_path, state(step=100 + step))
    animation.make_film(animation.frames_of(tmp_path, state(step=200)), tmp_path / "film.gif", count=9, zoom=2)
    with Image.open(tmp_path / "film.gif") as film:
        picture = np.asarray(film.convert("RGB"))
    assert picture[28, 28].argmax() == 0 and picture[28, 28 + 58].argmax() == 1
    assert picture[28, 28].max() > 200 and sorted(picture[28, 28])[1] < 40
