"""Save a training so that it can be killed at any moment, and go on from the newest checkpoint that is whole.

Lesson 3 shows how. A checkpoint is two files of TensorFlow's, `step-1200.index` and `step-1200.data-00000-of-00001`;
each array in them has a checksum. A half-written one never has its final name.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np

from course_utils.budgets import BUDGETS, budget_name
from course_utils.folders import check_name, claim, pretty_path, runs_of_lesson
from course_utils.language import CourseError, L, say, thousands

NAME = "step"
KEEP = 3
SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"  # of a variable's name in TensorFlow's files, as its guide to checkpoints says


def make_manager(state, folder: Path):
    """Return a `tf.train.CheckpointManager` that keeps the last three checkpoints of `state` in `folder`.

    Raises:
        CourseError: if another process trains in the folder, or TensorFlow cannot save in one of its name.
    """
    import tensorflow as tf

    folder = Path(folder)
    check_name(folder.resolve())
    claim(folder)
    _clear_debris(folder)
    try:
        return tf.train.CheckpointManager(state, str(folder), max_to_keep=KEEP, checkpoint_name=NAME)
    except ValueError:
        # The manager's own list, the file `checkpoint`, is damaged. It can do without; the checkpoints are not touched.
        (folder / "checkpoint").replace(folder / "checkpoint.damaged")
        return tf.train.CheckpointManager(state, str(folder), max_to_keep=KEEP, checkpoint_name=NAME)


def save(manager) -> str:
    """Save what the manager watches, under the number of its `step`; return the path.

    Raises:
        CourseError: if it cannot be written, for instance on a full disk. Earlier checkpoints are as they were.
    """
    import tensorflow as tf

    step = int(manager.checkpoint.step)
    try:
        return manager.save(checkpoint_number=step)
    except (OSError, tf.errors.OpError) as error:
        _clear_debris(Path(manager.directory))
        reason = getattr(error, "message", None) or error.strerror or str(error)
        raise CourseError(
            f"No se ha podido guardar el punto de control del paso {thousands(step)} en {manager.directory}: "
            f"{reason}\n¿Está lleno el disco? Los puntos de control anteriores siguen intactos: se seguirá "
            "desde el último de ellos. Libera espacio y ejecuta de nuevo la celda que entrena.",
            f"The checkpoint of step {thousands(step)} could not be saved in {manager.directory}: {reason}\nIs the "
            "disk full? The earlier checkpoints are intact: training will go on from the last of them. Make room "
            "and run the training cell again.",
        ) from error


def restore(state, folder: Path, steps: int, steps_per_epoch: int) -> int:
    """Bring `state` to the newest whole checkpoint in `folder`, say so aloud, and return its step.

    A damaged checkpoint is named and left out; nothing is deleted. Where there is none at all, `state` stays as it is.

    Args:
        state: from `lesson_3.make_state`, with the same networks and settings as when saving.
        folder: of the training, in which `make_manager` keeps its checkpoints.
        steps: steps of the whole training.
        steps_per_epoch: steps in an epoch.

    Raises:
        CourseError: if a checkpoint is of another network or training, or if all of them are damaged. Then `state`
            stays as it is.
    """
    check_name(Path(folder).resolve())
    paths = _newest_first(Path(folder))
    for path in paths:
        try:
            shapes, settings = _read(path)
        except Exception as error:  # a damaged file can fail in nearly any way
            _say_damaged(path, _reason(error))
            continue
        _compare_settings(state, settings, path)
        _compare_shapes(state, shapes, path)
        state.restore(str(path)).assert_consumed()
        step = int(state.step)
        done, left = step // steps_per_epoch, -(-max(0, steps - step) // steps_per_epoch)
        if step >= steps:
            rest = L("el entrenamiento ya está completo", "the training is already complete")
        elif left == 1:
            rest = L("queda 1 época", "1 epoch to go")
        else:
            rest = L(f"quedan {left} épocas", f"{left} epochs to go")
        say(
            f"Restaurado: época {done}, paso {thousands(step)}; {rest}.",
            f"Restored: epoch {done}, step {thousands(step)}; {rest}.",
        )
        return step
    if paths:
        raise CourseError(
            f"Ningún punto de control de {pretty_path(folder)} se puede leer. No se ha borrado nada. Para empezar "
            "de cero, elige otra carpeta.",
            f"No checkpoint in {pretty_path(folder)} can be read. Nothing has been deleted. To start from scratch, "
            "choose another folder.",
        )
    say(
        f"No hay nada que restaurar en {pretty_path(folder)}: se empieza en el paso 0.",
        f"There is nothing to restore in {pretty_path(folder)}: starting at step 0.",
    )
    return 0


def check_finished(state, steps: int) -> None:
    """Check that a training has reached its end, and that all of its losses are numbers.

    Args:
        state: from `lesson_3.make_state`.
        steps: of the whole training.

    Raises:
        AssertionError: if not, with what to do.
    """
    assert int(state.step) == steps, L(
        "El entrenamiento no ha terminado: ejecuta de nuevo la celda que entrena.",
        "Training has not finished: run the training cell again.",
    )
    assert np.isfinite(state.history.numpy()).all(), L(
        "Hay pérdidas que no son números.", "Some losses are not numbers."
    )


def arrays_of(state) -> dict[str, list]:
    """Return all that a training has learnt: the weights of "G" and of "D", and what "Adam" remembers of both.

    Args:
        state: with `generator`, `discriminator`, `g_optimizer` and `d_optimizer`.
    """
    adam = [*state.g_optimizer.variables, *state.d_optimizer.variables]
    return {"G": state.generator.weights, "D": state.discriminator.weights, "Adam": adam}


def count_different(state, other) -> dict[str, int]:
    """Return how many of the arrays of `arrays_of` are not the same in both trainings, to the last bit."""
    pairs = {name: zip(those, arrays_of(other)[name], strict=True) for name, those in arrays_of(state).items()}
    return {name: sum(not np.array_equal(a, b) for a, b in both) for name, both in pairs.items()}


def newest_folder(name: str = "training") -> Path:
    """Return the folder `name` of the newest run of this lesson, with this budget, that has a checkpoint in it.

    Raises:
        CourseError: if there is none.
    """
    here = budget_name()
    found = _trainings(here, name)
    if not found:
        if others := [other for other in BUDGETS if _trainings(other, name)]:
            cure = _how_to_have_the_budget(others[-1])
            raise CourseError(
                f"Aquí está en vigor el presupuesto {here}, y lo que hay para reanudar es de {others[-1]}. {cure}",
                f"Here the {here} budget is in force, and what there is to resume is of {others[-1]}. {cure}",
            )
        raise CourseError(
            f"No hay entrenamientos de esta lección con el presupuesto {here} que se puedan reanudar. Pon "
            "resume = False, o escribe en folder la carpeta en la que están tus puntos de control.",
            f"There is no training run of this lesson with the {here} budget to resume. Set resume = "
            "False, or set folder to the folder that holds your checkpoints.",
        )
    return max(found, key=lambda folder: max(file.stat().st_mtime for file in folder.glob(f"{NAME}-*.index")))


def _trainings(budget: str, name: str) -> list[Path]:
    return [run / name for run in runs_of_lesson(budget) if _newest_first(run / name)]


def _newest_first(folder: Path) -> list[Path]:
    # The files themselves, and not the list that TensorFlow keeps in the file `checkpoint`: that may be damaged too.
    numbers = (re.fullmatch(rf"{NAME}-(\d+)\.(index|data-.*)", file.name) for file in Path(folder).glob(f"{NAME}-*"))
    return [Path(folder) / f"{NAME}-{number}" for number in sorted({int(m[1]) for m in numbers if m}, reverse=True)]


def _read(path: Path) -> tuple[dict[str, list[int]], bytes | None]:
    """Return the shapes of all arrays of a checkpoint, by name, and its settings as JSON, None if it has none.

    Every array is read, which checks its checksum.
    """
    import tensorflow as tf

    reader = tf.train.load_checkpoint(str(path))
    shapes, settings = reader.get_variable_to_shape_map(), None
    for name in shapes:
        array = reader.get_tensor(name)
        if name == "settings" + SUFFIX:
            settings = array
    return {name.removesuffix(SUFFIX): shape for name, shape in shapes.items()}, settings


def _compare_settings(state, found: bytes | None, path: Path) -> None:
    """Raise a CourseError if a checkpoint has no settings, or naming the first that is another than in `state`."""
    expected = json.loads(state.settings.numpy())
    try:
        settings = dict(json.loads(found))
    except (TypeError, ValueError):
        raise CourseError(
            f"El punto de control {path.name} no está dañado, pero no es de un entrenamiento del curso: no dice "
            "con qué ajustes se entrenó. Elige otra carpeta. No se ha cambiado nada.",
            f"The checkpoint {path.name} is not damaged, but it is not of a training of this course: it does not "
            "say with which settings it was trained. Choose another folder. Nothing has been changed.",
        ) from None
    if expected.get("budget") != (there := settings.get("budget", expected.get("budget"))):
        cure = _how_to_have_the_budget(there)
        raise CourseError(
            f"El punto de control {path.name} se entrenó con el presupuesto {there}, y aquí está en vigor "
            f"{expected['budget']}. {cure} No se ha cambiado nada.",
            f"The checkpoint {path.name} was trained with the {there} budget, and here {expected['budget']} is in "
            f"force. {cure} Nothing has been changed.",
        )
    for name in sorted((settings.keys() | expected.keys()) - {"budget"}):
        there, here = settings.get(name), expected.get(name)
        if there != here:
            raise CourseError(
                f"El punto de control {path.name} es de otro entrenamiento: {name} era {there} y aquí es {here}. "
                "Vuelve a poner el valor de entonces o elige otra carpeta. No se ha cambiado nada.",
                f"The checkpoint {path.name} is from another training run: {name} was {there} and is {here} here. "
                "Put the old value back, or choose another folder. Nothing has been changed.",
            )


def _how_to_have_the_budget(name: str) -> str:
    return L(
        "Si COURSE_BUDGET no dice otra cosa, el presupuesto es full con GPU y workshop sin ella: ¿había entonces otra "
        f"máquina? Para seguir con aquel, ejecuta «%env COURSE_BUDGET={name}» en una celda nueva, encima de todas, y "
        "después el cuaderno desde el principio.",
        "Unless COURSE_BUDGET says otherwise, the budget is full with a GPU and workshop without one: was it another "
        f"machine then? To go on with that one, run `%env COURSE_BUDGET={name}` in a new cell above all others, and "
        "then the notebook from the top.",
    )


def _compare_shapes(state, found: dict[str, list[int]], path: Path) -> None:
    """Raise a CourseError naming the first difference between what `state` would save and what a checkpoint holds."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            expected, _ = _read(Path(state.write(f"{folder}/{NAME}")))
    except Exception as error:  # on a full disk TensorFlow fails in many ways
        raise CourseError(
            f"En la carpeta de archivos temporales no se puede escribir: ¿está lleno el disco? ({_reason(error)}) Haz "
            "sitio, o indica otra carpeta en la variable de entorno TMPDIR, y ejecuta de nuevo esta celda.",
            f"The folder of temporary files cannot be written to: is the disk full? ({_reason(error)}) Make room, or "
            "name another folder in the environment variable TMPDIR, and run this cell again.",
        ) from None
    labels = _labels(state)
    for name in sorted(found.keys() | expected.keys(), key=lambda name: (name not in labels, name)):
        there, here = (shapes.get(name) for shapes in (found, expected))
        if there == here or name.startswith(("history", "save_counter")):
            continue
        texts = [L("no existe", "absent") if shape is None else str(tuple(shape)) for shape in (there, here)]
        label = labels.get(name, name)
        raise CourseError(
            f"El punto de control {path.name} es de otra red o de otro optimizador. {label}: {texts[0]} en el "
            f"punto de control, {texts[1]} aquí. Créalos como entonces o elige otra carpeta. No se ha cambiado "
            "nada.",
            f"The checkpoint {path.name} is from another network or optimizer. {label}: {texts[0]} in the "
            f"checkpoint, {texts[1]} here. Create them as they were, or choose another folder. Nothing has been "
            "changed.",
        )


def _labels(state) -> dict[str, str]:
    """Return the names of the trained weights for a learner, such as "generator/dense/kernel", by those in a file."""
    import tensorflow as tf

    view = tf.train.TrackableView(state)
    names = {id(state): ""}
    for parent in view.descendants():  # those nearest to `state` first: the shortest way to a variable is its name
        for name, child in view.children(parent).items():
            names.setdefault(id(child), f"{names[id(parent)]}/{name}")
    return {
        names[id(weight)].lstrip("/"): "/".join([model.name, *weight.path.split("/")[-2:]])
        for model in (state.generator, state.discriminator)
        for weight in model.trainable_variables
    }


def _say_damaged(path: Path, why: str) -> None:
    say(
        f"⚠ El punto de control {path.name} está dañado ({why}). Se prueba el anterior; no se ha borrado nada.",
        f"⚠ The checkpoint {path.name} is damaged ({why}). Trying the one before it; nothing has been deleted.",
    )


def _reason(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _clear_debris(folder: Path) -> None:
    """Remove what a save that failed or was killed has left: folders in which no checkpoint was finished."""
    for debris in folder.glob(f"{NAME}-*_temp"):
        shutil.rmtree(debris, ignore_errors=True)
