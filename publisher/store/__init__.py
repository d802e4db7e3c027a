"""SQLAlchemy Core: the ledger, the users, the notices and the outbox; one set of queries for SQLite and PostgreSQL."""
