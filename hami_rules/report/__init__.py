"""Findings in the forms that people and programs read: one module a format.

Nothing here judges. A finding comes with its evidence, its explanation and its law (`judge.findings`); a
`Summary` says what was audited and counts it; every format shows these two and adds nothing.
"""
