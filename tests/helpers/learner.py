"""A learner for the tests: a kernel in which the cells of a lesson are run one by one, or too early, or stopped."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client import KernelManager
from nbformat import NotebookNode

from tools.course import notebook_path, read_notebook
from tools.execute import COLOURS, ThisPython

HIDDEN = ("PYTEST_VERSION", "PYTEST_CURRENT_TEST", "COURSE_UNATTENDED")  # a learner's kernel knows of no test

# The training cell of each lesson, by words in it.
TRAINING = {
    1: "moments = sorted(",
    2: "with Monitor(steps",
    3: "monitor = train(",
    4: "mine = []",
    7: "training = Training(",
}


def environment(**changed: str) -> dict[str, str]:
    """Return the environment of a learner's kernel: smoke, the data of the tests, and no sign of pytest."""
    variables = {name: value for name, value in os.environ.items() if name not in HIDDEN} | {"COURSE_BUDGET": "smoke"}
    if os.environ.get("COURSE_DATA", "").strip():
        variables["COURSE_DATA"] = str(Path(os.environ["COURSE_DATA"].strip()).resolve())
    return variables | changed


@dataclass
class Outcome:
    """What a cell has shown: its texts, each as it stands in the end, how many pictures, and its error."""

    texts: list[str] = field(default_factory=list)
    pictures: int = 0
    error: str | None = None
    message: str = ""

    @property
    def text(self) -> str:
        """All texts."""
        return "\n".join(self.texts)


class _ThisPython(KernelManager):
    kernel_spec = ThisPython.kernel_spec


class Learner:
    """A running kernel, to be used with `with`.

    Args:
        course: folder of the course.
        lesson: its whole name.
        language: "es" or "en".

    Attributes:
        cells: the code cells of the lesson.
    """

    def __init__(self, course: Path, lesson: str, language: str) -> None:
        path = notebook_path(course, language, lesson)
        self.cells: list[NotebookNode] = [c for c in read_notebook(path).cells if c.cell_type == "code"]
        self._folder, self._number = path.parent, int(lesson[:2])

    def __enter__(self) -> Learner:
        self._manager = _ThisPython()
        self._manager.start_kernel(cwd=str(self._folder), env=environment())
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=120)
        return self

    def __exit__(self, *error: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def place(self, words: str) -> int:
        """Return the number of the first cell that holds these words."""
        return next(number for number, cell in enumerate(self.cells) if words in cell.source)

    @property
    def training(self) -> int:
        """The number of the cell that trains."""
        return self.place(TRAINING[self._number])

    def run(self, source: str, stop: Callable[[Outcome], bool] | None = None, seconds: float = 300) -> Outcome:
        """Run a cell and return what came of it.

        Args:
            source: of the cell.
            stop: asked after each message about what the cell has shown so far; when it says yes, the cell is
                interrupted, as by the stop button.
            seconds: after which the test gives up.
        """
        outcome, handles = Outcome(), {}
        request = self._client.execute(source)
        deadline, interrupted = time.monotonic() + seconds, False
        while True:
            message = self._client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return outcome
            if kind == "stream":
                outcome.texts.append(content["text"])
            elif kind == "error":
                outcome.error = content["ename"]
                outcome.message = COLOURS.sub("", "\n".join(content["traceback"]))
            elif kind in ("display_data", "update_display_data", "execute_result"):
                _show(outcome, handles, content)
            if stop is not None and not interrupted and stop(outcome):
                interrupted = True
                self._manager.interrupt_kernel()

    def run_all(self, first: int, last: int | None = None) -> None:
        """Run cells of the lesson, `first` to before `last`, none of which may fail."""
        for cell in self.cells[first:last]:
            outcome = self.run(cell.source)
            assert outcome.error is None, f"{cell.id}: {cell.source[:200]}\n{outcome.message[-2000:]}"


def steps_shown(outcome: Outcome) -> int:
    """Return how many steps the progress line of a training counts, 0 if there is none yet."""
    found = re.findall(r"\| *(\d+)/\d+ \[", outcome.text)
    return int(found[-1]) if found else 0


def _show(outcome: Outcome, handles: dict[str, int], content: dict) -> None:
    outcome_text = content["data"].get("text/plain", "")
    outcome.pictures += "image/png" in content["data"]
    handle = content.get("transient", {}).get("display_id")
    if handle in handles:
        outcome.texts[handles[handle]] = outcome_text
        return
    if handle is not None:
        handles[handle] = len(outcome.texts)
    outcome.texts.append(outcome_text)
