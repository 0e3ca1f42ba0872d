"""A world's text tokenizer: byte-level BPE of its sentences, with the published special tokens."""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from lumina.worlds.curriculum import Curriculum

SIZE_TOKENS = 65  # 0 … 64 blocks of 32 pixels
SPLIT = (  # the published tokenizer's split: contractions, words, single digits, punctuation, spaces
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
INSTRUCTIONS = (  # sentences of the templates of all tasks, so that later tasks cost few text tokens
    "Generate an image of {w}x{h} according to the following prompt:\n",
    "Generate an image according to the following prompt:\n",
    "Generate a dual-panel image of {w}x{h} where the <lower half> displays a <depth map>, while the "
    "<upper half> retains the original image for direct visual comparison:\n",
    "Generate a dual-panel image of {w}x{h} where the <upper half> displays a <canny edge map>, while the "
    "<lower half> retains the original image for direct visual comparison:\n",
    "hed edge map pose estimation map normal map segmentation map scribble map",
    "where the <upper half> displays: image, while the <lower half> shows the image "
    "according to the object and following prompt:\n",
)


def special_tokens(codes: int) -> list[str]:
    """Names of all tokens that are not text, in id order."""
    return [
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<racm3:break>", "<eoss>",
        "<reserved08706>", "<reserved08799>",
        *(f"<reserved{8800 + n:05d}>" for n in range(SIZE_TOKENS)),
        *(f"<MOVQGAN{code:05d}>" for code in range(codes)),
    ]  # fmt: skip


def _corpus(curriculum: Curriculum) -> list[str]:
    sizes = [{"w": width, "h": height} for width, height in list(curriculum.frames) * 50]
    return [*curriculum.sentences(), *(text.format(**size) for size in sizes for text in INSTRUCTIONS)]


def build_tokenizer(folder: Path, codes: int, curriculum: Curriculum) -> int:
    """Write `tokenizer.json` and `tokenizer_config.json` into the folder; returns the vocabulary size."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=curriculum.text_tokens,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_corpus(curriculum), trainer)
    names = special_tokens(codes)
    tokenizer.add_special_tokens(names)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": None, "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>", "unk_token": None, "clean_up_tokenization_spaces": False,
        "model_max_length": 4096,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    return tokenizer.get_vocab_size()
