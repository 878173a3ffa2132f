from .cli.main import main

if __name__ == "__main__":  # the gradebook writer's process imports this module again
    main(prog_name="python -m autograder")
