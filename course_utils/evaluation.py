"""Measure generated images: with the eyes of a small classifier, the judge, which lesson 4 introduces.

The judge learns to read the real images. Its answers tell whether a generated image looks like one of the ten classes,
and the 64 numbers that it reads off an image before it answers, its features, are the space in which real and generated
images are compared. They are scaled so that over the real images each has mean 0 and variance 1; hence judges trained
from other random numbers give nearly the same distances.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import spatial, special

from course_utils import folders, plots
from course_utils.data import Dataset, shuffled_indices
from course_utils.folders import pretty_path
from course_utils.language import CourseError, L, percent, say, thousands
from course_utils.pixels import as_floats, check_images, check_number

FEATURES = 64
CLASSES = 10
CONFIDENT = 0.95  # an image is confident when the judge gives one class more than this
NEIGHBOURS = 3
BLOCKS = 10  # of the kernel distance

# How the judge is made. Changing anything makes another judge, with another file in the cache.
RECIPE: dict = {"filters": [32, 64], "features": FEATURES, "batch_size": 128, "steps": 1404, "rate": 2e-3, "seed": 1}
ENOUGH = {"mnist": 0.985, "fashion_mnist": 0.87, "digits": 0.93}  # accuracy on the test images


class Look(NamedTuple):
    """What the judge sees in n images: `features` float64 (n, 64), `probabilities` float64 (n, 10) of the classes."""

    features: np.ndarray
    probabilities: np.ndarray


class Judge:
    """A classifier of real images.

    Args:
        model: Keras model from images (n, 28, 28, 1) in [-1, 1] to features (n, 64) and logits (n, 10).
        accuracy: share of the test images that it classifies correctly, in [0, 1].
        name: of the data set that it learnt.
    """

    def __init__(self, model, accuracy: float, name: str) -> None:
        import tensorflow as tf

        self.model, self.accuracy, self.name = model, accuracy, name
        self._look = tf.function(
            lambda images: model(images, training=False),
            input_signature=[tf.TensorSpec((None, 28, 28, 1), tf.float32)],
        )

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that tell this judge from others, which give slightly other numbers."""
        digest = hashlib.sha256()
        for weight in self.model.weights:
            digest.update(np.ascontiguousarray(weight.numpy()))
        return digest.hexdigest()[:8]

    def look(self, images) -> Look:
        """Return what the judge sees.

        Args:
            images: array or tensor (n, 28, 28) or (n, 28, 28, 1), uint8 or floats in [-1, 1].

        Raises:
            CourseError: if they are not such images.
        """
        images = check_images(images)
        features, logits = [], []
        for start in range(0, len(images), 500):
            seen = self._look(as_floats(images[start : start + 500]))
            features.append(seen[0].numpy())
            logits.append(seen[1].numpy())
        logits = np.concatenate(logits).astype("float64")
        return Look(np.concatenate(features).astype("float64"), special.softmax(logits, axis=1))


def load_judge(dataset: Dataset, seed: int = RECIPE["seed"]) -> Judge:
    """Return the judge of a data set: from the cache if it is there, or trained now, in less than a minute.

    The cache is one file in `out/judge/`. A damaged one is made again.

    Args:
        dataset: from `data.load`. The judge learns its training images; the test images tell how good it is.
        seed: of its weights and of the order of the images: another one gives another judge.

    Raises:
        CourseError: if it reads fewer of the test images than it should (98.5 % of MNIST).
    """
    path = _cache_of(dataset, seed)
    try:
        judge = _judge(_read_model(path), dataset)
        accuracy = percent(judge.accuracy, 2)
        say(
            f"Juez de {dataset.name}: leído de la caché; acierta el {accuracy} de las imágenes de prueba.",
            f"Judge of {dataset.name}: read from the cache; classifies {accuracy} of the test images correctly.",
        )
        return judge
    except FileNotFoundError:
        pass
    except Exception as error:  # a damaged file can fail in nearly any way
        say(
            f"⚠ {pretty_path(path)} está dañado ({type(error).__name__}); se entrena un juez nuevo.",
            f"⚠ {pretty_path(path)} is damaged ({type(error).__name__}); training a new judge.",
        )
    began = time.perf_counter()
    judge = _judge(train_judge(dataset.x_train, dataset.y_train, seed=seed), dataset)
    seconds, accuracy = time.perf_counter() - began, percent(judge.accuracy, 2)
    _write_model(judge.model, path)
    say(
        f"Juez de {dataset.name}: entrenado en {seconds:.0f} s; acierta el {accuracy} de las imágenes de prueba.",
        f"Judge of {dataset.name}: trained in {seconds:.0f} s; classifies {accuracy} of the test images correctly.",
    )
    return judge


def make_judge(seed: int = RECIPE["seed"]):
    """Return the judge's network, untrained: images (n, 28, 28, 1) to features (n, 64) and logits (n, 10).

    Args:
        seed: of its weights. Keras's global random state is neither used nor changed.
    """
    import keras
    from keras import layers

    def initializer(number):
        return keras.initializers.GlorotUniform(seed=1000 * seed + number)

    images = keras.Input((28, 28, 1))
    hidden = images
    for number, (filters, size) in enumerate(zip(RECIPE["filters"], (5, 3), strict=True)):
        convolution = layers.Conv2D(
            filters, size, 2, "same", activation="relu", kernel_initializer=initializer(number), name=f"conv_{number}"
        )
        hidden = convolution(hidden)
    hidden = layers.Flatten()(hidden)
    hidden = layers.Dense(FEATURES, use_bias=False, kernel_initializer=initializer(2), name="dense")(hidden)
    # Without a scale and a centre of its own, it gives features of mean 0 and variance 1 over the real images.
    features = layers.BatchNormalization(momentum=0.9, center=False, scale=False, name="features")(hidden)
    logits = layers.Dense(CLASSES, kernel_initializer=initializer(3), name="logits")(layers.ReLU()(features))
    return keras.Model(images, [features, logits], name="judge")


def train_judge(images: np.ndarray, labels: np.ndarray, steps: int = RECIPE["steps"], seed: int = RECIPE["seed"]):
    """Return the judge's network, trained: the same bits for the same data, steps, seed and number of threads.

    Args:
        images: uint8 array (n, 28, 28).
        labels: integers (n,) from 0 to 9.
        steps: of 128 images each.
        seed: of weights and order.

    Raises:
        CourseError: if there are more or fewer labels than images.
    """
    import keras
    import tensorflow as tf

    if len(images) != len(labels):
        raise CourseError(
            f"Hay {len(images)} imágenes y {len(labels)} etiquetas: tiene que haber una para cada imagen.",
            f"There are {len(images)} images and {len(labels)} labels: there must be one for each image.",
        )
    model, batch_size = make_judge(seed), RECIPE["batch_size"]
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RECIPE["rate"], steps))
    optimizer.build(model.trainable_variables)
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def train_step(batch, answers):
        with tf.GradientTape() as tape:
            loss = loss_function(answers, model(batch, training=True)[1])
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for chosen in itertools.islice(shuffled_indices(len(images), batch_size, seed), steps):
        train_step(as_floats(images[chosen]), labels[chosen])
    return model


def real_images(dataset: Dataset, count: int = 10_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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


def draw(generator, count: int = 10_000, seed: int = 7) -> np.ndarray:
    """Return images that a generator draws in inference mode, the same for the same seed.

    Args:
        generator: model from noise (n, latent_dim) to images (n, 28, 28, 1) in [-1, 1]. One that takes labels too, as
            one-hot rows (n, 10), is asked for the digits of `asked`.
        count: how many.
        seed: of the noise, which is Gaussian.

    Returns:
        float32 array (count, 28, 28, 1).
    """
    import tensorflow as tf

    check_number("count", count)
    shape, *labels = [generator.input_shape] if isinstance(generator.input_shape, tuple) else generator.input_shape
    inputs = [np.random.default_rng(seed).normal(size=(count, *shape[1:])).astype("float32")]
    if labels:
        inputs.append(np.eye(CLASSES, dtype="float32")[asked(count)])
    in_inference = tf.function(
        lambda *batch: generator(list(batch) if labels else batch[0], training=False),
        input_signature=[tf.TensorSpec((None, *one.shape[1:])) for one in inputs],
    )
    parts = ([one[start : start + 500] for one in inputs] for start in range(0, count, 500))
    return np.concatenate([in_inference(*part).numpy() for part in parts])


def asked(count: int) -> np.ndarray:
    """Return the digits that `draw` asks a generator with labels for: 0, 1, …, 9, 0, 1, …"""
    return np.arange(count) % CLASSES


def frechet_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Return the Fréchet distance between Gaussians fitted to two sets of features: 0 where they are the same.

    ‖m₁ - m₂‖² + tr(C₁ + C₂ - 2 (C₁ C₂)^½), with means m and covariances C. Few samples make it too large: the error
    falls as one over their number. Sources: Dowson and Landau, 1982; Heusel and others, 2017, arXiv:1706.08500.

    Args:
        real, fake: arrays (n, features) and (m, features), each with more rows than columns.

    Raises:
        CourseError: if they do not fit together, hold NaN, or have too few rows.
    """
    real, fake = _check_features(real, fake, least=np.shape(real)[-1] + 1)
    distance = ((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum()
    of_real, of_fake = (np.atleast_2d(np.cov(features, rowvar=False)) for features in (real, fake))
    # The trace of the root of C₁ C₂ is that of the root of R C₂ R, with R the root of C₁, which is symmetric.
    values, vectors = np.linalg.eigh(of_real)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    values = np.linalg.eigvalsh(root @ of_fake @ root)
    return float(distance + np.trace(of_real) + np.trace(of_fake) - 2 * np.sqrt(np.maximum(values, 0)).sum())


def kernel_distance(real: np.ndarray, fake: np.ndarray, blocks: int = BLOCKS) -> tuple[float, float]:
    """Return the kernel distance between two sets of features, and its standard error.

    It is the squared maximum mean discrepancy with the kernel (x·y / features + 1)³, in its unbiased form: around 0,
    also below it, where both sets are from the same source, however few they are. Each set is cut into blocks; the
    distance is the mean over them. Sources: Gretton and others, JMLR 13, 2012; Bińkowski and others, 2018,
    arXiv:1801.01401.

    Args:
        real, fake: arrays (n, features) and (m, features).
        blocks: how many, at least 2.

    Raises:
        CourseError: if they do not fit together, hold NaN, or have fewer than two rows for each block.
    """
    real, fake = _check_features(real, fake, least=2 * blocks)
    # The order of a data set may mean something: that of MNIST's test images does.
    real, fake = (np.random.default_rng(0).permutation(features) for features in (real, fake))
    values = [
        _kernel_distance_of_a_block(a, b)
        for a, b in zip(np.array_split(real, blocks), np.array_split(fake, blocks), strict=True)
    ]
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(blocks))


def precision_recall(real: np.ndarray, fake: np.ndarray, neighbours: int = NEIGHBOURS) -> tuple[float, float]:
    """Return precision and recall of a set of features, both in [0, 1].

    Around each image goes a ball that reaches to its third nearest neighbour in its own set. Precision is the share of
    fakes in at least one real ball (they could be real); recall is the share of real images in at least one fake ball
    (the generator could draw them). Source: Kynkäänniemi and others, 2019, arXiv:1904.06991.

    Args:
        real, fake: arrays (n, features) and (m, features). Both numbers depend on n and m: compare like with like.
        neighbours: which neighbour the ball reaches to.

    Raises:
        CourseError: if they do not fit together, hold NaN, or have too few rows.
    """
    real, fake = _check_features(real, fake, least=neighbours + 2)
    return _share_inside(fake, real, neighbours), _share_inside(real, fake, neighbours)


def held_by(real: np.ndarray, fake: np.ndarray, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Return for each real image how many of the fakes lie in its ball (see `precision_recall`): integers (n,).

    Args:
        real, fake: features, arrays (n, features) and (m, features).
        neighbours: which neighbour the ball reaches to.

    Raises:
        CourseError: if they do not fit together, hold NaN, or have too few rows.
    """
    real, fake = _check_features(real, fake, least=neighbours + 2)
    return (spatial.distance.cdist(real, fake) <= _radii(real, neighbours)[:, np.newaxis]).sum(axis=1)


def confident_share(probabilities: np.ndarray) -> float:
    """Return the share in [0, 1] of images to which the judge gives one class more than 95 %."""
    return float((probabilities.max(axis=1) > CONFIDENT).mean())


def class_shares(probabilities: np.ndarray) -> np.ndarray:
    """Return for each of the ten classes the share in [0, 1] of the images that the judge takes for it."""
    return np.bincount(probabilities.argmax(axis=1), minlength=CLASSES) / len(probabilities)


def nearest(images, training_images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each image which training image is nearest to it, pixel by pixel, and how far that is.

    Args:
        images: n images, as for `check_images`.
        training_images: uint8 array (m, 28, 28).

    Returns:
        indices (n,), and distances (n,): root of the mean squared difference of the pixels, from 0 (a copy) to 2.
    """
    flat, training_images = as_floats(images).reshape(-1, 784), check_images(training_images)
    best, which = np.full(len(flat), np.inf), np.zeros(len(flat), int)
    for start in range(0, len(training_images), 5000):
        others = as_floats(training_images[start : start + 5000]).reshape(-1, 784)
        squares = (flat**2).sum(axis=1)[:, np.newaxis] + (others**2).sum(axis=1) - 2 * flat @ others.T
        found = squares.argmin(axis=1)
        # Again, exactly: the difference of large numbers above is good enough to choose, but not to say 0.
        exact = ((flat - others[found]) ** 2).mean(axis=1)
        which = np.where(exact < best, start + found, which)
        best = np.minimum(best, exact)
    return which, np.sqrt(best)


def measure(seen: Look, real: Look) -> dict[str, float]:
    """Return all measures of a set of images by name.

    Args:
        seen: what the judge sees in the images.
        real: what it sees in as many real ones.

    Returns:
        `frechet`, `kernel` and its standard error `kernel_error`, `precision`, `recall`, the share of `confident`
        images and that of the rarest class, `rarest`.
    """
    kernel, kernel_error = kernel_distance(real.features, seen.features)
    precision, recall = precision_recall(real.features, seen.features)
    return {
        "frechet": frechet_distance(real.features, seen.features),
        "kernel": kernel,
        "kernel_error": kernel_error,
        "precision": precision,
        "recall": recall,
        "confident": confident_share(seen.probabilities),
        "rarest": float(class_shares(seen.probabilities).min()),
    }


def show_measures(rows: Mapping[str, Mapping[str, float]]) -> None:
    """Show a table in the notebook: a row for each set of images.

    Args:
        rows: title of the row -> its measures, as `measure` returns them. What is missing is left empty.
    """
    columns = {
        "frechet": ("Fréchet ↓", "{:.2f}".format),
        "kernel": (L("núcleo ↓", "kernel ↓"), "{:.3f}".format),
        "precision": (L("precisión", "precision"), percent),
        "recall": (L("exhaustividad", "recall"), percent),
        "confident": (L("seguras", "confident"), percent),
        "rarest": (L("clase más rara", "rarest class"), lambda share: percent(share, 1)),
    }
    body = [
        [title, *(written(row[name]) if name in row else "" for name, (_, written) in columns.items())]
        for title, row in rows.items()
    ]
    plots.show_table([""] + [heading for heading, _ in columns.values()], body)


# --- Inside


def _check_features(real, fake, least: int) -> tuple[np.ndarray, np.ndarray]:
    real, fake = (np.asarray(features, dtype="float64") for features in (real, fake))
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise CourseError(
            f"Se esperaban dos matrices de características, (n, {FEATURES}), y llegaron {real.shape} y "
            f"{fake.shape}. Las da judge.look(images).features.",
            f"Expected two arrays of features, (n, {FEATURES}); got {real.shape} and {fake.shape}. "
            "judge.look(images).features gives them.",
        )
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise CourseError(
            "Las características contienen NaN o infinito, y así no se puede medir nada.",
            "The features hold NaN or infinity; nothing can be measured with them.",
        )
    if min(len(real), len(fake)) < least:
        raise CourseError(
            f"Hay {thousands(len(real))} imágenes reales y {thousands(len(fake))} generadas; esta medida necesita "
            f"al menos {thousands(least)} de cada tipo. Dibuja más.",
            f"There are {thousands(len(real))} real and {thousands(len(fake))} generated images; this measure "
            f"needs at least {thousands(least)} of each. Draw more.",
        )
    return real, fake


def _kernel_distance_of_a_block(real: np.ndarray, fake: np.ndarray) -> float:
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def mean_of_pairs(a):  # of two different rows
        values = kernel(a, a)
        return (values.sum() - np.trace(values)) / (len(a) * (len(a) - 1))

    return mean_of_pairs(real) + mean_of_pairs(fake) - 2 * kernel(real, fake).mean()


def _share_inside(points: np.ndarray, centres: np.ndarray, neighbours: int) -> float:
    """Return the share of points that lie in a ball around a centre, which reaches to its neighbours' distance."""
    from sklearn.metrics import pairwise_distances_chunked

    points, centres = points.astype("float32"), centres.astype("float32")
    radii = _radii(centres, neighbours)
    inside = pairwise_distances_chunked(
        points, centres, reduce_func=lambda distances, _: (distances <= radii).any(axis=1), working_memory=64
    )
    return float(np.concatenate(list(inside)).mean())


def _radii(centres: np.ndarray, neighbours: int) -> np.ndarray:
    """Return how far each centre's ball reaches: to its neighbour with this number."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(centres)
    return search.kneighbors()[0][:, -1]  # asked without points, it leaves each centre itself out


def _judge(model, dataset: Dataset) -> Judge:
    judge = Judge(model, float("nan"), dataset.name)
    judge.accuracy = float((judge.look(dataset.x_test).probabilities.argmax(axis=1) == dataset.y_test).mean())
    if judge.accuracy < ENOUGH[dataset.name]:
        reached, least = percent(judge.accuracy, 1), percent(ENOUGH[dataset.name], 1)
        raise CourseError(
            f"El juez solo acierta el {reached} de las imágenes de prueba; debería pasar del "
            f"{least}. Con un juez así no se puede medir.",
            f"The judge classifies only {reached} of the test images correctly; it should be over "
            f"{least}. Nothing can be measured with such a judge.",
        )
    return judge


def _cache_of(dataset: Dataset, seed: int) -> Path:
    digest = hashlib.sha256(json.dumps(RECIPE | {"seed": seed}, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(dataset.x_train))
    digest.update(np.ascontiguousarray(dataset.y_train))
    return folders.out_base() / "judge" / f"{dataset.name}-{digest.hexdigest()[:8]}.keras"


def _read_model(path: Path):
    import keras

    if not path.is_file():
        raise FileNotFoundError(path)
    return keras.models.load_model(path, compile=False)


def _write_model(model, path: Path) -> None:
    """Save for the next time; where that is not possible, say so and go on."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            model.save(Path(folder) / path.name)
            folders.write_atomically(path, (Path(folder) / path.name).read_bytes())
    except OSError as error:
        say(
            f"⚠ No se ha podido guardar el juez ({error.strerror}): la próxima vez se entrenará de nuevo.",
            f"⚠ The judge could not be saved ({error.strerror}): next time it will be trained again.",
        )
