"""Lengths, words, growth of the vocabulary, coverage, and a map of the rows."""

from tokenloom.data.corpus.asked import MapAsked as MapAsked
from tokenloom.data.corpus.asked import map_by_model as map_by_model
from tokenloom.data.corpus.report import Embedded as Embedded
from tokenloom.data.corpus.report import corpus_map as corpus_map
from tokenloom.data.corpus.report import corpus_report as corpus_report
from tokenloom.data.corpus.report import known_map as known_map
