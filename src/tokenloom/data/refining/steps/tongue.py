"""Which language a text is in, by py3langid (Lui, Baldwin, "langid.py", 2012): 120 languages, a model that comes with the package."""

from __future__ import annotations

import functools
import threading
from typing import Any

_loading = threading.Lock()
_ENOUGH = 2_000  # characters; more change the answer rarely and cost time


def language_of(text: str) -> tuple[str, float]:
    """Code (ISO 639) and how sure it is, 0 to 1."""
    language, confidence = _identifier().classify(text[:_ENOUGH])
    return str(language), float(confidence)


@functools.cache
def known_languages() -> frozenset[str]:
    """Every code that :func:`language_of` can answer."""
    return frozenset(_identifier().labels)


def _identifier() -> Any:
    with _loading:  # who comes while it is loaded waits for it
        return _loaded()


@functools.cache
def _loaded() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
