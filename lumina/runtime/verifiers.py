"""Verifiers: models of others that say how well a picture shows its words, or how good it looks.

A published model draws no world with a judge, so the best of several of its pictures is chosen by such
models, as in the paper's scaling at inference (arXiv 2507.17801). Any of the transformers library serves that
compares pictures with words (CLIP, SigLIP, PickScore), or gives a picture one number (an aesthetic score).
Nothing is fetched.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image

from lumina.errors import InputError
from lumina.files import expanded

Judged: TypeAlias = tuple[str, Image.Image]
"""What was said, and the picture of it."""


class Verifiers:
    """The models named, each read from its folder or from the hub's cache at its first use."""

    def __init__(self, names: Sequence[str], device: torch.device) -> None:
        self._names, self._device = tuple(names), device
        self._models: dict[str, _Verifier] = {}
        self._lock = Lock()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._names)

    def scores(self, pictures: Sequence[Judged]) -> list[float]:
        """More is better: of one model what it says, of several the mean of their ranks (see mean_ranks).

        Raises InputError for a model that cannot be read or is none that scores pictures.
        """
        with self._lock:
            found = [[self._model(name).score(*each) for each in pictures] for name in self._names]
        return found[0] if len(found) == 1 else mean_ranks(found)

    def load(self) -> None:
        """Read all of them, before anything is drawn for them; raises InputError as ``scores`` does."""
        with self._lock:
            for name in self._names:
                self._model(name)

    def _model(self, name: str) -> "_Verifier":
        if name not in self._models:
            self._models[name] = _Verifier(name, self._device)
        return self._models[name]


def mean_ranks(scores: Sequence[Sequence[float]]) -> list[float]:
    """Scores [models][pictures] of any scales as one number a picture: its mean rank, from 0 to 1, the best.

    Equal scores share their ranks.
    """
    table = np.asarray(scores, dtype=np.float64)  # [models, pictures]
    below = (table[:, None, :] < table[:, :, None]).sum(axis=2)
    level = (table[:, None, :] == table[:, :, None]).sum(axis=2) - 1  # others
    most = max(table.shape[1] - 1, 1)
    means = ((below + level / 2) / most).mean(axis=0)
    return [float(each) for each in means]


class _Verifier:
    """One model with what prepares its inputs."""

    def __init__(self, name: str, device: torch.device) -> None:
        from transformers import (
            AutoConfig,
            AutoImageProcessor,
            AutoModel,
            AutoModelForImageClassification,
            AutoProcessor,
        )
        from transformers.utils import logging

        log: Any = logging
        log.set_verbosity_error()  # what to do about it is said below, in one sentence
        log.disable_progress_bar()
        source = str(folder) if (folder := expanded(name)).is_dir() else name
        here: dict[str, Any] = {"local_files_only": True}
        dtype = torch.float32 if device.type == "cpu" else torch.float16
        try:
            config = AutoConfig.from_pretrained(source, **here)
            self._has_words = hasattr(config, "text_config")
            kind: Any = AutoModel if self._has_words else AutoModelForImageClassification
            reader: Any = AutoProcessor if self._has_words else AutoImageProcessor
            self._prepare = reader.from_pretrained(source, **here)
            self._network = kind.from_pretrained(source, dtype=dtype, **here).to(device).eval()
        except Exception as error:  # of many kinds
            raise InputError(
                f"LUMINA_VERIFIERS names {name!r}, which is neither a folder nor a downloaded model that "
                "compares pictures with words by the transformers library (such as CLIP); check its name."
            ) from error
        if not self._has_words and config.num_labels != 1:
            raise InputError(
                f"LUMINA_VERIFIERS names {name!r}, which sorts pictures into {config.num_labels} classes; "
                "take a model that compares them with words, or that gives them one number."
            )
        self._device, self._dtype = device, dtype

    def score(self, words: str, picture: Image.Image) -> float:
        """The logit of the picture for these words, or its one number."""
        image = picture.convert("RGB")
        if self._has_words:
            text = {"text": [words], "padding": "max_length", "truncation": True}
            inputs = self._prepare(images=[image], return_tensors="pt", **text)
        else:
            inputs = self._prepare(images=[image], return_tensors="pt")
        with torch.inference_mode():
            answer = self._network(**inputs.to(self._device, self._dtype))
        return float(answer.logits_per_image[0, 0] if self._has_words else answer.logits[0, 0])
