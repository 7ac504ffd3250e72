"""Each network in its own turn, and only there: a fast watch over every step of a game of two. Lesson 2 shows why."""

from __future__ import annotations

from collections.abc import Iterator
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
    networks = [[weight.value for weight in model.trainable_variables] for model in (player, rival)]
    mine_before, theirs_before = fingerprint(*networks)
    rival.trainable = False
    try:
        yield
    finally:
        rival.trainable = True
    mine_now, theirs_now = fingerprint(*networks)
    assert not np.array_equal(mine_now, mine_before), L(
        f"{player.name}: no ha aprendido en su propio turno. Su paso se trazó cuando estaba congelado, o su tasa de "
        "aprendizaje es 0. Vuelve a compilarlo y entrénalo solo dentro de turn().",
        f"{player.name}: it has not learnt in its own turn. Its step was traced while it was frozen, or its learning "
        "rate is 0. Compile it again, and train it only inside turn().",
    )
    assert np.array_equal(theirs_now, theirs_before), L(
        f"{rival.name}: se ha movido en el turno de su rival. El paso se trazó cuando no estaba congelado. Vuelve a "
        "compilar la GAN y entrénala solo dentro de turn().",
        f"{rival.name}: it has moved in its rival's turn. The step was traced while it was not frozen. Compile the GAN "
        "again, and train it only inside turn().",
    )


@tf.function
def fingerprint(*networks) -> list[tf.Tensor]:
    """Return a whole number for each weight array: the sum of its bits, each times its place's odd number.

    A change of one weight always shows. So do changes of several, but for one in 2^64 that cancel each other by chance.

    Args:
        networks: lists of float32 variables.

    Returns:
        for each network an int64 tensor (number of arrays,).
    """
    return [tf.stack([_of_bits(tf.reshape(weight, [-1])) for weight in weights]) for weights in networks]


def _of_bits(weights: tf.Tensor) -> tf.Tensor:
    bits = tf.cast(tf.bitcast(weights, tf.int32), tf.int64)
    places = tf.range(tf.size(weights, tf.int64), dtype=tf.int64)
    return tf.reduce_sum(bits * (places * 0x5851F42D4C957F2D | 1))
