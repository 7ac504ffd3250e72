"""The page of a lesson on the site: its published notebook, made ready for reading.

Nothing is run. The setup cell is folded, hints and solutions stand folded where the notebook has a cell that would
print them, pictures lie beside the page and have a text, and films play.
"""

from __future__ import annotations

import base64
import html
import importlib
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.language import L
from tools.course import notebook_path, read_notebook
from tools.links import BADGES, ROW, host_link
from tools.site_pictures import Pictures
from tools.site_text import Anchors, Links

ASKS = re.compile(r"^# *(q\d+)\.(hint|solution)\(\)", re.MULTILINE)
BADGE_LINE = re.compile(r"^\[!\[.*$\n?", re.MULTILINE)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
BEST = ("text/html", "text/markdown", "image/png", "text/plain")  # of what an output offers, the site shows the first


def stage(root: Path, site: Path, language: str, lesson: str, links: Links) -> NotebookNode:
    """Return the notebook of a lesson as the site's builder takes it; keep its pictures.

    Args:
        root: the course.
        site: where the pages go; the pictures are kept there.
        language: "es" or "en"; `set_language` has chosen it.
        lesson: its name, "01_fully_connected_gan".
        links: where links lead.
    """
    path = notebook_path(root, language, lesson)
    notebook = read_notebook(path)
    page, source = f"lessons/{lesson}", path.relative_to(root).as_posix()
    pictures, anchors, around = Pictures(site, page), Anchors(), Around()
    questions = importlib.import_module(f"course_utils.questions.lesson_{int(lesson[:2])}")
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            around.read(cell.source)
            text = BADGE_LINE.sub("", cell.source)
            cell.source = anchors.mark(links.rewrite(text, source, page, pictures))
            if not cells:
                title, _, rest = cell.source.partition("\n")
                cell.source = f"{title}\n\n{launch(links, language, lesson, notebook.metadata.course)}\n{rest}"
        elif asked := ASKS.findall(cell.source):
            cell = _markdown(cell, "\n\n".join(folded(getattr(questions, name), what) for name, what in asked))
        else:
            if "setup" in cell.metadata.get("tags", []):
                cell.metadata.tags = ["hide-cell"]
            cell.outputs = [_shown(output, pictures, around) for output in cell.outputs]
        cells.append(cell)
    notebook.cells = cells
    return notebook


class Around:
    """What stands around an output, for the text of a picture without one of its own."""

    def __init__(self) -> None:
        self.heading = self.sentence = ""

    def read(self, markdown: str) -> None:
        """Take note of the last heading and of the last sentence of some prose."""
        prose = re.sub(r"^(```|\$\$).*?^\1|\$\$.*?\$\$", "", markdown, flags=re.MULTILINE | re.DOTALL)
        if found := HEADING.findall(prose):
            self.heading = plain(found[-1])
        lines = [line for line in prose.splitlines() if line.strip() and not re.match(r"#|\||\*\*[a-z]\)|[-\d]", line)]
        if lines:
            self.sentence = re.split(r"(?<=[.:?!])\s+(?=[A-ZÁÉÍÓÚ¿¡«“(])", plain(lines[-1]))[-1].rstrip(":")

    def text(self) -> str:
        """Return the text of a picture that stands here."""
        text = L(f"Figura de «{self.heading}»", f"Figure in “{self.heading}”")
        return f"{text}: {self.sentence}" if self.sentence else text


def plain(markdown: str) -> str:
    """Return a line of Markdown without its marks."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"[*`$\\]|<[^>]+>", "", text).strip()


def _shown(output: NotebookNode, pictures: Pictures, around: Around) -> NotebookNode:
    """Return an output in the one form that the site shows."""
    if "data" not in output:
        return nbformat.v4.new_output("display_data", {"text/html": _said(output.text)}) if is_prose(output) else output
    kind = next(kind for kind in BEST if kind in output.data)
    content = output.data[kind]
    if kind == "text/html":
        content = pictures.take_out(content)
    elif kind == "image/png":
        kind, content = "text/html", pictures.show(base64.b64decode(content), around.text())
    return nbformat.v4.new_output("display_data", {kind: content})


def is_prose(output: NotebookNode) -> bool:
    """Tell whether what a cell has printed is sentences, whose lines may be broken anew, and no table."""
    return output.output_type == "stream" and not re.search(r"\S {2,}\S|^ |[│┃═─█\[{]", output.text, re.MULTILINE)


def _said(text: str) -> str:
    return f'<p class="said">{html.escape(text.strip()).replace(chr(10), "<br>")}</p>'


def _markdown(cell: NotebookNode, text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, id=cell.id)


def folded(question: object, what: str) -> str:
    """Return a hint or a solution of an exercise, folded.

    Args:
        question: of `course_utils.questions`.
        what: "hint" or "solution".
    """
    if what == "hint":
        title, body = L("Pista", "Hint"), _prose(question.says("hint"))
    else:
        title, body = L("Solución", "Solution"), f"```python\n{question.solution_code.strip()}\n```"
        if "solution" in question.es:
            body += "\n\n" + _prose(question.says("solution"))
    return f'<details class="answer">\n<summary>{title}</summary>\n\n{body}\n\n</details>'


def _prose(text: str) -> str:
    """Return what an exercise prints as Markdown: code stays code, no other mark means anything."""
    pieces = re.split(r"(`[^`]+`)", text)
    escaped = [piece if i % 2 else re.sub(r"([*_$<\[\]])", r"\\\1", piece) for i, piece in enumerate(pieces)]
    return "".join(escaped).replace("\n", "\\\n")


def launch(links: Links, language: str, lesson: str, about: dict) -> str:
    """Return what stands below the title of a lesson: where to run it, and how the outputs came about."""
    number, start = int(lesson[:2]), links.page("start", f"lessons/{lesson}")
    time = minutes(links.root, language)[lesson]
    if links.course["repository"]:
        path = f"notebooks/{language}/{lesson}.ipynb"
        buttons = "".join(
            f'<a class="button" href="{host_link(host, links.course, path)}">{L("Abrir en", "Open in")} {host}</a>'
            for host in BADGES
        )
        buttons += f'<a href="{start}">{L("o en tu equipo", "or on your computer")}</a>'
    else:
        command = f"<code>make lab LESSON={number} LANGUAGE={language}</code>"
        how = L("Para ejecutarla, en la carpeta del curso:", "To run it, in the course folder:")
        more = L("Cómo se ejecuta el curso", "How to run the course")
        buttons = f'{how} {command}</p><p><a href="{start}">{more}</a>'
    if links.playground:
        buttons += (
            f' <a href="{links.to_playground(f"lessons/{lesson}")}">{L("Juega en la página", "Play in the page")}</a>'
        )
    run = about["published"]
    device = L(run["device"].replace("cores", "núcleos"), run["device"])
    spent = f"{run['seconds']:.0f}"
    ran = L(
        f"Lo que ves salió de una ejecución real, en la que la máquina trabajó {spent} segundos: {device}, presupuesto",
        f"What you see comes from a real run, in which the machine worked for {spent} seconds: {device}, budget",
    )
    ran = f"{html.escape(ran)} <code>{run['budget']}</code>."
    needed = L(
        f"Para hacerla, cuenta con <strong>{time} minutos</strong>.",
        f"To work through it, allow <strong>{time} minutes</strong>.",
    )
    return f'<div class="launch"><p>{needed}</p><p>{buttons}</p><p class="ran">{ran}</p></div>\n'


def minutes(root: Path, language: str) -> dict[str, int]:
    """Return name of a lesson -> the minutes that its learners need, as the table of the README has them."""
    text = (root / ("README.es.md" if language == "es" else "README.md")).read_text(encoding="utf-8")
    return {row[3]: int(row[1].rstrip("| ").rpartition("|")[2]) for row in ROW.finditer(text)}
