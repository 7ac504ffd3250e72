"""Each lesson is the same program in both languages: so `make test` runs it in one of them, by turns."""

import numpy as np
import pytest

from tools.course import LANGUAGES, ROOT, find_sources, notebook_path, read_notebook
from tools.notebooks import syntax

LESSONS = [path.stem for path in find_sources(ROOT)]


def same_program(spanish: list[str], english: list[str]) -> bool:
    """Say whether the cells of two notebooks differ in nothing but what their texts say.

    Of f-strings, what they insert has to be the same, in any order.
    """
    return [syntax(code, blank=True) for code in spanish] == [syntax(code, blank=True) for code in english]


def cells(language: str, lesson: str) -> list[str]:
    notebook = read_notebook(notebook_path(ROOT, language, lesson))
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_the_same_program_in_both_languages(lesson):
    spanish, english = (cells(language, lesson) for language in ("es", "en"))
    assert len(spanish) > 10 and same_program(spanish, english)


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson[:2] in ("01", "02", "03", "05", "06")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cells_of_a_lesson_are_short(lesson, language):
    lines = [len(source.splitlines()) for source in cells(language, lesson)[1:]]  # but for the setup cell
    assert np.median(lines) <= 6 and np.percentile(lines, 90) <= 16 and max(lines) <= 25


@pytest.mark.parametrize(
    ("spanish", "english", "same"),
    [
        ('print(f"{n} pasos, {loss:.2f}")  # fin', 'print(f"a loss of {loss:.2f}\\nin {n} steps")', True),
        ('def f():\n    """Dibuja."""', 'def f():\n    """Draw."""', True),
        ('print("paso", step)', 'print("step", steps)', False),
        ('print("paso", 1)', 'print("step", 2)', False),
        ('print("paso", 1.0)', 'print("step", 1)', False),
        ('print("paso")', "print(1)", False),
        ('print("paso")', 'print("step", end="")', False),
        ('print("paso")', 'show("step")', False),
        ('print(f"paso {step}")', 'print(f"step {step + 1}")', False),
        ('print(f"paso {step}")', 'print(f"step {step} {step}")', False),
        ('print(f"paso {step}")', 'print("step")', False),
        ('print(f"{loss:.2f}")', 'print(f"{loss:.3f}")', False),
        ('x = "a"\ny = "b"', 'y = "a"\nx = "b"', False),
        ('d["a"].b', 'd["b"].c', False),
    ],
)
def test_another_name_number_or_expression_is_another_program(spanish, english, same):
    assert same_program(["x = 1", spanish], ["x = 1", english]) == same


def test_a_cell_more_is_another_program():
    assert not same_program(["x = 1"], ["x = 1", "y = 1"])


def test_the_tests_run_each_lesson_in_one_language(request):
    """Both are used; `make test-lessons` runs all."""
    patterns = [pattern for pattern in request.config.getini("testpaths") if pattern.startswith("notebooks/")]
    chosen = [path.relative_to(ROOT / "notebooks") for pattern in patterns for path in ROOT.glob(pattern)]
    assert sorted(path.stem for path in chosen) == sorted(LESSONS)
    assert {path.parent.name for path in chosen} == set(LANGUAGES)
