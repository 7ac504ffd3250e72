"""The trained generators that come with the course: their cards, how they load, and how they are written."""

from __future__ import annotations

import hashlib
import json
import os
import shutil

import numpy as np
import pytest

from course_utils import data, evaluation, experiment, pretrained, setup
from course_utils.language import CourseError
from tools import build, ship

LESSONS = (1, 2, 3)


def name_of(lesson: int) -> str:
    return build.find_sources(build.ROOT, str(lesson))[0].stem


@pytest.mark.parametrize("lesson", LESSONS)
def test_its_card_is_that_of_the_published_run(lesson):
    card = pretrained.card(lesson)
    file = pretrained.FOLDER / card["file"]
    assert file.stem == name_of(lesson)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == card["sha256"]
    assert file.stat().st_size == card["bytes"] < 2_000_000
    language = card["run"].split("_")[2]
    notebook = build.read_notebook(build.notebook_path(build.ROOT, language, name_of(lesson)))
    published = notebook.metadata.course.published
    for fact in ("dataset", "budget", "seconds", "device", "versions", "date"):
        assert card[fact] == published[fact], f"{fact}: publish, then `python -m tools.ship --lesson {lesson} FOLDER`"
    assert card["dataset"] == "mnist"


@pytest.mark.stress
def test_its_measures_can_be_measured_again(monkeypatch, tmp_path):
    """With a judge of our own, made by the same recipe: a few per cent more or less. Needs MNIST in COURSE_DATA."""
    if not os.environ.get("COURSE_DATA", "").strip():
        pytest.skip("needs MNIST in COURSE_DATA")
    setup.set_language("en")
    monkeypatch.setattr(setup, "out_base", lambda: tmp_path)
    dataset = data.load("mnist")
    judge = evaluation.load_judge(dataset)
    real = judge.look(experiment.real_images(dataset, 10_000)[0])
    for lesson in LESSONS:
        measures = evaluation.measure(judge.look(evaluation.draw(pretrained.load_generator(lesson))), real)
        card = pretrained.card(lesson)["measures"]
        assert measures["frechet"] == pytest.approx(card["frechet"], rel=0.1)
        assert measures["confident"] == pytest.approx(card["confident"], abs=0.05)


def test_the_page_of_the_folder_shows_the_cards():
    assert sorted(path.name for path in pretrained.FOLDER.iterdir()) == sorted(
        [*(f"{name_of(lesson)}.npz" for lesson in LESSONS), "README.md", "cards.json"]
    )
    cards = json.loads((pretrained.FOLDER / "cards.json").read_text(encoding="utf-8"))
    assert list(cards) == [str(lesson) for lesson in LESSONS]
    assert (pretrained.FOLDER / "README.md").read_text(encoding="utf-8") == ship.page(cards)


@pytest.mark.parametrize(("language", "words"), [("es", "ya entrenado"), ("en", "already trained")])
@pytest.mark.parametrize("lesson", LESSONS)
def test_it_draws(lesson, language, words, capsys):
    setup.set_language(language)
    generator = pretrained.load_generator(lesson)
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and words in line and f"{pretrained.card(lesson)['measures']['frechet']:.2f}" in line
    noise = np.random.default_rng(lesson).normal(size=(64, pretrained.card(lesson)["latent_dim"])).astype("float32")
    images = np.asarray(generator(noise, training=False))
    assert images.shape == (64, 28, 28, 1) and images.min() >= -1 and images.max() <= 1
    # Digits: ink in the middle and none at the edge, and no two the same.
    ink = (images + 1) / 2
    assert ink[:, 8:20, 8:20].mean() > 0.25 > 0.05 > ink[:, :2].mean()
    assert len({image.tobytes() for image in images}) == 64


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_a_damaged_or_missing_one_says_what_to_do(language, tmp_path, monkeypatch):
    setup.set_language(language)
    shutil.copytree(pretrained.FOLDER, tmp_path / "generators")
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "generators")
    file = pretrained.FOLDER / pretrained.card(2)["file"]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    words = {"es": f"{file.name} falta o está dañado", "en": f"{file.name} is missing or damaged"}
    with pytest.raises(CourseError, match=words[language]):
        pretrained.load_generator(2)
    file.unlink()
    with pytest.raises(CourseError, match=words[language]):
        pretrained.load_generator(2)
    with pytest.raises(CourseError, match=r": 1, 2, 3\."):
        pretrained.load_generator(7)
    shutil.rmtree(pretrained.FOLDER)
    with pytest.raises(CourseError, match={"es": "descarga el curso", "en": "download the whole"}[language]):
        pretrained.load_generator(2)


def test_what_is_written_is_what_is_read(tmp_path):
    """All kinds of layers that the lessons have; with 8 bits, a matrix is off by half a scale at most."""
    import keras

    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(4 * 4 * 6, use_bias=False, kernel_initializer="glorot_normal"),
            layers.BatchNormalization(momentum=0.8, scale=False),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((4, 4, 6)),
            layers.Conv2DTranspose(3, 5, strides=2, padding="same", activation="tanh"),
            layers.UpSampling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="relu"),
        ]
    )
    random = np.random.default_rng(3)
    network.set_weights([random.normal(size=weight.shape) ** 2 for weight in network.get_weights()])
    noise = random.normal(size=(5, 8)).astype("float32")
    file = tmp_path / "a.npz"
    file.write_bytes(ship.pack(network))
    again = pretrained.read(file)
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in network.layers]
    assert again.layers[1].momentum == 0.8
    np.testing.assert_array_equal(again(noise, training=False), network(noise, training=False))

    file.write_bytes(ship.pack(network, quantize=True))
    for ours, theirs in zip(network.get_weights(), pretrained.read(file).get_weights(), strict=True):
        largest = np.abs(ours).max(axis=0) if ours.ndim > 1 else 0
        assert (np.abs(ours - theirs) <= largest / 127 * 0.501).all()
    # A column of zeros has no scale of its own.
    network.layers[-1].set_weights([np.zeros((768, 10)), np.ones(10)])
    file.write_bytes(ship.pack(network, quantize=True))
    np.testing.assert_array_equal(pretrained.read(file)(noise, training=False), np.ones((5, 10)))


def run_of(folder, width: int):
    """Write what a run of lesson 2 leaves: a generator with one hidden layer of `width` units."""
    import keras

    folder.mkdir(parents=True)
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(width, activation="relu"),
            layers.Dense(784, activation="tanh"),
            layers.Reshape((28, 28, 1)),
        ]
    )
    network.save(folder / "generator.keras")
    return folder


def test_a_run_is_shipped_and_a_large_one_made_smaller(tmp_path, monkeypatch, capsys):
    """With a judge that need not be trained and few images: what is tested is the file and its card."""
    setup.set_language("en")
    name = name_of(2)
    for path in ("source", "en", "es"):
        source = build.ROOT / "notebooks" / path
        (tmp_path / "notebooks" / path).mkdir(parents=True)
        for file in source.glob(f"{name}*"):
            shutil.copy(file, tmp_path / "notebooks" / path)
    judge = evaluation.Judge(evaluation.make_judge(), 1.0, "mnist")
    monkeypatch.setattr(evaluation, "load_judge", lambda dataset: judge)
    real = np.random.default_rng(5).uniform(-1, 1, (200, 28, 28, 1)).astype("float32")
    monkeypatch.setattr(experiment, "real_images", lambda dataset, count: (real, None, None))
    monkeypatch.setattr(data, "load", lambda name: None)
    draw = evaluation.draw
    monkeypatch.setattr(evaluation, "draw", lambda generator: draw(generator, 200))

    small = run_of(tmp_path / "out" / "2026-01-01_000000_en_workshop", 16)
    assert ship.main(["--lesson", "2", str(small)], root=tmp_path) == 0
    folder = tmp_path / "notebooks" / "generators"
    card = json.loads((folder / "cards.json").read_text(encoding="utf-8"))["2"]
    assert not card["quantized"] and card["parameters"] == 8 * 16 + 16 + 16 * 784 + 784
    assert card["latent_dim"] == 8 and card["measures"]["frechet"] > 0
    monkeypatch.setattr(pretrained, "FOLDER", folder)
    pretrained.load_generator(2)

    large = run_of(tmp_path / "out" / "2026-01-02_000000_es_workshop", 800)
    assert (large / "generator.keras").stat().st_size > ship.LARGEST
    assert ship.main(["--lesson", "2", str(large)], root=tmp_path) == 0
    card = json.loads((folder / "cards.json").read_text(encoding="utf-8"))["2"]
    assert card["quantized"] and card["bytes"] < ship.LARGEST
    assert card["parameters"] == 8 * 800 + 800 + 800 * 784 + 784
    assert pretrained.load_generator(2).input_shape == (None, 8)

    capsys.readouterr()
    before = (folder / "cards.json").read_bytes()
    huge = run_of(tmp_path / "out" / "2026-01-03_000000_es_workshop", 4000)
    assert ship.main(["--lesson", "2", str(huge)], root=tmp_path) == 2
    assert "does not fit" in capsys.readouterr().err
    assert ship.main(["--lesson", "2", str(tmp_path)], root=tmp_path) == 2
    assert "not the folder of a run" in capsys.readouterr().err
    assert (folder / "cards.json").read_bytes() == before
