"""The instructor's guide: it fits the notebooks, its plans add up, and it says the same in both languages."""

import ast
import builtins
import re
import unicodedata

import pytest

from tests.helpers.guides import (
    GUIDES,
    LANGUAGES,
    LESSONS,
    NAMES,
    NUMBERS,
    PAGES,
    ROOT,
    SECTION,
    cited,
    code_cells,
    code_of,
    path_of,
    sections,
    table_with,
    tables,
    text_of,
)
from tools.course import find_lesson

WITH_A_GENERATOR = (1, 2, 3, 7)  # the lessons whose trained generator comes with the course


def number_of(name: str) -> int:
    """Return the number of the lesson whose guide this is."""
    return int(name.removeprefix("lesson_"))


@pytest.mark.parametrize("lesson", NUMBERS)
def test_both_languages_cite_the_same_sections(lesson):
    """A section is the same in both languages if its heading stands in the same place of its notebook."""

    def places(language: str) -> list[int]:
        order = list(sections(lesson, language))
        return [order.index(title) for title in cited(text_of(f"lesson_{lesson}", language)) if title in order]

    assert places("en") == places("es")
    assert len(places("en")) >= 20


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_every_link_leads_somewhere(name, language):
    links = re.findall(r"\]\(([^)]+)\)", text_of(name, language))
    assert links[0] == path_of(name, "en" if language == "es" else "es").name
    notebooks = [link for link in links if link.endswith(".ipynb")]
    expected = LESSONS if name == "README" else [find_lesson(LESSONS, str(number_of(name)))]
    assert notebooks == [f"../notebooks/{language}/{lesson}.ipynb" for lesson in expected]
    if name == "README":
        assert [path_of(guide, language).name for guide in NAMES[1:]] == [link for link in links if "lesson_" in link]


@pytest.mark.parametrize(("lesson", "language"), GUIDES)
def test_every_section_of_a_guide_is_in_its_notebook(lesson, language):
    text = text_of(f"lesson_{lesson}", language)
    assert set(cited(text)) <= set(sections(lesson, language))
    assert len(cited(text)) == text.count("**§")
    assert len(set(cited(text))) >= 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_of_the_plans_is_in_the_notebook_that_they_name(language):
    name = re.compile(rf"(?:\b[Ll]esson|\b[Ll]ección) (\d),|\b(\d) · |({SECTION.pattern})", re.DOTALL)
    count, lessons = 0, set()
    for part in re.split(r"\n(?=\||- |\d\. |\n)", text_of("README", language)):
        lesson = None
        for in_prose, in_a_table, section, _ in name.findall(part):
            lesson = int(in_prose or in_a_table or lesson or 0)
            if section:
                assert lesson, part
                assert cited(section)[0] in sections(lesson, language), (lesson, section)
                lessons.add(lesson)
                count += 1
    assert count == text_of("README", language).count("**§")
    assert count >= 80 and lessons == {1, 2, 3, 4, 5, 6}


def minutes(clock: str) -> int:
    hours, rest = map(int, clock.split(":"))
    return 60 * hours + rest


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_the_minutes_of_a_plan_add_up(name, language):
    text = text_of(name, language)
    start = {"en": ["start", "minutes"], "es": ["empieza", "minutos"]}[language]
    plans = [table[1:] for table in tables(text) if table[0][:2] == start]
    totals = re.findall(r"^\*\*Total: (\d+:\d\d)\*\*$", text, re.MULTILINE)
    assert len(plans) == len(totals) == (2 if name == "README" else 1)
    for rows, total in zip(plans, totals, strict=True):
        assert len(rows) >= 5
        now = 0
        for row in rows:
            assert minutes(row[0]) == now, row
            now += int(row[1])
        assert now == minutes(total)
    if name == "README":
        half, whole = map(minutes, totals)
        assert 195 <= half <= 225 and 390 <= whole <= 450


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_the_prose_names_no_running_times(name, language):
    """A time that nobody fills in is forgotten when a notebook is published again."""
    text = re.sub(r"<!-- =.*?<!-- end -->", "", text_of(name, language), flags=re.DOTALL)
    prose = re.sub(r"^(\| \d:\d\d \||\*\*Total).*$", "", text, flags=re.MULTILINE)
    assert re.findall(r"\b\d{1,2}:\d\d\b|\b\d+ (?:s|seconds|segundos)\b", prose) == []


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_the_snippets_fit_into_their_notebook(name, language):
    blocks = code_of(text_of(name, language))
    assert len(blocks) >= 1
    if name == "README":
        assert blocks == ["%env COURSE_BUDGET=workshop\n"]
        return
    lesson = number_of(name)
    known = set(dir(builtins)) | names_made_by("\n".join(code_cells(lesson, language)))
    for block in blocks:
        compile(block, str(path_of(name, language)), "exec")
        used = {node.id for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Name)}
        assert used <= known | names_made_by(block)
        for module, function in re.findall(r"\b(plots|results|statistics)\.(\w+)\(", block):
            (path,) = (ROOT / "course_utils").rglob(f"{module}.py")
            assert f"\ndef {function}(" in path.read_text(encoding="utf-8")
    loads = re.findall(r"load_generator\((\d)\)", "".join(blocks))
    assert loads == ([str(lesson)] if lesson in WITH_A_GENERATOR else [])


def names_made_by(code: str) -> set[str]:
    """Return the names that code assigns or imports."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name)
    return names


def calls_made_by(code: str) -> list[str]:
    """Return the calls in code, each in one line."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]


@pytest.mark.parametrize(("lesson", "language"), GUIDES)
def test_every_exercise_is_listed(lesson, language):
    headings = {"en": ("check", "heading"), "es": ("comprobación", "título")}[language]
    rows = table_with(text_of(f"lesson_{lesson}", language), *headings)
    code = "\n".join(code_cells(lesson, language))
    checks = sorted(set(re.findall(r"^(?:[\w, ]+ = )?q(\d)\.(?:check|use)\b", code, re.MULTILINE)))
    assert [row[0][2] for row in rows] == checks and len(checks) >= 3
    for row in rows:
        call = row[0].strip("`")
        if "…" in call:  # it stands for what is too long for a table
            in_full = re.compile(".*".join(map(re.escape, call.split("…"))))
            assert any(map(in_full.fullmatch, calls_made_by(code))), call
        else:
            assert call in code or call in code.replace("(...)", f"({call.split('(')[1]}"), call
        assert re.search(r"\d", row[1])[0] == row[0][2]


def test_the_glossary():
    english = table_with(text_of("README", "en"), "English", "Spanish")
    spanish = table_with(text_of("README", "es"), "español", "inglés")

    def term(cell: str) -> str:
        return re.sub(r" \(.*?\)", "", cell.replace("*", ""))

    def order(cell: str) -> str:
        letters = unicodedata.normalize("NFKD", term(cell).casefold())
        return "".join(letter for letter in letters if not unicodedata.combining(letter))

    pairs = {(term(row[0]), term(row[1])) for row in english}
    assert pairs == {(term(row[1]), term(row[0])) for row in spanish}
    assert 20 <= len(pairs) == len(english) <= 30
    for rows in (english, spanish):
        assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=order)
        assert all(row[2].endswith(".") and ". " not in row[2] for row in rows)  # one sentence


@pytest.mark.parametrize("name", NAMES)
def test_spanish_numbers(name):
    text = text_of(name, "es")
    assert not re.search(r"\d (?:%|\d{3}\b)", text)  # a no-break space belongs there
    assert not re.search(r"\d,\d", text)
