"""Reading strangers' files row by row: what is wrong is located and given a reason, the rest goes on."""

from tokenloom.data.format.read import read_records
from tokenloom.data.format.record import Record
from tokenloom.data.format.sniffer import Sniffed, sniff

__all__ = ["Record", "Sniffed", "read_records", "sniff"]
