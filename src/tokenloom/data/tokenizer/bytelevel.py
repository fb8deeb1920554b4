"""The printable alphabet in which byte-level tokenizers write bytes (GPT-2, and every tokenizer in its layout)."""

from __future__ import annotations

from functools import cache


@cache
def byte_of_character() -> dict[str, int]:
    """Bytes that print well stand for themselves; the other 68 are numbered upward from code point 256."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {chr(byte): byte for byte in plain}
    others = (byte for byte in range(256) if byte not in set(plain))
    return table | {chr(256 + number): byte for number, byte in enumerate(others)}


def token_bytes(token: str) -> bytes | None:
    """Bytes of a token as written in ``tokenizer.json``; None if it is not in the alphabet."""
    table = byte_of_character()
    try:
        return bytes(table[character] for character in token)
    except KeyError:
        return None
