"""How well a vocabulary fits a text, and what would fit better."""

from tokenloom.data.tokenizer.lab.candidates import find_candidates
from tokenloom.data.tokenizer.lab.comparing import compare
from tokenloom.data.tokenizer.lab.growing import Grown, grow
from tokenloom.data.tokenizer.lab.measuring import measure, texts_of

__all__ = ["Grown", "compare", "find_candidates", "grow", "measure", "texts_of"]
