"""What is learned: a loss for each kind of objective. Importing the room registers them all."""

from tokenloom.training.objective import language as language
from tokenloom.training.objective.base import build_objective as build_objective
