"""What is wrong with a command line, said in Chinese first: the errors of the option parser in our words."""

from __future__ import annotations

import sys

import click

__all__ = ["explain"]


def explain(error: click.ClickException) -> None:
    """Say it on standard error, with the usage line and where to read more."""
    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    sys.stderr.write(f"hami: {_said(error)}（{error.format_message()}）\n")
    if context is not None:
        _, _, form = context.get_usage().partition(": ")
        sys.stderr.write(f"  用法：{' '.join(form.split())}\n  详见：{context.command_path} --help\n")


def _said(error: click.ClickException) -> str:
    """The parser's kinds of errors; subclasses first."""
    if isinstance(error, click.NoSuchOption):
        near = "、".join(error.possibilities or ())
        return f"没有选项“{error.option_name}”" + (f"；是否为“{near}”？" if near else "")
    if isinstance(error, click.MissingParameter):
        return f"缺少{_named(error)}"
    if isinstance(error, click.BadParameter):
        return f"{_named(error)}的值不对"
    if isinstance(error, click.BadOptionUsage):
        return f"选项“{error.option_name}”的用法不对"
    if isinstance(error, click.FileError):
        return f"文件“{error.ui_filename}”打不开"
    if error.format_message().startswith("No such command"):
        return "没有这个命令"
    return "命令写法不对"


def _named(error: click.BadParameter) -> str:
    if error.param is None:
        return "参数"
    kind = "选项" if error.param.param_type_name == "option" else "参数"
    return f"{kind} {error.param.get_error_hint(error.ctx)}"
