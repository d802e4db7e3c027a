"""One function for each thing that staff do; the only room that opens transactions; it is given the clock."""
