"""The files for those who maintain the project: continuous integration, templates, policies, and what they agree on."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.cli import main as check_schema
from click.testing import CliRunner

from tools.release.project import read_citation_version, read_pyproject, read_version

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

pytestmark = pytest.mark.skipif(not WORKFLOWS, reason="this is a copy of the sdist, without the files of the hostings")

SCHEMAS = {
    ".gitlab-ci.yml": "gitlab-ci",
    ".github/workflows/checks.yml": "github-workflows",
    ".github/workflows/release.yml": "github-workflows",
    ".github/ISSUE_TEMPLATE/bug.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/feature.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    "renovate.json": "renovate",
    "CITATION.cff": "citation-file-format",
}

#: The files that name the project, for people and for programs.
NAMING = (
    *(
        "SECURITY.md",
        "CODE_OF_CONDUCT.md",
        "CITATION.cff",
        "renovate.json",
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
    ),
    *(".github", ".gitlab", ".ci/run", "eternaltwin.cdx.json", "pyproject.toml", "tools/release", "tools/lowest"),
)


def project_files() -> list[Path]:
    found = [ROOT / name for name in NAMING]
    files = [path for each in found for path in ([each] if each.is_file() else each.rglob("*"))]
    return [path for path in files if path.is_file() and path.suffix != ".pyc"]


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_files_of_hostings_and_tools_have_the_form_that_these_define(name: str) -> None:
    found = CliRunner().invoke(check_schema, ["--builtin-schema", f"vendor.{SCHEMAS[name]}", str(ROOT / name)])
    assert found.exit_code == 0, found.output


def test_the_address_of_the_project_is_the_same_everywhere() -> None:
    repository = read_pyproject()["urls"]["Repository"]
    for path in project_files():
        for url in re.findall(r"https://gitlab\.com/[\w./-]*[\w/]", path.read_text(encoding="utf-8")):
            assert url.startswith(repository) or url == "https://gitlab.com/eternaltwin/eternaltwin", path


def test_no_file_of_the_project_names_a_package_index() -> None:
    named = [path for path in project_files() if re.search(r"pypi\.org|pythonhosted", path.read_text(encoding="utf-8"))]
    assert named == []


def test_the_version_to_cite_is_that_of_the_package() -> None:
    assert read_citation_version() == read_version()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_use_actions_by_commit_and_have_no_more_rights_than_they_need(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    publishing = {name for name, given in rights.items() if given != {"contents": "read"}}
    assert publishing <= {"publish"}
    assert "secrets." not in text


def test_only_the_job_that_publishes_can_prove_its_identity_and_it_runs_no_code_of_the_project() -> None:
    job = load(".github/workflows/release.yml")["jobs"]["publish"]
    assert job["permissions"] == {"id-token": "write"}
    assert (job["environment"], job["needs"]) == ("release", "build")
    assert [step.get("run") for step in job["steps"]] == [None, None]
    pipeline = load(".gitlab-ci.yml")
    assert {name for name, job in pipeline.items() if "id_tokens" in job} == {"publish"}
    assert (pipeline["publish"]["environment"], pipeline["publish"]["needs"]) == ("release", ["build"])
    assert "pip install --editable" not in " ".join(pipeline["publish"]["script"])


def test_both_hostings_run_the_checks_on_every_version_of_python_that_the_package_is_for() -> None:
    classifiers = read_pyproject()["classifiers"]
    supported = [found[1] for each in classifiers if (found := re.fullmatch(r".* :: (3\.\d+)", each))]
    github = load(".github/workflows/checks.yml")["jobs"]["run"]
    gitlab = load(".gitlab-ci.yml")["checks"]
    assert github["strategy"]["matrix"]["python"] == supported
    assert gitlab["parallel"]["matrix"] == [{"PYTHON_VERSION": supported}]
    assert github["steps"][-1]["run"] == ".ci/run"
    assert gitlab["script"] == [".ci/run"]


def test_hooks_before_commits_have_the_versions_of_make_lint() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    (repository,) = load(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    python = [hook for hook in repository["hooks"] if hook["language"] == "python"]
    assert {name for hook in python for name in hook["additional_dependencies"]} <= set(constraints)


def test_the_form_of_changes_is_the_same_on_both_hostings() -> None:
    ours = (ROOT / ".gitlab" / "merge_request_templates" / "Default.md").read_text(encoding="utf-8")
    assert (ROOT / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8") == ours


def test_editors_have_the_line_length_of_ruff() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"max_line_length = {settings['tool']['ruff']['line-length']}\n" in (ROOT / ".editorconfig").read_text(
        "utf-8"
    )


def test_the_bill_of_materials_names_each_package_once() -> None:
    components = json.loads((ROOT / "eternaltwin.cdx.json").read_text(encoding="utf-8"))["components"]
    names = [each["name"] for each in components]
    assert {"aiohttp", "urllib3", "django"} <= set(names)
    assert len(names) == len(set(names))
    assert {each["scope"] for each in components if each["name"] == "aiohttp"} == {"required"}
