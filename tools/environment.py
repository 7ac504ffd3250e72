"""Make the environment `.venv` with all packages: `python3 -m tools.environment`. `make` does it when it is needed.

This module runs under every Python since 3.8, with nothing installed: what cannot work it says in both languages before
anything is downloaded or deleted.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
# For which machines TensorFlow is published: system -> processors, and the oldest version of what it builds on.
PROCESSORS = {"linux": ("x86_64", "aarch64"), "macosx": ("arm64",), "win": ("amd64",)}
OLDEST_GLIBC, OLDEST_MACOS = (2, 27), (12,)


def this_machine() -> dict:
    """Return what decides whether TensorFlow can be installed here."""
    system, processor = re.match(r"([a-z]+)[^-]*-?(?:[\d.]+-)?(.*)", sysconfig.get_platform()).groups()
    try:
        glibc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, ValueError, OSError):  # no Linux, or one with another C library
        glibc = ""
    return {
        "python": sys.version_info[:2],
        "is_usual": platform.python_implementation() == "CPython" and not sysconfig.get_config_var("Py_GIL_DISABLED"),
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "system": system,
        "processor": platform.machine() if processor in ("universal2", "intel") else processor,
        "glibc": _numbers(glibc),
        "macos": _numbers(platform.mac_ver()[0]),
    }


def _numbers(version: str) -> tuple:
    return tuple(map(int, re.findall(r"\d+", version)))


def why_not(machine: dict, colab: str) -> str:
    """Return why the course cannot run on a machine, and where it can, in both languages; "" if it can.

    Args:
        machine: as `this_machine` returns it.
        colab: the address at which the lessons open.
    """
    version = ".".join(map(str, machine["python"]))
    if not (OLDEST <= machine["python"] <= NEWEST and machine["is_usual"]):
        kind = version if machine["is_usual"] else f"{version} ({sys.implementation.name})"
        return (
            f"Hace falta un Python 3.11, 3.12 o 3.13 corriente, y este es {kind}. Instala uno, o abre las lecciones en "
            f"Colab, donde no hay que instalar nada: {colab}\n"
            f"An ordinary Python 3.11, 3.12 or 3.13 is needed, and this is {kind}. Install one, or open the lessons "
            f"on Colab, where nothing has to be installed: {colab}"
        )
    system, processor, what = machine["system"], machine["processor"], ""
    if machine["bits"] != 64 or processor not in PROCESSORS.get(system, ()):
        what = f"{system} {processor}, {machine['bits']} bits"
    elif system == "linux" and machine["glibc"] < OLDEST_GLIBC:
        what = "Linux, glibc < 2.27 (Alpine…)"
    elif system == "macosx" and machine["macos"] < OLDEST_MACOS:
        what = "macOS < 12"
    if not what:
        return ""
    return (
        f"TensorFlow no existe para este Python ({what}). Abre las lecciones en Colab, donde no hay que instalar nada: "
        f"{colab}\nThere is no TensorFlow for this Python ({what}). Open the lessons on Colab, where nothing has to be "
        f"installed: {colab}"
    )


def in_the_way(folder: Path) -> str:
    """Return why the environment cannot be made in `folder`, in both languages; "" if it can."""
    if folder.is_symlink():
        return (
            f"{folder.name} es un enlace a {folder.resolve()}; para crear el entorno habría que vaciar esa carpeta. "
            "Borra el enlace. Si lo pusiste porque aquí no hay sitio, lleva la carpeta del curso a otro disco.\n"
            f"{folder.name} is a link to {folder.resolve()}; making the environment would empty that folder. Delete "
            "the link. If it is there because this disk has no room, move the folder of the course to another disk."
        )
    if folder.exists() and not folder.is_dir():
        return (
            f"{folder.name} es un archivo, y el entorno necesita una carpeta con ese nombre: cámbiale el nombre.\n"
            f"{folder.name} is a file, and the environment needs a folder of that name: give the file another name."
        )
    return ""


def colab(root: Path) -> str:
    """Return the address at which the lessons open on Colab, or that of Colab while the course has none."""
    published = re.search(r'^repository = "(.+)"', (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return "https://colab.research.google.com/" + (f"github/{published[1]}" if published else "")


def make(root: Path) -> None:
    """Make the environment, an earlier one deleted."""
    folder = root / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]
    print("Se crea .venv: unos minutos y 2.7 GB. / Making .venv: a few minutes and 2.7 GB.", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], cwd=root, check=True)
    subprocess.run([str(python), *install], cwd=root, check=True)
    subprocess.run([str(python), "-m", "tools.answers"], cwd=root, check=True)
    (folder / "ready").touch()


def main(root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    if problem := why_not(this_machine(), colab(root)) or in_the_way(root / ".venv"):
        print(problem, file=sys.stderr)
        return 1
    try:
        make(root)
    except subprocess.CalledProcessError as error:  # it has said why
        return error.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
