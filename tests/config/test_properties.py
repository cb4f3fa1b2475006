import javaproperties
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.config import properties


def as_dict(text):
    return {name: value for name, value, _ in properties.parse(text)}


@pytest.mark.parametrize(
    "text, name, value, line",
    [
        ("a=b", "a", "b", 1),
        ("\n# note \\\n  a : b c ", "a", "b c ", 3),
        ("a\\=b\\:c = d", "a=b:c", "d", 1),
        ("a = 1,\\\r\n    2\r\n", "a", "1,2", 1),
        ("lonely", "lonely", "", 1),
        ("a=\\u00e9\\ud83d\\ude00\\t", "a", "é😀\t", 1),
        ("a==b", "a", "=b", 1),
        ("path=c:\\\\x", "path", "c:\\x", 1),
        ("!x\n\n\n\ta b", "a", "b", 4),
    ],
)
def test_syntax_and_line(text, name, value, line):
    assert list(properties.parse(text)) == [(name, value, line)]


def test_later_setting_wins(tmp_path):
    file = tmp_path / "x.properties"
    file.write_bytes(b"a=1\na=\xe9\n")
    assert properties.load(str(file)) == {"a": "é"}
    assert [found.line for found in properties.read(str(file))] == [1, 2]


def test_malformed_escape_names_the_line():
    with pytest.raises(properties.PropertiesError, match="Malformed") as caught:
        list(properties.parse("a=1\nb=\\u12x4\n"))
    assert caught.value.line == 2


@given(st.text(alphabet="ab=: \t\f\\\n\r#!n", max_size=40))
def test_agrees_with_javaproperties(text):
    assert as_dict(text) == javaproperties.loads(text)
