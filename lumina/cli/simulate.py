"""``lumina simulate``: a public studio's day on paper, from what `lumina bench` has measured."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from lumina.cli.console import AsJson, show, watched
from lumina.errors import InputError
from lumina.files import expanded, regular
from lumina.settings import PUBLIC_EACH, SPACE_SECONDS

Bench = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="bench.json of `lumina bench --part throughput`.", parser=expanded),
]
Seconds = Annotated[float | None, typer.Option(min=0.01, help="A picture alone, in place of --bench.")]
Slots = Annotated[int, typer.Option(min=1, max=64, help="Pictures that a replica draws at once.")]
Gain = Annotated[
    float, typer.Option(min=0.1, max=64, help="Pictures of all slots at once, beside one after the other.")
]
Replicas = Annotated[int, typer.Option(min=1, max=1000)]
Visitors = Annotated[int, typer.Option(min=1, max=1_000_000, help="Of a day.")]
Drawings = Annotated[float, typer.Option(min=1, max=1000, help="Of a visitor, in the mean.")]
Pause = Annotated[float, typer.Option(min=0, max=3600, help="Seconds between a picture and the next.")]
Patience = Annotated[float, typer.Option(min=0, max=3600, help="Seconds that a visitor waits.")]
Busiest = Annotated[float, typer.Option(min=1, max=2, help="The busiest hour, beside a mean one.")]
Floods = Annotated[int, typer.Option(min=0, max=1000, help="Addresses that ask for an hour without pause.")]
Each = Annotated[int, typer.Option(min=1, max=32, help="LUMINA_DRAWINGS_EACH.")]
Allowed = Annotated[int, typer.Option("--seconds-each", min=0, help="LUMINA_SECONDS_EACH; 0: no limit.")]
Price = Annotated[float, typer.Option(min=0, help="Of a replica's hour, in any money.")]


def simulate(
    bench: Bench = None,
    seconds: Seconds = None,
    slots: Slots = 8,
    gain: Gain = 1.0,
    replicas: Replicas = 1,
    visitors: Visitors = 1000,
    drawings: Drawings = 5.0,
    pause: Pause = 20.0,
    patience: Patience = 60.0,
    busiest: Busiest = 1.8,
    floods: Floods = 0,
    drawings_each: Each = PUBLIC_EACH,
    seconds_each: Allowed = SPACE_SECONDS,
    price: Price = 0.0,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    as_json: AsJson = False,
) -> None:
    """How long visitors of a public studio wait in a day, who is turned away, and what a picture costs."""
    from lumina.server.simulation import Crowd, House
    from lumina.server.simulation import simulate as run

    if (bench is None) == (seconds is None):
        raise InputError("Give either --bench FILE or --seconds S, how long a picture takes.")
    house = House(seconds or 1.0, slots, gain, replicas, drawings_each, seconds_each, price)
    if bench is not None:
        house = replace(house, **measured(bench))
    crowd = Crowd(visitors, drawings, pause, patience, busiest, floods)
    found = watched(run(crowd, house, seed), "Simulating", quiet=as_json)
    show(found if as_json else _lines(found))


def measured(bench: Path) -> dict[str, Any]:
    """A picture's seconds, the slots and their gain, of the part "throughput" of a benchmark."""
    try:
        counts = json.loads(regular(bench).read_text(encoding="utf-8"))["throughput"]
        slots = max(map(int, counts))
        alone, together = (float(counts[str(n)]["threads"]["seconds"]) for n in (1, slots))
        return {"seconds": alone, "slots": slots, "gain": slots * alone / together}
    except FileNotFoundError:
        raise InputError(f"There is no file {bench}; check its name.") from None
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        raise InputError(
            f"{bench} holds no throughput; `lumina bench --part throughput --out DIR` writes DIR/bench.json."
        ) from None


def _lines(found: Any) -> list[str]:
    lines = _told("visitors", found)
    if "floods" in found:
        lines += _told("floods", found["floods"])
    lines.append(f"{'replicas at work':<28}{found['busy']:.0%} of the day")
    if "cost_of_a_picture" in found:
        lines.append(f"{'cost of a picture':<28}{found['cost_of_a_picture']}")
    return lines


def _told(who: str, found: Any) -> list[str]:
    refused, waits = found["refused"], found["wait_seconds"]
    return [
        f"{who + ': asked for':<28}{found['asked']:,}",
        f"{'  drawn':<28}{found['drawn']:,}",
        f"{'  left before':<28}{found['gave_up']:,}",
        f"{'  refused':<28}{', '.join(f'{n:,} ({why})' for why, n in refused.items()) or 'none'}",
        f"{'  seconds until it begins':<28}median {waits['median']}, 95 % within {waits['95th']} "
        f"(in the busiest hour {waits['95th_of_busiest_hour']}), longest {waits['longest']}",
    ]
