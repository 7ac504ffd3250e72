"""What this machine has: cores, a processor, memory; and keeping the memory that a training step frees."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
from pathlib import Path


def cores() -> int:
    """Return how many cores this process may use: on shared hosts fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processors(cgroup: Path = Path("/sys/fs/cgroup")) -> float:
    """Return how many cores this process may use; on a hub or in a container, what was granted to it."""
    granted = float(cores())
    with contextlib.suppress(OSError, ValueError):
        quota, period = (cgroup / "cpu.max").read_text().split()
        granted = min(granted, int(quota) / int(period))
    return round(granted, 1)


def processor() -> str:
    """Return the name of the processor."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def memory(cgroup: Path = Path("/sys/fs/cgroup")) -> tuple[float, float]:
    """Return the free and the total memory in bytes; on a hub or in a container, of what was granted to it.

    Raises:
        ImportError: without psutil, which comes with Jupyter's kernel.
    """
    import psutil

    machine = psutil.virtual_memory()
    free, total = float(machine.available), float(machine.total)
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        with contextlib.suppress(OSError, ValueError):  # no such file, or "max"
            granted = int((cgroup / limit).read_text())
            if granted < total:
                free, total = min(free, granted - int((cgroup / used).read_text())), granted
    return free, total


def keras_home() -> Path:
    """Return Keras's own folder, of its settings and data sets, as Keras finds it."""
    if os.environ.get("KERAS_HOME"):
        return Path(os.environ["KERAS_HOME"]).expanduser()
    home = os.path.expanduser("~")  # noqa: PTH111  # Path's fails where there is none
    return Path(home if os.access(home, os.W_OK) else "/tmp", ".keras")


def keep_freed_memory() -> None:
    """Let the process keep the memory that it frees, for its next step.

    On Linux the C library gives large blocks back to the system at once, and a training step asks for the same ones
    again. In lesson 2 that was 11,000 page faults a step, and half of its time on one machine, a tenth on another.
    """
    with contextlib.suppress(OSError, AttributeError):  # another system, or another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(-3, 2**25)  # M_MMAP_THRESHOLD: blocks up to this size, those of a training step, come from the heap
        mallopt(-1, 2**30)  # M_TRIM_THRESHOLD: so much free heap is never given back
        mallopt(-2, 2**24)  # M_TOP_PAD: the heaps of the other threads grow and shrink by so much at once
        mallopt(-8, 3)  # M_ARENA_MAX: the threads share three heaps, instead of keeping one each


def give_back_memory(result: object = None) -> None:
    """Give the memory that was freed back to the system, at the end of a cell; see `keep_freed_memory`.

    What the longest training of lesson 1 had freed was 180 MB. IPython calls this with the result of each cell.
    """
    with contextlib.suppress(OSError, AttributeError):  # another system, or another C library
        ctypes.CDLL(None).malloc_trim(0)
