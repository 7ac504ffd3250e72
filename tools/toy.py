"""Play lesson 1's game with points at 36 pairs of speeds, and film one game: `python -m tools.toy`.

It takes one core a few minutes, and writes notebooks/results/toy.json and toy_film.npz.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time

from tools.course import ROOT, write_atomically

RESULTS = ROOT / "notebooks" / "results"


def main() -> None:
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # one core: others may work on this machine
    from course_utils import setup

    setup.start("en", "01_fully_connected_gan")  # before anything imports Keras
    import numpy as np

    from course_utils import backend
    from course_utils.experiments import toy
    from course_utils.lessons import lesson_1

    start, rows = time.process_time(), []
    for d_speed in toy.SPEEDS:
        for g_speed in toy.SPEEDS:
            rows.append(toy.record(d_speed, g_speed))
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
        "seconds": round(time.process_time() - start),
    }
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    write_atomically(RESULTS / "toy.json", f'{{"about": {json.dumps(about)},\n"runs": [\n{lines}\n]}}\n')
    file = io.BytesIO()
    np.savez_compressed(file, **toy.film())
    write_atomically(RESULTS / "toy_film.npz", file.getvalue())
    print(f"real: {about['real']}; {about['seconds']} s of work")


if __name__ == "__main__":
    sys.exit(main())
