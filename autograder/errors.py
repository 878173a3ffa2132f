"""Everything that can go wrong and that a user can put right.

    AutograderError
    ├── UnknownName         there is no such assignment, question, sandbox, LMS or visibility
    ├── NothingToDo         nothing was handed in, or nothing has been graded yet
    ├── UnreadableFile      a class file, a roster or a download that is not what it should be
    │   └── OtherSystem     a download of another LMS than it is said to be
    ├── BadSetting          nbgrader_config.py or a variable holds a value that cannot be used
    ├── OtherMaximum        an LMS' column has other points than the assignment
    ├── OtherTerm           earlier marks were drawn from another term word or secret
    ├── NoKeras             Keras is to be asked, and is not installed
    ├── KerasDiffers        Keras answers something else than the same mathematics in NumPy
    ├── NoCourseFolder      an installed package has no solutions/ to release or publish
    ├── NotPublished        the students' archive would hold something that is not for students
    ├── Busy                another process is doing the same work
    ├── SandboxUnavailable  student code cannot be sealed on this machine
    ├── GradebookError      the gradebook cannot be used
    ├── ClusterError        the Dask cluster cannot be used
    └── Damaged             what was handed in cannot be read as a notebook
        ├── NoNotebook      there is none
        └── WrongFile       it can be read, and is not the work on this assignment
            └── Ambiguous   there are several, and nothing says which one counts

The command line prints these as one line. Any other exception is a bug of ours and keeps its
traceback.
"""


class AutograderError(Exception):
    """The root. The message says what was expected and what was received.

    Attributes:
        exit_code: of a command that ends with it.
    """

    exit_code = 1


class UnknownName(AutograderError):
    """A name that stands for nothing here."""


class NothingToDo(AutograderError):
    """There is nothing to grade, to report or to export."""

    exit_code = 2


class UnreadableFile(AutograderError):
    """A file that staff named is not of the kind that was expected."""


class BadSetting(AutograderError):
    """A setting has a value that cannot be used."""


class OtherMaximum(AutograderError):
    """A column of the LMS is of other points than the marks that should go into it."""


class OtherTerm(AutograderError):
    """What was graded before was drawn from another term word or secret than there is here."""


class NoKeras(AutograderError):
    """Keras cannot be asked, since it is not installed."""


class KerasDiffers(AutograderError):
    """The installed Keras is not the one that the grader's own mathematics was proved equal to."""


class OtherSystem(UnreadableFile):
    """A download of another system than it is said to be."""

    exit_code = 2


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
    """What was handed in cannot be read as a notebook. The message is the reason.

    Attributes:
        status: of the verdict on it, as in the contract.
        for_staff: is it for staff to decide, and not only for the student to mend?
    """

    status, for_staff = "damaged", False

    def sentence(self) -> str:
        """What the student is told."""
        return f"Your notebook could not be read: {self}. Please hand in the .ipynb file again."


class NoNotebook(Damaged):
    """There is no notebook in what was handed in."""

    def sentence(self) -> str:
        return f"No notebook was handed in ({self}). Please hand in the .ipynb file."


class WrongFile(Damaged):
    """A notebook that can be read, and is not the work on this assignment."""

    status = "wrong_file"

    def sentence(self) -> str:
        return f"This is no work on this assignment: {self}. Please hand in your notebook of it."


class Ambiguous(WrongFile):
    """Several notebooks are the work on this assignment, and differ."""

    for_staff = True

    def sentence(self) -> str:
        return f"Nothing says which notebook counts: {self}. Please hand in one of them only."
