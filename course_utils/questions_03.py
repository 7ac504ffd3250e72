"""The exercises of lesson 3: what is right, what is wrong and why, hints and solutions.

The official solutions of the exercises that ask for code are also kept as code (`solve_2`, `solve_5`), so that tests
can run them through their own checks.
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
from course_utils.setup import L

# --- 1 · The starting point


def _check_1(d_loss, g_loss) -> str:
    d_loss, g_loss = as_number(d_loss), as_number(g_loss)
    half = math.log(2)
    if not math.isclose(g_loss, half, abs_tol=0.006):
        known = {
            0.5: L(
                "0.5 es la probabilidad. La pérdida es su −log.", "0.5 is the probability. The loss is minus its log."
            ),
            0.0: L(
                "Una pérdida de 0 sería no equivocarse nunca. Con un logit de 0, p es 0.5.",
                "A loss of 0 would mean never being wrong. With a logit of 0, p is 0.5.",
            ),
            2 * half: L(
                "Esa es la suma de dos lotes. La pérdida de G usa uno solo, el falso.",
                "That is the sum of two batches. G's loss uses only the fake one.",
            ),
            1.0: L("Usa el logaritmo natural, no el de base 2.", "Use the natural logarithm, not base 2."),
            0.3: L("Usa el logaritmo natural, no el decimal.", "Use the natural logarithm, not base 10."),
        }
        refuse_known(g_loss, known, tolerance=0.006)
        raise Wrong(L(f"La pérdida de G no es {g_loss:g}.", f"G's loss is not {g_loss:g}."))
    if not math.isclose(d_loss, 2 * half, abs_tol=0.006):
        known = {
            half: L(
                "Eso es lo que le cuesta cada lote. La pérdida de D es la suma de los dos.",
                "That is what each batch costs D. Its loss is the sum of the two.",
            )
        }
        refuse_known(d_loss, known, tolerance=0.006)
        raise Wrong(L(f"La pérdida de D no es {d_loss:g}.", f"D's loss is not {d_loss:g}."))
    return L(
        "log 2 ≈ 0.69 por lote: uno para G y dos, que suman 1.39, para D. Si al empezar ves otra cosa, busca un error.",
        "log 2 ≈ 0.69 per batch: one for G, and two for D, 1.39 in all. If you see anything else at the start, look "
        "for a mistake.",
    )


q1 = Question(
    _check_1,
    hint=lambda: L(
        "Con x = 0, log(1 + e⁰) = log 2, sea cual sea la etiqueta. ¿Cuántos lotes mira cada red?",
        "With x = 0, log(1 + e⁰) = log 2, whatever the label. How many batches does each network look at?",
    ),
    solution=lambda: "import math\n\nd_loss_at_start = 2 * math.log(2)\ng_loss_at_start = math.log(2)",
    answers=2,
)

# --- 2 · A smoothed loss


def solve_2(real_logits, fake_logits):
    """Return D's loss with label 0.9 for what is real."""
    import keras
    import tensorflow as tf

    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    real_loss = cross_entropy(0.9 * tf.ones_like(real_logits), real_logits)
    fake_loss = cross_entropy(tf.zeros_like(fake_logits), fake_logits)
    return real_loss + fake_loss


def _check_2(smooth_loss) -> str:
    import tensorflow as tf

    function = as_function(smooth_loss, "q2.check(smooth_loss)")
    real, fake = tf.constant([[1.5], [0.2], [-0.7]]), tf.constant([[-1.0], [0.4], [-2.0]])
    made = function(real, fake)
    if made is ... or made is None:
        raise Pending
    value = as_number(made)

    def loss(real_label, fake_label, real=real, fake=fake):
        return sum(
            float(np.mean(np.log1p(np.exp(logits)) - label * logits))
            for logits, label in ((real.numpy(), real_label), (fake.numpy(), fake_label))
        )

    right = loss(0.9, 0)
    if not math.isclose(value, right, abs_tol=1e-4):
        known = {
            loss(1, 0): L("Esa es la pérdida sin suavizar.", "That is the loss without smoothing."),
            loss(0.9, 0.1): L(
                "Has suavizado también lo falso. Unilateral: lo falso conserva su 0.",
                "You have smoothed the fake label too. One-sided: fake images keep their 0.",
            ),
            loss(0, 0.9): L(
                "Has cambiado los papeles: 0.9 es para lo real.", "You have swapped the labels: 0.9 is for real images."
            ),
            right / 2: L(
                "D suma los dos lotes; no hace la media.", "D adds the two batches; it does not average them."
            ),
            loss(0.9, 0, fake=tf.zeros((1, 1))) - math.log(2): L(
                "Falta lo que le cuestan a D los logits falsos.", "What the fake logits cost D is missing."
            ),
        }
        refuse_known(value, known, tolerance=1e-4)
        raise Wrong(
            L(
                f"Con unos logits de prueba da {value:.4f} y debería dar {right:.4f}. ¿Va la etiqueta primero y el "
                "logit después?",
                f"With some test logits it gives {value:.4f} and should give {right:.4f}. Does the label come first "
                "and the logit second?",
            )
        )
    return L(
        "Con la etiqueta 0.9, lo que menos le cuesta a D ante lo real es responder σ(x) = 0.9, y no la certeza.",
        "With label 0.9, what costs D least on real images is σ(x) = 0.9, not certainty.",
    )


q2 = Question(
    _check_2,
    hint=lambda: L(
        "Copia `discriminator_loss` y cambia una sola cosa: 0.9 * tf.ones_like(real_logits).",
        "Copy `discriminator_loss` and change a single thing: 0.9 * tf.ones_like(real_logits).",
    ),
    solution=lambda: as_learners_see(solve_2, "smooth_loss"),
)

# --- 3 · How many traces


def _check_3(answer) -> str:
    value = as_number(answer)
    if value != 3:
        known = {
            1: L(
                "Sería una si todos los lotes tuvieran la misma forma. Cada forma nueva se traza.",
                "It would be one if all the batches had the same shape. Every new shape is traced.",
            ),
            2: L(
                "Te falta una forma: la traza de 96 no vale para el lote de 100, porque nadie ha pedido "
                "reduce_retracing.",
                "You are missing a shape: the trace for 96 does not serve for the batch of 100, because nobody has "
                "asked for reduce_retracing.",
            ),
            4: L(
                "La traza de 96 se guarda: cuando llega otro lote de 96, se vuelve a usar.",
                "The trace for 96 is kept: when a second batch of 96 comes along, it is used again.",
            ),
            5: L("Las trazas se guardan: solo cuentan las formas nuevas.", "Traces are kept: only new shapes count."),
            6: L(
                "Seis son los pasos. Una traza se guarda y se vuelve a usar.",
                "Six is the number of steps. A trace is kept and used again.",
            ),
        }
        refuse_known(value, known, tolerance=1e-9)
        raise Wrong(
            L(
                f"No son {value:g}. ¿Cuántas formas distintas hay?",
                f"It is not {value:g}. How many different shapes are there?",
            )
        )
    return L(
        "Tres formas distintas, tres trazas: 256, 96 y 100.", "Three different shapes, three traces: 256, 96 and 100."
    )


q3 = Question(
    _check_3,
    hint=lambda: L("Se traza una vez por cada forma nueva.", "It traces once for every new shape."),
    solution=lambda: "answer = 3",
)

# --- 4 · The suitcase


def _check_4(answer) -> str:
    letters = as_letters(answer, "abcdefg")
    why_not = {
        "d": L(
            "La imagen (d) no interviene en los pasos siguientes: cada uno dibuja las suyas.",
            "The image (d) plays no part in later steps: each of them draws its own.",
        ),
        "g": L("El tiempo (g) no cambia ningún número.", "The time (g) changes no number."),
    }
    why = {
        "a": L("Sin los pesos (a) no hay nada que retomar.", "Without the weights (a) there is nothing to resume."),
        "b": L(
            "Las medias y varianzas de la BN (b) también cambian al entrenar, y G dibuja con ellas.",
            "BN's means and variances (b) change during training too, and G draws with them.",
        ),
        "c": L(
            "Sin su memoria (c), Adam vuelve a ir a ciegas, como al principio.",
            "Without its memory (c) Adam goes back to taking blind steps, as at the start.",
        ),
        "e": L(
            "Sin el número de paso (e) no se sabe qué lote toca.",
            "Without the step number (e) there is no telling which batch comes next.",
        ),
        "f": L(
            "Sin el estado del azar de dropout (f) se apagan otras neuronas: lo has visto en la prueba.",
            "Without the random state of dropout (f) other neurons are switched off: you saw it in the proof.",
        ),
    }
    for letter in sorted(letters & why_not.keys()):
        raise Wrong(why_not[letter])
    for letter in sorted(why.keys() - letters):
        raise Wrong(L("Falta algo. ", "Something is missing. ") + why[letter])
    return L(
        "Todo lo que cambia y decide lo que viene después; y nada más. (En la lista falta el azar del ruido.)",
        "Everything that changes and decides what comes next, and nothing else. (The list leaves out the random "
        "state of the noise.)",
    )


q4 = Question(
    _check_4,
    hint=lambda: L(
        "Pregúntate ante cada cosa: si faltara, ¿saldría algún número distinto?",
        "Ask about each item: if it were missing, would any number come out different?",
    ),
    solution=lambda: 'answer = "abcef"',
)

# --- 5 · Another way


def solve_5(a, b, n):
    """Return n points of the arc from a to b, both included, at equal angles."""
    import numpy as np

    angles = np.linspace(0, np.pi / 2, n)
    return np.cos(angles)[:, np.newaxis] * a + np.sin(angles)[:, np.newaxis] * b


def _check_5(walk) -> str:
    function = as_function(walk, "q5.check(walk)")
    a, b, n = np.array([3.0, 0.0, 4.0]), np.array([0.0, 5.0, 0.0]), 4
    made = function(a, b, n)
    if made is ... or made is None:
        raise Pending
    points = np.asarray(made, dtype=float)
    if points.shape != (n, 3):
        raise Wrong(
            L(
                f"Con vectores de 3 números y n = 4 debe salir una matriz de forma (4, 3), y sale {points.shape}.",
                f"With vectors of 3 numbers and n = 4 the array should have shape (4, 3), but it has {points.shape}.",
            )
        )
    if not np.allclose(points[0], a, atol=1e-5):
        raise Wrong(L("El primer punto tiene que ser a.", "The first point has to be a."))
    if not np.allclose(points[-1], b, atol=1e-5):
        raise Wrong(
            L(
                "El último punto tiene que ser b: el ángulo llega a 90° (π/2 radianes), extremos incluidos.",
                "The last point has to be b: the angle goes up to 90° (π/2 radians), with both ends included.",
            )
        )
    if not np.allclose(np.linalg.norm(points, axis=1), 5, atol=1e-4):
        raise Wrong(
            L(
                "Los puntos del medio no conservan la longitud: ¿vas por la recta?",
                "The points in the middle do not keep the same length: are you on the straight line?",
            )
        )
    if not np.allclose(points, solve_5(a, b, n), atol=1e-4):
        raise Wrong(L("El ángulo entre puntos vecinos no es el mismo.", "The points are not evenly spaced in angle."))
    return L(
        "Con n = 4, todos a la misma distancia del centro y cada uno a 30° del siguiente.",
        "With n = 4, all at the same distance from the centre, and each 30° from the next.",
    )


q5 = Question(
    _check_5,
    hint=lambda: L(
        "`np.linspace(0, np.pi / 2, n)` da los ángulos; una fila por ángulo, como en `arc`.",
        "`np.linspace(0, np.pi / 2, n)` gives the angles; one row per angle, as in `arc`.",
    ),
    solution=lambda: as_learners_see(solve_5, "walk"),
)
