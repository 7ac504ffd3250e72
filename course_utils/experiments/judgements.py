"""What lesson 6 says of each trick: its verdicts, tables and figure, from notebooks/results/trials.json."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from course_utils import plots, statistics
from course_utils.experiments import results, tricks
from course_utils.language import L, percent

BASELINE = ("sin ningún cambio", "nothing changed")
# The trials in the groups of the lesson: what is said of each in a table.
GROUPS = {
    "labels": {
        "smoothed": ("lo real, a 0.9", "real images at 0.9"),
        "smoothed_both": ("0.9 y 0.1", "0.9 and 0.1"),
        "noisy": ("0.7 a 1.2 y 0 a 0.3, al azar", "random, 0.7 to 1.2 and 0 to 0.3"),
        "flipped": ("un 5 % cambiadas", "5% flipped"),
        "saturating": ("G reduce log(1 − D)", "G lowers log(1 − D)"),
    },
    "normalization": {
        "g_norm_after": ("BN tras la activación en G", "BN after the activation in G"),
        "g_norm_none": ("G sin BN", "no BN in G"),
        "d_norm": ("BN en D", "BN in D"),
        "d_norm_mixed": ("BN en D, lotes mezclados", "BN in D, mixed batches"),
        "d_norm_frozen": ("BN en D, congelada para G", "BN in D, frozen for G"),
        "others": ("D ve otras imágenes, en inferencia", "D sees other images, in inference"),
    },
    "noise": {
        "d_dropout": ("dropout 0.3 en D", "dropout 0.3 in D"),
        "g_dropout": ("dropout 0.3 en G", "dropout 0.3 in G"),
        "g_dropout_half": ("dropout 0.5 en G", "dropout 0.5 in G"),
        "d_noise": ("ruido en lo que ve D", "noise on what D sees"),
        "uniform": ("ruido uniforme para G", "uniform noise for G"),
    },
    "layers": {
        "kernel_3": ("núcleos de 3", "kernels of 3"),
        "kernel_5": ("núcleos de 5", "kernels of 5"),
        "pooling": ("max pooling en D", "max pooling in D"),
        "sigmoid": ("sigmoide y [0, 1]", "sigmoid and [0, 1]"),
        "linear": ("salida lineal", "linear output"),
        "d_relu": ("ReLU en D", "ReLU in D"),
        "d_slope_0.01": ("pendiente 0.01 en D", "slope 0.01 in D"),
        "d_slope_0.3": ("pendiente 0.3 en D", "slope 0.3 in D"),
        "g_leaky": ("con fuga en G", "leaky in G"),
    },
    "optimizers": {
        "sgd_0.01": ("SGD 0.01 para D", "SGD 0.01 for D"),
        "sgd_0.1": ("SGD 0.1 para D", "SGD 0.1 for D"),
        "beta_1_0.9": ("beta_1 de 0.9", "beta_1 of 0.9"),
        "two_updates": ("D aprende dos veces por paso", "D learns twice a step"),
    },
}
TITLES = {name: title for group in GROUPS.values() for name, title in group.items()}
# What the list of hacks advises and the baseline does not have, and what it advises against.
ADVISED = ("noisy", "flipped", "g_dropout_half", "d_noise", "g_leaky", "sgd_0.01", "sgd_0.1")
ADVISED_AGAINST = ("saturating", "uniform", "sigmoid", "linear", "pooling", "d_relu")
SUNK = 50  # a Fréchet distance from which on a training is said to have sunk: nothing can be read
DEAR = 1.25  # a cost from which on it is told beside the verdict
WAYS = 20_349  # to deal 21 values out to 5 and 16: all are tried
LOOKS = {"pays": (plots.THIRD_COLOUR, "o"), "hurts": (plots.FAKE_COLOUR, "s"), "unclear": ("0.45", "D")}


class Judgement(NamedTuple):
    """What the trial of a trick has shown.

    Attributes:
        ratio: by how much the trick multiplies the Fréchet distance: of the geometric means.
        low, high: ends of Welch's 95 % interval of the ratio, not corrected for the number of tricks.
        p: p-value of the permutation test of the logarithms, in (0, 1].
        corrected: the same, corrected for all tricks by Holm's rule.
        verdict: "pays" or "hurts", if `corrected` is at most `statistics.ALARM`; else "unclear".
        visible: the smallest ratio above 1 that such a trial shows in 80 % of experiments.
        confident, rarest: medians of these measures, in [0, 1].
        cost: how long a step takes the cores, as a multiple of the baseline's: median.
        sunk: how many seeds ended at a distance above `SUNK`.
        seeds: how many there are.
    """

    ratio: float
    low: float
    high: float
    p: float
    corrected: float
    verdict: str
    visible: float
    confident: float
    rarest: float
    cost: float
    sunk: int
    seeds: int


def published() -> dict:
    """Return the results of `make trials`: `about`, and `runs`, the rows of each trial (see `trials.run`).

    Raises:
        CourseError: if the file is missing or damaged.
    """

    def needed(found: dict) -> None:
        _ = found["runs"]["baseline"], [rows[0]["measures"]["frechet"] for rows in found["runs"].values()]

    return results.published("trials", needed)


def judge(runs: Mapping[str, Sequence[Mapping]]) -> dict[str, Judgement]:
    """Return the judgement of each trick, in the order of `TITLES`.

    Args:
        runs: name -> rows, as `published` returns them; those of the tricks, and of "baseline".
    """
    names = [name for name in TITLES if name in runs]
    usual = _logs(runs["baseline"])
    p_values = [statistics.permutation_test(_logs(runs[name]), usual, WAYS) for name in names]
    corrected = statistics.holm(p_values)
    seen = corrected <= statistics.ALARM
    alarm = statistics.ALARM / max(1, int((~seen).sum()))  # what Holm's rule asks of the first that is not seen
    usual_ms = np.median([row["ms"] for row in runs["baseline"]])
    found = {}
    for name, p, p_corrected, clear in zip(names, p_values, corrected, seen, strict=True):
        rows, logs = runs[name], _logs(runs[name])
        effect = tricks.ratio(rows, runs["baseline"])
        spread = statistics.visible_effect(len(logs), len(usual), alarm) * _pooled(logs, usual)
        found[name] = Judgement(
            *effect,
            p=p,
            corrected=float(p_corrected),
            verdict=("pays" if effect[0] < 1 else "hurts") if clear else "unclear",
            visible=float(np.exp(spread)),
            confident=float(np.median(tricks.values(rows, "confident"))),
            rarest=float(np.median(tricks.values(rows, "rarest"))),
            cost=float(np.median([row["ms"] for row in rows]) / usual_ms),
            sunk=int((tricks.values(rows) > SUNK).sum()),
            seeds=len(rows),
        )
    return found


def _logs(rows: Sequence[Mapping]) -> np.ndarray:
    return np.log(tricks.values(rows))


def _pooled(a: np.ndarray, b: np.ndarray) -> float:
    """Return the standard deviation of both sets around their own means."""
    squares = sum(((values - values.mean()) ** 2).sum() for values in (a, b))
    return float(np.sqrt(squares / (len(a) + len(b) - 2)))


def title(name: str) -> str:
    """Return what the tables call a trial."""
    es, en = (TITLES | {"baseline": BASELINE})[name]
    return L(es, en)


def in_words(verdict: str) -> str:
    """Return a verdict as the tables say it."""
    return {
        "pays": L("compensa", "pays"),
        "hurts": L("perjudica", "hurts"),
        "unclear": L("no se sabe", "cannot be told"),
    }[verdict]


def of(found: Mapping[str, Judgement], verdict: str, group: str | None = None) -> list[str]:
    """Return the names of the tricks with a verdict, those that multiply the distance least first.

    Args:
        found: from `judge`.
        verdict: "pays", "hurts" or "unclear".
        group: of `GROUPS`; all if None.
    """
    names = [name for name in found if found[name].verdict == verdict and (not group or name in GROUPS[group])]
    return sorted(names, key=lambda name: found[name].ratio)


def sentence(found: Mapping[str, Judgement], group: str | None = None) -> str:
    """Return in words which tricks pay, which hurt, of how many it cannot be told, and which have sunk trainings.

    Each has its ratio beside it, and its cost if that is `DEAR`.

    Args:
        found: from `judge`.
        group: of `GROUPS`; all if None.
    """
    parts = []
    for verdict, one, many in (
        ("pays", L("Compensa", "What pays"), L("Compensan", "What pays")),
        ("hurts", L("Perjudica", "What hurts"), L("Perjudican", "What hurts")),
    ):
        names = of(found, verdict, group)
        told = "; ".join(f"{title(name)} ({_told(found[name])})" for name in names)
        nothing = L("nada", "nothing")
        parts.append(f"{many if len(names) > 1 else one}: {told or nothing}.")
    count = len(of(found, "unclear", group))
    parts.append(L(f"No se sabe: {count}.", f"Cannot be told: {count}."))
    if sunk := [name for name in found if found[name].sunk and (not group or name in GROUPS[group])]:
        parts_of = "; ".join(f"{title(name)}, {found[name].sunk}/{found[name].seeds}" for name in sunk)
        parts.append(L(f"Entrenamientos que se hunden: {parts_of}.", f"Trainings that sink: {parts_of}."))
    return "\n".join(parts)


def _told(one: Judgement) -> str:
    ratio = f"× {one.ratio:.2f}"
    dear = L(f"{ratio}, y cada paso tarda × {one.cost:.2f}", f"{ratio}, and each step takes × {one.cost:.2f}")
    return dear if one.cost > DEAR else ratio


def show_list(found: Mapping[str, Judgement]) -> None:
    """Show of each piece of the list's advice whether the trial bears it out: a table, and how many of each.

    Args:
        found: from `judge`.
    """
    rows, counts = [], {}
    for names, good, advice in (
        (ADVISED, "pays", L("hazlo", "do")),
        (ADVISED_AGAINST, "hurts", L("no lo hagas", "do not")),
    ):
        for name in names:
            verdict = found[name].verdict
            borne_out = L("no se sabe", "cannot be told")
            if verdict != "unclear":
                borne_out = L("acierta", "right") if verdict == good else L("se equivoca", "wrong")
            counts[borne_out] = counts.get(borne_out, 0) + 1
            rows.append([title(name), advice, tricks.in_words(found[name][:3]), borne_out])
    headings = ["", L("la lista dice", "the list says"), L("la distancia", "distance"), L("en este juicio", "here")]
    plots.show_table(headings, rows)
    print("; ".join(f"{answer}: {count}" for answer, count in counts.items()))


def show_table(found: Mapping[str, Judgement], group: str | Collection[str]) -> None:
    """Show a table of the tricks of a group, the best first, with interval, p-value, measures, cost and verdict.

    Args:
        found: from `judge`.
        group: of `GROUPS`, or names of tricks.
    """
    names = GROUPS[group] if isinstance(group, str) else group
    rows = []
    for name in sorted((name for name in names if name in found), key=lambda name: found[name].ratio):
        one = found[name]
        row = [title(name), tricks.in_words(one[:3]), f"{one.corrected:.3f}", percent(one.confident)]
        rows.append([*row, percent(one.rarest, 1), f"× {one.cost:.2f}", in_words(one.verdict)])
    headings = ["", L("la distancia", "distance"), L("p corregida", "corrected p"), L("seguras", "confident")]
    headings += [L("la más rara", "rarest"), L("tiempo por paso", "time per step"), L("sentencia", "verdict")]
    plots.show_table(headings, rows)


@plots.own_settings
def show_verdicts(runs: Mapping[str, Sequence[Mapping]], found: Mapping[str, Judgement], hidden: bool = False) -> None:
    """Draw by how much each trick multiplies the distance: every seed, the mean, its interval; the best at the top.

    Args:
        runs: name -> rows.
        found: from `judge`.
        hidden: whether the names of the tricks are covered.
    """
    names = sorted(found, key=lambda name: found[name].ratio)
    usual = _logs(runs["baseline"]).mean()
    figure = Figure((7.6, 0.9 + 0.265 * (len(names) + 1)), dpi=80, layout="constrained")
    ax = figure.subplots()
    ax.axvline(1, color="black", linewidth=1)
    for row, name in enumerate(["baseline", *names]):
        own = np.exp(_logs(runs[name]) - usual)
        ax.plot(own, [row] * len(own), "o", color="0.2", alpha=0.3, markersize=3.5, markeredgewidth=0)
        if name in found:
            one = found[name]
            colour, mark = LOOKS[one.verdict]
            ax.plot([one.low, one.high], [row, row], "-", color=colour, linewidth=2.5, alpha=0.6)
            ax.plot([one.ratio], [row], mark, color=colour, markersize=6.5)
    titles = ["?" if hidden else title(name) for name in names]
    ax.set_yticks(range(len(names) + 1), [title("baseline"), *titles], fontsize=8)
    ax.set_ylim(len(names) + 0.6, -0.6)
    ax.set_xscale("log")
    ax.set_xlabel(L("la distancia de Fréchet se multiplica por", "the Fréchet distance is multiplied by"))
    ticks = [tick for tick in (0.25, 0.5, 1, 2, 4, 8, 16, 32) if ax.get_xlim()[0] < tick < ax.get_xlim()[1]]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.grid(alpha=0.3, axis="x")
    for verdict, (colour, mark) in LOOKS.items():
        ax.plot([], [], mark, color=colour, label=in_words(verdict))
    figure.legend(loc="outside upper center", ncols=3, fontsize=8)
    plots.show_figure(figure)
