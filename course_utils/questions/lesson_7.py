"""The exercises of lesson 7 (CONTRIBUTING.md says how to write one)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, Pending, Question, wrong_if
from course_utils.lessons.lesson_7 import Settings, update_average

# --- 1 · The expensive layer

q1 = Choice(
    stub="answer = ...\nq1.check(answer)",
    right="b",
    es={
        "right": "Cada uno de sus 819,200 pesos se usa una vez por cada uno de los 49 píxeles: 40 millones de multiplicaciones por imagen.",
        "a": "Tiene más pesos que ninguna, pero usa cada uno una sola vez por imagen. Una convolución los usa una vez por píxel.",
        "c": "Tiene la cuarta parte de los pesos que la primera. Parte de los mismos 7×7 píxeles: cada uno estampa una vez todo el núcleo.",
        "d": "Dibuja muchos píxeles, pero en un solo canal: son 1600 pesos.",
        "hint": "Multiplica los pesos de cada capa por los píxeles en los que se usan: 1 en la densa; en una traspuesta, los de su entrada.",
    },
    en={
        "right": "Each of its 819,200 weights is used once for each of the 49 pixels: 40 million multiplications per image.",
        "a": "It has more weights than any other, but uses each only once per image. A convolution uses them once per pixel.",
        "c": "It has a quarter of the first one's weights. It starts from the same 7×7 pixels: each of them stamps the whole kernel once.",
        "d": "It draws many pixels, but in a single channel: that is 1,600 weights.",
        "hint": "Multiply the weights of each layer by the pixels at which they are used: 1 in the dense one; in a transposed one, those of its input.",
    },
)

# --- 2 · The slow line

q2 = Choice(
    stub="answer = ...\nq2.check(answer)",
    right="b",
    among="abcde",
    es={
        "right": "Cada vuelta crea una función nueva, sin traza: hay que trazarla otra vez, y eso cuesta segundos. Va antes del bucle.",
        "a": "Pedir un lote cuesta poco: lo has medido en la última tabla.",
        "c": "Ahí se tarda, pero por culpa de otra línea: el paso que se llama acaba de nacer. ¿Quién lo crea?",
        "d": "Pasar un número de TensorFlow a Python hace esperar a que termine el paso, pero no lo alarga cien veces.",
        "e": "Dibujar es caro, pero solo pasa una vez cada 500 pasos.",
        "hint": "¿Qué debería hacerse una sola vez y se hace en cada vuelta?",
    },
    en={
        "right": "Every turn makes a new function, without a trace: it has to be traced again, and that takes seconds. It belongs before the loop.",
        "a": "Asking for a batch costs little: you have measured it in the last table.",
        "c": "That is where the time passes, but another line is to blame: the step that is called has only just been made. Who makes it?",
        "d": "Taking a number from TensorFlow to Python waits for the step to end, but does not make it a hundred times as long.",
        "e": "Drawing is expensive, but it happens only once in 500 steps.",
        "hint": "What should be done once, and is done in every turn?",
    },
)

# --- 3 · The average


def check_average(answer):
    start, now, decay = [[1.0, 2.0], [-4.0]], [[3.0, -2.0], [0.0]], 0.75
    average, variables = ([tf.Variable(values) for values in lists] for lists in (start, now))
    result = answer(average, variables, decay)
    found = np.concatenate([np.ravel(one.numpy()) for one in average])
    old, new = (np.concatenate(lists) for lists in (start, now))
    wrong_if(not np.array_equal(np.concatenate([np.ravel(one.numpy()) for one in variables]), new), "moved the network")
    wrong_if(np.allclose(found, old), "did nothing")
    wrong_if(np.allclose(found, decay * new + (1 - decay) * old), "swapped")
    wrong_if(np.allclose(found, decay * old + new), "no weight")
    wrong_if(np.allclose(found, new), "copied")
    wrong_if(np.allclose(found, (old + new) / 2), "half")
    wrong_if(not np.allclose(found, decay * old + (1 - decay) * new), "another value")
    wrong_if(result is not average, "returns another")


def _averaging(change):
    def update(average, variables, decay):
        for mean, variable in zip(average, variables, strict=True):
            mean.assign(change(mean, variable, decay))
        return average

    return update


def _moves_the_network(average, variables, decay):
    for mean, variable in zip(average, variables, strict=True):
        variable.assign(decay * mean + (1 - decay) * variable)
    return average


def _returns_another(average, variables, decay):
    return list(update_average(average, variables, decay))


q3 = Function(
    stub="def update_average(average, variables, decay):\n    for mean, variable in zip(average, variables, strict=True):\n"
    "        mean.assign(... * mean + ... * variable)\n    return average\n\n\nupdate_average = q3.use(update_average)",
    code=update_average,
    check_function=check_average,
    wrong={
        "moved the network": [_moves_the_network],
        "did nothing": [lambda average, variables, decay: average],
        "swapped": [_averaging(lambda mean, variable, decay: decay * variable + (1 - decay) * mean)],
        "no weight": [_averaging(lambda mean, variable, decay: decay * mean + variable)],
        "copied": [_averaging(lambda mean, variable, decay: variable)],
        "half": [_averaging(lambda mean, variable, decay: (mean + variable) / 2)],
        "another value": [_averaging(lambda mean, variable, decay: decay * mean)],
        "returns another": [_returns_another],
    },
    es={
        "right": "Con decay = 0.75, un peso que pasa de 1 a 3 mueve su media de 1 a 1.5.",
        "moved the network": "Has cambiado los pesos de la red. Son las medias las que se mueven; la red, ni tocarla.",
        "did nothing": "Las medias siguen donde estaban.",
        "swapped": "Has cambiado los papeles: la parte grande, decay, es para la media antigua.",
        "no weight": "Al peso nuevo le falta su factor, 1 − decay. Así, la media crecería sin fin.",
        "copied": "Eso copia el peso: no queda nada de los anteriores.",
        "half": "Eso promedia a medias, sin mirar decay.",
        "another value": "Con unas variables de prueba no sale decay · media + (1 − decay) · peso.",
        "returns another": "Las medias están bien. Devuelve la misma lista `average`.",
        "hint": "Lo que va dentro de `assign` es la fórmula: decay * mean + (1 - decay) * variable.",
    },
    en={
        "right": "With decay = 0.75, a weight that goes from 1 to 3 moves its average from 1 to 1.5.",
        "moved the network": "You have changed the weights of the network. It is the averages that move; leave the network alone.",
        "did nothing": "The averages are still where they were.",
        "swapped": "You have swapped the parts: the large share, decay, belongs to the old average.",
        "no weight": "The new weight lacks its factor, 1 − decay. Like this, the average would grow without end.",
        "copied": "That copies the weight: nothing is left of the earlier ones.",
        "half": "That takes half of each, whatever decay is.",
        "another value": "With some test variables it does not give decay · average + (1 − decay) · weight.",
        "returns another": "The averages are right. Return the same list, `average`.",
        "hint": "What goes inside `assign` is the formula: decay * mean + (1 - decay) * variable.",
    },
)

# --- 4 · The input with its label


def with_label(noise, digits):
    label = tf.one_hot(digits, 10)
    return tf.concat([noise, label], axis=1)


def check_with_label(answer):
    noise, digits = tf.random.stateless_normal((3, 32), (1, 2)), [7, 0, 7]
    found = np.asarray(answer(noise, digits), dtype="float32")
    label = np.eye(10, dtype="float32")[digits]
    wrong_if(found.shape == (3, 10), "label only")
    wrong_if(found.shape == (3, 33), "number")
    wrong_if(found.shape == (6, 32) or found.ndim != 2 or len(found) != 3, "rows", shape=found.shape)
    wrong_if(found.shape != (3, 42), "shape", shape=found.shape)
    wrong_if(np.allclose(found, np.concatenate([label, noise], axis=1)), "label first")
    wrong_if(not np.allclose(found[:, :32], noise), "noise changed")
    wrong_if(not np.allclose(found[:, 32:], label), "another label")


q4 = Function(
    stub="def with_label(noise, digits):\n    return ...\n\n\nq4.check(with_label)",
    code=with_label,
    check_function=check_with_label,
    wrong={
        "label only": [lambda noise, digits: tf.one_hot(digits, 10)],
        "number": [lambda noise, digits: tf.concat([noise, tf.cast(digits, tf.float32)[:, None]], axis=1)],
        "rows": [lambda noise, digits: tf.concat([noise, tf.one_hot(digits, 32)], axis=0)],
        "shape": [lambda noise, digits: tf.concat([noise, tf.one_hot(digits, 9)], axis=1)],
        "label first": [lambda noise, digits: tf.concat([tf.one_hot(digits, 10), noise], axis=1)],
        "noise changed": [lambda noise, digits: with_label(noise / 2, digits)],
        "another label": [lambda noise, digits: with_label(noise, [digit - 1 for digit in digits])],
    },
    es={
        "right": "De (3, 32) a (3, 42): el ruido y, al lado, la etiqueta. Es lo que hace `Concatenate` en `make_generator`.",
        "label only": "Esa es la etiqueta sola. Le falta el ruido.",
        "number": "Has puesto la cifra tal cual, como un número. Para la red, un 8 sería entonces el doble de un 4. Usa diez números con un solo uno.",
        "rows": "La forma es {shape}: has puesto las etiquetas debajo del ruido. Van al lado, en la misma fila: axis=1.",
        "shape": "La forma es {shape}, y debería ser (3, 42): 32 números de ruido y 10 de etiqueta.",
        "label first": "Casi: el ruido va primero y la etiqueta después, en el orden de las entradas de `make_generator`.",
        "noise changed": "El ruido tiene que quedar como estaba.",
        "another label": "El ruido está bien, pero la etiqueta no: el uno de un 7 va en el octavo sitio, porque se cuenta desde 0.",
        "hint": "`tf.one_hot(digits, 10)` hace la etiqueta, y `tf.concat([…, …], axis=1)` junta dos matrices por filas.",
    },
    en={
        "right": "From (3, 32) to (3, 42): the noise and, beside it, the label. That is what `Concatenate` does in `make_generator`.",
        "label only": "That is the label alone. The noise is missing.",
        "number": "You have put in the digit as it is, as a number. To the network an 8 would then be twice a 4. Use ten numbers with a single one.",
        "rows": "The shape is {shape}: you have put the labels below the noise. They go beside it, in the same row: axis=1.",
        "shape": "The shape is {shape}, and should be (3, 42): 32 numbers of noise and 10 of label.",
        "label first": "Nearly: the noise comes first and the label second, in the order of the inputs of `make_generator`.",
        "noise changed": "The noise has to stay as it was.",
        "another label": "The noise is right, but the label is not: the one of a 7 goes in the eighth place, because we count from 0.",
        "hint": "`tf.one_hot(digits, 10)` makes the label, and `tf.concat([…, …], axis=1)` joins two matrices row by row.",
    },
)

# --- 5 · Which trick gives most

q5 = Choice(
    stub="answer = ...\nq5.check(answer)",
    right="d",
    among="abcde",
    es={
        "right": "Sin etiqueta ni grupos, la distancia se multiplica por unas ocho: lo que más cuesta aprender en un minuto es por dónde se reparten los dibujos.",
        "otherwise": "Con cinco semillas no se distingue de haberlo dejado. Mira la segunda tabla.",
        "hint": "¿Qué le dice a la red algo que no puede averiguar sola en un minuto?",
    },
    en={
        "right": "Without label and groups the distance is about eight times as large: what takes longest to learn in a minute is where the drawings lie.",
        "otherwise": "With five seeds it cannot be told from having left it in. Look at the second table.",
        "hint": "Which one tells the network something that it cannot find out in a minute?",
    },
)

# --- 6 · Beat the recipe


@dataclass(kw_only=True, eq=False)
class Beat(Question):
    """Settings with one change, and the distances of both for each seed: less than those of the recipe is right."""

    @property
    def answers(self) -> int:
        return 3

    def verdict(self, mine, recipe_distances, my_distances) -> tuple[str, str]:
        if isinstance(mine, Settings) and mine == Settings():
            return "pending", "… " + self.says("unchanged")
        return super().verdict(mine, recipe_distances, my_distances)

    def examine(self, mine, recipe_distances, my_distances) -> dict:
        wrong_if(not isinstance(mine, Settings), "not settings")
        changed = [name for name in Settings._fields if getattr(mine, name) != getattr(Settings(), name)]
        several = len(changed) > 1 and set(changed) != {"g_rate", "d_rate"}  # both rates are one change
        if not all(map(len, (recipe_distances, my_distances))):
            raise Pending
        values = {
            "recipe": float(np.median(recipe_distances)),
            "mine": float(np.median(my_distances)),
            "names": ", ".join(changed),
        }
        wrong_if(not math.isfinite(values["mine"]), "not a number", **values)
        wrong_if(several, "several", **values)
        wrong_if(values["mine"] >= values["recipe"], "worse", **values)
        clear = max(my_distances) < min(recipe_distances)
        return values | {"how": self.says("clear" if clear else "unclear")}


q6 = Beat(
    code="mine = Settings()._replace(batch_size=16)",
    es={
        "unchanged": "Pendiente: cambia algo en `mine`. Con los ajustes del curso no hay nada que comparar.",
        "right": "Tu cambio ({names}): mediana {mine:.2f}; la receta, {recipe:.2f}. {how}",
        "clear": "Tus tres semillas quedan por debajo de las tres de la receta. Pruébalo ahora en un minuto, con `make record`.",
        "unclear": "Pero las semillas se mezclan: con tres no está claro. Más semillas lo dirían.",
        "not settings": "`mine` tiene que ser un `Settings`, por ejemplo `Settings()._replace(batch_size=16)`.",
        "several": "Has cambiado varias cosas ({names}): mediana {mine:.2f}; la receta, {recipe:.2f}. Sea cual sea el resultado, no sabrás a cuál se debe. Cambia una.",
        "worse": "Tu cambio ({names}): mediana {mine:.2f}; la receta, {recipe:.2f}. Esta vez gana la receta, y eso también es un resultado. Prueba otra cosa.",
        "not a number": "Tu cambio ({names}) ha roto el entrenamiento: la distancia no es un número.",
        "hint": "En diez segundos pesa más dar muchos pasos: un lote más pequeño o una red más estrecha los dan más rápidos. O una tasa algo mayor.",
    },
    en={
        "unchanged": "Pending: change something in `mine`. With the course's settings there is nothing to compare.",
        "right": "Your change ({names}): median {mine:.2f}; the recipe, {recipe:.2f}. {how}",
        "clear": "Your three seeds all lie below the three of the recipe. Now try it for a minute, with `make record`.",
        "unclear": "But the seeds overlap: with three it is not clear. More seeds would tell.",
        "not settings": "`mine` has to be a `Settings`, for instance `Settings()._replace(batch_size=16)`.",
        "several": "You have changed several things ({names}): median {mine:.2f}; the recipe, {recipe:.2f}. Whatever the result, you will not know which one it is due to. Change one.",
        "worse": "Your change ({names}): median {mine:.2f}; the recipe, {recipe:.2f}. This time the recipe wins, and that is a result too. Try something else.",
        "not a number": "Your change ({names}) has broken the training: the distance is not a number.",
        "hint": "In ten seconds it counts for more to make many steps: a smaller batch or a narrower network makes them faster. Or a somewhat higher rate.",
    },
)
