"""Every source has an identifier, every number, trial and claim a source, and the README today's claims."""

import importlib.util
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from leao import cite, ledger
from leao.errors import LedgerError
from leao.evidence import claims, trials

ROOT = Path(__file__).resolve().parents[2]


def test_every_source_has_an_identifier():
    entries = cite.sources()
    assert len(entries) > 60
    for entry in entries.values():
        assert any(cite.fields(entry).get(name) for name in cite.IDENTIFIERS)
        assert entry.count("{") == entry.count("}")


def test_dois_and_pmids_have_their_form():
    for key, entry in cite.sources().items():
        found = cite.fields(entry)
        assert re.fullmatch(r"10\.\d{4,9}/\S+", found.get("doi", "10.1000/x")), key
        assert re.fullmatch(r"\d{5,8}", found.get("pmid", "12345")), key


@pytest.mark.parametrize("name", ledger.names())
def test_every_number_of_a_ledger_resolves(name):
    keys = {number.source for number in ledger.read(name).numbers.values()} - {"assumed"}
    assert keys <= cite.sources().keys()


def test_every_source_of_trials_anchors_and_claims_resolves():
    anchors = tomllib.loads((files("leao") / "evidence" / "anchors.toml").read_text("utf-8"))
    keys = {trials.read(name).source for name in trials.names()}
    keys |= {entry[field] for entry in anchors.values() for field in ("source", "fall_source")}
    keys |= {say["source"] for row in claims.claims() for say in row["says"]}
    assert keys <= cite.sources().keys()


def test_bibtex_gives_each_source_once_and_passes_over_assumed():
    text = cite.bibtex(["zhang2010", "assumed", "ayata2006", "zhang2010"])
    assert re.findall(r"@\w+\{(\w+),", text) == ["ayata2006", "zhang2010"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "@article{nobody2026,\n  title = {No way to find me},\n}",
            "nobody2026: no identifier; add one of doi, pmid, url",
        ),
        ("@misc{a,\n  url = {x},\n}\n@misc{a,\n  url = {y},\n}", "a: stands twice"),
    ],
)
def test_a_source_nobody_can_find_is_refused(text, words):
    with pytest.raises(LedgerError, match=words):
        cite.parse(text)


def test_an_unknown_source_suggests_the_nearest():
    with pytest.raises(LedgerError, match="did you mean 'ayata2006'"):
        cite.bibtex(["ayatta2006"])


def test_readme_shows_todays_claims():
    spec = importlib.util.spec_from_file_location("readme_claims", ROOT / "scripts" / "readme_claims.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = script.README.read_text(encoding="utf-8")
    assert text == script.with_claims(text), "run scripts/readme_claims.py"
