"""The idiom of lesson 2: whoever breaks it hears of it within one step, in both languages."""

import numpy as np
import pytest

from course_utils import setup
from tools.build import ROOT
from tools.excerpt import definitions, names_of

LESSON = "02_dcgan_train_on_batch"
IDIOM = (
    "fingerprint",
    "turn",
    "KeepImages",
    "accuracy",
    "mean_output",
    "compile_gan",
    "learn",
    "make_train_step",
    "train_once",
)


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", LESSON)


@pytest.fixture(params=setup.LANGUAGES)
def lesson(request):
    import keras

    keras.utils.set_random_seed(1)
    names = names_of(LESSON, *IDIOM, "tiny_game", "adam", language=request.param)
    return names | {"language": request.param}


def game(lesson):
    """Return discriminator, generator, gan and training step of a tiny game of 8 points in space."""
    generator, discriminator, _ = lesson["tiny_game"](lesson["adam"](), lesson["adam"]())
    gan = lesson["compile_gan"](generator, discriminator, lesson["adam"](), lesson["adam"](), batch_size=8)
    return discriminator, generator, gan, lesson["make_train_step"](generator, discriminator, gan, batch_size=8)


def real(count=8):
    return np.random.default_rng(1).normal(size=(count, 3)).astype("float32")


NOT_LEARNT = {"es": "no ha aprendido en su propio turno", "en": "it has not learnt in its own turn"}
MOVED = {"es": "se ha movido en el turno de su rival", "en": "it has moved in its rival's turn"}
OWN = {"es": "crea dos", "en": "make two"}


def test_each_network_moves_in_its_own_turn_and_only_there(lesson):
    discriminator, generator, gan, train_step = game(lesson)
    for _ in range(3):
        step = train_step(real())
        assert all(np.isfinite(value) for value in step.values())
    assert discriminator.trainable and generator.trainable
    before = discriminator.get_weights(), generator.get_weights()
    with lesson["turn"](generator, rival=discriminator):
        lesson["train_once"](gan)
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
def test_1_frozen_once(lesson):
    discriminator, _, _, train_step = game(lesson)
    discriminator.trainable = False
    lesson["train_once"](discriminator)
    with pytest.raises(AssertionError, match=NOT_LEARNT[lesson["language"]]):
        train_step(real())
    assert discriminator.trainable


def test_2_never_frozen(lesson):
    discriminator, generator, gan, _ = game(lesson)
    with pytest.raises(AssertionError, match=MOVED[lesson["language"]]), lesson["turn"](generator, rival=discriminator):
        discriminator.trainable = True
        lesson["train_once"](gan)


def test_3_one_optimizer(lesson):
    generator, discriminator, _ = lesson["tiny_game"](lesson["adam"](), lesson["adam"]())
    shared = lesson["adam"]()
    with pytest.raises(AssertionError, match=OWN[lesson["language"]]):
        lesson["compile_gan"](generator, discriminator, shared, shared, batch_size=8)


def test_4_the_gan_tried_before_freezing(lesson):
    _, _, gan, train_step = game(lesson)
    lesson["train_once"](gan)
    with pytest.raises(AssertionError, match=MOVED[lesson["language"]]):
        train_step(real())


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_5_warmed_up_and_then_frozen(lesson):
    """Batches of 8 were traced thawed and go on training D; one of 5 is traced frozen, and trips."""
    discriminator, generator, _, train_step = game(lesson)
    train_step(real())
    discriminator.trainable = False
    lesson["train_once"](discriminator, batch_size=5)
    train_step(real())
    not_learnt = NOT_LEARNT[lesson["language"]]
    with pytest.raises(AssertionError, match=not_learnt), lesson["turn"](discriminator, rival=generator):
        lesson["train_once"](discriminator, batch_size=5)


def test_a_turn_in_which_nobody_moves_trips(lesson):
    discriminator, generator, _, _ = game(lesson)
    not_learnt = NOT_LEARNT[lesson["language"]]
    with pytest.raises(AssertionError, match=not_learnt), lesson["turn"](discriminator, rival=generator):
        pass


def test_an_error_or_an_interruption_leaves_both_thawed_and_is_not_hidden(lesson):
    discriminator, generator, _, _ = game(lesson)
    with pytest.raises(KeyboardInterrupt), lesson["turn"](generator, rival=discriminator):
        raise KeyboardInterrupt
    assert discriminator.trainable and generator.trainable


def test_the_package_holds_what_the_lesson_teaches():
    lesson = definitions(ROOT / "notebooks" / "source" / f"{LESSON}.py")
    package = definitions(ROOT / "course_utils" / "dcgan.py")
    assert len(package) >= 10
    for name, source in package.items():
        assert source == lesson[name], f"{name} differs between lesson 2 and course_utils.dcgan"


def test_the_dust_is_counted_as_lesson_1_teaches():
    lesson = definitions(ROOT / "notebooks" / "source" / "01_fully_connected_gan.py")
    package = definitions(ROOT / "course_utils" / "evaluation.py")
    assert package["lonely_share"].replace(" -> float", "") == lesson["lonely_share"]


def test_the_networks_are_those_of_the_tutorials(lesson):
    networks = names_of(LESSON, "make_generator", "make_discriminator", "make_networks_b", "make_networks_e")
    generator, discriminator = networks["make_generator"](), networks["make_discriminator"]()
    described = [(type(layer).__name__, layer.output.shape[1:]) for layer in generator.layers]
    assert described == [
        ("Dense", (6272,)),
        ("LeakyReLU", (6272,)),
        ("Reshape", (7, 7, 128)),
        ("BatchNormalization", (7, 7, 128)),
        ("Conv2DTranspose", (14, 14, 64)),
        ("LeakyReLU", (14, 14, 64)),
        ("BatchNormalization", (14, 14, 64)),
        ("Conv2DTranspose", (28, 28, 1)),
    ]
    assert (generator.count_params(), discriminator.count_params()) == (452_801, 41_729)
    swapped = [type(layer).__name__ for layer in networks["make_generator"](norm_first=True).layers]
    assert swapped[4:7] == ["Conv2DTranspose", "BatchNormalization", "LeakyReLU"]
    for make in ("make_networks_b", "make_networks_e"):
        generator, discriminator = networks[make]()
        assert generator.output_shape == (None, 28, 28, 1)
        assert discriminator.output_shape == (None, 1)
