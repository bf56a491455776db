import { meets } from '../emulator/conditions.ts';
import { readFixtures } from '../emulator/endpoint.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { type CatalogStream, type Message, type Row, recordsOf } from '../harness/messages.ts';
import { promisedStreams } from '../harness/promised.ts';

export type Column = 'records' | 'requests' | 'new' | 'changed' | 'again' | 'deleted';

/** A table of what a read did, a line a stream; `before` holds an earlier read to compare with. */
export function createReport(
  streams: readonly CatalogStream[],
  messages: readonly Message[],
  requests: readonly LoggedRequest[],
  columns: readonly Column[],
  before: readonly Message[] = [],
): string {
  const rows = streams.map((stream) => {
    const counts = { ...compare(stream, messages, before), requests: requestsFor(stream.name, requests) };
    return [stream.name, ...columns.map((column) => String(counts[column] || '·'))];
  });
  const table = [['', ...columns], ...rows];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map(([name = '', ...cells]) => {
      const padded = cells.map((cell, column) => cell.padStart((widths[column + 1] ?? 0) + 3));
      return `  ${name.padEnd(widths[0] ?? 0)}${padded.join('')}`;
    })
    .join('\n');
}

function compare(stream: CatalogStream, messages: readonly Message[], before: readonly Message[]) {
  const known = new Map(recordsOf(before, stream.name).map((row) => [keyOf(stream, row), contentOf(row)]));
  const counts = { records: 0, new: 0, changed: 0, again: 0, deleted: 0 };
  for (const row of recordsOf(messages, stream.name)) {
    counts.records += 1;
    const old = known.get(keyOf(stream, row));
    if (row['_ab_cdc_deleted_at'] != null) counts.deleted += 1;
    else if (old === undefined) counts.new += 1;
    else if (old === contentOf(row)) counts.again += 1;
    else counts.changed += 1;
  }
  return counts;
}

function keyOf(stream: CatalogStream, row: Row): string {
  return JSON.stringify(stream.source_defined_primary_key.map(([field]) => row[String(field)]));
}

function contentOf({ _ab_cdc_updated_at: _, ...row }: Row): string {
  return JSON.stringify(row);
}

/** Requests for the stream's rows; what several streams need is counted with the first. */
function requestsFor(stream: string, requests: readonly LoggedRequest[]): number {
  return requests.filter((request) => readerOf(request) === stream).length;
}

/** The first stream that is made of what was asked for. */
function readerOf({ template, query }: LoggedRequest): string | undefined {
  const fixtures = readFixtures();
  const view = Object.entries(fixtures).find(([, { request }]) => request === `GET ${template}`);
  if (view === undefined) return undefined;
  const [name, { rows = name, filters = {} }] = view;
  const readers = promisedStreams(fixtures).filter(({ collection }) => collection === rows);
  const asked = Object.entries(filters).map(([parameter, { field }]) => [field, query[parameter]] as const);
  const row = Object.fromEntries(asked.filter(([, value]) => value !== undefined));
  return readers.find(({ promise }) => meets(row, promise.only))?.promise.name;
}
