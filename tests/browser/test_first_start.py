"""The first impression: what a learner sees who starts JupyterLab for the first time, and the cell that sets up.

The learner's own Jupyter is broken, and stays as it is. The screenshots stay in `out/browser`; look at them.
"""

from __future__ import annotations

import pytest

from tests.helpers import labs
from tools.course import LANGUAGES, ROOT

pytestmark = pytest.mark.browser

SHOTS = ROOT / "out" / "browser"
MENUS = {"es": ["Archivo", "Editar", "Ver"], "en": ["File", "Edit", "View"]}
TITLES = {
    "es": "# @title Preparación: busca el curso o lo descarga",
    "en": "# @title Setup: finds the course or downloads it",
}
NO_COURSE = {"es": "No encuentro el curso: descárgalo entero", "en": "The course is not here: download all of it"}


@pytest.fixture(scope="module", params=LANGUAGES)
def start(request, chromium, course, tmp_path_factory):
    """A first start: the page, the language, and the home of the learner."""
    language, home = request.param, tmp_path_factory.mktemp("home")
    SHOTS.mkdir(parents=True, exist_ok=True)
    with labs.running_lab(course, language, tmp_path_factory.mktemp("lab"), **labs.broken_home(home)) as link:
        page = chromium.new_context(viewport={"width": 1100, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        page.goto(link)
        page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        page.wait_for_timeout(5000)  # for what would come up by itself
        yield page, language, home
        page.context.close()


@pytest.fixture
def cell(start):
    """The setup cell of the open lesson, with its outputs."""
    page, _, _ = start
    return page.locator(".jp-Notebook .jp-CodeCell").first


def run(page) -> None:
    """Run the first two cells, as a learner does: a click on the title, and Shift and Enter."""
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")


def test_it_speaks_the_language_and_asks_nothing(start):
    page, language, home = start
    page.screenshot(path=SHOTS / f"{language}-first-start.png")
    assert page.locator(".lm-MenuBar-item").all_inner_texts()[:3] == MENUS[language]
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    assert page.evaluate("document.body.dataset.jpThemeName") == "JupyterLab Light"
    assert labs.changed_files(home) == []


def test_the_setup_cell_is_hidden_and_runs(start, cell):
    page, language, _ = start
    assert cell.locator(".jp-InputPlaceholder").inner_text() == TITLES[language]
    assert not cell.locator(".cm-content").is_visible()
    cell.locator(".jp-OutputArea-output").evaluate("output => output.textContent = 'of another day'")
    run(page)
    cell.locator(".jp-OutputArea-output", has_text="TensorFlow 2.").wait_for()
    page.screenshot(path=SHOTS / f"{language}-setup.png")


def test_an_error_in_it_is_seen(start, cell, course):
    page, language, _ = start
    there = course / "course_utils" / "setup.py"
    away = there.rename(there.with_suffix(".away"))
    try:
        run(page)
        error = cell.locator('[data-mime-type="application/vnd.jupyter.stderr"]')  # so an error's text is shown
        error.wait_for()
    finally:
        away.rename(there)
    page.screenshot(path=SHOTS / f"{language}-setup-error.png")
    assert error.inner_text().startswith(NO_COURSE[language]) and "Traceback" not in error.inner_text()
    assert error.is_visible() and not cell.locator(".cm-content").is_visible()


def test_a_click_opens_it(start, cell):
    page, language, _ = start
    cell.locator(".jp-InputPlaceholder").click()
    cell.locator(".cm-content").wait_for()
    page.screenshot(path=SHOTS / f"{language}-setup-open.png")
    assert cell.locator(".cm-line").first.inner_text() == TITLES[language]
