/** Requests of each kind of call over time, in slots of equal length that grow with the sync: its size stays the same. */
export interface Timeline {
  /** @param at ms since the epoch. */
  add(lane: string, at: number, how: 'answered' | 'limited' | 'failed'): void;
  /** @param until ms since the epoch: what has passed without a request belongs to it. */
  read(until: number): TimelineFacts;
}

export interface TimelineFacts {
  /** Ms since the epoch. */
  readonly from: number;
  readonly slotMs: number;
  readonly slots: number;
  readonly lanes: ReadonlyMap<string, LaneFacts>;
}

/** Requests by slot. */
export interface LaneFacts {
  readonly all: readonly number[];
  /** Of them those that Zoom answered with "too many requests". */
  readonly limited: readonly number[];
  /** Of them those that were answered with a 5xx, or not at all. */
  readonly failed: readonly number[];
}

const mostSlots = 240;
const firstSlotMs = 1_000;

interface Lane {
  all: number[];
  limited: number[];
  failed: number[];
}

export function createTimeline(from: number): Timeline {
  const lanes = new Map<string, Lane>();
  let slotMs = firstSlotMs;
  const slotOf = (at: number) => Math.max(0, Math.floor((at - from) / slotMs));
  const makeRoomFor = (at: number) => {
    while (slotOf(at) >= mostSlots) {
      slotMs *= 2;
      for (const lane of lanes.values()) {
        lane.all = pairUp(lane.all);
        lane.limited = pairUp(lane.limited);
        lane.failed = pairUp(lane.failed);
      }
    }
  };
  return {
    add(name, at, how) {
      makeRoomFor(at);
      const lane = lanes.get(name) ?? { all: [], limited: [], failed: [] };
      lanes.set(name, lane);
      const slot = slotOf(at);
      lane.all[slot] = (lane.all[slot] ?? 0) + 1;
      if (how !== 'answered') lane[how][slot] = (lane[how][slot] ?? 0) + 1;
    },
    read(until) {
      makeRoomFor(until);
      const slots = slotOf(until) + 1;
      const filled = (counts: readonly number[]) =>
        Array.from({ length: slots }, (_, slot) => counts[slot] ?? 0);
      const facts = [...lanes].map(([name, { all, limited, failed }]) => [
        name,
        { all: filled(all), limited: filled(limited), failed: filled(failed) },
      ]);
      return { from, slotMs, slots, lanes: new Map(facts as [string, LaneFacts][]) };
    },
  };
}

function pairUp(counts: readonly number[]): number[] {
  return Array.from(
    { length: Math.ceil(counts.length / 2) },
    (_, slot) => (counts[2 * slot] ?? 0) + (counts[2 * slot + 1] ?? 0),
  );
}
