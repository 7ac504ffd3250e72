"""The language of the learner: every message in Spanish or English, numbers as each writes them, and clear errors."""

from __future__ import annotations

import locale
import os
from typing import TypeVar

LANGUAGES = ("es", "en")

T = TypeVar("T")

# What the setup cell of the running notebook has chosen: one notebook, one process, one language.
_chosen = {"language": "en"}


class CourseError(Exception):
    """An error with a message for the learner: what is wrong and what to do about it.

    Args:
        es: the message in Spanish.
        en: the message in English; left out where it is the same.
    """

    def __init__(self, es: str, en: str | None = None) -> None:
        super().__init__(es if en is None else L(es, en))

    def _render_traceback_(self) -> list[str]:
        """Jupyter calls this: a learner needs the message, not our stack frames."""
        return [str(self)]


def L(es: T, en: T) -> T:
    """Return the version in the language of the running lesson.

    Args:
        es: the Spanish version (usually a text).
        en: the English version.
    """
    return es if _chosen["language"] == "es" else en


def say(es: str, en: str) -> None:
    """Print a text in the language of the running lesson."""
    print(L(es, en))


def language() -> str:
    """Return the language of the running lesson, "es" or "en"."""
    return _chosen["language"]


def set_language(code: str) -> None:
    """Choose the language of all messages.

    Raises:
        CourseError: if `code` is neither "es" nor "en".
    """
    if code not in LANGUAGES:
        raise CourseError(
            f"El idioma debe ser «es» o «en», no {code!r}. / The language must be 'es' or 'en', not {code!r}."
        )
    _chosen["language"] = code


def thousands(number: int) -> str:
    """Return a whole number as it is written in the language of the lesson: 1234 and 12 345, or 1,234 and 12,345."""
    if _chosen["language"] == "es":
        return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") if abs(number) >= 10_000 else str(number)
    return f"{number:,}"


def percent(share: float, digits: int = 0) -> str:
    """Return a share in [0, 1] as it is written in the language of the lesson: "47.4 %" or "47.4%"."""
    return f"{100 * share:.{digits}f}" + L("\N{NO-BREAK SPACE}%", "%")


def of_this_computer() -> str:
    """Return the language that this computer speaks: "es" where that is Spanish, else "en"."""
    variables = ("LANGUAGE", "LC_ALL", "LANG")  # the order of gettext
    name = next(filter(None, map(os.environ.get, variables)), locale.getlocale()[0] or "")
    return "es" if name.lower().startswith(("es", "spanish")) else "en"
