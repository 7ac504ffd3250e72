"""Train with every trick of lesson 7, and keep what came of it in notebooks/results/minute.json.

    python -m tools.minute --costs          on a quiet machine with two cores: what a step costs, ten minutes
    python -m tools.minute [--jobs 2]       the runs, each of as many steps as fit into its time by those costs

The runs may be made on another machine. They can be stopped and called again: each that is complete lies in
out/minute/, and is made again only where the number of its steps has changed. Whoever changes a trick deletes its runs.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time

from tools.course import ROOT, write_atomically
from tools.experiment import in_one_thread

RUNS = ROOT / "out" / "minute"
RESULTS = ROOT / "notebooks" / "results" / "minute.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--costs", action="store_true", help="measure what a step costs on this machine")
    parser.add_argument("--only", nargs="+", metavar="TRICK", help="those that are named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one for each core)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)  # this is one of the processes
    options = parser.parse_args()
    if unknown := {*(options.only or ())} - {*begin()[0].TRICKS}:
        parser.error(f"there is no trick {', '.join(sorted(unknown))}")
    if options.costs:
        measure_costs(options.only)
    elif options.one:
        run_those_left(options.only)
    else:
        run_all(options.jobs, options.only)


def run_all(jobs: int, only: list[str] | None) -> None:
    """Let processes of one thread each share the runs, and keep the results."""
    for begun in RUNS.glob("*.begun"):
        begun.unlink()
    more = ["--only", *only] if only else []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as with Ctrl+C: stop the runs first
    processes: list[subprocess.Popen] = []
    try:
        processes += (in_one_thread("tools.minute", "--one", *more) for _ in range(jobs))
        failed = sum(process.wait() != 0 for process in processes)
    finally:
        for process in processes:
            process.terminate()
        keep_results()
    if failed:
        sys.exit(f"{failed} of {jobs} processes have failed: see above.")


def read() -> dict:
    """Return the results so far."""
    return json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {"about": {}, "costs": {}, "runs": {}}


def write(results: dict) -> None:
    """Write the results, each run on a line of its own."""
    costs = ",\n".join(f"  {json.dumps(name)}: {json.dumps(cost)}" for name, cost in results["costs"].items())
    runs = ",\n".join(
        f"  {json.dumps(name)}: [\n" + ",\n".join(f"   {json.dumps(row)}" for row in rows) + "\n  ]"
        for name, rows in results["runs"].items()
    )
    about = json.dumps(results["about"])
    write_atomically(RESULTS, f'{{\n "about": {about},\n "costs": {{\n{costs}\n }},\n "runs": {{\n{runs}\n }}\n}}\n')


def begin():
    """Return the tricks, MNIST, and the module that measures."""
    from course_utils import setup

    setup.start("en", "07_gan_in_a_minute")  # before anything imports Keras
    from course_utils import data
    from course_utils.experiments import minute

    dataset = data.load("mnist")
    if dataset.name != "mnist":
        sys.exit("The published results are on MNIST, which is not here.")
    return minute, dataset


def measure_costs(only: list[str] | None = None) -> None:
    """Write what each trick costs on this machine to the results, all of them measured in one go."""
    from course_utils import backend, machine

    minute, dataset = begin()
    names = [name for name in minute.TRICKS if minute.costs_as(name) == name and not (only and name not in only)]
    found = minute.costs(names, dataset, say)
    results = read()
    results["about"] = {
        "processor": machine.processor(),
        "cores": machine.cores(),
        "versions": backend.versions(),
        "images_measured": minute.records.IMAGES,
    }
    results["costs"] |= {name: cost._asdict() for name, cost in found.items()}
    write(results)


def run_those_left(only: list[str] | None = None) -> None:
    """Make, one after the other, each run that no process has begun."""
    import keras

    minute, dataset = begin()
    costs = {name: minute.Cost(**cost) for name, cost in read()["costs"].items()}
    judge = minute.records.frozen_judge()
    real = judge.look(minute.evaluation.real_images(dataset)[0])
    RUNS.mkdir(parents=True, exist_ok=True)
    for seed in minute.SEEDS:
        for name, trick in minute.TRICKS.items():
            if only and name not in only:
                continue
            path, steps = RUNS / f"{name}-{seed}.json", minute.steps_of(trick, costs[minute.costs_as(name)])
            if path.is_file() and json.loads(path.read_text("utf-8"))["steps"] == steps:
                continue
            try:
                path.with_suffix(".begun").touch(exist_ok=False)
            except FileExistsError:
                continue
            began = time.perf_counter()
            row = minute.run(trick, steps, seed, dataset, judge, real)
            write_atomically(path, json.dumps(row))
            keras.backend.clear_session()
            say(f"{name} {seed}: {steps} steps, {time.perf_counter() - began:.0f} s, {row['measures']}")


def keep_results() -> None:
    """Write the rows of all runs that are complete to the results: those of other seeds and tricks stay as they are."""
    minute, _ = begin()
    results = read()
    for name in minute.TRICKS:
        paths = [RUNS / f"{name}-{seed}.json" for seed in minute.SEEDS]
        found = [json.loads(path.read_text("utf-8")) for path in paths if path.is_file()]
        rows = {row["seed"]: row for row in [*results["runs"].get(name, []), *found]}
        results["runs"][name] = [rows[seed] for seed in sorted(rows)]
    results["runs"] = {name: results["runs"][name] for name in minute.TRICKS if results["runs"][name]}
    write(results)


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


if __name__ == "__main__":
    main()
