"""What the hosts read in the notebooks and beside them: Colab's runtime and assistant, and the dev container."""

from __future__ import annotations

import copy
import json
import re

import jsonschema
import pytest
from nbformat import v4

from course_utils import setup
from tests.helpers import devcontainer
from tests.helpers.small_course import PROJECT, built, pretend_published, read
from tools import answers, build
from tools.course import LANGUAGES, ROOT, SourceError, find_sources, notebook_path, read_course, read_notebook
from tools.notebooks import to_text

NUMBERS = {int(path.stem[:2]): path.stem for path in find_sources(ROOT)}
COLAB = read_course(ROOT)["colab"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", NUMBERS)
def test_colab_starts_the_tested_runtime_and_its_assistant_writes_no_exercise(language, number):
    colab = read_notebook(notebook_path(ROOT, language, NUMBERS[number])).metadata.colab
    assert colab.runtime_attributes == {"runtime_version": "2026.07"}
    assert colab.get("generative_ai_disabled", False) == (number != 4)


def test_the_lessons_with_an_assistant_exist():
    assert set(COLAB["assistant"]) <= NUMBERS.keys()


def test_the_runtime_and_the_versions_that_stand_for_it_are_of_one_summer():
    """Whoever changes the one is to look at the other."""
    year, month = map(int, COLAB["runtime"].split("."))
    text = (ROOT / "tests" / "hosts" / "colab.txt").read_text(encoding="utf-8")
    assert re.search(r"runtime of (\d+)\.(\d+)", text).groups() == (f"{year}", f"{month:02d}")


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ('runtime = "latest"', "a month such as '2026.07'"),
        ('runtime = "2026.13"', "a month"),
        ('assistant = ["4"]', "num"),
    ],
)
def test_a_bad_section_is_refused(tmp_path, section, says):
    (tmp_path / "pyproject.toml").write_text(f"{PROJECT.format(repository='')}\n[tool.course.colab]\n{section}\n")
    with pytest.raises(SourceError, match=rf"\[tool\.course\.colab\] {section.split()[0]} is .*{says}"):
        read_course(tmp_path)


def test_another_runtime_changes_the_metadata_and_no_output(tmp_path):
    built(tmp_path, "# %%\nx = 1\n")
    pretend_published(tmp_path)
    before = read(tmp_path, "es")
    text = PROJECT.format(repository="") + '\n[tool.course.colab]\nruntime = "2027.01"\nassistant = [1]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    written, problems = build.build(tmp_path)
    after = read(tmp_path, "es")
    assert len(written) == 2 and problems == []
    assert after.cells == before.cells and after.metadata.course == before.metadata.course
    assert before.metadata.colab == {"generative_ai_disabled": True}
    assert after.metadata.colab == {"runtime_attributes": {"runtime_version": "2027.01"}}


def test_what_the_builder_says_to_colab_makes_nobody_a_learner(tmp_path):
    notebook = built(tmp_path, "# %%\nx = 1\n")["es"]
    assert answers.learners(tmp_path) == []
    notebook.metadata.colab.provenance = []  # Colab has saved it
    path = notebook_path(tmp_path, "es", "01_tiny")
    path.write_text(to_text(notebook), encoding="utf-8")
    assert answers.learners(tmp_path) == [path]


def test_a_newer_version_brings_its_runtime_to_a_notebook_that_colab_has_saved():
    base, mine, new = (v4.new_notebook(metadata={"course": {"language": "es"}}) for _ in range(3))
    mine.metadata.colab = {"provenance": [], "runtime_attributes": {"runtime_version": "2026.07"}}
    new.metadata.colab = {"runtime_attributes": {"runtime_version": "2027.01"}}
    merged = answers.merge(base, mine, new)
    assert merged.metadata.colab == {"provenance": [], "runtime_attributes": {"runtime_version": "2027.01"}}


# The dev container

SCHEMA = json.loads((ROOT / "tests" / "devcontainer.schema.json").read_text(encoding="utf-8"))


def test_the_dev_container_holds_what_the_specification_allows():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(devcontainer.settings(), SCHEMA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"dockerFile": "Dockerfile"},
        {"image": "python"},
        {"forwardPorts": "8888"},
        {"hostRequirements": {"memory": "4 GB"}},
    ],
)
def test_the_schema_refuses_usual_mistakes(wrong):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(copy.deepcopy(devcontainer.settings()) | wrong, SCHEMA)


def test_the_dev_container_makes_the_courses_own_environment():
    settings = devcontainer.settings()
    assert settings["updateContentCommand"] == "python -m tools.environment"
    assert settings["postCreateCommand"] == ".venv/bin/python -m tools.doctor"
    assert settings["customizations"]["vscode"]["settings"] == {
        "python.defaultInterpreterPath": "${containerWorkspaceFolder}/.venv/bin/python"
    }
    assert all((ROOT / name).is_file() for name in settings["customizations"]["codespaces"]["openFiles"])


def test_its_image_has_the_python_and_the_system_packages_of_binder():
    assert devcontainer.python() == ".".join(map(str, setup.OLDEST_PYTHON))
    dockerfile = (devcontainer.FOLDER / "Dockerfile").read_text(encoding="utf-8")
    (packages,) = re.findall(r"apt-get install --yes --no-install-recommends (.+?) \\", dockerfile)
    assert packages.split() == (ROOT / "binder" / "apt.txt").read_text().split()
