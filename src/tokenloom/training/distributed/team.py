"""The share that one process has in a step: alone, as a replica (DDP), or with a part of every weight (FSDP2).

PyTorch's own wrappers do the work. Both hook into a module's forward and backward, and what an objective computes is more than the model's forward, so
the module that is wrapped is :class:`Whole`, whose forward is whatever it is given to compute.

Both take the mean of the ranks' gradients; a step wants their sum, so each loss is multiplied by the number of ranks.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor
from torch.nn.parallel import DistributedDataParallel

from tokenloom.kit.errors import SpecError
from tokenloom.modeling.adapter import base_of
from tokenloom.modeling.tuning.targets import blocks_of
from tokenloom.training.distributed.ranks import ALONE, Ranks
from tokenloom.training.distributed.shortage import agreed

T = TypeVar("T")
Sums = dict[str, torch.Tensor]
SETTLED_STEPS = 2  # in the second one the optimizer keeps what it keeps


class Whole(nn.Module):
    """A model, and a forward that computes whatever it is given with it."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, work: Callable[..., T], *inputs: Any) -> T:
        return work(*inputs)


class Team:
    """One process alone; the other kinds say what differs. ``weights`` is what :meth:`collect` gathered."""

    kind = "none"
    is_sharded = False

    def __init__(self, model: nn.Module, ranks: Ranks = ALONE) -> None:
        self.model, self.ranks = model, ranks
        self.weights: dict[str, torch.Tensor] | None = None

    def prepare(self, parameters: list[nn.Parameter], largest: int = 0) -> None:
        """Before a step: these are trained in it, and no rank has a micro-batch of more than ``largest`` tokens."""

    def passes(self, work: Callable[[], T]) -> T:
        """``work()``: forward and backward over this process's micro-batches; afterwards gradients are those of all ranks."""
        return work()

    @contextmanager
    def micro_batch(self, *, is_last: bool) -> Iterator[None]:
        """Around the forward and the backward of a micro-batch of the window."""
        yield

    def compute(self, work: Callable[..., T], *inputs: Any) -> T:
        """``work(*inputs)``, which puts something through the model. Its tensors must lie in tuples, lists and dicts."""
        return work(*inputs)

    def compute_same(self, work: Callable[..., T], *inputs: Any) -> T:
        """As :meth:`compute`, where every rank puts the same through the model: gradients are those of one process."""
        return work(*inputs)

    def summed(self, total: torch.Tensor, sums: Sums) -> tuple[torch.Tensor, Sums]:
        """The numbers of all ranks together."""
        if self.ranks.world == 1:
            return total, sums
        names = sorted(sums)
        together = torch.stack([total.double(), *(sums[name].double() for name in names)])
        dist.all_reduce(together)
        return together[0].to(total.dtype), {
            name: value.float() for name, value in zip(names, together[1:], strict=True)
        }

    def whole(self, tensor: torch.Tensor) -> torch.Tensor:
        """The tensor of which a part may lie here; every rank has to ask."""
        return tensor

    def collect(self) -> None:
        """Gather the weights for a checkpoint, where they are spread."""

    def write_alone(self, work: Callable[[], T], otherwise: T) -> T:
        """``work()``, which lets the model write: at the leader, and at all where none has the whole model."""
        return work() if self.ranks.is_leader else otherwise


class Replicas(Team):
    """PyTorch's DDP: gradients are added up while the last backward of the window still computes.

    A step with larger micro-batches than any before it may not fit into memory, and nobody can leave a step whose gradients are on their way. So its
    passes are made without sending anything, then all say whether they came through, and only then gradients are added up. All ranks know the largest
    micro-batch of all, so they agree without a word on which kind of step it is.
    """

    kind = "ddp"

    def __init__(self, model: nn.Module, ranks: Ranks) -> None:
        super().__init__(model, ranks)
        self._trained: list[int] = []
        self._wrapped: DistributedDataParallel | None = None
        self._parameters: list[nn.Parameter] = []
        self._steps = self._largest = self._survived = 0
        self._is_careful = False

    def prepare(self, parameters: list[nn.Parameter], largest: int = 0) -> None:
        trained = [id(parameter) for parameter in parameters]
        if trained != self._trained:  # at the start, and where a recipe thaws more and more
            self._wrapped = None
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", FutureWarning
                )  # the new name of an option that torch 2.10 does not know yet
                self._wrapped = DistributedDataParallel(
                    Whole(self.model), broadcast_buffers=False, find_unused_parameters=True
                )
            self._trained, self._steps, self._survived = trained, 0, 0
        self._parameters, self._largest = parameters, largest
        self._is_careful = largest > self._survived or self._steps < SETTLED_STEPS

    def passes(self, work: Callable[[], T]) -> T:
        if not self._is_careful:
            return work()
        found = agreed(self.ranks, work)
        self._send()
        self._steps += 1
        self._survived = max(self._survived, self._largest)
        return found

    def _send(self) -> None:
        """Add up the gradients that lie here, by a backward that adds nothing to them."""
        assert self._wrapped is not None
        touched = [each for each in self._parameters if each.grad is not None]
        nothing: torch.Tensor = self._wrapped(lambda: sum(each.reshape(-1)[0] * 0 for each in touched))
        nothing.backward()  # type: ignore[no-untyped-call]

    @contextmanager
    def micro_batch(self, *, is_last: bool) -> Iterator[None]:
        assert self._wrapped is not None
        if is_last and not self._is_careful:
            yield
        else:
            with self._wrapped.no_sync():
                yield

    def compute(self, work: Callable[..., T], *inputs: Any) -> T:
        if not torch.is_grad_enabled() or self._wrapped is None:
            return work(*inputs)
        return self._wrapped(work, *inputs)  # type: ignore[no-any-return]


class Shards(Team):
    """PyTorch's FSDP2: each rank keeps a part of every weight, and a block is whole only while it computes."""

    kind = "fsdp"
    is_sharded = True

    def __init__(self, model: nn.Module, ranks: Ranks, *, device: torch.device, reshard: bool) -> None:
        super().__init__(model, ranks)
        blocks = blocks_of(base_of(model))
        if not len(blocks):
            raise SpecError(
                "distributed.kind=fsdp: no list of blocks was found in this model.", hint="Set distributed.kind=ddp."
            )
        mesh = init_device_mesh(device.type, (ranks.world,))
        for block in blocks:
            fully_shard(block, mesh=mesh, reshard_after_forward=reshard)
        self._wrapped = Whole(model)
        fully_shard(self._wrapped, mesh=mesh)
        self._touch()

    def compute(self, work: Callable[..., T], *inputs: Any) -> T:
        try:
            return self._wrapped(work, *inputs)  # type: ignore[no-any-return]
        finally:
            if not torch.is_grad_enabled():
                self._rest()

    def compute_same(self, work: Callable[..., T], *inputs: Any) -> T:
        return self.compute(work, *inputs)

    def whole(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor

    def collect(self) -> None:
        """On the leader, in memory of the host: all weights, or those that are trained where the rest is a base that stays as it is."""
        source = self.model if base_of(self.model) is not self.model else base_of(self.model)
        trained = {name for name, each in source.named_parameters(remove_duplicate=False) if each.requires_grad}
        only_trained = source is not base_of(source)
        gathered: dict[int, torch.Tensor] = {}  # tied weights are one tensor under two names
        found = {}
        for name, tensor in source.state_dict(keep_vars=True).items():
            if only_trained and name not in trained:
                continue
            if id(tensor) not in gathered:
                whole = self.whole(tensor.detach())
                gathered[id(tensor)] = whole.cpu() if self.ranks.is_leader else whole[:0].cpu()
            found[name] = gathered[id(tensor)]
        self.weights = found if self.ranks.is_leader else {}

    def write_alone(self, work: Callable[[], T], otherwise: T) -> T:
        with torch.no_grad():
            found = self.compute(work)
        return found if self.ranks.is_leader else otherwise

    def _touch(self) -> None:
        """Let every weight be whole once: the places for them must not be made inside an ``inference_mode``, where training could not use them."""
        for module in self._wrapped.modules():
            if isinstance(module, FSDPModule):
                module.unshard()
                module.reshard()

    def _rest(self) -> None:
        """Give up what stays whole until a backward that never comes."""
        for module in self._wrapped.modules():
            if isinstance(module, FSDPModule):
                module.reshard()


def build_team(spec: Any, model: nn.Module, ranks: Ranks, device: torch.device) -> Team:
    """The team for a recipe's ``distributed``; one process is always alone. FSDP puts its parts on ``device`` itself."""
    if spec.kind == "fsdp" and ranks.talk is not None:
        return Shards(model, ranks, device=device, reshard=spec.shard == "always")
    model.to(device)
    return Replicas(model, ranks) if ranks.world > 1 else Team(model, ranks)
