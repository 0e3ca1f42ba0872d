"""One image under way: its tokens, its drafts, its noise, and what it has cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lumina.model.draft_table import DraftTable
from lumina.runtime.drafts import Drafts
from lumina.runtime.tokens import Generation, RowSettled, TokenRequest
from lumina.sampler.guidance import reference_scales
from lumina.sampler.noise import NoiseWindow


@dataclass(frozen=True)
class Stretch:
    """What one forward does for one image.

    It reads the tokens ``begin`` to ``end`` - 1 of the image and scores its codes ``first`` to ``last`` - 1.
    """

    begin: int
    end: int
    first: int
    last: int

    @property
    def codes(self) -> int:
        """How many codes it scores."""
        return self.last - self.first


class ImageSequence:
    """An image as it is drawn, code after code. They are its whole state: all else can be read anew."""

    def __init__(
        self,
        request: TokenRequest,
        device: torch.device,
        dtype: torch.dtype,
        former: Tensor | None = None,
        tables: Sequence[DraftTable] = (),
    ) -> None:
        """``dtype`` is that of logits and noise; ``former`` codes [codes] are likely to come again, and the
        ``tables`` tell likely ones from their neighbours."""
        self.request, self.layout, self.dtype = request, request.layout, dtype
        kept = request.kept
        self.first = self.done = self._drafted = 0 if kept is None else kept.numel()
        self.last = request.last_row * self.layout.cols
        self.positions = self.layout.code_positions.to(device)  # [codes]
        self.ids = self.layout.forced().to(device)  # [tokens of the image]
        self.codes = torch.zeros(len(self.positions), dtype=torch.long, device=device)  # behind done: drafts
        if kept is not None:
            self.codes[: self.first] = kept.flatten().to(device)
        self.nll = torch.full(self.codes.shape, torch.nan, device=device)
        # log p of each code and what it was expected to be, where weighed: unguided, at temperature 1
        self.log_p, self.expected = torch.full_like(self.nll, torch.nan), torch.full_like(self.nll, torch.nan)
        self.told = self.request.last_row  # rows that are told, once they are settled
        self._noise = self._whole_noise()
        panel = [] if request.given is None else [request.given.codes.numel()]
        former = None if former is None else former.to(device)
        self._drafts = Drafts(self.codes, [*panel, self.layout.cols], self.layout.cols, former, tables)
        self._scales: Tensor | None = None  # [tokens of the image], where they differ
        self.read = 0  # tokens of the image that the cache holds
        self.prefills, self.seconds = 0, 0.0
        self.accepted: list[int] = []
        self._told, self._told_forwards = self.rows, 0

    @property
    def is_guided(self) -> bool:
        """Whether it takes a second row of the batch, which sees the image alone."""
        return self.request.options.guidance_scale != 1

    @property
    def is_done(self) -> bool:
        """Whether every row that was asked for is there."""
        return self.done == self.last

    @property
    def length(self) -> int:
        """Tokens of the longest row it may come to."""
        return len(self.request.prompt) + self.layout.length

    @property
    def longest_stretch(self) -> int:
        """Tokens that one forward reads at most: a window of codes, and the forced ones between them."""
        window = self.request.options.window
        return window + window // self.layout.cols + 2

    @property
    def rows(self) -> int:
        """Whole rows of codes that are settled."""
        return self.done // self.layout.cols

    @property
    def first_drawn(self) -> int:
        """The first code below the given panel."""
        return self.request.first_row * self.layout.cols

    @property
    def is_weighed(self) -> bool:
        """Whether the likelihood of what is settled is known as far as it is wanted."""
        known = self.log_p[self.first_drawn : self.done]
        return not self.request.is_compared or not bool(known.isnan().any())

    def expected_above(self, row: int) -> float:
        """How sure the model was of the codes drawn above ``row``: minus the entropy of one in the mean."""
        return float(self.expected[self.first_drawn : row * self.layout.cols].double().mean())

    def cut(self, row: int) -> None:
        """Take ``row`` rows as all there are to be."""
        self.done = self.last = row * self.layout.cols

    def begin(self, most: int | None = None) -> None:
        """Take all certain tokens of the image but the last, or the first ``most``, as read."""
        self.write(0, self.done)
        self.read = self._position(self.done) - 1
        self.read = self.read if most is None else min(self.read, most)

    def begins_like(self, other: "ImageSequence") -> bool:
        """Whether what ``other`` has read begins with what this one has to read."""
        mine, theirs = self.request, other.request
        if (mine.prompt, self.is_guided) != (theirs.prompt, other.is_guided) or other.done < self.done:
            return False
        alike = torch.equal(self.codes[: self.done], other.codes[: self.done])
        return alike and self.layout.header == other.layout.header

    def ahead(self, most: int) -> Stretch:
        """The next stretch of ``most`` codes at most, every code of it with a draft."""
        window = min(self.request.options.window, most)
        first, last = self.done, min(self.done + window, self.last)
        if self._drafted < last:
            begin = max(self._drafted, first)
            self._drafts.guess(begin, last, lambda: self._noise.take(first, last)[begin - first :])
            self._drafted = last
        self.write(max(first - 1, 0), last)
        return Stretch(self.read, self._position(last - 1), first, last)

    def noise(self, stretch: Stretch) -> Tensor:
        """The Gumbel noise [codes, ids] of a stretch."""
        return self._noise.take(stretch.first, stretch.last)

    def scale(self, stretch: Stretch) -> float | Tensor:
        """The guidance scale of a stretch: one number, or [codes] of the reference's."""
        options = self.request.options
        if options.compat == "off":
            return options.guidance_scale
        if self._scales is None:
            given = self.request.given
            begin = self.layout.position(0 if given is None else len(given.codes), 0)
            scales = reference_scales(options.guidance_scale, self.layout, begin)
            self._scales = torch.tensor(scales, dtype=self.dtype, device=self.ids.device)
        return self._scales[self.positions[stretch.first : stretch.last]]

    def settle(self, stretch: Stretch, sampled: Tensor, nll: Tensor, count: int) -> None:
        """The first ``count`` of the codes ``sampled`` [codes] are final; those behind are better drafts."""
        self.codes[stretch.first : stretch.last] = sampled
        self.nll[stretch.first : stretch.first + count] = nll[:count]
        self._drafts.learn(self.done, self.done + count)
        self.done += count
        self.read = self._position(self.done - 1)
        self.accepted.append(count)

    def news(self, index: int) -> list[RowSettled]:
        """The rows that are settled and not told yet, of what was asked for as number ``index``."""
        news = []
        while self._told < min(self.rows, self.told):
            part = slice(self._told * self.layout.cols, (self._told + 1) * self.layout.cols)
            settled = RowSettled(
                index=index,
                row=self._told,
                codes=self.codes[part].to("cpu", copy=True),
                nll=self.nll[part].to("cpu", copy=True),
                accepted=tuple(self.accepted[self._told_forwards :]),
                forwards=len(self.accepted),
                seconds=self.seconds,
            )
            self._told, self._told_forwards = self._told + 1, len(self.accepted)
            news.append(settled)
        return news

    def generation(self) -> Generation:
        """All whole rows, and what they cost."""
        cols = self.layout.cols
        return Generation(
            codes=self.codes[: self.rows * cols].view(-1, cols).to("cpu", copy=True),
            nll=self.nll[: self.rows * cols].view(-1, cols).to("cpu", copy=True),
            forwards=len(self.accepted),
            prefills=self.prefills,
            tokens=sum(self.accepted),
            seconds=self.seconds,
            accepted=tuple(self.accepted),
            likelihood=self._likelihood(),
        )

    def _likelihood(self) -> float:
        drawn = slice(self.first_drawn, self.rows * self.layout.cols)
        return float((self.log_p[drawn].double() + self.expected[drawn]).mean())

    def _position(self, code: int) -> int:
        return self.layout.position(*divmod(code, self.layout.cols))

    def write(self, first: int, last: int) -> None:
        """Copy codes to where they stand among the ids."""
        where = self.positions[first:last]
        self.ids.index_copy_(0, where, self.codes[first:last] + self.layout.vocabulary.first_code)

    def _whole_noise(self) -> NoiseWindow:
        seeds = [self.request.seed_of(row) for row in range(self.layout.rows)]
        return NoiseWindow(seeds, self.positions, self.layout.vocabulary.num_codes, self.dtype)
