"""Orders and sellers' parts of them: placed, fulfilled, canceled, returned, transferred, listed."""
