"""What the course's own choices cost or save: graphs, kept memory, pictures, the judge. `make bench` runs them all.

Everything is timed in turns, in one process or, for the kept memory, in two that take turns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks import lesson_2
from benchmarks.timing import Ratio, in_turns, ratio, workers
from course_utils import backend, setup
from course_utils.folders import COURSE

LESSON = "04_chatgpt_vs_handmade"
# The network of lesson 3 with the budget `workshop`.
WORKSHOP = ({"latent_dim": 8, "base": 32, "filters": (32, 32), "momentum": 0.9}, {"filters": (32, 48), "dropout": 0.0})


def new_state(generator, discriminator):
    """Return the training state of two networks, with optimizers of their own."""
    import keras

    from course_utils.lessons import lesson_3

    return lesson_3.make_state(generator, discriminator, keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4))


def workshop_step(batch_size: int = 32) -> tuple[Callable, object]:
    """Return lesson 3's training step on its small network, compiled, and the state that it trains."""
    from course_utils.lessons import lesson_3

    g_options, d_options = WORKSHOP
    state = new_state(lesson_3.make_generator(**g_options), lesson_3.make_discriminator(**d_options))
    return lesson_3.make_train_step(state, batch_size), state


def real_images(count: int):
    """Return a batch of noise that stands for real images: how fast a step is does not depend on what they show."""
    import tensorflow as tf

    return tf.random.uniform((count, 28, 28, 1), -1, 1, seed=22)


def compare_graphs(steps: int = 5, rounds: int = 7) -> list[Ratio]:
    """Time lesson 3's step with and without `tf.function`."""
    setup.start("en", LESSON)
    compiled, _ = workshop_step()
    interpreted, _ = workshop_step()
    real = real_images(32)
    loops = {
        "lesson 3, eager": partial(interpreted.python_function, real),
        "lesson 3, tf.function": partial(compiled, real),
    }
    return [ratio(in_turns(loops, steps, rounds), "lesson 3, eager", "lesson 3, tf.function")]


def compare_rivals(steps: int = 10, rounds: int = 7) -> list[Ratio]:
    """Time a step of lesson 4's two networks."""
    setup.start("en", LESSON)
    from course_utils.lessons import lesson_3, lesson_4

    real, loops = real_images(128), {}
    for name, make_networks in (("handmade", lesson_4.handmade_networks), ("ChatGPT", lesson_4.chatgpt_networks)):
        loops[name] = partial(lesson_3.make_train_step(new_state(*make_networks()), 128), real)
    return [ratio(in_turns(loops, steps, rounds), "handmade", "ChatGPT")]


def compare_drawing(steps: int = 3, rounds: int = 7) -> list[Ratio]:
    """Time the figure that a notebook shows during a training, late in it, against a step of that training."""
    from course_utils import monitor, plots

    setup.start("en", LESSON)
    train_step, state = workshop_step()
    real = real_images(32)
    noise = np.random.default_rng(1).normal(size=(36, 8)).astype("float32")
    history = {name: np.random.default_rng(2).uniform(size=4000).tolist() for name in ("d_loss", "g_loss")}
    history |= {"d_real": history["d_loss"], "d_fake": history["g_loss"]}
    watch = monitor.Monitor(7000, state.generator, noise, state.discriminator, real, show="lines", history=history)
    loops = {
        "the progress figure": lambda: plots.small_png(monitor._figure_of(watch)),
        "a step of lesson 3": partial(train_step, real),
    }
    return [ratio(in_turns(loops, steps, rounds), "the progress figure", "a step of lesson 3")]


def compare_judging(steps: int = 1, rounds: int = 2) -> list[Ratio]:
    """Time drawing and measuring 10,000 images against training the judge."""
    setup.start("en", LESSON)
    from course_utils import evaluation
    from course_utils.lessons import lesson_4

    rng = np.random.default_rng(3)
    images, labels = rng.integers(0, 256, (20_000, 28, 28), np.uint8), rng.integers(0, 10, 20_000)
    generator, _ = lesson_4.handmade_networks()
    judge = evaluation.Judge(evaluation.make_judge(), float("nan"), "mnist")
    real = judge.look(images[:10_000])
    loops = {
        "training the judge": lambda: evaluation.train_judge(images, labels),
        "measuring 10,000 images": lambda: evaluation.measure(judge.look(evaluation.draw(generator)), real),
    }
    return [ratio(in_turns(loops, steps, rounds), "training the judge", "measuring 10,000 images")]


def compare_kept_memory(steps: int = 10, rounds: int = 7) -> list[Ratio]:
    """Time lesson 2's step on tutorial C's network in two processes; one gives freed memory back."""
    names = {"no": "lesson 2, memory given back", "yes": "lesson 2, memory kept"}
    commands = {name: ("-m", "benchmarks.choices", keep) for keep, name in names.items()}
    with workers(commands, COURSE) as asked:
        times = in_turns(asked, steps, rounds)
    return [ratio(times, *names.values())]


def work(keep: bool) -> None:
    """Make a training step of lesson 2 for each line that comes, and answer each with a line."""
    if not keep:
        backend.keep_freed_memory = lambda: None
    answers, sys.stdout = sys.stdout, sys.stderr
    backend.import_quietly()
    from course_utils.lessons import lesson_2 as lesson

    train_step, real = lesson_2.lesson_step(lesson), real_images(lesson_2.BATCH)
    for _ in sys.stdin:
        train_step(real)
        print(file=answers, flush=True)


if __name__ == "__main__":
    work(sys.argv[1] == "yes")
