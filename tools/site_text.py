"""Texts in Markdown on their way to the site: links lead to its pages, headings have anchors that both languages share.

The anchor of a heading is its number on the page: `s-3` is the same section in Spanish and in English.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from tools.site_pictures import Pictures

FENCES = re.compile(r"(^ *```.*?^ *```[^\n]*$)", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,5} )", re.MULTILINE)
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
LINK = re.compile(r"`[^`\n]*`|(?<!!)\[((?:[^\[\]`]|`[^`\n]*`|!\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)")


class Anchors:
    """Numbers the headings of a page."""

    def __init__(self) -> None:
        self.count = 0

    def mark(self, text: str) -> str:
        """Return a part of the page with an anchor before each heading but the first of the page, its title."""

        def numbered(found: re.Match) -> str:
            self.count += 1
            anchor = f'\n<div class="anchor" id="s-{self.count - 1}"></div>\n\n'
            return (anchor if self.count > 1 else "") + found[1]

        return outside_code(text, lambda prose: HEADING.sub(numbered, prose))


class Links:
    """Where the links of the course's texts lead on the site.

    Args:
        root: the course.
        course: `repository` and `ref` (see `read_course`).
        pages: path of a text in the course -> name of its page.
        playground: whether the site has the playground.
        language: of the pages.
    """

    def __init__(
        self, root: Path, course: Mapping[str, str], pages: Mapping[str, str], playground: bool, language: str
    ) -> None:
        self.root, self.course, self.pages = root, course, pages
        self.playground, self.language = playground, language

    def page(self, page: str, seen_from: str) -> str:
        """Return the address of a page as another one of the same language names it."""
        return posixpath.relpath(page, posixpath.dirname(seen_from) or ".") + ".html"

    def to_playground(self, seen_from: str) -> str:
        """Return the address of the playground as a page names it."""
        return "../" * (seen_from.count("/") + 1) + f"playground/index.html?lang={self.language}"

    def rewrite(self, text: str, source: str, page: str, pictures: Pictures) -> str:
        """Return a text with its links and pictures as the site has them.

        A link to a file that has no page leads to the repository; while there is none, its text alone is left.

        Args:
            text: in Markdown.
            source: the path in the course of the file that holds it, from which its links start.
            page: the name of its page.
            pictures: keeps them.
        """

        def located(target: str) -> str:
            return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))

        def picture(found: re.Match) -> str:
            return pictures.show((self.root / located(found[2])).read_bytes(), found[1])

        def link(found: re.Match) -> str:
            words, target = found.groups()
            if target is None or re.match(r"https://|#|mailto:", target):  # a span of code, or no file
                return found[0]
            path, _, anchor = target.partition("#")
            if located(path) in self.pages:
                to = self.pages[located(path)]
                suffix = ".ipynb" if path.endswith(".ipynb") else ".md"
                to = posixpath.relpath(to + suffix, posixpath.dirname(page) or ".")
                return f"[{words}]({to}{'#' + anchor if anchor else ''})"
            if self.course["repository"]:
                kind = "tree" if (self.root / located(path)).is_dir() else "blob"
                return f"[{words}](https://github.com/{self.course['repository']}/{kind}/{self.course['ref']}/{located(path)})"
            return words

        return outside_code(text, lambda prose: IMAGE.sub(picture, LINK.sub(link, prose)))


def outside_code(text: str, change) -> str:
    """Return a text whose parts outside blocks of code have been changed by a function."""
    pieces = FENCES.split(text)
    return "".join(piece if i % 2 else change(piece) for i, piece in enumerate(pieces))


def sections(text: str) -> dict[str, str]:
    """Return the parts of a page by their headings of the second level, in order; what comes before is named ""."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))
