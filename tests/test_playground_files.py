"""The playground: its weights are today's, its texts are in both languages, and it draws and trains as Keras does."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from course_utils.experiments import playground as slim
from course_utils.experiments import pretrained
from course_utils.language import CourseError
from tests.helpers.playground import DRAW, FOLDER, LESSONS, PLAY, SCRIPTS, drawing_case, game_case, published
from tests.helpers.playground import published_layers as layers_in_the_page
from tools import playground

FILES = sorted(FOLDER.iterdir())
TEXTS = (FOLDER / "texts.js").read_text(encoding="utf-8")


# --- The files


def test_the_weights_are_those_of_today():
    assert published()["from"] == playground.made_from(), "run `python -m tools.playground`"


def test_all_of_it_is_under_400_kb_compressed():
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in FILES) < 400_000


def test_no_other_host_is_named():
    named = [path.name for path in FILES if re.search(r"https?://|//\w+\.\w+/", path.read_text(encoding="utf-8"))]
    assert not named


def texts_of(language: str) -> dict[str, str]:
    block = re.search(rf"^  {language}: \{{\n(.*?)^  \}},$", TEXTS, re.MULTILINE | re.DOTALL)[1]
    pairs = re.findall(r'^    ("[^"]+"|\w+): "((?:[^"\\]|\\.)*)",$', block, re.MULTILINE)
    assert len(pairs) == sum(bool(line.strip()) for line in block.splitlines())
    return {name.strip('"'): text for name, text in pairs}


def test_both_languages_say_the_same_things():
    spanish, english = texts_of("es"), texts_of("en")
    assert list(spanish) == list(english)
    for name, text in spanish.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[name])), name


def test_every_text_that_the_page_asks_for_exists():
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    asked = set(re.findall(r'data-(?:text|label)="([^"]+)"', page))
    for path in FOLDER.glob("*.js"):
        asked |= set(re.findall(r'\bsay\("([^"]+)"', path.read_text(encoding="utf-8")))
    assert len(asked) > 50 and asked <= set(texts_of("es"))


def test_every_script_is_loaded():
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    assert sorted(re.findall(r'<script src="([^"]+)"', page)) == sorted(path.name for path in FOLDER.glob("*.js"))


# --- In a notebook


def test_the_page_in_one_piece_asks_for_no_file(language):
    text = slim.page(["game"])
    assert not re.search(r'(?:src|href)="(?!#|data:)[^"]+"', text) and len(text.encode()) < 80_000
    assert f'"language": "{language}", "panels": ["game"]' in text
    assert '"networks":{}' in text and '"networks":{"7":{' in slim.page(["write"])
    assert len(slim.page(["write", "walk", "game"]).encode()) > 400_000


@pytest.mark.parametrize("panels", [["play"], []])
def test_a_panel_that_does_not_exist_is_named(panels, language):
    with pytest.raises(CourseError, match="write, walk, game"):
        slim.page(panels)


def test_it_is_shown_in_a_frame(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    slim.show_playground()
    assert re.match(r'<div><iframe title="Play with a GAN" [^>]*srcdoc="&lt;!DOCTYPE html&gt;', shown[0].data)


# --- Packing


def test_rounding_is_half_a_step_at_most_and_uses_the_bits():
    matrix = np.random.default_rng(0).uniform(-1, 1, (500, 4)) * [1, 10, 0.1, 3]
    for bits, worst in ((5, 1 / 15), (8, 1 / 127)):
        numbers, scale = playground.rounded(matrix, bits)
        assert numbers.dtype == np.int8 and abs(numbers).max() <= 2 ** (bits - 1) - 1
        assert (abs(numbers * scale.astype(float) - matrix).max(axis=0) <= 0.8 * worst * abs(matrix).max(axis=0)).all()


def test_a_network_that_fits_into_narrow_layers_is_squeezed_without_loss():
    rng = np.random.default_rng(0)
    narrow = rng.standard_normal((20, 3)) @ rng.standard_normal((3, 30)) / 8
    weights = [rng.standard_normal((10, 20)) / 3, np.zeros(20), np.ones(20), np.zeros(20), np.zeros(20), np.ones(20)]
    weights += [narrow, np.full(30, 0.1)]
    layers = playground.squeezed(weights, bits=8, ranks=(0, 3))
    assert [layer.matrix.shape for layer in layers] == [(10, 20), (20, 3), (3, 30)]
    noise = rng.standard_normal((200, 10))
    wanted = np.tanh(np.maximum(noise @ weights[0], 0) @ narrow / np.sqrt(1.001) + 0.1)
    answer = noise
    for layer in layers:
        matrix, bias = playground.restored(layer)
        answer = answer @ matrix + bias
        activation = layer.facts.get("activation")
        answer = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh, None: lambda x: x}[activation](answer)
    assert abs(answer - wanted).mean() < 0.01


def test_styles_are_measured_on_strokes():
    thin, thick, slanted, wide = (np.full((28, 28), -1.0) for _ in range(4))
    thin[4:24, 14], thick[4:24, 12:16] = 1, 1
    for row in range(4, 24):
        slanted[row, 24 - row // 2] = 1
    wide[4:24, [8, 20]] = 1
    measured = playground.style_measures(np.stack([thin, thick, slanted, wide]))
    assert measured[1, 0] > 2 * measured[0, 0]
    assert abs(measured[0, 1]) < 0.01 and abs(measured[2, 1] - 0.5) < 0.03
    assert measured[3, 2] > 2 * measured[1, 2]


@pytest.mark.parametrize("lesson", [2, 3, 7])
def test_the_page_has_the_rounded_weights_of_the_shipped_generator(tensorflow, lesson):
    generator = pretrained.load_generator(lesson)
    wanted = playground.layers_of(
        generator.get_layer("generator") if lesson == 7 else generator, playground.BITS[lesson]
    )
    for mine, theirs in zip(layers_in_the_page(lesson), wanted, strict=True):
        assert mine.facts == theirs.facts
        assert mine.matrix is None or np.array_equal(mine.matrix, theirs.matrix)
        assert all(map(np.array_equal, mine.vectors, theirs.vectors))


@pytest.mark.parametrize("lesson", LESSONS)
def test_its_generators_draw_nearly_what_the_shipped_ones_draw(tensorflow, lesson):
    case, images = drawing_case(lesson)
    generator = pretrained.load_generator(lesson)
    inputs = np.array(case["noise"], "float32")
    if lesson == 7:
        generator, inputs = generator.get_layer("generator"), [inputs[:, :32], inputs[:, 32:]]
    whole = np.asarray(generator(inputs, training=False)).reshape(images.shape)
    stated = published()["networks"][str(lesson)]["grey"]
    assert abs(whole - images).mean() * 127.5 == pytest.approx(stated, rel=0.2, abs=0.1) and stated < 8


# --- Against Keras, where there is Node; tests/browser/test_playground.py does it in Chromium

needs_node = pytest.mark.skipif(
    not shutil.which("node"), reason="there is no Node here; `make test-browser` compares too"
)


def in_node(function: str, argument):
    """Return what a JavaScript function of the playground returns."""
    code = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    code += f"\nPromise.resolve(({function})({json.dumps(argument)}))"
    code += ".then(found => console.log(JSON.stringify(found)));"
    done = subprocess.run(["node", "-"], input=code, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@needs_node
@pytest.mark.parametrize("lesson", LESSONS)
def test_its_generators_equal_keras(tensorflow, lesson):
    case, images = drawing_case(lesson)
    np.testing.assert_allclose(in_node(DRAW, case), images, rtol=0, atol=1e-4)
    assert images.std() > 0.3


@needs_node
@pytest.mark.parametrize("seed", (1, 2, 3))
def test_the_first_50_steps_of_its_game_equal_keras(tensorflow, seed):
    case, wanted = game_case(seed)
    found = in_node(PLAY, case)
    np.testing.assert_allclose(found["losses"], wanted["losses"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(found["points"], wanted["points"], rtol=0, atol=1e-5)
    assert np.ptp(wanted["losses"]) > 0.05


@needs_node
def test_its_measures_are_those_of_lesson_1():
    from course_utils.experiments import toy

    rng = np.random.default_rng(3)
    for noise, part in ((0.03, 1), (0.1, 1), (0.05, 0.4)):
        angle, radius = part * rng.uniform(0, 2 * np.pi, 400), rng.normal(0.7, noise, 400)
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        found = in_node("points => TOY.measures('ring', points)", points.ravel().tolist())
        assert found["distance"] == pytest.approx(toy.distance(points))
        assert found["covered"] / found["parts"] == pytest.approx(toy.coverage(points))


@needs_node
@pytest.mark.parametrize("shape", ["ring", "clusters", "moons"])
def test_real_points_are_near_their_shape_and_cover_it(shape):
    code = "shape => TOY.measures(shape, TOY.realPoints(shape, 600, randomFrom(4)))"
    found = in_node(code, shape)
    assert found["distance"] < 0.05 and found["covered"] == found["parts"]
