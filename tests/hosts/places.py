"""The places where the lessons run elsewhere, built on this machine: environments, a git server, and runs in them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
from nbformat import NotebookNode

from tests.helpers.repository import copy_course
from tools import address
from tools.course import ROOT, read_notebook, write_atomically
from tools.execute import COLOURS
from tools.notebooks import to_text

HERE = Path(__file__).resolve().parent
KEPT = ROOT / "out" / "hosts"  # the environments stay here: making them takes minutes
REPOSITORY = "someone/my.gans"
NAME = REPOSITORY.split("/")[1]
# Each has a file of its name, with its Python and its packages; those that move have other versions every day.
PLACES = ("colab", "kaggle", "oldest", "newest", "nightly")
MOVING = ("newest", "nightly")
# Variables of this machine and of this test run that a host does not have.
FOREIGN = ("PYTHON", "VIRTUAL_ENV", "PYTEST", "COURSE_", "JUPYTER", "JPY_", "IPYTHON", "MPL", "KERAS", "TF_", "GIT_")
FOREIGN += ("XDG_", "COLAB_", "KAGGLE_")

report: list[str] = []  # what was measured; conftest.py prints it at the end


# Environments


def python_of(place: str) -> str:
    """Return the version of Python that a place has, such as "3.13": the first line of its file says it."""
    first = (HERE / f"{place}.txt").read_text(encoding="utf-8").splitlines()[0]
    return re.fullmatch(r"# Python (3\.\d+)", first)[1]


def make(place: str) -> Path:
    """Return the Python of the environment of one of PLACES; those that move are made anew every day."""
    requirements = [(HERE / f"{place}.txt").read_text(encoding="utf-8")]
    today = [f"# {date.today()}"] if place in MOVING else []
    return environment(place, python_of(place), *requirements, made=today)


def find_python(version: str) -> str:
    """Return a Python of this version, such as "3.13", or else the one that runs."""
    candidates = [sys.executable, shutil.which(f"python{version}")]
    if shutil.which("pyenv"):
        done = subprocess.run(["pyenv", "prefix", version], capture_output=True, text=True)
        candidates.append(f"{done.stdout.strip()}/bin/python")
    for candidate in filter(None, candidates):
        with contextlib.suppress(OSError):
            code = "import sys; print(*sys.version_info[:2], sep='.')"
            done = subprocess.run([candidate, "-c", code], capture_output=True, text=True)
            if done.stdout.strip() == version:
                return candidate
    return sys.executable


def environment(name: str, python: str, *requirements: str, made: Iterable[str] = ()) -> Path:
    """Return the Python of an environment, made unless it is there already and its requirements are the same.

    Args:
        name: of its folder.
        python: the version to prefer.
        requirements: the contents of files for `pip install -r`, installed one after the other.
        made: what else has to be the same.

    Raises:
        subprocess.CalledProcessError: if pip cannot install them; its `stderr` says why.
    """
    folder = KEPT / name
    ready, found = folder / "ready.txt", find_python(python)
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    wanted = "\n".join([version, *made, *(_without_comments(text) for text in requirements)])
    if not (ready.exists() and ready.read_text(encoding="utf-8") == wanted):
        start = time.monotonic()
        subprocess.run([found, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for text in requirements:
            (folder / "requirements.txt").write_text(text, encoding="utf-8")
            subprocess.run([*pip, "-r", folder / "requirements.txt"], check=True, stderr=subprocess.PIPE, text=True)
        ready.write_text(wanted, encoding="utf-8")
        report.append(f"{name}: environment made in {time.monotonic() - start:.0f} s")
    return folder / "bin" / "python"


def _without_comments(text: str) -> str:
    return "\n".join(filter(None, (line.split("#")[0].strip() for line in text.splitlines())))


@contextlib.contextmanager
def altered(name: str) -> Iterator[None]:
    """While an environment is being altered: if the test fails in between, the next run makes it anew."""
    ready = KEPT / name / "ready.txt"
    wanted = ready.read_text(encoding="utf-8")
    ready.unlink()
    yield
    ready.write_text(wanted, encoding="utf-8")


def freeze(python: Path) -> list[str]:
    """Return what is installed, one line a package."""
    command = [python, "-m", "pip", "freeze", "--all", "--disable-pip-version-check"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def surroundings(python: Path, home: Path, **more: str) -> dict[str, str]:
    """Return the environment variables of a host: nothing of this test run, a home of its own, smoke, the data.

    Args:
        python: of the environment, whose commands come first.
        home: becomes HOME, and is made.
        more: further variables.
    """
    home.mkdir(parents=True, exist_ok=True)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    variables |= {
        "PATH": f"{python.parent}{os.pathsep}{variables['PATH']}",
        "HOME": str(home),
        "COURSE_BUDGET": "smoke",
    }
    if os.environ.get("COURSE_DATA", "").strip():
        return variables | {"COURSE_DATA": str(Path(os.environ["COURSE_DATA"].strip()).resolve())} | more
    return variables | without_network() | more


def without_network() -> dict[str, str]:
    """Return variables that let every download fail at once."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    return {name: nowhere for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}


def with_network(variables: dict[str, str]) -> dict[str, str]:
    """Return variables with which pip reaches the network as this machine does, in place of `without_network`."""
    ours = {name: os.environ[name] for name in without_network() if name in os.environ}
    return {name: value for name, value in variables.items() if name not in without_network()} | ours


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# The course and its server


def git(*arguments: str | Path, folder: Path) -> str:
    """Run git with an identity and without the settings of this machine; return what it prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    ).stdout


def published_copy(folder: Path, repository: str) -> Path:
    """Copy the course as it is now, published at `repository` or, with "", nowhere; return the copy."""
    copy = copy_course(folder)
    assert address.main([repository], copy) == 0
    return copy


@contextlib.contextmanager
def git_server(course: Path, folder: Path) -> Iterator[str]:
    """Serve a commit of `course` as REPOSITORY; yield the address under which all repositories are.

    Args:
        course: a copy of the course.
        folder: for what is served.
    """
    git("init", "--quiet", "--initial-branch=main", folder=course)
    git("add", ".", folder=course)
    git("commit", "--quiet", "--message=course", folder=course)
    git("clone", "--quiet", "--bare", course, folder / f"{REPOSITORY}.git", folder=course)
    port = free_port()
    daemon = Path(git("--exec-path", folder=course).strip(), "git-daemon")
    command = [daemon, f"--base-path={folder}", "--export-all", "--listen=127.0.0.1", f"--port={port}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield f"git://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)


def github_is(address: str, settings: Path) -> dict[str, str]:
    """Return variables with which git goes to `address` for what is on GitHub; `settings` is the file that says so."""
    settings.write_text(f'[url "{address}{REPOSITORY}"]\n\tinsteadOf = https://github.com/{REPOSITORY}\n')
    return {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1"}


# JupyterLab


@dataclass
class Server:
    """A running JupyterLab."""

    process: subprocess.Popen
    port: int
    token: str

    def get(self, path: str) -> str:
        """Return what it answers; an error if it is no good answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}")
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()

    def memory_mb(self) -> float:
        """Return the resident memory of its process."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6


@contextlib.contextmanager
def jupyterlab(python: Path, course: Path, variables: dict[str, str], log: Path) -> Iterator[Server]:
    """Start the JupyterLab of an environment in a copy of the course; `log` gets what it says."""
    port, token = free_port(), secrets.token_hex(16)
    command = [python.with_name("jupyter-lab"), "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=course, env=variables, stdout=file, stderr=file)
    server = Server(process, port, token)
    try:
        for _ in range(120):
            with contextlib.suppress(OSError):
                server.get("api")
                break
            assert process.poll() is None, log.read_text()[-3000:]
            time.sleep(0.5)
        yield server
    finally:
        process.terminate()
        process.wait(30)


# Running a notebook


@dataclass
class Run:
    """What came of running a notebook.

    Attributes:
        notebook: with its outputs.
        seconds: of all cells, with the start of the kernel.
        peak_mb: of the kernel and its children.
        failed: the index of the first cell that failed; None if none did.
        why: what the runner says of it.
    """

    notebook: NotebookNode
    seconds: float
    peak_mb: float
    failed: int | None = None
    why: str = ""

    @property
    def code(self) -> list[NotebookNode]:
        """The code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def errors(self) -> list[str]:
        """What the learner sees of each error: its traceback."""
        outputs = [output for cell in self.code for output in cell.outputs if output.output_type == "error"]
        return [COLOURS.sub("", "\n".join(output.traceback)) for output in outputs]

    @property
    def complaints(self) -> list[str]:
        """The lines about warnings and errors that cells have written to their standard error."""
        outputs = [output for cell in self.code for output in cell.outputs if output.get("name") == "stderr"]
        lines = "\n".join(output.text for output in outputs).splitlines()
        return [line for line in lines if "warning" in line.lower() or "error" in line.lower()]

    def text(self, cell: int) -> str:
        """Return what a code cell has written to its standard output."""
        return "".join(output.text for output in self.code[cell].outputs if output.get("name") == "stdout")


def run(python: Path, notebook: NotebookNode, path: Path, variables: dict[str, str]) -> Run:
    """Run a notebook in an environment.

    Args:
        python: of the environment.
        notebook: is not changed.
        path: where to put it; the kernel starts in the folder.
        variables: all environment variables.
    """
    write_atomically(path, to_text(notebook))
    result = Path(variables["HOME"], "report.json")
    command = [python, "-I", HERE / "run_notebook.py", path, path.parent, result]
    done = subprocess.run(command, cwd=path.parent, env=variables, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    return Run(read_notebook(path), **json.loads(result.read_text()))
