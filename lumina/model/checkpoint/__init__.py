"""The only door to weight files: where they lie, whether they are whole, read, written, fetched, shrunk."""

from lumina.model.checkpoint.files import MANIFEST, find_folder, find_movqgan, verify, write_manifest
from lumina.model.checkpoint.loading import load_movqgan, load_transformer
from lumina.model.checkpoint.saving import convert, save_movqgan, save_transformer

__all__ = [
    "MANIFEST",
    "convert",
    "find_folder",
    "find_movqgan",
    "load_movqgan",
    "load_transformer",
    "save_movqgan",
    "save_transformer",
    "verify",
    "write_manifest",
]
