"""Each network in its own turn, and only there: a fast watch over every step of a game of two. Lesson 2 shows why."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import tensorflow as tf

from course_utils.language import L


@contextmanager
def turn(player, rival) -> Iterator[None]:
    """Let a network play: its rival is frozen in the block, and thawed even where the block is left by an error.

    What happened is checked when the block is complete: some trainable weight of the player has moved, and none of the
    rival's. Both models are thawed first, whatever they were.

    Args:
        player: Keras model whose turn it is.
        rival: Keras model that must not move; `trainable` counts while a training step is traced.

    Raises:
        AssertionError: if the player has not moved, or its rival has; it says what to do.
    """
    player.trainable = rival.trainable = True
    mine_before, theirs_before = fingerprints(player, rival)
    rival.trainable = False
    try:
        yield
    finally:
        rival.trainable = True
    mine_now, theirs_now = fingerprints(player, rival)
    assert not np.array_equal(mine_now, mine_before), L(
        f"{player.name}: no ha aprendido en su propio turno. Su paso se trazó cuando estaba congelado, su tasa de "
        "aprendizaje es 0 o sus pesos ya no son números. Crea otra vez las redes, compílalas y entrénalas solo dentro "
        "de turn().",
        f"{player.name}: it has not learnt in its own turn. Its step was traced while it was frozen, its learning "
        "rate is 0, or its weights are no longer numbers. Make the networks again, compile them, and train them only "
        "inside turn().",
    )
    assert np.array_equal(theirs_now, theirs_before), L(
        f"{rival.name}: se ha movido en el turno de su rival. El paso se trazó cuando no estaba congelado. Vuelve a "
        "compilar la GAN y entrénala solo dentro de turn().",
        f"{rival.name}: it has moved in its rival's turn. The step was traced while it was not frozen. Compile the GAN "
        "again, and train it only inside turn().",
    )


def how_far(step: Callable, batch, **models) -> dict[str, float]:
    """Return how far a step moves each model: the sum of what its trainable weights change, without their signs.

    Args:
        step: function of a batch; it is called once.
        batch: of real images, or whatever the step takes.
        models: built Keras models, by the names under which the result has them.
    """
    weights = [(name, weight) for name, model in models.items() for weight in model.trainable_variables]
    before = [weight.numpy() for _, weight in weights]
    step(batch)
    moved = dict.fromkeys(models, 0.0)
    for (name, weight), old in zip(weights, before, strict=True):
        moved[name] += float(np.abs(weight.numpy() - old).sum())
    return moved


def fingerprints(*models) -> list[np.ndarray]:
    """Return a whole number for each trainable weight array of each model: its bits, each times its place's odd number.

    A change of one weight always shows. So do changes of several, but for one in 2^64 that cancel each other by chance.

    Args:
        models: built Keras models with float32 weights. All of them are read at once, which takes half the time.

    Returns:
        for each model an int64 array (number of arrays,).
    """
    of_each = [[variable.value for variable in model.trainable_variables] for model in models]
    weights = [weight for of_one in of_each for weight in of_one]
    known, look = _LOOKS.get(models[0], ((), None))
    if known != (known := tuple(map(id, weights))):
        look = _make_look(weights)
        _LOOKS[models[0]] = known, look
    return np.split(look().numpy(), np.cumsum([len(of_one) for of_one in of_each])[:-1])


# First model -> which weights there were, and the traced function that reads them: without arguments it costs little.
_LOOKS: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def _make_look(weights: list[tf.Variable]) -> Callable:
    def of_bits(weight: tf.Variable) -> tf.Tensor:
        bits = tf.cast(tf.bitcast(tf.reshape(weight, [-1]), tf.int32), tf.int64)
        places = tf.range(tf.size(bits, tf.int64), dtype=tf.int64)
        return tf.reduce_sum(bits * (2 * places + 0x5851F42D4C957F2D))

    return tf.function(lambda: tf.stack([of_bits(weight) for weight in weights]))
