"""How well classes are told: accuracy, F1, calibration, and who is taken for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

SHOWN_CLASSES = 50  # in tables
BINS = 10  # of confidence


def class_metrics(
    wanted: np.ndarray, chances: np.ndarray, labels: Sequence[str]
) -> tuple[dict[str, float], dict[str, Any]]:
    """Metrics by name, and tables: ``classes`` (precision, recall, F1, rows of each) and ``confusion`` (right class → told class → rows).

    ``wanted`` (N,) class numbers · ``chances`` (N, C) probabilities. Macro F1 is the mean over classes that occur among what is right or told;
    the calibration error is the mean gap between confidence and accuracy over ten bins, weighed by rows (Guo et al. 2017).
    """
    told, count = chances.argmax(1), len(labels)
    confusion = np.zeros((count, count), dtype=np.int64)
    np.add.at(confusion, (wanted, told), 1)
    right, told_rows, rows = np.diag(confusion), confusion.sum(0), confusion.sum(1)
    precision, recall = _share(right, told_rows), _share(right, rows)
    f1 = _share(2 * right, told_rows + rows)
    occurs = (told_rows + rows) > 0
    metrics = {
        "accuracy": float((told == wanted).mean()),
        "macro_f1": float(f1[occurs].mean()),
        "loss": float(-np.log(np.maximum(chances[np.arange(len(wanted)), wanted], 1e-12)).mean()),
        "calibration_error": _calibration(chances.max(1), told == wanted),
    }
    shown = np.argsort(-rows, kind="stable")[:SHOWN_CLASSES]
    classes = {
        labels[each]: {
            "precision": float(precision[each]),
            "recall": float(recall[each]),
            "f1": float(f1[each]),
            "rows": int(rows[each]),
        }
        for each in shown
    }
    taken = {labels[each]: {labels[other]: int(confusion[each, other]) for other in shown} for each in shown}
    return metrics, {"classes": classes, "confusion": taken}


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _calibration(confidence: np.ndarray, is_right: np.ndarray) -> float:
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    total = 0.0
    for each in range(BINS):
        inside = bins == each
        if inside.any():
            total += abs(float(confidence[inside].mean()) - float(is_right[inside].mean())) * inside.mean()
    return float(total)
