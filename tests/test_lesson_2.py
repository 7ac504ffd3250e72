"""The idiom of lesson 2: whoever breaks it hears of it within one step, in both languages."""

import numpy as np
import pytest

from course_utils.language import L
from tools.course import ROOT, notebook_path, read_notebook

pytestmark = pytest.mark.usefixtures("tensorflow")
in_both_languages = pytest.mark.usefixtures("language")


@pytest.fixture
def lesson(tensorflow):
    import keras

    from course_utils.lessons import lesson_2

    keras.utils.set_random_seed(1)
    return lesson_2


@pytest.fixture
def trap(tensorflow):
    from course_utils.experiments import trap

    return trap


def adam():
    import keras

    return keras.optimizers.Adam(0.01)


def game(lesson, trap):
    """Return discriminator, generator, gan and training step of a tiny game of 8 points in space."""
    generator, discriminator, _ = trap.tiny_game()
    gan = lesson.compile_gan(generator, discriminator, adam(), adam())
    return discriminator, generator, gan, lesson.make_train_step(generator, discriminator, gan, batch_size=8)


def real(count=8):
    return np.random.default_rng(1).normal(size=(count, 3)).astype("float32")


def not_learnt():
    return L("no ha aprendido en su propio turno", "it has not learnt in its own turn")


def has_moved():
    return L("se ha movido en el turno de su rival", "it has moved in its rival's turn")


def test_each_network_moves_in_its_own_turn_and_only_there(lesson, trap):
    discriminator, generator, gan, train_step = game(lesson, trap)
    for _ in range(3):
        step = train_step(real())
        assert all(np.isfinite(value) for value in step.values())
    assert discriminator.trainable and generator.trainable
    before = discriminator.get_weights(), generator.get_weights()
    with lesson.turns.turn(generator, rival=discriminator):
        trap.train_once(gan)
    assert all(map(np.array_equal, before[0], discriminator.get_weights()))
    assert not all(map(np.array_equal, before[1], generator.get_weights()))


def test_d_judges_what_g_draws_in_the_mode_in_which_it_is_trained(lesson, trap, monkeypatch):
    """A batch with its own statistics has mean 0 and deviation 1, whatever BN has gathered; a frozen BN would not."""
    import keras
    import tensorflow as tf

    _, discriminator, _ = trap.tiny_game()
    generator = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization()])
    generator.layers[0].set_weights([np.full((4, 3), 5.0), np.full(3, 7.0)])
    gan = lesson.compile_gan(generator, discriminator, adam(), adam())
    seen, train_on_batch = [], discriminator.train_on_batch
    monkeypatch.setattr(
        discriminator,
        "train_on_batch",
        lambda x, y, **k: seen.append(np.asarray(tf.convert_to_tensor(x))) or train_on_batch(x, y, **k),
    )
    train_step = lesson.make_train_step(generator, discriminator, gan, batch_size=8)
    for _ in range(2):
        train_step(real())
    assert np.array_equal(seen[0], real())
    assert np.allclose(seen[1].mean(axis=0), 0, atol=1e-3) and np.allclose(seen[1].std(axis=0), 1, atol=1e-2)


@in_both_languages
def test_the_short_watch_of_the_lesson_and_the_fast_one_agree(lesson, trap):
    """Both let a fair turn pass, and ring when the rival moves and when the player does not."""
    from contextlib import contextmanager

    cells = [cell.source for cell in read_notebook(notebook_path(ROOT, "en", "02_dcgan_train_on_batch")).cells]
    (short,) = [source for source in cells if "def watched_turn(" in source]
    names = vars(lesson) | {"contextmanager": contextmanager}
    exec(short, names)
    for turn in (names["watched_turn"], lesson.turns.turn):
        discriminator, generator, gan, _ = game(lesson, trap)
        with turn(generator, rival=discriminator):
            trap.train_once(gan)
        with pytest.raises(AssertionError), turn(discriminator, rival=generator):
            pass
        discriminator, generator, gan, _ = game(lesson, trap)
        trap.train_once(gan)
        with pytest.raises(AssertionError), turn(generator, rival=discriminator):
            trap.train_once(gan)


def test_the_fingerprint_sees_any_change_and_two_weights_that_change_places(lesson):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    before, (kernel, bias) = lesson.turns.fingerprints(model)[0], model.get_weights()
    assert before.dtype == np.int64 and before.shape == (2,)
    for changed in (np.nextafter(kernel, np.inf), kernel[::-1], -kernel):
        model.set_weights([changed, bias])
        now = lesson.turns.fingerprints(model)[0]
        assert now[0] != before[0] and now[1] == before[1]
    model.set_weights([kernel, bias])
    assert np.array_equal(lesson.turns.fingerprints(model)[0], before)
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    together = lesson.turns.fingerprints(other, model)
    assert np.array_equal(together[1], before) and np.array_equal(together[0], lesson.turns.fingerprints(other)[0])


def test_the_fingerprint_looks_at_the_weights_that_a_model_has_now(lesson):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    assert len(lesson.turns.fingerprints(model)[0]) == 2
    model.add(keras.layers.Dense(4))
    assert len(lesson.turns.fingerprints(model)[0]) == 4
    model.layers[-1].trainable = False
    assert len(lesson.turns.fingerprints(model)[0]) == 2


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_run_eagerly_trainable_counts_at_every_step(lesson, trap):
    """What the lesson says of the trap's bounds: without graphs, the GAN tried too soon does no harm."""
    _, discriminator, gan = trap.tiny_game()
    gan.compile(adam(), "binary_crossentropy", run_eagerly=True)
    trap.train_once(gan)
    before = discriminator.get_weights()
    discriminator.trainable = False
    trap.train_once(gan)
    assert all(map(np.array_equal, before, discriminator.get_weights()))


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@in_both_languages
def test_1_frozen_once(lesson, trap):
    discriminator, _, _, train_step = game(lesson, trap)
    discriminator.trainable = False
    trap.train_once(discriminator)
    with pytest.raises(AssertionError, match=not_learnt()):
        train_step(real())
    assert discriminator.trainable


@in_both_languages
def test_2_never_frozen(lesson, trap):
    discriminator, generator, gan, _ = game(lesson, trap)
    with pytest.raises(AssertionError, match=has_moved()), lesson.turns.turn(generator, rival=discriminator):
        discriminator.trainable = True
        trap.train_once(gan)


@in_both_languages
def test_3_one_optimizer(lesson, trap):
    generator, discriminator, _ = trap.tiny_game()
    shared = adam()
    with pytest.raises(AssertionError, match=L("crea dos", "make two")):
        lesson.compile_gan(generator, discriminator, shared, shared)


@in_both_languages
def test_4_the_gan_tried_before_freezing(lesson, trap):
    _, _, gan, train_step = game(lesson, trap)
    trap.train_once(gan)
    with pytest.raises(AssertionError, match=has_moved()):
        train_step(real())


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@in_both_languages
def test_5_warmed_up_and_then_frozen(lesson, trap):
    """Batches of 8 were traced thawed and go on training D; one of 5 is traced frozen, and trips."""
    discriminator, generator, _, train_step = game(lesson, trap)
    train_step(real())
    discriminator.trainable = False
    trap.train_once(discriminator, batch_size=5)
    train_step(real())
    with pytest.raises(AssertionError, match=not_learnt()), lesson.turns.turn(discriminator, rival=generator):
        trap.train_once(discriminator, batch_size=5)


@in_both_languages
def test_a_turn_in_which_nobody_moves_trips(lesson, trap):
    discriminator, generator, _, _ = game(lesson, trap)
    with pytest.raises(AssertionError, match=not_learnt()), lesson.turns.turn(discriminator, rival=generator):
        pass


def test_an_error_or_an_interruption_leaves_both_thawed_and_is_not_hidden(lesson, trap):
    discriminator, generator, _, _ = game(lesson, trap)
    with pytest.raises(KeyboardInterrupt), lesson.turns.turn(generator, rival=discriminator):
        raise KeyboardInterrupt
    assert discriminator.trainable and generator.trainable


@in_both_languages
def test_the_table_of_the_trap(trap, monkeypatch):
    shown = []
    monkeypatch.setattr("course_utils.plots.show_table", lambda headings, rows: shown.extend(rows))
    both = L("D y G", "D and G")
    assert trap.play(trap.tiny_game(freeze=True), toggle=False) == ("—", "G")
    assert trap.play(trap.tiny_game(), toggle=True) == ("D", "G")
    assert trap.play(trap.tiny_game(one_optimizer=True), toggle=True) == ("D", "ValueError: Unknown variable")
    tried, warmed = trap.tiny_game(), trap.tiny_game()
    trap.train_once(tried.gan)
    assert trap.play(tried, toggle=True) == ("D", both)
    trap.train_once(warmed.discriminator)
    warmed.discriminator.trainable = False
    assert trap.play(warmed, toggle=False) == ("D", "G")
    assert trap.play(warmed, toggle=False, batch_size=5) == ("—", "G")
    trap.show({"4": ("D", both)})
    assert shown == [["4", "D", both]]


# The D of `workshop`


def test_the_deviation_of_the_batch_is_one_number_in_a_channel_of_its_own(lesson):
    images = np.random.default_rng(1).normal(size=(5, 4, 4, 3)).astype("float32")
    out = np.asarray(lesson.MinibatchDeviation()(images))
    assert out.shape == (5, 4, 4, 4) and np.array_equal(out[..., :3], images)
    assert np.allclose(out[..., 3], images.std(axis=0).mean(), atol=1e-4)


def test_a_watchful_discriminator_sees_that_a_batch_repeats_itself(lesson):
    discriminator = lesson.make_watchful_discriminator()
    images = np.random.default_rng(1).uniform(-1, 1, (4, 28, 28, 1)).astype("float32")
    alone = np.repeat(images[:1], 4, axis=0)
    assert discriminator.output_shape == (None, 1)
    assert not np.allclose(discriminator(images)[0], discriminator(alone)[0], atol=1e-6)
    plain = lesson.make_discriminator()
    assert np.allclose(plain(images)[0], plain(alone)[0], atol=1e-6)


# Its tables


def test_the_means_of_the_curves_and_the_gap(monkeypatch):
    from course_utils.experiments import figures

    shown = []
    monkeypatch.setattr("course_utils.plots.show_table", lambda headings, rows: shown.extend(rows))
    ramp = np.repeat(np.arange(10), 10) / 10  # 0.0, ten times, 0.1, …
    figures.show_means({"d_loss": ramp, "g_loss": 2 * ramp, "d_real": ramp, "d_fake": 0 * ramp})
    assert shown[0][1:] == ["0.20", "0.90"] and shown[-1][1:] == ["0.20", "0.90"] and shown[3][1:] == ["0.00", "0.00"]


def test_stray_pixels_and_real_digits_are_told_apart(lesson, capsys):
    from course_utils import data
    from course_utils.experiments import figures

    lonely = np.full((4, 28, 28, 1), -1.0, "float32")
    lonely[:, ::4, ::4] = 1
    dust = figures.show_dust({"real": data.load("mnist").x_test[:20], "lonely": lonely})
    assert dust["real"] < 100 and dust["lonely"] == 10_000
