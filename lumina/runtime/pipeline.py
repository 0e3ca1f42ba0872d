"""Draws pictures from words: text to ids, the engine in the middle, codes to pixels."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lumina.errors import InvalidSize, ModelError, UnknownModel
from lumina.model.checkpoint import Place, load_movqgan, load_transformer, locate, verify
from lumina.model.config import ModelSpec, spec_of, split_revision
from lumina.model.layout import ImageTokens, TokenLayout
from lumina.model.manifest import read_manifest
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.runtime.drawing import SIZE_STEP, Drawing, Motif, check_size, on_background
from lumina.runtime.engine import Engine, LocalEngine, use_threads
from lumina.runtime.plan import free_memory, movqgan_dtype, open_device, plan
from lumina.runtime.request import Generation, GenerationRequest
from lumina.sampler.options import SamplingOptions
from lumina.settings import Settings
from lumina.steps import Progress, Steps, mapped


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
        spec = spec_of(name)
        settings = (settings or Settings()).suited(spec.dtype)
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
        panels: int = 1,
        drawn: NDArray[Any] | None = None,
        rerolls: Sequence[tuple[int, int]] = (),
        stop_row: int | None = None,
    ) -> Steps[Drawing]:
        """Draw a picture of ``width`` × ``height`` pixels; each step is one more row of codes.

        ``given`` is a picture of the same size that the model sees above the one it draws; ``panels`` 2 draws
        two of this size, one above the other. Everything else counts in the drawn part alone, and so does the
        result: ``drawn`` [k, cols] are rows of codes that are kept; ``rerolls`` are (row, seed) pairs, rows
        from there on take that seed's noise; ``stop_row`` is the number of rows after which to stop.

        Raises InputError, before the first step, for what cannot be drawn.
        """
        motif = Motif(instruction, width, height, given, panels)
        request = self._request(motif, options, drawn, rerolls, stop_row)
        skip = _given_rows(request)

        def progress(step: Progress) -> Progress:
            drawing = self._drawing(step.partial, request, panels) if self.previews else None
            return Progress(step.done - skip, step.total - skip, step.unit, drawing)

        steps = self._engine.generate(request)
        return mapped(steps, progress, lambda result: self._drawing(result, request, panels))

    def draw_all(
        self,
        motif: Motif,
        options: SamplingOptions,
        seeds: Sequence[int],
        *,
        drawn: NDArray[Any] | None = None,
        rerolls: Sequence[tuple[int, int]] = (),
        stop_row: int | None = None,
    ) -> Steps[tuple[Drawing, ...]]:
        """Draw one picture for each seed, side by side; each is the one that :meth:`draw` gives alone.

        ``partial`` holds a Drawing for each picture that is begun. Raises as :meth:`draw`.
        """
        first = self._request(motif, options, drawn, rerolls, stop_row)
        requests = [replace(first, options=options.model_copy(update={"seed": seed})) for seed in seeds]
        return self._paint_all(requests, self._engine.most_at_once(first), motif.panels)

    def log_likelihood(
        self, motif: Motif, options: SamplingOptions, codes: NDArray[Any]
    ) -> tuple[float, float]:
        """log p(picture | words) in nats by the model, of the ``codes`` [k, cols] drawn, and what was to be
        expected at each of them."""
        request = self._request(motif, options, codes, (), None)
        assert request.drawn is not None
        return self._engine.log_likelihood(replace(request, drawn=None), request.drawn.codes)

    def _request(
        self,
        motif: Motif,
        options: SamplingOptions,
        drawn: NDArray[Any] | None,
        rerolls: Sequence[tuple[int, int]],
        stop_row: int | None,
    ) -> GenerationRequest:
        """In tokens and codes, where the given panel is the upper part of the image."""
        width, height, given = motif.width, motif.height, motif.given
        check_size(self.spec, width, height, dual=given is not None or motif.panels > 1)
        above = None if given is None else self._encode(given, width, height)
        skip = 0 if above is None else len(above.codes)
        whole = height * (motif.panels + (given is not None))
        codes_per_size = SIZE_STEP // self._movqgan.config.downsampling
        return GenerationRequest(
            prompt=tuple(self._text.encode(motif.instruction)),
            layout=TokenLayout.of_size(width, whole, self._engine.vocabulary, codes_per_size),
            options=options,
            given=above,
            drawn=_below(above, drawn),
            rerolls=tuple((row + skip, seed) for row, seed in rerolls),
            stop_row=None if stop_row is None else stop_row + skip,
        )

    def _paint_all(
        self, requests: Sequence[GenerationRequest], at_once: int, panels: int
    ) -> Steps[tuple[Drawing, ...]]:
        """In groups of as many as there is room for."""
        finished: tuple[Drawing, ...] = ()
        rows = requests[0].last_row - _given_rows(requests[0])
        for first in range(0, len(requests), at_once):
            group = requests[first : first + at_once]
            steps = self._engine.generate_all(group)
            finished += yield from mapped(
                steps,
                partial(self._progress_of, group, panels, finished, rows * len(requests)),
                partial(self._drawings, requests=group, panels=panels),
            )
        return finished

    def _progress_of(
        self,
        group: Sequence[GenerationRequest],
        panels: int,
        finished: tuple[Drawing, ...],
        total: int,
        step: Progress,
    ) -> Progress:
        """A step of a group, counted over all pictures, in rows of one picture."""
        skip = _given_rows(group[0])
        done = len(finished) * (group[0].last_row - skip) + len(group) * (step.done - skip)
        drawings = finished + self._drawings(step.partial, group, panels) if self.previews else None
        return Progress(done, total, step.unit, drawings)

    def _drawings(
        self, generations: Sequence[Generation], requests: Sequence[GenerationRequest], panels: int
    ) -> tuple[Drawing, ...]:
        pairs = zip(generations, requests, strict=True)
        return tuple(self._drawing(generation, request, panels) for generation, request in pairs)

    def _drawing(self, generation: Generation, request: GenerationRequest, panels: int) -> Drawing:
        """The picture of exactly the rows in ``generation`` that are below the given panel."""
        skip, pixels_per_code = _given_rows(request), self._movqgan.config.downsampling
        rows, cols = request.layout.rows - skip, request.layout.cols
        pixels = self._pixels(generation.codes, skip, rows // panels)
        return Drawing(
            image=on_background(cols * pixels_per_code, rows * pixels_per_code, pixels),
            codes=generation.codes[skip:].numpy(),
            rows=rows,
            seed=request.options.seed,
            forwards=generation.forwards,
            prefills=generation.prefills,
            tokens=generation.tokens,
            seconds=generation.seconds,
            surprise=generation.surprise[skip:].float().numpy(),
            accepted=generation.accepted,
        )

    def _pixels(self, codes: Tensor, skip: int, panel_rows: int) -> NDArray[np.uint8]:
        """Pixels of the rows from ``skip`` on: decoded below the given panel, or each panel by itself."""
        if self.spec.panels_together or not len(codes[skip:]):
            return self._decode(codes)[skip * self._movqgan.config.downsampling :]
        return np.concatenate([self._decode(panel) for panel in torch.split(codes[skip:], panel_rows)])

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
        """Codes of a panel that is as large as the picture below it."""
        if panel.size != (width, height):
            raise InvalidSize(
                f"A given picture of {panel.width}x{panel.height} pixels does not fit above "
                f"{width}x{height}; make both the same size."
            )
        levels = torch.from_numpy(np.array(panel.convert("RGB"))).float() / 127.5 - 1
        weight = self._movqgan.quantize.embedding.weight
        pixels = rearrange(levels, "h w rgb -> 1 rgb h w").to(weight)
        return ImageTokens(self._movqgan.encode(pixels)[0].cpu())


def _given_rows(request: GenerationRequest) -> int:
    return 0 if request.given is None else len(request.given.codes)


def _below(given: ImageTokens | None, drawn: NDArray[Any] | None) -> ImageTokens | None:
    """The rows that exist already, the given panel's included."""
    if drawn is None:
        return None
    rows = ImageTokens(torch.as_tensor(drawn, dtype=torch.long))
    return rows if given is None else given.above(rows)


def _with_revision(spec: ModelSpec, place: Place, wanted: str) -> str:
    """``name@revision``, from the commit or the manifest; raises UnknownModel if another is wanted."""
    revision = place.revision or read_manifest(place.folder).revision or "unverified"
    if wanted and not wanted.startswith(revision):
        raise UnknownModel(
            f"This asks for {spec.name}@{wanted}, but {spec.name}@{revision} is installed; leave the "
            "revision out to draw with that one, which may give another picture."
        )
    return f"{spec.name}@{revision}"
