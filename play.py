"""The board window: `python play.py [GAME.sgf] [--model M] ...` is `gopolicy board` with the same options."""

import importlib
import os
import signal
import sys

if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGINT):  # closed before anything large is imported
        signal.signal(number, lambda *_: os._exit(0))
    sys.exit(importlib.import_module("gopolicy.__main__").main(["board", *sys.argv[1:]]))
