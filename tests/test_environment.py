"""The environment: made where TensorFlow can run, with make or without, and nothing is emptied for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from course_utils import setup
from tests.helpers.saved import commit, git
from tools import environment
from tools.course import ROOT

GOOD = {
    "python": (3, 12),
    "is_usual": True,
    "bits": 64,
    "system": "linux",
    "processor": "x86_64",
    "glibc": (2, 36),
    "macos": (),
}
MAC = GOOD | {"system": "macosx", "processor": "arm64", "glibc": (), "macos": (14, 5)}
WINDOWS = GOOD | {"system": "win", "processor": "amd64", "glibc": ()}


@pytest.mark.parametrize(
    "machine",
    [GOOD, MAC, WINDOWS, GOOD | {"processor": "aarch64"}, GOOD | {"python": (3, 11)}, GOOD | {"python": (3, 13)}],
)
def test_where_tensorflow_can_be_installed_nothing_is_said(machine):
    assert environment.why_not(machine, "") == ""


@pytest.mark.parametrize(
    ("machine", "named"),
    [
        (MAC | {"processor": "x86_64"}, "macosx x86_64"),  # an Intel Mac
        (MAC | {"macos": (11, 7)}, "macOS < 12"),
        (WINDOWS | {"processor": "arm64"}, "win arm64"),
        (WINDOWS | {"processor": "", "bits": 32}, "32 bits"),
        (GOOD | {"processor": "armv7l", "bits": 32}, "linux armv7l"),
        (GOOD | {"glibc": ()}, "Alpine"),
        (GOOD | {"glibc": (2, 17)}, "glibc < 2.27"),
        (GOOD | {"system": "freebsd"}, "freebsd"),
        (GOOD | {"python": (3, 14)}, "3.14"),
        (GOOD | {"python": (3, 10)}, "3.10"),
        (GOOD | {"is_usual": False}, "3.12 (cpython)"),  # without the lock of the interpreter
    ],
)
def test_elsewhere_it_says_why_in_both_languages_and_where_to_go(machine, named):
    spanish, english = environment.why_not(machine, "https://colab.example").splitlines()
    for line in (spanish, english):
        assert named in line and line.count("https://colab.example") == 1
    assert "lecciones" in spanish and "lessons" in english


def test_the_oldest_python_is_that_of_the_lessons():
    assert environment.OLDEST == setup.OLDEST_PYTHON


@pytest.mark.parametrize(
    ("platform", "machine", "expected"),
    [
        ("linux-x86_64", "x86_64", ("linux", "x86_64")),
        ("linux-armv7l", "armv7l", ("linux", "armv7l")),
        ("macosx-10.9-universal2", "arm64", ("macosx", "arm64")),
        ("macosx-10.9-universal2", "x86_64", ("macosx", "x86_64")),
        ("macosx-11.0-arm64", "arm64", ("macosx", "arm64")),
        ("win-amd64", "ARM64", ("win", "amd64")),  # a Python for Intel processors, on an emulator
        ("win-arm64", "ARM64", ("win", "arm64")),
        ("win32", "AMD64", ("win", "")),
    ],
)
def test_the_machine_is_that_of_the_python(platform, machine, expected, monkeypatch):
    monkeypatch.setattr(environment.sysconfig, "get_platform", lambda: platform)
    monkeypatch.setattr(environment.platform, "machine", lambda: machine)
    found = environment.this_machine()
    assert (found["system"], found["processor"]) == expected


def test_the_tests_run_on_a_good_machine():
    assert environment.why_not(environment.this_machine(), "") == ""


@pytest.mark.parametrize("repository", ["", "someone/gans"])
def test_colab_opens_the_lessons_once_they_are_published(tmp_path, repository):
    (tmp_path / "pyproject.toml").write_text(f'[tool.course]\nrepository = "{repository}"\n')
    address = "https://colab.research.google.com/"
    assert environment.colab(tmp_path) == address + f"github/{repository}" * bool(repository)


# make


# The copy of pip that `venv` unpacks takes seconds, and nothing looks at it: only one test has it made.
WITHOUT_PIP = "import venv\nvenv.EnvBuilder._setup_pip = lambda *_: None\n"
PIP = "import pathlib, sys\npathlib.Path('installed').write_text(' '.join(sys.argv[1:]))\n"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """What make needs of the course, in a folder with an awkward name; pip only notes that it was called."""
    root = tmp_path / 'José "Pepe" O\'Neil & co'
    (root / "tools").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "tools/__init__.py", "tools/environment.py"):
        shutil.copy(ROOT / name, root / name)
    (root / "requirements.txt").write_text("package==1\n")
    (root / "tools" / "answers.py").write_text("")
    (root / "tools" / "doctor.py").write_text("print('examined')\n")
    (root / "no pip").mkdir()
    (root / "no pip" / "pip.py").write_text(PIP)
    (root / "no pip" / "sitecustomize.py").write_text(WITHOUT_PIP)
    monkeypatch.setenv("PYTHONPATH", str(root / "no pip"))
    for name in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS"):  # `make test` leaves these, and make then says where it is
        monkeypatch.delenv(name, raising=False)
    return root


@pytest.fixture
def make(course):
    """Runs `make doctor`; returns what it prints and its status."""
    if os.name == "nt" or not shutil.which("make"):
        pytest.skip("there is no make")

    def run(python: str | Path = sys.executable) -> tuple[str, int]:
        command = ["make", f"PYTHON={python}", "doctor"]
        done = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8")
        return done.stdout + done.stderr, done.returncode

    return run


def test_make_makes_the_environment_once(course, make):
    (course / "no pip" / "sitecustomize.py").write_text("")
    said, status = make()
    assert status == 0 and said.endswith("examined\n"), said
    assert list(course.glob(".venv/lib/*/site-packages/pip"))
    (course / "no pip" / "sitecustomize.py").write_text(WITHOUT_PIP)
    assert (course / "installed").read_text().endswith("-r requirements.txt")
    assert make() == ("examined\n", 0)
    (course / "requirements.txt").touch()
    os.utime(course / ".venv" / "ready", (0, 0))
    assert "Making .venv" in make()[0]


def test_make_update_takes_a_zip_with_an_awkward_name(course, make):
    command = ["make", "-n", "update", "LANGUAGE=es", "ZIP=my course.zip"]
    said = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8", check=True).stdout
    assert said.endswith('-m tools.update --language es --zip "my course.zip"\n')


def test_the_language_of_the_system_is_no_option(course, make):
    """LANGUAGE is gettext's variable: Ubuntu sets it to such as es_ES:es."""
    command, system = ["make", "-n", "lab"], os.environ | {"LANGUAGE": "es_ES:es"}
    said = subprocess.run(command, cwd=course, env=system, capture_output=True, encoding="utf-8", check=True).stdout
    assert said.endswith("-m tools.lab --lesson 1 \n")


def test_an_environment_whose_python_does_not_run_is_made_again(course, make):
    """It was made on another system, or the Python that it was made of is gone."""
    make()
    python = course / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert make()[1] == 0 and (course / ".venv" / "ready").exists()
    assert subprocess.run([python, "-c", ""]).returncode == 0


def test_a_link_in_the_place_of_the_environment_is_refused_and_its_target_left_alone(course, make, tmp_path):
    target = tmp_path / "disk with room"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    (course / ".venv").symlink_to(target)
    said, status = make()
    assert status and ".venv es un enlace a" in said and ".venv is a link to" in said and "disk with room" in said
    assert [path.name for path in target.iterdir()] == ["thesis.txt"]
    assert (course / ".venv").is_symlink() and not (course / "installed").exists()


def test_a_file_in_the_place_of_the_environment_is_refused(course, make):
    (course / ".venv").write_text("mine")
    said, status = make()
    assert status and ".venv es un archivo" in said and ".venv is a file" in said
    assert (course / ".venv").read_text() == "mine"


def test_the_path_of_python_may_have_spaces(course, make, tmp_path):
    venv.create(tmp_path / "my python")
    said, status = make(tmp_path / "my python" / "bin" / "python")
    assert status == 0 and said.endswith("examined\n"), said


def test_a_python_that_will_not_do_is_refused_before_anything_is_made(course, make, tmp_path):
    """Any that make is told to take; the script reads it as every Python does."""
    python = tmp_path / "python"
    code = "import sys, runpy; sys.version_info = (3, 14, 0, 'final', 0); sys.argv = ['tools']; "
    code += "runpy.run_module('tools.environment', run_name='__main__')"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}"\n')
    python.chmod(0o755)
    said, status = make(python)
    assert status and "3.14" in said and "Colab" in said
    assert not (course / ".venv").exists()


def test_the_script_is_plain_python():
    """Python 3.8 is to understand it: what it says there is that it is too old."""
    compile_as_3_8 = (
        f"import ast; ast.parse(open({str(ROOT / 'tools' / 'environment.py')!r}).read(), feature_version=8)"
    )
    subprocess.run([sys.executable, "-c", compile_as_3_8], check=True)
    code = "import sys; before = set(sys.modules); import tools.environment; print(*{name.partition('.')[0] for name in"
    code += " set(sys.modules) - before} - set(sys.stdlib_module_names))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "tools\n"


# Line ends


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git")
def test_a_clone_on_windows_keeps_the_line_ends_of_the_scripts(tmp_path):
    """Git for Windows sets core.autocrlf, and such a script does not run in Binder's or the hub's Linux."""
    root, clone = tmp_path / "course", tmp_path / "clone"
    names = (
        ".gitattributes",
        "binder/postBuild",
        "binder/apt.txt",
        "hub/tljh/install.sh",
        "requirements.txt",
        "Makefile",
    )
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    commit(root)
    git(tmp_path, "-c", "core.autocrlf=true", "clone", "--quiet", str(root), str(clone))
    for name in names:
        assert b"\r" not in Path(clone, name).read_bytes(), name
    assert (clone / "a.png").read_bytes() == (root / "a.png").read_bytes()
