"""What a model is: the numbers of its two networks, and the list of models a person can name."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lumina.errors import CheckpointMismatch, UnknownModel
from lumina.json_types import JsonObject
from lumina.model.json_fields import read_fields, read_json
from lumina.model.manifest import MANIFEST, read_manifest
from lumina.settings import Dtype, Settings
from lumina.worlds import SHIPPED, UNNAMED, is_known, spec_of_world


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes and switches of the transformer, named as in the published ``config.json``."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    max_position_embeddings: int = 10240
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10000.0
    attention_bias: bool = False
    mlp_bias: bool = False
    swin_norm: bool = False
    model_parallel_size: int = 1
    dropout: float = 0.0
    initializer_range: float = 0.02

    def __post_init__(self) -> None:
        heads, kv_heads, groups = self.num_attention_heads, self.num_key_value_heads, self.model_parallel_size
        if heads < 1 or self.hidden_size % heads or self.head_dim % 2:
            raise CheckpointMismatch(
                f"config.json gives hidden_size {self.hidden_size} for {heads} heads; "
                "each head needs an equal, even share."
            )
        if kv_heads < 1 or heads % kv_heads or groups < 1 or heads % groups or kv_heads % groups:
            raise CheckpointMismatch(
                f"config.json gives {heads} heads, {kv_heads} key heads and {groups} norm groups; "
                "each must divide the one before."
            )

    @property
    def head_dim(self) -> int:
        """Channels of one attention head."""
        return self.hidden_size // self.num_attention_heads

    @property
    def layer_matrices(self) -> tuple[tuple[int, int], ...]:
        """The matrices [out, in] of one layer: of queries, keys, values, what they give, and of the MLP."""
        width, inner = self.hidden_size, self.intermediate_size
        keys = self.num_key_value_heads * self.head_dim
        attention = ((width, width), (keys, width), (keys, width), (width, width))
        return (*attention, (inner, width), (inner, width), (width, inner))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TransformerConfig":
        """Read a published ``config.json``, ignoring what inference does not need.

        Raises CheckpointMismatch if a size is missing or a switch asks for something not built here.
        """
        supported = {"hidden_act": "silu", "rope_scaling": None, "tie_word_embeddings": False}
        for name, only in supported.items():
            if values.get(name, only) != only:
                raise CheckpointMismatch(
                    f"config.json sets {name} to {values[name]!r}, but only {only!r} is supported."
                )
        return read_fields(cls, values, "config.json")

    def to_dict(self) -> JsonObject:
        """The values as written to ``config.json``."""
        return asdict(self) | {"model_type": "chameleon", "hidden_act": "silu", "tie_word_embeddings": False}


@dataclass(frozen=True)
class MoVQConfig:
    """Sizes of MoVQGAN, named as ``ddconfig`` of the published ``movq_config.json``.

    Two are ours. ``patch``: the stem folds patch × patch pixels into channels; published checkpoints use 1.
    ``patchwise``: the encoder sees each patch by itself, so that equal patches always get equal codes.
    """

    ch: int
    ch_mult: tuple[int, ...]
    num_res_blocks: int
    n_embed: int
    embed_dim: int
    z_channels: int
    attn_resolutions: tuple[int, ...] = (32,)
    resolution: int = 256
    in_channels: int = 3
    out_ch: int = 3
    double_z: bool = False
    dropout: float = 0.0
    patch: int = 1
    patchwise: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "ch_mult", tuple(self.ch_mult))
        if self.patchwise and len(self.ch_mult) > 1:
            raise CheckpointMismatch("movq_config.json sets patchwise, which needs a single level.")
        object.__setattr__(self, "attn_resolutions", tuple(self.attn_resolutions))
        if self.double_z or not self.ch_mult or min(self.ch, self.n_embed, self.embed_dim, self.patch) < 1:
            raise CheckpointMismatch("movq_config.json does not describe a MoVQGAN that can be built here.")

    @property
    def downsampling(self) -> int:
        """Pixels along one side of a code: 8 for the published model."""
        return int(self.patch * 2 ** (len(self.ch_mult) - 1))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "MoVQConfig":
        """Read a published ``movq_config.json``, whose ``ddconfig`` is nested; other keys are ignored."""
        inner = values.get("ddconfig", {})
        if not isinstance(inner, Mapping):
            raise CheckpointMismatch("movq_config.json has a ddconfig that is no object.")
        flat = {**values, **inner}
        return read_fields(cls, flat, "movq_config.json")

    def to_dict(self) -> JsonObject:
        """The values as written to ``movq_config.json``."""
        flat = asdict(self)
        outer = {name: flat.pop(name) for name in ("n_embed", "embed_dim", "patch", "patchwise")}
        return {"ddconfig": flat, **outer}


TRANSFORMER_7B = TransformerConfig(
    vocab_size=171385, hidden_size=4096, intermediate_size=11008, num_hidden_layers=32,
    num_attention_heads=32, num_key_value_heads=32,
)  # fmt: skip
TRANSFORMER_2B = replace(TRANSFORMER_7B, hidden_size=2048, intermediate_size=8192)
MOVQGAN_270M = MoVQConfig(
    ch=256, ch_mult=(1, 2, 2, 4), num_res_blocks=2, n_embed=16384, embed_dim=4, z_channels=4
)


DESCRIBED = (  # fields of a spec that a manifest holds
    "title", "note", "world", "sizes", "default_size", "panel_sizes", "panels_together", "tasks", "kinds",
    "guidance_scale", "temperature", "top_k", "top_p", "of_task", "window",
)  # fmt: skip


@dataclass(frozen=True)
class ModelSpec:
    """What a person needs to know about a model before loading it.

    ``source`` is a folder (below the installation root, or any), or a repository of the Hugging Face hub;
    ``movqgan_source`` is the hub file with its picture tokenizer, where that is not in ``source``.
    ``revision`` is the commit to download; left empty, the first download decides and is kept.
    ``transformer`` gives the sizes of a model whose files may not be here yet, ``dtype`` the precision it was
    trained for.
    ``of_task`` holds the sampler's options that are others for a task, by its name.
    ``sizes`` are (width, height) in pixels; ``tasks`` are task names. ``panel_sizes`` are those of one panel
    of a dual panel, where they differ from ``sizes``; ``kinds`` the maps that the model knows.
    ``world`` names the world of `lumina.worlds` that the model draws; "" where it may be asked for anything.
    ``panels_together`` says that both panels are decoded as one picture, as the published code does.
    """

    name: str
    title: str
    source: str
    sizes: tuple[tuple[int, int], ...]
    default_size: tuple[int, int]
    tasks: tuple[str, ...]
    guidance_scale: float
    temperature: float = 1.0
    of_task: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)
    top_k: int = 0
    top_p: float = 1.0
    window: int = 24
    licence: str = "Apache-2.0"
    note: str = ""
    movqgan_source: str = ""
    revision: str = ""
    transformer: TransformerConfig | None = None
    dtype: Dtype | None = None
    panel_sizes: tuple[tuple[int, int], ...] = ()
    kinds: tuple[str, ...] = ()
    panels_together: bool = True
    world: str = ""

    def described(self) -> JsonObject:
        """What a manifest says of the model: everything that its files do not."""
        said: JsonObject = TypeAdapter(ModelSpec).dump_python(self, mode="json", include=set(DESCRIBED))
        return said

    def sizes_of(self, *, dual: bool) -> tuple[tuple[int, int], ...]:
        """The sizes of a whole picture, or of one panel of a dual panel."""
        return (dual and self.panel_sizes) or self.sizes

    @property
    def is_published(self) -> bool:
        """Whether its files come from the hub rather than with this program or from a folder."""
        return bool(self.movqgan_source)


_LUMINA = ModelSpec(
    name="lumina-mgpt-2.0",
    title="Lumina-mGPT 2.0",
    source="Alpha-VLLM/Lumina-mGPT-2.0",
    movqgan_source="ai-forever/MoVQGAN/movqgan_270M.ckpt",
    transformer=TRANSFORMER_7B,
    dtype="bfloat16",
    sizes=(
        (768, 768), (1024, 576), (576, 1024), (1152, 512), (512, 1152), (1536, 384), (384, 1536),
    ),
    default_size=(768, 768),
    tasks=("text_to_image", "image_pair"),
    panel_sizes=((512, 512), (640, 384), (384, 640)),  # two of them fit the positions it was trained on
    kinds=("depth", "canny", "hed", "openpose"),
    guidance_scale=4.0,
    top_k=4096,
    note="The published 7B model for text to image; a GPU with 16 GB or more draws with it.",
)  # fmt: skip

MODELS: dict[str, ModelSpec] = {
    **{name: ModelSpec(name=name, source=f"assets/models/{name}", **spec_of_world(name)) for name in SHIPPED},
    "lumina-mgpt-2.0": _LUMINA,
    "omni": replace(
        _LUMINA,
        name="omni",
        title="Lumina-mGPT 2.0 Omni",
        source="Alpha-VLLM/Lumina-mGPT-2.0-Omni",
        tasks=("text_to_image", "image_pair", "edit", "subject", "control", "predict"),
        note="The published 7B model for every task; a panel beside another has 512x512 pixels.",
    ),
    "lumina-2b": replace(
        _LUMINA,
        name="lumina-2b",
        title="Lumina 2B",
        source="",
        movqgan_source="",
        transformer=TRANSFORMER_2B,
        tasks=("text_to_image",),
        note="The sizes of the 2B model, to be trained: nobody has published its weights.",
    ),
}


def spec_in(settings: Settings) -> ModelSpec:
    """The model that the settings name; raises UnknownModel, which names the variable."""
    return spec_of(settings.model, "LUMINA_MODEL: ")


def spec_of(name: str, place: str = "") -> ModelSpec:
    """The model called ``name`` in any letters, ``name@revision``, or in the folder ``name``.

    A folder is taken for the model of the list whose files it resembles. Raises UnknownModel, whose sentence
    begins with the ``place`` that the name comes from.
    """
    if is_folder(name):
        return _spec_of_folder(Path(name))
    if found := MODELS.get(split_revision(name)[0].casefold()):
        return found
    raise UnknownModel(
        f'{place}There is no model "{name}"; choose one of: {", ".join(MODELS)}, '
        "or give the folder of a model."
    )


def world_of_model(model: str, here: ModelSpec) -> str:
    """The name of the world that a model draws, which a picture names with its revision; "" where that is not
    known. ``here`` is the model that runs."""
    name = model.partition("@")[0]
    spec = here if name == here.name else MODELS.get(name)
    return spec.world if spec else ""


def split_revision(name: str) -> tuple[str, str]:
    """``name@revision`` in its two parts; a folder is one part, whatever its name."""
    if is_folder(name):
        return name, ""
    model, _, revision = name.partition("@")
    return model, revision


def is_folder(name: str) -> bool:
    """Whether a model is given as a folder; names of the list come first."""
    return name.partition("@")[0] not in MODELS and Path(name).is_dir()


def movqgan_places(folder: Path) -> tuple[Path, ...]:
    """Where the picture tokenizer of a model folder may lie: in it, in a subfolder, or beside it."""
    above = folder.parent
    return folder, folder / "movqgan", folder / "movq", above / "movqgan", above / "movq"


def described_spec(values: Mapping[str, Any], folder: Path) -> ModelSpec:
    """The model in ``folder`` as its manifest describes it; raises CheckpointMismatch if that cannot be."""
    known = {name: value for name, value in values.items() if name in DESCRIBED}
    if not is_known(str(known.get("world", ""))):
        raise CheckpointMismatch(
            f'{folder} holds a model of the world "{known["world"]}", which is not known here; update Lumina '
            "Studio, or choose another model."
        )
    try:
        return TypeAdapter(ModelSpec).validate_python(
            {"name": folder.resolve().name, "source": str(folder), **known}
        )
    except ValidationError as error:
        name = ".".join(map(str, error.errors()[0]["loc"]))
        raise CheckpointMismatch(
            f"{folder / MANIFEST} has a spec whose {name} cannot be; copy the model again."
        ) from error


def _spec_of_folder(folder: Path) -> ModelSpec:
    """As its manifest says; where that says nothing, a smaller codebook than the published one means a
    model of before there were several worlds, any other one like the published model."""
    inner = folder / "model" if (folder / "model" / MANIFEST).exists() else folder
    said = read_manifest(inner)
    if said.spec:
        return described_spec(said.spec, folder)
    names = [place / "movq_config.json" for place in movqgan_places(folder)]
    configs = [read_json(name) for name in names if name.exists()]
    codes = configs[0].get("n_embed", 0) if configs else MOVQGAN_270M.n_embed
    is_small = isinstance(codes, int) and codes < MOVQGAN_270M.n_embed
    like = MODELS[UNNAMED if is_small else "omni"]
    return replace(
        like,
        name=folder.resolve().name,
        title=folder.resolve().name,
        source=str(folder),
        transformer=None,
        note=f"A folder with a model like {like.title}.",
    )
