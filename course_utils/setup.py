"""Start a lesson: its language, its budget, a quiet TensorFlow, and one line about this machine."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

LANGUAGES = ("es", "en")
BUDGETS = ("smoke", "workshop", "full")
OLDEST_PYTHON = (3, 11)
OLDEST_TENSORFLOW = (2, 19)
OLDEST_KERAS = (3, 13)
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

T = TypeVar("T")

# What the setup cell of the running notebook has chosen: one notebook, one process, one language.
_chosen: dict[str, str | Path | None] = {"language": "en", "lesson": None, "out": None}


class CourseError(Exception):
    """An error with a message for the learner: what is wrong and what to do about it."""

    def _render_traceback_(self) -> list[str]:
        """Jupyter calls this: a learner needs the message, not our stack frames."""
        return [str(self)]


def L(es: T, en: T) -> T:
    """Return the version in the language of the running lesson.

    Args:
        es: the Spanish version (usually a text).
        en: the English version.
    """
    return es if _chosen["language"] == "es" else en


def language() -> str:
    """Return the language of the running lesson, "es" or "en"."""
    return str(_chosen["language"])


def set_language(code: str) -> None:
    """Choose the language of all messages.

    Raises:
        CourseError: if `code` is neither "es" nor "en".
    """
    if code not in LANGUAGES:
        raise CourseError(
            f"El idioma debe ser «es» o «en», no {code!r}. / The language must be 'es' or 'en', not {code!r}."
        )
    _chosen["language"] = code


def thousands(number: int) -> str:
    """Return a whole number as it is written in the language of the lesson: 1234 and 12 345, or 1,234 and 12,345."""
    if _chosen["language"] == "es":
        return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") if abs(number) >= 10_000 else str(number)
    return f"{number:,}"


def percent(share: float, digits: int = 0) -> str:
    """Return a share in [0, 1] as it is written in the language of the lesson: "47.4 %" or "47.4%"."""
    return f"{100 * share:.{digits}f}" + L("\N{NO-BREAK SPACE}%", "%")


def budget_name() -> str:
    """Return the budget in force: "smoke", "workshop" or "full".

    It is what the environment variable COURSE_BUDGET says; where that is not set, "full" with a GPU and "workshop"
    without one.

    Raises:
        CourseError: if COURSE_BUDGET holds something else.
    """
    name = os.environ.get("COURSE_BUDGET", "").strip()
    if not name:
        return "full" if _gpus() else "workshop"
    if name not in BUDGETS:
        choices = ", ".join(BUDGETS)
        raise CourseError(
            L(
                f"COURSE_BUDGET vale {name!r}. Los valores posibles son: {choices}.",
                f"COURSE_BUDGET is {name!r}. It can be one of: {choices}.",
            )
        )
    return name


def budget(*, smoke: T, workshop: T, full: T) -> T:
    """Return the value for the budget in force, for instance `epochs = budget(smoke=1, workshop=10, full=20)`."""
    return {"smoke": smoke, "workshop": workshop, "full": full}[budget_name()]


def start(language: str, lesson: str) -> None:
    """Prepare the notebook and say in one line what it runs on.

    Args:
        language: "es" or "en", the language of every message from here on.
        lesson: the name of the lesson, such as "01_fully_connected_gan"; names its output folder.

    Raises:
        CourseError: if Python, TensorFlow or Keras are missing, too old, or Keras runs on another backend.
    """
    set_language(language)
    _chosen.update(lesson=lesson, out=None)
    _watch_cells()
    _check_python()
    _check_packages()
    tensorflow_version, keras_version = _import_quietly()
    name = budget_name()
    gpus = _gpus()
    if not gpus and _numbers(tensorflow_version) < (2, 21):
        # On processors with bfloat16 this optimization gives up, and says so in the middle of a lesson.
        sys.modules["tensorflow"].config.optimizer.set_experimental_options({"remapping": False})
    device = f"GPU ({len(gpus)})" if gpus else L(f"CPU, {_cores()} núcleos", f"CPU, {_cores()} cores")
    print(
        f"Python {platform.python_version()} · TensorFlow {tensorflow_version} · Keras {keras_version} · {device} · "
        + L(f"presupuesto: {name}", f"budget: {name}")
    )


def out_folder() -> Path:
    """Return the folder of this run, `out/<lesson>/<date_time_language_budget>`, made at the first call.

    It lies beside the course; on Colab and Kaggle, and where the course is an installed package, in the working folder.
    Every run has a folder of its own, so that its files never mix with those of another.

    Raises:
        CourseError: if the setup cell has not run, or the folder cannot be made.
    """
    if _chosen["out"] is not None:
        return Path(_chosen["out"])
    if _chosen["lesson"] is None:
        raise CourseError(
            L(
                "Ejecuta primero la celda de preparación, la primera de código del cuaderno.",
                "Run the setup cell first: it is the first code cell of the notebook.",
            )
        )
    base = out_base() / str(_chosen["lesson"])
    name = f"{datetime.now():%Y-%m-%d_%H%M%S}_{language()}_{budget_name()}"
    for attempt in range(1, 1000):
        folder = base / (name if attempt == 1 else f"{name}_{attempt}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise CourseError(
                L(
                    f"No se puede crear la carpeta {folder} ({error.strerror}). Copia el curso a una carpeta en la que "
                    "puedas escribir y vuelve a empezar.",
                    f"The folder {folder} cannot be made ({error.strerror}). Copy the course to a folder that you can "
                    "write to and start again.",
                )
            ) from error
        _chosen["out"] = folder
        return folder
    raise CourseError(f"{base}: 1000 × {name}")


def runs_of_lesson() -> list[Path]:
    """Return the folders that earlier runs of this lesson have left with the budget in force, oldest first."""
    base = out_base() / str(_chosen["lesson"])
    return sorted(folder for folder in base.glob(f"*_{budget_name()}*") if folder.is_dir())


def pretty_path(path: Path) -> str:
    """Return `path` as a learner knows it: relative to the folder that holds `out/`, with forward slashes."""
    path = Path(path)
    with contextlib.suppress(ValueError):
        path = path.relative_to(out_base().parent)
    return path.as_posix()


def out_base() -> Path:
    """Return the folder `out` that holds what all lessons make; it need not exist yet."""
    course = Path(__file__).resolve().parent.parent
    hosted = "COLAB_RELEASE_TAG" in os.environ or "KAGGLE_KERNEL_RUN_TYPE" in os.environ
    return (Path.cwd() if hosted or not (course / "notebooks").is_dir() else course) / "out"


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
        print(
            L(
                "Has interrumpido esta celda. Para completarla, ejecútala de nuevo antes de seguir.",
                "You have interrupted this cell. To complete it, run it again before you go on.",
            )
        )
    elif type(error) is NameError and error.name:
        print(
            L(
                f"«{error.name}» no existe todavía. Si lo crea una celda anterior, ejecútala primero; si acabas de "
                "reiniciar el kernel, ejecútalas todas desde la primera. Y si no lo crea ninguna, ¿está bien escrito?",
                f"“{error.name}” does not exist yet. If an earlier cell makes it, run that one first; if you have just "
                "restarted the kernel, run all of them from the top. And if none makes it, is it spelt right?",
            )
        )


def _cores() -> int:
    # The cores this process may use: on shared hosts fewer than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _gpus() -> list:
    _import_quietly()
    import tensorflow as tf

    return tf.config.list_physical_devices("GPU")


def _check_python() -> None:
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise CourseError(
            L(
                f"Este curso necesita Python 3.11 o posterior y aquí hay {platform.python_version()}. Instala uno más "
                "nuevo y crea de nuevo el entorno.",
                f"This course needs Python 3.11 or later; this is {platform.python_version()}. Install a newer one and "
                "create the environment again.",
            )
        )


def _check_packages() -> None:
    missing = " ".join(name for module, name in PACKAGES.items() if importlib.util.find_spec(module) is None)
    if missing:
        raise CourseError(
            L(
                f"Falta instalar: {missing}. Escribe «%pip install {missing}» en una celda nueva, ejecútala y vuelve a "
                "ejecutar esta.",
                f"Not installed here: {missing}. Write `%pip install {missing}` in a new cell, run it and run this one "
                "again.",
            )
        )


def _import_quietly() -> tuple[str, str]:
    """Import TensorFlow and Keras without their log lines; return both versions.

    TensorFlow's C++ part writes to file descriptor 2 while it is being imported, before any log level counts
    (tensorflow issue 100442), so the descriptor itself is redirected for that moment. If the import fails, what was
    held back is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if importlib.util.find_spec("tensorflow") is None:
        raise CourseError(
            L(
                "Falta TensorFlow. En tu equipo, «make lab» lo instala; sin make: pip install -r requirements.txt.",
                "TensorFlow is missing. On your own computer `make lab` installs it; without make: pip install -r "
                "requirements.txt.",
            )
        )
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        import keras
        import tensorflow as tf
    else:
        keep_freed_memory()
        # Keras 3.13.0 warns, while it is being imported, of a line of its own.
        with _stderr_held_back(), warnings.catch_warnings(action="ignore", category=FutureWarning):
            import tensorflow as tf

            tf.config.list_physical_devices()
            tf.zeros(1)  # starts the devices, which writes too
            import keras
        # TensorFlow's million objects stay: spare every later garbage collection the work of visiting them.
        gc.collect()
        gc.freeze()
    # Only errors: a course that makes many small models gets warnings about tracing that are no fault of the learner's.
    tf.get_logger().setLevel("ERROR")
    for name, version, needed in [
        ("TensorFlow", tf.__version__, OLDEST_TENSORFLOW),
        ("Keras", keras.__version__, OLDEST_KERAS),
    ]:
        if _numbers(version) < needed:
            oldest = ".".join(map(str, needed))
            raise CourseError(
                L(
                    f"Este curso necesita {name} {oldest} o posterior y aquí hay {version}. Escribe «%pip install "
                    f"--upgrade {name.lower()}» en una celda nueva, ejecútala, reinicia el kernel y empieza de nuevo.",
                    f"This course needs {name} {oldest} or later; this is {version}. Write `%pip install --upgrade "
                    f"{name.lower()}` in a new cell, run it, restart the kernel and start again.",
                )
            )
    if keras.backend.backend() != "tensorflow":
        found = keras.backend.backend()
        raise CourseError(
            L(
                f"Este curso usa Keras sobre TensorFlow y aquí está sobre {found}. Reinicia el kernel y ejecuta antes "
                "que nada la celda de preparación.",
                f"This course uses Keras on TensorFlow; here it is on {found}. Restart the kernel and run the setup "
                "cell before anything else.",
            )
        )
    return tf.__version__, keras.__version__


def _numbers(version: str) -> tuple[int, ...]:
    # The first two numbers of a version.
    return tuple(int(part) for part in version.split(".")[:2])


def keep_freed_memory() -> None:
    """Let the process keep the memory that it frees, for its next step.

    On Linux the C library gives large blocks back to the system at once, and a training step asks for the same ones
    again. In lesson 2 that was 11,000 page faults a step, and half of its time on one machine, a tenth on another.
    """
    with contextlib.suppress(OSError, AttributeError):  # another system, or another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(-3, 2**25)  # M_MMAP_THRESHOLD: blocks up to this size, those of a training step, come from the heap
        mallopt(-1, 2**30)  # M_TRIM_THRESHOLD: so much free heap is never given back
        mallopt(-2, 2**24)  # M_TOP_PAD: the heaps of the other threads grow and shrink by so much at once
        mallopt(-8, 3)  # M_ARENA_MAX: the threads share three heaps, instead of keeping one each


def give_back_memory(result: object = None) -> None:
    """Give the memory that was freed back to the system, at the end of a cell; see `keep_freed_memory`.

    What the longest training of lesson 1 had freed was 180 MB. IPython calls this with the result of each cell.
    """
    with contextlib.suppress(OSError, AttributeError):  # another system, or another C library
        ctypes.CDLL(None).malloc_trim(0)


@contextlib.contextmanager
def _stderr_held_back() -> Iterator[None]:
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(saved, 2)
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
