"""What the tests of the hosts share, and their report."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.hosts import places
from tools.course import ROOT


def pytest_terminal_summary(terminalreporter):
    """Print what was measured."""
    if places.report:
        terminalreporter.section("hosts")
        for line in places.report:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Path:
    """A copy of the course, published at places.REPOSITORY."""
    return places.published_copy(tmp_path_factory.mktemp("published"), places.REPOSITORY)


@pytest.fixture(scope="session")
def server(course, tmp_path_factory):
    """The address of a git server that has that copy."""
    with places.git_server(course, tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def colab() -> Path:
    """The Python of an environment with Colab's versions."""
    return places.make("colab")


@pytest.fixture(scope="session")
def kaggle() -> Path:
    """The Python of an environment with Kaggle's versions."""
    return places.make("kaggle")


@pytest.fixture(scope="session")
def oldest() -> Path:
    """The Python of an environment with the oldest versions that the course supports."""
    return places.make("oldest")


@pytest.fixture(scope="session")
def image(course) -> dict:
    """What repo2docker makes of the course: see dockerfile.py."""
    python = places.environment("repo2docker", "3.11", (places.HERE / "repo2docker.txt").read_text())
    command = [python, "-I", places.HERE / "dockerfile.py"]
    return json.loads(subprocess.run(command, cwd=course, capture_output=True, check=True).stdout)


@pytest.fixture(scope="session")
def binder(image) -> Path:
    """The Python of the environment that Binder makes: repo2docker's Jupyter, then what the course asks for."""
    ours = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8")
    return places.environment("binder", image["python"], "\n".join(image["base"]), ours)


@pytest.fixture
def place(tmp_path) -> Path:
    """An empty folder, where a host puts a notebook."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder
