"""Run a notebook with the Python and the kernel of this environment: `python run_notebook.py NOTEBOOK FOLDER REPORT`.

Knows nothing of the course: it is what a host does. The kernel starts in FOLDER. Stops at the first cell that fails.
Overwrites NOTEBOOK with the outputs, and writes to REPORT, as JSON, the seconds, the peak memory in MB, and the index
of the cell that failed and why, or null. The memory is that of the kernel and its children together, looked at ten
times a second. What they share, such as TensorFlow's code, counts once, as it does for the limit of a container.
"""

import json
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError


class Watch(threading.Thread):
    """Looks at the memory of a process and its children until `stop` is set; `peak` is in bytes."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.stop, self.peak = psutil.Process(process), threading.Event(), 0

    def run(self) -> None:
        """Look."""
        while not self.stop.wait(0.1):
            total = 0
            for process in [self.process, *self._children()]:
                try:
                    memory = process.memory_full_info()
                    total += getattr(memory, "pss", memory.rss)  # pss: on Linux, its share of what is shared
                except psutil.Error:  # it has just ended
                    continue
            self.peak = max(self.peak, total)

    def _children(self) -> list:
        try:
            return self.process.children(recursive=True)
        except psutil.Error:
            return []


def main(path: Path, folder: Path, report: Path) -> None:
    """Run the notebook at `path`."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    start, failed, why = time.monotonic(), None, ""
    with client.setup_kernel():
        watch = Watch(client.km.provisioner.pid)
        watch.start()
        try:
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
        except (CellControlSignal, DeadKernelError) as error:  # it failed, took too long, or ended the kernel
            failed, why = index, str(error)
        finally:
            watch.stop.set()
            watch.join()
    nbformat.write(notebook, path)
    facts = {"seconds": time.monotonic() - start, "peak_mb": watch.peak / 1e6, "failed": failed, "why": why}
    report.write_text(json.dumps(facts))


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:]))
