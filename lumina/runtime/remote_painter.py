"""A painter behind an address: a model that `lumina serve` has loaded, here or on another machine."""

import json
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from lumina.connections import client_of, proxy_before
from lumina.errors import InputError, LuminaError, ModelError, UnknownModel
from lumina.model.config import ModelSpec
from lumina.runtime.drawing import Drawing, check_size
from lumina.runtime.events import DrawEvent, Refused
from lumina.runtime.received import Received
from lumina.runtime.request import DrawRequest
from lumina.runtime.scorers import check_scorer
from lumina.runtime.wire import (
    CLOSING,
    DRAW,
    END,
    HEARTBEAT,
    MODEL,
    PROTOCOL,
    DrawMessage,
    EngineModel,
    Shown,
    frames,
    happened,
)
from lumina.settings import Settings
from lumina.steps import Steps

PATIENCE = 60.0  # seconds without an engine, since the last row, after which a drawing is given up
FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0  # seconds between two trials; each wait is twice the one before
CONNECTING, SILENCE = 10.0, 3 * HEARTBEAT  # seconds for a connection, and without a sign of life on one
PASSING = (408, 429, 502, 503, 504)  # what an engine that is full answers, and a proxy without one
FIRST_FAULT = 500


class RemotePainter:
    """The model of an engine. A connection that breaks is made again for ``patience`` seconds.

    The drawing then goes on below the rows that are here, at this engine or another one with the same model,
    to the same codes. A batch of candidates is asked for again as a whole, each with its rows, so that they
    are compared among all.
    """

    def __init__(
        self,
        engine: "EngineAddress",
        told: EngineModel,
        settings: Settings,
        previews: bool = True,
        patience: float = PATIENCE,
    ) -> None:
        self.spec: ModelSpec = told.model_spec()
        self.settings = told.settings.over(settings)
        self.model, self.device, self.pixels_per_code = told.model, told.device, told.pixels_per_code
        self._engine, self._patience = engine, patience
        self._shown: Shown = "all" if previews else "finished"

    @property
    def url(self) -> str:
        """Where the engine is."""
        return self._engine.url

    @classmethod
    def connect(
        cls,
        settings: Settings,
        model: str | None = None,
        previews: bool = True,
        patience: float = PATIENCE,
        wait: float = 0.0,
    ) -> Self:
        """The model of the engine that the settings name, which may take ``wait`` seconds to answer.

        Raises InputError where there is none, or none that can be used from here, and UnknownModel where it
        has another ``model`` than the one that is asked for.
        """
        engine = EngineAddress(settings.engine, settings.token)
        painter = cls(engine, engine.model(wait), settings, previews, patience)
        painter.check_model(model or "")
        return painter

    def check_model(self, asked: str) -> None:
        """Raise UnknownModel unless ``asked``, a name or ``name@revision``, is the engine's model."""
        name, _, revision = asked.partition("@")
        own, _, own_revision = self.model.partition("@")
        if asked and (name != own or (revision and not revision.startswith(own_revision))):
            raise UnknownModel(
                f"This asks for {asked}, but the engine at {self._engine.url} draws with {self.model}; leave "
                "the model out to draw with that one, which may give another picture."
            )

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """See Painter; what only the engine can tell is raised at the first step.

        Raises ModelError where there is no engine any more.
        """
        for request in requests:
            check_scorer(self.spec, request)
            dual = request.panels + len(request.given) > 1
            check_size(self.spec, request.width, request.height, dual=dual)
        return self._draw(Received(tuple(requests)))

    def _draw(self, received: Received) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        patience = _Patience(self._patience)
        while not received.is_whole:
            message = DrawMessage.written(received.left(), self.model, self._shown)
            try:
                with closing(self._engine.events(message, patience)) as events:
                    for new in (new for event in events for new in received.take(event)):
                        patience.renew()
                        yield new
                if not received.is_whole:
                    raise ModelError("The engine ended before the drawing was finished; try again.")
            except _Broken as broken:
                patience.wait(broken)
        return received.drawings


class EngineAddress:
    """Where an engine is, and what it is asked with."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url, self._token = url, token

    def model(self, wait: float = 0.0) -> EngineModel:
        """What it says of its model; raises InputError where it does not, for so many seconds."""
        patience = _Patience(wait)
        while True:
            try:
                return self._model()
            except _Broken as broken:
                patience.wait(broken, InputError)

    def events(self, message: bytes, patience: "_Patience") -> Generator[DrawEvent, None, None]:
        """What comes of a request, up to its end; raises `_Broken` where that does not come."""
        headers = {"content-type": "application/json", "accept": "text/event-stream"}
        patience.begin()
        try:
            with self._client.stream("POST", DRAW, content=message, headers=headers) as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    raise self._refusal(answer)
                patience.met()
                for frame in frames(answer.iter_lines()):
                    if frame.name == END:
                        return
                    if frame.name == CLOSING:
                        raise _Broken(f"The engine at {self.url} is being restarted.")
                    yield happened(frame.name, frame.data)
        except httpx.HTTPError as error:
            raise self._away(error) from error
        raise _Broken(f"The engine at {self.url} broke off.")

    @cached_property
    def _client(self) -> httpx.Client:
        """Nothing of it stays open between two requests."""
        return client_of(
            self.url,
            self._token,
            timeout=httpx.Timeout(SILENCE, connect=CONNECTING, pool=None),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    @cached_property
    def proxy(self) -> str:
        """The variable whose proxy it is asked through; empty where it is asked directly."""
        return proxy_before(self.url)

    def _advised(self, said: str, *ways: str) -> str:
        """What went wrong, and the ways out; a proxy that stands before the engine may be at fault."""
        if self.proxy:
            said += f" through the proxy of {self.proxy}"
            ways = (f"add {urlsplit(self.url).hostname} to NO_PROXY", *ways)
        advice = ", or ".join(filter(None, (", ".join(ways[:-1]), *ways[-1:])))
        return f"{said}; {advice}." if advice else f"{said}."

    def _model(self) -> EngineModel:
        try:
            answer = self._client.get(MODEL)
        except httpx.HTTPError as error:
            raise self._away(error) from error
        if answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
            raise self._no_engine()
        if answer.status_code != httpx.codes.OK:
            raise self._refusal(answer)
        protocol = _object(answer).get("protocol")
        if not isinstance(protocol, int):
            raise self._no_engine()
        if protocol != PROTOCOL:
            raise InputError(
                f"The engine at {self.url} speaks version {protocol} of the protocol, and this program "
                f"version {PROTOCOL}; use one version of Lumina Studio on both sides."
            )
        try:
            return EngineModel.model_validate(_object(answer))
        except ValidationError as error:
            raise self._no_engine() from error

    def _no_engine(self) -> InputError:
        said = f"There is no engine of Lumina Studio at {self.url}"
        return InputError(self._advised(said, "correct LUMINA_ENGINE"))

    def _away(self, error: httpx.HTTPError) -> "_Broken":
        if isinstance(error, httpx.ReadTimeout):
            said = f"The engine at {self.url} gives no sign of life"
            return _Broken(self._advised(said, "look into its log"))
        said = f"The engine at {self.url} cannot be reached"
        return _Broken(self._advised(said, "start it there", "correct LUMINA_ENGINE"))

    def _refusal(self, answer: httpx.Response) -> LuminaError:
        """What an answer other than the one that was hoped for means."""
        said = _object(answer)
        answered = f"The engine at {self.url} answers with {answer.status_code}"
        sentence = str(said.get("error") or self._advised(answered))
        is_foreign = answer.status_code >= FIRST_FAULT and "error" not in said  # of what stands in front
        if answer.status_code in PASSING or is_foreign:
            return _Broken(sentence, answer.headers.get("retry-after", ""))
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return InputError(
                f"The engine at {self.url} does not know this token; set LUMINA_TOKEN to the one that it has."
            )
        return Refused(str(said.get("code", "")), sentence).error()


class _Broken(ModelError):
    """There is no engine for the moment, or it is full; ``after`` is when it says to come again."""

    def __init__(self, sentence: str, after: str = "") -> None:
        super().__init__(sentence)
        self.after = float(after) if after.isdecimal() else 0.0


class _Patience:
    """How long to go on without an engine; the time while one is there does not count."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()
        self.begin()

    def begin(self) -> None:
        """A connection is tried."""
        self._since: float | None = time.monotonic()

    def met(self) -> None:
        """An engine is there."""
        self._since = None

    def renew(self) -> None:
        """Something has come."""
        self._left, self._pause = self._seconds, FIRST_WAIT

    def wait(self, broken: _Broken, kind: type[LuminaError] = ModelError) -> None:
        """Wait until the next trial; raises the error of this ``kind`` where there is none."""
        self._left -= 0.0 if self._since is None else time.monotonic() - self._since
        if self._left <= 0:
            raise kind(str(broken)) from broken
        pause = min(max(self._pause, broken.after), self._left)
        time.sleep(pause)
        self._left, self._pause = self._left - pause, min(2 * self._pause, LONGEST_WAIT)
        self.begin()


def _object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object in an answer; an empty one where there is none."""
    try:
        found = json.loads(answer.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
