"""Run the experiment of lesson 4, and keep its results in notebooks/results/.

    python -m tools.experiment --epochs 10 --seeds 5 --networks chatgpt handmade
    python -m tools.experiment --epochs 30 --first 8 --seeds 7 --judges 4 --results experiment_again

Each run is a process of its own that computes in one thread, `--jobs` of them at a time. Everything can be stopped
(Ctrl+C, or worse) and called again: each run goes on from its newest checkpoint in out/experiment/, and those that are
complete are left alone. With more epochs than last time, all go on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

from course_utils.experiments.rivals import LADDER
from tools.course import ROOT

RUNS = ROOT / "out" / "experiment"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=5, help="how many: 1, 2, 3, …")
    parser.add_argument("--first", type=int, default=1, help="begin with this seed instead")
    parser.add_argument("--results", default="experiment", help="name of the file in notebooks/results")
    parser.add_argument("--judges", type=int, default=1, help="let so many measure the last two moments")
    parser.add_argument("--networks", nargs="+", choices=LADDER, default=["chatgpt", "handmade"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time (default: one for each core)")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)  # the seed of the only run of a process
    options = parser.parse_args()
    if options.one is not None:
        run_one(options.networks[0], options.one, options.epochs, options.judges)
        return
    for seed in range(1, options.judges + 1):
        judge_of_all("mnist", seed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as with Ctrl+C: stop the runs first
    runs = {
        f"{network} {seed}": partial(start, network, seed, options.epochs, options.judges)
        for seed in range(options.first, options.first + options.seeds)
        for network in options.networks
    }
    if failed := run_all(runs, options.jobs, partial(keep_results, options.results)):
        sys.exit("\n".join(["These runs have failed:", *failed]))


def run_all(runs: Mapping[str, Callable[[], subprocess.Popen]], jobs: int, keep: Callable[[], None]) -> list[str]:
    """Give each run a process of its own, `jobs` at a time; return the names of those that have failed.

    However this ends, no process is left running.

    Args:
        runs: name -> function that starts the process.
        jobs: processes at a time.
        keep: called after each run that has succeeded.
    """
    processes: list[subprocess.Popen] = []
    stopped, lock = threading.Event(), threading.Lock()
    failed = []

    def wait_for(start: Callable[[], subprocess.Popen]) -> int:
        with lock:
            if stopped.is_set():
                return 0
            process = start()
            processes.append(process)
        return process.wait()

    with ThreadPoolExecutor(jobs) as pool:
        try:
            futures = {pool.submit(wait_for, start): name for name, start in runs.items()}
            for future in as_completed(futures):
                if future.result():
                    failed.append(futures[future])
                else:
                    keep()
        finally:
            with lock:
                stopped.set()
            for process in processes:
                process.terminate()
    return failed


def start(network: str, seed: int, epochs: int, judges: int) -> subprocess.Popen:
    """Start one run."""
    numbers = {"--one": seed, "--epochs": epochs, "--judges": judges}
    options = [word for option, number in numbers.items() for word in (option, str(number))]
    return in_one_thread("tools.experiment", "--networks", network, *options)


def in_one_thread(module: str, *arguments: str) -> subprocess.Popen:
    """Start a module in a process that computes in one thread: its bits do not depend on the machine's cores."""
    threads = {name: "1" for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")}
    return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=os.environ | threads)


def judge_of_all(name: str, seed: int = 1) -> None:
    """Let a process of its own train a judge of a data set and keep it, before any run asks for it."""
    subprocess.run([sys.executable, "-c", PREPARE, name, str(seed)], cwd=ROOT, check=True)


PREPARE = """
import sys
from course_utils import data, evaluation, setup
setup.start("en", "04_chatgpt_vs_handmade")
evaluation.load_judge(data.load(sys.argv[1]), int(sys.argv[2]))
"""


def run_one(network: str, seed: int, epochs: int, judges: int) -> None:
    from course_utils import setup

    setup.start("en", "04_chatgpt_vs_handmade")  # before anything imports Keras
    from course_utils import data, evaluation
    from course_utils.experiments import runner

    dataset = data.load("mnist")
    if dataset.name != "mnist":
        sys.exit("The published experiment is on MNIST, which is not here.")
    folder = RUNS / f"{network}-{seed}"
    judge, *others = (evaluation.load_judge(dataset, seed_of_judge) for seed_of_judge in range(1, judges + 1))
    runner.run(network, seed, epochs, dataset, judge, folder, say=log, others=others)
    (folder / f"complete-{epochs}").touch()


def log(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def keep_results(name: str = "experiment") -> None:
    """Write what all the runs that are complete have given to notebooks/results/, in a file with this name."""
    from course_utils import setup

    setup.start("en", "04_chatgpt_vs_handmade")
    from course_utils.experiments import results, rivals

    folders = sorted({path.parent for path in RUNS.glob("*/complete-*")})
    about = {
        "batch_size": rivals.BATCH_SIZE,
        "latent_dim": rivals.LATENT_DIM,
        "steps_per_epoch": rivals.STEPS_PER_EPOCH,
        "adam": {"rate": rivals.RATE, "beta_1": rivals.BETA_1},
        "images_measured": 10_000,
        "threads_of_a_run": 1,
    }
    results.write_results(results.gather(folders, about), results.results_folder() / f"{name}.json")
    for folder in folders:
        if folder.name.startswith(("chatgpt", "handmade")):
            shutil.copy(folder / "grid.png", results.results_folder() / f"{folder.name}.png")


if __name__ == "__main__":
    main()
