"""Where the course is published: the address, and every link that is made from it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from tests.helpers import launch_links
from tests.helpers.repository import copy_course
from tests.helpers.small_course import LESSON, built
from tools import address, gate, links
from tools.course import LANGUAGES, ROOT, SourceError, find_sources, notebook_path, read_course, read_notebook

COURSE = {"repository": "someone/my.gans", "ref": "feature/one"}
LESSONS = [path.stem for path in find_sources(ROOT)]
LINK = re.compile(r"\[!\[([^\]]+)\]\((https://[^)]+)\)\]\((https://[^)]+)\)")
PICTURES = {*links.BADGES.values(), links.CODESPACES}
HUB = "https://hub.example.org"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A copy of the course, published at COURSE."""
    root = copy_course(tmp_path_factory.mktemp("elsewhere"))
    assert address.main([COURSE["repository"], "--ref", COURSE["ref"]], root) == 0
    return root


def test_an_address_changes_nothing_but_links(elsewhere):
    assert read_course(elsewhere) == read_course(ROOT) | COURSE
    assert gate.check(elsewhere) == []
    for language in LANGUAGES:
        for lesson in LESSONS:
            ours = read_notebook(notebook_path(ROOT, language, lesson))
            theirs = read_notebook(notebook_path(elsewhere, language, lesson))
            different = [
                number
                for number, (one, other) in enumerate(zip(ours.cells, theirs.cells, strict=True))
                if one != other and "setup" not in one.metadata.get("tags", [])
            ]
            assert different == [0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_badge_of_a_notebook_opens_that_notebook(elsewhere, language, lesson):
    notebook = read_notebook(notebook_path(elsewhere, language, lesson))
    found = LINK.findall(notebook.cells[0].source)
    assert [alt.split()[-1] for alt, _, _ in found] == ["Colab", "Kaggle", "Binder"]
    assert {alt.split()[0] for alt, _, _ in found} == {{"es": "Abrir", "en": "Open"}[language]}
    path = f"notebooks/{language}/{lesson}.ipynb"
    assert (elsewhere / path).is_file()
    for alt, _, link in found:
        assert launch_links.read(link) == {"host": alt.split()[-1], "path": path} | COURSE


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.es.md", "es")])
def test_every_row_of_a_readme_opens_its_lesson_in_its_language(elsewhere, name, language):
    rows = [row for row in (elsewhere / name).read_text().splitlines() if re.match(r"\| \d+ \|.*ipynb", row)]
    assert len(rows) == len(LESSONS)
    for row, lesson in zip(rows, LESSONS, strict=True):
        opened = [launch_links.read(link) for _, _, link in LINK.findall(row)]
        path = f"notebooks/{language}/{lesson}.ipynb"
        assert opened == [{"host": host, "path": path} | COURSE for host in ("Colab", "Kaggle", "Binder")]


@pytest.mark.parametrize(("name", "alt"), [("README.md", "Open in"), ("README.es.md", "Abrir en")])
def test_a_readme_opens_the_course_in_a_codespace(elsewhere, name, alt):
    (found,) = [one for one in LINK.findall((elsewhere / name).read_text()) if one[1] == links.CODESPACES]
    assert found[0] == f"{alt} Codespaces"
    assert launch_links.read(found[2]) == {"host": "Codespaces"} | COURSE


def test_no_page_links_to_a_host_in_another_form(elsewhere):
    """Not the badges alone: whatever stands in a notebook's text or in a page for people."""
    texts = {path: path.read_text(encoding="utf-8") for path in elsewhere.rglob("*.md") if "tests" not in path.parts}
    for path in (notebook_path(elsewhere, language, lesson) for language in LANGUAGES for lesson in LESSONS):
        cells = read_notebook(path).cells
        texts[path] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    found = [link for text in texts.values() for link in re.findall(r"https?://[^\s)\]\"'`<>|]+", text)]
    found = [link for link in found if launch_links.host_of(link) and urlsplit(link).path and link not in PICTURES]
    hosts = [launch_links.read(link)["host"] for link in found]
    notebooks = 2 * len(LESSONS)
    expected = {"Colab": 2 * notebooks, "Kaggle": 2 * notebooks, "Binder": 2 * notebooks, "Codespaces": 2}
    assert {host: hosts.count(host) for host in expected} == expected and "nbgitpuller" in hosts


@pytest.mark.parametrize(
    "link",
    [
        "https://colab.research.google.com/gh/a/b/blob/main/notebooks/es/01_x.ipynb",
        "https://kaggle.com/kernels/welcome?source=https://github.com/a/b/blob/main/notebooks/es/01_x.ipynb",
        "https://mybinder.org/v2/gh/a/b/feature/one?labpath=notebooks/es/01_x.ipynb",  # Binder reads feature alone
        "https://mybinder.org/v2/gh/a/b/main?filepath=notebooks/es/01_x.ipynb",
        "https://codespaces.new/a/b/blob/main?quickstart=1",
        f"{HUB}/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fa%2Fb&branch=main"
        "&urlpath=lab%2Ftree%2Fc%2Fnotebooks%2Fes%2F01_x.ipynb",  # it opens another folder than it fetches
        "https://example.org/a/b",
    ],
)
def test_another_form_is_noticed(link):
    with pytest.raises(ValueError):
        launch_links.read(link)


def test_without_an_address_there_is_no_link_to_nowhere(tmp_path):
    nowhere = {"repository": "", "ref": "main"}
    assert links.badges(nowhere, "es", LESSONS[0]) == ""
    readme = (ROOT / "README.md").read_text()
    assert not LINK.search(links.with_badges(readme, nowhere))
    assert links.with_badges(links.with_badges(readme, COURSE), nowhere) == links.with_badges(readme, nowhere)


def test_a_stale_badge_in_a_readme_fails_the_gate(elsewhere, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(elsewhere, root)
    readme = root / "README.es.md"
    readme.write_text(readme.read_text().replace("someone/my.gans/", "another/gans/"))
    problem = "README.es.md: its badges are not those of [tool.course]; run `make build`"
    assert problem in gate.check(root, LESSONS[-1]) and problem not in gate.check(elsewhere, LESSONS[-1])


def test_a_hub_link_fetches_the_course_and_opens_the_notebook():
    link = links.hub_link(f"{HUB}/", COURSE, "notebooks/es/01_x.ipynb")
    assert launch_links.read(link) == {"host": "nbgitpuller", "path": "notebooks/es/01_x.ipynb"} | COURSE


@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_the_guide_of_the_hub_shows_the_links_that_the_command_prints(name):
    course = {"repository": "owner/name", "ref": "main"}
    printed = [links.hub_link(HUB, course, f"notebooks/{language}/{LESSONS[0]}.ipynb") for language in LANGUAGES]
    lines = (ROOT / "hub" / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(f"{HUB}/hub/user-redirect")] == printed


def test_the_command_prints_a_link_for_every_notebook(elsewhere, capsys):
    assert links.main(["--hub", HUB], elsewhere) == 0
    opened = [launch_links.read(link)["path"] for link in capsys.readouterr().out.splitlines()]
    assert opened == [f"notebooks/{language}/{lesson}.ipynb" for language in LANGUAGES for lesson in LESSONS]
    assert links.main([], elsewhere) == 0
    codespaces, *others = [launch_links.read(link) for link in capsys.readouterr().out.splitlines()]
    assert codespaces["host"] == "Codespaces" and [one["path"] for one in others[::3]] == opened


@pytest.mark.parametrize("hub", ["hub.example.org", "https://", "javascript:alert(1)"])
def test_a_hub_that_is_no_address(elsewhere, hub, capsys):
    assert links.main(["--hub", hub], elsewhere) == 2
    assert "not an address such as https://hub.example.org" in capsys.readouterr().err


PROJECT = (
    '[project]\nname = "a"\n\n# why\n[tool.course]\nrepository = ""\nref = "main"\n\n[tool.ruff]\nline-length = 120\n'
)


@pytest.mark.parametrize(
    "repository",
    ["someone/gans", "https://github.com/someone/gans", "https://github.com/someone/gans.git/", " someone/gans "],
)
def test_the_address_is_the_only_line_that_changes(tmp_path, repository):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    address.set_address(tmp_path, repository, "v1")
    expected = PROJECT.replace('repository = ""', 'repository = "someone/gans"').replace('"main"', '"v1"')
    assert (tmp_path / "pyproject.toml").read_text() == expected


@pytest.mark.parametrize(
    ("repository", "ref"),
    [("gans", "main"), ("someone/gans/tree", "main"), ('a/b"\nx = "', "main"), ("someone/gans", "--upload-pack=x")],
)
def test_a_bad_address_is_refused_and_nothing_written(tmp_path, repository, ref):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    with pytest.raises(SourceError, match=r"pyproject\.toml: \[tool\.course\] (repository|ref) is"):
        address.set_address(tmp_path, repository, ref)
    assert (tmp_path / "pyproject.toml").read_text() == PROJECT


def test_a_copy_takes_its_address_at_its_first_push(tmp_path):
    """The script of the GitHub workflow, run as GitHub runs it, against a repository of this machine: a small course.

    What becomes of the whole course is seen above.
    """
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "address.yml").read_text())
    assert workflow["permissions"] == {"contents": "write"}
    assert "default_branch" in workflow["jobs"]["address"]["if"]
    script = workflow["jobs"]["address"]["steps"][-1]["run"]
    remote, work = tmp_path / "remote.git", tmp_path / "course"
    for folder in ("tools", "course_utils"):
        shutil.copytree(ROOT / folder, work / folder, ignore=shutil.ignore_patterns("__pycache__", "lessons"))
    for name in ("pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, work / name)
    built(work, "# %%\nx = 1\n")

    def git(*arguments: str, cwd: Path = work) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    git("init", "--bare", "--initial-branch=trunk", str(remote), cwd=tmp_path)
    git("init", "--initial-branch=trunk")
    git("add", ".")
    git("commit", "--message=copy")
    git("remote", "add", "origin", str(remote))
    git("push", "--set-upstream", "origin", "trunk")

    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"GITHUB_REPOSITORY": "pupil/copy", "GITHUB_REF_NAME": "trunk", "PATH": path}
    commits = []
    for _ in range(2):
        subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=work, env=environment, check=True)
        commits.append(git("log", "--format=%s", cwd=remote).splitlines())
    assert commits[0] == ["The course is published at pupil/copy", "copy"] == commits[1]
    assert 'repository = "pupil/copy"' in git("show", "trunk:pyproject.toml", cwd=remote)
    assert "github/pupil/copy/" in git("show", f"trunk:notebooks/es/{LESSON}.ipynb", cwd=remote)
    assert git("status", "--porcelain") == ""


def test_the_command_needs_nothing_that_takes_minutes_to_install():
    """The workflow installs jupytext, with what it needs, and ruff."""
    code = "import sys, tools.address; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert not {"numpy", "matplotlib", "tensorflow", "keras"} & set(done.stdout.split())
