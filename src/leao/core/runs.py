"""One run folder: what it holds, how it is saved, checked, loaded and resumed.

    scenario.json   the question, echoed          results.zarr    fields and samples (xarray DataTree)
    ledger.json     every number used, locked     diary.parquet   one simulated trial as patients write it
    summary.json    the answers                   chunks/         the ensemble, a Parquet file per chunk
    manifest.json   written last: version, seed, platform, wall time, checksums

A chunk bears in its name the checksum of its content, its place and its run folder, so that one that is damaged or
answers another question counts as missing. The manifest bears the key of the question.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import files, parts
from leao.core.errors import RunError
from leao.core.result import Result
from leao.core.variables import BY_NAME, attributes

if TYPE_CHECKING:
    import polars as pl
    import xarray as xr

DIMENSIONS = "_ARRAY_DIMENSIONS"  # where zarr files keep the names of dimensions, by xarray's convention
Fields = Mapping[str, tuple[tuple[str, ...], Any]]
PARTS = ("scenario.json", "ledger.json", "summary.json", "results.zarr", "diary.parquet")


class Field(NamedTuple):
    """One output: its values, the names of their dimensions, unit and meaning."""

    values: NDArray[Any]
    dims: tuple[str, ...]
    attrs: dict[str, Any]


class Group(dict[str, Field]):
    """The outputs of one stage by name."""

    @property
    def coords(self) -> set[str]:
        """Names of the dimensions that have values of their own."""
        return {name for name, field in self.items() if field.dims == (name,)}

    @property
    def sizes(self) -> dict[str, int]:
        """Length of every dimension."""
        return {dim: n for field in self.values() for dim, n in zip(field.dims, field.values.shape, strict=True)}


Groups = Mapping[str, Group]


class Run(Result[dict[str, Any]]):
    """A finished run: ``run["receptor"]`` is an xarray Dataset, ``run.summary`` the answers."""

    def __init__(self, path: Path, summary: dict[str, Any], manifest: dict[str, Any]) -> None:
        """Hold the run in ``path``, whose answers and manifest were read or have just been written."""
        super().__init__("run", summary | {"run": str(path)}, lambda: self.tree)
        self.path = path
        self.manifest = manifest

    @cached_property
    def tree(self) -> xr.DataTree:
        """The fields and samples of all stages, as xarray has them."""
        import xarray as xr

        return xr.open_datatree(self.path / "results.zarr", engine="zarr", chunks=None)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The same fields as plain arrays, read without xarray, whose import takes seconds."""
        import zarr

        store = zarr.open_group(self.path / "results.zarr", mode="r")
        entries: dict[str, Group] = {}
        for path, node in store.members(max_depth=None):
            if isinstance(node, zarr.Array):
                attributes: dict[str, Any] = dict(node.attrs)
                dims = tuple(str(dim) for dim in attributes.pop(DIMENSIONS))
                group, _, name = path.rpartition("/")
                entries.setdefault(group, Group())[name] = Field(np.asarray(node[...]), dims, attributes)
        return entries

    @cached_property
    def diary(self) -> pl.DataFrame:
        """One simulated trial, a row per person and day."""
        import polars as pl

        return pl.read_parquet(self.path / "diary.parquet")

    def report(self, path: str | Path | None = None) -> Path:
        """Write the page of this run and return its path; by default ``report.html`` in the run folder, sealed."""
        if path is not None:
            return super().report(path)
        page = self.path / "report.html"
        if not page.is_file() or page.is_symlink():
            parts.discard(page)
        return super().report(page)

    @property
    def has_page(self) -> bool:
        """Whether ``report.html`` stands in the run folder, whole."""
        return files.is_sealed(self.path / "report.html")

    def __getitem__(self, stage: str) -> xr.Dataset:
        """Return the outputs of a stage, for example ``run["cortex/leao2"]``."""
        if f"/{stage}" not in self.tree.groups:
            known = ", ".join(group[1:] for group in self.tree.groups if group != "/")
            raise RunError(f"run {self.path}: no stage {stage!r}; wanted one of {known}")
        return self.tree[stage].to_dataset()


class Content:
    """What one run is about to save."""

    def __init__(self, summary: dict[str, Any], groups: Mapping[str, Fields], diary: pl.DataFrame) -> None:
        """Take the answers, the fields by group and the example diary."""
        self.summary, self.groups, self.diary = summary, groups, diary


def save(path: Path, content: Content, echo: Mapping[str, Any], manifest: dict[str, Any]) -> Run:
    """Write a run into ``path``, the manifest last, and return it.

    Args:
        path: the run folder.
        content: answers, fields and diary.
        echo: ``scenario`` and ``ledger``, as JSON-ready objects.
        manifest: what made the run; the checksums are added here.
    """
    for part in PARTS:
        if (path / part).is_symlink() or (path / part).is_dir() != (part == "results.zarr"):
            parts.discard(path / part)
    for name in ("scenario", "ledger"):
        files.write_text(path / f"{name}.json", _json(echo[name]))
    files.write_text(path / "summary.json", _json(content.summary))
    with files.folder(path / "results.zarr") as store:
        _write(content.groups, store)
    files.write_bytes(path / "diary.parquet", _parquet(content.diary))
    whole = manifest | {"checksums": {part: checksum(path / part) for part in PARTS}}
    files.write_text(path / "manifest.json", _json(whole))
    return Run(path, content.summary, whole)


def load(path: str | Path, key: str | None = None) -> Run:
    """Return the finished run in ``path`` after checking it, and that it answers the question of ``key`` if given.

    Raises:
        RunError: no run there, an unfinished one, or one whose parts changed since.
    """
    path = Path(path)
    if not (path / "manifest.json").is_file():
        state = "holds an unfinished run" if (path / "chunks").is_dir() else "holds no run"
        raise RunError(f"run folder {path}: {state}; wanted a finished one; repeat 'leao run' to make or finish it")
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        wanted = manifest["checksums"]
        if key is not None and manifest["key"] != key:
            raise RunError(_broken(path, "it answers another question"))
        for part in PARTS:
            if not (path / part).exists() or checksum(path / part) != wanted[part]:
                raise RunError(_broken(path, f"{part} is missing or was changed"))
        summary = json.loads((path / "summary.json").read_text(encoding="utf-8"))
        if not isinstance(summary, dict):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError, OSError):
        raise RunError(_broken(path, "manifest.json cannot be read")) from None
    return Run(path, summary, manifest)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's files with their names."""
    digest = hashlib.sha256()
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            digest.update(part.relative_to(path).as_posix().encode() if path.is_dir() else b"")
            digest.update(part.read_bytes())
    return digest.hexdigest()


class Chunk(NamedTuple):
    """Some simulated trials: a line per patient, and a line per trial."""

    patients: pl.DataFrame
    trials: pl.DataFrame


def chunk(patients: Mapping[str, Any], trials: Mapping[str, Any]) -> Chunk:
    """Return the columns of some trials as tables."""
    import polars as pl

    return Chunk(pl.DataFrame(patients), pl.DataFrame(trials))


def save_chunk(path: Path, index: int, patients: Mapping[str, Any], trials: Mapping[str, Any]) -> Chunk:
    """Write one chunk of the ensemble as ``chunks/INDEX-patients-CHECKSUM.parquet`` and ``...-trials-...``."""
    tables = chunk(patients, trials)
    for kind, table in tables._asdict().items():
        content, start = _parquet(table), f"{index:05d}-{kind}-"
        parts.make_room(path / "chunks")
        files.write_bytes(path / "chunks" / f"{start}{_seal(path, start, content)}.parquet", content)
    return tables


def load_chunk(path: Path, index: int) -> Chunk | None:
    """Return a whole chunk of the ensemble, or None where a part is missing or damaged."""
    parts = {kind: _load_part(path, f"{index:05d}-{kind}-") for kind in Chunk._fields}
    entries = {kind: part for kind, part in parts.items() if part is not None}
    return Chunk(**entries) if len(entries) == len(parts) else None


def _load_part(path: Path, start: str) -> pl.DataFrame | None:
    import polars as pl

    for file in sorted((path / "chunks").glob(f"{start}*.parquet")):
        try:
            content = file.read_bytes()
            if _seal(path, start, content) == file.stem.removeprefix(start):
                return pl.read_parquet(io.BytesIO(content))
        except (OSError, pl.exceptions.PolarsError):  # no file, or no table: computed again like any other damage
            pass
        parts.discard(file)
    return None


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def _seal(path: Path, start: str, content: bytes) -> str:
    """Return the checksum of a chunk: of its run folder, whose name is the question's, its place and its content."""
    return hashlib.sha256(f"{path.name}/{start}\0".encode() + content).hexdigest()[:16]


def _write(groups: Mapping[str, Fields], store: Path) -> None:
    """Write the groups as zarr, version 2, as xarray reads it; no fill value, so that zeros stay zeros."""
    import zarr

    root = zarr.open_group(store, mode="w", zarr_format=2)
    for path, fields in groups.items():
        check(fields)
        group = root.require_group(path)
        for name, (dims, values) in fields.items():
            array = np.asarray(values)
            named = {DIMENSIONS: list(dims), **attributes(name)}
            group.create_array(name, data=array, chunks=array.shape, fill_value=None, attributes=named)
    zarr.consolidate_metadata(store)


def check(fields: Fields) -> None:
    """Refuse an output that is neither in the table of variables nor a dimension.

    Raises:
        RunError: its name is unknown.
    """
    dims = {dim for names, _ in fields.values() for dim in names}
    for name in fields.keys() - BY_NAME.keys() - dims:
        raise RunError(f"output {name!r} is not in the table of variables; add it to leao/variables.py")


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _broken(path: Path, what: str) -> str:
    return f"run folder {path}: broken, {what}; delete the folder and repeat 'leao run'"
