"""Previews: where they are kept, and how they are made of sealed files, each in a confined process of its own."""
