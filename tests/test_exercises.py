"""Every exercise: the official solution is right, the wrong answers that learners give are told why they are wrong."""

import math

import numpy as np
import pytest

from course_utils import exercises, setup
from course_utils.exercises import Question, Wrong
from course_utils.questions import lesson_1 as one
from course_utils.questions import lesson_2 as two
from course_utils.questions import lesson_3 as three
from course_utils.questions import lesson_4 as four
from course_utils.questions import lesson_5 as five


@pytest.fixture(autouse=True, params=setup.LANGUAGES)
def language(request):
    setup.set_language(request.param)
    return request.param


def verdict(question, *answers):
    return question.verdict(*answers)


# --- The official solutions, each as the learner would run it


def solution_of(question, capsys, **names):
    """Run the text that `question.solution()` prints and return the names it defines."""
    question.solution()
    printed = capsys.readouterr().out
    code = "\n".join(
        line for line in printed.splitlines() if line[:2] not in {"b:", "e:", "f:", "h:", "j:", "Si", "If"}
    )
    exec(code, names)
    return names


def test_official_solutions_as_printed(capsys):
    import tensorflow as tf

    names = {"np": np, "tf": tf, "dense_parameters": lambda inputs, outputs: (inputs + 1) * outputs}
    results = {
        "q1": one.q1.verdict(solution_of(one.q1, capsys)["answer"]),
        "q2": one.q2.verdict(solution_of(one.q2, capsys, **names)["answer"]),
        "q3": one.q3.verdict(solution_of(one.q3, capsys, **names)["shuffled_batches"]),
        "q4": one.q4.verdict(solution_of(one.q4, capsys)["answer"]),
        "q5": one.q5.verdict(solution_of(one.q5, capsys, **names)["moves"]),
        "q6": one.q6.verdict(solution_of(one.q6, capsys, **names)["answer"]),
    }
    assert {name: kind for name, (kind, _) in results.items()} == dict.fromkeys(results, "right"), results


ALL = [
    *(one.q1, one.q2, one.q3, one.q4, one.q5, one.q6),
    *(two.q1, two.q2, two.q3, two.q4, two.q5),
    *(three.q1, three.q2, three.q3, three.q4, three.q5),
    *(four.q1, four.q2, four.q3, four.q4, four.q5),
    *(five.q1, five.q2, five.q3),
]


def test_official_solutions_of_lesson_2_and_the_museum_as_printed(capsys):
    from keras import layers

    def sides(question):
        names = solution_of(question, capsys)
        return names["first"], names["second"], names["third"]

    results = {
        "2.q1": two.q1.verdict(*sides(two.q1)),
        "2.q2": two.q2.verdict(letter(two.q2, capsys)),
        "2.q3": two.q3.verdict(letter(two.q3, capsys)),
        "2.q4": two.q4.verdict(solution_of(two.q4, capsys)["answer"]),
        "2.q5": two.q5.verdict(solution_of(two.q5, capsys, layers=layers)["block"]),
        "5.q1": five.q1.verdict(*sides(five.q1)),
        "5.q2": five.q2.verdict(solution_of(five.q2, capsys, np=np)["answer"]),
        "5.q3": five.q3.verdict(solution_of(five.q3, capsys, np=np)["d_is_winning"]),
    }
    assert {name: kind for name, (kind, _) in results.items()} == dict.fromkeys(results, "right"), results


def letter(question, capsys):
    """Return the answer on the first line of a printed solution; prose follows it."""
    question.solution()
    names: dict = {}
    exec(capsys.readouterr().out.splitlines()[0], names)
    return names["answer"]


@pytest.mark.parametrize("question", ALL)
def test_every_question_is_pending_at_first_and_has_a_hint(question, capsys, language):
    for unanswered in [(), (...,), (None,)]:
        kind, sentence = question.verdict(*unanswered)
        assert kind == "pending"
        assert sentence.startswith("… " + ("Pendiente" if language == "es" else "Pending"))
    question.hint()
    assert len(capsys.readouterr().out) > 20


@pytest.mark.parametrize("question", ALL)
@pytest.mark.parametrize(
    "answer", [object(), [], {}, "", "?", -1, 10**400, float("nan"), lambda: 1, lambda a, b: 1, lambda a, b: 1 / 0]
)
def test_no_answer_makes_a_check_raise(question, answer, capsys):
    question.check(answer)
    assert capsys.readouterr().out[0] == "✘"


# --- 1, 2, 4, 6: numbers and letters


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        (one.q1, "a", "gana"),
        (one.q1, "b", "al revés"),
        (one.q1, "d", "mitad"),
        (one.q1, "ac", "una sola"),
        (one.q1, "z", "Responde con letras"),
        (one.q1, 0.5, "Responde con letras"),
        (one.q2, math.log(0.1), "signo"),
        (one.q2, -math.log10(0.1), "decimal"),
        (one.q2, math.log(0.9), "satura"),
        (one.q2, -math.log(0.9), "discriminador"),
        (one.q2, 0.9, "no es"),
        (one.q2, "mucho", "número"),
        (one.q4, "b", "faltan 4"),
        (one.q4, "befh", "falta 1"),
        (one.q4, "abefhj", "`a`"),
        (one.q4, "cdgi", "`c`"),
        (one.q6, 1024 * 64 * 64 * 3, "sesgos"),
        (one.q6, 1025 * 64 * 64, "color"),
        (one.q6, 1024 * 64 * 64, "canales"),
        (one.q6, 64 * 64 * 3, "salidas"),
        (one.q6, 7, "entradas"),
        (two.q2, "bd", "no lo dejan"),
        (two.q2, "ac", "falta(n) 1"),
        (two.q2, "abce", "múltiplo"),
        (two.q3, "b", "antes de su primer paso"),
        (two.q3, "c", "al trazar"),
        (two.q3, "d", "no se congela"),
        (two.q3, "ab", "una sola"),
        (two.q4, 0.5, "sin suavizar"),
        (two.q4, 0.9, "distinguirlo"),
        (two.q4, 0.55, "0.2"),
        (two.q4, 2, "media"),
        (five.q2, 0.05, "turno de D"),
        (five.q2, 0.30, "Despeja"),
        (five.q2, 1.204, "deshacerlo"),
        (five.q2, 1.35, "signo"),
        (five.q2, 0.70, "1 − 0.30"),
        (five.q2, 3, "no es"),
    ],
)
def test_wrong_answers_are_told_why(question, answer, why, language):
    kind, sentence = question.verdict(answer)
    assert kind == "wrong"
    if language == "es":
        assert why in sentence
    else:
        assert not any(letter in sentence for letter in "áéíóúñ¿¡"), sentence


@pytest.mark.parametrize(
    "answer", ["befhj", "BEFHJ", "j, h, f, e, b", ["b", "e", "f", "h", "j"], {"b", "e", "f", "h", "j"}]
)
def test_letters_are_read_in_any_form(answer):
    assert one.q4.verdict(answer)[0] == "right"


@pytest.mark.parametrize("answer", [2.302585, np.float32(2.3026), np.array(2.3026), 2.3])
def test_numbers_are_read_in_any_form(answer):
    assert one.q2.verdict(answer)[0] == "right"


# --- 3: the shuffle


def wrong_pipelines():
    import tensorflow as tf

    def of(images):
        return tf.data.Dataset.from_tensor_slices(images)

    return {
        "as in the tutorial": (lambda images, size: of(images).batch(size).shuffle(len(images) // size), "juntas"),
        "not shuffled": (lambda images, size: of(images).batch(size), "juntas"),
        "incomplete batch": (lambda images, size: of(images).shuffle(len(images)).batch(size), "drop_remainder"),
        "no batches": (lambda images, size: of(images).shuffle(len(images)), "batch(size)"),
        "short heap": (lambda images, size: of(images).shuffle(size).batch(size, drop_remainder=True), "montón"),
        "the same each time": (
            lambda images, size: (
                of(images).shuffle(len(images), seed=1, reshuffle_each_iteration=False).batch(size, drop_remainder=True)
            ),
            "mismo orden",
        ),
        "for ever": (
            lambda images, size: of(images).shuffle(len(images)).repeat().batch(size, drop_remainder=True),
            "repeat",
        ),
        "an error": (lambda images, size: of(images).shuffle(0), "InvalidArgumentError: buffer_size must be greater"),
        "nothing in it": (lambda images, size: of(images).take(0), "ningún lote"),
        "not a data set": (lambda images, size: 3, "AttributeError"),
        "called too early": (of(np.zeros((4, 28, 28))), "sin paréntesis"),
    }


@pytest.mark.parametrize("name", sorted(wrong_pipelines()))
def test_wrong_shuffles(name, language):
    function, why = wrong_pipelines()[name]
    kind, sentence = one.q3.verdict(function)
    assert kind == "wrong"
    assert language == "en" or why in sentence, sentence


def test_an_unfinished_shuffle_is_pending():
    assert one.q3.verdict(lambda images, size: None)[0] == "pending"


# --- 5: the detector


def always(model, action):
    action()
    return True


def never(model, action):
    action()
    return False


def without_running(model, action):
    return False


def twice(model, action):
    action()
    return one.solve_5(model, action)


def without_a_copy(model, action):
    before = model.weights
    action()
    return any(old is not new for old, new in zip(before, model.weights, strict=True))


def first_layer_only(model, action):
    before = model.get_weights()[0]
    action()
    return not np.array_equal(before, model.get_weights()[0])


def with_tolerance(model, action):
    before = model.get_weights()
    action()
    return not all(map(np.allclose, before, model.get_weights()))


def by_sums(model, action):
    before = sum(float(weight.sum()) for weight in model.get_weights())
    action()
    return sum(float(weight.sum()) for weight in model.get_weights()) != before


def trainable_only(model, action):
    before = [variable.numpy() for variable in model.trainable_variables]
    action()
    after = [variable.numpy() for variable in model.trainable_variables]
    return not all(map(np.array_equal, before, after))


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (always, "nadie toca"),
        (never, "primera capa"),
        (without_running, "0 veces"),
        (twice, "2 veces"),
        (without_a_copy, "copia"),
        (first_layer_only, "último|última capa"),
        (with_tolerance, "millonésima"),
        (by_sums, "sumas"),
        (trainable_only, "congelado"),
    ],
)
def test_wrong_detectors(function, why, language):
    kind, sentence = one.q5.verdict(function)
    assert kind == "wrong"
    assert language == "en" or any(part in sentence for part in why.split("|")), sentence


def test_an_unfinished_detector_is_pending():
    assert one.q5.verdict(lambda model, action: ...)[0] == "pending"


# --- The engine


def test_a_wrong_number_of_answers():
    assert one.q1.verdict("a", "b")[0] == "wrong"


def test_right_and_wrong_are_printed(capsys):
    def check(answer):
        if answer != 1:
            raise Wrong("why")
        return "well done"

    question = Question(check, hint=lambda: "h", solution=lambda: "s")
    question.check(1)
    question.check(2)
    right, wrong = capsys.readouterr().out.splitlines()
    assert right.startswith("✔") and right.endswith("well done")
    assert wrong == "✘ why"


def test_as_number_refuses_what_is_no_number():
    with pytest.raises(Wrong):
        exercises.as_number([1, 2])


# --- Lesson 2 and the museum: several answers, and code


@pytest.mark.parametrize(
    ("question", "answers", "why"),
    [
        (two.q1, (12, 32, 16), "arriba"),
        (two.q1, (12.5, 32, 16), "entero"),
        (two.q1, (11, 32, 16), "valid"),
        (two.q1, (25, 32, 16), "uno de cada dos"),
        (two.q1, (13, 34, 16), "recorta"),
        (two.q1, (13, 8, 16), "agranda"),
        (two.q1, (13, 32, 14), "hoja entera"),
        (two.q1, (13, 32, 18), "última estampa"),
        (two.q1, (13, 32, 99), "regla de las formas"),
        (two.q1, (13, "doble", 16), "número"),
        (two.q1, (13, 32), "espera 3"),
        (five.q1, ("a", "a", "d"), "Paciente 1"),
        (five.q1, ("c", "c", "d"), "Paciente 2"),
        (five.q1, ("c", "a", "b"), "Paciente 3"),
        (five.q1, ("ca", "a", "d"), "por paciente"),
    ],
)
def test_wrong_sets_of_answers_are_told_why(question, answers, why, language):
    kind, sentence = question.verdict(*answers)
    assert kind == "wrong"
    if language == "es":
        assert why in sentence
    else:
        assert not any(letter in sentence for letter in "áéíóúñ¿¡"), sentence


def wrong_blocks():
    from keras import layers

    def up(**options):
        return layers.Conv2DTranspose(8, 4, strides=2, padding="same", **options)

    bn, leaky = layers.BatchNormalization, layers.LeakyReLU
    return [
        (lambda filters: [up(use_bias=False), leaky(), bn()], "orden"),
        (lambda filters: [up(activation="leaky_relu"), bn()], "dentro"),
        (lambda filters: [up(), bn(), leaky(negative_slope=0.2)], "use_bias"),
        (lambda filters: [up(use_bias=False), bn()], "activación"),
        (lambda filters: [up(use_bias=False), leaky()], "Faltan capas"),
        (lambda filters: [layers.Conv2DTranspose(filters, 4, use_bias=False), bn(), leaky()], "14, 14, 8"),
        (lambda filters: [layers.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=False), bn(), leaky()], "8"),
        (lambda filters: [up(use_bias=False), bn(), leaky(negative_slope=0.01)], "pendiente"),
        (
            lambda filters: [layers.Conv2DTranspose(8, 2, strides=2, use_bias=False), bn(), leaky(negative_slope=0.2)],
            "núcleo de 4",
        ),
        (lambda filters: up(), "lista de capas"),
        ([up(), bn(), leaky()], "sin paréntesis"),
    ]


def test_wrong_blocks(language):
    for block, why in wrong_blocks():
        kind, sentence = two.q5.verdict(block)
        assert kind == "wrong"
        assert language == "en" or why in sentence, sentence
    assert two.q5.verdict(lambda filters: ...)[0] == "pending"


def by_mean_of_all(history):
    return len(history["d_real"]) >= 100 and np.mean(history["d_real"]) > 0.98 and np.mean(history["d_fake"]) < 0.02


def by_last_value(history):
    return len(history["d_real"]) >= 100 and history["d_real"][-1] > 0.98 and history["d_fake"][-1] < 0.02


def by_d_real_only(history):
    return len(history["d_real"]) >= 100 and np.mean(history["d_real"][-100:]) > 0.98


def by_d_fake_only(history):
    return len(history["d_real"]) >= 100 and np.mean(history["d_fake"][-100:]) < 0.02


def too_early(history):
    return np.mean(history["d_real"][-100:]) > 0.98 and np.mean(history["d_fake"][-100:]) < 0.02


@pytest.mark.parametrize(
    ("alarm", "why"),
    [
        (lambda history: True, "equilibrado"),
        (lambda history: False, "tiene que sonar"),
        (lambda history: "yes", "True o False"),
        (by_mean_of_all, "no cuenta"),
        (by_last_value, "no basta"),
        (by_d_real_only, "dos condiciones"),
        (by_d_fake_only, "dos condiciones"),
        (too_early, "pronto"),
        (True, "sin paréntesis"),
    ],
)
def test_wrong_alarms(alarm, why, language):
    kind, sentence = five.q3.verdict(alarm)
    assert kind == "wrong"
    assert language == "en" or why in sentence, sentence


def test_an_unfinished_alarm_is_pending():
    assert five.q3.verdict(lambda history: ...)[0] == "pending"


# --- Lesson 3


def test_official_solutions_of_lesson_3_as_printed(capsys):
    import keras
    import tensorflow as tf

    names = {"np": np, "tf": tf, "keras": keras}
    names["cross_entropy"] = keras.losses.BinaryCrossentropy(from_logits=True)
    losses = solution_of(three.q1, capsys)
    results = {
        "q1": three.q1.verdict(losses["d_loss_at_start"], losses["g_loss_at_start"]),
        "q2": three.q2.verdict(solution_of(three.q2, capsys, **names)["smooth_loss"]),
        "q3": three.q3.verdict(solution_of(three.q3, capsys)["answer"]),
        "q4": three.q4.verdict(solution_of(three.q4, capsys)["answer"]),
        "q5": three.q5.verdict(solution_of(three.q5, capsys, **names)["walk"]),
    }
    assert {name: kind for name, (kind, _) in results.items()} == dict.fromkeys(results, "right"), results


@pytest.mark.parametrize(
    ("question", "answers", "why"),
    [
        (three.q1, (1.39, 0.5), "probabilidad"),
        (three.q1, (0, 0), "nunca"),
        (three.q1, (1.39, 1.39), "uno solo"),
        (three.q1, (2, 1), "natural"),
        (three.q1, (0.6, 0.3), "decimal"),
        (three.q1, (0.69, 0.69), "suma de los dos"),
        (three.q1, (5, 0.69), "no es 5"),
        (three.q1, (1.39, 7), "no es 7"),
        (three.q3, (1,), "forma nueva"),
        (three.q3, (2,), "lote de 100"),
        (three.q3, (4,), "se guarda"),
        (three.q3, (5,), "se guardan"),
        (three.q3, (6,), "Seis son los pasos"),
        (three.q3, (9,), "formas distintas"),
        (three.q4, ("abcdef",), "no interviene"),
        (three.q4, ("abcefg",), "ningún número"),
        (three.q4, ("abce",), "dropout"),
        (three.q4, ("aef",), "BN"),
        (three.q4, ("abef",), "Adam"),
        (three.q4, ("bcef",), "retomar"),
        (three.q4, ("abcf",), "qué lote toca"),
        (three.q4, ("xyz",), "letras"),
    ],
)
def test_wrong_answers_of_lesson_3_are_told_why(question, answers, why, language):
    kind, sentence = question.verdict(*answers)
    assert kind == "wrong"
    assert language == "en" or why in sentence, sentence


def wrong_losses():
    import keras
    import tensorflow as tf

    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    ones, zeros = tf.ones_like, tf.zeros_like
    return [
        (lambda real, fake: loss(ones(real), real) + loss(zeros(fake), fake), "sin suavizar"),
        (lambda real, fake: loss(0.9 * ones(real), real) + loss(0.1 * ones(fake), fake), "también lo falso"),
        (lambda real, fake: loss(zeros(real), real) + loss(0.9 * ones(fake), fake), "papeles"),
        (lambda real, fake: (loss(0.9 * ones(real), real) + loss(zeros(fake), fake)) / 2, "no hace la media"),
        (lambda real, fake: loss(0.9 * ones(real), real), "logits falsos"),
        (lambda real, fake: loss(real, 0.9 * ones(real)) + loss(fake, zeros(fake)), "etiqueta primero"),
        (lambda real, fake: real, "número"),
        (1.0, "sin paréntesis"),
    ]


def test_wrong_smoothed_losses(language):
    for function, why in wrong_losses():
        kind, sentence = three.q2.verdict(function)
        assert kind == "wrong"
        assert language == "en" or why in sentence, sentence
    assert three.q2.verdict(lambda real, fake: ...)[0] == "pending"


def by_line(a, b, n):
    t = np.linspace(0, 1, n)[:, np.newaxis]
    return (1 - t) * a + t * b


def without_the_end(a, b, n):
    angles = np.linspace(0, np.pi / 2, n, endpoint=False)[:, np.newaxis]
    return np.cos(angles) * a + np.sin(angles) * b


def in_degrees(a, b, n):
    angles = np.linspace(0, 90, n)[:, np.newaxis]
    return np.cos(angles) * a + np.sin(angles) * b


def unequal(a, b, n):
    angles = np.pi / 2 * np.linspace(0, 1, n)[:, np.newaxis] ** 2
    return np.cos(angles) * a + np.sin(angles) * b


def backwards(a, b, n):
    return three.solve_5(b, a, n)


@pytest.mark.parametrize(
    ("walk", "why"),
    [
        (by_line, "conservan la longitud"),
        (without_the_end, "El último punto"),
        (in_degrees, "radianes"),
        (unequal, "ángulo entre puntos"),
        (backwards, "primer punto"),
        (lambda a, b, n: three.solve_5(a, b, n).T, "(4, 3)"),
        (lambda a, b, n: three.solve_5(a, b, n + 1), "(4, 3)"),
        ("arc", "sin paréntesis"),
    ],
)
def test_wrong_walks(walk, why, language):
    kind, sentence = three.q5.verdict(walk)
    assert kind == "wrong"
    assert language == "en" or why in sentence, sentence
    assert three.q5.verdict(lambda a, b, n: ...)[0] == "pending"


# --- Lesson 4


def test_official_solutions_of_lesson_4_as_printed(capsys):
    results = {
        "q1": four.q1.verdict(solution_of(four.q1, capsys)["distance"]),
        "q2": four.q2.verdict(solution_of(four.q2, capsys, np=np)["coverage"]),
        "q3": four.q3.verdict(solution_of(four.q3, capsys)["answer"]),
        "q4": four.q4.verdict(solution_of(four.q4, capsys, np=np)["interval"]),
        "q5": four.q5.verdict(solution_of(four.q5, capsys)["answer"]),
    }
    assert {name: kind for name, (kind, _) in results.items()} == dict.fromkeys(results, "right"), results


@pytest.mark.parametrize(
    ("question", "answers", "why"),
    [
        (four.q1, (13**0.5,), "raíz"),
        (four.q1, (5,), "elevar al cuadrado"),
        (four.q1, (9,), "medias"),
        (four.q1, (4,), "desviaciones"),
        (four.q1, (73,), "varianzas"),
        (four.q1, (17,), "varianzas"),
        (four.q1, (99,), "No es 99"),
        (four.q1, ("thirteen",), "número"),
        (four.q3, ("abce",), "(b)"),
        (four.q3, ("acde",), "(d)"),
        (four.q3, ("acef",), "(f)"),
        (four.q3, ("ce",), "(a)"),
        (four.q3, ("ae",), "(c)"),
        (four.q3, ("ac",), "(e)"),
        (four.q3, ("xyz",), "letras"),
        (four.q5, ("a",), "nueve clases"),
        (four.q5, ("c",), "otros nueve"),
        (four.q5, ("d",), "100"),
        (four.q5, ("ab",), "una sola"),
    ],
)
def test_wrong_answers_of_lesson_4_are_told_why(question, answers, why, language):
    kind, sentence = question.verdict(*answers)
    assert kind == "wrong"
    assert language == "en" or why in sentence, sentence


def every_class_that_comes(probabilities):
    return len(set(probabilities.argmax(axis=1)))


def more_than_two_per_cent(probabilities):
    shares = np.bincount(probabilities.argmax(axis=1), minlength=10) / len(probabilities)
    return (shares > 0.02).sum()


@pytest.mark.parametrize(
    ("coverage", "why"),
    [
        (every_class_that_comes, "solo las que llegan"),
        (more_than_two_per_cent, ">= y no >"),
        (lambda probabilities: four.solve_2(probabilities) / 10, "qué parte"),
        (lambda probabilities: 7, "debería"),
        (lambda probabilities: "ten", "número"),
        (10, "sin paréntesis"),
    ],
)
def test_wrong_counts_of_classes(coverage, why, language):
    kind, sentence = four.q2.verdict(coverage)
    assert kind == "wrong"
    assert language == "en" or why in sentence, sentence
    assert four.q2.verdict(lambda probabilities: ...)[0] == "pending"


def resampled(a, b, size=None, times=5000, ends=(0.025, 0.975), mean=np.mean):
    rng = np.random.default_rng(1)
    rounds = [(rng.choice(a, size or len(a)), rng.choice(b, size or len(b))) for _ in range(times)]
    return np.quantile([mean(x) - mean(y) for x, y in rounds], ends)


@pytest.mark.parametrize(
    ("interval", "why"),
    [
        (lambda a, b: resampled(b, a), "no al revés"),
        (lambda a, b: resampled(a, b)[::-1], "va primero"),
        (lambda a, b: resampled(a, b)[0], "dos números"),
        (lambda a, b: (np.mean(a) - np.mean(b),) * 2, "rng.choice"),
        (lambda a, b: resampled(a, b, size=1), "media de lo extraído"),
        (lambda a, b: resampled(a, b, size=50), "tantos valores"),
        (lambda a, b: resampled(a, b, ends=(0.25, 0.75)), "2.5"),
        ("interval", "sin paréntesis"),
    ],
)
def test_wrong_intervals(interval, why, language):
    kind, sentence = four.q4.verdict(interval)
    assert kind == "wrong"
    assert language == "en" or why in sentence, sentence
    assert four.q4.verdict(lambda a, b: ...)[0] == "pending"


@pytest.mark.parametrize("times", (1500, 20_000))
def test_an_interval_from_other_random_numbers_is_right_too(times):
    assert four.q4.verdict(lambda a, b: resampled(a, b, times=times))[0] == "right"
