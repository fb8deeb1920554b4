"""A transformer, complete and readable from top to bottom: a decoder, or with bidirectional attention an encoder.

    tokens → embedding → [ norm → attention → + ,  norm → feed-forward → + ] × layers → norm → head → logits

The parameter names are Llama's, so a decoder with rotary positions, RMSNorm before each part and SwiGLU *is* a Llama on disk. It is a transformers
``PreTrainedModel``: ``save_pretrained``, ``generate``, PEFT and exporters work on it.

Shapes: B sequences · T tokens · D hidden_size · H heads · G key/value heads · K head size · V vocabulary.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from transformers import GenerationMixin, PreTrainedModel
from transformers.cache_utils import Cache, DynamicCache
from transformers.modeling_outputs import BaseModelOutputWithPast, CausalLMOutputWithPast

from tokenloom.modeling.attention import Rule, SegmentPlan, alibi_bias, flat_attention
from tokenloom.modeling.config import TransformerConfig
from tokenloom.modeling.feedforward import FEED_FORWARDS, Experts, Router
from tokenloom.modeling.feedforward.dense import output_linear
from tokenloom.modeling.fused.linear import linear
from tokenloom.modeling.fused.norm import RMSNorm
from tokenloom.modeling.position import alibi_slopes, rope_tables, rotate, sinusoids


class Attention(nn.Module):
    """Multi-head, grouped-query or multi-query attention, by the number of key/value heads."""

    def __init__(self, config: TransformerConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.head_size, self.window, self.is_causal = config.head_dim, config.sliding_window, config.is_causal
        self.num_heads, self.num_kv_heads = config.num_attention_heads, config.num_key_value_heads
        width, inner, outer = config.hidden_size, self.num_heads * config.head_dim, self.num_kv_heads * config.head_dim
        self.q_proj = nn.Linear(width, inner, bias=False)
        self.k_proj = nn.Linear(width, outer, bias=False)
        self.v_proj = nn.Linear(width, outer, bias=False)
        self.o_proj = output_linear(inner, width)
        slopes = alibi_slopes(self.num_heads) if config.position == "alibi" else None
        self.register_buffer("slopes_H", slopes, persistent=False)

    def forward(self, x_BTD: torch.Tensor, where: Where) -> torch.Tensor:
        shape = (*x_BTD.shape[:2], -1, self.head_size)
        q_BTHK, k_BTGK, v_BTGK = (y.view(shape) for y in linear((self.q_proj, self.k_proj, self.v_proj), x_BTD))
        if where.cos is not None and where.sin is not None:
            cos, sin = where.cos.to(q_BTHK.dtype), where.sin.to(q_BTHK.dtype)
            q_BTHK, k_BTGK = rotate(q_BTHK, cos, sin), rotate(k_BTGK, cos, sin)
        if where.segments is not None:
            rule = Rule(slopes_H=self.slopes_H, window=self.window, is_causal=self.is_causal)
            heads = flat_attention(q_BTHK[0], k_BTGK[0], v_BTGK[0], where.segments, rule)[None]
        else:
            heads = self._attend_cached(q_BTHK, k_BTGK, v_BTGK, where)
        return linear((self.o_proj,), heads.reshape(*x_BTD.shape[:2], -1))[0]

    def _attend_cached(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, where: Where) -> torch.Tensor:
        q, k, v = (x.transpose(1, 2) for x in (q, k, v))
        if where.cache is not None:
            k, v = where.cache.update(k, v, self.layer)
        if self.num_kv_heads != self.num_heads:
            k, v = (x.repeat_interleave(self.num_heads // self.num_kv_heads, dim=1) for x in (k, v))
        # A cache of a sliding window gives the last keys alone.
        mask = None if where.mask is None else where.mask[..., -k.shape[2] :]
        if self.slopes_H is not None:
            bias = alibi_bias(self.slopes_H, q.shape[2], k.shape[2], is_causal=self.is_causal)[None].to(q.dtype)
            mask = bias if mask is None else bias.masked_fill(~mask, float("-inf"))
        is_causal = self.is_causal and mask is None and q.shape[2] > 1
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=is_causal).transpose(1, 2)


class Block(nn.Module):
    """Attention and feed-forward, each behind a norm and beside a residual stream that stays in fp32."""

    parts: tuple[str, ...] = ("input_layernorm", "self_attn", "post_attention_layernorm", "mlp")

    def __init__(self, config: TransformerConfig, layer: int) -> None:
        super().__init__()
        feed_forward = FEED_FORWARDS[config.activation] if config.num_local_experts is None else Experts
        made: dict[str, nn.Module] = {"self_attn": Attention(config, layer), "mlp": feed_forward(config)}
        for name in self.parts:
            self.add_module(name, made.get(name) or make_norm(config))

    def forward(self, x_BTD: torch.Tensor, where: Where) -> torch.Tensor:
        x_BTD = x_BTD + self.self_attn(self.input_layernorm(x_BTD), where)
        return x_BTD + self.mlp(self.post_attention_layernorm(x_BTD))  # type: ignore[no-any-return]


class PostNormBlock(Block):
    """The same with each norm behind the sum (Vaswani et al. 2017): the stream itself is normalised."""

    parts = ("self_attn", "post_attention_layernorm", "mlp", "post_feedforward_layernorm")

    def forward(self, x_BTD: torch.Tensor, where: Where) -> torch.Tensor:
        x_BTD = self.post_attention_layernorm(x_BTD + self.self_attn(x_BTD, where))
        return self.post_feedforward_layernorm(x_BTD + self.mlp(x_BTD))  # type: ignore[no-any-return]


class SandwichBlock(Block):
    """The same with a norm before and a norm behind each part, within its branch (Gemma 2)."""

    parts = (
        "input_layernorm",
        "self_attn",
        "post_attention_layernorm",
        "pre_feedforward_layernorm",
        "mlp",
        "post_feedforward_layernorm",
    )

    def forward(self, x_BTD: torch.Tensor, where: Where) -> torch.Tensor:
        x_BTD = x_BTD + self.post_attention_layernorm(self.self_attn(self.input_layernorm(x_BTD), where))
        fed = self.mlp(self.pre_feedforward_layernorm(x_BTD))
        return x_BTD + self.post_feedforward_layernorm(fed)  # type: ignore[no-any-return]


BLOCKS = {"pre": Block, "post": PostNormBlock, "sandwich": SandwichBlock}


class Where:
    """What attention must know besides the stream: positions, and either flat segments or a mask and a cache."""

    def __init__(
        self,
        tables: tuple[torch.Tensor, torch.Tensor] | None,
        positions_BT: torch.Tensor,
        *,
        segments: SegmentPlan | None = None,
        mask: torch.Tensor | None = None,
        cache: Cache | None = None,
    ) -> None:
        self.cos = self.sin = None
        if tables is not None:
            self.cos, self.sin = (table[positions_BT].unsqueeze(2) for table in tables)
        self.segments, self.mask, self.cache = segments, mask, cache


class _Base(PreTrainedModel):
    config_class = TransformerConfig
    base_model_prefix = "model"
    _no_split_modules = [block.__name__ for block in BLOCKS.values()]
    _supports_sdpa = True
    _supports_attention_backend = True

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """Normal weights, as wide as :func:`initial_std` says. Called for modules that hold weights themselves, and for no other."""
        if isinstance(module, nn.Linear | nn.Embedding | Router):
            is_table, is_output = isinstance(module, nn.Embedding), getattr(module, "is_output", False)
            std = initial_std(self.config, module.weight, is_table=is_table, is_output=is_output)
            module.weight.normal_(0.0, std)
        if isinstance(module, nn.RMSNorm | nn.LayerNorm):
            module.weight.fill_(1.0)
        if isinstance(module, Attention) and module.slopes_H is not None:
            module.slopes_H.copy_(alibi_slopes(module.num_heads))
        if isinstance(module, Decoder) and module.cos is not None:
            for buffer, table in zip((module.cos, module.sin), module.rope(), strict=True):
                buffer.copy_(table)
        if isinstance(module, Decoder) and module.sinusoids is not None:
            module.sinusoids.copy_(module.waves())


class Decoder(_Base):
    """Everything but the head: token ids to normalised hidden states."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        learned = config.position == "learned"
        self.embed_positions = nn.Embedding(config.max_position_embeddings, config.hidden_size) if learned else None
        block = BLOCKS[config.norm_position]
        self.layers = nn.ModuleList([block(config, layer) for layer in range(config.num_hidden_layers)])
        self.norm = nn.Identity() if config.norm_position == "post" else make_norm(config)  # the stream has one already
        cos, sin = self.rope() if config.position == "rope" else (None, None)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        waves = self.waves() if config.position == "sinusoidal" else None
        self.register_buffer("sinusoids", waves, persistent=False)
        self.post_init()

    def rope(self) -> tuple[torch.Tensor, torch.Tensor]:
        config = self.config
        return rope_tables(config.head_dim, config.max_position_embeddings, config.rope_theta, config.rope_stretch)

    def waves(self) -> torch.Tensor:
        return sinusoids(self.config.hidden_size, self.config.max_position_embeddings)

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        past_key_values: Cache | None = None,
        inputs_embeds: torch.Tensor | None = None,
        use_cache: bool | None = None,
        segments: SegmentPlan | None = None,
        **_: Any,
    ) -> BaseModelOutputWithPast:
        x_BTD = self.embed_tokens(input_ids) if inputs_embeds is None else inputs_embeds
        if not self.config.is_causal:  # what comes after a token changes what the token is: nothing can be kept
            past_key_values, use_cache = None, False
        if use_cache and past_key_values is None:
            past_key_values = DynamicCache(config=self.config)
        past = past_key_values.get_seq_length() if past_key_values is not None else 0
        if position_ids is None:
            position_ids = torch.arange(past, past + x_BTD.shape[1], device=x_BTD.device)[None]
        mask = None
        if segments is None:
            mask = seen_mask(attention_mask, x_BTD.shape[1], past, x_BTD.device, self.config)
        tables = (self.cos, self.sin) if self.cos is not None and self.sin is not None else None
        where = Where(tables, position_ids, segments=segments, mask=mask, cache=past_key_values)
        if self.embed_positions is not None:
            x_BTD = x_BTD + self.embed_positions(position_ids)
        if self.sinusoids is not None:  # against waves of height 1, embeddings have to be raised (Vaswani et al. 2017)
            x_BTD = x_BTD * math.sqrt(self.config.hidden_size) + self.sinusoids[position_ids].to(x_BTD.dtype)
        for block in self.layers:
            x_BTD = block(x_BTD, where)
        return BaseModelOutputWithPast(last_hidden_state=self.norm(x_BTD), past_key_values=past_key_values)

    def get_input_embeddings(self) -> nn.Module:
        return self.embed_tokens

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.embed_tokens = value  # type: ignore[assignment]


class Transformer(_Base, GenerationMixin):
    """The decoder and its head: token ids to logits."""

    _tied_weights_keys = {"lm_head.weight": "model.embed_tokens.weight"}

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.model = Decoder(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.post_init()

    def forward(
        self, input_ids: torch.Tensor | None = None, logits_to_keep: int | torch.Tensor = 0, **inputs: Any
    ) -> CausalLMOutputWithPast:
        labels = inputs.pop("labels", None)
        output = self.model(input_ids=input_ids, **inputs)
        hidden = output.last_hidden_state
        if isinstance(logits_to_keep, int):
            hidden = hidden[:, -logits_to_keep:] if logits_to_keep else hidden
        else:
            hidden = hidden[:, logits_to_keep]
        logits_BTV = self.lm_head(hidden)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits_BTV[:, :-1].flatten(0, 1).float(), labels[:, 1:].flatten())
        return CausalLMOutputWithPast(loss=loss, logits=logits_BTV, past_key_values=output.past_key_values)

    def get_output_embeddings(self) -> nn.Module:
        return self.lm_head

    def set_output_embeddings(self, value: nn.Module) -> None:
        self.lm_head = value  # type: ignore[assignment]


def make_norm(config: TransformerConfig) -> nn.Module:
    """RMSNorm (Zhang & Sennrich 2019), or LayerNorm without bias."""
    if config.norm == "rmsnorm":
        return RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
    return nn.LayerNorm(config.hidden_size, eps=config.rms_norm_eps, bias=False)


def initial_std(
    config: TransformerConfig, weight: torch.Tensor, *, is_table: bool = False, is_output: bool = False
) -> float:
    """Standard deviation of a weight matrix at the start; ``is_table`` of an embedding, ``is_output`` of a projection that writes into the stream."""
    width, layers = config.hidden_size, config.num_hidden_layers
    if config.init_scheme == "xavier":  # Glorot & Bengio 2010; tables as Vaswani et al. 2017
        return width**-0.5 if is_table else math.sqrt(2 / sum(weight.shape))
    if config.init_scheme == "small":  # Nguyen & Salazar 2019; outputs as Wang & Komatsuzaki 2021
        return 2 / (layers * math.sqrt(width)) if is_output else math.sqrt(2 / (5 * width))
    is_scaled = config.init_scheme == "scaled" and is_output  # Radford et al. 2019
    return config.initializer_range / (math.sqrt(2 * layers) if is_scaled else 1)


def seen_mask(
    attention_mask: torch.Tensor | None, queries: int, past: int, device: torch.device, config: TransformerConfig
) -> torch.Tensor | None:
    """(B, 1, queries, keys) booleans of what may be seen; ``None`` where plain causality, or for an encoder everything, says it all."""
    window = config.sliding_window
    if attention_mask is None:
        reaches_all = window is None or past + queries <= window
        is_plain = reaches_all and (past == 0 or queries == 1)
        return None if is_plain else _reach(queries, past, device, config)
    if attention_mask.dim() == 4:
        return attention_mask.bool()
    seen = attention_mask.bool()[:, None, None, :]
    allowed = seen & _reach(queries, past, attention_mask.device, config)
    # A padded query would see nothing and softmax to NaN: let it see itself; nobody reads it.
    rows = torch.arange(queries, device=attention_mask.device)
    allowed[:, :, rows, rows + past] = True
    return allowed


def _reach(queries: int, past: int, device: torch.device, config: TransformerConfig) -> torch.Tensor:
    seen = torch.ones(queries, past + queries, dtype=torch.bool, device=device)
    seen = seen.tril(past) if config.is_causal else seen
    window = config.sliding_window
    if window is not None:
        seen = seen.triu(past - window + 1)
        seen = seen if config.is_causal else seen.tril(past + window - 1)
    return seen[None, None]
