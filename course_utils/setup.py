"""Start a lesson: its language, its budget, a quiet TensorFlow, and one line about this machine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys

from course_utils.backend import gpus, import_quietly, numbers, use_own_settings
from course_utils.budgets import budget_name, is_chosen
from course_utils.folders import begin
from course_utils.language import CourseError, L, say, set_language
from course_utils.machine import cores, give_back_memory

OLDEST_PYTHON = (3, 11)
# What the lessons import besides TensorFlow and Keras: the module, and the name under which it is installed.
PACKAGES = {
    "imageio": "imageio",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "PIL": "pillow",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "tqdm": "tqdm",
}
OLDEST = {"scipy": "1.15"}  # module -> version


def start(language: str, lesson: str) -> None:
    """Prepare the notebook and say in one line what it runs on.

    From here on its Python draws and computes under the course's settings; the learner's own, in matplotlibrc,
    keras.json or the environment, stay as they are.

    Args:
        language: "es" or "en", the language of every message from here on.
        lesson: the name of the lesson, such as "01_fully_connected_gan"; names its output folder.

    Raises:
        CourseError: if Python, TensorFlow or Keras are missing, too old, or Keras runs on another backend.
    """
    set_language(language)
    begin(lesson)
    _watch_cells()
    _check_python()
    _check_packages()
    from matplotlib import pyplot

    tensorflow_version, keras_version = import_quietly()
    use_own_settings()
    pyplot.style.use("default")
    name = budget_name()
    found = gpus()
    if not found and numbers(tensorflow_version) < (2, 21):
        # On processors with bfloat16 this optimization gives up, and says so in the middle of a lesson.
        sys.modules["tensorflow"].config.optimizer.set_experimental_options({"remapping": False})
    device = f"GPU ({len(found)})" if found else L(f"CPU, {cores()} núcleos", f"CPU, {cores()} cores")
    print(
        f"Python {platform.python_version()} · TensorFlow {tensorflow_version} · Keras {keras_version} · {device} · "
        + L(f"presupuesto: {name}", f"budget: {name}")
    )
    if found and not is_chosen():
        say(
            "Como hay GPU, se entrena todo lo que piden los tutoriales (full); antes de una celda larga se dice cuánto "
            "tardará. Si prefieres menos, ejecuta «%env COURSE_BUDGET=workshop» en una celda nueva y sigue.",
            "There is a GPU, so all is trained that the tutorials ask for (full); before a long cell you are told how "
            "long it will take. If you prefer less, run `%env COURSE_BUDGET=workshop` in a new cell and go on.",
        )


def _watch_cells() -> None:
    """From now on, after each cell: say what to do if it failed, and give back the memory that it has freed."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        shell.events.register("post_run_cell", _say_what_to_do)
        shell.events.register("post_run_cell", give_back_memory)


def _say_what_to_do(result) -> None:
    """Print a sentence under a failed cell, if there is one to say; IPython calls it with the result of each cell."""
    error = getattr(result, "error_in_exec", None)
    if isinstance(error, KeyboardInterrupt):
        say(
            "Has interrumpido esta celda. Para completarla, ejecútala de nuevo antes de seguir.",
            "You have interrupted this cell. To complete it, run it again before you go on.",
        )
    elif type(error) is NameError and error.name:
        say(
            f"«{error.name}» no existe todavía. Si lo crea una celda anterior, ejecútala primero; si acabas de "
            "reiniciar el kernel, ejecútalas todas desde la primera. Y si no lo crea ninguna, ¿está bien escrito?",
            f"“{error.name}” does not exist yet. If an earlier cell makes it, run that one first; if you have just "
            "restarted the kernel, run all of them from the top. And if none makes it, is it spelt right?",
        )


def _check_python() -> None:
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise CourseError(
            f"Este curso necesita Python 3.11 o posterior y aquí hay {platform.python_version()}. Instala uno más "
            "nuevo y crea de nuevo el entorno.",
            f"This course needs Python 3.11 or later; this is {platform.python_version()}. Install a newer one and "
            "create the environment again.",
        )


def _check_packages() -> None:
    if missing := " ".join(missing_packages().values()):
        raise CourseError(
            f"Falta instalar: {missing}. Escribe «%pip install {missing}» en una celda nueva, ejecútala, reinicia el "
            "kernel y empieza de nuevo.",
            f"Not installed here: {missing}. Write `%pip install {missing}` in a new cell, run it, restart the kernel "
            "and start again.",
        )


def missing_packages() -> dict[str, str]:
    """Return what of PACKAGES is not here or too old: the module, and what pip is asked for, in quotes for a shell."""
    missing = {module: name for module, name in PACKAGES.items() if importlib.util.find_spec(module) is None}
    for module, oldest in OLDEST.items():
        if module not in missing and numbers(importlib.metadata.version(PACKAGES[module])) < numbers(oldest):
            missing[module] = f'"{PACKAGES[module]}>={oldest}"'
    return missing
