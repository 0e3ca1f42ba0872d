"""Draws pictures from words: text to ids, the engine in the middle, codes to pixels."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lumina.errors import InvalidSize, ModelError, UnknownModel
from lumina.model.checkpoint import MANIFEST, Place, load_movqgan, load_transformer, locate, verify
from lumina.model.config import ModelSpec, spec_of, split_revision
from lumina.model.layout import ImageTokens, TokenLayout
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.pipeline.drawing import SIZE_STEP, Drawing, check_size, on_background
from lumina.pipeline.engine import Engine, LocalEngine, use_threads
from lumina.pipeline.plan import free_memory, movqgan_dtype, open_device, plan, suited
from lumina.pipeline.request import Generation, GenerationRequest
from lumina.sampler.options import SamplingOptions
from lumina.settings import Settings
from lumina.steps import Progress, Steps


class Pipeline:
    """A loaded model. ``model`` is its name with the revision of its weights, ``tabletop@1a2b3c4d``.

    With ``previews`` every step carries the picture so far; without, only the result is decoded.
    """

    def __init__(
        self,
        spec: ModelSpec,
        settings: Settings,
        text: TextTokenizer,
        engine: Engine,
        movqgan: MoVQGAN,
        model: str,
        previews: bool = True,
    ) -> None:
        if engine.vocabulary.num_codes != movqgan.config.n_embed:
            raise ModelError(
                "tokenizer.json and MoVQGAN have different numbers of codes; use files of one model."
            )
        self.spec, self.settings, self.model, self.previews = spec, settings, model, previews
        self._text, self._engine, self._movqgan = text, engine, movqgan

    @classmethod
    def load(
        cls, name: str = "tabletop", settings: Settings | None = None, previews: bool = True
    ) -> "Pipeline":
        """Read a model by name, ``tabletop`` or ``tabletop@revision``.

        Raises UnknownModel for a name or revision that is not here, CheckpointMismatch naming a file that is
        missing or damaged, InputError for a device that does not exist.
        """
        settings, spec = suited(settings or Settings(), spec_of(name)), spec_of(name)
        place = locate(spec, settings.models)
        model = _with_revision(spec, place, wanted=split_revision(name)[1])
        verify(place.folder, ["tokenizer.json", "tokenizer_config.json"])
        if settings.threads:
            use_threads(settings.threads)
        device, text = open_device(settings.device), TextTokenizer.load(place.folder)
        plan(spec, settings).check(free_memory(device))
        vocabulary, dtype = text.vocabulary(), getattr(torch, settings.dtype)
        transformer = load_transformer(place.folder, dtype, device, settings.quant, vocabulary)
        engine = LocalEngine(transformer, vocabulary, settings.cache == "int8")
        decoder = movqgan_dtype(settings, device)
        movqgan = load_movqgan(place.movqgan, device=device, decoder_dtype=decoder)
        return cls(spec, settings, text, engine, movqgan, model, previews)

    @property
    def device(self) -> str:
        """What it computes on: ``cpu``, ``cuda`` …"""
        return self._movqgan.quantize.embedding.weight.device.type

    def draw(
        self,
        *,
        instruction: str,
        width: int,
        height: int,
        options: SamplingOptions,
        given: Image.Image | None = None,
        drawn: NDArray[Any] | None = None,
        rerolls: Sequence[tuple[int, int]] = (),
        stop_row: int | None = None,
    ) -> Steps[Drawing]:
        """Draw a picture of ``width`` × ``height`` pixels; each step is one more row of codes.

        ``given`` is a panel that fills the upper rows, ``drawn`` [k, cols] are rows of codes that are kept.
        ``rerolls`` are (row, seed) pairs: rows from there on take that seed's noise. ``stop_row`` is the
        number of rows after which to stop.

        Raises InputError, before the first step, for what cannot be drawn.
        """
        check_size(self.spec, width, height)
        codes_per_size = SIZE_STEP // self._movqgan.config.downsampling
        request = GenerationRequest(
            prompt=tuple(self._text.encode(instruction)),
            layout=TokenLayout.of_size(width, height, self._engine.vocabulary, codes_per_size),
            options=options,
            given=None if given is None else self._encode(given, width, height),
            drawn=None if drawn is None else ImageTokens(torch.as_tensor(drawn, dtype=torch.long)),
            rerolls=tuple(rerolls),
            stop_row=stop_row,
        )
        return self._paint(self._engine.generate(request), request)

    def _paint(self, steps: Steps[Generation], request: GenerationRequest) -> Steps[Drawing]:
        try:
            while True:
                step = next(steps)
                partial = self._drawing(step.partial, request) if self.previews else None
                yield Progress(step.done, step.total, step.unit, partial)
        except StopIteration as stop:
            return self._drawing(stop.value, request)
        finally:
            steps.close()

    def _drawing(self, generation: Generation, request: GenerationRequest) -> Drawing:
        """The picture of exactly the rows in ``generation``."""
        layout, pixels_per_code = request.layout, self._movqgan.config.downsampling
        return Drawing(
            image=on_background(
                layout.cols * pixels_per_code, layout.rows * pixels_per_code, self._decode(generation.codes)
            ),
            codes=generation.codes.numpy(),
            rows=layout.rows,
            seed=request.options.seed,
            forwards=generation.forwards,
            prefills=generation.prefills,
            tokens=generation.tokens,
            seconds=generation.seconds,
            surprise=generation.surprise.float().numpy(),
            accepted=generation.accepted,
        )

    @torch.inference_mode()
    def _decode(self, codes: Tensor) -> NDArray[np.uint8]:
        """Pixels [height, width, 3] of codes [rows, cols]."""
        if not len(codes):
            return np.zeros((0, 0, 3), np.uint8)
        pixels = self._movqgan.decode(codes[None].to(self._movqgan.quantize.embedding.weight.device))
        levels = ((pixels[0].float() + 1) * 127.5).round().clamp(0, 255).to("cpu", torch.uint8)
        return np.ascontiguousarray(rearrange(levels, "rgb h w -> h w rgb").numpy())

    @torch.inference_mode()
    def _encode(self, panel: Image.Image, width: int, height: int) -> ImageTokens:
        """Codes of a panel that is as wide as the picture and leaves rows to draw."""
        if panel.width != width or panel.height % SIZE_STEP or not 0 < panel.height < height:
            raise InvalidSize(
                f"A panel of {panel.width}x{panel.height} pixels does not fit the top of {width}x{height}; "
                f"make it {width} wide and a multiple of {SIZE_STEP} high."
            )
        levels = torch.from_numpy(np.array(panel.convert("RGB"))).float() / 127.5 - 1
        weight = self._movqgan.quantize.embedding.weight
        pixels = rearrange(levels, "h w rgb -> 1 rgb h w").to(weight)
        return ImageTokens(self._movqgan.encode(pixels)[0].cpu())


def _with_revision(spec: ModelSpec, place: Place, wanted: str) -> str:
    """``name@revision``, from the commit or the manifest; raises UnknownModel if another is wanted."""
    manifest, revision = place.folder / MANIFEST, place.revision
    if not revision and manifest.is_file():
        revision = hashlib.sha256(manifest.read_bytes()).hexdigest()[:8]
    revision = revision or "unverified"
    if wanted and not wanted.startswith(revision):
        raise UnknownModel(
            f"This asks for {spec.name}@{wanted}, but {spec.name}@{revision} is installed; leave the "
            "revision out to draw with that one, which may give another picture."
        )
    return f"{spec.name}@{revision}"
