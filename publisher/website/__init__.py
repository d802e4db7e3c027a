"""The website: which pages exist, and how they reach the disk as one whole."""
