"""Pictures as codes on disk: the finished picture tokenizer encodes every shard once."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray

from lumina.edges import soft_edge_picture
from lumina.errors import InputError
from lumina.files import whole
from lumina.model.checkpoint import load_movqgan
from lumina.model.movqgan import MoVQGAN
from lumina.steps import Progress, Steps
from lumina.training import pairs
from lumina.training.dataset import Pictures, Shard, read_pictures, read_scenes, shard_files
from lumina.training.tokenizer_trainer import to_pixels
from lumina.training.workers import each
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.edits import Edit
from lumina.worlds.tabletop.scenes import FRAMES, Scene

MAP_SHARDS = 60  # square shards whose maps are encoded, 200 scenes each
MAKER = "tokenizer.sha256"  # in a folder of codes: whose they are
DECODING = ("decoder.", "post_quant_conv.")  # parts that may change while codes mean the same
Codes = NDArray[np.int16]


@dataclass(frozen=True)
class Job:
    """One kind of picture of one shard to encode."""

    source: Path
    kind: str
    target: Path


@dataclass(frozen=True)
class CodedScenes:
    """Scenes of one frame and the codes of their pictures, and of maps if any, each [scenes, rows, cols]."""

    scenes: tuple[Scene, ...]
    codes: Mapping[str, Codes]

    def __len__(self) -> int:
        return len(self.scenes)

    def part(self, first: int | None, last: int | None) -> "CodedScenes":
        """The scenes from `first` to before `last`, as in a slice."""
        return CodedScenes(self.scenes[first:last], {k: c[first:last] for k, c in self.codes.items()})


@dataclass(frozen=True)
class CodedPairs:
    """Edits or subjects, and the codes [pairs, rows, cols] before and after."""

    edits: tuple[Edit, ...]
    before: Codes
    after: Codes

    def __len__(self) -> int:
        return len(self.edits)

    def part(self, first: int | None, last: int | None) -> "CodedPairs":
        """The pairs from `first` to before `last`, as in a slice."""
        return CodedPairs(self.edits[first:last], self.before[first:last], self.after[first:last])


def encode_shards(
    data: Path, model: Path, out: Path, *, map_shards: int = MAP_SHARDS, workers: int = 2
) -> Steps[Progress, int]:
    """Write the codes of all shards in `data`, by the tokenizer in the folder `model`; returns their number.

    `codes-*.npy` are pictures of plain scenes, `depth-*.npy` … maps of the first `map_shards` square ones,
    `edits-*.npy` and `subjects-*.npy` pictures of pairs. What is there already is left alone; raises
    InputError where another tokenizer made it.
    """
    out.mkdir(parents=True, exist_ok=True)
    claim(out, model)
    jobs = list(_jobs(data, out, map_shards))
    missing = [job for job in jobs if not job.target.exists()]
    yield from each(partial(_encode, model=model), missing, workers, "shards of codes")
    return len(jobs)


def maker_of(model: Path) -> str:
    """A digest of what makes codes in a model folder: the tokenizer without its decoder."""
    digest = hashlib.sha256()
    for name, tensor in sorted(load_movqgan(model).state_dict().items()):
        if not name.startswith(DECODING):
            digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def claim(out: Path, model: Path) -> None:
    """Note in a folder of codes whose they are; raises InputError where they are another tokenizer's."""
    maker, note = maker_of(model), out / MAKER
    if not note.exists():
        note.write_text(maker)
    elif note.read_text() != maker:
        raise InputError(f"{out} holds codes of another picture tokenizer; give --codes another folder.")


def _jobs(data: Path, out: Path, map_shards: int) -> Iterator[Job]:
    plain = [f for f in shard_files(data) if not Shard(_number(f)).patterned]
    square = [f for f in plain if Shard(_number(f)).frame == FRAMES[0]]
    for file in plain:
        yield Job(file, "picture", out / f"codes-{file.stem[-5:]}.npy")
    for kind in pairs.KINDS:
        for file in pairs.pair_files(data, kind):
            yield Job(file, "picture", out / f"{file.stem}.npy")
    for file in square[:map_shards]:
        for kind in maps.MAP_KINDS:
            yield Job(file, kind, out / f"{kind}-{file.stem[-5:]}.npy")


def _number(file: Path) -> int:
    return int(file.stem[-5:])


@torch.inference_mode()
def _encode(job: Job, model: Path) -> None:
    torch.set_num_threads(1)
    movqgan = load_movqgan(model)
    save_codes(job.target, codes_of(movqgan, _pictures(job.source, job.kind)))


def save_codes(target: Path, codes: NDArray[Any]) -> None:
    """Write codes in one step, so that a crash leaves no half of a file."""
    with whole(target) as part, part.open("wb") as file:
        np.save(file, codes.astype(np.int16))


def codes_of(movqgan: MoVQGAN, pictures: Pictures) -> NDArray[np.int64]:
    """Codes [n, rows, cols] of pictures [n, h, w, 3]; where patches stand for themselves, each one once."""
    if not movqgan.config.patchwise:
        parts = [movqgan.encode(to_pixels(pictures[i : i + 50])) for i in range(0, len(pictures), 50)]
        return np.asarray(torch.cat(parts).numpy())
    side = movqgan.config.downsampling
    patches = rearrange(pictures, "n (r y) (c x) rgb -> n r c (y x rgb)", y=side, x=side)
    grid = patches.shape[:3]
    seen, places = np.unique(
        np.ascontiguousarray(patches).view(np.dtype((np.void, patches.shape[-1]))), return_inverse=True
    )
    alone = rearrange(seen.view(np.uint8), "(n y x rgb) -> n y x rgb", y=side, x=side, rgb=3)
    parts = [movqgan.encode(to_pixels(alone[i : i + 4096])) for i in range(0, len(alone), 4096)]
    return np.asarray(torch.cat(parts).flatten().numpy()[places].reshape(grid))


def _pictures(source: Path, kind: str) -> Pictures:
    """Pictures or maps of a shard, [scenes, h, w, 3]; soft edges and scribbles are made on the way."""
    if kind == "hed":
        return np.stack([soft_edge_picture(picture) for picture in read_pictures(source, "picture")])
    if kind == "scribble":
        segments = map(maps.segments_of, read_pictures(source, "segmentation"))
        return np.stack([maps.scribble_picture(segment) for segment in segments])
    return read_pictures(source, kind)


def read_coded(data: Path, coded: Path) -> dict[tuple[int, int], CodedScenes]:
    """All encoded pictures of plain scenes, by (width, height)."""
    found: dict[tuple[int, int], list[str]] = {}
    for file in sorted(coded.glob("codes-*.npy")):
        found.setdefault(Shard(_number(file)).frame, []).append(file.stem[-5:])
    return {frame: _read(data, coded, numbers, ("picture",)) for frame, numbers in found.items()}


def read_coded_maps(data: Path, coded: Path) -> CodedScenes | None:
    """The square scenes whose maps are all encoded, with their pictures; None if there are none."""
    numbers = [file.stem[-5:] for file in sorted(coded.glob(f"{maps.MAP_KINDS[0]}-*.npy"))]
    kinds = ("picture", *maps.MAP_KINDS)
    whole = [n for n in numbers if all(_code_file(coded, kind, n).exists() for kind in kinds)]
    return _read(data, coded, whole, kinds) if whole else None


def _read(data: Path, coded: Path, numbers: Sequence[str], kinds: Sequence[str]) -> CodedScenes:
    scenes = [scene for number in numbers for scene in read_scenes(data / f"scenes-{number}.npz")]
    codes = {k: np.concatenate([np.load(_code_file(coded, k, n)) for n in numbers]) for k in kinds}
    return CodedScenes(tuple(scenes), codes)


def _code_file(coded: Path, kind: str, number: str) -> Path:
    return coded / f"{'codes' if kind == 'picture' else kind}-{number}.npy"


def read_coded_pairs(data: Path, coded: Path, kind: str) -> CodedPairs | None:
    """All encoded pairs of a kind; None if there are none."""
    files = sorted(coded.glob(f"{kind}-*.npy"))
    if not files:
        return None
    read = [pairs.read_pairs(data / f"{file.stem}.npz") for file in files]
    edits = tuple(link.edit(scenes) for scenes, links in read for link in links)
    loaded = [(np.load(file), links) for file, (_, links) in zip(files, read, strict=True)]
    before = np.concatenate([codes[[link.before for link in links]] for codes, links in loaded])
    after = np.concatenate([codes[[link.after for link in links]] for codes, links in loaded])
    return CodedPairs(edits, before, after)
