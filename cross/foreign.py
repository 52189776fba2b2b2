"""Lets this machine's kernel start programs of another machine, as long as a block runs: a daemon starts its plugins'
processes by itself, and those are programs of the other machine too. Needs root and binfmt_misc."""
import contextlib
import pathlib
import subprocess

BINFMT = pathlib.Path("/proc/sys/fs/binfmt_misc")
# ELF's class and machine (e_ident[EI_CLASS], e_machine).
KINDS = {"arm64": (2, 0xB7), "armhf": (1, 0x28)}


def starts(program: pathlib.Path) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([program, "--version"], capture_output=True).returncode == 0
    return False


def rule(arch: str, emulator: pathlib.Path) -> str:
    kind, machine = KINDS[arch]
    magic = [0x7F, 0x45, 0x4C, 0x46, kind, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, machine, 0]
    # Any OS byte, and executables with a fixed place (2) as well as without (3).
    mask = [0xFF] * 7 + [0] + [0xFF] * 8 + [0xFE, 0xFF, 0xFF, 0xFF]

    def text(values: list[int]) -> str:
        return "".join(f"\\x{value:02x}" for value in values)

    return f":telltale-{arch}:M::{text(magic)}:{text(mask)}:{emulator}:"


@contextlib.contextmanager
def programs(arch: str, emulator: pathlib.Path, sample: pathlib.Path):
    """Yields None, or why `sample` cannot be started."""
    if starts(sample):
        yield None
        return
    entry, mounted = BINFMT / f"telltale-{arch}", False
    try:
        if not (BINFMT / "register").exists():
            subprocess.run(["mount", "-t", "binfmt_misc", "none", BINFMT], check=True, capture_output=True)
            mounted = True
        if entry.exists():  # of a run that was killed
            entry.write_text("-1")
        (BINFMT / "register").write_text(rule(arch, emulator))
    except (OSError, subprocess.CalledProcessError) as failed:
        yield f"the kernel cannot be told how to start programs of {arch}: {failed}"
        return
    try:
        yield None if starts(sample) else "the kernel does not start it"
    finally:
        entry.write_text("-1")
        if mounted:
            subprocess.run(["umount", BINFMT], check=False)
