"""Examines whether everything that drawing needs is installed and whole."""

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypedDict

from PIL import Image

from lumina import gradio_settings
from lumina.connections import check_connections, proxies_set, proxy_before
from lumina.errors import InputError, LuminaError
from lumina.faults import is_out_of_memory, memory_sentence
from lumina.files import expanded, folder_named, refusal, short_of_room
from lumina.model.config import ModelSpec, spec_in, split_revision
from lumina.server.address import check_address
from lumina.server.gallery_schema import ForeignTables, check
from lumina.settings import Settings, bared, path_in


class Examined(TypedDict):
    """Whether a thing is as it is needed, and what was found."""

    ok: bool
    found: str


LITTLE = 100_000_000  # bytes: less room than this is worth a warning


def examine() -> dict[str, Examined]:
    """What is found of each thing that is needed; never raises, whatever is broken."""
    of_machine = {
        "python": _python,
        "torch": _torch,
        "gradio": _gradio,
        "settings": _settings,
        "home": _home,
        "temporary files": _temporary,
        "terminal": _terminal,
        "network": _network,
    }
    found = {name: _examined(test) for name, test in of_machine.items()}
    of_model = {"engine": _engine} if _has_engine() else {"device": _device, "model": _model}
    of_settings = {
        **of_model,
        "pictures": _pictures,
        "results": _results,
        "gallery": _gallery,
        "limits": _limits,
        "watching": _watching,
        "content check": _content,
        **({} if _has_engine() else {"verifiers": _verifiers}),
    }
    return found | {name: _examined(test) for name, test in of_settings.items()}


def _examined(test: Callable[[], str]) -> Examined:
    try:
        return {"ok": True, "found": test()}
    except Exception as error:  # what nobody thought of must not hide what the other examinations find
        return {"ok": False, "found": _fault(error)}


def _fault(error: Exception) -> str:
    if is_out_of_memory(error):
        return memory_sentence(error)
    if isinstance(error, PackageNotFoundError):
        return f"{error.name} is not installed; run `make app`."
    if isinstance(error, LuminaError | ImportError | OSError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _python() -> str:
    return sys.version.split()[0]


def _torch() -> str:
    if _has_engine():
        return "not needed: an engine draws"
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return f"{torch.__version__}, {torch.get_num_threads()} CPU threads, {device}"


def _gradio() -> str:
    return version("gradio")


def _has_engine() -> bool:
    """Whether pictures are drawn elsewhere; settings that are wrong say nothing about that."""
    with suppress(InputError):
        return bool(_present().engine)
    return False


def _engine() -> str:
    from lumina.runtime.remote_painter import RemotePainter

    began = time.monotonic()
    painter = RemotePainter.connect(_present())
    took = time.monotonic() - began
    return f"{painter.model} at {painter.url}, on {painter.device}; it answers in {took:.2f} s"


def _present() -> Settings:
    """The settings, with the default of each that is wrong, so that the rest is examined as well."""
    return Settings.with_faults()[0]


def _settings() -> str:
    settings, found = Settings.with_faults()
    faults = [*found, *Settings.misspelt()]
    try:
        _check_host(gradio_settings.read())
    except InputError as error:
        faults.append(str(error))
    if faults:
        raise InputError(" ".join(faults))
    pictures = f"pictures in {settings.outputs}"
    if settings.engine:
        return f"an engine at {settings.engine}, {pictures}"
    return f"model {settings.model}, {settings.dtype}, window {settings.window}, {pictures}"


def _check_host(given: Mapping[str, str]) -> None:
    """Raise InputError where the page cannot be served at the host that Gradio's variable names."""
    if host := given.get("GRADIO_SERVER_NAME"):
        try:
            check_address(host, None)
        except InputError as error:
            raise InputError(f"GRADIO_SERVER_NAME: {error}") from error


def _home() -> str:
    home = os.path.expanduser("~")
    if home == "~":
        return f"none; results and models are kept in {expanded('~')}"
    needs_home = not (os.environ.get("LUMINA_RESULTS") and os.environ.get("LUMINA_MODELS"))
    if needs_home and os.path.lexists(home) and not os.path.isdir(home):
        raise InputError(f"{home} is not a folder; set HOME, or LUMINA_RESULTS and LUMINA_MODELS.")
    return home


def _temporary() -> str:
    """Of the folder in which Gradio keeps files; the studio itself goes around one of somebody else."""
    asked_for: Path | None = None
    with suppress(InputError):  # which is said of the settings
        asked_for = path_in("GRADIO_TEMP_DIR", bared(os.environ), None, folder_named)
    if asked_for is not None:
        return _writable(asked_for, "GRADIO_TEMP_DIR")
    folder, asked = _temporary_folder(), os.environ.get("TMPDIR")
    if asked and folder != Path(os.path.abspath(asked)):
        raise InputError(
            f"TMPDIR is {asked}, which is not there or cannot be written to, so {folder} is used; "
            "make the folder, or set TMPDIR to another."
        )
    usual = folder / "lumina-studio"
    if os.path.lexists(usual) and not (usual.is_dir() and os.access(usual, os.R_OK | os.W_OK | os.X_OK)):
        return f"{usual} is somebody else's; the studio makes a folder of its own in {folder}"
    return _writable(usual, "TMPDIR")


def _temporary_folder() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except OSError as error:
        raise InputError(
            "There is no folder for temporary files that can be written to; set TMPDIR to one."
        ) from error


def _pictures() -> str:
    return _writable(_present().outputs, "LUMINA_OUTPUTS")


def _results() -> str:
    return _writable(_present().results, "LUMINA_RESULTS")


def _writable(folder: Path, variable: str) -> str:
    """How much room there is; raises InputError if nothing can be written to the folder, or made there."""
    present = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    try:
        with tempfile.TemporaryFile(dir=present) as file:
            file.write(bytes(4096))
        free = shutil.disk_usage(present).free
    except OSError as error:
        raise InputError(f"{str(refusal(error, folder)).rstrip('.')} ({variable}).") from error
    if free < LITTLE:
        raise InputError(short_of_room(folder, free, variable))
    return f"{folder}, {free / 10**9:.1f} GB free"


def _gallery() -> str:
    file = _present().results.absolute() / "gallery.sqlite"
    if not os.path.lexists(file):
        return "none yet"
    if not (file.is_file() and os.access(file, os.R_OK | os.W_OK)):
        raise InputError(
            f"{file} is no file that this user can read and write; move it away, and a new one is begun."
        )
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=1)) as database:
            return f"{check(database) or 0} pictures in {file}"
    except sqlite3.Error as error:
        raise InputError(f"{file} {_ailment(error)}.") from error


def _limits() -> str:
    """Of what one address may draw; everything else is always on."""
    settings = _present()
    public, other = settings.drawings_on(True), settings.drawings_on(False)
    places = f"{public} on a public page, {other} on another" if public != other else str(public)
    seconds = settings.seconds_on(bool(os.environ.get("SPACE_ID")))
    most = f"{seconds} s of drawing within an hour" if seconds else "as many seconds as it likes"
    proxy = "a proxy says whose it is" if settings.trusts_proxy else "no proxy is believed"
    said = (
        f"drawings of one address at once: {places} (LUMINA_DRAWINGS_EACH)",
        f"{most} (LUMINA_SECONDS_EACH, 0 is no limit)",
        f"{proxy} (LUMINA_TRUST_PROXY)",
    )
    return "; ".join(said)


def _watching() -> str:
    settings = _present()
    metrics = "/metrics is on" if settings.has_metrics else "/metrics is off (LUMINA_METRICS=1)"
    log = "the log is JSON" if settings.log == "json" else "the log is text (LUMINA_LOG=json)"
    return f"/healthz is on, {metrics}, {log}"


def _content() -> str:
    """Of what is looked at on a public page; on this machine's own only where that is demanded."""
    from lumina.runtime.content_check import decide

    settings = _present()
    try:
        spec = _spec(settings)
    except LuminaError:
        return "depends on the model, which cannot be examined"  # as is said of that
    decision = decide(settings, spec, True)
    if (check := decision.load()) is not None:
        check.refuses(Image.new("RGB", (64, 64)))  # whether it works
    return decision.why


def _verifiers() -> str:
    names = _present().verifiers
    if not names:
        return "none"
    import torch

    from lumina.runtime.verifiers import Verifiers

    Verifiers(names, torch.device("cpu")).scores([("a picture", Image.new("RGB", (64, 64)))])
    return f"{len(names)}: {', '.join(names)}"


def _spec(settings: Settings) -> ModelSpec:
    """That of the model that draws."""
    if not settings.engine:
        return spec_in(settings)
    from lumina.runtime.remote_painter import RemotePainter

    return RemotePainter.connect(settings).spec


def _ailment(error: sqlite3.Error) -> str:
    text = str(error)
    if isinstance(error, ForeignTables):
        return f"is no gallery ({text}); the studio puts it aside and begins a new one"
    if "locked" in text or "busy" in text:
        return "is locked by another program; the studio uses it again when that one has ended"
    if "malformed" in text or "not a database" in text:
        return "is damaged; the studio puts it aside and begins a new one"
    return f"cannot be read ({text}); move it away, or choose another folder (LUMINA_RESULTS)"


def _terminal() -> str:
    encoding = sys.stdout.encoding if sys.stdout else "none"
    return f"{encoding}" + ("" if "utf" in encoding.lower() else "; signs that it lacks are shown as ?")


def _network() -> str:
    check_connections()
    found = proxies_set()
    if not found:
        return "no proxy"
    said, engine = f"{', '.join(found)} set; the page's own addresses go around it", _present().engine
    if not engine:
        return said
    before = proxy_before(engine)
    return f"{said}, the engine is asked {f'through the proxy of {before}' if before else 'directly'}"


def _device() -> str:
    """Of what a model is computed on, and made smaller with."""
    import torch

    from lumina.model.checkpoint.shrinking import shrinker
    from lumina.runtime.memory_plan import open_device

    settings = _present()
    device = open_device(settings.device)
    shrinker(settings.quant, getattr(torch, settings.dtype), device)
    return f"{device.type}, weights {settings.quant if settings.quant != 'none' else 'as they are'}"


def _model() -> str:
    from lumina.model.checkpoint import locate, verify
    from lumina.model.checkpoint.files import weight_files
    from lumina.runtime.pipeline import with_revision

    settings = _present()
    spec = spec_in(settings)
    place = locate(spec, settings.models)
    for folder in {place.folder, place.movqgan}:
        verify(folder)
    weight_files(place.folder, "model")
    weight_files(place.movqgan, "movqgan")
    with_revision(spec, place, split_revision(settings.model)[1])
    return f"{spec.title}, every file there and as its manifest says, if it has one"
