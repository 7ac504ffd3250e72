"""What the fault tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.repository import copy_course


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course, so that nothing is left in its own `out`."""
    return copy_course(tmp_path_factory.mktemp("stress"))
