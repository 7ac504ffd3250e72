"""Films that play in the page: what is shown, that it is small, and that a browser plays it, script or no script."""

import base64
import html
import io
import json
import re
import shutil
import subprocess

import bleach
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from course_utils import player, plots
from course_utils.language import CourseError, L

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def greys(count, side=20):
    """Frames of one grey each, which differs from frame to frame."""
    return [np.full((side, 2 * side), 20 * i, np.uint8) for i in range(count)]


def names(count):
    return [f"step {i}" for i in range(count)]


def facts(bundle):
    """What the script is given."""
    return json.loads(re.search(r"\((\{.*\})\);</script>", bundle["text/html"], re.DOTALL)[1].replace("<\\/", "</"))


def picture(url_or_png):
    png = base64.b64decode(url_or_png.split(",")[1]) if isinstance(url_or_png, str) else url_or_png
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"))


def frame(bundle, i):
    """The frame with this number, cut from the sheet as the script does it."""
    film = facts(bundle)
    size, sheet = film["frame"], picture(film["sheet"])
    row, column = divmod(i, film["columns"])
    return sheet[row * size["height"] :][: size["height"], column * size["width"] :][:, : size["width"]]


# --- What is shown


def test_the_bundle_has_a_strip_for_who_runs_no_script(language):
    bundle = player.film_bundle(greys(9), names(9), "Greys <&> more")
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    page = bundle["text/html"]
    assert page.startswith("<figure") and page.index("<img") < page.index("<script")
    without = re.sub(r"<script.*</script>", "", page, flags=re.DOTALL)
    strip = re.search(r'<img src="([^"]+)" alt="([^"]+)"', without)
    assert html.unescape(strip[2]) == "Greys <&> more"
    assert np.array_equal(picture(strip[1]), picture(bundle["image/png"]))
    assert picture(bundle["image/png"]).shape[1] == 3 * (player.STRIP_WIDTH + 8)  # three in a row
    assert bundle["text/plain"] == L("[película de 9 imágenes]", "[film of 9 pictures]") + " Greys <&> more"
    for tag in ("<button", "<input", "<canvas"):
        assert tag not in without
    assert L("Reproducir la película", "Play the film") in page and f'lang="{L("es", "en")}"' in page


def test_a_sanitised_page_shows_the_strip():
    page = player.film_bundle(greys(3), names(3), "Greys")["text/html"]
    clean = bleach.clean(
        re.sub(r"<script.*</script>", "", page, flags=re.DOTALL),
        tags={"img", "p", "div"},
        attributes={"img": ["src", "alt"]},
        protocols=["data", "https"],
        strip=True,
    )
    assert re.fullmatch(r'<img src="data:image/png;base64,[^"]+" alt="Greys">', clean)


def test_frames_are_what_they_were_and_in_their_order():
    figures = []
    for level in ("0.2", "0.9", "0.5"):
        figures.append(Figure((1, 1), dpi=50, facecolor=level))
    bundle = player.film_bundle(figures, names(3))
    assert [round(float(frame(bundle, i).mean() / 255), 1) for i in range(3)] == [0.2, 0.9, 0.5]
    wide = [np.full((30, 900, 3), 20 * i, np.uint8) for i in range(9)]  # three rows of them
    bundle = player.film_bundle(wide, names(9))
    assert facts(bundle)["columns"] == 4
    assert [int(frame(bundle, i).mean()) for i in range(9)] == [20 * i for i in range(9)]
    assert facts(player.film_bundle(iter(greys(3)), iter(names(3))))["captions"] == names(3)


def test_texts_cannot_end_the_script():
    bundle = player.film_bundle(greys(2), ["</script><b>", '"quoted" & more'], "</figure>")
    assert bundle["text/html"].count("</script>") == 1 and bundle["text/html"].count("</figure>") == 1
    assert facts(bundle)["captions"] == ["</script><b>", '"quoted" & more']


@pytest.mark.parametrize("noise", [40, 255])
def test_what_is_too_large_loses_colours_and_frames_but_neither_the_first_nor_the_last(noise):
    rng = np.random.default_rng(1)
    frames = [rng.integers(0, noise, (144, 144), dtype=np.uint8) for _ in range(41)]
    bundle = player.film_bundle(frames, names(41), zoom=2)
    assert sum(len(part) for part in bundle.values()) < player.LARGEST
    captions = facts(bundle)["captions"]
    assert player.FEWEST <= len(captions) <= 41 and (captions[0], captions[-1]) == ("step 0", "step 40")


def test_what_does_not_fit_at_all_says_what_to_do(language):
    rng = np.random.default_rng(1)
    frames = [rng.integers(0, 255, (600, 600), dtype=np.uint8) for _ in range(4)]
    with pytest.raises(CourseError, match=L("más pequeñas", "smaller figures")):
        player.film_bundle(frames, names(4))
    with pytest.raises(CourseError, match=L("más pequeñas", "smaller figures")):
        player.dials_bundle(frames, names(4), {"a": "12", "b": "12"})


@pytest.mark.parametrize(
    ("frames", "captions", "said"),
    [
        ([], [], "there are 0 and 0"),
        (greys(2), names(3), "there are 2 and 3"),
        ([np.zeros((2, 2), np.uint8), np.zeros((3, 2), np.uint8)], names(2), "the same size"),
        ([np.zeros((2, 2))], names(1), "pixels.tile"),
        ([np.zeros((2, 2, 1), np.uint8)], names(1), "pixels.tile"),
    ],
)
def test_what_is_no_film_is_refused(frames, captions, said):
    with pytest.raises(CourseError, match=said):
        player.film_bundle(frames, captions)


def test_dials_need_a_frame_for_each_choice():
    bundle = player.dials_bundle(greys(6), names(6), {"D": ["0", "1"], "G": ["0", "1", "2"]}, start=(1, 2))
    film = facts(bundle)
    assert [dial["start"] for dial in film["dials"]] == [1, 2] and film["milliseconds"] == 0
    assert bundle["text/plain"].startswith("[6 pictures to choose from]")
    with pytest.raises(CourseError, match="4 positions in all, and there are 6"):
        player.dials_bundle(greys(6), names(6), {"D": ["0", "1"], "G": ["0", "1"]})
    still = Figure((2, 1), dpi=50, facecolor="0.5")
    assert picture(player.dials_bundle(greys(2), names(2), {"D": "ab"}, still=still)["image/png"]).shape == (50, 100)


def test_the_line_of_a_chart_stands_where_its_step_is():
    figure = Figure((4, 2), dpi=50)
    ax = figure.add_axes((0.2, 0.3, 0.6, 0.5))
    ax.set(xlim=(0, 100))
    chart = facts(player.film_bundle(greys(3), names(3), chart=player.Chart(figure, (0, 50, 100), "curves")))["chart"]
    assert chart["at"] == [20, 50, 80] and (chart["top"], chart["bottom"]) == (20, 30)
    assert chart["width"] == 200 and chart["alt"] == "curves"


def test_the_film_of_a_training_and_the_album_beside_its_curves(monkeypatch, language):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(facts(bundle)))
    film = plots.Film(600, lambda ax: ax.plot([0, 1]))
    for step in range(1, 601):
        film.look(step)
    film.show()
    captions = shown[0]["captions"]
    assert len(captions) == 25
    assert (captions[0], captions[-1]) == L(("paso 0", "paso 600"), ("step 0", "step 600"))
    album = {step: np.full((16, 28, 28), step // 20, np.uint8) for step in (0, 1000, 4690)}
    plots.show_album(album, {"loss": np.ones(4690)}, {"loss": "D"}, "Losses", count=9)
    film = shown[1]
    assert film["captions"][1] == L("paso 1000", "step 1,000")
    assert film["chart"]["at"] == sorted(film["chart"]["at"]) and "Losses" in film["chart"]["alt"]
    assert film["zoom"] == 2 and film["frame"]["width"] < 100


# --- In a browser

DRIVER = """
<script>
const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));
addEventListener("load", async () => {
  while (document.querySelectorAll("figure > img").length) await wait(50);
  const seen = [];
  for (const figure of document.querySelectorAll("figure")) {
    const canvas = figure.querySelector("canvas");
    const pixel = () => canvas.getContext("2d").getImageData(5, 5, 1, 1).data[0];
    const sliders = [...figure.querySelectorAll("input")], button = figure.querySelector("button");
    const move = (slider, value) => { slider.value = value; slider.dispatchEvent(new Event("input")); };
    const facts = { images: figure.querySelectorAll("img").length, label: canvas.getAttribute("aria-label") };
    if (button) {
      facts.name = button.getAttribute("aria-label");
      move(sliders[0], 0);
      facts.stopped = button.getAttribute("aria-label");
      facts.first = pixel();
      button.click();
      facts.playing = button.getAttribute("aria-label");
      await wait(700);
      facts.end = +sliders[0].value;
      facts.last = pixel();
    } else {
      move(sliders[0], 1); move(sliders[1], 2);
      facts.chosen = pixel();
      facts.texts = sliders.map(slider => slider.getAttribute("aria-valuetext"));
    }
    facts.left = figure.querySelector("div > img + div")?.style.left;
    facts.wide = figure.scrollWidth;
    seen.push(facts);
  }
  seen.push(document.querySelectorAll("b[data-film]").length);
  document.body.dataset.seen = JSON.stringify(seen);
});
</script>
"""


@pytest.fixture(scope="module")
def in_browser(tmp_path_factory):
    """What a browser as narrow as a phone makes of a page with four films, two of them the same.

    Before them stands a third of these, of which no more has arrived than its opening tag.
    """
    if CHROMIUM is None:
        pytest.skip("needs Chromium or Chrome")
    film = player.film_bundle(greys(5), names(5), "Greys", milliseconds=60)["text/html"]
    figure = Figure((4, 2), dpi=50)
    figure.add_axes((0.2, 0.3, 0.6, 0.5)).set(xlim=(0, 4))
    chart = player.Chart(figure, range(5))
    beside = player.film_bundle(greys(5), names(5), milliseconds=60, chart=chart)["text/html"]
    dials = player.dials_bundle(greys(6), names(6), {"D": "ab", "G": "xyz"})["text/html"]
    page = tmp_path_factory.mktemp("page") / "films.html"
    begun = f'<b data-film="{facts({"text/html": film})["key"]}"></b>'
    films = f"{begun}{film}{beside}{dials}{film}"
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{films}{DRIVER}", encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=500,2000", "--virtual-time-budget=9000")
    done = subprocess.run(
        [CHROMIUM, *options, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120
    )
    return json.loads(html.unescape(re.search(r'data-seen="([^"]*)"', done.stdout)[1]))


def test_a_film_plays_to_its_end_and_a_slider_stops_it(in_browser):
    for film in (in_browser[0], in_browser[1], in_browser[3]):
        assert film["stopped"] == "Play the film" and film["playing"] == "Stop the film"
        assert film["first"] == 0 and film["last"] == 80 and film["end"] == 4


def test_the_script_takes_the_place_of_the_strip_every_time(in_browser):
    assert [film["images"] for film in in_browser[:4]] == [0, 1, 0, 0]  # the one is the chart
    assert in_browser[0]["label"].startswith("Greys · step")


def test_a_twin_that_is_still_arriving_is_left_to_its_own_script(in_browser):
    assert in_browser[4] == 1


def test_the_line_moves_with_the_film(in_browser):
    assert in_browser[1]["left"] == "80%" and "left" not in in_browser[0]


def test_two_dials_choose_a_frame(in_browser):
    assert in_browser[2]["chosen"] == 100 and in_browser[2]["texts"] == ["b", "z"]
