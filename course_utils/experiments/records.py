"""Records: how good a generator is after one minute of two cores. `make record` trains a recipe, measures, compares.

The clock, the seeds, the number of images and the judge are the same for everybody. The judge is frozen: its weights
lie in the repository, so that records of different machines compare.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import time
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

import numpy as np

from course_utils import backend, evaluation, machine, pixels
from course_utils.data import Dataset
from course_utils.experiments.pretrained import read_weights
from course_utils.experiments.results import results_folder
from course_utils.folders import write_atomically
from course_utils.language import CourseError, L

SECONDS, CORES = 60, 2
SEEDS = (1, 2, 3, 4, 5)
IMAGES = 10_000
SLACK = 1.05  # the last call of `run` ends a little after the time is over


class Training(Protocol):
    """What a recipe's `start(images, labels, seed)` returns: a training that has not begun.

    Attributes:
        variables: all TensorFlow variables that change while it trains.
    """

    variables: list

    def run(self, part: float) -> None:
        """Make some training steps, a fraction of a second's worth.

        Args:
            part: how much of the time is used up, from 0 to 1.
        """

    def finish(self):
        """Return the generator: a Keras model from noise (n, latent_dim) to images (n, 28, 28, 1) in [-1, 1].

        With labels its inputs are noise and labels as one-hot rows (n, 10).
        """


class Recipe(NamedTuple):
    """A file that says how to train.

    Attributes:
        name: of the file, without `.py`.
        digest: first 12 hexadecimal digits of its SHA-256.
        labels: whether it may see the labels of the training images; then it draws the digit that it is asked for.
        module: its content.
    """

    name: str
    digest: str
    labels: bool
    module: ModuleType


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in a file.

    Raises:
        CourseError: if there is none, or it lacks `LABELS` or `start`.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"No se puede leer la receta {path} ({error.strerror}). Las del curso están en la carpeta recipes.",
            f"The recipe {path} cannot be read ({error.strerror}). Those of the course lie in the folder `recipes`.",
        ) from None
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(f"recipe_{path.stem}", path))
    module.__spec__.loader.exec_module(module)
    missing = [name for name in ("LABELS", "start") if not hasattr(module, name)]
    if missing:
        raise CourseError(
            f"A la receta {path.name} le falta {' y '.join(missing)}. Copia una de la carpeta recipes y cámbiala.",
            f"The recipe {path.name} lacks {' and '.join(missing)}. Copy one from the folder `recipes` and change it.",
        )
    return Recipe(path.stem, hashlib.sha256(content).hexdigest()[:12], bool(module.LABELS), module)


class Clock:
    """Counts the time of a training: seconds on the wall, and seconds that its cores have worked.

    A minute of two cores is over when 60 seconds have passed, or when the cores have worked for 120 seconds together:
    whichever comes first. With `wall=False` only the work counts, for machines that are slow or busy.
    """

    def __init__(self, seconds: float = SECONDS, wall: bool = True) -> None:
        self.seconds, self.counts_wall = seconds, wall
        self.wall = self.core = 0.0
        self._since: tuple[float, float] | None = None

    def __enter__(self) -> Clock:
        self._since = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_) -> None:
        self.read()
        self._since = None

    def read(self) -> float:
        """Return how much of the time is used up: 1 and more when it is over."""
        if self._since:
            now = time.perf_counter(), time.process_time()
            self.wall += now[0] - self._since[0]
            self.core += now[1] - self._since[1]
            self._since = now
        used = self.core / CORES
        return (max(used, self.wall) if self.counts_wall else used) / self.seconds


def warm_up(training: Training) -> None:
    """Trace the step of a training: call `run` once, and then put all variables back."""
    before = [variable.numpy() for variable in training.variables]
    training.run(0.0)
    for variable, value in zip(training.variables, before, strict=True):
        variable.assign(value)


def train(training: Training, clock: Clock) -> tuple[object, int]:
    """Train until the time is over; return the generator, and how many calls of `run` were made.

    What the clock does not count: making the networks, and tracing the step (`warm_up`). `prepare`, where a training
    has one (it may look at the images), is counted.

    Args:
        training: one that has not begun.
        clock: from `Clock`, at its start; it goes on to be read.
    """
    warm_up(training)
    calls = 0
    with clock:
        if hasattr(training, "prepare"):
            training.prepare()
        while (part := clock.read()) < 1:
            training.run(part)
            calls += 1
        generator = training.finish()
    return generator, calls


def measure(generator, judge: evaluation.Judge, real: evaluation.Look) -> dict[str, float]:
    """Return the measures of `evaluation.measure` and, with labels, `obeys`: the share that is the digit asked for.

    Args:
        generator: as `Training.finish` returns it.
        judge: from `frozen_judge`.
        real: what it sees in real images.
    """
    count = len(real.features)
    seen = judge.look(evaluation.draw(generator, count))
    measures = evaluation.measure(seen, real)
    if len(generator.inputs) > 1:
        measures["obeys"] = float((seen.probabilities.argmax(axis=1) == evaluation.asked(count)).mean())
    return {name: round(value, 5) for name, value in measures.items()}


def run(
    recipe: Recipe,
    dataset: Dataset,
    seed: int,
    judge: evaluation.Judge,
    real: evaluation.Look,
    folder: Path,
    seconds: float = SECONDS,
    wall: bool = True,
) -> dict:
    """Train a recipe with one seed, measure it, and return the row of this seed.

    A row that the folder already holds, of the same recipe, judge and time, is returned as it is.

    Args:
        recipe: from `read_recipe`.
        dataset: from `data.load`; the recipe sees its training images, and their labels if it asks for them.
        seed: of the recipe's random numbers.
        judge: from `frozen_judge`.
        real: what it sees in real images.
        folder: where `seed-<n>.json` and `seed-<n>.png` go.
        seconds, wall: of the clock.
    """
    path = folder / f"seed-{seed}.json"
    same = {"recipe": recipe.digest, "judge": judge.fingerprint, "seconds": seconds, "wall_counts": wall, "seed": seed}
    if path.is_file():
        row = json.loads(path.read_text("utf-8"))
        if {name: row.get(name) for name in same} == same:
            return row
    clock = Clock(seconds, wall)
    labels = dataset.y_train if recipe.labels else None
    generator, calls = train(recipe.module.start(dataset.x_train, labels, seed), clock)
    times = {"wall": round(clock.wall, 1), "core": round(clock.core, 1), "calls": calls}
    row = same | times | {"measures": measure(generator, judge, real)}
    pixels.save_grid(evaluation.draw(generator, 100), folder / f"seed-{seed}.png", columns=10)
    write_atomically(path, json.dumps(row))
    return row


def summary(recipe: Recipe, rows: Collection[Mapping], dataset: Dataset, judge: evaluation.Judge, by: str = "") -> dict:
    """Return the record of a recipe: what was run, where, and the measures of every seed.

    Args:
        recipe: from `read_recipe`.
        rows: from `run`, one for each seed.
        dataset, judge: with which they were run.
        by: whose record it is.
    """
    rows = sorted(rows, key=lambda row: row["seed"])
    return {
        "recipe": recipe.name,
        "digest": recipe.digest,
        "by": by,
        "labels": recipe.labels,
        "data": dataset.name,
        "judge": judge.fingerprint,
        "seconds": rows[0]["seconds"],
        "wall_counts": rows[0]["wall_counts"],
        "images": IMAGES,
        "processor": machine.processor(),
        "versions": backend.versions(),
        "seeds": [{name: row[name] for name in ("seed", "wall", "core", "calls", "measures")} for row in rows],
    }


def check(record: Mapping, judge: str) -> None:
    """Refuse a record that does not compare with the others.

    Args:
        record: from `summary`, perhaps from somebody else's machine.
        judge: fingerprint of the frozen judge.

    Raises:
        CourseError: if its time, seeds, judge, data or number of images are others than the rules say.
    """
    seeds = [row["seed"] for row in record["seeds"]]
    most = SECONDS * SLACK
    walls = [row["wall"] for row in record["seeds"] if record["wall_counts"]]
    if record["seconds"] != SECONDS or max([*walls, *(row["core"] / CORES for row in record["seeds"])]) > most:
        raise CourseError(
            f"El tiempo no es el de las reglas: {SECONDS} segundos de {CORES} núcleos para cada semilla.",
            f"The time is not that of the rules: {SECONDS} seconds of {CORES} cores for each seed.",
        )
    if sorted(seeds) != list(SEEDS):
        raise CourseError(
            f"Las semillas son {seeds}; las reglas piden todas estas, y cada una una vez: {list(SEEDS)}.",
            f"The seeds are {seeds}; the rules ask for all of these, each once: {list(SEEDS)}.",
        )
    if record["judge"] != judge:
        raise CourseError(
            f"Ha medido otro juez, {record['judge']}. El de los récords es {judge}: usa `make record`.",
            f"Another judge has measured, {record['judge']}. That of the records is {judge}: use `make record`.",
        )
    if record["data"] != "mnist" or record["images"] != IMAGES:
        raise CourseError(
            f"Un récord se mide con MNIST y con {IMAGES} imágenes.",
            f"A record is measured on MNIST, with {IMAGES} images.",
        )


def median(record: Mapping, name: str = "frechet") -> float:
    """Return the median over the seeds of a measure."""
    return float(np.median([row["measures"][name] for row in record["seeds"]]))


def standing(record: Mapping, records: Collection[Mapping]) -> int:
    """Return the place of a record among those that compete with it, 1 for the best: the least median distance counts.

    Those with labels and those without compete apart.
    """
    rivals = [other for other in records if other["labels"] == record["labels"] and other["digest"] != record["digest"]]
    return 1 + sum(median(other) <= median(record) for other in rivals)


def published_records() -> list[dict]:
    """Return the records of the repository, `notebooks/results/records.json`."""
    path = results_folder() / "records.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


def can_read(dataset: Dataset) -> bool:
    """Return whether the frozen judge can read the images of a data set; if not, say so."""
    if dataset.name in ("mnist", "digits"):
        return True
    print(
        L(
            f"El juez solo sabe leer dígitos, y estas imágenes son otras ({dataset.name}): aquí no se mide nada.",
            f"The judge can read digits only, and these images are others ({dataset.name}): nothing is measured here.",
        )
    )
    return False


def frozen_judge() -> evaluation.Judge:
    """Return the judge of the records, whose weights lie in `notebooks/results/judge.npz`.

    They are those of the judge of lesson 4 with the fingerprint 0895942a, which measured the published experiments,
    written as whole numbers of 8 bits (`tools.generators.pack`).

    Raises:
        CourseError: if the file is missing or damaged.
    """
    path = results_folder() / "judge.npz"
    try:
        network = evaluation.make_judge()
        network.set_weights(read_weights(path.read_bytes()))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise CourseError(
            f"No se puede leer el juez de los récords, {path} ({error}). Descarga el curso de nuevo.",
            f"The judge of the records, {path}, cannot be read ({error}). Download the course again.",
        ) from error
    return evaluation.Judge(network, float("nan"), "mnist")
