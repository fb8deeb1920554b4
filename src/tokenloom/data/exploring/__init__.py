"""Pages of rows, searched, filtered and sorted, from datasets of any size."""

from tokenloom.data.conditions import Question as Question
from tokenloom.data.conditions import parse_filters as parse_filters
from tokenloom.data.exploring.explorer import Explorer as Explorer
from tokenloom.data.exploring.explorer import RowPage as RowPage
