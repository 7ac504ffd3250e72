"""Lesson 1's game with points at many speeds of both players, played beforehand by `python -m tools.toy`.

The players, their data and their two turns are the lesson's own. The distance from the circle says how near the points
are; the coverage, on how much of it there are any: points that are all in one place of it have distance 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from matplotlib.figure import Figure

from course_utils import player, plots
from course_utils.experiments import results
from course_utils.language import CourseError, L

SPEEDS = (0, 0.2, 1, 2, 5, 20)  # learning rates of both players, in thousandths
STEPS, BATCH, SEED = 600, 256, 7
FILMED = {"d_speed": 2, "g_speed": 1}
MEASURED, KEPT = 1000, 150  # points
RADIUS = 0.7
ARCS, NEAR = 24, 0.2
FAIR_SHARE = 0.2  # an arc counts that holds this part of what it would hold if all held as many
MOMENTS = sorted({round(STEPS * share**1.5) for share in np.linspace(0, 1, 25)})
LIMIT = 1.3  # of the plane that is drawn


def distance(points) -> float:
    """Return the mean distance of points from the circle; of real ones, it is 0.024.

    Args:
        points: array (n, 2).
    """
    return float(np.abs(np.linalg.norm(points, axis=1) - RADIUS).mean())


def coverage(points) -> float:
    """Return the share of 24 arcs of the circle that have points near them, in [0, 1].

    Near is less than 0.2 away. A few that have strayed there are not enough: it takes a fifth of a fair share. Of 300
    points, a fair share is 12 or 13, so three count; of 300 real ones, 99 draws in 100 cover the whole circle. Points
    in one place of the circle cover 1/24 of it, and points elsewhere nothing.

    Args:
        points: array (n, 2).
    """
    points = np.asarray(points, dtype=float)
    x, y = points[np.abs(np.linalg.norm(points, axis=1) - RADIUS) < NEAR].T
    arcs = (np.arctan2(y, x) / (2 * np.pi) % 1 * ARCS).astype(int) % ARCS
    counts = np.bincount(arcs, minlength=ARCS)
    return float((counts >= FAIR_SHARE * len(points) / ARCS).mean())


# Playing the games


def compiled_turns(generator, discriminator, g_rate: float, d_rate: float) -> Callable:
    """Return both turns of a step of lesson 1 as one compiled function (real points, noise for D's turn, for G's).

    It makes the same weights as the lesson's, many times as fast.
    """
    import keras
    import tensorflow as tf

    loss = keras.losses.BinaryCrossentropy()
    g_optimizer, d_optimizer = (keras.optimizers.Adam(rate, beta_1=0.5) for rate in (g_rate, d_rate))
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def learn(optimizer, variables, answer, inputs, label):
        with tf.GradientTape() as tape:
            answers = answer(inputs)
            cost = loss(tf.fill(tf.shape(answers), label), answers)
        optimizer.apply(tape.gradient(cost, variables), variables)

    @tf.function
    def turns(real, d_noise, g_noise):
        fake = generator(d_noise, training=True)
        learn(d_optimizer, discriminator.trainable_variables, discriminator, real, 1.0)
        learn(d_optimizer, discriminator.trainable_variables, discriminator, fake, 0.0)
        learn(g_optimizer, generator.trainable_variables, lambda noise: discriminator(generator(noise)), g_noise, 1.0)

    return turns


def play(d_speed: float, g_speed: float, steps: int = STEPS) -> Iterator[tuple[int, object, object]]:
    """Play a game; yield step, generator and discriminator, at first with step 0. They are the same objects always.

    Args:
        d_speed, g_speed: learning rates, in thousandths.
        steps: how many.
    """
    import keras

    from course_utils.lessons import lesson_1

    keras.utils.set_random_seed(SEED)
    lesson_1.rng = np.random.default_rng(SEED)
    generator, discriminator = lesson_1.toy_generator(), lesson_1.toy_discriminator()
    turns = compiled_turns(generator, discriminator, g_speed / 1000, d_speed / 1000)
    yield 0, generator, discriminator
    for step in range(1, steps + 1):
        d_noise = keras.random.normal((BATCH, 2))
        turns(lesson_1.real_points(BATCH), d_noise, keras.random.normal((BATCH, 2)))
        yield step, generator, discriminator


def record(d_speed: float, g_speed: float, steps: int = STEPS) -> dict:
    """Play a game and return its record, to be kept in the results.

    Returns:
        "d_speed", "g_speed", "distance", "coverage", and "points": for each of 150, its place in hundredths, x and y.
    """
    import keras

    *_, (_, generator, _) = play(d_speed, g_speed, steps)
    points = generator.predict_on_batch(keras.random.normal((MEASURED, 2), seed=SEED))
    return {
        "d_speed": d_speed,
        "g_speed": g_speed,
        "distance": round(distance(points), 3),
        "coverage": round(coverage(points), 3),
        "points": np.rint(points[:KEPT] * 100).astype(int).ravel().tolist(),
    }


def film(steps: int = STEPS) -> dict[str, np.ndarray]:
    """Play the game that is filmed and return its frames, to be kept in the results.

    Returns:
        "steps" (n,); "points" (n, 300, 2) in hundredths, cut off at the edge of the picture; "opinion" (n, 1681), D's
        answers in [0, 200] on the places of `plots.opinion_field`; "real" (300, 2), as "points".
    """
    import keras

    from course_utils.lessons import lesson_1

    noise = keras.random.normal((300, 2), seed=SEED)
    places, kept = plots.places(LIMIT), {"steps": [], "points": [], "opinion": []}
    for step, generator, discriminator in play(**FILMED, steps=steps):
        if step in MOMENTS:
            kept["steps"].append(step)
            kept["points"].append(_hundredths(generator.predict_on_batch(noise)))
            kept["opinion"].append(np.rint(discriminator.predict_on_batch(places)[:, 0] * 200).astype(np.uint8))
    return {name: np.array(rows) for name, rows in kept.items()} | {"real": _hundredths(lesson_1.real_points(300))}


def _hundredths(points) -> np.ndarray:
    return np.rint(np.clip(points, -1.27, 1.27) * 100).astype(np.int8)


# Showing them


def games() -> list[dict]:
    """Return the records of all games, D's speeds one after the other.

    Raises:
        CourseError: if the file is missing or damaged.
    """
    return _published()["runs"]


def real_measures() -> dict[str, float]:
    """Return the "distance" and "coverage" of as many real points as were measured in a game, the mean of 100 draws."""
    return _published()["about"]["real"]


def _published() -> dict:
    return results.published("toy", lambda content: content["runs"][len(SPEEDS) ** 2 - 1]["coverage"])


def game(d_speed: float, g_speed: float) -> dict:
    """Return the record of one game: "distance", "coverage", and "points", an array (150, 2).

    Args:
        d_speed, g_speed: one of SPEEDS, in thousandths.

    Raises:
        CourseError: if this game was not played, or the file is missing or damaged.
    """
    for row in games():
        if (row["d_speed"], row["g_speed"]) == (d_speed, g_speed):
            return row | {"points": _points(row)}
    speeds = ", ".join(f"{speed:g}" for speed in SPEEDS)
    raise CourseError(
        f"No se ha jugado esa partida. Las velocidades son {speeds}.",
        f"That game was not played. The speeds are {speeds}.",
    )


def said_of(row: dict) -> str:
    """Return a game's two measures as text."""
    return L(
        f"distancia {_short(row['distance'])} · cobertura {100 * row['coverage']:.0f}\N{NO-BREAK SPACE}%",
        f"distance {_short(row['distance'])} · coverage {100 * row['coverage']:.0f}%",
    )


def _short(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:.0f}"


def show_speeds() -> None:
    """Show two dials, D's speed and G's, and what came of the game: its points, their distance and coverage."""
    rows = games()
    texts = [f"{speed:g}" for speed in SPEEDS]
    dials = {L("velocidad de D", "D's speed"): texts, L("velocidad de G", "G's speed"): texts}
    alt = L(
        "Los puntos de G al final de una partida, en negro, y la circunferencia de los reales, en azul",
        "G's points at the end of a game, in black, and the circle of the real ones, in blue",
    )
    first = SPEEDS.index(FILMED["d_speed"]), SPEEDS.index(FILMED["g_speed"])
    player.show_dials(
        (_game_figure(row) for row in rows), map(said_of, rows), dials, alt, start=first, still=map_figure(rows)
    )


def show_map() -> None:
    """Show what came of all games, a small picture each: D's speed grows downwards, G's to the right."""
    plots.show_figure(map_figure(games()))


def show_film() -> None:
    """Show the film of a game in which D learns twice as fast as G.

    Raises:
        CourseError: if the recorded frames are missing or damaged.
    """
    path = results.results_folder() / "toy_film.npz"
    try:
        with np.load(path) as content:
            steps, points, opinions, real = (content[name] for name in ("steps", "points", "opinion", "real"))
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(
            f"No se puede leer {path.name} ({error}). Vuelve a descargar el curso.",
            f"{path.name} cannot be read ({error}). Download the course again.",
        ) from error
    frames = (_film_frame(real, fake, opinion) for fake, opinion in zip(points, opinions, strict=True))
    captions = [
        L(f"paso {step} · ", f"step {step} · ")
        + said_of({"distance": distance(fake / 100), "coverage": coverage(fake / 100)})
        for step, fake in zip(steps, points, strict=True)
    ]
    alt = L(
        "Una partida: los puntos negros de G buscan los azules, los reales; el fondo es la opinión de D",
        "A game: G's black points look for the blue ones, which are real; the background is D's opinion",
    )
    player.show_film(frames, captions, alt)


@plots.own_settings
def _film_frame(real: np.ndarray, fake: np.ndarray, opinion: np.ndarray) -> Figure:
    figure = Figure((2.7, 2.7), dpi=90, layout="constrained")
    plots.opinion_field(figure.subplots(), lambda places: opinion / 200, real / 100, fake / 100, LIMIT)
    return figure


@plots.own_settings
def _game_figure(row: dict) -> Figure:
    figure = Figure((2.7, 2.7), dpi=90, layout="constrained")
    _draw_points(figure.subplots(), row, 3)
    return figure


@plots.own_settings
def map_figure(rows: list[dict]) -> Figure:
    """Return the figure of `show_map`.

    Args:
        rows: records of the games, as from `games`.
    """
    figure = Figure((7, 7.6), dpi=72, layout="constrained")
    axes = figure.subplots(len(SPEEDS), len(SPEEDS))
    for ax, row in zip(axes.flat, rows, strict=True):
        _draw_points(ax, row, 1.2)
        ax.set_xlabel(
            f"{_short(row['distance'])} · {100 * row['coverage']:.0f}" + L("\N{NO-BREAK SPACE}%", "%"),
            labelpad=3,
            fontsize=11,
        )
    for i, speed in enumerate(SPEEDS):
        axes[0, i].set_title(f"G {speed:g}")
        axes[i, 0].set_ylabel(f"D {speed:g}", fontsize=12)
    figure.suptitle(L("distancia · cobertura", "distance · coverage"), fontsize=11)
    return figure


def _draw_points(ax, row: dict, size: float) -> None:
    """Draw a game's points, those outside the picture at its edge, on a band where the real ones are."""
    turn = np.linspace(0, 2 * np.pi, 100)
    ax.plot(RADIUS * np.cos(turn), RADIUS * np.sin(turn), color="#9ecae9", linewidth=2.5 * size)
    ax.plot(*np.clip(_points(row), -LIMIT, LIMIT).T, "o", color="black", markersize=size, clip_on=False)
    ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), xticks=[], yticks=[], aspect="equal")


def _points(row: dict) -> np.ndarray:
    return np.reshape(row["points"], (-1, 2)) / 100
