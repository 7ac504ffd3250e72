"""Keep the generator of a published run in the repository, with its card: `python -m tools.ship --lesson 2 FOLDER`.

FOLDER is what the run has left, `out/<lesson>/<run>`. Writes `notebooks/generators/<lesson>.npz` and its entry in
`cards.json` and README.md. Do it after each `python -m tools.publish`: the tests compare the card with the notebook.

Why not a `.keras` file: that of one version of Keras says things of which an older one, such as Colab's, knows nothing,
and cannot be opened there. Ours holds the layers with those arguments that are not the default, and the weights. Where
they would take more than 2 MB, the matrices are written as whole numbers of 8 bits. It is measured as written.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import io
import json
import sys
from pathlib import Path

import numpy as np

from tools import build

LARGEST = 2_000_000  # bytes
NOTE = {
    "en": """\
The generators left by the published runs of lessons 1 to 3, for a class that is running late. In a notebook of the
course: `from course_utils.pretrained import load_generator` and then, for lesson 2, `generator = load_generator(2)`.
“Seconds” is how long the whole lesson ran. The last two columns come from the judge of lesson 4 and compare 10,000
generated images with the 10,000 test images: for Fréchet, smaller is better; “clear digits” is the share of which the
judge is more than 95% sure. Licence: as for the pictures of the course, CC BY 4.0. Use them to draw digits for a class,
and for nothing else: they know only 28 × 28 digits, and they have their faults.
""",
    "es": """\
Los generadores que dejaron las ejecuciones publicadas de las lecciones 1 a 3, para la clase que va con retraso. En un
cuaderno del curso: `from course_utils.pretrained import load_generator` y después, para la lección 2,
`generator = load_generator(2)`. Los segundos son los de la lección entera. Las dos últimas columnas son del juez de la
lección 4, y comparan 10 000 imágenes generadas con las 10 000 de prueba: la distancia de Fréchet, cuanto menor, mejor;
los «dígitos claros» son la parte a la que el juez da una clase con más del 95 %. Licencia: la de las imágenes del
curso, CC BY 4.0. Úsalos para dibujar dígitos en clase y para nada más: solo saben de dígitos de 28 × 28, y tienen sus
defectos.
""",
}
HEADINGS = {
    "en": ("lesson", "data", "budget", "seconds", "noise", "parameters", "weights", "MB", "Fréchet", "clear digits"),
    "es": (
        "lección",
        "datos",
        "presupuesto",
        "segundos",
        "ruido",
        "parámetros",
        "pesos",
        "MB",
        "Fréchet",
        "dígitos claros",
    ),
}


def ship(root: Path, lesson: str, folder: Path) -> Path:
    """Write the generator of a run and its card; return the file.

    Args:
        root: the folder of the course.
        lesson: the whole name of the lesson, whose notebook says how it was run.
        folder: what the run has left, with `generator.keras`.

    Raises:
        SourceError: if the folder holds no generator, the run was not on MNIST or the file is too large.
    """
    from course_utils import data, evaluation, experiment, pretrained, setup

    source, parts = folder / "generator.keras", folder.resolve().name.split("_")
    language = parts[2] if len(parts) == 4 else ""
    if not source.is_file() or language not in build.LANGUAGES:
        raise build.SourceError([f"{folder}: not the folder of a run that left its generator"])
    published = build.read_notebook(build.notebook_path(root, language, lesson)).metadata.course.published
    if published.dataset != "mnist":
        raise build.SourceError([f"{folder}: ran on {published.dataset}; only generators of MNIST are kept"])
    setup.start(language, lesson)
    import keras

    target = root / "notebooks" / "generators" / f"{lesson}.npz"
    target.parent.mkdir(exist_ok=True)
    generator = keras.models.load_model(source, compile=False)
    content = pack(generator)
    quantized = len(content) > LARGEST
    if quantized:
        content = pack(generator, quantize=True)
    if len(content) > LARGEST:
        raise build.SourceError([f"{source}: does not fit into {LARGEST / 1e6:.0f} MB"])
    generator = pretrained.read(io.BytesIO(content))

    dataset = data.load("mnist")
    judge = evaluation.load_judge(dataset)
    reference, _, _ = experiment.real_images(dataset, 10_000)
    measures = evaluation.measure(judge.look(evaluation.draw(generator)), judge.look(reference))
    target.write_bytes(content)
    cards = _read(target.parent)
    cards[str(int(lesson[:2]))] = {
        "file": target.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "quantized": quantized,
        "parameters": generator.count_params(),
        "latent_dim": generator.input_shape[-1],
        **{name: published[name] for name in ("dataset", "budget", "seconds", "device", "versions", "date")},
        "run": folder.resolve().name,
        "judge": judge.fingerprint,
        "measures": {name: round(float(value), 4) for name, value in measures.items()},
    }
    cards = dict(sorted(cards.items()))
    build.write_atomically(target.parent / "cards.json", json.dumps(cards, indent=1) + "\n")
    build.write_atomically(target.parent / "README.md", page(cards))
    return target


def pack(network, quantize: bool = False) -> bytes:
    """Return a network as the .npz file that `course_utils.pretrained.read` reads.

    Args:
        network: a keras.Sequential of Keras's own layers.
        quantize: write the matrices as whole numbers from -127 to 127 and a scale for each column, the largest absolute
            value of the column / 127.
    """
    layers: list[tuple[str, dict]] = [("Input", {"shape": network.input_shape[1:]})]
    for layer in network.layers:
        config, arguments = layer.get_config(), inspect.signature(type(layer)).parameters.values()
        changed = {x.name: config[x.name] for x in arguments if x.name in config and config[x.name] != x.default}
        # Those say how the weights began, and they are about to be set.
        layers.append((type(layer).__name__, {k: v for k, v in changed.items() if not k.endswith("_initializer")}))
    arrays = {"layers": np.array(json.dumps(layers))}
    for k, weight in enumerate(network.get_weights()):
        if quantize and weight.ndim > 1:
            scale = np.maximum(np.abs(weight).max(axis=0, keepdims=True) / 127, np.finfo(np.float32).tiny)
            arrays[f"scale{k}"] = scale.astype(np.float32)
            weight = np.round(weight / scale).astype(np.int8)
        arrays[f"weight{k}"] = weight
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _read(folder: Path) -> dict:
    path = folder / "cards.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def page(cards: dict) -> str:
    """Return the cards as a page in both languages."""
    parts = []
    for language, title in (("en", "# Trained generators"), ("es", "## Generadores entrenados")):
        rows = [HEADINGS[language], ("---",) * len(HEADINGS[language])]
        for number, card in cards.items():
            bits = {"en": "8 bits", "es": "8 bits"} if card["quantized"] else {"en": "32 bits", "es": "32 bits"}
            parameters = f"{card['parameters']:,}"
            if language == "es":
                parameters = parameters.replace(",", "\N{NO-BREAK SPACE}" if card["parameters"] >= 10_000 else "")
            measures = card["measures"]
            row = [
                number,
                card["dataset"],
                card["budget"],
                f"{card['seconds']:.0f} ({card['device']})",
                card["latent_dim"],
            ]
            row += [parameters, bits[language], f"{card['bytes'] / 1e6:.2f}", f"{measures['frechet']:.2f}"]
            row += [f"{100 * measures['confident']:.0f}" + ("%" if language == "en" else "\N{NO-BREAK SPACE}%")]
            rows.append(tuple(map(str, row)))
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("| --- ", "|---").replace("|--- |", "|---|")
        parts.append(f"{title}\n\n{NOTE[language]}\n{table}\n")
    return "\n".join(parts)


def main(arguments: list[str] | None = None, root: Path = build.ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.ship", description="Keep the generator of a published run.")
    parser.add_argument("--lesson", required=True, help="its number or name")
    parser.add_argument("folder", type=Path, help="out/<lesson>/<run>")
    options = parser.parse_args(arguments)
    try:
        lesson = build.find_sources(root, options.lesson)[0].stem
        target = ship(root, lesson, options.folder)
    except build.SourceError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{target.relative_to(root).as_posix()}: {target.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
