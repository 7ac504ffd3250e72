"""What .devcontainer says: its devcontainer.json, which may hold lines of comment, and its Dockerfile."""

from __future__ import annotations

import json
import re

from tools.course import ROOT

FOLDER = ROOT / ".devcontainer"


def settings() -> dict:
    """Return devcontainer.json."""
    text = (FOLDER / "devcontainer.json").read_text(encoding="utf-8")
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


def python() -> str:
    """Return the version of Python in the image that its Dockerfile starts from, such as "3.11"."""
    dockerfile = (FOLDER / settings()["build"]["dockerfile"]).read_text(encoding="utf-8")
    (version,) = re.findall(r"^FROM mcr\.microsoft\.com/devcontainers/python:(3\.\d+)-\w+$", dockerfile, re.MULTILINE)
    return version
