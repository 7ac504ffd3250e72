"""Every lesson in smoke in one of the places: `python -m tests.hosts.smoke colab [--lessons 1 3] [--language es]`.

Makes the place's environment (the packages of its file, in `out/hosts`), runs the lessons there in a copy of the
course, and says of the first that fails in which cell, and why: on the console and, as the text of an issue, in
`out/hosts/<place>.md`. The data are those of COURSE_DATA, or else the digits that need no network.

The status is 0 if all lessons reach their end, 1 if a cell fails, and 2 if the environment cannot be made. Where the
nightlies are missing, it is 0.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.helpers.repository import copy_course
from tests.hosts import places
from tools.course import LANGUAGES, ROOT, find_lesson, find_sources, headings, notebook_path, read_notebook

MAY_BE_MISSING = ("nightly",)
LAST_LINES = 25  # of an error, in the report


def run_lessons(python: Path, lessons: list[str], language: str, where: str) -> str:
    """Run lessons one after the other; return what is to be said of the first that fails, "" if none does.

    Args:
        python: of the environment.
        lessons: whole names.
        language: of the notebooks.
        where: the name of the place, for the report.
    """
    with tempfile.TemporaryDirectory() as folder:
        course, home = copy_course(Path(folder)), Path(folder, "home")
        variables = places.surroundings(python, home, COURSE_UNATTENDED="1")
        for lesson in lessons:
            path = notebook_path(course, language, lesson)
            run = places.run(python, read_notebook(path), path, variables)
            setup = next((run.text(at).strip() for at in range(len(run.code)) if run.text(at)), "")
            line = f"{where}, {lesson} {language}: {run.seconds:.0f} s, {run.peak_mb:.0f} MB, {setup}"
            print(line, flush=True)
            places.report.append(line)
            if run.failed is not None:
                return failure(run, f"{where}: {lesson}, {language}", setup)
    return ""


def failure(run: places.Run, lesson: str, setup: str) -> str:
    """Return the text of an issue: which cell of which lesson failed, its code, and the end of its error."""
    cells = run.notebook.cells
    cell = cells[run.failed]
    above = [title for one in cells[: run.failed] if one.cell_type == "markdown" for _, title in headings(one.source)]
    error = "\n".join([*(run.errors[-1:] or [run.why])]).splitlines()[-LAST_LINES:]
    section = f" (“{above[-1]}”)" if above else ""
    code, last = cell.source, "\n".join(error)
    return (
        f"**{lesson}, cell {run.failed + 1}** `{cell.get('id')}`{section}\n\n{setup}\n\n"
        f"````python\n{code}\n````\n\n````\n{last}\n````\n"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    names = [path.stem for path in find_sources(ROOT)]
    parser = argparse.ArgumentParser(prog="python -m tests.hosts.smoke", description=__doc__.splitlines()[0])
    parser.add_argument("place", choices=places.PLACES)
    parser.add_argument("--lessons", nargs="*", default=names, help="their numbers or names (default: all)")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    options = parser.parse_args(arguments)
    lessons = [find_lesson(names, lesson) for lesson in options.lessons]
    report = places.KEPT / f"{options.place}.md"
    report.unlink(missing_ok=True)
    try:
        python = places.make(options.place)
    except subprocess.CalledProcessError as error:
        print(f"{options.place}: the environment cannot be made: {error}\n{error.stderr or ''}", file=sys.stderr)
        if options.place in MAY_BE_MISSING:
            return 0
        last = "\n".join((error.stderr or "").splitlines()[-LAST_LINES:])
        places.write_atomically(report, f"**{options.place}: pip cannot make the environment**\n\n````\n{last}\n````\n")
        return 2
    problem = run_lessons(python, lessons, options.language, options.place)
    if problem:
        print(problem, file=sys.stderr)
        places.write_atomically(report, problem)
    return int(bool(problem))


if __name__ == "__main__":
    sys.exit(main())
