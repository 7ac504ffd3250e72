"""TensorFlow and Keras: imported without their log lines, new enough, under the course's settings; on what device."""

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
from course_utils.machine import cores, keep_freed_memory, keras_home

OLDEST_TENSORFLOW = (2, 19)
OLDEST_KERAS = (3, 13)
KERAS_SETTINGS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}  # Keras's defaults


def gpus() -> list:
    """Return the GPUs that TensorFlow can use."""
    import_quietly()
    import tensorflow as tf

    return tf.config.list_physical_devices("GPU")


def device() -> str:
    """Return what TensorFlow computes on: the name of the GPU, or how many cores."""
    if found := gpus():
        import tensorflow as tf

        return "GPU, " + tf.config.experimental.get_device_details(found[0]).get("device_name", "unknown")
    return f"CPU, {cores()} cores"


def import_quietly() -> tuple[str, str]:
    """Import TensorFlow and Keras without their log lines; return both versions.

    TensorFlow's C++ part writes to file descriptor 2 while it is being imported, before any log level counts
    (tensorflow issue 100442), so the descriptor itself is redirected for that moment. If the import fails, what was
    held back is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"  # of this process; counts more than the learner's keras.json
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
            tf, keras = _import_both()
        use_own_settings()
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


def _import_both():
    """Import TensorFlow and Keras and start the devices: all that writes to file descriptor 2.

    Both read keras.json, and do not start if a value in it is not one that they know.
    """
    try:
        with left_out("sklearn"):
            import tensorflow as tf

            tf.config.list_physical_devices()
            tf.zeros(1)
            import keras
    except (AssertionError, ValueError) as error:
        file = keras_home() / "keras.json"
        if not file.exists():
            raise
        raise CourseError(
            f"Keras no arranca con tus ajustes, que están en {file}. {error} Bórralo: Keras lo crea de nuevo, con los "
            "valores habituales. Después reinicia el kernel y empieza otra vez.",
            f"Keras does not start with your settings, which are in {file}. {error} Delete it: Keras makes it again, "
            "with the usual values. Then restart the kernel and start again.",
        ) from None
    return tf, keras


@contextlib.contextmanager
def left_out(*packages: str) -> Iterator[None]:
    """For the time of an import, let it find none of these packages; afterwards they can be imported as ever.

    Keras imports scikit-learn and IPython if they are there, for things of which the course uses none. Scikit-learn
    alone takes 60 MB of each process.
    """
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # with None there, `import` says that there is no such package
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def use_own_settings() -> None:
    """Let Keras and TensorFlow compute as the course expects, whatever the learner's files and earlier cells say.

    It counts for this process; keras.json and the variables of the environment are not changed.

    Raises:
        CourseError: if TensorFlow has been put into its old graph mode, from which there is no way back.
    """
    import keras
    import tensorflow as tf

    if not tf.executing_eagerly():
        raise CourseError(
            "Aquí TensorFlow está en el modo de grafos de su versión 1 (tf.compat.v1.disable_eager_execution o "
            "disable_v2_behavior). Quita esa línea, reinicia el kernel y empieza de nuevo.",
            "TensorFlow is in the graph mode of its version 1 here (tf.compat.v1.disable_eager_execution or "
            "disable_v2_behavior). Remove that line, restart the kernel and start again.",
        )
    for name, value in KERAS_SETTINGS.items():
        getattr(keras.config, f"set_{name}")(value)
    keras.config.set_dtype_policy("float32")
    tf.config.run_functions_eagerly(False)
    tf.config.optimizer.set_jit(False)


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
        except CourseError:  # says all there is to say
            raise
        except BaseException:
            os.dup2(saved, 2)
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
