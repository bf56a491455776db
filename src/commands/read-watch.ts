import type { Clock } from '../clock.ts';
import type { SyncListener } from '../engine/sync-events.ts';
import { endpointOf, familyOf, streams } from '../streams/index.ts';
import type { Screen } from '../terminal/screen.ts';
import { SyncBoard } from '../terminal/sync-board.ts';
import { describeResult } from '../terminal/sync-summary.ts';
import { type DayBudget, showSync } from '../terminal/sync-view.ts';
import type { Session } from './session.ts';

/** A person who looks on while streams are read, and is told at the end what became of them. */
export interface ReadWatch {
  readonly hear: SyncListener;
  show(session: Session): Promise<void>;
  /** Takes away what is shown while the streams are read. */
  end(): void;
  /** What became of the streams, in lines. */
  result(): readonly string[];
}

/** @param signal tells whether the run was asked to end. */
export function createReadWatch(screen: Screen, clock: Clock, signal: AbortSignal): ReadWatch {
  const board = new SyncBoard(() => clock.now(), familyOfName);
  let end = (): void => undefined;
  return {
    hear: (event) => board.hear(event),
    async show(session) {
      end = await showSync({ screen, board, clock, budgets: () => budgetsOf(session) });
    },
    end: () => end(),
    result() {
      const tookMs = clock.now() - board.startedAt;
      return describeResult({ streams: board.streams(), tookMs, isStopped: signal.aborted }, screen);
    },
  };
}

/** Zoom Phone has a budget of its own. */
const paths = { heavy: '/', 'Phone heavy': '/phone/' };

function budgetsOf({ sync: { client } }: Session): readonly DayBudget[] {
  return Object.entries(paths).flatMap(([name, endpoint]) => {
    const { day } = client.quota({ stream: '', endpoint, rateLimit: 'heavy' });
    return day === undefined ? [] : [{ name, ...day }];
  });
}

/** The family of a stream, or of the first that a listing is asked for. */
function familyOfName(name: string): string {
  const below = () => streams.find((stream) => endpointOf(stream).parent?.name === name)?.name ?? '';
  return familyOf(name) ?? familyOf(below()) ?? 'others';
}
