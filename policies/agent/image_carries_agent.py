"""AGENT-02: the machine image is likely to carry SSM Agent (advisory)."""

from __future__ import annotations

from inventory.facts import Evidence, Image, Node, Unread
from policies.control import (
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    passed,
    undecidable,
    warned,
)
from policies.reference import ImageKind

CONTROL = Control(
    id="AGENT-02",
    title="Machine image is likely to carry SSM Agent",
    severity=Severity.INFO,
    category="agent",
    why=(
        "Many images come without SSM Agent: Red Hat, Debian, CentOS, Rocky, Flatcar, and the "
        "minimal variants of Amazon Linux. An instance of one never registers unless its user "
        "data or its owner installs the agent."
    ),
    remediation=(
        "Install SSM Agent on {instance_id}, in its user data or in a machine image of your own"
    ),
    needs=("ec2:DescribeInstances", "ec2:DescribeImages", "ssm:DescribeInstanceInformation"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/manually-install-ssm-agent-linux.html",
    ),
    rests_on=RestsOn.MACHINE,
)

_SETTLED_BY = "the node's registration: only a first ping proves the agent"


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge registration first, then the image's kind (D18, R-8.1; T-100, T-101, T-102).

    An advisory: it never fails, and what it cannot tell is nothing that a missing permission
    keeps from anybody, so that it never gates.
    """
    row = node.region.managed_nodes.find(node.id)
    if not isinstance(row, Unread):
        return passed(
            "AGENT_SEEN", "its agent has registered, so it is there", row.evidence("AgentVersion")
        )
    if not row.has_vanished:
        return undecidable(
            "REGISTRATION_UNREAD", "whether it ever registered was not read", settled_by=str(row)
        )
    image = node.region.images.find(node.instance.image_id)
    if isinstance(image, Unread):
        return _by_platform(node, image, context.parameters.image_kinds)
    seen = (image.evidence("Name"), image.evidence("OwnerId"))
    kinds = [
        one for one in context.parameters.image_kinds if one.covers(image.owner_id, image.name)
    ]
    return _by_kinds(kinds, f"image {image.image_id} ({image.name})", seen)


def _by_platform(node: Node, gap: Unread, kinds: tuple[ImageKind, ...]) -> Verdict:
    """An image that is gone or private; Ubuntu, Debian and Amazon Linux all say Linux/UNIX."""
    details = node.instance.platform_details
    told = [one for one in kinds if one.platform and details.startswith(one.platform)]
    seen = node.instance.evidence("PlatformDetails")
    if not told:
        return undecidable(
            "IMAGE_NOT_DESCRIBED",
            f"{node.instance.image_id or 'the image'} cannot be looked at: {gap}",
            seen,
            settled_by=f"{Image.call} of {node.instance.image_id or 'the image'}, or its owner",
        )
    return _by_kinds(told, f"the platform {details!r}", (seen,))


def _by_kinds(kinds: list[ImageKind], what: str, seen: tuple[Evidence, ...]) -> Verdict:
    """Without the agent outweighs with: minimal images are named much like the full ones."""
    lacking = next((one for one in kinds if not one.has_agent), None)
    if lacking is not None:
        return warned(
            "IMAGE_WITHOUT_AGENT", f"{what} is of a kind without agent: {lacking.title}", *seen
        )
    if kinds:
        reason = f"{what} is of a kind that ships the agent ({kinds[0].title}), which proves little"
        return undecidable("AGENT_LIKELY", reason, *seen, settled_by=_SETTLED_BY)
    return undecidable(
        "IMAGE_KIND_UNKNOWN",
        f"{what} is of no kind that is known to ship the agent or not",
        *seen,
        settled_by=_SETTLED_BY,
    )
