"""What the site has beside the pages of docs/: files from outside, the reference, live cells.

MkDocs calls the functions whose names begin with ``on_``.
"""

import re
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from zipfile import ZIP_DEFLATED, ZipFile

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from describing import description, named  # noqa: E402  (MkDocs loads this file alone)

ROOT = HERE.parent
PYODIDE = ROOT / "tests" / "pyodide" / "node_modules" / "pyodide"
RUNTIME = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
# Pages and files that stand outside docs/, by the place that they have in the site.
OUTSIDE = {
    "index.md": "README.md",
    "changes.md": "CHANGELOG.md",
    "benchmarks.md": "benchmarks/README.md",
    "examples/moons.ipynb": "examples/moons.ipynb",
    "examples/notebooks/README.md": "examples/notebooks/README.md",
}
NOTEBOOKS = {
    notebook.as_posix(): notebook.as_posix()
    for notebook in (p.relative_to(ROOT) for p in (ROOT / "examples" / "notebooks").glob("*.ipynb"))
}
PROGRAMS = {
    source.with_suffix(".md").as_posix(): source.as_posix()
    for source in (p.relative_to(ROOT) for p in (ROOT / "examples").rglob("*.py"))
}
PLACES = {source: place for place, source in (OUTSIDE | NOTEBOOKS | PROGRAMS).items()}

_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)((?:#[^)\s]*)?)\)")
_REFERENCE = re.compile(r"<!-- reference: ([^>]*) -->")
_LESSON = re.compile(r"lessons/(\d\d-[a-z-]+)\.md")
_COMMAND = re.compile(r"On the page, `micrograd lesson \d+`,")
_ROW = re.compile(r"^(\| \[\d+\. [^\]]*\]\((\d\d-[a-z-]+)\.md\)) \| ([^|]*\?) \|$", re.MULTILINE)
_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add pages and programs from outside docs/, the live cells' files, and Pyodide."""
    for place, source in (OUTSIDE | NOTEBOOKS).items():
        files.append(File.generated(config, place, abs_src_path=str(ROOT / source)))
    for place, source in PROGRAMS.items():
        code = (ROOT / source).read_text(encoding="utf-8")
        page = f"# {Path(source).name}\n\n```python\n{code}```\n"
        files.append(File.generated(config, place, content=page))
    for asset in sorted(path for path in (HERE / "live").iterdir() if path.is_file()):
        files.append(File.generated(config, f"assets/{asset.name}", abs_src_path=str(asset)))
    for name in RUNTIME:
        source = str(PYODIDE / name)
        files.append(File.generated(config, f"assets/pyodide/{name}", abs_src_path=source))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links between files of the project into links between pages of the site."""
    place = page.file.src_uri
    source = (OUTSIDE | PROGRAMS).get(place, f"docs/{place}")

    def inside(link: re.Match[str]) -> str:
        target = normpath(join(dirname(source), link[1]))
        there = PLACES.get(target, target.removeprefix("docs/"))
        if target not in PLACES and not target.startswith("docs/"):
            raise ValueError(f"{source} links to {target}, which the site does not have")
        return f"]({relpath(there, dirname(place) or '.')}{link[2]})"

    def described(names: re.Match[str]) -> str:
        return "\n\n".join(description(name) for name in named(names[1]))

    if number := _LESSON.fullmatch(place):
        there = f"../interactive/{number[1]}.html"
        link = f'<a class="md-button" href="{there}">This lesson, to step through</a>'
        markdown = markdown.replace("\n", f"\n\n{link}\n", 1)
        markdown = _COMMAND.sub(f'On <a href="{there}">the page to step through</a>', markdown)
    elif place == "lessons/README.md":
        page_of = r'<a href="../interactive/\2.html">to step through</a>'
        markdown = _ROW.sub(rf"\1 ({page_of}) | \3 |", markdown)
    markdown = markdown.replace("<BLANKLINE>\n", "\n")  # doctest's word for an empty line
    return _REFERENCE.sub(described, _LINK.sub(inside, markdown))


def on_page_context(context: dict, page: Page, config: MkDocsConfig, nav: object) -> dict:
    """Tell the template which pages have live cells."""
    context["live"] = page.file.src_uri in config.extra["live"]
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put the policy into the page's head: its own scripts run, and no others."""
    return output.replace("<head>", f"<head>\n{policy(output)}", 1)


def policy(document: str) -> str:
    """Return a Content-Security-Policy for the scripts that a document has."""
    hashes = sorted(
        {b64encode(sha256(s.encode()).digest()).decode() for s in _SCRIPT.findall(document)}
    )
    scripts = " ".join(f"'sha256-{h}'" for h in hashes)
    rules = (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'


def on_post_build(config: MkDocsConfig) -> None:
    """Pack the package for the live cells: what runs without NumPy and without a C compiler."""
    package = ROOT / "src" / "micrograd"
    kinds = {".py", ".js", ".css", ".json", ".toml", ".md", ".typed"}
    archive = Path(config.site_dir, "assets", "micrograd.zip")
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for file in sorted(package.rglob("*")):
            if file.suffix in kinds and "__pycache__" not in file.parts:
                packed.write(file, Path("micrograd", file.relative_to(package)))
