"""What is learned: a loss for each kind of objective. Importing the room registers them all."""

from tokenloom.training.objective import distillation as distillation
from tokenloom.training.objective import feedback as feedback
from tokenloom.training.objective import grpo as grpo
from tokenloom.training.objective import language as language
from tokenloom.training.objective import preference as preference
from tokenloom.training.objective import scoring as scoring
from tokenloom.training.objective.base import Supplies as Supplies
from tokenloom.training.objective.base import build_objective as build_objective
