"""Is a difference real? Intervals, p-values and verdicts on two sets of values, one value for each seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.language import CourseError


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
    return float(stats.permutation_test(_sets(a, b), lambda *sets, axis: np.abs(_gap(*sets, axis=axis)), **how).pvalue)


def verdict(a: Sequence[float], b: Sequence[float], resamples: int = 10_000) -> str:
    """Return "wins", "loses" or "unclear": how set a does against b in a measure of which less is better.

    There is a winner only if both agree: zero is outside the bootstrap interval, and the p-value is 0.05 at most. With
    three values on either side there never is: the smallest possible p-value is 0.1.

    Args:
        a, b: one value for each seed.
        resamples: of the bootstrap and of the permutations.
    """
    low, high = bootstrap(a, b, resamples)
    if low <= 0 <= high or permutation_test(a, b, resamples) > 0.05:
        return "unclear"
    return "wins" if high < 0 else "loses"
