"""`make test` where a learner has worked: it tests the lessons as the course has them, and says so in one line."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.helpers.processes import environment
from tests.helpers.saved import commit, save, typing
from tests.helpers.small_course import LESSON, built, pretend_published
from tools import answers
from tools.course import ROOT

CELLS = '# %%\nx = 1\n\n# %% tags=["nbval-check-output"]\nprint("output", 2 + x)\n'
SEES = """\
from tools.course import ROOT, notebook_path


def test_what_the_tests_read():
    assert "no answer" not in notebook_path(ROOT, "es", "01_tiny").read_text()
    assert not (ROOT / "out").exists() and (ROOT / "data").is_dir()
    assert __import__("os").environ["COURSE_DATA"] == DATA
"""


@pytest.fixture
def course(request, tmp_path):
    """A course of one small lesson with the tools, in which a learner has saved a wrong answer and a notebook more."""
    root = tmp_path / "the course"
    for folder in ("tools", "course_utils"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "lessons"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    (root / "course_utils" / "setup.py").write_text("def start(language, lesson):\n    pass\n")
    (root / "tests").mkdir()
    (root / "tests" / "test_it.py").write_text(f"DATA = {str(root / 'data')!r}\n{SEES}")
    (root / "data").mkdir()
    (root / "data" / "file").touch()
    built(root, CELLS)
    pretend_published(root)
    if request.param == "git":
        commit(root)
    shutil.rmtree(root / "out")
    if request.param == "zip":
        answers.remember(root)
    path = save(root, "es", typing(2, 'raise ValueError("no answer")'))
    path.with_name("mine.ipynb").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return root


def pytest_in(root, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    variables = environment(PYTHONPATH="", COURSE_DATA="data", LANG="en_GB.UTF-8", LC_ALL="", LANGUAGE="")
    variables.pop("COURSE_IS_A_COPY", None)
    return subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", env=variables)


@pytest.mark.parametrize(
    ("course", "places", "result"),
    [
        ("git", ["tests", "notebooks/es"], "4 passed"),  # the test and the cells of the lesson
        ("zip", ["tests"], "1 failed, 1 passed"),
        pytest.param("zip that remembers nothing", ["tests"], "1 passed", marks=pytest.mark.stress),
    ],
    indirect=["course"],
)
def test_the_tests_see_the_course_and_the_notebooks_stay_as_they_are(course, places, result):
    if "failed" in result:
        (course / "tests" / "test_that_fails.py").write_text("def test():\n    assert 0\n")
    mine = course / "notebooks" / "es" / f"{LESSON}.ipynb"
    before = mine.read_bytes()
    done = pytest_in(course, *places)
    assert done.returncode == ("failed" in result), done.stdout + done.stderr
    names = f"notebooks/es/{LESSON}.ipynb, notebooks/es/mine.ipynb"
    assert done.stdout.splitlines()[0].endswith(f"tested as the course has them: {names}")
    assert result in done.stdout
    assert mine.read_bytes() == before
