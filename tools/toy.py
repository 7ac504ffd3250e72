"""Play lesson 1's game with points at 36 pairs of speeds, and film one game: `python -m tools.toy`.

It takes one core about four minutes, and writes notebooks/results/toy.json and toy_film.npz. `--d-speed 5 20` plays
only the games in which D has these speeds, films nothing, and leaves the other games as they are.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time

from tools.course import ROOT, write_atomically

RESULTS = ROOT / "notebooks" / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.toy", description="Play lesson 1's game with points.")
    parser.add_argument("--d-speed", type=float, nargs="+", help="only games with these speeds of D, in thousandths")
    options = parser.parse_args()
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # one core: others may work on this machine
    from course_utils import setup

    setup.start("en", "01_fully_connected_gan")  # before anything imports Keras
    import numpy as np

    from course_utils import backend
    from course_utils.experiments import toy
    from course_utils.lessons import lesson_1

    start, rows = time.process_time(), []
    known = {(row["d_speed"], row["g_speed"]): row for row in toy.games()} if options.d_speed else {}
    for d_speed in toy.SPEEDS:
        for g_speed in toy.SPEEDS:
            again = not options.d_speed or d_speed in options.d_speed
            rows.append(toy.record(d_speed, g_speed) if again else known[d_speed, g_speed])
            print(f"D {d_speed:g}, G {g_speed:g}: {toy.said_of(rows[-1])}", flush=True)
    real = [lesson_1.real_points(toy.MEASURED) for _ in range(100)]
    about = {
        "steps": toy.STEPS,
        "batch": toy.BATCH,
        "seed": toy.SEED,
        "measured": toy.MEASURED,
        "real": {
            "distance": round(float(np.mean([toy.distance(points) for points in real])), 4),
            "coverage": round(float(np.mean([toy.coverage(points) for points in real])), 4),
        },
        "versions": backend.versions(),
    }
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    write_atomically(RESULTS / "toy.json", f'{{"about": {json.dumps(about)},\n"runs": [\n{lines}\n]}}\n')
    if not options.d_speed:
        file = io.BytesIO()
        np.savez_compressed(file, **toy.film())
        write_atomically(RESULTS / "toy_film.npz", file.getvalue())
    print(f"real: {about['real']}; {time.process_time() - start:.0f} s of work")


if __name__ == "__main__":
    sys.exit(main())
