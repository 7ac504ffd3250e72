"""The tables and figures of lesson 8: modes counted, the remedies with ten seeds, and the protocols of the papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from course_utils import pixels, plots, statistics
from course_utils.experiments import figures, modes, results
from course_utils.experiments.minute import Cost
from course_utils.language import CourseError, L, percent, thousands

PLAIN = ("D con dos filtros", "D with two filters")
RUNGS = {
    "packing": ("empaquetar dos", "packing two"),
    "deviation": ("desviación del lote en D", "minibatch standard deviation in D"),
    "relativistic_r1_r2": ("relativista con R1 y R2", "relativistic with R1 and R2"),
    "average": ("media de los pesos", "averaged weights"),
    "d_quarter": ("D de 6 filtros, un cuarto de G", "D of 6 filters, a quarter of G"),
    "d_as_wide": ("D de 24 filtros, como G", "D of 24 filters, as G"),
    "recipe": ("la receta", "the recipe"),
    "recipe_norm": ("la receta, con BN en D", "the recipe, with BN in D"),
    "recipe_r1_r2": ("la receta, relativista con R1 y R2", "the recipe, relativistic with R1 and R2"),
}


def title_of(rung: str) -> str:
    """Return a rung's name as learners know it."""
    es, en = PLAIN if rung == "plain" else RUNGS[rung]
    return L(es, en)


# --- What a set of images counts


def show_counts(sets: Mapping[str, np.ndarray]) -> None:
    """Show a table: a row for each set of images.

    Args:
        sets: title -> probabilities of the digits in each channel, array (n, 3, 10), from `lesson_8.read_triples`.
    """
    rows = []
    for title, probabilities in sets.items():
        found = modes.counts_of(probabilities)
        rows.append(
            [
                title,
                thousands(found["modes"]),
                f"{found['kl']:.2f}",
                percent(found["sure"], 1),
                thousands(found["sure_modes"]),
                percent(found["confident"]),
                percent(found["alike"]),
            ]
        )
    headings = [L("modos", "modes"), "KL", L("imágenes seguras", "confident images"), L("sus modos", "their modes")]
    channels = [L("canales seguros", "confident channels"), L("canales iguales", "channels alike")]
    plots.show_table(["", *headings, *channels], rows)


@plots.own_settings
def show_map(probabilities: np.ndarray) -> None:
    """Draw how often each of the thousand modes comes up: a square for each red digit, in it green down, blue across.

    Args:
        probabilities: as in `show_counts`.
    """
    digits = probabilities.argmax(axis=2)
    counts = np.bincount(digits @ [100, 10, 1], minlength=1000).reshape(10, 10, 10)
    figure = Figure((8, 3.6), dpi=80, layout="constrained")
    shades = np.log1p(counts / (len(digits) / 1000))  # a fair share is log 2, whatever the number of drawings
    for red, ax in enumerate(figure.subplots(2, 5).flat):
        ax.imshow(shades[red], cmap="Blues", vmin=0, vmax=max(np.log1p(4), shades.max()))
        for green, blue in np.argwhere(counts[red] == 0):  # told apart from pale ones, without colour
            ax.plot(blue, green, "x", color="0.6", markersize=3, markeredgewidth=0.6)
        ax.set_title(L(f"rojo {red}", f"red {red}"), fontsize=9)
        ax.set_xticks(range(0, 10, 3))
        ax.set_yticks(range(0, 10, 3))
        ax.tick_params(labelsize=7, length=2)
    plots.show_figure(figure)


# --- Remedies, with ten seeds each


class Compared(NamedTuple):
    """What a rung does to a measure, against the plain one.

    Attributes:
        mean: over its seeds.
        low, high: 95 % interval of its mean minus the plain one's (`statistics.interval`).
    """

    mean: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """1 if it is larger, -1 if it is smaller, 0 if that cannot be told."""
        return int(self.low > 0) - int(self.high < 0)


def published() -> dict:
    """Return the results of `make modes`.

    Returns:
        `about`, `costs` and `runs`, as in `tricks.published`; `protocol`, images in a pack -> what was counted by
        PacGAN's protocol (see `modes.published`).

    Raises:
        CourseError: if the file is missing or damaged.
    """

    def needed(found: dict) -> None:
        _ = found["costs"], found["protocol"], [rows[0]["measures"]["modes"] for rows in found["runs"].values()]

    return results.published("modes", needed)


def values(rows: Sequence[Mapping], measure: str = "modes") -> np.ndarray:
    """Return a measure of each seed."""
    return np.array([row["measures"][measure] for row in rows], dtype=float)


def compared(name: str, measure: str = "modes") -> Compared:
    """Return what a rung does to a measure."""
    runs = published()["runs"]
    found, plain = values(runs[name], measure), values(runs["plain"], measure)
    return Compared(float(found.mean()), *statistics.interval(found, plain))


def show_rungs() -> None:
    """Show what each rung costs and counts, with the interval of its difference: a table, and every seed as a dot."""
    found, rows = published(), []
    for name in ("plain", *RUNGS):
        runs = found["runs"][name]
        counted, kl = values(runs), values(runs, "kl")
        cells = [title_of(name), f"{1000 * Cost(**found['costs'][name]).step:.1f}", thousands(runs[0]["steps"])]
        cells.append(f"{counted.mean():.0f} [{counted.min():.0f}, {counted.max():.0f}]")
        if name == "plain":
            cells += ["", f"{kl.mean():.2f}", ""]
        else:
            more, less = compared(name), compared(name, "kl")
            cells += [f"{more.low:+.0f} … {more.high:+.0f}", f"{kl.mean():.2f}", f"{less.low:+.2f} … {less.high:+.2f}"]
        rows.append([*cells, percent(values(runs, "confident").mean())])
    headings = ["", L("ms por paso", "ms per step"), L("pasos", "steps"), L("modos [extremos]", "modes [range]")]
    headings += [L("diferencia de modos", "difference in modes"), "KL", L("diferencia de KL", "difference in KL")]
    plots.show_table([*headings, L("canales seguros", "confident channels")], rows)
    figures.show_dots(
        {title_of(name): values(found["runs"][name]) for name in ("plain", *RUNGS)},
        L("modos de cada semilla, tras un minuto", "modes of each seed, after a minute"),
    )


@plots.own_settings
def show_seeds(name: str) -> None:
    """Draw what the first five seeds of a rung draw, a row for each, from the same ten noises.

    Args:
        name: one of `modes.SHOWN`.

    Raises:
        CourseError: if the file of the drawings or of the results is missing or damaged.
    """
    grids = drawings_of(name)
    rows = published()["runs"][name][: len(grids)]
    figure = Figure((8, 3.8), dpi=80, layout="constrained")
    figure.get_layout_engine().set(h_pad=0.02, hspace=0)
    for drawings, row, ax in zip(grids, rows, figure.subplots(len(rows), 1), strict=True):
        ax.imshow(pixels.tile(drawings))
        ax.set_axis_off()
        found = row["measures"]
        text = L(f"semilla {row['seed']}\n{found['modes']} modos", f"seed {row['seed']}\n{found['modes']} modes")
        text += "\n" + L("canales iguales: ", "channels alike: ") + percent(found["alike"])
        ax.text(-0.02, 0.5, text, transform=ax.transAxes, ha="right", va="center", fontsize=8)
    plots.show_figure(figure)


def drawings_of(name: str) -> np.ndarray:
    """Return the drawings of `show_seeds`, uint8 (seeds, 10, 28, 28, 3)."""
    path, place = results.results_folder() / "modes.png", modes.SHOWN.index(name)
    try:
        return pixels.read_grid(path).reshape(len(modes.SHOWN), -1, 10, 28, 28, 3)[place]
    except (OSError, ValueError) as error:
        raise CourseError(
            f"No se pueden leer los dibujos publicados, {path} ({error}). Descarga el curso de nuevo.",
            f"The published drawings, {path}, cannot be read ({error}). Download the course again.",
        ) from error


# --- Beside the papers


class Protocol(NamedTuple):
    """What was published by a protocol: `title` and `rules` in both languages; `rows` are method, modes and KL."""

    title: tuple[str, str]
    rules: tuple[str, str]
    rows: Sequence[tuple[str, str, str]]


PROTOCOLS = (
    Protocol(
        ("VEEGAN (2017), también el de PacGAN (2018)", "VEEGAN (2017), also PacGAN's (2018)"),
        (
            "128 000 ternas, lotes de 64, 50 épocas, 100 números de ruido, 26 000 dibujos",
            "128,000 triples, batches of 64, 50 epochs, 100 noise numbers, 26,000 drawings",
        ),
        (
            ("DCGAN (VEEGAN)", "99.0", "3.40"),
            ("ALI (VEEGAN)", "16.0", "5.40"),
            ("Unrolled GAN (VEEGAN)", "48.7", "4.32"),
            ("VEEGAN", "150", "2.95"),
            ("DCGAN (PacGAN)", "78.9 ± 6.5", "4.50"),
            ("PacDCGAN2", "1000 ± 0", "0.06"),
        ),
    ),
    Protocol(
        ("Unrolled GAN (2017)", "Unrolled GAN (2017)"),
        (
            "256 números de ruido, 25 600 dibujos",
            "256 noise numbers, 25,600 drawings",
        ),
        (("DCGAN, D = G / 2", "628", "–"), ("DCGAN, D = G / 4", "31", "–")),
    ),
    Protocol(
        ("R3GAN (2024)", "R3GAN (2024)"),
        ("redes residuales pequeñas", "small residual networks"),
        (("GAN + R1 + R2", "693", "0.927"), ("RpGAN + R1 + R2", "1000", "0.078")),
    ),
)


def show_protocols() -> None:
    """Show what the papers published, protocol by protocol, and then what was counted here, each with its rules."""
    found = published()
    method, counted = L("método", "method"), L("modos", "modes")
    for protocol in PROTOCOLS:
        print(" · ".join(L(es, en) for es, en in (protocol.title, protocol.rules)))
        plots.show_table([method, counted, "KL"], [list(row) for row in protocol.rows])
    rows = []
    for images, counts in found["protocol"].items():
        last = counts[-1]
        name = "DCGAN" if images == "1" else f"PacDCGAN{images}"
        epochs = L(f"tras {last['epoch']:g} de 50 épocas", f"after {last['epoch']:g} of 50 epochs")
        rows.append([f"{name}, {epochs}", thousands(last["modes"]), f"{last['kl']:.2f}"])
    if rows:
        print(
            L(
                "El protocolo de PacGAN, solo el principio · una semilla",
                "PacGAN's protocol, only the beginning · one seed",
            )
        )
        plots.show_table([method, counted, "KL"], rows)
    print(
        L(
            "Esta lección · redes pequeñas, un minuto de dos núcleos, 26 000 dibujos, media de diez semillas",
            "This lesson · small networks, a minute of two cores, 26,000 drawings, mean of ten seeds",
        )
    )
    table = [
        [title_of(name), f"{values(found['runs'][name]).mean():.0f}", f"{values(found['runs'][name], 'kl').mean():.2f}"]
        for name in ("plain", "d_as_wide", "recipe_norm")
    ]
    plots.show_table([method, counted, "KL"], table)
