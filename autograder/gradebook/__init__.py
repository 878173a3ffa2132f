"""All that has to do with nbgrader: its configuration, its steps, its gradebook.

In: verdicts (`recorder`), or a student's folder that nbgrader grades by itself (`exporter`,
`preprocessors`). Out: rows in the gradebook, autograded notebooks, feedback pages, and how a class
stands (`standings`). `late` says what being late costs. Importing any of it takes a second, since
nbgrader does: whoever can do without it does.
"""
