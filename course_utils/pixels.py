"""Images as arrays: checked, as grey levels or as floats, laid out in grids and read back.

An image is uint8 from 0 (background) to 255, or floats from -1 to 1.
"""

from __future__ import annotations

import io
import operator
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from course_utils.folders import write_atomically
from course_utils.language import CourseError, L, thousands

SIDE = 28  # pixels, of MNIST


def check_images(images, side: int | None = 28, floats: str = "scaled", colour: bool = False) -> np.ndarray:
    """Return images as an array (n, height, width, 1 or 3), uint8 or floats, if that is what they are.

    Args:
        images: array or tensor (n, height, width) or (n, height, width, 1).
        side: height and width that they must have; None allows any.
        floats: which floats may come instead of uint8: "scaled", from -1 to 1; "clipped", beyond that too, as a
            generator without tanh draws them; "none".
        colour: whether they may be (n, height, width, 3) as well.

    Raises:
        CourseError: if shape or values are not those, or if there are none; it says what to do.
    """
    try:
        array = np.asarray(images)
    except (TypeError, ValueError, NotImplementedError):  # images of different sizes, a whole data set, a symbol
        array = np.empty((), object)
    if not array.size:
        raise CourseError(
            "Hace falta al menos 1 imagen y no hay ninguna. ¿Las has elegido por su etiqueta? Las etiquetas son "
            'números: images[labels == 3], no images[labels == "3"].',
            "At least 1 image is needed; there are none. Have you picked them by label? Labels are numbers: "
            'images[labels == 3], not images[labels == "3"].',
        )
    if array.dtype.kind not in "buif":
        raise CourseError(
            f"Se esperaban imágenes, todas del mismo tamaño, en una matriz de números; llegó {type(images).__name__} "
            f"({array.dtype}). Las de un conjunto de datos están en dataset.x_train.",
            f"Expected images, all of one size, in an array of numbers; got {type(images).__name__} ({array.dtype}). "
            "Those of a data set are in dataset.x_train.",
        )
    _check_shape(array, side, colour)
    _check_values(array, floats)
    return array if array.ndim == 4 else array[..., np.newaxis]


def _check_shape(images: np.ndarray, side: int | None, colour: bool) -> None:
    shape, sides = images.shape, images.shape[1:3]
    # Of any size, but no strip: that is one image, or flat ones, with an axis too many.
    right = sides == (side, side) if side else len(sides) == 2 and (min(sides) > 4 or max(sides) <= 16)
    if right and shape[3:] in ((), (1,), *[(3,)] * colour):
        return
    rest = [length for length in shape if length > 1]
    side = side or (rest[-1] if rest[-2:-1] == rest[-1:] else 28)
    if rest[-1:] == [side * side] or (rest[-2:] == [side, side] and len(rest) <= 3):
        cure = L("Dales esa forma", "Give them that shape") + f": images.reshape(-1, {side}, {side})"
    elif colour and images.ndim == 4 and 3 in (shape[1], shape[-1] - 1):
        cure = L("Los canales van al final, y son tres", "The channels come last, and are three") + ": "
        cure += "images[..., :3]" if shape[-1] == 4 else "np.moveaxis(images, 1, -1)"
    elif colour and images.ndim == 3 and shape[-1] == 3:
        cure = L("Parece una sola, en color", "It seems to be a single one, in colour") + ": images[np.newaxis]"
    elif images.ndim > 2 and {shape[-1], shape[1]} & {3, 4}:
        cure = L("Parecen en color; en grises", "They seem to be in colour; in grey") + ": "
        cure += "images[..., :3].mean(axis=-1)" if shape[-1] in (3, 4) else "images[:, :3].mean(axis=1)"
        cure += '.astype("uint8")' if images.dtype == np.uint8 else ""
    elif len(rest) < 2 or shape[1:] == (10,):
        cure = L("¿No son etiquetas? Usa x_train, no y_train", "Are these not labels? Use x_train, not y_train")
    else:
        cure = L("Si son de otro tamaño, cámbialo antes", "If they are of another size, change that first")
    raise CourseError(
        f"Se esperaban imágenes de forma (n, {side}, {side}, 1) y llegó {shape}. {cure}.",
        f"Expected images of shape (n, {side}, {side}, 1); got {shape}. {cure}.",
    )


def _check_values(images: np.ndarray, floats: str) -> None:
    low, high, kind = images.min().item(), images.max().item(), images.dtype
    if not np.isfinite(low + high):
        bad = thousands(int((~np.isfinite(images.reshape(len(images), -1))).any(axis=1).sum()))
        raise CourseError(
            f"{bad} de las {thousands(len(images))} imágenes contienen NaN o infinito. Si las ha dibujado una red, su "
            "entrenamiento ha divergido: crea de nuevo las redes y baja la tasa de aprendizaje.",
            f"{bad} of the {thousands(len(images))} images hold NaN or infinity. If a network has drawn them, its "
            "training has diverged: make the networks again and lower the learning rate.",
        )
    as_bytes = floats == "none" or kind.kind != "f"
    if kind == np.uint8:
        right = high != 1
    elif as_bytes:
        right = False
    elif floats == "clipped":  # a picture in the midst of a training: only what is certainly wrong may stop it
        right = low != 0 or high <= 0.99 or 1 < high < 20
    else:  # a generator's first images may well be all positive, but not from 0 to 1
        right = low >= -1.001 and high <= 1.001 and not (0 <= low < 0.01 and high > 0.99)
    if right:
        return
    if low >= 0 and high <= 1.001:
        cure = L("Parecen imágenes de 0 a 1", "These look like images from 0 to 1") + ": "
        cure += 'np.rint(images * 255).astype("uint8")' if as_bytes else "images * 2 - 1"
    elif low >= 0 and high <= 255:
        cure = L("Parecen imágenes de 0 a 255", "These look like images from 0 to 255") + ": "
        cure += 'images.astype("uint8")' if as_bytes else "images / 127.5 - 1"
    elif not as_bytes:
        cure = L("Pon tanh en la última capa del generador", "Put tanh in the generator's last layer")
    elif kind.kind == "f" and low >= -1.001 and high <= 1.001:
        cure = L("Ya están escaladas de -1 a 1", "They are scaled to [-1, 1] already") + ": pixels.to_uint8(images)"
    else:
        cure = L("Usa las originales, dataset.x_train", "Use the original ones, dataset.x_train")
    wanted = L("uint8 de 0 a 255", "uint8 from 0 to 255")
    wanted += (
        L(", sin escalar", ", not scaled")
        if floats == "none"
        else L(" o decimales entre -1 y 1", " or floats between -1 and 1")
    )
    raise CourseError(
        f"Los valores van de {low:.3g} a {high:.3g} ({kind}) y deben ser {wanted}. {cure}.",
        f"The values go from {low:.3g} to {high:.3g} ({kind}) and must be {wanted}. {cure}.",
    )


def check_number(name: str, value, least: int = 1) -> None:
    """Refuse an argument, of this name, that is no whole number or smaller than `least`."""
    try:
        right = operator.index(value) >= least
    except TypeError:
        right = False
    if not right:
        raise CourseError(
            f"{name} debe ser un número entero, como mínimo {least}; no {value!r}.",
            f"{name} must be a whole number, at least {least}; not {value!r}.",
        )


def as_floats(images) -> np.ndarray:
    """Return images (n, 28, 28) or (n, 28, 28, 1), uint8 or floats in [-1, 1], as float32 (n, 28, 28, 1) in [-1, 1]."""
    images = check_images(images)
    return images.astype("float32") / 127.5 - 1 if images.dtype == np.uint8 else images.astype("float32", copy=False)


def to_uint8(images) -> np.ndarray:
    """Turn images in [-1, 1] into bytes.

    Args:
        images: array or tensor of shape (n, height, width), (n, height, width, 1) or, in colour, (n, height, width, 3);
            floats in [-1, 1], or uint8.

    Returns:
        uint8 array of shape (n, height, width), or (n, height, width, 3) in colour. Floats outside [-1, 1] are clipped.

    Raises:
        CourseError: if the shape or the values are not those of images.
    """
    images = check_images(images, side=None, floats="clipped", colour=True)
    images = images[..., 0] if images.shape[3] == 1 else images
    return images if images.dtype == np.uint8 else np.rint(np.clip((images + 1.0) * 127.5, 0, 255)).astype(np.uint8)


def tile(images, columns: int = 10, gap: int = 1) -> np.ndarray:
    """Lay images out row by row in one picture.

    Args:
        images: as for `to_uint8`.
        columns: images per row; the last row may be shorter.
        gap: white pixels between two images.

    Returns:
        uint8 array of shape (rows * (height + gap) - gap, columns * (width + gap) - gap), and 3 in colour.
    """
    images = to_uint8(images)
    check_number("columns", columns)
    count, height, width, *channels = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    picture = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, *channels), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        picture[top : top + height, left : left + width] = image
    return picture


def save_grid(images, path: Path, columns: int = 10) -> None:
    """Write the images as one PNG, one pixel per pixel (see `tile`); it is never seen half written.

    Where they are not 28 pixels high, a text in the file says how high, for `read_grid`.
    """
    images, picture, notes = to_uint8(images), io.BytesIO(), PngImagePlugin.PngInfo()
    if images.shape[1] != SIDE:
        notes.add_text("side", str(images.shape[1]))
    Image.fromarray(tile(images, columns)).save(picture, "PNG", pnginfo=notes)
    write_atomically(path, picture.getvalue())


def read_grid(path: Path, side: int | None = None) -> np.ndarray:
    """Return the square images of a grid that `save_grid` wrote.

    Args:
        path: of the PNG.
        side: height and width of one image, in pixels; None for what the file says (see `save_grid`).

    Returns:
        uint8 array (n, side, side), or (n, side, side, 3) in colour, in the order in which they were written. Where the
        last row was not full, white ones follow.
    """
    with Image.open(path) as picture:
        side = side or int(picture.info.get("side", SIDE))
        grid = np.asarray(picture.convert("RGB" if picture.mode == "RGB" else "L"))
    starts = [range(0, length, side + 1) for length in grid.shape[:2]]
    return np.stack([grid[top : top + side, left : left + side] for top in starts[0] for left in starts[1]])
