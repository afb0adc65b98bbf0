"""What decides a training run, as data: sizes of networks by name, the configuration, the schedule.

Light on purpose: the command line reads its options and defaults from here without loading torch.
"""

import ast
import inspect
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gopolicy.errors import GopolicyError

# name -> (filters, hidden layers).  AlphaGo's (Silver et al. 2016, Extended Data Table 3), then ours for CPUs.
PRESETS: Final = {
    "alphago-128": (128, 12),
    "alphago-192": (192, 12),
    "alphago-256": (256, 12),
    "alphago-384": (384, 12),
    "small": (96, 12),
    "tiny": (48, 6),  # style: filters, not planes
}
OPTIMIZERS: Final = ("muon", "sgd", "adamw")
PRECISIONS: Final = ("auto", "float32", "bfloat16")
CONVOLUTIONS: Final = ("auto", "direct", "winograd")
EXTENDING: Final = ("positions", "minutes", "teacher")  # what may differ when a run goes on
LONG_WARMUP_ABOVE, LONG_WARMUP = 1024, 0.05  # positions of a batch; share of the run, for `for_batch`
MOST_BATCH: Final = 65_536  # more than any recipe has; a mistyped one must not take all memory


class TrainingError(GopolicyError, RuntimeError):
    """A run that cannot begin or go on; the text says what happened and what is left."""


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what a run does, saved with it."""

    positions: int = 2_000_000
    """Positions to train on before the run ends."""
    minutes: float = 0.0
    """End after so many minutes instead: the schedule is fitted to the speed; 0 for --positions."""
    batch: int = 256
    """Positions a step, over all processes."""
    optimizer: str = "muon"
    """muon, sgd or adamw."""
    lr: float = 0.02
    """Peak learning rate."""
    weight_decay: float = 0.01
    """Decoupled for muon and adamw, L2 for sgd; biases and normalization are spared."""
    warmup: float = 0.02
    """Share of the run in which the learning rate rises."""
    clip: float = 1.0
    """Largest norm of the gradient; 0 does not clip."""
    averaging: float = 0.998
    """Decay of the exponential average of the weights; the average is what is saved as the model."""
    validation: float = 0.02
    """Share of the games that is held out, by game."""
    hide_history: float = 0.0
    """Share of the positions whose stones all look old, as in positions set up by hand."""
    seed: int = 1
    """Draws the first weights, the order, the symmetries and whose history is hidden."""
    precision: str = "auto"
    """float32, bfloat16, or auto: bfloat16 where the device multiplies it faster."""
    convolution: str = "auto"
    """direct, winograd, or auto: Winograd's algorithm for 3x3 on a CPU that is faster so."""
    branches: bool = True
    """Train a 1x1 convolution beside each convolution; fused for use."""
    teacher: str = ""
    """Learn from a model's predictions too, averaged over symmetries: a file, a run folder, or `net`."""
    teacher_share: float = 0.7
    """How much of what is learned is the teacher's; the rest are the moves played."""

    def __post_init__(self) -> None:
        bounds = {
            "positions": (1, math.inf),
            "minutes": (0.0, math.inf),
            "batch": (1, MOST_BATCH),
            "lr": (0.0, 100.0),
            "weight_decay": (0.0, 100.0),
            "warmup": (0.0, 1.0),
            "clip": (0.0, math.inf),
            "averaging": (0.0, 1.0),
            "validation": (0.0, 0.99),
            "hide_history": (0.0, 1.0),
            "teacher_share": (0.0, 1.0),
            "seed": (0, 2**63 - 1),
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most or getattr(self, name) == math.inf:
                bound = f"from {least:g} to {most:g}" if most < math.inf else f"{least:g} or more"
                raise TrainingError(f"--{_option(name)} {getattr(self, name)}: must be {bound}")
        known_values = {"optimizer": OPTIMIZERS, "precision": PRECISIONS, "convolution": CONVOLUTIONS}
        for name, known in known_values.items():
            if getattr(self, name) not in known:
                raise TrainingError(f"--{_option(name)} {getattr(self, name)!r}: unknown; {', '.join(known)}")

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return max(1, self.positions // self.batch)


def _option(name: str) -> str:
    return name.replace("_", "-")


def extended(config: TrainingConfig, changes: Mapping[str, Any]) -> TrainingConfig:
    """Return the configuration of a run that goes on with what EXTENDING names changed.

    Raises TrainingError, naming the option, for any other field that is not what the run has.
    """
    for name, value in changes.items():
        known = getattr(config, name)
        if name not in EXTENDING and value != known and value != "auto":
            given = f"--no-{_option(name)}" if value is False else f"--{_option(name)}"
            text = given if isinstance(value, bool) else f"{given} {value}"
            raise TrainingError(
                f"{text}: the run has {known}; with --resume only --positions, --minutes and --teacher change"
            )
    chosen = {name: changes[name] for name in EXTENDING if name in changes}
    if "positions" in chosen:
        chosen = {"minutes": 0.0, **chosen}
    return replace(config, **chosen)


def for_batch(config: TrainingConfig, batch: int, given: Collection[str] = ()) -> TrainingConfig:
    """Return a recipe for the default batch with another one, and the learning rate and the warm-up usual for it.

    given: fields to leave as they are.
    """
    usual = {"lr": config.lr * (batch / TrainingConfig.batch) ** 0.5}
    if batch > LONG_WARMUP_ABOVE:
        usual["warmup"] = LONG_WARMUP
    return replace(config, batch=batch, **{name: value for name, value in usual.items() if name not in given})


def schedule(step: int, config: TrainingConfig) -> float:
    """Return the learning rate of a step from 0 on, as a share of its peak: linear warm-up, then half a cosine."""
    progress = step / config.steps
    if progress < config.warmup:
        return (step + 1) / (config.warmup * config.steps + 1)
    rest = (progress - config.warmup) / max(1 - config.warmup, 1e-9)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, rest)))


def field_help(configuration: type) -> dict[str, str]:
    """Return the line under each field of a dataclass, by the field's name: the help of its option."""
    body = ast.parse(inspect.getsource(configuration)).body[0]
    assert isinstance(body, ast.ClassDef)
    lines = {}
    for declared, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(declared, ast.AnnAssign) and isinstance(declared.target, ast.Name) and isinstance(text, ast.Expr):
            lines[declared.target.id] = str(ast.literal_eval(text.value))
    return lines
