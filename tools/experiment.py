"""Run the experiment of lesson 4, and keep its results in notebooks/results/.

    python -m tools.experiment --epochs 10 --seeds 5 --networks chatgpt handmade

Each run is a process of its own that computes in one thread, `--jobs` of them at a time. Everything can be stopped
(Ctrl+C, or worse) and called again: each run goes on from its newest checkpoint in out/experiment/, and those that are
complete are left alone. With more epochs than last time, all go on.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "out" / "experiment"
LADDER = ("chatgpt", "norm", "dropout", "kernels", "direct", "handmade")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=5, help="how many: 1, 2, 3, …")
    parser.add_argument("--networks", nargs="+", choices=LADDER, default=["chatgpt", "handmade"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time (default: one for each core)")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)  # the seed of the only run of a process
    options = parser.parse_args()
    if options.one is not None:
        run_one(options.networks[0], options.one, options.epochs)
        return
    judge_of_all()
    waiting = [(network, seed) for seed in range(1, options.seeds + 1) for network in options.networks]
    running: list[subprocess.Popen] = []
    failed = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as with Ctrl+C: stop the runs first
    try:
        while waiting or running:
            while waiting and len(running) < options.jobs:
                network, seed = waiting.pop(0)
                running.append(start(network, seed, options.epochs))
            time.sleep(1)
            for process in [process for process in running if process.poll() is not None]:
                running.remove(process)
                if process.returncode:
                    failed.append(" ".join(process.args))
                else:
                    keep_results()
    finally:
        for process in running:
            process.terminate()
            process.wait()
    if failed:
        sys.exit("\n".join(["These runs have failed:", *failed]))


def start(network: str, seed: int, epochs: int) -> subprocess.Popen:
    """Start one run in a process that computes in one thread, so that its bits do not depend on the machine's cores."""
    threads = {name: "1" for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")}
    command = [sys.executable, "-m", "tools.experiment", "--networks", network, "--one", str(seed)]
    return subprocess.Popen([*command, "--epochs", str(epochs)], cwd=ROOT, env=os.environ | threads)


def judge_of_all() -> None:
    """Let a process of its own train the judge and keep it, before any run asks for it."""
    subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, check=True)


PREPARE = """
from course_utils import data, evaluation, setup
setup.start("en", "04_chatgpt_vs_handmade")
evaluation.load_judge(data.load("mnist"))
"""


def run_one(network: str, seed: int, epochs: int) -> None:
    from course_utils import setup

    setup.start("en", "04_chatgpt_vs_handmade")  # before anything imports Keras
    from course_utils import data, evaluation, experiment

    dataset = data.load("mnist")
    if dataset.name != "mnist":
        sys.exit("The published experiment is on MNIST, which is not here.")
    folder = RUNS / f"{network}-{seed}"
    with alone_in(folder):
        experiment.run(network, seed, epochs, dataset, evaluation.load_judge(dataset), folder, say=say)
        (folder / f"complete-{epochs}").touch()


@contextlib.contextmanager
def alone_in(folder: Path):
    """Make sure that no other process works in the folder: one may have survived its parent."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"Another process is at work in {folder}. Wait for it, or stop it.")
        yield


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def keep_results() -> None:
    """Write what all the runs that are complete have given to notebooks/results/."""
    from course_utils import setup

    setup.start("en", "04_chatgpt_vs_handmade")
    from course_utils import experiment

    folders = sorted({path.parent for path in RUNS.glob("*/complete-*")})
    about = {
        "batch_size": experiment.BATCH_SIZE,
        "latent_dim": experiment.LATENT_DIM,
        "steps_per_epoch": experiment.STEPS_PER_EPOCH,
        "adam": {"rate": experiment.RATE, "beta_1": experiment.BETA_1},
        "images_measured": 10_000,
        "threads_of_a_run": 1,
    }
    experiment.write_results(experiment.gather(folders, about), experiment.results_folder() / "experiment.json")
    for folder in folders:
        if folder.name.startswith(("chatgpt", "handmade")):
            shutil.copy(folder / "grid.png", experiment.results_folder() / f"{folder.name}.png")


if __name__ == "__main__":
    main()
