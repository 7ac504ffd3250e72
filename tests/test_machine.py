"""Memory that a training step frees: kept for the next step, given back at the end of a cell."""

import platform

import pytest

from tests.helpers.processes import python

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only the GNU C library is told to keep freed memory"
)

KEPT = """
import resource
import numpy as np
from course_utils import machine
faults = []
for keep in (False, True):
    if keep:
        machine.keep_freed_memory()
    np.ones(4_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        np.ones(4_000_000)
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
print(*faults)
"""


def test_freed_memory_is_kept_for_the_next_step():
    without, with_it = map(int, python(KEPT).stdout.split())
    assert with_it < without / 10


STREAM = """
import resource
from course_utils import setup
setup.start("en", "01")
import numpy as np
from course_utils import data
batches = iter(data.make_batches(np.zeros((64, 28, 28), np.uint8), 32))
next(batches)
next(batches)
np.ones(4_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    np.ones(4_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_freed_memory_is_still_kept_once_batches_flow():
    # Ten arrays of 32 MB are 78,000 pages; TensorFlow's stream of batches makes the library give all of them back.
    assert int(python(STREAM).stdout.split()[-1]) < 8000


GIVEN_BACK = """
import psutil
from IPython.core.interactiveshell import InteractiveShell
from course_utils import machine, setup
shell = InteractiveShell.instance()
machine.keep_freed_memory()
taken = []
def cell():
    shell.run_cell("blocks = [b'x' * 100_000 for _ in range(1500)]; last = blocks.pop(); del blocks")
    taken.append(psutil.Process().memory_info().rss)
cell()
setup._watch_cells()
setup._watch_cells()
assert shell.events.callbacks["post_run_cell"].count(machine.give_back_memory) == 1
cell()
print(*taken)
"""


def test_freed_memory_is_given_back_after_a_cell():
    run = python(GIVEN_BACK)
    assert run.returncode == 0, run.stderr
    kept, given_back = map(int, run.stdout.split())
    assert given_back < kept - 100e6
