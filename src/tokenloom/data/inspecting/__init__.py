"""Validation of one dataset version: findings with counts, rows, examples and a fix, and a verdict."""

from tokenloom.data.inspecting.finding import Finding as Finding
from tokenloom.data.inspecting.finding import verdict_of as verdict_of
from tokenloom.data.inspecting.report import Looked as Looked
from tokenloom.data.inspecting.report import doctor as doctor
from tokenloom.data.inspecting.report import inspect_dataset as inspect_dataset
from tokenloom.data.inspecting.report import is_quick as is_quick
from tokenloom.data.inspecting.report import known_report as known_report
