"""Starting a lesson: quiet, in one line, with clear errors; budgets; the output folder."""

import os
import platform
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from course_utils import setup
from tools.build import ROOT


@pytest.fixture(autouse=True)
def restored():
    before = dict(setup._chosen)
    setup.set_language("en")
    yield
    setup._chosen.update(before)


def python(code, **environment):
    """Run code in a new Python, in which TensorFlow has not been imported."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "COURSE_BUDGET": "smoke"} | environment
    variables.pop("TF_CPP_MIN_LOG_LEVEL", None)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=False)


def test_start_says_one_line_and_nothing_else():
    done = python(
        "from course_utils import setup\n"
        "setup.start('es', '01')\n"
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\n"
        "for size in range(1, 12): model.train_on_batch(np.ones((size, 3)), np.ones((size, 1)))\n"
    )
    assert done.returncode == 0 and done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert line.startswith("Python 3.") and "TensorFlow 2." in line and "Keras 3." in line
    assert line.endswith("presupuesto: smoke")


def test_an_import_that_fails_shows_what_was_held_back(capfd):
    with pytest.raises(ImportError), setup._stderr_held_back():
        os.write(2, b"the reason, from C++\n")
        raise ImportError
    assert "the reason, from C++" in capfd.readouterr().err


@pytest.mark.parametrize(("language", "words"), [("es", "Falta TensorFlow"), ("en", "TensorFlow is missing")])
def test_no_tensorflow(language, words, monkeypatch):
    setup.set_language(language)
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(setup.CourseError, match=words):
        setup._import_quietly()


@pytest.mark.parametrize(("language", "words"), [("es", "necesita Python 3.11"), ("en", "needs Python 3.11")])
def test_an_old_python(language, words, monkeypatch):
    setup.set_language(language)
    monkeypatch.setattr(sys, "version_info", (3, 10, 2, "final", 0))
    with pytest.raises(setup.CourseError, match=words):
        setup._check_python()


@pytest.mark.parametrize(("language", "words"), [("es", "necesita {} o posterior y aquí"), ("en", "needs {} or later")])
@pytest.mark.parametrize(("name", "oldest", "older"), [("TensorFlow", "2.19", "2.18.1"), ("Keras", "3.13", "3.9.2")])
def test_an_old_tensorflow_or_keras(language, words, name, oldest, older, monkeypatch):
    import keras
    import tensorflow as tf

    setup.set_language(language)
    monkeypatch.setattr({"TensorFlow": tf, "Keras": keras}[name], "__version__", older)
    with pytest.raises(setup.CourseError, match=re.escape(words.format(f"{name} {oldest}"))) as error:
        setup._import_quietly()
    assert older in str(error.value) and f"%pip install --upgrade {name.lower()}" in str(error.value)


@pytest.mark.parametrize(("version", "expected"), [("2.20.0", {"remapping": False}), ("2.21.0", {})])
def test_no_remapping_where_it_would_complain(version, expected, monkeypatch):
    import tensorflow as tf

    options: dict = {}
    monkeypatch.setattr(tf, "__version__", version)
    monkeypatch.setattr(tf.config.optimizer, "set_experimental_options", options.update)
    setup.start("en", "01_x")
    assert options == expected


def test_another_backend(monkeypatch):
    import keras
    import tensorflow  # noqa: F401

    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(setup.CourseError, match="Keras on TensorFlow; here it is on jax"):
        setup._import_quietly()


def test_an_unknown_language_is_refused_in_both():
    with pytest.raises(setup.CourseError, match=r"El idioma debe .* The language must"):
        setup.set_language("fr")


@pytest.mark.parametrize(("name", "value"), [("smoke", 1), ("workshop", 10), ("full", 20), (" full ", 20)])
def test_budget(name, value, monkeypatch):
    monkeypatch.setenv("COURSE_BUDGET", name)
    assert setup.budget(smoke=1, workshop=10, full=20) == value


@pytest.mark.parametrize(("gpus", "value"), [([], 10), (["GPU:0"], 20)])
def test_without_a_budget_the_device_decides(gpus, value, monkeypatch):
    monkeypatch.delenv("COURSE_BUDGET")
    monkeypatch.setattr(setup, "_gpus", lambda: gpus)
    assert setup.budget(smoke=1, workshop=10, full=20) == value


@pytest.mark.parametrize(("language", "words"), [("es", "Los valores posibles"), ("en", "It can be one of")])
def test_an_unknown_budget(language, words, monkeypatch):
    setup.set_language(language)
    monkeypatch.setenv("COURSE_BUDGET", "huge")
    with pytest.raises(setup.CourseError, match=words):
        setup.budget(smoke=1, workshop=10, full=20)


@pytest.mark.parametrize(
    ("language", "missing", "stopped"), [("es", "«g» no existe", "Has interr"), ("en", "“g”", "You")]
)
def test_after_a_failed_cell_it_says_what_to_do(language, missing, stopped, capsys):
    setup.set_language(language)
    for error, words in [(NameError("…", name="g"), missing), (KeyboardInterrupt(), stopped)]:
        setup._say_what_to_do(SimpleNamespace(error_in_exec=error))
        assert capsys.readouterr().out.startswith(words)
    for error in (None, ValueError(), UnboundLocalError("…", name="g"), NameError()):
        setup._say_what_to_do(SimpleNamespace(error_in_exec=error))
    setup._say_what_to_do(None)
    assert capsys.readouterr().out == ""


def test_every_run_has_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "out_base", lambda: tmp_path / "out")
    monkeypatch.setenv("COURSE_BUDGET", "smoke")
    folders = []
    for _ in range(3):
        setup._chosen.update(lesson="01_x", out=None)
        folders.append(setup.out_folder())
        assert setup.out_folder() == folders[-1]
        (folders[-1] / "picture.png").write_bytes(b"")
    assert len(set(folders)) == 3
    assert {folder.parent for folder in folders} == {tmp_path / "out" / "01_x"}
    assert folders[0].name.endswith("_en_smoke")
    assert setup.pretty_path(folders[0] / "picture.png") == f"out/01_x/{folders[0].name}/picture.png"


def test_out_folder_before_the_setup_cell():
    setup._chosen.update(lesson=None, out=None)
    with pytest.raises(setup.CourseError, match="Run the setup cell first"):
        setup.out_folder()


def test_an_out_folder_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "out").write_text("a file, not a folder")
    monkeypatch.setattr(setup, "out_base", lambda: tmp_path / "out")
    setup._chosen.update(lesson="01_x", out=None)
    with pytest.raises(setup.CourseError, match=r"cannot be made \(Not a directory\)"):
        setup.out_folder()


@pytest.mark.parametrize(("variable", "hosted"), [("COLAB_RELEASE_TAG", True), ("NONE_OF_THEM", False)])
def test_on_a_host_outputs_go_to_the_working_folder(variable, hosted, tmp_path, monkeypatch):
    for name in ("COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "1")
    monkeypatch.chdir(tmp_path)
    assert setup.out_base() == (tmp_path if hosted else ROOT) / "out"


def test_a_learner_sees_the_message_and_no_frames():
    assert setup.CourseError("what to do")._render_traceback_() == ["what to do"]


KEPT = """
import resource
import numpy as np
from course_utils import setup
faults = []
for keep in (False, True):
    if keep:
        setup.keep_freed_memory()
    np.ones(4_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        np.ones(4_000_000)
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
print(*faults)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library is told to keep freed memory")
def test_freed_memory_is_kept_for_the_next_step():
    without, with_it = map(int, python(KEPT).stdout.split())
    assert with_it < without / 10


STREAM = """
import resource
from course_utils import setup
setup.start("en", "01")
import numpy as np
from course_utils import data
batches = iter(data.make_batches(np.zeros((64, 28, 28), np.uint8), 32))
next(batches)
next(batches)
np.ones(4_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    np.ones(4_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library is told to keep freed memory")
def test_freed_memory_is_still_kept_once_batches_flow():
    # Ten arrays of 32 MB are 78,000 pages; TensorFlow's stream of batches makes the library give all of them back.
    assert int(python(STREAM).stdout.split()[-1]) < 8000


GIVEN_BACK = """
import psutil
from IPython.core.interactiveshell import InteractiveShell
from course_utils import setup
shell = InteractiveShell.instance()
setup.keep_freed_memory()
taken = []
def cell():
    shell.run_cell("blocks = [b'x' * 100_000 for _ in range(1500)]; last = blocks.pop(); del blocks")
    taken.append(psutil.Process().memory_info().rss)
cell()
setup._watch_cells()
setup._watch_cells()
assert shell.events.callbacks["post_run_cell"].count(setup.give_back_memory) == 1
cell()
print(*taken)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library is told to keep freed memory")
def test_freed_memory_is_given_back_after_a_cell():
    run = subprocess.run(
        [sys.executable, "-c", GIVEN_BACK], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    kept, given_back = map(int, run.stdout.split())
    assert given_back < kept - 100e6
