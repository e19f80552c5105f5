"""What a user may send, in one place; docs/limits.md says the same in words, and a test holds the two together.

Beyond a limit the answer is one line within seconds, never a machine that is busy for hours or out of memory.
"""

LARGEST_FILE = 500_000_000  # bytes of a file that is read
LARGEST_TEXT = 2_000_000  # bytes of a scenario, a mapping or another TOML file
MOST_ROWS = 5_000_000  # of a table
MOST_COLUMNS = 5_000  # of a table
LONGEST_UNIT = 60  # characters of a number with its unit
DEEPEST = 50  # brackets of TOML within each other
MOST_TRIALS = 100_000  # simulated trials, --repeats and trials
MOST_PER_GROUP = 20_000  # patients of a group, --n and n_per_arm
MOST_PATIENTS = 50_000_000  # patients times simulated trials
MOST_WORKERS = 256  # threads or processes, --workers
MOST_PEOPLE = 1_000_000  # of leao provoke, --n
