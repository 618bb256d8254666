"""The service that somebody would build instead: Flask, SQLAlchemy and marshmallow, rows that are changed in place.

It does the same work as ours: who asks is told by a signed token or cookie, a claim is judged under a lock on its
item's row, and an audit row and an idempotency row are written in its transaction, with the same durability. It keeps
neither what a decision rested on nor any earlier state, and hashes nothing; its answers are shorter, and so are its
pages, which show the same rows.
"""
