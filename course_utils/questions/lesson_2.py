"""The exercises of lesson 2 (CONTRIBUTING.md says how to write one)."""

import math

import keras
from keras import layers

from course_utils.exercises import Choice, Function, Letters, Number, Several, wrong_if

# --- 1 · Three sides

q1 = Several(
    stub="first, second, third = ..., ..., ...\nq1.check(first, second, third)",
    parts=[
        Number(right=13, wrong={"not rounded up": 12, "not rounded": 12.5, "valid": 11, "no stride": 25}),
        Number(right=32, wrong={"sheet": 34, "smaller": 8}),
        Number(right=16, wrong={"same": 14, "smaller": 2, "last stamp": 18}),
    ],
    code="first, second, third = 13, 32, 16",
    es={
        "right": "25/2 hacia arriba son 13; 16·2 son 32; (7 − 1)·2 + 4 son 16.",
        "before": "El caso {number} no es {value:g}.",
        "not rounded up": "12.5 se redondea hacia arriba.",
        "not rounded": "Un lado es un número entero: se redondea hacia arriba.",
        "valid": 'Eso es con padding="valid". Con "same", el lado se divide entre el salto.',
        "no stride": "Con salto 2 la ventana se detiene en uno de cada dos píxeles.",
        "sheet": 'Eso mide la hoja entera. Con "same", Keras la recorta hasta n·s.',
        "smaller": "Es una convolución traspuesta: agranda.",
        "same": 'Eso es con "same". Con "valid" queda la hoja entera: (n − 1)·s + k.',
        "last stamp": "Cuenta otra vez: la última estampa empieza en (n − 1)·s, no en n·s.",
        "otherwise": "Vuelve a la regla de las formas.",
        "hint": 'Hacia abajo con "same": n/s, redondeado. Hacia arriba: n·s con "same", (n − 1)·s + k con "valid".',
    },
    en={
        "right": "25/2 rounded up is 13; 16·2 is 32; (7 − 1)·2 + 4 is 16.",
        "before": "Case {number} is not {value:g}.",
        "not rounded up": "12.5 is rounded up.",
        "not rounded": "A side is a whole number: it is rounded up.",
        "valid": 'That is with padding="valid". With "same", the side is divided by the stride.',
        "no stride": "With stride 2 the window stops at every other pixel.",
        "sheet": 'That is the whole sheet. With "same", Keras trims it to n·s.',
        "smaller": "It is a transposed convolution: it enlarges.",
        "same": 'That is with "same". With "valid" the whole sheet is left: (n − 1)·s + k.',
        "last stamp": "Count again: the last stamp begins at (n − 1)·s, not at n·s.",
        "otherwise": "Go back to the shape rule.",
        "hint": 'Down with "same": n/s, rounded up. Up: n·s with "same", (n − 1)·s + k with "valid".',
    },
)

# --- 2 · Which leave a checkerboard

q2 = Letters(
    stub="answer = ...\nq2.check(answer)",
    right="ace",
    among="abcde",
    es={
        "right": "El tablero aparece cuando el núcleo no es múltiplo del salto. 6 es múltiplo de 3, y 2 de 2.",
        "bd": "Esas son justo las que no lo dejan.",
        "otherwise": "La {letter} no lo deja: el núcleo es múltiplo del salto y cada casilla del centro recibe las mismas estampas.",
        "missing": "Hasta aquí bien, pero falta{n} {count}.",
        "hint": "Divide el núcleo entre el salto. ¿Sobra algo?",
        "solution": "5/2, 3/2 y 4/3 no son enteros; 6/3 y 2/2 sí.",
    },
    en={
        "right": "The checkerboard appears when the kernel is no multiple of the stride. 6 is a multiple of 3, and 2 of 2.",
        "bd": "Those are just the ones that do not.",
        "otherwise": "{letter} does not: the kernel is a multiple of the stride, and every square in the middle receives as many stamps.",
        "missing": "Right so far, but {count} more to find.",
        "hint": "Divide the kernel by the stride. Is there a remainder?",
        "solution": "5/2, 3/2 and 4/3 are not whole numbers; 6/3 and 2/2 are.",
    },
)

# --- 3 · What moves

q3 = Choice(
    stub="answer = ...\nq3.check(answer)",
    right="a",
    es={
        "right": "El paso de D se trazó antes de congelar y sigue entrenándolo; el de la GAN se trazó con D ya congelado. Funciona por casualidad: un último lote más pequeño obligaría a trazar otra vez y D no aprendería de él.",
        "b": "Así sería si D se hubiera congelado antes de su primer paso. ¿Cuándo se trazó el suyo?",
        "c": "El primer paso de la GAN ocurre después de congelar. ¿Qué pesos vio al trazar?",
        "d": "G no se congela nunca.",
        "hint": "Busca el primer paso de cada modelo. ¿Estaba D congelado en ese instante?",
        "solution": "Es la manera 5 de la tabla, con lotes completos.",
    },
    en={
        "right": "D's step was traced before freezing and still trains it; the GAN's was traced with D frozen already. It works by luck: a smaller last batch would trace again, and D would not learn from it.",
        "b": "So it would be if D had been frozen before its first step. When was its step traced?",
        "c": "The first step of the GAN comes after freezing. Which weights did it see while tracing?",
        "d": "G is never frozen.",
        "hint": "Find the first step of each model. Was D frozen at that moment?",
        "solution": "It is idiom 5 of the table, with full batches.",
    },
)

# --- 4 · The best discriminator with smoothed labels

q4 = Number(
    stub="answer = ...\nq4.check(answer)",
    right=(0.9 + 0) / 2,
    tolerance=0.004,
    wrong={"not smoothed": 0.5, "real": 0.9, "both smoothed": (0.9 + 0.2) / 2},
    code="answer = (0.9 + 0) / 2",
    es={
        "right": "La mitad de las imágenes son reales y llevan 0.9; la otra mitad, generadas, llevan 0. La media es 0.45.",
        "not smoothed": "Eso es sin suavizar: 1 y 0.",
        "real": "Eso respondería si reconociera lo real. Pero aquí no puede distinguirlo de lo generado.",
        "both smoothed": "0.55 sería la media de 0.9 y 0.2. Lo generado sigue llevando un 0.",
        "otherwise": "{value:g} no es. Haz la media de las etiquetas.",
        "hint": "Ante una imagen que tanto puede ser real como generada, lo mejor es responder la media de sus etiquetas.",
    },
    en={
        "right": "Half of the images are real and labelled 0.9; the other half, generated, carry a 0. The mean is 0.45.",
        "not smoothed": "That is without smoothing: 1 and 0.",
        "real": "That it would answer if it recognised the real. But here it cannot tell it from the generated.",
        "both smoothed": "0.55 would be the mean of 0.9 and 0.2. Generated images still carry a 0.",
        "otherwise": "Not {value:g}. Take the mean of the labels.",
        "hint": "Given an image as likely to be real as generated, the best answer is the mean of its labels.",
    },
)

# --- 5 · Batch normalization before the activation


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


def up(filters=8, kernel=4, strides=2, use_bias=False, activation=None):
    return layers.Conv2DTranspose(filters, kernel, strides, "same", use_bias=use_bias, activation=activation)


def normalized_and_active(slope=0.2):
    return [layers.BatchNormalization(), layers.LeakyReLU(negative_slope=slope)]


q5 = Function(
    stub="def block(filters):\n    return ...\nq5.check(block)",
    code=block,
    check_function=check_block,
    wrong={
        "no list of layers": [lambda filters: up()],
        "layers missing": [lambda filters: [up(), layers.LeakyReLU()]],
        "activation inside": [lambda filters: [up(activation="leaky_relu"), layers.BatchNormalization()]],
        "no activation": [lambda filters: [up(), layers.BatchNormalization()]],
        "order": [lambda filters: [up(), *normalized_and_active()[::-1]]],
        "shape": [
            lambda filters: [up(strides=1), *normalized_and_active()],
            lambda filters: [up(filters=3), *normalized_and_active()],
        ],
        "numbers": [
            lambda filters: [up(), *normalized_and_active(slope=0.01)],
            lambda filters: [up(kernel=2), *normalized_and_active()],
        ],
        "bias": [lambda filters: [up(use_bias=True), *normalized_and_active()]],
    },
    es={
        "right": "El orden de la DCGAN original (con ReLU corriente). El sesgo sobra, porque la BN resta la media y después suma su propio β.",
        "no list of layers": "`block` tiene que devolver una lista de capas.",
        "layers missing": "Faltan capas: una `Conv2DTranspose`, una `BatchNormalization` y una activación.",
        "activation inside": "La activación está dentro de la convolución traspuesta, así que ocurre antes que la BN. Sácala a una capa propia.",
        "no activation": "Falta la activación: `LeakyReLU`.",
        "order": "El orden tiene que ser convolución traspuesta, BN, activación.",
        "shape": "De 7×7 con 8 filtros tiene que salir (None, 14, 14, 8), y sale {shape}.",
        "numbers": "Casi: se pide núcleo de 4 y `LeakyReLU` con pendiente 0.2.",
        "bias": "Casi. La BN resta la media, así que el sesgo de la convolución no cambia nada: quítalo con `use_bias=False`.",
        "hint": "Tres capas: `Conv2DTranspose` sin `activation`, `BatchNormalization` y `LeakyReLU`. No hace falta sumar algo que la BN va a restar enseguida.",
    },
    en={
        "right": "The order of the original DCGAN (with a plain ReLU). The bias is superfluous, as the BN subtracts the mean and then adds its own β.",
        "no list of layers": "`block` has to return a list of layers.",
        "layers missing": "Layers are missing: a `Conv2DTranspose`, a `BatchNormalization` and an activation.",
        "activation inside": "The activation is inside the transposed convolution, so it comes before the BN. Move it to a layer of its own.",
        "no activation": "The activation is missing: `LeakyReLU`.",
        "order": "The order has to be transposed convolution, BN, activation.",
        "shape": "From 7×7 with 8 filters (None, 14, 14, 8) has to come out; it is {shape}.",
        "numbers": "Nearly: a kernel of 4 and a `LeakyReLU` with slope 0.2 are asked for.",
        "bias": "Nearly. The BN subtracts the mean, so the bias of the convolution changes nothing: remove it with `use_bias=False`.",
        "hint": "Three layers in a list: `Conv2DTranspose` without `activation`, `BatchNormalization` and `LeakyReLU`. Something added only for the BN to subtract it is superfluous.",
    },
)
