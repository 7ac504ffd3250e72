"""Count how many of a thousand modes generators draw, and keep it in notebooks/results/modes.json; drawings beside it.

    python -m tools.modes --costs            what a step costs on this machine: two minutes
    python -m tools.modes [--jobs 2]         the rungs of lesson 8, each with ten seeds: two hours on two cores
    python -m tools.modes --published 2      PacGAN's protocol with so many images in a pack: an hour and more an epoch

All can be stopped and called again: each run that is complete lies in out/modes/, and is made again only where the
number of its steps has changed; the published protocol goes on where it was. Whoever changes a rung deletes its runs.
`--keep` writes the results of those that are complete while others go on.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from course_utils import pixels
from tools import runs
from tools.course import ROOT, write_atomically

RUNS = ROOT / "out" / "modes"
RESULTS = ROOT / "notebooks" / "results" / "modes.json"
DRAWINGS = RESULTS.with_suffix(".png")


def main() -> None:
    parser = runs.parser_of(__doc__, "rung")
    parser.add_argument("--costs", action="store_true", help="measure what a step costs on this machine")
    parser.add_argument("--published", type=int, metavar="IMAGES", help="go on with PacGAN's protocol")
    parser.add_argument("--epochs", type=float, default=1.0, help="until where the protocol goes (default: 1)")
    parser.add_argument("--keep", action="store_true", help="only keep the results of runs that are complete")
    options = runs.read_options(parser, "rung", lambda: begin()[0].RUNGS)
    if options.costs:
        measure_costs(options.only)
    elif options.published:
        go_on_with_the_protocol(options.published, options.epochs)
    elif options.keep:
        keep_results()
    elif options.one:
        run_those_left(options.only)
    else:
        runs.share("tools.modes", RUNS, options.jobs, options.only, keep_results)


def read() -> dict:
    """Return the results so far."""
    return runs.read(RESULTS, {"about": {}, "costs": {}, "protocol": {}, "runs": {}})


def begin():
    """Return the module of the rungs, and MNIST."""
    return runs.begin("08_a_thousand_modes", "modes")


def judge_of_records():
    """Return the judge that counts."""
    from course_utils.experiments import records

    return records.frozen_judge()


def measure_costs(only: list[str] | None = None) -> None:
    """Write what a step of each rung costs on this machine to the results, all of them measured in one go."""
    modes, dataset = begin()
    from course_utils import backend, machine
    from course_utils.experiments import minute

    names = [name for name in modes.RUNGS if not only or name in only]
    found = minute.costs(names, dataset, runs.log, tricks=modes.RUNGS, first=modes.RUNGS["plain"])
    results = read()
    results["about"] = {
        "processor": machine.processor(),
        "cores": machine.cores(),
        "versions": backend.versions(),
        "samples": modes.SAMPLES,
    }
    results["costs"] |= {name: cost._asdict() for name, cost in found.items()}
    runs.write(RESULTS, results)


def run_those_left(only: list[str] | None = None) -> None:
    """Make, one after the other, each run that no process has begun."""
    modes, dataset = begin()
    from course_utils.experiments import minute

    costs = {name: minute.Cost(**cost) for name, cost in read()["costs"].items()}
    judge = judge_of_records()
    for seed in modes.SEEDS:
        for name, rung in modes.RUNGS.items():
            if not only or name in only:
                steps = minute.steps_of(rung, costs[name])
                of_this = rung, steps, seed, dataset, judge, drawings_of(name, seed)
                if name in modes.SHOWN and seed in modes.DRAWN and not drawings_of(name, seed).is_file():
                    (RUNS / f"{name}-{seed}.json").unlink(missing_ok=True)
                runs.make(RUNS, name, seed, steps, lambda of_this=of_this: modes.run(*of_this))


def drawings_of(name: str, seed: int) -> Path:
    """Return where the drawings of a run lie."""
    return RUNS / f"{name}-{seed}.png"


def go_on_with_the_protocol(images: int, epochs: float) -> None:
    """Train by PacGAN's protocol until some epoch, and keep what was counted on the way."""
    modes, dataset = begin()
    judge = judge_of_records()
    folder = RUNS / f"pacgan-{images}"
    for row in modes.published(images, epochs, folder, dataset, judge):
        write_atomically(folder / f"counted-{row['epoch']:g}.json", json.dumps(row))
        runs.log(f"PacGAN's protocol, {images} images: {row}")
    keep_results()


def keep_results() -> None:
    """Write the rows of all runs that are complete to the results: those of other seeds and rungs stay as they are."""
    modes, _ = begin()
    results = read()
    for folder in sorted(RUNS.glob("pacgan-*")):
        if rows := [json.loads(path.read_text("utf-8")) for path in folder.glob("counted-*.json")]:
            results["protocol"][folder.name.removeprefix("pacgan-")] = sorted(rows, key=lambda row: row["epoch"])
    results["runs"] = runs.gather(RUNS, modes.RUNGS, lambda _: modes.SEEDS, results["runs"])
    runs.write(RESULTS, results)
    paths = [drawings_of(name, seed) for name in modes.SHOWN for seed in modes.DRAWN]
    if missing := [path.name for path in paths if not path.is_file()]:
        runs.log(f"The drawings stay as they were: there is no {', '.join(missing)}.")
    else:
        pixels.save_grid(np.concatenate([pixels.read_grid(path) for path in paths]), DRAWINGS)


if __name__ == "__main__":
    main()
