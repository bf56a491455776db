import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createRedactor } from '../http/redact.ts';
import { createManualClock } from '../manual-clock.ts';
import { createWriter } from '../protocol/writer.ts';
import { withReport } from './read-report.ts';

test('the process is not held by a report that cannot be written, whose reader takes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'source-zoom-'));
  const stop = new AbortController();
  let isAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const output = new Writable({ highWaterMark: 1, write: () => isAsked() });
  let held = 0;
  withReport(
    join(folder, 'report.html'),
    {
      clock: createManualClock(),
      redactor: createRedactor(),
      writer: createWriter(output, (text) => text),
      signal: stop.signal,
      async untilDone(work) {
        held += 1;
        return work().finally(() => {
          held -= 1;
        });
      },
    },
    async () => {
      await rm(folder, { recursive: true });
      stop.abort();
      return new Promise(() => undefined);
    },
  ).catch(() => undefined);
  await asked;
  expect(held).toBe(0);
});
