"""Where the course is published: the address, and every link that is made from it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from tests.helpers.repository import copy_course
from tests.helpers.small_course import LESSON, built
from tools import address, gate, links
from tools.course import LANGUAGES, ROOT, SourceError, find_sources, notebook_path, read_course, read_notebook

COURSE = {"repository": "someone/my.gans", "ref": "feature/one"}
LESSONS = [path.stem for path in find_sources(ROOT)]
LINK = re.compile(r"\[!\[([^\]]+)\]\((https://[^)]+)\)\]\((https://[^)]+)\)")


def parts(link: str) -> tuple[str, str, str]:
    """Return repository, ref and path of the file that a link opens, as the host itself reads them."""
    address = urlsplit(link)
    query = parse_qs(address.query)
    if address.netloc == "mybinder.org":
        match = re.fullmatch(r"/v2/gh/([^/]+/[^/]+)/([^/]+)", address.path)
        return match[1], unquote(match[2]), query["labpath"][0]
    if address.netloc == "kaggle.com":
        assert address.path == "/kernels/welcome"
        address = urlsplit(query["src"][0])
        assert address.netloc == "github.com"
        repository, found = re.fullmatch(r"/([^/]+/[^/]+)/blob/(.+)", address.path).groups()
    else:
        assert address.netloc == "colab.research.google.com"
        repository, found = re.fullmatch(r"/github/([^/]+/[^/]+)/blob/(.+)", address.path).groups()
    ref, path = re.fullmatch(r"(.+?)/(notebooks/.+)", unquote(found)).groups()
    return repository, ref, path


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
    for _, _, link in found:
        repository, ref, path = parts(link)
        assert {"repository": repository, "ref": ref} == COURSE
        assert path == f"notebooks/{language}/{lesson}.ipynb" and (elsewhere / path).is_file()


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.es.md", "es")])
def test_every_row_of_a_readme_opens_its_lesson_in_its_language(elsewhere, name, language):
    rows = [row for row in (elsewhere / name).read_text().splitlines() if re.match(r"\| \d+ \|.*ipynb", row)]
    assert len(rows) == len(LESSONS)
    for row, lesson in zip(rows, LESSONS, strict=True):
        assert [parts(link)[2] for _, _, link in LINK.findall(row)] == [f"notebooks/{language}/{lesson}.ipynb"] * 3


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
    link = urlsplit(links.hub_link("https://hub.example.org/", COURSE, "notebooks/es/01_x.ipynb"))
    assert (link.scheme, link.netloc, link.path) == ("https", "hub.example.org", "/hub/user-redirect/git-pull")
    query = parse_qs(link.query, strict_parsing=True)
    assert query["repo"] == ["https://github.com/someone/my.gans"]
    assert query["branch"] == ["feature/one"]
    assert query["urlpath"] == ["lab/tree/my.gans/notebooks/es/01_x.ipynb"]


def test_the_command_prints_a_link_for_every_notebook(elsewhere, capsys):
    assert links.main(["--hub", "https://hub.example.org"], elsewhere) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 * len(LESSONS)
    assert links.main([], elsewhere) == 0
    for link in capsys.readouterr().out.splitlines():
        assert (elsewhere / parts(link)[2]).is_file()


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
