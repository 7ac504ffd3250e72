"""The exercises of lesson 1: what is right, what is wrong and why, hints and solutions.

Each official solution is also kept as code (`solve_3`, `solve_5`), so that tests can run it through its own check.
"""

from __future__ import annotations

import math

import numpy as np

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

# --- 1 · What a discriminator answers when the generator has won


def _check_1(answer) -> str:
    letter = as_letter(answer, "abcd")
    if letter == "c":
        return L(
            "Si los dos grupos son iguales, ante cada muestra lo más sensato es responder 0.5.",
            "If both groups are alike, the most sensible answer to any sample is 0.5.",
        )
    why = {
        "a": L(
            "Así responde un discriminador que gana: distingue unos de otros. Aquí no hay nada que distinguir.",
            "That is a discriminator that wins: it tells one from the other. Here there is nothing to tell apart.",
        ),
        "b": L(
            "Para equivocarse siempre hay que saber distinguirlos, y luego responder al revés.",
            "To be wrong every time it would have to tell them apart, and then answer the opposite.",
        ),
        "d": L(
            "Si respondiera 1 a todo, se equivocaría con todos los generados, que son la mitad. Hay algo mejor.",
            "If it answered 1 to everything it would be wrong about every generated one, and they are half. "
            "There is something better.",
        ),
    }
    raise Wrong(why[letter])


q1 = Question(
    _check_1,
    hint=lambda: L(
        "Te dan una moneda sacada de una de dos cajas idénticas, una «real» y otra «generada». ¿Con qué probabilidad "
        "es de la real?",
        "You are given a coin from one of two identical boxes, a “real” one and a “generated” one. How likely is it "
        "to be from the real one?",
    ),
    solution=lambda: L(
        'answer = "c"\nSi los puntos generados caen justo donde los reales, nada los distingue: la probabilidad de '
        "que uno cualquiera sea real es 1/2.",
        'answer = "c"\nIf generated points fall just where the real ones do, nothing tells them apart: the '
        "probability that any one of them is real is 1/2.",
    ),
)

# --- 2 · A non-saturating loss by hand

LOSS = -math.log(0.1)


def _check_2(answer) -> str:
    value = as_number(answer)
    if math.isclose(value, LOSS, abs_tol=0.01):
        return L(
            f"−log 0.1 = {LOSS:.3f}. Cuanto más seguro está D de que la muestra es falsa, mayor es la pérdida.",
            f"−log 0.1 = {LOSS:.3f}. The surer D is that the sample is fake, the higher the loss.",
        )
    known = {
        -LOSS: L(
            "El valor es ese, pero con el signo cambiado: una pérdida se minimiza, así que lleva un menos delante.",
            "That is the value with the wrong sign: a loss is minimised, so there is a minus in front.",
        ),
        1.0: L(
            "Eso es con el logaritmo decimal. Aquí, como en Keras, es el natural: `np.log`.",
            "That is with the decimal logarithm. Here, as in Keras, it is the natural one: `np.log`.",
        ),
        math.log(0.9): L(
            "Eso es log(1 − D), la pérdida que satura. Se pide la otra, −log D.",
            "That is log(1 − D), the loss that saturates. The other is asked for, −log D.",
        ),
        -math.log(0.9): L(
            "Eso es −log(1 − D): la pérdida del discriminador ante esa muestra. Se pide la del generador, −log D.",
            "That is −log(1 − D): the discriminator's loss on that sample. The generator's is asked for, −log D.",
        ),
    }
    refuse_known(value, known, 0.005)
    raise Wrong(
        L(
            f"{value:.3f} no es. La pérdida no saturante es −log D(G(z)).",
            f"Not {value:.3f}. The non-saturating loss is −log D(G(z)).",
        )
    )


q2 = Question(
    _check_2,
    hint=lambda: L(
        "Es la entropía cruzada con etiqueta 1: −log de lo que responde D.",
        "It is the cross-entropy with label 1: −log of what D answers.",
    ),
    solution=lambda: "answer = -np.log(0.1)",
)

# --- 3 · Shuffle images, not batches


def solve_3(images, size):
    import tensorflow as tf

    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.shuffle(len(images))
    return batches.batch(size, drop_remainder=True)


def _check_3(shuffled_batches) -> str:
    shuffled_batches = as_function(shuffled_batches, "q3.check(shuffled_batches)")
    count, size = 103, 10
    images = np.broadcast_to(np.arange(count, dtype="uint8")[:, None, None], (count, 28, 28))
    made = shuffled_batches(images, size)
    if made is None:
        raise Pending
    sizes, rounds = [], []
    for _ in range(2):
        batches = [np.asarray(batch) for batch in made.take(2 * count)]
        if batches and batches[0].ndim == 2:
            raise Wrong(L("Falta formar los lotes: `batch(size)`.", "The batches are missing: `batch(size)`."))
        batches = [batch[:, 0, 0] for batch in batches]
        sizes += [len(batch) for batch in batches]
        rounds.append([frozenset(batch.tolist()) for batch in batches])
    if not sizes:
        raise Wrong(L("No sale ningún lote.", "No batch comes out."))
    if len(rounds[0]) > count // size + 1:
        raise Wrong(
            L(
                "Recorres las imágenes más de una vez. Aquí basta con una vuelta: quita `repeat`.",
                "More than one pass over the images comes out. One is enough here: remove `repeat`.",
            )
        )
    together = {frozenset(range(start, min(start + size, count))) for start in range(0, count, size)}
    if set(rounds[0]) <= together:
        raise Wrong(
            L(
                "Las imágenes 0 a 9 siguen saliendo siempre juntas: barajas los lotes, no las imágenes. ¿Qué va antes, "
                "`shuffle` o `batch`?",
                "Images 0 to 9 still always come together: you shuffle the batches, not the images. Which comes first, "
                "`shuffle` or `batch`?",
            )
        )
    if set(sizes) != {size}:
        raise Wrong(
            L(
                f"Las imágenes se mezclan, pero sale un lote de {min(sizes)}. Descarta el lote incompleto con "
                "`drop_remainder=True`.",
                f"The images are mixed, but a batch of {min(sizes)} comes out. Drop the incomplete batch with "
                "`drop_remainder=True`.",
            )
        )
    if not any(max(batch) > count // 2 for batch in rounds[0][:2]):
        raise Wrong(
            L(
                "Se mezcla poco: en los primeros lotes solo hay imágenes del principio. El número de `shuffle` es "
                "el tamaño del montón que se baraja; que quepan todas.",
                "The mixing is short: the first batches hold images from the beginning only. The number in `shuffle` "
                "is the size of the heap that is shuffled; let all of them fit.",
            )
        )
    if rounds[0] == rounds[1]:
        raise Wrong(
            L(
                "Las dos vueltas salen en el mismo orden. No desactives `reshuffle_each_iteration`.",
                "Both passes come out in the same order. Do not turn `reshuffle_each_iteration` off.",
            )
        )
    return L(
        "Se mezclan las imágenes, cada vuelta de otra manera, y los lotes son completos.",
        "The images are mixed, differently in each pass, and the batches are complete.",
    )


q3 = Question(
    _check_3,
    hint=lambda: L(
        "Las operaciones se hacen en el orden en que se escriben. Y `batch` tiene un argumento `drop_remainder`.",
        "Operations happen in the order in which they are written. And `batch` has an argument `drop_remainder`.",
    ),
    solution=lambda: as_learners_see(solve_3, "shuffled_batches"),
)

# --- 4 · Five bad lines


def _check_4(answer) -> str:
    letters = as_letters(answer, "abcdefghij")
    bad = set("befhj")
    if letters == bad:
        return L("Son esas cinco. `q4.solution()` cuenta por qué.", "Those are the five. `q4.solution()` explains why.")
    innocent, missing = sorted(letters - bad), sorted(bad - letters)
    comments = {
        "a": L("`a` es una capa corriente.", "`a` is an ordinary layer."),
        "c": L(
            "`c` crea un optimizador, y eso no es malo; mira quién lo usa.",
            "`c` makes an optimizer, no harm in that; look at who uses it.",
        ),
        "d": L("`d` compila D con su optimizador: está bien.", "`d` compiles D with its optimizer: fine."),
        "g": L("`g` forma lotes; lo malo es lo que viene detrás.", "`g` forms batches; the trouble is what follows."),
        "i": L("`i` es correcta; la culpa es de una línea anterior.", "`i` is right; a line before it is to blame."),
    }
    if innocent:
        raise Wrong(" ".join(comments[letter] for letter in innocent))
    raise Wrong(
        L(
            f"Las que has dicho son malas, pero falta{'n' if len(missing) > 1 else ''} {len(missing)}.",
            f"The ones you named are bad, but {len(missing)} {'are' if len(missing) > 1 else 'is'} missing.",
        )
    )


q4 = Question(
    _check_4,
    hint=lambda: L(
        "Una pone un argumento en el sitio de otro, otra congela, otra comparte, otra baraja tarde y otra llama a lo "
        "que ya no existe.",
        "One puts an argument in the place of another, one freezes, one shares, one shuffles late, and one calls what "
        "is gone.",
    ),
    solution=lambda: L(
        'answer = "befhj"\n'
        "b: el primer argumento de BatchNormalization es `axis`, y 0.8 se queda en 0. Hay que escribir momentum=0.8.\n"
        "e: en Keras 3, D queda congelado para siempre: se decide al ejecutar `train_on_batch` por primera vez, no al "
        "compilar. Congélalo solo durante el turno del generador.\n"
        "f: comparte el optimizador con D. La línea `e` esconde el error; en cuanto D también entrena, Keras 3 "
        "responde «Unknown variable». Cada red necesita el suyo.\n"
        "h: baraja lotes ya formados. `shuffle` va antes de `batch`.\n"
        "j: ese método ya no existe. Hoy se llama `reset_state`, en singular.",
        'answer = "befhj"\n'
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


def solve_5(model, action):
    before = model.get_weights()
    action()
    pairs = zip(before, model.get_weights(), strict=True)
    return any(not np.array_equal(old, new) for old, new in pairs)


def _check_5(moves) -> str:
    import keras

    moves = as_function(moves, "q5.check(moves)")

    def make_model():
        ones = keras.initializers.Ones()
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer=ones)])
        model.add(keras.layers.Dense(1, kernel_initializer=ones))
        return model

    def add(variable, change):
        variable.assign(variable.numpy() + np.asarray(change, "float32"))

    model, calls = make_model(), []
    if moves(model, lambda: calls.append(1)) in (None, ...):
        raise Pending
    if len(calls) != 1:
        raise Wrong(
            L(
                f"Has ejecutado action() {len(calls)} veces; tiene que ser una.",
                f"You ran action() {len(calls)} times; it has to be once.",
            )
        )
    cases = [
        (
            lambda: None,
            False,
            L("Si nadie toca los pesos, la respuesta es False.", "If nobody touches the weights, the answer is False."),
        ),
        (
            lambda: add(model.weights[0], 1.0),
            True,
            L(
                "He cambiado los pesos de la primera capa y no lo has visto. ¿Has "
                "guardado una copia antes? Guardar la lista de variables no sirve: cambia con ellas.",
                "I changed the weights of the first layer "
                "and you did not see it. Did you keep a copy first? The list of variables itself changes with them.",
            ),
        ),
        (
            lambda: add(model.weights[-1], 1.0),
            True,
            L(
                "He cambiado solo el sesgo de la última capa y no lo has visto. Mira todos los pesos.",
                "I changed only the bias of the last layer and you did not see it. Look at all the weights.",
            ),
        ),
        (
            lambda: add(model.weights[0], 1e-6),
            True,
            L(
                "He cambiado los pesos en una millonésima y no lo has visto. Compara sin tolerancia: `np.array_equal`.",
                "I changed the weights by a millionth and you did not see it. "
                "Compare without tolerance: `np.array_equal`.",
            ),
        ),
        (
            lambda: add(model.weights[2], [[0.5], [-0.5]]),
            True,
            L(
                "He subido un peso y bajado otro lo mismo, y no lo has visto. Comparar sumas no basta.",
                "I raised one weight and lowered another by as much, and you did not "
                "see it. Comparing sums is not enough.",
            ),
        ),
    ]
    for action, truth, why in cases:
        model = make_model()
        if bool(moves(model, action)) is not truth:
            raise Wrong(why)
    model = make_model()
    model.trainable = False
    if not moves(model, lambda: add(model.weights[0], 1.0)):
        raise Wrong(
            L(
                "Con un modelo congelado no ves nada: su lista `trainable_variables` está vacía. Usa `get_weights()`.",
                "With a frozen model you see nothing: its list `trainable_variables` is empty. Use `get_weights()`.",
            )
        )
    return L(
        "Tu detector ve todo lo que se mueve, y solo eso.", "Your detector sees everything that moves, and only that."
    )


q5 = Question(
    _check_5,
    hint=lambda: L(
        "`model.get_weights()` devuelve copias de todos los pesos, congelados o no. Pídelas antes y después de "
        "`action()`.",
        "`model.get_weights()` returns copies of all weights, frozen or not. Ask for them before and after `action()`.",
    ),
    solution=lambda: as_learners_see(solve_5, "moves"),
)

# --- 6 · A colour generator's last layer

PARAMETERS = (1024 + 1) * 64 * 64 * 3


def _check_6(answer) -> str:
    value = as_number(answer)
    if value == PARAMETERS:
        return L(
            "Son 12.6 millones en una sola capa: más de ocho veces todos los parámetros de nuestro generador.",
            "That is 12.6 million in a single layer: over eight times all the parameters of our generator.",
        )
    known = {
        1024 * 64 * 64 * 3: L(
            "Casi: faltan los sesgos, uno por salida.", "Nearly: the biases are missing, one per output."
        ),
        (1024 + 1) * 64 * 64: L(
            "Eso es en gris: en color hay tres números por píxel.",
            "That is grey: in colour there are three numbers per pixel.",
        ),
        1024 * 64 * 64: L(
            "Faltan los tres canales de color, y los sesgos.", "The three colour channels are missing, and the biases."
        ),
        64 * 64 * 3: L(
            "Esas son las salidas. ¿Cuántos pesos llegan a cada una?",
            "Those are the outputs. How many weights reach each one?",
        ),
    }
    raise Wrong(
        known.get(
            value,
            L("No es. Una capa densa tiene (entradas + 1) × salidas.", "No. A dense layer has (inputs + 1) × outputs."),
        )
    )


q6 = Question(
    _check_6,
    hint=lambda: L(
        "Las salidas son 64 × 64 × 3. Usa `dense_parameters`, que definimos con el generador.",
        "The outputs are 64 × 64 × 3. Use `dense_parameters`, which we defined with the generator.",
    ),
    solution=lambda: "answer = dense_parameters(1024, 64 * 64 * 3)",
)
