"""Favouring: differences that can only serve users, by the words that went and came.

More notice, a consent that is asked for, a denial, a right or a safeguard that came; a burden, a choice of the
organisation or an exception to its promise that went. Rules that only doubt, and what was learnt, pass over them.
"""

from publisher.materiality.matching import Run
from publisher.materiality.reading import Reading

_LOOSE = ("soft", "may", "discretion", "no_notice", "deemed")
"""What leaves the organisation a choice."""
_FIRM = ("consent", "strong_consent", "notice", "refund", "absolute", "firm", "protect", "limiting")
"""What binds it."""
_WORSE = (
    "exception",
    "fee",
    "sanction",
    "disclaimer",
    "discretion",
    "deemed",
    "no_notice",
    "sensitive",
    "open_ended",
    "forever",
    "soft",
    "licence",
    "suffered",
)
"""What may burden users wherever it comes."""
_DONE = ("collect", "share", "recipient", "data_item", "purpose", "purpose_mark", "country", "transfer", "retain")
"""What is done with data, to whom and what for."""
_HELPS = ("entitlement", "right", "refund", "notice", "consent", "forum", "protect", "favour", "delete", "benefit")
"""What users have."""
_BINDS = (*_HELPS, "negation", "limiting", "absolute", "promise", "must", "firm", "period", "least")
"""What users may lose when it goes."""
_HARSH = (
    "disclaimer",
    "discretion",
    "deemed",
    "no_notice",
    "sensitive",
    "open_ended",
    "forever",
    "licence",
    "fee",
    "country",
    "transfer",
    "suffered",
)
"""What a sentence that only helps users does not speak of."""
_SAYS = (*_BINDS, *_WORSE, *_DONE, "may", "duty", "you", "us")


def favours(reading: Reading) -> bool:
    """Whether a difference can only serve users; where nothing says so, it is not."""
    unit = reading.unit
    if unit.old is None:
        return not reading.sentence.heading and _comes(reading)
    if unit.new is None:
        return _goes(reading)
    edits = [edit for edit in reading.swaps() if _says(reading, edit[0]) or _says(reading, edit[1])]
    return bool(edits) and all(
        _lightens(reading, went, came) or (run is not None and _explains(reading, run)) for went, came, _, run in edits
    )


def _says(reading: Reading, words: str) -> bool:
    """Whether words say anything that may bind or free somebody."""
    return bool(words) and (reading.lexicon.any(words, *_SAYS) or reading.matter_of(words))


def _explains(reading: Reading, run: Run) -> bool:
    """Whether words that came fill a bracket that names nothing that is done with data."""
    named = reading.lexicon.any(reading.came, "data_item", "sensitive", "recipient", "purpose")
    return reading.clarifies(run) or (reading.bracketed(run) and not named)


def _lightens(reading: Reading, went: str, came: str) -> bool:
    if not _says(reading, went):
        return _added(reading, came)
    if not _says(reading, came):
        return _dropped(reading, went)
    lexicon = reading.lexicon
    return (
        lexicon.any(went, *_LOOSE)
        and not lexicon.any(went, *_FIRM)
        and lexicon.any(came, *_FIRM)
        and not lexicon.any(came, *_LOOSE, *_WORSE, *_DONE, "negation")
    )


def _added(reading: Reading, came: str) -> bool:
    """Whether words that came bound the organisation, or free users of a part of what they must bear."""
    lexicon = reading.lexicon
    if reading.on_users:
        freed = lexicon["exception"].match(came) is not None and not lexicon.has("consent", reading.old)
        return freed and not lexicon.any(came, "duty", "must", "negation", "fee")
    if lexicon.has("negation", came):
        return _denied(reading, came)
    if lexicon["joint"].match(came) is not None and _denies(reading, reading.old):
        return not lexicon.any(came, *_WORSE, *_BINDS) and not _practised(reading, came)
    excepted = lexicon.has("exception", reading.new) and not lexicon.has("exception", reading.old)
    if excepted or lexicon.any(came, *(field for field in _WORSE if field != "sanction"), "must", "duty"):
        return False
    if lexicon.has("mere_right", reading.old) and not reading.acts(reading.new):
        return not lexicon.any(came, "collect", "share", "recipient", "data_item", "purpose")
    return _bounds(reading, came)


def _bounds(reading: Reading, came: str) -> bool:
    """Whether words that came bound what the organisation does: an end of data, notice ahead, consent, a safeguard."""
    lexicon = reading.lexicon
    if lexicon.has("delete", came) and lexicon.has("retain", reading.old) and not lexicon.any(came, "you", "may"):
        return lexicon.any(came, "period", "absolute") and not lexicon.any(came, "share", "recipient")
    if lexicon.has("sanction", came):
        return False
    if lexicon.has("notice", came) and lexicon.any(came, "period", "least", "beforehand", "promise"):
        return not lexicon.any(came, "share", "recipient", "collect")
    return lexicon.any(came, "consent", "limiting", "favour", "protect") and not lexicon.any(came, *_DONE)


def _dropped(reading: Reading, went: str) -> bool:
    """Whether words that went were a burden of users, a choice of the organisation, or a part of what it does."""
    lexicon = reading.lexicon
    if lexicon.any(went, *_BINDS) or reading.on_users or lexicon.any(reading.old, "negation", *_HELPS):
        return False
    if lexicon.any(went, "sanction", "disclaimer", "discretion", "deemed", "no_notice", "open_ended", "forever"):
        return True
    done = any(reading.affirmed(field, reading.old, reading.lead) for field in ("collect", "share"))
    return done and lexicon.any(went, "data_item", "sensitive", "recipient", "purpose")


def _denied(reading: Reading, came: str) -> bool:
    """Whether words that came deny a practice that the old sentence did not bound by a denial already."""
    lexicon = reading.lexicon
    if lexicon.any(came, *_WORSE, "consent") or _practised(reading, came):
        return False
    alone = not reading.matter_of(lexicon["negation"].sub("", came))
    if alone:
        return not lexicon.has("negation", reading.old) and _denies(reading, reading.new)
    return _denies(reading, came)


def _practised(reading: Reading, text: str) -> bool:
    return any(reading.affirmed(field, text) for field in ("collect", "share", "retain"))


def _denies(reading: Reading, text: str) -> bool:
    """Whether some words of a sentence of the organisation say, without exception, that a practice is not followed."""
    lexicon = reading.lexicon
    ours = reading.by_us(reading.new) and not lexicon.any(text, *_WORSE, "refund", "notice", "forum")
    for field in ("share", "collect", "use", "retain") if ours else ():
        found = lexicon[field].search(text)
        if found is not None and reading.denied(text, found.start()):
            subject = text[: found.start()]
            return not lexicon.has("you", subject) or reading.acts(subject)
    return False


def _ahead(reading: Reading, text: str) -> bool:
    """Whether a text promises, without exception, to tell users some time beforehand."""
    lexicon = reading.lexicon
    found = lexicon["period"].search(text)
    if found is None or not lexicon.has("notice", text) or lexicon.has("exception", text):
        return False
    before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
    return lexicon.has("beforehand", after) or lexicon.any(before, "least", "ahead")


def _comes(reading: Reading) -> bool:
    """Whether a sentence that came only gives users something, or denies a practice."""
    lexicon, text = reading.lexicon, _without_favours(reading)
    favoured = lexicon.has("favour", reading.whole_new)
    if favoured and lexicon.any(reading.whole_new, "liability", "disclaimer"):
        return reading.by_us(text) and not lexicon.any(text, "cap", "fee")
    if lexicon.has("negation", text) and not lexicon.has("exception", text):
        return _denies(reading, text)
    if reading.on_users or lexicon.any(text, *_HARSH) or _bears(reading, text) or _suffers(reading, text):
        return False
    used = reading.acts(text) and not favoured and reading.affirmed("use", text) is not None
    if used or _practised(reading, text):
        return False
    mine = lexicon.has("mere_right", text) and not lexicon.any(text, "negation", "exception", "limiting")
    told = reading.acts(text) and _ahead(reading, text)
    return mine or told or favoured or lexicon.has("entitlement", text)


def _suffers(reading: Reading, text: str) -> bool:
    """Whether something is done to an account or to content that users do not do themselves."""
    found = reading.lexicon["sanction"].search(text)
    if found is None:
        return False
    before = text[: found.start()].rstrip()
    own = reading.lexicon.has("mere_right", before) and not reading.acts(text)
    return not own or reading.lexicon.has("done", before)


def _without_favours(reading: Reading) -> str:
    """The new sentence without the words that help users, whose denials deny nothing: at no cost."""
    return reading.lexicon["favour"].sub("", reading.whole_new)


def _bears(reading: Reading, text: str) -> bool:
    """Whether a duty stands in a text that is not the organisation's own."""
    duty = reading.lexicon["duty"].search(text)
    return duty is not None and not reading.acts(text[: duty.start()])


def _goes(reading: Reading) -> bool:
    """Whether a sentence that went only burdened users: a disclaimer, consent taken for given, a duty of theirs."""
    lexicon, text = reading.lexicon, reading.whole_old
    if lexicon.any(text, "refund", "notice", "entitlement", "forum", "protect", "delete", "exception"):
        return False
    if lexicon.has("disclaimer", text) or (lexicon.has("liability", text) and lexicon.has("negation", text)):
        return True
    if lexicon.has("deemed", text):
        return True
    duty = lexicon["duty"].search(reading.old)
    subject = "" if duty is None else reading.old[: duty.end()]
    return lexicon.has("you", subject) and not reading.by_us(text)
