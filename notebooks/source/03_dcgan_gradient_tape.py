# ---
# title:
#   es: 3 · La DCGAN con GradientTape, puntos de control y un GIF
#   en: 3 · The DCGAN with GradientTape, checkpoints and a GIF
# ---

# %% [markdown] lang="es"
# # 3 · La DCGAN con GradientTape, puntos de control y un GIF
#
# En la lección 2 hubo que congelar, descongelar y vigilar. Hoy escribimos el paso de entrenamiento a mano, sin magia: dos cintas, dos pérdidas, dos optimizadores. Y resolvemos otro problema de la vida real: el entrenamiento que se interrumpe a medias. El nuestro se podrá interrumpir en cualquier momento y, aun así, acabará exactamente donde habría acabado sin la interrupción.
#
# **En esta lección vas a:**
#
# 1. calcular derivadas con `GradientTape` y ver por qué ya no hay que congelar a nadie;
# 2. escribir las pérdidas a partir de *logits* y comprobarlas a mano;
# 3. entender qué traza `tf.function` y cuándo vuelve a trazar;
# 4. guardar puntos de control que lo contengan todo, y demostrarlo bit a bit;
# 5. hacer un GIF del entrenamiento, pasear de un dígito a otro y llevarte el generador a otro programa.
#
# **Tiempo:** unos 80 minutos; en un portátil de dos núcleos, con el presupuesto `workshop`, unos 6 son de espera. **Necesitas:** haber hecho las lecciones 1 y 2.

# %% [markdown] lang="en"
# # 3 · The DCGAN with GradientTape, checkpoints and a GIF
#
# In lesson 2 we had to freeze, unfreeze and keep watch. Today we write the training step by hand, without magic: two tapes, two losses, two optimizers. And we solve another real-life problem: training that gets interrupted halfway. Ours can be interrupted at any moment, and will still end exactly where it would have ended.
#
# **In this lesson you will:**
#
# 1. compute derivatives with `GradientTape`, and see why nobody has to be frozen any more;
# 2. write the losses from logits and check them by hand;
# 3. understand what `tf.function` traces, and when it traces again;
# 4. save checkpoints that hold everything, and prove it to the last bit;
# 5. make a GIF of the training, walk from digit to digit, and take the generator with you to another program.
#
# **Time:** about 80 minutes; on a two-core laptop, with the `workshop` budget, about 6 of them are waiting. **You need:** to have done lessons 1 and 2.

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
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import animation, checkpoints, data, fast_convolution, pixels, plots
from course_utils.budgets import budget, budget_name
from course_utils.experiments import figures
from course_utils.folders import out_folder, pretty_path
from course_utils.monitor import Monitor
from course_utils.progress import estimate
from course_utils.questions.lesson_3 import q1, q2, q3, q4, q5

plots.show_promise("03_dcgan_gradient_tape")

# %% [markdown] lang="es"
# ## Una cinta que lo graba todo
#
# `tf.GradientTape` es una cinta: mientras está encendida, apunta cada operación que se hace con variables de TensorFlow. Después se le pide la derivada de un resultado respecto a **lo que tú digas**. Por ejemplo, con $z = x^2 y$, en $x = 3$ e $y = 2$: la derivada respecto a $x$ es $2xy$, y respecto a $y$ es $x^2$. ¿Qué dos números esperas?

# %% [markdown] lang="en"
# ## A tape that records everything
#
# `tf.GradientTape` is a tape: while it is running, it records every operation that involves TensorFlow variables. Afterwards you ask it for the derivative of a result with respect to **whatever you name**. For example, with $z = x^2 y$, at $x = 3$ and $y = 2$: the derivative with respect to $x$ is $2xy$, and with respect to $y$ it is $x^2$. Which two numbers do you expect?

# %% tags=["nbval-check-output"]
x, y = tf.Variable(3.0), tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
    z = x**2 * y
for variable, by_hand in ((x, 2 * 3 * 2), (y, 3**2)):
    slope = tape.gradient(z, variable)
    assert slope == by_hand
    print(int(slope))

# %% [markdown] lang="es"
# Doce y nueve. Fíjate en lo que **no** ha hecho falta: para derivar solo respecto a $x$ no hemos congelado $y$. Sencillamente, no hemos preguntado por ella. Cambia $x$ por los pesos del generador, $y$ por los del discriminador y $z$ por la pérdida: ese es todo el secreto de esta lección. (Sin `persistent=True`, la cinta contesta una sola vez y se borra. Es lo que queremos al entrenar: una pregunta por cinta.)
#
# ## Las dos redes
#
# Son las del tutorial de DCGAN de TensorFlow, el **tutorial D**, sin cambiar ni un número. El generador se queda en 7×7 durante dos bloques: la primera convolución traspuesta tiene salto 1 y no agranda nada. Ni su capa densa ni sus convoluciones llevan sesgo, porque la BN que viene detrás lo borraría. (La última, con `tanh`, no tiene BN detrás, pero tampoco lo lleva.) `LeakyReLU()` tiene en Keras una pendiente de 0.3. Los núcleos son de 5, con salto 2: según la lección 2 traen de fábrica el tablero de ajedrez, y la red tiene que aprender a compensarlo.
#
# Los números son argumentos, y sus valores por defecto, los del tutorial.

# %% [markdown] lang="en"
# Twelve and nine. Notice what was **not** needed: to differentiate with respect to $x$ alone we did not freeze $y$. We simply did not ask about it. Replace $x$ with the generator's weights, $y$ with the discriminator's and $z$ with the loss: that is the whole secret of this lesson. (Without `persistent=True` the tape answers once and is erased. That is what we want in training: one question per tape.)
#
# ## The two networks
#
# They are the ones in TensorFlow's DCGAN tutorial, **tutorial D**, with not a single number changed. The generator stays at 7×7 for two blocks: the first transposed convolution has stride 1 and enlarges nothing. Neither its dense layer nor its convolutions have a bias, because the BN that follows would cancel it. (The last one, with `tanh`, has no BN after it, but goes without a bias all the same.) In Keras, `LeakyReLU()` has a slope of 0.3. The kernels are of size 5, with stride 2: by the rule of lesson 2 they come with the checkerboard built in, and the network has to learn to make up for it.
#
# The numbers are arguments, and their defaults are the tutorial's.


# %% tags=["export"]
def make_generator(latent_dim=100, base=256, filters=(128, 64), momentum=0.99):
    generator = keras.Sequential([keras.Input((latent_dim,))], name="generator")
    generator.add(layers.Dense(7 * 7 * base, use_bias=False))
    generator.add(layers.BatchNormalization(momentum=momentum))
    generator.add(layers.LeakyReLU())
    generator.add(layers.Reshape((7, 7, base)))
    for channels, stride in zip(filters, (1, 2), strict=True):
        generator.add(layers.Conv2DTranspose(channels, 5, strides=stride, padding="same", use_bias=False))
        generator.add(layers.BatchNormalization(momentum=momentum))
        generator.add(layers.LeakyReLU())
    generator.add(layers.Conv2DTranspose(1, 5, strides=2, padding="same", use_bias=False, activation="tanh"))
    return generator


def make_discriminator(filters=(64, 128), dropout=0.3):
    discriminator = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels in filters:
        discriminator.add(layers.Conv2D(channels, 5, strides=2, padding="same"))
        discriminator.add(layers.LeakyReLU())
        discriminator.add(layers.Dropout(dropout))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1))
    return discriminator


# %% tags=["nbval-check-output"]
keras.utils.set_random_seed(42)
generator, discriminator = make_generator(), make_discriminator()
assert generator.output_shape == (None, 28, 28, 1)
assert discriminator.output_shape == (None, 1)
assert (generator.count_params(), discriminator.count_params()) == (2_330_944, 212_865)
for model in (generator, discriminator):
    print(f"{model.name:14} {model.count_params():9,}")
    for layer in model.layers:
        print("   ", layer.__class__.__name__, layer.output.shape[1:])

# %% [markdown] lang="es"
# El discriminador termina en una neurona **sin** sigmoide. Lo que da no es una probabilidad, sino un **logit**: cualquier número, positivo si cree que la imagen es real y negativo si cree que es falsa.
#
# Antes de entrenar, probemos las dos. El generador dibuja con sus pesos al azar y el discriminador opina. ¿Acertará?

# %% [markdown] lang="en"
# The discriminator ends in a neuron **without** a sigmoid. What it gives is not a probability but a **logit**: any number at all, positive if it believes the image is real and negative if it believes it is fake.
#
# Before training, let us try both. The generator draws with its random weights and the discriminator gives its opinion. Will it be right?

# %%
noise = keras.random.normal((5, 100), seed=1)
first_images = generator(noise, training=False)
first_logits = discriminator(first_images, training=False)
assert first_images.shape == (5, 28, 28, 1) and first_logits.shape == (5, 1)
plots.show_grid(first_images, columns=5, zoom=3)
for logit in first_logits.numpy().ravel():
    print(f"logit {logit:+.4f}   σ(logit) {keras.ops.sigmoid(logit):.4f}")

# %% [markdown] lang="es"
# Niebla gris, y unos logits casi en cero: el discriminador todavía no sabe nada. La función **sigmoide**, $\sigma(x) = 1 / (1 + e^{-x})$, convierte un logit $x$ en una probabilidad. Un logit de 0 es un 0.5: «ni idea».
#
# ## Las pérdidas, a partir de los logits
#
# La entropía cruzada de la lección 1 es $-\log p$ si la etiqueta es 1 y $-\log(1 - p)$ si es 0. Con $p = \sigma(x)$, cada caso se queda en una sola fórmula:
#
# $$-\log \sigma(x) = \log(1 + e^{-x}) \qquad\qquad -\log(1 - \sigma(x)) = \log(1 + e^{x})$$
#
# En Keras se pide con `from_logits=True`: entonces la pérdida espera logits y no probabilidades. Comprobémoslas con tres logits. Con etiqueta 1, ¿cuál de los tres costará más?

# %% [markdown] lang="en"
# Grey fog, and opinions close to zero: the discriminator knows nothing yet. The **sigmoid** function, $\sigma(x) = 1 / (1 + e^{-x})$, turns a logit $x$ into a probability. A logit of 0 gives 0.5: “no idea”.
#
# ## The losses, from logits
#
# The cross-entropy of lesson 1 is $-\log p$ if the label is 1 and $-\log(1 - p)$ if it is 0. With $p = \sigma(x)$ each case becomes a single formula:
#
# $$-\log \sigma(x) = \log(1 + e^{-x}) \qquad\qquad -\log(1 - \sigma(x)) = \log(1 + e^{x})$$
#
# Keras has it as `from_logits=True`: the loss then expects logits, not probabilities. Let us check them on three logits. With label 1, which of the three will cost most?

# %% tags=["export"]
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

# %% tags=["nbval-check-output"]
logits = np.array([[-2.0], [0.0], [3.0]], "float32")
for label in (1, 0):
    by_hand = np.log(1 + np.exp(-logits if label else logits))
    print(label, by_hand.ravel().round(3), "→", round(float(by_hand.mean()), 4))
    assert np.isclose(cross_entropy(np.full((3, 1), label), logits), by_hand.mean())

# %% [markdown] lang="es"
# Lo que más cuesta es equivocarse: con etiqueta 1, el logit −2. `cross_entropy` devuelve la media de los tres.
#
# ¿Por qué no calcular la pérdida con la probabilidad? Porque el ordenador redondea. Con un logit de 40, a $\sigma$ le falta tan poco para llegar a 1 que en 32 bits sale exactamente 1, y de $\log(1 - 1)$, que es menos infinito, ya no hay quien vuelva. Keras lo evita recortando la probabilidad (no la deja llegar a 1), y con ello borra la pendiente: la derivada de la que aprende la red. (En la lección 2 no pasaba: si lo último que hace la red es la sigmoide, Keras la reconoce y calcula con el logit que entró en ella. Aquí preferimos no depender de eso.) Mira las pérdidas y las pendientes de una imagen falsa (etiqueta 0) a la que D da un logit enorme, primero desde la probabilidad y luego desde el logit:

# %% [markdown] lang="en"
# Being wrong costs most: with label 1, the logit −2. `cross_entropy` returns the mean of the three.
#
# Why not compute the loss from the probability? Because computers round. For a logit of 40, $\sigma$ falls short of 1 by so little that in 32 bits it comes out as exactly 1, and from $\log(1 - 1)$, which is minus infinity, there is no way back. Keras avoids that by clipping the probability (it does not let it reach 1), and in doing so wipes out the slope: the derivative that the network learns from. (This did not happen in lesson 2: if the last thing the network does is the sigmoid, Keras recognises it and works with the logit that went into it. Here we would rather not depend on that.) Look at the losses and slopes for a fake image (label 0) to which D gives an enormous logit, first from the probability and then from the logit:

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
# Con un logit de 2 da lo mismo ir por un camino que por otro. Con 40, por el de la probabilidad, la pérdida se queda corta y la pendiente es **cero**: D está equivocadísimo y no recibe ninguna señal para corregirse. Desde el logit, la pérdida es 40 y la pendiente, 1.
#
# Un aviso: no le des una probabilidad a una pérdida con `from_logits=True`. Si Keras reconoce la sigmoide de la que sale, te avisa y usa su logit. Pero si hay algo en medio (un recorte, un cambio de forma), no dice nada: la sigmoide se aplica dos veces y la pérdida, sin que nadie se entere, es otra. Con un 0.5 que no se sabe de dónde sale y la etiqueta 1, primero la pérdida correcta y luego la que toma ese 0.5 por un logit:

# %% [markdown] lang="en"
# With a logit of 2 both routes give the same result. With 40, going through the probability, the loss comes out too small and the slope is **zero**: D is utterly wrong, and gets no signal to correct itself. From the logit, the loss is 40 and the slope 1.
#
# A warning: do not hand a probability to a loss with `from_logits=True`. If Keras recognises the sigmoid that it came from, it warns you and uses the logit instead. But if there is anything in between (clipping, a change of shape), it says nothing: the sigmoid is applied twice, and you silently get a different loss. Here is a 0.5 that comes from who knows where, with label 1: first the right loss, then the one that takes the 0.5 for a logit.

# %% tags=["nbval-check-output"]
half = tf.constant([[0.5]])
print(f"{from_probability(one, half):.3f}  {cross_entropy(one, half):.3f}")

# %% [markdown] lang="es"
# ### La pérdida del discriminador
#
# D mira dos lotes. Quiere que la sigmoide de su logit sea 1 con lo real y 0 con lo generado, y su pérdida es la **suma** de lo que le cuesta cada lote (en la lección 2 era la media).

# %% [markdown] lang="en"
# ### The discriminator's loss
#
# D looks at two batches. It wants the sigmoid of its logit to be 1 for real images and 0 for generated ones, and its loss is the **sum** of what each batch costs it (in lesson 2 it was the mean).


# %% tags=["export"]
def discriminator_loss(real_logits, fake_logits):
    real_loss = cross_entropy(tf.ones_like(real_logits), real_logits)
    fake_loss = cross_entropy(tf.zeros_like(fake_logits), fake_logits)
    return real_loss + fake_loss


# %% [markdown] lang="es"
# ### La pérdida del generador
#
# G quiere que D llame **real** a lo **falso**: es la pérdida no saturante de la lección 1. (La traducción española del tutorial D dice lo contrario, que D clasifique las imágenes *reales* como falsas: es un desliz.)

# %% [markdown] lang="en"
# ### The generator's loss
#
# G wants D to call **real** what is **fake**: this is the non-saturating loss of lesson 1. (The Spanish translation of tutorial D has it the wrong way round, with D classifying the *real* images as fake: a slip.)


# %% tags=["export"]
def generator_loss(fake_logits):
    return cross_entropy(tf.ones_like(fake_logits), fake_logits)


# %% [markdown] lang="es"
# Dos números a mano, con un D que acierta: da +2 a lo real y −2 a lo falso. A D le cuesta $\log(1 + e^{-2})$ dos veces; a G, $\log(1 + e^{2})$.

# %% [markdown] lang="en"
# Two numbers by hand, for a D that gets it right: it gives +2 to real images and −2 to fake ones. That costs D $\log(1 + e^{-2})$ twice, and G $\log(1 + e^{2})$.

# %% tags=["nbval-check-output"]
sure, sorry = np.log(1 + np.exp(-2)), np.log(1 + np.exp(2))
plus, minus = tf.constant([[2.0]] * 3), tf.constant([[-2.0]] * 3)
assert np.isclose(discriminator_loss(plus, minus), 2 * sure)
assert np.isclose(generator_loss(minus), sorry)
print(f"D {2 * sure:.4f}   G {sorry:.4f}")

# %% [markdown] lang="es"
# ### Ejercicio 1: el punto de partida
#
# Al empezar, D no tiene ni idea y da logits de casi 0 a todo. ¿Cuánto valen entonces la pérdida de D y la de G? Con dos decimales basta.

# %% [markdown] lang="en"
# ### Exercise 1: the starting point
#
# At the start D has no idea, and gives logits near 0 to everything. What are D's loss and G's loss then? Two decimals are enough.

# %% tags=["exercise", "nbval-check-output"]
d_loss_at_start = ...
g_loss_at_start = ...
q1.check(d_loss_at_start, g_loss_at_start)

# %% tags=["exercise"]
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ### Ejercicio 2: una pérdida suavizada
#
# Escribe `smooth_loss(real_logits, fake_logits)`: la pérdida de D con suavizado unilateral, es decir, con la etiqueta 0.9 para lo real y 0 para lo falso. Puedes usar `cross_entropy`.

# %% [markdown] lang="en"
# ### Exercise 2: a smoothed loss
#
# Write `smooth_loss(real_logits, fake_logits)`: D's loss with one-sided smoothing, that is, with label 0.9 for real images and 0 for fake ones. You may use `cross_entropy`.


# %% tags=["exercise", "nbval-check-output"]
def smooth_loss(real_logits, fake_logits):
    return ...


q2.check(smooth_loss)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# ## Todo lo que cambia
#
# ¿Qué cambia mientras se entrena? Los pesos de las dos redes, las medias y varianzas que acumula la BN, lo que recuerda cada Adam de cada peso y el número de pasos dados. Y algo que casi siempre se olvida: el azar. El ruido sale de un generador de números aleatorios (nada que ver con G), y cada capa de *dropout* tiene el suyo. Si queremos retomar un entrenamiento y que todo siga igual, hay que guardar también por dónde va cada uno.
#
# Reunámoslo todo, cada cosa con su nombre, en un objeto hecho para eso: `tf.train.Checkpoint`. A Keras le falta un detalle: no entrega el estado del azar de *dropout*, así que lo buscamos y lo añadimos. `build` crea desde ahora las memorias de Adam; si no, no existirían hasta el primer paso.

# %% [markdown] lang="en"
# ## Everything that changes
#
# What changes during training? The weights of both networks, the means and variances that BN gathers, what each Adam remembers about each weight, and the number of steps taken. And something that is nearly always forgotten: randomness. The noise comes from a random number generator (no relation to G), and every dropout layer has one of its own. If we want to resume training as if nothing had happened, we also have to save how far each of them has got.
#
# Let us gather it all, by name, in an object made for the job: `tf.train.Checkpoint`. Keras leaves one thing out: it does not hand over the random state of dropout, so we find it and add it ourselves. `build` creates Adam's memories right away; otherwise they would not exist until the first step.


# %% tags=["export"]
def make_state(generator, discriminator, g_optimizer, d_optimizer, settings=None, seed=42):
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    return tf.train.Checkpoint(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=g_optimizer,
        d_optimizer=d_optimizer,
        noise_source=tf.random.Generator.from_seed(seed),
        dropout_seeds=[weight for weight in discriminator.variables if "seed_generator" in weight.path],
        step=tf.Variable(0, dtype=tf.int64),
        history=tf.Variable(np.zeros((0, 4), "float32"), shape=(None, 4)),
        settings=tf.Variable(json.dumps(settings or {}, sort_keys=True)),
        run=tf.Variable(secrets.token_hex(4)),
    )


# %% [markdown] lang="es"
# `history` guardará las curvas, `settings` apuntará con qué números se entrena y `run` es un nombre al azar para esta partida; harán falta más abajo. ¿Y por dónde íbamos en los datos barajados? Lo dice `step`: nuestro flujo baraja con una semilla fija, y con el número de paso se sabe qué lote toca.
#
# ## El paso de entrenamiento
#
# Aquí está, entero. Léelo de arriba abajo: G dibuja, D opina de lo real y de lo falso, se calculan las dos pérdidas, y a cada cinta se le pregunta solo por los pesos de **su** red. Lo que contesta, una derivada por cada peso, es el gradiente; `apply` se lo entrega al optimizador, que mueve los pesos.

# %% [markdown] lang="en"
# `history` will keep the curves, `settings` will record the numbers that we train with, and `run` is a random name for this run; we shall need them below. And where had we got to in the shuffled data? `step` tells us: our pipeline shuffles with a fixed seed, so the step number says which batch comes next.
#
# ## The training step
#
# Here it is, in full. Read it from top to bottom: G draws, D gives its opinion of real and fake images, both losses are computed, and each tape is asked only about the weights of **its** network. Its answer, one derivative for every weight, is the gradient; `apply` hands it to the optimizer, which moves the weights.


# %% tags=["export"]
def make_train_step(state, batch_size):
    generator, discriminator = state.generator, state.discriminator
    noise_shape = (batch_size, *generator.input_shape[1:])

    @tf.function
    def train_step(real_images):
        noise = state.noise_source.normal(noise_shape)
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
        return {
            "d_loss": d_loss,
            "g_loss": g_loss,
            "d_real": tf.reduce_mean(tf.sigmoid(real_logits)),
            "d_fake": tf.reduce_mean(tf.sigmoid(fake_logits)),
        }

    return train_step


# %% [markdown] lang="es"
# Tres detalles:
#
# - **`training=True`** en las tres llamadas: la BN usa las estadísticas del lote y *dropout* apaga neuronas. Las imágenes que ve D son las mismas con las que aprende G, así que la trampa callada de la lección 2 no tiene dónde esconderse.
# - **Dos cintas** apuntan lo mismo a la vez, pero cada una contesta una sola pregunta. La de G deriva *a través* de D sin tocarlo.
# - **Los dos aprenden a la vez**: las derivadas de ambos se calculan antes de que se mueva ninguno. En la lección 2 se turnaban.
#
# Comparado con la lección 2, queda así:
#
# | | `train_on_batch` | `GradientTape` |
# |---|---|---|
# | quién se mueve | lo decide `trainable`, al trazar | los pesos por los que se pregunta |
# | qué persigue G | la pérdida con la que se compiló `gan` | `generator_loss`, a la vista |
# | veces que dibuja G | una, con `KeepImages` | una |
# | lotes que mira D | tres: el de la GAN, el real y el falso | dos: el real y el falso |
# | lo que cuesta | vigilar quién se mueve, y más tiempo | escribir el paso a mano, y menos tiempo |

# %% [markdown] lang="en"
# Three details:
#
# - **`training=True`** in all three calls: BN uses the statistics of the batch and dropout switches neurons off. The images that D sees are the very ones that G learns from, so the quiet trap of lesson 2 has nowhere to hide.
# - **Two tapes** record the same operations at the same time, but each answers one question only. G's tape differentiates *through* D without touching it.
# - **Both learn at once**: the derivatives of both are computed before either has moved. In lesson 2 they took turns.
#
# Side by side with lesson 2:
#
# | | `train_on_batch` | `GradientTape` |
# |---|---|---|
# | who moves | `trainable` decides, while tracing | whichever weights you ask about |
# | what G is after | the loss that `gan` was compiled with | `generator_loss`, in plain sight |
# | how many times G draws | once, with `KeepImages` | once |
# | batches that D looks at | three: the GAN's, the real and the fake one | two: the real and the fake one |
# | what it costs | watching who moves, and more time | writing the step by hand, and less time |

# %% [markdown] lang="es"
# ¿Es verdad que ninguno toca al otro? La prueba: con la tasa de aprendizaje de G a cero, un paso tiene que mover a D y solo a D. Y al revés. Usamos una versión minúscula de las redes, que se traza en un momento. `tiny_game` crea **todo** en una sola llamada: redes, optimizadores, estado y paso. Así no puede quedar un paso viejo entrenando redes viejas.

# %% [markdown] lang="en"
# Is it true that neither touches the other? The proof: with G's learning rate at zero, a step must move D and only D. And vice versa. We use a tiny version of the networks, which takes only a moment to trace. `tiny_game` makes **everything** in one call: networks, optimizers, state and step. That way no old step can be left over, still training old networks.


# %%
def tiny_game(g_rate=1e-3, d_rate=1e-3):
    keras.utils.set_random_seed(42)
    generator = make_generator(latent_dim=10, base=8, filters=(8, 8))
    discriminator = make_discriminator(filters=(8, 8))
    state = make_state(generator, discriminator, keras.optimizers.Adam(g_rate), keras.optimizers.Adam(d_rate))
    return state, make_train_step(state, 16)


def weights_of(model):
    return [weight.numpy() for weight in model.trainable_variables]


def distance(before, model):
    return sum(float(np.abs(old - new).sum()) for old, new in zip(before, weights_of(model), strict=True))


# %%
dataset = data.load("mnist")
print(dataset.origin)
tiny_batches = data.make_batches(dataset.x_train, 16)
for g_rate, d_rate in ((0.0, 1e-3), (1e-3, 0.0)):
    state, train_step = tiny_game(g_rate, d_rate)
    models = {"G": state.generator, "D": state.discriminator}
    before = {name: weights_of(model) for name, model in models.items()}
    train_step(next(iter(tiny_batches)))
    moved = {name: distance(before[name], model) for name, model in models.items()}
    print({name: round(value, 2) for name, value in moved.items()})
    assert (moved["G"] > 0, moved["D"] > 0) == (g_rate > 0, d_rate > 0)

# %% [markdown] lang="es"
# No se ha movido ni un peso de más. Y eso que en ningún sitio hemos escrito `trainable = False`. (Las medias acumuladas de la BN de G sí cambian, porque dibuja con `training=True`. Pero esas no las mueve ningún optimizador.)
#
# ### Lo que `tf.function` traza
#
# La primera vez que llamas a `train_step`, TensorFlow ejecuta tu código de Python una vez, anota las operaciones en un grafo y lo deja preparado: eso es **trazar**, como en la lección 2. A partir de ahí usa el grafo, y tu código ya no se ejecuta. El grafo recuerda las redes con las que se trazó: si creas otras, el paso viejo sigue entrenando las viejas. Es más rápido, pero tiene otra sorpresa: si llega un lote con otra forma, se traza otra vez. El tutorial D deja un último lote incompleto: 60 000 imágenes en lotes de 256 son 234 lotes y 96 imágenes sueltas. Veámoslo en pequeño:

# %% [markdown] lang="en"
# Not one weight moved that should not have. And yet we have not written `trainable = False` anywhere. (The averages in G's BN do change, because it draws with `training=True`. But no optimizer moves those.)
#
# ### What `tf.function` traces
#
# The first time you call `train_step`, TensorFlow runs your Python code once, writes the operations down in a graph and gets it ready: that is **tracing**, as in lesson 2. From then on it uses the graph, and your Python code does not run again. The graph remembers the networks that it was traced with: if you make new ones, the old step goes on training the old ones. It is faster, but there is another surprise: if a batch of another shape comes along, it traces again. Tutorial D leaves a last, incomplete batch: 60,000 images in batches of 256 are 234 batches and 96 images left over. Let us see it on a small scale:

# %%
state, train_step = tiny_game()
whole = next(iter(tiny_batches))
for name, batch in {"16": whole, "16 ": whole, "6": whole[:6], "6 ": whole[:6]}.items():
    start = time.perf_counter()
    train_step(batch)
    print(f"{name:3} {1000 * (time.perf_counter() - start):6.0f} ms   {train_step.experimental_get_tracing_count()}")
assert train_step.experimental_get_tracing_count() == 2

# %% [markdown] lang="es"
# La última columna cuenta las trazas. El primer paso y el primero con otra forma tardan muchísimo más que los demás. (En la lección 2 la segunda traza ya valía para cualquier tamaño, porque Keras lo pide con `reduce_retracing=True`. Nuestro paso no lo pide: se traza una vez por cada forma nueva.) Y no es solo la espera: con el lote incompleto, el paso compara 6 imágenes reales con 16 falsas (en el tutorial, 96 con 256) y nadie se queja. `data.make_batches`, que ya usamos en la lección 2, encadena una pasada con la siguiente, así que todos los lotes tienen el mismo tamaño y el problema no existe.
#
# ### Ejercicio 3: cuántas trazas
#
# Un `train_step` recién creado recibe lotes de 256, 256, 96, 256, 96 y 100 imágenes. ¿Cuántas veces se traza?

# %% [markdown] lang="en"
# The last column counts the traces. The first step, and the first one of another shape, take far longer than the rest. (In lesson 2 the second trace served for any size, because Keras asks for that with `reduce_retracing=True`. Ours does not: it traces once for every new shape.) And it is not only the waiting: with the incomplete batch the step compares 6 real images with 16 fake ones (in the tutorial, 96 with 256), and nobody complains. `data.make_batches`, which we already used in lesson 2, runs each pass over the data straight into the next, so all batches have the same size and the problem does not arise.
#
# ### Exercise 3: how many traces
#
# A freshly made `train_step` receives batches of 256, 256, 96, 256, 96 and 100 images. How many times is it traced?

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q3.check(answer)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ## Puntos de control
#
# Un **punto de control** (*checkpoint*) es una fotografía, guardada en disco, de todo lo que cambia. `CheckpointManager` los numera, conserva los últimos (le pediremos tres) y no toca los anteriores hasta que el nuevo está completo. ¿Qué hay dentro de uno?

# %% [markdown] lang="en"
# ## Checkpoints
#
# A **checkpoint** is a snapshot, saved on disk, of everything that changes. `CheckpointManager` numbers them, keeps the last few (we shall ask for three), and does not touch the earlier ones until the new one is complete. What is inside one?

# %%
out = out_folder()
state, train_step = tiny_game()
for real_images in tiny_batches.take(5):
    train_step(real_images)

manager = tf.train.CheckpointManager(state, str(out / "tiny"), max_to_keep=3, checkpoint_name="step")
path = manager.save(checkpoint_number=int(state.step))
shapes = tf.train.load_checkpoint(path).get_variable_to_shape_map()
print(pretty_path(path))
parts = {
    L("pesos de G y D", "weights of G and D"): "_trainable_variables/",
    L("medias y varianzas de BN", "means and variances of BN"): "moving_",
    L("memoria de Adam", "Adam's memory"): "optimizer/_variables/",
    L("azar del ruido", "random state of the noise"): "noise_source/",
    L("azar de dropout", "random state of dropout"): "dropout_seeds/",
    L("número de paso", "step number"): "step/",
}
counts = {part: sum(name in path for path in shapes) for part, name in parts.items()}
for part, count in counts.items():
    print(f"{part:26} {count:3}")
assert all(counts.values())

# %% [markdown] lang="es"
# Cada línea dice cuántas matrices hay de cada cosa. Las de Adam son el doble que las de pesos: de cada peso recuerda dos medias móviles, la de sus gradientes y la de los cuadrados de sus gradientes.
#
# Para volver, `restore` carga la fotografía en un estado recién creado, y `assert_consumed` protesta si falta o sobra algo. Quien se olvida de esa comprobación no se entera de nada: en TensorFlow, restaurar de una carpeta vacía no hace nada, y tampoco lo dice.

# %% [markdown] lang="en"
# Each line says how many arrays of each kind there are. Adam has twice as many arrays as the weights: for every weight it keeps a running mean of its gradients, and another of their squares.
#
# To go back to it, `restore` reads the snapshot into a freshly made state, and `assert_consumed` protests if anything is missing or left over. Forget that check and you will never know: in TensorFlow, restoring from an empty folder does nothing, and says nothing either.

# %%
other, _ = tiny_game()
status = other.restore(tf.train.latest_checkpoint(str(out / "nothing_here")))
print(int(other.step))
try:
    status.assert_consumed()
except AssertionError as error:
    print("AssertionError:", error)
other.restore(manager.latest_checkpoint).assert_consumed()
print(int(other.step))
assert int(other.step) == 5

# %% [markdown] lang="es"
# El 0 es de la carpeta vacía: ni un error ni un aviso, hasta que preguntamos con `assert_consumed`. Sin esa pregunta, así puede «reanudarse» un entrenamiento que en realidad empieza de cero.
#
# Por eso usaremos `checkpoints.restore`, que hace eso mismo y además dice en voz alta qué ha restaurado, o que no había nada. Antes de restaurar lee el punto de control entero: si está dañado, lo dice, usa el anterior y no borra nada. Si es de otra red o de otros ajustes, dice en qué se diferencian. Estropeemos uno a propósito, recortando uno de sus archivos:

# %% [markdown] lang="en"
# The 0 comes from the empty folder: no error and no warning, until we ask with `assert_consumed`. Without that question, this is how training that “resumes” can really be starting from scratch.
#
# So we shall use `checkpoints.restore`, which does the same but also says aloud what it has restored, or that there was nothing to restore. Before restoring, it reads the whole checkpoint: if it is damaged, it says so, falls back on the one before and deletes nothing. If it comes from another network or from other settings, it says what differs. Let us damage one on purpose, by cutting one of its files short:

# %%
for real_images in tiny_batches.take(3):
    train_step(real_images)
newest = checkpoints.save(manager)
damaged = out / "tiny" / "step-8.index"
damaged.write_bytes(damaged.read_bytes()[:100])

again, _ = tiny_game()
checkpoints.restore(again, out / "tiny", steps=20, steps_per_epoch=10)
assert int(again.step) == 5 and damaged.exists()

# %% [markdown] lang="es"
# ### La prueba
#
# ¿Acaba igual un entrenamiento interrumpido que uno que no lo fue? No *parecido*: igual, hasta el último bit. Entrenamos 20 pasos seguidos. Después entrenamos 10, guardamos, lo tiramos todo, lo creamos de nuevo, restauramos y damos los otros 10. Y lo mismo una tercera vez, pero «olvidando» el estado del azar de *dropout*, que es lo que le pasa, entre otras cosas, a quien guarda solo los modelos y los optimizadores.

# %% [markdown] lang="en"
# ### The proof
#
# Does training that was interrupted end up the same as training that was not? Not *similar*: identical, down to the last bit. We train for 20 steps in one go. Then we train for 10, save, throw everything away, make it all again, restore, and take the other 10. And then a third time, but “forgetting” the random state of dropout, which is what happens, among other things, to those who save only the models and the optimizers.


# %%
def train_tiny(state, train_step, steps):
    for real_images in data.make_batches(dataset.x_train, 16, start=int(state.step)).take(steps):
        train_step(real_images)


def bits(state):
    variables = [*state.generator.weights, *state.discriminator.weights]
    variables += [*state.g_optimizer.variables, *state.d_optimizer.variables]
    return b"".join(variable.numpy().tobytes() for variable in variables)


on_gpu = bool(tf.config.list_physical_devices("GPU"))
if on_gpu:
    # es: Una GPU suma cada vez en otro orden. Desde aquí, siempre en el mismo: algo más despacio, pero bit a bit.
    # en: A GPU adds up in another order each time. From here on, always in the same: a bit slower, but bit for bit.
    tf.config.experimental.enable_op_determinism()

k = 10
whole, train_step = tiny_game()
train_tiny(whole, train_step, 2 * k)

for forget in (False, True):
    first, train_step = tiny_game()
    train_tiny(first, train_step, k)
    folder = out / ("forgetful" if forget else "proof")
    checkpoints.save(checkpoints.make_manager(first, folder))
    del first

    second, train_step = tiny_game()
    at_the_start = [seed.numpy() for seed in second.dropout_seeds]
    checkpoints.restore(second, folder, 2 * k, steps_per_epoch=k)
    if forget:
        for seed, value in zip(second.dropout_seeds, at_the_start, strict=True):
            seed.assign(value)
    train_tiny(second, train_step, k)
    same = bits(second) == bits(whole)
    print(same)
    assert same != forget or on_gpu

# %% [markdown] lang="es"
# `True`: idénticos, los pesos de las dos redes y la memoria de los dos optimizadores. Y `False` en cuanto se olvidan dos contadores, uno por cada capa de *dropout*: se apagan otras neuronas, y los pesos acaban siendo otros. (En una GPU algunas operaciones suman en un orden que cambia de una vez a otra, y ni dos ejecuciones seguidas coincidirían bit a bit. Por eso, donde hay una GPU, la celda llama antes a `enable_op_determinism`, que fija ese orden para el resto del cuaderno. Según la documentación de TensorFlow, todo va entonces algo más despacio; si aun así ves dos `False`, es que en tu GPU alguna operación no tiene orden fijo. Y siempre tiene que ser la misma CPU o la misma GPU: otra redondea de otra manera.)
#
# ### Ejercicio 4: la maleta
#
# De esta lista, ¿qué hay que guardar para que un entrenamiento reanudado acabe **exactamente** igual? Escribe todas las letras que hagan falta.
#
# **a)** los pesos de G y de D · **b)** las medias y varianzas que acumula la BN · **c)** la memoria de Adam · **d)** la última imagen que dibujó G · **e)** el número de paso · **f)** el estado del azar de *dropout* · **g)** el tiempo que ha tardado cada paso

# %% [markdown] lang="en"
# `True`: the weights of both networks and the memory of both optimizers are identical. And `False` as soon as two counters are forgotten, one for each dropout layer: other neurons are switched off, and the weights end up different. (On a GPU some operations add numbers up in an order that changes from one run to the next, and not even two runs in a row would agree bit for bit. So, where there is a GPU, the cell first calls `enable_op_determinism`, which fixes that order for the rest of the notebook. According to TensorFlow's documentation everything then runs a little slower; if you see two `False` even so, some operation has no fixed order on your GPU. And it must always be the same CPU or the same GPU: another one rounds differently.)
#
# ### Exercise 4: the suitcase
#
# Which items on this list have to be saved for resumed training to end **exactly** the same? Write all the letters that are needed.
#
# **a)** the weights of G and D · **b)** the means and variances that BN gathers · **c)** Adam's memory · **d)** the last image that G drew · **e)** the step number · **f)** the random state of dropout · **g)** the time each step took

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ## El entrenamiento
#
# Con el presupuesto `full` se entrena la red del tutorial D con sus números: 50 épocas en lotes de 256. Sin GPU son varias horas. Para una clase, como en la lección 2, una red más estrecha da muchos más pasos en el mismo tiempo:
#
# | | tutorial D (`full`) | `workshop` | por qué |
# |---|---|---|---|
# | números de ruido | 100 | 8 | menos direcciones que aprender |
# | canales de G | 256, 128 y 64 | 32, 32 y 32 | cada paso cuesta mucho menos |
# | canales de D | 64 y 128 | 32 y 48 | lo mismo |
# | *dropout* de D | 0.3 | 0 | en nuestras pruebas, mejores dígitos (y así no hay azar suyo que guardar) |
# | tamaño de lote | 256 | 32 | ocho veces más pasos con las mismas imágenes |
# | tasa de G y de D | 0.0001 | 0.002 y 0.004, que bajan hasta su veinteava parte | pasos largos al principio y finos al final |
# | `beta_1` de Adam | 0.9 | 0.5 | menos inercia: cada red olvida antes al rival de ayer |
# | `momentum` de la BN | 0.99 | 0.9 | las medias acumuladas se ponen al día antes |
# | pasos | 50 épocas | 7000 | lo que cabe en cinco o seis minutos |

# %% [markdown] lang="en"
# ## Training
#
# With the `full` budget we train tutorial D's network with its own numbers: 50 epochs in batches of 256. Without a GPU that takes several hours. For a class, as in lesson 2, we use a narrower network, which takes many more steps in the same time:
#
# | | tutorial D (`full`) | `workshop` | why |
# |---|---|---|---|
# | numbers of noise | 100 | 8 | fewer directions to learn |
# | G's channels | 256, 128 and 64 | 32, 32 and 32 | each step costs much less |
# | D's channels | 64 and 128 | 32 and 48 | the same |
# | D's dropout | 0.3 | 0 | better digits in our trials (and no random state of its own to save) |
# | batch size | 256 | 32 | eight times the steps with the same images |
# | rate of G and of D | 0.0001 | 0.002 and 0.004, falling to a twentieth | long steps at first and fine ones at the end |
# | Adam's `beta_1` | 0.9 | 0.5 | less inertia: each network forgets yesterday's rival sooner |
# | BN's `momentum` | 0.99 | 0.9 | the gathered averages catch up sooner |
# | steps | 50 epochs | 7,000 | what fits into five or six minutes |

# %% [markdown] lang="es"
# Con la red del tutorial D, casi todo el tiempo de un paso se va en las convoluciones anchas. `fast_convolution.faster` devuelve una red que calcula lo mismo más deprisa en una CPU (la lección 7 enseña cómo); si no hay nada que ganar, la devuelve tal cual, y eso pasa con las capas estrechas de `workshop` y con una GPU. Y ahora, los ajustes:

# %% [markdown] lang="en"
# With tutorial D's network, nearly all the time of a step goes into the wide convolutions. `fast_convolution.faster` returns a network that computes the same faster on a CPU (lesson 7 shows how); where nothing is gained, the network comes back as it was, and that is so for the narrow layers of `workshop` and on a GPU. And now, the settings:

# %%
tutorial_d = dict(latent_dim=100, base=256, filters=(128, 64), momentum=0.99, d_filters=(64, 128), dropout=0.3)
workshop = dict(latent_dim=8, base=32, filters=(32, 32), momentum=0.9, d_filters=(32, 48), dropout=0.0)
tutorial_d |= dict(batch_size=256, g_rate=1e-4, d_rate=1e-4, beta_1=0.9, falling=False)
workshop |= dict(batch_size=32, g_rate=2e-3, d_rate=4e-3, beta_1=0.5, falling=True)

settings = budget(smoke=workshop, workshop=workshop, full=tutorial_d) | dict(data=dataset.name, budget=budget_name())
batch_size = settings["batch_size"]
steps_per_epoch = 60_000 // batch_size
steps = budget(smoke=40, workshop=7000, full=50 * steps_per_epoch)
if settings["falling"]:
    settings["steps"] = steps


def make_adam(rate):
    if settings["falling"]:
        rate = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.05)
    return keras.optimizers.Adam(rate, beta_1=settings["beta_1"])


def new_training():
    keras.utils.set_random_seed(42)
    g_options = {name: settings[name] for name in ("latent_dim", "base", "filters", "momentum")}
    generator = fast_convolution.faster(make_generator(**g_options))
    discriminator = fast_convolution.faster(make_discriminator(settings["d_filters"], settings["dropout"]))
    g_optimizer, d_optimizer = make_adam(settings["g_rate"]), make_adam(settings["d_rate"])
    state = make_state(generator, discriminator, g_optimizer, d_optimizer, settings)
    return state, make_train_step(state, batch_size)


# %% [markdown] lang="es"
# `train` es el bucle. Empieza donde esté `state`, sea el paso 0 o el 2800: los lotes se piden desde ahí (`start`) y el monitor recupera las curvas de las sesiones anteriores (`history`). De vez en cuando guarda un fotograma para el GIF y, después, un punto de control.

# %% [markdown] lang="en"
# `train` is the loop. It starts wherever `state` is, be it step 0 or step 2,800: it asks for the batches from there on (`start`), and the monitor picks up the curves of earlier sessions (`history`). From time to time it saves a frame for the GIF and then a checkpoint.


# %% tags=["export"]
NAMES = ("d_loss", "g_loss", "d_real", "d_fake")


def train(state, train_step, images, batch_size, steps, folder, save_every, noise):
    first = int(state.step)
    manager = checkpoints.make_manager(state, folder)
    batches = data.make_batches(images, batch_size, start=first)
    real_images = next(iter(batches))
    past = dict(zip(NAMES, state.history.numpy().T.tolist(), strict=True))
    monitor = Monitor(steps, state.generator, noise, state.discriminator, real_images, history=past)
    try:
        with monitor:
            if first == 0:
                animation.save_frame(monitor.samples(), folder, state)
            for real_images in batches.take(steps - first):
                monitor.update(**train_step(real_images))
                if monitor.step % save_every == 0 or monitor.step == steps:
                    animation.save_frame(monitor.samples(), folder, state)
                    state.history.assign(np.transpose([monitor.history[name] for name in NAMES]))
                    checkpoints.save(manager)
    except KeyboardInterrupt:
        # es: El monitor ya lo ha dicho. Lo guardado, guardado está.
        # en: The monitor has said so. What is saved is saved.
        pass
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
# **Si algo se corta** (se cierra la sesión, se apaga el portátil, pulsas el botón de parar), no se pierde más que lo hecho desde el último punto de control: con `workshop`, 175 pasos como mucho. Si el kernel del cuaderno sigue vivo, basta con ejecutar otra vez la celda que entrena. Si ha muerto, ejecuta el cuaderno desde el principio con `resume = True`: busca, en la carpeta `out`, el último entrenamiento de esta lección con el mismo presupuesto. En Colab esa carpeta desaparece con la máquina: conecta tu Drive y escribe en `folder`, ya desde la primera vez, una de sus carpetas, como `"/content/drive/MyDrive/gan"`. Si está vacía, se empieza de cero; si hay algo en ella, se sigue desde ahí. (Las imágenes, el GIF y el generador van a `out` de todos modos: descárgalos al acabar.)

# %% [markdown] lang="en"
# **If training is interrupted** (the session closes, the laptop is switched off, you press the stop button), you lose only what was done since the last checkpoint: with `workshop`, 175 steps at most. If the notebook's kernel is still alive, just run the training cell again. If it has died, run the notebook from the top with `resume = True`: it looks in the folder `out` for the latest training run of this lesson with the same budget. On Colab that folder vanishes with the machine: mount your Drive and set `folder`, from the very first time, to a folder on it, such as `"/content/drive/MyDrive/gan"`. If it is empty, training starts from scratch; if there is something in it, training goes on. (The pictures, the GIF and the generator go to `out` all the same: download them at the end.)

# %%
resume = False
folder = checkpoints.newest_folder() if resume else out / "training"

# %%
state, train_step = new_training()
checkpoints.restore(state, folder, steps, steps_per_epoch)
save_every = budget(smoke=10, workshop=175, full=steps_per_epoch)
monitor = train(state, train_step, dataset.x_train, batch_size, steps, folder, save_every, fixed_noise[:36])

# %% [markdown] lang="es"
# Antes de mirar nada más, comprobemos que el entrenamiento ha llegado al final y que las pérdidas son números. Y después, a dibujar con el generador ya entrenado.

# %% [markdown] lang="en"
# Before looking at anything else, let us check that training has reached the end and that the losses are numbers. And let us draw with the finished generator.

# %%
assert int(state.step) == steps, L(
    "El entrenamiento no ha terminado: ejecuta de nuevo la celda que entrena.",
    "Training has not finished: run the training cell again.",
)
assert np.isfinite(state.history.numpy()).all(), L("Hay pérdidas que no son números.", "Some losses are not numbers.")
assert "frozen" not in {kind for _, kind, _ in monitor.diagnoses}

generator = state.generator
images = generator(fixed_noise, training=False)
pixels.save_grid(images, out / "generated.png")
plots.show_grid(images)

# %% [markdown] lang="es"
# Cien dígitos, dibujados a partir de un ruido con el que la red no se ha entrenado. ¿Qué pasaría ahora si ejecutaras otra vez la celda que entrena? Nada: diría que el entrenamiento ya está completo. Para empezar de cero hay que cambiar de carpeta, por ejemplo a `out / "training_2"`. Lo entrenado no se borra por descuido.
#
# ¿Y el tutorial D, con su propia red y sus 50 épocas? En un portátil serían horas, así que lo hemos entrenado nosotros, una vez, con este mismo paso, en una GPU:

# %% [markdown] lang="en"
# A hundred digits, from noise that the network was never trained on. What would happen if you ran the training cell again now? Nothing: it would say that the training is complete. To start from scratch you have to change the folder, for instance to `out / "training_2"`. You cannot erase a trained network by accident.
#
# And tutorial D, with its own network and its 50 epochs? On a laptop that would take hours, so we have trained it for you, once, with this very step, on a GPU:

# %%
figures.show_tutorial("D")

# %% [markdown] lang="es"
# Durante el primer tercio casi no se lee nada; al final, la mayoría de los dígitos. La red ancha no tiene ninguna prisa. Compáralos con los tuyos; en la lección 4 verás cómo se mide eso. (La página `tutorials/README.es.md` enseña los cinco tutoriales.)
#
# ## El GIF
#
# Los fotogramas llevan en su nombre el de la partida (`run`) y el número de paso. Así que en el GIF entran los de **esta** partida, en orden, y ninguno de una anterior.

# %% [markdown] lang="en"
# For the first third hardly anything can be read; at the end, most of the digits. The wide network is in no hurry. Compare them with yours; in lesson 4 you will see how that is measured. (The page `tutorials/README.md` shows all five tutorials.)
#
# ## The GIF
#
# The name of each frame holds the name of the run (`run`) and the step number. So the frames of **this** run go into the GIF, in order, and none from an earlier one.

# %%
frames = animation.frames_of(folder, state)
print(len(frames), frames[0].name, "…", frames[-1].name)

# %% [markdown] lang="es"
# `imageio` los junta (como mucho 40, repartidos por igual). Tiene dos trampas: la duración va en **milisegundos** (0.2, que antes eran dos décimas de segundo, ahora se convierte en 0 sin avisar), y un GIF se reproduce una sola vez si no se pide `loop=0`. Alargamos el último fotograma, para poder mirarlo.

# %% [markdown] lang="en"
# `imageio` puts them together (40 at most, evenly spread). It has two traps: the duration is in **milliseconds** (0.2, which used to mean two tenths of a second, now silently becomes 0), and a GIF plays only once unless you ask for `loop=0`. We hold the last frame for longer, so that there is time to look at it.


# %%
gif = out / "training.gif"
animation.make_gif(frames, gif, milliseconds=200, last=2000)
assert gif.stat().st_size < 400_000
plots.show_gif(gif)

# %% [markdown] lang="es"
# El mismo ruido, de la niebla al dígito. Mira una sola casilla durante varias vueltas: ¿es siempre el mismo dígito, o cambia de idea por el camino? (En nuestra ejecución, según un clasificador, a un cuarto de la película algo más de la mitad de las casillas tiene ya el dígito con el que acaba; a los tres cuartos, cuatro de cada cinco.)
#
# ## Pasear por el espacio latente
#
# El generador convierte **cualquier** vector de ruido en una imagen. El conjunto de todos esos vectores es el *espacio latente*. Entonces, ¿qué hay a medio camino entre dos? Tomemos dos vectores, $a$ y $b$ (el primero, y el de la imagen que más se aparta de la suya), y vayamos de uno a otro en línea recta: $(1 - t)\,a + t\,b$.
#
# Cuidado, que aquí la intuición de dos dimensiones engaña. Un vector de $n$ números gaussianos (de media 0 y desviación típica 1), con $n$ grande, mide casi siempre cerca de $\sqrt{n}$: el ruido vive en una cáscara, y en el centro no hay nadie. La recta ataja por dentro. Un arco de circunferencia, $\cos(\theta)\,a + \sin(\theta)\,b$, con $\theta$ de 0 a 90°, se queda en la cáscara si $a$ y $b$ son perpendiculares y miden lo mismo. En muchas dimensiones, dos vectores al azar casi lo cumplen. Con los pocos números de `workshop`, solo a medias; por eso retocamos $b$: le quitamos lo que comparte con la dirección de $a$ y le damos la misma longitud.

# %% [markdown] lang="en"
# The same noise, from fog to digit. Watch a single square for several loops: is it always the same digit, or does it change its mind on the way? (In our run, according to a classifier, a quarter of the way through the film just over half of the squares already hold the digit that they end with; at three quarters, four out of five.)
#
# ## A walk through latent space
#
# The generator turns **any** vector of noise into an image. All those vectors together are the *latent space*. So what is there halfway between two? Let us take two vectors, $a$ and $b$ (the first one, and that of the image least like its own), and go from one to the other in a straight line: $(1 - t)\,a + t\,b$.
#
# Careful: here our two-dimensional intuition misleads us. The length of a vector of $n$ Gaussian numbers (of mean 0 and standard deviation 1), with $n$ large, is nearly always close to $\sqrt{n}$: the noise lives in a shell, and there is nobody at the centre. The straight line cuts through the inside. An arc of a circle, $\cos(\theta)\,a + \sin(\theta)\,b$, with $\theta$ from 0 to 90°, stays in the shell if $a$ and $b$ are perpendicular and equally long. In many dimensions, two random vectors nearly are. With the few dimensions of `workshop` they are only roughly so; that is why we adjust $b$: we take away what it shares with the direction of $a$, and give it the same length.


# %%
def line(a, b, t):
    return (1 - t) * a + t * b


def arc(a, b, t):
    angle = t * np.pi / 2
    return np.cos(angle) * a + np.sin(angle) * b


def same_length_and_perpendicular(a, b):
    b = b - (a @ b) / (a @ a) * a
    return a, b * np.linalg.norm(a) / np.linalg.norm(b)


unlike = int(np.abs(images - images[:1]).mean(axis=(1, 2, 3)).argmax())
a, b = same_length_and_perpendicular(*fixed_noise.numpy()[[0, unlike]])
moments = np.linspace(0, 1, 10, dtype="float32")
for path in (line, arc):
    points = np.stack([path(a, b, t) for t in moments])
    lengths = np.linalg.norm(points, axis=1)
    print(path.__name__.ljust(5), *(f"{length:.2f}" for length in lengths))
    plots.show_grid(generator(points, training=False), columns=10)
assert np.allclose(lengths, lengths[0], rtol=1e-3)
print(f"√n = {np.sqrt(len(a)):.2f}")

# %% [markdown] lang="es"
# Los números son las longitudes. En la recta bajan hasta el 71 % a mitad de camino ($1/\sqrt{2}$); en el arco no cambian. En los dos casos las imágenes cambian poco a poco, y a medio camino sigue habiendo trazos, no dos dígitos superpuestos: lo que ha aprendido el generador es un paisaje entero, no unos puntos sueltos. Compara las casillas del medio de una y otra fila. En nuestra ejecución apenas se distinguen, y se entiende: la longitud de un vector de 8 números varía unos 0.7 arriba o abajo, así que 2.1 no tiene nada de raro. Con los 100 números de `full` varía lo mismo, pero alrededor de 10, y la recta baja a 7.1: por ahí el generador no ha pasado casi nunca.
#
# Aquí puedes pasear tú, por la vuelta entera: a los 180° estás en $-a$ y a los 360°, otra vez en $a$.

# %% [markdown] lang="en"
# The numbers are the lengths. On the line they shrink to 71% halfway ($1/\sqrt{2}$); on the arc they do not change. In both cases the images change little by little, and halfway there are still strokes, not two digits on top of each other: what the generator has learnt is a whole landscape, not isolated points. Compare the squares in the middle of the two rows. In our run they can hardly be told apart, and no wonder: the length of a vector of 8 numbers varies by about 0.7 either way, so 2.1 is nothing unusual. With the 100 numbers of `full` it varies by as much, but around 10, and the line goes down to 7.1: the generator has hardly ever been there.
#
# Here you can take a walk yourself, all the way round: at 180° you are at $-a$, and at 360° you are back at $a$.


# %%
def at_angle(degrees):
    point = arc(a, b, degrees / 90).astype("float32")
    return generator(point[np.newaxis], training=False)


plots.show_slider(at_angle, 0, 360, L("grados", "degrees"))
plots.show_grid(np.concatenate([at_angle(degrees) for degrees in range(0, 360, 36)]), columns=10)

# %% [markdown] lang="es"
# ### Ejercicio 5: el camino entero
#
# Escribe `walk(a, b, n)`: devuelve una matriz de $n$ filas con los puntos del arco de $a$ a $b$ (perpendiculares e igual de largos, como los nuestros), con los dos extremos incluidos y el mismo ángulo entre cada punto y el siguiente.

# %% [markdown] lang="en"
# ### Exercise 5: the whole path
#
# Write `walk(a, b, n)`: it returns an array of $n$ rows with points along the arc from $a$ to $b$ (perpendicular and equally long, like ours), both ends included and evenly spaced in angle.


# %% tags=["exercise", "nbval-check-output"]
def walk(a, b, n):
    return ...


q5.check(walk)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# ## Llevarse el generador
#
# Un punto de control sirve para **seguir entrenando** y necesita el código que crea las redes. Para **usar** el generador en otro programa se guarda entero, capas y pesos, en un archivo `.keras`. (Antes, `fast_convolution.plain` le devuelve las capas corrientes de Keras, para que se abra sin este curso.) La prueba: otro proceso de Python, que no sabe nada de este cuaderno, lo carga y dibuja con el mismo ruido. ¿Saldrán los mismos bits?

# %% [markdown] lang="en"
# ## Taking the generator with you
#
# A checkpoint is for **resuming training**, and it needs the code that makes the networks. To **use** the generator in another program, you save it whole, layers and weights, in a `.keras` file. (First, `fast_convolution.plain` gives it back the ordinary layers of Keras, so that it opens without this course.) The proof: another Python process, which knows nothing about this notebook, loads it and draws from the same noise. Will the bits be the same?

# %%
fast_convolution.plain(generator).save(out / "generator.keras")
np.save(out / "noise.npy", fixed_noise)

program = """
import keras, numpy
generator = keras.models.load_model("generator.keras")
numpy.save("images.npy", generator(numpy.load("noise.npy"), training=False))
"""
# es: El otro proceso dibuja en la CPU: la memoria de la GPU, si la hay, la ocupa este cuaderno.
# en: The other process draws on the CPU: if there is a GPU, this notebook holds its memory.
environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
process = subprocess.run([sys.executable, "-c", program], cwd=out, env=environment, capture_output=True, text=True)
assert process.returncode == 0, process.stderr
difference = np.abs(np.load(out / "images.npy") - images).max()
print(difference)
assert difference < 0.05 if on_gpu else difference == 0
print(pretty_path(out / "generator.keras"), f"{(out / 'generator.keras').stat().st_size / 1e6:.1f} MB")

# %% [markdown] lang="es"
# Los mismos: la mayor diferencia es 0. (Una GPU suma en otro orden y redondea de otra manera, y entonces hay diferencias pequeñas.) Aparte de Keras, ese archivo es todo lo que necesita una aplicación para dibujar dígitos.
#
# ## ¿Y ahora?
#
# Tienes un bucle que puedes leer entero y cambiar. Algunas ideas:
#
# - **Color.** Una imagen en color tiene tres canales: la salida de la última capa de G pasa de 1 a 3 canales, y la entrada de D, también. Prueba con CIFAR-10, de 32×32: G empieza en 8×8 en lugar de 7×7 y D recibe 32×32×3. (Cargar los datos y enseñar las imágenes corre de tu cuenta: las utilidades del curso solo conocen el gris.)
# - **CelebA**, con 200 000 caras, es lo que propone el tutorial D para seguir. A 64×64 hay que empezar en 8×8 y añadir una convolución traspuesta a G y una convolución a D. Y hace falta una GPU.
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
# - Las pérdidas se calculan a partir de los logits, que no se saturan.
# - `tf.function` traza una vez por cada forma y se queda con las redes con las que trazó. Por eso todos los lotes son del mismo tamaño, y las redes y el paso se crean en una sola función.
# - Un punto de control completo lleva redes, optimizadores, paso y **azar**. Entonces, en la CPU, reanudar da los mismos bits.
# - Una restauración que no dice nada no ha restaurado nada, mientras no se demuestre lo contrario.
# - En muchas dimensiones, el ruido vive en una cáscara; por eso paseamos por arcos.
#
# **Lo siguiente:** en la lección 4 enfrentamos dos DCGAN, la de un asistente de IA y una hecha a mano, y aprendemos a decidir con números cuál es mejor. O a admitir que no se puede saber.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A tape differentiates with respect to whatever you ask about. Nobody gets frozen: it is enough to ask about the weights of each network.
# - Losses are computed from logits, which do not saturate.
# - `tf.function` traces once for every shape, and keeps the networks that it was traced with. Hence batches all of one size, and networks and step made in a single function.
# - A complete checkpoint holds networks, optimizers, step and **random state**. Then, on the CPU, resuming gives the same bits.
# - A restore that says nothing has restored nothing, until proven otherwise.
# - In many dimensions, noise lives in a shell; that is why we walk along arcs.
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
