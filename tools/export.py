"""Write course_utils/lessons/lesson_N.py, the code that a lesson teaches and others use, from its cells `export`.

Such a cell holds definitions only: functions, classes and variables that are made of exported names and of what the
lesson imports. Above each stands the section of the lesson that explains it. A cell tagged `solution` too is not shown
in the notebooks, where learners write that code themselves.
"""

from __future__ import annotations

import ast
import builtins
import dis
import subprocess
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from types import CodeType

from tools.bilingual import of_module
from tools.course import SourceError, headings
from tools.source import Cell, Lesson

HEADER = '''\
"""The code of lesson {number} that others use: `make build` writes it from the cells tagged `export`. Edit it in
notebooks/source/{name}.py; § names the section of the lesson that explains it.
"""'''
DEFINITIONS = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


ONLY_DEFINITIONS = "an exported cell holds definitions only; move this statement to a cell of its own"


def module_path(root: Path, lesson: str) -> Path:
    """Return where the exported code of a lesson lies."""
    return root / "course_utils" / "lessons" / f"lesson_{int(lesson[:2])}.py"


def make_module(lesson: Lesson) -> str | None:
    """Return the module with the exported code of a lesson; None if it exports nothing.

    Raises:
        SourceError: if an exported cell holds anything but definitions, defines a name again, or needs a name that is
            neither exported nor imported.
    """
    exported = [cell for cell in lesson.cells if "export" in cell.tags]
    if not exported:
        return None
    imports = _imports(lesson)
    problems = list(_problems(lesson.name, exported, imports))
    if problems:
        raise SourceError(problems)
    number, sections = int(lesson.name[:2]), _sections(lesson)
    parts = [_with_sections(cell, f"# Lesson {number}, § {sections[cell.number]}") for cell in exported]
    used = {name for cell in exported for _, name in _needed(of_module(cell.source))}
    header = HEADER.format(number=number, name=lesson.name)
    return _formatted(
        "\n\n\n".join([header, "\n".join(line for name, line in imports.items() if name in used), *parts])
    )


def module_problems(root: Path, lesson: Lesson) -> list[str]:
    """Return in what the module of a lesson's exported code is not what its source says."""
    path = module_path(root, lesson.name)
    name = path.relative_to(root).as_posix()
    try:
        module = make_module(lesson)
    except SourceError as error:
        return error.problems
    if module is None:
        return [f"{name}: {lesson.name} exports nothing; delete it"] if path.exists() else []
    if not path.exists():
        return [f"{name}: missing; run `make build`"]
    found = path.read_text(encoding="utf-8").splitlines()
    lines = zip_longest(module.splitlines(), found)
    differing = next((number for number, (wanted, line) in enumerate(lines, 1) if wanted != line), None)
    if differing is None:
        return []
    return [f"{name}:{differing}: differs from its source: edited by hand or not rebuilt; run `make build`"]


def _imports(lesson: Lesson) -> dict[str, str]:
    """Return name -> the line that imports it, of everything that the lesson imports."""
    lines = {"L": "from course_utils.language import L"}
    for cell in lesson.cells:
        if cell.kind == "code" and "setup" not in cell.tags:
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    for alias in node.names:
                        one = ast.Import([alias])
                        if isinstance(node, ast.ImportFrom):
                            one = ast.ImportFrom(node.module, [alias], node.level)
                        lines[alias.asname or alias.name.partition(".")[0]] = ast.unparse(one)
    return lines


def _problems(name: str, exported: list[Cell], imports: dict[str, str]) -> Iterator[str]:
    defined: dict[str, int] = {}
    for cell in exported:
        for node in ast.parse(cell.source).body:
            place = f"notebooks/source/{name}.py:{cell.line + node.lineno}: cell {cell.number}: "
            if not isinstance(node, DEFINITIONS):
                yield place + ONLY_DEFINITIONS
                continue
            if any(isinstance(part, ast.Attribute | ast.Subscript) for part in _changed(node)):
                yield place + ONLY_DEFINITIONS
            for new in _names(node):
                if new in defined:
                    yield place + f"{new!r} is exported already, in line {defined[new]}"
                defined[new] = cell.line + node.lineno
    known = {*vars(builtins), *defined, *imports, "__name__", "__annotations__"}
    for cell in exported:
        for line, needed in _needed(cell.source):
            if needed not in known:
                place = f"notebooks/source/{name}.py:{cell.line + line}: cell {cell.number}: "
                yield place + f"exported code uses {needed!r}, which is neither exported nor imported"


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    return [part.id for part in _changed(node) if isinstance(part, ast.Name)]


def _changed(node: ast.stmt) -> list[ast.AST]:
    """Return what a statement changes: the names, attributes and places that it gives a value."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [part for target in targets for part in ast.walk(target) if isinstance(getattr(part, "ctx", 0), ast.Store)]


def _needed(source: str) -> list[tuple[int, str]]:
    """Return the global names that some code uses, each with its line, in order and once."""
    found: set[tuple[int, str]] = set()

    def visit(code: CodeType) -> None:
        own = set()  # names that a class has defined before
        for step in dis.get_instructions(code):
            if step.opname == "STORE_NAME":
                own.add(step.argval)
            is_global = step.opname in ("LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")
            if is_global or (step.opname == "LOAD_NAME" and step.argval not in own):
                found.add((step.positions.lineno or 1, step.argval))
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                visit(constant)

    visit(compile(source, "<cell>", "exec", dont_inherit=True))
    return sorted(found)


def _sections(lesson: Lesson) -> dict[int, str]:
    """Return number of a cell -> the English heading under which it stands."""
    sections, heading = {}, lesson.titles["en"]
    for cell in lesson.cells:
        if cell.kind == "markdown":
            heading = [heading, *(title for _, title in headings(cell.text["en"]))][-1]
        sections[cell.number] = heading
    return sections


def _with_sections(cell: Cell, section: str) -> str:
    """Return the code of a cell with a comment above each function, each class and each run of variables."""
    code, places, was_variable = of_module(cell.source), [], False
    for node in ast.parse(code).body:
        is_variable = isinstance(node, ast.Assign | ast.AnnAssign)
        if not (is_variable and was_variable):
            places.append(min([node.lineno, *(mark.lineno for mark in getattr(node, "decorator_list", []))]))
        was_variable = is_variable
    lines = code.split("\n")
    for place in reversed(places):
        lines.insert(place - 1, section)
    return "\n".join(lines)


def _formatted(code: str) -> str:
    for command in (["check", "--select=I", "--fix", "--quiet"], ["format", "--quiet"]):
        options = ["--isolated", "--line-length=120", "--target-version=py311", "--stdin-filename=lesson.py", "-"]
        options += ["--config=lint.isort.known-first-party=['course_utils']"]  # from whatever folder it is called
        line = [sys.executable, "-m", "ruff", *command, *options]
        code = subprocess.run(line, input=code, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    return code
