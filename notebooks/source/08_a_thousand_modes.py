# ---
# title:
#   es: 8 · Mil modos, en color
#   en: 8 · A thousand modes, in colour
# ---

# %% [markdown] lang="es"
# # 8 · Mil modos, en color
#
# ¿Sabe tu generador dibujarlo todo, o repite lo que mejor le sale? Una red que dibuja siempre lo mismo sufre un **colapso** (lección 5). Pero entre dibujarlo todo y dibujar una sola cosa hay muchos grados, y con diez cifras la prueba es demasiado fácil: casi cualquier generador las saca todas. Hoy pondremos tres dígitos en una sola imagen, uno en cada color. Salen **mil combinaciones**, y a mil se les puede llevar la cuenta: es la prueba con la que se miden los remedios contra el colapso desde 2016. De paso, tus redes aprenden a dibujar en color.
#
# **En esta lección vas a:**
#
# 1. pasar de un canal a tres, y ver qué cambia en las dos redes (muy poco);
# 2. completar el recuento de modos y su divergencia, y descubrir qué **no** mira ese recuento;
# 3. provocar un colapso de verdad, y verlo en los dibujos y en los números;
# 4. entender dos remedios de pocas líneas, enchufar otros cuatro, probar el que quieras y ver, con diez semillas, cuáles curan;
# 5. leer las tablas de los artículos sin comparar lo que no se puede comparar.
#
# **Tiempo:** unos 90 minutos; en un portátil de dos núcleos, unos 8 son de espera. **Necesitas:** haber hecho la lección 7; usamos su entrenamiento y el juez congelado de sus récords.

# %% [markdown] lang="en"
# # 8 · A thousand modes, in colour
#
# Can your generator draw everything, or does it keep repeating what it does best? A network that always draws the same thing suffers from **collapse** (lesson 5). But between drawing everything and drawing a single thing there are many degrees, and with ten digits the test is too easy: nearly every generator draws all ten. Today we put three digits into one image, one in each colour. That makes **a thousand combinations**, and a thousand can be counted: since 2016 this has been the test for remedies against collapse. As a bonus, your networks learn to draw in colour.
#
# **In this lesson you will:**
#
# 1. go from one channel to three, and see what changes in both networks (very little);
# 2. complete the count of modes and its divergence, and find out what that count does **not** look at;
# 3. provoke a real collapse, and see it in the drawings and in the numbers;
# 4. understand two remedies of a few lines, plug in four more, try the one you like, and see with ten seeds which of them work;
# 5. read the tables of papers without comparing what cannot be compared.
#
# **Time:** about 90 minutes; on a two-core laptop about 8 of them are waiting. **You need:** to have done lesson 7; we use its training and the frozen judge of its records.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir: tres dígitos en cada cuadro, uno rojo, uno verde y uno azul. Mira uno de cerca, a ver cuántos consigues leer. Los dibujó esta lección cuando se publicó, tras cuatro minutos de entrenamiento con dos núcleos. (La celda solo trae herramientas.)

# %% [markdown] lang="en"
# This is what you are going to make: three digits in each square, one red, one green and one blue. Look closely at one and see how many you can read. This lesson drew them when it was published, after four minutes of training on two cores. (The cell only imports tools.)

# %%
import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import records, stacked
from course_utils.folders import out_folder, pretty_path
from course_utils.language import percent, thousands
from course_utils.lessons import lesson_7
from course_utils.lessons.lesson_2 import MinibatchDeviation
from course_utils.progress import Countdown
from course_utils.questions.lesson_8 import q1, q2, q3, q4, q5, q6, q7, q8

plots.show_promise("08_a_thousand_modes")

# %% [markdown] lang="es"
# ## De un canal a tres
#
# Un píxel gris es un número. Uno de color son tres: cuánto hay de **rojo**, de **verde** y de **azul**. La imagen entera tiene forma `(28, 28, 3)`, y cada una de sus tres capas, un **canal**, es por sí sola una imagen gris. Rojo y verde juntos dan amarillo; verde y azul, turquesa; rojo y azul, magenta; los tres, blanco o gris.
#
# Un **MNIST apilado** (*stacked MNIST*) se hace con tres dígitos elegidos al azar, uno para cada canal. Ni siquiera hay que descargar nada nuevo.
#
# ### Ejercicio 1: apila tres dígitos
#
# `chosen` tiene forma `(m, 3)`: en cada fila, los números de tres imágenes. Devuelve un array `(m, 28, 28, 3)` en el que el primer canal sea la primera imagen de la fila, el segundo la segunda y el tercero la tercera.

# %% [markdown] lang="en"
# ## From one channel to three
#
# A grey pixel is one number. A coloured one is three: how much there is of **red**, of **green** and of **blue**. The whole image has the shape `(28, 28, 3)`, and each of its three layers, a **channel**, is by itself a grey image. Red and green together make yellow; green and blue, turquoise; red and blue, magenta; all three, white or grey.
#
# **Stacked MNIST** is made of three digits chosen at random, one for each channel. You do not even have to download anything new.
#
# ### Exercise 1: stack three digits
#
# `chosen` has the shape `(m, 3)`: each row holds the numbers of three images. Return an array `(m, 28, 28, 3)` in which the first channel is the row's first image, the second its second, and the third its third.


# %% tags=["exercise", "nbval-check-output"]
def stack(images, chosen):
    return np.stack([images[chosen[:, channel]] for channel in range(3)], axis=...)


stack = q1.use(stack)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()


# %% tags=["export", "solution"]
def stack(images, chosen):
    return np.stack([images[chosen[:, channel]] for channel in range(3)], axis=-1)


# %% [markdown] lang="es"
# Diez ternas. Las tres primeras filas son los canales por separado; la cuarta, los tres juntos.

# %% [markdown] lang="en"
# Ten triples. The first three rows are the channels, each by itself; the fourth is all three together.

# %%
dataset = data.load("mnist")
print(dataset.origin)
rng = np.random.default_rng(42)
triples = stack(dataset.x_train, rng.integers(len(dataset.x_train), size=(10, 3)))
assert triples.shape == (10, 28, 28, 3)
one_channel = [triples * mask for mask in np.eye(3, dtype="uint8")]
plots.show_grid(np.concatenate([*one_channel, triples]))

# %% [markdown] lang="es"
# A cada combinación de cifras la llamaremos **modo**: el modo 307 tiene un 3 rojo, un 0 verde y un 7 azul. Hay 10 · 10 · 10 = 1000 modos, de frecuencia parecida: los extremos son el 111 y el 555, y el primero sale casi el doble. De ternas distintas hay 60 000³, más de doscientos billones: ninguna red se las aprende de memoria; para dibujarlas tiene que haber entendido que cada canal va por su lado.
#
# ### Qué cambia en las redes
#
# Lo mínimo: la última capa de G dibuja 3 canales en vez de 1, y la entrada de D tiene 3. Lo demás es de la lección 7, más ancho y con 100 números de ruido en vez de 32, porque hay tres dígitos que dibujar. `width` lo usaremos dentro de un momento; `deviation` y `norm` (BN en D), con los remedios.

# %% [markdown] lang="en"
# We will call each combination of digits a **mode**: mode 307 has a red 3, a green 0 and a blue 7. There are 10 · 10 · 10 = 1,000 modes of similar frequency: the extremes are 111 and 555, and the first comes up nearly twice as often. There are 60,000³ different triples, more than two hundred trillion. No network learns those by heart; to draw them, it has to have understood that each channel goes its own way.
#
# ### What changes in the networks
#
# As little as possible: G's last layer draws 3 channels instead of 1, and D's input has 3. The rest is from lesson 7, wider and with 100 noise numbers instead of 32, because there are three digits to draw. We will use `width` in a moment; `deviation` and `norm` (BN in D), with the remedies.


# %% tags=["export"]
def make_generator(width=24, latent_dim=100):
    noise = x = keras.Input((latent_dim,))
    x = layers.Dense(7 * 7 * 2 * width, use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Reshape((7, 7, 2 * width))(x)
    x = layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model(noise, x, name="generator")


def make_discriminator(width=24, channels=3, deviation=False, norm=False):
    images = x = keras.Input((28, 28, channels))
    x = layers.LeakyReLU(0.2)(layers.Conv2D(width, 4, strides=2, padding="same")(x))
    x = layers.Conv2D(2 * width, 4, strides=2, padding="same")(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x) if norm else x)
    if deviation:
        x = MinibatchDeviation()(x)
    return keras.Model(images, layers.Dense(1)(layers.Flatten()(x)), name="discriminator")


# %% [markdown] lang="es"
# ### Ejercicio 2: lo que cuesta el color
#
# Con un canal, la primera convolución de un D de anchura 12 tiene 4 · 4 · 1 · 12 = 192 pesos y 12 sesgos: 204 parámetros. ¿Cuántos parámetros tiene con tres canales?

# %% [markdown] lang="en"
# ### Exercise 2: what colour costs
#
# With one channel, the first convolution of a D of width 12 has 4 · 4 · 1 · 12 = 192 weights and 12 biases: 204 parameters. How many parameters does it have with three channels?

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q2.check(answer)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %%
for channels in (1, 3):
    first = make_discriminator(12, channels).layers[1]
    print(first.kernel.shape, "→", thousands(first.count_params()))

# %% [markdown] lang="es"
# Cada filtro es ahora un bloque de 4×4×3, y lo que sale de él sigue siendo **un** número por sitio: una mezcla de 48 números, con los tres colores dentro. Quédate con esta idea, que luego hará falta: un D con dos filtros solo recibe dos números por sitio.
#
# ## Qué se cuenta
#
# El juez congelado de la lección 7 lee dígitos grises, y un canal es una imagen gris. Así que le damos los tres canales, uno detrás de otro. Devuelve para cada canal diez probabilidades; la cifra más probable es la que lee, y las tres cifras son el modo.

# %% [markdown] lang="en"
# Each filter is now a block of 4×4×3, and what comes out of it is still **one** number for each place: a mixture of 48 numbers, with all three colours in it. Keep this in mind; we will need it: a D with two filters gets only two numbers for each place.
#
# ## What is counted
#
# The frozen judge of lesson 7 reads grey digits, and a channel is a grey image. So we hand it the three channels, one after the other. For each channel it returns ten probabilities; the most probable digit is the one it reads, and the three digits are the mode.


# %% tags=["export"]
def read_triples(judge, triples):
    greys = np.moveaxis(np.asarray(triples), 3, 1).reshape(-1, 28, 28)
    return judge.look(greys).probabilities.reshape(-1, 3, 10)


# %%
judge = records.frozen_judge()
seen = read_triples(judge, triples)
print(seen.shape)
for digits in seen.argmax(axis=2):
    print(*digits, sep="", end="  ")

# %% [markdown] lang="es"
# Compáralos con las diez ternas de arriba: primero el rojo, luego el verde, luego el azul.
#
# ### Ejercicio 3: cuenta los modos
#
# Se cuentan dos cosas. La primera, **cuántos** de los mil modos aparecen al menos una vez. La segunda, si aparecen por igual. Si el modo $i$ se lleva una parte $q_i$ de los dibujos y debería llevarse $1/1000$, la **divergencia de Kullback-Leibler** es
#
# $$\mathrm{KL} = \sum_i q_i \log \frac{q_i}{1/1000} = \sum_i q_i \log(1000\, q_i).$$
#
# Vale 0 si los mil salen por igual, y $\log 1000 \approx 6.91$ si solo sale uno; si salen cien, todos por igual, $\log 10 \approx 2.30$. Se llama **inversa** porque los dibujos van delante; la directa, con lo real delante, sería infinita en cuanto faltara un modo. En la inversa, un modo que falta ($q_i = 0$) no suma nada, pero su parte se la llevan otros, y esos suman más.
#
# `digits` tiene forma `(n, 3)`. El modo de cada fila ya está calculado, y `np.bincount` cuenta cuántas veces sale cada uno. `shares` son las $q_i$ de los modos que aparecen; el logaritmo es el natural. Completa la divergencia.

# %% [markdown] lang="en"
# Compare them with the ten triples above: first the red one, then the green, then the blue.
#
# ### Exercise 3: count the modes
#
# Two things are counted. First, **how many** of the thousand modes turn up at least once. Second, whether they turn up equally often. If mode $i$ has the share $q_i$ of the drawings, and should have $1/1000$, the **Kullback-Leibler divergence** is
#
# $$\mathrm{KL} = \sum_i q_i \log \frac{q_i}{1/1000} = \sum_i q_i \log(1000\, q_i).$$
#
# It is 0 if all thousand come up equally often, and $\log 1000 \approx 6.91$ if only one does; if a hundred come up, all equally often, $\log 10 \approx 2.30$. It is called the **reverse** one because the drawings stand in front; the forward one, with the real images in front, would be infinite as soon as one mode was missing. In the reverse one, a mode that is missing ($q_i = 0$) adds nothing, but others take its share, and those add more.
#
# `digits` has the shape `(n, 3)`. The mode of each row has been computed already, and `np.bincount` counts how often each comes up. `shares` are the $q_i$ of the modes that turn up; the logarithm is the natural one. Complete the divergence.


# %% tags=["exercise", "nbval-check-output"]
def count_modes(digits):
    modes = digits @ [100, 10, 1]
    counts = np.bincount(modes, minlength=1000)
    shares = counts[counts > 0] / len(modes)
    return np.count_nonzero(counts), np.sum(shares * ...)


count_modes = q3.use(count_modes)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()


# %% tags=["export", "solution"]
def count_modes(digits):
    modes = digits @ [100, 10, 1]
    counts = np.bincount(modes, minlength=1000)
    shares = counts[counts > 0] / len(modes)
    return np.count_nonzero(counts), np.sum(shares * np.log(1000 * shares))


# %% [markdown] lang="es"
# ### Ejercicio 4: ¿cuántos dibujos hacen falta?
#
# Imagina un generador perfecto: cada uno de los mil modos sale con la misma probabilidad. Le pides **1000** dibujos. ¿Cuántos modos verás, más o menos?
#
# **a)** los 1000 · **b)** unos 900 · **c)** unos 630 · **d)** unos 500

# %% [markdown] lang="en"
# ### Exercise 4: how many drawings does it take?
#
# Imagine a perfect generator: each of the thousand modes comes up with the same probability. You ask it for **1,000** drawings. About how many modes will you see?
#
# **a)** all 1,000 · **b)** about 900 · **c)** about 630 · **d)** about 500

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# Probémoslo con el mejor «generador» que existe: ternas de verdad, de imágenes de prueba. (La celda no hace falta leerla; el juez lee 78 000 canales, y tarda unos segundos.) La última columna es la divergencia que saldría solo por azar, contando $n$ dibujos: cerca de $999 / (2n)$ cuando $n$ es grande (con 1000 se queda corta).

# %% [markdown] lang="en"
# Let us try it with the best “generator” there is: real triples, of test images. (You need not read the cell; the judge reads 78,000 channels, which takes some seconds.) The last column is the divergence that mere chance would give if $n$ drawings are counted: near $999 / (2n)$ when $n$ is large (at 1,000 that is too low).

# %%
drawings = budget(smoke=1000, workshop=26_000, full=26_000)
chosen = rng.integers(len(dataset.x_test), size=(drawings, 3))
real = np.concatenate([read_triples(judge, stack(dataset.x_test, part)) for part in np.split(chosen, drawings // 1000)])
rows = []
for n in sorted({1000, min(5000, drawings), drawings}):
    modes, kl = count_modes(real[:n].argmax(axis=2))
    rows.append([thousands(n), thousands(int(modes)), f"{kl:.3f}", f"{999 / (2 * n):.3f}"])
plots.show_table([L("dibujos", "drawings"), L("modos", "modes"), "KL", L("por azar", "by chance")], rows)
right = (real.argmax(axis=2) == dataset.y_test[chosen]).mean(axis=0)
print(L("cifras bien leídas: ", "digits read correctly: ") + percent(right.mean(), 1))
if dataset.name == "mnist" and drawings == 26_000:
    assert count_modes(real.argmax(axis=2))[0] == 1000

# %% [markdown] lang="es"
# (Con 26 000 dibujos, la KL pasa un poco de la del azar: en MNIST no hay el mismo número de cada cifra.)
#
# Por eso los artículos cuentan sobre unos 26 000 dibujos: con mil, ni un generador perfecto enseña todos sus modos. Y por eso dos recuentos con distinto número de dibujos no se pueden comparar.
#
# ### Lo que el recuento no pregunta
#
# El juez siempre contesta. Si le enseñas un borrón, elige una cifra, y ese modo cuenta. Intentemos engañarlo con imágenes cuyo contenido conocemos:
#
# - **mezclas**: en cada canal, la media de dos imágenes reales, una encima de otra;
# - **un solo modo**: ternas reales con un 3 en los tres canales, como las de un G que hubiera colapsado del todo pero dibujara de maravilla.
#
# Contamos de dos maneras: todas las respuestas, como en casi todos los artículos, y solo las imágenes **seguras**, aquellas en las que, en cada uno de los tres canales, el juez da más de un 95 % a una cifra.
#
# En la tabla están primero los modos y la KL con todas las respuestas; luego, qué parte de las imágenes es segura y cuántos modos suman ellas solas; al final, en qué parte de los canales está seguro el juez, y en qué parte de las parejas de canales lee la misma cifra (por azar, una de cada diez). La celda no hace falta leerla.

# %% [markdown] lang="en"
# (With 26,000 drawings the KL is a little above chance: MNIST does not hold equally many of each digit.)
#
# That is why papers count on some 26,000 drawings: in a thousand, not even a perfect generator shows all its modes. And that is why two counts with different numbers of drawings cannot be compared.
#
# ### What the count does not ask
#
# The judge always answers. Show it a blot and it picks a digit, and that mode counts. Let us try to fool it with images whose content we know:
#
# - **blends**: in each channel, the mean of two real images, one on top of the other;
# - **one mode only**: real triples with a 3 in all three channels, like those of a G that had collapsed completely but drew superbly.
#
# We count in two ways: all answers, as nearly all papers do, and only the **confident** images, those in which the judge gives more than 95% to one digit in each of the three channels.
#
# In the table, the modes and the KL of all answers come first; then which share of the images is confident, and how many modes these alone make; last, in which share of the channels the judge is confident, and in which share of the pairs of channels it reads the same digit (by chance, one in ten). You need not read the cell.

# %%
threes = np.flatnonzero(dataset.y_test == 3)


def in_parts(make):
    return np.concatenate([read_triples(judge, make(part)) for part in np.split(chosen, drawings // 1000)])


def blend(part):
    return (stack(dataset.x_test, part) // 2 + stack(dataset.x_test, part[::-1]) // 2).astype("uint8")


tricks = {
    L("ternas reales", "real triples"): real,
    L("mezclas", "blends"): in_parts(blend),
    L("un solo modo, el 333", "one mode only, 333"): in_parts(
        lambda part: stack(dataset.x_test[threes], part % len(threes))
    ),
}
stacked.show_counts(tricks)
if dataset.name == "mnist" and drawings == 26_000:
    blends, one = (count_modes(tricks[name].argmax(axis=2)) for name in list(tricks)[1:])
    assert blends[0] > 800 and 5 < one[0] < 50

# %% [markdown] lang="es"
# En las mezclas se cuentan más de ochocientos modos, aunque el juez casi nunca está seguro de las tres cifras. Y en un colapso total no se cuenta uno, sino una docena: cada 3 torcido que el juez lee como un 2, un 5 o un 8 ya es otro modo. Así que:
#
# - el número de modos es una prueba de **variedad**, no de calidad: dice qué falta, no si lo que hay se lee;
# - un umbral de confianza cambia mucho el recuento, y quien publica uno tiene que decir cuál ha usado;
# - la divergencia engaña menos que el número: un modo que sale una vez por error suma uno al recuento y casi nada a la KL.
#
# ## El colapso
#
# En *Unrolled GAN* (Metz y otros, en arXiv desde 2016), el colapso se provoca con un D débil: cuando D no distingue dos cosas, a G le da igual cuál dibujar. Llevémoslo al extremo: un D con **dos** filtros en su primera capa (y cuatro en la segunda), frente a un G de 24 y 48. Dos filtros, tres colores.
#
# ### Ejercicio 5: ¿qué no notará?
#
# Antes de entrenar, ponte en el lugar de un D que solo recibe dos números por sitio para los tres colores. ¿Qué error de G es el que más fácilmente se le escapa?
#
# **a)** que en los tres canales solo salgan unos · **b)** que los tres colores repitan el mismo trazo · **c)** que dos de los tres canales se queden negros · **d)** que la imagen entera salga el doble de clara

# %% [markdown] lang="en"
# Blends reach more than eight hundred modes, though the judge is hardly ever confident of all three digits. And a total collapse reaches not one but a dozen: whenever the judge reads a crooked 3 as a 2, a 5 or an 8, that is another mode. So:
#
# - the number of modes is a test of **variety**, not of quality: it says what is missing, not whether what is there can be read;
# - a confidence threshold changes the count a great deal, and whoever publishes one has to say which was used;
# - the divergence misleads less than the number: a mode that comes up once by mistake adds one to the count, and almost nothing to the KL.
#
# ## The collapse
#
# In *Unrolled GAN* (Metz and others, on arXiv since 2016), collapse is provoked with a weak D: if D cannot tell two things apart, G has no reason to prefer either. Let us take that to the extreme: a D with **two** filters in its first layer (and four in its second), against a G with 24 and 48. Two filters, three colours.
#
# ### Exercise 5: what will it miss?
#
# Before you train, put yourself in the place of a D that gets only two numbers for each place, for all three colours. Which mistake of G's will most easily escape it?
#
# **a)** that all three channels show nothing but ones · **b)** that all three colours repeat the same strokes · **c)** that two of the three channels stay black · **d)** that the whole image is twice as bright

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# El entrenamiento es el de la lección 7, sin etiquetas ni grupos; solo cambia de dónde salen las imágenes: cada vez se eligen tres al azar y se apilan, de modo que casi seguro no se repite ninguna terna. `images_per_look` es cuántas imágenes ve D a la vez: de momento, una. Los ajustes, `PLAIN`, son sencillos a propósito: la tasa no baja (`last_rate=1.0`) y no hay media de los pesos (`half_life=0`).
#
# De la celda, lee solo `choose`, que elige tres imágenes para cada terna, y en el bucle `transpose`, que hace lo que tu `stack`. `networks_of` fabrica la función de la que `Training` saca las dos redes, con el D que quieras.

# %% [markdown] lang="en"
# The training is that of lesson 7, without labels or groups; only the source of the images changes: each time three are picked at random and stacked, so that almost certainly no triple comes up twice. `images_per_look` is how many images D sees at once: one, for now. The settings, `PLAIN`, are plain on purpose: the rate does not fall (`last_rate=1.0`), and there is no average of the weights (`half_life=0`).
#
# Of the cell, read only `choose`, which picks three images for each triple, and in the loop `transpose`, which does what your `stack` does. `networks_of` makes the function from which `Training` gets both networks, with any D you like.


# %% tags=["export"]
PLAIN = lesson_7.Settings(latent_dim=100, width=24, g_rate=1e-3, d_rate=1e-3, last_rate=1.0, half_life=0, groups=1)


class ColourTraining(lesson_7.Training):
    images_per_look = 1

    def choose(self, size):
        return self.source.uniform((size, 3), maxval=len(self.images), dtype=tf.int32)

    def many_steps(self):
        settings, size = self.settings, self.settings.batch_size * self.images_per_look
        for _ in tf.range(settings.steps):
            chosen = self.choose(size)
            noise = self.source.normal((size, settings.latent_dim))
            with tf.device("CPU"):
                pixels_of_images = tf.gather(self.pixels, chosen)[..., 0]
            real_images = tf.cast(tf.transpose(pixels_of_images, (0, 2, 3, 1)), tf.float32) / 127.5 - 1
            g_gradients, d_gradients = self.gradients(self.generator, self.discriminator, real_images, None, noise)
            self.g_optimizer.apply(g_gradients, self.generator.trainable_variables)
            self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)
            lesson_7.update_average(self.average, self.generator.variables, self.decay)


def networks_of(d_width, **d_settings):
    def networks(settings, classes):
        generator = make_generator(settings.width, settings.latent_dim)
        return generator, make_discriminator(d_width, **d_settings)

    return networks


# %% [markdown] lang="es"
# `train` entrena hasta que se acaba el tiempo, con el reloj de los récords, y `look_at` dibuja de mil en mil y le da los dibujos a leer al juez. Basta con saber eso. **Tarda un minuto**, y unos segundos más el recuento; mientras, lee más abajo «Empaquetar».

# %% [markdown] lang="en"
# `train` trains until time is up, by the clock of the records, and `look_at` draws a thousand at a time and has the judge read them. That is all you need to know. **It takes a minute**, and the count some seconds more; meanwhile read “Packing”, further down.


# %%
def train(training, seconds):
    records.warm_up(training)
    clock, countdown = records.Clock(seconds), Countdown()
    with clock:
        while (part := clock.read()) < 1:
            training.run(part)
            countdown.show(part, int(training.done))
    countdown.show(1, int(training.done))
    return training.finish()


def look_at(generator):
    numbers = np.random.default_rng(7).normal(size=(drawings, 100)).astype("float32")
    parts = np.split(numbers, drawings // 1000)
    return np.concatenate([read_triples(judge, generator(part, training=False)) for part in parts])


minute = budget(smoke=2, workshop=60, full=60)
fifty = keras.random.normal((50, 100), seed=42)
plain = train(ColourTraining(dataset.x_train, seed=1, settings=PLAIN, networks=networks_of(2)), minute)
plots.show_grid(plain(fifty, training=False))

# %% [markdown] lang="es"
# ¿Qué ha salido? Depende de la semilla y, como el reloj corta cada vez en otro paso, ni la misma semilla acaba dos veces igual. En un colapso fuerte los canales repiten el trazo: donde coinciden los tres sale gris o blanco; donde coinciden dos, amarillo, turquesa o magenta. En uno más suave salen todos los colores, pero unos modos mucho más que otros. Ahora lo contamos. Abajo, el **mapa** de los mil modos: un cuadro por cifra roja; en cada uno, la verde hacia abajo y la azul hacia la derecha. Cuanto más oscuro, más veces sale; los que no salen nunca llevan una crucecita.
#
# Si los tres colores llevaran siempre la misma cifra y salieran las diez por igual, la KL sería log 100 ≈ 4.6. Si la tuya es mayor, además se repite la cifra: casi todo cae en unos pocos cuadritos. ¿Cuáles? Si es menor, busca las filas y columnas oscuras: son las cifras que G prefiere en un color.

# %% [markdown] lang="en"
# What has come out? It depends on the seed and, as the clock stops at another step each time, not even the same seed ends the same way twice. In a strong collapse the channels repeat the strokes: where all three agree it turns grey or white; where two do, yellow, turquoise or magenta. In a milder one all colours come up, but some modes far more often than others. We are about to count. Below, the **map** of the thousand modes: a square for each red digit; in each, green runs down and blue across. The darker a cell, the more often its mode comes up; those that never do are marked with a small cross.
#
# If all three colours always showed the same digit, and all ten came up equally often, the KL would be log 100 ≈ 4.6. If yours is larger, the digit repeats itself as well: nearly everything falls into a few cells. Which? If it is smaller, look for the dark rows and columns: they are the digits that G prefers in one colour.

# %%
weak = L("D con dos filtros", "D with two filters")
counted = {L("ternas reales", "real triples"): real, weak: look_at(plain)}
stacked.show_counts(counted)
stacked.show_map(counted[weak])

# %% [markdown] lang="es"
# ¿Cuestión de suerte? Esto es lo mismo con **cinco semillas**, cada una entrenada tantos pasos como caben en un minuto. Una fila por semilla, y en todas los mismos diez ruidos.

# %% [markdown] lang="en"
# A matter of luck? Here is the same with **five seeds**, trained for as many steps as fit into a minute. A row for each seed, and the same ten noises in all of them.

# %%
stacked.show_seeds("plain")

# %% [markdown] lang="es"
# Donde los canales coinciden, el dibujo sale gris. Y ni siquiera la semilla con más modos dibuja algo que se lea: el juez siempre contesta. Fíjate también en la rejilla. No viene de fábrica, como la de la lección 2 (aquí el núcleo, de 4, es múltiplo del salto): la han aprendido los pesos, y con un D más ancho el mismo G la borrará.
#
# ## Los remedios, de uno en uno
#
# Casi todos buscan lo mismo: que D note lo que falta. Los escribimos uno a uno; luego probarás el que quieras.
#
# ### Empaquetar
#
# Un D que mira las imágenes de una en una no puede saber si G se repite: cada una, por separado, está bien. La idea de **PacGAN** (Lin y otros, 2018) es enseñarle varias a la vez, todas reales o todas falsas, una encima de otra en los canales. Dos imágenes de color son seis canales. Si G dibuja siempre lo mismo, los paquetes falsos llevan dos imágenes iguales, y eso con las reales no pasa casi nunca.
#
# ### Ejercicio 6: haz los paquetes
#
# `images` tiene forma `(count · b, 28, 28, 3)`. Devuelve los `b` paquetes, `(b, 28, 28, 3 · count)`. `tf.split(images, count)` parte el lote en `count` partes iguales. ¿Por qué eje se pegan?

# %% [markdown] lang="en"
# Where the channels agree, the drawing turns grey. And not even the seed with the most modes draws anything readable: the judge always answers. Notice the grid as well. It is not built in, as lesson 2's was (here the kernel, of 4, is a multiple of the stride): the weights have learnt it, and with a wider D the same G will remove it.
#
# ## The remedies, one at a time
#
# Nearly all aim to make D notice what is missing. We write them one by one; then you will try the one you like.
#
# ### Packing
#
# A D that looks at images one at a time cannot know whether G repeats itself: each of them, alone, is fine. The idea of **PacGAN** (Lin and others, 2018) is to show it several at once, all real or all fake, stacked along the channels. Two colour images are six channels. If G always draws the same, the fake packs hold two equal images, and with real ones that hardly ever happens.
#
# ### Exercise 6: make the packs
#
# `images` has the shape `(count · b, 28, 28, 3)`. Return the `b` packs, `(b, 28, 28, 3 · count)`. `tf.split(images, count)` cuts the batch into `count` equal parts. Along which axis are they joined?


# %% tags=["exercise", "nbval-check-output"]
def pack(images, count):
    return tf.concat(tf.split(images, count), axis=...)


pack = q6.use(pack)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()


# %% tags=["export", "solution"]
def pack(images, count):
    return tf.concat(tf.split(images, count), axis=-1)


# %% [markdown] lang="es"
# El paso es el de siempre, con las imágenes empaquetadas antes de que las vea D. `Pairs` pide el doble de ternas en cada paso, y por eso cada paso cuesta más.

# %% [markdown] lang="en"
# The step is the usual one, with the images packed before D sees them. `Pairs` asks for twice as many triples in each step, so each step costs more.


# %% tags=["export"]
def packing(count):
    def gradients(generator, discriminator, real_images, label, noise):
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(pack(real_images, count), training=True)
            fake_logits = discriminator(pack(fake_images, count), training=True)
            g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
            d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        return g_gradients, d_tape.gradient(d_loss, discriminator.trainable_variables)

    return gradients


class Pairs(ColourTraining):
    images_per_look = 2


# %% [markdown] lang="es"
# ### La desviación del lote
#
# Es pariente del remedio anterior, y ya la conoces de la lección 2: a D se le añade un canal que dice cuánto varían entre sí las imágenes del lote. Aquí es un interruptor, `deviation=True`, y casi no cuesta nada.
#
# ### Relativista, con R1 y R2
#
# El remedio de **R3GAN** (Huang y otros, 2024) consiste en dos cambios en la pérdida. Primero, no se puntúa cada imagen por separado: se compara una real con una falsa, y cuenta cuánto más real le parece a D la real (`ahead`). A G no le basta con pasar un listón común: tiene que alcanzar a las reales, también donde aún no dibuja nada. Segundo, D paga por cada pendiente, es decir, por cuánto cambia su logit si cambia un poco la imagen: R1 es el cuadrado de la pendiente en las imágenes reales, y R2, en las falsas. Así su opinión no puede saltar de golpe entre lo que G dibuja y lo que le falta, y G tiene siempre por dónde subir. La pendiente se saca con otra cinta dentro de las dos de siempre (`persistent=True`, porque se le pregunta dos veces); `gamma` dice cuánto pesa.

# %% [markdown] lang="en"
# ### Minibatch standard deviation
#
# A relative of the previous remedy, and you know it from lesson 2: D gets a further channel that says how much the images of the batch vary among themselves. Here it is a switch, `deviation=True`, and costs almost nothing.
#
# ### Relativistic, with R1 and R2
#
# The remedy of **R3GAN** (Huang and others, 2024) consists of two changes to the loss. First, no image is scored by itself: a real one is compared with a fake, and what counts is how much more real the real one looks to D (`ahead`). It is not enough for G to clear one common bar: it has to catch up with the real ones, also where it draws nothing yet. Second, D pays for every slope, that is, for how much its logit changes if the image changes a little: R1 is the square of the slope at real images, R2 at fake ones. So its opinion cannot jump between what G draws and what is missing, and G always has a way up. The slope comes from another tape inside the usual two (`persistent=True`, as it is asked twice); `gamma` says how much it counts.


# %% tags=["export"]
def relativistic_r1_r2(generator, discriminator, real_images, label, noise, gamma=1.0):
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fake_images = generator(lesson_7.beside(noise, label), training=True)
        with tf.GradientTape(persistent=True) as slope_tape:
            slope_tape.watch((real_images, fake_images))
            real_logits = discriminator(lesson_7.beside(real_images, label), training=True)
            fake_logits = discriminator(lesson_7.beside(fake_images, label), training=True)
        ahead = real_logits - fake_logits
        g_loss, d_loss = tf.reduce_mean(tf.nn.softplus(ahead)), tf.reduce_mean(tf.nn.softplus(-ahead))
        for images, logits in ((real_images, real_logits), (fake_images, fake_logits)):
            slope = slope_tape.gradient(logits, images)
            d_loss += gamma / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=(1, 2, 3)))
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    return g_gradients, d_tape.gradient(d_loss, discriminator.trainable_variables)


# %% [markdown] lang="es"
# ### La media de los pesos, y un D más ancho
#
# La media de los pesos de G es de la lección 7: `half_life=600`. Y queda el remedio más simple, que no es ningún truco: darle a D más filtros.
#
# ### Prueba uno
#
# En la lista, cada línea dice qué entrenamiento, qué ajustes, qué gradientes y qué redes. Apuesta por un remedio y pon su nombre en `mine`. Todos tienen el mismo minuto; los que cuestan más por paso dan menos pasos. (Mientras, haz el ejercicio 7.)

# %% [markdown] lang="en"
# ### The average of the weights, and a wider D
#
# The average of G's weights is from lesson 7: `half_life=600`. And there remains the simplest remedy, which is no trick at all: more filters for D.
#
# ### Try one
#
# In the list, each line says which training, which settings, which gradients and which networks. Bet on a remedy and put its name into `mine`. All have the same minute; those whose steps cost more make fewer of them. (Meanwhile, do exercise 7.)

# %%
remedies = {
    "packing": (Pairs, PLAIN, packing(2), networks_of(2, channels=6)),
    "deviation": (ColourTraining, PLAIN, lesson_7.non_saturating, networks_of(2, deviation=True)),
    "relativistic_r1_r2": (ColourTraining, PLAIN, relativistic_r1_r2, networks_of(2)),
    "average": (ColourTraining, PLAIN._replace(half_life=600), lesson_7.non_saturating, networks_of(2)),
    "d_quarter": (ColourTraining, PLAIN, lesson_7.non_saturating, networks_of(6)),
    "d_as_wide": (ColourTraining, PLAIN, lesson_7.non_saturating, networks_of(24)),
}
mine = "deviation"

kind, settings, gradients, networks = remedies[mine]
settled = dict(seed=1, settings=settings, gradients=gradients, networks=networks)
remedied = train(kind(dataset.x_train, **settled), minute)
plots.show_grid(remedied(fifty, training=False))
counted[stacked.title_of(mine)] = look_at(remedied)
stacked.show_counts(counted)

# %% [markdown] lang="es"
# Ejecuta la celda otra vez con otro remedio, si quieres: se irán añadiendo a la tabla.
#
# ### Con diez semillas
#
# Un colapso depende mucho de la semilla, así que un minuto de cada uno no dice gran cosa. `make modes` ha entrenado cada remedio con diez semillas y el mismo tiempo: a cada uno, los pasos que caben en un minuto de dos núcleos. Antes de ver la tabla, apuesta.
#
# ### Ejercicio 7: ¿qué remedio cura?
#
# De los seis remedios que cambian **una** sola cosa, ¿con cuál salen más modos?
#
# **a)** empaquetar · **b)** la desviación del lote · **c)** la pérdida relativista con R1 y R2 · **d)** la media de los pesos · **e)** un D de 6 filtros · **f)** un D de 24 filtros

# %% [markdown] lang="en"
# Run the cell again with another remedy if you like: the table collects them.
#
# ### With ten seeds
#
# A collapse depends a great deal on the seed, so one minute of each does not say much. `make modes` has trained every remedy with ten seeds and for the same time: as many steps of each as fit into a minute of two cores. Before you see the table, bet.
#
# ### Exercise 7: which remedy works?
#
# Of the six remedies that change a **single** thing, which reaches the most modes?
#
# **a)** packing · **b)** minibatch standard deviation · **c)** the relativistic loss with R1 and R2 · **d)** averaged weights · **e)** a D of 6 filters · **f)** a D of 24 filters

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q7.check(answer)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %% [markdown] lang="es"
# En la tabla, cada fila se compara con la primera. Las columnas de «diferencia» dan el intervalo del 95 % de lo que cambia la media: si el 0 está dentro, con diez semillas no se sabe. (Son nueve intervalos, y alguno puede fallar por puro azar: fíate de los que quedan lejos del 0.) Las tres últimas filas combinan varias cosas: «la receta» es el D ancho con la media de los pesos y la tasa que baja de la lección 7, desde el doble que las demás; después, la misma con BN en D, y con la pérdida de R3GAN. En la figura, un punto por semilla.

# %% [markdown] lang="en"
# In the table, each row is compared with the first. The “difference” columns give the 95% interval for the change in the mean: if 0 lies inside, ten seeds cannot tell. (There are nine intervals, and one or other may miss by mere chance: trust those that stay well away from 0.) The last three rows combine several changes: “the recipe” is the wide D with lesson 7's averaged weights and falling rate, from twice that of the others; then the same with BN in D, and with the loss of R3GAN. In the figure, a dot for each seed.

# %%
stacked.show_rungs()

# %% [markdown] lang="es"
# Lo que más ayuda es darle más filtros a D, y con eso basta: con 24 se pasa de 950 modos con cada una de las diez semillas. La receta no añade ninguno; de media se queda algo por debajo, con BN y sin ella. (La última fila, con la pérdida de R3GAN, llega a otros tantos que el D ancho solo, con un tercio menos de pasos.)
#
# De los remedios que dejan a D con sus dos filtros, solo la **desviación del lote** se distingue de no hacer nada. D sigue viendo igual de mal cada imagen, pero ahora nota que todas se parecen. **Empaquetar**, que en su artículo llega a los mil, aquí no se distingue de no hacer nada, quizá porque dos filtros tienen que mezclar ahora seis canales. Un remedio no es bueno o malo a secas; depende de la red a la que se lo das.
#
# Y cuidado: «no se distingue» no quiere decir «no sirve». La primera fila va de unas decenas de modos a varios cientos según la semilla, y con diez así de dispares solo se ve una diferencia de cientos.
#
# Estos son los dibujos con el D de 24 filtros, para los mismos ruidos que antes:

# %% [markdown] lang="en"
# What helps most is to give D more filters, and that is enough: with 24, each of the ten seeds passes 950 modes. The recipe adds none; on average it stays somewhat below, with BN and without. (The last row, with the loss of R3GAN, reaches as many as the wide D alone, in a third fewer steps.)
#
# Of the remedies that leave D with its two filters, only **minibatch standard deviation** can be told from doing nothing. D sees each image as badly as before, but now it notices that they are all alike. **Packing**, which gets to a thousand in its paper, cannot be told from doing nothing here, perhaps because two filters now have to mix six channels. A remedy is not good or bad as such; it depends on the network that you give it to.
#
# And take care: “cannot be told apart” does not mean “does not help”. The first row goes from some dozens of modes to several hundred, depending on the seed, and with ten as different as these only a difference of hundreds can be seen.
#
# These are the drawings with the D of 24 filters, for the same noises as before:

# %%
stacked.show_seeds("d_as_wide")

# %% [markdown] lang="es"
# ## Al lado de los artículos
#
# Ahora ya puedes leer las tablas de la literatura, y ver por qué no se pueden juntar sin más. Cada bloque es un **protocolo**: qué redes, cuántos pasos, cuántos dibujos, qué regla al contar. Dentro de un bloque se puede comparar, y mejor si las filas son de los mismos autores (mira las dos de DCGAN); entre bloques, no. («D = G / 2» quiere decir que D tiene la mitad de filtros que G; RpGAN es la pérdida relativista; ALI y VEEGAN llevan una tercera red, que va de la imagen al ruido.)

# %% [markdown] lang="en"
# ## Beside the papers
#
# Now you can read the tables of the literature, and see why they cannot simply be put together. Each block is a **protocol**: which networks, how many steps, how many drawings, which rule of counting. Within a block you can compare, preferably rows by the same authors (see the two of DCGAN); between blocks you cannot. (“D = G / 2” means that D has half as many filters as G; RpGAN is the relativistic loss; ALI and VEEGAN have a third network, which goes from the image to the noise.)

# %%
stacked.show_protocols()

# %% [markdown] lang="es"
# Lo nuestro es una versión pequeña, y entre las diferencias están: otras redes, lotes de 32, un minuto en vez de 50 épocas, ternas nuevas en cada paso en vez de 128 000 fijas, ruido gaussiano, otro juez.
#
# También hemos programado **su** protocolo paso a paso, como está en su código (hasta un detalle curioso: las imágenes reales van de 0 a 1 y G dibuja de −1 a 1), y lo hemos dejado correr **media época** de cada uno, casi una hora de un núcleo entre los dos. A esas alturas siguen dibujando casi una sola imagen, y eso no dice nada de cómo acabarían: las 50 épocas serían más de dos días de un núcleo. `python -m tools.modes --published 2 --epochs 50` lo entrena en una terminal; si lo paras, luego sigue por donde iba.
#
# ### Ejercicio 8: ¿qué se puede comparar?
#
# ¿Cuáles de estas frases se siguen de las tablas? Puede haber más de una. Responde con sus letras, por ejemplo `"bd"`.
#
# **a)** En el protocolo de VEEGAN, empaquetar dos imágenes llevó a DCGAN de unas decenas de modos a los mil · **b)** Nuestro D ancho, en un minuto, es mejor que el DCGAN de PacGAN tras 50 épocas · **c)** En el protocolo de *Unrolled GAN*, un D más estrecho da menos modos · **d)** RpGAN + R1 + R2 es peor que PacDCGAN2: los dos llegan a 1000, pero su KL es mayor

# %% [markdown] lang="en"
# Ours is a small version, and among the differences are: other networks, batches of 32, a minute instead of 50 epochs, new triples in each step instead of 128,000 fixed ones, Gaussian noise, another judge.
#
# We have also programmed **their** protocol step by step, as it stands in their code (down to a curious detail: the real images go from 0 to 1, and G draws from −1 to 1), and let it run for **half an epoch** of each, nearly an hour of one core for both. By then they still draw little more than a single image, and that says nothing of how they would end: all 50 epochs would take more than two days of one core. `python -m tools.modes --published 2 --epochs 50` trains it in a terminal; if you stop it, it later picks up where it was.
#
# ### Exercise 8: what may be compared?
#
# Which of these sentences follow from the tables? There may be more than one. Answer with their letters, for instance `"bd"`.
#
# **a)** In VEEGAN's protocol, packing two images took DCGAN from some dozens of modes to a thousand · **b)** Our wide D, after a minute, is better than PacGAN's DCGAN after 50 epochs · **c)** In *Unrolled GAN*'s protocol, a narrower D gives fewer modes · **d)** RpGAN + R1 + R2 is worse than PacDCGAN2: both reach 1,000, but its KL is larger

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q8.check(answer)

# %% tags=["exercise"]
# q8.hint()
# q8.solution()

# %% [markdown] lang="es"
# ## Que además se lean
#
# Contar casi mil modos no quiere decir que se lean. Vuelve a la columna de los canales seguros, pero con cuidado: el juez puede estar seguro de una mancha que nadie leería y, si G dibuja siempre la misma, lo está siempre. Por eso la columna solo dice algo donde hay variedad. Entre las filas que pasan de novecientos modos, tras un minuto el juez está seguro en menos de uno de cada cinco canales.
#
# Para que se lean hace falta más tiempo. Entrenemos **cuatro minutos** la receta con BN en D: no es la que más modos cuenta, pero está, con el D ancho, a la cabeza en canales seguros. (Mientras, dale otra vuelta al ejercicio 8, o lee ya «Tus propias imágenes». Y un truco para leer los dibujos: fíjate en un solo color.)

# %% [markdown] lang="en"
# ## And readable, too
#
# Counting nearly a thousand modes does not mean that they can be read. Go back to the column of confident channels, but with care: the judge may be confident of a blot that nobody could read, and if G always draws the same one, it always is. So the column only says something where there is variety. Among the rows with more than nine hundred modes, after a minute the judge is confident in fewer than one channel out of five.
#
# Drawings that can be read take longer. Let us train the recipe with BN in D for **four minutes**: it is not the one that counts the most modes, but in confident channels it is at the top, together with the wide D. (Meanwhile, think about exercise 8 again, or read “Your own pictures”. And a trick for reading the drawings: look at one colour only.)

# %%
settings = PLAIN._replace(g_rate=2e-3, d_rate=2e-3, last_rate=0.05, half_life=600)
training = ColourTraining(dataset.x_train, seed=1, settings=settings, networks=networks_of(24, norm=True))
generator = train(training, 4 * minute)
images = generator(fifty, training=False)
out = out_folder()
pixels.save_grid(images, out / "generated.png")
generator.save(out / "generator.keras")
plots.show_grid(images)
print(pretty_path(out / "generator.keras"))

# %%
long = L("cuatro minutos", "four minutes")
counted[long] = look_at(generator)
stacked.show_counts(counted)
stacked.show_map(counted[long])
few, many = (count_modes(counted[name].argmax(axis=2))[0] for name in (weak, long))
if dataset.name == "mnist" and minute == 60:
    assert many > 900 and many >= few

# %% [markdown] lang="es"
# Compara, en la tabla, los canales seguros con los de un minuto (los de la tabla de las diez semillas) y con los de las ternas reales: más tiempo ayuda, pero a muchos dibujos les falta todavía.
#
# ## Tus propias imágenes
#
# `data.from_folder` lee las imágenes de una carpeta tuya y las deja cuadradas, de 28 o 32 píxeles de lado, en gris o en color: endereza, recorta el cuadrado central, reduce, y dice qué ha dejado fuera y por qué. Para probarlo hacemos una carpeta con 200 ternas. Si quieres usar la tuya, escribe su nombre entre comillas donde pone `from_folder(folder`; en esta lección, solo en color y de 28.

# %% [markdown] lang="en"
# In the table, compare the confident channels with those after a minute (in the table of the ten seeds) and with those of the real triples: more time helps, but many drawings still fall short.
#
# ## Your own pictures
#
# `data.from_folder` reads the pictures in a folder of yours and makes them square, 28 or 32 pixels a side, grey or in colour: it turns them upright, crops to the square in the middle, shrinks, and says what it has left out and why. To try it, we make a folder with 200 triples. To use your own, write its name in quotes where it says `from_folder(folder`; in this lesson, only in colour and with 28 pixels.

# %%
from PIL import Image

folder = out / "pictures"
folder.mkdir(exist_ok=True)
for number, picture in enumerate(stack(dataset.x_train, rng.integers(len(dataset.x_train), size=(200, 3)))):
    Image.fromarray(picture).save(folder / f"{number:03}.png")
yours = data.from_folder(folder, colour=True)
print(yours.origin, yours.x_train.shape)
plots.show_grid(yours.x_train[:20])

# %% [markdown] lang="es"
# Para entrenar con ellas, lo único que cambia es `choose`: ponemos en fila los canales de todas las imágenes, y `choose` elige tres seguidos, los de una misma imagen, en lugar de tres dígitos al azar. Con tan pocas imágenes, D acabaría por aprendérselas de memoria; aquí solo vemos que funciona. Tarda unos veinte segundos.

# %% [markdown] lang="en"
# To train with them, only `choose` changes: we put the channels of all images in a row, and `choose` takes three consecutive ones, those of one image, instead of three digits at random. With so few images D would end up learning them by heart; here we only see that it works. It takes some twenty seconds.


# %%
class PictureTraining(ColourTraining):
    def choose(self, size):
        first = 3 * self.source.uniform((size, 1), maxval=len(self.images) // 3, dtype=tf.int32)
        return first + tf.range(3)


in_a_row = np.moveaxis(yours.x_train, 3, 1).reshape(-1, 28, 28)
short = budget(smoke=1, workshop=20, full=20)
of_yours = train(PictureTraining(in_a_row, seed=1, settings=settings, networks=networks_of(24, norm=True)), short)
plots.show_grid(of_yours(fifty, training=False))

# %% [markdown] lang="es"
# En las **lecciones 2, 3 y 7** basta con escribir `data.from_folder("photos", colour=True)`, con el nombre de tu carpeta, donde pone `data.load("mnist")` (en la 7, la segunda vez, justo antes de `fit_to`): las redes se ajustan solas, también a 32 píxeles, con `side=32`. En la 7, cada subcarpeta es una clase. Con menos de cien imágenes, `from_folder` ni siquiera empieza; a partir de mil va mejor.
#
# ¿Y después? **CIFAR-10** son 60 000 fotos de 32×32 en diez clases; **CelebA**, 200 000 caras. Las redes son las mismas, más anchas y con una capa más si la imagen es mayor; lo que cambia es la paciencia que hace falta: horas, incluso con una GPU. Y ahí ya no hay juez que lea modos: se mide la distancia de Fréchet sobre las características de una red grande, y la variedad, con la exhaustividad: qué parte de lo real sabe dibujar G (lección 4).
#
# ## Lo que hemos visto
#
# - Una imagen de color son tres canales. En las redes cambian dos capas.
# - Contar modos mide la variedad, no la calidad: el juez siempre contesta. El recuento depende de cuántos dibujos se miran y de la regla de confianza.
# - Un D demasiado débil deja colapsar a G. Aquí, lo que más ayudó fue darle más filtros.
# - Los números de un artículo solo se comparan dentro de su protocolo.
#
# ## Fuentes
#
# - Luke Metz, Ben Poole, David Pfau y Jascha Sohl-Dickstein, [*Unrolled Generative Adversarial Networks*](https://arxiv.org/abs/1611.02163), 2017: el MNIST apilado como prueba, y el D más pequeño que G.
# - Akash Srivastava y otros, [*VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning*](https://arxiv.org/abs/1705.07761), 2017: el protocolo.
# - Zinan Lin, Ashish Khetan, Giulia Fanti y Sewoong Oh, [*PacGAN: The power of two samples in generative adversarial networks*](https://arxiv.org/abs/1712.04086), 2018, y [su código](https://github.com/fjxmlzn/PacGAN).
# - Tero Karras y otros, [*Progressive Growing of GANs*](https://arxiv.org/abs/1710.10196), 2018: la desviación del lote.
# - Yiwen Huang y otros, [*The GAN is dead; long live the GAN!*](https://arxiv.org/abs/2501.05441), 2024: la pérdida relativista con R1 y R2, y su recuento.

# %% [markdown] lang="en"
# In **lessons 2, 3 and 7** it is enough to write `data.from_folder("photos", colour=True)`, with the name of your folder, where it says `data.load("mnist")` (in lesson 7 the second time, just before `fit_to`): the networks fit themselves, to 32 pixels as well, with `side=32`. In lesson 7 each subfolder is a class. With fewer than a hundred pictures `from_folder` will not even start; from a thousand on it goes better.
#
# And then? **CIFAR-10** is 60,000 photos of 32×32 in ten classes; **CelebA**, 200,000 faces. The networks are the same, wider and with one more layer where the image is larger; what changes is how patient you must be: hours, even with a GPU. And no judge reads modes there: we measure the Fréchet distance on the features of a large network, and variety by recall: what share of the real images G can draw (lesson 4).
#
# ## What we have seen
#
# - A colour image is three channels. In the networks two layers change.
# - Counting modes measures variety, not quality: the judge always answers. The count depends on how many drawings you look at, and on the rule of confidence.
# - A D that is too weak lets G collapse. Here, what helped most was to give it more filters.
# - A paper's numbers can only be compared within its protocol.
#
# ## Sources
#
# - Luke Metz, Ben Poole, David Pfau and Jascha Sohl-Dickstein, [*Unrolled Generative Adversarial Networks*](https://arxiv.org/abs/1611.02163), 2017: stacked MNIST as a test, and the D smaller than G.
# - Akash Srivastava and others, [*VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning*](https://arxiv.org/abs/1705.07761), 2017: the protocol.
# - Zinan Lin, Ashish Khetan, Giulia Fanti and Sewoong Oh, [*PacGAN: The power of two samples in generative adversarial networks*](https://arxiv.org/abs/1712.04086), 2018, and [its code](https://github.com/fjxmlzn/PacGAN).
# - Tero Karras and others, [*Progressive Growing of GANs*](https://arxiv.org/abs/1710.10196), 2018: minibatch standard deviation.
# - Yiwen Huang and others, [*The GAN is dead; long live the GAN!*](https://arxiv.org/abs/2501.05441), 2024: the relativistic loss with R1 and R2, and its count.
