"""Settings of the unit tests."""

import matplotlib

matplotlib.use("agg")  # no window; set here and not in the environment, which the kernels of the notebooks inherit
