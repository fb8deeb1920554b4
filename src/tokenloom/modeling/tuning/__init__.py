"""Which weights are trained: a function for each kind of tuning. Importing the room registers them all."""

from tokenloom.modeling.tuning import bottleneck as bottleneck
from tokenloom.modeling.tuning import freezing as freezing
from tokenloom.modeling.tuning import ia3 as ia3
from tokenloom.modeling.tuning import lora as lora
from tokenloom.modeling.tuning import prompt as prompt
from tokenloom.modeling.tuning.base import thaw as thaw
from tokenloom.modeling.tuning.base import tune as tune
