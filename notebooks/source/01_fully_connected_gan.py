# ---
# title:
#   es: 1 · La GAN densa, dos redes que juegan
#   en: 1 · The fully connected GAN, two networks at play
# ---

# %% [markdown] lang="es"
# # 1 · La GAN densa: dos redes que juegan
#
# Dentro de una hora, una red neuronal que empieza dibujando nieve de televisor dibujará dígitos que parecen escritos a mano. Nadie le enseñará cómo se dibuja un 3. Aprenderá jugando contra otra red.
#
# **En esta lección vas a:**
#
# 1. ver el juego completo, jugado con puntos en el plano, en unos segundos;
# 2. leer la fórmula del juego y saber de dónde sale cada término;
# 3. construir y entrenar una GAN densa (*fully connected GAN*) con las 60 000 imágenes de MNIST;
# 4. comprobar, y no solo creer, que cada red aprende en su turno y solo en él;
# 5. juzgar el resultado: qué ha aprendido, qué no puede aprender y qué no dicen los porcentajes.
#
# **Tiempo:** unos 60 minutos; de ellos, entre 3 y 20 son de entrenamiento en un ordenador de dos núcleos, según lo rápido que sea. **Necesitas:** saber Python y haber entrenado alguna vez una red con Keras.

# %% [markdown] lang="en"
# # 1 · The fully connected GAN: two networks at play
#
# An hour from now, a neural network that starts out drawing television snow will be drawing digits that look handwritten. Nobody will have shown it how to draw a 3. It will have learnt by playing against another network.
#
# **In this lesson you will:**
#
# 1. watch the whole game, played with points in the plane, in a few seconds;
# 2. read the formula of the game and know where each term comes from;
# 3. build and train a fully connected GAN on the 60,000 images of MNIST;
# 4. check, rather than believe, that each network learns in its own turn and only there;
# 5. judge the result: what it has learnt, what it cannot learn, and what the percentages do not say.
#
# **Time:** about 60 minutes; 3 to 20 of them are training on a computer with two cores, depending on how fast it is. **You need:** to know Python, and to have trained a network with Keras once.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir: lo dibujó esta misma lección, ejecutada de principio a fin con 20 épocas. Al terminar tendrás tus propias imágenes en la carpeta `out`.

# %% [markdown] lang="en"
# This is what you are going to make: it was drawn by this very lesson, run from top to bottom with 20 epochs. When you finish, your own pictures will be in the folder `out`.

# %%
from contextlib import contextmanager

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import figures
from course_utils.folders import out_folder, pretty_path
from course_utils.monitor import Monitor
from course_utils.progress import estimate
from course_utils.questions.lesson_1 import q1, q2, q3, q4, q5, q6

plots.show_promise("01_fully_connected_gan")

# %% [markdown] lang="es"
# Cien dígitos que no escribió nadie. La mayoría se lee bien, pero algo falla: hay píxeles sueltos, como polvo. Al final de la lección sabrás por qué.

# %% [markdown] lang="en"
# A hundred digits that nobody wrote. Most can be read, and you can also see that something is off: there are stray pixels, like dust. By the end of the lesson you will know why.

# %% [markdown] lang="es"
# ## El juego, con puntos
#
# Una GAN (*generative adversarial network*, red generativa antagónica) son dos redes con intereses opuestos:
#
# - El **generador** recibe ruido, unos números al azar, y los convierte en algo que quiere hacer pasar por un dato real.
# - El **discriminador** recibe un dato, real o generado, y responde con la probabilidad de que sea real.
#
# El generador nunca ve los datos. Todo lo que sabe de ellos le llega a través del discriminador.

# %% [markdown] lang="en"
# ## The game, played with points
#
# A GAN (generative adversarial network) is two networks with opposite interests:
#
# - The **generator** receives noise, a few random numbers, and turns them into something that it wants to pass off as real data.
# - The **discriminator** receives a sample, real or generated, and answers with the probability that it is real.
#
# The generator never sees the data. All that it knows about them reaches it through the discriminator.

# %% [markdown] lang="es"
# Antes de las imágenes, un juego que cabe en una figura. Los datos «reales» serán puntos cerca de una circunferencia. Cada dato son dos números, así que podemos verlo todo.

# %% [markdown] lang="en"
# Before any image, a game that fits in one figure. The “real” data will be points near a circle. Each sample is two numbers, so we can see everything.

# %% tags=["export"]
rng = np.random.default_rng(22)


def real_points(count):
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = rng.normal(0.7, 0.03, count)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points.astype("float32")


# %%
keras.utils.set_random_seed(22)
real_points(3)

# %% [markdown] lang="es"
# Los dos jugadores son redes pequeñas. El generador va de dos números al azar a un punto; el discriminador, de un punto a una probabilidad. La sigmoide de su última capa la mantiene entre 0 y 1.

# %% [markdown] lang="en"
# Both players are small networks. The generator goes from two random numbers to a point; the discriminator, from a point to a probability. The sigmoid in its last layer keeps the answer between 0 and 1.


# %% tags=["export"]
def toy_generator():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(2),
        ],
        name="generator",
    )


def toy_discriminator():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )


# %% [markdown] lang="es"
# Veamos a los dos antes de entrenar. Las cruces azules son puntos reales y los puntos negros, los que genera la red a partir de ruido. El fondo es la opinión del discriminador en cada lugar: morado donde diría «real», naranja donde diría «generado». La línea de puntos marca dónde no se decide por ninguno de los dos.

# %% [markdown] lang="en"
# Here are the two before training. The blue crosses are real points and the black dots are what the network makes of noise. The background is the discriminator's opinion at each place: purple where it would say “real”, orange where it would say “generated”. The dotted line marks where it is undecided.

# %%
toy_noise = keras.random.normal((300, 2))
some_real_points = real_points(300)


def draw_toy(ax, discriminator, points):
    plots.opinion_field(ax, discriminator, some_real_points, points)


generator, discriminator = toy_generator(), toy_discriminator()
_, ax = plt.subplots(figsize=(3.4, 3.4), dpi=80)
draw_toy(ax, discriminator, generator(toy_noise))
ax.legend(fontsize=8, loc="upper right")
plt.show()

# %% [markdown] lang="es"
# Nadie sabe nada todavía: los puntos generados forman una mancha cualquiera y el discriminador ve el plano casi de un solo color pálido, alrededor de 0.5.

# %% [markdown] lang="en"
# Nobody knows anything yet: the generated points form a shapeless clump, and the discriminator sees the plane in almost one pale colour, around 0.5.

# %% [markdown] lang="es"
# ### Dos turnos
#
# Se juega por turnos. Para escribirlos hacen falta dos modelos compilados: el discriminador y una red que llamaremos `gan`, que es el generador seguido del discriminador. Cada uno con **su propio** optimizador, porque Adam guarda memoria de cada peso.
#
# La métrica `mean_output` es la media de las respuestas del discriminador. Nos dirá gratis, en cada paso, qué opina.

# %% [markdown] lang="en"
# ### Two turns
#
# The game is played in turns. To write them down we need two compiled models: the discriminator, and a network that we shall call `gan`, which is the generator followed by the discriminator. Each gets an optimizer **of its own**, because Adam keeps a memory for every weight.
#
# The metric `mean_output` is the mean of the discriminator's answers. It will tell us at each step what it thinks, at no extra cost.


# %% tags=["export"]
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


def compile_gan(generator, discriminator, g_rate, d_rate):
    # es: Sin XLA, que en una GPU tarda segundos en compilar cada modelo, por pequeño que sea.
    # en: Without XLA, which on a GPU takes seconds to compile each model, however small.
    discriminator.compile(
        loss="binary_crossentropy",
        optimizer=keras.optimizers.Adam(d_rate, beta_1=0.5),
        metrics=["accuracy", mean_output],
        jit_compile=False,
    )
    noise = keras.Input(generator.input_shape[1:])
    gan = keras.Sequential([noise, generator, discriminator], name="gan")
    gan.compile(
        loss="binary_crossentropy",
        optimizer=keras.optimizers.Adam(g_rate, beta_1=0.5),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return gan


# %% [markdown] lang="es"
# **Turno del discriminador.** Ve un lote de datos reales con la etiqueta 1 y otro de generados con la etiqueta 0, y ajusta sus pesos para acertar más. `train_on_batch` es un solo paso de `fit`, con el lote que le damos.

# %% [markdown] lang="en"
# **The discriminator's turn.** It sees a batch of real data labelled 1 and one of generated data labelled 0, and adjusts its weights to be right more often. `train_on_batch` is a single step of `fit`, on the batch we hand it.


# %% tags=["export"]
def learn(model, inputs, label):
    labels = tf.fill((len(inputs), 1), label)
    # es: Sin esto, algunas versiones de Keras devuelven la media desde el principio y no la de este lote.
    # en: Without this, some versions of Keras return the mean since the beginning and not that of this batch.
    model.reset_metrics()
    return model.train_on_batch(inputs, labels, return_dict=True)


def discriminator_turn(discriminator, real, fake):
    return learn(discriminator, real, 1.0), learn(discriminator, fake, 0.0)


# %%
toy_gan = compile_gan(generator, discriminator, g_rate=1e-3, d_rate=1e-3)
discriminator_turn(discriminator, real_points(300), generator(toy_noise))

# %% [markdown] lang="es"
# Dos diccionarios: lo que pasó con el lote real y con el generado. De momento, con una respuesta media cercana a 0.5, acertar es cuestión de suerte.

# %% [markdown] lang="en"
# Two dictionaries: what happened with the real batch and with the generated one. For now, with a mean answer close to 0.5, being right is a matter of luck.


# %% [markdown] lang="es"
# **Turno del generador.** Queremos que sus muestras pasen por reales, así que la red `gan` se entrena con ruido y la etiqueta 1. La corrección atraviesa el discriminador y llega al generador. Pero en este turno el discriminador hace de árbitro y **no puede moverse**, o aprendería a dar por buenas las muestras falsas.
#
# `frozen` lo congela mientras dura el bloque `with` y siempre lo descongela después, aunque algo falle: lo que está antes de `yield` se ejecuta al entrar en el bloque, y lo de `finally`, al salir. No hace falta volver a compilar: Keras 3 consulta `trainable` la primera vez que entrena cada modelo. La lección 2 lo explica.

# %% [markdown] lang="en"
# **The generator's turn.** We want its samples to pass for real, so the network `gan` is trained on noise with the label 1. The correction goes through the discriminator and reaches the generator. But in this turn the discriminator is the referee and **must not move**, or it would learn to accept fakes.
#
# `frozen` freezes it for as long as the `with` block lasts and always thaws it afterwards, even if something fails: what stands before `yield` runs on entering the block, and `finally` on leaving it. There is no need to compile again: Keras 3 looks at `trainable` the first time that it trains each model. Lesson 2 explains it.


# %% tags=["export"]
@contextmanager
def frozen(model):
    model.trainable = False
    try:
        yield
    finally:
        model.trainable = True


def generator_turn(gan, discriminator, noise):
    with frozen(discriminator):
        return learn(gan, noise, 1.0)


# %%
generator_turn(toy_gan, discriminator, toy_noise)


# %% [markdown] lang="es"
# Un paso del entrenamiento es un turno de cada jugador. `make_train_step` lo prepara para un par de redes y devuelve una función que recibe un lote real, juega los dos turnos e informa de lo que ha pasado.

# %% [markdown] lang="en"
# One training step gives each player one turn. `make_train_step` prepares such a step for a pair of networks and returns a function that receives a real batch, plays both turns and reports what happened.


# %% tags=["export"]
def make_train_step(generator, discriminator, gan):
    # es: El mismo generador, compilado por TensorFlow: dibuja más deprisa.
    # en: The same generator, compiled by TensorFlow: it draws faster.
    draw = tf.function(generator)
    latent_dim = generator.input_shape[1]

    def train_step(real):
        noise = keras.random.normal((len(real), latent_dim))
        fake = draw(noise, training=True)
        on_real, on_fake = discriminator_turn(discriminator, real, fake)
        noise = keras.random.normal((len(real), latent_dim))
        on_gan = generator_turn(gan, discriminator, noise)
        return {
            "d_loss": (on_real["loss"] + on_fake["loss"]) / 2,
            "g_loss": on_gan["loss"],
            "d_real": on_real["mean_output"],
            "d_fake": on_fake["mean_output"],
            "accuracy_real": on_real["accuracy"],
            "accuracy_fake": on_fake["accuracy"],
            "accuracy_gan": on_gan["accuracy"],
        }

    return train_step


# %% [markdown] lang="es"
# Estas siete funciones, con las dos redes, son toda la GAN. Sirven igual para los puntos que para las imágenes.
#
# ### Ejercicio 1: predice
#
# Imagina que el generador ya es perfecto: sus puntos caen justo como los reales. ¿Qué responderá entonces el discriminador, de media? Pon la letra entre comillas en lugar de los puntos suspensivos, por ejemplo `"a"`.
#
# **a)** 1 ante los reales y 0 ante los generados · **b)** 0 ante los reales y 1 ante los generados · **c)** 0.5 ante unos y otros · **d)** 1 ante unos y otros

# %% [markdown] lang="en"
# These seven functions, with the two networks, are the whole GAN. They serve points and images alike.
#
# ### Exercise 1: predict
#
# Suppose the generator has become perfect: its points fall exactly as the real ones do. What will the discriminator answer then, on average? Put the letter in quotes in place of the three dots, for instance `"a"`.
#
# **a)** 1 for real ones and 0 for generated ones · **b)** 0 for real ones and 1 for generated ones · **c)** 0.5 for both · **d)** 1 for both

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q1.check(answer)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ### A jugar
#
# `play` crea dos jugadores nuevos y los entrena. Tiene un solo control, `d_speed`: cuántas veces más deprisa aprende el discriminador que el generador (su tasa de aprendizaje dividida entre la del otro). Además, dibuja la partida en seis momentos.

# %% [markdown] lang="en"
# ### Let them play
#
# `play` makes two new players and trains them. It has one knob, `d_speed`: how many times faster the discriminator learns than the generator (its learning rate divided by the other's). It also keeps six snapshots of the game.


# %%
def play(d_speed, steps):
    keras.utils.set_random_seed(7)
    generator, discriminator = toy_generator(), toy_discriminator()
    gan = compile_gan(generator, discriminator, g_rate=1e-3, d_rate=1e-3 * d_speed)
    train_step = make_train_step(generator, discriminator, gan)

    def draw(ax, points):
        draw_toy(ax, discriminator, points)

    film = plots.Film(steps, lambda ax: draw(ax, generator(toy_noise)))
    with Monitor(steps, generator, toy_noise, discriminator, some_real_points, draw) as monitor:
        for step in range(1, steps + 1):
            monitor.update(**train_step(real_points(256)))
            film.look(step)
    return generator, monitor.history, film


# %% [markdown] lang="es"
# `budget` elige la duración: `smoke` para las pruebas del curso, `workshop` sin GPU y `full` con ella.
#
# Empecemos con un discriminador el doble de rápido que su rival. Son 600 pasos y unos 20 segundos. Mira a la derecha cómo los puntos negros buscan la circunferencia, y cómo el fondo cambia para echarlos de donde no deben estar. A la izquierda, las dos pérdidas y la respuesta media del discriminador: D(x) ante los puntos reales, D(G(z)) ante los que el generador hace con el ruido.

# %% [markdown] lang="en"
# `budget` chooses how long: `smoke` for the tests of the course, `workshop` without a GPU and `full` with one.
#
# Let us start with a discriminator twice as fast as its rival: 600 steps, some 20 seconds. On the right, watch the black dots look for the circle, and the background change to drive them away from where they should not be. On the left, both losses and the discriminator's mean answer: D(x) to the real points, D(G(z)) to those that the generator makes of noise.

# %%
toy_steps = budget(smoke=240, workshop=600, full=600)
trained, history, film = play(d_speed=2, steps=toy_steps)

# %% [markdown] lang="es"
# Los seis momentos guardados cuentan la partida. Donde se amontonan los puntos generados, el fondo se vuelve naranja y los puntos huyen hacia donde lo es menos. Cuando por fin coinciden con los reales, la persecución se calma.

# %% [markdown] lang="en"
# The six moments we kept tell the story. Where generated points pile up, the background turns orange and the points flee to where it is less so. When at last they coincide with the real ones, the chase dies down.

# %%
film.show()

# %% [markdown] lang="es"
# No nos fiemos de la vista. Midamos la distancia media de los puntos generados a la circunferencia, con un generador sin entrenar y con el nuestro.

# %% [markdown] lang="en"
# Let us measure instead of trusting our eyes: the mean distance from the generated points to the circle, for an untrained generator and for ours.


# %%
def distance_to_circle(generator):
    radius = np.linalg.norm(generator(toy_noise), axis=1)
    return np.abs(radius - 0.7).mean()


before, after = distance_to_circle(toy_generator()), distance_to_circle(trained)
print(
    L(
        f"distancia media: {before:.2f} sin entrenar, {after:.2f} entrenado",
        f"mean distance: {before:.2f} untrained, {after:.2f} trained",
    )
)
assert after < before / 2

# %% [markdown] lang="es"
# ### Ahora mueve el control
#
# ¿Qué pasará si el discriminador no aprende nada, `d_speed = 0`? Piénsalo antes de ejecutar la celda. Después prueba con 0.2 y con 20: ¿siguen llegando los puntos a la circunferencia?

# %% [markdown] lang="en"
# ### Now turn the knob
#
# What will happen if the discriminator learns nothing at all, `d_speed = 0`? Think before you run the cell. Then try 0.2 and 20: do the points still reach the circle?

# %%
d_speed = 0
_, frozen_history, film = play(d_speed, steps=budget(smoke=120, workshop=400, full=400))
film.show()

# %% [markdown] lang="es"
# Con `d_speed = 0` el generador encuentra enseguida un rincón del plano donde ese árbitro dormido dice «real», y se va hacia allí para siempre, fuera del dibujo. Fíjate en las curvas: D(G(z)) sube hasta 1 y la pérdida de D no deja de crecer sin que D haga nada. El generador «gana» y no ha aprendido nada. El monitor te avisa: **el discriminador está congelado**.
#
# ¿Y los otros valores? En nuestras pruebas, con 0.2 el árbitro aprende tan despacio que los puntos vagan y no llegan (distancia 0.39 tras 600 pasos), aunque D(x) y D(G(z)) rondan 0.5. Con 20 sí llegan (0.03), después de más sobresaltos.
#
# Quédate con la imagen del discriminador congelado. Hay tutoriales muy leídos que, con el Keras de hoy, entrenan exactamente así: con un aviso como mucho, y nunca con un error.

# %% [markdown] lang="en"
# With `d_speed = 0` the generator soon finds a corner of the plane where that sleeping referee says “real”, and heads there for ever, out of the picture. Look at the curves: D(G(z)) climbs to 1, and D's loss keeps growing while D does nothing about it. The generator “wins” and has learnt nothing. The monitor tells you so: **the discriminator is frozen**.
#
# And the other values? In our trials, with 0.2 the referee learns so slowly that the points wander and do not arrive (distance 0.39 after 600 steps), although D(x) and D(G(z)) stay near 0.5. With 20 they do arrive (0.03), after more ups and downs.
#
# Remember the picture of the frozen discriminator. There are much-read tutorials that, on today's Keras, train exactly like this: with a warning at most, and never an error.

# %% [markdown] lang="es"
# ## Las fórmulas del juego
#
# Ya has visto el juego; ahora se puede escribir. Primero, los nombres:
#
# | símbolo | qué es |
# |---|---|
# | $x$ | un dato real (un punto, una imagen) |
# | $z$ | el ruido que recibe el generador |
# | $G(z)$ | lo que el generador hace con él |
# | $D(x)$ | la probabilidad, según el discriminador, de que $x$ sea real |
# | $\mathbb{E}$ | la media sobre muchos datos o muchas muestras de ruido |
# | $V$ | lo bien que le va al discriminador |
# | $\log$ | el logaritmo natural |

# %% [markdown] lang="en"
# ## The formulas of the game
#
# You have seen the game; now it can be written down. First, the names:
#
# | symbol | what it is |
# |---|---|
# | $x$ | a real sample (a point, an image) |
# | $z$ | the noise that the generator receives |
# | $G(z)$ | what the generator makes of it |
# | $D(x)$ | the probability, according to the discriminator, that $x$ is real |
# | $\mathbb{E}$ | the mean over many samples or many noise vectors |
# | $V$ | how well the discriminator is doing |
# | $\log$ | the natural logarithm |

# %% [markdown] lang="es"
# El juego que propusieron Ian Goodfellow y sus colegas en 2014 es este:
#
# $$\min_G \max_D \; V(D, G) = \mathbb{E}_{x}\big[\log D(x)\big] + \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big]$$
#
# El primer término premia que D llame real a lo real; el segundo, que llame falso a lo falso. D quiere que $V$ sea grande ($\max_D$) y G quiere que sea pequeño ($\min_G$). Como los dos logaritmos son de números entre 0 y 1, $V$ nunca pasa de 0.

# %% [markdown] lang="en"
# The game that Ian Goodfellow and his colleagues proposed in 2014 is this:
#
# $$\min_G \max_D \; V(D, G) = \mathbb{E}_{x}\big[\log D(x)\big] + \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big]$$
#
# The first term rewards D for calling the real real; the second, for calling the fake fake. D wants $V$ large ($\max_D$) and G wants it small ($\min_G$). As both logarithms are of numbers between 0 and 1, $V$ never exceeds 0.

# %% [markdown] lang="es"
# ¿Y dónde está esa fórmula en nuestro código? En `binary_crossentropy`, la entropía cruzada binaria: con etiqueta 1 vale $-\log D$, y con etiqueta 0, $-\log(1 - D)$. Las dos correcciones de `discriminator_turn` siguen los dos términos de $V$, uno tras otro, cambiados de signo porque Keras minimiza. Comprobémoslo con dos números.

# %% [markdown] lang="en"
# And where is that formula in our code? In `binary_crossentropy`: with label 1 it is $-\log D$, and with label 0, $-\log(1 - D)$. The two updates in `discriminator_turn` follow the two terms of $V$, one after the other, with the sign changed because Keras minimises. Let us check with two numbers.

# %% tags=["nbval-check-output"]
loss = keras.losses.BinaryCrossentropy()
on_real = float(loss([[1.0]], [[0.9]]))
on_fake = float(loss([[0.0]], [[0.2]]))

assert np.isclose(on_real, -np.log(0.9), atol=1e-5)
assert np.isclose(on_fake, -np.log(1 - 0.2), atol=1e-5)
print(f"D(x) = 0.9:     {on_real:.3f}")
print(f"D(G(z)) = 0.2:  {on_fake:.3f}")

# %% [markdown] lang="es"
# ### Por qué el generador no usa su propia fórmula
#
# Según $\min_G$, el generador debería minimizar $\log(1 - D(G(z)))$. Nosotros hacemos otra cosa: entrenar con la etiqueta 1, es decir, minimizar $-\log D(G(z))$. Es la pérdida **no saturante** (*non-saturating loss*), del mismo artículo de 2014.
#
# Las dos piden lo mismo: que D crea en las muestras. Se distinguen en la **fuerza** con que lo piden. ¿Cuál empujará más al principio, cuando D reconoce todo lo falso y $D(G(z))$ es casi 0?

# %% [markdown] lang="en"
# ### Why the generator does not use its own formula
#
# According to $\min_G$, the generator should minimise $\log(1 - D(G(z)))$. We do something else: we train with label 1, that is, we minimise $-\log D(G(z))$. This is the **non-saturating loss**, from the same 2014 paper.
#
# Both ask for the same thing: that D believe in the samples. They differ in how **hard** they ask. Which will push harder at the beginning, when D recognises every fake and $D(G(z))$ is close to 0?

# %%
logit = np.linspace(-7, 7, 281)
d_fake = 1 / (1 + np.exp(-logit))
saturating = np.abs(np.gradient(np.log(1 - d_fake), logit))
non_saturating = np.abs(np.gradient(-np.log(d_fake), logit))

_, ax = plt.subplots(figsize=(6, 2.8), dpi=80, layout="constrained")
ax.plot(d_fake, saturating, "-", color=plots.REAL_COLOUR, label=r"$\log(1 - D(G(z)))$")
ax.plot(d_fake, non_saturating, "--", color=plots.FAKE_COLOUR, label=r"$-\log D(G(z))$")
ax.set_xlabel("$D(G(z))$")
ax.set_ylabel(L("fuerza del gradiente", "strength of the gradient"))
ax.legend()
plt.show()

# %% [markdown] lang="es"
# El eje vertical es el tamaño del gradiente respecto al valor que entra en la sigmoide de D (el *logit*): ese gradiente es el que llega al generador. A la izquierda, justo donde más falta hace, la fórmula original (línea continua) se satura y apenas empuja; la no saturante (discontinua) empuja al máximo. Las dos rectas son, sencillamente, $D$ y $1 - D$. Por eso se usa la segunda.

# %% [markdown] lang="en"
# The vertical axis is the size of the gradient with respect to the value that enters D's sigmoid (the *logit*): that gradient is the one that reaches the generator. On the left, just where it is needed most, the original formula (solid line) saturates and hardly pushes; the non-saturating one (dashed) pushes as hard as it can. The two lines are simply $D$ and $1 - D$. That is why the second one is used.

# %% tags=["nbval-check-output"]
start = np.argmin(np.abs(d_fake - 0.01))
print(f"D(G(z)) = 0.01:  {saturating[start]:.2f}  {non_saturating[start]:.2f}")
assert non_saturating[start] > 50 * saturating[start]

# %% [markdown] lang="es"
# ### Qué significa D(x) = 0.5
#
# Para un generador fijo se puede calcular el mejor discriminador posible. Si $p_r(x)$ dice lo frecuentes que son los datos reales cerca de $x$, y $p_g(x)$, lo frecuentes que son los generados, ese discriminador es
#
# $$D^*(x) = \frac{p_r(x)}{p_r(x) + p_g(x)}$$
#
# D ve tantos datos reales como generados; la demostración es la proposición 1 del artículo. Si los generados se reparten igual que los reales, $p_r = p_g$ y la respuesta es 0.5 allí donde los hay: ni el mejor árbitro puede distinguirlos. ¿Cómo terminó nuestra partida?

# %% [markdown] lang="en"
# ### What D(x) = 0.5 means
#
# For a fixed generator, the best possible discriminator can be worked out. If $p_r(x)$ says how frequent real data are near $x$, and $p_g(x)$ how frequent generated ones are, that discriminator is
#
# $$D^*(x) = \frac{p_r(x)}{p_r(x) + p_g(x)}$$
#
# D sees as many real samples as generated ones; the proof is Proposition 1 of the paper. If generated data are spread just like the real ones, $p_r = p_g$ and the answer is 0.5 wherever there are any: not even the best referee can tell them apart. How did our game end?

# %%
for name, past in {"d_speed = 2": history, f"d_speed = {d_speed}": frozen_history}.items():
    d_real, d_fake = np.mean(past["d_real"][-50:]), np.mean(past["d_fake"][-50:])
    print(f"{name:14} D(x) = {d_real:.2f}   D(G(z)) = {d_fake:.2f}")

# %% [markdown] lang="es"
# La primera partida acaba en tablas, con los dos números cerca de 0.5. Pero cuidado: la implicación va en un solo sentido. Un generador perfecto lleva a 0.5; un 0.5 no demuestra que el generador sea perfecto. Un discriminador recién creado, que no sabe nada, también responde alrededor de 0.5 a todo. Y son medias: respuestas muy equivocadas por los dos lados también pueden dar 0.5.

# %% [markdown] lang="en"
# The first game ends in a tie, with both numbers close to 0.5. But beware, the implication goes one way only. A perfect generator leads to 0.5; a 0.5 does not prove that the generator is perfect. A newly made discriminator, which knows nothing, answers about 0.5 to everything as well. And these are means: wildly wrong answers on both sides can average 0.5 too.

# %% [markdown] lang="es"
# ### Ejercicio 2: una pérdida a mano
#
# El discriminador cree que una muestra generada es real con probabilidad $D(G(z)) = 0.1$. ¿Cuánto vale la pérdida no saturante del generador? Escríbela con NumPy.

# %% [markdown] lang="en"
# ### Exercise 2: a loss by hand
#
# The discriminator believes that a generated sample is real with probability $D(G(z)) = 0.1$. What is the generator's non-saturating loss? Write it with NumPy.

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q2.check(answer)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# ## Los datos
#
# MNIST son 70 000 dígitos escritos a mano, de 28×28 píxeles. Sin conexión a Internet, el curso usa en su lugar 1797 dígitos más pequeños que vienen con scikit-learn, y te avisa. La lección es la misma; las imágenes, más borrosas.

# %% [markdown] lang="en"
# ## The data
#
# MNIST is 70,000 handwritten digits of 28×28 pixels. Where there is no Internet connection the course uses 1,797 smaller digits that come with scikit-learn instead, and says so. The lesson is the same; the images are blurrier.

# %%
dataset = data.load("mnist")
print(dataset.origin)
print(dataset.x_train.shape, dataset.x_train.dtype)
plots.show_grid(dataset.x_train[:20], columns=10)

# %% [markdown] lang="es"
# El generador terminará en una tangente hiperbólica (`tanh`), que da números entre −1 y 1. Los datos reales tienen que vivir en el mismo intervalo; si no, al discriminador le bastaría con mirar el rango para distinguirlos. Así que llevamos los grises de 0 a 255 al intervalo [−1, 1].

# %% [markdown] lang="en"
# The generator will end in a hyperbolic tangent (`tanh`), which gives numbers between −1 and 1. The real data must live in the same interval; otherwise the discriminator could tell them apart by their range alone. So we take the greys from 0 to 255 to the interval [−1, 1].


# %%
def scale(images):
    return tf.cast(images[..., tf.newaxis], tf.float32) / 127.5 - 1.0


scaled = scale(dataset.x_train[:100])
assert scaled.shape == (100, 28, 28, 1)
assert tf.reduce_min(scaled) == -1.0 and tf.reduce_max(scaled) == 1.0

# %% [markdown] lang="es"
# El flujo de datos (*pipeline*) baraja las **imágenes**, las repite sin fin, forma lotes de 256 y solo entonces las convierte en decimales. Gracias a `repeat` no hay un último lote incompleto; `drop_remainder=True` se lo dice a TensorFlow, y así sabe que cada lote tiene exactamente 256.
#
# En memoria, las imágenes siguen siendo bytes: ocupan ocho veces menos que con el `X / 127.5 - 1` habitual de NumPy.

# %% [markdown] lang="en"
# The pipeline shuffles the **images**, repeats them without end, forms batches of 256 and only then turns them into floats. Because of `repeat` there is no last, incomplete batch; `drop_remainder=True` tells TensorFlow so, and it knows that every batch holds exactly 256.
#
# In memory the images remain bytes: they take an eighth of what NumPy's usual `X / 127.5 - 1` does.

# %%
batch_size = 256


def make_batches(images):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.shuffle(len(images), seed=22).repeat()
    batches = batches.batch(batch_size, drop_remainder=True)
    return batches.map(scale).prefetch(2)


batches = make_batches(dataset.x_train)
real = next(iter(batches))
assert real.shape == (256, 28, 28, 1)

# %% [markdown] lang="es"
# ## El generador
#
# Cien números de ruido atraviesan capas cada vez más anchas (256, 512 y 1024 neuronas) y salen convertidos en 784: los píxeles de una imagen. Detrás de cada capa oculta, la normalización por lotes (*batch normalization*) centra y reescala las activaciones; con ella el entrenamiento va más deprisa y es más estable. Con `training=True` usa las medias del lote que está viendo; con `training=False`, las que ha ido acumulando. La lección 2 la mira por dentro.
#
# Es la red del tutorial «GAN» que citamos al final, sin cambiarle nada.

# %% [markdown] lang="en"
# ## The generator
#
# A hundred random numbers go through wider and wider layers (256, 512 and 1,024 neurons) and come out as 784: the pixels of an image. After each hidden layer, batch normalization centres and rescales the activations; with it, training is faster and steadier. With `training=True` it uses the means of the batch at hand; with `training=False`, those that it has gathered so far. Lesson 2 looks inside it.
#
# It is the network of the “GAN” tutorial that we credit at the end, with nothing changed.

# %% tags=["export"]
latent_dim = 100


def make_generator():
    model = keras.Sequential([keras.Input((latent_dim,))], name="generator")
    for units in (256, 512, 1024):
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Dense(28 * 28, activation="tanh"))
    model.add(layers.Reshape((28, 28, 1)))
    return model


# %% tags=["nbval-check-output"]
keras.utils.set_random_seed(22)
generator = make_generator()
assert generator.output_shape == (None, 28, 28, 1)
assert generator.count_params() == 1_493_520
generator.summary()

# %% [markdown] lang="es"
# ¿De dónde salen los 1 493 520 parámetros? Una capa densa de $n$ entradas y $m$ salidas tiene $(n + 1)\,m$: un peso por cada pareja y un sesgo por salida. La normalización añade cuatro números por neurona, dos que se aprenden y dos que se miden.

# %% [markdown] lang="en"
# Where do 1,493,520 parameters come from? A dense layer with $n$ inputs and $m$ outputs has $(n + 1)\,m$: one weight for each pair and one bias per output. The normalization adds four numbers per neuron, two that are learnt and two that are measured.


# %% tags=["nbval-check-output"]
def dense_parameters(inputs, outputs):
    return (inputs + 1) * outputs


widths = [latent_dim, 256, 512, 1024, 784]
dense = [dense_parameters(n, m) for n, m in zip(widths[:-1], widths[1:], strict=True)]
normalization = 4 * (256 + 512 + 1024)
print(*dense, normalization, sep=" + ", end=f" = {sum(dense) + normalization}")
assert sum(dense) + normalization == generator.count_params()

# %% [markdown] lang="es"
# El dibujo de las capas, con la forma de lo que entra en cada una y de lo que sale. `None` es el tamaño de lote: vale cualquiera.

# %% [markdown] lang="en"
# The drawing of the layers, with the shape of what enters and leaves each one. `None` is the batch size: any.

# %%
out = out_folder()
plots.draw_model(generator, out / "generator.png")

# %% [markdown] lang="es"
# ## El discriminador
#
# Hace el camino inverso: aplana la imagen y la reduce a 512, a 256 y a un solo número entre 0 y 1. Ese número es una **probabilidad**, no un sí o un no.

# %% [markdown] lang="en"
# ## The discriminator
#
# It goes the other way: it flattens the image and reduces it to 512, to 256 and to a single number between 0 and 1. That number is a **probability**, not a yes or no.


# %% tags=["export"]
def make_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )


# %% tags=["nbval-check-output"]
discriminator = make_discriminator()
assert discriminator.output_shape == (None, 1)
assert discriminator.count_params() == 533_505
discriminator.summary()

# %%
plots.draw_model(discriminator, out / "discriminator.png")

# %% [markdown] lang="es"
# Antes de entrenar, una prueba: ¿qué dibuja el generador y qué opina de ello el discriminador? El ruido de esta celda, `fixed_noise`, no cambiará en toda la lección. Así las imágenes de dos momentos cualesquiera se pueden comparar una a una.

# %% [markdown] lang="en"
# Before training, a test: what does the generator draw, and what does the discriminator think of it? The noise of this cell, `fixed_noise`, will not change for the whole lesson. That way the images of any two moments can be compared one by one.

# %%
fixed_noise = keras.random.normal((100, latent_dim), seed=22)
untrained = generator(fixed_noise, training=False)
plots.show_grid(untrained[:10], columns=10)
print(f"D(x) = {np.mean(discriminator(real)):.2f}   D(G(z)) = {np.mean(discriminator(untrained)):.2f}")

# %% [markdown] lang="es"
# Nieve gris, y un discriminador que responde alrededor de 0.5 a todo. El mismo 0.5 que un empate perfecto: ya ves por qué ese número, por sí solo, no significa nada.

# %% [markdown] lang="en"
# Grey snow, and a discriminator that answers about 0.5 to everything. The same 0.5 as a perfect tie: you see why that number on its own means nothing.

# %% [markdown] lang="es"
# ## La GAN
#
# Compilamos con los números del tutorial: Adam con tasa de aprendizaje 0.0002 y `beta_1` 0.5 (menos memoria de los gradientes pasados que el 0.9 habitual), y dos optimizadores, uno por red. Las dos redes suman 2 027 025 parámetros.

# %% [markdown] lang="en"
# ## The GAN
#
# We compile with the tutorial's numbers: Adam with a learning rate of 0.0002 and `beta_1` 0.5 (a shorter memory of past gradients than the usual 0.9), and two optimizers, one per network. Together they have 2,027,025 parameters.

# %% tags=["nbval-check-output"]
gan = compile_gan(generator, discriminator, g_rate=2e-4, d_rate=2e-4)
assert gan.count_params() == 2_027_025
gan.summary()

# %%
plots.draw_model(gan, out / "gan.png")

# %% [markdown] lang="es"
# ### Cada uno en su turno, y solo en él
#
# De este título depende todo. Si el discriminador no se mueve en su turno, el generador engaña a un árbitro dormido, como en el juego de los puntos. Si se mueve en el del generador, aprende a decir «real» ante lo falso. En ambos casos el código se ejecuta sin un solo error.
#
# Así que no nos fiamos: copiamos los pesos, jugamos un turno y miramos cuáles han cambiado.

# %% [markdown] lang="en"
# ### Each in its own turn, and only there
#
# Everything hangs on that heading. If the discriminator does not move in its own turn, the generator fools a sleeping referee, as in the toy. If it moves in the generator's, it learns to call fakes real. In both cases the code runs without a single error.
#
# So we do not take it on trust: we copy the weights, play one turn and look at which have changed.


# %%
def copy_weights(model):
    return [variable.numpy() for variable in model.trainable_variables]


def has_moved(model, before):
    pairs = zip(copy_weights(model), before, strict=True)
    return any(not np.array_equal(now, old) for now, old in pairs)


def who_moves(turn, discriminator, generator):
    before_d, before_g = copy_weights(discriminator), copy_weights(generator)
    turn()
    return has_moved(discriminator, before_d), has_moved(generator, before_g)


# %% [markdown] lang="es"
# `check_turns` juega un turno de cada red y exige lo que tiene que pasar. ¿Qué cuatro palabras esperas en la tabla?

# %% [markdown] lang="en"
# `check_turns` plays one turn of each network and demands what must happen. Which four words do you expect in the table?


# %% tags=["nbval-check-output"]
def check_turns(generator, discriminator, gan, real):
    noise = keras.random.normal((len(real), latent_dim))
    fake = generator(noise, training=True)
    networks = discriminator, generator
    in_d_turn = who_moves(lambda: discriminator_turn(discriminator, real, fake), *networks)
    in_g_turn = who_moves(lambda: generator_turn(gan, discriminator, noise), *networks)
    assert in_d_turn == (True, False)
    assert in_g_turn == (False, True)
    return {L("turno de D", "D’s turn"): in_d_turn, L("turno de G", "G’s turn"): in_g_turn}


print(" " * 12, "     D      G")
for turn, (d_moved, g_moved) in check_turns(generator, discriminator, gan, real).items():
    print(f"{turn:12} {d_moved!s:>6} {g_moved!s:>6}")

# %% [markdown] lang="es"
# `True` quiere decir que los pesos entrenables de esa red han cambiado. Cada red aprende en su turno y en ninguno más. (Las medias que acumula la normalización del generador sí se mueven cada vez que dibuja con `training=True`: se miden, no se aprenden.) La lección 2 cuenta por qué esta prueba falla en tantos tutoriales.

# %% [markdown] lang="en"
# `True` means that the trainable weights of that network have changed. Each network learns in its own turn and in no other. (The averages that the generator's normalization gathers do move whenever it draws with `training=True`: they are measured, not learnt.) Lesson 2 explains why this check fails in so many tutorials.

# %% [markdown] lang="es"
# ## El entrenamiento
#
# Una época (*epoch*) son 234 pasos: 60 000 imágenes entre 256 por lote. El tutorial entrena durante 20; con el presupuesto `workshop` son 10. (Para hacer las 20 en cualquier equipo, pon `COURSE_BUDGET=full` en el entorno antes de empezar.) ¿Cuánto va a tardar aquí? Lo medimos con unos pasos de ensayo sobre dos redes de usar y tirar.

# %% [markdown] lang="en"
# ## Training
#
# An epoch is 234 steps: 60,000 images at 256 a batch. The tutorial trains for 20; with the `workshop` budget it is 10. (To do all 20 on any machine, set `COURSE_BUDGET=full` in the environment before you start.) How long will that take here? We find out with a few rehearsal steps on two throwaway networks.

# %%
epochs = budget(smoke=0.35, workshop=10, full=20)
steps_per_epoch = 60_000 // batch_size
steps = int(epochs * steps_per_epoch)

rehearsal = make_generator(), make_discriminator()
rehearsal_step = make_train_step(*rehearsal, compile_gan(*rehearsal, 2e-4, 2e-4))
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# Ahora sí, a entrenar. Creamos las redes y el paso de entrenamiento en la misma celda que entrena: si la ejecutas dos veces, empiezas de cero dos veces y no sigues, sin saberlo, con una red a medio entrenar. La prueba de los turnos se repite con estas mismas redes. Cada 20 pasos se guarda en `out` una cuadrícula de 10×10.
#
# Mientras esperas, mira tres cosas: cuándo aparecen los primeros trazos a la derecha, si D(x) y D(G(z)) se acercan y si las pérdidas bajan. ¿Deberían bajar?

# %% [markdown] lang="en"
# Now for real. We make the networks and the training step in the very cell that trains: if you run it twice, you start from scratch twice, instead of going on unknowingly with a half-trained network. The test of the turns is repeated on these very networks. Every 20 steps a 10×10 grid is saved in `out`.
#
# While you wait, watch three things: when the first strokes appear on the right, whether D(x) and D(G(z)) approach each other, and whether the losses fall. Should they?

# %%
keras.utils.set_random_seed(22)
generator, discriminator = make_generator(), make_discriminator()
gan = compile_gan(generator, discriminator, g_rate=2e-4, d_rate=2e-4)
train_step = make_train_step(generator, discriminator, gan)
check_turns(generator, discriminator, gan, real)

moments = sorted({max(1, step) for step in (min(20, steps), steps // 20, steps // 8, steps // 3, steps)})
album = {0: generator(fixed_noise, training=False)}
(out / "grids").mkdir(exist_ok=True)

with Monitor(steps, generator, fixed_noise[:64], discriminator, real) as monitor:
    for step, real_images in enumerate(batches.take(steps), start=1):
        monitor.update(**train_step(real_images))
        if step % 20 == 0 or step in moments:
            images = generator(fixed_noise, training=False)
            pixels.save_grid(images, out / "grids" / f"step_{step:05d}.png")
            if step in moments:
                album[step] = images

# %% [markdown] lang="es"
# Lee las curvas de izquierda a derecha. Al principio D gana con claridad, con D(x) cerca de 1 y D(G(z)) cerca de 0: es cuando la pérdida no saturante se gana el sueldo. Después, las dos respuestas se acercan y las dos pérdidas tienden hacia 0.69, que es $-\log 0.5$.
#
# Así que no, las pérdidas no tienen por qué bajar: la de D **sube** mientras los dígitos mejoran, porque su rival mejora. ¿Es entonces perfecto el generador? Guarda la pregunta.

# %% [markdown] lang="en"
# Read the curves from left to right. At first D wins clearly, with D(x) close to 1 and D(G(z)) close to 0: that is when the non-saturating loss earns its keep. Later the two answers approach each other, and both losses tend towards 0.69, which is $-\log 0.5$.
#
# So no, the losses need not fall: D's **rises** while the digits improve, because its rival improves. Is the generator perfect, then? Keep the question.

# %% [markdown] lang="es"
# Comprobación final, antes de mirar nada más: el entrenamiento ha ocurrido, las pérdidas son números y el monitor no ha visto nada grave.

# %% [markdown] lang="en"
# A last check before looking at anything else: the training has happened, the losses are numbers, and the monitor reports nothing serious.

# %%
assert monitor.step == steps, L(
    "Entrenamiento interrumpido: ejecuta de nuevo la celda anterior.",
    "Training was interrupted: run the cell above again.",
)
assert np.isfinite(monitor.history["d_loss"]).all() and np.isfinite(monitor.history["g_loss"]).all()
assert not {"frozen", "collapsed", "not finite"} & {kind for _, kind, _ in monitor.diagnoses}

# %% [markdown] lang="es"
# ## Qué ha salido
#
# El mismo ruido en seis momentos. Cada casilla es siempre el mismo $z$. ¿Qué crees que aparece antes, los trazos u otra cosa?

# %% [markdown] lang="en"
# ## What came out
#
# The same noise at six moments. Each position always shows the same $z$. What do you expect to appear first: strokes, or something else?

# %%
shown = [0, *moments]
titles = [L(f"paso {step}", f"step {step}") for step in shown]
plots.show_grids([album[step][:16] for step in shown], titles)

# %% [markdown] lang="es"
# Al principio los grises se separan en negros y blancos. Luego, en la mayoría, aparece una mancha clara en el centro: es lo que todos los dígitos tienen en común. Después, de la mancha salen trazos y cada ruido se queda con su dígito. Y ahora, el resultado completo.

# %% [markdown] lang="en"
# At first the greys part into blacks and whites. Next, in most squares, a bright blot appears in the centre: it is what all digits have in common. Then strokes come out of the blot and each noise vector settles on its digit. And now the whole result.

# %%
plots.show_grid(album[steps], columns=10)
pixels.save_grid(album[steps], out / "generated.png")
pixels.save_grid(dataset.x_train[:100], out / "real.png")

# %% [markdown] lang="es"
# Compara estos dígitos con los reales de antes. ¿En qué los distinguirías, si fueras el discriminador?
#
# Si has entrenado menos de las 20 épocas que pide el tutorial A, esto es lo que habrías visto con las 20. Hemos entrenado sus redes una vez, con una sola semilla, en una GPU y con el paso que escribirás en la lección 3:

# %% [markdown] lang="en"
# Compare these digits with the real ones that we loaded. How would you tell them apart, if you were the discriminator?
#
# If you have trained for fewer than the 20 epochs that tutorial A asks for, this is what you would have seen with all 20. We trained its networks once, with a single seed, on a GPU and with the step that you will write in lesson 3:

# %%
figures.show_tutorial("A")

# %% [markdown] lang="es"
# Dos semillas dan dos colecciones distintas, con los mismos trazos y los mismos puntos sueltos. La página `tutorials/README.es.md` enseña así los cinco tutoriales en los que se basa el curso.

# %% [markdown] lang="en"
# Two seeds give two different collections, with the same kind of strokes and the same stray dots. The page `tutorials/README.md` shows all five tutorials on which the course is based in this way.

# %% [markdown] lang="es"
# ### El polvo, medido
#
# A simple vista se ven píxeles claros sueltos, que en las imágenes reales casi no aparecen. Contémoslos: de todos los píxeles más claros que el gris medio, cuántos no tienen **ningún** vecino claro entre los ocho que los rodean. ¿Cuántos esperas por cada diez mil?

# %% [markdown] lang="en"
# ### The dust, measured
#
# You can see stray bright pixels, which hardly ever appear in real images. Let us count them: of all pixels brighter than mid-grey, how many have **no** bright neighbour among the eight around them. How many would you expect in ten thousand?


# %% tags=["export"]
def lonely_share(images):
    bright = pixels.to_uint8(images) > 127
    padded = np.pad(bright, ((0, 0), (1, 1), (1, 1))).astype("uint8")
    neighbours = sum(
        padded[:, 1 + dy : 29 + dy, 1 + dx : 29 + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
    )
    return (bright & (neighbours == 0)).sum() / bright.sum()


# %%
many = generator(keras.random.normal((1000, latent_dim)), training=False)
lonely = {"real": lonely_share(dataset.x_test[:1000]), "G(z)": lonely_share(many)}
for name, share in lonely.items():
    count = f"{10_000 * share:.1f}"
    print(
        f"{name:5}",
        L(f"{count} píxeles sueltos de cada 10 000 claros", f"{count} stray pixels in 10,000 bright ones"),
    )
assert lonely["G(z)"] > lonely["real"]

# %% [markdown] lang="es"
# Muchas más que en las imágenes reales. El ojo no se equivocaba.

# %% [markdown] lang="en"
# Many more than in the real images. The eye was not mistaken.

# %% [markdown] lang="es"
# ### Por qué: una capa densa no sabe quién es vecino de quién
#
# Para una capa densa, los 784 píxeles son una lista. Barajemos sus posiciones, siempre del mismo modo, al final del generador y al principio del discriminador. Nosotros dejamos de entender las imágenes. ¿Y las redes?

# %% [markdown] lang="en"
# ### Why: a dense layer does not know who is next to whom
#
# To a dense layer, the 784 pixels are a list. Let us shuffle their positions, always in the same way, at the end of the generator and at the beginning of the discriminator. We can no longer make sense of the images. And the networks?

# %%
order = np.random.default_rng(22).permutation(28 * 28)


def shuffle_pixels(model, copy, layer, axis):
    copy.set_weights(model.get_weights())
    kernel, bias = copy.layers[layer].get_weights()
    kernel = np.take(kernel, order, axis)
    bias = bias[order] if axis == 1 else bias
    copy.layers[layer].set_weights([kernel, bias])
    return copy


shuffled_generator = shuffle_pixels(generator, make_generator(), layer=-2, axis=1)
shuffled_discriminator = shuffle_pixels(discriminator, make_discriminator(), layer=1, axis=0)
shuffled = shuffled_generator(fixed_noise, training=False)
plots.show_grids(
    [album[steps][:16], shuffled[:16]], [L("como siempre", "as usual"), L("píxeles barajados", "shuffled pixels")]
)

# %% [markdown] lang="es"
# A la izquierda, dígitos; a la derecha, para nosotros, nieve. ¿Y para el discriminador?

# %% [markdown] lang="en"
# On the left, digits; on the right, to us, snow. And to the discriminator?

# %%
usual_opinion = discriminator(album[steps], training=False)
shuffled_opinion = shuffled_discriminator(shuffled, training=False)
print(
    L("la mayor diferencia de opinión:", "the largest difference of opinion:"),
    f"{np.max(np.abs(usual_opinion - shuffled_opinion)):.6f}",
)
assert np.allclose(usual_opinion, shuffled_opinion, atol=1e-4)

# %% [markdown] lang="es"
# Responde lo mismo a unas y a otras. Y como los pesos iniciales son al azar, entrenar con imágenes barajadas habría ido igual de bien, porque nada en una red densa dice que dos píxeles sean vecinos. Que un trazo es continuo tienen que aprenderlo píxel a píxel. Ese es nuestro principal sospechoso del polvo, y la lección 2 lo pone a prueba: el mismo juego con convoluciones, que sí miran a los vecinos, y la misma cuenta.

# %% [markdown] lang="en"
# It gives both the same answers. And since initial weights are random anyway, training on shuffled images would have gone just as well, for nothing in a dense network says that two pixels are neighbours. That a stroke is continuous they have to learn pixel by pixel. That is our prime suspect for the dust, and lesson 2 puts it to the test: the same game with convolutions, which do look at the neighbours, and the same count.

# %% [markdown] lang="es"
# ### Por qué no sirve para imágenes grandes
#
# ¿Y si quisiéramos fotos en color de 512×512? El tutorial hace esta cuenta: cada imagen son 786 432 salidas, y si la capa anterior crece más o menos en proporción, de 1024 neuronas a 1024 × 1024, solo la última capa tendría este tamaño:

# %% [markdown] lang="en"
# ### Why it does not scale
#
# What if we wanted colour photographs of 512×512? The tutorial does this arithmetic: each image is 786,432 outputs, and if the layer before grows roughly in proportion, from 1,024 neurons to 1,024 × 1,024, the last layer alone would have this size:

# %% tags=["nbval-check-output"]
outputs = 512 * 512 * 3
weights = outputs * 1_048_576
terabytes = weights * 4 / 1e12
assert outputs == 786_432
print(f"{outputs} × 1048576 = {weights:.2e}  ({terabytes:.1f} TB)")

# %% [markdown] lang="es"
# Más de ochocientos mil millones de pesos, 3.3 terabytes a 4 bytes cada uno, en una sola capa, para no saber todavía qué píxel está al lado de cuál.

# %% [markdown] lang="en"
# Over eight hundred billion weights, 3.3 terabytes at 4 bytes each, in a single layer, and still not knowing which pixel is next to which.

# %% [markdown] lang="es"
# ## Qué dicen las tres exactitudes, y qué no
#
# Durante el entrenamiento hemos anotado tres exactitudes (*accuracies*), las mismas que el tutorial: la de D ante lo real, la de D ante lo generado y la de la GAN, que es con qué frecuencia una muestra pasa por real.

# %% [markdown] lang="en"
# ## What the three accuracies say, and what they do not
#
# While training we recorded three accuracies, the same as the tutorial: D's on real images, D's on generated ones, and that of the GAN, which is how often a sample passes for real.

# %%
plots.show_curves(
    monitor.history,
    {
        "accuracy_real": L("D ante lo real", "D on real"),
        "accuracy_fake": L("D ante lo generado", "D on generated"),
        "accuracy_gan": L("GAN: pasa por real", "GAN: passes for real"),
    },
    L("Las tres exactitudes", "The three accuracies"),
)
plt.show()

# %% [markdown] lang="es"
# D empieza acertando casi siempre y acaba acertando poco más de la mitad de las veces. Ahora compara dos curvas: las generadas que D no reconoce, que son las que pasan por reales, y la de la GAN. ¿No deberían coincidir?

# %% [markdown] lang="en"
# D starts out right nearly always and ends up right little more than half the time. Now compare two curves: the generated images that D fails to recognise, which are those that pass for real, and that of the GAN. Should they not coincide?

# %%
fake_unnoticed = 1 - np.mean(monitor.history["accuracy_fake"][-100:])
passed = np.mean(monitor.history["accuracy_gan"][-100:])
print(f"1 - accuracy_fake: {fake_unnoticed:.2f}    accuracy_gan: {passed:.2f}")

# %% [markdown] lang="es"
# No coinciden, y la causa es el orden de los turnos. Sigamos a D durante uno: ¿a cuántas de las mismas imágenes generadas llama reales al empezar, tras estudiar un lote real y tras estudiar uno generado?

# %% [markdown] lang="en"
# They do not, and the reason is the order of the turns. Let us follow D through one: how many of the same generated images does it call real at the start, after studying a real batch, and after studying a generated one?


# %%
def share_called_real(model, images):
    return float(np.mean(model.predict_on_batch(images) > 0.5))


fake = many[:batch_size]
shares = [share_called_real(discriminator, fake)]
for images, label in [(real, 1.0), (fake, 0.0)]:
    learn(discriminator, images, label)
    shares.append(share_called_real(discriminator, fake))
print(*(f"{share:.2f}" for share in shares), sep=" → ")
assert shares[1] > shares[2]

# %% [markdown] lang="es"
# Una sola corrección basta para que D cambie de opinión: después de un lote real ve más cosas reales; después de uno generado, menos. «D ante lo generado» se mide en el primer momento y «GAN» en el segundo. Las dos son ciertas y ninguna es una nota.

# %% [markdown] lang="en"
# A single update is enough for D to change its mind: after a real batch it sees more things as real; after a generated one, fewer. “D on generated” is measured at the first moment and “GAN” at the second. Both are true, and neither is a mark.

# %% [markdown] lang="es"
# Además, en cada paso el árbitro es otro. ¿Qué diría uno nuevo, que juzgara al generador ya terminado? Entrenémoslo durante una época, con las imágenes que dibujaríamos para un amigo (`training=False`), y examinémoslo con otras que no ha visto. Di antes un porcentaje: ¿cuántas generadas crees que se le colarán?

# %% [markdown] lang="en"
# Besides, the referee is another at every step. What would a fresh one say, who judged the finished generator? Let us train one for an epoch, on the images that we would draw for a friend (`training=False`), and test it on others that it has not seen. Name a percentage first: how many generated ones do you think will get past it?

# %%
judge = make_discriminator()
judge.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5), jit_compile=False)
for real_images in batches.take(budget(smoke=30, workshop=234, full=234)):
    fake_images = generator(keras.random.normal((batch_size, latent_dim)), training=False)
    discriminator_turn(judge, real_images, fake_images)


# %%
judged_real = share_called_real(judge, scale(dataset.x_test[:1000]))
judged_fake = share_called_real(judge, many)
print(
    L(
        f"árbitro nuevo: llama «real» al {100 * judged_real:.1f} % de las reales y al {100 * judged_fake:.1f} % de las generadas",
        f"fresh referee: calls “real” {100 * judged_real:.1f}% of the real ones and {100 * judged_fake:.1f}% of the generated ones",
    )
)
assert judged_real > judged_fake

# %% [markdown] lang="es"
# Al árbitro nuevo no se le cuela casi ninguna, aunque las respuestas de D en el juego rondaban 0.5: aquel 0.5 era un D que vacila, no un G perfecto. Las exactitudes del juego describen el **equilibrio** entre dos rivales; no miden la calidad de las imágenes. Tampoco las pérdidas: la de D subió mientras los dígitos mejoraban. Y ninguna de ellas notaría un generador que dibujara siempre el mismo 3 perfecto (*mode collapse*, colapso de modos). Para medir calidad hace falta un juez de fuera, y ese es el tema de la lección 4.

# %% [markdown] lang="en"
# Hardly any get past the fresh referee, although D's answers in the game were near 0.5: that 0.5 was a wavering D, not a perfect G. The accuracies of the game describe the **balance** between two rivals; they do not measure the quality of the images. Nor do the losses: D's rose while the digits improved. And none of them would notice a generator that drew the same perfect 3 for ever (mode collapse). Measuring quality takes a judge from outside, and that is the subject of lesson 4.

# %% [markdown] lang="es"
# ## Guardar el generador
#
# El discriminador ha cumplido y ya no hace falta. Guardamos el generador y comprobamos que, al volver a cargarlo, dibuja exactamente lo mismo.

# %% [markdown] lang="en"
# ## Saving the generator
#
# The discriminator has done its work and is no longer needed. We save the generator, and check that once loaded again it draws exactly the same.

# %%
generator.save(out / "generator.keras")
reloaded = keras.models.load_model(out / "generator.keras")
assert np.array_equal(reloaded(fixed_noise, training=False), album[steps])
print(pretty_path(out))

# %% [markdown] lang="es"
# ## Ejercicios: encuentra el fallo
#
# Los tutoriales de los que aprendimos también se equivocan, y el código envejece. Todos los errores de los ejercicios 3 y 4 salen de código publicado.
#
# ### Ejercicio 3: la baraja
#
# El tutorial forma los lotes y después los baraja. Así, cada imagen viaja siempre con las mismas compañeras. Además, con un conjunto menor que un lote, `len(images) // size` es 0 y `shuffle(0)` da un error. Arregla `shuffled_batches` para que se mezclen las **imágenes** y para que todos los lotes estén completos.

# %% [markdown] lang="en"
# ## Exercises: spot the bug
#
# The tutorials that we learnt from make mistakes too, and code ages. All the bugs of exercises 3 and 4 come from published code.
#
# ### Exercise 3: the shuffle
#
# The tutorial forms the batches and then shuffles them. So the same images always share a batch. And with fewer images than one batch, `len(images) // size` is 0 and `shuffle(0)` raises an error. Fix `shuffled_batches` so that **images** are mixed and every batch is complete.


# %% tags=["exercise", "nbval-check-output"]
def shuffled_batches(images, size):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.batch(size)
    return batches.shuffle(len(images) // size)


# es: Cuando lo hayas arreglado, escribe q3.check(shuffled_batches).
# en: When you have fixed it, write q3.check(shuffled_batches).
q3.check(...)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ### Ejercicio 4: cinco líneas malas
#
# En este programa hay cinco líneas que hoy fallan o que entrenan mal sin avisar. ¿Cuáles? Responde con sus letras, por ejemplo `"abcde"`. (Las que no son un error por sí solas no cuentan. Lo que pasa con `g` y `h` ya lo viste en el ejercicio 3.)
#
# ```text
# a   G.add(Dense(1024, activation="relu"))
# b   G.add(BatchNormalization(0.8))
# c   adam = Adam(2e-4, beta_1=0.5)
# d   D.compile(loss="binary_crossentropy", optimizer=adam)
# e   D.trainable = False        # y no se vuelve a tocar
# f   gan.compile(loss="binary_crossentropy", optimizer=adam)
# g   batches = Dataset.from_tensor_slices(X).batch(256)
# h   batches = batches.shuffle(234)
# i   D.train_on_batch(images, labels)
# j   accuracy.reset_states()
# ```

# %% [markdown] lang="en"
# ### Exercise 4: five bad lines
#
# In this program there are five lines that fail today or train badly without a word. Which? Answer with their letters, for instance `"abcde"`. (Lines that are no mistake in themselves do not count. What happens with `g` and `h` you have seen in exercise 3.)
#
# ```text
# a   G.add(Dense(1024, activation="relu"))
# b   G.add(BatchNormalization(0.8))
# c   adam = Adam(2e-4, beta_1=0.5)
# d   D.compile(loss="binary_crossentropy", optimizer=adam)
# e   D.trainable = False        # and never touched again
# f   gan.compile(loss="binary_crossentropy", optimizer=adam)
# g   batches = Dataset.from_tensor_slices(X).batch(256)
# h   batches = batches.shuffle(234)
# i   D.train_on_batch(images, labels)
# j   accuracy.reset_states()
# ```

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ### Ejercicio 5: tu propio detector
#
# Escribe `moves(model, action)`: ejecuta `action()` y devuelve `True` si ha cambiado algún peso de `model` y `False` si no. Tiene que funcionar también con un modelo congelado, cuya lista `trainable_variables` está vacía. Te servirá con cualquier GAN. Un aviso: donde hay normalización por lotes, también verá moverse las medias que se miden (`moving_mean` y `moving_variance`), aunque la red no esté aprendiendo.

# %% [markdown] lang="en"
# ### Exercise 5: your own detector
#
# Write `moves(model, action)`: it runs `action()` and returns `True` if any weight of `model` has changed and `False` if not. It must also work for a frozen model, whose list `trainable_variables` is empty. It will serve you with any GAN. A warning: where there is batch normalization, it will also see the measured averages move (`moving_mean` and `moving_variance`), even if the network is not learning.


# %% tags=["exercise", "nbval-check-output"]
def moves(model, action):
    return ...


q5.check(moves)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# ### Ejercicio 6: ¿cuánto pesaría en color?
#
# Cambias la última capa del generador para que haga imágenes en color de 64×64, y dejas la anterior en 1024 neuronas. ¿Cuántos parámetros tiene esa última capa, con sus sesgos?

# %% [markdown] lang="en"
# ### Exercise 6: how heavy would colour be?
#
# You change the generator's last layer so that it makes colour images of 64×64, and leave the one before at 1,024 neurons. How many parameters does that last layer have, biases included?

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q6.check(answer)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# ### Para seguir jugando, sin nota
#
# - Cambia la semilla de la celda de entrenamiento y repite. ¿Sale lo mismo? Las GAN son sensibles a todo, también a la suerte. (Incluso con la misma semilla, otra máquina puede dar otros dígitos.)
# - Quita las capas de normalización del generador y vuelve a entrenar. ¿En qué se nota? (Los `assert` que cuentan parámetros protestarán: bórralos.)
# - El tutorial aconseja además ir bajando la tasa de aprendizaje: pasa `keras.optimizers.schedules.ExponentialDecay(2e-4, 1000, 0.9)` como `g_rate` y otra igual como `d_rate`. ¿Se posa el polvo?
# - Pon `"fashion_mnist"` en lugar de `"mnist"`. ¿Se ve el polvo en la ropa?

# %% [markdown] lang="en"
# ### To keep playing (ungraded)
#
# - Change the seed of the training cell and repeat. Is the result the same? GANs are sensitive to everything, luck included. (Even with the same seed, another machine may give other digits.)
# - Remove the generator's normalization layers and train again. How does it show? (The `assert` lines that count parameters will protest: delete them.)
# - The tutorial also advises decaying the learning rate: pass `keras.optimizers.schedules.ExponentialDecay(2e-4, 1000, 0.9)` as `g_rate` and another like it as `d_rate`. Does the dust settle?
# - Put `"fashion_mnist"` in place of `"mnist"`. Can you see the dust on clothes?

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una GAN son dos redes y un juego por turnos; el generador solo conoce los datos a través del discriminador.
# - La entropía cruzada con etiquetas 1 y 0 da el lado de D de la fórmula minimax; el generador usa la versión no saturante porque empuja cuando más falta hace.
# - D = 0.5 significa «no sé distinguir», y tanto puede ser mérito del generador como ignorancia del discriminador.
# - Que cada red se mueva en su turno, y solo en él, se comprueba con un `assert`; no se supone.
# - Las capas densas no saben qué píxeles son vecinos, y de ahí, sospechamos, el polvo; y como lo conectan todo con todo, no sirven para imágenes grandes.
# - Las exactitudes y las pérdidas hablan del equilibrio, no de la calidad.
#
# **Lo siguiente:** en la lección 2 las convoluciones van a por el polvo, y veremos por qué tantos tutoriales entrenan hoy con el discriminador congelado.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A GAN is two networks and a game in turns; the generator knows the data only through the discriminator.
# - Cross-entropy with labels 1 and 0 gives D's side of the minimax formula; the generator uses the non-saturating version because it pushes when it is needed most.
# - D = 0.5 means “I cannot tell”, and it may be to the generator's credit or the discriminator's ignorance.
# - That each network moves in its own turn, and only there, is checked with an `assert`; it is not assumed.
# - Dense layers do not know which pixels are neighbours, hence, we suspect, the dust; and as they connect everything with everything, they are no use for large images.
# - Accuracies and losses speak of the balance, not of quality.
#
# **Next:** in lesson 2 convolutions go after the dust, and we shall see why so many tutorials now train with a frozen discriminator.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Ian Goodfellow y otros, [*Generative Adversarial Nets*](https://arxiv.org/abs/1406.2661), 2014. De aquí salen el juego minimax, la pérdida no saturante y $D^*$. El tutorial cuenta que la idea nació de un sueño; según su autor, nació de una discusión en un bar de Montreal.
# - Un tutorial en chino titulado «GAN» (red densa, TensorFlow 2.0). De él son la arquitectura, los hiperparámetros, las tres exactitudes, las cuadrículas de 10×10 y la cuenta de la imagen de 512×512. No conocemos a su autor. Lo que en él falla hoy, además de lo de los ejercicios 3 y 4:
#   - dice usar «solo capas densas y ReLU», pero también normaliza por lotes;
#   - llama «valor lógico» a la salida de D, que es una probabilidad;
#   - usa `np.float` y `reset_states`, que ya no existen;
#   - detiene el entrenamiento según las pérdidas, que en una GAN no miden la calidad.
# - Yann LeCun, Corinna Cortes y Christopher Burges, [base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - Ian Goodfellow et al., [*Generative Adversarial Nets*](https://arxiv.org/abs/1406.2661), 2014. The minimax game, the non-saturating loss and $D^*$ are from here. The tutorial has it that the idea came in a dream; by its author's account, it came out of an argument in a Montréal bar.
# - A Chinese tutorial entitled “GAN” (dense network, TensorFlow 2.0). The architecture, the hyperparameters, the three accuracies, the 10×10 grids and the arithmetic of the 512×512 image are its own. We do not know its author. What fails in it today, besides what exercises 3 and 4 show:
#   - it says that it uses “only dense layers and ReLU”, yet it uses batch normalization too;
#   - it calls D's output a “logical value”; it is a probability;
#   - it uses `np.float` and `reset_states`, which are gone;
#   - it stops training early according to the losses, which in a GAN do not measure quality.
# - Yann LeCun, Corinna Cortes and Christopher Burges, [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
