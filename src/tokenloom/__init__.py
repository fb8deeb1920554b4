"""Tokenloom: a training studio for language models that people own.

The package's front door is lazy: ``import tokenloom`` costs milliseconds and loads neither torch nor the database.
"""

from __future__ import annotations

__version__ = "0.1.0"
