"""Settings of the whole test run: `python -m pytest`, which is what `make test` calls."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
NOT_COPIED = (".git", ".venv", "out", "__pycache__", ".ipynb_checkpoints", ".*_cache")

# The lessons run in their shortest form. Set before nbval starts its kernels, which inherit it.
os.environ.setdefault("COURSE_BUDGET", "smoke")
# The workers use all cores: with more threads each they would only wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

# Tracing makes millions of objects that live on: looking through them again and again takes a twentieth of the time.
gc.set_threshold(200_000, 50, 1000)


def pytest_cmdline_main(config):
    """Where a learner has worked, run the tests in a copy of the course whose notebooks are as the course has them."""
    if "COURSE_IS_A_COPY" in os.environ or hasattr(config, "workerinput"):
        return None
    from course_utils.language import of_this_computer, set_language
    from tools import answers
    from tools.notebooks import to_text

    yours = answers.learners(ROOT)
    if not yours:
        return None
    set_language(of_this_computer())
    print(answers.tested_in_the_courses_version(ROOT, yours), flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        course = Path(folder, "course")
        shutil.copytree(ROOT, course, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        for path in yours:
            copy, notebook = course / path.relative_to(ROOT), answers.course_version(ROOT, path)
            copy.unlink()
            if notebook is not None:
                copy.write_text(to_text(notebook), encoding="utf-8", newline="\n")
        variables = os.environ | {"COURSE_IS_A_COPY": "1"}
        if data := os.environ.get("COURSE_DATA", "").strip():
            variables["COURSE_DATA"] = str((ROOT / data).resolve())
        place, *arguments = (
            str(part).replace(str(ROOT), str(course))
            for part in (config.invocation_params.dir, *config.invocation_params.args)
        )
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=place, env=variables).returncode


# As on a machine without data and without a network: no folder of data sets, an empty cache, a proxy that is not there.
OFFLINE = {name: "http://127.0.0.1:9" for name in ("HTTPS_PROXY", "https_proxy")}
OFFLINE |= {"COURSE_DATA": "", "KERAS_HOME": str(Path(tempfile.gettempdir(), "course_without_keras_home"))}
AS_IT_WAS = {name: os.environ.get(name) for name in OFFLINE}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Run the lessons on the digits that come with the course, and the unit tests on the real data, where they are.

    The kernel of a notebook starts with the environment of its first cell. (On MNIST it runs when it is published.)
    And skip the rest of a notebook after its first failing cell: what follows would only fail for lack of it.
    """
    for name, value in (OFFLINE if item.path.suffix == ".ipynb" else AS_IT_WAS).items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    failed = getattr(item.parent, "first_failure", None)
    if failed:
        pytest.skip(f"{failed} failed")


def pytest_runtest_makereport(item, call):
    """Remember the first failing cell of a notebook."""
    is_cell = item.path.suffix == ".ipynb"
    if is_cell and call.when == "call" and call.excinfo is not None and not hasattr(item.parent, "first_failure"):
        item.parent.first_failure = item.name
