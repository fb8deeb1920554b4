"""Opening models that exist and writing models to disk; the only file beside `scoring.py` that knows transformers' Auto classes.

Safe by default: safetensors only, no code from strangers unless the repository is named in the spec, no network unless it is allowed.
A Llama-shaped folder opens as our own transformer, which is faster; everything else as transformers made it.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import (
    MODEL_FOR_MASKED_LM_MAPPING,
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    PreTrainedModel,
)
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.utils import logging as transformers_logging

from tokenloom.kit.errors import DataError, Denied, NotFound, ResourceError, TokenloomError
from tokenloom.modeling.attention import FLAT, hugging_face_flat_attention
from tokenloom.modeling.config import TransformerConfig, from_llama_config, to_hub_config
from tokenloom.modeling.scoring import (
    SCORES,
    TransformerForSequenceClassification,
    is_scorer,
    is_scorer_config,
)
from tokenloom.modeling.transformer import Transformer

MAX_CONFIG_BYTES = 1 << 20
ANSWER_SECONDS = 5.0
MAX_PARAMETERS = 2_000_000_000_000
MIXTRAL_NAMES = {"gate_proj": "w1", "down_proj": "w2", "up_proj": "w3"}
_POOLER = "pooler."  # a layer over the first token, which masked language models are stored without
FLAT_FAMILIES = frozenset(
    {"tokenloom", "llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text"}
)  # each held to the padded loss and gradients by tests/modeling/test_families.py

transformers_logging.disable_progress_bar()  # our own progress goes through the run log
AutoConfig.register("tokenloom", TransformerConfig, exist_ok=True)
AutoModelForCausalLM.register(TransformerConfig, Transformer, exist_ok=True)
ALL_ATTENTION_FUNCTIONS.register(FLAT, hugging_face_flat_attention)
ALL_MASK_ATTENTION_FUNCTIONS.register(FLAT, lambda *_, **__: None)


def load_model(
    source: Path | str,
    *,
    revision: str | None = None,
    allow_download: bool = False,
    trust_remote_code: str | None = None,
    dtype: torch.dtype | str = "auto",
) -> PreTrainedModel:
    """A causal language model, or one with a head over classes, from a folder or a hub id.

    Raises :class:`NotFound` where there is none, :class:`Denied` where it wants to run its own code, :class:`DataError` where
    the files are damaged or in a format that can carry code.
    """
    config, options = _looked_at(source, revision, allow_download, trust_remote_code)
    ours = own_config(config)
    if ours is not None:
        options.pop("trust_remote_code")
    kind = _kind(scores=is_scorer_config(config), is_ours=ours is not None)
    return _read(kind, source, ours or config, options | {"dtype": dtype})


def load_writer(folder: Path, *, dtype: torch.dtype | str = "auto") -> tuple[str, PreTrainedModel]:
    """A masked (``masked``) or an encoder-decoder (``seq2seq``) language model from a folder, as safely as :func:`load_model` opens others;
    ``causal`` for what that one opens.
    """
    _check_folder(folder, trusted=False)
    config = _load_config(folder, False, {}, is_local=True)
    names = " ".join(getattr(config, "architectures", None) or [])
    if getattr(config, "is_encoder_decoder", False):
        kind, opener = "seq2seq", AutoModelForSeq2SeqLM
    elif "ForMaskedLM" in names or (not names and type(config) in MODEL_FOR_MASKED_LM_MAPPING):
        kind, opener = "masked", AutoModelForMaskedLM
    else:
        return "causal", load_model(folder, dtype=dtype)
    _check_size(config)
    return kind, _read(opener, folder, config, {"trust_remote_code": False, "dtype": dtype})


def load_body(
    source: Path | str,
    *,
    revision: str | None = None,
    allow_download: bool = False,
    trust_remote_code: str | None = None,
    dtype: torch.dtype | str = "auto",
) -> PreTrainedModel:
    """A model without its head, which answers ``last_hidden_state`` (B, T, D): a decoder, an encoder, or the encoder of an encoder-decoder.

    Opened as safely, and refused for the same reasons, as by :func:`load_model`.
    """
    config, options = _looked_at(source, revision, allow_download, trust_remote_code)
    if own_config(config) is not None:
        whole = load_model(
            source, revision=revision, allow_download=allow_download, trust_remote_code=trust_remote_code, dtype=dtype
        )
        return whole.base_model  # type: ignore[return-value]
    model = _read(AutoModel, source, config, options | {"dtype": dtype}, unused=_POOLER)
    return model.get_encoder() if getattr(config, "is_encoder_decoder", False) else model  # type: ignore[operator,return-value]


def _looked_at(
    source: Path | str, revision: str | None, allow_download: bool, trust_remote_code: str | None
) -> tuple[Any, dict[str, Any]]:
    """The configuration of a model that may be opened, and how transformers is to find it."""
    folder = Path(source)
    is_local = folder.is_dir()
    trusted = trust_remote_code is not None and trust_remote_code == str(source)
    if is_local:
        _check_folder(folder, trusted)
    where: dict[str, Any] = {}
    if not is_local:
        where = {"revision": revision, "local_files_only": not (allow_download and hub_answers())}
    config = _load_config(source, trusted, where, is_local, may_fetch=allow_download)
    _check_size(config)
    return config, where | {"trust_remote_code": trusted}


def _read(
    opener: Any, source: Path | str, config: Any, options: dict[str, Any], *, unused: str = ""
) -> PreTrainedModel:
    """The weights, from safetensors alone and without gaps; ``unused``: how names begin of a part that may be missing."""
    try:
        model, report = opener.from_pretrained(
            source, config=config, use_safetensors=True, output_loading_info=True, **options
        )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise _unreadable(source, error) from error
    _refuse_gaps(source, report, unused)
    return model  # type: ignore[no-any-return]


def _refuse_gaps(source: Path | str, report: dict[str, Any], unused: str) -> None:
    """transformers would fill missing weights with random numbers and go on."""
    if missing := sorted(name for name in report["missing_keys"] if not (unused and name.startswith(unused))):
        raise DataError(
            f"The model {Path(source).name} lacks {len(missing)} of its weights, the first of them {missing[0]}.",
            hint="Its config.json and its weights do not belong together, or a file of it is missing.",
        )


def save_model(model: PreTrainedModel, folder: Path, *, weights: dict[str, torch.Tensor] | None = None) -> None:
    """Write config and safetensors; a Llama-shaped transformer of ours is written as Llama. ``weights`` by name, where the model itself
    holds only parts of them.
    """
    model.save_pretrained(folder, safe_serialization=True, state_dict=weights)
    if isinstance(model.config, TransformerConfig) and model.config.is_llama:
        write_hub_config(model, folder)


def write_hub_config(model: PreTrainedModel, folder: Path) -> None:
    """Name a written model of ours by the layout of transformers' that it has; only for shapes without ``foreign_parts``."""
    config: Any = model.config
    theirs = to_hub_config(config)
    if config.num_local_experts is not None:
        _rename_weights(folder, hub_name)
    if is_scorer(model):
        theirs.architectures = [name.replace("ForCausalLM", SCORES) for name in theirs.architectures or []]
        theirs.id2label, theirs.label2id = config.id2label, config.label2id
    (folder / "config.json").write_text(theirs.to_json_string(use_diff=False))


def hub_name(name: str) -> str:
    """What the hub's Mixtral calls a weight of our mixture of experts."""
    if ".mlp." not in name:
        return name
    name = name.replace(".mlp.", ".block_sparse_moe.")
    for ours, theirs in MIXTRAL_NAMES.items():
        name = name.replace(f".{ours}.", f".{theirs}.")
    return name


def _rename_weights(folder: Path, renamed: Callable[[str], str]) -> None:
    """Of a folder that was just written: the same tensors under other names, file by file, and in the index beside them."""
    for path in folder.glob("*.safetensors"):
        tensors = {renamed(name): tensor.clone() for name, tensor in load_file(path).items()}
        save_file(tensors, path, metadata={"format": "pt"})
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        told = json.loads(index.read_text(encoding="utf-8"))
        told["weight_map"] = {renamed(name): file for name, file in told["weight_map"].items()}
        index.write_text(json.dumps(told, indent=2), encoding="utf-8")


def flat_path(model: PreTrainedModel) -> str | None:
    """``None`` if the model can train on flat batches, else the reason why it takes the padded path."""
    kind = model.config.model_type
    if kind not in FLAT_FAMILIES:
        return f"the flat path is not proven for the family “{kind}”"
    if getattr(model.config, "use_bidirectional_attention", False):
        return "the model looks at what comes after a token"
    if getattr(model.config, "attention_dropout", 0.0):
        return "the model drops attention weights while it trains"
    return None


def _check_folder(folder: Path, trusted: bool) -> None:
    if not (folder / "config.json").is_file():
        raise NotFound(
            f"{folder} holds no model: config.json is missing.", hint="Give the folder that has config.json."
        )
    weights = list(folder.glob("*.safetensors"))
    if not weights and any(folder.glob("*.bin")):
        raise Denied(
            f"{folder.name} holds its weights as pickle (.bin), which can run code when it is opened.",
            hint="Convert it to safetensors on a machine that you can throw away, or take the safetensors version.",
        )
    if not weights:
        raise NotFound(f"{folder} holds no weights (*.safetensors).", hint="Was the download or the export complete?")
    if (folder / "config.json").stat().st_size > MAX_CONFIG_BYTES:
        raise DataError(
            f"config.json of {folder.name} is larger than 1 MiB.", hint="It is not a model's configuration."
        )
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"config.json of {folder.name} is not JSON: {error}.", hint="Copy the folder again.") from None
    if not isinstance(config, dict):
        raise DataError(f"config.json of {folder.name} is not a table.", hint="Copy the folder again.")
    if "auto_map" in config and not trusted:
        raise _wants_code(folder)


def _load_config(
    source: Path | str, trusted: bool, options: dict[str, Any], is_local: bool, *, may_fetch: bool = False
) -> Any:
    try:
        return AutoConfig.from_pretrained(source, trust_remote_code=trusted, **options)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if is_local:
            raise _unreadable(source, error) from error
        raise not_fetched(source, error, may_fetch=may_fetch) from error


def hub_answers() -> bool:
    """Whether the hub's address takes a connection: its library would go on trying for half a minute. Behind a proxy only a request can tell."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE or getproxies():
        return not constants.HF_HUB_OFFLINE
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        socket.create_connection((address.hostname or "", port), timeout=ANSWER_SECONDS).close()
    except OSError:
        return False
    return True


def not_fetched(source: Path | str, error: BaseException, *, may_fetch: bool) -> TokenloomError:
    """Why a hub id could not be opened, in words: gated, not there, no network, or no leave to fetch it."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    found = {type(each).__name__ for each in chain}
    if "GatedRepoError" in found:
        return Denied(
            f"The model “{source}” is gated: the hub gives it only to those who accepted its terms.",
            hint=f"Accept them at {_hub()}/{source}, then set HF_TOKEN to an access token of that account.",
        )
    if "RepositoryNotFoundError" in found:
        return NotFound(
            f"The hub has no model “{source}”, or it is private.",
            hint="Check its name; for a private one set HF_TOKEN to an access token that may read it.",
        )
    if "RevisionNotFoundError" in found:
        return NotFound(f"The model “{source}” has no such revision.", hint="Check model.revision.")
    if any("trust_remote_code" in str(each) for each in chain):
        return Denied(
            f"The model “{source}” wants to run its own Python code on this machine.",
            hint=f"If you trust it, set model.trust_remote_code={source}.",
        )
    if may_fetch:
        why = (
            str(chain[0]).strip().splitlines()[0][:200]
            if hub_answers()
            else f"{_hub()} does not answer, or may not be asked"
        )
        return ResourceError(
            f"The model “{source}” is not on this machine and could not be fetched: {why}.",
            hint="Check the network, HF_HUB_OFFLINE and HF_ENDPOINT (a mirror of the hub), or copy the model here and name its folder.",
        )
    return NotFound(
        f"“{source}” is neither a folder nor a model on this machine.",
        hint="Give a run id, a folder, or set model.allow_download=true to fetch a hub id.",
    )


def _hub() -> str:
    from huggingface_hub import constants

    return str(constants.ENDPOINT)


def _check_size(config: Any) -> None:
    """Refuse shapes that no machine holds before a byte is allocated (a hostile config.json can ask for anything)."""
    numbers = [
        getattr(config, name, 1) or 1
        for name in ("vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size")
    ]
    if any(not isinstance(number, int) or number < 0 for number in numbers):
        raise DataError("The model's configuration holds impossible sizes.", hint="Check config.json.")
    vocab, hidden, layers, inner = numbers
    parameters = vocab * hidden + layers * (4 * hidden * hidden + 3 * hidden * inner)
    if parameters > MAX_PARAMETERS:
        raise ResourceError(f"The configuration asks for about {parameters:.2g} parameters.", hint="Check config.json.")


def own_config(config: Any) -> TransformerConfig | None:
    """The configuration under which our own transformer takes a model over; ``None`` for other families."""
    if isinstance(config, TransformerConfig):
        return config
    ours = from_llama_config(config) if config.model_type == "llama" else None
    if ours is not None and is_scorer_config(config):
        ours.id2label, ours.label2id = config.id2label, config.label2id
    return ours


def _kind(*, scores: bool, is_ours: bool) -> Any:
    if scores:
        return TransformerForSequenceClassification if is_ours else AutoModelForSequenceClassification
    return Transformer if is_ours else AutoModelForCausalLM


def _wants_code(folder: Path) -> Denied:
    return Denied(
        f"{folder.name} wants to run its own Python code on this machine.",
        hint=f"If you trust it, set model.trust_remote_code={folder}.",
    )


def _unreadable(source: Path | str, error: Exception) -> DataError:
    reason = str(error).strip().split("\n")[0][:300]
    return DataError(f"The model {Path(source).name} cannot be opened: {reason}", hint="Check or copy its files again.")
