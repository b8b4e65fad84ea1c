"""What all tests share.

`--update` rewrites the expected parts of the case files under testdata/ (never an answer of OpenKruise).
Laws (tests/property) are checked on the same examples each time; HYPOTHESIS_PROFILE=search looks for more.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("law", max_examples=100, deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("search", max_examples=3000, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "law"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expectations of case files")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten rather than compared."""
    return bool(request.config.getoption("--update"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "property":
            item.add_marker("property")
