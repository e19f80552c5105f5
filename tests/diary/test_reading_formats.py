"""Each format a diary comes in, made up in its shape: the truth's counts, or the question that must be answered."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.diary import reading
from leao.diary.reading.mapping import Mapping, completed

pytestmark = pytest.mark.worlds

TODAY = date(2026, 11, 26)


def read(content, name="diary.csv", **how):
    say, column, ignore = (how.pop(key, []) for key in ("say", "column", "ignore"))
    content = content if isinstance(content, bytes) else content.encode()
    return reading.read(name, content, completed(Mapping(today=TODAY, **how), say, column, ignore))


def asked(result):
    assert result.diary is None
    return {question.asks for question in result.questions}


def january(cell, n=31):
    return [(f"2026-01-{k:02d}", cell(k)) for k in range(1, n + 1)]


# --- Apple Health ---------------------------------------------------------------------------------------------------


def health(values, kind="HKCategoryTypeIdentifierHeadache", prefix="HKCategoryValueSeverity"):
    """Return an export with one headache record a day and a step count beside it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record*)>\n]>"]
    lines.append('<HealthData locale="en_US">')
    for k, value in enumerate(values, start=1):
        day = f"2026-04-{k:02d}"
        times = f'startDate="{day} 22:00:00 +0200" endDate="{day} 23:30:00 +0200"'
        lines.append(f'<Record type="HKQuantityTypeIdentifierStepCount" {times} value="{k}"/>')
        if value is not None:
            lines.append(f'<Record type="{kind}" sourceName="Health" {times} value="{prefix}{value}"/>')
    return "\n".join([*lines, "</HealthData>"])


def test_apple_health_as_words_and_as_numbers():
    names = ["Unspecified", "NotPresent", "Mild", "Moderate", "Severe", "NotPresent"]
    numbers = [0, 1, 2, 3, 4, 1]
    for content in (health(names * 4), health(numbers * 4, prefix="")):
        diary = read(content, "export.xml").whole()
        assert diary.headache.tolist() == [1, 0, 1, 1, 1, 0] * 4
        assert diary.severity[2:5].tolist() == [1.0, 2.0, 3.0], "2 is mild, never a grade of 0 to 3"
        assert diary.format == "apple_health"
        assert diary.hours[[0, 1]].tolist() == [1.5, 0.0]


def test_apple_health_in_an_archive_and_days_without_a_record():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("apple_health_export/export.xml", health(["Mild", None, None, "Severe", None, "Mild"] * 4))
        packed.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
    content = stream.getvalue()
    assert any("days without an entry" in asks for asks in asked(read(content, "export.zip")))
    diary = read(content, "export.zip", unlisted="free").whole()
    assert int((diary.headache == 1).sum()) == 12


def test_apple_health_with_a_new_value_asks():
    assert "wanted headache or free" in asked(read(health(["Excruciating", "Mild"] * 10), "export.xml"))


@pytest.mark.parametrize("inner", ["<!ENTITY a 'aa'>", "<!ENTITY a SYSTEM 'file:///etc/passwd'>"])
def test_entities_are_refused(inner):
    text = f"<?xml version='1.0'?><!DOCTYPE HealthData [{inner}]><HealthData>&a;</HealthData>"
    with pytest.raises(ScenarioError, match="declares entities"):
        read(text, "export.xml")


# --- Migraine Buddy -------------------------------------------------------------------------------------------------

HEADS = (
    '<table><thead><tr><td rowspan="2">#</td><td rowspan="2">Started</td><td rowspan="2">Lasted</td>'
    '<td rowspan="2">Pain Level</td><td rowspan="2">Affected Activities</td><td rowspan="2">Potential Triggers<br>'
    '(including menstruations)</td><td rowspan="2">Symptoms</td><td rowspan="2">Auras</td>'
    '<td colspan="2">Pain Position</td><td rowspan="2">Medication</td><td rowspan="2">Relief Methods</td></tr>'
    "<tr><td>Left</td><td>Right</td></tr></thead><tbody>"
)


def buddy(starts, length="06h 00m"):
    """Return a page "for my doctor" with an attack at each start."""
    rows = [
        f"<tr><td>{k}</td><td><div><span> {start} </span><br>Location:<div>Out</div></div></td>"
        f"<td>{length}<br><i></i></td>"
        f"<td> {k % 3 * 4 + 1} </td><td>Work</td><td>Alcohol<br>Menstruation: {'Yes' if k % 2 else 'No'}</td>"
        "<td>Nausea, Throbbing pain</td><td>No</td><td>Left Temple</td><td></td>"
        "<td><div><b>Helpful</b> - 1x Sumatriptan, 1x Naproxen sodium 550mg Oral</div>"
        "<div><b>Unhelpful</b> - 2x Paracetamol 500mg Oral</div></td><td></td></tr>"
        f'<tr><td colspan="14" class="notes"><pre><strong>Notes:</strong>{" took it too late" if k == 2 else ""}</pre>'
        "</td></tr>"
        for k, start in enumerate(starts, start=1)
    ]
    head = "<html><body><table><tr><td>Time Period:</td><td><b>{}</b></td></tr></table>"
    overview = "<table><thead><tr><td>Number of Attacks</td></tr></thead><tbody><tr><td>4</td></tr></tbody></table>"
    return head, overview + HEADS + "".join(rows) + "</tbody></table></body></html>"


def test_migraine_buddy_page():
    head, rest = buddy(["10/12/18 21:06", "10/28/18 08:00", "11/03/18 10:00", "12/01/18 09:15"])
    page = head.format("8/2/18 - 12/14/18") + rest
    assert any("days without an entry" in asks for asks in asked(read(page, "report.html")))
    diary = read(page, "report.html", unlisted="free").whole()
    assert (str(diary.first), diary.headache.size) == ("2018-08-02", 135), "the period of the page is covered"
    assert int((diary.headache == 1).sum()) == 5, "the first attack goes over midnight"
    assert diary.acute is not None
    assert {name: int(taken.sum()) for name, taken in diary.acute.items()} == {
        "nsaid": 4,
        "paracetamol": 4,
        "triptan": 4,
    }
    assert int((diary.severity == 3).sum()) == 1
    assert int((diary.flags["menses"] == 1).sum()) == 2
    assert diary.notes_json() == [{"date": "2018-10-28", "text": "took it too late", "words": []}]


def test_migraine_buddy_dates_that_read_both_ways_ask():
    head, rest = buddy(["05/03/26 21:06", "06/04/26 08:00"])
    assert any("reads both ways" in asks for asks in asked(read(head.format("") + rest, "report.html")))
    diary = read(head.format("") + rest, "report.html", dates="day-first", unlisted="free").whole()
    assert str(diary.first) == "2026-03-05"


# --- Bearable, Daylio, MigraLog -------------------------------------------------------------------------------------


def test_bearable_asks_for_the_days_without_a_symptom():
    lines = ["date,date formatted,weekday,time of day,category,rating/amount,detail,notes"]
    for day, k in january(lambda k: k, 28):
        lines.append(f'{day},"{k}th Jan 2026",Monday,am,Mood,3,,')
        if k % 4 == 0:
            lines.append(
                f'{day},"{k}th Jan 2026",Monday,pm,Symptom,1,Headache ({["Mild", "Moderate", "Severe"][k % 3]}),'
            )
            lines.append(f'{day},"{k}th Jan 2026",Monday,pm,Medication,1,Sumatriptan (50mg),"a note, whole"')
    content = "\n".join(lines)
    assert any("days without an entry" in asks for asks in asked(read(content)))
    diary = read(content, unlisted="free").whole()
    assert diary.headache.tolist() == [int(k % 4 == 0) for k in range(1, 29)]
    assert (diary.severity == 3).tolist() == [k % 4 == 0 and k % 3 == 2 for k in range(1, 29)]
    assert diary.acute["triptan"].tolist() == [k % 4 == 0 for k in range(1, 29)]
    assert len(diary.notes) == 7


def test_daylio_tags():
    lines = ["full_date,date,weekday,time,mood,activities,note"]
    lines += [
        f'{day},January {k},Monday,9:12 PM,meh,"{"work | tea" if k % 3 else "severe migraine | Imitrex | tea"}",""'
        for day, k in january(lambda k: k)
    ]
    diary = read("\n".join(lines)).whole()
    assert diary.headache.tolist() == [int(k % 3 == 0) for k in range(1, 32)]
    assert diary.acute["triptan"].tolist() == [k % 3 == 0 for k in range(1, 32)]
    assert int((diary.severity == 3).sum()) == 10
    assert any("other tags are not counted: work (21), tea (31)" in line for line in diary.understood)


def test_a_tag_near_to_headache_is_asked_about():
    rows = [
        "date,activities",
        *(f"{day},{'migraine | tea' if k % 3 else 'headachey | tea'}" for day, k in january(lambda k: k)),
    ]
    assert "a tag near to what is counted" in asked(read("\n".join(rows)))
    assert int((read("\n".join(rows), say=["headachey=free"]).whole().headache == 1).sum()) == 21


def test_tags_without_a_headache_ask():
    rows = ["date,activities", *(f"{day},walk | tea" for day, _ in january(str))]
    assert "no tag says headache" in asked(read("\n".join(rows)))


def migralog(zone=True):
    def at(day, hour):
        return int(datetime(2026, 1, day, hour, 30, tzinfo=UTC).timestamp() * 1000)

    episodes = [
        {
            "id": f"e{day}",
            "startTime": at(day, 2),
            "endTime": at(day, 6),
            "symptoms": ["nausea"],
            "notes": f"note {day}",
        }
        for day in (6, 9)
    ]
    schedule = [{"id": "s", "medicationId": "m", "timezone": "America/New_York"}] if zone else []
    status = [{"date": f"2026-01-{k:02d}", "status": "green"} for k in range(1, 32) if k not in (5, 8)]
    return json.dumps({
        "metadata": {"id": "x"}, "episodes": episodes, "medicationSchedules": schedule, "dailyStatusLogs": status,
        "intensityReadings": [{"episodeId": "e6", "intensity": 7.5}, {"episodeId": "e6", "intensity": 4}],
        "medications": [
            {"id": "m", "name": "Memantine", "type": "preventative", "dosageAmount": 10, "dosageUnit": "mg"},
            {"id": "s", "name": "Sumatriptan", "type": "rescue", "dosageAmount": 50, "dosageUnit": "mg"},
        ],
        "medicationDoses": [
            {"medicationId": "s", "timestamp": at(6, 3), "quantity": 1, "episodeId": "e6", "sideEffects": ["dizzy"]},
            {"medicationId": "m", "timestamp": at(7, 14), "quantity": 2},
            {"medicationId": "m", "timestamp": at(8, 14), "quantity": 2, "status": "skipped"},
        ],
    })  # fmt: skip


def test_migralog_in_the_patients_own_time():
    diary = read(migralog(), "export.json").whole()
    assert (np.flatnonzero(diary.headache == 1) + 1).tolist() == [5, 8], "02:30 UTC is the evening before in New York"
    assert diary.severity[4] == 3.0
    assert diary.taken_mg[6] == 20.0
    assert diary.taken[7] == 0
    assert diary.side_effects == [(4, "dizzy")]
    assert [note["text"] for note in diary.notes_json()] == ["note 6", "note 9"]
    assert any("or in UTC" in asks for asks in asked(read(migralog(zone=False), "export.json")))


# --- tables ---------------------------------------------------------------------------------------------------------


def test_calendars():
    numbers = ",".join(map(str, range(1, 32)))
    across = f"Month,{numbers}\nJanuary 2026,{','.join('x' if k % 5 == 0 else '' for k in range(31))}\n"
    assert any("days without an entry" in asks for asks in asked(read(across)))
    assert read(across, unlisted="free").whole().headache.tolist() == [int(k % 5 == 0) for k in range(31)]
    graded = f"My headaches 2026\n,{numbers}\nJan,{','.join(str(k % 4) for k in range(31))}\n"
    diary = read(graded).whole()
    assert diary.headache.tolist() == [int(k % 4 > 0) for k in range(31)]
    assert (diary.severity == 3).tolist() == [k % 4 == 3 for k in range(31)]
    down = "Day,Jan 2026,Feb 2026\n" + "\n".join(
        f"{k},{'yes' if k % 3 == 0 else 'no'},{'' if k > 28 else 'no'}" for k in range(1, 32)
    )
    assert int((read(down).whole().headache == 1).sum()) == 10
    with pytest.raises(ScenarioError, match="a day that is not"):
        read(down.replace("31,no,", "31,no,yes"))


def test_attacks_by_length_alone_and_with_the_time_in_the_date():
    rows = "\n".join(f"2026-01-{k:02d} 20:00,40h 00m,7" for k in (5, 12, 19, 26))
    diary = read("started,lasted,pain level\n" + rows, unlisted="free").whole()
    assert int((diary.headache == 1).sum()) == 10, "two nights each, the last one ends with the diary"
    unit = "date,duration,severity\n" + "\n".join(f"2026-01-{k:02d},3,mild" for k in (5, 12, 19, 26))
    assert "hours or minutes?" in asked(read(unit, unlisted="free"))
    assert read(unit, unlisted="free", length="hours").whole().attacks[0] == (0, 3.0)
    named = unit.replace("duration", "duration (min)")
    assert read(named, unlisted="free").whole().attacks[0] == (0, 0.05)


def test_times_in_utc_are_asked_about_and_an_offset_is_local():
    rows = "\n".join(f"2026-01-{k:02d}T23:30:00{{}},mild,2026-01-{k:02d}T23:59:00{{}}" for k in range(1, 29, 3))
    text = "start,severity,end\n" + rows
    assert any("or in UTC" in asks for asks in asked(read(text.replace("{}", "Z"), unlisted="free")))
    local = read(text.replace("{}", "-07:00"), unlisted="free").whole()
    assert str(local.first) == "2026-01-01"
    assert any("offset from UTC (-07:00) is not used" in line for line in local.understood)
    assert str(read(text.replace("{}", "Z"), unlisted="free", utc="+02:00").whole().first) == "2026-01-02"


def test_two_digit_years_and_far_dates_ask():
    text = "date,headache\n" + "\n".join(f"26-01-{k:02d},{'yes' if k % 3 else 'no'}" for k in range(1, 32))
    assert asked(read(text)) == {"a year of two digits"}
    assert str(read(text, dates="year-first").whole().first) == "2026-01-01"
    for far in ("1989-12-31", "2062-01-02"):
        text = f"date,headache\n{far},yes\n" + "\n".join(f"{day},no" for day, _ in january(str))
        assert "a date outside 1990 to a year from today" in asked(read(text))
        assert int((read(text, say=[f"{far}=2026-01-31"]).whole().headache == 1).sum()) == 1
        assert int((read(text, say=[f"{far}=ignore"]).whole().headache == 1).sum()) == 0


def test_a_dose_of_0_and_1_is_no_milligram():
    text = "date,headache,dose_taken\n" + "\n".join(
        f"{day},{'yes' if k % 3 else 'no'},{int(k > 9)}" for day, k in january(int)
    )
    diary = read(text).whole()
    assert diary.taken.tolist() == [int(k > 9) for k in range(1, 32)]
    assert np.isnan(diary.taken_mg).all()
    assert "milligrams, or yes and no?" in asked(read(text.replace("dose_taken", "dose mg")))
    tablets = text.replace(",1\n", ",2\n")
    assert "milligrams or tablets?" in asked(read(tablets))
    assert read(tablets, say=["dose_taken:2=20 mg", "dose_taken:1=10 mg"]).whole().taken_mg[20] == 20.0


def test_columns_that_may_count_stop_and_others_are_named():
    text = "date,headache,{}\n" + "\n".join(f"{day},{'yes' if k % 3 else 'no'},{{}}" for day, k in january(int))
    for header, cell in (
        ("Kopfweh abends", "3"), ("Visit", "2026-02-03"), ("Ride", "2h 10m"), ("deleted", "yes"), ("Took", "Imitrex"),
    ):  # fmt: skip
        result = read(text.replace("{}", header, 1).replace("{}", cell))
        assert result.diary is None, header
        assert read(text.replace("{}", header, 1).replace("{}", cell), ignore=[header]).diary is not None
    diary = read(text.replace("{}", "Steps walked", 1).replace("{}", "9000")).whole()
    assert diary.columns["not_read"] == [{"column": "Steps walked", "first_values": ["9000"]}]
    assert any("Steps walked" in line for line in diary.understood)


def test_severity_of_an_unsaid_scale_asks():
    text = "date,headache,severity\n" + "\n".join(
        f"{day},{'yes' if k % 6 else 'no'},{k % 6}" for day, k in january(int)
    )
    assert "of which scale is the severity?" in asked(read(text))
    assert int((read(text, severity="0-5").whole().severity == 3).sum()) == 10
    assert int((read(text, severity="0-10").whole().severity == 3).sum()) == 0
    assert read(text.replace("severity", "severity (0-10)")).whole().severity.max() == 2.0


def test_a_no_beside_a_pain_asks():
    text = "date,headache,severity\n" + "\n".join(f"{day},no,{7 if k == 5 else 0}" for day, k in january(int))
    assert "headache says no beside severity 7" in asked(read(text))
    assert int((read(text, say=["conflict=headache"]).whole().headache == 1).sum()) == 1


def test_more_than_one_patient_asks():
    text = "id,date,headache\n" + "\n".join(
        f"{p},{day},{'yes' if k % 3 else 'no'}" for p in (1, 2) for day, k in january(int)
    )
    assert "2 patients in one file" in asked(read(text))
    assert read(text, only={"id": "2"}).whole().headache.size == 31


def test_notes_are_handed_on_word_for_word():
    notes = {7: "thunderclap, stiff neck", 9: "Plötzlich  wie ein Schlag — <b>", 20: "quiet day, tea"}
    text = "date,headache,note\n" + "\n".join(f'{day},no,"{notes.get(k, "")}"' for day, k in january(int))
    listed = read(text).whole().notes_json()
    assert [note["text"] for note in listed] == [notes[7], notes[9], notes[20]]
    assert [note["date"] for note in listed] == ["2026-01-07", "2026-01-09", "2026-01-20"]
    assert [bool(note["words"]) for note in listed] == [True, True, False]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.4", "a PDF document"), (b"\x89PNG\r\n", "a picture"), (b'{"a": 1}', "JSON of a kind"),
        (b"<?xml version='1.0'?><gpx/>", "XML of a kind"), (b"PK\x03\x04broken", "cannot be read"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "no table with a date"), (b"", "empty"),
        (b"BEGIN:VCALENDAR", "a calendar file"), (b"\x1f\x8b\x08", "gzip"),
    ],
)  # fmt: skip
def test_a_kind_that_is_not_known_is_named(content, says):
    with pytest.raises(ScenarioError, match=says) as error:
        read(content, "diary.bin")
    assert "\n" not in str(error.value)


def test_an_archive_with_one_table():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(
            "diary.csv", "date,headache\n" + "\n".join(f"{day},{'ja' if k % 3 else 'nein'}" for day, k in january(int))
        )
        packed.writestr("__MACOSX/diary.csv", "x")
    assert int((read(stream.getvalue(), "d.zip").whole().headache == 1).sum()) == 21


def test_a_mapping_written_reads_the_same(tmp_path):
    from leao.diary.reading import mapping

    days = [date(2026, 1, 5) + timedelta(k) for k in range(30)]
    text = "Wann;Wie war's;Weh\n" + "\n".join(
        f"{day};{'au' if k % 3 else 'gut'};{k % 3 * 4}" for k, day in enumerate(days)
    )
    asking = read(text)
    assert asking.diary is None
    first = read(text, column=["headache=Wie war's", "severity=Weh"], say=["au=headache", "gut=free"])
    path = tmp_path / "map.toml"
    path.write_text(mapping.as_toml(first.mapping), encoding="utf-8")
    again = reading.read("diary.csv", text.encode(), mapping.read(path)._replace(today=TODAY))
    assert again.whole().headache.tolist() == first.whole().headache.tolist()
    assert (
        again.mapping.columns == first.mapping.columns == {"date": "Wann", "headache": "Wie war's", "severity": "Weh"}
    )


def test_a_kind_beside_the_headache_and_a_word_that_begins_like_an_alarm():
    text = "date,headache,type,note\n" + "\n".join(
        f"{day},{'no' if k % 3 else 'yes'},{'' if k % 3 else 'migraine' if k % 2 else 'tension'},a number of things"
        for day, k in january(int)
    )
    diary = read(text).whole()
    assert diary.migraine is not None
    assert int((diary.migraine == 1).sum()) == 5
    assert not any(note.words for note in diary.notes)
    assert any("a kind of headache" in asks for asks in asked(read(text.replace(",no,,", ",no,migraine,", 1))))


def test_minutes_as_a_clock_ask():
    text = "date,headache,duration (min)\n" + "\n".join(
        f"{day},yes,{'45:00' if k % 2 else '45'}" for day, k in january(int)
    )
    assert asked(read(text)) == {"hours and minutes, or minutes and seconds?"}
    assert read(text, say=["45:00=45 min"]).whole().attacks[0] == (0, 0.75)


def workbook(sheets):
    """Return an .xlsx with the rows of each sheet as texts, or numbers where they are numbers."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    listed = "".join(f'<sheet name="{title}" sheetId="{k}" r:id="r{k}"/>' for k, title in enumerate(sheets, 1))
    links = "".join(
        f'<Relationship Id="r{k}" Type="{office}/worksheet" Target="worksheets/sheet{k}.xml"/>'
        for k in range(1, len(sheets) + 1)
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{links}<Relationship Id="s" '
        f'Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2">'
        '<xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for k, rows in enumerate(sheets.values(), 1):
        body = ""
        for r, row in enumerate(rows, 1):
            texts = (
                f'<c r="{chr(65 + c)}{r}" s="{int(cell > 40000)}"><v>{cell}</v></c>'
                if isinstance(cell, int)
                else f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{cell}</t></is></c>'
                for c, cell in enumerate(row)
            )
            body += f'<row r="{r}">{"".join(texts)}</row>'
        parts[f"xl/worksheets/sheet{k}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for place, text in parts.items():
            packed.writestr(place, text)
    return stream.getvalue()


def test_workbooks_and_their_sheets():
    pytest.importorskip("python_calamine")
    first = (date(2026, 1, 1) - date(1899, 12, 30)).days
    header = ["Datum", "Kopfschmerz", "Stärke (0-10)"]

    def sheet(start, n):
        aches = [k % 3 == 0 for k in range(n)]
        rows = [[first + start + k, "ja" if ache else "nein", 7 if ache else 0] for k, ache in enumerate(aches)]
        return [["Mein Tagebuch"], header, *rows]

    sheets = {"Januar": sheet(0, 31), "Februar": sheet(31, 28)}
    alone = read(workbook({"Januar": sheets["Januar"]}), "diary.xlsx").whole()
    assert alone.headache.tolist() == [int(k % 3 == 0) for k in range(31)]
    assert int((alone.severity == 3).sum()) == 11
    content = workbook(sheets)
    with pytest.raises(ScenarioError, match="say which one with --sheet, or --sheet all"):
        read(content, "diary.xlsx")
    assert read(content, "diary.xlsx", sheet="Februar").whole().headache.size == 28
    both = read(content, "diary.xlsx", sheet="all").whole()
    assert (both.headache.size, int((both.headache == 1).sum())) == (59, 21)


def test_a_cell_too_many_stops_the_run():
    text = "date,headache,note\n" + "\n".join(
        f"{day},no,a walk{', and rain' if k == 9 else ''}" for day, k in january(int)
    )
    with pytest.raises(ScenarioError, match="row 10 has more cells than the header"):
        read(text)


def test_a_spreadsheet_saved_as_xml_with_cells_left_out():
    cell = '<Cell{}><Data ss:Type="String">{}</Data></Cell>'
    rows = ["".join(cell.format("", name) for name in ("Date", "Headache", "Note"))]
    for day, k in january(int):
        rows.append(cell.format("", f"{day}T00:00:00.000") + cell.format("", "yes" if k % 3 else "no"))
        if k == 4:
            rows[-1] = cell.format("", f"{day}T00:00:00.000") + cell.format(' ss:Index="3"', "only a note")
    body = "".join(f"<Row>{row}</Row>" for row in rows)
    text = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
        f"{body}</Table></Worksheet></Workbook>"
    )
    diary = read(text, "diary.xml").whole()
    assert diary.headache.tolist() == [-1 if k == 4 else int(k % 3 > 0) for k in range(1, 32)]
    assert [note["text"] for note in diary.notes_json()] == ["only a note"]


def test_hours_alone_say_which_days_were_free():
    diary = read("date,hours of headache\n" + "\n".join(f"{day},{k % 3 * 2}" for day, k in january(int))).whole()
    assert diary.headache.tolist() == [int(k % 3 > 0) for k in range(1, 32)]
    assert diary.attacks[0] == (0, 2.0)


def test_lists_with_commas_by_the_words_of_the_mapping():
    text = "date,doing\n" + "\n".join(f'{day},"{"tea, migr" if k % 3 else "walk, tea"}"' for day, k in january(int))
    mapping = Mapping(today=TODAY, columns={"headache": "doing"}, values={"headache": {"migr": "yes"}})
    diary = reading.read("diary.csv", text.encode(), mapping).whole()
    assert diary.headache.tolist() == [int(k % 3 > 0) for k in range(1, 32)]


@pytest.mark.parametrize("when", ["%d/%m/%y 2:30 PM<br>Home", "%b %d, %Y 14:30 Home", "%Y-%m-%d 14:30"])
def test_dates_and_places_of_a_page(when):
    head = "<table><tr><th>#</th><th>Started</th><th>Lasted</th><th>Pain Level</th></tr>"
    days = [date(2026, 1, 5) + timedelta(5 * k) for k in range(12)]
    rows = [f"<tr><td>1</td><td>{day.strftime(when)}</td><td>5h 0m</td><td>8</td></tr>" for day in days]
    diary = read(f"<html>{head}{''.join(rows)}</table></html>", "page.html", unlisted="free").whole()
    assert (np.flatnonzero(diary.headache == 1) % 5).tolist() == [0] * 12
    assert diary.attacks == [(5 * k, 5.0) for k in range(12)]


def test_what_is_no_medicine_is_not_counted_and_a_denial_asks():
    from leao.diary.reading import acute
    from leao.diary.reading.cells import Unread

    assert [each.acute_class for each in acute.taken("ice pack; Imitrex")] == [None, "triptan"]
    assert acute.taken("✓", "Sumatriptan 50")[0].acute_class == "triptan"
    assert acute.taken("0", "Sumatriptan") == acute.taken("-") == acute.taken("keine") == []
    assert acute.taken("nichts genommen") == acute.taken("none taken") == []
    for text in ("no sumatriptan left", "∅", "kein Triptan genommen", "☐"):
        with pytest.raises(Unread):
            acute.taken(text)
    text = "date,headache,What happened\n" + "\n".join(
        f"{day},no,{'stiff neck' if k == 9 else 'fine'}" for day, k in january(int)
    )
    assert read(text).whole().notes_json()[0] == {"date": "2026-01-09", "text": "stiff neck", "words": ["stiff neck"]}


def test_blanks_beside_a_few_words_of_freedom_ask():
    text = "date,headache (0-10)\n" + "\n".join(f"{day},{k % 11 if k % 2 else ''}" for day, k in january(int))
    assert any("days without an entry" in asks for asks in asked(read(text)))
    free = read(text, unlisted="free").whole()
    assert free.headache.tolist() == [int(k % 2 and k % 11 > 0) for k in range(1, 32)]
    assert int((read(text, unlisted="missing").whole().headache < 0).sum()) == 15


def test_what_no_patient_writes_is_refused_before_it_is_parsed():
    with pytest.raises(ScenarioError, match="2000001 lines, wanted at most 200000 rows"):
        read(b"date,headache\n" + b"2026-01-01,no\n" * 2_000_000)


@pytest.mark.parametrize(("header", "begin", "end"), [
    ("Start,End", "2026-01-05 14:00", "2026-01-05 09:00"),
    ("Date,Start,End date,End", "2026-01-05,14:00", "2026-01-05,09:00"),
])  # fmt: skip
def test_a_dated_end_before_the_start_is_asked_about(header, begin, end):
    text = f"{header},Pain (0-10)\n2026-01-03 10:00,2026-01-03 12:00,7\n"
    text = text if header.startswith("Start") else text.replace("2026-01-03 10:00,", "2026-01-03,10:00,")
    text = text if header.startswith("Start") else text.replace("2026-01-03 12:00", "2026-01-03,12:00")
    assert asked(read(f"{text}{begin},{end},5\n", unlisted="free")) == {"the end lies before the start"}
    undated = "Date,Start,End,Pain (0-10)\n2026-01-03,10:00,12:00,7\n2026-01-05,22:00,03:00,5\n2026-01-09,1:00,2:00,4\n"
    assert read(undated, unlisted="free").whole().attacks[1] == (2, 5.0)


def test_days_that_run_through_anew_are_two_people_or_months_out_of_order():
    rows = [f"{day},{'yes' if k % 4 else 'no'}" for day, k in january(int)]
    text = "\n".join(["date,headache", *rows])
    with pytest.raises(ScenarioError, match="row 33: the dates go back to 2026-01-01 .* two people in one file"):
        read("\n".join([text, *rows]))
    assert read("\n".join(["date,headache", *sorted(rows + rows)])).whole().headache.size == 31
    assert read("\n".join([text, *rows[5:9]])).whole().headache.size == 31
    march_to_january = [*range(1, 11), *range(1, 29), *range(5, 32)]
    numbers = "\n".join(["day,headache", *(f"{day},{'yes' if day % 4 else 'no'}" for day in march_to_january)])
    assert any("begin again" in asks for asks in asked(read(numbers)))


# --- attacks twice, decimal marks ----------------------------------------------------------------------------------

FREE = "".join(f"2026-01-{k:02d},no,,,\n" for k in range(5, 28))
ATTACKS = "date,headache,start,end,duration\n"


def test_an_attack_that_stands_twice_is_counted_once():
    row = "2026-01-01,yes,08:00,14:00,\n"
    diary, twice = (read(ATTACKS + row * n + FREE).whole() for n in (1, 2))
    assert twice.attacks == diary.attacks == [(0, 6.0)]
    assert twice.hours[0] == diary.hours[0] == 6.0
    assert twice.oddities == [{"row": 3, "what": "the same attack as row 2, by its start and end: counted once"}]


def test_attacks_that_overlap_share_their_hours():
    overlapping = ATTACKS + "2026-01-01,yes,20:00,02:00,\n2026-01-01,yes,22:00,04:00,\n2026-01-02,yes,01:00,03:00,\n"
    diary = read(overlapping + FREE).whole()
    assert diary.hours[:2].tolist() == [4.0, 4.0]
    assert [odd["what"] for odd in diary.oddities] == [
        "the attack overlaps that of row 2: read as two attacks",
        "the attack overlaps that of row 2: read as two attacks",
    ]


def test_attacks_with_a_length_alone_that_differ_in_nothing_are_asked_about():
    content = ATTACKS + "2026-01-01,yes,,,4h\n" * 2 + FREE
    assert "says what row 2 says of the same day: two attacks, or one written twice?" in asked(read(content))
    assert read(content, say=["same attack twice=once"]).whole().attacks == [(0, 4.0)]
    assert read(content, say=["same attack twice=two attacks"]).whole().attacks == [(0, 4.0)] * 2
    assert read(ATTACKS + "2026-01-01,yes,,,4h\n2026-01-01,yes,,,3h\n" + FREE).whole().attacks == [(0, 4.0), (0, 3.0)]


def test_two_decimal_marks_in_one_column_are_asked_about():
    content = ATTACKS + '2026-01-01,yes,,,"2,5 h"\n2026-01-02,yes,,,"1,5 h"\n2026-01-03,yes,,,1.250 h\n' + FREE
    assert "which is the decimal mark? 2,5 h stands in the same column" in asked(read(content))
    diary = read(content, say=["duration:1.250 h=1,250 h"]).whole()
    assert diary.attacks == [(0, 2.5), (1, 1.5), (2, 1.25)]


def test_times_and_lengths_as_parts_of_a_day():
    with pytest.raises(ScenarioError, match="start is 0.354166667: a part of a day, or hours"):
        read(ATTACKS + "2026-01-01,yes,0.354166667,0.458333,\n" + FREE)
    content = "date,headache,duration (h)\n2026-01-01,yes,0.104167\n2026-01-02,yes,0\n" + FREE.replace(",,,", ",")
    assert "parts of a day, or hours as the column's name says?" in asked(read(content))
    assert read(content, length="days").whole().attacks[0][1] == pytest.approx(2.5, abs=1e-4)
    assert read(content, length="hours").whole().attacks[0][1] == pytest.approx(0.104167)
    assert read(content.replace("0.104167", "0.5")).whole().attacks[0][1] == 0.5


def test_cells_that_name_their_scale_give_it_to_bare_numbers():
    days = "2026-01-01,yes,3/10\n2026-01-02,yes,3\n2026-01-03,yes,2\n2026-01-04,yes,mild\n"
    diary = read("date,headache,severity\n" + days + FREE.replace(",,,", ",")).whole()
    assert diary.severity[:4].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert "severity read as 0 to 10, by the cells that name it" in diary.understood
    several = "date,headache,severity\n" + days.replace("mild", "2/5") + FREE.replace(",,,", ",")
    assert "cells name several scales: of which is a number without one?" in asked(read(several))
    diary = read("date,headache,severity\n" + days + FREE.replace(",,,", ","), severity="0-3").whole()
    assert diary.severity[:4].tolist() == [1.0, 3.0, 2.0, 1.0]


def test_an_attack_that_ends_when_it_starts_has_no_length():
    diary = read(ATTACKS + "2026-01-01,yes,08:00,08:00,\n2026-01-02,yes,08:00,12:00,\n" + FREE).whole()
    assert diary.attacks == [(1, 4.0)]
    assert diary.oddities == [{"row": 2, "what": "starts and ends at the same time: no length is read"}]


@pytest.mark.parametrize("mark", [".", ","])
def test_clock_times_with_a_point_or_a_comma(mark):
    head = "date;headache;start;end;duration (h)\n"
    days = f"2026-01-01;yes;8{mark}30;14{mark}45;\n2026-01-02;yes;12{mark}50;13{mark}00;\n"
    reading = read(head + days + FREE.replace(",", ";"))
    assert [hours for _, hours in reading.whole().attacks] == pytest.approx([6.25, 10 / 60])
    assert f"times of start such as 8{mark}30 read as 8:30" in reading.understood
    days = f"2026-01-01;yes;8{mark}5;14{mark}25;\n2026-01-02;yes;12{mark}75;13;\n"
    assert read(head + days + FREE.replace(",", ";")).whole().attacks == [(0, 5.75), (1, 0.25)]
    days = f"2026-01-01;yes;8{mark}50;14;\n2026-01-02;yes;12;13{mark}25;\n"
    assert "a clock time, or parts of an hour?" in asked(read(head + days + FREE.replace(",", ";")))
    say = [f"start:8{mark}50=8.5", f"end:13{mark}25=13:25"]
    hours = [hours for _, hours in read(head + days + FREE.replace(",", ";"), say=say).whole().attacks]
    assert hours == pytest.approx([5.5, 1 + 25 / 60])


def test_lengths_that_may_be_hours_and_minutes():
    content = "date,headache,duration (h)\n2026-01-01,yes,1.30\n2026-01-02,yes,2.45\n" + FREE.replace(",,,", ",")
    assert "hours and minutes, or parts of an hour?" in asked(read(content))
    say = ["duration:1.30=1h 30m", "duration:2.45=2.45 h"]
    assert read(content, say=say).whole().attacks == [(0, 1.5), (1, 2.45)]
    assert read(content.replace("2.45", "2.75")).whole().attacks == [(0, 1.3), (1, 2.75)]


def test_a_diary_as_dataset_json():
    head = {"datasetJSONVersion": "1.1.0", "columns": [{"name": "date"}, {"name": "headache"}, {"name": "severity"}]}
    days = [[day, "yes" if k % 3 == 0 else "no", 2.5 if k % 3 == 0 else None] for day, k in january(int)]
    diary = read(json.dumps(head | {"records": len(days), "rows": days}), "diary.json").whole()
    assert (int((diary.headache == 1).sum()), int((diary.severity == 2.0).sum())) == (10, 10)
