"""`make lab`: the real server starts, on this machine only, and its link opens the lesson."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tools import lab
from tools.build import ROOT


@contextlib.contextmanager
def running_lab(folder):
    """Start `python -m tools.lab`; give its link and the seconds until it answered."""
    if os.name == "nt":
        pytest.skip("stops the server with a signal that Windows does not have")
    log = folder / "log"
    environment = {**os.environ, "BROWSER": "", "DISPLAY": "", "JUPYTER_RUNTIME_DIR": str(folder)}
    start = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.lab", "--lesson", "1", "--language", "es"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not (link := re.search(r"http://\S+token=\w+", log.read_text())):
            assert process.poll() is None and time.monotonic() - start < 60, log.read_text()
            time.sleep(0.1)
        with urllib.request.urlopen(link[0], timeout=30) as page:
            assert page.status == 200
        yield link[0], time.monotonic() - start
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def link(tmp_path_factory):
    with running_lab(tmp_path_factory.mktemp("first")) as (link, _):
        yield link


def test_the_link_opens_the_lesson_and_listens_here_only(link):
    assert re.match(r"http://127\.0\.0\.1:\d+/lab/tree/notebooks/es/01_fully_connected_gan\.ipynb\?token=", link)


def test_the_token_is_needed(link):
    address = re.match(r"http://[^/]+", link)[0]
    path = "/api/contents/notebooks/es/01_fully_connected_gan.ipynb"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}{path}", timeout=10)
    token = link.split("token=")[1]
    with urllib.request.urlopen(f"{address}{path}?token={token}", timeout=10) as answer:
        assert answer.status == 200


def test_the_second_start_takes_under_ten_seconds(link, tmp_path):
    with running_lab(tmp_path) as (_, seconds):
        assert seconds < 10


def test_an_unknown_lesson(capsys):
    assert lab.main(["--lesson", "99"]) == 2
    assert "there is no lesson '99'" in capsys.readouterr().err


def test_without_a_browser_it_only_prints_the_link():
    assert "--no-browser" in lab.command("notebooks/es/01.ipynb", browser=False)
    assert "--no-browser" not in lab.command("notebooks/es/01.ipynb", browser=True)
