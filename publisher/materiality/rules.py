"""The table of rules: ordered, named, all of one signature. One short loop runs it.

The order says which finding keeps its words when two limbs claim the same ones: the more particular rule stands first.
"""

from collections.abc import Callable, Iterator

from publisher.materiality import (
    rules_data,
    rules_keeping,
    rules_numbers,
    rules_parts,
    rules_rights,
    rules_rows,
    rules_terms,
    rules_unknown,
    rules_wording,
)
from publisher.materiality.reading import Draft, Reading

Rule = Callable[[Reading], Iterator[Draft]]

RULES: tuple[tuple[str, Rule], ...] = (
    ("period-changed", rules_numbers.periods),
    ("age-lowered", rules_numbers.ages),
    ("amount-changed", rules_numbers.amounts),
    ("deletion-narrowed", rules_keeping.deletion_narrowed),
    ("denial-gone", rules_keeping.no_longer_denied),
    ("consent-dropped", rules_keeping.consent_dropped),
    ("consent-lessened", rules_keeping.consent_lessened),
    ("consent-deemed", rules_keeping.consent_deemed),
    ("processor-row", rules_rows.rows),
    ("processor-item", rules_rows.items),
    ("place-named", rules_data.new_place),
    ("deletion-later", rules_keeping.deleted_later),
    ("retention-opened", rules_keeping.kept_longer),
    ("exception-appended", rules_rights.promise_excepted),
    ("liability-limited", rules_terms.liability),
    ("notice-waived", rules_terms.notice_less),
    ("data-named", rules_data.new_data),
    ("recipient-named", rules_data.new_recipient),
    ("purpose-named", rules_data.new_purpose),
    ("purpose-added", rules_data.added_purpose),
    ("child-safeguard-gone", rules_keeping.children),
    ("dispute-rules", rules_terms.dispute),
    ("licence-widened", rules_rights.licence),
    ("payment-added", rules_terms.fee),
    ("modal-weakened", rules_wording.softened),
    ("denial-turned", rules_wording.denial_turned),
    ("absolute-deleted", rules_wording.absolute_gone),
    ("words-deleted", rules_wording.words_gone),
    ("promise-deleted", rules_wording.promise_gone),
    ("power-added", rules_rights.power_over_users),
    ("right-conditioned", rules_rights.right_limited),
    ("duty-added", rules_terms.user_duty),
)
"""The rules for languages with a vocabulary."""

IN_DOUBT: tuple[tuple[str, Rule], ...] = (("part-reworded", rules_parts.parts), ("part-whole", rules_parts.whole))
"""The rules for an edit in which no other rule saw a reason, in the languages that ask for them."""

ALONE: tuple[tuple[str, Rule], ...] = (("words-alone", rules_parts.alone),)
"""The same in every other language with a vocabulary."""

UNKNOWN_LANGUAGE: tuple[tuple[str, Rule], ...] = (("words-unread", rules_unknown.anything),)
"""The rules for every other language."""
