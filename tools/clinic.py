"""Train the patients of lesson 5, and keep what came of it in notebooks/results/clinic.json.

    python -m tools.clinic [--jobs 2]            some minutes on two cores, or go on with it
    python -m tools.clinic --only strong bn      a patient or several

The runs can be stopped and called again: each that is complete lies in out/clinic/. Whoever changes a patient deletes
its runs. `--keep` writes the results of those that are complete while others go on.
"""

from __future__ import annotations

import argparse
import os
import sys

from tools import runs
from tools.course import ROOT

RUNS = ROOT / "out" / "clinic"
RESULTS = ROOT / "notebooks" / "results" / "clinic.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="PATIENT", help="those that are named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one for each core)")
    parser.add_argument("--keep", action="store_true", help="only keep the results of runs that are complete")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)  # this is one of the processes
    options = parser.parse_args()
    if unknown := {*(options.only or ())} - {*begin()[0].PATIENTS}:
        parser.error(f"there is no patient {', '.join(sorted(unknown))}")
    if options.keep:
        keep_results()
    elif options.one:
        run_those_left(options.only)
    else:
        runs.share("tools.clinic", RUNS, options.jobs, options.only, keep_results)


def begin():
    """Return the module of the clinic, and MNIST."""
    from course_utils import setup

    setup.start("en", "05_museum_of_failures")  # before anything imports Keras
    from course_utils import data
    from course_utils.experiments import clinic

    dataset = data.load("mnist")
    if dataset.name != "mnist":
        sys.exit("The published results are on MNIST, which is not here.")
    return clinic, dataset


def run_those_left(only: list[str] | None = None) -> None:
    """Make, one after the other, each run that no process has begun."""
    clinic, dataset = begin()
    for seed in clinic.SEEDS:
        for name in clinic.PATIENTS:
            if not only or name in only:
                of_this = (name, seed, dataset.x_train)
                runs.make(RUNS, name, seed, clinic.steps_of(name)[0], lambda of_this=of_this: clinic.run(*of_this))


def keep_results() -> None:
    """Write the rows of all runs that are complete to the results; those of others stay as they are."""
    clinic, _ = begin()
    from course_utils import backend, machine

    results = runs.read(RESULTS, {"about": {}, "runs": {}})
    results["about"] = {"processor": machine.processor(), "versions": backend.versions()}
    results["runs"] = runs.gather(RUNS, clinic.PATIENTS, lambda name: clinic.SEEDS, results["runs"])
    runs.write(RESULTS, results)


if __name__ == "__main__":
    main()
