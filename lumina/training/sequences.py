"""What the transformer is trained on: captioned pictures as token sequences, in batches of one frame."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lumina.model.layout import TokenLayout
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.steps import Progress, Steps
from lumina.tabletop.captions import describe, text_of
from lumina.tabletop.scenes import Scene
from lumina.tasks.instructions import text_to_image as instruction
from lumina.training.dataset import Shard, read_pictures, read_scenes, shard_files
from lumina.training.tokenizer_trainer import to_pixels

TEXT_DROP = 0.1  # share of samples without text, for guidance
SIZE_DROP = 0.1  # share of instructions that do not name the size, as in the published training
# A small model on few processor hours learns the common case well or everything poorly: daylight, square
# frames and few different solids are drawn more often than they were rendered.
FRAME_SHARES = {(128, 128): 0.7, (160, 96): 0.15, (96, 160): 0.15}
LIGHT_WEIGHTS = {"daylight": 1.0, "sunset": 0.6, "night": 0.6}
CROWD_WEIGHT = 0.4  # for three and more solids that are not of one shape
UNSIZED = "Generate an image according to the following prompt:\n{}"


@dataclass(frozen=True)
class CodedScenes:
    """Scenes of one frame and the codes of their pictures [scenes, rows, cols]."""

    scenes: tuple[Scene, ...]
    codes: NDArray[np.int16]

    def part(self, first: int | None, last: int | None) -> "CodedScenes":
        """The scenes from `first` to before `last`, as in a slice."""
        return CodedScenes(self.scenes[first:last], self.codes[first:last])


@dataclass(frozen=True)
class Batch:
    """Token ids [batch, tokens], and where and what the codes to predict are, both [batch, codes]."""

    ids: Tensor
    before: Tensor  # positions whose output predicts a code
    codes: Tensor


def encode_shards(scenes: Path, movqgan: MoVQGAN, out: Path) -> Steps[int]:
    """Write the codes of every plain shard's pictures as `codes-*.npy`; returns the number of files."""
    out.mkdir(parents=True, exist_ok=True)
    files = [f for f in shard_files(scenes) if not Shard(int(f.stem[-5:])).patterned]
    for done, file in enumerate(files, start=1):
        target = out / f"codes-{file.stem[-5:]}.npy"
        if not target.exists():
            pictures = read_pictures(file, "picture")
            with torch.inference_mode():
                parts = [movqgan.encode(to_pixels(pictures[i : i + 50])) for i in range(0, len(pictures), 50)]
            np.save(target, torch.cat(parts).to(torch.int16).numpy())
        yield Progress(done, len(files), unit="shards")
    return len(files)


def read_coded(scenes: Path, coded: Path) -> dict[tuple[int, int], CodedScenes]:
    """All encoded scenes, by (width, height)."""
    found: dict[tuple[int, int], tuple[list[Scene], list[NDArray[np.int16]]]] = {}
    for file in sorted(coded.glob("codes-*.npy")):
        rows = read_scenes(scenes / f"scenes-{file.stem[-5:]}.npz")
        pool = found.setdefault((rows[0].width, rows[0].height), ([], []))
        pool[0].extend(rows)
        pool[1].append(np.load(file))
    return {frame: CodedScenes(tuple(s), np.concatenate(c)) for frame, (s, c) in found.items()}


def weight_of(scene: Scene) -> float:
    """How often a scene is drawn, relative to others."""
    crowd = len(scene.solids) > 2 and len({solid.shape for solid in scene.solids}) > 1
    return LIGHT_WEIGHTS[scene.light] * (CROWD_WEIGHT if crowd else 1.0)


def shares(weights: Iterable[float]) -> NDArray[np.float64]:
    """Weights scaled to sum to one."""
    values = np.array(list(weights))
    return np.asarray(values / values.sum())


class Sequences:
    """Draws batches: caption and codes of random scenes, text dropped now and then."""

    def __init__(self, pools: dict[tuple[int, int], CodedScenes], text: TextTokenizer) -> None:
        self._pools, self._text = pools, text
        self._vocabulary = text.vocabulary()
        self._frames = sorted(pools)
        self._frame_chances = shares(FRAME_SHARES.get(frame, 0.1) for frame in self._frames)
        self._chances = {frame: shares(map(weight_of, pool.scenes)) for frame, pool in pools.items()}

    def batches(self, size: int, seed: int, rank: int = 0, first: int = 0) -> Iterator[Batch]:
        """Endless batches from step `first` on; all ranks share a step's frame, each has its own scenes."""
        step = first
        while True:
            shared = np.random.default_rng([seed, step])
            frame = self._frames[shared.choice(len(self._frames), p=self._frame_chances)]
            yield self.batch(frame, size, np.random.default_rng([seed, step, rank]))
            step += 1

    def batch(self, frame: tuple[int, int], size: int, rng: np.random.Generator) -> Batch:
        """`size` random samples of one frame, padded on the right."""
        pool = self._pools[frame]
        rows, cols = pool.codes.shape[1:]
        layout = TokenLayout(rows, cols, self._vocabulary, codes_per_size=cols * 32 // frame[0])
        chosen = rng.choice(len(pool.scenes), size=size, p=self._chances[frame])
        prompts = [self._prompt(pool.scenes[i], rng) for i in chosen]
        codes = torch.from_numpy(pool.codes[chosen].astype(np.int64))
        images = layout.forced().repeat(size, 1)
        images[:, layout.code_positions] = codes.flatten(1) + self._vocabulary.first_code
        ids = torch.full((size, max(map(len, prompts)) + layout.length), self._vocabulary.image_end)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt)] = torch.tensor(prompt, dtype=torch.long)
            ids[row, len(prompt) : len(prompt) + layout.length] = images[row]
        starts = torch.tensor([len(prompt) for prompt in prompts])[:, None]
        return Batch(ids[:, :-1], starts + layout.code_positions - 1, codes.flatten(1))

    def _prompt(self, scene: Scene, rng: np.random.Generator) -> list[int]:
        if rng.random() < TEXT_DROP:
            return []
        caption = text_of(describe(scene, rng))
        if rng.random() < SIZE_DROP:
            return self._text.encode(UNSIZED.format(caption))
        return self._text.encode(instruction(caption, scene.width, scene.height))
