"""The exercises of lesson 3 (CONTRIBUTING.md says how to write one)."""

import math
from types import SimpleNamespace

import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, Letters, Number, Several, Wrong, as_number, wrong_if
from course_utils.lessons.lesson_3 import cross_entropy, discriminator_loss, generator_loss, make_train_step

# --- 1 · The two losses


def _cost(logits, label):
    """Return the mean cross-entropy, by the formula."""
    logits = np.asarray(logits)
    return float(np.mean(np.logaddexp(0, logits) - label * logits))


def _is(value, other):
    return math.isclose(value, other, abs_tol=1e-4)


def check_discriminator_loss(answer):
    real, fake = tf.constant([[2.0], [1.0], [-0.5]]), tf.constant([[-2.0], [0.4], [-1.0]])
    value = as_number(answer(real, fake))
    right = _cost(real, 1) + _cost(fake, 0)
    known = {
        "swapped": _cost(real, 0) + _cost(fake, 1),
        "all real": _cost(real, 1) + _cost(fake, 1),
        "all fake": _cost(real, 0) + _cost(fake, 0),
        "mean": right / 2,
    }
    if not _is(value, right):
        for name, number in known.items():
            wrong_if(_is(value, number), name)
        raise Wrong("another loss of D", value=value, right=right)
    by_hand = as_number(answer(tf.constant([[2.0]] * 3), tf.constant([[-2.0]] * 3)))
    wrong_if(not _is(by_hand, 2 * math.log1p(math.exp(-2))), "another loss of D", value=by_hand, right=0.2539)


def check_generator_loss(answer):
    fake = tf.constant([[-2.0], [0.4], [-1.0]])
    value = as_number(answer(fake))
    wrong_if(_is(value, _cost(fake, 0)), "on the side of D")
    wrong_if(_is(value, -_cost(fake, 0)), "saturating")
    wrong_if(not _is(value, _cost(fake, 1)), "another loss of G", value=value, right=_cost(fake, 1))


def _with_labels(real_label, fake_label, share=1.0):
    """Return a loss of D with other labels."""
    return lambda real, fake: (
        share
        * (cross_entropy(tf.fill(real.shape, real_label), real) + cross_entropy(tf.fill(fake.shape, fake_label), fake))
    )


q1 = Several(
    stub="""
def discriminator_loss(real_logits, fake_logits):
    real_loss = cross_entropy(..., real_logits)
    fake_loss = cross_entropy(..., fake_logits)
    return real_loss + fake_loss


def generator_loss(fake_logits):
    return cross_entropy(..., fake_logits)


discriminator_loss, generator_loss = q1.use(discriminator_loss, generator_loss)
""",
    parts=[
        Function(
            code=discriminator_loss,
            check_function=check_discriminator_loss,
            wrong={
                "swapped": [_with_labels(0.0, 1.0)],
                "all real": [_with_labels(1.0, 1.0)],
                "all fake": [_with_labels(0.0, 0.0)],
                "mean": [_with_labels(1.0, 0.0, 0.5)],
                "another loss of D": [
                    lambda real, fake: cross_entropy(real, tf.ones_like(real)) + cross_entropy(fake, fake),
                    _with_labels(0.9, 0.0),
                ],
            },
        ),
        Function(
            code=generator_loss,
            check_function=check_generator_loss,
            wrong={
                "on the side of D": [lambda fake: cross_entropy(tf.zeros_like(fake), fake)],
                "saturating": [lambda fake: -cross_entropy(tf.zeros_like(fake), fake)],
                "another loss of G": [lambda fake: cross_entropy(fake, tf.ones_like(fake))],
            },
        ),
    ],
    es={
        "right": "Con +2 para lo real y −2 para lo falso, a D le cuesta 0.2539 y a G, 2.1269: lo mismo que a mano.",
        "swapped": "Has cambiado las etiquetas de D: para lo real quiere un 1, y para lo falso, un 0.",
        "all real": "Así D quiere llamar real a todo. Para lo falso su etiqueta es 0.",
        "all fake": "Así D quiere llamar falso a todo. Para lo real su etiqueta es 1.",
        "mean": "D suma lo que le cuestan los dos lotes; no hace la media.",
        "another loss of D": "Con unos logits de prueba, la pérdida de D da {value:.4f} y debería dar {right:.4f}. ¿Va la etiqueta primero y el logit después?",
        "on the side of D": "Con la etiqueta 0, G querría que D lo pillara. Quiere lo contrario: que llame real a lo falso.",
        "saturating": "Es la pérdida que la lección 1 descartó: cuando D acierta, se aplana. Usa la entropía cruzada con la otra etiqueta.",
        "another loss of G": "Con unos logits de prueba, la pérdida de G da {value:.4f} y debería dar {right:.4f}. ¿Va la etiqueta primero y el logit después?",
        "hint": "Para cada línea, pregúntate: ¿qué querría oír esta red, que la imagen es real (unos) o que es falsa (ceros)?",
    },
    en={
        "right": "With +2 for real images and −2 for fake ones it costs D 0.2539 and G 2.1269: the same as by hand.",
        "swapped": "You have swapped D's labels: it wants a 1 for real images and a 0 for fake ones.",
        "all real": "That way D wants to call everything real. For fake images its label is 0.",
        "all fake": "That way D wants to call everything fake. For real images its label is 1.",
        "mean": "D adds up what the two batches cost it; it does not average them.",
        "another loss of D": "With some test logits D's loss comes out as {value:.4f} and should be {right:.4f}. Does the label come first and the logit second?",
        "on the side of D": "With label 0, G would want D to catch it. It wants the opposite: to have its fakes called real.",
        "saturating": "That is the loss that lesson 1 rejected: it flattens out when D is right. Use the cross-entropy with the other label.",
        "another loss of G": "With some test logits G's loss comes out as {value:.4f} and should be {right:.4f}. Does the label come first and the logit second?",
        "hint": "For each line ask yourself: what would this network like to hear, that the image is real (ones) or that it is fake (zeros)?",
    },
)

# --- 2 · Two questions


class _Network:
    """Stands for a network of one weight, which multiplies, and one that is not trained."""

    input_shape = (None, 1)

    def __init__(self, shape, trained):
        self.weight, self.average = tf.Variable(tf.fill(shape, trained)), tf.Variable(0.0, trainable=False)
        self.trainable_variables, self.weights = [self.weight], [self.weight, self.average]
        self.variables = self.weights

    def __call__(self, inputs, training=False):
        return tf.reduce_sum(inputs[..., tf.newaxis] * self.weight, axis=1) / self.weight.shape[0]


class _Optimizer:
    """Moves nothing, and remembers what it was given."""

    def __init__(self, shape):
        self.gradient, self.fault = tf.Variable(tf.zeros(shape)), None

    def apply(self, gradients, weights):
        gradients = list(gradients)
        if len(gradients) > len(weights) or any(one is None for one in gradients):
            self.fault = "not trained" if len(gradients) > len(weights) else "no path"
        elif [one.shape for one in gradients] != [one.shape for one in weights]:
            self.fault = "the weights of the other"
        else:
            self.gradient.assign(gradients[0])


def check_train_step(answer):
    shapes = {"g": (1, 2), "d": (2, 1)}
    generator, discriminator = _Network(shapes["g"], 0.7), _Network(shapes["d"], -0.6)
    state = SimpleNamespace(generator=generator, discriminator=discriminator, step=tf.Variable(0, dtype=tf.int64))
    state.g_optimizer, state.d_optimizer = _Optimizer(shapes["g"]), _Optimizer(shapes["d"])
    state.noise_source = tf.random.Generator.from_seed(5)
    real = tf.constant([[0.4, -1.0], [0.9, 0.3]])
    train_step = answer(state, 2)
    try:
        train_step(real)
    except RuntimeError as error:
        wrong_if("GradientTape" in str(error), "one answer")
        raise
    faults = [optimizer.fault for optimizer in (state.g_optimizer, state.d_optimizer) if optimizer.fault]
    wrong_if(faults, *faults[:1])

    noise = tf.random.Generator.from_seed(5).normal((2, 1))
    with tf.GradientTape(persistent=True) as tape:
        fake_logits, real_logits = discriminator(generator(noise)), discriminator(real)
        losses = {"g": generator_loss(fake_logits), "d": discriminator_loss(real_logits, fake_logits)}
    for name, network, optimizer in (
        ("g", generator, state.g_optimizer),
        ("d", discriminator, state.d_optimizer),
    ):
        found, other = optimizer.gradient.numpy(), losses["d" if name == "g" else "g"]
        wrong_if(np.allclose(found, tape.gradient(other, network.weight), atol=1e-5), f"the other loss: {name}")
        wrong_if(not np.allclose(found, tape.gradient(losses[name], network.weight), atol=1e-5), "another gradient")
    wrong_if(int(state.step) != 1, "another gradient")


def _asking(ask):
    """Return a `make_train_step` in which `ask` asks the tapes."""

    def make(state, batch_size):
        @tf.function
        def train_step(real_images):
            noise = state.noise_source.normal((batch_size, *state.generator.input_shape[1:]))
            with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
                fake_images = state.generator(noise, training=True)
                real_logits = state.discriminator(real_images, training=True)
                fake_logits = state.discriminator(fake_images, training=True)
                g_loss, d_loss = generator_loss(fake_logits), discriminator_loss(real_logits, fake_logits)
            g, d = state.generator, state.discriminator
            g_gradients, d_gradients = ask(g_tape, d_tape, g_loss, d_loss, g, d)
            state.g_optimizer.apply(g_gradients, g.trainable_variables)
            state.d_optimizer.apply(d_gradients, d.trainable_variables)
            state.step.assign_add(1)

        return train_step

    return make


def _questions(g_loss, g_weights, d_loss, d_weights):
    """Return what `ask` of `_asking` has to be for these losses and weights, all given by name."""

    def ask(g_tape, d_tape, *values):
        what = dict(zip(("g_loss", "d_loss", "g", "d"), values, strict=True))
        weights = {f"{n}.{kind}": getattr(what[n], kind) for n in "gd" for kind in ("trainable_variables", "weights")}
        return g_tape.gradient(what[g_loss], weights[g_weights]), d_tape.gradient(what[d_loss], weights[d_weights])

    return _asking(ask)


_G, _D = "g.trainable_variables", "d.trainable_variables"
q2 = Function(
    stub="""
def make_train_step(state, batch_size):
    generator, discriminator = state.generator, state.discriminator

    @tf.function
    def train_step(real_images):
        noise = state.noise_source.normal((batch_size, *generator.input_shape[1:]))
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(real_images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            g_loss = generator_loss(fake_logits)
            d_loss = discriminator_loss(real_logits, fake_logits)
        g_gradients = g_tape.gradient(..., ...)
        d_gradients = d_tape.gradient(..., ...)
        state.g_optimizer.apply(g_gradients, generator.trainable_variables)
        state.d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        state.step.assign_add(1)
        d_real = tf.reduce_mean(tf.sigmoid(real_logits))
        d_fake = tf.reduce_mean(tf.sigmoid(fake_logits))
        return dict(d_loss=d_loss, g_loss=g_loss, d_real=d_real, d_fake=d_fake)

    return train_step


make_train_step = q2.use(make_train_step)
""",
    code=make_train_step,
    check_function=check_train_step,
    wrong={
        "the other loss: g": [_questions("d_loss", _G, "d_loss", _D)],
        "the other loss: d": [_questions("g_loss", _G, "g_loss", _D)],
        "the weights of the other": [_questions("g_loss", _D, "d_loss", _G), _questions("g_loss", _G, "d_loss", _G)],
        "not trained": [_questions("g_loss", "g.weights", "d_loss", _D)],
        "no path": [
            _asking(lambda g_tape, d_tape, g_loss, d_loss, g, d: ([None], d_tape.gradient(d_loss, [d.weight])))
        ],
        "one answer": [
            _asking(
                lambda g_tape, d_tape, g_loss, d_loss, g, d: (
                    g_tape.gradient(g_loss, g.trainable_variables),
                    g_tape.gradient(d_loss, d.trainable_variables),
                )
            )
        ],
        "another gradient": [
            _asking(
                lambda g_tape, d_tape, g_loss, d_loss, g, d: (
                    [-one for one in g_tape.gradient(g_loss, g.trainable_variables)],
                    d_tape.gradient(d_loss, d.trainable_variables),
                )
            )
        ],
    },
    es={
        "right": "Ya tienes el corazón de una GAN: dos cintas, dos preguntas, y cada red aprende solo de la suya.",
        "the other loss: g": "A la cinta de G le has preguntado por la pérdida de D. G estaría ayudando a que lo pillen.",
        "the other loss: d": "A la cinta de D le has preguntado por la pérdida de G. D estaría aprendiendo a dejarse engañar.",
        "the weights of the other": "Hay una red que recibe las derivadas respecto a los pesos de la otra. Cada cinta pregunta por los pesos de su red.",
        "not trained": "`weights` incluye también lo que no se entrena, como las medias de la BN. Pide `trainable_variables`.",
        "no path": "Una de las respuestas es None: esa pérdida no depende de lo que has preguntado.",
        "one answer": "Una cinta contesta una sola vez. La segunda pregunta es para la otra cinta.",
        "another gradient": "Con dos redes de prueba, los gradientes no son los de g_loss y d_loss respecto a los pesos de su red.",
        "hint": "La cinta de G quiere saber cómo cambia g_loss con los pesos del generador. ¿Y la de D?",
    },
    en={
        "right": "That is the heart of a GAN: two tapes, two questions, and each network learns from its own alone.",
        "the other loss: g": "You have asked G's tape about D's loss. G would be helping D to catch it.",
        "the other loss: d": "You have asked D's tape about G's loss. D would be learning to be fooled.",
        "the weights of the other": "One of the networks gets the derivatives with respect to the other's weights. Each tape asks about the weights of its own network.",
        "not trained": "`weights` holds what is not trained as well, such as BN's averages. Ask for `trainable_variables`.",
        "no path": "One of the answers is None: that loss does not depend on what you have asked about.",
        "one answer": "A tape answers only once. The second question is for the other tape.",
        "another gradient": "With two test networks the gradients are not those of g_loss and d_loss with respect to the weights of their own network.",
        "hint": "G's tape wants to know how g_loss changes with the weights of the generator. And D's?",
    },
)

# --- 3 · The starting point

q3 = Several(
    stub="d_loss_at_start = ...\ng_loss_at_start = ...\nq3.check(d_loss_at_start, g_loss_at_start)",
    parts=[
        Number(right=2 * math.log(2), tolerance=0.006, wrong={"one batch": math.log(2)}, otherwise="other loss of D"),
        Number(
            right=math.log(2),
            tolerance=0.006,
            wrong={"probability": 0.5, "never wrong": 0, "two batches": 2 * math.log(2), "base 2": 1, "decimal": 0.3},
            otherwise="other loss of G",
        ),
    ],
    order=(1, 0),
    code="import math\n\nd_loss_at_start = 2 * math.log(2)\ng_loss_at_start = math.log(2)",
    es={
        "right": "log 2 ≈ 0.69 por lote: uno para G y dos, que suman 1.39, para D. Si al empezar ves algo muy distinto, busca un error.",
        "one batch": "Eso es lo que le cuesta cada lote. La pérdida de D es la suma de los dos.",
        "other loss of D": "La pérdida de D no es {value:g}.",
        "probability": "0.5 es la probabilidad. La pérdida es su −log.",
        "never wrong": "Una pérdida de 0 sería no equivocarse nunca. Con un logit de 0, p es 0.5.",
        "two batches": "Esa es la suma de dos lotes. La pérdida de G usa uno solo, el falso.",
        "base 2": "Usa el logaritmo natural, no el de base 2.",
        "decimal": "Usa el logaritmo natural, no el decimal.",
        "other loss of G": "La pérdida de G no es {value:g}.",
        "hint": "Con x = 0, log(1 + e⁰) = log 2, sea cual sea la etiqueta. ¿Cuántos lotes mira cada red?",
    },
    en={
        "right": "log 2 ≈ 0.69 per batch: one for G, and two for D, 1.39 in all. If you see anything very different at the start, look for a mistake.",
        "one batch": "That is what each batch costs D. Its loss is the sum of the two.",
        "other loss of D": "D's loss is not {value:g}.",
        "probability": "0.5 is the probability. The loss is minus its log.",
        "never wrong": "A loss of 0 would mean never being wrong. With a logit of 0, p is 0.5.",
        "two batches": "That is the sum of two batches. G's loss uses only the fake one.",
        "base 2": "Use the natural logarithm, not base 2.",
        "decimal": "Use the natural logarithm, not base 10.",
        "other loss of G": "G's loss is not {value:g}.",
        "hint": "With x = 0, log(1 + e⁰) = log 2, whatever the label. How many batches does each network look at?",
    },
)

# --- 4 · The suitcase

q4 = Letters(
    stub="answer = ...\nq4.check(answer)",
    right="acde",
    es={
        "right": "Todo lo que cambia y decide lo que viene después; y nada más. Vamos a verlo, pieza a pieza.",
        "a": "Sin su memoria (a), Adam vuelve a ir a ciegas, como al principio.",
        "b": "La imagen (b) no interviene en los pasos siguientes: cada uno dibuja las suyas.",
        "c": "Sin el número de paso (c) no se sabe qué lote toca.",
        "d": "Si el ruido (d) vuelve a empezar, G dibuja otras imágenes, no las que le tocaban.",
        "e": "Sin ese azar (e) se apagan otras neuronas de D.",
        "f": "Las curvas (f) son para nosotros: ningún paso las lee.",
        "g": "El tiempo (g) no cambia ningún número.",
        "hint": "Pregúntate ante cada cosa: si faltara, ¿saldría algún número distinto en el paso 11?",
    },
    en={
        "right": "Everything that changes and decides what comes next, and nothing else. Let us see, piece by piece.",
        "a": "Without its memory (a) Adam goes back to taking blind steps, as at the start.",
        "b": "The image (b) plays no part in later steps: each of them draws its own.",
        "c": "Without the step number (c) there is no telling which batch comes next.",
        "d": "If the noise (d) starts all over again, G draws other images, not the ones that were due.",
        "e": "Without that randomness (e), other neurons of D are switched off.",
        "f": "The curves (f) are for us: no step reads them.",
        "g": "The time (g) changes no number.",
        "hint": "Ask about each item: if it were missing, would any number come out different in step 11?",
    },
)

# --- 5 · Only dropout is missing

q5 = Choice(
    stub="answer = ...\nq5.check(answer)",
    right="c",
    among="abcd",
    es={
        "right": "Con otras neuronas apagadas, D opina otra cosa; de esa opinión aprenden los dos, y en el paso siguiente ya son otros.",
        "a": "Para no ser idéntico basta un paso, y un solo bit.",
        "b": "¿Y de dónde saca G lo que aprende? De la opinión de D.",
        "d": "La memoria de Adam se hace con los gradientes, y con ellos se mueven también los pesos.",
        "hint": "Sigue la cinta de G en el dibujo: ¿por dónde pasa?",
    },
    en={
        "right": "With other neurons off, D has another opinion; both learn from that opinion, and by the next step both are different.",
        "a": "One step is enough not to be identical, and so is a single bit.",
        "b": "And where does G get what it learns? From D's opinion.",
        "d": "Adam's memory is made of the gradients, and the weights move by them, too.",
        "hint": "Follow G's tape in the drawing: what does it pass through?",
    },
)

# --- 6 · Halfway

q6 = Number(
    stub="halfway_length = ...\nq6.check(halfway_length)",
    right=math.sqrt(50),
    tolerance=0.08,
    wrong={"the arc": 10, "half": 5, "the centre": 0, "the distance": math.sqrt(200), "squared": 50},
    code="halfway_length = 50**0.5",
    es={
        "right": "10/√2 ≈ 7.07: muy por dentro de la cáscara. Entre los diez mil vectores de la figura no hay ninguno tan corto.",
        "the arc": "Eso sería en un arco, que no se sale de la cáscara. La recta es una cuerda: ataja.",
        "half": "Si b fuera el cero, sí. Pero los dos tiran, cada uno hacia su lado.",
        "the centre": "Al centro se llega si a y b son opuestos. Aquí son perpendiculares.",
        "the distance": "Esa es la distancia de a a b. ¿Y la del cero al punto medio?",
        "squared": "Ese es el cuadrado de la longitud.",
        "otherwise": "No es {value:g}. El punto medio es (a + b) / 2: ¿cuánto mide?",
        "hint": "Con dos números: a = (10, 0) y b = (0, 10). El punto medio es (5, 5). Ahora, Pitágoras.",
    },
    en={
        "right": "10/√2 ≈ 7.07: far inside the shell. Not one of the ten thousand vectors in the figure is that short.",
        "the arc": "That would be on an arc, which stays in the shell. The line is a chord: it cuts across.",
        "half": "If b were zero, yes. But both of them pull, each to its own side.",
        "the centre": "You get to the centre if a and b are opposite. Here they are perpendicular.",
        "the distance": "That is the distance from a to b. And from zero to the point halfway?",
        "squared": "That is the length squared.",
        "otherwise": "It is not {value:g}. The point halfway is (a + b) / 2: how long is it?",
        "hint": "With two numbers: a = (10, 0) and b = (0, 10). The point halfway is (5, 5). Now Pythagoras.",
    },
)
