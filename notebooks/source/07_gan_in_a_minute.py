# ---
# title:
#   es: 7 · Una GAN en un minuto
#   en: 7 · A GAN in a minute
# ---

# %% [markdown] lang="es"
# # 7 · Una GAN en un minuto
#
# «¿Cuánto va a tardar?» es lo primero que pregunta todo el mundo, y el primer chasco es ver qué ha dibujado la red tras cinco minutos de espera. Hoy vas a entrenar una GAN en **un minuto**, con dos núcleos normales y corrientes y sin GPU, y dibujará mejor que todas las de las lecciones anteriores. Además hará algo que ellas no saben hacer: escribir la cifra que tú le pidas.
#
# **En esta lección vas a:**
#
# 1. medir en qué se va el tiempo de un paso, capa por capa y fuera de las capas;
# 2. ahorrarlo: una red a la medida y muchos pasos por llamada;
# 3. programar una media de los pesos y decirle a la red, con una etiqueta, qué cifra quieres;
# 4. ver, truco a truco y con cinco semillas, cuánto cuesta y cuánto da cada uno;
# 5. pedirle a tu generador que escriba un año, e intentar batir la receta del curso.
#
# **Tiempo:** unos 90 minutos; en un portátil de dos núcleos, unos 5 son de espera. **Necesitas:** haber hecho la lección 3. (La 4 ayuda a entender cómo se mide.)

# %% [markdown] lang="en"
# # 7 · A GAN in a minute
#
# “How long will it take?” is the first thing everybody asks, and the first disappointment is what you see after five minutes of waiting. Today you will train a GAN in **one minute**, on two ordinary cores and without a GPU, and it will draw better than any network of the earlier lessons. It will also do something they cannot: write the digit that you ask for.
#
# **In this lesson you will:**
#
# 1. measure where the time of a step goes, layer by layer and outside the layers;
# 2. save time: a network of the right size, and many steps in one call;
# 3. program an average of the weights, and tell the network by a label which digit you want;
# 4. see, trick by trick and with five seeds, what each one costs and what it gives;
# 5. ask your generator to write a year, and try to beat the course's recipe.
#
# **Time:** about 90 minutes; on a two-core laptop about 5 of them are waiting. **You need:** to have done lesson 3. (Lesson 4 helps to understand how we measure.)

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir. Cada columna es la cifra que se ha pedido, y en cada fila el ruido es el mismo, como si la escribiera una misma mano. Lo dibujó esta lección cuando se publicó, tras un minuto de entrenamiento con dos núcleos.

# %% [markdown] lang="en"
# This is what you are going to make. Each column is the digit that was asked for, and in each row the noise is the same, as if written by one hand. This lesson drew it when it was published, after one minute of training on two cores.

# %%
import gc
import time
from typing import NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import costs, data, evaluation, fast_convolution, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import pretrained, records, tricks
from course_utils.fitting import fit_to
from course_utils.folders import out_folder, pretty_path
from course_utils.language import percent, thousands
from course_utils.lessons import lesson_3
from course_utils.progress import Countdown
from course_utils.questions.lesson_7 import q1, q2, q3, q4, q5, q6

plots.show_promise("07_gan_in_a_minute")

# %% [markdown] lang="es"
# ## ¿En qué se va el tiempo?
#
# Empecemos por el paso de la lección 3 con la red del tutorial D, sin cambiarle nada: lotes de 256 y una GPU… que quizá aquí no tengas. ¿Cuántos pasos caben en un minuto de tu máquina? `milliseconds` repite una llamada durante un segundo y da la media. La primera no cuenta: en ella se traza. (El `.numpy()` espera a que el resultado esté calculado de verdad.)

# %% [markdown] lang="en"
# ## Where does the time go?
#
# Let us start with the step of lesson 3 and tutorial D's network, with nothing changed: batches of 256 and a GPU… which you may not have here. How many steps fit into a minute of your machine? `milliseconds` repeats a call for a second and returns the mean. The first one does not count: that is where tracing happens. (`.numpy()` waits until the result has really been computed.)

# %%
dataset = data.load("mnist")
print(dataset.origin)
patience = budget(smoke=0.1, workshop=1, full=1)


def milliseconds(call, seconds=1.0):
    call()
    calls, start = 0, time.perf_counter()
    while calls == 0 or time.perf_counter() - start < patience * seconds:
        call()
        calls += 1
    return 1000 * (time.perf_counter() - start) / calls


def traced(compute):
    # es: Devuelve un solo número: lo que se cronometra es calcular, y no traer el resultado de la GPU.
    # en: Returns a single number: what is timed is computing, not fetching the result from the GPU.
    return tf.function(lambda *inputs: tf.reduce_sum(tf.cast(compute(*inputs), "float32")))


keras.utils.set_random_seed(42)
networks_d = lesson_3.make_generator(), lesson_3.make_discriminator()
state = lesson_3.make_state(*networks_d, keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4))
batch_d = budget(smoke=32, workshop=256, full=256)
step_d, real_d = lesson_3.make_train_step(state, batch_d), next(iter(data.make_batches(dataset.x_train, batch_d)))
whole = milliseconds(lambda: step_d(real_d)["d_loss"].numpy())
print(f"{whole:.0f} ms → {60_000 / whole:.0f} " + L("pasos por minuto", "steps a minute"))

# %% [markdown] lang="es"
# Una época de MNIST son 234 pasos de ese tamaño; el tutorial da 50 épocas, y los dígitos tardan muchas en poderse leer.
#
# ### Capa por capa
#
# ¿Qué capas tienen la culpa? Pasemos un lote por el generador capa a capa, con el cronómetro en la mano. Al lado, cuántas multiplicaciones hace cada una por imagen. Antes de mirar la tabla, contesta.

# %% [markdown] lang="en"
# An epoch of MNIST is 234 steps of that size; the tutorial trains for 50, and it takes many of them before the digits can be read.
#
# ### Layer by layer
#
# Which layers are to blame? Let us send a batch through the generator layer by layer, stopwatch in hand. Next to each is how many multiplications it makes per image. Before you look at the table, answer.

# %% [markdown] lang="es"
# ### Ejercicio 1: la capa cara
#
# El generador del tutorial D tiene una capa densa de 1 254 400 pesos y tres convoluciones traspuestas. ¿Cuál tarda más?
#
# **a)** la densa, que es la que más pesos tiene · **b)** la primera traspuesta, de 256 a 128 canales en 7×7 · **c)** la segunda, de 128 a 64, que llega a 14×14 · **d)** la última, que dibuja los 28×28 píxeles

# %% [markdown] lang="en"
# ### Exercise 1: the expensive layer
#
# Tutorial D's generator has a dense layer with 1,254,400 weights and three transposed convolutions. Which takes longest?
#
# **a)** the dense one, which has the most weights · **b)** the first transposed one, from 256 to 128 channels at 7×7 · **c)** the second, from 128 to 64, which reaches 14×14 · **d)** the last, which draws the 28×28 pixels

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q1.check(answer)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %%
x, rows = keras.random.normal((batch_d, 100), seed=1), []
for layer, count in zip(networks_d[0].layers, costs.multiplications(networks_d[0]), strict=True):
    compute = traced(layer)
    ms = milliseconds(lambda x=x, compute=compute: compute(x).numpy(), seconds=0.3)
    rows.append([type(layer).__name__, f"{count / 1e6:.2f}" if count else "", f"{ms:.1f}"])
    x = layer(x)
plots.show_table([L("capa", "layer"), L("millones de multiplicaciones", "million multiplications"), "ms"], rows)

# %% [markdown] lang="es"
# El tiempo sigue a las **multiplicaciones**, no a los pesos: la densa usa cada peso una vez por imagen; una convolución, una vez por píxel. (Las capas sin cuenta en la tabla, como la BN o `LeakyReLU`, tampoco son gratis: leen y escriben todos sus números.)
#
# La columna es solo la **ida** de G. Un paso hace además la vuelta (calcular las derivadas cuesta más o menos otras dos idas), y lo mismo con D, que mira dos lotes: por eso un paso tarda mucho más que la suma.

# %% [markdown] lang="en"
# Time follows the **multiplications**, not the weights: the dense layer uses each weight once per image; a convolution, once per pixel. (The layers without a count, such as BN or `LeakyReLU`, are not free either: they read and write all their numbers.)
#
# The column is only G's **forward** pass. A step also goes backward (the derivatives cost about two more forward passes), and does all of it for D too, which looks at two batches: so a step takes much longer than the sum.

# %% [markdown] lang="es"
# ### Las mismas convoluciones, más deprisa
#
# ¿Y si se calcula lo mismo de otra manera? Después de una transformada de Fourier, una convolución no es más que un producto: es el **teorema de convolución**. En imágenes de 7×7 ese camino necesita menos de la cuarta parte de las multiplicaciones. `fast_convolution.faster` devuelve una red que va por ese camino, en la CPU y solo en las capas que salen ganando. (Ya la usamos en la lección 3. La red de hoy será tan estrecha que no le hará falta.) Probémoslo con la capa más cara:

# %% [markdown] lang="en"
# ### The same convolutions, faster
#
# What if the same thing is computed in another way? After a Fourier transform a convolution is nothing more than a product: that is the **convolution theorem**. On images of 7×7 that route needs less than a quarter of the multiplications. `fast_convolution.faster` returns a network that goes that way, on the CPU and only in the layers that gain from it. (We used it in lesson 3. Today's network will be so narrow that it will not need it.) Let us try it on the most expensive layer:

# %%
wide = keras.Sequential([keras.Input((7, 7, 256)), layers.Conv2DTranspose(128, 5, padding="same", use_bias=False)])
features = keras.random.normal((batch_d, 7, 7, 256), seed=1)
quick = fast_convolution.faster(wide)
results = []
for way, model in {"Keras": wide, "Fourier": quick}.items():
    compute = traced(model)
    results.append(tf.function(model)(features).numpy())
    print(f"{way:8} {milliseconds(lambda compute=compute: compute(features).numpy(), seconds=0.5):5.0f} ms")

difference = np.abs(results[0] - results[1]).max() / np.abs(results[0]).max()
print(f"{difference:.0e}")
assert difference < 1e-5
if quick is wide:
    print(L("Aquí hay una GPU: no se ha cambiado nada.", "There is a GPU here: nothing has been changed."))

# %% [markdown] lang="es"
# El último número es la mayor diferencia entre los dos resultados, en proporción al mayor valor: redondeo.
#
# ¿Y con números más cortos? Algunos procesadores multiplican números de 16 bits (*bfloat16*) mucho más deprisa que los de 32: las GPU de hoy y unas pocas CPU. Keras los usa si se lo pides con `keras.mixed_precision.set_global_policy("mixed_bfloat16")`. En una máquina que no está preparada no se gana nada, o incluso se pierde. No lo supongas; pregúntaselo a la tuya:

# %% [markdown] lang="en"
# The last number is the largest difference between the two results, as a share of the largest value: rounding.
#
# And with shorter numbers? Some processors multiply 16-bit numbers (bfloat16) much faster than 32-bit ones: today's GPUs, and a few CPUs. Keras uses them if you ask with `keras.mixed_precision.set_global_policy("mixed_bfloat16")`. On a machine that is not made for it, nothing is gained, or it is even slower. Do not guess; ask yours:

# %%
kernel, pictures = keras.random.normal((5, 5, 64, 64), seed=1), keras.random.normal((64, 14, 14, 64), seed=2)
convolve, times = traced(lambda images, weights: tf.nn.conv2d(images, weights, 1, "SAME")), {}
for kind in ("float32", "bfloat16"):
    inputs = tf.cast(pictures, kind), tf.cast(kernel, kind)
    times[kind] = milliseconds(lambda inputs=inputs: convolve(*inputs).numpy(), seconds=0.5)
    print(f"{kind:9} {times[kind]:6.1f} ms")
print(
    L("Aquí, bfloat16 compensa.", "Here, bfloat16 pays off.")
    if times["bfloat16"] < 0.8 * times["float32"]
    else L("Aquí, bfloat16 no compensa.", "Here, bfloat16 does not pay off.")
)

# %% [markdown] lang="es"
# ### Fuera de las capas
#
# Un paso es más que sus capas. Midamos lo demás: Adam al aplicar los gradientes, preparar un lote, llamar desde Python a una función ya trazada que no hace nada, y dibujar y guardar las imágenes con las que vigilamos el entrenamiento.

# %% [markdown] lang="en"
# ### Outside the layers
#
# A step is more than its layers. Let us measure the rest: Adam when it applies the gradients, preparing a batch, calling from Python a traced function that does nothing, and drawing and saving the pictures by which we follow the training.

# %%
out, x_few = out_folder(), keras.random.normal((36, 100), seed=3)
optimizer, weights = state.g_optimizer, networks_d[0].trainable_variables
zeros = [tf.zeros_like(weight) for weight in weights]
apply, nothing = tf.function(lambda: optimizer.apply(zeros, weights)), tf.function(lambda x: x)
batches = iter(data.make_batches(dataset.x_train, batch_d))
outside = {
    L("Adam, los pesos de G", "Adam, G's weights"): lambda: (apply(), optimizer.iterations.numpy()),
    L("preparar un lote", "prepare a batch"): lambda: next(batches),
    L("llamar desde Python", "call from Python"): lambda: nothing(1.0).numpy(),
    L("36 imágenes y su PNG", "36 images and their PNG"): lambda: pixels.save_grid(
        networks_d[0](x_few, training=False), out / "look.png", columns=6
    ),
}
plots.show_table(["", "ms"], [[name, f"{milliseconds(call, seconds=0.3):.2f}"] for name, call in outside.items()])

# %% [markdown] lang="es"
# Con una red tan grande, casi todo es calcular. Pero cuando la red sea pequeña, esos milisegundos de fuera contarán más, y valdrá la pena ahorrar los que se pueda.
#
# ### Ejercicio 2: la línea lenta
#
# Este bucle entrena una red pequeña, y cada paso tarda cien veces más de lo que debe. ¿Qué línea es la culpable? Responde con su letra.
#
# ```python
# for step in range(5000):
#     real_images = next(batches)                          # a
#     train_step = lesson_3.make_train_step(state, 32)     # b
#     losses = train_step(real_images)                     # c
#     history.append(float(losses["d_loss"]))              # d
#     if step % 500 == 0: show(generator)                  # e
# ```

# %% [markdown] lang="en"
# With a network this large, nearly everything is computing. But once the network is small, those milliseconds outside will count for more, and it will be worth saving those we can.
#
# ### Exercise 2: the slow line
#
# This loop trains a small network, and each step takes a hundred times as long as it should. Which line is to blame? Answer with its letter.
#
# ```python
# for step in range(5000):
#     real_images = next(batches)                          # a
#     train_step = lesson_3.make_train_step(state, 32)     # b
#     losses = train_step(real_images)                     # c
#     history.append(float(losses["d_loss"]))              # d
#     if step % 500 == 0: show(generator)                  # e
# ```

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q2.check(answer)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# ## Una red a la medida
#
# Un dígito de 28×28 no necesita 256 canales. Esta red tiene 12 y 24: la densa da un bloque de 7×7, y dos convoluciones traspuestas de núcleo 4 y salto 2, sin tablero de ajedrez (lección 2), lo llevan a 28×28. D va al revés, de 28×28 a 7×7, sin BN ni *dropout*. La parte de `classes` es para más tarde; con 0 no hace nada.
#
# Como habrá redes con dos entradas, `Sequential` ya no sirve. En la API funcional de Keras, `layers.Dense(8)(x)` crea una capa y se la aplica a `x`; `keras.Model(inputs, output)` recoge el camino entero.

# %% [markdown] lang="en"
# ## A network of the right size
#
# A digit of 28×28 does not need 256 channels. This network has 12 and 24: the dense layer gives a block of 7×7, and two transposed convolutions with kernel 4 and stride 2, hence without a checkerboard (lesson 2), bring it to 28×28. D goes the other way, from 28×28 to 7×7, without BN or dropout. The part about `classes` is for later; with 0 it does nothing.
#
# As there will be networks with two inputs, `Sequential` will not do. In Keras's functional API, `layers.Dense(8)(x)` makes a layer and applies it to `x`; `keras.Model(inputs, output)` gathers the whole path.


# %% tags=["export"]
def make_generator(width=12, latent_dim=32, classes=0):
    inputs = [keras.Input((latent_dim,), name="noise")]
    if classes:
        inputs.append(keras.Input((classes,), name="label"))
    x = layers.Concatenate()(inputs) if classes else inputs[0]
    x = layers.Dense(7 * 7 * 2 * width, use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Reshape((7, 7, 2 * width))(x)
    x = layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model(inputs if classes else inputs[0], x, name="generator")


def make_discriminator(width=12, classes=0):
    inputs = [keras.Input((28, 28, 1), name="image")]
    x = inputs[0]
    for channels in (width, 2 * width):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 4, strides=2, padding="same")(x))
    x = layers.Flatten()(x)
    logit = layers.Dense(1)(x)
    if classes:
        inputs.append(keras.Input((classes,), name="label"))
        logit += layers.Dot(1)([layers.Dense(classes, use_bias=False)(x), inputs[1]])
    return keras.Model(inputs if classes else inputs[0], logit, name="discriminator")


# %% [markdown] lang="es"
# ¿Cuánto más pequeña es? Las dos redes juntas:

# %% [markdown] lang="en"
# How much smaller is it? Both networks together:

# %%
keras.utils.set_random_seed(42)
networks = make_generator(), make_discriminator()
rows = []
for name, pair in {L("tutorial D", "tutorial D"): networks_d, L("a la medida", "the right size"): networks}.items():
    parameters = sum(model.count_params() for model in pair)
    millions = sum(sum(costs.multiplications(model)) for model in pair) / 1e6
    rows.append([name, thousands(parameters), f"{millions:.2f}"])
plots.show_table(
    ["", L("parámetros", "parameters"), L("millones de multiplicaciones", "million multiplications")], rows
)
assert networks[0].output_shape == (None, 28, 28, 1) and networks[1].output_shape == (None, 1)
assert millions < 0.6

# %% [markdown] lang="es"
# Unas cincuenta veces menos parámetros, y más de cien veces menos multiplicaciones.
#
# ## El paso
#
# Los gradientes se calculan como en la lección 3: dos cintas y dos pérdidas a partir de los logits, la de G, la no saturante. Cambian dos detalles de escritura. `softplus(x)` es $\log(1 + e^x)$: la entropía cruzada de un logit $x$ con etiqueta 0. Con etiqueta 1 es `softplus(-x)`, como viste en la lección 3. Y `beside` pone la etiqueta junto a la entrada, si la hay: Keras espera una lista cuando una red tiene dos entradas. De esa etiqueta hablamos más abajo; por ahora es `None`.

# %% [markdown] lang="en"
# About fifty times fewer parameters, and more than a hundred times fewer multiplications.
#
# ## The step
#
# The gradients are computed as in lesson 3: two tapes, and two losses from the logits, G's the non-saturating one. Two details are written differently. `softplus(x)` is $\log(1 + e^x)$: the cross-entropy of a logit $x$ with label 0. With label 1 it is `softplus(-x)`, as in lesson 3. And `beside` puts the label next to the input, if there is one: Keras expects a list where a network has two inputs. That label comes further down; for now it is `None`.


# %% tags=["export"]
def beside(inputs, label):
    return inputs if label is None else [inputs, label]


def non_saturating(generator, discriminator, real_images, label, noise):
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fake_images = generator(beside(noise, label), training=True)
        real_logits = discriminator(beside(real_images, label), training=True)
        fake_logits = discriminator(beside(fake_images, label), training=True)
        g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
        d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    return g_gradients, d_gradients


# %% [markdown] lang="es"
# ### Muchos pasos por llamada
#
# Con una red tan pequeña, lo de fuera de las capas se nota. Dentro de `tf.function`, un `for` sobre `tf.range` se convierte en un bucle del grafo: Python llama una vez y TensorFlow da él solo veinte pasos. Los lotes se sacan ahí mismo, al azar, de un tensor con todas las imágenes, un byte por píxel. (Así ya no hay épocas: una imagen puede salir dos veces antes de que salga otra.) ¿Cuánto se gana? El mismo paso de D y G, llamado de uno en uno y de veinte en veinte:

# %% [markdown] lang="en"
# ### Many steps in one call
#
# With a network this small, what lies outside the layers shows. Inside `tf.function`, a `for` over `tf.range` becomes a loop of the graph: Python calls once, and TensorFlow takes twenty steps by itself. The batches are picked right there, at random, from a tensor with all the images, one byte per pixel. (So there are no epochs any more: an image may come up twice before another comes up once.) How much does it save? The same step of D and G, called one by one and twenty at a time:

# %%
optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)
for optimizer, model in zip(optimizers, networks, strict=True):
    optimizer.build(model.trainable_variables)
with tf.device("CPU"):
    all_images = tf.constant(dataset.x_train[..., None])


def one_step():
    chosen = tf.random.uniform((32,), maxval=len(all_images), dtype=tf.int32)
    with tf.device("CPU"):
        bytes_of_images = tf.gather(all_images, chosen)
    real_images = tf.cast(bytes_of_images, tf.float32) / 127.5 - 1
    found = non_saturating(*networks, real_images, None, tf.random.normal((32, 32)))
    for optimizer, model, gradients in zip(optimizers, networks, found, strict=True):
        optimizer.apply(gradients, model.trainable_variables)


@tf.function
def twenty_steps():
    for _ in tf.range(20):
        one_step()


alone, together = tf.function(one_step), twenty_steps
wait = optimizers[0].iterations
small = milliseconds(lambda: (alone(), wait.numpy()))
rows = [
    [L("tutorial D, lotes de 256", "tutorial D, batches of 256"), f"{whole:.1f}"],
    [L("a la medida, lotes de 32", "the right size, batches of 32"), f"{small:.1f}"],
    [
        L("lo mismo, de veinte en veinte", "the same, twenty at a time"),
        f"{milliseconds(lambda: (together(), wait.numpy())) / 20:.1f}",
    ],
]
plots.show_table(["", L("ms por paso", "ms per step")], rows)

# %% [markdown] lang="es"
# Las dos últimas filas hacen las mismas cuentas; lo que las separa es el coste de llamar. En la máquina donde medimos las tablas de más abajo era un 15 %. Lo grande está entre la primera fila y la segunda.
#
# ## Pasos largos al principio, finos al final
#
# Los mejores ajustes para un minuto no tienen por qué ser los de una hora. Aquí los pasos son **treinta veces más largos** que en el tutorial D: una tasa de aprendizaje de 0.003 en lugar de 0.0001. Y, como se suele recomendar, va bajando. Es el `CosineDecay` de las lecciones 2 y 3, contado en tiempo y no en pasos: sea $t$ la parte del tiempo que ya ha pasado, de 0 a 1, y $r$ la tasa del principio:
#
# $$\text{tasa}(t) = r \cdot \left(0.05 + 0.95 \cdot \frac{1 + \cos \pi t}{2}\right)$$

# %% [markdown] lang="en"
# The last two rows do the same arithmetic; what separates them is the cost of calling. On the machine where the tables below were measured it was 15%. The big saving is between the first row and the second.
#
# ## Long steps at first, fine ones at the end
#
# The best settings for a minute need not be those for an hour. Here the steps are **thirty times as long** as tutorial D's: a learning rate of 0.003 instead of 0.0001. And, as is often recommended, it falls. It is the `CosineDecay` of lessons 2 and 3, counted in time, not in steps: let $t$ be the part of the time that has passed, from 0 to 1, and $r$ the rate at the start:
#
# $$\text{rate}(t) = r \cdot \left(0.05 + 0.95 \cdot \frac{1 + \cos \pi t}{2}\right)$$


# %% tags=["export"]
def falling(rate, part, last=0.05):
    return rate * (last + (1 - last) * (1 + np.cos(np.pi * min(part, 1))) / 2)


# %% tags=["nbval-check-output"]
for part in (0, 0.25, 0.5, 0.75, 1):
    print(f"{part:4}  {falling(0.003, part):.5f}")
assert np.isclose(falling(0.003, 1), 0.003 / 20)

# %% [markdown] lang="es"
# ## Una media de los pesos
#
# Otro consejo famoso. Las dos redes se persiguen, y los pesos de G van de acá para allá alrededor de un buen sitio. La **media móvil exponencial** de los pesos (*exponential moving average*, EMA) se queda en el medio. G entrena como siempre; al lado se guarda una copia que se acerca un poquito a G en cada paso, y al final se dibuja con la copia. Con una constante $d$ cerca de 1:
#
# $$\text{media} \leftarrow d \cdot \text{media} + (1 - d) \cdot \text{peso}$$
#
# Se elige por su **semivida**: los pasos tras los que un peso antiguo cuenta la mitad. Con una semivida $h$, $d = 0.5^{1/h}$. Un peso que tiembla alrededor de 1, y su media con una semivida de 10 pasos:

# %% [markdown] lang="en"
# ## An average of the weights
#
# Another famous piece of advice. The two networks chase each other, and G's weights swing to and fro around a good place. The **exponential moving average** (EMA) of the weights stays in the middle. G trains as ever; beside it we keep a copy that moves a tiny bit towards G at every step, and in the end we draw with the copy. With a constant $d$ close to 1:
#
# $$\text{average} \leftarrow d \cdot \text{average} + (1 - d) \cdot \text{weight}$$
#
# It is chosen by its **half-life**: the steps after which an old weight counts half as much. With a half-life of $h$, $d = 0.5^{1/h}$. A weight that trembles around 1, and its average with a half-life of 10 steps:

# %%
weight, averages, d = 1 + 0.3 * np.random.default_rng(1).normal(size=100), [0.0], 0.5 ** (1 / 10)
for value in weight:
    averages.append(d * averages[-1] + (1 - d) * value)
_, ax = plt.subplots(figsize=(5, 2.2), dpi=80, layout="constrained")
ax.plot(weight, ":", color="0.5", label=L("peso", "weight"))
ax.plot(averages, color=plots.REAL_COLOUR, label=L("media", "average"))
ax.set_xlabel(L("paso", "step"))
ax.legend(fontsize=8)
plt.show()

# %% [markdown] lang="es"
# La media tiembla menos. Pero al principio recuerda demasiado el 0 del que partió: por eso nuestra semivida empezará siendo corta.
#
# ¿Y la BN? Sus medias y varianzas acumuladas también son variables de la red: se promedian con las demás, para que encajen con los pesos promediados. (¿Compensan en un minuto la tasa que baja y la media? No lo demos por hecho: más abajo se mide.)
#
# ### Ejercicio 3: escribe la media
#
# `average` y `variables` son dos listas de variables de TensorFlow, en el mismo orden, y `decay` es la $d$ de la fórmula. Sustituye los puntos suspensivos. (`assign` cambia el valor de una variable. El `return average` no lo usa nadie más que la comprobación.)

# %% [markdown] lang="en"
# The average trembles less. But at first it remembers too much of the 0 where it started: that is why our half-life will begin short.
#
# And BN? The means and variances it gathers are variables of the network too: they are averaged with the others, so that they fit the averaged weights. (Do the falling rate and the average pay off in one minute? Let us not take it for granted: it is measured below.)
#
# ### Exercise 3: write the average
#
# `average` and `variables` are two lists of TensorFlow variables, in the same order, and `decay` is the $d$ of the formula. Replace the dots. (`assign` changes the value of a variable. Nobody but the check uses the `return average`.)


# %% tags=["exercise", "nbval-check-output"]
def update_average(average, variables, decay):
    for mean, variable in zip(average, variables, strict=True):
        mean.assign(... * mean + ... * variable)
    return average


update_average = q3.use(update_average)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()


# %% tags=["export", "solution"]
def update_average(average, variables, decay):
    for mean, variable in zip(average, variables, strict=True):
        mean.assign(decay * mean + (1 - decay) * variable)
    return average


# %% [markdown] lang="es"
# ## «Escribe un 7»
#
# Hasta ahora G dibujaba lo que quería. Para que obedezca hay que decirles la **etiqueta** a las dos redes. A G, junto al ruido, como un vector de ceros con un 1 en el sitio de la cifra (*one-hot*). Y a D, porque si no, a G no le costaría nada desobedecer: D tiene que juzgar si la imagen es real **y además** de la clase que se le ha dicho.
#
# ¿Por qué ayuda también a dibujar bien? Porque G ya no puede olvidarse de una cifra (se la van a pedir), y D puede corregirle cada cifra por separado. Cuesta poco: unos pesos más. Pero hay que tener las etiquetas.
#
# ### Ejercicio 4: la entrada de G
#
# `make_generator` pega la etiqueta al ruido con `Concatenate`. Hazlo tú a mano: `noise` tiene la forma $(n, 32)$ y `digits` es una lista de $n$ cifras. A cada fila del ruido pégale detrás los diez números de su etiqueta. Te servirán `tf.one_hot` y `tf.concat`.

# %% [markdown] lang="en"
# ## “Write a 7”
#
# So far G drew whatever it liked. To make it obey, both networks have to be told the **label**. G gets it next to its noise, as a vector of zeros with a 1 in the digit's place (one-hot). And D gets it because otherwise disobeying would cost G nothing: D has to judge whether the image is real **and** of the class it is said to be.
#
# Why does it help with drawing well, too? Because G cannot forget a digit any more (it will be asked for it), and D can correct each digit separately. It costs little: some more weights. But you need to have the labels.
#
# ### Exercise 4: G's input
#
# `make_generator` joins the label to the noise by `Concatenate`. Do it by hand: `noise` has the shape $(n, 32)$, and `digits` is a list of $n$ digits. After each row of the noise put the ten numbers of its label. `tf.one_hot` and `tf.concat` will help.


# %% tags=["exercise", "nbval-check-output"]
def with_label(noise, digits):
    return ...


q4.check(with_label)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ### ¿Y por dónde se le dice a D?
#
# Mehdi Mirza y Simon Osindero (2014) **concatenaron** la etiqueta a la entrada de D. En una red convolucional se suele hacer con un canal más: una capa densa convierte la etiqueta en una «imagen» de 28×28, y D ve dos canales.

# %% [markdown] lang="en"
# ### And where does D get it?
#
# Mehdi Mirza and Simon Osindero (2014) **concatenated** the label to D's input. In a convolutional network this is usually one more channel: a dense layer turns the label into an “image” of 28×28, and D sees two channels.


# %% tags=["export"]
def make_concatenating_discriminator(width=12, classes=10):
    image, label = keras.Input((28, 28, 1), name="image"), keras.Input((classes,), name="label")
    channel = layers.Reshape((28, 28, 1))(layers.Dense(28 * 28)(label))
    x = layers.Concatenate()([image, channel])
    for channels in (width, 2 * width):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 4, strides=2, padding="same")(x))
    return keras.Model([image, label], layers.Dense(1)(layers.Flatten()(x)), name="discriminator")


# %% [markdown] lang="es"
# Takeru Miyato y Masanori Koyama (2018) se la dicen al final, con una **proyección**. Sea $f$ lo que D ha visto en la imagen (la salida de `Flatten`). El logit $x$ es la suma de dos opiniones: la de siempre ($w$ y $b$ son los pesos y el sesgo de `Dense(1)`) y otra sobre la clase $y$ que se dice, con un vector $v_y$ que se aprende para cada clase:
#
# $$x = w \cdot f + b + v_y \cdot f$$
#
# Es la línea `logit += …` de `make_discriminator`: una densa calcula $v \cdot f$ para todas las clases a la vez, y `Dot` con la etiqueta, que es todo ceros menos un uno, deja solo el de la clase $y$.
#
# ¿Por qué no concatenar la etiqueta a $f$, que sería aún más fácil? Porque una capa lineal solo le sumaría un número por clase, $w \cdot f + b_y$: D se fiaría más o menos de cualquier imagen que dijera ser un 7, pero no podría ver si **es** un 7. (La tabla de más abajo compara la proyección con el canal.)

# %% [markdown] lang="en"
# Takeru Miyato and Masanori Koyama (2018) tell it at the end, by a **projection**. Let $f$ be what D has seen in the image (the output of `Flatten`). The logit $x$ is the sum of two opinions: the usual one ($w$ and $b$ are the weights and the bias of `Dense(1)`) and another about the class $y$ that the image is said to be, with a learned vector $v_y$ for each class:
#
# $$x = w \cdot f + b + v_y \cdot f$$
#
# That is the line `logit += …` in `make_discriminator`: a dense layer computes $v \cdot f$ for all classes at once, and `Dot` with the label, all zeros but for a one, keeps only that of class $y$.
#
# Why not concatenate the label to $f$, which would be even easier? Because a linear layer would only add one number per class to it, $w \cdot f + b_y$: D would trust any image that claims to be a 7 a little more or a little less, but could not see whether it **is** a 7. (The table below compares the projection with the channel.)

# %% [markdown] lang="es"
# ## Diez maneras de escribir cada cifra
#
# Si las etiquetas ayudan tanto, ¿no ayudarían todavía más si contaran más cosas? Hay sietes con raya y sin ella, doses con lazo, y cifras muy inclinadas. Nadie ha apuntado cuál es cuál, pero para eso está **k-medias** (*k-means*): reparte las imágenes de una cifra en diez grupos de dibujos parecidos. Empieza con diez imágenes al azar como centros; cada imagen va al centro más cercano, y cada centro, a la media de las suyas. Diez rondas bastan. Mira solo imágenes reducidas a 14×14, y el reloj del minuto también cuenta este tiempo.

# %% [markdown] lang="en"
# ## Ten ways to write each digit
#
# If labels help so much, would they not help even more if they told more? There are sevens with and without a bar, twos with a loop, and digits that lean heavily. Nobody has noted which is which, but that is what **k-means** is for: it sorts the images of one digit into ten groups of similar drawings. It begins with ten random images as centres; each image goes to the nearest centre, and each centre to the mean of its images. Ten rounds are enough. It looks only at images reduced to 14×14, and the clock of the minute counts this time too.


# %% tags=["export"]
def split(images, groups, seed, rounds=10):
    count, half = len(images), images.shape[1] // 2
    small = images.reshape(count, half, 2, half, 2, -1).mean(axis=(2, 4), dtype="float32").reshape(count, -1)
    centres = small[np.random.default_rng(seed).choice(count, groups, replace=count < groups)]
    for _ in range(rounds):
        # es: El cuadrado de la distancia a cada centro, menos |imagen|², que es el mismo para todos.
        # en: The square of the distance to each centre, less |image|², which is the same for all.
        nearest = np.argmin(np.sum(centres**2, axis=1) - 2 * small @ centres.T, axis=1)
        members = np.eye(groups, dtype="float32")[nearest]
        counts = members.sum(axis=0)[:, None]
        centres = np.where(counts > 0, members.T @ small / np.maximum(counts, 1), centres)
    return nearest.astype("int32")


# %%
sevens = dataset.x_train[dataset.y_train == 7]
group_of = split(sevens, 10, seed=1)
means = [sevens[group_of == group].mean(axis=0) for group in range(10) if (group_of == group).any()]
plots.show_grid(np.array(means)[..., None].astype("uint8"), columns=10)

# %% [markdown] lang="es"
# Es la media de cada grupo de sietes: cada una, una manera de escribirlo. Para las dos redes, «un 7 del grupo 3» será una clase, y habrá cien. Steven Liu y sus compañeros (2020) probaron la idea sin ninguna etiqueta: cien grupos de todas las imágenes, sin decir qué cifra es cada una. Eso lo verás medido en las tablas y en la receta `minute_unlabelled`.
#
# ¿Y al dibujar? Tú pides la cifra, y el grupo se sortea: lo decide un número de ruido añadido, de modo que cada grupo salga tan a menudo como en los datos. `make_drawer` construye esa red: recibe 33 números de ruido y la cifra, y dibuja. (No hace falta seguirla línea a línea.)

# %% [markdown] lang="en"
# These are the means of the groups of sevens: each is a way to write one. For both networks “a 7 of group 3” will be a class, and there will be a hundred. Steven Liu and colleagues (2020) tried the idea with no label at all: a hundred groups of all the images, without saying which digit each one is. You will see that measured in the tables, and in the recipe `minute_unlabelled`.
#
# And when drawing? You ask for the digit, and the group is drawn by lot: one added noise number decides it, so that each group comes up as often as it does in the data. `make_drawer` builds that network: it takes 33 noise numbers and the digit, and draws. (You need not follow it line by line.)


# %% tags=["export"]
def make_drawer(generator, groups=1, digits=10):
    if groups == 1:
        return generator
    noise = keras.Input((generator.inputs[0].shape[1] + 1,), name="noise")
    # es: Convierte el último número del ruido, que es normal, en otro entre 0 y 1 en el que todos son igual de probables.
    # en: Turns the last number of the noise, which is normal, into one between 0 and 1, all equally likely.
    chance = 0.5 + 0.5 * keras.ops.erf(noise[:, -1:] / 2**0.5)
    digit = keras.Input((digits,), name="label") if digits else keras.ops.ones_like(chance)
    # es: Dónde empieza cada grupo entre 0 y 1. El último que queda por debajo es el elegido.
    # en: Where each group begins between 0 and 1. The last one that lies below is chosen.
    edges = layers.Dense(groups, use_bias=False, trainable=False, name="edges")(digit)
    below = keras.ops.cast(chance >= edges, "float32")
    # es: Un uno en el grupo elegido y ceros en los demás.
    # en: A one at the chosen group, zeros elsewhere.
    group = below - keras.ops.pad(below[:, 1:], ((0, 0), (0, 1)))
    label = layers.Flatten()(digit[:, :, None] * group[:, None, :])
    inputs = [noise, digit] if digits else noise
    return keras.Model(inputs, generator([noise[:, :-1], label]), name="drawer")


# %% [markdown] lang="es"
# ## Todo junto
#
# `Settings` reúne los ajustes; los valores por defecto son los de la receta del curso. `beta_1` y `beta_2` dicen cuánto recuerda Adam de los gradientes y de sus cuadrados; 0.99 olvida diez veces antes que 0.999. `last_rate` es el 0.05 de la fórmula; `steps`, los pasos por llamada.

# %% [markdown] lang="en"
# ## All together
#
# `Settings` holds the settings; the defaults are those of the course's recipe. `beta_1` and `beta_2` say how much Adam remembers of the gradients and of their squares; 0.99 forgets ten times as fast as 0.999. `last_rate` is the 0.05 of the formula; `steps`, the steps in one call.


# %% tags=["export"]
class Settings(NamedTuple):
    latent_dim: int = 32
    width: int = 12
    batch_size: int = 32
    g_rate: float = 3e-3
    d_rate: float = 3e-3
    last_rate: float = 0.05
    beta_1: float = 0.5
    beta_2: float = 0.99
    half_life: int = 600
    groups: int = 10
    steps: int = 20


def make_networks(settings, classes):
    generator = make_generator(settings.width, settings.latent_dim, classes)
    return generator, make_discriminator(settings.width, classes)


# %% [markdown] lang="es"
# Hasta aquí hemos cronometrado y probado; ahora vamos a entrenar. Si quieres, con tus propias imágenes: en la celda siguiente pon `data.from_folder("photos")`, con el nombre de tu carpeta, en vez de `data.load("mnist")`, y `side=32` o `colour=True` si te hacen falta. Cada subcarpeta es una clase, y `fit_to` ajusta las redes; el juez solo lee dígitos, así que no mide otras imágenes. Con MNIST, `fit_to` no cambia nada.

# %% [markdown] lang="en"
# So far we have been timing and trying things out; now we are going to train. On your own pictures, if you like: in the next cell put `data.from_folder("photos")`, with the name of your folder, instead of `data.load("mnist")`, and `side=32` or `colour=True` if you need them. Each subfolder is a class, and `fit_to` fits the networks; the judge reads digits only, so it does not measure other pictures. With MNIST `fit_to` changes nothing.

# %%
dataset = data.load("mnist")
(make_networks,) = fit_to(dataset, make_networks)

# %% [markdown] lang="es"
# Un objeto `Training` es un entrenamiento: `prepare` hace los grupos; `run` da veinte pasos y recibe qué parte del tiempo ha pasado; `finish` lo da por terminado y devuelve la red que dibuja. En `many_steps` reconocerás todo lo anterior. Al principio, la semivida de la media es corta (la cuarta parte de los pasos dados), para que olvide pronto los pesos aleatorios del comienzo.

# %% [markdown] lang="en"
# A `Training` is one run: `prepare` makes the groups; `run` takes twenty steps and is told what part of the time has passed; `finish` ends it and returns the network that draws. In `many_steps` you will recognise all of the above. At first the half-life of the average is short (a quarter of the steps taken so far), so that it soon forgets the random weights of the start.


# %% tags=["export"]
class Training:
    def __init__(self, images, labels=None, seed=1, settings=None, gradients=non_saturating, networks=None):
        keras.utils.set_random_seed(seed)
        self.settings = settings = settings or Settings()
        self.images, self.seed, self.gradients = images, seed, gradients
        self.labels = None if labels is None else np.asarray(labels)
        self.digits = 0 if labels is None else 1 + int(self.labels.max())
        classes = settings.groups * max(1, self.digits)
        self.classes = classes if classes > 1 else 0
        self.generator, self.discriminator = (networks or make_networks)(settings, self.classes)
        self.g_optimizer = keras.optimizers.Adam(settings.g_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
        self.d_optimizer = keras.optimizers.Adam(settings.d_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.average = [tf.Variable(variable) for variable in self.generator.variables]
        self.source, self.done, self.decay = tf.random.Generator.from_seed(seed), tf.Variable(0), tf.Variable(0.0)
        pixels = images.reshape(*images.shape[:3], -1)
        with tf.device("CPU"):
            self.pixels = tf.Variable(pixels, trainable=False, shape=(None, *pixels.shape[1:]))
        self.class_of = tf.Variable(tf.zeros(len(images), tf.int64))
        self.train_steps = tf.function(self.many_steps)

    @property
    def variables(self):
        parts = (self.generator, self.discriminator, self.g_optimizer, self.d_optimizer)
        own = [*self.average, self.source.state, self.done, self.decay, self.class_of]
        return [variable for part in parts for variable in part.variables] + own

    def prepare(self):
        groups, class_of = self.settings.groups, np.zeros(len(self.images), "int64")
        for digit in range(max(1, self.digits)):
            chosen = self.labels == digit if self.digits else slice(None)
            members = self.images[chosen]
            if len(members):
                class_of[chosen] = digit * groups + (split(members, groups, self.seed) if groups > 1 else 0)
        self.class_of.assign(class_of)

    def many_steps(self):
        size = self.settings.batch_size
        for _ in tf.range(self.settings.steps):
            chosen = self.source.uniform((size,), maxval=len(self.images), dtype=tf.int32)
            noise = self.source.normal((size, self.settings.latent_dim))
            with tf.device("CPU"):
                pixels_of_images = tf.gather(self.pixels, chosen)
            real_images = tf.cast(pixels_of_images, tf.float32) / 127.5 - 1
            label = tf.one_hot(tf.gather(self.class_of, chosen), self.classes) if self.classes else None
            g_gradients, d_gradients = self.gradients(self.generator, self.discriminator, real_images, label, noise)
            self.g_optimizer.apply(g_gradients, self.generator.trainable_variables)
            self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)
            update_average(self.average, self.generator.variables, self.decay)

    def run(self, part):
        settings = self.settings
        self.g_optimizer.learning_rate.assign(falling(settings.g_rate, part, settings.last_rate))
        self.d_optimizer.learning_rate.assign(falling(settings.d_rate, part, settings.last_rate))
        half_life = min(settings.half_life, 1 + int(self.done) / 4)
        self.decay.assign(0.5 ** (1 / half_life) if half_life else 0.0)
        self.train_steps()
        self.done.assign_add(settings.steps)

    def finish(self):
        # es: Se ha acabado: deja sitio en la memoria.
        # en: It is over: makes room in memory.
        self.pixels.assign(self.pixels[:0])
        for variable, mean in zip(self.generator.variables, self.average, strict=True):
            variable.assign(mean)
        groups = self.settings.groups
        drawer = make_drawer(self.generator, groups, self.digits)
        if groups > 1:
            counts = np.bincount(self.class_of.numpy(), minlength=self.classes).reshape(-1, groups)
            shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
            drawer.get_layer("edges").set_weights([np.cumsum(shares, axis=1) - shares])
        return drawer


# %% [markdown] lang="es"
# ## El minuto
#
# `Clock` es el reloj de los récords: el minuto se acaba cuando han pasado 60 segundos o cuando tus núcleos han trabajado 120 segundos entre todos, lo que llegue antes. Así un ordenador con muchos núcleos no juega con ventaja. (Una GPU sí: los récords son de CPU.) Trazar el paso no cuenta: `warm_up` lo traza antes y deja todo como estaba. Cinco veces por el camino, y otra al final, guardamos una copia de los pesos promediados para verla después.

# %% [markdown] lang="en"
# ## The minute
#
# `Clock` is the clock that the records use: the minute is over when 60 seconds have passed, or when your cores have worked for 120 seconds between them, whichever comes first. That way a computer with many cores has no advantage. (A GPU does: the records are for CPUs.) Tracing the step does not count: `warm_up` traces it first, and leaves everything as it was. Five times on the way, and once at the end, we keep a copy of the averaged weights, to look at it afterwards.

# %%
seconds = budget(smoke=2, workshop=60, full=60)
training = Training(dataset.x_train, dataset.y_train, seed=42)
records.warm_up(training)
clock, countdown = records.Clock(seconds), Countdown()
looks, moments = [], (1 / 60, 1 / 12, 1 / 6, 1 / 3, 2 / 3)
with clock:
    training.prepare()
    while (part := clock.read()) < 1:
        training.run(part)
        if len(looks) < len(moments) and part >= moments[len(looks)]:
            looks.append((clock.wall, [mean.numpy() for mean in training.average]))
        countdown.show(part, int(training.done))
    drawer = training.finish()
looks.append((clock.wall, training.generator.get_weights()))
steps = int(training.done)
countdown.show(1, steps)
settings = training.settings._asdict() | {"classes": training.classes}
print(f"{clock.wall:.1f} s · {clock.core:.1f} " + L("s de núcleo", "core-seconds"))

# %% [markdown] lang="es"
# ¿Cuándo empiezan a leerse? Cada fila es un momento del minuto, y en todas se dibuja lo mismo: las diez cifras (de cada una, su primer grupo), con los mismos diez ruidos. La última es el final.

# %% [markdown] lang="en"
# When do they become readable? Each row is a moment of the minute, and all draw the same thing: the ten digits (the first group of each), from the same ten noises. The last one is the end.

# %%
ten = [keras.random.normal((10, 32), seed=3), tf.one_hot(10 * (np.arange(10) % training.digits), training.classes)]
rows = []
early = keras.models.clone_model(training.generator)
for _, weights in looks:
    early.set_weights(weights)
    rows.append(early(ten, training=False))
print(*(f"{moment:.0f} s" for moment, _ in looks), sep=" · ")
plots.show_grid(np.concatenate(rows))

# %% [markdown] lang="es"
# ## ¿Es mejor de verdad?
#
# Que lo diga un juez. El de los récords es el de la lección 4, con sus pesos **congelados** dentro del curso, para que todas las máquinas midan igual. Mira 10 000 dibujos, con las diez cifras por igual. Las medidas son las de la lección 4: la distancia de Fréchet (cuanto menor, mejor), las imágenes **seguras** (aquellas en las que el juez da más de un 95 % a una cifra) y la parte que se lleva la cifra que menos sale (lo ideal es un 10 %). Y una nueva: en cuántos dibujos la cifra que ve el juez es **la que se pidió**. En las primeras filas, los generadores con los que acabaron las otras lecciones.

# %% [markdown] lang="en"
# ## Is it really better?
#
# Let a judge decide. The records use the judge of lesson 4, with its weights **frozen** inside the course, so that all machines measure alike. It looks at 10,000 drawings, equally many of each digit. The measures are those of lesson 4: the Fréchet distance (lower is better), the **confident** images (those for which the judge gives one digit more than 95%) and the share of the digit that comes up least often (ideally 10%). And a new one: in how many drawings the digit that the judge sees is **the one that was asked for**. The first rows are the generators with which the other lessons ended.

# %%
if records.can_read(dataset):
    judge = records.frozen_judge()
    count = budget(smoke=500, workshop=10_000, full=10_000)
    real = judge.look(evaluation.real_images(dataset)[0][:count])
    measures = records.measure(drawer, judge, real)
    others = {lesson: pretrained.card(lesson) for lesson in (1, 2, 3)}
    rows = [[L(f"lección {lesson}", f"lesson {lesson}"), card["measures"]] for lesson, card in others.items()]
    rows.append([L("tu minuto", "your minute"), measures])
    headings = [
        L("distancia de Fréchet", "Fréchet distance"),
        L("seguras", "confident"),
        L("la que menos sale", "least frequent"),
    ]
    plots.show_table(
        ["", *headings, L("obedece", "obeys")],
        [
            [
                name,
                f"{m['frechet']:.2f}",
                percent(m["confident"]),
                percent(m["rarest"], 1),
                percent(m["obeys"], 1) if "obeys" in m else "–",
            ]
            for name, m in rows
        ],
    )
    if dataset.name == "mnist" and steps >= 2000:
        assert measures["frechet"] < min(card["measures"]["frechet"] for card in others.values())
        assert measures["obeys"] > 0.95

# %% [markdown] lang="es"
# Compara con cuidado: tu generador ha visto las etiquetas y los otros tres no. La misma red sin etiquetas ni grupos se queda, en un minuto, en 4.8: peor que las lecciones 2 y 3, que entrenan cuatro o cinco. (Los otros se midieron sobre MNIST, con el presupuesto con el que se publicaron. Si has entrenado con los dígitos de reserva, la comparación no vale.)
#
# ## Escribe lo que quieras
#
# Cambia el número, y ejecuta la celda tantas veces como quieras: cada vez lo escribe otra mano. Todas las cifras llevan el mismo ruido.

# %% [markdown] lang="en"
# Compare with care: your generator has seen the labels, and the other three have not. The same network with neither labels nor groups gets to 4.8 in a minute: worse than lessons 2 and 3, which train for four or five. (The other three were measured on MNIST, with the budget with which they were published. If you have trained on the stand-in digits, the comparison does not hold.)
#
# ## Write what you like
#
# Change the number, and run the cell as often as you like: each time another hand writes it. All the digits share the same noise.

# %%
number = "2026"


def write(number, noise=None):
    # es: También vale una lista, como [12, 3]: hace falta si tus imágenes tienen más de diez clases.
    # en: A list will do as well, such as [12, 3]: you need it where your pictures have more than ten classes.
    characters = number if isinstance(number, list) else [one for one in str(number) if one in "0123456789"]
    digits = [int(one) for one in characters]
    assert digits, L("Escribe al menos una cifra del 0 al 9.", "Write at least one digit from 0 to 9.")
    noise = keras.random.normal((1, 33)) if noise is None else noise
    # es: Con imágenes tuyas, cada cifra es el número de una clase; si hay menos de diez, se vuelve a empezar por la 0.
    # en: With pictures of your own, each digit is the number of a class; if there are fewer than ten, they begin again.
    label = tf.one_hot(np.array(digits) % training.digits, training.digits)
    return drawer([tf.repeat(noise, len(digits), axis=0), label], training=False)


for _ in range(3):
    written = write(number)
    plots.show_grid(written, columns=len(written), zoom=3)

# %% [markdown] lang="es"
# ¿Y qué pasa si el ruido es el mismo y cambia la cifra? Cada fila es un ruido y cada columna, una etiqueta. Fíjate en si la inclinación y el grosor pasan de una cifra a otra.

# %% [markdown] lang="en"
# And what happens if the noise stays the same and the digit changes? Each row is one noise, and each column one label. See whether slant and thickness carry over from one digit to the next.

# %%
noises = keras.random.normal((10, 1, 33), seed=42)
images = np.concatenate([write("0123456789", noise) for noise in noises])
pixels.save_grid(images, out / "generated.png")
drawer.save(out / "generator.keras")
plots.show_grid(images)
print(pretty_path(out / "generator.keras"))

# %% [markdown] lang="es"
# G ha aprendido a sacar del ruido lo que la etiqueta no dice: el trazo. Nadie le pidió que separara lo uno de lo otro. (El último de los 33 números elige el grupo, y el grupo 3 de los sietes no tiene por qué parecerse al grupo 3 de los doses: por eso el parecido no es perfecto.)
#
# ## Cuánto cuesta y cuánto da cada truco
#
# Un minuto con una semilla no prueba nada: lo vimos en la lección 4. Así que entrenamos cada truco con **cinco semillas**, desde los ajustes del tutorial D hasta la receta del curso, cambiando cada vez una cosa (la red entera, con su BN y sin *dropout*, cuenta como una; la tasa y `beta_1` van juntas). Primero medimos lo que cuesta un paso de cada uno en una máquina de dos núcleos: de ahí sale cuántos caben en un minuto. Luego dimos esos pasos en una máquina más rápida; con los mismos pasos se llega igual de lejos (no al mismo dibujo: la suma redondea de otra manera).

# %% [markdown] lang="en"
# G has learnt to take from the noise what the label does not say: the handwriting. Nobody asked it to keep the two apart. (The last of the 33 numbers chooses the group, and group 3 of the sevens need not look like group 3 of the twos: that is why the likeness is not perfect.)
#
# ## What each trick costs, and what it gives
#
# One minute with one seed proves nothing: we saw that in lesson 4. So we have trained each trick with **five seeds**, from tutorial D's settings to the course's recipe, changing one thing each time (the whole network, with its BN and without dropout, counts as one; the rate and `beta_1` go together). First we measured what a step of each costs on a machine with two cores: that says how many fit into a minute. Then we took those steps on a faster machine; the same number of steps gets just as far (not to the same picture: sums are rounded in another way).

# %% [markdown] lang="es"
# ### Ejercicio 5: ¿qué truco da más?
#
# De la receta del curso se quita **una** de estas cosas y se entrena otro minuto. ¿Sin cuál queda peor?
#
# **a)** la tasa que baja · **b)** la media de los pesos · **c)** los diez grupos de cada cifra · **d)** la etiqueta y los grupos · **e)** la normalización por lotes de G

# %% [markdown] lang="en"
# ### Exercise 5: which trick gives the most?
#
# From the course's recipe we take away **one** of these things, and train for another minute. Which one is missed most?
#
# **a)** the falling rate · **b)** the average of the weights · **c)** the ten groups of each digit · **d)** the label and the groups · **e)** G's batch normalization

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# Cada peldaño es el anterior con un cambio. «× 0.50» quiere decir que la distancia se queda en la mitad; entre corchetes, el intervalo del 95 %. Como es un cociente, el 1 hace aquí el papel que hacía el 0 en la lección 4: si está dentro del intervalo, con cinco semillas no se distingue de no haber hecho nada. (Se comparan medias geométricas; la columna de la distancia da medianas.)

# %% [markdown] lang="en"
# Each rung is the one before with one change. “× 0.50” means that the distance falls to half; in brackets, the 95% interval. As this is a ratio, 1 plays the part that 0 played in lesson 4: where it lies inside the interval, five seeds cannot tell the change from doing nothing. (Geometric means are compared; the distance column shows medians.)

# %%
tricks.show_rungs()

# %% [markdown] lang="es"
# ¿Qué nos ha llevado de la niebla a los dígitos? Lotes más pequeños y una red a la medida, que dan más de cien veces más pasos; una tasa más alta, con un `beta_1` menor; y la etiqueta, mejor por proyección que por un canal. Los veinte pasos por llamada y un ruido más corto ayudan un poco.
#
# Ni la tasa que baja ni la media de los pesos, tan recomendadas (también por nosotros, en las lecciones 2 y 3), han acortado aquí la distancia de un modo que se distinga del azar. (Cada una por su cuenta; quitar las dos a la vez no lo hemos probado.) Tampoco los diez grupos, una vez puesta la etiqueta, y cuestan un segundo de k-medias y un 18 % más por paso. ¿Por qué siguen en la receta? Porque la fijamos antes de medir, con lo que se suele recomendar, y no la hemos retocado después de ver la tabla.
#
# (El 100 % de «seguras» de la primera fila no es una errata: es la niebla de la lección 4, en la que el juez ve siempre la misma cifra.)

# %% [markdown] lang="en"
# What has brought us from fog to digits? Smaller batches and a network of the right size, which allow more than a hundred times as many steps; a higher rate, with a smaller `beta_1`; and the label, better by projection than by a channel. Twenty steps in one call and a shorter noise help a little.
#
# Neither the falling rate nor the averaged weights, much recommended (by us too, in lessons 2 and 3), have shortened the distance here in a way that can be told from chance. (Each on its own; we have not tried to take away both.) Nor have the ten groups, once the label is there, and they cost a second of k-means and 18% more per step. Why are they still in the recipe? Because we fixed it before measuring, from what is usually recommended, and have not touched it up after seeing the table.
#
# (The 100% of “confident” in the first row is no misprint: it is the fog of lesson 4, in which the judge always sees the same digit.)

# %% [markdown] lang="es"
# Ahora, la receta del curso con una sola cosa cambiada, de lo que más ayuda a lo que más estropea. Algunos nombres son nuevos. *Relativista*: D no puntúa cada imagen, sino cuánto más real parece una real que una falsa. *R1 y R2*: D paga si su logit cambia de golpe cuando la imagen cambia un poco. *Bisagra*: otra pérdida, que deja de empujar a D cuando ya acierta con holgura. *Normalización espectral*: limita cuánto puede amplificar cada capa de D. *Desviación del lote*: D ve también lo distintas que son entre sí las imágenes del lote. *Depth-to-space*: cuatro canales pasan a ser un cuadrado de 2×2 píxeles. El código y casi todos los artículos están en `course_utils/experiments/minute.py`.
#
# Son tantas filas que alguno de estos intervalos dejará fuera el 1 por pura casualidad: fíate de los que quedan lejos.

# %% [markdown] lang="en"
# Now the course's recipe with a single thing changed, from what helps most to what harms most. Some names are new. *Relativistic*: D does not score each image, but how much more real a real one looks than a fake. *R1 and R2*: D pays if its logit changes abruptly when the image changes a little. *Hinge*: another loss, which stops pushing D once it is right by a margin. *Spectral normalization*: limits how much each layer of D can amplify. *Minibatch standard deviation*: D also sees how different the images of a batch are from one another. *Depth-to-space*: four channels become a square of 2×2 pixels. The code and nearly all the papers are in `course_utils/experiments/minute.py`.
#
# There are so many rows that one or other of these intervals will leave out 1 by mere chance: trust those that stay well away from it.

# %%
tricks.show_changes()

# %% [markdown] lang="es"
# En la distancia, la mayoría no se distinguen de no hacer nada, y se quedan en la tabla: saber qué **no** hace falta también ahorra tiempo. (La distancia no lo es todo: con la tasa constante el juez está más seguro, 98 % frente a 95 %, y los dibujos varían menos.) La que mejor queda es la relativista con R1 y R2, aunque cada paso cueste casi la mitad más. Pero su intervalo llega muy cerca del 1, y es la mejor de 28 filas: antes de fiarse harían falta semillas nuevas, como en la lección 4.
#
# Estropean mucho la normalización espectral, un ruido de 8 números y una tasa tres veces menor. (La lección 2 usa 8 números: con otra red, sin etiquetas y con más tiempo. Por eso se mide cada vez.) Y sin etiquetas, los cien grupos recuperan la mayor parte de lo perdido: la distancia baja de 4.8 a 0.8; con etiquetas, a 0.6. Eso sí: a esa red no se le puede pedir una cifra.
#
# La tabla habla de un minuto, de esta red y de MNIST: con una hora podrían ganar otros. ¿Y la misma red con menos tiempo y con más, con etiquetas y sin ellas?

# %% [markdown] lang="en"
# In the distance, most cannot be told from doing nothing, and they stay in the table: to know what is **not** needed saves time too. (The distance is not everything: with the constant rate the judge is surer, 98% against 95%, and the drawings vary less.) The relativistic loss with R1 and R2 comes out best, although each of its steps costs nearly half as much again. But its interval comes very close to 1, and it is the best of 28 rows: before trusting it you would want new seeds, as in lesson 4.
#
# Spectral normalization, a noise of 8 numbers and a rate three times smaller do much harm. (Lesson 2 uses 8 numbers: with another network, no labels and more time. That is why we measure again.) And without labels, the hundred groups win back most of what was lost: the distance falls from 4.8 to 0.8; with labels, to 0.6. But you cannot ask that network for a digit.
#
# The table is about one minute, this network and MNIST: with an hour, others might win. And the same network with less time and with more, with labels and without?

# %%
tricks.show_lengths()

# %% [markdown] lang="es"
# A los diez segundos, con etiquetas, ya es mejor que las lecciones 1 y 2, y al minuto, mejor que la 3. Y dos minutos sin etiquetas llegan adonde llega uno con ellas.
#
# ## Récords
#
# ¿Se puede hacer mejor? Seguro. Una **receta** es un archivo pequeño que dice cómo entrenar; las del curso están en la carpeta `recipes`. Copia una, cambia algo y ejecuta `make record RECIPE=recipes/yours.py` en una terminal: entrena un minuto con cada una de cinco semillas, mide con el juez congelado y dice en qué puesto queda. CONTRIBUTING.md (en inglés) explica cómo enviar la tuya. Estos son los récords publicados, entrenados de verdad durante un minuto en dos núcleos:

# %% [markdown] lang="en"
# After ten seconds, with labels, it is already better than lessons 1 and 2, and after a minute better than lesson 3. And two minutes without labels get to where one minute gets with them.
#
# ## Records
#
# Can it be done better? Certainly. A **recipe** is a small file that says how to train; those of the course lie in the folder `recipes`. Copy one, change something, and run `make record RECIPE=recipes/yours.py` in a terminal: it trains for one minute with each of five seeds, measures with the frozen judge, and tells you where it ranks. CONTRIBUTING.md explains how to send yours. These are the published records, really trained for a minute on two cores:

# %%
tricks.show_records()

# %% [markdown] lang="es"
# ### Ejercicio 6: gánale a la receta
#
# Para probar una idea no hace falta un minuto. Escribe una función que reciba los ajustes de la receta y los devuelva con **un** cambio: `settings._replace(name=value)` devuelve una copia con ese valor cambiado; los nombres son los de `Settings`. Antes de entrenar, apunta qué esperas. (Si no escribes nada, se prueban lotes de 16.)

# %% [markdown] lang="en"
# ### Exercise 6: beat the recipe
#
# You do not need a minute to try an idea. Write a function that takes the settings of the recipe and returns them with **one** change: `settings._replace(name=value)` returns a copy with that value changed; the names are those of `Settings`. Before you train, write down what you expect. (If you write nothing, batches of 16 are tried.)


# %% tags=["exercise", "nbval-check-output"]
def mine(settings):
    return settings._replace(...)


mine = q6.use(mine)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# Ahora se enfrentan: diez segundos cada entrenamiento, con las mismas semillas. Ojo: lo mejor en diez segundos no tiene por qué serlo en un minuto.

# %% [markdown] lang="en"
# Now the two compete: ten seconds of training each, with the same seeds. Bear in mind that what is best in ten seconds need not be best in a minute.

# %%
ten_seconds, seeds = budget(smoke=1, workshop=10, full=10), budget(smoke=(1,), workshop=(1, 2, 3), full=(1, 2, 3))


def distance(settings, seed):
    # es: Devuelve la memoria del entrenamiento anterior.
    # en: Gives back the memory of the training before.
    gc.collect()
    short = Training(dataset.x_train, dataset.y_train, seed, settings)
    generator, _ = records.train(short, records.Clock(ten_seconds))
    found = evaluation.frechet_distance(
        real.features, judge.look(evaluation.draw(generator, len(real.features))).features
    )
    print(f"{found:6.2f}", end="", flush=True)
    return found


def distances(settings):
    found = [distance(settings, seed) for seed in seeds]
    print()
    return found


if records.can_read(dataset):
    change = mine(Settings())
    print(L("la receta", "the recipe"))
    recipe = distances(Settings())
    print(
        L("el cambio: ", "the change: ")
        + str([name for name in change._fields if getattr(change, name) != getattr(Settings(), name)])
    )
    changed = distances(change)
    if max(changed) < min(recipe):
        print(
            L(
                "Todas las semillas del cambio ganan a todas las de la receta. Con tres y tres, por puro azar pasa una vez de cada veinte.",
                "All seeds of the change beat all of the recipe's. With three and three, that happens by mere chance one time in twenty.",
            )
        )
    elif min(changed) > max(recipe):
        print(
            L(
                "Esta vez gana la receta, y eso también es un resultado.",
                "This time the recipe wins, and that is a result too.",
            )
        )
    else:
        print(L("Las semillas se mezclan: con tan pocas no se puede saber.", "The seeds overlap: so few cannot tell."))

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - El tiempo de una red grande se va en multiplicar; el de una pequeña, también en lo que la rodea. Antes de cambiar nada, mide.
# - Una red a la medida y lotes pequeños dan más de cien veces más pasos por minuto, y en un minuto eso es lo que más cuenta.
# - La etiqueta en las dos redes hace que G obedezca, y de paso que dibuje mejor. Si faltan las etiquetas, unos grupos hechos por la máquina las suplen en buena parte: dibuja casi igual de bien, pero no obedece.
# - Cada truco tiene un coste y un efecto, y los dos se miden con varias semillas. Muchos, incluso famosos, aquí no se distinguen del azar.
#
# ## Fuentes
#
# - Mehdi Mirza y Simon Osindero, [*Conditional Generative Adversarial Nets*](https://arxiv.org/abs/1411.1784), 2014.
# - Takeru Miyato y Masanori Koyama, [*cGANs with Projection Discriminator*](https://arxiv.org/abs/1802.05637), 2018.
# - Steven Liu, Tongzhou Wang, David Bau, Jun-Yan Zhu y Antonio Torralba, [*Diverse Image Generation via Self-Conditioned GANs*](https://arxiv.org/abs/2006.10728), 2020: grupos en lugar de etiquetas.
# - Yasin Yazıcı y otros, [*The Unusual Effectiveness of Averaging in GAN Training*](https://arxiv.org/abs/1806.04498), 2018: la media de los pesos.
# - Martin Heusel y otros, [*GANs Trained by a Two Time-Scale Update Rule*](https://arxiv.org/abs/1706.08500), 2017: dos tasas, y la distancia de Fréchet.
# - Yiwen Huang y otros, [*The GAN is dead; long live the GAN!*](https://arxiv.org/abs/2501.05441), 2024: la pérdida relativista con R1 y R2.
# - Michaël Mathieu, Mikael Henaff y Yann LeCun, [*Fast Training of Convolutional Networks through FFTs*](https://arxiv.org/abs/1312.5851), 2013: convoluciones con transformadas de Fourier.
# - El tutorial D es [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), de la documentación de TensorFlow.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A large network spends its time multiplying; a small one, also on what lies around it. Measure before you change anything.
# - A network of the right size and small batches allow more than a hundred times as many steps in a minute, and in a minute that counts most.
# - The label in both networks makes G obey and, as a bonus, draw better. Where labels are missing, groups that the machine makes itself stand in for them to a large extent: it draws almost as well, but it does not obey.
# - Each trick has a cost and an effect, and both are measured with several seeds. Many of them, even famous ones, cannot be told from chance here.
#
# ## Sources
#
# - Mehdi Mirza and Simon Osindero, [*Conditional Generative Adversarial Nets*](https://arxiv.org/abs/1411.1784), 2014.
# - Takeru Miyato and Masanori Koyama, [*cGANs with Projection Discriminator*](https://arxiv.org/abs/1802.05637), 2018.
# - Steven Liu, Tongzhou Wang, David Bau, Jun-Yan Zhu and Antonio Torralba, [*Diverse Image Generation via Self-Conditioned GANs*](https://arxiv.org/abs/2006.10728), 2020: groups in the place of labels.
# - Yasin Yazıcı and others, [*The Unusual Effectiveness of Averaging in GAN Training*](https://arxiv.org/abs/1806.04498), 2018: the average of the weights.
# - Martin Heusel and others, [*GANs Trained by a Two Time-Scale Update Rule*](https://arxiv.org/abs/1706.08500), 2017: two rates, and the Fréchet distance.
# - Yiwen Huang and others, [*The GAN is dead; long live the GAN!*](https://arxiv.org/abs/2501.05441), 2024: the relativistic loss with R1 and R2.
# - Michaël Mathieu, Mikael Henaff and Yann LeCun, [*Fast Training of Convolutional Networks through FFTs*](https://arxiv.org/abs/1312.5851), 2013: convolutions by Fourier transforms.
# - Tutorial D is [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), from TensorFlow's documentation.
