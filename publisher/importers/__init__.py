"""Foreign bytes to users and labelled revisions, with their provenance; nothing is written here."""
