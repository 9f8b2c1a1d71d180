"""Images made anew in processes apart."""
