"""Recipes: each file here is run by ``sandbox.py`` in a child process; it imports nothing of ours.

``load`` imports what the recipe needs and uses each library once, since afterwards nothing more can be imported;
``make`` reads the file on standard input and gives back parts. A recipe that makes something else of the same bytes
than before gets the next version in ``portfolio/application/recipes.py``.
"""
