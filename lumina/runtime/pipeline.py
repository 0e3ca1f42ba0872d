"""Draws pictures from words: text to ids, the engine in the middle, codes to pixels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import TypeAlias

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lumina.errors import InvalidSize, ModelError, UnknownModel
from lumina.model.checkpoint import Place, load_movqgan, load_transformer, locate, verify
from lumina.model.config import ModelSpec, spec_of, split_revision
from lumina.model.draft_table import load_tables
from lumina.model.layout import ImageTokens, TokenLayout
from lumina.model.manifest import read_manifest
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.runtime.drawing import SIZE_STEP, Codes, Drawing, check_size, on_background
from lumina.runtime.engine import Engine, use_threads
from lumina.runtime.events import Begun, DrawEvent, Finished, RowDrawn, Scored
from lumina.runtime.memory_plan import free_memory, movqgan_dtype, open_device, plan
from lumina.runtime.preview import PreviewStrip
from lumina.runtime.request import LIKELIHOOD, NO_SCORER, VERIFIERS, DrawRequest
from lumina.runtime.scorers import SCORERS, check_scorer
from lumina.runtime.tally import Tally
from lumina.runtime.tokens import Generation, Joined, RowSettled, TokenRequest
from lumina.runtime.verifiers import Verifiers
from lumina.settings import Settings
from lumina.steps import Following, Steps

_Asked: TypeAlias = tuple[DrawRequest, TokenRequest]


class Pipeline:
    """A loaded model. ``model`` is its name with the revision of its weights, ``tabletop@1a2b3c4d``.

    With ``previews`` every event carries the pixels of its row; without, only the result is decoded.
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
        self._verifiers = Verifiers(settings.verifiers, movqgan.quantize.embedding.weight.device)
        self._beside = Lock()  # beside the engine's own thread, one other computes at a time

    @classmethod
    def load(
        cls,
        name: str = "tabletop",
        settings: Settings | None = None,
        previews: bool = True,
        remembered: int = 0,
    ) -> "Pipeline":
        """Read a model by name, ``tabletop`` or ``tabletop@revision``; ``remembered``: see Engine.

        Raises UnknownModel for a name or revision that is not here, CheckpointMismatch naming a file that is
        missing or damaged, InputError for a device that does not exist.
        """
        spec = spec_of(name)
        settings = (settings or Settings()).suited(spec.dtype)
        place = locate(spec, settings.models)
        model = with_revision(spec, place, wanted=split_revision(name)[1])
        verify(place.folder, ["tokenizer.json", "tokenizer_config.json"])
        device, text = open_device(settings.device), TextTokenizer.load(place.folder)
        plan(spec, settings).check(free_memory(device))
        vocabulary, dtype = text.vocabulary(), getattr(torch, settings.dtype)
        transformer = load_transformer(place.folder, dtype, device, settings.quant, vocabulary)
        lanes = use_threads(settings.threads, transformer)
        small = settings.cache == "int8"
        tables = load_tables(place.folder, vocabulary.num_codes)
        engine = Engine(transformer, vocabulary, small, settings.slots, remembered, lanes, tables)
        decoder = movqgan_dtype(settings, device)
        movqgan = load_movqgan(place.movqgan, device=device, decoder_dtype=decoder)
        return cls(spec, settings, text, engine, movqgan, model, previews)

    @property
    def device(self) -> str:
        """What it computes on: ``cpu``, ``cuda`` …"""
        return self._movqgan.quantize.embedding.weight.device.type

    @property
    def pixels_per_code(self) -> int:
        """Pixels along one side of a code."""
        return self._movqgan.config.downsampling

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """See Painter; as many at once as there is room for beside those of other calls."""
        for request in requests:
            check_scorer(self.spec, request, bool(self._verifiers))
        if any(request.scorer == VERIFIERS for request in requests):
            self._verifiers.load()
        asked = [self._in_tokens(request) for request in requests]
        for tokens in asked:
            self._engine.check(tokens)
        return self._draw([*zip(requests, asked, strict=True)])

    def _in_tokens(self, request: DrawRequest) -> TokenRequest:
        """Where the given panel is the upper part of the image."""
        width, height, panels = request.width, request.height, request.panels
        check_size(self.spec, width, height, dual=panels + len(request.given) > 1)
        above = self._encode(request.given[0], width, height) if request.given else None
        skip = 0 if above is None else len(above.codes)
        codes_per_size = SIZE_STEP // self.pixels_per_code
        whole = height * (panels + len(request.given))
        return TokenRequest(
            prompt=tuple(self._text.encode(request.instruction)),
            layout=TokenLayout.of_size(width, whole, self._engine.vocabulary, codes_per_size),
            options=request.options,
            given=above,
            drawn=_below(above, request.kept),
            rerolls=tuple((row + skip, seed) for row, seed in request.rerolls),
            stop_row=request.stop_row + skip,
            is_weighed=request.scorer == LIKELIHOOD,
            bracket=request.batch if request.is_halved else None,
        )

    def _draw(self, asked: Sequence[_Asked]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """What the engine settles, as pictures; those of a batch are scored when all of them are there."""
        tally = Tally([request for request, _ in asked])
        strips: dict[int, PreviewStrip] = {}
        drawings: dict[int, Drawing] = {}
        with Following(self._engine.generate_all([tokens for _, tokens in asked])) as run:
            for event in run:
                index = event.index
                request, tokens = asked[index]
                if isinstance(event, Joined):
                    strips[index] = self._strip(request, tokens)
                    yield self._begun(request, index, strips[index], tally)
                elif isinstance(event, RowSettled):
                    yield self._row_drawn(event, strips[index], tally)
                else:
                    drawings[index] = self._drawing(event.generation, request, tokens)
                    yield Finished(index=index, drawing=drawings[index], **tally.now())
                    yield from self._scores(asked, drawings, request.batch, tally)
        return tuple(drawings[index] for index in range(len(asked)))

    def _scores(
        self, asked: Sequence[_Asked], drawings: Mapping[int, Drawing], batch: int, tally: Tally
    ) -> Iterator[Scored]:
        """Those of a batch, once all its pictures are drawn; what was dropped on the way has none."""
        among = [index for index, (request, _) in enumerate(asked) if request.batch == batch]
        scorer = asked[among[0]][0].scorer
        if scorer == NO_SCORER or not all(index in drawings for index in among):
            return
        whole = [index for index in among if len(drawings[index].codes) == asked[index][0].stop_row]
        found = [(asked[index][0], drawings[index]) for index in whole]
        scores: Iterable[float]
        if scorer == VERIFIERS:
            scores = self._verifiers.scores([(request.prompt, drawing.image) for request, drawing in found])
        else:
            scores = (SCORERS[scorer](self.spec, *each) for each in found)
        for index, score in zip(whole, scores, strict=True):
            yield Scored(index=index, score=score, **tally.step())

    def _strip(self, request: DrawRequest, tokens: TokenRequest) -> PreviewStrip:
        skip = _given_rows(tokens)
        panel = (tokens.layout.rows - skip) // request.panels
        above = tokens.given.codes if tokens.given is not None and self.spec.panels_together else None
        whole = tokens.layout.rows if self.spec.panels_together else panel
        return PreviewStrip(
            self._decode if self.previews else None, above, whole, tokens.layout.cols * self.pixels_per_code
        )

    def _begun(self, request: DrawRequest, index: int, strip: PreviewStrip, tally: Tally) -> Begun:
        width, height = request.width, request.height * request.panels
        kept = request.kept.reshape(-1, width // self.pixels_per_code)
        pixels = strip.take(torch.tensor(kept))
        rows = height // self.pixels_per_code
        return Begun(
            index=index, width=width, height=height, rows=rows, kept=kept, pixels=pixels, **tally.now()
        )

    def _row_drawn(self, settled: RowSettled, strip: PreviewStrip, tally: Tally) -> RowDrawn:
        """A row with its pixels; without them where it is not the newest any more."""
        at, pixels = strip.rows, strip.take(settled.codes[None], settled.is_newest)
        return RowDrawn(
            index=settled.index,
            row=at,
            codes=settled.codes[None].numpy(),
            nll=settled.nll[None].float().numpy(),
            pixels=pixels,
            accepted=settled.accepted,
            seconds=settled.seconds,
            **tally.step(),
        )

    def _drawing(self, generation: Generation, request: DrawRequest, tokens: TokenRequest) -> Drawing:
        """The picture of exactly the rows in ``generation`` that are below the given panel."""
        skip = _given_rows(tokens)
        rows, cols = tokens.layout.rows - skip, tokens.layout.cols
        pixels = self._pixels(generation.codes, skip, rows // request.panels)
        return Drawing(
            image=on_background(cols * self.pixels_per_code, rows * self.pixels_per_code, pixels),
            codes=generation.codes[skip:].numpy(),
            rows=rows,
            seed=request.seed,
            forwards=generation.forwards,
            prefills=generation.prefills,
            tokens=generation.tokens,
            seconds=generation.seconds,
            nll=generation.nll[skip:].float().numpy(),
            accepted=generation.accepted,
            likelihood=generation.likelihood,
        )

    def _pixels(self, codes: Tensor, skip: int, panel_rows: int) -> NDArray[np.uint8]:
        """Pixels of the rows from ``skip`` on: decoded below the given panel, or each panel by itself."""
        if self.spec.panels_together or not len(codes[skip:]):
            return self._decode(codes)[skip * self.pixels_per_code :]
        return np.concatenate([self._decode(panel) for panel in torch.split(codes[skip:], panel_rows)])

    @torch.inference_mode()
    def _decode(self, codes: Tensor) -> NDArray[np.uint8]:
        """Pixels [height, width, 3] of codes [rows, cols]."""
        if not len(codes):
            return np.zeros((0, 0, 3), np.uint8)
        with self._beside:
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
        with self._beside:
            return ImageTokens(self._movqgan.encode(pixels)[0].cpu())


def _given_rows(request: TokenRequest) -> int:
    return 0 if request.given is None else len(request.given.codes)


def _below(given: ImageTokens | None, kept: Codes) -> ImageTokens | None:
    """The rows that exist already, the given panel's included."""
    if not len(kept):
        return None
    rows = ImageTokens(torch.as_tensor(np.asarray(kept), dtype=torch.long))
    return rows if given is None else given.above(rows)


def with_revision(spec: ModelSpec, place: Place, wanted: str) -> str:
    """``name@revision``, from the commit or the manifest; raises UnknownModel if another is wanted."""
    revision = place.revision or read_manifest(place.folder).revision or "unverified"
    if wanted and not wanted.startswith(revision):
        raise UnknownModel(
            f"This asks for {spec.name}@{wanted}, but {spec.name}@{revision} is installed; leave the "
            "revision out to draw with that one, which may give another picture."
        )
    return f"{spec.name}@{revision}"
