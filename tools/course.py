"""What every tool needs to know of the course: where its files lie, its lessons, its address; and writing safely."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.folders import COURSE as ROOT
from course_utils.folders import write_atomically
from course_utils.language import LANGUAGES

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["LANGUAGES", "ROOT", "write_atomically"]


class SourceError(Exception):
    """A source that cannot be built.

    Attributes:
        problems: one line each, with file, line and cell.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def find_sources(root: Path, lesson: str | None = None) -> list[Path]:
    """Return the sources, or the one that `lesson` ("1", "01" or a whole name) means.

    Raises:
        SourceError: if there is none.
    """
    names = {path.stem: path for path in sorted((root / "notebooks" / "source").glob("*.py"))}
    if lesson is None:
        return list(names.values())
    return [names[find_lesson(list(names), lesson)]]


def find_lesson(names: list[str], lesson: str) -> str:
    """Return which of `names` is meant by `lesson`: "1", "01" or a whole name.

    Raises:
        SourceError: if none of them is.
    """
    for name in names:
        if lesson == name or (lesson.isdecimal() and name.startswith(f"{int(lesson):02d}_")):
            return name
    raise SourceError([f"there is no lesson {lesson!r}; there are: {', '.join(names) or 'none'}"])


def notebook_path(root: Path, language: str, name: str) -> Path:
    """Return where the notebook of a lesson lies."""
    return root / "notebooks" / language / f"{name}.ipynb"


def read_course(root: Path) -> dict:
    """Return [tool.course] of pyproject.toml: `repository`, `ref`, and `colab` with its `runtime` and `assistant`.

    Raises:
        SourceError: if they have another form.
    """
    course = {"repository": "", "ref": "main"}
    path = root / "pyproject.toml"
    if path.exists():
        course |= tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("course", {})
    course["colab"] = {"runtime": "", "assistant": []} | course.get("colab", {})
    check_course(course)
    _check_colab(**course["colab"])
    return course


def check_course(course: dict[str, str]) -> None:
    """Check the form of `repository` ("owner/name", or "" while there is none) and `ref` (a branch or tag).

    Raises:
        SourceError: if they have another.
    """
    if course["repository"] and not re.fullmatch(r"[A-Za-z0-9_-]+/[A-Za-z0-9._-]+", course["repository"]):
        raise SourceError([f"pyproject.toml: [tool.course] repository is {course['repository']!r}, not 'owner/name'"])
    if not re.fullmatch(r"\w[\w./-]*", course["ref"]):
        raise SourceError([f"pyproject.toml: [tool.course] ref is {course['ref']!r}, not a branch or tag"])


def _check_colab(runtime: str, assistant: list[int]) -> None:
    if runtime and not re.fullmatch(r"20\d\d\.(0[1-9]|1[0-2])", runtime):
        raise SourceError(
            [f"pyproject.toml: [tool.course.colab] runtime is {runtime!r}, not a month such as '2026.07'"]
        )
    if not all(type(number) is int for number in assistant):
        raise SourceError([f"pyproject.toml: [tool.course.colab] assistant is {assistant!r}, not numbers of lessons"])


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook in a file.

    Raises:
        SourceError: if it is none.
    """
    import nbformat  # takes seconds, and most tools read no notebook

    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SourceError(
            [f"{path}: not a readable notebook ({reason}); move it elsewhere and run `make build`"]
        ) from None


def headings(markdown: str) -> list[tuple[int, str]]:
    """Return the level and the text of each heading, code blocks left out."""
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return [(len(marks), title.strip()) for marks, title in re.findall(r"^(#+) +(.+)$", prose, re.MULTILINE)]


def readmes(root: Path) -> list[Path]:
    """Return the READMEs that hold a lesson table."""
    return sorted(root.glob("README*.md"))
