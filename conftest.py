"""Settings of the whole test run: `python -m pytest`, which is what `make test` calls."""

import os

import pytest

# The lessons run in their shortest form. Set before nbval starts its kernels, which inherit it.
os.environ.setdefault("COURSE_BUDGET", "smoke")


def pytest_runtest_setup(item):
    """Skip the rest of a notebook after its first failing cell: what follows would only fail for lack of it."""
    failed = getattr(item.parent, "first_failure", None)
    if failed:
        pytest.skip(f"{failed} failed")


def pytest_runtest_makereport(item, call):
    """Remember the first failing cell of a notebook."""
    is_cell = item.path.suffix == ".ipynb"
    if is_cell and call.when == "call" and call.excinfo is not None and not hasattr(item.parent, "first_failure"):
        item.parent.first_failure = item.name
