"""What the repository must never carry: code that opens untrusted objects, secrets, paths of somebody's machine."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.helpers.repository import files
from tools.course import ROOT

# What a file may carry code in, and Python's own ways to run a text.
LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
RUNNERS = {"eval", "exec", "compile", "__import__", "enable_unsafe_deserialization"}
SECRETS = re.compile(
    r"gh[pousr]_\w{30}|github_pat_\w{30}|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|hf_\w{30}|\bsk-[\w-]{20}|xox[abp]-\w{8}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s/:@]+:[^\s/:@]+@"
)
OWN_PATHS = re.compile(r"(?<![\w.])(/(?:home|root|Users|tmp|mnt|work|var|private)/[\w.-]+|[A-Za-z]:\\\\?\w+\\)")
# An address of the machine itself needs no certificate; the licence is quoted as it is.
PLAIN_HTTP = re.compile(r"http://(?!127\.0\.0\.1|localhost|127\\\.|\S*\{|\\S|\[\^|www\.apache\.org/licenses/)")


def texts() -> dict[str, str]:
    """Return the content of the files that hold text, by their paths."""
    found = {}
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8")
    return found


NOTEBOOKS = sorted((ROOT / "notebooks").glob("e[ns]/*.ipynb"))
OURS = sorted([*(ROOT / "course_utils").glob("*.py"), *(ROOT / "notebooks" / "source").glob("*.py")])


def strings_of(value):
    """Yield every text in a notebook, except pictures."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings_of(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not key.startswith(("image/", "video/")):
                yield key
                yield from strings_of(item)


def test_the_patterns_find_what_they_look_for():
    assert SECRETS.search("ghp_" + "a" * 36) and SECRETS.search("https://someone:word@example.org/")
    assert not SECRETS.search("https://example.org/a:b") and not SECRETS.search("a task-oriented-description-of-it")
    for path in ("/home/ana/gans", "'/tmp/x'", "C:\\Users\\ana", "/Users/ana"):
        assert OWN_PATHS.search(path), path
    for path in ("../home/x", "https://example.org/home/x", "and/or", "a:b", "lr: 2e-4"):
        assert not OWN_PATHS.search(path), path
    assert PLAIN_HTTP.search("http://example.org") and not PLAIN_HTTP.search("http://127.0.0.1:80")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_path_of_a_machine_in_a_notebook(path):
    found = [
        (match[0], text[max(0, match.start() - 40) : match.end() + 20])
        for text in strings_of(json.loads(path.read_text(encoding="utf-8")))
        if "data:image" not in text
        for match in OWN_PATHS.finditer(text)
    ]
    assert found == []


def test_no_secret_and_every_link_is_https():
    every = texts()
    assert len(every) > 80
    for name, text in every.items():
        if name != Path(__file__).relative_to(ROOT).as_posix():
            assert not (found := SECRETS.search(text)), f"{name}: {found[0]}"
            lines = [line[:200] for line in text.splitlines() if PLAIN_HTTP.search(line)]
            assert not lines, f"{name}: {lines}"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_that_learners_run_opens_objects_that_carry_code(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            assert not LOADERS & {alias.name.split(".")[0] for alias in node.names}, where
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in LOADERS, where
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            whole = ast.unparse(node.func)
            assert name not in RUNNERS or whole in ("re.compile",) or whole.endswith(".compile"), f"{where}: {whole}"
            for keyword in node.keywords:
                unsafe = (keyword.arg, getattr(keyword.value, "value", None))
                assert unsafe not in [("allow_pickle", True), ("safe_mode", False), ("shell", True)], where


def test_a_model_file_that_brings_code_is_refused(tmp_path):
    """The judge's cache is loaded in Keras's safe mode: a Lambda in a file is not run."""
    import keras

    from course_utils import evaluation, setup

    setup.set_language("en")
    file = tmp_path / "lambda.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: 2 * x)]).save(file)
    with pytest.raises(ValueError, match="unsafe"):
        evaluation._read_model(file)


class Bomb:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (self.trace.touch, ())


def test_a_generator_that_brings_code_is_refused(tmp_path, monkeypatch):
    """The card fits, so that only the way in which the file is read stands between it and the learner."""
    import numpy as np

    from course_utils import pretrained

    trace, file = tmp_path / "trace", tmp_path / "a.npz"
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path)
    layers = json.dumps([("Input", {"shape": [2]}), ("Dense", {"units": 1})])
    contents = [
        {"layers": np.array(layers), "weight0": np.array([Bomb(trace)], dtype=object), "weight1": np.zeros(1)},
        {"layers": np.array([Bomb(trace)], dtype=object)},
    ]
    for content in contents:
        np.savez(file, **content)
        facts = {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        monkeypatch.setattr(pretrained, "card", lambda lesson, facts=facts: facts)
        with pytest.raises(ValueError, match="allow_pickle=False"):
            pretrained.load_generator(1)
    assert not trace.exists()
