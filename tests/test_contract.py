"""What learners bring to lesson 4: good networks pass, and what is wrong with bad ones is explained, all at once."""

import contextlib
import functools
import itertools
import warnings
from functools import partial

import pytest

from course_utils import setup
from course_utils.language import LANGUAGES, set_language
from tests.helpers.public_networks import KINDS, follow


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", "04_chatgpt_vs_handmade")


def good_generator():
    import keras
    from keras import layers

    return keras.Sequential(
        [keras.Input((20,)), layers.Dense(784, activation="tanh"), layers.Reshape((28, 28, 1))], name="generator"
    )


def good_discriminator():
    import keras
    from keras import layers

    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(1)], name="discriminator")


# --- Networks that are fine, however they are written


def functional_generator(latent_dim=64):
    import keras
    from keras import layers

    noise = keras.Input(shape=(latent_dim,))
    x = layers.Dense(7 * 7 * 8, use_bias=False)(noise)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Reshape((7, 7, 8))(x)
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.Dropout(0.3)(x)
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(1, 3, padding="same")(x)
    return keras.Model(noise, layers.Activation("tanh")(x))


def old_fashioned_discriminator():
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(layers.Conv2D(8, 5, strides=2, padding="same", input_shape=[28, 28, 1]))
    model.add(layers.LeakyReLU(alpha=0.2))
    model.add(layers.Dropout(0.3))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(1))
    return model


def nested_generator():
    import keras

    return keras.Sequential([keras.Input((20,)), good_generator()])


@pytest.mark.parametrize("generator", (good_generator, functional_generator, nested_generator))
@pytest.mark.parametrize("discriminator", (good_discriminator, old_fashioned_discriminator))
def test_networks_that_can_be_trained_pass(generator, discriminator, capsys):
    from course_utils.experiments.contract import keeps_contract

    assert keeps_contract(generator, discriminator), capsys.readouterr().out
    assert capsys.readouterr().out.count("✔") == 3


def test_the_rivals_pass_and_then_they_train():
    from course_utils.experiments import rivals
    from course_utils.experiments.contract import keeps_contract

    small = {"base": 8, "d_filters": 8}
    rungs = [settings | small for settings in rivals.LADDER.values()][::2]  # each setting has each of its values
    for settings in rungs:
        pairs = [rivals.make_networks(**settings) for _ in range(2)]
        generators, discriminators = (iter(networks) for networks in zip(*pairs, strict=True))
        assert keeps_contract(partial(next, generators), partial(next, discriminators))


# --- Networks that are not


def layers_of(*stack):
    """Return a function that makes a `keras.Sequential` of what the functions in the stack make."""

    def make():
        import keras

        return keras.Sequential([part() for part in stack])

    return make


def layer(name, *arguments, **options):
    def make():
        import keras

        return getattr(keras.layers, name)(*arguments, **options)

    return make


def noise(*shape):
    def make():
        import keras

        return keras.Input(shape)

    return make


@functools.cache
def the_same_every_time():
    return good_generator()


def frozen():
    model = good_generator()
    model.trainable = False
    return model


def conditional():
    import keras
    from keras import layers

    inputs = keras.Input((20,)), keras.Input((10,))
    hidden = layers.Dense(784, activation="tanh")(layers.Concatenate()(inputs))
    return keras.Model(inputs, layers.Reshape((28, 28, 1))(hidden))


def rounding():
    import keras
    from keras import layers

    generator = good_generator()
    return keras.Sequential([keras.Input((20,)), generator, layers.Lambda(keras.ops.round)])


def with_fixed_batches():
    import keras
    from keras import layers

    stack = [layers.Dense(784, activation="tanh"), layers.Reshape((28, 28, 1))]
    return keras.Sequential([keras.Input(batch_shape=(16, 20)), *stack])


def subclassed():
    import keras

    class Generator(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = good_generator()

        def call(self, noise):
            return self.inner(noise)

    model = Generator()
    model(keras.ops.zeros((1, 20)))
    return model


def without_input():
    import keras
    from keras import layers

    return keras.Sequential([layers.Dense(784, activation="tanh"), layers.Reshape((28, 28, 1))])


def forgets_to_return():
    good_generator()


def asks_for_something(latent_dim):
    return good_generator()


def uses_what_is_not_there():
    return lyers.Dense(3)  # noqa: F821


def of_another_version():
    from keras import layers

    return layers.LeakyRelu(0.2)


IMAGE = noise(28, 28, 1)
FLAT = layer("Flatten")


WRONG_GENERATORS = [
    (layers_of(noise(20), layer("Dense", 784, activation="tanh")), "Reshape((28, 28, 1))", "Reshape((28, 28, 1))"),
    (
        layers_of(noise(20), layer("Dense", 784, activation="sigmoid"), layer("Reshape", (28, 28, 1))),
        "el negro es -1",
        "black is -1",
    ),
    (layers_of(noise(20), layer("Dense", 784), layer("Reshape", (28, 28, 1))), "no tienen límite", "have no limit"),
    (
        layers_of(noise(20), layer("Dense", 784, activation="relu"), layer("Reshape", (28, 28, 1))),
        "no tienen límite",
        "have no limit",
    ),
    (
        layers_of(noise(20), layer("Dense", 1024, activation="tanh"), layer("Reshape", (32, 32, 1))),
        "7 → 14 → 28",
        "7 → 14 → 28",
    ),
    (
        layers_of(noise(20), layer("Dense", 2352, activation="tanh"), layer("Reshape", (28, 28, 3))),
        "1 filtro",
        "1 filter",
    ),
    (layers_of(noise(1, 1, 20), layer("Conv2DTranspose", 1, 28, activation="tanh")), "el ruido", "noise is a vector"),
    (the_same_every_time, "la misma red", "the same network"),
    (frozen, "trainable = False", "trainable = False"),
    (conditional, "condicionales", "conditional"),
    (rounding, "derivada", "derivative"),
    (without_input, "keras.Input", "keras.Input"),
    (subclassed, "keras.Input", "keras.Input"),
    (with_fixed_batches, "batch_shape", "batch_shape"),
    (
        layers_of(
            noise(20),
            layer("Dense", 784, activation="tanh", kernel_initializer="zeros"),
            layer("Reshape", (28, 28, 1)),
        ),
        "un solo gris",
        "a single grey",
    ),
    (forgets_to_return, "return model", "return model"),
    (asks_for_something, "valor por defecto", "default"),
    (uses_what_is_not_there, "import", "import"),
    (of_another_version, "Keras 3", "Keras 3"),
    (lambda: "a network", "str", "str"),
    (42, "función", "function"),
]

WRONG_DISCRIMINATORS = [
    (layers_of(IMAGE, FLAT, layer("Dense", 1, activation="sigmoid")), "dos veces", "twice"),
    (layers_of(IMAGE, FLAT, layer("Dense", 1), layer("Activation", "sigmoid")), "dos veces", "twice"),
    (layers_of(IMAGE, FLAT, layer("Dense", 2)), "Dense(1)", "Dense(1)"),
    (layers_of(IMAGE, layer("Conv2D", 8, 3), layer("Dense", 1)), "Flatten", "Flatten"),
    (layers_of(noise(784), layer("Dense", 1)), "(28, 28, 1)", "(28, 28, 1)"),
    (layers_of(noise(32, 32, 1), FLAT, layer("Dense", 1)), "(28, 28, 1)", "(28, 28, 1)"),
    (layers_of(IMAGE, FLAT, layer("Dense", 1, activation="relu")), "termina en relu", "ends in relu"),
    (layers_of(IMAGE, FLAT, layer("Dense", 1), layer("ReLU")), "termina en relu", "ends in relu"),
    (layers_of(IMAGE, FLAT, layer("Dense", 1, activation="tanh")), "termina en tanh", "ends in tanh"),
]


def test_a_linear_logit_of_bounded_features_is_not_taken_for_a_probability(capsys):
    """Whatever the image, layer normalization keeps the features small, and these logits between 0 and 1."""
    import keras

    from course_utils.experiments.contract import keeps_contract

    middle = keras.initializers.Constant(0.5)
    bounded = layers_of(
        IMAGE,
        FLAT,
        layer("Dense", 4),
        layer("LayerNormalization"),
        layer("Dense", 1, kernel_initializer=keras.initializers.Constant(1e-3), bias_initializer=middle),
    )
    assert keeps_contract(good_generator, bounded), capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("generator", "es", "en"), WRONG_GENERATORS)
def test_what_is_wrong_with_a_generator_is_explained(generator, es, en, language, capsys):
    explained(generator, good_discriminator, es, en, language, capsys)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("discriminator", "es", "en"), WRONG_DISCRIMINATORS)
def test_what_is_wrong_with_a_discriminator_is_explained(discriminator, es, en, language, capsys):
    explained(good_generator, discriminator, es, en, language, capsys)


@functools.cache
def made_before(make):
    """Return a function that returns by turns two networks that `make` has made: both languages look at the same."""
    try:
        return partial(next, itertools.cycle([make(), make()]))
    except Exception:
        return make


def explained(generator, discriminator, es, en, language, capsys):
    from course_utils.experiments.contract import keeps_contract

    set_language(language)
    assert not keeps_contract(made_before(generator), made_before(discriminator))
    said = capsys.readouterr().out
    assert len([line for line in said.splitlines() if line.startswith("✘")]) == 1, said
    assert (es if language == "es" else en) in said[said.index("✘") :], said


def test_a_network_instead_of_its_function_is_explained(capsys):
    from course_utils.experiments.contract import keeps_contract

    assert not keeps_contract(good_generator(), good_discriminator)
    assert "is already a network" in capsys.readouterr().out


def test_both_networks_are_looked_at_even_if_the_first_is_wrong(capsys):
    from course_utils.experiments.contract import keeps_contract

    keeps_contract(forgets_to_return, WRONG_DISCRIMINATORS[0][0])
    assert capsys.readouterr().out.count("✘") == 2


# --- Faults that were found with public networks (the numbers are those of the list of faults)


def verdict(generator, discriminator, capsys):
    """Return whether a pair can be trained, and what is said about it."""
    from course_utils.experiments.contract import keeps_contract

    capsys.readouterr()
    good = keeps_contract(generator, discriminator)
    return good, capsys.readouterr().out


def test_3_a_constraint_that_fails_is_found_before_the_training(capsys):
    import keras

    class Clip(keras.constraints.Constraint):
        def __call__(self, weights):
            return keras.backend.clip(weights, -0.01, 0.01)  # is not there any more

    good, said = verdict(good_generator, layers_of(IMAGE, FLAT, layer("Dense", 1, kernel_constraint=Clip())), capsys)
    assert not good and "constraint" in said and "clip" in said


@pytest.mark.parametrize("last", (layer("Reshape", (1,)), FLAT))
def test_4_a_sigmoid_behind_a_layer_that_only_reshapes_is_found(last, capsys):
    stack = layers_of(IMAGE, FLAT, layer("Dense", 1, activation="sigmoid"), last)
    assert "a probability" in verdict(good_generator, stack, capsys)[1]


@pytest.mark.parametrize("scale", (1.0, 1e-3))  # with the small one, only Keras sees it, in the graph
def test_4_a_sigmoid_in_a_layer_of_ones_own_is_found(scale, capsys):
    import keras
    import tensorflow as tf

    class Opinion(keras.layers.Layer):
        def call(self, features):
            return tf.sigmoid(scale * tf.tanh(features))

    class Certainty(Opinion):
        def call(self, features):
            return tf.sigmoid(features)

    own = Opinion if scale < 1 else Certainty
    good, said = verdict(good_generator, layers_of(IMAGE, FLAT, layer("Dense", 1), own), capsys)
    assert not good and "a probability" in said


def test_4_limits_that_are_only_suspected_stop_nothing(capsys):
    import keras

    class Softened(keras.layers.Layer):
        def call(self, features):
            return 0.9 * keras.ops.tanh(features)

    good, said = verdict(good_generator, layers_of(IMAGE, FLAT, layer("Dense", 1), Softened), capsys)
    assert good and "⚠" in said and "any value" in said


@functools.cache
def initializer_made_once():
    import keras

    return keras.initializers.RandomNormal(stddev=0.02)


def test_5_one_start_for_all_seeds_is_found(capsys):
    import keras

    def with_one_initializer():
        dense = keras.layers.Dense(784, activation="tanh", kernel_initializer=initializer_made_once())
        return keras.Sequential([keras.Input((20,)), dense, keras.layers.Reshape((28, 28, 1))])

    def with_a_seed_of_its_own():
        keras.utils.set_random_seed(3)
        return good_generator()

    for generator in (with_one_initializer, with_a_seed_of_its_own):
        good, said = verdict(generator, good_discriminator, capsys)
        assert not good and "the same weights" in said


def test_6_a_tanh_generator_whose_first_images_are_all_positive_is_trained_and_measured(capsys):
    import keras
    import numpy as np

    from course_utils import evaluation, pixels

    bright = layers_of(
        noise(20),
        layer(
            "Dense", 784, activation="tanh", kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(2)
        ),
        layer("GaussianNoise", 1e-3),
        layer("Reshape", (28, 28, 1)),
    )
    drawn = evaluation.draw(bright(), 20) + np.linspace(0, 0.01, 784, dtype="float32").reshape(28, 28, 1)
    assert drawn.min() > 0 and pixels.check_images(drawn).shape == (20, 28, 28, 1)

    def all_positive():
        stack = layers_of(noise(20), layer("Dense", 784, bias_initializer=keras.initializers.Constant(2)))()
        stack.add(keras.layers.Activation(lambda x: keras.ops.tanh(keras.ops.abs(x))))
        stack.add(keras.layers.Reshape((28, 28, 1)))
        return stack

    good, said = verdict(all_positive, good_discriminator, capsys)
    assert good and "⚠" in said and "no negative values" in said


def test_7_a_call_that_fails_is_explained(capsys):
    import keras
    import tensorflow as tf

    def dictionary():
        image = keras.Input((28, 28, 1))
        return keras.Model(image, {"logit": keras.layers.Dense(1)(keras.layers.Flatten()(image))})

    def for_batches_of_16():
        image = keras.Input((28, 28, 1))
        fixed = keras.layers.Lambda(lambda x: tf.reshape(x, (16, 784)), output_shape=(784,))(image)
        return keras.Model(image, keras.layers.Dense(1)(fixed))

    good, said = verdict(good_generator, dictionary, capsys)
    assert not good and "inside a dict" in said
    good, said = verdict(good_generator, for_batches_of_16, capsys)
    assert not good and "batches of any size" in said


def test_7_and_21_without_eager_mode_one_is_told_to_restart(capsys):
    import tensorflow as tf

    with tf.Graph().as_default():
        good, said = verdict(good_generator, good_discriminator, capsys)
    assert not good and "restart" in said


def test_21_switches_that_outlive_their_cell_are_put_back(capsys):
    import keras
    import tensorflow as tf

    keras.config.set_image_data_format("channels_first")
    tf.config.run_functions_eagerly(True)
    good, said = verdict(good_generator, good_discriminator, capsys)
    assert good and said.count("⚠") == 2 and "restart" in said
    assert keras.config.image_data_format() == "channels_last" and not tf.config.functions_run_eagerly()


def test_9_and_10_defaults_for_all_parameters_are_given_as_a_line_to_write(capsys):
    def build_generator(self, img_shape, latent_dim, channels=1):
        return good_generator()

    def build_discriminator(img_shape, alpha):
        return good_discriminator()

    _, said = verdict(build_generator, build_discriminator, capsys)
    assert "`def build_generator(img_shape=(28, 28, 1), latent_dim=100, channels=1):`" in said
    assert "delete `self`" in said
    assert "`def build_discriminator(img_shape=(28, 28, 1), alpha=0.2):`" in said


def test_11_12_and_13_errors_say_what_to_write_and_where(capsys):
    import keras
    import numpy as np

    def product():
        return keras.Sequential([keras.Input((20,)), keras.layers.Dense(np.prod((28, 28, 1)))])

    def old_rate():
        keras.optimizers.Adam(lr=2e-4)

    class Inner(keras.layers.Layer):
        def call(self, images):
            return images @ keras.ops.ones((3, 3))

    _, said = verdict(product, layers_of(IMAGE, Inner), capsys)
    assert "`int(np.prod(…))`" in said and ": return keras.Sequential([keras.Input((20,))" in said
    assert "Exception encountered" not in said and "return images @" in said
    assert "delete the line of the optimizer" in verdict(good_generator, old_rate, capsys)[1]


def test_14_a_lambda_that_fails_is_not_told_to_begin_with_an_input(capsys):
    import keras

    def failing():
        image = keras.Input((28, 28, 1))
        return keras.Sequential([image, keras.layers.Lambda(lambda x: keras.ops.reshape(x, (3, 5)))])

    _, said = verdict(good_generator, failing, capsys)
    assert "begin with" not in said.lower() and "reshape" in said


def test_15_a_subclassed_model_is_told_how_to_get_an_input(capsys):
    _, said = verdict(subclassed, good_discriminator, capsys)
    assert "return keras.Model(x, Generator()(x))" in said


def test_22_summaries_do_not_bury_the_verdict(capsys):
    def talkative():
        model = good_generator()
        model.summary()
        return model

    good, said = verdict(talkative, good_discriminator, capsys)
    assert good and len(said.splitlines()) == 3


def test_23_all_faults_that_can_be_seen_are_listed_at_once(capsys):
    generator = layers_of(noise(1, 20), layer("Dense", 784, activation="sigmoid"))
    discriminator = layers_of(noise(784), layer("Dense", 2, activation="sigmoid"))
    _, said = verdict(generator, discriminator, capsys)
    assert [line.split(":")[0] for line in said.splitlines() if line.startswith("✘")] == (
        ["✘ The generator"] * 3 + ["✘ The discriminator"] * 3
    )


def test_a_fault_of_the_check_itself_does_not_stop_a_training(capsys, monkeypatch):
    from course_utils.experiments import contract

    def stumble(*_):
        raise RuntimeError("ours")

    monkeypatch.setattr(contract, "_range_faults", stumble)
    good, said = verdict(good_generator, good_discriminator, capsys)
    assert good and "⚠" in said and "ours" in said


# --- 24: what it will cost


def test_24_time_and_memory_are_estimated_before_the_training(capsys):
    from course_utils.experiments.contract import affordable

    def pair():
        return good_generator(), good_discriminator()

    assert affordable(pair, 8, steps=10, minutes=1)
    said = capsys.readouterr().out
    assert "MB" in said and "about 5 seconds" in said
    assert not affordable(pair, 8, steps=10**9, minutes=1)
    assert not affordable(None, 8, steps=10, minutes=1)


def test_24_what_does_not_fit_is_not_even_tried(capsys, monkeypatch):
    from course_utils import machine
    from course_utils.experiments.contract import affordable

    monkeypatch.setattr(machine, "memory", lambda: (1e6, 8e9))
    assert not affordable(lambda: (good_generator(), good_discriminator()), 128, steps=1, minutes=1)
    said = capsys.readouterr().out
    assert "does not fit" in said and "Time" not in said


def test_24_the_estimate_of_the_memory_is_of_the_right_size():
    """The weights, in float32, are there four times; what a layer gives, forward and back, D's for two batches."""
    from course_utils.experiments.contract import _memory_needed

    generator, discriminator = good_generator(), good_discriminator()
    values = 2 * 10 * (784 + 784) + 4 * 10 * (784 + 1)
    weights = 4 * (20 * 784 + 784 + 784 + 1)
    assert _memory_needed(generator, discriminator, 10) == pytest.approx(4 * (values + weights))


# --- Public networks, as they are pasted


@pytest.fixture
def lesson():
    """Return the names that the lesson has when the learner's cell is read."""
    import keras
    import numpy as np
    from keras import layers

    return {"keras": keras, "layers": layers, "np": np}


def read(text, names, capsys):
    """Return what is found in a cell with this text, and what is said about it."""
    from course_utils.experiments import pasted

    capsys.readouterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing may leak
        make = pasted.networks(names | {"In": ["", text, "pasted.networks(globals())"]})
    return make, capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "language"), list(zip(KINDS.values(), itertools.cycle(LANGUAGES), strict=False)), ids=list(KINDS)
)
def test_public_networks_train_as_they_are_or_after_one_mend_as_told(kind, language, lesson, capsys):
    text = kind.text
    set_language(language)
    if kind.says:
        make, said = read(text, lesson, capsys)
        assert make is None
        for es, en in kind.says:
            assert (es if language == "es" else en) in said, said
        text = follow(text, said)
    for old, new in kind.mends:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    if kind.trains:
        make, said = read(text, lesson, capsys)
    assert (make is not None) == kind.trains, said
    assert said.count("✔") == 3 * kind.trains


def test_each_call_makes_a_new_pair(lesson, capsys):
    make, _ = read(KINDS["the course's own request"].text, lesson, capsys)
    pairs = [make() for _ in range(3)]
    assert len({id(network) for pair in pairs for network in pair}) == 6
    for generator, discriminator in pairs:
        assert generator.output_shape == (None, 28, 28, 1) and discriminator.output_shape == (None, 1)


def test_there_are_at_least_25_kinds_and_four_of_five_train_after_at_most_one_mend():
    trained = [kind for kind in KINDS.values() if kind.trains]
    assert len(KINDS) >= 25 and len(trained) >= 0.8 * len(KINDS)


def test_1_the_newest_networks_are_read_whatever_their_names(lesson, capsys):
    from course_utils.experiments import pasted

    sample = KINDS["the course's own request"].text
    names = {}
    exec(sample, names)
    for kind, found in (("in Spanish", "crear_generador"), ("two functions without imports", "build_generator")):
        cells = [sample, "pasted.networks(globals())", KINDS[kind].text, "pasted.networks(globals())"]
        pasted.networks(names | lesson | {"In": cells})
        assert found in capsys.readouterr().out
    pasted.networks(names | lesson | {"In": [KINDS["in Spanish"].text, sample]})
    assert "make_generator" in capsys.readouterr().out


def test_each_network_may_be_in_a_cell_of_its_own(lesson, capsys):
    from course_utils.experiments import pasted

    text = KINDS["two functions without imports"].text
    half = text.index("def build_discriminator")
    cells = ["", text[:half], text[half:], "pasted.networks(globals())"]
    assert pasted.networks(lesson | {"In": cells}), capsys.readouterr().out


def test_one_network_alone_is_not_paired_with_the_samples(lesson, capsys):
    text = KINDS["two functions without imports"].text
    from course_utils.experiments import pasted

    cells = [KINDS["the course's own request"].text, text[: text.index("def build_discriminator")]]
    assert pasted.networks(lesson | {"In": cells}) is None
    assert "No discriminator was found" in capsys.readouterr().out


def test_older_networks_do_not_stand_for_some_that_are_not_recognized(lesson, capsys):
    from course_utils.experiments import pasted

    unnamed = KINDS["two functions without imports"].text.replace("generator", "one").replace("discriminator", "two")
    cells = [KINDS["the course's own request"].text, unnamed, "pasted.networks(globals())", "x = 1"]
    assert pasted.networks(lesson | {"In": cells}) is None
    assert "No generator and no discriminator was found" in capsys.readouterr().out


@pytest.mark.parametrize(("language", "advice"), list(zip(LANGUAGES, ("otro archivo", "another file"), strict=True)))
def test_modules_that_are_not_there_are_named(language, advice, lesson, capsys):
    set_language(language)
    text = "import tensorflow_probability as tfp\n" + KINDS["two functions without imports"].text
    make, said = read(text.replace("Dense(1)", "tfp.layers.DenseFlipout(1)"), lesson, capsys)
    assert make is None and "`tensorflow_probability`" in said and advice in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_19_names_that_nothing_defines_are_listed_together(language, lesson, capsys):
    set_language(language)
    text = (
        KINDS["two functions without imports"]
        .text.replace("Dense(28 * 28", "Denso(28 * 28")
        .replace("Flatten(", "Aplanar(")
    )
    make, said = read(text, lesson, capsys)
    assert make is None and "Aplanar, Denso" in said


@pytest.mark.parametrize(
    "text", ("", "x = 1", "def build_generator(:\n    Dense", "import torch\nG = torch.nn.Linear(1, 1)")
)
def test_whatever_is_pasted_there_is_a_sentence(text, lesson, capsys):
    make, said = read(text, lesson, capsys)
    assert make is None and "✘" in said and "Traceback" not in said


# --- In a notebook


@pytest.fixture
def notebook():
    """Return a function that runs a cell as a notebook does, and returns what it shows."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()

    def run(text):
        with capture_output() as shown, contextlib.suppress(SystemExit):
            shell.run_cell(text, store_history=True)
        return shown.stdout + shown.stderr

    yield run
    InteractiveShell.clear_instance()


BEGIN = """
import keras
from keras import layers
from course_utils.experiments import pasted
count = 3
pasted.explain_errors()
"""


def test_8_errors_of_a_cell_with_networks_are_sentences(notebook):
    notebook(BEGIN)
    text = KINDS["a class of 2017 with everything in it"].text
    shown = notebook(text)
    assert "Traceback" not in shown and "→ from keras.layers import LeakyReLU" in shown
    assert "GAN.build_generator" in notebook("make = pasted.networks(globals())")
    shown = notebook("import torch\nfrom keras.layers.core import Dense\nfrom keras.utils.vis_utils import plot_model")
    assert "Traceback" not in shown and "This is PyTorch" in shown
    assert "→ from keras.layers import Dense" in shown and "→ from keras.utils import plot_model" in shown
    assert "→ from keras import ops as K" in notebook("import keras.backend as K\nimport torch")
    assert "ZeroDivisionError" in notebook("1 / 0") and "Traceback" in notebook("1 / 0")


def test_whole_programs_are_not_trained_and_give_the_lesson_its_names_back(notebook):
    notebook(BEGIN)
    program = KINDS["two functions without imports"].text + (
        "\ncount = 50\nlatent_dim = 100\nimg_shape = (28, 28, 1)\nfor epoch in range(10**9):\n    pass\n"
        "import tensorflow as tf\ntf.compat.v1.disable_eager_execution()\n"
    )
    shown = notebook("from keras.layers import *\nfrom keras.models import Sequential\n" + program)
    assert "for epoch in range" in shown and "disable_eager_execution" in shown
    shown = notebook("make = pasted.networks(globals())")
    assert "they can train" in shown and "count" in shown
    assert "3 True" in notebook("print(count, callable(make))")
