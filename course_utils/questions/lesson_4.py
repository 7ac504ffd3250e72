"""The exercises of lesson 4 (CONTRIBUTING.md says how to write one)."""

import numpy as np

from course_utils.exercises import Choice, Function, Letters, Number, Wrong, as_number, wrong_if
from course_utils.statistics import bootstrap

# --- 1 · A distance by hand

q1 = Number(
    stub="distance = ...\nq1.check(distance)",
    right=(2 - 5) ** 2 + (1 - 3) ** 2,
    tolerance=0.01,
    wrong={
        "root": 13**0.5,
        "not squared": 3 + 2,
        "means only": 3**2,
        "deviations only": 2**2,
        "variances squared": 3**2 + (1 - 9) ** 2,
        "variances": 3**2 + 8,
    },
    code="distance = (2 - 5) ** 2 + (1 - 3) ** 2",
    es={
        "right": "(2 - 5)² + (1 - 3)² = 9 + 4 = 13. Importa dónde está cada campana, y también lo ancha que es.",
        "root": "Sobra la raíz: la distancia de Fréchet, tal como se usa, va al cuadrado.",
        "not squared": "Falta elevar al cuadrado cada diferencia.",
        "means only": "Esa es solo la parte de las medias.",
        "deviations only": "Esa es solo la parte de las desviaciones típicas.",
        "variances squared": "Has restado las varianzas (1 y 9). En la fórmula se restan las desviaciones típicas (1 y 3).",
        "variances": "Has sumado la diferencia de las varianzas (8). Toma la de las desviaciones típicas, al cuadrado.",
        "otherwise": "No es {value:g}. Eleva al cuadrado la diferencia de medias y la de desviaciones, y suma los dos.",
        "hint": "La desviación típica es la raíz cuadrada de la varianza: si esta vale 9, la desviación es 3.",
    },
    en={
        "right": "(2 - 5)² + (1 - 3)² = 9 + 4 = 13. Where each bell is counts, and so does how wide it is.",
        "root": "No root: the Fréchet distance, as it is used, is squared.",
        "not squared": "Each difference has to be squared.",
        "means only": "That is only the part with the means.",
        "deviations only": "That is only the part with the standard deviations.",
        "variances squared": "You subtracted the variances (1 and 9). The formula subtracts the standard deviations (1 and 3).",
        "variances": "You added the difference of the variances (8). Take that of the standard deviations, squared.",
        "otherwise": "It is not {value:g}. Square the difference of the means and that of the deviations; add both.",
        "hint": "The standard deviation is the square root of the variance: for 9, it is 3.",
    },
)

# --- 2 · How many classes


def coverage(probabilities):
    shares = np.bincount(probabilities.argmax(axis=1), minlength=10) / len(probabilities)
    return int((shares >= 0.02).sum())


def check_coverage(answer):
    def images_of(counts):
        """Return probabilities of images, of which so many are of each class, in disorder."""
        rng = np.random.default_rng(3)
        labels = rng.permutation(np.repeat(np.arange(10), counts))
        rest = rng.uniform(0, 0.05, (len(labels), 10))
        rest[np.arange(len(labels)), labels] = 0.6
        return rest / rest.sum(axis=1, keepdims=True)

    for counts, right in (([10] * 10, 10), ([50, 46, 2, 1, 1, 0, 0, 0, 0, 0], 3), ([0] * 9 + [40], 1)):
        value, images = as_number(answer(images_of(counts))), sum(counts)
        if value != right:
            wrong_if(value == sum(count > 0 for count in counts), "all that appear")
            wrong_if(value == sum(count > 0.02 * images for count in counts), "more than 2 %")
            wrong_if(abs(value - right / 10) < 1e-9, "share")
            raise Wrong("another count", images=images, counts=counts, value=value, right=right)


q2 = Function(
    stub="def coverage(probabilities):\n    return ...\nq2.check(coverage)",
    code=coverage,
    check_function=check_coverage,
    wrong={
        "all that appear": [lambda probabilities: len(set(probabilities.argmax(axis=1)))],
        "more than 2 %": [
            lambda probabilities: (np.bincount(probabilities.argmax(axis=1)) > 0.02 * len(probabilities)).sum()
        ],
        "share": [lambda probabilities: coverage(probabilities) / 10],
        "another count": [lambda probabilities: 7],
    },
    es={
        "right": "Diez es lo que debe dar un buen generador. Si da menos, ha olvidado clases: es un colapso de modos.",
        "all that appear": "Estás contando todas las clases que aparecen, aunque sea una vez. Cuenta solo las que llegan al 2 %.",
        "more than 2 %": "Una clase con un 2 % justo también cuenta: >= y no >.",
        "share": "Se pide cuántas son, no qué parte de las diez.",
        "another count": "Con {images} imágenes, repartidas así entre las clases: {counts}, da {value:g} y debería dar {right}.",
        "hint": "`probabilities.argmax(axis=1)` da la clase de cada imagen, y `np.bincount(…, minlength=10)` las cuenta.",
    },
    en={
        "right": "Ten is what a good generator should give. With fewer, it has forgotten classes: mode collapse.",
        "all that appear": "You are counting every class that appears at all. Count only those that reach 2%.",
        "more than 2 %": "A class with exactly 2% counts too: >=, not >.",
        "share": "Say how many, not what share of ten.",
        "another count": "With {images} images, spread like this over the classes: {counts}, it gives {value:g} and should give {right}.",
        "hint": "`probabilities.argmax(axis=1)` gives the class of each image, and `np.bincount(…, minlength=10)` counts them.",
    },
)

# --- 3 · Fair play

q3 = Letters(
    stub="answer = ...\nq3.check(answer)",
    right="ace",
    es={
        "right": "Las tres cambian el resultado sin que cambien las redes.",
        "a": "Elegir la mejor cuadrícula de una y una cualquiera de la otra (a) decide el resultado de antemano.",
        "b": "Usar el mismo optimizador para las dos (b) es jugar en igualdad de condiciones.",
        "c": "Con más imágenes la distancia de Fréchet baja sola (c): usa el mismo número con las dos.",
        "d": "Que una red tenga más parámetros (d) es parte de lo que se compara; hay que decirlo, no esconderlo.",
        "e": "Si a una le buscas la mejor tasa y a la otra no (e), comparas tu esfuerzo, no las redes.",
        "f": "Medir las dos con el mismo juez (f) es lo que hay que hacer.",
        "hint": "Pregúntate con cada una: ¿le daría ventaja a una aunque las dos redes fueran idénticas?",
    },
    en={
        "right": "All three change the result without any change in the networks.",
        "a": "Choosing the best grid of one and an arbitrary grid of the other (a) decides the result beforehand.",
        "b": "Using the same optimizer for both (b) is playing on equal terms.",
        "c": "With more images the Fréchet distance falls by itself (c): use the same number for both.",
        "d": "That one network has more parameters (d) is part of what is being compared; say so, do not hide it.",
        "e": "If you tune the rate of one and not of the other (e), you are comparing your effort, not the networks.",
        "f": "Measuring both with the same judge (f) is as it should be.",
        "hint": "Ask about each: would it favour one even if the two networks were identical?",
    },
)

# --- 4 · The interval


def interval(a, b):
    rng = np.random.default_rng(1)
    differences = [rng.choice(a, len(a)).mean() - rng.choice(b, len(b)).mean() for _ in range(5000)]
    return np.quantile(differences, [0.025, 0.975])


def check_interval(answer):
    a, b = np.array([3.1, 2.9, 3.4, 3.0, 3.6]), np.array([4.0, 4.6, 4.1, 4.9, 4.2, 4.5])
    made = answer(a, b)
    ends, right = np.asarray(made, dtype=float).ravel(), np.array(bootstrap(a, b, 20_000, seed=2))
    wrong_if(ends.shape != (2,), "shape", shape=np.shape(made))
    low, high = ends
    wrong_if(low > high, "high first")
    wrong_if(np.allclose(ends, -right[::-1], atol=0.06), "b minus a")
    wrong_if(abs(high - low) < 1e-6, "no drawing")
    if not np.allclose(ends, right, atol=0.06):
        wrong_if(high - low > 1.5 * (right[1] - right[0]), "wide", low=low, high=high)
        raise Wrong("another interval", low=low, high=high, right=right)
    return {"low": low, "high": high}


def resampled(a, b, size=None, ends=(0.025, 0.975)):
    """Return an interval from samples of another size, or with other ends."""
    rng = np.random.default_rng(1)
    means = [rng.choice(values, (5000, size or len(values))).mean(axis=1) for values in (a, b)]
    return np.quantile(means[0] - means[1], ends)


q4 = Function(
    stub="def interval(a, b):\n    return ...\nq4.check(interval)",
    code=interval,
    check_function=check_interval,
    wrong={
        "shape": [lambda a, b: interval(a, b)[0]],
        "high first": [lambda a, b: interval(a, b)[::-1]],
        "b minus a": [lambda a, b: interval(b, a)],
        "no drawing": [lambda a, b: [a.mean() - b.mean()] * 2],
        "wide": [lambda a, b: resampled(a, b, size=1)],
        "another interval": [
            lambda a, b: resampled(a, b, size=50),
            lambda a, b: resampled(a, b, ends=(0.25, 0.75)),
        ],
    },
    es={
        "right": "De {low:.2f} a {high:.2f}: el cero queda fuera, así que, según este intervalo, las medias se diferencian. Ahora verás si hay que fiarse.",
        "shape": "Debe devolver dos números, los extremos, y devuelve algo de forma {shape}.",
        "high first": "El extremo inferior va primero.",
        "b minus a": "Es la media de a menos la de b, no al revés.",
        "no drawing": "Los dos extremos coinciden: ¿vuelves a sacar los valores en cada vuelta, con rng.choice?",
        "wide": "El intervalo es demasiado ancho ({low:.2f} a {high:.2f}): ¿calculas la media de lo que sacas antes de restar?",
        "another interval": "Con unos datos de prueba da de {low:.2f} a {high:.2f} y debería dar más o menos de {right[0]:.2f} a {right[1]:.2f}. ¿Queda fuera un 2.5 % por cada lado? ¿Sacas tantos valores como hay?",
        "hint": "`rng.choice(a, len(a))` saca de a tantos valores como tiene, con reemplazo. Repite muchas veces la resta de medias y quédate con `np.quantile(…, [0.025, 0.975])`.",
    },
    en={
        "right": "From {low:.2f} to {high:.2f} on our test data: zero is outside, so by this interval the means differ. You will see next whether to trust it.",
        "shape": "It should return two numbers, the ends; what it returns has shape {shape}.",
        "high first": "The lower end comes first.",
        "b minus a": "Mean of a minus mean of b, not the reverse.",
        "no drawing": "Both ends are the same: do you draw new values each time round, with rng.choice?",
        "wide": "The interval is too wide ({low:.2f} to {high:.2f}): do you take the mean of what you drew before subtracting?",
        "another interval": "On some test data it gives {low:.2f} to {high:.2f}; it should give about {right[0]:.2f} to {right[1]:.2f}. Is 2.5% left out at each end? Do you draw as many values as there are?",
        "hint": "`rng.choice(a, len(a))` draws as many values from a as it has, with replacement. Compute the difference of the means many times over, and take `np.quantile(…, [0.025, 0.975])`.",
    },
)

# --- 5 · What p says

q5 = Letters(
    stub="answer = ...\nq5.check(answer)",
    right="be",
    es={
        "right": "p responde a «¿qué saldría si fueran iguales?». De lo probable que es que lo sean, no dice nada.",
        "a": "p se calcula **suponiendo** que son iguales (a): no puede ser la probabilidad de que lo sean.",
        "b": "Esa es la definición de p (b).",
        "c": "p no mide lo grande que es la diferencia (c). Con muchas semillas, una diferencia minúscula da una p minúscula.",
        "d": "Una p grande solo dice que el experimento no ha visto nada (d). Con pocas semillas es lo normal, aunque haya diferencia.",
        "e": "Con más semillas e igual dispersión, la misma diferencia es más difícil de atribuir al azar (e).",
        "hint": "¿Qué se supone al repartir de nuevo los números entre las dos redes?",
    },
    en={
        "right": "p answers “what would come up if they were equal?”. It does not say how likely it is that they are.",
        "a": "p is computed **assuming** that they are equal (a): it cannot be the probability that they are.",
        "b": "That is the definition of p (b).",
        "c": "p does not measure how large the difference is (c). With many seeds, a tiny difference gives a tiny p.",
        "d": "A large p only says that the experiment has seen nothing (d). With few seeds, that is nothing unusual, even if there is a difference.",
        "e": "With more seeds, the same difference with the same spread is harder to put down to chance (e).",
        "hint": "What do we assume when we deal the numbers out again between the two networks?",
    },
)

# --- 6 · How many seeds

q6 = Number(
    stub="seeds_needed = ...\nq6.check(seeds_needed)",
    right=9,
    tolerance=0.5,
    wrong={"another effect": 17, "twice the effect": 6, "one too few": 8, "more than enough": 12},
    code="seeds_needed = next(n for n in range(3, 100) if statistics.power(n, 1.5) >= 0.8)",
    es={
        "right": "Con 9 semillas la potencia pasa del 80 %; con 8 no llega. Y son 9 de **cada** red: 18 entrenamientos.",
        "another effect": "Esas son las que hacen falta para una desviación típica. Aquí la diferencia es de 1.5.",
        "twice the effect": "Con esas se vería una diferencia de 2 desviaciones típicas. Aquí es de 1.5.",
        "one too few": "Casi: con 8 semillas la potencia no llega al 80 %. Prueba statistics.power(8, 1.5).",
        "more than enough": "Con esas pasas de sobra del 80 %, pero se pide el mínimo: prueba con menos.",
        "otherwise": "Con {value:g} no sale. Busca el menor n con el que statistics.power(n, 1.5) llega a 0.8.",
        "hint": "Cuatro de cada cinco es 0.8. Prueba statistics.power(n, 1.5) con n = 5, 6, 7…",
    },
    en={
        "right": "With 9 seeds the power is over 80%; with 8 it is not. And that is 9 of **each** network: 18 trainings.",
        "another effect": "That is how many it takes for one standard deviation. Here the difference is 1.5.",
        "twice the effect": "That many would see a difference of 2 standard deviations. Here it is 1.5.",
        "one too few": "Nearly: with 8 seeds the power falls short of 80%. Try statistics.power(8, 1.5).",
        "more than enough": "That many give far more than 80%, but the question is how few will do: try fewer.",
        "otherwise": "{value:g} is not it. Look for the smallest n for which statistics.power(n, 1.5) reaches 0.8.",
        "hint": "Four out of five is 0.8. Try statistics.power(n, 1.5) with n = 5, 6, 7…",
    },
)

# --- 7 · The ladder

q7 = Letters(
    stub="answer = ...\nq7.check(answer)",
    right="ace",
    es={
        "right": "Las tres se quedan en lo que dice la tabla, con las comparaciones corregidas.",
        "a": "La normalización por lotes lleva dos estrellas en las épocas 5 y 7 (a).",
        "b": "Esa mejora no pasa la corrección, y dos épocas después es al revés (b).",
        "c": "En la época 1 no hay ninguna casilla con dos estrellas (c).",
        "d": "Lo que se ha visto es que empeora **esta** red, añadido a la normalización por lotes y en la época 5 (d).",
        "e": "Los núcleos llevan dos estrellas en las épocas 5 y 7 (e).",
        "hint": "Fíate solo de las casillas con dos estrellas, y no digas más de lo que se ha medido.",
    },
    en={
        "right": "All three keep to what the table says, after the correction.",
        "a": "Batch normalization has two stars at epochs 5 and 7 (a).",
        "b": "That improvement does not pass the correction, and two epochs later it is the other way round (b).",
        "c": "At epoch 1 no entry has two stars (c).",
        "d": "What has been seen is that it makes **this** network worse, on top of batch normalization and at epoch 5 (d).",
        "e": "The kernels have two stars at epochs 5 and 7 (e).",
        "hint": "Trust only the entries with two stars, and do not say more than was measured.",
    },
)

# --- 8 · What the measures do not see

q8 = Choice(
    stub="answer = ...\nq8.check(answer)",
    right="b",
    es={
        "right": "La precisión solo pregunta si cada imagen podría ser real, y todas podrían serlo. Por eso nunca se da sola.",
        "a": "La distancia de Fréchet le pone mala nota: faltan nueve clases, y medias y covarianzas son otras.",
        "c": "La exhaustividad le pone mala nota: los otros nueve dígitos no salen nunca.",
        "d": "El reparto por clases lo delata: una se lleva el 100 %.",
        "hint": "¿Cuál de las cuatro mira las imágenes generadas una por una, sin preguntar qué falta?",
    },
    en={
        "right": "Precision only asks whether each image could be real, and all of them could. So it is never given alone.",
        "a": "The Fréchet distance gives a bad mark: with nine classes missing, means and covariances differ.",
        "c": "Recall gives a bad mark: the other nine digits are never drawn.",
        "d": "The class shares show it: one has 100%.",
        "hint": "Which of the four looks at the generated images one by one, without asking what is missing?",
    },
)
