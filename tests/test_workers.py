"""Workers: started as in a cluster, heard, and never left behind, whatever happens. They need no TensorFlow here."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from course_utils import language, workers
from course_utils.experiments import worker
from course_utils.language import CourseError
from tests.helpers.processes import environment
from tools.course import ROOT


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    monkeypatch.setattr(workers, "PROGRAM", "tests.helpers.fake_worker")
    monkeypatch.setattr(workers, "GRACE", 5.0)
    monkeypatch.chdir(ROOT)
    return workers.PROGRAM


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def wait_until(condition, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():
        time.sleep(0.05)
    return condition()


# --- Who is who


def test_ports_are_free_and_differ():
    ports = workers.free_ports(20)
    assert len(set(ports)) == 20 and min(ports) > 1023


def test_tf_config_says_who_reads_it():
    addresses = ["a:1", "b:2"]
    told = [json.loads(workers.tf_config(addresses, index)) for index in range(2)]
    assert told[1] == {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": 1}}
    assert told[0]["cluster"] == told[1]["cluster"]


@pytest.mark.parametrize("index", (-1, 2))
def test_a_worker_that_is_not_there_is_refused(index):
    with pytest.raises(CourseError, match="There is no worker"):
        workers.tf_config(["a:1", "b:2"], index)


@pytest.mark.parametrize("name", ("SLURM_PROCID", "JOB_COMPLETION_INDEX"))
def test_a_cluster_s_variables_become_tf_config(name):
    variables = {"WORKERS": "n1:8888, n2:8888,n10:8888", name: "2"}
    workers.join_cluster(variables)
    assert variables["TF_CONFIG"] == workers.tf_config(["n1:8888", "n2:8888", "n10:8888"], 2)


def test_without_a_cluster_or_with_tf_config_nothing_is_written():
    for variables in ({}, {"SLURM_PROCID": "0"}, {"WORKERS": " "}, {"WORKERS": "n1:1", "TF_CONFIG": "{}"}):
        before = dict(variables)
        workers.join_cluster(variables)
        assert variables == before


def test_a_cluster_that_does_not_say_which_one_this_is_is_refused():
    for variables in ({"WORKERS": "n1:1"}, {"WORKERS": "n1:1", "SLURM_PROCID": "x"}):
        with pytest.raises(CourseError, match="which this is"):
            workers.join_cluster(variables)
    with pytest.raises(CourseError, match="There is no worker 5"):
        workers.join_cluster({"WORKERS": "n1:1", "SLURM_PROCID": "5"})


# --- Together


@pytest.mark.parametrize("others", ("", "example.org"))
def test_workers_find_one_another_behind_a_proxy(tmp_path, monkeypatch, others):
    """gRPC sends even what stays on this machine to a proxy that the environment names."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_grpc_proxy", others)
    told = workers.results(["work"], 2, tmp_path)
    assert [one["direct"].split(",") for one in told] == [[*filter(None, [others]), "127.0.0.1", "localhost"]] * len(
        told
    )


def test_all_are_heard_and_end(tmp_path):
    told = workers.results(["work"], 2, tmp_path)
    assert [[one["step"] for one in told if one["worker"] == index] for index in range(2)] == [[1, 2, 3]] * 2
    assert all(gone(one["pid"]) for one in told)
    assert {one["group"] for one in told}.isdisjoint({os.getpgid(0)})  # the stop button does not reach them


def test_a_single_process_is_in_no_cluster(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", workers.tf_config(["a:1", "b:2"], 1))
    assert [one["step"] for one in workers.results(["1:die", "work"], 0, tmp_path)] == [1, 2, 3]


def test_a_line_that_is_being_written_is_left_for_later(tmp_path):
    with workers.Crew(["wait"], 1, tmp_path) as crew:
        assert wait_until(lambda: len((tmp_path / "worker-0.jsonl").read_text()) > 5)
        assert [one["step"] for one in crew._read()] == [1]
        with (tmp_path / "worker-0.jsonl").open("a") as file:
            file.write('{"step": 2')
            file.flush()
            assert list(crew._read()) == []
            file.write("2}\n")
        assert [one["step"] for one in crew._read()] == [22]


@pytest.mark.parametrize("code", ("es", "en"))
def test_a_killed_worker_is_noticed_at_once_and_what_the_other_said_is_kept(tmp_path, code):
    language.set_language(code)
    try:
        with pytest.raises(workers.WorkerDiedError) as caught, workers.Crew(["0:notice", "wait"], 2, tmp_path) as crew:
            crew.kill(1)
            start = time.monotonic()
            list(crew.events())
        assert time.monotonic() - start < 5
    finally:
        language.set_language("en")
    error = caught.value
    assert (error.index, error.code) == (1, -signal.SIGKILL)
    assert {"es": "El trabajador 1 ha muerto (lo ha matado", "en": "Worker 1 has died (killed"}[code] in str(error)
    assert error.said[0][0] == "the other is gone" and error.said[0][1] < 5
    assert all(gone(process.pid) for process in crew.processes)


def test_one_that_cannot_go_on_says_why_and_one_that_never_notices_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "GRACE", 0.2)
    with pytest.raises(workers.WorkerDiedError, match=r"Worker 0 has died \(code 3\).*no more paper") as caught:
        workers.results(["0:die", "wait"], 2, tmp_path)
    assert caught.value.said == {}


def test_silence_is_not_waited_for_without_end(tmp_path):
    with (
        pytest.raises(CourseError, match="no sign of life"),
        workers.Crew(["silent"], 2, tmp_path, patience=0.5) as crew,
    ):
        list(crew.events())
    assert all(gone(process.pid) for process in crew.processes)


def test_a_cell_that_is_stopped_leaves_none(tmp_path):
    with pytest.raises(KeyboardInterrupt), workers.Crew(["wait"], 2, tmp_path) as crew:
        for _ in crew.events():
            raise KeyboardInterrupt
    assert len(crew.processes) == 2 and all(gone(process.pid) for process in crew.processes)


def test_a_kernel_that_is_killed_leaves_none(tmp_path):
    program = (
        "import sys\nfrom pathlib import Path\nfrom course_utils import workers\n"
        "workers.PROGRAM = 'tests.helpers.fake_worker'\n"
        "with workers.Crew(['wait'], 2, Path(sys.argv[1])) as crew:\n"
        "    for event in crew.events():\n        print(event['pid'], flush=True)\n"
    )
    kernel = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment(), cwd=ROOT
    )
    pids = [int(kernel.stdout.readline()) for _ in range(2)]
    assert not any(gone(pid) for pid in pids)
    kernel.kill()
    kernel.wait()
    kernel.stdout.close()
    assert wait_until(lambda: all(gone(pid) for pid in pids))


def test_memory_is_that_of_all_processes(tmp_path):
    with workers.Crew(["wait"], 2, tmp_path) as crew:
        crew._measure()
    own = psutil.Process().memory_full_info()
    assert crew.peak_memory > getattr(own, "pss", own.rss) / 2


# --- The program


def test_the_learner_s_code_is_loaded_from_its_file(tmp_path):
    (tmp_path / "step.py").write_text("def make_step(strategy, state):\n    return strategy, state\n")
    assert worker.load_code(tmp_path / "step.py").make_step(1, 2) == (1, 2)


def test_a_fingerprint_sees_one_bit():
    import numpy as np

    array = np.ones(1000, "float32")
    changed = array.copy()
    changed[500] = np.nextafter(np.float32(1), np.float32(2))
    assert worker.fingerprint(array) == worker.fingerprint(array.copy()) != worker.fingerprint(changed)
