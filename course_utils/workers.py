"""Workers: the same program, started several times on this machine as a cluster would, and none ever left behind.

A worker writes what it has to tell as lines of JSON to a file, `worker-0.jsonl`, and everything else that it says to
`worker-0.log`. Its standard input is a pipe whose other end only this process holds: when this process ends, however it
ends, the pipe is closed, and the worker, which listens to it, ends too (`end_with_parent`). For lesson 9.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path

from course_utils.folders import COURSE, pretty_path
from course_utils.language import CourseError, language

PROGRAM = "course_utils.experiments.worker"
EVENTS = "COURSE_WORKER_EVENTS"  # names the file to which a worker tells what it does
WATCHED = "COURSE_WORKER_WATCHED"  # set where the worker's standard input is the pipe of whoever started it
POLL = 0.05  # seconds between two looks at the workers
GRACE = 30.0  # seconds that the others are given to notice by themselves that a worker has died


class WorkerDiedError(CourseError):
    """A worker has ended before its work was done.

    Attributes:
        index: of the worker.
        code: with which it ended; below zero, the number of the signal that ended it.
        said: index of each other worker -> what it said of this, and after how many seconds, if it said anything.
    """

    def __init__(self, es: str, en: str, index: int, code: int, said: Mapping[int, tuple[str, float]]) -> None:
        super().__init__(es, en)
        self.index, self.code, self.said = index, code, dict(said)


def free_ports(count: int) -> list[int]:
    """Return so many ports of this machine on which nobody listens, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def tf_config(addresses: Sequence[str], index: int) -> str:
    """Return what TensorFlow reads in the environment variable TF_CONFIG: who is in the cluster, and who reads it.

    Args:
        addresses: of all workers, "host:port", in the same order for all; the first is the chief.
        index: of the worker that reads it.

    Raises:
        CourseError: if there is no such worker.
    """
    if not 0 <= index < len(addresses):
        raise CourseError(
            f"El trabajador {index} no existe: hay {len(addresses)}, y se cuentan desde 0.",
            f"There is no worker {index}: there are {len(addresses)}, counted from 0.",
        )
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": list(addresses)}, "task": task})


class Crew:
    """Workers that run together, to be used with `with`: at its end, and at any error, all of them are ended.

    Args:
        arguments: of the program, see `experiments/worker.py`.
        count: how many workers; with 0, a single process that is in no cluster.
        folder: for their logs; made if it does not exist.
        patience: seconds without a sign of life from any of them, after which they are given up.
        variables: further environment variables of the workers.
    """

    def __init__(
        self,
        arguments: Sequence[object],
        count: int,
        folder: Path,
        patience: float = 180.0,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.patience = Path(folder), patience
        self._arguments, self._count, self._variables = list(map(str, arguments)), count, dict(variables or {})
        self.processes: list[subprocess.Popen] = []
        self.peak_memory = 0  # bytes, of the workers and this process together
        self._files: list = []
        self._measured = 0.0

    def __enter__(self) -> Crew:
        self.folder.mkdir(parents=True, exist_ok=True)
        addresses = [f"127.0.0.1:{port}" for port in free_ports(self._count)]
        try:
            for index in range(max(1, self._count)):
                self._start(index, addresses)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self, index: int, addresses: list[str]) -> None:
        events, log = (self.folder / f"worker-{index}.{kind}" for kind in ("jsonl", "log"))
        events.write_text("", encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if name not in ("TF_CONFIG", "PYTEST_VERSION")}
        environment |= {EVENTS: str(events.resolve()), WATCHED: "1", "COURSE_LANGUAGE": language()}
        environment["PYTHONPATH"] = os.pathsep.join([str(COURSE), *filter(None, [os.environ.get("PYTHONPATH")])])
        # On a GPU the notebook's TensorFlow holds the memory, and here it is the processes that count.
        environment["CUDA_VISIBLE_DEVICES"] = "-1"
        # gRPC would ask a proxy, where one is set, for the way from one worker to another.
        for name in ("no_proxy", "no_grpc_proxy"):
            environment[name] = ",".join(filter(None, [environment.get(name), "127.0.0.1,localhost"]))
        if self._count:
            environment["TF_CONFIG"] = tf_config(addresses, index)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, *self._arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment | self._variables,
                start_new_session=True,  # the button that stops a cell sends its signal to a whole group of processes
            )
        self.processes.append(process)
        self._files.append(events.open(encoding="utf-8"))

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
            process.stdin.close()
        for file in self._files:
            file.close()

    def kill(self, index: int) -> None:
        """End a worker as a power cut would: it can do nothing about it."""
        self.processes[index].kill()

    def events(self) -> Iterator[dict]:
        """Yield what the workers tell, each with the "worker" that tells it, until all of them have ended.

        Raises:
            WorkerDiedError: if one has ended before its time. The others have ended by then.
            CourseError: if none of them has given a sign of life for `patience` seconds.
        """
        heard = time.monotonic()
        while True:
            codes = [process.poll() for process in self.processes]  # before reading: what an ended one wrote is there
            for event in self._read():
                heard = time.monotonic()
                yield event
            if any(codes):
                raise self._death()
            if None not in codes:
                return
            if time.monotonic() - heard > self.patience:
                raise CourseError(
                    f"Los trabajadores llevan {self.patience:.0f} s sin dar señales de vida, y se han parado. Lo que "
                    f"dijeron está en {pretty_path(self.folder)}. Si el ordenador está muy ocupado, cierra lo demás y "
                    "ejecuta de nuevo la celda.",
                    f"The workers have given no sign of life for {self.patience:.0f} s, and have been stopped. What "
                    f"they said is in {pretty_path(self.folder)}. If the computer is very busy, close everything else "
                    "and run the cell again.",
                )
            self._measure()
            time.sleep(POLL)

    def _read(self) -> Iterator[dict]:
        for index, file in enumerate(self._files):
            while True:
                start, line = file.tell(), file.readline()
                if not line.endswith("\n"):  # nothing, or a line that is being written
                    file.seek(start)
                    break
                yield {"worker": index} | json.loads(line)

    def _death(self) -> WorkerDiedError:
        """Return the error that tells of the first worker found dead, once the others have ended too."""
        noticed, said = time.monotonic(), {}
        codes = [process.poll() for process in self.processes]
        # Whoever was ended by a signal comes first: the others may have ended because of that.
        index = min((i for i, code in enumerate(codes) if code), key=lambda i: (codes[i] >= 0, i))
        while any(process.poll() is None for process in self.processes) and time.monotonic() - noticed < GRACE:
            time.sleep(POLL)
        seconds = time.monotonic() - noticed
        for event in self._read():
            if "stopped" in event and event["worker"] != index:
                said[event["worker"]] = (event["stopped"], seconds)
        code, log = codes[index], self.folder / f"worker-{index}.log"
        how_es, how_en, last = f"código {code}", f"code {code}", ""
        if code < 0:
            name = signal.Signals(-code).name
            how_es, how_en = f"lo ha matado la señal {name}", f"killed by the signal {name}"
        else:
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            last = f" {lines[-1][:300]}" if lines else ""
        return WorkerDiedError(
            f"El trabajador {index} ha muerto ({how_es}). Sin él no hay suma de gradientes: los demás se han parado."
            f"{last} Lo que dijo está en {pretty_path(log)}. Ejecuta otra vez el entrenamiento, con los trabajadores "
            "que tengas: sigue desde su último punto de control.",
            f"Worker {index} has died ({how_en}). Without it there is no sum of gradients: the others have stopped."
            f"{last} What it said is in {pretty_path(log)}. Run the training again, with as many workers as you have: "
            "it goes on from its last checkpoint.",
            index,
            code,
            said,
        )

    def _measure(self) -> None:
        """Keep the largest sum of the memory of all processes; where Linux tells it, what they share counts once."""
        if time.monotonic() - self._measured < 1:
            return
        self._measured, total = time.monotonic(), 0
        with contextlib.suppress(Exception):  # without psutil, or where a process has just ended, there is no number
            import psutil

            for pid in (os.getpid(), *(process.pid for process in self.processes)):
                memory = psutil.Process(pid).memory_full_info()
                total += getattr(memory, "pss", memory.rss)
        self.peak_memory = max(self.peak_memory, total)


def results(arguments: Sequence[object], count: int, folder: Path) -> list[dict]:
    """Run workers to their end and return what they told, as `Crew.events` does."""
    with Crew(arguments, count, folder) as crew:
        return list(crew.events())


# --- In the worker


def tell(**what: object) -> None:
    """Tell whoever started this worker something, as a line of JSON; on a cluster, print it."""
    line = json.dumps(what)
    if path := os.environ.get(EVENTS):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    else:
        print(line, flush=True)


def end_with_parent() -> None:
    """Let this worker end as soon as the process that started it has ended, even if that was killed."""
    if WATCHED not in os.environ:
        return

    def listen() -> None:
        while os.read(sys.stdin.fileno(), 1):  # returns nothing once the other end of the pipe is closed
            pass
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()


def language_of_parent() -> str:
    """Return the language of the lesson that started this worker; on a cluster, English."""
    return os.environ.get("COURSE_LANGUAGE", "en")


def join_cluster(environment: MutableMapping[str, str]) -> None:
    """Write TF_CONFIG from what a cluster tells each of its workers; leave one that is there as it is.

    WORKERS holds the addresses of all, "host:port,host:port"; SLURM_PROCID or, on Kubernetes, JOB_COMPLETION_INDEX says
    which of them this is. Without WORKERS nothing is written.

    Args:
        environment: of this process, as in `os.environ`.

    Raises:
        CourseError: if WORKERS is there, and no number, or one that does not fit.
    """
    addresses = [one.strip() for one in environment.get("WORKERS", "").split(",") if one.strip()]
    if "TF_CONFIG" in environment or not addresses:
        return
    number = environment.get("SLURM_PROCID") or environment.get("JOB_COMPLETION_INDEX") or ""
    if not number.isdecimal():
        raise CourseError(
            "WORKERS dice quiénes son los trabajadores, pero ni SLURM_PROCID ni JOB_COMPLETION_INDEX dicen cuál es.",
            "WORKERS says who the workers are, but neither SLURM_PROCID nor JOB_COMPLETION_INDEX says which this is.",
        )
    environment["TF_CONFIG"] = tf_config(addresses, int(number))
