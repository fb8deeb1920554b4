"""Opening a tokenizer folder: our own by its manifest, a stranger's first inside the sandbox."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import orjson

from tokenloom.data.template.jinja import ChatTemplate, TemplateRefusal
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.kit.atomic import MANIFEST, read_manifest, verify_dir
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.sandbox import sandbox_child

LAYOUT, CONFIG, TEMPLATE, SPECIALS = (
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "special_tokens_map.json",
)
_MAX_BYTES = 200_000_000
_MADE_HERE = "tokenloom.tokenizer"


def load_tokenizer(folder: Path | str) -> Tokenizer:
    """The tokenizer of a folder in Hugging Face layout.

    A folder made here is checked against its manifest. Any other ``tokenizer.json`` is opened in a limited child process
    first, because some abort the process that reads them. Raises :class:`NotFound` and :class:`DataError`.
    """
    folder = Path(folder)
    if not (folder / LAYOUT).is_file():
        raise NotFound(
            f"There is no {LAYOUT} in {folder}.",
            hint="Name a folder in Hugging Face layout with a fast tokenizer in it.",
        )
    if (folder / LAYOUT).stat().st_size > _MAX_BYTES:
        raise DataError(
            f"{LAYOUT} has more than {_MAX_BYTES // 10**6} MB.", hint="No real tokenizer is that large; use another."
        )
    meta = _own_meta(folder)
    if meta is None:
        sandbox_child("tokenloom.data.tokenizer.load:probe", memory_bytes=2 << 30, path=str(folder / LAYOUT))
    return _read(folder, name=str((meta or {}).get("name", folder.name)), id=str((meta or {}).get("id", "")))


def probe(path: str) -> int:
    """Open a tokenizer and use it and its chat template once; its vocabulary size. Runs inside ``sandbox_child``."""
    file = Path(path)
    tokenizer = _read(file.parent, name=file.parent.name, id="")
    sample = "Hello, wörld! 12 345\n\tif x == 1: return [0]  🙂 " * 4
    tokenizer.decode(tokenizer.encode(sample))
    if tokenizer.chat_template:
        messages = [{"role": "user", "content": sample}, {"role": "assistant", "content": sample}]
        with contextlib.suppress(DataError, TemplateRefusal):  # told when the template is used
            ChatTemplate(tokenizer.chat_template, "").render(messages=messages, **tokenizer.template_context)
    return tokenizer.vocab_size


def _own_meta(folder: Path) -> dict[str, Any] | None:
    if not (folder / MANIFEST).is_file():
        return None
    meta = read_manifest(folder).get("meta") or {}
    if meta.get("kind") != _MADE_HERE:
        return None
    problems = verify_dir(folder)
    if problems:
        raise DataError(
            f"The tokenizer {meta.get('name', folder.name)} is damaged: {problems[0]}.",
            hint="Train or copy it once more.",
        )
    return meta


def _read(folder: Path, *, name: str, id: str) -> Tokenizer:
    config = _json(folder / SPECIALS) | _json(folder / CONFIG)
    template = folder / TEMPLATE
    if template.is_file():
        config["chat_template"] = template.read_text("utf-8")
    elif isinstance(config.get("chat_template"), list):
        named = {
            entry.get("name"): entry.get("template") for entry in config["chat_template"] if isinstance(entry, dict)
        }
        config["chat_template"] = named.get("default")
    try:
        return Tokenizer((folder / LAYOUT).read_bytes(), config, name=name, id=id)
    except DataError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unreadable(name, error) from None
    except Exception as error:  # noqa: BLE001  the tokenizers library raises the bare class
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: Exception) -> DataError:
    return DataError(
        f"The {LAYOUT} of {name} cannot be read: {error}.", hint="Use a file that the tokenizers library saved."
    )


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise DataError(f"{path.name} is not valid JSON: {error}.", hint="Use another copy of the tokenizer.") from None
    return content if isinstance(content, dict) else {}
