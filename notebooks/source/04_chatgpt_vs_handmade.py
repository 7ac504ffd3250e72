# ---
# title:
#   es: 4 · ¿ChatGPT o a mano? Comparar dos GAN en serio
#   en: 4 · ChatGPT or handmade? A fair comparison of two GANs
# ---

# %% [markdown] lang="es"
# # 4 · ¿ChatGPT o a mano? Comparar dos GAN en serio
#
# El autor de un tutorial le pidió a ChatGPT una GAN, la entrenó junto a la suya, miró los dígitos y sentenció: «el claro ganador es nuestro modelo». Una ejecución de cada una y una mirada. ¿Basta con eso? Hoy hacemos el experimento como es debido: con medidas, varias semillas y las mismas condiciones para las dos. Puede salir cualquier cosa, incluso que no gane ninguna.
#
# **En esta lección vas a:**
#
# 1. votar a ciegas, antes de ver ningún número;
# 2. entrenar a un *juez*, un pequeño clasificador, y medir con él: distancia de Fréchet, distancia de núcleo, precisión y exhaustividad;
# 3. poner a prueba las propias medidas: qué notan y qué se les escapa;
# 4. enfrentar dos redes en igualdad de condiciones, calcular un intervalo y dejar que el veredicto lo escriba el código;
# 5. averiguar cuál de las diferencias entre las dos redes es la que cuenta;
# 6. traer la red que escriba **tu** asistente de IA y someterla al mismo experimento.
#
# **Tiempo:** unos 90 minutos; en un portátil de dos núcleos, con el presupuesto `workshop`, entre 8 y 20 son de espera. **Necesitas:** haber hecho las lecciones 1 a 3.

# %% [markdown] lang="en"
# # 4 · ChatGPT or handmade? A fair comparison of two GANs
#
# The author of a tutorial asked ChatGPT for a GAN, trained it beside their own, looked at the digits and declared: “the clear winner is our model”. One run of each, and one look. Is that enough? Today we do the experiment properly, with a way of measuring, several seeds and the same conditions for both. Any result is possible, including no winner at all.
#
# **In this lesson you will:**
#
# 1. vote blind, before you see a single number;
# 2. train a *judge*, a small classifier, and measure with it: Fréchet distance, kernel distance, precision and recall;
# 3. test the measures themselves: what they notice and what they miss;
# 4. set two networks against each other on equal terms, compute an interval, and let the code write the verdict;
# 5. find out which of the differences between the two networks really matters;
# 6. bring the network that **your** AI assistant writes, and put it through the same experiment.
#
# **Time:** about 90 minutes; on a two-core laptop, with the `workshop` budget, 8 to 20 of them are waiting. **You need:** to have done lessons 1 to 3.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# ## Primero, vota
#
# Una de estas dos cuadrículas es de la red de ChatGPT. La otra, de la que el autor del tutorial escribió a mano. Las dos se han entrenado igual, varias veces cada una, y de ambas mostramos la ejecución que quedó **en medio**, no la mejor. ¿Qué dígitos te parecen mejores?

# %% [markdown] lang="en"
# ## First, vote
#
# One of these two grids comes from ChatGPT's network. The other comes from the network that the tutorial's author wrote by hand. Both were trained in the same way, each several times over. For each we show the run that came out **in the middle**, not the best one. Which digits look better to you?

# %%
import time
from functools import partial
from itertools import combinations, pairwise

import keras
import numpy as np
from keras import layers

from course_utils import data, evaluation, pixels, plots, statistics
from course_utils.ballot import Ballot
from course_utils.budgets import budget
from course_utils.costs import show_costs
from course_utils.experiments import figures, pasted, results
from course_utils.experiments.contract import affordable, keeps_contract
from course_utils.experiments.rivals import LADDER, MOMENTS, STEPS_PER_EPOCH, title_of
from course_utils.language import percent
from course_utils.lessons import lesson_3
from course_utils.progress import Ticker, estimate, in_words
from course_utils.questions.lesson_4 import q1, q2, q3, q4, q5

# %%
runs = results.published()["runs"]
rivals = ("chatgpt", "handmade")
last_step = results.steps_of(runs, "handmade")[-1]


def grid_in_the_middle(network):
    seed = results.median_seed(results.values_of(runs, network, last_step))
    return results.published_grid(network, seed)


ballot = Ballot({title_of(network): grid_in_the_middle(network) for network in rivals}, seed=4)
ballot.show()

# %% [markdown] lang="es"
# Vota con los botones, si los ves. Si no, escribe `"A"` o `"B"` en la celda siguiente, en lugar de los puntos suspensivos. No hay trampa ni respuesta correcta: el voto es tuyo, y más tarde lo compararemos con lo que digan los números.

# %% [markdown] lang="en"
# Vote with the buttons if you see them. If not, write `"A"` or `"B"` in place of the three dots. There is no trick and no right answer: the vote is yours, and later we shall compare it with what the numbers say.

# %%
ballot.cast(...)

# %% [markdown] lang="es"
# Anota también, del 1 al 10, cuánto te fías de tu voto. Durante años, las GAN se han comparado así, a ojo, y eso tiene tres problemas. Solo se ven unas pocas imágenes de las infinitas que puede dibujar la red. Quien mira suele saber de quién son. Y a simple vista es fácil pasar por alto que uno de los diez dígitos no sale nunca.
#
# ## Los dos rivales
#
# El tutorial es el **tutorial C**, el mismo artículo de blog del que salió la red de la lección 2. Cuenta, sin dar el texto exacto, lo que le pidió a ChatGPT: que actuara como un experto en aprendizaje automático que quiere un ejemplo de GAN para principiantes, con MNIST, Python, TensorFlow y Keras. También dice que hubo que retocar un poco el generador. Así que lo que comparamos no es exactamente lo que escribió ChatGPT, sino una versión corregida. Esta es la red o, mejor dicho, la pareja de redes:

# %% [markdown] lang="en"
# Also write down how sure you are, from 1 to 10. For years, GANs have been compared by eye. That has three problems. You see only a few of the infinitely many images that the network can draw. You usually know whose they are. And it is easy to overlook a digit that never appears.
#
# ## The two rivals
#
# The tutorial is **tutorial C**, the blog article that the network of lesson 2 came from. It says what it asked ChatGPT for, but does not give the exact words. ChatGPT was to act as a machine-learning expert who wants an example of a GAN for beginners, with MNIST, Python, TensorFlow and Keras. The article also says that the generator needed a little mending. So what we are comparing is not exactly what ChatGPT wrote, but a corrected version of it. Here is that network, or rather that pair of networks:


# %% tags=["export"]
def chatgpt_networks():
    generator = keras.Sequential(
        [
            keras.Input((50,)),
            layers.Dense(7 * 7 * 64),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, 64)),
            layers.Conv2DTranspose(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


# %% [markdown] lang="es"
# Y esta, la hecha a mano, tal como aparece en el artículo; en el cuaderno que lo acompaña, la primera convolución traspuesta tiene 128 filtros en lugar de 64. (Los dos discriminadores terminaban en una sigmoide; aquí dan logits, por lo que vimos en la lección 3. Y `LeakyReLU` va aquí como una capa aparte, que da lo mismo, como verás.)

# %% [markdown] lang="en"
# And this is the handmade one, as it appears in the article; in the notebook that goes with it, the first transposed convolution has 128 filters instead of 64. (Both discriminators ended in a sigmoid; here they give logits, for the reasons we saw in lesson 3. And `LeakyReLU` is a layer of its own here, which changes nothing, as you will see.)


# %% tags=["export"]
def handmade_networks():
    generator = keras.Sequential(
        [
            keras.Input((50,)),
            layers.Dense(7 * 7 * 128),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, 128)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


# %% [markdown] lang="es"
# Aquí están, capa por capa, con sus parámetros y el número de multiplicaciones que cuesta una imagen. ¿Cuál de los dos generadores crees que saldrá más caro?

# %% [markdown] lang="en"
# Here they are layer by layer, with their parameters and the number of multiplications that one image costs. Which of the two generators do you expect to be the more expensive?

# %% tags=["nbval-check-output"]
make = {"chatgpt": chatgpt_networks, "handmade": handmade_networks}
for network in rivals:
    generator, discriminator = make[network]()
    show_costs(generator, f"G, {title_of(network)}")
    show_costs(discriminator, f"D, {title_of(network)}")

# %% [markdown] lang="es"
# El generador hecho a mano tiene más o menos el doble de parámetros que el de ChatGPT, y lo mismo pasa con los discriminadores. En multiplicaciones, en cambio, los dos generadores no andan tan lejos: el de ChatGPT gasta la mayor parte en dibujar 32 canales a 28×28, mientras que el otro dibuja directamente la imagen. Esta es la lista de diferencias:
#
# | | ChatGPT | hecha a mano |
# |---|---|---|
# | normalización por lotes en G | no | sí, dos |
# | *dropout* en D | no | 0.4, dos veces |
# | tamaño del núcleo en G y en la primera convolución de D | 3 y 3 | 4 y 5 |
# | capas finales de G | una convolución traspuesta y una convolución | una convolución traspuesta |
# | canales de G a 7×7 y de la primera convolución de D | 64 y 32 | 128 y 64 |
#
# El tutorial señala otra más: ChatGPT pone `LeakyReLU` como una capa aparte; el artículo la pone como función de activación de otra capa. ¿Es una diferencia de verdad?

# %% [markdown] lang="en"
# The handmade generator has about twice as many parameters as ChatGPT's, and so has its discriminator. Yet the two generators need a similar number of multiplications: ChatGPT's spends most of them on drawing 32 channels at 28×28, where the handmade one draws the image straight away. Here is a list of the differences:
#
# | | ChatGPT | handmade |
# |---|---|---|
# | batch normalization in G | no | yes, two |
# | dropout in D | no | 0.4, twice |
# | kernel size in G and in D's first convolution | 3 and 3 | 4 and 5 |
# | last layers of G | a transposed convolution and a convolution | a transposed convolution |
# | channels of G at 7×7 and of D's first convolution | 64 and 32 | 128 and 64 |
#
# The tutorial names one more: ChatGPT adds `LeakyReLU` as a layer, while the tutorial passes it to a layer as its activation function. Is that a real difference?

# %% tags=["nbval-check-output"]
slope = layers.LeakyReLU(negative_slope=0.2)
as_layer = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3), slope])
as_activation = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3, activation=slope)])
as_activation.set_weights(as_layer.get_weights())
some_images = keras.random.normal((16, 28, 28, 1), seed=1)
print(bool(keras.ops.all(as_layer(some_images) == as_activation(some_images))))

# %% [markdown] lang="es"
# `True`: con los mismos pesos, el mismo resultado hasta el último bit. Es la misma función, escrita de dos maneras. Así que esa diferencia no cuenta; las cinco de la tabla, sí.
#
# Fíjate en que son **cinco a la vez**. Aunque gane una red, no sabremos a cuál de las cinco se lo debe. De eso nos ocuparemos más adelante.
#
# ## Un juez
#
# Queremos una medida de lo buenos que son unos dígitos generados. La idea es usar una red que sepa **leer** dígitos: un pequeño clasificador, el juez, entrenado con las imágenes reales y sus etiquetas. Entrenarlo lleva medio minuto, y solo la primera vez: después queda guardado en la carpeta `out`.

# %% [markdown] lang="en"
# `True`: with the same weights, the result is the same down to the last bit. It is one function written in two ways. So that difference does not count; the five in the table do.
#
# Notice that there are **five at once**. Even if one network wins, we shall not know which of the five made it win. We shall look into that later.
#
# ## A judge
#
# We want a measure of how good generated digits are. The idea is to use a network that knows how to **read** digits: a small classifier, the judge, trained on the real images and their labels. Training it takes half a minute, but only once: after that it is kept in the folder `out`.

# %%
dataset = data.load("mnist")
judge = evaluation.load_judge(dataset)
assert judge.accuracy >= evaluation.ENOUGH[dataset.name]

# %% [markdown] lang="es"
# El juez hace dos cosas con cada imagen. Le da una **probabilidad** a cada una de las diez clases. Y, justo antes de decidir, resume la imagen en 64 números, sus **características** (*features*): quizá si hay un redondel arriba, o si el trazo está inclinado; lo que le haya resultado útil. Cuando dos imágenes tienen características parecidas, los dígitos se parecen, aunque no coincidan píxel a píxel.
#
# La comparación será con las imágenes de prueba de MNIST, que no han visto ni el juez ni los generadores.

# %% [markdown] lang="en"
# The judge does two things with each image. It gives a **probability** to each of the ten classes. And just before deciding, it sums the image up in 64 numbers, its **features**: perhaps whether there is a loop at the top, or whether the stroke slants; whatever it has found useful. Two images with similar features look alike as digits, even if they do not agree pixel by pixel.
#
# We shall compare with the test images of MNIST, which neither the judge nor the generators have seen.

# %%
most = budget(smoke=600, workshop=10_000, full=10_000)
reference, others, labels = evaluation.real_images(dataset, most)
count = len(reference)
real = judge.look(reference)
assert real.features.shape == (count, 64) and real.probabilities.shape == (count, 10)

print("μ", real.features.mean().round(2), "  σ²", real.features.var(axis=0).mean().round(2))
for probabilities in real.probabilities[:3]:
    print(probabilities.argmax(), f"{probabilities.max():.4f}", probabilities.round(2))

# %% [markdown] lang="es"
# La primera línea dice que las características comparten escala: en las imágenes reales, cada una tiene una media de 0 y una varianza de 1, más o menos. Así, varios jueces entrenados con semillas distintas dan casi las mismas distancias (hemos probado con cuatro: diferían en un pequeño porcentaje). Cada una de las otras líneas es una imagen: el dígito que lee el juez, lo probable que le parece y las probabilidades de los diez.
#
# ### Lo que no vale como medida
#
# Una idea tentadora: si el juez está **seguro**, es decir, si le da más de un 95 % a una clase, la imagen será buena. Probémosla con imágenes reales, con la niebla que dibuja un generador sin entrenar y con «nieve»: píxeles blancos o negros al azar, como en un televisor sin señal. ¿De cuántas imágenes de cada tipo crees que estará seguro?

# %% [markdown] lang="en"
# The first line says that the features share one scale: over the real images, each of them has a mean of about 0 and a variance of about 1. That way, judges trained with different seeds give nearly the same distances (we tried four, and they differed by a few per cent). Each of the other lines is one image: the digit that the judge reads, how probable it finds it, and the probabilities of all ten.
#
# ### What does not work as a measure
#
# Here is a tempting idea: if the judge is **confident**, that is, if it gives one class more than 95%, the image must be good. Let us try it on real images, on the fog that an untrained generator draws, and on “snow”: pixels that are black or white at random, as on an untuned television. How many images of each kind do you think the judge will be confident about?

# %%
keras.utils.set_random_seed(1)
untrained, _ = chatgpt_networks()
fog = evaluation.draw(untrained, count)
snow = np.random.default_rng(1).standard_normal((count, 28, 28, 1), np.float32)
snow = np.sign(snow)
for title, images in ((L("reales", "real"), reference), (L("niebla", "fog"), fog), (L("nieve", "snow"), snow)):
    seen = judge.look(images)
    share = percent(evaluation.confident_share(seen.probabilities))
    print(f"{title:8} {share:>5}  {evaluation.class_shares(seen.probabilities).round(2)}")

# %% [markdown] lang="es"
# El porcentaje es el de las imágenes de las que el juez está seguro; detrás va el reparto entre las diez clases. Está seguro de toda la niebla y de la mayor parte de la nieve, ¡y en casi todas esas imágenes lee el mismo dígito! Un clasificador solo sabe elegir entre diez; nadie le ha enseñado a decir «esto no es un dígito». Que el juez dude es motivo para **desconfiar** de un dígito borroso. Que esté seguro no es motivo para fiarse de una imagen.
#
# ## La distancia de Fréchet
#
# Es mejor comparar **conjuntos**: ¿ocupan las imágenes generadas el mismo lugar que las reales en el espacio de las características? Resumamos cada conjunto con una campana de Gauss. Con una sola característica, si sus medias en los dos conjuntos son $m_1$ y $m_2$, y sus desviaciones típicas, $s_1$ y $s_2$, la distancia de Fréchet (al cuadrado, que es como se usa) es
#
# $$d = (m_1 - m_2)^2 + (s_1 - s_2)^2$$
#
# La fórmula con 64 características no tendrás que calcularla nunca a mano. Lo que importa es que tiene las mismas dos partes: dónde están las campanas y lo anchas que son. Ahora $m_1$ y $m_2$ son vectores, y en lugar de $s_1$ y $s_2$ están las matrices de covarianzas $C_1$ y $C_2$, que dicen además qué características suben y bajan a la vez:
#
# $$d = \lVert m_1 - m_2 \rVert^2 + \mathrm{tr}\,\left(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\right)$$
#
# Aquí $\mathrm{tr}$ es la traza, la suma de la diagonal, y $(C_1 C_2)^{1/2}$ es la matriz que, multiplicada por sí misma, da $C_1 C_2$. Con una sola característica volvemos a la fórmula de antes, porque la traza se queda en $s_1^2 + s_2^2 - 2 s_1 s_2$.

# %% [markdown] lang="en"
# The percentage is the share of confident images; after it come the shares of the ten classes. The judge is confident about all of the fog and most of the snow, and takes nearly every one of those images for the same digit! A classifier only knows how to choose among ten; nobody has taught it to say “this is not a digit”. Low confidence is a reason to **distrust** a blurred digit. High confidence is no reason to trust an image.
#
# ## The Fréchet distance
#
# It is better to compare **sets**: do the generated images occupy the same place as the real ones in the space of features? Let us sum up each set with a Gaussian bell curve, or “bell” for short. With a single feature, with means $m_1$ and $m_2$ and standard deviations $s_1$ and $s_2$, the Fréchet distance (squared, which is how it is used) is
#
# $$d = (m_1 - m_2)^2 + (s_1 - s_2)^2$$
#
# You will never have to compute the formula for 64 features by hand. What matters is that it has the same two parts: where the bells are, and how wide they are. Now $m_1$ and $m_2$ are vectors, and instead of $s_1$ and $s_2$ there are the covariance matrices $C_1$ and $C_2$, which also say which features rise and fall together:
#
# $$d = \lVert m_1 - m_2 \rVert^2 + \mathrm{tr}\,\left(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\right)$$
#
# Here $\mathrm{tr}$ is the trace, the sum of the diagonal, and $(C_1 C_2)^{1/2}$ is the matrix that, multiplied by itself, gives $C_1 C_2$. With a single feature this is the formula above again, because the trace becomes $s_1^2 + s_2^2 - 2 s_1 s_2$.

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(1)
narrow, wide = rng.normal(0, 1, (100_000, 1)), rng.normal(3, 2, (100_000, 1))
print(round(evaluation.frechet_distance(narrow, wide), 1), (0 - 3) ** 2 + (1 - 2) ** 2)

# %% [markdown] lang="es"
# El primer resultado es el de la función del curso, con cien mil números sacados de cada campana; el segundo, el de la fórmula, calculada a mano. Un cero significaría que las dos campanas son la misma.
#
# ### Ejercicio 1: a mano
#
# En las imágenes reales, una característica tiene media 2 y varianza 1. En las generadas tiene media 5 y varianza 9. ¿Cuál es la distancia de Fréchet?

# %% [markdown] lang="en"
# The first number comes from the course's function, given a hundred thousand numbers from each bell; the second is the formula, by hand. Zero would mean that the two bells are the same.
#
# ### Exercise 1: by hand
#
# In the real images, a feature has mean 2 and variance 1. In the generated ones, it has mean 5 and variance 9. What is the Fréchet distance?

# %% tags=["exercise", "nbval-check-output"]
distance = ...
q1.check(distance)

# %% tags=["exercise"]
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ## La medida, a examen
#
# Antes de fiarse de un instrumento hay que ver qué mide. Tomamos imágenes **reales**, distintas de aquellas con las que comparamos, y las estropeamos de cuatro maneras, en dosis crecientes: ruido, desenfoque, clases que faltan y una misma imagen repetida. ¿Lo notará la distancia? ¿Crecerá siempre? (Las imágenes, `good`, salen de las de entrenamiento. Esas sí las ha visto el juez; las ha visto sanas.)

# %% [markdown] lang="en"
# ## Testing the measure
#
# Before trusting a ruler, check what it measures. We take **real** images, different from the ones that we compare with, and spoil them in four ways, each in growing doses: noise, blur, missing classes, and one image repeated. Will the distance notice? Will it always grow? (The images, `good`, come from the training set. The judge has seen those, but it saw them unspoilt.)


# %%
def noisy(images, dose):
    noise = rng.standard_normal(images.shape, np.float32)
    return np.clip(images + 0.2 * dose * noise, -1, 1)


def blurred(images, dose):
    for _ in range(dose):
        left, right = np.roll(images, -1, axis=2), np.roll(images, 1, axis=2)
        up, down = np.roll(images, -1, axis=1), np.roll(images, 1, axis=1)
        images = (images + left + right + up + down) / 5
    return images


def without_classes(images, dose):
    return images[labels[: len(images)] >= dose]


def repeated(images, dose):
    images = images.copy()
    images[: len(images) * dose // 10] = images[0]
    return images


good = pixels.as_floats(others[:count])
damages = {
    L("ruido", "noise"): noisy,
    L("desenfoque", "blur"): blurred,
    L("clases que faltan", "missing classes"): without_classes,
    L("repetición", "repetition"): repeated,
}
plots.show_grids([spoil(good[:20], 2)[:16] for spoil in damages.values()], list(damages))

# %% [markdown] lang="es"
# Así quedan con dosis 2. Con las clases que faltan no se nota nada, ¿verdad? Pues ahí no hay ni ceros ni unos. La dosis es la fuerza del ruido, las pasadas de desenfoque, cuántas clases faltan o cuántas décimas partes del conjunto son la misma imagen.

# %% [markdown] lang="en"
# This is what they look like with dose 2. With the missing classes you notice nothing, do you? Yet there are no zeros and no ones in there. The dose is the strength of the noise, how often we blur, how many classes are missing, or how many tenths of the set are one and the same image.

# %%
rows = []
for title, spoil in damages.items():
    seen = [judge.look(spoil(good, dose)).features for dose in range(4)]
    distances = [evaluation.frechet_distance(real.features, features) for features in seen]
    rows.append([title, *(f"{distance:.2f}" for distance in distances)])
    assert all(np.diff(distances) > 0), title
plots.show_table([L("dosis", "dose"), "0", "1", "2", "3"], rows)

# %% [markdown] lang="es"
# En las cuatro filas la distancia crece con la dosis, y la celda lo exige con un `assert`. La columna del 0 es la distancia entre unas imágenes reales y **otras** también reales: lo mejor que se puede pedir. A cero no llegan ni ellas.
#
# Pero compara las filas: el desenfoque más leve aumenta la distancia más o menos tanto como la falta de una clase entera. Un solo número mezcla daños muy distintos y no dice cuál de ellos tienes delante. Por eso se dan varias medidas a la vez.
#
# ### ¿Cuántas imágenes hacen falta?
#
# Comparemos reales con reales otra vez, pero con menos imágenes. La distancia verdadera es cero. ¿Qué saldrá con cien imágenes?

# %% [markdown] lang="en"
# In all four rows the distance grows with the dose; an `assert` in the cell makes sure of it. Column 0 is the distance between real images and **other** real ones: the best result that anyone can hope for. Not even real images get down to zero.
#
# But compare the rows: the lightest blur adds about as much to the distance as the loss of an entire class. A single number mixes very different kinds of damage, and does not tell you which one you have. That is why several measures are given together.
#
# ### How many images do you need?
#
# Let us compare real with real again, but with fewer images. The true distance is zero. What will a hundred images give?

# %%
some = judge.look(others).features
rows = []
for n in [n for n in (100, 300, 1000, 3000, 10_000) if 2 * n <= len(some)]:
    a, b = some[:n], some[n : 2 * n]
    kernel, error = evaluation.kernel_distance(a, b)
    rows.append([f"{n}", f"{evaluation.frechet_distance(a, b):.2f}", f"{kernel:+.4f} ± {error:.4f}"])
plots.show_table([L("imágenes", "images"), "Fréchet", L("núcleo", "kernel")], rows)

# %% [markdown] lang="es"
# Con cien imágenes, la distancia de Fréchet entre dos conjuntos de imágenes reales sale tan grande como la de una GAN mediocre. Baja más o menos en proporción a uno partido por $n$, el número de imágenes. Nunca compares dos distancias calculadas con distinto número de imágenes.
#
# La otra columna es la **distancia de núcleo** (*kernel distance*). No usa campanas: toma las imágenes de dos en dos y compara sus 64 características con la función $k(x, y) = (x \cdot y / 64 + 1)^3$, que suele ser mayor cuanto más se parecen. ($x \cdot y$ multiplica característica por característica y lo suma todo. A una función así también se la llama núcleo, pero no tiene nada que ver con el núcleo de una convolución.) La distancia es la media de $k$ en las parejas de reales, más su media en las parejas de generadas, menos el doble de su media en las parejas mixtas. Si los dos conjuntos son de imágenes reales, ronda el cero con cualquier $n$, unas veces por encima y otras por debajo. Y viene con su error típico, el ±: más o menos, lo que puede desviarse por puro azar. Por eso la damos junto a la de Fréchet.
#
# ### Precisión y exhaustividad
#
# Quedan dos preguntas que un solo número no puede contestar. **Precisión** (*precision*): ¿qué parte de las generadas podría ser real? **Exhaustividad** (*recall*): ¿qué parte de las reales podría haber dibujado el generador? Para contar, usamos bolas en el espacio de las características: alrededor de cada imagen ponemos una que llega justo hasta su tercera vecina más cercana, dentro de su propio conjunto. Una imagen generada «podría ser real» si cae en la bola de alguna real. Una imagen real «podría haberse dibujado» si cae en la bola de alguna generada.
#
# Aquí están todas las medidas juntas, con los mismos tipos de daño que antes. Antes de mirar: ¿qué columnas notarán que faltan tres clases?

# %% [markdown] lang="en"
# With a hundred images, the Fréchet distance between real images and other real ones comes out as large as that of a mediocre GAN. It falls roughly in proportion to one over $n$, the number of images. Never compare two distances computed from different numbers of images.
#
# The other column is the **kernel distance**. It uses no bells. Instead it takes two images at a time and compares their 64 features with the function $k(x, y) = (x \cdot y / 64 + 1)^3$, which tends to be larger the more alike they are. ($x \cdot y$ multiplies feature by feature and adds it all up. Such a function is called a kernel too, but it has nothing to do with the kernel of a convolution.) The distance is the mean of $k$ over pairs of real images, plus its mean over pairs of generated ones, minus twice its mean over mixed pairs. When both sets are real it stays close to zero for any $n$, sometimes a little above and sometimes below. And it comes with its standard error, the ±: roughly how far off chance alone may put it. That is why we give it alongside the Fréchet distance.
#
# ### Precision and recall
#
# Two questions remain, and a single number cannot answer both. **Precision**: what share of the generated images could be real? **Recall**: what share of the real ones could the generator have drawn? To count them we use balls in the space of features: around each image we put a ball that just reaches its third nearest neighbour in its own set. A generated image “could be real” if it falls inside the ball of some real one. A real image “could have been drawn” if it falls inside the ball of some generated one.
#
# Here are all the measures together, for the same kinds of damage as before. Before you look: which columns will notice that three classes are missing?

# %%
table = {L("reales", "real"): evaluation.measure(judge.look(good), real)}
for title, images in {
    L("con ruido", "with noise"): noisy(good, 2),
    L("desenfocadas", "blurred"): blurred(good, 1),
    L("sin tres clases", "without three classes"): without_classes(good, 3),
    L("un 30 % repetido", "30% repeated"): repeated(good, 3),
}.items():
    table[title] = evaluation.measure(judge.look(images), real)
evaluation.show_measures(table)

# %% [markdown] lang="es"
# «Seguras» es la parte de las imágenes en las que el juez da más de un 95 % a una clase, y «clase más rara», la parte que se lleva la clase que menos sale: si las diez salieran por igual, sería un 10 %. La flecha ↓ quiere decir que menos es mejor. En las demás columnas no se trata de llegar al 100 %, sino de parecerse a la fila de las reales.
#
# Lee la tabla columna por columna. ¿Qué medidas casi no notan que faltan tres clases? ¿Cuál lo delata enseguida? ¿Y cuál **sube** cuando se desenfocan las imágenes?
#
# ### Ejercicio 2: las clases que quedan
#
# Escribe `coverage(probabilities)`: recibe las probabilidades del juez, una fila de diez por imagen, y devuelve **cuántas** de las diez clases tienen al menos un 2 % de las imágenes. La clase de una imagen es la que tiene mayor probabilidad.

# %% [markdown] lang="en"
# “Confident” is the share with more than 95% for one class, and “rarest class” is the share of the class that comes up least often: with ten equal classes it would be 10%. The arrow ↓ means that less is better. In the other columns the goal is not to reach 100% but to look like the row of the real images.
#
# Read the table column by column. Which measures hardly notice that three classes are missing? Which one gives it away at once? And which one goes **up** when the images are blurred?
#
# ### Exercise 2: the classes that are left
#
# Write `coverage(probabilities)`: it receives the judge's probabilities, a row of ten for each image, and returns **how many** of the ten classes have at least 2% of the images. The class of an image is the one with the highest probability.


# %% tags=["exercise", "nbval-check-output"]
def coverage(probabilities):
    return ...


q2.check(coverage)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# Las respuestas de antes: que faltan tres clases casi no lo notan ni la precisión ni «seguras», porque las imágenes que quedan son buenas. Lo delatan «clase más rara», que se queda en cero, y la exhaustividad. Y la que sube con el desenfoque es la precisión: unos dígitos suavizados son más normales que los de verdad, que tienen sus rarezas. Ninguna medida basta por sí sola.
#
# ## En igualdad de condiciones
#
# Ya tenemos con qué medir. Ahora, el duelo. Todo, salvo las redes, tiene que ser igual para los dos rivales, así que lo escribimos **una sola vez**:
#
# - los mismos datos, en el mismo orden si la semilla es la misma, y lotes de 128;
# - los mismos optimizadores, un Adam para G y otro para D, con tasa de aprendizaje 0.0002 y `beta_1` 0.5, y el mismo paso de entrenamiento, el de la lección 3;
# - el mismo número de pasos, y las mismas medidas en los mismos momentos, con las mismas imágenes reales.
#
# Son los ajustes del tutorial C. Al autor le sirvieron para **su** red; puede que a la de ChatGPT le fueran mejor otros, y eso este experimento no lo comprueba. Nos apartamos del tutorial en tres cosas:
#
# - allí D y G se turnan, cada uno con su propio ruido; aquí dan su paso a la vez, con dos cintas y un mismo ruido;
# - allí las imágenes falsas con las que aprende D se dibujan en modo de inferencia y van en el mismo lote que las reales; aquí se dibujan en modo de entrenamiento, van en su propio lote y se suman las dos pérdidas;
# - allí son 30 épocas; en el experimento publicado son menos, y diremos cuántas.
#
# Y un aviso: con el mismo número de pasos, las dos redes no tienen por qué tardar lo mismo, porque un paso de una puede costar más que uno de la otra. También lo miraremos.
#
# `new_game` crea una GAN lista para entrenar, con el paso de la lección 3, que está también en el módulo `lesson_3`. `measure_now` mide un generador, y `compete` entrena una GAN con una semilla y la mide después de cada uno de los pasos que indica `moments`.

# %% [markdown] lang="en"
# The answers to the questions above: precision and “confident” hardly notice that three classes are missing, because the images that are left are good. “Rarest class” gives it away, going down to zero, and so does recall. And the measure that goes up with blur is precision: smoothed digits are more ordinary than real ones, which have their oddities. No measure is enough by itself.
#
# ## On equal terms
#
# We have our measures. Now for the duel. Everything except the networks has to be the same for both rivals, so we write it **once**:
#
# - the same data, in the same order for the same seed, and batches of 128;
# - the same optimizer, Adam with learning rate 0.0002 and `beta_1` 0.5, one for G and one for D, and the training step of lesson 3;
# - the same number of steps, and the same measures at the same moments, against the same real images.
#
# These are the settings of tutorial C. They worked well for the author's **own** network. Other settings might suit ChatGPT's better, but this experiment does not look into that. We depart from the tutorial in three ways:
#
# - there D and G take turns, each with noise of its own; here both take their step at the same time, with two tapes and the same noise;
# - there the fake images that D learns from are drawn in inference mode and share one batch with the real ones; here they are drawn in training mode, have a batch of their own, and the two losses are added;
# - there the networks train for 30 epochs; in the published experiment they train for fewer, and we shall say how many.
#
# And a warning: equal steps are not equal time, because a step of one network may cost more than a step of the other. We shall look at that too.
#
# `new_game` makes a GAN that is ready to train, with the step of lesson 3, which is in the module `lesson_3` too. `measure_now` measures a generator, and `compete` trains a GAN with one seed and measures it after each of the steps listed in `moments`.


# %%
def new_game(make_networks, seed):
    keras.utils.set_random_seed(seed)
    generator, discriminator = make_networks()
    optimizers = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]
    state = lesson_3.make_state(generator, discriminator, *optimizers, seed=seed)
    return generator, lesson_3.make_train_step(state, batch_size=128)


def measure_now(generator):
    return evaluation.measure(judge.look(evaluation.draw(generator, count)), real)


def compete(network, make_networks, seed, moments, ticker):
    generator, train_step = new_game(make_networks, seed)
    batches = data.make_batches(dataset.x_train, 128, seed=seed)
    measured = []
    for step, real_images in enumerate(batches.take(max(moments)), start=1):
        train_step(real_images)
        ticker.tick(f"{title_of(network)}, " + L(f"semilla {seed}", f"seed {seed}"))
        if step in moments:
            measured.append({"step": step} | measure_now(generator))
    return {"network": network, "seed": seed, "measured": measured, "generator": generator}


# %% [markdown] lang="es"
# ### Ejercicio 3: juego limpio
#
# ¿Cuáles de estas cosas harían **injusta** la comparación? Escribe todas las letras que correspondan.
#
# **a)** enseñar la mejor cuadrícula de una red y una cualquiera de la otra · **b)** usar Adam con la misma tasa en las dos · **c)** medir una con 10 000 imágenes y la otra con 1000 · **d)** que una tenga más parámetros que la otra, y decirlo · **e)** probar veinte tasas de aprendizaje con una y quedarse con la mejor, pero no con la otra · **f)** medir las dos con el mismo juez

# %% [markdown] lang="en"
# ### Exercise 3: fair play
#
# Which of these would make the comparison **unfair**? Write every letter that applies.
#
# **a)** showing the best grid of one network and just any grid of the other · **b)** using Adam with the same rate for both · **c)** measuring one with 10,000 images and the other with 1,000 · **d)** letting one have more parameters than the other, and saying so · **e)** trying twenty learning rates and keeping the best one, but for one network only · **f)** measuring both with the same judge

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q3.check(answer)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ## Tu propio experimento
#
# El experimento publicado con la lección, que verás enseguida, tardó horas. Aquí lo repites tú. Con el presupuesto `workshop`, a pequeña escala: con menos semillas y muchos menos pasos. ¿Cuánto tardará en esta máquina?

# %% [markdown] lang="en"
# ## Your own experiment
#
# The experiment published with the lesson, which you will see shortly, took hours. Here you repeat it. With the `workshop` budget it is on a small scale: fewer seeds and far fewer steps. How long will it take on this machine?

# %%
seeds = budget(smoke=(1, 2), workshop=(1, 2), full=(1, 2, 3, 4, 5))
moments = budget(smoke=(2, 4), workshop=MOMENTS[1:3], full=MOMENTS)
batch = next(iter(data.make_batches(dataset.x_train, 128)))
for network in rivals:
    generator, train_step = new_game(make[network], seed=0)
    print(title_of(network), end=": ")
    estimate(partial(train_step, batch), len(seeds) * max(moments), tries=budget(smoke=2, workshop=10, full=10))

started = time.perf_counter()
measure_now(generator)
measuring = (time.perf_counter() - started) * len(rivals) * len(seeds) * len(moments)
print(L(f"Y para medir, en total, {in_words(measuring)}.", f"Measuring, in total: {in_words(measuring)}."))

# %% [markdown] lang="es"
# Si paras el entrenamiento a medias, no se pierden las ejecuciones que ya hayan terminado: vuelve a ejecutar la celda siguiente, que es la que entrena, y hará solo las que falten. (Tus resultados se van reuniendo en la lista `mine`, que está solo en la memoria: si reinicias el cuaderno, se pierden. Para empezar de cero, ejecuta `mine = []`.)

# %% [markdown] lang="en"
# If you stop the training halfway, you do not lose the runs that have finished. Run the training cell again, and it does only the missing ones. (Your results are collected in the list `mine`, which is kept in memory only: if you restart the notebook, they are lost. To start from scratch, run `mine = []`.)

# %%
if "mine" not in globals():
    mine = []
missing = [(network, seed) for seed in seeds for network in rivals]
missing = [pair for pair in missing if pair not in [(record["network"], record["seed"]) for record in mine]]
ticker = Ticker(len(missing) * max(moments))
for network, seed in missing:
    mine.append(compete(network, make[network], seed, moments, ticker))

# %%
assert len(mine) == len(seeds) * 2, L(
    "Faltan ejecuciones: vuelve a ejecutar la celda que entrena.", "Some runs are missing: run the training cell again."
)
titles = [f"{title_of(record['network'])} {record['seed']}" for record in mine]
evaluation.show_measures(dict(zip(titles, [record["measured"][-1] for record in mine], strict=True)))

# %% [markdown] lang="es"
# ## Los resultados, con su dispersión
#
# Y ahora, tus mediciones (las estrellas y las cruces), junto a las ejecuciones publicadas. Estas salen de un archivo del curso, `notebooks/results/experiment.json`. Ahí están todas las semillas y todas las mediciones, con las versiones de los programas y lo que tardó cada ejecución. Se hizo con la orden `make experiment`, que también puedes lanzar tú. Los dos ejes son logarítmicos: avanzar en ellos una misma distancia es multiplicar siempre por el mismo número. (Si tus mediciones están hechas con otras imágenes, o con menos, no se pueden comparar con las publicadas. En ese caso no aparecen, y la celda te lo dice.)

# %% [markdown] lang="en"
# ## The results, with their spread
#
# Here are your measurements (the stars and the crosses) beside the published runs. The published runs are in a file that comes with the course, `notebooks/results/experiment.json`. It holds every seed and every measurement, with the software versions and the time that each run took. It was made with the command `make experiment`, which you can run too. Both axes are logarithmic: each equal step along them multiplies by the same number. (If your measurements were made with other images, or with fewer of them, they cannot be compared with the published ones. In that case they are left out, and the cell says so.)

# %%
comparable = dataset.name == "mnist" and count == 10_000
if not comparable:
    print(
        L(
            f"Tus mediciones, con {count} imágenes de «{dataset.name}», no se pueden comparar con las publicadas, que "
            "están hechas con 10\u00a0000 de MNIST.",
            f"Your measurements, with {count} images of “{dataset.name}”, cannot be compared with the published ones, "
            "which use 10,000 MNIST images.",
        )
    )
figures.show_race(runs, mine if comparable else [])
epochs = last_step // STEPS_PER_EPOCH
seconds = sum(row["seconds"] for record in runs if record["network"] in rivals for row in record["measured"])
print(
    L(
        f"{len(results.values_of(runs, 'chatgpt', last_step))} semillas de cada red, {epochs} épocas; en total, "
        f"{seconds / 3600:.1f} horas de un solo núcleo de la CPU.",
        f"{len(results.values_of(runs, 'chatgpt', last_step))} seeds of each network, {epochs} epochs; in total, "
        f"{seconds / 3600:.1f} hours on one core.",
    )
)

# %% [markdown] lang="es"
# Cada línea fina es una semilla; la gruesa pasa por las medianas. Antes de seguir, mira dos cosas. ¿Se cruzan las líneas gruesas? ¿Y cuánto se separan entre sí las líneas finas de **una misma** red? Si las semillas de una red están tan separadas entre sí como las dos redes, una ejecución de cada una no decide nada. Y mira dónde están tus puntos: con `workshop`, en la primera época. ¿Va ahí por delante la misma red que al final?
#
# Las primeras mediciones tienen truco. Las imágenes que medimos se dibujan en modo de inferencia: la normalización por lotes no usa la media y la varianza de cada lote, sino las medias acumuladas, que en cada paso de entrenamiento conservan un 99 % de lo que eran. Sus valores iniciales no significan nada. Esta es la parte de ellos que aún queda tras 117, 234 y 468 pasos:

# %% [markdown] lang="en"
# Each thin line is a seed; the thick one goes through the medians. Before you go on, look at two things. Do the thick lines cross? And how far apart are the thin lines of any **one** network? If the seeds of one network are as far apart as the two networks are, one run of each decides nothing. Then look at where your own points are: with `workshop`, they are in the first epoch. Is the network that is ahead there also ahead at the end?
#
# There is a catch in the first measurements. When the generator draws these images, its batch normalization does not use the mean and variance of each batch. It uses moving averages of them, and at each training step these keep 99% of their old value. Their initial values mean nothing, and this is how much of them is still left after 117, 234 and 468 steps:

# %% tags=["nbval-check-output"]
print(*(percent(0.99**step) for step in MOMENTS[:3]))

# %% [markdown] lang="es"
# Así que, al principio, el generador hecho a mano dibuja peor de lo que sabe: de los dos, es el único con normalización por lotes. (Lo probamos con una semilla: si dibujaba con la media y la varianza del lote, su distancia bajaba de 97 a 41 en el paso 234; en el 468, solo de 20 a 19.) De la primera media época no saques conclusiones.
#
# (Tus puntos no caen exactamente sobre las líneas, ni siquiera con las mismas semillas. Tu juez es otro, entrenado en tu máquina, y el redondeo depende del número de núcleos del procesador.)
#
# Queda por mirar el tiempo. Estas son las mismas curvas, pero en el eje horizontal están los minutos de entrenamiento, con un solo núcleo de la CPU. ¿Sigue por delante la misma red?

# %% [markdown] lang="en"
# So, early on, the handmade generator draws worse than it could: of the two, only it has batch normalization. (We tried it with one seed. When it used the statistics of the batch instead, its distance at step 234 fell from 97 to 41; at step 468, only from 20 to 19.) Do not conclude anything from the first half-epoch.
#
# (Your points do not fall exactly on the lines, even with the same seeds. Your judge is a different one, trained on your machine, and rounding depends on the number of cores.)
#
# That leaves time. Here are the same curves, but now the horizontal axis shows how many minutes one core spent training. Is the same network still ahead?

# %%
figures.show_race(runs, minutes=True)
for network in rivals:
    minutes = results.minutes_of(runs, network)[-1] / epochs
    print(title_of(network), L(f"{minutes:.1f} minutos por época", f"{minutes:.1f} minutes an epoch"))

# %% [markdown] lang="es"
# Una época de la hecha a mano cuesta más, así que su curva se desplaza a la derecha. No es que una comparación sea la buena y la otra no. La primera contesta a «¿qué red aprende más con los mismos datos?»; la segunda, a «¿cuál llega más lejos en el mismo tiempo?». Hay que decir cuál de las dos se hace. Nosotros seguimos con la primera.
#
# Esta es la última medición, semilla por semilla:

# %% [markdown] lang="en"
# An epoch of the handmade network costs more, so its curve moves to the right. Neither comparison is the only right one. The first answers “which network learns more from the same data?”; the second, “which gets further in the same time?”. You have to say which of the two you are making. We go on with the first.
#
# Here is the last measurement, seed by seed:

# %%
final = {network: list(results.values_of(runs, network, last_step).values()) for network in rivals}
figures.show_dots(
    {title_of(network): values for network, values in final.items()},
    L(f"distancia de Fréchet tras {epochs} épocas", f"Fréchet distance after {epochs} epochs"),
)
for network, values in final.items():
    print(f"{title_of(network):12} {np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}   {np.sort(values).round(2)}")
pairs = [a < b for a in final["handmade"] for b in final["chatgpt"]]
won = f"{sum(pairs)}/{len(pairs)}"
print(L(f"Parejas en las que gana la hecha a mano: {won}", f"Pairs in which the handmade network wins: {won}"))

# %% [markdown] lang="es"
# De cada red ves la media, ± la desviación típica entre sus semillas, y después los valores. La última línea hace lo que hizo el tutorial, enfrentar una ejecución a otra, pero de todas las maneras posibles: cada semilla de una red contra cada semilla de la otra. Y no decide el ojo, sino la distancia. Esas 25 parejas no son 25 experimentos: son las mismas diez ejecuciones, usadas una y otra vez. ¿Cuánto te fiarías de una ganadora proclamada con una sola pareja?
#
# ### ¿Gana alguien?
#
# Tenemos cinco números de cada red. ¿Podría ser pura casualidad la diferencia entre sus medias, cosa de las semillas que tocaron? Una manera de averiguarlo es el *bootstrap*. De los cinco números se extraen cinco con reemplazo: cada uno se devuelve antes de extraer el siguiente, así que algunos salen repetidos y otros no salen. Se hace lo mismo con la otra red y se apunta la diferencia entre las dos medias. Todo esto se repite miles de veces, y el 95 % central de esas diferencias forma un **intervalo**. Si el cero está dentro, no se puede saber quién gana. Si queda fuera, una de las dos va por delante, o eso parece.
#
# ### Ejercicio 4: el intervalo
#
# Escribe `interval(a, b)`: devuelve los dos extremos del intervalo del 95 % para la media de `a` menos la de `b`. (`rng.choice` extrae con reemplazo y `np.quantile` da los extremos; con unos miles de repeticiones basta.)

# %% [markdown] lang="en"
# For each network you see the mean, ± the standard deviation over its seeds, and then the values. The last line does what the tutorial did, one run against one run, but with the distance as judge and in every possible way: each seed of one network against each seed of the other. Those 25 pairs are not 25 experiments: they are the same ten runs, used again and again. How much would you trust a winner declared after a single pair?
#
# ### Is there a winner?
#
# We have five numbers for each network. Could the difference between their means be mere chance, a matter of which seeds came up? One way to find out is the *bootstrap*. From the five numbers, draw five with replacement: put each one back before you draw the next, so some may come up more than once and others not at all. Do the same for the other network, and note the difference between the two means. Repeat all this thousands of times. The middle 95% of those differences gives an **interval**. If zero is inside, there is no telling who wins. If it is outside, one of the two is ahead, or so it seems.
#
# ### Exercise 4: the interval
#
# Write `interval(a, b)`: it returns the two ends of the 95% interval for the mean of `a` minus that of `b`. (`rng.choice` draws with replacement and `np.quantile` gives the ends; a few thousand repetitions are enough.)


# %% tags=["exercise", "nbval-check-output"]
def interval(a, b):
    return ...


q4.check(interval)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ### ¿Y quién juzga al intervalo?
#
# Un intervalo del 95 % promete equivocarse solo una vez de cada veinte. ¿Lo cumple con tan pocos valores? Para comprobarlo, hagamos como si **no hubiera diferencia**: sacamos dos conjuntos de 2, 3, 5 o 20 números, los dos de la misma campana. ¿Cuántas veces quedará el cero fuera del intervalo, es decir, cuántas veces se declarará una ganadora que no existe? A eso lo llamamos una **falsa alarma**.

# %% [markdown] lang="en"
# ### And who judges the interval?
#
# A 95% interval promises to be wrong only once in twenty. Does it keep that promise with so few values? To check, let us pretend that there is **no difference**: we draw two sets of 2, 3, 5 or 20 numbers, both from the same bell. How often will the interval leave zero out, and so declare a winner that does not exist? We call that a **false alarm**.


# %%
def false_alarms(declares_winner):
    rng = np.random.default_rng(7)
    for n in (2, 3, 5, 20):
        games = [declares_winner(rng.normal(size=n), rng.normal(size=n)) for _ in range(400)]
        print(f"{n:2}  {percent(np.mean(games))}")


def interval_alone(a, b):
    low, high = statistics.bootstrap(a, b, 500)
    return not low <= 0 <= high


false_alarms(interval_alone)

# %% [markdown] lang="es"
# Con cinco semillas, el intervalo da una falsa alarma más de una vez de cada diez; con dos, una de cada tres, más o menos. (Son solo 400 partidas de cada tamaño: los porcentajes exactos dependen del azar.) Con tan pocos números, el intervalo sale demasiado estrecho.
#
# Pidamos una segunda opinión: la de la **prueba de permutaciones** (*permutation test*). Si las dos redes fueran igual de buenas, daría lo mismo qué número es de cuál. Así que mezclamos los diez números y los repartimos de nuevo en dos grupos de cinco. Hay 252 maneras de hacerlo; las probamos todas. ¿En qué parte de los repartos quedan las medias de los dos grupos tan separadas como en el reparto de verdad, o más? A esa parte se la llama **valor p**. Si es pequeña, cuesta creer que el reparto de verdad sea uno cualquiera de los 252.

# %% [markdown] lang="en"
# With five seeds, more than one trial in ten gives a false alarm; with two, about one in three. (There are only 400 trials of each kind, so the exact percentages depend on chance.) With so few numbers, the interval comes out too narrow.
#
# Let us ask for a second opinion, the **permutation test**. If both networks were equally good, it would not matter which number belongs to which. So we shuffle the ten numbers and deal them out again into two groups of five. There are 252 ways to do it, and we try them all. In what share of them are the two group means at least as far apart as in the real split? That share is called the **p-value**. If it is small, it is hard to believe that the real split is just one more among the 252.


# %% tags=["export"]
def p_value(a, b):
    together = np.concatenate([a, b])
    as_far = []
    for chosen in combinations(range(len(together)), len(a)):
        gap = abs(np.mean(together[list(chosen)]) - np.mean(np.delete(together, chosen)))
        as_far.append(gap >= abs(np.mean(a) - np.mean(b)) - 1e-12)
    return np.mean(as_far)


# %%
p = p_value(final["handmade"], final["chatgpt"])
assert np.isclose(p, statistics.permutation_test(final["handmade"], final["chatgpt"]))
print(f"p = {p:.3f}")
print()
false_alarms(lambda a, b: statistics.verdict(a, b, 500) != "unclear")

# %% [markdown] lang="es"
# Arriba, el valor p de nuestro experimento. Debajo, las falsas alarmas otra vez, pero ahora solo hay ganadora si coinciden los dos criterios: el cero queda fuera del intervalo **y** el valor p no pasa de 0.05. Con cinco semillas ya se cumple la promesa de equivocarse una vez de cada veinte, más o menos. Con dos o tres no hay ganadora nunca. Seis números solo se pueden repartir de 20 maneras, y el reparto de verdad y su inverso son siempre 2 de ellas, así que el valor p es, como poco, 0.1. Con tan pocas semillas, esta regla no puede dar una ganadora, por grande que sea la diferencia.
#
# Y ahora, el veredicto. Fíjate en que la frase no la elegimos nosotros: la elige el código, con esa regla.

# %% [markdown] lang="en"
# At the top is the p-value of our experiment. Below it are the false alarms again, but now there is a winner only if both agree: zero is outside the interval **and** the p-value is at most 0.05. With five seeds, the promise to be wrong only about once in twenty is now kept. With two or three there is never a winner. Six numbers can be dealt out in only 20 ways, and the real split and its mirror image are always 2 of them, so the p-value is at least 0.1. With so few seeds, this rule can never name a winner, however large the difference.
#
# And now, the verdict. Notice that we do not choose the wording: the code does, by that rule.

# %%
low, high = statistics.bootstrap(final["handmade"], final["chatgpt"])
sentences = {
    "wins": L("La hecha a mano gana", "The handmade network wins"),
    "loses": L("La hecha a mano pierde", "The handmade network loses"),
    "unclear": L("No se puede saber quién gana", "There is no telling who wins"),
}
verdict = statistics.verdict(final["handmade"], final["chatgpt"])
print(
    L(
        f"{sentences[verdict]} tras {epochs} épocas. Diferencia entre las distancias medias, a mano menos ChatGPT: de "
        f"{low:+.2f} a {high:+.2f} (intervalo del 95 %), p = {p:.3f}.",
        f"{sentences[verdict]} after {epochs} epochs. Difference between the mean distances, handmade minus ChatGPT: "
        f"{low:+.2f} to {high:+.2f} (95% interval), p = {p:.3f}.",
    )
)
assert (verdict == "wins") == (high < 0 and p <= 0.05) and (verdict == "loses") == (low > 0 and p <= 0.05)
ballot.reveal()

# %% [markdown] lang="es"
# Un número negativo quiere decir que la distancia de la red hecha a mano es la menor, o sea, la mejor. Pero «no se puede saber» no quiere decir «son igual de buenas»: con más semillas podría asomar una diferencia pequeña. ¿Coincide el veredicto con tu voto? El veredicto solo vale para esas épocas, esos ajustes y esa medida. El tutorial entrenó 30 épocas; de lo que pasa más allá de las nuestras, este experimento no dice nada.
#
# ¿Y sale el mismo veredicto en todos los momentos del entrenamiento y con todas las medidas? Un experimento honrado los enseña todos, porque quien puede elegir cuándo parar puede elegir quién gana:

# %% [markdown] lang="en"
# A negative number means that the handmade network's distance is smaller, which is better. But “there is no telling” does not mean “they are equally good”: with more seeds, a small difference might show up. Does the verdict agree with your vote? The verdict holds only for this number of epochs, these settings and this measure. The tutorial trained for 30 epochs; this experiment says nothing about what happens after its last one.
#
# And is it the same verdict at every moment of the training, and with every measure? An honest experiment shows them all, because whoever can choose when to stop can choose who wins:

# %%
short = {"wins": L("a mano", "handmade"), "loses": "ChatGPT", "unclear": "?"}
rows = []
for step in results.steps_of(runs, "handmade"):
    row = [f"{step / STEPS_PER_EPOCH:.3g}"]
    for measure, sign in {"frechet": 1, "kernel": 1, "precision": -1, "recall": -1}.items():
        a, b = ([sign * value for value in results.values_of(runs, n, step, measure).values()] for n in rivals[::-1])
        means = [f"{abs(np.mean(v)):.2f}" if sign == 1 else percent(abs(np.mean(v))) for v in (a, b)]
        row.append(f"{short[statistics.verdict(a, b)]} ({means[0]} / {means[1]})")
    rows.append(row)
headings = [L("época", "epoch"), "Fréchet", L("núcleo", "kernel"), L("precisión", "precision")]
plots.show_table([*headings, L("exhaustividad", "recall")], rows)

# %% [markdown] lang="es"
# Cada casilla dice quién gana con la misma regla. En las dos distancias gana la que tiene menos; en precisión y exhaustividad, la que tiene más, porque las dos redes quedan muy por debajo de las imágenes reales. Entre paréntesis van las dos medias, primero la de la red hecha a mano. El signo de interrogación es «no se puede saber». Si quisieras que ganara la de ChatGPT, ¿en qué momento pararías? ¿Y si quisieras que ganara la otra? Con tantos momentos y cuatro medidas, es de esperar alguna que otra falsa alarma: más o menos una de cada veinte casillas, aunque las redes fueran iguales. Y suelen venir juntas, porque todas las casillas salen de las mismas ejecuciones.
#
# Aquí están otra vez las ejecuciones que quedaron en medio, ahora con su nombre, y también todas las demás, para que nadie tenga que fiarse de una sola:

# %% [markdown] lang="en"
# Each entry says who wins by the same rule. In the two distances less wins; in precision and recall more wins, because both networks are far below the real images. The two means are in brackets, the handmade network's first. The question mark stands for “there is no telling”. If you wanted ChatGPT's network to win, at which moment would you stop? And if you wanted the other one to win? With so many moments and four measures, you should expect the odd false alarm: about one entry in twenty, even if the networks were equal. And they tend to come together, because all the entries come from the same runs.
#
# Here are the runs in the middle again, by name this time, together with all the others, so that nobody has to rely on a single run:

# %%
for network in rivals:
    values = results.values_of(runs, network, last_step)
    print(title_of(network))
    order = sorted(values, key=values.get)
    plots.show_grids(
        [results.published_grid(network, seed)[:16] for seed in order],
        [f"{seed}: {values[seed]:.2f}" for seed in order],
    )

# %% [markdown] lang="es"
# Van de mejor a peor, cada una con su semilla y su distancia. ¿Distinguirías a simple vista la primera de la última?
#
# ## ¿Qué diferencia es la que cuenta?
#
# Las dos redes se distinguen en cinco cosas. Para saber cuáles cuentan, hay que cambiarlas **de una en una**. Construimos una escalera, en el orden de la lista de diferencias del principio. El primer peldaño es la red de ChatGPT. Cada peldaño cambia una cosa más y conserva los cambios anteriores. Con el último cambio, el número de canales, llegamos a la red hecha a mano. (Dos de los cambios, el de los núcleos y el de los canales, tocan G y D a la vez: en esos dos no sabremos si lo que cuenta es lo que cambia en G o lo que cambia en D.)

# %% [markdown] lang="en"
# They go from best to worst, each with its seed and its distance. Could you tell the first from the last by eye?
#
# ## Which difference matters?
#
# The two networks differ in five things. To know which of them matter, we have to change them **one at a time**. We build a ladder, in the order of the list of differences near the start. The first rung is ChatGPT's network. Each rung changes one more thing and keeps the earlier changes. With the last change, the number of channels, we reach the handmade network. (Two of the changes, the kernels and the channels, affect both G and D. For those two we shall not know which of the two networks made the difference.)

# %%
ladder = [network for network in LADDER if results.steps_of(runs, network)]
step = min(results.steps_of(runs, network)[-1] for network in ladder)
values = {network: list(results.values_of(runs, network, step).values()) for network in ladder}
epochs_of_ladder = step // STEPS_PER_EPOCH
figures.show_dots(
    {title_of(network): values[network] for network in ladder},
    L(f"distancia de Fréchet tras {epochs_of_ladder} épocas", f"Fréchet distance after {epochs_of_ladder} epochs"),
)

# %%
rows = []
for before, after in pairwise(ladder):
    low, high = statistics.bootstrap(values[after], values[before])
    effect = {"wins": L("mejora", "better"), "loses": L("empeora", "worse"), "unclear": "?"}
    title = f"{title_of(before)} → {title_of(after)}"
    p = statistics.permutation_test(values[after], values[before])
    what = effect[statistics.verdict(values[after], values[before])]
    rows.append([title, f"{low:+.2f} … {high:+.2f}", f"{p:.3f}", what])
plots.show_table([L("cambio", "change"), L("intervalo", "interval"), "p", ""], rows)

# %% [markdown] lang="es"
# Cada punto es una semilla y la raya, la media. La tabla dice cómo varió la distancia con cada cambio, con su intervalo: si los dos extremos son negativos, la distancia bajó, o sea, la red mejoró. ¿Qué cambios ayudan y cuáles perjudican? ¿Hay algún peldaño que parezca mejor que los dos rivales? Fíjate en la época: los peldaños se han entrenado menos épocas que los rivales, hasta un momento en el que entre estos sí había diferencia. Así que la escalera habla de ese momento y no dice nada del final. (Que el 0.029 se repita no es un error: entre dos peldaños de cuatro semillas, es el valor p más pequeño que puede salir.) Tres advertencias. Cada cambio se mide **sumado** a los anteriores; en otro orden, su efecto podría ser otro. Con tan pocas semillas, un efecto pequeño puede no verse, aunque exista. Y con cinco cambios a examen, hasta una de cada cinco escaleras daría alguna falsa alarma, aunque no contase ninguno.
#
# ## Trae la tuya
#
# Ahora te toca a ti. Pídele una GAN a tu asistente. Cuanto más preciso sea el encargo (*prompt*), mejor será la respuesta. Puedes usar este:
#
# > Actúa como experto en aprendizaje automático y escribe un ejemplo de GAN para principiantes, con Python, TensorFlow y Keras 3, para MNIST. Quiero solo dos funciones, sin argumentos. `make_generator()` devuelve un modelo de Keras nuevo que convierte un vector de ruido en una imagen de 28×28×1, con valores entre -1 y 1. `make_discriminator()` devuelve un modelo nuevo que recibe una imagen así y devuelve un logit, sin sigmoide. Usa solo capas de Keras. Sin bucle de entrenamiento, sin optimizadores y sin cargar datos.
#
# **Antes de ejecutar código que no has escrito, léelo.** Dos funciones que crean capas no necesitan `os`, `subprocess`, `requests`, `open`, `eval` ni `pickle`, ni instalar nada. Si ves algo así, pregúntale al asistente para qué sirve y ejecuta el código en una máquina prestada (Colab, por ejemplo, sin tu Drive conectado), no en la tuya.
#
# El código que te dé tu asistente puede tener descuidos. `keeps_contract` comprueba lo que el experimento da por supuesto: que las formas y los valores sean los debidos, que haya pesos que entrenar y que un paso de entrenamiento funcione. Y enumera de una vez todo lo que hay que cambiar. Mira qué dice de estas dos funciones:

# %% [markdown] lang="en"
# Each dot is a seed, and the bar is the mean. The table says what each change did to the distance, with its interval: if both ends are negative, the distance went down, so the network got better. Which changes help, and which do harm? Does any rung look better than both rivals? Note the epoch: the rungs were trained for fewer epochs than the rivals, up to a moment when there was a difference between the two rivals. So the ladder is about that moment, and says nothing about the end. (It is no mistake that 0.029 comes up again and again: between two rungs of four seeds each, it is the smallest p-value possible.) Three warnings. Each change is measured **on top of** the ones before it; in another order, its effect might be different. With so few seeds, a small effect may not show, even if it is there. And with five changes on trial, up to one ladder in five would give a false alarm even if none of them mattered.
#
# ## Bring your own
#
# Now it is your turn. Ask your assistant for a GAN. The more precise your request (*prompt*), the better the answer. You can use this one:
#
# > Act as a machine-learning expert and write an example of a GAN for beginners, with Python, TensorFlow and Keras 3, for MNIST. I want just two functions, without arguments. `make_generator()` returns a new Keras model that turns a noise vector into a 28×28×1 image, with values between -1 and 1. `make_discriminator()` returns a new model that takes such an image and returns a logit, without a sigmoid. Use Keras layers only. No training loop, no optimizers and no data loading.
#
# **Before you run code that you did not write, read it.** Two functions that make layers do not need `os`, `subprocess`, `requests`, `open`, `eval` or `pickle`, and they do not need to install anything. If you see anything of the kind, ask what it is for, and run the code on a borrowed machine (Colab, for instance, without connecting your Drive), not on your own.
#
# The code you get may contain mistakes. `keeps_contract` checks what the experiment takes for granted: that the shapes and the values are right, that there are weights to train, and that a training step works. It also lists everything that needs changing, all at once. Take these two functions, for example:


# %%
def careless_generator(latent_dim=100):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(256, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(28 * 28, activation="sigmoid"),
        ]
    )


def careless_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


assert not keeps_contract(careless_generator, careless_discriminator)
pasted.explain_errors()

# %% [markdown] lang="es"
# Pega **aquí** lo que te haya dado tu asistente, en lugar de estas dos funciones, que son las de antes, ya arregladas. No importa cómo se llamen las tuyas, ni si son clases o vienen dentro de un programa más largo. Si la celda se detiene con un error, no la arregles todavía: ejecuta antes la siguiente.

# %% [markdown] lang="en"
# Paste what your assistant gave you **here**, in place of these two functions, which are the two above, now fixed. Yours may have any names; they may be classes, or come inside a longer program. If the cell stops with an error, do not mend it yet: run the next cell first.


# %%
def make_generator(latent_dim=100):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(256, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(28 * 28, activation="tanh"),
            layers.Reshape((28, 28, 1)),
        ]
    )


def make_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(1),
        ]
    )


# %% [markdown] lang="es"
# La celda siguiente busca en lo que has pegado un generador y un discriminador, y los comprueba. Con ✎ te dice cómo ha leído algo que venía escrito de otra manera; con ⚠, qué le parece sospechoso, y con ✘, qué tienes que cambiar antes de entrenar. Arregla todo lo que lleve ✘ y ejecuta otra vez las dos celdas.

# %% [markdown] lang="en"
# The next cell looks for a generator and a discriminator in what you have pasted, and checks them. With ✎ it tells you how it has read something that was written in another way; with ⚠, what looks suspicious; and with ✘, what you have to change before training. Mend everything that has a ✘, and run both cells again.

# %%
make_yours = pasted.networks(globals())

# %% [markdown] lang="es"
# Antes de entrenar, ¿cuánto tardará y cuánta memoria hace falta? Si es demasiado, tu red no se entrena sin que lo pidas. En cualquier caso, decides tú: añade al final de la celda `train_yours = True` o `train_yours = False`.

# %% [markdown] lang="en"
# Before training: how long will it take, and how much memory does it need? If that is too much, your network is not trained unasked. In any case, you decide: add `train_yours = True` or `train_yours = False` at the end of the cell.

# %%
most_minutes = budget(smoke=1, workshop=15, full=120)
train_yours = affordable(make_yours, batch_size=128, steps=max(moments), minutes=most_minutes)

# %% [markdown] lang="es"
# Y ahora, al mismo experimento, con una sola semilla y tantos pasos como tus otras ejecuciones:

# %% [markdown] lang="en"
# Now put your pair through the same experiment, with one seed and as many steps as your other runs:

# %%
yours = {}
if make_yours and train_yours:
    name, ticker = L("la tuya", "yours"), Ticker(max(moments))
    yours[name] = compete(name, make_yours, 1, moments, ticker)
three = dict(zip(titles[:2], mine[:2], strict=True)) | yours
evaluation.show_measures({title: record["measured"][-1] for title, record in three.items()})
plots.show_grids([evaluation.draw(record["generator"], 16) for record in three.values()], list(three))

# %% [markdown] lang="es"
# Es una sola semilla de cada red, y ya sabes lo que vale un resultado así. Si quieres un veredicto, entrena con más semillas.
#
# ## Lo que una medida no ve
#
# ¿Y si un generador se aprendiera de memoria las imágenes de entrenamiento? Su distancia sería casi cero; su precisión y su exhaustividad, tan buenas como las de las imágenes reales. Y, sin embargo, no habría creado nada. Para descubrirlo, buscamos cuál de las 60 000 imágenes de entrenamiento es la más cercana a cada imagen generada, comparando píxel a píxel. La distancia de una copia sería 0. Para saber a qué llamar «cerca», hacemos lo mismo con otras tantas imágenes de prueba, que nadie ha podido copiar. Las generadas son las 64 de la ejecución publicada que quedó en medio, la de la red hecha a mano (o, si tus datos no son los de MNIST, 64 de tu última ejecución de esa misma red):

# %% [markdown] lang="en"
# This is one seed of each network, and by now you know what such a result is worth. If you want a verdict, run more seeds.
#
# ## What a measure does not see
#
# What if a generator had learnt the training images by heart? Its distance would be nearly zero, and its precision and recall as good as those of real images. Yet it would have created nothing. To catch it, we look for the training image nearest to each generated one, pixel by pixel. A copy would give 0. To know what counts as near, we do the same with as many test images, which no generator here has ever seen. The generated images are 64 by the handmade network, from its published run that came out in the middle (or, if your data are not MNIST, from your own last run of that network):

# %%
mnist = dataset.name == "mnist"
drawn = grid_in_the_middle("handmade") if mnist else evaluation.draw(mine[-1]["generator"], 64)
for title, images in ((L("de prueba", "test"), dataset.x_test[:64]), (L("generadas", "generated"), drawn)):
    which, distances = evaluation.nearest(images, dataset.x_train)
    print(f"{title:10}", *(f"{value:.2f}" for value in np.quantile(distances, [0, 0.5])))
plots.show_grids(
    [drawn[:8], dataset.x_train[which[:8]]], [L("generadas", "generated"), L("las más cercanas", "nearest")]
)

# %% [markdown] lang="es"
# Los dos números son la menor de las distancias y la mediana. (La menor depende de cuántas imágenes haya; por eso hay tantas de prueba como generadas.) Si las generadas estuvieran mucho más cerca de las de entrenamiento que las de prueba, habría motivos para sospechar. (Cuidado: píxel a píxel, a una imagen borrosa todas las demás le quedan más cerca que a una llena de detalles.)
#
# Hay más cosas que nuestras medidas no ven. El juez solo mira lo que le sirvió para leer dígitos: una trama tenue en el fondo, siempre la misma, podría pasarle inadvertida. Otro tipo de juez daría otros números. En los artículos científicos se suele usar Inception, una red entrenada con fotos en color, y los números que da no se pueden comparar con los nuestros. Y ninguna medida sabe **para qué** quieres los dígitos.
#
# ### Ejercicio 5: un solo dígito
#
# Un generador solo dibuja el 1, siempre perfecto y siempre distinto. ¿Qué medida le pone una nota excelente? **a)** la distancia de Fréchet · **b)** la precisión · **c)** la exhaustividad · **d)** el reparto por clases

# %% [markdown] lang="en"
# The two numbers are the smallest distance and the median. (The smallest depends on how many images there are, which is why both sets have the same size.) If the generated images were much closer to the training set than the test images are, there would be reason for suspicion. (Careful: pixel by pixel, everything is nearer to a smooth image than to one full of detail.)
#
# There is more that our measures do not see. The judge only looks at what helped it read digits: it might take no notice of a faint pattern in the background, always the same. Another kind of judge would give other numbers. Scientific papers usually use Inception, a network trained on colour photographs, and its numbers cannot be compared with ours. And no measure knows what you want the digits **for**.
#
# ### Exercise 5: a single digit
#
# A generator draws only the digit 1: always perfect, and always different. Which measure gives it an excellent mark? **a)** the Fréchet distance · **b)** precision · **c)** recall · **d)** the class shares

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# ## Las cuatro lecciones, con la misma vara
#
# Por fin podemos poner en una misma tabla todos los generadores del curso. Primero van los de las ejecuciones publicadas de las lecciones 1 a 3. De esta lección hay uno por cada red, el de la ejecución publicada que quedó en medio. Debajo van los tuyos, si has hecho las lecciones en este ordenador. (Las filas publicadas las ha medido otro juez, el nuestro, entrenado con la misma receta: una diferencia de un pequeño porcentaje no significa nada. Si tus mediciones no son comparables, solo verás las tuyas.)

# %% [markdown] lang="en"
# ## All four lessons, by the same yardstick
#
# At last, all the generators of the course can go into one table. First come those from the published runs of lessons 1 to 3. From this lesson there is one generator for each of the two networks: the one from the published run that came out in the middle. Below them come yours, if you did the lessons on this computer. (The published rows come from another judge, ours, trained by the same recipe: a difference of a few per cent means nothing. If your measurements are not comparable, you will see only your own.)

# %%
table = {L("otras reales", "other real ones"): evaluation.measure(judge.look(good), real)}
if comparable:
    table |= {L(f"lección {n}", f"lesson {n}"): row for n, row in results.published_lessons().items()}
    for network in rivals:
        seed = results.median_seed(results.values_of(runs, network, last_step))
        record = next(r for r in runs if (r["network"], r["seed"]) == (network, seed))
        table[L("lección 4, ", "lesson 4, ") + title_of(network)] = record["measured"][-1]
own = results.measure_own_generators(judge, real)
table |= {L(f"tuya, lección {n}", f"yours, lesson {n}"): row for n, row in own.items()}
evaluation.show_measures(table)

# %% [markdown] lang="es"
# No es una carrera justa, y ya sabes por qué. Cada lección entrenó una red distinta, con otro ruido, otros ajustes y otra duración, y cada fila es una sola ejecución. La tabla sirve para hacerse una idea de dónde está cada una, no para declarar una ganadora.
#
# ## Lo que hemos visto
#
# - Mirar una sola ejecución de cada red no basta para decidir cuál es mejor: las ejecuciones de una misma red también se diferencian entre sí.
# - Ninguna medida basta por sí sola. La distancia de Fréchet mezcla daños distintos, la precisión no ve lo que falta y un clasificador puede estar seguro hasta de la nieve.
# - Con menos imágenes, la distancia de Fréchet sale mayor; la de núcleo, no.
# - Igualdad de condiciones: todo lo que no se compara se escribe una sola vez.
# - Un veredicto lleva su intervalo y su valor p, y «no se puede saber» también es un resultado. Con tres semillas por red, o menos, nuestra regla no permite otro.
# - Para saber **qué** cuenta, se cambia una cosa cada vez. Entre nuestras dos redes, unos cambios ayudan y otros estorban; comparándolas solo a ellas se ve nada más que la suma.
# - El código ajeno se lee antes de ejecutarlo, y se comprueba que hace lo que se pidió.
#
# **Lo siguiente:** aquí termina el camino principal. En el museo de averías, el cuaderno 5, verás de cuántas maneras se puede estropear una GAN. Y ahora ya sabes juzgar lo que dibuje cualquiera de ellas.

# %% [markdown] lang="en"
# It is not a fair race, and you know why. Each lesson trained a different network, with different noise, different settings and a different training time, and each row is a single run. The table gives an idea of where each one stands; it does not declare a winner.
#
# ## What we have seen
#
# - Looking at one run of each network is not enough to decide which is better: runs of the same network differ too.
# - No measure is enough by itself. The Fréchet distance mixes different kinds of damage, precision does not see what is missing, and a classifier can be confident even about snow.
# - With fewer images the Fréchet distance comes out larger; the kernel distance does not.
# - Equal terms: everything that is not being compared is written once.
# - A verdict comes with its interval and its p-value, and “there is no telling” is a result too. With three seeds per network, or fewer, our rule allows no other.
# - To find out **what** matters, change one thing at a time. Between our two networks, some changes help and others get in the way; a comparison of just the two shows only the sum.
# - Read code that you did not write before you run it, and check that it does what was asked.
#
# **Next:** this is the end of the main path. In the museum of failures you will meet the ways in which a GAN goes wrong. And you now know how to judge whatever a GAN draws.

# %% [markdown] lang="es"
# ## Fuentes
#
# - **Tutorial C**, «Tutorial GAN-1», un artículo de un blog en español, con su cuaderno: de ahí salen las dos redes, los ajustes y la frase «el claro ganador es nuestro modelo». Lo que le falta: una medida, semillas y el texto del encargo. Las redes se distinguen en cinco cosas a la vez. Y promete explicar cómo se evalúa una GAN, pero no llega a hacerlo.
# - Martin Heusel y otros, [*GANs Trained by a Two Time-Scale Update Rule*](https://arxiv.org/abs/1706.08500), 2017: la distancia de Fréchet entre características (FID).
# - Mikołaj Bińkowski y otros, [*Demystifying MMD GANs*](https://arxiv.org/abs/1801.01401), 2018: la distancia de núcleo (KID) y el sesgo de la de Fréchet. Arthur Gretton y otros, [*A Kernel Two-Sample Test*](https://jmlr.org/papers/v13/gretton12a.html), 2012.
# - Tuomas Kynkäänniemi y otros, [*Improved Precision and Recall Metric*](https://arxiv.org/abs/1904.06991), 2019.
# - Mario Lucic y otros, [*Are GANs Created Equal?*](https://arxiv.org/abs/1711.10337), 2018: con el mismo presupuesto para buscar sus ajustes y varias semillas, muchas GAN famosas quedan más o menos empatadas.
# - Bradley Efron, *Bootstrap Methods: Another Look at the Jackknife*, Annals of Statistics 7, 1979. Ronald Fisher, *The Design of Experiments*, 1935: la prueba de permutaciones.
# - Ali Borji, [*Pros and Cons of GAN Evaluation Measures*](https://arxiv.org/abs/1802.03446), 2018: un repaso de las medidas que había entonces.
# - [Base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - **Tutorial C**, “Tutorial GAN-1”, an article on a Spanish blog, with its notebook: both networks, the settings and the sentence “the clear winner is our model” come from there. What it lacks: a measure, seeds, and the text of the request. The networks differ in five things at once. And it promises to explain how a GAN is evaluated, but never gets round to it.
# - Martin Heusel and others, [*GANs Trained by a Two Time-Scale Update Rule*](https://arxiv.org/abs/1706.08500), 2017: the Fréchet distance between features (FID).
# - Mikołaj Bińkowski and others, [*Demystifying MMD GANs*](https://arxiv.org/abs/1801.01401), 2018: the kernel distance (KID), and the bias of the Fréchet distance. Arthur Gretton and others, [*A Kernel Two-Sample Test*](https://jmlr.org/papers/v13/gretton12a.html), 2012.
# - Tuomas Kynkäänniemi and others, [*Improved Precision and Recall Metric*](https://arxiv.org/abs/1904.06991), 2019.
# - Mario Lucic and others, [*Are GANs Created Equal?*](https://arxiv.org/abs/1711.10337), 2018: when each gets the same budget to tune its settings, and several seeds, many famous GANs end up about level.
# - Bradley Efron, *Bootstrap Methods: Another Look at the Jackknife*, Annals of Statistics 7, 1979. Ronald Fisher, *The Design of Experiments*, 1935: the permutation test.
# - Ali Borji, [*Pros and Cons of GAN Evaluation Measures*](https://arxiv.org/abs/1802.03446), 2018: a survey of the measures that existed then.
# - [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
