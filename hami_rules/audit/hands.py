"""Who does the work of a run: the process that began it, or workers beside it, and what they are asked to do."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

from hami_rules.intake.chunks import Chunk
from hami_rules.intake.errors import InputError, Problem
from hami_rules.intake.identity import PassOne, first_pass_chunk
from hami_rules.pack.load import Pack
from hami_rules.records.text import Text

from .chunk import Job, Result, Worker
from .collecting import seldom

__all__ = ["Hands", "beside", "finish", "ids", "judged", "shown"]

JOB = "job"  # the file that tells the workers

_worker: Worker | None = None
_pack: Pack | None = None  # that a forked worker judges by
_folder = ""  # of the run that this process works for


class Hands:
    """Who does the work of a run: this process, or workers. Results come in the order of the tasks either way.

    The workers start before the job is known, and read the dossier's ids meanwhile. The job and what they give travel by
    files of this run's own: through a pipe, which holds little, they would wait for each other.
    """

    def __init__(self, jobs: int, pack: Pack) -> None:
        global _pack
        self._pool = None
        if jobs > 1:
            self._folder = tempfile.TemporaryDirectory(prefix="hami-")
            _pack = pack  # forked workers have it already
            self._pool = ProcessPoolExecutor(jobs, _start_method(), _start, (self._folder.name,))

    def learn(self, job: Job, pack: Pack) -> Worker:
        """What is to be judged, and by what. Gives the worker of this process."""
        global _worker
        if self._pool is not None:
            Path(self._folder.name, JOB).write_bytes(pickle.dumps(job))
        _worker = Worker(job, pack)
        return _worker

    def each(self, task: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """What each item gives. Workers begin at once; this process when it is asked for a result."""
        if self._pool is None:
            return map(task, items)
        return _each(self._pool.map(partial(_left, task), items))

    def aside(self, task: Callable[..., Any], *args: Any) -> Callable[[], Any]:
        """Have something done beside what this process goes on to do; call what it gives for the result.

        Where there are no workers it is done at once.
        """
        if self._pool is None:
            done = task(*args)
            return lambda: done
        waiting = self._pool.submit(task, *args)

        def result() -> Any:
            with _unbroken():
                return waiting.result()

        return result

    def close(self) -> None:
        """Let the workers go; what they have not begun is left undone."""
        global _worker, _pack
        _worker = _pack = None
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._folder.cleanup()


def _start_method() -> BaseContext:
    """Workers are copies of this process where that is safe: they need not start and load what it has loaded."""
    alone = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def _each(names: Iterator[str]) -> Iterator[Any]:
    """What workers left, one by one."""
    with _unbroken():
        for name in names:
            yield _fetched(name)


@contextmanager
def _unbroken() -> Iterator[None]:
    """Raises `InputError` where a worker died: nothing that this program does kills one."""
    try:
        yield
    except BrokenProcessPool:
        raise InputError([Problem(
            "worker-died",
            Text("一个评判进程被系统终止，多半是内存不够", "a worker was killed by the system, most likely for want of memory"),
            None,
            Text("加 --jobs 1 再运行，或者用内存更大的机器", "run again with --jobs 1, or with more memory"),
        )]) from None  # fmt: skip


def _start(folder: str) -> None:
    global _folder
    _folder = folder
    seldom()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # whoever interrupts a run speaks to the process that began it


def _left(task: Callable[[Any], Any], item: Any) -> str:
    """Do it, and leave what it gives in a file of that name."""
    handle, name = tempfile.mkstemp(dir=_folder)
    with os.fdopen(handle, "wb") as file:
        pickle.dump(task(item), file, pickle.HIGHEST_PROTOCOL)
    return name


def _fetched(name: str) -> Any:
    with Path(name).open("rb") as file:
        result = pickle.load(file)
    Path(name).unlink()
    return result


def _judging() -> Worker:
    """The worker of this process; it learns its job when it is first asked to judge."""
    global _worker
    if _worker is None:
        _worker = Worker(pickle.loads(Path(_folder, JOB).read_bytes()), _pack)
    return _worker


def ids(chunk: Chunk) -> PassOne:
    return first_pass_chunk(chunk)


def judged(task: tuple[Any, ...]) -> Result:
    return _judging().chunk(*task)


def beside(task: tuple[Any, ...]) -> Result:
    return _judging().beside(*task)


def shown(task: tuple[Any, ...]) -> Result:
    return _judging().shown(*task)


def finish(task: tuple[Any, ...]) -> tuple[bytes, int]:
    return _judging().finish(*task)
