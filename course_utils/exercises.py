"""Exercises that check themselves: `question.check(answer)`, `question.hint()`, `question.solution()`.

A check never raises. It says whether the answer is pending, right, or wrong and why, in the learner's language, so that
"run all cells" always reaches the end of a lesson. The questions of a lesson are in `questions_01`, `questions_02`, …
"""

from __future__ import annotations

import inspect
import math
import re
import textwrap
import traceback
from collections.abc import Callable

from course_utils.setup import L


class Wrong(Exception):
    """Raised by the check of a question: the answer is wrong, and the message says why."""


class Pending(Exception):
    """Raised by the check of a question: there is no answer yet."""


class Question:
    """One exercise.

    Args:
        check: function of the learner's answers; returns the sentence for a right answer, raises `Wrong` or `Pending`.
        hint: function without arguments that returns the hint.
        solution: function without arguments that returns the solution, as text or Python code with its explanation.
        answers: how many answers `check` takes.

    All three are functions, because they speak the language that the notebook has chosen.
    """

    def __init__(
        self, check: Callable[..., str], hint: Callable[[], str], solution: Callable[[], str], answers: int = 1
    ) -> None:
        self._check, self._hint, self._solution, self._answers = check, hint, solution, answers

    def check(self, *answers: object) -> None:
        """Say whether the answer is pending, right, or wrong and why.

        Args:
            answers: what the exercise asks for; `...` stands for "not answered yet".
        """
        print(self.verdict(*answers)[1])

    def verdict(self, *answers: object) -> tuple[str, str]:
        """Return ("pending" | "right" | "wrong", the sentence that `check` prints)."""
        if not answers or any(answer is ... or answer is None for answer in answers):
            return "pending", _pending()
        if len(answers) != self._answers:
            return "wrong", "✘ " + L(
                f"`check` espera {self._answers} respuesta(s) y ha recibido {len(answers)}.",
                f"`check` expects {self._answers} answer(s) and got {len(answers)}.",
            )
        try:
            return "right", "✔ " + L("¡Correcto! ", "Right! ") + self._check(*answers)
        except Pending:
            return "pending", _pending()
        except Wrong as why:
            return "wrong", f"✘ {why}"
        except Exception as error:
            what, line = f"{type(error).__name__}: {_first_line(error)}", _learners_line(error)
            return "wrong", "✘ " + L("Tu código se ha detenido con ", "Your code stopped with ") + what + line

    def hint(self) -> None:
        """Print the hint."""
        print(L("Pista: ", "Hint: ") + self._hint())

    def solution(self) -> None:
        """Print the solution."""
        print(self._solution())


def as_number(answer: object) -> float:
    """Return the answer as a float.

    Raises:
        Wrong: if it is not one number.
    """
    try:
        return float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Wrong(L(f"Se espera un número, no {answer!r}.", f"A number is expected, not {answer!r}.")) from None


def as_letters(answer: object, among: str) -> set[str]:
    """Return the answer, such as "a", "ac" or ["a", "c"], as a set of lower-case letters.

    Raises:
        Wrong: if it holds anything else than letters of `among`.
    """
    parts = answer if isinstance(answer, list | tuple | set) else [answer]
    letters = set("".join(map(str, parts)).lower()) - set(" ,;")
    if not letters or not letters <= set(among):
        raise Wrong(
            L(
                f"Responde con letras de «{among}», por ejemplo {among[0]!r} o {among[:2]!r}.",
                f"Answer with letters of “{among}”, for instance {among[0]!r} or {among[:2]!r}.",
            )
        )
    return letters


def as_letter(answer: object, among: str) -> str:
    """Return the answer as one lower-case letter (see `as_letters`).

    Raises:
        Wrong: if it is not one letter of `among`.
    """
    letters = as_letters(answer, among)
    if len(letters) > 1:
        raise Wrong(L("Elige una sola letra.", "Choose one letter only."))
    return letters.pop()


def as_function(answer: object, call: str) -> Callable:
    """Return the answer if it is a function.

    Args:
        call: how it is to be handed over, such as "q5.check(block)".

    Raises:
        Wrong: if it is something else, such as what the function returns.
    """
    if not callable(answer):
        raise Wrong(
            L(f"Pasa la función, sin paréntesis: `{call}`.", f"Pass the function, without parentheses: `{call}`.")
        )
    return answer


def refuse_known(value: float, known: dict[float, str], tolerance: float) -> None:
    """Raise `Wrong` with its explanation if `value` is one of the wrong numbers that learners give.

    Args:
        value: the learner's number.
        known: wrong number -> why it is wrong.
        tolerance: how far the value may be from it.
    """
    for wrong, why in known.items():
        if math.isclose(value, wrong, abs_tol=tolerance):
            raise Wrong(why)


def as_learners_see(function, name: str) -> str:
    """Return the function's source under the name it has in the exercise, without our imports."""
    lines = textwrap.dedent(inspect.getsource(function)).replace(function.__name__, name).splitlines()
    return "\n".join(line for i, line in enumerate(lines) if "import" not in line and (line or i > 2))


def _pending() -> str:
    return "… " + L(
        "Pendiente: sustituye los puntos suspensivos por tu respuesta y ejecuta de nuevo la celda.",
        "Pending: put your answer in place of the three dots and run the cell again.",
    )


def _first_line(error: Exception) -> str:
    """Return what an error says without TensorFlow's prefix `{{function_node …}}` and without its further lines."""
    lines = re.sub(r"\{\{.*?\}\}\s*", "", str(error)).strip().splitlines()
    return lines[0][:200] if lines else ""


def _learners_line(error: Exception) -> str:
    """Return " (line 3 of your cell)" for the line of the learner's own cell in which the error came up, or ""."""
    own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if "ipykernel" in frame.filename]
    return L(f" (línea {own[-1]} de tu celda)", f" (line {own[-1]} of your cell)") if own else ""
