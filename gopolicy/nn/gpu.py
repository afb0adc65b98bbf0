"""On which device to compute: torch may see a GPU that it has no code for, or that other programs have filled."""

import logging
from functools import cache

import torch


@cache
def cuda_problem(name: str = "cuda") -> str:
    """Return in a line why torch cannot compute on a CUDA device, "" if it can; name: as torch has it, cuda or cuda:1.

    A trial decides: that torch sees a device does not mean that it was built for it.
    """
    if not torch.cuda.is_available():
        return "torch sees no CUDA device here"
    if (torch.device(name).index or 0) >= torch.cuda.device_count():
        return f"torch sees {torch.cuda.device_count()} CUDA devices here"
    try:
        torch.ones(1, device=name).add_(1).item()
    except RuntimeError as error:
        return f"torch cannot compute there ({(str(error).splitlines() or [type(error).__name__])[0]})"
    return ""


@cache
def best_device() -> torch.device:
    """Return the current CUDA device where torch can compute on it, else the CPU; warns of one that is of no use."""
    problem = cuda_problem()
    if not problem:
        return torch.device("cuda", torch.cuda.current_device())
    if torch.cuda.is_available():
        logging.getLogger(__name__).warning("the GPU is left alone: %s", problem)
    return torch.device("cpu")
