"""The instance profile, its role, and what the role may do."""

from fixtures.compliance import Subject, control, require
from policies.iam import (
    command_channel,
    core_actions,
    heartbeat,
    look_alikes,
    profile_attached,
    profile_role_exists,
    trust_policy,
)


@control(profile_attached)
def test_instance_profile_is_attached(instance: Subject) -> None:
    """The agent's credentials come from the profile, unless Default Host Management stands in."""
    require(profile_attached, instance)


@control(profile_role_exists)
def test_profile_holds_one_role(instance: Subject) -> None:
    """A profile is a container, and may be empty."""
    require(profile_role_exists, instance)


@control(trust_policy)
def test_role_trusts_ec2(instance: Subject) -> None:
    """EC2 hands a role's credentials only to instances of a role that lets it in."""
    require(trust_policy, instance)


@control(heartbeat)
def test_role_may_send_the_heartbeat(instance: Subject) -> None:
    """Online is nothing but ssm:UpdateInstanceInformation, allowed on the instance's own ARN."""
    require(heartbeat, instance)


@control(command_channel)
def test_role_may_open_the_command_channel(instance: Subject) -> None:
    """Commands and sessions travel through ssmmessages, which ssm:* does not cover."""
    require(command_channel, instance)


@control(core_actions)
def test_role_has_the_rest_of_core(instance: Subject) -> None:
    """Documents, State Manager, inventory and patching need a few actions more."""
    require(core_actions, instance)


@control(look_alikes)
def test_no_deprecated_or_look_alike_policy_is_relied_on(instance: Subject) -> None:
    """Some policies sound like the right one and are not."""
    require(look_alikes, instance)
