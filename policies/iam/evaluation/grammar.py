"""What a document may say depends on where it stands: the kinds of policies."""

from __future__ import annotations

from enum import Enum, auto


class Grammar(Enum):
    """The kind of policy a document is read as (iam.md 1 and 2)."""

    #: Identity policies, permissions boundaries, session policies.
    IDENTITY = auto()
    SCP = auto()
    RCP = auto()
    TRUST = auto()
    RESOURCE = auto()
    INTERFACE_ENDPOINT = auto()
    GATEWAY_ENDPOINT = auto()

    @property
    def pads_arns(self) -> bool:
        """Whether missing parts of an ARN count as ``*``; SCPs and RCPs refuse such ARNs."""
        return self not in (Grammar.SCP, Grammar.RCP)

    @property
    def names_principals(self) -> bool:
        return self not in (Grammar.IDENTITY, Grammar.SCP)

    @property
    def names_resources(self) -> bool:
        """A trust policy speaks about the role it belongs to, and about nothing else."""
        return self is not Grammar.TRUST
