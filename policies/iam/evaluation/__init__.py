"""Decides any action on any resource over identity, boundary, SCP, RCP, endpoint and trust layers.

The answer has three values: allowed, denied, or depends on what is named. Nothing here knows
about controls or Systems Manager.
"""

from policies.iam.evaluation.decision import (
    Answer,
    Decision,
    Match,
    agreed,
    decide,
    either,
    strictest,
)
from policies.iam.evaluation.grammar import Grammar
from policies.iam.evaluation.keys import ConditionKeys, Known, State
from policies.iam.evaluation.layers import Layer, Layers
from policies.iam.evaluation.policy import Policy, parse
from policies.iam.evaluation.principals import ANYONE
from policies.iam.evaluation.request import Request, RoleSession, Service
from policies.iam.evaluation.statement import Effect, Statement
from policies.iam.evaluation.truth import Key, Malformed, Need, Open

__all__ = [
    "ANYONE",
    "Answer",
    "ConditionKeys",
    "Decision",
    "Effect",
    "Grammar",
    "Key",
    "Known",
    "Layer",
    "Layers",
    "Malformed",
    "Match",
    "Need",
    "Open",
    "Policy",
    "Request",
    "RoleSession",
    "Service",
    "State",
    "Statement",
    "agreed",
    "decide",
    "either",
    "parse",
    "strictest",
]
