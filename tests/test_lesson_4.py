"""Lesson 4 and the published experiment: the lesson's code is the experiment's, its verdict is in the raw results."""

import json
from itertools import combinations

import nbformat
import numpy as np
import pytest
from PIL import Image

from course_utils import data, evaluation, setup, statistics
from tools.course import LANGUAGES, ROOT, notebook_path

LESSON = "04_chatgpt_vs_handmade"
RESULTS = ROOT / "notebooks" / "results"
RIVALS = ("chatgpt", "handmade")


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", LESSON)


@pytest.fixture(scope="module")
def published():
    return json.loads((RESULTS / "experiment.json").read_text("utf-8"))


def finals(published, network, measure="frechet"):
    return [run["measured"][-1][measure] for run in published["runs"] if run["network"] == network]


# --- The raw results


def test_each_rival_has_the_five_seeds_that_the_text_speaks_of_and_ten_epochs_measured_by_one_judge(published):
    steps = published["about"]["steps_per_epoch"]
    for network in RIVALS:
        runs = [run for run in published["runs"] if run["network"] == network]
        assert [run["seed"] for run in runs] == [1, 2, 3, 4, 5]
        for run in runs:
            assert run["data"] == "mnist" and run["versions"]["tensorflow"]
            assert run["measured"][-1]["step"] >= 10 * steps
            assert [row["step"] for row in run["measured"]] == [row["step"] for row in runs[0]["measured"]]
    assert len({run["judge"] for run in published["runs"]}) == 1


def test_every_number_is_possible(published):
    for run in published["runs"]:
        for row in run["measured"]:
            assert np.isfinite(list(row.values())).all() and row["frechet"] > 0 and row["seconds"] > 0
            assert all(0 <= row[name] <= 1 for name in ("precision", "recall", "confident")) and row["rarest"] <= 0.1
        distances = [row["frechet"] for row in run["measured"]]
        assert distances[-1] < distances[0] / 5  # it has learnt


def test_each_run_of_a_rival_has_its_picture(published):
    for network in RIVALS:
        pictures = [RESULTS / f"{network}-{seed}.png" for seed in range(1, len(finals(published, network)) + 1)]
        arrays = [np.asarray(Image.open(path)) for path in pictures]
        assert all(array.shape == (8 * 29 - 1, 8 * 29 - 1) and array.std() > 30 for array in arrays)
        assert len({array.tobytes() for array in arrays}) == len(arrays)


def test_every_rung_of_the_ladder_was_run(published):
    from course_utils.experiments import results, rivals

    for network in rivals.LADDER:
        assert max(results.steps_of(published["runs"], network)) >= 5 * published["about"]["steps_per_epoch"]
        assert len(finals(published, network)) >= 4


def test_the_ladder_is_measured_where_its_ends_differ_as_the_text_says(published):
    from course_utils.experiments import results, rivals

    step = min(results.steps_of(published["runs"], network)[-1] for network in rivals.LADDER)
    assert step < results.steps_of(published["runs"], "handmade")[-1]
    ends = [list(results.values_of(published["runs"], network, step).values()) for network in RIVALS]
    assert statistics.verdict(*ends) != "unclear"


# --- The verdict, recomputed without the course's code


def recomputed_verdict(published):
    a, b = (np.array(finals(published, network)) for network in RIVALS[::-1])
    rng = np.random.default_rng(99)
    rounds = rng.integers(0, len(a), (20_000, len(a))), rng.integers(0, len(b), (20_000, len(b)))
    differences = a[rounds[0]].mean(axis=1) - b[rounds[1]].mean(axis=1)
    low, high = np.percentile(differences, [2.5, 97.5])
    together, gap = np.concatenate([a, b]), abs(a.mean() - b.mean())
    ways = [np.isin(np.arange(len(together)), way) for way in combinations(range(len(together)), len(a))]
    p = np.mean([abs(together[way].mean() - together[~way].mean()) >= gap - 1e-9 for way in ways])
    return ("unclear" if p > 0.05 or low <= 0 <= high else "wins" if high < 0 else "loses"), low, high, p


def test_the_verdict_is_in_the_raw_file(published):
    expected, low, high, p = recomputed_verdict(published)
    a, b = finals(published, "handmade"), finals(published, "chatgpt")
    assert statistics.verdict(a, b) == expected
    assert np.isclose(statistics.permutation_test(a, b), p)
    assert np.allclose(statistics.bootstrap(a, b), (low, high), atol=0.1)


SENTENCES = {
    "es": {"wins": "La hecha a mano gana", "loses": "La hecha a mano pierde", "unclear": "No se puede saber"},
    "en": {
        "wins": "The handmade network wins",
        "loses": "The handmade network loses",
        "unclear": "There is no telling",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_notebook_prints_that_verdict(language, published):
    notebook = nbformat.read(notebook_path(ROOT, language, LESSON), as_version=4)
    printed = "".join(
        output.get("text", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream"
    )
    expected, _, _, p = recomputed_verdict(published)
    found = [kind for kind, sentence in SENTENCES[language].items() if sentence in printed]
    assert found == [expected]
    low, high = statistics.bootstrap(finals(published, "handmade"), finals(published, "chatgpt"))
    assert f"{low:+.2f}" in printed and f"{high:+.2f}" in printed and f"p = {p:.3f}" in printed


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


def test_the_p_value_of_the_lesson_is_that_of_the_experiment(published):
    from course_utils.lessons import lesson_4

    a, b = finals(published, "handmade"), finals(published, "chatgpt")
    assert np.isclose(lesson_4.p_value(a, b), statistics.permutation_test(a, b))
