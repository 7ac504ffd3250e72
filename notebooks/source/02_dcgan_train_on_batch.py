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
# 1. ver cómo una convolución encoge una imagen y cómo una convolución traspuesta la agranda, casilla a casilla;
# 2. montar una DCGAN capa a capa, sabiendo para qué sirve cada una;
# 3. provocar la trampa, predecir a quién atrapa y quedarte con un código que no puede caer en ella en silencio;
# 4. entrenar tu red, leer sus curvas y contar cuántos de sus dígitos se leen.
#
# **Tiempo:** unos 75 minutos; en un portátil de dos núcleos, con el presupuesto `workshop`, unos 5 son de espera. **Necesitas:** haber hecho la lección 1.

# %% [markdown] lang="en"
# # 2 · The DCGAN in Keras, and the trap of the frozen discriminator
#
# The fully connected network of lesson 1 learnt to draw digits, but left them covered in dust. Today we replace its layers with convolutions. On the way we solve a case: why the code of so many tutorials, run on today's Keras, stops training without a single error.
#
# **In this lesson you will:**
#
# 1. see how a convolution shrinks an image and how a transposed convolution enlarges it, square by square;
# 2. build a DCGAN layer by layer, knowing what each layer is for;
# 3. spring the trap, predict whom it catches, and keep code that cannot fall into it silently;
# 4. train your network, read its curves, and count how many of its digits can be read.
#
# **Time:** about 75 minutes; on a two-core laptop, with the `workshop` budget, about 5 of them are waiting. **You need:** to have done lesson 1.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir. Lo dibujó esta misma lección cuando se publicó, con el presupuesto `workshop`, en un ordenador de dos núcleos y sin GPU.

# %% [markdown] lang="en"
# This is what you are going to make. It was drawn by this very lesson when it was published, with the `workshop` budget, on a computer with two cores and no GPU.

# %%
import warnings
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, diagrams, pixels, plots, turns
from course_utils.budgets import budget
from course_utils.evaluation import confident_share
from course_utils.experiments import figures, pretrained, records
from course_utils.folders import out_folder, pretty_path
from course_utils.language import percent
from course_utils.lessons.lesson_1 import learn, lonely_share
from course_utils.monitor import Monitor
from course_utils.progress import estimate
from course_utils.questions.lesson_2 import q1, q2, q3, q4, q5, q6, q7, q8

plots.show_promise("02_dcgan_train_on_batch")

# %% [markdown] lang="es"
# Antes de empezar, di qué ha cambiado respecto a la lección 1. Estos eran sus dígitos, tras 20 épocas:

# %% [markdown] lang="en"
# Before we start, say what has changed since lesson 1. These were its digits, after 20 epochs:

# %%
dense_digits = plots.promised_images("01_fully_connected_gan")
plots.show_grid(dense_digits[:30], columns=10)

# %% [markdown] lang="es"
# En los dígitos nuevos los trazos son continuos y el fondo está más limpio. La lección 1 contó los píxeles claros que no tienen ningún vecino claro, el «polvo», y señaló a un sospechoso: las capas densas, que no saben qué píxel está al lado de cuál. Si la sospecha es cierta, una red que mira a los vecinos no debería dejar polvo. Al final lo contaremos. Y contaremos también otra cosa, más exigente: cuántos dígitos se leen.

# %% [markdown] lang="en"
# In the new digits the strokes are continuous and the background is cleaner. Lesson 1 counted the bright pixels without any bright neighbour, the “dust”, and named a suspect: dense layers, which do not know which pixel is next to which. If the suspicion is right, a network that looks at neighbours should leave no dust. At the end we shall count it. And we shall count something more demanding as well: how many digits can be read.

# %% [markdown] lang="es"
# ## Hacia abajo: la convolución con salto
#
# Una convolución (*convolution*) pasa una ventana pequeña, el **núcleo** (*kernel*), por toda la imagen. En cada parada multiplica los píxeles que ve por los pesos del núcleo y suma los productos. Los mismos pesos sirven en todas partes: una red así aprende una sola vez qué es un borde, y no una vez por cada rincón. Una capa tiene muchos núcleos, sus *filtros*. Cada uno produce una imagen, que se llama **canal**, y lee todos los canales de la entrada.
#
# El **salto** (*stride*) es cuánto avanza la ventana. Con salto 2 se detiene en uno de cada dos píxeles, y el lado de la salida es la mitad. Este núcleo suma lo de arriba y resta lo de abajo. ¿Qué esperas ver en un dígito?

# %% [markdown] lang="en"
# ## Down: the strided convolution
#
# A convolution slides a small window, the **kernel**, over the whole image. At each stop it multiplies the pixels it sees by the kernel's weights and adds up the products. The same weights serve everywhere: such a network learns only once what an edge is, and not again in every corner. A layer has many kernels, its *filters*. Each of them makes one image, called a **channel**, and reads all the channels of its input.
#
# The **stride** is how far the window moves. With stride 2 it stops at every other pixel, and the side of the output is half as long. This kernel adds what is above and subtracts what is below. What do you expect to see in a digit?

# %%
dataset = data.load("mnist")
print(dataset.origin)

kernel = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], "float32")[:, :, np.newaxis, np.newaxis]
digit = dataset.x_train[:1, :, :, np.newaxis] / np.float32(255)
pictures = [digit, *(keras.ops.conv(digit, kernel, strides=stride, padding="same") for stride in (1, 2))]
titles = [L("el dígito, 28×28", "the digit, 28×28"), L("salto 1, 28×28", "stride 1, 28×28")]
titles += [L("salto 2, 14×14", "stride 2, 14×14")]
plots.show_arrays([picture[0, :, :, 0] for picture in pictures], titles, numbers=False)

# %% [markdown] lang="es"
# Los bordes superiores salen de un color y los inferiores del otro; lo liso, en blanco. Con salto 2 se ve lo mismo con la cuarta parte de los píxeles. Así encoge el discriminador las imágenes, sin capas de *pooling*: en lugar de una regla fija (quédate con el mayor), aprende él mismo qué conservar.
#
# `padding` dice qué pasa en el borde: `"same"` rodea la imagen de ceros y `"valid"` no añade nada. Con `padding="same"` la regla de las formas es sencilla: el lado de la salida es el de la entrada dividido entre el salto y redondeado hacia arriba.

# %% [markdown] lang="en"
# Upper edges come out in one colour and lower ones in the other; flat areas come out white. With stride 2 you see the same with a quarter of the pixels. This is how the discriminator shrinks images, without pooling layers: instead of a fixed rule (keep the largest), it learns by itself what to keep.
#
# `padding` says what happens at the border: `"same"` surrounds the image with zeros and `"valid"` adds nothing. With `padding="same"` the shape rule is easy: the side of the output is that of the input divided by the stride, rounded up.

# %% tags=["nbval-check-output"]
shrinking = layers.Conv2D(8, kernel_size=5, strides=2, padding="same")
for side in (28, 14, 7):
    down = shrinking.compute_output_shape((None, side, side, 1))[1]
    assert down == -(-side // 2)
    print(side, "→", down)

# %% [markdown] lang="es"
# ## Hacia arriba: la convolución traspuesta
#
# El generador hace el viaje contrario: parte de 7×7 y tiene que llegar a 28×28. Una convolución traspuesta (*transposed convolution*) trabaja como un sello de goma. Por cada píxel de la entrada, **estampa** el núcleo entero, multiplicado por el valor del píxel, y avanza un salto. Donde dos estampas se pisan, se suman.
#
# Son seis líneas. `yield` nos deja ver la hoja después de cada estampa.

# %% [markdown] lang="en"
# ## Up: the transposed convolution
#
# The generator makes the opposite journey: it starts at 7×7 and has to arrive at 28×28. A transposed convolution works like a rubber stamp. For each input pixel it **stamps** the whole kernel, multiplied by the value of the pixel, and moves on by one stride. Where two stamps overlap, they add up.
#
# It takes six lines. `yield` lets us look at the sheet after each stamp.


# %%
def stamp(image, kernel, stride):
    side = (len(image) - 1) * stride + len(kernel)
    sheet = np.zeros((side, side), "float32")
    for row, column in np.ndindex(image.shape):
        top, left = row * stride, column * stride
        sheet[top : top + len(kernel), left : left + len(kernel)] += image[row, column] * kernel
        yield sheet.copy()


# %% [markdown] lang="es"
# Una imagen pequeña y un núcleo:

# %% [markdown] lang="en"
# A small image and a kernel:

# %%
image = np.array([[1, 2, 0, 1], [1, 1, 3, 0], [2, 0, 1, 1], [1, 1, 0, 2]], "float32")
kernel = np.array([[1, 1, 1, 1], [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1]], "float32")
plots.show_arrays([image, kernel], [L("la imagen, 4×4", "the image, 4×4"), L("el núcleo, 4×4", "the kernel, 4×4")])

# %% [markdown] lang="es"
# Y la hoja, tras 1, 2, 5 y 16 estampas:

# %% [markdown] lang="en"
# And the sheet, after 1, 2, 5 and 16 stamps:

# %%
sheets = list(stamp(image, kernel, stride=2))
moments = (1, 2, 5, 16)
plots.show_arrays([sheets[n - 1] for n in moments], [L(f"estampas: {n}", f"stamps: {n}") for n in moments])

# %% [markdown] lang="es"
# La primera estampa es el núcleo tal cual, porque el primer píxel vale 1. La segunda, dos casillas a la derecha, vale el doble y pisa dos columnas de la primera. La quinta empieza la segunda fila. Al final, de 4×4 hemos pasado a 10×10.
#
# Ahora tú: mueve el núcleo, el salto y el número de estampas. ¿Cuándo dejan de pisarse? ¿Cuándo quedan huecos?

# %% [markdown] lang="en"
# The first stamp is the kernel as it is, because the first pixel is 1. The second, two squares to the right, is twice as strong and overlaps two columns of the first. The fifth begins the second row. In the end we have gone from 4×4 to 10×10.
#
# Your turn: move the kernel, the stride and the number of stamps. When do they stop overlapping? When do gaps appear?


# %%
def sheet_after(size, stride, stamps):
    sheet = list(stamp(image, np.ones((size, size)), stride))[stamps - 1]
    return plots.arrays_figure([image, sheet], ["", f"{len(sheet)}×{len(sheet)}"])


knobs = {"size": L("núcleo", "kernel"), "stride": L("salto", "stride"), "stamps": L("estampas", "stamps")}
plots.show_knobs(sheet_after, knobs, {"size": (1, 3, 5), "stride": (1, 2, 4), "stamps": (1, 16, 16)})

# %% [markdown] lang="es"
# No se pisan cuando el núcleo no es mayor que el salto, y si es menor quedan huecos. (Lo que estampa un píxel que vale 0 también sale en blanco, pero no es un hueco.)
#
# **La regla de las formas:** con entrada de lado $n$, núcleo de lado $k$ y salto $s$, la hoja entera (`padding="valid"`) mide $(n - 1)\,s + k$ cuando $k \geq s$. Con `padding="same"` Keras recorta los bordes hasta dejar $n\,s$. ¿Hace Keras lo mismo que nuestras seis líneas?

# %% [markdown] lang="en"
# They do not overlap when the kernel is no larger than the stride, and if it is smaller there are gaps. (The stamp of a pixel that is 0 comes out white, too, but that is no gap.)
#
# **The shape rule:** for an input of side $n$, a kernel of side $k$ and stride $s$, the whole sheet (`padding="valid"`) has side $(n - 1)\,s + k$ when $k \geq s$. With `padding="same"` Keras trims the borders until $n\,s$ is left. Does Keras do the same as our six lines?

# %% tags=["nbval-check-output"]
as_batch = image[np.newaxis, :, :, np.newaxis]
for padding, ours in (("valid", sheets[-1]), ("same", sheets[-1][1:-1, 1:-1])):
    keras_sheet = keras.ops.conv_transpose(as_batch, kernel[:, :, np.newaxis, np.newaxis], strides=2, padding=padding)
    assert np.array_equal(np.squeeze(keras_sheet), ours)
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
# ¿Por qué un núcleo de 4 y no de 3 o de 5? Contemos cuántas estampas caen en cada casilla. Basta con que cada píxel de una imagen de unos estampe un núcleo de unos. Mira el centro de cada hoja: ¿cuál es uniforme?

# %% [markdown] lang="en"
# ### The checkerboard
#
# Why a kernel of 4, and not of 3 or 5? Let us count how many stamps land on each square. It is enough to let each pixel of an image of ones stamp a kernel of ones. Look at the middle of each sheet: which one is uniform?

# %%
sizes = (3, 4, 5)
counts = [list(stamp(np.ones((5, 5)), np.ones((size, size)), stride=2))[-1] for size in sizes]
plots.show_arrays(counts, [f"k = {size}, s = 2" for size in sizes])
for size, count in zip(sizes, counts, strict=True):
    middle = count[4:-4, 4:-4]
    assert (middle.min() == middle.max()) == (size % 2 == 0)

# %% [markdown] lang="es"
# Con núcleo 4 y salto 2, todas las casillas del centro reciben 4 estampas. Con 3 y con 5, unas reciben más que otras, y el dibujo es un tablero de ajedrez (*checkerboard*). Que el tamaño del núcleo sea un **múltiplo** del salto quita el tablero de fábrica; no lo prohíbe, porque los pesos que se aprenden aún pueden dibujarlo. (El tutorial C, uno de los que citamos al final, dice «un factor del salto». Es al revés: 4 es múltiplo de 2.)
#
# ¿Se nota de verdad? A una capa sin entrenar, con sus pesos al azar, le damos 2000 bloques de ruido de 7×7 con 64 canales. Y medimos lo intensa que sale cada casilla: su desviación típica.

# %% [markdown] lang="en"
# With kernel 4 and stride 2, every square in the middle receives 4 stamps. With 3 and 5 some receive more than others, and the drawing is a checkerboard. A kernel size that is a **multiple** of the stride takes away the checkerboard that comes built in; it does not rule it out, because the weights that are learnt can still draw one. (Tutorial C, one of those credited at the end, says “a factor of the stride”. It is the other way round: 4 is a multiple of 2.)
#
# Does it really show? We give an untrained layer, with its random weights, 2,000 blocks of noise of 7×7 with 64 channels. And we measure how strong each square comes out: its standard deviation.

# %%
keras.utils.set_random_seed(42)
maps = keras.random.normal((2000, 7, 7, 64))
outputs = [layers.Conv2DTranspose(1, size, strides=2, padding="same")(maps) for size in sizes]
plots.show_arrays([np.std(o, axis=(0, 3)) for o in outputs], [f"k = {size}, s = 2" for size in sizes], numbers=False)

# %% [markdown] lang="es"
# Con 3 y con 5 el tablero está ahí antes de empezar: las casillas intensas forman una rejilla. Con 4, en el centro, las diferencias son las del azar de los pesos. (En los tres, el borde sale más pálido: ahí caen menos estampas.)
#
# ### Ejercicio 2: ¿cuáles dejan el tablero?
#
# De estas parejas de núcleo y salto, ¿cuáles dibujan un tablero de ajedrez? Responde con sus letras, por ejemplo `"ab"`. Puedes comprobarlo con `stamp`.
#
# **a)** k = 5, s = 2 · **b)** k = 6, s = 3 · **c)** k = 3, s = 2 · **d)** k = 2, s = 2 · **e)** k = 4, s = 3

# %% [markdown] lang="en"
# With 3 and 5 the checkerboard is there before we begin: the strong squares form a grid. With 4, in the middle, the differences are those of chance in the weights. (In all three the border is paler: fewer stamps land there.)
#
# ### Exercise 2: which leave a checkerboard?
#
# Of these pairs of kernel and stride, which draw a checkerboard? Answer with their letters, for instance `"ab"`. You can check with `stamp`.
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
# Antes de montar la red hay que conocer una capa que le facilita mucho el aprendizaje. La normalización por lotes (*batch normalization*, BN) resta a cada valor una media $\mu$ y lo divide entre una desviación típica $\sigma$. Después lo escala con $\gamma$ y lo desplaza con $\beta$, dos números que se aprenden. ($\epsilon$ es un número pequeño que evita dividir entre 0.)
#
# $$\mathrm{BN}(x) = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# La pregunta es de dónde salen $\mu$ y $\sigma$. Con `training=True`, del **lote que está viendo**. Con `training=False`, de las **medias acumuladas** en pasos anteriores, que empiezan en 0 y 1: es el modo de inferencia. `momentum` dice cuánto de las medias viejas se conserva en cada paso. En una convolución hay una $\mu$ y una $\sigma$ por canal. Le damos a una capa recién creada un lote de media 5 y desviación típica 2. ¿Qué saldrá en cada modo?

# %% [markdown] lang="en"
# ## Batch normalization has two modes
#
# Before we build the network, meet a layer that makes learning much easier for it. Batch normalization (BN) subtracts a mean $\mu$ from each value and divides by a standard deviation $\sigma$; then it scales by $\gamma$ and shifts by $\beta$, which are learnt. ($\epsilon$ is a small number that avoids a division by 0.)
#
# $$\mathrm{BN}(x) = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# The question is where $\mu$ and $\sigma$ come from. With `training=True`, from the **batch at hand**. With `training=False`, from the **averages gathered** in earlier steps, which start at 0 and 1: this is inference mode. `momentum` says how much of the old averages each step keeps. In a convolution there is one $\mu$ and one $\sigma$ for each channel. We give a newly made layer a batch of mean 5 and standard deviation 2. What will come out in each mode?

# %% tags=["nbval-check-output"]
batch = keras.random.normal((4096, 1), mean=5, stddev=2, seed=42)
bn = layers.BatchNormalization(momentum=0.9)
rows = [(L("el lote", "the batch"), batch), ("training=False", bn(batch, training=False))]
rows += [("training=True", bn(batch, training=True))]
for _ in range(100):
    bn(batch, training=True)
rows += [("100 × True, training=False", bn(batch, training=False))]
for title, values in rows:
    print(f"{title:28} {abs(np.mean(values)):3.1f} ± {np.std(values):3.1f}")

# %% [markdown] lang="es"
# (Cada línea es media ± desviación típica.) En inferencia, la capa nueva no hace casi nada: todavía no ha visto ningún lote. En entrenamiento deja media 0 y desviación 1. Tras cien lotes ya ha acumulado buenas medias y los dos modos coinciden.
#
# Falta el caso que nadie espera. **Una BN congelada funciona siempre en modo de inferencia, aunque le pidas `training=True`.** Con un lote desplazado diez unidades, sigue usando las medias de antes, y el resultado queda a 5 desviaciones del 0:

# %% [markdown] lang="en"
# (Each line is mean ± standard deviation.) In inference the new layer does next to nothing: it has not seen any batch yet. In training it leaves mean 0 and standard deviation 1. After a hundred batches it has gathered good averages, and the two modes agree.
#
# There remains the case that nobody expects. **A frozen BN always works in inference mode, even if you ask for `training=True`.** Given a batch shifted by ten, it still uses the earlier averages, and what comes out is 5 standard deviations away from 0:

# %% tags=["nbval-check-output"]
bn.trainable = False
shifted = bn(batch + 10, training=True)
print(f"{np.mean(shifted):.1f} ± {np.std(shifted):.1f}")
assert np.mean(shifted) > 4

# %% [markdown] lang="es"
# Recuérdalo: la lección 6 examina qué pasa cuando D lleva BN y se congela.
#
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
# Funcionan a menudo, pero no siempre. La red que vamos a montar no las cumple todas (su G lleva ReLU con fuga, y su D, ninguna BN): es la del **tutorial C**, un artículo de un blog en español, que es nuestro punto de partida. (El curso sale de cinco tutoriales, del A al E. «D», a secas, es siempre el discriminador.)
#
# ¿Qué es esa fuga? La ReLU corriente da 0 a todo lo negativo: ahí su pendiente es 0 y no deja pasar ningún gradiente. La ReLU con fuga conserva una pequeña pendiente. En D importa doblemente, porque el gradiente que guía a G tiene que atravesarlo entero.

# %% [markdown] lang="en"
# Remember this: lesson 6 examines what happens when D has BN and is frozen.
#
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
# They often work, but not always. The network that we are going to build does not follow them all (its G has leaky ReLU, and its D no BN): it is that of **tutorial C**, an article from a Spanish-language blog, which is our starting point. (The course grows from five tutorials, A to E. “D” on its own is always the discriminator.)
#
# What is that leak? The ordinary ReLU gives 0 for everything negative: there its slope is 0, and no gradient gets through. The leaky ReLU keeps a small slope. In D this matters twice over, because the gradient that guides G has to cross all of it.

# %%
diagrams.show_leaks(slopes=(0.0, 0.2))

# %% [markdown] lang="es"
# A la derecha del 0 las dos coinciden; solo se separan a la izquierda.
#
# ## Monta el generador
#
# El generador del tutorial C recibe 50 números, los convierte en un bloque de 7×7 con 128 canales y duplica su lado dos veces.
#
# ### Ejercicio 3: las capas que faltan
#
# Móntalo tú: cambia cada `...` por lo que falta. Arriba tienes la regla de las formas. Las capas, en orden:
#
# 1. densa, con un número por cada casilla de un bloque de 7×7 con `base` canales, y `LeakyReLU`;
# 2. `Reshape`, que le da la forma de ese bloque, y BN;
# 3. traspuesta de `filters` canales, núcleo 4: de 7 a 14; `LeakyReLU` y BN;
# 4. traspuesta de un canal, núcleo 4: de 14 a 28, con `tanh`.
#
# Si aún queda un `...`, o algo no está bien, seguimos con la versión del curso; en el segundo caso la celda te dice en qué capa. (Las capas se cuentan por líneas `model.add`.)

# %% [markdown] lang="en"
# To the right of 0 the two agree; they part only on the left.
#
# ## Build the generator
#
# Tutorial C's generator receives 50 numbers, turns them into a block of 7×7 with 128 channels, and doubles its side twice.
#
# ### Exercise 3: the missing layers
#
# Build it yourself: replace each `...` with what is missing. The shape rule is above. The layers, in order:
#
# 1. dense, with a number for each square of a block of 7×7 with `base` channels, and `LeakyReLU`;
# 2. `Reshape`, which gives it the shape of that block, and BN;
# 3. transposed with `filters` channels, kernel 4: from 7 to 14; `LeakyReLU` and BN;
# 4. transposed with one channel, kernel 4: from 14 to 28, with `tanh`.
#
# If a `...` is left, or something is wrong, we go on with the course's version; in the second case the cell tells you in which layer. (Layers are counted by `model.add` lines.)


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
# Compara con el generador denso de la lección 1: 1 493 520 parámetros. Este tiene menos de un tercio, porque cada núcleo se comparte por toda la imagen. Y aun así, 319 872 de sus 452 801 están en la capa densa.
#
# ## Monta el discriminador
#
# El discriminador encoge la imagen dos veces y acaba en una probabilidad. Sus capas de *dropout* apagan al azar el 40 % de los valores en cada paso de entrenamiento, para que le cueste más aprenderse de memoria las imágenes reales.
#
# ### Ejercicio 4: el otro jugador
#
# Faltan cuatro cosas: los dos saltos, cuántas neuronas tiene la última capa y su activación.

# %% [markdown] lang="en"
# Compare it with the dense generator of lesson 1: 1,493,520 parameters. This one has less than a third, because each kernel is shared across the image. Even so, 319,872 of its 452,801 are in the dense layer.
#
# ## Build the discriminator
#
# The discriminator shrinks the image twice and ends in a probability. Its dropout layers switch off 40% of the values at random in each training step, so that it is harder to learn the real images by heart.
#
# ### Exercise 4: the other player
#
# Four things are missing: both strides, how many neurons the last layer has, and its activation.


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
# ¿Cuántos parámetros tiene? Contémoslos a mano. Los pesos de una convolución son (lado del núcleo)² × canales de entrada × canales de salida, más un sesgo por canal de salida. Los de una traspuesta se cuentan igual.

# %% [markdown] lang="en"
# How many parameters does it have? Let us count by hand. A convolution has (kernel side)² × input channels × output channels weights, plus one bias per output channel. A transposed one has as many.

# %% tags=["nbval-check-output"]
discriminator = make_discriminator()
by_hand = [5**2 * 1 * 64 + 64, 3**2 * 64 * 64 + 64, 7 * 7 * 64 + 1]
assert sum(by_hand) == discriminator.count_params()
print(*by_hand, sep=" + ", end=f" = {sum(by_hand)}")

# %% [markdown] lang="es"
# Como siempre, una prueba antes de entrenar:

# %% [markdown] lang="en"
# As always, a test before training:

# %%
untrained = generator(keras.random.normal((10, 50), seed=42), training=False)
plots.show_grid(untrained, columns=10)
print(f"D(G(z)) = {np.mean(discriminator(untrained)):.2f}")

# %% [markdown] lang="es"
# Casi gris, con algunas motas: sin entrenar, la red apenas se aparta de 0. Aún no sabe nada de dígitos, pero trae algo de fábrica que la red densa no tenía: cada píxel depende solo de un trozo pequeño de la capa anterior, y los mismos pesos sirven en todas partes.

# %% [markdown] lang="en"
# Nearly grey, with a few specks: untrained, the network hardly leaves 0. It knows nothing of digits yet, but it has something built in that the dense network lacked: each pixel depends only on a small patch of the layer before, and the same weights serve everywhere.

# %% [markdown] lang="es"
# ## La trampa
#
# En el turno de G, el discriminador no debe moverse. Para eso se congela con `trainable = False`. Hay varias maneras de escribirlo. Las tres primeras que verás están publicadas; las otras dos son descuidos fáciles. ¿Con cuáles se entrena de verdad? Para verlo bastan dos redes diminutas, que tardan un segundo.

# %% [markdown] lang="en"
# ## The trap
#
# In G's turn the discriminator must not move. To that end it is frozen with `trainable = False`. There are several ways to write it. The first three that you will see are published; the other two are easy slips. Which of them really train? To find out, two tiny networks are enough; they take a second.


# %% tags=["export"]
def adam():
    return keras.optimizers.Adam(0.01)


def tiny_game(g_optimizer, d_optimizer, freeze=False):
    generator = keras.Sequential([keras.Input((4,)), layers.Dense(8, "relu"), layers.Dense(3)], name="G")
    discriminator = keras.Sequential([keras.Input((3,)), layers.Dense(8), layers.Dense(1, "sigmoid")], name="D")
    gan = keras.Sequential([keras.Input((4,)), generator, discriminator])
    # es: Sin XLA, que en una GPU tarda segundos en compilar cada modelo, por pequeño que sea.
    # en: Without XLA, which on a GPU takes seconds to compile each model, however small.
    discriminator.compile(d_optimizer, "binary_crossentropy", jit_compile=False)
    discriminator.trainable = not freeze
    gan.compile(g_optimizer, "binary_crossentropy", jit_compile=False)
    return generator, discriminator, gan


def train_once(model, batch_size=8):
    inputs = keras.random.normal((batch_size, *model.input_shape[1:]))
    model.train_on_batch(inputs, tf.ones((batch_size, 1)))


# %% [markdown] lang="es"
# Y un instrumento: quién se mueve. Copia los pesos, deja jugar a las redes y mira qué pesos han cambiado, como en la lección 1. Con un peso que cambie basta. Lo que queremos ver es D en el turno de D y G en el de G. (Basta con saber qué devuelve; por dentro puedes saltártelo.)

# %% [markdown] lang="en"
# And an instrument: who moves. It copies the weights, lets the networks play, and looks at which weights have changed, as in lesson 1. One weight that changes is enough. What we want to see is D in D's turn and G in G's. (It is enough to know what it returns; you may skip its inside.)


# %% tags=["export"]
def weights_of(model):
    return [weight.numpy() for weight in model.weights]


def has_moved(model, before):
    return any(not np.array_equal(now, old) for now, old in zip(weights_of(model), before, strict=True))


def who_moves(play, discriminator, generator):
    before = weights_of(discriminator), weights_of(generator)
    play()
    moved = has_moved(discriminator, before[0]), has_moved(generator, before[1])
    return L(" y ", " and ").join(name for name, one in zip("DG", moved, strict=True) if one) or "—"


# %% [markdown] lang="es"
# Los dos turnos de una partida, uno detrás de otro. `toggle` congela y descongela en cada turno; sin él, todo se queda como esté.

# %% [markdown] lang="en"
# The two turns of a game, one after the other. `toggle` freezes and thaws in each turn; without it, everything stays as it is.


# %%
def both_turns(generator, discriminator, gan, size=8, toggle=True):
    if toggle:
        discriminator.trainable = True
    in_d_turn = who_moves(lambda: train_once(discriminator, size), discriminator, generator)
    if toggle:
        discriminator.trainable = False
    try:
        in_g_turn = who_moves(lambda: train_once(gan, size), discriminator, generator)
    except ValueError as error:
        in_g_turn = f"ValueError: {str(error)[:16]}"
    return in_d_turn, in_g_turn


table = {}
keras.utils.set_random_seed(42)

# %% [markdown] lang="es"
# ### Manera 1: congelar una vez
#
# Compilar D, congelarlo, compilar la GAN, y no tocar nada más. Así lo hacen los tutoriales A, B y E, y muchos libros. Con Keras 2 era correcto.
#
# ### Ejercicio 5: dos apuestas
#
# Apuesta **antes** de ejecutar la celda. ¿Quién se mueve en el turno de D? ¿Y en el de G? Contesta cada vez con una letra, por ejemplo `"a"`.
#
# **a)** solo D · **b)** solo G · **c)** los dos · **d)** ninguno · **e)** se para con un error

# %% [markdown] lang="en"
# ### Idiom 1: freeze once
#
# Compile D, freeze it, compile the GAN, and touch nothing more. Tutorials A, B and E do it this way, and so do many books. On Keras 2 it was right.
#
# ### Exercise 5: two bets
#
# Place your bet **before** you run the cell. Who moves in D's turn? And in G's? Answer each time with a letter, for instance `"a"`.
#
# **a)** only D · **b)** only G · **c)** both · **d)** neither · **e)** it stops with an error

# %% tags=["exercise", "nbval-check-output"]
in_d_turn, in_g_turn = ..., ...
q5.check(in_d_turn, in_g_turn)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# Ahora, a verlo. Guardamos los avisos para leerlos:

# %% [markdown] lang="en"
# Now let us see. We keep the warnings, to read them:

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    freeze_once = both_turns(*tiny_game(adam(), adam(), freeze=True), toggle=False)
table[L("1 congelar una vez", "1 freeze once")] = freeze_once
print(*freeze_once, sep=" | ")
print(*{str(warning.message) for warning in caught if "trainable" in str(warning.message)})

# %% [markdown] lang="es"
# A la izquierda, quién se ha movido en el turno de D; a la derecha, en el de G. **D no aprende nunca.** No hay error; según la versión de Keras, un aviso o ni eso. G se entrena contra un árbitro dormido, como en la lección 1 con `d_speed = 0`. ¿En qué momento miró Keras `trainable`? Ten presente la pregunta en las apuestas que siguen: casi todas dependen de ella.
#
# ### Maneras 2 y 3: alternar, y un solo optimizador
#
# **Manera 2.** Compilar todo sin congelar y cambiar `trainable` en cada turno. Así lo hace el artículo del tutorial C. (Con Keras 2 era un error: D también aprendía en el turno de G.)
#
# **Manera 3.** Lo mismo, pero con un único optimizador para las dos redes. Así está en el cuaderno del mismo tutorial C.
#
# ### Ejercicio 6: cuatro apuestas
#
# Con las mismas letras.

# %% [markdown] lang="en"
# On the left, who has moved in D's turn; on the right, in G's. **D never learns.** There is no error; depending on the version of Keras, a warning or not even that. G trains against a sleeping referee, as in lesson 1 with `d_speed = 0`. At which moment did Keras look at `trainable`? Keep that question in mind for the bets that follow: nearly all of them depend on it.
#
# ### Idioms 2 and 3: toggle, and a single optimizer
#
# **Idiom 2.** Compile everything unfrozen, and change `trainable` in each turn. This is what tutorial C's article does. (On Keras 2 it was a mistake: D also learnt in G's turn.)
#
# **Idiom 3.** The same, but with a single optimizer for both networks. This is what tutorial C's own notebook does.
#
# ### Exercise 6: four bets
#
# With the same letters.

# %% tags=["exercise", "nbval-check-output"]
toggle_d, toggle_g = ..., ...
single_d, single_g = ..., ...
q6.check(toggle_d, toggle_g, single_d, single_g)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %%
table[L("2 alternar", "2 toggle")] = both_turns(*tiny_game(adam(), adam()))
shared = adam()
table[L("3 un optimizador", "3 one optimizer")] = both_turns(*tiny_game(shared, shared))
for idiom, turns_of_idiom in table.items():
    print(f"{idiom:18}", *turns_of_idiom, sep=" | ")

# %% [markdown] lang="es"
# Alternar es la manera correcta hoy, aunque nada la vigila. Y con un solo optimizador el fallo es de los buenos: se para y lo dice. Adam guarda memoria de cada peso y se niega a mover pesos que no conoce.
#
# ### Maneras 4 y 5: dos descuidos
#
# **Manera 4.** Alguien da un paso de entrenamiento de la GAN, sin congelar nada, para ver si funciona. Después entrena alternando, con todo cuidado.
#
# **Manera 5.** D da un paso de calentamiento y luego se congela una sola vez, como en la manera 1. Los lotes son de 8, pero el último se queda en 5.
#
# ### Ejercicio 7: cuatro más
#
# En la manera 4, ¿quién se mueve desde que entrena alternando (`tried_d`, `tried_g`)? Y en la 5, ¿quién se mueve con ese último lote (`last_d`, `last_g`)?

# %% [markdown] lang="en"
# Toggling is the right way today, although nothing watches over it. And a single optimizer fails in the best way: it stops and says so. Adam keeps a memory for each weight, and refuses to move weights that it does not know.
#
# ### Idioms 4 and 5: two slips
#
# **Idiom 4.** Someone trains the GAN for one step, with nothing frozen, to see whether it works, and then trains by toggling, with every care.
#
# **Idiom 5.** D takes a warm-up step and is then frozen just once, as in idiom 1. The batches are of 8, but the last one has only 5.
#
# ### Exercise 7: four more
#
# In idiom 4, who moves once the toggling has begun (`tried_d`, `tried_g`)? And in idiom 5, who moves with that last batch (`last_d`, `last_g`)?

# %% tags=["exercise", "nbval-check-output"]
tried_d, tried_g = ..., ...
last_d, last_g = ..., ...
q7.check(tried_d, tried_g, last_d, last_g)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %%
game = tiny_game(adam(), adam())
train_once(game[2])
table[L("4 probar antes", "4 try it first")] = both_turns(*game)

game = tiny_game(adam(), adam())
train_once(game[1])
game[1].trainable = False
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for size in (8, 5):
        table[L(f"5 calentar, lote {size}", f"5 warm up, batch {size}")] = both_turns(*game, size, toggle=False)

# %% [markdown] lang="es"
# La tabla completa: quién se ha movido en cada turno.

# %% [markdown] lang="en"
# The whole table: who has moved in each turn.

# %%
headings = ["", L("turno de D", "D’s turn"), L("turno de G", "G’s turn")]
plots.show_table(headings, [[idiom, *played] for idiom, played in table.items()])
assert list(table.values()) == [
    *[("—", "G"), ("D", "G"), ("D", "ValueError: Unknown variable")],
    *[("D", L("D y G", "D and G")), ("D", "G"), ("—", "G")],
]

# %% [markdown] lang="es"
# En la manera 4, D se mueve también en el turno de G, y seguirá así mientras los lotes tengan ese tamaño: aprende a dar por bueno lo falso. En la 5, con lotes de 8, D aprende aunque esté «congelado»; con el de 5, no. La misma línea de código y el mismo modelo, y el resultado depende del tamaño del lote.
#
# ### La causa
#
# La primera vez que entrena, Keras **traza** (*traces*) el paso de entrenamiento: ejecuta el código de Python una vez, anota las operaciones en un grafo y en adelante repite el grafo. La lista de pesos entrenables se lee **al trazar**: ni al compilar ni en cada paso. La estrella azul marca cuándo se congela D. Mira si cae antes o después de la primera llamada:

# %% [markdown] lang="en"
# In idiom 4, D moves in G's turn as well, and will go on doing so as long as the batches keep that size: it learns to accept fakes. In idiom 5, with batches of 8, D learns although it is “frozen”; with the batch of 5 it does not. The same line of code and the same model, and the result depends on the size of the batch.
#
# ### The cause
#
# The first time it trains, Keras **traces** the training step: it runs the Python code once, writes the operations down in a graph, and from then on replays the graph. The list of trainable weights is read **while tracing**: not on compiling, not at every step. The blue star marks when D is frozen. See whether it comes before or after the first call:

# %%
diagrams.show_trap()

# %% [markdown] lang="es"
# Podemos espiarlo. Esta función de pérdida apunta en `seen` cuántos pesos entrenables ve. Apuntar en una lista es Python corriente, no una operación del grafo; por eso solo ocurre mientras se traza.

# %% [markdown] lang="en"
# We can spy on it. This loss function notes in `seen` how many trainable weights it sees. Noting something in a list is plain Python, not an operation of the graph; so it happens only while tracing.

# %%
_, spied, _ = tiny_game(adam(), adam())
seen = []


def spying_loss(labels, outputs):
    seen.append(len(spied.trainable_weights))
    return keras.losses.binary_crossentropy(labels, outputs)


spied.compile(loss=spying_loss, optimizer=adam(), jit_compile=False)

# %% [markdown] lang="es"
# D tiene 4 grupos de pesos: los pesos y los sesgos de cada una de sus dos capas. Keras cuenta cada grupo como uno. Cuatro pasos, con D descongelado o congelado y lotes de 8 o de 5:

# %% [markdown] lang="en"
# D has 4 arrays of weights: the weights and the biases of each of its two layers. Keras counts each array as one. Four steps, with D thawed or frozen and batches of 8 or 5:

# %% tags=["nbval-check-output"]
for trainable, size in [(True, 8), (True, 8), (False, 8), (False, 5)]:
    spied.trainable = trainable
    seen.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        train_once(spied, size)
    what = L(f"traza con {seen[-1]} pesos", f"traces with {seen[-1]} weights") if seen else L("repite", "replays")
    print(f"trainable={trainable!s:5}  batch={size}  {what}")

# %% [markdown] lang="es"
# En el primer paso traza con los 4 pesos. Después repite, y le da igual que lo congelemos. La primera vez que le llega un lote de otro tamaño vuelve a trazar (ahora, para cualquier tamaño), y solo entonces descubre que está congelado. Salvo la 3, que falla por el optimizador, todas las maneras se explican con esta frase: **`trainable` cuenta en el instante de trazar**.
#
# (Así es con Keras 3 sobre TensorFlow, que entrena con grafos. Con `run_eagerly=True`, o con PyTorch debajo, el código de Python se ejecuta en cada paso, y `trainable` se lee en cada paso. Keras 2 guardaba el estado del momento de compilar: por eso congelar una sola vez era correcto, y por eso dejó de serlo sin que nadie tocara el código.)
#
# ### El código con el que nos quedamos
#
# Alternar, y que alguien vigile. Un bloque `with watched_turn(...)` para cada turno: congela al rival, deja jugar, lo descongela y exige lo que tenía que pasar. Son ocho líneas, y la idea ya la conoces: es la prueba de la lección 1, pero en **cada** paso, porque el primer lote de otro tamaño obliga a trazar de nuevo.

# %% [markdown] lang="en"
# In the first step it traces with all 4 weights. Then it replays, and does not care that we have frozen it. The first time that it meets a batch of another size it traces again (for any size, this time), and only then finds out that it is frozen. One sentence explains all the idioms but the third, which fails because of the optimizer: **`trainable` counts at the moment of tracing**.
#
# (This holds for Keras 3 on TensorFlow, which trains with graphs. With `run_eagerly=True`, or on PyTorch, the Python code runs at every step, and `trainable` is read at every step. Keras 2 kept the state of the moment of compiling: that is why freezing once was right, and why it stopped being right although nobody touched the code.)
#
# ### The idiom that we keep
#
# Toggle, and have someone keep watch. One `with watched_turn(...)` block for each turn: it freezes the rival, lets the player play, thaws the rival and demands what had to happen. It is eight lines, and you know the idea: it is the test of lesson 1, but at **every** step, because the first batch of another size traces again.


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
# Probémoslo, y después **rompámoslo**, que es la única manera de saber si una alarma suena. Lo rompemos como en la manera 4: un paso de la GAN antes de tiempo, sin congelar a nadie.

# %% [markdown] lang="en"
# Let us try it, and then **break it**, for that is the only way to know whether an alarm rings. We break it as in idiom 4: one step of the GAN too soon, with nobody frozen.

# %% tags=["nbval-check-output"]
for too_soon in (False, True):
    generator, discriminator, gan = tiny_game(adam(), adam())
    if too_soon:
        train_once(gan)
    try:
        with watched_turn(generator, rival=discriminator):
            train_once(gan)
        print(L("todo en orden", "all in order"))
    except AssertionError as alarm:
        print("AssertionError:", alarm)

# %% [markdown] lang="es"
# Suena en el primer paso.
#
# ### Ejercicio 8: ¿qué se mueve?
#
# Alguien escribe este programa con Keras 3, y todos los lotes tienen el mismo tamaño. ¿Qué redes se mueven en la **tercera** vuelta del bucle? Elige una letra.
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
# It rings at the first step.
#
# ### Exercise 8: what moves?
#
# Someone writes this program with Keras 3, and all batches have the same size. Which networks move in the **third** pass through the loop? Choose one letter.
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
q8.check(answer)

# %% tags=["exercise"]
# q8.hint()
# q8.solution()

# %% [markdown] lang="es"
# ## El entrenamiento
#
# Compilamos sin congelar nada y con dos optimizadores; de alternar se encarga cada turno. `mean_output` es la respuesta media de D, que dibujaremos como D(x) y D(G(z)).

# %% [markdown] lang="en"
# ## Training
#
# We compile with nothing frozen and with two optimizers; each turn takes care of the toggling. `mean_output` is D's mean answer, which we shall draw as D(x) and D(G(z)).


# %% tags=["export"]
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


def compile_gan(generator, discriminator, g_optimizer, d_optimizer):
    assert g_optimizer is not d_optimizer, L(
        "Cada red necesita su propio optimizador: crea dos.", "Each network needs an optimizer of its own: make two."
    )
    discriminator.compile(d_optimizer, "binary_crossentropy", metrics=[mean_output], jit_compile=False)
    gan = keras.Sequential([keras.Input(generator.input_shape[1:]), generator, discriminator], name="gan")
    gan.compile(g_optimizer, "binary_crossentropy", jit_compile=False)
    return gan


# %% [markdown] lang="es"
# El paso es el de la lección 1, con su misma función `learn`: primero juega D, con lo real y lo generado en lotes separados, y después G. Solo cambia quién vigila. `turns.turn` es el `watched_turn` de arriba, mejorado en tres cosas: es rápido, porque en lugar de copiar los pesos suma sus bits en un grafo; solo mira los pesos que se aprenden, porque las medias de la BN se mueven aunque no se aprenda nada; y descongela aunque pares a mitad de un turno.
#
# Un detalle: `draw` dibuja con `training=True`, es decir, con la BN en el modo en que se entrena G, y lo hace **antes** del turno de D. Dentro del turno G está congelado, y ya sabes que una BN congelada no hace caso de `training=True`. Así D juzga al mismo generador que se entrena, y no a otro. (Los tutoriales B, C y E lo hacen de otra manera; la lección 6 mide qué pasa entonces. Los dos últimos argumentos sirven para estropear el paso a propósito, en la lección 5.)

# %% [markdown] lang="en"
# The step is that of lesson 1, with the same function `learn`: D plays first, with real and generated images in separate batches, and then G. All that changes is who keeps watch. `turns.turn` is the `watched_turn` from above, improved in three ways: it is fast, because instead of copying the weights it adds up their bits in a graph; it looks only at the weights that are learnt, because BN's averages move even when nothing is learnt; and it thaws even if you stop in the middle of a turn.
#
# One detail: `draw` draws with `training=True`, that is, with BN in the mode in which G is trained, and it does so **before** D's turn. Inside the turn G is frozen, and you know that a frozen BN ignores `training=True`. So D judges the very generator that is being trained, and not another one. (Tutorials B, C and E do it differently; lesson 6 measures what happens then. The last two arguments are for breaking the step on purpose, in lesson 5.)


# %% tags=["export"]
def make_train_step(generator, discriminator, gan, batch_size, real_label=1.0, turn=turns.turn):
    shape = batch_size, *generator.input_shape[1:]
    noise = tf.function(lambda: keras.random.normal(shape))
    draw = tf.function(lambda: generator(noise(), training=True))

    def train_step(real_images):
        fake_images = draw()
        with turn(discriminator, rival=generator):
            on_real = learn(discriminator, real_images, real_label)
            on_fake = learn(discriminator, fake_images, 0.0)
        with turn(generator, rival=discriminator):
            on_gan = learn(gan, noise(), 1.0)
        d_loss = (on_real["loss"] + on_fake["loss"]) / 2
        answers = {"d_real": on_real["mean_output"], "d_fake": on_fake["mean_output"]}
        return {"d_loss": d_loss, "g_loss": on_gan["loss"], **answers}

    return train_step


# %% tags=["export", "solution"]
def small_game(g_rate=1e-3, d_rate=1e-3, beta_1=0.5, dropout=0.4, momentum=0.9, make_d=make_discriminator, **options):
    generator = make_generator(filters=16, base=32, momentum=momentum)
    discriminator = make_d(filters=(16, 16), dropout=dropout)
    optimizers = [keras.optimizers.Adam(rate, beta_1=beta_1) for rate in (g_rate, d_rate)]
    gan = compile_gan(generator, discriminator, *optimizers)
    return generator, discriminator, make_train_step(generator, discriminator, gan, 32, **options)


# %% [markdown] lang="es"
# El tutorial C entrena durante 30 épocas con lotes de 128. En un portátil de dos núcleos eso es más de una hora; al cabo de cinco minutos, esa misma red dibuja todavía borrones. Para una clase hemos buscado otra cosa: redes más estrechas, que dan muchos más pasos en el mismo tiempo. Los números salen de probar unas sesenta combinaciones, casi todas con una sola semilla, y contar cuántos dígitos reconocía un clasificador y cuánto se parecían a los reales en conjunto. Esto es lo que cambia:
#
# | | tutorial C (`full`) | `workshop` | por qué |
# |---|---|---|---|
# | números de ruido | 50 | 8 | en nuestras pruebas, menos dibujos a medio camino entre dos cifras |
# | canales de G | 128 y 64 | 32 y 16 | cada paso cuesta mucho menos |
# | canales de D | 64 y 64 | 16, 32 y 64 | con una convolución más, cada valor ve 22×22 píxeles, y no 9×9 |
# | núcleos de D | 5 y 3 | 4, 4 y 4 | como los de G |
# | D ve cuánto varía el lote | no | sí | G no puede repetirse sin que se note (más abajo) |
# | *dropout* de D | 0.4 | 0 | en nuestras pruebas, mejores dígitos |
# | tamaño de lote | 128 | 32 | cuatro veces más pasos con las mismas imágenes |
# | tasa de G y de D | 0.0002 | 0.003 y 0.002, que bajan hasta su veinteava parte | pasos largos al principio y finos al final |
# | `momentum` de la BN | 0.99 | 0.9 | las medias acumuladas se ponen al día antes |
# | pasos | 30 épocas | 4800 | lo que cabe en unos cinco minutos |

# %% [markdown] lang="en"
# Tutorial C trains for 30 epochs in batches of 128. On a two-core laptop that is more than an hour; after five minutes this same network still draws blobs. For a class we looked for something else: narrower networks, which take many more steps in the same time. The numbers come from trying some sixty combinations, nearly all with a single seed, and counting how many digits a classifier recognised and how much they resembled the real ones as a whole. This is what changes:
#
# | | tutorial C (`full`) | `workshop` | why |
# |---|---|---|---|
# | size of the noise vector | 50 | 8 | in our trials, fewer drawings halfway between two digits |
# | G's channels | 128 and 64 | 32 and 16 | each step costs much less |
# | D's channels | 64 and 64 | 16, 32 and 64 | with one more convolution each value sees 22×22 pixels, and not 9×9 |
# | D's kernels | 5 and 3 | 4, 4 and 4 | like G's |
# | D sees how much the batch varies | no | yes | G cannot repeat itself unnoticed (see below) |
# | D's dropout | 0.4 | 0 | better digits in our trials |
# | batch size | 128 | 32 | four times the steps with the same images |
# | rate of G and of D | 0.0002 | 0.003 and 0.002, falling to a twentieth | long steps at first and fine ones at the end |
# | BN's `momentum` | 0.99 | 0.9 | the gathered averages catch up sooner |
# | steps | 30 epochs | 4,800 | what fits into about five minutes |

# %%
tutorial_c = dict(latent_dim=50, base=128, filters=64, d_filters=(64, 64), dropout=0.4, momentum=0.99)
workshop = dict(latent_dim=8, base=32, filters=16, d_filters=(16, 32, 64), dropout=0.0, momentum=0.9)
tutorial_c |= dict(batch_size=128, g_rate=2e-4, d_rate=2e-4, falling=False, watchful=False)
workshop |= dict(batch_size=32, g_rate=3e-3, d_rate=2e-3, falling=True, watchful=True)

settings = budget(smoke=workshop, workshop=workshop, full=tutorial_c)
batch_size = settings["batch_size"]
steps = budget(smoke=40, workshop=4800, full=30 * (60_000 // batch_size))


# %% [markdown] lang="es"
# ### Un D que mira el lote entero
#
# La fila más rara de la tabla es, junto con la tercera convolución, la que más se notó en nuestras pruebas (una sin la otra no sirvió de nada). D juzga las imágenes de una en una. Si G dibuja siempre el mismo 1, y lo dibuja bien, cada uno de esos unos puede pasar por bueno; solo al verlos juntos salta a la vista que son el mismo. Por eso, antes de la última capa, le damos a D un dato más: cuánto se diferencian entre sí las imágenes del lote. Es la desviación típica de cada valor a lo largo del lote y, de todas, la media: un solo número, que se añade como un canal más. Se llama *minibatch standard deviation*, y es una idea de la ProGAN (Karras y otros, 2018).

# %% [markdown] lang="en"
# ### A D that looks at the whole batch
#
# The oddest row of the table is, together with the third convolution, the one that showed most in our trials (one without the other was of no use). D judges images one at a time. If G always draws the same 1, and draws it well, each of those ones can pass; only when they are seen together does it leap to the eye that they are all the same. So, before the last layer, we give D one more piece of information: how much the images of the batch differ from each other. It is the standard deviation of each value over the batch and, of all of these, the mean: a single number, added as one more channel. It is called minibatch standard deviation, an idea of ProGAN (Karras et al., 2018).


# %% tags=["export"]
class MinibatchDeviation(layers.Layer):
    def call(self, inputs):
        deviation = keras.ops.sqrt(keras.ops.var(inputs, axis=0) + 1e-8)
        channel = keras.ops.full_like(inputs[..., :1], keras.ops.mean(deviation))
        return keras.ops.concatenate([inputs, channel], axis=-1)


# %%
alike, varied = np.ones((4, 2, 2, 1), "float32"), np.random.default_rng(1).normal(size=(4, 2, 2, 1))
for images in (alike, varied):
    print(f"{MinibatchDeviation()(images)[0, 0, 0, 1]:.2f}")

# %% [markdown] lang="es"
# Cuatro imágenes iguales, 0.00; cuatro distintas, más. Con esa capa, y con un bucle que pone tantas convoluciones como canales le des, este es el D de `workshop`:

# %% [markdown] lang="en"
# Four images that are the same, 0.00; four different ones, more. With that layer, and a loop that makes as many convolutions as you give it numbers of channels, this is the D of `workshop`:


# %% tags=["export"]
def make_watchful_discriminator(filters=(16, 32, 64)):
    model = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for channels in filters:
        model.add(layers.Conv2D(channels, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    for layer in (MinibatchDeviation(), layers.Flatten(), layers.Dense(1, activation="sigmoid")):
        model.add(layer)
    return model


# %% [markdown] lang="es"
# ### A entrenar
#
# `make_adam` crea un Adam con los números de la tabla. `CosineDecay` es la tasa que baja, siguiendo media onda de coseno; D da dos pasos por turno, así que la suya tarda el doble de pasos en bajar.

# %% [markdown] lang="en"
# ### Now train
#
# `make_adam` makes an Adam with the numbers of the table. `CosineDecay` is the rate that falls, along half a cosine wave; D takes two steps in each turn, and so its rate takes twice as many to fall.


# %%
def make_adam(rate, updates):
    if settings["falling"]:
        rate = keras.optimizers.schedules.CosineDecay(rate, updates, alpha=0.05)
    return keras.optimizers.Adam(rate, beta_1=0.5)


def new_game():
    generator = make_generator(**{name: settings[name] for name in ("latent_dim", "filters", "base", "momentum")})
    if settings["watchful"]:
        discriminator = make_watchful_discriminator(settings["d_filters"])
    else:
        discriminator = make_discriminator(settings["d_filters"], settings["dropout"])
    adams = make_adam(settings["g_rate"], steps), make_adam(settings["d_rate"], 2 * steps)
    return generator, discriminator, compile_gan(generator, discriminator, *adams)


# %% [markdown] lang="es"
# ¿Cuánto tardará aquí? Unos pasos de ensayo, con redes de usar y tirar, lo dirán. (`data.make_batches` forma los lotes como en la lección 1.) El ruido `fixed_noise` no cambiará, para que las imágenes se puedan comparar.

# %% [markdown] lang="en"
# How long will it take here? A few rehearsal steps, with throwaway networks, will tell. (`data.make_batches` makes the batches as in lesson 1.) The noise `fixed_noise` will not change, so that the images can be compared.

# %%
batches = data.make_batches(dataset.x_train, batch_size)
real = next(iter(batches))
fixed_noise = keras.random.normal((100, settings["latent_dim"]), seed=42)
rehearsal_step = make_train_step(*new_game(), batch_size)
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# `train` es el bucle de la lección 1, sin la prueba del principio: `turns.turn` vigila en cada paso.

# %% [markdown] lang="en"
# `train` is the loop of lesson 1 without the test at its start: `turns.turn` watches at every step.


# %% tags=["export"]
def train(generator, discriminator, train_step, batches, steps, noise):
    moments = sorted({max(1, steps // 16), steps // 4, steps})
    album = {0: generator(noise, training=False)}
    real_images = next(iter(batches))
    try:
        with Monitor(steps, generator, noise[:64], discriminator, real_images) as monitor:
            for step, real_images in enumerate(batches.take(steps), start=1):
                monitor.update(**train_step(real_images))
                if step in moments:
                    album[step] = generator(noise, training=False)
    except KeyboardInterrupt:
        # es: El monitor ya lo ha dicho; la comprobación de más abajo no dejará pasar una red a medio entrenar.
        # en: The monitor has said so; the check further down will not let a half-trained network pass.
        pass
    return monitor, album


# %% [markdown] lang="es"
# Estas son las dos redes que se entrenan de verdad, con sus parámetros: tu G, con los números de la tabla, y el D de arriba (con `full`, también el tuyo). Se crean en la misma celda que las entrena, para que ejecutarla otra vez sea empezar de cero.
#
# Mientras esperas: ¿crees que las pérdidas acabarán bajando?

# %% [markdown] lang="en"
# These are the two networks that are really trained, with their parameters: your G, with the numbers of the table, and the D above (with `full`, yours, too). They are made in the very cell that trains them, so that running it again means starting from scratch.
#
# While you wait: do you expect the losses to end up falling?

# %%
keras.utils.set_random_seed(42)
generator, discriminator, gan = new_game()
for model in (generator, discriminator):
    print(model.name, *(layer.output.shape[1:] for layer in model.layers if layer.weights), model.count_params())
train_step = make_train_step(generator, discriminator, gan, batch_size)
monitor, album = train(generator, discriminator, train_step, batches, steps, fixed_noise)

# %% [markdown] lang="es"
# Antes de mirar nada más: el entrenamiento ha llegado al final, las pérdidas son números y el monitor no ha visto a D congelado.

# %% [markdown] lang="en"
# Before looking at anything else: the training has reached its end, the losses are numbers, and the monitor has not seen D frozen.

# %%
assert monitor.step == steps, L(
    "Entrenamiento interrumpido: ejecuta de nuevo la celda que entrena.",
    "Training was interrupted: run the cell that trains again.",
)
assert np.isfinite(monitor.history["d_loss"] + monitor.history["g_loss"]).all(), L(
    "Una pérdida ha dejado de ser un número: baja la tasa de aprendizaje.",
    "A loss is no longer a number: lower the learning rate.",
)
assert "frozen" not in {kind for _, kind, _ in monitor.diagnoses}, L("D está congelado.", "D is frozen.")

# %% [markdown] lang="es"
# El mismo ruido en cuatro momentos:

# %% [markdown] lang="en"
# The same noise at four moments:

# %%
plots.show_grids([images[:16] for images in album.values()], [L(f"paso {step}", f"step {step}") for step in album])

# %% [markdown] lang="es"
# De un gris casi uniforme salen primero manchas, después trozos de trazo y por fin dígitos. Aquí están los cien:

# %% [markdown] lang="en"
# Out of a nearly even grey come first blots, then pieces of strokes, and at last digits. Here are all one hundred:

# %%
out, images = out_folder(), album[steps]
generator.save(out / "generator.keras")
pixels.save_grid(images, out / "generated.png")
plots.show_grid(images, columns=10)
print(pretty_path(out))

# %% [markdown] lang="es"
# ## Cómo se leen las curvas
#
# Vuelve a la figura del entrenamiento. Estas preguntas se repiten una y otra vez.
#
# **¿Por qué se entrena a G con la etiqueta 1, si sus imágenes son falsas?** Porque la etiqueta no dice lo que la imagen es, sino lo que G quiere que D responda. D está congelado: quien se mueve para acercar la respuesta a 1 es G.
#
# **¿Debería bajar la pérdida de G?** No. Mide cuánto le cuesta engañar al D **de ese momento**, y D también mejora. Que se mantenga, o que suba despacio, mientras las imágenes mejoran es lo normal. Si baja sin parar, sospecha: o D está congelado o G ha encontrado una imagen que D no sabe rechazar.
#
# **¿Y la de D?** Si ninguno gana, ronda 0.69, que es $-\log 0.5$. Cerca de 0 significa que D gana de largo: empuja con fuerza, pero ya no señala una dirección útil. Muy por encima de 0.69, que D está perdido.
#
# **¿Qué miro entonces?** D(x) y D(G(z)), que dicen quién gana, y las imágenes del mismo ruido, que dicen si sirve de algo. Léelas tú en *esta* partida: las medias de una décima parte de los pasos, hacia el primer cuarto del camino y al final.

# %% [markdown] lang="en"
# ## How to read the curves
#
# Go back to the figure of the training. These questions come up again and again.
#
# **Why train G with label 1, if its images are fake?** Because the label does not say what the image is, but what G wants D to answer. D is frozen: the one who moves to bring the answer closer to 1 is G.
#
# **Should G's loss fall?** No. It measures how hard G finds it to fool the D **of that moment**, and D improves too. Staying level, or rising slowly, while the images improve is normal. If it falls and falls, be suspicious: either D is frozen, or G has found an image that D cannot reject.
#
# **And D's?** When neither is winning it is about 0.69, which is $-\log 0.5$. Near 0 means that D is winning by far: its push is strong, but no longer points in a useful direction. Well above 0.69 means that D is lost.
#
# **What do I look at, then?** D(x) and D(G(z)), which say who is winning, and the images of the same noise, which say whether it is any use. Read them for *this* run: the means over a tenth of the steps, around a quarter of the way and at the end.

# %%
early, late = slice(steps // 5, steps // 5 + steps // 10), slice(-(steps // 10), None)
means = {name: [np.mean(values[part]) for part in (early, late)] for name, values in monitor.history.items()}
names = {
    "d_loss": L("pérdida de D", "D loss"),
    "g_loss": L("pérdida de G", "G loss"),
    "d_real": "D(x)",
    "d_fake": "D(G(z))",
}
headings = ["", L("hacia el primer cuarto", "around a quarter"), L("al final", "at the end")]
plots.show_table(headings, [[text, *(f"{mean:.2f}" for mean in means[name])] for name, text in names.items()])

# %% [markdown] lang="es"
# ¿Quién va ganando? ¿Y su ventaja crece o mengua? Piénsalo antes de seguir. La distancia entre D(x) y D(G(z)) es lo que D distingue:

# %% [markdown] lang="en"
# Who is winning? And is the lead growing or shrinking? Think before you go on. The gap between D(x) and D(G(z)) is what D can tell:

# %%
then, now = (means["d_real"][i] - means["d_fake"][i] for i in (0, 1))
print(f"D(x) − D(G(z)): {then:.2f} → {now:.2f}")
if now > then + 0.05:
    print(L("D va ganando, y su ventaja crece.", "D is winning, and its lead is growing."))
elif now < then - 0.05:
    print(L("G se va acercando: D distingue cada vez menos.", "G is catching up: D can tell less and less."))
else:
    print(L("Ninguno se despega del otro.", "Neither pulls away from the other."))

# %% [markdown] lang="es"
# Si D va ganando, no es malo en sí. Lo malo sería que su ventaja llegara a 1 y las imágenes dejaran de mejorar. Y un empate, recuérdalo de la lección 1, tampoco demuestra nada. Hay que mirar las imágenes. Contemos, pues.
#
# ## El polvo y los dígitos que se leen
#
# La misma cuenta del polvo que en la lección 1: píxeles sueltos por cada 10 000 claros. Y otra: la parte de las imágenes que reconoce un **juez**, una red que aprendió a leer los dígitos reales y aquí no se entrena más. Cuenta como leída la imagen de la que está segura al 95 % o más. (Qué mide un juez, y qué no, es el tema de la lección 4.) ¿Qué esperas de cada grupo?

# %% [markdown] lang="en"
# If D is winning, that is not bad in itself. What would be bad is a lead that reaches 1 while the images stop improving. And a tie, remember from lesson 1, proves nothing either. We have to look at the images. So let us count.
#
# ## The dust, and the digits that can be read
#
# The same count of the dust as in lesson 1: stray pixels in every 10,000 bright ones. And another: the share of the images that a **judge** recognises, a network that has learnt to read real digits and is not trained any further here. An image counts as read if the judge is at least 95% sure of it. (What a judge measures, and what it does not, is the subject of lesson 4.) What do you expect of each group?

# %%
judge = records.frozen_judge()
noise = keras.random.normal((1000, 100), seed=1)
groups = {
    L("reales", "real"): dataset.x_test[:1000],
    L("red densa", "dense network"): pretrained.load_generator(1)(noise, training=False),
    "DCGAN": generator(noise[:, : settings["latent_dim"]], training=False),
}
dust = {name: 10_000 * lonely_share(images) for name, images in groups.items()}
read = {name: confident_share(judge.look(images).probabilities) for name, images in groups.items()}

# %%
headings = ["", L("polvo", "dust"), L("se leen", "can be read")]
plots.show_table(headings, [[name, f"{dust[name]:.1f}", percent(read[name])] for name in groups])
if steps > 1000:
    assert dust["DCGAN"] < dust[L("red densa", "dense network")] / 2

# %% [markdown] lang="es"
# Las convoluciones se llevan casi todo el polvo: todo apunta a que el sospechoso era culpable. (Entre las dos redes ha cambiado algo más que el tipo de capa, y una prueba rigurosa cambiaría una sola cosa. Cómo se hace eso es el tema de la lección 4.) La otra columna es la que importa a quien mira. Y no compiten en igualdad de condiciones: la red densa se entrenó durante 20 épocas; la tuya, con `workshop`, durante muchas menos.
#
# ¿Y el tutorial C, con sus propios números y sus 30 épocas? Hemos entrenado su red una vez, con una sola semilla, en una GPU y con el paso de la lección 3:

# %% [markdown] lang="en"
# Convolutions take nearly all the dust away: everything points to the suspect. (Between the two networks more has changed than the kind of layer; a rigorous test would change one thing only. How to do that is the subject of lesson 4.) The other column is the one that matters to whoever looks. And it is not an even contest: the dense network was trained for 20 epochs; yours, with `workshop`, for far fewer.
#
# And tutorial C, with its own numbers and its 30 epochs? We have trained its network once, with a single seed, on a GPU and with the step of lesson 3:

# %%
figures.show_tutorial("C")

# %% [markdown] lang="es"
# Tras un tercio del camino ya son dígitos; después mejoran despacio.
#
# ### Para seguir jugando, sin nota
#
# - Entrena con `"fashion_mnist"` en lugar de `"mnist"`. ¿Qué prendas salen peor? (No hagas caso de la última tabla: el juez y la red densa son de dígitos. Si el `assert` protesta, bórralo.)
# - Copia `make_generator` en una celda nueva, detrás del ejercicio y sin `q3.use` (que lo rechazaría), cambia los núcleos de 4 por núcleos de 5 y entrena. ¿Ves la rejilla?
# - Deshaz los cambios de la tabla, de uno en uno. ¿Cuál se nota más? A ojo, y con una sola semilla, cuesta saberlo; la lección 4 enseña a averiguarlo y la 6 lo hace con los trucos que todos citan.

# %% [markdown] lang="en"
# After a third of the way they are digits already; from there they get better slowly.
#
# ### To keep playing (ungraded)
#
# - Train with `"fashion_mnist"` instead of `"mnist"`. Which clothes come out worst? (Ignore the last table: the judge and the dense network are made for digits. If the `assert` protests, delete it.)
# - Copy `make_generator` into a new cell after the exercise, without `q3.use` (which would refuse it), change the kernels of 4 to kernels of 5, and train. Can you see the grid?
# - Undo the changes of the table, one at a time. Which shows most? By eye, and with a single seed, it is hard to tell; lesson 4 teaches how to find out, and lesson 6 does so with the tricks that everyone quotes.

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una convolución con salto encoge; una traspuesta estampa el núcleo y agranda. Si el núcleo es múltiplo del salto, el tablero de ajedrez no viene de fábrica.
# - La BN tiene dos modos y, congelada, solo uno.
# - Keras 3, sobre TensorFlow, lee `trainable` al trazar. De ahí salen las averías silenciosas de la tabla. Por eso exigimos en cada paso que se mueva quien tiene que moverse, y nadie más.
# - Que las pérdidas no bajen es normal. Se mira D(x) y D(G(z)), y las imágenes del mismo ruido.
# - El polvo se cuenta, y los dígitos que se leen, también.
#
# **Lo siguiente:** en la lección 3 escribimos el paso de entrenamiento a mano, con `GradientTape`: no hará falta congelar nada, y podrás parar y reanudar cuando quieras.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A strided convolution shrinks; a transposed one stamps the kernel and enlarges. If the kernel is a multiple of the stride, no checkerboard is built in.
# - BN has two modes and, when frozen, only one.
# - Keras 3, on TensorFlow, reads `trainable` while tracing. The silent failures of the table come from that. That is why we demand at every step that whoever has to move moves, and that nobody else does.
# - Losses that do not fall are normal. Look at D(x) and D(G(z)), and at the images of the same noise.
# - Dust can be counted, and so can the digits that can be read.
#
# **Next:** in lesson 3 we write the training step by hand, with `GradientTape`: there will be nothing to freeze, and you will be able to stop and resume whenever you like.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Alec Radford, Luke Metz y Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: la DCGAN y sus reglas.
# - Augustus Odena, Vincent Dumoulin y Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Sergey Ioffe y Christian Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167), 2015.
# - Tero Karras, Timo Aila, Samuli Laine y Jaakko Lehtinen, [*Progressive Growing of GANs*](https://arxiv.org/abs/1710.10196), 2018: la desviación del lote.
# - **Tutorial C**, «Tutorial GAN-1», un artículo de un blog en español, con su cuaderno. Lo que falla: usa `keras.Layers` y `LeakyRelu`, que no existen; escribe «un factor del salto»; su cuaderno comparte un optimizador; y llama sí o no a lo que es una probabilidad.
# - Los tutoriales B y E son los de la lección 6; el A, el de la 1.
# - [Base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - Alec Radford, Luke Metz and Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: the DCGAN and its guidelines.
# - Augustus Odena, Vincent Dumoulin and Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Sergey Ioffe and Christian Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167), 2015.
# - Tero Karras, Timo Aila, Samuli Laine and Jaakko Lehtinen, [*Progressive Growing of GANs*](https://arxiv.org/abs/1710.10196), 2018: the deviation of the batch.
# - **Tutorial C**, “Tutorial GAN-1”, an article from a Spanish-language blog, with its notebook. What fails: it uses `keras.Layers` and `LeakyRelu`, which do not exist; it writes “a factor of the stride”; its notebook shares one optimizer; and it calls a probability a yes or no.
# - Tutorials B and E are those of lesson 6; A is that of lesson 1.
# - [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
