"""All measurements of speed in one table of ratios: `python -m tools.bench` (or `make bench`).

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
from pathlib import Path

from benchmarks import course, lesson_1, lesson_2, lesson_3
from benchmarks.timing import Ratio
from course_utils import doctor, setup

# What is compared, by what, with how many steps in each turn and how many turns that count.
COMPARISONS: dict[str, tuple[Callable[[int, int], list[Ratio]], int, int]] = {
    "Lesson 1's loop": (lesson_1.compare, 20, 5),
    "Lesson 2's loop and a tape": (lesson_2.compare, 6, 5),
    "Lesson 3's loop": (lesson_3.compare, 2, 5),
    "Graphs": (course.compare_graphs, 5, 5),
    "Lesson 4's rivals": (course.compare_rivals, 8, 5),
    "Drawing": (course.compare_drawing, 3, 5),
    "Kept memory": (course.compare_kept_memory, 8, 5),
    "The judge": (course.compare_judging, 1, 2),
}


def machine() -> str:
    """Return one line about the machine and the versions."""
    import keras
    import tensorflow as tf

    try:
        memory = f"{doctor.memory()[1] / 1e9:.1f} GB"
    except (ImportError, OSError):
        memory = "memory unknown"
    versions = f"Python {platform.python_version()} · TensorFlow {tf.__version__} · Keras {keras.__version__}"
    return f"{processor()}, {doctor.processors():g} cores, {memory} · {platform.system()} · {versions}"


def processor() -> str:
    """Return the name of the processor."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def table(ratios: list[Ratio]) -> str:
    """Return the ratios as lines of text."""
    rows = [
        (
            *(ratio.slower, duration(ratio.slower_ms), ":", ratio.faster, duration(ratio.faster_ms)),
            *("=", f"{ratio.median:.2f}", f"({ratio.least:.2f} to {ratio.most:.2f})"),
        )
        for ratio in ratios
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = (str.ljust, str.rjust, str.ljust, str.ljust, str.rjust, str.ljust, str.rjust, str.ljust)
    return "\n".join(
        "  ".join(align(text, width) for align, text, width in zip(aligned, row, widths, strict=True)).rstrip()
        for row in rows
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
    print(f"\n{machine()}\n\n{table(ratios)}\n\n{time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
