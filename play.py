"""The board window: `python play.py [GAME.sgf] [--model M] ...` is `gopolicy board` with the same options."""

import sys

from gopolicy.__main__ import main

sys.exit(main(["board", *sys.argv[1:]]))
