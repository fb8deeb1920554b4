"""A better version of a dataset, step by step, with nothing lost unseen."""

from tokenloom.data.refining.building import Tools, build_step
from tokenloom.data.refining.preview import preview_steps
from tokenloom.data.refining.refining import refine_dataset

__all__ = ["Tools", "build_step", "preview_steps", "refine_dataset"]
