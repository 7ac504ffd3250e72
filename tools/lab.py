"""Open JupyterLab on a lesson: `python -m tools.lab [--lesson 1] [--language es]`.

The server listens on 127.0.0.1 only. It opens the browser; where there is none, it prints the link with its token.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import webbrowser

from tools import build
from tools.run import default_language


def command(notebook: str, *, browser: bool) -> list[str]:
    """Return the command line that starts JupyterLab on a notebook (a path relative to the course)."""
    line = [sys.executable, "-m", "jupyter", "lab", "--ServerApp.ip=127.0.0.1", "--log-level=ERROR"]
    line += [f"--ServerApp.root_dir={build.ROOT}", f"--LabApp.default_url=/lab/tree/{notebook}"]
    # A course needs no news and no look-ups of newer versions, least of all with no network.
    line += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if not browser:
        line.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line.append("--allow-root")  # containers: Jupyter refuses to run as root unless told
    return line


def has_browser() -> bool:
    """Return whether there is a browser to open."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.lab", description="Open JupyterLab on a lesson.")
    parser.add_argument("--lesson", default="1", help="its number or name")
    parser.add_argument("--language", choices=build.LANGUAGES, default=default_language())
    options = parser.parse_args(arguments)
    try:
        names = [path.stem for path in build.find_sources(build.ROOT)]
        notebook = build.notebook_path(build.ROOT, options.language, build.find_lesson(names, options.lesson))
    except build.SourceError as error:
        print(error, file=sys.stderr)
        return 2
    line = command(notebook.relative_to(build.ROOT).as_posix(), browser=has_browser())
    try:
        return subprocess.run(line, cwd=build.ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
