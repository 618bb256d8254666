"""The vault: bytes under random ids, and the gate that says what a file is."""
