from __future__ import annotations

import asyncio
from typing import Any

import pytest

from riskmodel.serving.api.gate import Gate
from riskmodel.serving.api.metrics import Metrics


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """Takes in what is sent, and answers after the others have come."""
    while (await receive())["more_body"]:
        pass
    await scope["go"].wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def asked(gate: Gate, go: asyncio.Event, path: str = "/v1/model", arrives: asyncio.Event | None = None) -> int:
    """The status that a request gets; it is answered when `go` is set, its body has come when `arrives` is."""
    told: list[int] = []
    parts, headers = ([b"", b"{"], [(b"content-length", b"1")]) if arrives else ([b""], [])

    async def receive() -> dict[str, Any]:
        part = parts.pop()
        if arrives and not parts:
            await arrives.wait()
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    await gate({"type": "http", "method": "POST", "path": path, "headers": headers, "go": go}, receive, send)
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
    assert 'riskmodel_requests_total{method="POST",route="unknown",status="500"} 3.0' in metrics.text().decode()


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


# --- bodies on their way ---


def test_who_sends_slowly_has_no_place_until_all_is_there() -> None:
    async def story() -> None:
        gate, go, arrives = Gate(slow, 2, Metrics()), asyncio.Event(), asyncio.Event()
        sending = [asyncio.ensure_future(asked(gate, go, arrives=arrives)) for _ in range(8)]
        await asyncio.sleep(0)
        done = asyncio.Event()
        done.set()
        assert await asyncio.wait_for(asked(gate, done), 5) == 200
        assert await asyncio.wait_for(asked(gate, done, arrives=arrives), 5) == 503  # 4 for each place are on their way
        arrives.set()
        await asyncio.sleep(0.05)
        go.set()
        assert sorted(await asyncio.gather(*sending)) == [200] * 2 + [503] * 6
        assert await asked(gate, done) == 200

    asyncio.run(story())


def test_a_body_that_does_not_come_is_told_so_in_time() -> None:
    async def story() -> None:
        gate, never = Gate(slow, 2, Metrics(), seconds=0.05), asyncio.Event()
        assert await asyncio.wait_for(asked(gate, never, arrives=never), 5) == 408

    asyncio.run(story())
