# ---
# title:
#   es: 2 · La DCGAN con Keras y la trampa del discriminador congelado
#   en: 2 · The DCGAN in Keras, and the trap of the frozen discriminator
# ---

# %% [markdown] lang="es"
# # 2 · La DCGAN con Keras y la trampa del discriminador congelado
#
# La red densa de la lección 1 aprendió a dibujar dígitos, pero los dejaba cubiertos de polvo. Hoy cambiamos sus capas por convoluciones. Y de camino resolvemos un caso: por qué el código de tantos tutoriales, ejecutado con el Keras de hoy, deja de entrenar sin decir nada.
#
# **En esta lección vas a:**
#
# 1. ver cómo una convolución encoge una imagen y cómo una convolución traspuesta la agranda, casilla a casilla;
# 2. conocer las reglas de la DCGAN y para qué sirve cada una;
# 3. provocar la trampa, entender su causa y quedarte con un código que no puede caer en ella en silencio;
# 4. entrenar una DCGAN hasta que dibuje dígitos que cualquiera reconoce, y aprender a leer sus curvas;
# 5. cambiar de red y de datos con una sola celda, y poner a prueba los trucos que todos citan.
#
# **Tiempo:** unos 90 minutos; en un portátil de dos núcleos, con el presupuesto `workshop`, entre 8 y 12 son de espera. **Necesitas:** haber hecho la lección 1.

# %% [markdown] lang="en"
# # 2 · The DCGAN in Keras, and the trap of the frozen discriminator
#
# The fully connected network of lesson 1 learnt to draw digits, but left them covered in dust. Today we replace its layers with convolutions. On the way we solve a case: why the code of so many tutorials, run on today's Keras, stops training without a word.
#
# **In this lesson you will:**
#
# 1. see how a convolution shrinks an image and how a transposed convolution enlarges it, square by square;
# 2. meet the DCGAN guidelines and what each is for;
# 3. spring the trap, understand its cause, and keep code that cannot fall into it silently;
# 4. train a DCGAN until it draws digits that anyone recognises, and learn to read its curves;
# 5. change network and data with a single cell, and put the tricks that everyone quotes to the test.
#
# **Time:** about 90 minutes; on a two-core laptop, with the `workshop` budget, 8 to 12 of them are waiting. **You need:** to have done lesson 1.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir. Lo dibujó esta misma lección cuando se publicó, con el presupuesto `workshop`, en un ordenador de dos núcleos y sin GPU.

# %% [markdown] lang="en"
# This is what you are going to make. It was drawn by this very lesson when it was published, with the `workshop` budget, on a computer with two cores and no GPU.

# %%
import gc
import time
import warnings
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
from course_utils.lessons.lesson_1 import lonely_share
from course_utils.monitor import Monitor
from course_utils.progress import estimate
from course_utils.questions.lesson_2 import q1, q2, q3, q4, q5

plots.show_promise("02_dcgan_train_on_batch")

# %% [markdown] lang="es"
# Antes de empezar, di qué ha cambiado respecto a la lección 1. Estos eran sus dígitos, tras 20 épocas:

# %% [markdown] lang="en"
# Before we start, say what has changed since lesson 1. These were its digits, after 20 epochs:

# %%
dense_digits = plots.promised_images("01_fully_connected_gan")
plots.show_grid(dense_digits[:30], columns=10)

# %% [markdown] lang="es"
# En los dígitos nuevos los trazos son continuos y el fondo está más limpio. La lección 1 contó los píxeles claros que no tienen ningún vecino claro, el «polvo», y señaló a un sospechoso: las capas densas, que no saben qué píxel está al lado de cuál. Si la sospecha es cierta, una red que mira a los vecinos no debería dejar polvo. Al final lo contaremos.

# %% [markdown] lang="en"
# In the new digits the strokes are continuous and the background is cleaner. Lesson 1 counted the bright pixels without any bright neighbour, the “dust”, and named a suspect: dense layers, which do not know which pixel is next to which. If the suspicion is right, a network that looks at neighbours should leave no dust. At the end we shall count it.

# %% [markdown] lang="es"
# ## Hacia abajo: la convolución con salto
#
# Una convolución (*convolution*) pasa una ventana pequeña, el **núcleo** (*kernel*), por toda la imagen. En cada parada multiplica los píxeles que ve por los pesos del núcleo y los suma. Los mismos pesos sirven en todas partes: una red así sabe qué es un borde y no tiene que aprenderlo otra vez en cada rincón. Una capa tiene muchos núcleos, sus *filtros*. Cada uno produce una imagen, que se llama **canal**, y lee todos los canales de la entrada.
#
# El **salto** (*stride*) es cuánto avanza la ventana. Con salto 2 se detiene en uno de cada dos píxeles, y la salida mide la mitad. Este núcleo toma lo de arriba y le resta lo de abajo. ¿Qué esperas ver en un dígito?

# %% [markdown] lang="en"
# ## Down: the strided convolution
#
# A convolution slides a small window, the **kernel**, over the whole image. At each stop it multiplies the pixels it sees by the kernel's weights and adds them up. The same weights serve everywhere: such a network knows what an edge is and need not learn it again in every corner. A layer has many kernels, its *filters*. Each of them makes one image, called a **channel**, and reads all the channels of its input.
#
# The **stride** is how far the window moves. With stride 2 it stops at every other pixel, and the output is half the size. With this kernel, which subtracts what is below from what is above, what do you expect to see in a digit?

# %%
dataset = data.load("mnist")
print(dataset.origin)

kernel = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], "float32")
digit = dataset.x_train[:1, :, :, np.newaxis] / np.float32(255)
edges = [
    keras.ops.conv(digit, kernel[:, :, np.newaxis, np.newaxis], strides=stride, padding="same") for stride in (1, 2)
]
plots.show_arrays(
    [digit[0, :, :, 0], *(edge[0, :, :, 0] for edge in edges)],
    [
        L("el dígito, 28×28", "the digit, 28×28"),
        L("salto 1, 28×28", "stride 1, 28×28"),
        L("salto 2, 14×14", "stride 2, 14×14"),
    ],
    numbers=False,
)

# %% [markdown] lang="es"
# Los bordes superiores salen de un color y los inferiores del otro; lo liso, en blanco. Con salto 2 se ve lo mismo con la cuarta parte de los píxeles. Así encoge el discriminador las imágenes, sin capas de *pooling*: en lugar de una regla fija (quédate con el mayor), aprende él mismo qué conservar.
#
# `padding` dice qué pasa en el borde: `"same"` rodea la imagen de ceros y `"valid"` no añade nada. Con `padding="same"` la regla de las formas es sencilla: el lado de la salida es el de la entrada dividido entre el salto y redondeado hacia arriba.

# %% [markdown] lang="en"
# Upper edges come out in one colour and lower ones in the other; what is flat, in white. With stride 2 you see the same with a quarter of the pixels. This is how the discriminator shrinks images, without pooling layers: instead of a fixed rule (keep the largest), it learns by itself what to keep.
#
# `padding` says what happens at the border: `"same"` surrounds the image with zeros and `"valid"` adds nothing. With `padding="same"` the shape rule is simple: the side of the output is that of the input divided by the stride, rounded up.


# %% tags=["nbval-check-output"]
def side_after(layer, side):
    return layer.compute_output_shape((None, side, side, 1))[1]


for side in (28, 14, 7):
    down = side_after(layers.Conv2D(8, kernel_size=5, strides=2, padding="same"), side)
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
# The generator makes the opposite journey: it starts at 7×7 and has to arrive at 28×28. A transposed convolution works like a rubber stamp. Each input pixel **stamps** the whole kernel, multiplied by the value of the pixel, and moves on by one stride. Where two stamps overlap, they add up.
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


image = np.array([[1, 2, 0, 1], [1, 1, 3, 0], [2, 0, 1, 1], [1, 1, 0, 2]], "float32")
kernel = np.array([[1, 1, 1, 1], [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1]], "float32")
sheets = list(stamp(image, kernel, stride=2))
titles = [L(f"tras {n} estampas", f"after {n} stamps") for n in (1, 2, 5, 16)]
titles[0] = L("tras 1 estampa", "after 1 stamp")
plots.show_arrays([image, kernel], [L("la imagen, 4×4", "the image, 4×4"), L("el núcleo, 4×4", "the kernel, 4×4")])
plots.show_arrays([sheets[n - 1] for n in (1, 2, 5, 16)], titles)

# %% [markdown] lang="es"
# La primera estampa es el núcleo tal cual, porque el primer píxel vale 1. La segunda, dos casillas a la derecha, vale el doble y pisa dos columnas de la primera. La quinta empieza la segunda fila. Al final, de 4×4 hemos pasado a 10×10.
#
# **La regla de las formas:** con entrada de lado $n$, núcleo de lado $k$ y salto $s$, la hoja entera (`padding="valid"`) mide $(n - 1)\,s + k$ cuando $k \geq s$. Con `padding="same"` Keras recorta los bordes hasta dejar $n\,s$. ¿Hace Keras lo mismo que nuestras seis líneas?

# %% [markdown] lang="en"
# The first stamp is the kernel as it is, because the first pixel is 1. The second, two squares to the right, is twice as strong and overlaps two columns of the first. The fifth begins the second row. In the end, from 4×4 we have come to 10×10.
#
# **The shape rule:** for an input of side $n$, a kernel of side $k$ and stride $s$, the whole sheet (`padding="valid"`) has side $(n - 1)\,s + k$ when $k \geq s$. With `padding="same"` Keras trims the borders until $n\,s$ is left. Does Keras do the same as our six lines?

# %% tags=["nbval-check-output"]
as_batch = image[np.newaxis, :, :, np.newaxis]
weights = kernel[:, :, np.newaxis, np.newaxis]
for padding in ("valid", "same"):
    keras_sheet = np.squeeze(keras.ops.conv_transpose(as_batch, weights, strides=2, padding=padding))
    ours = sheets[-1] if padding == "valid" else sheets[-1][1:-1, 1:-1]
    assert np.array_equal(keras_sheet, ours)
    print(padding, keras_sheet.shape)

# %% [markdown] lang="es"
# Los mismos números, casilla por casilla. Dos de estas capas, con salto 2 y `"same"`, llevan al generador de 7 a 14 y a 28.

# %% [markdown] lang="en"
# The same figures, square by square. Two of these layers, with stride 2 and `"same"`, take the generator from 7 to 14 and to 28.

# %% tags=["nbval-check-output"]
doubling = layers.Conv2DTranspose(1, kernel_size=4, strides=2, padding="same")
sides = [7, side_after(doubling, 7), side_after(doubling, side_after(doubling, 7))]
assert sides == [7, 14, 28]
print(*sides, sep=" → ")

# %% [markdown] lang="es"
# ### El tablero de ajedrez
#
# ¿Por qué un núcleo de 4 y no de 3 o de 5? Contemos cuántas estampas caen en cada casilla. Basta con estampar un núcleo de unos desde una imagen de unos. Mira el centro de cada hoja: ¿cuál es uniforme?

# %% [markdown] lang="en"
# ### The checkerboard
#
# Why a kernel of 4, and not of 3 or 5? Let us count how many stamps land on each square. It is enough to stamp a kernel of ones from an image of ones. Look at the middle of each sheet: which one is uniform?

# %% tags=["nbval-check-output"]
counts = {}
for size in (3, 4, 5):
    counts[size] = list(stamp(np.ones((5, 5)), np.ones((size, size)), stride=2))[-1]
    middle = counts[size][4:-4, 4:-4]
    print(f"k = {size}:", *np.unique(middle).astype(int))
    is_multiple_of_stride = size % 2 == 0
    assert (middle.min() == middle.max()) == is_multiple_of_stride

# %%
plots.show_arrays(list(counts.values()), [f"k = {size}, s = 2" for size in counts])

# %% [markdown] lang="es"
# Con núcleo 4 y salto 2, en el centro todas las casillas reciben 4 estampas. Con 3 y con 5, unas reciben más que otras, y el dibujo es un tablero de ajedrez (*checkerboard*). La red puede aprender a compensarlo, pero tiene que aprenderlo. Si el tamaño del núcleo es un **múltiplo** del salto, no hay nada que compensar. (Uno de los tutoriales que citamos al final, el C, dice «un factor del salto». Es al revés: 4 es múltiplo de 2.)
#
# ¿Se nota de verdad? A una capa sin entrenar, con sus pesos al azar, le damos 2000 bloques de ruido de 7×7 con 64 canales. Y medimos lo intensa que sale cada casilla: su desviación típica.

# %% [markdown] lang="en"
# With kernel 4 and stride 2, every square in the middle receives 4 stamps. With 3 and 5 some receive more than others, and the drawing is a checkerboard. The network can learn to make up for it, but it has to learn it. If the kernel size is a **multiple** of the stride there is nothing to make up for. (One of the tutorials credited at the end, C, says “a factor of the stride”. It is the other way round: 4 is a multiple of 2.)
#
# Does it really show? We give an untrained layer, with its random weights, 2,000 blocks of noise of 7×7 with 64 channels. And we measure how strong each square comes out: its standard deviation.

# %%
keras.utils.set_random_seed(42)
maps = keras.random.normal((2000, 7, 7, 64))
strength = {}
for size in (3, 4, 5):
    layer = layers.Conv2DTranspose(1, size, strides=2, padding="same")
    strength[size] = np.std(layer(maps), axis=(0, 3))
plots.show_arrays(list(strength.values()), [f"k = {size}, s = 2" for size in strength], numbers=False)

# %% [markdown] lang="es"
# Con 3 y con 5 el tablero está ahí antes de empezar: las casillas intensas forman una rejilla. Con 4 las diferencias son las del azar de los pesos. Más adelante entrenaremos redes con núcleos de 3 y de 5; búscalo en sus dibujos.
#
# ### Ejercicio 1: tres lados
#
# Sin ejecutar nada: ¿cuánto mide el lado de la salida en cada caso?
#
# 1. `Conv2D(8, 5, strides=2, padding="same")` ante una imagen de 25×25.
# 2. `Conv2DTranspose(8, 4, strides=2, padding="same")` ante una de 16×16.
# 3. `Conv2DTranspose(8, 4, strides=2, padding="valid")` ante una de 7×7.

# %% [markdown] lang="en"
# With 3 and 5 the checkerboard is there before we begin: the strong squares form a grid. With 4 the differences are those of chance in the weights. Later we shall train networks with kernels of 3 and 5; look for it in their drawings.
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
# ### Ejercicio 2: ¿cuáles dejan el tablero?
#
# De estas parejas de núcleo y salto, ¿cuáles dibujan un tablero de ajedrez? Responde con sus letras, por ejemplo `"ab"`. Puedes comprobarlo con `stamp`.
#
# **a)** k = 5, s = 2 · **b)** k = 6, s = 3 · **c)** k = 3, s = 2 · **d)** k = 2, s = 2 · **e)** k = 4, s = 3

# %% [markdown] lang="en"
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
# ## Las reglas de la DCGAN
#
# En 2015, Alec Radford, Luke Metz y Soumith Chintala encontraron una familia de redes convolucionales que se dejaba entrenar, la DCGAN (*deep convolutional GAN*). Partimos de varios tutoriales publicados. El de la lección 1 será el A; los de esta, B, C y E, se citan al final. Estas son las reglas, tal como las resume el B:
#
# | regla | para qué |
# |---|---|
# | convoluciones con salto en D y traspuestas en G, en lugar de *pooling* | que la propia red aprenda a encoger y agrandar |
# | normalización por lotes, salvo a la salida de G y a la entrada de D | que ninguna capa reciba valores enormes o diminutos; según el tutorial E, aprender antes y depender menos del comienzo |
# | sin capas densas ocultas en las redes profundas | menos pesos y respeto a la vecindad |
# | ReLU en G, y `tanh` a su salida | rapidez; e imágenes en [−1, 1], como los datos |
# | ReLU con fuga (*leaky ReLU*) en todo D | que a G siempre le llegue gradiente |
#
# Funcionan a menudo, no siempre. Verás que ningún tutorial las cumple todas, y el propio B aconseja probar, cambiar la semilla y volver a probar.

# %% [markdown] lang="en"
# ## The DCGAN guidelines
#
# In 2015 Alec Radford, Luke Metz and Soumith Chintala found a family of convolutional networks that could be trained, the DCGAN (deep convolutional GAN). We start from several published tutorials. That of lesson 1 will be A; those of this one, B, C and E, are credited at the end. These are the guidelines, as B sums them up:
#
# | guideline | what for |
# |---|---|
# | strided convolutions in D and transposed ones in G, instead of pooling | so that the network itself learns to shrink and enlarge |
# | batch normalization, except at the output of G and the input of D | so that no layer receives huge or tiny values; according to tutorial E, to learn faster and depend less on the start |
# | no hidden dense layers in deep networks | fewer weights, and respect for neighbours |
# | ReLU in G, and `tanh` at its output | speed; and images in [−1, 1], like the data |
# | leaky ReLU in all of D | so that some gradient always reaches G |
#
# They hold often, not always. You will see that no tutorial obeys them all, and B itself advises you to experiment, change the seed and try again.

# %% [markdown] lang="es"
# ¿Qué es esa fuga? La ReLU corriente da 0 a todo lo negativo: ahí su pendiente es 0 y no deja pasar ningún gradiente. La ReLU con fuga deja una pequeña pendiente. En D importa doblemente, porque el gradiente que guía a G tiene que atravesarlo entero.

# %% [markdown] lang="en"
# What is that leak? The ordinary ReLU gives 0 for everything negative: there its slope is 0, and no gradient gets through. The leaky ReLU keeps a small slope. In D this matters twice over, because the gradient that guides G has to cross all of it.

# %%
x = np.linspace(-3, 3, 121).astype("float32")
_, ax = plt.subplots(figsize=(5, 2.6), dpi=80, layout="constrained")
for slope, dash in [(0.0, "-"), (0.01, ":"), (0.2, "--"), (0.4, "-.")]:
    ax.plot(x, layers.LeakyReLU(negative_slope=slope)(x), dash, label=L(f"pendiente {slope}", f"slope {slope}"))
ax.set_xlabel(L("entrada", "input"))
ax.set_ylabel(L("salida", "output"))
ax.legend(fontsize=8)
plt.show()

# %% [markdown] lang="es"
# Las cuatro coinciden a la derecha del 0 y solo se separan a la izquierda. El tutorial C usa 0.2 y el E, 0.01, que casi no se distingue de la ReLU.

# %% [markdown] lang="en"
# The four agree to the right of 0, and part only on the left. Tutorial C uses 0.2, and E 0.01, which can hardly be told from the ReLU.

# %% [markdown] lang="es"
# ### La normalización por lotes tiene dos modos
#
# La normalización por lotes (*batch normalization*, BN) resta a cada valor una media $\mu$ y lo divide entre una desviación típica $\sigma$. Después lo escala con $\gamma$ y lo desplaza con $\beta$, dos números que se aprenden. ($\epsilon$ es un número pequeño que evita dividir entre 0.)
#
# $$\mathrm{BN}(x) = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# La pregunta es de dónde salen $\mu$ y $\sigma$. Con `training=True`, del **lote que está viendo**. Con `training=False`, de las **medias acumuladas** en pasos anteriores, que empiezan en 0 y 1: es el modo de inferencia. `momentum` dice cuánto de las medias viejas se conserva en cada paso. En una convolución hay una $\mu$ y una $\sigma$ por canal. Damos a una capa recién creada un lote de media 5 y desviación 2. ¿Qué saldrá en cada modo?

# %% [markdown] lang="en"
# ### Batch normalization has two modes
#
# Batch normalization (BN) subtracts a mean $\mu$ from each value and divides by a standard deviation $\sigma$; then it scales by $\gamma$ and shifts by $\beta$, which are learnt. ($\epsilon$ is a small number that avoids a division by 0.)
#
# $$\mathrm{BN}(x) = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# The question is whose $\mu$ and $\sigma$. With `training=True`, those of the **batch at hand**. With `training=False`, the **averages gathered** in earlier steps, which start at 0 and 1: this is inference mode. `momentum` says how much of the old averages each step keeps. In a convolution there is one $\mu$ and one $\sigma$ for each channel. We give a newly made layer a batch of mean 5 and deviation 2. What will come out in each mode?

# %% tags=["nbval-check-output"]
batch = keras.random.normal((4096, 1), mean=5, stddev=2, seed=42)
bn = layers.BatchNormalization(momentum=0.9)


def describe(title, values):
    # es: abs evita que un 0 salga a veces como -0.0.
    # en: abs keeps a 0 from being printed now and then as -0.0.
    print(f"{title:30} {abs(np.mean(values)):5.1f} {np.std(values):5.1f}")


print(" " * 30, L(" media  desv.", "  mean   std"))
describe(L("el lote", "the batch"), batch)
describe("training=False", bn(batch, training=False))
describe("training=True", bn(batch, training=True))
for _ in range(100):
    bn(batch, training=True)
describe("100 × True, training=False", bn(batch, training=False))

# %% [markdown] lang="es"
# En inferencia, la capa nueva no hace casi nada: todavía no ha visto ningún lote. En entrenamiento deja media 0 y desviación 1. Tras cien lotes ya ha acumulado buenas medias y los dos modos coinciden.
#
# Falta el caso que nadie espera. **Una BN congelada funciona siempre en modo de inferencia, aunque le pidas `training=True`.** Ante un lote desplazado diez unidades, sigue usando las medias de antes:

# %% [markdown] lang="en"
# In inference the new layer does next to nothing: it has not seen any batch yet. In training it leaves mean 0 and deviation 1. After a hundred batches it has gathered good averages, and the two modes agree.
#
# There remains the case that nobody expects. **A frozen BN always works in inference mode, even if you ask for `training=True`.** Given a batch shifted by ten, it still uses the earlier averages:

# %% tags=["nbval-check-output"]
bn.trainable = False
describe("training=True", bn(batch + 10, training=True))
assert np.mean(bn(batch + 10, training=True)) > 3

# %% [markdown] lang="es"
# Recuerda las dos cosas: los dos modos darán lugar a una trampa silenciosa, y la BN congelada tiene su sala en el museo de averías, el cuaderno 5.

# %% [markdown] lang="en"
# Remember both: the two modes will lead to a quiet trap, and the frozen BN has a room of its own in the museum of failures, notebook 5.

# %% [markdown] lang="es"
# ## La red del tutorial C
#
# El generador recibe 50 números, los convierte en un bloque de 7×7 con 128 canales y duplica su lado dos veces. `filters` son los canales de la capa intermedia: 64 en el artículo y 128 en su cuaderno. `base` son los del bloque inicial. El tutorial pone la BN detrás de la activación y propone como ejercicio ponerla delante: para eso está `norm_first`.

# %% [markdown] lang="en"
# ## The network of tutorial C
#
# The generator receives 50 numbers, turns them into a block of 7×7 with 128 channels and doubles it twice. `filters` are the channels of the layer in the middle: 64 in the article and 128 in its notebook. `base` are those of the first block. The tutorial puts BN after the activation, and proposes as an exercise to put it before: that is what `norm_first` is for.


# %% tags=["export"]
def make_generator(latent_dim=50, filters=64, base=128, momentum=0.99, norm_first=False):
    activation = [layers.LeakyReLU(negative_slope=0.2), layers.BatchNormalization(momentum=momentum)]
    if norm_first:
        activation.reverse()
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(7 * 7 * base),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, base)),
            layers.BatchNormalization(momentum=momentum),
            layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
            *activation,
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


# %% tags=["nbval-check-output"]
keras.utils.set_random_seed(42)
assert make_generator(filters=64).count_params() == 452_801
assert make_generator(filters=128).count_params() == 585_217
generator = make_generator()
assert generator.output_shape == (None, 28, 28, 1)
generator.summary()

# %% [markdown] lang="es"
# Compara con el generador denso de la lección 1: 1 493 520 parámetros. Este tiene menos de un tercio, porque cada núcleo se comparte por toda la imagen. Y aun así, 319 872 de sus 452 801 están en la capa densa.
#
# El discriminador encoge la imagen dos veces. Sus capas de *dropout* apagan al azar el 40 % de los valores en cada paso de entrenamiento. Así le cuesta más aprenderse de memoria las imágenes reales.

# %% [markdown] lang="en"
# Compare it with the dense generator of lesson 1: 1,493,520 parameters. This one has less than a third, because each kernel is shared across the image. Even so, 319,872 of its 452,801 are in the dense layer.
#
# The discriminator shrinks the image twice. Its dropout layers switch off 40% of the values at random in each training step, so that it does not learn the real images by heart.


# %% tags=["export"]
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


# %% tags=["nbval-check-output"]
discriminator = make_discriminator()
assert discriminator.output_shape == (None, 1)
assert discriminator.count_params() == 41_729
discriminator.summary()

# %% [markdown] lang="es"
# ¿Cuadran los números con la regla? Los pesos de una convolución son (lado del núcleo)² × canales de entrada × canales de salida, más un sesgo por canal de salida. Los de una traspuesta se cuentan igual.

# %% [markdown] lang="en"
# Do the numbers fit the rule? A convolution has (kernel side)² × input channels × output channels weights, plus one bias per output channel. And so does a transposed one.


# %% tags=["nbval-check-output"]
def conv_parameters(kernel, inputs, outputs):
    return kernel**2 * inputs * outputs + outputs


by_hand = [conv_parameters(5, 1, 64), conv_parameters(3, 64, 64), 7 * 7 * 64 + 1]
assert sum(by_hand) == discriminator.count_params()
print(*by_hand, sep=" + ", end=f" = {sum(by_hand)}")

# %%
out = out_folder()
plots.draw_model(generator, out / "generator.png")

# %% [markdown] lang="es"
# Como siempre, una prueba antes de entrenar:

# %% [markdown] lang="en"
# As always, a test before training:

# %%
untrained = generator(keras.random.normal((10, 50), seed=42), training=False)
plots.show_grid(untrained, columns=10)
print(f"D(G(z)) = {np.mean(discriminator(untrained)):.2f}")

# %% [markdown] lang="es"
# Gris casi liso, con algunas motas: sin entrenar, la red apenas se aparta de 0. Todavía no hay nada suave aquí. Lo que viene de fábrica es otra cosa: cada píxel depende solo de un trozo pequeño de la capa anterior, y los mismos pesos sirven en todas partes.

# %% [markdown] lang="en"
# Nearly flat grey, with a few specks: untrained, the network hardly leaves 0. Nothing here is smooth yet. What is built in is something else: each pixel depends only on a small patch of the layer before, and the same weights serve everywhere.

# %% [markdown] lang="es"
# ## La trampa
#
# En el turno de G, el discriminador no debe moverse. Para eso se congela con `trainable = False`. Hay varias maneras de escribirlo. Las tres primeras que verás están publicadas; las otras dos son descuidos fáciles. ¿Con cuáles se entrena de verdad? Para verlo bastan dos redes diminutas, que tardan un segundo.

# %% [markdown] lang="en"
# ## The trap
#
# In G's turn the discriminator must not move. To that end it is frozen with `trainable = False`. There are several ways to write it. The first three that you will see are published; the other two are easy slips. Which of them really train? To find out, two tiny networks are enough; they take a second.


# %% tags=["export"]
def tiny_game(g_optimizer, d_optimizer, freeze=False):
    generator = keras.Sequential(name="generator")
    generator.add(keras.Input((4,)))
    generator.add(layers.Dense(8, activation="relu"))
    generator.add(layers.Dense(3))
    discriminator = keras.Sequential(name="discriminator")
    discriminator.add(keras.Input((3,)))
    discriminator.add(layers.Dense(8))
    discriminator.add(layers.Dense(1, activation="sigmoid"))
    gan = keras.Sequential([keras.Input((4,)), generator, discriminator])
    # es: Sin XLA, que en una GPU tarda segundos en compilar cada modelo, por pequeño que sea.
    # en: Without XLA, which on a GPU takes seconds to compile each model, however small.
    discriminator.compile(loss="binary_crossentropy", optimizer=d_optimizer, jit_compile=False)
    discriminator.trainable = not freeze
    gan.compile(loss="binary_crossentropy", optimizer=g_optimizer, jit_compile=False)
    return generator, discriminator, gan


def train_once(model, batch_size=8):
    inputs = keras.random.normal((batch_size, *model.input_shape[1:]))
    model.train_on_batch(inputs, tf.ones((batch_size, 1)))


# %% [markdown] lang="es"
# Y un instrumento de medida: cuánto se ha movido el peso que más se ha movido, en D y en G. Adam con tasa 0.01 da primeros pasos de 0.01, así que solo esperamos dos valores: 0 o cerca de 0.01. Lo que queremos ver es `0.01 0.00` en el turno de D y `0.00 0.01` en el de G.

# %% [markdown] lang="en"
# And a measuring instrument: how far the weight that moved most has moved, in D and in G. Adam with rate 0.01 takes first steps of 0.01, so we expect two values only: 0, or about 0.01. What we want to see is `0.01 0.00` in D's turn and `0.00 0.01` in G's.


# %% tags=["export"]
def largest_change(before, after):
    return max(np.abs(new - old).max() for old, new in zip(before, after, strict=True))


def movements(discriminator, generator, action):
    before = discriminator.get_weights(), generator.get_weights()
    action()
    after = discriminator.get_weights(), generator.get_weights()
    return [f"{largest_change(*pair):.2f}" for pair in zip(before, after, strict=True)]


def adam():
    return keras.optimizers.Adam(0.01)


# %%
table = {}
keras.utils.set_random_seed(42)

# %% [markdown] lang="es"
# **Manera 1: congelar una vez.** Compilar D, congelarlo, compilar la GAN, y no tocar nada más. Así lo hacen los tutoriales A, B y E, y muchos libros. Con Keras 2 era correcto. Guardamos los avisos para leerlos.

# %% [markdown] lang="en"
# **Idiom 1: freeze once.** Compile D, freeze it, compile the GAN, and touch nothing more. Tutorials A, B and E do it this way, and so do many books. On Keras 2 it was right. We keep the warnings, to read them.

# %%
generator, discriminator, gan = tiny_game(adam(), adam(), freeze=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    in_d_turn = movements(discriminator, generator, lambda: train_once(discriminator))
    in_g_turn = movements(discriminator, generator, lambda: train_once(gan))
freeze_once = L("1 congelar una vez", "1 freeze once")
table[freeze_once] = in_d_turn, in_g_turn
print(*in_d_turn, *in_g_turn)
print(*{str(warning.message) for warning in caught if "trainable" in str(warning.message)})

# %% [markdown] lang="es"
# Son D y G en el turno de D, y después D y G en el de G. El primer número, el de D en su propio turno, es 0.00. **D no aprende nunca.** No hay error; según la versión de Keras, un aviso o ni eso. G se entrena contra un árbitro dormido, como en la lección 1 con `d_speed = 0`.

# %% [markdown] lang="en"
# These are D and G in D's turn, then D and G in G's. The first number, D's in its own turn, is 0.00. **D never learns.** There is no error; depending on the version of Keras, a warning or not even that. G trains against a sleeping referee, as in lesson 1 with `d_speed = 0`.

# %% [markdown] lang="es"
# **Manera 2: congelar y descongelar en cada paso.** Compilar todo sin congelar, y cambiar `trainable` dentro del bucle. Así lo hace el artículo del tutorial C. (Con Keras 2 era un error: D también aprendía en el turno de G.)

# %% [markdown] lang="en"
# **Idiom 2: freeze and thaw at each step.** Compile everything unfrozen, and change `trainable` inside the loop. This is what tutorial C's article does. (On Keras 2 it was a mistake: D also learnt in G's turn.)


# %%
def toggled_turns(discriminator, generator, gan):
    discriminator.trainable = True
    in_d_turn = movements(discriminator, generator, lambda: train_once(discriminator))
    discriminator.trainable = False
    in_g_turn = movements(discriminator, generator, lambda: train_once(gan))
    return in_d_turn, in_g_turn


generator, discriminator, gan = tiny_game(adam(), adam())
toggled = L("2 alternar", "2 toggle")
table[toggled] = toggled_turns(discriminator, generator, gan)
in_d_turn, in_g_turn = table[toggled]
print(*in_d_turn, *in_g_turn)

# %% [markdown] lang="es"
# Cada uno en su turno. Es la manera correcta hoy, aunque nada la vigila.
#
# **Manera 3: un solo optimizador para las dos redes.** Así está en el cuaderno del mismo tutorial C.

# %% [markdown] lang="en"
# Each in its own turn. This is the right way today, although nothing watches over it.
#
# **Idiom 3: one optimizer for both networks.** This is what tutorial C's own notebook does.

# %% tags=["nbval-check-output"]
shared = adam()
generator, discriminator, gan = tiny_game(shared, shared)
one_optimizer = L("3 un optimizador", "3 one optimizer")
try:
    table[one_optimizer] = toggled_turns(discriminator, generator, gan)
except ValueError as error:
    table[one_optimizer] = (["ValueError"], [])
    print(str(error)[:16])

# %% [markdown] lang="es"
# Este es el fallo bueno: se para y lo dice. Adam guarda memoria de cada peso y se niega a mover pesos que no conoce.
#
# **Manera 4: el primer paso de G, antes de congelar.** Alguien prueba la GAN una vez para ver si funciona, y después entrena alternando, con todo cuidado.

# %% [markdown] lang="en"
# This is the good failure: it stops and says so. Adam keeps a memory for each weight, and refuses to move weights that it does not know.
#
# **Idiom 4: the first step of G, before freezing.** Someone tries the GAN once, to see whether it works, and then trains by toggling, with every care.

# %%
generator, discriminator, gan = tiny_game(adam(), adam())
train_once(gan)
too_soon = L("4 probar antes", "4 try it first")
table[too_soon] = toggled_turns(discriminator, generator, gan)
in_d_turn, in_g_turn = table[too_soon]
print(*in_d_turn, *in_g_turn)

# %% [markdown] lang="es"
# D se mueve en el turno de G, y seguirá moviéndose siempre: aprende a dar por bueno lo falso. El `trainable = False` de después no hace nada.
#
# **Manera 5: un paso de calentamiento y congelar para siempre.** D entrena una vez y luego se congela una sola vez, como en la manera 1. ¿Qué pasará con lotes de 8? ¿Y con el último, de 5?

# %% [markdown] lang="en"
# D moves in G's turn, and will go on moving for ever: it learns to accept fakes. The later `trainable = False` does nothing.
#
# **Idiom 5: one warm-up step, then frozen for good.** D trains once and is then frozen just once, as in idiom 1. What will happen with batches of 8? And with the last one, of 5?

# %%
generator, discriminator, gan = tiny_game(adam(), adam())
train_once(discriminator)
discriminator.trainable = False
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for size in (8, 5):
        in_d_turn = movements(discriminator, generator, lambda: train_once(discriminator, size))  # noqa: B023
        in_g_turn = movements(discriminator, generator, lambda: train_once(gan, size))  # noqa: B023
        table[L(f"5 calentar, lote de {size}", f"5 warm up, batch of {size}")] = in_d_turn, in_g_turn
        print(size, *in_d_turn, *in_g_turn)

# %% [markdown] lang="es"
# Con lotes de 8, D aprende aunque esté «congelado». Con el de 5, no. La misma línea de código, el mismo modelo, y depende del tamaño del lote. La tabla completa:

# %% [markdown] lang="en"
# With batches of 8, D learns although it is “frozen”. With the batch of 5 it does not. The same line of code, the same model, and it depends on the size of the batch. The whole table:

# %% tags=["nbval-check-output"]
print(" " * 26, L("turno de D    turno de G", "in D’s turn   in G’s turn"))
print(" " * 26, "D    G        D    G")
for idiom, (in_d_turn, in_g_turn) in table.items():
    print(f"{idiom:26} {' '.join(in_d_turn):13} {' '.join(in_g_turn)}")

assert table[freeze_once] == (["0.00", "0.00"], ["0.00", "0.01"])
assert table[toggled] == (["0.01", "0.00"], ["0.00", "0.01"])
assert table[one_optimizer] == (["ValueError"], [])
assert table[too_soon][1] == ["0.01", "0.01"]
assert [in_d_turn[0] for in_d_turn, _ in list(table.values())[-2:]] == ["0.01", "0.00"]

# %% [markdown] lang="es"
# ### La causa
#
# La primera vez que entrena, Keras **traza** (*traces*) el paso de entrenamiento: ejecuta el código de Python una vez, anota las operaciones en un grafo y en adelante repite el grafo. La lista de pesos entrenables se lee **al trazar**: ni al compilar ni en cada paso.
#
# Podemos espiarlo. Esta función de pérdida apunta en `seen` cuántos pesos entrenables ve. Como es Python corriente, solo se ejecuta mientras se traza.

# %% [markdown] lang="en"
# ### The cause
#
# The first time it trains, Keras **traces** the training step: it runs the Python code once, writes the operations down in a graph, and from then on repeats the graph. The list of trainable weights is read **while tracing**. Not on compiling, not at every step.
#
# We can spy on it. This loss function notes in `seen` how many trainable weights it sees. Being plain Python, it runs only while tracing.

# %% tags=["nbval-check-output"]
_, spied, _ = tiny_game(adam(), adam())
seen = []


def spying_loss(labels, outputs):
    seen.append(len(spied.trainable_weights))
    return keras.losses.binary_crossentropy(labels, outputs)


spied.compile(loss=spying_loss, optimizer=adam(), jit_compile=False)
for trainable, size in [(True, 8), (True, 8), (False, 8), (False, 5)]:
    spied.trainable = trainable
    seen.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        train_once(spied, size)
    what = L(f"traza con {seen[-1]} pesos", f"traces with {seen[-1]} weights") if seen else L("repite", "repeats")
    print(f"trainable={trainable!s:5}  batch={size}  {what}")

# %% [markdown] lang="es"
# En el primer paso traza con los 4 pesos (la matriz y el sesgo de cada una de sus dos capas). Después repite, y le da igual que lo congelemos. La primera vez que le llega un lote de otro tamaño vuelve a trazar (ahora, para cualquier tamaño), y solo entonces descubre que está congelado. Salvo la 3, que falla por el optimizador, todas las maneras se explican con esta frase: **`trainable` cuenta en el instante de trazar**.
#
# Keras 2 guardaba el estado del momento de compilar. Por eso el código antiguo era correcto, y por eso dejó de serlo sin que nadie lo tocara.

# %% [markdown] lang="en"
# In the first step it traces with all 4 weights (two kernels and two biases). Then it repeats, and does not care that we freeze it. The first time that it meets a batch of another size it traces again (for any size, this time), and only then finds out that it is frozen. One sentence explains all the idioms but the third, which fails because of the optimizer: **`trainable` counts at the moment of tracing**.
#
# Keras 2 kept the state of the moment of compiling. That is why the old code was right, and why it stopped being right although nobody touched it.

# %% [markdown] lang="es"
# ### El código con el que nos quedamos
#
# Un bloque `with turn(...)` para cada turno. Al entrar descongela al que juega, congela al rival y toma la huella (*fingerprint*) de las dos redes: la suma de los bits de cada una de sus matrices de pesos, que cambia en cuanto cambia alguno. Al salir descongela a los dos y exige lo que tenía que pasar: que el jugador se haya movido y el rival no. Lo exige en **cada paso**, no solo al principio, porque el primer lote de otro tamaño obliga a trazar de nuevo.

# %% [markdown] lang="en"
# ### The idiom that we keep
#
# One `with turn(...)` block for each turn. On entering, it thaws the player, freezes the rival and takes the fingerprint of both networks: the sum of the bits of each of their weight arrays, which changes as soon as any weight does. On leaving, it thaws both and demands what had to happen: that the player has moved and the rival has not. At **every step**, not only at first, because the first batch of another size traces again.


# %% tags=["export"]
@tf.function
def fingerprint(*networks):
    bits = [[tf.cast(tf.bitcast(weight, tf.int32), tf.int64) for weight in weights] for weights in networks]
    return [tf.stack([tf.reduce_sum(bit) for bit in network]) for network in bits]


@contextmanager
def turn(player, rival):
    player.trainable = rival.trainable = True
    networks = [[weight.value for weight in model.trainable_variables] for model in (player, rival)]
    mine_before, theirs_before = fingerprint(*networks)
    rival.trainable = False
    try:
        yield
    finally:
        rival.trainable = True
    mine_now, theirs_now = fingerprint(*networks)
    assert not np.array_equal(mine_now, mine_before), L(
        f"{player.name}: no ha aprendido en su propio turno. Su paso se trazó cuando estaba congelado, o su tasa de "
        "aprendizaje es 0. Vuelve a compilarlo y entrénalo solo dentro de turn().",
        f"{player.name}: it has not learnt in its own turn. Its step was traced while it was frozen, or its learning "
        "rate is 0. Compile it again, and train it only inside turn().",
    )
    assert np.array_equal(theirs_now, theirs_before), L(
        f"{rival.name}: se ha movido en el turno de su rival. El paso se trazó cuando no estaba congelado. Vuelve a "
        "compilar la GAN y entrénala solo dentro de turn().",
        f"{rival.name}: it has moved in its rival's turn. The step was traced while it was not frozen. Compile the GAN "
        "again, and train it only inside turn().",
    )


# %% [markdown] lang="es"
# La segunda pieza es una capa que no calcula nada: deja pasar las imágenes que G acaba de dibujar y guarda una copia en una variable, la única memoria que tiene un paso trazado. Así el turno de D puede usar **las mismas imágenes** del turno de G, sin dibujar otras. Es más rápido y, enseguida lo veremos, evita otra trampa.

# %% [markdown] lang="en"
# The second piece is a layer that computes nothing: it lets the images through that G has just drawn, and keeps a copy in a variable, the only memory that a traced step has. So D's turn can use **the very images** of G's turn, without drawing others. It is faster and, as we shall see in a moment, it avoids another trap.


# %% tags=["export"]
class KeepImages(layers.Layer):
    def __init__(self, batch_size, shape):
        super().__init__()
        self.images = self.add_weight(shape=(batch_size, *shape), initializer="zeros", trainable=False)

    def call(self, images):
        self.images.assign(images)
        return images


def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


def accuracy(labels, outputs):
    return keras.ops.mean(keras.ops.equal(outputs > 0.5, labels > 0.5))


def compile_gan(generator, discriminator, g_optimizer, d_optimizer, batch_size):
    assert g_optimizer is not d_optimizer, L(
        "Cada red necesita su propio optimizador: crea dos.", "Each network needs an optimizer of its own: make two."
    )
    metrics = [accuracy, mean_output]
    discriminator.compile(loss="binary_crossentropy", optimizer=d_optimizer, metrics=metrics, jit_compile=False)
    keep = KeepImages(batch_size, generator.output_shape[1:])
    gan = keras.Sequential([keras.Input(generator.input_shape[1:]), generator, keep, discriminator], name="gan")
    gan.compile(loss="binary_crossentropy", optimizer=g_optimizer, jit_compile=False)
    return gan


# %% [markdown] lang="es"
# El paso completo: primero juega G y después D, con las imágenes que G acaba de hacer. Lo real y lo generado van en lotes separados, como aconseja la lista de *GAN hacks* que comentaremos al final. Los tres últimos argumentos son para experimentos; de momento, déjalos como están.

# %% [markdown] lang="en"
# The whole step: G plays first and then D, with the images that G has just made. Real and generated images go in separate batches, as the list of GAN hacks that we discuss at the end advises. The last three arguments are for experiments; leave them as they are for now.


# %% tags=["export"]
def learn(model, inputs, labels):
    # es: Sin esto, algunas versiones de Keras devuelven la media desde el principio y no la de este lote.
    # en: Without this, some versions of Keras return the mean since the beginning and not that of this batch.
    model.reset_metrics()
    results = model.train_on_batch(inputs, labels, return_dict=True)
    return {name: float(value) for name, value in results.items()}


def make_train_step(generator, discriminator, gan, batch_size, real_label=1.0, redraw=False, turn=turn):
    keep = gan.layers[1]
    ones, zeros = tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))
    real_labels = tf.fill((batch_size, 1), real_label)

    def train_step(real_images):
        noise = keras.random.normal((batch_size, *generator.input_shape[1:]))
        with turn(generator, rival=discriminator):
            on_gan = learn(gan, noise, ones)
        fake_images = generator(noise) if redraw else tf.convert_to_tensor(keep.images.value)
        with turn(discriminator, rival=generator):
            on_real = learn(discriminator, real_images, real_labels)
            on_fake = learn(discriminator, fake_images, zeros)
        return {
            "d_loss": (on_real["loss"] + on_fake["loss"]) / 2,
            "g_loss": on_gan["loss"],
            "d_real": on_real["mean_output"],
            "d_fake": on_fake["mean_output"],
            "d_accuracy": (on_real["accuracy"] + on_fake["accuracy"]) / 2,
        }

    return train_step


# %% [markdown] lang="es"
# Probémoslo, y después **rompámoslo**, que es la única manera de saber si una alarma suena. La rompemos como en la manera 4: un paso de la GAN antes de tiempo, sin congelar a nadie.

# %% [markdown] lang="en"
# Let us try it, and then **break it**, for that is the only way to know whether an alarm rings. We break it as in idiom 4: one step of the GAN too soon, with nobody frozen.

# %%
generator, discriminator, _ = tiny_game(adam(), adam())
gan = compile_gan(generator, discriminator, adam(), adam(), batch_size=8)
train_step = make_train_step(generator, discriminator, gan, batch_size=8)
print({name: round(value, 2) for name, value in train_step(keras.random.normal((8, 3))).items()})

gan = compile_gan(generator, discriminator, adam(), adam(), batch_size=8)
train_once(gan)
train_step = make_train_step(generator, discriminator, gan, batch_size=8)
try:
    train_step(keras.random.normal((8, 3)))
except AssertionError as alarm:
    print("AssertionError:", alarm)
else:
    raise AssertionError(L("La alarma no ha sonado.", "The alarm did not ring."))

# %% [markdown] lang="es"
# Suena en el primer paso y dice qué hacer. Eso es todo lo que les faltaba a aquellos tutoriales.
#
# ### Ejercicio 3: ¿qué se mueve?
#
# Alguien escribe este programa con Keras 3, y todos los lotes tienen el mismo tamaño. ¿Qué redes se mueven en el **tercer** paso del bucle? Elige una letra.
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
# It rings at the first step and says what to do. That is all that those tutorials lacked.
#
# ### Exercise 3: what moves?
#
# Someone writes this program with Keras 3, and all batches have the same size. Which networks move in the **third** step of the loop? Choose one letter.
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
q3.check(answer)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ## La otra trampa, más callada
#
# En los tutoriales B, C y E, las imágenes falsas que ve D salen de `generator(noise)`, es decir, con la BN en modo de **inferencia**. Pero dentro de la GAN el generador se entrena con las estadísticas de cada lote. Son dos generadores distintos: D aprende a reconocer uno, y el que se entrena es el otro.
#
# ¿Importa? Midámoslo en los primeros pasos, que es cuando las medias acumuladas van más retrasadas. Dos entrenamientos iguales en todo, con redes estrechas para ir deprisa. Con `redraw=True`, D ve otras imágenes, como en los tutoriales; sin él, las mismas con las que se entrena G.

# %% [markdown] lang="en"
# ## The other trap, a quieter one
#
# In tutorials B, C and E the fake images that D sees come from `generator(noise)`, that is, with BN in **inference** mode. But inside the GAN the generator is trained with the statistics of each batch. Those are two different generators: D learns to recognise one, and the one that is trained is the other.
#
# Does it matter? Let us measure it in the first steps, when the gathered averages lag furthest behind. Two trainings alike in everything, with narrow networks to go fast. With `redraw=True` D sees other images, as in the tutorials; without it, the very ones with which G is trained.


# %% tags=["export"]
def small_game(g_rate=1e-3, d_rate=1e-3, beta_1=0.5, dropout=0.4, momentum=0.9, make_d=make_discriminator, **options):
    generator = make_generator(filters=16, base=32, momentum=momentum)
    discriminator = make_d(filters=(16, 16), dropout=dropout)
    optimizers = [keras.optimizers.Adam(rate, beta_1=beta_1) for rate in (g_rate, d_rate)]
    gan = compile_gan(generator, discriminator, *optimizers, batch_size=32)
    return generator, discriminator, make_train_step(generator, discriminator, gan, 32, **options)


# %%
noise_50 = keras.random.normal((100, 50), seed=42)


def opinions_of_d(generator, discriminator):
    weights = generator.get_weights()
    in_training = generator(noise_50, training=True)
    generator.set_weights(weights)
    in_inference = generator(noise_50, training=False)
    return [float(np.mean(discriminator(images))) for images in (in_training, in_inference)]


names = {True: L("D ve otras (B, C, E)", "D sees others (B, C, E)"), False: L("D ve las mismas", "D sees the same")}
opinions = {}
for redraw in (True, False):
    keras.utils.set_random_seed(1)
    generator, discriminator, train_step = small_game(momentum=0.99, redraw=redraw)
    small_batches = data.make_batches(dataset.x_train, 32)
    for step, real_images in enumerate(small_batches.take(30), start=1):
        train_step(real_images)
        if step in (10, 20, 30):
            opinions[redraw, step] = opinions_of_d(generator, discriminator)
            in_training, in_inference = opinions[redraw, step]
            print(f"{names[redraw]:24} {step:3}  True: {in_training:.2f}  False: {in_inference:.2f}")

# %% [markdown] lang="es"
# Cada fila dice qué opina D de las imágenes que G hace con `training=True`, que son las que entrenan a G, y de las que hace con `training=False`. Cuando se hace como en los tutoriales, D pronto rechaza las segundas, que son las que ve, y da por buenas las primeras, que no ha visto nunca. Así que G recibe elogios por imágenes que nadie ha juzgado. Cuando D ve las mismas con las que se entrena G, las rechaza a los pocos pasos, y entonces sí hay partida.
#
# Seamos justos: tras unos cientos de pasos, las medias acumuladas alcanzan a las del lote y el efecto se apaga. Es una trampa que estropea el comienzo, no el final. Pero con `KeepImages` ni siquiera existe.

# %% [markdown] lang="en"
# Each row tells what D thinks of the images that G makes with `training=True`, which are those that train G, and of those that it makes with `training=False`. In the tutorials' way, D soon rejects the latter, which it is shown, and accepts the former, which it has never seen. So G is praised for images that nobody has judged. When D sees the very ones with which G is trained, it rejects them within a few steps, and there is a contest.
#
# To be fair: after some hundreds of steps the gathered averages catch up with those of the batch, and the effect fades. This trap spoils the beginning, not the end. But with `KeepImages` it does not even exist.

# %%
for step in (20, 30):
    in_training, in_inference = opinions[True, step]
    assert in_training > in_inference + 0.1
    assert in_training > opinions[False, step][0]

# %% [markdown] lang="es"
# ## El entrenamiento
#
# El tutorial C entrena durante 30 épocas con lotes de 128. En un portátil de dos núcleos eso es más de una hora; al cabo de cinco minutos, esa misma red dibuja todavía borrones. Para una clase hemos buscado otra cosa: una red más estrecha, que da muchos más pasos en el mismo tiempo. Los números salen de probar unas veinte combinaciones y contar cuántos dígitos reconocía un clasificador. Esto es lo que cambia con el presupuesto `workshop`:
#
# | | tutorial C (`full`) | `workshop` | por qué |
# |---|---|---|---|
# | números de ruido | 50 | 20 | menos direcciones que aprender |
# | canales de G | 128 y 64 | 32 y 32 | cada paso cuesta mucho menos |
# | canales de D | 64 y 64 | 32 y 64 | lo mismo |
# | *dropout* de D | 0.4 | 0 | en nuestras pruebas, mejores dígitos |
# | tamaño de lote | 128 | 32 | cuatro veces más pasos con las mismas imágenes |
# | tasa de G y de D | 0.0002 | 0.002 y 0.004, que bajan hasta su veinteava parte | pasos largos al principio y finos al final |
# | `momentum` de la BN | 0.99 | 0.9 | las medias acumuladas se ponen al día antes |
# | pasos | 30 épocas | 4000 | lo que cabe en cinco o seis minutos |

# %% [markdown] lang="en"
# ## Training
#
# Tutorial C trains for 30 epochs in batches of 128. On a two-core laptop that is more than an hour; after five minutes this same network still draws blobs. For a class we looked for something else: a narrower network, which takes many more steps in the same time. The numbers come from trying some twenty combinations and counting how many digits a classifier recognised. This is what changes with the `workshop` budget:
#
# | | tutorial C (`full`) | `workshop` | why |
# |---|---|---|---|
# | numbers of noise | 50 | 20 | fewer directions to learn |
# | G's channels | 128 and 64 | 32 and 32 | each step costs much less |
# | D's channels | 64 and 64 | 32 and 64 | the same |
# | D's dropout | 0.4 | 0 | better digits in our trials |
# | batch size | 128 | 32 | four times the steps with the same images |
# | rate of G and of D | 0.0002 | 0.002 and 0.004, falling to a twentieth | long steps at first and fine ones at the end |
# | BN's `momentum` | 0.99 | 0.9 | the gathered averages catch up sooner |
# | steps | 30 epochs | 4,000 | what fits into five or six minutes |

# %%
tutorial_c = dict(latent_dim=50, base=128, filters=64, d_filters=(64, 64), dropout=0.4, momentum=0.99)
workshop = dict(latent_dim=20, base=32, filters=32, d_filters=(32, 64), dropout=0.0, momentum=0.9)
tutorial_c |= dict(batch_size=128, g_rate=2e-4, d_rate=2e-4, falling=False, norm_first=False, real_label=1.0)
workshop |= dict(batch_size=32, g_rate=2e-3, d_rate=4e-3, falling=True, norm_first=False, real_label=1.0)

settings = budget(smoke=workshop, workshop=workshop, full=tutorial_c)
batch_size = settings["batch_size"]
steps = budget(smoke=40, workshop=4000, full=30 * (60_000 // batch_size))


# %% [markdown] lang="es"
# `new_game` crea las dos redes y su paso de entrenamiento con esos números. `CosineDecay` es la tasa que baja, siguiendo media onda de coseno. D da dos pasos por turno (lo real y lo generado). Por eso su tasa de aprendizaje tarda el doble de pasos en bajar.

# %% [markdown] lang="en"
# `new_game` makes both networks and their training step with those numbers. `CosineDecay` is the rate that falls, along half a cosine wave. D takes two steps in each turn (real and generated), and so its learning rate takes twice as many to fall.


# %%
def make_adam(rate, updates, falling):
    if falling:
        rate = keras.optimizers.schedules.CosineDecay(rate, updates, alpha=0.05)
    return keras.optimizers.Adam(rate, beta_1=0.5)


def new_game(settings, steps):
    names = ("latent_dim", "filters", "base", "momentum", "norm_first")
    generator = make_generator(**{name: settings[name] for name in names})
    discriminator = make_discriminator(settings["d_filters"], settings["dropout"])
    g_optimizer = make_adam(settings["g_rate"], steps, settings["falling"])
    d_optimizer = make_adam(settings["d_rate"], 2 * steps, settings["falling"])
    size, real_label = settings["batch_size"], settings["real_label"]
    gan = compile_gan(generator, discriminator, g_optimizer, d_optimizer, size)
    return generator, discriminator, make_train_step(generator, discriminator, gan, size, real_label)


# %% [markdown] lang="es"
# ¿Cuánto tardará aquí? Unos pasos de ensayo, con redes de usar y tirar, lo dirán. El ruido `fixed_noise` no cambiará, para que las imágenes se puedan comparar.

# %% [markdown] lang="en"
# How long will it take here? A few rehearsal steps, with throwaway networks, will tell. The noise `fixed_noise` will not change, so that the images can be compared.

# %%
batches = data.make_batches(dataset.x_train, settings["batch_size"])
real = next(iter(batches))
fixed_noise = keras.random.normal((100, settings["latent_dim"]), seed=42)
*_, rehearsal_step = new_game(settings, steps)
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# `train` es el bucle de la lección 1 con dos cosas menos. Ya no prueba los turnos antes de empezar, porque `turn` los vigila en cada paso. Y ya no guarda cuadrículas cada 20 pasos. Las redes se crean en la misma celda que las entrena, para que ejecutarla otra vez sea empezar de cero.
#
# Mientras esperas: ¿crees que las pérdidas acabarán bajando?

# %% [markdown] lang="en"
# `train` is the loop of lesson 1 with two things removed: there is no need to test the turns before starting, as `turn` watches them at every step, and it no longer saves a grid every 20 steps. The networks are made in the very cell that trains them, so that running it again is starting from scratch.
#
# While you wait: do you expect the losses to end up falling?


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
        # es: El monitor ya lo ha dicho; check_training no dejará seguir con una red a medio entrenar.
        # en: The monitor has said so; check_training will not let a half-trained network pass.
        pass
    return monitor, album


# %%
keras.utils.set_random_seed(42)
generator, discriminator, train_step = new_game(settings, steps)
monitor, album = train(generator, discriminator, train_step, batches, steps, fixed_noise)

# %% [markdown] lang="es"
# Antes de mirar nada más: el entrenamiento ha ocurrido, las pérdidas son números y el monitor no ha visto nada grave. Y guardamos el generador.

# %% [markdown] lang="en"
# Before looking at anything else: the training has happened, the losses are numbers, and the monitor reports nothing serious. And we save the generator.


# %%
def check_training(monitor):
    assert monitor.step == monitor.steps, L(
        "Entrenamiento interrumpido: ejecuta de nuevo la celda que entrena.",
        "Training was interrupted: run the cell that trains again.",
    )
    losses = monitor.history["d_loss"] + monitor.history["g_loss"]
    assert np.isfinite(losses).all(), L(
        "Una pérdida ha dejado de ser un número: baja la tasa de aprendizaje.",
        "A loss is no longer a number: lower the learning rate.",
    )
    assert "frozen" not in {kind for _, kind, _ in monitor.diagnoses}, L("D está congelado.", "D is frozen.")


check_training(monitor)
generator.save(out / "generator.keras")
pixels.save_grid(album[steps], out / "generated.png")
print(pretty_path(out))

# %% [markdown] lang="es"
# El mismo ruido en cuatro momentos:

# %% [markdown] lang="en"
# The same noise at four moments:


# %%
def show_album(album):
    titles = [L(f"paso {step}", f"step {step}") for step in album]
    plots.show_grids([images[:16] for images in album.values()], titles)


show_album(album)

# %% [markdown] lang="es"
# De un tejido gris salen primero manchas, después trazos y por fin dígitos. Fíjate en que desde muy pronto los trazos son continuos. Y ahora, los cien:

# %% [markdown] lang="en"
# Out of a grey fabric come blots first, then strokes, and digits at last. Notice that the strokes are continuous from very early on. And now all hundred:

# %%
plots.show_grid(album[steps], columns=10)

# %% [markdown] lang="es"
# ### El polvo, contado
#
# La misma cuenta que en la lección 1, ante tres grupos de imágenes: reales, las de la red densa que viste arriba y las nuevas. ¿Se confirma la sospecha?

# %% [markdown] lang="en"
# ### The dust, counted
#
# The same count as in lesson 1, on three groups of images: real ones, those of the dense network that you saw above, and the new ones. Is the suspicion confirmed?

# %%
groups = {
    L("reales", "real"): dataset.x_test[:1000],
    L("red densa", "dense network"): dense_digits,
    "DCGAN": generator.predict(keras.random.normal((1000, settings["latent_dim"])), batch_size=100, verbose=0),
}
dust = {name: 10_000 * lonely_share(images) for name, images in groups.items()}
for name, count in dust.items():
    print(f"{name:14} {count:6.1f}")
if steps > 1000:
    assert dust["DCGAN"] < dust[L("red densa", "dense network")] / 2

# %% [markdown] lang="es"
# Son los píxeles sueltos por cada 10 000 píxeles claros. Las convoluciones se llevan casi todo el polvo: todo apunta a que el sospechoso era culpable. (Entre las dos redes ha cambiado algo más que el tipo de capa, y una prueba rigurosa cambiaría una sola cosa. Cómo se hace eso es el tema de la lección 4.)

# %% [markdown] lang="en"
# These are the stray pixels in every 10,000 bright ones. Convolutions take nearly all the dust away: everything points to the suspect. (Between the two networks more has changed than the kind of layer; a rigorous test would change one thing only. How to do that is the subject of lesson 4.)

# %% [markdown] lang="es"
# ## Cómo se leen las curvas
#
# Vuelve a la figura del entrenamiento. Estas son las preguntas que más se repiten en los foros.
#
# **¿Por qué se entrena a G con la etiqueta 1, si sus imágenes son falsas?** Porque la etiqueta no dice lo que la imagen es, sino lo que G quiere que D responda. D está congelado: quien se mueve para acercar la respuesta a 1 es G.
#
# **¿Debería bajar la pérdida de G?** No. Mide cuánto le cuesta engañar al D **de ese momento**, y D también mejora. Que se mantenga mientras las imágenes mejoran es lo normal. Si baja sin parar, sospecha: o D está congelado o G ha encontrado una imagen que D no sabe rechazar.
#
# **¿Y la de D?** En equilibrio ronda 0.69, que es $-\log 0.5$. Cerca de 0 significa que D gana: empuja con fuerza, pero ya no señala una dirección útil. Muy por encima de 0.69, que D está perdido.

# %% [markdown] lang="en"
# ## How to read the curves
#
# Go back to the figure of the training. These are the questions that come up most often in forums.
#
# **Why train G with label 1, if its images are fake?** Because the label does not say what the image is, but what G wants D to answer. D is frozen: the one who moves to bring the answer closer to 1 is G.
#
# **Should G's loss fall?** No. It measures how hard G finds it to fool the D **of that moment**, and D improves too. Staying level while the images improve is normal. If it falls and falls, be suspicious: either D is frozen, or G has found an image that D cannot reject.
#
# **And D's?** In balance it is about 0.69, which is $-\log 0.5$. Near 0 means that D is winning: its push is strong, but no longer points in a useful direction. Well above 0.69 means that D is lost.

# %% [markdown] lang="es"
# **¿Qué miro entonces?** D(x) y D(G(z)), que dicen quién gana, y las imágenes del mismo ruido, que dicen si sirve de algo. En números, los últimos cien pasos:

# %% [markdown] lang="en"
# **What do I look at, then?** D(x) and D(G(z)), which say who is winning, and the images of the same noise, which say whether it is any use. In numbers, the last hundred steps:

# %%
for name, text in {"d_loss": "D", "g_loss": "G", "d_real": "D(x)", "d_fake": "D(G(z))"}.items():
    recent = monitor.history[name][-100:]
    print(f"{text:8} {np.mean(recent):.2f} ± {np.std(recent):.2f}")

# %% [markdown] lang="es"
# Cuanto más cerca de 0.5 estén D(x) y D(G(z)), menos distingue D. Recuerda de la lección 1 que eso, solo, no demuestra nada. Las imágenes, sí.

# %% [markdown] lang="en"
# The closer D(x) and D(G(z)) are to 0.5, the less D can tell. Remember from lesson 1 that this alone proves nothing. The images do.

# %% [markdown] lang="es"
# ¿Y el tutorial C, con los 64 filtros del artículo y sus 30 épocas? Lo hemos entrenado nosotros, una vez, en una GPU, con el paso de la lección 3:

# %% [markdown] lang="en"
# And tutorial C, with the 64 filters of the article and its 30 epochs? We have trained it for you, once, on a GPU, with the step of lesson 3:

# %%
figures.show_tutorial("C")

# %% [markdown] lang="es"
# Tras un tercio del camino ya son dígitos; después mejoran despacio.
#
# ### Lo que cuesta `train_on_batch`
#
# Cómodo, sí, pero ¿es rápido? En cada paso, G dibuja una vez y D mira tres lotes: el de la GAN, el real y, otra vez, el generado. La lección 3 escribe el paso a mano con `GradientTape`, y entonces a D le bastan dos. Un anticipo, solo para cronometrarlo:

# %% [markdown] lang="en"
# After a third of the way they are digits already; from there they get better slowly.
#
# ### What `train_on_batch` costs
#
# Convenient, yes, but is it fast? In each step G draws once and D looks at three batches: the GAN's, the real one and, once more, the generated one. Lesson 3 writes the step by hand with `GradientTape`, and then two are enough for D. A foretaste, just to time it:


# %% tags=["export"]
def make_tape_step(generator, discriminator, g_optimizer, d_optimizer, batch_size):
    cross_entropy = keras.losses.BinaryCrossentropy()
    ones, zeros = tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))

    @tf.function
    def tape_step(real_images):
        noise = tf.random.normal((batch_size, *generator.input_shape[1:]))
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            on_fake = discriminator(generator(noise, training=True), training=True)
            on_real = discriminator(real_images, training=True)
            g_loss = cross_entropy(ones, on_fake)
            d_loss = (cross_entropy(ones, on_real) + cross_entropy(zeros, on_fake)) / 2
        g_weights, d_weights = generator.trainable_variables, discriminator.trainable_variables
        g_optimizer.apply(g_tape.gradient(g_loss, g_weights), g_weights)
        d_optimizer.apply(d_tape.gradient(d_loss, d_weights), d_weights)

    return tape_step


# %%
def milliseconds(step, tries=10):
    for _ in range(3):
        step(real)
    start = time.perf_counter()
    for _ in range(tries):
        step(real)
    return 1000 * (time.perf_counter() - start) / tries


generator_2 = make_generator(settings["latent_dim"], settings["filters"], settings["base"])
discriminator_2 = make_discriminator(settings["d_filters"], settings["dropout"])
two_adams = keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5)
tape_step = make_tape_step(generator_2, discriminator_2, *two_adams, settings["batch_size"])
by_batch, by_tape = milliseconds(rehearsal_step), milliseconds(tape_step)
print(f"train_on_batch {by_batch:.0f} ms   GradientTape {by_tape:.0f} ms   {by_batch / by_tape:.2f}")

# %% [markdown] lang="es"
# El último número dice por cuánto multiplica el tiempo `train_on_batch`. Es el precio de la comodidad y de la vigilancia de `turn`. Aun así, este bucle es más rápido que el del tutorial C, porque no dibuja las imágenes dos veces; `make bench` lo mide.

# %% [markdown] lang="en"
# The last number is how many times as long `train_on_batch` takes. It is the price of the convenience, and of the watch that `turn` keeps. Even so, this loop is faster than tutorial C's, because it does not draw the images twice; `make bench` measures it.

# %% [markdown] lang="es"
# ## Otras dos redes, cambiando una sola celda
#
# Todo lo demás vale igual. El **tutorial B** (un capítulo del libro de Aurélien Géron) dibuja ropa, con Fashion-MNIST. Es un poco rebelde con sus propias reglas: SELU (una ReLU suave que mantiene la escala de los valores) en lugar de ReLU en G, *dropout* en D y núcleos de 5 con salto 2. Usa el optimizador `rmsprop` y lotes de 32.

# %% [markdown] lang="en"
# ## Two more networks, by changing one cell
#
# Everything else holds as it is. **Tutorial B** (a chapter of Aurélien Géron's book) draws clothes, with Fashion-MNIST. It is something of a rebel against its own guidelines: SELU (a smooth ReLU that keeps the values in scale) instead of ReLU in G, dropout in D, and kernels of 5 with stride 2. It uses the optimizer `rmsprop` and batches of 32.


# %% tags=["export"]
def make_networks_b():
    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 128),
            layers.Reshape((7, 7, 128)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(64, 5, strides=2, padding="same", activation="selu"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )
    assert (generator.count_params(), discriminator.count_params()) == (840_705, 212_865)
    return generator, discriminator


# %% [markdown] lang="es"
# `train_networks` reúne lo que no cambia: crear las redes, compilarlas, entrenarlas y comprobarlo. (Si tienes prisa, baja `b_steps`.) El tutorial pide 50 épocas, que son 93 750 pasos; el presupuesto `workshop` da solo 300, para ver cómo arranca. ¿Qué aprenderá antes, las siluetas o los detalles?

# %% [markdown] lang="en"
# `train_networks` gathers what does not change: making the networks, compiling them, training them and checking. (If you are in a hurry, lower `b_steps`.) The tutorial asks for 50 epochs, which are 93,750 steps; the `workshop` budget makes only 300, to see how it starts. What will it learn first: outlines or details?

# %%
noise_100 = keras.random.normal((100, 100), seed=42)


def train_networks(make_networks, make_optimizer, images, batch_size, steps):
    # es: Devuelve la memoria de las redes anteriores.
    # en: Gives back the memory of the earlier networks.
    gc.collect()
    keras.utils.set_random_seed(42)
    generator, discriminator = make_networks()
    gan = compile_gan(generator, discriminator, make_optimizer(), make_optimizer(), batch_size)
    train_step = make_train_step(generator, discriminator, gan, batch_size)
    batches = data.make_batches(images, batch_size)
    monitor, album = train(generator, discriminator, train_step, batches, steps, noise_100)
    check_training(monitor)
    return monitor.history, album


clothes = data.load("fashion_mnist").x_train
b_steps = budget(smoke=3, workshop=300, full=50 * 60_000 // 32)
_, b_album = train_networks(make_networks_b, keras.optimizers.RMSprop, clothes, 32, b_steps)

# %%
show_album(b_album)
pixels.save_grid(b_album[b_steps], out / "generated_b.png")

# %% [markdown] lang="es"
# Primero aparecen las siluetas: se adivina alguna camiseta y algún zapato mucho antes que los detalles. (¿Ves la rejilla de los núcleos de 5?)
#
# Con sus 93 750 pasos, en una GPU y con el paso de la lección 3, llega hasta aquí. (Una vez, con una semilla.)

# %% [markdown] lang="en"
# The outlines come first: you can guess a T-shirt here and a shoe there, long before there are details. (Can you see the grid of the kernels of 5?)
#
# With its 93,750 steps, on a GPU and with the step of lesson 3, this is how far it gets. (Once, with one seed.)

# %%
figures.show_tutorial("B")

# %% [markdown] lang="es"
# El **tutorial E** (un artículo en japonés) pone BN también en D, convoluciones de núcleo 3 y pendiente 0.01. (Lo que hace la BN en un D que se congela está en la sala 4 del museo. Y el texto tiene una capa más que el código; seguimos el código.) Tampoco cuenta épocas, sino **iteraciones**: 20 000 lotes de 128. Cada 1000 apunta la pérdida de D, su exactitud y la pérdida de G. Las apunta, y nunca las dibuja. Lo haremos nosotros.

# %% [markdown] lang="en"
# **Tutorial E** (a Japanese article) puts BN in D as well, with kernels of 3 and slope 0.01. (What BN does in a D that is frozen is in room 4 of the museum. And the text has one layer more than the code; we follow the code.) Nor does it count epochs but **iterations**: 20,000 batches of 128. Every 1,000 it records D's loss, its accuracy and G's loss. It records them, and never draws them. We shall.


# %% tags=["export"]
def make_networks_e():
    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 256),
            layers.Reshape((7, 7, 256)),
            layers.Conv2DTranspose(128, 3, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same"),
            layers.Activation("tanh"),
        ],
        name="generator",
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Conv2D(128, 3, strides=2, padding="same"),
            # es: Dos veces, como en el código del tutorial: un descuido que no cambia casi nada.
            # en: Twice, as in the tutorial's code: a slip that changes hardly anything.
            layers.BatchNormalization(),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.01),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )
    assert (generator.count_params(), discriminator.count_params()) == (1_563_649, 96_001)
    return generator, discriminator


# %%
iterations = budget(smoke=3, workshop=120, full=20_000)
e_history, e_album = train_networks(make_networks_e, keras.optimizers.Adam, dataset.x_train, 128, iterations)

# %%
show_album(e_album)
pixels.save_grid(e_album[iterations], out / "generated_e.png")

# %% [markdown] lang="es"
# Y las tres curvas que el tutorial dejó sin dibujar, con 21 puntos repartidos por todo el camino (en `full`, uno cada 1000 iteraciones):

# %% [markdown] lang="en"
# And the three curves that the tutorial left undrawn, with a point every twentieth part of the way (in `full`, every 1,000 iterations):

# %%
checkpoints = np.unique(np.linspace(0, iterations - 1, 21).astype(int))
_, ax = plt.subplots(figsize=(6.5, 2.8), dpi=80, layout="constrained")
curves = {
    "d_loss": (L("pérdida de D", "D loss"), "o-"),
    "g_loss": (L("pérdida de G", "G loss"), "s--"),
    "d_accuracy": (L("exactitud de D", "D accuracy"), "^:"),
}
for name, (text, look) in curves.items():
    ax.plot(checkpoints, np.array(e_history[name])[checkpoints], look, label=text, markersize=4)
ax.set_xlabel(L("iteración", "iteration"))
ax.legend(fontsize=8)
plt.show()

# %% [markdown] lang="es"
# Tras unas decenas de pasos D acierta siempre, la pérdida de G no para de subir y el monitor avisa. ¿Tiene la culpa la BN en D? No: la tiene la BN en un D **congelado**. En su turno, D usa las estadísticas del lote. En el turno de G, congelado, contesta con las medias acumuladas, que son otra cosa: G aprende de un D que no es el que juzga.
#
# Lo hemos medido aparte, con los 20 000 lotes que pide el tutorial (una ejecución de cada clase). Con D congelado así, sigue saliendo lo mismo que aquí hasta el final: distancia de Fréchet, 138. Con las mismas redes y un paso en el que D usa el lote también en el turno de G, como el de la lección 3, queda en 2.2, la menor de los cuatro tutoriales con MNIST. Es lo que debió de ver su autor: en el Keras de entonces, una BN congelada seguía usando las estadísticas del lote; desde TensorFlow 2, ya no. (La página `tutorials/README.es.md` enseña los cinco tutoriales.)
#
# Primero, con D congelado; debajo, con el lote en los dos turnos:

# %% [markdown] lang="en"
# After some tens of steps D is always right, G's loss rises and rises, and the monitor warns. Is BN in D to blame? No: BN in a **frozen** D is. In its own turn D uses the statistics of the batch. In G's turn, frozen, it answers with the gathered averages, which are something else: G learns from a D that is not the one that judges.
#
# We measured it separately, for the 20,000 batches that the tutorial asks for (one run of each kind). With D frozen like this, it goes on as it does here until the end: a Fréchet distance of 138. With the same networks and a step in which D uses the batch in G's turn as well, as that of lesson 3 does, it ends at 2.2, the lowest of the four tutorials on MNIST. That is what its author must have seen: in the Keras of the time, a frozen BN went on using the statistics of the batch; since TensorFlow 2 it does not. (The page `tutorials/README.md` shows all five tutorials.)
#
# First, with D frozen; below, with the batch in both turns:

# %%
for name in ("E_frozen", "E"):
    figures.show_tutorial(name)

# %% [markdown] lang="es"
# El remedio: un paso como el de la lección 3, o quitar la BN de D, como en la sala 4 del museo.
#
# ## La lista de *GAN hacks*, sin adornos
#
# En 2016, Soumith Chintala y sus colegas publicaron una lista de trucos que casi todos los tutoriales citan. Ellos mismos avisan de que ya no la mantienen y de que no saben si sigue siendo válida. Además, no siempre dice lo que dicen que dice:
#
# | lo que se le atribuye | lo que dice la lista |
# |---|---|
# | imágenes en [−1, 1], `tanh` al final y ruido gaussiano | eso mismo |
# | lotes separados para lo real y lo generado | eso mismo; el tutorial C los mezcla en un solo lote |
# | ReLU con fuga, de pendiente 0.2 | con fuga, en G y en D; de la pendiente no dice nada (0.2 es de la DCGAN) |
# | *dropout* en el discriminador | *dropout* en el **generador**, al entrenar y al dibujar |
# | Adam para las dos redes | Adam para G y **SGD** para D |
# | suavizar las etiquetas a 0.9 | un número al azar entre 0.7 y 1.2 para lo real y entre 0.0 y 0.3 para lo generado |
#
# Ningún truco de la lista viene con mediciones. Antes de creer en uno, mídelo.

# %% [markdown] lang="en"
# The cure: a step like that of lesson 3, or taking BN out of D, as in room 4 of the museum.
#
# ## The list of GAN hacks, honestly
#
# In 2016 Soumith Chintala and colleagues published a list of tricks that nearly every tutorial quotes. They themselves warn that it is no longer maintained, and that they do not know whether it still holds. Besides, it does not always say what it is said to say:
#
# | what is attributed to it | what the list says |
# |---|---|
# | images in [−1, 1], `tanh` at the end, and Gaussian noise | just that |
# | separate batches for real and generated images | just that; tutorial C mixes them in one batch |
# | leaky ReLU with slope 0.2 | leaky, in G and in D; of the slope it says nothing (0.2 is the DCGAN's) |
# | dropout in the discriminator | dropout in the **generator**, in training and in drawing |
# | Adam for both networks | Adam for G and **SGD** for D |
# | smoothing labels to 0.9 | a random number between 0.7 and 1.2 for real images and between 0.0 and 0.3 for generated ones |
#
# No trick of the list comes with a measurement. Before you believe in one, measure it.

# %% [markdown] lang="es"
# Los dos cambios que el tutorial C propone al lector están en los ajustes de arriba (`workshop`, o `tutorial_c` si ejecutas `full`): `norm_first=True` pone la BN de la capa intermedia delante de la activación y `real_label=0.9` suaviza la etiqueta de lo real. Cambia **uno** y ejecuta de nuevo desde esa celda. ¿Han mejorado los dígitos? A ojo, y con una sola semilla, no se puede saber; la lección 4 enseña a averiguarlo. Lo que sí se puede medir aquí es lo que el suavizado hace con las respuestas de D.

# %% [markdown] lang="en"
# The two switches that tutorial C leaves to the reader are in the settings above (`workshop`, or `tutorial_c` if you run `full`): `norm_first=True` puts the BN of the layer in the middle before the activation, and `real_label=0.9` smooths the label of real images. Change **one** and run again from that cell on. Are the digits any better? By eye, and with a single seed, there is no telling; lesson 4 teaches how to find out. What can be measured here is what smoothing does to D's answers.

# %%
answers = {}
for real_label in (1.0, 0.9):
    keras.utils.set_random_seed(1)
    *_, train_step = small_game(g_rate=1e-4, d_rate=5e-3, real_label=real_label)
    small_batches = data.make_batches(dataset.x_train, 32)
    for real_images in small_batches.take(budget(smoke=12, workshop=100, full=100)):
        answers[real_label] = train_step(real_images)["d_real"]
    print(f"{real_label}  D(x) = {answers[real_label]:.2f}")
assert answers[0.9] < answers[1.0]

# %% [markdown] lang="es"
# Con D mucho más rápido que G, sin suavizar D(x) llega casi a 1; con 0.9 se queda cerca de 0.9, porque esa es la mejor respuesta a una etiqueta de 0.9. Se llama suavizado **unilateral** (*one-sided label smoothing*) porque lo generado conserva su 0.

# %% [markdown] lang="en"
# With D much faster than G, without smoothing D(x) comes close to 1; with 0.9 it stays near 0.9, for that is the best answer to a label of 0.9. It is called **one-sided** label smoothing, because generated images keep their 0.

# %% [markdown] lang="es"
# ### Ejercicio 4: la respuesta más sensata
#
# Suavizamos lo real a 0.9 y lo generado sigue en 0. G se ha vuelto perfecto: sus imágenes no se distinguen de las reales. ¿Qué responde entonces el mejor D posible?

# %% [markdown] lang="en"
# ### Exercise 4: the most sensible answer
#
# We smooth real labels to 0.9, and generated ones stay at 0. G has become perfect: its images cannot be told from real ones. What does the best possible D answer then?

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ### Ejercicio 5: la BN en su sitio
#
# Escribe `block(filters)`, que devuelve una lista de capas que duplican el lado de la imagen. Van en el orden de la DCGAN original: convolución traspuesta (núcleo 4, salto 2, `"same"`), BN y ReLU con fuga de 0.2. Una pista: si la BN va a restar la media, ¿de qué sirve el sesgo de la convolución?

# %% [markdown] lang="en"
# ### Exercise 5: BN in its place
#
# Write `block(filters)`, which returns a list of layers that double the side of the image, in the order of the original DCGAN: transposed convolution (kernel 4, stride 2, `"same"`), BN and leaky ReLU of 0.2. A hint: if BN is going to subtract the mean, what is the bias of the convolution for?


# %% tags=["exercise", "nbval-check-output"]
def block(filters):
    return ...


q5.check(block)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# ### Para seguir jugando, sin nota
#
# - Entrena la red principal con `"fashion_mnist"` en lugar de `"mnist"`. ¿Qué prendas salen peor?
# - Con el presupuesto `full`, cambia `filters` de 64 a 128 en `tutorial_c`, que es la otra variante del tutorial C. ¿Cuánto más tarda cada paso? ¿Se nota en las imágenes?
# - Pon a D el optimizador `keras.optimizers.SGD(0.01)`, como aconseja la lista. ¿Quién gana?
# - Pasa por el museo de averías, el cuaderno 5: cinco entrenamientos que fracasan, con su causa y su remedio.

# %% [markdown] lang="en"
# ### To keep playing (ungraded)
#
# - Train the main network with `"fashion_mnist"` instead of `"mnist"`. Which clothes come out worst?
# - With the `full` budget, change `filters` from 64 to 128 in `tutorial_c`, which is the other variant of tutorial C. How much longer does each step take? Does it show in the images?
# - Give D the optimizer `keras.optimizers.SGD(0.01)`, as the list advises. Who wins?
# - Visit the museum of failures, notebook 5: five trainings that go wrong, with their cause and their cure.

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una convolución con salto encoge; una traspuesta estampa el núcleo y agranda. Si el núcleo es múltiplo del salto, el tablero de ajedrez no viene de fábrica.
# - La BN tiene dos modos, y congelada solo uno.
# - Keras 3 lee `trainable` al trazar. De ahí salen todas las averías silenciosas de la tabla. Por eso exigimos en cada paso que se mueva quien tiene que moverse, y nadie más.
# - Lo falso que ve D debe ser lo mismo con lo que se entrena G.
# - Que las pérdidas no bajen es normal. Se mira D(x) y D(G(z)), y las imágenes del mismo ruido.
# - Un truco que nadie ha medido es solo una opinión.
#
# **Lo siguiente:** en la lección 3 escribimos el paso de entrenamiento a mano, con `GradientTape`: no hará falta congelar nada, irá más deprisa, y podrás parar y reanudar cuando quieras.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A strided convolution shrinks; a transposed one stamps the kernel and enlarges. If the kernel is a multiple of the stride no checkerboard is built in.
# - BN has two modes and, when frozen, only one.
# - Keras 3 reads `trainable` while tracing. All the silent failures of the table come from that. That is why we demand at every step that whoever has to move does, and nobody else.
# - The fakes that D sees should be the very ones with which G is trained.
# - Losses that do not fall are normal. Look at D(x) and D(G(z)), and at the images of the same noise.
# - A trick without a measurement is only an opinion.
#
# **Next:** in lesson 3 we write the training step by hand, with `GradientTape`: there will be nothing to freeze, it will be faster, and you will be able to stop and resume whenever you like.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Alec Radford, Luke Metz y Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: la DCGAN y sus reglas.
# - Augustus Odena, Vincent Dumoulin y Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Sergey Ioffe y Christian Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167), 2015; Tim Salimans y otros, [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016, de donde viene el suavizado unilateral.
# - Soumith Chintala y otros, [*How to Train a GAN?*](https://github.com/soumith/ganhacks), 2016: la lista de trucos.
# - **Tutorial B**, el capítulo sobre GAN del libro de Aurélien Géron, en español. Lo que en él falla hoy: congela una sola vez; usa `train_gan` sin haberla definido; «7\*7\*28» son 6272 salidas solo si se lee 7·7·128; y su orden de entrenar y compilar está del revés.
# - **Tutorial C**, «Tutorial GAN-1», un artículo de un blog en español, con su cuaderno. Lo que falla: `keras.Layers` y `LeakyRelu` no existen; «un factor del salto»; el cuaderno comparte un optimizador; D da una probabilidad y no un sí o un no; y una de las dos BN está antes de la primera convolución traspuesta.
# - **Tutorial E**, «DCGAN», un artículo en japonés. Lo que falla: texto y código difieren en una capa; congela una sola vez y con BN en D; repite una BN; y llama a `predict` sin necesidad.
# - Zalando, [Fashion-MNIST](https://github.com/zalandoresearch/fashion-mnist), licencia MIT; [base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - Alec Radford, Luke Metz and Soumith Chintala, [*Unsupervised Representation Learning with Deep Convolutional GANs*](https://arxiv.org/abs/1511.06434), 2015: the DCGAN and its guidelines.
# - Augustus Odena, Vincent Dumoulin and Chris Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Sergey Ioffe and Christian Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167), 2015; Tim Salimans et al., [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016, where one-sided smoothing comes from.
# - Soumith Chintala et al., [*How to Train a GAN?*](https://github.com/soumith/ganhacks), 2016: the list of hacks.
# - **Tutorial B**, the chapter on GANs of Aurélien Géron's book, in Spanish. What fails in it today: it freezes once; it uses `train_gan` without having defined it; “7\*7\*28” is 6,272 outputs only if read as 7·7·128; and its order of training and compiling is reversed.
# - **Tutorial C**, “Tutorial GAN-1”, an article of a Spanish blog, with its notebook. What fails: `keras.Layers` and `LeakyRelu` do not exist; “a factor of the stride”; the notebook shares one optimizer; D gives a probability, not a yes or a no; and one of the two BN stands before the first transposed convolution.
# - **Tutorial E**, “DCGAN”, a Japanese article. What fails: text and code differ by a layer; it freezes once, with BN in D; it repeats a BN; and it calls `predict` without need.
# - Zalando, [Fashion-MNIST](https://github.com/zalandoresearch/fashion-mnist), MIT licence; [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
