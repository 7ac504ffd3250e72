"""The pages: what stands in one language stands in the other, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.helpers.repository import files
from tools.course import LANGUAGES, ROOT, find_sources, notebook_path, read_notebook
from tools.markdown import PARSER, differences

PAGES = [path for path in files() if path.suffix == ".md"]
SPANISH = [path for path in PAGES if path.name.endswith(".es.md")]
ONE_LANGUAGE = {"CONTRIBUTING.md", "notebooks/generators/README.md"}  # the second holds both


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the headings, paragraphs, lists, tables and so on of a page, in order."""
    return [(token.type, token.tag) for token in PARSER.parse(text) if token.type != "html_block"]


def code(text: str) -> list[str]:
    """Return the blocks of code of a page, without comments and without the language of a command."""
    blocks = [token.content for token in PARSER.parse(text) if token.type == "fence"]
    return [re.sub(r"(LANGUAGE=|--language )(es|en)\b", r"\1…", re.sub(r" *# .*", "", block)) for block in blocks]


def numbers(text: str) -> list[list[str]]:
    """Return what is filled in: name and lesson. The sections that some name have a title in each language."""
    return [words.split()[:2] for words in re.findall(r"<!-- =(.+?) -->", text)]


def test_every_page_has_its_twin():
    of_spanish = {name_of(path).removesuffix(".es.md") + ".md" for path in SPANISH}
    assert of_spanish == {name_of(path) for path in PAGES} - {name_of(path) for path in SPANISH} - ONE_LANGUAGE
    assert {"README.md", "hub/README.md", "workshop/README.md"} <= of_spanish


@pytest.mark.parametrize("path", SPANISH, ids=name_of)
def test_both_languages_have_the_same_parts(path):
    spanish = path.read_text(encoding="utf-8")
    english = path.with_name(path.name.replace(".es.md", ".md")).read_text(encoding="utf-8")
    assert blocks(spanish) == blocks(english)
    assert code(spanish) == code(english) != []
    assert numbers(spanish) == numbers(english)
    # Formulas in words, placeholders: a span of code may have to be said in the language.
    assert [found for found in differences(spanish, english) if not found.startswith("code spans: ")] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_to_a_file_leads_to_one(path):
    tokens = PARSER.parse(path.read_text(encoding="utf-8"))
    parts = [part for token in tokens for part in token.children or [] if part.type in ("link_open", "image")]
    targets = [part.attrs.get("href") or part.attrs["src"] for part in parts]
    for target in targets:
        if not re.match(r"https://|#", target):
            assert (path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", [path.stem for path in find_sources(ROOT)])
def test_the_table_of_the_lessons_has_the_minutes_that_the_lesson_says(lesson, language):
    page = (ROOT / ("README.es.md" if language == "es" else "README.md")).read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {int(lesson[:2])} \| .*{lesson}\.ipynb.*\| (\d+) \| [^|]*\|$", page, re.MULTILINE)
    cover = read_notebook(notebook_path(ROOT, language, lesson)).cells[0].source
    said = re.search(r"\*\*(?:Tiempo|Time):\*\* (?:unos|about) (\d+) minut", cover)
    if lesson == "04_chatgpt_vs_handmade":  # in two parts, in words
        assert ("una hora" in cover and "dos horas" in cover) or ("an hour" in cover and "two hours" in cover)
        assert row == "180" and said is None
    else:
        assert row == said[1]
