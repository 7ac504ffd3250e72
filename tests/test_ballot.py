"""The blind vote of lesson 4."""

import numpy as np
import pytest

from course_utils.ballot import Ballot

pytestmark = pytest.mark.usefixtures("language")


@pytest.fixture
def ballot():
    return Ballot({"one": np.zeros((16, 28, 28), "uint8"), "two": np.full((16, 28, 28), 255, "uint8")}, seed=4)


def test_the_seed_decides_which_is_a():
    images = np.zeros((4, 28, 28), "uint8")
    orders = {tuple(Ballot({"one": images, "two": images}, seed)._names.values()) for seed in range(20)}
    assert orders == {("one", "two"), ("two", "one")}


def test_a_vote_is_kept_shown_and_compared_only_at_the_end(ballot, capsys, language):
    ballot.cast(...)
    assert ("Pendiente" if language == "es" else "Pending") in capsys.readouterr().out
    ballot.cast(" b ")
    assert ballot.vote == "B"
    out = capsys.readouterr().out
    assert "B" in out and "one" not in out and "two" not in out
    ballot.cast(...)  # the cell that is run again, say
    assert ballot.vote == "B"
    capsys.readouterr()
    ballot.reveal()
    out = capsys.readouterr().out
    chosen = ballot._names["B"]
    assert f"B: {chosen}" in out and (f"por «{chosen}»" if language == "es" else f"for {chosen}") in out


@pytest.mark.parametrize("letter", ("C", "AB", "", 1, None))
def test_no_other_letter_counts(letter, ballot, capsys):
    ballot.cast("A")
    capsys.readouterr()
    ballot.cast(letter)
    assert ballot.vote == "A" and capsys.readouterr().out.startswith("✘")


def test_without_a_vote_only_the_names_are_revealed(ballot, capsys):
    ballot.reveal()
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_it_shows_the_grids_and_buttons_that_vote(ballot, monkeypatch):
    import ipywidgets

    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *content, **_: shown.append(content[0]))
    monkeypatch.delenv("COURSE_UNATTENDED", raising=False)
    ballot.show(columns=4)
    picture, buttons = shown
    assert "image/png" in picture and isinstance(buttons, ipywidgets.ToggleButtons)
    buttons.value = "B"
    assert ballot.vote == "B"
    monkeypatch.setenv("COURSE_UNATTENDED", "1")
    ballot.show(columns=4)
    assert len(shown) == 3
