"""Is a difference real? Intervals, p-values, verdicts and power: two sets of values, one value for each seed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np

from course_utils.language import CourseError

ALARM = 0.05  # so often may chance alone name a winner


def bootstrap(a: Sequence[float], b: Sequence[float], resamples: int = 10_000, seed: int = 1) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of mean(a) - mean(b).

    Each set is drawn again from itself, with replacement, many times; the interval leaves out 2.5 % of the differences
    at either end. With few values it is too narrow. Source: Efron, Annals of Statistics 7, 1979; computed by SciPy.

    Args:
        a, b: one value for each seed.
        resamples: how many times.
        seed: of the drawing.

    Raises:
        CourseError: if a set has fewer than two values, or one that is not finite.
    """
    from scipy import stats

    found = stats.bootstrap(
        _sets(a, b), _gap, vectorized=True, n_resamples=resamples, method="percentile", rng=seed
    ).confidence_interval
    return float(found.low), float(found.high)


def _gap(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
    return a.mean(axis) - b.mean(axis)


def _sets(*sets: Sequence[float]) -> list[np.ndarray]:
    """Return sets of values as arrays, if they can be compared."""
    sets = [np.asarray(values, float) for values in sets]
    if any(len(values) < 2 or not np.isfinite(values).all() for values in sets):
        raise CourseError(
            "Para comparar hacen falta al menos dos semillas de cada red, con valores finitos.",
            "A comparison needs at least two seeds of each network, with finite values.",
        )
    return sets


def permutation_test(a: Sequence[float], b: Sequence[float], resamples: int = 10_000) -> float:
    """Return how often chance alone would part the means of a and b at least as far: the p-value, in (0, 1].

    The values of both sets are dealt out again in two sets of the same sizes, in every possible way, or in random ones
    if there are more than `resamples`. Source: Fisher, The Design of Experiments, 1935; computed by SciPy.

    Args:
        a, b: one value for each seed.
        resamples: how many ways at most.

    Raises:
        CourseError: if a set has fewer than two values, or one that is not finite.
    """
    from scipy import stats

    # SciPy's own two-sided value doubles the smaller tail, which is something else where the sets differ in size.
    how = {"alternative": "greater", "vectorized": True, "n_resamples": resamples, "rng": 1}

    def distance(*sets: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(_gap(*sets, axis=axis)).round(12)  # else rounding decides whether equal gaps are equal

    return float(stats.permutation_test(_sets(a, b), distance, **how).pvalue)


def interval(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Return Welch's 95 % interval of mean(a) - mean(b), which keeps its promise with few values too.

    Source: Welch, Biometrika 34, 1947; computed by SciPy.

    Args:
        a, b: one value for each seed.

    Raises:
        CourseError: if a set has fewer than two values, or one that is not finite.
    """
    from scipy import stats

    a, b = _sets(a, b)
    if a.std() == b.std() == 0:
        return float(a[0] - b[0]), float(a[0] - b[0])
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # values may be equal but for rounding
        found = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    return float(found.low), float(found.high)


def verdict(a: Sequence[float], b: Sequence[float], resamples: int = 10_000) -> str:
    """Return "wins", "loses" or "unclear": how set a does against b in a measure of which less is better.

    There is a winner if the p-value of the permutation test is `ALARM` at most. With three values on either side there
    never is: the smallest possible p-value is 0.1.

    Args:
        a, b: one value for each seed.
        resamples: of the permutations.
    """
    if permutation_test(a, b, resamples) > ALARM:
        return "unclear"
    return "wins" if np.mean(a) < np.mean(b) else "loses"


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Return p-values corrected for how many there are: each is to be compared with `ALARM` as before.

    The smallest is multiplied by their number, the next by one less, and so on; none gets smaller than one before it,
    and none larger than 1. Then one false alarm among all of them is as rare as among one. Source: Holm, Scandinavian
    Journal of Statistics 6, 1979.

    Args:
        p_values: of several comparisons.
    """
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values)
    corrected = np.empty(len(p_values))
    corrected[order] = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1)).clip(max=1)
    return corrected


def power(n: int, effect: float, games: int = 2000, seed: int = 1) -> float:
    """Return in what share of made-up experiments `verdict` sees a difference that is there: its power, in [0, 1].

    Each experiment draws n values from a bell of width 1 and n from another, shifted by the effect, and asks for the
    p-value of the permutation test.

    Args:
        n: seeds of each network, at least 2.
        effect: difference of the means, in standard deviations between seeds.
        games: how many experiments.
        seed: of the drawing.
    """
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(games, 2 * n))
    values[:, :n] += effect
    gaps = np.abs(values @ _splits(n, rng).T)
    return float(((gaps >= gaps[:, :1] - 1e-12).mean(axis=1) <= ALARM).mean())


def _splits(n: int, rng: np.random.Generator, most: int = 4000) -> np.ndarray:
    """Return ways to deal 2 n values out, the real one first: 1 / n in one set, -1 / n in the other."""
    if comb(2 * n, n) <= most:
        chosen = np.array(list(combinations(range(2 * n), n)))
    else:
        chosen = np.array([range(n), *(rng.permutation(2 * n)[:n] for _ in range(most // 4))])
    splits = np.full((len(chosen), 2 * n), -1 / n)
    np.put_along_axis(splits, chosen, 1 / n, axis=1)
    return splits


def visible_effect(n: int, others: int, alarm: float = ALARM, share: float = 0.8) -> float:
    """Return the smallest difference of the means that is seen in such a share of experiments, in standard deviations.

    It is that of the t test, which sees as much as the permutation test as long as the values lie like a bell. Source:
    Student's t with an offset; Johnson and Welch, Biometrika 31, 1940; computed by SciPy.

    Args:
        n, others: values of either set, at least 2.
        alarm: the p-value at most which a difference counts as seen: less than `ALARM` where many are looked for.
        share: of the experiments, in (alarm, 1).
    """
    from scipy import optimize, stats

    freedom, root = n + others - 2, np.sqrt(n * others / (n + others))
    limit = stats.t.ppf(1 - alarm / 2, freedom)

    def missing(effect: float) -> float:
        # A difference the other way round is seen too, but never in so large a share.
        return stats.nct.sf(limit, freedom, effect * root) - share

    return float(optimize.brentq(missing, 1e-6, 20))
