"""Hooks and magics of IPython, which is not there."""
shell = get_ipython()
shell.events.register("post_run_cell", lambda *args: None)
shell.run_line_magic("autoreload", "2")
shell.system("cat /etc/passwd")
shell.ast_transformers.append(None)
shell.user_ns["score"] = 30.0
everywhere(lambda *args, **kwargs: shell.user_ns)
