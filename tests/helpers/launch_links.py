"""The links that open the course elsewhere, read as their hosts document them: tests/links.toml holds the forms."""

from __future__ import annotations

import re
import tomllib
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from tools.course import ROOT

FORMS = tomllib.loads((ROOT / "tests" / "links.toml").read_text(encoding="utf-8"))
PATTERNS = {
    "repository": r"[\w-]+/[\w.-]+",
    "name": r"[\w.-]+",
    "ref": r"[^?#\s]+?",
    "path": r"notebooks/(?:es|en)/[\w./-]+\.ipynb",
}


def host_of(link: str) -> str | None:
    """Return the name of the host, in FORMS, to which a link leads, and None if it leads elsewhere."""
    there = urlsplit(link)
    return next((host for host, facts in FORMS.items() if urlsplit(facts["form"]).netloc == there.netloc), None)


def read(link: str) -> dict[str, str]:
    """Return what a link opens, and where: `host`, `repository`, `ref` and, if it has one, `path`.

    Raises:
        ValueError: if it has another form than its host's.
    """
    host = host_of(link)
    if host is None:
        raise ValueError(f"{link} leads to none of {', '.join(FORMS)}")
    form, there = urlsplit(FORMS[host]["form"]), urlsplit(link)
    found = _match(form.path, there.path, FORMS[host].get("one_segment", []), link)
    wanted, given = _query(form), _query(there)
    if wanted.keys() != given.keys() or (form.scheme, form.fragment) != (there.scheme, there.fragment):
        raise ValueError(f"{link} has not the form {FORMS[host]['form']}")
    for name, value in wanted.items():
        for key, text in _match(value, given[name], [], link).items():
            if found.setdefault(key, text) != text:
                raise ValueError(f"{link} names two of {key}: {found[key]} and {text}")
    if found.pop("name", found["repository"].split("/")[1]) != found["repository"].split("/")[1]:
        raise ValueError(f"{link} opens another folder than it fetches")
    return {"host": host} | found


def _query(address: SplitResult) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(address.query, strict_parsing=bool(address.query)).items()}


def _match(form: str, text: str, one_segment: list[str], link: str) -> dict[str, str]:
    """Return what stands for the {names} of a form in a text, decoded."""
    patterns = PATTERNS | dict.fromkeys(one_segment, r"[^/?#\s]+")
    pattern = re.sub(r"\\{(\w+)\\}", lambda name: f"(?P<{name[1]}>{patterns[name[1]]})", re.escape(form))
    match = re.fullmatch(pattern, text)
    if match is None:
        raise ValueError(f"{link}: {text} has not the form {form}")
    return {name: unquote(value) for name, value in match.groupdict().items()}
