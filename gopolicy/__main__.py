"""The command line: `gopolicy COMMAND`, also `python -m gopolicy COMMAND`.

A command is a module of `gopolicy.commands`: its docstring's first line is its help, `add_arguments`
declares its options, `run(args)` does the work and returns the exit status.  Only `run` imports anything
heavy, so that `--help` answers at once.
"""

import argparse
import importlib
import io
import os
import pkgutil
import sys
from typing import NoReturn

from gopolicy import commands
from gopolicy.errors import GopolicyError, is_out_of_memory


class _Parser(argparse.ArgumentParser):
    """Says where sources belong when an option that takes several values may have taken them."""

    def error(self, message: str) -> NoReturn:
        greedy = [action.option_strings[0] for action in self._actions if action.option_strings and action.nargs == "+"]
        sources = [str(action.metavar) for action in self._actions if not action.option_strings]
        signs = [f"the following arguments are required: {name}" for name in sources]
        signs += [f"argument {name}: invalid {kind} value" for name in greedy for kind in ("int", "float")]
        if greedy and sources and message.startswith(tuple(signs)):
            message += f"; write {sources[0]} before {', '.join(greedy)}: each takes all that follows"
        super().error(message)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every command in it."""
    parser = _Parser(prog="gopolicy", description="AlphaGo's policy network for Go: train, query, play.")
    parser.add_argument("--version", action="version", version=f"gopolicy {commands.VERSION}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error; works anywhere")
    choices = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for info in pkgutil.iter_modules(commands.__path__):
        module = importlib.import_module(f"{commands.__name__}.{info.name}")
        if not hasattr(module, "run"):
            continue  # what commands share
        summary = (module.__doc__ or "").splitlines()[0].replace("%", "%%")
        command = choices.add_parser(
            info.name, help=summary, description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1 for an error told in one line, 2 for wrong usage."""
    # Torch's threads spin by default; with another process on a core that makes one prediction ten times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    words = sys.argv[1:] if arguments is None else arguments
    end = words.index("--") if "--" in words else len(words)
    debug = "--debug" in words[:end]
    if isinstance(sys.stdout, io.TextIOWrapper):  # names of files need not be text of the terminal's encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        parser = build_parser()
        args, unknown = parser.parse_known_args([word for i, word in enumerate(words) if word != "--debug" or i > end])
        if unknown and not getattr(args, "ignores_unknown", False):
            parser.error(f"unrecognized arguments: {' '.join(unknown)}")
        status = int(args.run(args) or 0)
        print(end="", flush=True)  # what is still buffered may fail to be written
        return status
    except BrokenPipeError:  # who reads our output has seen enough
        _drop_unwritable()
        return 1
    except (GopolicyError, OSError) as error:
        if debug:
            raise
        _drop_unwritable()
        sys.stderr.write(f"gopolicy: {str(error) or type(error).__name__}\n")
        return 1
    except (MemoryError, RuntimeError) as error:
        if debug or not is_out_of_memory(error):
            raise
        _drop_unwritable()
        sys.stderr.write(f"gopolicy: out of memory: {(str(error).splitlines() or [type(error).__name__])[0]}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _drop_unwritable() -> None:
    """Forget output that cannot be written, which Python would try once more when it ends."""
    if sys.stdout is None:  # closed from the start
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
