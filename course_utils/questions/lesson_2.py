"""The exercises of lesson 2 (CONTRIBUTING.md says how to write one)."""

import keras
from keras import layers

from course_utils.exercises import Choice, Function, Letters, Number, Several, wrong_if
from course_utils.lessons import lesson_2

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
        "before": "En el caso {number} el lado no mide {value:g}.",
        "not rounded up": "12.5 se redondea hacia arriba.",
        "not rounded": "Un lado es un número entero: se redondea hacia arriba.",
        "valid": 'Eso es con padding="valid". Con "same", el lado se divide entre el salto.',
        "no stride": "Con salto 2 la ventana se detiene en uno de cada dos píxeles.",
        "sheet": 'Eso mide la hoja entera. Con "same", Keras la recorta hasta n·s.',
        "smaller": "Es una convolución traspuesta: agranda.",
        "same": 'Eso es con "same". Con "valid" queda la hoja entera: (n − 1)·s + k.',
        "last stamp": "Cuenta otra vez: la última estampa empieza en (n − 1)·s, no en n·s.",
        "otherwise": "Vuelve a la regla de las formas.",
        "hint": 'Hacia abajo con "same": n/s, redondeado hacia arriba. Con la traspuesta: n·s con "same", (n − 1)·s + k con "valid".',
    },
    en={
        "right": "25/2 rounded up is 13; 16·2 is 32; (7 − 1)·2 + 4 is 16.",
        "before": "In case {number} the side is not {value:g}.",
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
        "otherwise": "La {letter} no lo deja: el núcleo es múltiplo del salto y todas las casillas del centro reciben el mismo número de estampas.",
        "missing": "Hasta aquí bien, pero falta{n} {count}.",
        "hint": "Divide el núcleo entre el salto. ¿Sobra algo?",
        "solution": "5/2, 3/2 y 4/3 no son enteros; 6/3 y 2/2 sí.",
    },
    en={
        "right": "The checkerboard appears when the kernel is no multiple of the stride. 6 is a multiple of 3, and 2 of 2.",
        "bd": "Those are exactly the ones that do not.",
        "otherwise": "{letter} does not: the kernel is a multiple of the stride, and every square in the middle receives the same number of stamps.",
        "missing": "Right so far, but {count} more to find.",
        "hint": "Divide the kernel by the stride. Is there a remainder?",
        "solution": "5/2, 3/2 and 4/3 are not whole numbers; 6/3 and 2/2 are.",
    },
)

# --- 3 and 4 · Both networks, layer by layer


def compare_layers(made, right, inputs):
    """Raise `Wrong` about the first layer that is not as it should be."""
    wrong_if(not isinstance(made, keras.Model), "no model")
    for number, (mine, other) in enumerate(zip(made.layers, right.layers, strict=False), start=1):
        about = {"number": number, "kind": type(other).__name__}
        wrong_if(type(mine) is not type(other), "kind", **about, other=type(mine).__name__)
        shape, expected = tuple(mine.output.shape[1:]), tuple(other.output.shape[1:])
        wrong_if(shape != expected, "shape", **about, shape=shape, expected=expected, inputs=inputs)
        kernels = [getattr(layer, "kernel_size", None) for layer in (mine, other)]
        wrong_if(kernels[0] != kernels[1], "kernel", **about)
        activations = [getattr(getattr(layer, "activation", None), "__name__", "") for layer in (mine, other)]
        wrong_if(activations[0] != activations[1], "activation", **about, other=activations[0])
    wrong_if(len(made.layers) != len(right.layers), "how many", count=len(made.layers), expected=len(right.layers))


LAYERS_ES = {
    "no model": "La función tiene que devolver el modelo.",
    "kind": "La capa {number} tiene que ser {kind} y es {other}.",
    "shape": "Con {inputs}, de la capa {number} ({kind}) sale la forma {shape} y tiene que salir {expected}.",
    "kernel": "El núcleo de la capa {number} ({kind}) tiene que ser de otro tamaño.",
    "activation": "En la capa {number} ({kind}), la activación no puede ser «{other}».",
    "how many": "Hay {count} capas y tiene que haber {expected}.",
}
LAYERS_EN = {
    "no model": "The function has to return the model.",
    "kind": "Layer {number} has to be {kind} and is {other}.",
    "shape": "With {inputs}, the output of layer {number} ({kind}) has shape {shape}; it should be {expected}.",
    "kernel": "The kernel of layer {number} ({kind}) should have another size.",
    "activation": "In layer {number} ({kind}), the activation should not be “{other}”.",
    "how many": "There are {count} layers; there should be {expected}.",
}


def check_generator(answer):
    numbers = {"latent_dim": 6, "filters": 5, "base": 3}
    inputs = ", ".join(f"{name}={value}" for name, value in numbers.items())
    compare_layers(answer(**numbers), lesson_2.make_generator(**numbers), inputs)


def generator_with(dense=147, block=(7, 7, 3), kernel=4, leak=True, last=1, activation="tanh"):
    """Return a generator of small numbers, some of them wrong."""
    made = [keras.Input((6,)), layers.Dense(dense), layers.LeakyReLU(negative_slope=0.2), layers.Reshape(block)]
    made += [layers.BatchNormalization(), layers.Conv2DTranspose(5, kernel, strides=2, padding="same")]
    made += [layers.LeakyReLU(negative_slope=0.2) if leak else layers.ReLU(), layers.BatchNormalization()]
    made += [layers.Conv2DTranspose(last, 4, strides=2, padding="same", activation=activation)]
    return lambda latent_dim, filters, base: keras.Sequential(made)


q3 = Function(
    stub="""
def make_generator(latent_dim=50, filters=64, base=128, momentum=0.99):
    model = keras.Sequential([keras.Input((latent_dim,))], name="generator")
    model.add(layers.Dense(...))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Reshape(...))
    model.add(layers.BatchNormalization(momentum=momentum))
    model.add(layers.Conv2DTranspose(filters, ..., strides=..., padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.BatchNormalization(momentum=momentum))
    model.add(layers.Conv2DTranspose(..., 4, strides=2, padding="same", activation=...))
    return model


make_generator = q3.use(make_generator)
""",
    code=lesson_2.make_generator,
    check_function=check_generator,
    wrong={
        "no model": [lambda latent_dim, filters, base: [layers.Dense(147)]],
        "kind": [generator_with(leak=False)],
        "shape": [generator_with(dense=128, block=(8, 8, 2)), generator_with(last=3)],
        "kernel": [generator_with(kernel=3)],
        "activation": [generator_with(activation="sigmoid")],
        "how many": [lambda latent_dim, filters, base: keras.Sequential([keras.Input((6,)), layers.Dense(147)])],
    },
    es=LAYERS_ES
    | {
        "right": "Capa a capa, es la red del tutorial. Seguimos con la tuya.",
        "hint": "La densa da un número por cada casilla de cada canal: alto × ancho × `base`. Lo demás sale de la regla de las formas, y la salida tiene que caber en [−1, 1].",
    },
    en=LAYERS_EN
    | {
        "right": "Layer by layer, it is the tutorial's network. We go on with yours.",
        "hint": "The dense layer gives a number for each square of each channel: height × width × `base`. The rest follows from the shape rule, and the output has to lie in [−1, 1].",
    },
)


def check_discriminator(answer):
    compare_layers(answer((3, 5), 0.2), lesson_2.make_discriminator((3, 5), 0.2), "filters=(3, 5), dropout=0.2")


def discriminator_with(strides=(2, 2), kernel=3, units=1, activation="sigmoid", leak=True):
    """Return a discriminator of small numbers, some of them wrong."""
    made = [keras.Input((28, 28, 1))]
    for filters, size, stride in zip((3, 5), (5, kernel), strides, strict=True):
        made += [layers.Conv2D(filters, size, strides=stride, padding="same")]
        made += [layers.LeakyReLU(negative_slope=0.2) if leak else layers.ReLU(), layers.Dropout(0.2)]
    made += [layers.Flatten(), layers.Dense(units, activation=activation)]
    return lambda filters, dropout: keras.Sequential(made)


q4 = Function(
    stub="""
def make_discriminator(filters=(64, 64), dropout=0.4):
    model = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    model.add(layers.Conv2D(filters[0], 5, strides=..., padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dropout(dropout))
    model.add(layers.Conv2D(filters[1], 3, strides=..., padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dropout(dropout))
    model.add(layers.Flatten())
    model.add(layers.Dense(..., activation=...))
    return model


make_discriminator = q4.use(make_discriminator)
""",
    code=lesson_2.make_discriminator,
    check_function=check_discriminator,
    wrong={
        "no model": [lambda filters, dropout: "D"],
        "kind": [discriminator_with(leak=False)],
        "shape": [discriminator_with(strides=(2, 1)), discriminator_with(units=2)],
        "kernel": [discriminator_with(kernel=5)],
        "activation": [discriminator_with(activation="tanh"), discriminator_with(activation=None)],
        "how many": [lambda filters, dropout: keras.Sequential([keras.Input((28, 28, 1))])],
    },
    es=LAYERS_ES
    | {
        "right": "De 28 a 14 y a 7, y al final una probabilidad.",
        "hint": "Cada convolución tiene que dejar el lado en la mitad. Y la respuesta es un solo número, entre 0 y 1.",
    },
    en=LAYERS_EN
    | {
        "right": "From 28 to 14 and to 7, and a probability at the end.",
        "hint": "Each convolution has to halve the side. And the answer is a single number, between 0 and 1.",
    },
)

# --- 5 and 6 · The table of the trap: who moves in D's turn, and in G's


def bet(right):
    return Choice(right=right, among="abcde")


q5 = Several(
    stub="in_d_turn, in_g_turn = ..., ...\nq5.check(in_d_turn, in_g_turn)",
    parts=[bet("d"), bet("b")],
    code='in_d_turn, in_g_turn = "d", "b"',
    es={
        "before": "Apuesta {number}: «{value}».",
        "right": "En su primer paso D ya estaba congelado, y Keras no vuelve a mirarlo: no se mueve nunca. El de la GAN solo mueve a G.",
        "otherwise": "No es eso lo que pasa. Ejecuta la celda de abajo y compáralo.",
        "hint": "D se congela antes de su primer paso. ¿Cuándo crees que mira Keras si está congelado?",
    },
    en={
        "before": "Bet {number}: “{value}”.",
        "right": "At its first step D was frozen already, and Keras does not look again: it never moves. The GAN's step moves only G.",
        "otherwise": "That is not what happens. Run the cell below and compare.",
        "hint": "D is frozen before its first step. When do you think Keras looks whether it is frozen?",
    },
)

q6 = Several(
    stub=(
        "toggle_d, toggle_g = ..., ...\nsingle_d, single_g = ..., ...\ntried_d, tried_g = ..., ...\n"
        "last_d, last_g = ..., ...\nq6.check(toggle_d, toggle_g, single_d, single_g, tried_d, tried_g, last_d, last_g)"
    ),
    parts=[bet(letter) for letter in "abaeacdb"],
    code=(
        'toggle_d, toggle_g = "a", "b"\nsingle_d, single_g = "a", "e"\n'
        'tried_d, tried_g = "a", "c"\nlast_d, last_g = "d", "b"'
    ),
    es={
        "before": "Casilla {number}: «{value}».",
        "right": "Alternando, la primera vez de cada modelo encuentra congelado a quien debe estarlo. Con un solo Adam, D es el primero y va bien; el turno de G se para. La GAN probada antes se trazó con los dos descongelados, y así se queda. Y ante el lote de 5 Keras vuelve a mirar, ahora con D congelado.",
        "otherwise": "No es eso lo que pasa. Ejecuta la celda de abajo y compáralo.",
        "hint": "Busca la primera vez que entrena cada modelo. ¿Qué estaba congelado en ese instante? ¿Y qué pesos conocerá un Adam compartido? Ante un lote de otro tamaño, Keras vuelve a mirar.",
    },
    en={
        "before": "Cell {number}: “{value}”.",
        "right": "With toggling, the right network is frozen the first time each model trains. With a single Adam, D comes first and goes well; G's turn stops. The GAN that was tried first was traced with both thawed, and so it stays. And the batch of 5 makes Keras look again, now with D frozen.",
        "otherwise": "That is not what happens. Run the cell below and compare.",
        "hint": "Find the first time that each model trains. What was frozen at that moment? And which weights will a shared Adam know? A batch of another size makes Keras look again.",
    },
)

# --- 7 · What moves

q7 = Choice(
    stub="answer = ...\nq7.check(answer)",
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
