"""Does bf16 learn as fp32 does? The same recipe, seed and data in both, through the real path; both loss curves as one JSON document.

``python benchmarks/train_convergence.py [--steps 300] [--width 64]``. The peer here is fp32. A chip without bf16 computes it in emulation, slowly but with
the same rounding, so the default model is small.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import _train_ours
from _machine import machine
from _train_data import Workload, furnish


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300, help="optimizer steps")
    parser.add_argument("--width", type=int, default=64, help="hidden size; a multiple of 32")
    options = parser.parse_args()
    work = Workload(
        "w1", 512, options.width, 3, options.width // 32, options.width * 3, tied=True, sequence=64, batch=8, rows=2400
    )
    curves = {}
    with tempfile.TemporaryDirectory(prefix="tokenloom-bench-") as name:
        furnish(Path(name), work)
        for precision in ("fp32", "bf16"):
            done = _train_ours.run(work, Path(name), options.steps, precision, {"threads": 1})
            curves[precision] = [round(loss, 4) for loss in done.losses]
    tails = {precision: statistics.fmean(losses[-20:]) for precision, losses in curves.items()}
    gaps = [abs(b - a) / a for a, b in zip(curves["fp32"], curves["bf16"], strict=True)]
    report = {
        "machine": machine(),
        "steps": options.steps,
        "first_loss": {precision: losses[0] for precision, losses in curves.items()},
        "mean_of_last_20": {precision: round(loss, 4) for precision, loss in tails.items()},
        "bf16_over_fp32_at_the_end": round(tails["bf16"] / tails["fp32"], 4),
        "largest_gap_of_a_step": round(max(gaps), 4),
        "mean_gap_of_a_step": round(statistics.fmean(gaps), 5),
        "curves": curves,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
