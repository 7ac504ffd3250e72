"""Find a generator and a discriminator in the code that a learner has pasted into a cell. For lesson 4.

What has to do with packing is read as it was meant, and each reading is said in a line with ✎: other names, parameters,
classes, whole programs, imports and arguments of older versions of Keras. What is inside the networks is the learner's:
`contract` and `cures` say what has to change there.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import inspect
import linecache
import re
import sys
import textwrap
import types
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from course_utils.experiments import cures
from course_utils.experiments.contract import keeps_contract, quietly
from course_utils.language import L, say

ROLES = {
    "generator": r"(?<!a)gen|creator|(^|_)(net_?)?g($|_(net|model))",
    "discriminator": r"disc|critic|(^|_)(net_?)?d(is)?($|_(net|model))",
}
# Names with these are about the networks, and not the networks.
ABOUT = (
    r"loss|opt|train|step|sampl|imag|plot|save|load|generate_|generat(ed|ing)|latent|noise|real|fake|batch|acc|grad|"
)
ABOUT += r"block|layer|upsamp|_path|_dir|points|data|history|checkpoint|param|lr|rate|cost|weights|summary|input|output"
# Top-level lines that take long, or have nothing to do with making networks.
SLOW = r"load|\bread|\bopen|\.fit|(?<![Cc]ons)train\w*\(|predict|from_tensor|(?<!up)(?<!down)sampl|glob|Session|"
SLOW += r"placeholder|input\("
FILE = "<pasted>"
LAYERS = r"\b(Dense|Conv2D\w*|Linear|ConvTranspose\w*)\("
NETWORK_CODE = r"keras|layers|Sequential|Dense|Model\(|torch|nn\.|tf\."
PLACES = (keras, keras.layers, keras.models, keras.optimizers, keras.initializers, keras.utils, keras.regularizers)
PLACES += (keras.constraints, keras.activations, keras.losses, keras.backend, keras.datasets, keras.ops)


class _Backend:
    """What was in `keras.backend`, which code knows as `K`, is in `keras.ops` today."""

    def __getattr__(self, name: str):
        place = next((place for place in (keras.ops, keras.backend) if hasattr(place, name)), keras.random)
        return getattr(place, name.removeprefix("random_") if place is keras.random else name)


MODULES = {"np": np, "numpy": np, "tf": tf, "tensorflow": tf, "keras": keras, "K": _Backend(), "np_utils": keras.utils}
# Parts of Keras that are private or gone; what was in them is in `keras.layers` or its like.
OLD_PARTS = {"advanced_activations", "core", "convolutional", "normalization", "pooling", "merge", "noise", "legacy"}
OLD_KERAS = r"import backend|keras\.backend|tensorflow\.python|tensorflow\.contrib|tensorflow\.compat\.v1\.keras|"
OLD_KERAS += r"tf_keras|keras\.src|keras\.api"
OLD_TENSORFLOW = (
    r"tf\.(placeholder|get_variable|variable_scope|Session|layers\.|contrib|truncated_normal|random_uniform|"
)
OLD_TENSORFLOW += r"random_normal|app\.|Variable\(tf)|tensorflow\.compat\.v1|\bslim\."
RENAMED = {
    "lr": "learning_rate",
    "init": "kernel_initializer",
    "border_mode": "padding",
    "subsample": "strides",
    "output_dim": "units",
    "nb_filter": "filters",
    "bias": "use_bias",
    "input_shape": "shape",
    "input": "inputs",
    "output": "outputs",
    "p": "rate",
}
# Those that still mean something elsewhere: the only class in which they are renamed.
ONLY_IN = {"output_dim": "Dense", "input_shape": "Input", "input": "Model", "output": "Model", "p": "Dropout"}
OF_KERAS_1 = {"border_mode", "subsample", "init"}
GONE = {"decay", "mode"}
SIZES = {"units", "filters", "target_shape"}
# What goes by these names holds settings, for the most part.
SETTINGS = r"self|config|conf|cfg|args|options|params|hparams|hps?|flags|settings"


class Unclear(Exception):
    """There is no pair of networks to be found; the text says why and what to do."""


class Found(NamedTuple):
    """A network in a text.

    Its role and name, what it is ("function", "method", "class", "variable" or "attribute"), where, the class of a
    method or an attribute, and which part it is of what is returned, where that is both networks.
    """

    role: str
    name: str
    kind: str
    node: ast.AST
    owner: str = ""
    part: int | None = None


def networks(names: dict) -> Callable | None:
    """Find the pair of networks that was pasted last, check it and say what was found; never raises.

    Args:
        names: `globals()` of the notebook; IPython keeps the texts of all cells in its `In`.

    Returns:
        function without arguments that returns a new generator and a new discriminator; None if something has to be
        mended first.
    """
    try:
        pair = _read(names)
    except Unclear as problem:
        print(f"✘ {problem}")
        pair = None
    except Exception as error:
        print(f"✘ {_unreadable(error)}")
        pair = None
    if pair is None or not keeps_contract(*pair):
        say("Arregla lo que lleva ✘ y ejecuta otra vez las dos celdas.", "Mend what has a ✘, and run both cells again.")
        return None
    return lambda: tuple(make() for make in pair)


def _unreadable(error: Exception) -> str:
    return L(
        f"No se ha podido leer lo que has pegado ({cures.reason(error)}). Deja en la celda solo los `import` y dos "
        "funciones, `make_generator()` y `make_discriminator()`.",
        f"What you have pasted could not be read ({cures.reason(error)}). Leave only the imports in the cell, and two "
        "functions, `make_generator()` and `make_discriminator()`.",
    )


def explain_errors() -> None:
    """From now on, run only the definitions of cells with networks, and say in a sentence why such a cell stops.

    Whole programs would train for hours. The names of the lesson are remembered: `networks` puts back those that such
    a cell overwrites.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        _of_the_lesson.update(shell.user_ns)
        shell.set_custom_exc((Exception,), _explain)
        if not any(isinstance(one, _OnlyDefinitions) for one in shell.ast_transformers):
            shell.ast_transformers.append(_OnlyDefinitions(shell))


_of_the_lesson: dict[str, object] = {}


class _OnlyDefinitions(ast.NodeTransformer):
    """Leaves out what a cell with networks does besides defining them; IPython passes it the tree of each cell.

    Args:
        shell: of IPython.
    """

    def __init__(self, shell) -> None:
        self._shell = shell

    def visit_Module(self, tree: ast.Module) -> ast.Module:
        if not _defines_networks(self._shell.user_ns.get("In", [""])[-1]):
            return tree
        statements = list(_statements(tree))
        wanted = [statement for statement in statements if _is_definition(statement)]
        others = [ast.unparse(statement).splitlines()[0] for statement in statements if statement not in wanted]
        others = [line for line in others if not re.match("['\"]", line)]  # a text that stands alone
        if others:
            some = "; ".join(f"`{line[:50]}`" for line in others[:3]) + ("…" if len(others) > 3 else "")
            say(f"✎ Aquí no se ejecuta lo que no define redes: {some}", f"✎ Not run here, being no network: {some}")
        return ast.Module(wanted, tree.type_ignores)


def _explain(shell, kind, error, traceback, tb_offset=None) -> list[str]:
    """Show the error of a cell; IPython calls it."""
    text = shell.user_ns.get("In", [""])[-1]
    about_networks = _defines_networks(text)
    if hasattr(error, "_render_traceback_"):
        lines = error._render_traceback_()
    elif about_networks or isinstance(error, ImportError):
        lines = [L("La celda se ha detenido con ", "The cell has stopped with ") + cures.reason(error)]
        lines += _import_cures(text)
        if about_networks:
            lines.append(
                L(
                    "Ejecuta la siguiente de todos modos: lee lo que has pegado y dice qué hay que cambiar, si hay que "
                    "cambiar algo.",
                    "Run the next one all the same: it reads what you have pasted and says what has to change, if "
                    "anything.",
                )
            )
    else:
        lines = shell.InteractiveTB.structured_traceback(kind, error, traceback, tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)
    return lines


def _import_cures(text: str) -> list[str]:
    """Return what to write in place of each import of a cell that fails."""
    try:
        imports = [node for node in ast.walk(ast.parse(_clean(text))) if isinstance(node, ast.Import | ast.ImportFrom)]
    except SyntaxError:
        return []
    return [f"    {ast.unparse(node)}\n  → {_import_cure(node)}" for node in imports if not _is_importable(node)]


def _is_importable(node: ast.Import | ast.ImportFrom) -> bool:
    if re.search(OLD_KERAS, ast.unparse(node)):
        return False
    try:
        exec(compile(ast.Module([node], []), FILE, "exec"), {})
    except Exception:
        return False
    return True


def _import_cure(node: ast.Import | ast.ImportFrom) -> str:
    """Return the line to write in place of an import that fails, or what to do about it."""
    module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
    library = cures.OTHER_LIBRARIES.get(module.split(".")[0]) or ("TensorFlow 1" if "contrib" in module else "")
    if library:
        return cures.other_library(library)
    lines = []
    for alias in node.names:
        place = next((place for place in PLACES if hasattr(place, alias.name)), None)
        if alias.name.split(".")[-1] == "backend":
            lines.append(f"from keras import ops as {alias.asname or 'backend'}")
            continue
        if place is None:
            return L(
                "borra esta línea, si las redes no la necesitan", "delete this line, if the networks do without it"
            )
        name = alias.name if alias.asname is None else f"{alias.name} as {alias.asname}"
        lines.append(f"from {place.__name__.replace('.api', '').replace('._tf_keras', '')} import {name}")
    return "; ".join(lines)


def _put_names_back(tree: ast.Module, names: dict) -> None:
    """Give the lesson its own names back, where a cell has used them for something else."""
    bound = {name for statement in _statements(tree) for name in _bound_names(statement)}
    bound = {name for name in bound & set(_of_the_lesson) if not any(_plays(name, role) for role in ROLES)}
    changed = sorted(name for name in bound if names.get(name) is not _of_the_lesson[name])
    names.update({name: _of_the_lesson[name] for name in changed})
    if changed:
        listed = ", ".join(changed)
        say(
            f"✎ La lección también usa estos nombres, y se le han devuelto: {listed}.",
            f"✎ The lesson uses these names as well, and has got them back: {listed}.",
        )


# --- The text


def _defines_networks(text: str) -> bool:
    """Return whether a cell may define networks: it need not be free of errors."""
    if "pasted." in text or not re.search(NETWORK_CODE, text):
        return False
    try:
        tree = ast.parse(_clean(text))
    except SyntaxError:
        return bool(re.search(r"(?i)generator|discriminator|generador|discriminador", text))
    return any(_candidates(tree, role) for role in ROLES)


def _clean(text: str) -> str:
    """Return a text without what comes along when one copies: fences, prompts, curly quotes, a common indent."""
    lines = ["" if line.lstrip().startswith(("```", "%", "!")) else line for line in text.splitlines()]
    lines = [re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in lines]
    return textwrap.dedent("\n".join(lines)).translate(str.maketrans("“”‘’（），\xa0", "\"\"''(), "))


def _read(names: dict) -> tuple[Callable, Callable]:
    """Return functions without arguments that make the two networks."""
    cells = [text for text in names.get("In", ()) if _defines_networks(text)]
    layered = [text for text in names.get("In", ()) if "pasted." not in text and re.search(LAYERS, text)]
    if layered and layered[-1] not in cells:  # older networks are not what was pasted
        _check_library(layered[-1])
        raise Unclear(_not_found(list(ROLES)))
    if not cells:
        raise Unclear(
            L(
                "No hay ninguna red en las celdas ejecutadas. Ejecuta la celda en la que las has pegado.",
                "There is no network in the cells that were run. Run the cell into which you have pasted yours.",
            )
        )
    tree, text = _parse(cells[-1])
    _check_library(text)
    found = {role: _candidates(tree, role) for role in ROLES}
    if not all(found.values()):  # perhaps each is in a cell of its own
        for other in reversed(cells[:-1]):
            other_tree, other_text = _parse(other)
            if all(bool(_candidates(other_tree, role)) != bool(found[role]) for role in ROLES):
                tree, text = _parse(_clean(other_text) + "\n" + _clean(text))
                found = {role: _candidates(tree, role) for role in ROLES}
                break
    missing = [role for role in ROLES if not found[role]]
    if missing:
        raise Unclear(_not_found(missing))
    program = Program(tree, text, names)
    _put_names_back(tree, names)
    return _makers(program, found)


def _not_found(missing: list[str]) -> str:
    es = " ni ".join({"generator": "un generador", "discriminator": "un discriminador"}[role] for role in missing)
    en = " and no ".join(missing)
    definitions = "\n".join(f"    def make_{role}():" for role in missing)
    return L(
        f"No se encuentra {es}. Pon a la función que lo crea uno de estos nombres:\n{definitions}",
        f"No {en} was found. Give the function that makes it this name:\n{definitions}",
    )


def _parse(text: str) -> tuple[ast.Module, str]:
    text = _clean(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text), text
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise Unclear(
            L(
                f"Python no entiende la línea {error.lineno}: `{line}` ({error.msg}). Cópiala de nuevo entera, o "
                "bórrala si no es código.",
                f"Python does not understand line {error.lineno}: `{line}` ({error.msg}). Copy it again, all of it, or "
                "delete it if it is no code.",
            )
        ) from error


def _check_library(text: str) -> None:
    """Name the library of code that is not for Keras."""
    imported = re.findall(r"^\s*(?:import|from)\s+(\w+)", text, re.MULTILINE)
    library = next((cures.OTHER_LIBRARIES[name] for name in imported if name in cures.OTHER_LIBRARIES), "")
    if "nn.Module" in text:
        library = library or "PyTorch"
    if re.search(OLD_TENSORFLOW, text) and not re.search(r"Sequential|Model\(", text):
        library = "TensorFlow 1"
    if library:
        raise Unclear(cures.other_library(library))


# --- What is in it


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements at the top, and those under `if __name__ == "__main__"`."""
    for statement in tree.body:
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            yield from statement.body
        else:
            yield statement


def _candidates(tree: ast.Module, role: str) -> list[Found]:
    """Return what a text defines for a role, the best first."""
    found = []
    for statement in _statements(tree):
        if isinstance(statement, ast.FunctionDef):
            found += _functions(statement, role)
        elif isinstance(statement, ast.ClassDef):
            methods = [part for part in statement.body if isinstance(part, ast.FunctionDef)]
            found += [
                one._replace(kind="method", owner=statement.name) for part in methods for one in _functions(part, role)
            ]
            if _plays(statement.name, role):
                found.append(Found(role, statement.name, "class", statement))
            found += [
                Found(role, line.targets[0].attr, "attribute", line, statement.name) for line in _kept(statement, role)
            ]
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if _plays(name, role) and isinstance(statement.value, ast.Call):
                found.append(Found(role, name, "variable", statement))
    order = ["function", "method", "class", "variable", "attribute"]
    verbs = r"make|build|define|create|get|construct|cre|constru|model|^(generator|discriminator|critic)$"
    return sorted(
        found, key=lambda one: (order.index(one.kind), one.part is not None, not re.search(verbs, one.name.lower()))
    )


def _kept(node: ast.ClassDef, role: str) -> list[ast.Assign]:
    """Return the lines in which the `__init__` of a class makes the network of this role, to keep it."""
    inits = [part for part in node.body if getattr(part, "name", "") == "__init__"]
    return [
        line
        for line in (line for init in inits for line in init.body)
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Attribute)
        if _plays(line.targets[0].attr, role) and re.search(r"\b(Sequential|Model)\(", ast.unparse(line.value))
    ]


def _functions(function: ast.FunctionDef, role: str) -> list[Found]:
    """Return a function if it makes a network with this role, alone or together with the other."""
    if _plays(function.name, role):
        return [Found(role, function.name, "function", function)]
    returned = [part.value for part in ast.walk(function) if isinstance(part, ast.Return)]
    pairs = [value.elts for value in returned if isinstance(value, ast.Tuple) and 2 <= len(value.elts) <= 3]
    return [
        Found(role, function.name, "function", function, part=number)
        for parts in pairs
        for number, part in enumerate(parts)
        if _plays(ast.unparse(part).split("(")[0], role) and "train" not in function.name
    ]


def _plays(name: str, role: str) -> bool:
    """Return whether a name is that of a network with this role."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return bool(re.search(ROLES[role], name)) and not re.search(ABOUT, name.replace("image_gen", "gen"))


class _Modern(ast.NodeTransformer):
    """Write what older versions of Keras called otherwise as Keras 3 calls it; `notes` says what was changed."""

    def __init__(self, defined: set[str]) -> None:
        self.notes: dict[str, None] = {}  # in the order in which they arose
        self._defined = defined

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = _called(node)
        if name == "prod":
            self.notes["`np.prod(…)` → `int(np.prod(…))`"] = None
            return _call("int", node)
        if len(node.args) == 2 and ast.unparse(node.args[1]) == "training" and name not in self._defined:
            self.notes["`(x, training)` → `(x, training=training)`"] = None
            node.keywords.append(ast.keyword("training", node.args.pop()))
        if name[:1].isupper() and name not in self._defined:
            self._round(node, name)
            self._widen(node, name)
            old = OF_KERAS_1 & {keyword.arg for keyword in node.keywords} or name == "Convolution2D"
            if name in ("Conv2D", "Convolution2D") and len(node.args) > 2 and old:  # (8, 3, 3) was (8, (3, 3))
                node.args[1:3] = [ast.Tuple(node.args[1:3], ast.Load())]
            for keyword in node.keywords:
                if keyword.arg in RENAMED and ONLY_IN.get(keyword.arg, name) == name:
                    self.notes[f"`{keyword.arg}=` → `{RENAMED[keyword.arg]}=`"] = None
                    keyword.arg = RENAMED[keyword.arg]
            gone = GONE | ({"weights"} if hasattr(keras.layers, name) else set())
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in gone]
        return node

    def _round(self, node: ast.Call, name: str) -> None:
        """Let divisions give integers where a layer is told how large it is."""
        if not re.match("Dense|Conv|Reshape", name):
            return
        for given in [*node.args[:1], *(word.value for word in node.keywords if word.arg in SIZES)]:
            for part in ast.walk(given):
                if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) and "int(" not in ast.unparse(given):
                    part.op = ast.FloorDiv()
                    self.notes[f"`{name}(… / …)` → `{name}(… // …)`"] = None

    def _widen(self, node: ast.Call, name: str) -> None:
        """Let a number stand for a shape, and a list for the only thing in it, as they did."""
        if name == "Input" and node.args:
            node.args[0] = _call("_as_shape", node.args[0])
        for word in node.keywords:
            if word.arg == "input_shape" or (word.arg == "shape" and name == "Input"):
                word.value = _call("_as_shape", word.value)
        if name == "Model":  # [x] for a single input or output
            node.args = [one.elts[0] if _is_single(one) else one for one in node.args]
            for word in filter(lambda word: _is_single(word.value), node.keywords):
                word.value = word.value.elts[0]

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Call) and _called(node.value) == "prod":  # np.prod(…).astype(int)
            return node
        self.generic_visit(node)
        if isinstance(node.value, ast.Attribute) and node.value.attr in OLD_PARTS:
            node.value = node.value.value
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if re.search(r"\.(compile|summary)\(|\.build\(\)|plot_model\(", ast.unparse(node)):
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Inside a `tf.function`, Keras cannot tell which shapes come out."""
        node.decorator_list = [one for one in node.decorator_list if "tf.function" not in ast.unparse(one)]
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Of the `__init__` of a class that makes networks in its methods, leave only what is quick."""
        self.generic_visit(node)
        if any(_is_workshop(node, role) for role in ROLES):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                    part.body = [_guarded(line) for line in part.body if _is_quick(line)] or [ast.Pass()]
        return node


def _is_single(node: ast.expr) -> bool:
    """Return whether an expression is a list of one."""
    return isinstance(node, ast.List) and len(node.elts) == 1


def _call(function: str, argument: ast.expr) -> ast.Call:
    """Return a call of a function with one argument, in its place."""
    return ast.copy_location(ast.Call(ast.Name(function, ast.Load()), [argument], []), argument)


def _called(call: ast.Call) -> str:
    """Return the name of what is called, without what it belongs to."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_workshop(node: ast.ClassDef, role: str) -> bool:
    """Return whether a class makes the network of this role in a method, or in its `__init__`."""
    methods = [part.name for part in node.body if isinstance(part, ast.FunctionDef)]
    return any(_plays(name, role) for name in methods) or bool(_kept(node, role))


def _is_quick(line: ast.stmt) -> bool:
    text = ast.unparse(line)
    makes = re.search(r"self\.\w*(build|make|create|define|compile|gen|disc|critic)\w*\(", text)
    return not makes and not re.search(SLOW, text)


def _guarded(line: ast.stmt) -> ast.Try:
    """Return a statement that does not stop what comes after it."""
    ignore = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    return ast.copy_location(ast.Try([line], [ignore], [], []), line)


class Program:
    """The definitions of a text, run as often as needed, each time from new, without what takes long.

    Args:
        tree, text: the program.
        names: of the notebook; what they have and the text lacks is taken from them.
    """

    def __init__(self, tree: ast.Module, text: str, names: dict) -> None:
        self.tree, self.lines = tree, list(enumerate(text.splitlines(), start=1))
        linecache.cache[FILE] = (len(text), None, text.splitlines(keepends=True), FILE)  # errors quote their line
        self.defined = {s.name for s in _statements(tree) if isinstance(s, ast.FunctionDef | ast.ClassDef)}
        of_roles = {name for role in ROLES for one in _candidates(tree, role) for name in (one.name, one.owner)}
        # Functions and classes of the text that make networks: calling them takes long.
        self.network_makers = self.defined & (of_roles | {name for name in self.defined if "gan" in name.lower()})
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        modern = _Modern(self.defined | functions)
        modernized = [modern.visit(statement) for statement in list(_statements(tree))]
        self.statements = [statement for statement in modernized if self._is_wanted(statement)]
        self.notes = modern.notes
        kinds = types.ModuleType | types.FunctionType | type | int | float | str | tuple
        self.outside = {
            name: value
            for name, value in names.items()
            if isinstance(value, kinds) and not name.startswith("_") and not any(_plays(name, role) for role in ROLES)
        }
        self.supplied: dict[str, object] = {}
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        paths = [
            (one.asname or one.name, [getattr(node, "module", one.name), one.name])
            for node in imports
            for one in node.names
        ]
        self.imports = {name: path for name, path in paths}  # from which module, and what

    def run(self, needed: set[str] = frozenset()) -> dict:
        """Return the names that the program defines; of its layers and networks, only those that are needed."""
        names = {"__name__": "__main__", "_as_shape": self._as_shape, **self.outside, **self.supplied}
        for statement in self.statements:
            if _applies_layers(statement) and not needed & set(_bound_names(statement)):
                continue
            module = ast.fix_missing_locations(ast.Module([statement], []))
            try:
                exec(compile(module, FILE, "exec"), names)
            except Exception:  # an import that fails, a value that needs data: it may not matter
                continue
        return names

    def _as_shape(self, shape: object) -> object:
        """Return a number as a shape, anything else as it is; the code that was read calls this."""
        if not isinstance(shape, int):
            return shape
        self.notes[f"`Input({shape})` → `Input(({shape},))`"] = None
        return (shape,)

    def _is_wanted(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return not re.search(OLD_KERAS, ast.unparse(statement))
        if not _is_definition(statement):
            return False
        called = {_called(node) for node in ast.walk(statement) if isinstance(node, ast.Call)}
        return isinstance(statement, ast.FunctionDef | ast.ClassDef) or not called & self.network_makers

    def supply(self, chosen: list[Found]) -> list[str]:
        """Find the names that networks need and nobody defines; return those that cannot be guessed."""
        surely = {name: one.role for one in chosen for name in self._needed(one)}
        needed = {name: one.role for one in chosen for name in self._needed_by_init(one)} | surely
        makes = self.makes()
        given = {name for name in makes if all(map(_applies_layers, makes[name]))} | set(dir(builtins))
        for own in (False, True):  # first what the text lacks; then what it defines, but not without data
            missing = set(needed) - given - set(quietly(self.run))
            if not missing:
                return []
            for name in (name for name in missing if own or name not in makes):
                value = self._guess(name, needed[name], own)
                if value is not None:
                    self.supplied[name] = value
        return sorted(set(surely) - given - set(quietly(self.run)))

    def _guess(self, name: str, role: str, own: bool) -> object:
        """Return what a name usually stands for, or None."""
        is_backend = self.imports.get(name, [""])[-1].endswith("backend")
        value = None if own else MODULES["K"] if is_backend else _of_keras(name)
        if value is None and (name.isupper() or not name[:1].isupper()):
            value = cures.usual_value(name, role == "generator")
        return value

    def needed(self, wanted: Found) -> set[str]:
        """Return the names at the top that making a network needs, its own too."""
        return self._needed(wanted) | self._needed_by_init(wanted) | {wanted.name}

    def _needed(self, wanted: Found) -> set[str]:
        """Return the names from outside that a network uses."""
        if wanted.kind == "attribute":
            return self._needed_by_init(wanted)
        return self._reached([wanted.node, *self.makes().get(wanted.name, [])])

    def _needed_by_init(self, wanted: Found) -> set[str]:
        """Return the names from outside that the `__init__` of its class uses; what fails there is skipped."""
        owner = next((s for s in self.makes().get(wanted.owner, []) if isinstance(s, ast.ClassDef)), None)
        return self._reached([part for part in getattr(owner, "body", []) if getattr(part, "name", "") == "__init__"])

    def _reached(self, todo: list[ast.AST]) -> set[str]:
        """Return the names that some code reads, also through functions and values of the text."""
        makes, reached = self.makes(), set()
        while todo:
            free = _free_names(todo.pop()) - reached
            reached |= free
            todo += [statement for name in free for statement in makes.get(name, [])]
        return reached

    def makes(self) -> dict[str, list[ast.AST]]:
        """Return for each name of the text the statements that make it."""
        makes: dict[str, list[ast.AST]] = {}
        for statement in self.statements:
            imports = isinstance(statement, ast.Import | ast.ImportFrom)
            for name in [] if imports else _bound_names(statement):
                makes.setdefault(name, []).append(statement)
        return makes

    def lines_of_network(self, found: Found) -> list[tuple[int, str]]:
        """Return the lines that make a network, as far as they can be told from others."""
        body, name = list(_statements(self.tree)), found.name
        if found.part is not None:
            body = found.node.body
            returned = [part.value for part in ast.walk(found.node) if isinstance(part, ast.Return)]
            name = ast.unparse(next(value for value in returned if isinstance(value, ast.Tuple)).elts[found.part])
        elif found.kind == "attribute":
            owner = next(node for node in body if getattr(node, "name", "") == found.owner)
            guarded = next(part.body for part in owner.body if getattr(part, "name", "") == "__init__")
            body = [part.body[0] if isinstance(part, ast.Try) else part for part in guarded]
            name = f"self.{name}"
        elif found.kind != "variable":
            return self.lines_of(found.node)
        makes = [part for part in body if re.match(rf"{re.escape(name)}( = |\.add\()", ast.unparse(part))]
        if len(makes) != 1 or makes[0].lineno < makes[0].end_lineno:
            return [line for statement in makes for line in self.lines_of(statement)]
        # One line that puts together layers made before it: since the other network, or from the top.
        others = [part.end_lineno for part in body if re.search(r"Sequential\(|Model\(", ast.unparse(part))]
        first = max([last for last in others if last < makes[0].lineno], default=body[0].lineno - 1)
        return self.lines[first : makes[0].end_lineno]

    def lines_of(self, node: ast.AST) -> list[tuple[int, str]]:
        """Return the lines of the text in which something is written, with their numbers."""
        return self.lines[node.lineno - 1 : node.end_lineno]

    def calls(self, name: str) -> list[ast.Call]:
        """Return how the text itself calls a function or a class of its own."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call) and _called(node) == name]


def _bound_names(statement: ast.stmt) -> list[str]:
    """Return the names that a statement at the top makes, or adds layers to."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in statement.names]
    if isinstance(statement, ast.Expr):
        return [ast.unparse(statement).split(".")[0]]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _applies_layers(statement: ast.stmt) -> bool:
    """Return whether a statement at the top makes part of a network, which takes long."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return False
    return bool(re.search(r"\)\(|\.add\(|\b(Sequential|Model)\(", ast.unparse(statement)))


def _is_definition(statement: ast.stmt) -> bool:
    """Return whether a statement at the top defines something, quickly."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return True
    if isinstance(statement, ast.Try):
        return all(isinstance(part, ast.Import | ast.ImportFrom) for part in statement.body)
    text = ast.unparse(statement)
    if isinstance(statement, ast.Expr):
        return bool(re.match(r"\w+\.add\(", text))
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) or re.search(SLOW, text):
        return False
    # Not such as discriminator.trainable = False.
    return not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute))


def _free_names(node: ast.AST) -> set[str]:
    """Return the names that a definition reads and does not define itself."""
    loaded, bound = set(), set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (loaded if isinstance(part.ctx, ast.Load) else bound).add(part.id)
        elif isinstance(part, ast.arg):
            bound.add(part.arg)
        elif isinstance(part, ast.FunctionDef | ast.ClassDef):
            bound.add(part.name)
        elif isinstance(part, ast.alias):
            bound.add((part.asname or part.name).split(".")[0])
        elif isinstance(part, ast.ExceptHandler) and part.name:
            bound.add(part.name)
    return loaded - bound


def _of_keras(name: str) -> object:
    """Return what Keras has under a name, or a usual module, or None."""
    if name in MODULES:
        return MODULES[name]
    if name == "InstanceNormalization":
        return functools.partial(keras.layers.GroupNormalization, groups=-1)
    if name in ("math", "random", "functools", "os", "time"):
        return importlib.import_module(name)
    return next((getattr(place, name) for place in PLACES if hasattr(place, name)), None)


# --- Making them


def _makers(program: Program, found: dict[str, list[Found]]) -> tuple[Callable, Callable]:
    """Return two functions without arguments, and say how the text was read."""
    chosen = [candidates[0] for candidates in found.values()]
    if unknown := program.supply(chosen):
        if missing := [name for name in unknown if name in program.imports]:
            raise Unclear(cures.not_there([program.imports[name][0] or name for name in missing]))
        raise Unclear(
            L(
                f"Nada define esto: {', '.join(unknown)}. ¿Está bien escrito? Si lo está, pega también las líneas que "
                "lo definen.",
                f"Nothing defines these: {', '.join(unknown)}. Are they spelt right? If so, paste the lines that "
                "define them, too.",
            )
        )
    makers = [Maker(program, one) for one in chosen]
    shown = [f"`{f'{one.owner}.' if one.owner else ''}{one.name}`" for one in chosen]
    say(f"Encontrados: {shown[0]} y {shown[1]}.", f"Found: {shown[0]} and {shown[1]}.")
    values = {name: value for name, value in sorted(program.supplied.items()) if isinstance(value, int | float | tuple)}
    of_keras = sorted(set(program.supplied) - set(values))
    if of_keras:
        say(f"✎ Tomado de Keras 3: {', '.join(of_keras)}", f"✎ Taken from Keras 3: {', '.join(of_keras)}")
    if values:
        guessed = ", ".join(f"{name} = {value!r}" for name, value in values.items())
        say(f"✎ Se ha supuesto {guessed}", f"✎ Taken for granted: {guessed}")
    guessed = [note for maker in makers for note in maker.try_out()]
    for note in dict.fromkeys([*program.notes, *guessed]):
        print(f"✎ {note}")
    return tuple(makers)


class Maker:
    """Makes one network of a program, each time from new.

    Args:
        program: that it is in.
        found: where.
    """

    def __init__(self, program: Program, found: Found) -> None:
        self.program, self.found, self.__name__ = program, found, found.name
        self.arguments: dict[str, object] = {}
        self.notes: dict[str, None] = {}
        self.lines, self.needed = program.lines_of_network(found), program.needed(found)
        self.tried: list[object] = []

    def __call__(self):
        """Return a new network; the first is that of the trial."""
        return self.tried.pop() if self.tried else quietly(self._make)

    def _make(self):
        names = self.program.run(self.needed)
        if self.found.kind == "variable":
            if self.found.name in names:
                return self._as_network(names[self.found.name])
            result = self._evaluate(self.found.node.value, names)
        elif self.found.kind == "method":
            owner = names[self.found.owner]
            this, name = self._instance(owner, names), self.found.name
            private = name.startswith("__") and not name.endswith("__")
            result = self._call(getattr(this, f"_{self.found.owner}{name}" if private else name), names)
            if result is None:
                result = _network_among(vars(this).values())
        elif self.found.kind == "attribute":
            result = getattr(self._instance(names[self.found.owner], names), self.found.name)
        else:
            result = self._call(names[self.found.name], names)
        if self.found.part is not None:
            result = result[self.found.part]
        if self.found.kind == "class" and not isinstance(result, keras.layers.Layer):
            result = self._made_by(result, names)
        return self._as_network(result)

    def _made_by(self, this: object, names: dict):
        """Return the network that an object of a class of the text keeps, or makes in a method."""
        kept = _network_among(vars(this).values())
        if kept is not None:
            return kept
        methods = [name for name in dir(this) if re.search(r"build|model|create|make|network|get", name)]
        made = (self._call(getattr(this, name), names) for name in methods if not name.startswith("__"))
        return _network_among(made) or this

    def try_out(self) -> list[str]:
        """Make it once; return what had to be guessed. That it fails is for the contract to explain."""
        try:
            keras.utils.set_random_seed(1)
            self.tried = [self()]
        except Exception:
            return []
        stubs = {name: value for name, value in self.arguments.items() if isinstance(value, _Stub)}
        given = self.arguments | {f"{one}.{name}": value for one in stubs for name, value in stubs[one].asked.items()}
        given = {name: value for name, value in given.items() if name not in stubs}
        guesses = [f"{name} = {value!r}" for name, value in given.items() if not hasattr(value, "shape")]
        return [f"`{self.found.name}`: {', '.join(guesses)}"] * bool(guesses) + list(self.notes)

    def _evaluate(self, node: ast.AST, names: dict):
        return eval(compile(ast.fix_missing_locations(ast.Expression(node)), FILE, "eval"), names)

    def _instance(self, owner: type, names: dict):
        """Return an object of a class that makes networks; its shortened `__init__` gives it its numbers."""
        this = owner.__new__(owner)
        try:
            self._call(this.__init__, names, owner.__name__)
        except Exception:
            return this
        return this

    def _call(self, function: Callable, names: dict, called: str = ""):
        """Call a function with the arguments that its text gives it, or with usual ones."""
        self.function = function  # errors about its arguments name it
        arguments = {}
        examples = self.program.calls(called or self.found.name)
        for name, position in _required(function):
            value = self._argument(name, position, examples, names)
            if value is None and called:  # how large something is, perhaps
                value = 1
            if value is None:
                raise TypeError(f"{self.found.name}() missing 1 required positional argument: '{name}'")
            arguments[name] = value
        self.arguments |= arguments
        return function(**arguments)

    def _argument(self, name: str, position: int, examples: list[ast.Call], names: dict):
        for example in examples:
            given = {keyword.arg: keyword.value for keyword in example.keywords}
            node = given.get(name) or (example.args[position] if position < len(example.args) else None)
            if node is None:
                continue
            try:
                value = self._evaluate(node, dict(names))
            except Exception:
                continue
            if not isinstance(value, np.ndarray | tf.Tensor):
                return value
        if name in names and isinstance(names[name], int | float | tuple | list):
            return names[name]
        if re.fullmatch(SETTINGS, name):
            return names.get(name) or _Stub(names, self.found.role == "generator")
        if re.fullmatch(r"inputs?|x|z|noise|img|images?|input_(layer|tensor|image|img|noise)|latent|inp", name):
            return self._input()
        value = cures.usual_value(name, self.found.role == "generator")
        return keras.optimizers.Adam() if value == "adam" else value

    def _input(self):
        """Return a symbolic input for the role."""
        if self.found.role == "discriminator":
            return keras.Input(cures.IMAGE)
        sizes = [value for name, value in self.program.run().items() if re.search(r"latent|noise|z_?dim", name.lower())]
        return keras.Input((next((size for size in sizes if type(size) is int), cures.LATENT_DIM),))

    def _as_network(self, result):
        """Return a model that knows its input, if the result is or holds something like one."""
        if isinstance(result, tuple | list | dict):
            result = _network_among(result.values() if isinstance(result, dict) else result) or result
        if isinstance(result, keras.KerasTensor):
            inputs = [value for value in self.arguments.values() if isinstance(value, keras.KerasTensor)]
            return keras.Model(inputs[0], result) if inputs else result
        if isinstance(result, keras.layers.Layer) and not getattr(result, "inputs", None):
            return self._with_input(result)
        return result

    def _with_input(self, layer):
        """Return a network around one that does not know its input."""
        inputs = self._input()
        kind = type(layer).__name__
        self.notes[f"`{kind}`: `keras.Input({inputs.shape[1:]})`"] = None
        flat = isinstance(layer, keras.Sequential) and isinstance(layer.layers[0], keras.layers.Dense)
        return keras.Model(inputs, layer(keras.layers.Flatten()(inputs) if flat else inputs))


class _Stub:
    """Stands for settings, or the `self` of a method without its class: has what such objects usually have."""

    def __init__(self, names: dict, generator: bool) -> None:
        self._names, self._generator = names, generator
        self.asked: dict[str, object] = {}

    def __getattr__(self, name: str):
        value = None if name.startswith("__") else self._names.get(name, cures.usual_value(name, self._generator))
        if value is None:
            raise AttributeError(name)
        self.asked[name] = value
        return value

    __getitem__ = __getattr__


def _required(function: Callable) -> Iterator[tuple[str, int]]:
    """Yield name and position of each argument that a call must give."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return
    for position, parameter in enumerate(parameters):
        if parameter.default is parameter.empty and not parameter.kind.name.startswith("VAR_"):
            yield parameter.name, position


def _network_among(values) -> object:
    """Return the first network among some values, or None."""
    return next((value for value in values if isinstance(value, keras.Model)), None)
