"""Exported code: what a lesson's source says stands in the module, and the gate notices everything else."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from course_utils.language import set_language
from tests.helpers.small_course import LESSON, built, code_cells, pretend_published, problems_of, write_source
from tools import gate
from tools.build import build
from tools.course import ROOT

MODULE = "course_utils/lessons/lesson_1.py"
PLACE = f"notebooks/source/{LESSON}.py"
IMPORTS = "# %%\nimport json\n\nimport numpy as np\nfrom numpy import random as chance\n\n"  # 7 lines: 16 to 22
CODE = '''\
# es: el doble
# en: twice
def double(x):
    L("""Dobla.""", """Doubles.""")
    # es: por dos
    # en: by two
    if x is None:
        raise ValueError(L("no hay x", "there is no x"))
    return 2 * x
'''


def export(code: str, *tags: str) -> str:
    names = ", ".join(f'"{tag}"' for tag in ("export", *tags))
    return f"# %% tags=[{names}]\n{code.strip()}\n\n"


def module_of(root: Path, cells: str) -> str:
    built(root, cells)
    return (root / MODULE).read_text(encoding="utf-8")


def body_of(module: str) -> str:
    """Return the module without its docstring."""
    return module.split('"""\n', 2)[-1].strip()


def run(module: str) -> dict:
    names = {"__name__": "lesson_1"}
    exec(compile(module, MODULE, "exec"), names)
    return names


@pytest.fixture
def course(tmp_path):
    """A course with an exported function that is built and looks published."""
    built(tmp_path, export(CODE) + "# %%\ndouble(1)\n")
    pretend_published(tmp_path)
    assert gate.check(tmp_path) == []
    return tmp_path


# What is written


def test_the_module_says_where_it_comes_from_and_how_to_change_it(tmp_path):
    docstring = ast.get_docstring(ast.parse(module_of(tmp_path, export(CODE))))
    assert "lesson 1" in docstring and f"{PLACE}" in docstring and "make build" in docstring


def test_comments_and_docstrings_are_english_and_messages_speak_the_language_of_the_learner(tmp_path):
    module = module_of(tmp_path, export(CODE))
    assert "# twice\n" in module and "    # by two\n" in module
    assert "el doble" not in module and "por dos" not in module
    names = run(module)
    assert names["double"](2) == 4 and names["double"].__doc__ == "Doubles."
    for language, words in (("es", "no hay x"), ("en", "there is no x"), ("es", "no hay x")):
        set_language(language)
        with pytest.raises(ValueError, match=words):
            names["double"](None)


def test_only_the_imports_that_are_used_are_written(tmp_path):
    module = module_of(tmp_path, IMPORTS + export("def f():\n    return np.zeros(chance.randint(3))"))
    assert [line for line in module.splitlines() if "import" in line and "`" not in line] == [
        "import numpy as np",
        "from numpy import random as chance",
    ]
    assert len(run(module)["f"]()) < 3


def test_an_import_of_a_module_in_a_package_is_found_by_its_first_name(tmp_path):
    module = module_of(tmp_path, "# %%\nimport os.path\n\n" + export("def f():\n    return os.path.sep"))
    assert "import os.path\n" in module and run(module)["f"]()


MARKDOWN = '# %% [markdown] lang="es"\n{es}\n\n# %% [markdown] lang="en"\n{en}\n\n'


def test_above_each_definition_stands_the_section_that_explains_it(tmp_path):
    cells = IMPORTS
    cells += export("a = 1\nb = 2\n\ndef f():\n    return a\n\nc = 3")  # under the title of the page, "# Hello"
    cells += MARKDOWN.format(es="# ## Dos turnos", en="# ## Two turns")
    cells += export("@chance.wrap\n@np.vectorize\ndef g(x):\n    return x\n\nclass A:\n    pass")
    code = "#\n# ```bash\n# # No heading\n# ```"
    cells += MARKDOWN.format(es=f"# ### La `red`\n{code}", en=f"# ### The `network`\n{code}")
    cells += export("def h():\n    return 1")
    wanted = """
        # Lesson 1, § Hello
        a = 1
        b = 2


        # Lesson 1, § Hello
        def f():
            return a


        # Lesson 1, § Hello
        c = 3


        # Lesson 1, § Two turns
        @chance.wrap
        @np.vectorize
        def g(x):
            return x


        # Lesson 1, § Two turns
        class A:
            pass


        # Lesson 1, § The `network`
        def h():
            return 1
    """
    module = module_of(tmp_path, cells)
    lines = [line[8:] for line in wanted.splitlines() if line.strip()]
    written = body_of(module).partition("# Lesson")[1:]
    assert [line for line in "".join(written).splitlines() if line] == lines


def test_before_the_first_heading_stands_the_title(tmp_path):
    text = '# %% [markdown] lang="es"\n# hola\n\n# %% [markdown] lang="en"\n# hello\n\n'
    start = '# ---\n# title:\n#   es: "Uno"\n#   en: "One"\n# ---\n\n' + text + '# %% tags=["setup"]\n# setup\n\n'
    write_source(tmp_path, export("a = 1"), start)
    assert build(tmp_path)[1] == []
    assert "# Lesson 1, § One\na = 1" in (tmp_path / MODULE).read_text(encoding="utf-8")


def test_a_solution_is_in_the_module_and_not_in_the_notebooks(tmp_path):
    cells = export("def f():\n    return 1", "solution") + "# %%\nprint(f)\n"
    notebooks = built(tmp_path, cells)
    assert "def f():\n    return 1" in (tmp_path / MODULE).read_text(encoding="utf-8")
    for notebook in notebooks.values():
        assert [cell.source for cell in code_cells(notebook)][1:] == ["print(f)"]
        assert [cell.id for cell in notebook.cells] == ["01-001", "01-002", "01-003"]
    pretend_published(tmp_path)
    assert gate.check(tmp_path) == []


def test_building_again_changes_nothing(course):
    before = (course / MODULE).read_bytes()
    assert build(course) == ([], [])
    assert (course / MODULE).read_bytes() == before


def test_a_lesson_without_exported_cells_has_no_module(tmp_path):
    built(tmp_path, "# %%\nx = 1\n")
    assert not (tmp_path / MODULE).exists()


# What exported code may use


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def f():\n    return rate", 24),
        ("def f():\n    def g():\n        return [rate]\n\n    return g", 25),
        ("def f(x=rate):\n    return x", 23),
        ("def f(\n    x,\n    *,\n    y=rate,\n):\n    return x, y", 26),
        ("def f(x: rate):\n    return x", 23),
        ("@json.loads\n@rate\ndef f():\n    return 1", 24),
        ("class A(rate):\n    pass", 23),
        ("class A:\n    size = rate", 24),
        ("class A:\n    def f(self):\n        return rate", 25),
        ("f = lambda x: x + rate", 23),
        ("x = [\n    k\n    for k in range(3)\n    if k > rate\n]", 26),
        ('x = f"{rate:.2f}"', 23),
        ("def f():\n    global rate\n    return rate", 25),
        ("def f():\n    return setup.start", 24),  # imported by the setup cell, which is no part of the lesson
    ],
)
def test_a_name_that_is_neither_exported_nor_imported_is_refused(tmp_path, code, line):
    name = "setup" if "setup" in code else "rate"
    hidden = IMPORTS.replace("\n\nimport", "\nrate = 1\nimport")  # defined in a cell that is not exported
    (problem,) = problems_of(tmp_path, hidden + export(code))
    message = f"exported code uses '{name}', which is neither exported nor imported"
    assert problem == f"{PLACE}:{line}: cell 5: {message}"
    (found,) = gate.check(tmp_path)[:1]
    assert found == problem


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return g()\n\ndef g():\n    return json.dumps(np.pi)",
        "def f(x, *, y=2, **z):\n    w = [v for v in x if v]\n    return w, y, z, sorted(x, key=lambda u: -u)",
        "def f():\n    x = 1\n\n    def g():\n        nonlocal x\n        x += 1\n        return x\n\n    return g",
        "def f(x):\n    try:\n        return int(x)\n    except ValueError as error:\n        return error, __name__",
        "def f():\n    import os\n\n    return os.sep",
        "class A:\n    size = 3\n    sizes = [size]\n\n    def f(self):\n        return A.size",
        'def f():\n    return L("sí", "yes")',
        "x: int = 1\ny = z = [k for k in range(x)]",
    ],
)
def test_other_names_are_fine(tmp_path, code):
    run(module_of(tmp_path, IMPORTS + export(code)))


def test_names_of_other_exported_cells_are_fine(tmp_path):
    cells = IMPORTS + export("def f():\n    return rate + g()") + export("rate = 1\n\ndef g():\n    return 2")
    assert run(module_of(tmp_path, cells))["f"]() == 3


@pytest.mark.parametrize(
    "code",
    ["print(1)", "for k in range(3):\n    pass", "x += 1", "import os", "assert x", "if x:\n    y = 1", "del x", '"a"'],
)
def test_anything_but_a_definition_is_refused(tmp_path, code):
    (problem,) = problems_of(tmp_path, export(f"x = 1\n\n\n{code}"))
    message = "an exported cell holds definitions only; move this statement to a cell of its own"
    assert problem == f"{PLACE}:20: cell 4: {message}"


def test_a_name_may_be_exported_once(tmp_path):
    problems = problems_of(tmp_path, export("x = 1\n\ndef f():\n    return x") + export("f, y = 2, 3"))
    assert problems == [f"{PLACE}:23: cell 5: 'f' is exported already, in line 19"]


def test_the_variables_of_two_comprehensions_are_not_exported(tmp_path):
    module = module_of(tmp_path, export("x = [k for k in 'ab']") + export("y = {k: k for k in x}"))
    assert run(module)["y"] == {"a": "a", "b": "b"}
    (problem,) = problems_of(tmp_path / "other", export("x = [k for k in 'ab']\n\ndef f():\n    return k"))
    assert "exported code uses 'k'" in problem


def test_all_problems_are_told(tmp_path):
    problems = problems_of(tmp_path, export("print(1)\n\ndef f():\n    return a + b\n"))
    assert [problem.split(":")[1] for problem in problems] == ["17", "20", "20"]


# What the gate finds


def test_a_changed_cell_is_found_until_it_is_built(course):
    write_source(course, export(CODE.replace("2 * x", "x + x")) + "# %%\ndouble(1)\n")
    problems = gate.check(course)
    line = (course / MODULE).read_text(encoding="utf-8").splitlines().index("    return 2 * x") + 1
    assert problems[0] == f"{MODULE}:{line}: differs from its source: edited by hand or not rebuilt; run `make build`"
    assert {problem.split(":")[0] for problem in problems[1:]} == {
        f"notebooks/{language}/{LESSON}.ipynb" for language in ("es", "en")
    }
    written, _ = build(course)
    assert course / MODULE in written
    assert not [problem for problem in gate.check(course) if MODULE in problem]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("    return 2 * x", "    return 3 * x", "    return 3 * x"),
        ("# by two", "# by 2", "    # by 2"),
        ("# Lesson 1, § Hello", "# Lesson 1, § Bye", "# Lesson 1, § Bye"),
    ],
)
def test_a_module_edited_by_hand_is_found_with_its_line(course, old, new, line):
    text = (course / MODULE).read_text(encoding="utf-8")
    assert text.count(old) == 1
    edited = text.replace(old, new)
    (course / MODULE).write_text(edited, encoding="utf-8")
    number = edited.splitlines().index(line) + 1
    message = "differs from its source: edited by hand or not rebuilt; run `make build`"
    assert gate.check(course) == [f"{MODULE}:{number}: {message}"]


def test_a_line_added_or_cut_at_its_end_is_found(course):
    text = (course / MODULE).read_text(encoding="utf-8")
    lines = text.count("\n")
    for edited, number in ((text + "x = 1\n", lines + 1), (text.removesuffix("    return 2 * x\n"), lines)):
        (course / MODULE).write_text(edited, encoding="utf-8")
        (problem,) = gate.check(course)
        assert problem.startswith(f"{MODULE}:{number}: differs from its source")


def test_a_missing_module_is_found(course):
    (course / MODULE).unlink()
    assert gate.check(course) == [f"{MODULE}: missing; run `make build`"]


def test_a_module_whose_lesson_is_gone_or_exports_nothing_is_found(course):
    orphan = course / "course_utils" / "lessons" / "lesson_7.py"
    orphan.write_text("x = 1\n")
    assert gate.check(course) == ["course_utils/lessons/lesson_7.py: no lesson has this number; delete it"]
    orphan.unlink()
    write_source(course, "# %%\ndouble(1)\n")
    build(course)
    assert f"{MODULE}: {LESSON} exports nothing; delete it" in gate.check(course)


# The real modules

SOURCES = [
    path
    for folder in ("course_utils", "tools", "benchmarks", "notebooks/source", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def uses_of(code: str) -> set[tuple[str, str]]:
    """Return (module, name) of everything exported that a program uses."""
    package, modules, found = "course_utils.lessons", {}, set()
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}."):
            found |= {(node.module.removeprefix(f"{package}."), alias.name) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            found.add((modules[node.value.id], node.attr))
    return found


def test_the_modules_hold_what_others_use(tensorflow):
    used = {use for path in SOURCES for use in uses_of(path.read_text(encoding="utf-8"))}
    assert len({module for module, _ in used}) >= 3 and len(used) > 15
    missing = [use for use in used if not hasattr(importlib.import_module(f"course_utils.lessons.{use[0]}"), use[1])]
    assert missing == []


def test_the_uses_of_exported_code_are_seen():
    code = "from course_utils.lessons import lesson_2 as two, lesson_3\n"
    code += "from course_utils.lessons.lesson_1 import a, b as c\n"
    code += "two.train()\n\ndef f():\n    return lesson_3.NAMES, lesson.x\n"
    assert uses_of(code) == {("lesson_2", "train"), ("lesson_3", "NAMES"), ("lesson_1", "a"), ("lesson_1", "b")}
