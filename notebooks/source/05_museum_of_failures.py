# ---
# title:
#   es: 5 · La clínica
#   en: 5 · The clinic
# ---

# %% [markdown] lang="es"
# # 5 · La clínica
#
# Una GAN averiada rara vez da un error. Sigue entrenando, imprime números razonables y dibuja disparates. Hay que reconocer la avería por sus síntomas, y eso se aprende como en medicina: con pacientes que llegan sin diagnóstico.
#
# En la sala de espera hay seis. Verás sus curvas, sus números y, a veces, sus imágenes. Dirás qué les pasa y qué prueba lo confirmaría. Y solo entonces harás la prueba.
#
# **En esta lección vas a:**
#
# 1. aprenderte las cifras de una GAN sana, para tener con qué comparar;
# 2. diagnosticar a seis pacientes y elegir las pruebas que distinguen dos diagnósticos parecidos;
# 3. ver qué remedios curan, y uno muy recomendado que no cura;
# 4. probar con todos los historiales un árbol de decisiones y una alarma tuya: ¿dónde se equivocan?
#
# **Tiempo:** unos 40 minutos, de los que unos 2 son de espera en un portátil de dos núcleos. **Necesitas:** haber hecho la lección 2.

# %% [markdown] lang="en"
# # 5 · The clinic
#
# A failing GAN seldom raises an error. It goes on training, prints reasonable numbers and draws nonsense. You have to recognise the failure by its symptoms, and that is learnt as in medicine: from patients who come without a diagnosis.
#
# Six of them are in the waiting room. You will see their curves, their numbers and, sometimes, their images. You will say what is wrong with them, and which test would confirm it. Only then will you run the test.
#
# **In this lesson you will:**
#
# 1. learn the numbers of a healthy GAN, so as to have something to compare with;
# 2. diagnose six patients and choose the tests that tell two similar diagnoses apart;
# 3. see which remedies cure, and one that is much recommended and does not;
# 4. try a decision tree and an alarm of your own on all the case histories: where do they go wrong?
#
# **Time:** about 40 minutes; on a two-core laptop about 2 of them are waiting. **You need:** to have done lesson 2.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Cuatro pacientes, uno por fila. A la izquierda, cinco de sus imágenes; a la derecha, cinco después del tratamiento. ¿A cuántos les ha servido?

# %% [markdown] lang="en"
# Four patients, one a row. On the left, five of its images; on the right, five after the treatment. How many has it helped?

# %%
import keras
import numpy as np

from course_utils import data, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import charts, clinic
from course_utils.folders import out_folder
from course_utils.lessons.lesson_2 import has_moved, weights_of
from course_utils.questions.lesson_5 import q1, q2, q3, q4, q5, q6, q7, q8, q9

plots.show_promise("05_museum_of_failures")

# %% [markdown] lang="es"
# ## Primero, una sana
#
# Todos los pacientes, salvo uno, parten de la misma red: la DCGAN de la lección 2, muy estrecha, para que 300 pasos cuesten poco. Cuando está sana, las dos redes aprenden con Adam, con una tasa de 0.001 y un `beta_1` de 0.5; D lleva un *dropout* de 0.4, y cada paso ve 32 imágenes. La hemos entrenado con tres semillas y hemos guardado los historiales. Estas son las medias de sus últimos 50 pasos:

# %% [markdown] lang="en"
# ## First, a healthy one
#
# All the patients but one start out from the same network: the DCGAN of lesson 2, made very narrow, so that 300 steps cost little. When it is healthy, both networks learn with Adam, at a rate of 0.001 and a `beta_1` of 0.5; D has a dropout of 0.4, and each step sees 32 images. We have trained it with three seeds and kept the case histories. These are the means of its last 50 steps:

# %%
healthy = charts.controls("healthy")
charts.show_numbers(healthy)
for case in healthy.values():
    d_loss, g_loss, d_real, d_fake = charts.means(case)
    assert abs(d_real - 0.5) < 0.1 and abs(d_fake - 0.5) < 0.1
    assert 0.6 < d_loss < g_loss < 1

# %% [markdown] lang="es"
# Son las cifras que hay que aprenderse. Las dos respuestas de D rondan un medio: duda. Y las dos pérdidas rondan 0.69, que es $-\log 0.5$; la de G queda algo por encima, porque G se encuentra con un D que acaba de estudiar sus imágenes.

# %% [markdown] lang="en"
# These are the numbers to learn. Both of D's answers are about one half: it is in doubt. And both losses are about 0.69, which is $-\log 0.5$; G's is a little above, because G meets a D that has just studied its images.

# %% [markdown] lang="es"
# ## La sala de espera
#
# Arriba, una sana. Debajo, los seis. (Las pérdidas del paciente 3 no caben en una escala corriente: en la suya, cada marca es cien veces la anterior.) De cada uno, las pérdidas y lo que responde D: D(x) ante las imágenes reales y D(G(z)) ante las generadas. Tres han traído además imágenes de G. Los primeros cien pasos son movidos también en la sana. Mira sin prisa: ¿quién se parece a la sana? ¿Quiénes se parecen entre sí?

# %% [markdown] lang="en"
# ## The waiting room
#
# At the top, a healthy one. Below, the six. (The losses of patient 3 do not fit an ordinary scale: on the one they have, each mark is a hundred times the one before.) For each you see the losses and what D answers: D(x) to real images and D(G(z)) to generated ones. Three have also brought some of G's images. The first hundred steps are restless in the healthy one, too. Take your time: which of them look like the healthy one? Which look like each other?

# %%
waiting = charts.waiting_room()
charts.show_charts(waiting, pictures=[0, 2, 3, 4])

# %% [markdown] lang="es"
# Y en números, la media de los últimos 50 pasos:

# %% [markdown] lang="en"
# And in numbers, the mean of the last 50 steps:

# %%
charts.show_numbers(waiting)

# %% [markdown] lang="es"
# ## Paciente 1: un generador invicto
#
# Solo ha traído sus curvas. La pérdida de G cae a casi 0, la de D sube y sube, y D(G(z)) se acerca a 1: D da por reales casi todas las imágenes de G.
#
# ### Ejercicio 1: la primera impresión
#
# ¿Qué le pasa?
#
# **a)** G dibuja tan bien que D no distingue sus imágenes · **b)** D no aprende · **c)** D es demasiado fuerte · **d)** G ha colapsado: dibuja siempre lo mismo

# %% [markdown] lang="en"
# ## Patient 1: an unbeaten generator
#
# It has brought only its curves. G's loss falls to nearly 0, D's goes up and up, and D(G(z)) approaches 1: D takes nearly all of G's images for real ones.
#
# ### Exercise 1: a first impression
#
# What is wrong with it?
#
# **a)** G draws so well that D cannot tell its images from real ones · **b)** D does not learn · **c)** D is too strong · **d)** G has collapsed: it always draws the same thing

# %% tags=["exercise", "nbval-check-output"]
diagnosis = ...
q1.check(diagnosis)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# ### Ejercicio 2: la prueba
#
# Todo apunta a D. Pero puede que esté parado, o puede que aprenda, solo que mucho más despacio que G. ¿Qué prueba distingue las dos cosas en un solo paso?
#
# **a)** Entrenar más y ver si la pérdida de D baja · **b)** Mirar si `discriminator.trainable` es `True` · **c)** Comparar los pesos de D antes y después de un paso · **d)** Mirar las imágenes de G

# %% [markdown] lang="en"
# ### Exercise 2: the test
#
# Everything points to D. But D might be standing still, or it might be learning, only much more slowly than G. Which test tells the two apart in a single step?
#
# **a)** Train for longer and see whether D's loss falls · **b)** See whether `discriminator.trainable` is `True` · **c)** Compare D's weights before and after a step · **d)** Look at G's images

# %% tags=["exercise", "nbval-check-output"]
test = ...
q2.check(test)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# Hagamos la prueba. `charts.admit` ingresa a un paciente: crea de nuevo sus redes y su paso, como en la lección 2, pero con la avería, que aún no enseñamos. `play` da unos pasos y guarda las curvas.

# %% [markdown] lang="en"
# Let us run the test. `charts.admit` takes a patient in: it makes its networks and its step anew, as in lesson 2, but with what is wrong with them, which we do not show yet. `play` takes some steps and keeps the curves.

# %%
dataset = data.load("mnist")
batches = data.make_batches(dataset.x_train, 32)
print(dataset.origin)


def play(train_step, steps, history):
    for real_images in batches.take(steps):
        for name, value in train_step(real_images).items():
            history.setdefault(name, []).append(float(value))
    return history


# %%
keras.utils.set_random_seed(1)
generator, discriminator, train_step = charts.admit(1)
before = {model: weights_of(model) for model in (generator, discriminator)}
train_step(next(iter(batches)))
for model, weights in before.items():
    print(model.name, L("se ha movido", "has moved") if has_moved(model, weights) else L("sigue igual", "is as before"))

# %% [markdown] lang="es"
# G se ha movido y D no: está parado. ¿Por qué? ¿Está congelado, o es otra cosa? Dos datos lo dicen:

# %% [markdown] lang="en"
# G has moved and D has not: it is standing still. Why? Is it frozen, or is it something else? Two facts tell:

# %%
print("trainable:", discriminator.trainable)
print("learning_rate:", float(discriminator.optimizer.learning_rate))
assert not has_moved(discriminator, before[discriminator]) and discriminator.trainable

# %% [markdown] lang="es"
# **Diagnóstico:** D puede aprender (`trainable` es `True`), pero su tasa de aprendizaje es 0. Esa era la única avería. Un D congelado una sola vez, la trampa de la lección 2, da las mismas curvas; lo delata `trainable`, si nadie lo ha descongelado después. El `turn` de aquella lección no deja pasar ninguna de las dos averías: por eso `admit` juega sin él.
#
# **El remedio** es devolverle la tasa. ¿Se recuperará G, o es tarde? Entrenamos al enfermo unos pasos más y, donde está la línea, lo curamos. (Tarda menos de medio minuto en dos núcleos, como las otras dos pruebas con imágenes.)

# %% [markdown] lang="en"
# **Diagnosis:** D is allowed to learn (`trainable` is `True`), but its learning rate is 0. That was the only thing wrong. A D frozen just once, the trap of lesson 2, gives the same curves; what gives it away is `trainable`, unless somebody has thawed it later. The `turn` of that lesson lets neither failure through: that is why `admit` plays without it.
#
# **The cure** is to give the rate back. Will G recover, or is it too late? We train the patient for a few more steps and cure it where the line is. (Less than half a minute on two cores, like the other two tests with images.)

# %%
sick_steps, cured_steps = budget(smoke=(2, 2), workshop=(60, 100), full=(60, 100))
history = play(train_step, sick_steps, {})
discriminator.optimizer.learning_rate = 1e-3
play(train_step, cured_steps, history)
charts.show_treatment(history, sick_steps)

# %% [markdown] lang="es"
# Ahora, los historiales, más largos. A la izquierda, el paciente, sin tratar hasta el final; en medio, una red sana, con la misma semilla y los mismos pasos; a la derecha, el paciente tratado: parte de los pesos **enfermos** y sigue, con la tasa en su sitio. Debajo, lo que dice de él el monitor que vigila tus entrenamientos desde la lección 1; una raya (—) quiere decir que no le ve nada malo.

# %% [markdown] lang="en"
# Now the case histories, which are longer. On the left the patient, untreated to the end; in the middle a healthy network, with the same seed and as many steps; on the right the patient after its treatment: it sets out from the **sick** weights and goes on, with the rate where it should be. Below it, the opinion of the monitor that has watched over your training runs since lesson 1; a dash (—) means that it sees nothing wrong.

# %%
charts.show_treated(1)

# %% [markdown] lang="es"
# Hemos llegado a tiempo: los pesos de D no estaban estropeados, solo quietos.
#
# ## Pacientes 2 y 3: el mismo síntoma
#
# En los dos la pérdida de G es mucho más alta que en la sana. Pero son dos averías distintas. En una, D es demasiado fuerte para su rival. En la otra, las **dos** redes dan pasos demasiado largos. Antes de seguir, apuesta: ¿cuál es cuál?
#
# ### Ejercicio 3: la medida que los separa
#
# ¿Qué número distingue las dos averías?
#
# **a)** La pérdida de G: si es alta o no · **b)** Si D(x) queda por encima de D(G(z)) · **c)** Lo distintas que son entre sí las imágenes de G · **d)** La pérdida de D, comparada con el 0.69 de quien responde un medio a todo

# %% [markdown] lang="en"
# ## Patients 2 and 3: the same symptom
#
# In both, G's loss is far above the healthy one. But they are two different failures. In one, D is too strong for its rival. In the other, **both** networks take steps that are too long. Before you go on, place your bet: which is which?
#
# ### Exercise 3: the measure that tells them apart
#
# Which number tells the two failures apart?
#
# **a)** G's loss: whether it is high or not · **b)** Whether D(x) is above D(G(z)) · **c)** How much G's images differ from each other · **d)** D's loss, compared with the 0.69 of one who answers one half to everything

# %% tags=["exercise", "nbval-check-output"]
measurement = ...
q3.check(measurement)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# Midamos dos de las cuatro cosas en las tres semillas. `d_loss` es la respuesta d), la media de los últimos 100 pasos. `spread` es la c): cuánto difieren entre sí las imágenes de G, comparadas con los dígitos reales; 1 quiere decir que son igual de variadas.

# %% [markdown] lang="en"
# Let us measure two of the four, with the three seeds. `d_loss` is answer d), the mean of the last 100 steps. `spread` is answer c): how much G's images differ from each other, compared with real digits; 1 means just as varied.

# %%
charts.show_by_seed("d_loss", (2, 3))
charts.show_by_seed("spread", (2, 3))

# %% [markdown] lang="es"
# El D del paciente 2 casi no paga: gana. El del 3 aprende y, aun así, paga miles de veces más que si respondiera un medio a todo. Acierta más de lo que falla, pero sus respuestas son tan extremas que cada fallo le cuesta una fortuna.
#
# La segunda tabla engaña: las imágenes de los dos son **más** variadas que los dígitos reales. En los reales, los bordes son casi siempre negros; en el ruido cambia cada píxel. La variedad no dice si algo está bien dibujado.
#
# Abramos los dos informes. Lo único que cambia respecto a la sana:

# %% [markdown] lang="en"
# The D of patient 2 pays next to nothing: it is winning. That of patient 3 learns, and yet pays thousands of times what one half to everything would cost. It is right more often than not, but its answers are so extreme that each mistake costs a fortune.
#
# The second table is misleading: the images of both are **more** varied than real digits. In real ones the edges are nearly always black; in noise every pixel changes. Variety does not say whether something is drawn well.
#
# Let us open both files. The only thing that differs from the healthy one:

# %%
for number in (2, 3):
    print(number, clinic.PATIENTS[charts.patient(number).name].broken)

# %% [markdown] lang="es"
# **Paciente 2:** D es el de siempre, pero su rival aprende muy despacio. «D demasiado fuerte» quiere decir eso: demasiado para G. **Paciente 3:** las dos tasas son 300 veces la sana, 0.001.

# %% [markdown] lang="en"
# **Patient 2:** D is the usual one, but its rival learns very slowly. That is what “D is too strong” means: too strong for G. **Patient 3:** both rates are 300 times the healthy one, 0.001.

# %% [markdown] lang="es"
# ### Ejercicio 4: un remedio muy recomendado
#
# Contra un D demasiado fuerte se aconseja **suavizar** la etiqueta de las imágenes reales: pedirle 0.9 en lugar de 1. Se lo vamos a dar al paciente 2, y nada más. ¿Qué pasará?
#
# **a)** D(x) baja hacia 0.9 y D(G(z)) sube hacia un medio · **b)** D(x) baja hacia 0.9 y D(G(z)) sigue cerca de 0 · **c)** Ninguna de las dos cambia · **d)** D deja de aprender

# %% [markdown] lang="en"
# ### Exercise 4: a remedy much recommended
#
# The usual advice against a D that is too strong is to **smooth** the label of the real images: to ask D for 0.9 instead of 1. We shall give that to patient 2, and nothing else. What will happen?
#
# **a)** D(x) falls towards 0.9 and D(G(z)) rises towards one half · **b)** D(x) falls towards 0.9 and D(G(z)) stays near 0 · **c)** Neither of them changes · **d)** D stops learning

# %% tags=["exercise", "nbval-check-output"]
prediction = ...
q4.check(prediction)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# Se lo damos desde el primer paso, y lo comparamos con su historial sin tratar, en los mismos pasos:

# %% [markdown] lang="en"
# It gets that from the first step on, and we compare it with its own history, untreated, at the same steps:

# %%
keras.utils.set_random_seed(1)
generator, discriminator, train_step = charts.admit(2, real_label=0.9)
smoothed = play(train_step, budget(smoke=2, workshop=150, full=150), {})
charts.show_against(2, smoothed)
print(L("¿Sigue ganando D?", "Is D still winning?"), charts.recent(smoothed, "d_fake") < 0.25)

# %% [markdown] lang="es"
# La mejor respuesta a una etiqueta de 0.9 es 0.9, y hacia ahí va D(x). Pero D rechaza igual las imágenes de G: suavizar trata el síntoma. Lo que cura es quitar la causa. Al paciente 2 le devolvemos la tasa de G; al 3, las dos; los dos siguen con los pesos que tenían:

# %% [markdown] lang="en"
# The best answer to a label of 0.9 is 0.9, and D(x) heads for it. But D rejects G's images as before: smoothing treats the symptom. The cure is to take away the cause. Patient 2 gets G's rate back; patient 3, both rates; each goes on with the weights it had:

# %%
charts.show_treated(2)
charts.show_treated(3)

# %% [markdown] lang="es"
# El 2 se recupera: le bastaba con que G fuera más deprisa. El 3, no: sus zancadas lo han llevado tan lejos que, en estos pasos, no vuelve. Hay que empezarlo de nuevo, con la tasa sana: es la columna del medio.
#
# ## Paciente 4: dos respuestas
#
# Este ha traído imágenes, grises, borrosas y parecidas entre sí. También aquí gana D y, sin embargo, la pérdida de G es baja: un número que no encaja. Esa pérdida es la media de $-\log D(G(z))$. Si la conoces, puedes calcular, más o menos, qué respondió D en el turno de G.
#
# ### Ejercicio 5: de la pérdida a la respuesta
#
# Supón que la pérdida de G es 0.30. ¿Qué probabilidad de ser reales les dio D a las imágenes de G? Calcúlala con NumPy.

# %% [markdown] lang="en"
# Patient 2 recovers: all it lacked was a faster G. Patient 3 does not: its strides have carried it so far that it does not come back within these steps. It has to begin again, at the healthy rate: that is the middle column.
#
# ## Patient 4: two answers
#
# This one has brought images, grey, blurred and all much alike. Here, too, D is winning, and yet G's loss is low: a number that does not fit. That loss is the mean of $-\log D(G(z))$. If you know it, you can work out roughly what D answered in G's turn.
#
# ### Exercise 5: from the loss to the answer
#
# Suppose that G's loss is 0.30. What probability of being real did D give to G's images? Work it out with NumPy.

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q5.check(answer)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# La misma cuenta con los historiales. A la izquierda, $e^{-\text{pérdida}}$, lo que D respondió en el turno de G; a la derecha, D(G(z)), lo que respondió en el suyo:

# %% [markdown] lang="en"
# The same sum for the case histories. On the left, $e^{-\text{loss}}$, what D answered in G's turn; on the right D(G(z)), what it answered in its own:

# %%
charts.show_two_answers((1, 2, 3, 4))

# %% [markdown] lang="es"
# Cuidado con la primera columna. En rigor es una media **geométrica**, que nunca supera a la media corriente y que se hunde con unas pocas respuestas cercanas a 0: mira al paciente 3. Que sea menor que D(G(z)) no dice nada. Que sea **mucho mayor** sí: con un solo D no puede ser.
#
# ### Ejercicio 6: diagnóstico y prueba
#
# En el paciente 4, la primera columna es mucho mayor que la segunda. Decídete por un diagnóstico y por la prueba que lo confirmaría. Diagnóstico:
#
# **a)** D es demasiado fuerte · **b)** D no aprende · **c)** D no dice lo mismo en los dos turnos · **d)** G da pasos demasiado largos
#
# Prueba:
#
# **a)** Enseñarle a D las mismas imágenes dos veces: como en su turno y, congelado, como en el de G · **b)** Comparar los pesos de D antes y después de un paso · **c)** Enseñarle imágenes de otro ruido en cada turno · **d)** Suavizar las etiquetas

# %% [markdown] lang="en"
# Be careful with the first column. Strictly, it is a **geometric** mean: it never exceeds the ordinary mean, and a few answers near 0 are enough to sink it (look at patient 3). If it is less than D(G(z)), that means nothing. If it is **much greater**, that does mean something: with just one D it could not happen.
#
# ### Exercise 6: diagnosis and test
#
# In patient 4, the first column is much greater than the second. Commit to a diagnosis, and to the test that would confirm it. Diagnosis:
#
# **a)** D is too strong · **b)** D does not learn · **c)** D does not say the same in both turns · **d)** G takes steps that are too long
#
# Test:
#
# **a)** Show D the same images twice: as in its own turn and, frozen, as in G's · **b)** Compare D's weights before and after a step · **c)** Show it images of other noise in each turn · **d)** Smooth the labels

# %% tags=["exercise", "nbval-check-output"]
diagnosis, test = ..., ...
q6.check(diagnosis, test)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# Ingresamos al paciente 4. Entrena unos pasos; después G dibuja un lote, y D lo juzga dos veces: libre y congelado.

# %% [markdown] lang="en"
# Patient 4 is taken in. It trains for some steps; then G draws a batch, and D judges it twice: free and frozen.

# %%
keras.utils.set_random_seed(1)
generator, discriminator, train_step = charts.admit(4)
play(train_step, budget(smoke=2, workshop=120, full=120), {})
fake_images = generator(keras.random.normal((32, 50), seed=1), training=True)
for trainable in (True, False):
    discriminator.trainable = trainable
    answer = np.mean(discriminator(fake_images, training=True))
    print(f"trainable = {trainable!s:5}  D(G(z)) = {answer:.2f}")

# %% [markdown] lang="es"
# Dos respuestas. ¿Y qué tiene D dentro?

# %% [markdown] lang="en"
# Two answers. And what is inside D?

# %%
print(*(type(layer).__name__ for layer in discriminator.layers), sep=" → ")

# %% [markdown] lang="es"
# **Diagnóstico:** D lleva normalización por lotes (BN) y, en el turno de G, está congelado. La BN tiene dos modos, como viste en la lección 2. En su turno, D normaliza cada lote con las medias del propio lote; congelado, usa las que ha acumulado, que mezclan reales y generadas. Son dos árbitros con los mismos pesos, y G se entrena para gustar al que no juzga. **Remedio:** quitar la BN de D o dar el paso con cintas (`GradientTape`), como en la lección 3, que no congela nada. Aquí hemos hecho lo primero:

# %% [markdown] lang="en"
# **Diagnosis:** D has batch normalization (BN) and, in G's turn, it is frozen. BN has two modes, as you saw in lesson 2. In its own turn D normalizes each batch by the batch's own averages; frozen, it uses those that it has gathered, in which real and generated images are mixed. That makes two referees with the same weights, and G is trained to please the one that does not judge. **Cure:** take BN out of D, or write the step with tapes (`GradientTape`), as in lesson 3: that freezes nothing. Here we have done the former:

# %%
charts.show_treated(4)

# %% [markdown] lang="es"
# ¿Y dónde está la BN? Tras la primera convolución, donde las reglas de la lección 2 la desaconsejan. ¿Importa? Así acaba la misma red con la BN tras la segunda, congelada igual en el turno de G:

# %% [markdown] lang="en"
# And where is the BN? After the first convolution, where the guideline of lesson 2 advises against it. Does that matter? Here is the same network with the BN after the second convolution, and D frozen in G's turn just as before. This is how it ends up:

# %%
charts.show_numbers(charts.controls("bn_second"))

# %% [markdown] lang="es"
# Acaba sana con las tres semillas. Aquí la BN en un D congelado es un riesgo, y tras la primera convolución, una avería: no se ve en el código, se mide.
#
# Los cuatro primeros, antes y después del tratamiento, como al principio. ¿A cuántos les ha servido? A tres; al paciente 3 hay que empezarlo de nuevo.

# %% [markdown] lang="en"
# It ends up healthy with all three seeds. Here, BN in a frozen D is a risk, and after the first convolution it is a failure: the code does not show that; you have to measure it.
#
# The first four, before and after the treatment, as at the top. How many has it helped? Three: patient 3 had to begin again.

# %%
images = charts.before_and_after((1, 2, 3, 4))
plots.show_grid(images, columns=10)
pixels.save_grid(images, out_folder() / "generated.png")

# %% [markdown] lang="es"
# ## Paciente 5: unas curvas inocentes
#
# Este no dibuja dígitos: coloca puntos en el plano, y los reales forman ocho grupos dispuestos en círculo. Sus redes son las del juguete de la lección 1, y sus números no asustan a nadie: ninguna pérdida enorme ni nula, ninguna respuesta pegada a 0 o a 1. Y, sin embargo, está enfermo.
#
# ### Ejercicio 7: lo que las curvas no dicen
#
# ¿Qué prueba lo descubre?
#
# **a)** Añadir la curva de los aciertos de D · **b)** Ver si se mueven los pesos de las dos redes · **c)** Medir la distancia de cada punto al grupo más cercano · **d)** Contar a cuántos grupos llegan los puntos

# %% [markdown] lang="en"
# ## Patient 5: innocent curves
#
# This one does not draw digits: it puts points in the plane, where the real ones form eight clusters in a ring. Its networks are those of the toy in lesson 1, and its numbers frighten nobody: no loss is huge or nil, no answer is stuck at 0 or 1. And yet it is ill.
#
# ### Exercise 7: what the curves do not say
#
# Which test reveals it?
#
# **a)** Add the curve of D's accuracy · **b)** See whether the weights of both networks move · **c)** Measure the distance of each point to the nearest cluster · **d)** Count how many clusters the points reach

# %% tags=["exercise", "nbval-check-output"]
test = ...
q7.check(test)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %% [markdown] lang="es"
# Miremos. Las tres semillas del paciente y, a la derecha, una sana con los mismos pasos; en gris, los puntos reales:

# %% [markdown] lang="en"
# Let us look. The three seeds of the patient and, on the right, a healthy one at the same step; in grey, the real points:

# %%
charts.show_seeds(5)

# %% [markdown] lang="es"
# **Diagnóstico:** colapso (*mode collapse*). Sea cual sea el ruido, G pone los puntos en el mismo sitio. Las curvas no lo ven: comparan a G con D, y no lo que G dibuja con lo que debería dibujar.
#
# ¿Y el remedio? Lo único estropeado es la tasa de G. Se puede bajar y seguir, con los pesos enfermos, o crear las redes de nuevo con la tasa sana. `coverage` cuenta a cuántos de los ocho grupos llega al menos uno de cada cien puntos; si es 0, han caído fuera de todos:

# %% [markdown] lang="en"
# **Diagnosis:** mode collapse. Whatever the noise, G puts its points in the same place. The curves do not see it: they compare G with D, and not what G draws with what it should draw.
#
# And the cure? All that is wrong is G's rate. We can lower it and go on with the sick weights, or make the networks anew with the healthy rate. `coverage` counts how many of the eight clusters are reached by at least one in every hundred points; if it is 0, the points lie outside all of them:

# %%
charts.show_coverage(5)

# %% [markdown] lang="es"
# Bajar la tasa y seguir no siempre saca de un colapso así: compara las dos últimas columnas. Empezar de nuevo es lo seguro.
#
# ¿Y se quedan ahí los puntos? Vamos a verlo con una cuarta semilla; o con la tuya, si cambias los dos 4. Cada 125 pasos, cuántos grupos y dónde está el centro de los puntos:

# %% [markdown] lang="en"
# Lowering the rate and going on does not always lead out of such a collapse: compare the last two columns. Beginning again is the safe way.
#
# And do they stay there? Let us see, with a fourth seed; or with yours, if you change both 4s. Every 125 steps, how many clusters, and where the centre of the points is:

# %%
keras.utils.set_random_seed(4)
generator, discriminator, train_step = charts.admit(5)
rng, noise = np.random.default_rng(4), keras.random.normal((256, 2), seed=42)
every = budget(smoke=2, workshop=125, full=125)
for step in range(1, 4 * every + 1):
    train_step(clinic.points(64, rng))
    if step % every == 0:
        points = np.asarray(generator(noise, training=False))
        print(f"{step:5}  {clinic.coverage(points)}/8  {points.mean(axis=0).round(2)}")

# %% [markdown] lang="es"
# Si los grupos siguen siendo pocos y el centro se muda, has visto por qué no basta con esperar: cuando D rechaza un sitio, G se lleva los puntos a otro, todos juntos.

# %% [markdown] lang="en"
# If the clusters remain few and the centre wanders, you have seen why waiting is not enough: when D rejects one place, G takes the points to another, all together.

# %% [markdown] lang="es"
# ## Paciente 6: el enfermo imaginario
#
# Viene preocupado: «He entrenado 300 pasos, y mis pérdidas no han bajado: acaban más o menos donde empezaron».
#
# ### Ejercicio 8: la receta
#
# ¿Qué le recetas?
#
# **a)** Nada: que siga entrenando · **b)** Bajar las dos tasas · **c)** Frenar a D, que gana · **d)** Ponerle a D normalización por lotes

# %% [markdown] lang="en"
# ## Patient 6: the imaginary invalid
#
# It comes in worried: “I have trained for 300 steps, and my losses have not fallen: they end up more or less where they began.”
#
# ### Exercise 8: the prescription
#
# What do you prescribe?
#
# **a)** Nothing: let it go on training · **b)** Lower both rates · **c)** Slow down D, which is winning · **d)** Give D batch normalization

# %% tags=["exercise", "nbval-check-output"]
prescription = ...
q8.check(prescription)

# %% tags=["exercise"]
# q8.hint()
# q8.solution()

# %% [markdown] lang="es"
# Sus imágenes, que no había traído:

# %% [markdown] lang="en"
# Its images, which it had not brought:

# %%
plots.show_grid(charts.patient(6).samples, columns=8)

# %% [markdown] lang="es"
# ¿Qué diría el monitor? Además de las curvas, vigila lo variadas que son las muestras y si se mueven los pesos de D. Le preguntamos por los seis, con tres semillas de cada uno:

# %% [markdown] lang="en"
# What would the monitor say? It looks at the curves and also at how varied the samples are, and at whether D's weights move. We ask it about all six, with three seeds each:

# %%
charts.show_monitor()

# %% [markdown] lang="es"
# El sexto no tiene nada, y el monitor calla. Callar también es acertar: un médico que receta a todo el mundo no deja escapar a ningún enfermo, pero no sirve de nada.
#
# ## Un árbol de decisiones
#
# ¿Qué conviene preguntar primero? Un **árbol de decisiones** hace una pregunta de sí o no sobre un número y, según la respuesta, otra. `clinic.grow_tree` prueba todas las preguntas y se queda cada vez con la que mejor separa. Le damos todos los historiales: los enfermos, los sanos y los que se trataron con éxito, y también los de dos enfermos que no estaban en la sala de espera, uno congelado y otro cuyas pérdidas dejaron de ser números.
#
# `finite` es 1 si las pérdidas siguen siendo números, y 0 si no. `two_answers` es $e^{-\text{pérdida}}$ dividido entre D(G(z)). Un D congelado y otro con tasa 0 cuentan aquí como la misma avería: sus curvas son iguales. Se lee de arriba abajo; la última línea dice cuántos historiales acierta, y de cuántos.

# %% [markdown] lang="en"
# The sixth has nothing, and the monitor is silent. Silence can be right, too: a doctor who prescribes something for everybody misses nobody who is ill, and is of no use.
#
# ## A decision tree
#
# What should one ask first? A **decision tree** asks a yes-or-no question about a number and, depending on the answer, another one. `clinic.grow_tree` tries all questions and keeps, each time, the one that separates best. It gets all the case histories: the ill, the healthy and those whose treatment worked, and also two patients who were not in the waiting room, one frozen and one whose losses stopped being numbers.
#
# `finite` is 1 if the losses still are numbers, and 0 if not. `two_answers` is $e^{-\text{loss}}$ divided by D(G(z)). A frozen D and one with a rate of 0 count as the same failure here: their curves are the same. The tree is read from the top down; the last line says how many case histories it gets right, and out of how many.

# %%
everyone = clinic.cases()
tree = clinic.grow_tree(everyone)
print(*tree.lines(), sep="\n")
print("{}/{}".format(*tree.right(everyone)))

# %% [markdown] lang="es"
# Puede haberse aprendido a sus pacientes de memoria. Lo hacemos crecer con dos semillas y le preguntamos por la tercera:

# %% [markdown] lang="en"
# It may have learnt its patients by heart. We grow it from two seeds and ask it about the third:

# %%
for seed in clinic.SEEDS:
    seen = [case for case in everyone if case.seed != seed]
    unseen = [case for case in everyone if case.seed == seed]
    print(charts.title_of_seed(seed), "{}/{}".format(*clinic.grow_tree(seen).right(unseen)))

# %% [markdown] lang="es"
# Eso es lo que sabe de verdad. Y conoce solo las averías que ha visto, en esta red: ante otra nueva, nombrará una de las suyas sin dudarlo.
#
# ## Tu propia alarma
#
# Las preguntas del árbol las ha elegido el ordenador. Ahora, la regla la pones tú.
#
# ### Ejercicio 9: tu propia alarma
#
# Escribe `d_is_winning(history)`: recibe las curvas de un entrenamiento, una lista por nombre, y devuelve `True` si en los últimos 100 pasos D gana por mucho. ¿A partir de qué medias? Tú decides; luego veremos con quién acierta.

# %% [markdown] lang="en"
# That is what it really knows. And it knows only the failures that it has seen, in this network: faced with a new one, it will name one of its own without hesitation.
#
# ## An alarm of your own
#
# With the tree, the computer has chosen the questions. Now the rule is yours.
#
# ### Exercise 9: an alarm of your own
#
# Write `d_is_winning(history)`: it receives the curves of a training run, a list for each name, and returns `True` if over the last 100 steps D is winning by far. Where do the two limits lie? You decide; then we shall see whom it gets right.


# %% tags=["exercise"]
def d_is_winning(history):
    d_real = np.mean(history["d_real"][-100:])
    d_fake = ...
    return d_real > ... and d_fake < ...


d_is_winning = q9.use(d_is_winning)

# %% tags=["exercise"]
# q9.hint()
# q9.solution()

# %% [markdown] lang="es"
# La probamos con todos los historiales. Un número es una semilla con la que suena; un punto, silencio; detrás de ✗, cuántas veces se equivoca. Debería sonar con el paciente 2, «D demasiado fuerte, sin tratar», y con nadie más:

# %% [markdown] lang="en"
# We run it on all the case histories. A number is a seed for which it rings; a dot is silence; after ✗, how often it is wrong. It should ring for patient 2, “D too strong, untreated”, and for nobody else:

# %%
verdicts = clinic.try_alarm(d_is_winning, "winning")
print(clinic.table_of_alarm(verdicts))

# %% [markdown] lang="es"
# ¿Quién la hace sonar sin ser el paciente 2? Si es el 4, «BN en D», tiene su razón: también allí gana D, pero por otra causa. Si es el 3, «tasas × 300», es que la has puesto muy sensible. Y si calla con alguna semilla del 2, quizá pides demasiado. Una alarma ve síntomas, no causas; para la causa hace falta la prueba.
#
# ### Para seguir jugando, sin nota
#
# - ¿Puedes quitarle a tu alarma las falsas alarmas sin que se te escape el paciente 2? ¿Qué otra curva tendría que mirar?
# - Escribe una alarma `mine` para otra avería y pruébala: `print(clinic.table_of_alarm(clinic.try_alarm(mine, "overshooting")))`. Las demás averías se llaman `"no rate"`, `"frozen"`, `"two answers"`, `"collapsed"` y `"not finite"`. ¿Para cuáles no basta con mirar curvas?
# - ¿Cuánto hay que subir las dos tasas para que la red enferme? Prueba con `clinic.game("healthy", g_rate=1e-2, d_rate=1e-2)`, diez veces la sana. Devuelve lo mismo que `admit`: dale 200 pasos con `play` y mira los números de lo que devuelve: `charts.show_numbers({"× 10": history})`.
#
# ## Lo que hemos visto
#
# - D no aprende: su pérdida sube y él no reacciona. Lo confirman sus pesos, antes y después de un paso.
# - D demasiado fuerte para G: D(x) en 1, D(G(z)) en 0 y una pérdida de G alta y lisa. Suavizar etiquetas no lo cura; igualar las tasas, sí.
# - Tasas demasiado altas: D aprende y, aun así, paga mucho más que quien responde un medio a todo. Hay que empezar de nuevo.
# - BN en un D congelado: $e^{-\text{pérdida}}$ es mucho mayor que D(G(z)).
# - Colapso: ninguna curva lo dice. Hay que mirar lo que G dibuja, o contarlo.
# - Que las pérdidas no bajen no es un síntoma.
#
# Ninguno de los seis dio un error. Por eso hay que saberse de memoria cómo es una sana, sospechar pronto y, antes de tocar nada, hacer la prueba.

# %% [markdown] lang="en"
# Who sets it off without being patient 2? If it is patient 4, “BN in D”, there is a reason: there, too, D is winning, but from another cause. If it is patient 3, “rates × 300”, you have made it very sensitive. And if it is silent for some seed of patient 2, you may be asking too much. An alarm sees symptoms, not causes; for the cause you need the test.
#
# ### To keep playing (ungraded)
#
# - Can you rid your alarm of the false alarms without missing patient 2? Which other curve would it have to look at?
# - Write an alarm `mine` for another failure and try it: `print(clinic.table_of_alarm(clinic.try_alarm(mine, "overshooting")))`. The other failures are called `"no rate"`, `"frozen"`, `"two answers"`, `"collapsed"` and `"not finite"`. For which is it not enough to look at curves?
# - How far do both rates have to rise before the network falls ill? Try `clinic.game("healthy", g_rate=1e-2, d_rate=1e-2)`, ten times the healthy ones. It returns the same as `admit`: take 200 steps with `play` and look at the numbers of what that returns: `charts.show_numbers({"× 10": history})`.
#
# ## What we have seen
#
# - D does not learn: its loss goes up, and it does not react. Its weights, before and after a step, confirm it.
# - D too strong for G: D(x) at 1, D(G(z)) at 0, and a G loss that is high and smooth. Smoothing labels does not cure it; evening out the rates does.
# - Rates too high: D learns, and yet pays far more than one who answers one half to everything. You have to begin again.
# - BN in a frozen D: $e^{-\text{loss}}$ is much greater than D(G(z)).
# - Collapse: no curve tells. You have to look at what G draws, or count.
# - Losses that do not fall are no symptom.
#
# None of the six raised an error. That is why you learn by heart what a healthy one looks like, suspect early and, before you touch anything, run the test.

# %% [markdown] lang="es"
# ## Fuentes
#
# - Las averías salen de preguntas reales en foros públicos: el discriminador congelado con Keras 3 ([handson-ml3, 252](https://github.com/ageron/handson-ml3/issues/252)), la BN en un D congelado ([Keras-GAN, 252](https://github.com/eriklindernoren/Keras-GAN/issues/252)), cómo leer las pérdidas ([ganhacks, 2](https://github.com/soumith/ganhacks/issues/2)) y el colapso ([DCGAN-tensorflow, 270](https://github.com/carpedm20/DCGAN-tensorflow/issues/270)).
# - Tim Salimans y otros, [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016: el colapso y el suavizado unilateral.
# - MNIST: [Yann LeCun y otros](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - The failures come from real questions in public forums: the discriminator frozen on Keras 3 ([handson-ml3, 252](https://github.com/ageron/handson-ml3/issues/252)), BN in a frozen D ([Keras-GAN, 252](https://github.com/eriklindernoren/Keras-GAN/issues/252)), how to read the losses ([ganhacks, 2](https://github.com/soumith/ganhacks/issues/2)) and collapse ([DCGAN-tensorflow, 270](https://github.com/carpedm20/DCGAN-tensorflow/issues/270)).
# - Tim Salimans et al., [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016: collapse and one-sided smoothing.
# - MNIST: [Yann LeCun et al.](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
