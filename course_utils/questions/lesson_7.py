"""The exercises of lesson 7 (CONTRIBUTING.md says how to write one)."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, wrong_if
from course_utils.lessons.lesson_7 import Settings, update_average

# --- 1 · The expensive layer

q1 = Choice(
    stub="answer = ...\nq1.check(answer)",
    right="b",
    es={
        "right": "Cada uno de sus 819 200 pesos se usa una vez por cada uno de los 49 píxeles: 40 millones de multiplicaciones por imagen.",
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
        "right": "Cada vuelta crea una función nueva, sin trazar: hay que trazarla otra vez, y eso cuesta segundos. Esa línea va antes del bucle.",
        "a": "Pedir un lote cuesta poco: lo has medido en la última tabla.",
        "c": "Ahí se tarda, pero por culpa de otra línea: el paso al que se llama acaba de nacer. ¿Quién lo crea?",
        "d": "Pasar un número de TensorFlow a Python obliga a esperar a que termine el paso, pero no lo alarga cien veces.",
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
    average = [tf.Variable(values) for values in start]
    variables = [keras.Variable(values) for values in now]
    kept, moved, results = tuple(average), tuple(variables), []

    @tf.function
    def in_a_graph():  # as `Training` calls it
        results.append(answer(average, variables, decay))

    in_a_graph()
    found, network = (np.concatenate([np.ravel(one) for one in ones]) for ones in (kept, moved))
    old, new = (np.concatenate(lists) for lists in (start, now))
    wrong_if(not np.array_equal(network, new), "moved the network")
    wrong_if(any(one is not other for one, other in zip(average, kept, strict=True)), "replaced")
    wrong_if(np.allclose(found, old), "did nothing")
    wrong_if(np.allclose(found, decay * new + (1 - decay) * old), "swapped")
    wrong_if(np.allclose(found, decay * old + new), "no weight")
    wrong_if(np.allclose(found, new), "copied")
    wrong_if(np.allclose(found, (old + new) / 2), "half")
    wrong_if(not np.allclose(found, decay * old + (1 - decay) * new), "another value")
    wrong_if(results[-1] is not average, "returns another")


def _replaces(average, variables, decay):
    for i, variable in enumerate(variables):
        average[i] = decay * average[i] + (1 - decay) * variable
    return average


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
        "replaced": [_replaces],
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
        "replaced": "Has puesto otros números en la lista. Tienen que cambiar las propias variables, con `assign`: son las que la red guarda.",
        "did nothing": "Las medias siguen donde estaban.",
        "swapped": "Has cambiado los papeles: la parte grande, decay, es para la media antigua.",
        "no weight": "Al peso nuevo le falta su factor, 1 − decay. Así la media acabaría valiendo muchas veces más que el peso: con decay = 0.75, cuatro veces; con 0.999, mil.",
        "copied": "Eso copia el peso: no queda nada de los anteriores.",
        "half": "Eso da la mitad a cada uno, sin mirar decay.",
        "another value": "Con unas variables de prueba no sale decay · media + (1 − decay) · peso.",
        "returns another": "Las medias están bien. Devuelve la misma lista `average`.",
        "hint": "Es la fórmula de arriba: `decay` es d, `mean` es la media y `variable`, el peso. ¿Por cuánto se multiplica cada una?",
    },
    en={
        "right": "With decay = 0.75, a weight that goes from 1 to 3 moves its average from 1 to 1.5.",
        "moved the network": "You have changed the weights of the network. It is the averages that move; leave the network alone.",
        "replaced": "You have put other numbers into the list. The variables themselves have to change, by `assign`: they are what the network keeps.",
        "did nothing": "The averages are still where they were.",
        "swapped": "You have swapped the parts: the large share, decay, belongs to the old average.",
        "no weight": "The new weight lacks its factor, 1 − decay. The average would end up many times as large as the weight: four times with decay = 0.75, a thousand times with 0.999.",
        "copied": "That copies the weight: nothing is left of the earlier ones.",
        "half": "That takes half of each, whatever decay is.",
        "another value": "With some test variables it does not give decay · average + (1 − decay) · weight.",
        "returns another": "The averages are right. Return the same list, `average`.",
        "hint": "It is the formula above: `decay` is d, `mean` the average and `variable` the weight. What is each multiplied by?",
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
        "number": "Has puesto la cifra tal cual, como un número. Para la red, un 8 sería entonces el doble de un 4. Usa diez números: un 1 en su sitio y ceros en los demás.",
        "rows": "La forma es {shape}: has puesto las etiquetas debajo del ruido. Van al lado, en la misma fila: axis=1.",
        "shape": "La forma es {shape}, y debería ser (3, 42): 32 números de ruido y 10 de etiqueta.",
        "label first": "Casi: el ruido va primero y la etiqueta después, en el orden de las entradas de `make_generator`.",
        "noise changed": "El ruido tiene que quedar como estaba.",
        "another label": "El ruido está bien, pero la etiqueta no: el uno de un 7 va en el octavo sitio, porque se cuenta desde 0.",
        "hint": "`tf.one_hot(digits, 10)` hace la etiqueta, y `tf.concat([…, …], axis=1)` pega dos matrices una al lado de la otra.",
    },
    en={
        "right": "From (3, 32) to (3, 42): the noise and, beside it, the label. That is what `Concatenate` does in `make_generator`.",
        "label only": "That is the label alone. The noise is missing.",
        "number": "You have put in the digit as it is, as a number. To the network an 8 would then be twice a 4. Use ten numbers: a 1 in its place, and zeros.",
        "rows": "The shape is {shape}: you have put the labels below the noise. They go beside it, in the same row: axis=1.",
        "shape": "The shape is {shape}, and should be (3, 42): 32 numbers of noise and 10 of label.",
        "label first": "Nearly: the noise comes first and the label second, in the order of the inputs of `make_generator`.",
        "noise changed": "The noise has to stay as it was.",
        "another label": "The noise is right, but the label is not: for a 7 the 1 goes in the eighth place, because we count from 0.",
        "hint": "`tf.one_hot(digits, 10)` makes the label, and `tf.concat([…, …], axis=1)` puts two matrices side by side.",
    },
)

# --- 5 · Which trick gives most

q5 = Choice(
    stub="answer = ...\nq5.check(answer)",
    right="d",
    among="abcde",
    es={
        "right": "Sin etiqueta ni grupos, la distancia es unas ocho veces mayor, y el juez solo está seguro de un tercio de los dibujos (34 %, frente al 95 %).",
        "otherwise": "Con cinco semillas, quitarla no se distingue de dejarla. Mira la segunda tabla.",
        "hint": "Cuatro son maneras de entrenar o de dibujar un poco mejor. Una le dice a la red qué está dibujando.",
    },
    en={
        "right": "Without label and groups the distance is about eight times as large, and the judge is confident about only a third of the drawings (34%, against 95%).",
        "otherwise": "With five seeds, taking it away cannot be told from leaving it in. Look at the second table.",
        "hint": "Four of them are ways to train or draw a little better. One tells the network what it is drawing.",
    },
)

# --- 6 · Beat the recipe


def mine(settings):
    return settings._replace(batch_size=16)


# From the least to the most that can be tried here. More than 40 steps a call would outlast the clock.
LIMITS = {
    "latent_dim": (1, 1000),
    "width": (1, 64),
    "batch_size": (1, 512),
    "g_rate": (1e-6, 0.05),
    "d_rate": (1e-6, 0.05),
    "last_rate": (0, 1),
    "beta_1": (0, 0.999),
    "beta_2": (0, 0.99999),
    "half_life": (0, 1e9),
    "groups": (1, 50),
    "steps": (1, 40),
}


def check_change(answer):
    changed = answer(Settings())
    wrong_if(not isinstance(changed, Settings), "not settings", kind=type(changed).__name__)
    names = [name for name in Settings._fields if getattr(changed, name) != getattr(Settings(), name)]
    wrong_if(not names, "unchanged")
    wrong_if(len(names) > 1 and set(names) != {"g_rate", "d_rate"}, "several", names=", ".join(names))
    for name in names:
        value, usual = getattr(changed, name), getattr(Settings(), name)
        wrong_if(isinstance(usual, int) and not isinstance(value, int), "whole", name=name, value=value)
        least, most = LIMITS[name]
        wrong_if(not least <= value <= most, "out of range", name=name, value=value)
    return {"change": ", ".join(f"{name} = {getattr(changed, name)}" for name in names)}


q6 = Function(
    stub="def mine(settings):\n    return settings._replace(...)\n\n\nmine = q6.use(mine)",
    code=mine,
    check_function=check_change,
    wrong={
        "not settings": [lambda settings: {"batch_size": 16}, lambda settings: 16],
        "unchanged": [lambda settings: settings._replace(batch_size=32)],
        "several": [lambda settings: settings._replace(batch_size=16, width=8)],
        "whole": [lambda settings: settings._replace(batch_size=24.5)],
        "out of range": [
            lambda settings: settings._replace(g_rate=-0.001),
            lambda settings: settings._replace(width=0),
        ],
    },
    es={
        "right": "Un solo cambio: {change}. La celda siguiente lo pone a prueba.",
        "not settings": "Tu función devuelve un {kind}. Tiene que devolver unos ajustes: settings._replace(name=value).",
        "unchanged": "Esos son los ajustes de la receta: no has cambiado nada.",
        "several": "Has cambiado varias cosas a la vez ({names}). Salga lo que salga, no sabrás a cuál se debe. Cambia una (o las dos tasas).",
        "whole": "{name} tiene que ser un número entero, no {value}.",
        "out of range": "Con {name} = {value} no se puede entrenar aquí.",
        "hint": "Mira los nombres y los valores de `Settings`. En diez segundos lo que más cuenta es dar muchos pasos, y con lotes o redes más pequeños cada paso cuesta menos. ¿Y cuánto se va en hacer los grupos?",
    },
    en={
        "right": "A single change: {change}. The next cell puts it to the test.",
        "not settings": "Your function returns a {kind}. It has to return settings: settings._replace(name=value).",
        "unchanged": "Those are the settings of the recipe: you have changed nothing.",
        "several": "You have changed several things at once ({names}). Whatever comes out, you will not know which one it is due to. Change one (or both rates).",
        "whole": "{name} has to be a whole number, not {value}.",
        "out of range": "With {name} = {value} it cannot train here.",
        "hint": "Look at the names and values of `Settings`. In ten seconds the number of steps counts most, and with smaller batches or networks each step costs less. And how much goes into making the groups?",
    },
)
