"""Every exercise of every lesson, walked over as data; and the engine that checks, hints, solves and stands in."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

from course_utils import exercises, questions
from course_utils.exercises import Choice, Forecast, Function, Letters, Number, Question, Several, Wrong
from course_utils.language import L
from course_utils.questions import lesson_1, lesson_4

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "notebooks" / "source"
MODULES = [
    importlib.import_module(f"course_utils.questions.{module.name}")
    for module in pkgutil.iter_modules(questions.__path__)
]
EXERCISES = [
    pytest.param(module, name, question, id=f"{module.__name__[-1]}.{name}")
    for module in MODULES
    for name, question in vars(module).items()
    if isinstance(question, Question)
]
every_exercise = pytest.mark.parametrize(("module", "name", "question"), EXERCISES)


def source_of(module):
    """Return the source of the lesson to which a module of questions belongs."""
    [path] = SOURCES.glob(f"0{module.__name__[-1]}_*.py")
    return path.read_text()


def without_blank_lines(code):
    return [line for line in code.splitlines() if line.strip()]


# --- The learner's cell and the solution


@pytest.mark.parametrize("source", sorted(SOURCES.glob("*.py")), ids=lambda path: path.stem)
def test_a_lesson_asks_all_its_questions_and_no_others(source):
    asked = re.findall(r"^(?:[\w, ]+ = )?(q\d+)\.(?:check|use)\(", source.read_text(), re.MULTILINE)
    here = [
        name
        for module, name, _ in (exercise.values for exercise in EXERCISES)
        if source_of(module) == source.read_text()
    ]
    assert sorted(asked) == sorted(here) and here


@every_exercise
def test_the_stub_is_the_cell_of_the_lesson(module, name, question):
    cells = re.split(r"^# %%", source_of(module), flags=re.MULTILINE)
    exercises = [without_blank_lines(cell)[1:] for cell in cells if '"exercise"' in cell.split("\n")[0]]
    assert without_blank_lines(question.stub) in exercises


@every_exercise
def test_an_untouched_cell_is_pending(module, name, question, language, capsys):
    exec(question.stub, {name: question, "L": L})
    assert capsys.readouterr().out.startswith(("… Pendiente", "… Aún") if language == "es" else ("… Pending", "… Not"))
    assert question.verdict()[0] == question.verdict(None)[0] == "pending"


def bound_by(node):
    """Return the names that a statement defines."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def is_the_learners(node):
    """Return whether a statement is a function with dots in it, or hands one over to `use`."""
    if isinstance(node, ast.FunctionDef):
        return any(isinstance(part, ast.Constant) and part.value is ... for part in ast.walk(node))
    return isinstance(node, ast.Assign) and ".use(" in ast.unparse(node.value)


def run_as_learner(code, lesson):
    """Run code with no more than what the lesson defines of the names that it uses, and return all names.

    Of a function that learners write themselves, it is the course's version.
    """
    statements = {
        name: node for node in reversed(ast.parse(lesson).body) if not is_the_learners(node) for name in bound_by(node)
    }
    names = {"L": L}

    def run(node):
        named = [name for name in ast.walk(node) if isinstance(name, ast.Name)]
        own = {name.id for name in named if isinstance(name.ctx, ast.Store)}
        own |= {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}
        for name in {name.id for name in named} - own:
            if name in statements:
                run(statements.pop(name))
        exec(compile(ast.Module([node], []), "cell", "exec"), names)

    for node in ast.parse(code).body:
        run(node)
    return names


@every_exercise
def test_the_solution_as_printed_is_right(module, name, question, language, capsys):
    question.solution()
    code = question.solution_code
    explanation = f"{question.says('solution')}\n" if "solution" in question.es else ""
    assert capsys.readouterr().out == f"{code}\n{explanation}"
    asked = dict.fromkeys(name for node in ast.parse(question.stub).body for name in bound_by(node))
    names = run_as_learner(code, source_of(module))
    kind, sentence = question.verdict(*(names[name] for name in asked))
    assert kind == "right" and sentence.startswith("✔ "), sentence
    assert re.fullmatch(pattern(question, "right"), sentence.split("! ", 1)[1])


@every_exercise
def test_the_hint_does_not_give_the_answer_away(module, name, question, language, capsys):
    question.hint()
    hint = capsys.readouterr().out
    assert len(hint) > 20
    code = question.solution_code
    parts = [node for node in ast.parse(code).body if not isinstance(node, ast.Import)]
    tells = parts[0].body if isinstance(parts[0], ast.FunctionDef) else [node.value for node in parts]
    assert 2 * sum(ast.get_source_segment(code, node) in hint for node in tells) < len(tells)
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", hint)]
    for part in getattr(question, "parts", [question]):
        assert not isinstance(part, Number) or not any(np.isclose(part.right, numbers))


# --- The wrong answers that learners give, and what each is told


def wrong_answers(question):
    """Yield (answers, names of the texts that have to explain it)."""
    if isinstance(question, Several):
        right = list(question.course_version)
        before = ["before"] if "before" in question.es else []
        for i, part in enumerate(question.parts):
            for [answer], names in wrong_answers(part):
                is_about_form = names[0] in {"one letter", "number", "letters", "function"}
                yield [*right[:i], answer, *right[i + 1 :]], names if is_about_form else [*before, *names]
    elif isinstance(question, Choice):
        for letter in set(question.choices) - {question.right}:
            yield [letter], [letter if letter in question.es else question.otherwise]
        yield [question.choices[:2]], ["one letter"]
        yield ["?"], ["letters"]
    elif isinstance(question, Letters):
        for name in question.es:
            if len(name) == 1 and name not in question.right:
                yield [question.right + name], [name]
            elif len(name) == 1:
                yield [question.right.replace(name, "")], ["something missing", name]
            elif set(name) <= set(question.choices):
                yield [name], [name]
        for letter in set(question.choices) - set(question.right) - set(question.es):
            yield [question.right + letter], [question.otherwise]
        if "missing" in question.es:
            yield [question.right[0]], ["missing"]
            yield [question.right[:-1]], ["missing"]
        yield ["z"], ["letters"]
    elif isinstance(question, Number):
        for name, number in question.wrong.items():
            yield [number], [name]
        yield [123_456.7], [question.otherwise]
        yield ["many"], ["number"]
    elif isinstance(question, Forecast):
        right = list(question.course_version)
        yield ["".join(right), *[""] * (len(right) - 1)], ["score"]
        yield [right[-1], *right[:-1]], ["score"]
        yield ["a"] * len(right), ["each once"]
        yield ["?", *right[1:]], ["each once"]
    elif isinstance(question, Function):
        for name, functions in question.wrong.items():
            for function in functions:
                yield [function], [name]
        yield ["its result"], ["function"]


def pattern(question, *names):
    """Return what matches texts whatever stands for the names in braces."""
    pieces = re.split(r"\{.*?\}", question.says(*names))
    return ".*".join(map(re.escape, pieces))


@every_exercise
def test_a_wrong_answer_gets_its_explanation(module, name, question, language):
    for answers, names in wrong_answers(question):
        kind, sentence = question.verdict(*answers)
        said = re.fullmatch("✘ " + pattern(question, *names), sentence, re.DOTALL)
        assert kind == "wrong" and said, (answers, names, sentence)
        assert not re.search(r"\{\w*[:}]", sentence), sentence


@every_exercise
def test_every_text_is_said_and_is_in_both_languages(module, name, question):
    explanations = {name for _, names in wrong_answers(question) for name in names}
    assert {"right", "hint"} <= question.es.keys() == question.en.keys()
    assert question.es.keys() - {"right", "hint", "solution"} == explanations & question.es.keys()
    assert explanations <= question.es.keys() | exercises.ES.keys()
    are_twins(question.es, question.en)


def test_the_examples_for_authors_work(language):
    section = (ROOT / "CONTRIBUTING.md").read_text().split("## Exercises")[1].split("\n## ")[0]
    names = {**vars(exercises), "np": np}
    for example in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
        exec(example, names)
    for question in (names["q1"], names["q2"]):
        assert question.verdict(question.course_version)[0] == "right"
        test_a_wrong_answer_gets_its_explanation(None, None, question, language)
        test_every_text_is_said_and_is_in_both_languages(None, None, question)


def test_the_engine_speaks_both_languages():
    assert exercises.ES.keys() == exercises.EN.keys()
    are_twins(exercises.ES, exercises.EN)


def are_twins(es, en):
    """Fail unless two sets of texts name the same values, are different, and none is in the other's language."""
    for name in es:
        fields = [sorted(re.findall(r"\{(\w+)", text)) for text in (es[name], en[name])]
        assert set(fields[0]) - {"n", "are"} == set(fields[1]) - {"n", "are"}, name
        assert es[name] != en[name]
        assert not set(en[name].replace("Fréchet", "")) & set("áéíóúñ¿¡«»"), en[name]
        assert not set(es[name]) & set("“”"), es[name]
    assert len(set(es.values())) == len(set(en.values())) == len(es)


@every_exercise
def test_the_letters_of_an_exercise_begin_with_a_and_leave_none_out(module, name, question):
    for part in getattr(question, "parts", [question]):
        if isinstance(part, Letters):
            assert "abcdefghij".startswith(part.choices)
            assert ("missing" in part.es) != any(letter in part.es for letter in part.right) or isinstance(part, Choice)


class Unprintable:
    def __repr__(self):
        raise ValueError("no text")


STRANGE = [
    object(),
    Unprintable(),
    [],
    {},
    "",
    "?",
    -1,
    10**400,
    float("nan"),
    lambda: 1,
    lambda a, b: 1,
    lambda a, b: 1 / 0,
    Wrong,
]


@every_exercise
@pytest.mark.parametrize("answer", STRANGE, ids=map(str, range(len(STRANGE))))
def test_no_answer_makes_a_check_raise(module, name, question, answer, capsys):
    for answers in ([answer], [answer] * question.answers):
        question.check(*answers)
        assert capsys.readouterr().out[0] == "✘"
        assert question.use(*answers) == question.course_version
        assert "going on with the course's version" in capsys.readouterr().out


# --- Answers in other forms, and other right ones


@pytest.mark.parametrize("answer", ["bdef", "BDEF", "f, e, d, b", ["b", "d", "e", "f"], set("bdef")])
def test_letters_are_read_in_any_form(answer):
    assert lesson_1.q8.verdict(answer)[0] == "right"


def test_all_wrong_letters_are_explained_where_the_exercise_asks_for_it():
    assert lesson_1.q8.verdict("acgh")[1] == "✘ " + " ".join(lesson_1.q8.en[letter] for letter in "acgh")


@pytest.mark.parametrize(("letters", "said"), [("b", "3 are missing"), ("bde", "1 is missing")])
def test_a_count_has_its_plural(letters, said):
    assert said in lesson_1.q8.verdict(letters)[1]


@pytest.mark.parametrize("answer", [2.302585, np.float32(2.3026), np.array(2.3026), 2.3, "2.3"])
def test_numbers_are_read_in_any_form(answer):
    assert lesson_1.q5.verdict(answer)[0] == "right"


SORTED = Forecast(
    stub="first, second = ..., ...\nq7.check(first, second)",
    drawers=2,
    outcome=lambda: {letter: (number, f"{letter}!") for letter, number in (("a", 1), ("b", 0), ("c", 1))},
    es={"right": "Los {count}.", "score": "{hits} de {count}:{missed}", "each once": "{among}", "hint": "Piensa."},
    en={"right": "All {count}.", "score": "{hits} of {count}:{missed}", "each once": "{among}.", "hint": "Think."},
)


@pytest.mark.parametrize("answers", [("b", "ac"), ("B", "c, a"), (["b"], {"a", "c"})])
def test_a_forecast_is_read_in_any_form(answers):
    assert SORTED.verdict(*answers) == ("right", "✔ Right! All 3.")
    assert SORTED.course_version == ("b", "ac") and SORTED.solution_code == 'first, second = "b", "ac"'


def test_a_forecast_is_scored():
    assert SORTED.verdict("ab", "c") == ("wrong", "✘ 2 of 3:\na!")
    assert SORTED.verdict("abc", "") == ("wrong", "✘ 1 of 3:\na!\nc!")
    for answers in (("ab", ""), ("ab", "bc"), ("abd", "c")):
        assert SORTED.verdict(*answers) == ("wrong", "✘ abc.")


def test_a_number_near_a_known_mistake_is_not_taken_for_it():
    assert lesson_1.q5.verdict(0.1)[1] == "✘ Not 0.100. The non-saturating loss is −log D(G(z))."


@pytest.mark.parametrize("seed", (0, 7))
def test_an_interval_from_other_random_numbers_is_right_too(seed):
    def interval(a, b):
        rng = np.random.default_rng(seed)
        differences = [rng.choice(a, len(a)).mean() - rng.choice(b, len(b)).mean() for _ in range(1500)]
        return tuple(np.quantile(differences, [0.025, 0.975]))

    kind, sentence = lesson_4.q4.verdict(interval)
    assert kind == "right" and "from −" not in sentence


# --- On the main path: the course's version stands in


def double(x):
    # important: this line is part of the solution

    return 2 * x


def check_double(answer):
    exercises.wrong_if(answer(3) == 3, "same")
    exercises.wrong_if(answer(3) == 9, "a name without a text")
    exercises.wrong_if(answer(3) != 6, "other", value=answer(3))


MAIN_PATH = Function(
    stub="def twice(x):\n    y = ...\n    return y\n\n\ntwice = q7.use(twice)",
    code=double,
    check_function=check_double,
    wrong={"same": [lambda x: x], "other": [lambda x: -x]},
    es={"right": "Bien hecho.", "same": "Es lo mismo.", "other": "Sale {value}.", "hint": "¿Cuántas veces?"},
    en={"right": "Well done.", "same": "It is the same.", "other": "It gives {value}.", "hint": "How many times?"},
)


def test_a_right_function_goes_on(language, capsys):
    def twice(x):
        return x + x

    assert MAIN_PATH.use(twice) is twice
    assert capsys.readouterr().out == L("✔ ¡Correcto! Bien hecho.\n", "✔ Right! Well done.\n")


def blank_in_the_middle(x):
    y = ...
    return y + x


def blank_as_a_line(x):
    ...
    return 2 * x


def blank_in_a_function_inside(x):
    def inner(y):
        return ...

    return inner(x)


def returns_nothing(x):
    x * 2


def traced(x):
    import tensorflow as tf

    return tf.function(blank_in_the_middle)


NAMES = {}
exec("def without_source(x):\n    def inner(y):\n        return y + ...\n    return inner", NAMES)
UNWRITTEN = {
    "dots": ...,
    "None": None,
    "in the middle": blank_in_the_middle,
    "as a line": blank_as_a_line,
    "in a function inside": blank_in_a_function_inside,
    "returns nothing": returns_nothing,
    "lambda": lambda x: ...,
    "without source": NAMES["without_source"],
    "traced": traced(0),
}


@pytest.mark.parametrize("mine", UNWRITTEN.values(), ids=UNWRITTEN)
def test_where_nothing_was_written_the_course_goes_on(mine, language, capsys):
    assert MAIN_PATH.use(mine) is double
    spanish = "… Aún por escribir: seguimos con la versión del curso.\n"
    assert capsys.readouterr().out == L(spanish, "… Not written yet: going on with the course's version.\n")
    assert MAIN_PATH.verdict(mine)[0] == "pending"


def test_the_dots_of_an_index_are_no_blank():
    def twice(x):
        return 2 * np.array([x])[..., 0] + np.zeros(1)[...].sum()

    assert MAIN_PATH.use(twice) is twice


def test_a_wrong_function_is_explained_and_the_course_goes_on(language, capsys):
    assert MAIN_PATH.use(lambda x: x + 1) is double
    said, then = capsys.readouterr().out.splitlines()
    assert said == L("✘ Sale 4.", "✘ It gives 4.")
    assert then == L(
        "Mientras tanto, seguimos con la versión del curso.", "Meanwhile, going on with the course's version."
    )


def test_code_that_stops_is_told_where(language, capsys):
    cell = compile("def twice(x):\n    y = 2\n    return y / (x - x)\n", "/tmp/ipykernel_7/42.py", "exec")
    names = {}
    exec(cell, names)
    assert MAIN_PATH.use(names["twice"]) is double
    said = capsys.readouterr().out.splitlines()[0]
    assert said == L(
        "✘ Tu código se ha detenido con ZeroDivisionError: division by zero (línea 3 de tu celda)",
        "✘ Your code stopped with ZeroDivisionError: division by zero (line 3 of your cell)",
    )


def test_traced_code_that_stops_is_told_where_too(tmp_path):
    import tensorflow as tf

    cell = tmp_path / "ipykernel_7.py"
    cell.write_text("def twice(x):\n    y = 2\n    return y * undefined\n")
    names = {}
    exec(compile(cell.read_text(), str(cell), "exec"), names)
    sentence = MAIN_PATH.verdict(tf.function(names["twice"]))[1]
    assert sentence == "✘ Your code stopped with NameError: name 'undefined' is not defined (line 3 of your cell)"


def test_what_tensorflow_says_is_cut_to_the_point():
    import tensorflow as tf

    _, sentence = lesson_1.q7.verdict(lambda images, size: tf.data.Dataset.from_tensor_slices(images).shuffle(0))
    assert sentence.startswith("✘ Your code stopped with InvalidArgumentError: buffer_size must be greater")
    assert "\n" not in sentence


def test_a_mistake_without_a_text_gets_the_general_one(language):
    assert MAIN_PATH.verdict(lambda x: x * x) == ("wrong", L("✘ No es eso.", "✘ That is not it."))


def test_what_is_no_function_is_told_how_to_hand_it_over(capsys):
    assert MAIN_PATH.use(6) is double
    assert "Pass the function, without parentheses: `q7.use(twice)`." in capsys.readouterr().out


def test_values_stand_in_too(capsys):
    assert lesson_1.q4.use(...) == "c" and lesson_1.q4.use("a") == "c" and lesson_1.q5.use(2.3) == 2.3
    first, second = Several(parts=[Number(right=1), Number(right=2)], es={}, en={}).use(1, 3)
    assert (first, second) == (1, 2)
    out = capsys.readouterr().out
    assert "Not written yet" in out and "Meanwhile" in out


def test_several_right_answers_come_back_as_they_are():
    assert Several(parts=[Number(right=1, tolerance=0.1), Choice(right="a")]).use(1.05, "A") == (1.05, "A")


def halve(x):
    return x / 2


BOTH = Several(
    stub="def double(x):\n    return ...\n\n\ndef halve(x):\n    return ...\n\n\ndouble, halve = q8.use(double, halve)",
    parts=[
        Function(code=double, check_function=check_double, wrong={"same": [lambda x: x]}),
        Function(code=halve, check_function=lambda answer: exercises.wrong_if(answer(2) != 1, "not half"), wrong={}),
    ],
    es={"right": "Los dos.", "same": "Es lo mismo.", "not half": "No es la mitad.", "hint": "Dos funciones."},
    en={"right": "Both.", "same": "It is the same.", "not half": "Not half of it.", "hint": "Two functions."},
)


def test_several_functions_are_one_exercise(capsys):
    def mine(x):
        return 0.5 * x

    def unwritten(x):
        return ...

    assert BOTH.use(double, mine) == (double, mine)
    assert BOTH.use(double, unwritten) == BOTH.use(unwritten, mine) == (double, halve)
    assert BOTH.verdict(double, lambda x: x) == ("wrong", "✘ Not half of it.")
    assert BOTH.verdict(lambda x: x, lambda x: x) == ("wrong", "✘ It is the same.")
    assert BOTH.verdict(double, 3)[1] == "✘ Pass the function, without parentheses: `halve`."
    assert "def double(x)" in BOTH.solution_code and "def halve(x)" in BOTH.solution_code


def test_a_wrong_number_of_answers():
    assert lesson_1.q1.verdict("a", "b") == ("wrong", "✘ `check` expects 1 answer(s) and got 2.")


def test_the_solution_is_shown_whole_under_the_name_of_the_exercise(capsys):
    MAIN_PATH.solution()
    assert capsys.readouterr().out.splitlines() == [
        "def twice(x):",
        "    # important: this line is part of the solution",
        "",
        "    return 2 * x",
    ]


# --- Answers that are clicked


@pytest.fixture
def clickable(monkeypatch):
    """What a notebook with widgets shows, instead of showing it."""
    shown = []
    monkeypatch.setattr("course_utils.buttons.work", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    return shown


def capitals(right="b", **more):
    return Choice(
        stub="answer = ...\nq9.check(answer)",
        right=right,
        es={"right": "Es `b`.", "a": "No, <a>.", "c": "Tampoco.", "hint": "Piensa."} | more,
        en={"right": "It is `b`.", "a": "Not <a>.", "c": "Neither.", "hint": "Think."} | more,
    )


def test_a_click_is_judged_at_once_and_the_first_one_is_the_prediction(clickable, capsys, language):
    question = capitals()
    question.check(...)
    assert capsys.readouterr().out.startswith(L("… Pendiente: pulsa", "… Pending: click"))
    [box] = clickable
    row, said = box.children
    a, b, c = row.children
    assert [button.description for button in row.children] == ["a", "b", "c"] and said.value == ""
    a.value = True
    assert L("✘ No, &lt;a&gt;.", "✘ Not &lt;a&gt;.") in said.value and a.button_style == "danger"
    assert question.prediction == "a"
    b.value = True
    assert L("✔ ¡Correcto! Es <code>b</code>.", "✔ Right! It is <code>b</code>.") in said.value
    assert L("(Tu predicción, la primera respuesta: a)", "(Your prediction, the first answer: a)") in said.value
    assert (a.value, b.value, c.value) == (False, True, False)
    assert a.button_style == "" and b.button_style == "success"
    b.value = False  # a second click on it
    assert b.value and question.prediction == "a"


def test_a_typed_answer_is_a_prediction_too_and_shows_no_buttons(clickable, capsys):
    question = capitals()
    for answer in ("?", 7, "ab"):  # no answers to it
        question.check(answer)
        assert question.prediction is None
    question.check("C")
    question.check("c")
    question.check("b")
    assert question.prediction == "c" and not clickable
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["✘ Neither.", "✔ Right! It is `b`. (Your prediction, the first answer: c)"]


def test_several_letters_are_marked_and_then_handed_over(clickable, capsys):
    question = Letters(
        stub="answer = ...\nq9.check(answer)",
        right="ac",
        among="abc",
        es={"right": "Sí.", "b": "La b no.", "missing": "Falta{n} {count}.", "hint": "Son dos."},
        en={"right": "Yes.", "b": "Not b.", "missing": "{count} {are} missing.", "hint": "Two."},
    )
    question.check(...)
    assert "“Check”" in capsys.readouterr().out
    row, check, said = clickable[0].children
    check.click()
    assert "Pending" in said.value and question.prediction is None
    row.children[0].value = True
    check.click()
    assert "✘ 1 is missing." in said.value
    row.children[2].value = True
    check.click()
    assert "✔ Right! Yes." in said.value and question.prediction == "a"


def test_several_questions_have_a_row_each(clickable):
    question = Several(
        stub="one, two = ..., ...\nq9.check(one, two)",
        parts=[Choice(right="a", among="ab"), Choice(right="b", among="ab")],
        es={"right": "Las dos.", "otherwise": "Eso no.", "hint": "Dos veces."},
        en={"right": "Both.", "otherwise": "Not that.", "hint": "Twice."},
    )
    question.check(..., ...)
    one, two, check, said = clickable[0].children
    assert [row.children[0].value for row in (one, two)] == ["one", "two"]
    one.children[1].value = True
    check.click()
    assert "Pending" in said.value
    two.children[1].value = True
    check.click()
    assert "Not that." in said.value and question.prediction == "a a"
    two.children[2].value = True
    assert two.children[1].value is False  # only one of them
    check.click()
    assert "Right! Both. (Your prediction, the first answer: a a)" in said.value


@every_exercise
def test_whatever_has_rows_can_be_clicked_through(module, name, question, clickable, language):
    rows = question.rows
    assert bool(rows) == all(isinstance(part, Letters) for part in getattr(question, "parts", [question]))
    if rows and ".check(" in question.stub:
        before, question.prediction = question.prediction, None
        question.check(*[...] * question.answers)
        box = clickable[-1]
        right = question.course_version if isinstance(question.course_version, tuple) else [question.course_version]
        for line, letters in zip(box.children, right, strict=False):
            for button in line.children:
                if getattr(button, "description", "") in set(letters) and hasattr(button, "button_style"):
                    button.value = True
        if len(box.children) > len(rows) + 1:
            box.children[-2].click()
        assert "✔" in box.children[-1].value and question.prediction.replace(" ", "") == "".join(right)
        question.prediction = before


def test_where_nobody_can_click_the_sentence_is_the_old_one(capsys, monkeypatch):
    from course_utils import buttons, progress

    capitals().check(...)
    assert capsys.readouterr().out == "… Pending: put your answer in place of the three dots and run the cell again.\n"
    monkeypatch.setattr(progress, "where", lambda: "notebook")
    monkeypatch.delenv("COURSE_UNATTENDED", raising=False)
    assert buttons.work()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not buttons.work()
    monkeypatch.undo()
    monkeypatch.setattr(progress, "where", lambda: "notebook")
    monkeypatch.setenv("COURSE_UNATTENDED", "1")
    assert not buttons.work()
