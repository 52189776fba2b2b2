"""A plant with one rule over one series, `oil`, for the tests of who is told of alarms."""
from harness import wait_until


def post(one, value: float) -> None:
    assert one.request("POST", "/api/v1/write", f"oil value={value}\n").status == 204


def state(one) -> str:
    return one.get("/api/v1/alarms")[0]["state"]


def watched(one) -> None:
    post(one, 70)
    wait_until("it is watched", lambda: state(one) == "inactive")
