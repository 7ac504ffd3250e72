"""Run a notebook in a fresh kernel of this very Python, with a line of progress a cell."""

from __future__ import annotations

import copy
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode, v4

from tools.course import headings

# What the kernel can say about the run. Nothing is imported that the lesson did not import itself.
FACTS = """
def facts():
    import inspect, json, os, platform, sys

    names = ("tensorflow", "keras", "numpy", "matplotlib")
    versions = {name: sys.modules[name].__version__ for name in names if name in sys.modules}
    budgets, backend, folders = (sys.modules.get(f"course_utils.{name}") for name in ("budgets", "backend", "folders"))
    settings, make = globals().get("settings"), globals().get("make_generator")
    wanted = inspect.signature(make).parameters if isinstance(settings, dict) and inspect.isfunction(make) else ()
    print(json.dumps({
        "arguments": {name: settings[name] for name in wanted if name in settings},
        "dataset": getattr(globals().get("dataset"), "name", None),
        "budget": budgets.budget_name() if budgets else os.environ.get("COURSE_BUDGET"),
        "versions": {"python": platform.python_version(), **versions},
        "device": backend.device() if backend else None,
        "out": str(globals().get("out") or (folders and folders.made()) or ""),
    }))
facts()
"""
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Run:
    """What came of running a notebook.

    Attributes:
        notebook: with its outputs, up to the failing cell if there is one.
        seconds: all cells together.
        peak_memory_mb: of the kernel; None where the system does not tell.
        facts: `dataset`, `budget`, `versions`, `device`, `arguments`, those of the lesson's `make_generator` that it
            took from its `settings`, and `out`, the folder of what it made or ""; empty after a failure.
        failure: what went wrong and in which cell; None if nothing did.
    """

    notebook: NotebookNode
    seconds: float = 0.0
    peak_memory_mb: int | None = None
    facts: dict = field(default_factory=dict)
    failure: str | None = None


class ThisPython(AsyncKernelManager):
    """Starts kernels of the running interpreter, whatever kernels are installed under the name python3."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How to start the kernel."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def execute(notebook: NotebookNode, folder: Path, budget: str | None = None) -> Run:
    """Run all cells of a notebook.

    Args:
        notebook: is not changed.
        folder: where the kernel starts.
        budget: becomes COURSE_BUDGET; None leaves the choice to the lesson.
    """
    run = Run(copy.deepcopy(notebook))
    cells = run.notebook.cells
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    code = [index for index, cell in enumerate(cells) if cell.cell_type == "code"]
    environment = os.environ | {"COURSE_UNATTENDED": "1"} | ({"COURSE_BUDGET": budget} if budget else {})
    client = NotebookClient(
        run.notebook,
        kernel_manager_class=ThisPython,
        timeout=None,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    with client.setup_kernel(env=environment):
        for count, index in enumerate(code, 1):
            place = f"[{count:>{len(str(len(code)))}}/{len(code)}]"
            with _timed(run, place, _label(cells, index)):
                try:
                    run.failure = _run_cell(client, index, count)
                except KeyboardInterrupt:
                    client.shutdown_kernel = "immediate"
                    raise
            run.peak_memory_mb = _peak_memory_mb(client) or run.peak_memory_mb
            if run.failure:
                run.failure = f"cell {index + 1} ({cells[index].get('id')}) {run.failure}"
                return run
        try:
            run.facts = _facts(client)
        except CellExecutionError as error:  # all cells have run: their outputs are not to be lost for this
            run.failure = f"the facts of the run: {error}"
    return run


def _run_cell(client: NotebookClient, index: int, count: int) -> str | None:
    cell = client.nb.cells[index]
    first_line = next((line for line in cell.source.splitlines() if _is_code(line)), "")
    failure = None
    try:
        client.execute_cell(cell, index, execution_count=count)
    except CellExecutionError:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        lines = COLOURS.sub("", "\n".join(errors[-1].traceback)).splitlines() if errors else []
        failure = "\n    ".join([f"failed: {first_line}", *lines[-12:]])
    except DeadKernelError:
        failure = f"failed: {first_line}\n    the kernel died while running it: was there enough memory?"
    _join_streams(cell)
    return failure


def _join_streams(cell: NotebookNode) -> None:
    """Join neighbouring pieces of a stream, and leave out the progress lines that were overwritten."""
    CoalesceStreamsPreprocessor().preprocess_cell(cell, {}, 0)
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = output.text.replace("\r\n", "\n")


def _facts(client: NotebookClient) -> dict:
    probe = v4.new_code_cell(FACTS)
    client.nb.cells.append(probe)
    try:
        client.execute_cell(probe, len(client.nb.cells) - 1, store_history=False)
    finally:
        client.nb.cells.remove(probe)
    return json.loads("".join(output.text for output in probe.outputs if output.get("name") == "stdout"))


def _label(cells: list[NotebookNode], index: int) -> str:
    """Return the heading right before a code cell, or its first line of code."""
    before = cells[index - 1] if index else None
    if before and before.cell_type == "markdown" and (found := headings(before.source)):
        return found[0][1]
    return next((line for line in cells[index].source.splitlines() if _is_code(line)), "")[:60]


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


@contextmanager
def _timed(run: Run, place: str, label: str) -> Iterator[None]:
    live = sys.stdout.isatty()
    if live:
        print(f"{place}    …    {label}", end="\r", flush=True)
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    run.seconds += seconds
    print(f"{place} {seconds:6.1f} s  {label}", flush=True)


def _peak_memory_mb(client: NotebookClient) -> int | None:
    try:
        status = Path(f"/proc/{client.km.provisioner.pid}/status").read_text()
    except OSError:
        return None
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    return round(int(match[1]) / 1000) if match else None
