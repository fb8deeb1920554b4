"""Lengths, words, growth of the vocabulary, coverage, and a map of the rows."""

from tokenloom.data.corpus.report import corpus_map as corpus_map
from tokenloom.data.corpus.report import corpus_report as corpus_report
