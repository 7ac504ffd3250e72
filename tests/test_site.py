"""How the site's texts are made ready, without Sphinx or a browser; browser/test_site_in_browser.py has the rest."""

from __future__ import annotations

import base64
import io
import re
import tomllib
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml
from PIL import Image

from course_utils.exercises import Choice
from course_utils.language import set_language
from tools import site_lessons, site_pages
from tools.course import LANGUAGES, ROOT, find_sources
from tools.site_pictures import LOSSLESS, Pictures, webp
from tools.site_text import Anchors, Links, outside_code, sections

COURSE = {"repository": "someone/gans", "ref": "main"}
NOWHERE = {"repository": "", "ref": "main"}


@pytest.fixture(autouse=True)
def _english():
    yield
    set_language("en")


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def links(course=NOWHERE, playground=False, language="en") -> Links:
    return Links(ROOT, course, site_pages.texts(ROOT, language), playground, language)


# Anchors


def test_headings_are_numbered_through_the_page_but_for_its_title_and_for_code():
    anchors = Anchors()
    first = anchors.mark("# A\n\ntext\n\n## B\n\n```bash\n# no heading\n```\n")
    second = anchors.mark("more\n\n### C\n")
    assert re.findall(r'id="(s-\d)"></div>\n\n(#+ \w)', first + second) == [("s-1", "## B"), ("s-2", "### C")]
    assert "\n# no heading\n" in first


def test_the_anchors_of_twins_stand_before_the_same_headings():
    found = {}
    for language in LANGUAGES:
        for source, page in site_pages.texts(ROOT, language).items():
            if source.endswith(".md"):
                text = Anchors().mark((ROOT / source).read_text(encoding="utf-8"))
                found.setdefault(page, []).append(re.findall(r'(s-\d+)"></div>\n\n(#+) ', text))
    assert len(found) >= 10
    for page, (spanish, english) in found.items():
        assert spanish == english, page


def test_both_languages_have_the_same_pages():
    spanish, english = (sorted(site_pages.texts(ROOT, language).values()) for language in LANGUAGES)
    assert spanish == english
    assert {f"lessons/{path.stem}" for path in find_sources(ROOT)} <= set(english)


# Links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](lesson_2.md)", "[a](lesson_2.md)"),
        ("[a](../README.md#x)", "[a](../start.md#x)"),
        ("[a](../notebooks/en/01_fully_connected_gan.ipynb)", "[a](../lessons/01_fully_connected_gan.ipynb)"),
        ("[a](https://example.org/) [b](#here)", "[a](https://example.org/) [b](#here)"),
        ("[`a`](../LICENSE)", "`a`"),
        ("`x[0](y)` and\n```\n[a](../LICENSE)\n```\n", "`x[0](y)` and\n```\n[a](../LICENSE)\n```\n"),
    ],
)
def test_links_lead_to_pages(text, expected, tmp_path):
    assert links().rewrite(text, "workshop/README.md", "teach/index", Pictures(tmp_path, "teach/index")) == expected


def test_a_file_without_a_page_is_linked_where_the_course_is_published(tmp_path):
    rewritten = links(COURSE).rewrite("[a](LICENSE)", "README.md", "start", Pictures(tmp_path, "start"))
    assert rewritten == "[a](https://github.com/someone/gans/blob/main/LICENSE)"


def test_the_playground_is_linked_in_the_language_of_the_page():
    assert links(language="es").to_playground("index") == "../playground/index.html?lang=es"
    assert links().to_playground("lessons/x") == "../../playground/index.html?lang=en"


# Pictures


def test_a_picture_is_kept_once_and_is_the_same_to_the_pixel(tmp_path):
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    first = Pictures(tmp_path, "index").show(png(pixels), 'a "b"')
    second = Pictures(tmp_path, "lessons/x").show(png(pixels), "")
    assert 'alt="a &quot;b&quot;"' in first and 'width="4" height="4" loading="lazy"' in first
    (file,) = (tmp_path / "pictures").iterdir()
    assert f'src="../pictures/{file.name}"' in first and f'src="../../pictures/{file.name}"' in second
    assert np.array_equal(np.asarray(Image.open(file).convert("RGB")), pixels)


def test_a_large_picture_gets_small():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8))
    assert len(webp(noise)) < 0.7 * noise.width * noise.height * 3 and len(webp(noise)) > LOSSLESS


def test_what_a_film_carries_is_taken_out(tmp_path):
    inside = base64.b64encode(png(np.zeros((2, 2, 3), np.uint8))).decode()
    page = f'<img src="data:image/png;base64,{inside}"><script>({{"sheet": "data:image/png;base64,{inside}"}})</script>'
    (address,) = set(re.findall(r'"(\.\./pictures/\w+\.webp)"', Pictures(tmp_path, "index").take_out(page)))
    assert (tmp_path / "index" / ".." / address.removeprefix("../")).resolve().is_file()


# Lessons


def lesson(tmp_path: Path, language: str, name: str = "05_museum_of_failures", course=NOWHERE, playground=False):
    set_language(language)
    return site_lessons.stage(ROOT, tmp_path, language, name, links(course, playground, language))


@pytest.fixture(scope="module", params=LANGUAGES)
def staged(request, tmp_path_factory):
    return lesson(tmp_path_factory.mktemp("site"), request.param)


def test_the_setup_cell_is_folded_and_no_cell_offers_a_hint_in_code(staged):
    assert [cell.metadata.tags for cell in staged.cells if "@title" in cell.source] == [["hide-cell"]]
    assert not [cell.source for cell in staged.cells if cell.cell_type == "code" and ".hint()" in cell.source]
    prose = "".join(cell.source for cell in staged.cells if cell.cell_type == "markdown")
    assert prose.count('<details class="answer">') == prose.count("</details>") >= 12


def test_pictures_of_a_lesson_have_a_text_and_are_no_longer_in_the_notebook(staged):
    outputs = [output.data for cell in staged.cells for output in cell.get("outputs", []) if "data" in output]
    assert not [kind for data in outputs for kind in data if kind.startswith("image/")]
    pictures = [alt for data in outputs for alt in re.findall(r'<img [^>]*alt="([^"]*)"', data.get("text/html", ""))]
    assert len(pictures) >= 8 and all(len(alt) > 20 for alt in pictures)
    assert "base64" not in str(outputs)


def test_without_an_address_a_lesson_says_how_to_run_it(tmp_path):
    box = lesson(tmp_path, "es").cells[0].source
    assert "make lab LESSON=5 LANGUAGE=es" in box and "../start.html" in box and "colab" not in box
    assert "sin instalar" not in box  # for that, there is nothing yet


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_says_first_how_many_minutes_it_takes(language, tmp_path):
    """Else the seconds of the published run are taken for it."""
    box = lesson(tmp_path, language, "03_dcgan_gradient_tape").cells[0].source
    needed, worked = re.search(r"<strong>75 minut[eo]s</strong>", box), re.search(r"\d+ se(gundos|conds)", box)
    assert needed.start() < worked.start()
    assert not re.search("· *<a", box)  # on a phone such a dot is left alone at the end of a line
    assert site_lessons.minutes(ROOT, language).keys() == {path.stem for path in find_sources(ROOT)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("course", [COURSE, NOWHERE])
def test_to_run_without_installing_is_offered_where_it_can_be_done(course, language, tmp_path):
    set_language(language)
    pages = site_pages.Pages(ROOT, tmp_path, language, links(course, True, language))
    hero = pages.entrance().split("</p>")[2]
    assert re.search("ejecuta las lecciones|run the lessons", hero)
    assert bool(re.search("sin instalar nada|nothing to install", hero)) == bool(course["repository"])
    start = pages.start()
    assert ("make address" in start) != bool(course["repository"])  # how a copy gets its links, learners need not know
    assert re.search(r"\*\*(En Colab y en|On Colab and) Kaggle,\*\*", start)


def test_with_an_address_a_lesson_is_launched_with_a_click(tmp_path):
    box = lesson(tmp_path, "en", course=COURSE, playground=True).cells[0].source
    for host in ("colab.research.google.com", "kaggle.com", "mybinder.org"):
        assert f"https://{host}/" in box
    assert "notebooks/en/05_museum_of_failures.ipynb" in box and "../../playground/index.html?lang=en" in box


def test_a_hint_means_what_it_says():
    question = Choice(stub="answer = ...", right="a", en={"hint": "2 * 3 < `a*b` and [0]_x\nnext"}, es={"hint": ""})
    text = site_lessons.folded(question, "hint")
    assert "2 \\* 3 \\< `a*b` and \\[0\\]\\_x\\\nnext" in text
    assert '```python\nanswer = "a"\n```' in site_lessons.folded(question, "solution")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("… Pending: put your answer.\n", True), ("a  1\nb  2\n", False), ("[1, 2]\n", False), ("  x\n", False)],
)
def test_sentences_are_told_from_tables(text, expected):
    assert site_lessons.is_prose(nbformat.v4.new_output("stream", text=text)) is expected


# The rest


def test_sections_of_a_page():
    assert sections("# A\n\nx\n## B\ny\n## C\nz\n") == {"": "# A\n\nx\n", "B": "y\n", "C": "z\n"}
    assert outside_code("a\n```\na\n```\na", str.upper) == "A\n```\na\n```\nA"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_entrance_shows_every_lesson_with_its_minutes(language, tmp_path):
    set_language(language)
    page = site_pages.Pages(ROOT, tmp_path, language, links(language=language)).entrance()
    for path in find_sources(ROOT):
        number = int(path.stem[:2])
        assert f'href="lessons/{path.stem}.html"' in page
        assert re.search(rf"(Lección|Lesson) {number} · \d+ min", page)
    assert page.count('class="button first"') == 1


def test_the_requirements_are_pinned_and_apart():
    lines = (ROOT / "site/requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line) for line in lines) and len(lines) > 20
    learners = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    assert "sphinx" not in learners and "furo" not in learners
    assert "sphinx" not in str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]).lower()


def test_the_workflow_builds_with_make_and_publishes_what_make_leaves():
    job = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8"))["jobs"]["site"]
    steps = str(job["steps"])
    assert "make site PYTHON=python" in steps and "'path': 'out/site'" in steps and "deploy-pages" in steps
