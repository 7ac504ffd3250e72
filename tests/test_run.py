"""Running and publishing notebooks, on tiny ones that need no TensorFlow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat import v4

from course_utils.language import of_this_computer
from tools import execute, gate, publish, run
from tools.build import build
from tools.course import ROOT, notebook_path, read_notebook
from tools.notebooks import fingerprint

SOURCE = """\
# ---
# title: {es: "Prueba", en: "Test"}
# ---

# %% [markdown] lang="es"
# # Prueba

# %% [markdown] lang="en"
# # Test

# %% tags=["setup"]
# setup

# %%
import os
import sys
from pathlib import Path
from types import SimpleNamespace

dataset = SimpleNamespace(name="mnist")
budget = os.environ.get("COURSE_BUDGET")
print(L("presupuesto", "budget"), budget, Path.cwd().name)

# %%
LAST
"""
PRINT = 'for i in range(3):\n    print("\\rstep", i, end="", flush=True)\nprint(flush=True)\ndisplay(1)\n'
PRINT += 'print(2, end="\\r\\n")'


def make_course(root: Path, last: str) -> Path:
    (root / "course_utils").mkdir(exist_ok=True)
    start = "from course_utils import backend\n\n\ndef start(language, lesson):\n    print(language, lesson)\n"
    (root / "course_utils" / "setup.py").write_text(start)
    (root / "course_utils" / "backend.py").write_text("def device():\n    return 'CPU, 5 cores'\n")
    source = root / "notebooks" / "source" / "01_tiny.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(SOURCE.replace("LAST", last), encoding="utf-8")
    assert build(root)[1] == []
    return root


def texts(cell) -> list[str]:
    return [output.get("text") or output.data["text/plain"] for output in cell.outputs]


def test_run_leaves_notebook_and_page(tmp_path, capsys):
    make_course(tmp_path, PRINT)
    before = notebook_path(tmp_path, "en", "01_tiny").read_bytes()
    assert run.main(["--lesson", "01", "--language", "en", "--budget", "smoke"], tmp_path) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line[:5] for line in printed[:3]] == ["[1/3]", "[2/3]", "[3/3]"]
    assert printed[0].endswith(" s  Test") and printed[1].endswith(" s  import os")
    assert printed[3].startswith("0 s") and ("peak memory" in printed[3] or sys.platform != "linux")
    assert printed[4:] == ["out/01_tiny/01_tiny.en.ipynb", "out/01_tiny/01_tiny.en.html"]

    notebook = read_notebook(tmp_path / "out" / "01_tiny" / "01_tiny.en.ipynb")
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3]
    assert texts(notebook.cells[1]) == ["en 01_tiny\n"]
    assert texts(notebook.cells[2]) == ["budget smoke en\n"]
    assert texts(notebook.cells[3]) == ["step 2\n", "1", "2\n"]  # the order is kept
    built = read_notebook(notebook_path(tmp_path, "en", "01_tiny"))
    assert [cell.metadata for cell in notebook.cells] == [cell.metadata for cell in built.cells]
    assert "budget smoke en" in (tmp_path / "out" / "01_tiny" / "01_tiny.en.html").read_text(encoding="utf-8")
    assert notebook_path(tmp_path, "en", "01_tiny").read_bytes() == before


def test_run_names_the_cell_that_fails(tmp_path, capsys):
    make_course(tmp_path, "x = 1\nx / 0")
    assert run.main(["--lesson", "1", "--language", "es"], tmp_path) == 1
    error = capsys.readouterr().err
    assert error.startswith("notebooks/es/01_tiny.ipynb: cell 4 (01-004) failed: x = 1\n")
    assert error.endswith("ZeroDivisionError: division by zero\n") and "\x1b" not in error
    notebook = read_notebook(tmp_path / "out" / "01_tiny" / "01_tiny.es.ipynb")
    assert texts(notebook.cells[1]) == ["es 01_tiny\n"]
    assert notebook.cells[3].outputs[0].ename == "ZeroDivisionError"
    assert (tmp_path / "out" / "01_tiny" / "01_tiny.es.html").exists()


def test_where_nothing_can_be_written_the_failure_is_still_said(tmp_path, monkeypatch, capsys):
    make_course(tmp_path, "x = 1 / 0")

    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(run, "write_atomically", refuse)
    assert run.main(["--lesson", "1", "--language", "es"], tmp_path) == 1
    error = capsys.readouterr().err
    assert "ZeroDivisionError" in error and "cannot be written to (Read-only file system)" in error


def test_a_kernel_that_dies(tmp_path):
    cells = [v4.new_code_cell("import os, signal", id="a"), v4.new_code_cell("os._exit(1)", id="b")]
    result = execute.execute(v4.new_notebook(cells=cells), tmp_path)
    assert result.failure.startswith("cell 2 (b) failed: os._exit(1)") and "memory" in result.failure


def test_the_kernel_is_this_python(tmp_path, monkeypatch):
    """Even where another kernel is installed as python3."""
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["false"], "display_name": "no", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    code = v4.new_code_cell("import sys; print(sys.executable)", id="a")
    notebook = v4.new_notebook(cells=[code], metadata={"kernelspec": {"name": "python3", "display_name": "x"}})
    result = execute.execute(notebook, tmp_path)
    assert texts(result.notebook.cells[0]) == [f"{sys.executable}\n"]
    assert len(result.notebook.cells) == 1 and notebook.cells[0].outputs == []


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_interrupt_ends_the_kernel(tmp_path):
    make_course(tmp_path, 'import time\nPath("pid").write_text(str(os.getpid()))\ntime.sleep(60)')
    call = f"run.main(['--lesson=1', '--language=es'], Path({str(tmp_path)!r}))"
    # A test run started in the background passes on that SIGINT is ignored.
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += f"from pathlib import Path; from tools import run; sys.exit({call})"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE)
    pid = tmp_path / "notebooks" / "es" / "pid"
    wait_until(lambda: pid.exists() and pid.read_text())
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=20)
    assert (process.returncode, error.decode().strip()) == (130, "stopped")
    wait_until(lambda: not is_running(int(pid.read_text())))


def wait_until(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lesson", "9", "--language", "es"], "there is no lesson '9'; there are: 01_tiny"),
        (["--lesson", "1", "--language", "fr"], "invalid choice: 'fr'"),
        (["--lesson", "1", "--budget", "huge"], "invalid choice: 'huge'"),
    ],
)
def test_unknown_lesson_language_or_budget(tmp_path, capsys, arguments, message):
    make_course(tmp_path, "x = 1")
    try:
        status = run.main(arguments, tmp_path)
    except SystemExit as stopped:  # argparse
        status = stopped.code
    assert status == 2
    assert message in capsys.readouterr().err


def test_the_language_is_that_of_the_computer(monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    for name, language in (("es_ES.UTF-8", "es"), ("en_GB.UTF-8", "en"), ("C", "en")):
        monkeypatch.setenv("LANG", name)
        assert of_this_computer() == language
    monkeypatch.setenv("LC_ALL", "es_MX.UTF-8")  # overrules LANG
    assert of_this_computer() == "es"


def test_publish(tmp_path, capsys):
    make_course(tmp_path, PRINT + "\nimport time; time.sleep(0.1)")
    assert publish.main(["--lesson", "1", "--budget", "smoke"], tmp_path) == 0
    assert "published notebooks/en/01_tiny.ipynb" in capsys.readouterr().out
    assert gate.check(tmp_path) == []
    notebook = read_notebook(notebook_path(tmp_path, "es", "01_tiny"))
    published = notebook.metadata.course.published
    assert (published.dataset, published.budget) == ("mnist", "smoke")
    assert published.versions == {"python": sys.version.split()[0]}
    assert published.device == "CPU, 5 cores" and published.seconds >= 0.1
    assert published.fingerprint == fingerprint(notebook)
    assert len(published.date) == len("2025-01-31")
    assert texts(notebook.cells[2]) == ["presupuesto smoke es\n"]


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ("import warnings\n\nwarnings.warn('old')", "output shows text on stderr"),
        ("1 / 0", "cell 4 (01-004) failed: 1 / 0"),
        ("dataset = None", "no variable `dataset`"),
        ("dataset = SimpleNamespace(name='digits')", "ran on the stand-in data"),
    ],
)
def test_publish_refuses_and_leaves_the_notebook_alone(tmp_path, capsys, last, message):
    make_course(tmp_path, last)
    path = notebook_path(tmp_path, "es", "01_tiny")
    before = path.read_bytes()
    assert publish.main(["--lesson", "1", "--language", "es", "--budget", "smoke"], tmp_path) == 1
    assert message in capsys.readouterr().err
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_digits_can_be_allowed(tmp_path):
    make_course(tmp_path, "dataset = SimpleNamespace(name='digits')")
    arguments = ["--lesson", "1", "--language", "es", "--budget", "smoke", "--allow-digits"]
    assert publish.main(arguments, tmp_path) == 0
