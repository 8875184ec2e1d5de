"""A cache of converted texts."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class TextCache:
    """Converts texts, and keeps those that were used last, with their conversions. Safe to use from several threads.

    Args:
        convert: The function that converts a text.
        limit: Maximum memory for texts and conversions, in bytes.

    Attributes:
        size: Memory of the texts and conversions that are kept, in bytes.
    """

    def __init__(self, convert: Callable[[str], str], limit: int) -> None:
        self._convert = convert
        self._limit = limit
        self._lock = threading.Lock()
        self._converted: OrderedDict[str, str] = OrderedDict()
        self.size = 0

    def __call__(self, text: str) -> str:
        """Return the conversion of a text.

        Args:
            text: The text.

        Returns:
            The conversion, a kept one if there is one.
        """
        with self._lock:
            known = self._converted.get(text)
            if known is not None:
                self._converted.move_to_end(text)
                return known
        converted = self._convert(text)
        self._keep(text, converted)
        return converted

    def _keep(self, text: str, converted: str) -> None:
        with self._lock:
            if text not in self._converted:
                self._converted[text] = converted
                self.size += _memory(text, converted)
            while self.size > self._limit:
                self.size -= _memory(*self._converted.popitem(last=False))


def _memory(*texts: str) -> int:
    return sum(map(sys.getsizeof, texts))
