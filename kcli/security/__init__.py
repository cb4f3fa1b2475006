"""TLS contexts, SASL mechanisms (server side), principals, sessions."""
