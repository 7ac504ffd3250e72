"""The judge and its measures: equal to independent implementations, and sensitive to what they should notice."""

import os
import time
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils import data, evaluation, folders, setup
from course_utils.language import LANGUAGES, CourseError, L, set_language


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", "04_chatgpt_vs_handmade")


def features(n, seed=0, shift=0.0, scale=1.0):
    mixed = np.random.default_rng(9).normal(size=(64, 64)) / 8  # features that go together, as real ones do
    return np.random.default_rng(seed).normal(size=(n, 64)) @ mixed * scale + shift


# --- Against independent implementations


@pytest.mark.parametrize(("shift", "scale"), ((0, 1), (0.3, 1), (0, 1.7), (2, 0.1)))
def test_the_frechet_distance_agrees_with_scipy(shift, scale):
    from scipy.linalg import sqrtm

    a, b = features(500), features(300, 1, shift, scale)
    c, d = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(c + d - 2 * np.real(sqrtm(c @ d)))
    assert np.isclose(evaluation.frechet_distance(a, b), expected, rtol=1e-4, atol=1e-4)
    assert np.isclose(evaluation.frechet_distance(b, a), expected, rtol=1e-4, atol=1e-4)


def test_the_frechet_distance_of_bells_is_the_formula_of_the_lesson():
    rng = np.random.default_rng(1)
    a, b = rng.normal(2, 1, (200_000, 1)), rng.normal(5, 3, (200_000, 1))
    assert np.isclose(evaluation.frechet_distance(a, b), 13, atol=0.1)


def test_the_kernel_distance_agrees_with_scikit_learn():
    from sklearn.metrics.pairwise import polynomial_kernel

    a, b = features(400), features(300, 1, 0.3)
    blocks = [np.array_split(np.random.default_rng(0).permutation(x), 10) for x in (a, b)]
    values = []
    for x, y in zip(*blocks, strict=True):
        xx, yy, xy = (polynomial_kernel(p, q, degree=3, coef0=1) for p, q in ((x, x), (y, y), (x, y)))
        unbiased = [k[~np.eye(len(k), dtype=bool)].mean() for k in (xx, yy)]
        values.append(sum(unbiased) - 2 * xy.mean())
    value, error = evaluation.kernel_distance(a, b)
    assert np.isclose(value, np.mean(values), rtol=1e-4)
    assert np.isclose(error, np.std(values, ddof=1) / np.sqrt(10), rtol=1e-4)


def test_precision_and_recall_agree_with_counting_one_by_one():
    a, b = features(120), features(90, 1, 0.4)[:, :]

    def inside(points, centres):
        distances = np.linalg.norm(centres[:, None] - centres, axis=-1)
        radii = np.sort(distances, axis=1)[:, 3]  # the first is its distance to itself
        return np.mean([(np.linalg.norm(centres - point, axis=1) <= radii).any() for point in points])

    assert evaluation.precision_recall(a, b) == (inside(b, a), inside(a, b))


def test_the_nearest_training_image_is_found_and_a_copy_is_at_zero():
    rng = np.random.default_rng(1)
    training = rng.integers(0, 256, (6000, 28, 28), np.uint8)
    queries = training[[5999, 3, 5000]]
    which, distances = evaluation.nearest(queries, training)
    assert which.tolist() == [5999, 3, 5000] and distances.tolist() == [0, 0, 0]
    moved = evaluation.as_floats(queries) * 0.9
    which, distances = evaluation.nearest(moved, training)
    by_hand = np.sqrt(((moved - evaluation.as_floats(queries)) ** 2).mean(axis=(1, 2, 3)))
    assert which.tolist() == [5999, 3, 5000] and np.allclose(distances, by_hand)


def test_nothing_to_compare_with_is_refused(language):
    images = np.zeros((3, 28, 28), np.uint8)
    with pytest.raises(CourseError, match=L("no hay ninguna", "there are none")):
        evaluation.nearest(images, images[:0])
    with pytest.raises(CourseError, match=L("3 imágenes y 4 etiquetas", "3 images and 4 labels")):
        evaluation.train_judge(images, np.zeros(4, int))
    with pytest.raises(CourseError, match="count"):
        evaluation.draw(SimpleNamespace(input_shape=(None, 5)), 0)


# --- What each should notice


def test_a_shift_of_the_means_adds_its_square():
    a = features(2000)
    for dose in (0.1, 0.2, 0.4):
        assert np.isclose(evaluation.frechet_distance(a, a + dose), 64 * dose**2, rtol=1e-6)
    kernels = [evaluation.kernel_distance(a, features(2000, 1, dose))[0] for dose in (0, 0.2, 0.4, 0.8)]
    assert all(np.diff(kernels) > 0)


def test_real_against_real_is_near_zero_and_the_kernel_distance_has_no_bias():
    a = features(8000)
    few, many = (evaluation.frechet_distance(a[:n], a[n : 2 * n]) for n in (400, 4000))
    assert many < 0.2 * few < 0.2 * 64  # it falls as one over n
    values = [evaluation.kernel_distance(features(200, seed), features(200, 100 + seed))[0] for seed in range(30)]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values))
    assert min(values) < 0 < max(values)


def test_the_standard_error_is_that_of_repeating_it():
    results = [evaluation.kernel_distance(features(500, seed), features(500, 100 + seed, 0.2)) for seed in range(40)]
    values, errors = np.transpose(results)
    assert 0.6 < np.mean(errors) / np.std(values, ddof=1) < 1.6


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture(scope="module")
def judge(digits):
    return evaluation.Judge(evaluation.train_judge(digits.x_train, digits.y_train, steps=120), 0.9, "digits")


@pytest.fixture(scope="module")
def halves(digits):
    images = evaluation.as_floats(digits.x_train)
    return images[::2], images[1::2], digits.y_train[1::2]


def noisy(images, labels, dose):
    return np.clip(images + 0.25 * dose * np.random.default_rng(2).normal(size=images.shape), -1, 1)


def blurred(images, labels, dose):
    for _ in range(dose):
        images = (images + sum(np.roll(images, shift, axis) for shift in (-1, 1) for axis in (1, 2))) / 5
    return images


def without_classes(images, labels, dose):
    return images[labels >= dose]


def repeated(images, labels, dose):
    images = images.copy()
    images[: len(images) * dose // 10] = images[0]
    return images


@pytest.mark.parametrize("spoil", (noisy, blurred, without_classes, repeated))
def test_damage_shows_and_more_of_it_shows_more(spoil, judge, halves):
    reference, others, labels = halves
    real = judge.look(reference).features
    seen = [judge.look(spoil(others, labels, dose)) for dose in (0, 1, 2, 3)]
    for measure in (evaluation.frechet_distance, lambda a, b: evaluation.kernel_distance(a, b)[0]):
        values = [measure(real, look.features) for look in seen]
        assert all(np.diff(values) > 0), values
    shares = [evaluation.class_shares(look.probabilities) for look in seen]
    recalls = [evaluation.precision_recall(real, look.features)[1] for look in seen]
    if spoil is without_classes:
        assert shares[0].min() > 0.05
        assert all(share[:dose].max() < 0.02 for dose, share in enumerate(shares) if dose)
        assert all(np.diff(recalls) < 0), recalls
    if spoil is noisy:
        precisions = [evaluation.precision_recall(real, look.features)[0] for look in seen]
        confidence = [evaluation.confident_share(look.probabilities) for look in seen]
        assert all(np.diff(precisions) < 0) and all(np.diff(confidence) < 0), (precisions, confidence)
    if spoil is blurred:
        assert all(np.diff(recalls) < 0), recalls


def test_a_single_image_repeated_has_no_recall(judge, halves):
    reference, others, _ = halves
    measures = evaluation.measure(judge.look(np.repeat(others[:1], len(others), axis=0)), judge.look(reference))
    assert measures["recall"] == 0 and measures["rarest"] == 0 and measures["frechet"] > 30


def test_the_features_have_mean_0_and_variance_1_over_what_the_judge_learnt(judge, digits):
    seen = judge.look(digits.x_train).features
    assert np.abs(seen.mean(axis=0)).max() < 0.2 and 0.8 < seen.var(axis=0).mean() < 1.2


# --- The same numbers every time


def test_both_languages_give_the_same_numbers(judge, halves):
    results = []
    for language in LANGUAGES:
        set_language(language)
        results.append(evaluation.measure(judge.look(halves[1]), judge.look(halves[0])))
    assert results[0] == results[1]


def test_a_judge_is_trained_to_the_same_bits_and_leaves_the_random_state_alone(digits):
    import keras

    judges, after = [], []
    for before in (1, 2):
        keras.utils.set_random_seed(before)
        judges.append(evaluation.Judge(evaluation.train_judge(digits.x_train, digits.y_train, 5), 0, "digits"))
        after.append(float(keras.random.normal(())))
        keras.utils.set_random_seed(before)
        assert after[-1] == float(keras.random.normal(()))
    assert judges[0].fingerprint == judges[1].fingerprint
    other = evaluation.Judge(evaluation.train_judge(digits.x_train, digits.y_train, 5, seed=2), 0, "digits")
    assert other.fingerprint != judges[0].fingerprint


def test_images_are_seen_alike_as_bytes_and_as_floats_and_in_any_number(judge, digits):
    some = digits.x_train[:501]
    seen = judge.look(some)
    assert seen.features.shape == (501, 64) and seen.probabilities.shape == (501, 10)
    assert np.allclose(seen.probabilities.sum(axis=1), 1)
    logits = judge.model(evaluation.as_floats(some), training=False)[1].numpy().astype("float64")
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert np.allclose(seen.probabilities, odds / odds.sum(axis=1, keepdims=True), atol=1e-6)
    assert np.allclose(judge.look(some[..., np.newaxis] / 127.5 - 1).features, seen.features, atol=1e-4)
    assert np.allclose(judge.look(some[500:]).features, seen.features[500:], atol=1e-4)


def test_a_generator_draws_the_same_for_the_same_seed_and_in_inference_mode():
    from course_utils.lessons import lesson_2

    generator = lesson_2.make_generator(filters=8, base=8)
    images = evaluation.draw(generator, 30)
    assert images.shape == (30, 28, 28, 1) and np.array_equal(images, evaluation.draw(generator, 30))
    assert not np.array_equal(images, evaluation.draw(generator, 30, seed=8))
    noise = np.random.default_rng(7).normal(size=(30, 50)).astype("float32")
    assert np.allclose(images, generator(noise, training=False), atol=1e-5)


@pytest.mark.stress
def test_ten_thousand_images_are_measured_in_seconds(judge):
    images = np.random.default_rng(1).uniform(-1, 1, (10_000, 28, 28, 1)).astype("float32")
    real = evaluation.Look(features(10_000), np.full((10_000, 10), 0.1))
    start = time.process_time()
    evaluation.measure(judge.look(images), real)
    assert time.process_time() - start < 60  # of work on all cores together, however busy the machine is


# --- The judge's file


@pytest.fixture
def cache(tmp_path, monkeypatch, judge):
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path / "out")
    trained = []

    def quick(images, labels, seed):
        trained.append(seed)
        model = evaluation.make_judge()
        model.set_weights(judge.model.get_weights())
        return model

    monkeypatch.setattr(evaluation, "train_judge", quick)
    monkeypatch.setitem(evaluation.ENOUGH, "digits", 0.8)
    return tmp_path / "out" / "judge", trained


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_judge_is_trained_once_kept_and_made_again_if_its_file_is_damaged(language, digits, cache, capsys):
    set_language(language)
    folder, trained = cache
    first = evaluation.load_judge(digits)
    assert len(trained) == 1 and ("entrenado en" if language == "es" else "trained in") in capsys.readouterr().out
    second = evaluation.load_judge(digits)
    assert len(trained) == 1 and ("de la caché" if language == "es" else "from the cache") in capsys.readouterr().out
    assert first.fingerprint == second.fingerprint and first.accuracy == second.accuracy > 0.8
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:5000])
    third = evaluation.load_judge(digits)
    assert len(trained) == 2 and third.fingerprint == first.fingerprint
    assert ("dañado" if language == "es" else "damaged") in capsys.readouterr().out
    assert [file.name for file in folder.iterdir()] == [path.name]


def test_other_data_and_another_seed_have_another_judge(digits, cache):
    folder, trained = cache
    evaluation.load_judge(digits)
    evaluation.load_judge(digits._replace(y_train=digits.y_train[::-1]))
    evaluation.load_judge(digits, seed=7)
    assert len(list(folder.iterdir())) == 3 and trained == [evaluation.RECIPE["seed"]] * 2 + [7]


def test_a_judge_that_reads_badly_is_refused(digits, cache, monkeypatch):
    monkeypatch.setitem(evaluation.ENOUGH, "digits", 0.9999)
    with pytest.raises(CourseError, match="classifies only"):
        evaluation.load_judge(digits)
    assert not cache[0].exists()


def test_where_nothing_can_be_written_the_judge_works_all_the_same(digits, cache, capsys):
    cache[0].parent.write_text("a file in the place of the folder")
    assert evaluation.load_judge(digits).accuracy > 0.8
    assert "could not be saved" in capsys.readouterr().out


@pytest.mark.skipif(not os.environ.get("COURSE_DATA"), reason="needs MNIST, which is not here")
def test_the_judge_of_mnist_reads_98_5_per_cent():
    mnist = data.load("mnist")
    start = time.process_time()
    judge = evaluation.load_judge(mnist)  # the one that the lesson uses: whoever comes first trains it
    assert (
        time.process_time() - start < 300
    )  # seconds of work on all cores together: it takes less than a minute on two
    assert judge.accuracy >= 0.985
    real, others = judge.look(mnist.x_test[:2000]), judge.look(mnist.x_train[:2000])
    assert evaluation.frechet_distance(real.features, others.features) < 2


# --- Bad input


def good(n=20):
    return np.random.default_rng(1).uniform(-1, 1, (n, 28, 28, 1)).astype("float32")


@pytest.mark.parametrize(
    ("images", "es", "en"),
    [
        (np.zeros((5, 32, 32, 1), "float32"), "(5, 32, 32, 1)", "shape"),
        (np.zeros((5, 784), "float32"), "(5, 784)", "shape"),
        (np.zeros((5, 28, 28, 3), "float32"), "28, 28, 3", "shape"),
        (good() * np.nan, "20 de las 20", "diverged"),
        (good() * 3, "entre -1 y 1", "between -1 and 1"),
        ((good() + 1) * 127.5, "127.5", "127.5"),
        ((good() + 1) / 2, "de 0 a 1", "images * 2 - 1"),
        (np.zeros((5, 28, 28), int), "uint8", "uint8"),
        (np.zeros((0, 28, 28), "uint8"), "al menos 1", "At least 1"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_images_that_are_none_are_refused_with_a_cure(images, es, en, language, judge):
    set_language(language)
    with pytest.raises(CourseError) as error:
        judge.look(images)
    assert (es if language == "es" else en) in str(error.value)


@pytest.mark.parametrize(
    "measure", (evaluation.frechet_distance, evaluation.kernel_distance, evaluation.precision_recall)
)
@pytest.mark.parametrize(
    ("real", "fake", "why"),
    [
        (features(300), features(4, 1), "at least"),
        (features(300), features(300)[:, :5], "two arrays"),
        (features(300), features(300)[0], "two arrays"),
        (features(300), features(300) * np.nan, "NaN"),
    ],
)
def test_features_that_cannot_be_measured_are_refused(measure, real, fake, why):
    with pytest.raises(CourseError, match=why):
        measure(real, fake)


def test_the_frechet_distance_wants_more_images_than_features():
    with pytest.raises(CourseError, match="at least 65 of each"):
        evaluation.frechet_distance(features(64), features(300))


# --- Tables


def test_the_table_speaks_both_languages(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda content, **_: shown.append(content["text/plain"]))
    measures = {"frechet": 12.345, "kernel": 0.0456, "precision": 0.401, "recall": 0.2, "confident": 1, "rarest": 0.051}
    for language in LANGUAGES:
        set_language(language)
        evaluation.show_measures({"x": measures, "y": {"frechet": 3.0}})
    assert "40\N{NO-BREAK SPACE}%" in shown[0] and "exhaustividad" in shown[0]
    assert "40%" in shown[1] and "5.1%" in shown[1] and "recall" in shown[1] and "12.35" in shown[1]
    assert len({len(line) for line in shown[1].splitlines()}) == 1
