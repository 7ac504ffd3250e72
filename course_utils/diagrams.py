"""Drawings that explain, made by code: the loop of a GAN, its moments, convolutions, where `trainable` counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Arc, FancyBboxPatch, Rectangle

from course_utils import plots
from course_utils.language import CourseError, L, percent

FORWARD = "0.55"  # grey: what is computed
LETTERS = 13  # points; the figure is 7 inches wide, so that they can be read on a phone
FROZEN_COLOUR, READ_COLOUR = "#56B4E9", "#E69F00"


def show_strides(image, kernel, strides: Sequence[int]) -> None:
    """Show an image beside what a convolution with `padding="same"` makes of it, for each of some strides.

    Args:
        image: array (height, width), white on black: uint8, or any numbers; in colour, its mean.
        kernel: array (side, side), the weights of a single filter.
        strides: of the convolutions.
    """
    import keras

    grey = np.asarray(image, "float32").reshape(*np.shape(image)[:2], -1).mean(axis=-1)
    batch = grey[None, :, :, None] / max(np.max(grey), 1)
    weights = np.asarray(kernel, "float32")[:, :, None, None]
    pictures = [batch, *(keras.ops.conv(batch, weights, strides=stride, padding="same") for stride in strides)]
    pictures = [np.asarray(picture)[0, :, :, 0] for picture in pictures]
    names = [L("la imagen", "the image"), *(L(f"salto {stride}", f"stride {stride}") for stride in strides)]
    titles = [f"{name}, {len(picture)}×{len(picture)}" for name, picture in zip(names, pictures, strict=True)]
    plots.show_arrays(pictures, titles, numbers=False)


def show_stamps(stamp: Callable, image) -> None:
    """Show an image beside its sheet, under three sliders: side of a kernel of ones, stride, how many stamps.

    Args:
        stamp: the function of lesson 2: from image, kernel and stride to the sheet after each stamp.
        image: square array.
    """

    def draw(size: int, stride: int, stamps: int) -> Figure:
        sheet = list(stamp(image, np.ones((size, size)), stride))[stamps - 1]
        return plots.arrays_figure([image, sheet], ["", f"{len(sheet)}×{len(sheet)}"])

    knobs = {"size": L("núcleo", "kernel"), "stride": L("salto", "stride"), "stamps": L("estampas", "stamps")}
    count = np.size(image)
    plots.show_knobs(draw, knobs, {"size": (1, 3, 5), "stride": (1, 2, 4), "stamps": (1, count, count)})


def show_untrained(sizes: Sequence[int], stride: int = 2) -> None:
    """Show how strong each square of an untrained transposed convolution comes out: its deviation over 2,000 noises.

    Args:
        sizes: sides of the kernels. The input has 7×7 squares and 64 channels, the output one channel.
        stride: of all of them.
    """
    import keras

    maps = keras.random.normal((2000, 7, 7, 64))
    made = [keras.layers.Conv2DTranspose(1, size, strides=stride, padding="same")(maps) for size in sizes]
    titles = [f"k = {size}, s = {stride}" for size in sizes]
    plots.show_arrays([np.std(values, axis=(0, 3)) for values in made], titles, numbers=False)


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
def show_trap(*idioms: int) -> None:
    """Draw when Keras reads `trainable`: a time line for each of some idioms of lesson 2.

    The lines of idioms 1, 2 and 5 are those of D's own training step, that of 4 belongs to the GAN's.

    Args:
        idioms: which of 1, 2, 4 and 5; 3 stops because of its optimizer.
    """
    plots.show_figure(trap_figure(*idioms))


@plots.own_settings
def trap_figure(*idioms: int) -> Figure:
    """Return the figure of `show_trap`."""
    compiled, first, again, smaller = L(
        ("compile", "1.ª llamada:\ntraza", "otra:\nrepite", "lote de otro\ntamaño: traza"),
        ("compile", "1st call:\ntraces", "next:\nreplays", "batch of another\nsize: traces"),
    )
    lines = {
        1: (L("1 congelar\nuna vez:\npaso de D", "1 freeze\nonce:\nD’s step"), 0.5, (False,) * 4, True),
        2: (L("2 alternar:\npaso de D", "2 toggle:\nD’s step"), None, (True,) * 4, True),
        4: (L("4 probar:\npaso de\nla GAN", "4 try first:\nthe GAN’s\nstep"), 1.5, (True, True, True, False), False),
        5: (L("5 calentar:\npaso de D", "5 warm up:\nD’s step"), 1.5, (True, True, True, False), True),
    }
    figure = Figure((7.2, 1.9 + 0.85 * len(idioms)), dpi=90, layout="constrained")
    ax = figure.subplots()
    for x, text in zip(range(5), (compiled, first, again, again, smaller), strict=True):
        ax.text(x, 0.5, text, ha="center", va="bottom", fontsize=10)
    for row, idiom in enumerate(idioms):
        _time_line(ax, -1.25 * row, *lines[idiom])
    ax.plot([], [], "s", color=READ_COLOUR, markersize=10, label=L("aquí se lee trainable", "trainable is read here"))
    ax.plot([], [], "s", color="0.85", markersize=10, label=L("repite lo trazado", "replays what was traced"))
    ax.plot([], [], "*", color=FROZEN_COLOUR, markersize=11, label="D.trainable = False")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=3, fontsize=9, frameon=False)
    ax.set(xlim=(-1.15, 4.6), ylim=(-1.25 * len(idioms) + 0.55, 1.3))
    ax.set_axis_off()
    return figure


def _time_line(ax, y: float, name: str, freezes: float | None, learns: Sequence[bool], should: bool) -> None:
    """Draw compile and four calls of a step: `freezes` is where D is frozen, `learns` whether D learns in each call.

    Where it does not do what it should, the letters are bold.
    """
    ax.annotate("", (4.5, y), (-0.15, y), arrowprops={"arrowstyle": "->", "color": "0.5"})
    ax.text(-1.15, y, name, va="center", fontsize=10)
    ax.plot(0, y, "o", color="0.4", markersize=7)
    for x, learnt in enumerate(learns, start=1):
        traced = x in (1, 4)
        ax.plot(x, y, "s", color=READ_COLOUR if traced else "0.85", markeredgecolor="0.3", markersize=17)
        said = L("D aprende", "D learns") if learnt else L("D no\naprende", "D does\nnot learn")
        weight = "normal" if learnt == should else "bold"
        ax.text(x, y - 0.33, said, ha="center", va="top", fontsize=9, weight=weight)
    if freezes is not None:
        ax.plot(freezes, y, "*", color=FROZEN_COLOUR, markeredgecolor="0.2", markersize=14)


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


@plots.own_settings
def show_loop(turn: str | None = None, small: bool = False) -> None:
    """Draw the loop of a GAN: from noise and data to D's answer, and the way back to the weights, a colour a turn.

    A padlock stands on the network that does not move in a turn.

    Args:
        turn: "D" or "G" for one turn alone; None for both.
        small: whether to draw it small and without its legend, as beside the code of a turn.

    Raises:
        CourseError: if there is no such turn.
    """
    plots.show_figure(loop_figure(turn, small))


@plots.own_settings
def loop_figure(turn: str | None = None, small: bool = False) -> Figure:
    """Return the figure of `show_loop`."""
    if turn not in (None, "D", "G"):
        raise CourseError(f"El turno es «D», «G» o None, no {turn!r}.", f'The turn is "D", "G" or None, not {turn!r}.')
    low, scale = (11, 0.66) if small else (0, 1)
    figure = Figure((7 * scale, (40 - low) / 10 * scale), dpi=90)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 70), ylim=(low, 40))
    ax.set_axis_off()
    letters, pale = (11, "0.8") if small else (LETTERS, "0.8")
    of_data = pale if turn == "G" else FORWARD

    _box(ax, 12, 25, 11, 11, "G", plots.FAKE_COLOUR, round(24 * scale))
    _box(ax, 37, 13, 11, 23, "D", plots.REAL_COLOUR, round(24 * scale))
    _text(ax, 4.5, 28, L("ruido", "noise"), size=letters)
    _text(ax, 30, 25.2, L("falsas", "fake"), size=letters)
    ax.text(15, 16, L("datos reales", "real data"), ha="center", va="center", fontsize=letters, color=_ink(of_data))
    _text(ax, 64, 24.5, L("¿real?\nde 0 a 1", "real?\n0 to 1"), size=letters)
    for start, end in (((8.5, 28), (12, 28)), ((23, 28), (37, 28)), ((48, 24.5), (58.5, 24.5))):
        _arrow(ax, start, end, FORWARD)
    _arrow(ax, (24, 16), (37, 16), of_data)

    if turn != "G":  # from the answer to the weights of D, and no further
        ax.plot((63, 63), (20.8, 16.5), color=plots.REAL_COLOUR, linewidth=3)
        _arrow(ax, (63.3, 16.5), (48, 16.5), plots.REAL_COLOUR, "-", 3)
    if turn != "D":  # from the answer through D, which must not move, to the weights of G
        ax.plot((63, 63), (28.5, 33), linestyle=(0, (5, 2)), color=plots.FAKE_COLOUR, linewidth=3)
        _arrow(ax, (63.3, 33), (23, 33), plots.FAKE_COLOUR, (0, (5, 2)), 3)
        _padlock(ax, 42.5, 32.8, plots.FAKE_COLOUR)
    if turn != "G":
        _padlock(ax, 17.5, 33, plots.REAL_COLOUR)
    if turn:
        _labels(ax, turn, letters)
    if not small:
        _legend_of_loop(ax, turn)
    return figure


def _ink(colour: str) -> str:
    """Return the colour of letters beside an arrow: black, or pale where the arrow is."""
    return "0.65" if colour == "0.8" else "black"


def _labels(ax, turn: str, letters: int) -> None:
    """Write beside the arrows into D which label they bear in a turn."""
    for y, label in ((18.4, 1), (30.2, 0)) if turn == "D" else ((30.2, 1),):
        text = L(f"etiqueta {label}", f"label {label}")
        colour = plots.REAL_COLOUR if turn == "D" else plots.FAKE_COLOUR
        ax.text(30, y, text, ha="center", va="center", fontsize=letters - 1, color=colour, weight="bold", zorder=4)


def _legend_of_loop(ax, turn: str | None) -> None:
    of_d = L("turno de D: reales → 1, falsas → 0; aprende D", "D's turn: real → 1, fake → 0; D learns")
    of_g = L("turno de G: falsas → 1; aprende G", "G's turn: fake → 1; G learns")
    rows = [("D", plots.REAL_COLOUR, "-", of_d), ("G", plots.FAKE_COLOUR, (0, (5, 2)), of_g)]
    for height, (_, colour, dash, text) in zip((8, 4), [row for row in rows if turn in (None, row[0])], strict=False):
        ax.plot((2, 9), (height, height), linestyle=dash, color=colour, linewidth=3)
        _text(ax, 10.5, height, text, "left", LETTERS - 1)
    locks = [colour for name, colour, *_ in rows if turn in (None, name)]
    for x, colour in zip((52.5, 49), locks, strict=False):
        _padlock(ax, x, 4 if turn is None else 8, colour)
    _text(ax, 54.8, 4 if turn is None else 8, L("no se mueve", "stays put"), "left", LETTERS - 1)


@plots.own_settings
def show_moments(shares: Sequence[float]) -> None:
    """Draw a training step of lesson 1 as a time line: what D thinks of the same fakes, and what is measured when.

    Args:
        shares: of the same generated images, those that D calls real: at the start of the step, after D has learnt from
            the real batch, and after it has learnt from the generated one; each in [0, 1].
    """
    plots.show_figure(moments_figure(shares))


@plots.own_settings
def moments_figure(shares: Sequence[float]) -> Figure:
    """Return the figure of `show_moments`."""
    figure = Figure((7, 4.1), dpi=90)
    ax = figure.add_axes((0.01, 0, 0.98, 1))
    places, high = (1, 4, 7), 1.25
    ax.set(xlim=(0, 10.2), ylim=(-0.55, 1.75))
    ax.set_axis_off()
    ax.annotate("", (10.1, high), (0.3, high), arrowprops={"arrowstyle": "-|>", "color": "0.4", "linewidth": 1.5})
    learns = (
        (2.5, L("D aprende\nde lo real", "D learns\nfrom real"), plots.REAL_COLOUR),
        (5.5, L("D aprende de\nlo generado", "D learns\nfrom generated"), plots.REAL_COLOUR),
        (8.6, L("G aprende", "G learns"), plots.FAKE_COLOUR),
    )
    for x, text, colour in learns:
        look = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour, "linewidth": 2}
        ax.text(x, high, text, ha="center", va="center", fontsize=LETTERS - 2, bbox=look, zorder=3)
    measured = L(
        ("exactitud de D\nante lo real", "exactitud de D\nante lo generado", "exactitud\nde la GAN"),
        ("D's accuracy\non real", "D's accuracy\non generated", "the GAN's\naccuracy"),
    )
    for x, share, what in zip(places, shares, measured, strict=True):
        ax.plot((x, x), (high, 0), color="0.75", linewidth=1, zorder=0)
        ax.plot(x, high, "o", color="0.2", markersize=8)
        ax.plot((x - 0.45, x + 0.45), (0, 0), color="0.4", linewidth=1)
        ax.bar(x, share, 0.6, color=plots.THIRD_COLOUR, zorder=2)
        ax.text(x + 0.42, max(share, 0.06), percent(share), va="center", fontsize=LETTERS, zorder=4)
        ax.text(x, -0.28, what, ha="center", va="center", fontsize=LETTERS - 2)
    ax.text(0.3, 1.66, L("un paso del entrenamiento", "one training step"), va="center", fontsize=LETTERS - 2)
    ax.text(
        7.8, 0.8, L("las mismas falsas:\na cuántas llama\nD «reales»", "the same fakes:\nhow many D\ncalls “real”"),
        va="center", fontsize=LETTERS - 2, color="#00704f",
    )  # fmt: skip
    ax.text(
        8.2, -0.28, L("← qué se mide\nen ese momento", "← what is\nmeasured then"), va="center", fontsize=LETTERS - 2
    )
    return figure


@plots.own_settings
def bumps_figure(centre: int, width: int) -> Figure:
    """Draw the data and what G draws as two bumps on a line, and under them the best answer of a discriminator.

    That is p_data / (p_data + p_G). Where there is next to nothing of both, any answer would do: there it is dotted.

    Args:
        centre, width: place and standard deviation of G's bump, in tenths; the data's are 0 and 1.
    """
    x = np.linspace(-4, 4, 321)
    data = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    drawn = np.exp(-(((10 * x - centre) / width) ** 2) / 2) / (width / 10 * np.sqrt(2 * np.pi))
    logit = -(x**2) / 2 + ((10 * x - centre) / width) ** 2 / 2 + np.log(width / 10)
    best = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    figure = Figure((5, 4), dpi=90, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    for heights, colour, dash, name in (
        (data, plots.REAL_COLOUR, "-", L("datos", "data")),
        (drawn, plots.FAKE_COLOUR, "--", "G"),
    ):
        above.fill_between(x, heights, color=colour, alpha=0.2)
        above.plot(x, heights, dash, color=colour, linewidth=2, label=name)
    above.set(ylim=(0, 1.4), ylabel=L("densidad", "density"))
    above.legend(loc="upper right", fontsize=10)
    someone = data + drawn > 0.004
    below.plot(x, best, ":", color="0.55", linewidth=1.5)
    below.plot(x, np.where(someone, best, np.nan), "k", linewidth=2)
    below.axhline(0.5, color="0.7", linewidth=1, zorder=0)
    below.set(ylim=(-0.05, 1.05), xlim=(-4, 4), yticks=[0, 0.5, 1], ylabel="D*(x)", xlabel="x")
    return figure


def show_bumps() -> None:
    """Show `bumps_figure` under two sliders; without widgets, as it is at first."""
    labels = {
        "centre": L("sitio de G (décimas)", "G's place (tenths)"),
        "width": L("ancho (décimas)", "width (tenths)"),
    }
    plots.show_knobs(bumps_figure, labels, {"centre": (-30, 15, 30), "width": (3, 8, 20)}, still=True)
