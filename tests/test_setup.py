"""Starting a lesson: quiet, in one line, with clear errors; what it says after a cell; budgets."""

import os
import re
import sys
from types import SimpleNamespace

import pytest

from course_utils import backend, budgets, setup
from course_utils.language import CourseError, L
from tests.helpers.processes import python


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


ON_A_GPU = """
import os
os.environ.pop("COURSE_BUDGET")
from course_utils import budgets, setup
setup.gpus = budgets.gpus = lambda: ["GPU:0"]
setup.start("en", "01")
os.environ["COURSE_BUDGET"] = "workshop"
setup.start("en", "01")
print(budgets.budget_name())
"""


def test_on_a_gpu_it_says_that_all_is_trained_and_how_to_train_less():
    done = python(ON_A_GPU)
    assert done.returncode == 0, done.stderr
    first, why, second, name = done.stdout.splitlines()
    assert first.endswith("GPU (1) · budget: full") and "`%env COURSE_BUDGET=workshop`" in why
    assert second.endswith("budget: workshop") and name == "workshop"


def test_an_import_that_fails_shows_what_was_held_back(capfd):
    with pytest.raises(ImportError), backend._stderr_held_back():
        os.write(2, b"the reason, from C++\n")
        raise ImportError
    assert "the reason, from C++" in capfd.readouterr().err


WITHOUT_WHAT_KERAS_TRIES = """
import sys
from course_utils import backend, data
backend.import_quietly()
assert "sklearn" not in sys.modules
assert data.load("digits").name == "digits" and "sklearn" in sys.modules
"""


def test_scikit_learn_takes_no_memory_where_nothing_uses_it():
    done = python(WITHOUT_WHAT_KERAS_TRIES)
    assert done.returncode == 0, done.stderr


def test_what_is_left_out_of_an_import_is_there_afterwards():
    assert "this" not in sys.modules
    with pytest.raises(ModuleNotFoundError, match="this"), backend.left_out("this", "os"):
        assert sys.modules["os"] is os  # what has been imported already stays
        import this  # noqa: F401
    assert "this" not in sys.modules and sys.modules["os"] is os


# What is missing or too old


def test_no_tensorflow(language, monkeypatch):
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=L("Falta TensorFlow", "TensorFlow is missing")):
        backend.import_quietly()


def test_a_missing_package(language, monkeypatch):
    monkeypatch.setitem(setup.PACKAGES, "no_such_module", "its-name")
    with pytest.raises(CourseError, match=L("Falta instalar: its-name", "Not installed here: its-name")):
        setup.start(language, "01_x")


def test_a_package_that_is_too_old(language, monkeypatch):
    monkeypatch.setitem(setup.OLDEST, "scipy", "99.1")
    with pytest.raises(CourseError, match=L('Falta instalar: "scipy>=99.1"', 'Not installed here: "scipy>=99.1"')):
        setup.start(language, "01_x")


def test_an_old_python(language, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2, "final", 0))
    with pytest.raises(CourseError, match=L("necesita Python 3.11", "needs Python 3.11")):
        setup.start(language, "01_x")


@pytest.mark.parametrize(("name", "oldest", "older"), [("TensorFlow", "2.19", "2.18.1"), ("Keras", "3.13", "3.9.2")])
def test_an_old_tensorflow_or_keras(language, name, oldest, older, monkeypatch):
    import keras
    import tensorflow as tf

    monkeypatch.setattr({"TensorFlow": tf, "Keras": keras}[name], "__version__", older)
    words = L(f"necesita {name} {oldest} o posterior y aquí", f"needs {name} {oldest} or later")
    with pytest.raises(CourseError, match=re.escape(words)) as error:
        backend.import_quietly()
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
    with pytest.raises(CourseError, match="Keras on TensorFlow; here it is on jax"):
        backend.import_quietly()


# The learner's settings

HOSTILE = """
from course_utils import setup
setup.start("en", "01")
import keras, matplotlib, tensorflow as tf
tf.config.run_functions_eagerly(True)
setup.start("en", "01")
assert keras.backend.backend() == "tensorflow"
assert (keras.config.floatx(), keras.config.dtype_policy().name) == ("float32", "float32")
assert keras.config.epsilon() == 1e-7 and keras.config.image_data_format() == "channels_last"
assert not tf.config.functions_run_eagerly()
assert tf.config.optimizer.get_jit() == ""
ours = {name: matplotlib.rcParams[name] for name in ("text.usetex", "savefig.dpi", "axes.facecolor")}
assert ours == {name: matplotlib.rcParamsDefault[name] for name in ours}, ours
"""


def test_the_learners_settings_do_not_count_and_stay_as_they_are(tmp_path):
    theirs = {
        ".keras/keras.json": '{"floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first"}',
        ".config/matplotlib/matplotlibrc": "text.usetex: True\nsavefig.dpi: 300\naxes.facecolor: black\n",
    }
    for name, text in theirs.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    switches = {"KERAS_BACKEND": "jax", "TF_XLA_FLAGS": "--tf_xla_auto_jit=2", "PYTHONWARNINGS": "error::UserWarning"}
    done = python(HOSTILE, HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path / ".config"), LC_ALL="C", **switches)
    assert done.returncode == 0, done.stderr
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in theirs} == theirs


def test_a_setting_with_which_keras_does_not_start_is_named(tmp_path):
    file = tmp_path / "keras.json"
    file.write_text('{"floatx": "half"}', encoding="utf-8")
    done = python("from course_utils import setup; setup.start('en', '01')", KERAS_HOME=str(tmp_path))
    assert f"settings, which are in {file}" in done.stderr and "Delete it" in done.stderr


def test_from_the_graph_mode_there_is_no_way_back(monkeypatch, language):
    import tensorflow as tf

    monkeypatch.setattr(tf, "executing_eagerly", lambda: False)
    with pytest.raises(CourseError, match=r"disable_eager_execution.*(reinicia el kernel|restart the kernel)"):
        setup.start(language, "01")


# After a cell


def test_after_a_failed_cell_it_says_what_to_do(language, capsys):
    missing, stopped = L(("«g» no existe", "Has interrumpido"), ("“g” does not exist", "You have interrupted"))
    for error, words in [(NameError("…", name="g"), missing), (KeyboardInterrupt(), stopped)]:
        setup._say_what_to_do(SimpleNamespace(error_in_exec=error))
        assert capsys.readouterr().out.startswith(words)
    for error in (None, ValueError(), UnboundLocalError("…", name="g"), NameError()):
        setup._say_what_to_do(SimpleNamespace(error_in_exec=error))
    setup._say_what_to_do(None)
    assert capsys.readouterr().out == ""


# The device


def test_the_device_is_named(monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr(backend, "gpus", lambda: [])
    monkeypatch.setattr(backend, "cores", lambda: 3)
    assert backend.device() == "CPU, 3 cores"
    monkeypatch.setattr(backend, "gpus", lambda: ["one", "two"])
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: {"device_name": f"number {gpu}"})
    assert backend.device() == "GPU, number one"


# Budgets


@pytest.mark.parametrize(("name", "value"), [("smoke", 1), ("workshop", 10), ("full", 20), (" full ", 20)])
def test_budget(name, value, monkeypatch):
    monkeypatch.setenv("COURSE_BUDGET", name)
    assert budgets.budget(smoke=1, workshop=10, full=20) == value


@pytest.mark.parametrize(("gpus", "value"), [([], 10), (["GPU:0"], 20)])
def test_without_a_budget_the_device_decides(gpus, value, monkeypatch):
    monkeypatch.delenv("COURSE_BUDGET")
    monkeypatch.setattr(budgets, "gpus", lambda: gpus)
    assert budgets.budget(smoke=1, workshop=10, full=20) == value


def test_an_unknown_budget(language, monkeypatch):
    monkeypatch.setenv("COURSE_BUDGET", "huge")
    with pytest.raises(CourseError, match=L("Los valores posibles", "It can be one of")):
        budgets.budget(smoke=1, workshop=10, full=20)
