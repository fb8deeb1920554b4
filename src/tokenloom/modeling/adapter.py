"""What becomes of an adapter once it exists: loaded, chosen among several, left off, merged, and what stands around a model.

Most are PEFT's, in the field's own format; bottleneck adapters are ours (``modeling.tuning.bottleneck``). PEFT takes a second to load, and most
runs have no adapter, so it is loaded with the first one.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import torch
from safetensors import SafetensorError
from torch import nn
from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache

from tokenloom.kit.errors import Conflict, DataError, ExportError
from tokenloom.kit.registry import unknown_name
from tokenloom.modeling.tuning.bottleneck import BottleneckModel, is_bottleneck_folder, load_bottlenecks

if TYPE_CHECKING:
    from peft import PeftModel

UNREADABLE = (OSError, ValueError, TypeError, RuntimeError, KeyError, SafetensorError)


def load_adapter(model: PreTrainedModel, folder: Path, *, trainable: bool = False, name: str = "default") -> nn.Module:
    """The model with the adapter stored in ``folder``, under ``name``. :class:`DataError` where it does not fit."""
    try:
        if is_bottleneck_folder(folder):
            return load_bottlenecks(model, folder, trainable=trainable)
        from peft import PeftConfig, PeftModel

        is_prompt = PeftConfig.from_pretrained(str(folder)).is_prompt_learning
        loaded = PeftModel.from_pretrained(
            model, str(folder), adapter_name=name, is_trainable=trainable and not is_prompt
        )
    except UNREADABLE as error:
        raise _unfit(folder, error) from error
    if is_prompt:
        _require_width(model, loaded.peft_config[name], folder)
        # PEFT leaves them trainable, but does not offer to train them further.
        loaded.peft_config[name].inference_mode = not trainable
        loaded.prompt_encoder.requires_grad_(trainable)
    return loaded


def load_beside(model: nn.Module, folder: Path, name: str) -> None:
    """Load one more adapter beside those that the model has; the active one stays. :class:`Conflict` where the kinds do not mix."""
    if not _is_peft(model) or is_bottleneck_folder(folder):
        raise Conflict(
            "Bottleneck adapters stand alone: no second adapter fits beside one.", hint="Open them one by one."
        )
    if name in model.peft_config:
        raise Conflict(f"There is an adapter “{name}” already.", hint="Give the other one another name.")
    try:
        model.load_adapter(str(folder), adapter_name=name)
    except UNREADABLE as error:
        raise _unfit(folder, error) from error


def choose_adapter(model: nn.Module, name: str) -> None:
    """Make the adapter ``name`` the one that works."""
    if name not in adapter_names(model):
        raise unknown_name("adapter", name, adapter_names(model))
    if _is_peft(model):
        model.set_adapter(name)


def adapter_names(model: nn.Module) -> list[str]:
    """Names of the adapters beside the model; empty for a plain one."""
    if isinstance(model, BottleneckModel):
        return ["default"]
    return list(model.peft_config) if _is_peft(model) else []


@contextmanager
def without_adapter(model: nn.Module) -> Iterator[nn.Module]:
    """The model as if it had no adapter, for as long as the block lasts."""
    if _is_peft(model):
        with model.disable_adapter():
            yield model
        return
    bottlenecks = model.bottlenecks if isinstance(model, BottleneckModel) else []
    for each in bottlenecks:
        each.is_on = False
    try:
        yield model
    finally:
        for each in bottlenecks:
            each.is_on = True


def is_adapted(model: nn.Module) -> bool:
    return isinstance(model, BottleneckModel) or _is_peft(model)


def _is_peft(model: nn.Module) -> TypeGuard[PeftModel]:
    """Whether it is a model of PEFT, which nothing is before PEFT has been loaded."""
    if "peft" not in sys.modules:
        return False
    from peft import PeftModel

    return isinstance(model, PeftModel)


def merge_adapter(model: nn.Module) -> PreTrainedModel:
    """The plain model with the adapter's product added to its weights. :class:`ExportError` for kinds that are no product."""
    require_mergeable(model)
    return model.merge_and_unload()  # type: ignore[no-any-return,operator]


def merge_for_now(model: nn.Module) -> None:
    """Add the active adapter to the weights so that it costs no time; :func:`unmerge` takes it out again (to rounding)."""
    require_mergeable(model)
    model.merge_adapter()  # type: ignore[operator]


def unmerge(model: nn.Module) -> None:
    """Take an adapter that :func:`merge_for_now` added out of the weights again."""
    require_mergeable(model)
    model.unmerge_adapter()  # type: ignore[operator]


def require_mergeable(model: nn.Module) -> None:
    if isinstance(model, BottleneckModel) or num_virtual_tokens(model):
        is_ours = isinstance(model, BottleneckModel)
        what = "bottleneck adapters" if is_ours else "virtual tokens"
        way = "Use it with its base" if is_ours else "Export the adapter alone (merge_adapter=false, --adapter-only)"
        raise ExportError(
            f"The model works through {what}, which are no part of any weight and cannot be merged.",
            hint=f"{way}, or train a LoRA, IA³ or full model instead.",
        )


def plain(model: nn.Module) -> PreTrainedModel:
    """A model without adapters, every weight trainable: what an adapter learned is part of the weights."""
    if is_adapted(model):
        model = merge_adapter(model)
    return model.requires_grad_(True)  # type: ignore[return-value]


def base_of(model: nn.Module) -> PreTrainedModel:
    """The transformers model below an adapter, or the model itself."""
    return model.get_base_model() if is_adapted(model) else model  # type: ignore[return-value,union-attr]


def save_adapter(model: nn.Module, folder: Path, *, base: str, weights: dict[str, torch.Tensor] | None = None) -> None:
    """Write the adapter alone, naming its base; from ``weights`` by name, where the model itself holds only parts of them."""
    if isinstance(model, BottleneckModel):
        model.base_reference = base
        model.save_pretrained(folder)
        return
    for config in model.peft_config.values():
        config.base_model_name_or_path = base
    # Embeddings are never trained here; left to itself PEFT would ask the hub whether they were, at every save.
    model.save_pretrained(folder, save_embedding_layers=False, state_dict=weights)


def is_adapter_folder(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def trained_parameters(model: nn.Module) -> dict[str, torch.nn.Parameter]:
    """Names and parameters that receive gradients, each tensor once."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def num_virtual_tokens(model: nn.Module) -> int:
    """Places that the model puts before each text; 0 for all but prompt and prefix tuning."""
    if not _is_peft(model) or not model.active_peft_config.is_prompt_learning:
        return 0
    return int(model.active_peft_config.num_virtual_tokens)


def begin_cache(model: nn.Module, batch_size: int) -> tuple[nn.Module, DynamicCache, int]:
    """What generation goes on with: the model to ask, its key/value cache with the virtual tokens in it, and how many they are."""
    count = num_virtual_tokens(model)
    if not count or not _is_peft(model):
        return model, DynamicCache(config=getattr(model, "config", None)), 0
    base = base_of(model)
    if model.active_peft_config.peft_type == "PREFIX_TUNING":
        return base, model.get_prompt(batch_size), count
    cache = DynamicCache(config=base.config)
    embeddings = model.get_prompt(batch_size=batch_size)
    base(inputs_embeds=embeddings, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return base, cache, count


def fingerprint(model: nn.Module, whole: Callable[[torch.Tensor], torch.Tensor] = torch.Tensor.detach) -> str:
    """Hash of all that is trained, to tell whether anything of it changed. ``whole`` makes a weight whole that is spread over processes."""
    digest = hashlib.sha256()
    for name, parameter in sorted(trained_parameters(model).items()):
        digest.update(name.encode() + whole(parameter.detach()).float().cpu().numpy().tobytes())
    return digest.hexdigest()


@torch.no_grad()
def has_effect(model: nn.Module, whole: Callable[[torch.Tensor], torch.Tensor] = torch.Tensor.detach) -> bool:
    """Whether the adapter changes anything of what the base computes, as far as its weights alone tell (virtual tokens always do)."""
    named = {name: whole(parameter.detach()) for name, parameter in trained_parameters(model).items()}
    gates = {name: parameter for name, parameter in named.items() if _is_gate(name)}
    more = ("lora_magnitude_vector", "modules_to_save")  # DoRA also learns lengths, and a classifier its head
    if not gates or any(part in name for name in named for part in more):
        return True
    return any(bool((each != (1.0 if "ia3_" in name else 0.0)).any()) for name, each in gates.items())


def _is_gate(name: str) -> bool:
    """Parameters that begin as nothing, and without which the rest of their adapter has no effect."""
    return "lora_B" in name or "ia3_" in name or (".up." in name and ".base_layer." not in name)


def _require_width(model: PreTrainedModel, config: Any, folder: Path) -> None:
    """:class:`DataError` for virtual tokens of another model, which PEFT would load and only miss when they are used."""
    own: Any = model.config
    expected = own.hidden_size
    if config.peft_type == "PREFIX_TUNING":
        head = getattr(own, "head_dim", None) or own.hidden_size // own.num_attention_heads
        expected = head * (getattr(own, "num_key_value_heads", None) or own.num_attention_heads)
    if (config.token_dim, config.num_layers) != (expected, own.num_hidden_layers):
        raise _unfit(folder, ValueError(f"it is {config.token_dim} wide, and the model wants {expected}"))


def _unfit(folder: Path, error: Exception) -> DataError:
    reason: Any = (str(error).splitlines() or [""])[0][:200]
    return DataError(
        f"The adapter {folder.name} does not fit this model: {reason}",
        hint="Load it on the model that it was trained on.",
    )
