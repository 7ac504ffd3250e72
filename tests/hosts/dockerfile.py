"""Say as JSON what repo2docker makes of the current folder: `python dockerfile.py`, with repo2docker installed.

Chooses the kind of image as repo2docker does before it calls Docker, and writes the Dockerfile; nothing is built. The
facts hold, too, the Jupyter packages that the image has before the requirements of the folder are installed.
"""

import json
import re
import sys
from pathlib import Path

from repo2docker.app import Repo2Docker
from repo2docker.buildpacks.conda.supported_python_version import SUPPORTED_PYTHON_VERSION

# The name of each in conda-forge, and in PyPI.
JUPYTER = {
    "ipykernel": "ipykernel",
    "ipywidgets": "ipywidgets",
    "jupyter_server": "jupyter_server",
    "jupyterhub-base": "jupyterhub",
    "jupyterlab": "jupyterlab",
    "notebook": "notebook",
}


def main() -> None:
    """Write the JSON."""
    app = Repo2Docker(user_id=1000, user_name="jovyan")
    packs = (kind(base_image=app.base_image) for kind in app.buildpacks)
    image = next(pack for pack in packs if pack.detect())
    image.platform = app.platform
    dockerfile = image.render({"NB_USER": app.user_name, "NB_UID": str(app.user_id)})
    files = {name: image.generate_build_context_filename(name)[1] for name in image.get_build_script_files()}
    (lock,) = (Path(source) for name, source in files.items() if name.endswith("-linux-64.lock"))
    found = dict(re.findall(r"/([\w-]+)-([\d.]+)-[^-/]+\.conda", lock.read_text()))
    facts = {
        "kind": type(image).__name__,
        "python": image.python_version,
        "supported": SUPPORTED_PYTHON_VERSION,
        "assemble": [script for _, script in image.get_preassemble_scripts() + image.get_assemble_scripts()],
        "build": len(image.get_build_scripts()),
        "post_build": image.get_post_build_scripts(),
        "base": [f"{name}=={found[conda]}" for conda, name in JUPYTER.items()],
        "dockerfile": dockerfile,
    }
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
