import type { Label } from '../emulator/endpoint.ts';
import { bounds } from './bounds.ts';
import type { Count, Day } from './formula.ts';

/** A share of 80 % of what Zoom allows an account on `business`, calls a second. */
const perSecond: Readonly<Record<'main' | 'phone', Readonly<Record<Label, number>>>> = {
  main: { LIGHT: 64, MEDIUM: 48, HEAVY: 32, 'RESOURCE-INTENSIVE': 16 / 60 },
  phone: { LIGHT: 32, MEDIUM: 16, HEAVY: 8, 'RESOURCE-INTENSIVE': 8 / 60 },
};

/** What one limit has to bear of an hourly sync. */
export interface Load {
  readonly pool: string;
  readonly label: string;
  readonly calls: number;
  readonly minutes: number;
  /** The same for streams whose windows are read for each user, room or conversation. */
  readonly callsByRow: number;
  readonly minutesByRow: number;
}

interface Kind {
  readonly all: number;
  readonly perHour?: number;
  readonly perDay?: number;
}

/** What an account of so many users and meetings a day is like; all other collections are as small as the last line says. */
function kindsOf(users: number, meetingsADay: number): Readonly<Record<string, Kind>> {
  const past = (share: number): Kind => ({ all: 0, perDay: meetingsADay * share });
  return {
    users: { all: users, perHour: 10 },
    'users and invited': { all: users, perHour: 10 },
    'users with a webinar plan': { all: users / 10, perHour: 1 },
    phone_users: { all: users, perHour: 10 },
    meetings: { all: 2 * users, perHour: meetingsADay / 24 },
    'meetings with registration': { all: users / 10, perHour: meetingsADay / 240 },
    webinars: { all: users / 10, perHour: 10 },
    'webinars with registration': { all: users / 10, perHour: 10 },
    report_history_meetings: past(1),
    'past meetings': past(0.95),
    'past meetings of several': past(0.95),
    'past meetings with polls': past(0.1),
    'past meetings with Q&A': past(0.05),
    'past meetings with a survey': past(0.05),
    'past webinars': past(0.05),
    'past webinars with polls': past(0.02),
    'past webinars with registration': past(0.05),
    'past webinars with Q&A': past(0.02),
    'past webinars with a survey': past(0.02),
    metrics_meetings: past(0.95),
    metrics_webinars: past(0.05),
    recordings: past(0.1),
    'recordings on demand': past(0.02),
    meeting_summaries: past(0.1),
    phone_call_logs: past(1),
    phone_metrics_past_calls: past(1),
    phone_call_charges: past(1),
    phone_voicemails: past(0.1),
    phone_recordings: past(0.1),
    report_activities: past(1),
    report_operation_logs: past(0.1),
    'channels of users': { all: users, perHour: 10 },
    conversations: { all: 5 * users, perHour: users / 10 },
    other: { all: 200, perHour: 1, perDay: 100 },
  };
}

/** The hour in which a day's turn of all details comes, a row is gone from each list, and windows begin an hour ago. */
export function hourOf(users: number, meetingsADay: number): Day {
  const kinds = kindsOf(users, meetingsADay);
  const count = (rows: string): Count => {
    const { all, perDay = 0, perHour = perDay / 24 } = kinds[rows] ?? (kinds['other'] as Kind);
    return { all, fresh: perHour, isGone: true, since: (days) => perDay * (days + 1 / 24) };
  };
  return { isFirst: false, days: 1 / 24, refreshDays: 7, count };
}

/** Calls of an hourly sync of all streams by limit, and how long these take. */
export function loadsOf(day: Day): readonly Load[] {
  return (['main', 'phone'] as const).flatMap((pool) =>
    (Object.keys(perSecond[pool]) as Label[]).flatMap((label) => {
      const formulas = Object.values(bounds).flatMap((byLabel) =>
        Object.entries(byLabel[label] ?? {}).filter(
          ([template]) => template.startsWith('/phone/') === (pool === 'phone'),
        ),
      );
      const sum = (isByRow: boolean) =>
        formulas
          .filter(([, { isWindowedByRow = false }]) => isWindowedByRow === isByRow)
          .reduce((all, [, { calls }]) => all + Math.ceil(calls(day)), 0);
      const minutes = (calls: number) => calls / perSecond[pool][label] / 60;
      const [calls, callsByRow] = [sum(false), sum(true)];
      if (calls + callsByRow === 0) return [];
      const times = { minutes: minutes(calls), minutesByRow: minutes(callsByRow) };
      return { pool, label, calls, callsByRow, ...times };
    }),
  );
}
