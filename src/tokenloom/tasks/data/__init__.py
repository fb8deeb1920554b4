"""Tasks that make datasets, tokenizers and vocabularies."""
