"""Where a run leaves what it makes, and how files are written."""

import subprocess
import sys

import pytest

from course_utils import folders
from course_utils.language import CourseError
from tests.helpers.processes import environment
from tools.course import ROOT


@pytest.fixture(autouse=True)
def no_lesson(monkeypatch):
    """No lesson has begun; afterwards, the one that had."""
    monkeypatch.setattr(folders, "_running", {"lesson": None, "out": None})


@pytest.fixture
def out(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "out")
    return tmp_path / "out"


def test_every_run_has_a_folder_of_its_own(out, monkeypatch):
    monkeypatch.setenv("COURSE_BUDGET", "smoke")
    made = []
    for _ in range(3):
        folders.begin("01_x")
        made.append(folders.out_folder())
        assert folders.out_folder() == made[-1]
        (made[-1] / "picture.png").write_bytes(b"")
    assert len(set(made)) == 3
    assert {folder.parent for folder in made} == {out / "01_x"}
    assert made[0].name.endswith("_en_smoke")
    assert folders.pretty_path(made[0] / "picture.png") == f"out/01_x/{made[0].name}/picture.png"
    assert set(folders.runs_of_lesson("smoke")) == set(made)
    assert folders.runs_of_lesson("full") == []


def test_out_folder_before_the_setup_cell():
    with pytest.raises(CourseError, match="Run the setup cell first"):
        folders.out_folder()


def test_an_out_folder_that_cannot_be_made(out):
    out.write_text("a file, not a folder")
    folders.begin("01_x")
    with pytest.raises(CourseError, match=r"cannot be made \(Not a directory\)"):
        folders.out_folder()


@pytest.mark.parametrize(
    ("variable", "installed", "here"),
    [
        ("COLAB_RELEASE_TAG", False, True),
        ("KAGGLE_KERNEL_RUN_TYPE", False, True),
        ("X", True, True),
        ("X", False, False),
    ],
)
def test_on_a_host_and_of_an_installed_package_outputs_go_to_the_working_folder(
    variable, installed, here, tmp_path, monkeypatch
):
    for name in ("COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "1")
    monkeypatch.chdir(tmp_path)
    if installed:
        monkeypatch.setattr(folders, "COURSE", tmp_path / "site-packages")
    assert folders.out_base() == (tmp_path if here else ROOT) / "out"


@pytest.mark.parametrize(("content", "bytes_"), [("año\n", "año\n".encode()), (b"\x00\r\n", b"\x00\r\n")])
def test_a_file_is_whole_or_as_it_was(content, bytes_, tmp_path, monkeypatch):
    path = tmp_path / "new" / "a.txt"
    folders.write_atomically(path, content)
    assert path.read_bytes() == bytes_

    def full(self, target):
        raise OSError("the disk is full")

    monkeypatch.setattr(type(path), "replace", full)
    with pytest.raises(OSError, match="the disk is full"):
        folders.write_atomically(path, "something else")
    assert path.read_bytes() == bytes_ and list(path.parent.iterdir()) == [path]


CLAIM = """
import sys
from course_utils import folders
from course_utils.language import CourseError, set_language
set_language("es")
try:
    folders.claim(sys.argv[1])
    folders.claim(sys.argv[1])
    print("mine", flush=True)
    input()
except CourseError as error:
    print(error)
"""


def test_no_two_processes_train_in_one_folder(tmp_path):
    pytest.importorskip("fcntl")

    def start():
        command = [sys.executable, "-c", CLAIM, str(tmp_path / "training")]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        return subprocess.Popen(command, **pipes, encoding="utf-8", env=environment(), cwd=ROOT)

    with start() as first:
        assert first.stdout.readline() == "mine\n"
        assert "Apaga su kernel" in start().communicate()[0]
        first.kill()
    assert start().communicate("\n")[0] == "mine\n"


@pytest.mark.parametrize("name", ["gan [2]", "gan*", "gan?"])
def test_a_name_that_tensorflow_takes_for_others_is_refused(name, tmp_path, monkeypatch, language):
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / name / "out")
    folders.begin("01_x")
    with pytest.raises(CourseError, match=r"(comodines.*Cambia el nombre|wildcards.*Rename)"):
        folders.out_folder()
    assert not (tmp_path / name).exists()


def test_other_odd_names_are_none_of_its_business(tmp_path):
    folders.check_name(tmp_path / "ñ 'q' \"z\" (2) {a,b} $HOME %20 #")
