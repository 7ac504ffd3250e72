"""What the published notebooks say of the run that made them."""

import pytest

from tools.course import ROOT, find_sources, notebook_path, read_notebook

LESSONS = [path.stem for path in find_sources(ROOT)]
# Lesson 1 took 1,551 MB and lesson 2 took 1,524 when last published. Strict: whoever mends it takes this away.
OVER_THE_LIMIT = pytest.mark.xfail(strict=True, reason="lessons 1 and 2 took more than 1,500 MB")
IN_LITTLE_MEMORY = [*(pytest.param(lesson, marks=OVER_THE_LIMIT) for lesson in LESSONS[:2]), *LESSONS[2:]]


def published(language: str, lesson: str) -> dict:
    return read_notebook(notebook_path(ROOT, language, lesson)).metadata.course.published


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_was_a_run_for_learners_on_real_data(language, lesson):
    run = published(language, lesson)
    assert run["budget"] in ("workshop", "full")
    assert run["dataset"] in ("mnist", "fashion_mnist")


@pytest.mark.parametrize("lesson", IN_LITTLE_MEMORY)
def test_it_was_a_run_in_little_memory(language, lesson):
    assert published(language, lesson)["peak_memory_mb"] < 1500


@pytest.mark.parametrize("lesson", LESSONS)
def test_both_languages_were_run_with_the_same_versions(lesson):
    assert published("es", lesson)["versions"] == published("en", lesson)["versions"]
