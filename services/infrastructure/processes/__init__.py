"""Worker processes and background tasks."""
