"""Open JupyterLab on a lesson: `python -m tools.lab [--lesson 1] [--language es]`.

The server listens on 127.0.0.1 only. It opens the browser; where there is none, it prints the link with its token. It
speaks the language of the lesson. Its settings lie in `out/jupyterlab`: the learner's own Jupyter is neither asked nor
changed, and what is chosen in a lesson's JupyterLab (theme, font size) is still there at the next start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import webbrowser

from jupyter_core.paths import jupyter_runtime_dir

from course_utils.language import of_this_computer
from tools.course import LANGUAGES, ROOT, SourceError, find_lesson, find_sources, notebook_path, write_atomically

LOCALES = {"es": "es_ES", "en": "en"}
LANGUAGE_SETTING = "lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings"
# A course needs no news and no look-ups of newer versions, least of all with no network.
DEFAULTS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
# Where these name folders of the learner's own Jupyter, they would be read as well.
OTHER_FOLDERS = ("JUPYTER_NO_CONFIG", "JUPYTER_CONFIG_PATH", "JUPYTER_PATH")
OTHER_FOLDERS += ("JUPYTERLAB_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")


def command(notebook: str, *, browser: bool) -> list[str]:
    """Return the command line that starts JupyterLab on a notebook (a path relative to the course)."""
    # Not `jupyter lab`: that runs the first jupyter-lab on the PATH, which may be another one.
    line = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", "--log-level=ERROR"]
    line += [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{notebook}"]
    if not browser:
        line.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line.append("--allow-root")  # containers: Jupyter refuses to run as root unless told
    return line


def write_settings(language: str) -> dict[str, str]:
    """Choose the language of the course's JupyterLab; return the environment in which it finds its settings.

    Args:
        language: "es" or "en"; each has a folder of its own, so that both can run at the same time.

    Raises:
        OSError: if the folder cannot be written.
    """
    folder = ROOT / "out" / "jupyterlab" / language
    write_atomically(folder / "labconfig" / "default_setting_overrides.json", json.dumps(DEFAULTS))
    write_atomically(folder / LANGUAGE_SETTING, json.dumps({"locale": LOCALES[language]}))
    # Files with keys stay where they are: they need a disk that knows who may read them.
    ours = {
        "JUPYTER_CONFIG_DIR": folder,
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": jupyter_runtime_dir(),
    }
    return {**os.environ, **dict.fromkeys(OTHER_FOLDERS, ""), **{name: str(path) for name, path in ours.items()}}


def has_browser() -> bool:
    """Return whether there is a browser to open."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.lab", description="Open JupyterLab on a lesson.")
    parser.add_argument("--lesson", default="1", help="its number or name")
    parser.add_argument("--language", choices=LANGUAGES, default=of_this_computer())
    options = parser.parse_args(arguments)
    try:
        names = [path.stem for path in find_sources(ROOT)]
        notebook = notebook_path(ROOT, options.language, find_lesson(names, options.lesson))
        environment = write_settings(options.language)
    except (SourceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    line = command(notebook.relative_to(ROOT).as_posix(), browser=has_browser())
    try:
        return subprocess.run(line, cwd=ROOT, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
