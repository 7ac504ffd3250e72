"""Compare two texts in Markdown that should be the same but for their language: the twins of a lesson."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tools.notebooks import syntax_or_text

PARSER = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_labels=False, double_inline=True)
URL = re.compile(r"https?://[^\s)>\]\"']+")


def differences(spanish: str, english: str) -> list[str]:
    """Return in what a Spanish and an English text differ that should be the same in both, one line each.

    Compared are headings (their levels), links, images, formulas, code spans (as a set, since prose may name a thing
    twice in one language), code fences, list items and table rows. Formulas may differ in `\\text{…}` and the decimal
    comma `{,}`; links and code spans where they name the language (see `_neutral`).
    """
    es, en = _skeleton(spanish), _skeleton(english)
    return [f"{what}: {_only(es[what], en[what])}" for what in es if es[what] != en[what]]


def _only(spanish: Any, english: Any) -> str:
    if isinstance(spanish, Counter):
        es, en = sorted((spanish - english).elements()), sorted((english - spanish).elements())
        return "; ".join(
            f"only in {language}: {', '.join(items)}" for language, items in (("es", es), ("en", en)) if items
        )
    return f"{spanish} in es, {english} in en"


def _skeleton(text: str) -> dict[str, object]:
    """Return what a text must share with its twin."""
    tokens = list(_tokens(text))

    def contents(*types: str) -> list[str]:
        return [token.content for token in tokens if token.type in types]

    def count(kind: str) -> int:
        return sum(token.type == kind for token in tokens)

    html = _Html()
    html.feed("\n".join(contents("html_inline", "html_block")))
    links = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    bare = [url.rstrip(".,;:") for content in contents("text") for url in URL.findall(content)]
    images = [str(token.attrs["src"]) for token in tokens if token.type == "image"]
    return {
        "heading levels": [int(token.tag[1:]) for token in tokens if token.type == "heading_open"],
        "links": Counter(map(_neutral, links + bare + html.links)),
        "images": Counter(map(_neutral, images + html.images)),
        "formulas": Counter(map(_formula, contents("math_inline", "math_inline_double", "math_block"))),
        "code spans": Counter(set(map(_neutral, contents("code_inline")))),
        "code fences": [_fence(token) for token in tokens if token.type in ("fence", "code_block")],
        "list items": count("list_item_open"),
        "table rows": count("tr_open"),
    }


def _tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or []


class _Html(HTMLParser):
    """Collects the links and images of pieces of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if (tag, name) == ("a", "href") and value]
        self.images += [value for name, value in attrs if (tag, name) == ("img", "src") and value]


def _neutral(text: str) -> str:
    """Return a link or a code span without what names the language.

    That is `notebooks/es/`, `README.es.md`, `LANGUAGE=es`, es.wikipedia.org, `?hl=es`, a heading (`#…`), or a string in
    quotes.
    """
    if text.startswith("#") or re.fullmatch(r"\"[^\"]*\"|'[^']*'", text):
        return text[0] + "…"
    text = re.sub(r"https?://(?:es|en)\.wikipedia\.org/.*", "wikipedia.org/…", text)
    text = re.sub(r"\b(hl|LANGUAGE)=(es|en)\b", r"\1=…", text)
    text = re.sub(r"(--language )(es|en)\b", r"\1…", text)
    text = re.sub(r"(?<=/)(es|en)(?=/|$)|^(es|en)(?=/)", "…", text)
    text = re.sub(r"(\.ipynb|\.md)#.*", r"\1#…", text)
    return re.sub(r"\.(es|en)\.", ".", text)


def _formula(text: str) -> str:
    text = re.sub(r"\\(text|textrm|textit|textbf|mathrm|operatorname)\{[^{}]*\}", r"\\\1{…}", text)
    return re.sub(r"\s+", "", re.sub(r"(?<=\d)\{,\}(?=\d)", ".", text))


def _fence(token: Token) -> str:
    language = token.info.strip()
    if language.lower() not in ("python", "py"):
        return language
    return f"{language} {syntax_or_text(token.content, blank=True)}"
