# ---
# title:
#   es: 1 · La GAN densa, dos redes que juegan
#   en: 1 · The fully connected GAN, two networks at play
# ---

# %% [markdown] lang="es"
# # 1 · La GAN densa: dos redes que juegan
#
# Una red neuronal que empieza dibujando nieve de televisor acabará dibujando dígitos que parecen escritos a mano. Nadie le enseñará cómo se dibuja un 3: aprenderá jugando contra otra red.
#
# **Vas a** mover su juego con dos mandos; escribir los dos turnos y comprobar que cada red aprende en el suyo; entrenar con ellos una GAN densa (*fully connected GAN*) con las 60 000 imágenes de MNIST; leer, mientras tanto, la fórmula del juego; y juzgar el resultado.
#
# **Tiempo:** unos 95 minutos, y otros 15 para los ejercicios 7 a 9, que son de repaso. (6 son de entrenamiento, y mientras tanto se lee.) **Necesitas:** saber Python, haber entrenado alguna vez una red con Keras y, para las fórmulas, recordar qué es una derivada.

# %% [markdown] lang="en"
# # 1 · The fully connected GAN: two networks at play
#
# A neural network that starts out drawing television snow will end up drawing digits that look handwritten. Nobody will show it how to draw a 3: it will learn by playing against another network.
#
# **You will** work its game with two knobs; write both turns, and check that each network learns in its own; train a fully connected GAN with them, on the 60,000 images of MNIST; read the formula of the game meanwhile; and judge the result.
#
# **Time:** about 95 minutes, and 15 more for exercises 7 to 9, which are for practice. (6 are training, and you read meanwhile.) **You need:** to know Python, to have trained a network with Keras once and, for the formulas, to remember what a derivative is.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Esto es lo que vas a conseguir: lo dibujó esta misma lección cuando se publicó, en un ordenador de dos núcleos y sin GPU. (Estas líneas solo traen herramientas: no hace falta leerlas.)

# %% [markdown] lang="en"
# This is what you are going to make: it was drawn by this very lesson when it was published, on a computer with two cores and no GPU. (These lines only bring in tools: you need not read them.)

# %%
from contextlib import contextmanager

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

from course_utils import data, diagrams, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import figures, toy
from course_utils.folders import out_folder, pretty_path
from course_utils.language import percent
from course_utils.monitor import Monitor
from course_utils.progress import estimate
from course_utils.questions.lesson_1 import q1, q2, q3, q4, q5, q6, q7, q8, q9

plots.show_promise("01_fully_connected_gan")

# %% [markdown] lang="es"
# Cien dígitos que no escribió nadie. Muchos se leen bien, pero algo falla: hay píxeles sueltos, como polvo. Al final sabrás por qué.

# %% [markdown] lang="en"
# A hundred digits that nobody wrote. Many can be read well, and something is off: there are stray pixels, like dust. By the end you will know why.

# %% [markdown] lang="es"
# ## Primero, juega
#
# Una GAN (*generative adversarial network*, red generativa antagónica) son dos redes con intereses opuestos:
#
# - El **generador**, G, recibe ruido, unos números al azar, y los convierte en algo que quiere hacer pasar por un dato real.
# - El **discriminador**, D, recibe un dato, real o generado, y responde con la probabilidad de que sea real.
#
# Aquí un dato es un punto del plano, y así se ve todo. Los reales, cruces azules, están cerca de una circunferencia. Los negros son los que hace G. El fondo es la opinión de D en cada lugar: morado donde diría «real», naranja donde diría «generado» (más intenso, cuanto más seguro), y una línea de puntos donde no se decide. Se mueve sola; para verla otra vez, ▶ o arrastra el mando.

# %% [markdown] lang="en"
# ## Play first
#
# A GAN (generative adversarial network) is two networks with opposite interests:
#
# - The **generator**, G, receives noise, a few random numbers, and turns them into something that it wants to pass off as real data.
# - The **discriminator**, D, receives a sample, real or generated, and answers with the probability that it is real.
#
# Here a sample is a point in the plane, so that everything can be seen. The real ones, blue crosses, lie near a circle. The black dots are what G makes. The background is D's opinion at each place: purple where it would say “real”, orange where it would say “generated” (the stronger, the surer), and a dotted line where it is undecided. It plays by itself; to see it again, press ▶ or drag the slider.

# %%
toy.show_film()

# %% [markdown] lang="es"
# Al principio, donde se amontonan los puntos generados el fondo se vuelve naranja, y los puntos huyen hacia donde lo es menos. Cuando por fin coinciden con los reales, D no sabe qué decir junto a la circunferencia, el color casi desaparece allí y la persecución se calma. (Debajo verás dos números; más abajo dicen qué son. Y lejos de los puntos el color no significa nada: allí nadie pregunta a D, y nadie lo corrige.)
#
# ### Ejercicio 1: un árbitro dormido
#
# En esta partida, D aprende el doble de rápido que G. ¿Y si D, que es también el árbitro, no aprendiera nada? Elige **antes** de probarlo. (Ejecuta la celda y, si salen botones, pulsa uno. Si no, pon la letra entre comillas en lugar de los puntos suspensivos, por ejemplo `"a"`, y ejecútala otra vez.)
#
# **a)** los puntos llegan igual, pero más despacio · **b)** los puntos no se mueven · **c)** los puntos se marchan hacia donde D diga «real», y no paran · **d)** los puntos se reparten por todo el plano

# %% [markdown] lang="en"
# At first, where generated points pile up the background turns orange, and the points flee to where it is less so. When at last they coincide with the real ones, D does not know what to say near the circle, the colour nearly vanishes there, and the chase dies down. (The two numbers below the film are explained further down. And away from the points the colour means nothing: nobody asks D there, and nobody corrects it.)
#
# ### Exercise 1: a sleeping referee
#
# In this game D learns twice as fast as G. What if D, which is also the referee, learnt nothing at all? Choose **before** you try it. (Run the cell and, if there are buttons, press one. Otherwise put the letter in quotes in place of the three dots, for instance `"a"`, and run it again.)
#
# **a)** the points arrive all the same, only later · **b)** the points do not move · **c)** the points head for where D says “real”, and never stop · **d)** the points spread over the whole plane

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q1.check(answer)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites y ejecuta la celda:
# en: Delete the # of the line you need and run the cell:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ### Ahora mueve los mandos
#
# Cada mando es la velocidad de un jugador, es decir, su tasa de aprendizaje en milésimas: un 2 es una tasa de 0.002. Verás cómo acaba esa partida tras 600 pasos (todas están jugadas de antemano, para que no esperes), y dos números:
#
# - la **distancia** media de los puntos generados a la circunferencia;
# - la **cobertura**: a qué parte de los 24 arcos en que la cortamos llegan puntos suficientes.
#
# Hacen falta los dos. Con todos los puntos amontonados en un solo sitio de la circunferencia, la distancia sería perfecta y la cobertura, 1/24, un 4 %: es un **colapso** (*mode collapse*). Empieza por D = 0. ¿Encuentras después un colapso?

# %% [markdown] lang="en"
# ### Now turn the knobs
#
# Each knob is the speed of a player, that is, its learning rate in thousandths: a 2 is a rate of 0.002. You will see how that game ends after 600 steps (they were played beforehand, so that you need not wait), and two numbers:
#
# - the mean **distance** from the generated points to the circle;
# - the **coverage**: of the 24 arcs into which we cut it, the share that enough points reach.
#
# It takes both. With all points heaped on a single spot of the circle the distance would be perfect, and the coverage 1/24, or 4%: that is **mode collapse**. Begin with D = 0. Can you find a collapse afterwards?

# %%
toy.show_speeds()

# %% [markdown] lang="es"
# Con D = 0, los puntos se marchan del dibujo y no vuelven (aquí se ven pegados al borde). G «gana», y no ha aprendido nada. Recuerda esa imagen: hay tutoriales muy leídos que, con el Keras de hoy, entrenan exactamente así, con un aviso como mucho y nunca con un error. ¿Y cuando D es muy lento, o muy rápido? ¿Y cuando lo es G? Más abajo lo leeremos en una tabla.

# %% [markdown] lang="en"
# With D = 0 the points leave the picture and do not come back (here they stick to its edge). G “wins”, and has learnt nothing. Remember that picture: there are much-read tutorials that, on today's Keras, train exactly like this, with a warning at most and never an error. And when D is very slow, or very fast? And when G is? Further down we shall read it in a table.

# %% [markdown] lang="es"
# ## El juego por dentro
#
# Este es el juego, en un dibujo. Las flechas grises son lo que se calcula; las de color, por dónde vuelve la corrección de cada red, de la respuesta a sus pesos.

# %% [markdown] lang="en"
# ## Inside the game
#
# This is how it is played, in one drawing. The grey arrows are what is computed; the coloured ones, the way that each network's correction takes, from the answer back to its weights.

# %%
diagrams.show_loop()

# %% [markdown] lang="es"
# El generador nunca ve los datos. Todo lo que sabe de ellos le llega a través del discriminador: la corrección de G **atraviesa** D. Y D, en ese turno, hace de árbitro y no se mueve, es decir, sus pesos no cambian: eso indica el candado. La corrección de D, en cambio, acaba en D.
#
# ### Los puntos y las dos redes
#
# Abramos el juego. Los datos reales son puntos a distancia 0.7 del centro, más o menos:

# %% [markdown] lang="en"
# The generator never sees the data. All that it knows about them reaches it through the discriminator: its correction **passes through** D. And D, in that turn, is the referee and does not move, which means that its weights do not change: that is what the padlock says. D's correction, on the other hand, ends in D.
#
# ### The points and the two networks
#
# Let us open the game. The real data are points at a distance of about 0.7 from the centre:

# %% tags=["export"]
rng = np.random.default_rng(22)


def real_points(count):
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = rng.normal(0.7, 0.03, count)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points.astype("float32")


# %%
real_points(3)

# %% [markdown] lang="es"
# Los dos jugadores son redes pequeñas. G va de dos números al azar a un punto; D, de un punto a una probabilidad. La sigmoide de su última capa la mantiene entre 0 y 1.

# %% [markdown] lang="en"
# Both players are small networks. G goes from two random numbers to a point; D, from a point to a probability. The sigmoid in its last layer keeps it between 0 and 1.


# %% tags=["export"]
def toy_generator():
    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)], name="generator")


def toy_discriminator():
    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")], name="discriminator")


# %% [markdown] lang="es"
# ### Dos optimizadores
#
# Para jugar hacen falta dos modelos compilados: D, y una red que llamaremos `gan`, que es G seguido de D, para que la corrección llegue a G a través de D. Cada uno con **su propio** optimizador, por dos razones. En Keras 3, un optimizador que ya ha trabajado con unos pesos rechaza otros (la lección 2 enseña el error). Y uno compartido tendría una sola tasa y un solo contador de pasos, cuando lo que acabas de mover son dos velocidades.
#
# `beta_1=0.5` da a Adam menos memoria de los gradientes pasados que el 0.9 habitual: vienen de un rival que ya no existe. Y la métrica `mean_output` es la media de las respuestas de D; nos dirá gratis, en cada paso, qué opina.

# %% [markdown] lang="en"
# ### Two optimizers
#
# To play we need two compiled models: D, and a network that we shall call `gan`, which is G followed by D, so that the correction can reach G through D. Each gets an optimizer **of its own**, for two reasons. In Keras 3, an optimizer that knows its weights refuses any others (lesson 2 shows the error). And a shared one would have a single rate and a single step counter, when you have just been setting two speeds.
#
# `beta_1=0.5` gives Adam a shorter memory of past gradients than the usual 0.9: they come from a rival that is no more. And the metric `mean_output` is the mean of D's answers; it will tell us at each step what D thinks, at no extra cost.


# %% tags=["export"]
def mean_output(labels, outputs):
    return keras.ops.mean(outputs)


def compile_gan(generator, discriminator, g_rate, d_rate):
    noise = keras.Input(generator.input_shape[1:])
    gan = keras.Sequential([noise, generator, discriminator], name="gan")
    for model, rate in ((discriminator, d_rate), (gan, g_rate)):
        adam = keras.optimizers.Adam(rate, beta_1=0.5)
        # es: Sin XLA, que en una GPU tarda segundos en compilar cada modelo, por pequeño que sea.
        # en: Without XLA, which on a GPU takes seconds to compile each model, however small.
        model.compile(adam, "binary_crossentropy", metrics=["accuracy", mean_output], jit_compile=False)
    return gan


# %% [markdown] lang="es"
# Una partida nueva son dos redes recién hechas, y su `gan`. El ruido de esta celda, `toy_noise`, no cambiará: así seguiremos siempre los mismos puntos.

# %% [markdown] lang="en"
# A new game is two newly made networks and their `gan`. The noise of this cell, `toy_noise`, will not change: that way we shall always follow the same points.

# %%
toy_noise = keras.random.normal((300, 2), seed=7)


def new_game(g_speed, d_speed):
    keras.utils.set_random_seed(7)
    generator, discriminator = toy_generator(), toy_discriminator()
    gan = compile_gan(generator, discriminator, 1e-3 * g_speed, 1e-3 * d_speed)
    return generator, discriminator, gan


toy_g, toy_d, toy_gan = new_game(g_speed=1, d_speed=2)
print(toy_g.count_params(), toy_d.count_params())

# %% [markdown] lang="es"
# Un paso de aprendizaje es una llamada: `learn` enseña a un modelo un lote (*batch*), le dice qué debería responder a todo él y devuelve un informe. `train_on_batch` es un solo paso de `fit`, con el lote que le damos; los números del informe son de **antes** de ese paso.

# %% [markdown] lang="en"
# One step of learning is one call: `learn` shows a model a batch and what it should answer to all of it, and returns a report. `train_on_batch` is a single step of `fit`, on the batch we hand it; what it reports is from **before** that step.


# %% tags=["export"]
def learn(model, inputs, label):
    labels = tf.fill((len(inputs), 1), label)
    # es: Sin esto, algunas versiones de Keras devuelven la media desde el principio y no la de este lote.
    # en: Without this, some versions of Keras return the mean since the beginning and not that of this batch.
    model.reset_metrics()
    return model.train_on_batch(inputs, labels, return_dict=True)


# %% [markdown] lang="es"
# ### Ejercicio 2: el turno de D
#
# Ahora los turnos, y los escribes tú. Este es el de D:

# %% [markdown] lang="en"
# ### Exercise 2: D's turn
#
# Now the turns, and you write them. This is D's:

# %%
diagrams.show_loop("D", small=True)

# %% [markdown] lang="es"
# G dibuja con el ruido que le dan. D aprende de dos lotes, primero del real y después del generado. La etiqueta es lo que D **debería** responder: `1.0` es «real» y `0.0`, «generado». Y `training` dice a las capas de G si esto es un entrenamiento: a las que usamos con los puntos les da igual, pero alguna de las que usaremos con imágenes da un resultado con `True` y otro con `False`.
#
# Sustituye los puntos suspensivos y ejecuta la celda: su última línea comprueba lo que has escrito. Si los dejas, la lección sigue con la versión del curso.

# %% [markdown] lang="en"
# G draws with the noise that it is given. D learns from two batches, first the real one and then the generated one. The label is what D **should** answer: `1.0` is “real” and `0.0`, “generated”. And `training` tells G's layers whether this is training: to those that we use for points it makes no difference, but one of those that we shall use for images gives one result with `True` and another with `False`.
#
# Put something in place of the dots and run the cell: its last line checks what you have written. If you leave them, the lesson goes on with the course's version.


# %% tags=["exercise", "nbval-check-output"]
def discriminator_turn(generator, discriminator, real, noise):
    fake = generator(..., training=...)
    on_real = learn(..., real, ...)
    on_fake = learn(..., fake, ...)
    return on_real, on_fake


discriminator_turn = q2.use(discriminator_turn)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()


# %% tags=["export", "solution"]
def discriminator_turn(generator, discriminator, real, noise):
    fake = generator(noise, training=True)
    on_real = learn(discriminator, real, 1.0)
    on_fake = learn(discriminator, fake, 0.0)
    return on_real, on_fake


# %% [markdown] lang="es"
# La prueba no mira cómo está escrito tu turno, sino lo que hace: con dos redes de pesos conocidos, quién se mueve y adónde. Juguemos un turno con las nuestras:

# %% [markdown] lang="en"
# The check does not look at how it is written but at what it does: with two networks of known weights, who moves, and where to. Let us play a turn with ours:

# %%
for report in discriminator_turn(toy_g, toy_d, real_points(300), toy_noise):
    print({name: round(float(value), 3) for name, value in report.items()})

# %% [markdown] lang="es"
# Dos informes: el del lote real y el del generado. `mean_output` está cerca de 0.5 en los dos: D aún no distingue nada. La exactitud (`accuracy`) cuenta qué parte de las respuestas cae del lado bueno de 0.5. Con todas tan cerca de 0.5, basta con que D se incline un poco hacia «real» para que acierte casi siempre ante los reales y casi nunca ante los generados.
#
# ### Ejercicio 3: el turno de G

# %% [markdown] lang="en"
# Two reports: on the real batch and on the generated one. `mean_output` is close to 0.5 in both: D cannot tell anything yet. The `accuracy` counts what share of the answers falls on the right side of 0.5. With all of them so near 0.5, D needs only lean a little towards “real” to be right nearly always about the real ones and hardly ever about the generated ones.
#
# ### Exercise 3: G's turn

# %%
diagrams.show_loop("G", small=True)

# %% [markdown] lang="es"
# Queremos que los puntos de G pasen por reales. Por eso se entrena `gan`, que va del ruido a la respuesta de D, y su etiqueta es lo que **G quiere oír**. Y D no puede moverse, o aprendería a dar por bueno lo falso: `frozen` lo congela mientras dura el bloque `with` y después lo descongela, aunque algo falle. (Lo que está antes de `yield` se ejecuta al entrar; lo de `finally`, al salir.)
#
# Keras 3 consulta `trainable` la primera vez que entrena cada modelo con lotes de un tamaño determinado, y después repite lo que vio. Lo congelamos en todos los turnos porque así no importa cuál es esa primera vez; la lección 2 cuenta qué pasa si no.

# %% [markdown] lang="en"
# We want G's points to pass for real. So we train `gan`, which leads from noise to D's answer, and its label is what **G wants to hear**. And D must not move, or it would learn to accept fakes: `frozen` freezes it for as long as the `with` block lasts and thaws it afterwards, even if something fails. (What stands before `yield` runs on entering; what stands in `finally`, on leaving.)
#
# Keras 3 looks at `trainable` the first time that it trains each model on batches of a given size, and from then on repeats what it saw. We freeze in every turn because then it does not matter which time is the first; lesson 2 tells what happens otherwise.


# %% tags=["export"]
@contextmanager
def frozen(model):
    model.trainable = False
    try:
        yield
    finally:
        model.trainable = True


# %% [markdown] lang="es"
# ¿A quién se congela, qué modelo aprende, de qué y con qué etiqueta?

# %% [markdown] lang="en"
# Who is frozen, which model learns, from what, and with which label?


# %% tags=["exercise", "nbval-check-output"]
def generator_turn(gan, discriminator, noise):
    with frozen(...):
        return learn(..., ..., ...)


generator_turn = q3.use(generator_turn)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()


# %% tags=["export", "solution"]
def generator_turn(gan, discriminator, noise):
    with frozen(discriminator):
        return learn(gan, noise, 1.0)


# %% [markdown] lang="es"
# Un paso del entrenamiento es un turno de cada jugador, cada uno con ruido nuevo, y un informe con siete números. (`summary` solo los reúne: no hace falta leerla.)

# %% [markdown] lang="en"
# A training step is one turn of each player, each with fresh noise, and a report with seven numbers. (`summary` only gathers them: you need not read it.)


# %% tags=["export"]
def summary(on_real, on_fake, on_gan):
    return {
        "d_loss": (on_real["loss"] + on_fake["loss"]) / 2,
        "g_loss": on_gan["loss"],
        "d_real": on_real["mean_output"],
        "d_fake": on_fake["mean_output"],
        "accuracy_real": on_real["accuracy"],
        "accuracy_fake": on_fake["accuracy"],
        "accuracy_gan": on_gan["accuracy"],
    }


# %% [markdown] lang="es"
# `make_train_step` prepara ese paso para un par de redes: devuelve una función que recibe un lote real y juega los dos turnos.

# %% [markdown] lang="en"
# `make_train_step` prepares such a step for a pair of networks: it returns a function that receives a real batch and plays both turns.


# %% tags=["export"]
def make_train_step(generator, discriminator, gan):
    # es: El mismo generador, compilado por TensorFlow: dibuja más deprisa.
    # en: The same generator, compiled by TensorFlow: it draws faster.
    draw = tf.function(generator)
    latent_dim = generator.input_shape[1]

    def train_step(real):
        noise = keras.random.normal((len(real), latent_dim))
        on_real, on_fake = discriminator_turn(draw, discriminator, real, noise)
        noise = keras.random.normal((len(real), latent_dim))
        return summary(on_real, on_fake, generator_turn(gan, discriminator, noise))

    return train_step


# %% [markdown] lang="es"
# Los dos turnos, con las dos redes, son toda la GAN. Sirven igual para los puntos que para las imágenes.
#
# ### Ejercicio 4: predice un empate
#
# Imagina que el generador ya es perfecto: sus puntos caen justo como los reales. ¿Qué acabará respondiendo el discriminador, de media?
#
# **a)** 1 ante los reales y 0 ante los generados · **b)** 0 ante los reales y 1 ante los generados · **c)** 0.5 ante unos y otros · **d)** 1 ante unos y otros

# %% [markdown] lang="en"
# The two turns, with the two networks, are the whole GAN. They serve points and images alike.
#
# ### Exercise 4: predict a tie
#
# Suppose the generator has become perfect: its points fall exactly as the real ones do. What will the discriminator end up answering, on average?
#
# **a)** 1 for real ones and 0 for generated ones · **b)** 0 for real ones and 1 for generated ones · **c)** 0.5 for both · **d)** 1 for both

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# ### Tu partida
#
# `play` crea dos jugadores nuevos y los hace jugar con tus turnos, a las velocidades que le digas. El monitor dibuja sobre la marcha, y la película guarda los momentos.

# %% [markdown] lang="en"
# ### Your game
#
# `play` makes two new players and lets them play with your turns, at the speeds that you give. The monitor draws on the way, and the film keeps the moments.


# %%
def play(g_speed, d_speed, steps):
    generator, discriminator, gan = new_game(g_speed, d_speed)
    train_step = make_train_step(generator, discriminator, gan)
    some_real = real_points(300)

    def draw(ax, points):
        plots.opinion_field(ax, discriminator, some_real, points)

    alt = L("Los puntos de G buscan los reales", "G’s points look for the real ones")
    film = plots.Film(steps, lambda ax: draw(ax, generator(toy_noise)), alt=alt)
    with Monitor(steps, generator, toy_noise, discriminator, some_real, draw) as monitor:
        for step in range(1, steps + 1):
            monitor.update(**train_step(real_points(256)))
            film.look(step)
    return generator, monitor.history, film


# %% [markdown] lang="es"
# `budget` elige la duración: `smoke` para las pruebas del curso, `workshop` sin GPU y `full` con ella, o si se pide. Aquí son 600 pasos, unos 25 segundos. A la izquierda verás las dos pérdidas y la respuesta media de D: D(x) ante los puntos reales, D(G(z)) ante los que G hace con el ruido z.

# %% [markdown] lang="en"
# `budget` chooses how long: `smoke` for the tests of the course, `workshop` without a GPU and `full` with one, or on request. Here it is 600 steps, some 25 seconds. On the left you will see both losses and D's mean answer: D(x) to the real points, D(G(z)) to those that G makes of the noise z.

# %%
toy_steps = budget(smoke=240, workshop=600, full=600)
trained, history, film = play(g_speed=1, d_speed=2, steps=toy_steps)

# %% [markdown] lang="es"
# Ya es tu código el que los mueve (o el del curso, donde dejaste los puntos). Otra vez, despacio:

# %% [markdown] lang="en"
# Now it is your code that moves them (or the course's, where you left the dots). Once more, slowly:

# %%
film.show()

# %% [markdown] lang="es"
# ¿Qué tal ha ido? Las dos medidas de antes, en código que puedes saltarte. La cobertura cuenta los arcos que tienen cerca al menos la quinta parte de los puntos que les tocarían en un reparto igual.

# %% [markdown] lang="en"
# How did it go? The two measures from before, in code that you can skip. The coverage counts the arcs that receive, nearby, at least a fifth of the points that would be their fair share.


# %%
def distance(points):
    return np.abs(np.linalg.norm(points, axis=1) - 0.7).mean()


def coverage(points):
    near = points[np.abs(np.linalg.norm(points, axis=1) - 0.7) < 0.2]
    arcs = (np.arctan2(near[:, 1], near[:, 0]) / (2 * np.pi) % 1 * 24).astype(int) % 24
    return np.mean(np.bincount(arcs, minlength=24) >= len(points) / 24 / 5)


# %% [markdown] lang="es"
# Medimos los puntos reales, los de un generador sin entrenar y los del tuyo (de estas celdas y las que solo hacen tablas, basta con la tabla):

# %% [markdown] lang="en"
# We measure the real points, those of an untrained generator, and those of yours (of this cell, and of others that only make tables, the table is enough):

# %%
groups = {
    L("reales", "real"): real_points(1000),
    L("G sin entrenar", "untrained G"): np.asarray(toy_generator()(toy_noise)),
    L("tu G", "your G"): np.asarray(trained(toy_noise)),
}
measured = [(name, distance(points), coverage(points)) for name, points in groups.items()]
headings = ["", L("distancia", "distance"), L("cobertura", "coverage")]
plots.show_table(headings, [[name, f"{far:.3f}", percent(covered)] for name, far, covered in measured])
assert measured[2][1] < measured[1][1] / 2

# %% [markdown] lang="es"
# Los reales no están a distancia 0, porque no caen justo en la circunferencia: su fila es la meta. Y ahora, algunas de las partidas del principio. ¿En cuáles ha ganado G de verdad?

# %% [markdown] lang="en"
# The real ones are not at distance 0, because they do not fall exactly on the circle: that row is the goal. And now some of the games from the beginning. In which has G really won?

# %%
speeds = [(0, 1), (0.2, 1), (1, 1), (2, 1), (20, 1), (2, 5), (0.2, 20)]
games = {(d, g): toy.game(d, g) for d, g in speeds}
rows = [[f"D = {d:g}, G = {g:g}", f"{x['distance']:.3f}", percent(x["coverage"])] for (d, g), x in games.items()]
plots.show_table(headings, rows)
assert games[0, 1]["distance"] > 10 and games[0.2, 1]["distance"] > 0.3
assert min(games[d, 1]["coverage"] for d in (1, 2, 20)) == 1
assert np.isclose(games[2, 5]["coverage"], 3 / 24)
collapse = games[0.2, 20]
assert collapse["distance"] < toy.real_measures()["distance"]
assert collapse["coverage"] < 0.05

# %% [markdown] lang="es"
# Con D a 0, G acaba lejísimos. A 0.2, el árbitro aprende tan despacio que los puntos vagan y no llegan. A 1, a 2 y a 20 lo cubren todo: a 1, todavía con desorden; a 2, tan cerca como los reales.
#
# Y mira las dos últimas filas, con G más rápido que D. En la penúltima, los puntos llegan cerca, pero solo a 3 de los 24 arcos. En la última están **más cerca** que los reales, y todos en un solo arco. Eso es un colapso, y la distancia sola lo daría por una victoria. (No es una regla: arriba, con D = 1 y G = 20, los puntos lo cubren casi todo. Y es una partida de cada, con una sola semilla. Otra podría acabar de otro modo: pruébalo al final de la lección.)

# %% [markdown] lang="en"
# With D at 0, G ends up very far away. At 0.2 the referee learns so slowly that the points wander and do not arrive. At 1, 2 and 20 they cover everything: at 1, still untidily; at 2, as near as the real ones.
#
# And look at the last two rows, where G is faster than D. In the last but one the points get near, but only to 3 of the 24 arcs. In the very last they are **nearer** than the real ones, and all of them in a single arc. That is a collapse, and the distance alone would take it for a victory. (It is no rule: above, with D = 1 and G = 20, the points cover nearly everything. And it is one game of each, with a single seed. Another might end otherwise: try it at the end of the lesson.)

# %% [markdown] lang="es"
# ## Los datos
#
# Y ahora, imágenes. MNIST son 70 000 dígitos escritos a mano, de 28×28 píxeles: 60 000 para entrenar y 10 000 para examinar. Sin conexión a Internet, el curso usa en su lugar 1797 dígitos más pequeños que vienen con scikit-learn, y te avisa. La lección es la misma; las imágenes, más borrosas.

# %% [markdown] lang="en"
# ## The data
#
# And now images. MNIST is 70,000 handwritten digits of 28×28 pixels: 60,000 to train on and 10,000 to test with. Where there is no Internet connection the course uses 1,797 smaller digits that come with scikit-learn instead, and says so. The lesson is the same; the images are blurrier.

# %%
dataset = data.load("mnist")
print(dataset.origin)
print(dataset.x_train.shape, dataset.x_train.dtype)
plots.show_grid(dataset.x_train[:20], columns=10)

# %% [markdown] lang="es"
# El generador terminará en una tangente hiperbólica (`tanh`), que da números entre −1 y 1. Los datos reales tienen que vivir en el mismo intervalo; si no, a D le bastaría con mirar el rango para distinguirlos. Así que llevamos los grises de 0 a 255 al intervalo [−1, 1].

# %% [markdown] lang="en"
# The generator will end in a hyperbolic tangent (`tanh`), which gives numbers between −1 and 1. The real data must live in the same interval; otherwise D could tell them apart by their range alone. So we take the greys from 0 to 255 to the interval [−1, 1].


# %%
def scale(images):
    return tf.cast(images[..., tf.newaxis], tf.float32) / 127.5 - 1.0


scaled = scale(dataset.x_train[:100])
assert scaled.shape == (100, 28, 28, 1)
assert tf.reduce_min(scaled) == -1.0 and tf.reduce_max(scaled) == 1.0

# %% [markdown] lang="es"
# El flujo de datos (*pipeline*) baraja las **imágenes**, las repite sin fin, forma lotes de 256 y solo entonces las convierte en números de coma flotante. Gracias a `repeat` no hay un último lote incompleto; `drop_remainder=True` se lo dice a TensorFlow, y así sabe que cada lote tiene exactamente 256. (En memoria siguen siendo bytes: ocupan ocho veces menos que con el `X / 127.5 - 1` habitual de NumPy.)

# %% [markdown] lang="en"
# The pipeline shuffles the **images**, repeats them without end, forms batches of 256 and only then turns them into floats. Because of `repeat` there is no last, incomplete batch; `drop_remainder=True` tells TensorFlow so, and it knows that every batch holds exactly 256. (Until then they remain bytes, and take up an eighth of the memory that NumPy's usual `X / 127.5 - 1` would.)

# %%
batch_size = 256


def make_batches(images):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.shuffle(len(images), seed=22).repeat()
    batches = batches.batch(batch_size, drop_remainder=True)
    return batches.map(scale).prefetch(2)


batches = make_batches(dataset.x_train)
real = next(iter(batches))
assert real.shape == (256, 28, 28, 1)

# %% [markdown] lang="es"
# ## Las dos redes
#
# Son las del tutorial A, que citamos al final, sin cambiarles nada.
#
# **El generador.** Cien números de ruido atraviesan capas cada vez más anchas (256, 512 y 1024 neuronas) y salen convertidos en 784: los píxeles de una imagen. Detrás de cada capa oculta, la normalización por lotes (*batch normalization*, BN) centra y reescala las activaciones; con ella el entrenamiento va más deprisa y es más estable. Con `training=True` usa la media y la varianza del lote que está viendo; con `training=False`, las que ha ido acumulando. La lección 2 la mira por dentro. (`momentum` se escribe con su nombre: el primer argumento de `BatchNormalization` es otro, el eje.)

# %% [markdown] lang="en"
# ## The two networks
#
# They are those of tutorial A, which we credit at the end, with nothing changed.
#
# **The generator.** A hundred random numbers go through wider and wider layers (256, 512 and 1,024 neurons) and come out as 784: the pixels of an image. After each hidden layer, batch normalization (BN) centres and rescales the activations; with it, training is faster and steadier. With `training=True` it uses the mean and the variance of the batch at hand; with `training=False`, those that it has gathered so far. Lesson 2 looks inside it. (`momentum` is written with its name: the first argument of `BatchNormalization` is another, the axis.)

# %% tags=["export"]
latent_dim = 100


def make_generator():
    model = keras.Sequential([keras.Input((latent_dim,))], name="generator")
    for units in (256, 512, 1024):
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Dense(28 * 28, activation="tanh"))
    model.add(layers.Reshape((28, 28, 1)))
    return model


# %% [markdown] lang="es"
# **El discriminador** hace el camino inverso: aplana la imagen y la reduce a 512, a 256 y a un solo número entre 0 y 1. Ese número es una **probabilidad**, no un sí o un no.

# %% [markdown] lang="en"
# **The discriminator** goes the other way: it flattens the image and reduces it to 512, to 256 and to a single number between 0 and 1. That number is a **probability**, not a yes or no.


# %% tags=["export"]
def make_discriminator():
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()], name="discriminator")
    for units in (512, 256):
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


# %% [markdown] lang="es"
# Las creamos, y miramos lo ancha que es cada capa y cuántos parámetros suman:

# %% [markdown] lang="en"
# We make them, and look at how wide each layer is and at how many parameters they have:

# %% tags=["nbval-check-output"]
keras.utils.set_random_seed(22)
generator, discriminator = make_generator(), make_discriminator()
for model in (generator, discriminator):
    units = [layer.units for layer in model.layers if hasattr(layer, "units")]
    print(model.name, units, model.count_params())
assert generator.output_shape == (None, 28, 28, 1)
assert discriminator.output_shape == (None, 1)
assert generator.count_params() == 1_493_520
assert discriminator.count_params() == 533_505

# %% [markdown] lang="es"
# ¿Qué dibuja G sin entrenar, y qué opina D de ello? El ruido de esta celda, `fixed_noise`, no cambiará en toda la lección. Así las imágenes de dos momentos cualesquiera se pueden comparar una a una.

# %% [markdown] lang="en"
# What does an untrained G draw, and what does D think of it? The noise of this cell, `fixed_noise`, stays the same for the whole lesson. That way the images of any two moments can be compared one by one.

# %%
fixed_noise = keras.random.normal((100, latent_dim), seed=22)
untrained = generator(fixed_noise, training=False)
plots.show_grid(untrained[:10], columns=10)
print(f"D(x) = {np.mean(discriminator(real)):.2f}   D(G(z)) = {np.mean(discriminator(untrained)):.2f}")

# %% [markdown] lang="es"
# Nieve gris, y un discriminador que responde alrededor de 0.5 a todo. El mismo 0.5 que un empate perfecto: ya ves por qué ese número, por sí solo, no significa nada.
#
# ### Cada uno en su turno, y solo en él
#
# De este título depende todo. Si D no se mueve en su turno, G engaña a un árbitro dormido. Si se mueve en el de G, aprende a decir «real» ante lo falso. En ambos casos el código se ejecuta sin un solo error. Así que no nos fiamos: copiamos los pesos, jugamos un turno y miramos cuáles han cambiado. Con saber eso basta; el código de las dos celdas que siguen puedes saltártelo.

# %% [markdown] lang="en"
# Grey snow, and a discriminator that answers about 0.5 to everything. The same 0.5 as a perfect tie: you see why that number on its own means nothing.
#
# ### Each in its own turn, and only there
#
# Everything hangs on that heading. If D does not move in its own turn, G fools a sleeping referee. If it moves in G's, it learns to call fakes real. In both cases the code runs without a single error. So we do not take it on trust: we copy the weights, play one turn and look at which have changed. That is all you need to know; the code of the next two cells can be skipped.


# %%
def copy_weights(model):
    return [variable.numpy() for variable in model.trainable_variables]


def who_moves(turn, *models):
    before = [copy_weights(model) for model in models]
    turn()
    same = [map(np.array_equal, old, copy_weights(model)) for old, model in zip(before, models, strict=True)]
    return tuple(not all(pairs) for pairs in same)


# %% [markdown] lang="es"
# `check_turns` juega un turno de cada red y exige lo que tiene que pasar. ¿Qué cuatro respuestas, `True` o `False`, esperas en la tabla?

# %% [markdown] lang="en"
# `check_turns` plays one turn of each network and demands what must happen. Which four answers, `True` or `False`, do you expect in the table?


# %%
def check_turns(generator, discriminator, gan, real):
    noise = keras.random.normal((len(real), latent_dim))
    networks = discriminator, generator
    in_d_turn = who_moves(lambda: discriminator_turn(generator, discriminator, real, noise), *networks)
    in_g_turn = who_moves(lambda: generator_turn(gan, discriminator, noise), *networks)
    assert in_d_turn == (True, False)
    assert in_g_turn == (False, True)
    return in_d_turn, in_g_turn


# %% [markdown] lang="es"
# Compilamos con los números del tutorial A: tasa de aprendizaje 0.0002 para las dos.

# %% [markdown] lang="en"
# We compile with tutorial A's numbers: learning rate 0.0002 for both.

# %% tags=["nbval-check-output"]
gan = compile_gan(generator, discriminator, g_rate=2e-4, d_rate=2e-4)
print(" " * 12, "     D      G")
turns = L("turno de D", "D’s turn"), L("turno de G", "G’s turn")
for turn, (d_moved, g_moved) in zip(turns, check_turns(generator, discriminator, gan, real), strict=True):
    print(f"{turn:12} {d_moved!s:>6} {g_moved!s:>6}")

# %% [markdown] lang="es"
# `True` quiere decir que los pesos entrenables de esa red han cambiado. Cada red aprende en su turno y en ninguno más. (Las medias que acumula la BN de G sí se mueven cada vez que dibuja con `training=True`: se miden, no se aprenden.) La lección 2 cuenta por qué esta prueba falla en tantos tutoriales.

# %% [markdown] lang="en"
# `True` means that the trainable weights of that network have changed. Each network learns in its own turn and in no other. (The averages that G's BN gathers do move whenever it draws with `training=True`: they are measured, not learnt.) Lesson 2 explains why this check fails in so many tutorials.

# %% [markdown] lang="es"
# ## El entrenamiento
#
# Una época (*epoch*) son 234 pasos: 60 000 imágenes entre 256 por lote. El tutorial A entrena durante 20; con el presupuesto `workshop` son 10. (Para hacer las 20 en cualquier equipo, ejecuta `%env COURSE_BUDGET=full` en una celda nueva, antes de la primera, y después todas desde el principio.) ¿Cuánto va a tardar aquí? Lo medimos con unos pasos de ensayo sobre dos redes de usar y tirar.

# %% [markdown] lang="en"
# ## Training
#
# An epoch is 234 steps: 60,000 images at 256 a batch. Tutorial A trains for 20; with the `workshop` budget it is 10. (To do all 20 on any machine, run `%env COURSE_BUDGET=full` in a new cell, before the first one, and then all cells from the start.) How long will that take here? We find out with a few rehearsal steps on two throwaway networks.

# %%
epochs = budget(smoke=0.25, workshop=10, full=20)
steps_per_epoch = 60_000 // batch_size
steps = int(epochs * steps_per_epoch)

rehearsal = make_generator(), make_discriminator()
rehearsal_step = make_train_step(*rehearsal, compile_gan(*rehearsal, 2e-4, 2e-4))
estimate(lambda: rehearsal_step(real), steps)

# %% [markdown] lang="es"
# Ahora sí. Las redes se crean en la misma celda que las entrena: si la ejecutas dos veces, empiezas de cero dos veces y no sigues, sin saberlo, con una red a medio entrenar. La prueba de los turnos se repite con estas mismas redes. En cuarenta momentos, más juntos al principio, se guarda lo que dibuja G.
#
# **Ponla en marcha y sigue leyendo: las fórmulas están debajo.** De vez en cuando vuelve aquí y mira tres cosas: cuándo aparecen los primeros trazos, si D(x) y D(G(z)) se acercan entre sí y si las pérdidas bajan. ¿Deberían bajar?

# %% [markdown] lang="en"
# Now for real. The networks are made in the very cell that trains them: if you run it twice, you start from scratch twice, instead of going on unknowingly with a half-trained network. The test of the turns is repeated on these very networks. At forty moments, closer together at the beginning, we keep what G draws.
#
# **Start it and read on: the formulas are below.** Come back now and then and watch three things: when the first strokes appear, whether D(x) and D(G(z)) approach each other, and whether the losses fall. Should they?

# %%
keras.utils.set_random_seed(22)
generator, discriminator = make_generator(), make_discriminator()
gan = compile_gan(generator, discriminator, g_rate=2e-4, d_rate=2e-4)
train_step = make_train_step(generator, discriminator, gan)
album = {0: generator(fixed_noise, training=False)}
check_turns(generator, discriminator, gan, real)

moments = sorted({max(1, round(steps * (i / 40) ** 2)) for i in range(1, 41)})
with Monitor(steps, generator, fixed_noise[:64], discriminator, real) as monitor:
    for step, real_images in enumerate(batches.take(steps), start=1):
        monitor.update(**train_step(real_images))
        if step in moments:
            album[step] = generator(fixed_noise, training=False)

# %% [markdown] lang="es"
# Cuando acabe, una comprobación: el entrenamiento ha ocurrido, las pérdidas son números y el monitor no ha visto nada grave.

# %% [markdown] lang="en"
# Once it ends, a check: the training has happened, the losses are numbers, and the monitor reports nothing serious.

# %%
assert monitor.step == steps, L(
    "Entrenamiento interrumpido: ejecuta de nuevo la celda anterior.",
    "Training was interrupted: run the cell above again.",
)
assert np.isfinite(monitor.history["d_loss"]).all() and np.isfinite(monitor.history["g_loss"]).all()
assert not {"frozen", "no rate", "collapsed", "not finite"} & {kind for _, kind, _ in monitor.diagnoses}

# %% [markdown] lang="es"
# ## Las fórmulas del juego
#
# Ya has visto el juego; ahora, mientras se entrena, se puede escribir. (Las celdas pequeñas de esta parte, y su deslizador, esperarán su turno; los ejercicios puedes pensarlos en papel.) Primero, los nombres:
#
# | símbolo | qué es |
# |---|---|
# | $x$ | un dato real (un punto, una imagen) |
# | $z$ | el ruido que recibe el generador |
# | $G(z)$ | lo que el generador hace con él |
# | $D(x)$ | la probabilidad, según el discriminador, de que $x$ sea real |
# | $\mathbb{E}$ | la media sobre muchos datos o muchas muestras de ruido |
# | $V$ | lo bien que le va al discriminador |
# | $\log$ | el logaritmo natural |

# %% [markdown] lang="en"
# ## The formulas of the game
#
# You have seen the game; now, while it trains, it can be written down. (The small cells of this part, and its slider, will wait for their turn; the exercises can be done on paper.) First, the names:
#
# | symbol | what it is |
# |---|---|
# | $x$ | a real sample (a point, an image) |
# | $z$ | the noise that the generator receives |
# | $G(z)$ | what the generator makes of it |
# | $D(x)$ | the probability, according to the discriminator, that $x$ is real |
# | $\mathbb{E}$ | the mean over many samples or many noise vectors |
# | $V$ | how well the discriminator is doing |
# | $\log$ | the natural logarithm |

# %% [markdown] lang="es"
# El juego que propusieron Ian Goodfellow y sus colegas en 2014 es este:
#
# $$\min_G \max_D \; V(D, G) = \mathbb{E}_{x}\big[\log D(x)\big] + \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big]$$
#
# El primer término premia que D llame real a lo real; el segundo, que llame falso a lo falso. D quiere que $V$ sea grande ($\max_D$) y G quiere que sea pequeño ($\min_G$). Como los dos logaritmos son de números entre 0 y 1, $V$ nunca pasa de 0.
#
# ¿Y dónde está esa fórmula en tu código? En `binary_crossentropy`, la entropía cruzada binaria: con etiqueta 1 vale $-\log D$, y con etiqueta 0, $-\log(1 - D)$. Las dos correcciones de `discriminator_turn` siguen los dos términos de $V$, uno tras otro, cambiados de signo porque Keras minimiza. Comprobémoslo con dos números.

# %% [markdown] lang="en"
# The game that Ian Goodfellow and his colleagues proposed in 2014 is this:
#
# $$\min_G \max_D \; V(D, G) = \mathbb{E}_{x}\big[\log D(x)\big] + \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big]$$
#
# The first term rewards D for calling the real real; the second, for calling the fake fake. D wants $V$ large ($\max_D$) and G wants it small ($\min_G$). As both logarithms are of numbers between 0 and 1, $V$ never exceeds 0.
#
# And where is that formula in your code? In `binary_crossentropy`: with label 1 it is $-\log D$, and with label 0, $-\log(1 - D)$. The two updates in `discriminator_turn` follow the two terms of $V$, one after the other, with the sign changed because Keras minimises. Let us check with two numbers.

# %% tags=["nbval-check-output"]
loss = keras.losses.BinaryCrossentropy()
on_real, on_fake = float(loss([[1.0]], [[0.9]])), float(loss([[0.0]], [[0.2]]))
print(f"D(x) = 0.9:     {on_real:.3f}")
print(f"D(G(z)) = 0.2:  {on_fake:.3f}")
assert np.allclose([on_real, on_fake], [-np.log(0.9), -np.log(1 - 0.2)], atol=1e-5)

# %% [markdown] lang="es"
# ### Por qué el generador no usa su propia fórmula
#
# Según $\min_G$, el generador debería minimizar $\log(1 - D(G(z)))$. Tú has hecho otra cosa: entrenarlo con la etiqueta 1, es decir, minimizar $-\log D(G(z))$. Es la pérdida **no saturante** (*non-saturating loss*), del mismo artículo de 2014.
#
# Las dos piden lo mismo: que D dé por buenas las muestras. Se distinguen en la **fuerza** con que lo piden. ¿Cuál empujará más al principio, cuando D reconoce todo lo falso y $D(G(z))$ es casi 0?
#
# Para verlo, un nombre más: el **logit** es el número que entra en la sigmoide de D, y la sigmoide lo convierte en la probabilidad. La fuerza será el tamaño de la derivada de la pérdida respecto al logit. La celda escribe primero la de la fórmula original y después la de la no saturante.

# %% [markdown] lang="en"
# ### Why the generator does not use its own formula
#
# According to $\min_G$, the generator should minimise $\log(1 - D(G(z)))$. You have done something else: trained it with label 1, that is, minimised $-\log D(G(z))$. This is the **non-saturating loss**, from the same 2014 paper.
#
# Both ask for the same thing: that D accept the samples. They differ in how **hard** they ask. Which will push harder at the beginning, when D recognises every fake and $D(G(z))$ is close to 0?
#
# To see it, one more name: the **logit** is the number that enters D's sigmoid, and the sigmoid turns it into the probability. The strength will be the size of the derivative of the loss with respect to the logit. The cell prints that of the original formula first, and then that of the non-saturating one.

# %% tags=["nbval-check-output"]
logit = np.linspace(-7, 7, 281)
d_fake = 1 / (1 + np.exp(-logit))
saturating = np.abs(np.gradient(np.log(1 - d_fake), logit))
non_saturating = np.abs(np.gradient(-np.log(d_fake), logit))

start = np.argmin(np.abs(d_fake - 0.01))
print(f"D(G(z)) = 0.01:  {saturating[start]:.2f}  {non_saturating[start]:.2f}")
assert non_saturating[start] > 50 * saturating[start]

# %% [markdown] lang="es"
# La misma cuenta, para cualquier respuesta de D:

# %% [markdown] lang="en"
# The same for any answer of D:

# %%
_, ax = plt.subplots(figsize=(6, 2.8), dpi=80, layout="constrained")
ax.plot(d_fake, saturating, "-", color=plots.REAL_COLOUR, label=r"$\log(1 - D(G(z)))$")
ax.plot(d_fake, non_saturating, "--", color=plots.FAKE_COLOUR, label=r"$-\log D(G(z))$")
ax.set(xlabel="$D(G(z))$", ylabel=L("fuerza del gradiente", "strength of the gradient"))
ax.legend()
plt.show()

# %% [markdown] lang="es"
# A la izquierda, justo donde más falta hace, la fórmula original (línea continua) se satura y apenas empuja; la no saturante (discontinua) empuja al máximo. Las dos rectas son, sencillamente, $D$ y $1 - D$. De camino hacia G, esa fuerza se multiplica por cómo cambia el logit con cada peso de G, que es igual para las dos: lo que las distingue es solo la fuerza.
#
# ### Ejercicio 5: una pérdida a mano
#
# El discriminador cree que una muestra generada es real con probabilidad $D(G(z)) = 0.1$. ¿Cuánto vale la pérdida no saturante del generador? Escríbela con NumPy.

# %% [markdown] lang="en"
# On the left, just where it is needed most, the original formula (solid line) saturates and hardly pushes; the non-saturating one (dashed) pushes as hard as it can. The two lines are simply $D$ and $1 - D$. On its way to G that strength is multiplied by how the logit changes with each weight of G, which is the same for both: this is what tells them apart.
#
# ### Exercise 5: a loss by hand
#
# The discriminator believes that a generated sample is real with probability $D(G(z)) = 0.1$. What is the generator's non-saturating loss? Write it with NumPy.

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# ### Qué significa D(x) = 0.5
#
# Para un generador fijo se puede calcular el mejor discriminador posible, y bastan dos líneas. Fíjate en un lugar donde han caído $a$ datos reales y $b$ generados, y llama $d$ a lo que D responde allí. Su parte de $V$ es
#
# $$a \log d + b \log(1 - d)$$
#
# y la derivada, $a/d - b/(1 - d)$, es 0 cuando $d = a / (a + b)$. Con 30 reales y 10 generados, la mejor respuesta es 0.75:

# %% [markdown] lang="en"
# ### What D(x) = 0.5 means
#
# For a fixed generator, the best possible discriminator can be worked out, and it takes two lines. Look at a place where $a$ real samples and $b$ generated ones have fallen, and call what D answers there $d$. Its part of $V$ is
#
# $$a \log d + b \log(1 - d)$$
#
# and the derivative, $a/d - b/(1 - d)$, is 0 when $d = a / (a + b)$. With 30 real ones and 10 generated ones, the best answer is 0.75:

# %% tags=["nbval-check-output"]
d = np.linspace(0.01, 0.99, 99)
value = 30 * np.log(d) + 10 * np.log(1 - d)
best = d[np.argmax(value)]
print(f"d = {best:.2f}")
assert np.isclose(best, 30 / (30 + 10))

# %% [markdown] lang="es"
# Si $p_r(x)$ dice lo frecuentes que son los datos reales cerca de $x$, y $p_g(x)$, lo frecuentes que son los generados, el mejor discriminador es
#
# $$D^*(x) = \frac{p_r(x)}{p_r(x) + p_g(x)}$$
#
# (D ve tantos reales como generados. Es la proposición 1 del artículo.) Aquí los datos son números: una colina, los reales; otra, los generados, y debajo, $D^*$. Mueve la de G. ¿Dónde ha de estar, y con qué anchura, para que $D^*$ sea 0.5 en todas partes? ¿Y qué responde $D^*$ si G la estrecha mucho, es decir, si dibuja casi siempre lo mismo?

# %% [markdown] lang="en"
# If $p_r(x)$ says how frequent real data are near $x$, and $p_g(x)$ how frequent generated ones are, the best discriminator is
#
# $$D^*(x) = \frac{p_r(x)}{p_r(x) + p_g(x)}$$
#
# (D sees as many real samples as generated ones. It is Proposition 1 of the paper.) Here the data are numbers: one hill is the real ones, the other the generated ones, and below is $D^*$. Move G's. Where must it be, and how wide, for $D^*$ to be 0.5 everywhere? And what does $D^*$ answer if G makes it very narrow, that is, if it nearly always draws the same?

# %%
diagrams.show_bumps()

# %% [markdown] lang="es"
# Solo con las dos colinas iguales, $p_r = p_g$, responde $D^*$ siempre 0.5: ni el mejor árbitro puede distinguirlas. Y allí donde G amontona sus muestras, $p_g$ es mayor que $p_r$ y $D^*$ baja hacia 0, más cuanto más estrecha la colina: un D que se pone al día ve un colapso. (La línea de puntos es donde no hay casi nada de ninguna de las dos: allí cualquier respuesta vale, como lejos de los puntos en tu partida.) ¿Cómo terminó tu partida con los puntos?

# %% [markdown] lang="en"
# Only with two equal hills, $p_r = p_g$, does $D^*$ always answer 0.5: not even the best referee can tell them apart. And where G heaps its samples, $p_g$ is greater than $p_r$ and $D^*$ falls towards 0, the more so the narrower the hill: a D that keeps up sees a collapse. (The dotted line is where there is next to nothing of either: there any answer will do, as away from the points in your game.) How did your game with the points end?

# %%
for name in ("d_real", "d_fake"):
    print(f"{name}: {np.mean(history[name][-50:]):.2f}")

# %% [markdown] lang="es"
# En tablas, con los dos números cerca de 0.5. Pero cuidado: la implicación va en un solo sentido. Un generador perfecto lleva a 0.5; un 0.5 no demuestra que el generador sea perfecto. Un discriminador recién creado, que no sabe nada, también responde alrededor de 0.5 a todo. Y son medias: unas respuestas extremas, la mitad cerca de 0 y la mitad cerca de 1, también dan 0.5.

# %% [markdown] lang="en"
# In a tie, with both numbers close to 0.5. But beware: the implication goes one way only. A perfect generator leads to 0.5; a 0.5 does not prove that the generator is perfect. A newly made discriminator, which knows nothing, answers about 0.5 to everything as well. And these are means: extreme answers, half of them near 0 and half near 1, average 0.5 too.

# %% [markdown] lang="es"
# ## Qué ha salido
#
# El entrenamiento, otra vez, y ahora como película: el mismo ruido, y al lado las curvas de lo que D opinaba en ese momento. Cada casilla es siempre el mismo $z$. ¿Qué crees que aparece antes, los trazos u otra cosa?

# %% [markdown] lang="en"
# ## What came out
#
# The training once more, and now as a film: the same noise, and beside it the curves of what D thought at that moment. Each square always shows the same $z$. What do you expect to appear first: strokes, or something else?

# %%
opinions = {"d_real": L("D(x), reales", "D(x), real"), "d_fake": L("D(G(z)), generadas", "D(G(z)), generated")}
title = L("Qué opina el discriminador", "What the discriminator thinks")
alt = L("De la nieve salen manchas, trazos y dígitos", "Out of snow come blots, strokes and digits")
plots.show_album(album, monitor.history, opinions, title, count=16, alt=alt)

# %% [markdown] lang="es"
# Al principio los grises se separan en negros y blancos. Luego, en la mayoría de las casillas, aparece una mancha clara en el centro: es lo que todos los dígitos tienen en común. Después, de la mancha salen trazos, y cada ruido se va quedando con un dígito, aunque alguno cambia todavía al final. Y ahora, el resultado completo.

# %% [markdown] lang="en"
# At first the greys part into blacks and whites. Next, in most squares, a bright blot appears in the centre: it is what all digits have in common. Then strokes come out of the blot, and each noise vector settles on a digit, though a few still change towards the end. And now the whole result.

# %%
out = out_folder()
plots.show_grid(album[steps], columns=10)
pixels.save_grid(album[steps], out / "generated.png")
pixels.save_grid(dataset.x_train[:100], out / "real.png")

# %% [markdown] lang="es"
# Compara estos dígitos con los reales de antes. ¿En qué los distinguirías, si fueras el discriminador? Y las curvas: ¿han bajado las pérdidas? Aquí están sus medias y las de las respuestas de D, en el primer décimo del camino y en el último.

# %% [markdown] lang="en"
# Compare these digits with the real ones that we loaded. How would you tell them apart, if you were the discriminator? And the curves: have the losses fallen? Here are their means, and those of D's answers, over the first tenth of the way and over the last.

# %%
tenth = max(1, steps // 10)
names = {
    "d_real": "D(x)",
    "d_fake": "D(G(z))",
    "d_loss": L("pérdida de D", "D loss"),
    "g_loss": L("pérdida de G", "G loss"),
}
parts = [[np.mean(monitor.history[name][part]) for part in (slice(tenth), slice(-tenth, None))] for name in names]
rows = [[text, f"{first:.2f}", f"{last:.2f}"] for text, (first, last) in zip(names.values(), parts, strict=True)]
plots.show_table(["", L("al principio", "at first"), L("al final", "at the end")], rows)
if steps > 1000:
    assert parts[2][1] > parts[2][0] and parts[3][1] < parts[3][0]

# %% [markdown] lang="es"
# Al principio D gana con claridad: es cuando la pérdida no saturante se gana el sueldo. Después las dos respuestas se acercan. Y la pérdida de D **sube** mientras los dígitos mejoran, porque su rival mejora: no, las pérdidas no tienen por qué bajar. La de D va hacia 0.69, que es $-\log 0.5$, lo que cuesta no saber. La de G queda por encima, porque a G lo juzga siempre un D que acaba de estudiar lo falso. ¿Es entonces perfecto el generador? Guarda la pregunta.
#
# Si has entrenado menos de las 20 épocas que pide el tutorial A, esto es, más o menos, lo que habrías visto con las 20. Hemos entrenado sus redes una vez, con una sola semilla, en una GPU y con el paso que escribirás en la lección 3:

# %% [markdown] lang="en"
# At first D wins clearly: that is when the non-saturating loss earns its keep. Later the two answers approach each other. And D's loss **rises** while the digits improve, because its rival improves: no, the losses need not fall. D's goes towards 0.69, which is $-\log 0.5$, the price of not knowing. G's stays above, because G is always judged by a D that has just studied the fakes. Is the generator perfect, then? Keep the question.
#
# If you have trained for fewer than the 20 epochs that tutorial A asks for, this is roughly what you would have seen with all 20. We trained its networks once, with a single seed, on a GPU and with the step that you will write in lesson 3:

# %%
figures.show_tutorial("A")

# %% [markdown] lang="es"
# Dos semillas, la tuya y esta, dan dos colecciones distintas, con el mismo tipo de trazos y de puntos sueltos. La página `tutorials/README.es.md` enseña así los cinco tutoriales en los que se basa el curso.
#
# ### El polvo, medido
#
# A simple vista se ven píxeles claros sueltos, que en las imágenes reales casi no aparecen. Contémoslos: de todos los píxeles más claros que el gris medio, cuántos no tienen **ningún** vecino claro entre los ocho que los rodean. (El código, otra vez, puedes saltártelo.) ¿Cuántos esperas por cada diez mil?

# %% [markdown] lang="en"
# Two seeds, yours and this one, give two different collections, with the same kind of strokes and of stray dots. The page `tutorials/README.md` shows all five tutorials on which the course is based in this way.
#
# ### The dust, measured
#
# You can see stray bright pixels, which hardly ever appear in real images. Let us count them: of all pixels brighter than mid-grey, how many have **no** bright neighbour among the eight around them. (Once more, the code can be skipped.) How many would you expect in ten thousand?


# %% tags=["export"]
def lonely_share(images):
    bright = pixels.to_uint8(images) > 127
    padded = np.pad(bright, ((0, 0), (1, 1), (1, 1))).astype("uint8")
    neighbours = sum(
        padded[:, 1 + dy : 29 + dy, 1 + dx : 29 + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
    )
    return (bright & (neighbours == 0)).sum() / bright.sum()


# %% [markdown] lang="es"
# Mil imágenes de cada tipo:

# %% [markdown] lang="en"
# A thousand images of each kind:

# %%
many = generator(keras.random.normal((1000, latent_dim)), training=False)
dust = [10_000 * lonely_share(images) for images in (dataset.x_test[:1000], many)]
rows = [
    [name, f"{count:.1f}"] for name, count in zip((L("reales", "real"), L("generadas", "generated")), dust, strict=True)
]
plots.show_table(["", L("sueltos de cada 10 000 claros", "stray pixels in 10,000 bright ones")], rows)
assert dust[1] > dust[0]

# %% [markdown] lang="es"
# Muchos más que en las imágenes reales. El ojo no se equivocaba.
#
# ### Por qué: una capa densa no sabe quién es vecino de quién
#
# Para una capa densa, los 784 píxeles son una lista. Barajemos sus posiciones, siempre del mismo modo, en la última capa de G y en la primera de D. Nosotros dejamos de entender las imágenes. ¿Y las redes?

# %% [markdown] lang="en"
# Many more than in the real images. The eye was not mistaken.
#
# ### Why: a dense layer does not know who is next to whom
#
# To a dense layer, the 784 pixels are a list. Let us shuffle their positions, always in the same way, in the last layer of G and in the first of D. We can no longer make sense of the images. And the networks?

# %%
order = np.random.default_rng(22).permutation(28 * 28)


def shuffle_pixels(model, copy, layer, axis):
    copy.set_weights(model.get_weights())
    kernel, bias = copy.layers[layer].get_weights()
    copy.layers[layer].set_weights([np.take(kernel, order, axis), bias[order] if axis == 1 else bias])
    return copy


# %% [markdown] lang="es"
# Una copia de cada red, con los píxeles barajados (también este código se puede saltar):

# %% [markdown] lang="en"
# A copy of each network, with its pixels shuffled (this code, too, can be skipped):

# %%
shuffled_generator = shuffle_pixels(generator, make_generator(), layer=-2, axis=1)
shuffled_discriminator = shuffle_pixels(discriminator, make_discriminator(), layer=1, axis=0)
shuffled = shuffled_generator(fixed_noise, training=False)
titles = [L("como siempre", "as usual"), L("píxeles barajados", "shuffled pixels")]
plots.show_grids([album[steps][:16], shuffled[:16]], titles)

# %% [markdown] lang="es"
# A la izquierda, dígitos; a la derecha, para nosotros, nieve. ¿Y para el discriminador?

# %% [markdown] lang="en"
# On the left, digits; on the right, to us, snow. And to the discriminator?

# %%
usual_opinion = discriminator(album[steps], training=False)
shuffled_opinion = shuffled_discriminator(shuffled, training=False)
difference = np.max(np.abs(usual_opinion - shuffled_opinion))
print(L("la mayor diferencia de opinión:", "the largest difference of opinion:"), f"{difference:.6f}")
assert np.allclose(usual_opinion, shuffled_opinion, atol=1e-4)

# %% [markdown] lang="es"
# Su copia barajada responde a la nieve lo mismo que él a los dígitos. Y como los pesos iniciales son al azar, entrenar con imágenes barajadas habría ido igual de bien, porque nada en una red densa dice que dos píxeles sean vecinos. Que un trazo es continuo, las redes tienen que aprenderlo píxel a píxel. Ese es nuestro principal sospechoso del polvo, y la lección 2 lo pone a prueba: el mismo juego con convoluciones, que sí miran a los vecinos, y la misma cuenta.
#
# ### Por qué no sirve para imágenes grandes
#
# Una capa densa de $n$ entradas y $m$ salidas tiene $(n + 1)\,m$ parámetros: un peso por cada pareja y un sesgo por salida. ¿Cuánto ocuparía la **última** capa de G, a 4 bytes por parámetro, si queremos fotos en color? Tres casos: 64×64, con las 1024 neuronas de ahora delante; 512×512, con las mismas 1024, y 512×512 con una capa delante que crece con la imagen, hasta 1024 × 1024 neuronas, que es la cuenta que hace el tutorial A.

# %% [markdown] lang="en"
# Its shuffled copy answers the snow just as it answers the digits itself. And since initial weights are random anyway, training on shuffled images would have gone just as well, for nothing in a dense network says that two pixels are neighbours. That a stroke is continuous they have to learn pixel by pixel. That is our prime suspect for the dust, and lesson 2 puts it to the test: the same game with convolutions, which do look at the neighbours, and the same count.
#
# ### Why it does not scale
#
# A dense layer with $n$ inputs and $m$ outputs has $(n + 1)\,m$ parameters: one weight for each pair and one bias per output. How much would the **last** layer of G take up, at 4 bytes each, if we wanted colour photographs? Three cases: 64×64, with the present 1,024 neurons before it; 512×512, with the same 1,024; and 512×512 with a layer before it that grows with the image, to 1,024 × 1,024 neurons, which is the arithmetic of tutorial A.

# %% tags=["nbval-check-output"]
for side, inputs in ((64, 1024), (512, 1024), (512, 1024 * 1024)):
    parameters = (inputs + 1) * side * side * 3
    print(f"{side}×{side}×3, {inputs:7} → {parameters:15} × 4 bytes = {parameters * 4 / 1e9:7.2f} GB")

# %% [markdown] lang="es"
# El generador entero que has entrenado tiene un millón y medio de parámetros. Con las mismas 1024 neuronas, una foto de 512×512 pide 3.2 gigabytes: mucho, pero posible. En el último caso son 3.3 terabytes en una sola capa, para no saber todavía qué píxel está al lado de cuál.

# %% [markdown] lang="en"
# The whole generator that you have trained has a million and a half parameters. With the same 1,024 neurons, a photograph of 512×512 takes 3.2 gigabytes: a great deal, but possible. In the last case it is 3.3 terabytes in a single layer, and still not knowing which pixel is next to which.

# %% [markdown] lang="es"
# ## Qué dicen las tres exactitudes, y qué no
#
# Durante el entrenamiento hemos anotado tres exactitudes (*accuracies*), las mismas que el tutorial A: la de D ante lo real, la de D ante lo generado y la de la GAN, que dice con qué frecuencia una muestra pasa por real. (Si tienes prisa, salta al ejercicio 6: lo que hay antes explica por qué no son una nota.)

# %% [markdown] lang="en"
# ## What the three accuracies say, and what they do not
#
# While training we recorded three accuracies, the same as tutorial A: D's on real images, D's on generated ones, and that of the GAN, which is how often a sample passes for real. (If you are in a hurry, go on to exercise 6: what comes before it explains why they are not a grade.)

# %%
plots.show_curves(
    monitor.history,
    {
        "accuracy_real": L("D ante lo real", "D on real"),
        "accuracy_fake": L("D ante lo generado", "D on generated"),
        "accuracy_gan": L("GAN: pasa por real", "GAN: passes for real"),
    },
    L("Las tres exactitudes", "The three accuracies"),
)
plt.show()

# %% [markdown] lang="es"
# Ahora compara dos proporciones: las generadas que D no reconoce, que son las que pasan por reales, y la exactitud de la GAN. ¿No deberían coincidir?

# %% [markdown] lang="en"
# Now compare two shares: the generated images that D fails to recognise, which are those that pass for real, and the accuracy of the GAN. Should they not coincide?

# %%
fake_unnoticed = 1 - np.mean(monitor.history["accuracy_fake"][-100:])
passed = np.mean(monitor.history["accuracy_gan"][-100:])
print(f"1 - accuracy_fake: {fake_unnoticed:.2f}    accuracy_gan: {passed:.2f}")

# %% [markdown] lang="es"
# No coinciden, y la causa es el orden de los turnos: cada una se mide en un momento distinto. Sigamos a D durante un paso: ¿a cuántas de las mismas imágenes generadas llama reales al empezar, tras estudiar un lote real y tras estudiar uno generado?

# %% [markdown] lang="en"
# They do not, and the reason is the order of the turns: each is measured at a moment of its own. Let us follow D through one step: how many of the same generated images does it call real at the start, after studying a real batch, and after studying a generated one?


# %%
def share_called_real(model, images):
    return float(np.mean(model.predict_on_batch(images) > 0.5))


fake = many[:batch_size]
shares = [share_called_real(discriminator, fake)]
for images, label in [(real, 1.0), (fake, 0.0)]:
    learn(discriminator, images, label)
    shares.append(share_called_real(discriminator, fake))
if steps > 1000:
    assert shares[0] < shares[1] > shares[2]

# %% [markdown] lang="es"
# En una línea de tiempo, con la parte de las generadas que D llama reales:

# %% [markdown] lang="en"
# As a time line, with the share of the generated images that D calls real:

# %%
diagrams.show_moments(shares)

# %% [markdown] lang="es"
# Una sola corrección basta para que D cambie de opinión: después de un lote real llama reales a más imágenes; después de uno generado, a menos. «D ante lo real» se mide en el primer momento; «D ante lo generado», en el segundo, y «GAN», en el tercero. Las tres son ciertas y ninguna es una nota.
#
# ### Ejercicio 6: un árbitro nuevo
#
# Además, en cada paso el árbitro es otro. ¿Qué diría uno nuevo, que estudiara durante una época al generador ya terminado? Lo examinaremos con imágenes que no ha visto. ¿Cuántas generadas se le colarán?
#
# **a)** casi todas · **b)** la mitad, más o menos · **c)** casi ninguna

# %% [markdown] lang="en"
# A single update is enough for D to change its mind: after a real batch it sees more things as real; after a generated one, fewer. “D on real” is measured at the first moment; “D on generated”, at the second; and “GAN”, at the third. All three are true, and none is a grade.
#
# ### Exercise 6: a fresh referee
#
# Besides, the referee is a different one at every step. What would a fresh one say, after studying the finished generator for an epoch? We shall test it on images that it has not seen. How many generated ones will get past it?
#
# **a)** nearly all · **b)** half of them or so · **c)** hardly any

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q6.check(answer)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# El árbitro nuevo estudia las imágenes que dibujaríamos para un amigo, con `training=False`:

# %% [markdown] lang="en"
# The fresh referee studies the images that we would draw for a friend, with `training=False`:

# %%
judge = make_discriminator()
judge.compile(keras.optimizers.Adam(2e-4, beta_1=0.5), "binary_crossentropy", jit_compile=False)
for real_images in batches.take(budget(smoke=20, workshop=234, full=234)):
    fake_images = generator(keras.random.normal((batch_size, latent_dim)), training=False)
    learn(judge, real_images, 1.0)
    learn(judge, fake_images, 0.0)

# %% [markdown] lang="es"
# Y el examen:

# %% [markdown] lang="en"
# And the test:

# %%
judged = [share_called_real(judge, images) for images in (scale(dataset.x_test[:1000]), many)]
rows = [[L("reales", "real"), percent(judged[0])], [L("generadas", "generated"), percent(judged[1])]]
plots.show_table(["", L("el árbitro nuevo las llama reales", "the fresh referee calls them real")], rows)
assert judged[0] > judged[1]

# %% [markdown] lang="es"
# Al árbitro nuevo no se le cuela casi ninguna. Lo tuvo más fácil que D: el generador no se movía mientras lo estudiaba. (Tampoco vio las mismas imágenes: las de D se dibujaban con `training=True`.) Pero basta con que alguien las distinga para saber que las generadas **no** se reparten como las reales: que las respuestas de D rondaran 0.5 no quería decir que G fuera perfecto.
#
# Las exactitudes del juego describen el **equilibrio** entre dos rivales; no miden la calidad de las imágenes. Tampoco las pérdidas: la de D subió mientras los dígitos mejoraban. Y aunque un D que se pone al día notaría un generador que dibujara siempre el mismo 3 perfecto, ninguno de estos números diría qué falla, ni cuánta variedad falta. Para medir calidad hace falta un juez de fuera, y ese es el tema de la lección 4.

# %% [markdown] lang="en"
# Hardly any get past the fresh referee. It had an easier time than D: the generator kept still while it studied. (Nor did it see the same images: D's were drawn with `training=True`.) But it is enough that somebody can tell them apart to know that generated images are **not** distributed like the real ones: that D's answers were near 0.5 did not mean that G was perfect.
#
# The accuracies of the game describe the **balance** between two rivals; they do not measure the quality of the images. Nor do the losses: D's rose while the digits improved. And although a D that keeps up would notice a generator that drew the same perfect 3 for ever, none of these numbers would say what is wrong, or how much variety is missing. Measuring quality takes a judge from outside, and that is the subject of lesson 4.

# %% [markdown] lang="es"
# ## Guardar el generador
#
# El discriminador ha cumplido y ya no hace falta. Guardamos el generador y comprobamos que, al volver a cargarlo, dibuja exactamente lo mismo.

# %% [markdown] lang="en"
# ## Saving the generator
#
# The discriminator has done its work and is no longer needed. We save the generator, and check that once loaded again it draws exactly the same.

# %%
generator.save(out / "generator.keras")
reloaded = keras.models.load_model(out / "generator.keras")
assert np.array_equal(reloaded(fixed_noise, training=False), album[steps])
print(pretty_path(out))

# %% [markdown] lang="es"
# ## Ejercicios: encuentra el fallo
#
# Los tutoriales de los que aprendimos también se equivocan, y el código envejece. Todos los errores de los ejercicios 7 y 8 salen de código publicado. Son de repaso: hazlos hoy u otro día.
#
# ### Ejercicio 7: barajar
#
# El tutorial A forma los lotes y después los baraja. Así, cada imagen viaja siempre con las mismas compañeras. Arregla `shuffled_batches` para que recorra las imágenes una sola vez (sin `repeat`), en lotes completos de `size` imágenes mezcladas de verdad. Quien vuelva a recorrerlos debe encontrarlas mezcladas de otra manera. Las que sobran al final se descartan. Supón que hay al menos `size` imágenes.

# %% [markdown] lang="en"
# ## Exercises: spot the bug
#
# The tutorials that we learnt from make mistakes too, and code ages. All the bugs of exercises 7 and 8 come from published code. They are for practice: do them today or some other day.
#
# ### Exercise 7: the shuffle
#
# Tutorial A forms the batches and then shuffles them. So the same images always share a batch. Fix `shuffled_batches` so that it goes over the images once (no `repeat`), in full batches of `size` images that are really mixed, and differently each time it is gone through. Those left over at the end are dropped. You may assume that there are at least `size` images.


# %% tags=["exercise", "nbval-check-output"]
def shuffled_batches(images, size):
    batches = tf.data.Dataset.from_tensor_slices(images)
    batches = batches.batch(size)
    return batches.shuffle(len(images) // size)


# es: Cuando lo hayas arreglado, escribe q7.check(shuffled_batches).
# en: When you have fixed it, write q7.check(shuffled_batches).
q7.check(...)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %% [markdown] lang="es"
# ### Ejercicio 8: cuatro líneas malas
#
# En este programa hay cuatro líneas que hoy fallan o que entrenan mal sin avisar. Todo lo que hace falta para verlo está en esta lección. ¿Cuáles son? Responde con sus letras, por ejemplo `"abcd"`. `adam` es uno solo, `Adam(2e-4, beta_1=0.5)`; los demás nombres son los de siempre.
#
# ```text
# a   G.add(Dense(1024, activation="relu"))
# b   G.add(BatchNormalization(0.8))
# c   D.add(Dense(1, activation="sigmoid"))
# d   D.compile(adam, "binary_crossentropy"); gan.compile(adam, "binary_crossentropy")
# e   D.trainable = False        # antes del primer paso, y no se vuelve a tocar
# f   batches = Dataset.from_tensor_slices(images).batch(256).shuffle(234)
# g   D.train_on_batch(fake, zeros)
# h   gan.train_on_batch(noise, ones)
# ```

# %% [markdown] lang="en"
# ### Exercise 8: four bad lines
#
# In this program there are four lines that fail today or train badly without a word. All that it takes to see it is in this lesson. Which are they? Answer with their letters, for instance `"abcd"`. `adam` is a single one, `Adam(2e-4, beta_1=0.5)`; the other names are the usual ones.
#
# ```text
# a   G.add(Dense(1024, activation="relu"))
# b   G.add(BatchNormalization(0.8))
# c   D.add(Dense(1, activation="sigmoid"))
# d   D.compile(adam, "binary_crossentropy"); gan.compile(adam, "binary_crossentropy")
# e   D.trainable = False        # before the first step, and never touched again
# f   batches = Dataset.from_tensor_slices(images).batch(256).shuffle(234)
# g   D.train_on_batch(fake, zeros)
# h   gan.train_on_batch(noise, ones)
# ```

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q8.check(answer)

# %% tags=["exercise"]
# q8.hint()
# q8.solution()

# %% [markdown] lang="es"
# ### Ejercicio 9: tu propio detector
#
# Escribe `moves(model, action)`, que ejecuta `action()` y devuelve `True` si ha cambiado algún peso de `model` y `False` si no. `who_moves` mira `trainable_variables`, y esa lista está vacía si el modelo está congelado; tu detector tiene que funcionar también entonces. Te servirá con cualquier GAN. Un aviso: donde hay BN, también verá moverse las medias que se miden (`moving_mean` y `moving_variance`), aunque la red no esté aprendiendo.

# %% [markdown] lang="en"
# ### Exercise 9: your own detector
#
# Write `moves(model, action)`: it runs `action()` and returns `True` if any weight of `model` has changed and `False` if not. `who_moves` looks at `trainable_variables`, and that list is empty if the model is frozen; your detector must work then as well. It will serve you with any GAN. A warning: where there is BN, it will also see the measured averages move (`moving_mean` and `moving_variance`), even if the network is not learning.


# %% tags=["exercise", "nbval-check-output"]
def moves(model, action):
    return ...


q9.check(moves)

# %% tags=["exercise"]
# q9.hint()
# q9.solution()

# %% [markdown] lang="es"
# ### Para seguir jugando, sin nota
#
# - Cambia las velocidades de `play`. ¿Sale lo que decía la tabla? ¿Y con otra semilla en `new_game`?
# - Cambia la semilla de la celda de entrenamiento y repite. Las GAN son sensibles a todo, también a la suerte. (Incluso con la misma semilla, otra máquina puede dar otros dígitos.)
# - Quita las capas de normalización del generador y vuelve a entrenar. ¿En qué se nota? (El `assert` que cuenta sus parámetros protestará: bórralo.)
# - El tutorial A aconseja además ir bajando la tasa de aprendizaje: pasa `keras.optimizers.schedules.ExponentialDecay(2e-4, 1000, 0.9)` como `g_rate` y otra igual como `d_rate`. ¿Se posa el polvo?
# - Pon `"fashion_mnist"` en lugar de `"mnist"`. ¿Se ve el polvo en la ropa?

# %% [markdown] lang="en"
# ### To keep playing (ungraded)
#
# - Change the speeds of `play`. Does it come out as the table said? And with another seed in `new_game`?
# - Change the seed of the training cell and repeat. GANs are sensitive to everything, luck included. (Even with the same seed, another machine may give other digits.)
# - Remove the generator's normalization layers and train again. How does it show? (The `assert` that counts its parameters will protest: delete it.)
# - Tutorial A also advises decaying the learning rate: pass `keras.optimizers.schedules.ExponentialDecay(2e-4, 1000, 0.9)` as `g_rate` and another like it as `d_rate`. Does the dust settle?
# - Put `"fashion_mnist"` in place of `"mnist"`. Can you see the dust on clothes?

# %% [markdown] lang="es"
# ## Lo que hemos visto
#
# - Una GAN son dos redes y un juego por turnos; el generador solo conoce los datos a través del discriminador.
# - Que cada red se mueva en su turno, y solo en él, se comprueba con un `assert`; no se supone.
# - Cerca no basta: hay que cubrirlo todo. La distancia sola no ve un colapso.
# - La entropía cruzada con etiquetas 1 y 0 da el lado de D de la fórmula minimax; el generador usa la versión no saturante porque empuja cuando más falta hace.
# - D = 0.5 significa «no sé distinguir», y tanto puede ser mérito del generador como ignorancia del discriminador.
# - Las capas densas no saben qué píxeles son vecinos, y de ahí, sospechamos, el polvo; y como lo conectan todo con todo, crecen sin medida con la imagen.
# - Las exactitudes y las pérdidas hablan del equilibrio, no de la calidad.
#
# **Lo siguiente:** en la lección 2 las convoluciones se enfrentan al polvo, y veremos por qué tantos tutoriales entrenan hoy con el discriminador congelado.

# %% [markdown] lang="en"
# ## What we have seen
#
# - A GAN is two networks and a game in turns; the generator knows the data only through the discriminator.
# - That each network moves in its own turn, and only there, is checked with an `assert`; it is not assumed.
# - Being near is not enough: everything has to be covered. The distance alone cannot see a collapse.
# - Cross-entropy with labels 1 and 0 gives D's side of the minimax formula; the generator uses the non-saturating version because it pushes when it is needed most.
# - D = 0.5 means “I cannot tell”, and it may be to the generator's credit or the discriminator's ignorance.
# - Dense layers do not know which pixels are neighbours, hence, we suspect, the dust; and as they connect everything with everything, they grow out of hand with the image.
# - Accuracies and losses speak of the balance, not of quality.
#
# **Next:** in lesson 2 convolutions go after the dust, and we shall see why so many tutorials now train with a frozen discriminator.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Ian Goodfellow y otros, [*Generative Adversarial Nets*](https://arxiv.org/abs/1406.2661), 2014. De aquí salen el juego minimax, la pérdida no saturante y $D^*$. El tutorial A cuenta que la idea nació de un sueño; según el propio Goodfellow, nació de una discusión en un bar de Montreal.
# - **Tutorial A**, en chino, titulado «GAN» (red densa, TensorFlow 2.0). De él son la arquitectura, los hiperparámetros, las tres exactitudes, las cuadrículas de 10×10 y la cuenta de la imagen de 512×512. No conocemos a su autor. Lo que en él falla hoy, además de lo de los ejercicios 7 y 8:
#   - dice usar «solo capas densas y ReLU», pero también normaliza por lotes;
#   - llama «valor lógico» a la salida de D, que es una probabilidad;
#   - usa `np.float` y `reset_states`, que ya no existen;
#   - con menos imágenes que un lote, su `shuffle(0)` da un error;
#   - detiene el entrenamiento según las pérdidas, que en una GAN no miden la calidad.
# - Yann LeCun, Corinna Cortes y Christopher Burges, [base de datos MNIST](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - Ian Goodfellow et al., [*Generative Adversarial Nets*](https://arxiv.org/abs/1406.2661), 2014. The minimax game, the non-saturating loss and $D^*$ are from here. Tutorial A has it that the idea came in a dream; by Goodfellow's own account, it came out of an argument in a Montréal bar.
# - **Tutorial A**, in Chinese, entitled “GAN” (dense network, TensorFlow 2.0). The architecture, the hyperparameters, the three accuracies, the 10×10 grids and the arithmetic of the 512×512 image are its own. We do not know its author. What fails in it today, besides what exercises 7 and 8 show:
#   - it says that it uses “only dense layers and ReLU”, yet it uses batch normalization too;
#   - it calls D's output a “logical value”; it is a probability;
#   - it uses `np.float` and `reset_states`, which are gone;
#   - with fewer images than one batch, its `shuffle(0)` is an error;
#   - it stops training early according to the losses, which in a GAN do not measure quality.
# - Yann LeCun, Corinna Cortes and Christopher Burges, [MNIST database](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
