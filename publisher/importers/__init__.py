"""Foreign bytes to manuscripts and users, with their provenance; nothing is written here."""
