"""The providers of the plug-in."""
