"""Deciding whether N instances reach the agent's three hosts, over VPCs of 500 instances each."""

from __future__ import annotations

import dataclasses
import gc
import resource
import time
from collections import Counter

from benchmarks.many_vpcs import HOSTS, many_vpcs
from policies.network.clients import client_of
from policies.network.reachability import Answer, Flow, HostName, Network, SharedReach


@dataclasses.dataclass(frozen=True)
class Reached:
    """CPU seconds of this process from facts to answers; peak memory since it started.

    ``signatures`` are the network signatures among the instances, each evaluated for every host;
    ``answers`` are counted by instance and host.
    """

    instances: int
    signatures: int
    answers: Counter[Answer]
    seconds: float
    peak_mib: float

    def __str__(self) -> str:
        counts = " ".join(f"{self.answers[one]:>13,}" for one in Answer)
        each = self.seconds / self.answers.total() * 1e6
        return (
            f"{self.instances:>10,} {self.signatures:>10,} {counts} "
            f"{self.seconds:>8.2f} {each:>10.1f} {self.peak_mib:>9.0f}"
        )


def heading() -> str:
    """The columns of a line."""
    counts = " ".join(f"{one.value:>13}" for one in Answer)
    return (
        f"{'instances':>10} {'signatures':>10} {counts} {'CPU s':>8} {'us/answer':>10} "
        f"{'peak MiB':>9}"
    )


def measure(instances: int) -> Reached:
    """Ask for every instance and host once; making the facts is not counted, indexing them is."""
    nodes = many_vpcs(instances)
    hosts = [HostName(name) for name in HOSTS]
    answers: Counter[Answer] = Counter()
    gc.freeze()  # as a run does
    started = time.process_time()
    shared = SharedReach(Network(nodes[0].region))
    for node in nodes:
        client = client_of(node, node.instance.network_interfaces[0])
        for host in hosts:
            answers[shared.reach(Flow(client, host)).answer] += 1
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Reached(len(nodes), shared.evaluated // len(hosts), answers, seconds, peak)
