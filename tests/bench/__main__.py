"""`python -m tests.bench`: every benchmark, one after the other."""

from tests.bench import punctuality, release, startup, team, team_day

startup.main()
release.main()
punctuality.main(())
team_day.main([])
team.main([])
