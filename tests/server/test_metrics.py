"""What happens at the studio is counted and logged: how often and how long, never who or what."""

import io
import json
import logging
from pathlib import Path

import pytest

from lumina.errors import ModelError
from lumina.server.json_log import JsonLines
from lumina.server.metrics import Counts
from lumina.server.workshop import Workshop
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.app import launch_options

TASK = TextToImage(prompt="a secret sentence", seed=3, stop_row=4)


def drawn_in_three_ways(workshop: Workshop) -> None:
    finish(TASK.run(workshop))
    stopped = TASK.run(workshop)
    next(stopped)
    stopped.close()
    with pytest.raises(ModelError):
        workshop.counts.refuse("queue")
        failing = TASK.run(workshop)
        next(failing)
        workshop.close()
        next(failing)


def test_how_drawings_end_is_counted(workshop: Workshop) -> None:
    drawn_in_three_ways(workshop)
    lines = workshop.counts.text({"waiting": {"": 2}, "stored_bytes": {"files": 5, "gallery": 7.0}}).split(
        "\n"
    )
    assert {
        'lumina_drawings_total{end="done"} 1',
        'lumina_drawings_total{end="failed"} 1',
        'lumina_drawings_total{end="stopped"} 1',
        "lumina_drawings_started_total 3",
        "lumina_rows_total 4",
        'lumina_refusals_total{reason="queue"} 1',
        "lumina_waiting 2",
        "lumina_running 0",
        'lumina_stored_bytes{place="gallery"} 7',
        "# TYPE lumina_drawings_total counter",
    } <= set(lines)
    assert lines[-1] == "" and all(line.startswith(("# ", "lumina_")) for line in lines[:-1])


def test_the_log_tells_it_as_json_without_the_words(workshop: Workshop) -> None:
    stream = io.StringIO()
    handler, log = logging.StreamHandler(stream), logging.getLogger("lumina")
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    level = log.level
    log.setLevel(logging.INFO)
    try:
        drawn_in_three_ways(workshop)
        try:
            raise ValueError(TASK.prompt)
        except ValueError:
            log.exception("It broke.")
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [each.get("end") for each in told if each["message"] == "drawn"] == ["done", "stopped", "failed"]
    assert told[-1]["error"] == "ValueError" and "test_metrics" in told[-1]["places"][0]
    assert "secret" not in stream.getvalue()


def test_they_are_told_only_where_they_are_switched_on(workshop: Workshop, tmp_path: Path) -> None:
    for is_on in (True, False):
        options = launch_options(Settings(results=tmp_path, has_metrics=is_on), workshop)
        assert ("/metrics" in {each.path for each in options["app_kwargs"]["routes"]}) is is_on


def test_without_anything_counted_all_names_are_there() -> None:
    assert Counts().text({}).count("# TYPE") == 8
