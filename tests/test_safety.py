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
RUNNERS = {"eval", "exec", "__import__", "enable_unsafe_deserialization"}
SAFE = {"allow_pickle": False, "safe_mode": True, "shell": False}  # the only value that such an argument may have
SECRETS = re.compile(
    r"gh[pousr]_\w{30}|github_pat_\w{30}|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|hf_\w{30}|\bsk-[\w-]{20}|xox[abp]-\w{8}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s/:@]+:[^\s/:@]+@"
)
OWN_PATHS = re.compile(r"(?<![\w.])(/(?:home|root|Users|tmp|mnt|work|var|private)/[\w.-]+|[A-Za-z]:\\\\?\w+\\)")
# An address of the machine itself needs no certificate; the licence is quoted as it is; the name of SVG is no address.
PLAIN_HTTP = re.compile(
    r"http://(?!127\.0\.0\.1|localhost|127\\\.|\S*\{|\\S|\[\^|www\.apache\.org/licenses/|www\.w3\.org/2000/svg)"
)


def texts() -> dict[str, str]:
    """Return the content of the files that hold text, by their paths."""
    found = {}
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8")
    return found


NOTEBOOKS = sorted((ROOT / "notebooks").glob("e[ns]/*.ipynb"))
# `pasted` runs what a learner has pasted into a cell and would run there; `export` compiles a lesson and runs nothing.
EXCEPTIONS = ("pasted.py", "export.py")
OURS = sorted(
    path
    for folder in ("course_utils", "tools", "notebooks/source")
    for path in (ROOT / folder).rglob("*.py")
    if path.name not in EXCEPTIONS
)


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


def is_safe(keyword: ast.keyword) -> bool:
    """Tell whether this is no argument of SAFE, or has the one value that is safe, written out."""
    return keyword.arg not in SAFE or getattr(keyword.value, "value", None) is SAFE[keyword.arg]


def dangers(code: str) -> list[str]:
    """Return what in a program opens objects that carry code, or runs a text; each with its line."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            words = {word for name in names for word in name.split(".")}
            found += [(node.lineno, word) for word in words & {*LOADERS, *RUNNERS}]
        elif isinstance(node, ast.Name) and node.id in {*RUNNERS, "compile"}:
            found.append((node.lineno, node.id))
        elif isinstance(node, ast.Attribute) and (
            node.attr in RUNNERS or ast.unparse(node) in ("os.system", "os.popen")
        ):
            found.append((node.lineno, node.attr))
        elif isinstance(node, ast.keyword) and not is_safe(node):
            found.append((node.value.lineno, f"{node.arg}={ast.unparse(node.value)}"))
    return [f"line {line}: {what}" for line, what in sorted(found)]


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import load",
        "from sklearn.externals import joblib",
        "from builtins import exec as run",
        "eval('1')",
        "run = exec",
        "compile(text, '', 'exec')",
        "__import__('os')",
        "importlib.__import__('os')",
        "os.system('ls')",
        "keras.config.enable_unsafe_deserialization()",
        "np.load(file, allow_pickle=True)",
        "np.load(file, allow_pickle=chosen)",
        "keras.models.load_model(file, safe_mode=0)",
        "subprocess.run(command, shell=True)",
    ],
)
def test_dangerous_code_is_found(code):
    assert len(dangers(f"import numpy as np\n\nx = 1\n{code}\n")) == 1


def test_harmless_code_is_not():
    for code in (
        "model.compile('adam')",
        "re.compile('a')",
        "np.load(f, allow_pickle=False)",
        "run(['a'], shell=False)",
    ):
        assert dangers(code) == []


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_that_learners_run_opens_objects_that_carry_code(path):
    assert dangers(path.read_text(encoding="utf-8")) == []


def test_a_model_file_that_brings_code_is_refused(tmp_path):
    """The judge's cache is loaded in Keras's safe mode: a Lambda in a file is not run."""
    import keras

    from course_utils import evaluation

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

    from course_utils.experiments import pretrained

    trace, file = tmp_path / "trace", tmp_path / "a.npz"
    bomb = np.array([Bomb(trace)], dtype=object)
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path)
    for content in ({"weight0": bomb}, {"weight0": np.zeros(1, np.int8), "scale0": bomb}):
        np.savez(file, **content)
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        facts = {"file": file.name, "sha256": sha256, "arguments": {}}
        monkeypatch.setattr(pretrained, "card", lambda lesson, facts=facts: facts)
        with pytest.raises(ValueError, match="allow_pickle=False"):
            pretrained.load_generator(1)
    assert not trace.exists()
    with np.load(file, allow_pickle=True) as arrays:
        arrays["scale0"]
    assert trace.exists()  # the file was dangerous
