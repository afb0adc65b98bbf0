"""The board window: `python play.py [GAME.sgf] [--model M] ...` is `gopolicy board` with the same options."""

import importlib
import sys

from gopolicy.ui.window.closing import leave_on_signals

if __name__ == "__main__":
    leave_on_signals()  # before anything large is imported
    sys.exit(importlib.import_module("gopolicy.__main__").main(["board", *sys.argv[1:]]))
