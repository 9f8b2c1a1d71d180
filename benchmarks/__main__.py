"""`python -m benchmarks` is the whole benchmark, as `make bench` runs it."""

import sys

from benchmarks.run import main

sys.exit(main())
