import { boundOf } from './bounds.ts';
import type { CountedReading } from './readings.ts';

/** What one label of a family has cost, and may cost. */
export interface Cost {
  readonly family: string;
  readonly label: string;
  readonly calls: number;
  readonly most: number;
}

/** Calls by endpoint: `template label` -> how many, of those that count against a limit. */
export function callsOf({ requests }: CountedReading): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  for (const { template, label } of requests) {
    if (label === '') continue;
    const bound = boundOf(template, label);
    const key = `${bound?.template ?? template} ${label}`;
    calls.set(key, (calls.get(key) ?? 0) + 1);
  }
  return calls;
}

/** Endpoints that were asked more often than they may be, in words. */
export function excessesOf(reading: CountedReading): readonly string[] {
  return [...callsOf(reading)].flatMap(([key, calls]) => {
    const [template = '', label = ''] = key.split(' ');
    const bound = boundOf(template, label);
    if (bound === undefined) return [`${key}: no bound is written for it`];
    const most = Math.floor(bound.formula.calls(reading.day));
    return calls > most ? [`${bound.family}: ${key}: ${calls} calls, ${most} at most`] : [];
  });
}

/** By family and label, in the order of the bounds. */
export function costsOf(reading: CountedReading): readonly Cost[] {
  const costs = new Map<string, Cost>();
  for (const [key, calls] of callsOf(reading)) {
    const [template = '', label = ''] = key.split(' ');
    const bound = boundOf(template, label);
    if (bound === undefined) continue;
    const { family, formula } = bound;
    const known = costs.get(`${family} ${label}`) ?? { family, label, calls: 0, most: 0 };
    costs.set(`${family} ${label}`, {
      ...known,
      calls: known.calls + calls,
      most: known.most + Math.floor(formula.calls(reading.day)),
    });
  }
  return [...costs.values()];
}
