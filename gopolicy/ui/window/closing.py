"""Ending the process, and before there is a window."""

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn


def on_ending(act: Callable[[], object]) -> None:
    """Have SIGTERM, Ctrl-C and the end of the terminal call `act`, which may take no lock; nohup stays in force."""
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: act())


def leave_on_signals() -> None:
    """Have signals end the process at once, status 0: until the window opens there is nothing to keep."""
    on_ending(lambda: os._exit(0))


def leave_at_once() -> NoReturn:
    """End the process, status 0.

    An orderly end would free a large record node by node, and abort where a thread works in torch.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
