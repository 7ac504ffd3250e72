"""The exercises of lesson 9 (CONTRIBUTING.md says how to write one)."""

import keras
import numpy as np
import tensorflow as tf

from course_utils.exercises import Choice, Function, Wrong, wrong_if
from course_utils.lessons.lesson_9 import BATCH, LATENT, average, my_losses, my_noise, my_share, summed

# --- 1 · Half the time?

q1 = Choice(
    stub="answer = ...\nq1.check(answer)",
    right="b",
    es={
        "right": "Un solo proceso ya usa todos los núcleos. Dos se los reparten, y además tienen que hablar.",
        "a": "Sería así con dos ordenadores y sin nada que contarse. Aquí los núcleos son los mismos.",
        "c": "Cuentas dos veces lo mismo: que cada uno tenga la mitad de imágenes **es** lo que ganarían dos ordenadores, y aquí hay uno.",
        "hint": "¿Quién calcula, en este ordenador, cuando hay un proceso? ¿Y cuando hay dos?",
        "solution": "Los núcleos son los mismos, y a lo de antes se añade poner en común los gradientes.",
    },
    en={
        "right": "A single process uses all the cores already. Two share them, and have to talk as well.",
        "a": "That would be so with two computers that have nothing to tell each other. Here the cores are the same.",
        "c": "You count the same thing twice: half the images each **is** what two computers would gain, and here there is one.",
        "hint": "Who computes, on this computer, when there is one process? And when there are two?",
        "solution": "The cores are the same, and pooling the gradients comes on top.",
    },
)

# --- 2 · The mean, by hand


def check_average(answer):
    gradients = [
        [tf.constant([1.0, 2.0]), tf.constant([[8.0]])],
        [tf.constant([3.0, 6.0]), tf.constant([[0.0]])],
        [tf.constant([5.0, 4.0]), tf.constant([[1.0]])],
    ]
    found = list(answer(gradients))
    wrong_if(len(found) != 2, "how many", count=len(found))
    arrays = [np.asarray(one) for one in found]
    sums = [np.array([9.0, 12.0]), np.array([[9.0]])]
    shapes_fit = [one.shape for one in arrays] == [one.shape for one in sums]
    wrong_if(not shapes_fit, "shapes", shapes=", ".join(str(one.shape) for one in arrays))

    def is_all(share):
        return all(np.allclose(one, total * share) for one, total in zip(arrays, sums, strict=True))

    wrong_if(is_all(1), "sum")
    wrong_if(is_all(1 / 2), "of two")
    wrong_if(all(np.allclose(one, first) for one, first in zip(arrays, gradients[0], strict=True)), "only one")
    wrong_if(not is_all(1 / 3), "another mean")


q2 = Function(
    stub="""
def average(gradients):
    return [... for same in zip(*gradients, strict=True)]


average = q2.use(average)
""",
    code=average,
    check_function=check_average,
    wrong={
        "how many": [lambda gradients: [tf.add_n(one) / 2 for one in [[g[0] for g in gradients]]]],
        "shapes": [lambda gradients: [tf.reduce_mean(tf.stack(same)) for same in zip(*gradients, strict=True)]],
        "sum": [lambda gradients: [tf.add_n(same) for same in zip(*gradients, strict=True)]],
        "of two": [lambda gradients: [tf.add_n(same) / 2 for same in zip(*gradients, strict=True)]],
        "only one": [lambda gradients: [same[0] for same in zip(*gradients, strict=True)]],
        "another mean": [lambda gradients: [tf.add_n(same) / BATCH for same in zip(*gradients, strict=True)]],
    },
    es={
        "right": "La suma la hace el *all-reduce*; la división queda para quien escribe la pérdida.",
        "how many": "Debe salir un gradiente por cada matriz de pesos, y han salido {count} de 2.",
        "shapes": "Cada media ha de tener la forma de su matriz de pesos, y salen {shapes}. Suma los tensores enteros, sin reducirlos a un solo número.",
        "sum": "Eso es la suma. Falta dividirla.",
        "of two": "Divides siempre entre 2. ¿Y si hay tres réplicas? `same` sabe cuántas son.",
        "only one": "Te quedas con la primera réplica: lo que calcularon las demás se pierde.",
        "another mean": "Con tres réplicas de prueba no sale la media de las tres.",
        "hint": "`same` es una lista de tensores: `tf.add_n(same)` los suma y `len(same)` dice cuántos son.",
    },
    en={
        "right": "The all-reduce does the sum; the division is left to whoever writes the loss.",
        "how many": "There has to be one gradient for each array of weights, and there are {count} of 2.",
        "shapes": "Each mean has to have the shape of its array of weights, and they are {shapes}. Add up whole tensors, do not reduce them to one number.",
        "sum": "That is the sum. It still has to be divided.",
        "of two": "You always divide by 2. And if there are three replicas? `same` knows how many there are.",
        "only one": "You keep the first replica: what the others computed is lost.",
        "another mean": "With three test replicas the mean of the three does not come out.",
        "hint": "`same` is a list of tensors: `tf.add_n(same)` adds them up, and `len(same)` says how many there are.",
    },
)

# --- 3 · The loss of a replica


def check_losses(answer):
    real, fake = (tf.constant(np.linspace(low, 2, BATCH // 4), "float32")[:, np.newaxis] for low in (-1, -3))
    found = [float(one) for one in answer(real, fake)]
    costs = [np.logaddexp(0, -real).sum() + np.logaddexp(0, fake).sum(), np.logaddexp(0, -fake).sum()]
    shares = {
        "its own": BATCH // 4,
        "not divided": 1,
        "replicas": 4,
        "twice": 4 * BATCH,
        "both": 2 * BATCH,
        "of two": BATCH // 2,
    }
    for name, share in shares.items():
        wrong_if(any(np.isclose(one, cost / share) for one, cost in zip(found, costs, strict=True)), name)
    for name, one, cost in zip(("D", "G"), found, costs, strict=True):
        wrong_if(not np.isclose(one, cost / BATCH), "another", which=name, value=one, right=cost / BATCH)


def _divided(by):
    """Return a `my_losses` that divides by what `by` makes of the logits."""

    def losses(real_logits, fake_logits):
        real, fake = tf.ones_like(real_logits), tf.zeros_like(fake_logits)
        share = by(real_logits)
        return (summed(real, real_logits) + summed(fake, fake_logits)) / share, summed(real, fake_logits) / share

    return losses


q3 = Function(
    stub="""
def my_losses(real_logits, fake_logits):
    real, fake = tf.ones_like(real_logits), tf.zeros_like(fake_logits)
    d_loss = (summed(real, real_logits) + summed(fake, fake_logits)) / ...
    g_loss = summed(real, fake_logits) / ...
    return d_loss, g_loss


my_losses = q3.use(my_losses)
""",
    code=my_losses,
    check_function=check_losses,
    wrong={
        "its own": [_divided(len), _divided(lambda logits: BATCH // 4)],
        "not divided": [_divided(lambda logits: 1)],
        "replicas": [_divided(lambda logits: BATCH / len(logits))],
        "twice": [_divided(lambda logits: BATCH * (BATCH / len(logits)))],
        "both": [_divided(lambda logits: 2 * BATCH)],
        "of two": [_divided(lambda logits: 2 * len(logits))],
        "another": [_divided(lambda logits: BATCH + 1)],
    },
    es={
        "right": "Entre las imágenes del lote entero. Lo que suman todas las réplicas es la media, sean cuantas sean.",
        "its own": "Eso divide entre las imágenes de esta réplica. Cuatro réplicas que hagan lo mismo suman cuatro veces la media.",
        "not divided": "Falta dividir: la suma de todas las réplicas sería la suma de todas las imágenes, y no su media.",
        "replicas": "Entre el número de réplicas se divide una media, y esto son sumas.",
        "twice": "Has dividido dos veces: entre el lote y también entre las réplicas. La suma de las réplicas ya abarca el lote entero.",
        "both": "D ve 64 imágenes reales y 64 generadas, sí; pero son dos medias de 64, y D las suma: cada una se divide entre 64.",
        "of two": "Eso solo vale con dos réplicas; aquí se prueba con cuatro.",
        "another": "Con unos logits de prueba, la pérdida de {which} da {value:.4f} y debería dar {right:.4f}.",
        "hint": "Las sumas de todas las réplicas, juntas, son la suma del lote entero. ¿Cuántas imágenes tiene?",
    },
    en={
        "right": "By the images of the whole batch. What all replicas add up to is the mean, however many they are.",
        "its own": "That divides by the images of this replica. Four replicas that do the same add up to four times the mean.",
        "not divided": "It still has to be divided: the sum over all replicas would be the sum over all images, and not their mean.",
        "replicas": "It is a mean that you divide by the number of replicas, and these are sums.",
        "twice": "You have divided twice: by the batch, and by the replicas as well. The sum over the replicas covers the whole batch already.",
        "both": "D sees 64 real images and 64 fake ones, yes; but they are two means over 64, and D adds them: each is divided by 64.",
        "of two": "That only holds for two replicas; here there are four.",
        "another": "With some test logits {which}'s loss comes out as {value:.4f} and should be {right:.4f}.",
        "hint": "The sums of all replicas together are the sum over the whole batch. How many images are in it?",
    },
)

# --- 4 · Equal in everything?

q4 = Choice(
    stub="answer = ...\nq4.check(answer)",
    right="c",
    es={
        "right": "Los gradientes se suman y son los mismos para todas; las medias de la BN las acumula cada una con lo que ha visto.",
        "a": "Cada réplica calcula otros gradientes, sí; pero los pesos se mueven con la suma, que es la misma para las dos.",
        "b": "Los pesos se mueven con la suma de los gradientes, que es la misma para las dos réplicas.",
        "d": "Casi. Hay algo que no viaja con los gradientes, porque no se entrena.",
        "hint": "¿Qué cambia en una red durante un paso sin que nadie pregunte por su gradiente?",
        "solution": "Las medias y varianzas de la BN no se entrenan: no tienen gradiente, y nadie las pone en común.",
    },
    en={
        "right": "The gradients are added up and are the same for all; BN's averages each gathers from what it has seen.",
        "a": "Each replica computes other gradients, yes; but the weights move by the sum, which is the same for both.",
        "b": "The weights move by the sum of the gradients, which is the same for both replicas.",
        "d": "Nearly. There is something that does not travel with the gradients, for it is not trained.",
        "hint": "What changes in a network during a step without anybody asking for its gradient?",
        "solution": "BN's means and variances are not trained: they have no gradient, and nobody pools them.",
    },
)

# --- 5 · The noise of a replica


def check_noise(answer):
    def noise(step, replica, replicas):
        return np.asarray(answer(tf.constant(step, tf.int64), replica, replicas))

    try:
        first, second = noise(3, 0, 2), noise(3, 1, 2)
    except ZeroDivisionError as error:
        raise Wrong("swapped") from error
    wrong_if(first.shape == (BATCH, LATENT), "all of it")
    if first.shape != (BATCH // 2, LATENT) or second.shape != first.shape:
        raise Wrong("shape", count=2, shape=first.shape, right=(BATCH // 2, LATENT))
    if (alone := noise(3, 0, 1)).shape != (BATCH, LATENT):
        raise Wrong("shape", count=1, shape=alone.shape, right=(BATCH, LATENT))
    wrong_if(not np.array_equal(first, noise(3, 0, 2)), "chance")
    wrong_if(np.array_equal(first, second), "the same twice")
    wrong_if(np.array_equal(first, noise(4, 0, 2)), "every step")
    wrong_if(not np.array_equal(np.concatenate([first, second]), noise(3, 0, 1)), "how many")


def _normal(seed, count=BATCH):
    return tf.random.stateless_normal((count, LATENT), seed=seed)


q5 = Function(
    stub="""
def my_noise(step, replica, replicas):
    noise = tf.random.stateless_normal((BATCH, LATENT), seed=[7, ...])
    return my_share(noise, ..., ...)


my_noise = q5.use(my_noise)
""",
    code=my_noise,
    check_function=check_noise,
    wrong={
        "all of it": [lambda step, replica, replicas: _normal([7, step])],
        "shape": [
            lambda step, replica, replicas: my_share(_normal([7, step]), replica, 8),
            lambda step, replica, replicas: my_share(_normal([7, step]), replica, 2),
        ],
        "swapped": [lambda step, replica, replicas: my_share(_normal([7, step]), replicas, replica)],
        "chance": [lambda step, replica, replicas: keras.random.normal((BATCH // replicas, LATENT))],
        "the same twice": [lambda step, replica, replicas: my_share(_normal([7, step]), 0, replicas)],
        "every step": [lambda step, replica, replicas: my_share(_normal([7, 1]), replica, replicas)],
        "how many": [
            lambda step, replica, replicas: my_share(_normal([replica, step]), replica, replicas),
            lambda step, replica, replicas: _normal([7, 1000 * step + replica], BATCH // replicas),
        ],
    },
    es={
        "right": "Las partes de todas, juntas, son el ruido del lote entero, sean cuantas sean.",
        "all of it": "Eso es el ruido del lote entero. Cada réplica se queda solo con su parte.",
        "shape": "Con replicas = {count} sale {shape} y debe salir {right}. ¿Le has dicho a my_share cuántas réplicas hay?",
        "swapped": "my_share divide entre cero. Primero quién eres, después cuántos sois.",
        "the same twice": "Las dos réplicas sacan el mismo ruido: dibujarían dos veces las mismas imágenes.",
        "every step": "Es el mismo ruido en todos los pasos: G solo aprendería a dibujar 64 imágenes.",
        "how many": "Cada réplica tiene su ruido, pero juntas no hacen el que sacaría una sola. Al seguir con otro número de réplicas sería otro entrenamiento. Que la semilla dependa solo del paso.",
        "chance": "Llamada dos veces igual, da otro ruido. Al reanudar, sería otro entrenamiento.",
        "hint": "¿De qué depende que el ruido sea otro? Solo del paso. Después, my_share necesita saber quién eres y cuántos sois.",
    },
    en={
        "right": "The parts of all together are the noise of the whole batch, however many they are.",
        "all of it": "That is the noise of the whole batch. Each replica keeps only its part.",
        "shape": "With replicas = {count} it is {shape} and should be {right}. Have you told my_share how many replicas there are?",
        "swapped": "my_share divides by zero. First who you are, then how many there are.",
        "the same twice": "Both replicas make the same noise: they would draw the same images twice.",
        "every step": "It is the same noise in every step: G would learn to draw 64 images and no more.",
        "how many": "Each replica has its own noise, but together they do not make what a single one would make. Going on with another number of replicas would be another training run. Let the seed depend on the step alone.",
        "chance": "Called twice alike, it gives other noise. After resuming it would be another training run.",
        "hint": "On what does it depend whether the noise is another? On the step alone. After that, my_share needs to know who you are and how many there are.",
    },
)

# --- 6 · What will the other do?

q6 = Choice(
    stub="answer = ...\nq6.check(answer)",
    right="b",
    es={
        "right": "Se rompe la conexión o dejan de llegar sus latidos, y la suma ya no puede llegar. Lo verás más abajo.",
        "a": "Su mitad ya no es el lote que se pidió, y TensorFlow no cambia el entrenamiento por su cuenta.",
        "c": "Esperaría si nadie le dijera nada. Pero cuando un proceso muere, el sistema cierra sus conexiones y sus latidos cesan, y eso se nota en segundos.",
        "d": "Poner en marcha procesos es cosa de quien los lanzó, no de un trabajador.",
        "hint": "En cada paso espera una suma que viene por la red. ¿Qué pasa con una conexión cuando muere quien está al otro lado?",
        "solution": "Se para con un error. Volver a empezar es cosa de quien los lanzó.",
    },
    en={
        "right": "The connection breaks, or its heartbeats stop, and the sum can no longer arrive. You will see it further down.",
        "a": "Its half is no longer the batch that was asked for, and TensorFlow does not change the training by itself.",
        "c": "It would wait if nobody told it anything. But when a process dies the system closes its connections and its heartbeats stop, and that is noticed within seconds.",
        "d": "Starting processes is up to whoever launched them, not to a worker.",
        "hint": "In each step it waits for a sum that comes over the network. What happens to a connection when the one at the other end dies?",
        "solution": "It stops with an error. Starting again is up to whoever launched them.",
    },
)
