"""The exercises of lesson 5, the clinic (CONTRIBUTING.md says how to write one)."""

import math

import numpy as np

from course_utils.exercises import Choice, Function, Letters, wrong_if

# --- 1 · Patient 1: a diagnosis and a test

q1 = Letters(
    stub="diagnosis_and_test = ...\nq1.check(diagnosis_and_test)",
    right="bg",
    es={
        "right": "Un D que aprende reacciona: si le cuelan imágenes falsas, su respuesta ante ellas baja, y aquí no deja de subir. Y los pesos no mienten: si D aprende, por poco que sea, cambian en un solo paso.",
        "a": "Entonces D dudaría: sus dos respuestas rondarían 0.5 y su pérdida, 0.69. Este no duda, se equivoca cada vez más.",
        "c": "Al revés: un D fuerte da casi 0 a las imágenes de G. Este les da casi 1.",
        "d": "Puede que dibuje siempre lo mismo; las curvas no lo dicen. Pero un D que aprende acabaría rechazando esa única imagen. ¿Por qué este no lo hace?",
        "e": "Puede tardar mucho, y que la pérdida siga subiendo no distingue los dos casos: también sube si D aprende demasiado despacio.",
        "f": "`trainable` dice si se le permite moverse, no si se mueve. Y Keras lo lee al trazar el paso: lo viste en la lección 2.",
        "h": "Unas imágenes malas tienen muchas causas. Además, lo que se pregunta es si D cambia, no qué dibuja G.",
        "missing": "Eso es la mitad. Di dos letras: un diagnóstico, de la a a la d, y una prueba, de la e a la h.",
        "hint": "Fíjate en la pérdida de D: ¿qué haría un D sano cuando sube? ¿Y qué es lo que cambia, dentro de una red, cuando aprende?",
    },
    en={
        "right": "A D that learns reacts: when fakes get past it, its answer to them goes down, and here it never stops going up. And weights do not lie: if D learns, however little, they change in a single step.",
        "a": "Then D would be in doubt: both its answers would be about 0.5, and its loss about 0.69. This one is in no doubt; it is more and more wrong.",
        "c": "The other way round: a strong D gives G's images nearly 0. This one gives them nearly 1.",
        "d": "It may always draw the same thing; the curves do not say. But a D that learns would end up rejecting that single image. Why does this one not do so?",
        "e": "That can take a long time, and a loss that goes on rising does not tell the two apart: it also rises if D learns too slowly.",
        "f": "`trainable` says whether it is allowed to move, not whether it does. And Keras reads it while tracing the step, as you saw in lesson 2.",
        "h": "Bad images have many causes. Besides, the question is whether D changes, not what G draws.",
        "missing": "That is half of it. Give two letters: a diagnosis, from a to d, and a test, from e to h.",
        "hint": "Look at D's loss: what would a healthy D do when it goes up? And what is it inside a network that changes when it learns?",
    },
)

# --- 2 · Patients 2 and 3: a measure that tells them apart

q2 = Choice(
    stub="measurement = ...\nq2.check(measurement)",
    right="d",
    es={
        "right": "Un D que gana casi no paga. Uno que aprende y, aun así, paga mucho más que quien responde un medio a todo está dando zancadas: cada paso lo lleva demasiado lejos.",
        "a": "En los dos es mucho mayor que en la sana. Que sea alta dice que algo va mal, pero no qué.",
        "b": "En los dos queda por encima: mira los números. Eso dice que D distingue, pero no por qué.",
        "c": "En los dos son más variadas que los dígitos reales, y no por eso están mejor dibujadas. La variedad solo avisa cuando es casi nula.",
        "hint": "Busca en la tabla un número que en uno esté muy por debajo del de la sana y en el otro, muy por encima.",
    },
    en={
        "right": "A D that is winning pays next to nothing. One that learns and yet pays far more than one who answers one half to everything is striding: each step carries it too far.",
        "a": "In both it is far above the healthy one. A high loss says that something is wrong, but not what.",
        "b": "In both it is above: look at the numbers. That says that D can tell, but not why.",
        "c": "In both they are more varied than real digits, and none the better drawn for it. Variety is a warning only when there is next to none.",
        "hint": "Look in the table for a number that is far below the healthy one in one patient, and far above it in the other.",
    },
)

# --- 3 · Patient 2: a popular remedy

q3 = Choice(
    stub="prediction = ...\nq3.check(prediction)",
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

# --- 4 · Patient 4: from the loss to the answer

q4 = Choice(
    stub="answer = ...\nq4.check(answer)",
    right="c",
    es={
        "right": "e^−0.04 = 0.96: en el turno de G, D da por reales las imágenes de G. Busca ahora su D(G(z)) en la tabla de la sala de espera.",
        "a": "Esa es la pérdida. Si −log D es casi 0, D no puede estar cerca de 0: el logaritmo sería enorme.",
        "b": "Si D respondiera 0.5, la pérdida sería 0.69, como en la sana.",
        "hint": "Si la pérdida es −log D, entonces D es e elevado a menos la pérdida. ¿Y cuánto es e elevado a casi nada?",
    },
    en={
        "right": "e^−0.04 = 0.96: in G's turn D takes G's images for real ones. Now look for its D(G(z)) in the table of the waiting room.",
        "a": "That is the loss. If −log D is nearly 0, D cannot be near 0: the logarithm would be huge.",
        "b": "If D answered 0.5, the loss would be 0.69, as in the healthy one.",
        "hint": "If the loss is −log D, then D is e to the power of minus the loss. And what is e to the power of next to nothing?",
    },
)

# --- 5 · Patient 4: a diagnosis and a test

q5 = Letters(
    stub="diagnosis_and_test = ...\nq5.check(diagnosis_and_test)",
    right="ce",
    es={
        "right": "Mismas imágenes, mismos pesos, mismo instante: si aun así salen dos respuestas que no se parecen, D tiene dos modos.",
        "a": "En su turno, sí. Pero en el turno de G responde casi 1 a imágenes como esas. ¿Cómo puede ser?",
        "b": "Sí aprende: en su turno acierta casi siempre.",
        "d": "Eso no explica que dos respuestas de D a imágenes de G se contradigan. ¿Cuándo da cada una?",
        "f": "Cambian, como los de cualquier D que aprende. Lo que no cuadra son sus dos respuestas.",
        "g": "Si cambian las imágenes, no sabrás a qué se debe la diferencia. Aparte del azar del *dropout*, solo puede cambiar el turno.",
        "h": "Eso es un tratamiento, no una prueba.",
        "missing": "Eso es la mitad. Di dos letras: un diagnóstico, de la a a la d, y una prueba, de la e a la h.",
        "hint": "Lo que no cuadra son dos respuestas de D. Para compararlas, todo lo demás tiene que ser igual.",
    },
    en={
        "right": "Same images, same weights, same moment: if two answers come out that are nothing like each other, D has two modes.",
        "a": "In its own turn, yes. But in G's turn it answers nearly 1 to such images. How can that be?",
        "b": "It does learn: in its own turn it is nearly always right.",
        "d": "That does not explain why two answers of D to images of G's contradict each other. When does it give each of them?",
        "f": "They change, like those of any D that learns. What does not fit is its two answers.",
        "g": "If the images change, you will not know what the difference comes from. But for the dice of the dropout, only the turn may change.",
        "h": "That is a treatment, not a test.",
        "missing": "That is half of it. Give two letters: a diagnosis, from a to d, and a test, from e to h.",
        "hint": "What does not fit is two answers of D. To compare them, everything else has to be equal.",
    },
)

# --- 6 · Patient 5: what the curves do not say

q6 = Choice(
    stub="test = ...\nq6.check(test)",
    right="d",
    es={
        "right": "Ninguna curva mira los puntos. Hay que mirarlos o, mejor, contar a qué grupos llegan.",
        "a": "Más de lo mismo: otra curva del duelo. ¿De qué no dice nada ninguna de las cuatro?",
        "b": "Sus pesos se mueven, como en cualquier partida que siga en marcha. Eso no dice qué dibuja G.",
        "c": "Pueden calmarse con todos los puntos en un mismo sitio: las de las otras dos semillas, que verás ahora, apenas oscilan.",
        "hint": "Las cuatro curvas hablan de D y de G como rivales. ¿Cuál habla de lo que G dibuja?",
    },
    en={
        "right": "No curve looks at the points. You have to look at them or, better, count which clusters they reach.",
        "a": "More of the same: another curve of the duel. What is it that none of the four says anything about?",
        "b": "Their weights move, as in any game that is still going on. That does not say what G draws.",
        "c": "They may calm down with all the points in one place: those of the other two seeds, which you are about to see, hardly swing.",
        "hint": "The four curves speak of D and G as rivals. Which of them speaks of what G draws?",
    },
)

# --- 7 · Patient 6: a prescription

q7 = Choice(
    stub="prescription = ...\nq7.check(prescription)",
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

# --- 8 · An alarm of one's own


def d_is_winning(history):
    d_real = np.mean(history["d_real"][-100:])
    d_fake = np.mean(history["d_fake"][-100:])
    return d_real > 0.9 and d_fake < 0.1


def check_alarm(answer):
    def rings(d_real, d_fake):
        # As if D gave all images of a batch the same answer.
        losses = {"d_loss": -(math.log(d_real) + math.log(1 - d_fake)) / 2, "g_loss": -math.log(d_fake)}
        history = {"d_real": d_real, "d_fake": d_fake, **losses}
        ringing = answer({name: [value] * 150 for name, value in history.items()})
        wrong_if(not isinstance(ringing, bool | np.bool_), "no bool", answer=ringing)
        return ringing

    wrong_if(not rings(0.999, 0.001), "silent")
    wrong_if(rings(0.5, 0.5), "balanced")
    wrong_if(rings(0.999, 0.9), "d_fake ignored")
    wrong_if(rings(0.5, 0.001), "d_real ignored")
    wrong_if(rings(0.6, 0.4), "too little")


def alarm(real=0.9, fake=0.1):
    """Return an alarm with other limits."""

    def d_is_winning(history):
        return np.mean(history["d_real"][-100:]) > real and np.mean(history["d_fake"][-100:]) < fake

    return d_is_winning


q8 = Function(
    stub='def d_is_winning(history):\n    d_real = np.mean(history["d_real"][-100:])\n'
    '    d_fake = np.mean(history["d_fake"][-100:])\n    return d_real > ... and d_fake < ...\n\n\n'
    "d_is_winning = q8.use(d_is_winning)",
    code=d_is_winning,
    check_function=check_alarm,
    wrong={
        "no bool": [lambda history: "yes"],
        "silent": [alarm(real=1), alarm(fake=0)],
        "balanced": [alarm(real=0.4, fake=0.6)],
        "d_fake ignored": [alarm(fake=1)],
        "d_real ignored": [alarm(real=0)],
        "too little": [alarm(real=0.55, fake=0.45)],
    },
    es={
        "right": "Suena cuando debe, al menos en estas pruebas. Ahora, con pacientes de verdad.",
        "no bool": "Tiene que devolver True o False, no {answer!r}.",
        "silent": "Con D(x) = 0.999 y D(G(z)) = 0.001 tiene que sonar.",
        "balanced": "Suena en un entrenamiento equilibrado, con las dos respuestas en 0.5.",
        "d_fake ignored": "Suena aunque D(G(z)) sea 0.9: hacen falta las dos condiciones.",
        "d_real ignored": "Suena aunque D(x) sea 0.5: hacen falta las dos condiciones.",
        "too little": "Suena con D(x) = 0.6 y D(G(z)) = 0.4: ahí D no gana por mucho. Pides demasiado poco.",
        "hint": "¿A partir de qué respuestas dirías que D gana por mucho? Compara, en la tabla de la sala de espera, al paciente 2 con la sana.",
    },
    en={
        "right": "It rings when it should, at least in these tests. Now for real patients.",
        "no bool": "It has to return True or False, not {answer!r}.",
        "silent": "With D(x) = 0.999 and D(G(z)) = 0.001 it has to ring.",
        "balanced": "It rings in a balanced training run, with both answers at 0.5.",
        "d_fake ignored": "It rings although D(G(z)) is 0.9: both conditions are needed.",
        "d_real ignored": "It rings although D(x) is 0.5: both conditions are needed.",
        "too little": "It rings with D(x) = 0.6 and D(G(z)) = 0.4: there D is not winning by far. You ask for too little.",
        "hint": "From which answers on would you say that D is winning by far? In the table of the waiting room, compare patient 2 with the healthy one.",
    },
)
