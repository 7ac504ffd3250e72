"""Look a pair of networks over that somebody else has written, before any time goes into training it. For lesson 4.

What is wrong is explained as a teacher would: what it is, why it matters, and what to change.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from course_utils.language import L, thousands
from course_utils.lessons import lesson_3

BATCH = 8
# Activations that no logit should come out of: their values stay on one side, or within limits.
LIMITED = ("relu", "relu6", "sigmoid", "hard_sigmoid", "softmax", "softplus", "tanh", "exponential")


class Broken(Exception):
    """A network breaks the contract; the text says how, why it matters and what to change."""


def keeps_contract(make_generator: Callable, make_discriminator: Callable) -> bool:
    """Say whether two functions return a generator and a discriminator that the course can train; never raises.

    The contract: each function, called without arguments, makes and returns a new Keras model. The generator takes
    noise (n, latent_dim) to images (n, 28, 28, 1) in [-1, 1]; the discriminator takes images to logits (n, 1). All
    their trainable weights get finite gradients.

    Args:
        make_generator, make_discriminator: functions without arguments.

    Returns:
        whether everything is right. What is not is printed.
    """
    generator = _try(_generator, make_generator)
    discriminator = _try(_discriminator, make_discriminator)
    if generator is None or discriminator is None:
        return False
    return _try(_gradients, generator, discriminator) is not None


def _try(check: Callable, *arguments):
    """Print what a check finds; return the network that it returns, or None if the contract is broken."""
    try:
        result, praise = check(*arguments)
    except Broken as problem:
        print(f"✘ {problem}")
        return None
    print(f"✔ {praise}")
    return result


def _new_model(make: Callable, name: str):
    """Return the model that `make` makes; what could go wrong with that is explained."""
    if isinstance(make, keras.Model):
        raise Broken(
            L(
                f"{name} ya es una red. Pasa la función que la crea, porque cada semilla necesita una red nueva. "
                "Escribe `def make_…():` y devuelve en ella la red.",
                f"{name} is already a network. Pass the function that makes it, since each seed needs a new "
                "network. Write `def make_…():` and return the network in it.",
            )
        )
    if not callable(make):
        raise Broken(
            L(f"{name}: se espera una función, no {make!r}.", f"{name}: a function is expected, not {make!r}.")
        )
    try:
        with warnings.catch_warnings():  # such as that input_shape is old-fashioned: no harm done
            warnings.simplefilter("ignore")
            model, again = make(), make()
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise Broken(
            L(
                f"{name}: la función se ha detenido con {type(error).__name__}: {reason}",
                f"{name}: the function stopped with {type(error).__name__}: {reason}",
            )
            + _known_cure(reason)
        ) from error
    if model is None:
        raise Broken(
            L(
                f"{name}: la función no devuelve nada. ¿Falta `return model` al final?",
                f"{name}: the function returns nothing. Is `return model` missing at the end?",
            )
        )
    if not isinstance(model, keras.Model):
        raise Broken(
            L(
                f"{name}: la función devuelve {type(model).__name__} y se espera una red de Keras (`keras.Model` o "
                "`keras.Sequential`).",
                f"{name}: the function returns {type(model).__name__}; a Keras network is expected (`keras.Model` or "
                "`keras.Sequential`).",
            )
        )
    if model is again:
        raise Broken(
            L(
                f"{name}: la función devuelve siempre la misma red, así que la segunda semilla seguiría entrenando la "
                "de la primera. Crea la red dentro de la función.",
                f"{name}: the function returns the same network every time, so the second seed would go on training "
                "the network of the first. Make the network inside the function.",
            )
        )
    if not model.built or not getattr(model, "inputs", None):
        raise Broken(
            L(
                f"{name}: la red no sabe qué entra en ella. Empieza con `keras.Input((…))`.",
                f"{name}: the network does not know what goes into it. Begin with `keras.Input((…))`.",
            )
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise Broken(
            L(
                f"{name}: tiene {len(model.inputs)} entradas y {len(model.outputs)} salidas; aquí se espera una de "
                "cada. Las GAN con etiquetas (condicionales) no caben en este experimento.",
                f"{name}: it has {len(model.inputs)} inputs and {len(model.outputs)} outputs; one of each is expected "
                "here. GANs with labels (conditional ones) do not fit this experiment.",
            )
        )
    if model.input_shape[0] is not None:
        raise Broken(
            L(
                f"{name}: solo admite lotes de {model.input_shape[0]} imágenes. Escribe la forma sin el lote: "
                "`keras.Input((…))`, sin `batch_shape` ni `batch_size`.",
                f"{name}: it only takes batches of {model.input_shape[0]} images. Give the shape without the batch: "
                "`keras.Input((…))`, without `batch_shape` or `batch_size`.",
            )
        )
    if not model.trainable_weights:
        raise Broken(
            L(
                f"{name}: no tiene ningún peso que entrenar. ¿Ha quedado un `trainable = False`? Con GradientTape no "
                "hace falta congelar nada: bórralo.",
                f"{name}: it has no weights to train. Is there a `trainable = False` left? With GradientTape nothing "
                "needs freezing: delete it.",
            )
        )
    return model


def _known_cure(reason: str) -> str:
    """Return what to do about an error that assistants' code of other versions often gives, or ""."""
    cures = {
        "is not defined": L(
            "En la celda falta un import o la función usa algo que no está en ella. Prueba con `from keras import "
            "layers`.",
            "An import is missing in the cell, or the function uses something from outside: for instance `from keras "
            "import layers`.",
        ),
        "missing 1 required positional": L(
            "Aquí la función se llama sin argumentos: dale a su parámetro un valor por defecto, como `latent_dim=50`.",
            "Here the function is called without arguments: give its parameter a default, such as `latent_dim=50`.",
        ),
        "has no attribute": L(
            "Es probable que el código sea de otra versión de Keras: pídele a tu asistente que use Keras 3.",
            "The code is probably for another version of Keras: ask the assistant for Keras 3.",
        ),
    }
    return next((f" → {cure}" for sign, cure in cures.items() if sign in reason), "")


def _generator(make: Callable):
    name = L("El generador", "The generator")
    generator = _new_model(make, name)
    shape = generator.input_shape
    if len(shape) != 2 or not shape[1]:
        raise Broken(
            L(
                f"{name}: espera una entrada de forma {shape}; el ruido es un vector: `keras.Input((50,))`.",
                f"{name}: it expects an input of shape {shape}; noise is a vector: `keras.Input((50,))`.",
            )
        )
    if generator.output_shape != (None, 28, 28, 1):
        raise Broken(
            L(
                f"{name}: da imágenes de forma {generator.output_shape[1:]} y las de MNIST son (28, 28, 1). "
                + _shape_cure(generator.output_shape),
                f"{name}: its images have shape {generator.output_shape[1:]}; those of MNIST are (28, 28, 1). "
                + _shape_cure(generator.output_shape),
            )
        )
    # Noise that is far too loud drives every output to the end of its range.
    loud = keras.random.normal((BATCH, shape[1]), seed=1) * 1e4
    drawn = np.concatenate([generator(loud, training=training_mode).numpy() for training_mode in (False, True)])
    if not np.isfinite(drawn).all():
        raise Broken(
            L(
                f"{name}: dibuja NaN o infinito. Busca un logaritmo o una división.",
                f"{name}: it draws NaN or infinity. Look for a logarithm or a division.",
            )
        )
    if np.abs(drawn).max() > 1.001:
        raise Broken(
            L(
                f"{name}: sus valores no tienen límite (con un ruido fuerte llegan a {np.abs(drawn).max():.2g}), y los "
                "píxeles van de -1 a 1. Termina con activation='tanh'.",
                f"{name}: its values have no limit (loud noise takes them to {np.abs(drawn).max():.2g}), but pixels go "
                "from -1 to 1. End with activation='tanh'.",
            )
        )
    if drawn.max() == drawn.min():
        raise Broken(
            L(
                f"{name}: dibuja siempre lo mismo, un solo gris. ¿Empiezan sus pesos en cero?",
                f"{name}: it always draws the same, a single grey. Do its weights start at zero?",
            )
        )
    if drawn.min() >= 0:
        raise Broken(
            L(
                f"{name}: nunca dibuja valores negativos. ¿Termina en una sigmoide? Aquí el negro es -1, no 0: "
                "cambia la última activación por 'tanh'.",
                f"{name}: it never draws negative values. Does it end in a sigmoid? Here black is -1, not 0: "
                "change the last activation to 'tanh'.",
            )
        )
    parameters = thousands(generator.count_params())
    return generator, L(
        f"{name}: ruido ({shape[1]}) → imagen (28, 28, 1) entre -1 y 1; {parameters} parámetros.",
        f"{name}: noise ({shape[1]}) → image (28, 28, 1) between -1 and 1; {parameters} parameters.",
    )


def _shape_cure(shape: tuple) -> str:
    if len(shape) == 2 and shape[1] == 784:
        return L("Añade al final `layers.Reshape((28, 28, 1))`.", "Add `layers.Reshape((28, 28, 1))` at the end.")
    if len(shape) == 4 and shape[3] == 3:
        return L("Son en color: la última capa debe tener 1 filtro.", "They are in colour: end with 1 filter.")
    if len(shape) == 4 and shape[1] in (32, 64):
        return L("Empieza en 7×7 y duplica dos veces: 7 → 14 → 28.", "Begin at 7×7 and double twice: 7 → 14 → 28.")
    return L(
        "Sigue la forma capa por capa con generator.summary().", "Follow the shape layer by layer: generator.summary()."
    )


def _discriminator(make: Callable):
    name = L("El discriminador", "The discriminator")
    discriminator = _new_model(make, name)
    shape = discriminator.input_shape
    if shape != (None, 28, 28, 1):
        raise Broken(
            L(
                f"{name}: espera imágenes de forma {shape[1:]} y aquí son (28, 28, 1). Empieza con "
                "`keras.Input((28, 28, 1))`.",
                f"{name}: it expects images of shape {shape[1:]}; here they are (28, 28, 1). Begin with "
                "`keras.Input((28, 28, 1))`.",
            )
        )
    if discriminator.output_shape != (None, 1):
        cure = (
            L("¿Falta `layers.Flatten()` antes de la última capa?", "Is `layers.Flatten()` missing before the last?")
            if len(discriminator.output_shape) == 4
            else L("Termina con `layers.Dense(1)`.", "End with `layers.Dense(1)`.")
        )
        raise Broken(
            L(
                f"{name}: da una salida de forma {discriminator.output_shape} y debe dar un logit por imagen: "
                f"(None, 1). {cure}",
                f"{name}: its output has shape {discriminator.output_shape}; it must be a logit per image: (None, 1). "
                f"{cure}",
            )
        )
    loud = keras.random.normal((64, 28, 28, 1), seed=1) * 1e4
    logits = discriminator(loud, training=False).numpy()
    if not np.isfinite(logits).all():
        raise Broken(L(f"{name}: contesta con NaN o infinito.", f"{name}: its answer is NaN or infinity."))
    activation = _last_activation(discriminator)
    if activation != "linear" and logits.min() >= 0 and logits.max() <= 1:
        raise Broken(
            L(
                f"{name}: da una probabilidad (termina en una sigmoide), y aquí la pérdida espera logits: la sigmoide "
                "se aplicaría dos veces. Deja la última capa en `layers.Dense(1)`, sin activación.",
                f"{name}: it gives a probability (it ends in a sigmoid), but the loss expects logits here: the sigmoid "
                "would be applied twice. Leave the last layer as `layers.Dense(1)`, without activation.",
            )
        )
    if activation in LIMITED:
        raise Broken(
            L(
                f"{name}: su última capa termina en {activation}, y un logit debe poder tomar cualquier valor, "
                "positivo o negativo. Déjala en `layers.Dense(1)`, sin activación.",
                f"{name}: its last layer ends in {activation}, but a logit must be able to take any value, positive "
                "or negative. Leave it as `layers.Dense(1)`, without activation.",
            )
        )
    parameters = thousands(discriminator.count_params())
    return discriminator, L(
        f"{name}: imagen (28, 28, 1) → un logit; {parameters} parámetros.",
        f"{name}: image (28, 28, 1) → one logit; {parameters} parameters.",
    )


def _last_activation(model) -> str:
    """Return the name of the activation that a network ends with, such as "linear"; "" where there is no telling."""
    while isinstance(model, keras.Sequential | keras.Model):
        model = model.layers[-1]
    if isinstance(model, keras.layers.ReLU):
        return "relu"
    return getattr(getattr(model, "activation", None), "__name__", "")


def _gradients(generator, discriminator):
    """Take the gradients of one step on grey noise, as `lesson_3.make_train_step` would, without taking the step."""
    noise = keras.random.normal((BATCH, generator.input_shape[1]), seed=2)
    real_images = tf.tanh(keras.random.normal((BATCH, 28, 28, 1), seed=3))
    try:
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_logits = discriminator(fake_images := generator(noise, training=True), training=True)
            g_loss = lesson_3.generator_loss(fake_logits)
            d_loss = lesson_3.discriminator_loss(discriminator(real_images, training=True), fake_logits)
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise Broken(
            L(
                f"Las dos redes no funcionan juntas ({type(error).__name__}: {reason}).",
                f"The two networks do not work together ({type(error).__name__}: {reason}).",
            )
        ) from error
    assert fake_images.shape == (BATCH, 28, 28, 1)
    count = 0
    for model, tape, loss in ((generator, g_tape, g_loss), (discriminator, d_tape, d_loss)):
        weights = model.trainable_variables
        for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
            where = "/".join([model.name, *weight.path.split("/")[-2:]])
            if gradient is None:
                raise Broken(
                    L(
                        f"A {where} no le llega ningún gradiente: está desconectado de la salida, o hay en medio una "
                        "operación sin derivada (un redondeo, un argmax).",
                        f"No gradient reaches {where}: it is not connected to the output, or there is an operation in "
                        "between that has no derivative (rounding, argmax).",
                    )
                )
            if not math.isfinite(float(tf.reduce_sum(tf.abs(gradient)))):
                raise Broken(
                    L(
                        f"El gradiente de {where} es infinito o NaN: con el primer paso se estropearía la red.",
                        f"The gradient of {where} is infinite or NaN: the first step would ruin the network.",
                    )
                )
            count += 1
    return generator, L(
        f"Gradientes finitos en las {count} matrices de pesos de las dos redes. Se pueden entrenar.",
        f"Finite gradients in all {count} weight arrays of the two networks. They can be trained.",
    )
