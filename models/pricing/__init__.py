"""Prices, promotions, taxes and totals: arithmetic and statements."""
