"""Pictures of results: balls, a race of curves, rows of dots, histograms; what the tutorials' own networks draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course_utils import pixels, plots
from course_utils.diagnosis import spread
from course_utils.experiments.results import minutes_of, published, results_folder, steps_of, values_of
from course_utils.experiments.rivals import STEPS_PER_EPOCH, title_of
from course_utils.language import L, percent, thousands
from course_utils.progress import in_words


@plots.own_settings
def show_race(runs: Sequence[dict], mine: Sequence[dict] = (), measure: str = "frechet", minutes: bool = False) -> None:
    """Draw how a measure falls in both rivals' trainings: a thin line for each seed, a thick one through the medians.

    Args:
        runs: published records.
        mine: the learner's own records, drawn as stars and crosses.
        measure: which.
        minutes: of training on one core along the horizontal axis (see `minutes_of`), instead of epochs.
    """
    figure = Figure((7, 3.6), dpi=80, layout="constrained")
    ax = figure.subplots()
    looks = {"chatgpt": (plots.FAKE_COLOUR, "--", "o", "*"), "handmade": (plots.REAL_COLOUR, "-", "s", "P")}
    for network, (colour, dash, marker, star) in looks.items():
        steps = steps_of(runs, network)
        values = np.array([list(values_of(runs, network, step, measure).values()) for step in steps])
        along = minutes_of(runs, network) if minutes else np.array(steps) / STEPS_PER_EPOCH
        ax.plot(along, values, dash, color=colour, linewidth=0.7, alpha=0.6)
        title = title_of(network)
        ax.plot(along, np.median(values, axis=1), dash, color=colour, linewidth=2.2, marker=marker, label=title)
        own = [
            (row["step"] / STEPS_PER_EPOCH, row[measure])
            for record in mine
            for row in record["measured"]
            if record["network"] == network
        ]
        if own:
            title = L(f"tuyas: {title}", f"yours: {title}")
            ax.plot(*zip(*own, strict=True), star, color=colour, markersize=13, markeredgecolor="black", label=title)
    ax.set_xscale("log")
    ax.set_yscale("log")
    if minutes:
        ticks = [tick for tick in (0.5, 1, 2, 5, 10, 20, 50, 100) if ax.get_xlim()[0] <= tick <= ax.get_xlim()[1]]
    else:
        steps = sorted({step for network in looks for step in steps_of(runs, network)})
        ticks = [step / STEPS_PER_EPOCH for step in steps]
    ax.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks])
    ax.minorticks_off()
    low, high = ax.get_ylim()
    ticks = [tick for tick in (0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200) if low <= tick <= high]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    label = L("minutos de un núcleo de la CPU", "minutes of one CPU core") if minutes else L("época", "epoch")
    ax.set(xlabel=label, ylabel=L("distancia de Fréchet", "Fréchet distance"))
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    plots.show_figure(figure)


@plots.own_settings
def show_dots(sets: dict[str, Sequence[float]], label: str, logarithmic: bool = False) -> None:
    """Draw a row of dots for each set of values, with a bar at their mean.

    Args:
        sets: title of the row -> values.
        label: of the horizontal axis.
        logarithmic: its scale; the bars then stand at the geometric means.
    """
    figure = Figure((7, 0.5 + 0.36 * len(sets)), dpi=80, layout="constrained")
    ax = figure.subplots()
    for row, values in enumerate(sets.values()):
        ax.plot(values, [row] * len(values), "o", color=plots.REAL_COLOUR, alpha=0.75, markersize=6)
        middle = np.exp(np.mean(np.log(values))) if logarithmic else np.mean(values)
        ax.plot([middle] * 2, [row - 0.3, row + 0.3], "-", color="black", linewidth=1.5)
    ax.set_yticks(range(len(sets)), list(sets))
    ax.set_ylim(len(sets) - 0.5, -0.5)
    if logarithmic:
        ax.set_xscale("log")
    ax.set_xlabel(label)
    ax.grid(alpha=0.3, axis="x")
    plots.show_figure(figure)


@plots.own_settings
def show_balls(real: np.ndarray, fake: np.ndarray, neighbours: int = 3) -> None:
    """Draw how precision and recall count: on the left the balls of the real points, on the right those of the fakes.

    Args:
        real, fake: points (n, 2) and (m, 2).
        neighbours: each ball reaches to the neighbour with this number, in its own set.
    """
    figure = Figure((8, 3.9), dpi=80, layout="constrained")
    sets = (
        (real, fake, plots.REAL_COLOUR, L("precisión", "precision")),
        (fake, real, plots.FAKE_COLOUR, L("exhaustividad", "recall")),
    )
    for ax, (centres, points, colour, title) in zip(figure.subplots(1, 2), sets, strict=True):
        radii = np.sort(np.linalg.norm(centres[:, np.newaxis] - centres, axis=-1), axis=1)[:, neighbours]
        for centre, radius in zip(centres, radii, strict=True):
            ax.add_patch(Circle(centre, radius, color=colour, alpha=0.12, linewidth=0))
        inside = (np.linalg.norm(points[:, np.newaxis] - centres, axis=-1) <= radii).any(axis=1)
        for own, marker, of_these in ((centres, "o", None), (points, "^", inside)):
            face = colour if of_these is None else np.where(of_these, "black", "white")
            ax.scatter(
                *own.T, s=34, marker=marker, c=face, edgecolors=colour if of_these is None else "black", zorder=2
            )
        ax.set_title(f"{title}: {inside.sum()}/{len(points)}")
        ax.set(xticks=[], yticks=[], aspect="equal")
    plots.show_figure(figure)


@plots.own_settings
def show_histogram(values: Sequence[float], marks: Mapping[str, Sequence[float]], label: str) -> None:
    """Draw how often each value came up, with lines where the marks are.

    Args:
        values: many numbers.
        marks: title -> where its lines go.
        label: of the horizontal axis.
    """
    figure = Figure((7, 2.6), dpi=80, layout="constrained")
    ax = figure.subplots()
    ax.hist(values, bins=41, color=plots.REAL_COLOUR, alpha=0.55)
    for (title, places), colour, dash in zip(marks.items(), (plots.FAKE_COLOUR, "black"), ("-", "--"), strict=False):
        for number, place in enumerate(places):
            ax.axvline(place, color=colour, linestyle=dash, linewidth=2, label=title if number == 0 else None)
    ax.set(xlabel=label, yticks=[])
    ax.legend(fontsize=8)
    plots.show_figure(figure)


def show_walks(generator, paths: Mapping[str, Callable], pairs: np.ndarray, count: int = 5) -> dict[str, list[float]]:
    """Show a table of what is drawn on the way from one end of each pair to the point halfway, along several paths.

    For each point of the way: the share of the images in which the frozen judge is more than 95 % sure of what digit it
    sees, and their variety (`diagnosis.spread`).

    Args:
        generator: from noise (n, k) to images (n, 28, 28, 1) in [-1, 1].
        paths: title -> function of both ends (n, k) and of the part of the way, in [0, 1], that returns noise (n, k).
        pairs: noise (2, n, k), the ends.
        count: points, from 0 to 1/2.

    Returns:
        title -> the variety at each point.
    """
    share_read, moments = _reader(), np.linspace(0, 0.5, count)
    rows, variety = [[f"{t:.3g}"] for t in moments], {}
    for title, path in paths.items():
        drawn = [
            generator.predict(path(*pairs, t).astype("float32"), batch_size=200, verbose=0) for t in moments.tolist()
        ]
        variety[title] = [spread(images) for images in drawn]
        for row, images, varied in zip(rows, drawn, variety[title], strict=True):
            row += [percent(share_read(images)), f"{varied:.3f}"]
    measures = L("seguras", "sure"), L("variedad", "variety")
    plots.show_table(["t", *(f"{title}: {what}" for title in paths for what in measures)], rows)
    return variety


def show_tutorial(name: str) -> None:
    """Show what a tutorial's own network has drawn on the way, trained for as long as the tutorial asks.

    Args:
        name: as in `tutorials.json`: "A" to "E", or "E_frozen".
    """
    (run,) = [run for run in published("tutorials")["runs"] if run["network"] == name]
    seconds = sum(row["seconds"] for row in run["measured"])
    print(
        L(
            f"{thousands(run['steps'])} pasos, {in_words(seconds)} en {run['devices'][0]}",
            f"{thousands(run['steps'])} steps, {in_words(seconds)} on {run['devices'][0]}",
        )
    )
    moments = {
        "start": L("antes de empezar", "before the start"),
        "tenth": L("tras un décimo", "after a tenth"),
        "third": L("tras un tercio", "after a third"),
        "end": L("al final", "at the end"),
    }
    grids = [pixels.read_grid(results_folder() / f"tutorial_{name}_{moment}.png")[:16] for moment in moments]
    plots.show_grids(grids, list(moments.values()))


def show_means(history: Mapping[str, Sequence[float]]) -> None:
    """Show the means of a training's curves over a tenth of the steps, around a quarter of the way and at the end.

    The last row is the gap between D's mean answers to real and to generated images.

    Args:
        history: what `Monitor` keeps: "d_loss", "g_loss", "d_real" and "d_fake", a number for each step.
    """
    steps = len(history["d_loss"])
    parts = slice(steps // 5, steps // 5 + steps // 10), slice(-(steps // 10), None)
    means = {name: [np.mean(values[part]) for part in parts] for name, values in history.items()}
    rows = {
        L("pérdida de D", "D loss"): means["d_loss"],
        L("pérdida de G", "G loss"): means["g_loss"],
        "D(x)": means["d_real"],
        "D(G(z))": means["d_fake"],
        "D(x) − D(G(z))": np.subtract(means["d_real"], means["d_fake"]),
    }
    headings = ["", L("hacia el primer cuarto", "around a quarter"), L("al final", "at the end")]
    plots.show_table(headings, [[name, *(f"{value:.2f}" for value in values)] for name, values in rows.items()])


def show_dust(groups: Mapping[str, Sequence]) -> dict[str, float]:
    """Show how much dust there is in some groups of images, and how many of their digits the frozen judge can read.

    Args:
        groups: name -> images (n, 28, 28, 1), uint8 or floats in [-1, 1].

    Returns:
        name -> stray pixels in every 10,000 bright ones, as lesson 1 counts them.
    """
    from course_utils.lessons.lesson_1 import lonely_share

    share_read = _reader()
    dust = {name: 10_000 * lonely_share(images) for name, images in groups.items()}
    read = {name: share_read(images) for name, images in groups.items()}
    headings = ["", L("polvo", "dust"), L("se leen", "can be read")]
    plots.show_table(headings, [[name, f"{dust[name]:.1f}", percent(read[name])] for name in groups])
    return dust


def _reader() -> Callable:
    """Return a function: of images, the share that the frozen judge can read. Lessons that do not ask load no judge."""
    from course_utils.evaluation import confident_share
    from course_utils.experiments.records import frozen_judge

    judge = frozen_judge()
    return lambda images: confident_share(judge.look(images).probabilities)
