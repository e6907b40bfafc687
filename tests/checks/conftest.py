"""Makes the modules that tests in this folder share importable from the folders below."""
