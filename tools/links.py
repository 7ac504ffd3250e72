"""Every link that opens a lesson on a host, or the course in a codespace, made from the address in [tool.course].

The forms are those that the hosts document; tests/links.toml has them, with the addresses of the documents.

`python -m tools.links --hub https://hub.example.org` prints the links that open the lessons on a JupyterHub of yours
with nbgitpuller; without `--hub`, those of Colab, Kaggle and Binder, and that of Codespaces.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

from tools.course import LANGUAGES, ROOT, find_sources, read_course

BADGES = {
    "Colab": "https://colab.research.google.com/assets/colab-badge.svg",
    "Kaggle": "https://kaggle.com/static/images/open-in-kaggle.svg",
    "Binder": "https://mybinder.org/badge_logo.svg",
}
CODESPACES = "https://github.com/codespaces/badge.svg"
# In a README: where the badge for Codespaces stands, between two such comments.
CODESPACE = re.compile(r"(<!-- codespaces (es|en) -->)[^<]*(<!-- codespaces -->)")
ALT = {"es": "Abrir en {host}", "en": "Open in {host}"}
# A row of the lesson table of a README: number, links to the notebooks (its own language first), gain, minutes, badges.
ROW = re.compile(r"^(\| \d+ \|[^\n]*?\(notebooks/(es|en)/(\d\d_\w+)\.ipynb\)[^\n]*\| \d+ \|)[^|\n]*\|$", re.MULTILINE)


def host_link(host: str, course: dict, path: str) -> str:
    """Return the link that opens a notebook of the course.

    Args:
        host: "Colab", "Kaggle" or "Binder".
        course: `repository` ("owner/name" on GitHub) and `ref` (a branch or tag).
        path: of the notebook within the repository.
    """
    repository, ref = course["repository"], quote(course["ref"])
    if host == "Binder":
        return f"https://mybinder.org/v2/gh/{repository}/{quote(course['ref'], safe='')}?labpath={quote(path)}"
    if host == "Kaggle":
        return f"https://kaggle.com/kernels/welcome?src=https://github.com/{repository}/blob/{ref}/{quote(path)}"
    return f"https://colab.research.google.com/github/{repository}/blob/{ref}/{quote(path)}"


def codespaces_link(course: dict) -> str:
    """Return the link that opens the course in a codespace: the learner's own from last time, or a new one."""
    return f"https://codespaces.new/{course['repository']}/tree/{quote(course['ref'])}?quickstart=1"


def hub_link(hub: str, course: dict, path: str) -> str:
    """Return the nbgitpuller link that fetches the course to a learner's folder on a JupyterHub and opens a notebook.

    Args:
        hub: the address of the hub, "https://hub.example.org".
        course: as above.
        path: of the notebook within the repository.
    """
    folder = course["repository"].split("/")[1]
    query = {
        "repo": f"https://github.com/{course['repository']}",
        "branch": course["ref"],
        "urlpath": f"lab/tree/{folder}/{path}",
    }
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"


def badges(course: dict, language: str, lesson: str) -> str:
    """Return the badges of a notebook as Markdown; nothing while the course has no address."""
    if not course["repository"]:
        return ""
    path = f"notebooks/{language}/{lesson}.ipynb"
    return " ".join(
        f"[![{ALT[language].format(host=host)}]({picture})]({host_link(host, course, path)})"
        for host, picture in BADGES.items()
    )


def with_badges(readme: str, course: dict) -> str:
    """Return the text of a README with the badges: in the last column of its lesson table, and that for Codespaces."""
    readme = ROW.sub(lambda row: f"{row[1]} {badges(course, row[2], row[3]) or '–'} |", readme)
    return CODESPACE.sub(lambda place: f"{place[1]}{_codespaces_badge(course, place[2])}{place[3]}", readme)


def _codespaces_badge(course: dict, language: str) -> str:
    if not course["repository"]:
        return ""
    return f"[![{ALT[language].format(host='Codespaces')}]({CODESPACES})]({codespaces_link(course)})"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.links", description="Print the links that open the lessons.")
    parser.add_argument("--hub", help="the https:// address of a JupyterHub with nbgitpuller")
    options = parser.parse_args(arguments)
    course = read_course(root)
    if not course["repository"]:
        print("the course has no address yet: make address REPO=owner/name", file=sys.stderr)
        return 2
    if options.hub and not re.fullmatch(r"https?://[^/\s]+(/[^\s?#]*)?", options.hub):
        print(f"--hub is {options.hub!r}, not an address such as https://hub.example.org", file=sys.stderr)
        return 2
    if not options.hub:
        print(codespaces_link(course))
    for language in LANGUAGES:
        for source in find_sources(root):
            path = f"notebooks/{language}/{source.stem}.ipynb"
            if options.hub:
                print(hub_link(options.hub, course, path))
            else:
                print(*(host_link(host, course, path) for host in BADGES), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
