"""What is deployed has the forms of its formats, and names nothing that is not there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.api.app import endpoints
from entrypoints.api.metrics import Metrics
from tests.deploy.find_caddy import find_caddy
from tests.deploy.reading import (
    COMPOSE,
    DEPLOY,
    DOCKERFILES,
    KUBERNETES,
    KUSTOMIZATION,
    RESOURCES,
    ROOT,
    environment_of,
    ours,
    stages,
    understood,
    unknown,
    variables,
)

PROGRAMS = Path(sys.executable).parent
TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
EXAMPLE = dict(
    line.split("=", 1)
    for line in (DEPLOY / "example.env").read_text().splitlines()
    if line and not line.startswith("#")
)


def checked(program, *arguments):
    ran = subprocess.run([PROGRAMS / program, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_dockerfiles_pass_the_linter(dockerfile):
    checked("hadolint", dockerfile)


def test_compose_is_of_the_compose_specification():
    checked("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


def test_resources_are_of_their_schemas():
    checked("kubernetes-validate", "--strict", *(KUBERNETES / path for path in RESOURCES))


# ------------------------------------------------------- commands and settings


@pytest.mark.parametrize("name", ours())
def test_every_command_of_compose_exists(name):
    assert understood(ours()[name]["command"]) in {"platform", "worker", "train"}


@pytest.mark.parametrize(
    "words", [["platform", "dig"], ["serve"], ["train", "--data", "x"], ["platform", "--port", "1"]]
)
def test_a_command_that_does_not_exist_is_found(words):
    with pytest.raises(Exception, match=r"No such command|Missing (option|parameter)|No such option"):
        understood(words)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_every_command_of_a_dockerfile_exists(dockerfile):
    said = dict(stages(dockerfile)[-1])
    assert json.loads(said["ENTRYPOINT"]) == ["rvm"]
    assert json.loads(said["CMD"])[0] in {"platform", "train"}
    assert unknown(environment_of(dockerfile)) == []


def test_every_setting_of_compose_exists():
    for service in ours().values():
        assert unknown(service.get("environment", {})) == []


def test_every_setting_of_kubernetes_exists():
    literals = [each for generator in KUSTOMIZATION["configMapGenerator"] for each in generator["literals"]]
    assert unknown(each.partition("=")[0] for each in literals) == []
    text = "\n".join((KUBERNETES / path).read_text() for path in RESOURCES)
    assert unknown(re.findall(r"RVM_\w+(?<!_)\b", text)) == []
    for _, pod in pods():
        for container in pod["containers"]:
            assert understood(container["args"]) in {"platform", "worker", "train"}


def test_a_setting_that_does_not_exist_is_found():
    assert unknown(["RVM_PLATFORM_PORT", "RVM_PLATFORM_PROT", "PATH"]) == ["RVM_PLATFORM_PROT"]


def test_what_compose_asks_for_is_in_the_example_and_the_other_way_round():
    assert variables(TEXT) == set(EXAMPLE)
    assert [name for name, value in EXAMPLE.items() if value and re.search("PASSWORD|SECRET", name)] == []


# ----------------------------------------------------------- what is named


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_images_are_made_in_two_stages_and_run_as_nobody_in_particular(dockerfile):
    build, run = stages(dockerfile)
    copied = [rest.split()[:-1] for word, rest in build if word == "COPY"]
    assert [source for sources in copied for source in sources if not (ROOT / source).exists()] == []
    assert {"HEALTHCHECK", "USER", "ENTRYPOINT", "CMD"} <= {word for word, _ in run}
    assert dict(run)["USER"] == "10001:10001"
    assert [rest for word, rest in run if word == "COPY"] == ["--from=build /opt/rvm /opt/rvm"]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert [source for sources in copied for source in sources if source in ignored] == []
    assert ".env" in ignored


def test_compose_names_what_is_there():
    services = COMPOSE["services"]
    assert {"postgres", "redis", "minio", "platform", "worker", "caddy", "compute"} <= set(services)
    for name, service in services.items():
        assert service["healthcheck"]["test"], name
        assert set(service.get("depends_on", {})) <= set(services)
        assert not re.search(r":latest$|^[^:]+$", service["image"]) or name in ours(), f"{name}: of what version?"
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or source == "./dataset" or (DEPLOY / source).is_file()
    used = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", ())}
    assert set(COMPOSE["volumes"]) <= used
    assert services["compute"]["runtime"] == "nvidia"
    caddyfile = (DEPLOY / "caddy" / "Caddyfile").read_text()
    upstreams = set(re.findall(r"(?:dynamic a|reverse_proxy) ([a-z]+)[ :]", caddyfile))
    assert upstreams == {"platform", "minio"}
    assert set(re.findall(r"\{\$(\w+)\}", caddyfile)) == set(services["caddy"]["environment"])


def test_the_stack_is_tested_behind_the_caddy_that_compose_names():
    told = subprocess.run([find_caddy(), "version"], capture_output=True, text=True, check=True).stdout
    assert COMPOSE["services"]["caddy"]["image"] == f"caddy:{told.split()[0].removeprefix('v')}-alpine"


def test_kubernetes_names_what_is_there():
    files = {str(path.relative_to(KUBERNETES)) for path in KUBERNETES.rglob("*.yaml")}
    assert files == {*RESOURCES, "kustomization.yaml"}
    paths = {route.path_format for route in endpoints()}
    labels = [pod["labels"] for pod, _ in pods()]
    for documents in RESOURCES.values():
        for one in documents:
            if one["kind"] == "Service":
                assert one["spec"]["selector"] in labels
    for template, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True, template
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in [*pod.get("initContainers", ()), *pod["containers"]]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert "memory" in container["resources"]["limits"]
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            probes = [
                container[kind] for kind in ("startupProbe", "livenessProbe", "readinessProbe") if kind in container
            ]
            assert {probe["httpGet"]["path"] for probe in probes if "httpGet" in probe} <= paths
    asking = [c["resources"]["limits"] for _, pod in pods() for c in pod["containers"] if c["name"] == "compute"]
    assert [limits["nvidia.com/gpu"] for limits in asking] == [1]


def test_whoever_answers_requests_has_somebody_to_do_the_jobs():
    """With Redis the platform's own processes do no job."""
    services = COMPOSE["services"]
    assert services["worker"]["environment"] == services["platform"]["environment"]
    assert services["worker"]["volumes"] == services["platform"]["volumes"]
    named = {template["labels"]["app"]: pod["containers"][0] for template, pod in pods()}
    assert named["worker"]["envFrom"] == named["platform"]["envFrom"]
    (scaling,) = [one for all_of in RESOURCES.values() for one in all_of if one["kind"] == "HorizontalPodAutoscaler"]
    assert scaling["spec"]["scaleTargetRef"]["name"] == "worker"
    metric = scaling["spec"]["metrics"][0]["external"]["metric"]
    assert metric["name"] in Metrics().text().decode()


def pods():
    """(metadata, spec) of each pod."""
    templates = [
        one["spec"]["template"] for all_of in RESOURCES.values() for one in all_of if "template" in one.get("spec", {})
    ]
    return [(template["metadata"], template["spec"]) for template in templates]
