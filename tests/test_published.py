"""What the published notebooks say of the run that made them."""

import json

import pytest

from tools.build import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("e[ns]/*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_was_a_run_for_learners_on_real_data(path):
    run = json.loads(path.read_text(encoding="utf-8"))["metadata"]["course"]["published"]
    assert run["budget"] in ("workshop", "full")
    assert run["dataset"] in ("mnist", "fashion_mnist")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_was_a_run_in_little_memory(path):
    run = json.loads(path.read_text(encoding="utf-8"))["metadata"]["course"]["published"]
    assert run["peak_memory_mb"] < 1500


def test_both_languages_were_run_with_the_same_versions():
    assert NOTEBOOKS
    for path in NOTEBOOKS:
        twin = ROOT / "notebooks" / ("en" if path.parent.name == "es" else "es") / path.name
        versions = [
            json.loads(p.read_text(encoding="utf-8"))["metadata"]["course"]["published"]["versions"]
            for p in (path, twin)
        ]
        assert versions[0] == versions[1]
