"""What a user may send, in one place; docs/limits.md says the same in words, and a test holds the two together.

Beyond a limit the answer is one line within seconds, never a machine that is busy for hours or out of memory.
"""

LARGEST_FILE = 500_000_000  # bytes of a file that is read
LARGEST_TEXT = 1_000_000  # bytes of a scenario, a mapping or another TOML file
MOST_ROWS = 5_000_000  # of a table
MOST_COLUMNS = 5_000  # of a table
LONGEST_UNIT = 60  # characters of a number with its unit
DEEPEST = 50  # tables and lists of TOML within each other, and parts of a dotted key
LARGEST_SEED = 2**63 - 1  # of all random numbers: a whole number of 64 bits, as every reader of the JSON holds it
LARGEST_NUMBER = 1e12  # of a quantity on the command line of cortex, in its unit
MOST_TRIALS = 1_000_000  # simulated trials
MOST_SIZES = 50  # patients per group, side by side
MOST_PATIENTS = 5_000_000  # patients of all simulated trials of a run or an ensemble
MOST_WORKERS = 256  # threads or processes
MOST_SHARDS = 100_000  # parts of an ensemble for machines of their own
MOST_CELLS = 500  # combinations of leao sweep
MOST_PEOPLE = 200_000  # virtual people of leao provoke
MOST_NODE_STEPS = 1_000_000_000  # nodes of a line times steps in time; the usual wave has 1.2 million
LARGEST_SHEET = 4_000_000_000  # bytes of memory of a sheet of cortex, its pictures included
MOST_SHEET_STEPS = 20_000_000_000  # nodes of a sheet times steps in time
MOST_FRAMES = 20_000  # states of a wave that are kept
MOST_LEVELS = 200  # concentrations in a list
MOST_REPLICATED = 10_000  # replicates of leao pk simulate
MOST_FORECAST = 10_000  # times of leao pk forecast
LARGEST_DOSE = 1_000_000.0  # mg
LARGEST_ENDPOINT = 1e6  # rate, months, dispersion, difference or SD of a sample size; one over it is the least
LEAST_ALPHA = 1e-9  # error of a sequential test or of a sample size: below it a look's share is lost in rounding
MOST_LINES = 10_000  # animals of leao cortex kcl
LONGEST_KCL = 1_440.0  # minutes of continuous KCl
