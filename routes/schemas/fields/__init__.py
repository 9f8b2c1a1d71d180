"""What each seller route shows by default, and what may be asked for beside it."""
