"""Say where the course is published, and write it everywhere: `python -m tools.address owner/name [--ref main]`.

Sets `repository` and `ref` of [tool.course] in pyproject.toml, then builds: badges, setup cells and READMEs follow.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

from tools import build
from tools.course import ROOT, SourceError, check_course, write_atomically


def set_address(root: Path, repository: str, ref: str) -> None:
    """Write the address into pyproject.toml, every other line left as it is.

    Args:
        root: the folder of the course.
        repository: "owner/name", or the link of a repository on GitHub; "" takes the address away.
        ref: a branch or tag.

    Raises:
        SourceError: if the address has another form; the file is then as it was.
    """
    repository = re.sub(r"^https://github\.com/|(\.git)?/?$", "", repository.strip())
    check_course({"repository": repository, "ref": ref})
    path = root / "pyproject.toml"
    before, section, after = path.read_text(encoding="utf-8").partition("[tool.course]\n")
    for name, value in (("repository", repository), ("ref", ref)):
        after, found = re.subn(rf'^{name} = ".*"$', f'{name} = "{value}"', after, count=1, flags=re.MULTILINE)
        if not found:
            raise SourceError([f"pyproject.toml: [tool.course] has no line {name} = …"])
    text = before + section + after
    assert tomllib.loads(text)["tool"]["course"].items() >= {"repository": repository, "ref": ref}.items()
    write_atomically(path, text)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.address", description="Say where the course is published.")
    parser.add_argument("repository", help="owner/name on GitHub")
    parser.add_argument("--ref", default="main", help="the branch or tag that learners get (default: main)")
    options = parser.parse_args(arguments)
    try:
        set_address(root, options.repository, options.ref)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    return build.main([], root)


if __name__ == "__main__":
    sys.exit(main())
