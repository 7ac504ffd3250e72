"""The setup cell, executed: where it finds the course, what it downloads, and what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.saved import commit, git
from tests.helpers.small_course import PROJECT, built
from tools.execute import execute

CELLS = "# %%\nx = 1\n"
STUB = 'def start(language, lesson):\n    print("started", language, lesson)\n'
CURES = {
    "online": "Are you online? On Kaggle, switch on Settings → Internet, or add the course as a data set.",
    "folder": "Copy this notebook to a folder with room that you can write to, and open it there.",
    "download": "Download https://github.com/someone/gans (Code → Download ZIP), unpack it and open this notebook from "
    "inside its folder.",
}


def setup_cell(root: Path, language: str, repository: str = "") -> str:
    root.mkdir(exist_ok=True)
    if repository:
        (root / "pyproject.toml").write_text(PROJECT.format(repository=repository))
    source = built(root, CELLS)[language].cells[1].source
    assert len(source.splitlines()) <= 60
    return source


def run_setup(code: str, folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess:
    """Run the cell in a Python without packages."""
    command = [sys.executable, "-S", *(options or ["-I"]), "-c", code]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"} | variables
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


def github_is(address: str) -> dict[str, str]:
    """Return variables with which git goes to `address` for what is on GitHub."""
    key = f"url.{address}/.insteadOf"
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": "https://github.com/"}


def write_stub(root: Path) -> Path:
    (root / "course_utils").mkdir(parents=True)
    (root / "course_utils" / "__init__.py").touch()
    (root / "course_utils" / "setup.py").write_text(STUB)
    return root


def assert_started(done: subprocess.CompletedProcess, language: str = "en") -> None:
    assert (done.returncode, done.stdout) == (0, f"started {language} 01_tiny\n"), done.stderr


@pytest.fixture
def place(tmp_path) -> Path:
    """The folder of a notebook that came alone."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    return folder


@pytest.fixture
def published(tmp_path) -> Path:
    """The folder of a server that has the course as someone/gans, with its branch `main`."""
    commit(write_stub(tmp_path / "work"))
    git(tmp_path, "clone", "--bare", "work", "base/someone/gans.git")
    return tmp_path / "base"


def test_setup_finds_the_course_from_any_folder_within(tmp_path):
    code = setup_cell(tmp_path, "es")
    write_stub(tmp_path)
    for folder in (tmp_path, tmp_path / "notebooks" / "es"):
        assert_started(run_setup(code, folder), "es")


@pytest.mark.parametrize("where", ["gans", "gans/gans-main", "datasets/someone/gans", "datasets/someone/a/gans-main"])
def test_setup_finds_a_course_that_was_added_on_kaggle_as_a_data_set(tmp_path, place, where):
    """No Internet, no git; the working folder stays as it is."""
    write_stub(tmp_path / "input" / where)
    code = setup_cell(tmp_path / "course", "en", "someone/gans")
    assert code.count('"/kaggle/input"') == 1
    code = code.replace("/kaggle/input", str(tmp_path / "input"))
    assert_started(run_setup(code, place, PATH=""))
    assert list(place.iterdir()) == []


def test_setup_takes_an_installed_course(tmp_path, place):
    code = setup_cell(tmp_path / "course", "en", "someone/gans")
    installed = write_stub(tmp_path / "site-packages")
    assert_started(run_setup(code, place, "-s", PATH="", PYTHONPATH=str(installed)))


def test_setup_without_course_and_repository(tmp_path):
    """In a notebook the learner sees the message alone, and the run fails."""
    notebook = built(tmp_path / "course", CELLS)["es"]
    result = execute(notebook, tmp_path)
    assert result.failure.startswith("cell 2 (01-002) failed")
    (error,) = result.notebook.cells[1].outputs
    assert error.output_type == "error" and len(error.traceback) == 1
    assert error.traceback[0].startswith("No encuentro el curso") and "[tool.course]" in error.traceback[0]
    done = run_setup(setup_cell(tmp_path / "course", "en"), tmp_path)
    assert done.returncode == 1 and "SetupError: The course is not here" in done.stderr
    assert "On Kaggle, add it to this notebook as a data set" in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "course"]


def test_setup_clones_once(tmp_path, place, published):
    code = setup_cell(tmp_path / "course", "en", "someone/gans")
    (place / "gans.part" / "junk").mkdir(parents=True)  # of a download that was killed
    assert_started(run_setup(code, place, **github_is(published.as_uri())))
    assert (place / "gans" / "course_utils").is_dir() and [path.name for path in place.iterdir()] == ["gans"]
    assert_started(run_setup(code, place, PATH=""))  # a second clone would fail


def assert_refused(done: subprocess.CompletedProcess, place: Path, reason: str, cure: str) -> None:
    """Check that the message ends with the reason and its own cure alone, and that nothing is left behind."""
    assert done.returncode == 1 and "During handling" not in done.stderr and "CalledProcessError" not in done.stderr
    message = done.stderr.partition("SetupError: The course could not be downloaded: ")[2]
    assert reason in message and [name for name, text in CURES.items() if text in message] == [cure]
    assert list(place.iterdir()) == []


def test_setup_says_why_git_cannot_download(tmp_path, place, published):
    code = setup_cell(tmp_path / "course", "en", "someone/gans")
    done = run_setup(code, place, **github_is((tmp_path / "nothing here").as_uri()))
    assert_refused(done, place, "does not appear to be a git repository", "download")
    done = run_setup(code.replace('"main"', '"gone"'), place, **github_is(published.as_uri()))
    assert_refused(done, place, "fatal: Remote branch gone not found", "download")
    done = run_setup(code, place, PATH="")
    assert_refused(done, place, "'git'", "download")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"https://127.0.0.1:{free.getsockname()[1]}"
    done = run_setup(code, place, no_proxy="127.0.0.1", **github_is(nowhere))
    assert_refused(done, place, "onnect", "online")


@pytest.mark.parametrize(
    ("reason", "cure"),
    [
        ("fatal: unable to access 'https://github.com/': Could not resolve host: github.com", "online"),
        ("fatal: unable to access 'https://github.com/': Connection timed out", "online"),
        ("fatal: unable to access 'https://github.com/': CONNECT tunnel failed, response 407", "download"),
        ("fatal: unable to access 'https://github.com/': SSL certificate problem: self-signed certificate", "download"),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "download"),
        ("fatal: could not create work tree dir 'gans.part': Read-only file system", "folder"),
        ("fatal: could not create work tree dir 'gans.part': Permission denied", "folder"),
        ("error: unable to write file x: No space left on device\nfatal: unable to checkout working tree", "folder"),
    ],
)
def test_each_reason_of_git_has_its_own_cure(tmp_path, place, reason, cure):
    """A stand-in for git says it, asked to speak English and to ask nothing, and leaves half a download behind."""
    stand_in = tmp_path / "bin" / "git"
    stand_in.parent.mkdir()
    told = '[ "$LC_ALL$GIT_TERMINAL_PROMPT" = C0 ]'
    stand_in.write_text(
        f'#!/bin/sh\nfor part; do :; done; mkdir -p "$part/half"\n{told} && echo "{reason}" >&2\nexit 128\n'
    )
    stand_in.chmod(0o755)
    code = setup_cell(tmp_path / "course", "en", "someone/gans")
    done = run_setup(code, place, PATH=f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}")
    assert_refused(done, place, reason, cure)


def test_setup_leaves_a_folder_of_the_same_name_alone_and_names_it(tmp_path, place, published):
    (place / "gans" / "my notes").mkdir(parents=True)
    code = setup_cell(tmp_path / "course", "es", "someone/gans")
    done = run_setup(code, place, **github_is(published.as_uri()))
    assert done.returncode == 1
    assert f"SetupError: {place / 'gans'} no es el curso: cámbiale el nombre." in done.stderr
    assert [path.relative_to(place).as_posix() for path in sorted(place.rglob("*"))] == ["gans", "gans/my notes"]
    shutil.move(place / "gans", place / "notes")
    assert_started(run_setup(code, place, **github_is(published.as_uri())), "es")
