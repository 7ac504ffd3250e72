"""The exercises of lesson 8 (CONTRIBUTING.md says how to write one)."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, Letters, Number, wrong_if
from course_utils.lessons.lesson_8 import count_modes, pack, stack

# --- 1 · Stack three digits


def check_stack(answer):
    images = np.arange(5 * 28 * 28, dtype="uint8").reshape(5, 28, 28)
    chosen = np.array([[0, 1, 2], [4, 3, 4]])
    found = np.asarray(answer(images, chosen))
    expected = stack(images, chosen)
    wrong_if(found.shape == (2, 3, 28, 28), "channels second")
    wrong_if(found.shape == (3, 2, 28, 28), "channels first")
    wrong_if(found.shape != expected.shape, "shape", shape=found.shape)
    wrong_if(np.array_equal(found, expected[..., ::-1]), "blue first")
    wrong_if(np.array_equal(found, np.repeat(expected[..., :1], 3, axis=-1)), "one image")
    wrong_if(not np.array_equal(found, expected), "values")


q1 = Function(
    stub="def stack(images, chosen):\n"
    "    return np.stack([images[chosen[:, channel]] for channel in range(3)], axis=...)\n\n\nstack = q1.use(stack)",
    code=stack,
    check_function=check_stack,
    wrong={
        "channels second": [lambda images, chosen: images[chosen], lambda i, c: np.moveaxis(stack(i, c), -1, 1)],
        "channels first": [lambda images, chosen: np.moveaxis(stack(images, chosen), -1, 0)],
        "shape": [
            lambda images, chosen: np.moveaxis(stack(images, chosen), -1, 2),
            lambda images, chosen: stack(images, chosen)[:, :, :, :2],
        ],
        "blue first": [lambda images, chosen: np.flip(stack(images, chosen), axis=-1)],
        "one image": [lambda images, chosen: stack(images, chosen[:, [0, 0, 0]])],
        "values": [lambda images, chosen: stack(images, (chosen + 1) % 5)],
    },
    es={
        "right": "Los canales van en el último eje, como los quieren Keras y matplotlib.",
        "channels second": "Sale (m, 3, 28, 28): los canales van detrás del número de imagen. Tienen que ir al final. (Hay bibliotecas, como PyTorch, que los ponen ahí; Keras, salvo que se lo pidas, no.)",
        "channels first": "Sale (3, m, 28, 28): has puesto los canales delante de todo. Tienen que ir al final.",
        "shape": "Sale {shape}, y con dos filas en chosen tendría que salir (2, 28, 28, 3).",
        "blue first": "Casi: los canales van en el orden de la fila, y los tuyos van al revés.",
        "one image": "Los tres canales son la misma imagen: así solo hay grises. Cada canal tiene la suya, chosen[:, channel].",
        "values": "La forma está bien, pero las imágenes no son las de chosen.",
        "hint": "La lista tiene tres arrays (m, 28, 28). `np.stack` los pega por un eje nuevo; ¿en qué sitio de (m, 28, 28, 3) está el 3? Los ejes se cuentan desde 0.",
    },
    en={
        "right": "The channels come on the last axis, as Keras and matplotlib want them.",
        "channels second": "That gives (m, 3, 28, 28): the channels come after the number of the image. They have to be last. (There are libraries, such as PyTorch, that put them there; Keras does not, unless you ask.)",
        "channels first": "That gives (3, m, 28, 28): you have put the channels before everything else. They have to be last.",
        "shape": "That gives {shape}; with two rows in chosen it should be (2, 28, 28, 3).",
        "blue first": "Nearly: the channels come in the order of the row, and yours are the other way round.",
        "one image": "All three channels are the same image: that gives greys only. Each channel has its own, chosen[:, channel].",
        "values": "The shape is right, but the images are not those of chosen.",
        "hint": "The list holds three arrays (m, 28, 28). `np.stack` joins them along a new axis; where in (m, 28, 28, 3) is the 3? Axes are counted from 0.",
    },
)

# --- 2 · What colour costs

q2 = Number(
    stub="answer = ...\nq2.check(answer)",
    code="answer = 4 * 4 * 3 * 12 + 12",
    right=588,
    wrong={"biases": 612, "no biases": 576, "as before": 204},
    es={
        "right": "4 · 4 · 3 · 12 = 576 pesos y 12 sesgos. De las 8 capas con pesos de las dos redes, solo cambian esta y la última de G.",
        "biases": "Has multiplicado por 3 también los sesgos. Hay uno por filtro, mire cuantos canales mire.",
        "no biases": "Esos son los pesos. Faltan los sesgos: uno por filtro.",
        "as before": "Eso es con un canal. Cada filtro mira ahora 4×4 píxeles en tres canales.",
        "otherwise": "No es {value:g}. Cuenta los pesos de un filtro, multiplica por 12 y suma los sesgos.",
        "hint": "Un filtro es un bloque de 4 × 4 × canales números, y tiene además un sesgo. ¿Cuántos filtros hay?",
    },
    en={
        "right": "4 · 4 · 3 · 12 = 576 weights and 12 biases. Of the 8 layers with weights in the two networks, only this one and G's last one change.",
        "biases": "You have multiplied the biases by 3 as well. There is one for each filter, however many channels it looks at.",
        "no biases": "Those are the weights. The biases are missing: one for each filter.",
        "as before": "That is with one channel. Each filter now looks at 4×4 pixels in three channels.",
        "otherwise": "It is not {value:g}. Count the weights of one filter, multiply by 12, and add the biases.",
        "hint": "A filter is a block of 4 × 4 × channels numbers, and has a bias as well. How many filters are there?",
    },
)

# --- 3 · Count the modes


def check_count_modes(answer):
    digits = np.array([[3, 0, 7]] * 6 + [[0, 0, 0]] * 3 + [[9, 9, 9]])
    modes, kl = answer(digits)
    shares = np.array([0.6, 0.3, 0.1])
    wrong_if(int(modes) != 3, "number", modes=modes)
    wrong_if(np.shape(kl) != (), "not a number")
    wrong_if(np.isnan(kl), "nan")
    wrong_if(np.isclose(kl, np.sum(shares * np.log(shares))), "no thousand")
    wrong_if(np.isclose(kl, np.sum(np.log(1000 * shares))), "no share")
    wrong_if(np.isclose(kl, -np.sum(shares * np.log(1000 * shares))), "sign")
    wrong_if(np.isclose(kl, np.sum(shares * np.log(shares / 1000))), "divided")
    wrong_if(np.isclose(kl, np.sum(shares * np.log2(1000 * shares))), "bits")
    wrong_if(not np.isclose(kl, np.sum(shares * np.log(1000 * shares))), "another", kl=float(kl))


def _with(divergence):
    def count(digits):
        modes = digits @ [100, 10, 1]
        counts = np.bincount(modes, minlength=1000)
        shares = counts[counts > 0] / len(modes)
        return np.count_nonzero(counts), divergence(shares)

    return count


q3 = Function(
    stub="def count_modes(digits):\n    modes = digits @ [100, 10, 1]\n    counts = np.bincount(modes, minlength=1000)\n"
    "    shares = counts[counts > 0] / len(modes)\n    return np.count_nonzero(counts), np.sum(shares * ...)\n\n\n"
    "count_modes = q3.use(count_modes)",
    code=count_modes,
    check_function=check_count_modes,
    wrong={
        "number": [lambda digits: (len(digits), count_modes(digits)[1])],
        "not a number": [_with(lambda q: q * np.log(1000 * q))],
        "nan": [_with(lambda q: np.nan)],
        "no thousand": [_with(lambda q: np.sum(q * np.log(q)))],
        "no share": [_with(lambda q: np.sum(np.log(1000 * q)))],
        "sign": [_with(lambda q: -np.sum(q * np.log(1000 * q)))],
        "divided": [_with(lambda q: np.sum(q * np.log(q / 1000)))],
        "bits": [_with(lambda q: np.sum(q * np.log2(1000 * q)))],
        "another": [_with(lambda q: np.sum(q**2))],
    },
    es={
        "right": "Con tres modos de prueba, con partes de 0.6, 0.3 y 0.1, sale 6.01; el máximo es 6.91.",
        "number": "El recuento da {modes}, y en la prueba hay 3 modos distintos. Deja esa parte como estaba.",
        "not a number": "Falta sumar: la divergencia es un solo número.",
        "nan": "Sale NaN: hay un log de 0. Usa shares, que solo tiene los modos que aparecen.",
        "no thousand": "Falta el 1000: hay que comparar cada parte con 1/1000.",
        "no share": "Falta el peso q delante de cada logaritmo: los modos frecuentes cuentan más.",
        "sign": "El signo está al revés: la divergencia nunca es negativa.",
        "divided": "Dividir por 1/1000 es multiplicar por 1000, no dividir.",
        "bits": "Has usado log2, que la da en bits. En los artículos va en nats: np.log.",
        "another": "En la prueba sale {kl:.3f}, y debería salir 6.010.",
        "hint": "Dentro de np.sum va un array, un número por modo: la parte de cada uno por su logaritmo. ¿El logaritmo (np.log) de qué?",
    },
    en={
        "right": "With three modes to test it, with shares of 0.6, 0.3 and 0.1, it gives 6.01; the most there can be is 6.91.",
        "number": "The count gives {modes}, and there are 3 different modes in the test. Leave that part as it was.",
        "not a number": "The sum is missing: the divergence is a single number.",
        "nan": "That gives NaN: there is a log of 0. Use shares, which holds only the modes that turn up.",
        "no thousand": "The 1000 is missing: each share has to be compared with 1/1000.",
        "no share": "The weight q in front of each logarithm is missing: frequent modes count for more.",
        "sign": "The sign is the wrong way round: the divergence is never negative.",
        "divided": "To divide by 1/1000 is to multiply by 1000, not to divide.",
        "bits": "You have used log2, which gives it in bits. Papers give it in nats: np.log.",
        "another": "In the test it gives {kl:.3f}, and should give 6.010.",
        "hint": "Inside np.sum goes an array, a number for each mode: its share times a logarithm. The logarithm (np.log) of what?",
    },
)

# --- 4 · How many drawings

q4 = Choice(
    stub="answer = ...\nq4.check(answer)",
    right="c",
    es={
        "right": "A cada modo le toca un dibujo de media, pero a unos les tocan dos o tres y a muchos, ninguno: cada uno falta con probabilidad (1 − 1/1000)¹⁰⁰⁰ ≈ 1/e ≈ 0.37. Se ven 1000 · 0.63 ≈ 630.",
        "a": "Haría falta que ninguno se repitiera nunca. Tira un dado seis veces: ¿salen siempre las seis caras?",
        "b": "Te quedas corto con las repeticiones. ¿Qué probabilidad tiene un modo de no salir en mil tiradas?",
        "d": "Son más. La probabilidad de que un modo no salga en mil tiradas es (1 − 1/1000)¹⁰⁰⁰.",
        "hint": "Un modo falta en una tirada con probabilidad 999/1000. ¿Y en mil seguidas? Es casi 1/e.",
    },
    en={
        "right": "Each mode gets one drawing on average, but some get two or three and many get none: each is missing with probability (1 − 1/1000)¹⁰⁰⁰ ≈ 1/e ≈ 0.37. You see 1,000 · 0.63 ≈ 630.",
        "a": "For that, no mode could ever come up twice. Roll a die six times: do all six faces always come up?",
        "b": "There are more repetitions than that. How likely is a mode not to come up in a thousand draws?",
        "d": "There are more. The probability that a mode does not come up in a thousand draws is (1 − 1/1000)¹⁰⁰⁰.",
        "hint": "A mode is missing from one draw with probability 999/1000. And from a thousand in a row? That is nearly 1/e.",
    },
)

# --- 5 · What will it draw?

q5 = Choice(
    stub="answer = ...\nq5.check(answer)",
    right="b",
    es={
        "right": "Con dos números por sitio se pierde casi todo lo que distingue a los tres colores. Y lo que D no distingue, G no lo cuida: a menudo repite el trazo, o la cifra, o cosas peores.",
        "a": "Un D así ve bien los trazos: que sean siempre de un 1 lo notaría. Lo que se le escapa es de qué color viene cada uno.",
        "c": "Eso sí lo vería: sin dos de los colores, los números que le llegan son mucho menores que con las reales.",
        "d": "Eso lo nota hasta el D más débil: los números que le llegan son mayores que con las reales. Busca un error que los deje como están.",
        "hint": "Ponte en el lugar de D: en cada sitio recibes dos números, pero hay tres colores. ¿Qué no puedes averiguar?",
    },
    en={
        "right": "Two numbers for each place lose nearly all that tells the three colours apart. And what D cannot tell apart, G does not care about: often it repeats the strokes, or the digit, or does worse.",
        "a": "Such a D sees strokes well enough: it would notice if they were always those of a 1. What escapes it is which colour each of them comes from.",
        "c": "That it would see: without two of the colours, the numbers it gets are much smaller than with real images.",
        "d": "Even the weakest D notices that: the numbers it gets are larger than with real images. Look for a mistake that leaves them as they are.",
        "hint": "Put yourself in D's place: you get two numbers for each place, but there are three colours. What can you not find out?",
    },
)

# --- 6 · Packs


def check_pack(answer):
    images = tf.reshape(tf.range(6 * 28 * 28 * 3, dtype=tf.float32), (6, 28, 28, 3))
    found = np.asarray(answer(images, 2))
    expected = pack(images, 2).numpy()
    wrong_if(found.shape == (6, 28, 28, 3), "as before")
    wrong_if(found.shape in ((3, 56, 28, 3), (3, 28, 56, 3)), "larger picture", shape=found.shape)
    wrong_if(found.shape != expected.shape, "shape", shape=found.shape)
    wrong_if(not np.array_equal(found, expected), "mixed")


q6 = Function(
    stub="def pack(images, count):\n    return tf.concat(tf.split(images, count), axis=...)\n\n\npack = q6.use(pack)",
    code=pack,
    check_function=check_pack,
    wrong={
        "as before": [lambda images, count: tf.concat(tf.split(images, count), axis=0), lambda images, count: images],
        "larger picture": [
            lambda images, count: tf.concat(tf.split(images, count), axis=1),
            lambda images, count: tf.concat(tf.split(images, count), axis=2),
        ],
        "shape": [lambda images, count: tf.stack(tf.split(images, count), axis=-1)],
        "mixed": [lambda images, count: tf.reshape(images, (-1, 28, 28, 3 * count))],
    },
    es={
        "right": "De (6, 28, 28, 3) a (3, 28, 28, 6): tres paquetes, cada uno con dos imágenes en sus seis canales.",
        "as before": "Sale otra vez el lote como estaba: las has pegado por el eje de las imágenes.",
        "larger picture": "Sale {shape}: las has puesto una al lado de otra, en una imagen más grande. Van una encima de otra, en los canales.",
        "shape": "Sale {shape}; con seis imágenes y count = 2 tendría que salir (3, 28, 28, 6).",
        "mixed": "La forma está bien, pero los valores no. Si has usado `reshape`, ha mezclado los píxeles: no sabe qué es una imagen. Usa `split` y `concat`.",
        "hint": "De (b, 28, 28, 3) y (b, 28, 28, 3) a (b, 28, 28, 6): ¿qué eje ha crecido?",
    },
    en={
        "right": "From (6, 28, 28, 3) to (3, 28, 28, 6): three packs, each with two images in its six channels.",
        "as before": "That gives the batch as it was: you have joined them along the axis of the images.",
        "larger picture": "That gives {shape}: you have put them side by side, in a larger picture. They go on top of each other, in the channels.",
        "shape": "That gives {shape}; with six images and count = 2 it should be (3, 28, 28, 6).",
        "mixed": "The shape is right, the values are not. If you used `reshape`, it has mixed the pixels: it does not know what an image is. Use `split` and `concat`.",
        "hint": "From (b, 28, 28, 3) and (b, 28, 28, 3) to (b, 28, 28, 6): which axis has grown?",
    },
)

# --- 7 · Which remedy cures

q7 = Choice(
    stub="answer = ...\nq7.check(answer)",
    right="f",
    es={
        "right": "No es ningún truco: un D más ancho ve más, y entonces repetir los colores se paga.",
        "a": "Mira su intervalo en la tabla: no se distingue de no hacer nada. Quizá porque los mismos dos filtros tienen que mezclar ahora seis canales.",
        "b": "No es lo peor que puedes hacer, pero hay otro que le saca mucha ventaja. Míralo en la tabla.",
        "c": "No es este. Mira su intervalo en la tabla, y el de los dos últimos de la lista.",
        "d": "La media suaviza lo que G ya sabe; no le enseña lo que le falta. Mira su intervalo en la tabla.",
        "e": "Vas bien encaminado, pero hay otro con el que salen más.",
        "hint": "¿Por qué colapsa G aquí? Cinco de los seis lo compensan de algún modo; uno va a la causa, y del todo. (Si no, busca en la tabla, más abajo, los extremos más altos.)",
    },
    en={
        "right": "It is no trick at all: a wider D sees more, and then repeating the colours has a price.",
        "a": "See its interval in the table: it cannot be told from doing nothing. Perhaps because the same two filters now have to mix six channels.",
        "b": "Not the worst you can do, but another is far ahead of it. See the table.",
        "c": "Not this one. See its interval in the table, and that of the last two of the list.",
        "d": "The average smooths what G already knows; it does not teach it what is missing. See its interval in the table.",
        "e": "You are on the right track, but another reaches more.",
        "hint": "Why does G collapse here? Five of the six make up for it in some way; one goes to the cause, and all the way. (Otherwise look in the table, further down, for the highest range.)",
    },
)

# --- 8 · What may be compared

q8 = Letters(
    stub="answer = ...\nq8.check(answer)",
    right="ac",
    among="abcd",
    every=True,
    es={
        "right": "Las dos comparan filas del mismo bloque.",
        "a": "La a) sí se sigue: las dos filas, 78.9 y 1000, son del mismo protocolo y de los mismos autores.",
        "b": "La b) no: son otras redes, otro tiempo y otro juez. El D de PacGAN tiene 64 filtros en la primera capa: si colapsa, no es porque le falten mezclas.",
        "c": "La c) sí se sigue: con un D de la mitad de G, 628; con uno de la cuarta parte, 31.",
        "d": "La d) no: son protocolos distintos. Otras redes y otro juez cambian la KL; la diferencia no se puede achacar al método.",
        "hint": "Busca las dos filas de cada frase. ¿Están en el mismo bloque?",
    },
    en={
        "right": "Both compare rows of the same block.",
        "a": "a) does follow: the two rows, 78.9 and 1000, are of the same protocol and by the same authors.",
        "b": "b) does not: other networks, another time and another judge. PacGAN's D has 64 filters in its first layer: if it collapses, that is not for lack of mixtures.",
        "c": "c) does follow: with a D of half of G, 628; with one of a quarter, 31.",
        "d": "d) does not: they are different protocols. Other networks and another judge change the KL; the difference cannot be put down to the method.",
        "hint": "Look for the two rows of each sentence. Are they in the same block?",
    },
)
