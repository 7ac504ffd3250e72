"""The exercises of lesson 3 (CONTRIBUTING.md says how to write one)."""

import math

import numpy as np
import tensorflow as tf

from course_utils.exercises import Function, Letters, Number, Several, Wrong, as_number, wrong_if
from course_utils.lessons.lesson_3 import cross_entropy

# --- 1 · The starting point

q1 = Several(
    stub="d_loss_at_start = ...\ng_loss_at_start = ...\nq1.check(d_loss_at_start, g_loss_at_start)",
    parts=[
        Number(right=2 * math.log(2), tolerance=0.006, wrong={"one batch": math.log(2)}, otherwise="other loss of D"),
        Number(
            right=math.log(2),
            tolerance=0.006,
            wrong={"probability": 0.5, "never wrong": 0, "two batches": 2 * math.log(2), "base 2": 1, "decimal": 0.3},
            otherwise="other loss of G",
        ),
    ],
    order=(1, 0),
    code="import math\n\nd_loss_at_start = 2 * math.log(2)\ng_loss_at_start = math.log(2)",
    es={
        "right": "log 2 ≈ 0.69 por lote: uno para G y dos, que suman 1.39, para D. Si al empezar ves otra cosa, busca un error.",
        "one batch": "Eso es lo que le cuesta cada lote. La pérdida de D es la suma de los dos.",
        "other loss of D": "La pérdida de D no es {value:g}.",
        "probability": "0.5 es la probabilidad. La pérdida es su −log.",
        "never wrong": "Una pérdida de 0 sería no equivocarse nunca. Con un logit de 0, p es 0.5.",
        "two batches": "Esa es la suma de dos lotes. La pérdida de G usa uno solo, el falso.",
        "base 2": "Usa el logaritmo natural, no el de base 2.",
        "decimal": "Usa el logaritmo natural, no el decimal.",
        "other loss of G": "La pérdida de G no es {value:g}.",
        "hint": "Con x = 0, log(1 + e⁰) = log 2, sea cual sea la etiqueta. ¿Cuántos lotes mira cada red?",
    },
    en={
        "right": "log 2 ≈ 0.69 per batch: one for G, and two for D, 1.39 in all. If you see anything else at the start, look for a mistake.",
        "one batch": "That is what each batch costs D. Its loss is the sum of the two.",
        "other loss of D": "D's loss is not {value:g}.",
        "probability": "0.5 is the probability. The loss is minus its log.",
        "never wrong": "A loss of 0 would mean never being wrong. With a logit of 0, p is 0.5.",
        "two batches": "That is the sum of two batches. G's loss uses only the fake one.",
        "base 2": "Use the natural logarithm, not base 2.",
        "decimal": "Use the natural logarithm, not base 10.",
        "other loss of G": "G's loss is not {value:g}.",
        "hint": "With x = 0, log(1 + e⁰) = log 2, whatever the label. How many batches does each network look at?",
    },
)

# --- 2 · A smoothed loss


def smooth_loss(real_logits, fake_logits):
    real_loss = cross_entropy(0.9 * tf.ones_like(real_logits), real_logits)
    fake_loss = cross_entropy(tf.zeros_like(fake_logits), fake_logits)
    return real_loss + fake_loss


def check_loss(answer):
    real, fake = tf.constant([[1.5], [0.2], [-0.7]]), tf.constant([[-1.0], [0.4], [-2.0]])
    value = as_number(answer(real, fake))

    def cost(logits, label):
        return float(np.mean(np.log1p(np.exp(logits)) - label * logits.numpy()))

    right = cost(real, 0.9) + cost(fake, 0)
    known = {
        "not smoothed": cost(real, 1) + cost(fake, 0),
        "fake smoothed": cost(real, 0.9) + cost(fake, 0.1),
        "swapped": cost(real, 0) + cost(fake, 0.9),
        "mean": right / 2,
        "real only": cost(real, 0.9),
    }
    if not math.isclose(value, right, abs_tol=1e-4):
        for name, number in known.items():
            wrong_if(math.isclose(value, number, abs_tol=1e-4), name)
        raise Wrong("another value", value=value, right=right)


def with_labels(real_label, fake_label):
    """Return a loss of D with other labels."""
    return lambda real, fake: (
        cross_entropy(real_label * tf.ones_like(real), real) + cross_entropy(fake_label * tf.ones_like(fake), fake)
    )


q2 = Function(
    stub="def smooth_loss(real_logits, fake_logits):\n    return ...\nq2.check(smooth_loss)",
    code=smooth_loss,
    check_function=check_loss,
    wrong={
        "not smoothed": [with_labels(1.0, 0.0)],
        "fake smoothed": [with_labels(0.9, 0.1)],
        "swapped": [with_labels(0.0, 0.9)],
        "mean": [lambda real, fake: smooth_loss(real, fake) / 2],
        "real only": [lambda real, fake: cross_entropy(0.9 * tf.ones_like(real), real)],
        "another value": [
            lambda real, fake: cross_entropy(real, 0.9 * tf.ones_like(real)) + cross_entropy(fake, tf.zeros_like(fake))
        ],
    },
    es={
        "right": "Con la etiqueta 0.9, lo que menos le cuesta a D ante lo real es responder σ(x) = 0.9, y no la certeza.",
        "not smoothed": "Esa es la pérdida sin suavizar.",
        "fake smoothed": "Has suavizado también lo falso. Unilateral: lo falso conserva su 0.",
        "swapped": "Has cambiado los papeles: 0.9 es para lo real.",
        "mean": "D suma los dos lotes; no hace la media.",
        "real only": "Falta lo que le cuestan a D los logits falsos.",
        "another value": "Con unos logits de prueba da {value:.4f} y debería dar {right:.4f}. ¿Va la etiqueta primero y el logit después?",
        "hint": "Copia `discriminator_loss` y cambia una sola cosa: 0.9 * tf.ones_like(real_logits).",
    },
    en={
        "right": "With label 0.9, what costs D least on real images is σ(x) = 0.9, not certainty.",
        "not smoothed": "That is the loss without smoothing.",
        "fake smoothed": "You have smoothed the fake label too. One-sided: fake images keep their 0.",
        "swapped": "You have swapped the labels: 0.9 is for real images.",
        "mean": "D adds the two batches; it does not average them.",
        "real only": "What the fake logits cost D is missing.",
        "another value": "With some test logits it gives {value:.4f} and should give {right:.4f}. Does the label come first and the logit second?",
        "hint": "Copy `discriminator_loss` and change a single thing: 0.9 * tf.ones_like(real_logits).",
    },
)

# --- 3 · How many traces

q3 = Number(
    stub="answer = ...\nq3.check(answer)",
    right=3,
    wrong={"one shape": 1, "retracing reduced": 2, "one trace twice": 4, "nearly all": 5, "steps": 6},
    code="answer = 3",
    es={
        "right": "Tres formas distintas, tres trazas: 256, 96 y 100.",
        "one shape": "Sería una si todos los lotes tuvieran la misma forma. Cada forma nueva se traza.",
        "retracing reduced": "Te falta una forma: la traza de 96 no vale para el lote de 100, porque nadie ha pedido reduce_retracing.",
        "one trace twice": "La traza de 96 se guarda: cuando llega otro lote de 96, se vuelve a usar.",
        "nearly all": "Las trazas se guardan: solo cuentan las formas nuevas.",
        "steps": "Seis son los pasos. Una traza se guarda y se vuelve a usar.",
        "otherwise": "No son {value:g}. ¿Cuántas formas distintas hay?",
        "hint": "Se traza una vez por cada forma nueva.",
    },
    en={
        "right": "Three different shapes, three traces: 256, 96 and 100.",
        "one shape": "It would be one if all the batches had the same shape. Every new shape is traced.",
        "retracing reduced": "You are missing a shape: the trace for 96 does not serve for the batch of 100, because nobody has asked for reduce_retracing.",
        "one trace twice": "The trace for 96 is kept: when a second batch of 96 comes along, it is used again.",
        "nearly all": "Traces are kept: only new shapes count.",
        "steps": "Six is the number of steps. A trace is kept and used again.",
        "otherwise": "It is not {value:g}. How many different shapes are there?",
        "hint": "It traces once for every new shape.",
    },
)

# --- 4 · The suitcase

q4 = Letters(
    stub="answer = ...\nq4.check(answer)",
    right="abcef",
    es={
        "right": "Todo lo que cambia y decide lo que viene después; y nada más. (En la lista falta el azar del ruido.)",
        "a": "Sin los pesos (a) no hay nada que retomar.",
        "b": "Las medias y varianzas de la BN (b) también cambian al entrenar, y G dibuja con ellas.",
        "c": "Sin su memoria (c), Adam vuelve a ir a ciegas, como al principio.",
        "d": "La imagen (d) no interviene en los pasos siguientes: cada uno dibuja las suyas.",
        "e": "Sin el número de paso (e) no se sabe qué lote toca.",
        "f": "Sin el estado del azar de dropout (f) se apagan otras neuronas: lo has visto en la prueba.",
        "g": "El tiempo (g) no cambia ningún número.",
        "hint": "Pregúntate ante cada cosa: si faltara, ¿saldría algún número distinto?",
    },
    en={
        "right": "Everything that changes and decides what comes next, and nothing else. (The list leaves out the random state of the noise.)",
        "a": "Without the weights (a) there is nothing to resume.",
        "b": "BN's means and variances (b) change during training too, and G draws with them.",
        "c": "Without its memory (c) Adam goes back to taking blind steps, as at the start.",
        "d": "The image (d) plays no part in later steps: each of them draws its own.",
        "e": "Without the step number (e) there is no telling which batch comes next.",
        "f": "Without the random state of dropout (f) other neurons are switched off: you saw it in the proof.",
        "g": "The time (g) changes no number.",
        "hint": "Ask about each item: if it were missing, would any number come out different?",
    },
)

# --- 5 · Another way


def walk(a, b, n):
    angles = np.linspace(0, np.pi / 2, n)
    return np.cos(angles)[:, np.newaxis] * a + np.sin(angles)[:, np.newaxis] * b


def check_walk(answer):
    a, b, n = np.array([3.0, 0.0, 4.0]), np.array([0.0, 5.0, 0.0]), 4
    points = np.asarray(answer(a, b, n), dtype=float)
    wrong_if(points.shape != (n, 3), "shape", shape=points.shape)
    wrong_if(not np.allclose(points[0], a, atol=1e-5), "start")
    wrong_if(not np.allclose(points[-1], b, atol=1e-5), "end")
    wrong_if(not np.allclose(np.linalg.norm(points, axis=1), 5, atol=1e-4), "straight line")
    wrong_if(not np.allclose(points, walk(a, b, n), atol=1e-4), "uneven")


def along(angles):
    """Return a walk that takes other angles."""
    return lambda a, b, n: np.cos(angles(n))[:, np.newaxis] * a + np.sin(angles(n))[:, np.newaxis] * b


q5 = Function(
    stub="def walk(a, b, n):\n    return ...\nq5.check(walk)",
    code=walk,
    check_function=check_walk,
    wrong={
        "shape": [lambda a, b, n: walk(a, b, n).T, lambda a, b, n: walk(a, b, n + 1)],
        "start": [lambda a, b, n: walk(b, a, n)],
        "end": [
            along(lambda n: np.linspace(0, np.pi / 2, n, endpoint=False)),
            along(lambda n: np.linspace(0, 90, n)),
        ],
        "straight line": [lambda a, b, n: np.linspace(a, b, n)],
        "uneven": [along(lambda n: np.pi / 2 * np.linspace(0, 1, n) ** 2)],
    },
    es={
        "right": "Con n = 4, todos a la misma distancia del centro y cada uno a 30° del siguiente.",
        "shape": "Con vectores de 3 números y n = 4 debe salir una matriz de forma (4, 3), y sale {shape}.",
        "start": "El primer punto tiene que ser a.",
        "end": "El último punto tiene que ser b: el ángulo llega a 90° (π/2 radianes), extremos incluidos.",
        "straight line": "Los puntos del medio no conservan la longitud: ¿vas por la recta?",
        "uneven": "El ángulo entre puntos vecinos no es el mismo.",
        "hint": "`np.linspace(0, np.pi / 2, n)` da los ángulos; una fila por ángulo, como en `arc`.",
    },
    en={
        "right": "With n = 4, all at the same distance from the centre, and each 30° from the next.",
        "shape": "With vectors of 3 numbers and n = 4 the array should have shape (4, 3), but it has {shape}.",
        "start": "The first point has to be a.",
        "end": "The last point has to be b: the angle goes up to 90° (π/2 radians), with both ends included.",
        "straight line": "The points in the middle do not keep the same length: are you on the straight line?",
        "uneven": "The points are not evenly spaced in angle.",
        "hint": "`np.linspace(0, np.pi / 2, n)` gives the angles; one row per angle, as in `arc`.",
    },
)
