"""Messages in both languages: every pair of texts says something of its own in each, with the same values."""

import ast
import re
from pathlib import Path

import pytest

from course_utils import language as languages
from course_utils.language import CourseError, L, of_this_computer, percent, say, set_language, thousands
from tools.bilingual import is_text
from tools.course import ROOT
from tools.notebooks import syntax

NBSP = "\N{NO-BREAK SPACE}"
FILES = [path for folder in ("course_utils", "tools", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]


def takers_of(code: str) -> set[str]:
    """Return the functions and classes of a program whose arguments are two versions of a text, `es` and `en`."""
    tree = ast.parse(code)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    functions |= {
        owner.name: node for owner in classes for node in owner.body if getattr(node, "name", "") == "__init__"
    }
    arguments = {name: [argument.arg for argument in node.args.args] for name, node in functions.items()}
    return {name for name, names in arguments.items() if names in (["es", "en"], ["self", "es", "en"])}


EVERYWHERE = takers_of(Path(languages.__file__).read_text(encoding="utf-8"))


def test_what_takes_two_versions_is_known():
    assert {"L", "say", "CourseError"} == EVERYWHERE
    code = "class A:\n    def __init__(self, es, en=''): ...\n\n\ndef f(es, en): ...\n\n\ndef g(en): ..."
    assert takers_of(code) == {"A", "f"}


def problems_of(code: str) -> list[str]:
    """Return what is wrong with the pairs of texts in a program; each with its line."""
    imported = {
        alias.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    problems, takers = [], takers_of(code) | {"L"} | EVERYWHERE & imported
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in takers:
            if node.func.id == "CourseError" and len(node.args) == 1 and is_in_both(node.args[0]):
                continue
            if len(node.args) != 2 or node.keywords:
                problems.append(f"line {node.lineno}: not two versions")
            else:
                problems += [f"line {node.lineno}: {what}" for what in differences(*node.args)]
    return problems


def is_in_both(text: ast.expr) -> bool:
    """Tell whether one text is for both languages: it has no words, or says all in Spanish / in English."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    words = " ".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return " / " in words or not re.search(r"[^\W\d_]{2}", words)


def differences(spanish: ast.expr, english: ast.expr) -> list[str]:
    """Return what is wrong with the two versions of one message, or of several in a tuple or list."""
    problems = []
    if ast.unparse(spanish) == ast.unparse(english):
        problems.append("both languages say the same")
    for version in (spanish, english):
        for part in texts_of(version):
            if isinstance(part, ast.Constant) and not part.value.strip():
                problems.append("an empty text")
    if texts_of(spanish) and texts_of(english) and values_of(spanish) != values_of(english):
        problems.append(f"not the same values: {ast.unparse(spanish)} and {ast.unparse(english)}")
    return problems


def texts_of(version: ast.expr) -> list[ast.expr]:
    """Return the texts that a version is made of; none where it is another expression, such as a variable."""
    parts = version.elts if isinstance(version, ast.Tuple | ast.List) else [version]
    return parts if all(map(is_text, parts)) else []


def values_of(version: ast.expr) -> list[str]:
    """Return what each text of a version formats, in any order; the variable `es` of one is the `en` of the other."""
    code = ast.parse(ast.unparse(version))
    for node in ast.walk(code):
        if isinstance(node, ast.Name) and node.id == "es":
            node.id = "en"
    return [syntax(ast.unparse(text), blank=True) for text in texts_of(code.body[0].value)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_message_says_the_same_in_both_languages(path):
    assert problems_of(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('L("paso", "step")', []),
        ('L(f"{n} de {steps:.1f}", f"of {steps:.1f}, {n}")', []),
        ('L(f"la {es}", f"the {en}")', []),
        ('L(("uno", f"{x}"), ("one", f"{x}!"))', []),
        ("L(self.es, self.en)", []),
        ('L("total", "total")', ["both languages say the same"]),
        ('L("", "nothing")', ["an empty text"]),
        ('L(f"{n} pasos", "steps")', ["not the same values"]),
        ('L(f"{n:.1f} s", f"{n:.2f} seconds")', ["not the same values"]),
        ('L(f"{n} y {n}", f"{n} and {m}")', ["not the same values"]),
        ('L(("uno", "dos"), ("one",))', ["not the same values"]),
        ('L("uno")', ["not two versions"]),
        ('raise CourseError(f"no {x}", f"not {x}")', []),
        ('raise CourseError(f"no {x}", f"not {y}")', ["not the same values"]),
        ('raise CourseError(f"falta {x}")', ["not two versions"]),
        ('raise CourseError(f"{x}: 2 × {y}")', []),
        ('raise CourseError("No. / No.")', []),
        ('say(f"{n} pasos", "steps")', ["not the same values"]),
    ],
)
def test_pairs_that_do_not_fit_are_found(code, expected):
    problems = problems_of(f"from course_utils.language import CourseError, say\n{code}\n")
    assert len(problems) == len(expected)
    for problem, words in zip(problems, expected, strict=True):
        assert problem.startswith(f"line 2: {words}")


# The language itself


def test_the_chosen_language_speaks():
    for code, word in (("es", "paso"), ("en", "step"), ("es", "paso")):
        set_language(code)
        assert (languages.language(), L("paso", "step")) == (code, word)


def test_an_unknown_language_is_refused_in_both():
    with pytest.raises(CourseError, match=r"El idioma debe .* The language must"):
        set_language("fr")
    assert languages.language() == "en"


def test_a_learner_sees_the_message_and_no_frames(language, capsys):
    say("qué hacer", "what to do")
    words = L("qué hacer", "what to do")
    assert (
        CourseError("qué hacer", "what to do")._render_traceback_() == [words] == capsys.readouterr().out.splitlines()
    )
    assert str(CourseError("2 × 3")) == "2 × 3"


@pytest.mark.parametrize(
    ("number", "spanish", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1234, "1234", "1,234"),
        (9999, "9999", "9,999"),
        (10_000, f"10{NBSP}000", "10,000"),
        (-1_234_567, f"-1{NBSP}234{NBSP}567", "-1,234,567"),
    ],
)
def test_thousands(language, number, spanish, english):
    assert thousands(number) == L(spanish, english)


@pytest.mark.parametrize(
    ("share", "digits", "spanish", "english"),
    [(0.474, 1, f"47.4{NBSP}%", "47.4%"), (1, 0, f"100{NBSP}%", "100%"), (0.0049, 0, f"0{NBSP}%", "0%")],
)
def test_percent(language, share, digits, spanish, english):
    assert percent(share, digits) == L(spanish, english)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LC_ALL": "es_MX.UTF-8", "LANG": "en_US.UTF-8"}, "es"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "es_ES.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "es_ES.UTF-8"}, "es"),
    ],
)
def test_the_language_of_the_computer(variables, expected, monkeypatch):
    for name in ("LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert of_this_computer() == expected


@pytest.mark.parametrize(("name", "expected"), [("Spanish_Spain", "es"), ("English_Canada", "en"), (None, "en")])
def test_where_no_variable_says_it_the_system_is_asked(name, expected, monkeypatch):
    for variable in ("LC_ALL", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(languages.locale, "getlocale", lambda: (name, None))
    assert of_this_computer() == expected
