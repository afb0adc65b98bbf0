"""Settings of all tests; being here also makes the modules of this folder importable from every test."""

import os

from hypothesis import settings

os.environ["LANGUAGE"] = "en"  # of the board window, whatever the locale here is

# The same examples on every run, and no clock: a slow machine is not a failure.
settings.register_profile("gopolicy", derandomize=True, deadline=None, database=None)
settings.load_profile("gopolicy")
