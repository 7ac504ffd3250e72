"""What is kept of a published run beside its outputs: the arguments of its generator, its picture, the generator."""

from __future__ import annotations

import base64
import copy
import json
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils import folders
from tests.helpers.saved import save, typing
from tests.helpers.small_course import LESSON, built, read
from tools import publish
from tools.execute import FACTS

CELLS = """\
# %%
from pathlib import Path
from types import SimpleNamespace


# %% tags=["export"]
def make_generator(size=1, depth=2, bias=True):
    return size, depth, bias


# %%
dataset = SimpleNamespace(name="mnist")
settings = {"size": 3, "bias": False, "rate": 0.1}
out = Path("made").resolve()
"""


@pytest.fixture
def course(tmp_path):
    """A course of one lesson that exports its `make_generator`; its first cell needs no TensorFlow."""
    (tmp_path / "course_utils").mkdir()
    (tmp_path / "course_utils" / "setup.py").write_text("def start(language, lesson):\n    pass\n")
    built(tmp_path, CELLS)
    return tmp_path


@pytest.fixture
def commands(monkeypatch):
    """The commands that would have been run; they succeed."""
    called = []

    def run(command, **options):
        called.append(command[1:])
        return SimpleNamespace(returncode=0, stdout="kept\n", stderr="")

    monkeypatch.setattr(publish.subprocess, "run", run)
    return called


@pytest.fixture
def made(tmp_path):
    """What a run has left."""
    folder = tmp_path / "made"
    folder.mkdir()
    for name in ("generated.png", "generator.keras"):
        (folder / name).write_bytes(name.encode())
    return folder


def test_the_arguments_and_the_files_of_a_run_are_kept(course, monkeypatch):
    kept = []
    monkeypatch.setattr(publish, "keep_files", lambda root, *facts: kept.append(facts) or [])
    assert publish.main(["--lesson", "1", "--budget", "smoke"], course) == 0
    for language in ("es", "en"):
        made = course / "notebooks" / language / "made"
        assert kept.pop(0) == (LESSON, language, made, "mnist")
        assert read(course, language).metadata.course.published.arguments == {"size": 3, "bias": False}


def test_what_is_typed_during_the_run_is_set_aside(course, monkeypatch):
    """A run takes minutes, and the notebook may be open meanwhile."""

    def run(notebook, *rest):
        save(course, "es", typing(2, "typed = 1"))
        return execute(notebook, *rest)

    execute = publish.execute
    monkeypatch.setattr(publish, "execute", run)
    monkeypatch.setattr(publish, "keep_files", lambda root, *facts: [])
    assert publish.main(["--lesson", "1", "--language", "es", "--budget", "smoke"], course) == 0
    (copy,) = (course / "out").glob(f"before/*/notebooks/es/{LESSON}.ipynb")
    assert "typed = 1" in copy.read_text() and "typed = 1" not in str(read(course, "es"))


def test_its_picture_becomes_the_promise_of_the_lesson(course, made, commands):
    publish.keep_files(course, LESSON, "es", made, "mnist")
    assert (course / "notebooks" / "promise" / f"{LESSON}.png").read_bytes() == b"generated.png"


def test_a_run_promises_the_very_picture_that_it_has_made(tmp_path):
    from nbformat import v4

    from course_utils import pixels, plots

    images = np.random.default_rng(1).uniform(-1, 1, (100, 28, 28, 1))
    pixels.save_grid(images, tmp_path / "generated.png")
    old = v4.new_output("display_data", {"image/png": "b2xk"})
    cells = [
        v4.new_code_cell(
            f'plots.show_promise("{name}")', outputs=[v4.new_output("stream", text="MNIST\n"), copy.deepcopy(old)]
        )
        for name in (LESSON, "02_another")
    ]
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("show_promise"), *cells])
    publish.keep_promise(notebook, LESSON, tmp_path / "nothing.png")
    assert notebook.cells[1].outputs[1] == old
    publish.keep_promise(notebook, LESSON, tmp_path / "generated.png")
    assert base64.b64decode(notebook.cells[1].outputs[1].data["image/png"]) == plots.grid_png(images)
    assert notebook.cells[2].outputs[1] == old


@pytest.mark.parametrize(
    ("language", "dataset", "generator", "exported", "kept"),
    [
        ("en", "mnist", True, True, True),
        ("es", "mnist", True, True, False),
        ("en", "fashion_mnist", True, True, False),
        ("en", "mnist", False, True, False),
        ("en", "mnist", True, False, False),
    ],
)
def test_a_generator_is_kept_of(course, made, commands, language, dataset, generator, exported, kept):
    if not generator:
        (made / "generator.keras").unlink()
    if not exported:
        publish.module_path(course, LESSON).unlink()
    assert publish.keep_files(course, LESSON, language, made, dataset) == []
    assert commands == [["-m", "tools.generators", "--lesson", LESSON, str(made)]] * kept


def test_a_generator_that_cannot_be_kept_is_a_problem(course, made, monkeypatch):
    failed = SimpleNamespace(returncode=2, stdout="", stderr="its weights do not fit\n")
    monkeypatch.setattr(publish.subprocess, "run", lambda *command, **options: failed)
    problems = publish.keep_files(course, LESSON, "en", made, "mnist")
    assert problems == ["the generator was not kept: its weights do not fit"]


def test_the_folder_of_a_run_is_known_even_if_no_variable_holds_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(folders, "_running", {"lesson": LESSON, "out": None})
    assert facts(capsys)["out"] == ""
    monkeypatch.setitem(folders._running, "out", tmp_path)
    assert facts(capsys)["out"] == str(tmp_path)
    assert facts(capsys, out="elsewhere")["out"] == "elsewhere"


def facts(capsys, **variables) -> dict:
    """Return what a kernel with these variables says of its run."""
    exec(FACTS, variables)
    return json.loads(capsys.readouterr().out)


def test_a_generator_that_no_other_lesson_loads_is_not_kept(course, made, commands):
    module = publish.module_path(course, "08_in_colour")
    module.write_text("def make_generator(size=1):\n    pass\n")
    assert publish.keep_files(course, "08_in_colour", "en", made, "mnist") == [] == commands
    assert publish.keep_files(course, LESSON, "en", made, "mnist") == [] != commands


def test_the_generator_of_a_full_run_is_known(tmp_path):
    """A shorter run keeps its notebook, and does not replace that generator, nor the picture that goes with it."""
    cards = tmp_path / "notebooks" / "generators" / "cards.json"
    assert not publish.kept_of_full(tmp_path, "01_tiny")
    cards.parent.mkdir(parents=True)
    cards.write_text('{"1": {"budget": "full"}, "2": {"budget": "workshop"}}')
    kept = [publish.kept_of_full(tmp_path, lesson) for lesson in ("01_tiny", "02_tiny", "03_tiny")]
    assert kept == [True, False, False]
