"""Who wins the experiment of lesson 4: by every measure, at every moment, without one seed, by other judges."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from course_utils import plots, statistics
from course_utils.experiments.results import steps_of, values_of
from course_utils.experiments.rivals import LADDER, STEPS_PER_EPOCH, title_of
from course_utils.language import L, percent

BETTER = {"frechet": -1, "kernel": -1, "precision": 1, "recall": 1, "confident": 1, "rarest": 1}  # lower, or higher
DISTANCES = ("frechet", "kernel")  # the others are shares
RIVALS = ("handmade", "chatgpt")


class Comparison(NamedTuple):
    """What an experiment says of two networks by one measure.

    Attributes:
        means: of both.
        interval: Welch's, of the first mean minus the second.
        p: of the permutation test.
        winner: the name of one of them, or "" if there is no telling.
    """

    means: tuple[float, float]
    interval: tuple[float, float]
    p: float
    winner: str


def compare(
    runs: Sequence[dict],
    step: int,
    measure: str = "frechet",
    judge: str = "",
    without: Collection[tuple[str, int]] = (),
    networks: tuple[str, str] = RIVALS,
) -> Comparison:
    """Compare two networks by one measure at one moment.

    Args:
        runs: published records.
        step: of the training.
        measure: a name in `BETTER`, which says whether lower or higher is better.
        judge: fingerprint of one of the further judges, where they measured; else the runs' own.
        without: runs to leave out, each as network and seed.
        networks: which two.
    """
    a, b = (
        [value for seed, value in values_of(runs, name, step, measure, judge).items() if (name, seed) not in without]
        for name in networks
    )
    p = statistics.permutation_test(a, b)
    means = float(np.mean(a)), float(np.mean(b))
    better = networks[0] if (means[0] > means[1]) == (BETTER[measure] > 0) else networks[1]
    return Comparison(means, statistics.interval(a, b), p, better if p <= statistics.ALARM else "")


def judges_of(runs: Sequence[dict], step: int) -> list[str]:
    """Return the fingerprints of the further judges that measured all these runs at this step."""
    rows = [row for record in runs for row in record["measured"] if row["step"] == step]
    return sorted(set.intersection(*(set(row.get("others", ())) for row in rows))) if rows else []


def show_verdicts(runs: Sequence[dict], step: int, judge: str = "") -> None:
    """Show a row for each measure: both means, the interval of their difference, p, and who wins.

    Args:
        runs, step, judge: as for `compare`.
    """
    rows = []
    for measure in BETTER:
        found, is_share = compare(runs, step, measure, judge), measure not in DISTANCES
        low, high = (f"{100 * end:+.1f}" if is_share else f"{end:+.3f}" for end in found.interval)
        means = [percent(mean, 1) if is_share else f"{mean:.3f}" for mean in found.means]
        rows.append([_title(measure), *means, f"{low} … {high}", f"{found.p:.4f}", winner_title(found)])
    headings = [title_of(name) for name in RIVALS]
    plots.show_table(["", *headings, L("diferencia", "difference"), "p", L("gana", "winner")], rows)


def show_moments(runs: Sequence[dict], measures: Sequence[str] = ("frechet", "precision", "recall")) -> None:
    """Show who wins at each moment by each measure, with both means in brackets, the handmade network's first."""
    rows = []
    for step in sorted(set(steps_of(runs, "handmade")) & set(steps_of(runs, "chatgpt"))):
        row = [f"{step / STEPS_PER_EPOCH:.3g}"]
        for measure in measures:
            found = compare(runs, step, measure)
            row.append(f"{winner_title(found)} ({_means(found, measure)})")
        rows.append(row)
    plots.show_table([L("época", "epoch"), *map(_title, measures)], rows)


def show_without_each(runs: Sequence[dict], step: int, measure: str = "frechet") -> None:
    """Show what would have been said if one of the runs were missing: each in turn is left out."""
    rows = []
    for network in RIVALS:
        for seed, value in sorted(values_of(runs, network, step, measure).items()):
            found = compare(runs, step, measure, without=[(network, seed)])
            rows.append([f"{title_of(network)} {seed}", f"{value:.2f}", f"{found.p:.3f}", winner_title(found)])
    plots.show_table([L("sin", "without"), _title(measure), "p", L("gana", "winner")], rows)


def show_judges(runs: Sequence[dict], step: int, measures: Sequence[str] = ("frechet", "precision", "recall")) -> None:
    """Show who wins by each judge that measured at this step: both means, the handmade network's first, and p."""
    rows = []
    for number, judge in enumerate(["", *judges_of(runs, step)], start=1):
        row = [L(f"juez {number}", f"judge {number}")]
        for measure in measures:
            found = compare(runs, step, measure, judge)
            row.append(f"{winner_title(found)} ({_means(found, measure)}; p = {found.p:.4f})")
        rows.append(row)
    plots.show_table(["", *map(_title, measures)], rows)


class Change(NamedTuple):
    """What a change of the ladder did to a measure at one moment: `effect` on the mean, and both p-values."""

    before: str
    after: str
    step: int
    effect: float
    p: float
    corrected: float


def changes(runs: Sequence[dict], measure: str = "frechet") -> list[Change]:
    """Return all changes of the ladder at all moments that all its rungs have, with Holm's correction for them all.

    Args:
        runs: published records.
        measure: which.
    """
    steps = sorted(set.intersection(*(set(steps_of(runs, network)) for network in LADDER)))
    found = []
    for before, after in pairwise(LADDER):
        for step in steps:
            compared = compare(runs, step, measure, networks=(after, before))
            found.append((before, after, step, compared.means[0] - compared.means[1], compared.p))
    corrected = statistics.holm([change[-1] for change in found])
    return [Change(*change, float(p)) for change, p in zip(found, corrected, strict=True)]


def show_ladder(runs: Sequence[dict]) -> None:
    """Show what each change of the ladder did to the Fréchet distance, epoch by epoch.

    One star: p is at most 0.05. Two stars: also after the correction for all the changes and moments of the table.

    Args:
        runs: published records.
    """
    found = changes(runs)
    steps = sorted({change.step for change in found})
    rows = []
    for before, after in pairwise(LADDER):
        row = [f"{title_of(before)} → {title_of(after)}"]
        for change in found:
            if change.after == after:
                stars = "**" if change.corrected <= statistics.ALARM else "*" if change.p <= statistics.ALARM else ""
                row.append(f"{change.effect:+.2f} {stars.replace('*', '★')}".strip())
        rows.append(row)
    plots.show_table([L("cambio", "change"), *(f"{step / STEPS_PER_EPOCH:.3g}" for step in steps)], rows)


def winner_title(found: Comparison) -> str:
    """Return the winner as a learner knows it, or a question mark."""
    return title_of(found.winner) if found.winner else "?"


def _title(measure: str) -> str:
    return {
        "frechet": "Fréchet ↓",
        "kernel": L("núcleo ↓", "kernel ↓"),
        "precision": L("precisión ↑", "precision ↑"),
        "recall": L("exhaustividad ↑", "recall ↑"),
        "confident": L("seguras ↑", "confident ↑"),
        "rarest": L("clase más rara ↑", "rarest class ↑"),
    }[measure]


def _means(found: Comparison, measure: str) -> str:
    written = "{:.2f}".format if measure in DISTANCES else percent
    return " / ".join(map(written, found.means))
