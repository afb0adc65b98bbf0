"""The facade of the network: a game in, probabilities and suggestions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.errors import GopolicyError
from gopolicy.features import NUM_PLANES, encode
from gopolicy.features.symmetry import NUM_SYMMETRIES, image_tables, point_tables
from gopolicy.go.coords import BOARD_SIZE, Point, to_vertex
from gopolicy.go.game import Game
from gopolicy.nn.model_file import ModelFacts, load_model
from gopolicy.nn.network import PolicyNetwork, on_device
from gopolicy.nn.tensor_file import CheckpointError

NET: Final = "net"  # the name of the network that ships
SHIPPED: Final = Path(__file__).parent.parent / "weights" / "model.safetensors"
BATCH: Final = 64  # positions a forward pass at most: bounds the memory


class PolicyError(GopolicyError, ValueError):
    """A position that the network cannot be asked about."""


@dataclass(frozen=True)
class Suggestion:
    """A move the network expects: its point, vertex, probability (0 to 1) and rank from 1 on."""

    move: Point
    vertex: str
    probability: float
    rank: int


def find_model(path: str | Path | None = None) -> Path:
    """Return the model file to use: `path`, a file or a run's folder, or for None and `net` the one that ships.

    Raises CheckpointError if none ships.
    """
    if path is not None and str(path) != NET:
        found = Path(path)
        return found / "model.safetensors" if found.is_dir() else found
    if SHIPPED.exists():
        return SHIPPED
    raise CheckpointError("no model: train one with `gopolicy train` and name it with --model")


class Policy:
    """A network ready to be asked.

    name: what to call it; facts: what its file says of its training; symmetries: how many of the eight
    views of a position are averaged when a call does not say.
    """

    def __init__(
        self,
        network: PolicyNetwork,
        *,
        name: str = "gopolicy",
        facts: ModelFacts | None = None,
        symmetries: int = 1,
        device: torch.device | None = None,
    ) -> None:
        self.name = name
        self.facts = facts or ModelFacts()
        self.symmetries = symmetries
        self.device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = on_device(network, self.device).eval()

    @classmethod
    def load(cls, path: str | Path | None = None, *, symmetries: int = 1, device: str | None = None) -> "Policy":
        """Load a model file or a run's folder; None and `net` mean the network that ships.

        Raises CheckpointError, naming the file, if it is missing, damaged or made for other planes.
        """
        found = find_model(path)
        network, facts = load_model(found)
        filters, layers = network.config.filters, network.config.layers
        name = f"gopolicy {filters}x{layers}"
        return cls(
            network, name=name, facts=facts, symmetries=symmetries, device=torch.device(device) if device else None
        )

    def probabilities(self, game: Game, symmetries: int | None = None) -> NDArray[np.float32]:
        """Return the probability of each point as the next move: float32 `[19, 19]`, row 0 at the top.

        Illegal points have 0 and the rest sums to 1.  symmetries: 1 to 8 views to average.
        Raises PolicyError for a board that is not 19x19 and for a position without a legal move.
        """
        answer: NDArray[np.float32] = self.probabilities_batch([game], symmetries)[0]
        return answer

    def probabilities_batch(
        self, games: Sequence[Game], symmetries: int | None = None, *, legal_only: bool = True
    ) -> NDArray[np.float32]:
        """Return what `probabilities` does for several games at once: float32 `[B, 19, 19]`.

        legal_only: if False, illegal points keep what the network gives them, as accuracy is counted in the paper.
        """
        views = self.symmetries if symmetries is None else symmetries
        if not 1 <= views <= NUM_SYMMETRIES:
            raise PolicyError(f"symmetries must be from 1 to {NUM_SYMMETRIES}, not {views}")
        for game in games:
            if game.size != BOARD_SIZE:
                raise PolicyError(f"the network knows {BOARD_SIZE}x{BOARD_SIZE} only, not {game.size}x{game.size}")
        per_pass = max(1, BATCH // views)
        parts = [self._forward(games[i : i + per_pass], views, legal_only) for i in range(0, len(games), per_pass)]
        return np.concatenate(parts) if parts else np.zeros((0, BOARD_SIZE, BOARD_SIZE), np.float32)

    @torch.inference_mode()
    def _forward(self, games: Sequence[Game], views: int, legal_only: bool) -> NDArray[np.float32]:
        legal = np.stack([game.legal_mask() for game in games])  # [B, 361]
        if not legal.any(axis=1).all():
            raise PolicyError("no legal move in this position: pass")
        used = self.network.config.planes
        planes = np.stack([encode(game)[:used] for game in games]).reshape(len(games), used, -1)  # [B, planes, 361]
        images = np.concatenate([planes[:, :, point_tables(BOARD_SIZE)[s]] for s in range(views)])  # [views * B, ...]
        x = torch.from_numpy(images.reshape(-1, used, BOARD_SIZE, BOARD_SIZE)).to(self.device).float()
        logits = self.network(x.contiguous(memory_format=torch.channels_last))
        turned = logits.float().softmax(1).cpu().numpy().reshape(views, len(games), -1)
        back = np.mean([turned[s][:, image_tables(BOARD_SIZE)[s]] for s in range(views)], axis=0)
        if not legal_only:
            everywhere: NDArray[np.float32] = back.astype(np.float32).reshape(-1, BOARD_SIZE, BOARD_SIZE)
            return everywhere
        masked = np.where(legal, back, 0.0)
        total = masked.sum(axis=1, keepdims=True)
        # A network all of whose legal probabilities underflow knows nothing: every legal move is as likely.
        shares = np.where(total > 0, masked / np.maximum(total, 1e-38), legal / legal.sum(axis=1, keepdims=True))
        answer: NDArray[np.float32] = shares.astype(np.float32).reshape(-1, BOARD_SIZE, BOARD_SIZE)
        return answer

    def suggest(self, game: Game, top: int = 5) -> list[Suggestion]:
        """Return the `top` likeliest moves, the likeliest first; fewer where fewer are legal."""
        return rank_moves(self.probabilities(game), top)

    def __repr__(self) -> str:
        return f"<Policy {self.name}, {NUM_PLANES} planes, on {self.device}>"


def rank_moves(probabilities: NDArray[np.float32], top: int = 5) -> list[Suggestion]:
    """Return the `top` likeliest points of probabilities `[size, size]`, those with probability 0 left out."""
    size = probabilities.shape[0]
    flat = probabilities.reshape(-1)
    order = np.argsort(-flat, kind="stable")[: max(top, 0)]
    return [
        Suggestion(int(point), to_vertex(int(point), size), float(flat[point]), rank)
        for rank, point in enumerate(order, start=1)
        if flat[point] > 0
    ]
