"""The only door to the Hugging Face hub: where a published model's files are, and how they are fetched."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from threading import Thread
from typing import Any

from huggingface_hub import HfApi, hf_hub_url, try_to_load_from_cache
from huggingface_hub.constants import is_offline_mode
from huggingface_hub.file_download import http_get
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils._fixes import WeakFileLock
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils.tqdm import tqdm

from lumina.errors import CheckpointMismatch, InputError, ModelError
from lumina.files import plain_reason, refusal
from lumina.model.checkpoint.files import find_folder, find_movqgan, sha256, write_json
from lumina.model.config import ModelSpec
from lumina.model.json_fields import read_json
from lumina.model.manifest import MANIFEST, Manifest, read_manifest
from lumina.steps import Progress, Steps

ENDPOINT: str | None = None  # None: the library's own, which HF_ENDPOINT changes
ORIGIN = "origin.json"
LOCK = "download.lock"
WANTED = (
    "*.safetensors", "*.safetensors.index.json",
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
)  # fmt: skip
LOOK = 0.2  # seconds between two looks at a download
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Place:
    """The folders of a model's transformer and of its picture tokenizer."""

    folder: Path
    movqgan: Path

    @property
    def revision(self) -> str:
        """The commit the transformer came from, shortened; "" if it did not come from a hub."""
        if (self.folder / ORIGIN).exists():
            return str(read_json(self.folder / ORIGIN).get("revision", ""))[:8]
        return self.folder.name[:8] if self.folder.parent.name == "snapshots" else ""


@dataclass(frozen=True)
class FilePart:
    """Files of one repository, and the folder they are fetched to."""

    repository: str
    names: tuple[str, ...]
    folder: Path

    def find(self) -> Path | None:
        """Where all of it is on this machine: in its folder, or in the hub library's own cache."""
        if _is_whole(self.folder):
            return self.folder
        first = "config.json" if "config.json" in self.names else self.names[0]
        cached = try_to_load_from_cache(self.repository, first)
        snapshot = Path(cached).parent if isinstance(cached, str) else None
        return snapshot if snapshot and _has_weights(snapshot) else None


def locate(spec: ModelSpec, models: Path) -> Place:
    """Where the files of a model are; nothing is fetched.

    ``models`` is the folder of fetched models. Raises CheckpointMismatch if they are not here.
    """
    if not spec.source:
        raise InputError(
            f"Nobody has published weights for {spec.name}; train them, then give their folder as --model."
        )
    if _is_fetched(spec):
        folder, movqgan = (part.find() for part in _parts(spec, models))
    else:
        folder = find_folder(spec.source)
        if not (folder / "config.json").exists():
            raise CheckpointMismatch(f"The folder {folder} holds no model (no config.json); choose another.")
        movqgan = find_movqgan(folder) or _shared_movqgan(models)
    if not folder:
        raise CheckpointMismatch(f"{spec.title} is not on this machine; run `lumina download {spec.name}`.")
    if not movqgan:
        raise CheckpointMismatch(
            f"There is no picture tokenizer in {folder}; put movqgan_270M.ckpt there, or run "
            "`lumina download omni`."
        )
    return Place(folder, movqgan)


def fetch(spec: ModelSpec, models: Path, revision: str = "") -> Steps[Progress, Place]:
    """Download what is missing of a published model; yields megabytes, then files checked.

    A download that was broken off goes on where it stopped, and one that another program is at is waited
    for. The commit is the one asked for, or the one fetched before, or the newest; it is kept beside the
    files with the sha256 of each. Raises InputError offline, ModelError with the reason if it does not come
    through.
    """
    if not spec.is_published:
        raise InputError(f"{spec.title} is not downloaded; choose a published model.")
    for part in _parts(spec, models) if _is_fetched(spec) else ():
        wanted = revision or spec.revision if part.names == WANTED else ""
        if part.find() and not wanted:
            continue
        if is_offline_mode():
            raise InputError(
                f"{spec.title} is not on this machine and HF_HUB_OFFLINE is set; unset it, or give its "
                "folder as --model."
            )
        with ExitStack() as held:
            yield from _turn(part, held)
            if wanted or not part.find():  # it may have come while another program had its turn
                yield from _fetch(part, wanted)
    return locate(spec, models)


def _is_fetched(spec: ModelSpec) -> bool:
    """Whether the files of a model come from the hub; a published one may also lie in a folder of its own."""
    return spec.is_published and not Path(spec.source).is_dir()


def _parts(spec: ModelSpec, models: Path) -> list[FilePart]:
    models = models.expanduser()
    repository, _, file = spec.movqgan_source.rpartition("/")
    return [
        FilePart(spec.source, WANTED, models / spec.name),
        FilePart(repository, (file,), models / "movqgan-270M"),
    ]


def _shared_movqgan(models: Path) -> Path | None:
    folder = models.expanduser() / "movqgan-270M"
    return folder if _is_whole(folder) else None


def _is_whole(folder: Path) -> bool:
    """Whether a download to ``folder`` was finished; the manifest is written last."""
    return (folder / MANIFEST).exists() and all(
        (folder / name).exists() for name in read_manifest(folder).files
    )


def _has_weights(folder: Path) -> bool:
    index = folder / "model.safetensors.index.json"
    if index.exists():
        names = read_json(index).get("weight_map")
        return not isinstance(names, dict) or all((folder / str(name)).exists() for name in names.values())
    return any(folder.glob("*.ckpt")) or (folder / "model.safetensors").exists()


def _turn(part: FilePart, held: ExitStack) -> Iterator[Progress]:
    """Wait until no other program fetches these files; ``held`` keeps them to this one."""
    while True:
        try:
            part.folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(WeakFileLock(part.folder / LOCK, timeout=LOOK))
            return
        except TimeoutError:
            yield Progress(0, 1, unit="MB")
        except OSError as error:
            raise refusal(error, part.folder) from error


@dataclass
class _Meter:
    """What a download has brought so far, and whether it is still wanted."""

    done: int = 0
    cancelled: bool = False
    failure: Exception | None = None


class _Cancelled(Exception):
    """Nobody waits for the download any more."""


def _fetch(part: FilePart, revision: str) -> Steps[Progress, None]:
    kept = read_json(part.folder / ORIGIN) if (part.folder / ORIGIN).exists() else {}
    wanted = revision or str(kept.get("revision") or "")
    try:
        info = HfApi(endpoint=ENDPOINT).model_info(
            part.repository, revision=wanted or None, files_metadata=True
        )
    except Exception as error:  # the library raises its own errors and those of the network below it
        raise ModelError(_failed(part, error)) from error
    files = {
        file.rfilename: file
        for file in info.siblings or ()
        if any(fnmatch(file.rfilename, name) for name in part.names)
    }
    if not files:
        raise ModelError(f"{part.repository} holds none of the files that are needed; it may have changed.")
    (part.folder / MANIFEST).unlink(missing_ok=True)
    write_json(part.folder / ORIGIN, {"repository": part.repository, "revision": info.sha})
    is_same = kept.get("revision") == info.sha
    missing = [file for name, file in files.items() if not _is_here(part.folder / name, file, is_same)]
    yield from _watched(part, str(info.sha), missing)
    digests = {ORIGIN: sha256(part.folder / ORIGIN)}
    for number, (name, file) in enumerate(files.items(), 1):
        path = part.folder / name
        digests[name] = sha256(path)
        if not _is_right(path, file, digests[name]):
            path.unlink()
            raise ModelError(f"{path} was damaged on its way; run the download again.")
        yield Progress(number, len(files), unit="files checked")
    Manifest(digests).write(part.folder)


def _is_here(path: Path, file: RepoSibling, is_same_commit: bool) -> bool:
    """Whether a file need not be fetched; of the same commit its size says so, for all are checked later."""
    is_whole = path.is_file() and path.stat().st_size == file.size
    return is_whole and (is_same_commit or _is_right(path, file, sha256(path)))


def _is_right(path: Path, file: RepoSibling, digest: str) -> bool:
    """Whether a file is the hub's, by the sha256 of large files and by git's own digest of small ones."""
    if file.lfs:
        return bool(file.lfs.sha256 == digest)
    if not file.blob_id:
        return True
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == file.blob_id


def _watched(part: FilePart, commit: str, files: Sequence[RepoSibling]) -> Iterator[Progress]:
    """Download in a thread of its own, since the library calls back where we yield."""
    meter, total = _Meter(), sum(int(file.size or 0) for file in files)
    thread = Thread(target=_pull, args=(part, commit, files, meter), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(LOOK)
            yield Progress(min(meter.done, total) // MEGABYTE, max(total // MEGABYTE, 1), unit="MB")
    finally:
        meter.cancelled = True
        thread.join()
    if meter.failure:
        raise ModelError(_failed(part, meter.failure)) from meter.failure


def _pull(part: FilePart, commit: str, files: Sequence[RepoSibling], meter: _Meter) -> None:
    class Bar(tqdm):
        """Counts where the library would draw."""

        def __init__(self, *args: Any, **options: Any) -> None:
            meter.done += int(options.get("initial") or 0)
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            if meter.cancelled:
                raise _Cancelled
            meter.done += int(n or 0)

    before = 0
    try:
        for file in files:
            _pull_file(part, commit, file, Bar)
            before += int(file.size or 0)
            meter.done = before  # what was here already is not counted by the bar
    except _Cancelled:
        pass
    except Exception as error:  # handed to the generator, which says it in one sentence
        meter.failure = error


def _pull_file(part: FilePart, commit: str, file: RepoSibling, bar: type[tqdm]) -> None:
    """Fetch a file, or the rest of it: what has come lies beside it, under the commit that it belongs to.

    The library's own download begins anew in every process, for its unfinished files have random names.
    """
    path = part.folder / file.rfilename
    begun = path.with_name(f"{path.name}.{commit[:12]}.part")
    begun.parent.mkdir(parents=True, exist_ok=True)
    if file.size is None or (begun.exists() and begun.stat().st_size > file.size):
        begun.unlink(missing_ok=True)
    with begun.open("ab") as target:
        http_get(
            hf_hub_url(part.repository, file.rfilename, revision=commit, endpoint=ENDPOINT),
            target,
            resume_size=target.tell(),
            headers={**build_hf_headers(), "Accept-Encoding": "identity"},  # so that bytes can be counted
            expected_size=file.size,
            tqdm_class=bar,
        )
    begun.replace(path)


_NO_NAMES = ("Name or service not known", "name resolution", "getaddrinfo failed", "nodename nor servname")


def _failed(part: FilePart, error: Exception) -> str:
    lines = [plain_reason(ValueError(line)).strip(" .") for line in str(error).splitlines() if line.strip()]
    reason = ": ".join(lines[:2]) or type(error).__name__
    if any(each in reason for each in _NO_NAMES):
        reason = "its address is not found: there is no network here, or no name server"
    return (
        f"{part.repository} could not be downloaded ({reason}); try again to go on where it "
        "stopped, or give the folder of a model as --model."
    )
