"""Figures: grids, curves, drawings of layers, moving pictures."""

import io
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_utils import monitor, pixels, plots
from course_utils.experiments import figures
from course_utils.language import CourseError, L
from course_utils.monitor import Monitor
from tests.helpers.processes import python
from tools.course import ROOT, find_sources


@pytest.fixture(autouse=True)
def no_figures():
    """Close what a test has left open."""
    yield
    plt.close("all")


def test_smooth_is_the_running_mean_and_leaves_out_what_is_not_finite():
    assert plots.smooth([1.0, 2.0, 3.0, 4.0], share=0.5).tolist() == [1.0, 1.5, 2.5, 3.5]
    assert plots.smooth([1.0, np.nan, 3.0], share=0.7).tolist() == [1.0, 1.0, 3.0]
    assert np.isnan(plots.smooth([np.nan, 1.0])).tolist() == [True, False]
    assert len(plots.smooth([])) == 0


def test_curves_can_be_told_apart_without_colour():
    _, ax = plt.subplots()
    history = {name: [0.0, 1.0] for name in "abcd"}
    plots.show_curves(history, {name: name for name in "abcd"}, ax=ax)
    assert len({line.get_linestyle() for line in ax.get_lines()}) == 4


def drawings(folder, monkeypatch):
    """Every picture that the course draws itself, as bytes."""
    model = SimpleNamespace(
        input_shape=(None, 2),
        layers=[SimpleNamespace(output=np.zeros((3, 4)), count_params=lambda: 12)],
    )
    images, shown = np.full((4, 28, 28), 60, np.uint8), []
    monkeypatch.setattr("IPython.display.display", lambda content, raw: shown.append(content["image/png"]))
    plots.show_grids([images, images], ["A", "B"])
    plots.show_arrays([np.eye(3)], ["A"])
    film = plots.Film(16, lambda ax: ax.plot([0, 1], [0.5, 1.5]))
    film.look(16)
    film.show()
    runs = [
        {"network": network, "seed": 1, "seconds": 60, "measured": [{"step": 469, "frechet": 9.0, "seconds": 60}]}
        for network in ("chatgpt", "handmade")
    ]
    figures.show_race(runs)
    figures.show_dots({"A": [1.0, 2.0]}, "B")
    plots._draw_layers(model, folder / "layers.png")
    watch = Monitor(9, lambda noise, training: np.zeros((4, 28, 28, 1)), np.zeros((4, 2)), model_of_nothing, images)
    watch.history = {"d_loss": [1.0, 2.0], "d_real": [0.4, 0.5]}
    return [*shown, (folder / "layers.png").read_bytes(), plots.small_png(monitor._figure_of(watch))]


model_of_nothing = SimpleNamespace(weights=[])


def test_the_learners_style_neither_shows_nor_is_changed(tmp_path, monkeypatch):
    usual = drawings(tmp_path, monkeypatch)
    assert len(usual) == 7
    theirs = {"savefig.dpi": 300, "lines.linewidth": 9, "font.size": 30, "image.origin": "lower", "text.usetex": True}
    with plt.style.context(["dark_background", theirs]):
        before = dict(plt.rcParams)
        assert drawings(tmp_path, monkeypatch) == usual
        assert dict(plt.rcParams) == before


def test_no_figure_of_the_course_waits_for_the_end_of_the_cell(tmp_path, monkeypatch):
    """With the backend of notebooks, pyplot keeps the figures that it has made until then."""
    drawings(tmp_path, monkeypatch)
    assert plt.get_fignums() == []
    code = (
        "import matplotlib; matplotlib.use('module://matplotlib_inline.backend_inline'); matplotlib.interactive(True)\n"
        "from matplotlib_inline import backend_inline\n"
        "from course_utils import plots\n"
        "plots.plt.figure(); assert len(backend_inline.show._to_draw) == 1\n"
        "for _ in range(3): plots.small_png(plots.Figure()); plots.Film(4, lambda ax: None)\n"
        "assert len(backend_inline.show._to_draw) == 1"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def model(tensorflow):
    import keras

    inner = keras.Sequential([keras.Input((100,)), keras.layers.Dense(16)], name="inner")
    return keras.Sequential([keras.Input((100,)), inner, keras.layers.Reshape((4, 4, 1))])


@pytest.mark.parametrize("graphviz", ["as it is", "missing"])
def test_layers_are_drawn_with_and_without_graphviz(model, graphviz, tmp_path, monkeypatch):
    if graphviz == "missing":
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(plots, "_plot_model", lambda *_: pytest.fail("Graphviz is not there"))
    shown = plots.draw_model(model, tmp_path / "layers.png")
    with Image.open(tmp_path / "layers.png") as picture:
        assert picture.width > 200 and len(picture.getcolors(1_000_000)) > 3
    assert shown.metadata["alt"] == "Dense (None, 16) → Reshape (None, 4, 4, 1)"


def test_a_graphviz_that_does_not_run_is_no_error(model, tmp_path, monkeypatch):
    dot = tmp_path / "dot"
    dot.write_text("#!/bin/sh\nexit 1\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    plots.draw_model(model, tmp_path / "layers.png")
    assert (tmp_path / "layers.png").stat().st_size > 1000


@pytest.fixture
def shown(monkeypatch):
    """The pictures that a notebook would show."""
    pictures = []

    def display(content, raw):
        assert raw
        pictures.append(Image.open(io.BytesIO(content["image/png"])))

    monkeypatch.setattr("IPython.display.display", display)
    return pictures


def test_show_grid_keeps_every_pixel_sharp(shown):
    images = np.random.default_rng(1).integers(0, 256, (3, 28, 28), dtype="uint8")
    plots.show_grid(images, columns=3, zoom=3)
    picture, exact = np.asarray(shown[0]).astype(int), pixels.tile(images, 3).astype(int)
    assert picture.shape == (3 * exact.shape[0], 3 * exact.shape[1])
    assert np.array_equal(picture[::3, ::3], picture[1::3, 2::3])
    assert np.abs(picture[::3, ::3] - exact).max() <= 16  # of 255: sixteen greys are shown


def test_the_promise_of_each_lesson_is_there(shown):
    promising = [path for path in find_sources(ROOT) if "show_promise(" in path.read_text(encoding="utf-8")]
    assert len(promising) >= 4
    for source in promising:
        plots.show_promise(source.stem)
        assert np.asarray(shown.pop()).std() > 30  # digits, not a grey square


def test_the_field_shows_the_opinion_and_both_kinds_of_points():
    _, ax = plt.subplots()
    plots.opinion_field(ax, lambda places: places[:, :1] > 0, np.zeros((3, 2)), np.ones((4, 2)))
    real, fake = ax.get_lines()
    assert real.get_marker() != fake.get_marker()
    assert len(real.get_xdata()) == 3 and len(fake.get_xdata()) == 4


def test_promised_images_are_those_that_save_grid_wrote():
    images = plots.promised_images("01_fully_connected_gan")
    assert images.shape == (100, 28, 28) and images.dtype == np.uint8
    path = ROOT / "notebooks" / "promise" / "01_fully_connected_gan.png"
    assert np.array_equal(pixels.tile(images), np.asarray(Image.open(path).convert("L")))


def test_where_the_course_is_an_installed_package_it_says_what_to_do(tmp_path, monkeypatch, language):
    """There is no folder `notebooks` beside it then."""
    monkeypatch.setattr(plots, "COURSE", tmp_path)
    with pytest.raises(CourseError, match=L("Descarga el curso entero", "Download the whole course")):
        plots.show_promise("01_fully_connected_gan")


def test_show_arrays_writes_the_numbers(shown):
    plots.show_arrays([np.eye(3), -np.ones((4, 4)), np.zeros((2, 2))], ["a", "b", "c"])
    with_numbers = shown[-1]
    plots.show_arrays([np.eye(3), -np.ones((4, 4)), np.zeros((2, 2))], ["a", "b", "c"], numbers=False)
    assert with_numbers.tobytes() != shown[-1].tobytes()


# --- Moving pictures


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed, instead of displaying it."""
    import IPython.display

    things = []
    monkeypatch.setattr(IPython.display, "display", lambda thing, **options: things.append(thing))
    return things


def test_a_gif_is_handed_over_whole_and_enlarged_on_the_page(tmp_path, monkeypatch):
    import IPython.display

    calls = []
    monkeypatch.setattr(IPython.display, "display", lambda thing, **options: calls.append((thing, options)))
    Image.new("L", (30, 20)).save(tmp_path / "a.gif")
    plots.show_gif(tmp_path / "a.gif", zoom=3)
    ((thing, options),) = calls
    assert thing == {"image/png": (tmp_path / "a.gif").read_bytes()}
    assert options["metadata"] == {"image/png": {"width": 90}}


def test_a_slider_draws_what_belongs_to_its_position(displayed, monkeypatch):
    monkeypatch.delenv("COURSE_UNATTENDED", raising=False)
    plots.show_slider(lambda grey: np.full((1, 4, 4), grey, np.uint8), 0, 200, "grey")
    slider, image = displayed[0].children
    pictures = []
    for position in (0, 200):
        slider.value = position
        pictures.append(np.asarray(Image.open(io.BytesIO(image.value))))
    assert [picture.mean() for picture in pictures] == [0, 200]


def test_where_nobody_can_move_a_slider_a_sentence_stands(displayed, monkeypatch, capsys, language):
    monkeypatch.setenv("COURSE_UNATTENDED", "1")
    plots.show_slider(lambda position: pytest.fail("nobody looks"), 0, 1, "x")
    assert L("deslizador", "slider") in capsys.readouterr().out and not displayed
