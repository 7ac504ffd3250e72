"""The playground in a notebook: the page of `site/playground` as an output, in one piece, where scripts may run."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence

from course_utils.folders import COURSE
from course_utils.language import CourseError, L, language

FOLDER = COURSE / "site" / "playground"
HEIGHTS = {"write": 720, "walk": 900, "game": 1180}  # pixels
NEEDS = {"write": ("7",), "walk": ("1", "2", "3"), "game": ()}  # which lessons' generators


def page(panels: Sequence[str] = ("game",)) -> str:
    """Return the playground as one HTML text, which asks for no other file.

    Args:
        panels: which of "write", "walk" and "game"; the generators of the others are left out. The game alone has
            none and takes about 70 kB; all of them take 520.

    Raises:
        CourseError: if there is no such panel, or the folder `site` is missing.
    """
    unknown = [name for name in panels if name not in NEEDS]
    if unknown or not panels:
        raise CourseError(
            f"Los paneles son {', '.join(NEEDS)}; {', '.join(unknown) or 'nada'} no es ninguno.",
            f"The panels are {', '.join(NEEDS)}; {', '.join(unknown) or 'nothing'} is none of them.",
        )
    try:
        text = (FOLDER / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(
            "Aquí no está la página: descarga el curso entero, con su carpeta site.",
            "The page is not here: download the whole course, with its folder `site`.",
        ) from None
    wanted = {"language": language(), "panels": list(panels)}
    lessons = [lesson for name in panels for lesson in NEEDS[name]]

    def script(match: re.Match) -> str:
        code = (FOLDER / match[1]).read_text(encoding="utf-8")
        if match[1] == "weights.js":
            content = json.loads(code[code.index("{") : code.rindex("}") + 1])
            content["networks"] = {lesson: content["networks"][lesson] for lesson in lessons}
            code = f"const WEIGHTS = {json.dumps(content, separators=(',', ':'))};"
        return f"<script>{code}</script>"

    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    text = text.replace('<link rel="stylesheet" href="style.css">', f"<style>{style}</style>")
    text = text.replace("</head>", f"<script>globalThis.PLAYGROUND = {json.dumps(wanted)};</script></head>")
    return re.sub(r'<script src="([\w.]+)"></script>', script, text)


def show_playground(panels: Sequence[str] = ("game",)) -> None:
    """Show panels of the playground in the output of the cell.

    Args:
        panels: as for `page`.
    """
    from IPython.display import HTML, display

    title, height = L("Juega con una GAN", "Play with a GAN"), sum(HEIGHTS[name] for name in panels)
    frame = (
        f'<iframe title="{title}" width="100%" height="{height}" style="border:0" srcdoc="{html.escape(page(panels))}">'
    )
    display(HTML(f"<div>{frame}</iframe></div>"))
