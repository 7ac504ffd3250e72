# ---
# title:
#   es: 5 · El museo de averías
#   en: 5 · The museum of failures
# ---

# %% [markdown] lang="es"
# # 5 · El museo de averías
#
# Una GAN averiada rara vez da un error. Sigue entrenando, imprime números razonables y dibuja disparates. Hay que reconocer la avería por sus síntomas, como un médico, y para eso conviene haberla visto antes. En este museo están cinco de las más comunes, provocadas a propósito.
#
# **En este cuaderno vas a:**
#
# 1. ver cinco entrenamientos que fracasan, de medio minuto cada uno;
# 2. relacionar cada avería con su causa, sus curvas y su remedio;
# 3. diagnosticar a tres pacientes y escribir tu propia alarma.
#
# **Tiempo:** unos 25 minutos; en un portátil de dos núcleos, unos 4 son de espera. **Necesitas:** haber hecho la lección 2.

# %% [markdown] lang="en"
# # 5 · The museum of failures
#
# A failing GAN seldom raises an error. It goes on training, prints reasonable numbers and draws nonsense. You have to recognise the failure by its symptoms, as a doctor does, and it helps to have seen it before. In this museum are five of the most common ones, caused on purpose.
#
# **In this notebook you will:**
#
# 1. watch five trainings go wrong, half a minute each;
# 2. connect each failure with its cause, its curves and its cure;
# 3. diagnose three patients, and write an alarm of your own.
#
# **Time:** about 25 minutes; on a two-core laptop about 4 of them are waiting. **You need:** to have done lesson 2.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Cinco filas de imágenes, una por sala. Las dibujó este mismo cuaderno. ¿Adivinas ya alguna avería?

# %% [markdown] lang="en"
# Five rows of images, one for each room. They were drawn by this very notebook. Can you guess any of the failures yet?

# %%
import gc
import warnings
from contextlib import contextmanager

import keras
import numpy as np
from keras import layers

from course_utils import data, pixels, plots
from course_utils.budgets import budget
from course_utils.folders import out_folder, pretty_path
from course_utils.lessons.lesson_2 import make_discriminator, small_game, train
from course_utils.questions.lesson_5 import q1, q2, q3

plots.show_promise("05_museum_of_failures")

# %% [markdown] lang="es"
# ## La red sana
#
# Todas las salas usan la misma red, una versión muy estrecha de la DCGAN de la lección 2, y el mismo paso de entrenamiento, con su `turn` y todo: `course_utils.lessons.lesson_2` guarda esas funciones sin cambiarles nada. En cada sala estropeamos solo lo que se dice al entrar. Primero, sin cambiar nada, para comparar. No le pidas belleza: son solo 300 pasos. (En otra máquina, o con los dígitos de reserva, los números serán otros.)

# %% [markdown] lang="en"
# ## The healthy network
#
# All rooms use the same network, a very narrow version of the DCGAN of lesson 2, and the same training step, with its `turn` and all: `course_utils.lessons.lesson_2` keeps those functions just as they were. In each room we break only what its introduction names. First with nothing changed, to compare. Do not ask it for beauty: these are just 300 steps. (On another machine, or with the stand-in digits, the numbers will differ.)

# %%
dataset = data.load("mnist")
print(dataset.origin)
fixed_noise = keras.random.normal((100, 50), seed=42)
steps = budget(smoke=3, workshop=300, full=300)


def exhibit(seed=1, steps=steps, **options):
    # es: Devuelve la memoria de las redes de la sala anterior.
    # en: Gives back the memory of the networks of the room before.
    gc.collect()
    keras.utils.set_random_seed(seed)
    batches = data.make_batches(dataset.x_train, 32)
    monitor, album = train(*small_game(**options), batches, steps, fixed_noise)
    assert steps in album, L("Sala interrumpida: ejecútala de nuevo.", "Room interrupted: run it again.")
    return monitor.history, album[steps]


healthy, healthy_images = exhibit()

# %% [markdown] lang="es"
# Las dos pérdidas se equilibran, D(x) y D(G(z)) se juntan cerca de 0.5, y las casillas son distintas unas de otras y empiezan a tener trazos.
#
# Estos ajustes son también el remedio de las salas que siguen: la misma red, bien ajustada. `recent` nos dará la media de los últimos 50 pasos de cualquier curva.

# %% [markdown] lang="en"
# Both losses come into balance, D(x) and D(G(z)) meet near 0.5, and the squares differ from one another and begin to show strokes.
#
# These settings are also the cure of the rooms that follow: the same network, well adjusted. `recent` will give us the mean of the last 50 steps of any curve.


# %%
def recent(history, name):
    return float(np.mean(history[name][-50:]))


for name in ("d_loss", "g_loss", "d_real", "d_fake"):
    print(f"{name:7} {recent(healthy, name):.2f}")

# %% [markdown] lang="es"
# ## Sala 1: D congelado
#
# La trampa de la lección 2, en una red de imágenes. Este `turn` hace lo que los tutoriales A, B y E en el Keras de hoy: D congelado desde el principio, y nadie vigila. ¿Qué pérdida bajará?

# %% [markdown] lang="en"
# ## Room 1: D frozen
#
# The trap of lesson 2, in a network of images. This `turn` does what tutorials A, B and E do on today's Keras: D frozen from the start, and nobody watching. Which loss will fall?


# %%
@contextmanager
def frozen_once(player, rival):
    for model in (player, rival):
        model.trainable = model.name != "discriminator"
    yield


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    frozen, frozen_images = exhibit(turn=frozen_once)

# %% [markdown] lang="es"
# **Síntomas:** la pérdida de G cae a casi 0 y D(G(z)) sube hacia 1, mientras la de D crece y D no reacciona. G «gana» con un tejido sin sentido. **Causa:** D no aprende. **Remedio:** el `turn` de la lección 2, que no habría dejado pasar ni el primer paso.

# %% [markdown] lang="en"
# **Symptoms:** G's loss falls to nearly 0 and D(G(z)) climbs towards 1, while D's grows and D does not react. G “wins” with a meaningless fabric. **Cause:** D does not learn. **Cure:** the `turn` of lesson 2, which would not have let even the first step pass.

# %% [markdown] lang="es"
# ## Sala 2: D demasiado fuerte
#
# D aprende cinco veces más deprisa que en la red sana y G, diez veces más despacio: 50 veces de ventaja. Además, D no tiene *dropout* que lo frene. ¿Qué hará ahora la pérdida de D?

# %% [markdown] lang="en"
# ## Room 2: D far too strong
#
# D learns five times as fast as in the healthy network and G ten times as slowly: a fiftyfold lead. Nor has D any dropout to slow it down. What will D's loss do now?

# %%
strong, strong_images = exhibit(g_rate=1e-4, d_rate=5e-3, dropout=0.0)

# %% [markdown] lang="es"
# **Síntomas:** D(x) pegado a 1, D(G(z)) pegado a 0, pérdida de D casi nula y la de G, enorme y a saltos. Las imágenes apenas avanzan. **Causa:** un rival que lo rechaza todo por igual empuja con fuerza, como vimos en la lección 1, pero no le dice a G hacia dónde ir; y G, además, va despacio. **Remedio:** igualar las tasas y devolver el *dropout*. También se aconseja suavizar la etiqueta de lo real a 0.9. Probemos solo esto último:

# %% [markdown] lang="en"
# **Symptoms:** D(x) stuck at 1, D(G(z)) stuck at 0, D's loss almost nil, and G's enormous and jumping. The images make hardly any progress. **Cause:** a rival that rejects everything alike pushes hard, as we saw in lesson 1, but does not tell G where to go; and G is slow besides. **Cure:** even out the rates and bring dropout back. Smoothing the label of real images to 0.9 is advised, too. Let us try only that:

# %%
smoothed, _ = exhibit(g_rate=1e-4, d_rate=5e-3, dropout=0.0, real_label=0.9)
for label, history in {"1.0": strong, "0.9": smoothed}.items():
    print(f"{label}  D(x) = {recent(history, 'd_real'):.2f}   D(G(z)) = {recent(history, 'd_fake'):.2f}")

# %% [markdown] lang="es"
# D(x) ya no llega a 1, porque la mejor respuesta a una etiqueta de 0.9 es 0.9. Pero D(G(z)) sigue cerca de 0: D ya no está tan seguro y, aun así, gana. Suavizar ayuda; no hace milagros.

# %% [markdown] lang="en"
# D(x) no longer reaches 1, since the best answer to a label of 0.9 is 0.9. But D(G(z)) is still near 0: D is no longer so sure, and it wins all the same. Smoothing helps; it works no wonders.

# %% [markdown] lang="es"
# ## Sala 3: colapso
#
# Ahora, al revés: G aprende 30 veces más deprisa que D. El `beta_1` de fábrica, 0.9, lo lanza todavía más lejos. Bastan 75 pasos. Esta vez, fíjate en las casillas.

# %% [markdown] lang="en"
# ## Room 3: collapse
#
# Now the other way round: G learns 30 times as fast as D. The default `beta_1` of 0.9 carries it further still. 75 steps are enough. This time watch the squares.


# %%
def variety(images):
    return float(np.std(images, axis=0).mean())


few_steps = budget(smoke=3, workshop=75, full=75)
collapsed, collapsed_images = exhibit(seed=7, steps=few_steps, g_rate=3e-2, d_rate=1e-3, beta_1=0.9)
print(f"{variety(healthy_images):.2f} → {variety(collapsed_images):.2f}")
has_collapsed = variety(collapsed_images) < variety(healthy_images) / 3
print(L("ha colapsado", "it has collapsed") if has_collapsed else L("no ha colapsado", "it has not collapsed"))

# %% [markdown] lang="es"
# **Síntomas:** cuando colapsa (*mode collapse*), sale casi la misma imagen sea cual sea el ruido; en nuestra máquina, una casi negra. (El monitor también lo mide, pero espera al paso 100 para no alarmarse con el gris del principio.) Las curvas solas no lo delatan: hay que mirar las casillas, o medir cuánto se diferencian unas de otras. Eso hacen los dos números de arriba: el de la red sana y el de esta. **Causa:** todo G corre hacia lo que hoy engaña a D, antes de que D reaccione. **Remedio:** crear de nuevo las redes y frenar a G; de un colapso así a veces no se sale.
#
# La última línea dice si la variedad ha quedado por debajo de un tercio de la sana. También es cuestión de suerte. Con 300 pasos en lugar de 75, D acaba por rechazar esa única imagen, y unas veces G se escapa, otras pasa a repetir otra y otras no sale nunca. Prueba con más pasos o con otra `seed`.

# %% [markdown] lang="en"
# **Symptoms:** when it collapses (mode collapse), nearly the same image comes out whatever the noise; on our machine, one that is nearly black. (The monitor measures that too, but waits for step 100, so as not to be alarmed by the grey of the beginning.) The curves alone do not give it away: you have to look at the squares, or measure how much they differ from each other, as the two numbers do, for the healthy network and for this one. **Cause:** the whole of G runs to whatever fools D today, before D can react. **Cure:** make the networks again and slow G down; sometimes there is no way out of such a collapse.
#
# The last line says whether the variety is below a third of the healthy one. It is a matter of luck, too. With 300 steps instead of 75, D in the end rejects that single image, and sometimes G escapes, sometimes it goes on to repeat another, and sometimes it never gets out. Try more steps, or another `seed`.

# %% [markdown] lang="es"
# ## Sala 4: BN en un D congelado
#
# El tutorial E pone normalización por lotes en el discriminador. Pero en el turno de G, D está congelado, y una BN congelada trabaja con las medias acumuladas; en el turno de D usa las del lote. ¿Dirá D lo mismo de unas mismas imágenes en los dos turnos?

# %% [markdown] lang="en"
# ## Room 4: BN in a frozen D
#
# Tutorial E puts batch normalization in the discriminator. But in G's turn D is frozen, and a frozen BN works with the averages it has gathered; in D's turn it uses those of the batch. Will D say the same of the same images in both turns?


# %%
def discriminator_with_bn(filters, dropout):
    with_bn = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for layer in make_discriminator(filters, dropout).layers:
        with_bn.add(layer)
        if isinstance(layer, layers.Conv2D):
            with_bn.add(layers.BatchNormalization())
    return with_bn


with_bn, with_bn_images = exhibit(make_d=discriminator_with_bn)

# %% [markdown] lang="es"
# La pérdida de G es $-\log D(G(z))$, así que $e^{-\text{pérdida}}$ es, más o menos, lo que D respondió en el turno de G. En el turno de D, su respuesta media es `d_fake`:

# %% [markdown] lang="en"
# G's loss is $-\log D(G(z))$, so $e^{-\text{loss}}$ is roughly what D answered in G's turn. In D's own turn, its mean answer is `d_fake`:

# %%
print(" " * 8, L("turno de G   turno de D", "G’s turn     D’s turn"))
for name, history in {"D": healthy, "D + BN": with_bn}.items():
    print(f"{name:8} {np.exp(-recent(history, 'g_loss')):8.2f} {recent(history, 'd_fake'):12.2f}")

# %% [markdown] lang="es"
# En la red sana, los dos números se parecen: es el mismo D. Con BN son dos árbitros: el que guía a G es mucho más blando que el que juzga. **Síntomas:** D(G(z)) cerca de 0 y, a la vez, una pérdida de G mucho menor de lo que eso haría esperar; imágenes sucias que no mejoran. **Causa:** G se entrena contra un D que no es el que juzga. **Remedio:** quitar la BN de D o, como en la lección 3, escribir un paso que no congele nada.

# %% [markdown] lang="en"
# In the healthy network the two numbers are alike: it is the same D. With BN there are two referees: the one that guides G is much softer than the one that judges. **Symptoms:** D(G(z)) near 0 and, at the same time, a G loss much lower than that would make you expect; dirty images that do not improve. **Cause:** G is trained against a D that is not the one that judges. **Cure:** take BN out of D or, as in lesson 3, write a step that freezes nothing.

# %% [markdown] lang="es"
# ## Sala 5: tasa de aprendizaje demasiado alta
#
# Diez veces la de la red sana, para las dos, y otra vez con un `beta_1` de 0.9.

# %% [markdown] lang="en"
# ## Room 5: learning rate too high
#
# Ten times that of the healthy network, for both, and once more with a `beta_1` of 0.9.

# %%
too_fast, too_fast_images = exhibit(g_rate=1e-2, d_rate=1e-2, beta_1=0.9)
for rate, history in {"0.001": healthy, "0.01": too_fast}.items():
    print(f"{rate:6} {recent(history, 'g_loss'):5.2f} ± {np.std(history['g_loss'][-50:]):.2f}")

# %% [markdown] lang="es"
# Es la pérdida de G en los últimos 50 pasos, y cuánto oscila. **Síntomas:** la pérdida de G es alta y da saltos, y las imágenes son manchas de blanco y negro puros. **Causa:** cada paso se pasa de largo; cuando un jugador corrige, el otro ya está en otra parte. **Remedio:** bajar la tasa, y `beta_1` a 0.5, como la DCGAN.

# %% [markdown] lang="en"
# This is G's loss over the last 50 steps, and how much it swings. **Symptoms:** G's loss is high and jumps, and the images are blots of pure black and white. **Cause:** every step overshoots; when one player corrects, the other is already somewhere else. **Cure:** lower the rate, and `beta_1` to 0.5, as the DCGAN does.

# %% [markdown] lang="es"
# ## La visita, de un vistazo
#
# Una fila para la red sana y otra por cada avería, con la media de los últimos 50 pasos. Busca en cada una el número que la delata.

# %% [markdown] lang="en"
# ## The visit at a glance
#
# One row for the healthy network and one for each failure, with the mean of the last 50 steps. In each, look for the number that gives it away.

# %%
rooms = {
    L("red sana", "healthy"): (healthy, healthy_images),
    L("1 D congelado", "1 D frozen"): (frozen, frozen_images),
    L("2 D muy fuerte", "2 D too strong"): (strong, strong_images),
    L("3 colapso", "3 collapse"): (collapsed, collapsed_images),
    L("4 BN en D", "4 BN in D"): (with_bn, with_bn_images),
    L("5 tasa alta", "5 high rate"): (too_fast, too_fast_images),
}
print(" " * 15, L("pérd. D pérd. G    D(x) D(G(z)) variedad", " D loss  G loss    D(x) D(G(z))  variety"))
for name, (history, images) in rooms.items():
    values = [recent(history, curve) for curve in ("d_loss", "g_loss", "d_real", "d_fake")]
    print(f"{name:15}", *(f"{value:7.2f}" for value in [*values, variety(images)]))
real_images = dataset.x_test[:100] / 127.5 - 1
name = L("imágenes reales", "real images")
print(f"{name:15}", " " * 31, f"{variety(real_images):7.2f}")

# %%
out = out_folder()
everything = np.concatenate([images[:10] for _, images in list(rooms.values())[1:]])
plots.show_grid(everything, columns=10)
pixels.save_grid(everything, out / "generated.png")
print(pretty_path(out))

if steps >= 300:
    assert recent(frozen, "d_fake") > 0.9 and recent(frozen, "d_loss") > 1.5
    assert recent(strong, "d_real") > 0.9 and recent(strong, "d_fake") < 0.1
    assert np.exp(-recent(with_bn, "g_loss")) > 3 * recent(with_bn, "d_fake")
    assert np.std(too_fast["g_loss"][-50:]) > 3 * np.std(healthy["g_loss"][-50:])

# %% [markdown] lang="es"
# Una fila por sala, como al principio. ¿Reconoces ahora las cinco?
#
# ## Ejercicios
#
# ### Ejercicio 1: tres pacientes
#
# Tres entrenamientos, vistos tras 2000 pasos. ¿Qué les pasa? Elige una letra para cada uno.
#
# | paciente | pérdida de D | pérdida de G | D(x) | D(G(z)) | variedad de las imágenes |
# |---|---|---|---|---|---|
# | 1 | 2.4, y subiendo | 0.01 | 0.55 | 0.99 | como la real |
# | 2 | 0.003 | 7.5 | 1.00 | 0.00 | como la real |
# | 3 | 0.66 | 0.81 | 0.53 | 0.46 | 20 veces menor que la real |
#
# **a)** D demasiado fuerte · **b)** BN en un D congelado · **c)** D congelado · **d)** colapso

# %% [markdown] lang="en"
# One row for each room, as at the top. Do you recognise all five now?
#
# ## Exercises
#
# ### Exercise 1: three patients
#
# Three trainings, seen after 2,000 steps. What is wrong with them? Choose one letter for each.
#
# | patient | D loss | G loss | D(x) | D(G(z)) | variety of the images |
# |---|---|---|---|---|---|
# | 1 | 2.4, and rising | 0.01 | 0.55 | 0.99 | like the real one |
# | 2 | 0.003 | 7.5 | 1.00 | 0.00 | like the real one |
# | 3 | 0.66 | 0.81 | 0.53 | 0.46 | a twentieth of the real one |
#
# **a)** D far too strong · **b)** BN in a frozen D · **c)** D frozen · **d)** collapse

# %% tags=["exercise", "nbval-check-output"]
first, second, third = ..., ..., ...
q1.check(first, second, third)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ### Ejercicio 2: dos árbitros
#
# En un entrenamiento, la pérdida de G es 0.30, y en el turno de D, la media de D(G(z)) es 0.05. ¿Qué probabilidad de ser reales les dio D a las imágenes en el turno de **G**? Escríbela con NumPy.

# %% [markdown] lang="en"
# ### Exercise 2: two referees
#
# In some training, G's loss is 0.30, and in D's turn the mean of D(G(z)) is 0.05. What probability of being real did D give the images in **G's** turn? Write it with NumPy.

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q2.check(answer)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# ### Ejercicio 3: tu propia alarma
#
# Escribe `d_is_winning(history)`. Recibe un diccionario con una lista por curva, como los de las salas, y devuelve `True` si, en los últimos 100 pasos, la media de `d_real` pasa de 0.98 y la de `d_fake` no llega a 0.02. Con menos de 100 pasos es pronto para hablar: `False`. (Es la regla del monitor del curso.)

# %% [markdown] lang="en"
# ### Exercise 3: an alarm of your own
#
# Write `d_is_winning(history)`. It receives a dictionary with one list per curve, like those of the rooms, and returns `True` if, over the last 100 steps, the mean of `d_real` is above 0.98 and that of `d_fake` below 0.02. With fewer than 100 steps it is too early to tell: `False`. (It is the rule of the course's monitor.)


# %% tags=["exercise", "nbval-check-output"]
def d_is_winning(history):
    return ...


q3.check(d_is_winning)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# ### Para seguir rompiendo, sin nota
#
# - Cura la sala 2 por partes: primero las tasas; después, el *dropout*. ¿Bastaba con una de las dos cosas?
# - En la sala 4, cambia la BN por `layers.LayerNormalization()`, que no tiene dos modos. ¿Vuelven a ser un solo árbitro?
# - Inventa una sala: ¿qué pasa si las imágenes reales se quedan en [0, 1] y las de G van de −1 a 1?

# %% [markdown] lang="en"
# ### To keep breaking things (ungraded)
#
# - Cure room 2 one step at a time: first the rates, then dropout. Which of the two was enough?
# - In room 4 replace BN with `layers.LayerNormalization()`, which does not have two modes. Are they one referee again?
# - Invent a room: what happens if the real images stay in [0, 1] while G's go from −1 to 1?

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - D congelado: D(G(z)) sube a 1 y la pérdida de D crece sin que nadie reaccione.
# - D demasiado fuerte: D(x) en 1 y D(G(z)) en 0.
# - Colapso: solo se ve en las imágenes, o midiendo su variedad.
# - BN en un D congelado: la pérdida de G y D(G(z)) se contradicen.
# - Tasa demasiado alta: pérdidas a saltos e imágenes saturadas.
#
# Ninguna de las cinco dio un error. Por eso se miran las curvas y las imágenes y, siempre que se puede, se escribe un `assert`.

# %% [markdown] lang="en"
# ## What we have seen
#
# - D frozen: D(G(z)) climbs to 1 and D's loss grows without any reaction.
# - D far too strong: D(x) at 1 and D(G(z)) at 0.
# - Collapse: it shows only in the images, or by measuring their variety.
# - BN in a frozen D: G's loss and D(G(z)) contradict each other.
# - Rate too high: jumping losses and saturated images.
#
# None of the five raised an error. That is why you look at the curves, at the images and, whenever you can, write an `assert`.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Las averías salen de preguntas reales en foros públicos: el discriminador congelado con Keras 3 ([handson-ml3, 252](https://github.com/ageron/handson-ml3/issues/252)), la BN en un D congelado ([Keras-GAN, 252](https://github.com/eriklindernoren/Keras-GAN/issues/252)), cómo leer las pérdidas ([ganhacks, 2](https://github.com/soumith/ganhacks/issues/2)) y el colapso ([DCGAN-tensorflow, 270](https://github.com/carpedm20/DCGAN-tensorflow/issues/270)).
# - Tim Salimans y otros, [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016: el colapso y el suavizado unilateral.
# - Los tutoriales A, B, C y E se citan en las lecciones 1 y 2. MNIST: [Yann LeCun y otros](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - The failures come from real questions in public forums: the discriminator frozen on Keras 3 ([handson-ml3, 252](https://github.com/ageron/handson-ml3/issues/252)), BN in a frozen D ([Keras-GAN, 252](https://github.com/eriklindernoren/Keras-GAN/issues/252)), how to read the losses ([ganhacks, 2](https://github.com/soumith/ganhacks/issues/2)) and collapse ([DCGAN-tensorflow, 270](https://github.com/carpedm20/DCGAN-tensorflow/issues/270)).
# - Tim Salimans et al., [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016: collapse and one-sided smoothing.
# - Tutorials A, B, C and E are credited in lessons 1 and 2. MNIST: [Yann LeCun et al.](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
