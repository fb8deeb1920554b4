"""The tokens that training reads: made once, kept by the hash of all that they depend on."""

from tokenloom.data.tokens.preparing import prepare_tokens as prepare_tokens
from tokenloom.data.tokens.store import TokenStore as TokenStore
