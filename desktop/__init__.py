"""The window. Every rule of the product lives in `sandbox`; this package shows it."""
