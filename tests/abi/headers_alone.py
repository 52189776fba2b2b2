#!/usr/bin/env python3
"""Each public header compiles alone, with warnings as errors: `headers_alone.py INCLUDE_DIR`.

The C ABI as C11 and as C++20, the wrapper as C++20; with GCC and with Clang, as far as they are installed.
"""
import pathlib
import shutil
import subprocess
import sys

COMPILERS = ("gcc", "clang-14", "clang")
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fsyntax-only")


def complaint(compiler: str, language: str, standard: str, root: pathlib.Path, header: pathlib.Path) -> str:
    """What the compiler says, or nothing."""
    text = f"#include <{header.relative_to(root)}>\n"
    command = [compiler, "-x", language, f"-std={standard}", *WARNINGS, "-I", str(root), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False).stderr


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    found = {pathlib.Path(path).resolve(): name for name in COMPILERS if (path := shutil.which(name))}
    compilers = sorted(found.values())
    c_headers = sorted(path for path in root.rglob("*.h"))
    cxx_headers = c_headers + sorted(root.rglob("*.hpp"))
    jobs = [("c", "c11", header) for header in c_headers] + [("c++", "c++20", header) for header in cxx_headers]
    failed = 0
    for compiler in compilers:
        for language, standard, header in jobs:
            said = complaint(compiler, language, standard, root, header)
            if said:
                failed += 1
                print(f"{header} does not compile alone as {standard} with {compiler}:\n{said}")
    print(f"{len(jobs)} headers and languages with {', '.join(compilers)}: {failed} failed")
    return 1 if failed or not compilers or not c_headers else 0


if __name__ == "__main__":
    sys.exit(main())
