"""The files for Binder: they install the tested set, and the script can run. The place itself: tests/hosts."""

import os
import re
import subprocess

import pytest

from course_utils import setup
from tools.course import ROOT

BINDER = ROOT / "binder"
POST_BUILD = BINDER / "postBuild"


def pins(path) -> dict[str, str]:
    """Return the version that a requirements file asks for of each package; every line must name one."""
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return dict(re.fullmatch(r"([\w-]+)==([\w.]+)", line).groups() for line in lines if line)


def test_it_installs_the_tested_versions():
    tested, ours = pins(ROOT / "requirements.txt"), pins(BINDER / "requirements.txt")
    assert "tensorflow" not in ours
    tested["tensorflow-cpu"] = tested["tensorflow"]
    shared = ours.keys() & tested.keys()
    assert {name: ours[name] for name in shared} == {name: tested[name] for name in shared}
    assert {"tensorflow-cpu", "keras", "ipywidgets", "ipykernel", *setup.PACKAGES.values()} <= shared


def test_its_python_is_the_oldest_that_the_course_supports():
    version = ".".join(map(str, setup.OLDEST_PYTHON))
    assert (BINDER / "runtime.txt").read_text() == f"python-{version}\n"


def test_it_has_graphviz_for_plot_model():
    assert (BINDER / "apt.txt").read_text().split() == ["graphviz"]
    assert "pydot" in pins(BINDER / "requirements.txt")


def test_the_script_stops_at_its_first_error():
    first, *rest = POST_BUILD.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"#!(/usr/bin/env |/bin/)bash", first)
    commands = [line for line in rest if line.strip() and not line.startswith("#")]
    assert re.match(r"set -e", commands[0])
    subprocess.run(["bash", "-n", POST_BUILD], check=True)


def test_the_script_is_executable():
    assert os.access(POST_BUILD, os.X_OK)


def test_the_script_is_executable_in_git():
    command = ["git", "ls-files", "-s", "--", "binder/postBuild"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    if not listed:
        pytest.skip("git does not know this copy of the course")
    assert listed.split()[0] == "100755"
