"""The exercises of lesson 1 (CONTRIBUTING.md says how to write one)."""

from __future__ import annotations

import math

import keras
import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, Letters, Mistake, Number, Text, wrong_if

# --- 1 · What a discriminator answers when the generator has won

q1 = Choice(
    stub="answer = ...\nq1.check(answer)",
    right="c",
    praise=Text(
        "Si los dos grupos son iguales, ante cada muestra lo más sensato es responder 0.5.",
        "If both groups are alike, the most sensible answer to any sample is 0.5.",
    ),
    wrong={
        "a": Text(
            "Así responde un discriminador que gana: distingue unos de otros. Aquí no hay nada que distinguir.",
            "That is a discriminator that wins: it tells one from the other. Here there is nothing to tell apart.",
        ),
        "b": Text(
            "Para equivocarse siempre hay que saber distinguirlos, y luego responder al revés.",
            "To be wrong every time it would have to tell them apart, and then answer the opposite.",
        ),
        "d": Text(
            "Si respondiera 1 a todo, se equivocaría con todos los generados, que son la mitad. Hay algo mejor.",
            "If it answered 1 to everything it would be wrong about every generated one, and they are half. "
            "There is something better.",
        ),
    },
    clue=Text(
        "Te dan una moneda sacada de una de dos cajas idénticas, una «real» y otra «generada». ¿Con qué probabilidad "
        "es de la real?",
        "You are given a coin from one of two identical boxes, a “real” one and a “generated” one. How likely is it "
        "to be from the real one?",
    ),
    because=Text(
        "Si los puntos generados caen justo donde los reales, nada los distingue: la probabilidad de que uno "
        "cualquiera sea real es 1/2.",
        "If generated points fall just where the real ones do, nothing tells them apart: the probability that any one "
        "of them is real is 1/2.",
    ),
)

# --- 2 · A non-saturating loss by hand

q2 = Number(
    stub="answer = ...\nq2.check(answer)",
    right=-math.log(0.1),
    tolerance=0.01,
    praise=Text(
        "−log 0.1 = {right:.3f}. Cuanto más seguro está D de que la muestra es falsa, mayor es la pérdida.",
        "−log 0.1 = {right:.3f}. The surer D is that the sample is fake, the higher the loss.",
    ),
    wrong={
        math.log(0.1): Text(
            "El valor es ese, pero con el signo cambiado: una pérdida se minimiza, así que lleva un menos delante.",
            "That is the value with the wrong sign: a loss is minimised, so there is a minus in front.",
        ),
        -math.log10(0.1): Text(
            "Eso es con el logaritmo decimal. Aquí, como en Keras, es el natural: `np.log`.",
            "That is with the decimal logarithm. Here, as in Keras, it is the natural one: `np.log`.",
        ),
        math.log(0.9): Text(
            "Eso es log(1 − D), la pérdida que satura. Se pide la otra, −log D.",
            "That is log(1 − D), the loss that saturates. The other is asked for, −log D.",
        ),
        -math.log(0.9): Text(
            "Eso es −log(1 − D): la pérdida del discriminador ante esa muestra. Se pide la del generador, −log D.",
            "That is −log(1 − D): the discriminator's loss on that sample. The generator's is asked for, −log D.",
        ),
    },
    near=0.005,  # 0.1, which is D, is not -log 0.9
    otherwise=Text(
        "{value:.3f} no es. La pérdida no saturante es −log D(G(z)).",
        "Not {value:.3f}. The non-saturating loss is −log D(G(z)).",
    ),
    clue=Text(
        "Es la entropía cruzada con etiqueta 1: −log de lo que responde D.",
        "It is the cross-entropy with label 1: −log of what D answers.",
    ),
    code="answer = -np.log(0.1)",
)

# --- 3 · Shuffle images, not batches

each_of = tf.data.Dataset.from_tensor_slices


def shuffled_batches(images, size):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.shuffle(len(images))
    return batches.batch(size, drop_remainder=True)


def check_shuffle(shuffled_batches):
    count, size = 103, 10
    images = np.broadcast_to(np.arange(count, dtype="uint8")[:, None, None], (count, 28, 28))
    made = shuffled_batches(images, size)
    passes = [[np.asarray(batch) for batch in made.take(2 * count)] for _ in range(2)]
    wrong_if(not passes[0], "empty")
    wrong_if(passes[0][0].ndim == 2, "no batches")
    first, second = ([frozenset(batch[:, 0, 0].tolist()) for batch in batches] for batches in passes)
    wrong_if(len(first) > count // size + 1, "repeated")
    together = {frozenset(range(start, min(start + size, count))) for start in range(0, count, size)}
    wrong_if(set(first) <= together, "batches shuffled")
    sizes = {len(batch) for batch in first + second}
    wrong_if(sizes != {size}, "incomplete batch", left=min(sizes))
    wrong_if(not any(max(batch) > count // 2 for batch in first[:2]), "small heap")
    wrong_if(first == second, "same order")


q3 = Function(
    stub="""
def shuffled_batches(images, size):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.batch(size)
    return batches.shuffle(len(images) // size)


# es: Cuando lo hayas arreglado, escribe q3.check(shuffled_batches).
# en: When you have fixed it, write q3.check(shuffled_batches).
q3.check(...)
""",
    check_function=check_shuffle,
    praise=Text(
        "Se mezclan las imágenes, cada vuelta de otra manera, y los lotes son completos.",
        "The images are mixed, differently in each pass, and the batches are complete.",
    ),
    wrong={
        "empty": Mistake("No sale ningún lote.", "No batch comes out.", lambda images, size: each_of(images).take(0)),
        "no batches": Mistake(
            "Falta formar los lotes: `batch(size)`.",
            "The batches are missing: `batch(size)`.",
            lambda images, size: each_of(images).shuffle(len(images)),
        ),
        "repeated": Mistake(
            "Recorres las imágenes más de una vez. Aquí basta con una vuelta: quita `repeat`.",
            "More than one pass over the images comes out. One is enough here: remove `repeat`.",
            lambda images, size: each_of(images).shuffle(len(images)).repeat().batch(size, drop_remainder=True),
        ),
        "batches shuffled": Mistake(
            "Las imágenes 0 a 9 siguen saliendo siempre juntas: barajas los lotes, no las imágenes. ¿Qué va antes, "
            "`shuffle` o `batch`?",
            "Images 0 to 9 still always come together: you shuffle the batches, not the images. Which comes first, "
            "`shuffle` or `batch`?",
            lambda images, size: each_of(images).batch(size).shuffle(len(images) // size),
            lambda images, size: each_of(images).batch(size),
        ),
        "incomplete batch": Mistake(
            "Las imágenes se mezclan, pero sale un lote de {left}. Descarta el lote incompleto con "
            "`drop_remainder=True`.",
            "The images are mixed, but a batch of {left} comes out. Drop the incomplete batch with "
            "`drop_remainder=True`.",
            lambda images, size: each_of(images).shuffle(len(images)).batch(size),
        ),
        "small heap": Mistake(
            "Se mezcla poco: en los primeros lotes solo hay imágenes del principio. El número de `shuffle` es "
            "el tamaño del montón que se baraja; que quepan todas.",
            "The mixing is short: the first batches hold images from the beginning only. The number in `shuffle` "
            "is the size of the heap that is shuffled; let all of them fit.",
            lambda images, size: each_of(images).shuffle(size).batch(size, drop_remainder=True),
        ),
        "same order": Mistake(
            "Las dos vueltas salen en el mismo orden. No desactives `reshuffle_each_iteration`.",
            "Both passes come out in the same order. Do not turn `reshuffle_each_iteration` off.",
            lambda images, size: (
                each_of(images)
                .shuffle(len(images), seed=1, reshuffle_each_iteration=False)
                .batch(size, drop_remainder=True)
            ),
        ),
    },
    clue=Text(
        "Las operaciones se hacen en el orden en que se escriben. Y `batch` tiene un argumento `drop_remainder`.",
        "Operations happen in the order in which they are written. And `batch` has an argument `drop_remainder`.",
    ),
    code=shuffled_batches,
)

# --- 4 · Five bad lines

q4 = Letters(
    stub="answer = ...\nq4.check(answer)",
    right="befhj",
    praise=Text("Son esas cinco. `q4.solution()` cuenta por qué.", "Those are the five. `q4.solution()` explains why."),
    wrong={
        "a": Text("`a` es una capa corriente.", "`a` is an ordinary layer."),
        "c": Text(
            "`c` crea un optimizador, y eso no es malo; mira quién lo usa.",
            "`c` makes an optimizer, no harm in that; look at who uses it.",
        ),
        "d": Text("`d` compila D con su optimizador: está bien.", "`d` compiles D with its optimizer: fine."),
        "g": Text(
            "`g` forma lotes; lo malo es lo que viene detrás.", "`g` forms batches; the trouble is what follows."
        ),
        "i": Text("`i` es correcta; la culpa es de una línea anterior.", "`i` is right; a line before it is to blame."),
    },
    every=True,
    missing=Text(
        "Las que has dicho son malas, pero falta{n} {count}.", "The ones you named are bad, but {count} {are} missing."
    ),
    clue=Text(
        "Una pone un argumento en el sitio de otro, otra congela, otra comparte, otra baraja tarde y otra llama a lo "
        "que ya no existe.",
        "One puts an argument in the place of another, one freezes, one shares, one shuffles late, and one calls what "
        "is gone.",
    ),
    because=Text(
        "b: el primer argumento de BatchNormalization es `axis`, y 0.8 se queda en 0. Hay que escribir momentum=0.8.\n"
        "e: en Keras 3, D queda congelado para siempre: se decide al ejecutar `train_on_batch` por primera vez, no al "
        "compilar. Congélalo solo durante el turno del generador.\n"
        "f: comparte el optimizador con D. La línea `e` esconde el error; en cuanto D también entrena, Keras 3 "
        "responde «Unknown variable». Cada red necesita el suyo.\n"
        "h: baraja lotes ya formados. `shuffle` va antes de `batch`.\n"
        "j: ese método ya no existe. Hoy se llama `reset_state`, en singular.",
        "b: the first argument of BatchNormalization is `axis`, and 0.8 becomes 0. It has to be momentum=0.8.\n"
        "e: in Keras 3, D stays frozen for ever: that is decided when `train_on_batch` first runs, not when compiling. "
        "Freeze it only during the generator's turn.\n"
        "f: it shares D's optimizer. Line `e` hides the error; once D trains too, Keras 3 answers “Unknown variable”. "
        "Each network needs one of its own.\n"
        "h: it shuffles batches already formed. `shuffle` comes before `batch`.\n"
        "j: that method is gone. Today it is `reset_state`, in the singular.",
    ),
)

# --- 5 · A detector of movement


def moves(model, action):
    before = model.get_weights()
    action()
    pairs = zip(before, model.get_weights(), strict=True)
    return any(not np.array_equal(old, new) for old, new in pairs)


def check_detector(moves):
    def small_model():
        ones = keras.initializers.Ones()
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer=ones)])
        model.add(keras.layers.Dense(1, kernel_initializer=ones))
        return model

    def sees(weight, change, trainable=True):
        """Return what the detector says when something is added to one of the weights."""
        model = small_model()
        model.trainable = trainable
        weight = model.weights[weight]

        def add():
            weight.assign(weight.numpy() + np.asarray(change, "float32"))

        return moves(model, add)

    calls = []
    moves(small_model(), lambda: calls.append(1))
    wrong_if(len(calls) != 1, "calls", count=len(calls))
    wrong_if(moves(small_model(), lambda: None), "always")
    wrong_if(not sees(0, 1.0), "no copy")
    wrong_if(not sees(-1, 1.0), "not all")
    wrong_if(not sees(0, 1e-6), "tolerance")
    wrong_if(not sees(2, [[0.5], [-0.5]]), "sums")
    wrong_if(not sees(0, 1.0, trainable=False), "frozen")


def detect(read, same):
    """Return a detector that reads something of the model before and after, and says whether that is the same."""

    def moves(model, action):
        before = read(model)
        action()
        return not same(before, read(model))

    return moves


def same_arrays(before, after):
    return all(map(np.array_equal, before, after))


q5 = Function(
    stub="def moves(model, action):\n    return ...\nq5.check(moves)",
    check_function=check_detector,
    praise=Text(
        "Tu detector ve todo lo que se mueve, y solo eso.", "Your detector sees everything that moves, and only that."
    ),
    wrong={
        "calls": Mistake(
            "Has ejecutado action() {count} veces; tiene que ser una.",
            "You ran action() {count} times; it has to be once.",
            lambda model, action: False,
            lambda model, action: action() or moves(model, action),
        ),
        "always": Mistake(
            "Si nadie toca los pesos, la respuesta es False.",
            "If nobody touches the weights, the answer is False.",
            lambda model, action: action() or True,
        ),
        "no copy": Mistake(
            "He cambiado los pesos de la primera capa y no lo has visto. ¿Has guardado una copia antes? Guardar la "
            "lista de variables no sirve: cambia con ellas.",
            "I changed the weights of the first layer and you did not see it. Did you keep a copy first? The list "
            "of variables itself changes with them.",
            lambda model, action: action() or False,
            detect(lambda model: model.weights, lambda before, after: before == after),
        ),
        "not all": Mistake(
            "He cambiado solo el sesgo de la última capa y no lo has visto. Mira todos los pesos.",
            "I changed only the bias of the last layer and you did not see it. Look at all the weights.",
            detect(lambda model: model.get_weights()[0], np.array_equal),
        ),
        "tolerance": Mistake(
            "He cambiado los pesos en una millonésima y no lo has visto. Compara sin tolerancia: `np.array_equal`.",
            "I changed the weights by a millionth and you did not see it. Compare without tolerance: `np.array_equal`.",
            detect(lambda model: model.get_weights(), lambda before, after: all(map(np.allclose, before, after))),
        ),
        "sums": Mistake(
            "He subido un peso y bajado otro lo mismo, y no lo has visto. Comparar sumas no basta.",
            "I raised one weight and lowered another by as much, and you did not see it. Comparing sums is not enough.",
            detect(lambda model: sum(weight.sum() for weight in model.get_weights()), np.equal),
        ),
        "frozen": Mistake(
            "Con un modelo congelado no ves nada: su lista `trainable_variables` está vacía. Usa `get_weights()`.",
            "With a frozen model you see nothing: its list `trainable_variables` is empty. Use `get_weights()`.",
            detect(lambda model: [variable.numpy() for variable in model.trainable_variables], same_arrays),
        ),
    },
    clue=Text(
        "`model.get_weights()` devuelve copias de todos los pesos, congelados o no. Pídelas antes y después de "
        "`action()`.",
        "`model.get_weights()` returns copies of all weights, frozen or not. Ask for them before and after `action()`.",
    ),
    code=moves,
)

# --- 6 · A colour generator's last layer

q6 = Number(
    stub="answer = ...\nq6.check(answer)",
    right=(1024 + 1) * 64 * 64 * 3,
    praise=Text(
        "Son 12.6 millones en una sola capa: más de ocho veces todos los parámetros de nuestro generador.",
        "That is 12.6 million in a single layer: over eight times all the parameters of our generator.",
    ),
    wrong={
        1024 * 64 * 64 * 3: Text(
            "Casi: faltan los sesgos, uno por salida.", "Nearly: the biases are missing, one per output."
        ),
        (1024 + 1) * 64 * 64: Text(
            "Eso es en gris: en color hay tres números por píxel.",
            "That is grey: in colour there are three numbers per pixel.",
        ),
        1024 * 64 * 64: Text(
            "Faltan los tres canales de color, y los sesgos.", "The three colour channels are missing, and the biases."
        ),
        64 * 64 * 3: Text(
            "Esas son las salidas. ¿Cuántos pesos llegan a cada una?",
            "Those are the outputs. How many weights reach each one?",
        ),
    },
    otherwise=Text(
        "No es. Una capa densa tiene (entradas + 1) × salidas.", "No. A dense layer has (inputs + 1) × outputs."
    ),
    clue=Text(
        "Las salidas son 64 × 64 × 3. Usa `dense_parameters`, que definimos con el generador.",
        "The outputs are 64 × 64 × 3. Use `dense_parameters`, which we defined with the generator.",
    ),
    code="answer = dense_parameters(1024, 64 * 64 * 3)",
)
