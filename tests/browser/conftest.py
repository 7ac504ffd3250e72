"""What the tests in a browser share. They need Chromium or Chrome on the machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.helpers.repository import copy_course


@pytest.fixture(scope="session")
def chromium():
    """The browser of the machine, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, f"No browser found ({', '.join(names)}): install Chromium, for instance `apt install chromium`."
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course, as a download of it would be: JupyterLab saves what it has open."""
    return copy_course(tmp_path_factory.mktemp("browser"))
