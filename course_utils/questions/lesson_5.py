"""The exercises of lesson 5, the clinic (CONTRIBUTING.md says how to write one)."""

import math

import numpy as np

from course_utils.exercises import Choice, Function, Number, Several, wrong_if

# --- 1 · Patient 1: a first impression

q1 = Choice(
    stub="diagnosis = ...\nq1.check(diagnosis)",
    right="b",
    es={
        "right": "Un D que aprende reacciona: si le cuelan imágenes falsas, su respuesta ante ellas baja. A este no se le ve reaccionar, y su pérdida sube.",
        "a": "Entonces D dudaría: sus dos respuestas rondarían 0.5 y su pérdida, 0.69. Este no duda, se equivoca cada vez más.",
        "c": "Al revés: un D fuerte da casi 0 a las imágenes de G. Este les da casi 1.",
        "d": "Puede que dibuje siempre lo mismo; las curvas no lo dicen. Pero un D que aprende acabaría rechazando esa única imagen. ¿Por qué este no lo hace?",
        "hint": "Fíjate en la pérdida de D. ¿Qué haría un D sano cuando su pérdida sube?",
    },
    en={
        "right": "A D that learns reacts: when fakes get past it, its answer to them goes down. This one shows no reaction, and its loss goes up.",
        "a": "Then D would be in doubt: both its answers would be about 0.5, and its loss about 0.69. This one is in no doubt; it is more and more wrong.",
        "c": "The other way round: a strong D gives G's images nearly 0. This one gives them nearly 1.",
        "d": "It may always draw the same thing; the curves do not say. But a D that learns would end up rejecting that single image. Why does this one not do so?",
        "hint": "Look at D's loss. What would a healthy D do when its loss goes up?",
    },
)

# --- 2 · Patient 1: the test

q2 = Choice(
    stub="test = ...\nq2.check(test)",
    right="c",
    es={
        "right": "Los pesos no mienten: si D aprende, por poco que sea, cambian. Y basta un paso.",
        "a": "Puede tardar mucho, y que la pérdida siga subiendo no distingue los dos casos: también sube si D aprende demasiado despacio.",
        "b": "`trainable` dice si se le permite moverse, no si se mueve. Y Keras lo lee al trazar el paso: lo viste en la lección 2.",
        "d": "Unas imágenes malas tienen muchas causas. Además, lo que se pregunta es si D cambia, no qué dibuja G.",
        "hint": "¿Qué es lo que cambia, dentro de una red, cuando aprende?",
    },
    en={
        "right": "Weights do not lie: if D learns, however little, they change. And one step is enough.",
        "a": "That can take a long time, and a loss that goes on rising does not tell the two apart: it also rises if D learns too slowly.",
        "b": "`trainable` says whether it is allowed to move, not whether it does. And Keras reads it while tracing the step, as you saw in lesson 2.",
        "d": "Bad images have many causes. Besides, the question is whether D changes, not what G draws.",
        "hint": "What is it inside a network that changes when it learns?",
    },
)

# --- 3 · Patients 2 and 3: a measure that tells them apart

q3 = Choice(
    stub="measurement = ...\nq3.check(measurement)",
    right="d",
    es={
        "right": "Un D que gana casi no paga. Uno que aprende y, aun así, paga mucho más que quien responde un medio a todo está dando zancadas: cada paso lo lleva demasiado lejos.",
        "a": "En los dos es mucho mayor que en la sana. Que sea alta dice que algo va mal, pero no qué.",
        "b": "En los dos queda por encima: mira los números. Eso dice que D distingue, pero no por qué.",
        "c": "El ruido es más variado que los dígitos reales, así que una variedad alta no dice nada. Solo avisa cuando es casi nula.",
        "hint": "Busca en la tabla un número que en uno esté muy por debajo del de la sana y en el otro, muy por encima.",
    },
    en={
        "right": "A D that is winning pays next to nothing. One that learns and yet pays far more than one who answers one half to everything is striding: each step carries it too far.",
        "a": "In both it is far above the healthy one. A high loss says that something is wrong, but not what.",
        "b": "In both it is above: look at the numbers. That says that D can tell, but not why.",
        "c": "Noise is more varied than real digits, so great variety says nothing. It is a warning only when there is next to none.",
        "hint": "Look in the table for a number that is far below the healthy one in one patient, and far above it in the other.",
    },
)

# --- 4 · Patient 2: a popular remedy

q4 = Choice(
    stub="prediction = ...\nq4.check(prediction)",
    right="b",
    es={
        "right": "La mejor respuesta a una etiqueta de 0.9 es 0.9, y hasta ahí llega el efecto: D está menos seguro de las reales, pero ante las de G nada ha cambiado.",
        "a": "Eso sería una cura. Pero solo hemos cambiado la etiqueta de las reales: ¿por qué iba D a rechazar peor las de G?",
        "c": "Algo cambia: si la etiqueta es 0.9, responder 1 cuesta caro. ¿Qué responderá D a las reales?",
        "d": "No: D aprende con la misma tasa que antes. Solo cambia lo que se le pide que responda a las reales.",
        "hint": "¿Cuál es la respuesta más barata ante una imagen real cuya etiqueta es 0.9? ¿Y ante una generada, cuya etiqueta sigue siendo 0?",
    },
    en={
        "right": "The best answer to a label of 0.9 is 0.9, and the effect ends there: D is less sure of the real images, but for those of G nothing has changed.",
        "a": "That would be a cure. But we have changed the label of the real ones only: why should D be worse at rejecting those of G?",
        "c": "Something does change: with a label of 0.9, answering 1 is expensive. What will D answer to the real ones?",
        "d": "No: D learns at the same rate as before. All that changes is what it is asked to answer to the real ones.",
        "hint": "Which answer is cheapest for a real image with a label of 0.9? And for a generated one, whose label is still 0?",
    },
)

# --- 5 · Patient 4: from the loss to the answer

q5 = Number(
    stub="answer = ...\nq5.check(answer)",
    right=math.exp(-0.30),
    tolerance=0.006,
    wrong={
        "loss": 0.30,
        "logarithm": -math.log(0.30),
        "wrong sign": math.exp(0.30),
        "one minus loss": 1 - 0.30,
    },
    code="answer = np.exp(-0.30)",
    es={
        "right": "e^−0.30 = 0.74. Pronto verás para qué sirve.",
        "loss": "Eso es la pérdida. Despeja D en «pérdida = −log D».",
        "logarithm": "Has aplicado el logaritmo a la pérdida. La pérdida ya es un logaritmo: hay que deshacerlo.",
        "wrong sign": "Una probabilidad no pasa de 1. Revisa el signo.",
        "one minus loss": "Cerca, pero no es 1 − 0.30: la pérdida es −log D.",
        "otherwise": "No es {value:g}. La pérdida de G es −log D(G(z)).",
        "hint": "Si la pérdida es −log D, entonces D es e elevado a menos la pérdida: `np.exp`.",
    },
    en={
        "right": "e^−0.30 = 0.74. You will soon see what it is good for.",
        "loss": "That is the loss. Solve loss = −log D for D.",
        "logarithm": "You took the logarithm of the loss. The loss is a logarithm already: undo it.",
        "wrong sign": "A probability cannot exceed 1. Check the sign.",
        "one minus loss": "Close, but it is not 1 − 0.30: the loss is −log D.",
        "otherwise": "Not {value:g}. G's loss is −log D(G(z)).",
        "hint": "If the loss is −log D, then D is e to the power of minus the loss: `np.exp`.",
    },
)

# --- 6 · Patient 4: a diagnosis and a test

q6 = Several(
    stub="diagnosis, test = ..., ...\nq6.check(diagnosis, test)",
    parts=[
        Choice(right="c", among="abcd", otherwise="another diagnosis"),
        Choice(right="a", among="abcd", otherwise="another test"),
    ],
    code='diagnosis, test = "c", "a"',
    es={
        "right": "Mismas imágenes, mismo D, mismo instante: si aun así salen dos respuestas, D tiene dos modos.",
        "one letter": "Una sola letra para el diagnóstico y otra para la prueba.",
        "another diagnosis": "Eso no explica la contradicción de la tabla. Las dos columnas son respuestas de D a imágenes de G. ¿Cuándo da cada una?",
        "another test": "Si cambian los pesos, las imágenes o las etiquetas, ya no sabrás a qué se debe la diferencia. Lo único que puede cambiar es el turno.",
        "hint": "Lo que no cuadra son dos respuestas de D. Para compararlas, todo lo demás tiene que ser igual.",
    },
    en={
        "right": "Same images, same D, same moment: if two answers come out all the same, D has two modes.",
        "one letter": "Just one letter for the diagnosis, and one for the test.",
        "another diagnosis": "That does not explain the contradiction in the table. Both columns are answers of D to images of G's. When does it give each of them?",
        "another test": "If the weights, the images or the labels change, you will not know what the difference comes from. Nothing but the turn may change.",
        "hint": "What does not fit is two answers of D. To compare them, everything else has to be equal.",
    },
)

# --- 7 · Patient 5: what the curves do not say

q7 = Choice(
    stub="test = ...\nq7.check(test)",
    right="d",
    es={
        "right": "Ninguna curva mira los puntos. Hay que mirarlos o, mejor, contar a qué grupos llegan.",
        "a": "Más de lo mismo: otra curva del duelo. ¿De qué no dice nada ninguna de las cuatro?",
        "b": "Sus pesos se mueven, como en cualquier partida que siga en marcha. Eso no dice qué dibuja G.",
        "c": "La distancia a los grupos puede ser perfecta con todos los puntos en uno solo.",
        "hint": "Las cuatro curvas hablan de D y de G como rivales. ¿Cuál habla de lo que G dibuja?",
    },
    en={
        "right": "No curve looks at the points. You have to look at them or, better, count which clusters they reach.",
        "a": "More of the same: another curve of the duel. What is it that none of the four says anything about?",
        "b": "Their weights move, as in any game that is still going on. That does not say what G draws.",
        "c": "The distance to the clusters can be perfect with all the points in one of them.",
        "hint": "The four curves speak of D and G as rivals. Which of them speaks of what G draws?",
    },
)

# --- 8 · Patient 6: a prescription

q8 = Choice(
    stub="prescription = ...\nq8.check(prescription)",
    right="a",
    es={
        "right": "Que las pérdidas no bajen no es un síntoma: cada una mide a su red contra un rival que también mejora. D(x) y D(G(z)) acaban cerca de 0.5, como en la sana.",
        "b": "¿Para qué? Las curvas se han calmado, y D acaba cerca de 0.5.",
        "c": "D no gana: acaba respondiendo cerca de 0.5 a todo. Frenarlo sería curar a un sano.",
        "d": "La BN es para G; en un D que se congela, ya has visto lo que hace.",
        "hint": "Compáralo, número a número, con la sana de la primera tabla.",
    },
    en={
        "right": "Losses that do not fall are no symptom: each measures its network against a rival that gets better, too. D(x) and D(G(z)) end up near 0.5, as in the healthy one.",
        "b": "What for? The curves have calmed down, and D ends up near 0.5.",
        "c": "D is not winning: in the end it answers about 0.5 to everything. To slow it down would be to cure the healthy.",
        "d": "BN is for G; in a D that gets frozen, you have seen what it does.",
        "hint": "Compare it, number by number, with the healthy one of the first table.",
    },
)

# --- 9 · An alarm of one's own


def d_is_winning(history):
    d_real = np.mean(history["d_real"][-100:])
    d_fake = np.mean(history["d_fake"][-100:])
    return d_real > 0.9 and d_fake < 0.1


def check_alarm(answer):
    def rings(d_real, d_fake):
        # As if D gave all images of a batch the same answer.
        d_loss = [-(math.log(real) + math.log(1 - fake)) / 2 for real, fake in zip(d_real, d_fake, strict=True)]
        g_loss = [-math.log(fake) for fake in d_fake]
        ringing = answer({"d_real": list(d_real), "d_fake": list(d_fake), "d_loss": d_loss, "g_loss": g_loss})
        wrong_if(not isinstance(ringing, bool | np.bool_), "no bool", answer=ringing)
        return ringing

    wrong_if(not rings([0.999] * 150, [0.001] * 150), "silent")
    wrong_if(rings([0.5] * 150, [0.5] * 150), "balanced")
    wrong_if(rings([0.999] * 150, [0.9] * 150), "d_fake ignored")
    wrong_if(rings([0.5] * 150, [0.001] * 150), "d_real ignored")
    wrong_if(not rings([0.5] * 500 + [0.999] * 100, [0.5] * 500 + [0.001] * 100), "past counted")
    wrong_if(rings([0.999] * 500 + [0.6] * 100, [0.001] * 500 + [0.4] * 100), "past only")
    wrong_if(rings([0.5] * 149 + [0.999], [0.5] * 149 + [0.001]), "moment")


def alarm(d_real=lambda mean: mean > 0.9, d_fake=lambda mean: mean < 0.1, steps=slice(-100, None)):
    """Return an alarm with other conditions, or one that looks at other steps."""

    def d_is_winning(history):
        return d_real(np.mean(history["d_real"][steps])) and d_fake(np.mean(history["d_fake"][steps]))

    return d_is_winning


def ever(history):
    """Ring if there was reason to at any step."""
    return any(real > 0.9 and fake < 0.1 for real, fake in zip(history["d_real"], history["d_fake"], strict=True))


q9 = Function(
    stub='def d_is_winning(history):\n    d_real = np.mean(history["d_real"][-100:])\n    d_fake = ...\n    return d_real > ... and d_fake < ...\n\n\n'
    "d_is_winning = q9.use(d_is_winning)",
    code=d_is_winning,
    check_function=check_alarm,
    wrong={
        "no bool": [lambda history: "yes"],
        "silent": [lambda history: False],
        "balanced": [lambda history: True],
        "d_fake ignored": [alarm(d_fake=lambda mean: True)],
        "d_real ignored": [alarm(d_real=lambda mean: True)],
        "past counted": [alarm(steps=slice(None))],
        "past only": [ever],
        "moment": [alarm(steps=slice(-1, None))],
    },
    es={
        "right": "Suena cuando debe, al menos en estas pruebas. Ahora, con pacientes de verdad.",
        "no bool": "Tiene que devolver True o False, no {answer!r}.",
        "silent": "Con D(x) = 0.999 y D(G(z)) = 0.001 tiene que sonar.",
        "balanced": "Suena en un entrenamiento equilibrado, con las dos respuestas en 0.5.",
        "d_fake ignored": "Suena aunque D(G(z)) sea 0.9: hacen falta las dos condiciones.",
        "d_real ignored": "Suena aunque D(x) sea 0.5: hacen falta las dos condiciones.",
        "past counted": "Lo que pasó antes de los últimos 100 pasos no cuenta.",
        "past only": "Suena aunque en los últimos 100 pasos D(x) sea 0.6 y D(G(z)), 0.4: ahí D ya no gana por mucho. O miras también pasos anteriores, o pides demasiado poco.",
        "moment": "Un solo paso no basta: se mira la media de 100.",
        "hint": "La segunda línea es como la primera, con otra curva. Los dos umbrales: ¿a partir de qué respuestas dirías que D gana por mucho? Mira los números de la sala de espera.",
    },
    en={
        "right": "It rings when it should, at least in these tests. Now for real patients.",
        "no bool": "It has to return True or False, not {answer!r}.",
        "silent": "With D(x) = 0.999 and D(G(z)) = 0.001 it has to ring.",
        "balanced": "It rings in a balanced training run, with both answers at 0.5.",
        "d_fake ignored": "It rings although D(G(z)) is 0.9: both conditions are needed.",
        "d_real ignored": "It rings although D(x) is 0.5: both conditions are needed.",
        "past counted": "What happened before the last 100 steps does not count.",
        "past only": "It rings although over the last 100 steps D(x) is 0.6 and D(G(z)) is 0.4: there D is no longer winning by far. Either you look at earlier steps, too, or you ask for too little.",
        "moment": "A single step is not enough: look at the mean of 100.",
        "hint": "The second line is like the first, with another curve. And the two thresholds: from which answers on would you say that D is winning by far? Look at the numbers of the waiting room.",
    },
)
