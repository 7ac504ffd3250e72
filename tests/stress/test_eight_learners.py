"""Eight learners on one machine, in one copy of the course: all finish, and nothing that they share is harmed."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from course_utils import data, evaluation, folders, setup
from tests.helpers.learner import environment
from tools.course import ROOT

pytestmark = pytest.mark.stress

LEARNERS = 8
MOST_MB = 1500
LESSON = "01_fully_connected_gan"
REAL = Path(os.environ.get("COURSE_DATA", "").strip() or ".").resolve() / "mnist.npz"


@pytest.fixture
def served(tmp_path):
    """A folder, empty as yet, and the address at which a server gives its files away."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_eight_learners_at_once(course, tmp_path, served, monkeypatch, capsys):
    """Lesson 1 in smoke, half in Spanish, with the real data from a server here if COURSE_DATA has them."""
    with_mnist = bool(os.environ.get("COURSE_DATA", "").strip()) and REAL.is_file()
    if with_mnist:
        shutil.copy(REAL, served[0])
    module = course / "course_utils" / "data.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace(f'URL = "{data.URL}"', f'URL = "{served[1]}"'), encoding="utf-8")
    home = tmp_path / "keras"
    variables = environment(KERAS_HOME=str(home), no_proxy="127.0.0.1", PYTHONIOENCODING="utf-8")
    variables.pop("COURSE_DATA", None)

    began = time.monotonic()
    learners = []
    for number in range(LEARNERS):
        language = ("es", "en")[number % 2]
        command = [sys.executable, "-m", "tools.run", "--lesson", "1", "--language", language, "--budget", "smoke"]
        learners.append(
            subprocess.Popen(
                command, cwd=course, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
            )
        )
    try:
        outputs = [learner.communicate(timeout=900)[0] for learner in learners]
    finally:
        for learner in learners:
            learner.kill()
    peaks = [int(found[1]) for output in outputs if (found := re.search(r"peak memory (\d+) MB", output))]
    with capsys.disabled():
        print(f"\n{LEARNERS} learners: {time.monotonic() - began:.0f} s; peak memory of each: {sorted(peaks)} MB")
    for learner, output in zip(learners, outputs, strict=True):
        assert learner.returncode == 0, output[-3000:]
    assert len(peaks) == LEARNERS or sys.platform != "linux"
    assert all(peak < MOST_MB for peak in peaks)

    # A folder of its own for each, with a generator that draws.
    setup.start("en", LESSON)
    import keras

    runs = [folder for folder in (course / "out" / LESSON).iterdir() if folder.is_dir()]
    assert len(runs) == LEARNERS
    for folder in runs:
        generator = keras.models.load_model(folder / "generator.keras")
        assert np.isfinite(generator(np.zeros((1, 100), "float32"), training=False)).all()
    assert {path.name for path in (course / "out" / LESSON).iterdir() if path.is_file()} == {
        f"{LESSON}.{language}.{kind}" for language in ("es", "en") for kind in ("ipynb", "html")
    }
    # The cache of the data is whole, and no half-made file is left.
    left = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()} - {"keras.json"}
    assert left == ({"datasets/mnist.npz"} if with_mnist else set())
    assert not list(home.rglob(".course-*"))
    if with_mnist:
        monkeypatch.delenv("COURSE_DATA")
        monkeypatch.setenv("KERAS_HOME", str(home))
        assert "cache" in data.load("mnist").origin


JUDGE = """
import functools, sys, time
from pathlib import Path
from course_utils import data, evaluation, folders, setup

setup.start("en", "04_chatgpt_vs_handmade")
folder = Path(sys.argv[1])
folders.out_base = lambda: folder / "out"
evaluation.train_judge = functools.partial(evaluation.train_judge, steps=150)
evaluation.ENOUGH["digits"] = 0.5
digits = data.load("digits")
(folder / f"ready-{sys.argv[2]}").touch()
while not (folder / "go").exists():
    time.sleep(0.005)
judge = evaluation.load_judge(digits)
print(judge.fingerprint, judge.accuracy)
"""


def test_eight_learners_make_the_judge_at_the_same_moment(tmp_path, monkeypatch):
    variables = environment(PYTHONPATH=str(ROOT))
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", JUDGE, str(tmp_path), str(number)],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for number in range(LEARNERS)
    ]
    try:
        deadline = time.monotonic() + 240
        while len(list(tmp_path.glob("ready-*"))) < LEARNERS and time.monotonic() < deadline:
            time.sleep(0.05)
        (tmp_path / "go").touch()
        outputs = [racer.communicate(timeout=300)[0] for racer in racers]
    finally:
        for racer in racers:
            racer.kill()
    assert all(racer.returncode == 0 for racer in racers), "\n".join(outputs)[-3000:]
    (answer,) = {output.splitlines()[-1] for output in outputs}  # the same judge for all
    # One file, whole, and nothing beside it.
    setup.start("en", "04_chatgpt_vs_handmade")
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "out")
    monkeypatch.setitem(evaluation.ENOUGH, "digits", 0.5)
    digits = data.load("digits")
    (file,) = (tmp_path / "out" / "judge").iterdir()
    assert file == evaluation._cache_of(digits)
    judge = evaluation.load_judge(digits)
    assert f"{judge.fingerprint} {judge.accuracy}" == answer
    shutil.rmtree(tmp_path / "out")
