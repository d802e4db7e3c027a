"""The policy's own words on changes against policy.toml: what it promises, and what a regime does not let it say."""

from collections.abc import Iterator, Sequence

from publisher.domain.ledger import LedgerEvent
from publisher.domain.policy import Policy, Version
from publisher.domain.regime import regime
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place, Severity
from publisher.materiality.promises import deemed_agreements, update_promise
from publisher.workflow.texts import Trees


def promise_faults(policy: Policy, events: Sequence[LedgerEvent], version: Version, trees: Trees) -> Iterator[Fault]:
    """Where a version's section on changes promises more than the settings keep, or takes silence for consent."""
    language = policy.settings.language
    text = version.text(language)
    if text is None or language not in trees:
        return
    released = release_of(events, version.name) is not None
    if released:
        return
    yield from _kept(policy, version, trees)
    for entry in deemed_agreements(trees[language]):
        strict = [name for name in policy.settings.regimes if (found := regime(name)) and found.knows_consent]
        if strict:
            yield Fault(
                "consent-deemed",
                f"“{entry.words}” takes going on for agreement; {' and '.join(strict)} asks for consent that is given.",
                "Say what applies when somebody does not agree, and ask where fresh consent is needed.",
                Place(text.path, entry.line, None, entry.clause),
                Severity.WARNING,
            )


def _kept(policy: Policy, version: Version, trees: Trees) -> Iterator[Fault]:
    settings = policy.settings
    text = version.text(settings.language)
    promise = update_promise(trees[settings.language])
    if text is None or promise is None:
        return
    place = Place(text.path, promise.line, None, promise.section)
    floor = settings.floor
    if promise.days is not None and promise.days > floor:
        yield Fault(
            "promise-longer",
            f"The policy promises to tell {promise.days} days ahead; its floor is {floor}.",
            f"Write notice_days = {promise.days} in policy.toml, or change the clause: that is itself material.",
            place,
        )
    used = promise.channels & frozenset(settings.channels)
    if len(used) < promise.enough:
        missing = " and ".join(sorted(promise.channels - used))
        yield Fault(
            "promise-channel",
            f"The policy promises to tell users by {' and '.join(sorted(promise.channels))};"
            f" policy.toml does not use {missing}.",
            "Add it to channels in policy.toml, or change the clause: that is itself material.",
            place,
        )
