"""Seconds of drawing within an hour: used up, given back bit by bit, and everybody's their own."""

from lumina.server.allowance import SLICE, WINDOW, Allowance


class Clock:
    seconds = 12_345.0

    def __call__(self) -> float:
        return self.seconds


def test_it_is_used_up_and_comes_back_as_it_was_used() -> None:
    clock = Clock()
    allowance = Allowance(100, clock)
    allowance.spend("a", 60)
    assert allowance.wait("a") == 0
    clock.seconds += 600
    allowance.spend("a", 60)
    first = allowance.wait("a")
    assert WINDOW - 600 <= first <= WINDOW - 600 + SLICE
    assert allowance.wait("b") == 0
    clock.seconds += first
    assert allowance.wait("a") == 0
    allowance.spend("a", 1000)
    assert allowance.wait("a") > WINDOW - SLICE


def test_without_a_limit_nobody_waits_and_nothing_is_kept() -> None:
    clock = Clock()
    none, some = Allowance(0, clock), Allowance(1, clock)
    for number in range(100):
        none.spend(str(number), 10_000)
        some.spend(str(number), 10_000)
    assert none.wait("1") == 0 and none._spent == {} and len(some._spent) == 100
    clock.seconds += WINDOW + SLICE
    assert some.wait("1") == 0 and some._spent == {}
