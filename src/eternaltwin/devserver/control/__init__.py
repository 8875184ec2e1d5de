"""The control API, `/_dev/`: with it, tests in any language do what the class `DevServer` does in Python."""
