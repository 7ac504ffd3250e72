"""Check that the notebooks are what their sources say, in both languages: `python -m tools.gate [--lesson 1]`.

It needs neither TensorFlow nor a kernel and takes seconds. For every lesson:

- building again gives the same files, outputs and provenance set aside;
- both notebooks have the same cells, ids and tags, and the same program but for what strings say;
- twins agree in headings, links, images, formulas, code, lists and tables (see `tools.markdown`);
- the module of exported code is what its cells say, and these use only exported and imported names;
- nothing of the builder's marks is left in a notebook;
- the outputs are those of one complete, clean run of the current code, and the notebook says which.

A notebook in which a learner has worked (see `tools.answers`) is left alone: the source alone is checked.

Of the other pages: their badges lead to the course's address, and their measured numbers are those of the notebooks.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from nbformat import NotebookNode

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
)
from tools.export import module_path, module_problems
from tools.links import with_badges
from tools.markdown import differences
from tools.notebooks import fingerprint, make_notebooks, syntax_or_text, to_text, without_outputs
from tools.source import Lesson, read_source

LARGEST = 1_400_000  # bytes of a notebook with its outputs
PROVENANCE = ("dataset", "budget", "versions", "device", "seconds", "fingerprint")

MARKS = {
    'L("': re.compile(r"\bL\(\s*f?[\"']"),
    "# es:": re.compile(r"^\s*#\s*(es|en):", re.MULTILINE),
    "lang=": re.compile(r"\blang=[\"'](es|en)"),
    "# %%": re.compile(r"^# %%", re.MULTILINE),
}
BAD_OUTPUT = {
    "a traceback": re.compile(r"Traceback \(most recent call last\)"),
    "a warning": re.compile(r"\b\w*Warning\b|\bWARNING\b"),
    "a path of one machine": re.compile(r"(?<![\w.])/(home|root|work|Users)/|\b[A-Z]:\\(?!n)"),
    "a memory address": re.compile(r"\bat 0x[0-9a-fA-F]{6,}"),
}
BASE64 = re.compile(r"base64,[A-Za-z0-9+/=\\\s]+")


def check(root: Path = ROOT, lesson: str | None = None) -> list[str]:
    """Return all problems of the course, one line each; none is the aim.

    Args:
        root: the folder of the course.
        lesson: "1", "01" or a whole name; None checks all.
    """
    try:
        course, sources = read_course(root), find_sources(root, lesson)
    except SourceError as error:
        return error.problems
    yours = answers.learners(root)
    problems = [] if lesson else _orphans(root, {source.stem for source in sources}, yours)
    for source in sources:
        try:
            parsed = read_source(source, course)
        except SourceError as error:
            problems += error.problems
            continue
        problems += _check_lesson(root, parsed, yours)
    for path in readmes(root):
        text = path.read_text(encoding="utf-8")
        if with_badges(text, course) != text:
            problems.append(f"{_name(root, path)}: its badges are not those of [tool.course]; run `make build`")
    return problems if yours else problems + tables.problems(root)


def _orphans(root: Path, names: set[str], yours: list[Path]) -> list[str]:
    notebooks = [path for language in LANGUAGES for path in sorted((root / "notebooks" / language).glob("*.ipynb"))]
    problems = [
        f"{_name(root, path)}: has no source notebooks/source/{path.stem}.py; move it elsewhere or write the source"
        for path in notebooks
        if path.stem not in names and path not in yours
    ]
    modules = sorted((root / "course_utils" / "lessons").glob("lesson_*.py"))
    of_sources = {module_path(root, name) for name in names}
    return problems + [
        f"{_name(root, path)}: no lesson has this number; delete it" for path in modules if path not in of_sources
    ]


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _check_lesson(root: Path, lesson: Lesson, yours: list[Path]) -> list[str]:
    problems = module_problems(root, lesson)
    built = make_notebooks(lesson)
    found: dict[str, NotebookNode] = {}
    for language in LANGUAGES:
        path = notebook_path(root, language, lesson.name)
        name = _name(root, path)
        if path in yours:
            found[language] = built[language]
            continue
        if not path.exists():
            problems.append(f"{name}: missing; run `make build`")
            continue
        try:
            found[language] = notebook = read_notebook(path)
        except SourceError as error:
            problems += error.problems
            continue
        text = path.read_text(encoding="utf-8")
        problems += _source_problems(name, built[language], notebook, text)
        problems += mark_problems(name, notebook)
        if _is_stale(notebook):  # else each changed cell would be named as well
            problems.append(f"{name}: published outputs are stale: code changed since; {_publish(notebook)}")
            continue
        problems += output_problems(name, notebook, len(text.encode()))
        problems += _provenance_problems(name, notebook)
    if len(found) == len(LANGUAGES):
        problems += twin_problems(lesson, found["es"], found["en"])
    return problems


# The source


def _source_problems(name: str, built: NotebookNode, found: NotebookNode, text: str) -> list[str]:
    bare = without_outputs(found)
    if to_text(bare) != to_text(built):
        what = _first_difference(built, bare)
        return [f"{name}: {what} differs from its source: edited by hand or not rebuilt; run `make build`"]
    if text != to_text(found):
        return [f"{name}: not laid out as the builder writes it: saved by another program; run `make build`"]
    return []


def _first_difference(built: NotebookNode, found: NotebookNode) -> str:
    for position, (wanted, cell) in enumerate(zip(built.cells, found.cells, strict=False), 1):
        if cell != wanted:
            return f"cell {position} ({cell.get('id', 'no id')})"
    if len(built.cells) != len(found.cells):
        return f"the number of cells ({len(found.cells)}, not {len(built.cells)})"
    return "the metadata"


def mark_problems(name: str, notebook: NotebookNode) -> list[str]:
    """Return where marks of the builder are left in a notebook."""
    return [
        f"{name}: cell {position} ({cell.get('id')}): a mark of the builder is left: {mark}"
        for position, cell in enumerate(notebook.cells, 1)
        for mark, pattern in MARKS.items()
        if pattern.search(cell.source) or (mark == "lang=" and "lang" in cell.metadata)
    ]


# The twins


def twin_problems(lesson: Lesson, spanish: NotebookNode, english: NotebookNode) -> list[str]:
    """Return where the two notebooks of a lesson are not the same lesson."""
    name = f"notebooks/*/{lesson.name}.ipynb"
    if len(spanish.cells) != len(english.cells):
        return [f"{name}: {len(spanish.cells)} cells in es, {len(english.cells)} in en; run `make build`"]
    problems = []
    for position, (es, en) in enumerate(zip(spanish.cells, english.cells, strict=True), 1):
        place = f"{name}: cell {position} ({es.get('id')})"
        if position <= len(lesson.shown):
            cell = lesson.shown[position - 1]
            place = f"notebooks/source/{lesson.name}.py:{cell.line}: cell {cell.number} ({es.get('id')})"
        for what in ("id", "cell_type", "metadata"):
            if es.get(what) != en.get(what):
                problems.append(f"{place}: {what} is {es.get(what)!r} in es, {en.get(what)!r} in en; run `make build`")
        if es.cell_type == en.cell_type == "code":
            if syntax_or_text(es.source, blank=True) != syntax_or_text(en.source, blank=True):
                problems.append(f"{place}: the code of es and en is not the same program")
        elif es.cell_type == en.cell_type == "markdown":
            problems += [f"{place}: {what}" for what in differences(es.source, en.source)]
    return problems


# The outputs


def output_problems(name: str, notebook: NotebookNode, size: int) -> list[str]:
    """Return why the outputs of a notebook are not fit to be shown: incomplete, failed, noisy or too large.

    Args:
        name: how to call the notebook.
        notebook: with its outputs.
        size: of its file in bytes.
    """
    cells = [(position, cell) for position, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    if all(cell.execution_count is None and not cell.outputs for _, cell in cells):
        return [f"{name}: has no outputs; {_publish(notebook)}"]
    problems = []
    for count, (position, cell) in enumerate(cells, 1):
        place = f"{name}: cell {position} ({cell.get('id')})"
        if cell.execution_count != count:
            problems.append(f"{place}: execution count is {cell.execution_count}, not {count}; {_publish(notebook)}")
        problems += [f"{place}: output shows {what}" for what in dict.fromkeys(_flaws(cell.outputs))]
    if size > LARGEST:
        problems.append(f"{name}: {size / 1e6:.2f} MB, more than {LARGEST / 1e6:g} MB: make its figures smaller")
    return problems


def _publish(notebook: NotebookNode) -> str:
    number = str(notebook.metadata.get("course", {}).get("lesson", ""))[:2].lstrip("0")
    return f"run `make publish LESSON={number}`"


def _flaws(outputs: list[NotebookNode]) -> list[str]:
    flaws = []
    for output in outputs:
        if output.output_type == "error":
            flaws.append(f"an error, {output.get('ename')}")
        elif output.output_type == "stream" and output.name == "stderr":
            flaws.append(f"text on stderr: {output.text.strip()[:80]!r}")
        text = _text(output)
        for what, pattern in BAD_OUTPUT.items():
            if match := pattern.search(text):
                around = text[max(0, match.start() - 30) : match.end() + 30]
                flaws.append(f"{what}: {' '.join(around.split())}")
    return flaws


def _text(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return output.text
    data = {kind: value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")}
    values = [value if isinstance(value, str) else json.dumps(value) for value in data.values()]
    return BASE64.sub("", "\n".join([*values, *output.get("traceback", [])]))


def _is_stale(notebook: NotebookNode) -> bool:
    published = notebook.metadata.get("course", {}).get("published") or {}
    return "fingerprint" in published and published["fingerprint"] != fingerprint(notebook)


def _provenance_problems(name: str, notebook: NotebookNode) -> list[str]:
    published = notebook.metadata.get("course", {}).get("published") or {}
    missing = [key for key in PROVENANCE if published.get(key) in (None, "", {})]
    if missing:
        return [f"{name}: does not say how it was run ({', '.join(missing)} missing); {_publish(notebook)}"]
    return []


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.gate", description="Check the notebooks of both languages.")
    parser.add_argument("--lesson", help="only this lesson: its number or name")
    options = parser.parse_args(arguments)
    problems = check(root, options.lesson)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem{'s' * (len(problems) != 1)}" if problems else "no problems")
    if yours := answers.learners(root):
        print(answers.tested_in_the_courses_version(root, yours))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
