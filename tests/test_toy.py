"""Lesson 1's game with points: its measures, the games that were played beforehand, and how they are shown."""

import base64
import json
import re

import numpy as np
import pytest

from course_utils.experiments import results, toy
from course_utils.language import CourseError
from tools.course import ROOT


def circle(count, noise=0.03, seed=1):
    rng = np.random.default_rng(seed)
    angle, radius = rng.uniform(0, 2 * np.pi, count), rng.normal(0.7, noise, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


# --- The two measures


def test_real_points_are_near_and_cover_the_circle():
    draws = [circle(300, seed=seed) for seed in range(200)]
    assert np.mean([toy.coverage(points) == 1 for points in draws]) > 0.97
    assert min(map(toy.coverage, draws)) > 0.9
    assert abs(np.mean([toy.distance(points) for points in draws]) - 0.024) < 0.001


def test_a_collapse_is_seen_by_the_coverage_alone():
    spot = np.tile([[0.7, 0.01]], (300, 1))
    assert toy.distance(spot) < 0.001 and toy.coverage(spot) == 1 / 24
    half = circle(300)
    half[:, 0] = abs(half[:, 0])
    assert toy.coverage(half) == 0.5


def test_points_that_are_not_on_the_circle_do_not_cover_it():
    assert toy.coverage(circle(300) * 0.1) == toy.coverage(circle(300) * 9) == toy.coverage(np.zeros((5, 2))) == 0
    strayed = np.concatenate([np.tile([[0.0, 0.7]], (280, 1)), circle(20)])
    assert toy.coverage(strayed) < 0.2


# --- Playing


def test_the_compiled_turns_make_the_weights_of_the_lessons(tensorflow):
    import keras

    from course_utils.lessons import lesson_1

    *_, (_, fast_generator, fast_discriminator) = toy.play(2, 0.5, steps=3)
    keras.utils.set_random_seed(toy.SEED)
    lesson_1.rng = np.random.default_rng(toy.SEED)
    generator, discriminator = lesson_1.toy_generator(), lesson_1.toy_discriminator()
    before = generator.get_weights()
    gan = lesson_1.compile_gan(generator, discriminator, g_rate=0.5e-3, d_rate=2e-3)
    train_step = lesson_1.make_train_step(generator, discriminator, gan)
    for _ in range(3):
        train_step(lesson_1.real_points(toy.BATCH))
    for mine, theirs in ((fast_generator, generator), (fast_discriminator, discriminator)):
        for a, b in zip(mine.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
    assert any(abs(a - b).max() > 1e-3 for a, b in zip(before, generator.get_weights(), strict=True))


def test_a_record_and_a_film_hold_what_is_shown(tensorflow):
    row = toy.record(1, 1, steps=2)
    assert len(row["points"]) == 2 * toy.KEPT and 0 <= row["coverage"] <= 1
    assert json.loads(json.dumps(row)) == row
    film = toy.film(steps=2)
    assert film["points"].shape == (len(film["steps"]), 300, 2) and film["opinion"].shape[1:] == (41 * 41,)
    assert 80 < film["opinion"].mean() < 120  # nobody knows anything yet: 0.5


# --- The published games


def test_the_published_games_are_small_and_complete():
    assert sum((ROOT / "notebooks" / "results" / name).stat().st_size for name in ("toy.json", "toy_film.npz")) < 1e5
    rows = toy.games()
    assert [(row["d_speed"], row["g_speed"]) for row in rows] == [(d, g) for d in toy.SPEEDS for g in toy.SPEEDS]
    real = toy.real_measures()
    assert real["coverage"] > 0.999 and abs(real["distance"] - 0.024) < 0.001


def test_what_lesson_1_says_of_them():
    """Balanced speeds reach the whole circle; a player that rests does not; and one game collapses near the circle."""
    good, collapsed = toy.game(2, 1), toy.game(0.2, 20)
    assert good["distance"] < 0.05 and good["coverage"] == 1
    assert collapsed["distance"] < 0.05 and collapsed["coverage"] < 0.1
    for row in toy.games():
        if not row["g_speed"] or not row["d_speed"]:
            assert row["coverage"] < 0.1 and row["distance"] > 0.5
    with pytest.raises(CourseError, match=r"0, 0\.2, 1, 2"):
        toy.game(3, 3)


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would show."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def size(bundle):
    """Bytes as the notebook keeps it."""
    return sum(len(base64.b64encode(part)) if isinstance(part, bytes) else len(part) for part in bundle.values())


def test_the_dials_and_the_film_fit_into_a_page(shown, language):
    toy.show_speeds()
    toy.show_film()
    toy.show_map()
    assert [size(bundle) < 220_000 for bundle in shown] == [True] * 3
    dials, film = (bundle["text/html"] for bundle in shown[:2])
    captions = json.loads(re.search(r'"captions": (\[.*?\])', dials)[1])
    assert len(captions) == 36 and captions[0].startswith("distanc")
    assert len(json.loads(re.search(r'"captions": (\[.*?\])', film)[1])) >= 20


def test_damaged_results_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "results_folder", lambda: tmp_path)
    (tmp_path / "toy.json").write_text('{"runs": []}')
    (tmp_path / "toy_film.npz").write_bytes(b"PK")
    for show in (toy.show_speeds, toy.show_film):
        with pytest.raises(CourseError, match="Download the course again"):
            show()
