"""Live supervision (电子监察): events judged as they happen, by the same rules and with the same verdicts as the audit."""
