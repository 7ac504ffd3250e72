# ---
# title:
#   es: 2 · La DCGAN con Keras y la trampa del discriminador congelado
#   en: 2 · The DCGAN in Keras, and the trap of the frozen discriminator
# ---

# %% [markdown] lang="es"
# # 2 · La DCGAN con Keras y la trampa del discriminador congelado
#
# La red densa de la lección 1 aprendió a dibujar dígitos, pero los dejaba cubiertos de polvo. Hoy cambiamos sus capas por convoluciones. Y de paso resolvemos un caso: por qué el código de tantos tutoriales, ejecutado con el Keras de hoy, deja de entrenar sin dar un solo error.
#
# **En esta lección vas a:**
#
# 1. ver cómo una convolución encoge una imagen y cómo una traspuesta la agranda, casilla a casilla;
# 2. montar una DCGAN capa a capa;
# 3. provocar la trampa, predecir a quién atrapa y quedarte con un código que no puede caer en ella en silencio;
# 4. entrenar tu red, leer sus curvas y contar cuántos de sus dígitos se leen.
#
# **Tiempo:** unos 75 minutos; en un portátil de dos núcleos, con el presupuesto `workshop`, unos 5 o 6 son de espera. **Necesitas:** haber hecho la lección 1.

# %% [markdown] lang="en"
# # 2 · The DCGAN in Keras, and the trap of the frozen discriminator
#
# The fully connected network of lesson 1 learnt to draw digits, but left them covered in dust. Today we replace its layers with convolutions. On the way we solve a case: why the code of so many tutorials, run on today's Keras, stops training without a single error.
#
# **In this lesson you will:**
#
# 1. see how a convolution shrinks an image and how a transposed one enlarges it, square by square;
# 2. build a DCGAN layer by layer;
# 3. spring the trap, predict whom it catches, and keep code that cannot fall into it silently;
# 4. train your network, read its curves, and count how many of its digits can be read.
#
# **Time:** about 75 minutes; on a two-core laptop, with the `workshop` budget, 5 or 6 of them are waiting. **You need:** to have done lesson 1.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir. Lo dibujó esta misma lección cuando se publicó, con el presupuesto `workshop`, en un ordenador de dos núcleos y sin GPU. (Las líneas de aquí solo traen herramientas: no hace falta leerlas.)

# %% [markdown] lang="en"
# This is what you are going to make. It was drawn by this very lesson when it was published, with the `workshop` budget, on a computer with two cores and no GPU. (The lines here only bring in tools: you need not read them.)

# %%
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, diagrams, pixels, plots, turns
from course_utils.budgets import budget
from course_utils.experiments import figures, pretrained, records, trap
from course_utils.fitting import fit_to
from course_utils.folders import out_folder, pretty_path
from course_utils.lessons.lesson_1 import learn
from course_utils.monitor import Monitor
from course_utils.progress import estimate
from course_utils.questions.lesson_2 import q1, q2, q3, q4, q5, q6, q7

plots.show_promise("02_dcgan_train_on_batch")

# %% [markdown] lang="es"
# Y estos eran los dígitos de la lección 1. ¿Qué ha cambiado?

# %% [markdown] lang="en"
# And these were the digits of lesson 1. What has changed?

# %%
plots.show_grid(plots.promised_images("01_fully_connected_gan")[:30])

# %% [markdown] lang="es"
# Los trazos son ahora casi siempre continuos y el fondo está más limpio. La lección 1 contó los píxeles claros que no tienen ningún vecino claro, el «polvo», y señaló a un sospechoso: las capas densas, que no saben qué píxel está al lado de cuál. Si es cierto, una red que mira a los vecinos debería dejar mucho menos. Al final lo contaremos.
#
# ## Hacia abajo: la convolución con salto
#
# Una convolución (*convolution*) pasa una ventana pequeña, el **núcleo** (*kernel*), por toda la imagen. En cada parada multiplica los píxeles que ve por los pesos del núcleo y suma los productos. Los mismos pesos sirven en todas partes: la red aprende una sola vez qué es un borde, y no una vez por cada rincón. Una capa tiene muchos núcleos, sus *filtros*. Cada uno lee todos los canales de la entrada y produce una imagen, que es un **canal** de la salida.
#
# El **salto** (*stride*) es cuánto avanza la ventana. Con salto 2 se detiene en uno de cada dos píxeles, y el lado de la salida es la mitad. Este núcleo suma lo de arriba y resta lo de abajo. ¿Qué esperas ver?

# %% [markdown] lang="en"
# The strokes are now nearly always continuous and the background is cleaner. Lesson 1 counted the bright pixels without any bright neighbour, the “dust”, and named a suspect: dense layers, which do not know which pixel is next to which. If that is right, a network that looks at neighbours should leave much less. At the end we shall count it.
#
# ## Down: the strided convolution
#
# A convolution slides a small window, the **kernel**, over the whole image. At each stop it multiplies the pixels it sees by the kernel's weights and adds up the products. The same weights serve everywhere: the network learns only once what an edge is, and not again in every corner. A layer has many kernels, its *filters*. Each reads all the channels of the input and makes one image, which is a **channel** of the output.
#
# The **stride** is how far the window moves. With stride 2 it stops at every other pixel, and the side of the output is half as long. This kernel adds what is above and subtracts what is below. What do you expect to see?

# %%
dataset = data.load("mnist")
print(dataset.origin)
diagrams.show_strides(dataset.x_train[0], kernel=[[1, 1, 1], [0, 0, 0], [-1, -1, -1]], strides=(1, 2))

# %% [markdown] lang="es"
# Los bordes superiores salen en naranja (negativo) y los inferiores en morado (positivo); lo liso, en blanco. Con salto 2 se ve lo mismo con la cuarta parte de los píxeles. Así encoge D las imágenes: en lugar de seguir una regla fija, como hacen las capas de *pooling* («quédate con el mayor»), aprende él mismo qué conservar.
#
# `padding` dice qué pasa en el borde: `"same"` rodea la imagen de ceros y `"valid"` no añade nada. Con `"same"`, el lado de la salida es el de la entrada dividido entre el salto y redondeado hacia arriba: 28 → 14 → 7 → 4.
#
# %% [markdown] lang="en"
# Upper edges come out orange (negative) and lower ones purple (positive); flat areas come out white. With stride 2 you see the same with a quarter of the pixels. This is how D shrinks images: instead of a fixed rule, as pooling layers have (keep the largest), it learns by itself what to keep.
#
# `padding` says what happens at the border: `"same"` surrounds the image with zeros and `"valid"` adds nothing. With `"same"`, the side of the output is that of the input divided by the stride, rounded up: 28 → 14 → 7 → 4.
#
# %% [markdown] lang="es"
# ## Hacia arriba: la convolución traspuesta
#
# El generador hace el viaje contrario: de 7×7 tiene que llegar a 28×28. Una convolución traspuesta (*transposed convolution*) trabaja como un sello de goma. Por cada píxel de la entrada, **estampa** el núcleo entero, multiplicado por el valor del píxel, y avanza un salto. Donde dos estampas se pisan, se suman.
#
# Cabe en una función corta. `yield` nos deja ver la hoja después de cada estampa.

# %% [markdown] lang="en"
# ## Up: the transposed convolution
#
# The generator makes the opposite journey: from 7×7 it has to arrive at 28×28. A transposed convolution works like a rubber stamp. For each input pixel it **stamps** the whole kernel, multiplied by the value of the pixel, and moves on by one stride. Where two stamps overlap, they add up.
#
# It fits into a short function. `yield` lets us look at the sheet after each stamp.


# %%
def stamp(image, kernel, stride):
    size, side = len(kernel), (len(image) - 1) * stride + len(kernel)
    sheet = np.zeros((side, side), "float32")
    for row, column in np.ndindex(image.shape):
        top, left = row * stride, column * stride
        sheet[top : top + size, left : left + size] += image[row, column] * kernel
        yield sheet.copy()


# %% [markdown] lang="es"
# Una imagen pequeña, un núcleo, y la hoja tras 1, 2 y 16 estampas:

# %% [markdown] lang="en"
# A small image, a kernel, and the sheet after 1, 2 and 16 stamps:

# %%
image = np.array([[1, 2, 0, 1], [1, 1, 3, 0], [2, 0, 1, 1], [1, 1, 0, 2]], "float32")
kernel = np.array([[1, 1, 1, 1], [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1]], "float32")
sheets = list(stamp(image, kernel, stride=2))
titles = [L("imagen", "image"), L("núcleo", "kernel"), *(L(f"estampas: {n}", f"stamps: {n}") for n in (1, 2, 16))]
plots.show_arrays([image, kernel, sheets[0], sheets[1], sheets[15]], titles)

# %% [markdown] lang="es"
# La primera estampa es el núcleo tal cual, porque el primer píxel vale 1. La segunda, dos casillas a la derecha, vale el doble y pisa dos columnas de la primera. Al final, de 4×4 hemos pasado a 10×10.
#
# Si quieres jugar un rato (se puede saltar), cambia el lado del núcleo (aquí, lleno de unos), el salto y el número de estampas. ¿Cuándo dejan de pisarse? ¿Cuándo quedan huecos?

# %% [markdown] lang="en"
# The first stamp is the kernel as it is, because the first pixel is 1. The second, two squares to the right, is twice as strong and overlaps two columns of the first. In the end we have gone from 4×4 to 10×10.
#
# If you feel like playing for a while (it can be skipped), move the kernel, the stride and the number of stamps. When do they stop overlapping? When do gaps appear?

# %%
diagrams.show_stamps(stamp, image)

# %% [markdown] lang="es"
# No se pisan cuando el núcleo no es mayor que el salto, y si es menor quedan huecos.
#
# **La regla de las formas:** con entrada de lado $n$, núcleo de lado $k$ y salto $s$, la hoja entera (`padding="valid"`) mide $(n - 1)\,s + k$ cuando $k \geq s$ (si no, Keras deja $n\,s$). Con `padding="same"` Keras recorta los bordes hasta dejar $n\,s$. ¿Hace Keras lo mismo que nuestra función? (Basta con mirar el resultado: el código solo añade los ejes de lote y de canal, que Keras pide, y para `"same"` recorta una casilla por cada lado.)

# %% [markdown] lang="en"
# They do not overlap when the kernel is no larger than the stride, and if it is smaller there are gaps.
#
# **The shape rule:** for an input of side $n$, a kernel of side $k$ and stride $s$, the whole sheet (`padding="valid"`) has side $(n - 1)\,s + k$ when $k \geq s$ (otherwise Keras leaves $n\,s$). With `padding="same"` Keras trims the borders until $n\,s$ is left. Does Keras do the same as our function? (The result is enough: the code only adds the axes for the batch and the channel, which Keras asks for, and for `"same"` trims one square from each side.)

# %% tags=["nbval-check-output"]
for padding, ours in (("valid", sheets[-1]), ("same", sheets[-1][1:-1, 1:-1])):
    theirs = keras.ops.conv_transpose(image[None, :, :, None], kernel[:, :, None, None], 2, padding)
    assert np.array_equal(np.squeeze(theirs), ours)
    print(padding, ours.shape)

# %% [markdown] lang="es"
# Los mismos números, casilla por casilla.
#
# ### Ejercicio 1: tres lados
#
# Sin ejecutar nada: ¿cuánto mide el lado de la salida en cada caso?
#
# 1. `Conv2D(8, 5, strides=2, padding="same")` aplicada a una imagen de 25×25.
# 2. `Conv2DTranspose(8, 4, strides=2, padding="same")` aplicada a una de 16×16.
# 3. `Conv2DTranspose(8, 4, strides=2, padding="valid")` aplicada a una de 7×7.

# %% [markdown] lang="en"
# The same numbers, square by square.
#
# ### Exercise 1: three sides
#
# Without running anything: how long is the side of the output in each case?
#
# 1. `Conv2D(8, 5, strides=2, padding="same")` on an image of 25×25.
# 2. `Conv2DTranspose(8, 4, strides=2, padding="same")` on one of 16×16.
# 3. `Conv2DTranspose(8, 4, strides=2, padding="valid")` on one of 7×7.

# %% tags=["exercise", "nbval-check-output"]
first, second, third = ..., ..., ...
q1.check(first, second, third)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ### El tablero de ajedrez
#
# ¿Por qué un núcleo de 4 y no de 3 o de 5? Contemos cuántas estampas caen en cada casilla: basta con que cada píxel de una imagen llena de unos estampe un núcleo lleno de unos. Mira el centro de cada hoja: ¿cuál es uniforme?

# %% [markdown] lang="en"
# ### The checkerboard
#
# Why a kernel of 4, and not of 3 or 5? Let us count how many stamps land on each square: it is enough to let each pixel of an image of ones stamp a kernel of ones. Look at the middle of each sheet: which one is uniform?

# %%
sizes = (3, 4, 5)
counts = [list(stamp(np.ones((5, 5)), np.ones((k, k)), 2))[-1] for k in sizes]
plots.show_arrays(counts, [f"k = {k}, s = 2" for k in sizes])
assert (counts[1][4:-4, 4:-4] == 4).all()

# %% [markdown] lang="es"
# Con núcleo 4 y salto 2, todas las casillas del centro reciben 4 estampas. Con 3 y con 5, unas reciben más que otras, y el dibujo es un tablero de ajedrez (*checkerboard*). Si el tamaño del núcleo es un **múltiplo** del salto, el tablero no viene de fábrica. (Esto es cosa de las traspuestas, que estampan: en las convoluciones de D, el núcleo puede ser de 3 o de 5.)
#
# ¿Se nota de verdad? A capas sin entrenar, con sus pesos al azar, les damos 2000 bloques de ruido. Esto es lo intensa que sale cada casilla (su desviación típica):

# %% [markdown] lang="en"
# With kernel 4 and stride 2, every square in the middle receives 4 stamps. With 3 and 5 some receive more than others, and the drawing is a checkerboard. If the kernel size is a **multiple** of the stride, no checkerboard comes built in. (This concerns transposed convolutions, which stamp: in D's convolutions the kernel may well be of 3 or 5.)
#
# Does it really show? We give untrained layers, with their random weights, 2,000 blocks of noise. This is how strong each square comes out (its standard deviation):

# %%
keras.utils.set_random_seed(42)
diagrams.show_untrained(sizes, stride=2)

# %% [markdown] lang="es"
# Con 3 y con 5 las casillas intensas forman ya una rejilla. Con 4, en el centro, las diferencias son las del azar de los pesos.
#
# ### Ejercicio 2: ¿cuáles dejan el tablero?
#
# De estas parejas de núcleo y salto, ¿cuáles dibujan un tablero de ajedrez? Responde con sus letras, por ejemplo `"ab"`.
#
# **a)** k = 5, s = 2 · **b)** k = 6, s = 3 · **c)** k = 3, s = 2 · **d)** k = 2, s = 2 · **e)** k = 4, s = 3

# %% [markdown] lang="en"
# With 3 and 5 the strong squares form a grid already. With 4, in the middle, the differences come from nothing but the random weights.
#
# ### Exercise 2: which leave a checkerboard?
#
# Of these pairs of kernel and stride, which draw a checkerboard? Answer with their letters, for instance `"ab"`.
#
# **a)** k = 5, s = 2 · **b)** k = 6, s = 3 · **c)** k = 3, s = 2 · **d)** k = 2, s = 2 · **e)** k = 4, s = 3

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q2.check(answer)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# ## La normalización por lotes tiene dos modos
#
# Antes de montar la red hay que conocer una capa que le facilita el aprendizaje. La normalización por lotes (*batch normalization*, BN) resta a cada valor una media $\mu$ y lo divide entre una desviación típica $\sigma$. Después lo escala con $\gamma$ y lo desplaza con $\beta$, que se aprenden. ($\epsilon$ es un número pequeño que evita dividir entre 0.)
#
# $$\mathrm{BN}(x) = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# ¿De dónde salen $\mu$ y $\sigma$? (En una convolución, cada canal tiene las suyas.) Con `training=True`, del **lote que está viendo**. Con `training=False`, el modo de inferencia, de las **medias acumuladas** en pasos anteriores, que empiezan en 0 y 1; `momentum` dice cuánto de las viejas se conserva en cada paso. A una capa recién creada le damos un lote de media 5 y desviación 2. ¿Qué saldrá en cada modo? ¿Y tras cien lotes de entrenamiento?

# %% [markdown] lang="en"
# ## Batch normalization has two modes
#
# Before we build the network, meet a layer that makes learning easier for it. Batch normalization (BN) subtracts a mean $\mu$ from each value and divides by a standard deviation $\sigma$; then it scales by $\gamma$ and shifts by $\beta$, which are learnt. ($\epsilon$ is a small number that avoids a division by 0.)
#
# $$\mathrm{BN}(x) = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# Where do $\mu$ and $\sigma$ come from? (In a convolution each channel has its own.) With `training=True`, from the **batch at hand**. With `training=False`, inference mode, from the **averages gathered** in earlier steps, which start at 0 and 1; `momentum` says how much of the old ones each step keeps. We give a newly made layer a batch of mean 5 and standard deviation 2. What will come out in each mode? And after a hundred batches of training?


# %% tags=["nbval-check-output"]
def spread(values):
    return f"{abs(np.mean(values)):.1f} ± {np.std(values):.1f}"


batch = keras.random.normal((4096, 1), mean=5, stddev=2, seed=42)
bn = layers.BatchNormalization(momentum=0.9)
print("training=False:", spread(bn(batch, training=False)))
print("training=True:", spread(bn(batch, training=True)))
for _ in range(100):
    bn(batch, training=True)
print("100 × True, training=False:", spread(bn(batch, training=False)))

# %% [markdown] lang="es"
# (Cada línea es media ± desviación típica.) En inferencia, la capa nueva no hace casi nada: todavía no ha visto ningún lote. En entrenamiento deja media 0 y desviación 1. Tras cien lotes los dos modos coinciden.
#
# Falta el caso que nadie espera. **Una BN congelada funciona siempre en modo de inferencia, aunque le pidas `training=True`.** Con un lote desplazado diez unidades sigue usando las medias de antes, y el resultado queda a 5 desviaciones del 0:

# %% [markdown] lang="en"
# (Each line is mean ± standard deviation.) In inference the new layer does next to nothing: it has not seen any batch yet. In training it leaves mean 0 and standard deviation 1. After a hundred batches the two modes agree.
#
# There remains the case that nobody expects. **A frozen BN always works in inference mode, even if you ask for `training=True`.** Given a batch shifted by ten it still uses the earlier averages, and what comes out is about 5 standard deviations away from 0:

# %% tags=["nbval-check-output"]
bn.trainable = False
print(spread(bn(batch + 10, training=True)))

# %% [markdown] lang="es"
# ## Las reglas de la DCGAN
#
# En 2015, Alec Radford, Luke Metz y Soumith Chintala encontraron una familia de redes convolucionales que se dejaba entrenar, la DCGAN (*deep convolutional GAN*). Estas son sus reglas:
#
# | regla | para qué |
# |---|---|
# | convoluciones con salto en D y traspuestas en G, en lugar de *pooling* | que la propia red aprenda a encoger y agrandar |
# | normalización por lotes, salvo a la salida de G y a la entrada de D | que ninguna capa reciba valores enormes o diminutos |
# | sin capas densas ocultas en las redes profundas | menos pesos y respeto a la vecindad |
# | ReLU en G, y `tanh` a su salida | que G aprenda deprisa, y que sus imágenes queden en [−1, 1], como los datos |
# | ReLU con fuga (*leaky ReLU*) en todo D | que a G siempre le llegue gradiente |
#
# La ReLU corriente da 0 a todo lo negativo: ahí no deja pasar ningún gradiente. La ReLU con fuga conserva una pequeña pendiente. En D importa doblemente, porque el gradiente que guía a G tiene que atravesarlo entero.

# %% [markdown] lang="en"
# ## The DCGAN guidelines
#
# In 2015 Alec Radford, Luke Metz and Soumith Chintala found a family of convolutional networks that could be trained, the DCGAN (deep convolutional GAN). These are its guidelines:
#
# | guideline | what for |
# |---|---|
# | strided convolutions in D and transposed ones in G, instead of pooling | so that the network itself learns to shrink and enlarge |
# | batch normalization, except at the output of G and the input of D | so that no layer receives huge or tiny values |
# | no hidden dense layers in deep networks | fewer weights, and respect for neighbours |
# | ReLU in G, and `tanh` at its output | so that G learns fast, and its images lie in [−1, 1], like the data |
# | leaky ReLU in all of D | so that some gradient always reaches G |
#
# The ordinary ReLU gives 0 for everything negative, and no gradient gets through there. The leaky ReLU keeps a small slope. In D this matters twice over, because the gradient that guides G has to cross all of it.

# %%
diagrams.show_leaks(slopes=(0.0, 0.2))

# %% [markdown] lang="es"
# A la derecha del 0 las dos coinciden; a la izquierda, solo una tiene pendiente.
#
# ## Monta el generador
#
# Partimos de la red del **tutorial C**, un artículo de un blog en español. (El curso sale de cinco tutoriales, del A al E. «D», a secas, es siempre el discriminador.) No cumple todas las reglas: su G lleva ReLU con fuga, y su D, ninguna BN. Su generador recibe 50 números, los convierte en un bloque de 7×7 con 128 canales y duplica su lado dos veces.
#
# ### Ejercicio 3: las capas que faltan
#
# Móntalo tú: cambia cada `...` por lo que falta. Las capas, en orden:
#
# 1. densa, con tantos números como tiene un bloque de 7×7 con `base` canales, y `LeakyReLU`;
# 2. `Reshape`, que le da la forma de ese bloque, y BN;
# 3. traspuesta de `filters` canales, núcleo 4: de 7 a 14; `LeakyReLU` y BN;
# 4. traspuesta de un canal, núcleo 4: de 14 a 28, con `tanh`.
#
# Si algo no está bien, la celda dice en qué capa (cuenta las líneas `model.add`) y seguimos con la versión del curso.

# %% [markdown] lang="en"
# To the right of 0 the two agree; on the left only one has a slope.
#
# ## Build the generator
#
# We start from the network of **tutorial C**, an article from a Spanish-language blog. (The course grows from five tutorials, A to E. “D” on its own is always the discriminator.) It does not follow all the guidelines: its G has leaky ReLU, and its D no BN. Its generator receives 50 numbers, turns them into a block of 7×7 with 128 channels, and doubles its side twice.
#
# ### Exercise 3: the missing layers
#
# Build it yourself: replace each `...` with what is missing. The layers, in order:
#
# 1. dense, with as many numbers as there are in a block of 7×7 with `base` channels, and `LeakyReLU`;
# 2. `Reshape`, which gives it the shape of that block, and BN;
# 3. transposed with `filters` channels, kernel 4: from 7 to 14; `LeakyReLU` and BN;
# 4. transposed with one channel, kernel 4: from 14 to 28, with `tanh`.
#
# If something is wrong, the cell says in which layer (it counts `model.add` lines), and we go on with the course's version.


# %% tags=["exercise"]
def make_generator(latent_dim=50, filters=64, base=128, momentum=0.99):
    model = keras.Sequential([keras.Input((latent_dim,))], name="generator")
    model.add(layers.Dense(...))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Reshape(...))
    model.add(layers.BatchNormalization(momentum=momentum))
    model.add(layers.Conv2DTranspose(filters, ..., strides=..., padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.BatchNormalization(momentum=momentum))
    model.add(layers.Conv2DTranspose(..., 4, strides=2, padding="same", activation=...))
    return model


make_generator = q3.use(make_generator)


# %% tags=["export", "solution"]
def make_generator(latent_dim=50, filters=64, base=128, momentum=0.99):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * base),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, base)),
            layers.BatchNormalization(momentum=momentum),
            layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.BatchNormalization(momentum=momentum),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# Capa a capa, con sus formas y sus parámetros:

# %% [markdown] lang="en"
# Layer by layer, with shapes and parameters:

# %% tags=["nbval-check-output"]
keras.utils.set_random_seed(42)
generator = make_generator()
assert generator.output_shape == (None, 28, 28, 1) and generator.count_params() == 452_801
generator.summary()

# %% [markdown] lang="es"
# El generador denso de la lección 1 tenía 1 493 520 parámetros. Este tiene menos de un tercio, y más de dos tercios de ellos están en su única capa densa: los núcleos, que se comparten por toda la imagen, cuestan poco.
#
# ## Monta el discriminador
#
# D encoge la imagen dos veces y acaba en una probabilidad. Sus capas de *dropout* apagan al azar el 40 % de los valores en cada paso de entrenamiento, para que le cueste más aprenderse de memoria las imágenes reales.
#
# ### Ejercicio 4: el otro jugador
#
# Es el D del tutorial C, el que se entrena con `full`; el de `workshop`, que verás más abajo, se monta igual y mira además el lote. Faltan cuatro cosas: los dos saltos, cuántas neuronas tiene la última capa y su activación. Mira solo las tres líneas con huecos.

# %% [markdown] lang="en"
# The dense generator of lesson 1 had 1,493,520 parameters. This one has less than a third, and more than two thirds of those are in its only dense layer: kernels, which are shared across the image, cost little.
#
# ## Build the discriminator
#
# D shrinks the image twice and ends in a probability. Its dropout layers switch off 40% of the values at random in each training step, so that it is harder to learn the real images by heart.
#
# ### Exercise 4: the other player
#
# It is tutorial C's D, the one that is trained with `full`; that of `workshop`, further down, is built in the same way and looks at the batch as well. Four things are missing: both strides, how many neurons the last layer has, and its activation. Look only at the three lines with gaps.


# %% tags=["exercise"]
def make_discriminator(filters=(64, 64), dropout=0.4):
    model = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    model.add(layers.Conv2D(filters[0], 5, strides=..., padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dropout(dropout))
    model.add(layers.Conv2D(filters[1], 3, strides=..., padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dropout(dropout))
    model.add(layers.Flatten())
    model.add(layers.Dense(..., activation=...))
    return model


make_discriminator = q4.use(make_discriminator)


# %% tags=["export", "solution"]
def make_discriminator(filters=(64, 64), dropout=0.4):
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(filters[0], 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(dropout),
            layers.Conv2D(filters[1], 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(dropout),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )


# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# Como siempre, una prueba antes de entrenar:

# %% [markdown] lang="en"
# As always, a test before training:

# %%
discriminator = make_discriminator()
untrained = generator(keras.random.normal((10, 50), seed=42), training=False)
plots.show_grid(untrained)
print(f"D(G(z)) = {np.mean(discriminator(untrained)):.2f}")

# %% [markdown] lang="es"
# Casi gris: sin entrenar, G apenas se aparta de 0, y D responde algo cercano a un medio.
#
# ## La trampa
#
# En el turno de G, el discriminador no debe moverse. Para eso se congela con `trainable = False`, y hay varias maneras de escribirlo. ¿Con cuáles se entrena de verdad? Bastan dos redes diminutas, las de `trap.tiny_game`. `trap.play` juega los dos turnos y compara los pesos de antes y después, como en la lección 1. Queremos ver D en el turno de D y G en el de G.
#
# ### Manera 1: congelar una vez
#
# Compilar D, congelarlo, compilar la GAN, y no tocar nada más. Así lo hacen los tutoriales A, B y E, y muchos libros. Con Keras 2 era correcto.
#
# ### Ejercicio 5: dos apuestas
#
# Apuesta **antes** de ejecutar nada. ¿Quién se mueve en el turno de D? ¿Y en el de G? Contesta con letras, por ejemplo `"a"`.
#
# **a)** solo D · **b)** solo G · **c)** los dos · **d)** ninguno · **e)** se para con un error

# %% [markdown] lang="en"
# Nearly grey: untrained, G hardly leaves 0, and D answers something close to one half.
#
# ## The trap
#
# In G's turn the discriminator must not move. To that end it is frozen with `trainable = False`, and there are several ways to write it. Which of them really train? Two tiny networks are enough to tell, those of `trap.tiny_game`. `trap.play` plays both turns and compares the weights before and after, as in lesson 1. We want to see D in D's turn and G in G's.
#
# ### Idiom 1: freeze once
#
# Compile D, freeze it, compile the GAN, and touch nothing more. Tutorials A, B and E do it this way, and so do many books. On Keras 2 it was right.
#
# ### Exercise 5: two bets
#
# Place your bet **before** you run anything. Who moves in D's turn? And in G's? Answer with letters, for instance `"a"`.
#
# **a)** only D · **b)** only G · **c)** both · **d)** neither · **e)** it stops with an error

# %% tags=["exercise", "nbval-check-output"]
in_d_turn, in_g_turn = ..., ...
q5.check(in_d_turn, in_g_turn)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# A la izquierda, quién se mueve en el turno de D; a la derecha, en el de G:

# %% [markdown] lang="en"
# On the left, who moves in D's turn; on the right, in G's:

# %% tags=["nbval-check-output"]
freeze_once = trap.play(trap.tiny_game(freeze=True), toggle=False)
print(*freeze_once, sep=" | ")

# %% [markdown] lang="es"
# **D no aprende nunca.** No hay error; según la versión de Keras, un aviso o ni eso. G se entrena contra un árbitro dormido, como en la lección 1 con D = 0. ¿En qué momento miró Keras `trainable`?
#
# ### La causa
#
# La primera vez que entrena, Keras **traza** (*traces*) el paso de entrenamiento: ejecuta el código de Python una vez, anota las operaciones en un grafo y en adelante repite el grafo. Lo hace con `tf.function`, como esta celda. El `print` es Python corriente, no una operación del grafo. En cuatro llamadas, ¿cuántas veces escribirá?

# %% [markdown] lang="en"
# **D never learns.** There is no error; depending on the version of Keras, a warning or not even that. G trains against a sleeping referee, as in lesson 1 with D = 0. At which moment did Keras look at `trainable`?
#
# ### The cause
#
# The first time it trains, Keras **traces** the training step: it runs the Python code once, writes the operations down in a graph, and from then on replays the graph. It does so with `tf.function`, like this cell. The `print` is plain Python, not an operation of the graph. In four calls, how often will it print?


# %% tags=["nbval-check-output"]
@tf.function
def traced_step(batch):
    print(L("   traza con trainable =", "   traces with trainable ="), trainable)
    return tf.reduce_sum(batch)


for trainable, size in [(True, 8), (True, 8), (False, 8), (False, 5)]:
    print(f"trainable = {trainable}, batch = {size}")
    traced_step(tf.ones((size, 3)))

# %% [markdown] lang="es"
# Dos veces. En la tercera llamada repite el grafo, y le da igual que `trainable` haya cambiado. Solo el lote de otro tamaño obliga a la función a trazar de nuevo. El paso de entrenamiento de Keras hace lo mismo: **`trainable` cuenta en el instante de trazar**, y no al compilar ni en cada paso. Esta es la línea de tiempo de la manera 1:

# %% [markdown] lang="en"
# Twice. In the third call it replays the graph, and does not care that `trainable` has changed. Only the batch of another size makes it trace again. The training step of Keras does the same: **`trainable` counts at the moment of tracing**, not on compiling and not at every step. This is the timeline of idiom 1:

# %%
diagrams.show_trap(1)

# %% [markdown] lang="es"
# D se congela antes de la primera llamada, y así se traza.
#
# (Así es con Keras 3 sobre TensorFlow, que entrena con grafos. Con `run_eagerly=True`, o con PyTorch debajo, `trainable` se lee en cada paso. Keras 2 lo leía al compilar: por eso congelar una sola vez era correcto.)
#
# ### Cuatro maneras más
#
# | manera | antes de entrenar | en cada turno |
# |---|---|---|
# | 2 alternar (el artículo del tutorial C) | compila las dos sin congelar nada | descongela D en el suyo y lo congela en el de G |
# | 3 un optimizador (el cuaderno del tutorial C) | lo mismo, con un solo Adam para las dos | lo mismo |
# | 4 probar antes | como la 2, y un paso de la GAN sin congelar nada, a ver si funciona | lo mismo |
# | 5 calentar | como la 2, y un paso de D con un lote de 8; después lo congela | nada |
#
# ### Ejercicio 6: la tabla, casilla a casilla
#
# ¿Quién se mueve en el turno de D y en el de G? Las letras son las de antes. La manera 2 te la damos: `"a", "b"`, D en su turno y G en el suyo. Y en su turno D se mueve en todas (`"a"`), salvo con el último lote de la 5: piensa en el de G, y en ese lote. Todos los lotes son de 8 imágenes, menos uno: a la manera 5 le llega al final un lote de 5. De ella, di solo quién se mueve con ese (`last_d`, `last_g`; G sí se mueve, `"b"`).
#
# Un dato para la manera 3: Adam guarda memoria de cada peso, y la prepara toda en su primer paso, para los pesos que entonces le dan.

# %% [markdown] lang="en"
# D is frozen before the first call, and therefore it is traced as frozen.
#
# (This holds for Keras 3 on TensorFlow, which trains with graphs. With `run_eagerly=True`, or on PyTorch, `trainable` is read at every step. Keras 2 read it on compiling: that is why freezing once was right.)
#
# ### Four more idioms
#
# | idiom | before training | in each turn |
# |---|---|---|
# | 2 toggle (tutorial C's article) | compile both with nothing frozen | thaw D in its own, freeze it in G's |
# | 3 one optimizer (tutorial C's notebook) | the same, with a single Adam for both | the same |
# | 4 try it first | like 2, and one step of the GAN with nothing frozen, to see whether it works | the same |
# | 5 warm up | like 2, and one step of D with a batch of 8; then freeze it | nothing |
#
# ### Exercise 6: the table, cell by cell
#
# Who moves in D's turn, and who in G's? The letters are the same as before. Idiom 2 is given: `"a", "b"`, D in its turn and G in its own. And in its own turn D moves in all of them (`"a"`), but for the last batch of idiom 5: think about G's turn, and about that batch. All batches have 8 images but one: idiom 5 gets, at the end, a batch of 5. Of that idiom, say only who moves with that batch (`last_d`, `last_g`; G does move, `"b"`).
#
# A fact for idiom 3: Adam keeps a memory for each weight, and prepares all of it at its first step, for the weights that it is given then.

# %% tags=["exercise", "nbval-check-output"]
toggle_d, toggle_g = ..., ...
single_d, single_g = ..., ...
tried_d, tried_g = ..., ...
last_d, last_g = ..., ...
q6.check(toggle_d, toggle_g, single_d, single_g, tried_d, tried_g, last_d, last_g)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# Y ahora, a jugar. (El código no hace falta leerlo: monta las cinco maneras y las juega.)

# %% [markdown] lang="en"
# And now let them play. (You need not read the code: it sets the five idioms up and plays them.)

# %%
tried, warmed = trap.tiny_game(), trap.tiny_game()
trap.train_once(tried.gan)
trap.train_once(warmed.discriminator)
warmed.discriminator.trainable = False
table = {
    L("1 congelar una vez", "1 freeze once"): freeze_once,
    L("2 alternar", "2 toggle"): trap.play(trap.tiny_game(), toggle=True),
    L("3 un optimizador", "3 one optimizer"): trap.play(trap.tiny_game(one_optimizer=True), toggle=True),
    L("4 probar antes", "4 try it first"): trap.play(tried, toggle=True),
    L("5 calentar, lote de 8", "5 warm up, batch of 8"): trap.play(warmed, toggle=False),
    L("5 calentar, lote de 5", "5 warm up, batch of 5"): trap.play(warmed, toggle=False, batch_size=5),
}
trap.show(table)
assert [moved[0] for moved in table.values()] == ["—", "D", "D", "D", "D", "—"]

# %% [markdown] lang="es"
# Solo la 2 es correcta, aunque nada la vigila. La 3 falla de la mejor manera: se para y lo dice, porque Adam se niega a mover pesos que no conoce. En la 4, D se mueve también en el turno de G: aprende a dar por bueno lo falso. En la 5, el mismo modelo aprende o no según el tamaño del lote. Salvo la 3, todas las explica la figura: fíjate en si la estrella cae antes o después de trazar (en la 2, D juega siempre descongelado; en la 4, la primera casilla es el paso de prueba). En negrita, lo que no debería pasar:

# %% [markdown] lang="en"
# Only idiom 2 is right, although nothing watches over it. Idiom 3 fails in the best way: it stops and says so, because Adam refuses to move weights that it does not know. In idiom 4, D moves in G's turn as well: it learns to accept fakes. In idiom 5, the same model learns or does not, depending on the size of the batch. All but the third are explained by the figure: see whether the star stands before or after the tracing (in idiom 2, D always plays thawed; in idiom 4, the first box is the step of trying it). In bold, what should not happen:

# %%
diagrams.show_trap(1, 2, 4, 5)

# %% [markdown] lang="es"
# ### La manera con la que nos quedamos
#
# Alternar, y que alguien vigile. Un bloque `with watched_turn(...)` para cada turno: congela al rival, deja jugar, lo descongela y exige que haya pasado lo que tenía que pasar. Y lo hace en **cada** paso, porque el primer lote de otro tamaño obliga a trazar de nuevo. Para saber si una red se ha movido, dos funciones que ya conoces de la lección 1, donde se llamaban `copy_weights` y `who_moves` (aquí miran todos los pesos):

# %% [markdown] lang="en"
# ### The idiom that we keep
#
# Toggle, and have someone keep watch. One `with watched_turn(...)` block for each turn: it freezes the rival, lets the player play, thaws the rival and demands what had to happen. It does so at **every** step, because the first batch of another size traces again. To know whether a network has moved, two functions that you know from lesson 1, where they were called `copy_weights` and `who_moves` (here they look at all the weights):


# %% tags=["export"]
def weights_of(model):
    return [weight.numpy() for weight in model.weights]


def has_moved(model, before):
    pairs = zip(weights_of(model), before, strict=True)
    return any(not np.array_equal(now, old) for now, old in pairs)


# %% [markdown] lang="es"
# Y la vigilancia, en su forma más corta (`yield` es el momento en que se ejecuta lo que haya dentro del `with`):

# %% [markdown] lang="en"
# And the watch, in its shortest form (`yield` is the moment at which what stands inside the `with` runs):


# %%
@contextmanager
def watched_turn(player, rival):
    before = weights_of(player), weights_of(rival)
    rival.trainable = False
    yield
    rival.trainable = True
    assert has_moved(player, before[0]), L("no ha aprendido en su turno", "it has not learnt in its turn")
    assert not has_moved(rival, before[1]), L("se ha movido el rival", "its rival has moved")


# %% [markdown] lang="es"
# Probémoslo, y después **rompámoslo** como en la manera 4, con un paso de la GAN antes de tiempo, para oír si suena la alarma. (Basta con el resultado.)

# %% [markdown] lang="en"
# Let us try it, and then **break it** as in idiom 4, with one step of the GAN too soon, to hear whether the alarm rings. (The result is enough.)

# %% tags=["nbval-check-output"]
fair, tried = trap.tiny_game(), trap.tiny_game()
trap.train_once(tried.gan)
for game in (fair, tried):
    try:
        with watched_turn(game.generator, rival=game.discriminator):
            trap.train_once(game.gan)
        print(L("todo en orden", "all in order"))
    except AssertionError as alarm:
        print("AssertionError:", alarm)

# %% [markdown] lang="es"
# Suena en el primer paso.
#
# ## El entrenamiento
#
# `compile_gan` es la de la lección 1, que ahora recibe los dos optimizadores: compila sin congelar nada, y de alternar se encarga cada turno. `mean_output` es la respuesta media de D, que dibujaremos como D(x) y D(G(z)).

# %% [markdown] lang="en"
# It rings at the first step.
#
# ## Training
#
# `compile_gan` is that of lesson 1, and now takes the two optimizers: it compiles with nothing frozen, and each turn takes care of the toggling. `mean_output` is D's mean answer, which we shall draw as D(x) and D(G(z)).


# %% tags=["export"]
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


def compile_gan(generator, discriminator, g_optimizer, d_optimizer):
    assert g_optimizer is not d_optimizer, L("un Adam por red: crea dos", "one Adam each: make two")
    discriminator.compile(d_optimizer, "binary_crossentropy", metrics=[mean_output], jit_compile=False)
    gan = keras.Sequential([keras.Input(generator.input_shape[1:]), generator, discriminator], name="gan")
    gan.compile(g_optimizer, "binary_crossentropy", jit_compile=False)
    return gan


# %% [markdown] lang="es"
# El paso es el de la lección 1, con su misma función `learn`: primero juega D, con lo real y lo generado en lotes separados, y después G. Cambia quién vigila, y que el ruido y el dibujo van en `tf.function`, que los abarata (por qué el ruido no se repite, en la espera). `turns.turn` es `watched_turn`, mejorado: es rápido, solo mira los pesos que se aprenden (las medias de la BN se mueven sin aprender) y descongela aunque pares a mitad de un turno.

# %% [markdown] lang="en"
# The step is that of lesson 1, with the same function `learn`: D plays first, with real and generated images in separate batches, and then G. What changes is who keeps watch, and that noise and drawing go into a `tf.function`, which makes them cheaper (why the noise does not repeat: in the wait). `turns.turn` is `watched_turn`, improved: it is fast, looks only at the weights that are learnt (BN's averages move without learning), and thaws even if you stop in the middle of a turn.


# %% tags=["export"]
def make_train_step(generator, discriminator, gan, batch_size):
    shape = batch_size, *generator.input_shape[1:]
    noise = tf.function(lambda: keras.random.normal(shape))
    draw = tf.function(lambda: generator(noise(), training=True))

    def train_step(real_images):
        fake_images = draw()
        with turns.turn(discriminator, rival=generator):
            on_real = learn(discriminator, real_images, 1.0)
            on_fake = learn(discriminator, fake_images, 0.0)
        with turns.turn(generator, rival=discriminator):
            on_gan = learn(gan, noise(), 1.0)
        d_loss = (on_real["loss"] + on_fake["loss"]) / 2
        answers = {"d_real": on_real["mean_output"], "d_fake": on_fake["mean_output"]}
        return {"d_loss": d_loss, "g_loss": on_gan["loss"], **answers}

    return train_step


# %% [markdown] lang="es"
# ### Un D que mira el lote entero
#
# El tutorial C entrena durante 30 épocas: en un portátil de dos núcleos, más de una hora. Para una clase (`workshop`) hemos buscado redes más estrechas, que dan muchos más pasos en cinco minutos. Su D tiene una capa que el tuyo no tiene, que mide cuánto se diferencian entre sí las imágenes del lote: calcula la desviación típica de cada valor a lo largo del lote, saca la media de todas y añade ese número como un canal más.

# %% [markdown] lang="en"
# ### A D that looks at the whole batch
#
# Tutorial C trains for 30 epochs: on a two-core laptop, more than an hour. For a class (`workshop`) we looked for narrower networks, which take many more steps in five minutes. Their D has a layer that yours does not, which measures how much the images of the batch differ from each other: it works out the standard deviation of each value over the batch, takes the mean of them all, and adds that number as one more channel.


# %% tags=["export"]
class MinibatchDeviation(layers.Layer):
    def call(self, inputs):
        deviation = keras.ops.sqrt(keras.ops.var(inputs, axis=0) + 1e-8)
        channel = keras.ops.full_like(inputs[..., :1], keras.ops.mean(deviation))
        return keras.ops.concatenate([inputs, channel], axis=-1)


# %%
alike, varied = np.ones((4, 2, 2, 1)), keras.random.normal((4, 2, 2, 1), seed=1)
for images in (alike, varied):
    print(f"{MinibatchDeviation()(images)[0, 0, 0, 1]:.2f}")

# %% [markdown] lang="es"
# Cuatro imágenes iguales, 0.00; cuatro distintas, más. Con esa capa al final, y una convolución por cada número de `filters`, este es el D de `workshop`. Por lo demás es como el tuyo, y no hace falta que lo leas:

# %% [markdown] lang="en"
# Four images that are the same, 0.00; four different ones, more. With that layer at the end, and one convolution for each number in `filters`, this is the D of `workshop`. The rest is as in yours, and you need not read it:


# %% tags=["export"]
def make_watchful_discriminator(filters=(16, 32, 64)):
    model = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels in filters:
        model.add(layers.Conv2D(channels, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(MinibatchDeviation())
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


# %% [markdown] lang="es"
# ### A entrenar
#
# Las tres celdas que siguen no hace falta leerlas: los números de cada presupuesto, y por qué, están en la tabla de la espera. Primero, esos números:

# %% [markdown] lang="en"
# ### Now train
#
# You need not read the three cells that follow: the numbers of each budget, and the reasons, are in the table for the wait. First, the numbers:

# %%
full = budget(smoke=False, workshop=False, full=True)
tutorial_c = dict(latent_dim=50, filters=64, base=128, momentum=0.99)
narrow = dict(latent_dim=8, filters=16, base=32, momentum=0.9)
settings, batch_size = (tutorial_c, 128) if full else (narrow, 32)
latent_dim = settings["latent_dim"]
steps = budget(smoke=40, workshop=4800, full=30 * (60_000 // batch_size))

# %% [markdown] lang="es"
# `new_game` crea las redes: tu G y tu D con los números del tutorial C, si es `full`; si no, tu G, más estrecho, y el D de arriba. `CosineDecay` es una tasa que baja. (Con MNIST, `fit_to` no cambia nada: está ahí por si algún día entrenas con imágenes tuyas, en color o de 32×32.)

# %% [markdown] lang="en"
# `new_game` makes the networks: your G and D with tutorial C's numbers, if it is `full`; otherwise your G, narrower, and the D above. `CosineDecay` is a rate that falls. (With MNIST `fit_to` changes nothing: it is there in case you ever train on your own pictures, in colour or 32×32.)


# %%
networks = fit_to(dataset, make_generator, make_discriminator, make_watchful_discriminator)
make_generator, make_discriminator, make_watchful_discriminator = networks


def new_game():
    generator = make_generator(**settings)
    if full:
        discriminator, rates = make_discriminator(), (2e-4, 2e-4)
    else:
        discriminator = make_watchful_discriminator(filters=(16, 32, 64))
        falling = keras.optimizers.schedules.CosineDecay
        rates = falling(3e-3, steps, alpha=0.05), falling(2e-3, 2 * steps, alpha=0.05)
    adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates]
    return generator, discriminator, compile_gan(generator, discriminator, *adams)


# %% [markdown] lang="es"
# ¿Cuánto tardará aquí? Unos pasos de ensayo, con redes de usar y tirar, lo dirán. El ruido `fixed_noise` no cambiará, para que las imágenes se puedan comparar.

# %% [markdown] lang="en"
# How long will it take here? A few rehearsal steps, with throwaway networks, will tell. The noise `fixed_noise` will not change, so that the images can be compared.

# %%
batches = data.make_batches(dataset.x_train, batch_size)
real = next(iter(batches))
fixed_noise = keras.random.normal((100, latent_dim), seed=42)
rehearsal_step = make_train_step(*new_game(), batch_size)
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# Y el bucle de la lección 1. Las redes se crean en la misma celda, para que ejecutarla otra vez sea empezar de cero. **Ejecútala y sigue leyendo mientras se entrena**: lo que viene, hasta «Ya ha terminado», es para la espera.

# %% [markdown] lang="en"
# And the loop of lesson 1. The networks are made in the same cell, so that running it again means starting from scratch. **Run it and read on while it trains**: what comes next, as far as “It has ended”, is for the wait.

# %%
keras.utils.set_random_seed(42)
generator, discriminator, gan = new_game()
train_step = make_train_step(generator, discriminator, gan, batch_size)
album = {0: generator(fixed_noise, training=False)}
with Monitor(steps, generator, fixed_noise[:64], discriminator, real) as monitor:
    for step, real_images in enumerate(batches.take(steps), start=1):
        monitor.update(**train_step(real_images))
        if step in (steps // 16, steps // 4, steps):
            album[step] = generator(fixed_noise, training=False)

# %% [markdown] lang="es"
# ### Mientras se entrena: qué hemos cambiado
#
# Con los números del tutorial C, cinco minutos solo dan para borrones. Hemos probado unas sesenta combinaciones, casi todas con una sola semilla, y contado cuántos dígitos reconocía un clasificador y cuánto se parecían a los reales en conjunto. Esto es lo que cambia:
#
# | | tutorial C (`full`) | `workshop` | por qué |
# |---|---|---|---|
# | números de ruido | 50 | 8 | en nuestras pruebas, menos dibujos a medio camino entre dos cifras |
# | canales de G | 128 y 64 | 32 y 16 | cada paso cuesta mucho menos |
# | canales de D | 64 y 64 | 16, 32 y 64 | con una convolución más, cada valor de la última depende de 22×22 píxeles, y no de 9×9 |
# | núcleos de D | 5 y 3 | 4, 4 y 4 | como los de G |
# | D ve cuánto varía el lote | no | sí | G no puede repetirse sin que se note |
# | *dropout* de D | 0.4 | 0 | en nuestras pruebas, mejores dígitos |
# | tamaño de lote | 128 | 32 | cuatro veces más pasos con las mismas imágenes |
# | tasa de G y de D | 0.0002 | 0.003 y 0.002, que bajan hasta su veinteava parte | pasos largos al principio y finos al final |
# | `momentum` de la BN | 0.99 | 0.9 | las medias acumuladas se ponen al día antes |
# | pasos | 30 épocas | 4800 | lo que cabe en unos cinco minutos |
#
# Lo que más se notó fueron la tercera convolución y ver el lote; una sin la otra no sirvió de nada. ¿Por qué ver el lote? Porque, sin esa capa, D juzga las imágenes de una en una. Si G dibuja siempre el mismo 1, y lo dibuja bien, cada uno de esos unos puede pasar por bueno; solo juntos delatan que son el mismo. La idea se llama *minibatch standard deviation* y es de la ProGAN (Karras y otros, 2018).
#
# Y un detalle del paso: `draw` dibuja con `training=True`, es decir, con la BN en el modo en que se entrena G, y lo hace **antes** del turno de D. Dentro del turno G está congelado (`turn` congela al que no juega): si `draw` se trazara ahí, su BN no haría caso de `training=True`. (Los tutoriales B, C y E lo hacen de otra manera; la lección 6 mide qué pasa entonces.) ¿Y el ruido? `tf.function` repite las operaciones, no los números: `keras.random.normal` es una operación del grafo, y cada vez da otros.
#
# ### Ejercicio 7: ¿qué se mueve?
#
# Alguien escribe este programa con Keras 3, y todos los lotes tienen el mismo tamaño. ¿Qué redes se mueven en la **tercera** vuelta del bucle? Elige una letra. (Piénsalo ahora; la celda contestará cuando acabe el entrenamiento.)
#
# ```text
# D.compile(...); gan.compile(...)
# for real, noise, fake in batches:
#     D.train_on_batch(real, ones)
#     D.train_on_batch(fake, zeros)
#     D.trainable = False
#     gan.train_on_batch(noise, ones)
# ```
#
# **a)** D en su turno y G en el suyo · **b)** solo G · **c)** D en los dos turnos y G en el suyo · **d)** ninguna

# %% [markdown] lang="en"
# ### While it trains: what we have changed
#
# With tutorial C's numbers, five minutes give blobs and no more. We tried some sixty combinations, nearly all with a single seed, and counted how many digits a classifier recognised and how much they resembled the real ones as a whole. This is what changes:
#
# | | tutorial C (`full`) | `workshop` | why |
# |---|---|---|---|
# | size of the noise vector | 50 | 8 | in our trials, fewer drawings halfway between two digits |
# | G's channels | 128 and 64 | 32 and 16 | each step costs much less |
# | D's channels | 64 and 64 | 16, 32 and 64 | with one more convolution each value of the last depends on 22×22 pixels, and not on 9×9 |
# | D's kernels | 5 and 3 | 4, 4 and 4 | like G's |
# | D sees how much the batch varies | no | yes | G cannot repeat itself unnoticed |
# | D's dropout | 0.4 | 0 | better digits in our trials |
# | batch size | 128 | 32 | four times the steps with the same images |
# | rate of G and of D | 0.0002 | 0.003 and 0.002, falling to a twentieth | long steps at first and fine ones at the end |
# | BN's `momentum` | 0.99 | 0.9 | the gathered averages catch up sooner |
# | steps | 30 epochs | 4,800 | what fits into about five minutes |
#
# What made the most difference was the third convolution together with seeing the batch; one without the other was of no use. Why see the batch? Because otherwise D judges images one at a time. If G always draws the same 1, and draws it well, each of those ones can pass; only together do they give away that they are all the same. The idea is called minibatch standard deviation and comes from ProGAN (Karras et al., 2018).
#
# And a detail of the step: `draw` draws with `training=True`, that is, with BN in the mode in which G is trained, and it does so **before** D's turn. Inside the turn G is frozen (`turn` freezes whoever is not playing): if `draw` were traced there, its BN would ignore `training=True`. (Tutorials B, C and E do it differently; lesson 6 measures what happens then.) And the noise? `tf.function` replays operations, not numbers: `keras.random.normal` is an operation of the graph, and gives new numbers every time.
#
# ### Exercise 7: what moves?
#
# Someone writes this program with Keras 3, and all batches have the same size. Which networks move in the **third** pass through the loop? Choose one letter. (Think now; the cell will answer when the training has ended.)
#
# ```text
# D.compile(...); gan.compile(...)
# for real, noise, fake in batches:
#     D.train_on_batch(real, ones)
#     D.train_on_batch(fake, zeros)
#     D.trainable = False
#     gan.train_on_batch(noise, ones)
# ```
#
# **a)** D in its turn and G in its own · **b)** only G · **c)** D in both turns and G in its own · **d)** neither

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q7.check(answer)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %% [markdown] lang="es"
# ## Cómo se leen las curvas
#
# Mira la figura del entrenamiento. ¿Crees que las pérdidas acabarán bajando?
#
# **¿Por qué se entrena a G con la etiqueta 1, si sus imágenes son falsas?** Porque la etiqueta no dice lo que la imagen es, sino lo que G quiere que D responda. D está congelado: quien se mueve para acercar la respuesta a 1 es G.
#
# **¿Debería bajar la pérdida de G?** No. Mide cuánto le cuesta engañar al D **de ese momento**, y D también mejora. Que se mantenga, o que suba despacio, mientras las imágenes mejoran es lo normal. Si baja sin parar, sospecha: o D está congelado o G ha encontrado una imagen que D no sabe rechazar.
#
# **¿Y la de D?** Si ninguno gana, ronda 0.69, que es $-\log 0.5$. Cerca de 0 significa que D gana de largo: empuja con fuerza, pero ya no señala una dirección útil. Muy por encima de 0.69, que D está perdido.
#
# **¿Qué miro entonces?** D(x) y D(G(z)), que dicen quién gana, y las imágenes del mismo ruido, que dicen si sirve de algo.
#
# ### Ya ha terminado
#
# Primero, una comprobación: el entrenamiento ha llegado al final, las pérdidas son números y el monitor no ha visto a D congelado.

# %% [markdown] lang="en"
# ## How to read the curves
#
# Look at the figure of the training. Do you expect the losses to end up falling?
#
# **Why train G with label 1, if its images are fake?** Because the label does not say what the image is, but what G wants D to answer. D is frozen: the one who moves to bring the answer closer to 1 is G.
#
# **Should G's loss fall?** No. It measures how hard G finds it to fool the D **of that moment**, and D improves too. Staying level, or rising slowly, while the images improve is normal. If it falls and falls, be suspicious: either D is frozen, or G has found an image that D cannot reject.
#
# **And D's?** When neither is winning it is about 0.69, which is $-\log 0.5$. Near 0 means that D is winning by far: its push is strong, but no longer points in a useful direction. Well above 0.69 means that D is lost.
#
# **What do I look at, then?** D(x) and D(G(z)), which say who is winning, and the images of the same noise, which say whether it is any use.
#
# ### It has ended
#
# First, a check: the training has reached its end, the losses are numbers, and the monitor has not seen D frozen.

# %%
assert monitor.step == steps, L(
    "Entrenamiento interrumpido: ejecuta de nuevo la celda que entrena.",
    "Training was interrupted: run the cell that trains again.",
)
assert np.isfinite(monitor.history["d_loss"] + monitor.history["g_loss"]).all()
assert "frozen" not in {kind for _, kind, _ in monitor.diagnoses}

# %% [markdown] lang="es"
# El mismo ruido en cuatro momentos:

# %% [markdown] lang="en"
# The same noise at four moments:

# %%
plots.show_grids([images[:16] for images in album.values()], [L(f"paso {step}", f"step {step}") for step in album])

# %% [markdown] lang="es"
# Primero un gris liso, después manchas y trozos de trazo, y por fin dígitos, y algún borrón que no lo es. Aquí están los cien:

# %% [markdown] lang="en"
# First plain grey, then blots and pieces of strokes, and at last digits, and some blots that are none. Here are all one hundred:

# %%
out, images = out_folder(), album[steps]
generator.save(out / "generator.keras")
pixels.save_grid(images, out / "generated.png")
plots.show_grid(images)
print(pretty_path(out))

# %% [markdown] lang="es"
# Y las curvas de *esta* partida: las medias en dos tramos, uno hacia el primer cuarto del camino y otro al final, cada uno de una décima parte de los pasos. La última fila es lo que D distingue. ¿Quién va ganando? ¿Su ventaja crece o mengua?

# %% [markdown] lang="en"
# And the curves of *this* run, as means over two stretches, each a tenth of the steps: one around a quarter of the way, the other at the end. The last row says how well D tells real images from generated ones. Who is winning? Is the lead growing or shrinking?

# %%
figures.show_means(monitor.history)

# %% [markdown] lang="es"
# Si la última fila crece, y la pérdida de D baja, D va ganando y se despega; si mengua, G se va acercando. Lo malo sería que la ventaja llegara a 1 y las imágenes dejaran de mejorar. Y un empate, como viste en la lección 1, no demuestra nada. Contemos, pues.
#
# ## El polvo y los dígitos que se leen
#
# La misma cuenta del polvo que en la lección 1: píxeles sueltos por cada 10 000 claros. Y otra: la parte de las imágenes que reconoce un **juez**, una red que aprendió a leer los dígitos reales. Cuenta como leída la imagen de la que está segura al 95 % o más. (La lección 4 examina al juez.) ¿Qué esperas de cada grupo? (De la celda, basta con el resultado.)

# %% [markdown] lang="en"
# If the last row grows, and D's loss falls, D is winning and pulling away; if it shrinks, G is catching up. What would be bad is a lead that reaches 1 while the images stop improving. And a tie, as you saw in lesson 1, proves nothing. So let us count.
#
# ## The dust, and the digits that can be read
#
# The same count of the dust as in lesson 1: stray pixels in every 10,000 bright ones. And another measure: the share of the images recognised by a **judge**, a network that has learnt to read real digits. An image counts as read if the judge is at least 95% sure of it. (Lesson 4 examines the judge.) What do you expect of each group? (Of the cell, the result is enough.)

# %%
noise = keras.random.normal((1000, 100), seed=1)
dense, dcgan = L("red densa", "dense network"), "DCGAN"
if records.can_read(dataset):
    groups = {L("reales", "real"): dataset.x_test[:1000]}
    groups[dense] = pretrained.load_generator(1)(noise, training=False)
    groups[dcgan] = generator(noise[:, :latent_dim], training=False)
    dust = figures.show_dust(groups)
    assert steps < 1000 or dust[dcgan] < dust[dense] / 2

# %% [markdown] lang="es"
# Las convoluciones se llevan casi todo el polvo: todo apunta a que el sospechoso era culpable. (Una prueba rigurosa cambiaría una sola cosa, y aquí han cambiado varias.) La otra columna cambia mucho menos: no basta con que un dígito esté limpio para que se lea. Eso sí, la red densa se entrenó durante 20 épocas, y la tuya, con `workshop`, durante muchas menos. (La línea de encima de la tabla es la ficha de la red densa, medida en otras 10 000 imágenes; la lección 4 la explica.)
#
# ¿Y el tutorial C, con sus propios números y sus 30 épocas? Hemos entrenado su red una vez, con una sola semilla, en una GPU y con el paso de la lección 3:

# %% [markdown] lang="en"
# Convolutions take nearly all the dust away: everything points to the suspect. (A rigorous test would change one thing only, and here several have changed.) The other column changes much less: a digit needs more than being clean to be read. Mind you, the dense network was trained for 20 epochs, and yours, with `workshop`, for far fewer. (The line above the table is the card of the dense network, measured on 10,000 other images; lesson 4 explains it.)
#
# And tutorial C, with its own numbers and its 30 epochs? We have trained its network once, with a single seed, on a GPU and with the step of lesson 3:

# %%
figures.show_tutorial("C")

# %% [markdown] lang="es"
# Tras un tercio del camino ya son dígitos; después cambian despacio.
#
# ### Para seguir jugando, sin nota
#
# - Entrena con `"fashion_mnist"` en lugar de `"mnist"`. ¿Qué prendas salen peor?
# - Entrena con tus propias imágenes, cien como mínimo y mejor mil: donde se cargan los datos, escribe `data.from_folder("photos")`, con el nombre de tu carpeta, en lugar de `data.load("mnist")`. Con `side=32` salen de 32×32, y con `colour=True`, en color.
# - Copia `make_generator` en una celda nueva, sin `q3.use`, cambia los núcleos de 4 por núcleos de 5 y entrena. ¿Ves la rejilla?

# %% [markdown] lang="en"
# A third of the way through they are digits already; from there they change slowly.
#
# ### To keep playing (ungraded)
#
# - Train with `"fashion_mnist"` instead of `"mnist"`. Which clothes come out worst?
# - Train with your own pictures, at least a hundred and better a thousand: where the data are loaded, write `data.from_folder("photos")`, with the name of your folder, instead of `data.load("mnist")`. With `side=32` they come out 32×32, and with `colour=True` in colour.
# - Copy `make_generator` into a new cell, without `q3.use`, change the kernels of 4 to kernels of 5, and train. Can you see the grid?

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una convolución con salto encoge; una traspuesta estampa el núcleo y agranda. Si el núcleo es múltiplo del salto, el tablero de ajedrez no viene de fábrica.
# - La BN tiene dos modos y, congelada, solo uno.
# - Keras 3, sobre TensorFlow, lee `trainable` al trazar. Por eso exigimos en cada paso que se mueva quien tiene que moverse, y nadie más.
# - Que la pérdida de G no baje es normal. Se miran D(x) y D(G(z)), y las imágenes del mismo ruido. El polvo se cuenta, y los dígitos que se leen, también.
#
# **Lo siguiente:** en la lección 3 escribimos el paso de entrenamiento a mano, con `GradientTape`: no hará falta congelar nada.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A strided convolution shrinks; a transposed one stamps the kernel and enlarges. If the kernel is a multiple of the stride, no checkerboard is built in.
# - BN has two modes and, when frozen, only one.
# - Keras 3, on TensorFlow, reads `trainable` while tracing. That is why we demand at every step that whoever has to move moves, and that nobody else does.
# - That G's loss does not fall is normal. Look at D(x) and D(G(z)), and at the images of the same noise. Dust can be counted, and so can readable digits.
#
# **Next:** in lesson 3 we write the training step by hand, with `GradientTape`: there will be nothing to freeze.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Alec Radford, Luke Metz y Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: la DCGAN y sus reglas.
# - Augustus Odena, Vincent Dumoulin y Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Sergey Ioffe y Christian Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167), 2015.
# - Tero Karras, Timo Aila, Samuli Laine y Jaakko Lehtinen, [*Progressive Growing of GANs*](https://arxiv.org/abs/1710.10196), 2018: la desviación del lote.
# - **Tutorial C**, «Tutorial GAN-1», un artículo de un blog en español, con su cuaderno. Lo que falla: usa `keras.Layers` y `LeakyRelu`, que no existen; escribe «un factor del salto» por «un múltiplo»; su cuaderno comparte un optimizador; y llama sí o no a lo que es una probabilidad.
# - Los tutoriales B y E son los de la lección 6; el A, el de la 1.
# - [Base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - Alec Radford, Luke Metz and Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: the DCGAN and its guidelines.
# - Augustus Odena, Vincent Dumoulin and Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Sergey Ioffe and Christian Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167), 2015.
# - Tero Karras, Timo Aila, Samuli Laine and Jaakko Lehtinen, [*Progressive Growing of GANs*](https://arxiv.org/abs/1710.10196), 2018: the deviation of the batch.
# - **Tutorial C**, “Tutorial GAN-1”, an article from a Spanish-language blog, with its notebook. What fails: it uses `keras.Layers` and `LeakyRelu`, which do not exist; it writes “a factor of the stride” for “a multiple”; its notebook shares one optimizer; and it calls a probability a yes or no.
# - Tutorials B and E are those of lesson 6; A is that of lesson 1.
# - [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
