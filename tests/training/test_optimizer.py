"""Muon against the singular value decomposition, and against torch's own."""

import pytest
import torch

from gopolicy.training.optimizer import Muon, orthogonalize


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-4), (torch.bfloat16, 0.05)])
@pytest.mark.parametrize("shape", [(3, 8, 20), (2, 20, 8), (1, 6, 6)])
def test_orthogonalize_levels_the_singular_values(shape, dtype, most):
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    results = orthogonalize(matrices, dtype).float()
    for matrix, result in zip(matrices, results, strict=True):
        u, _, vh = torch.linalg.svd(matrix, full_matrices=False)
        # In the basis of the matrix the result is diagonal, and its values are about 1.
        values = u.T @ result @ vh.T
        assert torch.allclose(values, torch.diag(values.diag()), atol=most)
        assert 0.6 < values.diag().min() and values.diag().max() < 1.3


def weights(seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator) for shape in ((8, 4, 5, 5), (8, 8, 3, 3), (8, 8, 3, 3))]


def test_weights_of_one_shape_do_not_mix():
    together = [w.requires_grad_() for w in weights(1)]
    alone = [w.requires_grad_() for w in weights(1)]
    optimizers = [Muon(together, lr=0.1, weight_decay=0.1), *(Muon([w], lr=0.1, weight_decay=0.1) for w in alone)]
    for step in range(3):
        for these in (together, alone):
            for one, gradient in zip(these, weights(step + 2), strict=True):
                one.grad = gradient
        for optimizer in optimizers:
            optimizer.step()
    for one, other in zip(together, alone, strict=True):
        assert torch.allclose(one, other, atol=1e-5)
