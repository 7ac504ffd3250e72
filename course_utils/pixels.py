"""Images as arrays: checked, as grey levels or as floats, laid out in grids and read back.

An image is uint8 from 0 (background) to 255, or floats from -1 to 1.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.folders import write_atomically
from course_utils.language import CourseError, L, thousands


def check_images(images) -> np.ndarray:
    """Return images as an array (n, 28, 28, 1), uint8 or float32, if that is what they are.

    Args:
        images: array or tensor (n, 28, 28) or (n, 28, 28, 1), uint8 or floats in [-1, 1].

    Raises:
        CourseError: if shape or values are not those, or if there are none; it says what to do.
    """
    images = _checked(images, side=28)[..., np.newaxis]
    if not len(images):
        raise CourseError(
            "Hace falta al menos 1 imagen y no hay ninguna. Dibuja más.",
            "At least 1 image is needed; there are none. Draw more.",
        )
    if images.dtype == np.uint8:
        return images
    low, high = float(images.min()), float(images.max())
    if low < -1.001 or high > 1.001:
        cure = "images / 127.5 - 1" if low >= 0 and high > 2 else L("tanh en la última capa", "tanh in the last layer")
        raise CourseError(
            f"Los valores van de {low:.3g} a {high:.3g} y deben estar entre -1 y 1: {cure}.",
            f"The values go from {low:.3g} to {high:.3g} and must be between -1 and 1: {cure}.",
        )
    if 0 <= low < 0.01 and high > 0.99:  # a generator's first images may well be all positive, but not from 0 to 1
        raise CourseError(
            f"No hay ningún valor negativo (van de {low:.3g} a {high:.3g}): parecen imágenes de 0 a 1. Aquí el "
            "negro es -1: images * 2 - 1.",
            f"No value is negative (they go from {low:.3g} to {high:.3g}): these look like images from 0 to 1. "
            "Here black is -1: images * 2 - 1.",
        )
    return images.astype("float32", copy=False)


def _checked(images, side: int | None = None) -> np.ndarray:
    """Return images as an array (n, height, width) of uint8 or of finite floats, if that is what they are.

    Args:
        images: array or tensor (n, height, width) or (n, height, width, 1).
        side: height and width that they must have; None allows any.
    """
    images = np.asarray(images)
    grey = images[..., 0] if images.ndim == 4 and images.shape[3] == 1 else images
    if grey.ndim != 3 or (side and grey.shape[1:] != (side, side)):
        sides = f"{side}, {side}" if side else L("alto, ancho", "height, width")
        raise CourseError(
            f"Se esperaban imágenes de forma (n, {sides}, 1) y llegó {images.shape}.",
            f"Expected images of shape (n, {sides}, 1); got {images.shape}.",
        )
    if grey.dtype == np.uint8:
        return grey
    if not np.issubdtype(grey.dtype, np.floating):
        raise CourseError(
            f"Se esperaban uint8 de 0 a 255 o decimales de -1 a 1 y llegó {grey.dtype}. Si van de 0 a 255: "
            'images.astype("uint8").',
            f"Expected uint8 from 0 to 255, or floats from -1 to 1; got {grey.dtype}. If they go from 0 to 255: "
            'images.astype("uint8").',
        )
    if bad := int((~np.isfinite(grey)).any(axis=(1, 2)).sum()):
        raise CourseError(
            f"{thousands(bad)} de las {thousands(len(grey))} imágenes contienen NaN o infinito: el entrenamiento "
            "ha divergido. Crea de nuevo las redes y baja la tasa de aprendizaje.",
            f"{thousands(bad)} of the {thousands(len(grey))} images hold NaN or infinity: the training has "
            "diverged. Make the networks again and lower the learning rate.",
        )
    return grey


def as_floats(images: np.ndarray) -> np.ndarray:
    """Return images (n, 28, 28) or (n, 28, 28, 1), uint8 or floats in [-1, 1], as float32 (n, 28, 28, 1) in [-1, 1]."""
    if images.ndim == 3:
        images = images[..., np.newaxis]
    return images.astype("float32") / 127.5 - 1 if images.dtype == np.uint8 else images.astype("float32", copy=False)


def to_uint8(images) -> np.ndarray:
    """Turn images in [-1, 1] into grey levels.

    Args:
        images: array or tensor of shape (n, height, width) or (n, height, width, 1); floats in [-1, 1], or uint8.

    Returns:
        uint8 array of shape (n, height, width). Floats outside [-1, 1] are clipped.

    Raises:
        CourseError: if the shape or the values are not those of images.
    """
    grey = _checked(images)
    return grey if grey.dtype == np.uint8 else np.rint(np.clip((grey + 1.0) * 127.5, 0, 255)).astype(np.uint8)


def tile(images, columns: int = 10, gap: int = 1) -> np.ndarray:
    """Lay images out row by row in one picture.

    Args:
        images: as for `to_uint8`.
        columns: images per row; the last row may be shorter.
        gap: white pixels between two images.

    Returns:
        uint8 array of shape (rows * (height + gap) - gap, columns * (width + gap) - gap).
    """
    images = to_uint8(images)
    count, height, width = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    picture = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        picture[top : top + height, left : left + width] = image
    return picture


def save_grid(images, path: Path, columns: int = 10) -> None:
    """Write the images as one PNG, one pixel per pixel (see `tile`); it is never seen half written."""
    picture = io.BytesIO()
    Image.fromarray(tile(images, columns)).save(picture, "PNG")
    write_atomically(path, picture.getvalue())


def read_grid(path: Path, side: int = 28) -> np.ndarray:
    """Return the images of a grid that `save_grid` wrote.

    Args:
        path: of the PNG.
        side: height and width of one image, in pixels.

    Returns:
        uint8 array (n, side, side), in the order in which they were written.
    """
    with Image.open(path) as picture:
        grid = np.asarray(picture.convert("L"))
    starts = [range(0, length, side + 1) for length in grid.shape]
    return np.stack([grid[top : top + side, left : left + side] for top in starts[0] for left in starts[1]])
