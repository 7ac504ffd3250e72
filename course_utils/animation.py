"""The film of a training: one frame whenever it is saved, and a GIF of some of its digits. Lesson 3 shows how."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as iio
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils import pixels
from course_utils.folders import write_atomically
from course_utils.language import CourseError, L, thousands


def save_frame(images, folder: Path, state) -> None:
    """Save a square grid of images as the frame of the present step of this run.

    Args:
        images: array (n, height, width, 1) in [-1, 1].
        folder: of the training; the frame goes to `frames` in it.
        state: with the variables `run`, a name that no other run has, and `step`.

    Raises:
        CourseError: if it cannot be written, for instance on a full disk.
    """
    name = f"{_run(state)}_{int(state.step):07}.png"
    try:
        pixels.save_grid(images, Path(folder) / "frames" / name, columns=int(np.sqrt(len(images))))
    except OSError as error:
        raise CourseError(
            f"No se ha podido guardar el fotograma {name}: {error.strerror or error}. ¿Está lleno el disco? Los "
            "puntos de control siguen intactos. Libera espacio y ejecuta de nuevo la celda que entrena.",
            f"The frame {name} could not be saved: {error.strerror or error}. Is the disk full? The checkpoints "
            "are intact. Make room and run the training cell again.",
        ) from error


def frames_of(folder: Path, state) -> list[Path]:
    """Return the frames of this run up to its present step, in order; those of other runs are left out."""
    frames = sorted((Path(folder) / "frames").glob(f"{_run(state)}_*.png"))
    return [path for path in frames if step_of(path) <= int(state.step)]


def step_of(path: Path) -> int:
    """Return the step of a frame, which its name tells."""
    return int(path.stem.rpartition("_")[2])


def make_film(
    paths: list[Path],
    gif: Path,
    count: int = 9,
    zoom: int = 4,
    milliseconds: int = 200,
    last: int = 2000,
    most: int = 40,
) -> None:
    """Make a GIF that plays for ever: some digits of each frame, large, and under them the number of the step.

    Args:
        paths: of the frames, from `frames_of`.
        gif: where to write it; what was there before stays until the new one is complete.
        count: how many images of each frame, a square number; the first ones.
        zoom: pixels for the side of one image pixel.
        milliseconds: that each frame is shown.
        last: milliseconds that the last one is shown.
        most: frames; of more, some are left out at equal distances, never the first or the last.

    Raises:
        CourseError: if there is no frame.
    """
    if not paths:
        raise CourseError(
            "No hay fotogramas: entrena primero, con la misma carpeta.",
            "There are no frames: train first, with the same folder.",
        )
    chosen = [paths[i] for i in np.unique(np.linspace(0, len(paths) - 1, most).round().astype(int))]
    pictures = np.stack([_numbered(pixels.read_grid(path)[:count], step_of(path), zoom) for path in chosen])
    durations = [milliseconds] * (len(pictures) - 1) + [last] if len(pictures) > 1 else last  # Pillow wants it so
    write_atomically(gif, iio.imwrite("<bytes>", pictures, extension=".gif", duration=durations, loop=0))


def _numbered(images: np.ndarray, step: int, zoom: int) -> np.ndarray:
    """Return a square of images in 8 greys, for a small file, with the step under it."""
    square = pixels.tile(images, int(np.sqrt(len(images)))) // 36 * 36
    square = square.repeat(zoom, axis=0).repeat(zoom, axis=1)
    width = square.shape[1]
    strip = Image.new("L" if square.ndim == 2 else "RGB", (width, 9 * zoom), 238 if square.ndim == 2 else (238,) * 3)
    place, font = (width // 2, strip.height // 2), ImageFont.load_default(6 * zoom)
    ImageDraw.Draw(strip).text(place, L(f"paso {thousands(step)}", f"step {thousands(step)}"), "black", font, "mm")
    return np.vstack([square, np.asarray(strip) // 36 * 36])


def _run(state) -> str:
    return state.run.numpy().decode()
