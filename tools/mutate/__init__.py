"""Changes the code in single places, one at a time, and reports which changes no test notices.

mutmut makes the changes (mutants) and runs the tests that reach the changed function.
"""
