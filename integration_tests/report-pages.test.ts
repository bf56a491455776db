import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { SyncEvent } from '../src/engine/sync-events.ts';
import { Collector } from '../src/report/collect.ts';
import { renderPage } from '../src/report/page.ts';
import { troubles } from './emulator/faults.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { type Chromium, chromiumPath, isChromiumRequired, startChromium } from './harness/chromium.ts';
import { inspectPage } from './harness/inspect-page.ts';
import { runConnector } from './harness/run.ts';

const isRun = chromiumPath !== undefined || isChromiumRequired;
if (!isRun) {
  test.skip('NOT TESTED: no Chromium here (apt-get install chromium), so nobody has looked at the reports', () =>
    undefined);
}

/** With `SOURCE_ZOOM_SCREENSHOTS=FOLDER` the pages are also there to look at. */
const screenshots = process.env['SOURCE_ZOOM_SCREENSHOTS'];
const start = Date.parse('2026-06-15T23:50:00Z');
const hour = 3_600_000;
const evil = `<script>document.title='taken'</script><img src="https://elsewhere.example/x">${'W'.repeat(300)}`;

/** A sync of as many streams, with all that can happen to one. */
function* eventsOf(count: number): Generator<SyncEvent> {
  const names = Array.from({ length: count }, (_, index) => `a_stream_with_a_rather_long_name_${index}`);
  for (const stream of names) yield { kind: 'selected', stream };
  for (const [index, stream] of names.entries()) {
    yield* requestsOf(stream, index, count);
    const wait = { stream, until: start + index * 60_000 + 30_000, message: `${evil} 503` };
    yield { kind: 'waiting', wait: { ...wait, reason: index % 3 === 0 ? 'retry' : 'rate_limited' } };
    yield {
      kind: 'noted',
      level: index % 2 === 0 ? 'WARN' : 'INFO',
      message: `${stream}: skipped 3 (${evil})`,
    };
    if (index % 50 !== 49) yield endOf(stream, index);
  }
}

function* requestsOf(stream: string, index: number, count: number): Generator<SyncEvent> {
  const label = index % 2 === 0 ? 'heavy' : 'light';
  for (let sent = 0; sent < 40; sent += 1) {
    const sentAt = start + ((index * 40 + sent) * 6 * hour) / (count * 40);
    const status = sent % 13 === 0 ? 429 : 200;
    yield {
      kind: 'answered',
      request: { stream, pace: { pool: 'main', label, perSecond: 8 }, sentAt, status },
    };
  }
}

function endOf(stream: string, index: number): SyncEvent {
  const failure = { type: 'system_error', message: `${stream}: ${evil}` } as const;
  const end = {
    records: index * 1_234,
    requests: 40,
    tookMs: index * 9_000,
    remarks: ['rows from here to there'],
    skipped: [],
    owed: [],
  };
  return { kind: 'ended', stream, end: index % 30 === 0 ? { ...end, failure } : end };
}

(isRun ? describe : describe.skip)('in a real browser', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  let folder: string;
  let path: string;
  let page: Page;
  let asked: string[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'source-zoom-report-'));
    path = join(folder, 'report.html');
    page = await chromium.context.newPage();
    asked = [];
    page.on('request', (request) => asked.push(request.url()));
  });
  afterEach(async () => {
    await page.close();
    rmSync(folder, { recursive: true });
  });

  /** Looks at the page as it is on a phone and on a desk, by day and by night. */
  const look = async (name: string) => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    for (const width of [390, 1280])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        const seen = await inspectPage(page);
        expect({ name, width, colorScheme, ...seen }).toMatchObject({
          isTooWide: false,
          isDark: colorScheme === 'dark',
          faint: [],
          loaded: [],
        });
        expect(seen.smallestText).toBeGreaterThanOrEqual(14);
        if (screenshots === undefined) continue;
        await page.screenshot({
          path: join(screenshots, `${name}-${width}-${colorScheme}.png`),
          fullPage: true,
        });
      }
    expect([asked, complaints]).toEqual([[pathToFileURL(path).href], []]);
  };

  test.each([1, 30, 300])(
    'a report of %s streams is readable, loads nothing and runs nothing',
    async (count) => {
      let now = start;
      const collector = new Collector({ now: () => now, redact: (text) => text });
      for (const event of eventsOf(count)) collector.hear(event);
      now += 6 * hour;
      const html = renderPage(collector.facts({ how: 'incomplete' }));
      writeFileSync(path, html);
      expect(html.length).toBeLessThan(1_000_000);
      await look(`report-${count}`);
      expect(await page.title()).toMatch(/ streams were read to the end · source-zoom$|^The stream was not/);
      expect(await page.locator('script, img').count()).toBe(0);
      // Opened, it is as readable.
      await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
      expect(await page.locator('details li h3').count()).toBe(count);
      expect((await inspectPage(page)).isTooWide).toBe(false);
    },
  );

  test('a report of a real sync', async () => {
    const emulator: Emulator = await startEmulator();
    emulator.faults.add({ template: '/rooms', trouble: troubles.error(400, 3001, evil) });
    const result = await runConnector(
      ['read', '--streams', 'users,rooms,recordings,past_meeting_participants', '--report', path],
      { config: { ...emulator.config(), zoom_plan: 'business' } },
    );
    await emulator.close();
    expect(result.exitCode).toBe(1);
    await look('report-real');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      '3 of 4 streams were read to the end',
    );
    expect(await page.locator('figure').count()).toBeGreaterThan(1);
    expect(readFileSync(path, 'utf8')).not.toContain('canary');
  });
});
