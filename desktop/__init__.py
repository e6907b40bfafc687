"""The window: one folder per screen, and what holds them together.

    preceptor desk [--workspace DIR]          # or, from Python: desktop.app.main(root)

`app` starts it, `window` assembles it, `processes` runs its children, `asking` asks the reviewing session, `desk` says
what a presenter can do. A presenter decides and knows no Qt; a view shows; every rule is in `sandbox`.
"""
