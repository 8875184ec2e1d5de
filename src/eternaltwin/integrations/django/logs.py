"""What a development server's log may tell of callbacks."""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(r"(?<![^?&\s])(code|state)=[^&\s\"]+")


class RedactCallbacks(logging.Filter):
    """Takes authorization codes and states out of the request lines that ``runserver`` logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, without codes and states."""
        if isinstance(record.args, tuple):
            record.args = tuple(_redacted(argument) for argument in record.args)
        return True


def _redacted(argument: object) -> object:
    return _SECRETS.sub(r"\1=[hidden]", argument) if isinstance(argument, str) else argument
