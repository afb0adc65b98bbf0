"""sgfmill's SGF grammar, loaded when the first SGF text is read or written.

Training works from corpus files, on machines where sgfmill need not be installed.
"""

from typing import Any


def grammar() -> Any:
    """Return the module `sgfmill.sgf_grammar`."""
    from sgfmill import sgf_grammar

    return sgf_grammar
