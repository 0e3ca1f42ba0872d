"""Makes the files of configurations that are stored as a recipe: weights from keys, the full text BPE."""

import json
import lzma
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from tests.parity.hashweights import weights

HERE = Path(__file__).parent
PUBLISHED = {"movq": "keys_movqgan_270M.json", "transformer": "keys_chameleon_7b.json"}
BASE, LAST_SPECIAL, FIRST_ADDED, FIRST_CODE, NUM_CODES = 151643, 151664, 151665, 155000, 16384
SEPARATOR = 154999  # its real id is not known: programs must look it up by name


def model_folder(configuration: Path, out: Path) -> Path | None:
    """The transformer's folder; where weights are missing, a copy with those of its recipe."""
    folder = configuration / "model"
    if any(folder.glob("model*.safetensors")):
        return folder
    spec = find_spec(configuration, "transformer")
    if spec is None:
        return None
    out.mkdir(parents=True)
    for path in folder.glob("*") if folder.is_dir() else ():
        shutil.copy(path, out)
    if not (out / "tokenizer.json").exists():
        write_full_tokenizer(out, layout_of(configuration).get("sep", SEPARATOR))
    if not (out / "config.json").exists():
        config = next(recipe["config"] for recipe in recipes(configuration) if "config" in recipe)
        (out / "config.json").write_text(json.dumps(config))
    write_shards(weights(spec), out)
    return out


def write_shards(content: dict[str, Tensor], out: Path) -> None:
    """Weights in the files that the index in ``out`` names; without an index, in one."""
    index = out / "model.safetensors.index.json"
    places: dict[str, str] = json.loads(index.read_text())["weight_map"] if index.exists() else {}
    shards: dict[str, dict[str, Tensor]] = {}
    for key, value in content.items():
        shards.setdefault(places.get(key, "model.safetensors"), {})[key] = value
    for name, shard in shards.items():
        save_file(shard, out / name, metadata={"format": "pt"})


def layout_of(configuration: Path) -> dict[str, int]:
    """The ids with a role, from ``layout.json`` or a recipe; empty if neither names them."""
    path = configuration / "layout.json"
    named = [json.loads(path.read_text())] if path.exists() else []
    named += [recipe["layout"] for recipe in recipes(configuration) if "layout" in recipe]
    return dict(named[0]) if named else {}


def recipes(configuration: Path) -> Iterator[dict[str, Any]]:
    """Every file that says how weights are made, wherever a configuration keeps it."""
    for path in sorted(configuration.rglob("*spec*.json")):
        yield json.loads(path.read_text())


def movqgan_folder(configuration: Path, out: Path) -> Path | None:
    """The picture tokenizer's folder, made as the published one is: a pickled flat dictionary."""
    folder = configuration / "movq"
    if any(folder.glob("movqgan*")):
        return folder
    spec = find_spec(configuration, "movq")
    if spec is None:
        return None
    out.mkdir(parents=True)
    if (folder / "movq_config.json").exists():
        shutil.copy(folder / "movq_config.json", out)
    else:
        (out / "movq_config.json").write_text(json.dumps(spec["movq_config"]))
    content = {key: value.float() for key, value in weights(spec).items()}
    torch.save({**content, "loss.logvar": torch.zeros(())}, out / "movqgan_270M.ckpt")
    return out


def find_spec(configuration: Path, profile: str) -> dict[str, Any] | None:
    """The recipe of a network's weights, with its list of tensors."""
    for content in recipes(configuration):
        for spec in (content, content.get("transformer", {}), content.get("movq", {})):
            if spec.get("profile") == profile:
                return _with_tensors({"movq_config": content.get("movq_config"), **spec}, configuration)
    return None


def _with_tensors(spec: dict[str, Any], configuration: Path) -> dict[str, Any]:
    """Without a list of keys a recipe means the published file's; it may also name the file with the list."""
    if "tensors" in spec:
        return spec
    name = spec.get("keys", PUBLISHED[spec["profile"]])
    roots = (configuration, configuration.parent, configuration.parent.parent)
    named = [root / name for root in roots if (root / name).exists()]
    facts = json.loads([*named, HERE / "facts" / Path(name).name][0].read_text())
    tensors = {key: entry["shape"] for key, entry in facts["tensors"].items()}
    return {**spec, "tensors": tensors, "movq_config": spec["movq_config"] or facts.get("model_params")}


def write_full_tokenizer(out: Path, separator: int) -> None:
    """Qwen's byte-level BPE, its 22 special tokens, and the published image tokens behind them."""
    with lzma.open(HERE / "vocabulary" / "tokenizer.json.xz", "rt", encoding="utf-8") as file:
        content = json.load(file)
    special = [token for token in content["added_tokens"] if BASE <= token["id"] <= LAST_SPECIAL]
    added = [
        {"id": number, "content": name, "special": False, "normalized": False}
        | dict.fromkeys(("single_word", "lstrip", "rstrip"), False)
        for number, name in sorted(added_names(separator).items())
    ]
    model = content["model"]
    model.pop("ignore_merges")
    model["merges"] = [" ".join(pair) for pair in model["merges"]]
    content = {**content, "added_tokens": [*special, *added]}
    (out / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    (out / "tokenizer_config.json").write_text(
        json.dumps({"bos_token": None, "eos_token": "<|im_end|>", "tokenizer_class": "Qwen2Tokenizer"})
    )


def added_names(separator: int) -> dict[int, str]:
    """The published image tokens by id."""
    fixed = ["<racm3:break>", "<eoss>", *(f"<reserved{n:05d}>" for n in (8796, 8797, 8798, 8799))]
    names = dict(enumerate(fixed, FIRST_ADDED))
    first_size = FIRST_ADDED + len(fixed)
    others = [number for number in range(first_size, FIRST_CODE) if number != separator]
    names |= {number: f"<reserved{8800 + n:05d}>" for n, number in enumerate(others)}
    names[separator] = "<reserved08706>"
    return names | {FIRST_CODE + code: f"<MOVQGAN{code:05d}>" for code in range(NUM_CODES)}
