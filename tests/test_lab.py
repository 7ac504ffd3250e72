"""`make lab`: the real server starts, on this machine only, in the lesson's language; its link opens the lesson.

It does so for a learner whose own Jupyter is broken, and leaves that as it is.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.helpers import labs
from tests.helpers.repository import copy_course
from tools import lab
from tools.course import ROOT

LANGUAGE = ("translation-extension:plugin", "locale")
THEME = ("apputils-extension:themes", "theme")
NEWS = ("apputils-extension:notification", "fetchNews")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return copy_course(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def link(course, home, tmp_path_factory):
    variables = labs.broken_home(home)
    with labs.running_lab(course, "es", tmp_path_factory.mktemp("first"), **variables) as link:
        yield link


def ask(link: str, path: str, body: dict | None = None) -> bytes:
    """Return what the server of a link answers: to GET, or to PUT where there is a body."""
    address, token = re.match(r"http://[^/]+", link)[0], link.split("token=")[1]
    data, method = (None, "GET") if body is None else (json.dumps(body).encode(), "PUT")
    request = urllib.request.Request(f"{address}/{path}", data, method=method)
    request.add_header("Authorization", f"token {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def setting(link: str, plugin: str, name: str) -> str:
    """Return the value of a setting: what was chosen, or else its default."""
    answer = json.loads(ask(link, f"lab/api/settings/@jupyterlab/{plugin}"))
    return answer["settings"].get(name, answer["schema"]["properties"][name]["default"])


def choose(link: str, plugin: str, name: str, value: str) -> None:
    """Choose it, as from a menu."""
    ask(link, f"lab/api/settings/@jupyterlab/{plugin}", {"raw": json.dumps({name: value})})


def test_the_link_opens_the_lesson_and_listens_here_only(link):
    assert re.match(r"http://127\.0\.0\.1:\d+/lab/tree/notebooks/es/01_fully_connected_gan\.ipynb\?token=", link)
    with urllib.request.urlopen(link, timeout=30) as page:
        assert page.status == 200


def test_the_token_is_needed(link):
    path = "api/contents/notebooks/es/01_fully_connected_gan.ipynb"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{re.match(r'http://[^/]+', link)[0]}/{path}", timeout=10)
    assert json.loads(ask(link, path))["type"] == "notebook"


def test_it_speaks_spanish_and_asks_nothing(link):
    locale = setting(link, *LANGUAGE)
    assert json.loads(ask(link, f"lab/api/translations/{locale}"))["data"]["jupyterlab"]["menu\4File"] == ["Archivo"]
    assert setting(link, *NEWS) == "false"


def test_what_the_learner_chooses_in_it_stays(link, course, monkeypatch):
    choose(link, *THEME, "JupyterLab Dark")
    choose(link, *LANGUAGE, "en")
    monkeypatch.setattr(lab, "ROOT", course)
    lab.write_settings("es")  # as the next start does; the server reads the files whenever it is asked
    assert setting(link, *THEME) == "JupyterLab Dark"
    assert setting(link, *LANGUAGE) == "es_ES"  # this is what the command asks for


def test_the_other_language_runs_beside_it(link, course, home, tmp_path):
    with labs.running_lab(course, "en", tmp_path, **labs.broken_home(home)) as english:
        assert re.search(r":\d+", english)[0] != re.search(r":\d+", link)[0] and "/notebooks/en/01_" in english
        assert setting(english, *LANGUAGE) == "en"
        assert setting(english, *THEME) == "JupyterLab Light"
        assert setting(link, *LANGUAGE) == "es_ES"


def test_the_learners_own_jupyter_is_left_alone(link, home):
    assert labs.changed_files(home) == []


def test_it_does_not_wait_for_tensorflow():
    code = "import sys, tools.lab; print(sorted({'tensorflow', 'keras', 'numpy'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_unknown_lesson(capsys):
    assert lab.main(["--lesson", "99"]) == 2
    assert "there is no lesson '99'" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "out").write_text("a file, not a folder")
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    monkeypatch.setattr(lab, "find_lesson", lambda names, lesson: "01_tiny")
    assert lab.main(["--language", "en"]) == 2
    assert str(tmp_path / "out") in capsys.readouterr().err


def test_without_a_browser_it_only_prints_the_link():
    assert "--no-browser" in lab.command("notebooks/es/01.ipynb", browser=False)
    assert "--no-browser" not in lab.command("notebooks/es/01.ipynb", browser=True)
