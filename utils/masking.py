"""Ids that open something are cut short wherever they are logged.

The id of a cart, an order or a payment collection is its guest's only right to it. A log shows `order_~3f9ab2c41d`
instead: the kind, and the beginning of the id's SHA-256, by which all lines about one order are found
(`printf %s ORDER_ID | sha256sum | cut -c1-10`) and from which the id cannot be had.
"""

import logging
import re
from hashlib import sha256
from urllib.parse import unquote

OPENING = ("cart", "order", "sord", "pay_col", "return", "ordtf")
SHOWN = 10  # hexadecimal digits of the hash
_ID = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(OPENING)})_[0-9A-Za-z]{{12,}}")
_SIGNS = re.compile("|".join(f"{kind}_" for kind in OPENING)).search


def _cut(match: re.Match[str]) -> str:
    return f"{match[1]}_~{sha256(match[0].encode()).hexdigest()[:SHOWN]}"


def masked(text: str) -> str:
    """The text with every id that opens something cut short; other text stays as it is."""
    return _ID.sub(_cut, text) if _SIGNS(text) else text


def masked_path(path: str) -> str:
    """The path of a request likewise, also where the id is written in percent signs."""
    if "%" in path:
        plain = unquote(path)
        if _ID.search(plain):
            return masked(plain)
    return masked(path)


class MaskedFormatter(logging.Formatter):
    """A formatter whose lines, tracebacks included, hold no id that opens something."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def mask_record(record: logging.LogRecord) -> bool:
    """A filter for loggers: message and traceback are masked before any handler sees them."""
    message = record.getMessage()
    cut = masked(message)
    if cut != message:
        record.msg, record.args = cut, ()
    if record.exc_info and not record.exc_text:
        record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
    return True


def log_masked(name: str) -> logging.Logger:
    """The logger of this name, whose records are masked."""
    logger = logging.getLogger(name)
    if mask_record not in logger.filters:
        logger.addFilter(mask_record)
    return logger
