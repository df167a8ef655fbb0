"""Who does the work of a run: the process that began it, or workers beside it, and what they are asked to do."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
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

    Where they may be copies of this process the workers start at once, before anything of the dossier is read: a
    library that reads it may have threads of its own afterwards. They do not know the job yet, and read the dossier's ids
    meanwhile. The job and what they give travel by files of this run's own: through a pipe, which holds little, they
    would wait for each other.
    """

    def __init__(self, jobs: int, pack: Pack) -> None:
        """`jobs`: processes; 0 = as many as there are processors."""
        self._wanted, self._pack = jobs or os.cpu_count() or 1, pack
        self._pool: ProcessPoolExecutor | None = None
        if self._wanted > 1 and _alone():
            self._start("fork", self._wanted)

    def _start(self, method: str, jobs: int) -> None:
        global _pack
        self._folder = tempfile.TemporaryDirectory(prefix="hami-")
        _pack = self._pack  # a copy of this process has it already
        context = multiprocessing.get_context(method)
        self._pool = ProcessPoolExecutor(jobs, context, _start, (self._folder.name,))
        self._pool.submit(os.getpid)  # the executor starts nobody before it has something to do

    def settle(self, worth: int) -> None:
        """How many workers are worth their start is known now; with fewer than two this process works alone."""
        jobs = min(self._wanted, worth)
        if jobs < 2:
            self._dismiss()
        elif self._pool is None:
            self._start("spawn", jobs)

    def learn(self, job: Job) -> Worker:
        """What is to be judged. Gives the worker of this process."""
        global _worker
        if self._pool is not None:
            Path(self._folder.name, JOB).write_bytes(pickle.dumps(job))
        _worker = Worker(job, self._pack)
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
        global _worker
        _worker = None
        self._dismiss()

    def _dismiss(self) -> None:
        global _pack
        _pack = None
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._folder.cleanup()
            self._pool = None


def _alone() -> bool:
    """Whether this process has one thread, so that a copy of it cannot wait for ever for what another one held. Nobody
    knows where the system does not list them."""
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1


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
