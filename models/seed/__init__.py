"""Statements by which files that fill a shop find, by names, what there is already: look-ups over all domains."""
