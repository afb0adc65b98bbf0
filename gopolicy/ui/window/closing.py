"""Ending the process while a thread works, and before there is a window."""

import os
import signal
import sys
from typing import NoReturn


def leave_on_signals() -> None:
    """Have SIGTERM and Ctrl-C end the process at once, status 0: until the window opens there is nothing to keep."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))


def leave_at_once() -> NoReturn:
    """End the process, status 0, although a thread works in torch: it cannot be stopped, and an orderly end aborts."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
