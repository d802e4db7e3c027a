"""Frozen values and their laws: policies, clauses, changes, findings, notices, the ledger and time."""
