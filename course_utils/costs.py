"""What a network costs: parameters and multiplications, layer by layer."""

from __future__ import annotations

import numpy as np
from keras import layers

from course_utils import plots
from course_utils.language import L, thousands


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


def show_costs(model, title: str) -> None:
    """Show a table of a model's layers: shape, parameters and multiplications for one image.

    Args:
        model: a built `keras.Sequential`.
        title: above the first column.
    """
    rows = [
        [
            type(layer).__name__,
            " × ".join(str(side) for side in layer.output.shape[1:]),
            thousands(layer.count_params()) if layer.count_params() else "",
            thousands(count) if count else "",
        ]
        for layer, count in zip(model.layers, multiplications(model), strict=True)
    ]
    totals = [thousands(total) for total in (model.count_params(), sum(multiplications(model)))]
    rows.append([L("en total", "total"), "", *totals])
    headings = [title, L("salida", "output"), L("parámetros", "parameters"), L("multiplicaciones", "multiplications")]
    plots.show_table(headings, rows)
