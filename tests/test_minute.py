"""Lesson 7: two ways to the same gradients, groups, averages; the tricks, what they cost, and what is published."""

import json
from itertools import pairwise

import numpy as np
import pytest

from course_utils import data, evaluation, setup
from course_utils.language import CourseError
from tools.course import ROOT

QUICK = ("groups", "unlabelled", "concatenation", "relativistic_r1_r2")


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", "07_gan_in_a_minute")


@pytest.fixture(scope="module")
def minute():
    from course_utils.experiments import minute

    return minute


@pytest.fixture(scope="module")
def lesson():
    from course_utils.lessons import lesson_7

    return lesson_7


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture(scope="module")
def published():
    return json.loads((ROOT / "notebooks" / "results" / "minute.json").read_text("utf-8"))


# --- What the lesson teaches


@pytest.mark.parametrize("classes", [0, 10])
def test_one_pass_backward_gives_the_gradients_of_two(lesson, minute, classes):
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(3)
    networks = lesson.make_networks(lesson.Settings(width=3, latent_dim=5), classes)
    real, noise = keras.random.uniform((8, 28, 28, 1), -1, 1, seed=1), keras.random.normal((8, 5), seed=2)
    label = tf.one_hot(np.arange(8) % classes, classes) if classes else None
    two, one = (gradients(*networks, real, label, noise) for gradients in (lesson.non_saturating, minute.one_pass))
    assert len(tf.nest.flatten(two)) == len(tf.nest.flatten(one)) == 8 + (7 if classes else 6)
    for theirs, ours in zip(tf.nest.flatten(two), tf.nest.flatten(one), strict=True):
        assert np.abs(theirs).max() > 0
        assert np.allclose(ours, theirs, atol=1e-6 + 1e-3 * np.abs(theirs).max())


def test_a_projection_sees_whether_the_image_fits_the_label(lesson):
    import tensorflow as tf

    discriminator = lesson.make_discriminator(width=2, classes=10)
    images = tf.random.stateless_uniform((2, 28, 28, 1), (1, 2))
    first, second = (
        discriminator([images, tf.one_hot([digit] * 2, 10)]).numpy()
        - discriminator([images, tf.zeros((2, 10))]).numpy()
        for digit in (3, 4)
    )
    assert not np.allclose(first[0], first[1]) and not np.allclose(first, second)  # not one number for each label


def test_groups_are_of_similar_images(lesson, digits):
    sevens = digits.x_train[digits.y_train == 7]
    group_of = lesson.split(sevens, 4, seed=1)
    assert group_of.shape == (len(sevens),) and set(group_of) <= set(range(4)) and len(set(group_of)) > 1
    flat = sevens.reshape(len(sevens), -1).astype(float)
    within = sum(((flat[group_of == k] - flat[group_of == k].mean(axis=0)) ** 2).sum() for k in set(group_of))
    by_chance = np.random.default_rng(0).permutation(group_of)
    mixed = sum(((flat[by_chance == k] - flat[by_chance == k].mean(axis=0)) ** 2).sum() for k in set(by_chance))
    assert within < 0.9 * mixed
    assert np.array_equal(group_of, lesson.split(sevens, 4, seed=1))


@pytest.mark.parametrize("labels", [True, False])
def test_the_drawer_asks_for_the_groups_as_often_as_they_are(lesson, labels):
    """A generator whose image says in each pixel which class it was asked for."""
    import keras

    digits, groups = (2, 3) if labels else (1, 3)
    noise, label = keras.Input((4,)), keras.Input((digits * groups,))
    generator = keras.Model([noise, label], keras.layers.Reshape((digits * groups, 1, 1))(label))
    drawer = lesson.make_drawer(generator, groups, digits if labels else 0)
    shares = np.array([[0.2, 0.0, 0.8], [0.5, 0.25, 0.25]])[:digits]
    drawer.get_layer("edges").set_weights([np.cumsum(shares, axis=1) - shares])
    many = np.random.default_rng(1).normal(size=(4000, 5)).astype("float32")
    for digit in range(digits):
        asked = [many, np.eye(digits, dtype="float32")[[digit] * 4000]] if labels else many
        found = drawer(asked).numpy()[:, :, 0, 0]
        assert (found.sum(axis=1) == 1).all()
        expected = np.zeros(digits * groups)
        expected[digit * groups : (digit + 1) * groups] = shares[digit]
        assert np.abs(found.mean(axis=0) - expected).max() < 0.03
        assert (found[:, expected == 0] == 0).all()


def test_a_training_learns_falls_averages_and_leaves_what_opens_elsewhere(lesson, digits, tmp_path):
    import keras

    settings = lesson.Settings(width=4, groups=2, half_life=8, steps=4)
    training = lesson.Training(digits.x_train, digits.y_train, 5, settings)
    assert len(training.generator.inputs) == 2 and training.classes == 20
    training.prepare()
    assert set(training.class_of.numpy() // 2) == set(range(10))
    assert (training.class_of.numpy() // 2 == digits.y_train).all()
    before = [weight.numpy() for weight in training.average]
    training.run(0.0)
    assert float(training.g_optimizer.learning_rate) == pytest.approx(settings.g_rate)
    assert float(training.decay) == 0.5  # at first a quarter of the steps made, and one
    training.run(1.0)
    assert float(training.d_optimizer.learning_rate) == pytest.approx(settings.d_rate * settings.last_rate)
    assert float(training.decay) == pytest.approx(0.5 ** (1 / 2)) and int(training.done) == 8
    moved = [not np.allclose(a, b) for a, b in zip(before, training.average, strict=True)]
    assert all(moved)
    average = [weight.numpy() for weight in training.average]
    drawer = training.finish()
    assert all(map(np.array_equal, average, training.generator.get_weights()))
    drawer.save(tmp_path / "drawer.keras")
    again = keras.models.load_model(tmp_path / "drawer.keras")
    assert np.array_equal(evaluation.draw(drawer, 20), evaluation.draw(again, 20))


# --- The tricks


def test_each_rung_is_the_one_before_with_one_change(minute):
    from course_utils.experiments import tricks

    assert list(minute.LADDER) == list(tricks.RUNGS)
    assert set(minute.CHANGES) == set(tricks.CHANGES) - {"projection", "noise_32"}
    rungs = list(minute.LADDER.values())
    for before, after in pairwise(rungs):
        changed = [field for field in minute.Trick._fields if getattr(before, field) != getattr(after, field)]
        settings = [
            name for name in after.settings._fields if getattr(before.settings, name) != getattr(after.settings, name)
        ]
        assert tuple(changed) in {("labels", "networks"), ("settings",), ("networks",), ("gradients",)}
        assert len(settings) <= 1 or set(settings) == {"g_rate", "d_rate", "beta_1"}


@pytest.mark.parametrize("name", QUICK)
def test_a_trick_trains(name, minute, digits):
    trains(minute, name, digits)


@pytest.mark.stress
def test_every_trick_trains(minute, digits):
    for name in set(minute.TRICKS) - {*QUICK, *minute.LENGTHS}:
        trains(minute, name, digits)


def trains(minute, name, digits):
    trick = minute.TRICKS[name]
    trick = trick.but(steps=2, batch_size=8)
    training = trick.start(digits.x_train, digits.y_train, 1)
    networks = training.generator, training.discriminator
    before = [[weight.numpy() for weight in network.trainable_variables] for network in networks]
    training.prepare()
    training.run(0.0)
    for network, old in zip(networks, before, strict=True):
        changed = [not np.array_equal(a, b) for a, b in zip(old, network.trainable_variables, strict=True)]
        # What a relativistic loss compares does not depend on the bias that D adds to both.
        same = int(name.startswith("relativistic") and network is networks[1])
        assert changed.count(False) == same, name
    drawn = evaluation.draw(training.finish(), 10)
    assert drawn.shape == (10, 28, 28, 1) and np.isfinite(drawn).all()


def test_as_many_steps_as_fit_into_the_time(minute):
    trick = minute.RECORD._replace(seconds=10)
    assert minute.steps_of(trick, minute.Cost(0.01, 0.012, 1.0, 9)) == 900
    assert minute.steps_of(trick, minute.Cost(0.01, 0.03, 1.0, 9)) == 600  # both cores work longer
    assert minute.steps_of(trick, minute.Cost(1.0, 1.0, 0.0, 9)) == 20  # a call at least


def test_what_computes_the_same_costs_the_same(minute):
    same = {"beta_2": "many_steps", "no_fall": "groups", "record_5": "groups", "unlabelled_30": "unlabelled"}
    assert {name: minute.costs_as(name) for name in same} == same
    assert all(minute.costs_as(name) == name for name in ("tutorial_d", "one_pass", "noise_8", "hinge", "dropout"))


# --- What is published


def test_every_trick_has_its_costs_and_five_seeds_of_as_many_steps(minute, published):
    assert set(published["runs"]) == set(minute.TRICKS)
    for name, trick in minute.TRICKS.items():
        rows = published["runs"][name]
        assert [row["seed"] for row in rows] == list(minute.SEEDS), name
        steps = minute.steps_of(trick, minute.Cost(**published["costs"][minute.costs_as(name)]))
        assert {row["steps"] for row in rows} == {steps}, name
        assert ("obeys" in rows[0]["measures"]) == trick.labels


@pytest.mark.parametrize("show", ["show_rungs", "show_changes", "show_lengths", "show_records"])
def test_the_tables_and_figures_show_all_that_is_published(show, language, published, monkeypatch):
    from course_utils import plots
    from course_utils.experiments import records, tricks

    tables, shown = [], []
    monkeypatch.setattr(plots, "show_table", lambda headings, rows: tables.append((headings, rows)))
    monkeypatch.setattr(plots, "show_figure", shown.append)
    getattr(tricks, show)()
    rows = {
        "show_rungs": len(tricks.RUNGS),
        "show_changes": 1 + len(tricks.CHANGES),
        "show_records": len(records.published_records()),
    }
    assert [len(table[1]) for table in tables] == ([rows[show]] if show in rows else [])
    assert all(len(row) == len(headings) for headings, table in tables for row in table)
    assert len(shown) == (show != "show_records")


def test_results_that_cannot_be_read_are_named(tmp_path, monkeypatch, language):
    from course_utils.experiments import results, tricks

    monkeypatch.setattr(results, "results_folder", lambda: tmp_path)
    for content in ("", "{", "[]", '{"costs": {}, "runs": {"groups": [{"seed": 1}]}}'):
        (tmp_path / "minute.json").write_text(content)
        with pytest.raises(CourseError, match=r"minute\.json"):
            tricks.published()


def test_what_the_lesson_says_of_the_tricks_is_so(minute, published):
    from course_utils.experiments import pretrained, tricks

    runs = published["runs"]
    steps = {name: rows[0]["steps"] for name, rows in runs.items()}
    assert steps["right_size"] > 100 * steps["tutorial_d"]
    rungs = list(tricks.RUNGS)
    by = {name: tricks.ratio(runs[name], runs[before]) for before, name in pairwise(rungs)}
    for name in ("batch_32", "right_size", "rate", "concatenation", "projection"):
        assert by[name][2] < 0.8, name  # clearly better, whatever the chance
    for name in ("beta_2", "fall", "average", "groups"):
        assert by[name][1] < 1 < by[name][2], name
    changes = {name: tricks.ratio(runs[name], runs["groups"]) for name in tricks.CHANGES}
    assert changes["relativistic_r1_r2"][2] < 1 and min(changes, key=changes.get) == "relativistic_r1_r2"
    costs = published["costs"]
    assert 1.3 < costs["relativistic_r1_r2"]["wall"] / costs["groups"]["wall"] < 1.5  # nearly half as much again
    assert sum(low < 1 < high for _, low, high in changes.values()) > len(changes) / 2
    assert sorted(changes, key=changes.get)[-3:] == ["noise_8", "spectral", "noise_32"]
    # Exercise 5: of what it names, four are not missed, and the fifth makes the distance about eight times as large.
    for name in ("no_fall", "no_average", "projection", "no_bn"):
        assert changes[name][1] < 1 < changes[name][2], name
    assert 7 < changes["noise_32"][0] < 9
    groups_for_labels = tricks.ratio(runs["unlabelled"], runs["noise_32"])[0]
    assert groups_for_labels < 0.25 and changes["unlabelled"][0] < 2
    # The numbers in its prose.
    middle = {name: float(np.median(tricks.values(rows))) for name, rows in runs.items()}
    assert [round(middle[name], 1) for name in ("noise_32", "unlabelled", "groups")] == [4.8, 0.8, 0.6]
    assert round(costs["many_steps"]["wall"] / costs["right_size"]["wall"], 2) == 0.85
    assert round(costs["groups"]["wall"] / costs["projection"]["wall"], 2) == 1.18
    confident = [np.median(tricks.values(runs[name], "confident")) for name in ("tutorial_d", "noise_32", "groups")]
    assert np.round(confident, 2).tolist() == [1.0, 0.34, 0.95]
    lessons = [pretrained.card(lesson)["measures"]["frechet"] for lesson in (1, 2, 3)]
    assert (
        middle["groups"] < lessons[2] < middle["record_10"] < min(lessons[:2])
    )  # in ten seconds 1 and 2, in a minute 3
    assert middle["noise_32"] > max(lessons[1:])
    assert abs(middle["unlabelled_120"] / middle["groups"] - 1) < 0.1
    assert len(changes) == 28
    vary = [np.median(tricks.values(runs[name], "recall")) for name in ("no_fall", "groups")]
    sure = [np.median(tricks.values(runs[name], "confident")) for name in ("no_fall", "groups")]
    assert vary[0] < vary[1] and np.round(sure, 2).tolist() == [0.98, 0.95]
