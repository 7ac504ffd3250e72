"""Lesson 4 and the published experiment: the lesson's code is the experiment's, its verdict is in the raw results."""

import json
from functools import cache
from itertools import combinations, pairwise

import nbformat
import numpy as np
import pytest
from PIL import Image
from scipy import stats

from course_utils import data, evaluation, setup, statistics
from tools.course import LANGUAGES, ROOT, notebook_path

LESSON = "04_chatgpt_vs_handmade"
RESULTS = ROOT / "notebooks" / "results"
RIVALS = ("chatgpt", "handmade")


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", LESSON)


# name of the file -> its seeds, and the last step that all runs of both rivals reached
FILES = {"experiment": (range(1, 6), 10 * 468), "experiment_long": (range(1, 8), 25 * 468)}
FILES |= {"experiment_again": (range(8, 15), 30 * 468)}
MEASURES = {"frechet": -1, "kernel": -1, "precision": 1, "recall": 1, "confident": 1, "rarest": 1}


def runs_of(name):
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))["runs"]


def of_rivals(name):
    return [run for run in runs_of(name) if run["network"] in RIVALS]


def values(runs, network, step, measure="frechet", judge=None):
    rows = [row for run in runs if run["network"] == network for row in run["measured"] if row["step"] == step]
    return np.array([(row["others"][judge] if judge else row)[measure] for row in rows])


# --- The raw results


@pytest.mark.parametrize("name", FILES)
def test_each_rival_has_its_seeds_measured_at_the_same_moments_by_one_judge(name):
    seeds, last = FILES[name]
    runs = of_rivals(name)
    for network in RIVALS:
        own = [run for run in runs if run["network"] == network]
        assert [run["seed"] for run in own] == list(seeds)
        reached = set.intersection(*({row["step"] for row in run["measured"]} for run in own))
        assert last in reached and all(run["data"] == "mnist" and run["versions"]["tensorflow"] for run in own)
    assert len({run["judge"] for run in runs}) == 1
    assert name == "experiment" or all("H100" in run["devices"][0] for run in runs)


@pytest.mark.parametrize("name", FILES)
def test_every_number_is_possible(name):
    for run in runs_of(name):
        for row in run["measured"]:
            measures = {name: value for name, value in row.items() if name != "others"}
            assert np.isfinite(list(measures.values())).all() and row["frechet"] > 0 and row["seconds"] > 0
            assert all(0 <= row[name] <= 1 for name in ("precision", "recall", "confident")) and row["rarest"] <= 0.1
        distances = [row["frechet"] for row in run["measured"]]
        assert distances[-1] < distances[0] / 5  # it has learnt


def test_each_run_of_thirty_epochs_has_its_picture():
    pictures = [RESULTS / f"{network}-{seed}.png" for network in RIVALS for seed in FILES["experiment_again"][0]]
    arrays = [np.asarray(Image.open(path)) for path in pictures]
    assert all(array.shape == (8 * 29 - 1, 8 * 29 - 1) and array.std() > 30 for array in arrays)
    assert len({array.tobytes() for array in arrays}) == len(arrays)
    assert {path.name for path in RESULTS.glob("*-*.png")} == {path.name for path in pictures}


def test_every_rung_of_the_ladder_has_seven_seeds_and_seven_moments():
    from course_utils.experiments import rivals, verdicts

    runs = runs_of("experiment_again")
    assert {network: len(values(runs, network, 7 * 468)) for network in rivals.LADDER} == dict.fromkeys(
        rivals.LADDER, 7
    )
    changes = verdicts.changes(runs)
    assert len(changes) == 35 and max(change.step for change in changes) == 7 * 468


# --- The verdicts, recomputed without the course's code


@cache
def ways_to_deal(count, n):
    """Return each way to choose n of so many as a row of True and False."""
    return np.array([np.isin(np.arange(count), way) for way in combinations(range(count), n)])


def recomputed(a, b):
    """Return means, Welch's interval and the p-value of all ways to deal the values out."""
    together, n = np.concatenate([a, b]), len(a)
    ways = ways_to_deal(len(together), n)
    gaps = (ways @ together) / n - (~ways @ together) / len(b)
    p = np.mean(np.abs(gaps) >= abs(a.mean() - b.mean()) - 1e-12)
    found = stats.ttest_ind(a, b, equal_var=False)
    return (a.mean(), b.mean()), found.confidence_interval(0.95), p, found.pvalue


@pytest.mark.parametrize("name", FILES)
def test_every_verdict_of_the_lesson_is_in_the_raw_file(name):
    from course_utils.experiments import results, verdicts

    runs, far_apart = of_rivals(name), 0
    for step in set(results.steps_of(runs, "handmade")) & set(results.steps_of(runs, "chatgpt")):
        for measure, sign in MEASURES.items():
            a, b = (values(runs, network, step, measure) for network in RIVALS[::-1])
            found = verdicts.compare(runs, step, measure)
            if a.std() == b.std() == 0:
                assert found.p == 1 and not found.winner
                continue
            means, interval, p, welch = recomputed(a, b)
            assert found.means == pytest.approx(means) and found.interval == pytest.approx(interval)
            assert found.p == pytest.approx(p, abs=1e-9)
            better = "handmade" if sign * (means[0] - means[1]) > 0 else "chatgpt"
            assert found.winner == (better if p <= 0.05 else "")
            if welch < 0.001:  # where the t-test sees it clearly, the permutations do
                far_apart += 1
                assert found.winner
    assert far_apart >= 3


def test_the_ladder_is_in_the_raw_file():
    from course_utils.experiments import rivals, verdicts

    runs, names = runs_of("experiment_again"), list(rivals.LADDER)
    steps = sorted({row["step"] for run in runs for row in run["measured"] if row["step"] <= 7 * 468})
    expected = {}
    for before, after in pairwise(names):
        for step in steps:
            (new, old), _, p, _ = recomputed(values(runs, after, step), values(runs, before, step))
            expected[after, step] = new - old, p
    order = sorted(expected, key=lambda change: expected[change][1])
    corrected, largest = {}, 0.0
    for rank, change in enumerate(order):
        largest = corrected[change] = max(largest, min(1, expected[change][1] * (len(order) - rank)))
    for change in verdicts.changes(runs):
        effect, p = expected[change.after, change.step]
        assert (change.effect, change.p) == pytest.approx((effect, p), abs=1e-9)
        assert change.corrected == pytest.approx(corrected[change.after, change.step], abs=1e-9)


# --- What the text says of them


def test_what_the_text_says_of_the_first_experiment():
    a, b = (values(of_rivals("experiment"), network, 10 * 468) for network in RIVALS[::-1])
    assert sum(x < y for x in a for y in b) == 21  # of 25: the other one in six
    assert recomputed(a, b)[2] == pytest.approx(38 / 252)
    assert recomputed(a[1:], b)[2] == pytest.approx(0.008, abs=5e-4)  # without seed 1
    for left in range(1, 5):
        assert recomputed(np.delete(a, left), b)[2] > 0.05
    for epochs, winner in ((0.5, 1), (5, 0), (7, 0)):
        means, _, p, _ = recomputed(*(values(of_rivals("experiment"), n, epochs * 468) for n in RIVALS[::-1]))
        assert p <= 0.05 and np.argmin(means) == winner, epochs
    ladder = {step: values(runs_of("experiment"), "direct", step).mean() for step in (3 * 468, 5 * 468)}
    before = {step: values(runs_of("experiment"), "kernels", step).mean() for step in ladder}
    assert [round(ladder[step] - before[step], 2) for step in ladder] == [-10.46, 2.22]


def test_what_the_text_says_of_the_long_experiment():
    runs, last = of_rivals("experiment_long"), 25 * 468
    winners, p_values = {}, {}
    for measure, sign in MEASURES.items():
        a, b = (sign * values(runs, network, last, measure) for network in RIVALS[::-1])
        p = recomputed(a, b)[2]
        p_values[measure] = p
        winners[measure] = "?" if p > 0.05 else "handmade" if a.mean() > b.mean() else "chatgpt"
    assert winners == {
        **dict.fromkeys(("frechet", "kernel", "recall", "confident"), "handmade"),
        "precision": "chatgpt",
        "rarest": "?",
    }
    assert sorted(p_values, key=p_values.get)[-2] == "precision"  # Holm multiplies it by 2
    assert 2 * p_values["precision"] == pytest.approx(0.04, abs=0.001)
    a, b = (values(runs, network, last) for network in RIVALS[::-1])
    assert a.max() < b.min()  # no overlap
    for step, winner in ((2, 1), (5, 0), (7, 0), (10, 0), (15, 0), (20, 0), (25, 0)):
        means, _, p, _ = recomputed(*(values(runs, network, step * 468) for network in RIVALS[::-1]))
        assert p <= 0.05 and np.argmin(means) == winner, step
    precisions = [recomputed(*(values(runs, n, e * 468, "precision") for n in RIVALS[::-1])) for e in (1, 10)]
    assert [(found[0][0] > found[0][1], found[2] <= 0.05) for found in precisions] == [(True, True), (False, True)]


def test_what_the_text_says_of_the_repetition():
    from course_utils.experiments import verdicts

    runs, step = of_rivals("experiment_again"), 25 * 468
    judges = [None, *verdicts.judges_of(runs, step)]
    assert len(judges) == 4
    for judge in judges:
        for measure in ("frechet", "kernel", "recall"):
            a, b = (MEASURES[measure] * values(runs, network, step, measure, judge) for network in RIVALS[::-1])
            assert a.mean() > b.mean() and recomputed(a, b)[2] <= 0.05, (judge, measure)
        a, b = (values(runs, network, step, "precision", judge) for network in RIVALS[::-1])
        assert recomputed(a, b)[2] > 0.5
    assert recomputed(*(values(runs, n, step, "precision") for n in RIVALS))[2] == pytest.approx(0.65, abs=0.005)
    ahead = {
        values(runs, "handmade", step, "precision", j).mean() > values(runs, "chatgpt", step, "precision", j).mean()
        for j in judges
    }
    assert ahead == {True, False}
    for network in RIVALS:
        means = [values(runs, network, step, judge=judge).mean() for judge in judges]
        assert 1.04 < max(means) / min(means) < 1.1
    a, b = (values(runs, network, 30 * 468) for network in RIVALS[::-1])
    assert recomputed(a, b)[2] == pytest.approx(2 / 3432) and a.max() < b.min()  # all 49 pairs
    low, high = recomputed(*(values(runs, network, step, "precision") for network in RIVALS[::-1]))[1]
    assert (round(100 * low, 1), round(100 * high, 1)) == (-3.3, 2.2)


def test_what_the_text_says_of_the_ladder():
    from course_utils.experiments import verdicts

    changes = verdicts.changes(runs_of("experiment_again"))
    proven = {(change.after, change.step // 468): change.effect for change in changes if change.corrected <= 0.05}
    later = {change: effect for change, effect in proven.items() if change[1] >= 1}
    assert set(later) == {("norm", 5), ("norm", 7), ("dropout", 5), ("kernels", 5), ("kernels", 7)}
    assert later["norm", 7] == min(change.effect for change in changes if change.step == 7 * 468)
    assert later["dropout", 5] > 0 > later["kernels", 5]
    last = {change.step // 468: change for change in changes if change.after == "direct"}
    assert last[3].effect < -6 and last[5].effect > 0 and max(last[3].p, last[5].p) <= 0.05


def test_what_the_text_says_of_the_blot():
    (stuck,) = [run for run in runs_of("tutorials") if run["network"] == "E_frozen"]
    (third,) = [row for row in stuck["measured"] if row["step"] == stuck["steps"] // 3]
    assert round(third["precision"], 2) == 0.98 and third["recall"] == 0 and third["frechet"] > 100
    assert third["confident"] > 0.995


def printed_by(language):
    notebook = nbformat.read(notebook_path(ROOT, language, LESSON), as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


VERDICTS = {"experiment": 10 * 468, "experiment_long": 25 * 468, "experiment_again": 30 * 468}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_notebook_prints_these_verdicts(language):
    printed = printed_by(language)
    for name, step in VERDICTS.items():
        (mine, theirs), (low, high), p, _ = recomputed(*(values(of_rivals(name), n, step) for n in RIVALS[::-1]))
        assert p > 0.05 or mine < theirs
        who = (
            ("No se puede saber quién gana", "Gana: hecha a mano"),
            ("There is no telling who wins", "Winner: handmade"),
        )
        sentence = who[int(language == "en")][int(p <= 0.05)]
        between = f"{low:+.2f} a {high:+.2f}" if language == "es" else f"{low:+.2f} to {high:+.2f}"
        assert [
            line for line in printed.splitlines() if sentence in line and f"p = {p:.4f}" in line and between in line
        ]


# --- What else the lesson uses


def test_the_balls_that_hold_fakes_are_those_that_precision_counts():
    rng = np.random.default_rng(2)
    real, fake = rng.normal(size=(60, 3)), rng.normal(1.5, 0.7, (40, 3))
    held = evaluation.held_by(real, fake)
    for index, centre in enumerate(real):
        radius = np.sort(np.linalg.norm(real - centre, axis=1))[3]
        assert held[index] == (np.linalg.norm(fake - centre, axis=1) <= radius).sum()
    assert 0 < held.max() < 40


# --- The lesson's code


def test_the_networks_of_the_lesson_are_the_ends_of_the_ladder():
    from course_utils.experiments import rivals
    from course_utils.lessons import lesson_4

    for network, make_networks in zip(RIVALS, (lesson_4.chatgpt_networks, lesson_4.handmade_networks), strict=True):
        ours = rivals.make_networks(**rivals.LADDER[network])
        for model, own in zip(make_networks(), ours, strict=True):
            assert [type(layer) for layer in model.layers] == [type(layer) for layer in own.layers]
            for layer, other in zip(model.layers, own.layers, strict=True):
                settings, others = layer.get_config(), other.get_config()
                assert {**settings, "name": 0} == {**others, "name": 0}


def test_the_lesson_trains_and_measures_as_the_experiment_does(tmp_path, monkeypatch):
    import keras

    from course_utils.experiments import rivals, runner
    from course_utils.lessons import lesson_3, lesson_4

    digits = data.load("digits")
    judge = evaluation.Judge(evaluation.make_judge(), 0.9, "digits")
    reference = evaluation.real_images(digits)[0]
    # What is measured has tests of its own; here the means of some features are enough.
    few = ("frechet", "kernel", "precision", "recall")
    monkeypatch.setattr(
        evaluation, "measure", lambda seen, real: dict(zip(few, map(float, seen.features.mean(axis=0)), strict=False))
    )
    names = {"keras": keras, "data": data, "evaluation": evaluation, "lesson_3": lesson_3, "title_of": rivals.title_of}
    names |= {"dataset": digits, "judge": judge, "real": judge.look(reference), "count": len(reference)}
    notebook = nbformat.read(notebook_path(ROOT, "en", LESSON), as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.cell_type == "code" and "def compete(" in cell.source]
    exec(cell.source, names)

    class Ticker:
        def tick(self, label):
            pass

    here = names["compete"]("chatgpt", lesson_4.chatgpt_networks, 2, (1, 2), Ticker())
    monkeypatch.setattr(runner, "STEPS_PER_EPOCH", 2)
    there = runner.run("chatgpt", 2, 1, digits, judge, tmp_path, moments=(1, 2))
    for mine, kept in zip(here["measured"], there["measured"], strict=True):
        assert mine.keys() == kept.keys() - {"seconds"}
        assert all(np.isclose(mine[name], kept[name], atol=1e-4) for name in mine), (mine, kept)


def test_the_splits_of_the_lesson_give_the_p_value():
    from course_utils.lessons import lesson_4

    for sizes in ((5, 5), (4, 6)):
        a, b = np.random.default_rng(3).normal(size=sizes[0]), np.random.default_rng(4).normal(1, 1, sizes[1])
        gaps = lesson_4.split_gaps(a, b)
        p = np.mean(np.abs(gaps) >= abs(a.mean() - b.mean()) - 1e-12)
        assert p == pytest.approx(statistics.permutation_test(a, b))
