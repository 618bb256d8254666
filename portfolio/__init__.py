"""What the system knows: the rules of evidence, decisions and appeals. No web, no SQL, no cloud."""
