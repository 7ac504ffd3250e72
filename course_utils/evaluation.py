"""Measures of images."""

from __future__ import annotations

import numpy as np

from course_utils import plots


def lonely_share(images) -> float:
    """Return how much stray dust the images hold; lesson 1 explains the count.

    Args:
        images: array or tensor (n, 28, 28) or (n, 28, 28, 1); floats in [-1, 1], or uint8.

    Returns:
        of all pixels brighter than mid-grey, the share in [0, 1] that have no bright pixel among their eight
        neighbours; NaN if no pixel is bright.
    """
    bright = plots.to_uint8(images) > 127
    padded = np.pad(bright, ((0, 0), (1, 1), (1, 1))).astype("uint8")
    neighbours = sum(
        padded[:, 1 + dy : 29 + dy, 1 + dx : 29 + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
    )
    return (bright & (neighbours == 0)).sum() / bright.sum()
