"""The losses of TRL 1.16.0 on the batches of `objective_kit.py`, written to `trl_losses.json`.

TRL is no dependency of ours, so this is run by hand where it is installed, with `src` and `tests/training` on the path:
`PYTHONPATH=src:tests/training:tests/golden python tests/golden/trl_losses.py`. The loss methods of its trainers are called as they are, on objects that
have the attributes they read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import objective_kit as kit
import torch
import trl
from accelerate import Accelerator
from torch.nn import functional as F
from trl import DPOTrainer, GRPOTrainer, KTOTrainer
from trl.experimental.gkd import GKDTrainer
from trl.experimental.orpo import ORPOTrainer

Batch = dict[str, torch.Tensor]


def padded(answers: list[list[int]], prefix: str = "") -> Batch:
    """Ids, attention mask and completion mask, padded on the right."""
    rows = kit.sequences(answers)
    longest = max(len(ids) for ids, _ in rows)
    found = {name: torch.zeros(len(rows), longest, dtype=torch.long) for name in ("ids", "mask", "completion")}
    for row, (ids, start) in enumerate(rows):
        found["ids"][row, : len(ids)] = torch.tensor(ids)
        found["mask"][row, : len(ids)] = 1
        found["completion"][row, start : len(ids)] = 1
    names = {"ids": "input_ids", "mask": "attention_mask", "completion": "completion_mask"}
    return {prefix + names[name]: value for name, value in found.items()}


class Told(torch.nn.Module):
    """A model that answers as TRL's patched heads do."""

    is_gradient_checkpointing = False

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model
        self.eval()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor, **_: Any) -> Any:
        logits = self.logits(input_ids, attention_mask)[:, :-1]
        targets = labels[:, 1:]
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100, reduction="none")
        empty = torch.zeros_like(targets, dtype=torch.float32)
        told = {"log_probs": -loss.view(targets.shape), "loss": loss.mean()}
        return SimpleNamespace(
            **told, **dict.fromkeys(("entropy", "mean_logits", "logits"), empty), is_top1=empty.bool()
        )

    def logits(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).logits.float()


def trainer(**settings: Any) -> SimpleNamespace:
    common = {
        "accelerator": Accelerator(cpu=True),
        "aux_loss_enabled": False,
        "beta": kit.BETA,
        "model": Told(kit.policy()),
        "ref_model": Told(kit.reference()),
        "precompute_ref_logps": False,
        "args": SimpleNamespace(gradient_checkpointing_kwargs=None, delta=None, use_bias_correction_kl=False),
        "_metrics": {"eval": defaultdict(list), "train": defaultdict(list)},
        "_total_train_tokens": 0,
        "_tp_size": 1,
        "use_weighting": False,
    }
    return SimpleNamespace(**(common | settings))


def dpo(loss: str) -> float:
    both = [padded(kit.BETTER), padded(kit.WORSE)]
    longest = max(each["input_ids"].shape[1] for each in both)
    batch = {
        name: torch.cat([F.pad(each[name], (0, longest - each[name].shape[1])) for each in both]) for name in both[0]
    }
    stand = trainer(
        ld_alpha=None, f_divergence_type="reverse_kl", loss_types=[loss], loss_weights=[1.0], label_smoothing=0.0
    )
    return float(DPOTrainer._compute_loss(stand, stand.model, batch, False))


def kto() -> float:
    batch = padded(kit.BETTER) | padded(kit.strangers(), "KL_") | {"label": torch.tensor(kit.VERDICTS) > 0.5}
    stand = trainer(calculate_KL=True, loss_type="kto", desirable_weight=1.5, undesirable_weight=0.5)
    stand._compute_kl_logps = lambda model, inputs: KTOTrainer._compute_kl_logps(stand, model, inputs)
    return float(KTOTrainer._compute_loss(stand, stand.model, batch, False))


def orpo() -> float:
    """Its odds-ratio term, beside the mean over tokens of each better answer."""
    means = []
    for side in (kit.BETTER, kit.WORSE):
        batch = padded(side)
        labels = batch["input_ids"].masked_fill(batch["completion_mask"] == 0, -100)
        logits = Told(kit.policy()).logits(batch["input_ids"], batch["attention_mask"])
        means.append(ORPOTrainer.get_batch_logps(logits, labels, average_log_prob=True))
    losses = ORPOTrainer.odds_ratio_loss(trainer(), *means)[0]
    return float((-means[0] - losses).mean())


def grpo() -> float:
    batch = padded(kit.BETTER)
    reference = Told(kit.reference())
    labels = batch["input_ids"].masked_fill(batch["completion_mask"] == 0, -100)
    before = reference(batch["input_ids"], batch["attention_mask"], labels).log_probs
    inputs = {
        "prompt_ids": batch["input_ids"][:, :1],
        "prompt_mask": batch["attention_mask"][:, :1],
        "completion_ids": batch["input_ids"][:, 1:],
        "completion_mask": batch["completion_mask"][:, 1:],
        "advantages": torch.tensor(kit.ADVANTAGES),
        "ref_per_token_logps": before,
        "num_items_in_batch": batch["completion_mask"].sum().float(),
    }
    stand = trainer(
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level="token",
        loss_type="dapo",
        epsilon_low=0.2,
        epsilon_high=0.2,
        use_vllm=False,
        _entropy_bonus_enabled=False,
        current_gradient_accumulation_steps=1,
    )

    def logps(model: Told, ids: torch.Tensor, *_: Any, **__: Any) -> Any:
        told = model(
            ids, batch["attention_mask"], labels
        )  # prompts are of unlike lengths, so not all of them is “prompt”
        return told.log_probs, told.entropy, None

    stand._get_per_token_logps_and_entropies = logps
    return float(GRPOTrainer._compute_loss(stand, stand.model, inputs))


def distillation() -> float:
    """KL divergence of the student from the teacher at a temperature, a mean over learned tokens."""
    batch = padded(kit.BETTER)
    labels = batch["input_ids"].masked_fill(batch["completion_mask"] == 0, -100)[:, 1:]
    student, teacher = (
        Told(model).logits(batch["input_ids"], batch["attention_mask"])[:, :-1]
        for model in (kit.policy(), kit.reference())
    )
    loss = GKDTrainer.generalized_jsd_loss(student, teacher, labels=labels, beta=0, temperature=kit.TEMPERATURE)
    return float(loss)


if __name__ == "__main__":
    found = {f"dpo {loss}": dpo(loss) for loss in ("sigmoid", "hinge", "ipo")}
    found |= {"kto": kto(), "orpo": orpo(), "grpo": grpo(), "distillation": distillation()}
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps({"trl": trl.__version__, "losses": found}, indent=1) + "\n")
    print(target.read_text())
