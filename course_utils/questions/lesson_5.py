"""The exercises of lesson 5, the museum of failures (CONTRIBUTING.md says how to write one)."""

import math

import numpy as np

from course_utils.exercises import Choice, Function, Number, Several, wrong_if

# --- 1 · Three patients

q1 = Several(
    stub="first, second, third = ..., ..., ...\nq1.check(first, second, third)",
    parts=[
        Choice(right="c", among="abcd", otherwise="D asleep"),
        Choice(right="a", among="abcd", otherwise="D winning"),
        Choice(right="d", among="abcd", otherwise="balanced"),
    ],
    code='first, second, third = "c", "a", "d"',
    es={
        "right": "Los tres, bien diagnosticados.",
        "one letter": "Una sola letra por paciente.",
        "before": "Paciente {number}:",
        "D asleep": "Una pérdida de D que sube sin parar mientras D(G(z)) está en 1 dice que D no responde. ¿Qué le pasa a un árbitro dormido?",
        "D winning": "D(x) = 1 y D(G(z)) = 0: ¿quién está ganando, y qué puede aprender de él el otro?",
        "balanced": "Las curvas están equilibradas; lo que falla es la variedad de las imágenes.",
        "hint": "Vuelve a las salas del museo y compara: ¿quién se mueve?, ¿quién gana?, ¿se parecen las imágenes entre sí?",
    },
    en={
        "right": "All three diagnosed correctly.",
        "one letter": "One letter only for each patient.",
        "before": "Patient {number}:",
        "D asleep": "A D loss that keeps climbing while D(G(z)) stands at 1 says that D does not react. What is wrong with a sleeping referee?",
        "D winning": "D(x) = 1 and D(G(z)) = 0: who is winning, and what can the other learn from it?",
        "balanced": "The curves are balanced; what is wrong is the variety of the images.",
        "hint": "Go back to the rooms of the museum and compare: who moves? who wins? do the images resemble each other?",
    },
)

# --- 2 · Two referees

q2 = Number(
    stub="answer = ...\nq2.check(answer)",
    right=math.exp(-0.30),
    tolerance=0.006,
    wrong={
        "turn of D": 0.05,
        "loss": 0.30,
        "logarithm": -math.log(0.30),
        "wrong sign": math.exp(0.30),
        "one minus loss": 1 - 0.30,
    },
    code="answer = np.exp(-0.30)",
    es={
        "right": "e^−0.30 = 0.74, frente a 0.05 en el turno de D: dos árbitros. Es el síntoma de la sala 4.",
        "turn of D": "Eso es en el turno de D. Se pregunta por el de G.",
        "loss": "Eso es la pérdida. Despeja D en «pérdida = −log D».",
        "logarithm": "Has aplicado el logaritmo a la pérdida. La pérdida ya es un logaritmo: hay que deshacerlo.",
        "wrong sign": "Una probabilidad no pasa de 1. Revisa el signo.",
        "one minus loss": "Cerca, pero no es 1 − 0.30: la pérdida es −log D.",
        "otherwise": "{value:g} no es. La pérdida de G es −log D(G(z)).",
        "hint": "Si la pérdida es −log D, entonces D es e elevado a menos la pérdida: `np.exp`.",
    },
    en={
        "right": "e^−0.30 = 0.74, against 0.05 in D's turn: two referees. It is the symptom of room 4.",
        "turn of D": "That is in D's turn. The question is about G's.",
        "loss": "That is the loss. Solve loss = −log D for D.",
        "logarithm": "You took the logarithm of the loss. The loss is a logarithm already: undo it.",
        "wrong sign": "A probability cannot exceed 1. Check the sign.",
        "one minus loss": "Close, but it is not 1 − 0.30: the loss is −log D.",
        "otherwise": "Not {value:g}. G's loss is −log D(G(z)).",
        "hint": "If the loss is −log D, then D is e to the power of minus the loss: `np.exp`.",
    },
)

# --- 3 · An alarm of one's own


def d_is_winning(history):
    if len(history["d_real"]) < 100:
        return False
    return np.mean(history["d_real"][-100:]) > 0.98 and np.mean(history["d_fake"][-100:]) < 0.02


def check_alarm(answer):
    def rings(d_real, d_fake):
        ringing = answer({"d_real": list(d_real), "d_fake": list(d_fake)})
        wrong_if(not isinstance(ringing, bool | np.bool_), "no bool", answer=ringing)
        return ringing

    wrong_if(not rings([0.999] * 150, [0.001] * 150), "silent")
    wrong_if(rings([0.5] * 150, [0.5] * 150), "balanced")
    wrong_if(rings([0.999] * 150, [0.5] * 150), "d_fake ignored")
    wrong_if(rings([0.5] * 150, [0.001] * 150), "d_real ignored")
    wrong_if(not rings([0.5] * 500 + [0.999] * 100, [0.5] * 500 + [0.001] * 100), "past counted")
    wrong_if(rings([0.999] * 500 + [0.6] * 100, [0.001] * 500 + [0.4] * 100), "past only")
    wrong_if(rings([0.5] * 50 + [0.999] * 50, [0.5] * 50 + [0.001] * 50), "moment")
    wrong_if(rings([0.999] * 99, [0.001] * 99), "too early")


def alarm(d_real=lambda mean: mean > 0.98, d_fake=lambda mean: mean < 0.02, steps=slice(-100, None), patience=100):
    """Return an alarm with other conditions, which looks at other steps or rings earlier."""

    def d_is_winning(history):
        means = {name: np.mean(values[steps]) for name, values in history.items()}
        return len(history["d_real"]) >= patience and d_real(means["d_real"]) and d_fake(means["d_fake"])

    return d_is_winning


def ever(history):
    """Ring if there was reason to at any step."""
    steps = range(len(history["d_real"]) + 1)
    return any(d_is_winning({name: values[:step] for name, values in history.items()}) for step in steps)


q3 = Function(
    stub="def d_is_winning(history):\n    return ...\nq3.check(d_is_winning)",
    code=d_is_winning,
    check_function=check_alarm,
    wrong={
        "no bool": [lambda history: "yes"],
        "silent": [lambda history: False],
        "balanced": [lambda history: True],
        "d_fake ignored": [alarm(d_fake=lambda mean: True)],
        "d_real ignored": [alarm(d_real=lambda mean: True)],
        "past counted": [alarm(steps=slice(None))],
        "past only": [ever],
        "moment": [alarm(steps=slice(-1, None))],
        "too early": [alarm(patience=0)],
    },
    es={
        "right": "Suena cuando debe, y solo entonces.",
        "no bool": "Tiene que devolver True o False, no {answer!r}.",
        "silent": "Con D(x) = 0.999 y D(G(z)) = 0.001 tiene que sonar.",
        "balanced": "Suena en un entrenamiento equilibrado.",
        "d_fake ignored": "Suena aunque D(G(z)) sea 0.5: hacen falta las dos condiciones.",
        "d_real ignored": "Suena aunque D(x) sea 0.5: hacen falta las dos condiciones.",
        "past counted": "Lo que pasó antes de los últimos 100 pasos no cuenta.",
        "past only": "D ganaba, pero en los últimos 100 pasos ya no.",
        "moment": "Un momento bueno no basta: se mira la media de 100 pasos.",
        "too early": "Con 99 pasos todavía es pronto.",
        "hint": "Los últimos 100 valores de una lista son `values[-100:]`; su media, `np.mean`. Empieza por el caso corto.",
    },
    en={
        "right": "It rings when it should, and only then.",
        "no bool": "It has to return True or False, not {answer!r}.",
        "silent": "With D(x) = 0.999 and D(G(z)) = 0.001 it has to ring.",
        "balanced": "It rings in a balanced training.",
        "d_fake ignored": "It rings although D(G(z)) is 0.5: both conditions are needed.",
        "d_real ignored": "It rings although D(x) is 0.5: both conditions are needed.",
        "past counted": "What happened before the last 100 steps does not count.",
        "past only": "D was winning, but not in the last 100 steps.",
        "moment": "One good moment is not enough: look at the mean of 100 steps.",
        "too early": "With 99 steps it is too early.",
        "hint": "The last 100 values of a list are `values[-100:]`; their mean, `np.mean`. Begin with the short case.",
    },
)
