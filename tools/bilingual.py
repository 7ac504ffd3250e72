"""Choose a language in the code of a lesson.

- `L("época", "epoch")`, two strings or f-strings, becomes the string of the notebook's language. As the first statement
  of a function it becomes the docstring.
- a comment is a run of lines `# es: …` followed by a run of lines `# en: …`. Other comments may hold numbers and
  shapes, `# (None, 784)`, or a call to try, `# q1.hint()`, but no words. Directives such as `# noqa: E501` and
  `# fmt: skip` work and do not reach the notebook.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

from tools.course import LANGUAGES

TWIN_COMMENT = re.compile(r"#\s*(es|en):\s?(.*)")
DIRECTIVE = re.compile(r"#\s*(noqa\b|fmt:|ruff:|type:\s*ignore)")
CALL = re.compile(r"#\s?\w+(\.\w+)*\(\)")  # code to be uncommented by the learner, such as `# q1.hint()`
NO_WORDS = re.compile(r"\b(None|True|False|nan|NaN|inf|b?float\d+|u?int\d+)\b")  # neither Spanish nor English
WORD = re.compile(r"[^\W\d_]{2}")


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


def of_module(code: str) -> str:
    """Return the code as a module of `course_utils` holds it: comments and docstrings in English, every other `L(…)`
    left, to be decided at run time.

    Args:
        code: a code cell in which `resolve` has found no problem.
    """
    tree, tokens = _parse(code), list(tokenize.generate_tokens(io.StringIO(code).readline))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    docstrings = [node.body[0].value for node in functions if isinstance(node.body[0], ast.Expr)]
    starts = _line_starts(code)
    places = {starts[node.lineno - 1] + node.col_offset for node in docstrings}
    edits = [edit for edit in _string_edits(code, tree, tokens)[0] if edit[0] in places]
    return _apply(code, edits + _comment_edits(code, tokens)[0], "en")


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
        elif len(call.args) != 2 or call.keywords or not all(map(is_text, call.args)):
            problems.append((name.lineno, "L(…) takes exactly two strings or f-strings, Spanish and English"))
        else:
            start = offset(call.lineno, call.col_offset)
            texts = [segment(argument) for argument in call.args]
            if start not in in_brackets:
                texts = [text if _stands_alone(text) else f"({text})" for text in texts]
            end = offset(call.end_lineno, call.end_col_offset)
            edits.append((start, end, dict(zip(LANGUAGES, texts, strict=True))))
    return edits, problems


def is_text(node: ast.AST) -> bool:
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
