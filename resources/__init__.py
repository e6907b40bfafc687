"""What ships beside the code: rules as data, prompts, the demo hospital, recorded demo conversations."""
