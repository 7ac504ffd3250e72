"""Read a folder of the learner's own pictures: all of one size, grey or in colour. For `data.from_folder`."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from course_utils.folders import places_of
from course_utils.language import CourseError, L, percent, thousands

SIDES = (28, 32)
LEAST = 100  # pictures: with fewer, a discriminator learns them by heart before the generator draws anything
MOST = 60_000  # as many as MNIST has; more are drawn by lot
MOST_CLASSES = 256  # labels are bytes
NAMED = 3  # files that a notice names
ENDINGS = (".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tga", ".tif", ".tiff", ".webp")
# Pictures too, but Pillow cannot open them; learners have them from telephones and drawing programs.
CLOSED = (".avif", ".heic", ".heif", ".svg", ".cr2", ".nef", ".arw", ".dng", ".ai", ".eps", ".pdf")


class Pictures(NamedTuple):
    """What a folder holds.

    Attributes:
        images: uint8 (n, side, side), or (n, side, side, 3) in colour.
        labels: uint8 (n,), the number of the class of each.
        classes: their names, those of the subfolders in alphabetical order; one, "", where there are none.
        notices: what the learner should know of them, a sentence each.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    notices: tuple[str, ...]


class _Unusable(Exception):
    """A file that is left out; the text says why, for the learner."""


def read(folder: str | os.PathLike, side: int = 28, colour: bool = False) -> Pictures:
    """Return the pictures of a folder and its subfolders. Its files are only read.

    Each is turned upright as its camera says, laid on white where it is see-through, cropped to its central square,
    and brought to `side` × `side` pixels (Lanczos). Of an animation, the first frame counts. What cannot be used is
    left out, and a notice says which files and why.

    Args:
        folder: a relative one counts from the working folder or, where there is none of that name, from the course.
        side: 28 or 32.
        colour: three channels instead of one.

    Raises:
        CourseError: if there is no such folder, fewer than `LEAST` pictures or more than `MOST_CLASSES` subfolders
            with pictures in it, or an argument makes no sense.
    """
    if side not in SIDES or isinstance(side, bool):
        raise CourseError(
            f"side debe ser 28 o 32, que es lo que dibujan las redes del curso; no {side!r}.",
            f"side must be 28 or 32, which is what the networks of the course draw; not {side!r}.",
        )
    if not isinstance(colour, bool):
        raise CourseError(
            f"colour debe ser True o False; no {colour!r}.", f"colour must be True or False; not {colour!r}."
        )
    folder = _find(folder)
    paths, others = _candidates(folder)
    notices = []
    if len(paths) > MOST:
        notices.append(
            L(
                f"Hay {thousands(len(paths))} imágenes: se usan {thousands(MOST)}, al azar.",
                f"There are {thousands(len(paths))} pictures: {thousands(MOST)} of them are used, at random.",
            )
        )
        chosen = np.sort(np.random.default_rng(0).permutation(len(paths))[:MOST])
        paths = [paths[i] for i in chosen]
    classes = _classes(folder, paths)
    images, labels, seen, unusable = [], [], Counter(), {}
    for path in paths:
        try:
            image, remarks = _open(path, side, colour)
        except _Unusable as why:
            unusable[path.relative_to(folder).as_posix()] = str(why)
            continue
        seen.update(remarks)
        images.append(image)
        labels.append(classes.index(_class_of(folder, path)))
    if len(images) < LEAST:
        raise _too_few(folder, len(images), others, unusable)
    array = np.stack(images)
    notices += _notices(array, seen, others, unusable)
    used, labels = np.unique(labels, return_inverse=True)  # of a class, none may have been of use
    return Pictures(array, labels.astype("uint8"), tuple(classes[i] for i in used), tuple(notices))


def _find(folder: str | os.PathLike) -> Path:
    try:
        given = Path(os.fspath(folder).strip()).expanduser()
    except (TypeError, AttributeError, RuntimeError) as error:
        raise CourseError(
            f'Di la carpeta con su nombre entre comillas, por ejemplo "mis_fotos"; no {folder!r}.',
            f'Name the folder in quotes, for instance "my_photos"; not {folder!r}.',
        ) from error
    tried = places_of(given)
    if str(given) == ".":
        raise CourseError(
            'Falta el nombre de la carpeta, por ejemplo "mis_fotos".',
            'The name of the folder is missing, for instance "my_photos".',
        )
    try:
        found = next((place for place in tried if place.exists()), None)
    except (OSError, ValueError):  # a name that is too long, or holds what no name may
        found = None
    if found is None:
        places = L(" ni ", " nor ").join(map(str, tried))
        near = _near(tried)
        raise CourseError(
            f"No existe la carpeta {places}. {near}Copia ahí tus imágenes o corrige el nombre.",
            f"There is no folder {places}. {near}Copy your pictures there or correct the name.",
        )
    if found.is_dir():
        return found
    if found.suffix.lower() in (".zip", ".rar", ".7z", ".gz", ".tar"):
        raise CourseError(
            f"{found} está comprimido: descomprímelo y di la carpeta que sale.",
            f"{found} is an archive: unpack it, and name the folder that comes out.",
        )
    raise CourseError(
        f"{found} es un archivo, no una carpeta: di la carpeta en la que está, {str(found.parent)!r}.",
        f"{found} is a file, not a folder: name the folder that it is in, {str(found.parent)!r}.",
    )


def _near(tried: list[Path]) -> str:
    """Return a sentence that names folders which do exist where one was looked for, or nothing."""
    import difflib

    for place in tried:
        if place.parent.is_dir():
            try:
                names = [entry.name for entry in place.parent.iterdir() if entry.is_dir()]
            except OSError:
                continue
            if alike := difflib.get_close_matches(place.name, names, n=1):
                return L(f"¿Querías decir {alike[0]!r}? ", f"Did you mean {alike[0]!r}? ")
    return ""


def _candidates(folder: Path) -> tuple[list[Path], Counter]:
    """Return the files that may be pictures, in order, and how many there are of each other ending."""
    paths, others = [], Counter()
    for place, inside, files in os.walk(folder):  # does not follow links: no circle
        inside[:] = sorted(name for name in inside if not name.startswith((".", "__")))
        for name in sorted(files):
            ending = Path(name).suffix.lower()
            if name.startswith(".") or name in ("Thumbs.db", "desktop.ini"):
                continue
            if ending in ENDINGS or not ending:
                paths.append(Path(place, name))
            else:
                others[ending] += 1
    return paths, others


def _class_of(folder: Path, path: Path) -> str:
    parts = path.relative_to(folder).parts
    return parts[0] if len(parts) > 1 else ""


def _classes(folder: Path, paths: list[Path]) -> tuple[str, ...]:
    classes = tuple(sorted({_class_of(folder, path) for path in paths}))
    if len(classes) > MOST_CLASSES:
        raise CourseError(
            f"{folder} tiene imágenes en {thousands(len(classes))} subcarpetas, y cada una es una clase: como mucho "
            f"pueden ser {MOST_CLASSES}. Si no son clases, junta las imágenes en una sola carpeta.",
            f"{folder} has pictures in {thousands(len(classes))} subfolders, and each is a class: there may be "
            f"{MOST_CLASSES} at most. If they are no classes, put the pictures together in one folder.",
        )
    return classes


def _open(path: Path, side: int, colour: bool) -> tuple[np.ndarray, list[str]]:
    """Return a picture as uint8 (side, side) or (side, side, 3), and what there is to remark: "small", "oblong".

    Raises:
        _Unusable: if it cannot be read, or nothing can be seen in it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)  # of damaged notes beside the picture
            with Image.open(path) as opened:
                opened.draft("RGB", (4 * side, 4 * side))  # a large JPEG need not be decoded at its full size
                image = _as_8_bits(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _Unusable(L("es enorme", "it is huge")) from error
    except UnidentifiedImageError as error:
        empty = path.stat().st_size == 0
        raise _Unusable(
            L("está vacío", "it is empty") if empty else L("no es una imagen", "it is no picture")
        ) from error
    except PermissionError as error:
        raise _Unusable(L("no se puede leer: faltan permisos", "it may not be read")) from error
    except FileNotFoundError as error:
        raise _Unusable(L("es un enlace que no lleva a nada", "it is a link that leads nowhere")) from error
    except Exception as error:  # a damaged file fails in many ways
        raise _Unusable(L("está dañado", "it is damaged")) from error
    remarks = ["small"] * (min(image.size) < side) + ["oblong"] * (max(image.size) > 1.05 * min(image.size))
    edge = min(image.size)
    left, top = ((length - edge) // 2 for length in image.size)
    # Cut first: resizing a part of a picture looks beyond its border.
    square = image.crop((left, top, left + edge, top + edge)).resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(square.convert("RGB" if colour else "L")), remarks


def _as_8_bits(image: Image.Image) -> Image.Image:
    """Return a picture in 8 bits, RGB or grey, laid on white where it is see-through."""
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits, 32 bits, floats: from its darkest to its lightest
        values = np.nan_to_num(np.asarray(image, "float64"))
        if image.mode.startswith("I;16") or (values.min() >= 0 and 255 < values.max() <= 65_535):
            values = values / 257
        elif values.max() > 255 or values.min() < 0 or values.max() <= 1:
            values = 255 * (values - values.min()) / max(np.ptp(values), 1e-12)
        return Image.fromarray(values.round().clip(0, 255).astype("uint8"))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _too_few(folder: Path, count: int, others: Counter, unusable: dict[str, str]) -> CourseError:
    hints = list(_left_out(others, unusable))
    if (folder / "mnist.npz").exists() or (folder / "fashion_mnist.npz").exists():
        hints.append(
            L('Para los conjuntos del curso, usa data.load("mnist").', 'For the course\'s sets use data.load("mnist").')
        )
    return CourseError(
        " ".join(
            [
                L(
                    f"En {folder} se pueden usar {count} imágenes, y hacen falta {LEAST} como mínimo: con menos, D se "
                    "las aprende de memoria. (Con unas mil empieza a ir bien.)",
                    f"In {folder} {count} pictures can be used, and at least {LEAST} are needed: with fewer, D learns "
                    "them by heart. (From about a thousand on it goes well.)",
                ),
                *hints,
            ]
        )
    )


def _notices(images: np.ndarray, seen: Counter, others: Counter, unusable: dict[str, str]) -> Iterator[str]:
    count = len(images)
    if seen["oblong"]:
        yield L(
            f"{percent(seen['oblong'] / count)} no son cuadradas: de ellas queda el cuadrado del centro.",
            f"{percent(seen['oblong'] / count)} are not square: of those, the square in the middle is kept.",
        )
    if seen["small"]:
        yield L(
            f"{percent(seen['small'] / count)} son más pequeñas: se han ampliado, y se verán borrosas.",
            f"{percent(seen['small'] / count)} are smaller: they have been enlarged, and will look blurred.",
        )
    different = len(np.unique(images.reshape(count, -1), axis=0))
    if different < count:
        yield L(
            f"{thousands(count - different)} son copias exactas de otras.",
            f"{thousands(count - different)} are exact copies of others.",
        )
    flat = int((np.ptp(images.reshape(count, -1), axis=1) == 0).sum())
    if flat:
        yield L(f"{thousands(flat)} son de un solo color.", f"{thousands(flat)} are of one colour only.")
    if count < 1000:
        yield L(
            f"Son pocas ({thousands(count)}): es fácil que D se las aprenda de memoria.",
            f"They are few ({thousands(count)}): D may well learn them by heart.",
        )
    yield from _left_out(others, unusable)


def _left_out(others: Counter, unusable: dict[str, str]) -> Iterator[str]:
    if unusable:
        some = "; ".join(f"{name} ({why})" for name, why in list(unusable.items())[:NAMED])
        more = " …" if len(unusable) > NAMED else ""
        yield L(
            f"Se dejan fuera {thousands(len(unusable))}: {some}{more}.",
            f"{thousands(len(unusable))} are left out: {some}{more}.",
        )
    closed = sorted(ending for ending in others if ending in CLOSED)
    if closed:
        many, kinds = sum(others[ending] for ending in closed), ", ".join(closed)
        yield L(
            f"Hay {thousands(many)} de un tipo que aquí no se abre ({kinds}): conviértelas a PNG o JPEG.",
            f"There are {thousands(many)} of a kind that cannot be opened here ({kinds}): convert them to PNG or JPEG.",
        )
    rest = sum(others.values()) - sum(others[ending] for ending in closed)
    if rest:
        yield L(
            f"{thousands(rest)} archivos no son imágenes, y no se miran.",
            f"{thousands(rest)} files are no pictures, and are not looked at.",
        )
