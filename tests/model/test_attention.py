"""The fused kernel's call gives what torch's own gives; a cache of integers is close to a full one."""

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from lumina.model import attention, cache
from lumina.model.transformer import Transformer

ROWS = (0, 5)  # where the two rows of the batch start


def kernel(
    q: Tensor, k: Tensor, v: Tensor, *, cache_seqlens: int, cache_leftpad: Tensor, causal: bool
) -> Tensor:
    """flash_attn_with_kvcache by its documentation, in plain torch: [batch, tokens, heads, channels]."""
    assert causal and k.shape[1] == cache_seqlens and cache_leftpad.dtype == torch.int32
    assert q.stride(-1) == k.stride(-1) == v.stride(-1) == 1
    heads = q.shape[2] // k.shape[2]
    k, v = (part[:, :cache_seqlens].repeat_interleave(heads, 2) for part in (k, v))
    slots, queries = torch.arange(cache_seqlens), torch.arange(cache_seqlens - q.shape[1], cache_seqlens)
    seen = (slots <= queries[:, None]) & (slots >= cache_leftpad[:, None, None])  # [batch, tokens, slots]
    scores = torch.einsum("bthc,bshc->bhts", q, k) * q.shape[-1] ** -0.5
    chances = scores.masked_fill(~seen[:, None], -torch.inf).softmax(-1).nan_to_num(0)
    return torch.einsum("bhts,bshc->bthc", chances, v)


@pytest.fixture
def fused(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Acts as if flash-attn were installed; counts its calls."""
    calls: list[int] = []

    def counted(*parts: Tensor, **options: object) -> Tensor:
        calls.append(1)
        return kernel(*parts, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(attention, "fused", lambda: counted)
    monkeypatch.setattr(cache, "can_fuse", lambda device, dtype: bool(calls is not None))
    yield calls


def read(model: Transformer, start: tuple[int, ...], small: bool = False) -> Tensor:
    """Logits of ids that are read in parts, as drawing reads them."""
    ids = torch.randint(0, 50, (1, 21), generator=torch.Generator().manual_seed(1)).expand(len(start), -1)
    memory = model.cache(30, start, small)
    parts = [model(part, cache=memory) for part in ids.split([8, 1, 1, 5, 6], dim=1)]
    return torch.cat(parts, dim=1)


@pytest.mark.parametrize("start", [(0,), ROWS])
def test_the_fused_kernel_gives_the_same(
    start: tuple[int, ...], tiny_transformer: Callable[..., Transformer], fused: list[int]
) -> None:
    model = tiny_transformer().join()
    found = read(model, start)
    assert len(fused) == 5 * model.config.num_hidden_layers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "can_fuse", lambda device, dtype: False)
        wanted = read(model, start)
    for row, first in enumerate(start):  # before its start a row says nothing
        torch.testing.assert_close(found[row, first:], wanted[row, first:])


def test_it_is_used_on_gpus_in_half_precision_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "fused", lambda: kernel)
    gpu, cpu = torch.device("cuda"), torch.device("cpu")
    assert attention.can_fuse(gpu, torch.bfloat16) and attention.can_fuse(gpu, torch.float16)
    assert not attention.can_fuse(gpu, torch.float32) and not attention.can_fuse(cpu, torch.bfloat16)
    monkeypatch.setattr(attention, "fused", lambda: None)
    assert not attention.can_fuse(gpu, torch.bfloat16)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("start", [(0,), ROWS])
def test_a_cache_of_integers(
    start: tuple[int, ...], dtype: torch.dtype, tiny_transformer: Callable[..., Transformer]
) -> None:
    model = tiny_transformer(dtype).join()
    whole, small = read(model, start), read(model, start, small=True)
    scale = whole.std()
    for row, first in enumerate(start):
        gap = (whole - small)[row, first:].abs() / scale
        assert 0 < gap.mean() < 0.02
        assert gap.max() < 0.2
    memory = model.cache(10, start, small=True)
    assert memory.keys.dtype == torch.int8
    assert memory.scales.shape == (2, *memory.keys.shape[:-1], 1)


def test_a_rounded_scale_turns_no_sign() -> None:
    shape = (1, 1, 400, 8)
    room = [torch.zeros(shape, dtype=torch.int8) for _ in range(2)]
    scales = torch.zeros(2, *shape[:-1], 1, dtype=torch.bfloat16)
    keys = torch.randn(shape, generator=torch.Generator().manual_seed(1)).to(torch.bfloat16)
    read, _ = cache.Int8Memory(*room, *room, scales, scales).extend(keys, keys)
    assert (read - keys).abs().max() < 0.05


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available() or attention.fused() is None, reason="needs flash-attn")
def test_flash_attn_itself(tiny_transformer: Callable[..., Transformer]) -> None:
    model = tiny_transformer(torch.bfloat16).to("cuda").join()
    found = read(model, ROWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "can_fuse", lambda device, dtype: False)
        wanted = read(model, ROWS)
    torch.testing.assert_close(found[1, 5:], wanted[1, 5:], atol=0.3, rtol=0.1)
