"""What the workshop's guides promise a late class: which sections work without the training, and which do not."""

from __future__ import annotations

import os
import re

import pytest

from tests.helpers import guides
from tests.helpers.learner import Learner
from tools.course import find_lesson

pytestmark = pytest.mark.stress

TABLE = {
    "es": ("apartado", ("con el generador cargado", "sin entrenamiento propio")),
    "en": ("section", ("with the loaded generator", "without a training of one's own")),
}
STOPS = {"es": r"\b(se detienen?|fallan?)\b", "en": r"\b(stops?|fails?)\b"}


def promises(lesson: int, language: str) -> dict[str, bool]:
    """Return heading -> whether every cell under it works, as the guide's table says."""
    first, second = TABLE[language]
    text = guides.text_of(f"lesson_{lesson}", language)
    works: dict[str, bool] = {}
    for where, what in guides.table_with(text, first, second[lesson == 4]):
        for title in guides.cited(where if where.startswith("**§") else ""):
            works[title] = works.get(title, True) and not re.search(STOPS[language], what)
    return works


@pytest.mark.parametrize("language", guides.LANGUAGES)
@pytest.mark.parametrize("lesson", (1, 2, 3, 4, 7))
def test_a_late_class(course, lesson, language):
    if lesson == 4 and not os.environ.get("COURSE_DATA", "").strip():
        pytest.skip("its last sections need MNIST, in COURSE_DATA")
    (snippet,) = [code for code in guides.code_of(guides.text_of(f"lesson_{lesson}", language)) if replaces(code)]
    works = promises(lesson, language)
    assert len(works) >= 4 and not all(works.values())
    failed = []
    with Learner(course, find_lesson(guides.LESSONS, str(lesson)), language) as learner:
        for number, cell in enumerate(learner.cells):
            if lesson == 3 and number == learner.training + 1:
                continue  # the training goes on in it; the snippet stands for both cells
            outcome = learner.run(snippet if number == learner.training else cell.source)
            if number <= learner.training:
                assert outcome.error is None, outcome.message
            if number == learner.training and lesson != 4:
                assert outcome.text.count("\n") <= 3 and outcome.pictures == 1
            if outcome.error:
                failed.append(cell.id)

    stopped = set()
    cells, sections = guides.notebook(lesson, language).cells, guides.sections(lesson, language)
    for index in [index for index, cell in enumerate(cells) if cell.id in failed]:
        around = [title for title, place in sections.items() if index in place and title in works]
        assert around, f"cell {cells[index].id} fails, and the guide says nothing of it"
        stopped.add(min(around, key=lambda title: len(sections[title])))
    assert stopped == {title for title, fine in works.items() if not fine}


def replaces(code: str) -> bool:
    """Tell whether this snippet of a guide is the one for the place of the training cell."""
    return "load_generator(" in code or code == "mine = []\n"
