"""Writes the few protocol buffers that the stub provider answers with."""


def varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])


def message(field: int, content: bytes | str) -> bytes:
    """A field that holds a message, bytes or text."""
    raw = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def number(field: int, value: int) -> bytes:
    """A field that holds a number or a truth; 0 is left out, as always."""
    return varint(field << 3) + varint(value) if value else b""
