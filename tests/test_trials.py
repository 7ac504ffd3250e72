"""Lesson 6: the tricks on trial, how they are judged, how the runs are shared among processes, what is published."""

import json
import re
from itertools import product
from math import comb

import numpy as np
import pytest

from course_utils import data, evaluation, setup, statistics
from course_utils.language import CourseError
from tools import runs as shared
from tools import trials as command
from tools.course import ROOT

QUICK = ("baseline", "d_norm_frozen", "d_norm_mixed", "others", "linear", "two_updates", "d_noise")


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", "06_tricks_on_trial")


@pytest.fixture(scope="module")
def trials():
    from course_utils.experiments import trials

    return trials


@pytest.fixture(scope="module")
def judgements():
    from course_utils.experiments import judgements

    return judgements


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


# --- One change at a time


def changes(trial, usual):
    return [name for name in trial._fields if getattr(trial, name) != getattr(usual, name)]


def test_each_trial_changes_one_thing(trials):
    for name, trial in trials.TRIALS.items():
        usual = trials.TRIALS["d_norm"] if name in ("d_norm_frozen", "d_norm_mixed") else trials.BASELINE
        assert len(changes(trial, usual)) == (name != "baseline"), name


def test_every_trial_has_its_title(trials, judgements):
    assert {"baseline", *judgements.TITLES} == set(trials.TRIALS)
    assert len(judgements.TITLES) == sum(map(len, judgements.GROUPS.values()))
    for titles in zip(*judgements.TITLES.values(), strict=True):
        assert len(set(titles)) == len(titles)


def test_the_labels_are_what_their_names_say(trials):
    import keras

    keras.utils.set_random_seed(1)
    ranges = {
        trials.hard: (1, 1, 0, 0),
        trials.smoothed: (0.9, 0.9, 0, 0),
        trials.smoothed_on_both_sides: (0.9, 0.9, 0.1, 0.1),
    }
    for labels, (real_low, real_high, fake_low, fake_high) in ranges.items():
        real, fake = (np.asarray(found) for found in labels((50, 1)))
        assert real.shape == fake.shape == (50, 1)
        assert np.allclose([real.min(), real.max(), fake.min(), fake.max()], [real_low, real_high, fake_low, fake_high])
    real, fake = (np.asarray(found) for found in trials.noisy((5000, 1)))
    assert 0.7 <= real.min() < 0.71 and 1.19 < real.max() <= 1.2
    assert 0 <= fake.min() < 0.01 and 0.29 < fake.max() <= 0.3
    real, fake = (np.asarray(found) for found in trials.flipped((5000, 1)))
    assert set(real.ravel()) == set(fake.ravel()) == {0, 1}
    assert 0.03 < fake.mean() < 0.07 and 0.93 < real.mean() < 0.97


def test_uniform_noise_is_uniform_and_dropout_lasts(trials):
    import keras

    flat = np.asarray(trials.Uniform()(keras.random.normal((20_000, 1), seed=1)))
    assert np.abs(flat).max() <= 1
    assert np.abs(np.histogram(flat, 10, (-1, 1))[0] / 2000 - 1).max() < 0.1
    noise = keras.random.normal((4, trials.LATENT), seed=1)
    for share in (0.0, 0.3):
        generator = trials.make_generator(trials.Trial(g_dropout=share))
        twice = [np.asarray(generator(noise, training=False)) for _ in range(2)]
        assert np.array_equal(*twice) == (share == 0)


def test_whatever_the_output_layer_the_images_are_from_minus_one_to_one(trials, digits):
    for output in ("tanh", "sigmoid", "linear"):
        training = trials.Training(trials.Trial(output=output), digits.x_train, 1)
        real = np.asarray(training.real())
        assert (real.min(), real.max()) == ((0, 1) if output == "sigmoid" else (-1, 1))
        training.generator.layers[-1].kernel.assign(100 * training.generator.layers[-1].kernel)
        drawn = evaluation.draw(training.finish(), 20)
        assert drawn.shape == (20, 28, 28, 1) and drawn.min() < -0.99 and 0.99 < drawn.max() <= 1


def test_the_kernel_the_norm_and_the_pooling_stand_where_they_should(trials):
    kinds = {name: [type(layer).__name__ for layer in trials.make_generator(trials.TRIALS[name]).layers] for name in
             ("baseline", "g_norm_after", "g_norm_none")}  # fmt: skip
    assert kinds["baseline"][:3] == ["Dense", "BatchNormalization", "ReLU"]
    assert kinds["g_norm_after"][:3] == ["Dense", "ReLU", "BatchNormalization"]
    assert "BatchNormalization" not in kinds["g_norm_none"]
    biased = [trials.make_generator(trials.TRIALS[name]).layers[0].use_bias for name in kinds]
    assert biased == [False, True, True]
    for name, kernel, stride in (("kernel_3", 3, 2), ("kernel_5", 5, 2), ("pooling", 4, 1)):
        first = trials.make_discriminator(trials.TRIALS[name]).layers[0]
        assert (first.kernel_size, first.strides) == ((kernel,) * 2, (stride,) * 2)
    for trial in trials.TRIALS.values():
        assert trials.make_generator(trial).output_shape == (None, 28, 28, 1)
        assert trials.make_discriminator(trial).output_shape == (None, 1)


@pytest.mark.parametrize(
    ("name", "modes"),
    [
        ("baseline", [(32, True), (32, True)]),
        ("d_norm_mixed", [(64, True)]),
        ("d_norm_frozen", [(32, True), (32, True), (32, False)]),
        ("others", [(32, True), (32, True), (32, True)]),
    ],
)
def test_how_often_and_how_d_looks(name, modes, trials, digits, monkeypatch):
    training, seen = trials.Training(trials.TRIALS[name], digits.x_train, 1), []
    logits = training.logits

    def watched(images, training=True):
        seen.append((len(images), training))
        return logits(images, training=training)

    monkeypatch.setattr(training, "logits", watched)
    training.update(training.real(), training.noise())
    assert seen == modes


def test_d_learns_alone_in_its_further_updates(trials, digits):
    training = trials.Training(trials.BASELINE, digits.x_train, 1)
    before = [[weight.numpy() for weight in network.trainable_variables] for network in networks(training)]
    training.update(training.real(), training.noise(), only_d=True)
    now = [[weight.numpy() for weight in network.trainable_variables] for network in networks(training)]
    same = [all(map(np.array_equal, *pair)) for pair in zip(before, now, strict=True)]
    assert same == [True, False]


def networks(training):
    return training.generator, training.discriminator


@pytest.mark.parametrize("name", QUICK)
def test_a_trial_trains(name, trials, digits):
    trains(trials, name, digits)


@pytest.mark.stress
def test_every_trial_trains(trials, digits):
    for name in set(trials.TRIALS) - {*QUICK}:
        trains(trials, name, digits)


def trains(trials, name, digits):
    training = trials.Training(trials.TRIALS[name], digits.x_train, 1)
    before = [[weight.numpy() for weight in network.trainable_variables] for network in networks(training)]
    training.run(0.0, steps=2)
    for network, old in zip(networks(training), before, strict=True):
        assert not any(map(np.array_equal, old, network.trainable_variables)), name
    drawn = evaluation.draw(training.finish(), 10)
    assert drawn.shape == (10, 28, 28, 1) and np.isfinite(drawn).all()


def test_the_same_seed_draws_the_same_and_every_step_is_made(trials, digits):
    turns = []
    (first, ms), (second, _), (other, _) = (
        trials.train(trials.TRIALS["noisy"], digits.x_train, 23, seed, turns.append) for seed in (1, 1, 2)
    )
    assert turns == [20, 23] * 3 and ms > 0
    drawn = [evaluation.draw(drawer, 10) for drawer in (first, second, other)]
    assert np.array_equal(*drawn[:2]) and not np.array_equal(*drawn[1:])


def test_a_run_is_a_row(trials, digits):
    from course_utils.experiments import records

    judge = records.frozen_judge()
    real = judge.look(evaluation.real_images(digits)[0])
    row = trials.run(trials.BASELINE, 2, 3, digits, judge, real)
    assert (row["seed"], row["steps"], set(row["measures"])) == (3, 2, {"frechet", "confident", "rarest"})
    assert json.loads(json.dumps(row)) == row and row["measures"]["frechet"] > 20

    import keras

    broken = keras.Sequential([keras.Input((4,)), keras.layers.Dense(784), keras.layers.Reshape((28, 28, 1))])
    broken.layers[0].kernel.assign(np.full((4, 784), np.nan))
    assert trials.measure(broken, judge, real)["frechet"] > 20


# --- Judgements


def rows_of(distances, ms=1.0):
    measures = [{"frechet": float(distance), "confident": 0.5, "rarest": 0.05} for distance in distances]
    return [{"seed": seed, "steps": 9, "ms": ms, "measures": one} for seed, one in enumerate(measures, start=1)]


def made_up(judgements, seed=1):
    rng, found = np.random.default_rng(seed), {"baseline": 1.0}
    found |= dict.fromkeys(judgements.TITLES, 1.0) | {"noisy": 2.0, "smoothed": 0.5}
    sizes = {"baseline": 16}
    return {
        name: rows_of(8 * factor * np.exp(rng.normal(0, 0.15, sizes.get(name, 5))), 1 + (name == "two_updates"))
        for name, factor in found.items()
    }


def test_clear_tricks_are_seen_and_the_others_are_not(judgements, language):
    runs = made_up(judgements)
    found = judgements.judge(runs)
    assert list(found) == list(judgements.TITLES)
    assert {name for name, one in found.items() if one.verdict == "hurts"} == {"noisy"}
    assert {name for name, one in found.items() if one.verdict == "pays"} == {"smoothed"}
    for name, one in found.items():
        assert one.low < one.ratio < one.high and one.p <= one.corrected
        assert 1.1 < one.visible < 1.7 and one.cost == (2 if name == "two_updates" else 1)
    assert judgements.of(found, "pays") == ["smoothed"] and judgements.of(found, "hurts", "layers") == []
    assert set(judgements.of(found, "unclear", "layers")) == set(judgements.GROUPS["layers"])
    runs["smoothed"] = [row | {"ms": 2.0} for row in runs["smoothed"]]
    runs["flipped"][0]["measures"]["frechet"] = 99.0
    found = judgements.judge(runs)
    pays, hurts, unclear, sunk = judgements.sentence(found, "labels").splitlines()
    for name, line in (("smoothed", pays), ("noisy", hurts)):
        assert judgements.title(name) in line
    assert "× 0." in pays and "× 2.00" in pays and re.search(r"× [12]\.\d\d\)", hurts) and "3" in unclear
    assert judgements.title("flipped") in sunk and "1/5" in sunk


def test_what_is_said_to_be_visible_is_seen_in_four_of_five_experiments(judgements):
    rng, spread = np.random.default_rng(5), 0.2
    alarm = statistics.ALARM / 20
    effect = statistics.visible_effect(5, 16, alarm) * spread
    seen = 0
    for _ in range(200):
        seen += statistics.permutation_test(rng.normal(effect, spread, 5), rng.normal(0, spread, 16), 4000) <= alarm
    assert 0.7 < seen / 200 < 0.9


def test_the_visible_effect_agrees_with_the_power(judgements):
    for n in (5, 8, 12):
        effect = statistics.visible_effect(n, n)
        assert abs(statistics.power(n, effect) - 0.8) < 0.04
    assert statistics.visible_effect(8, 16) < statistics.visible_effect(8, 8) < statistics.visible_effect(8, 8, 0.001)


def test_equal_values_are_compared_without_a_warning():
    import warnings

    with warnings.catch_warnings(action="error"):
        low, high = statistics.interval([187.1, 187.1, 187.1 + 1e-9], [9.0, 10.0, 11.0])
    assert 170 < low < 177.1 < high < 185


def test_with_five_against_five_no_trick_could_have_been_told(trials, judgements):
    """As the module says."""
    tricks = len(trials.TRIALS) - 1
    least = statistics.permutation_test(np.arange(5), 10 + np.arange(5))
    assert least == pytest.approx(2 / comb(10, 5)) and least * tricks > 0.2
    assert len(trials.SEEDS) == 5 and len(trials.BASELINE_SEEDS) == 16 and tricks == 29
    p = statistics.permutation_test(np.arange(5), 100 + np.arange(16), judgements.WAYS)
    assert judgements.WAYS == comb(21, 5) == 20_349 and p == pytest.approx(1 / 20_349)


def test_tables_and_figure_show_all(judgements, language, monkeypatch):
    from course_utils import plots

    tables, figures, runs = [], [], made_up(judgements)
    monkeypatch.setattr(plots, "show_table", lambda headings, rows: tables.append((headings, rows)))
    monkeypatch.setattr(plots, "show_figure", figures.append)
    found = judgements.judge(runs)
    for group in judgements.GROUPS:
        judgements.show_table(found, group)
    judgements.show_table(found, ["noisy", "d_norm"])
    judgements.show_list(found)
    listed = len(judgements.ADVISED) + len(judgements.ADVISED_AGAINST)
    assert [len(rows) for _, rows in tables] == [*map(len, judgements.GROUPS.values()), 2, listed]
    right, wrong, unclear = (
        ("acierta", "se equivoca", "no se sabe") if language == "es" else ("right", "wrong", "cannot be told")
    )
    says = [row[-1] for row in tables[-1][1]]
    assert says.count(wrong) == 1 and says[0] == wrong and right not in says and says.count(unclear) == listed - 1
    assert all(len(row) == len(headings) for headings, rows in tables for row in rows)
    for hidden in (False, True):
        judgements.show_verdicts(runs, found, hidden)
        labels = [text.get_text() for text in figures[-1].axes[0].get_yticklabels()]
        assert len(labels) == 1 + len(judgements.TITLES) and labels.count("?") == hidden * len(judgements.TITLES)


def test_results_that_cannot_be_read_are_named(tmp_path, monkeypatch, language, judgements):
    from course_utils.experiments import results

    monkeypatch.setattr(results, "results_folder", lambda: tmp_path)
    for content in ("", "{", "[]", '{"runs": {}}', '{"runs": {"baseline": [{"seed": 1}]}}'):
        (tmp_path / "trials.json").write_text(content)
        with pytest.raises(CourseError, match=r"trials\.json"):
            judgements.published()


# --- Runs shared among processes


def test_a_run_is_made_once(tmp_path):
    made = []

    def run(steps):
        made.append(steps)
        return {"seed": 1, "steps": steps, "measures": {}}

    for steps in (5, 5, 6):
        for begun in tmp_path.glob("*.begun"):
            begun.unlink()
        shared.make(tmp_path, "one", 1, steps, lambda steps=steps: run(steps))
    assert made == [5, 6]  # again with other steps only
    shared.make(tmp_path, "one", 1, 7, lambda: run(7))
    assert made == [5, 6]  # another process has begun it


def test_rows_that_are_complete_replace_those_that_are_known(tmp_path):
    row = {"seed": 2, "steps": 5}
    (tmp_path / "a-2.json").write_text(json.dumps(row))
    known = {"a": [{"seed": 1, "steps": 4}, {"seed": 2, "steps": 4}], "z": [{"seed": 1}]}
    found = shared.gather(tmp_path, ["c", "b", "a"], lambda name: (1, 2, 3), known)
    assert found == {"a": [{"seed": 1, "steps": 4}, row]}


def test_results_are_written_a_row_on_a_line(tmp_path):
    results = {
        "about": {"a": 1},
        "costs": {"x": {"wall": 1}, "y": {}},
        "runs": {"x": [{"seed": 1}, {"seed": 2}], "y": [{}]},
    }
    path = tmp_path / "results.json"
    shared.write(path, results)
    assert shared.read(path, {}) == results and len(path.read_text().splitlines()) == 16
    assert shared.read(tmp_path / "none.json", {"runs": {}}) == {"runs": {}}
    kept = ROOT / "notebooks" / "results" / "minute.json"
    shared.write(path, shared.read(kept, {}))
    assert path.read_text() == kept.read_text("utf-8")


def test_the_runs_go_seed_by_seed(trials):
    order = command.order(trials)
    assert len(set(order)) == len(order) == 16 + 5 * (len(trials.TRIALS) - 1)
    assert set(order) == {pair for name in trials.TRIALS for pair in product([name], trials.seeds_of(name))}
    assert order[:5] == [*(("baseline", seed) for seed in (1, 6, 11, 16)), ("smoothed", 1)]
    assert [seed for name, seed in order if name == "noisy"] == list(trials.SEEDS)


# --- What is published


@pytest.fixture(scope="module")
def published():
    return json.loads((ROOT / "notebooks" / "results" / "trials.json").read_text("utf-8"))["runs"]


def test_every_trial_has_its_seeds(trials, published):
    assert list(published) == list(trials.TRIALS)
    for name, rows in published.items():
        assert [row["seed"] for row in rows] == list(trials.seeds_of(name)), name
        assert {row["steps"] for row in rows} == {trials.STEPS}, name


def test_what_the_lesson_says_of_the_tricks_is_so(judgements, published):
    """Its prose; what its code says follows from the file."""
    found = judgements.judge(published)
    assert len(found) == 29
    verdicts = {name: one.verdict for name, one in found.items()}
    # Freezing is to blame, and not BN in D; a piece of the list is right, another wrong.
    assert verdicts["d_norm"] != "hurts" and verdicts["d_norm_frozen"] == "hurts"
    advised, against = (
        [verdicts[name] for name in names] for names in (judgements.ADVISED, judgements.ADVISED_AGAINST)
    )
    assert "hurts" in advised or "pays" in against
    assert "pays" in advised or "hurts" in against
    # The trick at the top of the lesson is one of which a learner's two trainings say nothing.
    usual, noisy = (np.array([row["measures"]["frechet"] for row in published[name]]) for name in ("baseline", "noisy"))
    assert 0.1 < np.mean(noisy[:, np.newaxis] < usual) < 0.9
    assert {"pays", "hurts", "unclear"} == set(verdicts.values())
