# ---
# title:
#   es: 9 · De una máquina a muchas
#   en: 9 · From one machine to many
# ---

# %% [markdown] lang="es"
# # 9 · De una máquina a muchas
#
# Una red que no acaba nunca de entrenar acaba pidiendo otra máquina. Hoy el paso de la lección 3 se reparte entre varias. No hace falta ningún centro de cálculo: dos procesos de verdad, en tu ordenador, hacen lo mismo que harían dos máquinas, se hablan por la red y se mueren igual de mal. Y a uno lo vas a matar tú.
#
# Una advertencia antes de empezar: **aquí no vas a ganar velocidad**. Dos procesos en un solo ordenador se reparten los mismos núcleos. Lo que te llevas es un entrenamiento que hace la misma cuenta con una máquina que con dos, que sobrevive a la muerte de una, y que puedes llevar tal cual a Kubernetes o a SLURM.
#
# **En esta lección vas a:**
#
# 1. sumar a mano los gradientes de dos mitades de un lote, y ver cuándo son los del lote entero;
# 2. escribir lo que cambia cuando hay varias réplicas: entre qué se divide la pérdida y de dónde sale el ruido;
# 3. comprobar que dos procesos acaban con los mismos bits, y que dan lo mismo que uno solo, salvo redondeo;
# 4. matar a un trabajador a mitad del entrenamiento y reanudarlo, con dos y con uno;
# 5. ver por qué `fit` no sirve para esto, y cómo se lanza el mismo programa en un clúster.
#
# **Tiempo:** unos 60 minutos, ejercicios incluidos; en un portátil de dos núcleos, unos 6 son de espera. **Necesitas:** haber hecho la lección 3, y 2 GB de memoria libre.

# %% [markdown] lang="en"
# # 9 · From one machine to many
#
# A network that never finishes training ends up asking for a second machine. Today the step of lesson 3 is shared among several. No data centre is needed: two real processes on your computer do what two machines would do, talk over the network as they would, and die just as badly. One of them you will kill yourself.
#
# A warning before we begin: **you will gain no speed here**. Two processes on one computer share the same cores. What you take away is a training run that does the same sum on one machine as on two, that survives the death of one, and that you can take as it is to Kubernetes or to SLURM.
#
# **In this lesson you will:**
#
# 1. add up by hand the gradients of two halves of a batch, and see when they are those of the whole batch;
# 2. write what changes when there are several replicas: what the loss is divided by, and where the noise comes from;
# 3. check that two processes end with the very same bits, and give the same as a single one up to rounding;
# 4. kill a worker in the middle of the training, and resume it, with two and with one;
# 5. see why `fit` is no good for this, and how the same program is started on a cluster.
#
# **Time:** about 60 minutes, exercises included; on a two-core laptop about 6 of them are waiting. **You need:** to have done lesson 3, and 2 GB of free memory.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir: lo entrenaron dos procesos, uno murió, y lo acabó uno solo. Lo dibujó esta lección cuando se publicó.

# %% [markdown] lang="en"
# This is what you are going to make: two processes trained it, one died, and one alone finished it. This lesson drew it when it was published.

# %%
import inspect
import json
import time

import keras
import numpy as np
import tensorflow as tf

from course_utils import checkpoints, data, pixels, plots, workers
from course_utils.budgets import budget
from course_utils.folders import out_folder
from course_utils.lessons.lesson_3 import cross_entropy, make_discriminator, make_generator
from course_utils.progress import Ticker
from course_utils.questions.lesson_9 import q1, q2, q3, q4, q5, q6

dataset, out = data.load("mnist"), out_folder()
print(dataset.origin)
plots.show_promise("09_one_machine_to_many")

# %% [markdown] lang="es"
# ## Qué da una segunda máquina y qué no
#
# Hay varias maneras de repartir un entrenamiento. La más usada, y la de hoy, reparte los **datos**: cada máquina tiene una copia entera de las dos redes, a la que se llama **réplica**, y recibe una parte del lote. Todas calculan a la vez los gradientes de su parte, los ponen en común y dan el mismo paso. Si empezaron iguales, siguen iguales.
#
# | da | no da |
# |---|---|
# | más imágenes por segundo, si cada réplica tiene **su propio** procesador o su GPU | nada, si comparten el mismo |
# | lotes mayores de lo que cabe en una memoria | sitio para una red que no cabe: cada réplica la tiene entera |
# | el mismo resultado en menos tiempo, si calcular cuesta más que hablar | un resultado mejor: el paso es el mismo |
#
# ### Ejercicio 1: ¿la mitad de tiempo?
#
# En este ordenador, un proceso da un paso con un lote de 64. Después, dos procesos se lo reparten: 32 imágenes cada uno. ¿Cuánto tardará el paso? Contesta ahora; más abajo lo medimos.
#
# **a)** la mitad, porque son dos · **b)** más o menos lo mismo, o más · **c)** la cuarta parte: la mitad de imágenes y el doble de manos

# %% [markdown] lang="en"
# ## What a second machine buys, and what it does not
#
# There are several ways to share out a training run. The most common one, and today's, shares out the **data**: each machine has a whole copy of both networks, called a **replica**, and gets a part of the batch. All of them compute the gradients of their part at the same time, pool them, and take the same step. If they started equal, they stay equal.
#
# | it buys | it does not buy |
# |---|---|
# | more images per second, if each replica has a processor or GPU **of its own** | anything, if they share the same one |
# | larger batches than fit into one memory | room for a network that does not fit: each replica holds all of it |
# | the same result in less time, if computing costs more than talking | a better result: the step is the same |
#
# ### Exercise 1: half the time?
#
# On this computer, one process takes a step with a batch of 64. Then two processes share it: 32 images each. How long will the step take? Answer now; we measure it further down.
#
# **a)** half as long, for there are two of them · **b)** about as long, or longer · **c)** a quarter: half the images and twice the hands

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q1.check(answer)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ## Dos mitades hacen un lote
#
# Empecemos con papel y lápiz, sin ninguna otra máquina. La pérdida de un lote es la **media** de lo que cuesta cada imagen, y la derivada de una media es la media de las derivadas. Así que el gradiente de 64 imágenes debería ser la media de los gradientes de las dos mitades. Un discriminador sin entrenar, los tres gradientes:

# %% [markdown] lang="en"
# ## Two halves make a batch
#
# Let us begin with pencil and paper, without any other machine. The loss of a batch is the **mean** of what each image costs, and the derivative of a mean is the mean of the derivatives. So the gradient of 64 images should be the mean of the gradients of its two halves. A discriminator that has not been trained, and the three gradients:

# %% tags=["export"]
BATCH, LATENT = 64, 8

# %%
keras.utils.set_random_seed(42)
discriminator = make_discriminator((32, 48), dropout=0.0)
batch = next(iter(data.make_batches(dataset.x_train, BATCH)))


def gradients_of(images):
    with tf.GradientTape() as tape:
        logits = discriminator(images, training=True)
        loss = cross_entropy(tf.ones_like(logits), logits)
    return tape.gradient(loss, discriminator.trainable_variables)


whole = gradients_of(batch)
halves = [gradients_of(batch[:32]), gradients_of(batch[32:])]
print(len(whole), [len(half) for half in halves])

# %% [markdown] lang="es"
# Un gradiente por cada matriz de pesos, y dos mitades con otros tantos.
#
# ### Ejercicio 2: la media, a mano
#
# `gradients` es una lista con los gradientes de cada réplica, como `halves`. `zip(*gradients)` los reagrupa por pesos: `same` son los gradientes de **una** matriz, uno de cada réplica. `tf.add_n` suma una lista de tensores. Escribe la media.

# %% [markdown] lang="en"
# One gradient for each array of weights, and two halves with as many.
#
# ### Exercise 2: the mean, by hand
#
# `gradients` is a list with the gradients of each replica, like `halves`. `zip(*gradients)` regroups them by weights: `same` holds the gradients of **one** array, one from each replica. `tf.add_n` adds up a list of tensors. Write the mean.


# %% tags=["exercise", "nbval-check-output"]
def average(gradients):
    return [... for same in zip(*gradients, strict=True)]


average = q2.use(average)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()


# %% tags=["export", "solution"]
def average(gradients):
    return [tf.add_n(same) / len(same) for same in zip(*gradients, strict=True)]


# %% [markdown] lang="es"
# ¿Es lo mismo? La mayor diferencia entre un número del gradiente entero y el de la media, en proporción al mayor de todos:

# %% [markdown] lang="en"
# Is it the same? The largest difference between a number of the whole gradient and that of the mean, as a share of the largest of all:

# %%
pairs = list(zip(whole, average(halves), strict=True))
largest = max(float(tf.reduce_max(tf.abs(one))) for one, _ in pairs)
difference = max(float(tf.reduce_max(tf.abs(one - other))) for one, other in pairs) / largest
print(f"{difference:.0e}")
assert difference < 1e-5

# %% [markdown] lang="es"
# Redondeo, y nada más: sumar en otro orden cambia las últimas cifras. Ese es todo el secreto de repartir los datos. A la operación que recoge los gradientes de todas las réplicas, los suma y devuelve la suma a todas se la llama ***all-reduce***. Las imágenes no viajan; los pesos, tampoco. Solo los gradientes. ¿Cuánto es eso en cada paso, y cuánto tarda por un cable de red de 1 gigabit por segundo (125 MB)?

# %% [markdown] lang="en"
# Rounding and nothing more: adding up in another order changes the last digits. That is the whole secret of sharing out the data. The operation that collects the gradients of all replicas, adds them up and gives the sum back to all is called ***all-reduce***. The images do not travel, nor do the weights. Only the gradients do. How much is that in each step, and how long does it take over a network cable of 1 gigabit a second (125 MB)?

# %% tags=["nbval-check-output"]
generator = make_generator(LATENT, base=32, filters=(32, 32), momentum=0.9)
numbers = sum(int(tf.size(v)) for network in (generator, discriminator) for v in network.trainable_variables)
megabytes = 4 * numbers / 1e6
print(f"{megabytes:.2f} MB → {1000 * megabytes / 125:.1f} ms")

# %% [markdown] lang="es"
# Son los 4 bytes de cada uno de los pesos que se entrenan. (Según cómo se repartan la suma, cada máquina los envía una vez o dos.) Si un paso tarda 30 ms, el viaje sale barato. Si el tutorial D, con 23 veces más pesos, diera sus pasos en 5 ms en una GPU, hablar costaría más que calcular. Por eso los centros de cálculo pagan redes cien veces más rápidas.
#
# ## ¿Entre qué se divide?
#
# En `tf.distribute`, la biblioteca de TensorFlow que hace todo esto, `optimizer.apply` hace el *all-reduce* por su cuenta. Pero no saca la media: **suma**. De la división se encarga quien escribe la pérdida, y ahí es donde se equivoca casi todo el mundo. Si cada réplica divide entre **sus** 32 imágenes, la suma de dos réplicas sale el doble de grande; con ocho, ocho veces.
#
# Lo traicionero es que con Adam no se nota: divide el gradiente por su propio tamaño, y un gradiente el doble de grande da casi el mismo paso. El error aparece el día en que cambias de optimizador.
#
# `summed` es la entropía cruzada de siempre, pero **sumada** en vez de promediada. Sus etiquetas son las de la lección 3.

# %% [markdown] lang="en"
# Those are the 4 bytes of each weight that is trained. (Depending on how the sum is shared out, each machine sends them once or twice.) If a step takes 30 ms, the journey is cheap. If tutorial D, with 23 times as many weights, took its steps in 5 ms on a GPU, talking would cost more than computing. That is why data centres pay for networks a hundred times as fast.
#
# ## Divided by what?
#
# In `tf.distribute`, the library of TensorFlow that does all this, `optimizer.apply` does the all-reduce by itself. But it does not take the mean: it **adds up**. The division is left to whoever writes the loss, and that is where nearly everybody goes wrong. If each replica divides by **its** 32 images, the sum over two replicas is twice as large; over eight, eight times.
#
# The treacherous part is that with Adam it does not show: Adam divides the gradient by its own size, and a gradient twice as large gives nearly the same step. The mistake appears on the day when you change the optimizer.
#
# `summed` is the cross-entropy as ever, but **summed** instead of averaged. Its labels are those of lesson 3.

# %% tags=["export"]
summed = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")

# %% [markdown] lang="es"
# ### Ejercicio 3: la pérdida de una réplica
#
# Esta función la ejecuta cada réplica con los logits de **su parte** del lote. Después, los gradientes de todas se suman. ¿Entre qué hay que dividir para que la suma sea la media de las 64 imágenes, haya las réplicas que haya?

# %% [markdown] lang="en"
# ### Exercise 3: the loss of a replica
#
# Each replica runs this function with the logits of **its part** of the batch. Then the gradients of all of them are added up. What do you have to divide by, so that the sum is the mean over the 64 images, however many replicas there are?


# %% tags=["exercise", "nbval-check-output"]
def my_losses(real_logits, fake_logits):
    real, fake = tf.ones_like(real_logits), tf.zeros_like(fake_logits)
    d_loss = (summed(real, real_logits) + summed(fake, fake_logits)) / ...
    g_loss = summed(real, fake_logits) / ...
    return d_loss, g_loss


my_losses = q3.use(my_losses)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()


# %% tags=["export", "solution"]
def my_losses(real_logits, fake_logits):
    real, fake = tf.ones_like(real_logits), tf.zeros_like(fake_logits)
    d_loss = (summed(real, real_logits) + summed(fake, fake_logits)) / BATCH
    g_loss = summed(real, fake_logits) / BATCH
    return d_loss, g_loss


# %% [markdown] lang="es"
# ¿Y por qué no la `cross_entropy` de la lección 3, que ya saca la media? Porque Keras 3, cuando nota que hay varias réplicas, divide la media **otra vez**, entre el número de réplicas, sin decirlo. Con ella y `optimizer.apply` la cuenta sale; pero quien haya leído que hay que dividir, y divida, lo habrá hecho dos veces. Una suma dividida a la vista no deja dudas.
#
# ## Cada réplica, su BN
#
# La media de los gradientes es exacta si cada imagen va por su cuenta. Pero la BN no deja que vayan por su cuenta: normaliza con la media y la varianza **del lote**. Y en una réplica, el lote son 32 imágenes y no 64. Veámoslo con un rasgo cualquiera (una capa densa sobre ruido), en el lote entero y en sus mitades:

# %% [markdown] lang="en"
# And why not lesson 3's `cross_entropy`, which takes the mean already? Because Keras 3, when it notices that there are several replicas, divides the mean **once more**, by the number of replicas, and does not say so. With it and `optimizer.apply` the numbers come out right; but whoever has read that you have to divide, and divides, has done so twice. A sum that is divided in plain sight leaves no doubt.
#
# ## To each replica its own BN
#
# The mean of the gradients is exact if each image goes its own way. But BN does not let them: it normalises with the mean and the variance **of the batch**. And on a replica the batch is 32 images, not 64. Let us look at some feature (a dense layer over noise), in the whole batch and in its halves:

# %%
features = keras.layers.Dense(1)(keras.random.normal((64, LATENT), seed=1)).numpy()
first, second = features[:32], features[32:]
halfway = [(first.mean() + second.mean()) / 2, (first.var() + second.var()) / 2]
names = L("el lote|una mitad|la otra|la media de las dos", "the batch|one half|the other|the mean of both").split("|")
values = [[part.mean(), part.var()] for part in (features, first, second)] + [halfway]
rows = [[name, f"{mean:.3f}", f"{variance:.3f}"] for name, (mean, variance) in zip(names, values, strict=True)]
plots.show_table(["", L("media", "mean"), L("varianza", "variance")], rows)
assert np.isclose(features.mean(), halfway[0], atol=1e-6) and features.var() > halfway[1]

# %% [markdown] lang="es"
# Las medias encajan; las varianzas, no: a la media de las dos le falta lo que se separan entre sí las dos mitades. Así que con BN **dos réplicas de 32 no son un lote de 64**. Cuanto más pequeña es la parte de cada una, más se nota.
#
# Hay remedio: `synchronized=True`, en la capa (`make_state` lo pondrá en cada una). Entonces las réplicas también ponen en común las sumas de la BN, en la ida y en la vuelta, antes de normalizar. Cuesta más viajes por paso.
#
# ### Ejercicio 4: ¿iguales en todo?
#
# Dos réplicas empiezan iguales, cada una normaliza con su mitad (sin sincronizar) y dan cinco pasos con los gradientes de las dos. ¿Qué será **distinto** en una y en otra? Contesta antes de verlo.
#
# **a)** los pesos de G, que es quien lleva la BN · **b)** los pesos de las dos redes · **c)** solo las medias y varianzas que la BN va acumulando para después · **d)** nada

# %% [markdown] lang="en"
# The means fit; the variances do not: the mean of the two leaves out how far apart the halves are. So with BN **two replicas of 32 are not a batch of 64**. The smaller the part of each, the more it shows.
#
# There is a remedy: `synchronized=True`, in the layer (`make_state` will set it in each). Then the replicas also pool BN's sums, forward and backward, before they normalise. It costs more journeys per step.
#
# ### Exercise 4: equal in everything?
#
# Two replicas start equal, each normalises with its own half (not synchronized), and they take five steps with the gradients of both. What will be **different** on one and on the other? Answer before you see it.
#
# **a)** the weights of G, which is the one with BN · **b)** the weights of both networks · **c)** only the means and variances that BN gathers for later · **d)** nothing

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ## Cada réplica, su ruido
#
# Las imágenes reales se reparten: `my_share` corta la parte que le toca a una réplica. ¿Y el ruido? Si todas siembran su azar con la misma semilla, todas dibujan **las mismas** imágenes falsas, y el lote falso es la mitad de variado de lo que parece. Ningún error avisa.

# %% [markdown] lang="en"
# ## To each replica its own noise
#
# The real images are shared out: `my_share` cuts the part that falls to a replica. And the noise? If all of them seed their randomness alike, all draw **the same** fake images, and the fake batch has half the variety it seems to have. No error warns you.


# %% tags=["export"]
def my_share(batch, replica, replicas):
    size = len(batch) // replicas
    return batch[replica * size : (replica + 1) * size]


# %% [markdown] lang="es"
# Una semilla por réplica lo arregla a medias: el entrenamiento pasaría a depender de **cuántas** hay, y al seguir con una menos sería otro. Hay una manera mejor. `tf.random.stateless_normal` no recuerda nada: la misma semilla, dos enteros, da siempre el mismo ruido, en todas las réplicas que usen la misma versión de TensorFlow. Si la semilla depende solo del paso, todas las réplicas saben sacar el ruido del lote **entero**, y cada una se queda con su parte.
#
# ### Ejercicio 5: el ruido de una réplica
#
# Rellena los huecos. En cada paso el ruido tiene que ser distinto; entre todas, las réplicas han de juntar el del lote entero, sin repetir nada, haya una o haya ocho.

# %% [markdown] lang="en"
# One seed per replica is half a remedy: the training would then depend on **how many** there are, and going on with one fewer would make it another. There is a better way. `tf.random.stateless_normal` remembers nothing: the same seed, two integers, always gives the same noise, on all replicas with the same version of TensorFlow. If the seed depends only on the step, every replica can make the noise of the **whole** batch, and each keeps its part.
#
# ### Exercise 5: the noise of a replica
#
# Fill in the blanks. The noise must be different in each step; together the replicas must make up that of the whole batch, with nothing repeated, whether there is one of them or eight.


# %% tags=["exercise", "nbval-check-output"]
def my_noise(step, replica, replicas):
    noise = tf.random.stateless_normal((BATCH, LATENT), seed=[7, ...])
    return my_share(noise, ..., ...)


my_noise = q5.use(my_noise)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()


# %% tags=["export", "solution"]
def my_noise(step, replica, replicas):
    noise = tf.random.stateless_normal((BATCH, LATENT), seed=[7, step])
    return my_share(noise, replica, replicas)


# %% [markdown] lang="es"
# ## El paso, repartido
#
# Ya está todo lo nuevo. `strategy` es el objeto de `tf.distribute` que sabe quiénes son las réplicas. Lo que se crea dentro de `strategy.scope()` existe en todas, con los mismos valores. Los optimizadores se construyen ahí mismo, porque después, dentro del paso, sería tarde.

# %% [markdown] lang="en"
# ## The step, shared out
#
# Everything new is there. `strategy` is the object of `tf.distribute` that knows who the replicas are. What is made inside `strategy.scope()` exists on all of them, with the same values. The optimizers are built there as well, for inside the step it would be too late.


# %% tags=["export"]
def make_state(strategy, make_optimizer, synchronized=True, settings=None):
    keras.utils.set_random_seed(42)
    with strategy.scope():
        generator = make_generator(LATENT, base=32, filters=(32, 32), momentum=0.9)
        discriminator = make_discriminator((32, 48), dropout=0.0)
        g_optimizer, d_optimizer = make_optimizer(), make_optimizer()
        g_optimizer.build(generator.trainable_variables)
        d_optimizer.build(discriminator.trainable_variables)
    for layer in generator.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = synchronized
    return tf.train.Checkpoint(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=g_optimizer,
        d_optimizer=d_optimizer,
        step=tf.Variable(0, dtype=tf.int64),
        history=tf.Variable(np.zeros((0, 2), "float32"), shape=(None, 2)),
        settings=tf.Variable(json.dumps(settings or {}, sort_keys=True)),
    )


# %% [markdown] lang="es"
# El paso es el de la lección 3 con un nivel más. `on_each_replica` es lo que hace cada una; `strategy.run` lo ejecuta en todas, y `strategy.reduce` suma las pérdidas para que las veamos. Busca las tres líneas tuyas: el ruido, la parte del lote y las pérdidas.

# %% [markdown] lang="en"
# The step is that of lesson 3 with one more level. `on_each_replica` is what each one does; `strategy.run` runs it on all of them, and `strategy.reduce` adds up the losses so that we see them. Look for your three lines: the noise, the share of the batch, and the losses.


# %% tags=["export"]
def make_step(strategy, state):
    generator, discriminator = state.generator, state.discriminator
    replicas = strategy.num_replicas_in_sync

    def on_each_replica(real_images, step):
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        noise = my_noise(step, replica, replicas)
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(my_share(real_images, replica, replicas), training=True)
            fake_logits = discriminator(fake_images, training=True)
            d_loss, g_loss = my_losses(real_logits, fake_logits)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        state.g_optimizer.apply(g_gradients, generator.trainable_variables)
        state.d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        return d_loss, g_loss

    @tf.function
    def train_step(real_images):
        losses = strategy.run(on_each_replica, (real_images, state.step))
        state.step.assign_add(1)
        return [strategy.reduce("SUM", loss, axis=None) for loss in losses]

    return train_step


# %% [markdown] lang="es"
# Un clúster no ejecuta cuadernos: ejecuta un **programa**, el mismo en cada máquina. El del curso es `course_utils/experiments/worker.py`, y lee tu paso de un archivo. Escribámoslo con lo que has definido arriba:

# %% [markdown] lang="en"
# A cluster does not run notebooks: it runs a **program**, the same on every machine. The course's is `course_utils/experiments/worker.py`, and it reads your step from a file. Let us write that file, from what you have defined above:

# %%
header = (
    "import keras\nimport tensorflow as tf\n\nfrom course_utils.lessons.lesson_9 import BATCH, LATENT, my_share, summed"
)
program = out / "step.py"
parts = [inspect.getsource(function).strip() for function in (my_losses, my_noise, make_step)]
program.write_text("\n\n\n".join([header, *parts]) + "\n", encoding="utf-8")
print(program.name, len(program.read_text(encoding="utf-8").splitlines()), L("líneas", "lines"))

# %% [markdown] lang="es"
# ## Dos réplicas en un proceso
#
# La forma más sencilla: `tf.distribute.MirroredStrategy`, un solo proceso con varias GPU, o, si no las hay, con el procesador haciendo de dos. Eso último se decide antes de que TensorFlow se ponga en marcha, y en este cuaderno ya lo está. Así que lo hace otro proceso. `workers.results` lo pone en marcha, espera y devuelve lo que cuenta: cinco pasos, sin sincronizar y sincronizando la BN, con una réplica y con dos, y siempre los mismos lotes de 64. Después da unos cuantos pasos más, para cronometrarlos. (En estos cinco pasos el optimizador es SGD, el descenso de gradiente sin más. Adam divide por el tamaño del gradiente y, donde es casi cero, convierte un redondeo en un paso entero: con él no se podrían comparar.)

# %% [markdown] lang="en"
# ## Two replicas in one process
#
# The simplest form: `tf.distribute.MirroredStrategy`, one process with several GPUs, or, where there are none, with the processor playing two. The latter has to be decided before TensorFlow starts up, and in this notebook it has. So another process does it. `workers.results` starts it, waits, and returns what it has to tell: five steps, with BN not synchronized and synchronized, with one replica and with two, and always the same batches of 64. Then it takes some more, to time them. (In these five steps the optimizer is SGD, plain gradient descent. Adam divides by the size of the gradient and, where that is nearly zero, turns a rounding into a whole step: with it there would be no comparing.)

# %%
few = budget(smoke=5, workshop=60, full=60)
common = ["--code", program, "--data", dataset.name]
alone = workers.results(
    ["compare", *common, "--folder", out / "alone", "--steps", few, "--replicas", 1, 2], 0, out / "alone"
)

# %% [markdown] lang="es"
# Ocho cifras y letras resumen todos los bits de una réplica: basta con que cambie un bit para que salgan otras.

# %% [markdown] lang="en"
# Eight digits and letters stand for all the bits of a replica: change one bit, and they come out different.


# %%
def show_replicas(told):
    synchronized = {True: L("sí", "yes"), False: "no"}
    headings = L("réplicas|BN sincronizada|pesos|medias de la BN", "replicas|BN synchronized|weights|BN's averages")
    rows = [
        [str(one["replicas"]), synchronized[one["synchronized"]], " ".join(one["weights"]), " ".join(one["averages"])]
        for one in told
    ]
    plots.show_table(headings.split("|"), rows)


show_replicas(alone)
assert all(len(set(one["weights"])) == 1 for one in alone)
assert all(len(set(one["averages"])) == (1 if one["synchronized"] else one["replicas"]) for one in alone)

# %% [markdown] lang="es"
# Los pesos de las dos réplicas son iguales **hasta el último bit**, siempre: han sumado los mismos gradientes. Lo que la BN acumula para después no lo es, si cada una ha visto solo su mitad. ¿De quién son entonces las medias con las que dibujará el generador? De la primera réplica, que es quien guarda el punto de control; lo que vieron las demás se pierde. Con la BN sincronizada, el problema desaparece. (Con una sola réplica las dos filas también difieren, solo por redondeo: la BN sincronizada calcula la varianza con otra fórmula.)
#
# ¿Y son esos pesos los que habría dado **un solo** proceso con el lote entero? La mayor diferencia entre dos pesos:

# %% [markdown] lang="en"
# The weights of both replicas are equal **to the last bit**, always: they have added up the same gradients. What BN gathers for later is not, if each has only seen its half. Whose are then the averages with which the generator will draw? Those of the first replica, which saves the checkpoint; what the others saw is lost. With BN synchronized the problem is gone. (With a single replica the two rows differ too, by rounding only: synchronized BN works out the variance by another formula.)
#
# And are those weights what **one single** process would have given with the whole batch? The largest difference between two weights:


# %%
def gap(one, other):
    return float(np.abs(np.load(one) - np.load(other)).max())


apart, together = (gap(out / f"alone/1-{kind}.npy", out / f"alone/2-{kind}.npy") for kind in (False, True))
print(L("cada una su BN", "BN apart"), f"{apart:.0e}", "·", L("sincronizada", "synchronized"), f"{together:.0e}")
assert together < 1e-4 and apart > 10 * together

# %% [markdown] lang="es"
# Sincronizada, redondeo. Cada una con la suya, otra red: parecida, pero otra. Desde aquí, la nuestra va sincronizada.
#
# ## Dos procesos de verdad
#
# Ahora, dos procesos con `tf.distribute.MultiWorkerMirroredStrategy`, cada uno con su memoria, como en dos máquinas. A cada proceso se le llama **trabajador** (*worker*). Se hablan por la red; aquí, por la dirección 127.0.0.1, que es este mismo ordenador. Quién es quién lo dice una variable de entorno, `TF_CONFIG`: la lista de direcciones, la misma para todos, y el número de este trabajador. (El número que va tras los dos puntos es el puerto, la puerta a la que escucha cada uno.) Aunque tengas una GPU, estos procesos usan el procesador. El 0 es el **jefe** (*chief*): hace lo mismo que los demás y además guarda los puntos de control.

# %% [markdown] lang="en"
# Synchronized: rounding. Each with its own: another network, similar but another. From here on ours is synchronized.
#
# ## Two real processes
#
# Now two processes with `tf.distribute.MultiWorkerMirroredStrategy`, each with its own memory, as on two machines. Each process is called a **worker**. They talk over the network; here over the address 127.0.0.1, which is this very computer. An environment variable, `TF_CONFIG`, says who is who: the list of addresses, the same for all, and the number of this worker. (The number after the colon is the port, the door at which each listens.) Even if you have a GPU, these processes use the processor. Number 0 is the **chief**: it does what the others do, and also saves the checkpoints.

# %% tags=["nbval-check-output"]
for index in range(2):
    print(workers.tf_config(["127.0.0.1:4001", "127.0.0.1:4002"], index))

# %% [markdown] lang="es"
# `workers.results`, con un 2, busca dos puertos libres, escribe los dos `TF_CONFIG` y pone en marcha dos veces el mismo programa. Si paras la celda o muere el kernel, los dos mueren también.

# %% [markdown] lang="en"
# `workers.results`, given a 2, looks for two free ports, writes the two `TF_CONFIG`s and starts the same program twice. If you stop the cell or the kernel dies, both die too.

# %%
pair = workers.results(["compare", *common, "--folder", out / "pair", "--steps", few], 2, out / "pair")
show_replicas(pair)
for kind in (False, True):
    assert len({one["weights"][0] for one in pair if one["synchronized"] == kind}) == 1
    print(difference := gap(out / f"alone/2-{kind}.npy", out / f"pair/2-{kind}.npy"))
    assert difference == 0

# %% [markdown] lang="es"
# Ahora cada fila es de un solo proceso. Los dos trabajadores tienen los mismos pesos, hasta el último bit. Los dos ceros dicen más todavía: los mismos que tenían las dos réplicas de un solo proceso. Con dos, a la cuenta le da igual por dónde viajen los gradientes.
#
# ### ¿Y cuánto tarda?
#
# Los milisegundos de un paso, y las imágenes por segundo, en este ordenador. ¿Qué contestaste en el ejercicio 1?

# %% [markdown] lang="en"
# Each row now comes from a single process. Both workers have the same weights, to the last bit. The two zeros say even more: the very weights that the two replicas of a single process had. With two, the sum does not care which way the gradients travel.
#
# ### And how long does it take?
#
# The milliseconds of a step, and the images per second, on this computer. What did you answer in exercise 1?

# %%
names = L("un proceso|dos réplicas|dos procesos", "one process|two replicas|two processes").split("|")
times = [one["ms"] for one in [*alone, *pair] if one["synchronized"]][:3]
rows = [[name, f"{ms:.0f}", f"{1000 * BATCH / ms:.0f}"] for name, ms in zip(names, times, strict=True)]
plots.show_table(["", "ms", L("imágenes por segundo", "images per second")], rows)

# %% [markdown] lang="es"
# Dos procesos no tardan la mitad que uno solo, ni mucho menos: uno solo ya usaba todos los núcleos, y ahora además hay que hablar, varias veces por cada BN. En dos máquinas la cuenta sería otra, y hay que hacerla igual: medir con una, medir con dos, dividir. Con dos, lo mejor que cabe esperar es la mitad de tiempo, y casi nunca se llega.
#
# ## Muere un trabajador
#
# Cuantas más máquinas, más a menudo se muere alguna. Si cada una falla una vez al año, de mil fallan casi tres **al día**. Vamos a entrenar de verdad, con Adam y los dos trabajadores, guardando un punto de control cada cien pasos, y a uno lo mataremos por el camino, sin avisar, como un corte de luz.
#
# ### Ejercicio 6: ¿qué hará el otro?
#
# Antes de la celda que lo mata: ¿qué hará el trabajador que queda?
#
# **a)** seguirá solo, con su mitad del lote · **b)** se dará cuenta en pocos segundos y se parará con un error · **c)** esperará para siempre al que falta · **d)** pondrá en marcha a otro en su lugar

# %% [markdown] lang="en"
# Two processes do not take half as long as one, far from it: one alone was using all the cores already, and now they have to talk as well, several times for each BN. On two machines the numbers would be others, and you get them in the same way: measure with one, measure with two, divide. With two, half the time is the best to hope for, and it is hardly ever reached.
#
# ## A worker dies
#
# The more machines, the more often one dies. If each fails once a year, of a thousand nearly three fail **a day**. Let us train for real, with Adam and both workers, saving a checkpoint every hundred steps, and kill one of them on the way, without warning, like a power cut.
#
# ### Exercise 6: what will the other do?
#
# Before the cell that kills it: what will the worker that is left do?
#
# **a)** go on alone, with its half of the batch · **b)** notice within seconds, and stop with an error · **c)** wait for ever for the one that is missing · **d)** start another in its place

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q6.check(answer)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()


# %% [markdown] lang="es"
# El bucle es el de siempre. Solo el jefe guarda.

# %% [markdown] lang="en"
# The loop is as ever. Only the chief saves.


# %% tags=["export"]
def train(state, train_step, images, steps, folder, save_every, chief, tell):
    first, curves = int(state.step), state.history.numpy().tolist()
    manager = checkpoints.make_manager(state, folder) if chief else None
    for real_images in data.make_batches(images, BATCH, start=first).take(max(0, steps - first)):
        curves.append([float(loss) for loss in train_step(real_images)])
        if len(curves) % save_every == 0 or len(curves) == steps:
            state.history.assign(curves)
            if chief:
                checkpoints.save(manager)
        tell(step=len(curves), d_loss=curves[-1][0], g_loss=curves[-1][1])


# %% [markdown] lang="es"
# `watch` pone en marcha a los trabajadores, enseña lo que cuentan y, si se le pide, mata al número 1 en un paso dado. `with workers.Crew(…)` se encarga de que al salir, por lo que sea, no quede ninguno.

# %% [markdown] lang="en"
# `watch` starts the workers, shows what they tell and, if asked to, kills number 1 at a given step. `with workers.Crew(…)` sees to it that on leaving, for whatever reason, none is left.

# %%
folder = out / "training"
total, save_every = budget(smoke=60, workshop=1500, full=3000), budget(smoke=10, workshop=100, full=100)


def watch(count, steps, kill_at=None):
    arguments = ["train", *common, "--folder", folder, "--steps", steps, "--save-every", save_every]
    with workers.Crew(arguments, count, folder) as crew:
        for event in crew.events():
            if "restored" in event and event["worker"] == 0:
                print(L("desde el paso", "from step"), event["restored"], L("· trabajadores:", "· workers:"), count)
                ticker = Ticker(steps - event["restored"])
            elif "step" in event and event["worker"] == 0:
                ticker.tick(f"D {event['d_loss']:.2f} · G {event['g_loss']:.2f}")
            if event["worker"] == 1 and event.get("step", 0) == kill_at:
                crew.kill(1)
    return event["finished"], crew.peak_memory


# %%
kill_at = total // 3 + save_every // 2
try:
    watch(2, total, kill_at)
except workers.WorkerDiedError as error:
    death = error
    print(f"✘ {error}")
assert death.index == 1

# %% [markdown] lang="es"
# Quien ha hablado es `workers`, que vigila los dos procesos y se entera en el acto. Pero en un clúster no hay nadie mirando. ¿Qué ha notado el otro trabajador por su cuenta, y cuánto ha tardado?

# %% [markdown] lang="en"
# The one who spoke is `workers`, which watches both processes and learns of it at once. But on a cluster nobody is looking. What did the other worker notice by itself, and how long did it take?

# %%
for index, (words, seconds) in death.said.items():
    print(L("trabajador", "worker"), index, f"({seconds:.0f} s):", words)
assert death.said

# %% [markdown] lang="es"
# O se rompe la conexión por la que esperaba la suma, y el error es inmediato, o dejan de llegar los latidos que cada trabajador manda al jefe, y entonces tarda unos segundos. En los dos casos, error y fin. No sigue solo, porque la mitad de un lote ya no sería el entrenamiento que pediste; y poner en marcha a otro es cosa de quien lo lanzó: tú, Kubernetes o SLURM. (Si lo que falla es un cable, nadie cierra la conexión: solo quedan los latidos.)
#
# Desde el último punto de control hasta la muerte, esos pasos se han perdido. Ese es el precio, y lo fijas tú con `save_every`.
#
# ### Reanudar, con dos y con uno
#
# Los dos leen el mismo punto de control, el del jefe. (En máquinas distintas, la carpeta tiene que ser compartida.) Seguimos con dos hasta dos tercios del camino:

# %% [markdown] lang="en"
# Either the connection over which it was waiting for the sum breaks, and the error comes at once, or the heartbeats that each worker sends to the chief stop, and then it takes some seconds. Either way: error, and the end. It does not go on alone, for half a batch would no longer be the training you asked for; and starting another is up to whoever started it: you, Kubernetes or SLURM. (If it is a cable that fails, nobody closes the connection: only the heartbeats are left.)
#
# The steps between the last checkpoint and the death are lost. That is the price, and you set it, with `save_every`.
#
# ### Resuming, with two and with one
#
# Both read the same checkpoint, the chief's. (On separate machines the folder has to be a shared one.) We go on with two, up to two thirds of the way:

# %%
finished, memory = watch(2, 2 * total // 3)
print(L("memoria de todos los procesos:", "memory of all processes:"), f"{memory / 1e9:.1f} GB")
assert finished >= 2 * total // 3

# %% [markdown] lang="es"
# Y ahora supón que la segunda máquina no vuelve. El lote sigue siendo de 64, el ruido depende solo del paso, la BN mira el lote entero y la pérdida se divide entre 64. Nada de eso depende de cuántos son, así que para **uno solo** la cuenta de cada paso es la misma, salvo redondeo. (Con Adam los redondeos crecen, y los pesos acabarán siendo otros.)

# %% [markdown] lang="en"
# And now suppose that the second machine does not come back. The batch is still 64, the noise depends only on the step, BN looks at the whole batch, and the loss is divided by 64. None of that depends on how many they are, so for **one alone** the sum in each step is the same, up to rounding. (With Adam roundings grow, and the weights will end up different.)

# %%
finished, _ = watch(1, total)
assert finished == total

# %% [markdown] lang="es"
# ## Lo que ha salido
#
# El punto de control es uno corriente: este cuaderno, que no está en ningún clúster, lo lee.

# %% [markdown] lang="en"
# ## What came of it
#
# The checkpoint is an ordinary one: this notebook, which is in no cluster, reads it.

# %%
settings = {"data": dataset.name, "batch_size": BATCH}
state = make_state(tf.distribute.get_strategy(), lambda: keras.optimizers.Adam(2e-3, beta_1=0.5), settings=settings)
checkpoints.restore(state, folder, total, len(dataset.x_train) // BATCH)
checkpoints.check_finished(state, total)
images = state.generator(keras.random.normal((40, LATENT), seed=5), training=False)
pixels.save_grid(images, out / "generated.png")
plots.show_grid(images)

# %%
curves = dict(zip("DG", state.history.numpy().T, strict=True))
assert len(curves["D"]) == total
plots.show_curves(
    curves, {"D": "D", "G": "G"}, L("Pérdidas, de dos trabajadores y de uno", "Losses, of two workers and of one")
)

# %% [markdown] lang="es"
# Busca en las curvas dónde murió uno y dónde siguió el otro solo. No se nota: los altibajos son los de cualquier GAN, y en las pruebas del curso se mata así a un trabajador veinte veces, se reanuda con dos, y al final los pesos son los de un entrenamiento sin ninguna muerte, hasta el último bit.
#
# ## ¿Y `fit`?
#
# Los tutoriales de Keras no escriben bucles: compilan el modelo dentro de `strategy.scope()` y llaman a `fit`. Con una máquina y varias GPU funciona. Con varias máquinas, ¿funciona aquí? El modelo más pequeño que hay, en dos trabajadores:

# %% [markdown] lang="en"
# Look in the curves for where one died and where the other went on alone. It does not show: the ups and downs are those of any GAN, and the course's tests kill a worker like this twenty times, resume with two, and in the end the weights are those of a training run without any death, to the last bit.
#
# ## What about `fit`?
#
# Keras's tutorials write no loops: they compile the model inside `strategy.scope()` and call `fit`. With one machine and several GPUs that works. With several machines, does it work here? The smallest model there is, in two workers:

# %%
for one in workers.results(["fit", "--folder", out / "fit"], 2, out / "fit"):
    print(one["worker"], one["error"] or L("fit funciona con estas versiones.", "fit works with these versions."))

# %% [markdown] lang="es"
# Con las versiones con las que se publicó esta lección, no funciona: Keras 3 recibe los datos repartidos y no sabe qué hacer con ellos. Es un [fallo conocido desde 2024](https://github.com/keras-team/keras/issues/20585), y el tutorial oficial de TensorFlow para varias máquinas falla por eso. Nuestro bucle no pasa por ahí. (Si en tu salida `fit` funciona, es que ya lo han arreglado.)
#
# ## Dos GPU
#
# Aquí sí se puede ganar, porque cada réplica tiene su procesador. Kaggle presta máquinas con dos (*Settings → Accelerator → GPU T4 ×2*). Si hay dos, esta celda mide el mismo paso con una y con dos; si no, no hace nada. **Está sin probar**: no hemos tenido dos GPU. Y con un lote de 64 lo normal es que no ganes nada: para una GPU es poquísimo.

# %% [markdown] lang="en"
# With the versions with which this lesson was published it does not: Keras 3 gets the shared-out data and does not know what to do with them. It has been [reported since 2024](https://github.com/keras-team/keras/issues/20585), and it is why TensorFlow's official tutorial for several machines fails. Our loop does not go that way. (If `fit` works in your output, it has been fixed.)
#
# ## Two GPUs
#
# Here there is something to gain, for each replica has its own processor. Kaggle lends machines with two (*Settings → Accelerator → GPU T4 ×2*). If there are two, this cell times the same step with one and with two; otherwise it does nothing. **It is untested**: we have not had two GPUs. And with a batch of 64 you will most likely gain nothing: for a GPU that is next to nothing.

# %%
gpus = [gpu.name.replace("/physical_device:", "") for gpu in tf.config.list_physical_devices("GPU")]
if len(gpus) < 2:
    print(L("Aquí no hay dos GPU: no hay nada que medir.", "There are no two GPUs here: nothing to measure."))
for count in (1, 2) if len(gpus) >= 2 else ():
    strategy = tf.distribute.MirroredStrategy(gpus[:count])
    train_step = make_step(strategy, make_state(strategy, lambda: keras.optimizers.Adam(2e-3, beta_1=0.5)))
    train_step(batch)
    start = time.perf_counter()
    for _ in range(50):
        losses = [float(loss) for loss in train_step(batch)]
    print(count, f"{1000 * (time.perf_counter() - start) / 50:.1f} ms")

# %% [markdown] lang="es"
# ## El mismo programa en un clúster
#
# En un clúster nadie busca puertos libres ni vuelve a lanzar lo que se muere: para eso hay gestores de trabajos. Los dos más usados, [Kubernetes](https://kubernetes.io/docs/concepts/workloads/controllers/job/) y [SLURM](https://slurm.schedmd.com/sbatch.html), hacen lo mismo que ha hecho `workers`: poner en marcha el mismo programa en cada máquina y decirle a cada copia qué número es. SLURM se lo dice en `SLURM_PROCID`; Kubernetes, en `JOB_COMPLETION_INDEX`, si el trabajo es de tipo `Indexed`. Con ese número y la lista de direcciones se escribe `TF_CONFIG`:

# %% [markdown] lang="en"
# ## The same program on a cluster
#
# On a cluster nobody looks for free ports or restarts what dies: there are job managers for that. The two most common ones, [Kubernetes](https://kubernetes.io/docs/concepts/workloads/controllers/job/) and [SLURM](https://slurm.schedmd.com/sbatch.html), do what `workers` has done: start the same program on each machine, and tell each copy which number it is. SLURM says so in `SLURM_PROCID`; Kubernetes, in `JOB_COMPLETION_INDEX`, if the Job is an `Indexed` one. From that number and the list of addresses, `TF_CONFIG` is written:

# %% tags=["nbval-check-output"]
for number in ("SLURM_PROCID", "JOB_COMPLETION_INDEX"):
    environment = {"WORKERS": "node-1:8888,node-2:8888", number: "1"}
    workers.join_cluster(environment)
    print(environment["TF_CONFIG"])

# %% [markdown] lang="es"
# Los archivos están en la carpeta `jobs/` del curso: un JobSet para Kubernetes y un guion para SLURM. Su README dice qué se ha comprobado de ellos y qué no: no los hemos lanzado en un clúster de verdad. Si tienes uno, cuéntanos cómo te ha ido.
#
# ## Lo que hemos visto
#
# - Cada réplica tiene las redes enteras y una parte del lote. Lo que viaja son los gradientes (y, si se sincroniza, las sumas de la BN), y lo que se hace con ellos es sumarlos.
# - La pérdida se divide entre el tamaño del lote **entero**. Con Adam, el error no se nota hasta que cambia otra cosa.
# - La BN sin sincronizar ve solo su parte: los pesos siguen iguales en todas, pero es otro entrenamiento.
# - El ruido sale del paso, y cada réplica se queda con su parte. Así el entrenamiento no depende de cuántas son.
# - Si muere una, se paran todas, y se sigue desde el punto de control con las que haya.
# - En un solo ordenador, repartir no acelera. Antes de pedir otra máquina, mide.
#
# ## Fuentes
#
# - Documentación de TensorFlow: [*Distributed training with TensorFlow*](https://www.tensorflow.org/guide/distributed_training) y [*Custom training loop with Keras and MultiWorkerMirroredStrategy*](https://www.tensorflow.org/tutorials/distribute/multi_worker_with_ctl), licencias Apache 2.0 y CC BY 4.0.
# - Priya Goyal y otros, [*Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*](https://arxiv.org/abs/1706.02677), 2017: lotes repartidos, la BN por réplica y los errores de quien divide mal.
# - Que `fit` falla con varias máquinas: [keras 20585](https://github.com/keras-team/keras/issues/20585).
# - [Base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# The files are in the course's folder `jobs/`: a JobSet for Kubernetes and a script for SLURM. Its README says what has been checked about them and what has not: we have not started them on a real cluster. If you have one, tell us how it went.
#
# ## What we have seen
#
# - Each replica has both networks whole and a part of the batch. What travels is the gradients (and BN's sums, if synchronized), and they are added up.
# - The loss is divided by the size of the **whole** batch. With Adam the mistake does not show until something else changes.
# - BN that is not synchronized sees only its part: the weights stay equal everywhere, but it is another training run.
# - The noise comes from the step, and each replica keeps its part. So the training does not depend on how many there are.
# - If one dies, all stop, and training goes on from the checkpoint with those that are left.
# - On a single computer, sharing out does not speed things up. Before you ask for another machine, measure.
#
# ## Sources
#
# - TensorFlow's documentation: [*Distributed training with TensorFlow*](https://www.tensorflow.org/guide/distributed_training) and [*Custom training loop with Keras and MultiWorkerMirroredStrategy*](https://www.tensorflow.org/tutorials/distribute/multi_worker_with_ctl), licences Apache 2.0 and CC BY 4.0.
# - Priya Goyal and others, [*Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*](https://arxiv.org/abs/1706.02677), 2017: batches shared out, BN per replica, and the mistakes of those who divide wrongly.
# - On `fit` failing with several machines: [keras 20585](https://github.com/keras-team/keras/issues/20585).
# - [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
