"""What every suite shares: the summary of the other interpreters under the main run."""
import os


def pytest_terminal_summary(terminalreporter):
    """Show what the SDK's suites said on other interpreters, above the closing line."""
    lines = os.environ.get('PYRAL_MATRIX_SUMMARY', '').splitlines()
    if lines:
        terminalreporter.section('the SDK on other interpreters')
        for line in lines:
            terminalreporter.write_line(line)
