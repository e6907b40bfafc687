"""The page while a workspace is being opened, and when it can't be: gone, damaged, newer, open elsewhere."""
