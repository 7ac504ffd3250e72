# ---
# title:
#   es: 1 · La GAN densa, dos redes que juegan
#   en: 1 · The fully connected GAN, two networks at play
# ---

# %% [markdown] lang="es"
# # 1 · La GAN densa: dos redes que juegan
#
# Dentro de una hora, una red neuronal que empieza dibujando nieve de televisor escribirá cifras a mano. Nadie le enseñará cómo se dibuja un 3. Aprenderá jugando contra otra red.
#
# **En esta lección vas a:**
#
# 1. ver el juego completo en el plano, con puntos, en unos segundos;
# 2. leer la fórmula del juego y saber de dónde sale cada término;
# 3. construir y entrenar una GAN densa (*fully connected GAN*) con las 60 000 imágenes de MNIST;
# 4. comprobar, y no solo creer, que cada red aprende en su turno y solo en él;
# 5. juzgar el resultado: qué ha aprendido, qué no puede aprender y qué no dicen los porcentajes.
#
# **Tiempo:** unos 60 minutos de lectura y ejercicios; el entrenamiento son de 2 a 6 minutos de ellos en un portátil de dos núcleos. **Hace falta:** Python y haber entrenado alguna vez una red con Keras.

# %% [markdown] lang="en"
# # 1 · The fully connected GAN: two networks at play
#
# An hour from now, a neural network that starts out drawing television snow will be writing digits by hand. Nobody will have shown it how to draw a 3. It will have learnt by playing against another network.
#
# **In this lesson you will:**
#
# 1. watch the whole game in the plane, with points, in a few seconds;
# 2. read the formula of the game and know where each term comes from;
# 3. build and train a fully connected GAN on the 60,000 images of MNIST;
# 4. check, rather than believe, that each network learns in its own turn and only there;
# 5. judge the result: what it has learnt, what it cannot learn, and what the percentages do not say.
#
# **Time:** about 60 minutes of reading and exercises; training takes 2 to 6 of them on a two-core laptop. **You need:** Python, and to have trained a network with Keras once.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Las imágenes que siguen son la promesa: las hizo esta misma lección, ejecutada de principio a fin. Al terminar tendrás las tuyas en la carpeta `out`.

# %% [markdown] lang="en"
# The pictures below are the promise: this very lesson made them, run from top to bottom. When you finish, yours will be in the folder `out`.

# %%
from contextlib import contextmanager

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, plots
from course_utils.monitor import Monitor, estimate
from course_utils.questions_01 import q1, q2, q3, q4, q5, q6
from course_utils.setup import budget, out_folder, pretty_path

plots.show_promise("01_fully_connected_gan")

# %% [markdown] lang="es"
# Cien cifras que no escribió nadie. Se leen casi todas, y también se ve que algo falla: hay píxeles sueltos, como polvo. Al final de la lección sabrás por qué.

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
# ## The game, with points
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

# %%
keras.utils.set_random_seed(22)
rng = np.random.default_rng(22)


def real_points(count):
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = rng.normal(0.7, 0.03, count)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points.astype("float32")


real_points(3)

# %% [markdown] lang="es"
# Los dos jugadores son redes pequeñas. El generador va de un ruido de dos números a un punto; el discriminador, de un punto a una probabilidad. La sigmoide de su última capa la mantiene entre 0 y 1.

# %% [markdown] lang="en"
# Both players are small networks. The generator goes from a noise of two numbers to a point; the discriminator, from a point to a probability. The sigmoid of its last layer keeps that between 0 and 1.


# %%
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
# Veamos a los dos antes de entrenar. Las cruces azules son puntos reales y los puntos negros, los que genera la red a partir de ruido. El fondo es la opinión del discriminador en cada lugar: morado donde diría «real», naranja donde diría «generado». La línea de puntos marca donde duda por igual.

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
# Nobody knows anything yet: the generated points form some blot or other, and the discriminator sees the plane in almost one pale colour, around 0.5.

# %% [markdown] lang="es"
# ### Dos turnos
#
# El juego se entrena por turnos. Para escribirlos hacen falta los dos modelos compilados: el discriminador, y una red que llamaremos `gan` y que es el generador seguido del discriminador. Cada uno con **su propio** optimizador.
#
# La métrica `mean_output` es la media de las respuestas del discriminador. Nos dirá en cada paso qué opina, sin coste.

# %% [markdown] lang="en"
# ### Two turns
#
# The game is trained in turns. To write them down we need two compiled models: the discriminator, and a network that we shall call `gan`, which is the generator followed by the discriminator. Each with an optimizer **of its own**.
#
# The metric `mean_output` is the mean of the discriminator's answers. It will tell us at each step what it thinks, at no cost.


# %%
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


def compile_gan(generator, discriminator, g_rate, d_rate):
    discriminator.compile(
        loss="binary_crossentropy",
        optimizer=keras.optimizers.Adam(d_rate, beta_1=0.5),
        metrics=["accuracy", mean_output],
    )
    noise = keras.Input(generator.input_shape[1:])
    gan = keras.Sequential([noise, generator, discriminator], name="gan")
    gan.compile(
        loss="binary_crossentropy",
        optimizer=keras.optimizers.Adam(g_rate, beta_1=0.5),
        metrics=["accuracy"],
    )
    return gan


# %% [markdown] lang="es"
# **Turno del discriminador.** Ve un lote de datos reales con la etiqueta 1 y otro de generados con la etiqueta 0, y corrige sus pesos para acertar más.

# %% [markdown] lang="en"
# **The discriminator's turn.** It sees a batch of real data labelled 1 and one of generated data labelled 0, and corrects its weights to be right more often.


# %%
def learn(model, inputs, label):
    labels = tf.fill((len(inputs), 1), label)
    # es: Sin esto, algunas versiones de Keras devuelven la media desde el principio y no la de este lote.
    # en: Without this, some versions of Keras return the mean since the beginning and not that of this batch.
    model.reset_metrics()
    return model.train_on_batch(inputs, labels, return_dict=True)


def discriminator_turn(discriminator, real, fake):
    return learn(discriminator, real, 1.0), learn(discriminator, fake, 0.0)


# %% [markdown] lang="es"
# **Turno del generador.** Queremos que sus muestras pasen por reales, así que la red `gan` se entrena con ruido y la etiqueta 1. La corrección atraviesa al discriminador y llega al generador. Pero el discriminador es el árbitro: en este turno **no puede moverse**, o aprendería a dar por buenas las muestras falsas.
#
# `frozen` lo congela mientras dura el bloque `with` y siempre lo descongela después, aunque algo falle.

# %% [markdown] lang="en"
# **The generator's turn.** We want its samples to pass for real, so the network `gan` is trained on noise with the label 1. The correction goes through the discriminator and reaches the generator. But the discriminator is the referee: in this turn it **must not move**, or it would learn to accept fakes.
#
# `frozen` freezes it for as long as the `with` block lasts and always thaws it afterwards, even if something fails.


# %%
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


# %% [markdown] lang="es"
# Un paso del entrenamiento es un turno de cada uno. `make_train_step` lo prepara para un par de redes y devuelve una función que recibe un lote real, juega los dos turnos e informa de lo que ha pasado.

# %% [markdown] lang="en"
# One training step is one turn each. `make_train_step` prepares it for a pair of networks and returns a function that receives a real batch, plays both turns and reports what happened.


# %%
def make_train_step(generator, discriminator, gan):
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
# Estas cinco funciones son toda la GAN. Servirán igual para los puntos y para las imágenes.
#
# ### Ejercicio 1: predice
#
# Imagina que el generador ha ganado: sus puntos caen justo como los reales. ¿Qué responderá entonces el discriminador, de media?
#
# **a)** 1 ante los reales y 0 ante los generados · **b)** 0 ante los reales y 1 ante los generados · **c)** 0.5 ante unos y otros · **d)** 1 ante unos y otros

# %% [markdown] lang="en"
# These five functions are the whole GAN. They will serve points and images alike.
#
# ### Exercise 1: predict
#
# Suppose the generator has won: its points fall exactly as the real ones do. What will the discriminator answer then, on average?
#
# **a)** 1 for real ones and 0 for generated ones · **b)** 0 for real ones and 1 for generated ones · **c)** 0.5 for both · **d)** 1 for both

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q1.check(answer)

# %% tags=["exercise"]
# es: Quita la almohadilla de lo que necesites:
# en: Remove the hash sign from what you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ### A jugar
#
# `play` crea dos jugadores nuevos y los entrena. Tiene un mando, `d_speed`: cuántas veces más deprisa aprende el discriminador que el generador (su tasa de aprendizaje, dividida por la del otro). Guarda cómo van en seis momentos.

# %% [markdown] lang="en"
# ### Let them play
#
# `play` makes two new players and trains them. It has one knob, `d_speed`: how many times faster the discriminator learns than the generator (its learning rate divided by the other's). It keeps a picture of six moments.


# %%
def play(d_speed, steps):
    keras.utils.set_random_seed(7)
    generator, discriminator = toy_generator(), toy_discriminator()
    gan = compile_gan(generator, discriminator, g_rate=1e-3, d_rate=1e-3 * d_speed)
    train_step = make_train_step(generator, discriminator, gan)
    moments = [0, steps // 16, steps // 8, steps // 4, steps // 2, steps]
    _, axes = plt.subplots(1, 6, figsize=(10.5, 2), dpi=75, layout="constrained")
    plt.close()

    def watch(step):
        if step in moments:
            ax = axes[moments.index(step)]
            draw_toy(ax, discriminator, generator(toy_noise))
            ax.set_title(L(f"paso {step}", f"step {step}"), fontsize=9)

    watch(0)
    with Monitor(
        steps,
        generator,
        toy_noise,
        discriminator,
        some_real_points,
        draw=lambda ax, points: draw_toy(ax, discriminator, points),
    ) as monitor:
        for step in range(1, steps + 1):
            monitor.update(**train_step(real_points(256)))
            watch(step)
    return generator, monitor.history, axes[0].figure


# %% [markdown] lang="es"
# Empecemos con un discriminador el doble de rápido que su rival. Son 600 pasos y menos de 20 segundos. Mira a la derecha cómo los puntos negros buscan la circunferencia, y cómo el fondo cambia para echarlos de donde no deben estar.

# %% [markdown] lang="en"
# Let us start with a discriminator twice as fast as its rival: 600 steps, less than 20 seconds. On the right, watch the black dots look for the circle, and the background change to chase them from where they ought not to be.

# %%
toy_steps = budget(smoke=320, workshop=600, full=600)
trained, history, film = play(d_speed=2, steps=toy_steps)

# %% [markdown] lang="es"
# Los seis momentos guardados cuentan la partida. El fondo nunca deja de moverse: donde se amontonan los puntos generados se vuelve naranja, y los puntos huyen hacia lo morado.

# %% [markdown] lang="en"
# The six moments we kept tell the story. The background never stops moving: where generated points pile up it turns orange, and the points flee towards the purple.

# %%
plots.show_figure(film)

# %% [markdown] lang="es"
# Midamos, en vez de fiarnos del ojo: la distancia media de los puntos generados a la circunferencia, antes y después.

# %% [markdown] lang="en"
# Let us measure instead of trusting our eyes: the mean distance from the generated points to the circle, before and after.


# %%
def distance_to_circle(generator):
    radius = np.linalg.norm(generator(toy_noise), axis=1)
    return np.abs(radius - 0.7).mean()


before, after = distance_to_circle(toy_generator()), distance_to_circle(trained)
print(
    L(
        f"distancia media: {before:.2f} antes, {after:.2f} después",
        f"mean distance: {before:.2f} before, {after:.2f} after",
    )
)
assert after < before / 2

# %% [markdown] lang="es"
# ### Ahora gira el mando
#
# ¿Qué pasará si el discriminador no aprende nada, `d_speed = 0`? Piénsalo antes de ejecutar la celda. Después prueba con 0.2 y con 20.

# %% [markdown] lang="en"
# ### Now turn the knob
#
# What will happen if the discriminator learns nothing at all, `d_speed = 0`? Think before you run the cell. Then try 0.2 and 20.

# %%
d_speed = 0
_, frozen_history, film = play(d_speed, steps=budget(smoke=160, workshop=400, full=400))
plots.show_figure(film)

# %% [markdown] lang="es"
# Con `d_speed = 0` el generador encuentra enseguida un rincón del plano donde ese árbitro dormido dice «real», y se va hacia allí para siempre, fuera del dibujo. Fíjate en las curvas: D(G(z)) sube hasta 1 y la pérdida de D no deja de crecer sin que D haga nada. El generador «gana» y no ha aprendido nada. El monitor lo avisa: **el discriminador está congelado**.
#
# Guarda esta imagen en la memoria. Hay muchos tutoriales publicados cuyo código, con el Keras de hoy, entrena exactamente así sin que nadie lo note.

# %% [markdown] lang="en"
# With `d_speed = 0` the generator soon finds a corner of the plane where that sleeping referee says “real”, and heads there for ever, out of the picture. Look at the curves: D(G(z)) climbs to 1, and D's loss keeps growing while D does nothing about it. The generator “wins” and has learnt nothing. The monitor tells you so: **the discriminator is frozen**.
#
# Keep this picture in mind. There are many published tutorials whose code, on today's Keras, trains exactly like this without anyone noticing.

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
# | $\mathbb{E}$ | la media sobre muchos datos o muchos ruidos |
# | $V$ | lo bien que le va al discriminador |

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
# | $\mathbb{E}$ | the mean over many samples or many noises |
# | $V$ | how well the discriminator is doing |

# %% [markdown] lang="es"
# El juego que propuso Ian Goodfellow en 2014 es este:
#
# $$\min_G \max_D \; V(D, G) = \mathbb{E}_{x}\big[\log D(x)\big] + \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big]$$
#
# El primer término premia que D diga «real» ante lo real; el segundo, que diga «falso» ante lo falso. D quiere que $V$ sea grande ($\max_D$) y G quiere que sea pequeño ($\min_G$). Como los dos logaritmos son de números entre 0 y 1, $V$ nunca pasa de 0.

# %% [markdown] lang="en"
# The game that Ian Goodfellow proposed in 2014 is this:
#
# $$\min_G \max_D \; V(D, G) = \mathbb{E}_{x}\big[\log D(x)\big] + \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big]$$
#
# The first term rewards D for saying “real” to what is real; the second, for saying “fake” to what is fake. D wants $V$ large ($\max_D$) and G wants it small ($\min_G$). As both logarithms are of numbers between 0 and 1, $V$ never exceeds 0.

# %% [markdown] lang="es"
# ¿Y dónde está esa fórmula en nuestro código? En `binary_crossentropy`, la entropía cruzada binaria: con etiqueta 1 vale $-\log D$, y con etiqueta 0, $-\log(1 - D)$. Los dos entrenamientos de `discriminator_turn` son los dos términos de $V$, cambiados de signo porque Keras minimiza. Comprobémoslo con dos números.

# %% [markdown] lang="en"
# And where is that formula in our code? In `binary_crossentropy`: with label 1 it is $-\log D$, and with label 0, $-\log(1 - D)$. The two trainings of `discriminator_turn` are the two terms of $V$, with the sign changed because Keras minimises. Let us check with two numbers.

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
# According to $\min_G$, the generator should minimise $\log(1 - D(G(z)))$. We do something else: we train with label 1, that is, we minimise $-\log D(G(z))$. This is the **non-saturating loss**, from the same article of 2014.
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
# El eje vertical es el tamaño del gradiente respecto al valor que entra en la sigmoide de D, que es lo que baja hacia el generador. A la izquierda, justo cuando más falta hace, la fórmula original (línea continua) se queda sin fuerza, y la no saturante (discontinua) tira al máximo. Por eso se usa la segunda.

# %% [markdown] lang="en"
# The vertical axis is the size of the gradient with respect to the value that enters D's sigmoid, which is what flows down to the generator. On the left, just when it is needed most, the original formula (solid line) runs out of strength, and the non-saturating one (dashed) pulls as hard as it can. That is why the second one is used.

# %% tags=["nbval-check-output"]
start = np.argmin(np.abs(d_fake - 0.01))
print(f"D(G(z)) = 0.01:  {saturating[start]:.2f}  {non_saturating[start]:.2f}")
assert non_saturating[start] > 50 * saturating[start]

# %% [markdown] lang="es"
# ### Qué significa D(x) = 0.5
#
# Para un generador fijo se puede calcular el mejor discriminador posible. Si $p_r(x)$ dice lo frecuentes que son los datos reales cerca de $x$, y $p_g(x)$ los generados, ese discriminador es
#
# $$D^*(x) = \frac{p_r(x)}{p_r(x) + p_g(x)}$$
#
# Si los generados se reparten igual que los reales, $p_r = p_g$ y la respuesta es 0.5 en todas partes: ni el mejor árbitro puede distinguirlos. ¿Cómo terminó nuestra partida?

# %% [markdown] lang="en"
# ### What D(x) = 0.5 means
#
# For a fixed generator, the best possible discriminator can be worked out. If $p_r(x)$ says how frequent real data are near $x$, and $p_g(x)$ generated ones, that discriminator is
#
# $$D^*(x) = \frac{p_r(x)}{p_r(x) + p_g(x)}$$
#
# If generated data are spread just like the real ones, $p_r = p_g$ and the answer is 0.5 everywhere: not even the best referee can tell them apart. How did our game end?

# %%
for name, past in {"d_speed = 2": history, f"d_speed = {d_speed}": frozen_history}.items():
    d_real, d_fake = np.mean(past["d_real"][-50:]), np.mean(past["d_fake"][-50:])
    print(f"{name:14} D(x) = {d_real:.2f}   D(G(z)) = {d_fake:.2f}")

# %% [markdown] lang="es"
# La primera partida acaba en tablas, con los dos números cerca de 0.5. Pero cuidado, la implicación va en un solo sentido. Un generador perfecto lleva a 0.5; un 0.5 no demuestra que el generador sea perfecto. Un discriminador recién creado, que no sabe nada, también responde 0.5 a todo.

# %% [markdown] lang="en"
# The first game ends in a draw, with both numbers close to 0.5. But beware, the implication goes one way only. A perfect generator leads to 0.5; a 0.5 does not prove that the generator is perfect. A newly made discriminator, which knows nothing, answers 0.5 to everything as well.

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
# MNIST son 70 000 cifras escritas a mano, de 28×28 píxeles. Si no hay red, el curso usa en su lugar 1797 cifras más pequeñas que vienen con scikit-learn, y lo dice. La lección es la misma; las imágenes, más borrosas.

# %% [markdown] lang="en"
# ## The data
#
# MNIST is 70,000 handwritten digits of 28×28 pixels. Where there is no network the course uses 1,797 smaller digits that come with scikit-learn instead, and says so. The lesson is the same; the images are blurrier.

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
# La cadena de datos baraja las **imágenes**, las repite sin fin, forma lotes de 256 y solo entonces las convierte a decimales: en memoria siguen siendo bytes, ocho veces menos que con el `X / 127.5 - 1` habitual de NumPy. `drop_remainder=True` descarta el lote incompleto del final.

# %% [markdown] lang="en"
# The pipeline shuffles the **images**, repeats them without end, forms batches of 256 and only then turns them into floats: in memory they remain bytes, eight times less than with NumPy's usual `X / 127.5 - 1`. `drop_remainder=True` drops the incomplete batch at the end.

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
# Cien números de ruido entran en capas cada vez más anchas, 256, 512 y 1024 neuronas, y salen como 784, los píxeles de una imagen. Entre capa y capa, la normalización por lotes (*batch normalization*) centra y reescala las activaciones; con ella el entrenamiento va más deprisa y es más estable. La lección 2 la mira por dentro.
#
# Es la red del tutorial «GAN» que citamos al final, sin cambiarle nada.

# %% [markdown] lang="en"
# ## The generator
#
# A hundred numbers of noise enter wider and wider layers, 256, 512 and 1,024 neurons, and leave as 784, the pixels of an image. Between layers, batch normalization centres and rescales the activations; with it, training is faster and steadier. Lesson 2 looks inside it.
#
# It is the network of the “GAN” tutorial that we credit at the end, with nothing changed.

# %%
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
# ¿De dónde salen 1 493 520 parámetros? Una capa densa de $n$ entradas y $m$ salidas tiene $(n + 1)\,m$: un peso por cada pareja y un sesgo por salida. La normalización añade cuatro números por neurona, dos que se aprenden y dos que se miden.

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
# El dibujo de las capas, con la forma de lo que entra y lo que sale de cada una. `None` es el tamaño de lote: cualquiera.

# %% [markdown] lang="en"
# The drawing of the layers, with the shape of what enters and leaves each one. `None` is the batch size: any.

# %%
out = out_folder()
plots.show_layers(generator, out / "generator.png")

# %% [markdown] lang="es"
# ## El discriminador
#
# Hace el camino inverso: aplana la imagen y la reduce a 512, a 256 y a un solo número entre 0 y 1. Ese número es una **probabilidad**, no un sí o un no.

# %% [markdown] lang="en"
# ## The discriminator
#
# It goes the other way: it flattens the image and reduces it to 512, to 256 and to a single number between 0 and 1. That number is a **probability**, not a yes or no.


# %%
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
plots.show_layers(discriminator, out / "discriminator.png")

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
# Nieve gris, y un discriminador que responde alrededor de 0.5 a todo. El mismo 0.5 que un empate perfecto: ya ves por qué ese número, solo, no significa nada.

# %% [markdown] lang="en"
# Grey snow, and a discriminator that answers about 0.5 to everything. The same 0.5 as a perfect draw: you see why that number on its own means nothing.

# %% [markdown] lang="es"
# ## La GAN
#
# Compilamos con los números del tutorial: Adam con tasa de aprendizaje 0.0002 y `beta_1` 0.5, dos optimizadores, uno por red. Juntas suman 2 027 025 parámetros.

# %% [markdown] lang="en"
# ## The GAN
#
# We compile with the tutorial's numbers: Adam with a learning rate of 0.0002 and `beta_1` 0.5, two optimizers, one per network. Together they have 2,027,025 parameters.

# %% tags=["nbval-check-output"]
gan = compile_gan(generator, discriminator, g_rate=2e-4, d_rate=2e-4)
assert gan.count_params() == 2_027_025
gan.summary()

# %%
plots.show_layers(gan, out / "gan.png")

# %% [markdown] lang="es"
# ### Cada uno en su turno, y solo en él
#
# De esta frase depende todo. Si el discriminador no se mueve en su turno, el generador engaña a un árbitro dormido, como en el juguete. Si se mueve en el del generador, aprende a decir «real» ante lo falso. En ambos casos el código se ejecuta sin un solo error.
#
# Así que no nos lo creemos: copiamos los pesos, jugamos un turno y miramos cuáles han cambiado.

# %% [markdown] lang="en"
# ### Each in its own turn, and only there
#
# Everything hangs on this sentence. If the discriminator does not move in its own turn, the generator fools a sleeping referee, as in the toy. If it moves in the generator's, it learns to say “real” to fakes. In both cases the code runs without a single error.
#
# So we do not take it on trust: we copy the weights, play one turn and look at which have changed.


# %%
def copy_weights(model):
    return [variable.numpy() for variable in model.trainable_variables]


def has_moved(model, before):
    pairs = zip(copy_weights(model), before, strict=True)
    return any(not np.array_equal(now, old) for now, old in pairs)


def who_moves(turn):
    before_d, before_g = copy_weights(discriminator), copy_weights(generator)
    turn()
    return has_moved(discriminator, before_d), has_moved(generator, before_g)


# %% tags=["nbval-check-output"]
noise = keras.random.normal((batch_size, latent_dim))
in_d_turn = who_moves(lambda: discriminator_turn(discriminator, real, generator(noise, training=True)))
in_g_turn = who_moves(lambda: generator_turn(gan, discriminator, noise))

turns = {L("turno de D", "D’s turn"): in_d_turn, L("turno de G", "G’s turn"): in_g_turn}
print(" " * 12, "     D      G")
for turn, (d_moved, g_moved) in turns.items():
    print(f"{turn:12} {d_moved!s:>6} {g_moved!s:>6}")
assert in_d_turn == (True, False)
assert in_g_turn == (False, True)

# %% [markdown] lang="es"
# `True` quiere decir que sus pesos entrenables han cambiado. Cada red se mueve en su turno y en ninguno más. La lección 2 cuenta por qué esto falla en tantos tutoriales.

# %% [markdown] lang="en"
# `True` means that its trainable weights have changed. Each network moves in its own turn and in no other. Lesson 2 tells why this fails in so many tutorials.

# %% [markdown] lang="es"
# ## El entrenamiento
#
# Una época (*epoch*) son 234 pasos: las 60 000 imágenes en lotes de 256. El tutorial entrena 20. ¿Cuánto va a tardar aquí? Lo medimos con unos pasos de ensayo sobre dos redes de usar y tirar.

# %% [markdown] lang="en"
# ## Training
#
# An epoch is 234 steps: the 60,000 images in batches of 256. The tutorial trains for 20. How long will that take here? We find out with a few rehearsal steps on two throwaway networks.

# %%
epochs = budget(smoke=1, workshop=10, full=20)
steps_per_epoch = 60_000 // batch_size
steps = epochs * steps_per_epoch

rehearsal = make_generator(), make_discriminator()
rehearsal_step = make_train_step(*rehearsal, compile_gan(*rehearsal, 2e-4, 2e-4))
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# Ahora, de verdad. Creamos las redes y el paso de entrenamiento en la misma celda que entrena: si la ejecutas dos veces, empiezas de cero dos veces y no sigues, sin saberlo, con una red a medias. Cada 20 pasos se guarda en `out` una cuadrícula de 10×10.
#
# Mientras esperas, mira tres cosas: cuándo aparecen los primeros trazos a la derecha, si D(x) y D(G(z)) se acercan, y si las pérdidas bajan. ¿Deberían bajar?

# %% [markdown] lang="en"
# Now for real. We make the networks and the training step in the very cell that trains: if you run it twice, you start from scratch twice, instead of going on unknowingly with a half-trained network. Every 20 steps a 10×10 grid is saved in `out`.
#
# While you wait, watch three things: when the first strokes appear on the right, whether D(x) and D(G(z)) approach each other, and whether the losses fall. Should they?

# %%
keras.utils.set_random_seed(22)
generator, discriminator = make_generator(), make_discriminator()
gan = compile_gan(generator, discriminator, g_rate=2e-4, d_rate=2e-4)
train_step = make_train_step(generator, discriminator, gan)

moments = sorted({20, steps // 20, steps // 8, steps // 3, steps})
album = {0: generator(fixed_noise, training=False)}
(out / "grids").mkdir(exist_ok=True)

with Monitor(steps, generator, fixed_noise[:64], discriminator, real) as monitor:
    for step, real_images in enumerate(batches.take(steps), start=1):
        monitor.update(**train_step(real_images))
        if step % 20 == 0 or step in moments:
            album[step] = generator(fixed_noise, training=False)
            plots.save_grid(album[step], out / "grids" / f"step_{step:05d}.png")

# %% [markdown] lang="es"
# Comprobación final, antes de mirar nada más: el entrenamiento ha ocurrido, las pérdidas son números y el monitor no tiene quejas graves.

# %% [markdown] lang="en"
# A last check before looking at anything else: the training has happened, the losses are numbers, and the monitor has no grave complaint.

# %%
assert monitor.step == steps
assert np.isfinite(monitor.history["d_loss"]).all() and np.isfinite(monitor.history["g_loss"]).all()
assert not {"frozen", "collapsed", "not finite"} & {kind for _, kind, _ in monitor.diagnoses}

# %% [markdown] lang="es"
# ## Qué ha salido
#
# El mismo ruido en seis momentos. Cada casilla es siempre el mismo $z$.

# %% [markdown] lang="en"
# ## What came out
#
# The same noise at six moments. Each square is always the same $z$.

# %%
shown = [0, *moments]
titles = [L(f"paso {step}", f"step {step}") for step in shown]
plots.show_grids([album[step][:16] for step in shown], titles)

# %% [markdown] lang="es"
# Al principio los grises se van a los extremos. Luego aparece una mancha clara en el centro: es lo que todas las cifras tienen en común. Después la mancha se parte en trazos y cada ruido se queda con su cifra. Y ahora, el resultado completo.

# %% [markdown] lang="en"
# At first the greys run to the extremes. Next a bright blot appears in the centre: it is what all digits have in common. Then the blot breaks into strokes and each noise settles on its digit. And now the whole result.

# %%
plots.show_grid(album[steps], columns=10)
plots.save_grid(album[steps], out / "generated.png")
plots.save_grid(dataset.x_train[:100], out / "real.png")

# %% [markdown] lang="es"
# Compáralas con las reales del principio. ¿En qué las distinguirías, si fueras el discriminador?

# %% [markdown] lang="en"
# Compare them with the real ones above. How would you tell them apart, if you were the discriminator?

# %% [markdown] lang="es"
# ### El polvo, medido
#
# A simple vista hay píxeles claros sueltos que ninguna cifra real tiene. Contémoslos: de todos los píxeles claros, cuántos no tienen **ningún** vecino claro entre los ocho que los rodean.

# %% [markdown] lang="en"
# ### The dust, measured
#
# To the naked eye there are stray bright pixels that no real digit has. Let us count them: of all bright pixels, how many have **no** bright neighbour among the eight around them.


# %%
def lonely_share(images):
    bright = plots.to_uint8(images) > 127
    padded = np.pad(bright, ((0, 0), (1, 1), (1, 1)))
    neighbours = sum(
        padded[:, 1 + dy : 29 + dy, 1 + dx : 29 + dx].astype(int)
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if (dy, dx) != (0, 0)
    )
    return (bright & (neighbours == 0)).sum() / bright.sum()


many = generator(keras.random.normal((1000, latent_dim)), training=False)
lonely = {"real": lonely_share(dataset.x_test), "G(z)": lonely_share(many)}
for name, share in lonely.items():
    print(f"{name}: {10_000 * share:.1f} / 10000")
assert lonely["G(z)"] > lonely["real"]

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
    parts = [kernel, bias] = copy.layers[layer].get_weights()
    parts[0] = np.take(kernel, order, axis)
    parts[1] = bias[order] if axis == 1 else bias
    copy.layers[layer].set_weights(parts)
    return copy


shuffled_generator = shuffle_pixels(generator, make_generator(), layer=-2, axis=1)
shuffled_discriminator = shuffle_pixels(discriminator, make_discriminator(), layer=1, axis=0)
shuffled = shuffled_generator(fixed_noise, training=False)
plots.show_grids(
    [album[steps][:16], shuffled[:16]], [L("como siempre", "as usual"), L("píxeles barajados", "shuffled pixels")]
)

# %%
usual_opinion = discriminator(album[steps], training=False)
shuffled_opinion = shuffled_discriminator(shuffled, training=False)
print(
    L("la mayor diferencia de opinión:", "the largest difference of opinion:"),
    f"{np.max(np.abs(usual_opinion - shuffled_opinion)):.6f}",
)
assert np.allclose(usual_opinion, shuffled_opinion, atol=1e-4)

# %% [markdown] lang="es"
# El discriminador opina lo mismo de las dos. Las redes densas jugarían igual de bien con imágenes barajadas, porque nada en ellas dice que dos píxeles sean vecinos. Que un trazo sea continuo lo tienen que aprender píxel a píxel, y de esos descuidos sale el polvo. Las convoluciones de la lección 2 sí miran a los vecinos.

# %% [markdown] lang="en"
# The discriminator thinks the same of both. Dense networks would play just as well with shuffled images, for nothing in them says that two pixels are neighbours. That a stroke is continuous they have to learn pixel by pixel, and from their lapses comes the dust. The convolutions of lesson 2 do look at the neighbours.

# %% [markdown] lang="es"
# ### Por qué no crece
#
# ¿Y si quisiéramos fotos en color de 512×512? El tutorial hace esta cuenta: cada imagen son 786 432 salidas, y si la capa anterior crece en proporción, hasta 1 048 576 neuronas, solo la última capa tendría este tamaño:

# %% [markdown] lang="en"
# ### Why it does not grow
#
# What if we wanted colour photographs of 512×512? The tutorial does this sum: each image is 786,432 outputs, and if the layer before grows in proportion, to 1,048,576 neurons, the last layer alone would have this size:

# %% tags=["nbval-check-output"]
outputs = 512 * 512 * 3
weights = outputs * 1_048_576
terabytes = weights * 4 / 1e12
assert outputs == 786_432
print(f"{outputs} × 1048576 = {weights:.2e}  ({terabytes:.1f} TB)")

# %% [markdown] lang="es"
# Más de ochocientos mil millones de pesos, 3.3 terabytes en una sola capa, para no saber todavía qué píxel está al lado de cuál.

# %% [markdown] lang="en"
# Over eight hundred billion weights, 3.3 terabytes in one single layer, and still not knowing which pixel is next to which.

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
# Es tentador leer la curva de la GAN como una nota: «pasa por real una de cada cuatro veces». Pero cada punto la pone un árbitro distinto, que también está aprendiendo. ¿Qué diría uno que llega descansado, con las muestras ya fijas? Entrenemos un discriminador nuevo durante una época contra el generador terminado, y examinémoslo con imágenes que no ha visto.

# %% [markdown] lang="en"
# It is tempting to read the GAN's curve as a mark: “it passes for real one time in four”. But each point is awarded by a different referee, who is still learning too. What would one say that arrives rested, with the samples already fixed? Let us train a new discriminator for one epoch against the finished generator, and test it on images that it has not seen.

# %%
judge = make_discriminator()
compile_gan(generator, judge, 2e-4, 2e-4)
for real_images in batches.take(budget(smoke=100, workshop=234, full=234)):
    fake_images = generator(keras.random.normal((batch_size, latent_dim)), training=False)
    discriminator_turn(judge, real_images, fake_images)


# %%
def share_called_real(judge, images):
    return float(np.mean(judge.predict_on_batch(images) > 0.5))


judged_real = share_called_real(judge, scale(dataset.x_test[:1000]))
judged_fake = share_called_real(judge, many)
print(
    L(
        f"árbitro descansado: dice «real» al {judged_real:.1%} de las reales y al {judged_fake:.1%} de las generadas",
        f"rested referee: says “real” to {judged_real:.1%} of the real ones and to {judged_fake:.1%} of the generated ones",
    )
)
print(
    L(
        f"último árbitro del juego: a sus rivales, al {np.mean(monitor.history['accuracy_gan'][-100:]):.1%}",
        f"last referee of the game: to its rival's, {np.mean(monitor.history['accuracy_gan'][-100:]):.1%}",
    )
)
assert judged_real > judged_fake

# %% [markdown] lang="es"
# Al árbitro descansado casi no se le cuela ninguna. Las exactitudes del juego describen el **equilibrio** entre dos rivales; no miden la calidad de las imágenes. Tampoco las pérdidas: la del generador puede subir mientras las cifras mejoran, porque enfrente D mejora también. Para medir calidad hace falta un juez de fuera, y ese es el tema de la lección 4.

# %% [markdown] lang="en"
# Hardly any get past the rested referee. The accuracies of the game describe the **balance** between two rivals; they do not measure the quality of the images. Nor do the losses: the generator's can rise while the digits improve, because D, across the table, improves as well. Measuring quality takes a judge from outside, and that is the subject of lesson 4.

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
# Los tutoriales de los que aprendimos también se equivocan, y el código envejece. Los errores de los ejercicios 3 y 4 son reales y están publicados.
#
# ### Ejercicio 3: la baraja
#
# El tutorial forma los lotes y después los baraja. Sus imágenes salen siempre en las mismas compañías. Además, con un conjunto menor que un lote, `len(images) // size` es 0 y `shuffle(0)` da un error. Arregla `shuffled_batches` para que se mezclen las **imágenes** y para que todos los lotes estén completos.

# %% [markdown] lang="en"
# ## Exercises: spot the bug
#
# The tutorials that we learnt from make mistakes too, and code ages. The bugs of exercises 3 and 4 are real and published.
#
# ### Exercise 3: the shuffle
#
# The tutorial forms the batches and then shuffles them. Its images always come in the same company. Besides, with a set smaller than a batch, `len(images) // size` is 0 and `shuffle(0)` is an error. Mend `shuffled_batches` so that **images** are mixed and every batch is complete.


# %% tags=["exercise", "nbval-check-output"]
def shuffled_batches(images, size):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.batch(size)
    return batches.shuffle(len(images) // size)


# es: Cuando lo hayas arreglado, escribe q3.check(shuffled_batches).
# en: When you have mended it, write q3.check(shuffled_batches).
q3.check(...)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ### Ejercicio 4: cuatro líneas malas
#
# En este programa hay cuatro líneas que hoy fallan o que entrenan mal sin avisar. ¿Cuáles? Responde con sus letras, por ejemplo `"abcd"`. (Las que no son un error por sí solas no cuentan. El orden de `g` y `h` es el del ejercicio 3.)
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
# ```

# %% [markdown] lang="en"
# ### Exercise 4: four bad lines
#
# In this program there are four lines that fail today or train badly without a word. Which? Answer with their letters, for instance `"abcd"`. (Lines that are no mistake in themselves do not count. The order of `g` and `h` is that of exercise 3.)
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
# Escribe `moves(model, action)`: ejecuta `action()` y devuelve `True` si ha cambiado algún peso de `model` y `False` si no. Tiene que funcionar también con un modelo congelado, cuya lista `trainable_variables` está vacía. Te servirá con cualquier GAN que encuentres por ahí.

# %% [markdown] lang="en"
# ### Exercise 5: your own detector
#
# Write `moves(model, action)`: it runs `action()` and returns `True` if any weight of `model` has changed and `False` if not. It must also work for a frozen model, whose list `trainable_variables` is empty. It will serve you with any GAN that you come across.


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
# - Cambia la semilla de la celda de entrenamiento y repite. ¿Sale lo mismo? Las GAN son sensibles a todo, también a la suerte.
# - Quita las capas de normalización del generador y vuelve a entrenar. ¿En qué se nota?
# - Pon `"fashion_mnist"` en lugar de `"mnist"`. ¿Se ve el polvo en la ropa?

# %% [markdown] lang="en"
# ### To play on, with no mark
#
# - Change the seed of the training cell and repeat. Is the result the same? GANs are sensitive to everything, luck included.
# - Remove the generator's normalization layers and train again. How does it show?
# - Put `"fashion_mnist"` in place of `"mnist"`. Can you see the dust on clothes?

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una GAN son dos redes y un juego por turnos; el generador solo conoce los datos a través del discriminador.
# - La entropía cruzada con etiquetas 1 y 0 es la fórmula minimax; el generador usa la versión no saturante porque empuja cuando más falta hace.
# - D = 0.5 significa «no sé distinguir», y tanto puede ser mérito del generador como ignorancia del discriminador.
# - Que cada red se mueva en su turno, y solo en él, se comprueba con un `assert`; no se supone.
# - Las capas densas no saben de vecindad: de ahí el polvo, y por eso no crecen.
# - Las exactitudes y las pérdidas hablan del equilibrio, no de la calidad.
#
# **Lo siguiente:** en la lección 2 las convoluciones quitan el polvo, y vemos por qué miles de discriminadores llevan años congelados.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A GAN is two networks and a game in turns; the generator knows the data only through the discriminator.
# - Cross-entropy with labels 1 and 0 is the minimax formula; the generator uses the non-saturating version because it pushes when it is needed most.
# - D = 0.5 means “I cannot tell”, and it may be to the generator's credit or the discriminator's ignorance.
# - That each network moves in its own turn, and only there, is checked with an `assert`; it is not assumed.
# - Dense layers know nothing of neighbourhood: hence the dust, and hence they do not grow.
# - Accuracies and losses speak of the balance, not of quality.
#
# **Next:** in lesson 2 convolutions remove the dust, and we see why thousands of discriminators have been frozen for years.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Ian Goodfellow y otros, [*Generative Adversarial Nets*](https://arxiv.org/abs/1406.2661), 2014. De aquí salen el juego minimax, la pérdida no saturante y $D^*$. La idea, según su autor, nació de una discusión en un bar de Montreal, y no de un sueño, como cuenta el tutorial.
# - Un tutorial en chino titulado «GAN» (red densa, TensorFlow 2.0). De él son la arquitectura, los hiperparámetros, las tres exactitudes, las cuadrículas de 10×10 y la cuenta de la imagen de 512×512. Dice usar «solo capas densas y ReLU», pero también normaliza por lotes; congela D una sola vez y comparte el optimizador; baraja lotes; llama a `np.float` y `reset_states`, que ya no existen; y detiene el entrenamiento según las pérdidas, que en una GAN no significan lo que allí se supone.
# - Yann LeCun, Corinna Cortes y Christopher Burges, [base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - Ian Goodfellow et al., [*Generative Adversarial Nets*](https://arxiv.org/abs/1406.2661), 2014. The minimax game, the non-saturating loss and $D^*$ are from here. The idea, by its author's account, was born of an argument in a Montréal bar, and not of a dream, as the tutorial has it.
# - A Chinese tutorial entitled “GAN” (dense network, TensorFlow 2.0). The architecture, the hyperparameters, the three accuracies, the 10×10 grids and the sum for the 512×512 image are its own. It says that it uses “only dense layers and ReLU”, yet it normalises batches too; it freezes D once and shares the optimizer; it shuffles batches; it calls `np.float` and `reset_states`, which are gone; and it stops training by the losses, which in a GAN do not mean what it takes them to mean.
# - Yann LeCun, Corinna Cortes and Christopher Burges, [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
