"""What works here: one page to read before a workshop or when something fails: `python -m tools.doctor`.

Looks at Python, the packages, TensorFlow, the processor, memory, disk, the data sets, widgets, Graphviz and the
network, says which budget the lessons will use and why, and estimates how long each takes on this machine. It changes
nothing and downloads nothing. Each line begins with

- ✔: fine;
- !: the course works without it, and the line says what is different then;
- ✘: the lessons do not work until it is mended, and the line says how.

On a console that has no such signs, ✔ is + and ✘ is X.

The status it ends with is 1 if there is a ✘.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from course_utils import backend, budgets, folders, machine, setup
from course_utils.language import LANGUAGES, CourseError, L, language, of_this_computer, set_language
from tools import environment

GB = 1e9
MEMORY_OF_A_LESSON = 1.5  # GB, at most
MEMORY_OF_LESSON_9 = 1.7  # GB, at most: of the notebook and of the two processes that it starts
DISK_OF_THE_RUNS = 1.0  # GB: what a learner's runs of all the lessons leave, rounded up
PROBE_STEPS = 12
PROBE_SECONDS = 180  # a machine that needs longer is not one to train on
# How long a step of the probe took where the published notebooks were run: two cores, nothing else running.
PUBLISHED_STEP = 0.18  # seconds
# What `full` trains that was not published: lesson -> steps, and how many times as long as one of the probe each takes,
# measured in turns on two cores. Lesson 4's are twenty epochs of both networks, from five seeds.
FULL = {
    "01": (10 * 234, 0.9),
    "02": (30 * 468, 2.0),
    "03": (50 * 234, 6.3),
    "04": (2 * 5 * 20 * 468, 0.9),
    "09": (1500, 0.65),
}


KERAS_DEFAULTS = backend.KERAS_SETTINGS | {"backend": "tensorflow", "nnx_enabled": False}  # in keras.json


class Line(NamedTuple):
    """One finding: `mark` is "✔", "!" or "✘"."""

    mark: str
    text: str


def fine(es: str, en: str) -> Line:
    return Line("✔", L(es, en))


def note(es: str, en: str) -> Line:
    return Line("!", L(es, en))


def broken(es: str, en: str) -> Line:
    return Line("✘", L(es, en))


def python_line() -> Line:
    """Python and the system."""
    text = f"Python {platform.python_version()} · {platform.system()} {platform.machine()}"
    if problem := environment.why_not(environment.this_machine(), environment.colab(folders.COURSE)):
        es, en = problem.splitlines()
        return broken(f"{text}. {es}", f"{text}. {en}")
    return Line("✔", text)


def environment_lines() -> list[Line]:
    """What will be missed when the environment has to be made again, or the course is updated."""
    lines = []
    if problem := environment.in_the_way(folders.COURSE / ".venv"):
        es, en = problem.splitlines()
        lines.append(note(es, en))
    if (folders.COURSE / ".git").exists() and not shutil.which("git"):
        lines.append(
            note(
                "git no está instalado, y el curso se descargó con él: make update no podrá actualizarlo.",
                "git is not installed, and the course was downloaded with it: make update cannot update it.",
            )
        )
    return lines


def packages_lines() -> list[Line]:
    """The packages that the lessons import; TensorFlow and Keras are only looked up here, not imported."""
    missing = [name for name in ("tensorflow", "keras") if importlib.util.find_spec(name) is None]
    wanting = setup.missing_packages()
    missing += wanting.values()
    found = [_with_version(name) for module, name in setup.PACKAGES.items() if module not in wanting]
    lines = [Line("✔", " · ".join(found))] if found else []
    if missing:
        command = f"pip install {' '.join(missing)}"
        lines.append(broken(f"Falta instalar: {command}", f"Not installed: {command}"))
    if importlib.util.find_spec("jupyterlab") is None:
        lines.append(
            note(
                "JupyterLab no está instalado: hace falta para abrir los cuadernos en este ordenador.",
                "JupyterLab is not installed: you need it to open the notebooks on this computer.",
            )
        )
    return lines


def _with_version(name: str) -> str:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return f"{name} {importlib.metadata.version(name)}"
    return name


def tensorflow_lines(facts: dict) -> list[Line]:
    """TensorFlow, Keras and the GPU, from what the probe has found (see `probe`)."""
    if "error" in facts:
        text = L("TensorFlow no funciona aquí: ", "TensorFlow does not work here: ") + facts["error"]
        return [Line("✘", text)]
    seconds = f"{facts['import_seconds']:.0f} s"
    text = f"TensorFlow {facts['tensorflow']} · Keras {facts['keras']} · "
    lines = [Line("✔", text + L(f"arranca en {seconds}", f"starts in {seconds}"))]
    device = f"GPU: {facts['gpus']}." if facts["gpus"] else L("Sin GPU, ni hace falta.", "No GPU, and none is needed.")
    if budgets.is_chosen():
        try:
            name = budgets.budget_name()
        except CourseError as error:
            return [*lines, Line("✔", device), Line("✘", str(error))]
        text = L(
            f"El presupuesto es {name}, porque lo dice COURSE_BUDGET.",
            f"The budget is {name}, because COURSE_BUDGET says so.",
        )
    elif facts["gpus"]:
        text = L(
            "El presupuesto es full, porque hay una GPU; con COURSE_BUDGET=workshop es menos.",
            "The budget is full, because there is a GPU; with COURSE_BUDGET=workshop it is less.",
        )
    else:
        text = L(
            "El presupuesto es workshop, porque no hay GPU; con COURSE_BUDGET=full, todo lo que piden los tutoriales.",
            "The budget is workshop, because there is no GPU; with COURSE_BUDGET=full, all that the tutorials ask for.",
        )
    return [*lines, Line("✔", f"{device} {text}")]


def settings_lines() -> list[Line]:
    """The learner's settings that do not count in the course."""
    import matplotlib

    theirs = [f"{name}={value}" for name in ("KERAS_BACKEND", "TF_XLA_FLAGS") if (value := os.environ.get(name))]
    with contextlib.suppress(OSError, ValueError):
        text = (machine.keras_home() / "keras.json").read_text(encoding="utf-8")
        theirs += [f"{name}={value}" for name, value in json.loads(text).items() if KERAS_DEFAULTS.get(name) != value]
    if not Path(file := matplotlib.matplotlib_fname()).is_relative_to(matplotlib.get_data_path()):
        theirs.append(file)
    if theirs := [setting for setting in theirs if setting != "KERAS_BACKEND=tensorflow"]:
        text = ", ".join(theirs)
        return [
            fine(
                f"Ajustes tuyos que en el curso no cuentan (y que no cambia): {text}",
                f"Settings of yours that do not count in the course (which does not change them): {text}",
            )
        ]
    return []


def processor_line() -> Line:
    """The cores that this process may use."""
    cores = machine.processors()
    if cores >= 2:
        return fine(f"{cores:g} núcleos de CPU", f"{cores:g} CPU cores")
    return note(
        f"{cores:g} núcleo de CPU: cada lección tardará más o menos el doble que con dos.",
        f"{cores:g} CPU core: each lesson will take about twice as long as with two.",
    )


def memory_line() -> Line:
    """The memory that is free, and the limit of a hub or container."""
    try:
        free, total = machine.memory()
    except (ImportError, OSError):
        return note("No se puede saber cuánta memoria hay.", "There is no telling how much memory there is.")
    text = L(
        f"memoria: {free / GB:.1f} GB libres de {total / GB:.1f}; una lección usa {MEMORY_OF_A_LESSON} como mucho, y "
        f"la 9, que pone en marcha otros dos procesos, {MEMORY_OF_LESSON_9}",
        f"memory: {free / GB:.1f} GB free of {total / GB:.1f}; a lesson uses {MEMORY_OF_A_LESSON} at most, and "
        f"lesson 9, which starts two more processes, {MEMORY_OF_LESSON_9}",
    )
    if free > 1.2 * MEMORY_OF_A_LESSON * GB:
        return Line("✔", text)
    if free > MEMORY_OF_A_LESSON * GB:
        return Line("!", text + L(": muy justo; abre un cuaderno cada vez.", ": tight; open one notebook at a time."))
    return Line(
        "✘",
        text
        + L(
            ": no basta. Cierra programas y apaga otros kernels.",
            ": too little. Close programs and shut other kernels down.",
        ),
    )


def disk_line() -> Line:
    """Whether the learner's runs can be kept."""
    base = folders.out_base()
    try:
        folders.check_name(base)
    except CourseError as error:
        return Line("✘", str(error))
    folder = next(parent for parent in (base, *base.parents) if parent.is_dir())
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free / GB
    except OSError as error:
        return broken(
            f"No se puede escribir en {folder} ({error.strerror}): copia el curso a otra carpeta.",
            f"{folder} cannot be written to ({error.strerror}): copy the course to another folder.",
        )
    text = L(f"disco: {free:.1f} GB libres en {folder}", f"disk: {free:.1f} GB free in {folder}")
    if free >= DISK_OF_THE_RUNS:
        return Line("✔", text)
    need = L(
        f". Todas las lecciones dejan {DISK_OF_THE_RUNS:.0f} GB como mucho: haz sitio.",
        f". All the lessons together leave up to {DISK_OF_THE_RUNS:.0f} GB: make room.",
    )
    return Line("!" if free > 0.2 else "✘", text + need)


def temporary_line() -> Line:
    """Whether there is room for temporary files, which TensorFlow and the downloads need."""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(bytes(2**20))
    except OSError as error:
        return broken(
            f"No se pueden escribir archivos temporales ({error.strerror or error}): haz sitio, o indica otra carpeta "
            "en la variable de entorno TMPDIR.",
            f"Temporary files cannot be written ({error.strerror or error}): make room, or name another folder in the "
            "environment variable TMPDIR.",
        )
    return fine(f"archivos temporales en {tempfile.gettempdir()}", f"temporary files in {tempfile.gettempdir()}")


def data_lines(online: bool) -> list[Line]:
    """Where each data set would come from; nothing is downloaded."""
    from course_utils import data

    lines = []
    for name, spec in data.SPECS.items():
        try:
            origin = data.origin_here(name)
        except CourseError as error:
            lines.append(Line("✘", str(error)))
            continue
        if origin:
            lines.append(Line("✔", origin))
        elif online:
            lines.append(
                fine(
                    f"{spec.title}: se descargará la primera vez ({spec.megabytes} MB)",
                    f"{spec.title}: will be downloaded the first time ({spec.megabytes} MB)",
                )
            )
        else:
            lines.append(
                note(
                    f"{spec.title}: ni está aquí ni se puede descargar. Las lecciones usarán los dígitos de "
                    "scikit-learn, menos y más borrosos.",
                    f"{spec.title}: neither here nor to be downloaded. The lessons will use the digits of "
                    "scikit-learn, which are fewer and blurrier.",
                )
            )
    return lines


def widgets_line() -> Line:
    """Widgets are the buttons under a question and the slider of lesson 3; there are still pictures and typing."""
    if importlib.util.find_spec("ipywidgets"):
        name = _with_version("ipywidgets")
        return fine(f"botones y mandos: {name}", f"buttons and sliders: {name}")
    return note(
        "ipywidgets no está instalado: las respuestas se escriben en vez de pulsarse, y lo que se mueve con un mando "
        "se ve quieto.",
        "ipywidgets is not installed: answers are typed instead of clicked, and what a slider moves is seen still.",
    )


def graphviz_line() -> Line:
    """Graphviz draws the networks; without it, the course does."""
    if shutil.which("dot"):
        return Line("✔", "Graphviz")
    return note(
        "Graphviz no está instalado: el curso dibuja las redes a su manera, más sencilla.",
        "Graphviz is not installed: the course draws the networks in its own, plainer way.",
    )


def network_line() -> Line:
    """Whether the server of the data sets answers."""
    from course_utils import data

    if why := data.why_offline():
        return note(f"Los datos no se pueden descargar: {why}.", f"The data sets cannot be downloaded: {why}.")
    return fine("conexión con el servidor de los datos", "connection to the data server")


def lessons_lines(facts: dict) -> list[Line]:
    """How long the published run of each lesson would take here, and how long `full` where that is another one."""
    folder = folders.COURSE / "notebooks" / language()
    rows = []
    for path in sorted(folder.glob("[0-9]*.ipynb")):
        course = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("course", {})
        if "published" in course:
            rows.append((path.name[:2], course["title"], course["published"]["budget"], course["published"]["seconds"]))
    if not rows or "step" not in facts:
        return []
    ratio = facts["step"] / PUBLISHED_STEP
    head = L(
        f"Un paso de prueba ha tardado {facts['step'] * 1000:.0f} ms ({ratio:.1f} veces lo que tardó donde se "
        "publicaron las lecciones). Ejecutar entera cada una llevará aquí, más o menos:",
        f"A trial step took {facts['step'] * 1000:.0f} ms ({ratio:.1f} times what it took where the lessons were "
        "published). Running each of them from top to bottom will take here, roughly:",
    )
    lines = [Line("✔", head)]
    for number, title, budget, seconds in rows:
        text = f"{max(1, round(seconds * ratio / 60)):4d} min  {title} ({budget})"
        if number in FULL and budget != "full":
            steps, times = FULL[number]
            text += f" · full: {_minutes_or_hours(seconds * ratio + steps * times * facts['step'])}"
        lines.append(Line(" ", text))
    return lines


def _minutes_or_hours(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"


def probe() -> dict:
    """Time the training step of a small DCGAN on noise, as lessons 2 to 4 train it; in this process.

    Returns:
        `tensorflow` and `keras` (versions), `import_seconds`, `gpus` (how many) and `step` (seconds, the median).
    """
    began = time.perf_counter()
    tensorflow_version, keras_version = backend.import_quietly()
    import_seconds = time.perf_counter() - began
    import tensorflow as tf

    from course_utils.experiments import rivals, runner
    from course_utils.lessons import lesson_3

    state = runner.make_state(lambda: rivals.make_networks(**rivals.HANDMADE), 1)
    step = lesson_3.make_train_step(state, 128)
    images = tf.random.uniform((128, 28, 28, 1), -1, 1)
    seconds = []
    for _ in range(3 + PROBE_STEPS):
        began = time.perf_counter()
        float(step(images)["d_loss"])
        seconds.append(time.perf_counter() - began)
    return {
        "tensorflow": tensorflow_version,
        "keras": keras_version,
        "import_seconds": import_seconds,
        "gpus": len(backend.gpus()),
        "step": statistics.median(seconds[3:]),
    }


def probe_apart() -> dict:
    """Run `probe` in a process of its own, so that a TensorFlow that crashes is a finding and not the end.

    Returns:
        what `probe` returns, or `error`: why there is nothing.
    """
    command = [sys.executable, "-m", "tools.doctor", "--probe", "--language", language()]
    paths = [str(folders.COURSE), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=PROBE_SECONDS,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired:
        return {"error": L(f"no ha terminado en {PROBE_SECONDS} s.", f"it had not finished after {PROBE_SECONDS} s.")}
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if done.returncode < 0:
        return {
            "error": L(
                f"el proceso se ha parado con la señal {-done.returncode}. Suele ser un procesador demasiado antiguo "
                "(sin AVX) o falta de memoria; usa Colab.",
                f"the process was stopped by signal {-done.returncode}. It is usually a processor that is too old "
                "(no AVX) or too little memory; use Colab.",
            )
        }
    last = [line for line in done.stderr.splitlines() if line.strip()]
    return {"error": last[-1] if last else L("no dice por qué.", "it does not say why.")}


def examine() -> list[Line]:
    """Return the whole page, without its title and its last line."""
    installed = importlib.util.find_spec("tensorflow") and importlib.util.find_spec("keras")
    packages = packages_lines()
    facts = probe_apart() if installed else {}
    network = network_line() if importlib.util.find_spec("numpy") else None
    lines = [python_line(), *environment_lines(), *packages]
    lines += tensorflow_lines(facts) if facts else []
    lines += settings_lines() if importlib.util.find_spec("matplotlib") else []
    lines += [processor_line(), memory_line(), disk_line(), temporary_line()]
    lines += [network, *data_lines(network.mark == "✔")] if network else []
    return [*lines, widgets_line(), graphviz_line(), *lessons_lines(facts)]


def page(lines: list[Line], encoding: str = "utf-8") -> str:
    """Return the findings as text, with a last line that sums them up.

    Args:
        lines: the findings.
        encoding: of the console; where it has no ✔ and ✘, they become + and X.
    """
    failures = sum(line.mark == "✘" for line in lines)
    warnings = sum(line.mark == "!" for line in lines)
    if failures:
        end = L("No está listo: arregla las líneas con ✘.", "Not ready: mend the lines with a ✘.")
    elif warnings:
        end = L(
            "Listo. Las líneas con ! dicen qué será distinto aquí.",
            "Ready. The lines with a ! tell what will be different here.",
        )
    else:
        end = L("Listo.", "Ready.")
    title = L("GANs desde cero: qué funciona aquí", "GANs from scratch: what works here")
    text = "\n".join([title, "", *(f"{line.mark} {line.text}" for line in lines), "", end])
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("✔", "+").replace("✘", "X")
    return text


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.doctor", description=__doc__.splitlines()[0])
    parser.add_argument("--language", choices=LANGUAGES, default=of_this_computer())
    parser.add_argument("--probe", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    set_language(options.language)
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(errors="replace")
    if options.probe:
        try:
            print(json.dumps(probe()))
        except Exception as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    lines = examine()
    print(page(lines, sys.stdout.encoding or "ascii"))
    return int(any(line.mark == "✘" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
