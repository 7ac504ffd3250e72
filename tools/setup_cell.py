# es: @title Preparación: busca el curso o lo descarga
# en: @title Setup: finds the course or downloads it
import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY, REF = "<repository>", "<ref>"


class SetupError(Exception):
    def _render_traceback_(self):
        return [str(self)]


here, name = Path.cwd(), Path(REPOSITORY).name
# es: En Kaggle, los conjuntos de datos que se añaden a un cuaderno están en /kaggle/input.
# en: On Kaggle, the data sets that are added to a notebook are in /kaggle/input.
added = (f for depth in (1, 2, 3, 4) for f in Path("/kaggle/input").glob("*/" * depth))
folders = itertools.chain([here, *here.parents, here / name], added)
course = next((f for f in folders if (f / "course_utils/setup.py").exists()), None)
if course is None and importlib.util.find_spec("course_utils") is None:
    if not REPOSITORY:
        raise SetupError(
            L(
                "No encuentro el curso: descárgalo entero y abre este cuaderno desde dentro de su carpeta.\n"
                "En Kaggle, añádelo a este cuaderno como conjunto de datos.\n"
                "(Todavía no está publicado; su dirección se escribe en [tool.course], en pyproject.toml.)",
                "The course is not here: download all of it and open this notebook from inside its folder.\n"
                "On Kaggle, add it to this notebook as a data set.\n"
                "(It is not published yet; its address is written in [tool.course] in pyproject.toml.)",
            )
        )
    course, part = here / name, here / f"{name}.part"
    if course.exists():
        raise SetupError(L(f"{course} no es el curso: cámbiale el nombre.", f"{course} is not the course: rename it."))
    url = f"https://github.com/{REPOSITORY}"
    git = [*f"git clone --quiet --depth=1 --branch={REF} {url}.git".split(), part]
    env = os.environ | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run(git, check=True, capture_output=True, text=True, timeout=300, env=env)
        part.rename(course)
    except (OSError, subprocess.SubprocessError) as error:
        reason = str(getattr(error, "stderr", None) or error).strip()
        cure = L(
            f"Descarga {url} (Code → Download ZIP), descomprímelo y abre este cuaderno desde dentro de su carpeta.",
            f"Download {url} (Code → Download ZIP), unpack it and open this notebook from inside its folder.",
        )
        if any(words in reason for words in ("resolve", "onnect", "timed out")):
            cure = L(
                "¿Hay conexión? En Kaggle, activa Settings → Internet o añade el curso como conjunto de datos.",
                "Are you online? On Kaggle, switch on Settings → Internet, or add the course as a data set.",
            )
        elif any(words in reason for words in ("denied", "ead-only", "No space")):
            cure = L(
                "Copia este cuaderno a una carpeta con espacio y permiso de escritura, y ábrelo allí.",
                "Copy this notebook to a folder with room that you can write to, and open it there.",
            )
        raise SetupError(
            L(
                f"No se pudo descargar el curso: {reason}\n{cure}",
                f"The course could not be downloaded: {reason}\n{cure}",
            )
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
if course:
    sys.path.insert(0, str(course))

from course_utils import setup

setup.start(language=L("es", "en"), lesson="<lesson>")
