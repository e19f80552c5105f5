"""What names of columns say of their numbers, dates that no neighbour bears out, and times that no column takes.

The made-up patient of ``test_reading_shapes``: 56 days, headache on 15 of them, 5 of each severity.
"""

from datetime import date

import pytest
from tests.diary.test_reading_shapes import ACHES, DAYS, SEVERITY, counted, iso, read, table

from leao.core.errors import ScenarioError

pytestmark = pytest.mark.worlds

ACHE = len(ACHES)


def asked(content, **how):
    return [question.word for question in read(content, **how).questions]


@pytest.mark.parametrize(
    ("header", "free", "ache"),
    [
        ("Headache (0=yes; 1=no)", 1, 0),
        ("Headache (1 = yes / 2 = no)", 2, 1),
        ("Headache 1=no 2=yes", 1, 2),
        ("Kopfschmerz (ja=1; nein=2)", 2, 1),
        ("Kopfschmerz (1: nein und 2: ja)", 1, 2),
        ("Dolor de cabeza (1=sí; 2=no)", 2, 1),
        ("Headache (1=no; 2=yes)", "1.0", "2.0"),
        ("Headache (0=no; 1=yes)", 0, 1),
    ],
)
def test_a_legend_of_yes_and_no_is_used(header, free, ache):
    content = table(f"Date,{header}", lambda k: (iso(k), ache if SEVERITY[k] else free))
    assert counted(read(content).diary)[:2] == (ACHE, 56)


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("Severity (1=severe; 2=moderate; 3=mild)", ("", 3, 2, 1)),
        ("Severity (1=none; 2=mild; 3=moderate; 4=severe)", (1, 2, 3, 4)),
        ("Stärke (1 = leicht; 2 = mittel; 3 = stark; 4 = sehr stark)", ("", 1, 2, 4)),
        ("Intensité (0=nulle; 1=légère; 2=modérée; 3=sévère)", (0, 1, 2, 3)),
        ("Pain (0=no pain - 10=worst)", (0, 2, 5, 9)),
    ],
)
def test_a_legend_of_severities_is_used(header, codes):
    content = table(f"Date,Headache,{header}", lambda k: (iso(k), "y" if SEVERITY[k] else "n", codes[SEVERITY[k]]))
    assert counted(read(content).diary)[:3] == (ACHE, 56, 5)


def test_a_legend_turned_round_that_does_not_name_every_number_is_asked_about():
    codes = ("", 3, 2, 1)
    content = table(
        "Date,Headache,Severity (1=severe; 3=mild)",
        lambda k: (iso(k), "y" if SEVERITY[k] else "n", codes[SEVERITY[k]]),
    )
    assert asked(content) == ["2"]
    assert counted(read(content, say=["severity:2=moderate"]).diary)[2] == 5


def test_the_user_says_more_than_the_legend():
    content = table("Date,Headache (0=yes; 1=no)", lambda k: (iso(k), 1 if SEVERITY[k] else 0))
    assert counted(read(content, say=["headache:1=headache", "0=free"]).diary)[0] == ACHE


def test_one_and_two_alone_are_no_symptom_of_every_day():
    content = table(
        "Date,Headache,Nausea,Aura",
        lambda k: (iso(k), "y" if SEVERITY[k] else "n", 1 + (SEVERITY[k] == 3), 1 + (SEVERITY[k] == 3)),
    )
    assert asked(content) == ["1", "2", "1", "2"]
    said = [f"{name}:{code}={word}" for name in ("nausea", "aura") for code, word in ((1, "no"), (2, "yes"))]
    flags = read(content, say=said).diary.flags
    assert [(flags[name] == 1).sum() for name in ("nausea", "aura")] == [5, 5]
    legend = content.replace("Nausea", "Nausea (1=no; 2=yes)").replace("Aura", "Aura (1=no; 2=yes)")
    flags = read(legend).diary.flags
    assert [(flags[name] == 1).sum() for name in ("nausea", "aura")] == [5, 5]


def test_a_symptom_named_in_its_own_column_is_a_yes():
    content = table(
        "Date,Headache,Aura", lambda k: (iso(k), "y" if SEVERITY[k] else "n", "Visual aura" if SEVERITY[k] == 3 else "")
    )
    assert (read(content).diary.flags["aura"] == 1).sum() == 5


@pytest.mark.parametrize(
    ("row", "written", "meant"),
    [(5, "01.10.2026", "2026-01-10"), (9, "14.07.2026", "2026-01-14"), (9, "14.01.2025", "2026-01-14")],
)
def test_one_date_far_from_its_neighbours_is_asked_about(row, written, meant):
    content = table(
        "Date;Headache",
        lambda k: (written if k == row else f"{DAYS[k]:%d.%m.%Y}", "yes" if SEVERITY[k] else "no"),
        ";",
    )
    (question,) = read(content).questions
    assert f"{written}={meant}" in question.answer
    assert counted(read(content, say=[f"{written}={meant}"]).diary)[:2] == (ACHE, 56)
    there = f"{written[6:]}-{written[3:5]}-{written[:2]}"
    assert counted(read(content, say=[f"{written}={there}"], unlisted="missing").diary)[:2] == (ACHE, 56)


def test_the_last_date_a_year_on_is_asked_about():
    content = table("Date,Headache", lambda k: (iso(k) if k < 55 else "2027-03-01", "yes" if SEVERITY[k] else "no"))
    (question,) = read(content).questions
    assert "2026-03-01" in question.asks
    assert not asked(content, say=["2027-03-01=2027-03-01"], unlisted="missing")


def test_a_list_of_attacks_with_long_gaps_is_not_asked_about():
    months = [f"2025-{m:02d}-{d:02d}" for m in range(1, 13) for d in (3, 4, 28)]
    assert not asked("date,headache\n" + "".join(f"{day},yes\n" for day in months), unlisted="free")
    late = [*months[:9], "2025-02-14", *months[9:]]  # written down late
    assert len(asked("date,headache\n" + "".join(f"{day},yes\n" for day in late), unlisted="free")) <= 1


@pytest.mark.parametrize("turned", [False, True])
def test_a_year_not_changed_at_its_turn_stops(turned):
    days = [date.fromordinal(date(2025, 12, 12).toordinal() + k) for k in range(56)]
    rows = [f"{day.replace(year=2025).isoformat()},{'yes' if k % 4 else 'no'}" for k, day in enumerate(days)]
    content = "date,headache\n" + "\n".join(rows[::-1] if turned else rows) + "\n"
    with pytest.raises(ScenarioError, match="2025-12-31") as stopped:
        read(content)
    assert "\n" not in str(stopped.value)
    assert read("date,headache\n" + "\n".join(sorted(rows)) + "\n", unlisted="missing").diary is not None


def test_times_of_day_that_no_column_takes_stop():
    content = table(
        "Date,Pain (0-10),Alpha,Omega",
        lambda k: (iso(k), SEVERITY[k] * 3, "22:00", "03:00"),
        days=ACHES,
    )
    assert len(asked(content, unlisted="free")) == 2
    read_as = read(content, column=["start=Alpha", "end=Omega"], unlisted="free").diary
    assert counted(read_as)[0] > ACHE  # attacks reach into the next days
    spanish = content.replace("Alpha", "Hora inicio").replace("Omega", "Hora fin")
    assert counted(read(spanish, unlisted="free").diary) == counted(read_as)


def test_what_a_question_says_to_type_is_taken_though_it_is_long():
    legend = "Legend: 1 = mild, 2 = moderate, 3 = severe pain, 4 = not used"
    content = table("Date;Headache", lambda k: (iso(k), "yes" if SEVERITY[k] else "no"), ";") + f"{legend};x\n"
    (question,) = read(content).questions
    typed = question.answer.rpartition('or "')[2].rstrip('"')
    assert counted(read(content, say=[typed]).diary)[:2] == (ACHE, 56)


def test_a_legend_above_the_header_is_used():
    codes = ("", 3, 2, 1)
    content = "Severity: 1 = severe, 2 = moderate, 3 = mild\n" + table(
        "Date,Headache,Severity", lambda k: (iso(k), "y" if SEVERITY[k] else "n", codes[SEVERITY[k]])
    )
    diary = read(content).diary
    assert (diary.severity == 1).sum() == (diary.severity == 3).sum() == 5
    assert any("as the title says" in line for line in diary.understood)
    assert counted(diary)[:2] == (ACHE, 56)


def test_thousands_of_minutes_are_asked_about():
    content = table("Date;Headache;Duration (min)", lambda k: (iso(k), "y" if SEVERITY[k] else "n", "1,200"), ";")
    assert asked(content) == ["1,200"]


def test_makers_beside_a_medicine_change_nothing():
    names = ("", "", "Ibu-ratiopharm 400 akut", "Sumatriptan Heumann 100 mg")
    content = table(
        "Date;Headache;Medication", lambda k: (iso(k), "y" if SEVERITY[k] else "n", names[SEVERITY[k]]), ";"
    )
    assert counted(read(content).diary)[3:] == (10, 5)
    assert counted(read(content.replace("Heumann", "vergessen")).diary)[4] == 0  # never a guess
