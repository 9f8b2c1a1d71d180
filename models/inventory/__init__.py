"""Items, levels, locations, holds and reservations: rules and statements."""
