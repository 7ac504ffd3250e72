"""Tables and numbers that are written from what was measured: on a made-up course, and on the pages of this one."""

import json
import re
import shutil
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from course_utils.language import language
from tools import tables
from tools.course import ROOT, SourceError

BAR = "100%|█████| {steps}/{steps} [{time}<00:00, 44.92 steps/s]\n"
HUB = "singleuser: {memory: {limit: 3G, guarantee: 2G}, cpu: {limit: 2, guarantee: 0.5}, storage: {capacity: 1Gi}}\n"
ENGLISH = """\
# A page

It runs for <!-- =seconds 1 --><!-- end -->, of which <!-- =training 1 Two trainings --><!-- end --> are training.

<!-- =times 1 -->
<!-- end -->
"""
SPANISH = """\
# Una página

Tarda <!-- =seconds 1 --><!-- end -->, de ellos <!-- =training 1 Dos entrenamientos --><!-- end --> de entrenamiento.

<!-- =times 1 -->
<!-- end -->
"""


def write_notebook(
    root: Path,
    code: str,
    seconds: float,
    section: str,
    *bars: tuple[int, str],
    lesson: str = "01_one",
    peak: int = 1000,
):
    """Write a notebook that says it ran for so many seconds, and shows a bar for each training: its steps and time."""
    outputs = [{"output_type": "display_data", "data": {"text/plain": [BAR.format(steps=n, time=t)]}} for n, t in bars]
    cells = [
        {"cell_type": "markdown", "source": ["# One\n", "\n", "```\n", "## No heading\n", "```\n", f"## {section}\n"]},
        {"cell_type": "markdown", "source": ["### Deeper\n"]},
        {"cell_type": "code", "source": ["train()"], "outputs": outputs},
    ]
    published = {"seconds": seconds, "budget": "workshop", "device": "CPU, 2 cores", "peak_memory_mb": peak}
    path = root / "notebooks" / code / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {"course": {"published": published}}}), encoding="utf-8")


@pytest.fixture
def course(tmp_path) -> Path:
    """A course of one lesson, with a page in each language that is filled in."""
    write_notebook(tmp_path, "en", 4000.4, "Two trainings", (12_000, "01:02:33"), (600, "00:13"))
    write_notebook(tmp_path, "es", 99.6, "Dos entrenamientos", (12_000, "01:05"), (600, "00:08"))
    for folder, name, text in (
        ("workshop", "page.md", ENGLISH),
        ("workshop", "page.es.md", SPANISH),
        ("hub/z2jh", "values.yaml", HUB),
    ):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_text(text, encoding="utf-8")
    assert sorted(path.name for path in tables.write(tmp_path)) == ["page.es.md", "page.md"]
    return tmp_path


def value(root: Path, words: str, name: str = "workshop/page.md") -> str:
    """Return what is written for the mark with these words."""
    marks, wrong = tables.read_marks(f"a <!-- ={words} --><!-- end -->", name, tables.Facts(root))
    assert wrong == []
    return marks[0].new


def test_both_languages_come_from_one_definition(course):
    assert (
        (course / "workshop" / "page.md").read_text(encoding="utf-8")
        == """\
# A page

It runs for <!-- =seconds 1 -->4000 s / 100 s<!-- end -->, of which <!-- =training 1 Two trainings -->\
1:02:33 + 0:13 / 1:05 + 0:08<!-- end --> are training.

<!-- =times 1 -->

| section | steps | English notebook | Spanish notebook |
|---|---|---|---|
| the whole notebook (`workshop`, CPU, 2 cores) | | 4000 s | 100 s |
| **§ Two trainings** | 12,000 + 600 | 1:02:33 + 0:13 | 1:05 + 0:08 |
| everything else, computed | | 234 s | 27 s |

<!-- end -->
"""
    )
    assert (
        (course / "workshop" / "page.es.md").read_text(encoding="utf-8")
        == """\
# Una página

Tarda <!-- =seconds 1 -->100 s / 4000 s<!-- end -->, de ellos <!-- =training 1 Dos entrenamientos -->\
1:05 + 0:08 / 1:02:33 + 0:13<!-- end --> de entrenamiento.

<!-- =times 1 -->

| apartado | pasos | cuaderno en español | cuaderno en inglés |
|---|---|---|---|
| el cuaderno entero (`workshop`, CPU, 2 núcleos) | | 100 s | 4000 s |
| **§ Dos entrenamientos** | 12\N{NO-BREAK SPACE}000 + 600 | 1:05 + 0:08 | 1:02:33 + 0:13 |
| todo lo demás, calculado | | 27 s | 234 s |

<!-- end -->
"""
    )


def test_writing_again_changes_nothing(course):
    assert tables.problems(course) == []
    assert tables.write(course) == []
    assert language() == "en"  # as it was before


def test_a_changed_second_is_noticed(course):
    write_notebook(course, "en", 3800.3, "Two trainings", (12_000, "01:02:33"), (600, "00:13"))
    assert tables.problems(course) == [
        "workshop/page.es.md:3: `seconds 1` says 100 s / 4000 s instead of 100 s / 3800 s; run `make build`",
        "workshop/page.es.md:5: `times 1` says | el cuaderno entero (`workshop`, CPU, 2 núcleos) | | 100 s | 4000 s | "
        "instead of | el cuaderno entero (`workshop`, CPU, 2 núcleos) | | 100 s | 3800 s |; run `make build`",
        "workshop/page.md:3: `seconds 1` says 4000 s / 100 s instead of 3800 s / 100 s; run `make build`",
        "workshop/page.md:5: `times 1` says | the whole notebook (`workshop`, CPU, 2 cores) | | 4000 s | 100 s | "
        "instead of | the whole notebook (`workshop`, CPU, 2 cores) | | 3800 s | 100 s |; run `make build`",
    ]
    assert len(tables.write(course)) == 2
    assert tables.problems(course) == []


def test_a_number_changed_by_hand_is_noticed(course):
    page = course / "workshop" / "page.md"
    good = page.read_text(encoding="utf-8")
    page.write_text(good.replace("1:02:33 + 0:13 |", "0:59 |"), encoding="utf-8")
    (problem,) = tables.problems(course)
    assert problem.startswith("workshop/page.md:5: `times 1` says | **§ Two trainings** | 12,000 + 600 | 0:59 |")
    page.write_text(good.replace("\n\n<!-- end -->", "\n<!-- end -->"), encoding="utf-8")
    assert tables.problems(course) == ["workshop/page.md:5: `times 1` needs empty lines around it; run `make build`"]
    tables.write(course)
    assert page.read_text(encoding="utf-8") == good


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            ["a", "b <!-- =secnods 1 -->1 s<!-- end -->"],
            "2: `secnods 1` cannot be written: there is no such table or number",
        ),
        (["a <!-- =seconds 1 -->1 s", "b"], "1: not a pair"),
        (["a <!-- =seconds 1 -->1 s", "b <!-- =seconds 1 -->1 s<!-- end -->"], "1: not a pair"),
        (["a <!-- =seconds 1 -->1 s<!-- end -->", "b<!-- end -->"], "2: not a pair"),
        (["a <!--=seconds 1-->1 s<!-- end -->"], "1: not a pair"),
        (["a", "<!-- =seconds 1 -->1 s<!-- end -->"], "2: `seconds 1` begins a line"),
        (["- <!-- =seconds 1 -->1 s<!-- end -->"], "1: `seconds 1` begins a line"),
        (["a <!-- =seconds 7 -->1 s<!-- end -->"], "1: `seconds 7` cannot be written: there is no lesson 7"),
        (["a <!-- =seconds one -->1 s<!-- end -->"], "1: `seconds one` cannot be written: "),
        (["a <!-- =seconds -->1 s<!-- end -->"], "1: `seconds` cannot be written: seconds() missing 1 required"),
        (
            ["a <!-- =training 1 Nothing -->1 s<!-- end -->"],
            "1: `training 1 Nothing` cannot be written: lesson 1 has no section",
        ),
        (["a <!-- =limit memory most -->1 s<!-- end -->"], "1: `limit memory most` cannot be written: 'most'"),
        (["a <!-- =generators fr -->1 s<!-- end -->"], "1: `generators fr` cannot be written: the language is one of"),
    ],
)
def test_a_mark_that_cannot_be_read(course, lines, problem):
    (course / "workshop" / "page.md").write_text("\n".join(lines), encoding="utf-8")
    found = [line for line in tables.problems(course) if not line.endswith("run `make build`")]
    assert len(found) == 1 and found[0].startswith("workshop/page.md:" + problem)
    before = (course / "workshop" / "page.es.md").read_text(encoding="utf-8").replace("100 s", "1 s")
    (course / "workshop" / "page.es.md").write_text(before, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        tables.write(course)
    assert caught.value.problems == found
    assert (course / "workshop" / "page.es.md").read_text(encoding="utf-8") == before


def test_what_is_not_known_is_a_dash(course):
    (course / "notebooks" / "es" / "01_one.ipynb").unlink()
    assert value(course, "seconds 1") == "4000 s / –"
    assert value(course, "seconds 1", "workshop/page.es.md") == "– / 4000 s"
    assert value(course, "training 1 Dos entrenamientos", "workshop/page.es.md") == "–"
    path = course / "notebooks" / "en" / "01_one.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("published", "unpublished"), encoding="utf-8")
    for words in ("budget 1", "verdict 1 interval", "verdict 1 p", "peak_memory"):
        assert value(course, words) == "–"
    assert "| 1 | – | – | – | – |" in value(course, "notebooks")
    assert "| the whole notebook (–, –) | | – | – |" in value(course, "times 1")
    assert "| everything else, computed | | – | – |" in value(course, "times 1")
    path.write_text("{", encoding="utf-8")  # the builder says that it cannot be read
    assert value(course, "seconds 1") == "– / –"


def test_runs_that_differ_say_so(course):
    path = course / "notebooks" / "es" / "01_one.ipynb"
    text = path.read_text(encoding="utf-8").replace("workshop", "full").replace("CPU, 2 cores", "GPU, Tesla T4")
    path.write_text(text, encoding="utf-8")
    assert "| 1 | `workshop` / `full` | CPU, 2 cores / GPU, Tesla T4 | 4000 s | 100 s |" in value(course, "notebooks")


@pytest.mark.parametrize(
    ("line", "name", "low_to_high"),
    [
        ("Handmade minus ChatGPT: -0.68 to +0.04, p = 0.1508.", "page.md", "−0.68 to +0.04"),
        ("A mano menos ChatGPT: de -1.20 a -0.10, p = 0.0290.", "page.es.md", "−1.20 a −0.10"),
    ],
)
def test_the_verdict(course, line, name, low_to_high):
    path = course / "notebooks" / ("es" if "es" in name else "en") / "01_one.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][2]["outputs"].append({"output_type": "stream", "name": "stdout", "text": ["Ten epochs.\n", line]})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert value(course, "verdict 1 interval", name) == low_to_high
    assert f"p = {value(course, 'verdict 1 p', name)}." in line


def test_the_peak_is_rounded_up(course):
    assert value(course, "peak_memory") == "1.0 GB"  # 1000 times 1000 KiB are 0.95 GiB
    write_notebook(course, "es", 60, "Dos entrenamientos", lesson="02_two", peak=1049)
    assert value(course, "peak_memory") == "1.1 GB"


@pytest.mark.parametrize(("first", "then", "whole"), [("01:05", "02:10", "3:15"), ("59:59", "01:00:02", "2:00:01")])
def test_a_training_that_was_stopped_and_went_on_is_one(course, first, then, whole):
    write_notebook(course, "en", 9000, "Two trainings", (900, first), (900, then), (600, "00:13"), (600, "00:14"))
    path = course / "notebooks" / "en" / "01_one.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("900/900", "301/900", 1), encoding="utf-8")
    assert value(course, "training 1 Two trainings").startswith(f"{whole} + 0:13 + 0:14 / ")
    assert "| **§ Two trainings** | 900 + 600 + 600 |" in value(course, "times 1")


def test_the_cards(course):
    card = {
        "dataset": "mnist", "budget": "full", "seconds": 454.3, "device": "CPU, 2 cores", "latent_dim": 100,
        "parameters": 1_493_520, "quantized": True, "bytes": 1_452_208,
        "measures": {"frechet": 6.0465, "confident": 0.5534},
    }  # fmt: skip
    folder = course / "notebooks" / "generators"
    folder.mkdir()
    (folder / "cards.json").write_text(json.dumps({"1": card}), encoding="utf-8")
    numbers = "| 8 bits | 1.45 | 6.05 | 55"
    assert f"| 1 | mnist | full | 454 (CPU, 2 cores) | 100 | 1,493,520 {numbers}% |" in value(course, "generators en")
    row = f"| 1 | mnist | full | 454 (CPU, 2 núcleos) | 100 | 1 493 520 {numbers} % |"
    assert row in value(course, "generators es").replace("\N{NO-BREAK SPACE}", " ")
    (folder / "walk.json").write_text(json.dumps(card | {"budget": "–"}), encoding="utf-8")
    assert f"| 3, the walk | mnist | – | 454 (CPU, 2 cores) | 100 | 1,493,520 {numbers}% |" in value(
        course, "generators en"
    )


@pytest.mark.parametrize(
    ("memory", "guarantee", "cores", "expected"),
    [
        ("3G", "2G", 16, 20),  # (64 - 2) / 3: all may reach their limit
        ("2G", "2G", 64, 31),
        ("1G", "1.5G", 64, 41),  # (64 - 2) / 1.5: what the scheduler sets aside
        ("1G", "1G", 8, 15),  # (8 - 0.5) / 0.5: cores
    ],
)
def test_how_many_learners_a_machine_holds(memory, guarantee, cores, expected):
    learner = {"memory": {"limit": memory, "guarantee": guarantee}, "cpu": {"limit": 2, "guarantee": 0.5}}
    assert tables.learners_on(learner, 64, cores) == expected


def test_the_table_of_learners(course):
    assert value(course, "limit memory limit") == "3 GB"
    assert value(course, "limit storage capacity") == "1 GB"
    assert value(course, "limit cpu guarantee") == "0.5"
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|$", value(course, "learners"), re.MULTILINE)
    assert ("64", "16", "20", "2.5") in rows and len(rows) == 5  # 2 · 20 / 16
    assert value(course, "machine 20") == "64 GiB and 16 cores"
    assert value(course, "machine 21", "hub/README.es.md") == "128 GiB y 32 núcleos"
    assert value(course, "machine 1000") == "–"


def test_this_course_notices_a_changed_second(tmp_path):
    for folder in ("notebooks/en", "notebooks/es", "notebooks/generators", "workshop", "hub"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    tables.write(tmp_path)
    path = tmp_path / "notebooks" / "en" / "05_museum_of_failures.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["course"]["published"]["seconds"] += 100
    path.write_text(json.dumps(notebook), encoding="utf-8")
    pages = {problem.split(":")[0] for problem in tables.problems(tmp_path)}
    guides = {f"workshop/{name}" for name in ("README.md", "README.es.md", "lesson_5.md", "lesson_5.es.md")}
    assert pages == guides


def test_nothing_in_this_course_is_unknown():
    for path in tables.pages(ROOT):
        for words, text in re.findall(r"<!-- =(.+?) -->(.*?)<!-- end -->", path.read_text(encoding="utf-8"), re.DOTALL):
            assert tables.UNKNOWN not in text, f"{path.name}: {words}"


def test_marks_are_not_shown():
    """As GitHub reads the pages: every table is one, no mark is left beside its comment."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    for path in tables.pages(ROOT):
        text = path.read_text(encoding="utf-8")
        shown = re.sub(r"<!-- (?:=[^>]+|end|codespaces[^>]*) -->", "", markdown.render(text))
        assert "<!--" not in shown and "&lt;!--" not in shown and "**" not in shown
        assert shown.count("<table>") == len(re.findall(r"^\|[-|]+\|$", text, re.MULTILINE))
