"""gopolicy: AlphaGo's supervised policy network for Go, trained on game records, for people to use.

    from gopolicy import Policy, read_records

Importing the package loads nothing heavy: `Policy`, `read_records`, `Game` and `encode` come from their packages when
they are first used.
"""

import importlib
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gopolicy.features import encode
    from gopolicy.go import Game
    from gopolicy.policy import Policy
    from gopolicy.records import read_records

__all__ = ["Game", "Policy", "__version__", "encode", "read_records"]

_HOMES: Final = {
    "Game": "gopolicy.go",
    "Policy": "gopolicy.policy",
    "encode": "gopolicy.features",
    "read_records": "gopolicy.records",
}

try:
    __version__ = version("gopolicy")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+source"


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
