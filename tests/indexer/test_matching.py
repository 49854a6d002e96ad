"""What is found in many texts at once is what Phrases finds in each."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.matching import Matcher
from indexer.analysis.phrases import Phrases

_WORDS = ["a", "ab", "abc", "b", "bc", "c"]
_PART = st.sampled_from([*_WORDS, "a*", "ab*", "*", "unknown"])
# A pattern begins with a word, and after each gap comes one, as in our tables.
_AFTER = st.one_of(st.lists(_PART, min_size=1, max_size=1), st.tuples(st.just("..."), _PART))
_PATTERNS = st.tuples(st.sampled_from([*_WORDS, "a*", "b*"]), st.lists(_AFTER, max_size=3)).map(
    lambda parts: (parts[0], *(part for after in parts[1] for part in after))
)
_TEXTS = st.lists(st.lists(st.sampled_from(_WORDS), max_size=10), max_size=4)


@given(entries=st.lists(st.tuples(st.sampled_from(["x", "y"]), _PATTERNS), max_size=6, unique=True), texts=_TEXTS)
def test_a_matcher_finds_what_phrases_find(entries: list[tuple[str, tuple[str, ...]]], texts: list[list[str]]) -> None:
    """Every pattern at every place, with wildcards and gaps, within each text and not across two."""
    matcher, phrases = Matcher(entries, _WORDS), Phrases(entries)
    words = np.array([_WORDS.index(word) for text in texts for word in text], np.int32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    places, names = matcher.find(words, owner)
    found = [(int(at), matcher.names[name]) for at, name in zip(places, names, strict=True)]
    offsets = np.cumsum([0, *map(len, texts)])
    wanted = [
        (int(offset) + at, name)
        for text, offset in zip(texts, offsets, strict=False)
        for name, at, _ in phrases.places(text)
    ]
    assert sorted(found) == sorted(wanted)
