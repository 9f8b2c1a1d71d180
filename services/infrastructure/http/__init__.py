"""Calls to other servers, and the circuit breaker before them."""
