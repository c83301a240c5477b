"""`python -m tests.bench`: every benchmark, one after the other."""

from tests.bench import punctuality, release, startup

startup.main()
release.main()
punctuality.main(())
