"""A declared proxy is named wherever a verdict rests on it, and repaired by its own port (H8)."""

from __future__ import annotations

import shlex

from policies.control import Context, Gap, Outcome
from policies.judgement import judge
from policies.network import egress_443, name_resolution, path_to_ssm
from policies.parameters import Parameters, Proxy
from tests.unit.policies.network.scenario import World, change, node_in, world

PROXY = Proxy("10.0.2.80", 3128, "net-team", "the only way out")
DECLARED = Parameters(proxies=(PROXY,))
OPEN = {
    "put": ["SecurityGroups", "sg-client", "IpPermissionsEgress"],
    "to": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
}
INTERFACE = {
    "add": {
        "NetworkInterfaceId": "eni-proxy",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-nat",
        "PrivateIpAddress": "10.0.2.80",
        "Groups": [{"GroupId": "sg-client"}],
    },
    "to": ["NetworkInterfaces"],
}
ADMITTING = {
    "put": ["SecurityGroups", "sg-client", "IpPermissions"],
    "to": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}],
}


def behind_an_unseen_proxy() -> World:
    return change(world("s3"), OPEN, INTERFACE, ADMITTING)


def test_what_is_behind_an_unseen_proxy_names_the_input_that_would_settle_it() -> None:
    node = node_in(behind_an_unseen_proxy())
    verdict = path_to_ssm.evaluate(node, Context(DECLARED))
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "PROXY_DECLARED")
    assert [(one.gap, one.what) for one in verdict.missing] == [
        (Gap.UNDECIDABLE, "whether the proxy 10.0.2.80:3128 reaches the hosts")
    ]


def test_an_answer_that_rests_on_the_proxy_quotes_owner_and_reason() -> None:
    verdict = judge(path_to_ssm, node_in(behind_an_unseen_proxy()), Context(DECLARED))
    assert verdict.assumptions == (PROXY.word,)
    assert "the proxy 10.0.2.80:3128 reaches the agent's hosts" in verdict.reason
    quoted = [one.value for one in verdict.evidence if one.path == "assume"]
    assert quoted[0] == {
        "setting": "proxies: 10.0.2.80:3128",
        "owner": "net-team",
        "reason": "the only way out",
    }


def test_the_way_to_the_proxy_tells_who_declares_it() -> None:
    verdict = egress_443.evaluate(node_in(world("s3")), Context(DECLARED))
    assert "tcp/3128 to 10.0.2.80" in verdict.reason
    (quoted,) = (one for one in verdict.evidence if one.path == "assume")
    assert (quoted.call, quoted.value["owner"]) == ("parameters.yaml", "net-team")


def test_the_repair_opens_the_proxys_port_to_the_proxy_alone() -> None:
    verdict = egress_443.evaluate(node_in(world("s3")), Context(DECLARED))
    words = shlex.split(verdict.remediation)
    assert words[words.index("--ip-permissions") + 1] == (
        "IpProtocol=tcp,FromPort=3128,ToPort=3128,IpRanges=[{CidrIp=10.0.2.80/32}]"
    )


def test_names_need_not_resolve_for_whoever_asks_a_proxy() -> None:
    """H8: the agent leaves the name to the proxy."""
    off = {"put": ["VpcAttributes", "vpc-1", "EnableDnsSupport"], "to": False}
    node = node_in(change(behind_an_unseen_proxy(), off))
    assert name_resolution.evaluate(node, Context()).code == "DNS_SUPPORT_OFF"
    verdict = name_resolution.evaluate(node, Context(DECLARED))
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "PROXY_DECLARED")
