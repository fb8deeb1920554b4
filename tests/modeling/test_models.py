"""Our transformer is a Llama where it says so, flat equals padded, the fused loss is exact, and generation is what it claims."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaForCausalLM, MistralConfig, Qwen2Config

from tokenloom.kit.errors import DataError, Denied, NotFound, ResourceError, SpecError
from tokenloom.modeling.adapter import load_adapter, merge_adapter, trained_parameters
from tokenloom.modeling.attention import SegmentPlan, rounded_length
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.generate import beam_search, generate_batch
from tokenloom.modeling.loss import IGNORE, labelled_loss
from tokenloom.modeling.pretrained import load_model, save_model
from tokenloom.modeling.sampling import cut, penalise_repetition
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning.lora import add_lora
from tokenloom.spec.generation import BeamSampling, GenerationSpec, RandomSampling
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.training.batches import flat_batch
from tokenloom.training.paths import FlatPath, PaddedPath, path_for

VOCAB = 61


class Store:
    """Eight sequences of unlike lengths; the first third of each is not learned."""

    def __init__(self) -> None:
        random = np.random.default_rng(3)
        lengths = [2, 40, 7, 33, 7, 64, 5, 18]
        self.tokens = random.integers(0, VOCAB, sum(lengths)).astype(np.uint16)
        self.learned = np.concatenate([np.arange(n) >= n // 3 for n in lengths]).astype(np.uint8)
        self.offsets = np.concatenate([[0], np.cumsum(lengths)])
        self.rows = np.arange(len(lengths))
        self.columns: dict[str, np.ndarray] = {}
        self.width = 1

    def __len__(self) -> int:
        return len(self.rows)


def tiny(**changes: object) -> Transformer:
    torch.manual_seed(0)
    spec = TransformerModel(num_layers=2, hidden_size=32, num_heads=4, max_sequence_length=64, **changes)
    return Transformer(config_from_spec(spec, VOCAB, eos_token_id=3, pad_token_id=0)).eval()


def reference_loss(model: torch.nn.Module, store: Store) -> torch.Tensor:
    """The plainest possible: each sequence alone, full logits, torch's own cross-entropy."""
    total = torch.zeros(())
    for start, end in zip(store.offsets[:-1], store.offsets[1:], strict=True):
        ids = torch.from_numpy(store.tokens[start:end].astype(np.int64))
        labels = ids.clone()
        labels[torch.from_numpy(store.learned[start:end]) == 0] = IGNORE
        logits = model(input_ids=ids[None]).logits[0]
        total = total + F.cross_entropy(logits[:-1], labels[1:], ignore_index=IGNORE, reduction="sum")
    return total


SHAPES = [
    {},
    {"num_kv_heads": 1},
    {"num_kv_heads": 2, "tie_embeddings": False},
    {"position": "learned", "norm": "layernorm", "activation": "gelu"},
    {"position": "alibi"},
    {"position": "none"},
    {"activation": "geglu", "num_kv_heads": 2},
    {"activation": "relu2"},
    {"sliding_window": 6, "num_kv_heads": 2},
    {"sliding_window": 6, "position": "alibi"},
    {"position": "sinusoidal"},
    {"rope_scaling": "llama3", "rope_factor": 4.0, "rope_original_length": 16},
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape.values())) or "llama")
def test_flat_and_padded_paths_equal_the_plain_loss_and_its_gradients(shape: dict[str, object]) -> None:
    model, store = tiny(**shape), Store()
    batch = flat_batch(store, list(range(len(store))))
    gradients = []
    losses = []
    for compute in (
        lambda: reference_loss(model, store),
        lambda: FlatPath(model).loss(batch),
        lambda: PaddedPath(model, "").loss(batch),
    ):
        model.zero_grad()
        loss = compute()
        loss.backward()
        losses.append(float(loss))
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    assert losses[2] == pytest.approx(losses[0], rel=1e-5)
    assert (gradients[1] - gradients[0]).abs().max() < 1e-4
    assert (gradients[2] - gradients[0]).abs().max() < 1e-4


@pytest.mark.parametrize("family", ["mistral", "qwen2", "llama-scaled"])
def test_hugging_face_families_take_the_flat_path_with_the_same_loss(family: str) -> None:
    torch.manual_seed(1)
    common = {
        "vocab_size": VOCAB,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
    }
    if family == "mistral":
        model = AutoModelForCausalLM.from_config(MistralConfig(**common, sliding_window=None))
    elif family == "qwen2":
        model = AutoModelForCausalLM.from_config(Qwen2Config(**common))
    else:
        from transformers import LlamaConfig

        rope = {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}
        model = LlamaForCausalLM(LlamaConfig(**common, rope_parameters=rope))
    store = Store()
    path = path_for(model.eval())
    assert isinstance(path, FlatPath)
    batch = flat_batch(store, list(range(len(store))))
    assert float(path.loss(batch)) == pytest.approx(float(reference_loss(model, store)), rel=1e-5)
    assert model.config._attn_implementation != "tokenloom_flat", "the model is given back as it was"


def test_an_unknown_family_takes_the_padded_path_and_says_why() -> None:
    config = GPT2Config(vocab_size=VOCAB, n_embd=32, n_layer=2, n_head=4, n_positions=64)
    torch.manual_seed(0)
    model = GPT2LMHeadModel(config).eval()
    path = path_for(model)
    assert isinstance(path, PaddedPath)
    assert "gpt2" in path.reason
    store = Store()
    batch = flat_batch(store, list(range(len(store))))
    assert float(path.loss(batch)) == pytest.approx(float(reference_loss(model, store)), rel=1e-5)


def test_no_token_sees_another_segment() -> None:
    """Changing one sequence leaves the hidden states of all others as they were, to the bit."""
    model, store = tiny(), Store()
    before = flat_batch(store, [1, 2, 3])
    store.tokens[store.offsets[2] : store.offsets[3]] = 5
    after = flat_batch(store, [1, 2, 3])
    hidden = [
        model.model(
            batch.inputs_T[None], position_ids=batch.positions_T[None], segments=batch.segments
        ).last_hidden_state[0]
        for batch in (before, after)
    ]
    first = store.offsets[2] - store.offsets[1] - 1
    second = first + store.offsets[3] - store.offsets[2] - 1
    third = second + store.offsets[4] - store.offsets[3] - 1
    assert torch.equal(hidden[0][:first], hidden[1][:first])
    assert torch.equal(hidden[0][second:third], hidden[1][second:third])
    assert not torch.equal(hidden[0][first:second], hidden[1][first:second])


def test_segment_plans_cover_every_place_once() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        lengths = random.integers(1, 300, random.integers(1, 20))
        plan = SegmentPlan.from_lengths(lengths)
        assert sorted(plan.scatter.tolist()) == sorted(set(plan.scatter.tolist()))
        assert plan.gather[plan.scatter].tolist() == list(range(lengths.sum()))
    assert [rounded_length(n) for n in (1, 32, 33, 128, 129, 256, 257, 1000)] == [32, 32, 64, 128, 160, 256, 320, 1024]


@pytest.mark.parametrize("needs_weight", [True, False])
def test_the_fused_loss_equals_torch_and_spares_a_frozen_head(needs_weight: bool) -> None:
    torch.manual_seed(0)
    hidden = torch.randn(300, 16, requires_grad=True)
    weight = torch.randn(VOCAB, 16, requires_grad=needs_weight)
    targets = torch.randint(0, VOCAB, (300,))
    targets[::7] = IGNORE
    ours = labelled_loss(hidden, weight, targets) * 0.5
    ours.backward()
    found = (float(ours), hidden.grad.clone(), None if weight.grad is None else weight.grad.clone())
    hidden.grad = weight.grad = None
    plain = F.cross_entropy(hidden @ weight.T, targets, ignore_index=IGNORE, reduction="sum") * 0.5
    plain.backward()
    assert found[0] == pytest.approx(float(plain), rel=1e-6)
    assert torch.allclose(found[1], hidden.grad, atol=1e-5)
    assert (found[2] is None) == (not needs_weight)
    if needs_weight:
        assert torch.allclose(found[2], weight.grad, atol=1e-4)


def test_smoothed_labels_and_the_z_loss_have_the_gradients_of_their_formulas() -> None:
    torch.manual_seed(0)
    hidden, weight = torch.randn(40, 16, requires_grad=True), torch.randn(VOCAB, 16, requires_grad=True)
    targets = torch.randint(0, VOCAB, (40,))
    targets[::5] = IGNORE
    ours = labelled_loss(hidden, weight, targets, label_smoothing=0.1, z_loss=0.01)
    ours.backward()
    found = [each.grad.clone() for each in (hidden, weight)]
    hidden.grad = weight.grad = None
    counted = targets != IGNORE
    log_probabilities = torch.log_softmax(hidden @ weight.T, dim=-1)[counted]
    picked = log_probabilities.gather(1, targets[counted][:, None])[:, 0]
    log_z = torch.logsumexp(hidden @ weight.T, dim=-1)[counted]
    plain = -(0.9 * picked + 0.1 * log_probabilities.mean(1)).sum() + 0.01 * log_z.square().sum()
    plain.backward()
    assert float(ours) == pytest.approx(float(plain), rel=1e-5)
    for gradient, each in zip(found, (hidden, weight), strict=True):
        assert torch.allclose(gradient, each.grad, atol=1e-4)
    biased = labelled_loss(hidden, weight, targets, bias_V=torch.zeros(VOCAB), label_smoothing=0.1, z_loss=0.01)
    assert float(biased) == pytest.approx(float(plain), rel=1e-5)


def test_a_saved_llama_opens_in_plain_transformers_with_equal_logits(tmp_path: Path) -> None:
    model = tiny(num_kv_heads=2)
    save_model(model, tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["architectures"] == ["LlamaForCausalLM"]
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert type(theirs) is LlamaForCausalLM
    ids = torch.randint(0, VOCAB, (2, 20))
    with torch.no_grad():  # in training the fused parts may round otherwise
        assert torch.equal(theirs(ids).logits, model(ids).logits)
        ours = load_model(tmp_path)
        assert isinstance(ours, Transformer)
        assert torch.equal(ours(ids).logits, model(ids).logits)


def test_other_shapes_keep_their_own_type_on_disk(tmp_path: Path) -> None:
    model = tiny(position="alibi")
    save_model(model, tmp_path)
    again = load_model(tmp_path)
    ids = torch.randint(0, VOCAB, (1, 20))
    assert torch.equal(again(ids).logits, model(ids).logits)


def test_foreign_models_are_refused_where_they_are_unsafe_or_broken(tmp_path: Path) -> None:
    model = tiny()
    save_model(model, tmp_path / "good")
    config = json.loads((tmp_path / "good" / "config.json").read_text())

    def variant(name: str, **changes: object) -> Path:
        folder = tmp_path / name
        save_model(model, folder)
        (folder / "config.json").write_text(json.dumps(config | changes))
        return folder

    with pytest.raises(Denied, match="own Python code"):
        load_model(variant("code", auto_map={"AutoModelForCausalLM": "evil.Model"}))
    with pytest.raises((ResourceError, DataError)):
        load_model(variant("huge", hidden_size=1 << 26, num_hidden_layers=100000, vocab_size=1 << 30))
    pickled = variant("pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(Denied, match="pickle"):
        load_model(pickled)
    damaged = variant("damaged")
    (damaged / "model.safetensors").write_bytes(b"not a tensor file")
    with pytest.raises(DataError, match="cannot be opened"):
        load_model(damaged)
    (damaged / "config.json").write_text("{")
    with pytest.raises(DataError, match="not JSON"):
        load_model(damaged)
    with pytest.raises(NotFound):
        load_model("nobody/nothing")


def test_lora_begins_as_nothing_merges_exactly_and_reloads(tmp_path: Path) -> None:
    base = tiny()
    ids = torch.randint(0, VOCAB, (2, 12))
    before = base(ids).logits.detach()
    model = add_lora(LoraTuning(rank=4, alpha=8), tiny()).eval()
    assert torch.equal(model(ids).logits, before), "a fresh adapter changes nothing"
    assert all("lora" in name for name in trained_parameters(model))
    assert not any("lm_head" in name for name in trained_parameters(model))
    with torch.no_grad():
        for parameter in trained_parameters(model).values():
            parameter.normal_(0, 0.1)
    adapted = model(ids).logits.detach()
    assert (adapted - before).abs().max() > 0.01
    model.save_pretrained(tmp_path)
    again = load_adapter(tiny(), tmp_path).eval()
    assert torch.equal(again(ids).logits, adapted)
    assert torch.allclose(merge_adapter(again)(ids).logits, adapted, atol=1e-5)


def test_lora_names_that_do_not_exist_are_refused_with_the_nearest() -> None:
    with pytest.raises(SpecError, match="no linear layer") as error:
        add_lora(LoraTuning(target_modules=["q_prj"]), tiny())
    assert "Did you mean q_proj?" in error.value.hint


def test_batched_greedy_equals_one_by_one_and_transformers_generate() -> None:
    model = tiny()
    prompts = [[5, 6, 7], [9], [11, 12, 13, 14, 15, 16]]
    spec = GenerationSpec(max_new_tokens=10)
    together = [answer.ids for answer in generate_batch(model, prompts, spec, stop_ids=[3])]
    alone = [generate_batch(model, [prompt], spec, stop_ids=[3])[0].ids for prompt in prompts]
    assert together == alone
    for prompt, ours in zip(prompts, together, strict=True):
        ids = torch.tensor([prompt])
        theirs = model.generate(ids, max_new_tokens=10, do_sample=False, eos_token_id=3, pad_token_id=0)[
            0, len(prompt) :
        ].tolist()
        assert ours == [token for token in theirs if token != 3]


def test_generation_stops_at_the_end_token_and_within_the_models_length() -> None:
    model = tiny(tie_embeddings=False)
    first = generate_batch(model, [[5, 6]], GenerationSpec(max_new_tokens=4), stop_ids=[])[0]
    assert first.ids[0] != first.ids[1]
    ended = generate_batch(model, [[5, 6]], GenerationSpec(max_new_tokens=4), stop_ids=[first.ids[1]])[0]
    assert (ended.ids, ended.ended_by) == (first.ids[:1], "end")
    long = generate_batch(model, [[5] * 60], GenerationSpec(max_new_tokens=50), stop_ids=[])[0]
    assert len(long.ids) == 4, "64 places hold 60 and 4"
    with pytest.raises(DataError, match="The prompt has 64 tokens; this model reads at most 63"):
        generate_batch(model, [[5] * 64], GenerationSpec(), stop_ids=[])


def test_random_sampling_is_seeded_and_beam_search_beats_greedy() -> None:
    model = tiny()
    spec = GenerationSpec(max_new_tokens=8, sampling=RandomSampling(temperature=1.5, seed=4))
    draws = [generate_batch(model, [[5, 6]], spec, stop_ids=[])[0].ids for _ in range(2)]
    other = spec.model_copy(update={"sampling": RandomSampling(temperature=1.5, seed=5)})
    assert draws[0] == draws[1] != generate_batch(model, [[5, 6]], other, stop_ids=[])[0].ids

    def log_probability(ids: list[int]) -> float:
        logits = model(torch.tensor([[5, 6, *ids]])).logits[0].log_softmax(-1)
        return float(sum(logits[1 + place, token] for place, token in enumerate(ids)))

    greedy = generate_batch(model, [[5, 6]], GenerationSpec(max_new_tokens=6), stop_ids=[])[0].ids
    beam = beam_search(model, [5, 6], GenerationSpec(max_new_tokens=6, sampling=BeamSampling(num_beams=8)), stop_ids=[])
    assert log_probability(beam.ids) >= log_probability(greedy) - 1e-5


def test_the_cuts_keep_what_they_should() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]]))
    kept = lambda **settings: torch.isfinite(cut(logits.clone(), RandomSampling(**settings)))[0].tolist()  # noqa: E731
    assert kept(top_k=2) == [True, True, False, False]
    assert kept(top_p=0.7) == [True, True, False, False]
    assert kept(top_p=0.01) == [True, False, False, False]
    assert kept(min_p=0.25) == [True, True, True, False]
    changed = penalise_repetition(torch.tensor([[2.0, -2.0, 1.0]]), [[0, 1]], 2.0)
    assert changed.tolist() == [[1.0, -4.0, 1.0]]
