import { fixtureOf, type Row, readFixtures } from './endpoint.ts';
import { expandInstants } from './relative-instants.ts';

/** A row with every field that Zoom documents, to be changed at will; its instants are counted from `now` (ms). */
export function exampleRow(name: string, now = Date.now()): Row {
  return expandInstants(fixtureOf(readFixtures(), name).record, now);
}
