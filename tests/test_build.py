"""The builder: from one bilingual source to two notebooks."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import v4

from tests.helpers.saved import commit, git, save, typing
from tests.helpers.small_course import (
    HEADER,
    PROJECT,
    SETUP,
    TEXT,
    built,
    code_cells,
    pretend_published,
    problems_of,
    read,
    write_source,
)
from tools import address, build
from tools.course import LANGUAGES, ROOT, notebook_path, read_notebook
from tools.notebooks import fingerprint, syntax

CELLS = "# %%\nx = 1\n\n# %%\nx + 1\n"


def last_cells(root: Path, code: str) -> tuple[str, str]:
    notebooks = built(root, f"# %%\n{code}\n")
    return notebooks["es"].cells[-1].source, notebooks["en"].cells[-1].source


# Resolving the marks


@pytest.mark.parametrize(
    ("code", "spanish", "english"),
    [
        ('x = L("época", "epoch")', 'x = "época"', 'x = "epoch"'),
        ('x = L("ab", "year")[0]', 'x = "ab"[0]', 'x = "year"[0]'),
        ('x = "ñandú", L("año", "year"), L("ó", "o")', 'x = "ñandú", "año", "ó"', 'x = "ñandú", "year", "o"'),
        ('n = 1\nprint(L(f"{n} sí", f"yes {n}"))', 'n = 1\nprint(f"{n} sí")', 'n = 1\nprint(f"yes {n}")'),
        ('x = L("a" "b", "c {}").format(1)', 'x = "ab".format(1)', 'x = "c {}".format(1)'),
        ('x = "L(1) # es: no"', 'x = "L(1) # es: no"', 'x = "L(1) # es: no"'),
        ("# es: uno\n# es: dos\n# en: one\nx = 1", "# uno\n# dos\nx = 1", "# one\nx = 1"),
        ("x = 1  # (None, 784)\ny = 2  # noqa: F841", "x = 1  # (None, 784)\ny = 2", "x = 1  # (None, 784)\ny = 2"),
        ("# q1.hint()\nx = 1", "# q1.hint()\nx = 1", "# q1.hint()\nx = 1"),
        ("x = [\n    1,\n    2,\n]", "x = [1, 2]", "x = [1, 2]"),
        ("x = [1,\n     2]  # fmt: skip", "x = [1,\n     2]", "x = [1,\n     2]"),
    ],
)
def test_marks_are_resolved(tmp_path, code, spanish, english):
    assert last_cells(tmp_path, code) == (spanish, english)


def test_docstrings_and_indented_comments(tmp_path):
    code = 'def f(x):\n    L("""Dobla «x».""", """Doubles x.""")\n    # es: así\n    # en: so\n    return 2 * x'
    spanish, english = last_cells(tmp_path, code)
    assert spanish == 'def f(x):\n    """Dobla «x»."""\n    # así\n    return 2 * x'
    assert ast.get_docstring(ast.parse(english).body[0]) == "Doubles x."


@pytest.mark.parametrize("form", ["x = {}", "print({})", "x = {} + 'z'", "{}", "x = [1, {}][1]"])
def test_strings_over_several_lines_stay_whole(tmp_path, form):
    spanish, english = ("á" * 60, "b" * 60), ("c" * 60, "d" * 60)
    call = f'L("{spanish[0]}"\n  "{spanish[1]}",\n  "{english[0]}"\n  "{english[1]}")'
    for text, words in zip(last_cells(tmp_path, form.format(call)), (spanish, english), strict=True):
        strings = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
        assert "".join(words) in strings
        assert "L(" not in text and "((" not in text


# Errors


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ('# %% [markdown] lang="es"\n# a\n\n# %%\nx = 1\n', ["16: cell 4: 'es' has no 'en' twin"]),
        ('# %% [markdown] lang="es"\n# a\n', ["16: cell 4: 'es' has no 'en' twin"]),
        ('# %% [markdown] lang="en"\n# a\n', ["16: cell 4: 'en' has no 'es' twin"]),
        ("# %% [markdown]\n# a\n", ['16: cell 4: a markdown cell needs lang="es"']),
        ("# %%\nx = 1\ny = = 2\n", ["18: cell 4: syntax error"]),
        ('# %%\nx = "\\d"\n', ["17: cell 4: syntax error: invalid escape"]),
        ("# %%\n\n\n# es: sola\nx = 1\n", ["19: cell 4: comment '# es:' has no '# en:' twin"]),
        ("# %%\n# en: alone\nx = 1\n", ["17: cell 4: comment '# en:' has no '# es:' twin"]),
        ("# %%\n# es: uno\nif 1:\n    # en: one\n    x = 1\n", ["17: cell 4: comment '# es:'", "19: cell 4: comment"]),
        ("# %%\nx = 1  # count\n", ["17: cell 4: comment without a language, use '# es: …' and '# en: …': # count"]),
        ("# %%\n# print('one')\n# be = a\nx = 1", ["17: cell 4: comment", "18"]),
        ("# %%\nx = 1  # es: uno\n", ["17: cell 4: a '# es:' comment must stand on a line of its own"]),
        ('# %%\nx = f"{L("a", 1)}"\n'.replace('"a"', "'a'"), ["17: cell 4: L(…) inside an f-string"]),
        ('# %%\nx = 1\nL("a", x)\n', ["18: cell 4: L(…) takes exactly two strings"]),
        ('# %%\nL("a", "b", "c")\n', ["17: cell 4: L(…) takes exactly two strings"]),
        ("# %%\nL = 3\n", ["17: cell 4: the name L is taken"]),
        ('# %%\nx = L(\n    "a",\n    # es: a\n    # en: b\n    "b")\n', ["19: cell 4: comment inside L(…)"]),
        ("# %%\n\n# %%\nx = 1\n", ["16: cell 4: empty code cell"]),
        ('# %% tags=["setup"]\nx = 1\n', ["16: cell 4: the first code cell, and no other"]),
        # all problems of a file are told, not only the first
        ("# %%\nx = 1  # one\nL(1, 2)\n\n# %%\n# two\nx = 1", ["17: cell 4: comment", "18: cell 4: L", "21: cell 5"]),
    ],
)
def test_errors_name_the_place(tmp_path, cells, expected):
    problems = problems_of(tmp_path, cells)
    assert len(problems) == len(expected)
    for problem, start in zip(problems, expected, strict=True):
        assert problem.startswith(f"notebooks/source/01_tiny.py:{start}"), problem


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (TEXT + SETUP, "1: the file must start with a header"),
        (HEADER.replace("en:", "fr:") + TEXT + SETUP, "1: the file must start with a header"),
        (HEADER + TEXT, "1: there is no setup cell"),
        (HEADER + "x = 1\n\n" + TEXT + SETUP, "1: text before the first cell"),
    ],
)
def test_errors_of_the_whole_file(tmp_path, start, expected):
    assert problems_of(tmp_path, "", start)[0].startswith(f"notebooks/source/01_tiny.py:{expected}")


def test_command_line(tmp_path, capsys):
    path = write_source(tmp_path, "# %%\nx = 1\n")
    assert build.main(["--lesson", "1"], tmp_path) == 0
    assert "wrote notebooks/es/01_tiny.ipynb\nwrote notebooks/en/01_tiny.ipynb" in capsys.readouterr().out
    assert build.main([], tmp_path) == 0
    assert capsys.readouterr().out == "up to date\n"
    assert build.main(["--lesson", "7"], tmp_path) == 1
    assert "there is no lesson '7'; there are: 01_tiny" in capsys.readouterr().err
    path.write_text("# %%\nx = 1\n", encoding="utf-8")
    before = read(tmp_path, "es")
    assert build.main([], tmp_path) == 1
    assert "01_tiny.py:1:" in capsys.readouterr().err
    assert read(tmp_path, "es") == before


# The notebooks


def test_notebook_form(tmp_path):
    notebooks = built(tmp_path, '# %% tags=["nbval-check-output"]\nx = 1\n')
    for language, title in (("es", "Tu primera red: año"), ("en", "Your first network")):
        notebook = notebooks[language]
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
        assert [cell.id for cell in notebook.cells] == ["01-001", "01-002", "01-003"]
        tags = [cell.metadata.get("tags") for cell in notebook.cells]
        assert tags == [None, ["setup"], ["nbval-check-output"]]
        assert notebook.metadata.course == {"lesson": "01_tiny", "language": language, "title": title}
        assert notebook.metadata.kernelspec.name == "python3"
    text = notebook_path(tmp_path, "es", "01_tiny").read_text(encoding="utf-8")
    assert text.endswith("}\n") and "año" in text and '\n "cells"' in text


def test_the_setup_cell_is_hidden_and_its_first_line_says_what_it_does(tmp_path):
    """Colab shows the words after `@title` in the place of the code."""
    first = {"es": "# @title Preparación: ", "en": "# @title Setup: "}
    for language, notebook in built(tmp_path, CELLS).items():
        others = [cell.metadata for cell in code_cells(notebook)[1:]]
        cell = notebook.cells[1]
        assert cell.source.startswith(first[language])
        assert cell.metadata["jupyter"]["source_hidden"] is True and cell.metadata["_kg_hide-input"] is True
        assert cell.metadata["cellView"] == "form" and others == [{}, {}]


def test_builds_are_equal_also_in_another_process(tmp_path):
    built(tmp_path, '# %%\nprint(L("a", "b"), {1, 2})\n')
    paths = [notebook_path(tmp_path, language, "01_tiny") for language in LANGUAGES]
    first = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    code = f"from pathlib import Path; from tools import build; build.build(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "7"}, check=True)
    assert [path.read_bytes() for path in paths] == first


def outputs(notebook) -> list:
    return [(cell.execution_count, "".join(output.text for output in cell.outputs)) for cell in code_cells(notebook)]


KEPT = [(1, "output 1\n"), (2, "output 2\n"), (3, "output 3\n")]


@pytest.mark.parametrize(
    ("cells", "kept", "stale"),
    [
        (CELLS, KEPT, False),
        (TEXT + CELLS, KEPT, False),  # only prose was added: the ids move, the outputs do not care
        ("# %%\n# es: uno\n# en: one\nx    = (1)\n\n# %%\nx + 1\n", KEPT, False),
        ("# %%\nx = 2\n\n# %%\nx + 1\n", [KEPT[0], (None, ""), KEPT[2]], True),
        ("# %%\nx + 1\n", [KEPT[0], KEPT[2]], True),
        ("# %%\nx = 1\n\n# %%\nx + 1\n\n# %%\nx\n", [*KEPT, (None, "")], True),
    ],
)
def test_outputs_are_kept_where_the_code_is_the_same(tmp_path, cells, kept, stale):
    built(tmp_path, CELLS)
    pretend_published(tmp_path)
    for notebook in built(tmp_path, cells).values():
        assert outputs(notebook) == kept
        assert (notebook.metadata.course.published.fingerprint != fingerprint(notebook)) == stale


# What somebody has typed


TYPED = "answer = 'typed'"


def aside(root: Path) -> list[str]:
    """Return the texts of the second code cell in the notebooks that were set aside."""
    copies = sorted((root / "out").glob("before/*/notebooks/*/01_tiny.ipynb"))
    return [code_cells(read_notebook(path))[1].source for path in copies]


def by_jupyter(root: Path) -> None:
    save(root, "es", typing(2, TYPED))


def by_an_editor(root: Path) -> None:
    """Or in JupyterLab with no kernel: nothing but the text tells."""
    path = notebook_path(root, "es", "01_tiny")
    path.write_text(path.read_text(encoding="utf-8").replace("x = 1", TYPED), encoding="utf-8")


@pytest.mark.parametrize("by", [by_jupyter, by_an_editor])
@pytest.mark.parametrize("in_git", [False, True])
def test_what_somebody_has_typed_is_set_aside_and_the_place_told(tmp_path, by, in_git, capsys):
    built(tmp_path, CELLS)
    pretend_published(tmp_path)
    if in_git:
        commit(tmp_path)
    by(tmp_path)
    capsys.readouterr()
    assert build.main([], tmp_path) == 0
    assert aside(tmp_path) == [TYPED] and code_cells(read(tmp_path, "es"))[1].source == "x = 1"
    lines = [line for line in capsys.readouterr().out.splitlines() if "out/before/" in line]
    assert len(lines) == 1 and lines[0].startswith("notebooks/es/01_tiny.ipynb: there may be")


def test_the_address_sets_it_aside_too(tmp_path):
    built(tmp_path, CELLS)
    (tmp_path / "pyproject.toml").write_text(PROJECT.format(repository=""))
    by_jupyter(tmp_path)
    assert address.main(["someone/gans"], tmp_path) == 0
    assert aside(tmp_path) == [TYPED]


def test_what_the_builder_or_git_knows_is_replaced_in_silence(tmp_path, capsys):
    built(tmp_path, CELLS)
    for number in (2, 3):
        built(tmp_path, CELLS.replace("x = 1", f"x = {number}"))
    commit(tmp_path)
    shutil.rmtree(tmp_path / "out")  # as after a clone
    built(tmp_path, CELLS)
    assert capsys.readouterr().out == "" and not (tmp_path / "out" / "before").exists()


def test_a_learners_outputs_do_not_get_into_the_course(tmp_path, capsys):
    """Neither into the notebooks that are built, nor into the numbers of the pages."""
    page = tmp_path / "workshop" / "README.md"
    page.parent.mkdir()
    page.write_text("# A page\n\nIt runs for <!-- =seconds 1 --><!-- end -->.\n", encoding="utf-8")
    built(tmp_path, CELLS)
    pretend_published(tmp_path)
    built(tmp_path, CELLS)
    commit(tmp_path)
    before = page.read_bytes()

    def run(notebook) -> None:
        code_cells(notebook)[1].outputs = []
        notebook.metadata.course.published.seconds = 99

    save(tmp_path, "es", run)
    built(tmp_path, CELLS)
    assert outputs(read(tmp_path, "es")) == KEPT and page.read_bytes() == before
    assert git(tmp_path, "status", "--porcelain") == ""


def test_publishing_the_course_elsewhere_makes_nothing_stale(tmp_path):
    built(tmp_path, CELLS)
    pretend_published(tmp_path)
    (tmp_path / "pyproject.toml").write_text(PROJECT.format(repository="someone/gans"))
    notebook = built(tmp_path, CELLS)["es"]
    assert '"someone/gans", "main"' in notebook.cells[1].source
    assert outputs(notebook) == KEPT
    assert notebook.metadata.course.published.fingerprint == fingerprint(notebook)


@pytest.mark.parametrize(("old", "new", "stale"), [("smoke=1", "smoke=2", False), ("full=9", "full=8", True)])
def test_smoke_budgets_are_never_published_and_make_nothing_stale(tmp_path, old, new, stale):
    cells = "# %%\nx = budget(smoke=1, workshop=3, full=9)\n"
    built(tmp_path, cells)
    pretend_published(tmp_path)
    notebook = built(tmp_path, cells.replace(old, new))["es"]
    assert (notebook.metadata.course.published.fingerprint != fingerprint(notebook)) == stale
    assert (outputs(notebook)[1] == (None, "")) == stale


def test_a_bad_repository_is_refused(tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT.format(repository="https://github.com/someone/gans"))
    assert "not 'owner/name'" in problems_of(tmp_path, CELLS)[0]


def test_fingerprint_is_the_same_for_every_python():
    code = 'def f(a, *, b=None):\n    return f"{a!r:>{b}} {a:.2f} ñ"\n\n\nclass A: ...'
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code), v4.new_code_cell("x = [1.5, b'a', ..., None, 'a']")])
    assert fingerprint(notebook) == "d75b76b337cec8c908fea7d482ef27fd2c5d9a85bb20b30dfd0dc9593e1f3163"


@pytest.mark.parametrize(
    ("one", "other", "same", "same_blanked"),
    [
        ("x = 1  # a", "x = (1)", True, True),
        ("x = 'a'", "x = 'b'", False, True),
        ("x = 'a'", "x = 1", False, False),
        ("f'{a} de {b}'", "f'{b} of {a}'", False, True),
        ("f'{a} de {b}'", "f'{a} of {a}'", False, False),
        ("f'{a:.2f}'", "f'{a:.3f}'", False, False),
        ("f'sin nada'", "'nothing'", False, True),
    ],
)
def test_syntax(one, other, same, same_blanked):
    assert (syntax(one) == syntax(other)) == same
    assert (syntax(one, blank=True) == syntax(other, blank=True)) == same_blanked
