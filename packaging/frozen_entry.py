"""Where the frozen executable begins: the standard library and one module of ours, which knows every role."""

import sys

from sandbox.start import frozen

raise SystemExit(frozen(sys.argv[1:]))
