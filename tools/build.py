"""Build the course from its sources: `python -m tools.build [--lesson 1]`.

Writes the notebooks of both languages, the modules of exported code, the badges of the READMEs, and the tables and
numbers of all pages. Outputs of a code cell are kept as long as its code is the same up to comments and layout. What a
learner has typed into a notebook is set aside first.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools import answers, tables
from tools.course import (
    LANGUAGES,
    ROOT,
    SourceError,
    find_sources,
    notebook_path,
    read_course,
    read_notebook,
    readmes,
    write_atomically,
)
from tools.export import make_module, module_path
from tools.links import with_badges
from tools.notebooks import keep_outputs, make_notebooks, to_text
from tools.source import read_source


def build(root: Path = ROOT, lesson: str | None = None) -> tuple[list[Path], list[str]]:
    """Build all lessons, or one, and the pages that speak of them.

    Args:
        root: the folder of the course.
        lesson: "1", "01" or a whole name; None builds all.

    Returns:
        the files that were written (none if all are up to date) and the problems. Of a source with problems nothing is
        written.
    """
    written: list[Path] = []
    problems: list[str] = []
    yours = answers.learners(root)
    try:
        course, sources = read_course(root), find_sources(root, lesson)
    except SourceError as error:
        return [], error.problems
    for source in sources:
        try:
            written += _write(root, files_of(root, source, course))
        except SourceError as error:
            problems += error.problems
    written += _write(root, {path: with_badges(path.read_text(encoding="utf-8"), course) for path in readmes(root)})
    if yours:
        print(f"the numbers of the pages are left as they are: not the course's: {answers.names_of(root, yours)}")
        return written, problems
    try:
        written += [path for path in tables.write(root) if path not in written]
    except SourceError as error:
        problems += error.problems
    return written, problems


def files_of(root: Path, source: Path, course: dict) -> dict[Path, str]:
    """Return path -> text of all that is made from one source: two notebooks and, if it exports code, a module.

    Raises:
        SourceError: with all problems of the source.
    """
    lesson = read_source(source, course)
    texts, notebooks = {}, make_notebooks(lesson)
    path = module_path(root, lesson.name)
    if module := make_module(lesson):
        texts[path] = module
    elif path.exists():
        raise SourceError([f"{path.relative_to(root).as_posix()}: {lesson.name} exports nothing; delete it"])
    for language in LANGUAGES:
        path = notebook_path(root, language, lesson.name)
        if path.exists():
            yours = answers.is_learners(root, path)
            keep_outputs(notebooks[language], answers.course_version(root, path) if yours else read_notebook(path))
        texts[path] = to_text(notebooks[language])
    return texts


def _write(root: Path, texts: dict[Path, str]) -> list[Path]:
    """Write what is not there yet; return those files."""
    changed = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    answers.keep_typed(root, {path: texts[path] for path in changed if path.suffix == ".ipynb"})
    for path in changed:
        write_atomically(path, texts[path])
    return changed


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description="Build the course from its sources.")
    parser.add_argument("--lesson", help="only this lesson: its number or name")
    options = parser.parse_args(arguments)
    written, problems = build(root, options.lesson)
    for path in written:
        print(f"wrote {path.relative_to(root).as_posix()}")
    for problem in problems:
        print(problem, file=sys.stderr)
    if not written and not problems:
        print("up to date" if find_sources(root) else "there are no sources in notebooks/source")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
