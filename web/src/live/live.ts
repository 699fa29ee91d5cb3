import { api, signedOut } from "@/api";
import { refreshCatalog } from "@/catalog";
import { receiveRecord, resetRecords, startApplying } from "./apply";
import type { Looking, PresenceEvent, RecordEvent, StreamBlock, StreamState } from "./events";
import { clearPresence, receivePresence, setLookingSender } from "./presence";
import { receiveNotification } from "./notices";
import { setStreamState, streamState } from "./state";
import { followStream } from "./stream";
import { elect, joinTabs, type Message, PATIENCE } from "./tabs";

/** How often it is said anew what one looks at, in milliseconds. The server forgets it after a minute. */
const BEAT = 25_000;
/** Records that one may look at at a time. */
const MOST_LOOKED = 5;

/**
 * Follows what happens until the returned function is called. One tab of the browser holds the
 * stream and shares it with the others; `session` keeps people and workspaces apart.
 */
export function startLive(session: string): () => void {
  const tab = crypto.randomUUID();
  const ended = new AbortController();
  let last: string | null = null;
  let stream: string | null = null;
  let leading = false;
  let heard = performance.now();
  let sent = "";
  let own: Looking[] = [];
  const others = new Map<string, { records: Looking[]; at: number }>();
  const stopApplying = startApplying();

  const receive = (blocks: StreamBlock[]) => {
    for (const block of blocks) handle(block);
  };
  const become = (state: StreamState) => {
    setStreamState(state);
    if (state === "lost") clearPresence();
  };

  const tabs = joinTabs(`kith.live.${session}`, (message: Message) => {
    switch (message.kind) {
      case "blocks":
        if (leading) return;
        heard = performance.now();
        last = message.last;
        return receive(message.blocks);
      case "state":
        if (leading) return;
        heard = performance.now();
        last = message.last ?? last;
        // Whoever joins a stream that runs has seen nothing of what came before.
        if (message.stream !== stream && message.state === "live" && streamState() === "waiting") readAnew();
        stream = message.stream;
        return become(message.state);
      case "ask":
        if (leading) tellState();
        return tellLooking();
      case "looking":
        others.set(message.tab, { records: message.records, at: performance.now() });
        if (message.records.length === 0) others.delete(message.tab);
        if (leading) void sendLooking();
    }
  });
  const tellState = () => tabs.send({ kind: "state", state: streamState(), stream, last });
  const tellLooking = () => tabs.send({ kind: "looking", tab, records: own });

  const lead = (signal: AbortSignal) => {
    leading = true;
    const beat = setInterval(() => {
      tellState();
      void sendLooking();
    }, BEAT);
    return followStream(
      {
        last: () => last,
        onBlocks: (blocks) => {
          const isNew = blocks.some(({ event }) => event === "hello");
          if (isNew && last === null) readAnew();
          for (const { id, event, data } of blocks) {
            last = id ?? last;
            if (event === "hello") stream = (JSON.parse(data) as { stream: string }).stream;
          }
          tabs.send({ kind: "blocks", blocks, last });
          receive(blocks);
          if (!isNew) return;
          become("live");
          tellState();
          void sendLooking();
        },
        onLost: () => {
          stream = null;
          sent = "";
          become("lost");
          tellState();
        },
        onSignedOut: signedOut,
      },
      signal,
    ).finally(() => {
      clearInterval(beat);
      leading = false;
    });
  };
  const { take } = elect(`kith.live.${session}`, lead, ended.signal);

  const sendLooking = async () => {
    if (stream === null) return;
    const now = performance.now();
    const known = [...others.values()].filter(({ at }) => now - at < 3 * BEAT).flatMap(({ records }) => records);
    const records = distinct([...own, ...known]).slice(0, MOST_LOOKED);
    // Nothing was said, and there is nothing to say.
    if (records.length === 0 && sent === "") return;
    sent = records.length === 0 ? "" : JSON.stringify(records);
    try {
      const { data } = await api.PUT("/presence/{stream}", { params: { path: { stream } }, body: { records } });
      const blocks = (data?.data ?? []).map((one): StreamBlock => ({ id: null, event: "presence", data: JSON.stringify(one) }));
      if (blocks.length === 0) return;
      receive(blocks);
      tabs.send({ kind: "blocks", blocks, last });
    } catch {
      // The loss of the stream says so already; the next beat says it again.
    }
  };
  setLookingSender((records) => {
    own = records;
    if (leading) void sendLooking();
    tellLooking();
  });

  const look = setInterval(() => {
    if (own.length > 0) tellLooking();
    if (!leading && document.visibilityState === "visible" && performance.now() - heard > PATIENCE) {
      heard = performance.now();
      take();
    }
  }, BEAT);
  const leave = () => tabs.send({ kind: "looking", tab, records: [] });
  window.addEventListener("pagehide", leave);
  tabs.send({ kind: "ask" });

  return () => {
    leave();
    window.removeEventListener("pagehide", leave);
    clearInterval(look);
    setLookingSender(null);
    ended.abort();
    tabs.close();
    stopApplying();
    clearPresence();
    setStreamState("waiting");
  };
}

function handle({ event, data }: StreamBlock): void {
  if (event === "record") receiveRecord(JSON.parse(data) as RecordEvent);
  else if (event === "presence") receivePresence(JSON.parse(data) as PresenceEvent);
  else if (event === "notification") receiveNotification(JSON.parse(data));
  else if (event === "reset") {
    void refreshCatalog();
    readAnew();
  }
}

/** It isn't known what happened: whatever is shown is read again. */
function readAnew(): void {
  resetRecords();
  receiveNotification({ type: "reset" });
}

/** Each record once, with the most that is done with it. */
function distinct(records: readonly Looking[]): Looking[] {
  const found = new Map<string, Looking>();
  for (const record of records) {
    const key = `${record.object} ${record.record_id}`;
    if (found.get(key)?.state !== "editing") found.set(key, record);
  }
  return [...found.values()];
}
