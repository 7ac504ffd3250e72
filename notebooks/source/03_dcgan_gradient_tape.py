# ---
# title:
#   es: 3 · La DCGAN con GradientTape, puntos de control y un GIF
#   en: 3 · The DCGAN with GradientTape, checkpoints and a GIF
# ---

# %% [markdown] lang="es"
# # 3 · La DCGAN con GradientTape, puntos de control y un GIF
#
# En la lección 2 hubo que congelar, descongelar y vigilar. Hoy no: el paso de entrenamiento lo escribes tú, y a cada red se le pregunta solo por lo suyo. Después dejaremos morir a medias un entrenamiento diminuto y lo reanudaremos tan bien que acabará con los mismos bits que si nadie lo hubiera tocado; y con la misma maleta pararás y reanudarás el de verdad.
#
# **En esta lección vas a:**
#
# 1. calcular derivadas con `GradientTape` y ver por qué ya no hay que congelar a nadie;
# 2. escribir las dos pérdidas y las dos líneas que son el corazón del paso, y entrenar enseguida;
# 3. preparar, pieza a pieza, la maleta con la que un entrenamiento se reanuda sin que cambie ni un bit;
# 4. parar con el botón el entrenamiento de verdad, reanudarlo y leer sus curvas;
# 5. ver una película de nueve dígitos, pasear de un dibujo a otro y llevarte el generador.
#
# **Tiempo:** unos 75 minutos, ejercicios incluidos; en un portátil de dos núcleos, con el presupuesto `workshop`, unos 7 son de espera. **Necesitas:** haber hecho las lecciones 1 y 2.

# %% [markdown] lang="en"
# # 3 · The DCGAN with GradientTape, checkpoints and a GIF
#
# In lesson 2 we had to freeze, unfreeze and keep watch. Not today: you write the training step yourself, and each network is asked only about what is its own. Then we let a tiny training run die halfway, and resume it so well that it ends with the very bits it would have had if nobody had touched it; and with the same suitcase you will stop and resume the real one.
#
# **In this lesson you will:**
#
# 1. compute derivatives with `GradientTape`, and see why nobody has to be frozen any more;
# 2. write the two losses and the two lines at the heart of the step, and start training at once;
# 3. pack, piece by piece, the suitcase that lets a training run be resumed without a single bit changing;
# 4. stop the real training with the button, resume it, and read its curves;
# 5. watch a film of nine digits, walk from one drawing to another, and take the generator with you.
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
import secrets
from contextlib import suppress
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import animation, checkpoints, data, diagrams, pixels, plots
from course_utils.budgets import budget, budget_name
from course_utils.experiments import figures, pretrained
from course_utils.fast_convolution import faster, plain
from course_utils.fitting import fit_to
from course_utils.folders import out_folder
from course_utils.lessons.lesson_2 import MinibatchDeviation
from course_utils.monitor import Monitor, press_stop, who_is_winning
from course_utils.progress import Ticker, estimate
from course_utils.questions.lesson_3 import q1, q2, q3, q4, q5, q6
from course_utils.turns import how_far

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
# Doce y nueve. Fíjate en lo que **no** ha hecho falta: para derivar solo respecto a $x$ no hemos congelado $y$. No hemos preguntado por ella, y ya está. Cambia $x$ por los pesos del generador, $y$ por los del discriminador y $z$ por la pérdida: ese es todo el secreto de esta lección. (Sin `persistent=True`, la cinta contesta una sola vez y se borra. Para entrenar basta: una pregunta por cinta.)
#
# ## Las dos redes
#
# Son las del tutorial de DCGAN de TensorFlow, el **tutorial D** (aquí también, «D» a secas es el discriminador). Se montan como las de la lección 2, y no hace falta que leas el código: basta con lo que cambia. La primera convolución traspuesta tiene salto 1, así que el bloque sigue en 7×7 tras ella. Los núcleos son de 5, que no es múltiplo de 2: el tablero de la lección 2 viene de fábrica, y los pesos tienen que aprender a taparlo. Donde la entrada es negativa, `LeakyReLU` tiene la pendiente `slope`. D acaba sin sigmoide: lo que da es un logit. Con `watchful`, lleva la capa de la lección 2 que mira el lote entero.

# %% [markdown] lang="en"
# Twelve and nine. Notice what was **not** needed: to differentiate with respect to $x$ alone we did not freeze $y$. We just did not ask about it. Replace $x$ with the generator's weights, $y$ with the discriminator's and $z$ with the loss: that is the whole secret of this lesson. (Without `persistent=True` the tape answers once and is erased. For training that is enough: one question per tape.)
#
# ## The two networks
#
# They are the ones in TensorFlow's DCGAN tutorial, **tutorial D** (“D” on its own is still the discriminator). They are built like those of lesson 2, and you need not read the code: what differs is enough. The first transposed convolution has stride 1, so the block is still 7×7 after it. The kernels have side 5, which is not a multiple of the stride 2: here it is up to the weights to hide lesson 2's checkerboard. Where its input is negative, `LeakyReLU` has the slope `slope`. D ends without a sigmoid: what it gives is a logit. With `watchful`, it gets lesson 2's layer that looks at the whole batch.


# %% tags=["export"]
def make_generator(latent_dim=100, base=256, filters=(128, 64), momentum=0.99, slope=0.3):
    options = dict(padding="same", use_bias=False)
    stack = [keras.Input((latent_dim,)), layers.Dense(7 * 7 * base, use_bias=False)]
    stack += [layers.BatchNormalization(momentum=momentum), layers.LeakyReLU(slope)]
    stack.append(layers.Reshape((7, 7, base)))
    for channels, stride in zip(filters, (1, 2), strict=True):
        stack.append(layers.Conv2DTranspose(channels, 5, stride, **options))
        stack += [layers.BatchNormalization(momentum=momentum), layers.LeakyReLU(slope)]
    stack.append(layers.Conv2DTranspose(1, 5, 2, activation="tanh", **options))
    return keras.Sequential(stack, name="generator")


def make_discriminator(filters=(64, 128), dropout=0.3, watchful=False, slope=0.3):
    stack = [keras.Input((28, 28, 1))]
    for channels in filters:
        stack.append(layers.Conv2D(channels, 5, strides=2, padding="same"))
        stack += [layers.LeakyReLU(slope), layers.Dropout(dropout)]
    stack += [MinibatchDeviation()] if watchful else []
    stack += [layers.Flatten(), layers.Dense(1)]
    return keras.Sequential(stack, name="discriminator")


cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

# %% [markdown] lang="es"
# (Con MNIST, la celda siguiente no cambia nada: está ahí por si algún día entrenas con imágenes tuyas, en color o de 32×32.)

# %% [markdown] lang="en"
# (With MNIST the next cell changes nothing: it is there in case you ever train on your own pictures, in colour or 32×32.)

# %%
make_generator, make_discriminator = fit_to(dataset, make_generator, make_discriminator)

# %% [markdown] lang="es"
# ## Las pérdidas, a partir de los logits
#
# El discriminador termina en una neurona **sin** sigmoide. Lo que da es un **logit**: cualquier número, positivo si cree que la imagen es real y negativo si cree que es falsa. La **sigmoide**, $\sigma(x) = 1 / (1 + e^{-x})$, lo convierte en una probabilidad $p$; un logit de 0 es un 0.5, «ni idea». La entropía cruzada de la lección 1 es $-\log p$ si la etiqueta es 1 y $-\log(1 - p)$ si es 0:
#
# $$-\log \sigma(x) = \log(1 + e^{-x}) \qquad\qquad -\log(1 - \sigma(x)) = \log(1 + e^{x})$$
#
# `cross_entropy(labels, logits)` hace esa cuenta y devuelve la media del lote. ¿Qué etiquetas quiere cada red?
#
# - **D** quiere un 1 para lo real y un 0 para lo falso, y su pérdida es la **suma** de lo que le cuestan los dos lotes.
# - **G** quiere que D llame **real** a lo **falso**: es la pérdida no saturante de la lección 1.
#
# Haz la cuenta a mano con un D que acierta: da +2 a lo real y −2 a lo falso. A D le cuesta dos veces $\log(1 + e^{-2})$; a G, $\log(1 + e^{2})$. (Salen 0.25 y 2.13.) La comprobación usa esos mismos números.
#
# ### Ejercicio 1: las dos pérdidas
#
# Pon las etiquetas en lugar de los puntos suspensivos. `tf.ones_like(x)` es un tensor de unos con la forma de `x`; `tf.zeros_like(x)`, uno de ceros.

# %% [markdown] lang="en"
# ## The losses, from logits
#
# The discriminator ends in a neuron **without** a sigmoid. What it gives is a **logit**: any number at all, positive if it believes the image is real and negative if it believes it is fake. The **sigmoid**, $\sigma(x) = 1 / (1 + e^{-x})$, turns it into a probability $p$; a logit of 0 gives 0.5, “no idea”. The cross-entropy of lesson 1 is $-\log p$ if the label is 1 and $-\log(1 - p)$ if it is 0:
#
# $$-\log \sigma(x) = \log(1 + e^{-x}) \qquad\qquad -\log(1 - \sigma(x)) = \log(1 + e^{x})$$
#
# `cross_entropy(labels, logits)` works that out and returns the mean over the batch. Which labels does each network want?
#
# - **D** wants a 1 for real images and a 0 for fake ones, and its loss is the **sum** of what the two batches cost it.
# - **G** wants D to call **real** what is **fake**: this is the non-saturating loss of lesson 1.
#
# Work it out by hand for a D that gets it right: it gives +2 to real images and −2 to fake ones. That costs D $\log(1 + e^{-2})$ twice, and G $\log(1 + e^{2})$. (That makes 0.25 and 2.13.) The check uses those very numbers.
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
# La cinta de G atraviesa D de lado a lado, porque a `g_loss` solo se llega a través de lo que opina D. Pero por los pesos de D no pregunta (el candado), y los pesos por los que nadie pregunta no se mueven. La de D acaba en D: podría seguir hasta G, pero nadie se lo pide.
#
# ## El paso de entrenamiento
#
# Y ahora, en código. `state` es una bolsa con todo lo que usa el paso: las dos redes, un optimizador para cada una, de dónde sale el ruido y cuántos pasos van. A la respuesta de una cinta, una derivada por cada peso, se la llama **gradiente**; `apply` se la entrega al optimizador, que mueve los pesos.
#
# ### Ejercicio 2: dos preguntas
#
# En las dos líneas que importan falta la pregunta: ¿la derivada de qué, y respecto a qué? Los pesos que se entrenan de una red están en `trainable_variables`.

# %% [markdown] lang="en"
# G's tape passes right through D, for the only way to `g_loss` leads through D's opinion. But it does not ask about D's weights (the padlock), and what is not asked about is not moved. D's tape ends in D: it could go on to G, and nobody asks it to.
#
# ## The training step
#
# And now in code. `state` is a bag with everything that the step uses: both networks, an optimizer for each, where the noise comes from, and how many steps have been taken. The answer of a tape, one derivative for every weight, is called the **gradient**; `apply` hands it to the optimizer, which moves the weights.
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
# Con **`training=True`** en las tres llamadas, la BN usa las estadísticas del lote; y como no se congela nada, ninguna se queda en modo de inferencia. **Los dos aprenden a la vez**: las derivadas de ambos se calculan antes de que se mueva ninguno. Y **`tf.function`** traza el paso la primera vez, como en la lección 2: se queda con las redes de `state`, y traza de nuevo si llega un lote con otra forma. (Por eso `data.make_batches` los da todos del mismo tamaño.)
#
# ## Un minuto de entrenamiento
#
# Ya está todo: a entrenar. `make_bag` llena la bolsa; la red es más estrecha que la del tutorial, para que en un minuto, más o menos, se empiece a ver algo. Pon en marcha la celda y, mientras tanto, haz el ejercicio 3.

# %% [markdown] lang="en"
# With **`training=True`** in all three calls, BN uses the statistics of the batch; and as nothing is frozen, no BN is left in inference mode. **Both learn at once**: the derivatives of both are computed before either has moved. And **`tf.function`** traces the step the first time, as in lesson 2: it holds on to the networks in `state`, and traces again if a batch of another shape comes along. (That is why all the batches of `data.make_batches` have the same size.)
#
# ## A minute of training
#
# That is all it takes: let us train. `make_bag` fills the bag; the network is narrower than the tutorial's, so that after a minute or so something begins to show. Start the cell, and do exercise 3 meanwhile.


# %%
def make_bag(generator, discriminator, rate):
    bag = SimpleNamespace(generator=generator, discriminator=discriminator)
    bag.g_optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
    bag.d_optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
    bag.noise_source = tf.random.Generator.from_seed(42)
    bag.step = tf.Variable(0, dtype=tf.int64)
    return bag


keras.utils.set_random_seed(42)
generator = make_generator(8, base=32, filters=(32, 32), momentum=0.9)
bag = make_bag(generator, make_discriminator((32, 48), dropout=0.0), rate=2e-3)
train_step, curves = make_train_step(bag, batch_size=32), []
ticker = Ticker(minute := budget(smoke=30, workshop=1200, full=1200))
for real_images in data.make_batches(dataset.x_train, 32).take(minute):
    losses = train_step(real_images)
    curves.append((float(losses["d_loss"]), float(losses["g_loss"])))
    ticker.tick(f"d_loss {curves[-1][0]:.2f}")
plots.show_grid(bag.generator(keras.random.normal((20, 8), seed=1), training=False))

# %% [markdown] lang="es"
# Se reconocen trazos, y alguna cifra.
#
# ### Ejercicio 3: el punto de partida
#
# Antes de mirar las curvas, contesta. Al empezar, D no tiene ni idea y da logits de casi 0 a todo. ¿Cuánto valen entonces la pérdida de D y la de G? Con dos decimales basta.

# %% [markdown] lang="en"
# You can make out strokes, and a digit here and there.
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
d_losses, g_losses = np.transpose(curves)
print(f"D {d_losses[0]:.2f}   G {g_losses[0]:.2f}")
assert abs(d_losses[0] - 2 * np.log(2)) < 0.2 and abs(g_losses[0] - np.log(2)) < 0.2
plots.show_curves({"D": d_losses, "G": g_losses}, {"D": "D", "G": "G"}, L("Pérdidas", "Losses"))

# %% [markdown] lang="es"
# Si la de D no da exactamente 1.39, es porque los pesos iniciales son al azar y sus logits no son 0. Y como aquí la pérdida de D es una **suma**, «ni idea» es 1.39 y no el 0.69 de la lección 2.
#
# ### ¿Ninguno toca al otro?
#
# No hemos escrito `trainable = False` en ningún sitio. La prueba, con unas redes minúsculas que se trazan en un momento: con la tasa de aprendizaje de G a cero, un paso tiene que mover a D y solo a D. Y al revés. (`build` crea ya la memoria de Adam, que si no esperaría al primer paso. `dropout_seeds` se explica más abajo. De esta celda basta con saber que hace una partida diminuta.)

# %% [markdown] lang="en"
# If D's is not exactly 1.39, that is because the initial weights are random and its logits are not 0. And as D's loss is a **sum** here, “no idea” is 1.39, and not lesson 2's 0.69.
#
# ### Does either touch the other?
#
# We have not written `trainable = False` anywhere. The proof, with tiny networks that take only a moment to trace: with G's learning rate at zero, a step must move D and only D. And vice versa. (`build` creates Adam's memory right away, which would otherwise wait for the first step. `dropout_seeds` is explained further down. Of this cell it is enough to know that it makes a tiny game.)


# %%
def tiny_game():
    keras.utils.set_random_seed(42)
    generator = make_generator(10, base=8, filters=(8, 8))
    discriminator = make_discriminator((8, 8))
    game = make_bag(generator, discriminator, rate=1e-3)
    game.g_optimizer.build(generator.trainable_variables)
    game.d_optimizer.build(discriminator.trainable_variables)
    game.dropout_seeds = [v for v in discriminator.variables if "seed_gen" in v.path]
    return game, make_train_step(game, batch_size=16)


# %% [markdown] lang="es"
# Un paso con cada pareja de tasas, y cuánto se han movido los pesos que se entrenan de cada red (la suma de los cambios, sin signo; lo que importa es dónde hay un 0):

# %% [markdown] lang="en"
# One step with each pair of rates, and how far the trainable weights of each network have moved (the sum of the changes, without signs; what matters is where there is a 0):

# %%
game, train_step = tiny_game()
batch = next(iter(data.make_batches(dataset.x_train, 16)))
for g_rate, d_rate in ((0.0, 1e-3), (1e-3, 0.0)):
    game.g_optimizer.learning_rate, game.d_optimizer.learning_rate = g_rate, d_rate
    moved = how_far(train_step, batch, G=game.generator, D=game.discriminator)
    print(f"G {moved['G']:.2f}   D {moved['D']:.2f}")
    assert (moved["G"] > 0, moved["D"] > 0) == (g_rate > 0, d_rate > 0)

# %% [markdown] lang="es"
# Ni un peso de más.
#
# ### ¿Por qué logits?
#
# (Si vas con el tiempo justo, sáltate este apartado: nada de lo que sigue depende de él.) Porque el ordenador redondea. Con un logit de 40, a $\sigma$ le falta tan poco para llegar a 1 que en 32 bits sale exactamente 1, y de $\log(1 - 1)$ ya no se vuelve. Si Keras solo tiene la probabilidad, lo evita recortándola, y con ello borra la pendiente. Una imagen falsa (etiqueta 0) a la que D da un 40: las pendientes, desde la probabilidad y desde el logit.

# %% [markdown] lang="en"
# Not a single weight moved that should not have.
#
# ### Why logits?
#
# (If you are short of time, skip this section: nothing that follows depends on it.) Because computers round. For a logit of 40, $\sigma$ falls short of 1 by so little that in 32 bits it comes out as exactly 1, and from $\log(1 - 1)$ there is no way back. If the probability is all that Keras has, it avoids that by clipping it, and in doing so wipes out the slope. A fake image (label 0) to which D gives a 40: the slopes, from the probability and from the logit.

# %% tags=["nbval-check-output"]
from_probability = keras.losses.BinaryCrossentropy()
label, logit = tf.constant([[0.0]]), tf.Variable([[40.0]])
with tf.GradientTape(persistent=True) as tape:
    losses = from_probability(label, tf.sigmoid(logit)), cross_entropy(label, logit)
slopes = [float(tape.gradient(loss, logit)[0, 0]) for loss in losses]
print(slopes)
assert slopes == [0, 1]

# %% [markdown] lang="es"
# Desde la probabilidad, **cero**: D está equivocadísimo y no recibe ninguna señal. Eso es lo que evitan los logits. (Y no le des una probabilidad a una pérdida con `from_logits=True`: le aplicaría la sigmoide otra vez. Keras lo evita si reconoce la sigmoide de la última capa, pero no si por el camino se ha recortado o ha cambiado de forma.)
#
# ## Se muere el kernel
#
# El *kernel* de un cuaderno es el proceso de Python que lo ejecuta. Se cierra la tapa del portátil o Colab se lleva la máquina, el kernel se muere, y nuestra bolsa desaparece con la memoria. ¿Qué habría que haber guardado para seguir como si nada? No *parecido*: igual, hasta el último bit.
#
# Hagamos el experimento con las redes minúsculas. Entrenamos 20 pasos de un tirón: es el patrón con el que comparar. De camino, en el paso 10, lo guardamos **todo** en un `tf.train.Checkpoint`, un punto de control: una bolsa que se puede escribir en disco. (Una GPU suma cada vez en otro orden; `enable_op_determinism` lo fija para el resto del cuaderno.)

# %% [markdown] lang="en"
# From the probability, **zero**: D is utterly wrong, and gets no signal. That is what logits save you from. (And do not hand a probability to a loss with `from_logits=True`: it would apply the sigmoid again. Keras avoids that if it recognises the sigmoid of the last layer, but not if its output has been clipped or reshaped on the way.)
#
# ## The kernel dies
#
# The *kernel* of a notebook is the Python process that runs it. The lid of the laptop closes or Colab takes the machine away, the kernel dies, and our bag vanishes along with the memory. What should have been saved to go on as if nothing had happened? Not *similar*: identical, down to the last bit.
#
# Let us try it with the tiny networks. We train for 20 steps in one go: that is what we compare with. On the way, at step 10, we save **everything** in a `tf.train.Checkpoint`. A checkpoint is a bag that can be written to disk. (A GPU adds up in another order each time; `enable_op_determinism` fixes it for the rest of the notebook.)


# %%
def train_tiny(game, train_step, steps):
    batches = data.make_batches(dataset.x_train, 16, start=int(game.step))
    for real_images in batches.take(steps):
        train_step(real_images)


on_gpu = bool(tf.config.list_physical_devices("GPU"))
if on_gpu:
    tf.config.experimental.enable_op_determinism()
out, k = out_folder(), 10
whole, train_step = tiny_game()
train_tiny(whole, train_step, k)
saved = tf.train.Checkpoint(**vars(whole)).write(str(out / "suitcase"))
train_tiny(whole, train_step, k)

# %% [markdown] lang="es"
# Los lotes se piden a partir de `game.step`: se barajan con una semilla fija, así que el número de paso dice qué lote toca.
#
# `resume_with` hace de kernel nuevo: crea todo otra vez, saca de lo guardado **solo las piezas que le digamos** y da los otros 10 pasos. Al final cuenta: de las matrices (*arrays*) con los pesos, las medias de la BN y la memoria de Adam, ¿cuántas han acabado distintas de las del patrón?

# %% [markdown] lang="en"
# The batches are asked for from `game.step` on: they are shuffled with a fixed seed, so the step number says which batch comes next.
#
# `resume_with` plays the part of the new kernel: it makes everything anew, takes **only the pieces we name** out of what was saved, and takes the other 10 steps. At the end it counts: of the *arrays* that hold the weights, BN's averages and Adam's memory, how many have ended up different from those of the run in one go?


# %%
def resume_with(*pieces):
    game, train_step = tiny_game()
    suitcase = tf.train.Checkpoint(**{name: getattr(game, name) for name in pieces})
    suitcase.read(saved).assert_existing_objects_matched().expect_partial()
    train_tiny(game, train_step, k)
    return checkpoints.count_different(game, whole)


# %% [markdown] lang="es"
# Empecemos por lo que guarda casi todo el mundo: las dos redes, con sus pesos y las medias y varianzas de la BN. La primera línea dice cuántas matrices hay; la segunda, cuántas son distintas.

# %% [markdown] lang="en"
# Let us begin with what nearly everybody saves: the two networks, with their weights and the means and variances of BN. The first line says how many arrays there are; the second, how many differ.

# %%
both_networks = ("generator", "discriminator")
print({name: len(those) for name, those in checkpoints.arrays_of(whole).items()})
print(resume_with(*both_networks))

# %% [markdown] lang="es"
# Son distintas todas, salvo las dos tasas de Adam, que no cambian nunca. Las redes estaban guardadas, y aun así ha salido otro entrenamiento.
#
# ### Ejercicio 4: la maleta
#
# ¿Qué más hay que meter en la maleta, además de las dos redes, para que acabe **exactamente** igual? Antes de seguir leyendo, escribe todas las letras que hagan falta, juntas y entre comillas, como en `"ab"`.
#
# **a)** lo que recuerda Adam de cada peso · **b)** la última imagen que dibujó G · **c)** el número de paso · **d)** por dónde va el generador de números aleatorios del que sale el ruido · **e)** por dónde va el azar con el que *dropout* apaga neuronas · **f)** las curvas de las pérdidas · **g)** el tiempo que ha tardado cada paso

# %% [markdown] lang="en"
# All of them differ, except for Adam's two rates, which never change. The networks had been saved, and still it has become another training run.
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
with_adam = (*both_networks, "g_optimizer", "d_optimizer")
print(resume_with(*with_adam))

# %% [markdown] lang="es"
# Todavía no: además de las tasas, solo coinciden los dos contadores de pasos de Adam. El kernel nuevo cree que va por el paso 0, y le enseña a D los diez primeros lotes otra vez. Metemos también `step`.

# %% [markdown] lang="en"
# Not yet: besides the rates, only Adam's two step counters agree now. The new kernel thinks that it is at step 0, and shows D the first ten batches again. Let us put in `step`, too.

# %%
with_step = (*with_adam, "step")
print(resume_with(*with_step))

# %% [markdown] lang="es"
# Tampoco: el ruido vuelve a empezar por el principio, y G dibuja en el paso 11 con el ruido del paso 1. Añadamos `noise_source`. Solo faltará el azar de *dropout*: en Keras, cada una de esas capas tiene un contador propio, y `tf.train.Checkpoint` no lo recoge con la red. Por eso lo busca `tiny_game` y lo llama `dropout_seeds`.
#
# ### Ejercicio 5: falta una sola pieza
#
# Aquí G no tiene ninguna capa de *dropout*; D tiene dos, que apagan el 30 % de los valores. Si se guarda todo menos sus contadores, ¿qué acabará distinto?
#
# **a)** nada: diez pasos son muy pocos para que se note · **b)** solo D, que es quien tiene *dropout* · **c)** D y G · **d)** solo la memoria de Adam

# %% [markdown] lang="en"
# Still not: the noise starts all over again, and G draws in step 11 with the noise of step 1. Let us add `noise_source`. Only the randomness of dropout will be missing: in Keras each of those layers has a counter of its own, and `tf.train.Checkpoint` does not pick it up along with the network. That is why `tiny_game` looks for it and calls it `dropout_seeds`.
#
# ### Exercise 5: one piece missing
#
# Here G has no dropout layer; D has two, which switch off 30% of the values. If everything is saved but their counters, what will end up different?
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
# Sin sus contadores, D apaga otros valores, aprende otra cosa y, en adelante, enseña otra cosa a G. Y por fin, la maleta entera:

# %% [markdown] lang="en"
# Without its counters D switches off other values, learns something else and, from then on, teaches G something else. And at last the whole suitcase:

# %%
nothing = resume_with(*with_noise, "dropout_seeds")
print(nothing)
assert not any(nothing.values()) or on_gpu

# %% [markdown] lang="es"
# Ni una distinta. No hay término medio: o está todo, o es otro entrenamiento. (Hay que reanudar en la misma máquina: otra redondea de otra manera. Si en una GPU aun así ves matrices distintas, alguna operación no tiene allí orden fijo.)
#
# `make_state` es esa maleta, con tres cosas que no cambian ningún número pero harán falta: `history` guarda las curvas; `settings`, con qué ajustes se entrena, y `run`, un nombre al azar para esta partida. Lo demás ya lo conoces: no hace falta leerlo línea a línea. (El D de `workshop` no tiene *dropout*: allí `dropout_seeds` queda vacío. El de `full` sí.)

# %% [markdown] lang="en"
# Not one differs. There is no middle way: either it is all there, or it is another training run. (You must resume on the same machine: another rounds differently. If on a GPU you see arrays that differ even so, some operation has no fixed order there.)
#
# `make_state` is that suitcase, with three things that change no number but will be needed: `history` keeps the curves; `settings`, what we train with; and `run`, a random name for this run. You know the rest: it need not be read line by line. (The D of `workshop` has no dropout, and its `dropout_seeds` stays empty; that of `full` has.)


# %% tags=["export"]
def make_state(generator, discriminator, g_adam, d_adam, settings=None, seed=42):
    g_adam.build(generator.trainable_variables)
    d_adam.build(discriminator.trainable_variables)
    return tf.train.Checkpoint(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=g_adam,
        d_optimizer=d_adam,
        step=tf.Variable(0, dtype=tf.int64),
        noise_source=tf.random.Generator.from_seed(seed),
        dropout_seeds=[v for v in discriminator.variables if "seed_gen" in v.path],
        history=tf.Variable(np.zeros((0, 4), "float32"), shape=(None, 4)),
        settings=tf.Variable(json.dumps(settings or {}, sort_keys=True)),
        run=tf.Variable(secrets.token_hex(4)),
    )


# %% [markdown] lang="es"
# ### Un punto de control que falta, y uno dañado
#
# (Este apartado también se puede saltar.) Queda una trampa. En TensorFlow, restaurar de una carpeta vacía no hace nada, y tampoco lo dice: así puede «reanudarse» un entrenamiento que empieza de cero. Por eso el curso usa `checkpoints.restore`, que dice en voz alta qué ha restaurado. Primero, la manera de TensorFlow; después, la del curso, con la misma carpeta vacía:

# %% [markdown] lang="en"
# ### A checkpoint that is missing, and one that is damaged
#
# (This section, too, can be skipped.) There is one more trap. In TensorFlow, restoring from an empty folder does nothing, and says nothing either: that is how a training run that “resumes” can really be starting from scratch. So the course uses `checkpoints.restore`, which says aloud what it has restored. First one and then the other, with the same empty folder:

# %%
game, _ = tiny_game()
adams = game.g_optimizer, game.d_optimizer
state = make_state(game.generator, game.discriminator, *adams)
state.restore(tf.train.latest_checkpoint(str(out / "nothing_here")))
checkpoints.restore(state, out / "nothing_here", steps=20, steps_per_epoch=10)
assert int(state.step) == 0

# %% [markdown] lang="es"
# Solo ha hablado la segunda. Además, lee el punto de control entero antes de tocar nada: si está dañado, usa el anterior. Guardemos dos y estropeemos un archivo del segundo:

# %% [markdown] lang="en"
# Only the second has spoken. It also reads the whole checkpoint before it touches anything: if it is damaged, it falls back on the one before. Let us save two, and spoil a file of the second:

# %%
manager = checkpoints.make_manager(state, out / "tiny")
for step in (5, 8):
    state.step.assign(step)
    checkpoints.save(manager)
(out / "tiny" / "step-8.index").write_bytes(b"half a checkpoint")
checkpoints.restore(state, out / "tiny", steps=20, steps_per_epoch=10)
assert int(state.step) == 5

# %% [markdown] lang="es"
# ## El entrenamiento
#
# Con el presupuesto `full` se entrena la red del tutorial D con sus números: 50 épocas en lotes de 256. Sin GPU son varias horas. Para una clase, una red más estrecha da muchos más pasos en el mismo tiempo:
#
# | | tutorial D (`full`) | `workshop` | por qué |
# |---|---|---|---|
# | números de ruido | 100 | 10 | como en la lección 2, menos mezclas de dos cifras |
# | canales de G | 256, 128 y 64 | 32, 32 y 16 | cada paso cuesta mucho menos |
# | canales de D | 64 y 128 | 16, 32 y 64 | con una convolución más, cada valor ve toda la imagen |
# | D ve cuánto varía el lote | no | sí | como en la lección 2: si G se repite, se nota |
# | pendiente de `LeakyReLU`, en las dos redes | 0.3 | 0.2 | en nuestras pruebas, dígitos más claros y, en conjunto, más cerca de los reales |
# | *dropout* de D | 0.3 | 0 | en nuestras pruebas, mejores dígitos |
# | tamaño de lote | 256 | 32 | ocho veces más pasos con las mismas imágenes |
# | tasa de G y de D | 0.0001 | 0.003 y 0.002, que bajan hasta su veinteava parte | pasos largos al principio y finos al final |
# | `beta_1` de Adam | 0.9 | 0.5 | menos inercia: cada red olvida antes al rival de ayer |
# | `momentum` de la BN | 0.99 | 0.9 | las medias acumuladas se ponen al día antes |
# | pasos | 50 épocas | 7500 | lo que cabe en unos cinco o seis minutos |
#
# Las celdas de este apartado, hasta `new_training`, no dicen casi nada que no esté en la tabla: no hace falta que las leas.

# %% [markdown] lang="en"
# ## Training
#
# With the `full` budget we train tutorial D's network with its own numbers: 50 epochs in batches of 256. Without a GPU that takes several hours. For a class we use a narrower network, which takes many more steps in the same time:
#
# | | tutorial D (`full`) | `workshop` | why |
# |---|---|---|---|
# | size of the noise vector | 100 | 10 | as in lesson 2, fewer mixtures of two digits |
# | G's channels | 256, 128 and 64 | 32, 32 and 16 | each step costs much less |
# | D's channels | 64 and 128 | 16, 32 and 64 | with one more convolution each value sees the whole image |
# | D sees how much the batch varies | no | yes | as in lesson 2: if G repeats itself, it shows |
# | slope of `LeakyReLU`, in both networks | 0.3 | 0.2 | in our trials clearer digits, and closer to the real ones as a whole |
# | D's dropout | 0.3 | 0 | better digits in our trials |
# | batch size | 256 | 32 | eight times the steps with the same images |
# | rate of G and of D | 0.0001 | 0.003 and 0.002, falling to a twentieth | long steps at first and fine ones at the end |
# | Adam's `beta_1` | 0.9 | 0.5 | less inertia: each network forgets yesterday's rival sooner |
# | BN's `momentum` | 0.99 | 0.9 | the gathered averages catch up sooner |
# | steps | 50 epochs | 7,500 | what fits into five or six minutes |
#
# The cells of this section, as far as `new_training`, say hardly more than the table: you need not read them.

# %%
tutorial_d = dict(latent_dim=100, base=256, filters=(128, 64), momentum=0.99, slope=0.3)
tutorial_d |= dict(d_filters=(64, 128), dropout=0.3, batch_size=256, watchful=False)
tutorial_d |= dict(g_rate=1e-4, d_rate=1e-4, beta_1=0.9, falling=False)
workshop = dict(latent_dim=10, base=32, filters=(32, 16), momentum=0.9, slope=0.2)
workshop |= dict(d_filters=(16, 32, 64), dropout=0.0, batch_size=32, watchful=True)
workshop |= dict(g_rate=3e-3, d_rate=2e-3, beta_1=0.5, falling=True)

# %% [markdown] lang="es"
# El presupuesto elige la columna. Como los ajustes van en la maleta, con el nombre de los datos y el del presupuesto, un punto de control de otro entrenamiento se reconoce y se rechaza.

# %% [markdown] lang="en"
# The budget picks the column. As the settings go into the suitcase, with the data and the budget, a checkpoint of some other training run is recognised and refused.

# %%
settings = budget(smoke=workshop, workshop=workshop, full=tutorial_d)
settings = dict(settings, data=dataset.name, budget=budget_name())
batch_size = settings["batch_size"]
steps_per_epoch = 60_000 // batch_size
steps = budget(smoke=40, workshop=7500, full=50 * steps_per_epoch)
if settings["falling"]:
    settings["steps"] = steps

# %% [markdown] lang="es"
# `make_adam` hace un Adam con esos números. Si la tasa tiene que bajar, baja como en la lección 2, por media onda de coseno:

# %% [markdown] lang="en"
# `make_adam` makes an Adam with those numbers. A rate that falls does so as in lesson 2, along half a cosine wave:


# %%
def make_adam(rate):
    if settings["falling"]:
        rate = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.05)
    return keras.optimizers.Adam(rate, beta_1=settings["beta_1"])


# %% [markdown] lang="es"
# `new_training` lo crea **todo** en una sola llamada, para que no quede un paso viejo entrenando redes viejas: las dos redes, los dos Adam, la maleta y el paso, con los números de la tabla. No hace falta que leas más. (`faster` solo acelera la red ancha de `full` en una CPU; la lección 7 explica cómo.)

# %% [markdown] lang="en"
# `new_training` makes **everything** in a single call, so that no old step is left over, still training old networks: both networks, both Adams, the suitcase and the step, with the numbers of the table. You need not know any more about it. (`faster` only speeds up the wide network of `full` on a CPU; lesson 7 explains how.)


# %%
def new_training():
    keras.utils.set_random_seed(42)
    shape = ("latent_dim", "base", "filters", "momentum", "slope")
    g_options = {name: settings[name] for name in shape}
    d_options = {name: settings[name] for name in ("dropout", "watchful", "slope")}
    discriminator = faster(make_discriminator(settings["d_filters"], **d_options))
    generator = faster(make_generator(**g_options))
    adams = make_adam(settings["g_rate"]), make_adam(settings["d_rate"])
    state = make_state(generator, discriminator, *adams, settings)
    return state, make_train_step(state, batch_size)


# %% [markdown] lang="es"
# `train` es el bucle. Empieza donde esté `state`, sea el paso 0 o el 2475: los lotes se piden desde ahí (`start`) y el monitor recupera las curvas de antes (`history`). De vez en cuando guarda un fotograma y un punto de control. Con saber eso basta: el código es esas frases, una a una. El botón de parar lanza `KeyboardInterrupt`; `suppress` lo calla, porque el monitor ya lo ha dicho todo.

# %% [markdown] lang="en"
# `train` is the loop. It starts wherever `state` is, be it step 0 or step 2,475: it asks for the batches from there on (`start`), and the monitor picks up the earlier curves (`history`). From time to time it saves a frame and a checkpoint. It is enough to know that: the code is those sentences, one by one. The stop button raises `KeyboardInterrupt`; `suppress` silences it, because the monitor has said all there is to say.


# %% tags=["export"]
NAMES = ("d_loss", "g_loss", "d_real", "d_fake")


def train(state, train_step, images, batch_size, steps, folder, save_every, noise):
    first = int(state.step)
    manager = checkpoints.make_manager(state, folder)
    batches = data.make_batches(images, batch_size, start=first)
    past = dict(zip(NAMES, state.history.numpy().T.tolist(), strict=True))
    watched = state.generator, noise, state.discriminator, next(iter(batches))
    monitor = Monitor(steps, *watched, history=past)
    with suppress(KeyboardInterrupt), monitor:
        if first == 0:
            animation.save_frame(monitor.samples(), folder, state)
        for real_images in batches.take(steps - first):
            monitor.update(**train_step(real_images))
            if monitor.step % save_every == 0 or monitor.step == steps:
                animation.save_frame(monitor.samples(), folder, state)
                curves = [monitor.history[name] for name in NAMES]
                state.history.assign(np.transpose(curves))
                checkpoints.save(manager)
    return monitor


# %% [markdown] lang="es"
# ¿Cuánto tardará aquí? Unos pasos de ensayo lo dirán:

# %% [markdown] lang="en"
# How long will it take here? A few rehearsal steps will tell:

# %%
fixed_noise = keras.random.normal((100, settings["latent_dim"]), seed=42)
real = next(iter(data.make_batches(dataset.x_train, batch_size)))
_, rehearsal_step = new_training()
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# ### Para, y sigue
#
# Un entrenamiento que se corta pierde, como mucho, lo hecho desde el último punto de control, y hay uno cada `save_every` pasos. Si muere el kernel, ejecuta el cuaderno desde el principio con `resume = True`. En Colab la carpeta `out` desaparece con la máquina: conecta tu Drive y, ya la primera vez, pon en `folder` una carpeta suya, como `"/content/drive/MyDrive/gan"`. Así se reanuda sin tocar `resume`.

# %% [markdown] lang="en"
# ### Stop, and go on
#
# A training run that is cut short loses at most what was done since the last checkpoint, and there is one every `save_every` steps. If the kernel dies, run the notebook from the top with `resume = True`. On Colab the folder `out` vanishes with the machine: mount your Drive and set `folder`, from the very first time, to a folder on it, such as `"/content/drive/MyDrive/gan"`; then it resumes without touching `resume`.

# %%
resume = False
folder = checkpoints.newest_folder() if resume else out / "training"
save_every = budget(smoke=10, workshop=225, full=steps_per_epoch)
saving = dict(folder=folder, save_every=save_every, noise=fixed_noise[:36])

# %% [markdown] lang="es"
# Ahora te toca interrumpir. Ejecuta la celda y, **cuando veas los primeros dígitos, pulsa el botón de parar** (■). Si no lo pulsa nadie, a un tercio del camino lo pulsa el curso, con la misma señal que envía el botón (y solo la primera vez). Después, mientras la celda siguiente entrena, adelanta la lectura de **§ Pasear por el espacio latente** y piensa su ejercicio (la respuesta la compruebas luego): no necesita nada de este entrenamiento.

# %% [markdown] lang="en"
# Now it is your turn to interrupt. Run the cell and, **when you see the first digits, press the stop button** (■). If nobody does, the course presses it a third of the way, with the same signal that the button sends (and only the first time). Then, while the next cell trains, read ahead in **§ A walk through latent space** and think about its exercise (you will check the answer later): it needs nothing from this training.

# %%
state, train_step = new_training()
checkpoints.restore(state, folder, steps, steps_per_epoch)
until_stopped = press_stop(train_step, state, at=steps // 3)
monitor = train(state, until_stopped, dataset.x_train, batch_size, steps, **saving)

# %% [markdown] lang="es"
# Parado. Para seguir bastaría con ejecutar otra vez esa misma celda, como dice el aviso: empieza igual que esta. Las dos hacen como si el kernel hubiera muerto: redes nuevas, optimizadores nuevos, y lo guardado por encima. Fíjate en el paso en el que arranca, el del último punto de control, y en que las curvas siguen desde ahí. Después, a leer por adelantado.

# %% [markdown] lang="en"
# Stopped. To go on it would be enough to run that same cell again, as the message says: it begins like this one. Both act as if the kernel had died: new networks, new optimizers, and what was saved put on top of them. Look at the step where it starts, that of the last checkpoint, and at the curves, which go on from there. Then read ahead.

# %%
state, train_step = new_training()
checkpoints.restore(state, folder, steps, steps_per_epoch)
monitor = train(state, train_step, dataset.x_train, batch_size, steps, **saving)

# %% [markdown] lang="es"
# ¿Ha llegado al final, y las pérdidas son números? Entonces, a dibujar:

# %% [markdown] lang="en"
# Has it reached the end, and are the losses numbers? Then let us draw:

# %%
checkpoints.check_finished(state, steps)
generator = state.generator
images = generator(fixed_noise, training=False).numpy()
pixels.save_grid(images, out / "generated.png")
plots.show_grid(images)

# %% [markdown] lang="es"
# Cien dibujos, de un ruido con el que la red no se ha entrenado: la mayoría son dígitos que se leen. (Para entrenar otra vez desde cero, cambia de carpeta; por ejemplo, `out / "training_2"`.)
#
# ¿Y el tutorial D, con su propia red y sus 50 épocas? En un portátil serían horas, así que lo hemos entrenado nosotros, una vez, con este mismo paso, en una GPU:

# %% [markdown] lang="en"
# A hundred drawings, from noise that the network was never trained on: most are digits that can be read. (To train from scratch once more, change the folder, for instance to `out / "training_2"`.)
#
# And tutorial D, with its own network and its 50 epochs? On a laptop that would take hours, so we have trained it for you, once, with this very step, on a GPU:

# %%
figures.show_tutorial("D")

# %% [markdown] lang="es"
# Tras el primer tercio se leen unos cuantos; al final, la mayoría de los dígitos.
#
# ## Las curvas, otra vez
#
# Las dos sesiones han dejado una sola curva. ¿Quién va ganando? El empate está en 2 ln 2 = 1.39 para D, en ln 2 = 0.69 para G y en 0.5 para D(x) y D(G(z)). Las medias de cinco tramos, y una frase que se escribe sola, a partir de la curva suavizada (el empate de los primeros pasos, el del ejercicio 3, ahí no se ve):

# %% [markdown] lang="en"
# After the first third a few can be read; at the end, most of the digits.
#
# ## The curves, once more
#
# Both sessions have left a single curve. Who is winning? A draw is at 2 ln 2 = 1.39 for D, at ln 2 = 0.69 for G, and at 0.5 for D(x) and D(G(z)). Here are the means over five stretches, and a sentence that writes itself, from the smoothed curve (the draw of the very first steps, that of exercise 3, does not show there):

# %%
history = dict(zip(NAMES, state.history.numpy().T, strict=True))
names = {"d_loss": L("pérdida de D", "D's loss"), "g_loss": L("pérdida de G", "G's loss")}
plots.show_stretches(history, names | {"d_real": "D(x)", "d_fake": "D(G(z))"})
print(who_is_winning(history["d_loss"], draw=2 * np.log(2)))

# %% [markdown] lang="es"
# ¿Es malo que D vaya ganando? No por sí solo: que D distinga lo real de lo falso es lo que le da a G algo que aprender. Preocupa que D(x) llegue a 1 y D(G(z)) a 0: entonces apenas queda gradiente útil, y el monitor avisa. Y que los dibujos sean buenos no lo dicen las pérdidas, sino la cuadrícula.
#
# ## La película
#
# El nombre de cada fotograma lleva el de la partida (`run`) y el número de paso. Así, en la película entran en orden los de las dos sesiones de **esta** partida, y ninguno de otra.

# %% [markdown] lang="en"
# Is it bad if D is winning? Not by itself: D telling real from fake is what gives G something to learn from. It is a worry when D(x) reaches 1 and D(G(z)) 0: hardly any useful gradient is left then, and the monitor says so. And whether the drawings are good is not for the losses to say, but for the grid.
#
# ## The film
#
# The name of each frame holds the name of the run (`run`) and the step number. So the frames of **this** run go into the film, from both sessions and in order, and none from any other run.

# %%
frames = animation.frames_of(folder, state)
print(len(frames), frames[0].name, "…", frames[-1].name)
gif = out / "training.gif"
animation.make_film(frames, gif, count=9)
assert dataset.name != "mnist" or gif.stat().st_size < 400_000
plots.show_gif(gif, zoom=1)

# %% [markdown] lang="es"
# El mismo ruido, de la niebla al dígito. Elige una casilla y síguela varias vueltas: ¿es siempre la misma cifra, o cambia de idea por el camino?
#
# ## Pasear por el espacio latente
#
# El generador convierte **cualquier** vector de ruido en una imagen. El conjunto de todos esos vectores es el *espacio latente*. ¿Qué hay a medio camino entre dos, $a$ y $b$? El camino más corto es la recta, $(1 - t)\,a + t\,b$. Pero en muchas dimensiones la intuición engaña, y diez números de ruido son pocos para verlo. Por eso traemos un generador de 100, entrenado con este mismo paso. ¿Cuánto mide un vector de 100 números gaussianos (de media 0 y desviación típica 1)?

# %% [markdown] lang="en"
# The same noise, from fog to digit. Pick a square and follow it for several loops: is it always the same digit, or does it change its mind on the way?
#
# ## A walk through latent space
#
# The generator turns **any** vector of noise into an image. All those vectors together are the *latent space*. What is there halfway between two of them, $a$ and $b$? The shortest way is the straight line, $(1 - t)\,a + t\,b$. But in many dimensions intuition misleads us, and ten noise numbers are too few to see it. So we have brought a generator with 100, trained with this very step. How long is a vector of 100 Gaussian numbers (of mean 0 and standard deviation 1)?

# %%
walker, rng = pretrained.load_generator_100(), np.random.default_rng(7)
lengths = np.linalg.norm(rng.normal(size=(10_000, 100)), axis=1)
figures.show_histogram(lengths, {"√100": [10]}, L("longitud del vector de ruido", "length of the noise vector"))
print(f"{lengths.min():.1f} … {lengths.max():.1f}")
assert lengths.min() > 10 / np.sqrt(2)

# %% [markdown] lang="es"
# Casi todos miden cerca de $\sqrt{100} = 10$, porque cada número, al cuadrado, vale 1 de media, y se suman cien. El ruido vive en una cáscara, y en el centro no hay nadie. Además, dos vectores al azar son casi perpendiculares: los cien productos de sus coordenadas, unos positivos y otros negativos, casi se anulan al sumarlos.
#
# ### Ejercicio 6: a medio camino
#
# $a$ y $b$ miden 10 y son perpendiculares. ¿Cuánto mide el punto medio de la recta que los une?

# %% [markdown] lang="en"
# Nearly all are close to $\sqrt{100} = 10$ long, because each number, squared, is 1 on average, and a hundred of them are added up. The noise lives in a shell, and there is nobody at the centre. What is more, two random vectors are nearly perpendicular: the hundred products of their coordinates, some positive and others negative, nearly cancel out when added up.
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
# La recta ataja por dentro de la cáscara. Un **arco** va por ella. Si $\omega$ es el ángulo que forman $a$ y $b$, sus puntos son $\frac{\sin((1 - t)\,\omega)}{\sin \omega}\,a + \frac{\sin(t\,\omega)}{\sin \omega}\,b$. Empieza en $a$ y termina justo en $b$. Debajo, veinte imágenes para elegir las puntas, contadas desde 0:

# %% [markdown] lang="en"
# The straight line leaves the shell and cuts through the inside. An **arc** stays in the shell. If $\omega$ is the angle between $a$ and $b$, its points are $\frac{\sin((1 - t)\,\omega)}{\sin \omega}\,a + \frac{\sin(t\,\omega)}{\sin \omega}\,b$. It begins at $a$ and ends exactly at $b$. Below, twenty images to choose the ends from, counted from 0:


# %%
def line(a, b, t):
    return (1 - t) * a + t * b


def length(vectors):
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def arc(a, b, t):
    omega = np.arccos(np.sum(a * b, axis=-1, keepdims=True) / (length(a) * length(b)))
    return (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)


choices = rng.normal(size=(20, 100))
plots.show_grid(walker(choices.astype("float32"), training=False))

# %% [markdown] lang="es"
# De la imagen 3 a la 7, contando desde 0 (pon las que quieras), nueve puntos de cada camino, con sus longitudes:

# %% [markdown] lang="en"
# From image 3 to image 7, counted from 0 (put whichever you like), nine points on each path, with their lengths:

# %%
a, b = choices[[3, 7]]
paths = {L("recta", "line"): line, L("arco", "arc"): arc}
for name, path in paths.items():
    points = np.stack([path(a, b, t) for t in np.linspace(0, 1, 9)])
    print(name.ljust(5), *(f"{n:5.2f}" for n in length(points).ravel()))
    plots.show_grid(walker(points.astype("float32"), training=False), columns=9)
    assert np.allclose(points[[0, -1]], [a, b])

# %% [markdown] lang="es"
# (El medio de la recta no mide justo lo que has calculado, porque estas dos puntas no son del todo perpendiculares.) Una pareja no demuestra nada. (Las dos celdas que siguen las puedes saltar: miden lo que ves arriba, y dejan pasear.) En mil parejas, de un extremo ($t = 0$) al medio ($t = 0.5$): ¿cuántas de las imágenes reconoce el juez de la lección 2, es decir, en cuántas está seguro al 95 % de la cifra que ve? ¿Y cuánta **variedad** hay, es decir, cuánto se diferencian entre sí? (Es la desviación típica de cada píxel, de media.)

# %% [markdown] lang="en"
# (The middle of the line is not quite as long as you worked out, because these two ends are not quite perpendicular.) One pair proves nothing. (You can skip the two cells that follow: they measure what you see above, and let you take a walk.) For a thousand pairs, from one end ($t = 0$) to the middle ($t = 0.5$): how many of the images does the judge of lesson 2 recognise, that is, in how many is it at least 95% sure which digit it sees? And how much **variety** is there, that is, how much do they differ from each other? (It is the standard deviation of each pixel, averaged.)

# %%
pairs = rng.normal(size=(2, budget(smoke=50, workshop=1000, full=1000), 100))
on_line, on_arc = figures.show_walks(walker, paths, pairs).values()
assert on_line[-1] < on_arc[-1]

# %% [markdown] lang="es"
# Por la recta no se rompe nada: a medio camino el generador dibuja cifras más o menos igual de claras que en las puntas. (Seguras son pocas en todas partes: con 100 números de ruido, este generador mezcla más cifras que el tuyo.) Lo que encoge es la variedad: las imágenes del medio de la recta se parecen más entre sí que las del arco. Y por cualquiera de los dos caminos una cifra se va convirtiendo en otra, casi siempre por formas intermedias y no por dos dígitos superpuestos: lo que ha aprendido G es un paisaje entero, no unos puntos sueltos. Pasea tú, por el arco, de $a$ (0) a $b$ (100):

# %% [markdown] lang="en"
# Nothing breaks on the line: halfway, the generator draws digits about as clear as at the ends. (The judge is sure of few of them anywhere: with 100 noise numbers this generator mixes digits more than yours does.) What shrinks is the variety: the images in the middle of the line are more alike than those of the arc. And on either path one digit turns into another, nearly always through shapes in between and not as two digits on top of each other: what G has learnt is a whole landscape, not isolated points. Take a walk yourself, along the arc, from $a$ (0) to $b$ (100):


# %%
def on_the_way(percentage):
    point = arc(a, b, percentage / 100).astype("float32")
    return walker(point[np.newaxis], training=False)


plots.show_slider(on_the_way, 0, 100, "%")

# %% [markdown] lang="es"
# ## Llevarse el generador
#
# Un punto de control sirve para **seguir entrenando** y necesita el código que crea las redes. Para **usar** el generador en otro programa se guarda entero, capas y pesos, en un archivo `.keras`. (Antes, `plain` le devuelve las capas corrientes de Keras.) La prueba: otro proceso de Python, que no sabe nada de este curso, lo carga y dibuja con el mismo ruido, en la CPU. ¿Cuánto se diferencia, como mucho, un píxel de allí del mismo píxel de aquí?

# %% [markdown] lang="en"
# ## Taking the generator with you
#
# A checkpoint is for **resuming training**, and it needs the code that makes the networks. To **use** the generator in another program, you save it whole, layers and weights, in a `.keras` file. (First, `plain` gives it back the ordinary layers of Keras.) The proof: another Python process, which knows nothing about this course, loads it and draws from the same noise, on the CPU. How far, at most, is a pixel there from the same pixel here?

# %%
file = out / "generator.keras"
plain(generator).save(file)
elsewhere = pretrained.draw_in_another_process(file, fixed_noise)
difference = np.abs(elsewhere - images).max()
print(difference, f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")
assert difference < 0.05 if on_gpu else difference == 0

# %% [markdown] lang="es"
# Cero: son los mismos bits. (Una GPU redondea de otra manera, y entonces hay diferencias pequeñas.) Aparte de Keras, ese archivo es todo lo que necesita una aplicación para dibujar dígitos.
#
# ## ¿Y ahora?
#
# Tienes un bucle que puedes leer entero y cambiar. Algunas ideas:
#
# - **Ropa en vez de dígitos:** pon `"fashion_mnist"` donde se cargan los datos y entrena en otra carpeta.
# - **Más tiempo:** sube `steps`. Con `full`, la celda que entrena seguirá donde se quedó. Con `workshop`, la tasa baja según `steps`: es otro entrenamiento, y necesita otra carpeta.
# - **Tus propias imágenes**, cien como mínimo y mejor mil: pon `data.from_folder("photos")`, con el nombre de tu carpeta, en vez de `data.load("mnist")`, y entrena en otra carpeta. Con `side=32` salen de 32×32, y G empieza en 8×8; con `colour=True` salen en color, y G acaba en 3 canales. De eso se encarga `fit_to`. (La lección 8 trata del color.)
# - **Caras**, con CelebA, como propone el tutorial D. A 64×64 hacen falta una convolución más en cada red y una GPU.

# %% [markdown] lang="en"
# Zero: the bits are the same. (A GPU rounds in another way, and then there are small differences.) Apart from Keras, that file is all an application needs to draw digits.
#
# ## Where to go from here
#
# You have a loop that you can read from end to end, and change. Some ideas:
#
# - **Clothes instead of digits:** put `"fashion_mnist"` where the data are loaded, and train in another folder.
# - **More time:** raise `steps`. With `full` the training cell will go on where it stopped. With `workshop`, how the rate falls depends on `steps`: it is a different training run, and needs another folder.
# - **Your own pictures**, at least a hundred and better a thousand: put `data.from_folder("photos")`, with the name of your folder, instead of `data.load("mnist")`, and train in another folder. With `side=32` they come out 32×32, and G starts at 8×8; with `colour=True` they are in colour, and G ends in 3 channels. `fit_to` sees to it. (Lesson 8 is about colour.)
# - **Faces**, with CelebA, as tutorial D suggests. At 64×64 each network needs one more convolution, and you need a GPU.

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una cinta deriva respecto a lo que le pidas. Nadie se congela: basta con preguntar por los pesos de cada red.
# - Las pérdidas se calculan a partir de los logits, para que el redondeo no se lleve la pendiente.
# - En la maleta van redes, optimizadores, paso y **azar**, el del ruido y el de *dropout*. Si falta una sola pieza, acaba siendo otro entrenamiento; con todas, en la misma máquina, son los mismos bits.
# - La pérdida de D es una suma: el empate está en 1.39.
# - En muchas dimensiones el ruido vive en una cáscara. Una recta ataja por dentro, y los dibujos varían menos; un arco se queda en la cáscara.
#
# **Lo siguiente:** en la lección 4 enfrentamos dos DCGAN, la de un asistente de IA y una hecha a mano, y aprendemos a decidir con números cuál es mejor. O a admitir que no se puede saber.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A tape differentiates with respect to whatever you ask about. Nobody gets frozen: it is enough to ask about the weights of each network.
# - Losses are computed from logits, so that rounding does not take the slope away.
# - The suitcase holds networks, optimizers, step and **random state**, that of the noise and that of dropout. If a single piece is missing, it becomes another training run; with all of them, on the same machine, the bits are the same.
# - D's loss is a sum: a draw is at 1.39.
# - In many dimensions noise lives in a shell. A straight line cuts through the inside, and the drawings vary less; an arc stays in the shell.
#
# **Next:** in lesson 4 we set two DCGANs against each other, an AI assistant's and a handmade one, and learn to decide with numbers which is better. Or to admit that there is no telling.

# %% [markdown] lang="es"
# ## Fuentes
#
# - **Tutorial D**, [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), de TensorFlow, licencias Apache 2.0 y CC BY 4.0; su traducción española es el punto de partida de esta lección. Lo que hoy le falta o le falla: el último lote empareja 96 imágenes reales con 256 falsas; de 50 épocas solo conserva 45, sin decirlo; al reanudar vuelve a contar desde cero; no enseña ninguna pérdida; y la traducción dice al revés lo que quiere G.
# - Documentación de TensorFlow: [*Training checkpoints*](https://www.tensorflow.org/guide/checkpoint) y [*Better performance with tf.function*](https://www.tensorflow.org/guide/function).
# - Que Keras tampoco guarda el azar de *dropout* al guardar un modelo: [keras 19796](https://github.com/keras-team/keras/issues/19796).
# - Tom White, [*Sampling Generative Networks*](https://arxiv.org/abs/1609.04468), 2016: por qué pasear por arcos (*slerp*, interpolación lineal esférica).
# - [Base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - **Tutorial D**, [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), by TensorFlow, licences Apache 2.0 and CC BY 4.0; its Spanish translation is this lesson's starting point. What the tutorial lacks or gets wrong today: the last batch pairs 96 real images with 256 fake ones; of 50 epochs it keeps only 45, without saying so; after resuming it counts from zero; it shows no loss at all; and the translation has what G wants the wrong way round.
# - TensorFlow's documentation: [*Training checkpoints*](https://www.tensorflow.org/guide/checkpoint) and [*Better performance with tf.function*](https://www.tensorflow.org/guide/function).
# - On Keras not saving the random state of dropout with a model either: [keras 19796](https://github.com/keras-team/keras/issues/19796).
# - Tom White, [*Sampling Generative Networks*](https://arxiv.org/abs/1609.04468), 2016: why walk along arcs (*slerp*, or spherical linear interpolation).
# - [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
