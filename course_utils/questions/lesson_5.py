"""The exercises of the museum of failures: what is right, what is wrong and why, hints and solutions.

The official solution of the exercise that asks for code is also kept as code (`solve_3`), so that tests can run it
through its own check.
"""

from __future__ import annotations

import math

import numpy as np

from course_utils.exercises import (
    Pending,
    Question,
    Wrong,
    as_function,
    as_learners_see,
    as_letters,
    as_number,
    refuse_known,
)
from course_utils.language import L

# --- 1 · Three patients


def _check_1(*answers) -> str:
    right = ("c", "a", "d")
    chosen = []
    for answer in answers:
        letters = as_letters(answer, "abcd")
        if len(letters) > 1:
            raise Wrong(L("Una sola letra por paciente.", "One letter only for each patient."))
        chosen.append(letters.pop())
    why = [
        L(
            "Una pérdida de D que sube sin parar mientras D(G(z)) está en 1 dice que D no responde. ¿Qué le pasa a un "
            "árbitro dormido?",
            "A D loss that keeps climbing while D(G(z)) stands at 1 says that D does not react. What is wrong with a "
            "sleeping referee?",
        ),
        L(
            "D(x) = 1 y D(G(z)) = 0: ¿quién está ganando, y qué puede aprender de él el otro?",
            "D(x) = 1 and D(G(z)) = 0: who is winning, and what can the other learn from it?",
        ),
        L(
            "Las curvas están equilibradas; lo que falla es la variedad de las imágenes.",
            "The curves are balanced; what is wrong is the variety of the images.",
        ),
    ]
    for patient, (letter, should) in enumerate(zip(chosen, right, strict=True)):
        if letter != should:
            raise Wrong(L(f"Paciente {patient + 1}: {why[patient]}", f"Patient {patient + 1}: {why[patient]}"))
    return L("Los tres, bien diagnosticados.", "All three diagnosed correctly.")


q1 = Question(
    _check_1,
    hint=lambda: L(
        "Vuelve a las salas del museo y compara: ¿quién se mueve?, ¿quién gana?, ¿se parecen las imágenes entre sí?",
        "Go back to the rooms of the museum and compare: who moves? who wins? do the images resemble each other?",
    ),
    solution=lambda: 'first, second, third = "c", "a", "d"',
    answers=3,
)

# --- 2 · Two referees


def _check_2(answer) -> str:
    value = as_number(answer)
    if math.isclose(value, math.exp(-0.30), abs_tol=0.006):
        return L(
            "e^−0.30 = 0.74, frente a 0.05 en el turno de D: dos árbitros. Es el síntoma de la sala 4.",
            "e^−0.30 = 0.74, against 0.05 in D's turn: two referees. It is the symptom of room 4.",
        )
    known = {
        0.05: L("Eso es en el turno de D. Se pregunta por el de G.", "That is in D's turn. The question is about G's."),
        0.30: L("Eso es la pérdida. Despeja D en «pérdida = −log D».", "That is the loss. Solve loss = −log D for D."),
        -math.log(0.30): L(
            "Has aplicado el logaritmo a la pérdida. La pérdida ya es un logaritmo: hay que deshacerlo.",
            "You took the logarithm of the loss. The loss is a logarithm already: undo it.",
        ),
        math.exp(0.30): L(
            "Una probabilidad no pasa de 1. Revisa el signo.", "A probability cannot exceed 1. Check the sign."
        ),
        0.70: L(
            "Cerca, pero no es 1 − 0.30: la pérdida es −log D.", "Close, but it is not 1 − 0.30: the loss is −log D."
        ),
    }
    refuse_known(value, known, 0.006)
    raise Wrong(L(f"{value:g} no es. La pérdida de G es −log D(G(z)).", f"Not {value:g}. G's loss is −log D(G(z))."))


q2 = Question(
    _check_2,
    hint=lambda: L(
        "Si la pérdida es −log D, entonces D es e elevado a menos la pérdida: `np.exp`.",
        "If the loss is −log D, then D is e to the power of minus the loss: `np.exp`.",
    ),
    solution=lambda: "answer = np.exp(-0.30)",
)

# --- 3 · An alarm of one's own


def solve_3(history):
    if len(history["d_real"]) < 100:
        return False
    return np.mean(history["d_real"][-100:]) > 0.98 and np.mean(history["d_fake"][-100:]) < 0.02


def _check_3(alarm) -> str:
    alarm = as_function(alarm, "q3.check(d_is_winning)")
    cases = [
        (
            {"d_real": [0.999] * 150, "d_fake": [0.001] * 150},
            True,
            L(
                "Con D(x) = 0.999 y D(G(z)) = 0.001 tiene que sonar.",
                "With D(x) = 0.999 and D(G(z)) = 0.001 it has to ring.",
            ),
        ),
        (
            {"d_real": [0.5] * 150, "d_fake": [0.5] * 150},
            False,
            L("Suena en un entrenamiento equilibrado.", "It rings in a balanced training."),
        ),
        (
            {"d_real": [0.999] * 150, "d_fake": [0.5] * 150},
            False,
            L(
                "Suena aunque D(G(z)) sea 0.5: hacen falta las dos condiciones.",
                "It rings although D(G(z)) is 0.5: both conditions are needed.",
            ),
        ),
        (
            {"d_real": [0.5] * 150, "d_fake": [0.001] * 150},
            False,
            L(
                "Suena aunque D(x) sea 0.5: hacen falta las dos condiciones.",
                "It rings although D(x) is 0.5: both conditions are needed.",
            ),
        ),
        (
            {"d_real": [0.5] * 500 + [0.999] * 100, "d_fake": [0.5] * 500 + [0.001] * 100},
            True,
            L(
                "Lo que pasó antes de los últimos 100 pasos no cuenta.",
                "What happened before the last 100 steps does not count.",
            ),
        ),
        (
            {"d_real": [0.999] * 500 + [0.6] * 100, "d_fake": [0.001] * 500 + [0.4] * 100},
            False,
            L("D ganaba, pero en los últimos 100 pasos ya no.", "D was winning, but not in the last 100 steps."),
        ),
        (
            {"d_real": [0.5] * 50 + [0.999] * 50, "d_fake": [0.5] * 50 + [0.001] * 50},
            False,
            L(
                "Un momento bueno no basta: se mira la media de 100 pasos.",
                "One good moment is not enough: look at the mean of 100 steps.",
            ),
        ),
        (
            {"d_real": [0.999] * 99, "d_fake": [0.001] * 99},
            False,
            L("Con 99 pasos todavía es pronto.", "With 99 steps it is too early."),
        ),
    ]
    for history, should, why in cases:
        answer = alarm({name: list(values) for name, values in history.items()})
        if answer is None or answer is ...:
            raise Pending
        if not isinstance(answer, bool | np.bool_):
            raise Wrong(
                L(
                    f"Tiene que devolver True o False, no {answer!r}.",
                    f"It has to return True or False, not {answer!r}.",
                )
            )
        if bool(answer) != should:
            raise Wrong(why)
    return L("Suena cuando debe, y solo entonces.", "It rings when it should, and only then.")


q3 = Question(
    _check_3,
    hint=lambda: L(
        "Los últimos 100 valores de una lista son `values[-100:]`; su media, `np.mean`. Empieza por el caso corto.",
        "The last 100 values of a list are `values[-100:]`; their mean, `np.mean`. Begin with the short case.",
    ),
    solution=lambda: as_learners_see(solve_3, "d_is_winning"),
)
