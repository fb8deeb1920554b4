"""Conformance suites for authors of plugins: call them from your tests.

from tokenloom.testing import check_metric, check_source

def test_my_source(): check_source(MySource(rows=10))
"""

from tokenloom.testing.conformance import check_metric, check_source

__all__ = ["check_metric", "check_source"]
