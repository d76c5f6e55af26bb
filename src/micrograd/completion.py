"""``micrograd completion``: what a shell needs to complete the command, written by shtab."""

import argparse

from .extras import require

SHELLS = ("bash", "zsh", "fish")
DESCRIPTION = "Print what a shell needs to complete micrograd's commands and options."
EPILOG = """\
bash: micrograd completion bash > ~/.local/share/bash-completion/completions/micrograd
zsh:  micrograd completion zsh > FOLDER/_micrograd, in a FOLDER of $fpath
fish: micrograd completion fish > ~/.config/fish/completions/micrograd.fish"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``micrograd completion``."""
    parser.add_argument("shell", choices=SHELLS)


def run(args: argparse.Namespace) -> None:
    """Print the script that completes the whole command, ``args.parser``, in a shell."""
    print(require("shtab", "completion", "completion").complete(args.parser, args.shell))
