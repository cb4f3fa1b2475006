"""server.properties to a running broker: the one place that builds objects; start and stop order."""
