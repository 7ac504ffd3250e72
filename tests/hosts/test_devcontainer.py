"""The dev container, built from its own files: the commands of devcontainer.json on a bare copy of the course.

The image itself is not built, which needs Docker and its registry: a Python of the same version stands for it. What the
commands make of it is what they make in the container.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import devcontainer
from tests.helpers.repository import copy_course
from tests.hosts import places, smoke
from tools.course import ROOT, find_lesson, find_sources

pytestmark = pytest.mark.hosts

LESSONS = [find_lesson([path.stem for path in find_sources(ROOT)], number) for number in ("1", "3", "9")]


@pytest.fixture(scope="module")
def container():
    """A copy of the course without .venv, where the lifecycle commands have run one after the other; their outputs."""
    folder = places.KEPT / "devcontainer"
    shutil.rmtree(folder, ignore_errors=True)
    course, home = copy_course(folder), folder / "home"
    python = Path(places.find_python(devcontainer.python()))
    variables = places.with_network(places.surroundings(python, home))
    printed = {}
    for name in ("updateContentCommand", "postCreateCommand"):
        command = ["sh", "-c", devcontainer.settings()[name]]
        done = subprocess.run(command, cwd=course, env=variables, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        printed[name] = done.stdout
    yield course, printed
    shutil.rmtree(folder)


def test_it_makes_the_environment_and_says_what_works(container):
    course, printed = container
    assert os.access(course / ".venv" / "bin" / "python", os.X_OK)
    assert (course / ".venv" / "ready").is_file()
    page = printed["postCreateCommand"]
    assert f"Python {devcontainer.python()}." in page and "TensorFlow 2." in page and "✘" not in page
    places.report.append(f"dev container: {page.splitlines()[-1]}")


def test_lessons_1_3_and_9_in_it(container):
    """The last one starts processes of its own."""
    course, _ = container
    assert smoke.run_lessons(course / ".venv" / "bin" / "python", LESSONS, "en", "dev container") == ""
