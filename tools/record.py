"""Train a recipe for a minute with each of five seeds, measure, and say where it stands: `python -m tools.record FILE`.

It can be stopped and called again: the seeds that are done are kept in out/records/. The rules are those of
`course_utils/experiments/records.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from course_utils import folders
from course_utils.language import LANGUAGES, CourseError, of_this_computer, say
from tools.course import ROOT, write_atomically


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.record", description="Train a recipe, measure, compare.")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--language", choices=LANGUAGES, default=of_this_computer())
    parser.add_argument("--work-only", action="store_true", help="count the work of the cores alone: a busy machine")
    parser.add_argument("--keep", metavar="NAME", help="write the record to notebooks/results/records.json, by NAME")
    options = parser.parse_args(arguments)
    from course_utils import setup

    setup.start(options.language, "records")
    try:
        record = make_record(options.recipe, not options.work_only, options.keep or "")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    if options.keep:
        keep(record)
    return 0


def make_record(path: Path, wall: bool, by: str) -> dict:
    """Train and measure a recipe with every seed, saying how far it is; return the record, which follows the rules.

    Args:
        path: of the recipe.
        wall: whether the seconds on the wall count too.
        by: whose record it is.

    Raises:
        CourseError: if the recipe cannot be read, MNIST is not here, or the record breaks a rule.
    """
    from course_utils import data, evaluation
    from course_utils.experiments import records

    recipe, dataset, judge = records.read_recipe(path), data.load("mnist"), records.frozen_judge()
    real = judge.look(evaluation.real_images(dataset)[0])
    folder, rows = folders.out_base() / "records" / recipe.digest, []
    for seed in records.SEEDS:
        rows.append(records.run(recipe, dataset, seed, judge, real, folder, records.SECONDS, wall))
        measures = rows[-1]["measures"]
        say(
            f"semilla {seed}: Fréchet {measures['frechet']:.2f}, claros {measures['confident']:.0%}",
            f"seed {seed}: Fréchet {measures['frechet']:.2f}, clear {measures['confident']:.0%}",
        )
    record = records.summary(recipe, rows, dataset, judge, by)
    records.check(record, judge.fingerprint)
    others = records.published_records()
    place, middle = records.standing(record, others), records.median(record)
    say(
        f"{recipe.name}: mediana {middle:.2f}, puesto {place}.",
        f"{recipe.name}: median {middle:.2f}, place {place}.",
    )
    return record


def keep(record: dict) -> None:
    """Write a record to the published ones, in place of an older one of the same recipe."""
    from course_utils.experiments import records

    others = [other for other in records.published_records() if other["recipe"] != record["recipe"]]
    text = json.dumps(sorted([*others, record], key=records.median), indent=1)
    write_atomically(ROOT / "notebooks" / "results" / "records.json", text + "\n")


if __name__ == "__main__":
    sys.exit(main())
