"""A blind vote: two grids of images without names, one of which is believed to be better. For lesson 4."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping

import numpy as np

from course_utils import plots
from course_utils.language import L, say

LETTERS = "AB"


class Ballot:
    """A vote between two sets of images whose names are hidden until it is over.

    Args:
        candidates: name -> images, as for `pixels.to_uint8`; two of them.
        seed: decides which is A and which is B.
    """

    def __init__(self, candidates: Mapping[str, np.ndarray], seed: int) -> None:
        order = np.random.default_rng(seed).permutation(list(candidates))
        self._names = dict(zip(LETTERS, map(str, order), strict=True))
        self._candidates = candidates
        self.vote: str | None = None

    def show(self, columns: int = 8) -> None:
        """Show both grids side by side and, where there are widgets, two buttons to vote with."""
        plots.show_grids([self._candidates[name] for name in self._names.values()], list(self._names), columns, 3.4)
        if "COURSE_UNATTENDED" in os.environ or importlib.util.find_spec("ipywidgets") is None:
            return
        import ipywidgets
        from IPython.display import display

        question = L("¿Cuál es mejor?", "Which is better?")
        buttons = ipywidgets.ToggleButtons(options=list(LETTERS), value=None, description=question)
        buttons.style.description_width = "initial"
        buttons.observe(lambda change: setattr(self, "vote", change["new"]), "value")
        display(buttons)

    def cast(self, letter: object = ...) -> None:
        """Vote, or change the vote. `...` stands for the buttons, or for no vote yet.

        Args:
            letter: "A" or "B".
        """
        if isinstance(letter, str) and letter.strip().upper() in tuple(LETTERS):
            self.vote = letter.strip().upper()
        elif letter is not ...:
            say(
                f'✘ Vota "A" o "B", entre comillas; no {letter!r}.',
                f'✘ Vote "A" or "B", in quotation marks; not {letter!r}.',
            )
            return
        if self.vote:
            say(f"Tu voto: {self.vote}.", f"Your vote: {self.vote}.")
        else:
            say(
                '… Pendiente: vota con los botones o con ballot.cast("A").',
                '… Pending: vote with the buttons or with ballot.cast("A").',
            )

    def reveal(self) -> None:
        """Say which grid is whose, and what the learner voted for."""
        print(" · ".join(f"{letter}: {name}" for letter, name in self._names.items()))
        if self.vote:
            say(f"Votaste por «{self._names[self.vote]}».", f"You voted for {self._names[self.vote]}.")
