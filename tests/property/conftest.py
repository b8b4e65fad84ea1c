"""Laws are checked on examples that Hypothesis makes: the same ones each time, unless HYPOTHESIS_PROFILE says more."""

import os

import pytest
from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("law", max_examples=100, deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("search", max_examples=3000, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "law"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "property":
            item.add_marker("property")
