"""The fused kernel's call gives what torch's own gives; a cache of integers is close to a full one."""

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from lumina.model import attention, cache
from lumina.model.transformer import Transformer

ROWS = (5, 0)  # how far the two rows of the batch are behind the longest


def kernel(q: Tensor, k: Tensor, v: Tensor, *, cache_seqlens: Tensor, causal: bool) -> Tensor:
    """flash_attn_with_kvcache by its documentation, in plain torch: [batch, tokens, heads, channels]."""
    assert causal and k.shape[1] >= int(cache_seqlens.max()) and cache_seqlens.dtype == torch.int32
    assert q.stride(-1) == k.stride(-1) == v.stride(-1) == 1
    heads = q.shape[2] // k.shape[2]
    k, v = (part.repeat_interleave(heads, 2) for part in (k, v))
    queries = cache_seqlens[:, None] - q.shape[1] + torch.arange(q.shape[1])
    seen = torch.arange(k.shape[1]) <= queries[:, :, None]  # [batch, tokens, slots]
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


def read(model: Transformer, behind: tuple[int, ...], small: bool = False) -> Tensor:
    """Logits of ids that are read in parts, as drawing reads them, each row from its own place on."""
    ids = torch.randint(0, 50, (1, 21), generator=torch.Generator().manual_seed(1)).expand(len(behind), -1)
    memory = model.cache(30, len(behind), small)
    parts = [model(ids[:, :8], cache=memory)]
    memory.rewind([8 - rows for rows in behind])
    parts += [model(part, cache=memory) for part in ids[:, 8:].split([1, 1, 5, 6], dim=1)]
    return torch.cat(parts, dim=1)


@pytest.mark.parametrize("behind", [(0,), ROWS])
def test_the_fused_kernel_gives_the_same(
    behind: tuple[int, ...], tiny_transformer: Callable[..., Transformer], fused: list[int]
) -> None:
    model = tiny_transformer().join()
    found = read(model, behind)
    assert len(fused) == 5 * model.config.num_hidden_layers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "can_fuse", lambda device, dtype: False)
        wanted = read(model, behind)
    torch.testing.assert_close(found, wanted)


def test_it_is_used_on_gpus_in_half_precision_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "fused", lambda: kernel)
    gpu, cpu = torch.device("cuda"), torch.device("cpu")
    assert attention.can_fuse(gpu, torch.bfloat16) and attention.can_fuse(gpu, torch.float16)
    assert not attention.can_fuse(gpu, torch.float32) and not attention.can_fuse(cpu, torch.bfloat16)
    monkeypatch.setattr(attention, "fused", lambda: None)
    assert not attention.can_fuse(gpu, torch.bfloat16)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("behind", [(0,), ROWS])
def test_a_cache_of_integers(
    behind: tuple[int, ...], dtype: torch.dtype, tiny_transformer: Callable[..., Transformer]
) -> None:
    model = tiny_transformer(dtype).join()
    whole, small = read(model, behind), read(model, behind, small=True)
    gap = (whole - small).abs() / whole.std()
    assert 0 < gap.mean() < 0.02
    assert gap.max() < 0.2
    memory = model.cache(10, len(behind), small=True)
    assert memory.slots.dtype == torch.int8
    assert memory.scales.shape == (*memory.slots.shape[:-1], 1)


def test_a_rounded_scale_turns_no_sign() -> None:
    shape = (1, 400, 1, 8)
    room = [torch.zeros(shape, dtype=torch.int8) for _ in range(2)]
    scales = [torch.zeros(*shape[:-1], 1, dtype=torch.bfloat16) for _ in range(2)]
    keys = torch.randn(shape, generator=torch.Generator().manual_seed(1)).to(torch.bfloat16)
    read, _ = cache.Int8Memory(cache.Memory(None, *room, *room), cache.Memory(None, *scales, *scales)).extend(
        keys, keys
    )
    assert (read - keys).abs().max() < 0.05


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available() or attention.fused() is None, reason="needs flash-attn")
def test_flash_attn_itself(tiny_transformer: Callable[..., Transformer]) -> None:
    model = tiny_transformer(torch.bfloat16).to("cuda").join()
    found = read(model, ROWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "can_fuse", lambda device, dtype: False)
        wanted = read(model, ROWS)
    torch.testing.assert_close(found, wanted, atol=0.3, rtol=0.1)
