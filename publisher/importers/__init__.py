"""Foreign bytes to users, labelled revisions and delivery reports, with their provenance; nothing is written here."""
