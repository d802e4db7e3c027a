"""Limb A in the terms of a contract: duties of users, liability, notice, disputes and fees."""

import re
from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.matching import Run
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.sentences import join


def user_duty(reading: Reading) -> Iterator[Draft]:
    """Users must do, or must not do, something more."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading or reading.idle:
        return
    lexicon = reading.lexicon
    listed = bool(reading.lead) and lexicon.any(reading.lead, "forbid", "duty")
    if reading.unit.edited:
        added = reading.came_of("duty")
        if added is not None and not reading.says_more(added):
            return
        if added is not None and lexicon.duties.spaced and reading.acts_last(_before(reading, added)):
            return
        if added is not None and not lexicon.has("duty", reading.went) and not lexicon.has("favour", reading.came):
            yield Draft(FindingKind.USER_DUTY_ADDED, Side.NEW, added, "The sentence now puts a duty or a ban on users.")
        elif (
            (listed or (_bans_users(reading) and not lexicon.duties.doubts))
            and reading.novel
            and not lexicon.has("exception", reading.came)
        ):
            at = reading.novel[0][1]
            why = "What users must not do, or must do, was widened."
            yield Draft(FindingKind.USER_DUTY_ADDED, Side.NEW, (at, at), why)
    elif listed and not lexicon.has("entitlement", reading.new) and (reading.novel or reading.fresh > 0.5):
        yield Draft(FindingKind.USER_DUTY_ADDED, Side.NEW, reading.run, "A duty or a ban was added to a list of them.")
    else:
        found = lexicon["duty"].finditer(sentence.folded)
        match = next((one for one in found if not _lifted(reading, one)), None)
        if match is None or lexicon.has("favour", reading.new) or not (reading.novel or reading.fresh > 0.5):
            return
        subject = sentence.folded[: match.start()]
        if reading.acts_last(subject) and not lexicon.has("you", match[0]):
            return
        if lexicon.duties.spaced and lexicon.has("entitlement", subject):
            return
        yield Draft(
            FindingKind.USER_DUTY_ADDED,
            Side.NEW,
            reading.run_of(sentence, match),
            "A duty or a ban on users is new to the text.",
        )


def _lifted(reading: Reading, duty: re.Match[str]) -> bool:
    """Whether a duty is denied: `is not subject to`."""
    lexicon = reading.lexicon
    return lexicon.duties.spaced and lexicon.has("negation", " ".join(reading.new[: duty.start()].split()[-1:]))


def _before(reading: Reading, run: Run) -> str:
    """The words of the new sentence ahead of some, folded."""
    sentence = reading.unit.new
    return join(sentence.tokens[: run[0]], reading.lexicon.duties.spaced) if sentence is not None else ""


def _bans_users(reading: Reading) -> bool:
    """Whether the old sentence forbids or orders something, and not to the organisation."""
    ban = reading.lexicon["forbid"].search(reading.old) or reading.lexicon["duty"].search(reading.old)
    return ban is not None and not reading.acts(reading.old[: ban.start()])


def liability(reading: Reading) -> Iterator[Draft]:
    """Liability is excluded, capped or shifted further."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading or reading.idle:
        return
    lexicon = reading.lexicon
    excluded = lexicon["disclaimer"].search(sentence.folded)
    if excluded is None or lexicon.has("favour", reading.new):
        return
    if reading.unit.edited:
        grown = [
            run
            for went, came, _, run in reading.swaps()
            if run is not None
            and (
                lexicon.any(came, "liability", "disclaimer") or any(run[0] <= at <= run[1] for _, at in reading.matter)
            )
        ]
        if grown:
            yield Draft(
                FindingKind.LIABILITY_REDUCED, Side.NEW, grown[0], "A limit or exclusion of liability was widened."
            )
    elif reading.novel or reading.fresh > 0.5:
        yield Draft(
            FindingKind.LIABILITY_REDUCED,
            Side.NEW,
            reading.run_of(sentence, excluded),
            "A limit or exclusion of liability, or a duty to indemnify, is new to the text.",
        )


def notice_less(reading: Reading) -> Iterator[Draft]:
    """Something may happen without notice, or notice may be given later or otherwise."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading:
        return
    lexicon = reading.lexicon
    run = reading.came_of("no_notice")
    if (
        run is not None
        and not lexicon.has("no_notice", reading.old)
        and lexicon.any(reading.new, "may", "must", "sanction", "notice")
    ):
        if (
            lexicon.has("right", reading.new)
            and lexicon.has("notice", reading.new) is False
            and not lexicon.has("sanction", reading.new)
        ):
            return
        yield Draft(
            FindingKind.NOTICE_WEAKENED, Side.NEW, run, "Something may now happen without the notice that users had."
        )
        return
    run = reading.came_of("deemed")
    if (
        run is not None
        and not lexicon.has("deemed", reading.old)
        and (reading.novel or reading.fresh > 0.15)
        and lexicon.any(reading.new, "amendment", "notice")
        and not lexicon.has("dispute", reading.came)
    ):
        yield Draft(
            FindingKind.NOTICE_WEAKENED,
            Side.NEW,
            run,
            "Users are taken to agree by going on, or by accepting the text as a whole.",
        )


def dispute(reading: Reading) -> Iterator[Draft]:
    """Where and how users may be heard changes."""
    sentence = reading.unit.new
    run = reading.came_of("dispute")
    if sentence is None or run is None or sentence.heading or reading.idle:
        return
    if not reading.unit.edited and not (reading.novel or reading.fresh > 0.5):
        return
    if reading.unit.edited and reading.lexicon.has("dispute", reading.went) and not reading.novel:
        return
    if reading.lexicon.has("forum", reading.new) and not reading.lexicon.any(
        reading.new, "duty", "licence", "must", "imposed"
    ):
        return
    if reading.lexicon.has("right", reading.new) and not reading.lexicon.any(
        reading.new, "licence", "negation", "must"
    ):
        return
    yield Draft(
        FindingKind.DISPUTE_FORUM, Side.NEW, run, "Where, how or under which law disputes are decided has changed."
    )


def _paid_back(reading: Reading, came: str) -> bool:
    """Whether the sentence was and is about paying users back, and the words that came do not limit it."""
    lexicon = reading.lexicon
    return (
        lexicon.duties.spaced
        and lexicon.has("refund", reading.new)
        and lexicon.has("refund", reading.old)
        and not lexicon.any(came, "negation", "exception", "limiting")
    )


def _charged(reading: Reading, run: Run) -> bool:
    """Whether words that came charge for something, undenied."""
    sentence = reading.unit.new
    if sentence is None:
        return False
    found = ((match, reading.run_of(sentence, match)) for match in reading.lexicon["fee"].finditer(sentence.folded))
    return any(
        run[0] <= at[1] and at[0] <= run[1] and not reading.denied(sentence.folded, match.start())
        for match, at in found
    )


def fee(reading: Reading) -> Iterator[Draft]:
    """Users pay more, earlier or for more, or get less back."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading or reading.idle:
        return
    lexicon = reading.lexicon
    charged = reading.affirmed("fee", reading.new)
    of_data = lexicon.any(reading.new, "collect", "share") and not lexicon.any(reading.new, "duty", "must")
    if charged is None or (of_data and not reading.unit.edited):
        return
    if reading.unit.edited:
        for went, came, _, run in reading.swaps():
            if run is None or not lexicon.has("fee", came) or lexicon.has("fee", went):
                continue
            if _paid_back(reading, came):
                continue
            if lexicon.duties.doubts or _charged(reading, run):
                yield Draft(FindingKind.FEE_OR_REFUND, Side.NEW, run, "What users pay, or when, was widened.")
                return
    elif (
        lexicon.any(reading.new, "must", "may", "duty")
        and lexicon.any(reading.new, "you", "may")
        and (reading.novel or reading.fresh > 0.5)
    ):
        if lexicon.any(reading.new, "refund", "favour") and not lexicon.has("negation", reading.new):
            return
        yield Draft(
            FindingKind.FEE_OR_REFUND,
            Side.NEW,
            reading.run_of(sentence, charged),
            "A payment, or a condition of payment or refund, is new to the text.",
        )
