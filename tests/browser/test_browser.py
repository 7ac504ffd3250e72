"""The lessons as a learner sees them: JupyterLab in a real browser. Run by `make test-browser`, not by `make test`.

The lessons run in smoke, in a copy of the course. The screenshots stay in
`out/browser`; look at them.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import time
import urllib.request

import pytest

from course_utils.language import set_language
from tests.helpers import labs
from tools.course import LANGUAGES, ROOT, find_sources, notebook_path, read_notebook

pytestmark = pytest.mark.browser

SHOTS = ROOT / "out" / "browser"
LESSONS = tuple(path.stem for path in find_sources(ROOT))
CASES = [(lesson, language) for lesson in LESSONS for language in LANGUAGES]
DESKTOP = {"width": 1100, "height": 1300}
PHONE = {"width": 390, "height": 844}
RUN_SECONDS = 240
PENDING = {"es": "Pendiente", "en": "Pending"}
RUN_ALL = {"es": ("Run", "Ejecutar todas las celdas"), "en": ("Run", "Run All Cells")}
THEME = {"es": ("Configuración", "Tema"), "en": ("Settings", "Theme")}
DARK = {"es": "JupyterLab modo oscuro", "en": "JupyterLab Dark"}
LIGHT = {"es": "JupyterLab modo claro", "en": "JupyterLab Light"}
# Cells that are off the screen are drawn too, so that the tests can read all of them.
SETTINGS = '{"windowingMode": "none", "recordTiming": false}'
SETTINGS_FILE = "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
ERRORS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
BUSY = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
    .filter(prompt => prompt.textContent.includes('*')).length"""
RAN = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
    .filter(prompt => /\\d/.test(prompt.textContent)).length"""
# The pictures in the outputs: how many, and how many of them are of one colour only.
PICTURES = """async () => {
    const pictures = [...document.querySelectorAll('.jp-OutputArea img')].filter(i => i.src.startsWith('data:image'));
    let flat = 0;
    for (const picture of pictures) {
        await picture.decode();
        const canvas = document.createElement('canvas');
        canvas.width = picture.naturalWidth; canvas.height = picture.naturalHeight;
        const context = canvas.getContext('2d');
        context.drawImage(picture, 0, 0);
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = new Set();
        for (let i = 0; i < pixels.length; i += 4) seen.add(pixels[i] + 256 * (pixels[i + 1] + 256 * pixels[i + 2]));
        if (seen.size < 3) flat += 1;
    }
    return {all: pictures.length, flat: flat};
}"""
# What sticks out of the screen on the right and cannot be scrolled to.
CUT_OFF = """() => {
    const width = document.documentElement.clientWidth, found = [];
    for (const element of document.querySelectorAll(
            '.jp-RenderedMarkdown p, .jp-RenderedMarkdown li, .jp-RenderedMarkdown h1, .jp-RenderedMarkdown h2,'
            + ' .jp-RenderedMarkdown img, .jp-RenderedMarkdown table, .jp-OutputArea img, .jp-OutputArea pre,'
            + ' .jp-OutputArea table, .jp-RenderedMarkdown mjx-container')) {
        const box = element.getBoundingClientRect();
        if (!box.width || box.right <= width + 1) continue;
        let parent = element, scrolls = false;
        while (parent && !parent.classList.contains('jp-Cell')) {
            const kind = getComputedStyle(parent).overflowX;
            if ((kind === 'auto' || kind === 'scroll') && parent.getBoundingClientRect().right <= width + 1)
                scrolls = true;
            parent = parent.parentElement;
        }
        if (!scrolls) found.push(element.tagName + ' ' + Math.round(box.right) + ': '
                                 + element.textContent.trim().slice(0, 60));
    }
    return found;
}"""
# The texts of lessons and outputs whose contrast with what is behind them is below 4.5, as WCAG 2.1 asks (1.4.3). Not
# the table of `model.summary()`, nor the brackets of highlighted code: their colours are Keras's and JupyterLab's own.
UNREADABLE = """() => {
    const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = c => { const f = c.slice(0, 3).map(v => { v /= 255;
        return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
    const found = new Set();
    for (const element of document.querySelectorAll('.jp-RenderedMarkdown *, .jp-OutputArea pre, .jp-OutputArea pre *,'
            + ' .jp-OutputArea td, .jp-OutputArea th, .jp-OutputArea .widget-label')) {
        const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        const box = element.getBoundingClientRect();
        if (!own || !box.width || element.closest('svg, .jp-InternalAnchorLink, .jp-RenderedHTML pre')
                || element.matches('.jp-RenderedMarkdown pre span')) continue;
        let behind = [255, 255, 255], parent = element;
        while (parent) {
            const colour = parse(getComputedStyle(parent).backgroundColor);
            if (colour.length === 3 || colour[3] > 0.5) { behind = colour; break; }
            parent = parent.parentElement;
        }
        const a = light(parse(getComputedStyle(element).color)), b = light(behind);
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) found.add(contrast.toFixed(1) + ' ' + element.tagName + ' '
                                      + element.textContent.trim().slice(0, 40));
    }
    return [...found];
}"""
# The least opaque corner of each picture: black letters on a see-through picture vanish on a dark page.
SEE_THROUGH = """async () => {
    let clear = 0;
    for (const picture of document.querySelectorAll('.jp-OutputArea img')) {
        if (!picture.src.startsWith('data:image')) continue;
        await picture.decode();
        const canvas = document.createElement('canvas');
        canvas.width = 1; canvas.height = 1;
        const context = canvas.getContext('2d');
        context.drawImage(picture, 0, 0);
        if (context.getImageData(0, 0, 1, 1).data[3] < 250) clear += 1;
    }
    return clear;
}"""


@pytest.fixture(scope="module")
def links(course, tmp_path_factory):
    """JupyterLab on a copy of the course in each language: the link that it prints."""
    with contextlib.ExitStack() as stack:
        found = {}
        for language in LANGUAGES:
            settings = course / "out" / "jupyterlab" / language / SETTINGS_FILE
            settings.parent.mkdir(parents=True)
            settings.write_text(SETTINGS)
            found[language] = stack.enter_context(labs.running_lab(course, language, tmp_path_factory.mktemp("lab")))
        yield found


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[1]}-{case[0]}")
def lesson(request, chromium, links):
    """A lesson that has been opened and run from the menu, with what was seen on the way."""
    name, language = request.param
    url, token = links[language].split("/lab/")[0], links[language].split("token=")[1]
    page = chromium.new_context(viewport=DESKTOP).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}/lab/tree/notebooks/{language}/{name}.ipynb?reset&token={token}", wait_until="domcontentloaded")
    cells = read_notebook(notebook_path(ROOT, language, name)).cells
    page.wait_for_function(f"document.querySelectorAll('.jp-Notebook .jp-Cell').length >= {len(cells)}")
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    page.keyboard.press("Control+b")  # more room: without the list of files
    seen = {"progress": False, "cells": cells}
    menu, item = RUN_ALL[language]
    page.locator(".lm-MenuBar-item", has_text=menu).click()
    page.locator(".lm-Menu-item", has_text=item).first.click()
    page.wait_for_function(f"({BUSY})() > 0")
    end = time.monotonic() + RUN_SECONDS
    while page.evaluate(BUSY):
        assert time.monotonic() < end, f"not finished after {RUN_SECONDS} s"
        text = page.evaluate("document.querySelector('.jp-Notebook').innerText")
        seen["progress"] |= (
            "%|" in text or page.locator(".jp-OutputArea progress, .jp-OutputArea .progress").count() > 0
        )
        page.wait_for_timeout(400)
    SHOTS.mkdir(parents=True, exist_ok=True)
    yield page, name, language, seen
    page.context.close()
    for kernel in _get(f"{url}/api/sessions?token={token}"):
        request_ = urllib.request.Request(f"{url}/api/sessions/{kernel['id']}?token={token}", method="DELETE")
        urllib.request.urlopen(request_, timeout=20).close()


def _get(url: str):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


def _shoot(page, name: str, language: str, what: str) -> None:
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / f"{language}-{name[:2]}-{what}.png")


def _cell(page, source: str):
    """The code cell whose text contains `source`."""
    return page.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=source)).first


def test_it_runs_from_top_to_bottom(lesson):
    page, name, language, seen = lesson
    code = [cell for cell in seen["cells"] if cell.cell_type == "code" and cell.source.strip()]
    trouble = [text[-2000:] for text in page.locator(ERRORS).all_inner_texts()]
    assert page.evaluate(RAN) == len(code) - 1, trouble  # the hidden setup cell shows no number
    assert page.locator(ERRORS).count() == 0
    assert seen["progress"] or name[:2] == "05", "no progress bar was seen"  # the clinic's trainings take seconds
    _shoot(page, name, language, "top")


def test_its_pictures_show_something(lesson):
    page, name, language, _ = lesson
    pictures = page.evaluate(PICTURES)
    assert pictures["all"] >= 4 and pictures["flat"] == 0, pictures
    page.locator(".jp-OutputArea img").nth(pictures["all"] // 2).scroll_into_view_if_needed()
    _shoot(page, name, language, "grids")


def test_an_exercise_goes_from_pending_to_right(lesson, capsys):
    page, name, language, seen = lesson
    set_language(language)
    capsys.readouterr()
    # The first exercise that is checked beside the path: on it, the course's version stands in.
    source = next(cell.source for cell in seen["cells"] if re.search(r"^q\d\.check", cell.source, re.MULTILINE))
    check = next(line for line in source.splitlines() if ".check(" in line)
    getattr(importlib.import_module(f"course_utils.questions.lesson_{int(name[:2])}"), check[:2]).solution()
    solution = "\n".join(line for line in capsys.readouterr().out.splitlines() if "=" in line or "import" in line)
    cell = _cell(page, check)
    assert PENDING[language] in cell.locator(".jp-OutputArea").inner_text()
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(f"{solution}\n\n{check}")
    page.keyboard.press("Control+Enter")
    cell.locator(".jp-OutputArea", has_text="✔").wait_for()
    assert PENDING[language] not in cell.locator(".jp-OutputArea").inner_text()
    _shoot(page, name, language, "exercise")


def test_the_slider_moves(lesson):
    page, name, language, _ = lesson
    if name[:2] not in ("01", "02", "03"):
        pytest.skip("lessons 1 to 3 have a slider")
    handle = page.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    picture = page.locator(".widget-image, .jupyter-widgets img").first
    before = picture.get_attribute("src")
    handle.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(40)
    page.wait_for_function("([p, old]) => p.src !== old", arg=[picture.element_handle(), before])
    _shoot(page, name, language, "slider")


def test_the_vote_of_lesson_4_is_cast(lesson):
    page, name, language, _ = lesson
    if name[:2] != "04":
        pytest.skip("only lesson 4 has a vote")
    button = page.locator(".widget-toggle-buttons button").filter(has_text="B").first
    button.scroll_into_view_if_needed()
    button.click()
    page.wait_for_timeout(1500)
    assert "mod-active" in button.get_attribute("class")
    _shoot(page, name, language, "vote")


def test_an_answer_is_given_with_a_click(lesson):
    """Every letter of the first question with one letter for an answer: each is answered, and one of them is right."""
    page, name, language, _ = lesson
    rows = page.locator(".jp-OutputArea", has=page.locator("button.widget-toggle-button"))
    if not rows.count():
        pytest.skip("no question of this lesson is answered by one letter alone")
    row = next(row for row in rows.all() if row.locator("button:not(.widget-toggle-button)").count() == 0)
    row.scroll_into_view_if_needed()
    verdicts = set()
    for button in row.locator("button.widget-toggle-button").all():
        button.click()
        page.wait_for_function(
            "([row, old]) => !old.includes(row.querySelector('[role=status]')?.innerText ?? '')",
            arg=[row.element_handle(), ["", *verdicts]],
        )
        verdicts.add(row.locator("[role=status]").inner_text())
        _shoot(page, name, language, "answer")
    assert sum(verdict.startswith("✔") for verdict in verdicts) == 1


def test_the_film_at_the_top_of_lesson_1_plays(lesson):
    page, name, language, _ = lesson
    if name[:2] != "01":
        pytest.skip("only lesson 1 begins with a film")
    film = page.locator("figure", has=page.locator("canvas")).first
    film.scroll_into_view_if_needed()
    film.locator("input").first.focus()
    page.keyboard.press("Home")
    before = film.locator("canvas").get_attribute("aria-label")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert film.locator("canvas").get_attribute("aria-label") != before
    film.locator("button").first.click()
    _shoot(page, name, language, "film")


def test_nothing_is_unreadable_in_the_dark(lesson):
    page, name, language, _ = lesson
    assert page.evaluate(UNREADABLE) == []
    _theme(page, language, DARK)
    assert page.evaluate(UNREADABLE) == []
    assert page.evaluate(SEE_THROUGH) == 0
    page.locator(".jp-OutputArea img").nth(1).scroll_into_view_if_needed()
    _shoot(page, name, language, "dark")
    _theme(page, language, LIGHT)


def _theme(page, language: str, titles: dict[str, str]) -> None:
    menu, item = THEME[language]
    page.locator(".lm-MenuBar-item", has_text=menu).click()
    page.locator(".lm-Menu-item", has_text=item).first.hover()
    page.locator(".lm-Menu-item").get_by_text(titles[language], exact=True).click()
    page.wait_for_function(f"document.body.dataset.jpThemeName === '{titles['en']}'")
    page.wait_for_timeout(1000)


def test_nothing_is_cut_off_on_a_phone(lesson):
    page, name, language, _ = lesson
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(1500)
    try:
        assert page.evaluate(CUT_OFF) == []
        for what, number in (("phone", 1), ("phone2", page.locator(".jp-OutputArea img").count() // 2)):
            page.locator(".jp-OutputArea img").nth(number).scroll_into_view_if_needed()
            _shoot(page, name, language, what)
    finally:
        page.set_viewport_size(DESKTOP)
