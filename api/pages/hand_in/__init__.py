"""Handing in, step by step: files, what each shows and where, whose work it is, a last look, and what happens next.

Each step has an address of its own, which names the drafts it is about (``file``), and all that it asks is kept in
them: whoever stops goes on later. Only the declaration is not, which is recorded with handing in; until then it goes
from the page on which it is signed to the one on which it is checked.
"""
