"""Where things lie: the course, and in `out/` what the runs of its lessons make."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path
from typing import IO

from course_utils.budgets import budget_name
from course_utils.language import CourseError, language

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

COURSE = Path(__file__).resolve().parent.parent

# The running lesson, and the folder of this run once something has been written to it.
_running: dict[str, str | Path | None] = {"lesson": None, "out": None}
# The open files that tell other processes which folders this one trains in.
_claims: dict[Path, IO] = {}


def places_of(given: Path) -> list[Path]:
    """Return where a folder that a learner names may be: in the working folder or, failing that, in the course."""
    return list(dict.fromkeys(Path(os.path.normpath(base / given)) for base in (Path.cwd(), COURSE)))


def begin(lesson: str) -> None:
    """Say which lesson begins, such as "01_fully_connected_gan": its name is that of its folder in `out`."""
    _running.update(lesson=lesson, out=None)


def out_folder() -> Path:
    """Return the folder of this run, `out/<lesson>/<date_time_language_budget>`, made at the first call.

    It lies beside the course; on Colab and Kaggle, and where the course is an installed package, in the working folder.
    Every run has a folder of its own, so that its files never mix with those of another.

    Raises:
        CourseError: if the setup cell has not run, or the folder cannot be made.
    """
    if _running["out"] is not None:
        return Path(_running["out"])
    if _running["lesson"] is None:
        raise CourseError(
            "Ejecuta primero la celda de preparación, la primera de código del cuaderno.",
            "Run the setup cell first: it is the first code cell of the notebook.",
        )
    base = out_base() / str(_running["lesson"])
    check_name(base)
    name = f"{datetime.now():%Y-%m-%d_%H%M%S}_{language()}_{budget_name()}"
    for attempt in range(1, 1000):
        folder = base / (name if attempt == 1 else f"{name}_{attempt}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise CourseError(
                f"No se puede crear la carpeta {folder} ({error.strerror}). Copia el curso a una carpeta en la que "
                "puedas escribir y vuelve a empezar.",
                f"The folder {folder} cannot be made ({error.strerror}). Copy the course to a folder that you can "
                "write to and start again.",
            ) from error
        _running["out"] = folder
        return folder
    raise CourseError(f"{base}: 1000 × {name}")


def made() -> Path | None:
    """Return the folder of this run if `out_folder` has made one."""
    return None if _running["out"] is None else Path(_running["out"])


def runs_of_lesson(budget: str) -> list[Path]:
    """Return the folders that earlier runs of this lesson have left with a budget, oldest first."""
    base = out_base() / str(_running["lesson"])
    return sorted(folder for folder in base.glob(f"*_{budget}*") if folder.is_dir())


def check_name(folder: Path) -> None:
    """Make sure that TensorFlow can save in a folder.

    Raises:
        CourseError: if a character of its path is one that TensorFlow takes for a wildcard: it would not find what it
            has saved, or find and delete what lies in another folder.
    """
    if found := sorted(set("*?[]") & set(str(folder))):
        raise CourseError(
            f"El camino {folder} contiene {' '.join(found)}, que TensorFlow toma por comodines: no encontraría lo que "
            "guarda. Cambia el nombre de esa carpeta y empieza de nuevo.",
            f"The path {folder} contains {' '.join(found)}, which TensorFlow takes for wildcards: it would not find "
            "what it saves. Rename that folder and start again.",
        )


def claim(folder: Path) -> None:
    """Make sure that no other process trains in a folder, from here on until this one ends.

    Raises:
        CourseError: if another one does.
    """
    folder = Path(folder).resolve()
    if fcntl is None or folder in _claims:
        return
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "in_use").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CourseError(
            f"Otro cuaderno u otro programa está entrenando en {pretty_path(folder)}. Apaga su kernel (o espera a que "
            "acabe), o elige otra carpeta. No se ha cambiado nada.",
            f"Another notebook or program is training in {pretty_path(folder)}. Shut its kernel down (or wait until it "
            "ends), or choose another folder. Nothing has been changed.",
        ) from None
    except OSError:  # a disk that knows no locks, such as a drive of the network
        pass
    _claims[folder] = lock


def pretty_path(path: Path) -> str:
    """Return `path` as a learner knows it: relative to the folder that holds `out/`, with forward slashes."""
    path = Path(path)
    with contextlib.suppress(ValueError):
        path = path.relative_to(out_base().parent)
    return path.as_posix()


def out_base() -> Path:
    """Return the folder `out` that holds what all lessons make; it need not exist yet."""
    hosted = "COLAB_RELEASE_TAG" in os.environ or "KAGGLE_KERNEL_RUN_TYPE" in os.environ
    return (Path.cwd() if hosted or not (COURSE / "notebooks").is_dir() else COURSE) / "out"


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that it is never seen half written: whoever is interrupted leaves the old one whole.

    Args:
        path: of the file; its folder is made if it does not exist.
        content: text, written as UTF-8 with Unix line ends, or bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")  # another process may be writing the same file
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
