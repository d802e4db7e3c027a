"""Limb A: what the organisation may do to users, what limits their rights, and what is taken out of promises."""

from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.matching import Run
from publisher.materiality.parts import part_of
from publisher.materiality.reading import Draft, Reading


def power_over_users(reading: Reading) -> Iterator[Draft]:
    """The organisation may do more to accounts, content or service."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading or reading.idle or _ends_data(reading) or _asked_for(reading):
        return
    lexicon = reading.lexicon
    sanction = reading.affirmed("sanction", reading.new)
    discretion = lexicon["discretion"].search(sentence.folded)
    if reading.unit.edited:
        added = reading.came_of("discretion")
        if added is not None and not lexicon.has("discretion", reading.went):
            yield Draft(
                FindingKind.RIGHT_WEAKENED,
                Side.NEW,
                added,
                "The organisation keeps a choice to itself that the old sentence did not.",
            )
        elif sanction is not None and lexicon.any(reading.whole_new, "you", "us") and not _of_keeping(reading):
            for went, came, _, run in reading.swaps():
                if (
                    run is not None
                    and not _lessened(reading, came)
                    and ((lexicon.has("sanction", came) and not lexicon.has("sanction", went)) or reading.novel_in(run))
                ):
                    yield Draft(
                        FindingKind.RIGHT_WEAKENED,
                        Side.NEW,
                        run,
                        "The grounds or the reach of a measure against users were widened.",
                    )
                    return
        return
    if not (reading.novel or reading.fresh > 0.5) or (
        lexicon.has("entitlement", reading.new) and not lexicon.has("exception", reading.new)
    ):
        return
    if (
        sanction is not None
        and (reading.by_us(reading.whole_new) or lexicon.any(reading.whole_new, "may", "must"))
        and lexicon.any(reading.whole_new, "may", "must", "discretion")
    ):
        if lexicon.has("refund", reading.new) and not lexicon.has("negation", reading.new):
            return
        if not reading.by_us(reading.new) and lexicon["right"].search(reading.new) and not discretion:
            return
        yield Draft(
            FindingKind.RIGHT_WEAKENED,
            Side.NEW,
            reading.run_of(sentence, sanction),
            "A measure that may be taken against users' accounts, content or use is new to the text.",
        )
    elif discretion is not None and not lexicon.has("negation", reading.new[: discretion.start()][-20:]):
        yield Draft(
            FindingKind.RIGHT_WEAKENED,
            Side.NEW,
            reading.run_of(sentence, discretion),
            "A choice that the organisation keeps to itself is new to the text.",
        )


def _lessened(reading: Reading, came: str) -> bool:
    """Whether words that came to a measure only bind it: notice, a limit, the user's consent."""
    lexicon = reading.lexicon
    return (
        lexicon.duties.spaced
        and (lexicon.any(came, "notice", "limiting", "consent", "ahead") or came.startswith("after "))
        and not lexicon.any(came, "sanction", "exception", "no_notice")
    )


def _asked_for(reading: Reading) -> bool:
    """Whether the sentence stays and names a measure only as what users may ask for."""
    sanction = reading.affirmed("sanction", reading.new)
    if sanction is None or not reading.unit.edited or reading.lexicon.has("discretion", reading.came):
        return False
    return reading.lexicon.has("entitlement", reading.new[: sanction.start()])


def _of_keeping(reading: Reading) -> bool:
    """Whether the sentence says how long data are kept; an account's end is then only a date."""
    kept = reading.affirmed("retain", reading.new) is not None
    return kept and (reading.lexicon.has("data", reading.new) or reading.affirmed("retain", reading.old) is not None)


def _ends_data(reading: Reading) -> bool:
    """Whether the sentence promises that data end, which takes nothing from users."""
    lexicon = reading.lexicon
    return (
        reading.affirmed("delete", reading.new) is not None
        and lexicon.has("data", reading.new)
        and lexicon.any(reading.new, "period", "must")
        and not lexicon.any(reading.new, "discretion", "may")
    )


def right_limited(reading: Reading) -> Iterator[Draft]:
    """A condition or an exception to users' rights, or something withheld from them, is new to the text."""
    sentence, lexicon = reading.unit.new, reading.lexicon
    if sentence is None or sentence.heading or reading.unit.edited or reading.idle:
        return
    limit = lexicon["exception"].search(sentence.folded)
    denial = lexicon["negation"].search(sentence.folded)
    text = reading.new
    speaks = lexicon.any(text, "right", "protect", "entitlement", "request") or lexicon.has("right", reading.lead)
    if speaks and limit is not None and (denial is not None or lexicon.has("may", text)):
        why = "A condition or an exception to what users are entitled to is new to the text."
        yield Draft(FindingKind.RIGHT_WEAKENED, Side.NEW, reading.run_of(sentence, limit), why)
        return
    if denial is None or (lexicon.any(text, "collect", "share") and reading.by_us(text)):
        return
    withheld = lexicon.any(text, "refund", "right", "protect") and lexicon.any(text, "may", "must")
    unprotected = lexicon.has("protect", text[denial.end() :][:60])
    if withheld or unprotected or lexicon.has("scope", text):
        why = "Something that users cannot do or have is new to the text."
        yield Draft(FindingKind.RIGHT_WEAKENED, Side.NEW, reading.run_of(sentence, denial), why)


def promise_excepted(reading: Reading) -> Iterator[Draft]:
    """An exception or a condition was appended to a promise or a right."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or new.heading or _burdens(reading) or reading.turned_about or reading.unprotected:
        return
    lexicon = reading.lexicon
    denies = lexicon.has("negation", reading.whole_old) and lexicon.has("data", reading.whole_old)
    if not denies and not lexicon.any(reading.whole_old, "promise", "right", "notice", "protect", "refund"):
        return
    for went, came, _, run in reading.swaps():
        if run is None:
            continue
        opened = lexicon.has("exception", came) and not lexicon.has("exception", went)
        if not opened and not _widens(reading, went, run):
            continue
        text = reading.around(new, run, 0)
        if not opened and lexicon.has("strong_consent", came):
            continue
        if lexicon.duties.doubts and lexicon.has("limiting", reading.came) and not lexicon.has("discretion", came):
            continue
        if lexicon.has("consent", text) and not lexicon.has("promise", reading.old):
            continue
        kind = FindingKind.OBLIGATION_WEAKENED
        if lexicon.duties.doubts and denies and lexicon.has("recipient", came):
            kind = FindingKind.NEW_RECIPIENT
        elif lexicon.has("notice", reading.old):
            kind = FindingKind.NOTICE_WEAKENED
        elif lexicon.has("entitlement", reading.old) or (
            not reading.acts(reading.old) and lexicon.has("right", reading.old)
        ):
            kind = FindingKind.RIGHT_WEAKENED
        yield Draft(kind, Side.NEW, run, "An exception or a condition was added to what was promised without it.")
        return


def _burdens(reading: Reading) -> bool:
    """Whether the old sentence puts a duty on users and nothing else: an exception narrows it."""
    lexicon = reading.lexicon
    duty = lexicon["duty"].search(reading.old)
    return (
        lexicon.duties.spaced
        and duty is not None
        and lexicon.has("you", duty[0])
        and not reading.acts(reading.old)
        and not lexicon.any(reading.whole_old, "entitlement", "notice", "refund")
    )


def _widens(reading: Reading, went: str, run: Run) -> bool:
    """Whether words were added behind an exception that stood there before."""
    new = reading.unit.new
    if new is None or went or run[1] - run[0] < 1:
        return False
    before = " ".join(new.tokens[: run[0]]) if reading.lexicon.duties.spaced else "".join(new.tokens[: run[0]])
    if reading.lexicon.duties.doubts:
        low, _ = part_of(new, run)
        before = "".join(new.tokens[low : run[0]])
    opened = None
    for opened in reading.lexicon["exception"].finditer(before):  # noqa: B007 - the last one is wanted
        pass
    grown = any(run[0] <= at <= run[1] for _, at in reading.matter)
    return opened is not None and grown and len(before[opened.end() :].split()) < 40


def licence(reading: Reading) -> Iterator[Draft]:
    """Users hand over more rights in what is theirs."""
    sentence = reading.unit.new
    run = reading.came_of("licence")
    if sentence is None or run is None or reading.idle:
        return
    lexicon = reading.lexicon
    if not lexicon.has("you", reading.new) and not lexicon.any(reading.new, "liability", "dispute"):
        return
    if reading.unit.edited and not reading.matter and not lexicon.has("licence", reading.came):
        return
    if not reading.unit.edited and not (reading.novel or reading.fresh > 0.5):
        return
    yield Draft(FindingKind.RIGHT_WEAKENED, Side.NEW, run, "Users give up, or license, more than before.")
