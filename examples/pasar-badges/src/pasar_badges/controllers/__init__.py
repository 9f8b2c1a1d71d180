"""The controllers of the plug-in."""
