"""JupyterLab as `make lab` starts it, and a learner whose own Jupyter is a mess."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import learner

BROKEN = {
    "jupyter_config.py": "this is not Python (",
    "jupyter_server_config.json": json.dumps(
        {
            "IdentityProvider": {"token": ""},
            "PasswordIdentityProvider": {"hashed_password": "sha1:0:0"},
            "ServerApp": {"root_dir": "/nowhere", "jpserver_extensions": {"no_such_extension": True}},
            "LabApp": {"default_url": "/nowhere"},
        }
    ),
    "labconfig/page_config.json": json.dumps({"disabledExtensions": {"@jupyterlab/notebook-extension": True}}),
    "lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings": '{"locale": "fr_FR"}',
    "lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings": '{"theme": "JupyterLab Dark"}',
}


def broken_home(home: Path) -> dict[str, str]:
    """Write the settings of that learner in `.jupyter`; return the environment variables that point at them."""
    folder = home / ".jupyter"
    for name, text in BROKEN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    other = home / "bin" / "jupyter-lab"  # another Jupyter, that comes first on the PATH
    other.parent.mkdir(exist_ok=True)
    other.write_text("#!/bin/sh\necho 'another JupyterLab'\n")
    other.chmod(0o755)
    settings = folder / "lab" / "user-settings"
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(other.parent), os.environ["PATH"]]),
        "JUPYTER_CONFIG_PATH": str(folder),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
    }


def changed_files(home: Path) -> list[str]:
    """Return the files of the learner's own Jupyter that are no longer as `broken_home` wrote them, or are new."""
    before = {home / ".jupyter" / name: text.encode() for name, text in BROKEN.items()}
    folders = (home / ".jupyter", home / ".local" / "share" / "jupyter")
    now = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    return sorted(str(path) for path in before.keys() | now.keys() if before.get(path) != now.get(path))


@contextlib.contextmanager
def running_lab(course: Path, language: str, folder: Path, **variables: str) -> Iterator[str]:
    """Start `python -m tools.lab` on lesson 1, with no browser to open; yield the link that it prints.

    Args:
        course: folder of a copy of the course.
        language: "es" or "en".
        folder: for what it prints and its runtime files.
        variables: of the environment, beside those of a learner.
    """
    if os.name == "nt":
        pytest.skip("stops the server with a signal that Windows does not have")
    folder.mkdir(parents=True, exist_ok=True)
    log, end = folder / "log", time.monotonic() + 60
    variables = {"BROWSER": "", "DISPLAY": "", "JUPYTER_RUNTIME_DIR": str(folder)} | variables
    variables = learner.environment(**variables)
    command = [sys.executable, "-m", "tools.lab", "--lesson", "1", "--language", language]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=course, env=variables, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        while not (link := re.search(r"http://\S+token=\w+", log.read_text())):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield link[0]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
