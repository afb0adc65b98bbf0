"""Which device is computed on, where torch sees a GPU; none is needed here."""

import pytest
import torch

from gopolicy.errors import is_out_of_memory
from gopolicy.nn.gpu import best_device, cuda_problem
from gopolicy.training.config import TrainingError
from gopolicy.training.device import pick_device
from gopolicy.training.processes import take_own_gpu


@pytest.fixture
def taken(monkeypatch):
    """Two GPUs that compute, as torch tells of them; the list receives the numbers of those made the current one."""
    taken = [1]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: taken[-1])
    monkeypatch.setattr(torch.cuda, "set_device", taken.append)
    monkeypatch.setattr(torch, "ones", lambda *shape, device, ones=torch.ones: ones(*shape))
    yield taken
    forget()


def forget():
    cuda_problem.cache_clear()
    best_device.cache_clear()


@pytest.fixture(autouse=True)
def forgotten():
    forget()


def test_a_gpu_has_its_number(taken):
    assert pick_device("auto") == pick_device("cuda") == best_device() == torch.device("cuda:1")
    assert pick_device("cuda:0") == torch.device("cuda:0") and pick_device("cpu") == torch.device("cpu")
    with pytest.raises(TrainingError, match="2 CUDA devices"):
        pick_device("cuda:2")


def test_a_gpu_that_torch_was_not_built_for_is_left_alone(taken, monkeypatch, caplog):
    def fail(*shape, device):
        raise RuntimeError("CUDA error: no kernel image is available\nand more")

    monkeypatch.setattr(torch, "ones", fail)
    assert pick_device("auto") == best_device() == torch.device("cpu")
    assert len(caplog.messages) == 1 and "no kernel image" in caplog.text and "and more" not in caplog.text
    with pytest.raises(TrainingError, match="'cuda': torch cannot compute there .*--device cpu"):
        pick_device("cuda")


def test_each_process_takes_its_own_gpu(taken, monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "0")
    take_own_gpu("auto")  # alone
    monkeypatch.setenv("WORLD_SIZE", "3")
    take_own_gpu("cpu")
    assert taken == [1]
    take_own_gpu("auto")
    assert taken == [1, 0] and pick_device("auto") == torch.device("cuda:0")
    with pytest.raises(TrainingError, match="--device cuda:1"):
        take_own_gpu("cuda:1")
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(TrainingError, match="at most 2 processes"):
        take_own_gpu("cuda")


@pytest.mark.parametrize(
    "text",
    [
        "CUDA out of memory. Tried to allocate 9 GiB",
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "alloc_cpu.cpp: DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes. Error code 12",
    ],
)
def test_out_of_memory_is_told_from_other_errors(text):
    assert is_out_of_memory(RuntimeError(text))
    assert not is_out_of_memory(ValueError(text)) and not is_out_of_memory(RuntimeError("CUDA error: bad ordinal"))
