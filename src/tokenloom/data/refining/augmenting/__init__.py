"""Steps that add rows; importing this registers them."""

from tokenloom.data.refining.augmenting import asking as asking
from tokenloom.data.refining.augmenting import edits as edits
from tokenloom.data.refining.augmenting import synonyms as synonyms
from tokenloom.data.refining.augmenting import templates as templates
