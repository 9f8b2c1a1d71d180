"""The commands of app.py: their arguments, and what they do."""
