"""How far a long loop is and how long it will still take, in a notebook or in plain lines."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable

from tqdm import tqdm

from course_utils.language import L, say, thousands


def estimate(step: Callable[[], object], steps: int, tries: int = 20) -> None:
    """Time a few steps and say how long all of them will take on this machine.

    Args:
        step: function without arguments that makes one training step. Its models do learn from it: give it models of
            their own.
        steps: how many steps the training will have.
        tries: how many to time at most, after three that warm up: of a short training, a tenth of its steps.
    """
    tries = min(tries, max(3, steps // 10))
    for _ in range(3):
        step()
    start = time.perf_counter()
    for _ in range(tries):
        step()
    a_step = (time.perf_counter() - start) / tries
    say(
        f"Un paso tarda unos {1000 * a_step:.0f} ms en esta máquina: {thousands(steps)} pasos son "
        f"{in_words(steps * a_step)}.",
        f"One step takes about {1000 * a_step:.0f} ms on this machine: {thousands(steps)} steps are "
        f"{in_words(steps * a_step)}.",
    )


def in_words(seconds: float) -> str:
    """Return a duration as a learner would say it: "about 40 seconds", "about 3 minutes"."""
    if seconds < 90:
        tens = max(5, 5 * math.ceil(seconds / 5))
        return L(f"unos {tens} segundos", f"about {tens} seconds")
    minutes = math.ceil(seconds / 60)
    return L(f"unos {minutes} minutos", f"about {minutes} minutes")


class Ticker:
    """One line of progress for a long loop: in a notebook updated in place, elsewhere a line for every tenth.

    Args:
        total: ticks of the whole loop.
    """

    def __init__(self, total: int) -> None:
        self._total, self._ticks, self._handle, self._next = total, 0, None, 0.0
        self._start = time.perf_counter()
        self._in_place = where() == "notebook"

    def tick(self, label: str) -> None:
        """Count one more tick.

        Args:
            label: what is being done, such as "ChatGPT, seed 2".
        """
        self._ticks += 1
        seconds = time.perf_counter() - self._start
        last = self._ticks == self._total
        if self._in_place and (last or seconds >= self._next):
            meter = tqdm.format_meter(self._ticks, self._total, seconds, ncols=88, unit=L(" pasos", " steps"))
            self._handle = show_in_place({"text/plain": f"{meter}\n{label}"}, self._handle)
            self._next = seconds + 0.5
        elif not self._in_place and (last or self._ticks % max(1, self._total // 10) == 0):
            left = tqdm.format_interval(seconds / self._ticks * (self._total - self._ticks))
            print(f"{self._ticks}/{self._total}, " + L(f"quedan {left}", f"{left} left") + f" · {label}", flush=True)


class Countdown:
    """One line of progress for a training that ends when its time is over: as `Ticker` shows it, steps and all."""

    def __init__(self) -> None:
        self._handle, self._next, self._start = None, 0.0, time.perf_counter()
        self._in_place = where() == "notebook"

    def show(self, part: float, steps: int) -> None:
        """Say how far the training is, twice in a second or, in plain lines, at every tenth of its time.

        Args:
            part: of the time that is used up; from 1 on it is over.
            steps: made so far.
        """
        seconds, last = time.perf_counter() - self._start, part >= 1
        expected = steps if last else max(steps, round(steps / part)) if part > 0 else None
        meter = tqdm.format_meter(steps, expected, seconds, ncols=88, unit=L(" pasos", " steps"))
        if self._in_place and (last or seconds >= self._next):
            self._handle = show_in_place({"text/plain": meter}, self._handle)
            self._next = seconds + 0.5
        elif not self._in_place and (last or part >= self._next):
            print(meter, flush=True)
            self._next = (int(10 * part) + 1) / 10


def where() -> str:
    """Return how progress is shown: in a "notebook", where it is updated in place, or in "lines"."""
    if "PYTEST_VERSION" in os.environ:  # nbval: its kernels inherit the variable
        return "lines"
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return "notebook" if hasattr(shell, "kernel") else "lines"


def show_in_place(content: dict, handle):
    """Show something in the notebook, given by its media type, in the place of what `handle` shows if there is one."""
    from IPython.display import display

    if handle is None:
        return display(content, raw=True, display_id=True)
    handle.update(content, raw=True)
    return handle
