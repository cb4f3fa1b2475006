from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kcli.replica.waiting import Waiter, Waiting


class Log:
    """Collects what was finished, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def waiter(self, name: str, caps: dict[str, int], missing: int = 1, deadline: float = 10.0) -> Waiter:
        return Waiter(dict(caps), missing, deadline, lambda: self.done.append(name))


def test_a_wait_ends_only_when_enough_bytes_have_come_in() -> None:
    log, waiting = Log(), Waiting()
    waiting.add(log.waiter("a", {"p": 1000}, missing=100))
    waiting.gained("p", 60)
    assert log.done == []
    waiting.gained("p", 40)
    assert log.done == ["a"]
    assert len(waiting) == 0


def test_a_partition_counts_up_to_its_cap_only() -> None:
    log, waiting = Log(), Waiting()
    waiting.add(log.waiter("a", {"p": 30, "q": 1000}, missing=100))
    waiting.gained("p", 500)
    assert log.done == []
    waiting.gained("q", 70)
    assert log.done == ["a"]


def test_other_partitions_waiters_are_left_alone() -> None:
    log, waiting = Log(), Waiting()
    waiting.add(log.waiter("a", {"p": 10}))
    waiting.add(log.waiter("b", {"q": 10}))
    waiting.gained("p", 1)
    assert log.done == ["a"]
    waiting.force("q")
    assert log.done == ["a", "b"]


def test_deadlines_pass_in_order_and_each_waiter_ends_once() -> None:
    log, waiting = Log(), Waiting()
    waiting.add(log.waiter("late", {"p": 10}, deadline=3.0))
    waiting.add(log.waiter("early", {"p": 10}, deadline=1.0))
    waiting.expire(0.5)
    assert log.done == []
    waiting.expire(1.0)
    assert log.done == ["early"]
    waiting.gained("p", 10)
    waiting.expire(99.0)
    assert log.done == ["early", "late"]


def test_a_cancelled_wait_tells_nobody() -> None:
    log, waiting = Log(), Waiting()
    waiter = log.waiter("a", {"p": 10})
    waiting.add(waiter)
    waiting.cancel(waiter)
    waiting.cancel(waiter)
    waiting.force("p")
    waiting.expire(99.0)
    assert log.done == []
    assert waiting.next_deadline() is None


def test_who_keeps_the_timer_hears_of_earlier_deadlines_only() -> None:
    heard: list[float] = []
    log, waiting = Log(), Waiting(heard.append)
    for deadline in (5.0, 7.0, 3.0, 4.0):
        waiting.add(log.waiter("w", {"p": 10}, deadline=deadline))
    assert heard == [5.0, 3.0]


def test_a_waiter_added_while_others_end_is_not_lost() -> None:
    log, waiting = Log(), Waiting()
    second = log.waiter("second", {"p": 10})
    waiting.add(Waiter({"p": 10}, 1, 10.0, lambda: waiting.add(second)))
    waiting.gained("p", 1)
    assert log.done == []
    waiting.gained("p", 1)
    assert log.done == ["second"]


def test_force_all_ends_everything() -> None:
    log, waiting = Log(), Waiting()
    for name in "abc":
        waiting.add(log.waiter(name, {name: 10}))
    waiting.force_all()
    assert sorted(log.done) == ["a", "b", "c"]


class WaitingMachine(RuleBasedStateMachine):
    """Against a plain list of what each waiter still needs."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = Waiting()
        self.model: dict[int, tuple[dict[str, int], int, float]] = {}
        self.done: set[int] = set()
        self.waiters: dict[int, Waiter] = {}
        self.now = 0.0

    @rule(
        caps=st.dictionaries(st.sampled_from("pqr"), st.integers(1, 50), min_size=1),
        missing=st.integers(1, 80),
        delay=st.integers(1, 20),
    )
    def add(self, caps: dict[str, int], missing: int, delay: int) -> None:
        number = len(self.waiters)
        waiter = Waiter(dict(caps), missing, self.now + delay, lambda: self.done.add(number))
        self.waiters[number] = waiter
        self.model[number] = (dict(caps), missing, self.now + delay)
        self.waiting.add(waiter)

    @rule(key=st.sampled_from("pqr"), size=st.integers(1, 40))
    def gain(self, key: str, size: int) -> None:
        ended = set()
        for number, (caps, missing, deadline) in list(self.model.items()):
            if key in caps:
                counted = min(size, caps[key])
                caps[key] -= counted
                self.model[number] = (caps, missing - counted, deadline)
                if missing - counted <= 0:
                    ended.add(number)
        self._expect(ended, lambda: self.waiting.gained(key, size))

    @rule(seconds=st.integers(1, 10))
    def pass_time(self, seconds: int) -> None:
        self.now += seconds
        ended = {number for number, (_, _, deadline) in self.model.items() if deadline <= self.now}
        self._expect(ended, lambda: self.waiting.expire(self.now))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.model:
            number = data.draw(st.sampled_from(sorted(self.model)))
            del self.model[number]
            self.waiting.cancel(self.waiters[number])

    def _expect(self, ended: set[int], act: object) -> None:
        before = set(self.done)
        act()  # type: ignore[operator]
        assert self.done - before == ended
        for number in ended:
            del self.model[number]

    @invariant()
    def counts_and_deadlines_agree(self) -> None:
        assert len(self.waiting) == len(self.model)
        assert self.waiting.next_deadline() == min((d for _, _, d in self.model.values()), default=None)


TestWaitingMachine = WaitingMachine.TestCase
