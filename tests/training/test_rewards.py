"""Learning from rewards: the gradient is that of answers as they were drawn, and what cannot teach anything need not go through the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from engine_kit import VOCAB, tiny_model

from tokenloom.modeling.generate import Answer
from tokenloom.modeling.transformer import Transformer
from tokenloom.spec.training.objective import GrpoObjective
from tokenloom.training.batches import Window
from tokenloom.training.objective.grpo import Grpo, advantages
from tokenloom.training.objective.rollout import Drawn
from tokenloom.training.paths import FlatPath
from tokenloom.training.precision import Compute
from tokenloom.training.step import StepResult, take_step

PROMPTS = [[3, 4, 5], [7, 9, 11, 13], [2, 2]]
SIZE = 3
REWARDS = [[1.0, 0.0, 0.5], [1.0, 1.0, 1.0], [0.0, 0.0, 2.0]]


def drawn(rewards: list[list[float]] = REWARDS) -> Drawn:
    """Three answers to each prompt, of all lengths; the second of each is cut off."""
    dice = np.random.default_rng(0)
    answers = [
        Answer(dice.integers(0, VOCAB, 2 + place % 4).tolist(), "end", None if place % SIZE == 1 else 1)
        for place in range(SIZE * len(PROMPTS))
    ]
    prompts = [prompt for prompt in PROMPTS for _ in range(SIZE)]
    rows = np.repeat(np.arange(len(PROMPTS)) + 50, SIZE)
    return Drawn(prompts, answers, rows, np.array(rewards).ravel())


class Canned:
    """Gives what was drawn before, one after the other."""

    def __init__(self, *known: Drawn) -> None:
        self.known = list(known)

    def tried(self, *_: Any, **__: Any) -> Drawn:
        return self.known.pop(0)


def learned(model: Transformer, spec: GrpoObjective, *known: Drawn) -> tuple[Window, StepResult]:
    """One step over what was drawn; gradients stay at the model."""
    objective = Grpo(spec, FlatPath(model.train()), Canned(*known), lambda: FlatPath(tiny_model(1)))  # type: ignore[arg-type]
    window = objective.prepared(Window((None,) * len(known), 9), 0)  # type: ignore[arg-type]
    parameters = list(model.parameters())
    still = torch.optim.SGD(parameters, lr=0.0)
    still.zero_grad = lambda set_to_none=True: None  # type: ignore[method-assign]
    compute = Compute("cpu", "fp32", 1)
    return window, take_step(window, objective, still, compute, parameters=parameters, max_grad_norm=None)


def by_hand(model: Transformer, given: Drawn, temperature: float) -> torch.Tensor:
    """Mean over all drawn tokens of −advantage × log-probability, answer by answer."""
    gained = advantages(given.rewards, SIZE, scale=True)
    total, count = torch.zeros(()), 0
    for prompt, answer, gain in zip(given.prompts, given.answers, gained.tolist(), strict=True):
        ids = [*prompt, *answer.ids, *([] if answer.end_id is None else [answer.end_id])]
        logits = model(input_ids=torch.tensor([ids[:-1]])).logits[0, len(prompt) - 1 :] / temperature
        targets = torch.tensor(ids[len(prompt) :])
        total = total - gain * logits.log_softmax(-1)[torch.arange(len(targets)), targets].sum()
        count += len(targets)
    return total / count


@pytest.mark.parametrize("temperature", [0.6, 1.0, 1.7])
def test_the_gradient_is_that_of_answers_drawn_at_this_temperature(temperature: float) -> None:
    mine, plain = tiny_model(0, init_std=0.3), tiny_model(0, init_std=0.3)
    learned(mine, GrpoObjective(group_size=SIZE, temperature=temperature), drawn())
    by_hand(plain, drawn(), temperature).backward()
    for (name, one), two in zip(mine.named_parameters(), plain.parameters(), strict=True):
        assert one.grad is not None and two.grad is not None
        assert torch.allclose(one.grad, two.grad, rtol=1e-3, atol=1e-6), name


def test_answers_that_all_earned_the_same_count_but_are_not_computed() -> None:
    spec = GrpoObjective(group_size=SIZE)
    window, result = learned(tiny_model(0), spec, drawn(), drawn([[0.0] * 3, [0.0] * 3, [1.0, 0.0, 0.0]]))
    assert [batch.num_sequences for batch in window.batches] == [6, 3]
    assert window.sample_rows.tolist() == [50, 51, 52] * 2 and window.end == 9
    one = drawn()
    tokens = sum(len(answer.ids) + (answer.end_id is not None) for answer in one.answers)
    assert window.num_labels == 2 * tokens
    means = {name: float(value) for name, value in result.means.items()}
    rewards = np.concatenate([np.ravel(REWARDS), [0] * 6, [1, 0, 0]])
    assert means == pytest.approx(
        {"reward": rewards.mean(), "answer_tokens": tokens / 9, "mixed_groups": 3 / 6}, rel=1e-5
    )


def test_where_nothing_differs_a_step_changes_nothing() -> None:
    window, result = learned(tiny_model(0), GrpoObjective(group_size=SIZE), drawn([[1.0] * 3] * 3))
    assert [batch.num_sequences for batch in window.batches] == [3]
    assert float(result.grad_norm) == 0 and float(result.means["reward"]) == pytest.approx(1.0)


def test_all_answers_are_computed_where_their_distance_to_the_model_before_counts() -> None:
    window, result = learned(tiny_model(0), GrpoObjective(group_size=SIZE, kl_weight=0.1), drawn())
    assert [batch.num_sequences for batch in window.batches] == [9]
    assert float(result.means["kl"]) > 0
