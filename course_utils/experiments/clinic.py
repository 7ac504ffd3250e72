"""Lesson 5's patients: trainings with one thing broken, their controls and their cures, recorded from three seeds each.

`python -m tools.clinic` trains them all; `notebooks/results/clinic.json` keeps their curves, what the monitor saw, and
their last samples. On these records the monitor's limits were chosen, and any other alarm can be tried.
"""

from __future__ import annotations

import base64
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, diagnosis
from course_utils.diagnosis import Look
from course_utils.experiments import results
from course_utils.language import L
from course_utils.lessons.lesson_1 import toy_discriminator, toy_generator
from course_utils.lessons.lesson_2 import make_discriminator, make_generator
from course_utils.monitor import Monitor

SEEDS = (1, 2, 3)
CLUSTERS, RADIUS, WIDTH = 8, 0.7, 0.03
KEPT = 8  # images of each run; of points all that the monitor looks at

# --- The two games, healthy unless told otherwise


def with_bn(filters=(64, 64), dropout=0.4, after=(1,)):
    """Return lesson 2's discriminator with batch normalization.

    Args:
        filters, dropout: as there.
        after: the convolutions that it follows, 1 the first.
    """
    network, seen = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator"), 0
    for layer in make_discriminator(filters, dropout).layers:
        network.add(layer)
        if isinstance(layer, layers.Conv2D):
            seen += 1
            if seen in after:
                network.add(layers.BatchNormalization())
    return network


def with_bn_by_the_book(filters=(64, 64), dropout=0.4):
    """Return it with batch normalization after the second convolution alone, as lesson 2's guideline has it."""
    return with_bn(filters, dropout, after=(2,))


def image_game(g_rate=1e-3, d_rate=1e-3, make_d=make_discriminator, real_label=1.0, frozen=False):
    """Return lesson 2's G and D, made narrow, and its step, compiled as one function, over which nobody watches.

    Args:
        g_rate, d_rate: learning rates of Adam, with a beta_1 of 0.5.
        make_d: function of filters and dropout that returns D.
        real_label: what D is told of real images.
        frozen: whether D is frozen before its first step, and never thawed.
    """
    generator, discriminator = make_generator(filters=16, base=32, momentum=0.9), make_d(filters=(16, 16), dropout=0.4)
    g_optimizer, d_optimizer = (keras.optimizers.Adam(rate, beta_1=0.5) for rate in (g_rate, d_rate))
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    discriminator.compile(d_optimizer)  # the monitor looks at its rate
    discriminator.trainable = not frozen

    def draw(real):
        return generator(keras.random.normal((len(real), 50)), training=True)

    def answer(images, label):
        found = discriminator(images, training=True)
        return tf.reduce_mean(found), tf.reduce_mean(
            keras.losses.binary_crossentropy(tf.fill(found.shape, label), found)
        )

    def d_learns(images, label):
        with tf.GradientTape() as tape:
            found, loss = answer(images, label)
        if discriminator.trainable_variables:
            d_optimizer.apply(tape.gradient(loss, discriminator.trainable_variables))
        return found, loss

    @tf.function
    def train_step(real):
        fake = draw(real)
        d_real, on_real = d_learns(real, real_label)
        d_fake, on_fake = d_learns(fake, 0.0)
        discriminator.trainable = False  # while this is traced: a frozen BN uses the averages that it has gathered
        with tf.GradientTape() as tape:
            _, g_loss = answer(draw(real), 1.0)
        discriminator.trainable = not frozen
        g_optimizer.apply(tape.gradient(g_loss, generator.trainable_variables))
        return {"d_loss": (on_real + on_fake) / 2, "g_loss": g_loss, "d_real": d_real, "d_fake": d_fake}

    return generator, discriminator, train_step


def point_game(g_rate=1e-3, d_rate=2e-3):
    """Return G, D and the step of a game of points: lesson 1's toy, with D's answers as logits.

    Args:
        g_rate, d_rate: learning rates of Adam, with a beta_1 of 0.5.
    """
    generator, discriminator = toy_generator(), toy_discriminator()
    discriminator.layers[-1].activation = keras.activations.linear
    g_optimizer, d_optimizer = (keras.optimizers.Adam(rate, beta_1=0.5) for rate in (g_rate, d_rate))
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    discriminator.compile(d_optimizer)

    def draw(real):
        return generator(keras.random.normal((len(real), 2)), training=True)

    @tf.function
    def train_step(real):
        fake = draw(real)
        with tf.GradientTape() as tape:
            on_real, on_fake = discriminator(real, training=True), discriminator(fake, training=True)
            # -log sigmoid(x) is softplus(-x)
            d_loss = tf.reduce_mean(tf.nn.softplus(-on_real) + tf.nn.softplus(on_fake)) / 2
        d_optimizer.apply(tape.gradient(d_loss, discriminator.trainable_variables))
        with tf.GradientTape() as tape:
            g_loss = tf.reduce_mean(tf.nn.softplus(-discriminator(draw(real), training=True)))
        g_optimizer.apply(tape.gradient(g_loss, generator.trainable_variables))
        answers = {"d_real": tf.reduce_mean(tf.sigmoid(on_real)), "d_fake": tf.reduce_mean(tf.sigmoid(on_fake))}
        return {"d_loss": d_loss, "g_loss": g_loss, **answers}

    return generator, discriminator, train_step


def centres() -> np.ndarray:
    """Return the centres of the eight clusters, float32 (8, 2)."""
    angles = 2 * np.pi * np.arange(CLUSTERS) / CLUSTERS
    return (RADIUS * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype("float32")


def points(count: int, rng: np.random.Generator | None = None) -> np.ndarray:
    """Return points of eight clusters on a ring of radius 0.7, float32 (count, 2).

    Args:
        count: how many.
        rng: where they come from; by default always the same ones.
    """
    rng = np.random.default_rng(22) if rng is None else rng
    noise = rng.normal(scale=WIDTH, size=(count, 2))
    return (centres()[rng.integers(CLUSTERS, size=count)] + noise).astype("float32")


def coverage(samples) -> int:
    """Return in how many of the eight clusters there is at least one in a hundred of the samples.

    Args:
        samples: array or tensor (n, 2); in a cluster is what is less than five of its widths from its centre.
    """
    samples = np.asarray(samples, "float32")
    distances = np.linalg.norm(samples[:, None] - centres(), axis=-1)
    found = np.bincount(distances.argmin(axis=1)[distances.min(axis=1) < 5 * WIDTH], minlength=CLUSTERS)
    return int((found >= len(samples) / 100).sum())


# --- The patients


class Patient(NamedTuple):
    """A training with one thing broken.

    Attributes:
        kind: what is wrong, from `diagnosis.KINDS`, or "healthy".
        broken: what differs from the control, as keywords of the game.
        control: name of the training that is healthy.
        goes_on: whether the cure is to mend what is broken and to go on, and not to begin again.
        shift: what is added to a seed, so that a training is not that of another patient.
    """

    kind: str
    broken: Mapping = {}
    control: str = "healthy"
    goes_on: bool = True
    shift: int = 0


PATIENTS = {
    "healthy": Patient("healthy"),
    "worried": Patient("healthy", shift=len(SEEDS)),
    "frozen": Patient("frozen", {"frozen": True}),
    "no_rate": Patient("no rate", {"d_rate": 0.0}),
    "strong": Patient("winning", {"g_rate": 2e-5}),
    "bn": Patient("two answers", {"make_d": with_bn}),
    "bn_second": Patient("healthy", {"make_d": with_bn_by_the_book}),
    # With rates 10 or 30 times too high most games go well in these few steps.
    "fast": Patient("overshooting", {"g_rate": 0.3, "d_rate": 0.3}, goes_on=False),
    "healthy_points": Patient("healthy", {}, "healthy_points"),
    "collapse": Patient("collapsed", {"g_rate": 3e-2}, "healthy_points", goes_on=False),
    # 1e3 and 2e3 where 1e-3 and 2e-3 were meant
    "exploding": Patient("not finite", {"g_rate": 1e3, "d_rate": 2e3}, "healthy_points", goes_on=False),
}


def plays_with_points(name: str) -> bool:
    """Return whether a patient draws points, and not images."""
    return PATIENTS[name].control != "healthy"


def steps_of(name: str) -> tuple[int, int]:
    """Return how many steps a recorded run has made, and how many more to be cured."""
    if name == "exploding":
        return 200, 200
    return (500, 500) if plays_with_points(name) else (300, 200)


def game(name: str, **more):
    """Return G, D and the training step of a patient, or of a healthy training.

    Args:
        name: from PATIENTS.
        more: keywords of `image_game` or `point_game` that count more than what is broken.
    """
    make = point_game if plays_with_points(name) else image_game
    return make(**{**PATIENTS[name].broken, **more})


def transplant(sick, healthy) -> None:
    """Give healthy networks the weights of sick ones, all but those of layers that they do not have.

    Args:
        sick, healthy: (G, D, …) as from `game`.
    """
    healthy[0].set_weights(sick[0].get_weights())
    kept = tuple(type(layer) for layer in healthy[1].layers)
    mine = [layer for layer in sick[1].layers if isinstance(layer, kept)]
    for theirs, layer in zip(mine, healthy[1].layers, strict=True):
        if isinstance(layer, layers.Conv2D | layers.Dense):
            layer.set_weights(theirs.get_weights())


def batches_of(name: str, seed: int, images: np.ndarray):
    """Return batches for ever: of points 64, of images 32 in [-1, 1]."""
    if plays_with_points(name):
        rng = np.random.default_rng(seed)
        return (points(64, rng) for _ in itertools.count())
    return iter(data.make_batches(images, 32, seed=seed))


def noise_of(name: str):
    """Return the noise of which the samples are made that the monitor looks at."""
    return keras.random.normal((256, 2) if plays_with_points(name) else (64, 50), seed=42)


def watch(networks, batches, steps: int, noise) -> Monitor:
    """Train under the monitor, which shows nothing, and return it.

    Args:
        networks: G, D and the step.
        batches: iterator.
        steps: how many.
        noise: from `noise_of`.
    """
    generator, discriminator, step = networks
    first = next(batches)
    real = points(512) if first.shape[-1] == 2 else first
    with Monitor(steps, generator, noise, discriminator, real, show="nothing") as monitor:
        for batch in itertools.islice(itertools.chain([first], batches), steps):
            monitor.update(**step(batch))
    return monitor


def run(name: str, seed: int, images: np.ndarray) -> dict:
    """Train a patient, mend what is broken and go on; return a row for the results.

    Args:
        name: from PATIENTS.
        seed: of weights, noise and batches.
        images: uint8 array (n, 28, 28) of real ones.
    """
    steps, more = steps_of(name)
    noise, patient = noise_of(name), PATIENTS[name]
    keras.utils.set_random_seed(seed + patient.shift)
    batches = batches_of(name, seed + patient.shift, images)
    sick = game(name)
    parts = {"sick": _record(watch(sick, batches, steps, noise))}
    if patient.kind == "healthy":
        parts = {"control": parts["sick"]}
    else:
        healthy = game(patient.control)
        transplant(sick, healthy)
        parts["cured"] = _record(watch(healthy, batches, more, noise))
    measures = {part: record.pop("measures") for part, record in parts.items()}
    return {"seed": seed, "steps": steps, "measures": measures, "parts": parts}


# --- The records: curves as float16 where that can hold them, images in sixteen greys, packed


def _record(monitor: Monitor) -> dict:
    samples, look = monitor.samples(), monitor.looks[max(monitor.looks)] if monitor.looks else None
    curves = np.array([monitor.history[name] for name in diagnosis.CURVES])
    largest = np.abs(curves[np.isfinite(curves)]).max(initial=0)
    kind = "<f2" if largest < 65000 else "<f4"
    if samples.ndim == 4:
        samples = np.round((samples[:KEPT, ..., 0] + 1) * 7.5).astype("uint8")
    else:
        samples = samples.astype("<f2")
    looks = [[step, *_rounded(one)] for step, one in sorted(monitor.looks.items())]
    measures = diagnosis.measure(monitor.history, look)
    return {
        "measures": {name: float(f"{value:.4g}") for name, value in measures.items() if np.isfinite(value)},
        "said": [[step, kind] for step, kind, _ in monitor.diagnoses],
        "looks": looks,
        "kind": kind,
        "curves": _pack(curves.astype(kind)),
        "samples": _pack(samples),
    }


def _rounded(look: Look) -> list:
    return [None if value is None else float(f"{value:.4g}") for value in look]


def _pack(array: np.ndarray) -> str:
    planes = np.frombuffer(array.tobytes(), "uint8").reshape(-1, array.itemsize).T  # equal bytes side by side
    return base64.b85encode(zlib.compress(planes.tobytes(), 9)).decode()  # base64 can look like a secret key


def _unpack(text: str, kind: str) -> np.ndarray:
    size = np.dtype(kind).itemsize
    planes = np.frombuffer(zlib.decompress(base64.b85decode(text)), "uint8").reshape(size, -1)
    return np.frombuffer(planes.T.tobytes(), kind)


class Case(NamedTuple):
    """One recorded training.

    Attributes:
        name: of the patient, from PATIENTS.
        seed: of its weights, noise and batches (plus the `shift` of its patient).
        part: "sick"; "control", with nothing broken, from the beginning; "cured", going on from the sick weights with
            nothing broken any more; "went on", the same where that is no cure.
        kind: what is wrong with it, from `diagnosis.KINDS`, or "healthy".
        steps: how many.
        history: name -> one float per step, of `d_loss`, `g_loss`, `d_real` and `d_fake`.
        looks: step -> what the monitor saw after it.
        said: list of (step, kind), what the monitor said.
        samples: of the end, float32: images (8, 28, 28, 1) in [-1, 1], or points (256, 2).
    """

    name: str
    seed: int
    part: str
    kind: str
    steps: int
    history: dict[str, list[float]]
    looks: dict[int, Look]
    said: list[tuple[int, str]]
    samples: np.ndarray

    @property
    def look(self) -> Look:
        """What the monitor saw last."""
        return self.looks[max(self.looks)] if self.looks else Look()


def cases(name: str | None = None, part: str | None = None, seed: int | None = None) -> list[Case]:
    """Return recorded trainings, those that are named; without a part, all but those that "went on".

    Args:
        name: of the patient.
        part: see `Case`.
        seed: from SEEDS.

    Raises:
        CourseError: if the published records are missing or damaged.
    """
    return [
        case
        for case in _all_cases()
        if name in (None, case.name)
        and seed in (None, case.seed)
        and (case.part == part if part else case.part != "went on")
    ]


@cache
def _all_cases() -> tuple[Case, ...]:
    found = results.published("clinic", lambda results: results["runs"]["healthy"][0]["parts"]["control"]["curves"])
    return tuple(
        _case(name, row["seed"], part, record)
        for name, rows in found["runs"].items()
        for row in rows
        for part, record in row["parts"].items()
    )


def _case(name: str, seed: int, part: str, record: Mapping) -> Case:
    patient = PATIENTS[name]
    if part == "cured" and not patient.goes_on:
        part = "went on"
    curves = _unpack(record["curves"], record["kind"]).reshape(4, -1).astype(float)
    if plays_with_points(name):
        samples = _unpack(record["samples"], "<f2").reshape(-1, 2).astype("float32")
    else:
        samples = _unpack(record["samples"], "uint8").reshape(-1, 28, 28, 1) / np.float32(7.5) - 1
    return Case(
        name,
        seed,
        part,
        patient.kind if part in ("sick", "went on") else "healthy",
        curves.shape[1],
        {curve: values.tolist() for curve, values in zip(diagnosis.CURVES, curves, strict=True)},
        {step: Look(*seen) for step, *seen in record["looks"]},
        [(step, kind) for step, kind in record["said"]],
        samples,
    )


def control_of(case: Case) -> Case:
    """Return the training with the same seed and nothing broken."""
    return cases(PATIENTS[case.name].control, "control", case.seed)[0]


def cured_of(case: Case) -> Case:
    """Return the training that cures: the one that goes on, or the control, where one has to begin again."""
    return cases(case.name, "cured", case.seed)[0] if PATIENTS[case.name].goes_on else control_of(case)


# --- An alarm, and a tree, tried on all of them


class Verdict(NamedTuple):
    """What an alarm did on a recorded training.

    Attributes:
        case: the training.
        rang: whether it rang.
        right: whether that is right: a patient of this kind, or silence for all others.
    """

    case: Case
    rang: bool
    right: bool


def try_alarm(
    alarm: Callable[[dict[str, list[float]]], bool], kind: str, among: list[Case] | None = None
) -> list[Verdict]:
    """Return what an alarm says of each recorded training.

    Args:
        alarm: function of a history; true is to ring.
        kind: for which it ought to ring, from `diagnosis.KINDS`.
        among: on which; by default on all.
    """
    among = cases() if among is None else among
    rings = [bool(alarm({name: list(values) for name, values in case.history.items()})) for case in among]
    return [Verdict(case, rang, rang == (case.kind == kind)) for case, rang in zip(among, rings, strict=True)]


def table_of_alarm(verdicts: list[Verdict]) -> str:
    """Return what an alarm did as text: for which seeds of which patient it rang, and hits, misses and false alarms."""
    rows: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        rows.setdefault(title_of(verdict.case), []).append(verdict)
    width = max(map(len, rows), default=0)
    lines = []
    for title, some in rows.items():
        rang = " ".join(str(one.case.seed) if one.rang else "·" for one in some)
        wrong = sum(not one.right for one in some)
        lines.append(f"{title:{width}}  {rang}" + (f"  ✗ {wrong}" if wrong else ""))
    hits, misses, false_alarms = count(verdicts)
    lines.append(
        L(
            f"aciertos: {hits} · se le escapan: {misses} · falsas alarmas: {false_alarms}",
            f"hits: {hits} · misses: {misses} · false alarms: {false_alarms}",
        )
    )
    return "\n".join(lines)


def count(verdicts: list[Verdict]) -> tuple[int, int, int]:
    """Return how many patients an alarm found, how many it missed, and how often it rang for nothing."""
    hits = sum(verdict.rang and verdict.right for verdict in verdicts)
    misses = sum(not verdict.rang and not verdict.right for verdict in verdicts)
    return hits, misses, sum(verdict.rang and not verdict.right for verdict in verdicts)


def title_of(case: Case) -> str:
    """Return what a recorded training is called, "D frozen, treated" say, in the language of the lesson."""
    title = name_of_patient(case.name)
    return title if case.part == "control" else f"{title}, {name_of_part(case.part)}"


def name_of_patient(name: str) -> str:
    """Return what a patient from PATIENTS is called in the language of the lesson."""
    return {
        "healthy": L("sana", "healthy"),
        "worried": L("enfermo imaginario", "imaginary invalid"),
        "frozen": L("D congelado", "D frozen"),
        "no_rate": L("tasa 0 en D", "rate 0 in D"),
        "strong": L("D demasiado fuerte", "D too strong"),
        "bn": L("BN en D", "BN in D"),
        "bn_second": L("BN en D, segunda capa", "BN in D, second layer"),
        "fast": L("tasas × 300", "rates × 300"),
        "healthy_points": L("puntos, sana", "points, healthy"),
        "collapse": L("puntos, tasa de G × 30", "points, G's rate × 30"),
        "exploding": L("puntos, tasas × un millón", "points, rates × a million"),
    }[name]


def name_of_part(part: str) -> str:
    """Return what a part of a `Case` is called in the language of the lesson."""
    return {
        "sick": L("sin tratar", "untreated"),
        "control": L("sana", "healthy"),
        "cured": L("tratado", "treated"),
        "went on": L("siguió", "went on"),
    }[part]


FEATURES = ("finite", "d_loss", "d_real", "d_fake", "two_answers", "spread")


class Tree(NamedTuple):
    """A decision: one question with two ways on, or, at the end of one, what is wrong.

    Attributes:
        kind: at an end: from `diagnosis.KINDS`, or "healthy"; "frozen" stands for "no rate" too.
        feature: that is asked for, from FEATURES; "" at an end.
        limit: from which on the answer is "high".
        low, high: what follows.
    """

    kind: str = ""
    feature: str = ""
    limit: float = 0.0
    low: Tree | None = None
    high: Tree | None = None

    def decide(self, history: Mapping, look: Look | None = None) -> str:
        """Return what is wrong with a training; arguments as for `diagnosis.diagnose`."""
        return self._follow(_features(history, look))

    def _follow(self, values: Mapping[str, float]) -> str:
        if not self.feature:
            return self.kind
        return (self.high if values[self.feature] >= self.limit else self.low)._follow(values)

    def right(self, among: list[Case]) -> tuple[int, int]:
        """Return for how many recorded trainings it decides rightly, and how many there are."""
        return len(among) - len(self.misnamed(among)), len(among)

    def misnamed(self, among: list[Case]) -> list[tuple[Case, str]]:
        """Return the recorded trainings about which it is wrong, each with what it decides."""
        decided = [(case, self.decide(case.history, case.look)) for case in among]
        return [(case, kind) for case, kind in decided if kind != _class(case)]

    def lines(self, indent: str = "") -> list[str]:
        """Return the tree as text, a line for each way on."""
        if not self.feature:
            return [f"{indent}→ {diagnosis.name_of(self.kind)}"]
        found = []
        for sign, branch in (("<", self.low), ("≥", self.high)):
            rest = branch.lines(indent + "    ")
            head = f"{indent}{self.feature} {sign} {self.limit:g}"
            found += [f"{head} {rest[0].strip()}"] if not branch.feature else [head, *rest]
        return found


def grow_tree(among: list[Case] | None = None, depth: int = 6) -> Tree:
    """Return the tree that asks, time and again, the question that sorts the trainings best.

    Best is what leaves least disorder (Gini); of equals, the one with the widest gap around its limit.

    Args:
        among: recorded trainings; by default all.
        depth: how many questions at most from the top to an end.
    """
    among = cases() if among is None else among
    values = [_features(case.history, case.look) for case in among]
    return _grow(values, [_class(case) for case in among], depth)


def _features(history: Mapping, look: Look | None) -> dict[str, float]:
    found = {name: diagnosis.measure(history, look).get(name, 0.0) for name in FEATURES[1:]}
    finite = diagnosis.finite(history)
    return {"finite": float(finite), **{name: value if finite else 0.0 for name, value in found.items()}}


def _class(case: Case) -> str:
    return "frozen" if case.kind == "no rate" else case.kind


def _grow(values: list[dict[str, float]], kinds: list[str], depth: int) -> Tree:
    most = max(sorted(set(kinds)), key=kinds.count)
    best = min(_questions(values, kinds), default=None) if depth and len(set(kinds)) > 1 else None
    if best is None or best[0] >= _disorder(kinds):
        return Tree(most)
    _, _, feature, limit = best
    high = [value[feature] >= limit for value in values]
    parts = [
        _grow(
            [value for value, up in zip(values, high, strict=True) if up == side],
            [kind for kind, up in zip(kinds, high, strict=True) if up == side],
            depth - 1,
        )
        for side in (False, True)
    ]
    # A question whose answers lead to the same end is none.
    if all(not part.feature and part.kind == parts[0].kind for part in parts):
        return Tree(parts[0].kind)
    return Tree("", feature, limit, *parts)


def _questions(values: list[dict[str, float]], kinds: list[str]) -> Iterator[tuple[float, float, str, float]]:
    for feature in FEATURES:
        ordered = sorted(zip((value[feature] for value in values), kinds, strict=True))
        for i in range(1, len(ordered)):
            below, above = ordered[i - 1][0], ordered[i][0]
            limit = float(f"{(below + above) / 2:.2g}")
            if below < limit <= above:
                parts = [kind for _, kind in ordered[:i]], [kind for _, kind in ordered[i:]]
                spread_of_all = ordered[-1][0] - ordered[0][0]
                yield sum(map(_disorder, parts)), -(above - below) / spread_of_all, feature, limit


def _disorder(kinds: list[str]) -> float:
    """Return the Gini impurity times the number."""
    return len(kinds) - sum(kinds.count(kind) ** 2 for kind in set(kinds)) / len(kinds)
