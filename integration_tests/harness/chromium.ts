import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of the system's packages; undefined where there is none. */
export const chromiumPath = places.find((path) => existsSync(path));

/** Where the browser has to be there, a test that needs it does not pass without. */
export const isChromiumRequired = process.env['SOURCE_ZOOM_REQUIRE_CHROMIUM'] === '1';

export interface Chromium {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** A browser without a past, that speaks to nobody by itself. */
export async function startChromium(): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), 'source-zoom-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath ?? 'no Chromium',
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
