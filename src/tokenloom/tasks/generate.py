"""Continue a prompt or answer a message, piece by piece."""

from __future__ import annotations

import time

from tokenloom.evaluation.answers import cut_at_stop
from tokenloom.modeling.generate import stream
from tokenloom.spec.recipe import GenerateSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.models import OpenModel, open_model
from tokenloom.training.precision import choose_compute


def generate_text(spec: GenerateSpec, context: Context) -> Ending:
    """Events of type ``text`` carry the answer as it grows; the result holds it whole."""
    compute = choose_compute(spec.compute)
    opened = open_model(context.workspace, spec.model)
    opened.require_writer()
    opened.model.to(compute.torch_device).eval()
    renderer = opened.renderer()
    started = time.monotonic()
    ids: list[int] = []
    text = ""
    for token in stream(opened.model, _prompt_ids(spec, opened), spec.generation, stop_ids=renderer.stop_ids):
        context.is_cancelled()
        ids.append(token)
        whole = opened.tokenizer.decode(ids)
        cut = cut_at_stop(whole, spec.generation.stop)
        if not cut.endswith("\ufffd") and len(cut) > len(text):  # half a character waits for its other half
            context.event("text", text=cut[len(text) :])
            text = cut
        if len(cut) < len(whole):
            break
    seconds = time.monotonic() - started
    text = cut_at_stop(opened.tokenizer.decode(ids), spec.generation.stop)
    context.result(
        kind="text",
        text=text,
        tokens=len(ids),
        tokens_per_second=len(ids) / seconds if seconds else 0.0,
        model=opened.reference,
    )
    return Ending()


def _prompt_ids(spec: GenerateSpec, opened: OpenModel) -> list[int]:
    renderer = opened.renderer()
    template = opened.meta.get("template", opened.tokenizer.chat_template)  # a run says what it was trained with
    if spec.raw or not template:
        return renderer.text_ids(spec.prompt)
    return renderer.prompt_ids([{"role": "user", "content": spec.prompt}])
