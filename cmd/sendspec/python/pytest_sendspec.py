"""pytest --sendspec-endpoint URL: each case of sendspec, the conformance suite for AWS SSM SendCommand, is a test.

The program runs once, when the first test does, and asks only the cases that pytest selected (-k, --deselect). In pytest's
words a known failure of the baseline is an xfail, an entry that no longer fails is XPASS(strict), a missed `should` is a
warning, and a case that the server offers nothing for is a skip.
"""
import json, os, pathlib, shutil, subprocess, sysconfig, tempfile, warnings

import pytest

FLAGS = {  # each is handed to sendspec run as the flag of that name
    "endpoint": "the URL of the server under test: each case of sendspec becomes a test",
    "exec": "or the command that starts it, with {port} in it",
    "target": "or a target file, which says all of it",
    "baseline": "the file of the known failures: xfail",
    "seed": "the seed of the random values",
}


def pytest_addoption(parser):
    group = parser.getgroup("sendspec", "sendspec: conformance of a server that implements AWS SSM SendCommand")
    for name, text in FLAGS.items():
        group.addoption(f"--sendspec-{name}", help=text)
    group.addoption("--sendspec-select", action="append", default=[], metavar="SELECTOR",
                    help="only these cases, such as constraint/Comment (may be repeated)")
    group.addoption("--sendspec-strict", action="store_true", help="a missed `should` fails, too")
    group.addoption("--sendspec-arg", action="append", default=[], metavar="ARG",
                    help="one more argument of sendspec run, such as --node=i-0123456789abcdef0 (may be repeated)")


class CouldNotJudge(Exception):
    """sendspec came to no verdict on the case; the fault need not be the server's."""


class Suite:
    """One run of the program, and its report by case."""

    def __init__(self, config):
        self.option = lambda name: config.getoption(f"sendspec_{name}")
        self.given = any(self.option(name) for name in ("endpoint", "exec", "target"))
        # A worker of pytest-xdist has the cases of the controller's run.
        self.ids, self.cases = [], getattr(config, "workerinput", {}).get("sendspec")

    def program(self):
        """The one of this installation before that of PATH."""
        found = os.environ.get("SENDSPEC") or shutil.which("sendspec", path=sysconfig.get_path("scripts")) or shutil.which("sendspec")
        if not found:
            raise pytest.UsageError("no program sendspec: pip install sendspec, or name it in SENDSPEC")
        return found

    def list(self):
        done = subprocess.run([self.program(), "list", "--json", *self.option("select")], capture_output=True, encoding="utf-8")
        if done.returncode:
            raise pytest.UsageError(done.stderr.strip())
        return json.loads(done.stdout)

    def run(self, selectors):
        flags = [f"--{name}={self.option(name)}" for name in FLAGS if self.option(name)]
        with tempfile.TemporaryDirectory() as folder:
            report, chosen = pathlib.Path(folder, "report.json"), pathlib.Path(folder, "cases")
            if selectors:
                chosen.write_text("\n".join(selectors), encoding="utf-8")
                selectors = [f"@{chosen}"]
            command = [self.program(), "run", "--quiet", f"--json={report}", *flags, *self.option("arg"), *selectors]
            done = subprocess.run(command + ["--strict"] * self.option("strict"), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8")
            if not report.exists() or done.returncode not in (0, 1, 3, 4):
                pytest.exit(done.stderr.strip()[-2000:], returncode=done.returncode)
            whole = json.loads(report.read_text(encoding="utf-8"))
        if not any(c["verdict"] not in ("error", "skip") for c in whole["cases"]) and done.returncode:
            pytest.exit(f"sendspec: {whole['verdict']}", returncode=done.returncode)
        self.cases = {c["id"]: c for c in whole["cases"]}
        if not whole["complete"]:  # what a run that was cut short did not come to is not skipped
            for case in self.cases.values():
                if case["verdict"] == "skip" and case.get("reason", "").startswith(("not asked: ", "not finished: ")):
                    case["verdict"] = "error"


class Case(pytest.Item):
    def __init__(self, *, suite, about, **kwargs):
        super().__init__(**kwargs)
        self.suite, self.about = suite, about
        for word in ("sendspec", about["profile"], about["level"]):
            self.extra_keyword_matches.add(word)

    def reportinfo(self):
        return pathlib.Path("sendspec"), None, self.name

    def setup(self):
        if self.suite.cases is None:
            self.suite.run(self.suite.ids)
        self.case = self.suite.cases.get(self.name, {"verdict": "skip", "reason": "this run left it out"})
        if self.case["verdict"] == "skip":
            pytest.skip(self.case.get("reason", "not judged"))
        if self.case["verdict"] == "error":
            raise CouldNotJudge(self.case.get("reason", "no verdict"))

    def runtest(self):
        verdict, entry = self.case["verdict"], self.case.get("baseline", {})
        known = f"{self.case.get('fingerprint', '')} ({entry.get('entry', '')})"
        if verdict == "known":
            pytest.xfail(known)
        if verdict == "fixed":
            pytest.fail(f"[XPASS(strict)] {entry.get('entry', '')}: it no longer fails so: take the entry out", pytrace=False)
        if verdict == "warn":
            warnings.warn(pytest.PytestWarning(f"{self.name}: {self.findings()}"))
        elif verdict != "pass":
            pytest.fail(self.text(), pytrace=False)

    def repr_failure(self, excinfo):
        """The words alone: a traceback of this file would tell nobody anything, and takes pytest 50 ms."""
        return f"{excinfo.value}"

    def findings(self):
        return "; ".join(" ".join(filter(None, (f.get("path"), "want", f.get("want"), "got", f.get("got")))) for f in self.case.get("findings", []))

    def text(self):
        lines = [f"{self.name} ({self.case['level']}): {self.case['verdict']}", f"rule      {self.case['title']}"]
        lines.append(f"evidence  {', '.join(self.case.get('evidence', []))} ({self.case.get('kind', '')})")
        for f in self.case.get("findings", []):
            lines += [f"want      {f.get('path', '')}: {f.get('want', '')}", f"got       {f.get('got', '')}"]
        for x in self.case.get("exchanges", []):
            lines += [f"sent      {x.get('sent', '')}"[:2000], f"answer    {x.get('status', '')} {x.get('answer', '')}"[:2000]]
        return "\n".join([*lines, f"explain   sendspec explain {self.name}"])


class Cases(pytest.Collector):
    def collect(self):
        return [Case.from_parent(self, name=about["id"], suite=self.suite, about=about) for about in self.suite.list()]


@pytest.hookimpl(tryfirst=True)  # before -k, -m and --deselect
def pytest_collection_modifyitems(session, config, items):
    suite = Suite(config)
    if suite.given:
        collector = Cases.from_parent(session, name="sendspec", nodeid="sendspec")
        collector.suite = config.sendspec = suite
        items += collector.collect()


def pytest_collection_finish(session):
    suite = getattr(session.config, "sendspec", None)
    if suite:
        suite.ids = [i.name for i in session.items if isinstance(i, Case)]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """With pytest-xdist one run serves all workers: of what --sendspec-select picks, since each worker selects by itself."""
    suite = Suite(node.config)
    if suite.given:
        if not hasattr(node.config, "sendspec"):
            suite.run(suite.option("select"))
            node.config.sendspec = suite
        node.workerinput["sendspec"] = node.config.sendspec.cases
