"""Reads the two networks: every file examined first, then each weight straight to its place."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from lumina.errors import CheckpointMismatch
from lumina.model.checkpoint.files import find_movqgan, verify, weight_files
from lumina.model.checkpoint.shrinking import shrinker
from lumina.model.checkpoint.stored import Noise, Stored, read_pickle, survey
from lumina.model.config import MOVQGAN_270M, MoVQConfig, TransformerConfig
from lumina.model.fused_linear import FusedLinear
from lumina.model.json_fields import read_json
from lumina.model.layout import Vocabulary
from lumina.model.movqgan import MoVQGAN
from lumina.model.transformer import Transformer
from lumina.settings import Quant

PUBLISHED_MOVQGAN = "movqgan_270M.ckpt"  # comes without a configuration

Device = torch.device | str
Weight = Stored | Noise
Network = TypeVar("Network", bound=nn.Module)


def load_transformer(
    folder: Path | str,
    dtype: torch.dtype = torch.float32,
    device: Device = "cpu",
    quant: Quant = "none",
    drawing: Vocabulary | None = None,
) -> Transformer:
    """The transformer of ``folder``, ready to draw: evaluation mode, computing in ``dtype`` on ``device``.

    With ``quant`` the layers' matrices are shrunk one by one as they are read. With ``drawing`` only what
    pictures need is put on the device: the head of the codes, the embeddings of image tokens. Raises
    CheckpointMismatch naming the file that is missing, damaged, or of another shape or type, before
    anything large is allocated.
    """
    folder = Path(folder)
    config = _config(folder / "config.json", TransformerConfig.from_dict)
    model, shapes = _outlined(Transformer, config)
    stored: dict[str, Weight] = dict(survey(weight_files(folder, "model"), shapes))
    return _assembled(model, stored, dtype, device, quant, drawing)


def random_transformer(
    config: TransformerConfig,
    dtype: torch.dtype = torch.float32,
    device: Device = "cpu",
    quant: Quant = "none",
    drawing: Vocabulary | None = None,
) -> Transformer:
    """As load_transformer, of these sizes and with weights made on the device: for measuring, not for use."""
    model, shapes = _outlined(Transformer, config)
    noise: dict[str, Weight] = {name: Noise(name, tuple(shape)) for name, shape in shapes.items()}
    return _assembled(model, noise, dtype, device, quant, drawing)


def random_movqgan(
    config: MoVQConfig, device: Device = "cpu", decoder_dtype: torch.dtype | None = None
) -> MoVQGAN:
    """As load_movqgan, of these sizes and with weights made on the device: for measuring, not for use."""
    model, shapes = _outlined(MoVQGAN, config)
    noise: dict[str, Weight] = {name: Noise(name, tuple(shape)) for name, shape in shapes.items()}
    _fill(model, noise, "", torch.float32, device)
    return _finished(model, decoder_dtype)


def _assembled(
    model: Transformer,
    stored: dict[str, Weight],
    dtype: torch.dtype,
    device: Device,
    quant: Quant,
    drawing: Vocabulary | None,
) -> Transformer:
    """The outlined network with its weights, block by block."""
    if drawing:
        _narrow(model, stored, drawing, dtype)
    shrink = shrinker(quant, dtype, device)
    for path, block in model.named_modules():
        if isinstance(block, FusedLinear):
            block.allocate(dtype, device)
            _fill(block, stored, f"{path}.", dtype, device)
            if shrink:
                block.join(shrink)
    _fill(model, stored, "", dtype, device)
    model.model.rotary.to(device=device, dtype=dtype)
    return model.join()


def load_movqgan(
    folder: Path | str,
    dtype: torch.dtype = torch.float32,
    device: Device = "cpu",
    decoder_dtype: torch.dtype | None = None,
) -> MoVQGAN:
    """The image tokenizer of ``folder``, or of one weight file, in evaluation mode.

    The published ``movqgan_270M.ckpt``, or a file that is named, needs no configuration beside it.
    ``decoder_dtype`` is for pixels only: codes of pictures, which rounding would change, keep ``dtype``.
    """
    given = Path(folder)
    place = given if given.is_file() else find_movqgan(given) or given
    path = (place.parent if given.is_file() else place) / "movq_config.json"
    is_bare = not path.exists() and (given.is_file() or (place / PUBLISHED_MOVQGAN).exists())
    config = MOVQGAN_270M if is_bare else _config(path, MoVQConfig.from_dict)
    model, shapes = _outlined(MoVQGAN, config)
    files = weight_files(place, "movqgan")
    if files[0].suffix != ".safetensors":
        content = read_pickle(files[0], shapes)
        for name in shapes:  # one by one, so that at most one weight exists twice
            put(model, name, content.pop(name).to(device=device, dtype=dtype))
    else:
        _fill(model, dict(survey(files, shapes)), "", dtype, device)
    return _finished(model, decoder_dtype)


def _finished(model: MoVQGAN, decoder_dtype: torch.dtype | None) -> MoVQGAN:
    if decoder_dtype:
        model.decoder.to(decoder_dtype)
        model.post_quant_conv.to(decoder_dtype)
    return model.requires_grad_(False).eval()


def put(model: nn.Module, name: str, value: torch.Tensor) -> None:
    """Make ``value`` the weight called ``name``."""
    owner, _, leaf = name.rpartition(".")
    setattr(model.get_submodule(owner), leaf, nn.Parameter(value, requires_grad=False))


def _fill(
    module: nn.Module, stored: dict[str, Weight], prefix: str, dtype: torch.dtype, device: Device
) -> None:
    """Read the weights of ``module`` that are still in the files; each one is then taken off the list."""
    for name, weight in list(module.named_parameters()):
        source = stored.pop(prefix + name, None)
        if source is None:
            continue
        if weight.is_meta:
            put(module, name, torch.empty(source.shape, dtype=dtype, device=device))
        source.read_into(module.get_parameter(name).data)


def _narrow(model: Transformer, stored: dict[str, Weight], drawing: Vocabulary, dtype: torch.dtype) -> None:
    """Take only the rows that drawing needs from the head and, for the device, from the embeddings."""
    codes, image = drawing.codes, drawing.image
    if codes.stop > model.config.vocab_size:
        raise CheckpointMismatch(
            "tokenizer.json has more code tokens than the transformer; use files of one model."
        )
    table = stored["model.embed_tokens.weight"]
    model.model.embed_tokens.words = torch.empty(table.shape, dtype=dtype)
    table.read_into(model.model.embed_tokens.words)
    stored[table.name] = table.rows(image.start, image.stop)
    model.model.embed_tokens.first = image.start
    stored["lm_head.weight"] = stored["lm_head.weight"].rows(codes.start, codes.stop)
    model.first_head = codes.start


def _outlined(kind: Callable[[Any], Network], config: Any) -> tuple[Network, dict[str, torch.Size]]:
    """The network without memory, and the shapes of its weights."""
    with torch.device("meta"):
        model = kind(config)
    return model, {name: value.shape for name, value in model.state_dict().items()}


def _config(path: Path, parse: Callable[[Mapping[str, Any]], Any]) -> Any:
    verify(path.parent, [path.name])
    try:
        return parse(read_json(path))
    except (TypeError, AttributeError) as error:
        raise CheckpointMismatch(
            f"{path} holds a value of the wrong type; download the model again."
        ) from error
