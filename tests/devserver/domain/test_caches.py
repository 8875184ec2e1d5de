"""The cache of converted texts is limited by their size in memory, not by their number."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from eternaltwin.devserver.domain.caches import TextCache

LIMIT = 2_000


class Converter:
    """Doubles texts, and counts how often."""

    def __init__(self) -> None:
        self.converted: list[str] = []

    def __call__(self, text: str) -> str:
        self.converted.append(text)
        return text * 2


@settings(max_examples=50)
@given(st.lists(st.text(alphabet="ab€", max_size=600), max_size=20))
def test_a_cache_is_never_larger_than_its_limit(texts: list[str]) -> None:
    cache = TextCache(lambda text: text * 2, LIMIT)
    for text in texts:
        assert cache(text) == text * 2
        assert 0 <= cache.size <= LIMIT


def test_texts_that_were_used_last_are_kept() -> None:
    converter = Converter()
    one, two, three = "x" * 100, "y" * 100, "z" * 300
    room = sum(map(sys.getsizeof, (one, one * 2, three, three * 2)))
    cache = TextCache(converter, room)
    for text in (one, two, one, three, one, two):
        cache(text)
    assert converter.converted == [one, two, three, two]
    assert cache.size == sum(map(sys.getsizeof, (one, one * 2, two, two * 2)))


def test_a_text_larger_than_the_cache_is_converted_and_not_kept() -> None:
    cache = TextCache(Converter(), LIMIT)
    assert cache("x" * LIMIT) == "x" * 2 * LIMIT
    assert cache.size == 0


def test_several_threads_share_a_cache() -> None:
    cache = TextCache(Converter(), LIMIT)
    texts = ["", "a", "b" * 200, "c" * 300] * 50
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(cache, texts)) == [text * 2 for text in texts]
    assert cache.size <= LIMIT


def test_a_text_that_another_thread_converted_meanwhile_counts_once() -> None:
    calls: list[str] = []

    def convert(text: str) -> str:
        calls.append(text)
        if len(calls) == 1:
            cache(text)  # as another thread would
        return text * 2

    cache = TextCache(convert, LIMIT)
    assert cache("ab") == "abab"
    assert (calls, cache.size) == (["ab", "ab"], sys.getsizeof("ab") + sys.getsizeof("abab"))
