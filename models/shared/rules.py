"""Lengths and counts that requests and files are held to alike, of whatever they speak."""

LONGEST_NAME, LONGEST_HANDLE = 200, 200  # characters
LONGEST_NOTE = 1000  # what is said for people, ids of other systems, names of persons
LONGEST_TEXT = 20_000  # descriptions
LONGEST_EMAIL = 254
LONGEST_ID = 128
NOT_BLANK = r"\S"  # a pattern
HIGHEST_RANK = 1_000_000
MOST_LINKS = 1000  # ids that one request links to a row
