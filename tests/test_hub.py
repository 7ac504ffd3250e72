"""The files for a JupyterHub: they agree with each other, with their READMEs and with the published lessons."""

import ast
import re
import subprocess
import textwrap
from types import SimpleNamespace

import pytest
import yaml

from tools import build

HUB = build.ROOT / "hub"
READMES = {"en": HUB / "README.md", "es": HUB / "README.es.md"}
INSTALL = HUB / "tljh" / "install.sh"
GIB = 1024**3
# What is set aside in the READMEs' table: GiB for the system and the hub, cores for the system of a Kubernetes node,
# GiB for a learner's server besides its kernel.
RESERVE, RESERVED_CORES, SERVER = 2, 0.5, 0.15


def load(name: str) -> dict:
    return yaml.safe_load((HUB / name).read_text(encoding="utf-8"))


def gib(text: str) -> float:
    """Return the number of "1.5G": the hub reads G as 1024³ bytes."""
    assert text.endswith("G")
    return float(text[:-1])


@pytest.fixture(scope="module")
def singleuser() -> dict:
    return load("z2jh/values.yaml")["singleuser"]


def table(language: str, width: int, number: str) -> list[list[str]]:
    """Return the rows of the tables of a README that have `width` cells, the one in column 1 or 2 being a number."""
    text = READMES[language].read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    return [row for row in rows if len(row) == width and re.fullmatch(number, row[1])]


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
        assert (build.ROOT / path).is_file()


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
    data = ast.parse((build.ROOT / "course_utils" / "data.py").read_text(encoding="utf-8"))
    (dataset,) = [node for node in data.body if isinstance(node, ast.ClassDef) and node.name == "Dataset"]
    fields = [node.target.id for node in dataset.body if isinstance(node, ast.AnnAssign)]
    assert fields[1:5] == ["x_train", "y_train", "x_test", "y_test"]  # what the program takes of it


def test_the_image_has_what_the_hub_needs():
    assert "nbgitpuller==" in (build.ROOT / "binder" / "requirements.txt").read_text()
    for readme in READMES.values():
        version = re.search(r"jupyterhub/jupyterhub --version (\S+)", readme.read_text(encoding="utf-8"))[1]
        assert f"Helm chart jupyterhub {version} " in (HUB / "z2jh" / "values.yaml").read_text()


@pytest.mark.parametrize("language", READMES)
def test_the_limits_are_those_of_the_readme(singleuser, language):
    rows = table(language, 3, r"[\d.]+( GB)?")
    stated = [float(row[1].removesuffix(" GB")) for row in rows]
    assert stated == [
        gib(singleuser["memory"]["limit"]),
        gib(singleuser["memory"]["guarantee"]),
        singleuser["cpu"]["limit"],
        singleuser["cpu"]["guarantee"],
        float(singleuser["storage"]["capacity"].removesuffix("Gi")),
    ]


def test_a_lesson_fits_into_the_limit(singleuser):
    notebooks = [build.read_notebook(path) for path in sorted(build.ROOT.glob("notebooks/e[sn]/*.ipynb"))]
    published = [notebook.metadata.get("course", {}).get("published") for notebook in notebooks]
    peaks = [run["peak_memory_mb"] for run in published if run and run.get("peak_memory_mb")]
    assert peaks
    peak = max(peaks) * 1000 * 1024 / GIB  # the system counts in KiB, a thousand of which are a MB of the metadata
    assert peak + SERVER <= gib(singleuser["memory"]["limit"])
    assert peak <= gib(singleuser["memory"]["guarantee"])
    for language, readme in READMES.items():
        text = re.sub(r"\s+", " ", readme.read_text(encoding="utf-8"))
        stated = {"en": r"peaks at ([\d.]+) GB", "es": r"llega a ([\d.]+) GB"}[language]
        assert peak <= float(re.search(stated, text)[1]) < peak + 0.25
        assert f"{SERVER} GB" in text


@pytest.mark.parametrize("language", READMES)
def test_the_table_follows_from_its_rule(singleuser, language):
    limit, guarantee = gib(singleuser["memory"]["limit"]), gib(singleuser["memory"]["guarantee"])
    rows = table(language, 4, r"\d+")
    assert [row[0] for row in rows] == ["8", "16", "32", "64", "128"]
    for memory, cores, learners, longer in rows:
        one_machine = (int(memory) - RESERVE) // limit
        node = min(
            (int(memory) - RESERVE) // guarantee, (int(cores) - RESERVED_CORES) // singleuser["cpu"]["guarantee"]
        )
        assert int(learners) == one_machine == node
        assert abs(float(longer) - singleuser["cpu"]["limit"] * int(learners) / int(cores)) <= 0.05
    text = READMES[language].read_text(encoding="utf-8")
    memory, cores, learners = {
        "en": ("memory", "cores", "learners"),
        "es": ("memoria", "núcleos", "estudiantes"),
    }[language]
    assert f"`({memory} - {RESERVE}) / {limit:g}`" in text
    assert f"`({memory} - {RESERVE}) / {guarantee:g}`" in text
    assert f"`({cores} - {RESERVED_CORES}) / {singleuser['cpu']['guarantee']}`" in text
    assert f"`{singleuser['cpu']['limit']} * {learners} / {cores}`" in text


def test_both_readmes_have_the_same_parts():
    english, spanish = (path.read_text(encoding="utf-8") for path in READMES.values())

    def parts(text: str) -> list[str]:
        headings = [heading.split()[0] for heading in re.findall(r"^#.*$", text, re.MULTILINE)]
        blocks = re.findall(r"^ *```.*?^ *```$", text, re.DOTALL | re.MULTILINE)
        links = sorted(link for link in re.findall(r"\]\(([^)]+)\)", text) if "README" not in link)
        items = re.findall(r"^(- |\d\. )", text, re.MULTILINE)
        return headings + [textwrap.dedent(block) for block in blocks] + links + items

    assert parts(english) == parts(spanish)
    for link in re.findall(r"\]\(([^)]+)\)", english + spanish):
        assert (HUB / link).is_file()


def test_no_path_of_another_machine():
    for path in HUB.rglob("*.*"):
        found = re.findall(r"(?<![\w.$}/])/(?:home|root|tmp|work|Users)/[\w/]*", path.read_text(encoding="utf-8"))
        assert set(found) <= {"/home/jovyan"}  # inside the image
