"""What is wrong with a training, judged by its curves and by a look at the samples and the weights. Needs NumPy alone.

`diagnose` looks at the last WINDOW steps, and at nothing before WARM_UP steps are done. Its limits were chosen on the
recorded patients of lesson 5 (`experiments.clinic`), which tests/test_diagnosis.py judges again, one by one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from course_utils.language import L

WARM_UP = 100
WINDOW = 100
CHECK_EVERY = 20

STILL = 40  # steps: weights that have not moved for so long do not learn
TWO_ANSWERS = 2.0  # e^-g_loss is so many times D(G(z)); with one and the same D it is not above 1
FLUNG = 3.0  # D learns, and yet its loss is so high; to answer 0.5 to everything would cost 0.69
WINNING = 0.02  # D(x) above 1 - WINNING and D(G(z)) below WINNING: D is sure of everything
COLLAPSED = 0.1  # the samples differ from each other less than this share of what the real ones do
SATURATED = 0.99  # a value of a sample beyond this, on either side, is as good as the end of tanh

# The one that explains the others comes first.
KINDS = ("not finite", "no rate", "frozen", "two answers", "overshooting", "winning", "collapsed")
CURVES = ("d_loss", "g_loss", "d_real", "d_fake")


class Look(NamedTuple):
    """What is seen of a training besides its curves, at one moment; None is what nobody knows.

    Attributes:
        spread: how much the samples differ from each other, as a share of what the real ones do.
        saturated: share of the samples' values beyond SATURATED, in [0, 1].
        still: steps for which no weight of D has moved.
        rate: learning rate of D's optimizer.
    """

    spread: float | None = None
    saturated: float | None = None
    still: int = 0
    rate: float | None = None


def diagnose(history: Mapping[str, Sequence[float]], look: Look | None = None, still: int = STILL) -> list[str]:
    """Return what is wrong, as names from KINDS, the one that explains the others first; [] if nothing is.

    Args:
        history: name -> one number per step. `d_loss`, `g_loss` (the loss -log D(G(z)) of G's turn), `d_real`, `d_fake`
            (the mean of D(x) and of D(G(z)) in D's turn, in [0, 1]); those that are missing cannot be judged.
        look: what the samples and the weights look like after the last of these steps.
        still: steps without any move of D's weights that make it frozen.
    """
    look = look or Look()
    if not finite(history):
        return ["not finite"]
    if look.still >= still:
        return ["no rate" if look.rate == 0 else "frozen"]
    if max(map(len, history.values()), default=0) < WARM_UP:
        return []
    found, kinds = measure(history, look), []
    if found.get("two_answers", 0) > TWO_ANSWERS:
        kinds.append("two answers")
    elif found.get("d_loss", 0) > FLUNG:
        kinds.append("overshooting")
    elif found.get("d_real", 0) > 1 - WINNING and found.get("d_fake", 1) < WINNING:
        kinds.append("winning")
    if found.get("spread", 1) < COLLAPSED:
        kinds.append("collapsed")
    return kinds


def finite(history: Mapping[str, Sequence[float]]) -> bool:
    """Return whether the last values of all curves are finite numbers."""
    return all(math.isfinite(values[-1]) for values in history.values() if len(values))


def measure(history: Mapping[str, Sequence[float]], look: Look | None = None, window: int = WINDOW) -> dict[str, float]:
    """Return the numbers by which `diagnose` decides; those that cannot be known are left out.

    Args:
        history, look: as for `diagnose`.
        window: how many of the last steps count.

    Returns:
        The means `d_loss`, `g_loss`, `d_real`, `d_fake`; `two_answers`, e^-g_loss over D(G(z)); `spread` and
        `saturated` as in `look`.
    """
    known = [name for name in CURVES if len(history.get(name, ()))]
    found = {name: float(np.mean(history[name][-window:])) for name in known}
    if found.get("d_fake") and found.get("g_loss", -1) >= 0:  # a loss below 0 is not -log of a probability
        found["two_answers"] = math.exp(-found["g_loss"]) / found["d_fake"]
    seen = {"spread": look.spread, "saturated": look.saturated} if look else {}
    return found | {name: value for name, value in seen.items() if value is not None}


def follow(history: Mapping[str, Sequence[float]], looks: Mapping[int, Look]) -> list[tuple[int, str]]:
    """Return what the monitor says of a training and when: (step, kind) for each diagnosis that appears.

    Args:
        history: of all steps.
        looks: step -> what was seen after it.
    """
    said: list[tuple[int, str]] = []
    before: list[str] = []
    # That a loss is no number is said at once.
    ends = {int(np.isfinite(values).argmin()) + 1 for values in history.values() if not np.isfinite(values).all()}
    for step in sorted({*looks, *ends}):
        now = diagnose({name: values[:step] for name, values in history.items()}, looks.get(step))
        said += ((step, kind) for kind in now if kind not in before)
        before = now
    return said


def name_of(kind: str) -> str:
    """Return what a kind is called in the language of the lesson."""
    return {
        "healthy": L("sana", "healthy"),
        "not finite": L("no es un número", "not a number"),
        "no rate": L("tasa 0 en D", "rate 0 in D"),
        "frozen": L("D congelado", "D frozen"),
        "two answers": L("dos respuestas de D", "two answers of D"),
        "overshooting": L("pasos demasiado largos", "steps too long"),
        "winning": L("D demasiado fuerte", "D too strong"),
        "collapsed": L("colapso", "collapse"),
    }[kind]


def spread(samples) -> float:
    """Return how much samples differ from each other: the standard deviation over them, averaged over the features.

    Args:
        samples: array or tensor (n, …) with n of at least 2.
    """
    samples = np.asarray(samples, dtype="float32")
    return float(samples.reshape(len(samples), -1).std(axis=0).mean())


def saturated(samples) -> float:
    """Return the share of values beyond SATURATED, in [0, 1].

    Args:
        samples: array or tensor of any shape.
    """
    return float((np.abs(np.asarray(samples)) > SATURATED).mean())
