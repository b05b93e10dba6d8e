"""The user's own policies (--policy-dir, policies/ of the configuration folder)."""

from fixtures.compliance import Subject, require
from policies.custom.policy import CustomPolicy


def test_policy_of_ones_own_holds(policy: CustomPolicy, instance: Subject) -> None:
    """What users ask of their instances beyond what Systems Manager needs."""
    require(policy, instance)
