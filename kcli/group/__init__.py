"""The group coordinator: pure state machines whose state lives in __consumer_offsets."""
