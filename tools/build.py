"""Build the notebooks of both languages from notebooks/source: `python -m tools.build [--lesson 1]`.

Once the course has an address in [tool.course], the badges that open a lesson on Colab, Kaggle and Binder are written
below the title of every notebook and into the lesson tables of the READMEs.

A source is one bilingual file `notebooks/source/NN_slug.py` in jupytext's py:percent format. It starts with a header
that holds the title in both languages:

    # ---
    # title:
    #   es: "Tu primera GAN"
    #   en: "Your first GAN"
    # ---

then come the cells:

- Markdown cells stand as adjacent twins, `# %% [markdown] lang="es"` and then `# %% [markdown] lang="en"`.
- Code cells are shared, `# %%`, and may have tags: `# %% tags=["nbval-check-output"]`.
- The first code cell is `# %% tags=["setup"]`; the builder replaces its content with SETUP below.

Within code

- `L("época", "epoch")`, two strings or f-strings, becomes the string of the notebook's language. As the first statement
  of a function it becomes the docstring.
- a comment is a run of lines `# es: …` followed by a run of lines `# en: …`. Other comments may hold numbers and
  shapes, `# (None, 784)`, or a call to try, `# q1.hint()`, but no words. Directives such as `# noqa: E501` and
  `# fmt: skip` work and do not reach the notebook.

The result is formatted with ruff and is the same at every build. Outputs of a code cell are kept as long as its code
is the same up to comments and layout.
"""

from __future__ import annotations

import argparse
import ast
import copy
import difflib
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import tokenize
import tomllib
import warnings
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode, v4

from tools.links import badges, with_badges

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es", "en")

SETUP = """\
# es: Busca la carpeta del curso o, donde no está (Colab, Kaggle), la descarga.
# en: Finds the course folder or, where there is none (Colab, Kaggle), downloads it.
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY, REF = "<repository>", "<ref>"


class SetupError(Exception):
    def _render_traceback_(self):
        return [str(self)]


folders = [Path.cwd(), *Path.cwd().parents, Path.cwd() / Path(REPOSITORY).name]
course = next((f for f in folders if (f / "course_utils/setup.py").exists()), None)
if course is None and not REPOSITORY:
    raise SetupError(
        L(
            "No encuentro el curso: descárgalo entero y abre este cuaderno desde dentro de su carpeta.\\n"
            "(Todavía no está publicado; su dirección se escribe en [tool.course], en pyproject.toml.)",
            "The course is not here: download all of it and open this notebook from inside its folder.\\n"
            "(It is not published yet; its address is written in [tool.course] in pyproject.toml.)",
        )
    )
if course is None:
    course, url = folders[-1], f"https://github.com/{REPOSITORY}.git"
    part = course.with_name(f"{course.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    git = ["git", "clone", "--quiet", "--depth=1", f"--branch={REF}", url, part]
    try:
        subprocess.run(git, check=True, capture_output=True, timeout=300)
        part.rename(course)
    except (OSError, subprocess.SubprocessError):
        message = L(
            f"No se pudo descargar {url}. ¿Hay conexión? En Kaggle, activa Settings → Internet.",
            f"{url} could not be downloaded. Are you online? On Kaggle, switch on Settings → Internet.",
        )
        raise SetupError(message) from None
sys.path.insert(0, str(course))

from course_utils import setup

setup.start(language=L("es", "en"), lesson="<lesson>")
"""

NAME = re.compile(r"\d\d_\w+")
MARKER = re.compile(r"\s*#\s*%%(\s|$)")
TWIN_COMMENT = re.compile(r"#\s*(es|en):\s?(.*)")
DIRECTIVE = re.compile(r"#\s*(noqa\b|fmt:|ruff:|type:\s*ignore)")
CALL = re.compile(r"#\s?\w+(\.\w+)*\(\)")  # code to be uncommented by the learner, such as `# q1.hint()`
NO_WORDS = re.compile(r"\b(None|True|False|nan|NaN|inf|b?float\d+|u?int\d+)\b")  # neither Spanish nor English
WORD = re.compile(r"[^\W\d_]{2}")


class SourceError(Exception):
    """A source that cannot be built.

    Attributes:
        problems: one line each, with file, line and cell.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson in both languages; `line` and `number` say where its (Spanish) marker is in the source."""

    kind: str
    line: int
    number: int
    tags: tuple[str, ...]
    text: dict[str, str]


@dataclass(frozen=True)
class Lesson:
    """A parsed source."""

    name: str
    titles: dict[str, str]
    cells: list[Cell]


# Finding and writing files


def find_sources(root: Path, lesson: str | None = None) -> list[Path]:
    """Return the sources, or the one that `lesson` ("1", "01" or a whole name) means.

    Raises:
        SourceError: if there is none.
    """
    names = {path.stem: path for path in sorted((root / "notebooks" / "source").glob("*.py"))}
    if lesson is None:
        return list(names.values())
    return [names[find_lesson(list(names), lesson)]]


def find_lesson(names: list[str], lesson: str) -> str:
    """Return which of `names` is meant by `lesson`: "1", "01" or a whole name.

    Raises:
        SourceError: if none of them is.
    """
    for name in names:
        if lesson == name or (lesson.isdecimal() and name.startswith(f"{int(lesson):02d}_")):
            return name
    raise SourceError([f"there is no lesson {lesson!r}; there are: {', '.join(names) or 'none'}"])


def notebook_path(root: Path, language: str, name: str) -> Path:
    """Return where the notebook of a lesson lies."""
    return root / "notebooks" / language / f"{name}.ipynb"


def read_course(root: Path) -> dict[str, str]:
    """Return `repository` and `ref` of [tool.course] in pyproject.toml.

    Raises:
        SourceError: if they have another form.
    """
    course = {"repository": "", "ref": "main"}
    path = root / "pyproject.toml"
    if path.exists():
        course |= tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("course", {})
    check_course(course)
    return course


def check_course(course: dict[str, str]) -> None:
    """Check the form of `repository` ("owner/name", or "" while there is none) and `ref` (a branch or tag).

    Raises:
        SourceError: if they have another.
    """
    if course["repository"] and not re.fullmatch(r"[A-Za-z0-9_-]+/[A-Za-z0-9._-]+", course["repository"]):
        raise SourceError([f"pyproject.toml: [tool.course] repository is {course['repository']!r}, not 'owner/name'"])
    if not re.fullmatch(r"\w[\w./-]*", course["ref"]):
        raise SourceError([f"pyproject.toml: [tool.course] ref is {course['ref']!r}, not a branch or tag"])


def to_text(notebook: NotebookNode) -> str:
    """Return the file content of a notebook, always in the same form."""
    return nbformat.writes(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook in a file.

    Raises:
        SourceError: if it is none.
    """
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SourceError([f"{path}: not a readable notebook ({reason}); delete it and run `make build`"]) from None


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


# Reading a source


def read_source(path: Path, course: dict[str, str]) -> Lesson:
    """Parse a source.

    Args:
        path: the source file.
        course: what `read_course` returned.

    Raises:
        SourceError: with all problems of the file.
    """
    problems: list[str] = []

    def problem(line: int, number: int | None, text: str) -> None:
        place = f"notebooks/source/{path.name}:{line}: " + (f"cell {number}: " if number else "")
        problems.append(place + text)

    text = path.read_text(encoding="utf-8")
    if not NAME.fullmatch(path.stem):
        problem(1, None, "the file name must be NN_slug.py, such as 01_fully_connected_gan.py")
    parsed = jupytext.reads(text, fmt="py:percent").cells
    header = parsed.pop(0).source if parsed and parsed[0].cell_type == "raw" else ""
    titles = _titles(header)
    if titles is None:
        problem(1, None, "the file must start with a header that holds the title in 'es' and 'en'")

    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if MARKER.match(line)]
    if len(starts) != len(parsed):
        problem(1, None, "text before the first cell, or a line of a string starts with '# %%'")
        raise SourceError(problems)

    cells: list[Cell] = []
    waiting: Cell | None = None  # the Spanish cell whose English twin must come next
    code_cells = 0
    for number, (at, cell) in enumerate(zip(starts, parsed, strict=True), 1):
        line, language, tags = at + 1, cell.metadata.get("lang"), tuple(cell.metadata.get("tags", []))
        if waiting and not (cell.cell_type == "markdown" and language == "en"):
            problem(waiting.line, waiting.number, "'es' has no 'en' twin")
            waiting = None
        if cell.cell_type == "markdown":
            if not cell.source.strip():
                problem(line, number, "empty markdown cell")
            if language == "es":
                waiting = Cell("markdown", line, number, tags, {"es": cell.source.rstrip()})
            elif language != "en":
                problem(line, number, 'a markdown cell needs lang="es" or lang="en"')
            elif waiting is None:
                problem(line, number, "'en' has no 'es' twin before it")
            else:
                if waiting.tags != tags:
                    problem(line, number, "the twins have different tags")
                texts = {**waiting.text, "en": cell.source.rstrip()}
                cells.append(Cell("markdown", waiting.line, waiting.number, tags, texts))
                waiting = None
        elif cell.cell_type == "code":
            code_cells += 1
            end = starts[number] if number < len(starts) else len(lines)
            code, first = "\n".join(lines[at + 1 : end]).rstrip(), line + 1
            if language:
                problem(line, number, "a code cell is shared by both languages: remove lang=")
            if ("setup" in tags) != (code_cells == 1):
                problem(line, number, 'the first code cell, and no other, must have tags=["setup"]')
            if "setup" in tags:
                code, first = SETUP.replace("<lesson>", path.stem), line
                code = code.replace("<repository>", course["repository"]).replace("<ref>", course["ref"])
            elif not code.strip():
                problem(line, number, "empty code cell")
            texts, found = resolve(code)
            for offset, message in found:
                problem(first + offset - 1, number, message)
            cells.append(Cell("code", line, number, tags, texts))
        else:
            problem(line, number, f"{cell.cell_type} cells are not supported")
    if waiting:
        problem(waiting.line, waiting.number, "'es' has no 'en' twin")
    if cells and cells[0].kind == "markdown" and course["repository"]:
        for language, text in cells[0].text.items():
            heading, _, rest = text.partition("\n")
            cells[0].text[language] = f"{heading}\n\n{badges(course, language, path.stem)}\n{rest}"
    if not code_cells:
        problem(1, None, 'there is no setup cell: # %% tags=["setup"]')
    if problems:
        raise SourceError(problems)
    return Lesson(path.stem, titles or {}, cells)


def _titles(header: str) -> dict[str, str] | None:
    try:
        titles = yaml.safe_load(header.strip().strip("-"))["title"]
        return {language: str(titles[language]) for language in LANGUAGES}
    except (yaml.YAMLError, KeyError, TypeError):
        return None


# Choosing a language in code


def resolve(code: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """Return the code in each language, and what is wrong with it.

    Args:
        code: a code cell with `L("…", "…")` and comments `# es: …`, `# en: …`.

    Returns:
        the text in each language (empty if there are problems), and the problems as (line within the cell, message).
    """
    try:
        tree = _parse(code)
    except (SyntaxError, ValueError) as error:
        return {}, [(getattr(error, "lineno", None) or 1, f"syntax error: {getattr(error, 'msg', error)}")]
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    string_edits, problems = _string_edits(code, tree, tokens)
    comment_edits, comment_problems = _comment_edits(code, tokens)
    problems += comment_problems
    for start, end, _ in comment_edits:
        if any(start < string_end and string_start < end for string_start, string_end, _ in string_edits):
            problems.append((code.count("\n", 0, start) + 1, "comment inside L(…): move it above the statement"))
    if problems:
        return {}, sorted(problems)
    texts = {language: _apply(code, string_edits + comment_edits, language) for language in LANGUAGES}
    for language, text in texts.items():
        try:
            _parse(text)
        except SyntaxError as error:
            problems.append((error.lineno or 1, f"not valid Python once '{language}' is chosen: {error.msg}"))
    return texts, problems


def _parse(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "\d" in a plain string: a warning that the learner would see
        return ast.parse(code)


def _apply(code: str, edits: list, language: str) -> str:
    for start, end, texts in sorted(edits, key=lambda edit: edit[0], reverse=True):
        code = code[:start] + texts[language] + code[end:]
    return code


def _line_starts(code: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", code))]


def _string_edits(code: str, tree: ast.Module, tokens: list) -> tuple[list, list]:
    edits, problems = [], []
    starts, lines = _line_starts(code), code.split("\n")

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())  # ast counts bytes of UTF-8

    def segment(node: ast.expr) -> str:
        return code[offset(node.lineno, node.col_offset) : offset(node.end_lineno, node.end_col_offset)]

    f_strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {id(part): f_string for f_string in f_strings for part in ast.walk(f_string)}
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    in_brackets = _names_in_brackets(tokens, starts)
    for name in ast.walk(tree):
        if not (isinstance(name, ast.Name) and name.id == "L"):
            continue
        call = calls.get(id(name))
        if id(name) in inside:
            problems.append((inside[id(name)].lineno, "L(…) inside an f-string: put it into a variable first"))
        elif call is None:
            problems.append((name.lineno, "the name L is taken: it marks the two languages, L(…)"))
        elif len(call.args) != 2 or call.keywords or not all(map(_is_text, call.args)):
            problems.append((name.lineno, "L(…) takes exactly two strings or f-strings, Spanish and English"))
        else:
            start = offset(call.lineno, call.col_offset)
            texts = [segment(argument) for argument in call.args]
            if start not in in_brackets:
                texts = [text if _stands_alone(text) else f"({text})" for text in texts]
            end = offset(call.end_lineno, call.end_col_offset)
            edits.append((start, end, dict(zip(LANGUAGES, texts, strict=True))))
    return edits, problems


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _stands_alone(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:  # several strings on several lines
        return False
    return True


def _names_in_brackets(tokens: list, starts: list[int]) -> set[int]:
    depth, found = 0, set()
    for token in tokens:
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        elif token.type == tokenize.NAME and depth:
            found.add(starts[token.start[0] - 1] + token.start[1])
    return found


def _comment_edits(code: str, tokens: list) -> tuple[list, list]:
    edits, problems = [], []
    starts, lines = _line_starts(code), code.split("\n")
    comments = {token.start[0]: token for token in tokens if token.type == tokenize.COMMENT}

    def run_of(language: str, line: int, column: int) -> list[str]:
        """Return the texts of the comment lines of one language, from `line` on."""
        texts = []
        while (token := comments.get(line + len(texts))) and token.start[1] == column:
            match = TWIN_COMMENT.fullmatch(token.string)
            if not match or match[1] != language or lines[token.start[0] - 1][:column].strip():
                break
            texts.append(match[2].rstrip())
        return texts

    done = 0
    for line, token in comments.items():
        match, column = TWIN_COMMENT.fullmatch(token.string), token.start[1]
        if line <= done:
            continue
        if not match:
            neutral = DIRECTIVE.match(token.string) or CALL.fullmatch(token.string)
            if not neutral and WORD.search(NO_WORDS.sub("", token.string)):
                problems.append((line, f"comment without a language, use '# es: …' and '# en: …': {token.string}"))
        elif lines[line - 1][:column].strip():
            problems.append((line, f"a '# {match[1]}:' comment must stand on a line of its own"))
        else:
            spanish = run_of("es", line, column)
            english = run_of("en", line + len(spanish), column)
            done = line + len(spanish) + len(english) - 1
            if not spanish:
                problems.append((line, "comment '# en:' has no '# es:' twin right above it"))
            elif not english:
                problems.append((line, "comment '# es:' has no '# en:' twin right below it"))
            else:
                end = starts[done - 1] + len(lines[done - 1])
                texts = [("\n" + " " * column).join(f"# {text}".rstrip() for text in run) for run in (spanish, english)]
                edits.append((starts[line - 1] + column, end, dict(zip(LANGUAGES, texts, strict=True))))
    return edits, problems


def _is_neutral(comment: str) -> bool:
    """Tell whether a comment is the same in every language: a directive, numbers and shapes, or a call to try."""
    if DIRECTIVE.match(comment) or not WORD.search(NO_WORDS.sub("", comment)):
        return True
    try:
        tree = ast.parse(comment.lstrip("# "))
    except SyntaxError:
        return False
    is_call = all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in tree.body)
    return is_call and not any(map(_is_text, ast.walk(tree)))


# Making the notebooks


def make_notebooks(lesson: Lesson) -> dict[str, NotebookNode]:
    """Return the notebook of each language, without outputs."""
    notebooks = {language: _notebook(lesson, language) for language in LANGUAGES}
    _format(list(notebooks.values()))
    return notebooks


def _notebook(lesson: Lesson, language: str) -> NotebookNode:
    cells = []
    for position, cell in enumerate(lesson.cells, 1):
        new = v4.new_code_cell if cell.kind == "code" else v4.new_markdown_cell
        metadata = {"tags": list(cell.tags)} if cell.tags else {}
        cells.append(new(cell.text[language], id=f"{lesson.name[:2]}-{position:03d}", metadata=metadata))
    metadata = {
        "course": {"lesson": lesson.name, "language": language, "title": lesson.titles[language]},
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return v4.new_notebook(cells=cells, metadata=metadata)


def _format(notebooks: list[NotebookNode]) -> None:
    """Format the code cells with one call of ruff, then remove the directives."""
    options = ["--isolated", "--no-cache", "--quiet", "--line-length=88", "--target-version=py311"]
    options += ["--config", "format.skip-magic-trailing-comma=true"]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.ipynb") for number in range(len(notebooks))]
        for path, notebook in zip(paths, notebooks, strict=True):
            path.write_text(to_text(notebook), encoding="utf-8")
        command = [sys.executable, "-m", "ruff", "format", *options, folder]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise RuntimeError(f"ruff format failed:\n{done.stderr}")
        for path, notebook in zip(paths, notebooks, strict=True):
            for cell, formatted in zip(notebook.cells, read_notebook(path).cells, strict=True):
                if cell.cell_type == "code":
                    cell.source = _without_directives(formatted.source)


def _without_directives(code: str) -> str:
    lines = code.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and DIRECTIVE.match(token.string):
            line = token.start[0] - 1
            lines[line] = lines[line][: token.start[1]].rstrip() or None
    return "\n".join(line for line in lines if line is not None)


# What two codes have in common


def syntax(code: str, blank: bool = False) -> str:
    """Return the syntax tree of some code as text: the same for every Python version, layout and comments left out.

    Args:
        code: the code.
        blank: leave out what strings say. Of f-strings the formatted expressions remain, in any order.
    """
    return repr(_canonical(ast.parse(code), blank))


def _canonical(node: object, blank: bool) -> object:
    if isinstance(node, list):
        return [_canonical(item, blank) for item in node]
    if blank and isinstance(node, ast.AST) and _is_text(node):
        values = [value for value in getattr(node, "values", []) if isinstance(value, ast.FormattedValue)]
        return ["text", sorted(repr(_canonical(value, blank)) for value in values)]
    if isinstance(node, ast.JoinedStr):  # Python 3.12 adds empty parts
        parts = [part for part in node.values if not (isinstance(part, ast.Constant) and part.value == "")]
        return ["f-string", _canonical(parts, blank)]
    if isinstance(node, ast.FormattedValue):
        spec = _canonical(node.format_spec, False) if node.format_spec else None
        return ["formatted", _canonical(node.value, blank), node.conversion, spec]
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if name != "kind" and value not in (None, [])]
        return [type(node).__name__, *([name, _canonical(value, blank)] for name, value in fields)]
    return ascii(node)


def _code(notebook: NotebookNode) -> list[str]:
    # The setup cell does not count: publishing the course elsewhere must not make all outputs stale.
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["setup" if "setup" in cell.metadata.get("tags", []) else _syntax_or_text(cell.source) for cell in cells]


def _syntax_or_text(code: str) -> str:
    try:
        return syntax(code)
    except SyntaxError:
        return code


def fingerprint(notebook: NotebookNode) -> str:
    """Return the fingerprint of a notebook's code, the setup cell, comments and layout left out."""
    return hashlib.sha256(json.dumps(_code(notebook)).encode()).hexdigest()


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return a copy as the builder makes it: no outputs, no execution counts, no provenance."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata.get("course", {}).pop("published", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def keep_outputs(notebook: NotebookNode, old: NotebookNode) -> None:
    """Take over the outputs of the cells whose code is unchanged, and the provenance, from the old notebook."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    old_cells = [cell for cell in old.cells if cell.cell_type == "code"]
    for at, old_at, size in difflib.SequenceMatcher(None, _code(notebook), _code(old), False).get_matching_blocks():
        for cell, old_cell in zip(cells[at : at + size], old_cells[old_at : old_at + size], strict=True):
            cell.outputs, cell.execution_count = old_cell.outputs, old_cell.execution_count
    if published := old.metadata.get("course", {}).get("published"):
        notebook.metadata.course.published = published


def build(root: Path = ROOT, lesson: str | None = None) -> tuple[list[Path], list[str]]:
    """Build the notebooks of all lessons, or of one.

    Args:
        root: the folder of the course.
        lesson: "1", "01" or a whole name; None builds all.

    Returns:
        the files that were written (none if all are up to date) and the problems. Of a source with problems nothing is
        written. The lesson tables of the READMEs get their badges.
    """
    written: list[Path] = []
    problems: list[str] = []
    try:
        course, sources = read_course(root), find_sources(root, lesson)
    except SourceError as error:
        return [], error.problems
    for source in sources:
        try:
            notebooks = make_notebooks(read_source(source, course))
            paths = {language: notebook_path(root, language, source.stem) for language in LANGUAGES}
            for language, path in paths.items():
                if path.exists():
                    keep_outputs(notebooks[language], read_notebook(path))
        except SourceError as error:
            problems += error.problems
            continue
        for language, path in paths.items():
            text = to_text(notebooks[language])
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                write_atomically(path, text)
                written.append(path)
    for path in readmes(root):
        text = path.read_text(encoding="utf-8")
        if (new := with_badges(text, course)) != text:
            write_atomically(path, new)
            written.append(path)
    return written, problems


def readmes(root: Path) -> list[Path]:
    """Return the READMEs that hold a lesson table."""
    return sorted(root.glob("README*.md"))


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description="Build the notebooks of both languages.")
    parser.add_argument("--lesson", help="only this lesson: its number or name")
    options = parser.parse_args(arguments)
    written, problems = build(root, options.lesson)
    for path in written:
        print(f"wrote {path.relative_to(root).as_posix()}")
    for problem in problems:
        print(problem, file=sys.stderr)
    if not written and not problems:
        print("up to date" if find_sources(root) else "there are no sources in notebooks/source")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
