"""durable_rules, guarded, in one place: rulesets as plain data, flat facts, firings in a known order.

Whoever needs forward chaining takes `Engine`; nobody else imports durable_rules, and `Engine` imports it only when one
is made. What it cannot do safely (docs/architecture.md) cannot be asked of `Engine`.
"""

from __future__ import annotations

from .conditions import conditions_to_durable, facts_of, rule_of, violation_of
from .session import Engine, EngineError, FactError, Firing, MissingEngine, truths

__all__ = [
    "Engine",
    "EngineError",
    "FactError",
    "Firing",
    "MissingEngine",
    "conditions_to_durable",
    "facts_of",
    "rule_of",
    "truths",
    "violation_of",
]
