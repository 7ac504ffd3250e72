"""Every module in its room: the map names all of them, imports run down only and in no circle, a wheel holds all."""

from __future__ import annotations

import ast
import re
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import benchmarks
import course_utils
import tools
from tools.course import ROOT

FOLDERS = ("course_utils", "tools", "benchmarks")
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name != "__init__.py"
}
# What the modules of a room may import from.
BELOW = {
    "course_utils": {"course_utils"},
    "course_utils.lessons": {"course_utils", "course_utils.lessons"},
    "course_utils.experiments": {"course_utils", "course_utils.lessons", "course_utils.experiments"},
}
BELOW["course_utils.questions"] = {*BELOW["course_utils.experiments"], "course_utils.questions"}
BELOW["tools"] = {*BELOW, "tools"}
BELOW["benchmarks"] = {*BELOW, "benchmarks"}


def room(module: str) -> str:
    return module.rpartition(".")[0]


def imports_of(code: str) -> set[str]:
    """Return the modules of the course that a program imports, also those inside its functions."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # A name of a package may be a module.
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & set(FILES)


IMPORTS = {module: imports_of(path.read_text(encoding="utf-8")) for module, path in FILES.items()}


def test_imports_are_seen_wherever_they_stand():
    code = "import course_utils.data\nfrom course_utils import plots, setup as s\n\n\ndef f():\n    import numpy\n"
    code += "    from course_utils.monitor import Monitor\n    from tools import build\n"
    seen = {"course_utils.data", "course_utils.plots", "course_utils.setup", "course_utils.monitor", "tools.build"}
    assert imports_of(code) == seen


@pytest.mark.parametrize("name", BELOW)
def test_imports_run_down_only(name):
    imports = {module: others for module, others in IMPORTS.items() if room(module) == name}
    assert imports
    for module, others in imports.items():
        assert {room(other) for other in others} <= BELOW[name], f"{module} imports {others}"


def test_a_lesson_builds_on_earlier_lessons_only():
    for module, others in IMPORTS.items():
        if room(module) == "course_utils.lessons":
            assert all(other < module for other in others if room(other) == "course_utils.lessons"), module


def test_there_is_no_circle():
    assert len(list(TopologicalSorter(IMPORTS).static_order())) == len(FILES)  # raises CycleError, which names it


# The maps in __init__.py


def groups(package) -> list[list[str]]:
    """Return the modules that a map names, a list for each of its groups, the highest first."""
    parts = re.split(r"^(?=[^-\s])", package.__doc__, flags=re.MULTILINE)
    lists = [re.findall(r"^- ([\w/., ]+): \S|, (\w+): \S", part, re.MULTILINE) for part in parts]
    names = [", ".join(one or other for one, other in found).split(", ") for found in lists if found]
    return [[name.removesuffix(".py") for name in group] for group in names]


def on_the_map(module: str) -> str:
    name = module.partition(".")[2].replace(".", "/")
    return re.sub(r"lesson_\d+$", "lesson_N", name) if module.startswith("course_utils.") else name


@pytest.mark.parametrize("package", (course_utils, tools, benchmarks), ids=lambda package: package.__name__)
def test_the_map_names_every_module_once_and_nothing_else(package):
    named = [name for group in groups(package) for name in group]
    modules = {on_the_map(module) for module in FILES if module.startswith(f"{package.__name__}.")}
    assert sorted(named) == sorted(modules)


def test_each_group_of_the_map_imports_only_from_itself_and_those_below():
    order = {name: number for number, group in enumerate(groups(course_utils)) for name in group}
    assert len(groups(course_utils)) >= 4
    up = {
        f"{module} imports {other}"
        for module, imports in IMPORTS.items()
        for other in imports
        if module.startswith("course_utils.") and order[on_the_map(module)] > order[on_the_map(other)]
    }
    assert up == set()


# An installed package


def test_the_wheel_holds_every_folder_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent for path in (ROOT / "course_utils").rglob("*.py")}
    assert all((folder / "__init__.py").is_file() for folder in folders)
    packages = [".".join(Path(folder).relative_to(ROOT).parts) for folder in folders]
    assert sorted(project["tool"]["setuptools"]["packages"]) == sorted(packages)
