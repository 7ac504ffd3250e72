"""How much a lesson trains: COURSE_BUDGET is "smoke", "workshop" or "full"."""

from __future__ import annotations

import os
from typing import TypeVar

from course_utils.backend import gpus
from course_utils.language import CourseError

BUDGETS = ("smoke", "workshop", "full")

T = TypeVar("T")


def is_chosen() -> bool:
    """Return whether COURSE_BUDGET says how much to train, and not the machine."""
    return bool(os.environ.get("COURSE_BUDGET", "").strip())


def budget_name() -> str:
    """Return the budget in force: "smoke", "workshop" or "full".

    It is what the environment variable COURSE_BUDGET says; where that is not set, "full" with a GPU and "workshop"
    without one.

    Raises:
        CourseError: if COURSE_BUDGET holds something else.
    """
    if not is_chosen():
        return "full" if gpus() else "workshop"
    name = os.environ["COURSE_BUDGET"].strip()
    if name not in BUDGETS:
        choices = ", ".join(BUDGETS)
        raise CourseError(
            f"COURSE_BUDGET vale {name!r}. Los valores posibles son: {choices}.",
            f"COURSE_BUDGET is {name!r}. It can be one of: {choices}.",
        )
    return name


def budget(*, smoke: T, workshop: T, full: T) -> T:
    """Return the value for the budget in force, for instance `epochs = budget(smoke=1, workshop=10, full=20)`."""
    return {"smoke": smoke, "workshop": workshop, "full": full}[budget_name()]
