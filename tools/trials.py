"""Put the tricks of lesson 6 on trial, and keep what came of it in notebooks/results/trials.json.

    python -m tools.trials [--jobs 2]            two hours on two cores, or go on with it
    python -m tools.trials --only smoothed       a trial or several

The runs can be stopped and called again: each that is complete lies in out/trials/. Whoever changes a trial deletes its
runs. `--keep` writes the results of those that are complete while others go on.
"""

from __future__ import annotations

from tools import runs
from tools.course import ROOT

RUNS = ROOT / "out" / "trials"
RESULTS = ROOT / "notebooks" / "results" / "trials.json"


def main() -> None:
    parser = runs.parser_of(__doc__, "trial")
    parser.add_argument("--keep", action="store_true", help="only keep the results of runs that are complete")
    options = runs.read_options(parser, "trial", lambda: begin()[0].TRIALS)
    if options.keep:
        keep_results()
    elif options.one:
        run_those_left(options.only)
    else:
        runs.share("tools.trials", RUNS, options.jobs, options.only, keep_results)


def begin():
    """Return the module of trials, and MNIST."""
    return runs.begin("06_tricks_on_trial", "trials")


def run_those_left(only: list[str] | None = None) -> None:
    """Make, one after the other, each run that no process has begun."""
    trials, dataset = begin()
    from course_utils import evaluation
    from course_utils.experiments import records

    judge = records.frozen_judge()
    real = judge.look(evaluation.real_images(dataset)[0])
    for name, seed in order(trials):
        if not only or name in only:
            of_this = (trials.TRIALS[name], trials.STEPS, seed, dataset, judge, real)
            runs.make(RUNS, name, seed, trials.STEPS, lambda of_this=of_this: trials.run(*of_this))


def order(trials) -> list[tuple[str, int]]:
    """Return all runs as (name, seed): seed by seed, so that a machine that slows down slows all trials."""
    rounds = range(len(trials.SEEDS))
    return [
        (name, seed)
        for start in rounds
        for name in trials.TRIALS
        for seed in trials.seeds_of(name)[start :: len(rounds)]
    ]


def keep_results() -> None:
    """Write the rows of all runs that are complete to the results; those of others stay as they are."""
    trials, _ = begin()
    from course_utils import backend, machine
    from course_utils.experiments import records

    results = runs.read(RESULTS, {"about": {}, "runs": {}})
    results["about"] = {
        "processor": machine.processor(),
        "versions": backend.versions(),
        "images_measured": records.IMAGES,
    }
    results["runs"] = runs.gather(RUNS, trials.TRIALS, trials.seeds_of, results["runs"])
    runs.write(RESULTS, results)


if __name__ == "__main__":
    main()
