/** How many rows there are of one kind, as a sync meets them. */
export interface Count {
  readonly all: number;
  /** Those that are new or have changed since the sync before: all of them in the first one. */
  readonly fresh: number;
  /** Some that the sync before has met are gone. */
  readonly isGone: boolean;
  /** Those of the time that is new to the sync, and of so many days before it. */
  since(days: number): number;
}

/** What a sync meets. */
export interface Day {
  readonly isFirst: boolean;
  /** Days since the sync before, or since `start_date`. */
  readonly days: number;
  /** `detail_refresh_days`. */
  readonly refreshDays: number;
  count(rows: string): Count;
}

/** The most calls that an endpoint may cost. */
export interface Formula {
  calls(day: Day): number;
  /** Windows are read for each row of a parent. */
  readonly isWindowedByRow?: true;
}

const pagesOf = (rows: number, size: number) => Math.max(1, Math.ceil(rows / size));

/** What Zoom shows of a meeting grows for so long (contract, section 4). */
const settlingDays = 3;

/** So far above the average chance has hardly ever been. */
const chance = (average: number) => average + 5 * Math.sqrt(average) + 1;

/** The same number in every sync. */
export function always(calls: number): Formula {
  return { calls: () => calls };
}

/** Pages of a list, asked so many times with other values; twice where a row is gone, to prove it. */
export function list(rows: string, { size = Number.POSITIVE_INFINITY, times = 1 } = {}): Formula {
  return {
    calls({ count }) {
      const { all, isGone } = count(rows);
      return (isGone ? 2 : 1) * times * pagesOf(all, size);
    },
  };
}

/** Of a list that proves no deletion. */
export function listOnce(rows: string, { size = Number.POSITIVE_INFINITY, times = 1 } = {}): Formula {
  return { calls: ({ count }) => times * pagesOf(count(rows).all, size) };
}

/**
 * Calls for each row of a parent, and once more for a row that has lost something. With `detail_refresh_days` for those that
 * are new or changed, and as many of the others as a day's turn has.
 */
export function details(parent: string, calls = 1): Formula {
  return {
    calls({ count, isFirst, refreshDays }) {
      const { all, fresh } = count(parent);
      if (isFirst) return calls * all;
      const due =
        refreshDays === 0 ? all : fresh + Math.min(all - fresh, chance((all - fresh) / refreshDays));
      return calls * (due + 1);
    },
  };
}

/** Calls for each row of a parent in every sync, since others are made from what they give. */
export function hints(parent: string, calls = 1): Formula {
  return { calls: ({ count }) => calls * count(parent).all };
}

/** The same where rows may move from one parent to another: what is gone is proven by all of them, listed twice. */
export function together(parent: string, calls = 1, beside = 0): Formula {
  return { calls: ({ count, isFirst }) => (isFirst ? 1 : 2) * calls * (count(parent).all + beside) };
}

/** Calls for each row that is new or of the lookback. */
export function recent(parent: string, days: number, calls = 1): Formula {
  return { calls: ({ count }) => calls * count(parent).since(days) };
}

/** What grows for three days, and may change for longer: after these a call a day, or one in `detail_refresh_days`. */
export function settling(parent: string, days: number, calls = 1): Formula {
  return {
    calls({ count, isFirst, refreshDays }) {
      const { since } = count(parent);
      const settled = since(days) - since(settlingDays);
      const due = isFirst || refreshDays < 2 ? settled : Math.min(settled, chance(settled / refreshDays));
      return calls * (since(settlingDays) + due);
    },
  };
}

/** Calls for each row that is new or has changed: heavy ones. */
export function onceEach(parent: string, calls = 1): Formula {
  return { calls: ({ count }) => calls * count(parent).fresh };
}

/** What a list by time is like. */
interface Listed {
  readonly size?: number;
  readonly times?: number;
  /** The lookback of the streams that are made of it, the longest. */
  readonly lookback: number;
  /** How many lookbacks they have, each of which ends a window. */
  readonly windows?: number;
  /** Days that are listed on both sides of what is wanted. */
  readonly margin?: number;
}

/** Pages of the rows that are new or of the lookback. */
export function windows(rows: string, listed: Listed): Formula {
  const { size = Number.POSITIVE_INFINITY, times = 1, lookback, windows: count = 1, margin = 0 } = listed;
  return {
    // Days are asked for whole, and each window begins a page.
    calls: (day) => times * (pagesOf(day.count(rows).since(lookback + margin + 1), size) + count - 1),
  };
}

/** A call for each day that is new or of the lookback. */
export function eachDay(lookback: number, calls = 1): Formula {
  return { calls: ({ days, isFirst }) => calls * (Math.ceil(days) + 1 + (isFirst ? 0 : lookback)) };
}

/** A window for each row of a parent. */
export function windowsOf(parent: string, calls = 1): Formula {
  return { isWindowedByRow: true, calls: ({ count }) => calls * count(parent).all };
}

export function sum(...formulas: readonly Formula[]): Formula {
  return { calls: (day) => formulas.reduce((all, formula) => all + formula.calls(day), 0) };
}
