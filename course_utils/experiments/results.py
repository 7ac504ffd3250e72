"""What the experiment of lesson 4 has given: the published results, and the learner's own generators beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from course_utils import evaluation, folders, pixels
from course_utils.experiments import pretrained
from course_utils.experiments.rivals import LADDER
from course_utils.folders import COURSE, pretty_path, write_atomically
from course_utils.language import CourseError, say


def _first_measure(results: dict) -> float:
    return results["runs"][0]["measured"][0]["frechet"]


def published(name: str = "experiment", needed: Callable[[dict], object] = _first_measure) -> dict:
    """Return published results: "about", and "runs", a list of records.

    Args:
        name: "experiment", seeds 1 to 5 and the ladder on a CPU; "experiment_long", seeds 1 to 7 on a GPU;
            "experiment_again", seeds 8 to 14 and the ladder on a GPU, with the measures of three more judges;
            "tutorials"; "minute", see `tricks.published`.
        needed: function that looks up in the results what they cannot lack.

    Raises:
        CourseError: if the file is missing or damaged.
    """
    path = results_folder() / f"{name}.json"
    try:
        results = json.loads(path.read_text("utf-8"))
        needed(results)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise CourseError(
            f"No se pueden leer los resultados publicados, {pretty_path(path)} ({error}). Vuelve a descargar el curso.",
            f"The published results, {pretty_path(path)}, cannot be read ({error}). Download the course again.",
        ) from error
    return results


def results_folder() -> Path:
    """Return the folder of the published results."""
    return COURSE / "notebooks" / "results"


def published_grid(network: str, seed: int) -> np.ndarray:
    """Return the 64 images that the published run of a rival with this seed drew at its end, uint8 (64, 28, 28)."""
    return pixels.read_grid(results_folder() / f"{network}-{seed}.png")


def published_lessons() -> dict[int, dict[str, float]]:
    """Return number of the lesson -> measures of the generator that its published run left."""
    return {number: pretrained.card(number)["measures"] for number in (1, 2, 3)}


def own_generators() -> dict[int, Path]:
    """Return number of the lesson -> the newest generator that lessons 1 to 3 have left on this computer.

    Those of the smoke budget, which have hardly been trained, do not count.
    """
    found = {}
    for number in (1, 2, 3):
        paths = folders.out_base().glob(f"{number:02d}_*/*/generator.keras")
        paths = [path for path in paths if "_smoke" not in path.parent.name]
        if newest := max(paths, key=lambda path: path.stat().st_mtime, default=None):
            found[number] = newest
    return found


def measure_own_generators(judge: evaluation.Judge, real: evaluation.Look) -> dict[int, dict[str, float]]:
    """Return number of the lesson -> measures of the generator that the learner has trained in it.

    A file that cannot be read is named and left out.

    Args:
        judge: from `evaluation.load_judge`.
        real: what it sees in real images; as many images are drawn.
    """
    measures = {}
    for number, path in own_generators().items():
        try:
            import keras

            drawn = evaluation.draw(keras.models.load_model(path, compile=False), len(real.features))
        except Exception as error:  # whatever a damaged file, or one of another version of Keras, makes of it
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:120]
            say(
                f"⚠ Tu generador de la lección {number}, {pretty_path(path)}, no se puede usar ({reason}). "
                "Vuelve a entrenarlo si quieres verlo en la tabla.",
                f"⚠ Your generator of lesson {number}, {pretty_path(path)}, cannot be used ({reason}). Train "
                "it again if you want to see it in the table.",
            )
            continue
        measures[number] = evaluation.measure(judge.look(drawn), real)
    return measures


def values_of(
    runs: Sequence[dict], network: str, step: int, measure: str = "frechet", judge: str = ""
) -> dict[int, float]:
    """Return seed -> value of a measure, of all runs of a network that were measured at this step.

    Args:
        runs: published records.
        network: its name.
        step: of the training.
        measure: its name.
        judge: fingerprint of one of the further judges, where they measured; else the run's own.
    """
    return {
        record["seed"]: (row["others"][judge] if judge else row)[measure]
        for record in runs
        if record["network"] == network
        for row in record["measured"]
        if row["step"] == step
    }


def steps_of(runs: Sequence[dict], network: str) -> list[int]:
    """Return the steps at which all runs of a network were measured, in order."""
    measured = [{row["step"] for row in record["measured"]} for record in runs if record["network"] == network]
    return sorted(set.intersection(*measured)) if measured else []


def minutes_of(runs: Sequence[dict], network: str) -> np.ndarray:
    """Return the minutes of training that a network takes to each of its `steps_of`; shape (steps,).

    Of each interval the median over the seeds counts, because now and then the machine had something else to do.
    """
    steps = steps_of(runs, network)
    seconds = [
        np.diff([0, *(sum(row["seconds"] for row in record["measured"] if row["step"] <= step) for step in steps)])
        for record in runs
        if record["network"] == network
    ]
    return np.median(seconds, axis=0).cumsum() / 60


def median_seed(values: dict[int, float]) -> int:
    """Return the seed whose value is in the middle; of two in the middle, that with the lower value."""
    return sorted(values, key=lambda seed: values[seed])[(len(values) - 1) // 2]


def gather(folders: Iterable[Path], about: dict) -> dict:
    """Return the results of many runs as one, as `published` returns them.

    Args:
        folders: of the runs.
        about: further facts, by name.

    Raises:
        CourseError: if the runs were measured by different judges.
    """
    runs = [json.loads((folder / "record.json").read_text("utf-8")) for folder in folders]
    runs.sort(key=lambda record: (list(LADDER).index(record["network"]), record["seed"]))
    if len({record["judge"] for record in runs}) != 1:
        raise CourseError(
            "Hay ejecuciones medidas por jueces distintos: no se pueden comparar.",
            "Some runs were measured by different judges: they cannot be compared.",
        )
    return {"about": about, "runs": runs}


def write_results(results: dict, path: Path) -> None:
    """Write results as JSON, a line for each run."""
    lines = ",\n".join(json.dumps(record) for record in results["runs"])
    write_atomically(path, f'{{"about": {json.dumps(results["about"])},\n"runs": [\n{lines}\n]}}\n')
