"""A course of one small lesson, `01_tiny`, in a folder of the test."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode, v4

from tools.build import build
from tools.course import LANGUAGES, notebook_path, read_notebook, write_atomically
from tools.notebooks import fingerprint, to_text

LESSON = "01_tiny"
HEADER = '# ---\n# title:\n#   es: "Tu primera red: año"\n#   en: "Your first network"\n# ---\n\n'
TEXT = '# %% [markdown] lang="es"\n# # Hola\n\n# %% [markdown] lang="en"\n# # Hello\n\n'
SETUP = '# %% tags=["setup"]\n# setup\n\n'
START = HEADER + TEXT + SETUP  # the lines before the cells of a test: theirs begin in line 16
PROJECT = '[tool.course]\nrepository = "{repository}"\nref = "main"\n'


def write_source(root: Path, cells: str, start: str = START) -> Path:
    """Write the source of the lesson; return it."""
    path = root / "notebooks" / "source" / f"{LESSON}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(start + cells, encoding="utf-8")
    return path


def read(root: Path, language: str) -> NotebookNode:
    """Return the notebook of one language."""
    return read_notebook(notebook_path(root, language, LESSON))


def built(root: Path, cells: str) -> dict[str, NotebookNode]:
    """Build the lesson with these cells; return language -> notebook."""
    write_source(root, cells)
    _, problems = build(root)
    assert problems == []
    return {language: read(root, language) for language in LANGUAGES}


def problems_of(root: Path, cells: str, start: str = START) -> list[str]:
    """Return why the lesson cannot be built with these cells; nothing may have been written."""
    write_source(root, cells, start)
    written, problems = build(root)
    assert written == [] and not (root / "notebooks" / "es").exists()
    return problems


def pretend_published(root: Path) -> None:
    """Give the built notebooks the outputs and the provenance of a run."""
    for language in LANGUAGES:
        notebook = read(root, language)
        look_published(notebook)
        write_atomically(notebook_path(root, language, LESSON), to_text(notebook))


def look_published(notebook: NotebookNode, text: str = "output {count}\n", seconds: float = 1.0) -> None:
    """Give a notebook the outputs and the provenance of a run."""
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
        cell.outputs = [v4.new_output("stream", name="stdout", text=text.format(count=count))]
    notebook.metadata.course.published = {
        "dataset": "mnist",
        "budget": "smoke",
        "versions": {"python": "3.11.0"},
        "device": "CPU, 2 cores",
        "seconds": seconds,
        "fingerprint": fingerprint(notebook),
    }


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
