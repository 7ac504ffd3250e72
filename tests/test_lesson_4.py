"""Lesson 4 and the published experiment: the lesson's code is the experiment's, its verdict is in the raw results."""

import json
from itertools import combinations

import nbformat
import numpy as np
import pytest
from PIL import Image

from course_utils import data, evaluation, setup
from tools.build import LANGUAGES, ROOT, notebook_path
from tools.excerpt import names_of

LESSON = "04_chatgpt_vs_handmade"
RESULTS = ROOT / "notebooks" / "results"
RIVALS = ("chatgpt", "handmade")


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", LESSON)


@pytest.fixture(scope="module")
def results():
    return json.loads((RESULTS / "experiment.json").read_text("utf-8"))


def finals(results, network, measure="frechet"):
    return [run["measured"][-1][measure] for run in results["runs"] if run["network"] == network]


# --- The raw results


def test_each_rival_has_the_five_seeds_that_the_text_speaks_of_and_ten_epochs_measured_by_one_judge(results):
    steps = results["about"]["steps_per_epoch"]
    for network in RIVALS:
        runs = [run for run in results["runs"] if run["network"] == network]
        assert [run["seed"] for run in runs] == [1, 2, 3, 4, 5]
        for run in runs:
            assert run["data"] == "mnist" and run["versions"]["tensorflow"]
            assert run["measured"][-1]["step"] >= 10 * steps
            assert [row["step"] for row in run["measured"]] == [row["step"] for row in runs[0]["measured"]]
    assert len({run["judge"] for run in results["runs"]}) == 1


def test_every_number_is_possible(results):
    for run in results["runs"]:
        for row in run["measured"]:
            assert np.isfinite(list(row.values())).all() and row["frechet"] > 0 and row["seconds"] > 0
            assert all(0 <= row[name] <= 1 for name in ("precision", "recall", "confident")) and row["rarest"] <= 0.1
        distances = [row["frechet"] for row in run["measured"]]
        assert distances[-1] < distances[0] / 5  # it has learnt


def test_each_run_of_a_rival_has_its_picture(results):
    for network in RIVALS:
        pictures = [RESULTS / f"{network}-{seed}.png" for seed in range(1, len(finals(results, network)) + 1)]
        arrays = [np.asarray(Image.open(path)) for path in pictures]
        assert all(array.shape == (8 * 29 - 1, 8 * 29 - 1) and array.std() > 30 for array in arrays)
        assert len({array.tobytes() for array in arrays}) == len(arrays)


def test_every_rung_of_the_ladder_was_run(results):
    from course_utils import experiment

    for network in experiment.LADDER:
        assert max(experiment.steps_of(results["runs"], network)) >= 5 * results["about"]["steps_per_epoch"]
        assert len(finals(results, network)) >= 4


def test_the_ladder_is_measured_where_its_ends_differ_as_the_text_says(results):
    from course_utils import experiment

    step = min(experiment.steps_of(results["runs"], network)[-1] for network in experiment.LADDER)
    assert step < experiment.steps_of(results["runs"], "handmade")[-1]
    ends = [list(experiment.values_of(results["runs"], network, step).values()) for network in RIVALS]
    assert experiment.verdict(*ends) != "unclear"


# --- The verdict, recomputed without the course's code


def recomputed_verdict(results):
    a, b = (np.array(finals(results, network)) for network in RIVALS[::-1])
    rng = np.random.default_rng(99)
    rounds = rng.integers(0, len(a), (20_000, len(a))), rng.integers(0, len(b), (20_000, len(b)))
    differences = a[rounds[0]].mean(axis=1) - b[rounds[1]].mean(axis=1)
    low, high = np.percentile(differences, [2.5, 97.5])
    together, gap = np.concatenate([a, b]), abs(a.mean() - b.mean())
    ways = [np.isin(np.arange(len(together)), way) for way in combinations(range(len(together)), len(a))]
    p = np.mean([abs(together[way].mean() - together[~way].mean()) >= gap - 1e-9 for way in ways])
    return ("unclear" if p > 0.05 or low <= 0 <= high else "wins" if high < 0 else "loses"), low, high, p


def test_the_verdict_is_in_the_raw_file(results):
    from course_utils import experiment

    expected, low, high, p = recomputed_verdict(results)
    a, b = finals(results, "handmade"), finals(results, "chatgpt")
    assert experiment.verdict(a, b) == expected
    assert np.isclose(experiment.permutation_test(a, b), p)
    assert np.allclose(experiment.bootstrap(a, b), (low, high), atol=0.1)


SENTENCES = {
    "es": {"wins": "La hecha a mano gana", "loses": "La hecha a mano pierde", "unclear": "No se puede saber"},
    "en": {
        "wins": "The handmade network wins",
        "loses": "The handmade network loses",
        "unclear": "There is no telling",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_notebook_prints_that_verdict(language, results):
    from course_utils import experiment

    notebook = nbformat.read(notebook_path(ROOT, language, LESSON), as_version=4)
    printed = "".join(
        output.get("text", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream"
    )
    expected, _, _, p = recomputed_verdict(results)
    found = [kind for kind, sentence in SENTENCES[language].items() if sentence in printed]
    assert found == [expected]
    low, high = experiment.bootstrap(finals(results, "handmade"), finals(results, "chatgpt"))
    assert f"{low:+.2f}" in printed and f"{high:+.2f}" in printed and f"p = {p:.3f}" in printed


# --- The lesson's code


def test_the_networks_of_the_lesson_are_the_ends_of_the_ladder():
    from course_utils import experiment

    lesson = names_of(LESSON, "chatgpt_networks", "handmade_networks")
    for network in RIVALS:
        ours = experiment.make_networks(**experiment.LADDER[network])
        for model, own in zip(lesson[f"{network}_networks"](), ours, strict=True):
            assert [type(layer) for layer in model.layers] == [type(layer) for layer in own.layers]
            for layer, other in zip(model.layers, own.layers, strict=True):
                settings, others = layer.get_config(), other.get_config()
                assert {**settings, "name": 0} == {**others, "name": 0}


def test_the_lesson_trains_and_measures_as_the_experiment_does(tmp_path, monkeypatch):
    from course_utils import experiment, training

    digits = data.load("digits")
    judge = evaluation.Judge(evaluation.make_judge(), 0.9, "digits")
    reference = experiment.real_images(digits)[0]
    names = names_of(LESSON, "chatgpt_networks", "new_game", "measure_now", "compete")
    names |= {"data": data, "evaluation": evaluation, "experiment": experiment, "training": training}
    names |= {"dataset": digits, "judge": judge, "real": judge.look(reference), "count": len(reference)}
    for function in ("new_game", "measure_now", "compete"):
        names[function].__globals__.update(names)

    class Ticker:
        def tick(self, label):
            pass

    here = names["compete"]("chatgpt", names["chatgpt_networks"], 2, (1, 2), Ticker())
    monkeypatch.setattr(experiment, "STEPS_PER_EPOCH", 2)
    there = experiment.run("chatgpt", 2, 1, digits, judge, tmp_path, moments=(1, 2))
    for mine, kept in zip(here["measured"], there["measured"], strict=True):
        assert mine.keys() == kept.keys() - {"seconds"}
        assert all(np.isclose(mine[name], kept[name], atol=1e-4) for name in mine), (mine, kept)
