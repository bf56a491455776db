import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Emulator, standardClients, startEmulator } from './emulator/server.ts';
import { type Chromium, chromiumPath, isChromiumRequired, startChromium } from './harness/chromium.ts';
import { type Conversation, converse } from './harness/conversation.ts';
import { freePort } from './harness/free-port.ts';
import { inspectPage } from './harness/inspect-page.ts';
import type { Row } from './harness/messages.ts';

const isRun = chromiumPath !== undefined || isChromiumRequired;
if (!isRun) {
  test.skip('NOT TESTED: no Chromium here (apt-get install chromium), so nobody has looked at the pages', () =>
    undefined);
}

/** With `SOURCE_ZOOM_SCREENSHOTS=FOLDER` the pages are also there to look at. */
const screenshots = process.env['SOURCE_ZOOM_SCREENSHOTS'];

(isRun ? describe : describe.skip)('in a real browser', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  let emulator: Emulator;
  let folder: string;
  let redirectUrl: string;
  let conversation: Conversation;
  let page: Page;
  let address: string;
  beforeEach(async () => {
    redirectUrl = `http://localhost:${await freePort()}/oauth/callback`;
    emulator = await startEmulator({
      clients: standardClients.map((client) => ({ ...client, redirectUris: [redirectUrl] })),
    });
    folder = join(mkdtempSync(join(tmpdir(), 'source-zoom-pages-')), 'a folder & more');
    mkdirSync(folder);
    const path = join(folder, 'config.json');
    const config = emulator.config('oauth-app');
    const credentials = { ...(config['credentials'] as Row), redirect_url: redirectUrl };
    writeFileSync(path, JSON.stringify({ ...config, credentials }));
    conversation = converse(['authorize', '--config', path], {
      env: { BROWSER: 'true', HOME: join(folder, '..') },
    });
    address = (await conversation.hears(/^ {2}(http\S+\/oauth\/authorize\S+)/m))[1] ?? '';
    page = await chromium.context.newPage();
  });
  afterEach(async () => {
    await page.close();
    conversation.kill('SIGKILL');
    await conversation.ended;
    await emulator.close();
    rmSync(join(folder, '..'), { recursive: true });
  });

  const choose = async (choice: 'Allow' | 'Decline') => {
    await page.goto(address);
    await page.getByRole('button', { name: choice }).click();
    await page.waitForURL(`${redirectUrl}?*`);
  };
  const heading = () => page.getByRole('heading', { level: 1 }).textContent();

  /** Looks at the page as it is on a phone and on a desk, by day and by night. */
  const look = async (name: string) => {
    for (const width of [390, 1280])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
        await page.emulateMedia({ colorScheme });
        const seen = await inspectPage(page);
        expect({ name, width, colorScheme, ...seen }).toMatchObject({
          isTooWide: false,
          isDark: colorScheme === 'dark',
          faint: [],
          loaded: [],
        });
        expect(seen.smallestText).toBeGreaterThanOrEqual(14);
        if (screenshots !== undefined)
          await page.screenshot({ path: join(screenshots, `${name}-${width}-${colorScheme}.png`) });
      }
  };

  test('the tokens are saved, and the page says what comes next', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.location().url} ${message.text()}`));
    await choose('Allow');
    expect(await heading()).toBe('source-zoom may read Zoom now');
    expect(await page.locator('code').textContent()).toMatch(
      /^node \S+main\.js check --config '.*a folder & more\/config\.json'$/,
    );
    expect(await conversation.ended).toBe(0);
    await look('done');
    const origins = new Set(asked.map((url) => new URL(url).origin));
    expect([...origins].sort()).toEqual([new URL(emulator.url).origin, new URL(redirectUrl).origin].sort());
    expect(complaints.filter((complaint) => complaint.startsWith(new URL(redirectUrl).origin))).toEqual([]);
  });

  test('the consent is declined', async () => {
    await choose('Decline');
    expect(await heading()).toBe('Access was not given');
    expect(await conversation.ended).toBe(1);
    await look('declined');
  });

  test('the answer is of another run', async () => {
    await page.goto(`${redirectUrl}?code=some-code&state=another`);
    expect(await heading()).toBe('This answer belongs to another question');
    await look('foreign');
    await choose('Allow');
    expect(await heading()).toBe('source-zoom may read Zoom now');
  });

  test('nothing is asked for', async () => {
    await page.goto(redirectUrl);
    expect(await heading()).toBe('Nothing to see at this address');
    await look('stray');
  });

  test('the code is too old', async () => {
    await page.goto(address);
    emulator.faults.add({
      template: '/oauth/token',
      trouble: {
        kind: 'respond',
        status: 400,
        body: { reason: 'Invalid authorization code', error: 'invalid_request' },
      },
    });
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${redirectUrl}?*`);
    expect(await heading()).toBe('That did not work yet');
    expect(await page.locator('main').textContent()).toMatch(/expired or was used before/);
    await look('failed');
  });

  test('the config cannot be written any more', async () => {
    await page.goto(address);
    renameSync(folder, `${folder} gone`);
    writeFileSync(folder, 'no folder');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${redirectUrl}?*`);
    expect(await heading()).toBe('Access was given, but not saved');
    await look('unsaved');
  });

  test('Zoom itself refuses the redirect URL, and sends nobody back', async () => {
    const wrong = new URL(address);
    wrong.searchParams.set('redirect_uri', `${redirectUrl}/`);
    await page.goto(wrong.href);
    expect(await page.locator('body').textContent()).toMatch(/Redirect URI mismatch\. \(4,709\)/);
    expect(conversation.said()).toMatch(/4700 and 4709 mean that the app's redirect URL is not exactly/);
  });
});
