"""The lessons where learners run them: Colab, Kaggle, Binder and the oldest versions. Run by `make test-hosts`.

What has only to reach its end is in test_smoke.py.

The places are built on this machine: environments of their own in `out/hosts`, kept between runs, a home of their own,
only the notebook in an empty folder, and a git server that stands for GitHub. All lessons run in smoke, with the data
of COURSE_DATA or else the embedded digits.
"""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode, v4

from course_utils.backend import OLDEST_KERAS, OLDEST_TENSORFLOW
from tests.hosts import places
from tools.course import LANGUAGES, ROOT, find_lesson, find_sources, notebook_path, read_notebook

pytestmark = pytest.mark.hosts

LESSONS = [path.stem for path in find_sources(ROOT)]
COLAB = {"COLAB_RELEASE_TAG": "release-colab", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
KAGGLE = {"KAGGLE_KERNEL_RUN_TYPE": "Interactive"}
ON_COLAB = [("es", 1), ("en", 1), ("es", 2), ("en", 3), ("es", 4)]
ON_OLDEST = [("en", 1), ("es", 2), ("en", 3), ("es", 4)]
GENERATORS = """
import numpy as np
from course_utils.experiments.pretrained import load_generator
for lesson in (1, 2, 3):
    generator = load_generator(lesson)
    noise = np.linspace(-1, 1, 2 * generator.input_shape[1]).reshape(2, -1)
    print(round(float(np.asarray(generator.predict_on_batch(noise)).mean()), 4))
"""
WORDS = {"es": ("núcleos", "presupuesto"), "en": ("cores", "budget")}
NO_CONNECTION = {
    "es": ("No se pudo descargar el curso: fatal: unable to connect", "¿Hay conexión? En Kaggle, activa Settings"),
    "en": ("The course could not be downloaded: fatal: unable to connect", "Are you online? On Kaggle, switch on"),
}
NOT_PUBLISHED = {"es": "No encuentro el curso: descárgalo entero", "en": "The course is not here: download all of it"}
BINDER_MB, SERVER_MB = 1600, 250  # all together, where Binder ends what takes 2000, and JupyterLab's part


def notebook_of(course: Path, language: str, lesson: int) -> NotebookNode:
    """Return the notebook of a lesson as that copy of the course has it."""
    name = find_lesson(LESSONS, str(lesson))
    return read_notebook(notebook_path(course, language, name))


def with_cells(notebook: NotebookNode, *codes: str) -> NotebookNode:
    """Return a notebook with these code cells alone, all run even if one fails."""
    cells = [v4.new_code_cell(code, metadata={"tags": ["raises-exception"]}) for code in codes]
    return v4.new_notebook(cells=cells, metadata=copy.deepcopy(notebook.metadata))


def setup_code(notebook: NotebookNode) -> str:
    """Return the code of the setup cell."""
    return next(cell.source for cell in notebook.cells if "setup" in cell.metadata.get("tags", []))


def is_normal(line: str, language: str, tensorflow: str, keras: str) -> bool:
    """Tell whether this is the line that the setup cell prints, with these versions, written as patterns."""
    cores, budget = WORDS[language]
    pattern = rf"Python 3\.\d+\.\d+ · TensorFlow {tensorflow} · Keras {keras} · CPU, \d+ {cores} · {budget}: smoke\n"
    return re.fullmatch(pattern, line) is not None


def note(where: str, language: str, lesson: int, run: places.Run) -> None:
    """Keep the measures of a run for the report."""
    line = run.text(0).strip().split(" · CPU")[0]
    places.report.append(f"{where}, lesson {lesson} {language}: {line} · {run.seconds:.0f} s · {run.peak_mb:.0f} MB")


# Colab


@pytest.mark.parametrize(("language", "lesson"), ON_COLAB)
def test_a_lesson_alone_on_colab(colab, course, server, place, tmp_path, language, lesson):
    variables = places.surroundings(colab, tmp_path / "home", **COLAB)
    variables |= places.github_is(server, tmp_path / "gitconfig")
    before = places.freeze(colab)
    run = places.run(colab, notebook_of(course, language, lesson), place / "lesson.ipynb", variables)
    assert run.errors == [] and run.complaints == []
    note("Colab", language, lesson, run)
    assert is_normal(run.text(0), language, r"2\.20\.\d+", r"3\.13\.\d+")
    assert places.freeze(colab) == before
    # The clone lies beside the notebook and is left as it came; what the lesson makes lies there too.
    assert {path.name for path in place.iterdir()} == {"lesson.ipynb", places.NAME, "out"}
    clone = place / places.NAME
    assert places.git("rev-parse", "HEAD", folder=clone) == places.git("rev-parse", "HEAD", folder=course)
    assert places.git("status", "--porcelain", folder=clone) == ""
    made = [path.name for path in (place / "out").iterdir()]
    assert made == (["judge"] if lesson == 4 else [find_lesson(LESSONS, str(lesson))])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_package_on_colab(colab, course, server, place, tmp_path, language):
    """The message names it and says what to type; typed, it works in the same kernel."""
    variables = places.surroundings(colab, tmp_path / "home", **COLAB)
    variables |= places.github_is(server, tmp_path / "gitconfig")
    variables = places.with_network(variables)  # for pip
    cell = setup_code(notebook_of(course, language, 1))
    (pin,) = [line for line in places.freeze(colab) if line.lower().startswith("imageio==")]
    with places.altered("colab"):
        subprocess.run([colab, "-m", "pip", "uninstall", "--quiet", "--yes", "imageio"], check=True)
        run = places.run(colab, with_cells(notebook_of(course, language, 1), cell), place / "a.ipynb", variables)
        (message,) = run.errors
        assert message.startswith({"es": "Falta instalar: imageio.", "en": "Not installed here: imageio."}[language])
        (line,) = re.findall("%pip install [a-z-]+", message)
        codes = (cell, line, cell)
        run = places.run(colab, with_cells(notebook_of(course, language, 1), *codes), place / "b.ipynb", variables)
        assert run.errors == [message]
        assert is_normal(run.text(2), language, r"2\.20\.\d+", r"3\.13\.\d+")
        subprocess.run([colab, "-m", "pip", "install", "--quiet", pin], check=True)


def draws(python: Path, notebook: NotebookNode, path: Path, variables: dict[str, str]) -> None:
    """Check that the trained generators that come with the course can be loaded in a place, and draw the same."""
    here = subprocess.run([sys.executable, "-c", GENERATORS], cwd=ROOT, capture_output=True, text=True, check=True)
    run = places.run(python, with_cells(notebook, setup_code(notebook), GENERATORS), path, variables)
    assert run.errors == [] and run.complaints == []
    values = [[float(line) for line in text.splitlines()[1::2]] for text in (here.stdout, run.text(1))]
    assert values[0] == pytest.approx(values[1], abs=2e-4) and len(values[0]) == len(set(values[0])) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trained_generators_on_colab(colab, course, server, place, tmp_path, language):
    """Their files were written by another version of Keras."""
    variables = places.surroundings(colab, tmp_path / "home", **COLAB)
    variables |= places.github_is(server, tmp_path / "gitconfig")
    draws(colab, notebook_of(course, language, 1), place / "lesson.ipynb", variables)


# Kaggle


@pytest.mark.parametrize(("language", "to_the_end"), [("es", False), ("en", True)])
def test_kaggle_without_and_with_internet(kaggle, course, server, place, tmp_path, language, to_the_end):
    """One message, nothing left behind; with the switch on, the same notebook works."""
    notebook = notebook_of(course, language, 1)
    variables = places.surroundings(kaggle, tmp_path / "home", **KAGGLE)
    nowhere = places.github_is(f"git://127.0.0.1:{places.free_port()}/", tmp_path / "gitconfig")
    (place / f"{places.NAME}.part" / "junk").mkdir(parents=True)  # left by a download that was killed
    run = places.run(kaggle, notebook, place / "lesson.ipynb", variables | nowhere | places.without_network())
    (message,) = run.errors
    reason, cure = NO_CONNECTION[language]
    assert message.startswith(reason) and cure in message and "Traceback" not in message
    assert [output.output_type for cell in run.code for output in cell.outputs] == ["error"]
    assert [path.name for path in place.iterdir()] == ["lesson.ipynb"]

    if not to_the_end:
        notebook = with_cells(notebook, setup_code(notebook))
    online = places.github_is(server, tmp_path / "gitconfig")
    run = places.run(kaggle, notebook, place / "lesson.ipynb", variables | online)
    assert run.errors == [] and run.complaints == []
    assert is_normal(run.text(0), language, r"2\.20\.\d+", r"3\.13\.\d+")
    assert (place / places.NAME / "course_utils").is_dir()
    if to_the_end:
        note("Kaggle", language, 1, run)
        assert (place / "out" / LESSONS[0]).is_dir()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_course_without_an_address_fetches_nothing(kaggle, place, tmp_path, language):
    """A git that leaves a trace stands first on the path: it must not be called."""
    course = places.published_copy(tmp_path, "")
    variables = places.surroundings(kaggle, tmp_path / "home", **KAGGLE)
    trace, stand_in = tmp_path / "trace", tmp_path / "bin" / "git"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\necho "$@" >> "{trace}"\nexit 1\n')
    stand_in.chmod(0o755)
    variables["PATH"] = f"{stand_in.parent}:{variables['PATH']}"
    run = places.run(kaggle, notebook_of(course, language, 1), place / "lesson.ipynb", variables)
    (message,) = run.errors
    assert message.startswith(NOT_PUBLISHED[language]) and "[tool.course]" in message and "Traceback" not in message
    assert [path.name for path in place.iterdir()] == ["lesson.ipynb"]
    assert not trace.exists()


# The oldest versions


def test_the_oldest_versions_are_those_that_the_course_names():
    requirements = (places.HERE / "oldest.txt").read_text()
    project = (ROOT / "pyproject.toml").read_text()
    tensorflow = ".".join(map(str, OLDEST_TENSORFLOW))
    assert f"tensorflow-cpu=={tensorflow}.0;" in requirements and f'"tensorflow>={tensorflow}"' in project
    assert f"keras=={'.'.join(map(str, OLDEST_KERAS))}.0" in requirements.splitlines()
    for name in ("keras", "scipy"):
        (oldest,) = re.findall(rf"^{name}==([\d.]+)\.0$", requirements, re.MULTILINE)
        assert f'"{name}>={oldest}"' in project


@pytest.mark.parametrize(("language", "lesson"), ON_OLDEST)
def test_a_lesson_on_the_oldest_versions(oldest, course, server, place, tmp_path, language, lesson):
    variables = places.surroundings(oldest, tmp_path / "home") | places.github_is(server, tmp_path / "gitconfig")
    run = places.run(oldest, notebook_of(course, language, lesson), place / "lesson.ipynb", variables)
    assert run.errors == [] and run.complaints == []
    note("oldest", language, lesson, run)
    assert is_normal(run.text(0), language, r"2\.19\.0", r"3\.13\.0")


def test_the_trained_generators_on_the_oldest_versions(oldest, course, server, place, tmp_path):
    variables = places.surroundings(oldest, tmp_path / "home") | places.github_is(server, tmp_path / "gitconfig")
    draws(oldest, notebook_of(course, "en", 3), place / "lesson.ipynb", variables)


# Binder


@pytest.fixture(scope="module")
def on_binder(binder, tmp_path_factory):
    """A copy of the course in which Binder's script has run, as in an image that is being built without network."""
    folder = tmp_path_factory.mktemp("binder")
    course = places.published_copy(folder, places.REPOSITORY)
    variables = places.surroundings(binder, folder / "home") | places.without_network()
    variables.pop("COURSE_DATA", None)
    script = ["bash", "-e", "binder/postBuild"]
    done = subprocess.run(script, cwd=course, env=variables, capture_output=True, encoding="utf-8")
    return course, done


def test_the_script_of_binder(on_binder):
    course, done = on_binder
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "digits"  # without network; with it, the name of the data set
    assert list((course / "course_utils" / "__pycache__").glob("*.pyc"))


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_on_binder_leaves_room(binder, on_binder, tmp_path, lesson):
    """The kernel at its peak and JupyterLab, which has the notebook open; Binder ends what takes 2 GB."""
    course, _ = on_binder
    language = LANGUAGES[int(lesson[:2]) % len(LANGUAGES)]
    variables = places.surroundings(binder, tmp_path / "home")
    path = notebook_path(course, language, lesson)
    with places.jupyterlab(binder, course, variables, tmp_path / "log") as server:
        server.get(f"lab/tree/{path.relative_to(course).as_posix()}")
        server.get(f"api/contents/{path.relative_to(course).as_posix()}")
        run = places.run(binder, read_notebook(path), path, variables)
        together = run.peak_mb + server.memory_mb()
    assert run.errors == [] and run.complaints == []
    note("Binder", language, int(lesson[:2]), run)
    places.report.append(f"Binder, lesson {int(lesson[:2])}: {together:.0f} MB with JupyterLab")
    pins = (ROOT / "binder" / "requirements.txt").read_text()
    versions = [re.search(rf"^{name}==(.+)", pins, re.MULTILINE)[1] for name in ("tensorflow-cpu", "keras")]
    assert is_normal(run.text(0), language, *map(re.escape, versions))
    assert together < BINDER_MB


def test_jupyterlab_on_binder(binder, on_binder, tmp_path):
    """The page that Binder opens, served by what pip has made of repo2docker's Jupyter."""
    course, _ = on_binder
    path = notebook_path(course, "es", LESSONS[0]).relative_to(course).as_posix()
    with places.jupyterlab(binder, course, places.surroundings(binder, tmp_path / "home"), tmp_path / "log") as server:
        assert "jupyter-config-data" in server.get(f"lab/tree/{path}")
        assert json.loads(server.get(f"api/contents/{path}?content=0"))["type"] == "notebook"
        peak = server.memory_mb()
    places.report.append(f"Binder, JupyterLab: {peak:.0f} MB")
    assert "failed loading" not in (tmp_path / "log").read_text()
    assert peak < SERVER_MB


def test_repo2docker_understands_the_files(image):
    """What mybinder.org does before it calls Docker: choose a kind of image and write its Dockerfile."""
    assert image["kind"] == "PythonBuildPack"
    assert f"python-{image['python']}" == (ROOT / "binder" / "runtime.txt").read_text().strip()
    assert image["python"] in image["supported"]
    assert image["post_build"] == ["binder/postBuild"] and image["build"]
    graphviz, requirements = image["assemble"]
    assert "apt-get install --yes --no-install-recommends graphviz" in graphviz
    assert requirements.endswith('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert requirements.split("/", 1)[1] in image["dockerfile"] and "RUN ./binder/postBuild" in image["dockerfile"]
