"""Makes the files of configurations that are stored as a recipe: weights from keys, the full text BPE."""

import json
import lzma
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from tests.parity.hashweights import weights

HERE = Path(__file__).parent
BASE, LAST_SPECIAL, FIRST_ADDED, FIRST_CODE, NUM_CODES = 151643, 151664, 151665, 155000, 16384
SEPARATOR = 154999  # its real id is not known: programs must look it up by name


def model_folder(configuration: Path, out: Path) -> Path | None:
    """The transformer's folder; where weights are missing, a copy with those of its recipe."""
    folder = configuration / "model"
    spec = find_spec(configuration, "transformer")
    if any(folder.glob("model*.safetensors")):
        return folder
    if spec is None:
        return None
    out.mkdir(parents=True)
    for path in folder.glob("*") if folder.is_dir() else ():
        shutil.copy(path, out)
    if not (out / "tokenizer.json").exists():
        layout = json.loads((configuration / "layout.json").read_text())
        write_full_tokenizer(out, layout.get("sep", SEPARATOR))
    if not (out / "config.json").exists():
        config = json.loads((configuration / "spec.json").read_text())["config"]
        (out / "config.json").write_text(json.dumps(config))
    save_file(weights(spec), out / "model.safetensors", metadata={"format": "pt"})
    return out


def movqgan_folder(configuration: Path, out: Path) -> Path | None:
    """The picture tokenizer's folder, made as the published one is: a pickled flat dictionary."""
    folder = configuration / "movq"
    spec = find_spec(configuration, "movq")
    if any(folder.glob("movqgan*")):
        return folder
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
    """The recipe of a network's weights, wherever a configuration keeps it; with its list of tensors."""
    places = [configuration / folder / "spec.json" for folder in ("model", "movq", "golden", "")]
    for content in (json.loads(path.read_text()) for path in places if path.exists()):
        for spec in (content, content.get("transformer", {}), content.get("movq", {})):
            if spec.get("profile") == profile:
                return _with_tensors({"movq_config": content.get("movq_config"), **spec}, configuration)
    return None


def _with_tensors(spec: dict[str, Any], configuration: Path) -> dict[str, Any]:
    """A recipe may name the list of keys of a published file instead of listing them."""
    if "tensors" in spec:
        return spec
    roots = (configuration, configuration.parent, configuration.parent.parent, HERE)
    path = next(root / spec["keys"] for root in roots if (root / spec["keys"]).exists())
    facts = json.loads(path.read_text())
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
