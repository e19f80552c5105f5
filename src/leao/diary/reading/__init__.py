"""The one reader of real diaries: any diary is read whole or not at all.

from leao.diary import reading

result = reading.read("diary.csv", content)     # bytes, for an app
result.diary or result.open                     # a diary, or the questions that must be answered first
diary = reading.read_file(Path("diary.csv"))    # raises OpenQuestions
"""

from leao.diary.reading.diary import Diary
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import OpenQuestions, Question
from leao.diary.reading.reader import Reading, examine, read, read_file

__all__ = ["Diary", "Mapping", "OpenQuestions", "Question", "Reading", "examine", "read", "read_file"]
