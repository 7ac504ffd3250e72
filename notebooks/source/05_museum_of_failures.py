# ---
# title:
#   es: 5 · La clínica
#   en: 5 · The clinic
# ---

# %% [markdown] lang="es"
# # 5 · La clínica
#
# Una GAN averiada rara vez da un error: sigue entrenando y dibuja disparates. Reconocer la avería se aprende como en medicina, con pacientes que llegan sin diagnóstico. En la sala de espera hay seis. Dirás qué les pasa y qué prueba lo confirmaría, y solo entonces la harás.
#
# **En esta lección vas a:**
#
# 1. diagnosticar a seis pacientes, cada uno con una prueba;
# 2. ver qué remedios curan, y uno muy recomendado que no;
# 3. poner a prueba un árbol de decisiones y una alarma tuya: ¿dónde se equivocan?
#
# **Tiempo:** unos 40 minutos, de los que apenas uno es de espera. **Necesitas:** haber hecho la lección 2.

# %% [markdown] lang="en"
# # 5 · The clinic
#
# A failing GAN seldom raises an error: it goes on training and draws nonsense. Recognising the failure is learnt as in medicine, from patients who come without a diagnosis. Six are in the waiting room. You will say what is wrong with them and which test would confirm it, and only then run it.
#
# **In this lesson you will:**
#
# 1. diagnose six patients, each with a test;
# 2. see which remedies cure, and one, much recommended, that does not;
# 3. put a decision tree and an alarm of your own to the test: where do they go wrong?
#
# **Time:** about 40 minutes, hardly one of which is waiting. **You need:** to have done lesson 2.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Cuatro pacientes, uno por fila. A la izquierda, cinco de sus imágenes; a la derecha, cinco tras el tratamiento. ¿A cuántos les ha servido? (No hace falta leer la celda.)

# %% [markdown] lang="en"
# Four patients, one a row. On the left, five of its images; on the right, five after the treatment. How many has it helped? (The cell need not be read.)

# %%
import keras
import numpy as np

from course_utils import data, pixels, plots
from course_utils.budgets import budget
from course_utils.experiments import charts, clinic
from course_utils.folders import out_folder
from course_utils.lessons.lesson_2 import has_moved, weights_of
from course_utils.questions.lesson_5 import q1, q2, q3, q4, q5, q6, q7, q8

plots.show_promise("05_museum_of_failures")

# %% [markdown] lang="es"
# ## Primero, una GAN sana
#
# Todos los pacientes, menos uno, parten de la DCGAN de la lección 2, en una versión muy estrecha para que 300 pasos cuesten poco: Adam con una tasa de 0.001 en las dos redes, *dropout* de 0.4 en D y lotes de 32. Sana, con tres semillas, da en los últimos 100 pasos estas medias:

# %% [markdown] lang="en"
# ## First, a healthy one
#
# All the patients but one start out from the DCGAN of lesson 2, made very narrow so that 300 steps cost little: Adam at a rate of 0.001 for both networks, a dropout of 0.4 in D and batches of 32. Over its last 100 steps a healthy one, with three seeds, has these means:

# %%
charts.show_numbers(charts.controls("healthy"))

# %% [markdown] lang="es"
# Apréndetelas. Las dos respuestas de D rondan un medio: duda. Y las dos pérdidas rondan 0.69, que es $-\log 0.5$; la de G queda algo por encima, porque se encuentra con un D que acaba de estudiar sus imágenes.

# %% [markdown] lang="en"
# Learn them by heart. Both of D's answers are about one half: it is in doubt. And both losses are about 0.69, which is $-\log 0.5$; G's is somewhat above, because it meets a D that has just studied its images.

# %% [markdown] lang="es"
# ## La sala de espera
#
# Arriba, una sana; debajo, los seis: sus pérdidas y lo que responde D a las imágenes reales, D(x), y a las generadas, D(G(z)). Tres han traído además imágenes. (En la escala del paciente 3, cada marca es cien veces la anterior.)
#
# Tómate un minuto para dos preguntas, sin diagnosticar aún: al final, ¿quién se parece a la sana? ¿Y en qué pacientes responde D casi 0 a todo lo que dibuja G?

# %% [markdown] lang="en"
# ## The waiting room
#
# At the top, a healthy one; below, the six: their losses, and what D answers to real images, D(x), and to generated ones, D(G(z)). Three have also brought images. (On the scale of patient 3, each mark is a hundred times the one before.)
#
# Take a minute for two questions, without diagnosing yet: at the end, which of them looks like the healthy one? And for which does D answer nearly 0 to all that G draws?

# %%
waiting = charts.waiting_room()
charts.show_charts(waiting, pictures=[0, 2, 3, 4])

# %% [markdown] lang="es"
# El 6 se parece y, vagamente, el 5; D responde casi 0 en el 2 y en el 4. En números, otra vez las medias de los últimos 100 pasos, como en toda la lección:

# %% [markdown] lang="en"
# Patient 6 looks like it and, from afar, patient 5; D answers nearly 0 in 2 and 4. In numbers, again the means of the last 100 steps, as everywhere in this lesson:

# %%
charts.show_numbers(waiting)

# %% [markdown] lang="es"
# ## Paciente 1: solo sus curvas
#
# La pérdida de G cae a casi 0, la de D sube y sube, y D(G(z)) se acerca a 1.
#
# ### Ejercicio 1: diagnóstico y prueba
#
# Dos letras. ¿Qué le pasa?
#
# **a)** G dibuja tan bien que D no distingue sus imágenes · **b)** D no aprende, o apenas · **c)** D es demasiado fuerte · **d)** G ha colapsado: dibuja siempre lo mismo
#
# ¿Y qué prueba dice en un solo paso si D está parado o solo va despacio?
#
# **e)** Ver si la pérdida de D acaba bajando · **f)** Mirar `discriminator.trainable` · **g)** Comparar los pesos de D antes y después · **h)** Mirar las imágenes de G

# %% [markdown] lang="en"
# ## Patient 1: only its curves
#
# G's loss falls to nearly 0, D's goes up and up, and D(G(z)) approaches 1.
#
# ### Exercise 1: diagnosis and test
#
# Two letters. What is wrong with it?
#
# **a)** G draws so well that D cannot tell its images from real ones · **b)** D does not learn, or hardly · **c)** D is too strong · **d)** G has collapsed: it always draws the same thing
#
# And which test tells in a single step whether D is standing still or merely slow?
#
# **e)** See whether D's loss falls in the end · **f)** Look at `discriminator.trainable` · **g)** Compare D's weights before and after · **h)** Look at G's images

# %% tags=["exercise", "nbval-check-output"]
diagnosis_and_test = ...
q1.check(diagnosis_and_test)

# %% tags=["exercise"]
# es: Borra el # de la línea que necesites:
# en: Delete the # of the line you need:
# q1.hint()
# q1.solution()

# %% [markdown] lang="es"
# Hagamos la prueba. `charts.admit` ingresa a un paciente: crea sus redes y su paso, con la avería. (Antes, los datos: esa celda no hace falta leerla.)

# %% [markdown] lang="en"
# Let us run the test. `charts.admit` takes a patient in: it makes its networks and its step, with what is wrong with them. (The data come first: that cell need not be read.)

# %%
dataset = data.load("mnist")
batches = data.make_batches(dataset.x_train, 32)
print(dataset.origin)

# %%
keras.utils.set_random_seed(1)
generator, discriminator, train_step = charts.admit(1)
g_before, d_before = weights_of(generator), weights_of(discriminator)
train_step(next(iter(batches)))
print(L("¿Se ha movido G?", "Has G moved?"), has_moved(generator, g_before))
print(L("¿Se ha movido D?", "Has D moved?"), has_moved(discriminator, d_before))

# %% [markdown] lang="es"
# D está parado. ¿Congelado, o es otra cosa? Dos datos lo dicen:

# %% [markdown] lang="en"
# D is standing still. Frozen, or is it something else? Two facts tell:

# %%
print("trainable:", discriminator.trainable)
print("learning_rate:", float(discriminator.optimizer.learning_rate))

# %% [markdown] lang="es"
# **Diagnóstico:** D puede aprender (`trainable` es `True`), pero su tasa de aprendizaje es 0. Un D congelado, la trampa de la lección 2, da las mismas curvas; lo delata `trainable`.
#
# **El remedio** es devolverle la tasa. ¿Se recuperará G, o es tarde? Seguimos unos pasos y, donde verás la línea vertical, lo curamos (menos de medio minuto). De la celda basta leer la tercera línea, el remedio:

# %% [markdown] lang="en"
# **Diagnosis:** D is allowed to learn (`trainable` is `True`), but its learning rate is 0. A frozen D, the trap of lesson 2, gives the same curves; what gives it away is `trainable`.
#
# **The cure** is to give the rate back. Will G recover, or is it too late? We go on for a few steps and cure it where the line is (less than half a minute). Of the cell you need only read the third line, the cure:

# %%
sick_steps, cured_steps = budget(smoke=(2, 2), workshop=(60, 100), full=(60, 100))
history = charts.play(train_step, batches.take(sick_steps))
discriminator.optimizer.learning_rate = 1e-3
charts.play(train_step, batches.take(cured_steps), history)
charts.show_treatment(history, sick_steps)

# %% [markdown] lang="es"
# Además, cada paciente tiene su historial: un entrenamiento más largo, de 300 pasos, que ya está grabado. A la izquierda, el paciente sin tratar; en medio, una red sana con los mismos pasos; a la derecha, el tratado, que parte de los pesos **enfermos**. Debajo, lo que dice de él el monitor de tus entrenamientos, que también sabe diagnosticar; una raya (—) significa que no le ve nada malo.

# %% [markdown] lang="en"
# Each patient also has its case history: a longer training run, of 300 steps, recorded beforehand. On the left, the patient untreated; in the middle, a healthy network at the same step; on the right, the patient treated, which sets out from the **sick** weights. Below, what the monitor of your training runs says of it, for it can diagnose as well; a dash (—) means: nothing wrong.

# %%
charts.show_treated(1)

# %% [markdown] lang="es"
# A tiempo: los pesos de D no estaban estropeados, solo quietos.
#
# ## Pacientes 2 y 3: el mismo síntoma
#
# En los dos, la pérdida de G es muy alta. Pero en uno D es demasiado fuerte para su rival, y en el otro las **dos** redes dan pasos demasiado largos. ¿Cuál es cuál?
#
# ### Ejercicio 2: la medida que los separa
#
# ¿Qué número los distingue?
#
# **a)** La pérdida de G: si es alta o no · **b)** Si D(x) queda por encima de D(G(z)) · **c)** Lo distintas que son entre sí las imágenes de G · **d)** La pérdida de D, comparada con 0.69, lo que paga quien siempre responde 0.5

# %% [markdown] lang="en"
# In time: D's weights were not spoilt, they had only stood still.
#
# ## Patients 2 and 3: the same symptom
#
# In both, G's loss is very high. But in one D is too strong for its rival, and in the other **both** networks take steps that are too long. Which is which?
#
# ### Exercise 2: the measure that tells them apart
#
# Which number tells them apart?
#
# **a)** G's loss: whether it is high or not · **b)** Whether D(x) is above D(G(z)) · **c)** How much G's images differ from each other · **d)** D's loss, compared with the 0.69 of one who answers one half to everything

# %% tags=["exercise", "nbval-check-output"]
measurement = ...
q2.check(measurement)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# Esa medida, con tres semillas, y lo único que cambia respecto a la sana:

# %% [markdown] lang="en"
# That measure, with three seeds, and all that differs from the healthy one:

# %%
charts.show_by_seed("d_loss", (2, 3))
charts.show_broken((2, 3))

# %% [markdown] lang="es"
# **Paciente 2:** D gana. Es el D de siempre, pero su rival aprende muy despacio: «demasiado fuerte» quiere decir demasiado para G. **Paciente 3:** las dos tasas son 300 veces la sana. D acierta más de lo que falla, pero sus respuestas son tan extremas que cada fallo le cuesta una fortuna.
#
# ### Ejercicio 3: un remedio muy recomendado
#
# Contra un D demasiado fuerte se aconseja **suavizar** la etiqueta de las reales: pedirle 0.9 en lugar de 1. ¿Qué pasará si al paciente 2 le damos solo eso?
#
# **a)** D(x) baja hacia 0.9 y D(G(z)) sube hacia un medio · **b)** D(x) baja hacia 0.9 y D(G(z)) sigue cerca de 0 · **c)** Ninguna de las dos cambia · **d)** D deja de aprender

# %% [markdown] lang="en"
# **Patient 2:** D is winning. It is the usual D, but its rival learns very slowly: “too strong” means too strong for G. **Patient 3:** both rates are 300 times the healthy one. D is right more often than not, but its answers are so extreme that each mistake costs a fortune.
#
# ### Exercise 3: a remedy much recommended
#
# The usual advice against a D that is too strong is to **smooth** the label of real images: to ask for 0.9 instead of 1. What will happen if patient 2 gets just that?
#
# **a)** D(x) falls towards 0.9 and D(G(z)) rises towards one half · **b)** D(x) falls towards 0.9 and D(G(z)) stays near 0 · **c)** Neither of them changes · **d)** D stops learning

# %% tags=["exercise", "nbval-check-output"]
prediction = ...
q3.check(prediction)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# Se lo damos desde el principio: en la celda, `real_label=0.9`; el resto no hace falta leerlo. Compáralo con el paciente sin tratar, tras los mismos pasos:

# %% [markdown] lang="en"
# It gets that from the start: in the cell, `real_label=0.9`; the rest need not be read. Untreated, and treated, after as many steps:

# %%
keras.utils.set_random_seed(1)
_, _, train_step = charts.admit(2, real_label=0.9)
smoothed = charts.play(train_step, batches.take(budget(smoke=2, workshop=150, full=150)))
charts.show_against(2, smoothed)
print(L("¿Sigue ganando D?", "Is D still winning?"), charts.recent(smoothed, "d_fake") < 0.25)

# %% [markdown] lang="es"
# D rechaza igual las imágenes de G: suavizar trata el síntoma. Quitemos la causa. Al paciente 2 le devolvemos la tasa de G; al 3, las dos; ambos siguen con sus pesos:

# %% [markdown] lang="en"
# D rejects G's images as before: smoothing treats the symptom. Let us take away the cause. Patient 2 gets G's rate back; patient 3, both rates; each goes on with its weights:

# %%
charts.show_treated(2)
charts.show_treated(3)

# %% [markdown] lang="es"
# El 2 está en vías de curarse: D vuelve a dudar y G ya traza, aunque de momento repite dos formas. El 3 se parece ahora al 2, pero el monitor aún dice «pasos demasiado largos»: su pérdida de D es todavía enorme. Las tasas ya son sanas; los pesos están donde los dejaron aquellas zancadas, y de tan lejos no se vuelve en 200 pasos. Hay que empezar de nuevo: la columna del medio.
#
# ## Paciente 4: imágenes grises
#
# Sus imágenes son borrosas y muy parecidas. También aquí gana D y, sin embargo, la pérdida de G es baja: algo no encaja.
#
# ### Ejercicio 4: de la pérdida a la respuesta
#
# La pérdida de G es la media de $-\log D(G(z))$, y aquí es 0.04. ¿Qué respondió D, más o menos, en el turno de G?
#
# **a)** 0.04 · **b)** 0.50 · **c)** 0.96

# %% [markdown] lang="en"
# Patient 2 is on the mend: D is in doubt again and G draws strokes, though so far it repeats two shapes. Patient 3 now resembles patient 2, but the monitor still says “steps too long”: its D's loss is still enormous. The rates are healthy by now; the weights are where those strides left them, and 200 steps do not lead back from so far away. It has to begin again: the middle column.
#
# ## Patient 4: grey images
#
# Its images are blurred and much alike. Here, too, D is winning, and yet G's loss is low: something does not fit.
#
# ### Exercise 4: from the loss to the answer
#
# G's loss is the mean of $-\log D(G(z))$, and here it is 0.04. What, roughly, did D answer in G's turn?
#
# **a)** 0.04 · **b)** 0.50 · **c)** 0.96

# %% tags=["exercise", "nbval-check-output"]
answer = ...
q4.check(answer)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# La misma cuenta con los historiales: a la izquierda, $e^{-\text{pérdida}}$, lo que D respondió en el turno de G; a la derecha, D(G(z)), lo que respondió en el suyo.

# %% [markdown] lang="en"
# The same sum for the case histories: on the left, $e^{-\text{loss}}$, what D answered in G's turn; on the right, D(G(z)), what it answered in its own.

# %%
charts.show_two_answers((1, 2, 3, 4))

# %% [markdown] lang="es"
# La primera columna es una media **geométrica**: unas pocas respuestas cercanas a 0 la hunden (paciente 3), y que sea menor que la otra no es una contradicción. Que sea **mucho mayor**, sí.
#
# ### Ejercicio 5: diagnóstico y prueba
#
# Otra vez dos letras. ¿Qué le pasa?
#
# **a)** D es demasiado fuerte · **b)** D no aprende · **c)** D no dice lo mismo en los dos turnos · **d)** G da pasos demasiado largos
#
# ¿Y qué prueba lo confirmaría?
#
# **e)** Enseñarle a D las mismas imágenes dos veces: como en su turno y, congelado, como en el de G · **f)** Comparar sus pesos antes y después de un paso · **g)** Enseñarle imágenes distintas en cada turno · **h)** Suavizar las etiquetas

# %% [markdown] lang="en"
# The first column is a **geometric** mean: a few answers near 0 sink it (patient 3), and if it is less than the other, that is no contradiction. If it is **much greater**, it is one.
#
# ### Exercise 5: diagnosis and test
#
# Two letters again. What is wrong with it?
#
# **a)** D is too strong · **b)** D does not learn · **c)** D does not say the same in both turns · **d)** G takes steps that are too long
#
# And which test would confirm it?
#
# **e)** Show D the same images twice: as in its own turn and, frozen, as in G's · **f)** Compare its weights before and after a step · **g)** Show it other images in each turn · **h)** Smooth the labels

# %% tags=["exercise", "nbval-check-output"]
diagnosis_and_test = ...
q5.check(diagnosis_and_test)

# %% tags=["exercise"]
# q5.hint()
# q5.solution()

# %% [markdown] lang="es"
# Ingresamos al paciente 4. Tras 120 pasos, G dibuja un lote, y D lo juzga dos veces, libre y congelado; de la celda, lee solo el bucle. ¿Y qué lleva D dentro?

# %% [markdown] lang="en"
# Patient 4 is taken in. After 120 steps G draws a batch, and D judges it twice, free and frozen; of the cell, read only the loop. And what is inside D?

# %%
keras.utils.set_random_seed(1)
generator, discriminator, train_step = charts.admit(4)
charts.play(train_step, batches.take(budget(smoke=2, workshop=120, full=120)))
fake_images = generator(keras.random.normal((32, 50), seed=1), training=True)
for trainable in (True, False):
    discriminator.trainable = trainable
    answer = np.mean(discriminator(fake_images, training=True))
    print(f"trainable = {trainable!s:5}  D(G(z)) = {answer:.2f}")
print(*(type(layer).__name__ for layer in discriminator.layers), sep=" → ")

# %% [markdown] lang="es"
# **Diagnóstico:** dos respuestas. D lleva normalización por lotes (BN), que tiene dos modos, como viste en la lección 2. En su turno, D usa las medias de cada lote; en el de G está congelado y usa las acumuladas, que mezclan reales y generadas. Son dos árbitros con los mismos pesos, y G se entrena para gustar al que no juzga. **Remedio:** escribir el paso con cintas (`GradientTape`), como en la lección 3, que no congela nada, o quitar la BN de D. Aquí, lo segundo:

# %% [markdown] lang="en"
# **Diagnosis:** two answers. D has batch normalization (BN), which has two modes, as you saw in lesson 2. In its own turn D uses the averages of each batch; in G's it is frozen and uses those it has gathered, in which real and generated images are mixed. That makes two referees with the same weights, and G is trained to please the one that does not judge. **Cure:** write the step with tapes (`GradientTape`), as in lesson 3, which freezes nothing, or take BN out of D. Here, the latter:

# %%
charts.show_treated(4)

# %% [markdown] lang="es"
# Los cuatro primeros, antes y después del tratamiento, como al principio:

# %% [markdown] lang="en"
# The first four, before and after the treatment, as at the top:

# %%
images = charts.before_and_after((1, 2, 3, 4))
plots.show_grid(images, columns=10)
pixels.save_grid(images, out_folder() / "generated.png")

# %% [markdown] lang="es"
# Les ha servido a los otros tres; con el paciente 3 hay que empezar de nuevo.
#
# ## Paciente 5: puntos en el plano
#
# Coloca puntos, como el juguete de la lección 1; los reales forman ocho grupos en círculo. Sus curvas oscilan cada vez más, pero ninguna pérdida es enorme ni nula, y D duda, como en una sana.
#
# ### Ejercicio 6: la prueba que falta
#
# ¿Qué prueba descubre lo que le pasa?
#
# **a)** Añadir la curva de los aciertos de D · **b)** Ver si se mueven los pesos de las dos redes · **c)** Esperar a que las curvas se calmen · **d)** Contar a cuántos grupos llegan los puntos

# %% [markdown] lang="en"
# It has helped three; patient 3 has to begin again.
#
# ## Patient 5: points in the plane
#
# It places points, like the toy of lesson 1; the real ones form eight clusters in a ring. Its curves swing wider and wider, but no loss is huge or nil, and D is in doubt, as in a healthy one.
#
# ### Exercise 6: the missing test
#
# Which test reveals what is wrong with it?
#
# **a)** Add the curve of D's accuracy · **b)** See whether the weights of both networks move · **c)** Wait for the curves to calm down · **d)** Count how many clusters the points reach

# %% tags=["exercise", "nbval-check-output"]
test = ...
q6.check(test)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# Las tres semillas del paciente y, a la derecha, una sana con los mismos pasos; en gris, los puntos reales:

# %% [markdown] lang="en"
# The three seeds of the patient and, on the right, a healthy one at the same step; in grey, the real points:

# %%
charts.show_seeds(5)

# %% [markdown] lang="es"
# **Diagnóstico:** colapso (*mode collapse*). Sea cual sea el ruido, G pone los puntos en el mismo sitio. Las curvas comparan a G con D, y no sus puntos con los reales: por eso no lo ven, y con dos semillas apenas oscilan.
#
# Lo único estropeado es la tasa de G, demasiado alta. ¿Se baja y se sigue, o se empieza de nuevo? A cuántos grupos llegan los puntos (0: caen fuera de todos):

# %% [markdown] lang="en"
# **Diagnosis:** mode collapse. Whatever the noise, G puts its points in the same place. The curves do not see it, and with two seeds they hardly swing: they compare G with D, and not what G draws with what it should draw.
#
# All that is wrong is G's rate, which is too high. Lower it and go on, or begin again? How many clusters the points reach (0: they lie outside all of them):

# %%
charts.show_coverage(5)

# %% [markdown] lang="es"
# Aquí, bajar la tasa y seguir no saca del todo de un colapso así. Empezar de nuevo es lo seguro.
#
# ## Paciente 6: una consulta
#
# Viene preocupado: «He entrenado 300 pasos, y mis pérdidas no han bajado: acaban más o menos donde empezaron».
#
# ### Ejercicio 7: la receta
#
# ¿Qué le recetas?
#
# **a)** Nada: que siga entrenando · **b)** Bajar las dos tasas · **c)** Frenar a D, que gana · **d)** Ponerle a D normalización por lotes

# %% [markdown] lang="en"
# Here, lowering the rate and going on does not lead all the way out of such a collapse. Beginning again is the safe way.
#
# ## Patient 6: a consultation
#
# It comes in worried: “I have trained for 300 steps, and my losses have not fallen: they end up more or less where they began.”
#
# ### Exercise 7: the prescription
#
# What do you prescribe?
#
# **a)** Nothing: let it go on training · **b)** Lower both rates · **c)** Slow down D, which is winning · **d)** Give D batch normalization

# %% tags=["exercise", "nbval-check-output"]
prescription = ...
q7.check(prescription)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %% [markdown] lang="es"
# Sus imágenes, y lo que el monitor dice de los seis; además de las curvas, vigila lo variadas que son las muestras y si se mueven los pesos de D:

# %% [markdown] lang="en"
# Its images, and what the monitor says of all six. Besides the curves, it watches how varied the samples are, and whether D's weights move:

# %%
plots.show_grid(charts.patient(6).samples, columns=8)
charts.show_monitor()

# %% [markdown] lang="es"
# El sexto es un enfermo imaginario, y el monitor calla: un médico que receta a todo el mundo no sirve de nada. (Sus límites se eligieron con estos pacientes; su silencio se probó en las demás lecciones.)
#
# ## Un árbol de decisiones
#
# ¿Qué conviene preguntar primero? Un **árbol de decisiones** hace una pregunta de sí o no sobre un número y, según la respuesta, otra. Este se queda cada vez con la que mejor separa. Le damos los historiales, menos los de quienes siguieron enfermos tras el tratamiento, y dos enfermos más: un D congelado, que aquí cuenta como uno con tasa 0, y otro cuyas pérdidas dejaron de ser números.
#
# `finite` es 1 si las pérdidas son números, y 0 si no; entonces las demás cifras cuentan como 0. `two_answers` es $e^{-\text{pérdida}}$ dividido entre D(G(z)). `spread` (no es el de la lección 2) dice lo variadas que son las muestras, comparadas con las reales (1: igual). Lee de arriba abajo:

# %% [markdown] lang="en"
# The sixth is an imaginary invalid, and the monitor is silent: a doctor who prescribes something for everybody is of no use. (Its limits were chosen with these patients; its silence was tested in the other lessons.)
#
# ## A decision tree
#
# What should one ask first? A **decision tree** asks a yes-or-no question about a number and, depending on the answer, another one. This one keeps, each time, the one that separates best. It gets the case histories, but for those of patients who stayed ill after the treatment, and two more patients: a frozen D, which counts here as one with a rate of 0, and one whose losses stopped being numbers.
#
# `finite` is 1 if the losses are numbers, and 0 if not; all other numbers then count as 0. `two_answers` is $e^{-\text{loss}}$ divided by D(G(z)). `spread` (not that of lesson 2) tells how varied the samples are, compared with real ones (1: equally). Read from the top down:

# %%
print(*clinic.grow_tree(clinic.cases()).lines(), sep="\n")

# %% [markdown] lang="es"
# Acierta con todos, pero no razona como tú. Las dos respuestas de D las reconoce por `spread`: en estos historiales, las imágenes grises varían menos que el ruido.
#
# ¿Se habrá aprendido a sus pacientes de memoria? Lo hacemos crecer con dos semillas y le preguntamos por la tercera:

# %% [markdown] lang="en"
# It gets them all right, but it does not reason as you do. It recognises D's two answers by `spread`: in these histories, grey images vary less than noise.
#
# Has it learnt its patients by heart? We grow it from two seeds and ask it about the third:

# %%
charts.show_unseen()

# %% [markdown] lang="es"
# El que no ha visto la semilla 1 da por sanos a los dos que tienen el D parado. Y ante una avería nueva, nombrará una de las suyas sin dudarlo.
#
# ## Tu propia alarma
#
# ### Ejercicio 8: los dos límites
#
# Ahora, la regla la pones tú: ¿a partir de qué medias gana D por mucho? Escribe los dos umbrales.

# %% [markdown] lang="en"
# The one that has not seen seed 1 takes both patients whose D stands still for healthy. And faced with a new failure, it will name one of its own without hesitation.
#
# ## An alarm of your own
#
# ### Exercise 8: the two limits
#
# Now the rule is yours: from which means on is D winning by far? Write the two limits.


# %% tags=["exercise"]
def d_is_winning(history):
    d_real = np.mean(history["d_real"][-100:])
    d_fake = np.mean(history["d_fake"][-100:])
    return d_real > ... and d_fake < ...


d_is_winning = q8.use(d_is_winning)

# %% tags=["exercise"]
# q8.hint()
# q8.solution()

# %% [markdown] lang="es"
# Un número es una semilla con la que suena; un punto, silencio; detrás de ✗, cuántas veces se equivoca. Debería sonar con el paciente 2, «D demasiado fuerte, sin tratar», y con nadie más:

# %% [markdown] lang="en"
# A number is a seed for which it rings; a dot is silence; after ✗, how often it is wrong. It should ring for patient 2, “D too strong, untreated”, and for nobody else:

# %%
verdicts = clinic.try_alarm(d_is_winning, "winning")
print(clinic.table_of_alarm(verdicts))

# %% [markdown] lang="es"
# ¿Quién más la hace sonar? Si es el 4, «BN en D», tiene sus motivos: también allí gana D, pero por otra causa. Si es el 3, «tasas × 300», la has puesto demasiado sensible. Y si calla con alguna semilla del 2, pides demasiado. Una alarma ve síntomas, no causas; para la causa hace falta la prueba.
#
# ## Lo que hemos visto
#
# - D parado: su pérdida sube; lo confirman sus pesos.
# - D demasiado fuerte: D(x) en 1, D(G(z)) en 0. Suavizar no lo cura; igualar las tasas, sí.
# - Tasas demasiado altas: D aprende y paga mucho más de 0.69. Hay que empezar de nuevo.
# - BN en un D congelado: $e^{-\text{pérdida}}$ es mucho mayor que D(G(z)).
# - Colapso: ninguna curva lo dice; hay que mirar lo que G dibuja, o contarlo.
# - Que las pérdidas no bajen no es un síntoma.
#
# Ninguno dio un error. Por eso hay que conocer bien a la sana y, antes de tocar nada, hacer la prueba.
#
# ### Para seguir jugando, sin nota
#
# - Escribe una alarma `mine` para otra avería: `print(clinic.table_of_alarm(clinic.try_alarm(mine, "overshooting")))`. Las demás son `"no rate"`, `"frozen"`, `"two answers"`, `"collapsed"` y `"not finite"`.
# - Con la BN tras la segunda convolución, la misma red acaba sana: `charts.show_numbers(charts.controls("bn_second"))`.
# - ¿Con qué tasas enferma la red? `_, _, step = clinic.game("healthy", g_rate=1e-2, d_rate=1e-2)`, `history = charts.play(step, batches.take(200))` y `charts.show_numbers({"× 10": history})`.

# %% [markdown] lang="en"
# Who else sets it off? If it is patient 4, “BN in D”, there is a reason: there, too, D is winning, but from another cause. If it is patient 3, “rates × 300”, you have made it very sensitive. And if it is silent for some seed of patient 2, you ask for too much. An alarm sees symptoms, not causes; for the cause you need the test.
#
# ## What we have seen
#
# - D stands still: its loss goes up; its weights confirm it.
# - D too strong: D(x) at 1, D(G(z)) at 0. Smoothing does not cure it; evening out the rates does.
# - Rates too high: D learns and pays far more than 0.69. You have to begin again.
# - BN in a frozen D: $e^{-\text{loss}}$ is much greater than D(G(z)).
# - Collapse: no curve tells; look at what G draws, or count.
# - Losses that do not fall are no symptom.
#
# None of them raised an error. So know the healthy one well and, before you touch anything, run the test.
#
# ### To keep playing (ungraded)
#
# - Write an alarm `mine` for another failure: `print(clinic.table_of_alarm(clinic.try_alarm(mine, "overshooting")))`. The others are `"no rate"`, `"frozen"`, `"two answers"`, `"collapsed"` and `"not finite"`.
# - With the BN after the second convolution, the same network ends up healthy: `charts.show_numbers(charts.controls("bn_second"))`.
# - At which rates does the network fall ill? `_, _, step = clinic.game("healthy", g_rate=1e-2, d_rate=1e-2)`, `history = charts.play(step, batches.take(200))` and `charts.show_numbers({"× 10": history})`.

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
