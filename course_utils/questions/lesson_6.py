"""The exercises of lesson 6 (CONTRIBUTING.md says how to write one)."""

import functools
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils.exercises import Forecast, Function, Letters, Number, wrong_if
from course_utils.experiments import judgements, tricks

# --- 1 · What the list says

q1 = Letters(
    stub="answer = ...\nq1.check(answer)",
    right="bdf",
    es={
        "right": "Las otras tres son lo que se cuenta de la lista, no lo que dice.",
        "a": "El *dropout* lo pone en G, no en D, y sigue puesto al dibujar.",
        "b": "b): la lista dice SGD para D y Adam para G.",
        "c": "El 0.9 fijo no está: pide un número al azar para cada imagen.",
        "d": "d): propone añadir ruido a lo que ve D, y que vaya a menos.",
        "e": "Al revés: dice que nada de ruido uniforme; que sea gaussiano.",
        "f": "f): de vez en cuando, dice, hay que darle a D las etiquetas cambiadas.",
        "hint": "Son tres. Lee en la lista los apartados 3, 6, 9, 13 y 17, y mira en cada uno de qué red habla y con qué números.",
    },
    en={
        "right": "The other three are what is told about the list, not what it says.",
        "a": "It puts dropout in G, not in D, and keeps it on while drawing.",
        "b": "b): the list says SGD for D and Adam for G.",
        "c": "The fixed 0.9 is not there: it asks for a random number for each image.",
        "d": "d): it suggests adding noise to what D sees, and letting it fade.",
        "e": "The other way round: no uniform noise, it says, but Gaussian.",
        "f": "f): now and then, it says, D should be given swapped labels.",
        "hint": "There are three. Read sections 3, 6, 9, 13 and 17 of the list, and see in each which network it is about, and with what numbers.",
    },
)

# --- 2 · Forecasts

ASKED = {
    "a": "smoothed",
    "b": "noisy",
    "c": "g_norm_after",
    "d": "g_dropout_half",
    "e": "sgd_0.01",
    "f": "kernel_3",
    "g": "d_relu",
    "h": "uniform",
}


@functools.cache
def judged() -> dict[str, judgements.Judgement]:
    return judgements.judge(judgements.published()["runs"])


def outcome() -> dict[str, tuple[int, str]]:
    found, verdicts = judged(), ("pays", "hurts", "unclear")
    return {
        letter: (
            verdicts.index(found[name].verdict),
            f"{letter}) {judgements.title(name)}: {judgements.in_words(found[name].verdict)}, "
            + tricks.in_words(found[name][:3]),
        )
        for letter, name in ASKED.items()
    }


q2 = Forecast(
    stub="pays, hurts, unclear = ..., ..., ...\nq2.check(pays, hurts, unclear)",
    drawers=3,
    outcome=outcome,
    es={
        "right": "Los {count}. Quien lo consigue sin mirar o sabe mucho o tiene suerte.",
        "score": "Has acertado {hits} de {count}; repartiéndolas a ciegas se aciertan unas tres. Las demás, con lo que multiplican la distancia y su intervalo:{missed}",
        "each once": "Cada una de las letras de «{among}» tiene que salir una vez, en uno de los tres sitios. Uno vacío se escribe con dos comillas seguidas.",
        "hint": "No hay manera de saberlo: es un pronóstico. Piensa qué cambia cada truco en lo que G aprende de D, y recuerda cuánto cambia el resultado solo por la semilla.",
    },
    en={
        "right": "All {count}. Whoever manages that without looking knows a lot, or is lucky.",
        "score": "You have {hits} of {count} right; dealt out blindly, about three would be. The others, with what they multiply the distance by, and its interval:{missed}",
        "each once": "Each of the letters of “{among}” has to come once, in one of the three places. An empty one is written as two quotation marks in a row.",
        "hint": "There is no way to know: it is a forecast. Think of what each trick changes in what G learns from D, and remember how much the result changes through the seed alone.",
    },
)

# --- 3 · The most sensible answer

q3 = Number(
    stub="answer = ...\nq3.check(answer)",
    right=(0.9 + 0) / 2,
    tolerance=0.004,
    wrong={"not smoothed": 0.5, "real": 0.9, "both smoothed": (0.9 + 0.2) / 2},
    code="answer = (0.9 + 0) / 2",
    es={
        "right": "La mitad de las imágenes son reales y llevan 0.9; la otra mitad, generadas, llevan 0. La media es 0.45.",
        "not smoothed": "Eso es sin suavizar, con 1 y 0.",
        "real": "Eso respondería si reconociera lo real. Pero aquí no puede distinguirlo de lo generado.",
        "both smoothed": "0.55 sería la media de 0.9 y 0.2. Lo generado sigue llevando un 0.",
        "otherwise": "{value:g} no es. Haz la media de las etiquetas.",
        "hint": "La mejor respuesta a una imagen es la media de las etiquetas que puede llevar. ¿Qué dos etiquetas puede llevar esta, y cuántas veces cada una?",
    },
    en={
        "right": "Half of the images are real and labelled 0.9; the other half, generated, carry a 0. The mean is 0.45.",
        "not smoothed": "That is without smoothing, with 1 and 0.",
        "real": "It would answer that if it could recognize real images. But here it cannot tell them from generated ones.",
        "both smoothed": "0.55 would be the mean of 0.9 and 0.2. Generated images still carry a 0.",
        "otherwise": "Not {value:g}. Take the mean of the labels.",
        "hint": "The best answer to an image is the mean of the labels it may carry. Which two may this one carry, and how often each?",
    },
)

# --- 4 · Batch normalization before the activation


def block(filters):
    return [
        layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.LeakyReLU(negative_slope=0.2),
    ]


def check_block(answer):
    made = answer(8)
    made = list(made) if isinstance(made, list | tuple) else []
    wrong_if(not made or not all(isinstance(layer, layers.Layer) for layer in made), "no list of layers")
    kinds = [type(layer) for layer in made]
    wrong_if(not {layers.Conv2DTranspose, layers.BatchNormalization} <= set(kinds), "layers missing")
    up, bn = kinds.index(layers.Conv2DTranspose), kinds.index(layers.BatchNormalization)
    active = [i for i, kind in enumerate(kinds) if kind in (layers.LeakyReLU, layers.Activation, layers.ReLU)]
    wrong_if(made[up].activation is not keras.activations.linear, "activation inside")
    wrong_if(not active, "no activation")
    wrong_if(not up < bn < active[0], "order")
    shape = tuple(keras.Sequential([keras.Input((7, 7, 3)), *made]).output_shape)
    wrong_if(shape != (None, 14, 14, 8), "shape", shape=shape)
    slope = getattr(made[active[0]], "negative_slope", None)
    wrong_if(slope is None or not math.isclose(slope, 0.2) or tuple(made[up].kernel_size) != (4, 4), "numbers")
    wrong_if(made[up].use_bias, "bias")


def _up(filters=8, kernel=4, strides=2, use_bias=False, activation=None):
    return layers.Conv2DTranspose(filters, kernel, strides, "same", use_bias=use_bias, activation=activation)


def _normalized_and_active(slope=0.2):
    return [layers.BatchNormalization(), layers.LeakyReLU(negative_slope=slope)]


q4 = Function(
    stub="def block(filters):\n    return ...\n\n\nq4.check(block)",
    code=block,
    check_function=check_block,
    wrong={
        "no list of layers": [lambda filters: _up()],
        "layers missing": [lambda filters: [_up(), layers.LeakyReLU()]],
        "activation inside": [lambda filters: [_up(activation="leaky_relu"), layers.BatchNormalization()]],
        "no activation": [lambda filters: [_up(), layers.BatchNormalization()]],
        "order": [lambda filters: [_up(), *_normalized_and_active()[::-1]]],
        "shape": [
            lambda filters: [_up(strides=1), *_normalized_and_active()],
            lambda filters: [_up(filters=3), *_normalized_and_active()],
        ],
        "numbers": [
            lambda filters: [_up(), *_normalized_and_active(slope=0.01)],
            lambda filters: [_up(kernel=2), *_normalized_and_active()],
        ],
        "bias": [lambda filters: [_up(use_bias=True), *_normalized_and_active()]],
    },
    es={
        "right": "El sesgo sobra, porque la BN resta la media, y con ella el sesgo; después suma su propio β.",
        "no list of layers": "`block` tiene que devolver una lista de capas.",
        "layers missing": "Faltan capas: una `Conv2DTranspose`, una `BatchNormalization` y una activación.",
        "activation inside": "La activación está dentro de la convolución traspuesta, así que ocurre antes que la BN. Sácala a una capa propia.",
        "no activation": "Falta la activación: `LeakyReLU`.",
        "order": "El orden tiene que ser convolución traspuesta, BN, activación.",
        "shape": "De 7×7 con 8 filtros tiene que salir (None, 14, 14, 8), y sale {shape}.",
        "numbers": "Casi: se pide núcleo de 4 y `LeakyReLU` con pendiente 0.2.",
        "bias": "Casi. La convolución traspuesta todavía suma un sesgo, que la BN resta enseguida: quítalo con `use_bias=False`.",
        "hint": "Tres capas: `Conv2DTranspose` sin `activation`, `BatchNormalization` y `LeakyReLU`. La primera, sin sesgo.",
    },
    en={
        "right": "The bias is superfluous: BN subtracts the mean, and the bias with it; then it adds its own β.",
        "no list of layers": "`block` has to return a list of layers.",
        "layers missing": "Layers are missing: a `Conv2DTranspose`, a `BatchNormalization` and an activation.",
        "activation inside": "The activation is inside the transposed convolution, so it comes before the BN. Move it to a layer of its own.",
        "no activation": "The activation is missing: `LeakyReLU`.",
        "order": "The order has to be transposed convolution, BN, activation.",
        "shape": "From 7×7 with 8 filters (None, 14, 14, 8) has to come out; it is {shape}.",
        "numbers": "Nearly: a kernel of 4 and a `LeakyReLU` with slope 0.2 are asked for.",
        "bias": "Nearly. The transposed convolution still adds a bias, which BN subtracts at once: remove it with `use_bias=False`.",
        "hint": "Three layers in a list: `Conv2DTranspose` without `activation`, `BatchNormalization` and `LeakyReLU`. The first without a bias.",
    },
)

# --- 5 · A trick of one's own


def noisy_labels(shape):
    real = tf.random.uniform(shape, 0.7, 1.2)
    fake = tf.random.uniform(shape, 0.0, 0.3)
    return real, fake


def check_noisy_labels(answer):
    shape = (2000, 1)

    @tf.function
    def in_a_graph():  # as a trial calls it
        return answer(shape)

    found = answer(shape)
    wrong_if(not isinstance(found, list | tuple) or len(found) != 2, "not two")
    real, fake = (np.asarray(labels, dtype="float64") for labels in found)
    wrong_if(
        real.shape != shape or fake.shape != shape, "shape", shape=real.shape if real.shape != shape else fake.shape
    )
    wrong_if(min(real.std(), fake.std()) < 1e-3, "fixed")
    wrong_if(real.mean() < fake.mean(), "swapped")
    ends = real.min(), real.max(), fake.min(), fake.max()
    wrong_if(
        not np.allclose(ends, (0.7, 1.2, 0, 0.3), atol=0.02),
        "range",
        low=ends[0],
        high=ends[1],
        least=ends[2],
        most=ends[3],
    )
    again = in_a_graph(), in_a_graph()
    wrong_if(np.array_equal(*(np.asarray(labels[0]) for labels in again)), "frozen")


def _by_numpy(shape):
    rng = np.random.default_rng()
    return rng.uniform(0.7, 1.2, shape).astype("float32"), rng.uniform(0.0, 0.3, shape).astype("float32")


q5 = Function(
    stub="def noisy_labels(shape):\n    real = ...\n    fake = ...\n    return real, fake\n\n\nnoisy_labels = q5.use(noisy_labels)",
    code=noisy_labels,
    check_function=check_noisy_labels,
    wrong={
        "not two": [lambda shape: tf.random.uniform(shape, 0.7, 1.2)],
        "shape": [lambda shape: (tf.random.uniform((), 0.7, 1.2), tf.random.uniform((), 0.0, 0.3))],
        "fixed": [lambda shape: (tf.fill(shape, 0.9), tf.zeros(shape))],
        "swapped": [lambda shape: (tf.random.uniform(shape, 0.0, 0.3), tf.random.uniform(shape, 0.7, 1.2))],
        "range": [
            lambda shape: (tf.random.uniform(shape, 0.7, 1.0), tf.random.uniform(shape, 0.0, 0.3)),
            lambda shape: (tf.random.normal(shape, 0.95, 0.1), tf.random.uniform(shape, 0.0, 0.3)),
        ],
        "frozen": [_by_numpy],
    },
    es={
        "right": "Cada imagen recibe su propio número, y otro distinto en cada paso.",
        "not two": "Hay que devolver dos cosas: las etiquetas de lo real y las de lo generado.",
        "shape": "La forma es {shape}: cada imagen del lote necesita su propia etiqueta, con la forma `shape`.",
        "fixed": "Eso es suavizar: a todas las imágenes, el mismo número. La lista pide uno al azar para cada una.",
        "swapped": "Las has cambiado: primero van las de lo real, que son las altas.",
        "range": "Lo real va de {low:.2f} a {high:.2f} y lo generado, de {least:.2f} a {most:.2f}. La lista dice de 0.7 a 1.2 y de 0.0 a 0.3.",
        "frozen": "En el grafo salen siempre los mismos números: NumPy solo tira los dados una vez, al trazar. Usa `tf.random.uniform`, que los tira en cada paso.",
        "hint": "`tf.random.uniform(shape, a, b)` da números al azar entre a y b, con la forma que le pidas. Una línea para cada clase de imágenes.",
    },
    en={
        "right": "Each image gets a number of its own, and another one at every step.",
        "not two": "Two things have to be returned: the labels of real images and those of generated ones.",
        "shape": "The shape is {shape}: each image of the batch needs a label of its own, in the shape `shape`.",
        "fixed": "That is smoothing: the same number for all images. The list asks for a random one for each.",
        "swapped": "You have swapped them: those of real images come first, and they are the high ones.",
        "range": "Real labels go from {low:.2f} to {high:.2f} and generated ones from {least:.2f} to {most:.2f}. The list says 0.7 to 1.2 and 0.0 to 0.3.",
        "frozen": "In the graph the numbers are always the same: NumPy throws its dice only once, while it is traced. Use `tf.random.uniform`, which throws them at every step.",
        "hint": "`tf.random.uniform(shape, a, b)` gives random numbers between a and b, in the shape you ask for. One line for each kind of images.",
    },
)
