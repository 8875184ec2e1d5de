"""What a server's log may tell of callbacks."""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(r"(?<![^?&\s])(code|state)=[^&\s\"]+")


class RedactCallbacks(logging.Filter):
    """Takes authorization codes and states out of the request lines that servers log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, without codes and states."""
        if isinstance(record.args, tuple):
            record.args = tuple(redacted(argument) for argument in record.args)
        if isinstance(record.msg, str):
            record.msg = redacted(record.msg)
        return True


def redacted(argument: object) -> object:
    """A text without the codes and states of URLs in it; everything else as it is."""
    return _SECRETS.sub(r"\1=[hidden]", argument) if isinstance(argument, str) else argument
