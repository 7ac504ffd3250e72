"""Read a lesson's source, one bilingual file `notebooks/source/NN_slug.py` in jupytext's py:percent format.

It starts with a header that holds the title in both languages:

    # ---
    # title:
    #   es: "Tu primera GAN"
    #   en: "Your first GAN"
    # ---

then come the cells:

- Markdown cells stand as adjacent twins, `# %% [markdown] lang="es"` and then `# %% [markdown] lang="en"`.
- Code cells are shared, `# %%`, and may have tags, `# %% tags=["nbval-check-output"]`. `tools.bilingual` says how they
  hold two languages, and `tools.export` what the tags `export` and `solution` do.
- The first code cell is `# %% tags=["setup"]`; the builder replaces its content with tools/setup_cell.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import jupytext
import yaml

from tools.bilingual import resolve
from tools.course import LANGUAGES, SourceError
from tools.links import badges

NAME = re.compile(r"\d\d_\w+")
MARKER = re.compile(r"\s*#\s*%%(\s|$)")
TAGS = {"setup", "exercise", "export", "solution", "nbval-check-output", "raises-exception"}
SETUP_CELL = Path(__file__).with_name("setup_cell.py")

Report = Callable[[int, int | None, str], None]  # (line, number of the cell or None, what is wrong)


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson in both languages.

    Attributes:
        kind: "markdown" or "code".
        line, number: where its (Spanish) marker is in the source.
        tags: of the cell.
        text: language -> its text.
        source: the code as it stands in the source, with both languages; "" for markdown.
    """

    kind: str
    line: int
    number: int
    tags: tuple[str, ...]
    text: dict[str, str]
    source: str = ""


@dataclass(frozen=True)
class Lesson:
    """A parsed source.

    Attributes:
        name: of the file.
        titles: language -> title.
        cells: all of them.
        colab: [tool.course.colab] of pyproject.toml.
    """

    name: str
    titles: dict[str, str]
    cells: list[Cell]
    colab: dict

    @property
    def shown(self) -> list[Cell]:
        """The cells of the notebooks: all but those tagged `solution`."""
        return [cell for cell in self.cells if "solution" not in cell.tags]


class _Block(NamedTuple):
    """A cell as it stands in the file."""

    kind: str
    line: int
    number: int
    tags: tuple[str, ...]
    language: str | None
    text: str


def read_source(path: Path, course: dict) -> Lesson:
    """Parse a source.

    Args:
        path: the source file.
        course: what `tools.course.read_course` returned.

    Raises:
        SourceError: with all problems of the file.
    """
    problems: list[str] = []

    def report(line: int, number: int | None, text: str) -> None:
        place = f"notebooks/source/{path.name}:{line}: " + (f"cell {number}: " if number else "")
        problems.append(place + text)

    if not NAME.fullmatch(path.stem):
        report(1, None, "the file name must be NN_slug.py, such as 01_fully_connected_gan.py")
    header, blocks = _split(path.read_text(encoding="utf-8"), report)
    titles = _titles(header)
    if titles is None:
        report(1, None, "the file must start with a header that holds the title in 'es' and 'en'")
    if blocks is None:
        raise SourceError(problems)
    for block in blocks:
        for wrong in _wrong_tags(block):
            report(block.line, block.number, wrong)
    codes = [block for block in blocks if block.kind == "code"]
    for block in codes:
        if ("setup" in block.tags) != (block is codes[0]):
            report(block.line, block.number, 'the first code cell, and no other, must have tags=["setup"]')
    if not codes:
        report(1, None, 'there is no setup cell: # %% tags=["setup"]')
    setup = SETUP_CELL.read_text(encoding="utf-8").replace("<lesson>", path.stem)
    setup = setup.replace("<repository>", course["repository"]).replace("<ref>", course["ref"]).rstrip()
    cells = list(_cells(blocks, setup, report))
    if cells and cells[0].kind == "markdown" and course["repository"]:
        for language, text in cells[0].text.items():
            heading, _, rest = text.partition("\n")
            cells[0].text[language] = f"{heading}\n\n{badges(course, language, path.stem)}\n{rest}"
    if problems:
        raise SourceError(problems)
    return Lesson(path.stem, titles or {}, cells, course["colab"])


def _split(text: str, report: Report) -> tuple[str, list[_Block] | None]:
    """Return the header and the cells of a file; no cells where they cannot be told apart."""
    parsed = jupytext.reads(text, fmt="py:percent").cells
    header = parsed.pop(0).source if parsed and parsed[0].cell_type == "raw" else ""
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if MARKER.match(line)]
    if len(starts) != len(parsed):
        report(1, None, "text before the first cell, or a line of a string starts with '# %%'")
        return header, None
    blocks = []
    for number, (at, end, cell) in enumerate(zip(starts, [*starts[1:], len(lines)], parsed, strict=True), 1):
        # jupytext would take the comments of a code cell for its own options; its text is as it stands in the file.
        source = "\n".join(lines[at + 1 : end]) if cell.cell_type == "code" else cell.source
        tags = tuple(cell.metadata.get("tags", []))
        blocks.append(_Block(cell.cell_type, at + 1, number, tags, cell.metadata.get("lang"), source.rstrip()))
    return header, blocks


def _wrong_tags(block: _Block) -> Iterator[str]:
    for tag in sorted(set(block.tags) - TAGS):
        yield f"there is no tag {tag!r}; there are: {', '.join(sorted(TAGS))}"
    if "export" in block.tags and block.kind != "code":
        yield "only code can be exported"
    if "solution" in block.tags and "export" not in block.tags:
        yield "a solution is for others to use: it needs the tag 'export' too"


def _titles(header: str) -> dict[str, str] | None:
    try:
        titles = yaml.safe_load(header.strip().strip("-"))["title"]
        return {language: str(titles[language]) for language in LANGUAGES}
    except (yaml.YAMLError, KeyError, TypeError):
        return None


def _cells(blocks: list[_Block], setup: str, report: Report) -> Iterator[Cell]:
    """Return the cells: markdown paired with its twin, code in both languages."""
    spanish: _Block | None = None  # the cell whose English twin must come next
    for block in blocks:
        if spanish and not (block.kind == "markdown" and block.language == "en"):
            report(spanish.line, spanish.number, "'es' has no 'en' twin")
            spanish = None
        if block.kind == "code":
            yield _code_cell(block, setup, report)
        elif block.kind == "markdown":
            if not block.text.strip():
                report(block.line, block.number, "empty markdown cell")
            if block.language == "es":
                spanish = block
            elif block.language != "en":
                report(block.line, block.number, 'a markdown cell needs lang="es" or lang="en"')
            elif spanish is None:
                report(block.line, block.number, "'en' has no 'es' twin before it")
            else:
                if spanish.tags != block.tags:
                    report(block.line, block.number, "the twins have different tags")
                texts = {"es": spanish.text, "en": block.text}
                yield Cell("markdown", spanish.line, spanish.number, block.tags, texts)
                spanish = None
        else:
            report(block.line, block.number, f"{block.kind} cells are not supported")
    if spanish:
        report(spanish.line, spanish.number, "'es' has no 'en' twin")


def _code_cell(block: _Block, setup: str, report: Report) -> Cell:
    is_setup = "setup" in block.tags
    code, before = (setup, block.line - 1) if is_setup else (block.text, block.line)
    if block.language:
        report(block.line, block.number, "a code cell is shared by both languages: remove lang=")
    if not code.strip():
        report(block.line, block.number, "empty code cell")
    texts, found = resolve(code)
    for line, message in found:
        report(before + line, block.number, message)
    return Cell("code", block.line, block.number, block.tags, texts, code)
