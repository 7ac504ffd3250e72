"""The pages for instructors: twins in both languages, headings and links that exist, plans that add up, real times."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import pytest

from course_utils import setup
from tools import build

FOLDER = build.ROOT / "workshop"
SUFFIX = {"en": ".md", "es": ".es.md"}
NAMES = ("README", *(f"lesson_{number}" for number in range(1, 6)))
PAGES = [(name, language) for name in NAMES for language in build.LANGUAGES]
SECTION = re.compile(r"\*§ ([^*]+)\*|_§ (.+?)_(?!\w)", re.DOTALL)
LONGEST = re.compile(r"\[(\d+):(\d+)<00:00, ")


def text_of(name: str, language: str) -> str:
    return (FOLDER / f"{name}{SUFFIX[language]}").read_text(encoding="utf-8")


def sections_of(text: str) -> list[str]:
    """Return the headings that a text cites."""
    return [" ".join((found[1] or found[2]).split()) for found in SECTION.finditer(text)]


def notebook_of(number: int, language: str):
    lesson = build.find_sources(build.ROOT, str(number))[0].stem
    return build.read_notebook(build.notebook_path(build.ROOT, language, lesson))


def headings_of(number: int, language: str) -> set[str]:
    """Return the headings of a lesson's notebook."""
    cells = [cell.source for cell in notebook_of(number, language).cells if cell.cell_type == "markdown"]
    return {line.lstrip("# ") for cell in cells for line in cell.splitlines() if line.startswith("#")}


def trainings_of(number: int, language: str) -> list[int]:
    """Return how many seconds the progress bars of the published run stopped at."""
    seconds = []
    for cell in notebook_of(number, language).cells:
        for output in cell.get("outputs", []):
            text = output.get("text", "") or output.get("data", {}).get("text/plain", "")
            seconds += [60 * int(found[1]) + int(found[2]) for found in LONGEST.finditer(text)]
    return seconds


def tables_of(text: str) -> list[list[list[str]]]:
    """Return the tables of a page: rows of cells, without the headings."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [[[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]] for table in tables]


def shape_of(text: str) -> dict[str, list]:
    """Return what both languages of a page must have in common."""
    return {
        "headings": re.findall(r"^#+(?= )", text, re.MULTILINE),
        "tables": [[len(row) for row in table] for table in tables_of(text)],
        "code": re.findall(r"```\w*\n.*?```", text, re.DOTALL),
        "links": [
            re.sub(r"\.es(?=\.md)|/e[ns](?=/)", "", link)
            for link in re.findall(r"\]\(([^)]+)\)", text)
            if not link.endswith(("README.md", "README.es.md"))
        ],
        "items": re.findall(r"^(?:- \*\*|\d\. )", text, re.MULTILINE),
    }


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same(name):
    english, spanish = shape_of(text_of(name, "en")), shape_of(text_of(name, "es"))
    assert english == spanish
    assert len(english["headings"]) >= 6 and english["links"]


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_its_links_lead_somewhere(name, language):
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text_of(name, language)) if "://" not in link]
    assert len(links) >= 3
    for link in links:
        assert (FOLDER / link).resolve().is_file(), link
    other = {"en": "es", "es": "en"}[language]
    assert f"{name}{SUFFIX[other]}" in links
    assert not any(f"/{other}/" in link for link in links)


@pytest.mark.parametrize("language", build.LANGUAGES)
@pytest.mark.parametrize("number", range(1, 6))
def test_a_page_cites_headings_of_its_lesson(number, language):
    text = text_of(f"lesson_{number}", language)
    cited = sections_of(text)
    assert len(set(cited)) >= 5 and text.count("§") == len(cited)
    assert set(cited) <= headings_of(number, language), set(cited) - headings_of(number, language)
    exercises = {heading for heading in headings_of(number, language) if re.match(r"(Exercise|Ejercicio) \d", heading)}
    assert exercises <= set(cited), exercises - set(cited)


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_plans_add_up_and_cite_headings(language):
    text = text_of("README", language)
    plans = [table for table in tables_of(text) if table[0][0] == "0:00"]
    for plan, (least, most) in zip(plans, ((195, 225), (390, 450)), strict=True):
        now = 0
        for start, minutes, lesson, what in plan:
            assert start == f"{now // 60}:{now % 60:02}", f"{start}: {what}"
            now += int(minutes)
            cited = sections_of(what)
            assert bool(cited) == (lesson != "–"), what
            if cited:
                assert set(cited) <= headings_of(int(lesson), language), set(cited) - headings_of(int(lesson), language)
        assert least <= now <= most
    anywhere = set().union(*(headings_of(number, language) for number in range(1, 6)))
    assert set(sections_of(text)) <= anywhere, set(sections_of(text)) - anywhere
    assert text.count("§") == len(sections_of(text))


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_both_plans_are_the_same_in_both_languages(language):
    plans = [
        [[row[:3] for row in table] for table in tables_of(text_of("README", of)) if table[0][0] == "0:00"]
        for of in ("en", language)
    ]
    assert plans[0] == plans[1] and len(plans[0]) == 2


def clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_times_are_those_of_the_published_runs(language):
    rows = next(table for table in tables_of(text_of("README", language)) if table[0][:1] == ["1"])
    for number, row in enumerate(rows, 1):
        published = {of: notebook_of(number, of).metadata.course.published for of in build.LANGUAGES}
        seconds = [f"{published[of].seconds:.0f} s" for of in ("es", "en")]
        assert row[:4] == [str(number), f"`{published[language].budget}`", *seconds], row
        assert re.findall(r"\d+:\d\d", row[4]) == [clock(max(trainings_of(number, of))) for of in ("es", "en")], row
        page = tables_of(text_of(f"lesson_{number}", language))[0]
        assert page[0][1] == f"{published[language].seconds:.0f} s"
    pages = {number: tables_of(text_of(f"lesson_{number}", language))[0] for number in range(1, 5)}
    for number, shown in {
        1: [trainings_of(1, language)[:2], trainings_of(1, language)[2:]],
        2: [trainings_of(2, language)[:1], trainings_of(2, language)[1:]],
        3: [trainings_of(3, language)],
        4: [trainings_of(4, language)[:1]],
    }.items():
        for row, seconds in zip(pages[number][1:], shown, strict=False):
            assert re.findall(r"\d+:\d\d", row[1]) == [clock(value) for value in seconds], row
    rooms = [value for of in build.LANGUAGES for value in trainings_of(5, of)]
    (least, most) = re.findall(r"(\d+) s", tables_of(text_of("lesson_5", language))[0][1][1])
    assert (int(least), int(most)) == (min(rooms), max(rooms))


@pytest.mark.parametrize("number", range(1, 6))
def test_what_a_late_class_runs_works(number, monkeypatch, capsys):
    setup.set_language("en")
    monkeypatch.setattr(plt, "show", lambda: None)
    (code,) = re.findall(r"```python\n(.*?)```", text_of(f"lesson_{number}", "en"), re.DOTALL)
    names: dict = {}
    exec(compile(code, f"lesson_{number}.md", "exec"), names)
    plt.close("all")
    out = capsys.readouterr().out
    if number <= 3:
        assert f"generator of lesson {number}" in out
        assert names["generator"].output_shape == (None, 28, 28, 1)
    if number == 4:
        assert out.splitlines()[0].startswith("chatgpt [5.4") and len(out.split()) == 12
