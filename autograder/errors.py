"""Everything that can go wrong and that a user can put right.

    AutograderError
    ├── UnknownName         there is no such assignment, question, sandbox, LMS or visibility
    ├── NothingToDo         nothing was handed in, or nothing has been graded yet
    ├── UnreadableFile      a class file, a roster or a download that is not what it should be
    ├── BadSetting          nbgrader_config.py or a variable holds a value that cannot be used
    ├── NoCourseFolder      an installed package has no solutions/ to release or publish
    ├── NotPublished        the students' archive would hold something that is not for students
    ├── Busy                another process is doing the same work
    ├── SandboxUnavailable  student code cannot be sealed on this machine
    ├── GradebookError      the gradebook cannot be used
    ├── ClusterError        the Dask cluster cannot be used
    └── Damaged             what was handed in cannot be read as a notebook

The command line prints these as one line. Any other exception is a bug of ours and keeps its
traceback.
"""


class AutograderError(Exception):
    """The root. The message says what was expected and what was received."""


class UnknownName(AutograderError):
    """A name that stands for nothing here."""


class NothingToDo(AutograderError):
    """There is nothing to grade, to report or to export."""


class UnreadableFile(AutograderError):
    """A file that staff named is not of the kind that was expected."""


class BadSetting(AutograderError):
    """A setting has a value that cannot be used."""


class NoCourseFolder(AutograderError):
    """The work needs a checkout of the project, and the package was installed without one."""


class NotPublished(AutograderError):
    """The students' archive was not written, because something in it is not for students."""


class Busy(AutograderError):
    """Another process is doing the same work."""


class SandboxUnavailable(AutograderError):
    """No sealed process can be started on this machine as asked."""


class GradebookError(AutograderError):
    """The gradebook cannot be used."""


class ClusterError(AutograderError):
    """The Dask cluster cannot be used."""


class Damaged(AutograderError):
    """What was handed in cannot be read as a notebook; the message says so to the student."""
