"""Watch a GAN while it trains: progress and time left, both losses, D(x) and D(G(z)), the same noise again and again.

In a notebook all this is one figure that updates in place, elsewhere a line for every tenth of the way. Everywhere it
says in one plain sentence when something goes wrong.
"""

from __future__ import annotations

import gc
import math
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from tqdm import tqdm

from course_utils import diagnosis, plots
from course_utils.diagnosis import CHECK_EVERY, STILL, WARM_UP, Look, spread
from course_utils.language import CourseError, L, say, thousands
from course_utils.progress import show_in_place, where


class Monitor:
    """Live view, record and diagnosis of one training.

        with Monitor(steps, generator, noise, discriminator, real) as monitor:
            for batch in batches.take(steps):
                monitor.update(**train_step(batch))

    The stop button (SIGINT) ends it between two steps: `update` records the one that is running and raises
    KeyboardInterrupt. Pressed once more, the button stops at once, whatever is half done.

    Args:
        steps: how many updates will come.
        generator: model from noise to samples; called in inference mode on `noise` for every picture.
        noise: array or tensor (n, latent_dim), fixed, so that the pictures can be compared.
        discriminator: model whose trainable weights ought to move; watched, never called.
        real: array or tensor of real samples like the generated ones (same shape but for their number), to know
            how different from each other samples should be.
        draw: function (axes, samples) that draws the samples; by default a grid of images.
        show: "notebook", "lines", or "nothing" (it only records); by default what this place can show.
        history: what the monitor of an earlier session of the same training recorded, or empty lists, in a training
            that is saved and can be resumed; `steps` counts those steps too.

    Attributes:
        history: name -> list with one float per step, for every name given to `update`.
        diagnoses: list of (step, kind, sentence); kind is one of `diagnosis.KINDS`.
        looks: step -> what was seen of the samples and the weights after it, see `diagnosis.Look`.
        step: updates so far, those of earlier sessions included.
        start: updates of earlier sessions.
    """

    def __init__(
        self,
        steps: int,
        generator,
        noise,
        discriminator,
        real,
        draw: Callable | None = None,
        show: str | None = None,
        history: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        self.steps = steps
        self._past = history
        self.history: dict[str, list[float]] = {name: list(values) for name, values in (history or {}).items()}
        self.start = self.step = max(map(len, self.history.values()), default=0)
        self.diagnoses: list[tuple[int, str, str]] = []
        self.looks: dict[int, Look] = {}
        self._generator, self._noise, self._discriminator = generator, noise, discriminator
        self._draw = draw or (lambda ax, samples: plots.draw_grid(ax, samples, _columns(len(samples))))
        self._real_spread = spread(real)
        self._moved_at, self._weights = self.step, _copy_of_weights(discriminator)
        self._present: set[str] = set()
        self._interrupted: str | None = None
        self._stop_asked = False
        self._view = _VIEWS[show or where()](steps, self.start)
        self._started = time.perf_counter()

    def __enter__(self) -> Monitor:
        self._started = time.perf_counter()
        self._listens = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not where it is ignored
        try:
            if self._listens:
                signal.signal(signal.SIGINT, self._ask_to_stop)
        except ValueError:  # signals reach the main thread alone, and only it may handle them
            self._listens = False
        return self

    def _ask_to_stop(self, *_: object) -> None:
        # Raised in the middle of a step, KeyboardInterrupt can get lost in TensorFlow or in what sends the pictures.
        if self._stop_asked:
            raise KeyboardInterrupt
        self._stop_asked = True

    def __exit__(self, kind, error, trace) -> None:
        try:
            self._end(kind)
        finally:
            if self._listens:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def _end(self, kind) -> None:
        if kind is None and self.step > self.start and (self.step % CHECK_EVERY or self.step < WARM_UP):
            self._diagnose()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            how_to_go_on = (
                L(
                    "Los modelos conservan lo aprendido. Si esta celda los crea, ejecutarla otra vez empieza de cero.",
                    "The models keep what they have learnt. If this cell makes them, running it again starts from "
                    "scratch.",
                )
                if self._past is None
                else L(
                    "Ejecuta esta celda otra vez y seguirá desde el último punto de control.",
                    "Run this cell again, and it will go on from the last checkpoint.",
                )
            )
            interrupted = L(
                f"Entrenamiento interrumpido en el paso {self.step} de {self.steps}. ",
                f"Training interrupted at step {self.step} of {self.steps}. ",
            )
            self._interrupted = interrupted + how_to_go_on
            self._view.say(self._interrupted)
        self._view.close(self)

    def update(self, **values: float) -> None:
        """Record one training step.

        Args:
            values: numbers by name. `d_loss`, `g_loss` (losses) and `d_real`, `d_fake` (the mean of D(x) and of
                D(G(z)), in [0, 1]) are drawn; any other, such as an accuracy, is kept in `history`.

        Raises:
            CourseError: if a value is not one number; then nothing is recorded.
            KeyboardInterrupt: if the stop button has been pressed; the step is recorded.
        """
        values = {name: _number(name, value) for name, value in values.items()}
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)
        self.step += 1
        latest = {name: [value] for name, value in values.items()}
        if (self.step >= WARM_UP and self.step % CHECK_EVERY == 0) or not diagnosis.finite(latest):
            self._diagnose()
        self._view.refresh(self)
        if self._stop_asked:
            raise KeyboardInterrupt

    def seconds(self) -> float:
        """Return the seconds since the training began."""
        return time.perf_counter() - self._started

    def samples(self) -> np.ndarray:
        """Return what the generator makes of the fixed noise now, in inference mode."""
        return np.asarray(self._generator(self._noise, training=False))

    def draw_samples(self, ax) -> None:
        """Draw what the generator makes of the fixed noise now."""
        samples = self.samples()
        if np.isfinite(samples).all():
            self._draw(ax, samples)
        ax.set_title(L(f"El mismo ruido, paso {self.step}", f"The same noise, step {self.step}"), fontsize=10)

    def recent(self, name: str) -> float | None:
        """Return the mean of the last values of `name` (a hundredth of the steps), or None if it is not recorded."""
        values = self.history.get(name)
        return float(np.mean(values[-max(1, self.steps // 100) :])) if values else None

    def warnings(self) -> list[str]:
        """Return the sentences about what is wrong at this moment."""
        latest = {kind: sentence for _, kind, sentence in self.diagnoses}
        present = [sentence for kind, sentence in latest.items() if kind in self._present]
        return present + ([self._interrupted] if self._interrupted else [])

    def _diagnose(self) -> None:
        weights = _copy_of_weights(self._discriminator)
        if not all(map(np.array_equal, weights, self._weights)):
            self._moved_at, self._weights = self.step, weights
        found, look = self._kinds()
        for kind in found:
            if kind not in self._present:
                sentence = _sentence(kind, self.step, self.history, look)
                self.diagnoses.append((self.step, kind, sentence))
                self._view.say(sentence)
        self._present = set(found)

    def _kinds(self) -> tuple[list[str], Look]:
        this_time = self.steps - self.start
        if not diagnosis.finite(self.history):
            return ["not finite"], Look()
        if self.step - self.start < min(WARM_UP, this_time):
            return [], Look()
        look = self._look()
        self.looks[self.step] = look
        return diagnosis.diagnose(self.history, look, min(STILL, this_time)), look

    def _look(self) -> Look:
        look = Look(still=self.step - self._moved_at, rate=_rate(self._discriminator))
        if self.step < WARM_UP or len(self._noise) < 2:  # one sample has no spread
            return look
        samples = self.samples()
        share = spread(samples) / self._real_spread if self._real_spread else None
        return look._replace(spread=share, saturated=diagnosis.saturated(samples))


def who_is_winning(d_loss: Sequence[float], draw: float) -> str:
    """Return a sentence: from which step on D's loss, smoothed as in `plots.show_curves`, stays below the draw.

    Args:
        d_loss: one value a step.
        draw: the loss of a D that has no idea: ln 2 where it is a mean of two batches, 2 ln 2 where it is a sum.
    """
    above = np.flatnonzero(~(plots.smooth(d_loss) < draw))
    since = int(above[-1]) + 1 if len(above) else 0
    if since >= len(d_loss):
        return L("D no va ganando al final.", "D is not winning at the end.")
    return L(f"D va ganando desde el paso {thousands(since)}.", f"D is winning from step {thousands(since)} on.")


def press_stop(train_step: Callable, state, at: int) -> Callable:
    """Return a training step that presses the stop button itself, once, if nobody has done so before.

    It sends the signal that the button of the notebook sends, SIGINT, right after a step, and says so in one line. A
    training that is resumed is not interrupted again.

    Args:
        train_step: function of a batch.
        state: with the variable `step`, which the step counts up.
        at: after which step to press.
    """
    if int(state.step) > 0:
        return train_step

    def step_and_press(real_images):
        result = train_step(real_images)
        if int(state.step) == at:
            say(
                f"Nadie ha pulsado el botón de parar: en el paso {thousands(at)} lo pulsa el curso.",
                f"Nobody has pressed the stop button: at step {thousands(at)} the course presses it.",
            )
            signal.raise_signal(signal.SIGINT)
        return result

    return step_and_press


def _sentence(kind: str, step: int, history: Mapping[str, Sequence[float]], look: Look) -> str:
    found = diagnosis.measure(history, look)
    believed, answered = math.exp(-max(0.0, found.get("g_loss", 0.0))), found.get("d_fake", 0.0)
    paid = f"{found.get('d_loss', 0.0):.3g}"
    # Only where it is known that the rate is not 0 can the rate be left out.
    or_rate = L(", y que su tasa de aprendizaje no es 0", ", and that its learning rate is not 0")
    or_rate = or_rate if look.rate is None else ""
    sentence = {
        "frozen": L(
            f"el discriminador está congelado; sus pesos no han cambiado en {look.still} pasos. Crea otra vez las "
            "redes, compílalas y comprueba que D es entrenable (trainable = True) cuando aprende por primera "
            f"vez{or_rate}. Descongelarlo después no basta.",
            f"the discriminator is frozen; its weights have not changed for {look.still} steps. Make the networks "
            f"again, compile them, and check that D is trainable (trainable = True) when it first learns{or_rate}. "
            "Thawing it later is not enough.",
        ),
        "no rate": L(
            "el discriminador no aprende: la tasa de aprendizaje de su optimizador es 0, y sus pesos no han cambiado "
            f"en {look.still} pasos. Dale otra, por ejemplo la de G: discriminator.optimizer.learning_rate = …",
            "the discriminator does not learn: the learning rate of its optimizer is 0, and its weights have not "
            f"changed for {look.still} steps. Give it another, say G's: discriminator.optimizer.learning_rate = …",
        ),
        "two answers": L(
            f"D responde de dos maneras. A lo que dibuja G le da cerca de {believed:.2f} en el turno de G, según la "
            f"pérdida de G, y {answered:.2f} en el suyo. Suele deberse a la normalización por lotes (BN) en un D "
            "congelado. Quita la BN de D, o escribe un paso que no congele nada.",
            f"D gives two answers. What G draws gets about {believed:.2f} in G's turn, by G's loss, and "
            f"{answered:.2f} in D's own. That is usually batch normalization (BN) in a frozen D. Take BN out of D, "
            "or write a step that freezes nothing.",
        ),
        "overshooting": L(
            f"la pérdida de D es {paid}, y eso que aprende; si respondiera 0.5 a todo, sería 0.69. Los pasos son "
            "demasiado largos. Crea otra vez las redes y baja las tasas de aprendizaje; con Adam, prueba con 0.001.",
            f"D's loss is {paid}, although it learns; if it answered 0.5 to everything, that would be 0.69. The steps "
            "are too long. Make the networks again and lower the learning rates; with Adam, try 0.001.",
        ),
        "winning": L(
            "el discriminador supera con creces al generador: D(x) ≈ 1 y D(G(z)) ≈ 0, así que ya casi no puede "
            "guiarlo. Acerca las dos tasas de aprendizaje: sube la de G o baja la de D.",
            "the discriminator is overpowering the generator: D(x) ≈ 1 and D(G(z)) ≈ 0, so it can hardly guide it "
            "any more. Bring the two learning rates closer together: raise that of G or lower that of D.",
        ),
        "collapsed": L(
            "el generador ha colapsado; sea cual sea el ruido, sus muestras son casi iguales. Vuelve a crear los "
            "modelos y baja la tasa de aprendizaje de G.",
            "the generator has collapsed; whatever the noise, its samples are nearly all alike. Make the models again "
            "and lower the learning rate of G.",
        ),
        "not finite": L(
            "una pérdida ya no es un número finito; no hay vuelta atrás. Interrumpe, crea de nuevo los modelos y baja "
            "la tasa de aprendizaje.",
            "a loss is no longer a finite number, and there is no way back. Interrupt, make the models again and "
            "lower the learning rate.",
        ),
    }[kind]
    return L(f"⚠ Paso {step}: ", f"⚠ Step {step}: ") + sentence


def _rate(model) -> float | None:
    """Return the learning rate of a compiled model's optimizer, and None if there is none to be seen."""
    rate = getattr(getattr(model, "optimizer", None), "learning_rate", None)
    return None if rate is None else float(rate.numpy() if hasattr(rate, "numpy") else rate)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        kind = type(value).__name__
        raise CourseError(
            f"{name} es de tipo {kind} y tiene que ser un número. ¿Viene de train_on_batch? Pídele un diccionario "
            'con return_dict=True y toma de él, por ejemplo, ["loss"].',
            f"{name} is a {kind} and has to be one number. Is it from train_on_batch? Ask that for a dictionary "
            'with return_dict=True and take, for instance, ["loss"] from it.',
        ) from None


def _copy_of_weights(model) -> list[np.ndarray]:
    # By name and not by `trainable`: a frozen model has no trainable weights, and they are the ones to watch.
    not_trained = ("moving_mean", "moving_variance", "seed_generator_state")
    return [variable.numpy() for variable in model.weights if variable.name not in not_trained]


def _columns(count: int) -> int:
    return max(1, math.ceil(math.sqrt(count)))


# Where the monitor shows itself. A view has refresh(monitor), say(sentence) and close(monitor).


class _Notebook:
    """A line of progress and a figure, both updated in place."""

    def __init__(self, steps: int, start: int) -> None:
        self._steps, self._start, self._line, self._figure = steps, start, None, None
        self._next_line = self._next_figure = 0.0

    def refresh(self, monitor: Monitor) -> None:
        now = monitor.seconds()
        if now >= self._next_line:
            self._show_line(monitor)
            self._next_line = now + 0.5
        if now >= self._next_figure:
            self._show_figure(monitor)
            # Drawing may take a tenth of the time, not more; and a long training needs no picture every 3 seconds.
            self._next_figure = now + max(3.0, 10 * (monitor.seconds() - now), 0.03 * now)

    def say(self, sentence: str) -> None:
        """Print nothing: the sentence stands under the progress line as long as it holds."""
        self._next_line = 0.0

    def close(self, monitor: Monitor) -> None:
        self._show_line(monitor)
        self._show_figure(monitor)

    def _show_line(self, monitor: Monitor) -> None:
        bar = tqdm.format_meter(
            monitor.step, self._steps, monitor.seconds(), ncols=88, unit=L(" pasos", " steps"), initial=self._start
        )
        self._line = show_in_place({"text/plain": "\n".join([bar, *monitor.warnings()])}, self._line)

    def _show_figure(self, monitor: Monitor) -> None:
        self._figure = show_in_place({"image/png": plots.small_png(_figure_of(monitor))}, self._figure)
        gc.collect()  # a figure is a cycle; Python by itself would let a hundred of them pile up


class _Lines:
    """A line for every tenth of the way."""

    def __init__(self, steps: int, start: int) -> None:
        self._every = max(1, math.ceil(steps / 10))

    def refresh(self, monitor: Monitor) -> None:
        if monitor.step % self._every and monitor.step != monitor.steps:
            return
        left = monitor.seconds() / (monitor.step - monitor.start) * (monitor.steps - monitor.step)
        share = 100 * monitor.step // monitor.steps
        print(
            L(
                f"paso {monitor.step}/{monitor.steps} ({share} %), quedan {tqdm.format_interval(left)}",
                f"step {monitor.step}/{monitor.steps} ({share}%), {tqdm.format_interval(left)} left",
            )
            + f" · {_numbers(monitor)}",
            flush=True,
        )

    def say(self, sentence: str) -> None:
        print(sentence, flush=True)

    def close(self, monitor: Monitor) -> None:
        """The last line is there already."""


class _Nothing:
    """For trainings that are only recorded."""

    def __init__(self, steps: int, start: int) -> None:
        pass

    def refresh(self, monitor: Monitor) -> None:
        pass

    def say(self, sentence: str) -> None:
        pass

    def close(self, monitor: Monitor) -> None:
        pass


_VIEWS = {"notebook": _Notebook, "lines": _Lines, "nothing": _Nothing}


def _numbers(monitor: Monitor) -> str:
    texts = {
        "d_loss": L("pérdida D", "D loss"),
        "g_loss": L("pérdida G", "G loss"),
        "d_real": "D(x)",
        "d_fake": "D(G(z))",
    }
    values = {text: monitor.recent(name) for name, text in texts.items()}
    return " · ".join(f"{text} {value:.2f}" for text, value in values.items() if value is not None)


@plots.own_settings
def _figure_of(monitor: Monitor) -> Figure:
    figure = Figure((9, 4.4), dpi=75)
    panels = figure.subplot_mosaic([["losses", "samples"], ["opinions", "samples"]], width_ratios=[1.15, 1])
    figure.subplots_adjust(0.05, 0.11, 0.99, 0.94, wspace=0.08, hspace=0.35)  # drawn twice as fast as with a layout
    history = {name: monitor.history.get(name, []) for name in ("d_loss", "g_loss", "d_real", "d_fake")}
    plots.show_curves(history, {"d_loss": "D", "g_loss": "G"}, L("Pérdidas", "Losses"), panels["losses"])
    plots.show_curves(
        history,
        {"d_real": L("D(x), reales", "D(x), real"), "d_fake": L("D(G(z)), generadas", "D(G(z)), generated")},
        L("Qué opina el discriminador", "What the discriminator thinks"),
        panels["opinions"],
    )
    panels["losses"].set_xlabel("")
    panels["opinions"].set_ylim(-0.03, 1.03)
    panels["opinions"].axhline(0.5, color="0.5", linewidth=0.8)
    monitor.draw_samples(panels["samples"])
    return figure
