"""Names of sidecarctl.api that tests use: a test imports them from here, so that a move touches one file."""

from sidecarctl.api.change import Change, Limits
from sidecarctl.api.codes import code_meanings, codes_page
from sidecarctl.api.fastpath import inject, replay
from sidecarctl.api.fastpath.inject import quick_change
from sidecarctl.api.fastpath.prefilter import Prefilter
from sidecarctl.api.fastpath.projection import Unusual, projection
from sidecarctl.api.function_config import InvalidFunctionConfig, function_config
from sidecarctl.api.inject import Injector
from sidecarctl.api.locate import caret, excerpt, is_ignored
from sidecarctl.api.plan_document import new_pods_document
from sidecarctl.api.rollout import stage_change
from sidecarctl.api.targets import Found, objects

__all__ = [
    "Change",
    "Found",
    "Injector",
    "InvalidFunctionConfig",
    "Limits",
    "Prefilter",
    "Unusual",
    "caret",
    "code_meanings",
    "codes_page",
    "excerpt",
    "function_config",
    "inject",
    "is_ignored",
    "new_pods_document",
    "objects",
    "projection",
    "quick_change",
    "replay",
    "stage_change",
]
