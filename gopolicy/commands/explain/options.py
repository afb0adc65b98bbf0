"""What several modes have in common: where pictures and arrays go, and how filters are named."""

import argparse
import re
from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gopolicy.nn import PolicyNetwork

MOST_ROWS = 40  # rows of a sheet, so that a picture stays one that can be looked at


def add_output(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare -o, with a default name, and --arrays."""
    parser.add_argument("-o", "--out", type=Path, metavar="OUT.png", default=Path(name), help=f"default: {name}")
    parser.add_argument("--arrays", type=Path, metavar="OUT.npz", help="write the numbers, too, as NumPy arrays")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Declare --filters."""
    parser.add_argument(
        "--filters",
        nargs="+",
        metavar="LAYER:FILTERS",
        help='such as 3:17 or 5:0-11,40; "all" for every filter (default: the first 12 of a layer in the middle)',
    )


def load_network(path: Path | None) -> "PolicyNetwork":
    """Return the network of a model, or the one that ships; raises CheckpointError."""
    from gopolicy.nn.checkpoint import load_model
    from gopolicy.policy.policy import find_model

    return load_model(find_model(path))[0]


def parse_filters(texts: list[str] | None, network: "PolicyNetwork") -> list[tuple[int, int]]:
    """Return (layer, filter) pairs; raises ValueError for text that names none of the network's filters."""
    layers, most = network.config.layers, network.config.filters
    if texts is None:
        return [((layers + 1) // 2, number) for number in range(min(12, most))]
    if texts == ["all"]:
        return [(layer, number) for layer in range(1, layers + 1) for number in range(most)]
    found: list[tuple[int, int]] = []
    for text in texts:
        match = re.fullmatch(r"(\d+):(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)", text)
        if match is None:
            raise ValueError(f"--filters {text!r}: write a layer and its filters, such as 3:17 or 5:0-11,40")
        for part in match[2].split(","):
            first, _, last = part.partition("-")
            found += [(int(match[1]), number) for number in range(int(first), int(last or first) + 1)]
    for layer, number in found:
        if not (1 <= layer <= layers and number < most):
            raise ValueError(
                f"--filters {layer}:{number}: the network has layers 1 to {layers}, filters 0 to {most - 1}"
            )
    return found


def check_rows(pairs: Sized) -> None:
    """Raise ValueError if a sheet would have too many rows."""
    if len(pairs) > MOST_ROWS:
        raise ValueError(f"{len(pairs)} filters are too many for a sheet; name at most {MOST_ROWS} with --filters")


def save_arrays(path: Path | None, **arrays: Any) -> None:
    """Write arrays if a path was given, and say so; raises OSError, naming the file, if that fails."""
    if path is None:
        return
    import numpy as np

    try:
        with open(path, "wb") as file:
            np.savez(file, **arrays)
    except OSError as error:
        raise OSError(f"{path}: the arrays cannot be written: {error.strerror}") from None
    print(f"{path}: {', '.join(arrays)}")
