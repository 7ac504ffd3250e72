"""Look a pair of networks over that somebody else has written, before any time goes into training it. For lesson 4.

What is wrong is explained as a teacher would: what it is, why it matters, and what to change. Everything that can be
seen at once is listed at once. ✘ is certain, and has to be mended; ⚠ is a suspicion, and stops nothing.
"""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from course_utils import machine
from course_utils.experiments import cures
from course_utils.language import L, say, thousands
from course_utils.lessons import lesson_3
from course_utils.progress import in_words

BATCH = 8
# Activations that no logit should come out of: their values stay on one side, or within limits.
LIMITED = {"relu", "relu6", "sigmoid", "hard_sigmoid", "softmax", "softplus", "tanh", "exponential", "softsign"}
POSITIVE = LIMITED - {"tanh", "softsign"}
# Layers that only move values about or leave some out: what comes before them decides which values there are.
TRANSPARENT = (
    keras.layers.Reshape
    | keras.layers.Flatten
    | keras.layers.Permute
    | keras.layers.Dropout
    | keras.layers.Cropping2D
    | keras.layers.Resizing
    | keras.layers.UpSampling2D
    | keras.layers.GlobalMaxPooling2D
    | keras.layers.Identity
)


class Broken(Exception):
    """Nothing more can be seen in a network before this is mended; the text says what, why and how."""


class Fault(NamedTuple):
    """What is wrong, why it matters and how to mend it; and whether that is certain."""

    text: str
    certain: bool = True


def keeps_contract(make_generator: Callable, make_discriminator: Callable) -> bool:
    """Say whether two functions return a generator and a discriminator that the course can train; never raises.

    The contract: each function, called without arguments, makes and returns a new Keras model. The generator takes
    noise (n, latent_dim) to images (n, 28, 28, 1) in [-1, 1]; the discriminator takes images to logits (n, 1). A step
    of training works, and leaves finite weights.

    Args:
        make_generator, make_discriminator: functions without arguments. An attribute `lines`, if they have one, are
            the lines of their text, with numbers; else that is looked up.

    Returns:
        whether they can be trained. What is wrong is printed.
    """
    try:
        return _keeps_contract(make_generator, make_discriminator)
    except Exception as error:  # the fault may be ours: a check must not stop a training
        say(
            f"⚠ La comprobación no ha sabido seguir ({cures.reason(error)}). Puedes probar a entrenar.",
            f"⚠ The check could not go on ({cures.reason(error)}). You can try to train.",
        )
        return True


def _keeps_contract(make_generator: Callable, make_discriminator: Callable) -> bool:
    if not tf.executing_eagerly():
        return _report([Fault(cures.no_eager_mode())], "")
    _report([Fault(cures.switch_put_back(name), certain=False) for name in _put_switches_back()], "")
    roles = (
        (L("El generador", "The generator"), make_generator, _generator_faults, cures.sigmoid, _praise_generator),
        (
            L("El discriminador", "The discriminator"),
            make_discriminator,
            _discriminator_faults,
            cures.probability,
            _praise_discriminator,
        ),
    )
    good, copies = True, []
    for name, make, check, of_sigmoid, praise in roles:
        try:
            model, again = _make_twice(make)
        except Broken as problem:
            faults, praised = [Fault(str(problem))], ""
            if (source := cures.Source(make)).ends_in_sigmoid():  # it would be the next thing to mend
                faults.append(Fault(of_sigmoid(source)))
        else:
            source, faults = cures.Source(make), []
            if (outputs := len(model.outputs)) > 1:  # the first is looked at as well
                faults.append(Fault(cures.several(1, outputs, source)))
                model, again = (keras.Model(one.inputs, one.outputs[0]) for one in (model, again))
            copies.append(again)
            faults += [*_faults_of_any(model, again), *_until_broken(check(model, source))]
            praised = f"{name}: {praise(model)}"
        good &= _report([fault._replace(text=f"{name}: {fault.text}") for fault in faults], praised)
    return good and _report(
        list(_until_broken(_step_faults(*copies))),
        L("Un paso de prueba ha ido bien: se pueden entrenar.", "A trial step went well: they can train."),
    )


def _report(faults: list[Fault], praise: str) -> bool:
    """Print faults, and the praise if none is certain, which is returned."""
    for fault in dict.fromkeys(faults):
        print(("✘ " if fault.certain else "⚠ ") + fault.text.replace(" \n", "\n"))
    good = not any(fault.certain for fault in faults)
    if good and praise:
        print(f"✔ {praise}")
    return good


def _until_broken(faults: Iterator[Fault]) -> Iterator[Fault]:
    """Yield faults; the one that hinders the search for more comes last."""
    try:
        yield from faults
    except Broken as problem:
        yield Fault(str(problem))


def _put_switches_back() -> list[str]:
    """Undo switches that a cell may have left for the whole kernel; return the names of those."""
    found = {
        "set_image_data_format": keras.config.image_data_format() != "channels_last",
        "set_floatx": keras.config.floatx() != "float32",
        "set_dtype_policy": keras.config.dtype_policy().name != "float32",
        "run_functions_eagerly": tf.config.functions_run_eagerly(),
    }
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    tf.config.run_functions_eagerly(False)
    return [name for name, changed in found.items() if changed]


# --- Making them


def _make_twice(make: Callable) -> tuple:
    """Return two models that `make` makes, for two seeds."""
    if isinstance(make, keras.Model):
        raise Broken(cures.already_a_network())
    if not callable(make):
        raise Broken(L(f"se espera una función, no {make!r}.", f"a function is expected, not {make!r}."))
    models = []
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        models.append(_explained(make, cures.stopped, make))
    model = models[0]
    if model is None:
        raise Broken(
            L(
                "la función no devuelve nada. ¿Falta `return model` al final?",
                "the function returns nothing. Is `return model` missing at the end?",
            )
        )
    if not isinstance(model, keras.Model):
        raise Broken(cures.not_a_network(model))
    if not getattr(model, "inputs", None):
        _find_what_hinders(model)
        raise Broken(cures.without_input(model))
    inputs, outputs = len(model.inputs), len(model.outputs)
    if inputs != 1:
        raise Broken(cures.several(inputs, outputs, cures.Source(make)))
    output = model.compute_output_shape(model.input_shape)
    known = isinstance(output, tuple) and all(side is None or isinstance(side, int) for side in output)
    if outputs == 1 and not known:
        raise Broken(cures.in_a_container(output))
    return tuple(models)


def _find_what_hinders(model) -> None:
    """Explain the error of a layer, if that is why a `Sequential` that begins with an input has not been built."""
    first = next(iter(getattr(model, "_layers", [])), None)
    if isinstance(first, keras.layers.InputLayer):
        zeros = np.zeros((BATCH, *first.batch_shape[1:]), "float32")
        _explained(lambda: model(zeros), cures.does_not_work)


def quietly(call: Callable):
    """Return what `call` returns, without what it prints: summaries of 15,000 characters would bury the verdict."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # such as that input_shape is old-fashioned: no harm done
        return call()


def _explained(call: Callable, explain: Callable, *arguments):
    """Return what `call` returns; what stops it is explained."""
    try:
        return quietly(call)
    except Exception as error:
        raise Broken(explain(error, *arguments)) from error


def _faults_of_any(model, again) -> Iterator[Fault]:
    """Yield what is wrong with a network, whichever of the two it is."""
    if model is again:
        yield Fault(cures.the_same_network())
    elif _start_alike(model, again):
        yield Fault(cures.the_same_start())
    if model.input_shape[0] is not None:
        yield Fault(cures.fixed_batch(model.input_shape[0]))
    if not model.trainable_weights:
        yield Fault(cures.nothing_to_train())


def _start_alike(model, again) -> bool:
    """Return whether all weights that are not constant are the same in both."""
    pairs = [(a.numpy(), b.numpy()) for a, b in zip(model.trainable_weights, again.trainable_weights, strict=False)]
    random = [(a, b) for a, b in pairs if a.size > 1 and a.min() < a.max()]
    return bool(random) and all(a.shape == b.shape and np.array_equal(a, b) for a, b in random)


# --- The generator


def _generator_faults(generator, source: cures.Source) -> Iterator[Fault]:
    shape = generator.input_shape
    if len(shape) != 2 or not shape[1]:
        yield Fault(cures.noise_is_a_vector(shape[1:], source))
    if None in shape[1:]:
        return
    yield from map(Fault, cures.of_drawn_shape(generator.output_shape[1:], source))
    drawn = _answers(generator, [size * np.random.default_rng(1).normal(size=(BATCH, *shape[1:])) for size in (1, 1e4)])
    if not np.isfinite(drawn).all():
        raise Broken(cures.not_finite())
    if drawn.max() == drawn.min():
        yield Fault(cures.single_grey())
        return
    yield from _range_faults(drawn, _ends_with(generator), source)


def _range_faults(drawn: np.ndarray, ends: list[str], source: cures.Source) -> Iterator[Fault]:
    """Yield what is wrong with the values of images that a generator has drawn, from quiet and from loud noise."""
    low, high = float(drawn.min()), float(drawn.max())
    if low >= -1.001 and high <= 1.001 and (low < 0 or ends[:1] == ["tanh"]):
        return  # that the first images of a tanh are all positive does happen
    if ends[:1] != ["tanh"] and "tanh" in ends:
        yield Fault(cures.rescaled(low, high))
    elif low >= 0 and (ends[0] in POSITIVE or high > 1.001 or (low < 1e-3 and high > 1 - 1e-3)):
        yield Fault(cures.never_negative(ends[0] or ("sigmoid" if high <= 1.001 else ""), high, source))
    elif high > 1.001 or low < -1.001:
        yield Fault(cures.no_limit(max(-low, high), ends[0], source))
    else:
        yield Fault(cures.perhaps_never_negative(low, high), certain=False)


def _praise_generator(generator) -> str:
    parameters = thousands(generator.count_params())
    return L(
        f"ruido ({generator.input_shape[1]}) → imagen (28, 28, 1) entre -1 y 1; {parameters} parámetros.",
        f"noise ({generator.input_shape[1]}) → image (28, 28, 1) between -1 and 1; {parameters} parameters.",
    )


# --- The discriminator


def _discriminator_faults(discriminator, source: cures.Source) -> Iterator[Fault]:
    shape = discriminator.input_shape
    if shape != (None, *cures.IMAGE):
        yield Fault(cures.of_taken_shape(shape[1:], source))
    if discriminator.output_shape != (None, 1):
        convolves = any(isinstance(layer, keras.layers.Conv2D) for layer in _leaves(discriminator))
        yield Fault(cures.of_answer(discriminator.output_shape, convolves, source))
    if None in shape[1:]:
        return
    random = np.random.default_rng(1)
    answers = _answers(discriminator, [size * random.normal(size=(BATCH, *shape[1:])) for size in (1, 1e4)])
    if not np.isfinite(answers).all():
        raise Broken(cures.not_finite())
    ending = _ends_with(discriminator)[0]
    low, high = float(answers.min()), float(answers.max())
    saturated = low >= 0 and high <= 1 and (low < 1e-3 or high > 1 - 1e-3)
    hidden = ending != "linear" and ending not in LIMITED
    if ending in ("sigmoid", "hard_sigmoid") or (hidden and (saturated or _keras_warns_of_sigmoid(discriminator))):
        yield Fault(cures.probability(source))
    elif ending in LIMITED and not (ending == "softmax" and discriminator.output_shape[-1] > 1):  # said already
        yield Fault(cures.limited(ending, source))
    elif hidden and low >= -1 and high <= 1:
        yield Fault(cures.perhaps_limited(low, high), certain=False)


def _keras_warns_of_sigmoid(discriminator) -> bool:
    """Return whether Keras itself, when it builds the graph of the loss, sees that the logits are probabilities."""
    graph = tf.function(lambda images: lesson_3.generator_loss(discriminator(images, training=True)))
    with warnings.catch_warnings(record=True) as heard, contextlib.suppress(Exception):
        warnings.simplefilter("always")
        graph.get_concrete_function(tf.TensorSpec((BATCH, *discriminator.input_shape[1:])))
    return any("from_logits=True" in str(warning.message) for warning in heard)


def _praise_discriminator(discriminator) -> str:
    parameters = thousands(discriminator.count_params())
    return L(
        f"imagen (28, 28, 1) → un logit; {parameters} parámetros.",
        f"image (28, 28, 1) → one logit; {parameters} parameters.",
    )


# --- Both


def _answers(model, batches: list[np.ndarray]) -> np.ndarray:
    """Return what a network gives for some batches, in inference and in training, with batches of other sizes too."""

    def call() -> np.ndarray:
        inputs = [batch.astype("float32") for batch in batches]
        answers = [model(np.concatenate(inputs), training=False)]
        answers += [model(inputs[-1][:5], training=True)]
        return np.concatenate([np.ravel(answer) for answer in answers])

    return _explained(call, cures.does_not_work)


def _leaves(model) -> list:
    """Return the layers of a network, those of the networks inside it too."""
    if isinstance(model, keras.Model):
        return [leaf for layer in model.layers for leaf in _leaves(layer)]
    return [model]


def _ends_with(model) -> list[str]:
    """Return the names of the activations that a network ends with, the last first, such as ["linear"].

    "" stands for a layer that could give anything. Layers that only move values about are skipped.
    """
    names, tensor, outer = [], model.outputs[0], []
    while True:
        operation = tensor._keras_history.operation
        if isinstance(operation, keras.Model) and getattr(operation, "outputs", None):
            outer.append(operation._inbound_nodes[tensor._keras_history.node_index].input_tensors)
            tensor = operation.outputs[0]
            continue
        if not isinstance(operation, TRANSPARENT | keras.layers.InputLayer):
            names.append(_activation_of(operation))
        inputs = operation._inbound_nodes[tensor._keras_history.node_index].input_tensors
        while not inputs and outer:
            inputs = outer.pop()
        if len(inputs) != 1 or len(names) > 3:
            return names or [""]
        tensor = inputs[0]


def _activation_of(operation) -> str:
    """Return the name of the activation of a layer, or of a function such as `keras.ops.tanh`."""
    activation = getattr(operation, "activation", None)
    if isinstance(activation, keras.layers.Layer):
        activation = type(activation)
    name = getattr(activation, "__name__", type(operation).__name__).lower()
    return name if name in LIMITED or name == "linear" else ""


def _step_faults(generator, discriminator) -> Iterator[Fault]:
    """Take the gradients of one step, and then the step itself; the networks are spoilt by it."""
    noise = keras.random.normal((BATCH, generator.input_shape[1]), seed=2)
    real_images = tf.tanh(keras.random.normal((BATCH, 28, 28, 1), seed=3))

    def gradients() -> list[tuple]:
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_logits = discriminator(generator(noise, training=True), training=True)
            g_loss = lesson_3.generator_loss(fake_logits)
            d_loss = lesson_3.discriminator_loss(discriminator(real_images, training=True), fake_logits)
        of_g, of_d = generator.trainable_variables, discriminator.trainable_variables
        return list(zip(of_g + of_d, g_tape.gradient(g_loss, of_g) + d_tape.gradient(d_loss, of_d), strict=True))

    found = _explained(gradients, cures.not_together)
    missing = [weight.path for weight, gradient in found if gradient is None]
    for model in (generator, discriminator):
        own = [weight.path for weight in model.trainable_variables]
        if missing and set(own) <= set(missing):
            raise Broken(cures.no_gradient(own))
    if missing:
        yield Fault(cures.no_gradient(missing), certain=False)
    _explained(lambda: _take_a_step(found), cures.not_together)
    if not all(np.isfinite(weight.numpy()).all() for weight, _ in found):
        yield Fault(cures.ruined())


def _take_a_step(found: list[tuple]) -> None:
    """Move the weights along their gradients, as the lesson will: constraints have their say here.

    Not with Adam, which has to make two more variables for each weight, and takes ten times as long for one step.
    """
    moved = [(gradient, weight) for weight, gradient in found if gradient is not None]
    keras.optimizers.SGD(2e-4).apply_gradients(moved)


# --- What training them would cost


def affordable(make_networks: Callable | None, batch_size: int, steps: int, minutes: float) -> bool:
    """Say how long training a pair will take on this machine and how much memory it needs; never raises.

    Args:
        make_networks: function without arguments that returns generator and discriminator; None gives False.
        batch_size: images of a step.
        steps: how many steps the training will have.
        minutes: what lasts longer should not begin by itself.

    Returns:
        whether the pair should be trained without asking.
    """
    if make_networks is None:
        return False
    generator, discriminator = make_networks()
    needed, free = _memory_needed(generator, discriminator, batch_size), machine.memory()[0]
    say(
        f"Memoria para entrenarlas: {_size(needed)} (libres: {_size(free)}).",
        f"Memory to train them: {_size(needed)} ({_size(free)} free).",
    )
    if needed > free:
        say("⚠ No cabe: el cuaderno podría cerrarse de golpe.", "⚠ It does not fit: the notebook might die.")
        return False
    try:
        seconds = steps * quietly(lambda: _seconds_a_step(generator, discriminator, batch_size))
    except Exception as error:
        return _report([Fault(cures.not_together(error))], "")
    say(f"Tiempo: {in_words(seconds)}.", f"Time: {in_words(seconds)}.")
    return seconds <= 60 * minutes


def _seconds_a_step(generator, discriminator, batch_size: int) -> float:
    """Return the time of a step: of the shortest of up to five, in at most about ten seconds."""
    optimizers = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]
    step = lesson_3.make_train_step(lesson_3.make_state(generator, discriminator, *optimizers), batch_size)
    real_images = tf.tanh(keras.random.normal((batch_size, 28, 28, 1), seed=3))
    times, began = [], time.perf_counter()
    while len(times) < 6 and time.perf_counter() - began < 10:
        start = time.perf_counter()
        step(real_images)["d_loss"].numpy()
        times.append(time.perf_counter() - start)
    return min(times)


def _memory_needed(generator, discriminator, batch_size: int) -> float:
    """Return about how many bytes a step needs: what each layer gives, kept for the gradients, and the weights."""
    values = 0
    for model, passes in ((generator, 1), (discriminator, 2)):  # D sees real and fake images
        shapes = [layer.output.shape[1:] for layer in _leaves(model) if hasattr(layer, "output")]
        sizes = [np.prod([side or 1 for side in shape], dtype=float) for shape in shapes if isinstance(shape, tuple)]
        values += 2 * passes * batch_size * sum(sizes)  # once forward, once for its gradient
        values += 4 * model.count_params()  # weights, gradients, and two averages of Adam
    return 4 * values


def _size(count: float) -> str:
    """Return a number of bytes in words."""
    if count < 1e9:
        return f"{max(1, count / 1e6):.0f} MB"
    return f"{count / 1e9:.1f} GB"
