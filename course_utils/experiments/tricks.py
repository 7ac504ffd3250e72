"""What each trick of lesson 7 costs and gives: its tables and figures, from notebooks/results/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course_utils import plots, statistics
from course_utils.experiments import figures, minute, records, results
from course_utils.language import L, percent, thousands

# The ladder: each rung is the one before with one change.
RUNGS = {
    "tutorial_d": ("tutorial D", "tutorial D"),
    "batch_32": ("lotes de 32 en vez de 256", "batches of 32 instead of 256"),
    "right_size": ("una red a la medida", "a network of the right size"),
    "many_steps": ("veinte pasos por llamada", "twenty steps in one call"),
    "rate": ("tasa de 0.003 y beta_1 de 0.5", "rate of 0.003 and beta_1 of 0.5"),
    "beta_2": ("beta_2 de 0.99 en vez de 0.999", "beta_2 of 0.99 instead of 0.999"),
    "fall": ("una tasa que baja", "a falling rate"),
    "average": ("media de los pesos", "averaged weights"),
    "noise_32": ("32 números de ruido en vez de 100", "32 noise numbers instead of 100"),
    "concatenation": ("la etiqueta, concatenada en D", "the label, concatenated in D"),
    "projection": ("la etiqueta, por proyección en D", "the label, by projection in D"),
    "groups": ("diez grupos de cada cifra: la receta del curso", "ten groups of each digit: the course's recipe"),
}
# The record with one change. The last two are rungs too.
CHANGES = {
    "batch_16": ("lotes de 16", "batches of 16"),
    "batch_64": ("lotes de 64", "batches of 64"),
    "rate_third": ("tasa 0.001", "rate 0.001"),
    "rate_half_more": ("tasa 0.0045", "rate 0.0045"),
    "two_rates": ("D con el doble de tasa", "D at twice the rate"),
    "beta_1_0": ("beta_1 de 0", "beta_1 of 0"),
    "beta_2_0.999": ("beta_2 de 0.999", "beta_2 of 0.999"),
    "no_fall": ("tasa constante", "a constant rate"),
    "no_average": ("sin media de los pesos", "without averaged weights"),
    "own_statistics": ("media de los pesos, pero no de la BN", "averaged weights, but not BN's"),
    "noise_8": ("8 números de ruido", "8 noise numbers"),
    "noise_100": ("100 números de ruido", "100 noise numbers"),
    "width_8": ("red más estrecha (8 canales)", "a narrower network (8 channels)"),
    "width_24": ("red más ancha (24 canales)", "a wider network (24 channels)"),
    "one_pass": ("una sola vuelta por D para los dos gradientes", "one backward pass through D for both gradients"),
    "hinge": ("pérdida de bisagra (hinge)", "hinge loss"),
    "relativistic": ("pérdida relativista", "relativistic loss"),
    "relativistic_r1_r2": ("relativista con R1 y R2", "relativistic with R1 and R2"),
    "deviation": ("desviación del lote en D", "minibatch standard deviation in D"),
    "dropout": ("dropout 0.3 en D", "dropout 0.3 in D"),
    "spectral": ("normalización espectral en D", "spectral normalization in D"),
    "bn_in_d": ("BN en D", "BN in D"),
    "no_bn": ("G sin BN", "G without BN"),
    "depth_to_space": ("convolución y depth-to-space en G", "convolution and depth-to-space in G"),
    "groups_30": ("30 grupos de cada cifra", "30 groups of each digit"),
    "unlabelled": ("sin etiquetas: 100 grupos entre todas las imágenes", "no labels: 100 groups of all images"),
    "projection": ("sin grupos", "without groups"),
    "noise_32": ("sin etiquetas ni grupos", "neither labels nor groups"),
}
RECIPE = ("la receta del curso", "the course's recipe")


def published() -> dict:
    """Return the results of `make minute`.

    Returns:
        `about` the machine that measured the costs; `costs` of the tricks (see `minute.costs`); `runs`, the rows of
        each trick, one for each seed (see `minute.run`).

    Raises:
        CourseError: if the file is missing or damaged.
    """

    def needed(found: dict) -> None:
        _ = found["costs"], [rows[0]["measures"]["frechet"] for rows in found["runs"].values()]

    return results.published("minute", needed)


def values(rows: Sequence[Mapping], measure: str = "frechet") -> np.ndarray:
    """Return a measure of each seed."""
    return np.array([row["measures"][measure] for row in rows])


def ratio(rows: Sequence[Mapping], before: Sequence[Mapping]) -> tuple[float, float, float]:
    """Return by how much a trick multiplies the distance, and the 95 % interval of that (`statistics.interval`).

    Args:
        rows: of the trick.
        before: of what it is compared with.

    Returns:
        ratio of the geometric means, and the interval's two ends.
    """
    after, first = np.log(values(rows)), np.log(values(before))
    low, high = statistics.interval(after, first)
    return tuple(float(np.exp(x)) for x in (after.mean() - first.mean(), low, high))


def in_words(found: tuple[float, float, float]) -> str:
    """Return a ratio and its interval as they stand in the tables."""
    return "× {:.2f} [{:.2f}, {:.2f}]".format(*found)


def show_rungs() -> None:
    """Show what each rung costs and gives, from tutorial D to the record: a table, and every seed as a dot."""
    _show(RUNGS, [None, *RUNGS][:-1])


def show_changes() -> None:
    """Show the record with one thing changed, the best change first: a table, and every seed as a dot."""
    runs = published()["runs"]
    names = sorted(CHANGES, key=lambda name: ratio(runs[name], runs["groups"]))
    titles = {"groups": RECIPE} | {name: CHANGES[name] for name in names}
    _show(titles, [None, *["groups"] * len(names)])


def _show(titles: Mapping[str, tuple[str, str]], before: Sequence[str | None]) -> None:
    found, rows = published(), []
    for (name, (es, en)), other in zip(titles.items(), before, strict=True):
        runs, cost = found["runs"][name], minute.Cost(**found["costs"][minute.costs_as(name)])
        cells = [L(es, en), f"{1000 * cost.step:.1f}"]
        cells += [thousands(runs[0]["steps"]), f"{np.median(values(runs)):.2f}"]
        cells.append(percent(float(np.median(values(runs, "confident")))))
        rows.append([*cells, in_words(ratio(runs, found["runs"][other])) if other else ""])
    headings = ["", L("ms por paso", "ms per step"), L("pasos", "steps"), L("distancia", "distance")]
    plots.show_table(
        [*headings, L("seguras", "confident"), L("la distancia se multiplica por", "distance multiplied by")], rows
    )
    figures.show_dots(
        {L(es, en): values(found["runs"][name]) for name, (es, en) in titles.items()},
        L("distancia de Fréchet de cada semilla, tras un minuto", "Fréchet distance of each seed, after a minute"),
        logarithmic=True,
    )


@plots.own_settings
def show_lengths() -> None:
    """Draw the distance of the record, with labels and without, by the time of training: every seed, and the median."""
    runs = published()["runs"]
    figure = Figure((7, 3.2), dpi=80, layout="constrained")
    ax = figure.subplots()
    for kind, at_a_minute, label, colour, mark in (
        ("record", "groups", L("con etiquetas", "with labels"), plots.REAL_COLOUR, "o-"),
        ("unlabelled", "unlabelled", L("sin etiquetas", "without labels"), plots.FAKE_COLOUR, "s--"),
    ):
        times = {
            int(name.rpartition("_")[2]): name
            for name in runs
            if name.rpartition("_")[0] == kind and name[-1].isdigit()
        }
        times[records.SECONDS] = at_a_minute
        seconds = sorted(times)
        ax.plot(seconds, [np.median(values(runs[times[s]])) for s in seconds], mark, color=colour, label=label)
        for s in seconds:
            found = values(runs[times[s]])
            ax.plot([s] * len(found), found, mark[0], color=colour, alpha=0.35, markersize=4)
    ax.set(xscale="log", yscale="log")
    ax.set_xlabel(L("segundos, con dos núcleos", "seconds, on two cores"))
    ax.set_ylabel(L("distancia de Fréchet", "Fréchet distance"))
    ax.set_xticks(seconds, [str(s) for s in seconds])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    plots.show_figure(figure)


def show_records() -> None:
    """Show the published records as a table, those with labels first."""
    rows = []
    for record in sorted(records.published_records(), key=lambda one: (not one["labels"], records.median(one))):
        found = values(record["seeds"])
        obeys = percent(records.median(record, "obeys"), 1) if record["labels"] else "–"
        rows.append(
            [
                record["recipe"],
                L("sí", "yes") if record["labels"] else "no",
                f"{np.median(found):.2f} [{found.min():.2f}, {found.max():.2f}]",
                percent(records.median(record, "confident"), 1),
                obeys,
                record["by"],
            ]
        )
    distance = L("distancia: mediana y extremos", "distance: median and range")
    headings = [L("receta", "recipe"), L("etiquetas", "labels"), distance, L("seguras", "confident")]
    plots.show_table([*headings, L("obedece", "obeys"), L("autor", "by")], rows)
