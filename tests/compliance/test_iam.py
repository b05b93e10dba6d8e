"""The instance profile, its role, and what the role may do."""

from fixtures.compliance import Subject, control, require
from policies.iam import trust_policy


@control(trust_policy)
def test_role_trusts_ec2(instance: Subject) -> None:
    """EC2 hands a role's credentials only to instances of a role that lets it in."""
    require(trust_policy, instance)
