"""What a context remembers, and what it never shares."""

from __future__ import annotations

from policies.control import Context, Premise
from policies.parameters import Assumption, Parameters, Topic


def test_once_computes_each_key_once() -> None:
    context, asked = Context(), list[str]()
    answers = [context.once(key, lambda key=key: asked.append(key) or key) for key in "aba"]
    assert (answers, asked) == (["a", "b", "a"], ["a", "b"])


def test_latest_keeps_only_the_last_key_of_a_kind() -> None:
    context, asked = Context(), list[str]()
    answers = [
        context.latest("kind", key, lambda key=key: asked.append(key) or key) for key in "aaba"
    ]
    assert (answers, asked) == (["a", "a", "b", "a"], ["a", "b", "a"])


def test_kinds_of_latest_do_not_disturb_each_other() -> None:
    context = Context()
    assert context.latest("one", "key", lambda: 1) == 1
    assert context.latest("other", "key", lambda: 2) == 2
    assert context.latest("one", "key", lambda: 3) == 1


def test_another_premise_has_the_same_parameters_and_a_memory_of_its_own() -> None:
    context = Context(Parameters(scp_allow=(Assumption("scp: allow", "me", "read"),)))
    other = context.under(Premise.ASSUMPTION)
    assert other is context.under(Premise.ASSUMPTION)
    assert (other.premise, other.parameters) == (Premise.ASSUMPTION, context.parameters)
    assert context.once("key", lambda: "facts") == "facts"
    assert other.once("key", lambda: "assumed") == "assumed"
    assert context.under(Premise.WITNESS) is not other


def test_words_on_networks_leave_the_organizations_policies_as_they_are() -> None:
    scp = Assumption("scp: allow", "me", "read")
    egress = Assumption("egress: tgw-1", "me", "read", topic=Topic.EGRESS, names=("tgw-1",))
    context = Context()
    assert context.assuming((egress,)).premise is Premise.NOTHING
    assert context.assuming((egress, scp)).premise is Premise.ASSUMPTION
    assert context.assuming((egress, scp)).words == (egress, scp)
    assert context.assuming((egress,)) is context.assuming((egress,))
    assert context.words == ()
