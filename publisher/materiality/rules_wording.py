"""Limb A: promises, rights and safeguards that went, in words or whole sentences, and firm words that became soft."""

from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.matching import Run
from publisher.materiality.reading import Draft, Reading

_OPENING = 12
"""Characters within which a sentence says who keeps a choice."""


def promise_gone(reading: Reading) -> Iterator[Draft]:
    """A sentence that promised, protected, entitled or informed users stands nowhere any more."""
    old = reading.unit.old
    if old is None or reading.unit.new is not None or old.heading:
        return
    lexicon = reading.lexicon
    text = reading.whole_old
    pointer = lexicon["pointer"].search(reading.old)
    if lexicon.has("dated", text) or (pointer is not None and pointer.start() < 12):
        return
    if lexicon.has("disclaimer", text) or (
        lexicon.has("discretion", text) and not lexicon.any(text, "promise", "entitlement")
    ):
        return
    ours = reading.by_us(text)
    duty = lexicon["duty"].search(reading.old)
    kept = lexicon["discretion"].search(text)
    if kept is not None and reading.acts(text[: kept.start()]) and kept.start() < _OPENING:
        return
    on_users = (
        duty is not None
        and lexicon.has("you", reading.old[: duty.end()])
        and not reading.by_us(reading.old[: duty.end()])
    )
    if on_users and not lexicon.has("entitlement", reading.old):
        return
    kind = _gone_kind(reading, text, ours)
    if kind is None:
        return
    finding, field, why = kind
    match = lexicon[field].search(old.folded)
    run = reading.run_of(old, match) if match is not None else reading.run
    yield Draft(finding, Side.OLD, run, why)


def _gone_kind(reading: Reading, text: str, ours: bool) -> tuple[FindingKind, str, str] | None:
    """What went with a sentence, the field whose word shows it, and the reason: the first that holds."""
    lexicon = reading.lexicon
    binds = ours and lexicon.has("promise", text)
    bounded = lexicon.has("period", text) and lexicon.has("data", text)
    denies = lexicon.has("negation", text)
    held: tuple[tuple[bool, FindingKind, str, str], ...] = (
        (
            lexicon.has("forum", text) and lexicon.any(text, "dispute", "right", "promise", "may"),
            FindingKind.DISPUTE_FORUM,
            "forum",
            "A way of complaint or redress that the old text offered is gone.",
        ),
        (
            bounded and lexicon.has("delete", text),
            FindingKind.RETENTION_LONGER,
            "delete",
            "A time by which data end is gone from the text.",
        ),
        (
            bounded and lexicon.has("retain", text),
            FindingKind.RETENTION_LONGER,
            "retain",
            "A time for which data are kept is gone from the text.",
        ),
        (
            binds and lexicon.has("notice", text) and not denies,
            FindingKind.NOTICE_WEAKENED,
            "notice",
            "A promise to tell users, or to answer them, is gone.",
        ),
        (
            _right(reading, text) and not _only_limits(reading, text),
            FindingKind.RIGHT_REMOVED,
            "right",
            "Something that users could do, keep or ask for is gone.",
        ),
        (
            lexicon.has("refund", text) and not denies,
            FindingKind.FEE_OR_REFUND,
            "refund",
            "A refund, or a service without charge, is gone.",
        ),
        (
            binds and (not _practice(reading, text) or lexicon.any(text, "negation", "limiting")),
            FindingKind.OBLIGATION_WEAKENED,
            "promise",
            "A promise of the organisation is gone.",
        ),
        (
            _denied_practice(reading, text),
            FindingKind.OBLIGATION_WEAKENED,
            "negation",
            "The old text said that this is not done; it no longer does.",
        ),
        (
            ours and lexicon.has("protect", text),
            FindingKind.OBLIGATION_WEAKENED,
            "protect",
            "A safeguard that the old text described is gone.",
        ),
    )
    return next(((kind, field, why) for holds, kind, field, why in held if holds), None)


def _right(reading: Reading, text: str) -> bool:
    """Whether a sentence gives users a right, rather than telling what can be done with the service."""
    lexicon = reading.lexicon
    if not lexicon.has("right", text):
        return False
    return lexicon.has("right", lexicon["mere_right"].sub("", text)) or lexicon.any(
        text, "entitlement", "delete", "consent", "request", "refund", "forum", "dispute", "data"
    )


def _denied_practice(reading: Reading, text: str) -> bool:
    """Whether a sentence denies a practice, whoever is named in it, but does not forbid it to users."""
    denial = reading.lexicon["negation"].search(reading.old)
    if denial is not None and reading.lexicon.has("you", reading.old[: denial.start()]):
        return False
    for field in (
        "collect",
        "use",
        "share",
        "retain",
        "sanction",
        *(("fee",) if reading.lexicon.duties.spaced else ()),
    ):
        match = reading.lexicon[field].search(text)
        if match is not None and reading.denied(text, match.start()):
            return True
    return False


def _practice(reading: Reading, text: str) -> bool:
    return reading.lexicon.any(text, "collect", "use", "share", "retain", "sanction", "fee")


def _only_limits(reading: Reading, text: str) -> bool:
    """Whether the sentence took away from a right rather than giving one."""
    lexicon = reading.lexicon
    return lexicon.any(text, "negation", "exception") and not lexicon.has("promise", text)


def softened(reading: Reading) -> Iterator[Draft]:
    """A firm word of a promise became a soft one, or went."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or new.heading:
        return
    lexicon = reading.lexicon
    if not _binding(reading):
        return
    for went, came, run_old, run in reading.swaps():
        if run is not None and lexicon.has("soft", came) and not lexicon.has("soft", went):
            beside = reading.around(new, run, 2)
            if reading.by_us(beside) or lexicon.has("must", went) or not lexicon.has("may", came):
                yield Draft(
                    FindingKind.OBLIGATION_WEAKENED, Side.NEW, run, "A firm statement became an endeavour or a choice."
                )
                return
        if run_old is not None and lexicon.has("firm", went) and not lexicon.any(came, "firm", "promise"):
            if lexicon.has("tense", went) and not lexicon.has("firm", lexicon["tense"].sub("", went)):
                continue
            if lexicon.has("firm", reading.new) and run_old[1] - run_old[0] >= 4:
                continue
            yield Draft(FindingKind.OBLIGATION_WEAKENED, Side.OLD, run_old, "The word that made this firm is gone.")
            return


def absolute_gone(reading: Reading) -> Iterator[Draft]:
    """A word that let no exception stand went out of a promise or a right."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or new.heading:
        return
    lexicon = reading.lexicon
    if reading.turned_about or not (_binding(reading) or lexicon.has("right", reading.whole_old)):
        return
    for went, came, run, _ in reading.swaps():
        if run is None or not lexicon.any(went, "absolute", "limiting") or lexicon.any(came, "absolute", "limiting"):
            continue
        if lexicon.has("period", came) and not (lexicon.duties.spaced and lexicon.has("favour", went)):
            continue  # `promptly` became a number of days
        match = lexicon["absolute"].search(went) or lexicon["limiting"].search(went)
        if match is not None and lexicon.has("absolute", reading.new) and match[0] in reading.new:
            continue
        yield Draft(FindingKind.OBLIGATION_WEAKENED, Side.OLD, run, "A word that let no exception stand is gone.")
        return


def words_gone(reading: Reading) -> Iterator[Draft]:
    """Part of a promise, a right or a safeguard went out of a sentence that stays."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or new.heading:
        return
    lexicon = reading.lexicon
    for went, came, run, _ in reading.swaps():
        if run is None:
            continue
        lost = any(run[0] <= at <= run[1] for _, at in reading.lost)
        if not came and lost and _denial_shorter(reading, went):
            yield Draft(FindingKind.OBLIGATION_WEAKENED, Side.OLD, run, "Less is denied than in the old text.")
            return
        for field, kind, why in (
            ("notice", FindingKind.NOTICE_WEAKENED, "A way or a time of telling users is gone."),
            ("refund", FindingKind.FEE_OR_REFUND, "A refund, or something free of charge, is gone."),
            ("protect", FindingKind.OBLIGATION_WEAKENED, "A safeguard is gone from the sentence."),
            ("forum", FindingKind.DISPUTE_FORUM, "A way of complaint or redress is gone from the sentence."),
            ("right", FindingKind.RIGHT_WEAKENED, "Part of what users could do is gone from the sentence."),
        ):
            if (
                _touches(reading, field, went, run)
                and not lexicon.has(field, came)
                and not lexicon.any(went, "disclaimer", "exception")
            ):
                if field in ("protect", "right", "notice", "refund") and lexicon.has(field, reading.new) and not lost:
                    continue
                if not (_binding(reading) or lexicon.has("right", reading.whole_old)):
                    continue
                yield Draft(kind, Side.OLD, run, why)
                return


def _denial_shorter(reading: Reading, went: str) -> bool:
    """Whether words went out of what the organisation says that it does not do."""
    lexicon = reading.lexicon
    return (
        lexicon.duties.spaced
        and not lexicon.any(went, "negation", "exception")
        and reading.by_us(reading.old)
        and lexicon.has("negation", reading.new)
        and _denied_practice(reading, reading.old)
    )


def _touches(reading: Reading, field: str, went: str, run: Run) -> bool:
    """Whether words that went are, or end, a word of a field that the new sentence does not have."""
    lexicon, old = reading.lexicon, reading.unit.old
    if lexicon.has(field, went) or old is None or not lexicon.duties.spaced or lexicon.has(field, reading.new):
        return lexicon.has(field, went)
    found = (reading.run_of(old, match) for match in lexicon[field].finditer(old.folded))
    return any(first <= run[1] and run[0] <= last for first, last in found)


def denial_turned(reading: Reading) -> Iterator[Draft]:
    """A negation came into a promise or a right, or went out of a promise not to do something."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or new.heading or reading.turned_about:
        return
    lexicon = reading.lexicon
    for went, came, run_old, run in reading.swaps():
        gone = lexicon.has("negation", went) and not lexicon.has("negation", came)
        come = lexicon.has("negation", came) and not lexicon.has("negation", went)
        ours = reading.by_us(reading.whole_old) or _unnamed(reading, reading.whole_old)
        if gone and run_old is not None and ours and not lexicon.any(went, "disclaimer"):
            if lexicon.any(reading.old, "disclaimer", "discretion"):
                continue
            yield Draft(
                FindingKind.OBLIGATION_WEAKENED,
                Side.OLD,
                run_old,
                "The old sentence said that this is not done; that denial is gone.",
            )
            return
        if come and run is not None and lexicon.any(reading.whole_old, "right", "refund", "notice", "protect"):
            if _practice_denied(reading):
                continue
            yield Draft(
                FindingKind.RIGHT_WEAKENED, Side.NEW, run, "A denial came into a sentence that gave users something."
            )
            return


def _practice_denied(reading: Reading) -> bool:
    """Whether the new denial is that the organisation does not collect, share, charge or treat users worse."""
    return (
        reading.by_us(reading.new)
        and reading.lexicon.any(reading.new, "collect", "share", "fee")
        and not reading.lexicon.any(reading.new, "notice", "refund")
    )


def _unnamed(reading: Reading, text: str) -> bool:
    """Whether a sentence that names nobody says within what bounds something is done: `chats are not recorded`."""
    lexicon = reading.lexicon
    if not lexicon.duties.spaced or reading.by_us(text) or lexicon.any(text, "duty", "sanction", "disclaimer", "may"):
        return False
    passive = any(
        lexicon.has("done", text[: match.start()].rstrip()[-20:])
        or (lexicon.has("done", text) and lexicon.has("negation", text[: match.start()].rstrip()[-8:]))
        for field in ("collect", "use", "share", "retain", "delete", "notice", "protect")
        for match in lexicon[field].finditer(text)
    )
    return passive and lexicon.any(text, "negation", "limiting", "period", "absolute")


def _binding(reading: Reading) -> bool:
    """Whether the old sentence binds the organisation, rather than permitting it something or binding users."""
    lexicon = reading.lexicon
    text = reading.whole_old
    told = lexicon.duties.spaced and reading.acts(text) and lexicon.any(text, "notice", "refund")
    if _unnamed(reading, text):
        return True
    if not (told or lexicon.has("promise", text)) or not reading.by_us(text):
        return False
    if lexicon.has("disclaimer", text):
        return False
    worse = lexicon.any(text, "sanction", "fee", "collect") and not lexicon.any(
        text, "notice", "refund", "protect", "delete", "negation", "limiting", "right"
    )
    return not worse
