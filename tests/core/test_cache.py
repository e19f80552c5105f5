"""The cache: keyed by what computes an answer and by nothing else; whatever is wrong with a kept file is mended."""

import json
import shutil
import sys
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest

import leao
from leao.core import cache
from leao.core.errors import RunError

pytestmark = pytest.mark.worlds

SOURCE = Path(leao.__file__).parent
COMPUTES = ("leao.chain.run", "leao.chain.answer_wave", "leao.trial.simulation", "leao.cortex.kcl_waves")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    copy = tmp_path_factory.mktemp("package") / "leao"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc"))
    return copy


def keys(package):
    return {module: cache.hash_of(module, package) for module in COMPUTES}


def changed(package, path, text):
    """Return which keys differ once ``text`` stands at the end of a file."""
    before, file = keys(package), package / path
    whole = file.read_bytes()
    file.write_bytes(whole + text.encode())
    after = keys(package)
    file.write_bytes(whole)
    return {module for module in COMPUTES if before[module] != after[module]}


@pytest.mark.parametrize("path", ["report/style.css.j2", "report/run.py", "cli/app.py", "__init__.py"])
def test_pages_and_screens_change_no_key(package, path):
    assert changed(package, path, "\n# a space more\n") == set()


def test_a_kernel_changes_the_keys_of_what_it_computes(package):
    assert changed(package, "cortex/kernels/node.py", " ") == {
        "leao.chain.run",
        "leao.chain.answer_wave",
        "leao.cortex.kcl_waves",
    }
    assert "leao.trial.simulation" in changed(package, "diary/kernels/hazard.py", " ")
    assert "leao.cortex.kcl_waves" not in changed(package, "diary/kernels/hazard.py", " ")


def test_a_number_and_a_shipped_table_change_keys_and_line_ends_do_not(package):
    assert changed(package, "ledgers/headache/headache.toml", "\n# said better\n") == set(COMPUTES)
    assert "leao.chain.run" in changed(package, "cortex/threshold_map.csv", "\n")
    before, file = keys(package), package / "cortex/kernels/node.py"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"\n", b"\r\n"))
    assert keys(package) == before
    file.write_bytes(whole)


@pytest.mark.parametrize("module", ["leao.core", "leao.core.cahce", "typed_in_a_notebook"])
def test_code_without_a_file_keeps_nothing_under_the_key_of_another(tmp_path, monkeypatch, module):
    monkeypatch.setitem(sys.modules, "typed_in_a_notebook", ModuleType("typed_in_a_notebook"))
    with pytest.raises(RunError, match=module):
        cache.key("asked", module)
    compute = FunctionType((lambda: {}).__code__, {"__name__": module})
    with pytest.raises(RunError, match=module):
        cache.Kept(tmp_path).table("t", "asked", compute)
    assert list(tmp_path.iterdir()) == []


DAMAGE = {
    "empty": lambda _: b"",
    "cut": lambda content: content[: len(content) // 2],
    "another number": lambda content: content.replace(b"1.5", b"1.6"),
    "another question": lambda content: content.replace(b"asked", b"hoped"),
    "no label": lambda content: content.partition(b"\n")[2],
    "not text": lambda _: bytes(range(256)),
    "another type": lambda _: json.dumps([1, 2]).encode(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_table_is_computed_again(tmp_path, damage):
    calls = []

    def compute():
        calls.append(1)
        return {"ratio": 1.5}

    kept = cache.Kept(tmp_path)
    assert kept.table("t", "asked", compute) == kept.table("t", "asked", compute) == {"ratio": 1.5}
    assert len(calls) == 1
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert kept.table("t", "asked", compute) == {"ratio": 1.5}
    assert len(calls) == 2
    assert file.read_bytes() == whole


def test_a_flipped_bit_in_arrays_is_computed_again(tmp_path):
    kept = cache.Kept(tmp_path)
    first = kept.arrays("a", 1, lambda: {"x": np.arange(100.0)})
    (file,) = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    content[-600] ^= 1
    file.write_bytes(content)
    again = kept.arrays("a", 1, lambda: {"x": np.arange(100.0)})
    np.testing.assert_array_equal(first["x"], again["x"])


def script(folder, name, text):
    (folder / f"{name}.py").write_text(text, encoding="utf-8")


def test_a_module_outside_counts_with_what_it_imports(tmp_path, monkeypatch):
    """A script's own text, what it imports of its own package and what these import of leao change its hash."""
    outer = tmp_path / "outer"
    outer.mkdir()
    script(outer, "__init__", "")
    script(outer, "first", "from outer.second import value\n\nimport json\n")
    script(outer, "second", "from leao.core import units\n\nvalue = 1\n")
    script(outer, "third", "value = 2\n")
    monkeypatch.syspath_prepend(tmp_path)

    def hashed(module="outer.first"):
        cache.code.cache_clear()
        return cache.code(module)

    before = hashed()
    assert before not in {hashed("outer.third"), hashed("outer.second")}
    script(outer, "third", "value = 3\n")
    assert hashed() == before
    script(outer, "second", "from leao.core import units\r\n\r\nvalue = 1\r\n")
    assert hashed() == before
    script(outer, "second", "from leao.core import tables\n\nvalue = 1\n")
    with_other_imports = hashed()
    assert with_other_imports != before
    script(outer, "first", "from outer.second import value\n\nimport csv\n")
    assert hashed() not in {before, with_other_imports}


def test_what_has_no_source_is_refused():
    with pytest.raises(leao.LeaoError, match="no_such_module: found no source file"):
        cache.code("no_such_module")
