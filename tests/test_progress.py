"""How long a loop takes, in words; and a line of progress in each of the places where it may stand."""

import pytest

from course_utils import progress
from tests.helpers.processes import outputs_in_a_notebook, python


def test_estimate_says_how_long_all_steps_take(capsys):
    calls = []
    progress.estimate(lambda: calls.append(1), 4680, tries=5)
    assert len(calls) == 8
    assert "4,680 steps are about" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 5 seconds"), (41, "about 45 seconds"), (90, "about 2 minutes"), (121, "about 3 minutes")],
)
def test_durations_in_words(seconds, words):
    assert progress.in_words(seconds) == words


TICKS = """
from course_utils.progress import Ticker

ticker = Ticker(50)
for i in range(50):
    ticker.tick("run 1")
"""


def test_a_ticker_writes_a_line_every_tenth(tmp_path):
    lines = python(TICKS).stdout.splitlines()
    assert len(lines) == 10 and lines[4].startswith("25/50, ") and lines[4].endswith("left · run 1")


def test_a_ticker_is_one_line_in_a_notebook(tmp_path):
    ((line,),) = outputs_in_a_notebook(tmp_path, TICKS)
    assert "50/50" in line.data["text/plain"] and "run 1" in line.data["text/plain"]


def test_a_countdown_says_at_every_tenth_how_many_steps_to_expect_and_at_the_end_how_many_there_were(capsys):
    countdown = progress.Countdown()
    for hundredth in range(1, 100):
        countdown.show(hundredth / 100, 3 * hundredth)
    countdown.show(1.01, 302)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11 and all("/300 [" in line for line in lines[:-1])
    assert "302/302 [00:00<00:00" in lines[-1]
