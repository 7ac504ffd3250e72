"""Running Python beside the tests, as a learner does: without a sign of pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from nbformat import NotebookNode, v4

from tools.course import ROOT
from tools.execute import execute

HIDDEN = ("PYTEST_VERSION", "PYTEST_CURRENT_TEST", "TF_CPP_MIN_LOG_LEVEL")


def environment(**more: str) -> dict[str, str]:
    """Return the environment variables of a Python that knows the course; the budget is smoke, the output UTF-8."""
    variables = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    return variables | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COURSE_BUDGET": "smoke"} | more


def python(code: str, **more: str) -> subprocess.CompletedProcess:
    """Run code in a new Python, in which TensorFlow has not been imported.

    Args:
        code: what to run.
        more: further environment variables.
    """
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment(**more), cwd=ROOT)


def outputs_in_a_notebook(folder: Path, *cells: str) -> list[list[NotebookNode]]:
    """Run code as the cells of a notebook in a folder; return the outputs of each. None may fail."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code) for code in cells])
    with mock.patch.dict(os.environ, environment(), clear=True):
        run = execute(notebook, folder)
    assert run.failure is None, run.failure
    return [cell.outputs for cell in run.notebook.cells]
