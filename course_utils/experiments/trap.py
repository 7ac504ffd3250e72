"""The trap of lesson 2 in miniature: two tiny networks that play, and who moves in each turn."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import layers

from course_utils import plots
from course_utils.language import L
from course_utils.lessons.lesson_2 import has_moved, weights_of


class Game(NamedTuple):
    """The models of a tiny GAN; the third is the first followed by the second, as `compile_gan` makes it."""

    generator: Any
    discriminator: Any
    gan: Any


def tiny_game(freeze: bool = False, one_optimizer: bool = False) -> Game:
    """Return a GAN of points in space, with noise of 4 numbers, compiled: first D, then the GAN.

    Args:
        freeze: whether to freeze D in between, and leave it so.
        one_optimizer: whether both are compiled with the same Adam.
    """
    generator = keras.Sequential([keras.Input((4,)), layers.Dense(8, "relu"), layers.Dense(3)], name="G")
    discriminator = keras.Sequential([keras.Input((3,)), layers.Dense(8), layers.Dense(1, "sigmoid")], name="D")
    gan = keras.Sequential([keras.Input((4,)), generator, discriminator])
    adam = keras.optimizers.Adam(0.01)
    # Without XLA, which on a GPU takes seconds to compile each model, however small.
    discriminator.compile(adam, "binary_crossentropy", jit_compile=False)
    discriminator.trainable = not freeze
    gan.compile(adam if one_optimizer else keras.optimizers.Adam(0.01), "binary_crossentropy", jit_compile=False)
    return Game(generator, discriminator, gan)


def train_once(model, batch_size: int = 8) -> None:
    """Train a compiled model for one step, with random inputs and label 1."""
    inputs = keras.random.normal((batch_size, *model.input_shape[1:]))
    model.train_on_batch(inputs, tf.ones((batch_size, 1)))


def play(game: Game, toggle: bool, batch_size: int = 8) -> tuple[str, str]:
    """Play D's turn and then G's, and say who has moved in each, by comparing all weights before and after.

    Args:
        game: its models learn.
        toggle: whether D is thawed before its turn and frozen before G's; otherwise it stays as it is.
        batch_size: points in each batch.

    Returns:
        for D's turn and for G's "D", "G", "D and G" or "—" if nobody has moved; or the beginning of the error that
        stopped it.
    """
    moved = []
    for model, trainable in ((game.discriminator, True), (game.gan, False)):
        if toggle:
            game.discriminator.trainable = trainable
        moved.append(_who_moves(game, model, batch_size))
    return tuple(moved)


def show(table: Mapping[str, tuple[str, str]]) -> None:
    """Show who has moved: name of an idiom -> what `play` returned."""
    headings = ["", L("turno de D", "D’s turn"), L("turno de G", "G’s turn")]
    plots.show_table(headings, [[idiom, *moved] for idiom, moved in table.items()])


def _who_moves(game: Game, model, batch_size: int) -> str:
    players = {"D": game.discriminator, "G": game.generator}
    before = {name: weights_of(player) for name, player in players.items()}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some versions of Keras warn of a model without trainable weights
            train_once(model, batch_size)
    except ValueError as error:
        return f"ValueError: {str(error)[:16]}"
    return L(" y ", " and ").join(name for name in players if has_moved(players[name], before[name])) or "—"
