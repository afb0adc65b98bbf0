"""Ending the process while a thread works."""

import os
import sys
from typing import NoReturn


def leave_at_once() -> NoReturn:
    """End the process, status 0, although a thread works in torch: it cannot be stopped, and an orderly end aborts."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
