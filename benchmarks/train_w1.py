"""W1, pretraining from scratch (13.8 M, Llama-style): Tokenloom beside Hugging Face's Trainer in fp32 and bf16.

``python benchmarks/train_w1.py [--peers make|use|skip] [--repeats N] [--threads N] [--quick]`` prints one JSON document: useful tokens per CPU
second and per second, peak memory, time from the command to the first optimizer step, the share of a measured matrix-product ceiling.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _train_contest import OURS, Contest, Promise, hold
from _train_data import W1

CONTEST = Contest(
    work=W1,
    contenders={
        "trainer": ("trainer", "fp32", 0.5),
        OURS: (OURS, "auto", 1.0),
        "trainer bf16": ("trainer", "bf16", 0.5),
    },
    promises=(Promise("trainer", 2.2), Promise("trainer bf16", 1.2)),
    first_step_seconds=5.0,
    peak_mb=900.0,
)

if __name__ == "__main__":
    hold(CONTEST, __doc__)
