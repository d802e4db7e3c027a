"""Features: what can be said of a difference without knowing its words: which vocabulary came and went, and how much.

They are the same in every language with a vocabulary, so that what is learnt from one serves the others.
"""

import math

from publisher.domain.clause import ClauseKind
from publisher.materiality.reading import Reading

FIELDS: tuple[tuple[str, str], ...] = (
    ("absolute", "letting no exception stand"),
    ("age", "people's age"),
    ("amendment", "changing the text"),
    ("benefit", "what users have"),
    ("cap", "a limit of damages"),
    ("collect", "collecting"),
    ("consent", "consent"),
    ("country", "places"),
    ("data", "data about people"),
    ("data_item", "kinds of data"),
    ("deemed", "taking consent for given"),
    ("delete", "deleting"),
    ("disclaimer", "disclaiming"),
    ("discretion", "keeping a choice"),
    ("dispute", "disputes"),
    ("duty", "duties of users"),
    ("entitlement", "giving a right"),
    ("exception", "exception"),
    ("favour", "helping users"),
    ("fee", "fees"),
    ("firm", "firm promises"),
    ("forbid", "things forbidden"),
    ("forever", "time without end"),
    ("forum", "redress"),
    ("framework", "laws that are followed"),
    ("liability", "liability"),
    ("licence", "handing over rights"),
    ("limiting", "keeping within bounds"),
    ("may", "permission"),
    ("minor", "children"),
    ("must", "firm duty"),
    ("negation", "denial"),
    ("no_notice", "not telling"),
    ("notice", "telling users"),
    ("open_ended", "time that nobody can count"),
    ("period", "periods"),
    ("promise", "promise"),
    ("protect", "safeguards"),
    ("purpose", "purposes"),
    ("purpose_mark", "what for"),
    ("recipient", "recipients"),
    ("refund", "refunds"),
    ("request", "requests"),
    ("retain", "keeping data"),
    ("right", "rights"),
    ("sanction", "measures against users"),
    ("scope", "what is left out"),
    ("sensitive", "sensitive data"),
    ("share", "passing on"),
    ("soft", "endeavour"),
    ("strong_consent", "separate consent"),
    ("transfer", "sending elsewhere"),
    ("use", "using"),
    ("us", "the organisation"),
    ("you", "users"),
)
"""The parts of the vocabulary that are looked for among the words that came and went, and what each is about."""


def features(reading: Reading) -> dict[str, float]:
    """The features of one difference by name; those that are 0 are left out.

    `came-share` is 1 where a word for passing on is among the words that came; lengths are logarithms of word counts.
    """
    unit, sentence = reading.unit, reading.sentence
    found = {
        "came-length": math.log1p(sum(last - first + 1 for first, last in unit.inserted)),
        "edited": float(unit.edited),
        "fresh": reading.fresh,
        "gone": float(unit.new is None),
        "heading": float(sentence.heading),
        "idle": float(reading.idle),
        "item": float(sentence.clause.kind is ClauseKind.ITEM),
        "length": math.log1p(len(sentence.tokens)),
        "lost": math.log1p(len(reading.lost)),
        "matter": math.log1p(len(reading.matter)),
        "new": float(unit.old is None),
        "novel": math.log1p(len(reading.novel)),
        "on-users": float(reading.on_users),
        "practice": float(unit.new is not None and reading.practice),
        "row": float(bool(sentence.cells)),
        "went-length": math.log1p(sum(last - first + 1 for first, last in unit.deleted)),
    }
    for turn, words in (("came", reading.came), ("went", reading.went)):
        if not words:
            continue
        for field, _ in FIELDS:
            if reading.by_us(words) if field == "us" else reading.lexicon.has(field, words):
                found[f"{turn}-{field}"] = 1.0
    return {name: value for name, value in found.items() if value}
