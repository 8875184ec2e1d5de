"""The parts of the integrations that do not depend on a web framework."""
