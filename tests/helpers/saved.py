"""What a learner and git do to the files of a course."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from tests.helpers.small_course import LESSON
from tools.course import notebook_path, read_notebook, write_atomically
from tools.notebooks import to_text

SPOKEN = {"name": "python", "version": "3.11.7", "file_extension": ".py", "mimetype": "text/x-python"}


def save(root: Path, language: str, change: Callable[[NotebookNode], object], name: str = LESSON) -> Path:
    """Change a notebook and save it as JupyterLab does; return its path."""
    path = notebook_path(root, language, name)
    notebook = read_notebook(path)
    change(notebook)
    notebook.metadata.language_info = SPOKEN
    write_atomically(path, to_text(notebook))
    return path


def typing(position: int, text: str, **more) -> Callable[[NotebookNode], object]:
    """Return a change: what a learner types into the cell at this position, with the cell's outputs and so on."""
    return lambda notebook: notebook.cells[position].update(source=text, **more)


def git(folder: Path, *arguments: str) -> str:
    """Run a command of git; return what it prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


def commit(root: Path) -> None:
    """Commit everything but `out`, in a repository that is made if there is none."""
    if not (root / ".git").exists():
        git(root, "init", "--initial-branch=main")
        (root / ".gitignore").write_text("out/\n.venv\n")
    git(root, "add", ".")
    git(root, "commit", "--message=course")
