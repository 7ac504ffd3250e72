"""Cells that are run twice, too early, or after a restart: the right result, or a sentence that says what to do."""

from __future__ import annotations

import pytest

from tests.helpers.learner import Learner
from tools.course import ROOT, find_sources

pytestmark = pytest.mark.stress

LESSONS = tuple(path.stem for path in find_sources(ROOT))[:4]
CASES = list(zip(LESSONS, ("es", "en", "es", "en"), strict=True))
# Run twice, this cell trains three steps more and saves them, but damages the checkpoint of the first time again.
ONCE = "damaged.write_bytes("
SENTENCES = {"es": "no existe todavía. Si lo crea una celda anterior", "en": "does not exist yet. If an earlier cell"}
FORGET = """
for name in set(globals()) - untouched:
    if name[0] != "_" and name != "name":
        del globals()[name]
"""


@pytest.mark.parametrize(("lesson", "language"), CASES)
def test_every_cell_can_be_run_twice(course, lesson, language):
    failed = []
    with Learner(course, lesson, language) as learner:
        for cell in learner.cells:
            for time in (1,) if ONCE in cell.source else (1, 2):
                outcome = learner.run(cell.source)
                if outcome.error:
                    failed.append(f"{cell.id}, time {time}: {cell.source[:60]!r}: {outcome.message[-600:]}")
    assert not failed, "\n\n".join(failed)


@pytest.mark.parametrize(("lesson", "language"), CASES)
def test_a_cell_run_too_early_says_what_to_do(course, lesson, language):
    """Right after the setup cell and the imports, each other cell alone: it works, or it says what is missing."""
    with Learner(course, lesson, language) as learner:
        learner.run_all(0, 2)
        learner.run("untouched = {*globals(), 'untouched'}")
        missing = 0
        for cell in learner.cells[2:]:
            outcome = learner.run(cell.source)
            if outcome.error:
                assert outcome.error == "NameError", f"{cell.id}: {cell.source[:200]}\n{outcome.message[-2000:]}"
                assert SENTENCES[language] in outcome.text, outcome.text
                missing += 1
            learner.run(FORGET)
        assert missing > 5


def test_only_a_missing_name_gets_the_sentence(course):
    with Learner(course, LESSONS[0], "es") as learner:
        early = learner.cells[learner.training].source
        assert learner.run(early).error == "NameError"  # a restarted kernel knows nothing of the course yet
        learner.run_all(0, 2)
        assert SENTENCES["es"] in learner.run(early).text
        assert SENTENCES["es"] not in learner.run("1 / 0").text
