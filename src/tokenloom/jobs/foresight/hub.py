"""Whether a model that is named by its hub id is on this machine already. Nothing is asked of the network."""

from __future__ import annotations

from pathlib import Path

from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.artifacts import resolve_model


def needs_download(workspace: Workspace, source: str, revision: str | None = None) -> bool:
    """Whether ``source`` is a hub id whose weights were not fetched yet; :class:`NotFound` where it is no model at all."""
    ref = resolve_model(workspace, source)
    if ref.folder is not None:
        return False
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(ref.hub_id, "config.json", revision=revision)
    except HFValidationError:
        return True
    return not isinstance(config, str) or not any(Path(config).parent.glob("*.safetensors"))


def is_offline() -> bool:
    """Whether ``HF_HUB_OFFLINE`` (or its older name) forbids the network."""
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE)
