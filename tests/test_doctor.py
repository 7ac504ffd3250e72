"""The page of `tools.doctor`: what it says on a good machine, and on machines where something is missing."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from course_utils import data, folders, machine
from tests.helpers.processes import python
from tools import doctor
from tools.course import ROOT, find_sources

pytestmark = pytest.mark.usefixtures("language")

GOOD = {"tensorflow": "2.21.0", "keras": "3.15.1", "import_seconds": 5.2, "gpus": 0, "step": 0.2}


@pytest.mark.parametrize("language", ["es"], indirect=True)
def test_on_this_machine_the_course_works(language, tmp_path):
    """The whole command, as a learner runs it, from a folder that is not the course's."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": f"{language}_XX.UTF-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tools.doctor"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("GANs desde cero") and lines[-1].startswith("Listo")
    assert "TensorFlow 2." in done.stdout and "MNIST" in done.stdout
    minutes = [line for line in lines if " min  " in line]
    assert len(minutes) == len(list((ROOT / "notebooks" / language).glob("*.ipynb")))
    assert not any(line.startswith("✘") for line in lines)


@pytest.mark.parametrize("times", (1, 3, 0.4))
def test_a_machine_three_times_as_slow_takes_three_times_as_long(times, language, monkeypatch):
    monkeypatch.setattr(doctor, "PUBLISHED_STEP", 0.25)
    head, *lines = doctor.lessons_lines(GOOD | {"step": 0.25 * times})
    assert f"{250 * times:.0f} ms" in head.text and f"{times:.1f}" in head.text
    for line, path in zip(lines, sorted((ROOT / "notebooks" / language).glob("*.ipynb")), strict=True):
        course = json.loads(path.read_text(encoding="utf-8"))["metadata"]["course"]
        assert line.text.split()[0] == str(max(1, round(times * course["published"]["seconds"] / 60)))
        assert course["title"] in line.text and course["published"]["budget"] in line.text


@pytest.mark.parametrize(("step", "longest"), [(0.2, "5 h"), (0.004, "6 min")])
def test_what_full_takes_follows_the_trial_step(step, longest):
    """On two cores, and on a GPU on which a step takes a fiftieth."""
    lines = [line.text for line in doctor.lessons_lines(GOOD | {"step": step})[1:]]
    assert lines[3].endswith(f" · full: {longest}")
    for text, path in zip(lines, find_sources(ROOT), strict=True):  # where nothing is said, full is the same
        assert bool(re.search(r" · full: \d+ (min|h)$", text)) == (path.stem[:2] in doctor.FULL)


def test_what_full_trains_is_what_the_lessons_train():
    from course_utils.experiments import rivals

    one, two, three, four = (path.read_text(encoding="utf-8") for path in find_sources(ROOT)[:4])
    assert "epochs = budget(smoke=0.25, workshop=10, full=20)" in one
    assert "tutorial_c, 128) if full" in two and "full=30 * (60_000 // batch_size)" in two
    assert "dropout=0.3, batch_size=256" in three and "full=50 * steps_per_epoch" in three
    (nine,) = (path.read_text(encoding="utf-8") for path in find_sources(ROOT, "9"))
    assert "budget(smoke=60, workshop=1500, full=3000)" in nine
    assert "full=(1, 2, 3, 4, 5)" in four and "full=MOMENTS)" in four
    steps = {"01": 10 * (60_000 // 256), "02": 30 * (60_000 // 128), "03": 50 * (60_000 // 256)}
    steps |= {"04": 2 * 5 * max(rivals.MOMENTS), "09": 3000 - 1500}
    assert {number: steps for number, (steps, _) in doctor.FULL.items()} == steps


def test_without_widgets_it_says_what_is_different(monkeypatch):
    assert doctor.widgets_line().mark == "✔" and "ipywidgets 8" in doctor.widgets_line().text
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert doctor.widgets_line().mark == "!" and "ipywidgets" in doctor.widgets_line().text


def test_without_packages_the_page_names_them_and_goes_on(monkeypatch):
    find = importlib.util.find_spec
    gone = ("tensorflow", "sklearn", "jupyterlab")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in gone else find(name, *rest))
    monkeypatch.setattr(doctor, "network_line", lambda: doctor.Line("✔", ""))
    lines = doctor.examine()
    (wrong,) = [line for line in lines if line.mark == "✘"]
    assert wrong.text.endswith("pip install tensorflow scikit-learn")
    assert any(line.mark == "!" and "JupyterLab" in line.text for line in lines)
    assert len(lines) > 6 and "✘" in doctor.page(lines).splitlines()[-1]


def test_a_package_that_does_not_tell_its_version_is_named_all_the_same(monkeypatch):
    monkeypatch.setitem(doctor.setup.PACKAGES, "json", "no-such-name")
    assert doctor.packages_lines()[0].text.endswith(" · no-such-name")


def test_the_page_needs_nothing_of_what_builds_the_course():
    """On a hub or on Colab there is no more than the lessons need."""
    code = (
        "import sys, tools.doctor; sys.exit(bool({'nbformat', 'jupytext', 'tensorflow', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (SimpleNamespace(returncode=-4, stdout="", stderr=""), "AVX"),
        (SimpleNamespace(returncode=1, stdout="", stderr="noise\nno such library\n\n"), "no such library"),
        (subprocess.TimeoutExpired("x", 1), str(doctor.PROBE_SECONDS)),
    ],
)
def test_a_tensorflow_that_does_not_start_is_a_finding(monkeypatch, outcome, says):
    def run(*_, **__):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(subprocess, "run", run)
    facts = doctor.probe_apart()
    (line,) = doctor.tensorflow_lines(facts)
    assert line.mark == "✘" and says in line.text
    assert doctor.lessons_lines(facts) == []


def test_a_gpu_is_named(monkeypatch):
    monkeypatch.delenv("COURSE_BUDGET", raising=False)
    with_one, without = (doctor.tensorflow_lines(GOOD | {"gpus": gpus})[-1].text for gpus in (1, 0))
    assert "full, " in with_one and "COURSE_BUDGET=workshop" in with_one
    assert "workshop, " in without and "COURSE_BUDGET=full" in without


def test_a_machine_without_tensorflow_is_led_to_colab(monkeypatch, language):
    there = doctor.environment.this_machine() | {"system": "win", "processor": "arm64"}
    monkeypatch.setattr(doctor.environment, "this_machine", lambda: there)
    line = doctor.python_line()
    assert line.mark == "✘" and "win arm64" in line.text and "https://colab" in line.text
    assert ("Abre" in line.text, "Open" in line.text) == (language == "es", language == "en")


def test_what_will_be_missed_later_is_said_now(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "COURSE", tmp_path)
    assert doctor.environment_lines() == []
    (tmp_path / ".venv").symlink_to(tmp_path)
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    link, git = doctor.environment_lines()
    assert (link.mark, git.mark) == ("!", "!") and ".venv" in link.text and "make update" in git.text


def test_the_budget_in_force_is_named(monkeypatch):
    monkeypatch.setenv("COURSE_BUDGET", "full")
    assert "full, " in doctor.tensorflow_lines(GOOD)[-1].text
    monkeypatch.setenv("COURSE_BUDGET", "fast")
    line = doctor.tensorflow_lines(GOOD)[-1]
    assert line.mark == "✘" and "'fast'" in line.text and "workshop" in line.text


def test_settings_that_do_not_count_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert doctor.settings_lines() == []
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    (tmp_path / "matplotlibrc").write_text("font.size: 30\n")
    (tmp_path / "keras.json").write_text('{"floatx": "float16", "epsilon": 1e-07, "backend": "tensorflow"}')
    (line,) = doctor.settings_lines()
    assert line.text.endswith(f": KERAS_BACKEND=jax, floatx=float16, {tmp_path / 'matplotlibrc'}")


def test_no_room_for_temporary_files_must_be_mended(monkeypatch, tmp_path):
    assert doctor.temporary_line().mark == "✔"
    monkeypatch.setattr(doctor.tempfile, "tempdir", str(tmp_path / "nothing"))
    line = doctor.temporary_line()
    assert line.mark == "✘" and "TMPDIR" in line.text and "No such file" in line.text


@pytest.mark.parametrize(("encoding", "marks"), [("utf-8", "✔!✘"), ("cp1252", "+!X"), ("ascii", "+!X")])
def test_the_marks_can_be_told_apart_on_any_console(encoding, marks):
    lines = [doctor.Line(mark, "x") for mark in "✔!✘"]
    shown = doctor.page(lines, encoding).encode(encoding, errors="replace").decode(encoding)
    assert "".join(line[0] for line in shown.splitlines() if line.endswith(" x")) == marks
    assert f" {marks[-1]}." in shown.splitlines()[-1]


NOBODY = """
import os, pwd
del os.environ["HOME"]
os.environ.pop("COURSE_DATA", None)
pwd.getpwuid = lambda _: {}["nobody"]
from tools import doctor
doctor.probe_apart, doctor.network_line = dict, lambda: doctor.Line("!", "")
print(doctor.page(doctor.examine()))
"""


def test_nobody_is_at_home():
    """A container may run as a user who has no home and no name."""
    done = python(NOBODY)
    assert done.returncode == 0, done.stderr
    assert "Fashion-MNIST" in done.stdout


def test_without_network_or_data_the_digits_stand_in(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(data, "URL", "http://127.0.0.1:9/")
    assert doctor.network_line().mark == "!"
    assert [line.mark for line in doctor.data_lines(online=False)] == ["!", "!"]
    online = doctor.data_lines(online=True)
    assert [line.mark for line in online] == ["✔", "✔"] and "11 MB" in online[0].text
    assert list(tmp_path.iterdir()) == []  # nothing was downloaded


def test_a_folder_of_data_that_is_not_there_must_be_mended(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    lines = doctor.data_lines(online=True)
    assert [line.mark for line in lines] == ["✘", "✘"] and "COURSE_DATA" in lines[0].text


@pytest.mark.parametrize(("free", "mark"), [(8, "✔"), (1.6, "!"), (0.9, "✘")])
def test_memory(monkeypatch, free, mark):
    monkeypatch.setattr(machine, "memory", lambda: (free * 1e9, 16e9))
    line = doctor.memory_line()
    assert line.mark == mark and f"{free:.1f} GB" in line.text
    assert line.text.count(f"{doctor.MEMORY_OF_LESSON_9}") == 1  # that of lesson 9, which starts other processes


def test_lesson_9_took_no_more_memory_than_it_says(language):
    """With its two workers, as the published notebook has printed it."""
    (path,) = (ROOT / "notebooks" / language).glob("09_*.ipynb")
    line = r"(?:memoria de todos los procesos|memory of all processes): ([\d.]+) GB"
    (printed,) = re.findall(line, path.read_text(encoding="utf-8"))
    assert 1 < float(printed) <= doctor.MEMORY_OF_LESSON_9


@pytest.mark.parametrize(
    "names", [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")]
)
def test_the_limit_of_a_hub_counts(tmp_path, names):
    free, total = machine.memory(tmp_path)
    assert 0 < free <= total
    limit, used = (tmp_path / name for name in names)
    limit.parent.mkdir(exist_ok=True)
    limit.write_text("1000000\n")
    used.write_text("400000\n")
    assert machine.memory(tmp_path) == (600_000, 1_000_000)
    limit.write_text("max\n")
    assert machine.memory(tmp_path)[1] == total


def test_the_cores_that_were_granted_count(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "cores", lambda: 16)
    assert machine.processors(tmp_path) == 16
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    assert machine.processors(tmp_path) == 1.5
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert machine.processors(tmp_path) == 16
    monkeypatch.setattr(machine, "processors", lambda: 1)
    assert doctor.processor_line().mark == "!"


def test_a_folder_that_cannot_be_written_to_must_be_mended(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "out")
    assert doctor.disk_line().mark in "✔!"
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "gan [2]" / "out")
    assert doctor.disk_line().mark == "✘" and "[" in doctor.disk_line().text

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "out")
    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    assert "Permission denied" in doctor.disk_line().text and doctor.disk_line().mark == "✘"


@pytest.mark.parametrize(("gigabytes", "mark"), [(50, "✔"), (0.5, "!"), (0.1, "✘")])
def test_disk(monkeypatch, gigabytes, mark):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=gigabytes * 1e9))
    assert doctor.disk_line().mark == mark


def test_the_status_says_whether_the_course_works(monkeypatch, capsys, language):
    monkeypatch.setattr(doctor, "examine", lambda: [doctor.Line("!", "x")])
    assert doctor.main(["--language", language]) == 0
    monkeypatch.setattr(doctor, "examine", lambda: [doctor.Line("!", "x"), doctor.Line("✘", "y")])
    assert doctor.main(["--language", language]) == 1
    assert capsys.readouterr().out.count("✘ y") == 1
