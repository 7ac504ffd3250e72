"""Train the five tutorials' own networks for as long as they ask, and keep what came of it in notebooks/results/.

    python -m tools.tutorials [--only A E]

Each is a process of its own that computes in one thread, `--jobs` of them at a time; on two cores all take
hours. Everything can be stopped (Ctrl+C, or worse) and called again: each goes on from its newest checkpoint in
out/tutorials/ to the same bits, and those that are complete are left alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
from functools import partial

from tools.course import ROOT
from tools.experiment import in_one_thread, judge_of_all, log, run_all

RUNS = ROOT / "out" / "tutorials"
NAMES = ("A", "E", "E_frozen", "C", "D", "B")  # the short ones first
PICTURES = ("start", "tenth", "third", "end")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time (default: one for each core)")
    parser.add_argument("--one", choices=NAMES, help=argparse.SUPPRESS)  # the only run of a process
    options = parser.parse_args()
    if options.one:
        run_one(options.one)
        return
    for name in ("mnist", "fashion_mnist"):
        judge_of_all(name)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as with Ctrl+C: stop the runs first
    runs = {name: partial(in_one_thread, "tools.tutorials", "--one", name) for name in options.only}
    if failed := run_all(runs, options.jobs, keep_results):
        sys.exit("\n".join(["These have failed:", *failed]))


def run_one(name: str) -> None:
    from course_utils import setup

    setup.start("en", "04_chatgpt_vs_handmade")  # before anything imports Keras
    from course_utils import data, evaluation
    from course_utils.experiments import tutorials

    wanted = tutorials.TUTORIALS[name].data
    dataset = data.load(wanted)
    if dataset.name != wanted:
        sys.exit(f"The tutorial trains on {wanted}, which is not here.")
    folder = RUNS / name
    tutorials.run(name, dataset, evaluation.load_judge(dataset), folder, say=log)
    (folder / "complete").touch()


def keep_results() -> None:
    """Write the records and the pictures of all that are complete to notebooks/results/."""
    from course_utils.experiments.results import results_folder, write_results

    complete = [RUNS / name for name in sorted(NAMES) if (RUNS / name / "complete").exists()]
    runs = [json.loads((folder / "record.json").read_text("utf-8")) for folder in complete]
    write_results({"about": {"images_measured": 10_000, "threads_of_a_run": 1}, "runs": runs}, results_folder() / FILE)
    for folder in complete:
        pictures = sorted(folder.glob("step-*.png"), key=lambda path: int(path.stem.partition("-")[2]))
        for moment, picture in zip(PICTURES, pictures, strict=True):
            shutil.copy(picture, results_folder() / f"tutorial_{folder.name}_{moment}.png")


FILE = "tutorials.json"

if __name__ == "__main__":
    main()
