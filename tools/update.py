"""Bring the newest version of the course and keep what the learner has typed: `python -m tools.update`.

In a checkout the newest commit of the branch that it follows; elsewhere the zip of the address in [tool.course], or the
one that `--zip` names. Copies of the notebooks in which somebody has worked, and of every file that the zip replaces,
are set aside in `out/before` first. If anything fails, all is as it was.
"""

from __future__ import annotations

import argparse
import http.client
import re
import shutil
import sys
import tempfile
import urllib.request
import zipfile
import zlib
from pathlib import Path
from typing import Protocol

import nbformat
from nbformat import NotebookNode

from course_utils.language import CourseError, L, of_this_computer, say, set_language
from tools import answers
from tools.course import (
    LANGUAGES,
    ROOT,
    SourceError,
    find_sources,
    notebook_path,
    read_course,
    read_notebook,
    write_atomically,
)
from tools.notebooks import to_text

NOTEBOOK = re.compile(rf"notebooks/({'|'.join(LANGUAGES)})/[^/]+\.ipynb")
LARGEST = 1_000_000_000  # bytes of an unpacked course
NOT_THE_COURSE = {".git", ".venv", "out"}
# Where a file that the new version lacks is one of the course, and not the learner's.
CODE = ("course_utils", "tools", "tests", "benchmarks", "notebooks/source")


class Version(Protocol):
    """A newer version of the course."""

    def text(self, path: Path) -> str | None:
        """Return what it has in the place of a notebook; None if nothing."""

    def install(self, aside: Path) -> None:
        """Put it in the place of the old one; files that nobody else keeps go to the folder `aside`."""

    def undo(self) -> None:
        """Put the old one back; notebooks may be missing."""


def update(root: Path, address: str | None = None) -> None:
    """Bring the newest version.

    Args:
        root: the folder of the course.
        address: of a zip; None takes what git follows, or the address of the course.

    Raises:
        CourseError: if it cannot be brought; all is then as it was.
    """
    if (root / ".git").exists() and address is None:
        _from_git(root)
    else:
        _from_zip(root, address or _address(root))


def _address(root: Path) -> str:
    course = read_course(root)
    if not course["repository"]:
        raise CourseError(
            "El curso todavía no está publicado: no hay de dónde traer otra versión. Si tienes una en un zip, indícalo "
            "con --zip (con make: ZIP=…).",
            "The course is not published yet: there is nowhere to get another version from. If you have one in a zip, "
            "name it with --zip (with make: ZIP=…).",
        )
    return f"https://github.com/{course['repository']}/archive/{course['ref']}.zip"


def _bring(root: Path, yours: list[Path], new: Version) -> None:
    """Install a new version and put what has been typed into it; undo it all if anything fails.

    Args:
        root: the folder of the course.
        yours: the notebooks in which the learner has worked.
        new: the version.
    """
    typed, merged = {path: path.read_bytes() for path in yours}, {}
    for path in yours:
        base, mine, text = answers.course_version(root, path), _readable(path), new.text(path)
        if base and mine and text:
            merged[path] = to_text(answers.merge(base, mine, nbformat.reads(text, as_version=4)))
    requirements = root / "requirements.txt"
    before, aside = requirements.read_bytes(), answers.set_aside(root, yours)
    try:
        new.install(aside)
        for path, text in merged.items():
            write_atomically(path, text)
    except BaseException as error:
        _undo(new, typed, aside, error)
        raise
    say("El curso está al día.", "The course is up to date.")
    folder = aside.relative_to(root).as_posix()
    if any(aside.iterdir()):
        say(f"Lo que había antes está en {folder}", f"What was there before is in {folder}")
    else:
        aside.rmdir()
    if merged:
        names = answers.names_of(root, list(merged))
        say(
            f"Tus respuestas siguen en {names}. Si tienes alguno abierto, ciérralo sin guardar y ábrelo otra vez.",
            f"Your answers are still in {names}. If one is open, close it without saving and open it again.",
        )
    if requirements.read_bytes() != before:
        say(
            "También han cambiado los paquetes: make lab los instala; sin make, python3 -m tools.environment.",
            "The packages have changed too: make lab installs them; without make, python3 -m tools.environment.",
        )


def _readable(path: Path) -> NotebookNode | None:
    try:
        return read_notebook(path)
    except SourceError:  # damaged: it is set aside as it is
        return None


def _undo(new: Version, typed: dict[Path, bytes], aside: Path, error: BaseException) -> None:
    try:
        new.undo()
        for path, content in typed.items():
            write_atomically(path, content)
    except OSError:
        raise CourseError(
            f"La actualización ha fallado ({error}) y no se ha podido deshacer. Lo que había está en {aside}",
            f"The update has failed ({error}) and could not be undone. What was there is in {aside}",
        ) from None
    shutil.rmtree(aside)


def _say_nothing_new() -> None:
    say("Ya tienes la última versión.", "You have the newest version already.")


# A checkout


def _git(root: Path, *arguments: str) -> str:
    """Return what a command of git prints.

    Raises:
        CourseError: with git's reason, if it fails.
    """
    done = answers.git(root, *arguments)
    if done is None:
        raise CourseError(
            "El curso se descargó con git, que aquí no está instalado.",
            "The course was downloaded with git, which is not installed here.",
        )
    if done.returncode:
        raise CourseError(
            f"No se ha actualizado nada. Esto dice git {arguments[0]}:\n{done.stderr.strip()}",
            f"Nothing has been updated. This is what git {arguments[0]} says:\n{done.stderr.strip()}",
        )
    return done.stdout


class _Commit:
    """The newest commit of the branch that a checkout follows."""

    def __init__(self, root: Path, changed: list[str], old: str, new: str) -> None:
        self.root, self.changed, self.old, self.new = root, changed, old, new

    def text(self, path: Path) -> str | None:
        done = answers.git(self.root, "show", f"{self.new}:{path.relative_to(self.root).as_posix()}")
        return done.stdout if done and done.returncode == 0 else None

    def install(self, aside: Path) -> None:
        if self.changed:
            _git(self.root, "checkout", "--quiet", "HEAD", "--", *self.changed)
        _git(self.root, "merge", "--quiet", "--ff-only", self.new)

    def undo(self) -> None:
        answers.git(self.root, "reset", "--quiet", "--hard", self.old)


def _from_git(root: Path) -> None:
    followed = answers.git(root, "rev-parse", "--quiet", "--verify", "@{upstream}")
    if followed and followed.returncode:
        raise CourseError(
            "Esta copia no sigue ninguna rama publicada: no hay de dónde traer otra versión.",
            "This copy follows no published branch: there is nowhere to get another version from.",
        )
    _git(root, "fetch", "--quiet")
    old, new = _git(root, "rev-parse", "HEAD", "@{upstream}").split()
    shared = _git(root, "merge-base", old, new).strip()
    if shared == new:
        return _say_nothing_new()
    own = _names(_git(root, "diff", "--name-only", "-z", shared, old))
    _refuse(own, "hay commits tuyos, que cambian", "there are commits of yours, which change")
    entries = _names(_git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no"))
    names = [entry[3:] for entry in entries]
    _refuse([name for name in names if not NOTEBOOK.fullmatch(name)], "has cambiado", "you have changed")
    yours = [root / name for name in names if (root / name).exists()]
    changed = [entry[3:] for entry in entries if entry[0] != "A"]  # others are new, and git has no older version
    _bring(root, yours, _Commit(root, changed, old, new))


def _names(listed: str) -> list[str]:
    return [name for name in listed.split("\0") if name]


def _refuse(names: list[str], es: str, en: str) -> None:
    if names:
        raise CourseError(
            f"No se ha actualizado nada: {es} {', '.join(names)}. Guarda esos cambios en otra rama o deshazlos, y "
            "vuelve a intentarlo.",
            f"Nothing has been updated: {en} {', '.join(names)}. Keep these changes on another branch or undo them, "
            "and try again.",
        )


# A folder without git


class _Zip:
    """An unpacked zip of the course."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
        self.names = {file.as_posix() for file in files if file.parts[0] not in NOT_THE_COURSE}
        self.moves: list[tuple[Path, Path]] = []

    def text(self, path: Path) -> str | None:
        file = self.folder / path.relative_to(self.root)
        return file.read_text(encoding="utf-8") if file.exists() else None

    def differing(self) -> list[str]:
        """The files that are not there as the zip has them."""
        return [name for name in sorted(self.names) if _content(self.root / name) != _content(self.folder / name)]

    def gone(self) -> list[str]:
        """The files of the old version that the new one has no more: code, and the notebooks of lessons."""
        files = [path for folder in CODE for path in (self.root / folder).rglob("*.py")]
        lessons = [notebook_path(self.root, code, path.stem) for path in find_sources(self.root) for code in LANGUAGES]
        found = [path for path in files + lessons if path.exists()]
        return sorted({path.relative_to(self.root).as_posix() for path in found} - self.names)

    def install(self, aside: Path) -> None:
        for name in self.gone() + self.differing():
            if (self.root / name).exists():
                self._move(self.root / name, aside / name)
            if name in self.names:
                self._move(self.folder / name, self.root / name)

    def _move(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        self.moves.append((source, target))
        shutil.move(source, target)

    def undo(self) -> None:
        for source, target in reversed(self.moves):
            if source.exists():  # where they are on two disks, `target` may be half a copy
                target.unlink(missing_ok=True)
            else:
                shutil.move(target, source)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _from_zip(root: Path, address: str) -> None:
    (root / "out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / "out", prefix="update-", ignore_cleanup_errors=True) as folder:
        new = _Zip(root, _unpack(_download(address, Path(folder, "course.zip")), Path(folder, "course"), address))
        differing = new.differing()
        notebooks = {name: root / name for name in differing + new.gone() if NOTEBOOK.fullmatch(name)}
        yours = [path for path in notebooks.values() if path.exists() and _is_typed(root, path)]
        news = [name for name in differing if root / name not in yours or _is_news(root, root / name, new)]
        if not news and not new.gone():
            return _say_nothing_new()
        brought = {
            path: text for name in new.names if NOTEBOOK.fullmatch(name) and (text := new.text(path := root / name))
        }
        _bring(root, yours, new)
        for path, text in brought.items():
            write_atomically(answers.kept_path(root, path), text)


def _is_typed(root: Path, path: Path) -> bool:
    course = answers.course_version(root, path)
    return answers.is_learners(root, path) or course is None or _texts(course) != _texts(read_notebook(path))


def _is_news(root: Path, path: Path, new: _Zip) -> bool:
    course = answers.course_version(root, path)
    return course is None or _texts(course) != _texts(nbformat.reads(new.text(path), as_version=4))


def _texts(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def _download(address: str, file: Path) -> Path:
    address = Path(address).resolve().as_uri() if Path(address).is_file() else address
    try:
        with urllib.request.urlopen(address, timeout=60) as answer, file.open("wb") as target:
            shutil.copyfileobj(answer, target)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _not_brought(address, str(getattr(error, "reason", error))) from None
    return file


def _unpack(file: Path, folder: Path, address: str) -> Path:
    """Unpack the zip of a course; return its one folder."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise zipfile.BadZipFile("too large")
            for entry in entries:
                unpacked = Path(archive.extract(entry, folder))  # never outside the folder
                if entry.external_attr >> 16 & 0o100 and unpacked.is_file():
                    unpacked.chmod(0o755)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise _not_brought(address, str(error)) from None
    courses = [top for top in folder.glob("*") if (top / "notebooks" / "source").is_dir()]
    if len(courses) != 1:
        raise _not_brought(address, L("no es un zip de este curso", "it is not a zip of this course"))
    return courses[0]


def _not_brought(address: str, reason: str) -> CourseError:
    return CourseError(
        f"No se ha actualizado nada. No se puede usar {address}: {reason}",
        f"Nothing has been updated. {address} cannot be used: {reason}",
    )


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.update", description="Bring the newest version.")
    parser.add_argument("--zip", help="a zip of the course, file or address, instead of the published one")
    parser.add_argument("--language", choices=LANGUAGES, default=of_this_computer())
    options = parser.parse_args(arguments)
    set_language(options.language)
    try:
        update(root, options.zip)
    except (CourseError, SourceError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(L(f"No se ha actualizado nada: {error}", f"Nothing has been updated: {error}"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(L("\nInterrumpido: no se ha actualizado nada.", "\nStopped: nothing has been updated."), file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
