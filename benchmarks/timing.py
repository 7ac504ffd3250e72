"""Time training steps in turns, so that a machine that slows down slows all of them."""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple


class Ratio(NamedTuple):
    """How many times as long `slower` took as `faster`: the median over the turns, the least and the most.

    The two times are medians too, in milliseconds.
    """

    slower: str
    faster: str
    median: float
    least: float
    most: float
    slower_ms: float
    faster_ms: float


def in_turns(loops: Mapping[str, Callable[[], object]], steps: int, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds a step that each loop took in each turn, and print their medians.

    Args:
        loops: name -> function that makes one training step.
        steps: training steps in each turn.
        rounds: turns that count, after one that warms up.
    """
    milliseconds: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(rounds + 1):
        for name, step in loops.items():
            start = time.perf_counter()
            for _ in range(steps):
                step()
            if turn:
                milliseconds[name].append(1000 * (time.perf_counter() - start) / steps)
    for name, times in milliseconds.items():
        print(f"{name:16} {statistics.median(times):6.1f} ms a step ({min(times):.1f} to {max(times):.1f})")
    return milliseconds


@contextlib.contextmanager
def workers(commands: Mapping[str, Sequence[str]], cwd) -> Iterator[dict[str, Callable[[], object]]]:
    """Start a process for each command, and give for each a function that lets it make one step and waits.

    A process answers a line with a line: the first when it is ready. One that ends before that is left out.

    Args:
        commands: name -> arguments of Python.
        cwd: in which folder.
    """
    started = {
        name: subprocess.Popen(
            [sys.executable, *arguments], cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for name, arguments in commands.items()
    }

    def ask(worker: subprocess.Popen) -> None:
        worker.stdin.write("\n")
        if not worker.stdout.readline():
            raise RuntimeError("the other process has ended")

    ready = {}
    try:
        for name, worker in started.items():
            try:
                ask(worker)
                ready[name] = partial(ask, worker)
            except (RuntimeError, BrokenPipeError):
                print(f"{name} is left out: its process has ended.")
        yield ready
    finally:
        for worker in started.values():
            with contextlib.suppress(BrokenPipeError):
                worker.stdin.close()
            worker.wait(30)


def ratio(milliseconds: Mapping[str, list[float]], slower: str, faster: str) -> Ratio:
    """Return, over the turns, how many times as long `slower` took as `faster`, and print it."""
    ratios = [a / b for a, b in zip(milliseconds[slower], milliseconds[faster], strict=True)]
    times = [statistics.median(milliseconds[name]) for name in (slower, faster)]
    result = Ratio(slower, faster, statistics.median(ratios), min(ratios), max(ratios), *times)
    print(f"{slower} : {faster} = {result.median:.2f} ({result.least:.2f} to {result.most:.2f})")
    return result


def run(compare: Callable[[int, int], object], module: str, about: str, steps: int) -> None:
    """Run a comparison from the command line.

    Args:
        compare: function of the steps in each turn and the number of turns.
        module: name of the benchmark's module.
        about: its docstring.
        steps: training steps in each turn, unless the command says otherwise.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about.splitlines()[0])
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    compare(options.steps, options.rounds)
