"""`make lab`: the real server starts, on this machine only, and its link opens the lesson."""

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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running `python -m tools.lab`, as (what it printed, the seconds until it answered)."""
    if os.name == "nt":
        pytest.skip("stops the server with a signal that Windows does not have")
    log = tmp_path_factory.mktemp("lab") / "log"
    environment = {**os.environ, "BROWSER": "", "DISPLAY": "", "JUPYTER_RUNTIME_DIR": str(log.parent)}
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


def test_it_starts_in_under_ten_seconds(server):
    assert server[1] < 10


def test_the_link_opens_the_lesson_and_listens_here_only(server):
    assert re.match(r"http://127\.0\.0\.1:\d+/lab/tree/notebooks/es/01_fully_connected_gan\.ipynb\?token=", server[0])


def test_the_token_is_needed(server):
    address = re.match(r"http://[^/]+", server[0])[0]
    path = "/api/contents/notebooks/es/01_fully_connected_gan.ipynb"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}{path}", timeout=10)
    token = server[0].split("token=")[1]
    with urllib.request.urlopen(f"{address}{path}?token={token}", timeout=10) as answer:
        assert answer.status == 200


def test_an_unknown_lesson(capsys):
    assert lab.main(["--lesson", "99"]) == 2
    assert "there is no lesson '99'" in capsys.readouterr().err


def test_without_a_browser_it_only_prints_the_link():
    assert "--no-browser" in lab.command("notebooks/es/01.ipynb", browser=False)
    assert "--no-browser" not in lab.command("notebooks/es/01.ipynb", browser=True)
