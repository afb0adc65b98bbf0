"""A window with a fake network, as a program: python fake_window.py STATE_FOLDER WIDTH HEIGHT [busy].

busy: the network does not load in this life, and says in a file `busy` of the state folder that it has begun to.
"""

import sys
import time
from pathlib import Path

from fake_network import FakeNetwork

from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Settings
from gopolicy.ui.window.app import App
from gopolicy.ui.window.closing import leave_at_once

folder, width, height, *more = sys.argv[1:]


def load():
    if more:
        (Path(folder) / "busy").touch()
        time.sleep(1000)
    return FakeNetwork({"D4": 30, "D16": 20, "Q4": 10, "C10": 8}, ownership=0.0)


session = Session(Settings(human="b", sound=False), autosave=Autosave(Path(folder)))
App(CommandGroups(session), load, size=(int(width), int(height)), native_dialogs=False).run()
leave_at_once()
