"""Chat templates by name: their Jinja text and the marks that must be single tokens.

Each writes a conversation so that the text up to an answer is a prefix of the text with it: training and generation then see
the same prompt, to the byte.
"""

from __future__ import annotations

from dataclasses import dataclass

from tokenloom.kit.registry import Registry

AUTO = "auto"


@dataclass(frozen=True)
class Preset:
    """``marks``: special tokens that the text uses; ``uses_end``: whether it also writes the tokenizer's end token."""

    name: str
    title: str
    text: str
    marks: tuple[str, ...] = ()
    uses_end: bool = False


PRESETS: Registry[Preset] = Registry("template")

_CHATML = """\
{%- for message in messages -%}
{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"""

_ALPACA = """\
{%- if messages[0]['role'] != 'system' -%}
{{ 'Below is an instruction that describes a task. Write a response that appropriately completes the request.\\n\\n' }}
{%- endif -%}
{%- for message in messages -%}
{%- if message['role'] == 'system' -%}{{ message['content'] + '\\n\\n' }}
{%- elif message['role'] == 'assistant' -%}{{ '### Response:\\n' + message['content'] + eos_token + '\\n\\n' }}
{%- else -%}{{ '### Instruction:\\n' + message['content'] + '\\n\\n' }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '### Response:\\n' }}{%- endif -%}"""

_PLAIN = """\
{%- for message in messages -%}
{%- if message['role'] == 'assistant' -%}{{ message['content'] + eos_token }}
{%- else -%}{{ message['content'] + '\\n' }}{%- endif -%}
{%- endfor -%}"""

_MARKS = """\
{%- for message in messages -%}
{%- if message['role'] == 'assistant' -%}{{ '<|flow|>' + message['content'] + '<|end|>' }}
{%- elif message['role'] == 'system' -%}{{ message['content'] + '\\n' }}
{%- else -%}{{ '<|task|>' + message['content'] }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|flow|>' }}{%- endif -%}"""

for _preset in (
    Preset("chatml", "Chat with a start and an end mark around every turn", _CHATML, ("<|im_start|>", "<|im_end|>")),
    Preset("alpaca", "Instruction and response under headings", _ALPACA, uses_end=True),
    Preset("plain", "The prompt, a line break, the answer", _PLAIN, uses_end=True),
    Preset(
        "marks",
        "One mark before the task, one before the answer, one at the end",
        _MARKS,
        ("<|task|>", "<|flow|>", "<|end|>"),
    ),
):
    PRESETS.register(_preset.name)(_preset)


def template_text(template: str) -> str:
    """The Jinja text of a preset's name; a text that holds ``{`` is one already."""
    return template if "{" in template else PRESETS[template].text


def template_marks(template: str) -> tuple[str, ...]:
    """Special tokens that a preset needs; none for a Jinja text."""
    return () if "{" in template else PRESETS[template].marks


def is_preset(text: str) -> bool:
    """Whether a Jinja text is, to the letter, one of the presets."""
    return any(PRESETS[name].text == text for name in PRESETS)
