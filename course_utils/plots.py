"""Pictures of the course: grids of images, a discriminator's opinion, learning curves, a model's layers.

Every picture can be told apart without colour: lines differ in dash, points in shape. Colours are from the palette of
Okabe and Ito (2008), made for colour-blind readers.

Figures that the course shows itself are not pyplot's: in a notebook it keeps each of them, 3 MB, until its cell ends.
"""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from course_utils import player
from course_utils.folders import COURSE
from course_utils.language import CourseError, L, say, thousands
from course_utils.pixels import read_grid, tile

REAL_COLOUR = "#0072B2"  # blue: real data and D(x)
FAKE_COLOUR = "#D55E00"  # vermilion: generated data and D(G(z))
THIRD_COLOUR = "#009E73"  # bluish green

# Decorates what draws: it does so under matplotlib's defaults; the learner's settings are as they were afterwards.
own_settings = plt.style.context("default")


def show_grid(images, columns: int = 10, zoom: int = 2) -> None:
    """Show images as a grid in the notebook.

    Args:
        images: as for `pixels.to_uint8`.
        columns: images per row.
        zoom: screen pixels for the side of one image pixel. A whole number keeps the pixels sharp and the file small.
    """
    from IPython.display import display

    display({"image/png": grid_png(images, columns, zoom)}, raw=True)


def grid_png(images, columns: int = 10, zoom: int = 2) -> bytes:
    """Return the PNG that `show_grid` shows."""
    picture = Image.fromarray(tile(images, columns) // 17 * 17)  # 16 levels: half the file, no difference to the eye
    file = io.BytesIO()
    picture = picture.resize((picture.width * zoom, picture.height * zoom), Image.Resampling.NEAREST)
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def draw_grid(ax, images, columns: int = 10, title: str = "") -> None:
    """Draw images as a grid on matplotlib axes (see `show_grid`)."""
    ax.imshow(tile(images, columns), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_axis_off()
    ax.set_title(title, fontsize=10)


@own_settings
def show_grids(grids: Sequence, titles: Sequence[str], columns: int = 4, inches: float = 1.75) -> None:
    """Show several grids side by side, each with its title: the same noise at several moments, say.

    Args:
        grids: images, as for `pixels.to_uint8`; square grids.
        titles: a title for each.
        columns: images per row.
        inches: width of a grid, at 80 pixels an inch.
    """
    size = (inches * len(grids), inches + 0.35)
    figure = Figure(size, dpi=80, layout="constrained")
    axes = figure.subplots(1, len(grids))
    for ax, images, title in zip(np.atleast_1d(axes), grids, titles, strict=True):
        draw_grid(ax, images, columns, title)
    show_figure(figure)


def show_figure(figure: Figure) -> None:
    """Show a figure in the notebook as a small PNG, and close it."""
    from IPython.display import display

    display({"image/png": small_png(figure)}, raw=True)


@own_settings
def small_png(figure: Figure) -> bytes:
    """Return the figure as a PNG of 128 colours, about a third of the usual size, and close it.

    The outputs of a lesson are part of it, and are to stay below 1 MB.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return _with_few_colours(Image.open(file))


def _with_few_colours(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def show_promise(lesson: str) -> None:
    """Show the picture that the published run of a lesson made; it is in `notebooks/promise/`.

    Args:
        lesson: its name, such as "01_fully_connected_gan".
    """
    show_grid(promised_images(lesson))


def promised_images(lesson: str, side: int = 28) -> np.ndarray:
    """Return the images of the picture that the published run of a lesson made.

    Args:
        lesson: its name, such as "01_fully_connected_gan".
        side: height and width of one image, in pixels.

    Returns:
        uint8 array (n, side, side), or (n, side, side, 3) in colour, in the order in which `save_grid` wrote them.

    Raises:
        CourseError: if there is no such picture, as where the course lies without its folder `notebooks`.
    """
    try:
        return read_grid(COURSE / "notebooks" / "promise" / f"{lesson}.png", side)
    except FileNotFoundError:
        raise CourseError(
            f"Aquí no está la imagen de la lección {lesson}. Descarga el curso entero, con su carpeta notebooks.",
            f"The picture of lesson {lesson} is not here. Download the whole course, with its folder `notebooks`.",
        ) from None


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table in the notebook: texts to the left, numbers to the right.

    Args:
        headings: of the columns.
        rows: the cells of each row, as text.
    """
    from IPython.display import display

    lines = [headings, [":--", *["--:"] * (len(headings) - 1)], *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    widths = [max(len(line[i]) for line in (headings, *rows)) for i in range(len(headings))]
    plain = "\n".join(
        line[0].ljust(widths[0])
        + "".join("  " + cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))
        for line in (headings, *rows)
    )
    display({"text/markdown": table, "text/plain": plain}, raw=True)


def show_arrays(arrays: Sequence, titles: Sequence[str], numbers: bool = True) -> None:
    """Show small arrays side by side as coloured squares: white is 0, violet positive, orange negative.

    Args:
        arrays: two-dimensional arrays.
        titles: a title for each.
        numbers: whether to write its value in each square.
    """
    show_figure(arrays_figure(arrays, titles, numbers))


@own_settings
def arrays_figure(arrays: Sequence, titles: Sequence[str], numbers: bool = True) -> Figure:
    """Return the figure of `show_arrays`."""
    arrays = [np.asarray(array, dtype=float) for array in arrays]
    limit = max(np.abs(array).max() for array in arrays) or 1
    figure = Figure((2.6 * len(arrays), 2.8), dpi=80, layout="constrained")
    axes = figure.subplots(1, len(arrays))
    for ax, array, title in zip(np.atleast_1d(axes), arrays, titles, strict=True):
        ax.imshow(array, cmap="PuOr", vmin=-limit, vmax=limit)
        for place in np.ndindex(array.shape) if numbers else ():
            dark = abs(array[place]) > 0.6 * limit
            ax.text(*place[::-1], f"{array[place]:g}", ha="center", va="center", fontsize=7, color="w" if dark else "k")
        ax.set_xticks(np.arange(array.shape[1] + 1) - 0.5, labels=[])
        ax.set_yticks(np.arange(array.shape[0] + 1) - 0.5, labels=[])
        if max(array.shape) <= 16:
            ax.grid(color="0.75", linewidth=0.5)
        ax.tick_params(length=0)
        ax.set_title(title, fontsize=10)
    return figure


def opinion_field(ax, discriminator, real, fake, limit: float = 1.3) -> None:
    """Draw a discriminator of points in the plane: its opinion as a field, real and generated points on it.

    Args:
        ax: matplotlib axes.
        discriminator: model from (n, 2) to (n, 1), the probability in [0, 1] that a point is real.
        real: array (n, 2) of real points, drawn as crosses.
        fake: array (m, 2) of generated points, drawn as dots.
        limit: the field covers [-limit, limit] in both directions.
    """
    side = np.linspace(-limit, limit, 41, dtype="float32")
    opinion = np.asarray(discriminator(places(limit))).reshape(len(side), len(side))
    ax.contourf(side, side, opinion, levels=np.linspace(0, 1, 11), cmap="PuOr", vmin=0, vmax=1, alpha=0.8)
    ax.contour(side, side, opinion, levels=[0.5], colors="0.4", linewidths=0.8, linestyles=":")
    ax.plot(*np.asarray(real).T, "x", color=REAL_COLOUR, markersize=3, markeredgewidth=0.7, label=L("reales", "real"))
    ax.plot(*np.asarray(fake).T, "o", color="black", markersize=1.8, label=L("generados", "generated"))
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), xticks=[], yticks=[], aspect="equal")


def places(limit: float) -> np.ndarray:
    """Return the places at which `opinion_field` asks, row by row: a float32 array (1681, 2)."""
    side = np.linspace(-limit, limit, 41, dtype="float32")
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


@own_settings
def show_curves(history: Mapping[str, Sequence[float]], names: Mapping[str, str], title: str = "", ax=None) -> None:
    """Draw some of a training's curves, smoothed over 1 % of their length so that the trend shows.

    Args:
        history: name -> one value a step, such as `Monitor.history`.
        names: which of them to draw, and the text of each in the legend (at most four).
        title: heading of the figure.
        ax: matplotlib axes to draw on; without them a figure is made.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 2.6), dpi=80, layout="constrained")
    looks = [(REAL_COLOUR, "-"), (FAKE_COLOUR, "--"), (THIRD_COLOUR, ":"), ("0.3", "-.")]
    for (name, text), (colour, dash) in zip(names.items(), looks, strict=False):
        ax.plot(smooth(history[name]), dash, color=colour, linewidth=1.5, label=text)
    ax.set_xlabel(L("paso", "step"))
    ax.set_title(title, fontsize=10)
    ax.grid(alpha=0.3)
    if names and len(history[next(iter(names))]):
        ax.legend(fontsize=8, framealpha=0.9)


def show_stretches(history: Mapping[str, Sequence[float]], names: Mapping[str, str], count: int = 5) -> None:
    """Show a table of the means of some of a training's curves, over stretches of equal length.

    Args:
        history: name -> one value a step, such as `Monitor.history`.
        names: which of them, and the heading of each.
        count: of stretches, from the first step to the last.
    """
    rows = []
    for stretch in np.array_split(np.arange(len(history[next(iter(names))])), count):
        means = (np.asarray(history[name])[stretch].mean() for name in names)
        rows.append([thousands(int(stretch[-1]) + 1), *(f"{mean:.2f}" for mean in means)])
    show_table([L("hasta el paso", "up to step"), *names.values()], rows)


class Film:
    """A film of a training, made while it runs; more of its frames are from the first steps, where more happens.

    Args:
        steps: how many steps the training has.
        draw: function of matplotlib axes that draws the present state.
        count: frames at most.
        alt: what the film shows, for those who do not see it.
        inches: side of the film, at 90 pixels an inch.
    """

    def __init__(self, steps: int, draw: Callable, count: int = 25, alt: str = "", inches: float = 2.7) -> None:
        self._moments = {round(steps * share**1.5) for share in np.linspace(0, 1, count)}
        self._draw, self._alt, self._inches = draw, alt, inches
        self._frames: dict[int, np.ndarray] = {}
        self.look(0)

    @own_settings
    def look(self, step: int) -> None:
        """Take a frame if `step` is one of the moments."""
        if step in self._moments:
            figure = Figure((self._inches, self._inches), dpi=90, layout="constrained")
            self._draw(figure.subplots())
            self._frames[step] = player.rendered(figure)

    def show(self) -> None:
        """Show the film in the notebook."""
        captions = [L(f"paso {thousands(step)}", f"step {thousands(step)}") for step in self._frames]
        player.show_film(self._frames.values(), captions, self._alt)


@own_settings
def show_album(
    album: Mapping[int, object],
    history: Mapping[str, Sequence[float]],
    names: Mapping[str, str],
    title: str = "",
    count: int = 25,
    alt: str = "",
) -> None:
    """Play the grids of a training beside its curves, in which a line marks the step.

    Args:
        album: step -> images, as for `pixels.to_uint8`.
        history, names, title: as for `show_curves`.
        count: how many of the images, a square number; the first ones.
        alt: what the grids show, for those who do not see them.
    """
    steps = sorted(album)
    side = int(np.sqrt(count))
    grids = [tile(album[step][:count], side) // 17 * 17 for step in steps]
    figure = Figure((5, 3.1), dpi=90, layout="constrained")
    show_curves(history, names, title, figure.subplots())
    words = [L(f"paso {thousands(step)}", f"step {thousands(step)}") for step in steps]
    curves = player.Chart(figure, steps, " · ".join([*filter(None, [title]), *names.values()]))
    player.show_film(grids, words, alt, zoom=2, milliseconds=250, chart=curves)


def smooth(values: Sequence[float], share: float = 0.01) -> np.ndarray:
    """Return the running mean of `values` over the last `share` of their number (at least one value).

    Values that are not finite are left out of the mean.
    """
    values = np.asarray(values, dtype=float)
    window = max(1, int(len(values) * share))
    finite = np.isfinite(values)
    total = np.cumsum(np.where(finite, values, 0.0))
    count = np.cumsum(finite)
    total[window:], count[window:] = total[window:] - total[:-window], count[window:] - count[:-window]
    return np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)


def draw_model(model, path: Path):
    """Draw a model's layers with their shapes and keep the picture.

    `keras.utils.plot_model` draws it where Graphviz is installed (the program `dot`); elsewhere the course's own
    drawing takes its place, with the same facts.

    Args:
        model: a built Keras model.
        path: where to write the PNG.

    Returns:
        An IPython image, shown where it is the last expression of a cell.
    """
    from IPython.display import Image as Shown

    if not (shutil.which("dot") and _plot_model(model, path)):
        _draw_layers(model, path)
    with Image.open(path) as picture:
        width, small = picture.width // 2, _with_few_colours(picture)
    path.write_bytes(small)
    # The IPython of Colab does not know the argument `alt` yet; as metadata it arrives at the same place.
    return Shown(filename=str(path), width=width, metadata={"alt": layer_text(model)})


def layer_text(model) -> str:
    """Return the layers as one line of text: `Dense (None, 256) → BatchNormalization (None, 256) → …`."""
    return " → ".join(f"{type(layer).__name__} {tuple(layer.output.shape)}" for layer in _layers(model))


def _layers(model) -> list:
    """Return the layers, those of nested models in their place."""
    found = []
    for layer in model.layers:
        found += _layers(layer) if hasattr(layer, "layers") else [layer]
    return found


def _plot_model(model, path: Path) -> bool:
    import keras

    try:
        keras.utils.plot_model(
            model, to_file=str(path), show_shapes=True, show_layer_names=False, expand_nested=True, dpi=96
        )
    except (ImportError, OSError, AssertionError):  # pydot is missing, or `dot` does not run or fails
        return False
    return path.exists()


@own_settings
def _draw_layers(model, path: Path) -> None:
    layers = [layer for layer in _layers(model) if type(layer).__name__ != "InputLayer"]
    boxes = [("Input", model.input_shape, 0)]
    boxes += [(type(layer).__name__, tuple(layer.output.shape), layer.count_params()) for layer in layers]
    figure = Figure((4.6, 0.42 * len(boxes) + 0.2), dpi=160)
    ax = figure.subplots()
    for i, (kind, shape, parameters) in enumerate(boxes):
        size = np.log10(np.prod([side for side in shape if side]) + 1) / 4.2
        ax.barh(-i, size, height=0.72, left=-size / 2, color="#56B4E9", edgecolor="black", linewidth=0.6)
        text = f"{kind}  {shape}" + (
            L(f"  {thousands(parameters)} parám.", f"  {thousands(parameters)} params") if parameters else ""
        )
        ax.text(0, -i, text, ha="center", va="center", fontsize=8)
        if i:
            ax.annotate("", (0, -i + 0.36), (0, -i + 0.64), arrowprops={"arrowstyle": "->", "linewidth": 0.8})
    ax.set(xlim=(-0.62, 0.62), ylim=(-len(boxes) + 0.4, 0.6))
    ax.set_axis_off()
    figure.savefig(path, bbox_inches="tight")


def show_gif(path: Path, zoom: int = 2) -> None:
    """Show a GIF in the notebook, moving.

    It is handed over as if it were a PNG: browsers look at the content and play it, and nbconvert and GitHub, which
    know no image/gif, show it too.

    Args:
        path: of the GIF.
        zoom: screen pixels for the side of one image pixel.
    """
    from IPython.display import display

    path = Path(path)
    with Image.open(path) as film:
        width = film.width * zoom
    display({"image/png": path.read_bytes()}, metadata={"image/png": {"width": width}}, raw=True)


def show_slider(draw: Callable, low: float, high: float, label: str) -> None:
    """Show a slider and, under it, the image that belongs to its position.

    Where nobody can move one (no ipywidgets, or a notebook that is run without a browser), a sentence says so instead.

    Args:
        draw: function from a number to images (n, height, width, 1) in [-1, 1].
        low, high: ends of the slider.
        label: what the slider chooses.
    """
    if not _knobs_turn():
        return
    import ipywidgets

    slider = ipywidgets.FloatSlider(min=low, max=high, step=(high - low) / 90, description=label, readout_format=".0f")

    def picture(value: float) -> bytes:
        file = io.BytesIO()
        Image.fromarray(tile(draw(value))).resize((168, 168), Image.Resampling.NEAREST).save(file, "PNG")
        return file.getvalue()

    _show_under([slider], picture, width=168, height=168)


def show_knobs(
    draw: Callable, labels: Mapping[str, str], ends: Mapping[str, tuple[int, int, int]], still: bool = False
) -> None:
    """Show a slider of whole numbers for each argument of a function and, under them, the figure that it draws.

    Where nobody can move one (no ipywidgets, or a notebook that is run without a browser), a sentence says so instead.

    Args:
        draw: function of the arguments, by name, that returns a matplotlib figure.
        labels: name of an argument -> what its slider chooses.
        ends: name of an argument -> lowest number, the one at first, highest.
        still: whether to show the figure at first all the same where nobody can move a slider.
    """
    if not _knobs_turn():
        if still:
            show_figure(draw(**{name: first for name, (_, first, _) in ends.items()}))
        return
    import ipywidgets

    sliders = [
        ipywidgets.IntSlider(min=low, value=first, max=high, description=labels[name])
        for name, (low, first, high) in ends.items()
    ]
    _show_under(sliders, lambda *values: small_png(draw(**dict(zip(ends, values, strict=True)))))


def _knobs_turn() -> bool:
    """Return whether somebody can move a slider; say so if not."""
    if "COURSE_UNATTENDED" not in os.environ and importlib.util.find_spec("ipywidgets") is not None:
        return True
    say(
        "(Si ejecutas el cuaderno en el navegador y tienes ipywidgets, aquí aparece un deslizador.)",
        "(Here is a slider when the notebook runs in a browser and ipywidgets is installed.)",
    )
    return False


def _show_under(sliders: Sequence, picture: Callable, **size: int) -> None:
    """Show sliders and, under them, the PNG that `picture` makes of their values."""
    import ipywidgets
    from IPython.display import display

    image = ipywidgets.Image(format="png", **size)

    def show(_) -> None:
        image.value = picture(*(slider.value for slider in sliders))

    for slider in sliders:
        slider.observe(show, "value")
    show(None)
    display(ipywidgets.VBox([*sliders, image]))
