"""Commitments: sentences that bind nobody and permit nothing, whatever words of duty or of data stand in them.

They speak of the text itself, say what a law says, point elsewhere, or show users where to click.
"""

from publisher.languages.duties import Lexicon
from publisher.materiality.facts import Facts
from publisher.materiality.matching import Unit
from publisher.materiality.sentences import Sentence


def commits(unit: Unit, facts: Facts) -> bool:
    """Whether a side of a difference may bind or permit something; always, in languages that judge by doubt."""
    if facts.lexicon.duties.doubts:
        return True
    return any(_commits(side, facts) for side in (unit.old, unit.new) if side is not None)


def _commits(sentence: Sentence, facts: Facts) -> bool:
    lexicon, text = facts.lexicon, sentence.folded
    if lexicon.has("formal", text):
        return False
    if sentence.cells or lexicon.has("exception", text):
        return True
    if lexicon.has("self_told", text):
        return False
    if lexicon.has("law_told", text):
        return facts.actor.search(text) is not None or lexicon.has("you", text)
    if lexicon.has("shown", text):
        return facts.actor.search(text) is not None or _burdens(lexicon, text)
    if lexicon.has("defined", text):
        return lexicon.any(text, "data", "data_item", "discretion")
    return True


def _burdens(lexicon: Lexicon, text: str) -> bool:
    return lexicon.any(text, "must", "negation", "deemed", "discretion")
