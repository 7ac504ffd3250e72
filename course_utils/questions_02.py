"""The exercises of lesson 2: what is right, what is wrong and why, hints and solutions.

The official solution of the exercise that asks for code is also kept as code (`solve_5`), so that tests can run it
through its own check.
"""

from __future__ import annotations

import math

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
from course_utils.setup import L

# --- 1 · Three sides

SIDES = (13, 32, 16)


def _check_1(*answers) -> str:
    sides = [as_number(answer) for answer in answers]
    why = [
        {
            12: L("12.5 se redondea hacia arriba.", "12.5 is rounded up."),
            12.5: L(
                "Un lado es un número entero: se redondea hacia arriba.", "A side is a whole number: it is rounded up."
            ),
            11: L(
                'Eso es con padding="valid". Con "same", el lado se divide entre el salto.',
                'That is with padding="valid". With "same", the side is divided by the stride.',
            ),
            25: L(
                "Con salto 2 la ventana se detiene en uno de cada dos píxeles.",
                "With stride 2 the window stops at every other pixel.",
            ),
        },
        {
            34: L(
                'Eso mide la hoja entera. Con "same", Keras la recorta hasta n·s.',
                'That is the whole sheet. With "same", Keras trims it to n·s.',
            ),
            8: L("Es una convolución traspuesta: agranda.", "It is a transposed convolution: it enlarges."),
        },
        {
            14: L(
                'Eso es con "same". Con "valid" queda la hoja entera: (n − 1)·s + k.',
                'That is with "same". With "valid" the whole sheet is left: (n − 1)·s + k.',
            ),
            2: L("Es una convolución traspuesta: agranda.", "It is a transposed convolution: it enlarges."),
            18: L(
                "Cuenta otra vez: la última estampa empieza en (n − 1)·s, no en n·s.",
                "Count again: the last stamp begins at (n − 1)·s, not at n·s.",
            ),
        },
    ]
    for i, (side, right) in enumerate(zip(sides, SIDES, strict=True)):
        if side != right:
            reason = why[i].get(side, L("Vuelve a la regla de las formas.", "Go back to the shape rule."))
            raise Wrong(L(f"El caso {i + 1} no es {side:g}. {reason}", f"Case {i + 1} is not {side:g}. {reason}"))
    return L(
        "25/2 hacia arriba son 13; 16·2 son 32; (7 − 1)·2 + 4 son 16.",
        "25/2 rounded up is 13; 16·2 is 32; (7 − 1)·2 + 4 is 16.",
    )


q1 = Question(
    _check_1,
    hint=lambda: L(
        'Hacia abajo con "same": n/s, redondeado. Hacia arriba: n·s con "same", (n − 1)·s + k con "valid".',
        'Down with "same": n/s, rounded up. Up: n·s with "same", (n − 1)·s + k with "valid".',
    ),
    solution=lambda: "first, second, third = 13, 32, 16",
    answers=3,
)

# --- 2 · Which leave a checkerboard


def _check_2(answer) -> str:
    letters = as_letters(answer, "abcde")
    if letters == set("ace"):
        return L(
            "El tablero aparece cuando el núcleo no es múltiplo del salto. 6 es múltiplo de 3, y 2 de 2.",
            "The checkerboard appears when the kernel is no multiple of the stride. 6 is a multiple of 3, and 2 of 2.",
        )
    if letters == set("bd"):
        raise Wrong(L("Esas son justo las que no lo dejan.", "Those are just the ones that do not."))
    if extra := letters - set("ace"):
        letter = min(extra)
        raise Wrong(
            L(
                f"La {letter} no lo deja: el núcleo es múltiplo del salto y cada casilla del centro recibe las mismas "
                "estampas.",
                f"{letter} does not: the kernel is a multiple of the stride, and every square in the middle receives "
                "as many stamps.",
            )
        )
    missing = len(set("ace") - letters)
    raise Wrong(L(f"Hasta aquí bien, pero falta(n) {missing}.", f"Right so far, but {missing} more to find."))


q2 = Question(
    _check_2,
    hint=lambda: L(
        "Divide el núcleo entre el salto. ¿Sobra algo?", "Divide the kernel by the stride. Is there a remainder?"
    ),
    solution=lambda: L(
        'answer = "ace"\n5/2, 3/2 y 4/3 no son enteros; 6/3 y 2/2 sí.',
        'answer = "ace"\n5/2, 3/2 and 4/3 are not whole numbers; 6/3 and 2/2 are.',
    ),
)

# --- 3 · What moves


def _check_3(answer) -> str:
    letter = as_letter(answer, "abcd")
    if letter == "a":
        return L(
            "El paso de D se trazó antes de congelar y sigue entrenándolo; el de la GAN se trazó con D ya congelado. "
            "Funciona por casualidad: un último lote más pequeño obligaría a trazar otra vez y D no aprendería de él.",
            "D's step was traced before freezing and still trains it; the GAN's was traced with D frozen already. It "
            "works by luck: a smaller last batch would trace again, and D would not learn from it.",
        )
    why = {
        "b": L(
            "Así sería si D se hubiera congelado antes de su primer paso. ¿Cuándo se trazó el suyo?",
            "So it would be if D had been frozen before its first step. When was its step traced?",
        ),
        "c": L(
            "El primer paso de la GAN ocurre después de congelar. ¿Qué pesos vio al trazar?",
            "The first step of the GAN comes after freezing. Which weights did it see while tracing?",
        ),
        "d": L("G no se congela nunca.", "G is never frozen."),
    }
    raise Wrong(why[letter])


q3 = Question(
    _check_3,
    hint=lambda: L(
        "Busca el primer paso de cada modelo. ¿Estaba D congelado en ese instante?",
        "Find the first step of each model. Was D frozen at that moment?",
    ),
    solution=lambda: L(
        'answer = "a"\nEs la manera 5 de la tabla, con lotes completos.',
        'answer = "a"\nIt is idiom 5 of the table, with full batches.',
    ),
)

# --- 4 · The best discriminator with smoothed labels


def _check_4(answer) -> str:
    value = as_number(answer)
    if math.isclose(value, 0.45, abs_tol=0.004):
        return L(
            "La mitad de las imágenes son reales y llevan 0.9; la otra mitad, generadas, llevan 0. La media es 0.45.",
            "Half of the images are real and labelled 0.9; the other half, generated, carry a 0. The mean is 0.45.",
        )
    known = {
        0.5: L("Eso es sin suavizar: 1 y 0.", "That is without smoothing: 1 and 0."),
        0.9: L(
            "Eso respondería si reconociera lo real. Pero aquí no puede distinguirlo de lo generado.",
            "That it would answer if it recognised the real. But here it cannot tell it from the generated.",
        ),
        0.55: L(
            "0.55 sería la media de 0.9 y 0.2. Lo generado sigue llevando un 0.",
            "0.55 would be the mean of 0.9 and 0.2. Generated images still carry a 0.",
        ),
    }
    refuse_known(value, known, 0.004)
    raise Wrong(L(f"{value:g} no es. Haz la media de las etiquetas.", f"Not {value:g}. Take the mean of the labels."))


q4 = Question(
    _check_4,
    hint=lambda: L(
        "Ante una imagen que tanto puede ser real como generada, lo mejor es responder la media de sus etiquetas.",
        "Given an image as likely to be real as generated, the best answer is the mean of its labels.",
    ),
    solution=lambda: "answer = (0.9 + 0) / 2",
)

# --- 5 · Batch normalization before the activation


def solve_5(filters):
    from keras import layers

    return [
        layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.LeakyReLU(negative_slope=0.2),
    ]


def _check_5(block) -> str:
    import keras
    from keras import layers

    made = as_function(block, "q5.check(block)")(8)
    if made is ... or made is None:
        raise Pending
    made = list(made) if isinstance(made, list | tuple) else []
    if not made or not all(isinstance(layer, layers.Layer) for layer in made):
        raise Wrong(L("`block` tiene que devolver una lista de capas.", "`block` has to return a list of layers."))
    kinds = [type(layer) for layer in made]
    if layers.Conv2DTranspose not in kinds or layers.BatchNormalization not in kinds:
        raise Wrong(
            L(
                "Faltan capas: una `Conv2DTranspose`, una `BatchNormalization` y una activación.",
                "Layers are missing: a `Conv2DTranspose`, a `BatchNormalization` and an activation.",
            )
        )
    up = made[kinds.index(layers.Conv2DTranspose)]
    bn = kinds.index(layers.BatchNormalization)
    active = [i for i, kind in enumerate(kinds) if kind in (layers.LeakyReLU, layers.Activation, layers.ReLU)]
    if up.activation is not keras.activations.linear:
        raise Wrong(
            L(
                "La activación está dentro de la convolución traspuesta, así que ocurre antes que la BN. Sácala a una "
                "capa propia.",
                "The activation is inside the transposed convolution, so it comes before the BN. Move it to a layer of "
                "its own.",
            )
        )
    if not active:
        raise Wrong(L("Falta la activación: `LeakyReLU`.", "The activation is missing: `LeakyReLU`."))
    if not kinds.index(layers.Conv2DTranspose) < bn < active[0]:
        raise Wrong(
            L(
                "El orden tiene que ser convolución traspuesta, BN, activación.",
                "The order has to be transposed convolution, BN, activation.",
            )
        )
    shape = tuple(keras.Sequential([keras.Input((7, 7, 3)), *made]).output_shape)
    if shape != (None, 14, 14, 8):
        raise Wrong(
            L(
                f"De 7×7 con 8 filtros tiene que salir (None, 14, 14, 8), y sale {shape}.",
                f"From 7×7 with 8 filters (None, 14, 14, 8) has to come out; it is {shape}.",
            )
        )
    slope = getattr(made[active[0]], "negative_slope", None)
    if tuple(up.kernel_size) != (4, 4) or not (slope is not None and math.isclose(slope, 0.2)):
        raise Wrong(
            L(
                "Casi: se pide núcleo de 4 y `LeakyReLU` con pendiente 0.2.",
                "Nearly: a kernel of 4 and a `LeakyReLU` with slope 0.2 are asked for.",
            )
        )
    if up.use_bias:
        raise Wrong(
            L(
                "Casi. La BN resta la media, así que el sesgo de la convolución no cambia nada: quítalo con "
                "`use_bias=False`.",
                "Nearly. The BN subtracts the mean, so the bias of the convolution changes nothing: remove it with "
                "`use_bias=False`.",
            )
        )
    return L(
        "El orden de la DCGAN original (con ReLU corriente). El sesgo sobra, porque la BN resta la media y después "
        "suma su propio β.",
        "The order of the original DCGAN (with a plain ReLU). The bias is superfluous, as the BN subtracts the mean "
        "and then adds its own β.",
    )


q5 = Question(
    _check_5,
    hint=lambda: L(
        "Tres capas: `Conv2DTranspose` sin `activation`, `BatchNormalization` y `LeakyReLU`. No hace falta "
        "sumar algo que la BN va a restar enseguida.",
        "Three layers in a list: `Conv2DTranspose` without `activation`, `BatchNormalization` and `LeakyReLU`. "
        "Something added only for the BN to subtract it is superfluous.",
    ),
    solution=lambda: as_learners_see(solve_5, "block"),
)
