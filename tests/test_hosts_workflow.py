"""The weekly run on the hosts' versions: its matrix is that of tests/hosts, and its script keeps one issue."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from nbformat import v4

from tests.hosts import places, smoke
from tools.course import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "hosts.yml").read_text(encoding="utf-8"))
# Stands for GitHub's command line: writes down how it was called, and knows the issue that is named in OPEN.
GH = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$1 $2" in "issue list") echo "$OPEN" ;; esac
"""


def test_it_runs_each_place_with_its_python():
    matrix = WORKFLOW["jobs"]["smoke"]["strategy"]
    expected = [{"place": place, "python": places.python_of(place)} for place in places.PLACES]
    assert matrix == {"fail-fast": False, "matrix": {"include": expected}}
    (command,) = [step["run"] for step in WORKFLOW["jobs"]["smoke"]["steps"] if "smoke" in step.get("run", "")]
    assert command == "python -m tests.hosts.smoke ${{ matrix.place }}"


@pytest.mark.parametrize("place", places.PLACES)
def test_each_place_names_what_the_lessons_need(place):
    lines = (places.HERE / f"{place}.txt").read_text(encoding="utf-8").splitlines()
    names = {re.split(r"[=<>; #]", line)[0] for line in lines if not line.startswith("#")}
    names = {"tensorflow" if "tf-" in name else name.removesuffix("-cpu").removesuffix("-nightly") for name in names}
    needed = {"tensorflow", "keras", "numpy", "matplotlib", "scipy", "scikit-learn", "pillow", "imageio", "tqdm"}
    assert needed | {"ipykernel", "ipywidgets", "nbclient"} <= names


@pytest.mark.parametrize(
    ("result", "already", "reports", "calls"),
    [
        ("success", "", [], ["issue list"]),
        ("success", "7", [], ["issue list", "issue close 7"]),
        ("failure", "", ["colab"], ["issue list", "label create hosts", "issue create"]),
        ("failure", "7", ["colab", "oldest"], ["issue list", "issue edit 7"]),
        ("failure", "", [], ["issue list", "label create hosts", "issue create"]),  # a machine failed, and no lesson
    ],
)
def test_there_is_one_issue_at_most(tmp_path, result, already, reports, calls):
    """The script of the workflow, run as GitHub runs it."""
    job = WORKFLOW["jobs"]["report"]
    assert job["permissions"] == {"issues": "write"} and WORKFLOW["permissions"] == {"contents": "read"}
    gh = tmp_path / "bin" / "gh"
    for folder in (gh.parent, tmp_path / "reports"):
        folder.mkdir()
    gh.write_text(GH)
    gh.chmod(0o755)
    for place in reports:
        (tmp_path / "reports" / f"{place}.md").write_text(f"**{place}: cell 3**\n")
    variables = {"CALLS": str(tmp_path / "calls"), "OPEN": already, "RESULT": result, "RUN": "https://github.com/a/b/1"}
    variables |= {"PATH": f"{gh.parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", job["steps"][-1]["run"]], cwd=tmp_path, env=os.environ | variables, check=True
    )
    made = (tmp_path / "calls").read_text().splitlines()
    assert len(made) == len(calls) and all(line.startswith(call) for line, call in zip(made, calls, strict=True))
    if result == "failure":
        body = (tmp_path / "issue.md").read_text()
        assert body.startswith(variables["RUN"]) and all(f"**{place}: cell 3**" in body for place in reports)


def test_the_report_names_the_first_failing_cell():
    cells = [
        v4.new_markdown_cell("# Lesson\n\n## The proof"),
        v4.new_code_cell("fine = 1"),
        v4.new_code_cell("1 / 0", id="03-007"),
    ]
    cells[2].outputs = [
        v4.new_output("error", ename="E", evalue="", traceback=["\x1b[31mTrace\x1b[0m", "ZeroDivision"])
    ]
    run = places.Run(v4.new_notebook(cells=cells), 1.0, 2.0, failed=2, why="the runner's words")
    text = smoke.failure(run, "colab: 03_x, en", "Python 3.13 · TensorFlow 2.20")
    assert text.startswith("**colab: 03_x, en, cell 3** `03-007` (“The proof”)") and "TensorFlow 2.20" in text
    assert "````python\n1 / 0\n````" in text and "Trace\nZeroDivision" in text and "\x1b" not in text
    cells[2].outputs = []  # the kernel died
    assert "the runner's words" in smoke.failure(run, "colab", "")


@pytest.mark.parametrize(("place", "status"), [("colab", 2), ("nightly", 0)])
def test_an_environment_that_cannot_be_made(monkeypatch, tmp_path, place, status, capsys):
    """The nightlies may be missing."""

    def fail(name: str) -> Path:
        raise subprocess.CalledProcessError(1, "pip", stderr="no matching distribution\n")

    monkeypatch.setattr(places, "make", fail)
    monkeypatch.setattr(places, "KEPT", tmp_path)
    assert smoke.main([place, "--lessons", "1"]) == status
    assert "no matching distribution" in capsys.readouterr().err
    assert (tmp_path / f"{place}.md").exists() == (status == 2)
