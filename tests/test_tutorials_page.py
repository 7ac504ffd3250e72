"""The page of the five tutorials: its pictures and tables, the full length of each training, and what it claims."""

import json
import math
import re
import shutil
from itertools import chain, pairwise
from pathlib import Path

import pytest

from course_utils.language import language
from tools import tables
from tools.course import ROOT

PAGES = ("tutorials/README.md", "tutorials/README.es.md")
READMES = ("README.md", "README.es.md")
RESULTS = ROOT / "notebooks" / "results"
NAMES = ("A", "B", "C", "D", "E", "E_frozen")
MOMENTS = ("start", "tenth", "third", "end")
RUNS = {run["network"]: run for run in json.loads((RESULTS / "tutorials.json").read_text(encoding="utf-8"))["runs"]}
IMAGE = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)")


def after_the_start(name: str, measure: str) -> list[float]:
    """Return what was measured of a tutorial at all moments but the first."""
    return [row[measure] for row in RUNS[name]["measured"][1:]]


def table_of(page: Path) -> list[list[str]]:
    """Return the rows of the table that is filled in, without its head."""
    text = page.read_text(encoding="utf-8").partition("<!-- =tutorials -->")[2].partition("<!-- end -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.strip().splitlines()[2:]]


@pytest.mark.parametrize("page", PAGES)
def test_every_tutorial_has_its_four_pictures_in_a_row(page):
    path = ROOT / page
    rows = [IMAGE.findall(line) for line in path.read_text(encoding="utf-8").splitlines() if "![" in line]
    assert [[target for _, target in row] for row in rows] == [
        [f"../notebooks/results/tutorial_{name}_{moment}.png" for moment in MOMENTS] for name in NAMES
    ]
    for alt, target in chain.from_iterable(rows):
        assert len(alt) > 3 and (path.parent / target).read_bytes().startswith(b"\x89PNG"), target


@pytest.mark.parametrize(("readme", "page"), list(zip(READMES, PAGES, strict=True)))
def test_the_readme_shows_the_ends_and_leads_to_the_page(readme, page):
    text = (ROOT / readme).read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if "tutorial_A_end" in line]
    assert [target for _, target in IMAGE.findall(row)] == [
        f"notebooks/results/tutorial_{name}_end.png" for name in "ABCDE"
    ]
    assert row.count(f"]({page})") == 5 and text.count(f"]({page})") == 6
    assert [alt[:2] for alt, _ in IMAGE.findall(row)] == ["A:", "B:", "C:", "D:", "E:"]


def test_what_the_tutorials_ask_for_is_what_was_trained():
    assert set(RUNS) == set(tables.ASKED) == set(NAMES)
    for name, (epochs, batch) in tables.ASKED.items():
        assert RUNS[name]["steps"] == (epochs * (60_000 // batch) if epochs else 20_000), name


@pytest.mark.parametrize("name", NAMES)
def test_every_training_has_its_full_length_and_says_how_it_was_made(name):
    run = RUNS[name]
    steps = [row["step"] for row in run["measured"]]
    assert len(steps) >= 8 and steps == sorted(set(steps)) and (steps[0], steps[-1]) == (0, run["steps"])
    assert all(math.isfinite(value) for row in run["measured"] for value in row.values())
    assert all(0 <= row[share] <= 1 for row in run["measured"] for share in ("precision", "recall", "confident"))
    assert min(after_the_start(name, "seconds")) > 0
    assert set(run["versions"]) == {"python", "tensorflow", "keras"} and all(run["versions"].values())
    assert len(run["devices"]) == 1 and run["devices"] == RUNS["A"]["devices"]  # the page names one
    assert (run["seed"], run["versions"]) == (RUNS["A"]["seed"], RUNS["A"]["versions"])


@pytest.mark.parametrize("page", PAGES)
def test_the_table_says_what_was_measured(page):
    rows = table_of(ROOT / page)
    assert len(rows) == len(NAMES)
    for name, row in zip(NAMES, rows, strict=True):
        end = RUNS[name]["measured"][-1]
        assert row[0][0] == name[0] and row[1].lower().replace("-", "_") == RUNS[name]["data"]
        assert re.sub(r"\D", "", row[3]) == str(RUNS[name]["steps"])
        assert row[4] == f"{sum(after_the_start(name, 'seconds')):.0f} s"
        assert row[5] == f"{end['frechet']:.2f}"
        assert row[6].split()[0] == f"{min(after_the_start(name, 'frechet')):.2f}"
        shares = [re.sub(r"\D", "", cell) for cell in row[7:]]
        assert shares == [f"{100 * end[share]:.0f}" for share in ("precision", "recall", "confident")]


def test_both_languages_show_the_same_numbers():
    english, spanish = (
        [[re.sub(r"[^\d.]", "", cell) for cell in row] for row in table_of(ROOT / page)] for page in PAGES
    )
    assert english == spanish != []
    assert any("\N{NO-BREAK SPACE}" in cell for row in table_of(ROOT / PAGES[1]) for cell in row)


def test_a_changed_number_changes_the_pages(tmp_path):
    shutil.copytree(ROOT / "tutorials", tmp_path / "tutorials")
    path = tmp_path / "notebooks" / "results" / "tutorials.json"
    path.parent.mkdir(parents=True)
    results = json.loads((RESULTS / "tutorials.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps(results), encoding="utf-8")
    assert tables.problems(tmp_path) == []
    run = next(run for run in results["runs"] if run["network"] == "E")
    run["measured"][-1] |= {"frechet": 7.777, "precision": 0.123}
    path.write_text(json.dumps(results), encoding="utf-8")
    assert {problem.split(":")[0] for problem in tables.problems(tmp_path)} == set(PAGES)
    tables.write(tmp_path)
    for page in PAGES:
        row = table_of(tmp_path / page)[4]
        assert row[5] == "7.78" and row[7].startswith("12") and row[8:] == table_of(ROOT / page)[4][8:]
        assert "=tutorial E frechet -->7.78<" in (tmp_path / page).read_text(encoding="utf-8")
    assert language() == "en"


def test_what_is_not_known_is_a_dash(tmp_path):
    ((mark,), _) = tables.read_marks("a <!-- =tutorial A frechet --><!-- end -->", "a.md", tables.Facts(tmp_path))
    assert mark.new == "–"


@pytest.mark.parametrize("words", ["tutorial F frechet", "tutorial A beauty"])
def test_what_there_is_not_cannot_be_written(words):
    marks, (problem,) = tables.read_marks(f"a <!-- ={words} --><!-- end -->", "a.md", tables.Facts(ROOT))
    assert marks == [] and problem.startswith(f"a.md:1: `{words}` cannot be written: ")


def test_what_the_pages_say_of_the_numbers_is_true():
    """If new trainings change this, the prose of both pages has to change."""
    on_mnist = [name for name in NAMES if RUNS[name]["data"] == "mnist" and name != "E_frozen"]
    end = {name: RUNS[name]["measured"][-1] for name in NAMES}
    # A: still falling at the end; the highest precision, by far the lowest recall.
    assert after_the_start("A", "frechet") == sorted(after_the_start("A", "frechet"), reverse=True)
    assert max(on_mnist, key=lambda name: end[name]["precision"]) == "A"
    assert sorted(end[name]["recall"] for name in on_mnist)[1] > 10 * end["A"]["recall"]
    # B: the most steps; goes up and down.
    assert max(NAMES, key=lambda name: RUNS[name]["steps"]) == "B"
    distances = after_the_start("B", "frechet")
    assert sum(one < other for one, other in pairwise(distances)) >= 3
    # C and D: the last moment is the best. E: the smallest distance, which was smaller still.
    for name in "CD":
        assert end[name]["frechet"] == min(after_the_start(name, "frechet"))
    assert min(on_mnist, key=lambda name: end[name]["frechet"]) == "E"
    assert min(after_the_start("E", "frechet")) < end["E"]["frechet"]
    # E with D frozen: worse at every moment than E at its first, and nothing of what is real is drawn.
    assert min(after_the_start("E_frozen", "frechet")) > max(after_the_start("E", "frechet"))
    assert set(after_the_start("E_frozen", "recall")) == {0}
    assert end["E_frozen"]["confident"] > 0.95


def test_freezing_a_d_with_bn_is_what_spoils_e():
    ends = {run: RUNS[run]["measured"][-1]["frechet"] for run in ("A", "C", "D", "E", "E_frozen")}
    assert round(ends["E_frozen"]) == 138 and round(ends["E"], 1) == 2.2 == round(min(ends.values()), 1)
