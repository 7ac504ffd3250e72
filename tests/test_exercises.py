"""Every exercise: the official solution is right, the wrong answers that learners give are told why they are wrong."""

import math

import numpy as np
import pytest

from course_utils import exercises, setup
from course_utils import questions_01 as one
from course_utils.exercises import Question, Wrong


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


ALL = [one.q1, one.q2, one.q3, one.q4, one.q5, one.q6]


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
        "called too early": (of(np.zeros((4, 28, 28))), "sin llamarla"),
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
