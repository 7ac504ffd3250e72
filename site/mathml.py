"""Formulas become MathML when the site is built: nothing is loaded to draw them but one font, cut to their signs."""

import re
from html import unescape
from logging import WARNING, getLogger
from pathlib import Path

import ziamath
from fontTools import subset, ttLib
from latex2mathml.converter import convert
from sphinx.util import logging

# With Latin and Greek letters in italics: that is how browsers draw a lone letter.
SIGNS = {*range(0x20, 0x7F), 0x210E, *range(0x1D434, 0x1D468), *range(0x1D6FC, 0x1D71C)}
FONT = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"  # SIL Open Font License
FUNCTION = re.compile(r"(<mi>[a-z]{2,}</mi>)(?=<m[in]|<msu)")  # log p: without a blank it would read logp
logger = logging.getLogger(__name__)
getLogger("fontTools").setLevel(WARNING)  # it tells every table that it cuts


def formula(latex: str, display: str) -> str:
    """Return a formula as MathML.

    Args:
        latex: as in the lessons.
        display: "inline" or "block".

    Raises:
        ValueError: if something in it is not understood.
    """
    made = convert(latex, display=display)
    if unknown := re.findall(r"\\[A-Za-z]+", made):
        raise ValueError(f"{unknown} in {latex}")
    made = FUNCTION.sub(r'\1<mspace width="0.17em"/>', made)
    SIGNS.update(map(ord, unescape(made)))
    return made


def draw(display: str):
    """Return what Sphinx calls at a formula."""

    def visit(writer, node) -> None:
        try:
            made = formula(node.astext(), display)
        except Exception as error:
            logger.warning("not a formula that can be drawn: %s (%s)", node.astext(), error, location=node)
            made = ""
        writer.body.append(f'<div class="formula">{made}</div>' if display == "block" else made)
        from docutils.nodes import SkipNode

        raise SkipNode

    return visit


def write_font(app, exception) -> None:
    """Write the font with just the signs of the formulas."""
    if exception is None:
        options = subset.Options(flavor="woff2", layout_features=["*"], name_IDs=["*"], hinting=False)
        font = ttLib.TTFont(FONT)
        cut = subset.Subsetter(options)
        cut.populate(unicodes=SIGNS)
        cut.subset(font)
        subset.save_font(font, str(Path(app.outdir) / "_static" / "math.woff2"), options)


def setup(app) -> dict:
    app.add_html_math_renderer("mathml", (draw("inline"), None), (draw("block"), None))
    app.connect("build-finished", write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
