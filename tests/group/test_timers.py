from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kcli.clock import ManualClock
from kcli.group.timers import Timers, TimerService
from tests.group.support import ManualScheduler

KEYS = st.sampled_from("abc")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), KEYS, st.integers(0, 20)),
        st.tuples(st.just("cancel"), KEYS, st.just(0)),
        st.tuples(st.just("advance"), st.just(""), st.integers(0, 8)),
    )
)


@given(STEPS)
def test_each_key_is_due_once_at_its_last_deadline(steps: list[tuple[str, str, int]]) -> None:
    timers, model, now = Timers(), {}, 0
    for what, key, amount in steps:
        if what == "set":
            timers.set(key, now + amount)
            model[key] = now + amount
        elif what == "cancel":
            timers.cancel(key)
            model.pop(key, None)
        else:
            now += amount
            due = {key for key, deadline in model.items() if deadline <= now}
            assert set(timers.due(now)) == due
            for key in due:
                del model[key]
        assert len(timers) == len(model)
        if model:
            deadline = timers.next_deadline()
            assert deadline is not None and deadline <= min(model.values())


def test_the_service_fires_in_time_however_often_a_timer_is_put_off() -> None:
    clock = ManualClock()
    scheduler = ManualScheduler(clock)
    start, fired = clock.monotonic(), []
    service = TimerService(clock, scheduler, lambda key: fired.append((key, clock.monotonic() - start)))
    service.start("far", 60_000)
    service.start("session", 10_000)
    service.start("stopped", 1_000)
    for _ in range(5):
        scheduler.advance(5)
        service.start("session", 10_000)
    service.stop("stopped")
    scheduler.advance(100)
    assert fired == [("stopped", 1.0), ("session", 35.0), ("far", 60.0)]


def test_putting_off_does_not_pile_up() -> None:
    timers = Timers()
    for deadline in range(10_000):
        timers.set("session", deadline)
    assert len(timers._heap) == 1
