"""Lesson 7's training against PyTorch's and against tutorial C's: `python -m benchmarks.lesson_7`.

PyTorch's is the same network with the same batches, labels and groups, its fused Adam and averaged weights: as it runs
by itself, with as many threads for an operation as there are cores and with one, and compiled by `torch.compile` (which
needs a C++ compiler). PyTorch is no dependency of the course (`benchmarks/lesson_3.py` says how to get it); without it
that comparison is left out.

Tutorial C's is its time to the distance that lesson 7 reaches in some seconds: what a step of C costs, timed in turns
with ours, times the steps of its run in `notebooks/results/tutorials.json` up to the last moment at which it was
measured and was not there yet: a lower bound.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

from benchmarks import lesson_2
from benchmarks.timing import Ratio, in_turns, ratio, run, workers
from course_utils import data, evaluation, machine, setup
from course_utils.folders import COURSE

LESSON = "07_gan_in_a_minute"


def new_training(dataset, seed: int = 1):
    """Return lesson 7's training, as the record makes it, traced."""
    from course_utils.experiments import records
    from course_utils.lessons.lesson_7 import Training

    training = Training(dataset.x_train, dataset.y_train, seed)
    records.warm_up(training)
    return training


def torch_steps(
    images: np.ndarray,
    compiled: bool,
    threads: int,
    classes: int = 100,
    width: int = 12,
    size: int = 32,
    steps: int = 20,
):
    """Return a function that makes `steps` steps of the same network in PyTorch.

    Args:
        images: uint8 array (n, 28, 28).
        compiled: whether the losses are compiled by `torch.compile`.
        threads: of an operation.
        classes, width, size: of the networks and of a batch.
        steps: of a call.

    Raises:
        ImportError: where PyTorch is not installed.
    """
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    first, up = 7 * 7 * 2 * width, nn.ConvTranspose2d
    generator = nn.Sequential(
        *(nn.Linear(32 + classes, first, bias=False), nn.BatchNorm1d(first), nn.LeakyReLU(0.2)),
        *(nn.Unflatten(1, (2 * width, 7, 7)), up(2 * width, width, 4, 2, padding=1, bias=False)),
        *(nn.BatchNorm2d(width), nn.LeakyReLU(0.2), up(width, 1, 4, 2, padding=1), nn.Tanh()),
    )
    seen = nn.Sequential(
        *(nn.Conv2d(1, width, 4, 2, padding=1), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(width, 2 * width, 4, 2, padding=1), nn.LeakyReLU(0.2), nn.Flatten()),
    )
    opinion, of_class = nn.Linear(first, 1), nn.Linear(first, classes, bias=False)
    g_weights = list(generator.parameters())
    d_weights = [weight for part in (seen, opinion, of_class) for weight in part.parameters()]
    optimizers = [torch.optim.Adam(weights, 3e-3, (0.5, 0.99), fused=True) for weights in (g_weights, d_weights)]
    states = [state for state in generator.state_dict().values() if state.is_floating_point()]
    average = [state.clone() for state in states]
    pixels = torch.from_numpy(images)[:, None]
    class_of = torch.randint(classes, (len(images),))
    softplus = nn.functional.softplus

    def discriminator(pictures, label):
        features = seen(pictures)
        return opinion(features)[:, 0] + (of_class(features) * label).sum(1)

    def losses(real_images, label, noise):
        fake_images = generator(torch.cat([noise, label], 1))
        real_logits, fake_logits = discriminator(real_images, label), discriminator(fake_images, label)
        return softplus(-fake_logits).mean(), softplus(-real_logits).mean() + softplus(fake_logits).mean()

    if compiled:
        losses = torch.compile(losses)

    def step():
        chosen = torch.randint(len(pixels), (size,))
        real_images = pixels[chosen].float() / 127.5 - 1
        label = nn.functional.one_hot(class_of[chosen], classes).float()
        g_loss, d_loss = losses(real_images, label, torch.randn(size, 32))
        g_gradients = torch.autograd.grad(g_loss, g_weights, retain_graph=True)
        d_gradients = torch.autograd.grad(d_loss, d_weights)
        for optimizer, weights, gradients in zip(
            optimizers, (g_weights, d_weights), (g_gradients, d_gradients), strict=True
        ):
            for weight, gradient in zip(weights, gradients, strict=True):
                weight.grad = gradient
            optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, states, 0.001)

    def many():
        for _ in range(steps):
            step()

    return many


ONE_THREAD = ", one thread each"  # for each operation; TensorFlow still computes two of them at a time
FRAMEWORKS = ("lesson 7", f"lesson 7{ONE_THREAD}", "PyTorch", f"PyTorch{ONE_THREAD}", "PyTorch, compiled")


def compare_frameworks(steps: int = 4, rounds: int = 7) -> list[Ratio]:
    """Time the frameworks in turns, `steps` calls of 20 training steps each, and return the ratios.

    Each is a process of its own: their threads would wait for one another in one.
    """
    commands = {name: ("-m", "benchmarks.lesson_7", "--work", name) for name in FRAMEWORKS}
    with workers(commands, COURSE) as asked:
        times = in_turns(asked, steps, rounds)
    ours = FRAMEWORKS[:2]
    return [ratio(times, name, our) for our in ours for name in times if name not in ours]


def work(name: str) -> None:
    """Make 20 training steps for each line that comes, and answer each with a line."""
    answers, sys.stdout = sys.stdout, sys.stderr
    if name.startswith("lesson 7"):
        if name.endswith(ONE_THREAD):
            os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
        setup.start("en", LESSON)
        training = new_training(data.load("mnist"))
        many = lambda: training.run(0.0)  # noqa: E731
    else:
        images = data.load("mnist").x_train
        many = torch_steps(images, name.endswith("compiled"), 1 if name.endswith(ONE_THREAD) else machine.cores())
    for _ in sys.stdin:
        many()
        print(file=answers, flush=True)


def compare_to_tutorial_c(steps: int = 4, rounds: int = 3, seconds: float = 10) -> list[Ratio]:
    """Return how many times as long tutorial C takes to the distance that lesson 7 reaches in some seconds."""
    setup.start("en", LESSON)
    import tensorflow as tf

    from course_utils.experiments import records, results
    from course_utils.lessons import lesson_2 as lesson

    dataset, judge = data.load("mnist"), records.frozen_judge()
    if dataset.name != "mnist":
        print("Tutorial C was measured on MNIST, which is not here: that comparison is left out.")
        return []
    real = judge.look(evaluation.real_images(dataset)[0])
    step, images = lesson_2.tutorial_step(lesson), tf.random.uniform((lesson_2.BATCH, 28, 28, 1), -1, 1, seed=22)
    (published,) = (run for run in results.published("tutorials")["runs"] if run["network"] == "C")
    ratios = []
    for turn in range(1, rounds + 1):
        clock = records.Clock(seconds)
        generator, _ = records.train(new_training(dataset, seed=turn), clock)
        distance = records.measure(generator, judge, real)["frechet"]
        step(images)
        start = time.perf_counter()
        for _ in range(steps):
            step(images)
        a_step = (time.perf_counter() - start) / steps
        needed = max(row["step"] for row in published["measured"] if row["frechet"] > distance)
        print(f"{distance:.2f} after {clock.wall:.1f} s; C: {needed} steps of {1000 * a_step:.0f} ms")
        ratios.append((needed * a_step / clock.wall, 1000 * needed * a_step, 1000 * clock.wall))
    found, slower, faster = np.transpose(ratios)
    name = "tutorial C, to the same distance at least"
    return [Ratio(name, "lesson 7", np.median(found), found.min(), found.max(), np.median(slower), np.median(faster))]


def compare(steps: int = 4, rounds: int = 7) -> list[Ratio]:
    """Return both ratios."""
    return [*compare_frameworks(steps, rounds), *compare_to_tutorial_c(steps, min(rounds, 3))]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2])
        sys.exit()
    run(compare, "benchmarks.lesson_7", __doc__, steps=4)
