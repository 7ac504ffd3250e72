"""Drawings that explain: what they say, in both languages, and that letters can be read on a phone."""

import numpy as np
import pytest

from course_utils import diagrams, plots
from course_utils.language import CourseError, L

PHONE = 390  # pixels


def texts(figure):
    return [text for ax in figure.axes for text in ax.texts if text.get_text()]


def said(figure):
    return " ".join(text.get_text() for text in texts(figure))


def figures():
    loops = [diagrams.loop_figure(turn, small) for turn in (None, "D", "G") for small in (False, True)]
    return [*loops, diagrams.moments_figure((0.3, 0.51, 0.22)), diagrams.bumps_figure(15, 8)]


def test_letters_can_be_read_on_a_phone(language):
    for figure in figures():
        shrunk = min(1, PHONE / figure.bbox.width)
        for text in texts(figure):
            assert text.get_fontsize() / 72 * figure.dpi * shrunk > 8, text.get_text()


def test_no_word_leaves_its_picture_or_lies_on_another(language):
    for figure in figures():
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in texts(figure)]
        for box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_turn_shows_its_own_labels_and_way_back():
    both, of_d, of_g = (diagrams.loop_figure(turn) for turn in (None, "D", "G"))
    assert "label" not in said(both) and "D's turn" in said(both) and "G's turn" in said(both)
    assert "label 0" in said(of_d) and "label 1" in said(of_d) and "G's turn" not in said(of_d)
    assert "label 1" in said(of_g) and "label 0" not in said(of_g) and "D's turn" not in said(of_g)
    locks = [len(figure.axes[0].patches) for figure in (both, of_d, of_g)]
    assert locks[0] > locks[1] == locks[2]  # one padlock in a turn, and one in the legend
    with pytest.raises(CourseError, match="turn"):
        diagrams.loop_figure("Z")


def test_the_trap_shows_a_line_for_each_idiom_and_what_goes_wrong_in_bold(language):
    figure = diagrams.trap_figure(1, 2, 4, 5)
    bold = [text for text in texts(figure) if text.get_weight() == "bold"]
    assert len(bold) == 4 + 0 + 3 + 1
    for name in L(("1 congelar", "2 alternar", "4 probar", "5 calentar"), ("1 freeze", "2 toggle", "4 try", "5 warm")):
        assert name in said(figure)
    assert "2 " not in said(diagrams.trap_figure(1))


@pytest.mark.parametrize("shape", ((28, 28), (28, 28, 3)))
def test_the_stride_halves_the_side(monkeypatch, shape):
    shown = []
    monkeypatch.setattr(
        plots, "show_arrays", lambda arrays, titles, numbers: shown.extend(zip(arrays, titles, strict=True))
    )
    image = np.zeros(shape, "uint8")
    image[10:, :] = 255
    diagrams.show_strides(image, [[1, 1, 1], [0, 0, 0], [-1, -1, -1]], strides=(1, 2))
    assert [array.shape for array, _ in shown] == [(28, 28), (28, 28), (14, 14)]
    assert shown[2][1].endswith("14×14") and shown[1][0][9, 14] == -3 and shown[1][0][5, 14] == 0


def test_the_moments_carry_the_numbers_that_were_measured(language):
    figure = diagrams.moments_figure((0.304, 0.51, 0.0))
    for number in L(("30\N{NO-BREAK SPACE}%", "51\N{NO-BREAK SPACE}%", "0\N{NO-BREAK SPACE}%"), ("30%", "51%", "0%")):
        assert number in said(figure)
    heights = [patch.get_height() for patch in figure.axes[0].patches if abs(patch.get_width() - 0.6) < 1e-9]
    assert heights == [0.304, 0.51, 0.0]


def test_the_best_discriminator_is_the_share_of_the_data():
    above, below = diagrams.bumps_figure(15, 8).axes
    x, best = below.get_lines()[0].get_data()
    data, drawn = (line.get_ydata() for line in above.get_lines())
    sure = data + drawn > 1e-6
    np.testing.assert_allclose(best[sure], (data / (data + drawn))[sure], atol=1e-6)
    assert abs(np.trapezoid(drawn, x) - 1) < 0.01 and abs(x[drawn.argmax()] - 1.5) < 0.02
    same = diagrams.bumps_figure(0, 10).axes[1].get_lines()[0].get_ydata()
    np.testing.assert_allclose(same, 0.5)
    with np.errstate(all="raise", under="ignore"):
        for centre, width in ((-30, 3), (30, 20)):
            assert np.isfinite(diagrams.bumps_figure(centre, width).axes[1].get_lines()[0].get_ydata()).all()


def test_without_widgets_the_bumps_stand_still(monkeypatch, capsys):
    shown = []
    monkeypatch.setenv("COURSE_UNATTENDED", "1")
    monkeypatch.setattr("IPython.display.display", lambda content, **_: shown.append(content))
    diagrams.show_bumps()
    assert "slider" in capsys.readouterr().out and "image/png" in shown[0]
    plots.show_knobs(lambda a: pytest.fail("nobody looks"), {"a": "a"}, {"a": (1, 2, 3)})
    assert len(shown) == 1


def test_they_are_shown_as_small_pictures(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda content, raw: shown.append(content["image/png"]))
    diagrams.show_loop()
    diagrams.show_loop("G", small=True)
    diagrams.show_moments((0.3, 0.5, 0.2))
    assert all(1000 < len(png) < 20_000 for png in shown) and len(shown) == 3
