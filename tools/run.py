"""Run a lesson from start to end without a browser: `python -m tools.run --lesson 1 --language es`.

Leaves `out/<lesson>/<lesson>.<language>.ipynb`, with its outputs, and the same as a web page, `.html`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nbformat import NotebookNode

from course_utils.budgets import BUDGETS
from course_utils.language import of_this_computer
from tools.course import LANGUAGES, ROOT, SourceError, find_lesson, notebook_path, read_notebook, write_atomically
from tools.execute import execute
from tools.notebooks import to_text


def run(root: Path, lesson: str, language: str, budget: str | None = None) -> int:
    """Run a lesson and leave the executed notebook and a web page; return the exit status."""
    try:
        names = [path.stem for path in sorted((root / "notebooks" / language).glob("*.ipynb"))]
        path = notebook_path(root, language, find_lesson(names, lesson))
        notebook = read_notebook(path)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    result = execute(notebook, path.parent, budget)
    result.notebook.metadata.get("course", {}).pop("published", None)  # it tells of another run
    memory = f", peak memory {result.peak_memory_mb} MB" if result.peak_memory_mb else ""
    print(f"{result.seconds:.0f} s{memory}")
    if result.failure:
        print(f"{path.relative_to(root).as_posix()}: {result.failure}", file=sys.stderr)
    target = root / "out" / path.stem / f"{path.stem}.{language}.ipynb"
    try:
        write_atomically(target, to_text(result.notebook))
        write_atomically(page := target.with_suffix(".html"), to_html(result.notebook, path.parent))
        print(*(made.relative_to(root).as_posix() for made in (target, page)), sep="\n")
    except OSError as error:
        print(f"{target.parent} cannot be written to ({error.strerror}): the run was not kept", file=sys.stderr)
        return 1
    return int(bool(result.failure))


def to_html(notebook: NotebookNode, folder: Path) -> str:
    """Return the notebook as a web page that holds its images."""
    from nbconvert import HTMLExporter

    title = notebook.metadata.get("course", {}).get("title", "")
    resources = {"metadata": {"name": title, "path": str(folder)}}
    return HTMLExporter(template_name="lab", embed_images=True).from_notebook_node(notebook, resources)[0]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.run", description="Run a lesson from start to end.")
    parser.add_argument("--lesson", required=True, help="its number or name")
    parser.add_argument("--language", choices=LANGUAGES, default=of_this_computer())
    parser.add_argument("--budget", choices=BUDGETS, help="what training may take; else the lesson decides")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # a lesson's heading may hold what a Windows console cannot show
    try:
        return run(root, options.lesson, options.language, options.budget)
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
