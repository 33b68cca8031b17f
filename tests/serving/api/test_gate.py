from __future__ import annotations

import asyncio
from typing import Any

import pytest

from riskmodel.serving.api.gate import Gate
from riskmodel.serving.api.metrics import Metrics


async def slow(_scope: Any, receive: Any, send: Any) -> None:
    """Answers after the others have come."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def asked(gate: Gate, go: asyncio.Event, path: str = "/v1/model") -> int:
    """The status that a request gets; it is answered when `go` is set."""
    told: list[int] = []

    async def receive() -> dict[str, Any]:
        await go.wait()
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    await gate({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)
    return told[0]


def test_what_comes_when_it_is_full_is_refused_at_once_and_then_it_takes_requests_again() -> None:
    async def story() -> None:
        gate, go = Gate(slow, 2, Metrics()), asyncio.Event()
        waiting = [asyncio.ensure_future(asked(gate, go)) for _ in range(2)]
        await asyncio.sleep(0)
        assert await asyncio.wait_for(asked(gate, asyncio.Event()), 5) == 503
        watcher = asyncio.ensure_future(asked(gate, go, "/livez"))
        go.set()
        assert await asyncio.gather(*waiting, watcher) == [200, 200, 200]
        assert await asked(gate, go) == 200

    asyncio.run(story())


def test_a_fault_is_answered_and_counted_and_no_other_hand_sees_it_and_its_place_is_free_again() -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError

    metrics = Metrics()

    async def story() -> None:
        gate, go = Gate(broken, 1, metrics), asyncio.Event()
        assert [await asked(gate, go) for _ in range(3)] == [500, 500, 500]

    asyncio.run(story())
    assert 'riskmodel_requests_total{method="GET",route="unknown",status="500"} 3.0' in metrics.text().decode()


def test_a_fault_in_the_middle_of_an_answer_breaks_it_off() -> None:
    async def broken(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(asked(Gate(broken, 1, Metrics()), asyncio.Event()))


def test_what_takes_long_has_a_few_places_and_leaves_the_others_to_the_rest() -> None:
    async def story() -> None:
        gate, go = Gate(slow, 3, Metrics(), {"/long": 1}), asyncio.Event()
        long = asyncio.ensure_future(asked(gate, go, "/long"))
        await asyncio.sleep(0)
        assert await asyncio.wait_for(asked(gate, asyncio.Event(), "/long"), 5) == 503
        rest = [asyncio.ensure_future(asked(gate, go)) for _ in range(2)]
        await asyncio.sleep(0)
        assert await asyncio.wait_for(asked(gate, asyncio.Event()), 5) == 503
        go.set()
        assert await asyncio.gather(long, *rest) == [200, 200, 200]
        assert await asked(gate, go, "/long") == 200

    asyncio.run(story())
