"""Where a run computes: the device, the precision that is fast there, how many processes encode for it."""

import ctypes
import os
import sys
from dataclasses import replace

import torch

from gopolicy.lifetime import usable_cores
from gopolicy.nn.gpu import best_device, cuda_problem
from gopolicy.nn.inference import fast_dtype
from gopolicy.nn.network import NetworkConfig
from gopolicy.nn.winograd import is_faster, suits
from gopolicy.training.config import TrainingConfig, TrainingError

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # of malloc.h, GNU C library
MOST_WORKERS = 16  # more than any GPU needs: each encodes some 100,000 positions a second


def pick_device(name: str = "auto") -> torch.device:
    """Return the device of a name, a CUDA device with its number; for auto `best_device`.  Raises TrainingError."""
    if name == "auto":
        return best_device()
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in ("cpu", "cuda"):
        raise TrainingError(f"unknown device {name!r}: auto, cpu or cuda")
    if device.type == "cuda":
        if problem := cuda_problem(name):
            raise TrainingError(f"device {name!r}: {problem}; use --device cpu")
        device = torch.device("cuda", torch.cuda.current_device() if device.index is None else device.index)
    return device


def pick_precision(name: str, device: torch.device) -> str:
    """Return float32 or bfloat16; for auto what is fast on `device`, see `fast_dtype`."""
    if name in ("float32", "bfloat16"):
        return name
    if name != "auto":
        raise TrainingError(f"unknown precision {name!r}: auto, float32 or bfloat16")
    return "bfloat16" if fast_dtype(device) == torch.bfloat16 else "float32"


def torch_dtype(precision: str) -> torch.dtype:
    """Return torch's type for float32 or bfloat16."""
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


def adapted(
    config: TrainingConfig, network: NetworkConfig, device: torch.device, *, compile_mode: str = "off"
) -> TrainingConfig:
    """Return a recipe whose `auto` precision and convolution are chosen for a network on `device`.

    compile_mode: as for `Trainer`; steps that must be compiled convolve directly.  Raises TrainingError for what cannot
    be computed there.
    """
    config = replace(config, precision=pick_precision(config.precision, device))
    possible = device.type == "cpu" and suits(network.filters)
    if config.convolution == "winograd" and not possible:
        raise TrainingError("--convolution winograd: is for CPUs and filters in multiples of 16; leave it out")
    if config.convolution == "auto":
        eager = compile_mode in ("auto", "off")
        faster = possible and eager and is_faster(network.filters, half=config.precision == "bfloat16")
        config = replace(config, convolution="winograd" if faster else "direct")
    return config


def default_workers(device: torch.device) -> int:
    """Return how many encoding processes suit: none on a CPU that the network needs itself, else the spare cores.

    The cores are those that this process may use, shared with the others of its machine (`LOCAL_WORLD_SIZE`).
    """
    if device.type == "cpu":
        return 0
    local = max(1, int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    return max(1, min(MOST_WORKERS, usable_cores() // local - 1))


def set_up(device: torch.device) -> None:
    """Make this process ready to train on a device; once, before anything is computed."""
    if device.type == "cpu":
        _keep_freed_memory()
    else:
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")  # float32 products may round their factors to TF32


def _keep_freed_memory() -> None:
    """Let this process keep the memory that it frees, where the C library can; a CPU trains some 15 % faster so.

    By default each large tensor is given back to the system and its pages are cleared anew in the next step.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        for parameter, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 2**28)):
            mallopt(parameter, value)
