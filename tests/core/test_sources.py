"""Every source has an identifier, every number, trial and claim a source, and the README today's claims."""

import importlib
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from leao.chain import summary
from leao.chain.scenario import load
from leao.core import ledger, sources
from leao.core.bibliography import reference
from leao.core.errors import LedgerError
from leao.evidence import claim_table, outcomes, preventives, published_trials

pytestmark = pytest.mark.ledger

ROOT = Path(__file__).resolve().parents[2]


def test_every_source_has_an_identifier():
    entries = sources.sources()
    assert len(entries) > 60
    for entry in entries.values():
        assert any(sources.fields(entry).get(name) for name in sources.IDENTIFIERS)
        assert entry.count("{") == entry.count("}")


def test_dois_and_pmids_have_their_form():
    for key, entry in sources.sources().items():
        fields = sources.fields(entry)
        assert re.fullmatch(r"10\.\d{4,9}/\S+", fields.get("doi", "10.1000/x")), key
        assert re.fullmatch(r"\d{5,8}", fields.get("pmid", "12345")), key


@pytest.mark.parametrize("name", ledger.names())
def test_every_number_of_a_ledger_resolves(name):
    keys = {number.source for number in ledger.read(name).numbers.values()} - {"assumed"}
    assert keys <= sources.sources().keys()


def test_every_source_of_trials_preventives_and_claims_resolves():
    keys = {published_trials.read(name).source for name in published_trials.names()} | preventives.sources()
    keys |= {say["source"] for row in claim_table.claims() for say in row["says"]}
    keys |= {pool["source"] for pool in outcomes.published_pools()}
    assert keys <= sources.sources().keys()


def test_a_run_cites_the_trials_preventives_and_ledgers_it_used():
    used = summary.used(load("noruzzadeh2016"))
    cited = set(re.findall(r"@\w+\{(\w+),", used["bibliography"]))
    assert {"noruzzadeh2016", "shanmugam2019", "ayata2006", "steiner1997"} <= cited
    assert {number["source"] for number in used["numbers"]} - {"assumed"} <= cited


def test_a_trial_without_an_identifier_is_refused():
    table = tomllib.loads((files("leao") / "evidence" / "published" / "bigal2008.toml").read_text("utf-8"))
    with pytest.raises(LedgerError, match="mine.toml, the table: source 'nobody2027' has no identifier: add doi, pmid"):
        published_trials.parse(table | {"source": "nobody2027"}, "mine.toml")


@pytest.mark.parametrize("name", ["clearance", "next_trial_sd_change", "log_ratio_tau_sd"])
def test_a_number_names_where_its_source_is_found(name):
    source = ledger.find(name).source
    said = reference(source)
    assert (said is None) == (source == "assumed")
    assert said is None or "https://" in said


def test_an_empty_list_of_sources_is_empty():
    assert sources.parse("") == {}
    assert sources.bibtex(["assumed"]) == ""


def test_bibtex_gives_each_source_once_and_passes_over_assumed():
    text = sources.bibtex(["zhang2010", "assumed", "ayata2006", "zhang2010"])
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
        sources.parse(text)


def test_an_unknown_source_suggests_the_nearest():
    with pytest.raises(LedgerError, match="did you mean 'ayata2006'"):
        sources.bibtex(["ayatta2006"])


def test_readme_shows_todays_claims():
    script = importlib.import_module("validation.readme_claims")
    text = script.README.read_text(encoding="utf-8")
    assert text == script.with_claims(text), "run validation/readme_claims.py"
