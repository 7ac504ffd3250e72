"""The idiom of lesson 2: whoever breaks it hears of it within one step, in both languages."""

import numpy as np
import pytest

from course_utils.language import L

pytestmark = pytest.mark.usefixtures("tensorflow")
in_both_languages = pytest.mark.usefixtures("language")


@pytest.fixture
def lesson(tensorflow):
    import keras

    from course_utils.lessons import lesson_2

    keras.utils.set_random_seed(1)
    return lesson_2


def game(lesson):
    """Return discriminator, generator, gan and training step of a tiny game of 8 points in space."""
    generator, discriminator, _ = lesson.tiny_game(lesson.adam(), lesson.adam())
    gan = lesson.compile_gan(generator, discriminator, lesson.adam(), lesson.adam(), batch_size=8)
    return discriminator, generator, gan, lesson.make_train_step(generator, discriminator, gan, batch_size=8)


def real(count=8):
    return np.random.default_rng(1).normal(size=(count, 3)).astype("float32")


def not_learnt():
    return L("no ha aprendido en su propio turno", "it has not learnt in its own turn")


def has_moved():
    return L("se ha movido en el turno de su rival", "it has moved in its rival's turn")


def test_each_network_moves_in_its_own_turn_and_only_there(lesson):
    discriminator, generator, gan, train_step = game(lesson)
    for _ in range(3):
        step = train_step(real())
        assert all(np.isfinite(value) for value in step.values())
    assert discriminator.trainable and generator.trainable
    before = discriminator.get_weights(), generator.get_weights()
    with lesson.turn(generator, rival=discriminator):
        lesson.train_once(gan)
    assert all(map(np.array_equal, before[0], discriminator.get_weights()))
    assert not all(map(np.array_equal, before[1], generator.get_weights()))


def test_d_sees_the_very_images_of_g_s_turn(lesson, monkeypatch):
    import tensorflow as tf

    discriminator, _, gan, train_step = game(lesson)
    seen = []
    train_on_batch = discriminator.train_on_batch
    monkeypatch.setattr(
        discriminator,
        "train_on_batch",
        lambda x, y, **k: seen.append(np.asarray(tf.convert_to_tensor(x))) or train_on_batch(x, y, **k),
    )
    train_step(real())
    kept = next(layer for layer in gan.layers if hasattr(layer, "images"))
    assert np.array_equal(seen[1], kept.images.numpy())
    assert np.array_equal(seen[0], real())


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@in_both_languages
def test_1_frozen_once(lesson):
    discriminator, _, _, train_step = game(lesson)
    discriminator.trainable = False
    lesson.train_once(discriminator)
    with pytest.raises(AssertionError, match=not_learnt()):
        train_step(real())
    assert discriminator.trainable


@in_both_languages
def test_2_never_frozen(lesson):
    discriminator, generator, gan, _ = game(lesson)
    with pytest.raises(AssertionError, match=has_moved()), lesson.turn(generator, rival=discriminator):
        discriminator.trainable = True
        lesson.train_once(gan)


@in_both_languages
def test_3_one_optimizer(lesson):
    generator, discriminator, _ = lesson.tiny_game(lesson.adam(), lesson.adam())
    shared = lesson.adam()
    with pytest.raises(AssertionError, match=L("crea dos", "make two")):
        lesson.compile_gan(generator, discriminator, shared, shared, batch_size=8)


@in_both_languages
def test_4_the_gan_tried_before_freezing(lesson):
    _, _, gan, train_step = game(lesson)
    lesson.train_once(gan)
    with pytest.raises(AssertionError, match=has_moved()):
        train_step(real())


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@in_both_languages
def test_5_warmed_up_and_then_frozen(lesson):
    """Batches of 8 were traced thawed and go on training D; one of 5 is traced frozen, and trips."""
    discriminator, generator, _, train_step = game(lesson)
    train_step(real())
    discriminator.trainable = False
    lesson.train_once(discriminator, batch_size=5)
    train_step(real())
    with pytest.raises(AssertionError, match=not_learnt()), lesson.turn(discriminator, rival=generator):
        lesson.train_once(discriminator, batch_size=5)


@in_both_languages
def test_a_turn_in_which_nobody_moves_trips(lesson):
    discriminator, generator, _, _ = game(lesson)
    with pytest.raises(AssertionError, match=not_learnt()), lesson.turn(discriminator, rival=generator):
        pass


def test_an_error_or_an_interruption_leaves_both_thawed_and_is_not_hidden(lesson):
    discriminator, generator, _, _ = game(lesson)
    with pytest.raises(KeyboardInterrupt), lesson.turn(generator, rival=discriminator):
        raise KeyboardInterrupt
    assert discriminator.trainable and generator.trainable


def test_normalization_comes_after_the_activation_or_before_it(lesson):
    for first, order in (
        (False, ["LeakyReLU", "BatchNormalization"]),
        (True, ["BatchNormalization", "LeakyReLU"]),
    ):
        kinds = [type(layer).__name__ for layer in lesson.make_generator(norm_first=first).layers]
        assert kinds[4:7] == ["Conv2DTranspose", *order]
