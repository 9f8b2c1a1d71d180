"""The services of the plug-in."""
