"""Processes: how many there is room for, and that they end with the one that started them.

In a module of its own that loads nothing, so that a new process can look after its parent before it loads the rest.
"""

import importlib
import os
import threading
from multiprocessing import parent_process


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_with_parent() -> None:
    """End this process as soon as the process that started it has ended, however that came."""

    def wait() -> None:
        if parent := parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def call(module: str, function: str, *arguments: object) -> None:
    """Call a function of a module that is loaded only when this process ends with the one that started it."""
    end_with_parent()
    getattr(importlib.import_module(module), function)(*arguments)
