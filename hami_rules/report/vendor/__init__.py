"""Libraries of others that the page carries, unchanged; vendored.json says which, at what version, with what digest."""
