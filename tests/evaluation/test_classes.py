"""Class metrics against scikit-learn's definitions, worked out by hand on a small table."""

from __future__ import annotations

import numpy as np
import pytest

from tokenloom.evaluation.classes import class_metrics


def test_a_small_table_by_hand() -> None:
    wanted = np.array([0, 0, 0, 1, 1, 2])
    chances = np.array([[8, 1, 1], [6, 3, 1], [1, 8, 1], [1, 9, 0], [7, 2, 1], [2, 2, 6]]) / 10
    chances = np.pad(chances, ((0, 0), (0, 1)))
    metrics, tables = class_metrics(wanted, chances, ["a", "b", "c", "never"])
    assert metrics["accuracy"] == pytest.approx(4 / 6)
    f1_a, f1_b, f1_c = 2 * 2 / (3 + 3), 2 * 1 / (2 + 2), 1.0
    assert metrics["macro_f1"] == pytest.approx((f1_a + f1_b + f1_c) / 3)  # the class that never occurs does not count
    assert tables["classes"]["a"] == {
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(f1_a),
        "rows": 3,
    }
    assert tables["confusion"]["a"] == {"a": 2, "b": 1, "c": 0, "never": 0}
    assert metrics["loss"] == pytest.approx(-np.log([0.8, 0.6, 0.1, 0.9, 0.2, 0.6]).mean())


def test_calibration_is_nothing_where_confidence_is_right_and_the_gap_where_it_is_not() -> None:
    sure = np.array([[0.95, 0.05]] * 20)
    right = np.array([0] * 19 + [1])
    assert class_metrics(right, sure, ["a", "b"])[0]["calibration_error"] == pytest.approx(0, abs=1e-9)
    assert class_metrics(np.ones(20, dtype=int), sure, ["a", "b"])[0]["calibration_error"] == pytest.approx(0.95)
