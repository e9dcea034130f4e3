#!/usr/bin/env python3
"""Packs sendspec in Python wheels: `pip install sendspec` brings the program and its pytest plugin.

    build.py --binary bin/sendspec --out bin/wheels       one wheel, of a binary that `go build` made, whatever its platform
    build.py --dist bin/dist --out bin/wheels             one a platform, of what goreleaser built

A wheel is a zip file with two lists in it; nothing but Python and go is needed. The same binary gives the same bytes.
"""
import argparse, base64, hashlib, json, pathlib, re, subprocess, time, zipfile

HERE = pathlib.Path(__file__).resolve().parent
LICENSE = HERE.parents[2] / "LICENSE"
# A binary without cgo asks nothing of the C library: the oldest tags hold. Go 1.26 wants macOS 12.
PLATFORMS = {
    ("linux", "amd64"): "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    ("linux", "arm64"): "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    ("darwin", "amd64"): "macosx_12_0_x86_64",
    ("darwin", "arm64"): "macosx_12_0_arm64",
    ("windows", "amd64"): "win_amd64",
    ("windows", "arm64"): "win_arm64",
}
DESCRIPTION = """\
# sendspec

A conformance suite for servers that implement AWS Systems Manager `SendCommand`. This package has the program for your
platform, without dependencies, and a pytest plugin:

    sendspec run --exec 'moto_server -H 127.0.0.1 -p {port}'
    pytest --sendspec-endpoint http://127.0.0.1:5000 --sendspec-baseline ssm.baseline

With pytest each case is a test: a known failure is an xfail, a stale entry of the baseline an XPASS(strict), a missed
`should` a warning.
"""


def build_info(binary):
    """What go wrote into the binary: GOOS, GOARCH, CGO_ENABLED, the version of the module, the time of the commit."""
    text = subprocess.run(["go", "version", "-m", binary], check=True, capture_output=True, text=True).stdout
    info = dict(re.findall(r"\tbuild\t([\w.]+)=(.*)", text))
    module = re.search(r"\tmod\t\S+\t(\S+)", text)
    return info | {"version": module.group(1) if module else "(devel)"}


def python_version(version):
    """A version of Go's in Python's spelling (PEP 440)."""
    version = version.removeprefix("v")
    if version == "(devel)":
        return "0.0.0.dev0"
    parts = re.fullmatch(r"(\d+\.\d+\.\d+)(?:-([^+]+))?(?:\+(.+))?", version)
    if not parts:
        raise SystemExit(f"version {version}: want one such as v1.2.3")
    release, before, local = parts.groups()
    words = [local] if local else []
    if before:
        commit = re.fullmatch(r"(?:.*\.)?(\d{14})-([0-9a-f]{12})", before)  # no tag: the time and the commit
        candidate = re.fullmatch(r"(a|alpha|b|beta|rc)\.?(\d+)", before)
        if candidate:
            release += candidate.group(1) + candidate.group(2)
        elif commit:
            release += ".dev" + commit.group(1)
            words.insert(0, "g" + commit.group(2))
        else:
            release += ".dev0"
            words.insert(0, before)
    return release + ("+" + re.sub(r"[^a-z0-9]+", ".", ".".join(words).lower()) if words else "")


def wheel(binary, out, version=None):
    binary = pathlib.Path(binary)
    info = build_info(binary)
    platform = PLATFORMS.get((info.get("GOOS"), info.get("GOARCH")))
    if platform is None:
        raise SystemExit(f"{binary}: no wheel is made for {info.get('GOOS')}/{info.get('GOARCH')}")
    if info["GOOS"] == "linux" and info.get("CGO_ENABLED") != "0":
        raise SystemExit(f"{binary} is linked with the C library of this machine: build it with CGO_ENABLED=0")
    version = python_version(version or info["version"])
    stamp = time.strptime(info.get("vcs.time", "1980-01-01T00:00:00Z"), "%Y-%m-%dT%H:%M:%SZ")[:6]
    tag = "py3-none-" + platform
    metadata = f"sendspec-{version}.dist-info"
    files = {
        f"sendspec-{version}.data/scripts/sendspec{'.exe' if info['GOOS'] == 'windows' else ''}": binary.read_bytes(),
        "pytest_sendspec.py": (HERE / "pytest_sendspec.py").read_bytes(),
        f"{metadata}/licenses/LICENSE": LICENSE.read_bytes(),
        f"{metadata}/entry_points.txt": b"[pytest11]\nsendspec = pytest_sendspec\n",
        f"{metadata}/WHEEL": "".join(
            ["Wheel-Version: 1.0\nGenerator: sendspec\nRoot-Is-Purelib: false\n", *(f"Tag: py3-none-{p}\n" for p in platform.split("."))]
        ).encode(),
        f"{metadata}/METADATA": (
            f"Metadata-Version: 2.4\nName: sendspec\nVersion: {version}\n"
            "Summary: Conformance suite for servers that implement AWS Systems Manager SendCommand\n"
            "License-Expression: Apache-2.0\nLicense-File: LICENSE\nRequires-Python: >=3.9\n"
            "Project-URL: Source, https://github.com/sendspec/sendspec\n"
            "Classifier: Framework :: Pytest\nClassifier: Topic :: Software Development :: Testing\n"
            f"Description-Content-Type: text/markdown\n\n{DESCRIPTION}"
        ).encode(),
    }
    digest = lambda b: base64.urlsafe_b64encode(hashlib.sha256(b).digest()).rstrip(b"=").decode()
    record = [f"{name},sha256={digest(b)},{len(b)}\n" for name, b in files.items()]
    files[f"{metadata}/RECORD"] = "".join([*record, f"{metadata}/RECORD,,\n"]).encode()
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"sendspec-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, b in files.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever this runs: the mode counts
            entry.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
            archive.writestr(entry, b)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--binary", help="one binary")
    source.add_argument("--dist", help="the folder that goreleaser wrote")
    parser.add_argument("--out", required=True, help="the folder for the wheels")
    parser.add_argument("--version", help="as v1.2.3; default: that of the binary")
    args = parser.parse_args()
    binaries = [args.binary]
    if args.dist:
        artifacts = json.loads((pathlib.Path(args.dist) / "artifacts.json").read_text())
        binaries = [a["path"] for a in artifacts if a["type"] == "Binary"]
    for binary in binaries:
        print(wheel(binary, args.out, args.version))


if __name__ == "__main__":
    main()
