"""Imports: reads files of people, enrolments and assignments, checks them against the record, carries them out."""
