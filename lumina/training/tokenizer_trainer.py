"""Training of the picture tokenizer: pictures and maps through a codebook kept alive by averages."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lumina.errors import InputError
from lumina.model.checkpoint import load_movqgan
from lumina.model.config import MoVQConfig
from lumina.model.movqgan import MoVQGAN
from lumina.steps import Progress, Steps
from lumina.training.dataset import read_pictures, shard_files, stored_kinds
from lumina.training.device import CPU, moved
from lumina.training.kernels import fast_products
from lumina.training.muon import Muon
from lumina.training.pairs import pair_files
from lumina.training.parallel import Group, together
from lumina.training.record import Record, learning_rate

Pictures = NDArray[np.uint8]

CODES = "quantize.embedding.weight"
LEAST_COUNT, REVIVED_COUNT = 0.1, 0.6  # uses a batch: below the first a code is put back to work
BEGUN = 2.0  # with fewer uses a batch, in the beginning, too


@dataclass(frozen=True)
class TokenizerTraining:
    """Settings of a run; the learning rate cools over the given minutes of training."""

    scenes: Path
    out: Path
    config: MoVQConfig
    shares: Mapping[str, float]  # of pictures and maps, and of pairs by their task
    minutes: float = 40.0
    batch: int = 24
    muon_rate: float = 2e-3
    adam_rate: float = 1e-3
    map_shards: int = 30  # maps are read from the first shards only, pictures from all
    processes: int = 2
    seed: int = 1
    start_from: Path | None = (
        None  # a folder with a picture tokenizer to begin with, of as many codes or fewer
    )
    device: torch.device = CPU
    deadline: float = math.inf  # of `time.monotonic`, at which to stop for now


class Batches:
    """Endless batches of one frame and a mixture of kinds, pictures in [-1, 1]."""

    def __init__(self, settings: TokenizerTraining, rank: int, first: int) -> None:
        self._rng = np.random.default_rng([settings.seed, rank, first])
        self._pools: dict[tuple[int, ...], dict[str, list[Pictures]]] = {}
        self._batch = settings.batch // settings.processes
        for number, file in enumerate(shard_files(settings.scenes)):
            for kind in stored_kinds(file) if number < settings.map_shards else ("picture",):
                self._add(kind, read_pictures(file, kind))
        for kind in settings.shares:
            for file in islice(pair_files(settings.scenes, kind), settings.map_shards):
                self._add(kind, read_pictures(file, "picture"))
        self._shares = settings.shares
        self._frames = list(self._pools)
        sizes = np.array([sum(len(p) for p in self._pools[f]["picture"]) for f in self._frames], dtype=float)
        self._chances = sizes / sizes.sum()

    def _add(self, kind: str, pictures: Pictures) -> None:
        self._pools.setdefault(pictures.shape[1:3], {}).setdefault(kind, []).append(pictures)

    def __iter__(self) -> Iterator[Tensor]:
        while True:
            pool = self._pools[self._frames[self._rng.choice(len(self._frames), p=self._chances)]]
            shares = np.array([self._shares.get(kind, 0.0) for kind in pool])
            kinds = self._rng.choice(list(pool), self._batch, p=shares / shares.sum())
            yield to_pixels(np.stack([self._pick(pool[kind]) for kind in kinds]))

    def _pick(self, shards: list[Pictures]) -> Pictures:
        shard = shards[self._rng.integers(len(shards))]
        picture: Pictures = shard[self._rng.integers(len(shard))]
        return picture


def to_pixels(pictures: Pictures) -> Tensor:
    """uint8 [batch, h, w, 3] → float [batch, 3, h, w] in [-1, 1]."""
    return rearrange(torch.from_numpy(pictures), "b h w c -> b c h w").float() / 127.5 - 1


def to_pictures(pixels: Tensor) -> Pictures:
    """Pixels [batch, 3, h, w] → uint8 [batch, h, w, 3], rounded."""
    scaled = ((pixels.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return np.asarray(rearrange(scaled, "b c h w -> b h w c").cpu().numpy())


class Codebook:
    """Moving averages of the latents each code stands for (van den Oord et al. 2017, appendix A.1).

    A code that fell out of use is put back onto a latent of the batch, the likelier the worse the codes
    describe it, as in k-means++ (Arthur and Vassilvitskii 2007).
    """

    def __init__(self, model: MoVQGAN, group: Group, known: int = 0, decay: float = 0.99) -> None:
        """Of the model's codes the first ones may be `known` from a former training."""
        self._group = group
        self._weight = model.quantize.embedding.weight
        self._weight.requires_grad_(False)
        self._decay = decay
        self.count = torch.ones(len(self._weight), device=self._weight.device)
        self.count[:known] = BEGUN
        self.total = self._weight.detach() * self.count[:, None]

    @torch.no_grad()
    def update(self, latents: Tensor, codes: Tensor) -> None:
        """Fold one batch in: latents [n, channels] and the codes [n] they were given."""
        hits = torch.bincount(codes, minlength=len(self.count)).float()
        sums = torch.zeros_like(self.total).index_add_(0, codes, latents)
        self._group.mean([hits, sums])
        self.count.mul_(self._decay).add_(hits, alpha=1 - self._decay)
        self.total.mul_(self._decay).add_(sums, alpha=1 - self._decay)
        self._weight.copy_(self.total / self.count.clamp(min=1e-5)[:, None])

    @torch.no_grad()
    def revive(self, latents: Tensor, least: float) -> int:
        """Move codes used less than `least` times a batch onto badly described latents; returns how many."""
        dead = (self.count < least).nonzero()[:, 0]
        if len(dead):
            nearest = self._weight[_nearest(latents, self._weight)]
            error = (latents - nearest).square().sum(1) + 1e-9
            chosen = latents[torch.multinomial(error, len(dead), replacement=len(dead) > len(latents))]
            self._weight[dead] = chosen
            self.total[dead] = chosen * REVIVED_COUNT
            self.count[dead] = REVIVED_COUNT
            self._group.share([self._weight, self.total])  # every process chose other latents
        return len(dead)


def reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """Absolute and squared error of the pixels, and of their differences so that edges stay crisp."""
    error = output - target
    across = (error[..., :, 1:] - error[..., :, :-1]).abs().mean()
    down = (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return error.abs().mean() + 6 * error.square().mean() + 0.5 * (across + down)


def psnr(output: Tensor, target: Tensor) -> float:
    """Peak signal-to-noise ratio in dB for pixels in [-1, 1]."""
    mse = (output.float().clamp(-1, 1) - target).square().mean().item()
    return 10 * math.log10(4 / max(mse, 1e-10))


@dataclass
class _Run:
    """The parts of a run that change while it trains."""

    model: MoVQGAN
    codebook: Codebook
    optimizers: list[torch.optim.Optimizer]
    group: Group
    step: int = 0
    trained: float = 0.0  # seconds
    origin: list[str] = field(default_factory=list)  # what it was begun with; a checkpoint has no other

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers],
            "count": self.codebook.count, "total": self.codebook.total,
            "step": self.step, "trained": self.trained, "origin": self.origin,
        }  # fmt: skip

    def load(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        device = self.group.device
        self.codebook.count, self.codebook.total = state["count"].to(device), state["total"].to(device)
        self.step, self.trained = state["step"], state["trained"]


def optimizers(model: MoVQGAN, settings: TokenizerTraining, group: Group) -> list[torch.optim.Optimizer]:
    """Muon for the wide convolutions, AdamW for everything small."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    wide = [p for p in trainable if p.ndim == 4 and min(p.flatten(1).shape) >= 64]
    chosen = {id(p) for p in wide}
    others = [p for p in trainable if id(p) not in chosen]
    fused = True if group.device.type == "cuda" else None
    return [
        Muon(wide, lr=settings.muon_rate, group=group),
        torch.optim.AdamW(others, lr=settings.adam_rate, betas=(0.9, 0.95), weight_decay=1e-4, fused=fused),
    ]


def begin_with(model: MoVQGAN, folder: Path) -> int:
    """Give a model the weights of a picture tokenizer that has as many codes or fewer; returns how many.

    Raises InputError where it is built otherwise.
    """
    given = load_movqgan(folder).state_dict()
    codes, own = given.pop(CODES), model.state_dict()
    if {name: each.shape for name, each in given.items()} != {
        name: each.shape for name, each in own.items() if name != CODES
    } or not (codes.shape[1] == own[CODES].shape[1] and len(codes) <= len(own[CODES])):
        raise InputError(f"The picture tokenizer in {folder} is built otherwise; leave out --start-from.")
    model.load_state_dict({**given, CODES: torch.cat([codes, own[CODES][len(codes) :].cpu()])})
    return len(codes)


def train(settings: TokenizerTraining) -> Steps[Progress, MoVQGAN]:
    """Train, or go on from the checkpoint in `settings.out`; progress counts seconds of training."""
    with together(_train, settings, settings.processes, settings.device) as group:
        return (yield from _train(settings, group))


def _train(settings: TokenizerTraining, group: Group) -> Steps[Progress, MoVQGAN]:
    torch.manual_seed(settings.seed)
    record = Record(settings.out)
    origin = [str(settings.scenes.resolve()), str(settings.start_from and settings.start_from.resolve())]
    state = record.resume()
    if state is not None and state.get("origin", origin) != origin:
        raise InputError(
            f"{settings.out.parent} was begun with other data or another model; choose another --out."
        )
    model = MoVQGAN(settings.config).to(group.device)
    given = settings.start_from if state is None else None
    known = 0 if given is None else begin_with(model, given)
    codebook = Codebook(model, group, known)
    run = _Run(model, codebook, optimizers(model, settings, group), group, origin=origin)
    if state is not None:
        run.load(state)
    budget = settings.minutes * 60
    if run.trained >= budget:
        return model
    batches = iter(Batches(settings, group.rank, run.step))
    stops = False
    while not stops:
        start = group.worked()
        pixels = moved(next(batches), group.device)
        for optimizer, peak in zip(run.optimizers, (settings.muon_rate, settings.adam_rate), strict=True):
            optimizer.param_groups[0]["lr"] = learning_rate(run.trained, budget, peak)
        figures = _step(run, pixels)
        run.step += 1
        run.trained += group.mean_of(group.worked() - start)
        stops = run.trained >= budget or group.has_come(settings.deadline)
        if group.leads and run.step % 50 == 0:
            record.append(run.step, **figures, trained=run.trained)
            yield Progress(int(run.trained), int(budget), unit="seconds", figures=figures)
        if group.leads and (record.due or stops):
            _report(run, record, pixels)
    return model


def _step(run: _Run, pixels: Tensor) -> dict[str, float]:
    model, codebook = run.model, run.codebook
    with fast_products(pixels.device):
        z = model.latent(pixels)
    z = z.float()
    flat = rearrange(z.detach(), "b c h w -> (b h w) c")
    if run.step == 0:
        codebook.revive(flat, least=BEGUN)  # new codes begin as latents of the first batch
    with torch.no_grad():
        codes = _nearest(flat, model.quantize.embedding.weight).view(z.shape[0], *z.shape[2:])
        quantized = rearrange(model.quantize.embedding(codes), "b h w c -> b c h w")
    commitment = (z - quantized).square().mean()
    straight = z + (quantized - z).detach()  # straight-through gradient
    with fast_products(pixels.device):
        output = model.decode_latent(straight)
    output = output.float()
    loss = reconstruction_loss(output, pixels) + 0.25 * commitment
    for optimizer in run.optimizers:
        optimizer.zero_grad(set_to_none=True)
    loss.backward()
    trainable = [p for p in model.parameters() if p.requires_grad]
    run.group.mean(p.grad for p in trainable if p.grad is not None)
    torch.nn.utils.clip_grad_norm_(trainable, 1.0)
    for optimizer in run.optimizers:
        optimizer.step()
    codebook.update(flat, codes.flatten())
    revived = codebook.revive(flat, LEAST_COUNT) if run.step % 20 == 0 else 0
    return {"loss": loss.item(), "psnr": psnr(output, pixels), "commitment": commitment.item(),
            "revived": float(revived), "perplexity": _perplexity(codebook.count)}  # fmt: skip


def _nearest(latents: Tensor, book: Tensor) -> Tensor:
    """The code nearest to each latent [n, channels], found in fewer passes than the quantizer's."""
    return torch.addmm(book.square().sum(1), latents, book.T, beta=-0.5).argmax(1)


def _perplexity(count: Tensor) -> float:
    share = count / count.sum()
    return float(torch.exp(-(share * (share + 1e-12).log()).sum()))


def _report(run: _Run, record: Record, pixels: Tensor) -> None:
    """Checkpoint, curves and a sheet of originals above their reconstructions."""
    record.save(run.state())
    record.draw_curves("psnr", "loss", "perplexity")
    with torch.inference_mode():
        copies = run.model.decode(run.model.encode(pixels[:8]))
    sheet = np.stack([to_pictures(pixels[:8]), to_pictures(copies)])
    Image.fromarray(rearrange(sheet, "r n h w c -> (r h) (n w) c")).save(record.folder / "samples.png")
