"""How sets of addresses are told to people."""

from __future__ import annotations

from policies.network.reachability import PUBLIC_IPV4, AddressSet


def test_what_people_are_told_of_a_set() -> None:
    one = AddressSet.address("10.0.0.5")
    assert str(one) == "10.0.0.5"
    assert str(PUBLIC_IPV4) == "public addresses"
    assert str(PUBLIC_IPV4 - AddressSet.address("1.0.0.0")) == "1.0.0.1 and others"
    assert str(one - one) == "no address"
