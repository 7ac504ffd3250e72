"""What the playground's JavaScript is compared with: Keras's drawings and Keras's game, with the page's own numbers."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np

from tools import playground
from tools.course import ROOT

FOLDER = ROOT / "site" / "playground"
LESSONS = tuple(playground.BITS)
SCRIPTS = ("weights.js", "random.js", "nn.js", "toy.js")
NOISES, STEPS, BATCH = 100, 50, 256
RATES = {"dRate": 2, "gRate": 1}  # thousandths
# Functions of what `drawing_case` and `game_case` give, in the page's language.
DRAW = """async ({lesson, noise}) => {
  const network = await NN.unpack(WEIGHTS.networks[lesson]);
  return noise.map(row => Array.from(NN.draw(network, Float64Array.from(row))));
}"""
PLAY = """({generator, discriminator, batches, rates}) => {
  const layers = rows => rows.map(({inputs, outputs, matrix, bias}) =>
    TOY.layer(inputs, outputs, Float64Array.from(matrix), Float64Array.from(bias)));
  const game = {step: 0, dTime: 0, gTime: 0, generator: layers(generator), discriminator: layers(discriminator)};
  const losses = batches.map(([real, dNoise, gNoise]) => TOY.step(game, rates,
    {real: Float64Array.from(real), dNoise: Float64Array.from(dNoise), gNoise: Float64Array.from(gNoise)}));
  const points = Array.from(TOY.draw(game, Float64Array.from(batches[0][1])));
  return {losses: losses.map(({dLoss, gLoss}) => [dLoss, gLoss]), points};
}"""


def published() -> dict:
    """Return what weights.js holds."""
    text = (FOLDER / "weights.js").read_text(encoding="utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


def published_layers(lesson: int) -> list[playground.Layer]:
    """Return the layers of a lesson's generator as weights.js holds them."""
    packed = published()["networks"][str(lesson)]
    numbers = np.frombuffer(zlib.decompress(base64.b64decode(packed["matrices"]), -15), np.int8)
    vectors = np.frombuffer(zlib.decompress(base64.b64decode(packed["vectors"]), -15), "<f2")
    layers = []
    for facts in packed["layers"]:
        if facts["kind"] == "norm":
            sizes, matrix = (facts["size"], facts["size"]), None
        else:
            inputs, outputs, side = facts["inputs"], facts["outputs"], facts.get("side")
            shape = (side, side, outputs, inputs) if side else (inputs, outputs)
            matrix, numbers = numbers[: np.prod(shape)].reshape(shape), numbers[np.prod(shape) :]
            sizes = (shape[-1], outputs)
        found = np.split(vectors, np.cumsum(sizes))
        layers.append(playground.Layer(facts, matrix, tuple(found[:2])))
        vectors = found[2]
    assert not len(numbers) and not len(vectors)
    return layers


def drawing_case(lesson: int) -> tuple[dict, np.ndarray]:
    """Return what DRAW is given for a lesson, and the images, (100, 784), that Keras draws from it."""
    noise = np.random.default_rng(lesson).standard_normal((NOISES, published()["networks"][str(lesson)]["noise"]))
    inputs = noise = noise.astype("float32")
    if lesson == 7:
        inputs = [noise, np.eye(100, dtype="float32")[np.arange(NOISES)]]
        noise = np.concatenate(inputs, axis=1)
    images = playground.in_keras(lesson, published_layers(lesson))(inputs, training=False)
    return {"lesson": lesson, "noise": noise.tolist()}, np.asarray(images).reshape(NOISES, 784)


def game_case(seed: int) -> tuple[dict, dict]:
    """Return what PLAY is given, and what lesson 1's own turns in Keras come to: "losses" (50, 2) and "points".

    Keras computes with 64 bits here, as the page does: the game is chaotic, and blows up the roundings of 32.
    """
    import keras

    floats, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        return _game_case(seed)
    finally:
        keras.config.set_floatx(floats)
        keras.config.set_dtype_policy(policy)


def _game_case(seed: int) -> tuple[dict, dict]:
    import keras

    from course_utils.lessons import lesson_1

    keras.utils.set_random_seed(seed)
    lesson_1.rng = np.random.default_rng(seed)
    generator, discriminator = lesson_1.toy_generator(), lesson_1.toy_discriminator()
    gan = lesson_1.compile_gan(generator, discriminator, RATES["gRate"] / 1000, RATES["dRate"] / 1000)
    case = {
        name: [
            {
                "inputs": layer.kernel.shape[0],
                "outputs": layer.units,
                "matrix": layer.kernel.numpy().ravel().tolist(),
                "bias": layer.bias.numpy().tolist(),
            }
            for layer in model.layers
        ]
        for name, model in (("generator", generator), ("discriminator", discriminator))
    }
    rng, batches, losses = np.random.default_rng(6), [], []
    for _ in range(STEPS):
        real = lesson_1.real_points(BATCH)
        d_noise, g_noise = (rng.standard_normal((BATCH, 2)).astype("float32") for _ in range(2))
        batches.append([array.ravel().tolist() for array in (real, d_noise, g_noise)])
        on_real, on_fake = lesson_1.discriminator_turn(generator, discriminator, real, d_noise)
        on_gan = lesson_1.generator_turn(gan, discriminator, g_noise)
        losses.append([(on_real["loss"] + on_fake["loss"]) / 2, on_gan["loss"]])
    points = np.asarray(generator(np.reshape(batches[0][1], (BATCH, 2)).astype("float32")))
    return case | {"batches": batches, "rates": RATES}, {"losses": np.array(losses), "points": points.ravel()}
