"""Records: the clock, a tiny recipe trained and measured, what is refused, who stands where, the frozen judge."""

import copy
import json

import numpy as np
import pytest

from course_utils import data, evaluation, folders, setup
from course_utils.language import CourseError
from tools import record as command
from tools.course import ROOT

TINY = '''
"""A generator of one layer, which learns nothing but how often it was called."""
import keras
import tensorflow as tf

LABELS = {labels}


class Training:
    def __init__(self, labels):
        inputs = [keras.Input((3,))]
        if labels is not None:
            inputs.append(keras.Input((10,)))
        hidden = keras.layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
        images = keras.layers.Reshape((28, 28, 1))(keras.layers.Dense(784, activation="tanh")(hidden))
        self.generator = keras.Model(inputs, images)
        self.steps = tf.Variable(0.0)
        self.variables = [*self.generator.variables, self.steps]
        self.parts, self.seen = [], []

    def run(self, part):
        self.parts.append(part)
        self.seen.append(float(self.steps))
        self.steps.assign_add(1)

    def finish(self):
        return self.generator


def start(images, labels, seed):
    keras.utils.set_random_seed(seed)
    return Training(labels)
'''


@pytest.fixture(scope="module")
def records():
    setup.start("en", "records")
    from course_utils.experiments import records

    return records


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture(scope="module")
def judge(records):
    return records.frozen_judge()


@pytest.fixture(params=[False, True], ids=["without labels", "with labels"])
def recipe(request, records, tmp_path):
    path = tmp_path / "tiny.py"
    path.write_text(TINY.format(labels=request.param), encoding="utf-8")
    return records.read_recipe(path)


def test_tracing_is_free_and_is_put_back_and_the_time_ends(recipe, records, digits):
    training = recipe.module.start(digits.x_train, digits.y_train if recipe.labels else None, 1)
    clock = records.Clock(seconds=0.2)
    generator, calls = records.train(training, clock)
    assert training.seen == [0.0, *range(calls)]  # the first call traces, and leaves no trace
    assert training.parts[0] == 0 and training.parts[1:] == sorted(training.parts[1:]) and training.parts[-1] < 1
    assert clock.read() >= 1 and (0.2 <= clock.wall < 2 or 0.4 <= clock.core < 2)  # the machine may be busy
    assert len(generator.inputs) == 1 + recipe.labels


def test_the_work_of_all_cores_counts_and_the_wall_only_if_asked(records, monkeypatch):
    now = {"perf_counter": 0.0, "process_time": 0.0}
    for name in now:
        monkeypatch.setattr(records.time, name, lambda name=name: now[name])
    clocks = records.Clock(10, wall=True), records.Clock(10, wall=False)
    for clock in clocks:
        with clock:
            now |= {name: now[name] + passed for name, passed in {"perf_counter": 8, "process_time": 6}.items()}
    assert [clock.read() for clock in clocks] == [0.8, 0.3]
    for clock in clocks:
        with clock:
            now["process_time"] += 18
    assert [clock.read() for clock in clocks] == [1.2, 1.2]


def test_a_tiny_recipe_is_trained_measured_and_kept(recipe, records, digits, judge, tmp_path, monkeypatch):
    real = judge.look(evaluation.real_images(digits)[0])
    given = recipe, digits, 3, judge, real, tmp_path / "run"
    row = records.run(*given, seconds=0.1)
    assert row["calls"] > 0 and row["measures"]["frechet"] > 10
    assert ("obeys" in row["measures"]) == recipe.labels
    assert (tmp_path / "run" / "seed-3.png").is_file()
    monkeypatch.setattr(records, "train", lambda *_: pytest.fail("it is there already"))
    assert records.run(*given, seconds=0.1) == row
    with pytest.raises(pytest.fail.Exception):
        records.run(*given, seconds=0.2)
    record = records.summary(recipe, [row], digits, judge, "somebody")
    assert record["labels"] == recipe.labels and record["seeds"][0]["seed"] == 3 and json.dumps(record)
    with pytest.raises(CourseError):  # neither the time, nor the seeds, nor the data of the rules
        records.check(record, judge.fingerprint)


def test_what_is_asked_for_is_what_obeys(records, judge, digits):
    """A generator that draws a real digit of the class that it is asked for."""
    import keras

    images, labels = evaluation.as_floats(digits.x_train), digits.y_train
    ones = np.stack([images[labels == digit][0] for digit in range(10)]).reshape(10, 784)
    asked = keras.Input((10,))
    drawn = keras.layers.Reshape((28, 28, 1))(keras.layers.Dense(784, use_bias=False, name="digits")(asked))
    generator = keras.Model([keras.Input((2,)), asked], drawn)
    generator.get_layer("digits").set_weights([ones])
    drawn, digit = evaluation.draw(generator, 30), evaluation.asked(30)
    assert drawn.shape == (30, 28, 28, 1) and digit.tolist() == [*range(10)] * 3
    assert np.allclose(drawn[13, ..., 0], ones[3].reshape(28, 28))
    read = judge.look(ones.reshape(10, 28, 28)).probabilities.argmax(axis=1) == range(10)
    obeys = records.measure(generator, judge, judge.look(digits.x_train[:200]))["obeys"]
    assert obeys == pytest.approx(read.mean()) and obeys > 0.5


def of_the_rules(records):
    """A record that breaks no rule."""
    row = {"wall": 60.0, "core": 110.0, "calls": 9, "measures": {"frechet": 2.0}}
    return {
        "recipe": "good",
        "digest": "a",
        "labels": True,
        "data": "mnist",
        "judge": "0f",
        "seconds": records.SECONDS,
        "wall_counts": True,
        "images": records.IMAGES,
        "seeds": [copy.deepcopy(row) | {"seed": seed} for seed in records.SEEDS],
    }


BROKEN = {
    "another time": (lambda record: record.update(seconds=61), "tiempo", "time"),
    "too long on the wall": (lambda record: record["seeds"][2].update(wall=70.0), "tiempo", "time"),
    "too much work": (lambda record: record["seeds"][4].update(core=130.0), "tiempo", "time"),
    "a seed is missing": (lambda record: record["seeds"].pop(), "semillas", "seeds"),
    "a seed twice": (lambda record: record["seeds"][1].update(seed=1), "semillas", "seeds"),
    "chosen seeds": (lambda record: record["seeds"][0].update(seed=77), "semillas", "seeds"),
    "another judge": (lambda record: record.update(judge="ff"), "otro juez", "Another judge"),
    "other data": (lambda record: record.update(data="digits"), "MNIST", "MNIST"),
    "fewer images": (lambda record: record.update(images=1000), "imágenes", "images"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_record_that_does_not_compare_is_refused(name, records, language):
    record = of_the_rules(records)
    records.check(record, "0f")
    spoil, es, en = BROKEN[name]
    spoil(record)
    with pytest.raises(CourseError, match={"es": es, "en": en}[language]):
        records.check(record, "0f")


def test_a_busy_machine_may_take_longer_on_the_wall(records):
    record = of_the_rules(records) | {"wall_counts": False}
    record["seeds"][0]["wall"] = 300.0
    records.check(record, "0f")


def test_the_median_decides_and_labels_compete_apart(records):
    best, second, other = (of_the_rules(records) for _ in range(3))
    second["digest"], other["digest"], other["labels"] = "b", "c", False
    for row in second["seeds"]:
        row["measures"] = {"frechet": 3.0}
    second["seeds"][0]["measures"] = {"frechet": 0.1}
    assert records.median(second) == 3
    assert [records.standing(record, [best, second, other]) for record in (best, second, other)] == [1, 2, 1]


@pytest.mark.parametrize("content", [None, "LABELS = True\n"])
def test_a_file_that_is_no_recipe_is_refused(content, records, tmp_path, language):
    path = tmp_path / "none.py"
    if content:
        path.write_text(content)
    with pytest.raises(CourseError, match="recipes"):
        records.read_recipe(path)


@pytest.mark.parametrize("path", sorted((ROOT / "recipes").glob("*.py")), ids=lambda path: path.name)
def test_the_recipes_of_the_course_are_recipes(path, records):
    assert records.read_recipe(path).module.__doc__


def test_what_the_frozen_judge_cannot_read_is_said(records, digits, language, capsys):
    assert records.can_read(digits) and records.can_read(digits._replace(name="mnist"))
    assert capsys.readouterr().out == ""
    for name in ("fashion_mnist", "fotos"):
        assert not records.can_read(digits._replace(name=name))
        assert name in capsys.readouterr().out


def test_the_frozen_judge_reads_digits_and_is_small(judge, records, tmp_path, monkeypatch):
    path = ROOT / "notebooks" / "results" / "judge.npz"
    assert path.stat().st_size < 500_000
    dataset = data.load("mnist")
    if dataset.name == "mnist":
        right = judge.look(dataset.x_test).probabilities.argmax(axis=1) == dataset.y_test
        assert right.mean() > 0.99
    (tmp_path / "judge.npz").write_bytes(path.read_bytes()[:-9])
    monkeypatch.setattr(records, "results_folder", lambda: tmp_path)
    with pytest.raises(CourseError, match=r"judge\.npz"):
        records.frozen_judge()


@pytest.mark.parametrize("recipe", [True], indirect=True)
def test_the_command_trains_every_seed_and_says_where_it_stands(recipe, records, digits, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(records, "SECONDS", 0.1)
    monkeypatch.setattr(records, "SLACK", 50)
    monkeypatch.setattr(records, "published_records", lambda: [of_the_rules(records) | {"labels": recipe.labels}])
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "out")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(data, "load", lambda name: digits)
    path = tmp_path / "tiny.py"
    assert command.main([str(path), "--language", "en"]) == 1  # the data are not MNIST
    assert "MNIST" in capsys.readouterr().err
    monkeypatch.setattr(data, "load", lambda name: digits._replace(name="mnist"))
    assert command.main([str(path), "--language", "en", "--keep", "Ada"]) == 0
    said = capsys.readouterr().out
    assert all(f"seed {seed}: Fréchet" in said for seed in records.SEEDS) and "place 2" in said
    kept = json.loads((tmp_path / "notebooks" / "results" / "records.json").read_text(encoding="utf-8"))
    assert [record["recipe"] for record in kept] == ["good", "tiny"] and kept[1]["by"] == "Ada"
