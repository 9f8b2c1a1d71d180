"""Load and measurements from outside: nothing here imports the server."""
