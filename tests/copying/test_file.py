"""The dump file: what is written is read, and wherever it is cut or damaged, the whole frames before are kept."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from kcli.copying import file
from kcli.copying.file import DumpReader
from kcli.copying.stream import GroupOffset, Manifest, Part, Sum, TopicInfo
from kcli.copying.work import take_up
from kcli.records.builder import build_batch

MANIFEST = Manifest(
    "cluster",
    1,
    [TopicInfo("a", "id", 1, {"retention.ms": "5"}, [0, 3], [9, 9]), TopicInfo("b", "id2", 3, {}, [0], [1])],
    [GroupOffset("g", 0, 1, 4, "note")],
)


def part(place: tuple[int, int], base: int, values: list[bytes]) -> Part:
    data = build_batch([(5, None, value, ()) for value in values], base_offset=base)
    return Part(place, base + len(values), len(values), data)


PARTS = [part((0, 0), 0, [b"x", b"y"]), part((0, 1), 3, [b""]), Part((0, 1), 9, 0, b""), part((1, 0), 0, [b"z" * 300])]
END = {(0, 0): Sum(2, "aa"), (0, 1): Sum(1, "bb"), (1, 0): Sum(1, "cc")}


def whole() -> tuple[bytes, list[int]]:
    """A dump, and where its frames end."""
    stream = io.BytesIO()
    file.begin(stream, MANIFEST)
    ends = [stream.tell()]
    for each in PARTS:
        file.write_part(stream, each)
        ends.append(stream.tell())
    file.write_end(stream, END)
    return stream.getvalue(), ends


WHOLE, ENDS = whole()


def test_what_is_written_is_read() -> None:
    reader = DumpReader(io.BytesIO(WHOLE), "f")
    assert reader.manifest == MANIFEST
    assert [each._replace(data=bytes(each.data)) for each in reader.parts()] == PARTS
    assert reader.end == END


@given(st.integers(ENDS[0], len(WHOLE) - 1), st.binary(max_size=40))
def test_a_torn_tail_is_cut_off_and_the_dump_gone_on_with(cut: int, garbage: bytes) -> None:
    torn = WHOLE[:cut]
    if not WHOLE.startswith(torn + garbage):
        torn += garbage
    stream = io.BytesIO(torn)
    resumed = take_up(stream, "f", lambda records, size: None)
    kept = sum(end <= cut for end in ENDS) - 1
    assert resumed.end is None
    assert stream.getvalue() == WHOLE[: ENDS[kept]]
    assert resumed.positions == {each.place: each.next_offset for each in PARTS[:kept]}
    for each in PARTS[kept:]:
        file.write_part(stream, each)
    file.write_end(stream, END)
    assert stream.getvalue() == WHOLE


@given(st.integers(ENDS[0], len(WHOLE) - 1), st.integers(1, 255))
def test_a_damaged_byte_is_never_taken_for_data(place: int, change: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] ^= change
    reader = DumpReader(io.BytesIO(bytes(damaged)), "f")
    read = [each._replace(data=bytes(each.data)) for each in reader.parts()]
    assert read == PARTS[: len(read)]
    assert reader.end is None
