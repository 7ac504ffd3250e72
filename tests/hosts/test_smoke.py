"""Every lesson reaches its end in every place (see smoke.py); one place alone is `make smoke PLACE=colab`."""

from __future__ import annotations

import pytest

from tests.hosts import places, smoke

pytestmark = pytest.mark.hosts


@pytest.mark.parametrize("place", places.PLACES)
def test_every_lesson_in_a_place(place, capfd):
    assert smoke.main([place]) == 0, capfd.readouterr().err
