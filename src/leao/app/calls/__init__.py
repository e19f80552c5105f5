"""What the worker processes do: each function takes what was asked and the files, and gives one ``Answer``.

Nothing here computes: a function asks the public calls and puts beside their summary what a screen shows.
"""
