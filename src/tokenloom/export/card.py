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
    lines = ["---", yaml.safe_dump(front, sort_keys=False).strip(), "---", f"# {name}", ""]
    lines += [
        f"A causal language model with {config['parameters']:,} parameters, exported from `{reference}` by Tokenloom.",
        "",
    ]
    lines += ["## Use", _USE.format(ask=_ASK_CHAT if has_template else _ASK_TEXT), ""]
    shape = (
        "model_type",
        "num_hidden_layers",
        "hidden_size",
        "num_attention_heads",
        "num_key_value_heads",
        "vocab_size",
    )
    lines += ["## Shape", "", "| setting | value |", "|---|---|"]
    lines += [f"| {key} | {config[key]} |" for key in (*shape, "max_position_embeddings") if key in config]
    lines += ["", "## Lineage", "", "| from | id |", "|---|---|"]
    lines += [f"| {key} | `{value}` |" for key, value in lineage.items() if value]
    lines += [
        "",
        "## Proof",
        "",
        "Opened with plain `transformers` in a fresh process and compared with its source:",
        "",
    ]
    lines += ["| check | result |", "|---|---|"]
    lines += [f"| {key.replace('_', ' ')} | {value} |" for key, value in proof.items() if key != "problems"]
    if evaluations:
        lines += ["", "## Evaluations", ""]
    for each in evaluations:
        lines += [
            f"On `{each['dataset']}` ({each['split']}, {each['rows']} rows):",
            "",
            "| metric | value |",
            "|---|---|",
        ]
        lines += [
            f"| {key} | {value:.4g} |" for key, value in each["metrics"].items() if isinstance(value, int | float)
        ]
        lines += [""]
    lines += ["", "## Recipe", "", "```yaml", recipe.strip(), "```", ""]
    lines += [
        "## Licence",
        "",
        "The licence of this model follows from its data and its base; check both before you share it.",
        "",
    ]
    return "\n".join(lines)
