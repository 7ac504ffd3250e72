"""Many runs, shared among processes: each that is complete is a file, so that they can be stopped and called again."""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from tools.course import write_atomically
from tools.experiment import in_one_thread, log


def parser_of(description: str, what: str) -> argparse.ArgumentParser:
    """Return what all commands of this kind understand: `--only`, `--jobs` and, for their own processes, `--one`.

    Args:
        description: of the command.
        what: its runs are of, such as "trial".
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar=what.upper(), help="those that are named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one for each core)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)  # this is one of the processes
    return parser


def read_options(parser: argparse.ArgumentParser, what: str, names: Callable[[], Collection[str]]):
    """Return the options of the command line; it ends with an error if `--only` names what there is not.

    Args:
        parser, what: as in `parser_of`.
        names: function that returns what there is.
    """
    options = parser.parse_args()
    if unknown := {*(options.only or ())} - {*names()}:
        parser.error(f"there is no {what} {', '.join(sorted(unknown))}")
    return options


def begin(lesson: str, module: str):
    """Start the course as a lesson does; return a module of `course_utils.experiments`, and MNIST.

    Args:
        lesson: such as "06_tricks_on_trial".
        module: such as "trials".
    """
    from course_utils import setup

    setup.start("en", lesson)  # before anything imports Keras
    from course_utils import data

    found = importlib.import_module(f"course_utils.experiments.{module}")
    dataset = data.load("mnist")
    if dataset.name != "mnist":
        sys.exit("The published results are on MNIST, which is not here.")
    return found, dataset


def share(module: str, folder: Path, jobs: int, only: Sequence[str] | None, keep: Callable[[], None]) -> None:
    """Let processes of one thread each share the runs, and keep the results, also when this is stopped.

    Args:
        module: which with `--one` makes the runs that are left, one after the other.
        folder: of the runs.
        jobs: how many processes.
        only: names, passed on as `--only`.
        keep: called at the end.
    """
    for begun in folder.glob("*.begun"):
        begun.unlink()
    more = ["--only", *only] if only else []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as with Ctrl+C: stop the runs first
    processes: list[subprocess.Popen] = []
    try:
        processes += (in_one_thread(module, "--one", *more) for _ in range(jobs))
        failed = sum(process.wait() != 0 for process in processes)
    finally:
        for process in processes:
            process.terminate()
        keep()
    if failed:
        sys.exit(f"{failed} of {jobs} processes have failed: see above.")


def make(folder: Path, name: str, seed: int, steps: int, run: Callable[[], dict]) -> None:
    """Make a run and keep its row, unless it is there with as many steps, or another process has begun it.

    Args:
        folder: of the runs.
        name, seed: of this one.
        steps: that it makes.
        run: function that makes it and returns its row, with "steps" and "measures".
    """
    import keras

    path = folder / f"{name}-{seed}.json"
    if path.is_file() and json.loads(path.read_text("utf-8"))["steps"] == steps:
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        path.with_suffix(".begun").touch(exist_ok=False)
    except FileExistsError:
        return
    began = time.perf_counter()
    row = run()
    write_atomically(path, json.dumps(row))
    keras.backend.clear_session()
    gc.collect()  # networks and their graphs hold on to each other
    log(f"{name} {seed}: {steps} steps, {time.perf_counter() - began:.0f} s, {row['measures']}")


def gather(folder: Path, names: Iterable[str], seeds: Callable[[str], Collection[int]], known: Mapping) -> dict:
    """Return name -> rows, by seed: those of runs that are complete, and of the others those that are known.

    Args:
        folder: of the runs.
        names: of which, in this order.
        seeds: function of a name.
        known: name -> rows.
    """
    found = {}
    for name in names:
        paths = [folder / f"{name}-{seed}.json" for seed in seeds(name)]
        new = [json.loads(path.read_text("utf-8")) for path in paths if path.is_file()]
        if rows := {row["seed"]: row for row in [*known.get(name, []), *new]}:
            found[name] = [rows[seed] for seed in sorted(rows)]
    return found


def read(path: Path, empty: dict) -> dict:
    """Return results, or what they are before there are any."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else empty


def write(path: Path, results: dict) -> None:
    """Write results as JSON: "runs" with a row on a line of its own, of other dictionaries each value."""
    parts = []
    for name, value in results.items():
        if name == "runs":
            rows = {one: ",\n".join(f"   {json.dumps(row)}" for row in rows) for one, rows in value.items()}
            lines = [f"  {json.dumps(one)}: [\n{text}\n  ]" for one, text in rows.items()]
        elif name == "about":
            parts.append(f' "about": {json.dumps(value)}')
            continue
        else:
            lines = [f"  {json.dumps(one)}: {json.dumps(other)}" for one, other in value.items()]
        parts.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    write_atomically(path, "{\n" + ",\n".join(parts) + "\n}\n")
