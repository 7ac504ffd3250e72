"""Load the images of the lessons: MNIST, Fashion-MNIST or the handwritten digits of scikit-learn.

`load("mnist")` and `load("fashion_mnist")` look, in this order, in

1. the folder named by the environment variable COURSE_DATA, if it is set: `mnist.npz` or `fashion_mnist.npz`, holding
   x_train, y_train, x_test and y_test. A relative folder counts from the working folder or, where there is none of that
   name, from the course. It is the only place then: a file missing there is an error;
2. Keras's cache: `~/.keras/datasets`, or `datasets` in the folder named by KERAS_HOME;
3. the Internet, as `keras.datasets` does, leaving the files in that cache;
4. where none can be downloaded, scikit-learn itself: its 1,797 handwritten digits stand in, and a notice says so.

What is read is compared with the fingerprint of the real arrays, so no damaged file passes for the data set. To make a
file for COURSE_DATA: `d = load("mnist")`, then `np.savez_compressed("mnist.npz", x_train=d.x_train, ...)`.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import http.client
import io
import itertools
import os
import socket
import struct
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from course_utils import own_pictures
from course_utils.folders import places_of
from course_utils.language import CourseError, L, say
from course_utils.machine import keep_freed_memory, keras_home
from course_utils.pixels import check_images, check_number

KEYS = ("x_train", "y_train", "x_test", "y_test")
URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
ANSWER_SECONDS = 4.0  # how long the server may take to answer at all
STALL_SECONDS = 20.0  # how long a download may stand still
NOT_SIGNED_IN = 511  # HTTP: Network Authentication Required
# When what has come cannot be kept: a full disk, or no folder for it.
FILE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT)


class Dataset(NamedTuple):
    """A data set: `name` says which one it really is ("digits" where they stand in), `origin` where it came from.

    The images are uint8 from 0 (background) to 255, of shape (N, 28, 28); the labels are uint8 from 0 to 9, (N,).
    Those of `from_folder` may have 32 × 32 pixels and a last axis of 3 colours; their labels are numbers of classes.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    origin: str


class Spec(NamedTuple):
    """What a data set must look like, and how Keras keeps it: one .npz, or four IDX files in the order of KEYS."""

    title: str
    files: tuple[str, ...]  # below Keras's `datasets`; their names are those on the server
    megabytes: int
    train: int  # number of images
    test: int
    fingerprint: str  # SHA-256 over the bytes of the four arrays

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape of the array `key`, one of KEYS."""
        count = self.train if key.endswith("train") else self.test
        return (count, 28, 28) if key.startswith("x") else (count,)


_IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_MNIST_SHA = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
_FASHION_SHA = "ca3ab2a37f845e1b8ae23cab1b51749a3011ba3bf1d9016176d75cbaabac376f"
SPECS = {
    "mnist": Spec("MNIST", ("mnist.npz",), 11, 60000, 10000, _MNIST_SHA),
    "fashion_mnist": Spec(
        "Fashion-MNIST", tuple(f"fashion-mnist/{file}.gz" for file in _IDX), 31, 60000, 10000, _FASHION_SHA
    ),
}
DIGITS_TRAIN = 1500  # the other 297 are the test set; every digit is some 30 times in it
DIGITS_FINGERPRINT = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"  # of the 8x8 scans and labels


class _DamagedError(CourseError):
    """The file at `path` is not the data set; the text says why."""

    path: Path


class _UnavailableError(CourseError):
    """The data set cannot be downloaded: the text says why, `cure` what to do."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.cure = cure


def load(name: str) -> Dataset:
    """Return the data set `name`: "mnist", "fashion_mnist" or "digits".

    Returns:
        A `Dataset` of 60,000 training and 10,000 test images (digits: 1,500 and 297), uint8, 28 × 28, from 0 to 255.
        Where there is no copy and none can be downloaded it is the digits, whatever was asked for, after a notice.

    Raises:
        CourseError: if there is no such data set; if COURSE_DATA is set and the folder or the file is missing there or
            is damaged; if the copy in Keras's cache is damaged and a good one cannot be downloaded.
    """
    if name == "digits":
        return _digits()
    if name not in tuple(SPECS):
        known = ", ".join(f'"{known}"' for known in (*SPECS, "digits"))
        raise CourseError(
            f"No hay ningún conjunto de datos llamado {name!r}. Los posibles son: {known}.",
            f"There is no data set called {name!r}. The possible ones are: {known}.",
        )
    spec, damaged = SPECS[name], None
    try:
        if (found := _find_here(name, spec)) is not None:
            return found
    except _DamagedError as error:
        damaged = error.with_traceback(None)  # which would keep the damaged arrays in memory
        print(f"{damaged.path}: {damaged}. " + L("Se intenta descargar de nuevo…", "Trying to download it again…"))
    try:
        arrays = _download(spec, _cache(), announce=damaged is None)
        return Dataset(name, *arrays, L(f"{spec.title}, de Internet", f"{spec.title}, from the Internet"))
    except _UnavailableError as why:
        if damaged is None:
            print(_notice(name, spec, why))
            return _digits()
        raise CourseError(
            f"{damaged.path}: {damaged}. Tampoco se puede descargar una copia buena: {why}. {why.cure}. O borra lo "
            "dañado y ejecuta de nuevo esta celda: el curso usará los dígitos de scikit-learn.",
            f"{damaged.path}: {damaged}. Nor can a good copy be downloaded: {why}. {why.cure}. Delete what is damaged "
            "and run this cell again, and the course uses the digits of scikit-learn.",
        ) from why


def from_folder(folder: str | os.PathLike, side: int = 28, colour: bool = False) -> Dataset:
    """Return the learner's own pictures as a data set, in the place of `load`.

    A seventh of each class is the test set, at least a picture of each that has two. Subfolders are classes, numbered
    in alphabetical order. How the pictures are brought to one size, and what becomes of files that cannot be used: see
    `own_pictures.read`. What there is to know of them is printed.

    Args:
        folder: with the pictures; its files are only read.
        side: 28 or 32 pixels.
        colour: images of shape (n, side, side, 3) instead of (n, side, side).

    Raises:
        CourseError: if there is no such folder, or too few pictures in it.
    """
    found = own_pictures.read(folder, side, colour)
    rng, test = np.random.default_rng(0), np.zeros(len(found.images), bool)
    for label in range(len(found.classes)):
        of_this = rng.permutation(np.flatnonzero(found.labels == label))
        test[of_this[: max(len(of_this) // 7, min(len(of_this) - 1, 1))]] = True
    for notice in found.notices:
        print(notice)
    if len(found.classes) > 1:
        print(L("Clases: ", "Classes: ") + ", ".join(f"{i} = {name or '.'}" for i, name in enumerate(found.classes)))
    name = Path(os.fspath(folder)).expanduser().resolve().name
    origin = L(f"{len(test)} imágenes, de la carpeta {name}", f"{len(test)} pictures, from the folder {name}")
    parts = (part[chosen] for chosen in (~test, test) for part in (found.images, found.labels))
    # A name that tells them from a data set of `load`, and from the same folder with other pictures or of another size.
    return Dataset(f"{name}: " + "×".join(map(str, found.images.shape)), *parts, origin)


def origin_here(name: str) -> str | None:
    """Return where on this machine `load` finds a data set, as its `origin`; None if it would have to download it.

    Raises:
        CourseError: if COURSE_DATA is set and the folder or the file is missing there or is damaged.
    """
    try:
        found = _find_here(name, SPECS[name])
    except _DamagedError:
        return None
    return found.origin if found else None


def why_offline() -> str | None:
    """Return why nothing can be downloaded from the server of the data sets, and what to do; None if it can."""
    try:
        _ask(URL + SPECS["mnist"].files[0])
    except _UnavailableError as why:
        return f"{why}. {why.cure}"
    return None


def shuffled_indices(count: int, batch_size: int, seed: int) -> Iterator[np.ndarray]:
    """Yield, without end, which of `count` images make up each batch: arrays of `batch_size` numbers from 0 on.

    Each pass over the images has another order, and each image comes once in a pass; a batch may begin in one pass and
    end in the next.
    """
    check_number("count", count)  # else there would be no end to the search for the first batch
    check_number("batch_size", batch_size)
    rng, order = np.random.default_rng(seed), np.empty(0, int)
    while True:
        while len(order) < batch_size:
            order = np.concatenate([order, rng.permutation(count)])
        yield order[:batch_size]
        order = order[batch_size:]


def make_batches(images: np.ndarray, batch_size: int, seed: int = 22, start: int = 0):
    """Return an endless stream of shuffled batches, as lesson 1 explains.

    The images stay where they are, as bytes; only one batch at a time is copied and turned into floats.

    Args:
        images: uint8 array (n, height, width), (n, height, width, 1) or, in colour, (n, height, width, 3).
        batch_size: images in each batch; may exceed n.
        seed: of the shuffling. Each pass over the images has another order, and each image comes once in a pass;
            iterating anew begins the same sequence again.
        start: how many batches of the sequence to leave out at its beginning, to go on where a training stopped.

    Returns:
        tf.data.Dataset of float32 tensors (batch_size, height, width, 1 or 3) in [-1, 1].

    Raises:
        CourseError: if there is no image, if they are not such images, or if a number makes no sense.
    """
    import tensorflow as tf

    images = check_images(images, side=None, floats="none", colour=True)
    for name, value, least in (("batch_size", batch_size, 1), ("seed", seed, 0), ("start", start, 0)):
        check_number(name, value, least)

    def shuffled():
        keep_freed_memory()  # TensorFlow has just undone it, for its stream of batches
        for chosen in itertools.islice(shuffled_indices(len(images), batch_size, seed), start, None):
            yield images[chosen]

    def scaled(batch):
        return tf.cast(batch, tf.float32) / 127.5 - 1.0

    kind = tf.TensorSpec((batch_size, *images.shape[1:]), tf.uint8)
    return tf.data.Dataset.from_generator(shuffled, output_signature=kind).map(scaled).prefetch(2)


def _notice(name: str, spec: Spec, why: _UnavailableError) -> str:
    return L(
        f"AVISO: has pedido {spec.title}, pero no está en la caché de Keras ni se puede descargar: {why}.\n"
        "En su lugar se usan los dígitos manuscritos de scikit-learn: 1797 escaneos reales de 8×8 píxeles, ampliados "
        "a 28×28.\nSon menos y más borrosos: las imágenes y los números que obtengas no serán las de la lección.\n"
        f"{why.cure}. Después, ejecuta de nuevo esta celda. También puedes guardar {name}.npz en una carpeta e "
        "indicarla en la variable de entorno COURSE_DATA.",
        f"NOTICE: you asked for {spec.title}, but it is not in Keras's cache and cannot be downloaded: {why}.\n"
        "The handwritten digits of scikit-learn are used instead: 1,797 real scans of 8×8 pixels, enlarged to 28×28.\n"
        "They are fewer and blurrier: the images and numbers you get will not be those of the lesson.\n"
        f"{why.cure}. Then run this cell again. You can also save {name}.npz in a folder and name it in the "
        "environment variable COURSE_DATA.",
    )


def _find_here(name: str, spec: Spec) -> Dataset | None:
    """Return a data set from COURSE_DATA or, where that is not set, from Keras's cache; None if it is not there.

    Raises:
        CourseError: if COURSE_DATA is set and cannot be used.
        _DamagedError: if what is in the cache is not the data set.
    """
    if os.environ.get("COURSE_DATA", "").strip():
        arrays = _from_course_data(name, spec)
        return Dataset(name, *arrays, L(f"{spec.title}, de COURSE_DATA", f"{spec.title}, from COURSE_DATA"))
    try:
        arrays = _read([_cache() / file for file in spec.files], spec)
    except OSError:  # not in the cache, or not to be read by us
        return None
    return Dataset(name, *arrays, L(f"{spec.title}, de la caché de Keras", f"{spec.title}, from Keras's cache"))


def _cache() -> Path:
    return keras_home() / "datasets"


def _from_course_data(name: str, spec: Spec) -> list[np.ndarray]:
    given = Path(os.environ["COURSE_DATA"].strip()).expanduser()
    tried = places_of(given)
    folder = next((folder for folder in tried if folder.is_dir()), None)
    if folder is None:
        places = L(" ni ", " nor ").join(map(str, tried))
        raise CourseError(
            f"COURSE_DATA vale {str(given)!r}, pero no existe la carpeta {places}. Corrige COURSE_DATA o quítala: "
            f"entonces {spec.title} se busca en la caché de Keras y en Internet.",
            f"COURSE_DATA is {str(given)!r}, but there is no folder {places}. Correct COURSE_DATA or unset it: "
            f"{spec.title} is then looked for in Keras's cache and on the Internet.",
        )
    path = folder / f"{name}.npz"
    try:
        return _read([path], spec)
    except FileNotFoundError:
        problem = L("el archivo no existe", "there is no such file")
    except OSError as error:
        problem = L(f"no se puede leer ({error.strerror})", f"it cannot be read ({error.strerror})")
    except _DamagedError as error:
        problem = str(error)
    raise CourseError(
        f"{path}: {problem}. Es la carpeta de COURSE_DATA: pon ahí una copia buena o quita COURSE_DATA.",
        f"{path}: {problem}. It is COURSE_DATA's folder: put a good copy there or unset COURSE_DATA.",
    )


def _read(paths: list[Path], spec: Spec) -> list[np.ndarray]:
    """Return the four arrays in `paths` (one .npz or four IDX files) once they have proved to be those of `spec`.

    Raises:
        OSError: if a file is missing or may not be read.
        _DamagedError: if what is in it is not the data set.
    """
    arrays = []
    path = paths[0]
    try:
        for i, path in enumerate(paths):
            with path.open("rb") as file:
                try:
                    arrays += _npz_arrays(file, spec) if len(paths) == 1 else [_idx_array(file, spec.shape(KEYS[i]))]
                except _DamagedError:
                    raise
                except Exception as error:  # a damaged archive fails in many ways
                    raise _DamagedError(
                        "el archivo está incompleto o dañado", "the file is cut short or damaged"
                    ) from error
        if _fingerprint(arrays) != spec.fingerprint:
            path = paths[0] if len(paths) == 1 else paths[0].parent
            raise _DamagedError(
                f"las formas son correctas, pero el contenido no es el de {spec.title}",
                f"the shapes are right, but the content is not that of {spec.title}",
            )
    except _DamagedError as error:
        error.path = path
        raise
    return arrays


def _npz_arrays(file: BinaryIO, spec: Spec) -> list[np.ndarray]:
    arrays = []
    # With allow_pickle=True, opening a file from somebody else could run a program hidden in it.
    with np.load(file, allow_pickle=False) as archive:
        for key in KEYS:
            if key not in archive:
                raise _DamagedError(f"falta {key}", f"{key} is missing")
            try:
                array = np.ascontiguousarray(archive[key])
            except ValueError as error:
                if "pickle" not in str(error):
                    raise
                raise _DamagedError(
                    f"{key} es un objeto de Python serializado (pickle); no se abre: podría ejecutar código ajeno",
                    f"{key} is a pickled Python object; it is not opened: it could run somebody else's code",
                ) from error
            if array.dtype != np.uint8 or array.shape != spec.shape(key):
                found, expected = f"{array.dtype} {array.shape}", f"uint8 {spec.shape(key)}"
                raise _DamagedError(
                    f"{key} es {found} y debe ser {expected}", f"{key} is {found} and must be {expected}"
                )
            arrays.append(array)
    return arrays


def _idx_array(file: BinaryIO, shape: tuple[int, ...]) -> np.ndarray:
    """Read the format of the original MNIST files: a header with the type (8: uint8) and the sizes, then the bytes."""
    header = struct.pack(f">{1 + len(shape)}i", 0x800 + len(shape), *shape)
    array = np.empty(shape, np.uint8)
    with gzip.open(file) as stream:
        right = stream.read(len(header)) == header and stream.readinto(array) == array.nbytes and not stream.read(1)
    if not right:
        raise _DamagedError(f"no contiene uint8 {shape}", f"it does not hold uint8 {shape}")
    return array


def _fingerprint(arrays: list[np.ndarray]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array)  # reads the array where it lies, without a copy
    return digest.hexdigest()


def _download(spec: Spec, cache: Path, announce: bool) -> list[np.ndarray]:
    """Download the files, verify them, and only then move them to Keras's cache, if it can be written to.

    Raises:
        _UnavailableError: if there is no network, the download breaks off, or what arrives is not the data set.
    """
    _ask(URL + Path(spec.files[0]).name)
    if announce:
        say(f"Descargando {spec.title} ({spec.megabytes} MB)…", f"Downloading {spec.title} ({spec.megabytes} MB)…")
    import keras

    timeout_before = socket.getdefaulttimeout()
    try:
        socket.setdefaulttimeout(STALL_SECONDS)  # else a server that falls silent is waited for without end
        with _temporary_folder(cache) as folder:
            paths = [Path(folder, Path(file).name) for file in spec.files]
            with contextlib.redirect_stdout(io.StringIO()):  # not Keras's own lines
                for path in paths:
                    keras.utils.get_file(path.name, URL + path.name, cache_dir=folder, cache_subdir="")
            arrays = _read(paths, spec)
            with contextlib.suppress(OSError):  # where nothing can be kept, the arrays are here all the same
                for path, file in zip(paths, spec.files, strict=True):
                    (cache / file).parent.mkdir(parents=True, exist_ok=True)
                    path.replace(cache / file)  # in one go: nobody ever sees half a file, not even another notebook
    except Exception as error:
        raise _why(error) from error
    finally:
        socket.setdefaulttimeout(timeout_before)
    return arrays


def _temporary_folder(cache: Path) -> tempfile.TemporaryDirectory:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=".course-", dir=cache, ignore_cleanup_errors=True)
    except OSError:
        return tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True)


def _ask(url: str) -> None:
    """Find out whether the server answers; in a thread, because even looking up its name can hang.

    Raises:
        _UnavailableError: if no good answer has come after ANSWER_SECONDS.
    """
    outcome: list[Exception | None] = []

    def request() -> None:
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # through a proxy, where one is set
                if answer.headers.get_content_type() == "text/html":  # of a network that asks to sign in
                    raise urllib.error.HTTPError(url, NOT_SIGNED_IN, "", answer.headers, None)
            outcome.append(None)
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=request, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    error = outcome[0] if outcome else TimeoutError()
    if error is not None:
        raise _why(error) from error


def _why(error: BaseException) -> _UnavailableError:
    """Return what an error of a download means, and what to do about it."""
    if type(error) is Exception and error.__context__ is not None:  # Keras's, around the real one
        error = error.__context__
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    code = getattr(error, "code", None)
    cure = L("Inténtalo más tarde o desde otra red", "Try later or elsewhere")
    if isinstance(error, _DamagedError):
        reason = L(f"lo que llegó no sirve ({error})", f"what came is no good ({error})")
    elif code == 407 or "Tunnel connection failed: 407" in str(cause):
        reason = L("el proxy de esta red pide usuario y contraseña", "the proxy here asks for a user and a password")
        cure = L(
            "Escribe usuario:contraseña@ delante del nombre del proxy, en la variable de entorno HTTPS_PROXY",
            "Write user:password@ before the name of the proxy, in the environment variable HTTPS_PROXY",
        )
    elif code == NOT_SIGNED_IN or getattr(cause, "verify_code", 0) in (62, 64):  # the certificate of another
        reason = L("en lugar del servidor contesta otro", "another answers in the place of the server")
        cure = L(
            "Abre una página en el navegador: quizá esta red pida iniciar sesión o bloquee la descarga",
            "Open a page in the browser: perhaps this network asks you to sign in, or blocks the download",
        )
    elif code:
        reason = L(f"el servidor responde {code} ({cause})", f"the server answers {code} ({cause})")
    elif isinstance(error, (urllib.error.ContentTooShortError, http.client.IncompleteRead, ConnectionError)):
        reason = L("la descarga se cortó a la mitad", "the download broke off midway")
    elif hasattr(cause, "verify_code"):
        reason = L("no se puede comprobar el certificado del servidor", "the server's certificate cannot be verified")
        reason, cure = f"{reason} ({cause.verify_message})", _cure_of_certificates(cause.verify_code)
    elif error is cause and getattr(error, "errno", None) in FILE_ERRORS:
        reason = L(f"no se puede guardar ({error.strerror})", f"it cannot be saved ({error.strerror})")
        cure = L(
            "Libera espacio en el disco, o pon en la variable de entorno KERAS_HOME una carpeta que admita escritura",
            "Make room on the disk, or set the environment variable KERAS_HOME to a folder that you can write to",
        )
    else:
        reason = L(f"no hay conexión con el servidor ({cause})", f"there is no connection to the server ({cause})")
        if isinstance(cause, TimeoutError):
            reason = L("el servidor no responde", "the server does not answer")
        cure = L(
            "Conéctate a Internet (en Kaggle, actívalo en los ajustes del cuaderno)",
            "Connect to the Internet (on Kaggle, switch it on in the notebook's settings)",
        )
        if "https" in urllib.request.getproxies():
            cure += L("; comprueba también el proxy (HTTPS_PROXY)", "; check the proxy as well (HTTPS_PROXY)")
    return _UnavailableError(reason, cure)


def _cure_of_certificates(code: int) -> str:
    """Return what to do about a certificate that OpenSSL refuses with this code."""
    if code in (9, 10):  # not valid yet, not valid any more
        return L("Comprueba la fecha y la hora de este ordenador", "Check the date and the time of this computer")
    file = os.environ.get("SSL_CERT_FILE", "")
    if file and not Path(file).is_file():
        return L(
            f"La variable de entorno SSL_CERT_FILE vale {file!r} y ese archivo no existe: corrígela o quítala",
            f"The environment variable SSL_CERT_FILE is {file!r}, and there is no such file: correct it or unset it",
        )
    on_a_mac = L(
        "Si este Python es el de python.org, ejecuta «Install Certificates.command», en su carpeta de Aplicaciones. ",
        "If this Python is that of python.org, run “Install Certificates.command”, in its folder in Applications. ",
    )
    return (on_a_mac if sys.platform == "darwin" else "") + L(
        "Instala certifi (pip install certifi) y pon en la variable de entorno SSL_CERT_FILE lo que escribe python -m "
        "certifi; en la red de una empresa, el archivo de su propio certificado, que tendrán sus informáticos. Abre "
        "de nuevo Jupyter",
        "Install certifi (pip install certifi) and set the environment variable SSL_CERT_FILE to what python -m "
        "certifi prints; on a company's network, to the file of its own certificate: ask IT for it. Start Jupyter "
        "again",
    )


def _digits() -> Dataset:
    from PIL import Image
    from sklearn.datasets import load_digits

    scans, labels = (array.astype(np.uint8) for array in load_digits(return_X_y=True))  # the scans go from 0 to 16
    if _fingerprint([scans, labels]) != DIGITS_FINGERPRINT:
        cure = "pip install --force-reinstall scikit-learn"
        raise CourseError(
            f"Los dígitos que trae scikit-learn no son los de siempre. Instálalo de nuevo: {cure}",
            f"The digits that come with scikit-learn are not the usual ones. Install it again: {cure}",
        )
    images = np.zeros((len(scans), 28, 28), np.uint8)
    for image, scan in zip(images, (scans * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8), strict=True):
        image[4:24, 4:24] = Image.fromarray(scan).resize((20, 20), Image.Resampling.LANCZOS)  # a border as in MNIST
    train, test = slice(DIGITS_TRAIN), slice(DIGITS_TRAIN, None)
    origin = L("dígitos de scikit-learn, ampliados a 28×28", "digits of scikit-learn, enlarged to 28×28")
    return Dataset("digits", images[train], labels[train], images[test], labels[test], origin)
