"""The networks of a lesson for images of another size, or in colour: the learner's own pictures."""

from __future__ import annotations

import functools
from collections.abc import Callable

from course_utils.data import Dataset
from course_utils.language import CourseError

MNIST = (28, 28, 1)


def fit_to(dataset: Dataset, *makers: Callable) -> list[Callable]:
    """Return the functions that make a lesson's networks, fitted to the images of a data set.

    For grey images of 28×28 they are the same functions. For others, what they return is changed where the image comes
    in or goes out: a discriminator's input; a generator's last layer, one channel or three, and the block with which
    its convolutions begin, 8×8 instead of 7×7 for 32×32 pixels, with the dense layer that fills it. The other layers
    stay as they are.

    Args:
        dataset: from `data.load` or `data.from_folder`.
        makers: functions with any arguments that return a Keras model, or a tuple or list of them.

    Returns:
        list of functions with the same arguments. What they return is as said; where a network cannot be fitted, they
        raise a CourseError.
    """
    shape = (*dataset.x_train.shape[1:3], *(dataset.x_train.shape[3:] or (1,)))
    makers = [getattr(maker, "unfitted", maker) for maker in makers]  # a cell may be run again, with other images
    return makers if shape == MNIST else [_fitted(maker, shape) for maker in makers]


def _fitted(maker: Callable, shape: tuple[int, int, int]) -> Callable:
    @functools.wraps(maker)
    def make(*arguments, **named):
        made = maker(*arguments, **named)
        return type(made)(_fit(one, shape) for one in made) if isinstance(made, (tuple, list)) else _fit(made, shape)

    make.unfitted = maker
    return make


def _fit(model, shape: tuple[int, int, int]):
    """Return a new model, as this one, but for images of this shape."""
    try:
        return _changed(model, shape)
    except (AttributeError, TypeError, ValueError) as error:  # whatever Keras says where the sizes do not fit
        raise _cannot(model, shape) from error


def _changed(model, shape: tuple[int, int, int]):
    import keras

    takes, draws = (tuple(tensor.shape[1:]) for tensor in (model.inputs[0], model.outputs[0]))
    if len(takes) == 3:
        inputs = [keras.Input(shape, name=model.inputs[0].name)]
        inputs += [keras.Input(tensor.shape[1:], name=tensor.name) for tensor in model.inputs[1:]]
        return keras.models.clone_model(model, inputs if len(inputs) > 1 else inputs[0])
    changes = _changes(model, draws, shape)
    clone = keras.models.clone_model(
        model, clone_function=lambda layer: type(layer).from_config(layer.get_config() | changes.get(layer.name, {}))
    )
    if tuple(clone.outputs[0].shape[1:]) != shape:
        raise _cannot(model, shape)
    return clone


def _changes(model, draws: tuple, shape: tuple[int, int, int]) -> dict[str, dict]:
    """Return what changes in a generator: layer -> arguments."""
    layers = model.layers
    blocks = [i for i, layer in enumerate(layers) if len(getattr(layer, "target_shape", ())) == 3]
    widths = [layer for layer in layers[: blocks[0]] if hasattr(layer, "units")] if blocks else []
    ends = [layer for layer in layers if hasattr(layer, "filters")]
    if len(draws) != 3 or not widths or not ends:
        raise _cannot(model, shape)
    *sides, channels = layers[blocks[0]].target_shape
    if channels == -1:
        channels = widths[-1].units // (sides[0] * sides[1])
    grown = [side * new for side, new in zip(sides, shape, strict=False)]
    if any(product % old for product, old in zip(grown, draws, strict=False)):
        raise _cannot(model, shape)
    height, width = (product // old for product, old in zip(grown, draws, strict=False))
    return {
        widths[-1].name: {"units": height * width * channels},
        layers[blocks[0]].name: {"target_shape": (height, width, channels)},
        ends[-1].name: {"filters": shape[2]},
    }


def _cannot(model, shape: tuple[int, int, int]) -> CourseError:
    text = "×".join(map(str, shape))
    return CourseError(
        f"La red {model.name!r} no se puede ajustar a imágenes de {text}. Se ajustan las que, como las de la lección, "
        "van de una capa Dense, con Reshape, a convoluciones que agrandan. Cambia tú la red, o usa imágenes grises de "
        "28 píxeles.",
        f"The network {model.name!r} cannot be fitted to images of {text}. Those can that, like the lesson's, go from "
        "a Dense layer, with Reshape, to convolutions that enlarge. Change the network yourself, or use grey images of "
        "28 pixels.",
    )
