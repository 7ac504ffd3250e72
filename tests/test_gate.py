"""The language gate: an untouched course passes, and every kind of damage is found."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat import v4

from tests.helpers.saved import commit, save, typing
from tests.helpers.small_course import look_published
from tools import gate
from tools.build import build
from tools.course import LANGUAGES, ROOT, find_sources, notebook_path, read_notebook, write_atomically
from tools.markdown import differences
from tools.notebooks import to_text, without_outputs

SOURCE = """\
# ---
# title:
#   es: "Prueba"
#   en: "Test"
# ---

# %% [markdown] lang="es"
# # Prueba
#
# La pérdida $L(G, D) = 0{,}5$ de `fit` y `fit`, en [Keras](https://keras.io/api/) y [aquí](../es/02_b.ipynb):
#
# - $$a_{\\text{falsa}} + b$$
# - `"época"` y ![logo](https://keras.io/logo.png)
#
# | a | b |
# |---|---|
# | 1 | 2 |
#
# ```bash
# make run LANGUAGE=es
# ```
#
# ```python
# print("hola")
# ```

# %% [markdown] lang="en"
# # Test
#
# See [Keras](https://keras.io/api/) and [here](../en/02_b.ipynb) for the loss $L(G, D) = 0.5$ of `fit`:
#
# - $$a_{\\text{fake}} + b$$
# - `"epoch"` and ![a logo](https://keras.io/logo.png)
#
# | a | b |
# |---|---|
# | 1 | 2 |
#
# ```bash
# make run LANGUAGE=en
# ```
#
# ```python
# print("hello")
# ```

# %% tags=["setup"]
# setup

# %%
# es: dos valores
# en: two values
x, y = 1, 2
print(L(f"{x} de {y}", f"of {y}, {x}"))

# %% tags=["nbval-check-output"]
x + y
"""


@pytest.fixture
def course(tmp_path):
    """A tiny course that is built and looks published."""
    (tmp_path / "notebooks" / "source").mkdir(parents=True)
    source(tmp_path).write_text(SOURCE, encoding="utf-8")
    assert build(tmp_path)[1] == []
    for language in LANGUAGES:
        edit(tmp_path, language, pretend_published)
    return tmp_path


def source(root: Path) -> Path:
    return root / "notebooks" / "source" / "01_tiny.py"


def pretend_published(notebook) -> None:
    look_published(notebook, "{count} / home / 2\n", seconds=0.0)


def edit(root: Path, language: str, change) -> None:
    path = notebook_path(root, language, "01_tiny")
    notebook = read_notebook(path)
    change(notebook)
    path.write_text(to_text(notebook), encoding="utf-8")


def rebuild(root: Path, old: str, new: str) -> list[str]:
    text = source(root).read_text(encoding="utf-8")
    assert text.count(old) == 1
    source(root).write_text(text.replace(old, new), encoding="utf-8")
    return build(root)[1]


def found(root: Path, *expected: str) -> None:
    """Assert that the gate finds exactly these problems."""
    problems = gate.check(root)
    assert len(problems) == len(expected), problems
    for problem, part in zip(problems, expected, strict=True):
        assert part in problem and "\n" not in problem


def test_an_untouched_course_has_no_problems(course, capsys):
    assert gate.check(course) == []
    assert gate.main(["--lesson", "1"], course) == 0
    assert "no problems" in capsys.readouterr().out


# The notebooks against their source


def set_source(position: int, text: str):
    def change(notebook) -> None:
        notebook.cells[position].source = text

    return change


HAND = "differs from its source: edited by hand or not rebuilt; run `make build`"


def test_changed_code_in_one_notebook(course, capsys):
    edit(course, "es", set_source(3, "x + 2 * y"))
    found(
        course,
        f"notebooks/es/01_tiny.ipynb: cell 4 (01-004) {HAND}",
        "notebooks/es/01_tiny.ipynb: published outputs are stale",
        "notebooks/source/01_tiny.py:56: cell 5 (01-004): the code of es and en is not the same program",
    )
    assert gate.main([], course) == 1
    assert "3 problems" in capsys.readouterr().out


def test_changed_string_or_comment_in_one_notebook(course):
    edit(course, "en", lambda notebook: set_source(2, notebook.cells[2].source + "  # all")(notebook))
    found(course, f"notebooks/en/01_tiny.ipynb: cell 3 (01-003) {HAND}")


def test_markdown_edited_by_hand(course):
    edit(course, "en", lambda notebook: set_source(0, notebook.cells[0].source.replace("See", "Read"))(notebook))
    found(course, f"notebooks/en/01_tiny.ipynb: cell 1 (01-001) {HAND}")


def test_another_layout_of_the_file(course):
    path = notebook_path(course, "es", "01_tiny")
    path.write_text(path.read_text(encoding="utf-8").replace("\n ", "\n  "), encoding="utf-8")
    found(course, "notebooks/es/01_tiny.ipynb: not laid out as the builder writes it")


def test_metadata_of_another_program(course):
    edit(course, "es", lambda notebook: notebook.metadata.update(toc={}))
    found(course, f"notebooks/es/01_tiny.ipynb: the metadata {HAND}")


def test_dropped_cell(course):
    edit(course, "en", lambda notebook: notebook.cells.pop())
    found(
        course,
        f"the number of cells (3, not 4) {HAND}",
        "notebooks/en/01_tiny.ipynb: published outputs are stale",
        "4 cells in es, 3 in en",
    )


def test_reordered_ids(course):
    def change(notebook) -> None:
        notebook.cells[2].id, notebook.cells[3].id = notebook.cells[3].id, notebook.cells[2].id

    edit(course, "es", change)
    found(
        course,
        f"notebooks/es/01_tiny.ipynb: cell 3 (01-004) {HAND}",
        "id is '01-004' in es, '01-003' in en",
        "id is '01-003' in es, '01-004' in en",
    )


# A learner's notebooks


def answer(root: Path) -> Path:
    """Answer, run and save as JupyterLab does; keep a notebook of one's own beside it."""
    path = save(root, "es", typing(2, "x = y = 'mine'", outputs=[stream("/home/ana\n")]), "01_tiny")
    path.with_name("mine.ipynb").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return path


@pytest.mark.parametrize("in_git", [False, True])
def test_what_a_learner_has_saved_is_named_and_no_problem(course, in_git, capsys):
    if in_git:
        commit(course)
    answer(course)
    assert gate.check(course) == []
    assert gate.main([], course) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "no problems" and len(said) == 2
    assert said[1].endswith(": notebooks/es/01_tiny.ipynb, notebooks/es/mine.ipynb")


def test_a_committed_notebook_that_another_program_has_saved_is_found(course):
    commit(course)
    answer(course)
    commit(course)
    problems = "\n".join(gate.check(course))
    assert f"notebooks/es/01_tiny.ipynb: cell 3 (01-003) {HAND}" in problems
    assert "notebooks/es/mine.ipynb: has no source notebooks/source/mine.py; move it elsewhere" in problems


def test_its_source_is_checked_all_the_same(course):
    answer(course)
    text = source(course).read_text(encoding="utf-8")
    source(course).write_text(text.replace("# # Prueba", "# ## Prueba"), encoding="utf-8")
    assert any("heading levels" in problem for problem in gate.check(course))


def test_different_tags(course):
    edit(course, "en", lambda notebook: notebook.cells[3].metadata.clear())
    found(course, f"cell 4 (01-004) {HAND}", "metadata is {'tags': ['nbval-check-output']} in es, {} in en")


@pytest.mark.parametrize(
    ("position", "text", "mark"),
    [
        (2, 'x, y = 1, 2\nprint(L("a", "b"))', 'L("'),
        (2, "# es: dos\nx, y = 1, 2", "# es:"),
        (0, 'lang="en"', "lang="),
    ],
)
def test_left_over_marks(course, position, text, mark):
    edit(course, "en", set_source(position, text))
    expected = f"cell {position + 1} (01-00{position + 1}): a mark of the builder is left: {mark}"
    assert any(problem.endswith(expected) for problem in gate.check(course))


def test_missing_and_surplus_notebooks(course):
    notebook_path(course, "en", "01_tiny").rename(notebook_path(course, "en", "02_lost"))
    found(course, "notebooks/en/02_lost.ipynb: has no source", "notebooks/en/01_tiny.ipynb: missing; run `make build`")


def test_a_broken_file(course):
    path = notebook_path(course, "en", "01_tiny")
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    found(course, "not a readable notebook")


# The twins


def test_dropped_twin(course):
    text = source(course).read_text(encoding="utf-8")
    start, end = text.index('# %% [markdown] lang="en"'), text.index("# %% tags")
    source(course).write_text(text[:start] + text[end:], encoding="utf-8")
    found(course, "notebooks/source/01_tiny.py:7: cell 1: 'es' has no 'en' twin")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("$L(G, D) = 0.5$", "$L(G, D) = 0.7$", "formulas: only in es: L(G,D)=0.5; only in en: L(G,D)=0.7"),
        (r"{\text{fake}} + b", r"{\text{fake}} - b", "formulas: only in es"),
        ("[Keras](https://keras.io/api/) and", "[Keras](https://keras.io/) and", "links: only in es: https://keras.io"),
        ("(../en/02_b.ipynb)", "(../en/03_b.ipynb)", "links: only in es: ../…/02_b.ipynb; only in en: ../…/03_b.ipynb"),
        ("![a logo](https://keras.io/logo.png)", "a logo", "images: only in es: https://keras.io/logo.png"),
        ("# # Test", "# ## Test", "heading levels: [1] in es, [2] in en"),
        ("# # Test", "# Test", "heading levels: [1] in es, [] in en"),
        ("of `fit`:", "of `predict`:", "code spans: only in es: fit; only in en: predict"),
        ('# - `"epoch"` and', '# `"epoch"` and', "list items: 2 in es, 1 in en"),
        ('# print("hello")', "# print(1)", "code fences"),
    ],
)
def test_twins_that_differ(course, old, new, message):
    assert rebuild(course, old, new) == []
    found(course, f"notebooks/source/01_tiny.py:7: cell 1 (01-001): {message}")


@pytest.mark.parametrize(
    ("spanish", "english", "difference"),
    [
        ("| a |\n|---|\n| 1 |", "| a |\n|---|", "table rows: 2 in es, 1 in en"),
        ("| a |\n|---|\n| 1 |", "| a |\n| 1 |", "table rows: 2 in es, 0 in en"),
        ("la suma $a +\nb$", "the sum $a +\nc$", "formulas: only in es: a+b; only in en: a+c"),  # it wraps
        ("$$\na\n$$", "$$\nb\n$$", "formulas: only in es: a; only in en: b"),
        ('<a href="https://a.org">a</a>', '<a href="https://b.org">b</a>', "links: only in es: https://a.org; only in"),
        ('<img alt="x" src="a.png">', '<img alt="x" src="b.png">', "images: only in es: a.png; only in en: b.png"),
        (
            "véase https://a.org.",
            "see https://a.org/b.",
            "links: only in es: https://a.org; only in en: https://a.org/b",
        ),
        ("- a\n  1. b", "- a\n  - b\n- c", "list items: 2 in es, 3 in en"),
        ("```\na\n```", "```bash\na\n```", "code fences: [''] in es, ['bash'] in en"),
    ],
)
def test_texts_that_differ(spanish, english, difference):
    (found,) = differences(spanish, english)
    assert found.startswith(difference)


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("[a](https://es.wikipedia.org/wiki/Red_(a))", "[a](https://en.wikipedia.org/wiki/Network)"),
        ("[a](#ejercicios)", "[a](#exercises)"),
        ("[a](../../README.es.md)", "[a](../../README.md)"),
        ("`python -m tools.run --language es`", "`python -m tools.run --language en`"),
        ("[`fit`](https://keras.io) *a* $x$", "$x$ [the method `fit`](https://keras.io)"),
        ("$a +\nb$ y $c$", "$a + b$ and $c$"),  # wraps in one language only
        ("`a\nb`: \\$1 y \\$2", "`a b`, 1 dollar and 2"),
        ("[https://a.org](https://a.org)", "<https://a.org>"),
        ("texto\n1999. Fue un año", "text of\nthe year 1999"),  # no list item: it does not interrupt a paragraph
    ],
)
def test_differences_between_languages_that_are_right(spanish, english):
    assert differences(spanish, english) == []


# The outputs


def test_a_changed_second_of_a_published_run_is_missed_on_the_pages(course):
    page = course / "workshop" / "README.md"
    page.parent.mkdir()
    page.write_text("# A page\n\nIt runs for <!-- =seconds 1 --><!-- end -->.\n", encoding="utf-8")
    assert build(course)[1] == [] and gate.check(course) == []
    assert "<!-- =seconds 1 -->0 s / 0 s<!-- end -->" in page.read_text(encoding="utf-8")

    def run_longer(notebook):
        notebook.metadata.course.published.seconds = 7.0

    edit(course, "en", run_longer)
    assert gate.check(course) == [
        "workshop/README.md:3: `seconds 1` says 0 s / 0 s instead of 7 s / 0 s; run `make build`"
    ]
    assert build(course)[1] == [] and gate.check(course) == []


def test_stale_outputs(course):
    assert rebuild(course, "x + y\n", "x * y\n") == []
    stale = "published outputs are stale: code changed since; run `make publish LESSON=1`"
    found(course, f"es/01_tiny.ipynb: {stale}", f"en/01_tiny.ipynb: {stale}")  # one line each, and not one a cell


def set_output(output):
    def change(notebook) -> None:
        notebook.cells[2].outputs = [output]

    return change


def stream(text: str, name: str = "stdout"):
    return v4.new_output("stream", name=name, text=text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_output(stream("Traceback (most recent call last)\n")), "output shows a traceback"),
        (set_output(stream("step 1\n", "stderr")), "output shows text on stderr: 'step 1'"),
        (set_output(stream("saved in /home/ana/out\n")), "output shows a path of one machine: saved in /home/ana"),
        (set_output(stream("C:\\Users\\ana\n")), "output shows a path of one machine"),
        (set_output(stream("UserWarning: the weights\n")), "output shows a warning: UserWarning: the"),
        (set_output(v4.new_output("execute_result", {"text/html": "<b>/root/x</b>"})), "a path of one machine"),
        (set_output(v4.new_output("display_data", {"text/plain": "<a at 0x7f12ab34cd>"})), "a memory address"),
        (set_output(v4.new_output("error", ename="ValueError", evalue="", traceback=[])), "an error, ValueError"),
        (lambda notebook: notebook.cells[2].update(execution_count=None), "execution count is None, not 2"),
        (lambda notebook: notebook.cells[2].update(execution_count=7), "execution count is 7, not 2"),
    ],
)
def test_outputs_unfit_to_be_shown(course, change, message):
    edit(course, "es", change)
    found(course, message)
    assert "notebooks/es/01_tiny.ipynb: cell 3 (01-003): " in gate.check(course)[0]


def test_images_are_not_read_as_text(course):
    image = v4.new_output(
        "display_data", {"image/png": "aaa/home/bbb", "text/html": "<img src='data:x;base64,/root/'>"}
    )
    edit(course, "es", set_output(image))
    found(course)


def test_too_large(course):
    edit(course, "es", set_output(stream("x" * gate.LARGEST)))
    found(course, f"notebooks/es/01_tiny.ipynb: {gate.LARGEST / 1e6:.1f}")


def test_outputs_never_made(course):
    write_atomically(
        notebook_path(course, "en", "01_tiny"),
        to_text(without_outputs(read_notebook(notebook_path(course, "en", "01_tiny")))),
    )
    found(course, "has no outputs; run `make publish LESSON=1`", "does not say how it was run (dataset, budget")


@pytest.mark.parametrize("key", gate.PROVENANCE)
def test_missing_provenance(course, key):
    edit(course, "en", lambda notebook: notebook.metadata.course.published.pop(key))
    found(course, f"does not say how it was run ({key} missing)")


# The real course


def test_the_gate_does_not_import_tensorflow():
    code = "import sys, tools.gate; sys.exit(bool({'tensorflow', 'keras', 'nbclient'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_the_course_passes():
    start = time.process_time()
    assert find_sources(ROOT), "there are no lessons"
    assert gate.check(ROOT) == []
    assert time.process_time() - start < 20  # seconds of work, however busy the machine is
