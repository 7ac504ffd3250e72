"""What is said about a network that breaks the contract of lesson 4: what it is, why it matters, and what to change.

Each cure can be followed to the letter. Where the text of the function is known, the line to change is quoted.
"""

from __future__ import annotations

import inspect
import linecache
import math
import re
from collections.abc import Callable, Sequence

from course_utils.language import L

LATENT_DIM, IMAGE = 100, (28, 28, 1)
# The usual meaning of a parameter, by its name. The first that matches counts.
USUAL = (
    (r"n_?class|num_?class|label|cond", None),
    (r"disc\w*_in(put)?_(dim|shape|size)", IMAGE),
    (r"(noise|latent|(^|_)z|random)\w*shape", (LATENT_DIM,)),
    (r"shape|img_?dims?$|image_?dims?$", IMAGE),
    (r"latent|noise|random|z_?(dim|size|len)|^nz$|^z$|code|seed_size|coding", LATENT_DIM),
    (r"channel|^n?c$|^n_?c(h|hannels)?$|depth_?img", 1),
    (r"^(img|image)_?(size|rows|cols|h|w|height|width|side)|rows|cols|height|width|side|^size$", 28),
    (r"out(put)?_?(dim|size|units)|pixels|flat", 784),
    (r"input_?(dim|size)|^dim$|in_?dim", LATENT_DIM),
    (r"opt", "adam"),
    (r"activ", "relu"),
    (r"momentum", 0.8),
    (r"alpha|slope|leak|beta", 0.2),
    (r"drop|rate|prob", 0.3),
    (r"stddev|std", 0.02),
    (r"kernel", 5),
    (r"filter|unit|depth|n[gd]f|base|hidden|neuron|width|dim", 64),
    (r"batch", 128),
    (r"train|reuse|norm|bn", False),
)
INPUT_SHAPE = r"input_(?:shape|dim)\s*=\s*(?:\[[^\]]*\]|\([^()]*\)|[\w.]+)"
# A pair of parentheses with what is in it, and an argument of a call.
GROUP = r"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)"
ARGUMENT = rf"(?:[^,()]|{GROUP})+"
OTHER_LIBRARIES = {
    "torch": "PyTorch",
    "torchvision": "PyTorch",
    "pytorch_lightning": "PyTorch",
    "lightning": "PyTorch",
    "jax": "JAX",
    "flax": "JAX",
    "paddle": "PaddlePaddle",
    "mxnet": "MXNet",
    "chainer": "Chainer",
    "theano": "Theano",
    "lasagne": "Lasagne",
    "tflearn": "TFLearn",
    "tensorlayer": "TensorLayer",
}


class Source:
    """The text of a function, where it is known; to quote from. What one cure changes, the next finds changed.

    Args:
        make: a function; its attribute `lines`, if it has one, are the lines of its text, with their numbers.
    """

    def __init__(self, make: Callable) -> None:
        lines = getattr(make, "lines", None)
        if lines is None:
            try:
                text, first = inspect.getsourcelines(make)
            except (OSError, TypeError):
                text, first = [], 0
            lines = list(enumerate(text, start=first))
        self.numbers = [number for number, _ in lines]
        self.lines = [line.strip() for _, line in lines]

    def change(self, pattern: str, replacement: str | Callable) -> str:
        """Return what becomes of the last line in which a pattern occurs, as "line 7: old → new", or ""."""
        return self.change_last({pattern: replacement})

    def change_last(self, changes: dict[str, str | Callable]) -> str:
        """Return what becomes of the last line in which one of some patterns occurs."""
        for index in reversed(range(len(self.lines))):
            for pattern, replacement in changes.items():
                if re.search(pattern, self.lines[index]):
                    return self._change(index, re.sub(pattern, replacement, self.lines[index]))
        return ""

    def _change(self, index: int, new: str) -> str:
        """Return how a line has to change, perhaps to several, and change it."""
        old, self.lines[index] = self.lines[index], new
        old, new = (text.replace("\n", "\n    ") for text in (old, new))
        return f"\n    {L('línea', 'line')} {self.numbers[index]}: {old}\n  → {new}"

    def ends_in_sigmoid(self) -> bool:
        """Return whether the last layer or activation that is written is a sigmoid."""
        lines = [line for line in self.lines if re.search(r"(Dense|Conv2D\w*|Activation)\(|sigmoid", line)]
        return bool(lines) and "sigmoid" in lines[-1]

    def first(self, *stack: str) -> str:
        """Return how to begin a network with an input and perhaps a layer, in the way in which it is written."""
        stack = self._as_written(stack)
        layers = ", ".join(stack)
        return L(f"Empieza con `{layers}`.", f"Begin with `{layers}`.") + (
            self._first_of_adds(stack)
            or self.change(r"^(def call\(\s*self\s*,\s*(\w+).*)$", rf"\1\n    \2 = {stack[-1]}(\2)")
            or self._first_of_functional(*stack)
            or self.change(r"(?:\w+\.)*Input(Layer)?\((?:[^()]|\([^()]*\))*\)", layers)
            or self.change(rf"((?:\w+\.)*\w+\(.*?),?\s*{INPUT_SHAPE}", rf"{layers}, \1").replace("(, ", "(")
        )

    def _first_of_adds(self, stack: Sequence[str]) -> str:
        """Return the change where layers are added one by one."""
        for index, line in enumerate(self.lines):
            if name := re.match(r"([\w.]+)\.add\(", line):
                rest = [re.sub(rf",?\s*{INPUT_SHAPE}", "", line).replace("(, ", "(")]
                rest = [] if re.search(r"Input(Layer)?\(", line) else rest
                return self._change(index, "\n".join([*(f"{name[1]}.add({layer})" for layer in stack), *rest]))
        return ""

    def _first_of_functional(self, start: str, layer: str = "") -> str:
        """Return the changes where one layer is applied after the other, to a symbolic input."""
        for index, line in enumerate(self.lines):
            if symbolic := re.match(r"(\w+)\s*=\s*[\w.]*Input\(.*\)", line):
                if not layer:
                    return self._change(index, f"{symbolic[1]} = {start}")
                begun = self._change(index, f"start = {start}\n{symbolic[1]} = {layer}(start)")
                return begun + self.change(rf"Model\(\s*(inputs?\s*=\s*)?\[?{symbolic[1]}\b\]?", r"Model(\1start")
        return ""

    def last(self, *stack: str) -> str:
        """Return how to end a network with some more layers, in the way in which it is written."""
        stack = self._as_written(stack)
        layers = ", ".join(stack)
        before, after = "".join(f"{layer}(" for layer in reversed(stack)), ")" * len(stack)
        model = rf"(Model\(\s*(?:inputs?\s*=\s*)?{ARGUMENT},\s*(?:outputs?\s*=\s*)?)({ARGUMENT})"
        subclass = any(line.startswith("def call(") for line in self.lines)
        return L(f"Añade al final `{layers}`.", f"Add `{layers}` at the end.") + (
            self._last_of_adds(stack)
            or self.change(model, lambda found: found[1] + before + re.sub(r"^\[(.*)\]$", r"\1", found[2]) + after)
            or (subclass and self.change(r"^return (.+)$", rf"return {before}\1{after}"))
            or self._last_of_list(layers)
        )

    def _as_written(self, stack: Sequence[str]) -> Sequence[str]:
        """Return some layers, by a longer name where the text uses `layers` for something else."""
        taken = any(re.match(r"layers\s*=|def .*\blayers\b", line) for line in self.lines)
        return [re.sub(r"^layers\.", "keras.layers.", layer) for layer in stack] if taken else stack

    def _last_of_adds(self, stack: Sequence[str]) -> str:
        """Return the change where layers are added one by one."""
        adds = [i for i, line in enumerate(self.lines) if re.match(r"[\w.]+\.add\(", line)]
        if not adds:
            return ""
        name, end = self.lines[adds[-1]].split(".add(")[0], adds[-1]
        while "".join(self.lines[adds[-1] : end + 1]).count("(") > "".join(self.lines[adds[-1] : end + 1]).count(")"):
            end += 1
        return self._change(end, "\n".join([self.lines[end], *(f"{name}.add({layer})" for layer in stack)]))

    def _last_of_list(self, layers: str) -> str:
        """Return the change where layers stand in a list."""
        for index in range(len(self.lines) - 1, 0, -1):
            if self.lines[index].startswith("]"):
                return self._change(index - 1, f"{self.lines[index - 1].removesuffix(',')}, {layers},")
        return self.change(r"(Sequential\(\[.*)\]([^\]]*)$", rf"\1, {layers}]\2")


def reason(error: BaseException) -> str:
    """Return what an error says, in one line; of errors in a layer, Keras puts first that there was one."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Exception encountered")] or lines
    if lines and lines[0].startswith("in user code"):  # TensorFlow shows its way to the error first
        lines = lines[-1:]
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


def usual_value(name: str, generator: bool) -> object:
    """Return what a parameter of that name usually is, or None."""
    name = name.lower()
    if generator and name in ("input_shape", "in_shape", "inputs_shape", "shape"):
        return (LATENT_DIM,)
    if not generator and re.fullmatch(r"(input_?|in_?)?(dim|size)", name):
        return 784
    return next((value for pattern, value in USUAL if re.search(pattern, name)), None)


def other_library(name: str) -> str:
    """Say what to do about networks that are not of Keras."""
    return L(
        f"Esto es {name}, y aquí las redes son de Keras 3. Pídele a tu asistente: «Reescribe estas dos redes en Keras "
        "3, como dos funciones sin argumentos, make_generator() y make_discriminator()».",
        f"This is {name}; the networks here are of Keras 3. Ask your assistant: “Rewrite these two networks in Keras "
        "3, as two functions without arguments, make_generator() and make_discriminator()”.",
    )


def not_there(modules: Sequence[str]) -> str:
    """Say what to do about modules that are not installed."""
    listed = ", ".join(f"`{module}`" for module in dict.fromkeys(modules))
    return L(
        f"Las redes usan {listed}, que aquí no está. Si es otro archivo del mismo programa, pega en la celda lo que "
        "toman de él, en lugar del `import`. Si es una biblioteca, pídele a tu asistente las mismas redes solo con "
        "Keras 3.",
        f"The networks use {listed}, which is not here. If it is another file of the same program, paste what they "
        "take from it into the cell, in place of the `import`. If it is a library, ask your assistant for the same "
        "networks with Keras 3 alone.",
    )


# --- A network cannot be made


def stopped(error: Exception, make: Callable) -> str:
    text, line = reason(error), _line_of(error)
    known = _known(text, make)
    said = L(f"la función se ha detenido con {text}", f"the function stopped with {text}")
    return said + line + (known and f"\n    {known}")


def _line_of(error: Exception) -> str:
    """Return the line of the learner's in which an error arose, or ""."""
    line, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        written = linecache.getline(name, trace.tb_lineno).strip()
        if written and "site-packages" not in name and "course_utils" not in name:
            line = f"\n    {L('línea', 'line')} {trace.tb_lineno}: {written}"
        trace = trace.tb_next
    return line


def _known(text: str, make: Callable) -> str:
    """Return what to do about an error that code of other versions often gives, or ""."""
    if "required positional" in text or "required keyword-only" in text:
        return missing_arguments(make)
    return next((cure() for pattern, cure in KNOWN.items() if re.search(pattern, text)), "")


def missing_arguments(make: Callable) -> str:
    """Return the first line of a function with a default for each of its parameters."""
    make = getattr(make, "function", make)
    try:
        parameters = list(inspect.signature(make).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    generator = "gen" in getattr(make, "__name__", "").lower()
    written, unknown = [], []
    for parameter in parameters:
        value = usual_value(parameter.name, generator)
        if parameter.default is not inspect.Parameter.empty or parameter.kind.name.startswith("VAR_"):
            written.append(str(parameter))
        elif parameter.name != "self":
            written.append(f"{parameter.name}={'…' if value is None else repr(value)}")
            unknown += [parameter.name] if value is None else []
    line = f"def {getattr(make, '__name__', 'make')}({', '.join(written)}):"
    cure = L(
        f"Aquí la función se llama sin argumentos. Dales un valor por defecto: `{line}`",
        f"Here the function is called without arguments. Give them a default: `{line}`",
    )
    if parameters and parameters[0].name == "self":
        cure += L(
            " Es un método, sacado de su clase: borra `self` y escribe en lugar de cada `self.…` su valor.",
            " It is a method, taken out of its class: delete `self`, and write its value for each `self.…`.",
        )
    if unknown:
        cure += L(
            f" (Escribe tú el valor de {', '.join(unknown)}.)",
            f" (The value of {', '.join(unknown)} is yours to write.)",
        )
    return cure


KNOWN = {
    r"is not defined|free variable|cannot access local": lambda: L(
        "En la celda falta un import o la función usa algo que no está en ella. Prueba con `from keras import layers`.",
        "An import is missing in the cell, or the function uses something from outside: for instance `from keras "
        "import layers`.",
    ),
    r"units=\d+\.\d|(filters|shape)=.*\d\.\d": lambda: L(
        "Una división con `/` da un número con decimales: escribe `//`.",
        "A division with `/` gives a number with decimals: write `//`.",
    ),
    r"units=(np\.)?(int64|\d)|positive integer|numpy\.int|Cannot convert .* to a shape": lambda: L(
        "Ha de ser un entero de Python: escribe `int(np.prod(…))` donde pone `np.prod(…)`.",
        "It must be an integer of Python: write `int(np.prod(…))` in place of `np.prod(…)`.",
    ),
    r"'(lr|decay)'|compile|optimizer": lambda: L(
        "Aquí no hace falta compilar: borra la línea del optimizador y la de `compile`.",
        "Nothing needs compiling here: delete the line of the optimizer and that of `compile`.",
    ),
    r"pydot|graphviz|plot_model": lambda: L(
        "Borra la línea de `plot_model`: el dibujo no hace falta.", "Delete the line with `plot_model`: no need for it."
    ),
    r"No module named|cannot import name": lambda: L(
        "Importa las capas así: `from keras import layers`.", "Import the layers like this: `from keras import layers`."
    ),
    r"KerasTensor cannot be used|symbolic": lambda: L(
        "Es una función de TensorFlow sobre una entrada simbólica de Keras: usa la de `keras.ops` o una capa.",
        "It is a function of TensorFlow on a symbolic input of Keras: use that of `keras.ops`, or a layer.",
    ),
    r"total size of the tensor|must have the same.*size|Cannot reshape": lambda: L(
        "Antes de `Reshape((7, 7, 128))` ha de haber `Dense(7 * 7 * 128)`: el producto tiene que coincidir.",
        "Before `Reshape((7, 7, 128))` there must be `Dense(7 * 7 * 128)`: the product must be the same.",
    ),
    r"min_ndim=4|expected ndim=4": lambda: L(
        "A esa convolución le llega un vector: pon antes `layers.Reshape((7, 7, …))` (o la forma que toque).",
        "That convolution gets a vector: put `layers.Reshape((7, 7, …))`, or the right shape, before it.",
    ),
    r"unexpected keyword|not recognized|Unrecognized keyword|got an unexpected": lambda: L(
        "Keras 3 no conoce ese argumento. ¿Está bien escrito? Si es de otra versión de Keras, bórralo.",
        "Keras 3 does not know that argument. Is it spelt right? If it belongs to another version of Keras, delete it.",
    ),
    r"has no attribute": lambda: L(
        "Es probable que el código sea de otra versión de Keras: pídele a tu asistente que use Keras 3.",
        "The code is probably for another version of Keras: ask the assistant for Keras 3.",
    ),
}


def already_a_network() -> str:
    return L(
        "ya es una red. Pasa la función que la crea, porque cada semilla necesita una red nueva. Escribe "
        "`def make_…():` y devuelve en ella la red.",
        "it is already a network. Pass the function that makes it, since each seed needs a new network. Write "
        "`def make_…():` and return the network in it.",
    )


def not_a_network(result: object) -> str:
    kind = type(result).__name__
    return L(
        f"la función devuelve {kind} y se espera una red de Keras (`keras.Model` o `keras.Sequential`), ella sola.",
        f"the function returns {kind}; a Keras network is expected (`keras.Model` or `keras.Sequential`), by itself.",
    )


def without_input(model) -> str:
    name = type(model).__name__
    if name == "Sequential":
        cure = L("Empieza con `keras.Input(…)`", "Begin with `keras.Input(…)`")
    else:
        line = f"`x = keras.Input(…); return keras.Model(x, {name}()(x))`"
        cure = L(f"Devuélvela así: {line}", f"Return it like this: {line}")
    return L(
        f"la red no sabe qué entra en ella. {cure}, con (100,) si entra el ruido y (28, 28, 1) si entra una imagen.",
        f"the network does not know what goes into it. {cure}, with (100,) where noise goes in and (28, 28, 1) where "
        "an image does.",
    )


def several(inputs: int, outputs: int, source: Source) -> str:
    said = L(
        f"entradas: {inputs}; salidas: {outputs}; aquí se espera una de cada. ",
        f"inputs: {inputs}; outputs: {outputs}; one of each is expected here. ",
    )
    if inputs > 1:
        return said + L(
            "Las GAN con etiquetas (condicionales), u otras cuyas redes reciben dos cosas a la vez, no caben en este "
            "experimento: pide una sin ellas.",
            "GANs with labels (conditional ones), or others whose networks take two things at once, do not fit this "
            "experiment: ask for one without them.",
        )
    return (
        said
        + L(
            "Devuelve solo la primera salida: `keras.Model(entrada, salida)`, sin lista.",
            "Return the first output alone: `keras.Model(input, output)`, without a list.",
        )
        + source.change(r"\[\s*(\w+)\s*,[^\]]*\]\s*\)$", r"\1)")
    )


def in_a_container(output: object) -> str:
    return L(
        f"su salida viene dentro de un {type(output).__name__}. Devuelve solo el tensor: "
        "`keras.Model(entrada, salida)`.",
        f"its output comes inside a {type(output).__name__}. Return the tensor alone: `keras.Model(input, output)`.",
    )


def the_same_network() -> str:
    return L(
        "la función devuelve siempre la misma red, así que la segunda semilla seguiría entrenando la de la primera. "
        "Crea la red dentro de la función.",
        "the function returns the same network every time, so the second seed would go on training the network of the "
        "first. Make the network inside the function.",
    )


def the_same_start() -> str:
    return L(
        "con dos semillas distintas empieza con los mismos pesos, y así las semillas no dicen nada. Quita "
        "`seed=…` y `set_seed(…)`, y crea los inicializadores dentro de la función.",
        "with two different seeds it starts with the same weights, and so seeds tell nothing. Take `seed=…` and "
        "`set_seed(…)` out, and make initializers inside the function.",
    )


def fixed_batch(size: int) -> str:
    return L(
        f"solo admite lotes de {size} imágenes. Escribe la forma sin el lote: `keras.Input((…))`, sin `batch_shape` ni "
        "`batch_size`.",
        f"it only takes batches of {size} images. Give the shape without the batch: `keras.Input((…))`, without "
        "`batch_shape` or `batch_size`.",
    )


def nothing_to_train() -> str:
    return L(
        "no tiene ningún peso que entrenar. ¿Ha quedado un `trainable = False`? Con GradientTape no hace falta "
        "congelar nada: bórralo.",
        "it has no weights to train. Is there a `trainable = False` left? With GradientTape nothing needs freezing: "
        "delete it.",
    )


# --- Shapes


def noise_is_a_vector(shape: tuple, source: Source) -> str:
    size = math.prod(side or 1 for side in shape)
    return L(
        f"espera una entrada de forma {shape}; el ruido es un vector. ",
        f"it expects an input of shape {shape}; noise is a vector. ",
    ) + source.first(f"keras.Input(({size},))", f"layers.Reshape({shape})")


def of_drawn_shape(shape: tuple, source: Source) -> list[str]:
    """Return what to do about the shape of what a generator draws."""
    found = []
    if math.prod(shape) == 784 and shape != IMAGE:
        channel = L("El canal va al final. ", "The channel goes last. ") if len(shape) == 3 else ""
        found.append(channel + source.last("layers.Reshape((28, 28, 1))"))
    elif len(shape) != 3:
        to_image = ("layers.Flatten()", "layers.Dense(784, activation='tanh')", "layers.Reshape((28, 28, 1))")
        found.append(source.last(*to_image))
    else:
        if shape[2] != 1:
            one = L("La última capa debe tener 1 filtro: son en gris.", "The last layer must have 1 filter: grey.")
            changed = (
                source.change(r"Conv2D(Transpose)?\(\s*3", r"Conv2D\1(1")
                or source.change(r"(channels\w*\s*=\s*)3", r"\g<1>1")
                or source.change(r"\* *3\b", "* 1")
            )
            found.append(one + changed)
        if shape[:2] != (28, 28):
            better = L(
                "Empieza en 7×7 y duplica dos veces: 7 → 14 → 28. Lo más rápido: ",
                "Begin at 7×7 and double twice: 7 → 14 → 28. Quickest: ",
            )
            found.append(better + source.last("layers.Resizing(28, 28)"))
    said = L(
        f"da imágenes de forma {shape} y las de MNIST son (28, 28, 1). ",
        f"its images have shape {shape}; those of MNIST are (28, 28, 1). ",
    )
    return [said + cure for cure in found]


def of_taken_shape(shape: tuple, source: Source) -> str:
    """Return what to do about the shape of the images that a discriminator takes."""
    stack = ["keras.Input((28, 28, 1))"]
    if len(shape) == 1:
        stack.append("layers.Flatten()")
    elif shape in ((28, 28), (1, 28, 28)):
        stack.append(f"layers.Reshape({shape})")
    elif len(shape) == 3 and shape[:2] != (28, 28) and all(shape):
        stack.append(f"layers.Resizing({shape[0]}, {shape[1]})")
    return L(
        f"espera imágenes de forma {shape} y aquí son (28, 28, 1). ",
        f"it expects images of shape {shape}; here they are (28, 28, 1). ",
    ) + source.first(*stack)


def of_answer(shape: tuple, convolves: bool, source: Source) -> str:
    """Return what to do about the shape of what a discriminator answers."""
    if len(shape) > 2 and not convolves:
        cure = source.first("keras.Input((28, 28, 1))", "layers.Flatten()")
    elif len(shape) > 2:
        single = math.prod(shape[1:]) == 1 if all(shape[1:]) else False
        cure = source.last("layers.Flatten()", *([] if single else ["layers.Dense(1)"]))
    elif len(shape) == 1:
        cure = source.last("layers.Reshape((1,))")
    else:
        cure = L("Termina con `layers.Dense(1)`.", "End with `layers.Dense(1)`.")
        dense = r"Dense\(\s*(units\s*=\s*)?[\w.]+(\s*,\s*activation\s*=\s*['\"]softmax['\"])?"
        cure += source.change_last({dense: "Dense(1", r"^units\s*=\s*[\w.]+": "units=1"}) + _without("softmax", source)
    return (
        L(
            f"da una salida de forma {shape} y debe dar un logit por imagen: (None, 1). ",
            f"its output has shape {shape}; it must be a logit per image: (None, 1). ",
        )
        + cure
    )


# --- Values


def _activation(name: str) -> str:
    """Return a pattern for an activation of that name, as it is written in a call."""
    return rf"(\bactivation\s*=\s*(?:\w+\.)*|Activation\(\s*(?:\w+\.)*)(['\"]?){name or '[a-z_]+'}\2"


def not_finite() -> str:
    return L(
        "da NaN o infinito. Busca un logaritmo, una exponencial, una raíz o una división, y quítalos.",
        "it gives NaN or infinity. Look for a logarithm, an exponential, a root or a division, and take it out.",
    )


def single_grey() -> str:
    return L(
        "dibuja siempre lo mismo, un solo gris. ¿Empiezan sus pesos en cero? Quita los inicializadores.",
        "it always draws the same, a single grey. Do its weights start at zero? Take the initializers out.",
    )


def rescaled(low: float, high: float) -> str:
    return L(
        f"tras la tanh viene otra capa que lleva los valores de {low:.2g} a {high:.2g}, y los píxeles van de -1 a 1. "
        "Quita esa última capa.",
        f"after its tanh comes another layer that takes the values from {low:.2g} to {high:.2g}, but pixels go from "
        "-1 to 1. Take that last layer out.",
    )


def never_negative(ending: str, high: float, source: Source) -> str:
    about = L("no tienen límite y ", "have no limit and ") if high > 1.001 else ""
    end = ending and L(f" (termina en {ending})", f" (it ends in {ending})")
    return L(
        f"sus valores {about}nunca son negativos{end}. Aquí el negro es -1, no 0: cambia la última activación por "
        "'tanh'.",
        f"its values {about}are never negative{end}. Here black is -1, not 0: change the last activation to 'tanh'.",
    ) + (source.change(_activation(ending), r"\1\2tanh\2") if ending else "")


def sigmoid(source: Source) -> str:
    return never_negative("sigmoid", 1, source)


def perhaps_never_negative(low: float, high: float) -> str:
    return L(
        f"las primeras imágenes no tienen valores negativos (van de {low:.2g} a {high:.2g}). Si es por su última "
        "activación, cámbiala por 'tanh': aquí el negro es -1, no 0.",
        f"its first images have no negative values (they go from {low:.2g} to {high:.2g}). If its last activation does "
        "that, change it to 'tanh': here black is -1, not 0.",
    )


def no_limit(most: float, ending: str, source: Source) -> str:
    changed = source.change(_activation(ending), r"\1\2tanh\2") if ending in ("relu", "relu6", "softplus") else ""
    return L(
        f"sus valores no tienen límite (con un ruido fuerte llegan a {most:.2g}), y los píxeles van de -1 a 1. Termina "
        "con una tanh. ",
        f"its values have no limit (loud noise takes them to {most:.2g}), but pixels go from -1 to 1. End with tanh. ",
    ) + (changed or source.last("layers.Activation('tanh')"))


def probability(source: Source) -> str:
    return L(
        "da una probabilidad (termina en una sigmoide), y aquí la pérdida espera logits: la sigmoide se aplicaría dos "
        "veces. Deja la última capa en `layers.Dense(1)`, sin activación.",
        "it gives a probability (it ends in a sigmoid), but the loss expects logits here: the sigmoid would be applied "
        "twice. Leave the last layer as `layers.Dense(1)`, without activation.",
    ) + _without("(?:hard_)?sigmoid", source)


def limited(ending: str, source: Source) -> str:
    return L(
        f"su última capa termina en {ending}, y un logit debe poder tomar cualquier valor, positivo o negativo. Déjala "
        "en `layers.Dense(1)`, sin activación.",
        f"its last layer ends in {ending}, but a logit must be able to take any value, positive or negative. Leave it "
        "as `layers.Dense(1)`, without activation.",
    ) + _without(ending, source)


def _without(activation: str, source: Source) -> str:
    """Return the change that takes the last activation out; where several logits are made, that of each."""
    name = rf"(?:\w+\.)*(['\"]?){activation}\1"
    logit = rf"(?<=Dense\(1),\s*activation\s*=\s*{name}"
    return "".join(iter(lambda: source.change(logit, ""), "")) or source.change_last(
        {
            rf"(?:\w+\.)+{activation}\((\w+)\)": r"\1",  # such as tf.sigmoid(x)
            rf",\s*activation\s*=\s*{name}": "",
            rf"^activation\s*=\s*{name}": "activation=None",
            rf"Activation\(\s*{name}": "Activation('linear'",
        }
    )


def perhaps_limited(low: float, high: float) -> str:
    return L(
        f"sus respuestas van solo de {low:.2g} a {high:.2g}, incluso a imágenes imposibles. Si termina en una "
        "activación, quítala: un logit debe poder tomar cualquier valor.",
        f"its answers only go from {low:.2g} to {high:.2g}, even to impossible images. If it ends in an activation, "
        "take it out: a logit must be able to take any value.",
    )


# --- Working together


def does_not_work(error: Exception) -> str:
    return L(
        f"se crea, pero al usarla se detiene con {reason(error)}. Cada capa debe admitir lotes de cualquier tamaño y "
        "dar números; quita la capa que no (a menudo, una `Lambda`).",
        f"it can be made, but stops when used with {reason(error)}. Each layer must take batches of any size and give "
        "numbers; take out the one that does not (often a `Lambda`).",
    )


def not_together(error: Exception) -> str:
    return L(
        f"El paso de prueba se ha detenido con {reason(error)}. Si nombra un `constraint` o un `regularizer`, quítalo.",
        f"The trial step stopped with {reason(error)}. If that names a `constraint` or a `regularizer`, take it out.",
    )


def no_gradient(weights: Sequence[str]) -> str:
    some = ", ".join(weights[:3]) + ("…" if len(weights) > 3 else "")
    return L(
        f"A estos pesos no les llega ningún gradiente: {some}. Están desconectados de la salida, o hay en medio una "
        "operación sin derivada (un redondeo, un argmax): quítala.",
        f"No gradient reaches these weights: {some}. They are not connected to the output, or there is an operation in "
        "between that has no derivative (rounding, argmax): take it out.",
    )


def ruined() -> str:
    return L(
        "Un solo paso deja pesos infinitos o NaN. Busca un `constraint` o una operación que divida por cero.",
        "A single step leaves weights that are infinite or NaN. Look for a `constraint`, or a division by zero.",
    )


# --- Switches


def no_eager_mode() -> str:
    return L(
        "La ejecución inmediata está desactivada (`disable_eager_execution` o `disable_v2_behavior`), y para eso no "
        "hay marcha atrás: borra esa línea, reinicia el kernel y ejecuta las celdas desde la primera.",
        "Eager execution is switched off (`disable_eager_execution` or `disable_v2_behavior`), and there is no way "
        "back: delete that line, restart the kernel and run the cells from the top.",
    )


def switch_put_back(name: str) -> str:
    return L(
        f"Una celda había llamado a `{name}`, que cambia Keras para todo el cuaderno. Se ha vuelto a dejar como "
        "estaba; borra esa línea y, si algo se comporta de forma rara, reinicia el kernel.",
        f"A cell had called `{name}`, which changes Keras for the whole notebook. It has been put back; delete that "
        "line and, if anything behaves oddly, restart the kernel.",
    )
