"""The program that each worker of lesson 9 runs, the same on a laptop, on Kubernetes and with SLURM (see `jobs/`).

`python -m course_utils.experiments.worker train --folder F --steps 1000` trains to step 1000, from the newest
checkpoint in F if there is one; `compare` takes a few steps and tells what they gave; `fit` tries Keras's own `fit`.
TF_CONFIG says who else is there, or WORKERS does (`workers.join_cluster`); without either, the program is alone.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np

from course_utils import workers
from course_utils.backend import left_out
from course_utils.language import set_language
from course_utils.machine import keep_freed_memory

RATE = 2e-3  # of Adam, for both networks
FEW = 5  # steps after which `compare` compares


def start_strategies(counts: list[int]) -> list:
    """Start TensorFlow with a strategy for each number of replicas; in a cluster, with the only one there is.

    Replicas are GPUs or, where there are too few, parts of this processor. All of this has to come before anything else
    that TensorFlow does.

    Args:
        counts: of replicas; of no meaning in a cluster.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    keep_freed_memory()
    with left_out("sklearn", "IPython"):  # there are several workers, and all have to fit into one memory
        import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    if "TF_CONFIG" in os.environ:
        return [tf.distribute.MultiWorkerMirroredStrategy()]
    kind = "GPU" if len(tf.config.list_physical_devices("GPU")) >= max(counts) else "CPU"
    if kind == "CPU":
        parts = [tf.config.LogicalDeviceConfiguration()] * max(counts)
        tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)
    return [tf.distribute.MirroredStrategy([f"{kind}:{i}" for i in range(count)]) for count in counts]


def load_code(path: Path | None) -> ModuleType:
    """Return the module of a file that holds the learner's `make_step`; without one, lesson 9's own."""
    from course_utils.lessons import lesson_9

    if path is None:
        return lesson_9
    spec = importlib.util.spec_from_file_location("learners_step", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def replicas_of(variables: list) -> list[np.ndarray]:
    """Return what the variables hold, all in one row, for each replica of this process."""
    copies = [[copy.numpy().ravel() for copy in getattr(v.value, "values", [v.value])] for v in variables]
    return [np.concatenate(those) for those in zip(*copies, strict=True)]


def fingerprint(array: np.ndarray) -> str:
    """Return eight digits and letters that are the same only if all bits are."""
    return hashlib.sha256(array.tobytes()).hexdigest()[:8]


def compare(options: argparse.Namespace, strategies: list, code: ModuleType) -> None:
    """Take a few steps of plain gradient descent, with and without synchronized BN, and tell what they gave.

    The weights of the first replica go to `<replicas>-<synchronized>.npy` in the folder; `options.steps` more steps are
    timed.
    """
    import keras

    from course_utils import data
    from course_utils.lessons import lesson_9

    images = data.load(options.data).x_train
    for synchronized in (False, True):
        for strategy in strategies:
            state = lesson_9.make_state(strategy, lambda: keras.optimizers.SGD(0.05), synchronized)
            train_step, batches = code.make_step(strategy, state), iter(data.make_batches(images, lesson_9.BATCH))
            for _ in range(FEW):
                train_step(next(batches))
            networks = state.generator, state.discriminator
            weights = replicas_of([v for network in networks for v in network.trainable_variables])
            averages = replicas_of(state.generator.non_trainable_variables)
            count, start = strategy.num_replicas_in_sync, time.perf_counter()
            for _ in range(options.steps):
                losses = [float(loss) for loss in train_step(next(batches))]
            workers.tell(
                replicas=count,
                synchronized=synchronized,
                weights=[fingerprint(array) for array in weights],
                averages=[fingerprint(array) for array in averages],
                ms=1000 * (time.perf_counter() - start) / options.steps,
                losses=losses,
            )
            if _is_chief(strategy):
                np.save(options.folder / f"{count}-{synchronized}.npy", weights[0])


def train(options: argparse.Namespace, strategies: list, code: ModuleType) -> None:
    """Train to step `options.steps`, from the newest checkpoint in the folder, and tell each step."""
    import keras

    from course_utils import checkpoints, data
    from course_utils.lessons import lesson_9

    (strategy,) = strategies
    images = data.load(options.data).x_train
    settings = {"data": options.data, "batch_size": lesson_9.BATCH}
    state = lesson_9.make_state(strategy, lambda: keras.optimizers.Adam(RATE, beta_1=0.5), settings=settings)
    first = checkpoints.restore(state, options.folder, options.steps, len(images) // lesson_9.BATCH)
    workers.tell(restored=first, replicas=strategy.num_replicas_in_sync)
    train_step = code.make_step(strategy, state)
    lesson_9.train(
        state, train_step, images, options.steps, options.folder, options.save_every, _is_chief(strategy), workers.tell
    )
    parts = [state.generator, state.discriminator, state.g_optimizer, state.d_optimizer]
    everything = replicas_of([variable for part in parts for variable in part.variables])
    workers.tell(finished=int(state.step), fingerprints=[fingerprint(array) for array in everything])


def fit(options: argparse.Namespace, strategies: list, code: ModuleType) -> None:
    """Try `fit` with the smallest of models, and tell whether it works, or how it failed."""
    import keras

    with strategies[0].scope():
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
    try:
        model.fit(np.ones((8, 4), "float32"), np.ones((8, 1), "float32"), batch_size=4, verbose=0)
    except Exception as error:
        workers.tell(error=" ".join(f"{type(error).__name__}: {error}".split())[:300])
    else:
        workers.tell(error=None)


def _is_chief(strategy) -> bool:
    resolver = strategy.cluster_resolver
    return resolver is None or not resolver.task_id


def main(given: list[str] | None = None) -> int:
    """Run the program; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=("train", "compare", "fit"))
    parser.add_argument("--folder", type=Path, required=True, help="of checkpoints and results, the same for all")
    parser.add_argument("--steps", type=int, default=10, help="up to which to train; to time")
    parser.add_argument("--save-every", type=int, default=100, help="steps between two checkpoints")
    parser.add_argument("--data", default="mnist", choices=("mnist", "fashion_mnist", "digits"))
    parser.add_argument("--replicas", type=int, nargs="+", default=[1], help="in this process, if it is alone")
    parser.add_argument("--code", type=Path, help="a Python file with another make_step")
    options = parser.parse_args(given)
    workers.end_with_parent()
    set_language(workers.language_of_parent())
    workers.join_cluster(os.environ)
    options.folder.mkdir(parents=True, exist_ok=True)
    strategies = start_strategies(options.replicas)
    import tensorflow as tf

    from course_utils.backend import use_own_settings

    use_own_settings()
    try:
        {"train": train, "compare": compare, "fit": fit}[options.task](options, strategies, load_code(options.code))
    except tf.errors.OpError as error:  # of the network, mostly: another worker is gone
        # TensorFlow's message begins with where in the graph it happened; what happened is its longest line without it.
        lines = [line.strip() for line in error.message.splitlines() if "{{node" not in line and "/" not in line]
        workers.tell(stopped=f"{type(error).__name__}: {max(lines, key=len, default='')[:200]}", message=error.message)
        sys.stdout.flush()
        os._exit(3)  # an orderly end would wait for the others
    return 0


if __name__ == "__main__":
    sys.exit(main())
