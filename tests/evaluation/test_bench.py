"""The parts of the speed benchmark on tiny networks, its table and its chart."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lumina.errors import InputError, ModelError
from lumina.evaluation import bench, contest, machine, settled, start, throughput
from lumina.evaluation.contest import Contest
from lumina.evaluation.speed_chart import chart
from lumina.json_types import JsonObject
from lumina.model.config import MODELS, TransformerConfig
from lumina.model.layout import TokenLayout
from lumina.model.transformer import Transformer
from lumina.runtime.fake import FakePipeline
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.options import SamplingOptions
from lumina.settings import Settings
from lumina.steps import finish
from tests.tiny import write_tiny_model

TINY = TransformerConfig(
    vocab_size=300, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=4,
)  # fmt: skip


@pytest.fixture
def small(tiny_transformer: Callable[..., Transformer], layout: TokenLayout) -> Contest:
    options = SamplingOptions(guidance_scale=2.0)
    return Contest(tiny_transformer(), TokenRequest((2, 30, 9), layout, options), is_trained=True)


def test_every_contestant_draws_the_same_codes(small: Contest) -> None:
    ways = small.ways()
    drawn = {name: way(small.seeded(3)) for name, way in ways.items()}
    codes = [each for each, _ in drawn.values()]
    assert all(torch.equal(each, codes[0]) for each in codes)
    ones, twos = drawn[contest.ONE][1], drawn[contest.REFERENCE][1]
    length = small.request.layout.length
    assert (ones, twos) == (len(small.request.layout.code_positions) + 1, 2 * length - 3)
    assert drawn[contest.WINDOW][1] < ones


def test_contestants_take_turns_and_are_compared(small: Contest) -> None:
    steps = list(contest.run(small, 2, 1e9))
    assert [(step.done, step.total) for step in steps] == [(done, 6) for done in range(1, 7)]
    found = finish(contest.run(small, 1, 1e9))
    assert found["same_codes"] == 1.0 and found["weights"] == "trained"
    ways = found["ways"]
    assert isinstance(ways, dict) and [*ways] == ["ours", "ours_one_code_at_a_time", "reference_loop"]
    theirs = ways["reference_loop"]
    assert isinstance(theirs, dict) and theirs["times_as_fast"] == 1.0


def test_a_random_network_has_no_use_for_a_window() -> None:
    small = Contest.of_noise(TINY, (32, 32))
    assert [*small.ways()] == [contest.ONE, contest.REFERENCE]
    assert small.step_bytes() > 4 * sum(each.numel() for each in small.transformer.model.layers.parameters())


def test_a_model_s_own_weights_are_read_whole(tmp_path: Path) -> None:
    spec = write_tiny_model(tmp_path)
    own = Contest.of_model(spec, Settings(), 4)
    assert own.transformer.model.embed_tokens.words is None
    assert own.transformer.lm_head.weight.shape[0] == own.transformer.config.vocab_size
    assert own.request.layout.rows == 16


def test_several_pictures_at_once() -> None:
    found = finish(throughput.run(FakePipeline(), counts=(1, 3)))
    assert [*found] == ["1", "3"]
    for both in found.values():
        assert isinstance(both, dict) and [*both] == ["threads", "one_draw"]


def test_what_forwards_settle_is_counted_by_task() -> None:
    found = finish(settled.run(FakePipeline(), cases=1))
    assert set(found) == set(MODELS["tabletop"].tasks)
    one = found["text_to_image"]
    assert isinstance(one, dict) and one["tokens_per_forward"] == 16.0
    histogram = one["histogram"]
    assert isinstance(histogram, dict) and [*histogram] == ["16"]


def test_a_start_is_timed_by_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], str]] = []

    def answered(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append((command, env["LUMINA_THREADS"]))
        return subprocess.CompletedProcess(command, 0, json.dumps({"seconds": 0.0, "forwards": 4}), "")

    monkeypatch.setattr(subprocess, "run", answered)
    found = finish(start.run("tabletop", threads=(1, 3)))
    assert [threads for _, threads in asked] == ["1", "3"] == [*found]
    assert asked[0][0][asked[0][0].index("--stop-row") + 1] == "4"


def test_a_start_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "No room.\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(ModelError, match="No room"):
        finish(start.run("tabletop"))


def test_parts_that_cannot_be_are_refused_at_once() -> None:
    with pytest.raises(InputError, match="There is no part"):
        bench.run(FakePipeline(), parts=["colours"])
    with pytest.raises(InputError, match="random-weights"):
        bench.run(FakePipeline(MODELS["omni"]), parts=["contest"])


def test_the_machine_is_described() -> None:
    found = machine.machine()
    assert {"processor", "features", "threads", "load_average", "copy_gb_per_second"} <= set(found)


def test_tables_hold_what_compares_and_lines_the_rest() -> None:
    found: JsonObject = {
        "pictures": 2,
        "windows": {"1": {"ms": 3.5}, "4": {"ms": 5.0}},
        "settled": {"edit": {"tokens_per_forward": 2.5, "histogram": {"1": 4, "16": 1}}},
    }
    text = bench.table(found)
    assert "- pictures: 2" in text and "| 4 | 5.0 |" in text
    assert "- histogram: 4×1, 1×16" in text
    empty, full = chart({}), chart(found)
    assert empty.height < full.height and len(full.getcolors() or ()) > 2
