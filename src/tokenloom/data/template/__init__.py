"""Chat templates: presets, their sandbox, and :class:`~tokenloom.data.template.renderer.Renderer`, the one renderer of prompts."""
