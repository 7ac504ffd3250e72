"""The trained generators that come with the course: for a class that is late, or to have something to compare with."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import BinaryIO

import numpy as np

from course_utils.setup import CourseError, L, percent, thousands

FOLDER = Path(__file__).resolve().parent.parent / "notebooks" / "generators"


def card(lesson: int) -> dict:
    """Return what is known of the generator of a lesson.

    Args:
        lesson: 1, 2 or 3.

    Returns:
        `file`, `sha256`, `bytes`, `parameters`, `latent_dim`, `dataset`, `budget`, `seconds` (the whole lesson, on
        `device`), `versions`, `quantized` (the file holds 8-bit whole numbers) and `measures`, those of lesson 4 from
        10,000 images next to the test images.

    Raises:
        CourseError: if there is no such generator, or the course lies here without its folder `notebooks`.
    """
    try:
        cards = json.loads((FOLDER / "cards.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(
            L(
                "Aquí no están los generadores entrenados: descarga el curso entero, con su carpeta notebooks.",
                "The trained generators are not here: download the whole course, with its folder `notebooks`.",
            )
        ) from None
    if str(lesson) not in cards:
        raise CourseError(
            L(
                f"La lección {lesson!r} no tiene un generador entrenado. Lo tienen: {', '.join(cards)}.",
                f"Lesson {lesson!r} has no trained generator. These have one: {', '.join(cards)}.",
            )
        )
    return cards[str(lesson)]


def load_generator(lesson: int):
    """Return the trained generator of a lesson, after a line that says what it is.

    Args:
        lesson: 1, 2 or 3.

    Returns:
        keras.Model from noise (n, latent_dim) to images (n, 28, 28, 1) in [-1, 1]. It is for drawing: to train it
        further, run the lesson.

    Raises:
        CourseError: if there is none, or the file has changed since it was published.
    """
    facts = card(lesson)
    path = FOLDER / facts["file"]
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != facts["sha256"]:
        raise CourseError(
            L(
                f"El archivo {path.name} falta o está dañado. Descarga el curso de nuevo; tus archivos de la carpeta "
                "out siguen valiendo.",
                f"The file {path.name} is missing or damaged. Download the course again; your files in the folder "
                "`out` remain good.",
            )
        )
    generator = read(io.BytesIO(content))
    measures = facts["measures"]
    print(
        L(
            f"Generador de la lección {lesson}, ya entrenado (no es el tuyo): {facts['dataset']}, presupuesto "
            f"{facts['budget']}, {thousands(facts['parameters'])} parámetros; distancia de Fréchet "
            f"{measures['frechet']:.2f}, dígitos claros {percent(measures['confident'])}.",
            f"The generator of lesson {lesson}, already trained (not yours): {facts['dataset']}, budget "
            f"{facts['budget']}, {thousands(facts['parameters'])} parameters; Fréchet distance "
            f"{measures['frechet']:.2f}, clear digits {percent(measures['confident'])}.",
        )
    )
    return generator


def read(file: Path | BinaryIO):
    """Return the network of a file that `tools/ship.py` has written; any version of Keras that the course supports can.

    Args:
        file: an .npz file, or its path. `layers`, as JSON: for the input and then for each layer, the name of its
            class and its arguments. `weight0`, `weight1`…: the weights in the order of `set_weights`. Those of 8 bits,
            int8, have beside them their `scale0`…: one number for each column, by which it is to be multiplied.

    Raises:
        ValueError: if the file holds Python objects, which could bring code with them, or does not fit together.
    """
    import keras

    with np.load(file, allow_pickle=False) as arrays:
        layers = json.loads(str(arrays["layers"]))
        count = sum(name.startswith("weight") for name in arrays.files)
        weights = [arrays[f"weight{k}"] * arrays.get(f"scale{k}", np.float32(1)) for k in range(count)]
    network = keras.Sequential([getattr(keras.layers, name)(**arguments) for name, arguments in layers])
    network.set_weights(weights)
    return network
