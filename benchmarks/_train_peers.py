"""The trainers that Tokenloom is measured beside; runs in the peers' own Python.

``python _train_peers.py PEER WORKLOAD FOLDER STEPS PRECISION THREADS`` prints one JSON line per optimizer step: wall time, CPU seconds of the
process so far, useful tokens so far, peak memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def main() -> None:
    peer, name, folder, steps, precision, threads = sys.argv[1:7]
    sys.stdout, output = sys.stderr, sys.stdout
    import torch
    from _train_data import WORKLOADS

    if int(threads):
        torch.set_num_threads(int(threads))
    marks = Marks(output)
    PEERS[peer](WORKLOADS[name], Path(folder), int(steps), precision == "bf16", marks)


class Marks:
    """Counts what the collator let through, and tells at each step."""

    def __init__(self, output: Any) -> None:
        self.output, self.seen, self.per_step = output, 0, []

    def count(self, batch: dict[str, Any]) -> dict[str, Any]:
        mask = batch.get("attention_mask")
        self.per_step.append(int(mask.sum()) if mask is not None else batch["input_ids"].numel())
        return batch

    def step(self, step: int) -> None:
        self.seen = sum(self.per_step[:step])  # a loader may fetch ahead
        used = resource.getrusage(resource.RUSAGE_SELF)
        mark = {
            "step": step,
            "wall": time.time(),
            "cpu": time.process_time(),
            "tokens": self.seen,
            "peak_mb": round(used.ru_maxrss / 1024, 1),
        }
        print(json.dumps(mark), file=self.output, flush=True)

    def callback(self) -> Any:
        from transformers import TrainerCallback

        marks = self

        class Tell(TrainerCallback):
            def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
                marks.step(state.global_step)

        return Tell()


def arguments(folder: Path, steps: int, batch: int, bf16: bool, **more: Any) -> dict[str, Any]:
    return {
        "output_dir": str(folder / "peer-out"),
        "max_steps": steps,
        "per_device_train_batch_size": batch,
        "learning_rate": 1e-3,
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": [],
        "use_cpu": True,
        "bf16": bf16,
        "disable_tqdm": True,
        **more,
    }


def token_rows(work: Any, folder: Path) -> list[dict[str, list[int]]]:
    """input_ids and labels of every row; prompts carry no label."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer")
    rows = []
    for line in (folder / "rows.jsonl").open():
        row = json.loads(line)
        if work.name == "w1":
            ids = [*tokenizer(row["text"]).input_ids, tokenizer.eos_token_id]
            rows.append({"input_ids": ids, "labels": list(ids)})
            continue
        prompt = tokenizer(row["prompt"]).input_ids
        answer = [*tokenizer(row["completion"]).input_ids, tokenizer.eos_token_id]
        rows.append({"input_ids": prompt + answer, "labels": [-100] * len(prompt) + answer})
    return rows


def padded(rows: list[dict[str, list[int]]]) -> dict[str, Any]:
    import torch

    longest = max(len(row["input_ids"]) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    labels, mask = torch.full_like(ids, -100), torch.zeros_like(ids)
    for at, row in enumerate(rows):
        length = len(row["input_ids"])
        ids[at, :length] = torch.tensor(row["input_ids"])
        labels[at, :length] = torch.tensor(row["labels"])
        mask[at, :length] = 1
    return {"input_ids": ids, "labels": labels, "attention_mask": mask}


def make_model(work: Any, folder: Path) -> Any:
    """The model to train: random for W1, for W2 the base with LoRA r=16 on every linear layer but the head."""
    import torch
    from _train_data import llama_config
    from transformers import AutoModelForCausalLM, LlamaForCausalLM

    torch.manual_seed(0)
    if work.name == "w1":
        return LlamaForCausalLM(llama_config(work))
    from peft import get_peft_model

    return get_peft_model(AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32), lora())


def lora() -> Any:
    from peft import LoraConfig

    return LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM", bias="none")


def trainer(work: Any, folder: Path, steps: int, bf16: bool, marks: Marks) -> None:
    """transformers.Trainer as its documentation shows it."""
    from transformers import Trainer, TrainingArguments

    Trainer(
        model=make_model(work, folder),
        args=TrainingArguments(**arguments(folder, steps, work.batch, bf16)),
        train_dataset=token_rows(work, folder),  # type: ignore[arg-type]
        data_collator=lambda rows: marks.count(padded(rows)),
        callbacks=[marks.callback()],
    ).train()


def trl(work: Any, folder: Path, steps: int, bf16: bool, marks: Marks, *, packing: bool = False) -> None:
    """trl.SFTTrainer with its defaults; the precision is given, because its own default (bf16) stalls a chip without it."""
    from datasets import load_dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    more = {"packing": packing, "max_length": work.sequence, "dataset_num_proc": 1}
    settings = SFTConfig(**arguments(folder, steps, work.batch, bf16, **more), model_init_kwargs={"dtype": "float32"})
    subject = SFTTrainer(
        model=str(folder / "model"),
        args=settings,
        train_dataset=load_dataset(
            "json", data_files=str(folder / "rows.jsonl"), split="train", cache_dir=str(folder / "hf")
        ),
        processing_class=AutoTokenizer.from_pretrained(folder / "tokenizer"),
        peft_config=lora(),
        callbacks=[marks.callback()],
    )
    collate = subject.data_collator
    subject.data_collator = lambda rows: marks.count(collate(rows))
    subject.train()


def trl_packing(work: Any, folder: Path, steps: int, bf16: bool, marks: Marks) -> None:
    trl(work, folder, steps, bf16, marks, packing=True)


def bucketed(work: Any, folder: Path, steps: int, bf16: bool, marks: Marks) -> None:
    """PEFT in a plain loop, tuned by hand: batches of like lengths in random order, fused AdamW, clipping."""
    import random

    import torch

    model, rows = make_model(work, folder).train(), token_rows(work, folder)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3, fused=True)
    rows.sort(key=lambda row: len(row["input_ids"]))
    batches = [rows[at : at + work.batch] for at in range(0, len(rows), work.batch)]
    random.Random(0).shuffle(batches)
    for step, rows_of_step in enumerate(batches[:steps], 1):
        batch = marks.count(padded(rows_of_step))
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            loss = model(**batch, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        marks.step(step)


PEERS = {"trainer": trainer, "trl": trl, "trl_packing": trl_packing, "bucketed": bucketed}

if __name__ == "__main__":
    main()
