"""The exercises of lesson 1 (CONTRIBUTING.md says how to write one)."""

import math
import warnings
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, Letters, Number, Wrong, wrong_if
from course_utils.lessons.lesson_1 import discriminator_turn, frozen, generator_turn, learn

# --- 1 · A discriminator that sleeps

q1 = Choice(
    stub="answer = ...\nq1.check(answer)",
    right="c",
    es={
        "right": "Un árbitro que no aprende tiene siempre los mismos puntos ciegos. G encuentra uno y se va por él, sin fin.",
        "a": "¿Quién les diría dónde está la circunferencia? D es su única noticia de los datos, y D no sabe nada de ellos.",
        "b": "D no aprende, pero G sí. En cada turno busca un sitio donde D diga «real».",
        "d": "Nada los empuja a repartirse. Todos oyen al mismo D, y D no cambia de opinión.",
        "hint": "G solo busca una cosa: que D diga «real». ¿Qué hará si lo que D responde en cada lugar no cambia nunca?",
        "solution": "Compruébalo abajo: pon a 0 la velocidad de D.",
    },
    en={
        "right": "A referee that does not learn keeps its blind spots. G finds one and runs off through it, without end.",
        "a": "Who would tell them where the circle is? All they hear of the data comes from D, and D knows nothing about it.",
        "b": "D does not learn, but G does. At every turn it looks for a place where D says “real”.",
        "d": "Nothing pushes them apart. They all hear the same D, and D does not change its mind.",
        "hint": "G looks for one thing only: that D say “real”. What will it do if what D answers at each place never changes?",
        "solution": "See for yourself below: set D's speed to 0.",
    },
)

# --- 2 and 3 · Both turns, graded by what they do to a small game whose numbers are known

RATE = 0.5
REAL = np.array([[1.0, -0.5], [0.4, 1.2], [-0.3, 0.8], [1.5, 0.2]], "float32")
NOISE = np.array([[0.3, -1.0, 0.5], [1.1, 0.4, -0.7], [-0.6, 0.9, 0.2], [0.1, -0.2, 1.3]], "float32")
G_KERNEL = np.array([[0.5, -0.8], [0.3, 0.6], [-0.4, 0.9]], "float32")
D_KERNEL, D_BIAS = np.array([[0.7], [-0.4]], "float32"), np.array([0.1], "float32")


class Game(NamedTuple):
    """A generator with batch normalization, a discriminator of one neuron, their GAN, and what G was given."""

    generator: keras.Model
    discriminator: keras.Model
    gan: keras.Model
    seen: list


def small_game():
    """Return a new `Game`. Nothing in it is traced, so that a check takes no time; nor does it draw random numbers."""
    seen = []

    class Watched(keras.Sequential):
        def call(self, inputs, training=None, mask=None):
            seen.append(inputs)
            return super().call(inputs, training=training, mask=mask)

    generator = Watched([keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones")], name="generator")
    generator.add(keras.layers.BatchNormalization())
    generator.layers[0].set_weights([G_KERNEL, np.zeros(2)])
    neuron = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")
    discriminator = keras.Sequential([keras.Input((2,)), neuron], name="discriminator")
    neuron.set_weights([D_KERNEL, D_BIAS])
    gan = keras.Sequential([keras.Input((3,)), generator, discriminator], name="gan")
    for model in (generator, discriminator, gan):
        plain = keras.optimizers.SGD(RATE)
        model.compile(loss="binary_crossentropy", optimizer=plain, metrics=["accuracy"], run_eagerly=True)
    seen.clear()
    return Game(generator, discriminator, gan, seen)


def _trained(model):
    """Return copies of the weights of a network that training moves, whether or not it is frozen now."""
    return [weight.numpy() for weight in model.weights if "moving" not in weight.name]


def _moved(before, model):
    return not all(map(np.array_equal, before, _trained(model)))


def _was_given(game, noise):
    return any(np.array_equal(inputs, noise) for inputs in game.seen)


def _fakes(training):
    """Return what the small generator draws, in training or in inference."""
    made = NOISE @ G_KERNEL
    return (made - made.mean(axis=0)) / np.sqrt(made.var(axis=0) + 1e-3) if training else made / np.sqrt(1.001)


def _lessons(*batches):
    """Return kernel and bias of the small discriminator after it has learnt (inputs, label), one after the other."""
    kernel, bias = D_KERNEL, D_BIAS
    for inputs, label in batches:
        error = 1 / (1 + np.exp(-(inputs @ kernel + bias))) - label
        kernel, bias = kernel - RATE * inputs.T @ error / len(inputs), bias - RATE * error.mean(axis=0)
    return kernel, bias


def check_discriminator_turn(answer):
    game, fakes, in_inference = small_game(), _fakes(training=True), _fakes(training=False)
    before_g, before_d = _trained(game.generator), _trained(game.discriminator)
    reports = _play(answer, game.generator, game.discriminator, tf.constant(REAL), tf.constant(NOISE))
    wrong_if(_moved(before_g, game.generator), "G moved")
    wrong_if(not _moved(before_d, game.discriminator), "D still")
    known = {
        "swapped": [[(REAL, 0), (fakes, 1)], [(fakes, 1), (REAL, 0)]],
        "all real": [[(REAL, 1), (fakes, 1)]],
        "all fake": [[(REAL, 0), (fakes, 0)]],
        "only real": [[(REAL, 1)], [(REAL, 1), (REAL, 1)], [(REAL, 1), (REAL, 0)]],
        "only fake": [[(fakes, 0)], [(fakes, 0), (fakes, 0)], [(fakes, 1), (fakes, 0)]],
        "inference": [[(REAL, 1), (in_inference, 0)]],
        "fakes first": [[(fakes, 0), (REAL, 1)]],
    }
    now = _trained(game.discriminator)
    for name, lessons in known.items():
        wrong_if(any(_close(now, _lessons(*batches)) for batches in lessons), name)
    wrong_if(not _was_given(game, NOISE), "other noise")
    wrong_if(not _close(now, _lessons((REAL, 1), (fakes, 0))), "otherwise")
    losses = [_loss(report) for report in reports] if isinstance(reports, list | tuple) else []
    wrong_if(len(losses) != 2 or losses[0] is None or losses[1] is None, "returns")
    kernel, bias = D_KERNEL, D_BIAS
    expected = np.mean(np.log1p(np.exp(-(REAL @ kernel + bias))))
    wrong_if(not np.isclose(losses[0], expected, atol=1e-4), "reports swapped")


def _play(turn, *given):
    try:
        return turn(*given)
    except (TypeError, ValueError):  # of Keras, which speaks of layers and shapes
        raise Wrong("does not fit") from None


def _close(found, expected):
    return all(np.allclose(one, other, atol=1e-4) for one, other in zip(found, expected, strict=True))


def _loss(report):
    return report.get("loss") if isinstance(report, dict) else None


def _teaching(real_label=1.0, fake_label=0.0, training=True, noise=lambda noise: noise, order=1):
    """Return a turn of D with other labels, other fakes, or the other way round."""

    def turn(generator, discriminator, real, given):
        batches = [(real, real_label), (generator(noise(given), training=training), fake_label)]
        return tuple(learn(discriminator, inputs, label) for inputs, label in batches[::order])

    return turn


def _teaching_one(choose, *labels):
    """Return a turn of D that shows it one kind of data only."""

    def turn(generator, discriminator, real, noise):
        inputs = choose(real, generator(noise, training=True))
        return tuple(learn(discriminator, inputs, label) for label in labels)

    return turn


def _moving_g(generator, discriminator, real, noise):
    generator.weights[0].assign_add(np.ones((3, 2)))
    return discriminator_turn(generator, discriminator, real, noise)


def _testing(generator, discriminator, real, noise):
    ones = tf.ones((len(real), 1))
    return tuple(discriminator.test_on_batch(inputs, ones, return_dict=True) for inputs in (real, real))


q2 = Function(
    stub="""
def discriminator_turn(generator, discriminator, real, noise):
    fake = generator(..., training=...)
    on_real = learn(..., real, ...)
    on_fake = learn(..., fake, ...)
    return on_real, on_fake


discriminator_turn = q2.use(discriminator_turn)
""",
    code=discriminator_turn,
    check_function=check_discriminator_turn,
    wrong={
        "does not fit": [
            lambda generator, discriminator, real, noise: (learn(generator, noise, 1.0), learn(generator, noise, 0.0)),
            lambda generator, discriminator, real, noise: (learn(discriminator, noise[0, 0], 1.0), None),
        ],
        "G moved": [_moving_g],
        "D still": [_testing],
        "swapped": [_teaching(0.0, 1.0), _teaching(0.0, 1.0, order=-1)],
        "all real": [_teaching(1.0, 1.0)],
        "all fake": [_teaching(0.0, 0.0)],
        "only real": [_teaching_one(lambda real, fake: real, 1.0, 0.0), _teaching_one(lambda real, fake: real, 1.0)],
        "only fake": [_teaching_one(lambda real, fake: fake, 1.0, 0.0), _teaching_one(lambda real, fake: fake, 0.0)],
        "inference": [_teaching(training=False)],
        "fakes first": [_teaching(order=-1)],
        "other noise": [_teaching(noise=lambda noise: noise + 1.0), _teaching(noise=tf.zeros_like)],
        "otherwise": [_teaching(real_label=0.9)],
        "returns": [
            lambda *given: discriminator_turn(*given)[0],
            lambda *given: list(map(str, discriminator_turn(*given))),
        ],
        "reports swapped": [lambda *given: discriminator_turn(*given)[::-1]],
    },
    es={
        "does not fit": "`learn` no puede con lo que le das. Quiere, por este orden, un modelo, lo que entra en él y una etiqueta; y quien aprende en este turno es D.",
        "right": "D se ha movido, y G no. Seguimos con tu turno.",
        "G moved": "G se ha movido, y no es su turno: aquí solo aprende D.",
        "D still": "D no se ha movido. Para aprender de un lote hace falta `learn`.",
        "swapped": "Has intercambiado las etiquetas: así D aprende a llamar falso a lo real y real a lo falso. La etiqueta dice lo que D debe responder: 1 es «real».",
        "all real": "Con la etiqueta 1 en los dos lotes, D aprende a llamar real a todo. ¿Qué debe responder ante lo generado?",
        "all fake": "Con la etiqueta 0 en los dos lotes, D aprende a rechazarlo todo. ¿Qué debe responder ante lo real?",
        "only real": "D solo ha visto datos reales. Sin los generados no aprende a distinguir.",
        "only fake": "D solo ha visto puntos generados. Sin los reales no aprende a distinguir.",
        "inference": "Las muestras se han dibujado con `training=False`. Donde hay normalización por lotes, que verás más abajo con las imágenes, no son las mismas: D estudiaría unas y G se corregiría por otras. Es un entrenamiento: `training=True`.",
        "fakes first": "D aprende lo que debe, pero empieza por lo generado. Primero, lo real: el orden decide en qué momento se mide cada informe, y el final de la lección cuenta con este.",
        "other noise": "Las muestras no salen del ruido que se te da. Dibuja con `noise`, y no con otro: quien llama a la función decide qué ruido toca.",
        "otherwise": "D se ha movido, pero no como debería. ¿Son las etiquetas 1.0 y 0.0, y los lotes `real` y `fake`?",
        "returns": "Devuelve los dos informes de `learn`: el de lo real y el de lo generado.",
        "reports swapped": "D aprende bien, pero los informes salen al revés: primero el de lo real.",
        "hint": "Cuatro preguntas: ¿con qué dibuja G? ¿Es esto un entrenamiento? ¿Quién aprende en este turno? Y, ante cada lote, ¿qué debería responder?",
    },
    en={
        "does not fit": "`learn` cannot work with what you give it. It wants, in this order, a model, what goes into it, and a label; and it is D who learns in this turn.",
        "right": "D has moved, and G has not. We go on with your turn.",
        "G moved": "G has moved, and it is not its turn: only D learns here.",
        "D still": "D has not moved. It takes `learn` to learn from a batch.",
        "swapped": "You have swapped the labels: that way D learns to call real samples fake and fake ones real. The label says what D should answer: 1 is “real”.",
        "all real": "With label 1 on both batches D learns to call everything real. What should it answer to what is generated?",
        "all fake": "With label 0 on both batches D learns to reject everything. What should it answer to what is real?",
        "only real": "D has seen real data only. Without generated data it does not learn to tell them apart.",
        "only fake": "D has seen generated data only. Without real data it does not learn to tell them apart.",
        "inference": "The samples were drawn with `training=False`. Where there is batch normalization, as in the images further down, they are not the same ones: D would study these, and G would be corrected on others. This is training: `training=True`.",
        "fakes first": "D learns what it should, but begins with the fakes. The real batch comes first: the order decides at which moment each report is measured, and the end of the lesson counts on this one.",
        "other noise": "The samples were not made from the noise that you are given. Draw with `noise` and no other: whoever calls the function decides which noise it is.",
        "otherwise": "D has moved, but not as it should. Are the labels 1.0 and 0.0, and the batches `real` and `fake`?",
        "returns": "Return both reports of `learn`, the one on real data and the one on generated data.",
        "reports swapped": "D learns well, but the reports come the wrong way round: the one on real data goes first.",
        "hint": "Four questions: what does G draw with? Is this training? Who learns in this turn? And what should it answer to each batch?",
    },
)


def check_generator_turn(answer):
    game = small_game()
    before_g, before_d = _trained(game.generator), _trained(game.discriminator)
    expected = {label: _g_after(label) for label in (1.0, 0.0)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a frozen model has no weights to train: this is said better below
        report = _play(answer, game.gan, game.discriminator, tf.constant(NOISE))
    d_moved, g_moved = _moved(before_d, game.discriminator), _moved(before_g, game.generator)
    wrong_if(d_moved, "rival moves" if g_moved else "wrong one frozen")
    wrong_if(not g_moved, "nobody moves")
    wrong_if(not game.discriminator.trainable_variables, "left frozen")
    now = _trained(game.generator)
    wrong_if(_close(now, expected[0.0]), "label 0")
    wrong_if(not _was_given(game, NOISE), "other noise")
    wrong_if(not _close(now, expected[1.0]), "otherwise")
    wrong_if(_loss(report) is None, "returns")


def _g_after(label):
    """Return the weights of the small generator after one step in which the GAN's label was this."""
    game = small_game()
    with tf.GradientTape() as tape:
        answers = game.discriminator(game.generator(tf.constant(NOISE), training=True))
        loss = keras.losses.BinaryCrossentropy()(tf.fill((len(NOISE), 1), label), answers)
    weights = game.generator.trainable_variables
    gradients = tape.gradient(loss, [weight.value for weight in weights])
    return [weight.numpy() - RATE * gradient.numpy() for weight, gradient in zip(weights, gradients, strict=True)]


def _playing(freeze=lambda gan, discriminator: discriminator, label=1.0, noise=lambda noise: noise):
    """Return a turn of G in which another model is frozen, or the label or the noise is another."""

    def turn(gan, discriminator, given):
        with frozen(freeze(gan, discriminator)):
            return learn(gan, noise(given), label)

    return turn


def _left_frozen(gan, discriminator, noise):
    discriminator.trainable = False
    return learn(gan, noise, 1.0)


q3 = Function(
    stub="""
def generator_turn(gan, discriminator, noise):
    with frozen(...):
        return learn(..., ..., ...)


generator_turn = q3.use(generator_turn)
""",
    code=generator_turn,
    check_function=check_generator_turn,
    wrong={
        "does not fit": [
            lambda gan, discriminator, noise: learn(discriminator, noise, 1.0),
            lambda gan, discriminator, noise: learn(noise, gan, 1.0),
        ],
        "rival moves": [lambda gan, discriminator, noise: learn(gan, noise, 1.0)],
        "wrong one frozen": [_playing(lambda gan, discriminator: gan.layers[0])],
        "nobody moves": [_playing(lambda gan, discriminator: gan)],
        "left frozen": [_left_frozen],
        "label 0": [_playing(label=0.0)],
        "other noise": [_playing(noise=lambda noise: noise + 1.0), _playing(noise=tf.zeros_like)],
        "otherwise": [_playing(label=0.9)],
        "returns": [lambda *given: generator_turn(*given)["loss"]],
    },
    es={
        "right": "G se ha movido, D no, y al terminar D queda libre. Seguimos con tu turno.",
        "does not fit": "`learn` no puede con lo que le das. Quiere, por este orden, un modelo, lo que entra en él y una etiqueta; y el ruido solo entra en un modelo que empieza por G.",
        "rival moves": "Se han movido las dos redes. D no estaba congelado, y así aprende a llamar real a lo que dibuja G.",
        "wrong one frozen": "Se ha movido D, y G no. Has congelado al que juega: el que ha de estarse quieto es el árbitro.",
        "nobody moves": "No se ha movido nadie: `gan` contiene las dos redes, y congelarla es congelar también a G.",
        "left frozen": "D se queda congelado después del turno, y ya no aprendería. Usa `with frozen(...)`, que lo descongela siempre.",
        "label 0": "Con la etiqueta 0, G aprende a que D lo descubra. ¿Qué quiere G que responda D?",
        "other noise": "G no ha dibujado con el ruido que se te da: usa `noise`.",
        "otherwise": "G se ha movido, pero no como debería. ¿Es la etiqueta 1.0, y lo que entra, `noise`?",
        "returns": "Devuelve el informe de `learn`, entero.",
        "hint": "¿Quién es el árbitro de este turno? ¿Qué modelo va del ruido a la respuesta de D? ¿Y qué quiere oír G?",
    },
    en={
        "right": "G has moved, D has not, and D is free again afterwards. We go on with your turn.",
        "does not fit": "`learn` cannot work with what you give it. It wants, in this order, a model, what goes into it, and a label; and noise only goes into a model that begins with G.",
        "rival moves": "Both have moved. D was not frozen, and learns to call what G draws real.",
        "wrong one frozen": "D has moved, and G has not. You have frozen the player: it is the referee who has to keep still.",
        "nobody moves": "Nobody has moved: `gan` holds both networks, and freezing it freezes G as well.",
        "left frozen": "D stays frozen after the turn, and would learn no more. Use `with frozen(...)`, which always thaws it.",
        "label 0": "With label 0, G learns to be caught by D. What does G want D to answer?",
        "other noise": "G has not drawn with the noise that you are given: use `noise`.",
        "otherwise": "G has moved, but not as it should. Is the label 1.0, and is `noise` what goes in?",
        "returns": "Return the report of `learn`, all of it.",
        "hint": "Who is the referee of this turn? Which model leads from noise to D's answer? And what does G want to hear?",
    },
)

# --- 4 · What a discriminator answers when the generator has won

q4 = Choice(
    stub="answer = ...\nq4.check(answer)",
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
        "a": "That is a discriminator that is winning: it tells one from the other. Here there is nothing to tell apart.",
        "b": "To be wrong every time it would have to tell them apart, and then answer the opposite.",
        "d": "If it answered 1 to everything it would be wrong about every generated one, and they are half. There is something better.",
        "hint": "You are given a coin from one of two identical boxes, a “real” one and a “generated” one. How likely is it to be from the real one?",
        "solution": "If generated points fall just where the real ones do, nothing tells them apart: the probability that any one of them is real is 1/2.",
    },
)

# --- 5 · A non-saturating loss by hand

q5 = Number(
    stub="answer = ...\nq5.check(answer)",
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
        "saturating": "That is log(1 − D), the loss that saturates. You are asked for the other, −log D.",
        "loss of D": "That is −log(1 − D): the discriminator's loss on that sample. You are asked for the generator's, −log D.",
        "otherwise": "Not {value:.3f}. The non-saturating loss is −log D(G(z)).",
        "hint": "It is the cross-entropy with label 1: −log of what D answers.",
    },
)

# --- 6 · A fresh referee

q6 = Choice(
    stub="answer = ...\nq6.check(answer)",
    right="c",
    es={
        "right": "G no se mueve mientras el árbitro lo estudia, y algo tiene que lo delata.",
        "a": "Para eso el árbitro tendría que darlo casi todo por bueno. ¿Dirías tú que son reales?",
        "b": "La mitad es lo que diría quien no sabe distinguir. El D de la partida no pudo, pero su rival no se quedaba quieto; el de este árbitro, sí.",
        "hint": "Mira los cien dígitos otra vez. ¿Hay algo que casi todos tengan y que los reales no?",
        "solution": "La celda de abajo lo mide.",
    },
    en={
        "right": "G keeps still while the referee studies it, and something gives it away.",
        "a": "For that, the referee would have to accept nearly everything. Would you call them real?",
        "b": "Half is what you get from somebody who cannot tell. The D of the game could not, but its rival never stood still; this one does.",
        "hint": "Look at the hundred digits again. Is there something that nearly all of them have and real ones do not?",
        "solution": "The cell below measures it.",
    },
)

# --- 7 · Shuffle images, not batches


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

q7 = Function(
    stub="""
def shuffled_batches(images, size):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.batch(size)
    return batches.shuffle(len(images) // size)


# es: Cuando lo hayas arreglado, escribe q7.check(shuffled_batches).
# en: When you have fixed it, write q7.check(shuffled_batches).
q7.check(...)
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
        "right": "Las imágenes se mezclan, en cada vuelta de otra manera, y los lotes salen completos.",
        "empty": "No sale ningún lote.",
        "no batches": "Falta formar los lotes: `batch(size)`.",
        "repeated": "Recorres las imágenes más de una vez. Aquí basta con una vuelta: quita `repeat`.",
        "batches shuffled": "Las imágenes 0 a 9 siguen saliendo siempre juntas: barajas los lotes, no las imágenes. ¿Qué va antes, `shuffle` o `batch`?",
        "incomplete batch": "Las imágenes se mezclan, pero sale un lote de {left}. Descarta el lote incompleto con `drop_remainder=True`.",
        "small heap": "Se mezcla poco: en los primeros lotes solo hay imágenes del principio. El número de `shuffle` es el tamaño del montón que se baraja; que quepan todas.",
        "same order": "Las dos vueltas salen en el mismo orden. Deja que mezcle `shuffle`, sin desactivar `reshuffle_each_iteration`.",
        "hint": "Las operaciones se hacen en el orden en que se escriben. Y `batch` tiene un argumento `drop_remainder`.",
    },
    en={
        "right": "The images are mixed, differently in each pass, and the batches are complete.",
        "empty": "No batch comes out.",
        "no batches": "The batches are missing: `batch(size)`.",
        "repeated": "More than one pass over the images comes out. One is enough here: remove `repeat`.",
        "batches shuffled": "Images 0 to 9 still always come together: you shuffle the batches, not the images. Which comes first, `shuffle` or `batch`?",
        "incomplete batch": "The images are mixed, but a batch of {left} comes out. Drop the incomplete batch with `drop_remainder=True`.",
        "small heap": "They are hardly mixed: the first batches hold images from the beginning only. The number in `shuffle` is the size of the heap that is shuffled; make it hold them all.",
        "same order": "Both passes come out in the same order. Let `shuffle` do the mixing, and do not turn `reshuffle_each_iteration` off.",
        "hint": "Operations happen in the order in which they are written. And `batch` has an argument `drop_remainder`.",
    },
)

# --- 8 · Four bad lines

q8 = Letters(
    stub="answer = ...\nq8.check(answer)",
    right="bdef",
    among="abcdefgh",
    every=True,
    es={
        "right": "Son esas cuatro. `q8.solution()` cuenta por qué.",
        "a": "`a` es una capa corriente.",
        "c": "`c` es una buena capa final para D: una probabilidad.",
        "g": "`g` es correcta: en su turno, D debe responder 0 ante lo generado.",
        "h": "`h` es correcta: la etiqueta 1 es lo que G quiere oír.",
        "missing": "Las que has dicho son malas, pero falta{n} {count}.",
        "hint": "Una pone un argumento en el sitio de otro, otra comparte, otra congela para siempre y otra baraja tarde.",
        "solution": "b: el primer argumento de BatchNormalization es `axis`. Keras 3 toma su parte entera, 0, y da un error o, si la red no tiene Input, normaliza por el eje que no es. Hay que escribir momentum=0.8.\n"
        "d: las dos redes comparten un optimizador. En cuanto entrena la segunda, Keras 3 responde «Unknown variable».\n"
        "e: en su primer paso D ya está congelado, y así se queda: no aprende nunca. Congélalo solo durante el turno de G.\n"
        "f: baraja lotes ya formados. `shuffle` va antes de `batch`.",
    },
    en={
        "right": "Those are the four. `q8.solution()` explains why.",
        "a": "`a` is an ordinary layer.",
        "c": "`c` is a good last layer for D: a probability.",
        "g": "`g` is right: in its turn, D should answer 0 to what is generated.",
        "h": "`h` is right: label 1 is what G wants to hear.",
        "missing": "The ones you named are bad, but {count} {are} missing.",
        "hint": "One puts an argument in the place of another, one shares, one freezes for ever, and one shuffles late.",
        "solution": "b: the first argument of BatchNormalization is `axis`. Keras 3 takes its integer part, 0, and stops with an error or, if the network has no Input, normalizes along the wrong axis. It has to be momentum=0.8.\n"
        "d: both networks share one optimizer. As soon as the second one trains, Keras 3 answers “Unknown variable”.\n"
        "e: at its first step D is frozen already, and so it stays: it never learns. Freeze it only during G's turn.\n"
        "f: it shuffles batches already formed. `shuffle` comes before `batch`.",
    },
)

# --- 9 · A detector of movement


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


q9 = Function(
    stub="def moves(model, action):\n    return ...\nq9.check(moves)",
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
        "no copy": "He cambiado los pesos de la primera capa y no lo has visto. ¿Has guardado una copia antes? Guardar la lista de variables no sirve: son las mismas, y cambian con el modelo.",
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
