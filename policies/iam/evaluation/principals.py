"""Matching of principals in trust, endpoint and other resource policies (iam.md 2, Principals)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from policies.iam.evaluation.document import texts
from policies.iam.evaluation.grammar import Grammar
from policies.iam.evaluation.request import Principal, RoleSession, Service
from policies.iam.evaluation.truth import Malformed, Open, Truth, Unknown, any_of

ANYONE = Open("principal:*")
ACCOUNT_OF_ENDPOINT = Open("principal:account in an interface endpoint policy")
PARTIAL_NOT_PRINCIPAL = Open("principal:NotPrincipal that names the role but not all its forms")

_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_ACCOUNT = re.compile(r"(?P<id>\d{12})|arn:[^:*?]+:iam::(?P<root>\d{12}):root", re.ASCII)
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}", re.ASCII)
_ARN = re.compile(r"arn:[^:*?]+:(?:iam|sts)::[^:*?]+:[^*?]+", re.ASCII)


@dataclasses.dataclass(frozen=True)
class PrincipalSet:
    """A Principal or NotPrincipal element; ``aws`` holds ARNs and account ids as written."""

    anyone: bool
    aws: frozenset[str]
    accounts: frozenset[str]
    services: frozenset[str]
    grammar: Grammar
    negated: bool = False

    def truth(self, principal: Principal) -> Truth:
        """Whether the caller is covered; unknown where AWS does not say."""
        if self.negated:
            return self._spares_not(principal)
        return self._names(principal)

    def _names(self, principal: Principal) -> Truth:
        if self.grammar is Grammar.RCP:
            return self.anyone
        if isinstance(principal, Service):
            if principal.name in self.services:
                return True
            return Unknown.of(ANYONE) if self.anyone else False
        if self.anyone:
            return True
        if self.grammar is Grammar.GATEWAY_ENDPOINT:
            return False
        return any_of((self._names_role(principal), self._names_account(principal)))

    def _names_role(self, principal: RoleSession) -> bool:
        return principal.role_arn in self.aws or principal.session_arn in self.aws

    def _names_account(self, principal: RoleSession) -> Truth:
        if principal.account not in self.accounts:
            return False
        if self.grammar is Grammar.INTERFACE_ENDPOINT:
            return Unknown.of(ACCOUNT_OF_ENDPOINT)
        return True

    def _spares_not(self, principal: Principal) -> Truth:
        """NotPrincipal spares a role only where account, role and session are all listed."""
        if isinstance(principal, Service):
            if principal.name in self.services:
                return False
            return Unknown.of(ANYONE) if self.anyone else True
        if self.anyone:
            return False
        listed = (
            principal.account in self.accounts,
            principal.role_arn in self.aws,
            principal.session_arn in self.aws,
        )
        if all(listed):
            return False
        return Unknown.of(PARTIAL_NOT_PRINCIPAL) if any(listed) else True


def principal_set(
    element: object, *, negated: bool, grammar: Grammar, place: str
) -> PrincipalSet | Malformed:
    """Compile a Principal (or NotPrincipal): ``"*"`` or a map of kinds to one or more names."""
    if grammar is Grammar.RCP and element not in ("*", {"AWS": "*"}):
        return Malformed(place, "the principal of an RCP is always '*'")
    if element == "*":
        return _set({"AWS": ("*",)}, negated=negated, grammar=grammar, place=place)
    if not isinstance(element, Mapping) or not element:
        return Malformed(place, "a principal is '*' or a map of kinds to names")
    names: dict[str, tuple[str, ...]] = {}
    for kind, written in element.items():
        values = texts(written)
        if kind not in _KINDS or values is None:
            return Malformed(place, f"principal kind {kind!r} is not understood")
        names[kind] = values
    return _set(names, negated=negated, grammar=grammar, place=place)


def _set(
    names: Mapping[str, tuple[str, ...]], *, negated: bool, grammar: Grammar, place: str
) -> PrincipalSet | Malformed:
    accounts: set[str] = set()
    arns: set[str] = set()
    for name in names.get("AWS", ()):
        account = _ACCOUNT.fullmatch(name)
        if account:
            accounts.add(account["id"] or account["root"])
        elif _ARN.fullmatch(name):
            arns.add(name)
        # A unique id (AIDA…, AROA…) is what is left of a deleted principal: it matches nobody.
        elif name != "*" and not _UNIQUE_ID.fullmatch(name):
            return Malformed(place, f"principal {name!r} is not understood")
    return PrincipalSet(
        anyone="*" in names.get("AWS", ()),
        aws=frozenset(arns),
        accounts=frozenset(accounts),
        services=frozenset(names.get("Service", ())) - {"*"},
        grammar=grammar,
        negated=negated,
    )
