"""The five tutorials at full length: their numbers, their runs that can be killed, the frozen step, the file."""

import json

import numpy as np
import pytest

from course_utils import checkpoints, data, evaluation, setup
from tools import tables
from tools.course import ROOT


@pytest.fixture(scope="module")
def tutorials():
    setup.start("en", "04_chatgpt_vs_handmade")
    from course_utils.experiments import tutorials

    return tutorials


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture(scope="module")
def judge(tutorials):
    """One that is small and has learnt nothing measures too."""
    from keras import Input, Model, layers

    images = Input((28, 28, 1))
    features = layers.Dense(8)(layers.Flatten()(images))
    return evaluation.Judge(Model(images, [features, layers.Dense(10)(features)]), 0.9, "digits")


def test_they_train_as_long_as_they_ask(tutorials):
    assert {name: tutorial.steps for name, tutorial in tutorials.TUTORIALS.items()} == {
        "A": 20 * 234,
        "B": 50 * 1875,
        "C": 30 * 468,
        "D": 50 * 234,
        "E": 20_000,
        "E_frozen": 20_000,
    }
    asked = {name: (tutorial.epochs, tutorial.batch_size) for name, tutorial in tutorials.TUTORIALS.items()}
    assert asked == tables.ASKED  # what the page of the tutorials says
    runs = json.loads((ROOT / "notebooks" / "results" / "tutorials.json").read_text(encoding="utf-8"))["runs"]
    trained = {run["network"]: (run["data"], run["steps"]) for run in runs}
    assert trained == {name: (tutorial.data, tutorial.steps) for name, tutorial in tutorials.TUTORIALS.items()}


PARAMETERS = {
    "A": (1_493_520, 533_505),
    "B": (840_705, 212_865),
    "C": (452_801, 41_729),
    "D": (2_330_944, 212_865),
    "E": (1_563_649, 96_001),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_their_networks_are_theirs_and_end_in_a_logit(name, tutorials):
    generator, discriminator = tutorials.TUTORIALS[name].make_networks()
    tutorials._with_logits(discriminator)
    assert (generator.count_params(), discriminator.count_params()) == PARAMETERS[name]
    assert np.abs(discriminator(100 * np.random.default_rng(1).normal(size=(64, 28, 28, 1)))).max() > 1


def narrow(name):
    """Make narrow networks with what those of the tutorial have: dropout, batch normalization."""
    from keras import Input, Sequential, layers

    normal = [layers.BatchNormalization] if name.startswith("E") else []
    dropout = [lambda: layers.Dropout(0.4)] if name in "BCD" else []

    parts = [layers.Flatten(), layers.Dense(4), *(make() for make in normal + dropout)]
    return (
        Sequential([Input((4,)), layers.Dense(784), layers.BatchNormalization(), layers.Reshape((28, 28, 1))]),
        Sequential([Input((28, 28, 1)), *parts, layers.Dense(1, activation="sigmoid")]),
    )


class Killed(Exception):
    """The machine is switched off."""


@pytest.mark.parametrize("name", ["E_frozen", *(pytest.param(name, marks=pytest.mark.stress) for name in PARAMETERS)])
def test_a_run_killed_at_any_moment_ends_with_the_same_bits(name, tutorials, digits, judge, tmp_path, monkeypatch):
    tutorial = tutorials.TUTORIALS[name]._replace(make_networks=lambda: narrow(name))
    monkeypatch.setitem(tutorials.TUTORIALS, name, tutorial)
    monkeypatch.setattr(evaluation, "measure", lambda seen, real: {"frechet": float(seen.features.sum())})
    monkeypatch.setattr(tutorials, "MEASURED", (0, 2, 6, 20, 60))
    monkeypatch.setattr(tutorials, "SAVED", (3, 11, 30))
    save, saved = checkpoints.save, []

    def save_or_die(manager):
        if len(saved) in killed_at:
            killed_at.remove(len(saved))
            raise Killed
        saved.append(int(manager.checkpoint.step))
        return save(manager)

    monkeypatch.setattr(checkpoints, "save", save_or_die)
    records = []
    for killed_at in ([], [int(np.random.default_rng().integers(7))]):
        saved.clear()
        folder = tmp_path / f"{len(records)}"
        for _ in range(len(killed_at) + 1):
            try:
                record = tutorials.run(name, digits, judge, folder, steps=60, say=lambda _: None)
            except Killed:
                continue
        assert killed_at == [] and saved == [2, 3, 6, 11, 20, 30, 60]
        pictures = {path.name: path.read_bytes() for path in folder.glob("*.png")}
        assert set(pictures) == {"grid.png", "step-0.png", "step-6.png", "step-20.png", "step-60.png"}
        measured = [row | {"seconds": 0} for row in record["measured"]]
        assert [row["step"] for row in measured] == list(tutorials.MEASURED)
        records.append((measured, pictures))
    assert records[0] == records[1]


def test_a_frozen_batch_normalization_uses_what_it_has_gathered(tutorials, digits):
    """G's gradient in both steps, computed here from D's answers in inference and in training mode."""
    import keras
    import tensorflow as tf

    from course_utils.lessons import lesson_3

    images = digits.x_train[:16, ..., np.newaxis].astype("float32") / 127.5 - 1
    moved = {}
    for make_step in (lesson_3.make_train_step, tutorials.make_frozen_step):
        keras.utils.set_random_seed(1)
        generator, discriminator = narrow("E")
        tutorials._with_logits(discriminator)
        optimizers = [keras.optimizers.SGD(1.0) for _ in range(2)]
        state = lesson_3.make_state(generator, discriminator, *optimizers)
        noise = tf.random.Generator.from_seed(42).normal((16, 4))
        expected = []
        for training in (False, True):  # the second moves the averages
            with tf.GradientTape() as tape:
                logits = discriminator(generator(noise, training=True), training=training)
                loss = lesson_3.generator_loss(logits)
            expected.append(tape.gradient(loss, generator.layers[0].kernel))
        statistics = next(layer for layer in discriminator.layers if hasattr(layer, "moving_mean"))
        for variable, start in ((statistics.moving_mean, 0.0), (statistics.moving_variance, 1.0)):
            variable.assign(tf.fill(variable.shape, start))
        before = generator.layers[0].kernel.numpy()
        make_step(state, 16)(images)
        moved[make_step] = before - generator.layers[0].kernel.numpy()
        assert int(state.step) == 1
    assert np.allclose(moved[lesson_3.make_train_step], expected[1], atol=1e-5)
    assert np.allclose(moved[tutorials.make_frozen_step], expected[0], atol=1e-5)
    assert not np.allclose(expected[0], expected[1], atol=1e-3)


def test_what_is_complete_is_kept(tmp_path, monkeypatch):
    from course_utils.experiments import results
    from tools import tutorials as command

    monkeypatch.setattr(command, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(results, "results_folder", lambda: tmp_path / "results")
    (tmp_path / "results").mkdir()
    for name in ("E", "A", "B"):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(json.dumps({"network": name, "measured": []}))
        for step in (0, 100, 20, 1000):
            (folder / f"step-{step}.png").write_text(f"{name} {step}")
    for name in ("E", "A"):
        (tmp_path / "runs" / name / "complete").touch()
    command.keep_results()
    kept = json.loads((tmp_path / "results" / "tutorials.json").read_text())
    assert [run["network"] for run in kept["runs"]] == ["A", "E"]
    assert (tmp_path / "results" / "tutorial_A_third.png").read_text() == "A 100"
    assert len(list((tmp_path / "results").glob("*.png"))) == 8
