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

from lumina.errors import InputError
from lumina.files import whole
from lumina.model.checkpoint import load_movqgan
from lumina.model.draft_table import DraftTable
from lumina.model.movqgan import MoVQGAN
from lumina.steps import Progress, Steps
from lumina.training import pairs
from lumina.training.dataset import Pictures, Shard, read_pictures, read_scenes, shard_files
from lumina.training.tokenizer_trainer import to_pixels
from lumina.training.workers import each
from lumina.worlds.curriculum import Curriculum, Frame, PairLesson, SceneLesson, stored_maps

MAP_SHARDS = 60  # shards of the first frame whose maps are encoded, 200 scenes each
COUNTED = 40  # shards of each kind that drafts are counted from
MAKER = "tokenizer.sha256"  # in a folder of codes: whose they are
DECODING = ("decoder.", "post_quant_conv.")  # parts that may change while codes mean the same
Codes = NDArray[np.int16]


@dataclass(frozen=True)
class Encoding:
    """One kind of picture of one shard to encode."""

    source: Path
    kind: str
    target: Path


@dataclass(frozen=True)
class CodedScenes:
    """Scenes of one frame and the codes of their pictures, and of maps if any, each [scenes, rows, cols]."""

    scenes: tuple[SceneLesson, ...]
    codes: Mapping[str, Codes]

    def __len__(self) -> int:
        return len(self.scenes)

    def part(self, first: int | None, last: int | None) -> "CodedScenes":
        """The scenes from `first` to before `last`, as in a slice."""
        return CodedScenes(self.scenes[first:last], {k: c[first:last] for k, c in self.codes.items()})


@dataclass(frozen=True)
class CodedPairs:
    """Pairs, and the codes [pairs, rows, cols] before and after."""

    pairs: tuple[PairLesson, ...]
    before: Codes
    after: Codes

    def __len__(self) -> int:
        return len(self.pairs)

    def part(self, first: int | None, last: int | None) -> "CodedPairs":
        """The pairs from `first` to before `last`, as in a slice."""
        return CodedPairs(self.pairs[first:last], self.before[first:last], self.after[first:last])


def encode_shards(
    data: Path,
    model: Path,
    out: Path,
    curriculum: Curriculum,
    *,
    map_shards: int = MAP_SHARDS,
    workers: int = 2,
) -> Steps[Progress, int]:
    """Write the codes of all shards in `data`, by the tokenizer in the folder `model`; returns their number.

    `codes-*.npy` are pictures of scenes, `KIND-*.npy` maps of the first `map_shards` shards of the first
    frame, `TASK-*.npy` pictures of a task's pairs. What is there already is left alone; raises
    InputError where another tokenizer made it.
    """
    out.mkdir(parents=True, exist_ok=True)
    claim(out, model)
    encodings = list(_encodings(data, out, curriculum, map_shards))
    missing = [encoding for encoding in encodings if not encoding.target.exists()]
    encode = partial(_encode, model=model, curriculum=curriculum)
    yield from each(encode, missing, workers, "shards of codes")
    return len(encodings)


def maker_of(model: Path) -> str:
    """A digest of what makes codes in a model folder: the tokenizer without its decoder."""
    digest = hashlib.sha256()
    for name, tensor in sorted(load_movqgan(model).state_dict().items()):
        if not name.startswith(DECODING):
            digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def claim(out: Path, model: Path, option: str = "--codes") -> None:
    """Note in a folder of codes whose they are; raises InputError where they are another tokenizer's, with
    the option that named the folder."""
    maker, note = maker_of(model), out / MAKER
    if not note.exists():
        note.write_text(maker)
    elif note.read_text() != maker:
        raise InputError(f"{out} holds codes of another picture tokenizer; give {option} another folder.")


def _encodings(data: Path, out: Path, curriculum: Curriculum, map_shards: int) -> Iterator[Encoding]:
    frames = list(curriculum.frames)
    files = list(shard_files(data))
    plain = [f for f in files if not Shard(_number(f)).is_varied(curriculum)]
    first = [f for f in plain if Shard(_number(f)).frame(frames) == frames[0]]
    for file in files if curriculum.varied_drawn else plain:
        yield Encoding(file, "picture", out / f"codes-{file.stem[-5:]}.npy")
    for task in curriculum.pairs:
        for file in pairs.pair_files(data, task):
            yield Encoding(file, "picture", out / f"{file.stem}.npy")
    for file in first[:map_shards]:
        for kind in curriculum.maps:
            yield Encoding(file, kind, out / f"{kind}-{file.stem[-5:]}.npy")


def draft_tables(coded: Path, num_codes: int, curriculum: Curriculum) -> list[DraftTable]:
    """What pictures and what maps in a folder of codes tell of codes beside each other."""
    kinds: dict[str, list[Path]] = {}
    for file in sorted(coded.glob("*.npy")):
        kinds.setdefault(file.stem.rpartition("-")[0], []).append(file)
    groups: list[list[Path]] = [[], []]
    for kind, files in kinds.items():
        groups[kind in curriculum.maps] += files[:COUNTED]
    return [DraftTable.counted(map(np.load, files), num_codes) for files in groups if files]


def _number(file: Path) -> int:
    return int(file.stem[-5:])


@torch.inference_mode()
def _encode(encoding: Encoding, model: Path, curriculum: Curriculum) -> None:
    torch.set_num_threads(1)
    movqgan = load_movqgan(model)
    save_codes(encoding.target, codes_of(movqgan, _images(encoding.source, encoding.kind, curriculum)))


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


def _images(source: Path, kind: str, curriculum: Curriculum) -> Pictures:
    """Pictures or maps of a shard, [scenes, h, w, 3]; what is not stored is derived."""
    stored = ("picture", *stored_maps(curriculum))
    if kind in stored:
        return read_pictures(source, kind)
    found = {name: read_pictures(source, name) for name in stored}
    rows = range(len(found["picture"]))
    return np.stack([curriculum.derived(kind, {name: found[name][i] for name in stored}) for i in rows])


def read_coded(data: Path, coded: Path, curriculum: Curriculum) -> dict[Frame, CodedScenes]:
    """All encoded pictures of scenes, by frame."""
    found: dict[Frame, list[str]] = {}
    for file in sorted(coded.glob("codes-*.npy")):
        found.setdefault(Shard(_number(file)).frame(list(curriculum.frames)), []).append(file.stem[-5:])
    return {f: _read(data, coded, numbers, ("picture",), curriculum) for f, numbers in found.items()}


def read_coded_maps(data: Path, coded: Path, curriculum: Curriculum) -> CodedScenes | None:
    """The scenes whose maps are all encoded, with their pictures; None if there are none."""
    kinds = ("picture", *curriculum.maps)
    numbers = [file.stem[-5:] for file in sorted(coded.glob(f"{kinds[-1]}-*.npy"))]
    whole = [n for n in numbers if all(_code_file(coded, kind, n).exists() for kind in kinds)]
    return _read(data, coded, whole, kinds, curriculum) if whole else None


def _read(
    data: Path, coded: Path, numbers: Sequence[str], kinds: Sequence[str], curriculum: Curriculum
) -> CodedScenes:
    files = [data / f"scenes-{number}.npz" for number in numbers]
    scenes = [scene for file in files for scene in read_scenes(file, curriculum)]
    codes = {k: np.concatenate([np.load(_code_file(coded, k, n)) for n in numbers]) for k in kinds}
    return CodedScenes(tuple(scenes), codes)


def _code_file(coded: Path, kind: str, number: str) -> Path:
    return coded / f"{'codes' if kind == 'picture' else kind}-{number}.npy"


def read_coded_pairs(data: Path, coded: Path, task: str, curriculum: Curriculum) -> CodedPairs | None:
    """All encoded pairs of a task; None if there are none."""
    found: list[PairLesson] = []
    before: list[Codes] = []
    after: list[Codes] = []
    for file in sorted(coded.glob(f"{task}-*.npy")):
        source, codes = data / f"{file.stem}.npz", np.load(file)
        scenes, links = read_scenes(source, curriculum), pairs.read_pair_rows(source)
        found += [link.pair(task, scenes, curriculum) for link in links]
        before.append(codes[[link.before for link in links]])
        after.append(codes[[link.after for link in links]])
    return CodedPairs(tuple(found), np.concatenate(before), np.concatenate(after)) if found else None
