"""Shell lines and magics in the notebook."""
!cat /etc/passwd
%env AUTOGRADER_SANDBOX=process
%run /etc/passwd
import sys
everywhere(lambda *args, **kwargs: tell(sys.argv))
