"""SSM Agent itself, as far as AWS can tell."""

from fixtures.compliance import Subject, control, require
from policies.agent import image_carries_agent, kept_up_to_date, version_floor


@control(version_floor)
def test_agent_is_new_enough(instance: Subject) -> None:
    """Old agents need endpoints that newer Regions do not have."""
    require(version_floor, instance)


@control(image_carries_agent)
def test_image_is_likely_to_carry_the_agent(instance: Subject) -> None:
    """Many images come without SSM Agent; only a first ping proves that it is there."""
    require(image_carries_agent, instance)


@control(kept_up_to_date)
def test_agent_is_kept_up_to_date(instance: Subject) -> None:
    """An association of AWS-UpdateSSMAgent keeps it so."""
    require(kept_up_to_date, instance)
