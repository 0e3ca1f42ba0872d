"""Runners of the published benchmarks: official shapes in, the scorers' folders and names out, resumable."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError
from lumina.evaluation import published
from lumina.model.config import spec_of
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from tests.evaluation.oracle import ALL

META = [
    {"tag": "single_object", "include": [{"class": "bench", "count": 1}], "prompt": "a photo of a bench"},
    {
        "tag": "counting",
        "include": [{"class": "cup", "count": 2}],
        "exclude": [{"class": "cup", "count": 3}],
        "prompt": "a photo of two cups",
    },
]
CSV = (
    "item_id,text,keywords,proposition_id,dependency,category_broad,category_detailed,tuple,"
    "question_natural_language\n"
    'partiprompts1,"A red cube, shiny.",,1,0,entity,whole,entity - whole (cube),Is there a cube?\n'
    'partiprompts1,"A red cube, shiny.",,2,1,attribute,color,attribute - color (cube),Is the cube red?\n'
    "midjourney7,Two cones.,,1,0,entity,whole,entity - whole (cones),Are there cones?\n"
)


@pytest.fixture
def pipeline():
    return FakePipeline(spec=replace(spec_of("tabletop"), tasks=ALL))


@pytest.fixture
def metadata(tmp_path):
    file = tmp_path / "evaluation_metadata.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in META) + "\n")
    return file


def test_a_world_judges_the_prompts_that_it_knows_and_no_others(pipeline, tmp_path):
    file = tmp_path / "evaluation_metadata.jsonl"
    rows = [{"prompt": "a photo of a bench"}, {"prompt": "a photo of a cube"}]
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    found = finish(published.geneval(pipeline, file, tmp_path / "all", samples=2))
    assert (found["pictures"], found["judged_by_its_world"], found["right_by_its_world"]) == (4, 2, 0)
    found = finish(published.geneval(pipeline, file, tmp_path / "known", samples=2, known=True))
    assert (found["pictures"], found["judged_by_its_world"]) == (2, 2)
    assert not (tmp_path / "known" / "00000").exists()


def test_geneval_has_a_folder_for_each_line(pipeline, metadata, tmp_path):
    out = tmp_path / "out"
    found = finish(published.geneval(pipeline, metadata, out))
    assert sorted(path.name for path in out.iterdir()) == ["00000", "00001", "protocol.json"]
    samples = sorted((out / "00001" / "samples").iterdir())
    assert [file.name for file in samples] == ["0000.png", "0001.png", "0002.png", "0003.png"]
    assert json.loads((out / "00001" / "metadata.jsonl").read_text()) == META[1]
    assert len({file.read_bytes() for file in samples}) == 4
    assert found["pictures"] == found["drawn_now"] == 8
    protocol = json.loads((out / "protocol.json").read_text())
    assert protocol["guidance_scale"] == pipeline.spec.guidance_scale and protocol["thinking"] is False
    assert {"model", "seed", "samples", "top_k", "temperature", "best_of"} <= set(protocol)


def test_a_run_goes_on_where_it_stopped_and_is_seeded(pipeline, metadata, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    finish(published.geneval(pipeline, metadata, whole, samples=2))
    steps = published.geneval(pipeline, metadata, broken, samples=2)
    next(steps)
    steps.close()
    found = finish(published.geneval(pipeline, metadata, broken, samples=2))
    assert found["drawn_now"] == 3
    names = [file.relative_to(whole) for file in whole.rglob("*.png")]
    assert len(names) == 4
    assert all((whole / name).read_bytes() == (broken / name).read_bytes() for name in names)


def test_pictures_of_two_protocols_are_never_mixed(pipeline, metadata, tmp_path):
    finish(published.geneval(pipeline, metadata, tmp_path / "out", samples=1, limit=1))
    with pytest.raises(InputError, match="another seed, temperature"):
        published.geneval(
            pipeline, metadata, tmp_path / "out", samples=1, seed=9, options={"temperature": 0.5}
        )
    before = (tmp_path / "out" / "00000" / "metadata.jsonl").read_text()
    metadata.write_text(json.dumps({**META[1], "prompt": "a photo of three cups"}) + "\n")
    with pytest.raises(InputError, match="another prompts"):
        published.geneval(pipeline, metadata, tmp_path / "out", samples=1, limit=1)
    assert (tmp_path / "out" / "00000" / "metadata.jsonl").read_text() == before


@pytest.mark.parametrize("shape", ["csv", "folder"])
def test_dpg_joins_four_pictures_under_the_id(pipeline, tmp_path, shape):
    source = tmp_path / "dpg_bench.csv"
    if shape == "csv":
        source.write_text(CSV)
    else:
        source = tmp_path / "prompts"
        source.mkdir()
        (source / "midjourney7.txt").write_text("Two cones.\n")
        (source / "partiprompts1.txt").write_text("A red cube, shiny.")
    found = finish(published.dpg(pipeline, source, tmp_path / "out"))
    images = sorted((tmp_path / "out" / "images").iterdir())
    assert [image.name for image in images] == ["midjourney7.png", "partiprompts1.png"]
    assert found["resolution"] == 128 and found["pictures"] == 8
    with (
        Image.open(images[1]) as grid,
        Image.open(tmp_path / "out" / "parts" / "partiprompts1-2.png") as part,
    ):
        assert grid.size == (256, 256)
        assert (np.asarray(grid.crop((0, 128, 128, 256))) == np.asarray(part)).all()


def test_graph200k_draws_what_its_rows_hold(pipeline, tmp_path):
    data = tmp_path / "test"
    for kind in ("depth", "ref", "target"):
        (data / kind).mkdir(parents=True)
        Image.new("RGB", (96, 96), "grey").save(data / kind / f"0_{kind}.jpg")
    words = {"item": "mug", "description_0": "A mug on a table.", "description_1": "A mug in the snow."}
    rows = [
        {
            "description": words,
            "quality_assessment": {},
            "collection": "collection_1",
            # as written where the data was unpacked, which is elsewhere
            "condition": {
                "depth": "elsewhere/test/depth/0_depth.jpg",
                "reference": "elsewhere/test/ref/0_ref.jpg",
                "target": "elsewhere/test/target/0_target.jpg",
            },
        },
        {"description": words, "condition": {}},
    ]
    (data / "data.json").write_text(json.dumps(rows))
    found = finish(published.graph200k(pipeline, data / "data.json", tmp_path / "out"))
    assert found["pictures"] == 2
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.png")) == [
        "depth/0_depth.png",
        "subject/0_subject.png",
    ]
    pairs = [json.loads(line) for line in (tmp_path / "out" / "pairs.jsonl").read_text().splitlines()]
    assert pairs[0]["prompt"] == "A mug on a table." and pairs[1]["subject"] == "mug"
    assert pairs[0]["target"].endswith("0_target.jpg")
    with pytest.raises(InputError, match='cannot do "smell"'):
        published.graph200k(pipeline, data / "data.json", tmp_path / "out", kinds=["smell"])
    finish(published.graph200k(pipeline, data / "data.json", tmp_path / "other", kinds=["subject"]))
    finish(published.graph200k(pipeline, data / "data.json", tmp_path / "other", kinds=["depth"]))
    assert len((tmp_path / "other" / "pairs.jsonl").read_text().splitlines()) == 2
    for file in (tmp_path / "out").rglob("*.png"):  # a picture's seed is its own, whatever else is drawn
        assert (tmp_path / "other" / file.relative_to(tmp_path / "out")).read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("run", "content", "match"),
    [
        (published.geneval, "{]", "line 1 is not JSON"),
        (published.geneval, '{"tag": "x"}', 'line 1 has no "prompt"'),
        (published.geneval, "", "holds nothing"),
        (published.dpg, "a,b\n1,2\n", "item_id and text"),
        (published.graph200k, "{}", "no list of rows"),
        (published.graph200k, '[{"condition": []}]', "no list of rows"),
        (published.graph200k, None, "cannot be read"),
    ],
)
def test_wrong_files_are_named(pipeline, tmp_path, run, content, match):
    file = tmp_path / "prompts.csv"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InputError, match=match):
        run(pipeline, file, tmp_path / "out")
