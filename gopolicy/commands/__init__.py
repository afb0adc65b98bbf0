"""The commands, one module each; see `gopolicy.__main__`.  Nothing imports them but the command line."""

from typing import Final

from gopolicy import __version__

VERSION: Final = __version__


def compile_rules() -> None:
    """Load the compiled rules and planes; if they must be compiled first, say so on stderr."""
    import sys

    from gopolicy.features import encode
    from gopolicy.go.compiled import compile_notice
    from gopolicy.go.game import Game
    from gopolicy.go.random_games import finish_randomly

    with compile_notice(lambda line: print(line, file=sys.stderr)):
        encode(Game())
        finish_randomly(Game(), 1, seed=0)
