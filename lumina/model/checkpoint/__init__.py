"""The only door to weight files: where they lie, whether they are whole, read, written, fetched, shrunk."""

from lumina.model.checkpoint.files import find_folder, find_movqgan, verify, write_manifest
from lumina.model.checkpoint.hub import Place, fetch, locate
from lumina.model.checkpoint.loading import (
    load_movqgan,
    load_transformer,
    random_movqgan,
    random_transformer,
)
from lumina.model.checkpoint.saving import convert, save_movqgan, save_transformer
from lumina.model.manifest import MANIFEST

__all__ = [
    "MANIFEST",
    "Place",
    "convert",
    "fetch",
    "find_folder",
    "find_movqgan",
    "load_movqgan",
    "load_transformer",
    "locate",
    "random_movqgan",
    "random_transformer",
    "save_movqgan",
    "save_transformer",
    "verify",
    "write_manifest",
]
