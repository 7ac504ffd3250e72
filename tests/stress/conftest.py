"""What the fault tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stress import learner


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course, so that nothing is left in its own `out`."""
    return learner.copy_course(tmp_path_factory.mktemp("stress"))
