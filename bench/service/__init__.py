"""The service as a process of its own on loopback, and citizens who ask it."""
