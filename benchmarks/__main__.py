"""All measurements of speed in one table of ratios: `python -m benchmarks` (or `make bench`).

Each ratio compares two things that took turns in one run, so that a machine that slows down slows both. Times differ
from machine to machine; the ratios differ less. Each module of `benchmarks` prints more about its own.
"""

from __future__ import annotations

import contextlib
import io
import platform
import sys
import time
from collections.abc import Callable

from benchmarks import choices, lesson_1, lesson_2, lesson_3, lesson_7
from benchmarks.timing import Ratio
from course_utils import backend, machine, setup

# What is compared, by what, with how many steps in each turn and how many turns that count.
COMPARISONS: dict[str, tuple[Callable[[int, int], list[Ratio]], int, int]] = {
    "Lesson 1's loop": (lesson_1.compare, 20, 5),
    "Lesson 2's loop and a tape": (lesson_2.compare, 6, 5),
    "Lesson 3's loop": (lesson_3.compare, 2, 5),
    "Lesson 7, PyTorch and tutorial C": (lesson_7.compare, 4, 5),
    "Graphs": (choices.compare_graphs, 5, 5),
    "Lesson 4's rivals": (choices.compare_rivals, 8, 5),
    "Drawing": (choices.compare_drawing, 3, 5),
    "Kept memory": (choices.compare_kept_memory, 8, 5),
    "The judge": (choices.compare_judging, 1, 2),
}


def this_machine() -> str:
    """Return one line about the machine and the versions."""
    try:
        memory = f"{machine.memory()[1] / 1e9:.1f} GB"
    except (ImportError, OSError):
        memory = "memory unknown"
    versions = backend.versions()
    packages = f"Python {versions['python']} · TensorFlow {versions['tensorflow']} · Keras {versions['keras']}"
    return f"{machine.processor()}, {machine.processors():g} cores, {memory} · {platform.system()} · {packages}"


def table(ratios: list[Ratio]) -> str:
    """Return the ratios as lines of text."""
    slower, faster = (max(len(getattr(ratio, name)) for ratio in ratios) for name in ("slower", "faster"))
    return "\n".join(
        f"{ratio.slower:{slower}}  {duration(ratio.slower_ms):>9}  :  {ratio.faster:{faster}}  "
        f"{duration(ratio.faster_ms):>9}  =  {ratio.median:5.2f}  ({ratio.least:.2f} to {ratio.most:.2f})"
        for ratio in ratios
    )


def duration(milliseconds: float) -> str:
    """Return a duration with its unit."""
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 2000 else f"{milliseconds:.1f} ms"


def measure(title: str) -> list[Ratio]:
    """Make one comparison, with its own lines held back; they are shown if it fails."""
    compare, steps, rounds = COMPARISONS[title]
    held = io.StringIO()
    try:
        with contextlib.redirect_stdout(held):
            return compare(steps, rounds)
    except BaseException:
        print(held.getvalue(), file=sys.stderr)
        raise


def main() -> int:
    """Run all comparisons and print the table; return the exit status."""
    began = time.perf_counter()
    with contextlib.redirect_stdout(None):
        setup.start("en", lesson_1.LESSON)  # imports TensorFlow without its log lines
    ratios: list[Ratio] = []
    for title in COMPARISONS:
        start = time.perf_counter()
        ratios += measure(title)
        print(f"{title}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    print(f"\n{this_machine()}\n\n{table(ratios)}\n\n{time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
