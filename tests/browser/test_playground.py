"""The playground in a real browser, from the disk: what it draws and trains, what it looks like, keyboard and address.

Run by `make test-browser`. The screenshots stay in `out/browser`; look at them.
"""

from __future__ import annotations

import html
import itertools
import os
import time

import numpy as np
import pytest

from course_utils.experiments import playground as slim
from course_utils.language import LANGUAGES
from tests.helpers.playground import DRAW, FOLDER, LESSONS, PLAY, drawing_case, game_case
from tools.course import ROOT

pytestmark = pytest.mark.browser

SHOTS = ROOT / "out" / "browser"
PAGE = (FOLDER / "index.html").as_uri()
SIZES = {"phone": (390, 844), "desktop": (1400, 900)}
CASES = list(itertools.product(LANGUAGES, SIZES, ("light", "dark")))
READY = "document.querySelectorAll('#walk-drawings figure').length === 3"
# Texts whose colour differs too little from what is behind them, and elements that stick out on the right.
FAINT = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = parts(colour).map(v => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const [, , , alpha = 1] = parts(getComputedStyle(element).backgroundColor);
      if (alpha > 0) return getComputedStyle(element).backgroundColor;
    }
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.getClientRects().length || element.closest(":disabled, script, noscript")) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(element.textContent.trim().slice(0, 40));
  }
  return found;
}"""
OUTSIDE = """() => [...document.querySelectorAll("body *:not(.skip)")]
  .filter(element => element.getClientRects().length && element.getBoundingClientRect().right > innerWidth + 1)
  .map(element => element.outerHTML.slice(0, 80))"""


@pytest.fixture
def open_page(chromium):
    """Opens the playground; at the end nothing may have gone wrong, and no other host have been asked."""
    contexts, trouble = [], []

    def open_it(address=f"{PAGE}?lang=en", width=1400, height=900, scheme="light", motion="reduce", content=None):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion=motion
        )
        contexts.append(context)
        context.set_default_timeout(180_000)  # others may be at work on the machine
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(("file:", "data:", "blob:")) or trouble.append(asked.url))
        if content:
            page.set_content(content)
        else:
            page.goto(address)
            page.wait_for_function(READY)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.mark.parametrize(("language", "size", "scheme"), CASES)
def test_nothing_is_cut_off_or_faint(open_page, language, size, scheme):
    width, height = SIZES[size]
    page = open_page(f"{PAGE}?lang={language}", width, height, scheme)
    page.click("[data-preset=healthy]")
    page.wait_for_function("PAGE.panels.game.now().step > 20")
    page.click("#game-play")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"playground_{language}_{size}_{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(FAINT) == []


SIGHT = """([control, pictures]) => {
  document.querySelector(control).scrollIntoView({block: "end", behavior: "instant"});
  const here = document.querySelector(control).getBoundingClientRect();
  const boxes = [...document.querySelectorAll(pictures)].map(picture => picture.getBoundingClientRect());
  return boxes.length && here.bottom <= innerHeight + 1
    && boxes.every(box => box.top >= 0 && box.bottom <= here.top && box.width > 80);
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_what_is_changed_is_in_sight(open_page, language):
    """With the finger on any control of the writing or the game; the walk is dragged, so the map and the drawings."""
    page = open_page(f"{PAGE}?lang={language}", 390, 664)  # what is left of a phone below the bars of the browser
    sights = [(f"#write-{name}", ".paper") for name in ("text", "hand", "thickness", "unsteady")]
    sights += [(f"[data-preset={name}]", ".board, #game-said") for name in ("healthy", "collapse", "fast")]
    sights += [(f"#game-{name}", ".board, #game-said") for name in ("play", "gRate", "label", "data", "seed", "link")]
    assert [sight for sight in sights if not page.evaluate(SIGHT, sight)] == []
    page.evaluate("document.getElementById('walk-pad').scrollIntoView({behavior: 'instant'})")
    bottoms = page.locator(".drawing").evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
    assert len(bottoms) == 3 and max(bottoms) <= 664


def test_a_finger_drags_the_square_and_scrolls_the_page_elsewhere(open_page):
    page = open_page(f"{PAGE}?lang=es", 390, 664)
    fingers = page.context.new_cdp_session(page)
    fingers.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def move(*places):
        for number, (x, y) in enumerate(places):
            kind = "touchMove" if number else "touchStart"
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            page.wait_for_timeout(20)
        fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(500)
        return page.evaluate("[scrollY, Number(document.getElementById('walk-x').value)]")

    page.evaluate("document.getElementById('walk-pad').scrollIntoView({behavior: 'instant'})")
    at, box = page.evaluate("scrollY"), page.locator("#walk-pad").bounding_box()
    middle, inside = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), box["width"] * 4 / 9
    square = (middle[0] - 0.5 * inside, middle[1] - 0.5 * inside)
    dragged = [(square[0] + 12 * k, square[1] + 12 * k) for k in range(10)]
    scrolled, x = move(*dragged)
    assert abs(scrolled - at) < 2 and x > 0
    scrolled, x = move(square)  # a tap goes there
    assert abs(scrolled - at) < 2 and abs(x + 0.5) < 0.03
    scrolled, still = move(*[(middle[0] + 90, middle[1] + 90 - 20 * k) for k in range(10)])
    assert scrolled > at + 100 and still == x


@pytest.mark.parametrize(("width", "height"), [(844, 390), (667, 375)])
def test_on_a_phone_on_its_side_the_board_and_the_map_fit(open_page, width, height):
    page = open_page(f"{PAGE}?lang=en", width, height)
    for name in ("walk-pad", "game-board"):
        assert page.locator(f"#{name}").bounding_box()["height"] <= height


def test_the_checks_can_fail(open_page):
    page = open_page()
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    page.evaluate("document.querySelector('h2').style.marginLeft = '2000px'")
    assert len(page.evaluate(FAINT)) == 1 and page.evaluate(OUTSIDE)


@pytest.mark.parametrize("lesson", LESSONS)
def test_its_generators_equal_keras(open_page, tensorflow, lesson):
    case, images = drawing_case(lesson)
    np.testing.assert_allclose(open_page().evaluate(DRAW, case), images, rtol=0, atol=1e-4)


def test_the_first_50_steps_of_its_game_equal_keras(open_page, tensorflow):
    case, wanted = game_case(1)
    found = open_page().evaluate(PLAY, case)
    np.testing.assert_allclose(found["losses"], wanted["losses"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(found["points"], wanted["points"], rtol=0, atol=1e-5)


def test_the_game_begins_when_it_is_seen_and_reaches_lesson_1s_distance_in_20_seconds(open_page):
    page = open_page(motion="no-preference")
    assert page.evaluate("PAGE.panels.game.now().step") == 0
    page.evaluate("document.getElementById('game').scrollIntoView()")
    patience = max(1, os.getloadavg()[0] / os.cpu_count())  # where others are at work it gets but a share of a core
    good = "(({distance, covered}) => distance < 0.05 && covered === 24)(PAGE.panels.game.now())"
    page.wait_for_function(good, timeout=20_000 * patience)
    assert page.evaluate("PAGE.panels.game.now().step") < 700
    page.evaluate("document.getElementById('write').scrollIntoView()")
    page.wait_for_timeout(1000)
    step = page.evaluate("PAGE.panels.game.now().step")
    page.wait_for_timeout(300)
    assert page.evaluate("PAGE.panels.game.now().step") == step  # nobody is looking


# Frames a second, over some milliseconds of the game.
FRAMES = """async long => {
  const begin = performance.now();
  let frames = 0;
  await new Promise(done => {
    const next = () => ++frames && performance.now() - begin < long ? requestAnimationFrame(next) : done();
    requestAnimationFrame(next);
  });
  return 1000 * frames / (performance.now() - begin);
}"""


@pytest.mark.parametrize("size", SIZES)
def test_the_game_shows_30_frames_a_second(open_page, size):
    """In the best of four stretches; where others are at work, it gets but a share of a core."""
    page = open_page(f"{PAGE}?lang=en#game", *SIZES[size], motion="no-preference")
    page.wait_for_function("PAGE.panels.game.now().step > 60")
    page.wait_for_timeout(2000)  # it finds its pace
    first, begun = page.evaluate("PAGE.panels.game.now().step"), time.perf_counter()
    found = [page.evaluate(FRAMES, 2500) for _ in range(4)]
    steps = (page.evaluate("PAGE.panels.game.now().step") - first) / (time.perf_counter() - begun)
    print(*(f"{frames:.1f}" for frames in found), f"frames a second, {steps:.0f} steps")
    patience = max(1, os.getloadavg()[0] / os.cpu_count())
    assert max(found) > 29 / patience and steps > 20 / patience
    assert page.evaluate("PAGE.panels.game.now().playing")


def test_who_wants_less_motion_is_not_given_any(open_page):
    page = open_page(motion="reduce")
    page.evaluate("document.getElementById('game').scrollIntoView()")
    page.wait_for_timeout(500)
    assert page.evaluate("PAGE.panels.game.now().step") == 0


def test_a_link_holds_every_setting(open_page):
    page = open_page(f"{PAGE}?lang=es#game&data=moons&seed=12&g=0.2&d=20&turns=3&noise=0.1&label=0.9")
    wanted = {"data": "moons", "seed": 12, "gRate": 0.2, "dRate": 20, "turns": 3, "noise": 0.1, "label": 0.9}
    now = page.evaluate("PAGE.panels.game.now()")
    assert {name: now[name] for name in wanted} == wanted
    assert page.is_checked("input[value=moons]") and page.input_value("#game-seed") == "12"
    assert page.evaluate("document.getElementById('game-turns').read()") == 3
    page.focus("#game-label")
    page.keyboard.press("ArrowRight")
    page.check("input[value=clusters]")
    page.fill("#game-seed", "99999")
    page.keyboard.press("Tab")
    assert page.url.endswith("#game&data=clusters&seed=9999&g=0.2&d=20&turns=3&noise=0.1&label=0.95")
    other = open_page(page.url)
    assert other.evaluate("PAGE.panels.game.now().label") == 0.95


def test_a_bad_link_gives_a_healthy_game(open_page):
    page = open_page(f"{PAGE}?lang=xx#game&data=constructor&seed=-3&g=x&d=1e99&turns=&noise=2")
    now = page.evaluate("PAGE.panels.game.now()")
    wanted = {"data": "ring", "seed": 1, "gRate": 1, "dRate": 2, "turns": 1, "noise": 0, "label": 1}
    assert {name: now[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("preset", "said", "steps"),
    [("frozen", "D does not learn", 60), ("collapse", "a collapse", 500), ("fast", "left the plane", 40)],
)
def test_it_breaks_as_it_says(open_page, preset, said, steps):
    page = open_page()
    page.click(f"[data-preset={preset}]")
    page.wait_for_function(f"document.getElementById('game-said').textContent.includes('{said}')", timeout=60_000)
    assert page.evaluate("PAGE.panels.game.now().step") <= steps


def test_digits_are_written_and_letters_kindly_refused(open_page):
    page = open_page()
    picture = "document.getElementById('write-paper').toDataURL()"
    before = page.evaluate(picture)
    page.fill("#write-text", "7 abc 7")
    assert page.evaluate(picture) != before
    assert "skipping a b c" in page.inner_text("#write-said")
    for action in (
        lambda: page.click("#write-hand"),
        lambda: page.focus("#write-slant") or [page.keyboard.press("ArrowRight") for _ in range(10)],
        lambda: page.check("#write-pixels"),
    ):
        before = page.evaluate(picture)
        action()
        assert page.evaluate(picture) != before
    with page.expect_download() as download:
        page.click("#write-save")
    assert download.value.suggested_filename.endswith(".png")
    page.fill("#write-text", "hola")
    assert page.is_disabled("#write-save")


def test_the_same_digit_can_look_the_same(open_page):
    page = open_page()
    page.fill("#write-text", "44")
    halves = """() => {
      const paper = document.getElementById("write-paper"), step = Math.round(0.7 * 170);
      const copy = new OffscreenCanvas(paper.width, paper.height).getContext("2d", {willReadFrequently: true});
      copy.drawImage(paper, 0, 0);
      const {data, width} = copy.getImageData(paper.width / 2 - step, 0, 2 * step, paper.height);
      let sum = 0;
      for (let k = 3; k < data.length; k += 4) if (k / 4 % width < step) sum += Math.abs(data[k] - data[k + 4 * step]);
      return sum;
    }"""
    different = page.evaluate(halves)
    page.check("#write-same")
    assert page.evaluate(halves) < different / 3


def test_dragging_walks(open_page):
    page = open_page()
    drawings = "[...document.querySelectorAll('.drawing')].map(canvas => canvas.toDataURL())"
    before = page.evaluate(drawings)
    pad = page.locator("#walk-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.7, steps=5)
    page.mouse.up()
    after = page.evaluate(drawings)
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert page.evaluate("document.getElementById('walk-x').valueAsNumber") > 0.5
    page.focus("#walk-y")
    page.keyboard.press("Home")
    assert page.evaluate(drawings) != after


def test_the_keyboard_reaches_everything_and_shows_where_it_is(open_page):
    page = open_page()
    every = page.evaluate("document.querySelectorAll('a, button, input:not([type=radio]), input:checked').length")
    seen = set()
    for _ in range(every + 8):
        page.keyboard.press("Tab")
        found = page.evaluate("""() => {
          const here = document.activeElement;
          return [[...document.querySelectorAll("*")].indexOf(here), getComputedStyle(here).outlineStyle, here.tagName];
        }""")
        if found[2] == "BODY":
            break
        assert found[1] != "none", found
        seen.add(found[0])
    radios_and_boxes = 2  # the two checkboxes match both selectors only when they are checked
    assert len(seen) >= every - radios_and_boxes


@pytest.mark.parametrize("panels", [["game"], ["write", "walk"]])
def test_it_lives_in_the_output_of_a_notebook(open_page, panels):
    frame = f'<iframe srcdoc="{html.escape(slim.page(panels))}" width="700" height="900"></iframe>'
    page = open_page(content=frame)
    inside = page.frames[1]
    inside.wait_for_function("document.querySelectorAll('.slider').length > 3")
    assert inside.evaluate("[...document.querySelectorAll('main > section')].map(e => e.id)") == panels
    if "game" in panels:
        inside.click("[data-preset=healthy]")
        inside.wait_for_function("PAGE.panels.game.now().step > 3")
        inside.focus("#game-dRate")
        page.keyboard.press("ArrowRight")
        assert inside.evaluate("PAGE.panels.game.now().dRate") == 3
    else:
        inside.wait_for_function("document.getElementById('write-said').textContent.includes('digits')")
