"""A real window with a fake network, as a program: python fake_window.py STATE_FOLDER WIDTH HEIGHT."""

import sys
from pathlib import Path

from fake_network import FakeNetwork

from gopolicy.ui.actions import Actions
from gopolicy.ui.app import App
from gopolicy.ui.autosave import Autosave
from gopolicy.ui.session import Session
from gopolicy.ui.settings import Settings

folder, width, height = sys.argv[1:]
session = Session(Settings(human="b", sound=False), autosave=Autosave(Path(folder)))
network = FakeNetwork({"D4": 30, "D16": 20, "Q4": 10, "C10": 8}, ownership=0.0)
App(Actions(session), lambda: network, size=(int(width), int(height)), native_dialogs=False).run()
