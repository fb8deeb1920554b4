"""The model card: what it is, what it was made from, how it did, how to use it."""

from __future__ import annotations

from typing import Any

import yaml

_USE = """```python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("PATH")
model = AutoModelForCausalLM.from_pretrained("PATH")
{ask}
print(tokenizer.decode(model.generate(**inputs, max_new_tokens=64)[0]))
```"""
_ASK_CHAT = (
    'messages = [{"role": "user", "content": "…"}]\n'
    'inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True, return_tensors="pt")'
)
_SHAPE = (
    "model_type",
    "num_hidden_layers",
    "hidden_size",
    "num_attention_heads",
    "num_key_value_heads",
    "vocab_size",
    "max_position_embeddings",
)
_ASK_TEXT = 'inputs = tokenizer("…", return_tensors="pt")'


def model_card(
    *,
    name: str,
    reference: str,
    config: dict[str, Any],
    recipe: str,
    lineage: dict[str, Any],
    proof: dict[str, Any],
    evaluations: list[dict[str, Any]],
    has_template: bool,
) -> str:
    """Markdown with the front matter that model hubs read."""
    front = {"library_name": "transformers", "pipeline_tag": "text-generation", "tags": ["tokenloom"]}
    told = (
        f"A causal language model with {config['parameters']:,} parameters, exported from `{reference}` by Tokenloom."
    )
    proved = "Opened with plain `transformers` in a fresh process and compared with its source:"
    checks = {key.replace("_", " "): value for key, value in proof.items() if key != "problems"}
    parts = [
        "---\n" + yaml.safe_dump(front, sort_keys=False).strip() + "\n---",
        f"# {name}\n\n{told}",
        "## Use\n\n" + _USE.format(ask=_ASK_CHAT if has_template else _ASK_TEXT),
        "## Shape\n\n" + _table("setting", {key: config[key] for key in _SHAPE if key in config}),
        "## Lineage\n\n" + _table("from", {key: f"`{value}`" for key, value in lineage.items() if value}),
        f"## Proof\n\n{proved}\n\n" + _table("check", checks),
        *(["## Evaluations", *map(_evaluation, evaluations)] if evaluations else []),
        f"## Recipe\n\n```yaml\n{recipe.strip()}\n```",
        "## Licence\n\nIt follows from the model's data and its base; check both before you share it.",
    ]
    return "\n\n".join(parts) + "\n"


def _evaluation(found: dict[str, Any]) -> str:
    numbers = {key: f"{value:.4g}" for key, value in found["metrics"].items() if isinstance(value, int | float)}
    return f"On `{found['dataset']}` ({found['split']}, {found['rows']} rows):\n\n" + _table("metric", numbers)


def _table(title: str, rows: dict[str, Any]) -> str:
    return "\n".join([f"| {title} | value |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows.items())])
