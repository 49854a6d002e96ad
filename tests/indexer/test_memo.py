"""What is remembered, and for how long."""

from __future__ import annotations

from indexer.analysis.memo import MOST_KEY, Memo


def test_a_known_text_is_not_made_again() -> None:
    """The second look at a text gives what the first one made."""
    made: list[str] = []

    def length(text: str) -> int:
        made.append(text)
        return len(text)

    lengths = Memo(length, 10)
    assert [lengths[text] for text in ("knee", "hip", "knee")] == [4, 3, 4]
    assert made == ["knee", "hip"]


def test_no_more_than_so_many_are_kept() -> None:
    """Beyond them all are forgotten, so memory stays bounded whatever visitors write."""
    lengths = Memo(len, 3)
    for text in ("a", "b", "c", "d"):
        assert lengths[text] == 1
    assert list(lengths) == ["d"]


def test_long_texts_are_not_kept() -> None:
    """A page of data without spaces is worked out each time."""
    lengths = Memo(len, 3)
    assert lengths["x" * (MOST_KEY + 1)] == MOST_KEY + 1
    assert not lengths
