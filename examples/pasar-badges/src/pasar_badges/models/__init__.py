"""The models of the plug-in."""
