"""TensorFlow and Keras: imported without their log lines, new enough, and on what device they compute."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Iterator

from course_utils.language import CourseError
from course_utils.machine import keep_freed_memory

OLDEST_TENSORFLOW = (2, 19)
OLDEST_KERAS = (3, 13)


def gpus() -> list:
    """Return the GPUs that TensorFlow can use."""
    import_quietly()
    import tensorflow as tf

    return tf.config.list_physical_devices("GPU")


def import_quietly() -> tuple[str, str]:
    """Import TensorFlow and Keras without their log lines; return both versions.

    TensorFlow's C++ part writes to file descriptor 2 while it is being imported, before any log level counts
    (tensorflow issue 100442), so the descriptor itself is redirected for that moment. If the import fails, what was
    held back is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if importlib.util.find_spec("tensorflow") is None:
        raise CourseError(
            "Falta TensorFlow. En tu equipo, «make lab» lo instala; sin make: pip install -r requirements.txt.",
            "TensorFlow is missing. On your own computer `make lab` installs it; without make: pip install -r "
            "requirements.txt.",
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
        if numbers(version) < needed:
            oldest = ".".join(map(str, needed))
            raise CourseError(
                f"Este curso necesita {name} {oldest} o posterior y aquí hay {version}. Escribe «%pip install "
                f"--upgrade {name.lower()}» en una celda nueva, ejecútala, reinicia el kernel y empieza de nuevo.",
                f"This course needs {name} {oldest} or later; this is {version}. Write `%pip install --upgrade "
                f"{name.lower()}` in a new cell, run it, restart the kernel and start again.",
            )
    if keras.backend.backend() != "tensorflow":
        found = keras.backend.backend()
        raise CourseError(
            f"Este curso usa Keras sobre TensorFlow y aquí está sobre {found}. Reinicia el kernel y ejecuta antes "
            "que nada la celda de preparación.",
            f"This course uses Keras on TensorFlow; here it is on {found}. Restart the kernel and run the setup "
            "cell before anything else.",
        )
    return tf.__version__, keras.__version__


def numbers(version: str) -> tuple[int, ...]:
    """Return the first two numbers of a version."""
    return tuple(int(part) for part in version.split(".")[:2])


def versions() -> dict[str, str]:
    """Return the versions that a result depends on, by name."""
    import keras
    import tensorflow as tf

    return {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}


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
