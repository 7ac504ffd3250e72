"""Lesson 8: triples, packs and counts; the rungs of the ladder, PacGAN's protocol, and what is published."""

import json

import numpy as np
import pytest

from course_utils import data, setup
from course_utils.language import CourseError
from tools.course import ROOT


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", "08_a_thousand_modes")


@pytest.fixture(scope="module")
def modes():
    from course_utils.experiments import modes

    return modes


@pytest.fixture(scope="module")
def stacked():
    from course_utils.experiments import stacked

    return stacked


@pytest.fixture(scope="module")
def lesson():
    from course_utils.lessons import lesson_8

    return lesson_8


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture(scope="module")
def judge():
    from course_utils.experiments import records

    return records.frozen_judge()


@pytest.fixture(scope="module")
def published():
    return json.loads((ROOT / "notebooks" / "results" / "modes.json").read_text("utf-8"))


# --- What the lesson teaches


def test_the_judge_reads_each_channel_as_it_reads_the_grey_image(lesson, judge, digits):
    chosen = np.random.default_rng(1).integers(len(digits.x_train), size=(20, 3))
    triples = lesson.stack(digits.x_train, chosen)
    seen = lesson.read_triples(judge, triples)
    alone = judge.look(digits.x_train[chosen.reshape(-1)]).probabilities.reshape(20, 3, 10)
    assert np.allclose(seen, alone, atol=1e-6)
    assert np.allclose(lesson.read_triples(judge, triples / np.float32(127.5) - 1), alone, atol=1e-4)


def test_counts_of_known_shares(lesson, modes):
    every = np.array([[i // 100, i // 10 % 10, i % 10] for i in range(1000)])
    assert lesson.count_modes(every)[0] == 1000 and abs(lesson.count_modes(every)[1]) < 1e-12
    assert lesson.count_modes(every[:1])[1] == pytest.approx(np.log(1000))
    assert lesson.count_modes(every[::10]) == (100, pytest.approx(np.log(10)))


def test_only_confident_images_count_for_the_strict_rule(modes):
    sure, unsure = np.full((10, 10), 0.001), np.full((10, 10), 0.05)
    np.fill_diagonal(sure, 0.991)
    np.fill_diagonal(unsure, 0.55)
    images = [sure[[3, 0, 7]], sure[[3, 0, 7]], sure[[1, 1, 1]], np.stack([sure[2], sure[2], unsure[4]])]
    found = modes.counts_of(np.array(images))
    assert (found["modes"], found["sure_modes"]) == (3, 2)
    assert found["sure"] == 0.75 and found["confident"] == pytest.approx(11 / 12)
    assert found["sure_kl"] == pytest.approx(np.log(1000) - (np.log(3) - 2 / 3 * np.log(2)))
    assert found["alike"] == pytest.approx((0 + 0 + 3 + 1) / 12)
    none = modes.counts_of(np.array([unsure[[1, 2, 3]]]))
    assert (none["sure_modes"], none["sure_kl"], none["sure"]) == (0, None, 0)


def test_the_training_shows_d_triples_of_three_images_each(lesson, digits):
    """D is given a look at what it is shown: each channel is an image of the data set."""
    import tensorflow as tf

    shown = []

    def spy(generator, discriminator, real_images, label, noise):
        tf.py_function(lambda images: shown.append(images.numpy()), [real_images], [])
        return [[tf.zeros_like(one) for one in network.trainable_variables] for network in (generator, discriminator)]

    settings = lesson.PLAIN._replace(width=2, steps=1, batch_size=4)
    lesson.Pairs(digits.x_train, None, 1, settings, spy, lesson.networks_of(2, channels=6)).run(0.0)
    (images,) = shown
    assert images.shape == (8, 28, 28, 3)
    known = {image.tobytes() for image in digits.x_train}
    bytes_of = np.rint((images + 1) * 127.5).astype("uint8")
    assert all(bytes_of[i, :, :, channel].tobytes() in known for i in range(8) for channel in range(3))
    assert len({bytes_of[i, :, :, channel].tobytes() for i in range(8) for channel in range(3)}) > 20


def test_a_pack_holds_whole_images(lesson):
    import tensorflow as tf

    images = tf.random.stateless_uniform((6, 28, 28, 3), (1, 2))
    packs = lesson.pack(images, 2).numpy()
    assert packs.shape == (3, 28, 28, 6)
    assert np.array_equal(packs[1, ..., :3], images[1]) and np.array_equal(packs[1, ..., 3:], images[4])


# --- The drawings of the seeds


def test_the_seeds_draw_what_was_counted(stacked, modes, lesson, judge):
    """Ten drawings of each seed: where it collapses they hold fewer modes, and channels are more often alike."""
    found = {}
    for name in modes.SHOWN:
        drawings = stacked.drawings_of(name)
        assert drawings.shape == (len(modes.DRAWN), 10, 28, 28, 3) and drawings.dtype == np.uint8
        counts = modes.counts_of(np.concatenate([lesson.read_triples(judge, row) for row in drawings]))
        found[name] = counts["modes"], counts["alike"]
    (few, alike), (many, different) = (found[name] for name in ("plain", "d_as_wide"))
    assert few < many > 40 and alike > 2 * different


def test_damaged_drawings_end_in_a_sentence(stacked, tmp_path, monkeypatch):
    (tmp_path / "modes.png").write_bytes(b"no picture")
    for folder in (tmp_path, tmp_path / "nowhere"):
        monkeypatch.setattr(stacked.results, "results_folder", lambda folder=folder: folder)
        with pytest.raises(CourseError, match=r"modes\.png"):
            stacked.drawings_of("plain")


# --- The rungs


def test_each_remedy_is_the_plain_training_with_one_change(modes, stacked):
    assert list(modes.RUNGS) == ["plain", *stacked.RUNGS]
    for name in list(modes.RUNGS)[1:7]:
        rung = modes.RUNGS[name]
        changed = {field for field in rung._fields if getattr(rung, field) != getattr(modes.PLAIN, field)}
        expected = {"gradients", "networks", "kind"} if name == "packing" else None
        assert changed == expected or len(changed) == 1, name
    assert modes.RUNGS["recipe"].networks is modes.RUNGS["d_as_wide"].networks
    assert modes.RUNGS["recipe_norm"].settings == modes.RUNGS["recipe"].settings == modes.RUNGS["recipe_r1_r2"].settings


@pytest.mark.parametrize("name", ["plain", "packing", "deviation", "recipe_norm", "recipe_r1_r2"])
def test_a_rung_trains_both_networks(name, modes, digits):
    rung = modes.RUNGS[name].but(steps=2, batch_size=8, width=4)
    training = rung.start(digits.x_train, None, 1)
    networks = training.generator, training.discriminator
    before = [[weight.numpy() for weight in network.trainable_variables] for network in networks]
    training.run(0.0)
    for network, old in zip(networks, before, strict=True):
        same = [np.array_equal(a, b) for a, b in zip(old, network.trainable_variables, strict=True)]
        # What a relativistic loss compares does not depend on the bias that D adds to both.
        assert sum(same) == int(name == "recipe_r1_r2" and network is networks[1])


def test_a_run_tells_what_it_counted(modes, digits, judge, monkeypatch):
    monkeypatch.setattr(modes.measure, "__defaults__", (300, modes.measure.__defaults__[1]))
    row = modes.run(modes.PLAIN.but(steps=2, batch_size=8, width=4), 4, 3, digits, judge)
    assert (row["seed"], row["steps"]) == (3, 4)
    assert 1 <= row["measures"]["modes"] <= 300 and 0 <= row["measures"]["kl"] <= np.log(1000)
    assert json.loads(json.dumps(row)) == row


# --- PacGAN's protocol


def test_its_networks_have_the_shapes_of_the_published_code(modes):
    generator, discriminator = modes.published_networks(2)
    assert generator.output_shape == (None, 28, 28, 3) and discriminator.input_shape == (None, 28, 28, 6)
    sides = [layer.output.shape[1] for layer in discriminator.layers if layer.__class__.__name__ == "Conv2D"]
    assert sides == [14, 7, 4, 2]
    assert discriminator.layers[1].count_params() == 5 * 5 * 6 * 64 + 64


def test_it_goes_on_where_it_was(modes, digits, judge, monkeypatch, tmp_path):
    for name, value in {"TRIPLES": 16, "BATCH": 2, "STEPS_AN_EPOCH": 4, "KEEPS": 1}.items():
        monkeypatch.setattr(modes, name, value)

    def networks(images):
        import keras
        from keras import layers

        noise, pictures = keras.Input((100,)), keras.Input((28, 28, 3 * images))
        drawn = layers.Reshape((28, 28, 3))(layers.Dense(28 * 28 * 3, activation="tanh")(noise))
        return keras.Model(noise, drawn), keras.Model(pictures, layers.Dense(1)(layers.Flatten()(pictures)))

    monkeypatch.setattr(modes, "published_networks", networks)
    monkeypatch.setattr(modes.measure, "__defaults__", (100, modes.measure.__defaults__[1]))

    def rows(epochs, folder):
        return list(modes.published(2, epochs, tmp_path / folder, digits, judge, look=2))

    whole = rows(1, "whole")
    assert [row["epoch"] for row in whole] == [0.5, 1.0]
    assert rows(0.5, "parts") + rows(1, "parts") == whole
    assert rows(1, "parts") == []


# --- What is published


def test_every_rung_has_its_costs_and_ten_seeds_of_as_many_steps(modes, published):
    from course_utils.experiments import minute

    assert set(published["runs"]) == set(published["costs"]) == set(modes.RUNGS)
    for name, rung in modes.RUNGS.items():
        rows = published["runs"][name]
        assert [row["seed"] for row in rows] == list(modes.SEEDS), name
        assert {row["steps"] for row in rows} == {minute.steps_of(rung, minute.Cost(**published["costs"][name]))}, name


def test_the_tables_and_figures_show_all_that_is_published(stacked, language, monkeypatch, published):
    from course_utils import plots

    tables, shown = [], []
    monkeypatch.setattr(plots, "show_table", lambda headings, rows: tables.append((headings, rows)))
    monkeypatch.setattr(plots, "show_figure", shown.append)
    stacked.show_rungs()
    stacked.show_protocols()
    one = np.eye(10)[np.array([[3, 0, 7], [9, 9, 9]])]
    stacked.show_counts({"two": one})
    stacked.show_map(one)
    protocols = len(stacked.PROTOCOLS) + bool(published["protocol"]) + 1
    assert len(tables) == 1 + protocols + 1 and len(shown) == 2
    assert len(tables[0][1]) == 1 + len(stacked.RUNGS)
    assert all(len(row) == len(headings) for headings, table in tables for row in table)


def test_what_the_lesson_says_of_the_remedies_is_so(stacked, published, language):
    runs = published["runs"]
    modes_of = {name: stacked.values(rows) for name, rows in runs.items()}
    confident = {name: stacked.values(rows, "confident").mean() for name, rows in runs.items()}
    # A D as wide as G counts most; six filters come second; the recipes add nothing.
    alone = {name: modes_of[name].mean() for name in list(stacked.RUNGS)[:6]}
    assert sorted(alone, key=alone.get)[-2:] == ["d_quarter", "d_as_wide"]
    assert modes_of["d_as_wide"].min() > 950
    assert max(modes_of[name].mean() for name in ("recipe", "recipe_norm")) < modes_of["d_as_wide"].mean()
    assert abs(modes_of["recipe_r1_r2"].mean() - modes_of["d_as_wide"].mean()) < 15
    steps = {name: rows[0]["steps"] for name, rows in runs.items()}
    assert 0.6 < steps["recipe_r1_r2"] / steps["d_as_wide"] < 0.7
    # With two filters, only the deviation can be told from doing nothing.
    signs = {name: stacked.compared(name).sign for name in stacked.RUNGS}
    told = {"deviation", "d_quarter", "d_as_wide", "recipe", "recipe_norm", "recipe_r1_r2"}
    assert {name for name, sign in signs.items() if sign} == told and all(signs[name] == 1 for name in told)
    assert modes_of["deviation"].max() < modes_of["d_as_wide"].min()
    assert modes_of["plain"].min() < 100 and 400 < modes_of["plain"].max() < 900
    last = [rows[-1] for rows in published["protocol"].values()]
    assert len(last) == 2 and all(row["epoch"] == 0.5 and row["alike"] > 0.9 for row in last)
    over = [name for name in runs if modes_of[name].mean() > 900]
    assert max(confident[name] for name in over) < 0.2
    assert set(sorted(over, key=confident.get)[-2:]) == {"recipe_norm", "d_as_wide"}


def test_results_that_cannot_be_read_are_named(stacked, tmp_path, monkeypatch, language):
    from course_utils.experiments import results

    monkeypatch.setattr(results, "results_folder", lambda: tmp_path)
    for content in ("", "{", "[]", '{"costs": {}, "protocol": {}, "runs": {"plain": [{"seed": 1}]}}'):
        (tmp_path / "modes.json").write_text(content)
        with pytest.raises(CourseError, match=r"modes\.json"):
            stacked.published()


# --- The judge's error, on real triples


@pytest.fixture(scope="module")
def mnist():
    if data.origin_here("mnist") is None:
        pytest.skip("needs MNIST")
    return data.load("mnist")


def test_the_judge_counts_all_modes_of_real_triples_and_some_of_a_total_collapse(lesson, judge, mnist):
    rng = np.random.default_rng(3)
    chosen = rng.integers(len(mnist.x_test), size=(5000, 3))
    seen = lesson.read_triples(judge, lesson.stack(mnist.x_test, chosen)).argmax(axis=2)
    truth = mnist.y_test[chosen]
    assert (seen == truth).mean() > 0.98 and (seen == truth).all(axis=1).mean() > 0.95
    counted, expected = lesson.count_modes(seen), lesson.count_modes(truth)
    assert abs(counted[0] - expected[0]) <= 5 and abs(counted[1] - expected[1]) < 0.02
    threes = np.flatnonzero(mnist.y_test == 3)
    collapsed = lesson.stack(mnist.x_test, rng.choice(threes, (5000, 3)))
    few, kl = lesson.count_modes(lesson.read_triples(judge, collapsed).argmax(axis=2))
    assert 5 < few < 60 and kl > 6.5


def test_blends_count_although_there_is_no_digit_in_them(lesson, judge, mnist, modes):
    chosen = np.random.default_rng(4).integers(len(mnist.x_test), size=(5000, 3))
    halves = [lesson.stack(mnist.x_test, part) // 2 for part in (chosen, chosen[::-1])]
    found = modes.counts_of(lesson.read_triples(judge, halves[0] + halves[1]))
    assert found["modes"] > 400 and found["sure"] < 0.1


def test_images_are_measured_as_they_are_drawn(modes, judge):
    """A generator that always draws the same is one mode, whatever the noise."""
    import keras
    from keras import layers

    noise = keras.Input((100,))
    black = layers.Reshape((28, 28, 3))(layers.Dense(28 * 28 * 3, kernel_initializer="zeros")(noise))
    found = modes.measure(keras.Model(noise, black - 1), judge, count=1500)
    assert found["modes"] == 1 and found["kl"] == pytest.approx(np.log(1000)) and found["alike"] == 1
