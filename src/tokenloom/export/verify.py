"""Proof that an exported folder is the same model: opened by plain ``transformers`` in a process of its own, then compared.

The child imports nothing of ours, so what it sees is what any user of the folder sees.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from tokenloom.kit.errors import ExportError
from tokenloom.modeling.generate import generate_batch
from tokenloom.modeling.scoring import is_scorer
from tokenloom.spec.generation import GenerationSpec

GREEDY_TOKENS = 24
CHILD_SECONDS = 300

_CHILD = """
import gc
gc.disable()  # a fifth of the time to load
import json, sys, torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer
asked = json.load(sys.stdin)
Auto = AutoModelForSequenceClassification if asked["scores"] else AutoModelForCausalLM
options = {"local_files_only": True}
if asked["adapter"]:
    from peft import PeftModel
    base = Auto.from_pretrained(asked["base"], dtype=torch.float32, **options)
    model = PeftModel.from_pretrained(base, asked["folder"])
else:
    model = Auto.from_pretrained(asked["folder"], dtype=torch.float32, **options)
model.eval()
gc.enable()
tokenizer = AutoTokenizer.from_pretrained(asked["folder"], **options)
answers = []
tensors = {}
for number, prompt in enumerate(asked["prompts"]):
    ids = torch.tensor([prompt["ids"]])
    with torch.inference_mode():
        tensors[f"logits.{number}"] = model(input_ids=ids).logits[0].float().contiguous()
        if asked["scores"]:
            text = [int(tensors[f"logits.{number}"].argmax())]
        else:
            text = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=asked["tokens"],
                                  do_sample=False, eos_token_id=asked["stop"] or None, pad_token_id=0)[0, ids.shape[1]:].tolist()
    while not asked["scores"] and text and text[-1] in asked["stop"]:
        text.pop()
    rendered = None
    if prompt["messages"]:
        rendered = tokenizer.apply_chat_template(prompt["messages"], tokenize=False, add_generation_prompt=True)
    answers.append({"greedy": text, "rendered": rendered, "ids_of_text": tokenizer(prompt["text"], add_special_tokens=False)["input_ids"]})
save_file(tensors, asked["out"])
print(json.dumps(answers))
"""


@dataclass(frozen=True)
class Prompt:
    """A probe: what is read (``ids``), the plain ``text`` for the tokenizer's check, and the ``messages`` it came from, if any."""

    ids: list[int]
    text: str
    text_ids: list[int]
    messages: list[dict[str, str]] | None = None
    rendered: str | None = None


@dataclass(frozen=True)
class Proof:
    """What was compared and how it came out. Of a model that tells classes, the greedy text is the class."""

    prompts: int
    max_logit_difference: float
    allowed_logit_difference: float
    same_greedy_text: int
    same_token_ids: int
    same_rendered_prompts: int
    rendered_prompts: int

    @property
    def problems(self) -> list[str]:
        """Why the export does not count as the same model; empty when it does."""
        found = []
        if not self.max_logit_difference <= self.allowed_logit_difference:
            found.append(
                f"logits differ by up to {self.max_logit_difference:.2g} (allowed {self.allowed_logit_difference:.2g})"
            )
        if self.same_greedy_text < self.prompts:
            found.append(f"greedy text differs for {self.prompts - self.same_greedy_text} of {self.prompts} prompts")
        if self.same_token_ids < self.prompts:
            found.append(f"token ids differ for {self.prompts - self.same_token_ids} of {self.prompts} texts")
        if self.same_rendered_prompts < self.rendered_prompts:
            found.append(
                f"the chat template renders {self.rendered_prompts - self.same_rendered_prompts} prompts differently"
            )
        return found

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "passed": not self.problems, "problems": self.problems}


def prove(
    model: nn.Module,
    folder: Path,
    prompts: Sequence[Prompt],
    *,
    stop_ids: Sequence[int],
    allowed_logit_difference: float,
    base_folder: Path | None = None,
) -> Proof:
    """Compare ``folder`` with ``model``. ``base_folder`` is where the base of an adapter lies. Raises :class:`ExportError` if it cannot be opened."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "logits.safetensors"
        answers = _ask_child(folder, prompts, stop_ids, out, base_folder, scores=is_scorer(model))
        theirs = load_file(out)
    difference, greedy = 0.0, 0
    spec = GenerationSpec(max_new_tokens=GREEDY_TOKENS)
    for number, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
        with torch.inference_mode():
            ours = model(input_ids=torch.tensor([prompt.ids])).logits[0].float()
        gap = (ours - theirs[f"logits.{number}"]).abs().max()
        difference = max(difference, float(gap)) if torch.isfinite(gap) else float("inf")
        if is_scorer(model):
            greedy += [int(ours.argmax())] == answer["greedy"]
        else:
            greedy += generate_batch(model, [prompt.ids], spec, stop_ids=stop_ids)[0].ids == answer["greedy"]
    asked = [(prompt, answer) for prompt, answer in zip(prompts, answers, strict=True) if prompt.messages]
    return Proof(
        prompts=len(prompts),
        max_logit_difference=difference,
        allowed_logit_difference=allowed_logit_difference,
        same_greedy_text=greedy,
        same_token_ids=sum(p.text_ids == a["ids_of_text"] for p, a in zip(prompts, answers, strict=True)),
        same_rendered_prompts=sum(prompt.rendered == answer["rendered"] for prompt, answer in asked),
        rendered_prompts=len(asked),
    )


def _ask_child(
    folder: Path,
    prompts: Sequence[Prompt],
    stop_ids: Sequence[int],
    out: Path,
    base_folder: Path | None,
    *,
    scores: bool,
) -> list[dict[str, Any]]:
    asked = {
        "folder": str(folder),
        "adapter": base_folder is not None,
        "scores": scores,
        "base": str(base_folder or ""),
        "prompts": [asdict(prompt) for prompt in prompts],
        "stop": list(stop_ids),
        "tokens": GREEDY_TOKENS,
        "out": str(out),
    }
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
    child = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=CHILD_SECONDS,
        env=environment,
    )
    if child.returncode != 0:
        last = child.stderr.strip().splitlines()[-1:] or ["no message"]
        raise ExportError(
            f"The exported folder does not open in plain transformers: {last[0][:300]}",
            hint="The export was not published; the run's stdout.log holds the details.",
            stderr=child.stderr[-2000:],
        )
    return list(json.loads(child.stdout.strip().splitlines()[-1]))
