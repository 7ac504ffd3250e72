# ---
# title:
#   es: 7 · Una GAN en un minuto
#   en: 7 · A GAN in a minute
# ---

# %% [markdown] lang="es"
# # 7 · Una GAN en un minuto
#
# «¿Cuánto va a tardar?» es lo primero que se pregunta, y lo primero que decepciona es el dibujo que sale tras cinco minutos de espera. Hoy vas a entrenar una GAN en **un minuto**, en dos núcleos corrientes y sin GPU, y dibujará mejor que todas las de las lecciones anteriores. Además hará algo que ellas no saben: escribir la cifra que tú le pidas.
#
# **En esta lección vas a:**
#
# 1. medir en qué se va el tiempo de un paso, capa por capa y fuera de las capas;
# 2. ahorrarlo: una red a la medida y muchos pasos por llamada;
# 3. escribir una media de pesos y una entrada con etiqueta;
# 4. ver, truco a truco y con cinco semillas, cuánto cuesta y cuánto da cada uno;
# 5. pedirle a tu generador que escriba un año, y batir un récord.
#
# **Tiempo:** unos 60 minutos; en un portátil de dos núcleos, unos 5 son de espera. **Necesitas:** haber hecho la lección 3. (La 4 ayuda a entender cómo se mide.)

# %% [markdown] lang="en"
# # 7 · A GAN in a minute
#
# “How long will it take?” is the first thing everybody asks, and the first disappointment is the picture that comes after five minutes of waiting. Today you will train a GAN in **one minute**, on two ordinary cores and without a GPU, and it will draw better than all those of the earlier lessons. It will also do something they cannot: write the digit that you ask for.
#
# **In this lesson you will:**
#
# 1. measure where the time of a step goes, layer by layer and outside the layers;
# 2. save it: a network of the right size, and many steps in one call;
# 3. write an average of weights, and an input with a label;
# 4. see, trick by trick and with five seeds, what each one costs and what it gives;
# 5. ask your generator to write a year, and beat a record.
#
# **Time:** about 60 minutes; on a two-core laptop about 5 of them are waiting. **You need:** to have done lesson 3. (Lesson 4 helps to understand how we measure.)

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir. Cada columna es una cifra que se ha pedido, y cada fila, un mismo ruido: una misma letra. Lo dibujó esta lección cuando se publicó, tras un minuto de entrenamiento en dos núcleos.

# %% [markdown] lang="en"
# This is what you are going to make. Each column is a digit that was asked for, and each row one and the same noise: one handwriting. This lesson drew it when it was published, after one minute of training on two cores.

# %%
import time
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import costs, data, evaluation, fast_convolution, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import pretrained, records, tricks
from course_utils.folders import out_folder, pretty_path
from course_utils.lessons import lesson_3
from course_utils.progress import Countdown
from course_utils.questions.lesson_7 import q1, q2, q3, q4, q5, q6

plots.show_promise("07_gan_in_a_minute")

# %% [markdown] lang="es"
# ## ¿En qué se va el tiempo?
#
# Empecemos por el paso de la lección 3 con la red del tutorial D, sin cambiarle nada: lotes de 256 y su GPU… que aquí quizá no está. ¿Cuántos pasos caben en un minuto de tu máquina? `milliseconds` cronometra una llamada. La primera no cuenta, porque en ella se traza.

# %% [markdown] lang="en"
# ## Where does the time go?
#
# Let us start with the step of lesson 3 and tutorial D's network, with nothing changed: batches of 256, and its GPU… which may not be here. How many steps fit into a minute of your machine? `milliseconds` times a call. The first one does not count, because that is where tracing happens.

# %%
dataset = data.load("mnist")
print(dataset.origin)


def milliseconds(call, seconds=1.0):
    call()
    calls, start = 0, time.perf_counter()
    while calls == 0 or time.perf_counter() - start < seconds:
        call()
        calls += 1
    return 1000 * (time.perf_counter() - start) / calls


keras.utils.set_random_seed(42)
networks_d = lesson_3.make_generator(), lesson_3.make_discriminator()
state = lesson_3.make_state(*networks_d, keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4))
batch_d = budget(smoke=32, workshop=256, full=256)
step_d, real_d = lesson_3.make_train_step(state, batch_d), next(iter(data.make_batches(dataset.x_train, batch_d)))
whole = milliseconds(lambda: step_d(real_d)["d_loss"].numpy())
print(f"{whole:.0f} ms → {60_000 / whole:.0f}")

# %% [markdown] lang="es"
# El segundo número son los pasos de un minuto. Una época de MNIST son 234 pasos de ese tamaño; el tutorial hace 50. Y los dígitos no se dejan leer hasta muchas épocas después.
#
# ### Capa por capa
#
# ¿Qué capas tienen la culpa? Pasemos un lote por el generador capa a capa, con el cronómetro en la mano. Al lado van las multiplicaciones que hace cada capa con una imagen. Antes de mirar la tabla, contesta.
#
# ### Ejercicio 1: la capa cara
#
# El generador del tutorial D tiene una capa densa de 1,254,400 pesos y tres convoluciones traspuestas. ¿Cuál tarda más?
#
# **a)** la densa, que es la que más pesos tiene · **b)** la primera traspuesta, de 256 a 128 canales en 7×7 · **c)** la segunda, de 128 a 64, que llega a 14×14 · **d)** la última, que dibuja los 28×28 píxeles

# %% [markdown] lang="en"
# The second number is the steps of a minute. An epoch of MNIST is 234 steps of that size; the tutorial makes 50. And the digits cannot be read until many epochs later.
#
# ### Layer by layer
#
# Which layers are to blame? Let us send a batch through the generator layer by layer, stopwatch in hand. Beside each stand the multiplications it makes for one image. Before you look at the table, answer.
#
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
    compute = tf.function(layer)
    ms = milliseconds(lambda x=x, compute=compute: compute(x).numpy(), seconds=0.3)
    rows.append([type(layer).__name__, f"{count / 1e6:.2f}" if count else "", f"{ms:.1f}"])
    x = compute(x)
plots.show_table([L("capa", "layer"), L("millones de multiplicaciones", "million multiplications"), "ms"], rows)

# %% [markdown] lang="es"
# El tiempo sigue a las **multiplicaciones**, no a los pesos: la densa usa cada peso una vez por imagen; una convolución, una vez por píxel. (Las capas que no multiplican tampoco son gratis: leen y escriben todos sus números.)
#
# ### Las mismas convoluciones, más deprisa
#
# ¿Y si se calcula lo mismo de otra manera? Después de una transformada de Fourier, una convolución no es más que un producto: es el **teorema de convolución**. En imágenes de 7×7 ese camino necesita menos de la cuarta parte de las multiplicaciones. `fast_convolution.faster` devuelve una red que lo toma en la CPU, en las capas que salen ganando. Lo usó la lección 3. Probémoslo con la capa más cara:

# %% [markdown] lang="en"
# Time follows the **multiplications**, not the weights: the dense layer uses each weight once per image; a convolution, once per pixel. (Layers that multiply nothing are not free either: they read and write all their numbers.)
#
# ### The same convolutions, faster
#
# What if the same thing is computed in another way? After a Fourier transform a convolution is nothing more than a product: that is the **convolution theorem**. On images of 7×7 that route needs less than a quarter of the multiplications. `fast_convolution.faster` returns a network that takes it on the CPU, in the layers that gain from it. Lesson 3 used it. Let us try it on the most expensive layer:

# %%
wide = keras.Sequential([keras.Input((7, 7, 256)), layers.Conv2DTranspose(128, 5, padding="same", use_bias=False)])
features = keras.random.normal((batch_d, 7, 7, 256), seed=1)
quick = fast_convolution.faster(wide)
results = []
for way, model in {"Keras": wide, "Fourier": quick}.items():
    compute = tf.function(model)
    results.append(compute(features).numpy())
    print(f"{way:8} {milliseconds(lambda compute=compute: compute(features).numpy(), seconds=0.5):5.0f} ms")

difference = np.abs(results[0] - results[1]).max() / np.abs(results[0]).max()
print(f"{difference:.0e}")
assert difference < 1e-5
if quick is wide:
    print(L("Aquí hay una GPU: no se ha cambiado nada.", "There is a GPU here: nothing has been changed."))

# %% [markdown] lang="es"
# El último número es la mayor diferencia entre los dos resultados, en proporción al mayor valor: redondeo.
#
# ¿Y con números más pequeños? Algunos procesadores multiplican números de 16 bits (*bfloat16*) mucho más deprisa que los de 32: las GPU de hoy y unas pocas CPU. Keras los usa si se lo pides con `keras.mixed_precision.set_global_policy("mixed_bfloat16")`. En una máquina que no está hecha para ello, es más lento. No lo supongas; pregúntaselo a la tuya:

# %% [markdown] lang="en"
# The last number is the largest difference between the two results, as a share of the largest value: rounding.
#
# And with smaller numbers? Some processors multiply numbers of 16 bits (bfloat16) much faster than those of 32: today's GPUs, and a few CPUs. Keras uses them if you ask with `keras.mixed_precision.set_global_policy("mixed_bfloat16")`. On a machine that is not made for it, that is slower. Do not assume; ask yours:

# %%
kernel = keras.random.normal((5, 5, 64, 64), seed=1)
convolve, pictures, times = tf.function(tf.nn.conv2d), keras.random.normal((64, 14, 14, 64), seed=2), {}
for kind in ("float32", "bfloat16"):
    inputs = tf.cast(pictures, kind), tf.cast(kernel, kind)
    times[kind] = milliseconds(lambda inputs=inputs: convolve(*inputs, 1, "SAME").numpy(), seconds=0.5)
    print(f"{kind:9} {times[kind]:6.1f} ms")
print(
    L("Aquí, bfloat16 compensa.", "Here, bfloat16 pays.")
    if times["bfloat16"] < 0.8 * times["float32"]
    else L("Aquí, bfloat16 no compensa.", "Here, bfloat16 does not pay.")
)

# %% [markdown] lang="es"
# ### Fuera de las capas
#
# Un paso es más que sus capas. Midamos lo demás: Adam al aplicar los gradientes, preparar un lote, llamar desde Python a una función ya trazada que no hace nada, y dibujar la imagen con la que seguimos el entrenamiento.

# %% [markdown] lang="en"
# ### Outside the layers
#
# A step is more than its layers. Let us measure the rest: Adam when it applies the gradients, preparing a batch, calling from Python a traced function that does nothing, and drawing the picture with which we follow the training.

# %%
out = out_folder()
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
x_few = keras.random.normal((36, 100), seed=3)
plots.show_table(["", "ms"], [[name, f"{milliseconds(call, seconds=0.3):.2f}"] for name, call in outside.items()])

# %% [markdown] lang="es"
# Con una red tan grande, casi todo es calcular. Pero cuando la red sea pequeña, esos milisegundos de fuera serán una parte grande del paso, y habrá que ahorrarlos también.
#
# ### Ejercicio 2: la línea lenta
#
# Este bucle entrena una red pequeña, y cada paso tarda cien veces más de lo que debe. ¿Qué línea es la culpable?
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
# With a network this large, nearly everything is computing. But once the network is small, those milliseconds outside will be a large part of the step, and will have to be saved too.
#
# ### Exercise 2: the slow line
#
# This loop trains a small network, and each step takes a hundred times as long as it should. Which line is to blame?
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
# Un dígito de 28×28 no necesita 256 canales. Esta red tiene 12 y 24: la densa da un bloque de 7×7, y dos convoluciones traspuestas de núcleo 4 y salto 2 lo llevan a 28×28. El discriminador es su espejo. La parte de `classes`, para más tarde; con 0 no hace nada. (Con entradas opcionales, `Sequential` ya no sirve: la API funcional de Keras llama a cada capa con la salida de la anterior.)

# %% [markdown] lang="en"
# ## A network of the right size
#
# A digit of 28×28 does not need 256 channels. This network has 12 and 24: the dense layer gives a block of 7×7, and two transposed convolutions with kernel 4 and stride 2 bring it to 28×28. The discriminator is its mirror image. The part about `classes` is for later; with 0 it does nothing. (With optional inputs, `Sequential` will not do: in Keras's functional API each layer is called with the output of the one before.)


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
    return keras.Model(inputs, x, name="generator")


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
    return keras.Model(inputs, logit, name="discriminator")


# %%
keras.utils.set_random_seed(42)
networks = make_generator(), make_discriminator()
rows = []
for name, pair in {L("tutorial D", "tutorial D"): networks_d, L("a la medida", "the right size"): networks}.items():
    parameters = sum(model.count_params() for model in pair)
    millions = sum(sum(costs.multiplications(model)) for model in pair) / 1e6
    rows.append([name, f"{parameters:,}", f"{millions:.2f}"])
plots.show_table(
    ["", L("parámetros", "parameters"), L("millones de multiplicaciones", "million multiplications")], rows
)
assert networks[0].output_shape == (None, 28, 28, 1) and networks[1].output_shape == (None, 1)
assert millions < 0.5

# %% [markdown] lang="es"
# ## El paso
#
# Los gradientes se calculan como en la lección 3: dos cintas y dos pérdidas a partir de los logits, G con la no saturante. Cambian dos detalles de escritura. `softplus(x)` es $\log(1 + e^x)$, la entropía cruzada de un logit. Y `beside` junta una entrada con su etiqueta, si la hay; la explicamos más abajo.

# %% [markdown] lang="en"
# ## The step
#
# The gradients are computed as in lesson 3: two tapes, and two losses from the logits, G's the non-saturating one. Two details are written differently. `softplus(x)` is $\log(1 + e^x)$, the cross-entropy of one logit. And `beside` puts an input next to its label, if there is one; that is explained further down.


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
# Con una red tan pequeña, lo de fuera pesa. Dentro de `tf.function`, un `for` sobre `tf.range` se convierte en un bucle del grafo: Python llama una vez y TensorFlow da veinte pasos solo. Los lotes se sacan ahí mismo, al azar, de un tensor con todo el conjunto de datos en bytes. ¿Cuánto se gana? Aquí va el mismo paso de D y G, llamado de uno en uno y de veinte en veinte:

# %% [markdown] lang="en"
# ### Many steps in one call
#
# With a network this small, what is outside weighs. Inside `tf.function`, a `for` over `tf.range` becomes a loop of the graph: Python calls once, and TensorFlow makes twenty steps on its own. The batches are taken right there, at random, from a tensor with the whole data set in bytes. How much does it save? Here is the same step of D and G, called one by one and twenty at a time:

# %%
optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)
for optimizer, model in zip(optimizers, networks, strict=True):
    optimizer.build(model.trainable_variables)
all_images = tf.constant(dataset.x_train[..., None])


def one_step():
    chosen = tf.random.uniform((32,), maxval=len(all_images), dtype=tf.int32)
    real_images = tf.cast(tf.gather(all_images, chosen), tf.float32) / 127.5 - 1
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
plots.show_table(["", L("ms por paso", "ms a step")], rows)
assert small < whole

# %% [markdown] lang="es"
# ## Pasos largos al principio, finos al final
#
# Los mejores ajustes de un minuto no son los de una hora. Aquí los pasos son **treinta veces más largos** que en el tutorial D: una tasa de aprendizaje de 0.003 en lugar de 0.0001. Y, como se suele recomendar, va bajando: cae como un coseno hasta la vigésima parte cuando el tiempo se acaba. Sea $t$ la parte del tiempo que ya ha pasado, de 0 a 1:
#
# $$\text{tasa}(t) = \text{tasa} \cdot \left(0.05 + 0.95 \cdot \frac{1 + \cos \pi t}{2}\right)$$
#
# ## Una media de pesos
#
# Otra recomendación famosa. Las dos redes se persiguen, y los pesos de G van de acá para allá alrededor de un buen sitio. La **media móvil exponencial** de los pesos (*exponential moving average*, EMA) se queda en el medio. G entrena como siempre; al lado se guarda una copia que se acerca un poquito a G en cada paso, y al final se dibuja con la copia. Con una constante $d$ cerca de 1:
#
# $$\text{media} \leftarrow d \cdot \text{media} + (1 - d) \cdot \text{peso}$$
#
# Se elige por su **semivida**: los pasos tras los que un peso antiguo cuenta la mitad. Con una semivida $h$, $d = 0.5^{1/h}$. ¿Y la BN? Sus medias y varianzas acumuladas también son variables de la red: se promedian con las demás, para que casen con los pesos promediados. (¿Compensan las dos cosas en un minuto? No lo demos por hecho: más abajo se mide.)
#
# ### Ejercicio 3: escribe la media
#
# `average` y `variables` son dos listas de variables de TensorFlow, en el mismo orden. Cambia cada una de la primera con `assign`. La función no devuelve nada que haga falta, pero termina con `return average` para que se vea qué ha hecho.

# %% [markdown] lang="en"
# ## Long steps at first, fine ones at the end
#
# The best settings for a minute are not those for an hour. Here the steps are **thirty times as long** as tutorial D's: a learning rate of 0.003 instead of 0.0001. And, as is often recommended, it falls: like a cosine, to a twentieth when time is up. Let $t$ be the part of the time that has passed, from 0 to 1:
#
# $$\text{rate}(t) = \text{rate} \cdot \left(0.05 + 0.95 \cdot \frac{1 + \cos \pi t}{2}\right)$$
#
# ## An average of weights
#
# Another famous recommendation. The two networks chase each other, and G's weights swing to and fro around a good place. The **exponential moving average** (EMA) of the weights stays in the middle. G trains as ever; beside it we keep a copy that moves a tiny bit towards G at every step, and in the end we draw with the copy. With a constant $d$ close to 1:
#
# $$\text{average} \leftarrow d \cdot \text{average} + (1 - d) \cdot \text{weight}$$
#
# It is chosen by its **half-life**: the steps after which an old weight counts half as much. With a half-life of $h$, $d = 0.5^{1/h}$. And BN? The means and variances it gathers are variables of the network too: they are averaged with the others, so that they fit the averaged weights. (Do the two pay in one minute? Let us not take it for granted: further down it is measured.)
#
# ### Exercise 3: write the average
#
# `average` and `variables` are two lists of TensorFlow variables, in the same order. Change each of the first with `assign`. Nothing needs what the function returns, but it ends with `return average`, to show what it has done.


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
# Hasta ahora G dibujaba lo que quería. Para que obedezca hay que decirles la **etiqueta** a las dos redes. A G, junto al ruido, como un vector de ceros con un uno en su sitio (*one-hot*). Y a D, porque si no, a G no le costaría nada desobedecer: D tiene que juzgar si la imagen es real **y además** es de la clase que se dice.
#
# ¿Por qué ayuda tanto, también a dibujar bien? Porque G ya no puede olvidarse de una cifra (se la van a pedir), y D puede señalarle los fallos de cada una por separado. Cuesta poco: unos pesos más. Pero exige saber las etiquetas.
#
# ### Ejercicio 4: la entrada de G
#
# Escribe la función que prepara esa entrada: a cada ruido, de forma $(n, 32)$, le pega su etiqueta de diez números. `digits` es una lista de $n$ cifras.

# %% [markdown] lang="en"
# ## “Write a 7”
#
# So far G drew whatever it liked. To make it obey, both networks have to be told the **label**. G gets it beside its noise, as a vector of zeros with a one in its place (one-hot). And D gets it because otherwise disobeying would cost G nothing: D has to judge whether the image is real **and also** of the class that it is said to be.
#
# Why does it help so much with drawing well, too? Because G cannot forget a digit any more (it will be asked for it), and D can point out the faults of each one separately. It costs little: some more weights. But the labels have to be known.
#
# ### Exercise 4: G's input
#
# Write the function that prepares this input: it puts beside each noise, of shape $(n, 32)$, its label of ten numbers. `digits` is a list of $n$ digits.


# %% tags=["exercise", "nbval-check-output"]
def with_label(noise, digits):
    return ...


q4.check(with_label)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ### ¿Y dónde se le dice a D?
#
# Mehdi Mirza y Simon Osindero (2014) **concatenaron** la etiqueta a la entrada de D. En una red convolucional se suele hacer con un canal más: una capa densa convierte la etiqueta en una «imagen» de 28×28, y D ve dos canales.

# %% [markdown] lang="en"
# ### And where is D told?
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
# Takeru Miyato y Masanori Koyama (2018) lo dicen al final, con una **proyección**. Sea $f$ lo que D ha visto en la imagen (la salida de `Flatten`). El logit es una opinión sobre cualquier imagen más otra sobre esa clase $y$, con un vector aprendido $v_y$ para cada una:
#
# $$x = w \cdot f + b + v_y \cdot f$$
#
# Es la línea `logit += …` de `make_discriminator`: una densa da los productos $v \cdot f$ de todas las clases, y el producto con la etiqueta se queda con el suyo. ¿Por qué no concatenar la etiqueta a $f$, que sería aún más fácil? Porque una capa lineal solo le sumaría un número por clase, $w \cdot f + b_y$: D daría más o menos crédito a un 7, pero no podría ver si la imagen **es** un 7.
#
# ## Diez maneras de escribir cada cifra
#
# Si las etiquetas ayudan tanto, ¿no ayudarían más si dijeran más? Hay sietes con raya y sin ella, doses con lazo, y cifras muy inclinadas. Nadie los ha etiquetado, pero para eso está **k-medias** (*k-means*): reparte las imágenes de una cifra en diez grupos de dibujos parecidos. Empieza con diez imágenes al azar como centros; cada imagen va al centro más cercano y cada centro, a la media de las suyas. Diez rondas bastan. Mira solo imágenes reducidas a 14×14, y el reloj del minuto también cuenta este tiempo.

# %% [markdown] lang="en"
# Takeru Miyato and Masanori Koyama (2018) tell it at the end, by a **projection**. Let $f$ be what D has seen in the image (the output of `Flatten`). The logit is one opinion about any image plus another about this class $y$, with a learned vector $v_y$ for each:
#
# $$x = w \cdot f + b + v_y \cdot f$$
#
# That is the line `logit += …` in `make_discriminator`: a dense layer gives the products $v \cdot f$ of all classes, and the product with the label keeps its own. Why not concatenate the label to $f$, which would be even easier? Because a linear layer would only add one number per class to it, $w \cdot f + b_y$: D would give more or less credit to a 7, but could not see whether the image **is** a 7.
#
# ## Ten ways to write each digit
#
# If labels help so much, would they not help more if they said more? There are sevens with a bar and without, twos with a loop, and digits that lean far over. Nobody has labelled them, but that is what **k-means** is for: it sorts the images of one digit into ten groups of similar drawings. It begins with ten random images as centres; each image goes to the nearest centre, and each centre to the mean of its images. Ten rounds are enough. It looks only at images reduced to 14×14, and the clock of the minute counts this time too.


# %% tags=["export"]
def split(images, groups, seed, rounds=10):
    small = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4), dtype="float32").reshape(-1, 14 * 14)
    centres = small[np.random.default_rng(seed).choice(len(small), groups, replace=False)]
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
# La media de cada grupo de sietes: cada uno, una manera de escribirlo. Para las dos redes, «un 7 del grupo 3» será una clase, y habrá cien. Steven Liu y sus compañeros (2020) probaron la idea sin etiqueta ninguna, y eso haremos también nosotros: cien grupos de todas las imágenes, sin decir qué cifra es cada una.
#
# ¿Y al dibujar? Tú pides la cifra, y el grupo lo elige el azar: un número más del ruido, con la misma frecuencia con que los grupos aparecen en los datos. `make_drawer` construye esa red: con un ruido de 33 números y la cifra, dibuja.

# %% [markdown] lang="en"
# The mean of each group of sevens: each a way to write it. For both networks “a 7 of group 3” will be a class, and there will be a hundred. Steven Liu and colleagues (2020) tried the idea with no label at all, and so shall we: a hundred groups of all the images, without saying which digit each one is.
#
# And when drawing? You ask for the digit, and chance chooses the group: one more number of the noise, as often as the groups appear in the data. `make_drawer` builds that network: from a noise of 33 numbers and the digit, it draws.


# %% tags=["export"]
def make_drawer(generator, groups=1, digits=10):
    if groups == 1:
        return generator
    noise = keras.Input((generator.inputs[0].shape[1] + 1,), name="noise")
    # es: Del último número del ruido, normal, otro entre 0 y 1, todos igual de probables.
    # en: From the last number of the noise, a normal one, another between 0 and 1, all equally likely.
    chance = 0.5 + 0.5 * keras.ops.erf(noise[:, -1:] / 2**0.5)
    digit = keras.Input((digits,), name="label") if digits else keras.ops.ones_like(chance)
    # es: Dónde empieza cada grupo entre 0 y 1. El último que queda por debajo es el elegido.
    # en: Where each group begins between 0 and 1. The last one that lies below is chosen.
    edges = layers.Dense(groups, use_bias=False, trainable=False, name="edges")(digit)
    below = keras.ops.cast(chance >= edges, "float32")
    group = below - keras.ops.pad(below[:, 1:], ((0, 0), (0, 1)))
    label = layers.Flatten()(digit[:, :, None] * group[:, None, :])
    inputs = [noise, digit] if digits else [noise]
    return keras.Model(inputs, generator([noise[:, :-1], label]), name="drawer")


# %% [markdown] lang="es"
# ## Todo junto
#
# `Settings` son los ajustes, y sus valores, los del récord. `Training` es un entrenamiento: `prepare` hace los grupos; `run` da veinte pasos y recibe qué parte del tiempo ha pasado; `finish` devuelve la red que dibuja. En `many_steps` reconocerás todo lo anterior. Al principio, la semivida de la media es corta (la cuarta parte de los pasos dados), para que no se acuerde de los pesos del azar.

# %% [markdown] lang="en"
# ## All together
#
# `Settings` are the settings, and their values those of the record. `Training` is a training: `prepare` makes the groups; `run` makes twenty steps and is told what part of the time has passed; `finish` returns the network that draws. In `many_steps` you will recognise all of the above. At first the half-life of the average is short (a quarter of the steps made), so that it does not remember the random weights.


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


class Training:
    def __init__(self, images, labels=None, seed=1, settings=None, gradients=non_saturating, networks=make_networks):
        keras.utils.set_random_seed(seed)
        self.settings = settings = settings or Settings()
        self.images, self.labels, self.seed, self.gradients = images, labels, seed, gradients
        self.digits = 0 if labels is None else 10
        classes = settings.groups * max(1, self.digits)
        self.classes = classes if classes > 1 else 0
        self.generator, self.discriminator = networks(settings, self.classes)
        self.g_optimizer = keras.optimizers.Adam(settings.g_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
        self.d_optimizer = keras.optimizers.Adam(settings.d_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.average = [tf.Variable(variable) for variable in self.generator.variables]
        self.source, self.done, self.decay = tf.random.Generator.from_seed(seed), tf.Variable(0), tf.Variable(0.0)
        self.pixels = tf.constant(images[..., None])
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
            class_of[chosen] = digit * groups + (split(self.images[chosen], groups, self.seed) if groups > 1 else 0)
        self.class_of.assign(class_of)

    def many_steps(self):
        size = self.settings.batch_size
        for _ in tf.range(self.settings.steps):
            chosen = self.source.uniform((size,), maxval=len(self.images), dtype=tf.int32)
            noise = self.source.normal((size, self.settings.latent_dim))
            real_images = tf.cast(tf.gather(self.pixels, chosen), tf.float32) / 127.5 - 1
            label = tf.one_hot(tf.gather(self.class_of, chosen), self.classes) if self.classes else None
            g_gradients, d_gradients = self.gradients(self.generator, self.discriminator, real_images, label, noise)
            self.g_optimizer.apply(g_gradients, self.generator.trainable_variables)
            self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)
            update_average(self.average, self.generator.variables, self.decay)

    def run(self, part):
        settings = self.settings
        fall = settings.last_rate + (1 - settings.last_rate) * (1 + np.cos(np.pi * min(part, 1))) / 2
        self.g_optimizer.learning_rate.assign(settings.g_rate * fall)
        self.d_optimizer.learning_rate.assign(settings.d_rate * fall)
        half_life = min(settings.half_life, 1 + int(self.done) / 4)
        self.decay.assign(0.5 ** (1 / half_life) if half_life else 0.0)
        self.train_steps()
        self.done.assign_add(settings.steps)

    def finish(self):
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
# El reloj es `Clock`, el de los récords: el minuto se acaba cuando han pasado 60 segundos o cuando tus núcleos han trabajado 120 entre todos, lo que llegue antes. Así un ordenador con muchos núcleos no juega con ventaja. Trazar el paso no cuenta: `warm_up` lo traza antes y deja todo como estaba. Cinco veces, y al final, nos guardamos una copia de los pesos promediados, para mirarla después.

# %% [markdown] lang="en"
# ## The minute
#
# The clock is `Clock`, that of the records: the minute is over when 60 seconds have passed, or when your cores have worked for 120 together, whichever comes first. That way a computer with many cores has no advantage. Tracing the step does not count: `warm_up` traces it first, and leaves everything as it was. Five times, and at the end, we keep a copy of the averaged weights, to look at it afterwards.

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
print(f"{clock.wall:.1f} s · {clock.core:.1f} " + L("s de núcleo", "core-seconds"))

# %% [markdown] lang="es"
# ¿Cuándo empezaron a leerse? Cada fila es un momento de ese minuto, con el mismo ruido y las diez cifras; la última, el final.

# %% [markdown] lang="en"
# When could you begin to read them? Each row is a moment of that minute, with the same noise and the ten digits; the last one is the end.

# %%
ten = [keras.random.normal((10, 32), seed=3), tf.one_hot(10 * np.arange(10), 100)]
rows = []
for _, weights in looks:
    training.generator.set_weights(weights)
    rows.append(training.generator(ten, training=False))
print(*(f"{moment:.0f} s" for moment, _ in looks), sep=" · ")
plots.show_grid(np.concatenate(rows))

# %% [markdown] lang="es"
# ## ¿Es mejor de verdad?
#
# Que lo diga un juez. El de los récords es el de la lección 4, con sus pesos **congelados** dentro del curso, para que midan igual todas las máquinas. Mira 10,000 dibujos con las diez cifras por igual. Las medidas son las de la lección 4: la distancia de Fréchet (cuanto menor, mejor), los dígitos **claros** (de los que el juez está seguro a más del 95 %) y la cifra más rara. Y una nueva: en cuántos dibujos la cifra que ve el juez es **la que se pidió**. Al lado, los generadores con los que acabaron las otras lecciones.

# %% [markdown] lang="en"
# ## Is it really better?
#
# Let a judge say so. The judge of the records is that of lesson 4, with its weights **frozen** inside the course, so that all machines measure alike. It looks at 10,000 drawings with as many of each digit. The measures are those of lesson 4: the Fréchet distance (the less, the better), the **clear** digits (of which the judge is more than 95 % sure) and the rarest digit. And a new one: in how many drawings the digit that the judge sees is **the one that was asked for**. Beside it, the generators with which the other lessons ended.

# %%
judge = records.frozen_judge()
real = judge.look(evaluation.real_images(dataset)[0])
measures = records.measure(drawer, judge, real)
others = {lesson: pretrained.card(lesson) for lesson in (1, 2, 3)}
rows = [[L(f"lección {lesson}", f"lesson {lesson}"), card["measures"]] for lesson, card in others.items()]
rows.append([L("tu minuto", "your minute"), measures])
headings = [L("distancia de Fréchet", "Fréchet distance"), L("claros", "clear"), L("la más rara", "rarest")]
plots.show_table(
    ["", *headings, L("obedece", "obeys")],
    [
        [
            name,
            f"{m['frechet']:.2f}",
            f"{m['confident']:.0%}",
            f"{m['rarest']:.1%}",
            f"{m['obeys']:.1%}" if "obeys" in m else "–",
        ]
        for name, m in rows
    ],
)
if dataset.name == "mnist" and steps >= 2000:
    assert measures["frechet"] < min(card["measures"]["frechet"] for card in others.values())
    assert measures["obeys"] > 0.95

# %% [markdown] lang="es"
# Compara con cuidado: tu generador ha visto las etiquetas y los otros tres no. (Y los otros se midieron sobre MNIST, con el presupuesto con el que se publicaron. Si has entrenado con los dígitos de reserva, la comparación no vale.)
#
# ## Escribe lo que quieras
#
# Cambia el número, y ejecuta la celda tantas veces como quieras: cada vez es otra letra. Todas las cifras llevan el mismo ruido.

# %% [markdown] lang="en"
# Compare with care: your generator has seen the labels, and the other three have not. (And those were measured on MNIST, with the budget with which they were published. If you have trained on the stand-in digits, the comparison does not hold.)
#
# ## Write what you like
#
# Change the number, and run the cell as often as you like: each time it is another handwriting. All the digits share the same noise.

# %%
number = "2026"


def write(number, noise=None):
    digits = [int(character) for character in str(number) if character in "0123456789"]
    assert digits, L("Escribe al menos una cifra del 0 al 9.", "Write at least one digit from 0 to 9.")
    noise = keras.random.normal((1, 33)) if noise is None else noise
    return drawer([tf.repeat(noise, len(digits), axis=0), tf.one_hot(digits, 10)], training=False)


for _ in range(3):
    plots.show_grid(write(number), columns=len(number), zoom=3)

# %% [markdown] lang="es"
# ¿Y qué pasa si el ruido es el mismo y cambia la cifra? Cada fila es un ruido y cada columna, una etiqueta. Fíjate en si la inclinación y el grosor pasan de una cifra a otra.

# %% [markdown] lang="en"
# And what happens if the noise stays the same and the digit changes? Each row is one noise, and each column one label. See whether slant and thickness go over from one digit to the next.

# %%
noises = keras.random.normal((10, 1, 33), seed=42)
images = np.concatenate([write("0123456789", noise) for noise in noises])
pixels.save_grid(images, out / "generated.png")
drawer.save(out / "generator.keras")
plots.show_grid(images)
print(pretty_path(out / "generator.keras"))

# %% [markdown] lang="es"
# El ruido ha aprendido lo que la etiqueta no dice: cómo se escribe. Nadie le pidió que separara lo uno de lo otro. (El último de los 33 números elige el grupo, y los grupos de dos cifras no tienen por qué parecerse: por eso el parecido no es perfecto.)
#
# ## Cuánto cuesta y cuánto da cada truco
#
# Un minuto con una semilla no prueba nada: lo sabes desde la lección 4. Así que entrenamos cada truco con **cinco semillas**, desde los ajustes del tutorial D hasta el récord, cambiando una sola cosa cada vez. Los pasos de cada uno son los que caben en un minuto de dos núcleos según lo que cuesta allí un paso; luego se dieron en una máquina más rápida, que con los mismos pasos llega al mismo sitio.
#
# ### Ejercicio 5: ¿qué truco da más?
#
# Partiendo del récord, se quita **una** de estas cosas y se entrena otro minuto. ¿Sin cuál queda peor?
#
# **a)** la tasa que baja · **b)** la media de pesos · **c)** los diez grupos de cada cifra · **d)** la etiqueta y los grupos · **e)** la normalización por lotes de G

# %% [markdown] lang="en"
# The noise has learnt what the label does not say: how it is written. Nobody asked it to keep the two apart. (The last of the 33 numbers chooses the group, and the groups of two digits need not look alike: that is why the likeness is not perfect.)
#
# ## What each trick costs, and what it gives
#
# One minute with one seed proves nothing: you know that from lesson 4. So we have trained each trick with **five seeds**, from tutorial D's settings to the record, changing a single thing each time. The steps of each are those that fit into a minute of two cores, by what a step costs there; then they were made on a faster machine, which arrives at the same place with the same steps.
#
# ### Exercise 5: which trick gives most?
#
# Start from the record, take away **one** of these things, and train for another minute. Which one is missed most?
#
# **a)** the falling rate · **b)** the average of weights · **c)** the ten groups of each digit · **d)** the label and the groups · **e)** G's batch normalization

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %%
tricks.show_rungs()

# %% [markdown] lang="es"
# Cada peldaño es el anterior con un cambio. «× 0.50» quiere decir que la distancia se queda en la mitad; entre corchetes, el intervalo del 95 %. Si contiene el 1, con cinco semillas no se distingue de no haber hecho nada.
#
# ¿Qué ha llevado del humo a los dígitos? Lotes más pequeños y una red a la medida, que dan más de cien veces más pasos; una tasa más alta, y la etiqueta. Ni la tasa que baja ni la media de pesos, tan recomendadas, han dado aquí nada que se distinga del azar. Y los diez grupos, con la etiqueta ya puesta, tampoco.
#
# Ahora, el récord con una sola cosa cambiada, de lo que más ayuda a lo que más estropea. Son tantas filas que alguno de estos intervalos dejará fuera el 1 por pura casualidad: fíate de los que quedan lejos.

# %% [markdown] lang="en"
# Each rung is the one before with one change. “× 0.50” means that the distance falls to half; in brackets, the 95 % interval. Where it contains 1, five seeds cannot tell it from having done nothing.
#
# What has led from smoke to digits? Smaller batches and a network of the right size, which make more than a hundred times as many steps; a higher rate, and the label. Neither the falling rate nor the averaged weights, recommended as they are, have given anything here that can be told from chance. Nor have the ten groups, once the label is there.
#
# Now the record with a single thing changed, from what helps most to what harms most. There are so many rows that one or other of these intervals will leave out 1 by mere chance: trust those that stay well away from it.

# %%
tricks.show_changes()

# %% [markdown] lang="es"
# La mayoría de los trucos no se distinguen de no hacer nada, y se quedan en la tabla: saber qué **no** hace falta también ahorra tiempo. La pérdida relativista con R1 y R2 compensa, aunque cada paso cueste casi la mitad más. Estropean mucho un ruido de 8 números y la normalización espectral. Y sin etiquetas, los cien grupos dan casi todo lo que daban ellas. (La tabla habla de un minuto, de esta red y de MNIST: con una hora podrían ganar otros.)
#
# ¿Y la misma red con menos tiempo y con más, con etiquetas y sin ellas?

# %% [markdown] lang="en"
# Most tricks cannot be told from doing nothing, and they stay in the table: to know what is **not** needed saves time too. The relativistic loss with R1 and R2 pays, although each of its steps costs nearly half as much again. A noise of 8 numbers and spectral normalization do much harm. And without labels, the hundred groups give nearly all that the labels gave. (The table is about one minute, this network and MNIST: with an hour, others might win.)
#
# And the same network with less time and with more, with labels and without?

# %%
tricks.show_lengths()

# %% [markdown] lang="es"
# ## Récords
#
# ¿Se puede hacer mejor? Seguro. Una **receta** es un archivo pequeño que dice cómo entrenar; las del curso están en la carpeta `recipes`. Cópiala, cambia algo y ejecuta `make record RECIPE=recipes/yours.py` en una terminal: entrena un minuto con cada una de cinco semillas, mide con el juez congelado y dice en qué puesto queda. Cómo enviar la tuya está en CONTRIBUTING.md. Estos son los récords publicados:

# %% [markdown] lang="en"
# ## Records
#
# Can it be done better? Surely. A **recipe** is a small file that says how to train; those of the course lie in the folder `recipes`. Copy one, change something, and run `make record RECIPE=recipes/yours.py` in a terminal: it trains for one minute with each of five seeds, measures with the frozen judge, and says which place it takes. CONTRIBUTING.md tells how to send yours. These are the published records:

# %%
tricks.show_records()

# %% [markdown] lang="es"
# ### Ejercicio 6: bate a la receta
#
# Para probar ideas no hace falta un minuto. Esta celda entrena la receta del curso y la tuya durante diez segundos, con tres semillas cada una, y las compara. Cambia **una** cosa, por ejemplo `Settings()._replace(batch_size=16)`. Ojo: lo mejor en diez segundos no tiene por qué serlo en un minuto.

# %% [markdown] lang="en"
# ### Exercise 6: beat the recipe
#
# You do not need a minute to try ideas. This cell trains the course's recipe and yours for ten seconds each, with three seeds, and compares them. Change **one** thing, for instance `Settings()._replace(batch_size=16)`. Mind that the best in ten seconds need not be the best in a minute.

# %% tags=["exercise"]
mine = Settings()
ten_seconds = budget(smoke=1, workshop=10, full=10)


def distances(settings):
    found = []
    for seed in (1, 2, 3):
        short = Training(dataset.x_train, dataset.y_train, seed, settings)
        generator, _ = records.train(short, records.Clock(ten_seconds))
        found.append(records.measure(generator, judge, real)["frechet"])
    return found


q6.check(mine, *([distances(Settings()), distances(mine)] if mine != Settings() else [..., ...]))

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - El tiempo de una red grande se va en multiplicar; el de una pequeña, también en todo lo que la rodea. Se mide antes de cambiar nada.
# - Una red a la medida y lotes pequeños dan más de cien veces más pasos por minuto, y en un minuto eso es lo que más cuenta.
# - La etiqueta en las dos redes hace que G obedezca, y de paso que dibuje mejor. Si faltan las etiquetas, los grupos las suplen.
# - Cada truco tiene un coste y un efecto, y los dos se miden con varias semillas. Muchos, también famosos, aquí no cambian nada.
#
# ## Fuentes
#
# - Mehdi Mirza y Simon Osindero, [*Conditional Generative Adversarial Nets*](https://arxiv.org/abs/1411.1784), 2014.
# - Takeru Miyato y Masanori Koyama, [*cGANs with Projection Discriminator*](https://arxiv.org/abs/1802.05637), 2018.
# - Steven Liu, Tongzhou Wang, David Bau, Jun-Yan Zhu y Antonio Torralba, [*Diverse Image Generation via Self-Conditioned GANs*](https://arxiv.org/abs/2006.10728), 2020: grupos en lugar de etiquetas.
# - Yasin Yazıcı y otros, [*The Unusual Effectiveness of Averaging in GAN Training*](https://arxiv.org/abs/1806.04498), 2018: la media de pesos.
# - Martin Heusel y otros, [*GANs Trained by a Two Time-Scale Update Rule*](https://arxiv.org/abs/1706.08500), 2017: dos tasas, y la distancia de Fréchet.
# - Yiwen Huang y otros, [*The GAN is dead; long live the GAN!*](https://arxiv.org/abs/2501.05441), 2024: la pérdida relativista con R1 y R2.
# - Michaël Mathieu, Mikael Henaff y Yann LeCun, [*Fast Training of Convolutional Networks through FFTs*](https://arxiv.org/abs/1312.5851), 2013: convolucionar con transformadas de Fourier.
# - El tutorial D es [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), de la documentación de TensorFlow.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A large network spends its time multiplying; a small one, also on everything around it. Measure before you change anything.
# - A network of the right size and small batches make more than a hundred times as many steps in a minute, and in a minute that counts most.
# - The label in both networks makes G obey and, by the way, draw better. Where labels are missing, groups stand in for them.
# - Each trick has a cost and an effect, and both are measured with several seeds. Many of them, famous ones too, change nothing here.
#
# ## Sources
#
# - Mehdi Mirza and Simon Osindero, [*Conditional Generative Adversarial Nets*](https://arxiv.org/abs/1411.1784), 2014.
# - Takeru Miyato and Masanori Koyama, [*cGANs with Projection Discriminator*](https://arxiv.org/abs/1802.05637), 2018.
# - Steven Liu, Tongzhou Wang, David Bau, Jun-Yan Zhu and Antonio Torralba, [*Diverse Image Generation via Self-Conditioned GANs*](https://arxiv.org/abs/2006.10728), 2020: groups in the place of labels.
# - Yasin Yazıcı and others, [*The Unusual Effectiveness of Averaging in GAN Training*](https://arxiv.org/abs/1806.04498), 2018: the average of weights.
# - Martin Heusel and others, [*GANs Trained by a Two Time-Scale Update Rule*](https://arxiv.org/abs/1706.08500), 2017: two rates, and the Fréchet distance.
# - Yiwen Huang and others, [*The GAN is dead; long live the GAN!*](https://arxiv.org/abs/2501.05441), 2024: the relativistic loss with R1 and R2.
# - Michaël Mathieu, Mikael Henaff and Yann LeCun, [*Fast Training of Convolutional Networks through FFTs*](https://arxiv.org/abs/1312.5851), 2013: convolving by Fourier transforms.
# - Tutorial D is [*Deep Convolutional Generative Adversarial Network*](https://www.tensorflow.org/tutorials/generative/dcgan), from TensorFlow's documentation.
