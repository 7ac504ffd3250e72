"""The files that belong to the course, and copies of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.course import ROOT

FOLDERS = ("course_utils", "tools", "notebooks", "tests", "hub", "binder", "workshop", "tutorials", "benchmarks")
FOLDERS += (".devcontainer", ".github", "jobs", "recipes", "site")


def files() -> list[Path]:
    """Return what git keeps or would keep, or all files where this is no checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
        found += ROOT.glob("*.*")
    return sorted({path for path in found if path.is_file()})


def copy_course(folder: Path) -> Path:
    """Copy the course as it is now, without what git ignores, to `folder`/course; return the copy."""
    copy = folder / "course"
    for path in files():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return copy
