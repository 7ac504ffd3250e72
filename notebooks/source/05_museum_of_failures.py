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
# 2. diagnosticar a seis pacientes y elegir, para cada uno, la prueba que separa dos diagnósticos parecidos;
# 3. ver qué remedios curan, y uno muy recomendado que no lo hace;
# 4. probar con todos los historiales un árbol de decisiones y una alarma tuya: ¿dónde se equivocan?
#
# **Tiempo:** unos 40 minutos; en un portátil de dos núcleos, unos 2 son de espera. **Necesitas:** haber hecho la lección 2.

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
# 2. diagnose six patients and choose, for each, the test that tells two similar diagnoses apart;
# 3. see which remedies cure, and one that is much recommended and does not;
# 4. try a decision tree and an alarm of your own on all the case histories: where do they go wrong?
#
# **Time:** about 40 minutes; on a two-core laptop about 2 of them are waiting. **You need:** to have done lesson 2.

# %% tags=["setup"]
# setup

# %% [markdown] lang="es"
# Cada fila es un paciente. A la izquierda, cinco de sus imágenes; a la derecha, cinco después del tratamiento. ¿A cuántos les ha servido?

# %% [markdown] lang="en"
# Each row is a patient. On the left, five of its images; on the right, five after the treatment. How many has it helped?

# %%
import keras
import numpy as np

from course_utils import data, pixels, plots
from course_utils.budgets import budget
from course_utils.diagnosis import diagnose, measure
from course_utils.experiments import charts, clinic
from course_utils.folders import out_folder, pretty_path
from course_utils.lessons.lesson_2 import has_moved, weights_of
from course_utils.progress import Ticker
from course_utils.questions.lesson_5 import q1, q2, q3, q4, q5, q6, q7, q8, q9

plots.show_promise("05_museum_of_failures")

# %% [markdown] lang="es"
# ## Primero, una sana
#
# Todos los pacientes, salvo uno, son la misma red: la DCGAN de la lección 2, muy estrecha, para que 300 pasos cuesten poco. Sana, las dos redes aprenden con Adam, con una tasa de 0.001 y un `beta_1` de 0.5; D lleva un *dropout* de 0.4, y cada paso ve 32 imágenes. La hemos entrenado con tres semillas y hemos guardado los historiales. Estas son las medias de sus últimos 50 pasos:

# %% [markdown] lang="en"
# ## First, a healthy one
#
# All the patients but one are the same network: the DCGAN of lesson 2, made very narrow, so that 300 steps cost little. When it is healthy, both networks learn with Adam, at a rate of 0.001 and a `beta_1` of 0.5; D has a dropout of 0.4, and each step sees 32 images. We have trained it with three seeds and kept the case histories. These are the means of its last 50 steps:

# %%
healthy = clinic.cases("healthy", "control")
names = [L("pérdida de D", "D loss"), L("pérdida de G", "G loss"), "D(x)", "D(G(z))"]
rows = [[L(f"semilla {case.seed}", f"seed {case.seed}"), *charts.numbers(case)] for case in healthy]
plots.show_table(["", *names], rows)

# %% [markdown] lang="es"
# Son las cifras que hay que aprenderse. Las dos respuestas de D rondan un medio: duda. Y las dos pérdidas rondan 0.69, que es $-\log 0.5$; la de G queda algo por encima, porque G se encuentra con un D que acaba de estudiar sus imágenes.

# %% [markdown] lang="en"
# These are the numbers to learn. Both of D's answers are about one half: it is in doubt. And both losses are about 0.69, which is $-\log 0.5$; G's is a little above, because G meets a D that has just studied its images.

# %%
for case in healthy:
    assert all(abs(charts.recent(case.history, name) - 0.5) < 0.1 for name in ("d_real", "d_fake"))
    assert 0.6 < charts.recent(case.history, "d_loss") < charts.recent(case.history, "g_loss") < 1

# %% [markdown] lang="es"
# ## La sala de espera
#
# Arriba, una sana. Debajo, los seis. De cada uno, las pérdidas y lo que responde D: D(x) ante las imágenes reales y D(G(z)) ante las generadas. Tres han traído además imágenes de G. Mira sin prisa antes de seguir: ¿quién se parece a la sana? ¿Quiénes se parecen entre sí?

# %% [markdown] lang="en"
# ## The waiting room
#
# At the top, a healthy one. Below, the six. Of each, the losses and what D answers: D(x) to real images and D(G(z)) to generated ones. Three have also brought images of G's. Take your time before you go on: who is like the healthy one? Which are like each other?

# %%
waiting = {L(f"paciente {n}", f"patient {n}"): charts.patient(n) for n in range(1, 7)}
charts.show_charts({L("sana", "healthy"): healthy[0], **waiting}, pictures=(L("sana", "healthy"), *list(waiting)[1:4]))

# %% [markdown] lang="es"
# Y en números, la media de los últimos 50 pasos:

# %% [markdown] lang="en"
# And in numbers, the mean of the last 50 steps:

# %%
plots.show_table(["", *names], [[name, *charts.numbers(case)] for name, case in waiting.items()])

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
# It has brought only its curves. G's loss falls to nearly 0, D's goes up and up, and D(G(z)) approaches 1: D takes nearly all of G's images for real.
#
# ### Exercise 1: a first impression
#
# What is wrong with it?
#
# **a)** G draws so well that D cannot tell its images from real ones · **b)** D does not learn · **c)** D is too strong · **d)** G has collapsed: it always draws the same

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
# Todo apunta a D. Pero D podría estar parado, o aprender, solo que mucho más despacio que G. ¿Qué prueba separa las dos cosas en un solo paso?
#
# **a)** Entrenar más y ver si la pérdida de D baja · **b)** Mirar si `discriminator.trainable` es `True` · **c)** Comparar los pesos de D antes y después de un paso · **d)** Mirar las imágenes de G

# %% [markdown] lang="en"
# ### Exercise 2: the test
#
# Everything points to D. But D might stand still, or learn, only much more slowly than G. Which test tells the two apart in a single step?
#
# **a)** Train for longer and see whether D's loss falls · **b)** See whether `discriminator.trainable` is `True` · **c)** Compare D's weights before and after a step · **d)** Look at G's images

# %% tags=["exercise", "nbval-check-output"]
test = ...
q2.check(test)

# %% tags=["exercise"]
# q2.hint()
# q2.solution()

# %% [markdown] lang="es"
# Hagamos la prueba. `admit` ingresa a un paciente: crea sus redes de nuevo, con su avería, como hace `small_game` en la lección 2. Qué avería es, no lo enseñamos todavía. `play` da unos cuantos pasos y guarda las curvas.

# %% [markdown] lang="en"
# Let us run the test. `admit` takes a patient in: it makes its networks anew, with what is wrong with them, as `small_game` does in lesson 2. What that is we do not show yet. `play` makes some steps and keeps the curves.

# %%
dataset = data.load("mnist")
batches = data.make_batches(dataset.x_train, 32)
print(dataset.origin)


def play(train_step, steps, history):
    ticker = Ticker(steps)
    for real_images in batches.take(steps):
        for name, value in train_step(real_images).items():
            history.setdefault(name, []).append(float(value))
        ticker.tick(f"D(G(z)) = {history['d_fake'][-1]:.2f}")
    return history


# %%
keras.utils.set_random_seed(1)
generator, discriminator, train_step = charts.admit(1)
before = {model: weights_of(model) for model in (generator, discriminator)}
train_step(next(iter(batches)))
for model, weights in before.items():
    print(model.name, L("se ha movido", "has moved") if has_moved(model, weights) else L("sigue igual", "is as before"))

# %% [markdown] lang="es"
# G se ha movido y D, no: está parado. Falta la causa. ¿Está congelado, o es otra cosa? Dos datos lo dicen:

# %% [markdown] lang="en"
# G has moved and D has not: it stands still. What is missing is the cause. Is it frozen, or is it something else? Two facts tell:

# %%
print("trainable:", discriminator.trainable)
print("learning_rate:", float(discriminator.optimizer.learning_rate))
assert not has_moved(discriminator, before[discriminator]) and discriminator.trainable

# %% [markdown] lang="es"
# **Diagnóstico:** D puede aprender (`trainable` es `True`), pero su tasa de aprendizaje es 0. Esa era la única avería. La otra manera de parar a D es la trampa de la lección 2, congelarlo una sola vez. Vista desde fuera es igual, y ahí la tasa no dice nada: lo que delata al congelado es `trainable`. El `turn` de aquella lección se habría negado a dar el primer paso en los dos casos; `admit` se lo ha quitado.
#
# **El remedio** es devolverle la tasa. ¿Se recuperará G, o es tarde? Entrenamos al enfermo unos pasos más y, donde está la línea, lo curamos. (Unos 20 segundos en dos núcleos, como las otras dos pruebas con imágenes.)

# %% [markdown] lang="en"
# **Diagnosis:** D is allowed to learn (`trainable` is `True`), but its learning rate is 0. That was the only thing wrong. The other way to make D stand still is the trap of lesson 2, to freeze it just once. From outside it looks the same, and there the rate says nothing: what gives away the frozen one is `trainable`. The `turn` of that lesson would have refused the first step in both cases; `admit` has taken it off.
#
# **The cure** is to give the rate back. Will G recover, or is it too late? We train the patient for some more steps and, where the line is, we cure it. (About 20 seconds on two cores, like the other two tests with images.)

# %%
sick_steps, cured_steps = budget(smoke=(2, 2), workshop=(60, 100), full=(60, 100))
history = play(train_step, sick_steps, {})
discriminator.optimizer.learning_rate = 1e-3
play(train_step, cured_steps, history)
charts.show_treatment(history, sick_steps)

# %% [markdown] lang="es"
# Ahora, nuestros historiales. A la izquierda, el paciente, sin tratar hasta el final; en medio, una red sana, con la misma semilla y los mismos pasos; a la derecha, el paciente curado: parte de los pesos **enfermos** y sigue, con la tasa en su sitio.

# %% [markdown] lang="en"
# Now our case histories. On the left the patient, untreated to the end; in the middle a healthy network, with the same seed and as many steps; on the right the patient cured: it sets out from the **sick** weights and goes on, with the rate where it should be.


# %%
def show_three(case):
    healthy, cured = clinic.control_of(case), clinic.cured_of(case)
    titles = [L("paciente", "patient"), L("sana", "healthy"), charts.title_of_cure(cured)]
    charts.show_side_by_side(dict(zip(titles, (case, healthy, cured), strict=True)))
    found = charts.in_words(diagnose(cured.history, cured.look))
    print(L(f"El monitor, tras la cura: {found}", f"The monitor, after the cure: {found}"))


show_three(charts.patient(1))

# %% [markdown] lang="es"
# Bajo la figura está lo que el monitor dice del curado. Se llega a tiempo porque los pesos de D no estaban estropeados, solo quietos.
#
# ## Pacientes 2 y 3: casi gemelos
#
# En los dos la pérdida de G es mucho más alta que en la sana. Pero son dos averías. En una, D es demasiado fuerte para su rival. En la otra, las **dos** redes dan pasos demasiado largos. Antes de seguir, apuesta: ¿cuál es cuál?
#
# ### Ejercicio 3: la medida que los separa
#
# ¿Qué medirías en sus últimos 100 pasos?
#
# **a)** Lo alta que es la pérdida de G · **b)** Si D(x) queda por encima de D(G(z)) · **c)** Lo distintas que son entre sí las imágenes de G · **d)** Cuánto cambia la pérdida de G de un paso al siguiente, comparado con su media

# %% [markdown] lang="en"
# Below the figure is what the monitor says of the cured one. It is not too late, because D's weights were not spoilt, only still.
#
# ## Patients 2 and 3: nearly twins
#
# In both, G's loss is much higher than in the healthy one. But these are two failures. In one, D is too strong for its rival. In the other, **both** networks take steps that are too long. Before you go on, place your bet: which is which?
#
# ### Exercise 3: the measure that tells them apart
#
# What would you measure over their last 100 steps?
#
# **a)** How high G's loss is · **b)** Whether D(x) is above D(G(z)) · **c)** How much G's images differ from each other · **d)** How much G's loss changes from one step to the next, compared with its mean

# %% tags=["exercise", "nbval-check-output"]
measurement = ...
q3.check(measurement)

# %% tags=["exercise"]
# q3.hint()
# q3.solution()

# %% [markdown] lang="es"
# Midamos dos de las cuatro, en las tres semillas. `measure` mira los últimos 100 pasos: `"roughness"` es la respuesta d), y `"spread"`, la c), como parte de lo que se diferencian los dígitos reales.

# %% [markdown] lang="en"
# Let us measure two of the four, with the three seeds. `measure` looks at the last 100 steps: `"roughness"` is answer d), and `"spread"` is answer c), as a share of what real digits differ by.

# %%
seeds = [L(f"semilla {seed}", f"seed {seed}") for seed in clinic.SEEDS]
groups = {L("sana", "healthy"): healthy}
groups |= {L(f"paciente {n}", f"patient {n}"): [charts.patient(n, seed) for seed in clinic.SEEDS] for n in (2, 3)}
for name in ("roughness", "spread"):
    found = {group: [measure(case.history, case.look)[name] for case in cases] for group, cases in groups.items()}
    plots.show_table([name, *seeds], [[group, *(f"{value:.2f}" for value in row)] for group, row in found.items()])

# %% [markdown] lang="es"
# El paciente 3 da tumbos y el 2, no. Y fíjate en la segunda tabla: las imágenes del paciente 2 son ruido, y son **más** variadas que los dígitos reales. La variedad no dice si algo está bien dibujado.
#
# Ya se pueden abrir los dos informes. En cada uno, lo único que cambia respecto a la sana:

# %% [markdown] lang="en"
# Patient 3 staggers and patient 2 does not. And look at the second table: the images of patient 2 are noise, and **more** varied than real digits. Variety does not say whether something is drawn well.
#
# Now both files can be opened. In each, the only thing that differs from the healthy one:

# %%
for number in (2, 3):
    print(number, clinic.PATIENTS[charts.patient(number).name].broken)

# %% [markdown] lang="es"
# **Paciente 2:** D es el de siempre, pero su rival aprende muy despacio. «D demasiado fuerte» quiere decir eso: demasiado para G. **Paciente 3:** las dos tasas son muchas veces la sana, 0.001.

# %% [markdown] lang="en"
# **Patient 2:** D is the usual one, but its rival learns very slowly. That is what “D is too strong” means: too strong for G. **Patient 3:** both rates are many times the healthy one, 0.001.

# %% [markdown] lang="es"
# ### Ejercicio 4: un remedio muy recomendado
#
# Contra un D demasiado fuerte se aconseja **suavizar** la etiqueta de las imágenes reales: pedirle 0.9 en lugar de 1. Se lo vamos a dar al paciente 2, y nada más. ¿Qué pasará?
#
# **a)** D(x) baja hacia 0.9 y D(G(z)) sube hacia un medio · **b)** D(x) baja hacia 0.9 y D(G(z)) sigue cerca de 0 · **c)** Ninguna de las dos cambia · **d)** D deja de aprender

# %% [markdown] lang="en"
# ### Exercise 4: a remedy much recommended
#
# Against a D that is too strong, one is advised to **smooth** the label of the real images: to ask it for 0.9 instead of 1. We shall give that to patient 2, and nothing else. What will happen?
#
# **a)** D(x) falls towards 0.9 and D(G(z)) rises towards one half · **b)** D(x) falls towards 0.9 and D(G(z)) stays near 0 · **c)** Neither of them changes · **d)** D stops learning

# %% tags=["exercise", "nbval-check-output"]
prediction = ...
q4.check(prediction)

# %% tags=["exercise"]
# q4.hint()
# q4.solution()

# %% [markdown] lang="es"
# Se lo damos desde el primer paso, y lo comparamos con el historial del mismo paciente sin tratar, en los mismos pasos (otros 20 segundos):

# %% [markdown] lang="en"
# It gets it from the first step on, and we compare with the history of the same patient untreated, at the same steps (another 20 seconds):

# %%
keras.utils.set_random_seed(1)
generator, discriminator, train_step = charts.admit(2, real_label=0.9)
smoothed = play(train_step, budget(smoke=2, workshop=150, full=150), {})
untreated = {name: values[: len(smoothed[name])] for name, values in charts.patient(2).history.items()}
for label, history in {"1.0": untreated, "0.9": smoothed}.items():
    print(f"{label}  D(x) = {charts.recent(history, 'd_real'):.2f}   D(G(z)) = {charts.recent(history, 'd_fake'):.2f}")
still_wins = charts.recent(smoothed, "d_fake") < 0.25
print(L("D sigue ganando.", "D still wins.") if still_wins else L("D ya no gana.", "D does not win any more."))

# %% [markdown] lang="es"
# La mejor respuesta a una etiqueta de 0.9 es 0.9, y hacia ahí va D(x). Pero ante las imágenes de G nada ha cambiado: D está menos seguro de las reales y rechaza igual las falsas. Suavizar trata el síntoma. Lo que cura es quitar la causa: devolver a G su tasa, con los pesos que tenía.

# %% [markdown] lang="en"
# The best answer to a label of 0.9 is 0.9, and D(x) heads for it. But for G's images nothing has changed: D is less sure of the real ones, and rejects the fakes all the same. Smoothing treats the symptom. What cures is to take away the cause: to give G its rate back, with the weights that it had.

# %%
show_three(charts.patient(2))

# %%
show_three(charts.patient(3))

# %% [markdown] lang="es"
# ¿Se han curado los dos? A uno solo le faltaba un rival más rápido; al otro se le habían disparado los pesos. El que no se recupera así tiene que empezar de nuevo, con la tasa baja: es la columna del medio.
#
# ## Paciente 4: dos respuestas
#
# Este ha traído imágenes, sucias y parecidas entre sí. También aquí gana D, pero hay un número que no encaja. La pérdida de G es la media de $-\log D(G(z))$. Si conoces la pérdida, puedes calcular, más o menos, qué respondió D en el turno de G.
#
# ### Ejercicio 5: de la pérdida a la respuesta
#
# La pérdida de G es 0.30. ¿Qué probabilidad de ser reales les dio D a sus imágenes? Escríbela con NumPy.

# %% [markdown] lang="en"
# Are both of them cured? One lacked only a faster rival; the other's weights had shot off. The one that does not recover like this has to begin again, at the lower rate: that is the middle column.
#
# ## Patient 4: two answers
#
# This one has brought images, dirty and much alike. Here, too, D is winning, but one number does not fit. G's loss is the mean of $-\log D(G(z))$. If you know the loss, you can work out roughly what D answered in G's turn.
#
# ### Exercise 5: from the loss to the answer
#
# G's loss is 0.30. What probability of being real did D give to its images? Write it with NumPy.

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
compared = {L("sana", "healthy"): healthy[0], **{name: waiting[name] for name in list(waiting)[1:4]}}
answers = {
    name: (np.exp(-charts.recent(case.history, "g_loss")), charts.recent(case.history, "d_fake"))
    for name, case in compared.items()
}
headings = ["", L("en el turno de G", "in G’s turn"), L("en el turno de D", "in D’s turn")]
plots.show_table(headings, [[name, *(f"{value:.3f}" for value in pair)] for name, pair in answers.items()])

# %% [markdown] lang="es"
# Cuidado con la primera columna. En rigor es una media **geométrica**, que nunca supera a la corriente y que se hunde con unas pocas respuestas casi nulas: mira al paciente 3. Que sea menor que D(G(z)) no dice nada. Que sea **mucho mayor** sí: con un solo D no puede ser.
#
# ### Ejercicio 6: diagnóstico y prueba
#
# En el paciente 4 lo es. Comprométete con un diagnóstico y con la prueba que lo confirmaría. Diagnóstico:
#
# **a)** D es demasiado fuerte · **b)** D no aprende · **c)** D no dice lo mismo en los dos turnos · **d)** G da pasos demasiado largos
#
# Prueba:
#
# **a)** Enseñarle unas mismas imágenes dos veces: como en su turno, y como en el de G, congelado · **b)** Comparar sus pesos antes y después de un paso · **c)** Enseñarle imágenes de otro ruido en cada turno · **d)** Suavizar las etiquetas

# %% [markdown] lang="en"
# Be careful with the first column. Strictly, it is a **geometric** mean, which never exceeds the ordinary one, and which a few answers near 0 are enough to sink: look at patient 3. That it is less than D(G(z)) means nothing. That it is **much greater** does: with just one D that cannot be.
#
# ### Exercise 6: diagnosis and test
#
# In patient 4 it is. Commit to a diagnosis, and to the test that would confirm it. Diagnosis:
#
# **a)** D is too strong · **b)** D does not learn · **c)** D does not say the same in both turns · **d)** G takes steps that are too long
#
# Test:
#
# **a)** Show it the same images twice: as in its own turn, and as in G's, frozen · **b)** Compare its weights before and after a step · **c)** Show it images of other noise in each turn · **d)** Smooth the labels

# %% tags=["exercise", "nbval-check-output"]
diagnosis, test = ..., ...
q6.check(diagnosis, test)

# %% tags=["exercise"]
# q6.hint()
# q6.solution()

# %% [markdown] lang="es"
# Ingresa el paciente 4. Tras unos 20 segundos de pasos, un lote de imágenes de G, y D las juzga dos veces: libre y congelado.

# %% [markdown] lang="en"
# Patient 4 is taken in. After about 20 seconds of steps, a batch of G's images, and D judges them twice: free and frozen.

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
# Dos respuestas. ¿Y qué tiene dentro?

# %% [markdown] lang="en"
# Two answers. And what does it have inside?

# %%
print(*(type(layer).__name__ for layer in discriminator.layers), sep=" → ")

# %% [markdown] lang="es"
# **Diagnóstico:** D lleva normalización por lotes (BN), como el del tutorial E, y en el turno de G está congelado. Una BN tiene dos modos, lo viste en la lección 2: en su turno, D normaliza cada lote con sus propias medias; congelado, usa las que ha acumulado, que mezclan reales y generadas. Son dos árbitros con los mismos pesos, y G se entrena para gustar al que no juzga. **Remedio:** quitar la BN de D o, como en la lección 3, un paso con cintas, que no congela nada. Aquí hemos hecho lo primero:

# %% [markdown] lang="en"
# **Diagnosis:** D has batch normalization (BN), like that of tutorial E, and in G's turn it is frozen. BN has two modes, as you saw in lesson 2: in its own turn D normalizes each batch by the batch's own averages; frozen, it uses those that it has gathered, in which real and generated ones are mixed. These are two referees with the same weights, and G is trained to please the one that does not judge. **Cure:** take BN out of D or, as in lesson 3, a step with tapes, which freezes nothing. Here we have done the former:

# %%
show_three(charts.patient(4))

# %% [markdown] lang="es"
# Los cuatro primeros, antes y después de la cura, como en la figura del principio:

# %% [markdown] lang="en"
# The first four, before and after the cure, as in the figure at the top:

# %%
treated = [charts.patient(number) for number in range(1, 5)]
pairs = [np.concatenate([case.samples[:5], clinic.cured_of(case).samples[:5]]) for case in treated]
plots.show_grid(np.concatenate(pairs), columns=10)
pixels.save_grid(np.concatenate(pairs), out_folder() / "generated.png")
print(pretty_path(out_folder()))

# %% [markdown] lang="es"
# ## Paciente 5: unas curvas inocentes
#
# Este no dibuja cifras: coloca puntos en el plano, y los reales forman ocho grupos en corona. Sus redes son las del juguete de la lección 1, y su tabla no asusta a nadie: ninguna pérdida enorme ni nula, ninguna respuesta pegada a 0 o a 1. Y, sin embargo, está enfermo.
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
# Which test finds it out?
#
# **a)** Add the curve of D's accuracy · **b)** See whether the weights of both networks move · **c)** Measure the distance of each point to the nearest cluster · **d)** Count how many clusters the points reach

# %% tags=["exercise", "nbval-check-output"]
test = ...
q7.check(test)

# %% tags=["exercise"]
# q7.hint()
# q7.solution()

# %% [markdown] lang="es"
# Miremos. Las tres semillas del paciente y, a la derecha, una sana al mismo paso; en gris, los puntos reales:

# %% [markdown] lang="en"
# Let us look. The three seeds of the patient and, on the right, a healthy one at the same step; in grey, the real points:

# %%
collapsed = [charts.patient(5, seed) for seed in clinic.SEEDS]
columns = dict(zip(seeds, collapsed, strict=True)) | {L("sana", "healthy"): clinic.control_of(collapsed[0])}
charts.show_side_by_side(columns)
for case in collapsed:
    assert 0.1 < charts.recent(case.history, "d_fake") < charts.recent(case.history, "d_real") < 0.9

# %% [markdown] lang="es"
# **Diagnóstico:** colapso (*mode collapse*). Sea cual sea el ruido, G pone los puntos en el mismo sitio. Las curvas no lo ven: comparan a G con D, y no lo que G dibuja con lo que debería dibujar.
#
# ¿Y el remedio? Lo único estropeado es la tasa de G. Se puede bajar y seguir, con los pesos enfermos, o crear las redes de nuevo con la tasa sana. `coverage` cuenta a cuántos de los ocho grupos llega al menos uno de cada cien puntos:

# %% [markdown] lang="en"
# **Diagnosis:** mode collapse. Whatever the noise, G puts the points in the same place. The curves do not see it: they compare G with D, and not what G draws with what it should draw.
#
# And the cure? All that is wrong is G's rate. It can be lowered, to go on with the sick weights, or the networks can be made anew with the healthy rate. `coverage` counts how many of the eight clusters at least one point in a hundred reaches:

# %%
headings = [
    "",
    L("enfermo", "ill"),
    L("bajar la tasa y seguir", "lower the rate and go on"),
    L("de nuevo", "begin again"),
]
rows = []
for seed, case in zip(seeds, collapsed, strict=True):
    (went_on,) = clinic.cases(case.name, "went on", case.seed)
    three = (case, went_on, clinic.control_of(case))
    rows.append([seed, *(f"{clinic.coverage(one.samples)}/8" for one in three)])
plots.show_table(headings, rows)

# %% [markdown] lang="es"
# Bajar la tasa y seguir no siempre saca de un colapso así: compara las dos últimas columnas. Empezar de nuevo es lo seguro.
#
# ¿Habría bastado con medir la variedad? Aquí sí, porque todo cae en un punto. Pero si G llegara solo a dos grupos opuestos, sus puntos podrían ser tan variados como los reales. Se cuenta lo que se quiere saber.
#
# ¿Y se quedan ahí? Una cuarta semilla, aquí y ahora, con la avería; o la tuya, si cambias los dos 4. Cada 125 pasos, cuántos grupos y dónde está el centro de los puntos:

# %% [markdown] lang="en"
# To lower the rate and go on does not always lead out of such a collapse: compare the last two columns. To begin again is the safe way.
#
# Would it have been enough to measure the variety? Here, yes, because everything falls on one spot. But if G reached just two opposite clusters, its points could be as varied as the real ones. Count what you want to know.
#
# And do they stay there? A fourth seed, here and now, with the failure; or yours, if you change both 4s. Every 125 steps, how many clusters, and where the centre of the points is:

# %%
keras.utils.set_random_seed(4)
generator, discriminator, train_step = charts.admit(5)
rng, noise = np.random.default_rng(4), keras.random.normal((256, 2), seed=42)
every = budget(smoke=2, workshop=125, full=125)
for step in range(1, 4 * every + 1):
    train_step(clinic.points(64, rng))
    if step % every == 0:
        points = np.asarray(generator(noise, training=False))
        print(f"{step:5}  {clinic.coverage(points)}/8  ({points.mean(axis=0)[0]:5.2f}, {points.mean(axis=0)[1]:5.2f})")

# %% [markdown] lang="es"
# Si los grupos siguen siendo pocos y el centro se muda, has visto por qué no basta con esperar: cuando D rechaza un sitio, G se lleva los puntos a otro, todos juntos.

# %% [markdown] lang="en"
# If the clusters remain few and the centre moves house, you have seen why waiting is not enough: when D rejects one place, G takes the points to another, all together.

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
# ¿Qué diría el monitor del curso, el que vigila tus entrenamientos desde la lección 1? Sus reglas son `diagnose`: mira las curvas y, además, lo variadas y lo saturadas que son las muestras y si los pesos de D se mueven. Se las pasamos a los seis, con sus tres semillas:

# %% [markdown] lang="en"
# What would the course's monitor say, the one that has watched over your training runs since lesson 1? Its rules are `diagnose`: it looks at the curves and also at how varied and how saturated the samples are, and at whether D's weights move. We apply them to all six, with their three seeds:

# %%
rows = []
for number in range(1, 7):
    cases = [charts.patient(number, seed) for seed in clinic.SEEDS]
    rows.append([str(number), *(charts.in_words(diagnose(case.history, case.look)) for case in cases)])
plots.show_table([L("paciente", "patient"), *seeds], rows)

# %% [markdown] lang="es"
# El sexto no tiene nada, y el monitor calla con sus tres semillas. Callar también es acertar: a quien receta a todo el mundo no se le escapa ningún enfermo, y no sirve de nada.
#
# ## Un árbol de decisiones
#
# ¿En qué orden conviene preguntar? Que lo diga el ordenador. Un **árbol de decisiones** hace una pregunta de sí o no sobre un número, y según la respuesta, otra. `grow_tree` prueba todas las preguntas y todos los umbrales y se queda, en cada nudo, con la que mejor separa. Le damos todos los historiales: los enfermos, los sanos y los curados, y dos enfermos que no estaban en la sala de espera, uno congelado y otro cuyas pérdidas dejaron de ser números.
#
# `finite` dice si siguen siendo números, y `two_answers` es $e^{-\text{pérdida}}$ entre D(G(z)). Un D congelado y otro con tasa 0 son aquí la misma avería: por las curvas no se distinguen.

# %% [markdown] lang="en"
# The sixth has nothing, and the monitor is silent for all three of its seeds. Silence can be a hit, too: whoever prescribes to everybody misses nobody who is ill, and is of no use.
#
# ## A decision tree
#
# In what order should one ask? Let the computer say. A **decision tree** asks a yes-or-no question about a number and, depending on the answer, another one. `grow_tree` tries all questions and all thresholds and keeps, at each node, the one that separates best. It gets all the case histories: the ill, the healthy and the cured, and two patients who were not in the waiting room, one frozen and one whose losses stopped being numbers.
#
# `finite` says whether they still are numbers, and `two_answers` is $e^{-\text{loss}}$ over D(G(z)). A frozen D and one with a rate of 0 are the same failure here: the curves do not tell them apart.

# %%
everyone = clinic.cases()
tree = clinic.grow_tree(everyone)
print(*tree.lines(), sep="\n")
print("{}/{}".format(*tree.right(everyone)))

# %% [markdown] lang="es"
# Pero un árbol puede saberse de memoria a los pacientes que ha visto. ¿Y con los que no ha visto? Lo hacemos crecer con dos semillas y le preguntamos por la tercera:

# %% [markdown] lang="en"
# But a tree may know by heart the patients that it has seen. And those that it has not seen? We grow it from two seeds and ask it about the third:

# %%
for seed in clinic.SEEDS:
    seen = [case for case in everyone if case.seed != seed]
    unseen = [case for case in everyone if case.seed == seed]
    print(seeds[seed - 1], "{}/{}".format(*clinic.grow_tree(seen).right(unseen)))

# %% [markdown] lang="es"
# Ahí se ve lo que sabe de verdad. Y un aviso: conoce las averías que ha visto, en esta red. Ante otra nueva, nombrará una de las suyas sin dudarlo.
#
# ## Tu propia alarma
#
# Con el árbol, las preguntas las ha elegido el ordenador. Ahora, la regla la pones tú.
#
# ### Ejercicio 9: tu propia alarma
#
# Escribe `d_is_winning(history)`: recibe las curvas de un entrenamiento, una lista por nombre, y devuelve `True` si en los últimos 100 pasos D gana de largo. ¿A partir de qué medias? Tú decides; luego veremos con quién acierta.

# %% [markdown] lang="en"
# That shows what it really knows. And a warning: it knows the failures that it has seen, in this network. Faced with a new one, it will name one of its own without hesitation.
#
# ## An alarm of your own
#
# With the tree, the computer has chosen the questions. Now the rule is yours.
#
# ### Exercise 9: an alarm of your own
#
# Write `d_is_winning(history)`: it receives the curves of a training run, a list for each name, and returns `True` if over the last 100 steps D is winning by far. From which means on? You decide; then we shall see whom it gets right.


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
# La pasamos por todos los historiales. Un número es una semilla con la que suena; un punto, silencio. Debería sonar con el paciente 2, «D demasiado fuerte, sin tratar», y con nadie más:

# %% [markdown] lang="en"
# We run it on all the case histories. A number is a seed for which it rings; a dot is silence. It should ring for patient 2, “D too strong, untreated”, and for nobody else:

# %%
verdicts = clinic.try_alarm(d_is_winning, "winning")
print(clinic.table_of_alarm(verdicts))

# %% [markdown] lang="es"
# ¿Quién la hace sonar sin ser el paciente 2? Si es el 4, «BN en D», tiene su razón: también allí gana D, pero por otra causa. Y si calla con alguno, quizá pides demasiado. Una alarma ve síntomas, no causas; para la causa hace falta la prueba.
#
# ### Para seguir jugando, sin nota
#
# - Cambia los umbrales de tu alarma. ¿Puedes quitarle las falsas alarmas sin perder a ningún enfermo? ¿Qué otra curva tendría que mirar?
# - Escribe una alarma para otra avería y pruébala: `clinic.try_alarm(mine, "overshooting")`. Las demás se llaman `"no rate"`, `"frozen"`, `"two answers"`, `"collapsed"` y `"not finite"`.
# - ¿Cuánto hay que subir las dos tasas para que la red enferme? Prueba con `clinic.game("healthy", g_rate=1e-2, d_rate=1e-2)`, diez veces la sana.
#
# ## Lo que hemos visto
#
# - D no aprende: su pérdida sube sin que reaccione. Lo confirman sus pesos, antes y después de un paso.
# - D demasiado fuerte para G: D(x) en 1, D(G(z)) en 0 y una pérdida de G alta y lisa. Suavizar etiquetas no lo cura; igualar las tasas, sí.
# - Tasas demasiado altas: la pérdida de G va a tumbos.
# - BN en un D congelado: $e^{-\text{pérdida}}$ es mucho mayor que D(G(z)).
# - Colapso: ninguna curva lo dice. Hay que mirar lo que G dibuja, o contarlo.
# - Que las pérdidas no bajen no es un síntoma.
#
# Ninguno de los seis dio un error. Por eso se aprende de memoria cómo es una sana, se sospecha pronto y, antes de tocar nada, se hace la prueba.

# %% [markdown] lang="en"
# Who sets it off without being patient 2? If it is patient 4, “BN in D”, there is a reason: there, too, D is winning, but from another cause. And if it is silent for somebody, you may be asking too much. An alarm sees symptoms, not causes; for the cause you need the test.
#
# ### To keep playing (ungraded)
#
# - Change the thresholds of your alarm. Can you get rid of the false alarms without missing anybody who is ill? Which other curve would it have to look at?
# - Write an alarm for another failure and try it: `clinic.try_alarm(mine, "overshooting")`. The others are called `"no rate"`, `"frozen"`, `"two answers"`, `"collapsed"` and `"not finite"`.
# - How far do both rates have to rise before the network falls ill? Try `clinic.game("healthy", g_rate=1e-2, d_rate=1e-2)`, ten times the healthy ones.
#
# ## What we have seen
#
# - D does not learn: its loss goes up, and it does not react. Its weights, before and after a step, confirm it.
# - D too strong for G: D(x) at 1, D(G(z)) at 0, and a G loss that is high and smooth. Smoothing labels does not cure it; evening out the rates does.
# - Rates too high: G's loss staggers.
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
# - Los tutoriales A, B, C y E se citan en las lecciones 1 y 2. MNIST: [Yann LeCun y otros](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.

# %% [markdown] lang="en"
# ## Sources
#
# - The failures come from real questions in public forums: the discriminator frozen on Keras 3 ([handson-ml3, 252](https://github.com/ageron/handson-ml3/issues/252)), BN in a frozen D ([Keras-GAN, 252](https://github.com/eriklindernoren/Keras-GAN/issues/252)), how to read the losses ([ganhacks, 2](https://github.com/soumith/ganhacks/issues/2)) and collapse ([DCGAN-tensorflow, 270](https://github.com/carpedm20/DCGAN-tensorflow/issues/270)).
# - Tim Salimans et al., [*Improved Techniques for Training GANs*](https://arxiv.org/abs/1606.03498), 2016: collapse and one-sided smoothing.
# - Tutorials A, B, C and E are credited in lessons 1 and 2. MNIST: [Yann LeCun et al.](https://yann.lecun.com/exdb/mnist/), CC BY-SA 3.0.
