"""What users' tests import: a broker in a process or in the test's own."""
