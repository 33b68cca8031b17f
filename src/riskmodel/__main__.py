"""`python -m riskmodel` is the command line."""

from riskmodel.serving.cli.main import run

if __name__ == "__main__":
    run()
