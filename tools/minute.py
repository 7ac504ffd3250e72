"""Train with every trick of lesson 7, and keep what came of it in notebooks/results/minute.json.

    python -m tools.minute --costs          on a quiet machine with two cores: what a step costs, ten minutes
    python -m tools.minute [--jobs 2]       the runs, each of as many steps as fit into its time by those costs

The runs may be made on another machine. They can be stopped and called again: each that is complete lies in
out/minute/, and is made again only where the number of its steps has changed. Whoever changes a trick deletes its runs.
"""

from __future__ import annotations

from tools import runs
from tools.course import ROOT

RUNS = ROOT / "out" / "minute"
RESULTS = ROOT / "notebooks" / "results" / "minute.json"


def main() -> None:
    parser = runs.parser_of(__doc__, "trick")
    parser.add_argument("--costs", action="store_true", help="measure what a step costs on this machine")
    options = runs.read_options(parser, "trick", lambda: begin()[0].TRICKS)
    if options.costs:
        measure_costs(options.only)
    elif options.one:
        run_those_left(options.only)
    else:
        runs.share("tools.minute", RUNS, options.jobs, options.only, keep_results)


def read() -> dict:
    """Return the results so far."""
    return runs.read(RESULTS, {"about": {}, "costs": {}, "runs": {}})


def begin():
    """Return the module of the tricks, and MNIST."""
    return runs.begin("07_gan_in_a_minute", "minute")


def measure_costs(only: list[str] | None = None) -> None:
    """Write what each trick costs on this machine to the results, all of them measured in one go."""
    from course_utils import backend, machine

    minute, dataset = begin()
    names = [name for name in minute.TRICKS if minute.costs_as(name) == name and not (only and name not in only)]
    found = minute.costs(names, dataset, runs.log)
    results = read()
    results["about"] = {
        "processor": machine.processor(),
        "cores": machine.cores(),
        "versions": backend.versions(),
        "images_measured": minute.records.IMAGES,
    }
    results["costs"] |= {name: cost._asdict() for name, cost in found.items()}
    runs.write(RESULTS, results)


def run_those_left(only: list[str] | None = None) -> None:
    """Make, one after the other, each run that no process has begun."""
    minute, dataset = begin()
    costs = {name: minute.Cost(**cost) for name, cost in read()["costs"].items()}
    judge = minute.records.frozen_judge()
    real = judge.look(minute.evaluation.real_images(dataset)[0])
    for seed in minute.SEEDS:
        for name, trick in minute.TRICKS.items():
            if only and name not in only:
                continue
            steps = minute.steps_of(trick, costs[minute.costs_as(name)])
            of_this = trick, steps, seed, dataset, judge, real
            runs.make(RUNS, name, seed, steps, lambda of_this=of_this: minute.run(*of_this))


def keep_results() -> None:
    """Write the rows of all runs that are complete to the results: those of other seeds and tricks stay as they are."""
    minute, _ = begin()
    results = read()
    results["runs"] = runs.gather(RUNS, minute.TRICKS, lambda _: minute.SEEDS, results["runs"])
    runs.write(RESULTS, results)


if __name__ == "__main__":
    main()
