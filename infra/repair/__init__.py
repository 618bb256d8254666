"""Repair: what fsck finds and the facts decide is mended; nothing that a fact names is ever touched."""
