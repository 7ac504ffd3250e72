"""Build the site from what is published: `python -m tools.site [--serve]`. Runs no lesson, needs no network.

The texts are made ready here, in out/site-source/<language>; Sphinx, in its own environment `.venv-site`, makes the
pages from them, in out/site/<language>.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat

from course_utils import backend
from course_utils.language import L, set_language
from tools.course import LANGUAGES, ROOT, find_sources, read_course, write_atomically
from tools.site_lessons import stage
from tools.site_pages import Pages, texts
from tools.site_text import Links

SOURCE, SITE = "out/site-source", "out/site"
PYTHON = ".venv-site/Scripts/python.exe" if os.name == "nt" else ".venv-site/bin/python"


def stage_language(root: Path, language: str) -> None:
    """Make the texts of a language ready for Sphinx."""
    set_language(language)
    folder, site, course = root / SOURCE / language, root / SITE, read_course(root)
    playground = (root / "site/playground/index.html").is_file()
    links = Links(root, course, texts(root, language), playground, language)
    for name, text in Pages(root, site, language, links).all().items():
        write_atomically(folder / f"{name}.md", text)
    for source in find_sources(root):
        notebook = stage(root, site, language, source.stem, links)
        write_atomically(folder / "lessons" / f"{source.stem}.ipynb", nbformat.writes(notebook))
    context = {"course": course, "language": language, "playground": playground}
    context["first"] = f"lessons/{find_sources(root)[0].stem}"
    context["words"] = words()
    write_atomically(folder / "context.json", json.dumps(context))


def words() -> dict[str, str]:
    """Return what the frame of a page says, in the language that was chosen."""
    return {
        "title": L("GANs desde cero", "GANs from scratch"),
        "description": L(
            "Un curso de redes generativas antagónicas con Keras y TensorFlow, en español y en inglés",
            "A course on generative adversarial networks with Keras and TensorFlow, in English and Spanish",
        ),
        "other": L("English", "Español"),
        "switch": L("Read this in English", "Léelo en español"),
        "skip": L("Ir al contenido", "Skip to content"),
        "menu": L("Menú", "Menu"),
        "contents": L("En esta página", "On this page"),
        "theme": L("Cambiar entre claro, oscuro y automático", "Switch between light, dark and automatic"),
        "top": L("Volver arriba", "Back to top"),
        "next": L("Siguiente", "Next"),
        "previous": L("Anterior", "Previous"),
        "home": L("Inicio", "Home"),
        "search": L("Buscar", "Search"),
        "lessons": L("Lecciones", "Lessons"),
        "run": L("Ejecutar", "Run it"),
        "play": L("Jugar", "Play"),
        "teach": L("Dar clase", "Teach"),
        "setup": L("La celda de preparación", "The setup cell"),
        "licence": L(
            "Código: Apache-2.0. Textos e imágenes: CC BY 4.0.", "Code: Apache-2.0. Prose and pictures: CC BY 4.0."
        ),
    }


def build(root: Path, python: Path) -> int:
    """Build the site anew; return the exit status.

    Args:
        root: the course.
        python: of the environment that has Sphinx.
    """
    for folder in (SOURCE, SITE):
        shutil.rmtree(root / folder, ignore_errors=True)
    backend.import_quietly()  # the exercises import it
    for language in LANGUAGES:
        stage_language(root, language)
    runs = [subprocess.Popen([str(python), "-m", "sphinx", *_options(root, language)]) for language in LANGUAGES]
    status = max([abs(run.wait()) for run in runs])
    shutil.copy(root / "site/root.html", root / SITE / "index.html")
    for left in ("jupyter_execute", *(f"{language}/_sources" for language in LANGUAGES)):
        shutil.rmtree(root / SITE / left, ignore_errors=True)
    (root / SITE / ".nojekyll").touch()
    if (root / "site/playground/index.html").is_file():
        shutil.copytree(root / "site/playground", root / SITE / "playground")
    return status


def _options(root: Path, language: str) -> list[str]:
    """Return how Sphinx makes the pages of a language: quietly, and a warning is an error."""
    source, doctrees = root / SOURCE / language, root / SOURCE / f"{language}.doctrees"
    how = ["-q", "-W", "--keep-going", "-c", root / "site", "-d", doctrees, "-D", f"language={language}"]
    return [str(part) for part in (*how, source, root / SITE / language)]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description="Build the site, or show it.")
    parser.add_argument("--serve", action="store_true", help="show the site that was built, on 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--python", type=Path, default=root / PYTHON, help="of the environment with Sphinx")
    options = parser.parse_args(arguments)
    if options.serve:
        return serve(root / SITE, options.port)
    if not options.python.is_file():
        print(f"{options.python} does not exist: `make site` makes it", file=sys.stderr)
        return 2
    return build(root, options.python)


def serve(folder: Path, port: int) -> int:
    """Show a built site until the keyboard says stop; return the exit status."""
    if not (folder / "index.html").is_file():
        print("there is no site yet: make site", file=sys.stderr)
        return 2
    with ThreadingHTTPServer(("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=folder)) as server:
        print(f"http://127.0.0.1:{port}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
