"""Lesson 7's training against PyTorch's and against tutorial C's: `python -m benchmarks.lesson_7`.

PyTorch's is the same network with the same batches, labels and groups, one backward pass, Adam and averaged weights. It
computes with as many threads as there are cores, which is what it does best here: two halves of the batch in two
threads of Python are no faster. PyTorch is no dependency of the course (`benchmarks/lesson_3.py` says how to get it);
without it that comparison is left out.

Tutorial C's is its time to the distance that lesson 7 reaches in some seconds: what a step of C costs, timed in turns
with ours, times the steps that its run in `notebooks/results/tutorials.json` took to get there, or all of them if it
never did.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks import lesson_2
from benchmarks.timing import Ratio, in_turns, ratio, run
from course_utils import data, evaluation, machine, setup

LESSON = "07_gan_in_a_minute"


def new_training(dataset, seed: int = 1):
    """Return lesson 7's training, as the record makes it, traced."""
    from course_utils.experiments import records
    from course_utils.lessons.lesson_7 import Training

    training = Training(dataset.x_train, dataset.y_train, seed)
    records.warm_up(training)
    return training


def torch_steps(images: np.ndarray, classes: int = 100, width: int = 12, size: int = 32, steps: int = 20):
    """Return `steps` steps of the same network in PyTorch, or None where it is not installed."""
    try:
        import torch
        from torch import nn
    except ImportError:
        print("PyTorch is not installed: that comparison is left out.")
        return None
    torch.set_num_threads(machine.cores())
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
    optimizers = [torch.optim.Adam(weights, 3e-3, (0.5, 0.99)) for weights in (g_weights, d_weights)]
    states = [state for state in generator.state_dict().values() if state.is_floating_point()]
    average = [state.clone() for state in states]
    pixels = torch.from_numpy(images)[:, None]
    class_of = torch.randint(classes, (len(images),))
    softplus = nn.functional.softplus

    def step():
        chosen = torch.randint(len(pixels), (size,))
        real_images = pixels[chosen].float() / 127.5 - 1
        label = nn.functional.one_hot(class_of[chosen], classes).float()
        fake_images = generator(torch.cat([torch.randn(size, 32), label], 1))
        watched = fake_images.detach().requires_grad_()
        features = seen(torch.cat([real_images, watched]))
        logits = opinion(features)[:, 0] + (of_class(features) * torch.cat([label, label])).sum(1)
        d_loss = softplus(-logits[:size]).mean() + softplus(logits[size:]).mean()
        for optimizer in optimizers:
            optimizer.zero_grad()
        d_loss.backward()
        fake_images.backward(-torch.exp(-logits[size:].detach())[:, None, None, None] * watched.grad)
        for optimizer in optimizers:
            optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, states, 0.001)

    def many():
        for _ in range(steps):
            step()

    return many


def compare_frameworks(steps: int = 4, rounds: int = 7) -> list[Ratio]:
    """Time the two frameworks in turns, `steps` calls of 20 training steps each, and return the ratio."""
    setup.start("en", LESSON)
    dataset = data.load("mnist")
    training = new_training(dataset)
    loops: dict[str, Callable[[], object]] = {"lesson 7": lambda: training.run(0.0)}
    if many := torch_steps(dataset.x_train):
        loops["PyTorch"] = many
    times = in_turns(loops, steps, rounds)
    return [ratio(times, "PyTorch", "lesson 7")] if many else []


def compare_to_tutorial_c(steps: int = 4, rounds: int = 3, seconds: float = 10) -> list[Ratio]:
    """Return how many times as long tutorial C takes to the distance that lesson 7 reaches in some seconds."""
    setup.start("en", LESSON)
    import tensorflow as tf

    from course_utils.experiments import records, results
    from course_utils.lessons import lesson_2 as lesson

    dataset, judge = data.load("mnist"), records.frozen_judge()
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
        reached = [row["step"] for row in published["measured"] if row["frechet"] <= distance]
        needed = min(reached, default=published["measured"][-1]["step"])
        print(f"{distance:.2f} after {clock.wall:.1f} s; C: {needed} steps of {1000 * a_step:.0f} ms")
        ratios.append((needed * a_step / clock.wall, 1000 * needed * a_step, 1000 * clock.wall))
    found, slower, faster = np.transpose(ratios)
    name = "tutorial C, to the same distance" if reached else "tutorial C, to its end, farther away"
    return [Ratio(name, "lesson 7", np.median(found), found.min(), found.max(), np.median(slower), np.median(faster))]


def compare(steps: int = 4, rounds: int = 7) -> list[Ratio]:
    """Return both ratios."""
    return [*compare_frameworks(steps, rounds), *compare_to_tutorial_c(steps, min(rounds, 3))]


if __name__ == "__main__":
    run(compare, "benchmarks.lesson_7", __doc__, steps=4)
