"""The files for a JupyterHub: they agree with each other, with their READMEs and with the published lessons."""

import ast
import re
import subprocess
from types import SimpleNamespace

import pytest
import yaml

from tools import tables
from tools.course import ROOT

HUB = ROOT / "hub"
READMES = {"en": HUB / "README.md", "es": HUB / "README.es.md"}
INSTALL = HUB / "tljh" / "install.sh"
SERVER = 0.15  # GB that a learner's server takes besides its kernel, as the READMEs say


def load(name: str) -> dict:
    return yaml.safe_load((HUB / name).read_text(encoding="utf-8"))


def gib(text: str) -> float:
    """Return the number of "1.5G": the hub reads G as 1024³ bytes."""
    assert text.endswith("G")
    return float(text[:-1])


@pytest.fixture(scope="module")
def singleuser() -> dict:
    return load("z2jh/values.yaml")["singleuser"]


def install_settings(**variables: str) -> dict:
    """Return the settings that install.sh makes, its calls of tljh-config read as tljh-config reads them."""
    block = re.search(r"^# --- settings.*?\n(.*?)^# --- end of settings", INSTALL.read_text(), re.DOTALL | re.MULTILINE)
    stand_in = "tljh-config() { printf '%s\\t' \"$@\"; echo; }\n"
    given = "".join(f"{name}={value}\n" for name, value in variables.items())
    done = subprocess.run(["bash", "-euc", stand_in + given + block[1]], capture_output=True, text=True, check=True)
    settings: dict = {}
    for line in done.stdout.splitlines():
        command, path, *value = line.split("\t")[:-1]
        *parents, last = path.split(".")
        place = settings
        for parent in parents:
            place = place.setdefault(parent, {})
        if command == "unset":
            continue
        value = {"true": True, "false": False}.get(value[0], int(value[0]) if value[0].isdigit() else value[0])
        if command == "set":
            place[last] = value
        else:
            assert command == "add-item"
            place.setdefault(last, []).append(value)
    return settings


def test_the_script_makes_the_settings_of_the_file():
    settings = install_settings(DOMAIN="hub.example.org", EMAIL="teacher@example.org", LEARNERS="30")
    settings["users"]["admin"] = ["teacher"]  # --admin of the installer does it
    assert settings == load("tljh/config.yaml")


def test_the_script_is_bash():
    subprocess.run(["bash", "-n", INSTALL], check=True)
    assert "set -euo pipefail" in INSTALL.read_text()
    for path in re.findall(r'"\$course/([^"]+)"', INSTALL.read_text()):
        assert (ROOT / path).is_file()


def test_both_hubs_agree(singleuser):
    tljh, z2jh = load("tljh/config.yaml"), load("z2jh/values.yaml")
    assert tljh["limits"] == {"memory": singleuser["memory"]["limit"], "cpu": singleuser["cpu"]["limit"]}
    assert tljh["services"]["cull"] == z2jh["cull"]
    users = z2jh["hub"]["config"]["Authenticator"]
    assert tljh["users"] == {"admin": users["admin_users"], "allowed": users["allowed_users"]}
    assert tljh["users"]["allowed"] == [f"learner{number:02}" for number in range(1, 31)]
    assert tljh["auth"]["FirstUseAuthenticator"] == z2jh["hub"]["config"]["FirstUseAuthenticator"]
    assert tljh["https"]["letsencrypt"]["domains"] == z2jh["proxy"]["https"]["hosts"]


def test_both_hubs_set_the_same_variables(singleuser):
    config = SimpleNamespace(Spawner=SimpleNamespace())
    path = HUB / "tljh" / "course.py"
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), {"get_config": lambda: config})
    variables = config.Spawner.environment
    assert variables.items() <= singleuser["extraEnv"].items()
    assert all(isinstance(value, str) for value in singleuser["extraEnv"].values())
    threads = {value for name, value in variables.items() if "THREADS" in name}
    assert threads == {str(singleuser["cpu"]["limit"])}
    mounts = {mount["mountPath"]: mount for mount in singleuser["storage"]["extraVolumeMounts"]}
    assert mounts[variables["COURSE_DATA"]]["readOnly"] is True
    assert f"--target-directory={variables['COURSE_DATA']} " in INSTALL.read_text()


def test_both_hubs_make_the_data_with_the_same_program(singleuser):
    program = re.search(r"<<'PYTHON'\n(.*?)^PYTHON$", INSTALL.read_text(), re.DOTALL | re.MULTILINE)[1]
    (container,) = singleuser["initContainers"]
    assert container["image"] == "{name}:{tag}".format(**singleuser["image"])
    assert container["command"][2] == program
    assert not re.search(r"[{}]", program)  # the hub would fill them in
    data = ast.parse((ROOT / "course_utils" / "data.py").read_text(encoding="utf-8"))
    (dataset,) = [node for node in data.body if isinstance(node, ast.ClassDef) and node.name == "Dataset"]
    fields = [node.target.id for node in dataset.body if isinstance(node, ast.AnnAssign)]
    assert fields[1:5] == ["x_train", "y_train", "x_test", "y_test"]  # what the program takes of it


def test_the_image_has_what_the_hub_needs():
    assert "nbgitpuller==" in (ROOT / "binder" / "requirements.txt").read_text()
    for readme in READMES.values():
        version = re.search(r"jupyterhub/jupyterhub --version (\S+)", readme.read_text(encoding="utf-8"))[1]
        assert f"Helm chart jupyterhub {version} " in (HUB / "z2jh" / "values.yaml").read_text()


def test_a_lesson_fits_into_the_limit(singleuser):
    peak = gib(tables.peak_memory(tables.Facts(ROOT)).replace(" GB", "G"))
    assert peak + SERVER <= gib(singleuser["memory"]["limit"])
    assert peak <= gib(singleuser["memory"]["guarantee"])


def test_the_readmes_state_the_rule_that_is_computed():
    """The rule itself is tested in test_tables; the numbers in the READMEs are written by it."""
    for text in (path.read_text(encoding="utf-8") for path in READMES.values()):
        assert len(re.findall(rf"`\(\w+ - {tables.RESERVED_GIB}\) / ", text)) == 2
        assert len(re.findall(rf"`\(\w+ - {tables.RESERVED_CORES}\) / ", text)) == 1
        assert len(re.findall(rf"\b{tables.RESERVED_GIB} GiB", text)) == 2
        assert f"{SERVER} GB" in text


def test_no_path_of_another_machine():
    for path in HUB.rglob("*.*"):
        found = re.findall(r"(?<![\w.$}/])/(?:home|root|tmp|work|Users)/[\w/]*", path.read_text(encoding="utf-8"))
        assert set(found) <= {"/home/jovyan"}  # inside the image
