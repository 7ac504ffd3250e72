"""What learners bring to lesson 4: good networks pass, and what is wrong with bad ones is explained."""

import functools

import pytest

from course_utils import setup
from course_utils.language import LANGUAGES, set_language


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    setup.start("en", "04_chatgpt_vs_handmade")


@pytest.fixture(autouse=True)
def english():
    yield
    set_language("en")


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

    for settings in rivals.LADDER.values():
        assert keeps_contract(
            lambda settings=settings: rivals.make_networks(**settings)[0],
            lambda settings=settings: rivals.make_networks(**settings)[1],
        )


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


def explained(generator, discriminator, es, en, language, capsys):
    from course_utils.experiments.contract import keeps_contract

    set_language(language)
    assert not keeps_contract(generator, discriminator)
    (wrong,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✘")]
    assert (es if language == "es" else en) in wrong, wrong


def test_a_network_instead_of_its_function_is_explained(capsys):
    from course_utils.experiments.contract import keeps_contract

    assert not keeps_contract(good_generator(), good_discriminator)
    assert "is already a network" in capsys.readouterr().out


def test_both_networks_are_looked_at_even_if_the_first_is_wrong(capsys):
    from course_utils.experiments.contract import keeps_contract

    keeps_contract(forgets_to_return, WRONG_DISCRIMINATORS[0][0])
    assert capsys.readouterr().out.count("✘") == 2
