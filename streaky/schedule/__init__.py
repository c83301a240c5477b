"""When to speak: the slots of a day, cron lines, how late GitHub starts runs, and whether it still does."""
