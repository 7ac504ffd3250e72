"""The experiment of lesson 4: its networks, its runs that can be killed, its verdict, its file."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from itertools import pairwise

import numpy as np
import pytest

from course_utils import data, evaluation, folders, setup, statistics
from course_utils.language import LANGUAGES, CourseError, set_language
from tools.course import ROOT

LESSON = "04_chatgpt_vs_handmade"


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", LESSON)


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture(scope="module")
def judge():
    return evaluation.Judge(evaluation.make_judge(), 0.9, "digits")  # an untrained judge measures too


# --- The networks


def shapes(model):
    return [(type(layer).__name__, layer.output.shape[1:]) for layer in model.layers]


def test_the_handmade_networks_are_those_of_lesson_2():
    from course_utils.experiments import rivals
    from course_utils.lessons import lesson_2

    generator, discriminator = rivals.make_networks(**rivals.HANDMADE)
    assert shapes(generator) == shapes(lesson_2.make_generator())
    assert generator.count_params() == 452_801 and discriminator.count_params() == 41_729
    assert shapes(discriminator) == shapes(lesson_2.make_discriminator())
    assert discriminator.layers[-1].activation.__name__ == "linear"


def test_the_assistant_s_networks_are_those_that_the_tutorial_prints():
    from course_utils.experiments import rivals

    generator, discriminator = rivals.make_networks(**rivals.CHATGPT)
    assert shapes(generator) == [
        ("Dense", (3136,)),
        ("LeakyReLU", (3136,)),
        ("Reshape", (7, 7, 64)),
        ("Conv2DTranspose", (14, 14, 64)),
        ("LeakyReLU", (14, 14, 64)),
        ("Conv2DTranspose", (28, 28, 32)),
        ("LeakyReLU", (28, 28, 32)),
        ("Conv2D", (28, 28, 1)),
    ]
    assert [layer.kernel_size for layer in generator.layers if hasattr(layer, "kernel_size")] == [(3, 3)] * 3
    assert shapes(discriminator) == [
        ("Conv2D", (14, 14, 32)),
        ("LeakyReLU", (14, 14, 32)),
        ("Conv2D", (7, 7, 64)),
        ("LeakyReLU", (7, 7, 64)),
        ("Flatten", (3136,)),
        ("Dense", (1,)),
    ]


def test_each_rung_of_the_ladder_changes_one_thing():
    from course_utils.experiments import rivals

    rungs = list(rivals.LADDER.values())
    assert rungs[0] == rivals.CHATGPT and rungs[-1] == rivals.HANDMADE
    changes = [[name for name in below if below[name] != above[name]] for below, above in pairwise(rungs)]
    assert changes == [["norm"], ["dropout"], ["kernels"], ["direct"], ["base", "d_filters"]]
    for settings in rungs:
        generator, discriminator = rivals.make_networks(**settings)
        assert generator.output_shape == (None, 28, 28, 1) and discriminator.output_shape == (None, 1)
        assert rivals.title_of("norm")


def test_multiplications_are_counted_as_by_hand():
    from course_utils import costs
    from course_utils.experiments import rivals

    generator, discriminator = rivals.make_networks(**rivals.HANDMADE)
    counts = [count for count in costs.multiplications(generator) if count]
    assert counts == [50 * 6272, 49 * 128 * 64 * 16, 196 * 64 * 16]
    counts = [count for count in costs.multiplications(discriminator) if count]
    assert counts == [196 * 64 * 25, 49 * 64 * 64 * 9, 3136]


# --- Runs


class Killed(Exception):
    """The machine is switched off."""


@pytest.fixture
def short(monkeypatch):
    from course_utils.experiments import rivals, runner

    monkeypatch.setattr(runner, "STEPS_PER_EPOCH", 2)
    monkeypatch.setattr(runner, "BATCH_SIZE", 16)
    narrow = rivals.HANDMADE | {"base": 8, "d_filters": 8}
    monkeypatch.setitem(rivals.LADDER, "handmade", narrow)
    # What is measured has tests of its own; here a number that tells images apart is enough.
    monkeypatch.setattr(evaluation, "measure", lambda seen, real: {"frechet": float(seen.features.sum())})
    return runner


def without_seconds(record):
    return record | {"measured": [row | {"seconds": 0} for row in record["measured"]]}


@pytest.mark.stress
def test_a_run_killed_at_any_moment_ends_with_the_same_record(short, digits, judge, tmp_path, monkeypatch):
    from course_utils import checkpoints

    options = {"moments": (1, 2, 4, 6)}
    whole = short.run("handmade", 3, 3, digits, judge, tmp_path / "whole", **options)
    assert [row["step"] for row in whole["measured"]] == [1, 2, 4, 6]
    assert whole["versions"]["keras"] and whole["judge"] == judge.fingerprint

    save = checkpoints.save

    def kill(*_):
        raise Killed

    def killed_before_the_checkpoint(step):
        def save_or_die(manager):
            if int(manager.checkpoint.step) == step:
                raise Killed
            return save(manager)

        return save_or_die

    folder = tmp_path / "killed"
    for where in (killed_before_the_checkpoint(1), killed_before_the_checkpoint(4)):
        monkeypatch.setattr(checkpoints, "save", where)
        with pytest.raises(Killed):
            short.run("handmade", 3, 3, digits, judge, folder, **options)
    monkeypatch.setattr(checkpoints, "save", save)
    with pytest.raises(Killed):
        short.run("handmade", 3, 3, digits, judge, folder, say=kill, **options)
    resumed = short.run("handmade", 3, 3, digits, judge, folder, **options)
    assert without_seconds(resumed) == without_seconds(whole)
    assert (folder / "grid.png").read_bytes() == (tmp_path / "whole" / "grid.png").read_bytes()

    # Complete: nothing is trained again. With more epochs it goes on.
    assert short.run("handmade", 3, 3, digits, judge, folder, **options) == resumed
    longer = short.run("handmade", 3, 4, digits, judge, folder, **options)
    assert (
        without_seconds(longer)["measured"][:4] == without_seconds(whole)["measured"]
        and longer["measured"][-1]["step"] == 8
    )


def test_other_judges_measure_the_last_moments_and_the_device_is_named(short, digits, judge, tmp_path, monkeypatch):
    from course_utils import backend

    monkeypatch.setattr(short, "ALL_MOMENTS", (1, 2, 3, 4))
    other = evaluation.Judge(evaluation.make_judge(seed=5), 0.9, "digits")
    record = short.run("handmade", 3, 2, digits, judge, tmp_path, moments=short.ALL_MOMENTS, others=[other, judge])
    rows = record["measured"]
    assert ["others" in row for row in rows] == [False, False, True, True]
    for row in rows[2:]:
        assert set(row["others"]) == {other.fingerprint, judge.fingerprint}
        assert row["others"][judge.fingerprint]["frechet"] == row["frechet"]
        assert row["others"][other.fingerprint]["frechet"] != row["frechet"]
    assert record["devices"] == [backend.device()]


def test_other_seeds_give_other_results_and_another_judge_is_refused(short, digits, judge, tmp_path):
    results = [short.run("handmade", s, 1, digits, judge, tmp_path / f"{s}", moments=(2,)) for s in (1, 2)]
    assert results[0]["measured"] != results[1]["measured"]
    other = evaluation.Judge(evaluation.make_judge(seed=5), 0.9, "digits")
    with pytest.raises(CourseError, match="another judge"):
        short.run("handmade", 1, 1, digits, other, tmp_path / "1", moments=(2,))
    (tmp_path / "1" / "record.json").write_text('{"network": "hand')
    with pytest.raises(CourseError, match="damaged"):
        short.run("handmade", 1, 1, digits, judge, tmp_path / "1", moments=(2,))


def test_real_images_are_apart_from_one_another(digits):
    reference, others, labels = evaluation.real_images(digits)
    assert len(reference) == len(others) == len(labels) == 750
    seen = {image.tobytes() for image in reference}
    assert sum(image.tobytes() in seen for image in others) == 0
    large = digits._replace(x_test=np.repeat(digits.x_test, 4, axis=0))
    reference, others, labels = evaluation.real_images(large, 600)
    assert np.array_equal(reference, large.x_test[:600]) and len(others) == len(labels) == 1200
    place = {image.tobytes(): label for image, label in zip(digits.x_train, digits.y_train, strict=True)}
    assert all(place[image.tobytes()] == label for image, label in zip(others, labels, strict=True))


# --- The verdict


def test_the_interval_is_that_of_the_normal_distribution_where_there_are_many_values():
    rng = np.random.default_rng(1)
    a, b = rng.normal(3, 2, 800), rng.normal(1, 1, 500)
    low, high = statistics.bootstrap(a, b)
    error = 1.96 * np.sqrt(a.var(ddof=1) / 800 + b.var(ddof=1) / 500)
    assert np.isclose(low, a.mean() - b.mean() - error, atol=0.02)
    assert np.isclose(high, a.mean() - b.mean() + error, atol=0.02)
    assert statistics.bootstrap(a, b) == (low, high)


@pytest.mark.parametrize("sizes", [(5, 5), (2, 7), (40, 30)])
def test_the_interval_is_that_of_drawing_again_by_hand(sizes):
    rng = np.random.default_rng(4)
    a, b = (rng.normal(size=size) for size in sizes)
    means = [rng.choice(values, (20_000, len(values))).mean(axis=1) for values in (a, b)]
    by_hand = np.quantile(means[0] - means[1], [0.025, 0.975])
    assert np.allclose(statistics.bootstrap(a, b), by_hand, atol=0.05 * (by_hand[1] - by_hand[0]))


def test_of_equal_values_the_interval_is_a_point_and_nobody_is_warned():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert statistics.bootstrap([2.0, 2.0], [2.0, 2.0, 2.0]) == (0, 0)
        assert statistics.bootstrap([1.0] * 5, [3.0] * 5) == (-2, -2)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1.0, 1.1, 1.2, 1.3], [3.0, 3.1, 2.9, 2.8], "wins"),
        ([3.0, 3.1, 2.9, 2.8], [1.0, 1.1, 1.2, 1.3], "loses"),
        ([1.0, 1.1, 1.2], [3.0, 3.1, 2.9], "unclear"),  # three seeds never show anything
        ([1.0, 3.0, 2.0], [2.0, 1.5, 2.5], "unclear"),
        ([2.0, 2.0], [2.0, 2.0], "unclear"),
    ],
)
def test_the_verdict_can_come_out_any_way(a, b, expected):
    assert statistics.verdict(a, b) == expected


def test_the_p_value_is_the_share_of_all_ways_to_deal_the_values_out():
    from itertools import combinations

    a, b = [5.94, 4.98, 5.0, 5.33, 5.2], [5.65, 5.46, 5.47, 5.59, 6.08]
    together, gap = np.array(a + b), abs(np.mean(a) - np.mean(b))
    ways = [set(way) for way in combinations(range(10), 5)]
    gaps = [
        together[[i in way for i in range(10)]].mean() - together[[i not in way for i in range(10)]].mean()
        for way in ways
    ]
    assert np.isclose(statistics.permutation_test(a, b), np.mean(np.abs(gaps) >= gap - 1e-9))
    assert statistics.permutation_test([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(2 / 252)
    assert statistics.permutation_test([1, 2, 3], [4, 5, 6]) == pytest.approx(0.1)
    assert statistics.permutation_test([2.0, 2.0], [2.0, 2.0]) == 1


def test_of_many_values_the_p_value_is_about_that_of_the_t_test():
    from scipy import stats

    rng = np.random.default_rng(2)
    a, b = rng.normal(0.3, 1, 60), rng.normal(0, 1, 50)
    assert np.isclose(statistics.permutation_test(a, b), stats.ttest_ind(a, b).pvalue, atol=0.02)
    assert statistics.permutation_test(a, b) == statistics.permutation_test(a, b)


def test_the_bootstrap_gives_more_false_alarms_than_the_verdict_and_welch_s_interval():
    rng = np.random.default_rng(3)
    for n, alone, verdict in (
        (2, (0.2, 0.5), (0, 0)),
        (5, (0.06, 0.2), (0.01, 0.075)),
        (30, (0.02, 0.1), (0.01, 0.08)),
    ):
        games = [(rng.normal(size=n), rng.normal(size=n)) for _ in range(200)]
        ends = [statistics.bootstrap(a, b, 300) for a, b in games]
        assert alone[0] <= np.mean([not low <= 0 <= high for low, high in ends]) <= alone[1], n
        assert verdict[0] <= np.mean([statistics.verdict(a, b, 300) != "unclear" for a, b in games]) <= verdict[1], n
        welch = [statistics.interval(a, b) for a, b in games]
        assert np.mean([not low <= 0 <= high for low, high in welch]) <= 0.08, n


def test_welch_s_interval_is_that_of_his_formula():
    from scipy import stats

    rng = np.random.default_rng(5)
    for sizes in ((5, 5), (4, 7), (2, 3)):
        a, b = rng.normal(0, 1, sizes[0]), rng.normal(1, 3, sizes[1])
        parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
        freedom = parts.sum() ** 2 / (parts**2 / [len(a) - 1, len(b) - 1]).sum()
        error = stats.t.ppf(0.975, freedom) * np.sqrt(parts.sum())
        assert np.allclose(statistics.interval(a, b), (a.mean() - b.mean() - error, a.mean() - b.mean() + error))
    assert statistics.interval([1.0, 1.0], [3.0, 3.0]) == (-2, -2)


def test_a_p_value_of_unequal_sets_is_the_share_of_all_ways_too():
    from itertools import combinations

    a, b = [4.98, 4.98, 5.33, 5.37], [5.46, 5.47, 5.59, 5.65, 6.08]
    together = np.array(a + b)
    ways = [np.isin(np.arange(9), way) for way in combinations(range(9), 4)]
    gaps = np.array([together[way].mean() - together[~way].mean() for way in ways])
    p = np.mean(np.abs(gaps) >= abs(np.mean(a) - np.mean(b)) - 1e-12)
    assert statistics.permutation_test(a, b) == pytest.approx(p) == pytest.approx(1 / 126)


def test_holm_s_correction_is_that_of_an_example_by_hand():
    assert np.allclose(statistics.holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    assert np.allclose(statistics.holm([0.5, 0.9]), [1, 1])
    rng = np.random.default_rng(6)  # of 20 comparisons in which nothing is to be seen, one is seen as rarely as of one
    games = rng.uniform(size=(2000, 20))
    assert np.mean([statistics.holm(values).min() <= 0.05 for values in games]) == pytest.approx(0.05, abs=0.015)
    assert np.mean(games.min(axis=1) <= 0.05) > 0.6


@pytest.mark.parametrize(("n", "effect"), [(5, 1), (7, 1.5), (17, 1), (12, 0.5)])
def test_the_power_is_about_that_of_the_t_test(n, effect):
    from scipy import stats

    freedom, shift = 2 * n - 2, effect * np.sqrt(n / 2)
    limit = stats.t.ppf(0.975, freedom)
    expected = 1 - stats.nct.cdf(limit, freedom, shift) + stats.nct.cdf(-limit, freedom, shift)
    assert statistics.power(n, effect) == pytest.approx(expected, abs=0.035)


def test_without_an_effect_the_power_is_the_share_of_false_alarms_and_three_seeds_see_nothing():
    assert statistics.power(10, 0) == pytest.approx(0.05, abs=0.015)
    assert statistics.power(3, 100) == 0 and statistics.power(4, 100) == 1


@pytest.mark.parametrize("values", ([1.0], [1.0, float("nan")], []))
def test_too_few_or_broken_values_are_refused(values):
    with pytest.raises(CourseError, match="at least two seeds"):
        statistics.verdict(values, [1.0, 2.0])
    with pytest.raises(CourseError, match="at least two seeds"):
        statistics.permutation_test([1.0, 2.0], values)


def test_the_seed_in_the_middle_is_neither_the_best_nor_the_worst():
    from course_utils.experiments import results

    assert results.median_seed({1: 5.0, 2: 9.0, 3: 7.0, 4: 6.0, 5: 8.0}) == 3
    assert results.median_seed({1: 5.0, 2: 9.0, 3: 7.0, 4: 6.0}) == 4


# --- The file


def record(network, seed, judge="abc", values=(5.0, 4.0)):
    measured = [{"step": 10 * (i + 1), "frechet": value} for i, value in enumerate(values)]
    return {"network": network, "seed": seed, "judge": judge, "measured": measured}


@pytest.fixture
def results_folder(tmp_path, monkeypatch):
    from course_utils.experiments import results

    monkeypatch.setattr(results, "results_folder", lambda: tmp_path)
    return tmp_path


def test_results_are_gathered_written_and_read_again(results_folder, tmp_path):
    from course_utils.experiments import results

    runs = [record("handmade", 2), record("chatgpt", 1), record("handmade", 1, values=(6.0, 3.0, 2.0))]
    for i, run in enumerate(runs):
        (tmp_path / f"run{i}").mkdir()
        (tmp_path / f"run{i}" / "record.json").write_text(json.dumps(run))
    gathered = results.gather(tmp_path.glob("run*"), {"fact": 1})
    results.write_results(gathered, tmp_path / "experiment.json")
    assert len((tmp_path / "experiment.json").read_text().splitlines()) == 2 + 3 + 1  # a line for each run
    assert results.published() == gathered == {"about": {"fact": 1}, "runs": [runs[1], runs[2], runs[0]]}
    assert results.values_of(gathered["runs"], "handmade", 20) == {1: 3.0, 2: 4.0}
    assert results.steps_of(gathered["runs"], "handmade") == [10, 20]
    (tmp_path / "run0" / "record.json").write_text(json.dumps(record("handmade", 2, judge="other")))
    with pytest.raises(CourseError, match="different judges"):
        results.gather(tmp_path.glob("run*"), {})


@pytest.mark.parametrize("text", (None, "", "{", '{"runs": []}', '{"runs": [{"measured": []}]}', "[1]"))
@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_or_damaged_results_are_a_clear_error(text, language, results_folder):
    from course_utils.experiments import results

    set_language(language)
    if text is not None:
        (results_folder / "experiment.json").write_text(text)
    with pytest.raises(CourseError, match="Vuelve a descargar" if language == "es" else "Download the course"):
        results.published()


def test_generators_of_earlier_lessons_are_found_and_the_newest_wins(tmp_path, monkeypatch):
    from course_utils.experiments import results

    monkeypatch.setattr(folders, "out_base", lambda: tmp_path)
    assert results.own_generators() == {}
    for age, name in enumerate(("01_a/2026_es_full", "01_a/2025_es_full", "02_b/x_smoke", "03_c/y_workshop")):
        path = tmp_path / name / "generator.keras"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"")
        os.utime(path, (1000 - age, 1000 - age))
    found = results.own_generators()
    assert found == {
        n: tmp_path / name / "generator.keras" for n, name in ((1, "01_a/2026_es_full"), (3, "03_c/y_workshop"))
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_generator_that_cannot_be_read_is_named_and_left_out(language, tmp_path, monkeypatch, capsys, judge, digits):
    from course_utils.experiments import results, rivals

    set_language(language)
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "out")
    paths = [tmp_path / "out" / f"0{n}_x" / "run" / "generator.keras" for n in (1, 2)]
    for path in paths:
        path.parent.mkdir(parents=True)
    rivals.make_networks(**rivals.CHATGPT)[0].save(paths[0])
    paths[1].write_bytes(b"half a file")
    real = judge.look(evaluation.real_images(digits, 150)[0])
    measured = results.measure_own_generators(judge, real)
    said = capsys.readouterr().out
    assert list(measured) == [1] and measured[1]["frechet"] > 0
    assert (
        "out/02_x/run/generator.keras" in said
        and ("Vuelve a entrenarlo" if language == "es" else "Train it again") in said
    )


# --- What is drawn


def timed(network, seed, seconds, steps=(234, 468)):
    measured = [
        {"step": step, "seconds": time, "frechet": 9.0 / step} for step, time in zip(steps, seconds, strict=True)
    ]
    return {"network": network, "seed": seed, "measured": measured}


def test_minutes_add_up_and_a_pause_of_one_run_does_not_count():
    from course_utils.experiments import results

    runs = [timed("chatgpt", 1, (60, 60)), timed("chatgpt", 2, (66, 900)), timed("chatgpt", 3, (54, 72))]
    assert np.allclose(results.minutes_of(runs, "chatgpt"), [1, 2.2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_race_is_over_epochs_or_over_minutes(language, monkeypatch):
    from course_utils import plots
    from course_utils.experiments import figures

    set_language(language)
    shown = []
    monkeypatch.setattr(plots, "show_figure", shown.append)
    runs = [
        timed(network, seed, (60 * pace, 70 * pace))
        for network, pace in (("chatgpt", 1), ("handmade", 2))
        for seed in (1, 2)
    ]
    figures.show_race(runs, [timed("handmade", 1, (1, 1))])
    figures.show_race(runs, minutes=True)
    epochs, minutes = (figure.axes[0] for figure in shown)
    assert epochs.get_xlabel() == ("época" if language == "es" else "epoch")
    assert [text.get_text() for text in epochs.get_xticklabels()] == ["0.5", "1"]
    assert len(epochs.get_legend().texts) == 3 and len(minutes.get_legend().texts) == 2
    thick = [line for line in minutes.lines if line.get_marker() in "os"]
    assert [list(np.round(line.get_xdata(), 2)) for line in thick] == [[1, 2.17], [2, 4.33]]


def test_the_command_keeps_results_and_the_rivals_pictures(results_folder, tmp_path, monkeypatch):
    from tools import experiment as command

    runs = tmp_path / "runs"
    for network in ("chatgpt", "norm"):
        folder = runs / f"{network}-1"
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(json.dumps(record(network, 1)))
        (folder / "grid.png").write_bytes(network.encode())
        (folder / "complete-10").touch()
    (runs / "handmade-1").mkdir()
    (runs / "handmade-1" / "record.json").write_text(json.dumps(record("handmade", 1)))  # it is still running
    monkeypatch.setattr(command, "RUNS", runs)
    command.keep_results("another")
    kept = json.loads((results_folder / "another.json").read_text())
    assert [run["network"] for run in kept["runs"]] == ["chatgpt", "norm"]
    assert kept["about"]["batch_size"] == 128 and kept["about"]["steps_per_epoch"] == 468
    assert [path.name for path in results_folder.glob("*.png")] == ["chatgpt-1.png"]


COMMAND = """
import signal, subprocess, sys
from tools import experiment

signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run started in the background ignores it

experiment.judge_of_all = experiment.keep_results = lambda *_: None
experiment.start = lambda network, *_: subprocess.Popen([sys.executable, "-c", PROGRAM, network])
experiment.main()
"""


def command(folder, program, *options):
    """Start the command with a program in place of each run; it gets the name of its network."""
    return subprocess.Popen(
        [sys.executable, "-c", f"PROGRAM = {program!r}\n{COMMAND}", *options],
        cwd=ROOT,
        env=os.environ | {"HERE": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_goes_on_after_a_run_that_failed_and_names_it(tmp_path):
    program = "import os, pathlib, sys; pathlib.Path(os.environ['HERE'], sys.argv[1]).touch()"
    program += "; sys.exit(sys.argv[1] == 'norm')"
    process = command(tmp_path, program, "--seeds=1", "--jobs=1", "--networks", "chatgpt", "norm", "handmade")
    assert "These runs have failed:\nnorm 1" in process.communicate(timeout=60)[1] and process.returncode == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chatgpt", "handmade", "norm"]


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_stopped_stops_its_runs_first(tmp_path, sign):
    program = "import os, pathlib, time; pathlib.Path(os.environ['HERE'], str(os.getpid())).touch(); time.sleep(300)"
    process = command(tmp_path, program, "--seeds=3", "--jobs=2")
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(sign)
    process.communicate(timeout=60)
    assert process.returncode
    pids = [int(path.name) for path in tmp_path.iterdir()]
    assert len(pids) == 2  # the four that were waiting have not begun
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
