"""What several processes cannot keep exact is refused, with what to do instead."""

from __future__ import annotations

from typing import Any

import pytest

from tokenloom.kit.errors import SpecError
from tokenloom.spec.override import parse_run_spec

BASE = {"task": "finetune", "model": {"kind": "pretrained", "source": "somewhere"}, "data": {"dataset": "d"}}


def parsed(kind: str, **changes: Any) -> Any:
    distributed = {"kind": kind, **changes.pop("distributed", {})}
    return parse_run_spec({**BASE, "distributed": distributed, **changes})


def test_one_process_is_the_default() -> None:
    assert parse_run_spec(BASE).distributed.kind == "none"


@pytest.mark.parametrize(
    ("kind", "changes", "word", "fix"),
    [
        ("ddp", {"objective": {"kind": "grpo"}}, "grpo", "Set distributed.kind=none"),
        ("ddp", {"objective": {"kind": "kto"}}, "kto", "Set batch.gradient_accumulation_steps to 2"),
        ("ddp", {"tuning": {"kind": "lora", "dropout": 0.1}}, "dropout", "Set tuning.dropout to 0"),
        ("ddp", {"loop": {"neftune_alpha": 5}}, "noise", "Leave loop.neftune_alpha empty"),
        ("fsdp", {"optimizer": {"kind": "muon"}}, "muon", "distributed.kind=ddp"),
        ("fsdp", {"optimizer": {"kind": "schedule_free"}, "schedule": {"kind": "constant"}}, "schedule_free", "ddp"),
        ("fsdp", {"tuning": {"kind": "lora", "base_bits": 4}}, "quantised", "distributed.kind=ddp"),
        ("fsdp", {"tuning": {"kind": "prefix"}}, "prefix", "Set distributed.kind=ddp"),
        ("fsdp", {"tuning": {"kind": "freeze", "last_layers": 1, "unfreeze_every_steps": 5}}, "settles", "unfreeze"),
        ("fsdp", {"objective": {"kind": "dpo"}}, "dpo", "Set distributed.kind=ddp"),
        ("fsdp", {"loop": {"ema_decay": 0.99}}, "average", "Leave loop.ema_decay empty"),
        ("fsdp", {"compute": {"precision": "fp16"}}, "fp16", "Set compute.precision=auto"),
        ("ddp", {"distributed": {"nodes": 2}}, "find each other", "Set rendezvous"),
        ("ddp", {"distributed": {"nodes": 2, "rendezvous": "here"}}, "host:port", "10.0.0.1:29400"),
        ("ddp", {"distributed": {"node_rank": 1}}, "node_rank 1", "Set node_rank to 0"),
    ],
)
def test_what_is_refused(kind: str, changes: dict[str, Any], word: str, fix: str) -> None:
    with pytest.raises(SpecError) as caught:
        parsed(kind, **changes)
    assert word in caught.value.message
    assert fix in caught.value.hint


def test_kto_is_fine_with_a_micro_batch_for_each_rank() -> None:
    assert parsed("ddp", objective={"kind": "kto"}, batch={"gradient_accumulation_steps": 2}).distributed.ranks == 2
