"""Take functions out of a lesson: tests and benchmarks use the very code that learners see."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat

from tools.build import ROOT, notebook_path

IMPORTS = """
import json
import secrets
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers
"""


def names_of(lesson: str, *wanted: str, language: str = "en") -> dict:
    """Return names that a lesson defines; nothing else of it is run.

    Args:
        lesson: its whole name, such as "01_fully_connected_gan".
        wanted: names of functions, or of variables that are assigned once, in an order in which they can be defined.
        language: of the notebook.

    Raises:
        ValueError: if the lesson does not define a name, or defines it more than once.
    """
    notebook = nbformat.read(notebook_path(ROOT, language, lesson), as_version=4)
    statements = [
        statement for cell in notebook.cells if cell.cell_type == "code" for statement in ast.parse(cell.source).body
    ]
    names: dict = {}
    exec(IMPORTS, names)
    for name in wanted:
        found = [statement for statement in statements if name in _defined(statement)]
        if len(found) != 1:
            raise ValueError(f"{lesson} defines {name!r} {len(found)} times")
        exec(ast.unparse(found[0]), names)
    return names


def definitions(path: Path) -> dict[str, str]:
    """Return the source of each function and class at the top of a file by name, without docstrings and comments."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if ast.get_docstring(node):
                node.body = node.body[1:]
            found[node.name] = ast.unparse(node)
    return found


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
