"""The exercises of lesson 4: what is right, what is wrong and why, hints and solutions.

The official solutions of the exercises that ask for code are also kept as code (`solve_2`, `solve_4`), so that tests
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
    as_letter,
    as_letters,
    as_number,
    refuse_known,
)
from course_utils.language import L

# --- 1 · A distance by hand


def _check_1(distance) -> str:
    value = as_number(distance)
    if not math.isclose(value, 13, abs_tol=0.01):
        known = {
            math.sqrt(13): L(
                "Sobra la raíz: la distancia de Fréchet, tal como se usa, va al cuadrado.",
                "No root: the Fréchet distance, as it is used, is squared.",
            ),
            5.0: L("Falta elevar al cuadrado cada diferencia.", "Each difference has to be squared."),
            9.0: L("Esa es solo la parte de las medias.", "That is only the part of the means."),
            4.0: L(
                "Esa es solo la parte de las desviaciones típicas.", "That is only the part of the standard deviations."
            ),
            73.0: L(
                "Has restado las varianzas (1 y 9). En la fórmula se restan las desviaciones típicas (1 y 3).",
                "You subtracted the variances (1 and 9). The formula subtracts the standard deviations (1 and 3).",
            ),
            17.0: L(
                "Has sumado la diferencia de las varianzas (8). Toma la de las desviaciones típicas, al cuadrado.",
                "You added the difference of the variances (8). Take that of the standard deviations, squared.",
            ),
        }
        refuse_known(value, known, tolerance=0.01)
        raise Wrong(
            L(
                f"No es {value:g}. Eleva al cuadrado la diferencia de medias y la de desviaciones, y suma los dos.",
                f"It is not {value:g}. Square the difference of the means and that of the deviations; add both.",
            )
        )
    return L(
        "(2 - 5)² + (1 - 3)² = 9 + 4 = 13. Importa dónde está cada campana, y también lo ancha que es.",
        "(2 - 5)² + (1 - 3)² = 9 + 4 = 13. Where each bell is counts, and so does how wide it is.",
    )


q1 = Question(
    _check_1,
    hint=lambda: L(
        "La desviación típica es la raíz cuadrada de la varianza: si esta vale 9, la desviación es 3.",
        "The standard deviation is the square root of the variance: for 9, it is 3.",
    ),
    solution=lambda: "distance = (2 - 5) ** 2 + (1 - 3) ** 2",
)

# --- 2 · How many classes


def solve_2(probabilities):
    """Return how many of the classes have at least 2 % of the images."""
    import numpy as np

    shares = np.bincount(probabilities.argmax(axis=1), minlength=10) / len(probabilities)
    return int((shares >= 0.02).sum())


def _check_2(coverage) -> str:
    function = as_function(coverage, "q2.check(coverage)")

    def images_of(counts):
        """Return probabilities of images, of which so many are of each class, in disorder."""
        rng = np.random.default_rng(3)
        labels = rng.permutation(np.repeat(np.arange(10), counts))
        rest = rng.uniform(0, 0.05, (len(labels), 10))
        rest[np.arange(len(labels)), labels] = 0.6
        return rest / rest.sum(axis=1, keepdims=True)

    for counts, right in (([10] * 10, 10), ([50, 46, 2, 1, 1, 0, 0, 0, 0, 0], 3), ([0] * 9 + [40], 1)):
        made = function(images_of(counts))
        if made is ... or made is None:
            raise Pending
        value = as_number(made)
        if value != right:
            known = {
                sum(count > 0 for count in counts): L(
                    "Estás contando todas las clases que aparecen, aunque sea una vez. Cuenta solo las que llegan al "
                    "2 %.",
                    "You are counting every class that appears at all. Count only those that reach 2%.",
                ),
                sum(count > 0.02 * sum(counts) for count in counts): L(
                    "Una clase con un 2 % justo también cuenta: >= y no >.",
                    "A class with exactly 2% counts too: >=, not >.",
                ),
                right / 10: L("Se pide cuántas son, no qué parte de las diez.", "Say how many, not what share of ten."),
            }
            refuse_known(value, {wrong: why for wrong, why in known.items() if wrong != right}, tolerance=1e-9)
            raise Wrong(
                L(
                    f"Con {sum(counts)} imágenes, repartidas así entre las clases: {counts}, da {value:g} y debería "
                    f"dar {right}.",
                    f"With {sum(counts)} images, spread like this over the classes: {counts}, it gives {value:g} and "
                    f"should give {right}.",
                )
            )
    return L(
        "Diez es lo que debe dar un buen generador. Si da menos, ha olvidado clases: es un colapso de modos.",
        "Ten is what a good generator should give. If it gives less, it has forgotten classes: mode collapse.",
    )


q2 = Question(
    _check_2,
    hint=lambda: L(
        "`probabilities.argmax(axis=1)` da la clase de cada imagen, y `np.bincount(…, minlength=10)` las cuenta.",
        "`probabilities.argmax(axis=1)` gives the class of each image, and `np.bincount(…, minlength=10)` counts them.",
    ),
    solution=lambda: as_learners_see(solve_2, "coverage"),
)

# --- 3 · Fair play


def _check_3(answer) -> str:
    letters = as_letters(answer, "abcdef")
    why_not = {
        "b": L(
            "Usar el mismo optimizador para las dos (b) es jugar en igualdad de condiciones.",
            "Using the same optimizer for both (b) is playing on equal terms.",
        ),
        "d": L(
            "Que una red tenga más parámetros (d) es parte de lo que se compara; hay que decirlo, no esconderlo.",
            "That one network has more parameters (d) is part of what is being compared; say so, do not hide it.",
        ),
        "f": L(
            "Medir las dos con el mismo juez (f) es lo que hay que hacer.",
            "Measuring both with the same judge (f) is as it should be.",
        ),
    }
    why = {
        "a": L(
            "Elegir la mejor cuadrícula de una y una cualquiera de la otra (a) decide el resultado de antemano.",
            "Choosing the best grid of one and just any grid of the other (a) decides the result beforehand.",
        ),
        "c": L(
            "Con más imágenes la distancia de Fréchet baja sola (c): usa el mismo número con las dos.",
            "With more images the Fréchet distance falls by itself (c): use the same number for both.",
        ),
        "e": L(
            "Si a una le buscas la mejor tasa y a la otra no (e), comparas tu esfuerzo, no las redes.",
            "If you tune the rate of one and not of the other (e), you are comparing your effort, not the networks.",
        ),
    }
    for letter in sorted(letters & why_not.keys()):
        raise Wrong(why_not[letter])
    for letter in sorted(why.keys() - letters):
        raise Wrong(L("Falta algo. ", "Something is missing. ") + why[letter])
    return L(
        "Las tres cambian el resultado sin que cambien las redes.",
        "All three change the result without any change in the networks.",
    )


q3 = Question(
    _check_3,
    hint=lambda: L(
        "Pregúntate con cada una: ¿podría dar una ganadora aunque las dos redes fueran idénticas?",
        "Ask about each: could it produce a winner even if the two networks were identical?",
    ),
    solution=lambda: 'answer = "ace"',
)

# --- 4 · The interval


def solve_4(a, b):
    """Return the ends of the interval that holds 95 % of the resampled differences of means."""
    import numpy as np

    rng = np.random.default_rng(1)
    differences = [rng.choice(a, len(a)).mean() - rng.choice(b, len(b)).mean() for _ in range(5000)]
    return np.quantile(differences, [0.025, 0.975])


def _check_4(interval) -> str:
    function = as_function(interval, "q4.check(interval)")
    a, b = np.array([3.1, 2.9, 3.4, 3.0, 3.6]), np.array([4.0, 4.6, 4.1, 4.9, 4.2, 4.5])
    made = function(a, b)
    if made is ... or made is None:
        raise Pending
    ends = np.asarray(made, dtype=float).ravel()
    if ends.shape != (2,):
        raise Wrong(
            L(
                f"Debe devolver dos números, los extremos, y devuelve algo de forma {np.shape(made)}.",
                f"It should return two numbers, the ends; what it returns has shape {np.shape(made)}.",
            )
        )
    low, high = ends
    right = np.array(_reference_interval(a, b))
    if low > high:
        raise Wrong(L("El extremo inferior va primero.", "The lower end comes first."))
    if np.allclose(ends, -right[::-1], atol=0.06):
        raise Wrong(L("Es la media de a menos la de b, no al revés.", "Mean of a minus mean of b, not the reverse."))
    if math.isclose(low, high, abs_tol=1e-6):
        raise Wrong(
            L(
                "Los dos extremos coinciden: ¿vuelves a extraer los valores en cada vuelta, con rng.choice?",
                "Both ends are the same: do you draw new values each time round, with rng.choice?",
            )
        )
    if not np.allclose(ends, right, atol=0.06):
        wide, narrow = right[1] - right[0], high - low
        if narrow > 1.5 * wide:
            raise Wrong(
                L(
                    f"El intervalo es demasiado ancho ({low:.2f} a {high:.2f}): ¿calculas la media de lo extraído "
                    "antes de restar?",
                    f"The interval is too wide ({low:.2f} to {high:.2f}): do you take the mean of what you drew before "
                    "subtracting?",
                )
            )
        raise Wrong(
            L(
                f"Con unos datos de prueba da de {low:.2f} a {high:.2f} y debería dar más o menos de {right[0]:.2f} a "
                f"{right[1]:.2f}. ¿Queda fuera un 2.5 % por cada lado? ¿Extraes tantos valores como hay?",
                f"On some test data it gives {low:.2f} to {high:.2f}; it should give about {right[0]:.2f} to "
                f"{right[1]:.2f}. Is 2.5% left out at each end? Do you draw as many values as there are?",
            )
        )
    return L(
        f"De {low:.2f} a {high:.2f}: el cero queda fuera, así que con estos datos la primera gana.",
        f"From {low:.2f} to {high:.2f}: zero is outside, so on these data the first one wins.",
    )


def _reference_interval(a, b) -> tuple[float, float]:
    rng = np.random.default_rng(2)
    means = [rng.choice(values, (20_000, len(values))).mean(axis=1) for values in (a, b)]
    return tuple(np.quantile(means[0] - means[1], [0.025, 0.975]))


q4 = Question(
    _check_4,
    hint=lambda: L(
        "`rng.choice(a, len(a))` extrae de a tantos valores como tiene, con reemplazo. Repite muchas veces la resta "
        "de medias y quédate con `np.quantile(…, [0.025, 0.975])`.",
        "`rng.choice(a, len(a))` draws as many values from a as it has, with replacement. Compute the difference of "
        "the means many times over, and take `np.quantile(…, [0.025, 0.975])`.",
    ),
    solution=lambda: as_learners_see(solve_4, "interval"),
)

# --- 5 · What the measures do not see


def _check_5(answer) -> str:
    letter = as_letter(answer, "abcd")
    why = {
        "a": L(
            "La distancia de Fréchet le pone mala nota: faltan nueve clases, y medias y covarianzas son otras.",
            "The Fréchet distance gives a bad mark: with nine classes missing, means and covariances differ.",
        ),
        "c": L(
            "La exhaustividad le pone mala nota: los otros nueve dígitos no salen nunca.",
            "Recall gives a bad mark: the other nine digits are never drawn.",
        ),
        "d": L("El reparto por clases lo delata: una se lleva el 100 %.", "The class shares show it: one has 100%."),
    }
    if letter in why:
        raise Wrong(why[letter])
    return L(
        "La precisión solo pregunta si cada imagen podría ser real, y todas podrían serlo. Por eso nunca se da sola.",
        "Precision only asks whether each image could be real, and all of them could. So it is never given alone.",
    )


q5 = Question(
    _check_5,
    hint=lambda: L(
        "¿Cuál de las cuatro mira las imágenes generadas una por una, sin preguntar qué falta?",
        "Which of the four looks at the generated images one by one, without asking what is missing?",
    ),
    solution=lambda: 'answer = "b"',
)
