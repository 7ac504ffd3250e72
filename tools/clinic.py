"""Train the patients of lesson 5, and keep what came of it in notebooks/results/clinic.json.

    python -m tools.clinic [--jobs 2]            some minutes on two cores, or go on with it
    python -m tools.clinic --only strong bn      a patient or several

The runs can be stopped and called again: each that is complete lies in out/clinic/. Whoever changes a patient deletes
its runs. `--keep` writes the results of those that are complete while others go on.
"""

from __future__ import annotations

from tools import runs
from tools.course import ROOT

RUNS = ROOT / "out" / "clinic"
RESULTS = ROOT / "notebooks" / "results" / "clinic.json"


def main() -> None:
    parser = runs.parser_of(__doc__, "patient")
    parser.add_argument("--keep", action="store_true", help="only keep the results of runs that are complete")
    options = runs.read_options(parser, "patient", lambda: begin()[0].PATIENTS)
    if options.keep:
        keep_results()
    elif options.one:
        run_those_left(options.only)
    else:
        runs.share("tools.clinic", RUNS, options.jobs, options.only, keep_results)


def begin():
    """Return the module of the clinic, and MNIST."""
    return runs.begin("05_museum_of_failures", "clinic")


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
