"""Settings of the unit tests, and the fixtures that many of them need."""

from pathlib import Path

import matplotlib
import pytest

from course_utils import setup
from course_utils.language import LANGUAGES, set_language
from tests.helpers.repository import copy_course

matplotlib.use("agg")  # no window; set here and not in the environment, which the kernels of the notebooks inherit


@pytest.fixture(autouse=True)
def english():
    """Every test begins in English, whatever the one before it has chosen."""
    set_language("en")


@pytest.fixture(params=LANGUAGES)
def language(request, english):
    """Both languages, one after the other: the code, which has been chosen for all messages."""
    set_language(request.param)
    return request.param


@pytest.fixture(scope="session")
def tensorflow():
    """TensorFlow and Keras, started as a lesson starts them."""
    setup.start("en", "01_fully_connected_gan")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course, so that nothing is left in its own `out`."""
    return copy_course(tmp_path_factory.mktemp("course"))
