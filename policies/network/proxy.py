"""A proxy that the user declared: the way to it, and what lies behind it (H8, R-5.9, trap 35)."""

from __future__ import annotations

import dataclasses

from inventory.facts import Instance, NetworkInterface, Node, Unread
from policies.assumptions import quoted
from policies.control import Gap, Missing
from policies.network.clients import client_of
from policies.network.reachability import (
    AddressSet,
    Flow,
    Hop,
    HostName,
    Mark,
    Network,
    Path,
    Reach,
    SharedReach,
    Stage,
    Way,
)
from policies.parameters import Parameters, Proxy
from policies.scope import is_running

#: The code of what is not known behind a proxy (network.md 3.4).
CODE = "PROXY_DECLARED"
VOUCHED = "ASSUMED_PROXY"


@dataclasses.dataclass(frozen=True, eq=False)
class DeclaredProxy:
    """The proxy of one node; ``vouched``: the user's word settles what is open behind it.

    ``parameters`` are the node's: they hold for the machine that is the proxy too.
    """

    proxy: Proxy
    node: Node
    network: Network
    vouched: bool
    parameters: Parameters = dataclasses.field(default_factory=Parameters)

    @property
    def place(self) -> str:
        return self.proxy.place

    @property
    def machine(self) -> tuple[Instance, NetworkInterface] | None:
        """The collected instance that holds the address, in the node's VPC or a declared one."""
        vpcs = dict.fromkeys((self.node.instance.vpc_id, *self.proxy.vpcs))
        for vpc_id in vpcs:
            interface = self.network.interface_at(vpc_id, self.proxy.address)
            if isinstance(interface, Unread):
                continue
            instance = self.network.instance_of(interface.id, vpc_id)
            if not isinstance(instance, Unread):
                return instance, interface
        return None


def through_proxy(declared: DeclaredProxy, flow: Flow, shared: SharedReach) -> Reach:
    """The paths of a flow whose destination the agent leaves to its proxy.

    The way to the proxy is judged as any flow to its address and port. Behind it the way of the
    machine that is the proxy is followed, all as ``Hop.PROXY``; where nobody sees that machine,
    what lies behind is not known. Whether software listens there is nobody's to see.
    """
    name = flow.to.name if isinstance(flow.to, HostName) else str(flow.to)
    address = AddressSet.address(declared.proxy.address)
    there = shared.reach(Flow(flow.client, address, declared.proxy.port))
    behind, rotation = _behind(declared, flow, shared)
    paths = tuple(
        Path(
            Way.PROXY,
            f"the proxy {declared.place}",
            (_led(declared, name), *path.stages, *stages),
        )
        for path in there.paths
        for stages in behind
    )
    return Reach(paths, rotation=rotation and there.rotation)


def _led(declared: DeclaredProxy, name: str) -> Stage:
    """The agent asks its proxy for the name, and resolves nothing itself."""
    proxy = declared.proxy
    told = f"{name} is left to the proxy {declared.place}, as {proxy.owner} declares"
    account = declared.node.account.account_id
    evidence = (quoted(proxy.word, account),)
    return Stage(Hop.NAME, Mark.PASS, declared.place, told, CODE, evidence)


def _behind(
    declared: DeclaredProxy, flow: Flow, shared: SharedReach
) -> tuple[tuple[tuple[Stage, ...], ...], bool]:
    """The stages behind the proxy, one list for each path, and whether these go by turns."""
    found = declared.machine
    if found is None:
        return ((_unseen(declared),),), True
    instance, interface = found
    if not is_running(instance):
        detail = f"the proxy {declared.place} is {instance.id}, which is {instance.state.name}"
        evidence = (instance.evidence("State.Name"),)
        stopped = Stage(Hop.PROXY, Mark.BLOCK, instance.id, detail, "PROXY_STATE", evidence)
        return ((stopped,),), True
    machine = dataclasses.replace(declared.node, instance=instance)
    client = client_of(machine, interface, declared.parameters)
    onward = shared.reach(dataclasses.replace(flow, client=client))
    each = tuple(tuple(_told(declared, one) for one in path.stages) for path in onward.paths)
    return each, onward.rotation


def _unseen(declared: DeclaredProxy) -> Stage:
    told = f"what lies behind the proxy {declared.place} is not visible"
    missing = Missing(Gap.UNDECIDABLE, f"whether the proxy {declared.place} reaches the hosts")
    stage = Stage(Hop.PROXY, Mark.UNKNOWN, declared.place, told, CODE, missing=missing)
    return _settled(declared, stage)


def _told(declared: DeclaredProxy, stage: Stage) -> Stage:
    """A stage of the proxy's own way; a block stays one, whoever vouches for the proxy."""
    behind = dataclasses.replace(
        stage, hop=Hop.PROXY, detail=f"behind the proxy {declared.place}: {stage.detail}"
    )
    return _settled(declared, behind)


def _settled(declared: DeclaredProxy, stage: Stage) -> Stage:
    if stage.mark is not Mark.UNKNOWN or not declared.vouched:
        return stage
    told = f"{stage.detail}, but {declared.proxy.owner} vouches for it"
    return dataclasses.replace(stage, mark=Mark.PASS, detail=told, code=VOUCHED, missing=None)
