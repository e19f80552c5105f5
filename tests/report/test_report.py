"""The report: whole in one file, the same bytes for the same run, plain about what is missing."""

import copy
import re
from html.parser import HTMLParser

import polars as pl
import pytest
from tests.report.fields import diary_rows, tree
from tests.report.fixture import MANIFEST, summary

from leao.chain.opened import missing
from leao.core.bibliography import references
from leao.core.runs import Group
from leao.report import run, words
from leao.report.figures.svg import apart

pytestmark = pytest.mark.property

VOID = {"meta", "link", "br", "img", "rect", "path", "use", "image"}


def render(answers, groups, days):
    return run.render(answers, groups, days, MANIFEST)


class Reader(HTMLParser):
    """Collects every tag with its attributes, and the visible text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.skip, self.open = [], [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.skip += tag == "style"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.skip -= tag == "style"
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.skip:
            self.text.append(data)


@pytest.fixture(scope="module")
def page():
    return render(summary(), tree(), diary_rows())


@pytest.fixture(scope="module")
def read(page):
    return Reader(page)


def attributes(reader, name):
    return [(tag, attributes_of_tag[name]) for tag, attributes_of_tag in reader.tags if name in attributes_of_tag]


def test_no_outside_request(page, read):
    assert not any(tag in {"script", "link", "iframe", "img", "object"} for tag, _ in read.tags)
    for name in ("src", "href", "xlink:href", "srcset", "data"):
        for tag, address in attributes(read, name):
            plain = address.startswith(("#", "data:image/png;base64,"))
            assert plain or (tag == "a" and address.startswith("https://doi.org/")), (tag, address)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_all_seven_sections_in_order(read):
    sections = [name for tag, name in attributes(read, "id") if tag == "h2"]
    assert sections[:7] == ["exposure", "receptor", "cortex", "diary", "trial", "verdict", "moved"]


def test_ids_are_unique_and_every_reference_lands(read):
    ids = [name for _, name in attributes(read, "id")]
    assert len(ids) == len(set(ids))
    for _, address in attributes(read, "href"):
        if address.startswith("#"):
            assert address[1:] in ids
    for _, clip in attributes(read, "clip-path"):
        assert clip[5:-1] in ids


def test_every_svg_has_its_alternative_text(read):
    pictures = [picture for tag, picture in read.tags if tag == "svg"]
    assert len(pictures) >= 25
    assert all(picture.get("role") == "img" and len(picture.get("aria-label", "")) > 10 for picture in pictures)


def test_every_figure_has_a_title_and_its_numbers(page):
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(figures) == 12
    for figure in figures:
        assert "<figcaption>" in figure
        assert "Numbers behind this figure" in figure


def test_same_run_same_bytes_and_small(page):
    assert render(summary(), tree(), diary_rows()) == page
    assert len(page.encode()) < 1.5e6


def test_no_colour_of_the_drawing_stays_fixed(page):
    drawn = "".join(re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL))
    assert not re.search(r"(fill|stroke): #", drawn)
    assert "font-family" not in drawn


def test_failed_control_and_numbers_stand_side_by_side(read):
    text = " ".join(read.text)
    assert "tested at both ends: cortex not run, preventives failed" in text.lower()
    assert "memantine at rat exposure under continuous KCl (not run)" in text
    assert "0.995 (0.962 to 1.000)" in text
    assert "no modelled effect" in text
    assert "input" in text
    assert "predicted" in text
    assert "not a medical device" in text


def test_research_setting_is_said():
    assert "Research setting" in render({**summary(), "setting": "research"}, tree(), diary_rows())
    assert "Research setting" not in render(summary(), tree(), diary_rows())


def test_a_hypothesis_switched_on_is_said_at_the_top():
    rows = copy.deepcopy(summary()["hypotheses"])
    rows[1]["on"] = True
    assert "this run assumes tonic-2C-2D" in render({**summary(), "hypotheses": rows}, tree(), diary_rows())
    assert "this run assumes" not in render(summary(), tree(), diary_rows())


def test_what_else_is_occupied_stands_there_with_how_it_is_known():
    text = " ".join(Reader(render(summary(), tree(), diary_rows())).text)
    assert "What else is occupied at this level?" in text
    assert "nicotinic alpha7 rat" in text
    assert "remembered: noruzzadeh2016" in text


def test_a_schedule_that_does_not_settle_is_no_steady_state():
    rising = {**summary()["regimen"], "settled": False}
    text = " ".join(Reader(render({**summary(), "regimen": rising}, tree(), diary_rows())).text)
    assert "over the last 28 days of treatment the median patient carries" in text
    assert "steady state" not in text


def test_the_regimens_notes_are_on_the_page(read):
    text = " ".join(read.text)
    assert "the labelled titration is skipped" in text
    assert "No hypothesis alone takes the median rate ratio below 0.990 (tonic-2C-2D)" in text


def test_names_are_escaped():
    changed = {**summary(), "what": "<script>alert(1)</script>"}
    assert "<script>" not in render(changed, tree(), diary_rows())


def holes(value):
    """Return ``value`` with every number replaced by None, everything else in place."""
    if isinstance(value, dict):
        return {key: holes(item) for key, item in value.items()}
    if isinstance(value, list):
        return [holes(item) for item in value]
    return None if isinstance(value, float) else value


def test_missing_numbers_read_no_data():
    text = " ".join(Reader(render(holes(copy.deepcopy(summary())), tree(), diary_rows())).text)
    assert text.count("no data") > 60
    assert "None" not in text
    assert "nan" not in text.lower().split()


def test_the_made_up_run_is_whole_by_the_contract():
    assert missing(summary()) == []


def test_an_answer_that_lacks_is_named():
    changed = copy.deepcopy(summary())
    del changed["regimen"], changed["cortex"]["leao"]["threshold_tolerance"]
    assert missing(changed) == ["regimen", "cortex.leao.threshold_tolerance"]


def test_a_run_without_fields_still_gives_a_page():
    text = render(summary(), {}, None)
    assert text.count('<p class="nodata">no data</p>') == 11


def test_a_run_without_share_says_so():
    verdict = Group({name: field for name, field in tree()["verdict"].items() if name != "share"})
    changed = {**summary(), "verdict": {**summary()["verdict"], "share_explained": None, "p_at_least_half": None}}
    text = render(changed, {**tree(), "verdict": verdict}, pl.DataFrame())
    assert "attacks prevented by the CSD route, %" in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (43.21, "43"),
        (0.1234, "0.12"),
        (-2.3, "−2.3"),
        (0, "0"),
        (None, "no data"),
        (float("nan"), "no data"),
        (12345.0, "12\N{NARROW NO-BREAK SPACE}345"),
        (-0.00000001, "0.000000"),
        (float("inf"), "∞"),
        (True, "no data"),
    ],
)
def test_numbers_read_as_people_write_them(value, shown):
    assert words.number(value) == shown


def test_intervals_share_their_decimals():
    assert words.spread({"median": 43.2, "p05": 26.1, "p95": 71.0}, "ng/mL") == "43\N{NO-BREAK SPACE}ng/mL (26 to 71)"
    assert words.ratio({"median": 0.9953, "p05": 0.962, "p95": 0.9997}) == "0.995 (0.962 to 1.000)"
    assert words.probability(0.0) == "< 0.001"


def test_labels_are_moved_apart():
    placed = sorted(apart([1.0, 1.0, 1.1, 5.0], 0.5))
    assert min(b - a for a, b in zip(placed, placed[1:], strict=False)) > 0.49


def test_references_link_to_their_doi():
    links = references(summary()["bibliography"])
    assert [reference.key for reference in links] == ["leao2026", "noruzzadeh2016"]
    assert links[1].doi == "10.1111/head.12732"
    assert "Headache" in links[1].text


@pytest.mark.parametrize(
    ("clinical", "chance", "says"),
    [
        ("failed", 0.99, "if the numbers are trusted"),
        ("passed", 0.0005, "too weak for the published effect"),
        ("passed", 0.5, "may or may not carry"),
        ("passed", 0.99, "the CSD route can carry"),
    ],
)
def test_the_headline_tells_tested_from_sufficient(clinical, chance, says):
    from leao.report import headline

    controls = {"cortex": "passed", "clinical": clinical}
    judged = {"qualified": clinical == "passed", "controls": controls, "p_at_least_half": chance}
    card = headline.card(summary() | {"verdict": summary()["verdict"] | judged})
    assert says in card["status"]
    assert f"cortex passed, preventives {clinical}" in card["status"]
    assert "qualified" not in card["status"]
    assert card["good"] == (says == "the CSD route can carry")
