"""The facade of the network: a game in, a prediction out."""

from collections.abc import Sequence
from copy import copy
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from gopolicy.errors import GopolicyError
from gopolicy.features.planes import NUM_PLANES, encode_games, hide_history
from gopolicy.features.symmetry import NUM_SYMMETRIES
from gopolicy.go.coords import BOARD_SIZE, size_name
from gopolicy.go.game import Game
from gopolicy.nn.gpu import best_device
from gopolicy.nn.inference import FLOAT, Unpacker, average_probabilities, fast_dtype
from gopolicy.nn.model_file import FILE_NAME, ModelFacts, load_model, model_file
from gopolicy.nn.network import PolicyNetwork, on_device
from gopolicy.nn.tensor_file import CheckpointError
from gopolicy.prediction import Candidate, Prediction
from gopolicy.profiles.habits import NO_HABITS
from gopolicy.profiles.library import find_profile
from gopolicy.profiles.profile import Profile, fuse_profile, network_digest

NET: Final = "net"  # the name of the network that ships
SHIPPED: Final = Path(__file__).parent.parent / "weights" / FILE_NAME
FORWARD: Final = 64  # positions in a forward pass at most: bounds the memory and the wait


class PolicyError(GopolicyError, ValueError):
    """A position that the network cannot be asked about."""


def find_model(path: str | Path | None = None) -> Path:
    """Return the model file to use: `path`, a file or a run's folder, or for None and `net` the one that ships.

    Raises CheckpointError if none ships, and for `net` where a model has that name.
    """
    if path is not None and str(path) != NET:
        return model_file(Path(path))
    if path is not None and model_file(Path(path)).is_file():
        place = Path(path).absolute()
        raise CheckpointError(
            f"{NET}: means the network that ships, but {place} is a model, too; name it so, or rename it"
        )
    if SHIPPED.exists():
        return SHIPPED
    raise CheckpointError("no model: train one with `gopolicy train` and name it with --model")


class Policy:
    """A network ready for use.

    name: what to call it; facts: what its file says of its training; symmetries: how many of the eight a prediction
    averages over when a call does not say; profile: the name of the one that it predicts as, "" for none.
    """

    def __init__(
        self,
        network: PolicyNetwork,
        *,
        name: str = "gopolicy",
        facts: ModelFacts | None = None,
        symmetries: int = 1,
        device: torch.device | None = None,
        profile: Profile | str | None = None,
    ) -> None:
        self.name = name
        self.profile = ""
        self._habits = NO_HABITS
        self.facts = facts or ModelFacts()
        self.symmetries = symmetries
        self.device = device or best_device()
        self.network = on_device(network, self.device).eval()
        self._unpacker = Unpacker(self.device, self.network.config.planes)
        self._dtype = FLOAT
        self._base = self.network
        self._name = name
        self.use_profile(profile)

    @classmethod
    def load(
        cls,
        path: str | Path | None = None,
        *,
        symmetries: int = 1,
        device: str | None = None,
        profile: Profile | str | None = None,
    ) -> "Policy":
        """Load a model file or a run's folder; None and `net` mean the network that ships.

        profile: the one to predict as, see `use_profile`.
        Raises CheckpointError, naming the file, if it is missing, damaged or made for other planes.
        """
        found = find_model(path)
        network, facts = load_model(found)
        filters, layers = network.config.filters, network.config.layers
        name = f"gopolicy {filters}x{layers}"
        chosen = torch.device(device) if device else None
        return cls(network, name=name, facts=facts, symmetries=symmetries, device=chosen, profile=profile)

    def with_profile(self, profile: Profile | str | None) -> "Policy":
        """Return a policy of the same network that predicts as a profile, see `use_profile`; this one is unchanged."""
        other = copy(self)
        other.use_profile(profile)
        return other

    def quick(self) -> "Policy":
        """Return a policy of the same network for playing positions out: without a profile, and in the precision that
        is fast on its device, where a probability of 0.170 may come out as 0.173.

        2026-11-21, AMD EPYC Zen 4, one thread: eight boards near their end settled in 11 instead of 20 s, scores equal.
        """
        other = self.with_profile(None)
        other._dtype = fast_dtype(self.device)
        return other

    @property
    def has_habits(self) -> bool:
        """Whether its profile corrects in the opening what the network says."""
        return len(self._habits) > 0

    @property
    def digest(self) -> str:
        """A fingerprint of all that it predicts with: the network's weights, the profile's numbers and habits."""
        habits = self._habits.keys.tobytes() + self._habits.counts.tobytes()
        return network_digest(self.network) + (blake2b(habits, digest_size=8).hexdigest() if habits else "")

    def use_profile(self, profile: Profile | str | None) -> None:
        """Predict as a profile from now on, also by its name, its file or a name of KataGo's; None: without one.

        Its numbers are in the weights of `network`; its habits correct what the network says in the opening.
        Raises ProfileError and CheckpointError; nothing has changed then.
        """
        found = find_profile(profile) if isinstance(profile, str) else profile
        self.network = self._base if found is None else on_device(fuse_profile(self._base, found), self.device)
        self._habits = found.habits if found else NO_HABITS
        self.profile = found.name if found else ""
        self.name = f"{self._name} as {found.name}" if found else self._name

    def predict(self, game: Game, symmetries: int | None = None) -> Prediction:
        """Return what the network says of a position: of each point, the probability that it is the next move.

        Illegal points have 0 and the rest sums to 1.  symmetries: 1 to 8 to average over.
        Raises PolicyError for a board that is not 19x19 and for a position without a legal move.
        """
        return self.predict_batch([game], symmetries)[0]

    def predict_batch(
        self, games: Sequence[Game], symmetries: int | None = None, *, legal_only: bool = True
    ) -> list[Prediction]:
        """Return what `predict` does for several games at once.

        legal_only: if False, illegal points keep what the network gives them, as accuracy is counted in the paper.
        """
        found = self.probabilities_batch(games, symmetries, legal_only=legal_only)
        return [Prediction(probabilities) for probabilities in found]

    def probabilities(self, game: Game, symmetries: int | None = None, *, history: bool = True) -> NDArray[np.float32]:
        """Return the probabilities of `predict` alone: float32 `[19, 19]`, row 0 at the top.

        history: if False, all stones are shown as old, as in a position set up by hand.
        """
        grid: NDArray[np.float32] = self.probabilities_batch([game], symmetries, history=history)[0]
        return grid

    def probabilities_batch(
        self, games: Sequence[Game], symmetries: int | None = None, *, legal_only: bool = True, history: bool = True
    ) -> NDArray[np.float32]:
        """Return the probabilities of `predict_batch` alone: float32 `[B, 19, 19]`; history: as in `probabilities`."""
        symmetries = self.symmetries if symmetries is None else symmetries
        if not 1 <= symmetries <= NUM_SYMMETRIES:
            raise PolicyError(f"symmetries must be from 1 to {NUM_SYMMETRIES}, not {symmetries}")
        for game in games:
            if game.size != BOARD_SIZE:
                raise PolicyError(f"the network knows {BOARD_SIZE}x{BOARD_SIZE} only, not {size_name(game.size)}")
        planes = encode_games(games)
        if not history:
            hide_history(planes)
        packed = torch.from_numpy(planes.view(np.uint8))
        found = average_probabilities(
            self.network, self._unpacker, packed, symmetries, dtype=self._dtype, forward=FORWARD
        )
        values = self._habits.predict(planes, found.cpu().numpy())
        if legal_only:
            values = _legal_shares(values, games)
        return values.reshape(-1, BOARD_SIZE, BOARD_SIZE)

    def suggest(self, game: Game, top: int = 5) -> list[Candidate]:
        """Return the `top` most probable moves, the most probable first; fewer where fewer are legal."""
        return self.predict(game).candidates(top)

    def __repr__(self) -> str:
        return f"<Policy {self.name}, {NUM_PLANES} planes, on {self.device}>"


def _legal_shares(values: NDArray[np.float32], games: Sequence[Game]) -> NDArray[np.float32]:
    """Return the probabilities `[B, 361]` with those of illegal points divided among the legal ones."""
    if not games:
        return values
    legal = np.stack([game.legal_mask() for game in games])  # [B, 361]
    if not legal.any(axis=1).all():
        raise PolicyError("no legal move in this position: pass")
    masked = np.where(legal, values, 0.0).astype(np.float64)
    total = masked.sum(axis=1, keepdims=True)
    # A network all of whose legal probabilities underflow knows nothing: every legal move is as likely.
    shares = np.where(total > 0, masked / np.maximum(total, 1e-38), legal / legal.sum(axis=1, keepdims=True))
    answer: NDArray[np.float32] = shares.astype(np.float32)
    return answer
