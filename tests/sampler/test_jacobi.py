"""Jacobi decoding draws from the right distribution, and the reference's acceptance rule does not.

The model is a chain: 4 symbols, 5 positions, each symbol depends on the two before it. All 1,024 outcomes
have known probabilities, so 60,000 samples show a wrong distribution as a large χ².
"""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from lumina.sampler.jacobi import accept, draft
from lumina.sampler.noise import gumbel

SYMBOLS, LENGTH, WINDOW, SAMPLES = 4, 5, 4, 60_000
LOGITS = torch.randn(
    SYMBOLS, SYMBOLS, SYMBOLS, generator=torch.Generator().manual_seed(1)
)  # [t - 2, t - 1, t]


def logits_at(codes: Tensor, where: Tensor) -> Tensor:
    """[..., symbols] for the positions ``where`` [samples, n] of chains ``codes`` [samples, length]."""
    padded = torch.nn.functional.pad(codes, (2, WINDOW))
    return LOGITS[padded.gather(1, where), padded.gather(1, where + 1)]


def chi_square(codes: Tensor) -> float:
    """χ² per degree of freedom of chains [samples, length] against the exact probabilities."""
    outcomes = torch.cartesian_prod(*[torch.arange(SYMBOLS)] * LENGTH)
    where = torch.arange(LENGTH).expand(len(outcomes), -1)
    chances = (
        logits_at(outcomes, where).double().log_softmax(-1).gather(2, outcomes[..., None]).sum((1, 2)).exp()
    )
    assert abs(float(chances.sum()) - 1) < 1e-9
    counts = torch.bincount(codes @ SYMBOLS ** torch.arange(LENGTH - 1, -1, -1), minlength=len(outcomes))
    expected = chances * len(codes)
    rare = expected < 5  # pooled: χ² is not defined for cells that are hardly ever met
    expected = torch.cat((expected[~rare], expected[rare].sum()[None]))
    seen = torch.cat((counts[~rare], counts[rare].sum()[None]))
    return float(((seen - expected) ** 2 / expected).sum() / (len(expected) - 1))


def drawn_together(step: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """All samples side by side; ``step`` fills the window of each and says how far it may move on."""
    codes = torch.zeros(SAMPLES, LENGTH + WINDOW, dtype=torch.long)
    base = torch.zeros(SAMPLES, dtype=torch.long)
    while bool((base < LENGTH).any()):
        where = base[:, None] + torch.arange(WINDOW)
        base = (base + step(codes, where)).clamp_max(LENGTH)
    return codes[:, :LENGTH]


def test_fixed_noise_jacobi_is_exact() -> None:
    noise = gumbel(2, torch.arange(SAMPLES * (LENGTH + WINDOW)), SYMBOLS).view(SAMPLES, -1, SYMBOLS)

    def step(codes: Tensor, where: Tensor) -> Tensor:
        scores = logits_at(codes, where) + noise.gather(1, where[..., None].expand(-1, -1, SYMBOLS))
        sampled = scores.argmax(dim=-1)
        count = accept(sampled, codes.gather(1, where))
        codes.scatter_(1, where, sampled)
        return count

    assert chi_square(drawn_together(step)) < 1.3


@pytest.mark.parametrize("true_q", [False, True])
@pytest.mark.parametrize("residual", ["reference", "exact"])
def test_the_references_rule_is_not(residual: str, true_q: bool) -> None:
    """On rejection the reference draws from p itself, unless p and q hardly overlap: that is not exact.

    The same loop with the true residual (p - q)+ is, so the difference is the rule's. ``true_q``: the first
    drafts carry the uniform distribution they are from, not the reference's certainty.
    """
    samples = drawn_together(Speculation(residual, true_q).step)
    if residual == "reference":
        assert chi_square(samples) > 3
    else:
        assert chi_square(samples) < 1.3


class Speculation:
    """Speculative Jacobi decoding with drafts drawn from q, accepted with chance min(1, p / q)."""

    def __init__(self, residual: str, true_q: bool) -> None:
        self.generator, self.residual = torch.Generator().manual_seed(0), residual
        shape = (SAMPLES, LENGTH + WINDOW)
        self.fresh = torch.randint(SYMBOLS, shape, generator=self.generator)
        self.q = torch.full((*shape, SYMBOLS), 1 / SYMBOLS) if true_q else one_hot(self.fresh)
        self.reached = torch.full((SAMPLES, 1), -1)

    def step(self, codes: Tensor, where: Tensor) -> Tensor:
        spread = where[..., None].expand(-1, -1, SYMBOLS)
        drafts = torch.where(where > self.reached, self.fresh.gather(1, where), codes.gather(1, where))
        codes.scatter_(1, where, drafts)
        p, q = logits_at(codes, where).softmax(-1), self.q.gather(1, spread)
        chance = (p.gather(2, drafts[..., None]) / q.gather(2, drafts[..., None]).clamp_min(1e-7))[..., 0]
        kept = torch.rand(chance.shape, generator=self.generator) < chance
        count = kept[:, :-1].long().cumprod(1).sum(1, keepdim=True)  # the last output is not checked: a bonus
        slots = torch.arange(WINDOW)
        rejected = (slots == count) & (slots < WINDOW - 1)
        sampled = torch.where(rejected, self.pick(self.rest(p, q)), self.pick(p))
        codes.scatter_(1, where, torch.where(slots < count, drafts, sampled))
        self.q.scatter_(1, spread, p)
        self.reached = torch.maximum(self.reached, where[:, -1:])
        return count[:, 0] + 1

    def rest(self, p: Tensor, q: Tensor) -> Tensor:
        """What a rejected draft's place is drawn from."""
        if self.residual == "exact":
            return (p - q).clamp_min(0) + 1e-12
        rest = (p - q.clamp_max(0.99)).clamp_min(0)
        return torch.where(rest.sum(-1, keepdim=True) + 1e-7 > 1, rest, p)

    def pick(self, chances: Tensor) -> Tensor:
        drawn = torch.multinomial(chances.reshape(-1, SYMBOLS), 1, generator=self.generator)
        return drawn.view(chances.shape[:-1])


def one_hot(codes: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(codes, SYMBOLS).float()


@pytest.mark.parametrize("window", [1, 2, 5, 16, 64])
def test_every_window_gives_what_one_code_after_the_other_gives(window: int) -> None:
    for seed in range(20):
        noise = gumbel(seed, torch.arange(30), SYMBOLS)
        plain = torch.zeros(30, dtype=torch.long)
        for index in range(30):
            plain[index] = (logits_at(plain[None], torch.tensor([[index]]))[0, 0] + noise[index]).argmax()
        assert torch.equal(decoded(noise, window), plain)


def decoded(noise: Tensor, window: int) -> Tensor:
    """A chain of which up to ``window`` codes are checked at once."""
    codes = torch.zeros(len(noise), dtype=torch.long)
    done = drafted = 0
    while done < len(codes):
        end = min(done + window, len(codes))
        draft(codes, max(drafted, done), end, back=6)
        drafted = end
        sampled = (logits_at(codes[None], torch.arange(done, end)[None])[0] + noise[done:end]).argmax(dim=-1)
        count = int(accept(sampled, codes[done:end]))
        codes[done:end] = sampled
        done += count
    return codes
