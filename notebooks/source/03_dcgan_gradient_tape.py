# ---
# title:
#   es: 3 · La DCGAN con GradientTape, puntos de control y un GIF
#   en: 3 · The DCGAN with GradientTape, checkpoints and a GIF
# ---

# %% [markdown] lang="es"
# # 3 · La DCGAN con GradientTape, puntos de control y un GIF
#
# En la lección 2 hubo que congelar, descongelar y vigilar. Hoy no: el paso de entrenamiento lo escribes tú, y a cada red se le pregunta solo por lo suyo. Después dejaremos morir un entrenamiento a medias y lo reanudaremos tan bien que acabará con los mismos bits que si nadie lo hubiera tocado.
#
# **En esta lección vas a:**
#
# 1. calcular derivadas con `GradientTape` y ver por qué ya no hay que congelar a nadie;
# 2. escribir las dos pérdidas y las dos líneas que son el corazón del paso, y ponerte a entrenar enseguida;
# 3. preparar, pieza a pieza, la maleta con la que un entrenamiento se reanuda sin que cambie ni un bit;
# 4. parar con el botón el entrenamiento de verdad, reanudarlo y leer sus curvas;
# 5. hacer una película de nueve dígitos, pasear de uno a otro y llevarte el generador a otro programa.
#
# **Tiempo:** unos 75 minutos, ejercicios incluidos; en un portátil de dos núcleos, con el presupuesto `workshop`, unos 7 son de espera. **Necesitas:** haber hecho las lecciones 1 y 2.

# %% [markdown] lang="en"
# # 3 · The DCGAN with GradientTape, checkpoints and a GIF
#
# In lesson 2 we had to freeze, unfreeze and keep watch. Not today: you write the training step yourself, and each network is asked only about what is its own. Then we let a training run die halfway, and resume it so well that it ends with the very bits it would have had if nobody had touched it.
#
# **In this lesson you will:**
#
# 1. compute derivatives with `GradientTape`, and see why nobody has to be frozen any more;
# 2. write the two losses and the two lines at the heart of the step, and start training at once;
# 3. pack, piece by piece, the suitcase that lets a training run be resumed without a single bit changing;
# 4. stop the real training with the button, resume it, and read its curves;
# 5. make a film of nine digits, walk from one to another, and take the generator with you to another program.
#
# **Time:** about 75 minutes, exercises included; on a two-core laptop, with the `workshop` budget, about 7 of them are waiting. **You need:** to have done lessons 1 and 2.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir. Lo dibujó esta misma lección cuando se publicó, con el presupuesto `workshop`, en un ordenador de dos núcleos y sin GPU.

# %% [markdown] lang="en"
# This is what you are going to make. It was drawn by this very lesson when it was published, with the `workshop` budget, on a computer with two cores and no GPU.

# %%
import json
import os
import secrets
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import animation, checkpoints, data, diagrams, fast_convolution, pixels, plots
from course_utils.budgets import budget, budget_name
from course_utils.evaluation import confident_share
from course_utils.experiments import figures, pretrained, records
from course_utils.folders import out_folder, pretty_path
from course_utils.language import percent, thousands
from course_utils.lessons.lesson_2 import MinibatchDeviation
from course_utils.monitor import Monitor, press_stop, spread
from course_utils.progress import Ticker, estimate
from course_utils.questions.lesson_3 import q1, q2, q3, q4, q5, q6

dataset = data.load("mnist")
print(dataset.origin)
plots.show_promise("03_dcgan_gradient_tape")

# %% [markdown] lang="es"
# ## Una cinta que lo graba todo
#
# `tf.GradientTape` es una cinta: mientras está encendida, apunta cada operación en la que interviene una variable entrenable de TensorFlow. Después se le pide la derivada de un resultado respecto a **lo que tú digas**. Por ejemplo, con $z = x^2 y$, en $x = 3$ e $y = 2$: la derivada respecto a $x$ es $2xy$, y respecto a $y$ es $x^2$. ¿Qué dos números esperas?

# %% [markdown] lang="en"
# ## A tape that records everything
#
# `tf.GradientTape` is a tape: while it is running, it records every operation in which a trainable TensorFlow variable takes part. Afterwards you ask it for the derivative of a result with respect to **whatever you name**. For example, with $z = x^2 y$, at $x = 3$ and $y = 2$: the derivative with respect to $x$ is $2xy$, and with respect to $y$ it is $x^2$. Which two numbers do you expect?

# %% tags=["nbval-check-output"]
x, y = tf.Variable(3.0), tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
    z = x**2 * y
slopes = tape.gradient(z, x), tape.gradient(z, y)
assert slopes == (2 * 3 * 2, 3**2)
print([int(slope) for slope in slopes])

# %% [markdown] lang="es"
# Doce y nueve. Fíjate en lo que **no** ha hecho falta: para derivar solo respecto a $x$ no hemos congelado $y$. Sencillamente, no hemos preguntado por ella. Cambia $x$ por los pesos del generador, $y$ por los del discriminador y $z$ por la pérdida: ese es todo el secreto de esta lección. (Sin `persistent=True`, la cinta contesta una sola vez y se borra. Es lo que queremos al entrenar: una pregunta por cinta.)
#
# ## Las dos redes
#
# Son las del tutorial de DCGAN de TensorFlow, el **tutorial D**. Los números son argumentos, y sus valores por defecto, los del tutorial. La primera convolución traspuesta tiene salto 1: el generador se queda en 7×7 durante dos bloques. Los núcleos son de 5, que no es múltiplo de 2: aquí el tablero de la lección 2 sí viene de fábrica, y son los pesos los que tienen que aprender a disimularlo. Nada lleva sesgo delante de una BN, que lo borraría (y la última capa de G tampoco lo lleva). En Keras, `LeakyReLU()` tiene una pendiente de 0.3. (`watchful` le pone a D la capa de la lección 2 que mira el lote entero; hará falta para la clase.)
#
# La última línea, `cross_entropy`, es la entropía cruzada de la lección 1; enseguida la usamos.

# %% [markdown] lang="en"
# Twelve and nine. Notice what was **not** needed: to differentiate with respect to $x$ alone we did not freeze $y$. We simply did not ask about it. Replace $x$ with the generator's weights, $y$ with the discriminator's and $z$ with the loss: that is the whole secret of this lesson. (Without `persistent=True` the tape answers once and is erased. That is what we want in training: one question per tape.)
#
# ## The two networks
#
# They are the ones in TensorFlow's DCGAN tutorial, **tutorial D**. The numbers are arguments, and their defaults are the tutorial's. The first transposed convolution has stride 1: the generator stays at 7×7 for two blocks. The kernels are of 5, which is not a multiple of 2: here lesson 2's checkerboard does come built in, and it is the weights that have to learn to hide it. Nothing has a bias in front of a BN, which would cancel it (and G's last layer has none either). In Keras, `LeakyReLU()` has a slope of 0.3. (`watchful` gives D lesson 2's layer that looks at the whole batch; we shall need it for the class.)
#
# The last line, `cross_entropy`, is the cross-entropy of lesson 1; we shall need it in a moment.


# %% tags=["export"]
def make_generator(latent_dim=100, base=256, filters=(128, 64), momentum=0.99):
    options = dict(padding="same", use_bias=False)
    stack = [keras.Input((latent_dim,)), layers.Dense(7 * 7 * base, use_bias=False)]
    stack += [layers.BatchNormalization(momentum=momentum), layers.LeakyReLU()]
    stack.append(layers.Reshape((7, 7, base)))
    for channels, stride in zip(filters, (1, 2), strict=True):
        stack.append(layers.Conv2DTranspose(channels, 5, stride, **options))
        stack += [layers.BatchNormalization(momentum=momentum), layers.LeakyReLU()]
    stack.append(layers.Conv2DTranspose(1, 5, 2, activation="tanh", **options))
    return keras.Sequential(stack, name="generator")


def make_discriminator(filters=(64, 128), dropout=0.3, watchful=False):
    stack = [keras.Input((28, 28, 1))]
    for channels in filters:
        stack.append(layers.Conv2D(channels, 5, strides=2, padding="same"))
        stack += [layers.LeakyReLU(), layers.Dropout(dropout)]
    stack += [MinibatchDeviation()] if watchful else []
    stack += [layers.Flatten(), layers.Dense(1)]
    return keras.Sequential(stack, name="discriminator")


cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

# %% [markdown] lang="es"
# ## Las pérdidas, a partir de los logits
#
# El discriminador termina en una neurona **sin** sigmoide. Lo que da es un **logit**: cualquier número, positivo si cree que la imagen es real y negativo si cree que es falsa. La **sigmoide**, $\sigma(x) = 1 / (1 + e^{-x})$, lo convierte en una probabilidad; un logit de 0 es un 0.5, «ni idea». La entropía cruzada es $-\log p$ si la etiqueta es 1 y $-\log(1 - p)$ si es 0. Con $p = \sigma(x)$, cada caso se queda en una sola fórmula:
#
# $$-\log \sigma(x) = \log(1 + e^{-x}) \qquad\qquad -\log(1 - \sigma(x)) = \log(1 + e^{x})$$
#
# `cross_entropy(labels, logits)` hace esa cuenta y devuelve la media del lote. ¿Y qué etiquetas quiere cada red?
#
# - **D** quiere un 1 para lo real y un 0 para lo falso, y su pérdida es la **suma** de lo que le cuestan los dos lotes. (En la lección 2, D daba un paso con cada lote, y la curva enseñaba la media de los dos.)
# - **G** quiere que D llame **real** a lo **falso**: es la pérdida no saturante de la lección 1. (La traducción española del tutorial D dice lo contrario, que D clasifique las imágenes *reales* como falsas: es un desliz.)
#
# Haz antes la cuenta a mano con un D que acierta: da +2 a lo real y −2 a lo falso. A D le cuesta dos veces $\log(1 + e^{-2})$; a G, $\log(1 + e^{2})$. La comprobación usa esos mismos números.
#
# ### Ejercicio 1: las dos pérdidas
#
# Pon las etiquetas en lugar de los puntos suspensivos. `tf.ones_like(x)` es un tensor de unos con la forma de `x`; `tf.zeros_like(x)`, uno de ceros.

# %% [markdown] lang="en"
# ## The losses, from logits
#
# The discriminator ends in a neuron **without** a sigmoid. What it gives is a **logit**: any number at all, positive if it believes the image is real and negative if it believes it is fake. The **sigmoid**, $\sigma(x) = 1 / (1 + e^{-x})$, turns it into a probability; a logit of 0 gives 0.5, “no idea”. The cross-entropy is $-\log p$ if the label is 1 and $-\log(1 - p)$ if it is 0. With $p = \sigma(x)$ each case becomes a single formula:
#
# $$-\log \sigma(x) = \log(1 + e^{-x}) \qquad\qquad -\log(1 - \sigma(x)) = \log(1 + e^{x})$$
#
# `cross_entropy(labels, logits)` works that out and returns the mean over the batch. Now, which labels does each network want?
#
# - **D** wants a 1 for real images and a 0 for fake ones, and its loss is the **sum** of what the two batches cost it. (In lesson 2, D took a step on each batch, and the curve showed the mean of the two.)
# - **G** wants D to call **real** what is **fake**: this is the non-saturating loss of lesson 1. (The Spanish translation of tutorial D has it the wrong way round, with D classifying the *real* images as fake: a slip.)
#
# First work it out by hand for a D that gets it right: it gives +2 to real images and −2 to fake ones. That costs D $\log(1 + e^{-2})$ twice, and G $\log(1 + e^{2})$. The check uses those very numbers.
#
# ### Exercise 1: the two losses
#
# Put the labels where the dots are. `tf.ones_like(x)` is a tensor of ones with the shape of `x`; `tf.zeros_like(x)`, one of zeros.


# %% tags=["exercise", "nbval-check-output"]
def discriminator_loss(real_logits, fake_logits):
    real_loss = cross_entropy(..., real_logits)
    fake_loss = cross_entropy(..., fake_logits)
    return real_loss + fake_loss


def generator_loss(fake_logits):
    return cross_entropy(..., fake_logits)


discriminator_loss, generator_loss = q1.use(discriminator_loss, generator_loss)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()


# %% tags=["export", "solution"]
def discriminator_loss(real_logits, fake_logits):
    real_loss = cross_entropy(tf.ones_like(real_logits), real_logits)
    fake_loss = cross_entropy(tf.zeros_like(fake_logits), fake_logits)
    return real_loss + fake_loss


def generator_loss(fake_logits):
    return cross_entropy(tf.ones_like(fake_logits), fake_logits)


# %% [markdown] lang="es"
# ## Dos cintas sobre un mismo grafo
#
# Un paso de entrenamiento es esto: G dibuja, D opina de lo falso y de lo real, y salen dos pérdidas (las flechas grises). Todo lo graban dos cintas a la vez. Después, a cada una se le hace **una** pregunta: ¿cómo cambia tu pérdida con los pesos de **tu** red? La respuesta recorre el grafo hacia atrás.

# %% [markdown] lang="en"
# ## Two tapes over one graph
#
# This is a training step: G draws, D gives its opinion of fake and real images, and out come two losses (the grey arrows). Two tapes record all of it at once. Afterwards each is asked **one** question: how does your loss change with the weights of **your** network? The answer runs through the graph backwards.

# %%
diagrams.show_tapes()

# %% [markdown] lang="es"
# La cinta de G atraviesa D de lado a lado, porque a `g_loss` solo se llega a través de lo que opina D. Pero por los pesos de D no pregunta (el candado), y a quien no se le pregunta no se le mueve. La de D acaba en D: se podría seguir hasta G, que ha dibujado lo falso, y nadie se lo pide.
#
# ## El paso de entrenamiento
#
# Y ahora, en código. `state` es una bolsa con todo lo que usa el paso: las dos redes, un optimizador para cada una, de dónde sale el ruido y cuántos pasos van. Léelo de arriba abajo. A la respuesta de una cinta, una derivada por cada peso, se la llama **gradiente**; `apply` se la entrega al optimizador, que mueve los pesos.
#
# ### Ejercicio 2: dos preguntas
#
# En las dos líneas que importan falta la pregunta: ¿la derivada de qué, y respecto a qué? Los pesos que se entrenan de una red están en `trainable_variables`.

# %% [markdown] lang="en"
# G's tape passes right through D, for the only way to `g_loss` leads through D's opinion. But it does not ask about D's weights (the padlock), and what is not asked about is not moved. D's tape ends in D: one could go on to G, which has drawn the fakes, and nobody asks for that.
#
# ## The training step
#
# And now in code. `state` is a bag with everything that the step uses: both networks, an optimizer for each, where the noise comes from, and how many steps have been taken. Read it from top to bottom. The answer of a tape, one derivative for every weight, is called the **gradient**; `apply` hands it to the optimizer, which moves the weights.
#
# ### Exercise 2: two questions
#
# In the two lines that matter the question is missing: the derivative of what, and with respect to what? The weights of a network that training moves are in `trainable_variables`.


# %% tags=["exercise", "nbval-check-output"]
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

# %% tags=["exercise"]
# q2.hint()
# q2.solution()


# %% tags=["export", "solution"]
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
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        state.g_optimizer.apply(g_gradients, generator.trainable_variables)
        state.d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        state.step.assign_add(1)
        d_real = tf.reduce_mean(tf.sigmoid(real_logits))
        d_fake = tf.reduce_mean(tf.sigmoid(fake_logits))
        return dict(d_loss=d_loss, g_loss=g_loss, d_real=d_real, d_fake=d_fake)

    return train_step


# %% [markdown] lang="es"
# Tres detalles. Con **`training=True`** en las tres llamadas, la BN usa las estadísticas del lote; y como no se congela nada, ninguna se queda en modo de inferencia a escondidas, como la de la lección 2. Lo falso se dibuja y se juzga una sola vez: G aprende de las mismas opiniones que D. **Los dos aprenden a la vez**: las derivadas de ambos se calculan antes de que se mueva ninguno. Y **`tf.function`** traza el paso la primera vez, como en la lección 2: se queda con las redes de `state`, y traza de nuevo si llega un lote de otra forma. (Por eso `data.make_batches` los da todos iguales. Al tutorial D le sobran 96 imágenes en cada época, y con ellas compara 96 reales con 256 falsas.)
#
# ## Un minuto de entrenamiento
#
# Ya está todo: a entrenar. Es una red más estrecha que la del tutorial, para que en un minuto, más o menos, se empiece a ver algo. Ponla en marcha y sigue leyendo mientras tanto.

# %% [markdown] lang="en"
# Three details. With **`training=True`** in all three calls, BN uses the statistics of the batch; and as nothing is frozen, no BN is left in inference mode behind our backs, like the one in lesson 2. The fakes are drawn and judged only once: G learns from the same opinions as D. **Both learn at once**: the derivatives of both are computed before either has moved. And **`tf.function`** traces the step the first time, as in lesson 2: it holds on to the networks in `state`, and traces again if a batch of another shape comes along. (That is why `data.make_batches` makes them all alike. Tutorial D has 96 images left over in every epoch, and with them compares 96 real images with 256 fake ones.)
#
# ## A minute of training
#
# That is all it takes: let us train. The network is narrower than the tutorial's, so that after a minute or so something begins to show. Start it, and read on meanwhile.

# %%
keras.utils.set_random_seed(42)
bag = SimpleNamespace(
    generator=make_generator(latent_dim=8, base=32, filters=(32, 32), momentum=0.9),
    discriminator=make_discriminator(filters=(32, 48), dropout=0.0),
    g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
    d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
    noise_source=tf.random.Generator.from_seed(42),
    step=tf.Variable(0, dtype=tf.int64),
)
train_step, curves = make_train_step(bag, batch_size=32), []
ticker = Ticker(minute := budget(smoke=30, workshop=1200, full=1200))
for real_images in data.make_batches(dataset.x_train, 32).take(minute):
    losses = train_step(real_images)
    curves.append((float(losses["d_loss"]), float(losses["g_loss"])))
    ticker.tick(f"d_loss {curves[-1][0]:.2f}")
plots.show_grid(bag.generator(keras.random.normal((20, 8), seed=1), training=False))

# %% [markdown] lang="es"
# Veinte dígitos, o algo que quiere serlo: se reconocen trazos, y alguna cifra.
#
# ### Ejercicio 3: el punto de partida
#
# Antes de mirar las curvas, contesta. Al empezar, D no tiene ni idea y da logits de casi 0 a todo. ¿Cuánto valen entonces la pérdida de D y la de G? Con dos decimales basta.

# %% [markdown] lang="en"
# Twenty digits, or something that would like to be digits: you can make out strokes, and a digit here and there.
#
# ### Exercise 3: the starting point
#
# Before you look at the curves, answer. At the start D has no idea, and gives logits near 0 to everything. What are D's loss and G's loss then? Two decimals are enough.

# %% tags=["exercise", "nbval-check-output"]
d_loss_at_start = ...
g_loss_at_start = ...
q3.check(d_loss_at_start, g_loss_at_start)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# Primero, las pérdidas del primer paso; después, las curvas.

# %% [markdown] lang="en"
# First the losses of the first step, then the curves.

# %%
first_d, first_g = curves[0]
print(f"D {first_d:.2f}   G {first_g:.2f}")
assert abs(first_d - 2 * np.log(2)) < 0.2 and abs(first_g - np.log(2)) < 0.2
history = dict(zip("DG", np.transpose(curves), strict=True))
plots.show_curves(history, {"D": "D", "G": "G"}, L("Pérdidas", "Losses"))

# %% [markdown] lang="es"
# Si la de D no da exactamente 1.39, es porque los logits de un D recién creado no son del todo 0: sus pesos iniciales son al azar. Y como aquí la pérdida de D es una **suma**, «ni idea» es 1.39 y no el 0.69 de la lección 2. Por debajo de 1.39, a D le va mejor que si contestara siempre «ni idea».
#
# ### ¿Ninguno toca al otro?
#
# No hemos escrito `trainable = False` en ningún sitio. La prueba: con la tasa de aprendizaje de G a cero, un paso tiene que mover a D y solo a D. Y al revés. Usamos unas redes minúsculas, que se trazan en un momento. (`build` crea ya la memoria de Adam; si no, no existiría hasta el primer paso. Y `dropout_seeds` lo explicamos enseguida.)

# %% [markdown] lang="en"
# If D's is not exactly 1.39, that is because the logits of a newly made D are not quite 0: its initial weights are random. And as D's loss is a **sum** here, “no idea” is 1.39, and not lesson 2's 0.69. Below 1.39, D does better than if it always answered “no idea”.
#
# ### Does either touch the other?
#
# We have not written `trainable = False` anywhere. The proof: with G's learning rate at zero, a step must move D and only D. And vice versa. We use tiny networks, which take only a moment to trace. (`build` creates Adam's memory right away; otherwise it would not exist until the first step. And `dropout_seeds` will be explained in a moment.)


# %%
def tiny_game():
    keras.utils.set_random_seed(42)
    game = SimpleNamespace(
        generator=make_generator(latent_dim=10, base=8, filters=(8, 8)),
        discriminator=make_discriminator(filters=(8, 8)),
        g_optimizer=keras.optimizers.Adam(1e-3),
        d_optimizer=keras.optimizers.Adam(1e-3),
        step=tf.Variable(0, dtype=tf.int64),
        noise_source=tf.random.Generator.from_seed(42),
    )
    game.g_optimizer.build(game.generator.trainable_variables)
    game.d_optimizer.build(game.discriminator.trainable_variables)
    game.dropout_seeds = [v for v in game.discriminator.variables if "seed_generator" in v.path]
    return game, make_train_step(game, batch_size=16)


# %% [markdown] lang="es"
# Damos un paso con cada pareja de tasas y sumamos cuánto se ha movido cada red:

# %% [markdown] lang="en"
# We take one step with each pair of rates, and add up how far each network has moved:

# %%
game, train_step = tiny_game()
weights = {"G": game.generator.trainable_variables, "D": game.discriminator.trainable_variables}
for g_rate, d_rate in ((0.0, 1e-3), (1e-3, 0.0)):
    game.g_optimizer.learning_rate, game.d_optimizer.learning_rate = g_rate, d_rate
    before = {name: [w.numpy() for w in those] for name, those in weights.items()}
    train_step(next(iter(data.make_batches(dataset.x_train, 16))))
    moved = {n: sum(np.abs(w - b).sum() for w, b in zip(weights[n], before[n], strict=True)) for n in weights}
    print({name: round(float(how_far), 2) for name, how_far in moved.items()})
    assert (moved["G"] > 0, moved["D"] > 0) == (g_rate > 0, d_rate > 0)

# %% [markdown] lang="es"
# Ni un peso de más. (Las medias acumuladas de la BN de G sí cambian, porque dibuja con `training=True`; pero esas no las mueve ningún optimizador.)
#
# ### ¿Por qué logits?
#
# Porque el ordenador redondea. Con un logit de 40, a $\sigma$ le falta tan poco para llegar a 1 que en 32 bits sale exactamente 1, y de $\log(1 - 1)$, que es menos infinito, ya no se vuelve. Si Keras solo tiene la probabilidad, lo evita recortándola, y con ello borra la pendiente de la que aprende la red. Mira las pérdidas y las pendientes de una imagen falsa (etiqueta 0) a la que D da un logit enorme, primero desde la probabilidad y luego desde el logit:

# %% [markdown] lang="en"
# Not a single weight moved that should not have. (The averages in G's BN do change, because it draws with `training=True`; but no optimizer moves those.)
#
# ### Why logits?
#
# Because computers round. For a logit of 40, $\sigma$ falls short of 1 by so little that in 32 bits it comes out as exactly 1, and from $\log(1 - 1)$, which is minus infinity, there is no way back. If the probability is all that Keras has, it avoids that by clipping it, and in doing so wipes out the slope that the network learns from. Look at the losses and slopes for a fake image (label 0) to which D gives an enormous logit, first from the probability and then from the logit:

# %% tags=["nbval-check-output"]
from_probability = keras.losses.BinaryCrossentropy()
zero, one = tf.constant([[0.0]]), tf.constant([[1.0]])
for value in (2.0, 40.0):
    logit = tf.Variable([[value]])
    with tf.GradientTape(persistent=True) as tape:
        losses = from_probability(zero, tf.sigmoid(logit)), cross_entropy(zero, logit)
    slopes = [float(tape.gradient(loss, logit)[0, 0]) for loss in losses]
    print(f"logit {value:4.0f}   p: {losses[0]:5.2f}, {slopes[0]:.2f}   logit: {losses[1]:5.2f}, {slopes[1]:.2f}")
assert slopes[0] == 0 and slopes[1] == 1

# %% [markdown] lang="es"
# Con 2 da igual qué camino se tome. Con 40, el de la probabilidad da una pendiente **cero**: D está equivocadísimo y no recibe ninguna señal. Eso es todo lo que evitan los logits: el redondeo y el recorte. (Pero una pérdida que se aplana sigue siendo plana: cuando la lección 1 descartó $\log(1 - D)$, la pendiente que dibujó ya era respecto al logit.)
#
# Un aviso: no le des una probabilidad a una pérdida con `from_logits=True`. Si Keras ve de qué sigmoide sale, avisa y usa su logit. Pero si hay algo en medio (un recorte, un cambio de forma), calla: la sigmoide se aplica dos veces, y la pérdida es otra. Un 0.5 con la etiqueta 1, bien y mal:

# %% [markdown] lang="en"
# With 2 it makes no difference which way you go. With 40, going through the probability gives a slope of **zero**: D is utterly wrong, and gets no signal. That is all that logits save you from: rounding and clipping. (But a loss that flattens out stays flat: when lesson 1 rejected $\log(1 - D)$, the slope that it drew was already the one with respect to the logit.)
#
# A warning: do not hand a probability to a loss with `from_logits=True`. If Keras sees which sigmoid it came from, it warns you and uses the logit. But if there is anything in between (clipping, a change of shape), it keeps silent: the sigmoid is applied twice, and the loss is another. A 0.5 with label 1, right and wrong:

# %% tags=["nbval-check-output"]
half = tf.constant([[0.5]])
print(f"{from_probability(one, half):.3f}  {cross_entropy(one, half):.3f}")

# %% [markdown] lang="es"
# ## Se muere el kernel
#
# El *kernel* de un cuaderno es el proceso de Python que lo ejecuta. (En inglés, los núcleos de la lección 2 se llaman igual, pero no tienen nada que ver.) Se cierra la tapa del portátil o Colab se lleva la máquina, el kernel se muere, y la bolsa que llamamos `bag` desaparece con la memoria. ¿Qué habría que haber guardado en disco para seguir como si nada? No *parecido*: igual, hasta el último bit.
#
# Hagamos el experimento con las redes minúsculas. Entrenamos 20 pasos de un tirón: es el patrón con el que comparar. De camino, en el paso 10, lo guardamos **todo** en un `tf.train.Checkpoint`, un punto de control: una bolsa que se puede escribir en disco.

# %% [markdown] lang="en"
# ## The kernel dies
#
# The *kernel* of a notebook is the Python process that runs it. (Those of lesson 2 share the name, and nothing else.) The lid of the laptop closes or Colab takes the machine away, the kernel dies, and the bag that we called `bag` vanishes along with the memory. What should have been on disk to go on as if nothing had happened? Not *similar*: identical, down to the last bit.
#
# Let us try it with the tiny networks. We train for 20 steps in one go: that is what we compare with. On the way, at step 10, we save **everything** in a `tf.train.Checkpoint`. A checkpoint is a bag that can be written to disk.


# %%
def train_tiny(game, train_step, steps):
    for real_images in data.make_batches(dataset.x_train, 16, start=int(game.step)).take(steps):
        train_step(real_images)


on_gpu = bool(tf.config.list_physical_devices("GPU"))
if on_gpu:
    # es: Una GPU suma cada vez en otro orden. Desde aquí, siempre en el mismo: algo más despacio, pero bit a bit.
    # en: A GPU adds up in another order each time. From here on, always in the same: a bit slower, but bit for bit.
    tf.config.experimental.enable_op_determinism()
out, k = out_folder(), 10
whole, train_step = tiny_game()
train_tiny(whole, train_step, k)
saved = tf.train.Checkpoint(**vars(whole)).write(str(out / "suitcase"))
train_tiny(whole, train_step, k)

# %% [markdown] lang="es"
# Los lotes se piden a partir de `game.step`: nuestro flujo de datos baraja con una semilla fija, así que el número de paso dice qué lote toca.
#
# Al final, una cuenta. Los pesos de cada capa, las medias de la BN y la memoria de Adam son matrices (*arrays*): ¿cuántas han acabado distintas de las del entrenamiento de un tirón?

# %% [markdown] lang="en"
# The batches are asked for from `game.step` on: our pipeline shuffles with a fixed seed, so the step number says which batch comes next.
#
# At the end we count. The weights of each layer, BN's averages and Adam's memory are *arrays*: how many have ended up different from those of the run in one go?


# %%
def arrays(game):
    adam = [*game.g_optimizer.variables, *game.d_optimizer.variables]
    return {"G": game.generator.weights, "D": game.discriminator.weights, "Adam": adam}


def different(game):
    pairs = {name: zip(those, arrays(whole)[name], strict=True) for name, those in arrays(game).items()}
    return {name: sum(not np.array_equal(a, b) for a, b in both) for name, both in pairs.items()}


# %% [markdown] lang="es"
# Y `resume_with`, que hace de kernel nuevo: crea todo otra vez con `tiny_game`, saca de lo guardado **solo las piezas que le digamos**, como si no hubiera más, y da los otros 10 pasos.

# %% [markdown] lang="en"
# And `resume_with`, which plays the part of the new kernel: it makes everything anew with `tiny_game`, takes **only the pieces we name** out of what was saved, as if there were no more, and takes the other 10 steps.


# %%
results = {}


def resume_with(*pieces):
    game, train_step = tiny_game()
    suitcase = tf.train.Checkpoint(**{name: getattr(game, name) for name in pieces})
    suitcase.read(saved).assert_existing_objects_matched().expect_partial()
    train_tiny(game, train_step, k)
    results[pieces] = different(game)
    return results[pieces]


# %% [markdown] lang="es"
# Empecemos por lo que guarda casi todo el mundo: las dos redes, con sus pesos y las medias y varianzas de la BN.

# %% [markdown] lang="en"
# Let us begin with what nearly everybody saves: the two networks, with their weights and the means and variances of BN.

# %%
networks = ("generator", "discriminator")
print({name: len(those) for name, those in arrays(whole).items()})
print(resume_with(*networks))

# %% [markdown] lang="es"
# La primera línea dice cuántas matrices hay; la segunda, cuántas son distintas: prácticamente todas. Las redes estaban guardadas, y aun así ha salido otro entrenamiento.
#
# ### Ejercicio 4: la maleta
#
# ¿Qué más hay que meter en la maleta, además de las dos redes, para que acabe **exactamente** igual? Antes de seguir leyendo, escribe todas las letras que hagan falta, juntas y entre comillas, como en `"ab"`.
#
# **a)** lo que recuerda Adam de cada peso · **b)** la última imagen que dibujó G · **c)** el número de paso · **d)** por dónde va el generador de números aleatorios del que sale el ruido · **e)** por dónde va el azar con el que *dropout* apaga neuronas · **f)** las curvas de las pérdidas · **g)** el tiempo que ha tardado cada paso

# %% [markdown] lang="en"
# The first line says how many arrays there are; the second, how many differ: practically all of them. The networks had been saved, and still it has become another training run.
#
# ### Exercise 4: the suitcase
#
# What else has to go into the suitcase, besides the two networks, for the training to end **exactly** the same? Before you read on, write all the letters that are needed, together and in quotes, as in `"ab"`.
#
# **a)** what Adam remembers about each weight · **b)** the last image that G drew · **c)** the step number · **d)** how far the random number generator that makes the noise has got · **e)** how far the randomness with which dropout switches neurons off has got · **f)** the curves of the losses · **g)** the time each step took

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ### Pieza a pieza
#
# Adam recuerda dos medias móviles de cada peso: la de sus gradientes y la de los cuadrados de estos. Sin ellas, el paso 11 lo da a ciegas, como el primero. Con ellas, ¿bastará?

# %% [markdown] lang="en"
# ### Piece by piece
#
# Adam remembers two running means for every weight: that of its gradients and that of their squares. Without them it takes step 11 blindly, like the first. With them, will it be enough?

# %%
with_adam = (*networks, "g_optimizer", "d_optimizer")
print(resume_with(*with_adam))

# %% [markdown] lang="es"
# Todavía no: el kernel nuevo cree que va por el paso 0, y le enseña a D los diez primeros lotes otra vez. Metemos también `step`. ¿Y ahora?

# %% [markdown] lang="en"
# Not yet: the new kernel thinks that it is at step 0, and shows D the first ten batches again. Let us put in `step`, too. And now?

# %%
with_step = (*with_adam, "step")
print(resume_with(*with_step))

# %% [markdown] lang="es"
# Tampoco: el ruido vuelve a empezar por el principio, así que G dibuja en el paso 11 con el ruido del paso 1. (El *generador* de números aleatorios no tiene nada que ver con G.) Añadamos `noise_source`. Solo faltará el azar de *dropout*: en Keras, cada una de esas capas tiene un contador propio, y `tf.train.Checkpoint` no lo recoge con la red. Por eso lo buscamos en `tiny_game` y lo llamamos `dropout_seeds`.
#
# ### Ejercicio 5: falta una sola pieza
#
# G no tiene ninguna capa de *dropout*; D tiene dos. Si se guarda todo menos sus contadores, ¿qué acabará distinto?
#
# **a)** nada: diez pasos son muy pocos para que se note · **b)** solo D, que es quien tiene *dropout* · **c)** D y G · **d)** solo la memoria de Adam

# %% [markdown] lang="en"
# Still not: the noise starts all over again, so G draws in step 11 with the noise of step 1. (The random number *generator* has nothing to do with G.) Let us add `noise_source`. Only the randomness of dropout will be missing: in Keras each of those layers has a counter of its own, and `tf.train.Checkpoint` does not pick it up along with the network. That is why `tiny_game` looks for it and calls it `dropout_seeds`.
#
# ### Exercise 5: one piece missing
#
# G has no dropout layer; D has two. If everything is saved but their counters, what will end up different?
#
# **a)** nothing: ten steps are far too few to show · **b)** only D, which is the one with dropout · **c)** D and G · **d)** only Adam's memory

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# Todo menos los contadores de *dropout*:

# %% [markdown] lang="en"
# Everything but the counters of dropout:

# %%
with_noise = (*with_step, "noise_source")
without_dropout = resume_with(*with_noise)
print(without_dropout)
assert (without_dropout["G"] > 0 and without_dropout["D"] > 0) or on_gpu

# %% [markdown] lang="es"
# Y por fin, la maleta entera:

# %% [markdown] lang="en"
# And at last the whole suitcase:

# %%
nothing = resume_with(*with_noise, "dropout_seeds")
print(nothing, not any(nothing.values()))
assert not any(nothing.values()) or on_gpu

# %% [markdown] lang="es"
# Ni una distinta: `True`. Todas las maletas, una debajo de otra, y cuántas matrices acabaron distintas con cada una:

# %% [markdown] lang="en"
# Not one differs: `True`. All the suitcases, one below the other, and how many arrays ended up different with each:

# %%
rows = [[pieces[-1], *map(str, counts.values())] for pieces, counts in results.items()]
plots.show_table([L("la maleta, hasta", "the suitcase, up to"), "G", "D", "Adam"], rows)

# %% [markdown] lang="es"
# No hay término medio: o está todo, o es otro entrenamiento. Lo poco de Adam que coincide son las tasas y, si él va en la maleta, sus contadores de pasos. (Donde hay una GPU, una de las celdas de arriba llama a `enable_op_determinism`, que fija el orden de sus sumas para el resto del cuaderno. Según la documentación de TensorFlow, todo va entonces algo más despacio; si aun así ves matrices distintas, es que en tu GPU alguna operación no tiene orden fijo. Y hay que reanudar en la misma CPU o la misma GPU: otra redondea de otra manera.)
#
# `make_state` es esa maleta, con tres cosas que no cambian ningún número pero hacen falta: `history` guardará las curvas; `settings` apunta con qué ajustes se entrena, y `run` es un nombre al azar para esta partida.

# %% [markdown] lang="en"
# There is no middle way: either it is all there, or it is another training run. The little of Adam that agrees is its rates and, if Adam is in the suitcase, its step counters. (Where there is a GPU, one of the cells above calls `enable_op_determinism`, which fixes the order of its sums for the rest of the notebook. According to TensorFlow's documentation everything then runs a little slower; if you see arrays that differ even so, some operation has no fixed order on your GPU. And you must resume on the same CPU or the same GPU: another one rounds differently.)
#
# `make_state` is that suitcase, with three things that change no number but will be needed: `history` will keep the curves; `settings` records what we train with, and `run` is a random name for this run.


# %% tags=["export"]
def make_state(generator, discriminator, g_optimizer, d_optimizer, settings=None, seed=42):
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    return tf.train.Checkpoint(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=g_optimizer,
        d_optimizer=d_optimizer,
        step=tf.Variable(0, dtype=tf.int64),
        noise_source=tf.random.Generator.from_seed(seed),
        dropout_seeds=[v for v in discriminator.variables if "seed_generator" in v.path],
        history=tf.Variable(np.zeros((0, 4), "float32"), shape=(None, 4)),
        settings=tf.Variable(json.dumps(settings or {}, sort_keys=True)),
        run=tf.Variable(secrets.token_hex(4)),
    )


# %% [markdown] lang="es"
# ### Un punto de control que falta, y uno dañado
#
# Falta una trampa. En TensorFlow, restaurar de una carpeta vacía no hace nada, y tampoco lo dice. Así puede «reanudarse» un entrenamiento que en realidad empieza de cero. Solo protesta `assert_consumed`, si se lo preguntas:

# %% [markdown] lang="en"
# ### A checkpoint that is missing, and one that is damaged
#
# There is one more trap. In TensorFlow, restoring from an empty folder does nothing, and says nothing either. That is how a training run that “resumes” can really be starting from scratch. Only `assert_consumed` protests, if you ask:


# %%
def tiny_state():
    game, _ = tiny_game()
    return make_state(game.generator, game.discriminator, game.g_optimizer, game.d_optimizer)


state = tiny_state()
status = state.restore(tf.train.latest_checkpoint(str(out / "nothing_here")))
print(int(state.step))
try:
    status.assert_consumed()
except AssertionError as error:
    print("AssertionError:", error)

# %% [markdown] lang="es"
# Paso 0, y ni una queja hasta que hemos preguntado. Por eso el curso usa `checkpoints.restore`, que pregunta siempre y dice en voz alta qué ha restaurado. Además lee el punto de control entero antes de tocar nada: si está dañado, usa el anterior. Guardemos dos y estropeemos el segundo a propósito, recortando uno de sus archivos:

# %% [markdown] lang="en"
# Step 0, and not a word of complaint until we asked. So the course uses `checkpoints.restore`, which always asks, and says aloud what it has restored. It also reads the whole checkpoint before it touches anything: if it is damaged, it falls back on the one before. Let us save two, and damage the second on purpose, by cutting one of its files short:

# %%
manager = checkpoints.make_manager(state, out / "tiny")
for step in (5, 8):
    state.step.assign(step)
    checkpoints.save(manager)
damaged = out / "tiny" / "step-8.index"
damaged.write_bytes(damaged.read_bytes()[:100])

again = tiny_state()
checkpoints.restore(again, out / "tiny", steps=20, steps_per_epoch=10)
assert int(again.step) == 5 and damaged.exists()

# %% [markdown] lang="es"
# ## El entrenamiento
#
# Con el presupuesto `full` se entrena la red del tutorial D con sus números: 50 épocas en lotes de 256. Sin GPU son varias horas. Para una clase, como en la lección 2, una red más estrecha da muchos más pasos en el mismo tiempo:
#
# | | tutorial D (`full`) | `workshop` | por qué |
# |---|---|---|---|
# | números de ruido | 100 | 10 | como en la lección 2, menos dibujos a medio camino entre dos cifras |
# | canales de G | 256, 128 y 64 | 32, 32 y 16 | cada paso cuesta mucho menos |
# | canales de D | 64 y 128 | 16, 32 y 64 | con una convolución más, cada valor ve 29×29 píxeles, toda la imagen, y no 13×13 |
# | D ve cuánto varía el lote | no | sí | como en la lección 2: G no puede repetirse sin que se note |
# | *dropout* de D | 0.3 | 0 | en nuestras pruebas, mejores dígitos (y así no hay azar suyo que guardar) |
# | tamaño de lote | 256 | 32 | ocho veces más pasos con las mismas imágenes |
# | tasa de G y de D | 0.0001 | 0.003 y 0.002, que bajan hasta su veinteava parte | pasos largos al principio y finos al final |
# | `beta_1` de Adam | 0.9 | 0.5 | menos inercia: cada red olvida antes al rival de ayer |
# | `momentum` de la BN | 0.99 | 0.9 | las medias acumuladas se ponen al día antes |
# | media de los pesos, semivida | no | 500 pasos | dibuja el promedio, no el último temblor |
# | pasos | 50 épocas | 7500 | lo que cabe en unos cinco minutos |

# %% [markdown] lang="en"
# ## Training
#
# With the `full` budget we train tutorial D's network with its own numbers: 50 epochs in batches of 256. Without a GPU that takes several hours. For a class, as in lesson 2, we use a narrower network, which takes many more steps in the same time:
#
# | | tutorial D (`full`) | `workshop` | why |
# |---|---|---|---|
# | size of the noise vector | 100 | 10 | as in lesson 2, fewer drawings halfway between two digits |
# | G's channels | 256, 128 and 64 | 32, 32 and 16 | each step costs much less |
# | D's channels | 64 and 128 | 16, 32 and 64 | with one more convolution each value sees 29×29 pixels, the whole image, and not 13×13 |
# | D sees how much the batch varies | no | yes | as in lesson 2: G cannot repeat itself unnoticed |
# | D's dropout | 0.3 | 0 | better digits in our trials (and no random state of its own to save) |
# | batch size | 256 | 32 | eight times the steps with the same images |
# | rate of G and of D | 0.0001 | 0.003 and 0.002, falling to a twentieth | long steps at first and fine ones at the end |
# | Adam's `beta_1` | 0.9 | 0.5 | less inertia: each network forgets yesterday's rival sooner |
# | BN's `momentum` | 0.99 | 0.9 | the gathered averages catch up sooner |
# | average of the weights, half-life | none | 500 steps | draws the mean, not the latest tremble |
# | steps | 50 epochs | 7,500 | what fits into about five minutes |

# %%
tutorial_d = dict(latent_dim=100, base=256, filters=(128, 64), momentum=0.99)
tutorial_d |= dict(d_filters=(64, 128), dropout=0.3, batch_size=256, watchful=False)
tutorial_d |= dict(g_rate=1e-4, d_rate=1e-4, beta_1=0.9, falling=False, half_life=0)
workshop = dict(latent_dim=10, base=32, filters=(32, 16), momentum=0.9)
workshop |= dict(d_filters=(16, 32, 64), dropout=0.0, batch_size=32, watchful=True)
workshop |= dict(g_rate=3e-3, d_rate=2e-3, beta_1=0.5, falling=True, half_life=500)

# %% [markdown] lang="es"
# El presupuesto en vigor elige una de las dos columnas. Al apuntar los datos y el presupuesto, un punto de control de otro entrenamiento se reconoce y se rechaza.

# %% [markdown] lang="en"
# The budget in force picks one of the two columns. With the data and the budget noted down, a checkpoint of some other training run is recognised and refused.

# %%
settings = budget(smoke=workshop, workshop=workshop, full=tutorial_d) | dict(data=dataset.name, budget=budget_name())
batch_size = settings["batch_size"]
steps_per_epoch = 60_000 // batch_size
steps = budget(smoke=40, workshop=7500, full=50 * steps_per_epoch)
if settings["falling"]:
    settings["steps"] = steps

# %% [markdown] lang="es"
# ### Una media de los pesos
#
# Las dos redes se persiguen, y los pesos de G van de acá para allá alrededor de un buen sitio. Su **media móvil** se queda en el medio: al lado de G vive una copia, `average`, que en cada paso se acerca un poco a él, y se dibuja con la copia. La *semivida* dice tras cuántos pasos un peso antiguo cuenta la mitad; al principio es más corta, para que la copia no se quede en la niebla de la que partió. (La lección 7 mide si compensa.) `with_average` envuelve tu paso, sin tocarlo, y con `state.average = average` mete también la copia en la maleta:

# %% [markdown] lang="en"
# ### An average of the weights
#
# The two networks chase each other, and G's weights swing to and fro around a good place. Their **moving average** stays in the middle: beside G lives a copy, `average`, which moves a little towards it at every step, and it is the copy that draws. The half-life says after how many steps an old weight counts half as much; at first it is shorter, so that the copy does not stay in the fog where it began. (Lesson 7 measures whether it pays off.) `with_average` wraps your step, without touching it, and with `state.average = average` it puts the copy into the suitcase, too:


# %% tags=["export"]
def with_average(train_step, state, average, half_life):
    average.set_weights(state.generator.get_weights())
    state.average = average

    @tf.function
    def step_and_average(real_images):
        losses = train_step(real_images)
        now = tf.cast(state.step, tf.float32)
        keep = 0.5 ** (1 / tf.minimum(float(half_life), now / 10))
        for mean, weight in zip(average.variables, state.generator.variables, strict=True):
            mean.assign(keep * mean + (1 - keep) * weight)
        return losses

    return step_and_average


# %% [markdown] lang="es"
# Con la red ancha de `full`, `fast_convolution.faster` calcula las convoluciones más deprisa en una CPU (la lección 7 enseña cómo); en `workshop` y en una GPU deja la red tal cual.

# %% [markdown] lang="en"
# With the wide network of `full`, `fast_convolution.faster` computes the convolutions faster on a CPU (lesson 7 shows how); in `workshop`, and on a GPU, it leaves the network as it is.


# %%
def make_adam(rate):
    if settings["falling"]:
        rate = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.05)
    return keras.optimizers.Adam(rate, beta_1=settings["beta_1"])


def new_generator():
    options = {name: settings[name] for name in ("latent_dim", "base", "filters", "momentum")}
    return fast_convolution.faster(make_generator(**options))


# %% [markdown] lang="es"
# `new_training` lo crea **todo** en una sola llamada, para que no quede un paso viejo entrenando redes viejas:

# %% [markdown] lang="en"
# `new_training` makes **everything** in a single call, so that no old step is left over, still training old networks:


# %%
def new_training():
    keras.utils.set_random_seed(42)
    discriminator = make_discriminator(settings["d_filters"], settings["dropout"], settings["watchful"])
    networks = new_generator(), fast_convolution.faster(discriminator)
    optimizers = make_adam(settings["g_rate"]), make_adam(settings["d_rate"])
    state = make_state(*networks, *optimizers, settings)
    train_step = make_train_step(state, batch_size)
    if settings["half_life"]:
        train_step = with_average(train_step, state, new_generator(), settings["half_life"])
    return state, train_step


# %% [markdown] lang="es"
# `train` es el bucle. Empieza donde esté `state`, sea el paso 0 o el 2475: los lotes se piden desde ahí (`start`) y el monitor recupera las curvas de las sesiones anteriores (`history`). De vez en cuando guarda un fotograma para la película y, después, un punto de control.

# %% [markdown] lang="en"
# `train` is the loop. It starts wherever `state` is, be it step 0 or step 2,475: it asks for the batches from there on (`start`), and the monitor picks up the curves of earlier sessions (`history`). From time to time it saves a frame for the film and then a checkpoint.


# %% tags=["export"]
NAMES = ("d_loss", "g_loss", "d_real", "d_fake")


def train(state, train_step, images, batch_size, steps, folder, save_every, noise):
    first = int(state.step)
    manager = checkpoints.make_manager(state, folder)
    batches = data.make_batches(images, batch_size, start=first)
    past = dict(zip(NAMES, state.history.numpy().T.tolist(), strict=True))
    networks = getattr(state, "average", state.generator), noise, state.discriminator
    monitor = Monitor(steps, *networks, next(iter(batches)), history=past)
    try:
        with monitor:
            if first == 0:
                animation.save_frame(monitor.samples(), folder, state)
            for real_images in batches.take(steps - first):
                monitor.update(**train_step(real_images))
                if monitor.step % save_every == 0 or monitor.step == steps:
                    animation.save_frame(monitor.samples(), folder, state)
                    curves = [monitor.history[name] for name in NAMES]
                    state.history.assign(np.transpose(curves))
                    checkpoints.save(manager)
    except KeyboardInterrupt:
        pass
    return monitor


# %% [markdown] lang="es"
# (El `except` del final está vacío porque el monitor ya lo ha dicho todo, y lo guardado, guardado está.) ¿Cuánto tardará aquí? Unos pasos de ensayo lo dirán:

# %% [markdown] lang="en"
# (The `except` at the end is empty because the monitor has said all there is to say, and what is saved is saved.) How long will it take here? A few rehearsal steps will tell:

# %%
fixed_noise = keras.random.normal((100, settings["latent_dim"]), seed=42)
real = next(iter(data.make_batches(dataset.x_train, batch_size)))
_, rehearsal_step = new_training()
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# ### Para, y sigue
#
# Un entrenamiento que se corta pierde, como mucho, lo hecho desde el último punto de control, y hay uno cada `save_every` pasos. Si muere el kernel, ejecuta el cuaderno desde el principio con `resume = True`, que busca en la carpeta `out` el último entrenamiento con el mismo presupuesto. En Colab esa carpeta desaparece con la máquina: conecta tu Drive y escribe en `folder`, ya desde la primera vez, una de sus carpetas, como `"/content/drive/MyDrive/gan"`; así se reanuda sin tocar `resume`. (Las imágenes, la película y el generador van a `out` de todos modos: descárgalos al acabar.)

# %% [markdown] lang="en"
# ### Stop, and go on
#
# A training run that is cut short loses at most what was done since the last checkpoint, and there is one every `save_every` steps. If the kernel dies, run the notebook from the top with `resume = True`, which looks in the folder `out` for the latest training run with the same budget. On Colab that folder vanishes with the machine: mount your Drive and set `folder`, from the very first time, to a folder on it, such as `"/content/drive/MyDrive/gan"`; then it resumes without touching `resume`. (The pictures, the film and the generator go to `out` all the same: download them at the end.)

# %%
resume = False
folder = checkpoints.newest_folder() if resume else out / "training"
save_every = budget(smoke=10, workshop=225, full=steps_per_epoch)

# %% [markdown] lang="es"
# Ahora te toca interrumpir. Ejecuta la celda y, **cuando veas los primeros dígitos, pulsa el botón de parar** (■). Si no lo pulsa nadie, a un tercio del camino lo pulsa el curso, con la misma señal que envía el botón.

# %% [markdown] lang="en"
# Now it is your turn to interrupt. Run the cell and, **when you see the first digits, press the stop button** (■). If nobody does, the course presses it a third of the way, with the same signal that the button sends.

# %%
state, train_step = new_training()
checkpoints.restore(state, folder, steps, steps_per_epoch)
until_stopped = press_stop(train_step, state, at=steps // 3)
monitor = train(state, until_stopped, dataset.x_train, batch_size, steps, folder, save_every, fixed_noise[:36])

# %% [markdown] lang="es"
# Parado. Ahora, como si el kernel hubiera muerto: redes nuevas, optimizadores nuevos, y lo guardado por encima. Fíjate en el paso en el que arranca, que es el del último punto de control, y en que las curvas siguen desde ahí.

# %% [markdown] lang="en"
# Stopped. And now as if the kernel had died: new networks, new optimizers, and what was saved put on top of them. Look at the step where it starts, which is that of the last checkpoint, and at the curves, which go on from there.

# %%
state, train_step = new_training()
checkpoints.restore(state, folder, steps, steps_per_epoch)
monitor = train(state, train_step, dataset.x_train, batch_size, steps, folder, save_every, fixed_noise[:36])

# %% [markdown] lang="es"
# ¿Ha llegado al final, y las pérdidas son números? Entonces, a dibujar:

# %% [markdown] lang="en"
# Has it reached the end, and are the losses numbers? Then let us draw:

# %%
assert int(state.step) == steps, L(
    "El entrenamiento no ha terminado: ejecuta de nuevo la celda que entrena.",
    "Training has not finished: run the training cell again.",
)
assert np.isfinite(state.history.numpy()).all(), L("Hay pérdidas que no son números.", "Some losses are not numbers.")
assert "frozen" not in {kind for _, kind, _ in monitor.diagnoses}

generator = getattr(state, "average", state.generator)
images = generator(fixed_noise, training=False).numpy()
pixels.save_grid(images, out / "generated.png")
plots.show_grid(images)

# %% [markdown] lang="es"
# Cien dígitos, dibujados a partir de un ruido con el que la red no se ha entrenado. (Si ejecutas otra vez la celda que entrena, dirá que ya está completo. Para empezar de cero, cambia de carpeta; por ejemplo, `out / "training_2"`.)
#
# Así dibujan con el mismo ruido los pesos del último paso y su media. (En `full` no hay media, y las dos cuadrículas son la misma.)

# %% [markdown] lang="en"
# A hundred digits, from noise that the network was never trained on. (If you run the training cell again, it will say that the training is complete. To start from scratch, change the folder, for instance to `out / "training_2"`.)
#
# This is what the weights of the last step and their average draw from the same noise. (In `full` there is no average, and both grids are the same.)

# %%
raw = state.generator(fixed_noise[:36], training=False)
titles = [L("los últimos pesos", "the last weights"), L("su media", "their average")]
plots.show_grids([raw, images[:36]], titles, columns=6, inches=3.2)

# %% [markdown] lang="es"
# En `workshop` apenas se distinguen: al final la tasa ha bajado tanto que los pesos casi no tiemblan. (La lección 7 tampoco encontró diferencia, con cinco semillas.)
#
# ¿Y el tutorial D, con su propia red y sus 50 épocas? En un portátil serían horas, así que lo hemos entrenado nosotros, una vez, con este mismo paso, en una GPU:

# %% [markdown] lang="en"
# In `workshop` they can hardly be told apart: by the end the rate has fallen so far that the weights hardly tremble. (Lesson 7 found no difference either, with five seeds.)
#
# And tutorial D, with its own network and its 50 epochs? On a laptop that would take hours, so we have trained it for you, once, with this very step, on a GPU:

# %%
figures.show_tutorial("D")

# %% [markdown] lang="es"
# Durante el primer tercio casi no se lee nada; al final, la mayoría de los dígitos. El tutorial no tiene ninguna prisa. (La página `tutorials/README.es.md` enseña los cinco tutoriales; la lección 4, cómo se mide cuál es mejor.)
#
# ## Las curvas, otra vez
#
# Las dos sesiones han dejado una sola curva. ¿Quién va ganando? Aquí están las medias de cinco tramos del camino. El empate está en 2 ln 2 = 1.39 para D y en ln 2 = 0.69 para G; en D(x) y D(G(z)), en 0.5.

# %% [markdown] lang="en"
# For the first third hardly anything can be read; at the end, most of the digits. The tutorial is in no hurry. (The page `tutorials/README.md` shows all five tutorials; lesson 4, how to measure which is better.)
#
# ## The curves, once more
#
# Both sessions have left a single curve. Who is winning? Here are the means over five stretches of the way. A draw is at 2 ln 2 = 1.39 for D and at ln 2 = 0.69 for G; for D(x) and D(G(z)), at 0.5.

# %%
history = state.history.numpy()
rows = []
for stretch in np.array_split(np.arange(steps), 5):
    rows.append([thousands(int(stretch[-1]) + 1), *(f"{m:.2f}" for m in history[stretch].mean(axis=0))])
names = [L("pérdida de D", "D's loss"), L("pérdida de G", "G's loss"), "D(x)", "D(G(z))"]
plots.show_table([L("hasta el paso", "up to step"), *names], rows)

# %% [markdown] lang="es"
# La frase siguiente se escribe sola. El código busca desde qué paso la pérdida de D, suavizada, ya no vuelve a subir hasta el empate:

# %% [markdown] lang="en"
# The next sentence writes itself. The code looks for the step after which D's loss, smoothed, never again rises to the draw:

# %%
draw, smooth_d = 2 * np.log(2), plots.smooth(history[:, 0])
since = int(np.max(np.flatnonzero(smooth_d >= draw), initial=-1)) + 1
winning = L(f"D va ganando desde el paso {thousands(since)}.", f"D is winning from step {thousands(since)} on.")
print(winning if since < steps else L("D no va ganando al final.", "D is not winning at the end."))

# %% [markdown] lang="es"
# ¿Es malo que D vaya ganando? No por sí solo: que D distinga lo real de lo falso es lo que le da a G algo que aprender, y las pérdidas no dicen si los dibujos son buenos; para eso se mira la cuadrícula (y se mide, en la lección 4). Preocupa que D(x) llegue a 1 y D(G(z)) a 0: entonces apenas queda gradiente útil, y el monitor avisaría. La cura más barata sería una tasa menor para D.
#
# ## La película
#
# El nombre de cada fotograma lleva el de la partida (`run`) y el número de paso. Así que en la película entran los de **esta** partida, de las dos sesiones, en orden, y ninguno de otra.

# %% [markdown] lang="en"
# Is it bad if D is winning? Not by itself: D telling real from fake is what gives G something to learn from, and the losses do not say whether the drawings are good; for that you look at the grid (and measure, in lesson 4). It is a worry when D(x) reaches 1 and D(G(z)) 0: hardly any useful gradient is left then, and the monitor would say so. The cheapest cure would be a lower rate for D.
#
# ## The film
#
# The name of each frame holds the name of the run (`run`) and the step number. So the frames of **this** run go into the film, from both sessions, in order, and none from another.

# %%
frames = animation.frames_of(folder, state)
print(len(frames), frames[0].name, "…", frames[-1].name)
gif = out / "training.gif"
animation.make_film(frames, gif, count=9, milliseconds=200, last=2000)
assert gif.stat().st_size < 400_000
plots.show_gif(gif, zoom=1)

# %% [markdown] lang="es"
# El mismo ruido, de la niebla al dígito. Elige una casilla y síguela varias vueltas: ¿es siempre la misma cifra, o cambia de idea por el camino? (`make_film` usa `imageio`, que tiene dos trampas: la duración va en **milisegundos**, y un 0.2, que antes eran dos décimas de segundo, ahora se convierte en 0 sin avisar; y un GIF se reproduce una sola vez si no se pide `loop=0`.)
#
# ## Pasear por el espacio latente
#
# El generador convierte **cualquier** vector de ruido en una imagen. El conjunto de todos esos vectores es el *espacio latente*. ¿Qué hay a medio camino entre dos, $a$ y $b$? El camino más corto es la recta, $(1 - t)\,a + t\,b$. Pero en muchas dimensiones la intuición engaña, y las diez de tu generador son pocas para verlo. Por eso traemos un generador de 100 números de ruido, entrenado con el paso de esta lección. Primera pregunta: ¿cuánto mide un vector de 100 números gaussianos (de media 0 y desviación típica 1)?

# %% [markdown] lang="en"
# The same noise, from fog to digit. Pick a square and follow it for several loops: is it always the same digit, or does it change its mind on the way? (`make_film` uses `imageio`, which has two traps: the duration is in **milliseconds**, and a 0.2, which used to mean two tenths of a second, now silently becomes 0; and a GIF plays only once unless you ask for `loop=0`.)
#
# ## A walk through latent space
#
# The generator turns **any** vector of noise into an image. All those vectors together are the *latent space*. What is there halfway between two of them, $a$ and $b$? The shortest way is the straight line, $(1 - t)\,a + t\,b$. But in many dimensions intuition misleads us, and the ten of your generator are too few to see it. So we have brought a generator with 100 noise numbers, trained with this lesson's step. First question: how long is a vector of 100 Gaussian numbers (of mean 0 and standard deviation 1)?

# %%
walker, rng = pretrained.load_generator_100(), np.random.default_rng(7)
lengths = np.linalg.norm(rng.normal(size=(10_000, 100)), axis=1)
figures.show_histogram(lengths, {"√100": [10]}, L("longitud del vector de ruido", "length of the noise vector"))
print(f"{lengths.min():.1f} … {lengths.max():.1f}")
assert lengths.min() > 10 / np.sqrt(2)

# %% [markdown] lang="es"
# Casi todos miden cerca de $\sqrt{100} = 10$, porque cada número, al cuadrado, vale 1 de media, y se suman cien. El ruido vive en una cáscara, y en el centro no hay nadie. Además, dos vectores al azar son casi perpendiculares: de los cien productos de sus coordenadas, unos son positivos y otros negativos, y al sumarlos casi se anulan.
#
# ### Ejercicio 6: a medio camino
#
# $a$ y $b$ miden 10 y son perpendiculares. ¿Cuánto mide el punto medio de la recta que los une?

# %% [markdown] lang="en"
# Nearly all are close to $\sqrt{100} = 10$ long, because each number, squared, is 1 on average, and a hundred of them are added up. The noise lives in a shell, and there is nobody at the centre. What is more, two random vectors are nearly perpendicular: of the hundred products of their coordinates some are positive and others negative, and added up they nearly cancel out.
#
# ### Exercise 6: halfway
#
# $a$ and $b$ are 10 long and perpendicular. How long is the point halfway along the straight line between them?

# %% tags=["exercise", "nbval-check-output"]
halfway_length = ...
q6.check(halfway_length)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# La recta ataja por dentro de la cáscara. Un **arco** va por ella. Si $\omega$ es el ángulo que forman $a$ y $b$, sus puntos son $\frac{\sin((1 - t)\,\omega)}{\sin \omega}\,a + \frac{\sin(t\,\omega)}{\sin \omega}\,b$. Empieza en $a$ y termina justo en $b$.

# %% [markdown] lang="en"
# The straight line cuts through the inside of the shell. An **arc** stays in it. If $\omega$ is the angle between $a$ and $b$, its points are $\frac{\sin((1 - t)\,\omega)}{\sin \omega}\,a + \frac{\sin(t\,\omega)}{\sin \omega}\,b$. It begins at $a$ and ends exactly at $b$.


# %%
def line(a, b, t):
    return (1 - t) * a + t * b


def length(vectors):
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def arc(a, b, t):
    omega = np.arccos(np.sum(a * b, axis=-1, keepdims=True) / (length(a) * length(b)))
    return (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)


# %% [markdown] lang="es"
# Veinte imágenes para elegir las dos puntas, contadas desde 0:

# %% [markdown] lang="en"
# Twenty images to choose both ends from, counted from 0:

# %%
choices = rng.normal(size=(20, 100))
plots.show_grid(walker(choices.astype("float32"), training=False))

# %% [markdown] lang="es"
# De la 3 a la 7 (pon las que quieras), nueve puntos de cada camino, con sus longitudes; arriba, la recta:

# %% [markdown] lang="en"
# From 3 to 7 (put whichever you like), nine points on each path, with their lengths; on top, the line:

# %%
a, b = choices[[3, 7]]
moments = np.linspace(0, 1, 9)
for path in (line, arc):
    points = np.stack([path(a, b, t) for t in moments])
    print(path.__name__.ljust(5), *(f"{n:5.2f}" for n in length(points).ravel()))
    plots.show_grid(walker(points.astype("float32"), training=False), columns=9)
    assert np.allclose(points[[0, -1]], [a, b])

# %% [markdown] lang="es"
# Una pareja no demuestra nada. Midamos dos cosas en mil parejas, por los dos caminos. La primera: ¿en qué parte de las imágenes está el juez de la lección 2 seguro, al 95 %, de la cifra que ve? (La 4 explica cómo se hace un juez.) La segunda: ¿cuánto varían las imágenes entre sí? (`spread` es la desviación típica de cada píxel, de media; el monitor la usa para descubrir un colapso.)

# %% [markdown] lang="en"
# One pair proves nothing. Let us measure two things for a thousand pairs, along both paths. First, in what share of the images is the judge of lesson 2 at least 95% sure which digit it sees? (Lesson 4 explains how to make a judge.) Second, how much do the images differ from each other? (`spread` is the standard deviation of each pixel, averaged; the monitor uses it to discover a collapse.)

# %%
judge = records.frozen_judge()
pairs = rng.normal(size=(2, budget(smoke=50, workshop=1000, full=1000), 100))


def seen(path, t):
    drawn = walker.predict(path(*pairs, t).astype("float32"), batch_size=200, verbose=0)
    sure = confident_share(judge.look(drawn).probabilities)
    return percent(sure), f"{spread(drawn):.3f}"


rows = [[f"{t:.3g}", *seen(line, t), *seen(arc, t)] for t in moments[:5]]
sure, varied = L("seguras", "sure"), L("variedad", "variety")
names = [f"{path}: {what}" for path in (L("recta", "line"), L("arco", "arc")) for what in (sure, varied)]
plots.show_table(["t", *names], rows)
assert float(rows[-1][2]) < float(rows[-1][4])

# %% [markdown] lang="es"
# No, por la recta no se rompe nada. A medio camino el ruido suele ser más corto que casi todos los que este generador ha visto, y aun así dibuja cifras más o menos igual de claras. Lo que encoge es la **variedad**: las imágenes del medio de la recta se parecen más entre sí que las del arco, que varían tanto como las de los extremos. Y por cualquiera de los dos caminos una cifra se va convirtiendo en otra, sin que se vean dos dígitos superpuestos: lo que ha aprendido G es un paisaje entero, no unos puntos sueltos.
#
# Aquí puedes pasear tú, por el arco, de $a$ (0) a $b$ (100):

# %% [markdown] lang="en"
# No, nothing breaks on the line. Halfway, the noise is usually shorter than nearly all that this generator has seen, and still it draws digits about as clear as ever. What shrinks is the **variety**: the images in the middle of the line are more alike than those of the arc, which vary as much as the ones at the ends. And on either path one digit turns into another, without two digits showing on top of each other: what G has learnt is a whole landscape, not isolated points.
#
# Here you can take a walk yourself, along the arc, from $a$ (0) to $b$ (100):


# %%
def on_the_way(percentage):
    point = arc(a, b, percentage / 100).astype("float32")
    return walker(point[np.newaxis], training=False)


plots.show_slider(on_the_way, 0, 100, "%")

# %% [markdown] lang="es"
# ## Llevarse el generador
#
# Un punto de control sirve para **seguir entrenando** y necesita el código que crea las redes. Para **usar** el generador en otro programa se guarda entero, capas y pesos, en un archivo `.keras`. (Antes, `fast_convolution.plain` le devuelve las capas corrientes de Keras, para que se abra sin este curso.) La prueba: otro proceso de Python, que no sabe nada de este cuaderno, lo carga y dibuja con el mismo ruido, en la CPU (la memoria de la GPU, si la hay, la ocupa este cuaderno). ¿Saldrán los mismos bits?

# %% [markdown] lang="en"
# ## Taking the generator with you
#
# A checkpoint is for **resuming training**, and it needs the code that makes the networks. To **use** the generator in another program, you save it whole, layers and weights, in a `.keras` file. (First, `fast_convolution.plain` gives it back the ordinary layers of Keras, so that it opens without this course.) The proof: another Python process, which knows nothing about this notebook, loads it and draws from the same noise, on the CPU (if there is a GPU, this notebook holds its memory). Will the bits be the same?

# %%
fast_convolution.plain(generator).save(out / "generator.keras")
np.save(out / "noise.npy", fixed_noise)
program = """
import keras, numpy
generator = keras.models.load_model("generator.keras")
numpy.save("images.npy", generator(numpy.load("noise.npy"), training=False))
"""
environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
process = subprocess.run([sys.executable, "-c", program], cwd=out, env=environment, capture_output=True, text=True)
assert process.returncode == 0, process.stderr

# %% [markdown] lang="es"
# La mayor diferencia entre un píxel de aquí y el del otro proceso, y lo que ocupa el archivo:

# %% [markdown] lang="en"
# The largest difference between a pixel here and the other process's, and the size of the file:

# %%
difference = np.abs(np.load(out / "images.npy") - images).max()
print(difference)
assert difference < 0.05 if on_gpu else difference == 0
size = (out / "generator.keras").stat().st_size / 1e6
print(pretty_path(out / "generator.keras"), f"{size:.1f} MB")

# %% [markdown] lang="es"
# Los mismos: la mayor diferencia es 0. (Una GPU suma en otro orden y redondea de otra manera, y entonces hay diferencias pequeñas.) Aparte de Keras, ese archivo es todo lo que necesita una aplicación para dibujar dígitos.
#
# ## ¿Y ahora?
#
# Tienes un bucle que puedes leer entero y cambiar. Algunas ideas:
#
# - **Color.** Una imagen en color tiene tres canales: la salida de la última capa de G pasa de 1 a 3 canales, y la entrada de D, también. Prueba con CIFAR-10, de 32×32: G empieza en 8×8 en lugar de 7×7 y D recibe 32×32×3. (Cargar los datos y enseñar las imágenes corre de tu cuenta: las utilidades del curso solo conocen el gris.)
# - **CelebA**, con 200 000 caras, es lo que propone el tutorial D para seguir. A 64×64 hay que empezar en 8×8 y añadir una convolución traspuesta a G y una convolución a D. Y hace falta una GPU.
# - **Ropa en vez de dígitos:** pon `"fashion_mnist"` donde se cargan los datos y entrena en otra carpeta.
# - **Más tiempo:** sube `steps` y ejecuta de nuevo la celda que entrena. Con `full`, seguirá donde se quedó. Con `workshop` no se puede: la tasa baja según `steps`, así que con otro número de pasos es otro entrenamiento, y necesita otra carpeta.

# %% [markdown] lang="en"
# The very same: the largest difference is 0. (A GPU adds up in another order and rounds in another way, and then there are small differences.) Apart from Keras, that file is all an application needs to draw digits.
#
# ## Where to go from here
#
# You have a loop that you can read from end to end, and change. Some ideas:
#
# - **Colour.** A colour image has three channels: G's last layer goes from 1 to 3, and so does D's input. Try CIFAR-10, with images of 32×32: G starts at 8×8 instead of 7×7, and D receives 32×32×3. (Loading the data and showing the images is up to you: the course's helpers only know grey.)
# - **CelebA**, with 200,000 faces, is what tutorial D suggests trying next. At 64×64 you have to start at 8×8 and add one transposed convolution to G and one convolution to D. And you need a GPU.
# - **Clothes instead of digits:** put `"fashion_mnist"` where the data are loaded, and train in another folder.
# - **More time:** raise `steps` and run the training cell again. With `full` it will go on where it stopped. With `workshop` it cannot: how the rate falls depends on `steps`, so with another number of steps it is a different training run, and needs another folder.

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una cinta deriva respecto a lo que le pidas. Nadie se congela: basta con preguntar por los pesos de cada red.
# - Las pérdidas se calculan a partir de los logits, para no perder por el redondeo y el recorte la pendiente de la que se aprende.
# - En la maleta de un entrenamiento van redes, optimizadores, paso y **azar**, el del ruido y el de *dropout*. Si falta una sola de esas piezas, acaba siendo otro; con todas, en la misma máquina, son los mismos bits.
# - Una restauración que no dice nada no ha restaurado nada, mientras no se demuestre lo contrario.
# - La pérdida de D es una suma: el empate está en 1.39.
# - En muchas dimensiones el ruido vive en una cáscara. Una recta ataja por dentro, y los dibujos varían menos; un arco se queda en ella.
#
# **Lo siguiente:** en la lección 4 enfrentamos dos DCGAN, la de un asistente de IA y una hecha a mano, y aprendemos a decidir con números cuál es mejor. O a admitir que no se puede saber.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A tape differentiates with respect to whatever you ask about. Nobody gets frozen: it is enough to ask about the weights of each network.
# - Losses are computed from logits, so that rounding and clipping do not take away the slope that a network learns from.
# - A training run's suitcase holds networks, optimizers, step and **random state**, that of the noise and that of dropout. If a single one of these pieces is missing, it becomes another run; with all of them, on the same machine, the bits are the same.
# - A restore that says nothing has restored nothing, until proven otherwise.
# - D's loss is a sum: a draw is at 1.39.
# - In many dimensions noise lives in a shell. A straight line cuts through the inside, and the drawings vary less; an arc stays in it.
#
# **Next:** in lesson 4 we set two DCGANs against each other, an AI assistant's and a handmade one, and learn to decide with numbers which is better. Or to admit that there is no telling.

# %% [markdown] lang="es"
# ## Fuentes
#
# - **Tutorial D**, [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), de TensorFlow, licencias Apache 2.0 y CC BY 4.0; su traducción española es el punto de partida de esta lección. Lo que hoy le falta o le falla: el último lote empareja 96 imágenes reales con 256 falsas; guarda cada 15 épocas, así que de 50 solo conserva 45, sin decirlo; no guarda la época, y al reanudar vuelve a contar desde cero; no dice nada al restaurar de una carpeta vacía; las imágenes de otra ejecución se cuelan en el GIF; no enseña ninguna pérdida. De la traducción: «imágenes reales como falsas» está al revés, «superpongan» es *overpower* (superar con creces) y «capa externa» es la capa de salida.
# - Documentación de TensorFlow: [*Training checkpoints*](https://www.tensorflow.org/guide/checkpoint) y [*Better performance with tf.function*](https://www.tensorflow.org/guide/function).
# - Que Keras tampoco guarda el azar de *dropout* al guardar un modelo: [keras 19796](https://github.com/keras-team/keras/issues/19796).
# - Tom White, [*Sampling Generative Networks*](https://arxiv.org/abs/1609.04468), 2016: por qué pasear por arcos (*slerp*, interpolación lineal esférica).
# - [Base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - **Tutorial D**, [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), by TensorFlow, licences Apache 2.0 and CC BY 4.0; its Spanish translation is this lesson's starting point. What the tutorial lacks or gets wrong today: the last batch pairs 96 real images with 256 fake ones; it saves every 15 epochs, so that of 50 it keeps only 45, without saying so; it does not save the epoch, so after resuming it counts from zero; restoring from an empty folder is silent; the images of another run slip into the GIF; it shows no loss at all. In the translation: “real images as fake” is the wrong way round, “superpongan” stands for *overpower* and “capa externa” for the output layer.
# - TensorFlow's documentation: [*Training checkpoints*](https://www.tensorflow.org/guide/checkpoint) and [*Better performance with tf.function*](https://www.tensorflow.org/guide/function).
# - On Keras not saving the random state of dropout with a model either: [keras 19796](https://github.com/keras-team/keras/issues/19796).
# - Tom White, [*Sampling Generative Networks*](https://arxiv.org/abs/1609.04468), 2016: why walk along arcs (*slerp*, or spherical linear interpolation).
# - [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
