# ---
# title:
#   es: 4 · ¿ChatGPT o a mano? Comparar dos GAN en serio
#   en: 4 · ChatGPT or handmade? A fair comparison of two GANs
# ---

# %% [markdown] lang="es"
# # 4 · ¿ChatGPT o a mano? Comparar dos GAN en serio
#
# El autor de un tutorial le pidió a ChatGPT una GAN, la entrenó junto a la suya, miró los dígitos y sentenció: «el claro ganador es nuestro modelo». Una ejecución de cada una y una mirada. ¿Basta con eso? Hoy hacemos el experimento como es debido. Verás cómo un experimento honrado no ve una diferencia que está ahí, y cómo otro anuncia una que luego no se repite.
#
# **En esta lección vas a:**
#
# 1. votar a ciegas, antes de ver ningún número;
# 2. entrenar a un *juez*, un pequeño clasificador, y medir con él: distancia de Fréchet, distancia de núcleo, precisión y exhaustividad;
# 3. poner a prueba las propias medidas: qué notan y qué se les escapa;
# 4. enfrentar dos redes en igualdad de condiciones, calcular un valor p y dejar que el veredicto lo escriba el código;
# 5. calcular **cuántas semillas** hacen falta para ver una diferencia;
# 6. averiguar cuál de las diferencias entre las dos redes es la que cuenta;
# 7. traer la red que escriba **tu** asistente de IA y someterla al mismo experimento.
#
# **Tiempo:** *medir*, una hora; una pausa, y *decidir*, dos horas, con otro buen sitio para parar por el camino. De ellas, en un portátil de dos núcleos, con el presupuesto `workshop`, entre 4 y 8 minutos son de espera. **Necesitas:** haber hecho las lecciones 1 a 3.

# %% [markdown] lang="en"
# # 4 · ChatGPT or handmade? A fair comparison of two GANs
#
# The author of a tutorial asked ChatGPT for a GAN, trained it beside their own, looked at the digits and declared: “the clear winner is our model”. One run of each, and one look. Is that enough? Today we do the experiment properly. You will see an honest experiment miss a difference that is there, and another announce one that does not come back.
#
# **In this lesson you will:**
#
# 1. vote blind, before you see a single number;
# 2. train a *judge*, a small classifier, and measure with it: Fréchet distance, kernel distance, precision and recall;
# 3. test the measures themselves: what they notice and what they miss;
# 4. set two networks against each other on equal terms, compute a p-value, and let the code write the verdict;
# 5. work out **how many seeds** it takes to see a difference;
# 6. find out which of the differences between the two networks really matters;
# 7. bring the network that **your** AI assistant writes, and put it through the same experiment.
#
# **Time:** *measuring*, an hour; a pause; then *deciding*, two hours, with another good place to stop on the way. On a two-core laptop, with the `workshop` budget, you will spend 4 to 8 minutes of that waiting. **You need:** to have done lessons 1 to 3.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# ## Primero, vota
#
# Una de estas dos cuadrículas es de la red de ChatGPT. La otra, de la que el autor del tutorial escribió a mano. Las dos se han entrenado igual, siete veces cada una, durante las 30 épocas que pide el tutorial, y de ambas mostramos la ejecución que quedó **en medio**, no la mejor. ¿Qué dígitos te parecen mejores?

# %% [markdown] lang="en"
# ## First, vote
#
# One of these two grids comes from ChatGPT's network. The other comes from the network that the tutorial's author wrote by hand. Both were trained in the same way, each seven times over, for the 30 epochs that the tutorial asks for. For each we show the run that came out **in the middle**, not the best one. Which digits look better to you?

# %%
import time
from functools import partial
from itertools import combinations

import keras
import numpy as np
from keras import layers

from course_utils import data, evaluation, pixels, plots, statistics
from course_utils.ballot import Ballot
from course_utils.budgets import budget
from course_utils.costs import show_costs
from course_utils.experiments import figures, pasted, results, verdicts
from course_utils.experiments.contract import affordable, keeps_contract
from course_utils.experiments.rivals import MOMENTS, STEPS_PER_EPOCH, title_of
from course_utils.language import percent
from course_utils.lessons import lesson_3
from course_utils.progress import Ticker, estimate, in_words
from course_utils.questions.lesson_4 import q1, q2, q3, q4, q5, q6, q7, q8

# %%
again = results.published("experiment_again")["runs"]
rivals = ("chatgpt", "handmade")
end = 30 * STEPS_PER_EPOCH


def grid_in_the_middle(network):
    seed = results.median_seed(results.values_of(again, network, end))
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
# The tutorial is **tutorial C**, the blog article that the network of lesson 2 came from. It says what it asked ChatGPT for, but does not give the exact words. ChatGPT was to act as a machine-learning expert who wants an example of a GAN for beginners, with MNIST, Python, TensorFlow and Keras. The article also says that the generator needed a little fixing. So what we are comparing is not exactly what ChatGPT wrote, but a corrected version of it. Here is that network, or rather that pair of networks:


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
# El generador hecho a mano tiene más o menos el doble de parámetros que el de ChatGPT, y lo mismo pasa con los discriminadores. En multiplicaciones, el hecho a mano también es el más caro, pero por poco, una quinta parte; su discriminador, en cambio, cuesta más del doble. El generador de ChatGPT gasta la mayor parte de las suyas en dibujar 32 canales a 28×28, mientras que el otro dibuja directamente la imagen. Esta es la lista de diferencias:
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
# The handmade generator has about twice as many parameters as ChatGPT's; the same goes for the discriminators. Yet it needs only about a fifth more multiplications (its discriminator, more than twice as many): ChatGPT's spends most of them on drawing 32 channels at 28×28, whereas the handmade one draws the image directly. Here is a list of the differences:
#
# | | ChatGPT | handmade |
# |---|---|---|
# | batch normalization in G | no | yes, two |
# | dropout in D | no | 0.4, twice |
# | kernel size in G and in D's first convolution | 3 and 3 | 4 and 5 |
# | last layers of G | a transposed convolution and a convolution | a transposed convolution |
# | channels of G at 7×7 and of D's first convolution | 64 and 32 | 128 and 64 |
#
# The tutorial names one more: ChatGPT adds `LeakyReLU` as a layer, while the author passes it to another layer as its activation function. Is that a real difference?

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
# El juez hace dos cosas con cada imagen. Le da una **probabilidad** a cada una de las diez clases. Y, justo antes de decidir, resume la imagen en 64 números, sus **características** (*features*): quizá si hay un redondel arriba, o si el trazo está inclinado; lo que le haya resultado útil. Cuando dos imágenes tienen características parecidas, los dígitos suelen parecerse, aunque no coincidan píxel a píxel.
#
# La comparación será con las imágenes de prueba de MNIST, que no han visto ni el juez ni los generadores.

# %% [markdown] lang="en"
# The judge does two things with each image. It gives a **probability** to each of the ten classes. And just before deciding, it sums the image up in 64 numbers, its **features**: perhaps whether there is a loop at the top, or whether the stroke slants; whatever it has found useful. Two digits with similar features usually look alike, even if they do not agree pixel by pixel.
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
# Las características comparten escala: en las imágenes reales, cada una tiene una media de 0 y una varianza de 1, más o menos. La primera línea da los promedios. Así, varios jueces entrenados con semillas distintas dan distancias parecidas (en la segunda mitad verás las de cuatro). Cada una de las otras líneas es una imagen: el dígito que lee el juez, lo probable que le parece y las probabilidades de los diez.
#
# ### Lo que no vale como medida
#
# Una idea tentadora: si el juez está **seguro**, es decir, si le da más de un 95 % a una clase, la imagen será buena. Probémosla con imágenes reales, con la niebla que dibuja un generador sin entrenar y con «nieve»: píxeles blancos o negros al azar, como en un televisor sin señal. ¿De cuántas imágenes de cada tipo crees que estará seguro?

# %% [markdown] lang="en"
# The features share one scale: over the real images, each has a mean of about 0 and a variance of about 1. The first line shows the averages. That way, judges trained with different seeds give similar distances (in the second half you will see the distances of four judges). Each of the other lines is one image: the digit that the judge reads, how likely it thinks that is, and the probabilities of all ten.
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
# La desviación típica $s$ dice lo ancha que es la campana; su cuadrado, $s^2$, se llama **varianza**. Con 64 características la fórmula tiene las mismas dos partes: dónde están las campanas y lo anchas que son.
#
# <details><summary>La fórmula con 64 características, que no tendrás que calcular nunca a mano</summary>
#
# Ahora $m_1$ y $m_2$ son vectores, y en lugar de $s_1$ y $s_2$ están las matrices de covarianzas $C_1$ y $C_2$, que dicen además qué características suben y bajan a la vez:
#
# $$d = \lVert m_1 - m_2 \rVert^2 + \mathrm{tr}\,\left(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\right)$$
#
# Aquí $\mathrm{tr}$ es la traza, la suma de la diagonal, y $(C_1 C_2)^{1/2}$ es la matriz que, multiplicada por sí misma, da $C_1 C_2$. Con una sola característica volvemos a la fórmula de antes, porque la traza se queda en $s_1^2 + s_2^2 - 2 s_1 s_2$.
#
# </details>

# %% [markdown] lang="en"
# The percentage is the share of images that the judge is confident about; after it come the shares of the ten classes. The judge is confident about all of the fog and most of the snow, and takes nearly every one of those images for the same digit! A classifier only knows how to choose among ten; nobody has taught it to say “this is not a digit”. Low confidence is a reason to **distrust** a blurred digit. High confidence is no reason to trust an image.
#
# ## The Fréchet distance
#
# It is better to compare **sets**: do the generated images occupy the same place as the real ones in the space of features? Let us sum up each set with a Gaussian bell curve, or “bell” for short. With a single feature, with means $m_1$ and $m_2$ and standard deviations $s_1$ and $s_2$, the Fréchet distance (squared, which is how it is used) is
#
# $$d = (m_1 - m_2)^2 + (s_1 - s_2)^2$$
#
# The standard deviation $s$ says how wide the bell is; its square, $s^2$, is called the **variance**. With 64 features, the formula has the same two parts: where the bells are, and how wide they are.
#
# <details><summary>The formula for 64 features, which you will never have to compute by hand</summary>
#
# Now $m_1$ and $m_2$ are vectors, and instead of $s_1$ and $s_2$ there are the covariance matrices $C_1$ and $C_2$, which also say which features rise and fall together:
#
# $$d = \lVert m_1 - m_2 \rVert^2 + \mathrm{tr}\,\left(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\right)$$
#
# Here $\mathrm{tr}$ is the trace, the sum of the diagonal, and $(C_1 C_2)^{1/2}$ is the matrix that, multiplied by itself, gives $C_1 C_2$. With a single feature this is the formula above again, because the trace becomes $s_1^2 + s_2^2 - 2 s_1 s_2$.
#
# </details>

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
# This is what they look like at dose 2. With the missing classes you notice nothing, do you? Yet there are no zeros and no ones in there. The dose is the strength of the noise, how many times we blur, how many classes are missing, or how many tenths of the set are one and the same image.

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
# La otra columna es la **distancia de núcleo** (*kernel distance*), que no usa campanas. La idea es esta: si los dos conjuntos vienen del mismo sitio, una imagen de uno se parece a las del otro tanto como a las de su propio conjunto. Así que se mide el parecido de muchas parejas de reales, de muchas parejas de generadas y de muchas parejas mixtas, y con las tres medias se calcula: reales más generadas menos el doble de las mixtas. Entre reales y reales es cero por término medio con cualquier $n$, unas veces por encima y otras por debajo; con pocas imágenes solo baila más. Viene con su error típico, el ±: lo que suele desviarse por puro azar (el doble no es raro).
#
# <details><summary>¿Qué es el parecido de una pareja?</summary>
#
# Una función de sus 64 características, $k(x, y) = (x \cdot y / 64 + 1)^3$, que suele ser mayor cuanto más se parecen. ($x \cdot y$ multiplica característica por característica y lo suma todo.) A una función así se la llama núcleo; no tiene nada que ver con el núcleo de una convolución.
#
# </details>
#
# ## Precisión y exhaustividad
#
# Quedan dos preguntas que un solo número no puede contestar. **Precisión** (*precision*): ¿qué parte de las generadas podría ser real? **Exhaustividad** (*recall*): ¿qué parte de las reales podría haber dibujado el generador? Para contar se ponen bolas en el espacio de las características: alrededor de cada imagen, una que llega justo hasta su tercera vecina más cercana, dentro de su propio conjunto. En lugar de 64 características, aquí hay dos, y en lugar de imágenes, 24 puntos de cada tipo:

# %% [markdown] lang="en"
# With a hundred images, the Fréchet distance between real images and other real ones comes out as large as that of a mediocre GAN. It falls roughly in proportion to one over $n$, the number of images. Never compare two distances computed from different numbers of images.
#
# The other column is the **kernel distance**, which uses no bells. The idea is this: if both sets come from the same place, an image of one is as similar to those of the other set as to those of its own. So we measure the similarity of many pairs of real images, of many pairs of generated ones and of many mixed pairs, and from the three means compute: real plus generated minus twice the mixed. Between real and real it is zero on average for any $n$, sometimes above and sometimes below; with few images it only wobbles more. It comes with its standard error, the ±: how far chance alone usually throws it off (twice as far is not unusual).
#
# <details><summary>What is the similarity of a pair?</summary>
#
# A function of their 64 features, $k(x, y) = (x \cdot y / 64 + 1)^3$, which tends to be larger the more alike they are. ($x \cdot y$ multiplies feature by feature and adds it all up.) Such a function is called a kernel; it has nothing to do with the kernel of a convolution.
#
# </details>
#
# ## Precision and recall
#
# Two questions remain that a single number cannot answer. **Precision**: what share of the generated images could be real? **Recall**: what share of the real ones could the generator have drawn? To count them, we put balls in the space of features: around each image goes one that just reaches its third nearest neighbour, within its own set. Here there are two features instead of 64, and instead of images 24 points of each kind:

# %%
rng = np.random.default_rng(4)
real_points = rng.normal(0, 1, (24, 2))
fake_points = rng.normal([0.9, 0.1], [0.45, 0.6], (24, 2))
figures.show_balls(real_points, fake_points)

# %% [markdown] lang="es"
# A la izquierda, las bolas de los puntos reales, en azul. Los triángulos son los generados: negros los que caen dentro de alguna bola, blancos los que quedan fuera. Todos podrían ser reales: precisión del 100 %. A la derecha, las bolas de los generados, en naranja, y los triángulos son los reales. Este generador se ha quedado en un rincón, y la exhaustividad lo dice.
#
# Fíjate en otra cosa: los puntos reales aislados tienen bolas **enormes**. Guárdatelo, que nos va a hacer falta.
#
# Aquí están todas las medidas juntas, con los mismos daños de antes. Antes de mirar: ¿qué columnas notarán que faltan tres clases?

# %% [markdown] lang="en"
# On the left are the balls of the real points, in blue. The triangles are the generated ones: black if they fall inside some ball, white if they are outside. All of them could be real: a precision of 100%. On the right are the balls of the generated points, in orange, and the triangles are the real ones. This generator has stayed in a corner, and recall says so.
#
# Notice one more thing: isolated real points have **enormous** balls. Keep that in mind; we shall need it.
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
# «Seguras» es la parte de las imágenes en las que el juez da más de un 95 % a una clase, y «clase más rara», la parte que se lleva la clase que menos sale: si las diez salieran por igual, sería un 10 %. La flecha ↓ quiere decir que cuanto más bajo, mejor. En las demás columnas no se trata de llegar al 100 %, sino de parecerse a la fila de las reales.
#
# Lee la tabla columna por columna. ¿Qué medidas casi no notan que faltan tres clases? ¿Cuál lo delata enseguida? ¿Y cuál **sube** cuando se desenfocan las imágenes? Las respuestas, después del ejercicio.
#
# ### Ejercicio 2: las clases que quedan
#
# Escribe `coverage(probabilities)`: recibe las probabilidades del juez, una fila de diez por imagen, y devuelve **cuántas** de las diez clases tienen al menos un 2 % de las imágenes. La clase de una imagen es la que tiene mayor probabilidad.

# %% [markdown] lang="en"
# “Confident” is the share of the images for which the judge gives one class more than 95%, and “rarest class” is the share of the class that comes up least often: with ten equal classes it would be 10%. The arrow ↓ means that lower is better. In the other columns the goal is not to reach 100% but to look like the row of the real images.
#
# Read the table column by column. Which measures hardly notice that three classes are missing? Which one gives it away at once? And which one goes **up** when the images are blurred? The answers come after the exercise.
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
# Las respuestas: que faltan tres clases casi no lo notan ni la precisión ni «seguras», porque las imágenes que quedan son buenas. La que lo delata es «clase más rara», que se queda en cero. También lo notan la exhaustividad y las dos distancias, pero no dicen qué ha pasado. La que sube con el desenfoque es la precisión: unos dígitos suavizados son más normales que los de verdad, que tienen sus rarezas. Y mira la última fila: aunque tres de cada diez imágenes son la misma, la exhaustividad apenas cambia. Las otras siete siguen cubriendo lo real.
#
# ### Cien por cien de precisión
#
# Y ahora, un generador de verdad. Es el del tutorial E, entrenado con un discriminador congelado como lo congela hoy Keras (lo cuenta la lección 6), cuando llevaba un tercio de sus 20 000 pasos. Está en los archivos del curso, con sus medidas:

# %% [markdown] lang="en"
# The answers: precision and “confident” hardly notice that three classes are missing, because the images that are left are good. “Rarest class” gives it away, going down to zero. Recall falls too, and both distances rise, but they do not say why. The one that goes up with blur is precision: smoothed digits are more ordinary than real ones, which have their oddities. And look at the last row: although three images in ten are the same, recall hardly changes. The other seven still cover what is real.
#
# ### A precision of one hundred per cent
#
# And now, a real generator. It is tutorial E's, trained with a discriminator frozen as Keras freezes it today (lesson 6 tells that story), a third of the way through its 20,000 steps. It is among the course's files, with its measures:

# %%
stuck = next(run for run in results.published("tutorials")["runs"] if run["network"] == "E_frozen")
third = next(row for row in stuck["measured"] if row["step"] == stuck["steps"] // 3)
blots = pixels.read_grid(results.results_folder() / "tutorial_E_frozen_third.png")
plots.show_grid(blots[:16], columns=8)
evaluation.show_measures({L("tutorial E, congelado", "tutorial E, frozen"): third})
assert third["precision"] > 0.9 and third["confident"] > 0.9 and third["recall"] < 0.01

# %% [markdown] lang="es"
# Dieciséis veces la misma mancha. El juez está seguro de todas, y la **precisión es de un 98 %**: casi todas «podrían ser reales». ¿Cómo es posible? Acuérdate de las bolas enormes. Busquemos qué imágenes reales tienen alguna mancha dentro de su bola:

# %% [markdown] lang="en"
# Sixteen times the same blot. The judge is confident about all of them, and the **precision is 98%**: nearly all of them “could be real”. How can that be? Remember the enormous balls. Let us find out which real images have some blot inside their ball:

# %%
held = evaluation.held_by(real.features, judge.look(blots).features)
print(
    L(
        f"{np.sum(held > 0)} de {count} imágenes reales; la que más, {held.max()} de 64 manchas",
        f"{np.sum(held > 0)} of {count} real images; the one with most holds {held.max()} of 64 blots",
    )
)
plots.show_grid(reference[np.argsort(held)[-1:]], columns=1)

# %% [markdown] lang="es"
# En nuestra ejecución, con MNIST, es **una sola imagen** de 10 000, este dígito tan raro. Está lejos de todas las demás, así que su bola llega muy lejos, y la mancha cae dentro. Como todas las manchas son la misma, caen dentro casi todas. Sin esa imagen, la precisión sería del 0 %. (Con tu juez puede ser otra, o ninguna: así de frágil es la cosa.) La exhaustividad, un 0 %, y la distancia de Fréchet, más de cien, no se dejan engañar.
#
# Tampoco la distancia de Fréchet es infalible. Solo mira medias y covarianzas, como si cada conjunto fuera una campana, y diez clases juntas no lo son. Dos conjuntos distintos con la misma media y las mismas covarianzas tendrían distancia cero. Por eso se dan **varias medidas**, y ninguna sin las otras.

# %% [markdown] lang="en"
# In our run, with MNIST, it is **a single image** out of 10,000, this very odd digit. It is far from all the others, so its ball reaches a long way, and the blot falls inside. As all the blots are the same, nearly all of them fall inside. Without that image, precision would be 0%. (With your judge it may be another one, or none: that is how fragile it is.) Recall, at 0%, and the Fréchet distance, over a hundred, are not fooled.
#
# The Fréchet distance is not infallible either. It looks only at means and covariances, as if each set were one bell, and ten classes together are not a bell. Two different sets with the same mean and the same covariances would be at distance zero. That is why **several measures** are given, and none without the others.

# %% [markdown] lang="es"
# ---
#
# ## Pausa
#
# Hasta aquí, la primera mitad: **medir**. Ya sabes qué dice cada medida y qué se calla. Levántate, toma un café o déjalo para mañana. Si vuelves otro día, ejecuta de nuevo desde arriba: es cosa de un par de minutos.
#
# En la segunda mitad toca **decidir**: dos redes, varias semillas y una pregunta que parece fácil. ¿Cuál es mejor?
#
# ---
#
# ## En igualdad de condiciones
#
# Ahora, el duelo. Todo, salvo las redes, tiene que ser igual para los dos rivales, así que lo escribimos **una sola vez**:
#
# - los mismos datos, en el mismo orden si la semilla es la misma, y lotes de 128;
# - los mismos optimizadores, un Adam para G y otro para D, con tasa de aprendizaje 0.0002 y `beta_1` 0.5, y el mismo paso de entrenamiento, el de la lección 3;
# - el mismo número de pasos, y las mismas medidas en los mismos momentos, con las mismas imágenes reales.
#
# Son los ajustes del tutorial C. Al autor le sirvieron para **su** red; puede que a la de ChatGPT le fueran mejor otros, y eso este experimento no lo comprueba. Nos apartamos del tutorial en dos cosas:
#
# - allí D y G se turnan, cada uno con su propio ruido; aquí dan su paso a la vez, con dos cintas y un mismo ruido;
# - allí las imágenes falsas con las que aprende D se dibujan en modo de inferencia y van en el mismo lote que las reales; aquí se dibujan en modo de entrenamiento, van en su propio lote y se suman las dos pérdidas. (Eso solo cambia algo en la red hecha a mano, la única con normalización por lotes.)
#
# `new_game` crea una GAN lista para entrenar, con el paso de la lección 3. `measure_now` mide un generador, y `compete` entrena una GAN con una semilla y la mide después de cada uno de los pasos que indica `moments`.

# %% [markdown] lang="en"
# ---
#
# ## Pause
#
# So much for the first half: **measuring**. You know what each measure says and what it keeps to itself. Stand up, have a coffee, or leave the rest for tomorrow. If you come back another day, run everything from the top: it takes a couple of minutes.
#
# The second half is about **deciding**: two networks, several seeds, and a question that looks easy. Which one is better?
#
# ---
#
# ## On equal terms
#
# Now for the duel. Everything except the networks has to be the same for both rivals, so we write it **once**:
#
# - the same data, in the same order for the same seed, and batches of 128;
# - the same optimizer, Adam with learning rate 0.0002 and `beta_1` 0.5, one for G and one for D, and the training step of lesson 3;
# - the same number of steps, and the same measures at the same moments, against the same real images.
#
# These are the settings of tutorial C. They worked well for the author's **own** network. Other settings might suit ChatGPT's better, but this experiment does not look into that. We depart from the tutorial in two ways:
#
# - there D and G take turns, each with noise of its own; here both take their step at the same time, with two tapes and the same noise;
# - there the fake images that D learns from are drawn in inference mode and share one batch with the real ones; here they are drawn in training mode, have a batch of their own, and the two losses are added. (That makes a difference only to the handmade network, the only one with batch normalization.)
#
# `new_game` makes a GAN that is ready to train, with the step of lesson 3. `measure_now` measures a generator, and `compete` trains a GAN with one seed and measures it after each of the steps listed in `moments`.


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
# **a)** enseñar la mejor cuadrícula de una red y una cualquiera de la otra · **b)** usar Adam con la misma tasa en las dos · **c)** medir una con 10 000 imágenes y la otra con 1000 · **d)** que una tenga más parámetros que la otra, y decirlo · **e)** probar veinte tasas de aprendizaje con una y quedarse con la mejor, pero no con la otra · **f)** medir las dos con el mismo juez

# %% [markdown] lang="en"
# ### Exercise 3: fair play
#
# Which of these would make the comparison **unfair**? Write every letter that applies.
#
# **a)** showing the best grid of one network and an arbitrary grid of the other · **b)** using Adam with the same rate for both · **c)** measuring one with 10,000 images and the other with 1,000 · **d)** letting one have more parameters than the other, and saying so · **e)** trying twenty learning rates and keeping the best one, but for one network only · **f)** measuring both with the same judge

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q3.check(answer)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ## Tu propio experimento
#
# Los experimentos publicados con la lección tardaron horas de procesador o minutos de una GPU de las grandes. Aquí repites tú el comienzo: con el presupuesto `workshop`, media época y, como el tutorial, una sola ejecución de cada red; con `full`, cinco ejecuciones de cada una y veinte épocas. (Las treinta del tutorial serían demasiada espera en una GPU modesta.) ¿Cuánto tardará en esta máquina?

# %% [markdown] lang="en"
# ## Your own experiment
#
# The experiments published with the lesson took hours on a processor, or minutes on a large GPU. Here you repeat their beginning: with the `workshop` budget, half an epoch and, as in the tutorial, a single run of each network; with `full`, five runs of each and twenty epochs. (The tutorial's thirty would be too long a wait on a modest GPU.) How long will it take on this machine?

# %%
seeds = budget(smoke=(1,), workshop=(1,), full=(1, 2, 3, 4, 5))
moments = budget(smoke=(2, 4), workshop=MOMENTS[:2], full=MOMENTS)
batch = next(iter(data.make_batches(dataset.x_train, 128)))
for network in rivals:
    generator, train_step = new_game(make[network], seed=0)
    print(title_of(network), end=": ")
    estimate(partial(train_step, batch), len(seeds) * max(moments), tries=budget(smoke=2, workshop=10, full=10))

# %%
started = time.perf_counter()
measure_now(generator)
measuring = (time.perf_counter() - started) * len(rivals) * len(seeds) * len(moments)
print(L(f"Y para medir, en total, {in_words(measuring)}.", f"Measuring, in total: {in_words(measuring)}."))

# %% [markdown] lang="es"
# Si paras el entrenamiento a medias, no se pierden las ejecuciones que ya hayan terminado: vuelve a ejecutar la celda siguiente, que es la que entrena, y hará solo las que falten. (Tus resultados se van reuniendo en la lista `mine`, que está solo en la memoria: si reinicias el cuaderno, se pierden. Para empezar de cero, ejecuta `mine = []`.)

# %% [markdown] lang="en"
# If you stop the training halfway, you do not lose the runs that have finished. Run the next cell again, the one that trains, and it does only the missing ones. (Your results are collected in the list `mine`, which is kept in memory only: if you restart the notebook, they are lost. To start from scratch, run `mine = []`.)

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
# ¿Quién va por delante en tu máquina? Apúntalo. Todavía no sabes si eso quiere decir algo.
#
# ## El primer experimento: cinco semillas, diez épocas
#
# Cuando se publicó esta lección por primera vez, su experimento era este: cinco semillas de cada red y diez épocas, en una CPU. Está en `notebooks/results/experiment.json`, con todas las mediciones. Junto a esas ejecuciones, en la figura, van las tuyas: las estrellas y las cruces. Los dos ejes son logarítmicos: avanzar en ellos una misma distancia es multiplicar siempre por el mismo número.

# %% [markdown] lang="en"
# Who is ahead on your machine? Write it down. You do not know yet whether it means anything.
#
# ## The first experiment: five seeds, ten epochs
#
# When this lesson was first published, its experiment was this one: five seeds of each network and ten epochs, on a CPU. It is in `notebooks/results/experiment.json`, with every measurement. Beside those runs, the figure shows yours: the stars and the crosses. Both axes are logarithmic: each equal step along them multiplies by the same number.

# %%
comparable = dataset.name == "mnist" and count == 10_000
first = results.published()["runs"]
figures.show_race(first, mine if comparable else [])
if not comparable:
    print(
        L(
            "Tus mediciones no son con 10\u00a0000 imágenes de MNIST: aquí no se pueden poner.",
            "Your measurements are not with 10,000 MNIST images: they cannot go in here.",
        )
    )

# %% [markdown] lang="es"
# Cada línea fina es una semilla; la gruesa pasa por las medianas. Mira dos cosas. Primera: **las líneas gruesas se cruzan**. Segunda: en casi todos los momentos, las líneas finas de las dos redes se mezclan. Una ejecución de cada una decide poco. Y tus puntos se quedan en la primera media época, donde va por delante la de ChatGPT; más tarde ya no.
#
# Tan al principio hay además una trampa. Las imágenes que medimos se dibujan en modo de inferencia: la normalización por lotes no usa la media y la varianza de cada lote, sino las medias móviles, que en cada paso conservan un 99 % de lo que eran. Sus valores iniciales no significan nada, y esta es la parte de ellos que aún queda tras 117, 234 y 468 pasos:

# %% [markdown] lang="en"
# Each thin line is a seed; the thick one goes through the medians. Look at two things. First: **the thick lines cross**. Second: at most moments, the thin lines of the two networks overlap. One run of each decides little. And your points stop at half an epoch, where ChatGPT's network is ahead; later it is not.
#
# There is another catch early on. The images that we measure are drawn in inference mode: batch normalization does not use the mean and variance of each batch but moving averages of them, and at each step these keep 99% of their old value. Their initial values mean nothing, and this is how much of them is still left after 117, 234 and 468 steps:

# %% tags=["nbval-check-output"]
print(*(percent(0.99**step) for step in MOMENTS[:3]))

# %% [markdown] lang="es"
# Así que, al principio, el generador hecho a mano, el único de los dos con normalización por lotes, seguramente dibuja peor de lo que sabe. De la primera época no saques conclusiones.
#
# (Tus puntos no caen exactamente sobre las líneas, ni siquiera con las mismas semillas. Tu juez es otro, entrenado en tu máquina, y el redondeo depende del número de núcleos del procesador.)
#
# Esta es la última medición, semilla por semilla:

# %% [markdown] lang="en"
# So, early on, the handmade generator, the only one of the two with batch normalization, is probably drawing worse than it could. Do not conclude anything from the first epoch.
#
# (Your points do not fall exactly on the lines, even with the same seeds. Your judge is a different one, trained on your machine, and rounding depends on the number of cores.)
#
# Here is the last measurement, seed by seed:

# %%
ten_epochs = 10 * STEPS_PER_EPOCH
final = {network: list(results.values_of(first, network, ten_epochs).values()) for network in rivals}
figures.show_dots({title_of(n): v for n, v in final.items()}, L("distancia de Fréchet", "Fréchet distance"))
for network, values in final.items():
    print(f"{title_of(network):12} {np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}   {np.sort(values).round(2)}")
won = sum(a < b for a in final["handmade"] for b in final["chatgpt"])
print(
    L(f"Parejas en las que gana la hecha a mano: {won} de 25", f"Pairs in which the handmade network wins: {won} of 25")
)

# %% [markdown] lang="es"
# De cada red ves la media, ± la desviación típica entre sus semillas, y los valores. La última línea hace lo que hizo el tutorial, enfrentar una ejecución a otra, pero de todas las maneras posibles. Quien hubiera parado aquí, en la época 10, y probado una sola pareja habría proclamado a la de ChatGPT una de cada seis veces.
#
# La media de la hecha a mano es menor, o sea, mejor. ¿Podría ser casualidad, cosa de las semillas que tocaron?
#
# ### El azar, primera parte: sacar otra vez
#
# Una manera de averiguarlo es el *bootstrap*. De los cinco números de una red se sacan cinco con reemplazo: cada uno se devuelve antes de sacar el siguiente, así que algunos salen repetidos y otros no salen. Se hace lo mismo con la otra red y se apunta la diferencia entre las dos medias. Todo esto se repite miles de veces, y el 95 % central de esas diferencias forma un **intervalo**. Si el cero está dentro, no se puede saber quién gana.
#
# ### Ejercicio 4: el intervalo
#
# Escribe `interval(a, b)`: devuelve los dos extremos del intervalo del 95 % para la media de `a` menos la de `b`. `rng.choice(a, len(a))` saca con reemplazo; con unos miles de vueltas de un bucle basta. (Antes, haz tu propio `rng` con `np.random.default_rng(1)`.) De las diferencias, `np.quantile(…, [q, 1 - q])` da los extremos; ¿qué `q` deja fuera un 5 %, repartido entre los dos lados?

# %% [markdown] lang="en"
# For each network you see the mean, ± the standard deviation over its seeds, and the values. The last line does what the tutorial did, one run against one run, but in every possible way. Somebody who had stopped here, at epoch 10, and tried a single pair would have crowned ChatGPT's network one time in six.
#
# The mean of the handmade network is lower, that is, better. Could it be chance, a matter of which seeds came up?
#
# ### Chance, part one: draw again
#
# One way to find out is the *bootstrap*. From the five numbers of a network, draw five with replacement: put each one back before you draw the next, so some come up more than once and others not at all. Do the same for the other network, and note the difference between the two means. Repeat all this thousands of times. The middle 95% of those differences gives an **interval**. If zero is inside, there is no telling who wins.
#
# ### Exercise 4: the interval
#
# Write `interval(a, b)`: it returns the two ends of the 95% interval for the mean of `a` minus that of `b`. `rng.choice(a, len(a))` draws with replacement; a few thousand rounds of a loop are enough. (Make your own `rng` first, with `np.random.default_rng(1)`.) `np.quantile(…, [q, 1 - q])` of the differences gives the ends; which `q` leaves out 5%, shared between both sides?


# %% tags=["exercise", "nbval-check-output"]
def interval(a, b):
    return ...


q4.check(interval)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# Así se ven esas diferencias, con los cinco números de cada red:

# %% [markdown] lang="en"
# This is what those differences look like for the five numbers of each network:

# %%
a, b = np.array(final["handmade"]), np.array(final["chatgpt"])
rng = np.random.default_rng(1)
differences = (rng.choice(a, (10_000, 5)) - rng.choice(b, (10_000, 5))).mean(axis=1)
ends = np.quantile(differences, [0.025, 0.975])
marks = {L("intervalo del 95 %", "95% interval"): ends, L("cero", "zero"): [0]}
figures.show_histogram(differences, marks, L("a mano menos ChatGPT", "handmade minus ChatGPT"))
print(ends.round(2))

# %% [markdown] lang="es"
# El cero cae dentro, aunque por poco. Pero ¿se puede fiar uno de un intervalo así? Promete equivocarse una vez de cada veinte. Para ver si cumple, hagamos como si **no hubiera diferencia**: sacamos los dos conjuntos de la misma campana, 400 veces. ¿Cuántas veces quedará el cero fuera y se declarará una ganadora que no existe? A eso lo llamamos una **falsa alarma**.

# %% [markdown] lang="en"
# Zero is inside, though only just. But can such an interval be trusted? It promises to be wrong once in twenty. To see whether it keeps the promise, let us pretend that there is **no difference**: we draw both sets from the same bell, 400 times. How often will zero be left out, and a winner declared that does not exist? We call that a **false alarm**.


# %%
def false_alarms(declares_winner, sizes=(2, 3, 5, 20)):
    rng = np.random.default_rng(7)
    for n in sizes:
        games = [declares_winner(rng.normal(size=n), rng.normal(size=n)) for _ in range(400)]
        print(f"{n:2}  {percent(np.mean(games))}")


def leaves_zero_out(a, b):
    low, high = statistics.bootstrap(a, b, 500)
    return not low <= 0 <= high


false_alarms(leaves_zero_out)

# %% [markdown] lang="es"
# Con cinco semillas da una falsa alarma más de una vez de cada diez; con dos, una de cada tres, más o menos. (Son solo 400 simulaciones de cada tamaño: el porcentaje exacto depende del azar.) De cinco números no se pueden sacar más que esos cinco, y el intervalo sale demasiado estrecho. Hace falta algo mejor.
#
# ### El azar, segunda parte: repartir de nuevo
#
# La **prueba de permutaciones** (*permutation test*) pregunta otra cosa. Si entre las dos redes no hubiera ninguna diferencia, daría lo mismo qué número es de cuál. Así que mezclamos los diez números y los repartimos de nuevo en dos grupos de cinco. Hay 252 maneras de hacerlo; las probamos todas, y de cada una apuntamos la diferencia entre las medias de los dos grupos. ¿Dónde queda el reparto de verdad entre los 252?

# %% [markdown] lang="en"
# With five seeds it gives a false alarm more than one time in ten; with two, about one time in three. (There are only 400 simulations of each size, so the exact percentage depends on chance.) From five numbers you cannot draw anything but those five, and the interval comes out too narrow. We need something better.
#
# ### Chance, part two: deal again
#
# The **permutation test** asks another question. If there were no difference at all between the networks, it would not matter which number belongs to which. So we shuffle the ten numbers and deal them out again into two groups of five. There are 252 ways to do it; we try them all, and for each we note the difference between the means of the two groups. Where is the real split among the 252?


# %% tags=["export"]
def split_gaps(a, b):
    together = np.concatenate([a, b])
    gaps = []
    for chosen in combinations(range(len(together)), len(a)):
        gaps.append(np.mean(together[list(chosen)]) - np.mean(np.delete(together, chosen)))
    return np.array(gaps)


# %%
gaps, ours = split_gaps(a, b), a.mean() - b.mean()
marks = {L("nuestro reparto, y su reflejo", "our split, and its mirror image"): [ours, -ours]}
figures.show_histogram(gaps, marks, L("diferencia de medias de un reparto", "difference of the means of a split"))
p = np.mean(np.abs(gaps) >= abs(ours) - 1e-12)
assert np.isclose(p, statistics.permutation_test(a, b))
print(f"p = {p:.3f}")

# %% [markdown] lang="es"
# La parte de los repartos en los que las medias quedan tan separadas como en el nuestro, o más, hacia un lado o hacia el otro, es el **valor p**. Aquí, 38 de 252: un 15 %. Repartiendo al azar salen diferencias así una de cada siete veces, así que la nuestra no llama la atención. (Con la misma semilla, las dos redes ven las imágenes en el mismo orden: van un poco emparejadas. Nosotros las tratamos como si no.) Lo habitual es hablar de ganadora cuando p no pasa de 0.05. Con esa regla, ¿cuántas falsas alarmas hay?

# %% [markdown] lang="en"
# The share of the splits in which the means are at least as far apart as in ours, to one side or the other, is the **p-value**. Here it is 38 of 252: 15%. Dealing at random gives such differences one time in seven, so ours is nothing remarkable. (With the same seed, both networks see the images in the same order, so they come a little in pairs. We treat them as if they did not.) It is usual to speak of a winner when p is at most 0.05. How many false alarms does that rule give?

# %%
false_alarms(lambda a, b: statistics.permutation_test(a, b, 1000) <= 0.05)

# %% [markdown] lang="es"
# Ahora sí se cumple la promesa: no más de una de cada veinte, salvo el azar de la simulación. Con dos o tres semillas no hay ganadora **nunca**. Seis números solo se pueden repartir de 20 maneras, y el reparto de verdad y su reflejo son siempre 2 de ellas: p es, como poco, 0.1.
#
# ### Ejercicio 5: lo que dice p y lo que no
#
# Un experimento da p = 0.03. ¿Qué se puede decir? Escribe todas las letras que correspondan.
#
# **a)** la probabilidad de que las dos redes sean iguales es del 3 % · **b)** si las dos redes fueran iguales, diferencias así o mayores saldrían un 3 % de las veces · **c)** una red es un 97 % mejor que la otra · **d)** si hubiera salido p = 0.3, quedaría demostrado que son iguales · **e)** con más semillas, y con la misma diferencia y la misma dispersión, p habría salido menor

# %% [markdown] lang="en"
# Now the promise is kept: no more than one in twenty, give or take the luck of the simulation. With two or three seeds there is **never** a winner. Six numbers can be dealt out in only 20 ways, and the real split and its mirror image are always 2 of them: p is at least 0.1.
#
# ### Exercise 5: what p says, and what it does not
#
# An experiment gives p = 0.03. What can be said? Write every letter that applies.
#
# **a)** the probability that both networks are equal is 3% · **b)** if both networks were equal, differences like this or larger would come up 3% of the time · **c)** one network is 97% better than the other · **d)** if it had been p = 0.3, it would be proven that they are equal · **e)** with more seeds, and the same difference and spread, p would have been smaller

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# Y el veredicto del primer experimento. La frase no la elegimos nosotros: la elige el código, con la regla de p. El intervalo que la acompaña es el de **Welch**, que tiene en cuenta que hay pocos números (supone que salen de una campana); aquí es más ancho que el del *bootstrap*. Es otra cuenta que la de p, y alguna vez podrían no coincidir: decide p.

# %% [markdown] lang="en"
# And the verdict of the first experiment. We do not choose the wording: the code does, by the rule of p. The interval that goes with it is **Welch's**, which allows for having so few numbers (it assumes that they come from bells); here it is wider than the bootstrap's. It is another calculation than that of p, and now and then they might disagree: p decides.


# %%
def say_verdict(runs, step):
    found = verdicts.compare(runs, step)
    who = L("Gana: ", "Winner: ") + verdicts.winner_title(found)
    who = who if found.winner else L("No se puede saber quién gana", "There is no telling who wins")
    low, high = found.interval
    print(
        L(
            f"{who}. A mano menos ChatGPT: de {low:+.2f} a {high:+.2f}",
            f"{who}. Handmade minus ChatGPT: {low:+.2f} to {high:+.2f}",
        )
        + f", p = {found.p:.4f}"
    )


say_verdict(first, ten_epochs)

# %% [markdown] lang="es"
# «No se puede saber»: eso decía esta lección. Y era verdad, pero fíjate en lo que **no** dice. No dice que las dos redes sean iguales. Dice que este experimento no ha visto ninguna diferencia. Si la hubiera, ¿la habría visto?
#
# ## ¿Qué habría podido ver?
#
# A esa pregunta se puede contestar antes de entrenar nada. Supongamos que hay una diferencia de verdad y midámosla en desviaciones típicas: 1 σ es lo que varían entre sí las semillas de una misma red. Sacamos $n$ números de cada campana, calculamos p y repetimos dos mil veces. La parte de las veces en que la regla ve la diferencia es la **potencia** (*power*) del experimento:

# %% [markdown] lang="en"
# “There is no telling”: that is what this lesson used to say. It was true, but notice what it does **not** say. It does not say that the two networks are equal. It says that this experiment did not see any difference. Had there been one, would it have seen it?
#
# ## What could it have seen?
#
# That question can be answered before training anything. Suppose there is a real difference: the means of the two networks are some number of standard deviations apart, where 1 σ is how much the seeds of one network vary. We draw $n$ numbers from each bell, compute p, and repeat two thousand times. The share of times in which the rule sees the difference is the **power** of the experiment:

# %%
effects = (0.5, 1, 1.5, 2, 3)
rows = [[str(n), *(percent(statistics.power(n, effect)) for effect in effects)] for n in (3, 4, 5, 7, 12, 17)]
plots.show_table([L("semillas", "seeds"), *(f"{effect:g} σ" for effect in effects)], rows)

# %% [markdown] lang="es"
# Una desviación típica es una diferencia respetable, y más o menos la que salió en el primer experimento. Si la verdadera es esa, con cinco semillas se ve **una de cada cuatro veces**. O sea, que lo más probable era acabar en «no se puede saber», aunque la diferencia estuviera ahí. Para verla cuatro de cada cinco veces hacen falta unas 17 semillas de cada red.
#
# Y todo pende de un hilo. ¿Qué habría dicho la lección si una de las diez ejecuciones no hubiera terminado? Cada fila deja fuera una; la segunda columna es la distancia de esa.

# %% [markdown] lang="en"
# One standard deviation is a respectable difference, and about the one that came out in the first experiment. If that is the true one, five seeds see it **one time in four**. So “there is no telling” was the most likely outcome, even though the difference was there. To see it four times out of five, you need some 17 seeds of each network.
#
# And it all hangs by a thread. What would the lesson have said if one of the ten runs had not finished? Each row leaves out one run; the second column is the distance of that run.

# %%
verdicts.show_without_each(first, ten_epochs)

# %% [markdown] lang="es"
# Sin la semilla 1 de la hecha a mano, habría anunciado una ganadora con p = 0.008. (En ese caso son cuatro números contra cinco, y el valor p se calcula igual.) De un veredicto que cambia al quitar una sola ejecución no hay que fiarse.
#
# ### Ejercicio 6: ¿cuántas semillas?
#
# Esperas una diferencia de 1.5 desviaciones típicas y quieres verla al menos cuatro de cada cinco veces. ¿Cuántas semillas de cada red necesitas, como mínimo? `statistics.power(n, 1.5)` te da la potencia con `n` semillas; prueba.

# %% [markdown] lang="en"
# Without seed 1 of the handmade network, it would have announced a winner with p = 0.008. (That is four numbers against five, and the p-value is computed in the same way.) A verdict that changes when a single run is taken away is not to be trusted.
#
# ### Exercise 6: how many seeds?
#
# You expect a difference of 1.5 standard deviations, and you want to see it at least four times out of five. How many seeds of each network do you need, at least? `statistics.power(n, 1.5)` gives you the power with `n` seeds; try it out.

# %% tags=["exercise", "nbval-check-output"]
seeds_needed = ...
q6.check(seeds_needed)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# ## El experimento, en los términos del tutorial
#
# Había otra cosa: el tutorial entrena 30 épocas, y nosotros paramos en la décima. Así que lo repetimos en una GPU, con **siete** semillas de cada red. El tiempo de máquina se acabó antes de que todas llegaran a la 30.
#
# Para que nadie elija el momento mirando los números, la regla va con palabras y la aplica el código: **se compara en la última medición a la que llegaron las catorce ejecuciones**. Es esta:

# %% [markdown] lang="en"
# ## The experiment, on the tutorial's terms
#
# There was something else: the tutorial trains for 30 epochs, and we stopped at the tenth. So we repeated the experiment on a GPU, with **seven** seeds of each network. The machine's time ran out before all of them reached the 30th.
#
# So that nobody chooses the moment by looking at the numbers, the rule is put in words, and the code applies it: **we compare at the last measurement that all fourteen runs reached**. That is this one:

# %%
long = results.published("experiment_long")["runs"]
reached = [set(results.steps_of(long, network)) for network in rivals]
last_step = max(set.intersection(*reached))
print(L(f"época {last_step // STEPS_PER_EPOCH}", f"epoch {last_step // STEPS_PER_EPOCH}"))
figures.show_race(long)
say_verdict(long, last_step)

# %% [markdown] lang="es"
# Este valor p es el menor que puede dar siete contra siete: 2 de los 3432 repartos. La peor de las siete semillas hechas a mano es mejor que la mejor de las de ChatGPT. La diferencia estaba ahí, y nuestro primer experimento, honrado de principio a fin, no la vio: **tenía pocas semillas**. (Y no fue solo por parar pronto: más abajo verás que con siete semillas ya se ve en la época 10.) «No se puede saber» y «no hay diferencia» son frases muy distintas.
#
# ¿Y con las demás medidas? Antes de ejecutar la celda, apuesta: la red que gana en la distancia de Fréchet, ¿ganará en todas?

# %% [markdown] lang="en"
# This p is as small as it can get with seven against seven: 2 of 3,432 ways to deal. The worst of the seven handmade seeds is better than the best of ChatGPT's. The difference was there, and our first experiment, honest from beginning to end, did not see it: it had **too few seeds**. (And it was not only a matter of stopping early: further down you will see that with seven seeds epoch 10 is enough.) “There is no telling” and “there is no difference” are very different sentences.
#
# And by the other measures? Before you run the cell, place a bet: will the network that wins by the Fréchet distance win by all of them?

# %%
verdicts.show_verdicts(long, last_step)
verdicts.show_without_each(long, last_step)

# %% [markdown] lang="es"
# (Las diferencias son a mano menos ChatGPT; en las medidas en tanto por ciento, en puntos. Más alto es mejor en estas cuatro porque las dos redes quedan muy por debajo de las imágenes reales.)
#
# La segunda tabla tranquiliza: quites la que quites, gana la misma. La primera trae una sorpresa: la hecha a mano gana en las dos distancias, en exhaustividad y en imágenes seguras; en la clase más rara no se puede saber, y en **precisión** gana la de ChatGPT, con p = 0.02. Antes de seguir leyendo: ¿qué significaría eso?
#
# Significaría que ChatGPT dibuja menos variedad, pero cada dígito es un poco más creíble. Tiene sentido, ¿verdad? Es una historia bonita. Y está hecha **después** de ver el número.
#
# ## ¿Y si lo repetimos?
#
# Seis medidas son seis ocasiones de dar una falsa alarma. La mejor manera de poner a prueba una historia así es predecir y hacer el experimento otra vez. Con siete semillas **nuevas** de cada red, las 30 épocas del tutorial y cuatro jueces en lugar de uno. Las predicciones, que son los resultados de la primera vez: en la época 25, la hecha a mano gana en distancia de Fréchet, distancia de núcleo, exhaustividad y seguras; ChatGPT gana en precisión.

# %% [markdown] lang="en"
# (The differences are handmade minus ChatGPT; for the measures in per cent, in points. Higher is better in these four because both networks are far below the real images.)
#
# The second table is reassuring: whichever run you take away, the same network wins. The first one holds a surprise: the handmade network wins by both distances, in recall and in confident images; for the rarest class there is no telling, and in **precision** ChatGPT's wins, with p = 0.02. Before you read on: what would that mean?
#
# It would mean that ChatGPT's network draws less variety, but that each digit is a little more believable. Makes sense, doesn't it? It is a nice story. And it was made up **after** seeing the number.
#
# ## What if we do it again?
#
# Six measures are six chances of a false alarm. The best way to test such a story is to predict, and do the experiment again. With seven **new** seeds of each network, the tutorial's 30 epochs, and four judges instead of one. The predictions, which are the results of the first time: at epoch 25, the handmade network wins by Fréchet distance, kernel distance, recall and confident images; ChatGPT's wins in precision.

# %%
verdicts.show_verdicts(again, last_step)
verdicts.show_judges([run for run in again if run["network"] in rivals], last_step)

# %% [markdown] lang="es"
# Las cuatro predicciones sobre la red hecha a mano se cumplen, y con los cuatro jueces (la segunda tabla enseña dos de esas cuatro medidas; las otras dos también se cumplen). La de la precisión, no: p = 0.65, y con los otros jueces ni siquiera va por delante siempre la misma. **La historia bonita no se ha repetido.** Eso no demuestra que sea falsa: el nuevo intervalo, de −3.3 a +2.2 puntos, deja sitio a una diferencia pequeña, hacia un lado o hacia el otro. Pero ya no queda nada en que apoyarla. Para eso sirve repetir.
#
# ¿Por qué cuatro jueces? Cada uno se entrenó con otra semilla y da otros números: de un juez a otro, las distancias cambian hasta un diez por ciento. Así que una diferencia como esa entre dos redes medidas por jueces **distintos** no significa nada. Pero todos ven a la misma ganadora.
#
# Y, por fin, las 30 épocas del tutorial:

# %% [markdown] lang="en"
# All four predictions about the handmade network come true, and with all four judges (the second table shows two of those four measures; the other two hold as well). The one about precision does not: p = 0.65, and with the other judges it is not even always the same network that is ahead. **The nice story did not come back.** That does not prove it false: the new interval, −3.3 to +2.2 points, leaves room for a small difference either way. But nothing is left to build a story on. That is what repeating is for.
#
# Why four judges? Each was trained from another seed and gives other numbers: from one judge to another, the distances change by up to ten per cent. So a difference like that between two networks measured by **different** judges means nothing. But all of them see the same winner.
#
# And, at last, the 30 epochs of the tutorial:

# %%
end = 30 * STEPS_PER_EPOCH
say_verdict(again, end)
ballot.reveal()

# %% [markdown] lang="es"
# ¿Coincide con tu voto? ¿Y cuánto te fiabas de él? El autor del tutorial tenía razón, pero con una pareja de ejecuciones y una mirada no podía saberlo. A las 30 épocas, en las 49 parejas posibles gana la misma red por distancia de Fréchet, así que le habría salido bien con cualquiera; en la época 10 del primer experimento se habría equivocado una de cada seis veces. Con una sola pareja no hay manera de saber en cuál de los dos casos estás.
#
# Aquí están todas, de mejor a peor, cada una con su semilla y su distancia, para que nadie tenga que fiarse de una sola. ¿Distinguirías a simple vista la primera de la última?

# %% [markdown] lang="en"
# Does it agree with your vote? And how sure were you? The tutorial's author was right, but could not have known it from one pair of runs and one look. At epoch 30, as it happens, any of the 49 pairs of runs names the same winner by Fréchet distance; at epoch 10 of the first experiment, one pair in six named the other. From a single pair you cannot tell which case you are in.
#
# Here they all are, from best to worst, each with its seed and its distance, so that nobody has to rely on a single one. Could you tell the first from the last by eye?

# %%
for network in rivals:
    values = results.values_of(again, network, end)
    print(title_of(network))
    order = sorted(values, key=values.get)
    grids = [results.published_grid(network, seed)[:16] for seed in order]
    plots.show_grids(grids, [f"{seed}: {values[seed]:.2f}" for seed in order])

# %% [markdown] lang="es"
# ## Quien elige cuándo parar elige quién gana
#
# Dejamos algo pendiente: las líneas se cruzaban. (¿Quién iba por delante en tu máquina, en la primera media época?) ¿Depende la ganadora de cuándo se mire? Aquí está el experimento de las semillas 1 a 7, momento a momento, con tres medidas. Entre paréntesis, las dos medias, primero la de la red hecha a mano; el signo de interrogación es «no se puede saber».

# %% [markdown] lang="en"
# ## Whoever chooses when to stop chooses who wins
#
# We left something open: the lines crossed. (Who was ahead on your machine, in the first half-epoch?) Does the winner depend on when you look? Here is the experiment with seeds 1 to 7, moment by moment, by three measures. In brackets are both means, the handmade network's first; the question mark stands for “there is no telling”.

# %%
verdicts.show_moments(long)

# %% [markdown] lang="es"
# Si quisieras que ganara ChatGPT, pararías en la época 2. Si quisieras que ganara la otra, a partir de la 5. Y por precisión podrías elegir a cualquiera de las dos. Las dos cosas serían verdad, y las dos, una trampa. (Hasta el primer experimento, con sus cinco semillas, da por ganadora a la de ChatGPT en la media época y a la otra en las épocas 5 y 7. Solo en la última, la 10, no se puede saber. Y en una tabla de 33 comparaciones, alguna puede ser una falsa alarma.) Por eso un experimento honrado **fija el momento y la medida antes de mirar**, y enseña todos los demás.
#
# ¿Y si lo que cuenta es el tiempo, y no las épocas? Un paso de la red hecha a mano cuesta más. Estas son las curvas del primer experimento, pero con los minutos de un solo núcleo de la CPU:

# %% [markdown] lang="en"
# If you wanted ChatGPT's network to win, you would stop at epoch 2. If you wanted the other one to win, from epoch 5 on. And by precision you could choose either. Both would be true, and both would be cheating. (Even the first experiment, with its five seeds, names ChatGPT's network at half an epoch and the handmade one at epochs 5 and 7. Only at its last moment, epoch 10, can it not tell. And in a table of 33 comparisons, some may be a false alarm.) That is why an honest experiment **fixes the moment and the measure before looking**, and shows all the others.
#
# And what if time is what counts, not epochs? A step of the handmade network costs more. Here are the curves of the first experiment again, by minutes of a single CPU core:

# %%
figures.show_race(first, minutes=True)
curves = {network: results.minutes_of(first, network) for network in rivals}
medians = [
    np.median(list(results.values_of(first, "handmade", s).values())) for s in results.steps_of(first, "handmade")
]
minutes, chatgpt = curves["chatgpt"][-1], np.median(final["chatgpt"])
handmade = np.exp(np.interp(np.log(minutes), np.log(curves["handmade"]), np.log(medians)))
print(
    L(
        f"A los {minutes:.0f} minutos: ChatGPT {chatgpt:.2f}, a mano {handmade:.2f}",
        f"At {minutes:.0f} minutes: ChatGPT {chatgpt:.2f}, handmade {handmade:.2f}",
    )
)

# %% [markdown] lang="es"
# En el tiempo en que ChatGPT da sus diez épocas, la hecha a mano no ha llegado a tanto, y el orden se invierte. No es que una comparación sea la buena y la otra no. La primera contesta a «¿qué red aprende más con los mismos datos?»; la segunda, a «¿cuál llega más lejos en el mismo tiempo?». Hay que decir cuál de las dos se hace. (Esta es la mediana de cinco semillas, sin prueba que la respalde: una pista, no un veredicto.)
#
# *(Otro buen sitio para hacer una pausa.)*
#
# ## ¿Qué diferencia es la que cuenta?
#
# Gana la hecha a mano, pero se distingue de la otra en cinco cosas. Para saber cuáles cuentan, hay que cambiarlas **de una en una**. Construimos una escalera, en el orden de la lista del principio: el primer peldaño es la red de ChatGPT, cada peldaño cambia una cosa más y el último es la red hecha a mano. Cada peldaño, con siete semillas, en la misma GPU. (Los peldaños de en medio solo llegaron, todos, a la época 7.)
#
# La tabla dice cuánto cambió la distancia media con cada paso de la escalera, época a época: negativo es mejor. Una estrella, ★: p no pasa de 0.05. Pero hay cinco cambios y siete momentos, o sea, **35 comparaciones**: aunque nada contara, lo normal sería que saliera alguna estrella. La corrección de **Holm** exige más cuantas más comparaciones haya: a la menor de las p la multiplica por 35, a la siguiente por 34, y así sucesivamente. En cuanto una pasa de 0.05, esa y todas las mayores se quedan fuera; las demás llevan dos estrellas, ★★. (Corregir no lo arregla todo. Entre las seis medidas de antes, la p de la precisión se multiplica por 2, queda en 0.04 y pasa. Hubo que repetir.)

# %% [markdown] lang="en"
# In the time that ChatGPT's network takes for its ten epochs, the handmade one does not get as far, and the order is reversed. Neither comparison is the only right one. The first answers “which network learns more from the same data?”; the second, “which gets further in the same time?”. You have to say which of the two you are making. (This is the median of five seeds, without a test behind it: a hint, not a verdict.)
#
# *(Another good place for a pause.)*
#
# ## Which difference matters?
#
# The handmade network wins, but it differs from the other one in five things. To know which of them matter, we have to change them **one at a time**. We build a ladder, in the order of the list near the start: the first rung is ChatGPT's network, each rung changes one more thing, and the last is the handmade network. Each rung has seven seeds, on the same GPU. (The rungs in between all got as far as epoch 7, no further.)
#
# The table says how much the mean distance changed with each step of the ladder, epoch by epoch: negative is better. One star, ★: p is at most 0.05. But there are five changes and seven moments, which makes **35 comparisons**: even if nothing mattered, a star or two would very likely turn up. **Holm's** correction demands more the more comparisons there are: it multiplies the smallest p by 35, the next by 34, and so on. As soon as one comes out above 0.05, that one and all larger ones fail; the others have two stars, ★★. (Correcting does not settle everything. Among the six measures above, the p of precision is multiplied by 2, becomes 0.04, and passes. It took a repetition.)

# %%
verdicts.show_ladder(again)

# %% [markdown] lang="es"
# De las dos primeras columnas, en plena primera época, ya sabes que no hay que fiarse. Lee ahora la fila de «sin la última convolución». En la época 3 mejora la red en más de seis puntos, con su estrella. Dos épocas después, la **empeora**, también con estrella. Quien solo hubiera mirado la época 3 habría publicado lo contrario que quien solo hubiera mirado la 5. (Con otras cuatro semillas, en una CPU, pasó lo mismo: −10.46 y +2.22. Que ocurra dos veces hace menos creíble que sea pura suerte.) Pero ninguna de esas dos estrellas pasa la corrección.
#
# ### Ejercicio 7: la escalera
#
# ¿Qué se puede concluir de la tabla? Escribe todas las letras que correspondan.
#
# **a)** la normalización por lotes ayuda, en las épocas 5 y 7 · **b)** quitar la última convolución ayuda, porque en la época 3 mejora en 6 puntos · **c)** en la época 1 no hay ningún cambio del que se pueda decir que cuenta · **d)** el *dropout* empeora cualquier GAN · **e)** los núcleos mayores ayudan en las épocas 5 y 7, añadidos a los cambios anteriores

# %% [markdown] lang="en"
# The first two columns are from the middle of the first epoch, and you know not to trust those. Now read the row “without the last convolution”. At epoch 3 it improves the network by more than six points, with its star. Two epochs later it **makes it worse**, with a star again. Somebody who had looked only at epoch 3 would have published the opposite of somebody who had looked only at epoch 5. (With four other seeds, on a CPU, the same thing happened: −10.46 and +2.22. Twice makes mere luck less likely.) Still, neither of these two stars passes the correction.
#
# ### Exercise 7: the ladder
#
# What can be concluded from the table? Write every letter that applies.
#
# **a)** batch normalization helps, at epochs 5 and 7 · **b)** taking away the last convolution helps, because at epoch 3 it improves by 6 points · **c)** at epoch 1 there is no change of which we can say that it matters · **d)** dropout makes any GAN worse · **e)** larger kernels help at epochs 5 and 7, added to the changes before them

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q7.check(answer)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %% [markdown] lang="es"
# ¿Cuál es, entonces, la diferencia que cuenta? Lo que esta escalera permite decir es esto. En las épocas 5 y 7, la **normalización por lotes** mejora la red, y en la 7 es el cambio que más baja la distancia media. El *dropout* la empeora en la 5, y los núcleos mayores, que vienen detrás, lo compensan. De la última convolución y de los canales no sabemos nada firme en esas épocas. Y todo eso, con dos reservas. Cada cambio se mide **sumado** a los anteriores: en otro orden, su efecto podría ser otro. Y esto es la época 7; de la 25, la escalera no dice nada. (Dos de los cambios, el de los núcleos y el de los canales, tocan G y D a la vez: en esos dos no sabemos en cuál de las dos redes está la diferencia.)
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
# So which difference matters? This is what the ladder allows us to say. At epochs 5 and 7, **batch normalization** makes the network better; at epoch 7 it is the change that lowers the mean distance most. Dropout makes it worse at epoch 5, and the larger kernels, added after it, make up for that. Of the last convolution and the channels we know nothing for certain at those epochs. And there are two reservations. Each change is measured **on top of** the ones before it: in another order, its effect might be different. And this is epoch 7; about epoch 25 the ladder says nothing. (Two of the changes, the kernels and the channels, affect both G and D: in those two we do not know which of the two networks made the difference.)
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
# Paste what your assistant gave you **here**, in place of these two functions, which are the two above, now fixed. Yours may have any names; they may be classes, or come inside a longer program. If the cell stops with an error, do not fix it yet: run the next cell first.


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
# The next cell looks for a generator and a discriminator in what you have pasted, and checks them. With ✎ it tells you how it has read something that was written in another way; with ⚠, what looks suspicious; and with ✘, what you have to change before training. Fix everything that has a ✘, and run both cells again.

# %%
make_yours = pasted.networks(globals())

# %% [markdown] lang="es"
# Antes de entrenar, ¿cuánto tardará y cuánta memoria hace falta? Si es demasiado, tu red no se entrena sin que lo pidas. En cualquier caso, decides tú: añade al final de la celda `train_yours = True` o `train_yours = False`.

# %% [markdown] lang="en"
# Before training: how long will it take, and how much memory does it need? If it is too much, your network is not trained unless you say so. You decide: add `train_yours = True` or `train_yours = False` at the end of the cell.

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
# ¿Y si un generador se aprendiera de memoria las imágenes de entrenamiento? Su distancia sería casi cero; su precisión y su exhaustividad, tan buenas como las de las imágenes reales. Y, sin embargo, no habría creado nada. Para descubrirlo, buscamos cuál de las 60 000 imágenes de entrenamiento es la más cercana a cada imagen generada, comparando píxel a píxel. La distancia es la raíz de la media de los cuadrados de las diferencias entre sus píxeles, que van de -1 a 1: la de una copia sería 0, y la mayor posible, 2. Para saber a qué llamar «cerca», hacemos lo mismo con otras tantas imágenes de prueba, que nadie ha podido copiar. Las generadas son las 64 de la ejecución publicada que quedó en medio, la de la red hecha a mano, con sus 30 épocas (o, si tus datos no son los de MNIST, 64 de tu última ejecución de esa misma red):

# %% [markdown] lang="en"
# This is one seed of each network, and by now you know what such a result is worth. If you want a verdict, run more seeds.
#
# ## What a measure does not see
#
# What if a generator had learnt the training images by heart? Its distance would be nearly zero, and its precision and recall as good as those of real images. Yet it would have created nothing. To catch it, we look for the training image nearest to each generated one, pixel by pixel. The distance is the root of the mean squared difference of their pixels, which go from -1 to 1: a copy would give 0, and the largest possible is 2. To know what counts as near, we do the same with the same number of test images, which no generator here has ever seen. The 64 generated images are the handmade network's, after 30 epochs, from the published run that came out in the middle (or, if your data are not MNIST, from your own last run of that network):

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
# Los dos números son la menor de las distancias y la mediana. (La menor depende de cuántas imágenes haya; por eso hay tantas de prueba como generadas.) Si las generadas estuvieran mucho más cerca de las de entrenamiento que las de prueba, habría motivos para sospechar. Aquí no lo están: ninguna de esas 64 imágenes es una copia exacta. Pero esto no es una prueba de que la red no copie. Es una sola ejecución; una copia desplazada un píxel pasaría el control, y a una imagen borrosa todas las demás le quedan más cerca que a una llena de detalles.
#
# Hay más cosas que nuestras medidas no ven. El juez solo mira lo que le sirvió para leer dígitos: una trama tenue en el fondo, siempre la misma, podría pasarle inadvertida. Otro tipo de juez daría otros números. En los artículos científicos se suele usar Inception, una red entrenada con fotos en color, y los números que da no se pueden comparar con los nuestros. Y ninguna medida sabe **para qué** quieres los dígitos.
#
# ### Ejercicio 8: un solo dígito
#
# Un generador solo dibuja el 1, siempre perfecto y siempre distinto. ¿Qué medida le pone una nota excelente? **a)** la distancia de Fréchet · **b)** la precisión · **c)** la exhaustividad · **d)** el reparto por clases

# %% [markdown] lang="en"
# The two numbers are the smallest distance and the median. (The smallest depends on how many images there are, which is why both sets have the same size.) If the generated images were much closer to the training set than the test images are, there would be reason for suspicion. Here they are not: none of those 64 images is an exact copy. But this does not prove that the network does not copy. It is a single run; a copy shifted by one pixel would pass, and everything is nearer to a smooth image than to one full of detail.
#
# There is more that our measures do not see. The judge only looks at what helped it read digits: it might take no notice of a faint pattern in the background, always the same. Another kind of judge would give other numbers. Scientific papers usually use Inception, a network trained on colour photographs, and its numbers cannot be compared with ours. And no measure knows what you want the digits **for**.
#
# ### Exercise 8: a single digit
#
# A generator draws only the digit 1: always perfect, and always different. Which measure gives it an excellent mark? **a)** the Fréchet distance · **b)** precision · **c)** recall · **d)** the class shares

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q8.check(answer)

# %% tags=["exercise"]
# q8.hint()
# q8.solution()

# %% [markdown] lang="es"
# ## Las cuatro lecciones, con la misma vara
#
# Por fin podemos poner en una misma tabla todos los generadores del curso. Primero van los de las ejecuciones publicadas de las lecciones 1 a 3. De esta lección hay uno por cada red, el de la ejecución publicada que quedó en medio. Debajo van los tuyos, si has hecho las lecciones en este ordenador. (Las filas publicadas las ha medido otro juez, el nuestro, entrenado con la misma receta: ya has visto que de un juez a otro hay hasta un diez por ciento de diferencia. Si tus mediciones no son comparables, solo verás las tuyas.)

# %% [markdown] lang="en"
# ## All four lessons, by the same yardstick
#
# At last, all the generators of the course can go into one table. First come those from the published runs of lessons 1 to 3. From this lesson there is one generator for each of the two networks: the one from the published run that came out in the middle. Below them come yours, if you did the lessons on this computer. (The published rows come from another judge, ours, trained by the same recipe: as you have seen, judges differ by up to ten per cent. If your measurements are not comparable, you will see only your own.)

# %%
table = {L("otras reales", "other real ones"): evaluation.measure(judge.look(good), real)}
if comparable:
    table |= {L(f"lección {n}", f"lesson {n}"): row for n, row in results.published_lessons().items()}
    for network in rivals:
        seed = results.median_seed(results.values_of(again, network, end))
        record = next(r for r in again if (r["network"], r["seed"]) == (network, seed))
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
# - Ninguna medida basta por sí sola. La distancia de Fréchet mezcla daños distintos, un clasificador puede estar seguro hasta de la nieve y una sola imagen real muy rara puede dar una precisión de casi el 100 %.
# - Con menos imágenes, la distancia de Fréchet sale mayor; la de núcleo, no, aunque baila más.
# - «No se puede saber» no quiere decir «son iguales». Antes de empezar, pregúntate cuánta **potencia** tendrá tu experimento: con cinco semillas por red, una diferencia de una desviación típica se ve una de cada cuatro veces.
# - El momento y la medida se fijan antes de mirar. Quien elige cuándo parar elige quién gana.
# - Con muchas comparaciones, alguna saldrá «significativa» por azar: se corrigen, o se **repite** el experimento. La victoria de ChatGPT en precisión no se repitió; las cuatro de la red hecha a mano, sí.
# - Para saber **qué** cuenta, se cambia una cosa cada vez.
# - El código ajeno se lee antes de ejecutarlo, y se comprueba que hace lo que se pidió.
#
# **Lo siguiente:** aquí termina el camino principal. En la clínica, la lección 5, verás de cuántas maneras se puede estropear una GAN. Y ahora ya sabes juzgar lo que dibuje cualquiera de ellas.

# %% [markdown] lang="en"
# It is not a fair race, and you know why. Each lesson trained a different network, with different noise, different settings and a different training time, and each row is a single run. The table gives an idea of where each one stands; it does not declare a winner.
#
# ## What we have seen
#
# - Looking at one run of each network is not enough to decide which is better: runs of the same network differ too.
# - No measure is enough by itself. The Fréchet distance mixes different kinds of damage, a classifier can be confident even about snow, and a single odd real image can give a precision of nearly 100%.
# - With fewer images the Fréchet distance comes out larger; the kernel distance does not, though it wobbles more.
# - “There is no telling” does not mean “they are equal”. Before you begin, ask how much **power** your experiment will have: with five seeds per network, a difference of one standard deviation is seen one time in four.
# - The moment and the measure are fixed before looking. Whoever chooses when to stop chooses who wins.
# - With many comparisons, some will come out “significant” by chance: correct for them, or **repeat** the experiment. ChatGPT's win in precision did not come back; the handmade network's four wins did.
# - To find out **what** matters, change one thing at a time.
# - Read code that you did not write before you run it, and check that it does what was asked.
#
# **Next:** this is the end of the main path. In the clinic, lesson 5, you will meet the ways in which a GAN goes wrong. And you now know how to judge whatever a GAN draws.

# %% [markdown] lang="es"
# ## Fuentes
#
# - **Tutorial C**, «Tutorial GAN-1», un artículo de un blog en español, con su cuaderno: de ahí salen las dos redes, los ajustes y la frase «el claro ganador es nuestro modelo». Lo que le falta: una medida, semillas y el texto del encargo. Las redes se distinguen en cinco cosas a la vez. Y promete explicar cómo se evalúa una GAN, pero no llega a hacerlo.
# - Martin Heusel y otros, [*GANs Trained by a Two Time-Scale Update Rule*](https://arxiv.org/abs/1706.08500), 2017: la distancia de Fréchet entre características (FID).
# - Mikołaj Bińkowski y otros, [*Demystifying MMD GANs*](https://arxiv.org/abs/1801.01401), 2018: la distancia de núcleo (KID) y el sesgo de la de Fréchet. Arthur Gretton y otros, [*A Kernel Two-Sample Test*](https://jmlr.org/papers/v13/gretton12a.html), 2012.
# - Tuomas Kynkäänniemi y otros, [*Improved Precision and Recall Metric*](https://arxiv.org/abs/1904.06991), 2019.
# - Mario Lucic y otros, [*Are GANs Created Equal?*](https://arxiv.org/abs/1711.10337), 2018: con el mismo presupuesto para buscar sus ajustes y varias semillas, muchas GAN famosas quedan más o menos empatadas.
# - Bradley Efron, *Bootstrap Methods: Another Look at the Jackknife*, Annals of Statistics 7, 1979. Ronald Fisher, *The Design of Experiments*, 1935: la prueba de permutaciones. Bernard Welch, Biometrika 34, 1947: el intervalo. Sture Holm, Scandinavian Journal of Statistics 6, 1979: la corrección.
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
# - Bradley Efron, *Bootstrap Methods: Another Look at the Jackknife*, Annals of Statistics 7, 1979. Ronald Fisher, *The Design of Experiments*, 1935: the permutation test. Bernard Welch, Biometrika 34, 1947: the interval. Sture Holm, Scandinavian Journal of Statistics 6, 1979: the correction.
# - Ali Borji, [*Pros and Cons of GAN Evaluation Measures*](https://arxiv.org/abs/1802.03446), 2018: a survey of the measures that existed then.
# - [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
