"""What the columns of a row mean, found by itself or named."""

from tokenloom.data.mapping.detecting import Detected as Detected
from tokenloom.data.mapping.detecting import detect_mapping as detect_mapping
from tokenloom.data.mapping.example import BadRow as BadRow
from tokenloom.data.mapping.example import Example as Example
from tokenloom.data.mapping.example import Message as Message
from tokenloom.data.mapping.example import Row as Row
from tokenloom.data.mapping.example import content_hash as content_hash
from tokenloom.data.mapping.reading import Reader as Reader
from tokenloom.data.mapping.reading import check_columns as check_columns
from tokenloom.data.mapping.reading import reader_of as reader_of
from tokenloom.data.mapping.reading import role_of as role_of
from tokenloom.data.mapping.reading import shape_of as shape_of
