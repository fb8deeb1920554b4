"""W2, LoRA r=16 on every linear layer of a 58 M Llama-style model, 4,000 pairs of log-normal length, loss on completions only.

Tokenloom beside Hugging Face's Trainer, TRL with padding and with packing, and PEFT in a hand-made loop over batches of like lengths.
``python benchmarks/train_w2.py [--peers make|use|skip] [--repeats N] [--threads N] [--quick]`` prints one JSON document as train_w1.py does.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _train_contest import OURS, Contest, Promise, hold
from _train_data import W2

CONTEST = Contest(
    work=W2,
    contenders={
        "trl": ("trl", "fp32", 0.5),
        "trl packing": ("trl_packing", "fp32", 0.2),
        OURS: (OURS, "auto", 1.0),
        "trainer": ("trainer", "fp32", 0.5),
        "trainer bf16": ("trainer", "bf16", 0.5),
        "bucketed peft": ("bucketed", "fp32", 1.0),
        "bucketed peft bf16": ("bucketed", "bf16", 0.5),
    },
    promises=(
        Promise("trl", 8.0),
        Promise("trl packing", 3.0),
        Promise("trainer", 5.0),
        Promise("bucketed peft", 1.35),
        Promise("bucketed peft bf16", 1.35),
    ),
    first_step_seconds=6.0,
    peak_mb=1100.0,
)

if __name__ == "__main__":
    hold(CONTEST, __doc__)
