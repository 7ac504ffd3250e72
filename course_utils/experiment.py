"""The experiment of lesson 4: two GANs, and those in between, on equal terms, with several seeds and one measure.

Lesson 4 explains all of it. The published results, `notebooks/results/experiment.json`, were made by `make experiment`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from course_utils import checkpoints, data, evaluation, plots, pretrained, setup, training
from course_utils.setup import CourseError, L

LATENT_DIM = 50
BATCH_SIZE = 128
STEPS_PER_EPOCH = 60_000 // BATCH_SIZE
RATE, BETA_1 = 2e-4, 0.5

CHATGPT = {"norm": False, "dropout": 0.0, "kernels": (3, 3), "direct": False, "base": 64, "d_filters": 32}
HANDMADE = {"norm": True, "dropout": 0.4, "kernels": (4, 5), "direct": True, "base": 128, "d_filters": 64}

# From the assistant's network to the handmade one, one change at a time: each has those of the ones before it too.
LADDER = {
    "chatgpt": CHATGPT,
    "norm": CHATGPT | {"norm": True},
    "dropout": CHATGPT | {"norm": True, "dropout": 0.4},
    "kernels": CHATGPT | {"norm": True, "dropout": 0.4, "kernels": (4, 5)},
    "direct": CHATGPT | {"norm": True, "dropout": 0.4, "kernels": (4, 5), "direct": True},
    "handmade": HANDMADE,
}

# Steps after which a training is measured: a quarter and a half of the first epoch, and then whole epochs.
MOMENTS = (
    STEPS_PER_EPOCH // 4,
    STEPS_PER_EPOCH // 2,
    *(epoch * STEPS_PER_EPOCH for epoch in (1, 2, 3, 5, 7, 10, 15, 20, 25, 30)),
)


def make_networks(norm, dropout, kernels, direct, base, d_filters):
    """Return a generator and a discriminator of the family that both rivals of lesson 4 belong to.

    The generator takes noise (n, 50) to images (n, 28, 28, 1) in [-1, 1], the discriminator images to logits (n, 1).

    Args:
        norm: batch normalization before each transposed convolution.
        dropout: share in [0, 1) of values that the discriminator switches off after each convolution.
        kernels: sizes of the generator's transposed convolutions, and of the discriminator's first convolution.
        direct: whether the second transposed convolution draws the image itself; else a convolution does, after it.
        base: channels at 7×7.
        d_filters: of the discriminator's first convolution.
    """
    g_kernel, d_kernel = kernels
    generator = keras.Sequential([keras.Input((LATENT_DIM,))], name="generator")
    generator.add(layers.Dense(7 * 7 * base))
    generator.add(layers.LeakyReLU(negative_slope=0.2))
    generator.add(layers.Reshape((7, 7, base)))
    if norm:
        generator.add(layers.BatchNormalization())
    generator.add(layers.Conv2DTranspose(64, g_kernel, strides=2, padding="same"))
    generator.add(layers.LeakyReLU(negative_slope=0.2))
    if norm:
        generator.add(layers.BatchNormalization())
    if direct:
        generator.add(layers.Conv2DTranspose(1, g_kernel, strides=2, padding="same", activation="tanh"))
    else:
        generator.add(layers.Conv2DTranspose(32, g_kernel, strides=2, padding="same"))
        generator.add(layers.LeakyReLU(negative_slope=0.2))
        generator.add(layers.Conv2D(1, 3, padding="same", activation="tanh"))

    discriminator = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    for filters, kernel in ((d_filters, d_kernel), (64, 3)):
        discriminator.add(layers.Conv2D(filters, kernel, strides=2, padding="same"))
        discriminator.add(layers.LeakyReLU(negative_slope=0.2))
        if dropout:
            discriminator.add(layers.Dropout(dropout))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1))
    return generator, discriminator


def make_state(make: Callable, seed: int, settings: dict | None = None):
    """Return the state of a training that is about to begin (see `training.make_state`).

    Args:
        make: function without arguments that returns generator and discriminator.
        seed: of weights, dropout and noise.
        settings: what makes this training what it is.
    """
    keras.utils.set_random_seed(seed)
    generator, discriminator = make()
    optimizers = [keras.optimizers.Adam(RATE, beta_1=BETA_1) for _ in range(2)]
    return training.make_state(generator, discriminator, *optimizers, settings=settings, seed=seed)


def run(
    network: str,
    seed: int,
    epochs: int,
    dataset: data.Dataset,
    judge: evaluation.Judge,
    folder: Path,
    moments: Sequence[int] = MOMENTS,
    say: Callable[[str], None] = print,
) -> dict:
    """Train one network of the ladder with one seed, measure it at every moment, and return its record.

    It can be stopped at any time. Called again, it goes on from its newest checkpoint, and the record is the same.

    Args:
        network: its name in `LADDER`.
        seed: of weights, dropout, noise and the order of the images.
        epochs: train for so many; more than last time is possible.
        dataset: from `data.load`.
        judge: from `evaluation.load_judge`.
        folder: of this run alone. `record.json` and `grid.png`, 64 images with fixed noise, go there too.
        moments: steps after which to measure.
        say: function that is told about each measurement.

    Returns:
        what makes the run what it is, the versions, and `measured`: a row for each moment with its `step`, the
        `seconds` that training took since the moment before, and the measures.

    Raises:
        CourseError: if the folder holds a run with another judge or other settings.
    """
    path = folder / "record.json"
    settings = {"network": network, "seed": seed, "data": dataset.name, "judge": judge.fingerprint}
    try:
        record = json.loads(path.read_text("utf-8")) if path.is_file() else settings | {"measured": []}
    except ValueError:
        record = {}
    if {name: record.get(name) for name in settings} != settings:
        raise CourseError(
            L(
                f"{path} es de otro juez o de otra ejecución, o está dañado. Borra su carpeta o elige otra.",
                f"{path} belongs to another judge or another run, or is damaged. Delete its folder or choose another.",
            )
        )
    steps = epochs * STEPS_PER_EPOCH
    folder.mkdir(parents=True, exist_ok=True)
    state = make_state(lambda: make_networks(**LADDER[network]), seed, settings)
    manager = checkpoints.make_manager(state, folder)
    first = checkpoints.restore(state, folder, steps, STEPS_PER_EPOCH)
    train_step = training.make_train_step(state, BATCH_SIZE)
    real = judge.look(real_images(dataset)[0])
    batches = data.make_batches(dataset.x_train, BATCH_SIZE, seed=seed, start=first)
    began = time.perf_counter()
    for step, batch in enumerate(batches.take(max(0, steps - first)), start=first + 1):
        train_step(batch)
        if step not in moments and step != steps:
            continue
        seconds = round(time.perf_counter() - began, 1)
        images = evaluation.draw(state.generator, len(real.features))
        measures = {name: round(value, 5) for name, value in evaluation.measure(judge.look(images), real).items()}
        measured = [row for row in record["measured"] if row["step"] < step]
        record["measured"] = [*measured, {"step": step, "seconds": seconds} | measures]
        record["versions"] = versions()
        plots.save_grid(images[:64], folder / "new.png", columns=8)
        (folder / "new.png").replace(folder / "grid.png")
        _write(path, json.dumps(record))
        checkpoints.save(manager)
        say(
            f"{network} {seed}: {step / STEPS_PER_EPOCH:.2f} epochs, Fréchet {measures['frechet']:.2f}, {seconds:.0f} s"
        )
        began = time.perf_counter()
    return record


def real_images(dataset: data.Dataset, count: int = 10_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return real images to measure against, other real images, and the labels of those.

    The first are test images, which neither generator nor judge has seen; of the embedded digits, which have too few
    of them, half of the training images.

    Args:
        dataset: from `data.load`.
        count: how many to measure against, at most.

    Returns:
        uint8 arrays (n, 28, 28), (m, 28, 28) with m of at most 2 n, in random order, and labels (m,).
    """
    if len(dataset.x_test) >= 1000:
        reference, others, labels = dataset.x_test, dataset.x_train, dataset.y_train
    else:
        half = len(dataset.x_train) // 2
        reference, others, labels = dataset.x_train[:half], dataset.x_train[half:], dataset.y_train[half:]
    reference = reference[:count]
    chosen = np.random.default_rng(1).permutation(len(others))[: 2 * len(reference)]
    return reference, others[chosen], labels[chosen]


def versions() -> dict[str, str]:
    """Return the versions that a result depends on, by name."""
    import platform

    import tensorflow as tf

    return {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}


# --- The verdict


def bootstrap(a: Sequence[float], b: Sequence[float], resamples: int = 10_000, seed: int = 1) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of mean(a) - mean(b).

    Each set is drawn again from itself, with replacement, many times; the interval leaves out 2.5 % of the differences
    at either end. With few values it is too narrow. Source: Efron, Annals of Statistics 7, 1979.

    Args:
        a, b: one value for each seed.
        resamples: how many times.
        seed: of the drawing.

    Raises:
        CourseError: if a set has fewer than two values, or one that is not finite.
    """
    rng = np.random.default_rng(seed)
    means = [rng.choice(values, (resamples, len(values))).mean(axis=1) for values in _sets(a, b)]
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975])
    return float(low), float(high)


def _sets(*sets: Sequence[float]) -> list[np.ndarray]:
    """Return sets of values as arrays, if they can be compared."""
    sets = [np.asarray(values, float) for values in sets]
    if any(len(values) < 2 or not np.isfinite(values).all() for values in sets):
        raise CourseError(
            L(
                "Para comparar hacen falta al menos dos semillas de cada red, con valores finitos.",
                "A comparison needs at least two seeds of each network, with finite values.",
            )
        )
    return sets


def permutation_test(a: Sequence[float], b: Sequence[float], resamples: int = 10_000) -> float:
    """Return how often chance alone would part the means of a and b at least as far: the p-value, in (0, 1].

    The values of both sets are dealt out again in two sets of the same sizes, in every possible way, or in random ones
    if there are more than `resamples`. Source: Fisher, The Design of Experiments, 1935; computed by SciPy.

    Args:
        a, b: one value for each seed.
        resamples: how many ways at most.

    Raises:
        CourseError: if a set has fewer than two values, or one that is not finite.
    """
    from scipy import stats

    result = stats.permutation_test(
        _sets(a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), vectorized=True, n_resamples=resamples, rng=1
    )
    return float(result.pvalue)


def verdict(a: Sequence[float], b: Sequence[float], resamples: int = 10_000) -> str:
    """Return "wins", "loses" or "unclear": how set a does against b in a measure of which less is better.

    There is a winner only if both agree: zero is outside the bootstrap interval, and the p-value is 0.05 at most. With
    three values on either side there never is: the smallest possible p-value is 0.1.

    Args:
        a, b: one value for each seed.
        resamples: of the bootstrap and of the permutations.
    """
    low, high = bootstrap(a, b, resamples)
    if low <= 0 <= high or permutation_test(a, b, resamples) > 0.05:
        return "unclear"
    return "wins" if high < 0 else "loses"


# --- What a network costs


def multiplications(model) -> list[int]:
    """Return for each layer how many multiplications one image takes: those of weights with values, no others."""
    counts = []
    for layer in model.layers:
        count = 0
        if isinstance(layer, layers.Dense):
            count = layer.kernel.shape[0] * layer.kernel.shape[1]
        elif isinstance(layer, layers.Conv2D | layers.Conv2DTranspose):
            # Each pixel of the smaller side meets the whole kernel once.
            smaller = layer.input if isinstance(layer, layers.Conv2DTranspose) else layer.output
            count = int(np.prod(smaller.shape[1:3]) * np.prod(layer.kernel.shape))
        counts.append(int(count))
    return counts


def show_layers(model, title: str) -> None:
    """Show a table of a model's layers: shape, parameters and multiplications for one image.

    Args:
        model: a built `keras.Sequential`.
        title: above the first column.
    """
    rows = [
        [
            type(layer).__name__,
            " × ".join(str(side) for side in layer.output.shape[1:]),
            setup.thousands(layer.count_params()) if layer.count_params() else "",
            setup.thousands(count) if count else "",
        ]
        for layer, count in zip(model.layers, multiplications(model), strict=True)
    ]
    totals = [setup.thousands(total) for total in (model.count_params(), sum(multiplications(model)))]
    rows.append([L("en total", "total"), "", *totals])
    headings = [title, L("salida", "output"), L("parámetros", "parameters"), L("multiplicaciones", "multiplications")]
    plots.show_table(headings, rows)


# --- Pictures


def title_of(network: str) -> str:
    """Return a network of the ladder as a learner knows it; other names stay as they are."""
    return {
        "chatgpt": "ChatGPT",
        "norm": L("1 · con BN", "1 · with BN"),
        "dropout": L("2 · con dropout", "2 · with dropout"),
        "kernels": L("3 · con otros núcleos", "3 · with other kernels"),
        "direct": L("4 · sin la última convolución", "4 · without the last convolution"),
        "handmade": L("hecha a mano", "handmade"),
    }.get(network, network)


def show_race(runs: Sequence[dict], mine: Sequence[dict] = (), measure: str = "frechet", minutes: bool = False) -> None:
    """Draw how a measure falls in both rivals' trainings: a thin line for each seed, a thick one through the medians.

    Args:
        runs: published records.
        mine: the learner's own records, drawn as stars and crosses.
        measure: which.
        minutes: of training on one core along the horizontal axis (see `minutes_of`), instead of epochs.
    """
    figure, ax = plt.subplots(figsize=(7, 3.6), dpi=80, layout="constrained")
    looks = {"chatgpt": (plots.FAKE_COLOUR, "--", "o", "*"), "handmade": (plots.REAL_COLOUR, "-", "s", "P")}
    for network, (colour, dash, marker, star) in looks.items():
        steps = steps_of(runs, network)
        values = np.array([list(values_of(runs, network, step, measure).values()) for step in steps])
        along = minutes_of(runs, network) if minutes else np.array(steps) / STEPS_PER_EPOCH
        ax.plot(along, values, dash, color=colour, linewidth=0.7, alpha=0.6)
        title = title_of(network)
        ax.plot(along, np.median(values, axis=1), dash, color=colour, linewidth=2.2, marker=marker, label=title)
        own = [
            (row["step"] / STEPS_PER_EPOCH, row[measure])
            for record in mine
            for row in record["measured"]
            if record["network"] == network
        ]
        if own:
            title = L(f"tuyas: {title}", f"yours: {title}")
            ax.plot(*zip(*own, strict=True), star, color=colour, markersize=13, markeredgecolor="black", label=title)
    ax.set_xscale("log")
    ax.set_yscale("log")
    if minutes:
        ticks = [tick for tick in (0.5, 1, 2, 5, 10, 20, 50, 100) if ax.get_xlim()[0] <= tick <= ax.get_xlim()[1]]
    else:
        steps = sorted({step for network in looks for step in steps_of(runs, network)})
        ticks = [step / STEPS_PER_EPOCH for step in steps]
    ax.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks])
    ax.minorticks_off()
    low, high = ax.get_ylim()
    ticks = [tick for tick in (0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200) if low <= tick <= high]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    label = L("minutos de un núcleo de la CPU", "minutes of one CPU core") if minutes else L("época", "epoch")
    ax.set(xlabel=label, ylabel=L("distancia de Fréchet", "Fréchet distance"))
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    plots.show_figure(figure)


def show_dots(sets: dict[str, Sequence[float]], label: str) -> None:
    """Draw a row of dots for each set of values, with a bar at their mean.

    Args:
        sets: title of the row -> values.
        label: of the horizontal axis.
    """
    figure, ax = plt.subplots(figsize=(7, 0.5 + 0.36 * len(sets)), dpi=80, layout="constrained")
    for row, values in enumerate(sets.values()):
        ax.plot(values, [row] * len(values), "o", color=plots.REAL_COLOUR, alpha=0.75, markersize=6)
        ax.plot([np.mean(values)] * 2, [row - 0.3, row + 0.3], "-", color="black", linewidth=1.5)
    ax.set_yticks(range(len(sets)), list(sets))
    ax.set_ylim(len(sets) - 0.5, -0.5)
    ax.set_xlabel(label)
    ax.grid(alpha=0.3, axis="x")
    plots.show_figure(figure)


# --- The published results


def published() -> dict:
    """Return the published results: "about", "judge", and "runs", a list of records.

    Raises:
        CourseError: if the file is missing or damaged.
    """
    path = results_folder() / "experiment.json"
    try:
        results = json.loads(path.read_text("utf-8"))
        results["runs"][0]["measured"][0]["frechet"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CourseError(
            L(
                f"No se pueden leer los resultados publicados, {setup.pretty_path(path)} ({error}). Vuelve a descargar "
                "el curso.",
                f"The published results, {setup.pretty_path(path)}, cannot be read ({error}). Download the course "
                "again.",
            )
        ) from error
    return results


def results_folder() -> Path:
    """Return the folder of the published results."""
    return Path(__file__).resolve().parent.parent / "notebooks" / "results"


def published_grid(network: str, seed: int) -> np.ndarray:
    """Return the 64 images that the published run of a rival with this seed drew at its end, uint8 (64, 28, 28)."""
    return plots.images_of(results_folder() / f"{network}-{seed}.png")


def published_lessons() -> dict[int, dict[str, float]]:
    """Return number of the lesson -> measures of the generator that its published run left."""
    return {number: pretrained.card(number)["measures"] for number in (1, 2, 3)}


def own_generators() -> dict[int, Path]:
    """Return number of the lesson -> the newest generator that lessons 1 to 3 have left on this computer.

    Those of the smoke budget, which have hardly been trained, do not count.
    """
    found = {}
    for number in (1, 2, 3):
        paths = setup.out_base().glob(f"{number:02d}_*/*/generator.keras")
        paths = [path for path in paths if "_smoke" not in path.parent.name]
        if newest := max(paths, key=lambda path: path.stat().st_mtime, default=None):
            found[number] = newest
    return found


def measure_own_generators(judge: evaluation.Judge, real: evaluation.Look) -> dict[int, dict[str, float]]:
    """Return number of the lesson -> measures of the generator that the learner has trained in it.

    A file that cannot be read is named and left out.

    Args:
        judge: from `evaluation.load_judge`.
        real: what it sees in real images; as many images are drawn.
    """
    measures = {}
    for number, path in own_generators().items():
        try:
            images = evaluation.draw(keras.models.load_model(path, compile=False), len(real.features))
        except Exception as error:  # whatever a damaged file, or one of another version of Keras, makes of it
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:120]
            print(
                L(
                    f"⚠ Tu generador de la lección {number}, {setup.pretty_path(path)}, no se puede usar ({reason}). "
                    "Vuelve a entrenarlo si quieres verlo en la tabla.",
                    f"⚠ Your generator of lesson {number}, {setup.pretty_path(path)}, cannot be used ({reason}). Train "
                    "it again if you want to see it in the table.",
                )
            )
            continue
        measures[number] = evaluation.measure(judge.look(images), real)
    return measures


def values_of(runs: Sequence[dict], network: str, step: int, measure: str = "frechet") -> dict[int, float]:
    """Return seed -> value of a measure, of all runs of a network that were measured at this step."""
    return {
        record["seed"]: row[measure]
        for record in runs
        if record["network"] == network
        for row in record["measured"]
        if row["step"] == step
    }


def steps_of(runs: Sequence[dict], network: str) -> list[int]:
    """Return the steps at which all runs of a network were measured, in order."""
    measured = [{row["step"] for row in record["measured"]} for record in runs if record["network"] == network]
    return sorted(set.intersection(*measured)) if measured else []


def minutes_of(runs: Sequence[dict], network: str) -> np.ndarray:
    """Return the minutes of training that a network takes to each of its `steps_of`; shape (steps,).

    Of each interval the median over the seeds counts, because now and then the machine had something else to do.
    """
    steps = steps_of(runs, network)
    seconds = [
        np.diff([0, *(sum(row["seconds"] for row in record["measured"] if row["step"] <= step) for step in steps)])
        for record in runs
        if record["network"] == network
    ]
    return np.median(seconds, axis=0).cumsum() / 60


def median_seed(values: dict[int, float]) -> int:
    """Return the seed whose value is in the middle; of two in the middle, that with the lower value."""
    return sorted(values, key=lambda seed: values[seed])[(len(values) - 1) // 2]


def gather(folders: Iterator[Path], about: dict) -> dict:
    """Return the results of many runs as one, as `published` returns them.

    Args:
        folders: of the runs.
        about: further facts, by name.

    Raises:
        CourseError: if the runs were measured by different judges.
    """
    runs = [json.loads((folder / "record.json").read_text("utf-8")) for folder in folders]
    runs.sort(key=lambda record: (list(LADDER).index(record["network"]), record["seed"]))
    if len({record["judge"] for record in runs}) != 1:
        raise CourseError(
            L(
                "Hay ejecuciones medidas por jueces distintos: no se pueden comparar.",
                "Some runs were measured by different judges: they cannot be compared.",
            )
        )
    return {"about": about, "runs": runs}


def write_results(results: dict, path: Path) -> None:
    """Write results as JSON, a line for each run."""
    lines = ",\n".join(json.dumps(record) for record in results["runs"])
    _write(path, f'{{"about": {json.dumps(results["about"])},\n"runs": [\n{lines}\n]}}\n')


def _write(path: Path, text: str) -> None:
    """Write a file in one go: whoever is interrupted leaves the old one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
