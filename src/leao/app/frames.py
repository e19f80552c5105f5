"""What server and worker say to each other: a pickled object behind its length, between our own processes alone."""

from __future__ import annotations

import pickle
import struct
from typing import Any

HEAD = struct.Struct("<Q")


def packed(message: Any) -> bytes:
    """Return a message with its length before it."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEAD.pack(len(body)) + body


def unpacked(body: bytes) -> Any:
    """Return the message of our own other process."""
    return pickle.loads(body)  # noqa: S301  (never anything that came over the network)
