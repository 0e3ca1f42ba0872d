"""The kernels for training give what torch's own operations give, forwards and backwards."""

import shutil

import pytest
import torch
import torch.nn.functional as F

from lumina.model.config import TransformerConfig
from lumina.model.transformer import Transformer
from lumina.training.kernels import (
    causal_attention,
    cross_entropy,
    fast_products,
    fastest_type,
    hasten,
)
from tests.training.tiny import TINY_TRANSFORMER


@pytest.mark.parametrize("tokens", [1, 3, 4, 37, 192, 450])
def test_attention_is_causal_attention(tokens):
    torch.manual_seed(tokens)
    ours = [torch.randn(2, 3, tokens, 8, requires_grad=True) for _ in range(3)]
    theirs = [tensor.detach().clone().requires_grad_() for tensor in ours]
    out, expected = causal_attention(*ours), F.scaled_dot_product_attention(*theirs, is_causal=True)
    torch.testing.assert_close(out, expected)
    gradient = torch.randn_like(out)
    out.backward(gradient)
    expected.backward(gradient)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine.grad, other.grad, atol=1e-5, rtol=1e-4)


def test_cross_entropy_is_cross_entropy():
    torch.manual_seed(0)
    ours = (torch.randn(12, 9) * 4).requires_grad_()
    theirs = ours.detach().clone().requires_grad_()
    targets = torch.randint(0, 9, (12,))
    losses, expected = cross_entropy(ours, targets), F.cross_entropy(theirs, targets, reduction="none")
    torch.testing.assert_close(losses, expected)
    weights = torch.randn(12)
    (losses @ weights).backward()
    (expected @ weights).backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_the_logits_are_left_alone():
    logits = torch.randn(4, 5)
    before = logits.clone()
    cross_entropy(logits, torch.zeros(4, dtype=torch.long))
    assert torch.equal(logits, before)


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # the compiler has some of its own
def test_a_compiled_model_computes_the_same():
    model = Transformer(TransformerConfig(vocab_size=64, **TINY_TRANSFORMER)).initialise(1)
    ids = torch.randint(0, 64, (2, 9))
    expected = model.hidden(ids)
    (slope,) = torch.autograd.grad(expected.sum(), [model.model.layers[0].mlp.up_proj.weight])
    hasten(model, compiles=True)
    found = model.hidden(ids)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    (again,) = torch.autograd.grad(found.sum(), [model.model.layers[0].mlp.up_proj.weight])
    torch.testing.assert_close(again, slope, atol=1e-4, rtol=1e-3)


def test_products_are_computed_in_the_type_that_is_fastest_here():
    # either answer is right somewhere; all parts of a training go by the same one
    assert fastest_type() in (torch.bfloat16, torch.float32)
    assert fastest_type() is fastest_type()
    with fast_products():
        product = torch.mm(torch.ones(4, 4), torch.ones(4, 4))
    assert product.dtype is fastest_type()
