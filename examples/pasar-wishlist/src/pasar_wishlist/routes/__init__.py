"""The routes of the plug-in."""
