"""A day on paper: nobody is lost, waits are those of the theory, turns protect who is polite."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lumina.cli.main import app
from lumina.server import simulation
from lumina.server.simulation import Crowd, House, simulate
from lumina.steps import finish


def day(crowd: Crowd, house: House, seed: int = 1) -> Any:
    return finish(simulate(crowd, house, seed))


def test_everybody_is_drawn_refused_or_has_left() -> None:
    crowd, house = Crowd(visitors=300, patience=30), House(seconds=20, slots=2, gain=1.2, price=0.5)
    found = day(crowd, house)
    assert found == day(crowd, house)
    refused = sum(found["refused"].values())
    assert found["drawn"] + found["gave_up"] <= found["asked"]
    assert found["asked"] <= found["drawn"] + found["gave_up"] + refused
    assert found["wait_seconds"]["longest"] <= 30.1
    assert 0 < found["busy"] < 1
    assert found["cost_of_a_picture"] == pytest.approx(12 / found["drawn"], abs=1e-5)


def test_waits_are_those_of_the_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    """One seat, Poisson arrivals: the mean wait is rho (1 + cv²) s / 2 (1 - rho), Pollaczek and Khinchine."""
    monkeypatch.setattr(simulation, "MAX_WAITING", 10**6)
    seconds, visitors = 10.0, 6048  # seven tenths of the day
    studio = simulation._Studio(
        Crowd(visitors=visitors, drawings=1, patience=1e9, busiest=1), House(seconds, slots=1), seed=5
    )
    for _ in studio.day():
        pass
    waits = [wait for _, wait in studio.polite.waits]
    load = visitors * seconds / 86400
    expected = load * (1 + simulation.SPREAD**2) * seconds / (2 * (1 - load))
    assert len(waits) == studio.polite.drawn == studio.polite.asked
    assert sum(waits) / len(waits) == pytest.approx(expected, rel=0.15)


def test_a_flood_keeps_nobody_from_drawing() -> None:
    house = House(1.0, slots=1)
    calm, flooded = (day(Crowd(400, floods=floods), house) for floods in (0, 3))
    assert "floods" not in calm
    assert flooded["floods"]["refused"]["address"] > 3000
    assert (flooded["gave_up"], flooded["refused"]) == (0, {})
    # whoever waits has at most one drawing of each of the three before them, and the one under way
    assert flooded["wait_seconds"]["longest"] < 10 < flooded["floods"]["wait_seconds"]["longest"]


def test_replicas_shorten_the_waits_and_seats_share_their_speed() -> None:
    crowd = Crowd(visitors=1500)
    one, two = (day(crowd, House(10.0, slots=2, replicas=replicas)) for replicas in (1, 2))
    assert two["gave_up"] < one["gave_up"]
    assert two["wait_seconds"]["95th"] < one["wait_seconds"]["95th"]
    house = House(10.0, slots=4, gain=2.0)
    assert [house.speed(drawn) for drawn in (1, 4)] == [1.0, 0.5]
    assert House(10.0, slots=1).speed(1) == 1.0


def test_the_command_reads_a_benchmark(tmp_path: Path) -> None:
    bench = tmp_path / "bench.json"
    counts = {str(n): {"threads": {"seconds": s}} for n, s in ((1, 0.5), (8, 2.0))}
    bench.write_text(json.dumps({"throughput": counts}))
    few = ["--visitors", "50", "--price", "0.1"]
    told = CliRunner().invoke(app, ["simulate", "--bench", str(bench), *few, "--json"])
    assert json.loads(told.stdout) == day(Crowd(50), House(0.5, 8, 2.0, price=0.1))
    told = CliRunner().invoke(app, ["simulate", "--seconds", "0.5", *few])
    assert told.exit_code == 0 and "visitors: asked for" in told.stdout and "cost of a picture" in told.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Give either --bench FILE or --seconds S"),
        (["--seconds", "1", "--bench", "x.json"], "Give either --bench FILE or --seconds S"),
        (["--seconds", "nan"], "--seconds"),
        (["--bench", "{folder}/other.json"], "holds no throughput"),
        (["--bench", "{folder}/none.json"], "There is no file"),
    ],
)
def test_what_is_wrong_is_one_sentence(given: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"windows": []}')
    told = CliRunner().invoke(app, ["simulate", *(each.format(folder=tmp_path) for each in given)])
    assert told.exit_code == 2 and said in told.stderr
    assert "Traceback" not in told.stderr
