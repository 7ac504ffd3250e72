"""The files for a cluster: what can be known of them without one."""

import copy
import json
import os
import subprocess
import sys

import jsonschema
import pytest
import yaml

from course_utils import workers
from tests.helpers.repository import files
from tools.course import ROOT

JOBS = ROOT / "jobs"
SCRIPT = JOBS / "slurm" / "train.sbatch"


@pytest.fixture(scope="module")
def manifest() -> dict:
    return yaml.safe_load((JOBS / "kubernetes" / "jobset.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def schema() -> dict:
    return json.loads((JOBS / "kubernetes" / "jobset.schema.json").read_text(encoding="utf-8"))


def job_of(manifest: dict) -> dict:
    return manifest["spec"]["replicatedJobs"][0]["template"]["spec"]


def container_of(manifest: dict) -> dict:
    return job_of(manifest)["template"]["spec"]["containers"][0]


def test_the_manifest_fits_its_schema(manifest, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(manifest, schema)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda manifest: manifest["spec"].update(replicatedJob=[]),
        lambda manifest: manifest["spec"].pop("replicatedJobs"),
        lambda manifest: job_of(manifest).update(completions="2"),
        lambda manifest: job_of(manifest).update(completionMode="indexed"),
        lambda manifest: job_of(manifest)["template"]["spec"].update(restartPolicy="Always"),
        lambda manifest: container_of(manifest)["args"].append(1500),
        lambda manifest: container_of(manifest)["resources"]["requests"].update(memory="1.5 GB"),
        lambda manifest: manifest["metadata"].update(name="GAN"),
    ],
)
def test_a_manifest_with_a_usual_mistake_does_not(manifest, schema, spoil):
    spoilt = copy.deepcopy(manifest)
    spoil(spoilt)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoilt, schema)


def test_each_pod_is_in_the_list_of_workers_under_its_own_name(manifest):
    job, container, name = job_of(manifest), container_of(manifest), manifest["metadata"]["name"]
    assert job["completions"] == job["parallelism"] and job["completionMode"] == "Indexed"
    (given,) = container["env"]
    (port,) = container["ports"]
    part = manifest["spec"]["replicatedJobs"][0]["name"]
    names = [f"{name}-{part}-0-{pod}.{name}:{port['containerPort']}" for pod in range(job["completions"])]
    assert given == {"name": "WORKERS", "value": ",".join(names)}
    variables = {"WORKERS": given["value"], "JOB_COMPLETION_INDEX": "1"}
    workers.join_cluster(variables)
    assert json.loads(variables["TF_CONFIG"])["cluster"]["worker"] == names
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert {volume["name"] for volume in job["template"]["spec"]["volumes"]} == set(mounts)
    assert container["args"][container["args"].index("--folder") + 1] in mounts.values()


def test_both_start_the_program_with_options_that_it_knows(manifest):
    from course_utils.experiments import worker

    container = container_of(manifest)
    assert container["command"] == ["python", "-m", worker.__name__]
    for text in (" ".join(container["args"]), SCRIPT.read_text(encoding="utf-8").split(f"-m {worker.__name__} ")[1]):
        options = {part for part in text.split() if part.startswith("--")}
        assert options == {"--folder", "--steps"} and text.startswith("train ")


def test_bash_accepts_the_script():
    subprocess.run(["bash", "-n", SCRIPT], check=True)


def test_each_task_of_slurm_finds_its_place_in_slurm_s_own_order(tmp_path):
    """With a `scontrol` and an `srun` that do what SLURM's do, and a Python that tells what the worker would read."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    tell = "import sys\nfrom os import environ\nfrom course_utils import workers\nworkers.join_cluster(environ)\n"
    programs = {
        "scontrol": '[ "$1 $2 $3" = "show hostnames node[9-10]" ] && printf "node9\\nnode10\\n"',
        "srun": 'shift; for SLURM_PROCID in 0 1; do export SLURM_PROCID; "$@"; done',
        "fake_python": f'exec {sys.executable} -c \'{tell}print(environ["TF_CONFIG"], *sys.argv[1:])\' "$@"',
    }
    for name, body in programs.items():
        (bin_folder / name).write_text(f"#!/bin/bash\n{body}\n")
        (bin_folder / name).chmod(0o755)
    given = {name: value for name, value in os.environ.items() if not name.startswith("SLURM")}
    given |= {"PATH": f"{bin_folder}:{given['PATH']}", "SLURM_JOB_NODELIST": "node[9-10]", "PYTHON": "fake_python"}
    given |= {"FOLDER": str(tmp_path / "shared disk"), "PYTHONPATH": str(ROOT), "STEPS": "7"}
    done = subprocess.run(["bash", SCRIPT], env=given, cwd=tmp_path, capture_output=True, text=True, check=True)
    told = [json.JSONDecoder().raw_decode(line) for line in done.stdout.splitlines()]
    assert [one["task"]["index"] for one, _ in told] == [0, 1]
    assert all(one["cluster"]["worker"] == ["node9:8888", "node10:8888"] for one, _ in told)
    assert all(line.endswith(f"train --folder {tmp_path}/shared disk --steps 7") for line in done.stdout.splitlines())
    assert (tmp_path / "shared disk").is_dir()


def test_both_readmes_say_what_was_checked_and_name_each_file():
    for name, heading in (("README.md", "## What was checked"), ("README.es.md", "## Qué se ha comprobado")):
        text = (JOBS / name).read_text(encoding="utf-8")
        assert heading in text
        for path in files():
            if JOBS in path.parents and not path.name.startswith("README"):
                assert f"]({path.relative_to(JOBS).as_posix()})" in text, path
