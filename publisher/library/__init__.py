"""The policies folder: its texts, settings, reviews and ledgers; the one room that knows how they are named."""

from publisher.library.drafts import redated, write_draft
from publisher.library.files import atomic_write
from publisher.library.folders import Reading, policy_names, read_policies, setting_place
from publisher.library.ledgers import append_lines, ledger_lines, ledger_name, read_ledger
from publisher.library.packs import read_packs
from publisher.library.reviews import emergency_place, read_review, write_review
from publisher.library.revisions import former_path, put_in_place, read_candidate, take_back
from publisher.library.source import read_source, read_text
from publisher.library.statements import (
    is_written,
    named_files,
    read_statement,
    read_statements,
    statement_folder,
    write_statement,
)
from publisher.library.survey import Surveyed, folder_digest, survey
from publisher.library.tables import toml_string

__all__ = [
    "Reading",
    "Surveyed",
    "append_lines",
    "atomic_write",
    "emergency_place",
    "folder_digest",
    "former_path",
    "is_written",
    "ledger_lines",
    "ledger_name",
    "named_files",
    "policy_names",
    "put_in_place",
    "read_candidate",
    "read_ledger",
    "read_packs",
    "read_policies",
    "read_review",
    "read_source",
    "read_statement",
    "read_statements",
    "read_text",
    "redated",
    "setting_place",
    "statement_folder",
    "survey",
    "take_back",
    "toml_string",
    "write_draft",
    "write_review",
    "write_statement",
]
