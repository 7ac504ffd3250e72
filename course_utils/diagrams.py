"""Drawings that explain, made by code: what a leak is, where `trainable` counts, what each tape is asked about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Arc, FancyBboxPatch, Rectangle

from course_utils import plots
from course_utils.language import L

FORWARD = "0.55"  # grey: what is computed
LETTERS = 13  # points; the figure is 7 inches wide, so that they can be read on a phone
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
    ax.plot([], [], "*", color=FROZEN_COLOUR, markersize=11, label="D.trainable = False")
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


@plots.own_settings
def show_tapes() -> None:
    """Show the graph of a training step, and over it the way back of each tape, from its loss to the weights asked for.

    The two ways differ in colour and in dash. A padlock stands where a way leads past weights that are not asked for.
    """
    figure = Figure((7, 4.1), dpi=90)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 70), ylim=(0, 41))
    ax.set_axis_off()

    _box(ax, 11, 26, 11, 9, "G", plots.FAKE_COLOUR)
    _box(ax, 35, 12, 11, 23, "D", plots.REAL_COLOUR)
    _text(ax, 4, 30.5, L("ruido", "noise"))
    _text(ax, 28.5, 27.6, L("falsas", "fake"))
    _text(ax, 28.5, 17.6, L("reales", "real"))
    for start, end in (((7.5, 30.5), (11, 30.5)), ((22, 30.5), (35, 30.5)), ((23, 20.5), (35, 20.5))):
        _arrow(ax, start, end, FORWARD)
    for height in (30.5, 20.5):
        _arrow(ax, (46, height), (57, height), FORWARD)
    _arrow(ax, (46, 29.5), (57, 21.5), FORWARD)
    _text(ax, 51.5, 27.9, "logits")
    _box(ax, 57, 27, 12, 7, "g_loss", plots.FAKE_COLOUR, LETTERS)
    _box(ax, 57, 17, 12, 7, "d_loss", plots.REAL_COLOUR, LETTERS)

    # G's tape: from g_loss through the whole of D, whose weights nobody asks for, to the weights of G.
    _arrow(ax, (57, 32.8), (22, 32.8), plots.FAKE_COLOUR, (0, (5, 2)), 3)
    _padlock(ax, 40.5, 32.8, plots.FAKE_COLOUR)
    # D's tape: from d_loss to the weights of D, and no further.
    _arrow(ax, (57, 18.8), (46, 18.8), plots.REAL_COLOUR, "-", 3)
    ax.plot((35, 31, 31), (15.5, 15.5, 15.5), ":", color=plots.REAL_COLOUR, linewidth=2.5)
    ax.plot((31, 16.5, 16.5), (15.5, 15.5, 23.2), ":", color=plots.REAL_COLOUR, linewidth=2.5)
    _padlock(ax, 16.5, 24.2, plots.REAL_COLOUR)

    of_g = L("cinta de G: pasa por D, pregunta por G", "G's tape: through D, asked about G")
    of_d = L("cinta de D: pregunta por D, y ahí acaba", "D's tape: asked about D, and ends there")
    for height, colour, dash, text in ((6, plots.FAKE_COLOUR, (0, (5, 2)), of_g), (2, plots.REAL_COLOUR, "-", of_d)):
        ax.plot((2, 9), (height, height), linestyle=dash, color=colour, linewidth=3)
        _text(ax, 10.5, height, text, "left")
    _padlock(ax, 60, 4, "black")
    _text(ax, 62, 4, L("no se\npregunta", "not\nasked"), "left", 10)
    plots.show_figure(figure)


def _box(ax, left: float, low: float, width: float, height: float, text: str, colour: str, size: int = 24) -> None:
    shape = "round,pad=0,rounding_size=1.2"
    ax.add_patch(
        FancyBboxPatch((left, low), width, height, shape, facecolor="white", edgecolor=colour, linewidth=2.5, zorder=1)
    )
    _text(ax, left + width / 2, low + height / 2 - (1 if size > LETTERS else 0), text, size=size)


def _text(ax, x: float, y: float, text: str, side: str = "center", size: int = LETTERS) -> None:
    ax.text(x, y, text, ha=side, va="center", fontsize=size, zorder=4)


def _arrow(ax, start, end, colour: str, dash="-", width: float = 1.8) -> None:
    look = {"arrowstyle": "-|>,head_width=0.28,head_length=0.5", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
    ax.annotate("", end, start, arrowprops=look | {"color": colour, "linestyle": dash, "linewidth": width}, zorder=3)


def _padlock(ax, x: float, y: float, colour: str) -> None:
    ax.add_patch(Rectangle((x - 1.3, y - 1.4), 2.6, 2.1, facecolor=colour, edgecolor="white", linewidth=0.8, zorder=5))
    ax.add_patch(Arc((x, y + 0.7), 1.7, 2.4, theta1=0, theta2=180, color=colour, linewidth=2.2, zorder=5))
