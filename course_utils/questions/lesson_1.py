"""The exercises of lesson 1 (CONTRIBUTING.md says how to write one)."""

import math

import keras
import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, Letters, Number, wrong_if

# --- 1 · What a discriminator answers when the generator has won

q1 = Choice(
    stub="answer = ...\nq1.check(answer)",
    right="c",
    es={
        "right": "Si los dos grupos son iguales, ante cada muestra lo más sensato es responder 0.5.",
        "a": "Así responde un discriminador que gana: distingue unos de otros. Aquí no hay nada que distinguir.",
        "b": "Para equivocarse siempre hay que saber distinguirlos, y luego responder al revés.",
        "d": "Si respondiera 1 a todo, se equivocaría con todos los generados, que son la mitad. Hay algo mejor.",
        "hint": "Te dan una moneda sacada de una de dos cajas idénticas, una «real» y otra «generada». ¿Con qué probabilidad es de la real?",
        "solution": "Si los puntos generados caen justo donde los reales, nada los distingue: la probabilidad de que uno cualquiera sea real es 1/2.",
    },
    en={
        "right": "If both groups are alike, the most sensible answer to any sample is 0.5.",
        "a": "That is a discriminator that wins: it tells one from the other. Here there is nothing to tell apart.",
        "b": "To be wrong every time it would have to tell them apart, and then answer the opposite.",
        "d": "If it answered 1 to everything it would be wrong about every generated one, and they are half. There is something better.",
        "hint": "You are given a coin from one of two identical boxes, a “real” one and a “generated” one. How likely is it to be from the real one?",
        "solution": "If generated points fall just where the real ones do, nothing tells them apart: the probability that any one of them is real is 1/2.",
    },
)

# --- 2 · A non-saturating loss by hand

q2 = Number(
    stub="answer = ...\nq2.check(answer)",
    right=-math.log(0.1),
    tolerance=0.01,
    near=0.005,  # 0.1, which is D, is not -log 0.9
    wrong={
        "wrong sign": math.log(0.1),
        "decimal": -math.log10(0.1),
        "saturating": math.log(0.9),
        "loss of D": -math.log(0.9),
    },
    code="answer = -np.log(0.1)",
    es={
        "right": "−log 0.1 = {right:.3f}. Cuanto más seguro está D de que la muestra es falsa, mayor es la pérdida.",
        "wrong sign": "El valor es ese, pero con el signo cambiado: una pérdida se minimiza, así que lleva un menos delante.",
        "decimal": "Eso es con el logaritmo decimal. Aquí, como en Keras, es el natural: `np.log`.",
        "saturating": "Eso es log(1 − D), la pérdida que satura. Se pide la otra, −log D.",
        "loss of D": "Eso es −log(1 − D): la pérdida del discriminador ante esa muestra. Se pide la del generador, −log D.",
        "otherwise": "{value:.3f} no es. La pérdida no saturante es −log D(G(z)).",
        "hint": "Es la entropía cruzada con etiqueta 1: −log de lo que responde D.",
    },
    en={
        "right": "−log 0.1 = {right:.3f}. The surer D is that the sample is fake, the higher the loss.",
        "wrong sign": "That is the value with the wrong sign: a loss is minimised, so there is a minus in front.",
        "decimal": "That is with the decimal logarithm. Here, as in Keras, it is the natural one: `np.log`.",
        "saturating": "That is log(1 − D), the loss that saturates. The other is asked for, −log D.",
        "loss of D": "That is −log(1 − D): the discriminator's loss on that sample. The generator's is asked for, −log D.",
        "otherwise": "Not {value:.3f}. The non-saturating loss is −log D(G(z)).",
        "hint": "It is the cross-entropy with label 1: −log of what D answers.",
    },
)

# --- 3 · Shuffle images, not batches


def shuffled_batches(images, size):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.shuffle(len(images))
    return batches.batch(size, drop_remainder=True)


def check_shuffle(answer):
    count, size = 103, 10
    images = np.broadcast_to(np.arange(count, dtype="uint8")[:, None, None], (count, 28, 28))
    made = answer(images, size)
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


of_images = tf.data.Dataset.from_tensor_slices

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
    code=shuffled_batches,
    check_function=check_shuffle,
    wrong={
        "empty": [lambda images, size: of_images(images).take(0)],
        "no batches": [lambda images, size: of_images(images).shuffle(len(images))],
        "repeated": [lambda images, size: shuffled_batches(images, size).repeat()],
        "batches shuffled": [
            lambda images, size: of_images(images).batch(size).shuffle(len(images) // size),
            lambda images, size: of_images(images).batch(size),
        ],
        "incomplete batch": [lambda images, size: of_images(images).shuffle(len(images)).batch(size)],
        "small heap": [lambda images, size: of_images(images).shuffle(size).batch(size, drop_remainder=True)],
        "same order": [
            lambda images, size: (
                of_images(images).shuffle(len(images), 1, reshuffle_each_iteration=False).batch(size, True)
            )
        ],
    },
    es={
        "right": "Se mezclan las imágenes, cada vuelta de otra manera, y los lotes son completos.",
        "empty": "No sale ningún lote.",
        "no batches": "Falta formar los lotes: `batch(size)`.",
        "repeated": "Recorres las imágenes más de una vez. Aquí basta con una vuelta: quita `repeat`.",
        "batches shuffled": "Las imágenes 0 a 9 siguen saliendo siempre juntas: barajas los lotes, no las imágenes. ¿Qué va antes, `shuffle` o `batch`?",
        "incomplete batch": "Las imágenes se mezclan, pero sale un lote de {left}. Descarta el lote incompleto con `drop_remainder=True`.",
        "small heap": "Se mezcla poco: en los primeros lotes solo hay imágenes del principio. El número de `shuffle` es el tamaño del montón que se baraja; que quepan todas.",
        "same order": "Las dos vueltas salen en el mismo orden. No desactives `reshuffle_each_iteration`.",
        "hint": "Las operaciones se hacen en el orden en que se escriben. Y `batch` tiene un argumento `drop_remainder`.",
    },
    en={
        "right": "The images are mixed, differently in each pass, and the batches are complete.",
        "empty": "No batch comes out.",
        "no batches": "The batches are missing: `batch(size)`.",
        "repeated": "More than one pass over the images comes out. One is enough here: remove `repeat`.",
        "batches shuffled": "Images 0 to 9 still always come together: you shuffle the batches, not the images. Which comes first, `shuffle` or `batch`?",
        "incomplete batch": "The images are mixed, but a batch of {left} comes out. Drop the incomplete batch with `drop_remainder=True`.",
        "small heap": "The mixing is short: the first batches hold images from the beginning only. The number in `shuffle` is the size of the heap that is shuffled; let all of them fit.",
        "same order": "Both passes come out in the same order. Do not turn `reshuffle_each_iteration` off.",
        "hint": "Operations happen in the order in which they are written. And `batch` has an argument `drop_remainder`.",
    },
)

# --- 4 · Five bad lines

q4 = Letters(
    stub="answer = ...\nq4.check(answer)",
    right="befhj",
    every=True,
    es={
        "right": "Son esas cinco. `q4.solution()` cuenta por qué.",
        "a": "`a` es una capa corriente.",
        "c": "`c` crea un optimizador, y eso no es malo; mira quién lo usa.",
        "d": "`d` compila D con su optimizador: está bien.",
        "g": "`g` forma lotes; lo malo es lo que viene detrás.",
        "i": "`i` es correcta; la culpa es de una línea anterior.",
        "missing": "Las que has dicho son malas, pero falta{n} {count}.",
        "hint": "Una pone un argumento en el sitio de otro, otra congela, otra comparte, otra baraja tarde y otra llama a lo que ya no existe.",
        "solution": "b: el primer argumento de BatchNormalization es `axis`, y 0.8 se queda en 0. Hay que escribir momentum=0.8.\n"
        "e: en Keras 3, D queda congelado para siempre: se decide al ejecutar `train_on_batch` por primera vez, no al compilar. Congélalo solo durante el turno del generador.\n"
        "f: comparte el optimizador con D. La línea `e` esconde el error; en cuanto D también entrena, Keras 3 responde «Unknown variable». Cada red necesita el suyo.\n"
        "h: baraja lotes ya formados. `shuffle` va antes de `batch`.\n"
        "j: ese método ya no existe. Hoy se llama `reset_state`, en singular.",
    },
    en={
        "right": "Those are the five. `q4.solution()` explains why.",
        "a": "`a` is an ordinary layer.",
        "c": "`c` makes an optimizer, no harm in that; look at who uses it.",
        "d": "`d` compiles D with its optimizer: fine.",
        "g": "`g` forms batches; the trouble is what follows.",
        "i": "`i` is right; a line before it is to blame.",
        "missing": "The ones you named are bad, but {count} {are} missing.",
        "hint": "One puts an argument in the place of another, one freezes, one shares, one shuffles late, and one calls what is gone.",
        "solution": "b: the first argument of BatchNormalization is `axis`, and 0.8 becomes 0. It has to be momentum=0.8.\n"
        "e: in Keras 3, D stays frozen for ever: that is decided when `train_on_batch` first runs, not when compiling. Freeze it only during the generator's turn.\n"
        "f: it shares D's optimizer. Line `e` hides the error; once D trains too, Keras 3 answers “Unknown variable”. Each network needs one of its own.\n"
        "h: it shuffles batches already formed. `shuffle` comes before `batch`.\n"
        "j: that method is gone. Today it is `reset_state`, in the singular.",
    },
)

# --- 5 · A detector of movement


def moves(model, action):
    before = model.get_weights()
    action()
    pairs = zip(before, model.get_weights(), strict=True)
    return any(not np.array_equal(old, new) for old, new in pairs)


def check_detector(answer):
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

        return answer(model, add)

    calls = []
    answer(small_model(), lambda: calls.append(1))
    wrong_if(len(calls) != 1, "calls", count=len(calls))
    wrong_if(answer(small_model(), lambda: None), "always")
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
    code=moves,
    check_function=check_detector,
    wrong={
        "calls": [lambda model, action: False, lambda model, action: action() or moves(model, action)],
        "always": [lambda model, action: action() or True],
        "no copy": [
            lambda model, action: action() or False,
            detect(lambda model: model.weights, lambda before, after: before == after),
        ],
        "not all": [detect(lambda model: model.get_weights()[0], np.array_equal)],
        "tolerance": [
            detect(lambda model: model.get_weights(), lambda before, after: all(map(np.allclose, before, after)))
        ],
        "sums": [detect(lambda model: sum(weight.sum() for weight in model.get_weights()), np.equal)],
        "frozen": [detect(lambda model: [variable.numpy() for variable in model.trainable_variables], same_arrays)],
    },
    es={
        "right": "Tu detector ve todo lo que se mueve, y solo eso.",
        "calls": "Has ejecutado action() {count} veces; tiene que ser una.",
        "always": "Si nadie toca los pesos, la respuesta es False.",
        "no copy": "He cambiado los pesos de la primera capa y no lo has visto. ¿Has guardado una copia antes? Guardar la lista de variables no sirve: cambia con ellas.",
        "not all": "He cambiado solo el sesgo de la última capa y no lo has visto. Mira todos los pesos.",
        "tolerance": "He cambiado los pesos en una millonésima y no lo has visto. Compara sin tolerancia: `np.array_equal`.",
        "sums": "He subido un peso y bajado otro lo mismo, y no lo has visto. Comparar sumas no basta.",
        "frozen": "Con un modelo congelado no ves nada: su lista `trainable_variables` está vacía. Usa `get_weights()`.",
        "hint": "`model.get_weights()` devuelve copias de todos los pesos, congelados o no. Pídelas antes y después de `action()`.",
    },
    en={
        "right": "Your detector sees everything that moves, and only that.",
        "calls": "You ran action() {count} times; it has to be once.",
        "always": "If nobody touches the weights, the answer is False.",
        "no copy": "I changed the weights of the first layer and you did not see it. Did you keep a copy first? The list of variables itself changes with them.",
        "not all": "I changed only the bias of the last layer and you did not see it. Look at all the weights.",
        "tolerance": "I changed the weights by a millionth and you did not see it. Compare without tolerance: `np.array_equal`.",
        "sums": "I raised one weight and lowered another by as much, and you did not see it. Comparing sums is not enough.",
        "frozen": "With a frozen model you see nothing: its list `trainable_variables` is empty. Use `get_weights()`.",
        "hint": "`model.get_weights()` returns copies of all weights, frozen or not. Ask for them before and after `action()`.",
    },
)

# --- 6 · A colour generator's last layer

q6 = Number(
    stub="answer = ...\nq6.check(answer)",
    right=(1024 + 1) * 64 * 64 * 3,
    wrong={
        "no biases": 1024 * 64 * 64 * 3,
        "grey": (1024 + 1) * 64 * 64,
        "grey, no biases": 1024 * 64 * 64,
        "outputs": 64 * 64 * 3,
    },
    code="answer = dense_parameters(1024, 64 * 64 * 3)",
    es={
        "right": "Son 12.6 millones en una sola capa: más de ocho veces todos los parámetros de nuestro generador.",
        "no biases": "Casi: faltan los sesgos, uno por salida.",
        "grey": "Eso es en gris: en color hay tres números por píxel.",
        "grey, no biases": "Faltan los tres canales de color, y los sesgos.",
        "outputs": "Esas son las salidas. ¿Cuántos pesos llegan a cada una?",
        "otherwise": "No es. Una capa densa tiene (entradas + 1) × salidas.",
        "hint": "Las salidas son 64 × 64 × 3. Usa `dense_parameters`, que definimos con el generador.",
    },
    en={
        "right": "That is 12.6 million in a single layer: over eight times all the parameters of our generator.",
        "no biases": "Nearly: the biases are missing, one per output.",
        "grey": "That is grey: in colour there are three numbers per pixel.",
        "grey, no biases": "The three colour channels are missing, and the biases.",
        "outputs": "Those are the outputs. How many weights reach each one?",
        "otherwise": "No. A dense layer has (inputs + 1) × outputs.",
        "hint": "The outputs are 64 × 64 × 3. Use `dense_parameters`, which we defined with the generator.",
    },
)
