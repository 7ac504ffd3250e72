"""Keep the generator that a published run has left: `python -m tools.generators --lesson 2 out/<lesson>/<run>`.

`python -m tools.publish` calls it for the lessons whose generators come with the course. It writes
`notebooks/generators/<lesson>.npz` and its card in `cards.json`; `make build` writes the page beside them.

Why not a `.keras` file: that of one version of Keras says things of which an older one, such as Colab's, knows nothing,
and cannot be opened there. Ours holds bare weights; the lesson's own `make_generator` makes the network for them. Where
they would take more than 2 MB, the matrices are written as whole numbers of 8 bits. It is measured as written, by the
frozen judge of the records: a judge that is trained anew measures some per cent more or less on every machine.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tools.course import LANGUAGES, ROOT, SourceError, find_sources, notebook_path, read_notebook, write_atomically

LARGEST = 2_000_000  # bytes


def keep_generator(root: Path, lesson: str, folder: Path) -> Path:
    """Write the generator of a run and its card; return the file.

    Args:
        root: the folder of the course.
        lesson: the whole name of the lesson, whose notebook says how it was run.
        folder: what the run has left, with `generator.keras`.

    Raises:
        SourceError: if the folder holds no generator of this lesson, the run was not on MNIST or the file is too large.
    """
    from course_utils import data, evaluation, setup
    from course_utils.experiments import pretrained, records

    source, parts = folder / "generator.keras", folder.resolve().name.split("_")
    language = parts[2] if len(parts) >= 4 else ""
    if not source.is_file() or language not in LANGUAGES:
        raise SourceError([f"{folder}: not the folder of a run that left its generator"])
    published = read_notebook(notebook_path(root, language, lesson)).metadata.course.published
    if published.dataset != "mnist":
        raise SourceError([f"{folder}: ran on {published.dataset}; only generators of MNIST are kept"])
    setup.start(language, lesson)
    import keras

    number = int(lesson[:2])
    generator = pretrained.MAKERS[number](**published.arguments)
    weights = keras.models.load_model(source, compile=False).get_weights()
    shapes = [weight.shape for weight in generator.get_weights()]
    if shapes != [weight.shape for weight in weights]:
        raise SourceError([f"{source}: its weights do not fit make_generator(**{dict(published.arguments)})"])
    content, quantized = pack(weights), False
    if len(content) > LARGEST:
        content, quantized = pack(weights, quantize=True), True
    if len(content) > LARGEST:
        raise SourceError([f"{source}: does not fit into {LARGEST / 1e6:.0f} MB"])
    generator.set_weights(pretrained.read_weights(content))

    dataset = data.load("mnist")
    judge = records.frozen_judge()
    reference, _, _ = evaluation.real_images(dataset, 10_000)
    measures = evaluation.measure(judge.look(evaluation.draw(generator)), judge.look(reference))
    target = root / "notebooks" / "generators" / f"{lesson}.npz"
    write_atomically(target, content)
    path = target.parent / "cards.json"
    cards = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    cards[str(number)] = {
        **facts_of(generator, target, content, quantized),
        **{name: published[name] for name in FACTS},
        "run": folder.resolve().name,
        "judge": judge.fingerprint,
        "measures": {name: round(float(value), 4) for name, value in measures.items()},
    }
    write_atomically(path, json.dumps(dict(sorted(cards.items())), indent=1) + "\n")
    return target


def facts_of(generator, target: Path, content: bytes, quantized: bool) -> dict:
    """Return what the card of a generator says of it and of its file.

    Args:
        generator: Keras model; the noise is its first input.
        target: where the file lies.
        content: of the file, from `pack`.
        quantized: whether it holds whole numbers of 8 bits.
    """
    return {
        "file": target.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "quantized": quantized,
        "parameters": generator.count_params(),
        "latent_dim": generator.inputs[0].shape[-1],
    }


# What the card of a generator takes over from the notebook of its run.
FACTS = ("arguments", "dataset", "budget", "seconds", "device", "versions", "date")


def pack(weights: Sequence[np.ndarray], quantize: bool = False) -> bytes:
    """Return weights as the .npz file that `pretrained.read_weights` reads.

    Args:
        weights: float32 arrays, in the order of `get_weights`.
        quantize: write the matrices as whole numbers from -127 to 127 and a scale for each column, the largest absolute
            value of the column / 127.
    """
    arrays = {}
    for k, weight in enumerate(weights):
        if quantize and weight.ndim > 1:
            scale = np.maximum(np.abs(weight).max(axis=0, keepdims=True) / 127, np.finfo(np.float32).tiny)
            arrays[f"scale{k}"] = scale.astype(np.float32)
            weight = np.round(weight / scale).astype(np.int8)
        arrays[f"weight{k}"] = weight
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.generators", description="Keep a run's generator.")
    parser.add_argument("--lesson", required=True, help="its number or name")
    parser.add_argument("folder", type=Path, help="out/<lesson>/<run>")
    options = parser.parse_args(arguments)
    try:
        lesson = find_sources(root, options.lesson)[0].stem
        target = keep_generator(root, lesson, options.folder)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{target.relative_to(root).as_posix()}: {target.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
