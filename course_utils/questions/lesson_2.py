"""The exercises of lesson 2 (CONTRIBUTING.md says how to write one)."""

from __future__ import annotations

import math

import keras
from keras import layers

from course_utils.exercises import Choice, Function, Letters, Mistake, Number, Several, Text, wrong_if

# --- 1 · Three sides

ENLARGES = Text("Es una convolución traspuesta: agranda.", "It is a transposed convolution: it enlarges.")
SHAPE_RULE = Text("Vuelve a la regla de las formas.", "Go back to the shape rule.")

q1 = Several(
    stub="first, second, third = ..., ..., ...\nq1.check(first, second, third)",
    before=Text("El caso {number} no es {value:g}. ", "Case {number} is not {value:g}. "),
    parts=[
        Number(
            right=13,
            wrong={
                12: Text("12.5 se redondea hacia arriba.", "12.5 is rounded up."),
                12.5: Text(
                    "Un lado es un número entero: se redondea hacia arriba.",
                    "A side is a whole number: it is rounded up.",
                ),
                11: Text(
                    'Eso es con padding="valid". Con "same", el lado se divide entre el salto.',
                    'That is with padding="valid". With "same", the side is divided by the stride.',
                ),
                25: Text(
                    "Con salto 2 la ventana se detiene en uno de cada dos píxeles.",
                    "With stride 2 the window stops at every other pixel.",
                ),
            },
            otherwise=SHAPE_RULE,
        ),
        Number(
            right=32,
            wrong={
                34: Text(
                    'Eso mide la hoja entera. Con "same", Keras la recorta hasta n·s.',
                    'That is the whole sheet. With "same", Keras trims it to n·s.',
                ),
                8: ENLARGES,
            },
            otherwise=SHAPE_RULE,
        ),
        Number(
            right=16,
            wrong={
                14: Text(
                    'Eso es con "same". Con "valid" queda la hoja entera: (n − 1)·s + k.',
                    'That is with "same". With "valid" the whole sheet is left: (n − 1)·s + k.',
                ),
                2: ENLARGES,
                18: Text(
                    "Cuenta otra vez: la última estampa empieza en (n − 1)·s, no en n·s.",
                    "Count again: the last stamp begins at (n − 1)·s, not at n·s.",
                ),
            },
            otherwise=SHAPE_RULE,
        ),
    ],
    praise=Text(
        "25/2 hacia arriba son 13; 16·2 son 32; (7 − 1)·2 + 4 son 16.",
        "25/2 rounded up is 13; 16·2 is 32; (7 − 1)·2 + 4 is 16.",
    ),
    clue=Text(
        'Hacia abajo con "same": n/s, redondeado. Hacia arriba: n·s con "same", (n − 1)·s + k con "valid".',
        'Down with "same": n/s, rounded up. Up: n·s with "same", (n − 1)·s + k with "valid".',
    ),
    code="first, second, third = 13, 32, 16",
)

# --- 2 · Which leave a checkerboard

q2 = Letters(
    stub="answer = ...\nq2.check(answer)",
    right="ace",
    among="abcde",
    praise=Text(
        "El tablero aparece cuando el núcleo no es múltiplo del salto. 6 es múltiplo de 3, y 2 de 2.",
        "The checkerboard appears when the kernel is no multiple of the stride. 6 is a multiple of 3, and 2 of 2.",
    ),
    wrong={"bd": Text("Esas son justo las que no lo dejan.", "Those are just the ones that do not.")},
    otherwise=Text(
        "La {letter} no lo deja: el núcleo es múltiplo del salto y cada casilla del centro recibe las mismas estampas.",
        "{letter} does not: the kernel is a multiple of the stride, and every square in the middle receives as many "
        "stamps.",
    ),
    missing=Text("Hasta aquí bien, pero falta(n) {count}.", "Right so far, but {count} more to find."),
    clue=Text(
        "Divide el núcleo entre el salto. ¿Sobra algo?", "Divide the kernel by the stride. Is there a remainder?"
    ),
    because=Text(
        "5/2, 3/2 y 4/3 no son enteros; 6/3 y 2/2 sí.", "5/2, 3/2 and 4/3 are not whole numbers; 6/3 and 2/2 are."
    ),
)

# --- 3 · What moves

q3 = Choice(
    stub="answer = ...\nq3.check(answer)",
    right="a",
    praise=Text(
        "El paso de D se trazó antes de congelar y sigue entrenándolo; el de la GAN se trazó con D ya congelado. "
        "Funciona por casualidad: un último lote más pequeño obligaría a trazar otra vez y D no aprendería de él.",
        "D's step was traced before freezing and still trains it; the GAN's was traced with D frozen already. It "
        "works by luck: a smaller last batch would trace again, and D would not learn from it.",
    ),
    wrong={
        "b": Text(
            "Así sería si D se hubiera congelado antes de su primer paso. ¿Cuándo se trazó el suyo?",
            "So it would be if D had been frozen before its first step. When was its step traced?",
        ),
        "c": Text(
            "El primer paso de la GAN ocurre después de congelar. ¿Qué pesos vio al trazar?",
            "The first step of the GAN comes after freezing. Which weights did it see while tracing?",
        ),
        "d": Text("G no se congela nunca.", "G is never frozen."),
    },
    clue=Text(
        "Busca el primer paso de cada modelo. ¿Estaba D congelado en ese instante?",
        "Find the first step of each model. Was D frozen at that moment?",
    ),
    because=Text("Es la manera 5 de la tabla, con lotes completos.", "It is idiom 5 of the table, with full batches."),
)

# --- 4 · The best discriminator with smoothed labels

q4 = Number(
    stub="answer = ...\nq4.check(answer)",
    right=0.45,
    tolerance=0.004,
    praise=Text(
        "La mitad de las imágenes son reales y llevan 0.9; la otra mitad, generadas, llevan 0. La media es 0.45.",
        "Half of the images are real and labelled 0.9; the other half, generated, carry a 0. The mean is 0.45.",
    ),
    wrong={
        0.5: Text("Eso es sin suavizar: 1 y 0.", "That is without smoothing: 1 and 0."),
        0.9: Text(
            "Eso respondería si reconociera lo real. Pero aquí no puede distinguirlo de lo generado.",
            "That it would answer if it recognised the real. But here it cannot tell it from the generated.",
        ),
        0.55: Text(
            "0.55 sería la media de 0.9 y 0.2. Lo generado sigue llevando un 0.",
            "0.55 would be the mean of 0.9 and 0.2. Generated images still carry a 0.",
        ),
    },
    otherwise=Text("{value:g} no es. Haz la media de las etiquetas.", "Not {value:g}. Take the mean of the labels."),
    clue=Text(
        "Ante una imagen que tanto puede ser real como generada, lo mejor es responder la media de sus etiquetas.",
        "Given an image as likely to be real as generated, the best answer is the mean of its labels.",
    ),
    code="answer = (0.9 + 0) / 2",
)

# --- 5 · Batch normalization before the activation


def block(filters):
    return [
        layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.LeakyReLU(negative_slope=0.2),
    ]


def check_block(block):
    made = block(8)
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
    wrong_if(slope is None or not math.isclose(slope, 0.2) or tuple(made[up].kernel_size) != (4, 4), "other options")
    wrong_if(made[up].use_bias, "bias")


def up(filters=8, kernel=4, strides=2, **options):
    return layers.Conv2DTranspose(filters, kernel, strides=strides, padding="same", **{"use_bias": False} | options)


def after(slope=0.2):
    return [layers.BatchNormalization(), layers.LeakyReLU(negative_slope=slope)]


q5 = Function(
    stub="def block(filters):\n    return ...\nq5.check(block)",
    check_function=check_block,
    praise=Text(
        "El orden de la DCGAN original (con ReLU corriente). El sesgo sobra, porque la BN resta la media y después "
        "suma su propio β.",
        "The order of the original DCGAN (with a plain ReLU). The bias is superfluous, as the BN subtracts the mean "
        "and then adds its own β.",
    ),
    wrong={
        "no list of layers": Mistake(
            "`block` tiene que devolver una lista de capas.",
            "`block` has to return a list of layers.",
            lambda filters: up(),
        ),
        "layers missing": Mistake(
            "Faltan capas: una `Conv2DTranspose`, una `BatchNormalization` y una activación.",
            "Layers are missing: a `Conv2DTranspose`, a `BatchNormalization` and an activation.",
            lambda filters: [up(), layers.LeakyReLU()],
        ),
        "activation inside": Mistake(
            "La activación está dentro de la convolución traspuesta, así que ocurre antes que la BN. Sácala a una capa "
            "propia.",
            "The activation is inside the transposed convolution, so it comes before the BN. Move it to a layer of its "
            "own.",
            lambda filters: [up(activation="leaky_relu"), layers.BatchNormalization()],
        ),
        "no activation": Mistake(
            "Falta la activación: `LeakyReLU`.",
            "The activation is missing: `LeakyReLU`.",
            lambda filters: [up(), layers.BatchNormalization()],
        ),
        "order": Mistake(
            "El orden tiene que ser convolución traspuesta, BN, activación.",
            "The order has to be transposed convolution, BN, activation.",
            lambda filters: [up(), layers.LeakyReLU(), layers.BatchNormalization()],
        ),
        "shape": Mistake(
            "De 7×7 con 8 filtros tiene que salir (None, 14, 14, 8), y sale {shape}.",
            "From 7×7 with 8 filters (None, 14, 14, 8) has to come out; it is {shape}.",
            lambda filters: [up(strides=1), *after()],
            lambda filters: [up(filters=3), *after()],
        ),
        "other options": Mistake(
            "Casi: se pide núcleo de 4 y `LeakyReLU` con pendiente 0.2.",
            "Nearly: a kernel of 4 and a `LeakyReLU` with slope 0.2 are asked for.",
            lambda filters: [up(), *after(slope=0.01)],
            lambda filters: [up(kernel=2), *after()],
        ),
        "bias": Mistake(
            "Casi. La BN resta la media, así que el sesgo de la convolución no cambia nada: quítalo con "
            "`use_bias=False`.",
            "Nearly. The BN subtracts the mean, so the bias of the convolution changes nothing: remove it with "
            "`use_bias=False`.",
            lambda filters: [up(use_bias=True), *after()],
        ),
    },
    clue=Text(
        "Tres capas: `Conv2DTranspose` sin `activation`, `BatchNormalization` y `LeakyReLU`. No hace falta sumar algo "
        "que la BN va a restar enseguida.",
        "Three layers in a list: `Conv2DTranspose` without `activation`, `BatchNormalization` and `LeakyReLU`. "
        "Something added only for the BN to subtract it is superfluous.",
    ),
    code=block,
)
