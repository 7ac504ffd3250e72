"""The instructor's guide: it agrees with the notebooks, adds up, and says the same in both languages."""

import ast
import builtins
import re
import unicodedata
from functools import cache

import pytest

from tools import build

WORKSHOP = build.ROOT / "workshop"
LESSONS = [path.stem for path in build.find_sources(build.ROOT)]
NAMES = ["README", *(f"lesson_{int(name[:2])}" for name in LESSONS)]
PAGES = [(name, language) for name in NAMES for language in build.LANGUAGES]
GUIDES = [(number, language) for number in range(1, len(LESSONS) + 1) for language in build.LANGUAGES]
SECTION = re.compile(r"\*\*§\s+(.+?)\*\*(?!\w)", re.DOTALL)
CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
COMPUTED = {"en": "computed", "es": "calculado"}


def path_of(name: str, language: str):
    return WORKSHOP / f"{name}{'.es' if language == 'es' else ''}.md"


@cache
def text_of(name: str, language: str) -> str:
    return path_of(name, language).read_text(encoding="utf-8")


@cache
def notebook(lesson: int, language: str):
    return build.read_notebook(build.notebook_path(build.ROOT, language, LESSONS[lesson - 1]))


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


def outputs(lesson: int, language: str, cells: range | None = None) -> str:
    every = notebook(lesson, language).cells
    chosen = every if cells is None else [every[i] for i in cells]
    every_output = [out for cell in chosen for out in cell.get("outputs", [])]
    return "\n".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in every_output)


def measured(lesson: int, language: str, cells: range) -> list[str]:
    """Return the times that the progress lines of these cells show, as 4:21."""
    lines = re.findall(r"\[(\d\d):(\d\d)<", outputs(lesson, language, cells))
    return [f"{int(minutes)}:{seconds}" for minutes, seconds in lines]


def one_line(title: str) -> str:
    return re.sub(r"\s+", " ", title)


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
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(r"^ {3}", "", block, flags=re.MULTILINE) if block.startswith("   ") else block for block in blocks]


def seconds(clock: str) -> int:
    first, second = map(int, clock.split(":"))
    return 60 * first + second


def published(lesson: int, language: str) -> int:
    return round(notebook(lesson, language).metadata["course"]["published"]["seconds"])


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_parts(name):
    def parts(language: str) -> dict[str, object]:
        text = text_of(name, language)
        links = re.findall(r"\]\(([^)]+)\)", text)
        return {
            "headings": re.findall(r"^#+ ", text, re.MULTILINE),
            "tables": [[len(row) for row in table] for table in tables(text)],
            "code": code_of(text),
            "links": [re.sub(r"\.es\.md$", ".md", link.replace("/es/", "/en/")) for link in links],
            "items": re.findall(r"^ *(?:-|\d\.) ", text, re.MULTILINE),
            "questions": len(re.findall(r"^\*\*[^§*]", text, re.MULTILINE)),
        }

    english, spanish = parts("en"), parts("es")
    assert english == spanish
    assert len(english["headings"]) >= 7 and len(english["tables"]) >= 3 and len(english["links"]) >= 3


@pytest.mark.parametrize("lesson", range(1, len(LESSONS) + 1))
def test_both_languages_cite_the_same_sections(lesson):
    """A section is the same in both languages if its heading stands in the same place of its notebook."""

    def places(language: str) -> list[int]:
        order = list(sections(lesson, language))
        cited = re.findall(SECTION, text_of(f"lesson_{lesson}", language))
        return [order.index(one_line(title)) for title in cited if one_line(title) in order]

    assert places("en") == places("es")
    assert len(places("en")) >= 20


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_every_link_leads_somewhere(name, language):
    text = text_of(name, language)
    links = re.findall(r"\]\(([^)]+)\)", text)
    for link in links:
        assert (WORKSHOP / link).is_file(), link
    other = path_of(name, "en" if language == "es" else "es").name
    assert links[0] == other
    notebooks = [link for link in links if link.endswith(".ipynb")]
    expected = LESSONS if name == "README" else [LESSONS[NAMES.index(name) - 1]]
    assert notebooks == [f"../notebooks/{language}/{lesson}.ipynb" for lesson in expected]
    if name == "README":
        assert [path_of(guide, language).name for guide in NAMES[1:]] == [link for link in links if "lesson_" in link]


@pytest.mark.parametrize(("lesson", "language"), GUIDES)
def test_every_section_of_a_guide_is_in_its_notebook(lesson, language):
    cited = [one_line(title) for title in re.findall(SECTION, text_of(f"lesson_{lesson}", language))]
    assert set(cited) <= set(sections(lesson, language))
    assert len(cited) == text_of(f"lesson_{lesson}", language).count("**§")
    assert len(set(cited)) >= 10


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_every_section_of_the_plans_is_in_the_notebook_that_they_name(language):
    name = re.compile(rf"(?:\b[Ll]esson|\b[Ll]ección) (\d),|\b(\d) · |{SECTION.pattern}", re.DOTALL)
    count, lessons = 0, set()
    for part in re.split(r"\n(?=\||- |\d\. |\n)", text_of("README", language)):
        lesson = None
        for in_prose, in_a_table, title in name.findall(part):
            lesson = int(in_prose or in_a_table or lesson or 0)
            if title:
                assert lesson, part
                assert one_line(title) in sections(lesson, language), (lesson, title)
                lessons.add(lesson)
                count += 1
    assert count == text_of("README", language).count("**§")
    assert count >= 80 and lessons == {1, 2, 3, 4, 5}


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
            assert seconds(row[0]) == now, row  # hours and minutes add up as minutes and seconds do
            now += int(row[1])
        assert now == seconds(total)
    if name == "README":
        half, whole = map(seconds, totals)
        assert 195 <= half <= 225 and 390 <= whole <= 450


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_whole_notebooks_take_what_the_readme_says(language):
    headings = {"en": ("lesson", "budget"), "es": ("lección", "presupuesto")}[language]
    rows = table_with(text_of("README", language), *headings)
    assert len(rows) == len(LESSONS)
    other = "en" if language == "es" else "es"
    for number, row in enumerate(rows, start=1):
        budget = notebook(number, language).metadata["course"]["published"]["budget"]
        assert row == [
            str(number),
            f"`{budget}`",
            f"{published(number, language)} s",
            f"{published(number, other)} s",
        ]


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_what_runs_meanwhile_takes_what_the_readme_says(language):
    headings = {"en": ("what", "measured, English / Spanish"), "es": ("qué", "medido, español / inglés")}[language]
    other = "en" if language == "es" else "es"
    rows, clocks = table_with(text_of("README", language), *headings), 0
    for what, times, _ in rows:
        lesson = int(what[0])
        ours, theirs = times.split(";")[0].split(" / ")
        if "§" not in what:
            assert (ours, theirs) == (f"{published(lesson, language)} s", f"{published(lesson, other)} s")
            continue
        cells = sections(lesson, language)[SECTION.search(what)[1]]
        for part, tongue in ((ours, language), (theirs, other)):
            assert CLOCK.findall(part) == measured(lesson, tongue, cells)
            clocks += len(CLOCK.findall(part))
    assert len(rows) == 6 and clocks == 12


@pytest.mark.parametrize(("lesson", "language"), GUIDES)
def test_the_times_of_a_guide_are_those_of_the_notebooks(lesson, language):
    headings = {"en": ("what", "section", "English notebook"), "es": ("qué", "apartado", "cuaderno en español")}
    rows = table_with(text_of(f"lesson_{lesson}", language), *headings[language])
    columns = {2: language, 3: "en" if language == "es" else "es"}
    for column, tongue in columns.items():
        assert rows[0][column] == f"{published(lesson, tongue)} s"
        clocks = []
        for row in rows[1:]:
            value = row[column]
            if COMPUTED[language] in row[0] and CLOCK.fullmatch(value):
                assert seconds(value) == seconds(clocks[-1]) // 2
                assert clocks[-1] in row[0]
            elif COMPUTED[language] in row[0]:
                assert value == f"{published(lesson, tongue) - sum(map(seconds, clocks))} s"
            else:
                cells = sections(lesson, language)[SECTION.search(row[1])[1]]
                if CLOCK.fullmatch(value):
                    assert value in measured(lesson, tongue, cells), row
                    clocks.append(value)
                elif value[0].isdigit():
                    assert value in outputs(lesson, tongue, cells), row
        every = measured(lesson, tongue, range(len(notebook(lesson, tongue).cells)))
        assert sorted(clocks) == sorted(every)  # no training is left out


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_every_other_time_is_in_a_table_of_times(name, language):
    """A time in the prose would be forgotten when a notebook is published again."""
    lines = [line for line in text_of(name, language).splitlines() if not line.startswith(("|", "**Total"))]
    rows = [row for table in tables(text_of(name, language)) for row in table]
    known = {clock for row in rows for clock in CLOCK.findall(" ".join(row))}
    assert set(CLOCK.findall(" ".join(lines))) <= known


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_the_snippets_fit_into_their_notebook(name, language):
    blocks = code_of(text_of(name, language))
    assert len(blocks) >= 1
    if name == "README":
        assert blocks == ["%env COURSE_BUDGET=workshop\n"]
        return
    lesson = NAMES.index(name)
    cells = [cell.source for cell in notebook(lesson, language).cells if cell.cell_type == "code"]
    known = set(dir(builtins))
    for node in ast.walk(ast.parse("\n".join(cells))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            known.add(node.id)
        elif isinstance(node, ast.alias):
            known.add(node.asname or node.name)
    for block in blocks:
        compile(block, str(path_of(name, language)), "exec")
        tree = ast.parse(block)
        nodes = list(ast.walk(tree))
        own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        own |= {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        assert used <= known | own
        for module, function in re.findall(r"\b(plots|experiment)\.(\w+)\(", block):
            source = (build.ROOT / "course_utils" / f"{module}.py").read_text(encoding="utf-8")
            assert f"\ndef {function}(" in source
    loads = re.findall(r"load_generator\((\d)\)", "".join(blocks))
    assert loads == ([str(lesson)] if lesson <= 3 else [])


@pytest.mark.parametrize(("lesson", "language"), GUIDES)
def test_every_exercise_is_listed(lesson, language):
    headings = {"en": ("check", "heading"), "es": ("comprobación", "título")}[language]
    rows = table_with(text_of(f"lesson_{lesson}", language), *headings)
    code = "\n".join(cell.source for cell in notebook(lesson, language).cells if cell.cell_type == "code")
    checks = sorted(set(re.findall(r"^q(\d)\.check", code, re.MULTILINE)))
    assert [row[0][2] for row in rows] == checks and len(checks) >= 3
    for row in rows:
        call = row[0].strip("`")
        assert call in code or call in code.replace("(...)", f"({call.split('(')[1]}"), call
        number = re.search(r"\d", row[1])[0]
        assert number == row[0][2]


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_verdict_of_lesson_4_is_the_published_one(language):
    said = text_of("lesson_4", language)
    shown = outputs(4, language)
    low, high = re.search(r"\((?:from|de) (\S+) (?:to|a) (\S+)\)", said).groups()
    p = re.search(r"\((0\.\d{3})\)", said)[1]
    for number in (low.replace("−", "-"), high, f"p = {p}"):
        assert number in shown.replace("−", "-")


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
