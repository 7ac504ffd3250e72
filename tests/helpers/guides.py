"""Reading the instructor's guide: its pages, their tables and snippets, and the sections of the notebooks it cites."""

import re
from functools import cache
from pathlib import Path

from tools.course import LANGUAGES, ROOT, find_lesson, find_sources, notebook_path, read_notebook

WORKSHOP = ROOT / "workshop"
LESSONS = [path.stem for path in find_sources(ROOT)]
NUMBERS = [int(name[:2]) for name in LESSONS]  # there may be gaps
NAMES = ["README", *(f"lesson_{number}" for number in NUMBERS)]
PAGES = [(name, language) for name in NAMES for language in LANGUAGES]
GUIDES = [(number, language) for number in NUMBERS for language in LANGUAGES]
SECTION = re.compile(r"\*\*§\s+(.+?)\*\*(?!\w)", re.DOTALL)


def path_of(name: str, language: str) -> Path:
    return WORKSHOP / f"{name}{'.es' if language == 'es' else ''}.md"


@cache
def text_of(name: str, language: str) -> str:
    return path_of(name, language).read_text(encoding="utf-8")


@cache
def notebook(lesson: int, language: str):
    return read_notebook(notebook_path(ROOT, language, find_lesson(LESSONS, str(lesson))))


def code_cells(lesson: int, language: str) -> list[str]:
    return [cell.source for cell in notebook(lesson, language).cells if cell.cell_type == "code"]


@cache
def sections(lesson: int, language: str) -> dict[str, range]:
    """Return heading -> its cells, up to the next heading that is not deeper; code cells follow their markdown."""
    found = []
    for index, cell in enumerate(notebook(lesson, language).cells):
        if cell.cell_type == "markdown":
            prose = re.sub(r"^```.*?^```", "", cell.source, flags=re.DOTALL | re.MULTILINE)
            found += [(index, len(mark), title) for mark, title in re.findall(r"^(#+) (.+)$", prose, re.MULTILINE)]
    ends = [
        next((later for later, other, _ in found[i + 1 :] if other <= depth), len(notebook(lesson, language).cells))
        for i, (_, depth, _) in enumerate(found)
    ]
    return {title.strip(): range(start, end) for (start, _, title), end in zip(found, ends, strict=True)}


def cited(text: str) -> list[str]:
    """Return the sections that a text cites, each in one line."""
    return [re.sub(r"\s+", " ", title) for title in SECTION.findall(text)]


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a page; each is a list of rows without the rule, each row a list of cells."""
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    rows = [[[cell.strip() for cell in line[1:-1].split(" | ")] for line in block.splitlines()] for block in blocks]
    return [[row for row in table if set("".join(row)) - set("-|")] for table in rows]


def table_with(text: str, *headings: str) -> list[list[str]]:
    """Return the rows, without the first, of the only table whose headings begin with these."""
    found = [table[1:] for table in tables(text) if table[0][: len(headings)] == list(headings)]
    assert len(found) == 1
    return found[0]


def code_of(text: str) -> list[str]:
    """Return the blocks of Python on a page."""
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(r"^ {3}", "", block, flags=re.MULTILINE) if block.startswith("   ") else block for block in blocks]
