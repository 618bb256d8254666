"""fsck: whether facts, index rows, views and files agree. It only reads."""
