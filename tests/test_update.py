"""`make update`: the newest version comes, from git or in a zip, and nothing that was typed is lost."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
import zipfile

import pytest
from nbformat import v4

from course_utils.language import CourseError
from tests.helpers.saved import commit, git, save, typing
from tests.helpers.small_course import LESSON, PROJECT, built, pretend_published, read
from tools import answers, update
from tools.course import notebook_path

OLD = '# %%\nx = 1\n\n# %% tags=["exercise"]\nanswer = ...\n\n# %%\nprint(x)\n'
NEW = OLD.replace("# %%\nx = 1", "# %%\nz = 0\n\n# %%\nx = 1").replace("print(x)", "print(x, z)")


def notebook(*sources: str):
    """Return a notebook whose ids count the cells, as the builder's do; markdown begins with #."""
    cells = [
        (v4.new_markdown_cell if source.startswith("# ") else v4.new_code_cell)(source, id=f"01-{number:03d}")
        for number, source in enumerate(sources, 1)
    ]
    return v4.new_notebook(cells=cells, metadata={"course": {"language": "es"}})


def ran(cell, text):
    cell.outputs, cell.execution_count = [v4.new_output("stream", text=text)], 7


def sources(found):
    return [cell.source for cell in found.cells]


# Two notebooks become one


BASE = notebook("# A", "x = 1", "answer = ...", "print(x)")


@pytest.mark.parametrize(
    ("mine", "new", "expected"),
    [
        ((), (), ["# A", "x = 1", "answer = ...", "print(x)"]),
        ((2, "answer = 3"), (0, "# B"), ["# B", "x = 1", "answer = 3", "print(x)"]),
        ((2, "answer = 3"), (2, "answer = 3"), ["# A", "x = 1", "answer = 3", "print(x)"]),
        ((0, "# My title"), (3, "print(2 * x)"), ["# My title", "x = 1", "answer = ...", "print(2 * x)"]),
    ],
)
def test_a_cell_that_only_one_side_has_changed_is_that_side_s(mine, new, expected):
    theirs, course = notebook(*sources(BASE)), notebook(*sources(BASE))
    for changed, change in ((theirs, mine), (course, new)):
        if change:
            changed.cells[change[0]].source = change[1]
    assert sources(answers.merge(BASE, theirs, course)) == expected


def test_what_both_have_changed_stands_in_a_note_that_does_not_run():
    mine = notebook("# A", "x = 1", "answer = '```'", "print(x)")
    merged = answers.merge(BASE, mine, notebook("# A", "x = 1", "answer: int = ...", "print(x)"))
    assert [cell.cell_type for cell in merged.cells] == ["markdown", "code", "code", "markdown", "code"]
    assert merged.cells[2].source == "answer: int = ..."
    assert merged.cells[3].source.endswith("````python\nanswer = '```'\n````") and "El curso" in merged.cells[3].source


def test_an_answer_follows_its_cell_though_its_id_has_moved():
    """Ids count the cells of a lesson: `01-003` is another cell once one is put in before it."""
    mine = notebook("# A", "x = 1", "answer = 3", "print(x)")
    merged = answers.merge(BASE, mine, notebook("# A", "first = 0", "x = 1", "print(x)", "answer = ..."))
    assert sources(merged) == ["# A", "first = 0", "x = 1", "print(x)", "answer = 3"]
    assert [cell.id for cell in merged.cells] == ["01-001", "01-002", "01-003", "01-004", "01-005"]


def test_added_cells_follow_the_cell_that_they_followed():
    mine = notebook(*sources(BASE))
    for place, text in ((4, "mine, last"), (2, "mine, second"), (2, "mine, first"), (0, "mine, top")):
        mine.cells.insert(place, v4.new_code_cell(text))
    mine.cells[-1].id = "01-005"  # as a cell of the new version is called
    merged = answers.merge(BASE, mine, notebook("# A", "x = 1", "new = 1", "answer = ...", "print(x)"))
    assert sources(merged) == [
        *("mine, top", "# A", "x = 1", "mine, first", "mine, second"),
        *("new = 1", "answer = ...", "print(x)", "mine, last"),
    ]
    assert len({cell.id for cell in merged.cells}) == len(merged.cells)


def test_an_answer_in_a_cell_that_the_course_has_removed_is_kept():
    mine = notebook("# A", "x = 1", "answer = 3", "print(x)")
    merged = answers.merge(BASE, mine, notebook("# A", "x = 1", "print(x)"))
    assert sources(merged)[:2] == ["# A", "x = 1"] and "answer = 3" in merged.cells[2].source
    assert sources(answers.merge(BASE, BASE, notebook("# A", "x = 1"))) == ["# A", "x = 1"]


def test_outputs_stay_where_the_text_is_the_learners():
    mine, new = notebook(*sources(BASE)), notebook("# A", "x = 1", "answer = ...", "print(2 * x)")
    for cell in mine.cells[1:]:
        ran(cell, "mine")
    for cell in new.cells[1:]:
        ran(cell, "new")
    mine.cells[2].source = "answer = 3"
    mine.metadata.widgets = {"state": {}}
    merged = answers.merge(BASE, mine, new)
    assert [cell.outputs[0].text for cell in merged.cells[1:]] == ["mine", "mine", "new"]
    assert merged.metadata.widgets == {"state": {}}


def test_where_a_program_has_taken_the_ids_away_nothing_is_doubled():
    mine = notebook("# A", "x = 1", "answer = ...", "print(x)", "mine = 1")
    for cell in mine.cells:
        del cell["id"]
    merged = answers.merge(BASE, mine, notebook("# B", "x = 1", "answer = ...", "print(x)"))
    assert sources(merged) == ["# B", "x = 1", "answer = ...", "print(x)", "mine = 1"]
    assert all(cell.id for cell in merged.cells)


# From git and from a zip


def write_course(root, cells, lines):
    """Write a course of one lesson and a module that has so many lines; it looks published."""
    root.mkdir(exist_ok=True)
    (root / "pyproject.toml").write_text(PROJECT.format(repository=""))
    (root / "requirements.txt").write_text(f"package=={lines}\n")
    (root / "tools").mkdir(exist_ok=True)
    (root / "tools" / "thing.py").write_text("x = 1\n" * lines)
    built(root, cells)
    pretend_published(root)


class Git:
    """A clone, and the repository that it follows."""

    def __init__(self, folder):
        self.origin, self.course = folder / "origin", folder / "the course"
        write_course(self.origin, OLD, 1)
        commit(self.origin)
        git(folder, "clone", "--quiet", str(self.origin), str(self.course))
        (self.course / ".venv").mkdir()

    def publish(self, cells=NEW):
        write_course(self.origin, cells, 2)
        (self.origin / "new.txt").write_text("new")
        commit(self.origin)

    def update(self):
        update.update(self.course)

    def break_the_way(self):
        shutil.rmtree(self.origin)

    def close(self):
        pass


class Zip:
    """An unpacked zip, and the address of the newest."""

    def __init__(self, folder):
        self.course, self.new, self.folder = folder / "the course", folder / "new", folder
        write_course(self.course, OLD, 1)
        shutil.rmtree(self.course / "out")  # a zip has none
        answers.remember(self.course)
        (self.course / ".venv").mkdir()
        handler = functools.partial(QuietHandler, directory=folder)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, cells=NEW):
        shutil.copytree(self.course / "notebooks" / "source", self.new / "notebooks" / "source")
        write_course(self.new, cells, 2)
        shutil.rmtree(self.new / "out")
        (self.new / "new.txt").write_text("new")
        (self.new / "new.txt").chmod(0o755)
        self.pack()

    def pack(self, **more):
        with zipfile.ZipFile(self.folder / "main.zip", "w") as archive:
            for path in sorted(self.new.rglob("*")):
                archive.write(path, f"gans-main/{path.relative_to(self.new).as_posix()}")
            for name, text in more.items():
                archive.writestr(name.replace("__", "/"), text)

    def update(self):
        update.update(self.course, f"http://127.0.0.1:{self.server.server_port}/main.zip")

    def break_the_way(self):
        (self.folder / "main.zip").unlink()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(params=[Git, Zip], ids=["git", "zip"])
def place(request, tmp_path):
    """A learner's course, which can be updated."""
    found = request.param(tmp_path)
    yield found
    found.close()


ANSWER = 'answer = "año"'


def answer(course):
    """Answer the exercise, add a cell below it, run it and save; leave a file in out."""
    outputs = [v4.new_output("stream", text="my output\n")]

    def change(found):
        typing(3, ANSWER, outputs=outputs, execution_count=5)(found)
        found.cells.insert(4, v4.new_markdown_cell("my note"))

    path = save(course, "es", change)
    (course / "out" / "mine").mkdir(parents=True)
    (course / "out" / "mine" / "file").write_text("mine")
    (course / "notebooks" / "es" / "own.ipynb").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def state(course):
    """Return the content of every file of the course that matters to its learner."""
    return {
        path.relative_to(course).as_posix(): path.read_bytes()
        for path in sorted(course.rglob("*"))
        if path.is_file() and not {".git", "out"} & set(path.relative_to(course).parts)
    }


def test_the_newest_version_comes_and_the_answers_stay(place, capsys, language):
    path = answer(place.course)
    before = path.read_bytes()
    place.publish()
    place.update()
    es, en = read(place.course, "es"), read(place.course, "en")
    expected = ["z = 0", "x = 1", ANSWER, "my note", "print(x, z)"]
    assert sources(es)[2:] == expected and sources(en)[2:] == ["z = 0", "x = 1", "answer = ...", "print(x, z)"]
    assert es.cells[4].outputs[0].text == "my output\n" and es.cells[4].execution_count == 5
    assert (place.course / "tools" / "thing.py").read_text() == "x = 1\n" * 2
    assert (place.course / "new.txt").read_text() == "new"
    assert (place.course / "out" / "mine" / "file").read_text() == "mine" and (place.course / ".venv").is_dir()
    assert (place.course / "notebooks" / "es" / "own.ipynb").read_bytes() == before
    (copy,) = (place.course / "out" / "before").glob(f"*/notebooks/es/{LESSON}.ipynb")
    assert copy.read_bytes() == before
    said = capsys.readouterr().out
    assert copy.parents[2].name in said and f"notebooks/es/{LESSON}.ipynb" in said and "make lab" in said
    place.update()
    assert capsys.readouterr().out in ("Ya tienes la última versión.\n", "You have the newest version already.\n")
    assert sources(read(place.course, "es"))[2:] == expected


def test_answers_survive_two_updates(place):
    answer(place.course)
    place.publish()
    place.update()
    shutil.rmtree(getattr(place, "new", place.course / "none"), ignore_errors=True)
    place.publish(NEW.replace("z = 0", "z = 5"))
    place.update()
    assert sources(read(place.course, "es"))[2:] == ["z = 5", "x = 1", ANSWER, "my note", "print(x, z)"]


def test_without_anything_typed_nothing_is_set_aside_that_git_has(place, capsys):
    place.publish()
    place.update()
    aside = {path.name for path in (place.course / "out" / "before").rglob("*") if path.is_file()}
    assert aside == (
        set() if isinstance(place, Git) else {"thing.py", f"{LESSON}.py", f"{LESSON}.ipynb", "requirements.txt"}
    )
    assert sources(read(place.course, "es"))[2] == "z = 0"
    assert "respuestas" not in capsys.readouterr().out


def test_without_a_network_all_stays_as_it_was(place):
    answer(place.course)
    place.publish()
    place.break_the_way()
    before = state(place.course)
    with pytest.raises(CourseError, match=r"(?s)Nothing has been updated.*(origin|not found)"):
        place.update()
    assert state(place.course) == before
    assert not list((place.course / "out").glob("before/*")) and not list((place.course / "out").glob("update-*"))


def test_where_even_that_fails_it_says_where_the_answers_are(place, monkeypatch):
    path = answer(place.course)
    place.publish()

    def fail(target, content):
        raise OSError("No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(update, "write_atomically", fail)
    with pytest.raises(CourseError, match="could not be undone") as error:
        place.update()
    (copy,) = (place.course / "out" / "before").glob("*")
    assert str(copy) in str(error.value) and "No space left" in str(error.value)
    kept = [file.read_bytes() for file in (copy / "notebooks" / "es" / f"{LESSON}.ipynb", path) if file.exists()]
    assert before in kept


@pytest.mark.parametrize("error", [OSError("No space left on device"), KeyboardInterrupt()])
def test_an_update_that_fails_in_the_middle_is_undone(place, error, monkeypatch):
    path = answer(place.course)
    place.publish()
    before, write, broken = state(place.course), update.write_atomically, [error]

    def fail_once(target, content):
        if broken and target == path:
            raise broken.pop()
        write(target, content)

    monkeypatch.setattr(update, "write_atomically", fail_once)
    with pytest.raises(type(error)):
        place.update()
    assert state(place.course) == before and broken == []
    if isinstance(place, Git):
        assert git(place.course, "status", "--porcelain", "-uno") == f" M notebooks/es/{LESSON}.ipynb\n"
    place.update()
    assert ANSWER in sources(read(place.course, "es"))


# Only git


@pytest.fixture
def clone(tmp_path):
    return Git(tmp_path)


def test_git_refuses_to_overwrite_a_file_and_all_stays_as_it_was(clone):
    answer(clone.course)
    clone.publish()
    (clone.course / "new.txt").write_text("mine")
    before = state(clone.course)
    with pytest.raises(CourseError, match=r"git merge says:(?s:.*)new\.txt"):
        clone.update()
    assert state(clone.course) == before


@pytest.mark.parametrize("committed", [False, True])
def test_own_changes_of_other_files_are_named_and_nothing_is_touched(clone, committed):
    answer(clone.course)
    (clone.course / "tools" / "thing.py").write_text("mine")
    if committed:
        git(clone.course, "commit", "--quiet", "--message=mine", "tools/thing.py")
    clone.publish()
    before = state(clone.course)
    with pytest.raises(CourseError, match=r"chang.* tools/thing\.py\. Keep"):
        clone.update()
    assert state(clone.course) == before


def test_a_new_notebook_that_git_already_knows_of_stays(clone):
    answer(clone.course)
    git(clone.course, "add", "notebooks")
    clone.publish()
    clone.update()
    assert (clone.course / "notebooks" / "es" / "own.ipynb").exists()
    assert ANSWER in sources(read(clone.course, "es"))


def test_a_damaged_notebook_is_set_aside_and_brought_anew(clone):
    """As after a merge that git has left unfinished: marks of the conflict stand in the file."""
    path = notebook_path(clone.course, "es", LESSON)
    path.write_text("<<<<<<< HEAD\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    clone.publish()
    clone.update()
    assert sources(read(clone.course, "es"))[2] == "z = 0"
    (copy,) = (clone.course / "out" / "before").glob(f"*/notebooks/es/{LESSON}.ipynb")
    assert copy.read_text(encoding="utf-8").startswith("<<<<<<< HEAD")


def test_a_copy_that_follows_nothing_says_so(clone):
    git(clone.course, "branch", "--unset-upstream")
    with pytest.raises(CourseError, match="follows no published branch"):
        clone.update()


# Only a zip


@pytest.fixture
def unpacked(tmp_path):
    found = Zip(tmp_path)
    yield found
    found.close()


def test_a_file_that_cannot_be_replaced_stops_the_update(unpacked, monkeypatch):
    answer(unpacked.course)
    unpacked.publish()
    before, move = state(unpacked.course), shutil.move

    def refuse(source, target):
        if source.name == "thing.py" and "update-" in str(source):
            raise PermissionError(13, "Permission denied")
        return move(source, target)

    monkeypatch.setattr(update.shutil, "move", refuse)
    with pytest.raises(PermissionError):
        unpacked.update()
    assert state(unpacked.course) == before


def test_without_an_address_it_says_that_the_course_is_not_published(unpacked, capsys):
    assert update.main(["--language", "es"], unpacked.course) == 1
    assert "todavía no está publicado" in capsys.readouterr().err


def test_the_address_is_that_of_the_course(unpacked, monkeypatch):
    asked = []
    (unpacked.course / "pyproject.toml").write_text(PROJECT.format(repository="someone/gans"))
    monkeypatch.setattr(update.urllib.request, "urlopen", lambda address, timeout: asked.append(address) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        update.update(unpacked.course)
    assert asked == ["https://github.com/someone/gans/archive/main.zip"]


def test_a_zip_on_the_disk_will_do(unpacked, capsys):
    unpacked.publish()
    assert update.main(["--zip", str(unpacked.folder / "main.zip"), "--language", "en"], unpacked.course) == 0
    assert "up to date" in capsys.readouterr().out and (unpacked.course / "new.txt").exists()


def test_answers_are_found_without_a_mark_and_without_a_memory(unpacked):
    """Typed while no kernel ran, in a course whose `out` was deleted: the base is built anew from the source."""
    path = notebook_path(unpacked.course, "es", LESSON)
    path.write_text(path.read_text(encoding="utf-8").replace("answer = ...", "answer = 3"), encoding="utf-8")
    shutil.rmtree(unpacked.course / "out")
    unpacked.publish()
    unpacked.update()
    assert sources(read(unpacked.course, "es"))[2:] == ["z = 0", "x = 1", "answer = 3", "print(x, z)"]


def test_what_the_new_version_lacks_is_set_aside(unpacked):
    (unpacked.course / "tools" / "old.py").write_text("old")
    (unpacked.course / "mine.py").write_text("mine")
    unpacked.publish()
    unpacked.update()
    assert not (unpacked.course / "tools" / "old.py").exists() and (unpacked.course / "mine.py").exists()
    (kept,) = (unpacked.course / "out" / "before").glob("*/tools/old.py")
    assert kept.read_text() == "old"


def test_scripts_stay_executable(unpacked):
    unpacked.publish()
    unpacked.update()
    assert (unpacked.course / "new.txt").stat().st_mode & 0o111
    assert not (unpacked.course / "pyproject.toml").stat().st_mode & 0o111


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "gans-main/../../evil", "gans-main/out/mine/file", "gans-main/.git/x"]
)
def test_no_zip_writes_outside_or_over_what_is_not_the_course(unpacked, name):
    answer(unpacked.course)
    unpacked.publish()
    unpacked.pack(**{name: "evil"})
    unpacked.update()
    assert (unpacked.course / "out" / "mine" / "file").read_text() == "mine"
    found = [path for path in unpacked.folder.rglob("*") if path.is_file() and path.read_bytes() == b"evil"]
    assert set(found) <= {unpacked.course / "evil"}  # where it climbs out of its folder it is brought down again


@pytest.mark.parametrize("damage", ["empty", "cut", "no course", "bomb"])
def test_a_zip_that_is_none_of_the_course_changes_nothing(unpacked, damage, monkeypatch):
    unpacked.publish()
    file = unpacked.folder / "main.zip"
    if damage == "no course":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a/b", "c")
    elif damage == "bomb":
        monkeypatch.setattr(update, "LARGEST", 1000)
    else:
        file.write_bytes(file.read_bytes()[:-2000] if damage == "cut" else b"")
    before = state(unpacked.course)
    with pytest.raises(CourseError, match=r"main\.zip cannot be used: "):
        unpacked.update()
    assert state(unpacked.course) == before
