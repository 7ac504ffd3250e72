"""Run chosen cells of a lesson outside its notebook: tests and benchmarks use the very code that learners see."""

from __future__ import annotations

import nbformat

from tools.build import ROOT, notebook_path

IMPORTS = """
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers
"""


def names_of(lesson: str, *definitions: str, language: str = "en") -> dict:
    """Return the names that some cells of a lesson define.

    Args:
        lesson: its whole name, such as "01_fully_connected_gan".
        definitions: for each cell wanted, a text that is in that cell and no other, such as "def compile_gan".
        language: of the notebook.

    Raises:
        ValueError: if a text is in no cell or in several.
    """
    notebook = nbformat.read(notebook_path(ROOT, language, lesson), as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    names: dict = {}
    exec(IMPORTS, names)
    for definition in definitions:
        cells = [source for source in code if definition in source]
        if len(cells) != 1:
            raise ValueError(f"{lesson}: {definition!r} is in {len(cells)} cells")
        exec(cells[0], names)
    return names
