"""Packets of strangers: what is no packet of ours ends the connection before anything is made of it.

The library leaves the names of its own events, numbers of any length and binary attachments without end to the
application; here they are refused where a packet is read.
"""

import re
from typing import Any

import orjson
from socketio import packet

from routes.events import RESERVED
from utils.errors import AppError
from utils.strict_json import parse

LONGEST_NAME = 64
LONGEST_ID = 9  # digits of the number that asks for an acknowledgement
MOST_ARGUMENTS = 2  # a body, and what says how to carry it out
BINARY = object()  # stands in a packet for the attachments that would have followed


class PacketMalformed(AppError):
    code, kind, message = "packet_malformed", "invalid", "The packet cannot be read."


# An event of a namespace, with or without a number that asks for an acknowledgement: nearly all that comes.
USUAL = re.compile(rf"2(/[^,?]{{1,64}}),([0-9]{{0,{LONGEST_ID}}})(\[.*)", re.DOTALL).fullmatch


class StrictJson:
    """JSON in the form that the library asks for."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()

    @staticmethod
    def loads(text: str) -> Any:
        return parse(text.encode(errors="surrogatepass"))


class StrictPacket(packet.Packet):  # type: ignore[misc]
    """A packet that is well formed, or PacketMalformed. One with attachments is an event with BINARY as its body."""

    json = StrictJson
    packet_type: int
    data: Any

    def decode(self, encoded_packet: Any) -> int:
        if not isinstance(encoded_packet, str):
            raise PacketMalformed()
        super().decode(encoded_packet)
        kind, data = self.packet_type, self.data
        if self.id is not None and self.id >= 10**LONGEST_ID:
            raise PacketMalformed()
        if kind in (packet.EVENT, packet.BINARY_EVENT):
            if not is_event(data):
                raise PacketMalformed()
            if kind == packet.BINARY_EVENT:
                self.packet_type, self.data = packet.EVENT, [data[0], BINARY]
        elif kind == packet.CONNECT:
            if self.id is not None or not (data is None or isinstance(data, dict)):
                raise PacketMalformed()
        elif kind != packet.DISCONNECT and not (kind == packet.ACK and isinstance(data, list)):
            raise PacketMalformed()
        return 0


def read_event(text: str) -> tuple[str, str, list[Any]] | None:
    """Namespace, number (maybe empty) and data of an event in its usual form; None for what StrictPacket has to read.

    PacketMalformed, MalformedJson.
    """
    parts = USUAL(text)
    if parts is None:
        return None
    data = parse(parts[3].encode(errors="surrogatepass"))
    if not is_event(data):
        raise PacketMalformed()
    return parts[1], parts[2], data


def acknowledgement(namespace: str, number: str, reply: Any) -> str:
    """The packet that answers an event."""
    return f"{packet.ACK}{namespace},{number}[{StrictJson.dumps(reply)}]"


def is_event(data: Any) -> bool:
    """A list of the event's name and at most MOST_ARGUMENTS values; the name is none that the protocol uses itself."""
    return (
        isinstance(data, list)
        and 0 < len(data) <= 1 + MOST_ARGUMENTS
        and isinstance(data[0], str)
        and len(data[0]) <= LONGEST_NAME
        and data[0] not in RESERVED
    )
