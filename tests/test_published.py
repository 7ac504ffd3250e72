"""What the published notebooks say of the run that made them."""

import ast
import base64
import io

import numpy as np
import pytest
from PIL import Image

from course_utils.language import L
from tools.course import ROOT, find_sources, notebook_path, read_notebook

LESSONS = [path.stem for path in find_sources(ROOT)]


def published(language: str, lesson: str) -> dict:
    return read_notebook(notebook_path(ROOT, language, lesson)).metadata.course.published


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_was_a_run_for_learners_on_real_data(language, lesson):
    run = published(language, lesson)
    assert run["budget"] in ("workshop", "full")
    assert run["dataset"] in ("mnist", "fashion_mnist")


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_was_a_run_in_little_memory(language, lesson):
    assert published(language, lesson)["peak_memory_mb"] < 1500


@pytest.mark.parametrize("lesson", ["02_dcgan_train_on_batch", "03_dcgan_gradient_tape"])
def test_the_picture_on_top_was_drawn_as_its_sentence_says(language, lesson):
    notebook = read_notebook(notebook_path(ROOT, language, lesson))
    text = "\n".join(cell.source for cell in notebook.cells)
    assert L("cuando se publicó, con el presupuesto `workshop`, en un ordenador de dos núcleos y sin GPU", "") in text
    assert L("", "when it was published, with the `workshop` budget, on a computer with two cores and no GPU") in text
    run = published(language, lesson)
    assert (run["budget"], run["device"]) == ("workshop", "CPU, 2 cores")


PROMISING = [path.stem for path in find_sources(ROOT) if "show_promise(" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("lesson", PROMISING)
def test_the_picture_on_top_is_drawn_further_down(language, lesson):
    """The first picture of a lesson that promises one is, pixel for pixel, what a later cell of that run has drawn."""
    shown = [
        (place, np.asarray(Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))).convert("RGB")))
        for place, cell in enumerate(read_notebook(notebook_path(ROOT, language, lesson)).cells)
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    top, promise = shown[0]
    assert any(place > top and np.array_equal(picture, promise) for place, picture in shown)


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_small_model_is_compiled_by_xla(lesson):
    """On a GPU that takes seconds for each model; on a CPU Keras does not ask for it."""
    path = ROOT / "notebooks" / "source" / f"{lesson}.py"
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile"
    ]
    assert all("jit_compile" in {keyword.arg for keyword in call.keywords} for call in calls)


@pytest.mark.parametrize("lesson", LESSONS)
def test_both_languages_were_run_with_the_same_versions(lesson):
    assert published("es", lesson)["versions"] == published("en", lesson)["versions"]
