"""Exercises that check themselves: `q1.check(answer)`, `q1.hint()`, `q1.solution()`; on the main path, `q1.use(mine)`.

A check never raises. It says whether the answer is pending, right, or wrong and why, in the learner's language, so that
"run all cells" always reaches the end of a lesson. Letters may be clicked: where widgets work, `...` shows buttons.

The exercises of a lesson are data, in `questions/lesson_N.py`: each is a `Choice`, `Letters`, `Number`, `Several`,
`Forecast` or `Function`. CONTRIBUTING.md says how to write one.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from course_utils import buttons
from course_utils.language import L

# What any exercise may say. One that has a text under the same name says its own.
ES = {
    "pending": "Pendiente: sustituye los puntos suspensivos por tu respuesta y ejecuta de nuevo la celda.",
    "click": "Pendiente: pulsa la letra que elijas, o escríbela en lugar de los puntos suspensivos.",
    "click several": "Pendiente: marca las letras y pulsa «Comprobar», o escríbelas en lugar de los puntos.",
    "first": "(Tu predicción, la primera respuesta: {answer})",
    "returns nothing": "Pendiente: tu función todavía no devuelve nada.",
    "otherwise": "No es eso.",
    "answers": "`check` espera {expected} respuesta(s) y ha recibido {got}.",
    "letters": "Responde con letras de «{among}», por ejemplo {among[0]!r} o {two!r}.",
    "one letter": "Elige una sola letra.",
    "something missing": "Falta algo.",
    "number": "Se espera un número, no {answer!r}.",
    "function": "Pasa la función, sin paréntesis: `{call}`.",
    "stopped": "Tu código se ha detenido con {error}",
    "line": " (línea {line} de tu celda)",
    "not written": "Aún por escribir: seguimos con la versión del curso.",
    "meanwhile": "Mientras tanto, seguimos con la versión del curso.",
}
EN = {
    "pending": "Pending: put your answer in place of the three dots and run the cell again.",
    "click": "Pending: click the letter of your choice, or type it in place of the three dots.",
    "click several": "Pending: mark the letters and click “Check”, or type them in place of the three dots.",
    "first": "(Your prediction, the first answer: {answer})",
    "returns nothing": "Pending: your function does not return anything yet.",
    "otherwise": "That is not it.",
    "answers": "`check` expects {expected} answer(s) and got {got}.",
    "letters": "Answer with letters of “{among}”, for instance {among[0]!r} or {two!r}.",
    "one letter": "Choose one letter only.",
    "something missing": "Something is missing.",
    "number": "A number is expected, not {answer!r}.",
    "function": "Pass the function, without parentheses: `{call}`.",
    "stopped": "Your code stopped with {error}",
    "line": " (line {line} of your cell)",
    "not written": "Not written yet: going on with the course's version.",
    "meanwhile": "Meanwhile, going on with the course's version.",
}


class Wrong(Exception):
    """Raised by a check: the answer is wrong.

    Args:
        why: names of the texts that say why, one after the other.
        values: what stands for the names in braces in those texts.
    """

    def __init__(self, *why: str, **values: object) -> None:
        super().__init__(*why)
        self.why, self.values = why, values


def wrong_if(condition: object, *why: str, **values: object) -> None:
    """Raise `Wrong` if the condition holds."""
    if condition:
        raise Wrong(*why, **values)


class Pending(Exception):
    """Raised by a check: there is no answer yet. Takes the name of the text that says so."""


@dataclass(kw_only=True, eq=False)
class Question:
    """What all exercises have in common. A kind says in `examine` what is right.

    The texts stand under the same names in both languages: "right" is said to a right answer, "hint" is what `hint`
    prints, "solution" (if any) what `solution` prints below the code, "otherwise" is said to a wrong answer that has no
    explanation of its own; the others explain wrong answers. Names in braces stand for values of the answer.
    """

    stub: str = ""  # the learner's cell at first, as in the lesson's source: `...` stands where something is missing
    code: str | Callable = ""  # the solution; a Choice and Letters write it themselves
    es: Mapping[str, str] = field(default_factory=dict)
    en: Mapping[str, str] = field(default_factory=dict)

    # What was answered first, clicked or typed, before the lesson gave it away: letters, with a blank between answers.
    prediction: str | None = field(default=None, init=False)

    @property
    def answers(self) -> int:
        """How many answers `check` takes."""
        return 1

    def examine(self, *answers: object) -> dict | None:
        """Return what stands for the names in braces of the text for a right answer, if there are any.

        Raises:
            Wrong: if the answer is wrong.
            Pending: if there is none yet.
        """
        raise NotImplementedError

    def says(self, *names: str, **values: object) -> str:
        """Return the texts with these names, in the learner's language."""
        texts = L(ES | self.es, EN | self.en)
        sentence = " ".join(texts.get(name, texts["otherwise"]) for name in names)
        return sentence.format(**values) if values else sentence

    def verdict(self, *answers: object) -> tuple[str, str]:
        """Return ("pending" | "right" | "wrong", the sentence that `check` prints)."""
        if not answers or any(map(_is_unwritten, answers)):
            return "pending", "… " + self.says("pending")
        if len(answers) != self.answers:
            return "wrong", "✘ " + self.says("answers", expected=self.answers, got=len(answers))
        try:
            return self._examined(*answers)
        except (Exception, SystemExit) as error:
            what, line = _what_stopped(error)
            return "wrong", "✘ " + self.says("stopped", error=what) + (self.says("line", line=line) if line else "")

    def _examined(self, *answers: object) -> tuple[str, str]:
        """Return the verdict on answers that are there. Raises whatever the learner's code raises."""
        try:
            return "right", "✔ " + L("¡Correcto! ", "Right! ") + self.says("right", **self.examine(*answers) or {})
        except Pending as pending:
            return "pending", "… " + self.says(*pending.args or ("pending",))
        except Wrong as wrong:
            return "wrong", "✘ " + self.says(*wrong.why, **wrong.values)

    def check(self, *answers: object) -> None:
        """Say whether the answer is pending, right, or wrong and why.

        Where it is pending and asks for letters, they can be clicked, if there are widgets. The first answer is kept as
        `prediction`; whoever answers again is told what it was.

        Args:
            answers: what the exercise asks for; `...` stands for "not answered yet".
        """
        rows = self.rows
        if rows and all(answer is ... for answer in answers) and buttons.work():
            one_click = len(rows) == 1 and isinstance(self, Choice)
            print("… " + self.says("click" if one_click else "click several"))
            buttons.show(rows, lambda letters: self._committed(*[answer or ... for answer in letters]))
        else:
            print(self._committed(*answers)[1])

    @property
    def rows(self) -> dict[str, tuple[str, bool]]:
        """Name of an answer -> its letters, and whether it takes only one; empty unless all answers are letters."""
        return {}

    def _committed(self, *answers: object) -> tuple[str, str]:
        """Return the verdict, and keep the first answer to a question about letters as the prediction."""
        kind, sentence = self.verdict(*answers)
        if kind == "pending" or (letters := self._letters(*answers)) is None:
            return kind, sentence
        if self.prediction is None:
            self.prediction = letters
        elif self.prediction != letters:
            sentence += " " + self.says("first", answer=self.prediction)
        return kind, sentence

    def _letters(self, *answers: object) -> str | None:
        """Return the answers as letters, or None where they are none."""
        return None

    def use(self, *answers: object) -> object:
        """Return the learner's answer if it is right, else the course's version; say which goes on, and why.

        Args:
            answers: what the exercise asks for, usually a function. Of several, a tuple comes back.
        """
        kind, sentence = self.verdict(*answers)
        if kind == "right":
            print(sentence)
            return answers if self.answers > 1 else answers[0]
        print("… " + self.says("not written") if kind == "pending" else f"{sentence}\n{self.says('meanwhile')}")
        return self.course_version

    @property
    def course_version(self) -> object:
        """What `use` goes on with until the learner's own answer is right."""
        return self.right

    def hint(self) -> None:
        """Print the hint."""
        print(L("Pista: ", "Hint: ") + self.says("hint"))

    def solution(self) -> None:
        """Print the solution, and why it is one."""
        print(self.solution_code)
        if "solution" in self.es:
            print(self.says("solution"))

    @property
    def solution_code(self) -> str:
        """The solution without its explanation, as learners see it."""
        return self.code


@dataclass(kw_only=True, eq=False)
class Letters(Question):
    """All the letters that are right, and no other.

    The text named by a letter says why it is wrong, or why it must not be missing. One named by several letters is for
    just that answer. Where a right letter has no text, "missing" is said: {count} is how many are, and {n} and {are}
    help with the plural of a verb.
    """

    right: str
    among: str = ""  # the letters there are, unless those that are right or have a text are all
    every: bool = False  # explain every wrong letter of an answer, and not only the first one
    otherwise: str = "otherwise"  # the text for a wrong letter without one

    @property
    def choices(self) -> str:
        """The letters there are, in order."""
        return self.among or "".join(sorted({*self.right, *(name for name in self.es if len(name) == 1)}))

    def read(self, answer: object) -> str:
        """Return the letters of an answer such as "ca", "A, C" or ["a", "c"], in order: "ac".

        Raises:
            Wrong: if it holds anything else than the letters there are.
        """
        parts = answer if isinstance(answer, list | tuple | set) else [answer]
        letters = set("".join(map(str, parts)).lower()) - set(" ,;")
        wrong_if(not letters or not letters <= set(self.choices), "letters", among=self.choices, two=self.choices[:2])
        return "".join(sorted(letters))

    def judge(self, letters: str) -> None:
        """Raise `Wrong` unless these, in order, are the right letters."""
        wrong_if(len(letters) > 1 and letters in self.es, letters)
        if extra := [letter for letter in letters if letter not in self.right]:
            why = [letter if letter in self.es else self.otherwise for letter in extra]
            raise Wrong(*(why if self.every else why[:1]), letter=extra[0])
        if missing := [letter for letter in self.right if letter not in letters]:
            wrong_if(missing[0] in self.es, "something missing", missing[0])
            plural = {"n": "n", "are": "are"} if len(missing) > 1 else {"n": "", "are": "is"}
            raise Wrong("missing", count=len(missing), **plural)

    def examine(self, answer: object) -> None:
        self.judge(self.read(answer))

    @property
    def rows(self) -> dict[str, tuple[str, bool]]:
        return {"": (self.choices, isinstance(self, Choice))}

    def _letters(self, *answers: object) -> str | None:
        try:
            return self.read(*answers)
        except Exception:  # whatever a learner hands over
            return None

    @property
    def solution_code(self) -> str:
        return self.stub.splitlines()[0].replace("...", f'"{self.right}"')


@dataclass(kw_only=True, eq=False)
class Choice(Letters):
    """One letter. The text named by a letter says why it is wrong."""

    def read(self, answer: object) -> str:
        """Return the answer as one lower-case letter.

        Raises:
            Wrong: if it is not one of the letters there are.
        """
        letter = super().read(answer)
        wrong_if(len(letter) > 1, "one letter")
        return letter


@dataclass(kw_only=True, eq=False)
class Number(Question):
    """A number. The text for a right answer may name {right}, the others {value}, the learner's number."""

    right: float
    wrong: Mapping[str, float] = field(default_factory=dict)  # name of a text -> the wrong number that it explains
    tolerance: float = 0.0  # how far from `right` an answer is still right, from a wrong number still explained by it
    near: float | None = None  # how far from a wrong number, if that differs
    otherwise: str = "otherwise"  # the text for all other numbers

    def read(self, answer: object) -> float:
        """Return the answer as a float (see `as_number`)."""
        return as_number(answer)

    def judge(self, value: float) -> None:
        """Raise `Wrong` unless the value is right."""
        if not abs(value - self.right) <= self.tolerance:
            near = self.tolerance if self.near is None else self.near
            known = (name for name, wrong in self.wrong.items() if abs(value - wrong) <= near)
            raise Wrong(next(known, self.otherwise), value=value)

    def examine(self, answer: object) -> dict:
        self.judge(self.read(answer))
        return {"right": self.right}


@dataclass(kw_only=True, eq=False)
class Several(Question):
    """Several answers at once. What is said is about the first that is wrong.

    The text "before", if any, is said before the explanation: it may name {number}, that of the answer, and {value}.
    """

    # A kind for each answer, without texts: they are named, and stand here. Functions have the names of their `code`.
    parts: Sequence[Letters | Number | Function]
    order: Sequence[int] = ()  # in which the answers are looked at, if not as they come

    @property
    def answers(self) -> int:
        return len(self.parts)

    def examine(self, *answers: object) -> None:
        values = [part.read(answer) for part, answer in zip(self.parts, answers, strict=True)]
        for i in self.order or range(len(values)):
            try:
                self.parts[i].judge(values[i])
            except Wrong as wrong:
                before = ["before"] if "before" in self.es else []
                raise Wrong(*before, *wrong.why, **{"number": i + 1, "value": values[i]} | wrong.values) from None

    @property
    def rows(self) -> dict[str, tuple[str, bool]]:
        if not all(isinstance(part, Letters) for part in self.parts):
            return {}
        names = re.search(r"\.(?:check|use)\((.*)\)", self.stub)[1].split(", ")
        return {name: part.rows[""] for name, part in zip(names, self.parts, strict=True)}

    def _letters(self, *answers: object) -> str | None:
        if not self.rows or len(answers) != self.answers:
            return None
        letters = [part._letters(answer) for part, answer in zip(self.parts, answers, strict=True)]
        return None if None in letters else " ".join(letters)

    @property
    def course_version(self) -> tuple:
        return tuple(part.course_version for part in self.parts)

    @property
    def solution_code(self) -> str:
        return self.code or "\n\n\n".join(part.solution_code for part in self.parts)


@dataclass(kw_only=True, eq=False)
class Forecast(Question):
    """Things named by letters, sorted into drawers before anybody has looked: which lie where they belong?

    The answers are the letters of each drawer; there may be none. Unless each letter comes once, "each once" is said;
    it may name {among}, all letters. Where some lie elsewhere, "score" is said: {hits} of {count} are right, and
    {missed} is what `outcome` says of the others, a line for each.
    """

    drawers: int
    # Returns letter -> number of its drawer, and what is said of it, in the learner's language.
    outcome: Callable[[], Mapping[str, tuple[int, str]]]

    @property
    def answers(self) -> int:
        return self.drawers

    def examine(self, *answers: object) -> dict:
        outcome = self.outcome()
        drawers = [
            "".join(map(str, answer)) if isinstance(answer, list | tuple | set) else answer for answer in answers
        ]
        drawers = [[letter for letter in str(drawer).lower() if letter not in " ,;"] for drawer in drawers]
        among = "".join(sorted(outcome))
        wrong_if(sorted(letter for drawer in drawers for letter in drawer) != list(among), "each once", among=among)
        missed = [said for letter, (drawer, said) in sorted(outcome.items()) if letter not in drawers[drawer]]
        hits, said = len(outcome) - len(missed), "".join(f"\n{line}" for line in missed)
        wrong_if(missed, "score", hits=hits, count=len(outcome), missed=said)
        return {"count": len(outcome)}

    @property
    def course_version(self) -> tuple:
        outcome = self.outcome()
        return tuple(
            "".join(letter for letter in sorted(outcome) if outcome[letter][0] == drawer)
            for drawer in range(self.drawers)
        )

    @property
    def solution_code(self) -> str:
        names = self.stub.splitlines()[0].split(" = ")[0]
        return f"{names} = " + ", ".join(f'"{letters}"' for letters in self.course_version)


@dataclass(kw_only=True, eq=False)
class Function(Question):
    """A function that the learner writes. `code` is one too: learners see its source, and `use` goes on with it."""

    # Is given the learner's function and calls it. Raises `Wrong` with the name of a text, or returns what stands for
    # the names in braces of the text for a right answer. A function that returns None or `...` is pending.
    check_function: Callable[[Callable], dict | None]
    wrong: Mapping[str, Sequence[Callable]]  # name of a text -> functions with the mistake that it explains, for tests

    def read(self, answer: object) -> Callable:
        """Return the learner's function; called, it raises `Pending` if it gives nothing back.

        Raises:
            Wrong: if the answer is no function.
        """
        if not callable(answer):
            call = re.search(r"\w+\.(check|use)\(", self.stub)
            raise Wrong("function", call=f"{call[0]}{self._name})" if call else self._name)

        def written(*inputs: object, **options: object) -> object:
            result = answer(*inputs, **options)
            if result is None or result is ...:
                raise Pending("pending" if result is ... else "returns nothing")
            return result

        return written

    def judge(self, function: Callable) -> dict | None:
        """Raise `Wrong` unless the function is right; may return what stands for the names in braces."""
        return self.check_function(function)

    def examine(self, answer: object) -> dict | None:
        return self.judge(self.read(answer))

    @property
    def course_version(self) -> Callable:
        return self.code

    @property
    def solution_code(self) -> str:
        return as_learners_see(self.code, self._name)

    @property
    def _name(self) -> str:
        return re.search(r"def (\w+)", self.stub)[1] if self.stub else self.code.__name__


def as_number(answer: Any) -> float:
    """Return the answer as a float.

    Raises:
        Wrong: if it is not one number.
    """
    try:
        return float(answer)
    except (TypeError, ValueError):
        raise Wrong("number", answer=answer) from None


def as_learners_see(function: Callable, name: str) -> str:
    """Return the function's source under the name that it has in the exercise."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function))).rstrip()
    return re.sub(rf"\b{function.__name__}\b", name, source)


def _is_unwritten(answer: object) -> bool:
    """Return whether an answer is still to be written: `...`, None, or a function with `...` left in its code."""
    if answer is None or answer is ...:
        return True
    try:
        return callable(answer) and _has_blank(inspect.unwrap(answer))
    except Exception:  # whatever a learner hands over
        return False


def _has_blank(function: Callable) -> bool:
    """Return whether `...` is left in a function's source, or, where that is not to be had, in its compiled code."""
    try:
        definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):
        definition = None
    if not isinstance(definition, ast.FunctionDef):  # a lambda comes with all the rest of its line
        return _has_ellipsis(function.__code__)
    slices = [node.slice for node in ast.walk(definition) if isinstance(node, ast.Subscript)]
    indices = {id(node) for index in slices for node in ast.walk(index)}  # the dots of `images[..., 0]` are no blank
    dots = [node for node in ast.walk(definition) if isinstance(node, ast.Constant) and node.value is ...]
    return any(id(node) not in indices for node in dots)


def _has_ellipsis(code: CodeType) -> bool:
    return any(item is ... or (isinstance(item, CodeType) and _has_ellipsis(item)) for item in code.co_consts)


def _what_stopped(error: Exception) -> tuple[str, int | None]:
    """Return the kind of an error with the first line of what it says, and the line of the learner's cell, if any.

    TensorFlow adds `{{function_node …}}`. Where it traces a function, its text is a trace with the error at its end.
    """
    try:
        text = re.sub(r"\{\{.*?\}\}\s*", "", str(error)).strip()
    except Exception:  # an error of the learner's own that cannot say what it is
        text = ""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if "ipykernel" in frame.filename]
    if text.startswith("in user code:"):
        lines += map(int, re.findall(r'ipykernel.*", line (\d+)', text))
        what = text.splitlines()[-1].strip()
    else:
        what = f"{type(error).__name__}: {text.splitlines()[0] if text else ''}"
    return what[:250], lines[-1] if lines else None
