"""The trained generators that come with the course: their cards, how they load, and how they are written."""

from __future__ import annotations

import hashlib
import json
import os
import shutil

import numpy as np
import pytest

from course_utils import data, evaluation, folders
from course_utils.experiments import pretrained, records
from course_utils.language import CourseError, L
from tools import generators, publish, walker
from tools.course import LANGUAGES, ROOT, find_sources, notebook_path, read_notebook, write_atomically
from tools.notebooks import to_text

LESSONS = (1, 2, 3, 7)
FITTING = {"latent_dim": 8, "filters": 4, "base": 4}  # arguments of a small network of lesson 2
pytestmark = pytest.mark.usefixtures("tensorflow")


def name_of(lesson: int) -> str:
    return find_sources(ROOT, str(lesson))[0].stem


@pytest.mark.parametrize("lesson", LESSONS)
def test_its_card_is_that_of_the_published_run(lesson):
    card = pretrained.card(lesson)
    file = pretrained.FOLDER / card["file"]
    assert file.stem == name_of(lesson)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == card["sha256"]
    assert file.stat().st_size == card["bytes"] < 2_000_000
    language = card["run"].split("_")[2]
    published = read_notebook(notebook_path(ROOT, language, name_of(lesson))).metadata.course.published
    facts = ("arguments", "dataset", "budget", "seconds", "device", "versions", "date")
    if lesson == 1:  # its generator and its promise are those of a run with `full`, as the lesson says
        assert card["budget"] == "full" and published["budget"] == "workshop"
        facts = ("arguments", "dataset")
    for fact in facts:
        assert card[fact] == published.get(fact), f"{fact}: `make publish LESSON={lesson}` keeps notebook and generator"
    assert card["dataset"] == "mnist"


@pytest.mark.stress
def test_its_measures_can_be_measured_again(monkeypatch, tmp_path):
    """With a judge of our own, made by the same recipe: a few per cent more or less. Needs MNIST in COURSE_DATA."""
    if not os.environ.get("COURSE_DATA", "").strip():
        pytest.skip("needs MNIST in COURSE_DATA")
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path)
    dataset = data.load("mnist")
    judge = evaluation.load_judge(dataset)
    real = judge.look(evaluation.real_images(dataset, 10_000)[0])
    for lesson in LESSONS:
        measures = evaluation.measure(judge.look(evaluation.draw(pretrained.load_generator(lesson))), real)
        card = pretrained.card(lesson)["measures"]
        assert measures["frechet"] == pytest.approx(card["frechet"], rel=0.1)
        assert measures["confident"] == pytest.approx(card["confident"], abs=0.05)


def test_there_is_one_for_each_of_the_lessons_that_make_digits():
    cards = json.loads((pretrained.FOLDER / "cards.json").read_text(encoding="utf-8"))
    assert list(cards) == [str(lesson) for lesson in LESSONS] == [str(lesson) for lesson in pretrained.MAKERS]
    assert tuple(pretrained.MAKERS) == publish.GENERATORS
    files = [card["file"] for card in cards.values()]
    assert sorted(path.name for path in pretrained.FOLDER.iterdir()) == sorted(
        [*files, "README.md", "cards.json", "walk.npz", pretrained.WALKER]
    )


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_draws(lesson, language, capsys):
    card, generator = pretrained.card(lesson), pretrained.load_generator(lesson)
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and L("ya entrenado", "already trained") in line
    assert f"{card['measures']['frechet']:.2f}" in line
    assert generator.count_params() == card["parameters"]
    images = evaluation.draw(generator, 64, seed=lesson)
    assert generator.inputs[0].shape == (None, card["latent_dim"]) and len(generator.inputs) == (
        2 if lesson == 7 else 1
    )
    assert images.shape == (64, 28, 28, 1) and images.min() >= -1 and images.max() <= 1
    # Digits: ink in the middle and none at the edge, and no two the same.
    ink = (images + 1) / 2
    assert ink[:, 8:20, 8:20].mean() > 0.25 > 0.05 > ink[:, :2].mean()
    assert len({image.tobytes() for image in images}) == 64


def test_the_generator_for_the_walk_draws_from_100_numbers(language, capsys):
    generator, facts = pretrained.load_generator_100(), json.loads((pretrained.FOLDER / pretrained.WALKER).read_text())
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and L("100 números de ruido", "100 noise numbers") in line
    assert generator.input_shape == (None, 100) == (None, facts["latent_dim"])
    assert generator.count_params() == facts["parameters"] and facts["bytes"] < 350_000
    ink = (evaluation.draw(generator, 64) + 1) / 2
    assert ink[:, 8:20, 8:20].mean() > 0.2 > 0.05 > ink[:, :2].mean()


def test_the_generator_for_the_walk_may_be_missing_or_damaged(language, tmp_path, monkeypatch):
    shutil.copytree(pretrained.FOLDER, tmp_path / "generators")
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "generators")
    (pretrained.FOLDER / "walk.npz").write_bytes(b"damaged")
    with pytest.raises(CourseError, match=L("walk.npz falta o está dañado", "walk.npz is missing or damaged")):
        pretrained.load_generator_100()
    (pretrained.FOLDER / pretrained.WALKER).unlink()
    with pytest.raises(CourseError, match=L("descarga el curso", "download the whole")):
        pretrained.load_generator_100()


def test_the_generator_for_the_walk_can_be_made_again(tmp_path, monkeypatch):
    """In little: two calls of TensorFlow, and a judge that is not asked about 10,000 images."""
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path)
    monkeypatch.setattr(walker, "ARGUMENTS", {"latent_dim": 100, "base": 4, "filters": [4, 4], "momentum": 0.9})
    monkeypatch.setattr(walker, "A_CALL", 2)
    monkeypatch.setattr(records, "measure", lambda generator, judge, real: {"frechet": 1.0, "confident": 0.5})
    monkeypatch.setattr(evaluation, "real_images", lambda dataset, count: (dataset.x_test[:16], None, None))
    dataset = data.load("digits")
    monkeypatch.setattr(data, "load", lambda name: dataset)
    trained = walker.train(dataset.x_train, 4, walker.ARGUMENTS)
    assert walker.keep(trained, 4, 1.0, tmp_path) == tmp_path / "walk.npz"
    kept = pretrained.load_generator_100()
    assert all(map(np.array_equal, kept.get_weights(), trained.get_weights()))
    facts = json.loads((tmp_path / pretrained.WALKER).read_text())
    assert facts["steps"] == 4 and facts["measures"] == {"frechet": 1.0, "confident": 0.5}


def test_the_average_follows_the_generator_with_its_half_life(tensorflow):
    import keras

    from course_utils.lessons import lesson_3

    networks = lesson_3.make_generator(10, 8, (8, 8)), lesson_3.make_discriminator((8, 8))
    state = lesson_3.make_state(*networks, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    average, real = lesson_3.make_generator(10, 8, (8, 8)), np.zeros((16, 28, 28, 1), "float32")
    step = walker.with_average(lesson_3.make_train_step(state, 16), state, average, half_life=4)
    expected = [weight.numpy() for weight in state.generator.variables]
    assert all(map(np.array_equal, expected, [weight.numpy() for weight in average.variables]))
    for number in range(1, 61):
        step(real)
        keep = 0.5 ** (1 / min(4, number / 10))
        now = [weight.numpy() for weight in state.generator.variables]
        expected = [keep * mean + (1 - keep) * weight for mean, weight in zip(expected, now, strict=True)]
    for mean, weight in zip(average.variables, expected, strict=True):
        assert np.allclose(mean.numpy(), weight, atol=1e-4)
    assert step.experimental_get_tracing_count() == 1


def test_a_damaged_or_missing_one_says_what_to_do(language, tmp_path, monkeypatch):
    shutil.copytree(pretrained.FOLDER, tmp_path / "generators")
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "generators")
    file = pretrained.FOLDER / pretrained.card(2)["file"]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    words = L(f"{file.name} falta o está dañado", f"{file.name} is missing or damaged")
    with pytest.raises(CourseError, match=words):
        pretrained.load_generator(2)
    file.unlink()
    with pytest.raises(CourseError, match=words):
        pretrained.load_generator(2)
    with pytest.raises(CourseError, match=r": 1, 2, 3, 7\."):
        pretrained.load_generator(6)
    shutil.rmtree(pretrained.FOLDER)
    with pytest.raises(CourseError, match=L("descarga el curso", "download the whole")):
        pretrained.load_generator(2)


def test_what_is_written_is_what_is_read():
    """With 8 bits a matrix is off by half a scale at most; biases and the like are never off."""
    random = np.random.default_rng(3)
    shapes = [(8, 96), (96,), (5, 5, 3, 6), (3,)]
    weights = [random.normal(size=shape).astype("float32") ** 3 for shape in shapes]
    weights[0][:, 7] = 0  # a column of zeros has no scale of its own
    for ours, theirs in zip(weights, pretrained.read_weights(generators.pack(weights)), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    quantized = generators.pack(weights, quantize=True)
    for ours, theirs in zip(weights, pretrained.read_weights(quantized), strict=True):
        largest = np.abs(ours).max(axis=0) if ours.ndim > 1 else 0
        assert theirs.dtype == np.float32 and (np.abs(ours - theirs) <= largest / 127 * 0.501).all()


# --- Keeping the generator of a run


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with lesson 2 alone, and a judge that need not be trained: what is tested is the file and its card."""
    for folder in ("source", *LANGUAGES):
        (tmp_path / "notebooks" / folder).mkdir(parents=True)
        for file in (ROOT / "notebooks" / folder).glob(f"{name_of(2)}.*"):
            shutil.copy(file, tmp_path / "notebooks" / folder)
    judge = evaluation.Judge(evaluation.make_judge(), 1.0, "mnist")
    real = np.random.default_rng(5).uniform(-1, 1, (200, 28, 28, 1)).astype("float32")
    draw = evaluation.draw
    monkeypatch.setattr(data, "load", lambda name: None)
    monkeypatch.setattr(records, "frozen_judge", lambda: judge)
    monkeypatch.setattr(evaluation, "real_images", lambda dataset, count: (real, None, None))
    monkeypatch.setattr(evaluation, "draw", lambda generator: draw(generator, 200))
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "notebooks" / "generators")
    return tmp_path


def run_of(course, arguments: dict, language: str = "en", published: dict | None = None):
    """Pretend a published run of lesson 2 in which `make_generator` had these arguments; return its folder.

    `published` are facts of which the notebook says something else.
    """
    path = notebook_path(course, language, name_of(2))
    notebook = read_notebook(path)
    notebook.metadata.course.published.update({"arguments": arguments, "dataset": "mnist"} | (published or {}))
    write_atomically(path, to_text(notebook))
    folder = course / "out" / name_of(2) / f"2026-01-01_000000_{language}_workshop"
    folder.mkdir(parents=True, exist_ok=True)
    pretrained.MAKERS[2](**arguments).save(folder / "generator.keras")
    return folder


def keep(course, folder) -> int:
    return generators.main(["--lesson", "2", str(folder)], root=course)


def test_the_generator_of_a_run_is_kept_with_its_card(course, language):
    folder = run_of(course, FITTING, language)
    assert keep(course, folder) == 0
    card = pretrained.card(2)
    assert card["arguments"] == FITTING and card["latent_dim"] == 8 and not card["quantized"]
    assert card["run"] == folder.name and card["measures"]["frechet"] > 0
    kept = pretrained.load_generator(2)
    assert card["parameters"] == kept.count_params()
    import keras

    made = keras.models.load_model(folder / "generator.keras")
    assert all(map(np.array_equal, kept.get_weights(), made.get_weights()))


def test_a_large_one_is_kept_with_8_bits(course):
    folder = run_of(course, {"latent_dim": 100, "filters": 4, "base": 128})
    assert keep(course, folder) == 0
    card = pretrained.card(2)
    assert card["quantized"] and card["bytes"] < generators.LARGEST < 4 * card["parameters"]
    assert pretrained.load_generator(2).input_shape == (None, 100)


@pytest.mark.parametrize(
    ("arguments", "published", "words"),
    [
        ({"latent_dim": 100, "filters": 4, "base": 512}, {}, "does not fit into 2 MB"),
        (FITTING, {"dataset": "digits"}, "ran on digits; only generators of MNIST are kept"),
        (FITTING, {"arguments": FITTING | {"base": 8}}, "its weights do not fit make_generator("),
    ],
)
def test_what_cannot_be_kept_is_named_and_nothing_is_written(course, capsys, arguments, published, words):
    assert keep(course, run_of(course, arguments, published=published)) == 2
    assert words in capsys.readouterr().err
    assert not pretrained.FOLDER.exists()


def test_a_folder_that_no_run_has_left(course, capsys):
    assert keep(course, course) == 2
    assert "not the folder of a run" in capsys.readouterr().err
