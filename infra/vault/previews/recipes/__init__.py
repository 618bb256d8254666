"""Recipes: each file here is run by ``sandbox.py`` in a child process; of ours it imports ``hiding.py`` alone.

``load`` imports what the recipe needs and uses each library once, since afterwards nothing more can be imported;
``make`` reads the file on standard input and gives back parts. The same file makes redacted previews, when what it is
told has a second line with the places that are hidden. A recipe that makes something else of the same bytes
than before gets the next version in ``portfolio/application/recipes.py``.
"""
