"""The case: what a panel reads of an appeal, in an order that a lay member can follow, and its answer."""
