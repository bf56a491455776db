import { expect, test } from '@jest/globals';
import { createManualClock } from '../manual-clock.ts';
import { createAccessToken, type RotatedTokens } from './access-token.ts';
import { createRedactor } from './redact.ts';

const answer = { access_token: 'new-token', refresh_token: 'new-refresh', expires_in: 3600 };

test('a new token is given to nobody before the config that holds its refresh token is saved', async () => {
  const clock = createManualClock();
  let saved: () => void = () => undefined;
  const rotated: RotatedTokens[] = [];
  const accessToken = createAccessToken({
    credentials: {
      authType: 'oauth2.0',
      clientId: 'id',
      clientSecret: 'secret',
      tokenUrl: 'https://zoom.us/oauth/token',
      refreshToken: 'old-refresh',
      accessToken: undefined,
      tokenExpiryDate: undefined,
    },
    transport: {
      async send() {
        const chunks = (async function* () {
          yield Buffer.from(JSON.stringify(answer));
        })();
        return { status: 200, headers: {}, chunks };
      },
    },
    retry: { mode: 'None', statusCodes: [], countMax: 0, multiplyWaitTime: false, waitTimeMs: 0 },
    clock,
    redactor: createRedactor(),
    onRotation: (tokens) => {
      rotated.push(tokens);
      return new Promise((resolve) => {
        saved = resolve;
      });
    },
  });
  const given: string[] = [];
  const ask = async () => void given.push(await accessToken.get());
  const first = ask();
  while (rotated.length === 0) await new Promise(setImmediate);
  // Who asks while it is being saved has to wait as well.
  const second = ask();
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
  expect(given).toEqual([]);
  saved();
  await Promise.all([first, second]);
  expect([given, rotated]).toMatchObject([
    ['new-token', 'new-token'],
    [{ access_token: 'new-token', refresh_token: 'new-refresh' }],
  ]);
});
