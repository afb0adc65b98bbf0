"""A real window with a fake network, as a program: python fake_window.py STATE_FOLDER WIDTH HEIGHT."""

import sys
from pathlib import Path

from fake_network import FakeNetwork

from gopolicy.ui.model.autosave import Autosave
from gopolicy.ui.model.command_groups import CommandGroups
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.settings import Settings
from gopolicy.ui.window.app import App

folder, width, height = sys.argv[1:]
session = Session(Settings(human="b", sound=False), autosave=Autosave(Path(folder)))
network = FakeNetwork({"D4": 30, "D16": 20, "Q4": 10, "C10": 8}, ownership=0.0)
App(CommandGroups(session), lambda: network, size=(int(width), int(height)), native_dialogs=False).run()
