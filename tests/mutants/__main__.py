"""`make mutants`: put each fault of the list into a copy of the tree, and demand that its tests notice."""

import sys

from tests.mutants.run import main

sys.exit(main())
