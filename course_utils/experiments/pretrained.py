"""The trained generators that come with the course: for a class that is late, or to have something to compare with."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from course_utils.folders import COURSE
from course_utils.language import CourseError, percent, say, thousands
from course_utils.lessons import lesson_1, lesson_2, lesson_3, lesson_7

FOLDER = COURSE / "notebooks" / "generators"
WALKER = "walk.json"  # the card of the generator of 100 noise numbers, beside its file


def _make_drawer(classes: int, **arguments):
    """Return lesson 7's network that draws what it is asked for: a tenth of the classes are groups of a digit."""
    return lesson_7.make_drawer(lesson_7.make_generator(classes=classes, **arguments), classes // 10)


MAKERS = {lesson: module.make_generator for lesson, module in ((1, lesson_1), (2, lesson_2), (3, lesson_3))}
MAKERS[7] = _make_drawer


def card(lesson: int) -> dict:
    """Return what is known of the generator of a lesson.

    Args:
        lesson: 1, 2, 3 or 7.

    Returns:
        `file`, `sha256`, `bytes`, `arguments` (those of the lesson's `make_generator`), `parameters`, `latent_dim`,
        `dataset`, `budget`, `seconds` (the whole lesson, on `device`), `versions`, `quantized` (the file holds 8-bit
        whole numbers) and `measures`, those of lesson 4 from 10,000 images next to the test images.

    Raises:
        CourseError: if there is no such generator, or the course lies here without its folder `notebooks`.
    """
    try:
        cards = json.loads((FOLDER / "cards.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _missing() from None
    if str(lesson) not in cards:
        raise CourseError(
            f"La lección {lesson!r} no tiene un generador entrenado. Lo tienen: {', '.join(cards)}.",
            f"Lesson {lesson!r} has no trained generator. These have one: {', '.join(cards)}.",
        )
    return cards[str(lesson)]


def load_generator(lesson: int):
    """Return the trained generator of a lesson, after a line that says what it is.

    Args:
        lesson: 1, 2, 3 or 7.

    Returns:
        keras.Model from noise (n, latent_dim) to images (n, 28, 28, 1) in [-1, 1]; that of lesson 7 from noise and
        labels, one-hot rows (n, 10). It is for drawing: to train it further, run the lesson.

    Raises:
        CourseError: if there is none, or the file has changed since it was published.
    """
    facts = card(lesson)
    generator = _made(MAKERS[lesson], facts)
    measures = facts["measures"]
    say(
        f"Generador de la lección {lesson}, ya entrenado (no es el tuyo): {facts['dataset']}, presupuesto "
        f"{facts['budget']}, {thousands(facts['parameters'])} parámetros; distancia de Fréchet "
        f"{measures['frechet']:.2f}, dígitos claros {percent(measures['confident'])}.",
        f"The generator of lesson {lesson}, already trained (not yours): {facts['dataset']}, budget "
        f"{facts['budget']}, {thousands(facts['parameters'])} parameters; Fréchet distance "
        f"{measures['frechet']:.2f}, clear digits {percent(measures['confident'])}.",
    )
    return generator


def load_generator_100():
    """Return the generator for the walk of lesson 3, after a line that says what it is.

    It has been trained with that lesson's own step by `python -m tools.walker`. Its noise has 100 numbers, as in the
    tutorial, and its channels are few.

    Returns:
        keras.Model from noise (n, 100) to images (n, 28, 28, 1) in [-1, 1].

    Raises:
        CourseError: if it is missing, or the file has changed since it was made.
    """
    try:
        facts = json.loads((FOLDER / WALKER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _missing() from None
    generator = _made(lesson_3.make_generator, facts)
    say(
        f"Un generador ya entrenado (no es el tuyo): {facts['latent_dim']} números de ruido, "
        f"{thousands(facts['parameters'])} parámetros, {thousands(facts['steps'])} pasos.",
        f"A generator that is already trained (not yours): {facts['latent_dim']} noise numbers, "
        f"{thousands(facts['parameters'])} parameters, {thousands(facts['steps'])} steps.",
    )
    return generator


def draw_in_another_process(path: Path, noise) -> np.ndarray:
    """Return what the generator in a file draws in another Python process, which knows Keras and nothing of the course.

    It draws on the CPU: where there is a GPU, this process holds its memory.

    Args:
        path: of the .keras file.
        noise: float32 array or tensor, as the generator takes it.

    Raises:
        RuntimeError: if the process fails, with what it said.
    """
    program = (
        "import sys, keras, numpy\n"
        "generator = keras.models.load_model(sys.argv[1])\n"
        "numpy.save(sys.argv[3], generator(numpy.load(sys.argv[2]), training=False))\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        given, drawn = Path(folder) / "noise.npy", Path(folder) / "images.npy"
        np.save(given, np.asarray(noise))
        command = [sys.executable, "-c", program, str(Path(path).resolve()), str(given), str(drawn)]
        environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
        process = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if process.returncode:
            raise RuntimeError(process.stderr)
        return np.load(drawn)


def _made(make, facts: dict):
    """Return the network that `make` makes, with the weights of the file that its card, `facts`, names."""
    path = FOLDER / facts["file"]
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != facts["sha256"]:
        raise CourseError(
            f"El archivo {path.name} falta o está dañado. Descarga el curso de nuevo; tus archivos de la carpeta "
            "out siguen valiendo.",
            f"The file {path.name} is missing or damaged. Download the course again; your files in the folder "
            "`out` remain good.",
        )
    generator = make(**facts["arguments"])
    generator.set_weights(read_weights(content))
    return generator


def _missing() -> CourseError:
    return CourseError(
        "Aquí no están los generadores entrenados: descarga el curso entero, con su carpeta notebooks.",
        "The trained generators are not here: download the whole course, with its folder `notebooks`.",
    )


def read_weights(content: bytes) -> list[np.ndarray]:
    """Return the weights in a file that `tools/generators.py` has written, in the order of `set_weights`.

    Args:
        content: of an .npz file with the arrays `weight0`, `weight1`… Those of 8 bits, int8, have beside them their
            `scale0`…: one number for each column, by which it is to be multiplied.

    Raises:
        ValueError: if the file holds Python objects, which could bring code with them.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        count = sum(name.startswith("weight") for name in arrays.files)
        return [arrays[f"weight{k}"] * arrays.get(f"scale{k}", np.float32(1)) for k in range(count)]
