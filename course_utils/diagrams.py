"""Drawings that explain, made by code: where `trainable` counts, and what a leak is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_utils import plots
from course_utils.language import L

FROZEN_COLOUR, READ_COLOUR = "#56B4E9", "#E69F00"


@plots.own_settings
def show_leaks(slopes: Sequence[float]) -> None:
    """Draw the ReLU (slope 0) and leaky ones: output against input.

    Args:
        slopes: of the part left of 0.
    """
    x = np.linspace(-3, 3, 121)
    figure = Figure((4.6, 2.3), dpi=80, layout="constrained")
    ax = figure.subplots()
    for slope, dash, width in zip(slopes, ("-", "--", ":", "-."), (3, 1.8, 1.8, 1.8), strict=False):
        name = L(f"ReLU con fuga, {slope}", f"leaky ReLU, {slope}") if slope else "ReLU"
        ax.plot(x, np.where(x > 0, x, slope * x), dash, linewidth=width, label=name)
    ax.set(xlabel=L("entrada", "input"), ylabel=L("salida", "output"))
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    plots.show_figure(figure)


@plots.own_settings
def show_trap() -> None:
    """Draw when Keras reads `trainable`: a time line for each idiom of lesson 2, of D's own training step."""
    compiled, first, again, smaller = L(
        ("compile", "1.ª llamada:\ntraza", "otra:\nrepite", "lote de otro\ntamaño: traza"),
        ("compile", "1st call:\ntraces", "next:\nreplays", "batch of another\nsize: traces"),
    )
    figure = Figure((7.2, 4.0), dpi=90, layout="constrained")
    ax = figure.subplots()
    for x, text in zip(range(5), (compiled, first, again, again, smaller), strict=True):
        ax.text(x, 0.72, text, ha="center", va="bottom", fontsize=9)
    for y, (name, freezes, learns) in enumerate(
        (
            (L("1 congelar\nuna vez", "1 freeze\nonce"), 0.5, (False, False, False, False)),
            (
                L("2 alternar:\nantes de D,\ndescongelar", "2 toggle:\nthaw before\nD’s turn"),
                None,
                (True, True, True, True),
            ),
            (L("5 calentar y\ncongelar", "5 warm up,\nthen freeze"), 1.5, (True, True, True, False)),
        )
    ):
        _time_line(ax, -1.25 * y, name, freezes, learns)
    ax.plot([], [], "s", color=READ_COLOUR, markersize=10, label=L("aquí se lee trainable", "trainable is read here"))
    ax.plot([], [], "s", color="0.85", markersize=10, label=L("repite lo trazado", "replays what was traced"))
    ax.plot([], [], "*", color=FROZEN_COLOUR, markersize=11, label=L("D.trainable = False", "D.trainable = False"))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=3, fontsize=8, frameon=False)
    ax.set(xlim=(-1.1, 4.6), ylim=(-3.1, 1.6))
    ax.set_axis_off()
    plots.show_figure(figure)


def _time_line(ax, y: float, name: str, freezes: float | None, learns: Sequence[bool]) -> None:
    """Draw compile and four calls of D's step: `freezes` is where D is frozen, `learns` what each call does."""
    ax.annotate("", (4.5, y), (-0.15, y), arrowprops={"arrowstyle": "->", "color": "0.5"})
    ax.text(-1.1, y, name, va="center", fontsize=9)
    ax.plot(0, y, "o", color="0.4", markersize=7)
    for x, learnt in enumerate(learns, start=1):
        traced = x in (1, 4)
        ax.plot(x, y, "s", color=READ_COLOUR if traced else "0.85", markeredgecolor="0.3", markersize=17)
        ax.text(x, y - 0.33, L("aprende", "learns") if learnt else L("no aprende", "does not learn"), **_below(learnt))
    if freezes is not None:
        ax.plot(freezes, y, "*", color=FROZEN_COLOUR, markeredgecolor="0.2", markersize=14)


def _below(learnt: bool) -> dict:
    return {"ha": "center", "va": "top", "fontsize": 8, "weight": "normal" if learnt else "bold"}
