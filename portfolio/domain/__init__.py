"""Facts, commands and rules. Only msgspec and the standard library; no clock, no randomness, no input or output."""
