"""The built-in steps; importing this registers them."""

from tokenloom.data.refining.augmenting import asking as asking
from tokenloom.data.refining.augmenting import contextual as contextual
from tokenloom.data.refining.augmenting import edits as edits
from tokenloom.data.refining.augmenting import synonyms as synonyms
from tokenloom.data.refining.augmenting import templates as templates
from tokenloom.data.refining.personal import redacting as redacting
from tokenloom.data.refining.steps import characters as characters
from tokenloom.data.refining.steps import copies as copies
from tokenloom.data.refining.steps import filters as filters
from tokenloom.data.refining.steps import markup as markup
from tokenloom.data.refining.steps import quality as quality
from tokenloom.data.refining.steps import splits as splits
