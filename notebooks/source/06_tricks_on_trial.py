# ---
# title:
#   es: 6 · Los trucos, a juicio
#   en: 6 · The tricks on trial
# ---

# %% [markdown] lang="es"
# # 6 · Los trucos, a juicio
#
# «Suaviza las etiquetas». «Pon SGD en el discriminador». «Nunca un núcleo de 3 con salto 2». Consejos así pasan de un tutorial a otro, y la lista de la que salen muchos no trae ni una medida. Hoy los llevamos a juicio: 29 trucos, uno por uno y con varias semillas. De cada uno sabrás si compensa, si perjudica o si con estas pruebas no se puede saber.
#
# **En esta lección vas a:**
#
# 1. leer lo que dice de verdad una lista de trucos muy citada;
# 2. ver de lo que son capaces los tutoriales B y E cuando se entrenan hasta el final, y por qué el E fracasa hoy aunque se congele y descongele a D en cada turno;
# 3. medir lo que cuesta `train_on_batch`, y entender en qué se va;
# 4. comprometerte con ocho pronósticos y compararlos con la sentencia;
# 5. escribir un truco y juzgarlo tú.
#
# **Tiempo:** unos 75 minutos; en un portátil de dos núcleos, unos 2 son de espera. **Necesitas:** haber hecho la lección 3. (La 4 ayuda a entender cómo se mide.)

# %% [markdown] lang="en"
# # 6 · The tricks on trial
#
# “Smooth the labels.” “Give the discriminator SGD.” “Never a kernel of 3 with stride 2.” Such advice travels from tutorial to tutorial, and the list that much of it comes from has not one measurement. Today we put it on trial: 29 tricks, one by one and with several seeds. Of each you will know whether it pays, whether it hurts, or whether these trials cannot tell.
#
# **In this lesson you will:**
#
# 1. read what a much-quoted list of tricks really says;
# 2. see what tutorials B and E can do when they are trained to the end, and why E fails today even if D is frozen and thawed in each turn;
# 3. measure what `train_on_batch` costs, and understand where the time goes;
# 4. commit to eight forecasts and compare them with the verdicts;
# 5. write a trick, and put it on trial yourself.
#
# **Time:** about 75 minutes; on a two-core laptop, about 2 of them are waiting. **You need:** to have done lesson 3. (Lesson 4 helps to understand how we measure.)

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Empezamos por una pregunta. Los dígitos de las cinco columnas de la izquierda son de una red pequeña sin ningún truco; los de la derecha, de la misma red con un truco famoso. Los dibujó esta lección cuando se publicó. ¿Compensa el truco?

# %% [markdown] lang="en"
# Let us begin with a question. The digits in the five columns on the left are those of a small network without any trick; those on the right, of the same network with a famous one. This lesson drew them when it was published. Does the trick pay?

# %%
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, evaluation, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import figures, judgements, records, results, trials, tricks, tutorials
from course_utils.folders import out_folder, pretty_path
from course_utils.lessons import lesson_3
from course_utils.progress import Ticker
from course_utils.questions.lesson_6 import q1, q2, q3, q4, q5

plots.show_promise("06_tricks_on_trial")

# %% [markdown] lang="es"
# A ojo no hay quien lo diga. Y aunque lo hubiera: con otra semilla saldrían otros dígitos. Hay que medir muchos, y de eso se encarga un juez, un clasificador que sabe leer cifras. La **distancia de Fréchet** dice cuánto se apartan los dígitos generados, en conjunto, de los reales, tal como los ve ese juez: cuanto menor, mejor. (La lección 4 explica cómo se calcula.)
#
# La figura dice por cuánto multiplica esa distancia cada uno de los 29 trucos. **Antes de ejecutar la celda**, apunta en un papel cuántos crees que compensan. La primera fila es la red sin trucos; cada una de las demás, un truco con el nombre tapado. Los puntos grises son sus semillas; la marca de color, su media, y la raya, su intervalo. A la izquierda del 1, la red dibuja mejor con el truco que sin él; a la derecha, peor.

# %% [markdown] lang="en"
# By eye, nobody can tell. And even if you could: another seed would draw other digits. Many have to be measured, and a judge does that, a classifier that can read digits. The **Fréchet distance** says how far the generated digits, as a set, are from real ones as that judge sees them: the smaller, the better. (Lesson 4 explains how it is computed.)
#
# The figure says by how much each of the 29 tricks multiplies that distance. **Before you run the cell**, write down how many of them you think will pay. The first row is the network without tricks; each of the others is a trick with its name covered. The grey dots are its seeds; the coloured mark is their mean, and the bar its interval. To the left of 1 the network draws better with the trick than without it; to the right, worse.

# %%
runs = judgements.published()["runs"]
found = judgements.judge(runs)
assert len(found) == 29
judgements.show_verdicts(runs, found, hidden=True)

# %% [markdown] lang="es"
# ¿Cuántos habías apuntado? Los nombres los destaparemos más adelante, con las sentencias.
#
# ## La lista y lo que se le hace decir
#
# En 2016, Soumith Chintala y tres colegas publicaron [*How to Train a GAN?*](https://github.com/soumith/ganhacks), una lista de trucos que todavía se cita mucho. Arriba del todo lleva hoy un aviso: ya no se mantiene, y su autor no está seguro de hasta qué punto sigue siendo válida. ¿Y qué dice? Es una página: ábrela. (SGD, que verás en ella, es el descenso por el gradiente sin más, sin la memoria de Adam.)
#
# ### Ejercicio 1: ¿qué dice la lista?
#
# ¿Cuáles de estos consejos da la lista tal cual? Escribe todas las letras, por ejemplo `"ab"`.
#
# **a)** *dropout* en D · **b)** SGD para D y Adam para G · **c)** la etiqueta de lo real, siempre 0.9 · **d)** ruido en las imágenes que ve D · **e)** ruido uniforme para G · **f)** cambiarle a D las etiquetas de vez en cuando

# %% [markdown] lang="en"
# How many had you written down? We shall uncover the names later, with the verdicts.
#
# ## The list, and what it is made to say
#
# In 2016 Soumith Chintala and three colleagues published [*How to Train a GAN?*](https://github.com/soumith/ganhacks), a list of tricks that is still quoted a great deal. At the very top it now has a warning: it is no longer maintained, and its author is not sure how relevant it still is. And what does it say? It is one page: open it. (SGD, which you will meet there, is plain gradient descent, without Adam's memory.)
#
# ### Exercise 1: what does the list say?
#
# Which of these pieces of advice does the list really give? Write all the letters, for instance `"ab"`.
#
# **a)** dropout in D · **b)** SGD for D and Adam for G · **c)** a label of always 0.9 for real images · **d)** noise on the images that D sees · **e)** uniform noise for G · **f)** swapping D's labels now and then

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q1.check(answer)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# La comparación, punto por punto:
#
# | lo que se le atribuye | lo que dice la lista |
# |---|---|
# | imágenes en [−1, 1], `tanh` al final y ruido gaussiano | eso mismo |
# | lotes separados para lo real y lo generado | eso mismo, y en el apartado de la BN; el tutorial C los mezcla en un solo lote |
# | ReLU con fuga, de pendiente 0.2 | con fuga, en G y en D; de la pendiente no dice nada (0.2 es de la DCGAN, que en G pone ReLU corriente) |
# | *dropout* en el discriminador | *dropout* del 50 % en el **generador**, al entrenar y al dibujar |
# | Adam para las dos redes | Adam para G y **SGD** para D |
# | suavizar las etiquetas a 0.9 | un número al azar entre 0.7 y 1.2 para lo real y entre 0.0 y 0.3 para lo generado |
# | entrenar más a D que a G | lo pone con un «no estoy seguro» delante |
#
# Ninguno viene con una medida. Antes de medirlos, dos tutoriales que siguen la lista a su manera.

# %% [markdown] lang="en"
# The comparison, point by point:
#
# | what is attributed to it | what the list says |
# |---|---|
# | images in [−1, 1], `tanh` at the end, and Gaussian noise | just that |
# | separate batches for real and generated images | just that, under the heading of BN; tutorial C mixes them in one batch |
# | leaky ReLU with slope 0.2 | leaky, in G and in D; of the slope it says nothing (0.2 is the DCGAN's, which has plain ReLU in G) |
# | dropout in the discriminator | dropout of 50% in the **generator**, in training and in drawing |
# | Adam for both networks | Adam for G and **SGD** for D |
# | smoothing labels to 0.9 | a random number between 0.7 and 1.2 for real images and between 0.0 and 0.3 for generated ones |
# | training D more than G | it has that with a “not sure” in front |
#
# None comes with a measurement. Before we measure them, two tutorials that follow the list in their own way.

# %% [markdown] lang="es"
# ## El tutorial B: ropa
#
# El **tutorial B**, un capítulo del libro de Aurélien Géron, dibuja ropa con Fashion-MNIST. Da las reglas de la DCGAN y se salta algunas. En G lleva SELU en lugar de ReLU: para los números negativos es una exponencial que baja hasta −1.76, y en el 0 tiene un codo, porque la pendiente salta de 1.76 a 1.05. En D no hay BN, sino *dropout*. Los núcleos son de 5, con salto 2; el optimizador, RMSprop, y los lotes, de 32.

# %% [markdown] lang="en"
# ## Tutorial B: clothes
#
# **Tutorial B**, a chapter of Aurélien Géron's book, draws clothes, with Fashion-MNIST. It gives the guidelines of the DCGAN and breaks some of them. G has SELU instead of ReLU: for negative numbers it is an exponential that goes down to −1.76, and it has a kink at 0, where its slope jumps from 1.76 to 1.05. D has no BN, but dropout. The kernels are of 5, with stride 2; the optimizer is RMSprop, and the batches are of 32.


# %% tags=["export"]
def make_generator_b():
    generator = keras.Sequential([keras.Input((100,))], name="generator")
    generator.add(layers.Dense(7 * 7 * 128))
    generator.add(layers.Reshape((7, 7, 128)))
    generator.add(layers.BatchNormalization())
    generator.add(layers.Conv2DTranspose(64, 5, 2, "same", activation="selu"))
    generator.add(layers.BatchNormalization())
    generator.add(layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh"))
    return generator


# %% tags=["export"]
def make_discriminator_b():
    discriminator = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels in (64, 128):
        discriminator.add(layers.Conv2D(channels, 5, strides=2, padding="same"))
        discriminator.add(layers.LeakyReLU(negative_slope=0.2))
        discriminator.add(layers.Dropout(0.4))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1, activation="sigmoid"))
    return discriminator


def make_networks_b():
    return make_generator_b(), make_discriminator_b()


# %% [markdown] lang="es"
# (En `Conv2DTranspose`, el 5 es el lado del núcleo y el 2, el salto.) ¿Son las del libro? Al menos tienen sus parámetros:

# %% [markdown] lang="en"
# (In `Conv2DTranspose`, 5 is the side of the kernel and 2 the stride.) Are they those of the book? They have its number of parameters, at least:

# %% tags=["nbval-check-output"]
counts = [network.count_params() for network in make_networks_b()]
print(*counts)
assert counts == [840_705, 212_865]

# %% [markdown] lang="es"
# El libro pide 50 épocas. Las hemos completado nosotros, una vez, en una GPU y con el paso de la lección 3. (Con el suyo, que congela a D una sola vez, hoy D no aprendería nada: lo viste en la lección 2.) ¿Cuánto crees que mejora entre el primer décimo del camino y el final?

# %% [markdown] lang="en"
# The book asks for 50 epochs. We have run them for you, once, on a GPU and with the step of lesson 3. (With its own, which freezes D just once, D would learn nothing today: you saw that in lesson 2.) How much do you think it improves between the first tenth of the way and the end?

# %%
figures.show_tutorial("B")
by_name = {record["network"]: record["measured"] for record in results.published("tutorials")["runs"]}
best, end = min(by_name["B"], key=lambda row: row["frechet"]), by_name["B"][-1]
for row in (best, end):
    print(L("paso", "step"), row["step"], L("distancia", "distance"), f"{row['frechet']:.2f}")
assert best["step"] < end["step"] / 2

# %% [markdown] lang="es"
# Tras el primer décimo del camino ya se distinguen jerséis, pantalones y zapatos, algunos con manchas; de ahí en adelante, a simple vista cambia poco. Y la menor distancia de Fréchet no es la del final: no siempre se dibuja mejor por entrenar más. (Una ejecución, una semilla.)
#
# ## El tutorial E: una BN que se congela
#
# El **tutorial E**, un artículo en japonés, pone BN también en D, con núcleos de 3 y pendiente 0.01. (El texto tiene una capa más que el código; seguimos el código.) No cuenta épocas, sino iteraciones: 20 000 lotes de 128.

# %% [markdown] lang="en"
# After the first tenth of the way you can already tell jumpers, trousers and shoes apart, some of them stained; from there on, little changes to the eye. And the lowest Fréchet distance is not the one at the end: training for longer does not always mean drawing better. (One run, one seed.)
#
# ## Tutorial E: a BN that freezes
#
# **Tutorial E**, a Japanese article, puts BN in D as well, with kernels of 3 and slope 0.01. (The text has one layer more than the code; we follow the code.) It does not count epochs but iterations: 20,000 batches of 128.


# %% tags=["export"]
def make_generator_e():
    generator = keras.Sequential([keras.Input((100,))], name="generator")
    generator.add(layers.Dense(7 * 7 * 256))
    generator.add(layers.Reshape((7, 7, 256)))
    generator.add(layers.Conv2DTranspose(128, 3, strides=2, padding="same"))
    generator.add(layers.BatchNormalization())
    generator.add(layers.LeakyReLU(negative_slope=0.01))
    generator.add(layers.Conv2DTranspose(1, 3, strides=2, padding="same"))
    generator.add(layers.Activation("tanh"))
    return generator


# %% [markdown] lang="es"
# D tiene tres convoluciones, sin BN detrás de la primera. Detrás de la última van dos seguidas, como en el código del tutorial: un descuido, porque la segunda normaliza lo que ya está normalizado.

# %% [markdown] lang="en"
# D has three convolutions, without BN after the first. After the last there are two in a row, as in the tutorial's code: a slip, for the second normalizes what is normalized already.


# %% tags=["export"]
def make_discriminator_e():
    discriminator = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels, norms in ((32, 0), (64, 1), (128, 2)):
        discriminator.add(layers.Conv2D(channels, 3, strides=2, padding="same"))
        for _ in range(norms):
            discriminator.add(layers.BatchNormalization())
        discriminator.add(layers.LeakyReLU(negative_slope=0.01))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1, activation="sigmoid"))
    return discriminator


def make_networks_e():
    return make_generator_e(), make_discriminator_e()


# %% tags=["nbval-check-output"]
counts = [network.count_params() for network in make_networks_e()]
print(*counts)
assert counts == [1_563_649, 96_001]

# %% [markdown] lang="es"
# El código de E congela a D una sola vez, y hoy ese D no aprendería nada (lección 2). Alternar con `train_on_batch`, como hicimos allí, tampoco basta: en el turno de G, D está congelado, y en el Keras de hoy una BN congelada trabaja en modo de **inferencia**, es decir, no usa la media y la desviación típica del lote, sino las que lleva acumuladas. Hemos dado los 20 000 pasos de las dos maneras. Primero, con la BN de D en inferencia cuando aprende G; debajo, con las estadísticas del lote en los dos turnos, como en el paso de la lección 3:

# %% [markdown] lang="en"
# E's code freezes D just once, and today that D would learn nothing (lesson 2). Toggling with `train_on_batch`, as we did there, is not enough either: in G's turn D is frozen, and in today's Keras a frozen BN works in **inference** mode, that is, it does not use the mean and standard deviation of the batch, but those that it has gathered. We have made the 20,000 steps in both ways. First, with D's BN in inference when G learns; below, with the statistics of the batch in both turns, as in the step of lesson 3:

# %%
for name in ("E_frozen", "E"):
    figures.show_tutorial(name)
    print(L("distancia de Fréchet al final:", "Fréchet distance at the end:"), f"{by_name[name][-1]['frechet']:.1f}")
assert by_name["E_frozen"][-1]["frechet"] > 10 * by_name["E"][-1]["frechet"]

# %% [markdown] lang="es"
# ¿Qué tiene la culpa? No la BN en D por sí sola: con ella se ha entrenado la segunda fila, y también la llevan otras DCGAN, como la de los tutoriales de PyTorch, que da lotes separados a un D siempre en modo de entrenamiento, y aprende. Lo probable es que la tenga el cambio de modo. D juzga con las estadísticas del lote; a G le contesta con las acumuladas, que mezclan lo real y lo generado. G aprende de un D que no es el que juzga.
#
# Puede que su autor nunca viera esto: antes de TensorFlow 2, una BN congelada seguía usando las estadísticas del lote.
#
# Una sola ejecución de cada clase no prueba nada. Así que está entre los 29 juicios, con cinco semillas: la misma BN en el D de una red pequeña, con el lote en los dos turnos, congelada para G, y con lo real y lo generado mezclados en un lote.

# %% [markdown] lang="en"
# What is to blame? Not BN in D by itself: the second row was trained with it, and other DCGANs have it too, such as the one in PyTorch's tutorials, which gives separate batches to a D that is always in training mode, and learns. It is probably the change of mode. D judges with the statistics of the batch; it answers G with the gathered ones, which mix real and generated images. G learns from a D that is not the one that judges.
#
# Its author may never have seen this: before TensorFlow 2, a frozen BN went on using the statistics of the batch.
#
# One run of each kind proves nothing. So it is among the 29 trials, with five seeds: the same BN in the D of a small network, with the batch in both turns, frozen for G, and with real and generated images mixed in one batch.

# %%
judgements.show_table(found, ["d_norm", "d_norm_frozen", "d_norm_mixed"])
change = tricks.ratio(runs["d_norm_frozen"], runs["d_norm"])
print(L("congelada, en lugar del lote en los dos turnos:", "frozen, instead of the batch in both turns:"))
print(tricks.in_words(change))
print(
    L("Congelarla es lo que estropea.", "Freezing it is what does the harm.")
    if change[1] > 1
    else L("Con estas semillas no se puede saber.", "With these seeds it cannot be told.")
)

# %% [markdown] lang="es"
# «× 2.00» quiere decir que la distancia se hace el doble: en la tabla, respecto a la red sin trucos; en la cuenta de debajo, respecto a esa misma BN sin congelar. Entre corchetes va el intervalo del 95 %. Las demás columnas las explicamos más abajo.
#
# ### Un trozo de entrenamiento
#
# Puedes ver arrancar cualquiera de los dos. `start` crea las redes y su paso: el de la lección 3 o, si se pide, otro igual en el que G aprende de un D congelado. Los dos trabajan con logits: por eso se le quita a D la sigmoide.

# %% [markdown] lang="en"
# “× 2.00” means that the distance doubles: in the table, with respect to the network without tricks; in the line below it, with respect to the same BN when it is not frozen. The 95% interval is in brackets. The other columns are explained further down.
#
# ### A short piece of training
#
# You can watch either of them start. `start` makes the networks and their step: that of lesson 3 or, if you ask for it, one like it in which G learns from a frozen D. Both work with logits: that is why D's sigmoid is taken away.


# %%
def start(tutorial):
    generator, discriminator = tutorial.make_networks()
    discriminator.layers[-1].activation = keras.activations.linear
    optimizers = tutorial.make_optimizer(), tutorial.make_optimizer()
    state = lesson_3.make_state(generator, discriminator, *optimizers)
    frozen = tutorials.make_frozen_step
    make_step = frozen if tutorial.frozen else lesson_3.make_train_step
    return generator, make_step(state, tutorial.batch_size)


# %% [markdown] lang="es"
# Elige `"B"`, `"E"` o `"E_frozen"`. En `workshop` es medio minuto largo, o sea, manchas.

# %% [markdown] lang="en"
# Choose `"B"`, `"E"` or `"E_frozen"`. In `workshop` it takes a little over half a minute, which means blots.

# %%
choice = "B"
tutorial = tutorials.TUTORIALS[choice]
piece = {"B": 200}.get(choice, 60)
piece = budget(smoke=2, workshop=piece, full=piece)
keras.utils.set_random_seed(42)
generator, train_step = start(tutorial)
noise, ticker = keras.random.normal((16, 100), seed=42), Ticker(piece)
album = [generator(noise, training=False)]
images = data.load(tutorial.data).x_train
for real_images in data.make_batches(images, tutorial.batch_size).take(piece):
    train_step(real_images)
    ticker.tick(f"tutorial {choice}")
album.append(generator(noise, training=False))
titles = [L("antes", "before"), L(f"tras {piece} pasos", f"after {piece} steps")]
plots.show_grids(album, titles)

# %% [markdown] lang="es"
# Compara con la figura de arriba, y mira si ves la rejilla de los núcleos que no son múltiplo del salto.

# %% [markdown] lang="en"
# Compare it with the figure above, and see whether you can find the grid of kernels that are no multiple of the stride.

# %% [markdown] lang="es"
# ## Lo que cuesta `train_on_batch`
#
# Medimos un paso así, con `train_on_batch`: G aprende a través de la GAN, dibuja otra vez, y D aprende de un lote real y de otro generado. Son dos dibujos de G, tres lotes para D y tres actualizaciones, como en la lección 2. (Allí jugaba primero D, y cada turno tenía su ruido, que para el tiempo da lo mismo. Y `draw` dibujaba en un grafo; aquí G dibuja fuera, para que se vea lo que cuesta.) ¿Es lento? Para saberlo hay que compararlo con algo que haga **lo mismo**. Usamos las redes de los juicios, que son pequeñas.

# %% [markdown] lang="en"
# ## What `train_on_batch` costs
#
# We time a step like this, with `train_on_batch`: G learns through the GAN, draws again, and D learns from a real batch and from a generated one. That is two drawings by G, three batches for D, and three updates, as in lesson 2. (There D played first, and each turn had its own noise, which makes no difference to the time. And `draw` worked in a graph; here G draws outside one, so that you can see what that costs.) Is it slow? To know, it has to be compared with something that does **the same**. We take the networks of the trials, which are small.

# %%
dataset = data.load("mnist")
print(dataset.origin)
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
ones, zeros = tf.ones((32, 1)), tf.zeros((32, 1))


def new_players():
    keras.utils.set_random_seed(1)
    adams = [keras.optimizers.Adam(2e-3, beta_1=0.5) for _ in range(2)]
    return trials.make_generator(), trials.make_discriminator(), *adams


# %% [markdown] lang="es"
# Con `train_on_batch`, cuidando de que cada red se trace cuando toca (lección 2):

# %% [markdown] lang="en"
# With `train_on_batch`, taking care that each network is traced at the right moment (lesson 2):


# %%
def make_step_by_batch(generator, discriminator, g_optimizer, d_optimizer):
    gan = keras.Sequential([generator, discriminator])
    for model, optimizer in ((discriminator, d_optimizer), (gan, g_optimizer)):
        model.compile(optimizer, cross_entropy, jit_compile=False)

    def step_by_batch(real_images, noise):
        discriminator.trainable = False
        gan.train_on_batch(noise, ones)
        discriminator.trainable = True
        fake_images = generator(noise, training=False)
        discriminator.train_on_batch(real_images, ones)
        discriminator.train_on_batch(fake_images, zeros)

    return step_by_batch


# %% [markdown] lang="es"
# Y lo mismo, línea por línea, con una cinta para cada aprendizaje y todo en un solo grafo:

# %% [markdown] lang="en"
# And the same, line by line, with a tape for each piece of learning and all of it in one graph:


# %%
def learn(optimizer, learner, labels, answer):
    weights = learner.trainable_variables
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, answer())
    optimizer.apply(tape.gradient(loss, weights), weights)


def make_step_by_tape(generator, discriminator, g_optimizer, d_optimizer):
    d, g, (d_adam, g_adam) = discriminator, generator, (d_optimizer, g_optimizer)
    d_adam.build(d.trainable_variables)
    g_adam.build(g.trainable_variables)

    @tf.function
    def step_by_tape(real_images, noise):
        learn(g_adam, g, ones, lambda: d(g(noise, training=True), training=True))
        fake_images = g(noise, training=False)
        learn(d_adam, d, ones, lambda: d(real_images, training=True))
        learn(d_adam, d, zeros, lambda: d(fake_images, training=True))

    return step_by_tape


# %% [markdown] lang="es"
# ¿Hacen lo mismo? Si es así, tras cinco pasos con los mismos lotes y el mismo ruido, los pesos de ambas parejas coincidirán, salvo el redondeo:

# %% [markdown] lang="en"
# Do they do the same? If so, after five steps with the same batches and the same noise the weights of both pairs will agree, but for rounding:

# %%
steps_of, weights = [], []
batches = list(data.make_batches(dataset.x_train, 32).take(5))
for make_step in (make_step_by_batch, make_step_by_tape):
    generator, discriminator, *adams = new_players()
    steps_of.append(make_step(generator, discriminator, *adams))
    for number, real_images in enumerate(batches):
        noise = keras.random.normal((32, trials.LATENT), seed=number)
        steps_of[-1](real_images, noise)
    weights.append([*generator.get_weights(), *discriminator.get_weights()])
gaps = [np.abs(ours - theirs).mean() for ours, theirs in zip(*weights, strict=True)]
print(f"{max(gaps):.0e}")
assert max(gaps) < 1e-3

# %% [markdown] lang="es"
# Ahora, el cronómetro. Añadimos tres filas. El paso de la lección 3 hace **menos**: G dibuja una vez, y D mira dos lotes y se actualiza una vez. Las otras dos son trozos del primer paso: tres llamadas a `train_on_batch`, pero con una red de un solo peso, que casi no tiene nada que calcular; y un dibujo de G fuera de un grafo.

# %% [markdown] lang="en"
# Now the stopwatch. We add three rows. The step of lesson 3 does **less**: G draws once, and D looks at two batches and is updated once. The other two are pieces of the first step: three calls of `train_on_batch`, but with a network of a single weight, which has hardly anything to compute; and a drawing by G outside a graph.

# %%
single = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
single.compile("adam", "mse", jit_compile=False)
step_of_lesson_3 = lesson_3.make_train_step(lesson_3.make_state(*new_players()), 32)


def three_empty_calls():
    for _ in range(3):
        single.train_on_batch(ones, ones)


ways = {
    "train_on_batch": lambda: steps_of[0](real_images, noise),
    L("lo mismo, con cintas", "the same, by tapes"): lambda: steps_of[1](real_images, noise),
    L("el paso de la lección 3", "the step of lesson 3"): lambda: step_of_lesson_3(real_images),
    L("tres llamadas sin nada que calcular", "three calls with nothing to compute"): three_empty_calls,
    L("un dibujo fuera de un grafo", "a drawing outside a graph"): lambda: generator(noise, training=False),
}

# %%
turns = {name: [] for name in ways}
for turn in range(budget(smoke=2, workshop=40, full=40)):
    for name, call in ways.items():
        began = time.perf_counter()
        call()
        if turn > 0:
            turns[name].append(1000 * (time.perf_counter() - began))
medians = {name: float(np.median(times)) for name, times in turns.items()}
plots.show_table(["", "ms"], [[name, f"{ms:.1f}"] for name, ms in medians.items()])

# %% [markdown] lang="es"
# (Van por turnos, y cuenta la mediana; el primer turno, en el que se traza, no cuenta.) La diferencia entre la primera fila y la segunda no es trabajo de las redes, que es el mismo: es lo que hay alrededor. Las dos últimas enseñan de qué está hecho: de lo que Python prepara antes de cada llamada y recoge después, y de dibujar capa a capa, sin un grafo. Lo primero es un coste **fijo**: se paga igual aunque no haya nada que calcular, así que cuanto más anchas sean las redes, menos se nota. (No esperes que las dos últimas filas sumen justo esa diferencia: en el dibujo hay también cuentas de G, y esas las hace igualmente la segunda fila.) Entre la segunda fila y la tercera sí hay trabajo de menos.

# %% [markdown] lang="en"
# (They take turns, and the median counts; the first turn, in which tracing happens, does not.) The difference between the first row and the second is not work of the networks, which is the same: it is what lies around it. The last two show what it is made of: of what Python prepares before each call and collects after it, and of drawing layer by layer, without a graph. The former is a **fixed** cost: it is paid even when there is nothing to compute, so the wider the networks, the less you notice it. (Do not expect the last two rows to add up to exactly that difference: part of the drawing is G's own arithmetic, which the second row does as well.) Between the second row and the third there really is less work.

# %%
by_batch, by_tape, _, calls, drawing = medians.values()
around = by_batch - by_tape
print(L(f"Alrededor de las redes: {around:.1f} ms por paso.", f"Around the networks: {around:.1f} ms per step."))
print(L(f"Llamadas y dibujo: {calls + drawing:.1f} ms.", f"Calls and drawing: {calls + drawing:.1f} ms."))

# %% [markdown] lang="es"
# ## Cómo se juzga un truco
#
# Para que un juicio valga, hay que cambiar **una sola cosa** y dejar lo demás igual. Lo igual es aquí una DCGAN pequeña y sin etiquetas, que cumple todas las reglas de la lección 2 menos una: D no lleva BN (es uno de los trucos). Tiene 32 números de ruido; en G, una densa a 7×7 con 32 canales y dos convoluciones traspuestas de núcleo 4 y salto 2, con BN y ReLU; en D, dos convoluciones de núcleo 4 y salto 2 con fuga de 0.2. Adam con tasa 0.002 y $\beta_1 = 0.5$, lotes de 32 y 1000 pasos. La elegimos antes de mirar ningún truco, de modo que sus dígitos se empiecen a leer y quede sitio para mejorar y para empeorar.
#
# Y hacen falta **varias semillas**. Estas son las distancias de Fréchet, medidas por el juez de la lección 4, de 16 entrenamientos sin ningún truco, en los que no cambia más que la semilla:

# %% [markdown] lang="en"
# ## How a trick is put on trial
#
# For a trial to be worth anything, **one thing** has to change and the rest stay as it is. What stays is a small unlabelled DCGAN that follows all the guidelines of lesson 2 but one: D has no BN (that is one of the tricks). It has 32 numbers of noise; in G, a dense layer to 7×7 with 32 channels and two transposed convolutions with kernel 4 and stride 2, with BN and ReLU; in D, two convolutions with kernel 4 and stride 2, leaky with 0.2. Adam with a rate of 0.002 and $\beta_1 = 0.5$, batches of 32, and 1,000 steps. We chose it before looking at any trick, so that its digits can just be read, and there is room for better and for worse.
#
# And **several seeds** are needed. Here are the Fréchet distances, measured by the judge of lesson 4, of 16 trainings without any trick, in which nothing changes but the seed:

# %%
usual = tricks.values(runs["baseline"])
figures.show_dots({judgements.title("baseline"): usual}, L("distancia de Fréchet", "Fréchet distance"))
logs = np.log(usual)
gaps = np.abs(logs[:, np.newaxis] - logs)[np.triu_indices(len(logs), 1)]
print(f"{np.mean(gaps > np.log(1.1)):.0%}")

# %% [markdown] lang="es"
# El porcentaje dice en cuántas de las parejas que se pueden formar con esos 16 se llevan los dos más de un 10 %. Quien prueba un truco con una semilla, y mejora un 10 %, no ha visto nada todavía.
#
# Así que cada truco se entrena con **cinco** semillas, y la red sin trucos, que se compara con todos, con **dieciséis**. De los dos grupos se calcula:
#
# - por cuánto multiplica el truco la distancia: el cociente de las medias geométricas (las que resultan de promediar los logaritmos, para que la mitad y el doble queden igual de lejos del 1), con el intervalo de Welch, del 95 %;
# - **p**, de la prueba de permutaciones de la lección 4: los logaritmos de las 21 distancias se reparten de nuevo, de todas las maneras posibles, en un grupo de cinco y otro de dieciséis; p es la parte de los repartos en los que las medias quedan al menos tan separadas como en el de verdad;
# - la p **corregida** de Holm, porque son 29 preguntas, y mirando tantas veces alguna p pequeña sale sin motivo: la menor se multiplica por 29, la siguiente por 28 y así sucesivamente, sin que ninguna quede por debajo de otra anterior. Compensa o perjudica el truco cuya p corregida no pasa de 0.05; de los demás, no se sabe. (La raya de la figura no lleva esta corrección: puede dejar fuera el 1 por poco y ser de un truco del que no se sabe.)
#
# ¿Por qué dieciséis? Porque con cinco contra cinco cada reparto tiene su reflejo, con los grupos cambiados: la menor p posible es de 2 entre 252, y Holm la multiplica por 29. Con cinco contra dieciséis hay 20 349 maneras de repartir los 21 números, y ninguna tiene reflejo:

# %% [markdown] lang="en"
# The percentage says in how many of the pairs that these 16 can form the two differ by more than 10%. Whoever tries a trick with one seed and sees it improve by 10% has not seen anything yet.
#
# So each trick is trained with **five** seeds, and the network without tricks, which is compared with all, with **sixteen**. From the two groups we compute:
#
# - by how much the trick multiplies the distance: the ratio of the geometric means (those that come of averaging the logarithms, so that half and double lie equally far from 1), with Welch's 95% interval;
# - **p**, from the permutation test of lesson 4: the logarithms of the 21 distances are dealt out again, in every possible way, into a group of five and one of sixteen; p is the share of the ways in which the means end up at least as far apart as they really are;
# - Holm's **corrected** p, because there are 29 questions, and if you look that often some small p turns up for no reason: the smallest is multiplied by 29, the next by 28, and so on, and none may fall below an earlier one. A trick pays or hurts if its corrected p is at most 0.05; of the others it cannot be told. (The bar in the figure is without this correction: it may just miss 1 and yet belong to a trick of which it cannot be told.)
#
# Why sixteen? Because with five against five every way of dealing has its mirror image, with the groups swapped: the smallest possible p is 2 in 252, and Holm multiplies it by 29. With five against sixteen there are 20,349 ways to deal the 21 numbers out, and none has a mirror image:

# %%
print(f"5 / 5:   29 × {2 / 252:.5f} = {29 * 2 / 252:.4f}")
print(f"5 / 16:  29 × {1 / 20_349:.5f} = {29 / 20_349:.4f}")

# %% [markdown] lang="es"
# Con cinco y cinco no se habría podido condenar a nadie, por mucho que estropeara.
#
# ### Ejercicio 2: tus pronósticos
#
# Antes de ver las sentencias, reparte estos ocho trucos. En `pays`, las letras de los que compensan; en `hurts`, las de los que perjudican; en `unclear`, las de los que con estas pruebas no se distinguen de no hacer nada. Cada letra va una vez; un sitio vacío se escribe `""`.
#
# **a)** la etiqueta de lo real, 0.9 · **b)** etiquetas al azar, como dice la lista · **c)** en G, la BN después de la activación · **d)** *dropout* de 0.5 en G, también al dibujar · **e)** SGD de tasa 0.01 para D · **f)** núcleos de 3 en vez de 4 · **g)** ReLU en D, sin fuga · **h)** ruido uniforme

# %% [markdown] lang="en"
# With five and five nobody could have been convicted, whatever the damage.
#
# ### Exercise 2: your forecasts
#
# Before you see the verdicts, sort these eight tricks. In `pays` go the letters of those that pay; in `hurts`, of those that hurt; in `unclear`, of those that these trials cannot tell from doing nothing. Each letter goes once; an empty place is written `""`.
#
# **a)** a label of 0.9 for real images · **b)** random labels, as the list has them · **c)** BN after the activation in G · **d)** dropout of 0.5 in G, in drawing too · **e)** SGD with a rate of 0.01 for D · **f)** kernels of 3 instead of 4 · **g)** ReLU in D, not leaky · **h)** uniform noise

# %% tags=["exercise", "nbval-check-output"]
pays, hurts, unclear = ..., ..., ...
q2.check(pays, hurts, unclear)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# ## Las sentencias
#
# Fuera la venda:

# %% [markdown] lang="en"
# ## The verdicts
#
# Off with the cover:

# %%
judgements.show_verdicts(runs, found)
for verdict in ("pays", "hurts", "unclear"):
    print(len(judgements.of(found, verdict)), judgements.in_words(verdict))

# %% [markdown] lang="es"
# ¿Esperabas esos nombres ahí? Vamos por grupos. Todos los juicios dan los mismos 1000 pasos; la columna del tiempo dice por cuánto multiplica el truco lo que trabaja el procesador en cada uno, sumando sus núcleos. *Seguras* son las imágenes en las que el juez da a una cifra más de un 95 %; *la más rara*, la parte de la cifra que menos sale (lo ideal es un 10 %). Un entrenamiento *se hunde* si acaba a una distancia mayor que 50: ahí no se lee nada. Las frases bajo las tablas las escribe el código.
#
# ### Etiquetas y pérdida

# %% [markdown] lang="en"
# Are those the names you expected? Let us go through them in groups. All trials make the same 1,000 steps; the time column says by how much the trick multiplies the work of the processor in each of them, all its cores together. *Confident* are the images for which the judge gives one digit more than 95%; *rarest* is the share of the digit that comes up least often (ideally 10%). A training *sinks* if it ends at a distance of more than 50: nothing can be read there. The sentences below the tables are written by the code.
#
# ### Labels and loss

# %%
judgements.show_table(found, "labels")
print(judgements.sentence(found, "labels"))

# %% [markdown] lang="es"
# Detrás del suavizado hay una idea sencilla. Ante una imagen que unas veces lleva una etiqueta y otras, otra, la respuesta que menos entropía cruzada cuesta es la **media** de las etiquetas. Sea $r$ la parte de las imágenes como esa que son reales. Si lo real lleva $a$ y lo generado, $b$, el mejor D responde $a\,r + b\,(1 - r)$.
#
# Sin suavizar, con $a = 1$ y $b = 0$, se queda en $r$. Con $a = 0.9$ responde $0.9\,r$: nunca pasa de 0.9, y así no se confía. ¿Y por qué no se sube también $b$? Tim Salimans y sus colegas lo explican así: donde G dibuja y no hay nada real, con $r \approx 0$, D respondería $b$ en vez de 0, y a esas imágenes, que son las peores, les faltaría un motivo para cambiar. Por eso se suaviza **de un solo lado**.
#
# ### Ejercicio 3: la respuesta más sensata
#
# Suavizamos lo real a 0.9 y lo generado sigue en 0. G se ha vuelto perfecto: sus imágenes no se distinguen de las reales. ¿Qué responde entonces el mejor D posible?

# %% [markdown] lang="en"
# There is a plain idea behind smoothing. For an image that carries now one label and now another, the answer that costs least cross-entropy is the **mean** of the labels. Let $r$ be the share of images like it that are real. If real ones carry $a$ and generated ones $b$, the best D answers $a\,r + b\,(1 - r)$.
#
# Without smoothing, with $a = 1$ and $b = 0$, that is just $r$. With $a = 0.9$ it answers $0.9\,r$: never more than 0.9, and so it does not grow overconfident. And why is $b$ not raised too? Tim Salimans and colleagues explain it like this: where G draws and there is nothing real, with $r \approx 0$, D would answer $b$ instead of 0, and those images, the worst of all, would lack a reason to change. That is why we smooth **one side only**.
#
# ### Exercise 3: the most sensible answer
#
# We smooth real labels to 0.9, and generated ones stay at 0. G has become perfect: its images cannot be told from real ones. What does the best possible D answer then?

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q3.check(answer)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ### Normalización
#
# *D ve otras imágenes, en inferencia* es lo que hacen los tutoriales B, C y E: lo falso que ve D lo dibuja G en modo de inferencia, con otro ruido, mientras que G se entrena con las estadísticas del lote. (Son dos cambios, el modo y el ruido, pero van siempre juntos, y así los juzgamos.)

# %% [markdown] lang="en"
# ### Normalization
#
# *D sees other images, in inference* is what tutorials B, C and E do: the fakes that D sees are drawn by G in inference mode, from other noise, while G itself is trained with the statistics of the batch. (Those are two changes, the mode and the noise; they always come together, and we try them together.)

# %%
judgements.show_table(found, "normalization")
print(judgements.sentence(found, "normalization"))

# %% [markdown] lang="es"
# ### Ejercicio 4: la BN en su sitio
#
# Antes de la BN, una capa no necesita sesgo: la BN resta la media, y con ella cualquier número que se le haya sumado a todo. En Keras se quita con `use_bias=False`. Escribe `block(filters)`, que devuelve una lista de capas que duplican el lado de la imagen, en el orden de la DCGAN: convolución traspuesta (núcleo 4, salto 2, `"same"`), BN y activación, que aquí será una ReLU con fuga de 0.2.

# %% [markdown] lang="en"
# ### Exercise 4: BN in its place
#
# Before BN a layer needs no bias: BN subtracts the mean, and with it any number that has been added to everything. In Keras you remove it with `use_bias=False`. Write `block(filters)`, which returns a list of layers that double the side of the image, in the order of the DCGAN: transposed convolution (kernel 4, stride 2, `"same"`), BN, and the activation, here a leaky ReLU of 0.2.


# %% tags=["exercise", "nbval-check-output"]
def block(filters):
    return ...


q4.check(block)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ¿Y es ese el mejor orden? La tabla de arriba tiene una fila con la BN detrás de la activación, que es como la lleva el tutorial C:

# %% [markdown] lang="en"
# And is that order the best? The table above has a row with BN after the activation, as tutorial C has it:

# %%
after = found["g_norm_after"]
print(
    {
        "pays": L("En este juicio gana el otro orden:", "In this trial the other order wins:"),
        "hurts": L("En este juicio gana el orden de la DCGAN:", "In this trial the DCGAN's order wins:"),
        "unclear": L("Con estas semillas no se sabe:", "With these seeds it cannot be told:"),
    }[after.verdict],
    tricks.in_words(after[:3]),
)

# %% [markdown] lang="es"
# ### Ruido
#
# El *dropout* en G, como pide la lista, sigue puesto al dibujar: cada imagen se dibuja con otra parte de la red. El ruido en lo que ve D empieza con una desviación típica de 0.3 y baja hasta 0.

# %% [markdown] lang="en"
# ### Noise
#
# Dropout in G, as the list asks, stays on in drawing: each image is drawn with another part of the network. The noise on what D sees begins with a standard deviation of 0.3 and falls to 0.

# %%
judgements.show_table(found, "noise")
print(judgements.sentence(found, "noise"))

# %% [markdown] lang="es"
# ### Capas
#
# Aquí hay una pregunta con trampa: ¿importa que el núcleo sea múltiplo del salto, o importa solo su tamaño? (El núcleo cambia en las dos redes.) Si es lo primero, 3 y 5 saldrán los dos peor que 4. Si es lo segundo, uno saldrá mejor y otro peor.

# %% [markdown] lang="en"
# ### Layers
#
# Here is a question with a catch: does it matter that the kernel is a multiple of the stride, or only how large it is? (The kernel changes in both networks.) If the former, 3 and 5 will both do worse than 4. If the latter, one will do better and the other worse.

# %%
judgements.show_table(found, "layers")
print(judgements.sentence(found, "layers"))
three, five = found["kernel_3"], found["kernel_5"]
if three.verdict == five.verdict == "hurts":
    print(L("3 y 5, los dos peor: parece el múltiplo.", "3 and 5 both do worse: it looks like the multiple."))
elif (three.verdict, five.verdict) == ("hurts", "pays"):
    print(L("3, peor, y 5, mejor: parece el tamaño.", "3 does worse, and 5 better: it looks like the size."))
else:
    print(L("Con estas semillas no se decide.", "These seeds do not decide it."))

# %% [markdown] lang="es"
# ### Optimizadores
#
# SGD es el descenso por el gradiente sin más, y su tasa no se puede copiar de Adam: probamos dos. La sentencia es, pues, sobre SGD con esas tasas; con una tasa buscada a conciencia podría ser otra.

# %% [markdown] lang="en"
# ### Optimizers
#
# SGD is plain gradient descent, and its rate cannot be copied from Adam: we try two. So the verdict is on SGD at those rates; with a rate that has been searched for with care it might be another.

# %%
judgements.show_table(found, "optimizers")
print(judgements.sentence(found, "optimizers"))

# %% [markdown] lang="es"
# ### La lista, comprobada
#
# Volvamos a la lista. Lo que aconseja y nuestra red no llevaba se ha puesto; lo contrario de lo que aconseja, también. ¿Cuántas veces acierta? (El consejo de SGD ocupa dos filas, una por tasa. Y cuentan los mismos pasos, no el mismo tiempo.)

# %% [markdown] lang="en"
# ### The list, checked
#
# Back to the list. What it advises and our network did not have, we have put in; the opposite of what it advises, too. How often is it right? (Its advice about SGD takes up two rows, one for each rate. And what counts is the same number of steps, not the same time.)

# %%
judgements.show_list(found)

# %% [markdown] lang="es"
# ### Lo que no se ha podido saber
#
# «No se sabe» no quiere decir «da lo mismo». Quiere decir que lo que haga el truco, si hace algo, no se distingue con estas semillas de lo que hace el azar. ¿Cuánto tendría que hacer para que se viera? La **potencia** lo dice: en la última columna está el cociente que un juicio así detecta cuatro veces de cada cinco, contando con la corrección. (Un truco que mejora se ve a partir del inverso: si pone 1.25, a partir de 0.80. La cuenta supone que las semillas se reparten como una campana: si alguna se ha hundido, no vale.)

# %% [markdown] lang="en"
# ### What could not be told
#
# “Cannot be told” does not mean “makes no difference”. It means that whatever the trick does, if anything, these seeds do not tell it from what chance does. How much would it have to do to be seen? Its **power** says so: in the last column stands the ratio that such a trial detects four times out of five, with the correction counted in. (A trick that improves shows from the inverse on: if it says 1.25, from 0.80. The calculation supposes that the seeds are spread like a bell: where one has sunk, it does not hold.)

# %%
names = judgements.of(found, "unclear")
rows = [[judgements.title(name), found[name]] for name in names]
rows = [[title, tricks.in_words(one[:3]), f"{one.visible:.2f}"] for title, one in rows]
plots.show_table(["", L("la distancia", "distance"), L("se habría visto", "would have shown")], rows)

# %% [markdown] lang="es"
# Y todo esto vale para **esta** red pequeña, 1000 pasos y MNIST. Un truco que aquí no hace nada puede ayudar a una red más grande, y al revés. Lo que la tabla enseña no es qué trucos usar siempre, sino cuánto hay que mirar para poder decir algo.
#
# ## Tu propio juicio
#
# Ahora te toca a ti. ¿Qué truco era el del principio, el de las cinco columnas de la derecha? El más pintoresco de la lista.
#
# ### Ejercicio 5: etiquetas con ruido
#
# Escribe `noisy_labels(shape)`: devuelve dos tensores de esa forma, las etiquetas de lo real, al azar entre 0.7 y 1.2, y las de lo generado, al azar entre 0.0 y 0.3. `tf.random.uniform(shape, low, high)` tira los dados en cada paso, también dentro de un grafo.

# %% [markdown] lang="en"
# And all of this holds for **this** small network, 1,000 steps and MNIST. A trick that does nothing here may help a larger network, and the other way round. What the table teaches is not which tricks to use always, but how hard you have to look before you can say anything.
#
# ## A trial of your own
#
# Now it is your turn. Which trick was the one at the top, in the five columns on the right? The most colourful of the list.
#
# ### Exercise 5: noisy labels
#
# Write `noisy_labels(shape)`: it returns two tensors of that shape, the labels of real images, at random between 0.7 and 1.2, and those of generated ones, at random between 0.0 and 0.3. `tf.random.uniform(shape, low, high)` throws the dice at every step, inside a graph too.


# %% tags=["exercise", "nbval-check-output"]
def noisy_labels(shape):
    real = ...
    fake = ...
    return real, fake


noisy_labels = q5.use(noisy_labels)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# Un juicio corto: la red sin trucos y la misma con tus etiquetas, una semilla de cada una. `_replace` cambia una sola cosa; `trials.Trial` tiene los nombres de las demás, por si luego quieres juzgar otra.

# %% [markdown] lang="en"
# A short trial: the network without tricks, and the same with your labels, one seed each. `_replace` changes a single thing; `trials.Trial` has the names of the others, in case you want to try another one afterwards.

# %%
steps = budget(smoke=20, workshop=trials.STEPS, full=trials.STEPS)
mine = trials.BASELINE._replace(labels=noisy_labels)
ticker, drawers = Ticker(2 * -(-steps // trials.STEPS_A_CALL)), {}
both = {judgements.title("baseline"): trials.BASELINE, L("el tuyo", "yours"): mine}
for title, trial in both.items():
    drawers[title], _ = trials.train(
        trial, dataset.x_train, steps, seed=42, turn=lambda _, title=title: ticker.tick(title)
    )

# %% [markdown] lang="es"
# Cinco columnas de cada una, con el mismo ruido, y lo que dice el juez:

# %% [markdown] lang="en"
# Five columns of each, from the same noise, and what the judge says:

# %%
drawn = [evaluation.draw(drawer, 50).reshape(10, 5, 28, 28, 1) for drawer in drawers.values()]
side_by_side = np.concatenate(drawn, axis=1).reshape(100, 28, 28, 1)
pixels.save_grid(side_by_side, out_folder() / "generated.png", columns=10)
plots.show_grid(side_by_side, columns=10)
print(pretty_path(out_folder()))

# %%
judge = records.frozen_judge()
count = budget(smoke=500, workshop=records.IMAGES, full=records.IMAGES)
real = judge.look(evaluation.real_images(dataset, count)[0])
measured = {title: trials.measure(drawer, judge, real) for title, drawer in drawers.items()}
evaluation.show_measures(measured)

# %% [markdown] lang="es"
# ¿Compensan, entonces? **Una semilla no dice nada.** Para verlo, saca al azar un entrenamiento de los publicados con ese truco y otro sin él, y quédate con el mejor. ¿Cuántas veces gana el truco?

# %% [markdown] lang="en"
# So, do they pay? **One seed says nothing.** To see it, draw one published training with that trick at random and one without it, and keep the better. How often does the trick win?

# %%
theirs = tricks.values(runs["noisy"])
wins = np.mean(theirs[:, np.newaxis] < usual)
print(L(f"Gana el truco en el {wins:.0%} de las parejas.", f"The trick wins in {wins:.0%} of the pairs."))
sets = {judgements.title("baseline"): usual, judgements.title("noisy"): theirs}
if dataset.name == "mnist" and steps == trials.STEPS:
    sets |= {f"→ {title}": [measures["frechet"]] for title, measures in measured.items()}
figures.show_dots(sets, L("distancia de Fréchet", "Fréchet distance"))

# %% [markdown] lang="es"
# Las dos últimas filas (si has entrenado con MNIST y los 1000 pasos) son tus dos entrenamientos. ¿Caen entre los nuestros?
#
# ### Para seguir jugando, sin nota
#
# - Juzga otra cosa: cambia `mine` por `trials.BASELINE._replace(d_slope=0.1)`, o por lo que tú quieras de `trials.Trial`, y ejecuta desde esa celda. ¿Cuántas semillas necesitarías para decir algo?
# - En el trozo de entrenamiento, elige `"E_frozen"` y después `"E"`. ¿Se nota ya en unas decenas de pasos?
# - `make trials ONLY="smoothed noisy"`, en una terminal, repite los juicios que quieras. Con dos núcleos, cada uno tarda unos minutos.

# %% [markdown] lang="en"
# The last two rows (if you have trained on MNIST and for the 1,000 steps) are your two trainings. Do they fall among ours?
#
# ### To keep playing (ungraded)
#
# - Put something else on trial: change `mine` to `trials.BASELINE._replace(d_slope=0.1)`, or to whatever you like from `trials.Trial`, and run from that cell on. How many seeds would you need to say anything?
# - In the short piece of training, choose `"E_frozen"` and then `"E"`. Does it show in some tens of steps?
# - `make trials ONLY="smoothed noisy"`, in a terminal, repeats whichever trials you like. On two cores each takes some minutes.

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - La lista de trucos no siempre dice lo que se le atribuye, y no trae ninguna medida. Aquí, unas veces acierta y otras se equivoca.
# - Una BN en D no es mala por sí sola; lo que cambia a D entre un turno y otro es congelarla.
# - `train_on_batch` hace las mismas cuentas que unas cintas bien escritas; lo que se paga es un coste fijo en cada llamada.
# - Un juicio cambia una sola cosa, con varias semillas, un intervalo, y una corrección por todas las veces que se mira.
# - «No se sabe» es una sentencia, y viene con su potencia.
#
# **Lo siguiente:** la lección 7 aplica esta manera de medir a otra pregunta: qué se consigue en un minuto.

# %% [markdown] lang="en"
# ## What we have seen
#
# - The list of tricks does not always say what is attributed to it, and brings no measurement. Here it is right at times, and wrong at others.
# - BN in D is not bad by itself; what changes D from one turn to the other is freezing it.
# - `train_on_batch` does the same arithmetic as well-written tapes; what you pay is a fixed cost at each call.
# - A trial changes one thing only, with several seeds, an interval, and a correction for all the times that one looks.
# - “Cannot be told” is a verdict, and it comes with its power.
#
# **Next:** lesson 7 applies this way of measuring to another question: what one minute can buy.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Soumith Chintala y otros, [*How to Train a GAN? Tips and tricks to make GANs work*](https://github.com/soumith/ganhacks), 2016: la lista.
# - Tim Salimans y otros, [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016, e Ian Goodfellow, [*NIPS 2016 Tutorial: Generative Adversarial Networks*](https://arxiv.org/abs/1701.00160), 2016: el suavizado de un solo lado y su porqué.
# - Alec Radford, Luke Metz y Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: la DCGAN y sus reglas. Nathan Inkawhich, [*DCGAN Tutorial*](https://docs.pytorch.org/tutorials/beginner/dcgan_faces_tutorial.html): la de PyTorch.
# - Augustus Odena, Vincent Dumoulin y Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Günter Klambauer y otros, [*Self-Normalizing Neural Networks*](https://arxiv.org/abs/1706.02515), 2017: SELU.
# - Sture Holm, Scandinavian Journal of Statistics 6, 1979: la corrección. Bernard Welch, Biometrika 34, 1947: el intervalo.
# - **Tutorial B**, el capítulo sobre GAN del libro de Aurélien Géron, en español. Lo que en él falla hoy: congela una sola vez; usa `train_gan` sin haberla definido; «7\*7\*28» son 6272 salidas solo si se lee 7·7·128; y su orden de entrenar y compilar está del revés.
# - **Tutorial E**, «DCGAN», un artículo en japonés. Lo que falla: texto y código difieren en una capa; congela una sola vez y con BN en D; repite una BN; y llama a `predict` sin necesidad.
# - Zalando, [Fashion-MNIST](https://github.com/zalandoresearch/fashion-mnist), licencia MIT; [base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - Soumith Chintala et al., [*How to Train a GAN? Tips and tricks to make GANs work*](https://github.com/soumith/ganhacks), 2016: the list.
# - Tim Salimans et al., [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016, and Ian Goodfellow, [*NIPS 2016 Tutorial: Generative Adversarial Networks*](https://arxiv.org/abs/1701.00160), 2016: one-sided smoothing, and why.
# - Alec Radford, Luke Metz and Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: the DCGAN and its guidelines. Nathan Inkawhich, [*DCGAN Tutorial*](https://docs.pytorch.org/tutorials/beginner/dcgan_faces_tutorial.html): PyTorch's.
# - Augustus Odena, Vincent Dumoulin and Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Günter Klambauer et al., [*Self-Normalizing Neural Networks*](https://arxiv.org/abs/1706.02515), 2017: SELU.
# - Sture Holm, Scandinavian Journal of Statistics 6, 1979: the correction. Bernard Welch, Biometrika 34, 1947: the interval.
# - **Tutorial B**, the chapter on GANs of Aurélien Géron's book, in Spanish. What fails in it today: it freezes once; it uses `train_gan` without having defined it; “7\*7\*28” is 6,272 outputs only if read as 7·7·128; and its order of training and compiling is reversed.
# - **Tutorial E**, “DCGAN”, a Japanese article. What fails: text and code differ by a layer; it freezes once, with BN in D; it repeats a BN; and it calls `predict` without need.
# - Zalando, [Fashion-MNIST](https://github.com/zalandoresearch/fashion-mnist), MIT licence; [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
