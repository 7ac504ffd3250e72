"""Write the generators that the playground draws with: `python -m tools.playground`, a minute of one core.

The page has 400 kB, compressed, for everything, and the generators of lessons 1, 2, 3 and 7 have 1.7 million weights.
So `site/playground/weights.js` holds rounded copies. Every matrix becomes whole numbers of 5 to 8 bits with a scale for
each column, which deflate then packs (by Huffman's codes alone: in rounded weights there is nothing to repeat); biases,
scales and batch normalizations are 16-bit numbers. That is not enough for lesson 1, which has 1.5 million of them: its
three large matrices are also replaced by products of two narrow ones, those that change the least what the layer
answers to 6,000 random noises, once the layers before have been replaced. The file says how far from the originals the
copies draw. It also holds what in lesson 7's noise, and which of its ways, make a digit thicker, slanted or wide.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_utils import setup
from course_utils.experiments import pretrained
from course_utils.lessons import lesson_2, lesson_3, lesson_7
from tools.course import ROOT, write_atomically

TARGET = Path("site", "playground", "weights.js")
BITS = {1: 5, 2: 8, 3: 7, 7: 6}
RANKS = (0, 40, 48, 64)  # of lesson 1's four matrices; 0: left whole
NOISES, SEED = 6000, 1
STYLES = ("thickness", "slant", "width")


class Layer(NamedTuple):
    """A layer of a network as the page has it.

    Attributes:
        facts: what the page is told: `kind` ("dense", "norm", "upconv") and its sizes, `activation` of "relu", "leaky"
            (with `slope`), "tanh" or none.
        matrix: whole numbers, int8, of a dense layer (inputs, outputs) or a transposed convolution (height, width,
            outputs, inputs); None for a normalization.
        vectors: float16: the scale of each column (of each output, or of each input of a transposed convolution) and
            the bias, or what a normalization multiplies by and adds.
    """

    facts: dict
    matrix: np.ndarray | None
    vectors: tuple[np.ndarray, ...]


def rounded(matrix: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix as whole numbers and a scale for each column, the best of eleven for that column.

    Args:
        matrix: float array; the last axis numbers the columns.
        bits: the numbers lie between -(2^(bits-1) - 1) and 2^(bits-1) - 1.

    Returns:
        int8 array of the same shape and float16 array (columns,).
    """
    top = 2 ** (bits - 1) - 1
    columns = matrix.reshape(-1, matrix.shape[-1])
    largest = np.maximum(np.abs(columns).max(axis=0) / top, 1e-6)
    scales = np.stack([largest * part for part in np.linspace(0.5, 1, 11)]).astype(np.float16).astype(np.float64)
    errors = [((np.clip(np.rint(columns / scale), -top, top) * scale - columns) ** 2).sum(axis=0) for scale in scales]
    scale = scales[np.argmin(errors, axis=0), np.arange(columns.shape[1])]
    whole = np.clip(np.rint(columns / scale), -top, top).astype(np.int8)
    return whole.reshape(matrix.shape), scale.astype(np.float16)


def restored(layer: Layer) -> list[np.ndarray]:
    """Return a layer's weights as the page and Keras compute with them, float32: [matrix, bias] or [factor, shift]."""
    vectors = [vector.astype(np.float32) for vector in layer.vectors]
    if layer.matrix is None:
        return vectors
    return [layer.matrix.astype(np.float32) * vectors[0], *vectors[1:]]


def _batch_norm(layer) -> list[np.ndarray]:
    """Return what a Keras batch normalization multiplies by and adds, when it does not train."""
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    factor = layer.gamma.numpy() / np.sqrt(variance + layer.epsilon)
    return [factor, layer.beta.numpy() - mean * factor]


def layers_of(generator, bits: int) -> list[Layer]:
    """Return a Keras generator as rounded layers, in order.

    Args:
        generator: of lesson 2, 3 or 7 (the network that draws, without the choice of a way to write).
        bits: of its matrices.
    """
    found: list[Layer] = []
    for layer in generator.layers:
        kind = type(layer).__name__
        if kind == "LeakyReLU":
            found[-1].facts.update(activation="leaky", slope=round(layer.negative_slope, 6))
        elif kind == "BatchNormalization":
            vectors = tuple(_half(vector) for vector in _batch_norm(layer))
            found.append(Layer({"kind": "norm", "size": len(vectors[0])}, None, vectors))
        elif kind in ("Dense", "Conv2DTranspose"):
            kernel = layer.kernel.numpy()
            facts = {"kind": "dense", "inputs": kernel.shape[0], "outputs": kernel.shape[-1]}
            if kind == "Conv2DTranspose":
                side, _, outputs, inputs = kernel.shape
                facts = {"kind": "upconv", "side": side, "stride": layer.strides[0], "outputs": outputs}
                facts |= {"inputs": inputs}
            matrix, scale = rounded(kernel, bits)
            bias = layer.bias.numpy() if layer.use_bias else np.zeros(facts["outputs"])
            if layer.activation.__name__ != "linear":
                facts["activation"] = layer.activation.__name__
            found.append(Layer(facts, matrix, (scale, _half(bias))))
    return found


def dense_layers(weights: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return lesson 1's generator as four matrices with their biases, its batch normalizations within the next ones.

    Args:
        weights: of `lesson_1.make_generator()`, in the order of `get_weights`.
    """
    found, factor, shift = [], np.float32(1), np.float32(0)
    for k in range(0, len(weights), 6):
        matrix, bias, *norm = weights[k : k + 6]
        found.append((np.reshape(factor, (-1, 1)) * matrix, bias + np.broadcast_to(shift, len(matrix)) @ matrix))
        if norm:
            gamma, beta, mean, variance = norm
            factor = gamma / np.sqrt(variance + 1e-3)  # Keras's epsilon
            shift = beta - mean * factor
    return found


def squeezed(weights: list[np.ndarray], bits: int, ranks=RANKS) -> list[Layer]:
    """Return lesson 1's generator with narrow layers in the middle of its wide ones, rounded.

    Layer by layer, what the squeezed network answers is fitted by least squares to what the whole one answers. The
    principal directions of those answers give the narrow layer; what follows is fitted again to its rounded answers.

    Args:
        weights: of `lesson_1.make_generator()`.
        bits: of the matrices.
        ranks: how many numbers each of the four layers lets through; 0: as many as it has.
    """
    layers, found = dense_layers(weights), []
    mine = whole = np.random.default_rng(SEED).standard_normal((NOISES, len(weights[0])))

    def add(inputs, matrix, wanted=None, activation=None):
        """Append a rounded layer, with the bias that is right on average if it is told what is wanted; answer."""
        numbers, scale = rounded(matrix, bits)
        answer = inputs @ (numbers * scale.astype(np.float64))
        bias = np.zeros(answer.shape[1]) if wanted is None else (wanted - answer).mean(axis=0)
        facts = {"kind": "dense", "inputs": matrix.shape[0], "outputs": matrix.shape[1]}
        found.append(Layer(facts | ({"activation": activation} if activation else {}), numbers, (scale, _half(bias))))
        return answer + bias

    for k, ((matrix, bias), rank) in enumerate(zip(layers, ranks, strict=True)):
        wanted = whole @ matrix + bias
        if rank:
            fitted = _least_squares(mine, wanted)
            directions = np.linalg.eigh(np.cov((mine @ fitted).T))[1][:, ::-1][:, :rank]
            mine = add(mine, fitted @ directions)
        mine = add(mine, _least_squares(mine, wanted), wanted, "relu" if k < len(layers) - 1 else "tanh")
        mine, whole = np.maximum(mine, 0), np.maximum(wanted, 0)
    return found


def _least_squares(inputs: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    centred = inputs - inputs.mean(axis=0)
    covariance = centred.T @ centred / len(inputs) + 1e-4 * np.eye(inputs.shape[1])
    return np.linalg.solve(covariance, centred.T @ (wanted - wanted.mean(axis=0)) / len(inputs))


def _half(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector).astype(np.float16)


def in_keras(lesson: int, layers: list[Layer]):
    """Return the Keras network of a lesson with the rounded weights: what the page's drawings are compared with.

    Args:
        lesson: 1, 2, 3 or 7.
        layers: its rounded layers; those of lesson 1 become dense layers, those of the others its own network.
    """
    import keras

    if lesson == 1:
        dense = [keras.layers.Dense(layer.facts["outputs"], layer.facts.get("activation")) for layer in layers]
        model = keras.Sequential([keras.Input((layers[0].facts["inputs"],)), *dense, keras.layers.Reshape((28, 28, 1))])
        for layer, rounded_layer in zip(dense, layers, strict=True):
            layer.set_weights(restored(rounded_layer))
        return model
    arguments = pretrained.card(lesson)["arguments"]
    module = {2: lesson_2, 3: lesson_3, 7: lesson_7}[lesson]
    model, waiting = module.make_generator(**arguments), iter(layers)
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            factor, shift = restored(next(waiting))
            layer.set_weights([factor, shift, np.zeros_like(factor), np.ones_like(factor) - layer.epsilon])
        elif layer.weights:
            layer.set_weights(restored(next(waiting))[: len(layer.weights)])
    return model


def shares_of(drawer) -> np.ndarray:
    """Return how often each of the ten ways to write a digit is used, float array (10 digits, 10 ways)."""
    return np.diff(drawer.get_layer("edges").get_weights()[0], append=1)


def styles_of(generator, count: int = 6000) -> tuple[np.ndarray, np.ndarray]:
    """Return what makes lesson 7's digits thicker, slant to the right, or widen: in the noise and among the ways.

    Directions in the noise follow from the least squares of the three measures on it, once the mean of each way to
    write each digit is set aside; each changes its own measure and, on average, neither of the others. Of a way it is
    said how its mean differs from that of all ways of its digit, in standard deviations of these differences.

    Args:
        generator: of lesson 7, from noise (n, 32) and labels (n, 100), ten ways for each digit.
        count: how many drawings are measured.

    Returns:
        array (3, 32) of unit vectors, and array (100, 3).
    """
    rng = np.random.default_rng(SEED)
    noise = rng.standard_normal((count, generator.inputs[0].shape[1])).astype("float32")
    classes = np.arange(count) % 100
    images = np.asarray(generator([noise, np.eye(100, dtype="float32")[classes]], training=False))[..., 0]
    measures = style_measures(images)
    means = np.stack([measures[classes == k].mean(axis=0) for k in range(100)])
    measures -= means[classes]
    directions = np.linalg.pinv(_least_squares(noise, measures / measures.std(axis=0)))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    ways = (means.reshape(10, 10, 3) - means.reshape(10, 10, 3).mean(axis=1, keepdims=True)).reshape(100, 3)
    return directions, ways / ways.std(axis=0)


def style_measures(images: np.ndarray) -> np.ndarray:
    """Return thickness, slant and width of drawn digits, (n, 3), in pixels (the slant: pixels to the right per row).

    The thickness is the ink over the length of the stroke, that is twice the ink over the outline.

    Args:
        images: (n, 28, 28) in [-1, 1].
    """
    ink = (images + 1) / 2
    total = ink.sum(axis=(1, 2)) + 1e-6
    rows, columns = np.mgrid[:28, :28]
    outline = np.abs(np.diff(ink, axis=1)).sum(axis=(1, 2)) + np.abs(np.diff(ink, axis=2)).sum(axis=(1, 2))
    y = rows - (ink * rows).sum(axis=(1, 2))[:, None, None] / total[:, None, None]
    x = columns - (ink * columns).sum(axis=(1, 2))[:, None, None] / total[:, None, None]
    slant = -(ink * x * y).sum(axis=(1, 2)) / (ink * y * y).sum(axis=(1, 2))
    upright = x + slant[:, None, None] * y
    return np.stack([2 * total / outline, slant, np.sqrt((ink * upright**2).sum(axis=(1, 2)) / total)], axis=1)


def packed(layers: list[Layer]) -> dict:
    """Return layers as the page reads them: their facts, and their numbers as base64 of what deflate has packed."""
    matrices = b"".join(layer.matrix.tobytes() for layer in layers if layer.matrix is not None)
    vectors = b"".join(vector.astype("<f2").tobytes() for layer in layers for vector in layer.vectors)
    return {"layers": [layer.facts for layer in layers], "matrices": _deflated(matrices), "vectors": _deflated(vectors)}


def _deflated(content: bytes) -> str:
    """Return bytes in deflate's form, by Huffman's codes alone, as base64.

    Among so many letters some look like the beginning of a secret key. A space parts them, which no decoder minds.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_HUFFMAN_ONLY)
    text = base64.b64encode(packer.compress(content) + packer.flush()).decode()
    return text.replace("AIza", "AI za").replace("AKIA", "AK IA")


def made_from() -> dict[str, str]:
    """Return the start of the SHA-256 of every file that the weights follow from, by its name."""
    names = [pretrained.card(lesson)["file"] for lesson in BITS]
    files = [pretrained.FOLDER / name for name in names] + [Path(__file__)]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in files}


def rounded_generators() -> dict[int, tuple[list[Layer], object]]:
    """Return, for each lesson, its rounded layers and the Keras network that they are rounded from."""
    found = {}
    for lesson, bits in BITS.items():
        original = pretrained.load_generator(lesson)
        if lesson == 1:
            found[1] = squeezed(original.get_weights(), bits), original
        else:
            found[lesson] = layers_of(original.get_layer("generator") if lesson == 7 else original, bits), original
    return found


def main(root: Path = ROOT) -> int:
    """Write the file; return the exit status."""
    setup.start("en", "playground")
    networks = {}
    for lesson, (layers, original) in rounded_generators().items():
        whole = original.get_layer("generator") if lesson == 7 else original
        rng = np.random.default_rng(SEED)
        inputs = [rng.standard_normal((1000, tensor.shape[1])).astype("float32") for tensor in whole.inputs]
        if lesson == 7:
            inputs[1] = np.eye(100, dtype="float32")[np.arange(1000) % 100]
        given = inputs if len(inputs) > 1 else inputs[0]
        drawn = [np.asarray(model(given, training=False)) for model in (whole, in_keras(lesson, layers))]
        card = pretrained.card(lesson)
        networks[lesson] = packed(layers) | {
            "noise": inputs[0].shape[1],
            "parameters": card["parameters"],
            "frechet": round(card["measures"]["frechet"], 2),
            "grey": round(float(np.abs(drawn[0] - drawn[1]).mean()) * 127.5, 1),
        }
        if lesson == 7:
            networks[lesson]["shares"] = shares_of(original).round(4).tolist()
            directions, ways = styles_of(whole)
            networks[lesson]["styles"] = dict(zip(STYLES, directions.round(3).tolist(), strict=True))
            networks[lesson]["style of ways"] = dict(zip(STYLES, ways.T.round(2).tolist(), strict=True))
    content = json.dumps({"from": made_from(), "networks": networks}, separators=(",", ":"))
    text = f"// Written by `python -m tools.playground`.\nconst WEIGHTS = {content};\n"
    write_atomically(root / TARGET, text)
    for lesson, network in networks.items():
        print(f"lesson {lesson}: {network['grey']} grey levels of 255 from the original, on average")
    print(f"{TARGET.as_posix()}: {len(text) / 1e3:.0f} kB, {len(zlib.compress(text.encode(), 9)) / 1e3:.0f} compressed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
